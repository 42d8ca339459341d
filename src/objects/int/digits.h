/* digits.h - arithmetic on magnitudes: arrays of 30-bit digits, least significant first.
 *
 * Lengths count digits; operands are normalised (the last digit is not 0) unless a comment says otherwise, results need
 * not be. Nothing here knows of signs or objects. Operands of many digits go through GMP when it can be loaded. */
#ifndef KAA_OBJECTS_INT_DIGITS_H
#define KAA_OBJECTS_INT_DIGITS_H

#include "objects/int/int.h"

static inline Py_ssize_t digits_normal(const digit *a, Py_ssize_t n)
{
    while (n > 0 && a[n - 1] == 0)
        n--;
    return n;
}
static inline int digits_bit_length(digit d)
{
    return d ? 32 - __builtin_clz(d) : 0;
}

K_INT int digits_compare(const digit *a, Py_ssize_t na, const digit *b, Py_ssize_t nb); /* -1, 0, 1 */

/* r = a + b, na >= nb; na digits are written, the carry is returned. r may be a. */
K_INT digit digits_add(digit *r, const digit *a, Py_ssize_t na, const digit *b, Py_ssize_t nb);
/* r = a - b, a >= b; na digits. r may be a. */
K_INT void digits_sub(digit *r, const digit *a, Py_ssize_t na, const digit *b, Py_ssize_t nb);
/* r = a * b, na + nb digits; both may be the same array (squaring), r is apart. -1 when out of memory (no exception). */
K_INT K_STATUS int digits_mul(digit *r, const digit *a, Py_ssize_t na, const digit *b, Py_ssize_t nb);
/* q = a / d, returns the remainder. q may be a. */
K_INT digit digits_div_small(digit *q, const digit *a, Py_ssize_t na, digit d);
/* q (na - nb + 1 digits, may be NULL) and r (nb digits) of a / b, na >= nb >= 2. -1 when out of memory (no exception). */
K_INT K_STATUS int digits_div(digit *q, digit *r, const digit *a, Py_ssize_t na, const digit *b, Py_ssize_t nb);
/* r = a << bits, 0 <= bits < 30; na digits are written, the bits shifted out are returned. r may be a. */
K_INT digit digits_shift_left(digit *r, const digit *a, Py_ssize_t na, int bits);
/* r = a >> bits, 0 <= bits < 30; returns the bits shifted out. r may be a. */
K_INT digit digits_shift_right(digit *r, const digit *a, Py_ssize_t na, int bits);

/* ---- GMP, loaded at first use; each gives 0 when it is missing or memory is short, and the caller does without ---- */
enum { DIGITS_GMP_MUL = 40, DIGITS_GMP_DIV = 60, DIGITS_GMP_TEXT = 120, DIGITS_GMP_POWM = 3 };
K_INT int gmp_mul(digit *r, const digit *a, Py_ssize_t na, const digit *b, Py_ssize_t nb);
K_INT int gmp_div(digit *q, digit *r, const digit *a, Py_ssize_t na, const digit *b, Py_ssize_t nb);
/* r (nm digits) = a ** e mod m; a < m. */
K_INT int gmp_powm(digit *r, const digit *a, Py_ssize_t na, const digit *e, Py_ssize_t ne, const digit *m, Py_ssize_t nm);
/* g (nb digits, zero filled) = gcd(a, b), na >= nb. */
K_INT int gmp_gcd(digit *g, const digit *a, Py_ssize_t na, const digit *b, Py_ssize_t nb);
/* The decimal text of a, without leading zeros, in a PyMem block; NULL when it cannot. */
K_INT char *gmp_to_decimal(const digit *a, Py_ssize_t na, Py_ssize_t *length);
/* r = the number whose digit values (not characters) in this base are text[0..n), most significant first; room for nr
 * digits, which suffice; returns the digits used, or -1 when it cannot. */
K_INT Py_ssize_t gmp_from_text(digit *r, Py_ssize_t nr, const unsigned char *text, Py_ssize_t n, int base);

#endif
