/* int_bytes.c - ints as rows of bytes and as binary fractions.
 *
 * In and out: two's complement byte arrays of either order; a mantissa with its exponent; doubles, rounded half to even.
 * Start at _PyLong_FromByteArray() and _PyLong_Frexp(). */
#include "objects/int/int_new.h"

#include <math.h>

#include "objects/protocol.h"
#include "runtime/errors.h"

int _PyLong_Sign(PyObject *v)
{
    return (Py_SIZE(v) > 0) - (Py_SIZE(v) < 0);
}

size_t _PyLong_NumBits(PyObject *v)
{
    size_t n = (size_t)int_length(v);
    if (n == 0)
        return 0;
    if (n - 1 > (SIZE_MAX - PyLong_SHIFT) / PyLong_SHIFT) {
        PyErr_SetString(PyExc_OverflowError, "int has too many bits to express in a platform size_t");
        return (size_t)-1;
    }
    return (n - 1) * PyLong_SHIFT + (size_t)digits_bit_length(int_digits(v)[n - 1]);
}

PyObject *_PyLong_FromByteArray(const unsigned char *bytes, size_t n, int little_endian, int is_signed)
{
    if (n == 0)
        return int_small(0);
    Py_ssize_t step = little_endian ? 1 : -1;
    const unsigned char *low = little_endian ? bytes : bytes + n - 1;
    int negative = is_signed && low[step * (Py_ssize_t)(n - 1)] >= 0x80;
    unsigned char filler = negative ? 0xff : 0;
    while (n > 1 && low[step * (Py_ssize_t)(n - 1)] == filler)
        n--;
    if (n > (size_t)PY_SSIZE_T_MAX / 8 - 1)
        return k_raise(PyExc_OverflowError, "byte array too long to convert to int");
    Py_ssize_t size = (Py_ssize_t)((n * 8 + PyLong_SHIFT) / PyLong_SHIFT), k = 0;
    PyLongObject *v = _PyLong_New(size);
    if (!v)
        return NULL;
    twodigits pool = 0, carry = 1;
    int bits = 0;
    for (size_t i = 0; i < n; i++) {
        twodigits byte = low[step * (Py_ssize_t)i];
        if (negative) { /* the magnitude is the complement plus one */
            byte = (byte ^ 0xff) + carry;
            carry = byte >> 8;
            byte &= 0xff;
        }
        pool |= byte << bits;
        bits += 8;
        if (bits >= PyLong_SHIFT) {
            v->ob_digit[k++] = (digit)(pool & PyLong_MASK);
            pool >>= PyLong_SHIFT;
            bits -= PyLong_SHIFT;
        }
    }
    if (negative)
        pool |= carry << bits;
    for (; k < size; k++, pool >>= PyLong_SHIFT)
        v->ob_digit[k] = (digit)(pool & PyLong_MASK);
    return int_finish(v, negative);
}

/* The byte of v's two's complement at each position, low to high; the state walks along. */
typedef struct ByteWalk {
    const digit *digits;
    Py_ssize_t n, next;
    twodigits pool;
    int bits;
    unsigned int carry; /* of the complement's plus one */
    int negative;
} ByteWalk;

static unsigned char next_byte(ByteWalk *walk)
{
    if (walk->bits < 8 && walk->next < walk->n) {
        walk->pool |= (twodigits)walk->digits[walk->next++] << walk->bits;
        walk->bits += PyLong_SHIFT;
    }
    unsigned int byte = (unsigned int)(walk->pool & 0xff);
    walk->pool >>= 8;
    walk->bits = walk->bits > 8 ? walk->bits - 8 : 0;
    if (walk->negative) {
        byte = (byte ^ 0xff) + walk->carry;
        walk->carry = byte >> 8;
    }
    return (unsigned char)byte;
}

int _PyLong_AsByteArray(PyLongObject *v, unsigned char *bytes, size_t n, int little_endian, int is_signed)
{
    int negative = Py_SIZE(v) < 0;
    if (negative && !is_signed) {
        PyErr_SetString(PyExc_OverflowError, "can't convert negative int to unsigned");
        return -1;
    }
    ByteWalk walk = { v->ob_digit, Py_ABS(Py_SIZE(v)), 0, 0, 0, 1, negative };
    Py_ssize_t step = little_endian ? 1 : -1;
    unsigned char *out = little_endian ? bytes : bytes + n - 1, last = 0;
    for (size_t i = 0; i < n; i++, out += step)
        *out = last = next_byte(&walk);
    int fits = walk.next >= walk.n && walk.pool == 0;
    if (fits && is_signed && n > 0)
        fits = (last >= 0x80) == negative;
    if (n == 0 && Py_SIZE(v) == -1 && v->ob_digit[0] == 1) /* no byte at all is taken for -1 too */
        fits = 1;
    if (!fits) {
        PyErr_SetString(PyExc_OverflowError, "int too big to convert");
        return -1;
    }
    return 0;
}

/* The top 64 bits of the magnitude (shifted up when it has fewer), the lowest of them set when any bit below is. */
static uint64_t top_bits(PyObject *v, size_t nbits)
{
    const digit *d = int_digits(v);
    Py_ssize_t i = int_length(v) - 1;
    uint64_t top = 0;
    int have = 0;
    for (; i >= 0 && have < 64; i--) {
        int take = i == int_length(v) - 1 ? digits_bit_length(d[i]) : PyLong_SHIFT;
        int room = 64 - have;
        if (take <= room) {
            top = top << (take - 1) << 1 | d[i];
            have += take;
        } else {
            top = top << room | d[i] >> (take - room);
            if (d[i] & (((digit)1 << (take - room)) - 1))
                top |= 1;
            have = 64;
        }
    }
    for (; i >= 0; i--)
        if (d[i])
            return top | 1;
    return nbits < 64 ? top << (64 - nbits) : top;
}

double _PyLong_Frexp(PyLongObject *a, Py_ssize_t *e)
{
    PyObject *v = (PyObject *)a;
    *e = 0;
    if (Py_SIZE(v) == 0)
        return 0.0;
    size_t nbits = _PyLong_NumBits(v);
    if (nbits == (size_t)-1 || nbits > (size_t)PY_SSIZE_T_MAX) {
        PyErr_SetString(PyExc_OverflowError, "huge integer: number of bits overflows a Py_ssize_t");
        return -1.0;
    }
    uint64_t top = top_bits(v, nbits), rest = top & 0x7ff;
    top >>= 11; /* 53 bits */
    if (rest > 0x400 || (rest == 0x400 && (top & 1)))
        top++;
    *e = (Py_ssize_t)nbits;
    double x = ldexp((double)top, -53);
    if (x == 1.0) {
        if (*e == PY_SSIZE_T_MAX) {
            PyErr_SetString(PyExc_OverflowError, "huge integer: number of bits overflows a Py_ssize_t");
            return -1.0;
        }
        x = 0.5;
        ++*e;
    }
    return k_int_negative(v) ? -x : x;
}

double PyLong_AsDouble(PyObject *v)
{
    if (!v) {
        PyErr_BadInternalCall();
        return -1.0;
    }
    if (!PyLong_Check(v)) {
        PyErr_SetString(PyExc_TypeError, "an integer is required");
        return -1.0;
    }
    if (k_int_is_compact(v))
        return (double)k_int_compact(v);
    Py_ssize_t exponent;
    double x = _PyLong_Frexp((PyLongObject *)v, &exponent);
    if (x == -1.0 && PyErr_Occurred())
        PyErr_Clear();
    else if (exponent <= 1024)
        return ldexp(x, (int)exponent);
    PyErr_SetString(PyExc_OverflowError, "int too large to convert to float");
    return -1.0;
}
