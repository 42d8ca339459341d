/* buffer.h - the buffer protocol. */
#ifndef KAA_OBJECTS_BUFFER_H
#define KAA_OBJECTS_BUFFER_H

#include "objects/object.h"

enum {
    PyBUF_SIMPLE = 0,
    PyBUF_WRITABLE = 0x1,
    PyBUF_FORMAT = 0x4,
    PyBUF_ND = 0x8,
    PyBUF_STRIDES = 0x10 | PyBUF_ND,
    PyBUF_C_CONTIGUOUS = 0x20 | PyBUF_STRIDES,
    PyBUF_F_CONTIGUOUS = 0x40 | PyBUF_STRIDES,
    PyBUF_ANY_CONTIGUOUS = 0x80 | PyBUF_STRIDES,
    PyBUF_INDIRECT = 0x100 | PyBUF_STRIDES,
    PyBUF_CONTIG = PyBUF_ND | PyBUF_WRITABLE,
    PyBUF_CONTIG_RO = PyBUF_ND,
    PyBUF_STRIDED = PyBUF_STRIDES | PyBUF_WRITABLE,
    PyBUF_STRIDED_RO = PyBUF_STRIDES,
    PyBUF_RECORDS = PyBUF_STRIDES | PyBUF_WRITABLE | PyBUF_FORMAT,
    PyBUF_RECORDS_RO = PyBUF_STRIDES | PyBUF_FORMAT,
    PyBUF_FULL = PyBUF_INDIRECT | PyBUF_WRITABLE | PyBUF_FORMAT,
    PyBUF_FULL_RO = PyBUF_INDIRECT | PyBUF_FORMAT,
    PyBUF_READ = 0x100,
    PyBUF_WRITE = 0x200,
    PyBUF_MAX_NDIM = 64
};

K_API K_STATUS int PyObject_AsCharBuffer(PyObject *obj, const char **buffer, Py_ssize_t *buffer_len);
K_API K_STATUS int PyObject_CheckReadBuffer(PyObject *obj);
K_API K_STATUS int PyObject_AsReadBuffer(PyObject *obj, const void **buffer, Py_ssize_t *buffer_len);
K_API K_STATUS int PyObject_AsWriteBuffer(PyObject *obj, void **buffer, Py_ssize_t *buffer_len);
K_API void _Py_add_one_to_index_F(int nd, Py_ssize_t *index, const Py_ssize_t *shape);
K_API void _Py_add_one_to_index_C(int nd, Py_ssize_t *index, const Py_ssize_t *shape);

#endif
