/* tuple.c - tuple: creation, sequence operations, comparison, hash, iterator.
 *
 * In: items.  Out: immutable arrays of counted references.
 * Invariant: the empty exact tuple is one immortal static object; every other tuple is tracked when it is made, and the
 * collector takes tuples of atoms off its lists (_PyTuple_MaybeUntrack). Items are NULL only until the maker fills them.
 * Start at PyTuple_New. */
#include "objects/tuple.h"

#include "capi/args.h"
#include "memory/gc.h"
#include "objects/call.h"
#include "objects/genericalias.h"
#include "objects/int/int.h"
#include "objects/iter.h"
#include "objects/list/list.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/slice.h"
#include "objects/str/str.h"
#include "runtime/errors.h"

static struct {
    PyGC_Head head; /* never tracked */
    PyTupleObject tuple;
} tuple_empty = { .tuple = { .ob_base = PyVarObject_HEAD_INIT(&PyTuple_Type, 0) } };

static PyTupleObject *tuple_alloc(Py_ssize_t n)
{
    if ((size_t)n > (PY_SSIZE_T_MAX - sizeof(PyTupleObject)) / sizeof(PyObject *))
        return (PyTupleObject *)PyErr_NoMemory();
    return PyObject_GC_NewVar(PyTupleObject, &PyTuple_Type, n);
}

PyObject *PyTuple_New(Py_ssize_t size)
{
    if (size == 0)
        return Py_NewRef(&tuple_empty.tuple);
    if (size < 0) {
        PyErr_BadInternalCall();
        return NULL;
    }
    PyTupleObject *tuple = tuple_alloc(size);
    if (!tuple)
        return NULL;
    memset(tuple->ob_item, 0, (size_t)size * sizeof(PyObject *));
    PyObject_GC_Track(tuple);
    return (PyObject *)tuple;
}

PyObject *k_tuple_from_array(PyObject *const *items, Py_ssize_t n)
{
    if (n == 0)
        return Py_NewRef(&tuple_empty.tuple);
    PyTupleObject *tuple = tuple_alloc(n);
    if (!tuple)
        return NULL;
    for (Py_ssize_t i = 0; i < n; i++)
        tuple->ob_item[i] = Py_NewRef(items[i]);
    PyObject_GC_Track(tuple);
    return (PyObject *)tuple;
}

PyObject *k_tuple_from_array_steal(PyObject *const *items, Py_ssize_t n)
{
    if (n == 0)
        return Py_NewRef(&tuple_empty.tuple);
    PyTupleObject *tuple = tuple_alloc(n);
    if (!tuple) {
        for (Py_ssize_t i = 0; i < n; i++)
            Py_DECREF(items[i]);
        return NULL;
    }
    memcpy(tuple->ob_item, items, (size_t)n * sizeof(PyObject *));
    PyObject_GC_Track(tuple);
    return (PyObject *)tuple;
}

/* CPython's internal names, which some compiled modules import. */
K_API PyObject *_PyTuple_FromArray(PyObject *const *items, Py_ssize_t n);
PyObject *_PyTuple_FromArray(PyObject *const *items, Py_ssize_t n)
{
    return k_tuple_from_array(items, n);
}

PyObject *PyTuple_Pack(Py_ssize_t n, ...)
{
    PyObject *tuple = PyTuple_New(n);
    if (!tuple)
        return NULL;
    va_list items;
    va_start(items, n);
    for (Py_ssize_t i = 0; i < n; i++)
        PyTuple_SET_ITEM(tuple, i, Py_NewRef(va_arg(items, PyObject *)));
    va_end(items);
    return tuple;
}

Py_ssize_t PyTuple_Size(PyObject *tuple)
{
    if (!PyTuple_Check(tuple)) {
        PyErr_BadInternalCall();
        return -1;
    }
    return Py_SIZE(tuple);
}

PyObject *PyTuple_GetItem(PyObject *tuple, Py_ssize_t i)
{
    if (!PyTuple_Check(tuple)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    if ((size_t)i >= (size_t)Py_SIZE(tuple)) {
        PyErr_SetString(PyExc_IndexError, "tuple index out of range");
        return NULL;
    }
    return PyTuple_GET_ITEM(tuple, i);
}

int PyTuple_SetItem(PyObject *tuple, Py_ssize_t i, PyObject *item)
{
    if (!PyTuple_Check(tuple) || Py_REFCNT(tuple) != 1) {
        Py_XDECREF(item);
        PyErr_BadInternalCall();
        return -1;
    }
    if ((size_t)i >= (size_t)Py_SIZE(tuple)) {
        Py_XDECREF(item);
        PyErr_SetString(PyExc_IndexError, "tuple assignment index out of range");
        return -1;
    }
    Py_XSETREF(PyTuple_GET_ITEM(tuple, i), item);
    return 0;
}

static PyObject *tuple_part(PyObject *tuple, Py_ssize_t low, Py_ssize_t high)
{
    low = Py_MAX(low, 0);
    high = Py_MIN(high, Py_SIZE(tuple));
    if (low == 0 && high == Py_SIZE(tuple) && PyTuple_CheckExact(tuple))
        return Py_NewRef(tuple);
    return k_tuple_from_array(&PyTuple_GET_ITEM(tuple, 0) + low, Py_MAX(high - low, 0));
}

PyObject *PyTuple_GetSlice(PyObject *tuple, Py_ssize_t low, Py_ssize_t high)
{
    if (!PyTuple_Check(tuple)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    return tuple_part(tuple, low, high);
}

/* For the maker of a tuple that nobody else has seen. On failure *slot is NULL and the tuple is gone. */
int _PyTuple_Resize(PyObject **slot, Py_ssize_t size)
{
    PyTupleObject *tuple = (PyTupleObject *)*slot;
    if (!tuple || !Py_IS_TYPE(tuple, &PyTuple_Type) || (Py_SIZE(tuple) && Py_REFCNT(tuple) != 1)) {
        *slot = NULL;
        Py_XDECREF(tuple);
        PyErr_BadInternalCall();
        return -1;
    }
    Py_ssize_t old = Py_SIZE(tuple);
    if (old == size)
        return 0;
    if (old == 0 || size == 0) {
        Py_DECREF(tuple);
        *slot = PyTuple_New(size);
        return *slot ? 0 : -1;
    }
    if (k_gc_is_tracked(*slot))
        PyObject_GC_UnTrack(tuple);
    for (Py_ssize_t i = size; i < old; i++)
        Py_CLEAR(tuple->ob_item[i]);
    PyTupleObject *moved = PyObject_GC_Resize(PyTupleObject, tuple, size);
    if (!moved) {
        *slot = NULL;
        for (Py_ssize_t i = 0; i < Py_MIN(old, size); i++)
            Py_XDECREF(tuple->ob_item[i]);
        PyObject_GC_Del(tuple);
        return -1;
    }
    for (Py_ssize_t i = old; i < size; i++)
        moved->ob_item[i] = NULL;
    *slot = (PyObject *)moved;
    PyObject_GC_Track(moved);
    return 0;
}

void _PyTuple_MaybeUntrack(PyObject *tuple)
{
    if (!PyTuple_CheckExact(tuple) || !k_gc_is_tracked(tuple))
        return;
    for (Py_ssize_t i = 0; i < Py_SIZE(tuple); i++) {
        PyObject *item = PyTuple_GET_ITEM(tuple, i);
        if (!item || k_may_be_tracked(item)) /* NULL: still being filled */
            return;
    }
    PyObject_GC_UnTrack(tuple);
}

void _PyTuple_DebugMallocStats(FILE *out)
{
    _PyDebugAllocatorStats(out, "free PyTupleObject", 0, sizeof(PyTupleObject));
}

static void tuple_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_TRASHCAN_BEGIN(self, tuple_dealloc)
    for (Py_ssize_t i = Py_SIZE(self); i-- > 0;)
        Py_XDECREF(PyTuple_GET_ITEM(self, i));
    Py_TYPE(self)->tp_free(self);
    Py_TRASHCAN_END;
}

static int tuple_traverse(PyObject *self, visitproc visit, void *arg)
{
    for (Py_ssize_t i = Py_SIZE(self); i-- > 0;)
        Py_VISIT(PyTuple_GET_ITEM(self, i));
    return 0;
}

static PyObject *tuple_repr(PyObject *self)
{
    Py_ssize_t n = Py_SIZE(self);
    if (n == 0)
        return PyUnicode_FromString("()");
    int entered = Py_ReprEnter(self);
    if (entered)
        return entered > 0 ? PyUnicode_FromString("(...)") : NULL;
    PyObject *text = k_repr_items('(', self, n == 1 ? ",)" : ")");
    Py_ReprLeave(self);
    return text;
}

/* The round of xxHash over the items' hashes that CPython 3.8 and later use. */
static Py_hash_t tuple_hash(PyObject *self)
{
    const uint64_t prime1 = 11400714785074694791u, prime2 = 14029467366897019727u, prime5 = 2870177450012600261u;
    uint64_t sum = prime5;
    Py_ssize_t n = Py_SIZE(self);
    for (Py_ssize_t i = 0; i < n; i++) {
        Py_hash_t lane = PyObject_Hash(PyTuple_GET_ITEM(self, i)); /* runs code */
        if (lane == -1)
            return -1;
        sum += (uint64_t)lane * prime2;
        sum = (sum << 31 | sum >> 33) * prime1;
    }
    sum += (uint64_t)n ^ (prime5 ^ 3527539u);
    return sum == UINT64_MAX ? 1546275796 : (Py_hash_t)sum;
}

static PyObject *tuple_richcompare(PyObject *a, PyObject *b, int op)
{
    if (!PyTuple_Check(a) || !PyTuple_Check(b))
        Py_RETURN_NOTIMPLEMENTED;
    Py_ssize_t na = Py_SIZE(a), nb = Py_SIZE(b), i = 0;
    for (; i < na && i < nb; i++) {
        int equal = PyObject_RichCompareBool(PyTuple_GET_ITEM(a, i), PyTuple_GET_ITEM(b, i), Py_EQ); /* runs code */
        if (equal < 0)
            return NULL;
        if (!equal)
            break;
    }
    if (i >= na || i >= nb)
        Py_RETURN_RICHCOMPARE(na, nb, op);
    if (op == Py_EQ || op == Py_NE)
        Py_RETURN_BOOL(op == Py_NE);
    return PyObject_RichCompare(PyTuple_GET_ITEM(a, i), PyTuple_GET_ITEM(b, i), op);
}

static Py_ssize_t tuple_length(PyObject *self)
{
    return Py_SIZE(self);
}

static int tuple_contains(PyObject *self, PyObject *value)
{
    int found = 0;
    for (Py_ssize_t i = 0; i < Py_SIZE(self) && found == 0; i++)
        found = PyObject_RichCompareBool(PyTuple_GET_ITEM(self, i), value, Py_EQ);
    return found;
}

static PyObject *tuple_item(PyObject *self, Py_ssize_t i)
{
    if ((size_t)i >= (size_t)Py_SIZE(self))
        return k_raise(PyExc_IndexError, "tuple index out of range");
    return Py_NewRef(PyTuple_GET_ITEM(self, i));
}

static PyObject *tuple_concat(PyObject *a, PyObject *b)
{
    if (Py_SIZE(a) == 0 && PyTuple_CheckExact(b))
        return Py_NewRef(b);
    if (!PyTuple_Check(b))
        return k_raise(PyExc_TypeError, "can only concatenate tuple (not \"%.200s\") to tuple", Py_TYPE(b)->tp_name);
    Py_ssize_t na = Py_SIZE(a), nb = Py_SIZE(b);
    if (nb == 0 && PyTuple_CheckExact(a))
        return Py_NewRef(a);
    if (na > PY_SSIZE_T_MAX - nb)
        return PyErr_NoMemory();
    PyObject *sum = PyTuple_New(na + nb);
    if (!sum)
        return NULL;
    for (Py_ssize_t i = 0; i < na; i++)
        PyTuple_SET_ITEM(sum, i, Py_NewRef(PyTuple_GET_ITEM(a, i)));
    for (Py_ssize_t i = 0; i < nb; i++)
        PyTuple_SET_ITEM(sum, na + i, Py_NewRef(PyTuple_GET_ITEM(b, i)));
    return sum;
}

static PyObject *tuple_repeat(PyObject *self, Py_ssize_t times)
{
    Py_ssize_t n = Py_SIZE(self);
    if ((n == 0 || times == 1) && PyTuple_CheckExact(self))
        return Py_NewRef(self);
    if (n == 0 || times <= 0)
        return PyTuple_New(0);
    if (n > PY_SSIZE_T_MAX / times)
        return PyErr_NoMemory();
    PyObject *product = PyTuple_New(n * times);
    if (!product)
        return NULL;
    for (Py_ssize_t i = 0; i < n * times; i++)
        PyTuple_SET_ITEM(product, i, Py_NewRef(PyTuple_GET_ITEM(self, i % n)));
    return product;
}

static PyObject *tuple_subscript(PyObject *self, PyObject *key)
{
    if (PyIndex_Check(key)) {
        Py_ssize_t i = PyNumber_AsSsize_t(key, PyExc_IndexError); /* runs code */
        if (i == -1 && PyErr_Occurred())
            return NULL;
        return tuple_item(self, i < 0 ? i + Py_SIZE(self) : i);
    }
    if (!PySlice_Check(key))
        return k_raise(PyExc_TypeError, "tuple indices must be integers or slices, not %.200s", Py_TYPE(key)->tp_name);
    Py_ssize_t start, stop, step;
    if (PySlice_Unpack(key, &start, &stop, &step) < 0)
        return NULL;
    Py_ssize_t n = PySlice_AdjustIndices(Py_SIZE(self), &start, &stop, step);
    if (n <= 0)
        return PyTuple_New(0);
    if (step == 1)
        return tuple_part(self, start, start + n);
    PyObject *part = PyTuple_New(n);
    for (Py_ssize_t i = 0; part && i < n; i++)
        PyTuple_SET_ITEM(part, i, Py_NewRef(PyTuple_GET_ITEM(self, start + i * step)));
    return part;
}

METHODS_DECLARE(tuple);

METHOD(tuple, __getnewargs__, NOARGS, "($self, /)", "The arguments that make an equal tuple again.")
{
    PyObject *same = k_tuple_from_array(&PyTuple_GET_ITEM(self, 0), Py_SIZE(self));
    PyObject *args = same ? PyTuple_Pack(1, same) : NULL;
    Py_XDECREF(same);
    return args;
}

METHOD(tuple, index, FAST, "($self, value, start=0, stop=sys.maxsize, /)",
       "The first index of the value.\n\nRaises ValueError when the value is absent.")
{
    Py_ssize_t start, stop;
    if (k_index_args("index", args, nargs, Py_SIZE(self), &start, &stop) < 0)
        return NULL;
    for (Py_ssize_t i = start; i < stop; i++) {
        int equal = PyObject_RichCompareBool(PyTuple_GET_ITEM(self, i), args[0], Py_EQ);
        if (equal)
            return equal > 0 ? PyLong_FromSsize_t(i) : NULL;
    }
    return k_raise(PyExc_ValueError, "tuple.index(x): x not in tuple");
}

METHOD(tuple, count, O, "($self, value, /)", "How many items equal the value.")
{
    Py_ssize_t count = 0;
    for (Py_ssize_t i = 0; i < Py_SIZE(self); i++) {
        int equal = PyObject_RichCompareBool(PyTuple_GET_ITEM(self, i), arg, Py_EQ);
        if (equal < 0)
            return NULL;
        count += equal;
    }
    return PyLong_FromSsize_t(count);
}

METHOD_RAW(tuple, __class_getitem__, O, METH_CLASS, "See PEP 585")
{
    return Py_GenericAlias(self, arg);
}
METHODS_END(tuple);

static PyObject *tuple_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    if ((type == &PyTuple_Type || type->tp_init == PyTuple_Type.tp_init) && !_PyArg_NoKeywords("tuple", kwargs))
        return NULL;
    if (!_PyArg_CheckPositional("tuple", Py_SIZE(args), 0, 1))
        return NULL;
    PyObject *items = Py_SIZE(args) ? PySequence_Tuple(PyTuple_GET_ITEM(args, 0)) : PyTuple_New(0);
    if (type == &PyTuple_Type || !items)
        return items;
    Py_ssize_t n = Py_SIZE(items);
    PyObject *self = type->tp_alloc(type, n);
    for (Py_ssize_t i = 0; self && i < n; i++)
        PyTuple_SET_ITEM(self, i, Py_NewRef(PyTuple_GET_ITEM(items, i)));
    Py_DECREF(items);
    return self;
}

static PyObject *tuple_vectorcall(PyObject *type, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    Py_ssize_t nargs = PyVectorcall_NARGS(nargsf);
    if (!_PyArg_NoKwnames("tuple", kwnames) || !_PyArg_CheckPositional("tuple", nargs, 0, 1))
        return NULL;
    return nargs ? PySequence_Tuple(args[0]) : PyTuple_New(0);
}

static PyObject *tuple_iter(PyObject *self)
{
    PyTupleIter *it = PyObject_GC_New(PyTupleIter, &PyTupleIter_Type);
    if (!it)
        return NULL;
    it->index = 0;
    it->tuple = (PyTupleObject *)Py_NewRef(self);
    PyObject_GC_Track(it);
    return (PyObject *)it;
}

static PySequenceMethods tuple_as_sequence = {
    .sq_length = tuple_length,
    .sq_concat = tuple_concat,
    .sq_repeat = tuple_repeat,
    .sq_item = tuple_item,
    .sq_contains = tuple_contains,
};
static PyMappingMethods tuple_as_mapping = { .mp_length = tuple_length, .mp_subscript = tuple_subscript };

PyTypeObject PyTuple_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "tuple",
    .tp_doc = "tuple(iterable=(), /)\n--\n\nAn immutable sequence.\n\n"
              "Without an argument it is empty; otherwise it has the items of the iterable.\n"
              "An exact tuple as the argument is returned itself.",
    .tp_basicsize = offsetof(PyTupleObject, ob_item),
    .tp_itemsize = sizeof(PyObject *),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_TUPLE_SUBCLASS |
                _Py_TPFLAGS_MATCH_SELF | Py_TPFLAGS_SEQUENCE,
    .tp_dealloc = tuple_dealloc,
    .tp_traverse = tuple_traverse,
    .tp_repr = tuple_repr,
    .tp_hash = tuple_hash,
    .tp_richcompare = tuple_richcompare,
    .tp_as_sequence = &tuple_as_sequence,
    .tp_as_mapping = &tuple_as_mapping,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_iter = tuple_iter,
    .tp_methods = METHODS(tuple),
    .tp_new = tuple_new,
    .tp_free = PyObject_GC_Del,
    .tp_vectorcall = tuple_vectorcall,
};
K_TYPE(PyTuple_Type);

/* ---- iterator ---- */

static void tupleiter_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_XDECREF(((PyTupleIter *)self)->tuple);
    PyObject_GC_Del(self);
}

static int tupleiter_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((PyTupleIter *)self)->tuple);
    return 0;
}

static PyObject *tupleiter_next(PyObject *self)
{
    PyTupleIter *it = (PyTupleIter *)self;
    if (!it->tuple)
        return NULL;
    if (it->index < Py_SIZE(it->tuple))
        return Py_NewRef(it->tuple->ob_item[it->index++]);
    Py_CLEAR(it->tuple);
    return NULL;
}

METHODS_DECLARE(tupleiter);

METHOD_RAW(tupleiter, __length_hint__, NOARGS, 0, "How many items are left, as far as known.")
{
    PyTupleIter *it = (PyTupleIter *)self;
    return PyLong_FromSsize_t(it->tuple ? Py_SIZE(it->tuple) - it->index : 0);
}

METHOD_RAW(tupleiter, __reduce__, NOARGS, 0, "State for pickling.")
{
    PyTupleIter *it = (PyTupleIter *)self;
    return k_iter_reduce(K_STR("iter"), (PyObject *)it->tuple, it->index, PyTuple_New(0));
}

METHOD_RAW(tupleiter, __setstate__, O, 0, "Takes the index from pickled state.")
{
    PyTupleIter *it = (PyTupleIter *)self;
    Py_ssize_t index = PyLong_AsSsize_t(arg);
    if (index == -1 && PyErr_Occurred())
        return NULL;
    if (it->tuple)
        it->index = Py_MAX(0, Py_MIN(index, Py_SIZE(it->tuple)));
    Py_RETURN_NONE;
}
METHODS_END(tupleiter);

PyTypeObject PyTupleIter_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "tuple_iterator",
    .tp_basicsize = sizeof(PyTupleIter),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_dealloc = tupleiter_dealloc,
    .tp_traverse = tupleiter_traverse,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = tupleiter_next,
    .tp_methods = METHODS(tupleiter),
};
K_TYPE(PyTupleIter_Type);
