/* range.h - range. */
#ifndef KAA_OBJECTS_RANGE_H
#define KAA_OBJECTS_RANGE_H

#include "objects/object.h"

#define PyRange_Check(o) Py_IS_TYPE(o, &PyRange_Type)

extern K_API PyTypeObject PyRange_Type;
extern K_API PyTypeObject PyRange_Type, PyRangeIter_Type;
extern K_API PyTypeObject PyLongRangeIter_Type;
extern K_API PyTypeObject PyRange_Type;

/* The iterator of a range whose bounds fit a C long; the engine's loops read it. */
typedef struct PyRangeIter {
    PyObject ob_base;
    long index, start, step, length;
} PyRangeIter;

#endif
