/* _sha3.c - the module _sha3: SHA-3 and SHAKE hashes.
 *
 * The hash objects are those of objects/digest.h; the types tell what Keccak is set to besides. */
#include "objects/bytes/bytes.h"
#include "objects/digest.h"
#include "objects/int/int.h"
#include "objects/module.h"
#include "objects/protocol.h"

METHODS_DECLARE(_sha3);

static int capacity(PyObject *self) /* bits */
{
    return 1600 - 8 * ((DigestObject *)self)->kind->block_size;
}

static PyObject *get_capacity(PyObject *self, void *closure)
{
    return PyLong_FromLong(capacity(self));
}

static PyObject *get_rate(PyObject *self, void *closure)
{
    return PyLong_FromLong(1600 - capacity(self));
}

static PyObject *get_suffix(PyObject *self, void *closure)
{
    return PyBytes_FromString(((DigestObject *)self)->kind->digest_size ? "\x06" : "\x1f");
}

static PyGetSetDef sha3_getset[] = {
    { "block_size", digest_get_block_size, NULL, NULL, NULL },
    { "digest_size", digest_get_digest_size, NULL, NULL, NULL },
    { "name", digest_get_name, NULL, NULL, NULL },
    { "_capacity_bits", get_capacity, NULL, NULL, NULL },
    { "_rate_bits", get_rate, NULL, NULL, NULL },
    { "_suffix", get_suffix, NULL, NULL, NULL },
    { NULL, NULL, NULL, NULL, NULL },
};

#define SHA3(symbol, algorithm, size, block, table)                                                                    \
    static const DigestKind symbol##_kind = { #symbol, algorithm, size, block };                                       \
    BINDER(symbol##_new, #symbol, "(data=<unrepresentable>, /, *, usedforsecurity=True)", *data, *usedforsecurity);    \
    static PyObject *symbol##_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)                                \
    {                                                                                                                  \
        symbol##_new_args arg;                                                                                         \
        K_AUTO(PyObject *) owned = NULL;                                                                               \
        if (BIND(symbol##_new, &arg, args, kwargs, &owned) < 0)                                                        \
            return NULL;                                                                                               \
        return digest_new(type, &symbol##_kind, arg.data);                                                             \
    }                                                                                                                  \
    DIGEST_TYPE(symbol##_type, "_sha3." #symbol, table, 0, sha3_getset, symbol##_new,                                \
                #symbol "([data], *, usedforsecurity=True) -> a new " algorithm " hash object.")

SHA3(sha3_224, "SHA3-224", 28, 144, digest);
SHA3(sha3_256, "SHA3-256", 32, 136, digest);
SHA3(sha3_384, "SHA3-384", 48, 104, digest);
SHA3(sha3_512, "SHA3-512", 64, 72, digest);
SHA3(shake_128, "SHAKE128", 0, 168, digest_xof);
SHA3(shake_256, "SHAKE256", 0, 136, digest_xof);
METHODS_END(_sha3);

static int sha3_exec(PyObject *module)
{
    const struct {
        const char *name;
        PyTypeObject *type;
    } types[] = { { "sha3_224", &sha3_224_type }, { "sha3_256", &sha3_256_type }, { "sha3_384", &sha3_384_type },
                  { "sha3_512", &sha3_512_type }, { "shake_128", &shake_128_type }, { "shake_256", &shake_256_type } };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (PyModule_AddObjectRef(module, types[i].name, (PyObject *)types[i].type) < 0)
            return -1;
    if (PyModule_AddIntConstant(module, "keccakopt", 0) < 0)
        return -1;
    return PyModule_AddStringConstant(module, "implementation", "libcrypto");
}

MODULE(_sha3, NULL, sha3_exec, 0);
