/* _md5.c - the module _md5: MD5 hashes.
 *
 * The hash objects are those of objects/digest.h. */
#include "objects/digest.h"
#include "objects/module.h"
#include "objects/protocol.h"

METHODS_DECLARE(_md5);

static const DigestKind md5_kind = { "md5", "MD5", 16, 64 };
DIGEST_TYPE(MD5Type, "_md5.md5", digest, Py_TPFLAGS_DISALLOW_INSTANTIATION, digest_getset, NULL, NULL);

FUNCTION_KW(_md5, md5, "($module, /, string=b'', *, usedforsecurity=True)",
            "A new MD5 hash object, which took in the given bytes.", *string, *usedforsecurity)
{
    return digest_new(&MD5Type, &md5_kind, arg->string);
}

METHODS_END(_md5);

static int _md5_exec(PyObject *module)
{
    return PyModule_AddObjectRef(module, "MD5Type", (PyObject *)&MD5Type) < 0 ? -1 : 0;
}

MODULE(_md5, NULL, _md5_exec, 0);
