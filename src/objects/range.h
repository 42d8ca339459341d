/* range.h - range. */
#ifndef KAA_OBJECTS_RANGE_H
#define KAA_OBJECTS_RANGE_H

#include "objects/object.h"

#define PyRange_Check(o) Py_IS_TYPE(o, &PyRange_Type)

extern K_API PyTypeObject PyRange_Type;
extern K_API PyTypeObject PyRange_Type, PyRangeIter_Type;
extern K_API PyTypeObject PyLongRangeIter_Type;
extern K_API PyTypeObject PyRange_Type;

#endif
