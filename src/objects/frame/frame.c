/* frame.c - frame objects: what Python sees of a frame, and who owns it.
 *
 * In: an interpreter frame on the data stack or in a generator.  Out: its frame object, made when first looked at.
 * Invariant: a frame object reads its frame through f_frame. While the frame lives elsewhere the frame owns a reference
 * to the object (frame_obj), not the other way round; when the frame ends and the object is held by others, the frame
 * moves into the object, which is tracked by the collector from then on only.
 * Start at k_frame_object() and k_frame_clear(). Locals as a dict are in frame_locals.c. */
#include "objects/frame/frame.h"

#include "memory/gc.h"
#include "memory/mem.h"
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/func/func.h"
#include "objects/gen/gen.h"
#include "objects/int/int.h"
#include "objects/method.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"
#include "runtime/sys.h"
#include "runtime/state.h"

static PyFrameObject *fr(PyObject *self)
{
    return (PyFrameObject *)self;
}

static _PyInterpreterFrame *own_frame(PyFrameObject *f)
{
    return (_PyInterpreterFrame *)(void *)f->_f_frame_data;
}

/* ---- making ---- */

/* Not tracked, without a frame. */
static PyFrameObject *frame_object_new(PyCodeObject *code)
{
    PyFrameObject *f = PyObject_GC_NewVar(PyFrameObject, &PyFrame_Type, k_frame_slots(code));
    if (!f)
        return NULL;
    f->f_back = NULL; /* stands where the count of slots was */
    f->f_frame = NULL;
    f->f_trace = NULL;
    f->f_lineno = 0;
    f->f_trace_lines = 1;
    f->f_trace_opcodes = 0;
    f->f_fast_as_locals = 0;
    return f;
}

PyFrameObject *k_frame_object(_PyInterpreterFrame *frame)
{
    if (frame->frame_obj)
        return frame->frame_obj;
    if (frame->owner == FRAME_OWNED_BY_FRAME_OBJECT)
        return (PyFrameObject *)(void *)((char *)frame - offsetof(PyFrameObject, _f_frame_data));
    /* Collecting or running out of memory here must not lose an exception that is on its way. */
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyFrameObject *f = frame_object_new(frame->f_code);
    if (!f) {
        Py_XDECREF(type);
        Py_XDECREF(value);
        Py_XDECREF(traceback);
        return NULL;
    }
    PyErr_Restore(type, value, traceback);
    if (frame->frame_obj) { /* a collection looked at it meanwhile */
        f->f_frame = frame;
        Py_DECREF(f);
        return frame->frame_obj;
    }
    f->f_frame = frame;
    frame->frame_obj = f;
    return f;
}

void k_frame_init(_PyInterpreterFrame *frame, PyFunctionObject *func, PyObject *locals)
{
    PyCodeObject *code = (PyCodeObject *)func->func_code;
    frame->f_func = func;
    frame->f_globals = func->func_globals;
    frame->f_builtins = func->func_builtins;
    frame->f_locals = locals;
    frame->f_code = (PyCodeObject *)Py_NewRef(code);
    frame->frame_obj = NULL;
    frame->previous = NULL;
    frame->prev_instr = _PyCode_CODE(code) - 1;
    frame->stacktop = code->co_nlocalsplus;
    frame->is_entry = false;
    frame->owner = FRAME_OWNED_BY_THREAD;
    memset(frame->localsplus, 0, (size_t)code->co_nlocalsplus * sizeof(PyObject *));
}

PyFrameObject *PyFrame_New(PyThreadState *tstate, PyCodeObject *code, PyObject *globals, PyObject *locals)
{
    (void)tstate;
    PyObject *func = PyFunction_New((PyObject *)code, globals);
    if (!func)
        return NULL;
    PyFrameObject *f = frame_object_new(code);
    if (!f) {
        Py_DECREF(func);
        return NULL;
    }
    f->f_frame = own_frame(f);
    k_frame_init(f->f_frame, (PyFunctionObject *)func, Py_XNewRef(locals));
    f->f_frame->owner = FRAME_OWNED_BY_FRAME_OBJECT;
    f->f_frame->prev_instr = _PyCode_CODE(code) + code->_co_firsttraceable; /* complete at once */
    PyObject_GC_Track(f);
    return f;
}

/* ---- ownership ---- */

static _PyInterpreterFrame *complete_frame(_PyInterpreterFrame *frame)
{
    while (frame && k_frame_is_incomplete(frame))
        frame = frame->previous;
    return frame;
}

void k_frame_move(_PyInterpreterFrame *to, _PyInterpreterFrame *from)
{
    if (from->stacktop < 0)
        from->stacktop = from->f_code->co_nlocalsplus;
    memcpy(to, from, offsetof(_PyInterpreterFrame, localsplus) + (size_t)from->stacktop * sizeof(PyObject *));
    if (to->frame_obj)
        to->frame_obj->f_frame = to;
}

/* The frame goes on living in its object. */
static void take_over(PyFrameObject *f, _PyInterpreterFrame *frame)
{
    _PyInterpreterFrame *own = own_frame(f);
    k_frame_move(own, frame);
    f->f_frame = own;
    own->owner = FRAME_OWNED_BY_FRAME_OBJECT;
    own->frame_obj = NULL;
    if (own->prev_instr < _PyCode_CODE(own->f_code) + own->f_code->_co_firsttraceable)
        own->prev_instr = _PyCode_CODE(own->f_code) + own->f_code->_co_firsttraceable;
    _PyInterpreterFrame *back = complete_frame(own->previous);
    own->previous = NULL;
    if (back) {
        PyObject *type, *value, *traceback;
        PyErr_Fetch(&type, &value, &traceback);
        f->f_back = (PyFrameObject *)Py_XNewRef(k_frame_object(back)); /* without memory, f_back says less */
        PyErr_Restore(type, value, traceback);
    }
    if (!k_gc_is_tracked((PyObject *)f))
        PyObject_GC_Track(f);
}

static void release_slots(_PyInterpreterFrame *frame)
{
    int n = frame->stacktop < 0 ? frame->f_code->co_nlocalsplus : frame->stacktop;
    frame->stacktop = 0;
    for (int i = 0; i < n; i++)
        Py_CLEAR(frame->localsplus[i]);
}

void k_frame_clear(_PyInterpreterFrame *frame)
{
    PyFrameObject *f = frame->frame_obj;
    if (K_UNLIKELY(f != NULL)) {
        frame->frame_obj = NULL;
        if (Py_REFCNT(f) > 1) {
            take_over(f, frame);
            Py_DECREF(f);
            return;
        }
        Py_DECREF(f);
    }
    int n = frame->stacktop < 0 ? frame->f_code->co_nlocalsplus : frame->stacktop;
    for (int i = 0; i < n; i++)
        Py_XDECREF(frame->localsplus[i]);
    Py_XDECREF(frame->f_locals);
    Py_DECREF(frame->f_func);
    Py_DECREF(frame->f_code);
}

int k_frame_traverse(_PyInterpreterFrame *frame, visitproc visit, void *arg)
{
    Py_VISIT(frame->frame_obj);
    Py_VISIT(frame->f_locals);
    Py_VISIT(frame->f_func);
    Py_VISIT(frame->f_code);
    for (int i = 0; i < frame->stacktop; i++)
        Py_VISIT(frame->localsplus[i]);
    return 0;
}

/* ---- looking ---- */

int k_frame_line(const _PyInterpreterFrame *frame)
{
    return PyCode_Addr2Line(frame->f_code, k_frame_lasti(frame));
}

int PyFrame_GetLineNumber(PyFrameObject *f)
{
    return f->f_lineno ? f->f_lineno : k_frame_line(f->f_frame);
}

int PyFrame_GetLasti(PyFrameObject *f)
{
    int lasti = k_frame_lasti(f->f_frame);
    return lasti < 0 ? -1 : lasti;
}

PyCodeObject *PyFrame_GetCode(PyFrameObject *f)
{
    return (PyCodeObject *)Py_NewRef(f->f_frame->f_code);
}

PyFrameObject *PyFrame_GetBack(PyFrameObject *f)
{
    PyFrameObject *back = f->f_back;
    if (!back) {
        _PyInterpreterFrame *previous = complete_frame(f->f_frame->previous);
        back = previous ? k_frame_object(previous) : NULL;
    }
    return (PyFrameObject *)Py_XNewRef(back);
}

PyObject *PyFrame_GetGlobals(PyFrameObject *f)
{
    return Py_NewRef(f->f_frame->f_globals ? f->f_frame->f_globals : Py_None);
}

PyObject *PyFrame_GetBuiltins(PyFrameObject *f)
{
    return Py_NewRef(f->f_frame->f_builtins ? f->f_frame->f_builtins : Py_None);
}

PyObject *PyFrame_GetLocals(PyFrameObject *f)
{
    return PyFrame_FastToLocalsWithError(f) < 0 ? NULL : Py_NewRef(f->f_frame->f_locals);
}

static PyGenObject *generator_of(PyFrameObject *f)
{
    if (f->f_frame->owner != FRAME_OWNED_BY_GENERATOR)
        return NULL;
    return (PyGenObject *)(void *)((char *)f->f_frame - offsetof(PyGenObject, gi_iframe));
}

PyObject *PyFrame_GetGenerator(PyFrameObject *f)
{
    return Py_XNewRef(generator_of(f));
}

int _PyFrame_IsEntryFrame(PyFrameObject *f)
{
    return f->f_frame->is_entry;
}

/* ---- attributes ---- */

#define FRAME_GETTER(name, expression)                                                                                 \
    static PyObject *get_##name(PyObject *self, void *closure)                                                         \
    {                                                                                                                  \
        (void)closure;                                                                                                 \
        PyFrameObject *f = fr(self);                                                                                   \
        return (PyObject *)(expression);                                                                               \
    }
FRAME_GETTER(globals, PyFrame_GetGlobals(f))
FRAME_GETTER(builtins, PyFrame_GetBuiltins(f))
FRAME_GETTER(code, PySys_Audit("object.__getattr__", "Os", self, "f_code") < 0 ? NULL : PyFrame_GetCode(f))
FRAME_GETTER(locals, PyFrame_GetLocals(f))
FRAME_GETTER(lasti, PyLong_FromLong(PyFrame_GetLasti(f)))
FRAME_GETTER(trace, Py_NewRef(f->f_trace ? f->f_trace : Py_None))
FRAME_GETTER(trace_opcodes, Py_NewRef(f->f_trace_opcodes ? Py_True : Py_False))

static PyObject *get_back(PyObject *self, void *closure)
{
    (void)closure;
    PyFrameObject *back = PyFrame_GetBack(fr(self));
    return back ? (PyObject *)back : PyErr_Occurred() ? NULL : Py_NewRef(Py_None);
}

static PyObject *get_lineno(PyObject *self, void *closure)
{
    (void)closure;
    int line = PyFrame_GetLineNumber(fr(self));
    return line < 0 ? Py_NewRef(Py_None) : PyLong_FromLong(line);
}

static int set_trace(PyObject *self, PyObject *value, void *closure)
{
    (void)closure;
    Py_XSETREF(fr(self)->f_trace, !value || value == Py_None ? NULL : Py_NewRef(value));
    return 0;
}

static int set_trace_opcodes(PyObject *self, PyObject *value, void *closure)
{
    (void)closure;
    if (!value) {
        k_raise(PyExc_TypeError, "cannot delete attribute");
        return -1;
    }
    if (!PyBool_Check(value)) {
        k_raise(PyExc_TypeError, "attribute value type must be bool");
        return -1;
    }
    fr(self)->f_trace_opcodes = value == Py_True;
    return 0;
}

static PyGetSetDef frame_getset[] = {
    { "f_back", get_back, NULL, NULL, NULL },
    { "f_locals", get_locals, NULL, NULL, NULL },
    { "f_lineno", get_lineno, k_frame_set_lineno, NULL, NULL },
    { "f_trace", get_trace, set_trace, NULL, NULL },
    { "f_lasti", get_lasti, NULL, NULL, NULL },
    { "f_globals", get_globals, NULL, NULL, NULL },
    { "f_builtins", get_builtins, NULL, NULL, NULL },
    { "f_code", get_code, NULL, NULL, NULL },
    { "f_trace_opcodes", get_trace_opcodes, set_trace_opcodes, NULL, NULL },
    { NULL },
};
static PyMemberDef frame_members[] = {
    { "f_trace_lines", T_BOOL, offsetof(PyFrameObject, f_trace_lines), 0, NULL },
    { NULL },
};

/* ---- methods and slots ---- */

static int frame_clear_own(PyObject *self)
{
    PyFrameObject *f = fr(self);
    Py_CLEAR(f->f_trace);
    if (f->f_frame && f->f_frame->owner == FRAME_OWNED_BY_FRAME_OBJECT) {
        release_slots(f->f_frame);
        Py_CLEAR(f->f_frame->f_locals);
    }
    return 0;
}

METHOD_RAW(frame, clear, NOARGS, 0, "F.clear(): let go of what the frame holds")
{
    PyFrameObject *f = fr(self);
    PyGenObject *gen = generator_of(f);
    if (gen ? gen->gi_frame_state == FRAME_EXECUTING : f->f_frame->owner == FRAME_OWNED_BY_THREAD)
        return k_raise(PyExc_RuntimeError, "cannot clear an executing frame");
    if (gen)
        _PyGen_Finalize((PyObject *)gen);
    else
        frame_clear_own(self);
    Py_RETURN_NONE;
}

METHOD_RAW(frame, __sizeof__, NOARGS, 0, "F.__sizeof__() -> bytes that F takes up")
{
    const PyCodeObject *code = fr(self)->f_frame->f_code;
    return PyLong_FromSsize_t(PyFrame_Type.tp_basicsize
                              + (code->co_nlocalsplus + code->co_stacksize) * PyFrame_Type.tp_itemsize);
}

METHODS_END(frame);
METHODS_DECLARE(frame);

static void frame_dealloc(PyObject *self)
{
    PyFrameObject *f = fr(self);
    if (k_gc_is_tracked(self))
        PyObject_GC_UnTrack(self);
    Py_TRASHCAN_BEGIN(self, frame_dealloc);
    PyCodeObject *code = NULL;
    if (f->f_frame && f->f_frame->owner == FRAME_OWNED_BY_FRAME_OBJECT) {
        Py_CLEAR(f->f_frame->f_func);
        Py_CLEAR(f->f_frame->f_locals); /* before the variables: what only locals() still knew ends first */
        release_slots(f->f_frame);
        code = f->f_frame->f_code; /* last: what dies before it may still ask for a line */
        f->f_frame->f_code = NULL;
    }
    Py_CLEAR(f->f_back);
    Py_CLEAR(f->f_trace);
    Py_XDECREF(code);
    PyObject_GC_Del(f);
    Py_TRASHCAN_END;
}

static int frame_traverse(PyObject *self, visitproc visit, void *arg)
{
    PyFrameObject *f = fr(self);
    Py_VISIT(f->f_back);
    Py_VISIT(f->f_trace);
    if (f->f_frame->owner != FRAME_OWNED_BY_FRAME_OBJECT)
        return 0;
    return k_frame_traverse(f->f_frame, visit, arg);
}

static PyObject *frame_repr(PyObject *self)
{
    PyFrameObject *f = fr(self);
    PyCodeObject *code = f->f_frame->f_code;
    return PyUnicode_FromFormat("<frame at %p, file %R, line %d, code %S>", f, code->co_filename,
                                PyFrame_GetLineNumber(f), code->co_name);
}

PyTypeObject PyFrame_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "frame",
    .tp_basicsize = offsetof(PyFrameObject, _f_frame_data) + offsetof(_PyInterpreterFrame, localsplus),
    .tp_itemsize = sizeof(PyObject *),
    .tp_dealloc = frame_dealloc,
    .tp_repr = frame_repr,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_setattro = PyObject_GenericSetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_traverse = frame_traverse,
    .tp_clear = frame_clear_own,
    .tp_methods = METHODS(frame),
    .tp_members = frame_members,
    .tp_getset = frame_getset,
};
K_TYPE(PyFrame_Type);
