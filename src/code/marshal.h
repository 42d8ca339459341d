/* marshal.h - marshal version 4: code objects and constants to bytes and back. */
#ifndef KAA_CODE_MARSHAL_H
#define KAA_CODE_MARSHAL_H

#include "objects/object.h"

#define Py_MARSHAL_VERSION 4

K_API K_NEW PyObject *PyMarshal_ReadObjectFromString(const char *, Py_ssize_t);
K_API K_NEW PyObject *PyMarshal_WriteObjectToString(PyObject *, int);
K_API long PyMarshal_ReadLongFromFile(FILE *);
K_API int PyMarshal_ReadShortFromFile(FILE *);
K_API K_NEW PyObject *PyMarshal_ReadObjectFromFile(FILE *);
K_API K_NEW PyObject *PyMarshal_ReadLastObjectFromFile(FILE *);
K_API void PyMarshal_WriteLongToFile(long, FILE *, int);
K_API void PyMarshal_WriteObjectToFile(PyObject *, FILE *, int);

/* ---- beyond CPython's API ---- */
K_INT K_NEW PyObject *k_marshal_read_from(PyObject *readable); /* an object with readinto() */

#endif
