/* digest.c - hash objects over libcrypto, which is loaded at first use.
 *
 * In: bytes-like objects.  Out: digests. Each object owns an EVP context; a digest is taken from a copy of it, so that
 * the object can go on. Start at digest_new(). */
#include "objects/digest.h"

#include <dlfcn.h>

#include "memory/mem.h"
#include "objects/buffer.h"
#include "objects/bytes/bytes.h"
#include "objects/int/int.h"
#include "objects/str/str.h"
#include "runtime/errors.h"

enum { DIGEST_MAX = 64 };

/* The functions used of libcrypto (3.x); every pointer to its structs is opaque here. */
typedef struct Crypto {
    void *(*new_context)(void);
    void (*free_context)(void *);
    int (*copy)(void *, const void *);
    const void *(*by_name)(const char *);
    int (*init)(void *, const void *, void *);
    int (*update)(void *, const void *, size_t);
    int (*final)(void *, unsigned char *, unsigned int *);
    int (*final_xof)(void *, unsigned char *, size_t);
} Crypto;

#define FIND(field, function) (*(void **)&table.field = dlsym(library, function), table.field != NULL)

/* NULL with ImportError when the library is missing. */
static const Crypto *crypto(void)
{
    static Crypto table;
    static int state; /* 0 not tried, 1 there, -1 missing: written once */
    if (state == 0) {
        void *library = dlopen("libcrypto.so.3", RTLD_NOW | RTLD_LOCAL);
        int found = library && FIND(new_context, "EVP_MD_CTX_new") && FIND(free_context, "EVP_MD_CTX_free")
            && FIND(copy, "EVP_MD_CTX_copy_ex") && FIND(by_name, "EVP_get_digestbyname") && FIND(init, "EVP_DigestInit_ex")
            && FIND(update, "EVP_DigestUpdate") && FIND(final, "EVP_DigestFinal_ex")
            && FIND(final_xof, "EVP_DigestFinalXOF");
        state = found ? 1 : -1;
    }
    if (state < 0)
        PyErr_SetString(PyExc_ImportError, "libcrypto.so.3 (package libssl3) cannot be loaded");
    return state > 0 ? &table : NULL;
}

int digest_buffer(PyObject *data, Py_buffer *view)
{
    if (PyUnicode_Check(data)) {
        PyErr_SetString(PyExc_TypeError, "Strings must be encoded before hashing");
        return -1;
    }
    if (!PyObject_CheckBuffer(data)) {
        PyErr_SetString(PyExc_TypeError, "object supporting the buffer API required");
        return -1;
    }
    if (PyObject_GetBuffer(data, view, PyBUF_SIMPLE) < 0)
        return -1;
    if (view->ndim > 1) {
        PyErr_SetString(PyExc_BufferError, "Buffer must be single dimension");
        PyBuffer_Release(view);
        return -1;
    }
    return 0;
}

PyObject *digest_hex(const unsigned char *bytes, Py_ssize_t n)
{
    PyObject *text = PyUnicode_New(2 * n, 127);
    char *p = text ? PyUnicode_DATA(text) : NULL;
    for (Py_ssize_t i = 0; text && i < n; i++) {
        *p++ = "0123456789abcdef"[bytes[i] >> 4];
        *p++ = "0123456789abcdef"[bytes[i] & 15];
    }
    return text;
}

static int failed(void)
{
    PyErr_SetString(PyExc_ValueError, "libcrypto cannot compute this hash");
    return -1;
}

static int take_in(DigestObject *self, PyObject *data)
{
    const Crypto *c = crypto();
    Py_buffer view;
    if (!c || digest_buffer(data, &view) < 0)
        return -1;
    int done = c->update(self->context, view.buf, (size_t)view.len);
    PyBuffer_Release(&view);
    return done ? 0 : failed();
}

static DigestObject *make(PyTypeObject *type, const DigestKind *kind)
{
    const Crypto *c = crypto();
    DigestObject *self = c ? (DigestObject *)type->tp_alloc(type, 0) : NULL;
    if (!self)
        return NULL;
    self->kind = kind;
    if (!(self->context = c->new_context())) {
        Py_DECREF(self);
        return (DigestObject *)PyErr_NoMemory();
    }
    return self;
}

PyObject *digest_new(PyTypeObject *type, const DigestKind *kind, PyObject *data)
{
    K_AUTO(DigestObject *) self = make(type, kind);
    if (!self)
        return NULL;
    const void *algorithm = crypto()->by_name(kind->algorithm);
    if (!algorithm || !crypto()->init(self->context, algorithm, NULL)) {
        failed();
        return NULL;
    }
    if (data && take_in(self, data) < 0)
        return NULL;
    return (PyObject *)K_MOVE(self);
}

void digest_dealloc(PyObject *o)
{
    DigestObject *self = (DigestObject *)o;
    if (self->context)
        crypto()->free_context(self->context);
    Py_TYPE(o)->tp_free(o);
}

/* The digest so far, n bytes. */
static int current(const DigestObject *self, unsigned char *out, size_t n)
{
    const Crypto *c = crypto();
    void *copy = c ? c->new_context() : NULL;
    if (!copy)
        return c ? failed() : -1;
    int done = c->copy(copy, self->context)
        && (self->kind->digest_size ? c->final(copy, out, NULL) : c->final_xof(copy, out, n));
    c->free_context(copy);
    return done ? 0 : failed();
}

METHOD(digest, copy, NOARGS, "($self, /)", "A hash object in the same state.")
{
    DigestObject *from = (DigestObject *)self;
    K_AUTO(DigestObject *) made = make(Py_TYPE(self), from->kind);
    if (!made)
        return NULL;
    if (!crypto()->copy(made->context, from->context)) {
        failed();
        return NULL;
    }
    return (PyObject *)K_MOVE(made);
}

METHOD(digest, digest, NOARGS, "($self, /)", "The digest of all that was taken in, as bytes.")
{
    DigestObject *object = (DigestObject *)self;
    unsigned char bytes[DIGEST_MAX];
    return current(object, bytes, 0) < 0 ? NULL : PyBytes_FromStringAndSize((char *)bytes, object->kind->digest_size);
}

METHOD(digest, hexdigest, NOARGS, "($self, /)", "The digest of all that was taken in, in hexadecimal.")
{
    DigestObject *object = (DigestObject *)self;
    unsigned char bytes[DIGEST_MAX];
    return current(object, bytes, 0) < 0 ? NULL : digest_hex(bytes, object->kind->digest_size);
}

METHOD(digest, update, O, "($self, obj, /)", "Take in more data.")
{
    return take_in((DigestObject *)self, arg) < 0 ? NULL : Py_NewRef(Py_None);
}
METHODS_END(digest);

/* The first length bytes of an endless digest. */
static PyObject *endless(PyObject *self, PyObject *length_object)
{
    unsigned long length;
    if (!_PyLong_UnsignedLong_Converter(length_object, &length))
        return NULL;
    if (length >= 1ul << 29)
        return k_raise(PyExc_ValueError, "length is too large");
    K_AUTO(PyObject *) bytes = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)length);
    if (!bytes || (length && current((DigestObject *)self, (unsigned char *)PyBytes_AS_STRING(bytes), length) < 0))
        return NULL;
    return K_MOVE(bytes);
}

METHOD(digest_xof, copy, NOARGS, "($self, /)", "A hash object in the same state.")
{
    return digest_copy(self, NULL);
}

METHOD(digest_xof, digest, O, "($self, length, /)", "The first length bytes of the digest.")
{
    return endless(self, arg);
}

METHOD(digest_xof, hexdigest, O, "($self, length, /)", "The first length bytes of the digest, in hexadecimal.")
{
    K_AUTO(PyObject *) bytes = endless(self, arg);
    return bytes ? digest_hex((unsigned char *)PyBytes_AS_STRING(bytes), PyBytes_GET_SIZE(bytes)) : NULL;
}

METHOD(digest_xof, update, O, "($self, data, /)", "Take in more data.")
{
    return digest_update(self, arg);
}
METHODS_END(digest_xof);

PyObject *digest_get_block_size(PyObject *self, void *closure)
{
    return PyLong_FromLong(((DigestObject *)self)->kind->block_size);
}

PyObject *digest_get_digest_size(PyObject *self, void *closure)
{
    return PyLong_FromLong(((DigestObject *)self)->kind->digest_size);
}

PyObject *digest_get_name(PyObject *self, void *closure)
{
    return PyUnicode_FromString(((DigestObject *)self)->kind->name);
}

PyGetSetDef digest_getset[] = {
    { "block_size", digest_get_block_size, NULL, NULL, NULL },
    { "digest_size", digest_get_digest_size, NULL, NULL, NULL },
    { "name", digest_get_name, NULL, NULL, NULL },
    { NULL, NULL, NULL, NULL, NULL },
};
