/* bytes_int.h - what the files of bytes and bytearray share. */
#ifndef KAA_OBJECTS_BYTES_BYTES_INT_H
#define KAA_OBJECTS_BYTES_BYTES_INT_H

#include "objects/bytes/bytes.h"
#include "objects/method.h"

/* The bytes of a bytes or bytearray object. */
typedef struct ByteRun {
    const char *p;
    Py_ssize_t n;
} ByteRun;
static inline ByteRun byte_run(PyObject *o)
{
    return PyBytes_Check(o) ? (ByteRun){ PyBytes_AS_STRING(o), PyBytes_GET_SIZE(o) }
                            : (ByteRun){ PyByteArray_AS_STRING(o), Py_SIZE(o) };
}

/* A new bytes or bytearray, whichever self is (exact); p may be NULL: the bytes are not set then. */
K_INT K_NEW PyObject *byte_new_like(PyObject *self, const char *p, Py_ssize_t n);
static inline char *byte_text(PyObject *o)
{
    return PyBytes_Check(o) ? PyBytes_AS_STRING(o) : PyByteArray_AS_STRING(o);
}
/* self when it is an exact bytes, else a copy. */
K_INT K_NEW PyObject *byte_result(PyObject *self);
K_INT K_NEW PyObject *bytes_char(unsigned char c); /* the bytes object of one byte */
/* An object as one byte: 0, or -1 with TypeError or ValueError. */
K_INT K_STATUS int byte_value(PyObject *o, unsigned char *out);
/* 1 when sub (an int or a buffer) is in self; errors as "in" gives them. */
K_INT K_STATUS int byte_contains(PyObject *self, PyObject *sub);
K_INT K_NEW PyObject *byte_join(PyObject *separator, PyObject *iterable);
K_INT K_NEW PyObject *byte_concat(PyObject *a, PyObject *b);
K_INT K_NEW PyObject *byte_repeat(PyObject *self, Py_ssize_t times);
K_INT K_NEW PyObject *byte_step_slice(PyObject *self, Py_ssize_t start, Py_ssize_t step, Py_ssize_t n);
K_INT K_NEW PyObject *byte_compare(PyObject *a, PyObject *b, int op);
K_INT K_NEW PyObject *byte_hex(const char *p, Py_ssize_t n, PyObject *sep, PyObject *bytes_per_sep);
K_INT K_NEW PyObject *byte_remainder(PyObject *format, PyObject *args);
/* The bytes that ints of an iterable, or a buffer, stand for. */
K_INT K_NEW PyObject *byte_from_object(PyObject *o);
/* b'...' with the prefix in front and the tail behind. */
K_INT K_NEW PyObject *byte_repr(const char *p, Py_ssize_t n, const char *prefix, const char *tail);
/* bytes(source, encoding, errors): 0 when the rules on str and encodings hold, with *encoded a new bytes or NULL. */
K_INT K_STATUS int byte_source(PyObject *source, PyObject *encoding, PyObject *errors, const char *fn, PyObject **encoded);

typedef struct ByteIter {
    PyObject ob_base;
    Py_ssize_t index;
    PyObject *o; /* NULL at the end */
} ByteIter;
K_INT K_NEW PyObject *byte_iter(PyObject *self);

#endif
