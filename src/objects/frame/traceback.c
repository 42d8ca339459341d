/* traceback.c - traceback objects: which frames an exception passed, innermost last.
 *
 * In: a frame an exception leaves or starts in.  Out: one more entry in front of the exception's traceback.
 * Invariant: tb_next never leads back. tb_lineno is K_LINE_UNKNOWN until somebody asks; tb_lasti says where the frame
 * was.
 * Start at PyTraceBack_Here(). Printing is in runtime/traceback.c. */
#include "objects/frame/frame.h"

#include "memory/gc.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/dict/dict.h"
#include "objects/method.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "runtime/errors.h"

static PyTracebackObject *tb(PyObject *self)
{
    return (PyTracebackObject *)self;
}

PyObject *k_traceback_new(PyObject *next, PyFrameObject *frame, int lasti, int line)
{
    PyTracebackObject *self = PyObject_GC_New(PyTracebackObject, &PyTraceBack_Type);
    if (!self)
        return NULL;
    self->tb_next = (PyTracebackObject *)Py_XNewRef(next);
    self->tb_frame = (PyFrameObject *)Py_NewRef(frame);
    self->tb_lasti = lasti;
    self->tb_lineno = line;
    PyObject_GC_Track(self);
    return (PyObject *)self;
}

int k_traceback_line(PyTracebackObject *self)
{
    if (self->tb_lineno == K_LINE_UNKNOWN)
        self->tb_lineno = PyCode_Addr2Line(self->tb_frame->f_frame->f_code, self->tb_lasti);
    return self->tb_lineno;
}

int PyTraceBack_Here(PyFrameObject *frame)
{
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    int line = frame->f_lineno ? frame->f_lineno : K_LINE_UNKNOWN;
    PyObject *entry = k_traceback_new(traceback, frame, PyFrame_GetLasti(frame), line);
    if (!entry) {
        _PyErr_ChainExceptions(type, value, traceback);
        return -1;
    }
    Py_XDECREF(traceback);
    PyErr_Restore(type, value, entry);
    return 0;
}

/* An entry for a place that is no Python code: the current exception passed through it. */
void _PyTraceback_Add(const char *funcname, const char *filename, int lineno)
{
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    K_AUTO(PyObject *) globals = PyDict_New();
    K_AUTO(PyCodeObject *) code = globals ? PyCode_NewEmpty(filename, funcname, lineno) : NULL;
    K_AUTO(PyFrameObject *) frame = code ? PyFrame_New(NULL, code, globals, NULL) : NULL;
    if (!frame) {
        _PyErr_ChainExceptions(type, value, traceback);
        return;
    }
    frame->f_lineno = lineno;
    PyErr_Restore(type, value, traceback);
    PyTraceBack_Here(frame);
}

/* ---- the type ---- */

BINDER(traceback_new, "TracebackType", "(tb_next, tb_frame, tb_lasti, tb_lineno)", *tb_next, *tb_frame, *tb_lasti,
       *tb_lineno);

static PyObject *traceback_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    (void)type;
    traceback_new_args arg;
    K_AUTO(PyObject *) owned = NULL;
    int lasti, line;
    if (BIND(traceback_new, &arg, args, kwargs, &owned) < 0)
        return NULL;
    if (!PyFrame_Check(arg.tb_frame))
        return k_raise(PyExc_TypeError, "TracebackType() argument 'tb_frame' must be frame, not %.50s",
                       Py_TYPE(arg.tb_frame)->tp_name);
    if (k_arg_int(arg.tb_lasti, &lasti) < 0 || k_arg_int(arg.tb_lineno, &line) < 0)
        return NULL;
    if (arg.tb_next != Py_None && !PyTraceBack_Check(arg.tb_next))
        return k_raise(PyExc_TypeError, "expected traceback object or None, got '%s'", Py_TYPE(arg.tb_next)->tp_name);
    return k_traceback_new(arg.tb_next == Py_None ? NULL : arg.tb_next, (PyFrameObject *)arg.tb_frame, lasti, line);
}

static PyObject *get_next(PyObject *self, void *closure)
{
    (void)closure;
    return Py_NewRef(tb(self)->tb_next ? (PyObject *)tb(self)->tb_next : Py_None);
}

static int set_next(PyObject *self, PyObject *value, void *closure)
{
    (void)closure;
    if (!value) {
        k_raise(PyExc_TypeError, "can't delete tb_next attribute");
        return -1;
    }
    if (value != Py_None && !PyTraceBack_Check(value)) {
        k_raise(PyExc_TypeError, "expected traceback object, got '%s'", Py_TYPE(value)->tp_name);
        return -1;
    }
    PyObject *next = value == Py_None ? NULL : value;
    for (PyTracebackObject *at = (PyTracebackObject *)next; at; at = at->tb_next)
        if (at == tb(self)) {
            k_raise(PyExc_ValueError, "traceback loop detected");
            return -1;
        }
    Py_XSETREF(tb(self)->tb_next, (PyTracebackObject *)Py_XNewRef(next));
    return 0;
}

static PyObject *get_lineno(PyObject *self, void *closure)
{
    (void)closure;
    return PyLong_FromLong(k_traceback_line(tb(self)));
}

METHOD_RAW(traceback, __dir__, NOARGS, 0, NULL)
{
    K_AUTO(PyObject *) names = PyList_New(0);
    PyObject *const all[] = { K_STR("tb_frame"), K_STR("tb_next"), K_STR("tb_lasti"), K_STR("tb_lineno") };
    for (Py_ssize_t i = 0; names && i < K_COUNT_OF(all); i++)
        if (PyList_Append(names, all[i]) < 0)
            return NULL;
    return K_MOVE(names);
}

METHODS_END(traceback);
METHODS_DECLARE(traceback);

static PyGetSetDef traceback_getset[] = {
    { "tb_next", get_next, set_next, NULL, NULL },
    { "tb_lineno", get_lineno, NULL, NULL, NULL },
    { NULL },
};
static PyMemberDef traceback_members[] = {
    { "tb_frame", T_OBJECT, offsetof(PyTracebackObject, tb_frame), READONLY | PY_AUDIT_READ, NULL },
    { "tb_lasti", T_INT, offsetof(PyTracebackObject, tb_lasti), READONLY, NULL },
    { NULL },
};

static int traceback_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(tb(self)->tb_next);
    Py_VISIT(tb(self)->tb_frame);
    return 0;
}

static int traceback_clear(PyObject *self)
{
    Py_CLEAR(tb(self)->tb_next);
    Py_CLEAR(tb(self)->tb_frame);
    return 0;
}

static void traceback_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_TRASHCAN_BEGIN(self, traceback_dealloc); /* deep recursion leaves long chains */
    traceback_clear(self);
    PyObject_GC_Del(self);
    Py_TRASHCAN_END;
}

PyTypeObject PyTraceBack_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "traceback",
    .tp_basicsize = sizeof(PyTracebackObject),
    .tp_dealloc = traceback_dealloc,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_doc = "TracebackType(tb_next, tb_frame, tb_lasti, tb_lineno)\n--\n\nOne frame that an exception passed.",
    .tp_traverse = traceback_traverse,
    .tp_clear = traceback_clear,
    .tp_methods = METHODS(traceback),
    .tp_members = traceback_members,
    .tp_getset = traceback_getset,
    .tp_new = traceback_new,
};
K_TYPE(PyTraceBack_Type);
