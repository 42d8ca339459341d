/* bytes.h - bytes and bytearray. */
#ifndef KAA_OBJECTS_BYTES_BYTES_H
#define KAA_OBJECTS_BYTES_BYTES_H

#include "objects/object.h"

typedef struct PyBytesObject {
    PyVarObject ob_base;
    Py_hash_t ob_shash; /* -1 until computed */
    char ob_sval[1];    /* ob_size bytes and a closing 0 */
} PyBytesObject;
typedef struct PyByteArrayObject {
    PyVarObject ob_base;
    Py_ssize_t ob_alloc; /* bytes allocated at ob_bytes */
    char *ob_bytes;      /* the block */
    char *ob_start;      /* the first byte inside it */
    Py_ssize_t ob_exports;
} PyByteArrayObject;

#define PyBytes_Check(o)      PyType_FastSubclass(Py_TYPE(o), Py_TPFLAGS_BYTES_SUBCLASS)
#define PyBytes_CheckExact(o) Py_IS_TYPE(o, &PyBytes_Type)
#define PyByteArray_Check(o) PyObject_TypeCheck(o, &PyByteArray_Type)
#define PyByteArray_CheckExact(o) Py_IS_TYPE(o, &PyByteArray_Type)
#define PyBytes_AS_STRING(o) (((PyBytesObject *)(o))->ob_sval)
#define PyBytes_GET_SIZE(o)  Py_SIZE(o)
extern K_API PyTypeObject PyBytes_Type;
extern K_API PyTypeObject PyByteArray_Type;
extern K_API char _PyByteArray_empty_string[];
#define PyByteArray_AS_STRING(o) (Py_SIZE(o) ? ((PyByteArrayObject *)(o))->ob_start : _PyByteArray_empty_string)
#define PyByteArray_GET_SIZE(o)  Py_SIZE(o)

typedef struct _PyBytesWriter {
    PyObject *buffer;
    Py_ssize_t allocated, min_size;
    int use_bytearray, overallocate, use_small_buffer;
    char small_buffer[512];
} _PyBytesWriter;

extern K_API PyTypeObject PyBytes_Type;
extern K_API PyTypeObject PyByteArray_Type;
extern K_API PyTypeObject PyBytesIter_Type;
extern K_API PyTypeObject PyByteArrayIter_Type;
K_API K_NEW PyObject *PyBytes_FromStringAndSize(const char *, Py_ssize_t);
K_API K_NEW PyObject *PyBytes_FromString(const char *);
K_API K_NEW PyObject *PyBytes_FromObject(PyObject *);
K_API K_NEW PyObject *PyBytes_FromFormatV(const char*, va_list);
K_API K_NEW PyObject *PyBytes_FromFormat(const char*, ...);
K_API K_STATUS Py_ssize_t PyBytes_Size(PyObject *);
K_API char *PyBytes_AsString(PyObject *);
K_API K_NEW PyObject *PyBytes_Repr(PyObject *, int);
K_API void PyBytes_Concat(PyObject **, PyObject *);
K_API void PyBytes_ConcatAndDel(PyObject **, PyObject *);
K_API K_NEW PyObject *PyBytes_DecodeEscape(const char *, Py_ssize_t, const char *, Py_ssize_t, const char *);
K_API K_STATUS int PyBytes_AsStringAndSize(PyObject *obj, char **s, Py_ssize_t *len);
K_API K_STATUS int _PyBytes_Resize(PyObject **, Py_ssize_t);
K_API K_NEW PyObject *_PyBytes_FormatEx(const char *format, Py_ssize_t format_len, PyObject *args, int use_bytearray);
K_API K_NEW PyObject *_PyBytes_FromHex(PyObject *string, int use_bytearray);
K_API K_NEW PyObject *_PyBytes_DecodeEscape2(const char *, Py_ssize_t, const char *, int *, const char **);
K_API K_NEW PyObject *_PyBytes_DecodeEscape(const char *, Py_ssize_t, const char *, const char **);
K_API K_NEW PyObject *_PyBytes_Join(PyObject *sep, PyObject *x);
K_API void _PyBytesWriter_Init(_PyBytesWriter *writer);
K_API K_NEW PyObject *_PyBytesWriter_Finish(_PyBytesWriter *writer, void *str);
K_API void _PyBytesWriter_Dealloc(_PyBytesWriter *writer);
K_API void *_PyBytesWriter_Alloc(_PyBytesWriter *writer, Py_ssize_t size);
K_API void *_PyBytesWriter_Prepare(_PyBytesWriter *writer, void *str, Py_ssize_t size);
K_API void *_PyBytesWriter_Resize(_PyBytesWriter *writer, void *str, Py_ssize_t size);
K_API void *_PyBytesWriter_WriteBytes(_PyBytesWriter *writer, void *str, const void *bytes, Py_ssize_t size);
K_API K_NEW PyObject *PyByteArray_FromObject(PyObject *);
K_API K_NEW PyObject *PyByteArray_Concat(PyObject *, PyObject *);
K_API K_NEW PyObject *PyByteArray_FromStringAndSize(const char *, Py_ssize_t);
K_API K_STATUS Py_ssize_t PyByteArray_Size(PyObject *);
K_API char *PyByteArray_AsString(PyObject *);
K_API K_STATUS int PyByteArray_Resize(PyObject *, Py_ssize_t);
extern K_API PyTypeObject PyBytes_Type, PyByteArray_Type;

/* Hexadecimal text with an optional separator between groups, as bytes. */
K_API PyObject *_Py_strhex_bytes_with_sep(const char *p, const Py_ssize_t n, PyObject *sep, const int bytes_per_group);

#endif
