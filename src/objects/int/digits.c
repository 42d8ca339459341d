/* digits.c - arithmetic on magnitudes: add, subtract, multiply, divide, shift.
 *
 * In and out: arrays of 30-bit digits (digits.h). Schoolbook methods; long operands are handed to GMP.
 * Invariant: every digit stored is below 2**30, so that a product plus two carries fits 64 bits.
 * Start at digits_mul() and digits_div(). */
#include "objects/int/digits.h"

#include "memory/mem.h"

int digits_compare(const digit *a, Py_ssize_t na, const digit *b, Py_ssize_t nb)
{
    if (na != nb)
        return na < nb ? -1 : 1;
    for (Py_ssize_t i = na - 1; i >= 0; i--)
        if (a[i] != b[i])
            return a[i] < b[i] ? -1 : 1;
    return 0;
}

digit digits_add(digit *r, const digit *a, Py_ssize_t na, const digit *b, Py_ssize_t nb)
{
    digit carry = 0;
    Py_ssize_t i = 0;
    for (; i < nb; i++) {
        carry += a[i] + b[i];
        r[i] = carry & PyLong_MASK;
        carry >>= PyLong_SHIFT;
    }
    for (; i < na; i++) {
        carry += a[i];
        r[i] = carry & PyLong_MASK;
        carry >>= PyLong_SHIFT;
    }
    return carry;
}

void digits_sub(digit *r, const digit *a, Py_ssize_t na, const digit *b, Py_ssize_t nb)
{
    digit borrow = 0; /* 0 or 1 */
    Py_ssize_t i = 0;
    for (; i < nb; i++) {
        digit d = a[i] - b[i] - borrow;
        r[i] = d & PyLong_MASK;
        borrow = d >> 31;
    }
    for (; i < na; i++) {
        digit d = a[i] - borrow;
        r[i] = d & PyLong_MASK;
        borrow = d >> 31;
    }
}

/* r[0..n) += a[0..n) * m; returns what belongs into r[n]. */
static digit add_product(digit *r, const digit *a, Py_ssize_t n, digit m)
{
    twodigits carry = 0;
    for (Py_ssize_t i = 0; i < n; i++) {
        carry += (twodigits)a[i] * m + r[i];
        r[i] = (digit)(carry & PyLong_MASK);
        carry >>= PyLong_SHIFT;
    }
    return (digit)carry;
}

/* Each product of two different digits once, doubled, then the squares. */
static void square(digit *r, const digit *a, Py_ssize_t n)
{
    memset(r, 0, 2 * (size_t)n * sizeof *r);
    for (Py_ssize_t i = 0; i < n; i++) {
        twodigits f = a[i], carry = r[2 * i] + f * f;
        r[2 * i] = (digit)(carry & PyLong_MASK);
        carry >>= PyLong_SHIFT;
        f <<= 1;
        Py_ssize_t k = 2 * i + 1;
        for (Py_ssize_t j = i + 1; j < n; j++, k++) {
            carry += r[k] + a[j] * f;
            r[k] = (digit)(carry & PyLong_MASK);
            carry >>= PyLong_SHIFT;
        }
        for (; carry; k++) {
            carry += r[k];
            r[k] = (digit)(carry & PyLong_MASK);
            carry >>= PyLong_SHIFT;
        }
    }
}

int digits_mul(digit *r, const digit *a, Py_ssize_t na, const digit *b, Py_ssize_t nb)
{
    if (na < nb) {
        const digit *swap = a;
        Py_ssize_t nswap = na;
        a = b, na = nb;
        b = swap, nb = nswap;
    }
    if (nb >= DIGITS_GMP_MUL && gmp_mul(r, a, na, b, nb))
        return 0;
    if (a == b && na == nb) {
        square(r, a, na);
        return 0;
    }
    memset(r, 0, (size_t)(na + nb) * sizeof *r);
    for (Py_ssize_t i = 0; i < nb; i++)
        r[i + na] = add_product(r + i, a, na, b[i]);
    return 0;
}

digit digits_div_small(digit *q, const digit *a, Py_ssize_t na, digit d)
{
    twodigits rest = 0;
    for (Py_ssize_t i = na - 1; i >= 0; i--) {
        rest = rest << PyLong_SHIFT | a[i];
        q[i] = (digit)(rest / d);
        rest %= d;
    }
    return (digit)rest;
}

digit digits_shift_left(digit *r, const digit *a, Py_ssize_t na, int bits)
{
    twodigits carry = 0;
    for (Py_ssize_t i = 0; i < na; i++) {
        carry |= (twodigits)a[i] << bits;
        r[i] = (digit)(carry & PyLong_MASK);
        carry >>= PyLong_SHIFT;
    }
    return (digit)carry;
}

digit digits_shift_right(digit *r, const digit *a, Py_ssize_t na, int bits)
{
    digit mask = ((digit)1 << bits) - 1, carry = 0;
    for (Py_ssize_t i = na - 1; i >= 0; i--) {
        twodigits d = (twodigits)carry << PyLong_SHIFT | a[i];
        carry = a[i] & mask;
        r[i] = (digit)(d >> bits);
    }
    return carry;
}

/* One step of long division: u[0..n] -= guess * v[0..n), where guess is the quotient digit or at most 2 too large;
 * returns the true digit. u[n] becomes 0. */
static digit divide_step(digit *u, const digit *v, Py_ssize_t n)
{
    twodigits top = (twodigits)u[n] << PyLong_SHIFT | u[n - 1];
    twodigits guess = top / v[n - 1], rest = top % v[n - 1];
    while (guess >= PyLong_BASE || guess * v[n - 2] > (rest << PyLong_SHIFT | u[n - 2])) {
        guess--;
        rest += v[n - 1];
        if (rest >= PyLong_BASE)
            break;
    }
    stwodigits carry = 0;
    for (Py_ssize_t i = 0; i < n; i++) {
        carry += (stwodigits)u[i] - (stwodigits)(guess * v[i]);
        u[i] = (digit)carry & PyLong_MASK;
        carry >>= PyLong_SHIFT;
    }
    carry += u[n];
    u[n] = 0;
    if (carry < 0) { /* one too large */
        digits_add(u, u, n, v, n);
        guess--;
    }
    return (digit)guess;
}

int digits_div(digit *q, digit *r, const digit *a, Py_ssize_t na, const digit *b, Py_ssize_t nb)
{
    if (nb >= DIGITS_GMP_DIV && na - nb >= DIGITS_GMP_DIV / 2 && gmp_div(q, r, a, na, b, nb))
        return 0;
    digit *u = PyMem_Malloc((size_t)(na + 1 + nb) * sizeof *u);
    if (!u)
        return -1;
    digit *v = u + na + 1;
    int bits = PyLong_SHIFT - digits_bit_length(b[nb - 1]); /* the divisor's top bit must be set */
    digits_shift_left(v, b, nb, bits);
    u[na] = digits_shift_left(u, a, na, bits);
    for (Py_ssize_t i = na - nb; i >= 0; i--) {
        digit d = divide_step(u + i, v, nb);
        if (q)
            q[i] = d;
    }
    digits_shift_right(r, u, nb, bits);
    PyMem_Free(u);
    return 0;
}
