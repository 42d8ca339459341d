/* builtins_anext.c - what anext(iterator, default) gives: an awaitable that turns StopAsyncIteration into the default.
 *
 * In: the awaitable of __anext__ and the default.  Out: its steps, and StopIteration(default) at the end of iteration.
 * Start at builtins_anext_new(). */
#include "modules/builtins/builtins_module.h"
#include "memory/gc.h"
#include "objects/call.h"
#include "objects/gen/gen.h"
#include "objects/method.h"
#include "objects/protocol.h"
#include "runtime/errors.h"

typedef struct Anext {
    PyObject ob_base;
    PyObject *awaitable, *fallback;
} Anext;

METHODS_DECLARE(anext_awaitable);

PyObject *builtins_anext_new(PyObject *awaitable, PyObject *fallback)
{
    Anext *self = PyObject_GC_New(Anext, &builtins_anext_type);
    if (!self)
        return NULL;
    self->awaitable = Py_NewRef(awaitable);
    self->fallback = Py_NewRef(fallback);
    PyObject_GC_Track(self);
    return (PyObject *)self;
}

/* The iterator behind the awaitable. */
static PyObject *steps_of(Anext *self)
{
    K_AUTO(PyObject *) steps = k_get_awaitable(self->awaitable); /* runs code */
    if (steps && !Py_TYPE(steps)->tp_iternext) { /* a coroutine, whose steps are those of its __await__ */
        const PyAsyncMethods *async = Py_TYPE(steps)->tp_as_async;
        K_SET(steps, async && async->am_await ? async->am_await(steps) : NULL);
        if (steps && !PyIter_Check(steps))
            return k_raise(PyExc_TypeError, "__await__() returned non-iterator of type '%.100s'", Py_TYPE(steps)->tp_name);
        if (!steps && !PyErr_Occurred())
            return k_raise(PyExc_TypeError, "__await__() must return an iterator");
    }
    return K_MOVE(steps);
}

/* The end of iteration becomes the default. */
static PyObject *with_default(Anext *self, PyObject *result)
{
    if (!result && PyErr_ExceptionMatches(PyExc_StopAsyncIteration)) {
        PyErr_Clear();
        _PyGen_SetStopIterationValue(self->fallback);
    }
    return result;
}

static PyObject *anext_iternext(PyObject *o)
{
    K_AUTO(PyObject *) steps = steps_of((Anext *)o);
    if (!steps)
        return NULL;
    PyObject *result = Py_TYPE(steps)->tp_iternext(steps); /* runs code */
    return result || !PyErr_Occurred() ? result : with_default((Anext *)o, NULL);
}

static PyObject *call_step(PyObject *o, PyObject *name, PyObject *const *args, Py_ssize_t nargs)
{
    K_AUTO(PyObject *) steps = steps_of((Anext *)o);
    K_AUTO(PyObject *) method = steps ? PyObject_GetAttr(steps, name) : NULL;
    return method ? with_default((Anext *)o, PyObject_Vectorcall(method, args, (size_t)nargs, NULL)) : NULL;
}

METHOD_RAW(anext_awaitable, send, O, 0, "send(value): one step.")
{
    return call_step(self, K_STR("send"), &arg, 1);
}
METHOD_RAW(anext_awaitable, throw, FAST, 0, "throw(...): one step with an exception.")
{
    return call_step(self, K_STR("throw"), args, nargs);
}
METHOD_RAW(anext_awaitable, close, NOARGS, 0, "close(): no further step.")
{
    return call_step(self, K_STR("close"), NULL, 0);
}

static int anext_traverse(PyObject *o, visitproc visit, void *arg)
{
    Py_VISIT(((Anext *)o)->awaitable);
    Py_VISIT(((Anext *)o)->fallback);
    return 0;
}

static void anext_dealloc(PyObject *o)
{
    PyObject_GC_UnTrack(o);
    Py_XDECREF(((Anext *)o)->awaitable);
    Py_XDECREF(((Anext *)o)->fallback);
    PyObject_GC_Del(o);
}

static PyAsyncMethods anext_async = { .am_await = PyObject_SelfIter };
PyTypeObject builtins_anext_type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "anext_awaitable",
    .tp_basicsize = sizeof(Anext),
    .tp_dealloc = anext_dealloc,
    .tp_as_async = &anext_async,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = anext_traverse,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = anext_iternext,
    .tp_methods = METHODS(anext_awaitable),
};
K_TYPE(builtins_anext_type);
METHODS_END(anext_awaitable);
