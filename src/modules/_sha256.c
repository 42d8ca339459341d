/* _sha256.c - the module _sha256: SHA-224 and SHA-256 hashes.
 *
 * The hash objects are those of objects/digest.h. */
#include "objects/digest.h"
#include "objects/module.h"
#include "objects/protocol.h"

METHODS_DECLARE(_sha256);

static const DigestKind sha224_kind = { "sha224", "SHA224", 28, 64 };
DIGEST_TYPE(SHA224Type, "_sha256.sha224", digest, Py_TPFLAGS_DISALLOW_INSTANTIATION, digest_getset, NULL, NULL);

static const DigestKind sha256_kind = { "sha256", "SHA256", 32, 64 };
DIGEST_TYPE(SHA256Type, "_sha256.sha256", digest, Py_TPFLAGS_DISALLOW_INSTANTIATION, digest_getset, NULL, NULL);

FUNCTION_KW(_sha256, sha224, "($module, /, string=b'', *, usedforsecurity=True)",
            "A new SHA224 hash object, which took in the given bytes.", *string, *usedforsecurity)
{
    return digest_new(&SHA224Type, &sha224_kind, arg->string);
}

FUNCTION_KW(_sha256, sha256, "($module, /, string=b'', *, usedforsecurity=True)",
            "A new SHA256 hash object, which took in the given bytes.", *string, *usedforsecurity)
{
    return digest_new(&SHA256Type, &sha256_kind, arg->string);
}

METHODS_END(_sha256);

static int _sha256_exec(PyObject *module)
{
    return PyModule_AddObjectRef(module, "SHA224Type", (PyObject *)&SHA224Type) < 0
        || PyModule_AddObjectRef(module, "SHA256Type", (PyObject *)&SHA256Type) < 0 ? -1 : 0;
}

MODULE(_sha256, NULL, _sha256_exec, 0);
