/* _sha512.c - the module _sha512: SHA-384 and SHA-512 hashes.
 *
 * The hash objects are those of objects/digest.h. */
#include "objects/digest.h"
#include "objects/module.h"
#include "objects/protocol.h"

METHODS_DECLARE(_sha512);

static const DigestKind sha384_kind = { "sha384", "SHA384", 48, 128 };
DIGEST_TYPE(SHA384Type, "_sha512.sha384", digest, Py_TPFLAGS_DISALLOW_INSTANTIATION, digest_getset, NULL, NULL);

static const DigestKind sha512_kind = { "sha512", "SHA512", 64, 128 };
DIGEST_TYPE(SHA512Type, "_sha512.sha512", digest, Py_TPFLAGS_DISALLOW_INSTANTIATION, digest_getset, NULL, NULL);

FUNCTION_KW(_sha512, sha384, "($module, /, string=b'', *, usedforsecurity=True)",
            "A new SHA384 hash object, which took in the given bytes.", *string, *usedforsecurity)
{
    return digest_new(&SHA384Type, &sha384_kind, arg->string);
}

FUNCTION_KW(_sha512, sha512, "($module, /, string=b'', *, usedforsecurity=True)",
            "A new SHA512 hash object, which took in the given bytes.", *string, *usedforsecurity)
{
    return digest_new(&SHA512Type, &sha512_kind, arg->string);
}

METHODS_END(_sha512);

static int _sha512_exec(PyObject *module)
{
    return PyModule_AddObjectRef(module, "SHA384Type", (PyObject *)&SHA384Type) < 0
        || PyModule_AddObjectRef(module, "SHA512Type", (PyObject *)&SHA512Type) < 0 ? -1 : 0;
}

MODULE(_sha512, NULL, _sha512_exec, 0);
