/* gmp.c - the road to GMP for long operands: digits to limbs, the operation, and back.
 *
 * In and out: arrays of 30-bit digits (digits.h). The library is loaded at first use; where it is missing every
 * function says so and the callers' own methods serve.
 * Invariant: no GMP object outlives a call, and mpn functions get normalised operands. Start at gmp_mul(). */
#include "objects/int/digits.h"

#include <dlfcn.h>
#include <gmp.h>

#include "memory/mem.h"

#define LIMB_BITS 64

typedef struct Gmp {
    __typeof__(&mpn_mul) mul;
    __typeof__(&mpn_sqr) sqr;
    __typeof__(&mpn_tdiv_qr) tdiv_qr;
    __typeof__(&mpn_get_str) get_str;
    __typeof__(&mpn_set_str) set_str;
    __typeof__(&mpz_powm) powm;
    __typeof__(&mpz_gcd) gcd;
    __typeof__(&mpz_roinit_n) roinit;
    __typeof__(&mpz_init) init;
    __typeof__(&mpz_clear) clear;
} Gmp;

#define NAME_OF(x) NAME_OF_(x) /* gmp.h's names are macros of the real ones */
#define NAME_OF_(x) #x
#define FIND(field, function) (*(void **)&table.field = dlsym(library, NAME_OF(function)), table.field != NULL)

static const Gmp *gmp(void)
{
    static Gmp table;
    static int state; /* 0 not tried, 1 there, -1 missing: written once */
    if (state == 0) {
        void *library = dlopen("libgmp.so.10", RTLD_NOW | RTLD_LOCAL);
        int found = library && FIND(mul, mpn_mul) && FIND(sqr, mpn_sqr) && FIND(tdiv_qr, mpn_tdiv_qr)
            && FIND(get_str, mpn_get_str) && FIND(set_str, mpn_set_str) && FIND(powm, mpz_powm) && FIND(gcd, mpz_gcd)
            && FIND(roinit, mpz_roinit_n) && FIND(init, mpz_init) && FIND(clear, mpz_clear);
        state = found ? 1 : -1;
    }
    return state > 0 ? &table : NULL;
}

static Py_ssize_t limbs_for(Py_ssize_t digits)
{
    return (digits * PyLong_SHIFT + LIMB_BITS - 1) / LIMB_BITS;
}

/* Fills limbs_for(n) limbs; returns how many of them are used. */
static Py_ssize_t to_limbs(mp_limb_t *limbs, const digit *a, Py_ssize_t n)
{
    unsigned __int128 pool = 0;
    int bits = 0;
    Py_ssize_t used = 0, room = limbs_for(n);
    for (Py_ssize_t i = 0; i < n; i++) {
        pool |= (unsigned __int128)a[i] << bits;
        bits += PyLong_SHIFT;
        if (bits >= LIMB_BITS) {
            limbs[used++] = (mp_limb_t)pool;
            pool >>= LIMB_BITS;
            bits -= LIMB_BITS;
        }
    }
    if (used < room)
        limbs[used++] = (mp_limb_t)pool;
    while (used > 0 && limbs[used - 1] == 0)
        used--;
    return used;
}

/* Fills exactly n digits. */
static void from_limbs(digit *r, Py_ssize_t n, const mp_limb_t *limbs, Py_ssize_t used)
{
    unsigned __int128 pool = 0;
    int bits = 0;
    Py_ssize_t k = 0;
    for (Py_ssize_t i = 0; i < n; i++) {
        if (bits < PyLong_SHIFT && k < used) {
            pool |= (unsigned __int128)limbs[k++] << bits;
            bits += LIMB_BITS;
        }
        r[i] = (digit)pool & PyLong_MASK;
        pool >>= PyLong_SHIFT;
        bits -= PyLong_SHIFT;
        if (bits < 0)
            bits = 0;
    }
}

int gmp_mul(digit *r, const digit *a, Py_ssize_t na, const digit *b, Py_ssize_t nb)
{
    const Gmp *g = gmp();
    Py_ssize_t la = limbs_for(na), lb = limbs_for(nb);
    mp_limb_t *x = g ? PyMem_Malloc(2 * (size_t)(la + lb) * sizeof *x) : NULL;
    if (!x)
        return 0;
    mp_limb_t *y = x + la, *z = y + lb;
    la = to_limbs(x, a, na);
    if (a == b && na == nb) {
        g->sqr(z, x, la);
        from_limbs(r, na + nb, z, 2 * la);
    } else {
        lb = to_limbs(y, b, nb);
        if (la >= lb)
            g->mul(z, x, la, y, lb);
        else
            g->mul(z, y, lb, x, la);
        from_limbs(r, na + nb, z, la + lb);
    }
    PyMem_Free(x);
    return 1;
}

int gmp_div(digit *q, digit *r, const digit *a, Py_ssize_t na, const digit *b, Py_ssize_t nb)
{
    const Gmp *g = gmp();
    Py_ssize_t la = limbs_for(na), lb = limbs_for(nb);
    mp_limb_t *x = g ? PyMem_Malloc((size_t)(2 * la + 2 * lb + 2) * sizeof *x) : NULL;
    if (!x)
        return 0;
    mp_limb_t *y = x + la, *rest = y + lb, *quotient = rest + lb;
    la = to_limbs(x, a, na);
    lb = to_limbs(y, b, nb);
    int fits = la >= lb;
    if (fits) {
        g->tdiv_qr(quotient, rest, 0, x, la, y, lb);
        if (q)
            from_limbs(q, na - nb + 1, quotient, la - lb + 1);
        from_limbs(r, nb, rest, lb);
    }
    PyMem_Free(x);
    return fits;
}

int gmp_powm(digit *r, const digit *a, Py_ssize_t na, const digit *e, Py_ssize_t ne, const digit *m, Py_ssize_t nm)
{
    const Gmp *g = gmp();
    Py_ssize_t la = limbs_for(na), le = limbs_for(ne), lm = limbs_for(nm);
    mp_limb_t *x = g ? PyMem_Malloc((size_t)(la + le + lm) * sizeof *x) : NULL;
    if (!x)
        return 0;
    mpz_t base, power, modulus, result;
    g->roinit(base, x, to_limbs(x, a, na));
    g->roinit(power, x + la, to_limbs(x + la, e, ne));
    g->roinit(modulus, x + la + le, to_limbs(x + la + le, m, nm));
    g->init(result);
    g->powm(result, base, power, modulus);
    from_limbs(r, nm, result->_mp_d, result->_mp_size);
    g->clear(result);
    PyMem_Free(x);
    return 1;
}

int gmp_gcd(digit *gcd, const digit *a, Py_ssize_t na, const digit *b, Py_ssize_t nb)
{
    const Gmp *g = gmp();
    Py_ssize_t la = limbs_for(na), lb = limbs_for(nb);
    mp_limb_t *x = g ? PyMem_Malloc((size_t)(la + lb) * sizeof *x) : NULL;
    if (!x)
        return 0;
    mpz_t u, v, result;
    g->roinit(u, x, to_limbs(x, a, na));
    g->roinit(v, x + la, to_limbs(x + la, b, nb));
    g->init(result);
    g->gcd(result, u, v);
    from_limbs(gcd, nb, result->_mp_d, result->_mp_size);
    g->clear(result);
    PyMem_Free(x);
    return 1;
}

char *gmp_to_decimal(const digit *a, Py_ssize_t na, Py_ssize_t *length)
{
    const Gmp *g = gmp();
    Py_ssize_t la = limbs_for(na);
    size_t room = (size_t)la * 20 + 2; /* 2**64 has 20 decimal digits */
    mp_limb_t *x = g ? PyMem_Malloc((size_t)(la + 1) * sizeof *x) : NULL;
    unsigned char *text = x ? PyMem_Malloc(room) : NULL;
    if (text) {
        size_t n = g->get_str(text, 10, x, to_limbs(x, a, na)), zeros = 0;
        while (zeros + 1 < n && text[zeros] == 0)
            zeros++;
        for (size_t i = zeros; i < n; i++)
            text[i - zeros] = (unsigned char)(text[i] + '0');
        *length = (Py_ssize_t)(n - zeros);
    }
    PyMem_Free(x);
    return (char *)text;
}

Py_ssize_t gmp_from_text(digit *r, Py_ssize_t nr, const unsigned char *text, Py_ssize_t n, int base)
{
    const Gmp *g = gmp();
    mp_limb_t *x = g ? PyMem_Malloc((size_t)(limbs_for(nr) + 2) * sizeof *x) : NULL;
    if (!x)
        return -1;
    mp_size_t used = g->set_str(x, text, (size_t)n, base);
    from_limbs(r, nr, x, used);
    PyMem_Free(x);
    return digits_normal(r, nr);
}
