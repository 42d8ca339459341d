/* int_arith.c - int's number protocol: arithmetic, power, division; comparison.
 *
 * In: ints (anything else gives NotImplemented).  Out: ints, or floats of true division and negative powers.
 * Invariant: operands of one digit never reach the digit arrays' functions. Start at the slots' table at the end. */
#include "objects/int/int_new.h"

#include <math.h>

#include "objects/float/float.h"
#include "objects/protocol.h"
#include "objects/tuple.h"
#include "runtime/errors.h"

#define BOTH_INTS(a, b)                                                                                                \
    if (!PyLong_Check(a) || !PyLong_Check(b))                                                                          \
    Py_RETURN_NOTIMPLEMENTED

int k_int_compare(PyObject *a, PyObject *b)
{
    if (Py_SIZE(a) != Py_SIZE(b))
        return Py_SIZE(a) < Py_SIZE(b) ? -1 : 1;
    int order = digits_compare(int_digits(a), int_length(a), int_digits(b), int_length(b));
    return k_int_negative(a) ? -order : order;
}

/* ---- sum and difference ---- */

static PyObject *magnitude_add(PyObject *a, PyObject *b, int negative)
{
    Py_ssize_t na = int_length(a), nb = int_length(b);
    if (na < nb)
        return magnitude_add(b, a, negative);
    PyLongObject *v = _PyLong_New(na + 1);
    if (!v)
        return NULL;
    v->ob_digit[na] = digits_add(v->ob_digit, int_digits(a), na, int_digits(b), nb);
    return int_finish(v, negative);
}

/* |a| - |b|, negated on request. */
static PyObject *magnitude_subtract(PyObject *a, PyObject *b, int negative)
{
    Py_ssize_t na = int_length(a), nb = int_length(b);
    int order = digits_compare(int_digits(a), na, int_digits(b), nb);
    if (order == 0)
        return int_small(0);
    if (order < 0)
        return magnitude_subtract(b, a, !negative);
    PyLongObject *v = _PyLong_New(na);
    if (!v)
        return NULL;
    digits_sub(v->ob_digit, int_digits(a), na, int_digits(b), nb);
    return int_finish(v, negative);
}

PyObject *int_add(PyObject *a, PyObject *b)
{
    if (k_int_is_compact(a) && k_int_is_compact(b))
        return int_from_stwodigits(k_int_compact(a) + k_int_compact(b));
    if (k_int_negative(a) == k_int_negative(b))
        return magnitude_add(a, b, k_int_negative(a));
    return magnitude_subtract(a, b, k_int_negative(a));
}

PyObject *int_subtract(PyObject *a, PyObject *b)
{
    if (k_int_is_compact(a) && k_int_is_compact(b))
        return int_from_stwodigits(k_int_compact(a) - k_int_compact(b));
    if (k_int_negative(a) != k_int_negative(b))
        return magnitude_add(a, b, k_int_negative(a));
    return magnitude_subtract(a, b, k_int_negative(a));
}

static PyObject *slot_add(PyObject *a, PyObject *b)
{
    BOTH_INTS(a, b);
    return int_add(a, b);
}
static PyObject *slot_subtract(PyObject *a, PyObject *b)
{
    BOTH_INTS(a, b);
    return int_subtract(a, b);
}

/* ---- product ---- */

static twodigits two_digits(PyObject *v) /* the magnitude of an int of at most two digits */
{
    const digit *d = int_digits(v);
    Py_ssize_t n = int_length(v);
    return n == 0 ? 0 : n == 1 ? d[0] : (twodigits)d[1] << PyLong_SHIFT | d[0];
}

PyObject *int_multiply(PyObject *a, PyObject *b)
{
    if (k_int_is_compact(a) && k_int_is_compact(b))
        return int_from_stwodigits(k_int_compact(a) * k_int_compact(b));
    Py_ssize_t na = int_length(a), nb = int_length(b);
    int negative = k_int_negative(a) != k_int_negative(b);
    if (na == 0 || nb == 0)
        return int_small(0);
    if (na <= 2 && nb <= 2)
        return int_from_uint128((unsigned __int128)two_digits(a) * two_digits(b), negative);
    PyLongObject *v = _PyLong_New(na + nb);
    if (!v)
        return NULL;
    if (digits_mul(v->ob_digit, int_digits(a), na, int_digits(b), nb) < 0) {
        Py_DECREF(v);
        return PyErr_NoMemory();
    }
    return int_finish(v, negative);
}

static PyObject *slot_multiply(PyObject *a, PyObject *b)
{
    BOTH_INTS(a, b);
    return int_multiply(a, b);
}

/* ---- division ---- */

static int divide_magnitudes(PyObject *a, PyObject *b, PyObject **quotient, PyObject **rest)
{
    Py_ssize_t na = int_length(a), nb = int_length(b);
    K_AUTO(PyLongObject *) q = _PyLong_New(na - nb + 1);
    K_AUTO(PyLongObject *) r = q ? _PyLong_New(nb) : NULL;
    if (!r)
        return -1;
    if (nb == 1)
        r->ob_digit[0] = digits_div_small(q->ob_digit, int_digits(a), na, int_digits(b)[0]);
    else if (digits_div(q->ob_digit, r->ob_digit, int_digits(a), na, int_digits(b), nb) < 0) {
        PyErr_NoMemory();
        return -1;
    }
    if (quotient)
        *quotient = int_finish(K_MOVE(q), k_int_negative(a) != k_int_negative(b));
    if (rest)
        *rest = int_finish(K_MOVE(r), k_int_negative(a));
    return 0;
}

int int_truncated_divide(PyObject *a, PyObject *b, PyObject **quotient, PyObject **rest)
{
    Py_ssize_t na = int_length(a), nb = int_length(b);
    if (nb == 0) {
        PyErr_SetString(PyExc_ZeroDivisionError, "integer division or modulo by zero");
        return -1;
    }
    if (na <= 2 && nb <= 2) {
        twodigits x = two_digits(a), y = two_digits(b);
        stwodigits q = (stwodigits)(x / y), r = (stwodigits)(x % y);
        PyObject *first = NULL;
        if (quotient && !(first = int_from_stwodigits(k_int_negative(a) != k_int_negative(b) ? -q : q)))
            return -1;
        if (rest && !(*rest = int_from_stwodigits(k_int_negative(a) ? -r : r))) {
            Py_XDECREF(first);
            return -1;
        }
        if (quotient)
            *quotient = first;
        return 0;
    }
    if (digits_compare(int_digits(a), na, int_digits(b), nb) < 0) {
        if (rest && !(*rest = int_exact(a)))
            return -1;
        if (quotient)
            *quotient = int_small(0);
        return 0;
    }
    return divide_magnitudes(a, b, quotient, rest);
}

int int_floor_divide(PyObject *a, PyObject *b, PyObject **quotient, PyObject **rest)
{
    K_AUTO(PyObject *) q = NULL;
    K_AUTO(PyObject *) r = NULL;
    if (int_truncated_divide(a, b, quotient ? &q : NULL, &r) < 0)
        return -1;
    if (Py_SIZE(r) && k_int_negative(r) != k_int_negative(b)) {
        K_SET(r, int_add(r, b));
        if (!r)
            return -1;
        if (quotient) {
            K_SET(q, int_subtract(q, (PyObject *)&_PyRuntime.small_ints[1 - KAA_SMALL_INT_MIN]));
            if (!q)
                return -1;
        }
    }
    if (quotient)
        *quotient = K_MOVE(q);
    if (rest)
        *rest = K_MOVE(r);
    return 0;
}

/* Quotient and remainder of one-digit values, floored. */
static inline stwodigits floor_quotient(stwodigits a, stwodigits b)
{
    stwodigits q = a / b;
    return q - (a % b != 0 && (a < 0) != (b < 0));
}
static inline stwodigits floor_rest(stwodigits a, stwodigits b)
{
    stwodigits r = a % b;
    return r && (r < 0) != (b < 0) ? r + b : r;
}

static PyObject *slot_floor_divide(PyObject *a, PyObject *b)
{
    BOTH_INTS(a, b);
    if (k_int_is_compact(a) && k_int_is_compact(b) && Py_SIZE(b))
        return int_from_stwodigits(floor_quotient(k_int_compact(a), k_int_compact(b)));
    PyObject *q = NULL;
    return int_floor_divide(a, b, &q, NULL) < 0 ? NULL : q;
}

static PyObject *slot_remainder(PyObject *a, PyObject *b)
{
    BOTH_INTS(a, b);
    if (k_int_is_compact(a) && k_int_is_compact(b) && Py_SIZE(b))
        return int_from_stwodigits(floor_rest(k_int_compact(a), k_int_compact(b)));
    PyObject *r = NULL;
    if (Py_SIZE(b) == 0)
        return k_raise(PyExc_ZeroDivisionError, "integer modulo by zero");
    return int_floor_divide(a, b, NULL, &r) < 0 ? NULL : r;
}

static PyObject *pair(K_STOLEN PyObject *a, K_STOLEN PyObject *b)
{
    K_AUTO(PyObject *) first = a;
    K_AUTO(PyObject *) second = b;
    return first && second ? PyTuple_Pack(2, first, second) : NULL;
}

static PyObject *slot_divmod(PyObject *a, PyObject *b)
{
    BOTH_INTS(a, b);
    PyObject *q = NULL, *r = NULL;
    if (int_floor_divide(a, b, &q, &r) < 0)
        return NULL;
    return pair(q, r);
}

/* Rounds mantissa * 2**exponent (the mantissa's lowest bit stands for everything below it too) half to even. */
static double round_to_double(uint64_t mantissa, Py_ssize_t exponent)
{
    int bits = 64 - __builtin_clzll(mantissa);
    Py_ssize_t top = bits + exponent; /* 2**(top-1) <= value < 2**top */
    Py_ssize_t precision = Py_MIN(53, top + 1074);
    if (top > 1024)
        return INFINITY;
    if (precision < 0)
        return 0.0;
    int drop = bits - (int)precision;
    if (drop <= 0)
        return ldexp((double)mantissa, (int)exponent);
    uint64_t half = (uint64_t)1 << (drop - 1), rest = drop < 64 ? mantissa & (2 * half - 1) : mantissa;
    uint64_t kept = drop < 64 ? mantissa >> drop : 0;
    if (rest > half || (rest == half && (kept & 1)))
        kept++;
    return ldexp((double)kept, (int)(exponent + drop));
}

/* |a| / |b| by a quotient of 60 to 62 bits and a sticky bit for its remainder. */
static int divide_to_double(PyObject *a, PyObject *b, double *out)
{
    Py_ssize_t na = (Py_ssize_t)_PyLong_NumBits(a), nb = (Py_ssize_t)_PyLong_NumBits(b);
    Py_ssize_t shift = 60 - (na - nb);
    if (na - nb > 1030 || na - nb < -1140) { /* surely out of range */
        *out = na > nb ? INFINITY : 0.0;
        return 0;
    }
    K_AUTO(PyObject *) x = shift > 0 ? _PyLong_Lshift(a, (size_t)shift) : Py_NewRef(a);
    K_AUTO(PyObject *) y = shift < 0 ? _PyLong_Lshift(b, (size_t)-shift) : Py_NewRef(b);
    PyObject *q = NULL, *r = NULL;
    if (!x || !y || int_truncated_divide(x, y, &q, &r) < 0)
        return -1;
    uint64_t mantissa = 0;
    for (Py_ssize_t i = int_length(q) - 1; i >= 0; i--)
        mantissa = mantissa << PyLong_SHIFT | int_digits(q)[i];
    mantissa = mantissa << 1 | (Py_SIZE(r) != 0);
    *out = round_to_double(mantissa, -shift - 1);
    Py_DECREF(q);
    Py_DECREF(r);
    return 0;
}

static PyObject *slot_true_divide(PyObject *a, PyObject *b)
{
    BOTH_INTS(a, b);
    if (Py_SIZE(b) == 0)
        return k_raise(PyExc_ZeroDivisionError, "division by zero");
    int negative = k_int_negative(a) != k_int_negative(b);
    if (Py_SIZE(a) == 0)
        return PyFloat_FromDouble(negative ? -0.0 : 0.0);
    if (int_length(a) <= 2 && int_length(b) <= 2) {
        twodigits x = two_digits(a), y = two_digits(b);
        if (x <= (twodigits)1 << 53 && y <= (twodigits)1 << 53)
            return PyFloat_FromDouble(negative ? -((double)x / (double)y) : (double)x / (double)y);
    }
    double value;
    if (divide_to_double(a, b, &value) < 0)
        return NULL;
    if (isinf(value))
        return k_raise(PyExc_OverflowError, "integer division result too large for a float");
    return PyFloat_FromDouble(negative ? -value : value);
}

PyObject *_PyLong_DivmodNear(PyObject *a, PyObject *b)
{
    if (!PyLong_Check(a) || !PyLong_Check(b))
        return k_raise(PyExc_TypeError, "non-integer arguments in division");
    K_AUTO(PyObject *) q = NULL;
    K_AUTO(PyObject *) r = NULL;
    if (int_truncated_divide(a, b, &q, &r) < 0)
        return NULL;
    K_AUTO(PyObject *) twice = int_add(r, r);
    if (!twice)
        return NULL;
    int order = digits_compare(int_digits(twice), int_length(twice), int_digits(b), int_length(b));
    int odd = Py_SIZE(q) != 0 && (int_digits(q)[0] & 1);
    if (order > 0 || (order == 0 && odd)) { /* one step away from nought */
        int down = k_int_negative(a) != k_int_negative(b);
        K_AUTO(PyObject *) one = int_small(down ? -1 : 1);
        K_SET(q, int_add(q, one));
        K_SET(r, down ? int_add(r, b) : int_subtract(r, b));
    }
    return q && r ? PyTuple_Pack(2, q, r) : NULL;
}

/* ---- power ---- */

/* x = (x * y) mod m; m may be NULL. */
static int multiply_into(PyObject **x, PyObject *y, PyObject *m)
{
    K_SET(*x, int_multiply(*x, y));
    if (*x && m) {
        PyObject *rest = NULL;
        if (int_floor_divide(*x, m, NULL, &rest) < 0)
            return -1;
        K_SET(*x, rest);
    }
    return *x ? 0 : -1;
}

static PyObject *power_by_squaring(PyObject *a, PyObject *b, PyObject *m)
{
    K_AUTO(PyObject *) result = int_small(1);
    int started = 0;
    for (Py_ssize_t i = int_length(b) - 1; i >= 0; i--) {
        for (int bit = PyLong_SHIFT - 1; bit >= 0; bit--) {
            if (started && multiply_into(&result, result, m) < 0)
                return NULL;
            if (!(int_digits(b)[i] >> bit & 1))
                continue;
            if (!started) {
                started = 1;
                K_SET(result, int_exact(a));
            } else if (multiply_into(&result, a, m) < 0)
                return NULL;
            if (!result)
                return NULL;
        }
        if (PyErr_CheckSignals() < 0)
            return NULL;
    }
    return K_MOVE(result);
}

/* a ** b mod m for a modulus below 2**60, 0 <= a < m. */
static PyObject *power_of_two_digits(PyObject *a, PyObject *b, PyObject *m)
{
    twodigits modulus = two_digits(m), base = two_digits(a), result = 1;
    for (Py_ssize_t i = int_length(b) - 1; i >= 0; i--)
        for (int bit = PyLong_SHIFT - 1; bit >= 0; bit--) {
            result = (twodigits)((unsigned __int128)result * result % modulus);
            if (int_digits(b)[i] >> bit & 1)
                result = (twodigits)((unsigned __int128)result * base % modulus);
        }
    return int_from_stwodigits((stwodigits)(result % modulus));
}

/* The number x, 0 <= x < m, with a * x = 1 mod m. */
static PyObject *inverse(PyObject *a, PyObject *m)
{
    K_AUTO(PyObject *) r0 = Py_NewRef(m);
    K_AUTO(PyObject *) r1 = NULL;
    K_AUTO(PyObject *) x0 = int_small(0);
    K_AUTO(PyObject *) x1 = int_small(1);
    if (int_floor_divide(a, m, NULL, &r1) < 0)
        return NULL;
    while (Py_SIZE(r1)) { /* a * x0 = r0 and a * x1 = r1, mod m */
        PyObject *q = NULL, *r = NULL;
        if (int_truncated_divide(r0, r1, &q, &r) < 0)
            return NULL;
        K_SET(q, int_multiply(q, x1));
        PyObject *x = q ? int_subtract(x0, q) : NULL;
        Py_XDECREF(q);
        K_SET(r0, K_MOVE(r1));
        K_SET(r1, r);
        K_SET(x0, K_MOVE(x1));
        K_SET(x1, x);
        if (!x)
            return NULL;
    }
    if (!(Py_SIZE(r0) == 1 && int_digits(r0)[0] == 1))
        return k_raise(PyExc_ValueError, "base is not invertible for the given modulus");
    PyObject *result = NULL;
    return int_floor_divide(x0, m, NULL, &result) < 0 ? NULL : result;
}

/* m > 1, b >= 0, 0 <= a < m. */
static PyObject *power_mod(PyObject *a, PyObject *b, PyObject *m)
{
    if (int_length(m) <= 2)
        return power_of_two_digits(a, b, m);
    if (int_length(m) >= DIGITS_GMP_POWM && Py_SIZE(b) && Py_SIZE(a)) {
        PyLongObject *v = _PyLong_New(int_length(m));
        if (!v)
            return NULL;
        if (gmp_powm(v->ob_digit, int_digits(a), int_length(a), int_digits(b), int_length(b), int_digits(m), int_length(m)))
            return int_finish(v, 0);
        Py_DECREF(v);
    }
    return power_by_squaring(a, b, m);
}

static PyObject *power_with_modulus(PyObject *a, PyObject *b, PyObject *c)
{
    if (Py_SIZE(c) == 0)
        return k_raise(PyExc_ValueError, "pow() 3rd argument cannot be 0");
    K_AUTO(PyObject *) m = k_int_negative(c) ? int_negate(c) : Py_NewRef(c);
    if (!m)
        return NULL;
    if (Py_SIZE(m) == 1 && int_digits(m)[0] == 1)
        return int_small(0);
    K_AUTO(PyObject *) power = k_int_negative(b) ? int_negate(b) : Py_NewRef(b);
    K_AUTO(PyObject *) base = NULL;
    if (!power)
        return NULL;
    if (k_int_negative(b))
        K_SET(base, inverse(a, m));
    else if (int_floor_divide(a, m, NULL, &base) < 0)
        return NULL;
    K_AUTO(PyObject *) result = base ? power_mod(base, power, m) : NULL;
    if (result && k_int_negative(c) && Py_SIZE(result))
        K_SET(result, int_subtract(result, m));
    return K_MOVE(result);
}

static PyObject *slot_power(PyObject *a, PyObject *b, PyObject *c)
{
    BOTH_INTS(a, b);
    if (PyLong_Check(c))
        return power_with_modulus(a, b, c);
    if (c != Py_None)
        Py_RETURN_NOTIMPLEMENTED;
    if (!k_int_negative(b))
        return power_by_squaring(a, b, NULL);
    double x = PyLong_AsDouble(a);
    if (x == -1.0 && PyErr_Occurred())
        return NULL;
    double y = PyLong_AsDouble(b);
    if (y == -1.0 && PyErr_Occurred())
        return NULL;
    K_AUTO(PyObject *) fx = PyFloat_FromDouble(x);
    K_AUTO(PyObject *) fy = PyFloat_FromDouble(y);
    return fx && fy ? PyFloat_Type.tp_as_number->nb_power(fx, fy, Py_None) : NULL;
}

/* ---- sign ---- */

PyObject *int_negate(PyObject *v)
{
    if (k_int_is_compact(v))
        return int_from_stwodigits(-k_int_compact(v));
    return int_from_digits(int_digits(v), int_length(v), !k_int_negative(v));
}

static PyObject *slot_absolute(PyObject *v)
{
    return k_int_negative(v) ? int_negate(v) : int_exact(v);
}

static int slot_bool(PyObject *v)
{
    return Py_SIZE(v) != 0;
}

static PyObject *slot_float(PyObject *v)
{
    double x = PyLong_AsDouble(v);
    return x == -1.0 && PyErr_Occurred() ? NULL : PyFloat_FromDouble(x);
}

PyNumberMethods int_as_number = {
    .nb_add = slot_add,
    .nb_subtract = slot_subtract,
    .nb_multiply = slot_multiply,
    .nb_remainder = slot_remainder,
    .nb_divmod = slot_divmod,
    .nb_power = slot_power,
    .nb_negative = int_negate,
    .nb_positive = int_exact,
    .nb_absolute = slot_absolute,
    .nb_bool = slot_bool,
    .nb_invert = int_slot_invert,
    .nb_lshift = int_slot_lshift,
    .nb_rshift = int_slot_rshift,
    .nb_and = int_slot_and,
    .nb_xor = int_slot_xor,
    .nb_or = int_slot_or,
    .nb_int = int_exact,
    .nb_float = slot_float,
    .nb_floor_divide = slot_floor_divide,
    .nb_true_divide = slot_true_divide,
    .nb_index = int_exact,
};
