/* digest.h - hash objects over libcrypto, for the modules _md5, _sha1, _sha256, _sha512 and _sha3. */
#ifndef KAA_OBJECTS_DIGEST_H
#define KAA_OBJECTS_DIGEST_H

#include "memory/mem.h"
#include "objects/method.h"
#include "objects/protocol.h"

typedef struct DigestKind {
    const char *name;      /* the Python attribute */
    const char *algorithm; /* libcrypto's name */
    int digest_size;       /* 0: any number of bytes, asked for by digest(length) */
    int block_size;
} DigestKind;

typedef struct DigestObject {
    PyObject ob_base;
    const DigestKind *kind;
    void *context; /* EVP_MD_CTX */
} DigestObject;

/* A new hash object that took in data (NULL for none). */
K_INT K_NEW PyObject *digest_new(PyTypeObject *type, const DigestKind *kind, PyObject *data);
K_INT void digest_dealloc(PyObject *self);
K_INT K_NEW PyObject *digest_get_block_size(PyObject *self, void *closure);
K_INT K_NEW PyObject *digest_get_digest_size(PyObject *self, void *closure);
K_INT K_NEW PyObject *digest_get_name(PyObject *self, void *closure);
extern K_INT PyGetSetDef digest_getset[]; /* the three of them */

/* A hashable buffer: 0, or -1 with TypeError or BufferError. Released by PyBuffer_Release. */
K_INT K_STATUS int digest_buffer(PyObject *data, Py_buffer *view);
K_INT K_NEW PyObject *digest_hex(const unsigned char *bytes, Py_ssize_t n);

METHODS_DECLARE(digest);     /* copy, digest, hexdigest, update */
METHODS_DECLARE(digest_xof); /* the same with digest(length) and hexdigest(length) */

#define DIGEST_TYPE(symbol, python_name, table, more_flags, more_getset, constructor, text)                            \
    static PyTypeObject symbol = {                                                                                     \
        PyVarObject_HEAD_INIT(&PyType_Type, 0),                                                                        \
        .tp_name = python_name,                                                                                        \
        .tp_basicsize = sizeof(DigestObject),                                                                          \
        .tp_dealloc = digest_dealloc,                                                                                  \
        .tp_flags = Py_TPFLAGS_DEFAULT | (more_flags),                                                                 \
        .tp_doc = text,                                                                                                \
        .tp_methods = METHODS(table),                                                                                  \
        .tp_getset = more_getset,                                                                                      \
        .tp_new = constructor,                                                                                         \
        .tp_free = PyObject_Free,                                                                                      \
    };                                                                                                                 \
    K_TYPE(symbol)

#endif
