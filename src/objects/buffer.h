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

K_API int PyObject_CheckBuffer(PyObject *obj);
K_API K_STATUS int PyObject_GetBuffer(PyObject *obj, Py_buffer *view, int flags);
K_API void PyBuffer_Release(Py_buffer *view);
K_API void *PyBuffer_GetPointer(const Py_buffer *view, const Py_ssize_t *indices);
K_API K_STATUS Py_ssize_t PyBuffer_SizeFromFormat(const char *format);
K_API K_STATUS int PyBuffer_ToContiguous(void *buf, const Py_buffer *view, Py_ssize_t len, char order);
K_API K_STATUS int PyBuffer_FromContiguous(const Py_buffer *view, const void *buf, Py_ssize_t len, char order);
K_API K_STATUS int PyObject_CopyData(PyObject *dest, PyObject *src);
K_API int PyBuffer_IsContiguous(const Py_buffer *view, char fort);
K_API void PyBuffer_FillContiguousStrides(int ndims, Py_ssize_t *shape, Py_ssize_t *strides, int itemsize, char fort);
K_API K_STATUS int PyBuffer_FillInfo(Py_buffer *view, PyObject *o, void *buf, Py_ssize_t len, int readonly, int flags);
K_API K_STATUS int PyObject_AsCharBuffer(PyObject *obj, const char **buffer, Py_ssize_t *buffer_len);
K_API K_STATUS int PyObject_CheckReadBuffer(PyObject *obj);
K_API K_STATUS int PyObject_AsReadBuffer(PyObject *obj, const void **buffer, Py_ssize_t *buffer_len);
K_API K_STATUS int PyObject_AsWriteBuffer(PyObject *obj, void **buffer, Py_ssize_t *buffer_len);
K_API int PyObject_CheckBuffer(PyObject *obj);
K_API K_STATUS int PyObject_GetBuffer(PyObject *obj, Py_buffer *view, int flags);
K_API void PyBuffer_Release(Py_buffer *view);
K_API void *PyBuffer_GetPointer(const Py_buffer *view, const Py_ssize_t *indices);
K_API K_STATUS Py_ssize_t PyBuffer_SizeFromFormat(const char *format);
K_API K_STATUS int PyBuffer_ToContiguous(void *buf, const Py_buffer *view, Py_ssize_t len, char order);
K_API K_STATUS int PyBuffer_FromContiguous(const Py_buffer *view, const void *buf, Py_ssize_t len, char order);
K_API K_STATUS int PyObject_CopyData(PyObject *dest, PyObject *src);
K_API int PyBuffer_IsContiguous(const Py_buffer *view, char order);
K_API void PyBuffer_FillContiguousStrides(int ndim, Py_ssize_t *shape, Py_ssize_t *strides, int itemsize, char order);
K_API K_STATUS int PyBuffer_FillInfo(Py_buffer *view, PyObject *obj, void *buf, Py_ssize_t len, int readonly, int flags);
K_API void _Py_add_one_to_index_F(int nd, Py_ssize_t *index, const Py_ssize_t *shape);
K_API void _Py_add_one_to_index_C(int nd, Py_ssize_t *index, const Py_ssize_t *shape);
K_API int PyObject_CheckBuffer(PyObject *o);
K_API K_STATUS int PyObject_GetBuffer(PyObject *o, Py_buffer *view, int flags);
K_API K_STATUS int PyObject_CopyData(PyObject *dest, PyObject *src);
K_API void *PyBuffer_GetPointer(const Py_buffer *view, const Py_ssize_t *indices);
K_API Py_ssize_t PyBuffer_SizeFromFormat(const char *format);
K_API K_STATUS int PyBuffer_ToContiguous(void *buf, const Py_buffer *view, Py_ssize_t len, char order);
K_API K_STATUS int PyBuffer_FromContiguous(const Py_buffer *view, const void *buf, Py_ssize_t len, char order);
K_API int PyBuffer_IsContiguous(const Py_buffer *view, char order);
K_API void PyBuffer_FillContiguousStrides(int ndims, Py_ssize_t *shape, Py_ssize_t *strides, int itemsize, char order);
K_API K_STATUS int PyBuffer_FillInfo(Py_buffer *view, PyObject *o, void *buf, Py_ssize_t len, int readonly, int flags);
K_API void PyBuffer_Release(Py_buffer *view);

#endif
