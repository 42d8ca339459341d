/* iter.c - iterators over sequences (__getitem__) and over callables with a sentinel; helpers of the containers.
 *
 * In: any sequence, or a callable.  Out: iterator objects; pickling state and repr of containers.
 * Invariant: an exhausted iterator has dropped what it iterated over and stays exhausted.
 * Start at seqiter_next. */
#include "objects/iter.h"

#include "memory/gc.h"
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/slice.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"
#include "vm/eval.h"

/* ---- shared helpers ---- */

PyObject *k_iter_builtin(PyObject *name)
{
    PyObject *found = PyDict_GetItemWithError(PyEval_GetBuiltins(), name);
    if (!found && !PyErr_Occurred())
        PyErr_SetObject(PyExc_AttributeError, name);
    return Py_XNewRef(found);
}

PyObject *k_iter_reduce(PyObject *builtin, PyObject *seq, Py_ssize_t index, PyObject *empty)
{
    K_AUTO(PyObject *) nothing = empty;
    if (!nothing)
        return NULL;
    K_AUTO(PyObject *) iterated = Py_NewRef(seq ? seq : nothing); /* the look-up may run code, which may exhaust us */
    K_AUTO(PyObject *) function = k_iter_builtin(builtin);
    if (!function)
        return NULL;
    return seq ? Py_BuildValue("O(O)n", function, iterated, index) : Py_BuildValue("O(O)", function, iterated);
}

int k_index_args(const char *name, PyObject *const *args, Py_ssize_t nargs, Py_ssize_t length, Py_ssize_t *start,
                 Py_ssize_t *stop)
{
    *start = 0;
    *stop = PY_SSIZE_T_MAX;
    if (k_check_nargs(name, nargs, 1, 3) < 0)
        return -1;
    if (nargs > 1 && !_PyEval_SliceIndexNotNone(args[1], start))
        return -1;
    if (nargs > 2 && !_PyEval_SliceIndexNotNone(args[2], stop))
        return -1;
    if (*start < 0)
        *start = Py_MAX(*start + length, 0);
    if (*stop < 0)
        *stop = Py_MAX(*stop + length, 0);
    *stop = Py_MIN(*stop, length);
    return 0;
}

static int repr_one(_PyUnicodeWriter *writer, PyObject *item)
{
    if (k_enter_nested(k_tstate(), " while getting the repr of an object"))
        return -1;
    PyObject *text = PyObject_Repr(item); /* runs code */
    k_leave_recursive(k_tstate());
    if (!text)
        return -1;
    int status = _PyUnicodeWriter_WriteStr(writer, text);
    Py_DECREF(text);
    return status;
}

PyObject *k_repr_items(char open, PyObject *seq, const char *close)
{
    _PyUnicodeWriter writer;
    _PyUnicodeWriter_Init(&writer);
    writer.overallocate = 1;
    if (_PyUnicodeWriter_WriteChar(&writer, (Py_UCS4)open) < 0)
        goto failed;
    for (Py_ssize_t i = 0; i < Py_SIZE(seq); i++) {
        if (i > 0 && _PyUnicodeWriter_WriteASCIIString(&writer, ", ", 2) < 0)
            goto failed;
        PyObject *item = Py_NewRef(PySequence_Fast_GET_ITEM(seq, i));
        int status = repr_one(&writer, item);
        Py_DECREF(item);
        if (status < 0)
            goto failed;
    }
    writer.overallocate = 0;
    if (_PyUnicodeWriter_WriteASCIIString(&writer, close, (Py_ssize_t)strlen(close)) < 0)
        goto failed;
    return _PyUnicodeWriter_Finish(&writer);
failed:
    _PyUnicodeWriter_Dealloc(&writer);
    return NULL;
}

/* ---- iterator over __getitem__ ---- */

typedef struct SeqIter {
    PyObject ob_base;
    Py_ssize_t index;
    PyObject *seq; /* owned; NULL once exhausted */
} SeqIter;

PyObject *PySeqIter_New(PyObject *seq)
{
    if (!PySequence_Check(seq)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    SeqIter *it = PyObject_GC_New(SeqIter, &PySeqIter_Type);
    if (!it)
        return NULL;
    it->index = 0;
    it->seq = Py_NewRef(seq);
    PyObject_GC_Track(it);
    return (PyObject *)it;
}

static void seqiter_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_XDECREF(((SeqIter *)self)->seq);
    PyObject_GC_Del(self);
}

static int seqiter_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((SeqIter *)self)->seq);
    return 0;
}

static PyObject *seqiter_next(PyObject *self)
{
    SeqIter *it = (SeqIter *)self;
    if (!it->seq)
        return NULL;
    if (it->index == PY_SSIZE_T_MAX)
        return k_raise(PyExc_OverflowError, "iter index too large");
    PyObject *item = PySequence_GetItem(it->seq, it->index); /* runs code */
    if (item) {
        it->index++;
        return item;
    }
    if (k_catch(PyExc_IndexError) || k_catch(PyExc_StopIteration))
        Py_CLEAR(it->seq);
    return NULL;
}

METHODS_DECLARE(seqiter);

METHOD_RAW(seqiter, __length_hint__, NOARGS, 0, "How many items are left, as far as known.")
{
    SeqIter *it = (SeqIter *)self;
    if (!it->seq)
        return PyLong_FromLong(0);
    int has_length = _PyObject_HasLen(it->seq);
    if (has_length <= 0)
        return has_length < 0 ? NULL : Py_NewRef(Py_NotImplemented);
    Py_ssize_t length = PySequence_Size(it->seq); /* runs code */
    if (length < 0)
        return NULL;
    return PyLong_FromSsize_t(Py_MAX(length - it->index, 0));
}

METHOD_RAW(seqiter, __reduce__, NOARGS, 0, "State for pickling.")
{
    SeqIter *it = (SeqIter *)self;
    return k_iter_reduce(K_STR("iter"), it->seq, it->index, PyTuple_New(0));
}

METHOD_RAW(seqiter, __setstate__, O, 0, "Takes the index from pickled state.")
{
    SeqIter *it = (SeqIter *)self;
    Py_ssize_t index = PyLong_AsSsize_t(arg);
    if (index == -1 && PyErr_Occurred())
        return NULL;
    if (it->seq)
        it->index = Py_MAX(index, 0);
    Py_RETURN_NONE;
}
METHODS_END(seqiter);

PyTypeObject PySeqIter_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "iterator",
    .tp_basicsize = sizeof(SeqIter),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_dealloc = seqiter_dealloc,
    .tp_traverse = seqiter_traverse,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = seqiter_next,
    .tp_methods = METHODS(seqiter),
};
K_TYPE(PySeqIter_Type);

/* ---- iter(callable, sentinel) ---- */

typedef struct CallIter {
    PyObject ob_base;
    PyObject *callable, *sentinel; /* owned; NULL once exhausted */
} CallIter;

PyObject *PyCallIter_New(PyObject *callable, PyObject *sentinel)
{
    CallIter *it = PyObject_GC_New(CallIter, &PyCallIter_Type);
    if (!it)
        return NULL;
    it->callable = Py_NewRef(callable);
    it->sentinel = Py_NewRef(sentinel);
    PyObject_GC_Track(it);
    return (PyObject *)it;
}

static int calliter_traverse(PyObject *self, visitproc visit, void *arg)
{
    CallIter *it = (CallIter *)self;
    Py_VISIT(it->callable);
    Py_VISIT(it->sentinel);
    return 0;
}

static void calliter_drop(CallIter *it)
{
    Py_CLEAR(it->callable);
    Py_CLEAR(it->sentinel);
}

static void calliter_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    calliter_drop((CallIter *)self);
    PyObject_GC_Del(self);
}

static PyObject *calliter_next(PyObject *self)
{
    CallIter *it = (CallIter *)self;
    if (!it->callable)
        return NULL;
    PyObject *value = PyObject_CallNoArgs(it->callable); /* runs code, which may exhaust us */
    if (!value) {
        if (k_catch(PyExc_StopIteration))
            calliter_drop(it);
        return NULL;
    }
    if (!it->sentinel) {
        Py_DECREF(value);
        return NULL;
    }
    int equal = PyObject_RichCompareBool(it->sentinel, value, Py_EQ);
    if (equal == 0)
        return value;
    Py_DECREF(value);
    if (equal > 0)
        calliter_drop(it);
    return NULL;
}

METHODS_DECLARE(calliter);

METHOD_RAW(calliter, __reduce__, NOARGS, 0, "State for pickling.")
{
    CallIter *it = (CallIter *)self;
    K_AUTO(PyObject *) function = k_iter_builtin(K_STR("iter"));
    if (!function)
        return NULL;
    if (it->callable && it->sentinel)
        return Py_BuildValue("O(OO)", function, it->callable, it->sentinel);
    return Py_BuildValue("O(())", function);
}
METHODS_END(calliter);

PyTypeObject PyCallIter_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "callable_iterator",
    .tp_basicsize = sizeof(CallIter),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_dealloc = calliter_dealloc,
    .tp_traverse = calliter_traverse,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = calliter_next,
    .tp_methods = METHODS(calliter),
};
K_TYPE(PyCallIter_Type);
