/* iter_enum.c - enumerate and reversed.
 *
 * In: an iterable, or a sequence.  Out: (index, item) pairs; items from the last to the first.
 * Invariant: enumerate counts in C until the counter would overflow, then with an int object.
 * Start at enum_next. */
#include "objects/iter.h"

#include "memory/gc.h"
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/genericalias.h"
#include "objects/int/int.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "objects/type/type.h"
#include "runtime/errors.h"

typedef struct Enum {
    PyObject ob_base;
    Py_ssize_t index;  /* PY_SSIZE_T_MAX: the counter is big_index */
    PyObject *it;      /* owned */
    PyObject *pair;    /* used again while nobody else holds it */
    PyObject *big_index, *one;
} Enum;

static PyObject *enum_make(PyTypeObject *type, PyObject *iterable, PyObject *start)
{
    Enum *en = (Enum *)type->tp_alloc(type, 0);
    K_AUTO(PyObject *) self = (PyObject *)en;
    if (!en || !(en->one = PyLong_FromLong(1)))
        return NULL;
    if (start) {
        K_AUTO(PyObject *) index = PyNumber_Index(start);
        if (!index)
            return NULL;
        en->index = PyLong_AsSsize_t(index);
        if (en->index == -1 && PyErr_Occurred()) {
            PyErr_Clear();
            en->index = PY_SSIZE_T_MAX;
            en->big_index = K_MOVE(index);
        }
    }
    if (!(en->it = PyObject_GetIter(iterable)) || !(en->pair = PyTuple_Pack(2, Py_None, Py_None)))
        return NULL;
    return K_MOVE(self);
}

/* Fills slot[0] (iterable) and slot[1] (start) from a call with one or two arguments. */
static int enum_bind(PyObject *const *args, Py_ssize_t nargs, PyObject *const *names, PyObject *const *values,
                     Py_ssize_t nkw, PyObject **slot)
{
    static const char *const words[2] = { "iterable", "start" };
    if (nargs + nkw > 2) {
        PyErr_Format(PyExc_TypeError, "enumerate() takes at most %d arguments (%zd given)", 2, nargs + nkw);
        return -1;
    }
    for (Py_ssize_t i = 0; i < nargs; i++)
        slot[i] = args[i];
    for (Py_ssize_t i = 0; i < nkw; i++) {
        int which = PyUnicode_CompareWithASCIIString(names[i], words[1]) == 0   ? 1
                    : PyUnicode_CompareWithASCIIString(names[i], words[0]) == 0 ? 0 : -1;
        if (which < 0 || slot[which] || (which == 1 && nargs + nkw == 1)) {
            PyErr_Format(PyExc_TypeError, "'%U' is an invalid keyword argument for enumerate()", names[i]);
            return -1;
        }
        slot[which] = values[i];
    }
    if (slot[0])
        return 0;
    PyErr_SetString(PyExc_TypeError, "enumerate() missing required argument 'iterable'");
    return -1;
}

static PyObject *enum_vectorcall(PyObject *type, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    Py_ssize_t nargs = PyVectorcall_NARGS(nargsf);
    PyObject *slot[2] = { NULL, NULL };
    if (enum_bind(args, nargs, kwnames ? &PyTuple_GET_ITEM(kwnames, 0) : NULL, args + nargs,
                  kwnames ? Py_SIZE(kwnames) : 0, slot) < 0)
        return NULL;
    return enum_make((PyTypeObject *)type, slot[0], slot[1]);
}

static PyObject *enum_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *slot[2] = { NULL, NULL }, *names[2], *values[2];
    Py_ssize_t n = kwargs ? PyDict_GET_SIZE(kwargs) : 0, pos = 0;
    if (Py_SIZE(args) + n <= 2) {
        for (Py_ssize_t i = 0; i < n; i++)
            (void)!PyDict_Next(kwargs, &pos, &names[i], &values[i]);
    }
    if (enum_bind(&PyTuple_GET_ITEM(args, 0), Py_SIZE(args), names, values, n, slot) < 0)
        return NULL;
    return enum_make(type, slot[0], slot[1]);
}

static void enum_dealloc(PyObject *self)
{
    Enum *en = (Enum *)self;
    PyObject_GC_UnTrack(self);
    Py_XDECREF(en->it);
    Py_XDECREF(en->pair);
    Py_XDECREF(en->big_index);
    Py_XDECREF(en->one);
    Py_TYPE(self)->tp_free(self);
}

static int enum_traverse(PyObject *self, visitproc visit, void *arg)
{
    Enum *en = (Enum *)self;
    Py_VISIT(en->it);
    Py_VISIT(en->pair);
    Py_VISIT(en->big_index);
    return 0;
}

/* The counter as an object, moved on by one. */
static PyObject *enum_count(Enum *en)
{
    if (en->index != PY_SSIZE_T_MAX)
        return PyLong_FromSsize_t(en->index++);
    if (!en->big_index && !(en->big_index = PyLong_FromSsize_t(PY_SSIZE_T_MAX)))
        return NULL;
    PyObject *next = PyNumber_Add(en->big_index, en->one), *now = en->big_index;
    if (!next)
        return NULL;
    en->big_index = next;
    return now;
}

PyObject *k_iter_fill_pair(PyObject **slot, PyObject *first, PyObject *second)
{
    PyObject *pair = *slot;
    if (Py_REFCNT(pair) != 1) {
        PyObject *items[2] = { first, second };
        return k_tuple_from_array_steal(items, 2);
    }
    PyObject *old_first = PyTuple_GET_ITEM(pair, 0), *old_second = PyTuple_GET_ITEM(pair, 1);
    PyTuple_SET_ITEM(pair, 0, first);
    PyTuple_SET_ITEM(pair, 1, second);
    Py_INCREF(pair);
    if (!k_gc_is_tracked(pair)) /* the collector takes a pair of atoms off its lists */
        PyObject_GC_Track(pair);
    Py_DECREF(old_first);
    Py_DECREF(old_second);
    return pair;
}

static PyObject *enum_next(PyObject *self)
{
    Enum *en = (Enum *)self;
    PyObject *item = Py_TYPE(en->it)->tp_iternext(en->it); /* runs code */
    if (!item)
        return NULL;
    PyObject *index = enum_count(en);
    if (!index) {
        Py_DECREF(item);
        return NULL;
    }
    return k_iter_fill_pair(&en->pair, index, item);
}

METHODS_DECLARE(enum);

METHOD_RAW(enum, __reduce__, NOARGS, 0, "State for pickling.")
{
    Enum *en = (Enum *)self;
    if (en->big_index)
        return Py_BuildValue("O(OO)", Py_TYPE(self), en->it, en->big_index);
    return Py_BuildValue("O(On)", Py_TYPE(self), en->it, en->index);
}

METHOD_RAW(enum, __class_getitem__, O, METH_CLASS, "See PEP 585")
{
    return Py_GenericAlias(self, arg);
}
METHODS_END(enum);

PyTypeObject PyEnum_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "enumerate",
    .tp_doc = "enumerate(iterable, start=0)\n--\n\nPairs of a counter and the iterable's items.\n\n"
              "    (0, seq[0]), (1, seq[1]), (2, seq[2]), ...",
    .tp_basicsize = sizeof(Enum),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .tp_dealloc = enum_dealloc,
    .tp_traverse = enum_traverse,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = enum_next,
    .tp_methods = METHODS(enum),
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = enum_new,
    .tp_free = PyObject_GC_Del,
    .tp_vectorcall = enum_vectorcall,
};
K_TYPE(PyEnum_Type);

/* ---- reversed ---- */

typedef struct Reversed {
    PyObject ob_base;
    Py_ssize_t index;
    PyObject *seq; /* owned; NULL once exhausted */
} Reversed;

static PyObject *reversed_make(PyTypeObject *type, PyObject *seq)
{
    K_AUTO(PyObject *) method = k_lookup_special(seq, K_STR("__reversed__"));
    if (method == Py_None || (!method && !PyErr_Occurred() && !PySequence_Check(seq)))
        return k_raise(PyExc_TypeError, "'%.200s' object is not reversible", Py_TYPE(seq)->tp_name);
    if (method)
        return PyObject_CallNoArgs(method);
    if (PyErr_Occurred())
        return NULL;
    Py_ssize_t n = PySequence_Size(seq);
    if (n == -1)
        return NULL;
    Reversed *self = (Reversed *)type->tp_alloc(type, 0);
    if (!self)
        return NULL;
    self->index = n - 1;
    self->seq = Py_NewRef(seq);
    return (PyObject *)self;
}

static PyObject *reversed_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    if ((type == &PyReversed_Type || type->tp_init == PyReversed_Type.tp_init) && !_PyArg_NoKeywords("reversed", kwargs))
        return NULL;
    if (k_check_nargs("reversed", Py_SIZE(args), 1, 1) < 0)
        return NULL;
    return reversed_make(type, PyTuple_GET_ITEM(args, 0));
}

static PyObject *reversed_vectorcall(PyObject *type, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    if (!_PyArg_NoKwnames("reversed", kwnames) || k_check_nargs("reversed", PyVectorcall_NARGS(nargsf), 1, 1) < 0)
        return NULL;
    return reversed_make((PyTypeObject *)type, args[0]);
}

static void reversed_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_XDECREF(((Reversed *)self)->seq);
    Py_TYPE(self)->tp_free(self);
}

static int reversed_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((Reversed *)self)->seq);
    return 0;
}

static PyObject *reversed_next(PyObject *self)
{
    Reversed *it = (Reversed *)self;
    if (it->index >= 0) {
        PyObject *item = PySequence_GetItem(it->seq, it->index); /* runs code */
        if (item) {
            it->index--;
            return item;
        }
        if (!k_catch(PyExc_IndexError))
            k_catch(PyExc_StopIteration);
    }
    it->index = -1;
    Py_CLEAR(it->seq);
    return NULL;
}

METHODS_DECLARE(reversed);

METHOD_RAW(reversed, __length_hint__, NOARGS, 0, "How many items are left, as far as known.")
{
    Reversed *it = (Reversed *)self;
    if (!it->seq)
        return PyLong_FromLong(0);
    Py_ssize_t n = PySequence_Size(it->seq), left = it->index + 1;
    return n < 0 ? NULL : PyLong_FromSsize_t(n < left ? 0 : left);
}

METHOD_RAW(reversed, __reduce__, NOARGS, 0, "State for pickling.")
{
    Reversed *it = (Reversed *)self;
    return it->seq ? Py_BuildValue("O(O)n", Py_TYPE(self), it->seq, it->index)
                   : Py_BuildValue("O(())", Py_TYPE(self));
}

METHOD_RAW(reversed, __setstate__, O, 0, "Takes the index from pickled state.")
{
    Reversed *it = (Reversed *)self;
    Py_ssize_t index = PyLong_AsSsize_t(arg);
    if (index == -1 && PyErr_Occurred())
        return NULL;
    if (it->seq) {
        Py_ssize_t n = PySequence_Size(it->seq);
        if (n < 0)
            return NULL;
        it->index = Py_MAX(-1, Py_MIN(index, n - 1));
    }
    Py_RETURN_NONE;
}
METHODS_END(reversed);

PyTypeObject PyReversed_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "reversed",
    .tp_doc = "reversed(sequence, /)\n--\n\nThe items of a sequence from the last to the first.",
    .tp_basicsize = sizeof(Reversed),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .tp_dealloc = reversed_dealloc,
    .tp_traverse = reversed_traverse,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = reversed_next,
    .tp_methods = METHODS(reversed),
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = reversed_new,
    .tp_free = PyObject_GC_Del,
    .tp_vectorcall = reversed_vectorcall,
};
K_TYPE(PyReversed_Type);
