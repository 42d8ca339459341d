/* _sha1.c - the module _sha1: SHA-1 hashes.
 *
 * The hash objects are those of objects/digest.h. */
#include "objects/digest.h"
#include "objects/module.h"
#include "objects/protocol.h"

METHODS_DECLARE(_sha1);

static const DigestKind sha1_kind = { "sha1", "SHA1", 20, 64 };
DIGEST_TYPE(SHA1Type, "_sha1.sha1", digest, Py_TPFLAGS_DISALLOW_INSTANTIATION, digest_getset, NULL, NULL);

FUNCTION_KW(_sha1, sha1, "($module, /, string=b'', *, usedforsecurity=True)",
            "A new SHA1 hash object, which took in the given bytes.", *string, *usedforsecurity)
{
    return digest_new(&SHA1Type, &sha1_kind, arg->string);
}

METHODS_END(_sha1);

static int _sha1_exec(PyObject *module)
{
    return PyModule_AddObjectRef(module, "SHA1Type", (PyObject *)&SHA1Type) < 0 ? -1 : 0;
}

MODULE(_sha1, NULL, _sha1_exec, 0);
