/* namespace.h - types.SimpleNamespace. */
#ifndef KAA_OBJECTS_NAMESPACE_H
#define KAA_OBJECTS_NAMESPACE_H

#include "objects/object.h"

extern K_API PyTypeObject _PyNamespace_Type;
K_API K_NEW PyObject *_PyNamespace_New(PyObject *kwds);

#endif
