/* hash.c - hashes of bytes, pointers and doubles, and the secret key of this process.
 *
 * Start-up fills _Py_HashSecret (from PYTHONHASHSEED, or with random bytes) before the first str is hashed.
 * Invariant: -1 is never a hash; it means "failed" or "not computed". */
#include "objects/hash.h"

#include "base/siphash.h"
#include "objects/protocol.h"

#include <math.h>

_Py_HashSecret_t _Py_HashSecret;
int _Py_HashSecret_Initialized;

static Py_hash_t hash_siphash13(const void *data, Py_ssize_t length)
{
    return (Py_hash_t)siphash13(_Py_HashSecret.siphash.k0, _Py_HashSecret.siphash.k1, data, (size_t)length);
}

static PyHash_FuncDef hash_function = { hash_siphash13, "siphash13", 64, 128 };

PyHash_FuncDef *PyHash_GetFuncDef(void)
{
    return &hash_function;
}

Py_hash_t _Py_HashBytes(const void *data, Py_ssize_t length)
{
    if (length == 0)
        return 0;
    Py_hash_t hash = hash_siphash13(data, length);
    return hash == -1 ? -2 : hash;
}

/* The low four bits of an address say little: they go to the top. */
Py_hash_t _Py_HashPointerRaw(const void *pointer)
{
    uintptr_t bits = (uintptr_t)pointer;
    return (Py_hash_t)(bits >> 4 | bits << 60);
}

Py_hash_t _Py_HashPointer(const void *pointer)
{
    Py_hash_t hash = _Py_HashPointerRaw(pointer);
    return hash == -1 ? -2 : hash;
}

/* The value modulo the prime 2**61 - 1, so that equal numbers of different types have equal hashes. */
Py_hash_t _Py_HashDouble(PyObject *object, double value)
{
    if (!isfinite(value))
        return isnan(value) ? _Py_HashPointer(object) : value > 0 ? _PyHASH_INF : -_PyHASH_INF;
    int exponent;
    double rest = fabs(frexp(value, &exponent));
    uint64_t x = 0;
    while (rest != 0.0) { /* 28 bits of the fraction at a time */
        x = (x << 28 & _PyHASH_MODULUS) | x >> (_PyHASH_BITS - 28);
        rest *= 268435456.0;
        exponent -= 28;
        uint64_t piece = (uint64_t)rest;
        rest -= (double)piece;
        x += piece;
        if (x >= _PyHASH_MODULUS)
            x -= _PyHASH_MODULUS;
    }
    int turn = exponent % _PyHASH_BITS;
    if (turn < 0)
        turn += _PyHASH_BITS;
    x = (x << turn & _PyHASH_MODULUS) | x >> (_PyHASH_BITS - turn);
    Py_hash_t hash = value < 0 ? -(Py_hash_t)x : (Py_hash_t)x;
    return hash == -1 ? -2 : hash;
}
