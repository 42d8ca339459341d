/* slice.c - slice objects: bounds, indices(), and the conversion of indices.
 *
 * In: start, stop, step of any kind.  Out: Py_ssize_t bounds fitted to a length, or exact ints.
 * Invariant: a slice's fields are never NULL and never change.
 * Start at PySlice_Unpack and _PySlice_GetLongIndices. */
#include "objects/slice.h"

#include "memory/gc.h"
#include "objects/int/int.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"
#include "vm/eval.h"

#define SLICE(o) ((PySliceObject *)(o))
static const char bad_index[] = "slice indices must be integers or None or have an __index__ method";

PyObject *k_slice_steal(PyObject *start, PyObject *stop, PyObject *step)
{
    PySliceObject *slice = PyObject_GC_New(PySliceObject, &PySlice_Type);
    if (!slice) {
        Py_DECREF(start);
        Py_DECREF(stop);
        Py_DECREF(step);
        return NULL;
    }
    slice->start = start;
    slice->stop = stop;
    slice->step = step;
    PyObject_GC_Track(slice);
    return (PyObject *)slice;
}

PyObject *PySlice_New(PyObject *start, PyObject *stop, PyObject *step)
{
    return k_slice_steal(Py_NewRef(start ? start : Py_None), Py_NewRef(stop ? stop : Py_None),
                       Py_NewRef(step ? step : Py_None));
}

PyObject *_PySlice_FromIndices(Py_ssize_t start, Py_ssize_t stop)
{
    PyObject *first = PyLong_FromSsize_t(start);
    PyObject *last = first ? PyLong_FromSsize_t(stop) : NULL;
    if (!last) {
        Py_XDECREF(first);
        return NULL;
    }
    return k_slice_steal(first, last, Py_NewRef(Py_None));
}

/* ---- conversion ---- */

/* 1, or 0 with an exception; None leaves the bound as it is. */
static inline int slice_bound(PyObject *value, Py_ssize_t *bound)
{
    if (value == Py_None)
        return 1;
    if (K_LIKELY(PyLong_CheckExact(value) && k_int_is_compact(value))) {
        *bound = k_int_compact(value);
        return 1;
    }
    return _PyEval_SliceIndex(value, bound);
}

int PySlice_Unpack(PyObject *slice, Py_ssize_t *start, Py_ssize_t *stop, Py_ssize_t *step)
{
    *step = 1;
    if (!slice_bound(SLICE(slice)->step, step))
        return -1;
    if (*step == 0) {
        PyErr_SetString(PyExc_ValueError, "slice step cannot be zero");
        return -1;
    }
    *step = Py_MAX(*step, -PY_SSIZE_T_MAX); /* so that it can be negated */
    *start = *step < 0 ? PY_SSIZE_T_MAX : 0;
    *stop = *step < 0 ? PY_SSIZE_T_MIN : PY_SSIZE_T_MAX;
    return slice_bound(SLICE(slice)->start, start) && slice_bound(SLICE(slice)->stop, stop) ? 0 : -1;
}

static Py_ssize_t fit(Py_ssize_t i, Py_ssize_t length, int down)
{
    if (i < 0) {
        i += length;
        return i >= 0 ? i : down ? -1 : 0;
    }
    return i < length ? i : down ? length - 1 : length;
}

/* Fits the bounds to a length: how many items the slice has there. */
Py_ssize_t PySlice_AdjustIndices(Py_ssize_t length, Py_ssize_t *start, Py_ssize_t *stop, Py_ssize_t step)
{
    int down = step < 0;
    *start = fit(*start, length, down);
    *stop = fit(*stop, length, down);
    if (step == 1) /* spares the division */
        return Py_MAX(*stop - *start, 0);
    if (down)
        return *stop < *start ? (*start - *stop - 1) / -step + 1 : 0;
    return *start < *stop ? (*stop - *start - 1) / step + 1 : 0;
}

int PySlice_GetIndicesEx(PyObject *slice, Py_ssize_t length, Py_ssize_t *start, Py_ssize_t *stop, Py_ssize_t *step,
                         Py_ssize_t *count)
{
    if (PySlice_Unpack(slice, start, stop, step) < 0)
        return -1;
    *count = PySlice_AdjustIndices(length, start, stop, *step);
    return 0;
}

/* The old interface: exact ints only, no cutting off. */
int PySlice_GetIndices(PyObject *slice, Py_ssize_t length, Py_ssize_t *start, Py_ssize_t *stop, Py_ssize_t *step)
{
    PyObject *fields[3] = { SLICE(slice)->step, SLICE(slice)->start, SLICE(slice)->stop };
    Py_ssize_t values[3] = { 1, 0, 0 };
    for (int i = 0; i < 3; i++) {
        if (fields[i] == Py_None) {
            if (i > 0)
                values[i] = (i == 1) == (values[0] < 0) ? length - (i == 1) : i == 1 ? 0 : -1;
            continue;
        }
        if (!PyLong_Check(fields[i]))
            return -1;
        values[i] = PyLong_AsSsize_t(fields[i]);
        if (i > 0 && values[i] < 0)
            values[i] += length;
    }
    *step = values[0];
    *start = values[1];
    *stop = values[2];
    return *stop > length || *start >= length || *step == 0 ? -1 : 0;
}

/* ---- indices() with ints of any size ---- */

static PyObject *as_int(PyObject *value)
{
    if (!PyIndex_Check(value))
        return k_raise(PyExc_TypeError, bad_index);
    return PyNumber_Index(value); /* runs code */
}

/* One bound: `missing` when None; a negative one counts from the end; then kept between low and high. */
static PyObject *fit_int(PyObject *field, PyObject *length, PyObject *missing, PyObject *low, PyObject *high)
{
    if (field == Py_None)
        return Py_NewRef(missing);
    K_AUTO(PyObject *) value = as_int(field);
    if (!value)
        return NULL;
    if (_PyLong_Sign(value) < 0) {
        K_SET(value, PyNumber_Add(value, length));
        if (!value)
            return NULL;
        int below = PyObject_RichCompareBool(value, low, Py_LT);
        return below < 0 ? NULL : Py_NewRef(below ? low : value);
    }
    int above = PyObject_RichCompareBool(value, high, Py_GT);
    return above < 0 ? NULL : Py_NewRef(above ? high : value);
}

int _PySlice_GetLongIndices(PySliceObject *slice, PyObject *length, PyObject **start, PyObject **stop, PyObject **step)
{
    *start = *stop = *step = NULL;
    K_AUTO(PyObject *) one = PyLong_FromLong(1);
    K_AUTO(PyObject *) by = slice->step == Py_None ? Py_XNewRef(one) : as_int(slice->step);
    if (!one || !by)
        return -1;
    int sign = _PyLong_Sign(by);
    if (sign == 0) {
        PyErr_SetString(PyExc_ValueError, "slice step cannot be zero");
        return -1;
    }
    K_AUTO(PyObject *) low = PyLong_FromLong(sign < 0 ? -1 : 0);
    K_AUTO(PyObject *) high = sign < 0 ? PyNumber_Subtract(length, one) : Py_NewRef(length);
    if (!low || !high)
        return -1;
    K_AUTO(PyObject *) first = fit_int(slice->start, length, sign < 0 ? high : low, low, high);
    K_AUTO(PyObject *) last = first ? fit_int(slice->stop, length, sign < 0 ? low : high, low, high) : NULL;
    if (!last)
        return -1;
    *start = K_MOVE(first);
    *stop = K_MOVE(last);
    *step = K_MOVE(by);
    return 0;
}

/* ---- the type ---- */

METHODS_DECLARE(slice);

METHOD_RAW(slice, indices, O, 0,
           "S.indices(len) -> (start, stop, stride)\n\n"
           "The start, stop and stride that S has in a sequence of this length.\n"
           "Bounds beyond the ends are cut off, as when slicing.")
{
    K_AUTO(PyObject *) length = PyNumber_Index(arg);
    if (!length)
        return NULL;
    if (_PyLong_Sign(length) < 0)
        return k_raise(PyExc_ValueError, "length should not be negative");
    PyObject *bounds[3];
    if (_PySlice_GetLongIndices(SLICE(self), length, &bounds[0], &bounds[1], &bounds[2]) < 0)
        return NULL;
    return k_tuple_from_array_steal(bounds, 3);
}

METHOD_RAW(slice, __reduce__, NOARGS, 0, "State for pickling.")
{
    return Py_BuildValue("O(OOO)", Py_TYPE(self), SLICE(self)->start, SLICE(self)->stop, SLICE(self)->step);
}
METHODS_END(slice);

static PyMemberDef slice_members[] = {
    { "start", T_OBJECT, offsetof(PySliceObject, start), READONLY, NULL },
    { "stop", T_OBJECT, offsetof(PySliceObject, stop), READONLY, NULL },
    { "step", T_OBJECT, offsetof(PySliceObject, step), READONLY, NULL },
    { 0 },
};

static PyObject *slice_new(PyTypeObject *type K_UNUSED, PyObject *args, PyObject *kwargs)
{
    if (!_PyArg_NoKeywords("slice", kwargs) || k_check_nargs("slice", Py_SIZE(args), 1, 3) < 0)
        return NULL;
    PyObject **arg = &PyTuple_GET_ITEM(args, 0);
    Py_ssize_t n = Py_SIZE(args);
    return n == 1 ? PySlice_New(NULL, arg[0], NULL) : PySlice_New(arg[0], arg[1], n > 2 ? arg[2] : NULL);
}

static void slice_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_DECREF(SLICE(self)->step);
    Py_DECREF(SLICE(self)->start);
    Py_DECREF(SLICE(self)->stop);
    PyObject_GC_Del(self);
}

static int slice_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(SLICE(self)->start);
    Py_VISIT(SLICE(self)->stop);
    Py_VISIT(SLICE(self)->step);
    return 0;
}

static PyObject *slice_repr(PyObject *self)
{
    return PyUnicode_FromFormat("slice(%R, %R, %R)", SLICE(self)->start, SLICE(self)->stop, SLICE(self)->step);
}

static PyObject *slice_richcompare(PyObject *a, PyObject *b, int op)
{
    if (!PySlice_Check(a) || !PySlice_Check(b))
        Py_RETURN_NOTIMPLEMENTED;
    if (a == b)
        Py_RETURN_BOOL(op == Py_EQ || op == Py_LE || op == Py_GE);
    K_AUTO(PyObject *) left = k_tuple_from_array(&SLICE(a)->start, 3);
    K_AUTO(PyObject *) right = left ? k_tuple_from_array(&SLICE(b)->start, 3) : NULL;
    return right ? PyObject_RichCompare(left, right, op) : NULL;
}

PyTypeObject PySlice_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "slice",
    .tp_doc = "slice(stop)\nslice(start, stop[, step])\n\nThe bounds of an extended slice, as in a[0:10:2].",
    .tp_basicsize = sizeof(PySliceObject),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_dealloc = slice_dealloc,
    .tp_traverse = slice_traverse,
    .tp_repr = slice_repr,
    .tp_hash = PyObject_HashNotImplemented,
    .tp_richcompare = slice_richcompare,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_methods = METHODS(slice),
    .tp_members = slice_members,
    .tp_new = slice_new,
};
K_TYPE(PySlice_Type);
