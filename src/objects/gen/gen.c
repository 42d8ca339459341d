/* gen.c - generators and coroutines: sending, throwing, closing, the end of their lives.
 *
 * In: a frame that stopped at RETURN_GENERATOR.  Out: an object that runs it piece by piece (the engine's vm_resume).
 * Invariant: gi_frame_state says what may be done: only CREATED and SUSPENDED frames are resumed; from CLEARED on the
 * frame holds nothing. While a generator delegates, its state is EXECUTING as long as the delegate runs.
 * Start at send_raw(). Asynchronous generators are in asyncgen.c. */
#include "objects/gen/gen.h"

#include "code/opcode.h"
#include "memory/gc.h"
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/exc/exc.h"
#include "objects/func/func.h"
#include "objects/int/int.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "objects/weakref.h"
#include "runtime/errors.h"
#include "runtime/sys.h"
#include "runtime/warnings.h"
#include "vm/engine.h"

static PyGenObject *ge(PyObject *self)
{
    return (PyGenObject *)self;
}

/* What messages call it. */
static const char *kind_of(PyGenObject *gen)
{
    return PyCoro_CheckExact(gen) ? "coroutine" : PyAsyncGen_CheckExact(gen) ? "async generator" : "generator";
}

/* ---- making ---- */

static PyGenObject *gen_alloc(PyTypeObject *type, PyCodeObject *code, PyObject *name, PyObject *qualname)
{
    PyGenObject *gen = PyObject_GC_NewVar(PyGenObject, type, k_frame_slots(code));
    if (!gen)
        return NULL;
    gen->gi_code = (PyCodeObject *)Py_NewRef(code);
    gen->gi_weakreflist = NULL;
    gen->gi_name = Py_NewRef(name ? name : code->co_name);
    gen->gi_qualname = Py_NewRef(qualname ? qualname : code->co_qualname);
    gen->gi_exc_state = (_PyErr_StackItem){ NULL, NULL };
    gen->gi_origin_or_finalizer = NULL;
    gen->gi_hooks_inited = gen->gi_closed = gen->gi_running_async = 0;
    gen->gi_frame_state = FRAME_CLEARED;
    return gen;
}

static void gen_adopt(PyGenObject *gen, _PyInterpreterFrame *frame)
{
    k_frame_move(k_gen_frame(gen), frame);
    k_gen_frame(gen)->owner = FRAME_OWNED_BY_GENERATOR;
    k_gen_frame(gen)->previous = NULL;
    gen->gi_frame_state = FRAME_CREATED;
    PyObject_GC_Track(gen);
}

/* Where a coroutine was called: a tuple of (file, line, function), innermost first. */
static PyObject *origin_from(_PyInterpreterFrame *frame, int depth)
{
    int n = 0;
    for (_PyInterpreterFrame *at = frame; at && n < depth; at = at->previous)
        n += !k_frame_is_incomplete(at);
    K_AUTO(PyObject *) origin = PyTuple_New(n);
    for (int i = 0; origin && i < n; frame = frame->previous) {
        if (k_frame_is_incomplete(frame))
            continue;
        PyCodeObject *code = frame->f_code;
        PyObject *place = Py_BuildValue("(OiO)", code->co_filename, k_frame_line(frame), code->co_name);
        if (!place)
            return NULL;
        PyTuple_SET_ITEM(origin, i++, place);
    }
    return K_MOVE(origin);
}

PyObject *k_gen_from_frame(PyThreadState *tstate, _PyInterpreterFrame *frame)
{
    PyFunctionObject *func = frame->f_func;
    int flags = frame->f_code->co_flags;
    PyTypeObject *type = flags & CO_COROUTINE         ? &PyCoro_Type
                         : flags & CO_ASYNC_GENERATOR ? &PyAsyncGen_Type
                                                      : &PyGen_Type;
    PyGenObject *gen = gen_alloc(type, frame->f_code, func->func_name, func->func_qualname);
    if (!gen)
        return NULL;
    if (type == &PyCoro_Type && tstate->coroutine_origin_tracking_depth) {
        gen->gi_origin_or_finalizer = origin_from(frame->previous, tstate->coroutine_origin_tracking_depth);
        if (!gen->gi_origin_or_finalizer) {
            Py_DECREF(gen);
            return NULL;
        }
    }
    gen_adopt(gen, frame);
    return (PyObject *)gen;
}

/* From a frame object, which keeps looking at the frame; consumes it. */
static PyObject *gen_from_object(PyTypeObject *type, PyFrameObject *f, PyObject *name, PyObject *qualname)
{
    PyGenObject *gen = gen_alloc(type, f->f_frame->f_code, name, qualname);
    if (!gen) {
        Py_DECREF(f);
        return NULL;
    }
    f->f_frame->frame_obj = f; /* from now on the generator's frame owns the object */
    if (k_gc_is_tracked((PyObject *)f))
        PyObject_GC_UnTrack(f);
    gen_adopt(gen, f->f_frame);
    return (PyObject *)gen;
}

PyObject *PyGen_NewWithQualName(PyFrameObject *f, PyObject *name, PyObject *qualname)
{
    return gen_from_object(&PyGen_Type, f, name, qualname);
}

PyObject *PyGen_New(PyFrameObject *f)
{
    return gen_from_object(&PyGen_Type, f, NULL, NULL);
}

PyObject *PyCoro_New(PyFrameObject *f, PyObject *name, PyObject *qualname)
{
    PyObject *coro = gen_from_object(&PyCoro_Type, f, name, qualname);
    PyThreadState *tstate = k_tstate();
    if (coro && tstate->coroutine_origin_tracking_depth) {
        ge(coro)->gi_origin_or_finalizer =
            origin_from(tstate->cframe->current_frame, tstate->coroutine_origin_tracking_depth);
        if (!ge(coro)->gi_origin_or_finalizer)
            Py_CLEAR(coro);
    }
    return coro;
}

PyObject *PyAsyncGen_New(PyFrameObject *f, PyObject *name, PyObject *qualname)
{
    return gen_from_object(&PyAsyncGen_Type, f, name, qualname);
}

/* ---- StopIteration's value ---- */

int _PyGen_SetStopIterationValue(PyObject *value)
{
    if (!value || (!PyTuple_Check(value) && !PyExceptionInstance_Check(value))) {
        PyErr_SetObject(PyExc_StopIteration, value);
        return 0;
    }
    /* Raw, a tuple would be taken for the arguments and an exception for the StopIteration itself. */
    K_AUTO(PyObject *) stop = PyObject_CallOneArg(PyExc_StopIteration, value);
    if (!stop)
        return -1;
    PyErr_SetObject(PyExc_StopIteration, stop);
    return 0;
}

int _PyGen_FetchStopIterationValue(PyObject **out)
{
    if (!PyErr_ExceptionMatches(PyExc_StopIteration)) {
        *out = NULL;
        if (PyErr_Occurred())
            return -1;
        *out = Py_NewRef(Py_None);
        return 0;
    }
    PyObject *raw = k_tstate()->curexc_value;
    if (raw && k_tstate()->curexc_type == PyExc_StopIteration && !PyTuple_Check(raw)
        && !PyExceptionInstance_Check(raw)) {
        *out = Py_NewRef(raw); /* never normalised: the value itself */
        PyErr_Clear();
        return 0;
    }
    PyObject *stop = k_err_take();
    if (!PyObject_TypeCheck(stop, (PyTypeObject *)PyExc_StopIteration)) { /* making it failed */
        k_err_give(stop);
        *out = NULL;
        return -1;
    }
    PyObject *value = ((PyStopIterationObject *)stop)->value;
    *out = Py_NewRef(value ? value : Py_None);
    Py_DECREF(stop);
    return 0;
}

/* ---- sending ---- */

/* value NULL: as next() does. PYGEN_ERROR without an exception: it was finished before. */
static PySendResult send_raw(PyGenObject *gen, PyObject *value, int throwing, int closing, PyObject **result)
{
    *result = NULL;
    if (gen->gi_frame_state == FRAME_CREATED && value && value != Py_None) {
        k_raise(PyExc_TypeError, "can't send non-None value to a just-started %s", kind_of(gen));
        return PYGEN_ERROR;
    }
    if (gen->gi_frame_state == FRAME_EXECUTING) {
        k_raise(PyExc_ValueError, "%s already executing", kind_of(gen));
        return PYGEN_ERROR;
    }
    if (gen->gi_frame_state >= FRAME_COMPLETED) {
        if (PyCoro_CheckExact(gen) && !closing) {
            k_raise(PyExc_RuntimeError, "cannot reuse already awaited coroutine");
        } else if (value && !throwing) {
            *result = Py_NewRef(Py_None);
            return PYGEN_RETURN;
        }
        return PYGEN_ERROR;
    }
    return vm_resume(k_tstate(), gen, value ? value : Py_None, throwing, result);
}

static PySendResult gen_am_send(PyObject *self, PyObject *value, PyObject **result)
{
    return send_raw(ge(self), value, 0, 0, result);
}

PyObject *gen_send_value(PyGenObject *gen, PyObject *value, int throwing, int closing)
{
    PyObject *result;
    if (send_raw(gen, value, throwing, closing, &result) != PYGEN_RETURN)
        return result;
    if (PyAsyncGen_CheckExact(gen))
        PyErr_SetNone(PyExc_StopAsyncIteration);
    else if (result == Py_None)
        PyErr_SetNone(PyExc_StopIteration);
    else
        _PyGen_SetStopIterationValue(result);
    Py_DECREF(result);
    return NULL;
}

static PyObject *gen_next(PyObject *self)
{
    PyObject *result;
    if (send_raw(ge(self), NULL, 0, 0, &result) != PYGEN_RETURN)
        return result;
    if (result != Py_None)
        _PyGen_SetStopIterationValue(result);
    Py_DECREF(result);
    return NULL;
}

/* ---- closing ---- */

static int close_delegate(PyObject *delegate)
{
    K_AUTO(PyObject *) result = NULL;
    if (PyGen_CheckExact(delegate) || PyCoro_CheckExact(delegate)) {
        K_SET(result, gen_close(ge(delegate)));
        return result ? 0 : -1;
    }
    K_AUTO(PyObject *) close = NULL;
    if (_PyObject_LookupAttr(delegate, K_STR("close"), &close) < 0)
        PyErr_WriteUnraisable(delegate);
    if (!close)
        return 0;
    K_SET(result, PyObject_CallNoArgs(close));
    return result ? 0 : -1;
}

/* Closes what gen delegates to, while gen counts as running. */
static int close_inner(PyGenObject *gen, PyObject *delegate)
{
    int8_t state = gen->gi_frame_state;
    gen->gi_frame_state = FRAME_EXECUTING;
    int status = close_delegate(delegate);
    gen->gi_frame_state = state;
    return status;
}

PyObject *gen_close(PyGenObject *gen)
{
    K_AUTO(PyObject *) delegate = gen->gi_frame_state == FRAME_SUSPENDED ? Py_XNewRef(vm_gen_delegate(gen)) : NULL;
    if (!delegate || close_inner(gen, delegate) == 0)
        PyErr_SetNone(PyExc_GeneratorExit);
    K_SET(delegate, NULL); /* from here on it is the frame's alone, and ends with its stack */
    K_AUTO(PyObject *) yielded = gen_send_value(gen, Py_None, 1, 1);
    if (yielded)
        return k_raise(PyExc_RuntimeError, "%s ignored GeneratorExit", kind_of(gen));
    if (k_catch(PyExc_StopIteration) || k_catch(PyExc_GeneratorExit))
        Py_RETURN_NONE;
    return NULL;
}

/* ---- throwing ---- */

/* Sets the exception that throw()'s arguments mean; -1 when they mean none. */
static int set_thrown(PyObject *type, PyObject *value, PyObject *traceback)
{
    if (traceback == Py_None)
        traceback = NULL;
    if (traceback && !PyTraceBack_Check(traceback)) {
        k_raise(PyExc_TypeError, "throw() third argument must be a traceback object");
        return -1;
    }
    PyObject *own_type = Py_NewRef(type), *own_value = Py_XNewRef(value), *own_tb = Py_XNewRef(traceback);
    if (PyExceptionClass_Check(type)) {
        PyErr_NormalizeException(&own_type, &own_value, &own_tb);
    } else if (PyExceptionInstance_Check(type)) {
        if (value && value != Py_None) {
            Py_DECREF(own_type);
            Py_DECREF(own_value);
            Py_XDECREF(own_tb);
            k_raise(PyExc_TypeError, "instance exception may not have a separate value");
            return -1;
        }
        Py_XDECREF(own_value);
        own_value = own_type;
        own_type = Py_NewRef(Py_TYPE(own_value));
        if (!own_tb)
            own_tb = PyException_GetTraceback(own_value);
    } else {
        Py_DECREF(own_type);
        Py_XDECREF(own_value);
        Py_XDECREF(own_tb);
        k_raise(PyExc_TypeError, "exceptions must be classes or instances deriving from BaseException, not %s",
                Py_TYPE(type)->tp_name);
        return -1;
    }
    PyErr_Restore(own_type, own_value, own_tb);
    return 0;
}

static PyObject *throw_here(PyGenObject *gen, PyObject *type, PyObject *value, PyObject *traceback)
{
    return set_thrown(type, value, traceback) < 0 ? NULL : gen_send_value(gen, Py_None, 1, 0);
}

/* The delegate has ended (the exception says how). A value: takes it off gen's stack and lets gen go on behind its SEND
 * loop. Anything else is raised where gen stands, and unwinding releases the delegate. */
static PyObject *leave_delegate(PyGenObject *gen)
{
    _PyInterpreterFrame *frame = k_gen_frame(gen);
    gen->gi_frame_state = FRAME_SUSPENDED;
    PyObject *value;
    if (_PyGen_FetchStopIterationValue(&value) < 0)
        return gen_send_value(gen, Py_None, 1, 0);
    PyObject *delegate = frame->localsplus[--frame->stacktop];
    Py_DECREF(delegate);
    /* The frame stands at the YIELD_VALUE behind a SEND, whose argument leads to the end of the loop. */
    assert(_Py_OPCODE(frame->prev_instr[-1]) == BC_SEND);
    frame->prev_instr += _Py_OPARG(frame->prev_instr[-1]) - 1;
    PyObject *result = gen_send_value(gen, value, 0, 0);
    Py_DECREF(value);
    return result;
}

/* Throws into a delegate that is a generator, with gen in the chain of frames meanwhile. */
static PyObject *throw_into_generator(PyGenObject *gen, PyGenObject *delegate, int close_on_exit, PyObject *type,
                                      PyObject *value, PyObject *traceback)
{
    PyThreadState *tstate = k_tstate();
    _PyInterpreterFrame *frame = k_gen_frame(gen), *caller = tstate->cframe->current_frame;
    frame->previous = caller;
    tstate->cframe->current_frame = frame;
    int8_t state = gen->gi_frame_state;
    gen->gi_frame_state = FRAME_EXECUTING;
    PyObject *result = gen_throw_into(delegate, close_on_exit, type, value, traceback);
    gen->gi_frame_state = state;
    tstate->cframe->current_frame = caller;
    frame->previous = NULL;
    return result;
}

PyObject *gen_throw_into(PyGenObject *gen, int close_on_exit, PyObject *type, PyObject *value, PyObject *traceback)
{
    K_AUTO(PyObject *) delegate = gen->gi_frame_state == FRAME_SUSPENDED ? Py_XNewRef(vm_gen_delegate(gen)) : NULL;
    if (!delegate)
        return throw_here(gen, type, value, traceback);
    if (close_on_exit && PyErr_GivenExceptionMatches(type, PyExc_GeneratorExit)) {
        int status = close_inner(gen, delegate);
        K_SET(delegate, NULL);
        if (status < 0)
            return gen_send_value(gen, Py_None, 1, 0);
        return throw_here(gen, type, value, traceback);
    }
    PyObject *result;
    if (PyGen_CheckExact(delegate) || PyCoro_CheckExact(delegate)) {
        result = throw_into_generator(gen, ge(delegate), close_on_exit, type, value, traceback);
    } else {
        K_AUTO(PyObject *) method = NULL;
        if (_PyObject_LookupAttr(delegate, K_STR("throw"), &method) < 0)
            return NULL;
        if (!method) {
            K_SET(delegate, NULL);
            return throw_here(gen, type, value, traceback);
        }
        int8_t state = gen->gi_frame_state;
        gen->gi_frame_state = FRAME_EXECUTING;
        result = PyObject_CallFunctionObjArgs(method, type, value, traceback, NULL); /* ends at the first NULL */
        gen->gi_frame_state = state;
    }
    K_SET(delegate, NULL);
    return result ? result : leave_delegate(gen);
}

PyObject *gen_throw_args(PyGenObject *gen, PyObject *const *args, Py_ssize_t nargs)
{
    if (k_check_nargs("throw", nargs, 1, 3) < 0)
        return NULL;
    return gen_throw_into(gen, 1, args[0], nargs > 1 ? args[1] : NULL, nargs > 2 ? args[2] : NULL);
}

/* ---- the end ---- */

void _PyGen_Finalize(PyObject *self)
{
    PyGenObject *gen = ge(self);
    if (gen->gi_frame_state >= FRAME_COMPLETED)
        return;
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    K_AUTO(PyObject *) result = NULL;
    if (PyAsyncGen_CheckExact(self) && gen->gi_origin_or_finalizer && !gen->gi_closed) {
        K_SET(result, PyObject_CallOneArg(gen->gi_origin_or_finalizer, self));
        if (!result)
            PyErr_WriteUnraisable(self);
    } else if (PyCoro_CheckExact(self) && gen->gi_frame_state == FRAME_CREATED) {
        k_warn_unawaited_coroutine(self);
    } else {
        K_SET(result, gen_close(gen));
        if (!result && PyErr_Occurred())
            PyErr_WriteUnraisable(self);
    }
    PyErr_Restore(type, value, traceback);
}

void gen_dealloc(PyObject *self)
{
    PyGenObject *gen = ge(self);
    PyObject_GC_UnTrack(self);
    if (gen->gi_weakreflist)
        PyObject_ClearWeakRefs(self);
    PyObject_GC_Track(self);
    if (PyObject_CallFinalizerFromDealloc(self))
        return; /* somebody took it */
    PyObject_GC_UnTrack(self);
    Py_CLEAR(gen->gi_origin_or_finalizer);
    if (gen->gi_frame_state < FRAME_CLEARED) {
        gen->gi_frame_state = FRAME_CLEARED;
        k_gen_frame(gen)->previous = NULL;
        k_frame_clear(k_gen_frame(gen));
    }
    Py_CLEAR(gen->gi_code);
    Py_CLEAR(gen->gi_name);
    Py_CLEAR(gen->gi_qualname);
    Py_CLEAR(gen->gi_exc_state.exc_value);
    PyObject_GC_Del(gen);
}

int gen_traverse(PyObject *self, visitproc visit, void *arg)
{
    PyGenObject *gen = ge(self);
    Py_VISIT(gen->gi_code);
    Py_VISIT(gen->gi_name);
    Py_VISIT(gen->gi_qualname);
    Py_VISIT(gen->gi_origin_or_finalizer);
    Py_VISIT(gen->gi_exc_state.exc_value);
    return gen->gi_frame_state < FRAME_CLEARED ? k_frame_traverse(k_gen_frame(gen), visit, arg) : 0;
}

/* ---- attributes ---- */

PyObject *gen_repr_as(PyObject *self, const char *kind)
{
    return PyUnicode_FromFormat("<%s object %S at %p>", kind, ge(self)->gi_qualname, self);
}

PyObject *gen_sizeof(PyObject *self)
{
    const PyCodeObject *code = ge(self)->gi_code;
    return PyLong_FromSsize_t(Py_TYPE(self)->tp_basicsize
                              + (code->co_nlocalsplus + code->co_stacksize) * Py_TYPE(self)->tp_itemsize);
}

PyObject *gen_get_delegate(PyObject *self, void *closure)
{
    (void)closure;
    PyObject *delegate = ge(self)->gi_frame_state == FRAME_SUSPENDED ? vm_gen_delegate(ge(self)) : NULL;
    return Py_NewRef(delegate ? delegate : Py_None);
}

PyObject *gen_get_frame(PyObject *self, void *closure)
{
    if (PySys_Audit("object.__getattr__", "Os", self, (const char *)closure) < 0)
        return NULL;
    if (ge(self)->gi_frame_state >= FRAME_COMPLETED)
        Py_RETURN_NONE;
    return Py_XNewRef(k_frame_object(k_gen_frame(ge(self))));
}

PyObject *gen_get_code(PyObject *self, void *closure)
{
    if (PySys_Audit("object.__getattr__", "Os", self, (const char *)closure) < 0)
        return NULL;
    return Py_NewRef(ge(self)->gi_code);
}

static int set_text(PyObject **slot, PyObject *value, const char *name)
{
    if (!value || !PyUnicode_Check(value)) {
        k_raise(PyExc_TypeError, "%s must be set to a string object", name);
        return -1;
    }
    Py_XSETREF(*slot, Py_NewRef(value));
    return 0;
}

PyObject *gen_get_name(PyObject *self, void *closure)
{
    (void)closure;
    return Py_NewRef(ge(self)->gi_name);
}

int gen_set_name(PyObject *self, PyObject *value, void *closure)
{
    (void)closure;
    return set_text(&ge(self)->gi_name, value, "__name__");
}

PyObject *gen_get_qualname(PyObject *self, void *closure)
{
    (void)closure;
    return Py_NewRef(ge(self)->gi_qualname);
}

int gen_set_qualname(PyObject *self, PyObject *value, void *closure)
{
    (void)closure;
    return set_text(&ge(self)->gi_qualname, value, "__qualname__");
}

static PyObject *get_running(PyObject *self, void *closure)
{
    (void)closure;
    Py_RETURN_BOOL(ge(self)->gi_frame_state == FRAME_EXECUTING);
}

static PyObject *get_suspended(PyObject *self, void *closure)
{
    (void)closure;
    Py_RETURN_BOOL(ge(self)->gi_frame_state == FRAME_SUSPENDED);
}

/* ---- the type generator ---- */

METHOD_RAW(generator, send, O, 0, "send(arg): puts arg into generator,\ngives the next item or raises StopIteration.")
{
    return gen_send_value(ge(self), arg, 0, 0);
}

METHOD_RAW(generator, throw, FAST, 0,
           "throw(value)\nthrow(type[,value[,tb]])\n\n"
           "Raises an exception in generator, gives the next item or raises StopIteration.")
{
    return gen_throw_args(ge(self), args, nargs);
}

METHOD_RAW(generator, close, NOARGS, 0, "close(): raises GeneratorExit inside generator.")
{
    return gen_close(ge(self));
}

METHOD_RAW(generator, __sizeof__, NOARGS, 0, "bytes that the generator takes up")
{
    return gen_sizeof(self);
}

METHODS_END(generator);
METHODS_DECLARE(generator);

static PyGetSetDef generator_getset[] = {
    { "__name__", gen_get_name, gen_set_name, "name of the generator", NULL },
    { "__qualname__", gen_get_qualname, gen_set_qualname, "qualified name of the generator", NULL },
    { "gi_yieldfrom", gen_get_delegate, NULL, "what yield from goes through, or None", NULL },
    { "gi_running", get_running, NULL, NULL, NULL },
    { "gi_frame", gen_get_frame, NULL, NULL, "gi_frame" },
    { "gi_suspended", get_suspended, NULL, NULL, NULL },
    { "gi_code", gen_get_code, NULL, NULL, "gi_code" },
    { NULL },
};

static PyObject *generator_repr(PyObject *self)
{
    return gen_repr_as(self, "generator");
}

static PyAsyncMethods generator_async = { .am_send = gen_am_send };

enum { GEN_BASIC_SIZE = offsetof(PyGenObject, gi_iframe) + offsetof(_PyInterpreterFrame, localsplus) };

PyTypeObject PyGen_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "generator",
    .tp_basicsize = GEN_BASIC_SIZE,
    .tp_itemsize = sizeof(PyObject *),
    .tp_dealloc = gen_dealloc,
    .tp_as_async = &generator_async,
    .tp_repr = generator_repr,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = gen_traverse,
    .tp_weaklistoffset = offsetof(PyGenObject, gi_weakreflist),
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = gen_next,
    .tp_methods = METHODS(generator),
    .tp_getset = generator_getset,
    .tp_finalize = _PyGen_Finalize,
};
K_TYPE(PyGen_Type);

/* ---- the type coroutine ---- */

METHOD_RAW(coroutine, send, O, 0, "send(arg): puts arg into coroutine,\ngives the next item or raises StopIteration.")
{
    return gen_send_value(ge(self), arg, 0, 0);
}

METHOD_RAW(coroutine, throw, FAST, 0,
           "throw(value)\nthrow(type[,value[,traceback]])\n\n"
           "Raises an exception in coroutine, gives the next item or raises StopIteration.")
{
    return gen_throw_args(ge(self), args, nargs);
}

METHOD_RAW(coroutine, close, NOARGS, 0, "close(): raises GeneratorExit inside coroutine.")
{
    return gen_close(ge(self));
}

METHOD_RAW(coroutine, __sizeof__, NOARGS, 0, "bytes that the coroutine takes up")
{
    return gen_sizeof(self);
}

METHODS_END(coroutine);
METHODS_DECLARE(coroutine);

static PyObject *get_origin(PyObject *self, void *closure)
{
    (void)closure;
    return Py_NewRef(ge(self)->gi_origin_or_finalizer ? ge(self)->gi_origin_or_finalizer : Py_None);
}

static PyGetSetDef coroutine_getset[] = {
    { "__name__", gen_get_name, gen_set_name, "name of the coroutine", NULL },
    { "__qualname__", gen_get_qualname, gen_set_qualname, "qualified name of the coroutine", NULL },
    { "cr_await", gen_get_delegate, NULL, "what it waits for, or None", NULL },
    { "cr_running", get_running, NULL, NULL, NULL },
    { "cr_frame", gen_get_frame, NULL, NULL, "cr_frame" },
    { "cr_code", gen_get_code, NULL, NULL, "cr_code" },
    { "cr_suspended", get_suspended, NULL, NULL, NULL },
    { "cr_origin", get_origin, NULL, NULL, NULL },
    { NULL },
};

static PyObject *coroutine_repr(PyObject *self)
{
    return gen_repr_as(self, "coroutine");
}


static PyObject *coroutine_await(PyObject *self)
{
    CoroWrapper *wrapper = PyObject_GC_New(CoroWrapper, &_PyCoroWrapper_Type);
    if (!wrapper)
        return NULL;
    wrapper->coroutine = Py_NewRef(self);
    PyObject_GC_Track(wrapper);
    return (PyObject *)wrapper;
}

static PyAsyncMethods coroutine_async = { .am_await = coroutine_await, .am_send = gen_am_send };

PyTypeObject PyCoro_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "coroutine",
    .tp_basicsize = GEN_BASIC_SIZE,
    .tp_itemsize = sizeof(PyObject *),
    .tp_dealloc = gen_dealloc,
    .tp_as_async = &coroutine_async,
    .tp_repr = coroutine_repr,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = gen_traverse,
    .tp_weaklistoffset = offsetof(PyGenObject, gi_weakreflist),
    .tp_methods = METHODS(coroutine),
    .tp_getset = coroutine_getset,
    .tp_finalize = _PyGen_Finalize,
};
K_TYPE(PyCoro_Type);

/* ---- coroutine_wrapper: what __await__ gives ---- */

static PyGenObject *wrapped(PyObject *self)
{
    return ge(((CoroWrapper *)self)->coroutine);
}

METHOD_RAW(coroutine_wrapper, send, O, 0, "send(value): as the coroutine's.")
{
    return gen_send_value(wrapped(self), arg, 0, 0);
}

METHOD_RAW(coroutine_wrapper, throw, FAST, 0, "throw(...): as the coroutine's.")
{
    return gen_throw_args(wrapped(self), args, nargs);
}

METHOD_RAW(coroutine_wrapper, close, NOARGS, 0, "close(): as the coroutine's.")
{
    return gen_close(wrapped(self));
}

METHODS_END(coroutine_wrapper);
METHODS_DECLARE(coroutine_wrapper);

static PyObject *wrapper_next(PyObject *self)
{
    return gen_send_value(wrapped(self), Py_None, 0, 0);
}

static int wrapper_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(wrapped(self));
    return 0;
}

static void wrapper_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_CLEAR(((CoroWrapper *)self)->coroutine);
    PyObject_GC_Del(self);
}

PyTypeObject _PyCoroWrapper_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "coroutine_wrapper",
    .tp_basicsize = sizeof(CoroWrapper),
    .tp_dealloc = wrapper_dealloc,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_doc = "What a coroutine's __await__ gives.",
    .tp_traverse = wrapper_traverse,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = wrapper_next,
    .tp_methods = METHODS(coroutine_wrapper),
};
K_TYPE(_PyCoroWrapper_Type);

/* ---- await ---- */

static int is_coroutine_like(PyObject *o)
{
    return PyCoro_CheckExact(o) || (PyGen_CheckExact(o) && ge(o)->gi_code->co_flags & CO_ITERABLE_COROUTINE);
}

PyObject *k_get_awaitable(PyObject *o)
{
    if (is_coroutine_like(o))
        return Py_NewRef(o);
    PyAsyncMethods *methods = Py_TYPE(o)->tp_as_async;
    if (!methods || !methods->am_await)
        return k_raise(PyExc_TypeError, "object %.100s can't be used in 'await' expression", Py_TYPE(o)->tp_name);
    K_AUTO(PyObject *) iterator = methods->am_await(o);
    if (!iterator)
        return NULL;
    if (is_coroutine_like(iterator))
        return k_raise(PyExc_TypeError, "__await__() returned a coroutine");
    if (!PyIter_Check(iterator))
        return k_raise(PyExc_TypeError, "__await__() returned non-iterator of type '%.100s'",
                       Py_TYPE(iterator)->tp_name);
    return K_MOVE(iterator);
}
