/* asyncgen.c - asynchronous generators and the awaitables that drive them: asend, athrow, aclose, anext.
 *
 * In: an async generator.  Out: awaitables; what the generator yields itself comes wrapped and ends the awaitable with
 * StopIteration(value), what it awaits passes through.
 * Invariant: gi_running_async is set from the first step of an awaitable to its end; a second one may not start
 * meanwhile. gi_closed is set once the generator ended or aclose() began.
 * Start at asend_step(). */
#include "objects/gen/gen.h"

#include "memory/gc.h"
#include "objects/call.h"
#include "objects/exc/exc.h"
#include "objects/genericalias.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"

typedef enum { STEP_FIRST, STEP_LATER, STEP_DONE } StepState;
typedef struct AsyncStep { /* asend: argument is the value to send; athrow: a tuple, NULL for aclose */
    PyObject ob_base;
    PyGenObject *gen;
    PyObject *argument;
    StepState state;
} AsyncStep;
_Static_assert(sizeof(AsyncStep) == 40, "as CPython's");
typedef struct WrappedValue {
    PyObject ob_base;
    PyObject *value;
} WrappedValue;

static AsyncStep *st(PyObject *self)
{
    return (AsyncStep *)self;
}

/* ---- wrapped values ---- */

PyObject *_PyAsyncGenValueWrapperNew(PyObject *value)
{
    WrappedValue *self = PyObject_GC_New(WrappedValue, &_PyAsyncGenWrappedValue_Type);
    if (!self)
        return NULL;
    self->value = Py_NewRef(value);
    PyObject_GC_Track(self);
    return (PyObject *)self;
}

static int is_wrapped(PyObject *o)
{
    return o && Py_IS_TYPE(o, &_PyAsyncGenWrappedValue_Type);
}

static void wrapped_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_CLEAR(((WrappedValue *)self)->value);
    PyObject_GC_Del(self);
}

static int wrapped_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((WrappedValue *)self)->value);
    return 0;
}

PyTypeObject _PyAsyncGenWrappedValue_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "async_generator_wrapped_value",
    .tp_basicsize = sizeof(WrappedValue),
    .tp_dealloc = wrapped_dealloc,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = wrapped_traverse,
};
K_TYPE(_PyAsyncGenWrappedValue_Type);

/* What came out of the generator, as its awaiter sees it: an item ends the step. Consumes result. */
static PyObject *unwrap(PyGenObject *gen, PyObject *result)
{
    if (!result) {
        if (!PyErr_Occurred())
            PyErr_SetNone(PyExc_StopAsyncIteration);
        if (PyErr_ExceptionMatches(PyExc_StopAsyncIteration) || PyErr_ExceptionMatches(PyExc_GeneratorExit))
            gen->gi_closed = 1;
        gen->gi_running_async = 0;
        return NULL;
    }
    if (!is_wrapped(result))
        return result;
    _PyGen_SetStopIterationValue(((WrappedValue *)result)->value);
    Py_DECREF(result);
    gen->gi_running_async = 0;
    return NULL;
}

/* ---- steps: what both kinds share ---- */

static PyObject *step_new(PyTypeObject *type, PyGenObject *gen, PyObject *argument)
{
    AsyncStep *self = PyObject_GC_New(AsyncStep, type);
    if (!self)
        return NULL;
    self->gen = (PyGenObject *)Py_NewRef(gen);
    self->argument = Py_XNewRef(argument);
    self->state = STEP_FIRST;
    PyObject_GC_Track(self);
    return (PyObject *)self;
}

static void step_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_CLEAR(st(self)->gen);
    Py_CLEAR(st(self)->argument);
    PyObject_GC_Del(self);
}

static int step_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(st(self)->gen);
    Py_VISIT(st(self)->argument);
    return 0;
}

/* ---- asend ---- */

static PyObject *asend_reused(void)
{
    return k_raise(PyExc_RuntimeError, "cannot reuse already awaited __anext__()/asend()");
}

static PyObject *asend_step(PyObject *o, PyObject *value)
{
    AsyncStep *self = st(o);
    if (self->state == STEP_DONE)
        return asend_reused();
    if (self->state == STEP_FIRST) {
        if (self->gen->gi_running_async)
            return k_raise(PyExc_RuntimeError, "anext(): asynchronous generator is already running");
        if (!value || value == Py_None)
            value = self->argument;
        self->state = STEP_LATER;
    }
    self->gen->gi_running_async = 1;
    PyObject *result = unwrap(self->gen, gen_send_value(self->gen, value, 0, 0));
    if (!result)
        self->state = STEP_DONE;
    return result;
}

METHOD_RAW(asend, send, O, 0, "send(value): one step of the generator.")
{
    return asend_step(self, arg);
}

METHOD_RAW(asend, throw, FAST, 0, "throw(...): one step of the generator with an exception.")
{
    if (st(self)->state == STEP_DONE)
        return asend_reused();
    PyObject *result = unwrap(st(self)->gen, gen_throw_args(st(self)->gen, args, nargs));
    if (!result)
        st(self)->state = STEP_DONE;
    return result;
}

METHOD_RAW(asend, close, NOARGS, 0, "close(): no further step.")
{
    st(self)->state = STEP_DONE;
    Py_RETURN_NONE;
}

METHODS_END(asend);
METHODS_DECLARE(asend);

static PyObject *asend_next(PyObject *self)
{
    return asend_step(self, NULL);
}

static PyAsyncMethods step_async = { .am_await = PyObject_SelfIter };

PyTypeObject _PyAsyncGenASend_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "async_generator_asend",
    .tp_basicsize = sizeof(AsyncStep),
    .tp_dealloc = step_dealloc,
    .tp_as_async = &step_async,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = step_traverse,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = asend_next,
    .tp_methods = METHODS(asend),
};
K_TYPE(_PyAsyncGenASend_Type);

/* ---- athrow and aclose ---- */

static PyObject *athrow_reused(void)
{
    return k_raise(PyExc_RuntimeError, "cannot reuse already awaited aclose()/athrow()");
}

static PyObject *athrow_ignored(AsyncStep *self)
{
    self->gen->gi_running_async = 0;
    self->state = STEP_DONE;
    return k_raise(PyExc_RuntimeError, "async generator ignored GeneratorExit");
}

/* The generator raised: for aclose() its end is a success. */
static PyObject *athrow_failed(AsyncStep *self)
{
    self->gen->gi_running_async = 0;
    self->state = STEP_DONE;
    if (!self->argument && (k_catch(PyExc_StopAsyncIteration) || k_catch(PyExc_GeneratorExit)))
        PyErr_SetNone(PyExc_StopIteration);
    return NULL;
}

/* -1 when the first step may not be made. */
static int athrow_may_start(AsyncStep *self, PyObject *value)
{
    if (self->gen->gi_running_async) {
        self->state = STEP_DONE;
        k_raise(PyExc_RuntimeError, "%s(): asynchronous generator is already running",
                self->argument ? "athrow" : "aclose");
        return -1;
    }
    if (self->gen->gi_closed) {
        self->state = STEP_DONE;
        PyErr_SetNone(PyExc_StopAsyncIteration);
        return -1;
    }
    if (value != Py_None) {
        k_raise(PyExc_RuntimeError, "can't send non-None value to a just-started coroutine");
        return -1;
    }
    return 0;
}

static PyObject *athrow_first(AsyncStep *self)
{
    self->state = STEP_LATER;
    self->gen->gi_running_async = 1;
    PyObject *result;
    if (!self->argument) {
        self->gen->gi_closed = 1;
        result = gen_throw_into(self->gen, 0, PyExc_GeneratorExit, NULL, NULL);
        if (is_wrapped(result)) {
            Py_DECREF(result);
            return athrow_ignored(self);
        }
    } else {
        PyObject *type, *value = NULL, *traceback = NULL;
        if (!PyArg_UnpackTuple(self->argument, "athrow", 1, 3, &type, &value, &traceback))
            return NULL;
        result = unwrap(self->gen, gen_throw_into(self->gen, 0, type, value, traceback));
    }
    return result ? result : athrow_failed(self);
}

static PyObject *athrow_step(PyObject *o, PyObject *value)
{
    AsyncStep *self = st(o);
    if (self->state == STEP_DONE)
        return athrow_reused();
    if (self->gen->gi_frame_state >= FRAME_COMPLETED) {
        self->state = STEP_DONE;
        PyErr_SetNone(PyExc_StopIteration);
        return NULL;
    }
    if (self->state == STEP_FIRST)
        return athrow_may_start(self, value) < 0 ? NULL : athrow_first(self);
    PyObject *result = gen_send_value(self->gen, value, 0, 0);
    if (self->argument)
        return unwrap(self->gen, result);
    if (is_wrapped(result)) {
        Py_DECREF(result);
        return athrow_ignored(self);
    }
    return result ? result : athrow_failed(self);
}

METHOD_RAW(athrow, send, O, 0, "send(value): one step of the generator.")
{
    return athrow_step(self, arg);
}

METHOD_RAW(athrow, throw, FAST, 0, "throw(...): one step of the generator with an exception.")
{
    if (st(self)->state == STEP_DONE)
        return athrow_reused();
    PyObject *result = gen_throw_args(st(self)->gen, args, nargs);
    if (st(self)->argument)
        return unwrap(st(self)->gen, result);
    if (is_wrapped(result)) {
        Py_DECREF(result);
        return athrow_ignored(st(self));
    }
    if (!result && (k_catch(PyExc_StopAsyncIteration) || k_catch(PyExc_GeneratorExit)))
        PyErr_SetNone(PyExc_StopIteration);
    return result;
}

METHOD_RAW(athrow, close, NOARGS, 0, "close(): no further step.")
{
    st(self)->state = STEP_DONE;
    Py_RETURN_NONE;
}

METHODS_END(athrow);
METHODS_DECLARE(athrow);

static PyObject *athrow_next(PyObject *self)
{
    return athrow_step(self, Py_None);
}

PyTypeObject _PyAsyncGenAThrow_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "async_generator_athrow",
    .tp_basicsize = sizeof(AsyncStep),
    .tp_dealloc = step_dealloc,
    .tp_as_async = &step_async,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = step_traverse,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = athrow_next,
    .tp_methods = METHODS(athrow),
};
K_TYPE(_PyAsyncGenAThrow_Type);

/* ---- the type async_generator ---- */

/* The event loop's hooks, looked up when the first awaitable is made. */
static int hooks_once(PyGenObject *gen)
{
    if (gen->gi_hooks_inited)
        return 0;
    gen->gi_hooks_inited = 1;
    PyThreadState *tstate = k_tstate();
    gen->gi_origin_or_finalizer = Py_XNewRef(tstate->async_gen_finalizer);
    if (!tstate->async_gen_firstiter)
        return 0;
    K_AUTO(PyObject *) first = Py_NewRef(tstate->async_gen_firstiter);
    K_AUTO(PyObject *) result = PyObject_CallOneArg(first, (PyObject *)gen);
    return result ? 0 : -1;
}

static PyObject *step_of(PyObject *self, PyTypeObject *type, PyObject *argument)
{
    return hooks_once((PyGenObject *)self) < 0 ? NULL : step_new(type, (PyGenObject *)self, argument);
}

static PyObject *asyncgen_anext(PyObject *self)
{
    return step_of(self, &_PyAsyncGenASend_Type, NULL);
}

METHOD_RAW(async_generator, asend, O, 0, "asend(v): an awaitable that sends v into the generator.")
{
    return step_of(self, &_PyAsyncGenASend_Type, arg);
}

METHOD_RAW(async_generator, athrow, VAR, 0,
           "athrow(typ[,val[,tb]]): an awaitable that raises an exception in the generator.")
{
    (void)kwargs;
    return step_of(self, &_PyAsyncGenAThrow_Type, args);
}

METHOD_RAW(async_generator, aclose, NOARGS, 0, "aclose(): an awaitable that raises GeneratorExit in the generator.")
{
    return step_of(self, &_PyAsyncGenAThrow_Type, NULL);
}

METHOD_RAW(async_generator, __sizeof__, NOARGS, 0, "bytes that the generator takes up")
{
    return gen_sizeof(self);
}

METHOD_RAW(async_generator, __class_getitem__, O, METH_CLASS, "PEP 585.")
{
    return Py_GenericAlias(self, arg);
}

METHODS_END(async_generator);
METHODS_DECLARE(async_generator);

static PyGetSetDef asyncgen_getset[] = {
    { "__name__", gen_get_name, gen_set_name, "name of the async generator", NULL },
    { "__qualname__", gen_get_qualname, gen_set_qualname, "qualified name of the async generator", NULL },
    { "ag_await", gen_get_delegate, NULL, "what it waits for, or None", NULL },
    { "ag_frame", gen_get_frame, NULL, NULL, "ag_frame" },
    { "ag_code", gen_get_code, NULL, NULL, "ag_code" },
    { NULL },
};
static PyMemberDef asyncgen_members[] = {
    { "ag_running", T_BOOL, offsetof(PyAsyncGenObject, gi_running_async), READONLY, NULL },
    { NULL },
};

static PyObject *asyncgen_repr(PyObject *self)
{
    return gen_repr_as(self, "async_generator");
}

static PySendResult asyncgen_send(PyObject *self, PyObject *value, PyObject **result)
{
    *result = gen_send_value((PyGenObject *)self, value, 0, 0);
    return *result ? PYGEN_NEXT : PYGEN_ERROR;
}

static PyAsyncMethods asyncgen_async = { .am_aiter = PyObject_SelfIter, .am_anext = asyncgen_anext,
                                         .am_send = asyncgen_send };

PyTypeObject PyAsyncGen_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "async_generator",
    .tp_basicsize = offsetof(PyGenObject, gi_iframe) + offsetof(_PyInterpreterFrame, localsplus),
    .tp_itemsize = sizeof(PyObject *),
    .tp_dealloc = gen_dealloc,
    .tp_as_async = &asyncgen_async,
    .tp_repr = asyncgen_repr,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = gen_traverse,
    .tp_weaklistoffset = offsetof(PyGenObject, gi_weakreflist),
    .tp_methods = METHODS(async_generator),
    .tp_members = asyncgen_members,
    .tp_getset = asyncgen_getset,
    .tp_finalize = _PyGen_Finalize,
};
K_TYPE(PyAsyncGen_Type);
