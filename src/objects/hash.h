/* hash.h - hashes: SipHash-1-3 of bytes, numbers, pointers. */
#ifndef KAA_OBJECTS_HASH_H
#define KAA_OBJECTS_HASH_H

#include "objects/object.h"

#define _PyHASH_BITS 61
#define _PyHASH_MODULUS (((size_t)1 << _PyHASH_BITS) - 1)
#define _PyHASH_INF 314159
#define _PyHASH_IMAG 1000003UL
typedef union _Py_HashSecret_t {
    unsigned char uc[24];
    struct { uint64_t k0, k1; } siphash;
    struct { unsigned char padding[16]; Py_hash_t hashsalt; } expat;
} _Py_HashSecret_t;
typedef struct PyHash_FuncDef {
    Py_hash_t (*const hash)(const void *, Py_ssize_t);
    const char *name;
    const int hash_bits, seed_bits;
} PyHash_FuncDef;

extern K_API _Py_HashSecret_t _Py_HashSecret;
extern K_API int _Py_HashSecret_Initialized;
K_API Py_hash_t _Py_HashDouble(PyObject *, double);
K_API Py_hash_t _Py_HashPointer(const void*);
K_API Py_hash_t _Py_HashPointerRaw(const void*);
K_API Py_hash_t _Py_HashBytes(const void*, Py_ssize_t);
K_API PyHash_FuncDef *PyHash_GetFuncDef(void);

#endif
