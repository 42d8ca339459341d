/* context.h - contextvars. */
#ifndef KAA_OBJECTS_CONTEXT_H
#define KAA_OBJECTS_CONTEXT_H

#include "objects/object.h"

extern K_API PyTypeObject PyContext_Type;
extern K_API PyTypeObject PyContextVar_Type;
extern K_API PyTypeObject PyContextToken_Type;
K_API K_NEW PyObject *PyContext_New(void);
K_API K_NEW PyObject *PyContext_Copy(PyObject *);
K_API K_NEW PyObject *PyContext_CopyCurrent(void);
K_API K_STATUS int PyContext_Enter(PyObject *);
K_API K_STATUS int PyContext_Exit(PyObject *);
K_API K_NEW PyObject *PyContextVar_New(const char *name, PyObject *default_value);
K_API K_STATUS int PyContextVar_Get(PyObject *var, PyObject *default_value, PyObject **value);
K_API K_NEW PyObject *PyContextVar_Set(PyObject *var, PyObject *value);
K_API K_STATUS int PyContextVar_Reset(PyObject *var, PyObject *token);
K_API PyObject *_PyContext_NewHamtForTests(void); /* NotImplementedError: contexts are no such trees here */

/* ---- beyond CPython's API ---- */
K_INT K_STATUS int k_context_add_missing(void); /* Token.MISSING, once the types are ready */

#endif
