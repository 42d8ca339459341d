/* slice.h - slice and Ellipsis. */
#ifndef KAA_OBJECTS_SLICE_H
#define KAA_OBJECTS_SLICE_H

#include "objects/object.h"

typedef struct PySliceObject {
    PyObject ob_base;
    PyObject *start, *stop, *step; /* owned, never NULL */
} PySliceObject;

#define PySlice_Check(o) Py_IS_TYPE(o, &PySlice_Type)

extern K_API PyTypeObject PySlice_Type;
extern K_API PyObject _Py_EllipsisObject;
extern K_API PyTypeObject PySlice_Type, PyEllipsis_Type;
K_API K_NEW PyObject *PySlice_New(PyObject* start, PyObject* stop, PyObject* step);
K_INT K_NEW PyObject *k_slice_steal(K_STOLEN PyObject *start, K_STOLEN PyObject *stop, K_STOLEN PyObject *step);
K_API K_NEW PyObject *_PySlice_FromIndices(Py_ssize_t start, Py_ssize_t stop);
K_API K_STATUS int _PySlice_GetLongIndices(PySliceObject *self, PyObject *length, PyObject **start_ptr,
    PyObject **stop_ptr, PyObject **step_ptr);
K_API K_STATUS int PySlice_GetIndices(PyObject *r, Py_ssize_t length, Py_ssize_t *start, Py_ssize_t *stop,
    Py_ssize_t *step);
K_API K_STATUS int PySlice_GetIndicesEx(PyObject *r, Py_ssize_t length, Py_ssize_t *start, Py_ssize_t *stop,
    Py_ssize_t *step, Py_ssize_t *slicelength);
K_API K_STATUS int PySlice_Unpack(PyObject *slice, Py_ssize_t *start, Py_ssize_t *stop, Py_ssize_t *step);
K_API K_STATUS Py_ssize_t PySlice_AdjustIndices(Py_ssize_t length, Py_ssize_t *start, Py_ssize_t *stop,
    Py_ssize_t step);

/* Indices of sequences, cut off at the ends of Py_ssize_t: 1, or 0 with an exception. */
K_API K_STATUS int _PyEval_SliceIndex(PyObject *, Py_ssize_t *);        /* None leaves the index alone */
K_API K_STATUS int _PyEval_SliceIndexNotNone(PyObject *, Py_ssize_t *);

#endif
