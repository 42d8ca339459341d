/* capsule.h - capsules: a C pointer as an object. */
#ifndef KAA_OBJECTS_CAPSULE_H
#define KAA_OBJECTS_CAPSULE_H

#include "objects/object.h"

typedef void (*PyCapsule_Destructor)(PyObject *);
#define PyCapsule_CheckExact(o) Py_IS_TYPE(o, &PyCapsule_Type)

extern K_API PyTypeObject PyCapsule_Type;
K_API K_NEW PyObject *PyCapsule_New(void *pointer, const char *name, PyCapsule_Destructor destructor);
K_API void *PyCapsule_GetPointer(PyObject *capsule, const char *name);
K_API PyCapsule_Destructor PyCapsule_GetDestructor(PyObject *capsule);
K_API const char *PyCapsule_GetName(PyObject *capsule);
K_API void *PyCapsule_GetContext(PyObject *capsule);
K_API int PyCapsule_IsValid(PyObject *capsule, const char *name);
K_API K_STATUS int PyCapsule_SetPointer(PyObject *capsule, void *pointer);
K_API K_STATUS int PyCapsule_SetDestructor(PyObject *capsule, PyCapsule_Destructor destructor);
K_API K_STATUS int PyCapsule_SetName(PyObject *capsule, const char *name);
K_API K_STATUS int PyCapsule_SetContext(PyObject *capsule, void *context);
K_API void *PyCapsule_Import(const char *name, int no_block);
extern K_API PyTypeObject PyCapsule_Type;

#endif
