/* int_new.c - ints from C numbers and back.
 *
 * In: C integers, doubles.  Out: int objects, and C numbers with OverflowError where they do not fit.
 * Invariant: an exact int between -5 and 256 is always the one in _PyRuntime; an int's last digit is not 0; at least
 * one digit is allocated, because compiled modules read ob_digit[0] of a zero. Start at int_from_stwodigits(). */
#include "objects/int/int_new.h"

#include <math.h>

#include "memory/gc.h"
#include "memory/mem.h"
#include "objects/protocol.h"
#include "runtime/errors.h"

int k_int_max_str_digits = KAA_INT_STR_DIGITS_DEFAULT;

/* The small ints must be there before any other code runs: K_STR tables and static data refer to ints by value. */
__attribute__((constructor)) static void int_small_start(void)
{
    for (int value = KAA_SMALL_INT_MIN; value <= KAA_SMALL_INT_MAX; value++) {
        __typeof__(&_PyRuntime.small_ints[0]) v = &_PyRuntime.small_ints[value - KAA_SMALL_INT_MIN];
        v->head = (PyVarObject)PyVarObject_HEAD_INIT(&PyLong_Type, value < 0 ? -1 : value > 0);
        v->digit = (digit)(value < 0 ? -value : value);
    }
}

PyLongObject *_PyLong_New(Py_ssize_t size)
{
    if ((size_t)size > (PY_SSIZE_T_MAX - offsetof(PyLongObject, ob_digit)) / sizeof(digit)) {
        PyErr_SetString(PyExc_OverflowError, "too many digits in integer");
        return NULL;
    }
    size_t digits = size ? (size_t)size : 1;
    PyLongObject *v = k_small_alloc(offsetof(PyLongObject, ob_digit) + digits * sizeof(digit));
    if (K_UNLIKELY(!v))
        return (PyLongObject *)PyErr_NoMemory();
    v->ob_base = (PyVarObject){ { 1, &PyLong_Type }, size };
    return v;
}

PyObject *int_from_uint128(unsigned __int128 value, int negative)
{
    digit digits[5];
    Py_ssize_t n = 0;
    for (; value; value >>= PyLong_SHIFT)
        digits[n++] = (digit)value & PyLong_MASK;
    return int_from_digits(digits, n, negative);
}

PyObject *int_from_stwodigits(stwodigits value)
{
    if (int_is_small(value))
        return int_small(value);
    if (value > -(stwodigits)PyLong_BASE && value < (stwodigits)PyLong_BASE)
        return int_new_box(value);
    twodigits magnitude = value < 0 ? 0 - (twodigits)value : (twodigits)value;
    Py_ssize_t n = magnitude >> (2 * PyLong_SHIFT) ? 3 : 2;
    PyLongObject *v = _PyLong_New(n);
    if (!v)
        return NULL;
    for (Py_ssize_t i = 0; i < n; i++, magnitude >>= PyLong_SHIFT)
        v->ob_digit[i] = (digit)(magnitude & PyLong_MASK);
    Py_SET_SIZE(v, value < 0 ? -n : n);
    return (PyObject *)v;
}

PyObject *int_finish(PyLongObject *v, int negative)
{
    Py_ssize_t n = digits_normal(v->ob_digit, Py_ABS(Py_SIZE(v)));
    if (n <= 1) {
        stwodigits value = n == 0 ? 0 : negative ? -(stwodigits)v->ob_digit[0] : (stwodigits)v->ob_digit[0];
        if (int_is_small(value)) {
            Py_DECREF(v);
            return int_small(value);
        }
    }
    Py_SET_SIZE(v, negative ? -n : n);
    return (PyObject *)v;
}

PyObject *int_from_digits(const digit *digits, Py_ssize_t n, int negative)
{
    n = digits_normal(digits, n);
    if (n <= 1) {
        stwodigits value = n ? digits[0] : 0;
        return int_from_stwodigits(negative ? -value : value);
    }
    PyLongObject *v = _PyLong_New(n);
    if (v) {
        memcpy(v->ob_digit, digits, (size_t)n * sizeof *digits);
        Py_SET_SIZE(v, negative ? -n : n);
    }
    return (PyObject *)v;
}

PyObject *_PyLong_Copy(PyLongObject *v)
{
    return int_from_digits(v->ob_digit, Py_ABS(Py_SIZE(v)), Py_SIZE(v) < 0);
}

PyObject *int_exact(PyObject *v)
{
    return PyLong_CheckExact(v) ? Py_NewRef(v) : _PyLong_Copy((PyLongObject *)v);
}

PyObject *PyLong_FromLong(long value)
{
    return int_from_stwodigits(value);
}
PyObject *PyLong_FromLongLong(long long value)
{
    return int_from_stwodigits(value);
}
PyObject *PyLong_FromSsize_t(Py_ssize_t value)
{
    return int_from_stwodigits(value);
}
PyObject *PyLong_FromUnsignedLongLong(unsigned long long value)
{
    return value <= LLONG_MAX ? int_from_stwodigits((stwodigits)value) : int_from_uint128(value, 0);
}
PyObject *PyLong_FromUnsignedLong(unsigned long value)
{
    return PyLong_FromUnsignedLongLong(value);
}
PyObject *PyLong_FromSize_t(size_t value)
{
    return PyLong_FromUnsignedLongLong(value);
}
PyObject *PyLong_FromVoidPtr(void *p)
{
    return PyLong_FromUnsignedLongLong((uintptr_t)p);
}

PyObject *PyLong_FromDouble(double value)
{
    if (fabs(value) < 0x1p63)
        return int_from_stwodigits((stwodigits)value);
    if (isinf(value))
        return k_raise(PyExc_OverflowError, "cannot convert float infinity to integer");
    if (isnan(value))
        return k_raise(PyExc_ValueError, "cannot convert float NaN to integer");
    int exponent;
    double fraction = frexp(fabs(value), &exponent); /* 0.5 <= fraction < 1 */
    Py_ssize_t n = (exponent - 1) / PyLong_SHIFT + 1;
    PyLongObject *v = _PyLong_New(n);
    if (!v)
        return NULL;
    fraction = ldexp(fraction, (exponent - 1) % PyLong_SHIFT + 1);
    for (Py_ssize_t i = n - 1; i >= 0; i--) {
        v->ob_digit[i] = (digit)fraction;
        fraction = ldexp(fraction - v->ob_digit[i], PyLong_SHIFT);
    }
    return int_finish(v, value < 0);
}

/* ---- to C numbers ---- */

/* The lowest 64 bits in two's complement; *overflow tells by its sign when the value is no long long. */
static unsigned long long low_bits(PyObject *v, int *overflow)
{
    Py_ssize_t n = int_length(v);
    unsigned __int128 magnitude = 0;
    for (Py_ssize_t i = Py_MIN(n, 3) - 1; i >= 0; i--)
        magnitude = magnitude << PyLong_SHIFT | int_digits(v)[i];
    int negative = k_int_negative(v);
    *overflow = n > 3 || magnitude > (unsigned __int128)LLONG_MAX + negative ? (negative ? -1 : 1) : 0;
    unsigned long long bits = (unsigned long long)magnitude;
    return negative ? 0 - bits : bits;
}

/* An int for anything with __index__; NULL with TypeError otherwise. */
static PyObject *index_of(PyObject *v)
{
    if (!v) {
        PyErr_BadInternalCall();
        return NULL;
    }
    return PyLong_Check(v) ? Py_NewRef(v) : _PyNumber_Index(v);
}

/* For the conversions that take ints alone. */
static int int_required(PyObject *v)
{
    if (!v) {
        PyErr_BadInternalCall();
        return -1;
    }
    if (!PyLong_Check(v)) {
        PyErr_SetString(PyExc_TypeError, "an integer is required");
        return -1;
    }
    return 0;
}

long long PyLong_AsLongLongAndOverflow(PyObject *arg, int *overflow)
{
    *overflow = 0;
    K_AUTO(PyObject *) v = index_of(arg);
    if (!v)
        return -1;
    if (k_int_is_compact(v))
        return k_int_compact(v);
    unsigned long long bits = low_bits(v, overflow);
    return *overflow ? -1 : (long long)bits;
}

long PyLong_AsLongAndOverflow(PyObject *arg, int *overflow)
{
    return (long)PyLong_AsLongLongAndOverflow(arg, overflow);
}

/* A value outside the C type. */
static int too_large(const char *what)
{
    k_raise(PyExc_OverflowError, "Python int too large to convert to C %s", what);
    return -1;
}

long PyLong_AsLong(PyObject *arg)
{
    int overflow;
    long value = PyLong_AsLongAndOverflow(arg, &overflow);
    return overflow ? too_large("long") : value;
}

int _PyLong_AsInt(PyObject *arg)
{
    int overflow;
    long value = PyLong_AsLongAndOverflow(arg, &overflow);
    if (overflow || value > INT_MAX || value < INT_MIN)
        return too_large("int");
    return (int)value;
}

Py_ssize_t PyLong_AsSsize_t(PyObject *v)
{
    if (int_required(v) < 0)
        return -1;
    if (k_int_is_compact(v))
        return k_int_compact(v);
    int overflow;
    unsigned long long bits = low_bits(v, &overflow);
    return overflow ? too_large("ssize_t") : (Py_ssize_t)bits;
}

long long PyLong_AsLongLong(PyObject *arg)
{
    int overflow;
    long long value = PyLong_AsLongLongAndOverflow(arg, &overflow);
    if (overflow)
        PyErr_SetString(PyExc_OverflowError, "int too big to convert");
    return value;
}

static int fits_unsigned(PyObject *v, unsigned long long *bits)
{
    int overflow;
    *bits = low_bits(v, &overflow);
    if (!overflow)
        return 1;
    Py_ssize_t n = int_length(v);
    return n < 3 || (n == 3 && int_digits(v)[2] < 16);
}

static unsigned long long as_unsigned(PyObject *v, const char *what)
{
    unsigned long long bits;
    if (int_required(v) < 0)
        return (unsigned long long)-1;
    if (k_int_negative(v))
        PyErr_SetString(PyExc_OverflowError, strcmp(what, "size_t") == 0 ? "can't convert negative value to size_t"
                                                                         : "can't convert negative value to unsigned int");
    else if (fits_unsigned(v, &bits))
        return bits;
    else
        too_large(what);
    return (unsigned long long)-1;
}

unsigned long PyLong_AsUnsignedLong(PyObject *v)
{
    return as_unsigned(v, "unsigned long");
}
size_t PyLong_AsSize_t(PyObject *v)
{
    return as_unsigned(v, "size_t");
}

unsigned long long PyLong_AsUnsignedLongLong(PyObject *v)
{
    unsigned long long bits;
    if (int_required(v) < 0)
        return (unsigned long long)-1;
    if (k_int_negative(v))
        PyErr_SetString(PyExc_OverflowError, "can't convert negative int to unsigned");
    else if (fits_unsigned(v, &bits))
        return bits;
    else
        PyErr_SetString(PyExc_OverflowError, "int too big to convert");
    return (unsigned long long)-1;
}

unsigned long long PyLong_AsUnsignedLongLongMask(PyObject *arg)
{
    K_AUTO(PyObject *) v = index_of(arg);
    if (!v)
        return (unsigned long long)-1;
    int overflow;
    return low_bits(v, &overflow);
}

unsigned long PyLong_AsUnsignedLongMask(PyObject *arg)
{
    return (unsigned long)PyLong_AsUnsignedLongLongMask(arg);
}

void *PyLong_AsVoidPtr(PyObject *v)
{
    if (int_required(v) < 0)
        return NULL;
    if (k_int_negative(v)) {
        long value = PyLong_AsLong(v);
        return value == -1 && PyErr_Occurred() ? NULL : (void *)(intptr_t)value;
    }
    unsigned long value = PyLong_AsUnsignedLong(v);
    return value == (unsigned long)-1 && PyErr_Occurred() ? NULL : (void *)(uintptr_t)value;
}

/* ---- converters of argument parsing ---- */

static int convert_unsigned(PyObject *v, unsigned long long max, const char *what, const char *whole,
                            unsigned long long *out)
{
    if (PyLong_Check(v) && k_int_negative(v)) {
        PyErr_SetString(PyExc_ValueError, "value must be positive");
        return 0;
    }
    *out = whole ? as_unsigned(v, whole) : PyLong_AsUnsignedLongLong(v);
    if (*out == (unsigned long long)-1 && PyErr_Occurred())
        return 0;
    if (*out > max) {
        k_raise(PyExc_OverflowError, "Python int too large for C %s", what);
        return 0;
    }
    return 1;
}

#define CONVERTER(name, type, max, what, whole)                                                                        \
    int name(PyObject *v, void *p)                                                                                     \
    {                                                                                                                  \
        unsigned long long bits;                                                                                       \
        if (!convert_unsigned(v, max, what, whole, &bits))                                                             \
            return 0;                                                                                                  \
        *(type *)p = (type)bits;                                                                                       \
        return 1;                                                                                                      \
    }
CONVERTER(_PyLong_UnsignedShort_Converter, unsigned short, USHRT_MAX, "unsigned short", "unsigned long")
CONVERTER(_PyLong_UnsignedInt_Converter, unsigned int, UINT_MAX, "unsigned int", "unsigned long")
CONVERTER(_PyLong_UnsignedLong_Converter, unsigned long, ULONG_MAX, "unsigned long", "unsigned long")
CONVERTER(_PyLong_UnsignedLongLong_Converter, unsigned long long, ULLONG_MAX, "unsigned long long", NULL)
CONVERTER(_PyLong_Size_t_Converter, size_t, SIZE_MAX, "size_t", "size_t")
