/* array.c - the module array: rows of C numbers or characters of one kind.
 *
 * In: numbers, checked against the item type.  Out: numbers, bytes, buffers. The layout is CPython's, which compiled
 * modules reach into. Invariant: while a buffer is exported (ob_exports > 0) the items stay where they are.
 * Start at the table of kinds and array_resize(). */
#include "objects/module.h"

#include <stdint.h>

#include "memory/gc.h"
#include "memory/mem.h"
#include "objects/buffer.h"
#include "objects/bytes/bytes.h"
#include "objects/call.h"
#include "objects/float/float.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/protocol.h"
#include "objects/slice.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"
#include "runtime/import.h"

METHODS_DECLARE(array);
METHODS_DECLARE(arrayiterator);
METHODS_DECLARE(array_module);

typedef struct ArrayObject ArrayObject;

/* What CPython's arrayarray.h calls arraydescr. */
typedef struct Kind {
    char typecode;
    int itemsize;
    PyObject *(*get)(ArrayObject *, Py_ssize_t);
    int (*set)(ArrayObject *, Py_ssize_t, PyObject *); /* with index -1: only the check of the value */
    int (*compare)(const void *, const void *, Py_ssize_t);
    const char *formats;
    int is_integer, is_signed;
} Kind;

struct ArrayObject {
    PyVarObject ob_base;
    char *ob_item;
    Py_ssize_t allocated;
    const Kind *kind;
    PyObject *weakrefs;
    Py_ssize_t ob_exports;
};

static PyTypeObject array_type, arrayiterator_type;
#define array_check(o) PyObject_TypeCheck(o, &array_type)
#define ITEM(self, type, i) (((type *)(void *)(self)->ob_item)[i])

/* ---- the kinds ---- */

static int range_error(const char *name, int above)
{
    k_raise(PyExc_OverflowError, "%s is %s", name, above ? "greater than maximum" : "less than minimum");
    return -1;
}

/* An int within low ... high, by way of a long. */
static int get_small(PyObject *v, long low, long high, const char *name, long *out)
{
    if (k_arg_long(v, out) < 0)
        return -1;
    if (*out < low || *out > high)
        return range_error(name, *out > high);
    return 0;
}

/* b goes by way of a short, H of an int: the words of the error tell. */
static int get_tiny(PyObject *v, long low, long high, const char *name, long *out)
{
    if (get_small(v, SHRT_MIN, SHRT_MAX, "signed short integer", out) < 0)
        return -1;
    return *out < low || *out > high ? range_error(name, *out > high) : 0;
}

static int get_middle(PyObject *v, long low, long high, const char *name, long *out)
{
    if (get_small(v, INT_MIN, INT_MAX, "signed integer", out) < 0)
        return -1;
    return *out < low || *out > high ? range_error(name, *out > high) : 0;
}

#define SMALL_KIND(letter, type, read, low, high, name)                                                                      \
    static PyObject *get_##letter(ArrayObject *self, Py_ssize_t i)                                                     \
    {                                                                                                                  \
        return PyLong_FromLong(ITEM(self, type, i));                                                                   \
    }                                                                                                                  \
    static int set_##letter(ArrayObject *self, Py_ssize_t i, PyObject *v)                                              \
    {                                                                                                                  \
        long x;                                                                                                        \
        if (read(v, low, high, name, &x) < 0)                                                                     \
            return -1;                                                                                                 \
        if (i >= 0)                                                                                                    \
            ITEM(self, type, i) = (type)x;                                                                             \
        return 0;                                                                                                      \
    }
SMALL_KIND(b, signed char, get_tiny, SCHAR_MIN, SCHAR_MAX, "signed char")
SMALL_KIND(B, unsigned char, get_small, 0, UCHAR_MAX, "unsigned byte integer")
SMALL_KIND(h, short, get_small, SHRT_MIN, SHRT_MAX, "signed short integer")
SMALL_KIND(H, unsigned short, get_middle, 0, USHRT_MAX, "unsigned short")
SMALL_KIND(i, int, get_small, INT_MIN, INT_MAX, "signed integer")

#define WIDE_KIND(letter, type, make, read)                                                                            \
    static PyObject *get_##letter(ArrayObject *self, Py_ssize_t i)                                                     \
    {                                                                                                                  \
        return make(ITEM(self, type, i));                                                                              \
    }                                                                                                                  \
    static int set_##letter(ArrayObject *self, Py_ssize_t i, PyObject *v)                                              \
    {                                                                                                                  \
        type x = 0;                                                                                                    \
        if (read(v, &x) < 0)                                                                                           \
            return -1;                                                                                                 \
        if (i >= 0)                                                                                                    \
            ITEM(self, type, i) = x;                                                                                   \
        return 0;                                                                                                      \
    }

static int read_unsigned_long(PyObject *v, unsigned long *out)
{
    K_AUTO(PyObject *) index = PyNumber_Index(v);
    *out = index ? PyLong_AsUnsignedLong(index) : 0;
    return !index || (*out == (unsigned long)-1 && PyErr_Occurred()) ? -1 : 0;
}

static int read_unsigned_int(PyObject *v, unsigned int *out)
{
    unsigned long wide;
    if (read_unsigned_long(v, &wide) < 0)
        return -1;
    if (wide > UINT_MAX)
        return range_error("unsigned int", 1);
    *out = (unsigned int)wide;
    return 0;
}

static int read_unsigned_long_long(PyObject *v, unsigned long long *out)
{
    K_AUTO(PyObject *) index = PyNumber_Index(v);
    *out = index ? PyLong_AsUnsignedLongLong(index) : 0;
    return !index || (*out == (unsigned long long)-1 && PyErr_Occurred()) ? -1 : 0;
}

static int read_single(PyObject *v, float *out)
{
    double x;
    if (k_arg_double(v, &x) < 0)
        return -1;
    *out = (float)x;
    return 0;
}

static int read_char(PyObject *v, wchar_t *out)
{
    if (!PyUnicode_Check(v) || PyUnicode_GET_LENGTH(v) != 1) {
        PyErr_SetString(PyExc_TypeError, "array item must be unicode character");
        return -1;
    }
    *out = (wchar_t)PyUnicode_READ_CHAR(v, 0);
    return 0;
}

static PyObject *make_char(wchar_t c)
{
    return (uint32_t)c > 0x10ffff ? k_raise(PyExc_ValueError, "chr() arg not in range(0x110000)") : PyUnicode_FromOrdinal(c);
}

WIDE_KIND(u, wchar_t, make_char, read_char)
WIDE_KIND(I, unsigned int, PyLong_FromUnsignedLong, read_unsigned_int)
WIDE_KIND(l, long, PyLong_FromLong, k_arg_long)
WIDE_KIND(L, unsigned long, PyLong_FromUnsignedLong, read_unsigned_long)
WIDE_KIND(q, long long, PyLong_FromLongLong, k_arg_longlong)
WIDE_KIND(Q, unsigned long long, PyLong_FromUnsignedLongLong, read_unsigned_long_long)
WIDE_KIND(f, float, PyFloat_FromDouble, read_single)
WIDE_KIND(d, double, PyFloat_FromDouble, k_arg_double)

static const Kind kinds[] = {
    { 'b', 1, get_b, set_b, NULL, "b", 1, 1 },
    { 'B', 1, get_B, set_B, NULL, "B", 1, 0 },
    { 'u', sizeof(wchar_t), get_u, set_u, NULL, "u", 0, 0 },
    { 'h', sizeof(short), get_h, set_h, NULL, "h", 1, 1 },
    { 'H', sizeof(short), get_H, set_H, NULL, "H", 1, 0 },
    { 'i', sizeof(int), get_i, set_i, NULL, "i", 1, 1 },
    { 'I', sizeof(int), get_I, set_I, NULL, "I", 1, 0 },
    { 'l', sizeof(long), get_l, set_l, NULL, "l", 1, 1 },
    { 'L', sizeof(long), get_L, set_L, NULL, "L", 1, 0 },
    { 'q', sizeof(long long), get_q, set_q, NULL, "q", 1, 1 },
    { 'Q', sizeof(long long), get_Q, set_Q, NULL, "Q", 1, 0 },
    { 'f', sizeof(float), get_f, set_f, NULL, "f", 0, 0 },
    { 'd', sizeof(double), get_d, set_d, NULL, "d", 0, 0 },
};
static const char typecodes[] = "bBuhHiIlLqQfd";

static const Kind *kind_find(Py_UCS4 code)
{
    for (size_t i = 0; i < K_COUNT_OF(kinds); i++)
        if ((Py_UCS4)kinds[i].typecode == code)
            return &kinds[i];
    return NULL;
}

/* ---- storage ---- */

static PyObject *array_make(PyTypeObject *type, Py_ssize_t n, const Kind *kind)
{
    if (n > PY_SSIZE_T_MAX / kind->itemsize)
        return PyErr_NoMemory();
    ArrayObject *self = (ArrayObject *)type->tp_alloc(type, 0);
    if (!self)
        return NULL;
    self->kind = kind;
    Py_SET_SIZE(self, n);
    self->allocated = n;
    if (n && !(self->ob_item = PyMem_Malloc((size_t)(n * kind->itemsize)))) {
        Py_SET_SIZE(self, 0);
        Py_DECREF(self);
        return PyErr_NoMemory();
    }
    return (PyObject *)self;
}

static void array_dealloc(PyObject *o)
{
    ArrayObject *self = (ArrayObject *)o;
    if (self->weakrefs)
        PyObject_ClearWeakRefs(o);
    PyMem_Free(self->ob_item);
    Py_TYPE(o)->tp_free(o);
}

/* The growth is CPython's, because __sizeof__ shows it. */
static int array_resize(ArrayObject *self, Py_ssize_t n)
{
    if (self->ob_exports > 0 && n != Py_SIZE(self)) {
        PyErr_SetString(PyExc_BufferError, "cannot resize an array that is exporting buffers");
        return -1;
    }
    if (self->allocated >= n && Py_SIZE(self) < n + 16 && self->ob_item) {
        Py_SET_SIZE(self, n);
        return 0;
    }
    if (n == 0) {
        PyMem_Free(self->ob_item);
        self->ob_item = NULL;
        Py_SET_SIZE(self, 0);
        self->allocated = 0;
        return 0;
    }
    size_t room = (size_t)(n >> 4) + (Py_SIZE(self) < 8 ? 3 : 7) + (size_t)n;
    char *items = room > (size_t)PY_SSIZE_T_MAX / (size_t)self->kind->itemsize
        ? NULL : PyMem_Realloc(self->ob_item, room * (size_t)self->kind->itemsize);
    if (!items) {
        K_AUTO(PyObject *) none = PyErr_NoMemory();
        return -1;
    }
    self->ob_item = items;
    Py_SET_SIZE(self, n);
    self->allocated = (Py_ssize_t)room;
    return 0;
}

static char *at(ArrayObject *self, Py_ssize_t i)
{
    return self->ob_item + i * self->kind->itemsize;
}

static void copy_items(ArrayObject *to, Py_ssize_t i, ArrayObject *from, Py_ssize_t k, Py_ssize_t n)
{
    if (n > 0)
        memmove(at(to, i), at(from, k), (size_t)(n * to->kind->itemsize));
}

/* Replaces items low ... high by n new ones (whose room stays as it is). */
static int array_splice(ArrayObject *self, Py_ssize_t low, Py_ssize_t high, Py_ssize_t n)
{
    Py_ssize_t size = Py_SIZE(self), change = n - (high - low);
    if (change == 0)
        return 0;
    if (change > 0 && size > PY_SSIZE_T_MAX - change) {
        K_AUTO(PyObject *) none = PyErr_NoMemory();
        return -1;
    }
    if (change < 0) {
        if (self->ob_exports > 0)
            return array_resize(self, size + change);
        copy_items(self, low + n, self, high, size - high);
        return array_resize(self, size + change);
    }
    if (array_resize(self, size + change) < 0)
        return -1;
    copy_items(self, low + n, self, high, size - high);
    return 0;
}

static int array_insert_at(ArrayObject *self, Py_ssize_t i, PyObject *v)
{
    Py_ssize_t n = Py_SIZE(self);
    if (self->kind->set(self, -1, v) < 0) /* runs code */
        return -1;
    n = Py_SIZE(self);
    if (i < 0)
        i = i + n < 0 ? 0 : i + n;
    if (i > n)
        i = n;
    return array_splice(self, i, i, 1) < 0 ? -1 : self->kind->set(self, i, v);
}

static int array_append_value(ArrayObject *self, PyObject *v)
{
    return array_insert_at(self, Py_SIZE(self), v);
}

static int extend_from_iterable(ArrayObject *self, PyObject *iterable)
{
    K_AUTO(PyObject *) iterator = PyObject_GetIter(iterable); /* runs code */
    if (!iterator)
        return -1;
    for (PyObject *v; (v = PyIter_Next(iterator)) != NULL;) { /* runs code */
        int status = array_append_value(self, v);
        Py_DECREF(v);
        if (status < 0)
            return -1;
    }
    return PyErr_Occurred() ? -1 : 0;
}

static int array_extend_by(ArrayObject *self, PyObject *v)
{
    if (!array_check(v))
        return extend_from_iterable(self, v);
    ArrayObject *other = (ArrayObject *)v;
    if (self->kind != other->kind) {
        PyErr_SetString(PyExc_TypeError, "can only extend with array of same kind");
        return -1;
    }
    Py_ssize_t n = Py_SIZE(self), more = Py_SIZE(other);
    if (array_splice(self, n, n, more) < 0)
        return -1;
    copy_items(self, n, other, 0, more);
    return 0;
}

static int extend_by_bytes(ArrayObject *self, const char *bytes, Py_ssize_t length)
{
    Py_ssize_t itemsize = self->kind->itemsize, n = Py_SIZE(self);
    if (length % itemsize) {
        PyErr_SetString(PyExc_ValueError, "bytes length not a multiple of item size");
        return -1;
    }
    if (length == 0)
        return 0;
    if (array_splice(self, n, n, length / itemsize) < 0)
        return -1;
    memcpy(at(self, n), bytes, (size_t)length);
    return 0;
}

static int extend_by_str(ArrayObject *self, PyObject *text)
{
    Py_ssize_t n = Py_SIZE(self), more = PyUnicode_GET_LENGTH(text);
    if (array_splice(self, n, n, more) < 0)
        return -1;
    for (Py_ssize_t i = 0; i < more; i++)
        ITEM(self, wchar_t, n + i) = (wchar_t)PyUnicode_READ_CHAR(text, i);
    return 0;
}

/* ---- construction ---- */

static Py_UCS4 typecode_of(PyObject *v, const char *fn, int which)
{
    if (PyUnicode_Check(v) && PyUnicode_GET_LENGTH(v) == 1)
        return PyUnicode_READ_CHAR(v, 0);
    k_raise(PyExc_TypeError, "%s() argument %d must be a unicode character, not %.50s", fn, which,
            v == Py_None ? "None" : Py_TYPE(v)->tp_name);
    return (Py_UCS4)-1;
}

static int fill_from(ArrayObject *self, PyObject *initial)
{
    if (PyBytes_Check(initial))
        return extend_by_bytes(self, PyBytes_AS_STRING(initial), PyBytes_GET_SIZE(initial));
    if (PyByteArray_Check(initial))
        return extend_by_bytes(self, PyByteArray_AS_STRING(initial), PyByteArray_GET_SIZE(initial));
    if (PyUnicode_Check(initial))
        return extend_by_str(self, initial);
    if (array_check(initial) && ((ArrayObject *)initial)->kind == self->kind)
        return array_extend_by(self, initial);
    return extend_from_iterable(self, initial);
}

static PyObject *array_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    if (type->tp_init == array_type.tp_init && !_PyArg_NoKeywords("array.array", kwargs))
        return NULL;
    Py_ssize_t nargs = PyTuple_GET_SIZE(args);
    if (nargs < 1 || nargs > 2)
        return k_raise(PyExc_TypeError, "array() takes at %s %d argument%s (%zd given)", nargs < 1 ? "least" : "most",
                       nargs < 1 ? 1 : 2, nargs < 1 ? "" : "s", nargs);
    Py_UCS4 code = typecode_of(PyTuple_GET_ITEM(args, 0), "array", 1);
    if (code == (Py_UCS4)-1)
        return NULL;
    PyObject *initial = nargs > 1 ? PyTuple_GET_ITEM(args, 1) : NULL;
    if (initial && code != 'u') {
        if (PyUnicode_Check(initial))
            return k_raise(PyExc_TypeError, "cannot use a str to initialize an array with typecode '%c'", (int)code);
        if (array_check(initial) && ((ArrayObject *)initial)->kind->typecode == 'u')
            return k_raise(PyExc_TypeError, "cannot use a unicode array to initialize an array with typecode '%c'",
                           (int)code);
    }
    const Kind *kind = kind_find(code);
    if (!kind)
        return k_raise(PyExc_ValueError, "bad typecode (must be b, B, u, h, H, i, I, l, L, q, Q, f or d)");
    K_AUTO(PyObject *) self = array_make(type, 0, kind);
    if (!self || (initial && fill_from((ArrayObject *)self, initial) < 0))
        return NULL;
    if (initial && Py_SIZE(self) &&
        (PyList_Check(initial) || PyTuple_Check(initial) || PyUnicode_Check(initial) || array_check(initial))) {
        ArrayObject *exact = (ArrayObject *)self; /* of known length: no room to spare */
        char *items = PyMem_Realloc(exact->ob_item, (size_t)(Py_SIZE(self) * kind->itemsize));
        if (items) {
            exact->ob_item = items;
            exact->allocated = Py_SIZE(self);
        }
    }
    return K_MOVE(self);
}

/* ---- sequence and mapping ---- */

static Py_ssize_t array_length(PyObject *self)
{
    return Py_SIZE(self);
}

static PyObject *array_item(PyObject *o, Py_ssize_t i)
{
    ArrayObject *self = (ArrayObject *)o;
    if (i < 0 || i >= Py_SIZE(self))
        return k_raise(PyExc_IndexError, "array index out of range");
    return self->kind->get(self, i);
}

static PyObject *array_concat(PyObject *a, PyObject *b)
{
    ArrayObject *x = (ArrayObject *)a, *y = (ArrayObject *)b;
    if (!array_check(b))
        return k_raise(PyExc_TypeError, "can only append array (not \"%.200s\") to array", Py_TYPE(b)->tp_name);
    if (x->kind != y->kind) {
        PyErr_BadArgument();
        return NULL;
    }
    if (Py_SIZE(x) > PY_SSIZE_T_MAX - Py_SIZE(y))
        return PyErr_NoMemory();
    ArrayObject *sum = (ArrayObject *)array_make(&array_type, Py_SIZE(x) + Py_SIZE(y), x->kind);
    if (sum) {
        copy_items(sum, 0, x, 0, Py_SIZE(x));
        copy_items(sum, Py_SIZE(x), y, 0, Py_SIZE(y));
    }
    return (PyObject *)sum;
}

static PyObject *array_repeat(PyObject *o, Py_ssize_t times)
{
    ArrayObject *self = (ArrayObject *)o;
    Py_ssize_t n = Py_SIZE(self), total;
    if (times < 0)
        times = 0;
    if (__builtin_mul_overflow(n, times, &total))
        return PyErr_NoMemory();
    ArrayObject *product = (ArrayObject *)array_make(&array_type, total, self->kind);
    for (Py_ssize_t i = 0; product && n && i < times; i++)
        copy_items(product, i * n, self, 0, n);
    return (PyObject *)product;
}

static PyObject *array_inplace_concat(PyObject *self, PyObject *v)
{
    if (!array_check(v))
        return k_raise(PyExc_TypeError, "can only extend array with array (not \"%.200s\")", Py_TYPE(v)->tp_name);
    return array_extend_by((ArrayObject *)self, v) < 0 ? NULL : Py_NewRef(self);
}

static PyObject *array_inplace_repeat(PyObject *o, Py_ssize_t times)
{
    ArrayObject *self = (ArrayObject *)o;
    Py_ssize_t n = Py_SIZE(self), total;
    if (times < 0)
        times = 0;
    if (n == 0)
        return Py_NewRef(o);
    if (__builtin_mul_overflow(n, times, &total))
        return PyErr_NoMemory();
    if (array_resize(self, total) < 0)
        return NULL;
    for (Py_ssize_t i = 1; i < times; i++)
        copy_items(self, i * n, self, 0, n);
    return Py_NewRef(o);
}

/* The place of a value from start on, before stop: -1 when it is not there, -2 with an exception. */
static Py_ssize_t find_value(ArrayObject *self, PyObject *v, Py_ssize_t start, Py_ssize_t stop)
{
    for (Py_ssize_t i = start; i < stop && i < Py_SIZE(self); i++) {
        K_AUTO(PyObject *) item = self->kind->get(self, i);
        int equal = item ? PyObject_RichCompareBool(item, v, Py_EQ) : -1; /* runs code */
        if (equal)
            return equal < 0 ? -2 : i;
    }
    return -1;
}

static int array_contains(PyObject *self, PyObject *v)
{
    Py_ssize_t i = find_value((ArrayObject *)self, v, 0, PY_SSIZE_T_MAX);
    return i == -2 ? -1 : i >= 0;
}

static PyObject *array_subscript(PyObject *o, PyObject *key)
{
    ArrayObject *self = (ArrayObject *)o;
    if (PyIndex_Check(key)) {
        Py_ssize_t i = PyNumber_AsSsize_t(key, PyExc_IndexError);
        if (i == -1 && PyErr_Occurred())
            return NULL;
        return array_item(o, i < 0 ? i + Py_SIZE(self) : i);
    }
    Py_ssize_t start, stop, step;
    if (!PySlice_Check(key))
        return k_raise(PyExc_TypeError, "array indices must be integers");
    if (PySlice_Unpack(key, &start, &stop, &step) < 0)
        return NULL;
    Py_ssize_t n = PySlice_AdjustIndices(Py_SIZE(self), &start, &stop, step);
    ArrayObject *part = (ArrayObject *)array_make(&array_type, n, self->kind);
    if (part && step == 1)
        copy_items(part, 0, self, start, n);
    else
        for (Py_ssize_t i = 0; part && i < n; i++, start += step)
            copy_items(part, i, self, start, 1);
    return (PyObject *)part;
}

static int store_item(ArrayObject *self, Py_ssize_t i, PyObject *value)
{
    if (i < 0)
        i += Py_SIZE(self);
    if (i < 0 || i >= Py_SIZE(self)) {
        PyErr_SetString(PyExc_IndexError, "array assignment index out of range");
        return -1;
    }
    return value ? self->kind->set(self, i, value) : array_splice(self, i, i + 1, 0);
}

/* Takes out every step-th item, n of them. */
static int delete_steps(ArrayObject *self, Py_ssize_t start, Py_ssize_t step, Py_ssize_t n)
{
    if (step < 0) {
        start += (n - 1) * step;
        step = -step;
    }
    if (self->ob_exports > 0 && n > 0)
        return array_resize(self, Py_SIZE(self) - n);
    for (Py_ssize_t i = 0; i < n; i++) {
        Py_ssize_t from = start + i * step + 1, to = i + 1 < n ? start + (i + 1) * step : Py_SIZE(self);
        copy_items(self, from - i - 1, self, from, to - from);
    }
    return n > 0 ? array_resize(self, Py_SIZE(self) - n) : 0;
}

static int store_slice(ArrayObject *self, PyObject *key, PyObject *value)
{
    ArrayObject *other = (ArrayObject *)value;
    if (value && !array_check(value)) {
        k_raise(PyExc_TypeError, "can only assign array (not \"%.200s\") to array slice", Py_TYPE(value)->tp_name);
        return -1;
    }
    if (value == (PyObject *)self) { /* from a copy: the items move */
        K_AUTO(PyObject *) copy = array_repeat(value, 1);
        return copy ? store_slice(self, key, copy) : -1;
    }
    if (value && other->kind != self->kind) {
        PyErr_BadArgument();
        return -1;
    }
    Py_ssize_t start, stop, step, given = value ? Py_SIZE(value) : 0;
    if (PySlice_Unpack(key, &start, &stop, &step) < 0)
        return -1;
    Py_ssize_t n = PySlice_AdjustIndices(Py_SIZE(self), &start, &stop, step);
    if ((step > 0 && stop < start) || (step < 0 && stop > start))
        stop = start;
    if (step == 1) {
        if (array_splice(self, start, stop, given) < 0)
            return -1;
        if (value)
            copy_items(self, start, other, 0, given);
        return 0;
    }
    if (!value)
        return delete_steps(self, start, step, n);
    if (given != n) {
        k_raise(PyExc_ValueError, "attempt to assign array of size %zd to extended slice of size %zd", given, n);
        return -1;
    }
    for (Py_ssize_t i = 0; i < n; i++, start += step)
        copy_items(self, start, other, i, 1);
    return 0;
}

static int array_ass_subscript(PyObject *o, PyObject *key, PyObject *value)
{
    if (PyIndex_Check(key)) {
        Py_ssize_t i = PyNumber_AsSsize_t(key, PyExc_IndexError);
        return i == -1 && PyErr_Occurred() ? -1 : store_item((ArrayObject *)o, i, value);
    }
    if (PySlice_Check(key))
        return store_slice((ArrayObject *)o, key, value);
    PyErr_SetString(PyExc_TypeError, "array indices must be integers");
    return -1;
}

static PyObject *array_richcompare(PyObject *a, PyObject *b, int op)
{
    if (!array_check(a) || !array_check(b))
        Py_RETURN_NOTIMPLEMENTED;
    ArrayObject *x = (ArrayObject *)a, *y = (ArrayObject *)b;
    if (Py_SIZE(x) != Py_SIZE(y) && (op == Py_EQ || op == Py_NE))
        Py_RETURN_BOOL(op == Py_NE);
    if ((op == Py_EQ || op == Py_NE) && x->kind == y->kind && x->kind->is_integer && Py_SIZE(x))
        Py_RETURN_BOOL((memcmp(x->ob_item, y->ob_item, (size_t)(Py_SIZE(x) * x->kind->itemsize)) == 0) == (op == Py_EQ));
    for (Py_ssize_t i = 0; i < Py_SIZE(x) && i < Py_SIZE(y); i++) {
        K_AUTO(PyObject *) v = x->kind->get(x, i);
        K_AUTO(PyObject *) w = v ? y->kind->get(y, i) : NULL;
        int equal = w ? PyObject_RichCompareBool(v, w, Py_EQ) : -1;
        if (equal < 0)
            return NULL;
        if (equal)
            continue;
        if (op == Py_EQ || op == Py_NE)
            Py_RETURN_BOOL(op == Py_NE);
        return PyObject_RichCompare(v, w, op);
    }
    Py_RETURN_RICHCOMPARE(Py_SIZE(x), Py_SIZE(y), op);
}

static PyObject *all_text(ArrayObject *self)
{
    return PyUnicode_FromWideChar((wchar_t *)(void *)self->ob_item, Py_SIZE(self));
}

static PyObject *all_items(ArrayObject *self)
{
    K_AUTO(PyObject *) list = PyList_New(Py_SIZE(self));
    for (Py_ssize_t i = 0; list && i < Py_SIZE(self); i++) {
        PyObject *v = self->kind->get(self, i);
        if (!v)
            return NULL;
        PyList_SET_ITEM(list, i, v);
    }
    return K_MOVE(list);
}

static PyObject *array_repr(PyObject *o)
{
    ArrayObject *self = (ArrayObject *)o;
    const char *name = _PyType_Name(Py_TYPE(o));
    if (Py_SIZE(self) == 0)
        return PyUnicode_FromFormat("%s('%c')", name, (int)self->kind->typecode);
    K_AUTO(PyObject *) value = self->kind->typecode == 'u' ? all_text(self) : all_items(self);
    return value ? PyUnicode_FromFormat("%s('%c', %R)", name, (int)self->kind->typecode, value) : NULL;
}

static PySequenceMethods array_as_sequence = {
    .sq_length = array_length,
    .sq_concat = array_concat,
    .sq_repeat = array_repeat,
    .sq_item = array_item,
    .sq_contains = array_contains,
    .sq_inplace_concat = array_inplace_concat,
    .sq_inplace_repeat = array_inplace_repeat,
};
static PyMappingMethods array_as_mapping = {
    .mp_length = array_length,
    .mp_subscript = array_subscript,
    .mp_ass_subscript = array_ass_subscript,
};

/* ---- buffer ---- */

static int array_getbuffer(PyObject *o, Py_buffer *view, int flags)
{
    static char nothing[1];
    ArrayObject *self = (ArrayObject *)o;
    if (!view) {
        PyErr_SetString(PyExc_BufferError, "array_buffer_getbuf: view==NULL argument is obsolete");
        return -1;
    }
    *view = (Py_buffer){ .buf = self->ob_item ? self->ob_item : nothing, .obj = Py_NewRef(o),
                         .len = Py_SIZE(self) * self->kind->itemsize, .itemsize = self->kind->itemsize, .ndim = 1 };
    if ((flags & PyBUF_ND) == PyBUF_ND)
        view->shape = &self->ob_base.ob_size;
    if ((flags & PyBUF_STRIDES) == PyBUF_STRIDES)
        view->strides = &view->itemsize;
    if ((flags & PyBUF_FORMAT) == PyBUF_FORMAT)
        view->format = (char *)(self->kind->typecode == 'u' ? "w" : self->kind->formats);
    self->ob_exports++;
    return 0;
}

static void array_releasebuffer(PyObject *o, Py_buffer *view)
{
    ((ArrayObject *)o)->ob_exports--;
}

static PyBufferProcs array_as_buffer = { array_getbuffer, array_releasebuffer };

/* ---- methods ---- */

METHOD(array, append, O, "($self, v, /)", "Put v at the end.")
{
    return array_append_value((ArrayObject *)self, arg) < 0 ? NULL : Py_NewRef(Py_None);
}

METHOD(array, buffer_info, NOARGS, "($self, /)", "The pair of address and length in items of the memory in use.")
{
    ArrayObject *array = (ArrayObject *)self;
    return Py_BuildValue("(Nn)", PyLong_FromVoidPtr(array->ob_item), Py_SIZE(array));
}

METHOD(array, byteswap, NOARGS, "($self, /)", "Turn round the bytes of every item.")
{
    ArrayObject *array = (ArrayObject *)self;
    int size = array->kind->itemsize;
    for (Py_ssize_t i = 0; i < Py_SIZE(array); i++) {
        char *p = at(array, i);
        for (int k = 0; k < size / 2; k++) {
            char swap = p[k];
            p[k] = p[size - 1 - k];
            p[size - 1 - k] = swap;
        }
    }
    Py_RETURN_NONE;
}

METHOD(array, __copy__, NOARGS, "($self, /)", "A copy.")
{
    return array_repeat(self, 1);
}

METHOD(array, __deepcopy__, O, "($self, unused, /)", "A copy.")
{
    return array_repeat(self, 1);
}

METHOD(array, count, O, "($self, v, /)", "How often v is among the items.")
{
    Py_ssize_t count = 0, i = -1;
    while ((i = find_value((ArrayObject *)self, arg, i + 1, PY_SSIZE_T_MAX)) >= 0)
        count++;
    return i == -2 ? NULL : PyLong_FromSsize_t(count);
}

METHOD(array, extend, O, "($self, bb, /)", "Put the items of an array or iterable at the end.")
{
    return array_extend_by((ArrayObject *)self, arg) < 0 ? NULL : Py_NewRef(Py_None);
}

static int read_into(ArrayObject *self, PyObject *file, Py_ssize_t n, Py_ssize_t *got)
{
    K_AUTO(PyObject *) bytes = PyObject_CallMethod(file, "read", "n", n * self->kind->itemsize); /* runs code */
    if (!bytes)
        return -1;
    if (!PyBytes_Check(bytes)) {
        PyErr_SetString(PyExc_TypeError, "read() didn't return bytes");
        return -1;
    }
    *got = PyBytes_GET_SIZE(bytes);
    return extend_by_bytes(self, PyBytes_AS_STRING(bytes), *got);
}

METHOD(array, fromfile, FAST, "($self, f, n, /)", "Read n items from the file object f and put them at the end.")
{
    ArrayObject *array = (ArrayObject *)self;
    Py_ssize_t n, got;
    if (k_check_nargs("fromfile", nargs, 2, 2) < 0 || k_arg_ssize(args[1], &n) < 0)
        return NULL;
    if (n < 0)
        return k_raise(PyExc_ValueError, "negative count");
    if (n > PY_SSIZE_T_MAX / array->kind->itemsize)
        return PyErr_NoMemory();
    if (read_into(array, args[0], n, &got) < 0)
        return NULL;
    if (got != n * array->kind->itemsize)
        return k_raise(PyExc_EOFError, "read() didn't return enough bytes");
    Py_RETURN_NONE;
}

METHOD(array, fromlist, O, "($self, list, /)", "Put the items of a list at the end: all of them or none.")
{
    ArrayObject *array = (ArrayObject *)self;
    if (!PyList_Check(arg))
        return k_raise(PyExc_TypeError, "arg must be list");
    Py_ssize_t before = Py_SIZE(array), n = PyList_GET_SIZE(arg);
    if (n == 0)
        Py_RETURN_NONE;
    if (array_resize(array, before + n) < 0)
        return NULL;
    for (Py_ssize_t i = 0; i < n; i++) {
        int changed = i >= PyList_GET_SIZE(arg) || Py_SIZE(array) != before + n;
        if (changed)
            PyErr_SetString(PyExc_RuntimeError, "list changed size during iteration");
        if (changed || array->kind->set(array, before + i, PyList_GET_ITEM(arg, i)) < 0) { /* runs code */
            if (Py_SIZE(array) > before && array_resize(array, before) < 0)
                PyErr_Clear();
            return NULL;
        }
    }
    Py_RETURN_NONE;
}

METHOD(array, fromunicode, O, "($self, ustr, /)", "Put the characters of a str at the end of an array of kind 'u'.")
{
    ArrayObject *array = (ArrayObject *)self;
    if (!PyUnicode_Check(arg))
        return k_raise(PyExc_TypeError, "fromunicode() argument must be str, not %.50s",
                       arg == Py_None ? "None" : Py_TYPE(arg)->tp_name);
    if (array->kind->typecode != 'u')
        return k_raise(PyExc_ValueError, "fromunicode() may only be called on unicode type arrays");
    return extend_by_str(array, arg) < 0 ? NULL : Py_NewRef(Py_None);
}

METHOD(array, frombytes, O, "($self, buffer, /)", "Put items at the end, from the memory of a bytes-like object.")
{
    Py_buffer view;
    if (PyObject_GetBuffer(arg, &view, PyBUF_SIMPLE) < 0)
        return NULL;
    int status = -1;
    if (view.itemsize != 1)
        PyErr_SetString(PyExc_TypeError, "a bytes-like object is required");
    else
        status = extend_by_bytes((ArrayObject *)self, view.buf, view.len);
    PyBuffer_Release(&view);
    return status < 0 ? NULL : Py_NewRef(Py_None);
}

static Py_ssize_t bound(PyObject *v, Py_ssize_t n, int *failed)
{
    Py_ssize_t i = -1;
    *failed |= !_PyEval_SliceIndexNotNone(v, &i);
    return i < 0 ? (i + n < 0 ? 0 : i + n) : i;
}

METHOD(array, index, FAST, "($self, v, start=0, stop=sys.maxsize, /)",
       "The first place of v among the items; ValueError when it is not there.")
{
    if (k_check_nargs("index", nargs, 1, 3) < 0)
        return NULL;
    int failed = 0;
    Py_ssize_t start = nargs > 1 ? bound(args[1], Py_SIZE(self), &failed) : 0;
    Py_ssize_t stop = nargs > 2 && !failed ? bound(args[2], Py_SIZE(self), &failed) : PY_SSIZE_T_MAX;
    Py_ssize_t i = failed ? -2 : find_value((ArrayObject *)self, args[0], start, stop);
    if (i == -1)
        return k_raise(PyExc_ValueError, "array.index(x): x not in array");
    return i < 0 ? NULL : PyLong_FromSsize_t(i);
}

METHOD(array, insert, FAST, "($self, i, v, /)", "Put v in before the item at i.")
{
    Py_ssize_t i;
    if (k_check_nargs("insert", nargs, 2, 2) < 0 || k_arg_ssize(args[0], &i) < 0)
        return NULL;
    return array_insert_at((ArrayObject *)self, i, args[1]) < 0 ? NULL : Py_NewRef(Py_None);
}

METHOD(array, pop, FAST, "($self, i=-1, /)", "Take out the item at i and return it.")
{
    ArrayObject *array = (ArrayObject *)self;
    Py_ssize_t i = -1;
    if (k_check_nargs("pop", nargs, 0, 1) < 0 || (nargs && k_arg_ssize(args[0], &i) < 0))
        return NULL;
    if (Py_SIZE(array) == 0)
        return k_raise(PyExc_IndexError, "pop from empty array");
    if (i < 0)
        i += Py_SIZE(array);
    if (i < 0 || i >= Py_SIZE(array))
        return k_raise(PyExc_IndexError, "pop index out of range");
    K_AUTO(PyObject *) v = array->kind->get(array, i);
    return !v || array_splice(array, i, i + 1, 0) < 0 ? NULL : K_MOVE(v);
}

METHOD(array, __reduce_ex__, O, "($self, value, /)", "What pickle needs to make the array anew.")
{
    ArrayObject *array = (ArrayObject *)self;
    long protocol;
    if (!PyLong_Check(arg))
        return k_raise(PyExc_TypeError, "__reduce_ex__ argument should be an integer");
    if (k_arg_long(arg, &protocol) < 0)
        return NULL;
    K_AUTO(PyObject *) dict = NULL;
    if (_PyObject_LookupAttr(self, K_STR("__dict__"), &dict) < 0)
        return NULL;
    if (!dict)
        K_SET(dict, Py_NewRef(Py_None));
    if (protocol < 3) {
        K_AUTO(PyObject *) list = all_items(array);
        return list ? Py_BuildValue("O(CO)O", Py_TYPE(self), (int)array->kind->typecode, list, dict) : NULL;
    }
    K_AUTO(PyObject *) make = _PyImport_GetModuleAttrString("array", "_array_reconstructor");
    if (!make)
        return NULL;
    int size = array->kind->itemsize, code = array->kind->is_integer
        ? (size == 1 ? array->kind->is_signed : (size == 2 ? 2 : size == 4 ? 6 : 10) + 2 * array->kind->is_signed)
        : array->kind->typecode == 'f' ? 14 : array->kind->typecode == 'd' ? 16 : 20;
    K_AUTO(PyObject *) bytes = PyBytes_FromStringAndSize(array->ob_item, Py_SIZE(array) * size);
    return bytes ? Py_BuildValue("O(OCiO)O", make, Py_TYPE(self), (int)array->kind->typecode, code, bytes, dict) : NULL;
}

METHOD(array, remove, O, "($self, v, /)", "Take out the first item equal to v; ValueError when there is none.")
{
    Py_ssize_t i = find_value((ArrayObject *)self, arg, 0, PY_SSIZE_T_MAX);
    if (i == -1)
        return k_raise(PyExc_ValueError, "array.remove(x): x not in array");
    return i < 0 || array_splice((ArrayObject *)self, i, i + 1, 0) < 0 ? NULL : Py_NewRef(Py_None);
}

METHOD(array, reverse, NOARGS, "($self, /)", "Turn round the order of the items.")
{
    ArrayObject *array = (ArrayObject *)self;
    char swap[8];
    size_t size = (size_t)array->kind->itemsize;
    for (Py_ssize_t i = 0, j = Py_SIZE(array) - 1; i < j; i++, j--) {
        memcpy(swap, at(array, i), size);
        memcpy(at(array, i), at(array, j), size);
        memcpy(at(array, j), swap, size);
    }
    Py_RETURN_NONE;
}

METHOD(array, tobytes, NOARGS, "($self, /)", "The memory of the items as bytes.")
{
    ArrayObject *array = (ArrayObject *)self;
    return PyBytes_FromStringAndSize(array->ob_item, Py_SIZE(array) * array->kind->itemsize);
}

METHOD(array, tofile, O, "($self, f, /)", "Write the memory of the items to the file object f.")
{
    enum { BLOCK = 64 * 1024 };
    ArrayObject *array = (ArrayObject *)self;
    for (Py_ssize_t done = 0; done < Py_SIZE(array) * array->kind->itemsize; done += BLOCK) {
        Py_ssize_t n = Py_MIN(BLOCK, Py_SIZE(array) * array->kind->itemsize - done);
        K_AUTO(PyObject *) bytes = PyBytes_FromStringAndSize(array->ob_item + done, n);
        K_AUTO(PyObject *) result = bytes ? PyObject_CallMethodObjArgs(arg, K_STR("write"), bytes, NULL) : NULL;
        if (!result)
            return NULL;
    }
    Py_RETURN_NONE;
}

METHOD(array, tolist, NOARGS, "($self, /)", "The items in a list.")
{
    return all_items((ArrayObject *)self);
}

METHOD(array, tounicode, NOARGS, "($self, /)", "The characters of an array of kind 'u' as a str.")
{
    ArrayObject *array = (ArrayObject *)self;
    if (array->kind->typecode != 'u')
        return k_raise(PyExc_ValueError, "tounicode() may only be called on unicode type arrays");
    return all_text(array);
}

METHOD(array, __sizeof__, NOARGS, "($self, /)", "Bytes of memory the object takes.")
{
    ArrayObject *array = (ArrayObject *)self;
    return PyLong_FromSsize_t(Py_TYPE(self)->tp_basicsize + array->allocated * array->kind->itemsize);
}
METHODS_END(array);

static PyObject *array_get_typecode(PyObject *self, void *closure)
{
    return PyUnicode_FromOrdinal(((ArrayObject *)self)->kind->typecode);
}

static PyObject *array_get_itemsize(PyObject *self, void *closure)
{
    return PyLong_FromLong(((ArrayObject *)self)->kind->itemsize);
}

static PyGetSetDef array_getset[] = {
    { "typecode", array_get_typecode, NULL, "the letter of the items' kind", NULL },
    { "itemsize", array_get_itemsize, NULL, "bytes of an item", NULL },
    { NULL, NULL, NULL, NULL, NULL },
};

static PyObject *array_iter(PyObject *self);

static PyTypeObject array_type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "array.array",
    .tp_basicsize = sizeof(ArrayObject),
    .tp_dealloc = array_dealloc,
    .tp_repr = array_repr,
    .tp_as_sequence = &array_as_sequence,
    .tp_as_mapping = &array_as_mapping,
    .tp_hash = PyObject_HashNotImplemented,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_as_buffer = &array_as_buffer,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_SEQUENCE,
    .tp_doc = "array(typecode [, initializer]) -> array\n\n"
              "A row of numbers or characters that the machine keeps side by side. The typecode is one letter:\n"
              "b B for ints of 1 byte, h H of 2, i I of 4, l L q Q of 8 (capitals without sign), f d for floats of\n"
              "4 and 8 bytes, u for characters. The initializer is a list, bytes, a str (for 'u') or an iterable.",
    .tp_richcompare = array_richcompare,
    .tp_weaklistoffset = offsetof(ArrayObject, weakrefs),
    .tp_iter = array_iter,
    .tp_methods = METHODS(array),
    .tp_getset = array_getset,
    .tp_new = array_new,
    .tp_free = PyObject_Free,
};
K_TYPE(array_type);

/* ---- iterator ---- */

typedef struct ArrayIterator {
    PyObject ob_base;
    Py_ssize_t index;
    ArrayObject *array; /* NULL when exhausted */
} ArrayIterator;

static PyObject *array_iter(PyObject *self)
{
    ArrayIterator *iterator = (ArrayIterator *)PyType_GenericAlloc(&arrayiterator_type, 0);
    if (iterator)
        iterator->array = (ArrayObject *)Py_NewRef(self);
    return (PyObject *)iterator;
}

static PyObject *arrayiterator_next(PyObject *o)
{
    ArrayIterator *self = (ArrayIterator *)o;
    if (!self->array)
        return NULL;
    if (self->index < Py_SIZE(self->array))
        return self->array->kind->get(self->array, self->index++);
    Py_CLEAR(self->array);
    return NULL;
}

static void arrayiterator_dealloc(PyObject *o)
{
    PyObject_GC_UnTrack(o);
    Py_XDECREF(((ArrayIterator *)o)->array);
    PyObject_GC_Del(o);
}

static int arrayiterator_traverse(PyObject *o, visitproc visit, void *arg)
{
    Py_VISIT(((ArrayIterator *)o)->array);
    return 0;
}

METHOD(arrayiterator, __reduce__, NOARGS, "($self, /)", "What pickle needs to make the iterator anew.")
{
    ArrayIterator *iterator = (ArrayIterator *)self;
    K_AUTO(PyObject *) iter = _PyImport_GetModuleAttrString("builtins", "iter");
    if (!iter)
        return NULL;
    return iterator->array ? Py_BuildValue("O(O)n", iter, iterator->array, iterator->index) : Py_BuildValue("O(())", iter);
}

METHOD(arrayiterator, __setstate__, O, "($self, state, /)", "Go on from the item at this index.")
{
    ArrayIterator *iterator = (ArrayIterator *)self;
    Py_ssize_t index;
    if (k_arg_ssize(arg, &index) < 0)
        return NULL;
    if (iterator->array)
        iterator->index = index < 0 ? 0 : Py_MIN(index, Py_SIZE(iterator->array));
    Py_RETURN_NONE;
}
METHODS_END(arrayiterator);

static PyTypeObject arrayiterator_type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "array.arrayiterator",
    .tp_basicsize = sizeof(ArrayIterator),
    .tp_dealloc = arrayiterator_dealloc,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_traverse = arrayiterator_traverse,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = arrayiterator_next,
    .tp_methods = METHODS(arrayiterator),
};
K_TYPE(arrayiterator_type);

/* ---- unpickling ---- */

/* The formats of pickled arrays, by their number: even ones are little-endian, from 2 on. */
enum { FORMAT_FLOAT = 14, FORMAT_DOUBLE = 16, FORMAT_UTF16 = 18, FORMAT_UTF32 = 20, FORMATS = 22 };

static PyObject *rebuild_text(PyTypeObject *type, PyObject *bytes, int format)
{
    int order = format % 2 ? 1 : -1;
    K_AUTO(PyObject *) text = format < FORMAT_UTF32
        ? PyUnicode_DecodeUTF16(PyBytes_AS_STRING(bytes), PyBytes_GET_SIZE(bytes), "strict", &order)
        : PyUnicode_DecodeUTF32(PyBytes_AS_STRING(bytes), PyBytes_GET_SIZE(bytes), "strict", &order);
    return text ? PyObject_CallFunction((PyObject *)type, "CO", 'u', text) : NULL;
}

/* Items of this size, one after the other, into an array of the kind. */
static PyObject *rebuild_numbers(PyTypeObject *type, const Kind *kind, PyObject *bytes, int format)
{
    int size = format < 2 ? 1 : format < 6 ? 2 : format < 10 ? 4 : format < 14 ? 8 : format < FORMAT_DOUBLE ? 4 : 8;
    int is_signed = format < 2 ? format == 1 : (format - 2) % 4 >= 2, little = format % 2 == 0;
    const char *p = PyBytes_AS_STRING(bytes);
    Py_ssize_t n = PyBytes_GET_SIZE(bytes);
    if (n % size)
        return k_raise(PyExc_ValueError, "string length not a multiple of item size");
    if (format < FORMAT_FLOAT)
        for (size_t i = 0; i < K_COUNT_OF(kinds); i++)
            if (kinds[i].is_integer && kinds[i].itemsize == size && kinds[i].is_signed == is_signed) {
                if (kind->itemsize != size || kind->is_signed != is_signed || !kind->is_integer)
                    kind = &kinds[i]; /* of kinds alike the last one: q, not l */
            }
    K_AUTO(PyObject *) self = array_make(type, n / size, kind);
    for (Py_ssize_t i = 0; self && i < n / size; i++, p += size) {
        K_AUTO(PyObject *) v = format >= FORMAT_FLOAT
            ? PyFloat_FromDouble(size == 4 ? PyFloat_Unpack4(p, little) : PyFloat_Unpack8(p, little))
            : _PyLong_FromByteArray((const unsigned char *)p, (size_t)size, little, is_signed);
        if (!v || kind->set((ArrayObject *)self, i, v) < 0)
            return NULL;
    }
    return K_MOVE(self);
}

METHOD(array_module, _array_reconstructor, FAST,
       "($module, arraytype, typecode, mformat_code, items,\n                     /)", "For pickle alone.")
{
    if (k_check_nargs("_array_reconstructor", nargs, 4, 4) < 0)
        return NULL;
    Py_UCS4 code = typecode_of(args[1], "_array_reconstructor", 2);
    int format;
    if (code == (Py_UCS4)-1 || k_arg_int(args[2], &format) < 0)
        return NULL;
    if (!PyType_Check(args[0]))
        return k_raise(PyExc_TypeError, "first argument must be a type object, not %.200s", Py_TYPE(args[0])->tp_name);
    PyTypeObject *type = (PyTypeObject *)args[0];
    if (!PyType_IsSubtype(type, &array_type))
        return k_raise(PyExc_TypeError, "%.200s is not a subtype of %.200s", type->tp_name, array_type.tp_name);
    const Kind *kind = kind_find(code);
    if (!kind)
        return k_raise(PyExc_ValueError, "second argument must be a valid type code");
    if (format < 0 || format >= FORMATS)
        return k_raise(PyExc_ValueError, "third argument must be a valid machine format code.");
    if (!PyBytes_Check(args[3]))
        return k_raise(PyExc_TypeError, "fourth argument should be bytes, not %.200s", Py_TYPE(args[3])->tp_name);
    int same = format < FORMAT_FLOAT
        ? kind->is_integer && format % 2 == (kind->itemsize == 1 ? kind->is_signed : 0)
            && format == (kind->itemsize == 1 ? kind->is_signed
                          : (kind->itemsize == 2 ? 2 : kind->itemsize == 4 ? 6 : 10) + 2 * kind->is_signed)
        : format == (kind->typecode == 'f' ? FORMAT_FLOAT : kind->typecode == 'd' ? FORMAT_DOUBLE
                     : kind->typecode == 'u' ? FORMAT_UTF32 : -1);
    if (same)
        return PyObject_CallFunction(args[0], "CO", (int)code, args[3]);
    return format >= FORMAT_UTF16 ? rebuild_text(type, args[3], format) : rebuild_numbers(type, kind, args[3], format);
}
METHODS_END(array_module);

static int array_exec(PyObject *module)
{
    if (PyModule_AddObjectRef(module, "ArrayType", (PyObject *)&array_type) < 0
        || PyModule_AddObjectRef(module, "array", (PyObject *)&array_type) < 0
        || PyModule_AddStringConstant(module, "typecodes", typecodes) < 0)
        return -1;
    K_AUTO(PyObject *) abc = PyImport_ImportModule("collections.abc");
    K_AUTO(PyObject *) sequence = abc ? PyObject_GetAttrString(abc, "MutableSequence") : NULL;
    K_AUTO(PyObject *) result = sequence ? PyObject_CallMethod(sequence, "register", "O", &array_type) : NULL;
    return result ? 0 : -1;
}

/* The functions stand in a table of their own name: array's are the methods of the type. */
static PyModuleDef_Slot array_slots[] = { { Py_mod_exec, (void *)array_exec }, { 0, NULL } };
static PyModuleDef array_definition = {
    PyModuleDef_HEAD_INIT, "array", "Rows of numbers or characters of one kind, kept side by side.", 0,
    METHODS(array_module), array_slots, NULL, NULL, NULL,
};
K_INIT_FUNCTION PyObject *PyInit_array(void);
K_INIT_FUNCTION PyObject *PyInit_array(void)
{
    return PyModuleDef_Init(&array_definition);
}
