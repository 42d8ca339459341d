/* int_bits.c - shifts and bit operations of ints, as if negative ones had endless leading ones.
 *
 * In: ints.  Out: ints. Invariant: only magnitudes are stored, so a negative operand is complemented on the way in and a
 * negative result on the way out. Start at bitwise(). Also the greatest common divisor. */
#include "objects/int/int_new.h"

#include "memory/mem.h"
#include "runtime/errors.h"

#define BOTH_INTS(a, b)                                                                                                \
    if (!PyLong_Check(a) || !PyLong_Check(b))                                                                          \
    Py_RETURN_NOTIMPLEMENTED

PyObject *int_slot_invert(PyObject *v)
{
    if (k_int_is_compact(v))
        return int_from_stwodigits(~k_int_compact(v));
    K_AUTO(PyObject *) one = int_small(1);
    K_AUTO(PyObject *) sum = int_add(v, one);
    return sum ? int_negate(sum) : NULL;
}

/* ---- shifts ---- */

static PyObject *shift_left(PyObject *v, Py_ssize_t words, int bits)
{
    Py_ssize_t n = int_length(v);
    if (words > PY_SSIZE_T_MAX / (Py_ssize_t)sizeof(digit) - n - 1)
        return k_raise(PyExc_OverflowError, "too many digits in integer");
    PyLongObject *r = _PyLong_New(words + n + 1);
    if (!r)
        return NULL;
    memset(r->ob_digit, 0, (size_t)words * sizeof(digit));
    r->ob_digit[words + n] = digits_shift_left(r->ob_digit + words, int_digits(v), n, bits);
    return int_finish(r, k_int_negative(v));
}

/* Floored: a negative value goes down to the next int when ones are lost. */
static PyObject *shift_right(PyObject *v, Py_ssize_t words, int bits)
{
    Py_ssize_t n = int_length(v);
    int negative = k_int_negative(v);
    if (words >= n)
        return int_small(negative ? -1 : 0);
    PyLongObject *r = _PyLong_New(n - words + 1);
    if (!r)
        return NULL;
    digit lost = digits_shift_right(r->ob_digit, int_digits(v) + words, n - words, bits);
    r->ob_digit[n - words] = 0;
    if (negative) {
        for (Py_ssize_t i = 0; i < words && !lost; i++)
            lost = int_digits(v)[i];
        const digit one = 1;
        if (lost)
            r->ob_digit[n - words] = digits_add(r->ob_digit, r->ob_digit, n - words, &one, 1);
    }
    return int_finish(r, negative);
}

PyObject *_PyLong_Lshift(PyObject *v, size_t bits)
{
    return Py_SIZE(v) == 0 ? int_small(0) : shift_left(v, (Py_ssize_t)(bits / PyLong_SHIFT), (int)(bits % PyLong_SHIFT));
}

PyObject *_PyLong_Rshift(PyObject *v, size_t bits)
{
    return Py_SIZE(v) == 0 ? int_small(0) : shift_right(v, (Py_ssize_t)(bits / PyLong_SHIFT), (int)(bits % PyLong_SHIFT));
}

/* A shift count: 0, or -1 with an exception; *huge when it is beyond every size. */
static int shift_count(PyObject *b, size_t *count, int *huge)
{
    *huge = 0;
    if (k_int_negative(b)) {
        PyErr_SetString(PyExc_ValueError, "negative shift count");
        return -1;
    }
    if (int_length(b) <= 2) {
        *count = int_length(b) == 2 ? (size_t)int_digits(b)[1] << PyLong_SHIFT | int_digits(b)[0] : (size_t)k_int_compact(b);
        return 0;
    }
    *huge = 1;
    return 0;
}

PyObject *int_slot_lshift(PyObject *a, PyObject *b)
{
    BOTH_INTS(a, b);
    size_t count;
    int huge;
    if (shift_count(b, &count, &huge) < 0)
        return NULL;
    if (Py_SIZE(a) == 0)
        return int_small(0);
    if (huge)
        return k_raise(PyExc_OverflowError, "too many digits in integer");
    if (k_int_is_compact(a) && count < PyLong_SHIFT + 2)
        return int_from_stwodigits(k_int_compact(a) * ((stwodigits)1 << count));
    return _PyLong_Lshift(a, count);
}

PyObject *int_slot_rshift(PyObject *a, PyObject *b)
{
    BOTH_INTS(a, b);
    size_t count;
    int huge;
    if (shift_count(b, &count, &huge) < 0)
        return NULL;
    if (k_int_is_compact(a) || huge)
        return int_from_stwodigits(huge ? -(Py_SIZE(a) < 0) : k_int_compact(a) >> Py_MIN(count, 63));
    return _PyLong_Rshift(a, count);
}

/* ---- and, or, xor ---- */

/* The digits of a value's endless two's complement, one after the other. */
typedef struct BitWalk {
    const digit *digits;
    Py_ssize_t n, next;
    digit carry; /* of the complement's plus one */
    int negative;
} BitWalk;

static inline digit next_digit(BitWalk *walk)
{
    digit d = walk->next < walk->n ? walk->digits[walk->next++] : 0;
    if (walk->negative) {
        d = (d ^ PyLong_MASK) + walk->carry;
        walk->carry = d >> PyLong_SHIFT;
        d &= PyLong_MASK;
    }
    return d;
}

static inline digit combine(char op, digit x, digit y)
{
    return op == '&' ? x & y : op == '|' ? x | y : x ^ y;
}

static PyObject *bitwise(PyObject *a, PyObject *b, char op)
{
    if (k_int_is_compact(a) && k_int_is_compact(b)) {
        stwodigits x = k_int_compact(a), y = k_int_compact(b);
        return int_from_stwodigits(op == '&' ? (x & y) : op == '|' ? (x | y) : (x ^ y));
    }
    BitWalk x = { int_digits(a), int_length(a), 0, 1, k_int_negative(a) };
    BitWalk y = { int_digits(b), int_length(b), 0, 1, k_int_negative(b) };
    int negative = (int)combine(op, (digit)x.negative, (digit)y.negative);
    Py_ssize_t n = Py_MAX(x.n, y.n) + 1;
    if (op == '&' && !x.negative)
        n = Py_MIN(n, x.n);
    if (op == '&' && !y.negative)
        n = Py_MIN(n, y.n);
    PyLongObject *r = _PyLong_New(n);
    if (!r)
        return NULL;
    digit carry = 1;
    for (Py_ssize_t i = 0; i < n; i++) {
        digit dx = next_digit(&x), d = combine(op, dx, next_digit(&y));
        if (negative) {
            d = (d ^ PyLong_MASK) + carry;
            carry = d >> PyLong_SHIFT;
            d &= PyLong_MASK;
        }
        r->ob_digit[i] = d;
    }
    return int_finish(r, negative);
}

PyObject *int_slot_and(PyObject *a, PyObject *b)
{
    BOTH_INTS(a, b);
    return bitwise(a, b, '&');
}
PyObject *int_slot_xor(PyObject *a, PyObject *b)
{
    BOTH_INTS(a, b);
    return bitwise(a, b, '^');
}
PyObject *int_slot_or(PyObject *a, PyObject *b)
{
    BOTH_INTS(a, b);
    return bitwise(a, b, '|');
}

/* ---- greatest common divisor ---- */

static twodigits small_gcd(twodigits x, twodigits y)
{
    while (y) {
        twodigits r = x % y;
        x = y;
        y = r;
    }
    return x;
}

static twodigits small_magnitude(PyObject *v) /* at most two digits */
{
    twodigits x = 0;
    for (Py_ssize_t i = int_length(v) - 1; i >= 0; i--)
        x = x << PyLong_SHIFT | int_digits(v)[i];
    return x;
}

PyObject *_PyLong_GCD(PyObject *a, PyObject *b)
{
    K_AUTO(PyObject *) x = k_int_negative(a) ? int_negate(a) : int_exact(a);
    K_AUTO(PyObject *) y = k_int_negative(b) ? int_negate(b) : int_exact(b);
    if (!x || !y)
        return NULL;
    if (k_int_compare(x, y) < 0) {
        PyObject *swap = K_MOVE(x);
        K_SET(x, K_MOVE(y));
        K_SET(y, swap);
    }
    if (int_length(y) > 2) {
        PyLongObject *r = _PyLong_New(int_length(y));
        if (!r)
            return NULL;
        if (gmp_gcd(r->ob_digit, int_digits(x), int_length(x), int_digits(y), int_length(y)))
            return int_finish(r, 0);
        Py_DECREF(r);
    }
    while (Py_SIZE(y) && (int_length(x) > 2 || int_length(y) > 2)) {
        PyObject *rest = NULL;
        if (int_truncated_divide(x, y, NULL, &rest) < 0)
            return NULL;
        K_SET(x, K_MOVE(y));
        K_SET(y, rest);
    }
    if (Py_SIZE(y) == 0)
        return K_MOVE(x);
    return int_from_stwodigits((stwodigits)small_gcd(small_magnitude(x), small_magnitude(y)));
}
