/* iter.h - iterators over sequences and callables; enumerate, reversed, zip, map, filter. */
#ifndef KAA_OBJECTS_ITER_H
#define KAA_OBJECTS_ITER_H

#include "objects/object.h"

extern K_API PyTypeObject PySeqIter_Type;
extern K_API PyTypeObject PyCallIter_Type;
extern K_API PyTypeObject PySeqIter_Type, PyCallIter_Type;
extern K_API PyTypeObject PyEnum_Type, PyReversed_Type, PyZip_Type, PyMap_Type, PyFilter_Type;
#define PySeqIter_Check(o)  Py_IS_TYPE(o, &PySeqIter_Type)
#define PyCallIter_Check(o) Py_IS_TYPE(o, &PyCallIter_Type)

K_API K_NEW PyObject *PySeqIter_New(PyObject *);
K_API K_NEW PyObject *PyCallIter_New(PyObject *, PyObject *);
extern K_API PyTypeObject PySeqIter_Type, PyCallIter_Type;

#endif
