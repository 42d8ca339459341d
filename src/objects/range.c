/* range.c - range: arithmetic progressions of ints of any size, and their iterators.
 *
 * In: start, stop, step.  Out: ints, computed when asked for.
 * Invariant: the four fields are exact ints that never change; length is computed once. The quick iterator serves
 * ranges whose bounds fit a C long, the other one all others.
 * Start at range_make and compute_length. */
#include "objects/range.h"

#include "memory/gc.h"
#include "objects/int/int.h"
#include "objects/iter.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/slice.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"

typedef struct Range {
    PyObject ob_base;
    PyObject *start, *stop, *step, *length; /* owned */
} Range;
#define RANGE(o) ((Range *)(o))

/* ---- exact ints; the helpers take NULL through ---- */

static PyObject *calculate(PyObject *(*operation)(PyObject *, PyObject *), PyObject *a, PyObject *b)
{
    return a && b ? operation(a, b) : NULL;
}

static PyObject *plus_one(PyObject *value, long one)
{
    K_AUTO(PyObject *) addend = PyLong_FromLong(one);
    return calculate(PyNumber_Add, value, addend);
}

/* (high - low - 1) // step + 1, or 0 */
static PyObject *compute_length(PyObject *start, PyObject *stop, PyObject *step)
{
    int up = _PyLong_Sign(step) > 0;
    PyObject *low = up ? start : stop, *high = up ? stop : start;
    int empty = PyObject_RichCompareBool(low, high, Py_GE);
    if (empty)
        return empty < 0 ? NULL : PyLong_FromLong(0);
    K_AUTO(PyObject *) by = up ? Py_NewRef(step) : PyNumber_Negative(step);
    K_AUTO(PyObject *) distance = PyNumber_Subtract(high, low);
    K_AUTO(PyObject *) last = distance ? plus_one(distance, -1) : NULL;
    K_AUTO(PyObject *) jumps = calculate(PyNumber_FloorDivide, last, by);
    return jumps ? plus_one(jumps, 1) : NULL;
}

/* start + i * step */
static PyObject *compute_item(PyObject *start, PyObject *step, PyObject *i)
{
    K_AUTO(PyObject *) offset = calculate(PyNumber_Multiply, i, step);
    return calculate(PyNumber_Add, start, offset);
}

/* ---- creation ---- */

/* Takes the three references over. */
static PyObject *range_make(PyTypeObject *type, PyObject *start, PyObject *stop, PyObject *step)
{
    K_AUTO(PyObject *) first = start;
    K_AUTO(PyObject *) last = stop;
    K_AUTO(PyObject *) by = step;
    if (!first || !last || !by)
        return NULL;
    K_AUTO(PyObject *) length = compute_length(first, last, by);
    if (!length)
        return NULL;
    Range *range = PyObject_New(Range, type);
    if (!range)
        return NULL;
    range->start = K_MOVE(first);
    range->stop = K_MOVE(last);
    range->step = K_MOVE(by);
    range->length = K_MOVE(length);
    return (PyObject *)range;
}

static PyObject *range_from_args(PyTypeObject *type, PyObject *const *args, Py_ssize_t n)
{
    if (k_check_nargs("range", n, 1, 3) < 0)
        return NULL;
    if (n == 1) {
        PyObject *stop = PyNumber_Index(args[0]);
        return stop ? range_make(type, PyLong_FromLong(0), stop, PyLong_FromLong(1)) : NULL;
    }
    K_AUTO(PyObject *) start = PyNumber_Index(args[0]);
    K_AUTO(PyObject *) stop = start ? PyNumber_Index(args[1]) : NULL;
    K_AUTO(PyObject *) step = !stop ? NULL : n > 2 ? PyNumber_Index(args[2]) : PyLong_FromLong(1);
    if (!step)
        return NULL;
    if (_PyLong_Sign(step) == 0)
        return k_raise(PyExc_ValueError, "range() arg 3 must not be zero");
    return range_make(type, K_MOVE(start), K_MOVE(stop), K_MOVE(step));
}

static PyObject *range_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    if (!_PyArg_NoKeywords("range", kwargs))
        return NULL;
    return range_from_args(type, &PyTuple_GET_ITEM(args, 0), Py_SIZE(args));
}

static PyObject *range_vectorcall(PyObject *type, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    if (!_PyArg_NoKwnames("range", kwnames))
        return NULL;
    return range_from_args((PyTypeObject *)type, args, (Py_ssize_t)(nargsf & ~((size_t)1 << 63)));
}

static void range_dealloc(PyObject *self)
{
    Py_DECREF(RANGE(self)->start);
    Py_DECREF(RANGE(self)->stop);
    Py_DECREF(RANGE(self)->step);
    Py_DECREF(RANGE(self)->length);
    PyObject_Free(self);
}

/* ---- sequence ---- */

static Py_ssize_t range_length(PyObject *self)
{
    return PyLong_AsSsize_t(RANGE(self)->length);
}

static int range_bool(PyObject *self)
{
    return _PyLong_Sign(RANGE(self)->length) != 0;
}

/* The i-th item (an exact int, negative from the end). */
static PyObject *range_item_long(PyObject *self, PyObject *index)
{
    Range *range = RANGE(self);
    K_AUTO(PyObject *) i = _PyLong_Sign(index) < 0 ? PyNumber_Add(index, range->length) : Py_NewRef(index);
    if (!i)
        return NULL;
    int outside = _PyLong_Sign(i) < 0 ? 1 : PyObject_RichCompareBool(i, range->length, Py_GE);
    if (outside)
        return outside < 0 ? NULL : k_raise(PyExc_IndexError, "range object index out of range");
    return compute_item(range->start, range->step, i);
}

static PyObject *range_item(PyObject *self, Py_ssize_t i)
{
    K_AUTO(PyObject *) index = PyLong_FromSsize_t(i);
    return index ? range_item_long(self, index) : NULL;
}

static PyObject *range_slice(PyObject *self, PyObject *slice)
{
    Range *range = RANGE(self);
    PyObject *bounds[3];
    if (_PySlice_GetLongIndices((PySliceObject *)slice, range->length, &bounds[0], &bounds[1], &bounds[2]) < 0)
        return NULL;
    K_AUTO(PyObject *) first = bounds[0];
    K_AUTO(PyObject *) last = bounds[1];
    K_AUTO(PyObject *) by = bounds[2];
    PyObject *step = PyNumber_Multiply(range->step, by);
    PyObject *start = compute_item(range->start, range->step, first);
    PyObject *stop = compute_item(range->start, range->step, last);
    return range_make(&PyRange_Type, start, stop, step);
}

static PyObject *range_subscript(PyObject *self, PyObject *key)
{
    if (PyIndex_Check(key)) {
        K_AUTO(PyObject *) index = PyNumber_Index(key); /* runs code */
        return index ? range_item_long(self, index) : NULL;
    }
    if (PySlice_Check(key))
        return range_slice(self, key);
    return k_raise(PyExc_TypeError, "range indices must be integers or slices, not %.200s", Py_TYPE(key)->tp_name);
}

static int is_exact_int(PyObject *value)
{
    return PyLong_CheckExact(value) || PyBool_Check(value);
}

/* Whether an exact int lies in the range. */
static int contains_int(Range *range, PyObject *value)
{
    int up = _PyLong_Sign(range->step) > 0;
    int after_start = PyObject_RichCompareBool(value, range->start, up ? Py_GE : Py_LE);
    if (after_start <= 0)
        return after_start;
    int before_stop = PyObject_RichCompareBool(value, range->stop, up ? Py_LT : Py_GT);
    if (before_stop <= 0)
        return before_stop;
    K_AUTO(PyObject *) offset = PyNumber_Subtract(value, range->start);
    K_AUTO(PyObject *) rest = calculate(PyNumber_Remainder, offset, range->step);
    return rest ? _PyLong_Sign(rest) == 0 : -1;
}

static int range_contains(PyObject *self, PyObject *value)
{
    if (is_exact_int(value))
        return contains_int(RANGE(self), value);
    return (int)_PySequence_IterSearch(self, value, 3); /* as the in operator; runs code */
}

/* Equal as sequences: same length, and as far as that matters same start and step. */
static int range_equals(Range *a, Range *b)
{
    if (a == b)
        return 1;
    int equal = PyObject_RichCompareBool(a->length, b->length, Py_EQ);
    if (equal <= 0 || _PyLong_Sign(a->length) == 0)
        return equal;
    equal = PyObject_RichCompareBool(a->start, b->start, Py_EQ);
    if (equal <= 0)
        return equal;
    K_AUTO(PyObject *) one = PyLong_FromLong(1);
    int single = one ? PyObject_RichCompareBool(a->length, one, Py_EQ) : -1;
    return single ? single : PyObject_RichCompareBool(a->step, b->step, Py_EQ);
}

static PyObject *range_richcompare(PyObject *a, PyObject *b, int op)
{
    if (!PyRange_Check(b) || (op != Py_EQ && op != Py_NE))
        Py_RETURN_NOTIMPLEMENTED;
    int equal = range_equals(RANGE(a), RANGE(b));
    if (equal < 0)
        return NULL;
    Py_RETURN_BOOL(equal == (op == Py_EQ));
}

/* The hash of (length, start, step) with None for what does not matter. */
static Py_hash_t range_hash(PyObject *self)
{
    Range *range = RANGE(self);
    int is_empty = _PyLong_Sign(range->length) == 0;
    K_AUTO(PyObject *) one = PyLong_FromLong(1);
    int is_single = one ? PyObject_RichCompareBool(range->length, one, Py_EQ) : -1;
    if (is_single < 0)
        return -1;
    K_AUTO(PyObject *) tuple = PyTuple_Pack(3, range->length, is_empty ? Py_None : range->start,
                                            is_empty || is_single ? Py_None : range->step);
    return tuple ? PyObject_Hash(tuple) : -1;
}

static PyObject *range_repr(PyObject *self)
{
    Range *range = RANGE(self);
    int overflow;
    if (PyLong_AsLongAndOverflow(range->step, &overflow) == 1)
        return PyUnicode_FromFormat("range(%R, %R)", range->start, range->stop);
    return PyUnicode_FromFormat("range(%R, %R, %R)", range->start, range->stop, range->step);
}

/* ---- iterators ---- */

typedef struct LongRangeIter {
    PyObject ob_base;
    PyObject *index, *start, *step, *length; /* owned */
} LongRangeIter;

static PyObject *rangeiter_make(long start, long step, long length)
{
    PyRangeIter *it = PyObject_New(PyRangeIter, &PyRangeIter_Type);
    if (!it)
        return NULL;
    it->index = 0;
    it->start = start;
    it->step = step;
    it->length = length;
    return (PyObject *)it;
}

/* Takes start and step over. */
static PyObject *longrangeiter_make(PyObject *start, PyObject *step, PyObject *length)
{
    K_AUTO(PyObject *) first = start;
    K_AUTO(PyObject *) by = step;
    K_AUTO(PyObject *) zero = PyLong_FromLong(0);
    if (!first || !by || !zero)
        return NULL;
    LongRangeIter *it = PyObject_New(LongRangeIter, &PyLongRangeIter_Type);
    if (!it)
        return NULL;
    it->index = K_MOVE(zero);
    it->start = K_MOVE(first);
    it->step = K_MOVE(by);
    it->length = Py_NewRef(length);
    return (PyObject *)it;
}

/* 1 and the range in C longs, when every item and one step beyond fits. */
static int fits_long(Range *range, long *start, long *stop, long *step, long *length)
{
    int overflow[4];
    *start = PyLong_AsLongAndOverflow(range->start, &overflow[0]);
    *stop = PyLong_AsLongAndOverflow(range->stop, &overflow[1]);
    *step = PyLong_AsLongAndOverflow(range->step, &overflow[2]);
    *length = PyLong_AsLongAndOverflow(range->length, &overflow[3]);
    long beyond;
    return !overflow[0] && !overflow[1] && !overflow[2] && !overflow[3] &&
           !__builtin_add_overflow(*step > 0 ? Py_MAX(*stop, *start) : Py_MIN(*stop, *start), *step, &beyond) &&
           !__builtin_sub_overflow(*start, *step, &beyond);
}

static PyObject *range_iter(PyObject *self)
{
    long start, stop, step, length;
    if (fits_long(RANGE(self), &start, &stop, &step, &length))
        return rangeiter_make(start, step, length);
    return longrangeiter_make(Py_NewRef(RANGE(self)->start), Py_NewRef(RANGE(self)->step), RANGE(self)->length);
}

METHODS_DECLARE(range);

METHOD_RAW(range, __reversed__, NOARGS, 0, "An iterator from the last item to the first.")
{
    Range *range = RANGE(self);
    long start, stop, step, length;
    if (fits_long(range, &start, &stop, &step, &length))
        return rangeiter_make(start + (length - 1) * step, -step, length);
    K_AUTO(PyObject *) last = plus_one(range->length, -1);
    return longrangeiter_make(compute_item(range->start, range->step, last), PyNumber_Negative(range->step),
                              range->length);
}

METHOD_RAW(range, __reduce__, NOARGS, 0, "State for pickling.")
{
    return Py_BuildValue("O(OOO)", Py_TYPE(self), RANGE(self)->start, RANGE(self)->stop, RANGE(self)->step);
}

METHOD_RAW(range, count, O, 0, "rangeobject.count(value) -> how many items equal the value")
{
    if (!is_exact_int(arg)) {
        Py_ssize_t count = _PySequence_IterSearch(self, arg, 1);
        return count < 0 ? NULL : PyLong_FromSsize_t(count);
    }
    int there = contains_int(RANGE(self), arg);
    return there < 0 ? NULL : PyLong_FromLong(there);
}

METHOD_RAW(range, index, O, 0,
           "rangeobject.index(value) -> the index of the value.\nRaises ValueError when the value is absent.")
{
    if (!is_exact_int(arg)) {
        Py_ssize_t index = _PySequence_IterSearch(self, arg, 2);
        return index < 0 ? NULL : PyLong_FromSsize_t(index);
    }
    int there = contains_int(RANGE(self), arg);
    if (there < 0)
        return NULL;
    if (!there)
        return k_raise(PyExc_ValueError, "%R is not in range", arg);
    K_AUTO(PyObject *) offset = PyNumber_Subtract(arg, RANGE(self)->start);
    return calculate(PyNumber_FloorDivide, offset, RANGE(self)->step);
}
METHODS_END(range);

static PyMemberDef range_members[] = {
    { "start", T_OBJECT_EX, offsetof(Range, start), READONLY, NULL },
    { "stop", T_OBJECT_EX, offsetof(Range, stop), READONLY, NULL },
    { "step", T_OBJECT_EX, offsetof(Range, step), READONLY, NULL },
    { 0 },
};
static PyNumberMethods range_as_number = { .nb_bool = range_bool };
static PySequenceMethods range_as_sequence = {
    .sq_length = range_length, .sq_item = range_item, .sq_contains = range_contains
};
static PyMappingMethods range_as_mapping = { .mp_length = range_length, .mp_subscript = range_subscript };

PyTypeObject PyRange_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "range",
    .tp_doc = "range(stop) -> range object\nrange(start, stop[, step]) -> range object\n\n"
              "The ints from start (0 when left out) up to, not including, stop, step by step.\n"
              "range(4) gives 0, 1, 2, 3: the indices of a list of four items.\n"
              "A negative step counts down.",
    .tp_basicsize = sizeof(Range),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_SEQUENCE,
    .tp_dealloc = range_dealloc,
    .tp_repr = range_repr,
    .tp_hash = range_hash,
    .tp_richcompare = range_richcompare,
    .tp_as_number = &range_as_number,
    .tp_as_sequence = &range_as_sequence,
    .tp_as_mapping = &range_as_mapping,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_iter = range_iter,
    .tp_methods = METHODS(range),
    .tp_members = range_members,
    .tp_new = range_new,
    .tp_vectorcall = range_vectorcall,
};
K_TYPE(PyRange_Type);

/* ---- quick iterator ---- */

static void rangeiter_dealloc(PyObject *self)
{
    PyObject_Free(self);
}

static PyObject *rangeiter_next(PyObject *self)
{
    PyRangeIter *it = (PyRangeIter *)self;
    if (it->index >= it->length)
        return NULL;
    return PyLong_FromLong(it->start + it->index++ * it->step);
}

METHODS_DECLARE(rangeiter);

METHOD_RAW(rangeiter, __length_hint__, NOARGS, 0, "How many items are left.")
{
    return PyLong_FromLong(((PyRangeIter *)self)->length - ((PyRangeIter *)self)->index);
}

/* (iter, (range(start, stop, step),), index) */
static PyObject *reduce_as_range(PyObject *start, PyObject *stop, PyObject *step, PyObject *index)
{
    K_AUTO(PyObject *) range = range_make(&PyRange_Type, start, stop, step);
    K_AUTO(PyObject *) position = index;
    K_AUTO(PyObject *) function = range && position ? k_iter_builtin(K_STR("iter")) : NULL;
    return function ? Py_BuildValue("O(O)O", function, range, position) : NULL;
}

METHOD_RAW(rangeiter, __reduce__, NOARGS, 0, "State for pickling.")
{
    PyRangeIter *it = (PyRangeIter *)self;
    return reduce_as_range(PyLong_FromLong(it->start), PyLong_FromLong(it->start + it->length * it->step),
                           PyLong_FromLong(it->step), PyLong_FromLong(it->index));
}

METHOD_RAW(rangeiter, __setstate__, O, 0, "Takes the index from pickled state.")
{
    PyRangeIter *it = (PyRangeIter *)self;
    long index = PyLong_AsLong(arg);
    if (index == -1 && PyErr_Occurred())
        return NULL;
    it->index = Py_MAX(0, Py_MIN(index, it->length));
    Py_RETURN_NONE;
}
METHODS_END(rangeiter);

PyTypeObject PyRangeIter_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "range_iterator",
    .tp_basicsize = sizeof(PyRangeIter),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_dealloc = rangeiter_dealloc,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = rangeiter_next,
    .tp_methods = METHODS(rangeiter),
};
K_TYPE(PyRangeIter_Type);

/* ---- iterator for large ints ---- */

static void longrangeiter_dealloc(PyObject *self)
{
    LongRangeIter *it = (LongRangeIter *)self;
    Py_XDECREF(it->index);
    Py_XDECREF(it->start);
    Py_XDECREF(it->step);
    Py_XDECREF(it->length);
    PyObject_Free(self);
}

static PyObject *longrangeiter_next(PyObject *self)
{
    LongRangeIter *it = (LongRangeIter *)self;
    if (PyObject_RichCompareBool(it->index, it->length, Py_LT) != 1)
        return NULL;
    PyObject *item = compute_item(it->start, it->step, it->index);
    PyObject *next = item ? plus_one(it->index, 1) : NULL;
    if (!next) {
        Py_XDECREF(item);
        return NULL;
    }
    Py_SETREF(it->index, next);
    return item;
}

METHODS_DECLARE(longrangeiter);

METHOD_RAW(longrangeiter, __length_hint__, NOARGS, 0, "How many items are left.")
{
    return PyNumber_Subtract(((LongRangeIter *)self)->length, ((LongRangeIter *)self)->index);
}

METHOD_RAW(longrangeiter, __reduce__, NOARGS, 0, "State for pickling.")
{
    LongRangeIter *it = (LongRangeIter *)self;
    return reduce_as_range(Py_NewRef(it->start), compute_item(it->start, it->step, it->length), Py_NewRef(it->step),
                           Py_NewRef(it->index));
}

METHOD_RAW(longrangeiter, __setstate__, O, 0, "Takes the index from pickled state.")
{
    LongRangeIter *it = (LongRangeIter *)self;
    K_AUTO(PyObject *) index = PyNumber_Index(arg);
    if (!index)
        return NULL;
    if (_PyLong_Sign(index) < 0)
        K_SET(index, PyLong_FromLong(0));
    int beyond = index ? PyObject_RichCompareBool(index, it->length, Py_GT) : -1;
    if (beyond < 0)
        return NULL;
    Py_SETREF(it->index, Py_NewRef(beyond ? it->length : index));
    Py_RETURN_NONE;
}
METHODS_END(longrangeiter);

PyTypeObject PyLongRangeIter_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "longrange_iterator",
    .tp_basicsize = sizeof(LongRangeIter),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_dealloc = longrangeiter_dealloc,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = longrangeiter_next,
    .tp_methods = METHODS(longrangeiter),
};
K_TYPE(PyLongRangeIter_Type);
