/* cfunction.h - builtin functions and methods. */
#ifndef KAA_OBJECTS_FUNC_CFUNCTION_H
#define KAA_OBJECTS_FUNC_CFUNCTION_H

#include "objects/object.h"
#include "objects/method.h"

typedef struct PyCFunctionObject {
    PyObject ob_base;
    PyMethodDef *m_ml;
    PyObject *m_self, *m_module, *m_weakreflist;
    vectorcallfunc vectorcall;
} PyCFunctionObject;
typedef struct PyCMethodObject {
    PyCFunctionObject func;
    PyTypeObject *mm_class;
} PyCMethodObject;

#define PyCFunction_Check(o) PyObject_TypeCheck(o, &PyCFunction_Type)
#define PyCFunction_CheckExact(o) Py_IS_TYPE(o, &PyCFunction_Type)
#define PyCMethod_Check(o) PyObject_TypeCheck(o, &PyCMethod_Type)
#define PyCMethod_CheckExact(o) Py_IS_TYPE(o, &PyCMethod_Type)
#define PyCFunction_GET_FUNCTION(f) (((PyCFunctionObject *)(f))->m_ml->ml_meth)
#define PyCFunction_GET_FLAGS(f)    (((PyCFunctionObject *)(f))->m_ml->ml_flags)
#define PyCFunction_GET_SELF(f)     (PyCFunction_GET_FLAGS(f) & METH_STATIC ? NULL : ((PyCFunctionObject *)(f))->m_self)

extern K_API PyTypeObject PyCFunction_Type;
extern K_API PyTypeObject PyCMethod_Type;
K_API PyCFunction PyCFunction_GetFunction(PyObject *);
K_API K_BORROWED PyObject *PyCFunction_GetSelf(PyObject *);
K_API K_STATUS int PyCFunction_GetFlags(PyObject *);
K_API K_NEW PyObject *PyCFunction_Call(PyObject *, PyObject *, PyObject *);
K_API K_NEW PyObject *PyCFunction_New(PyMethodDef *, PyObject *);
K_API K_NEW PyObject *PyCFunction_NewEx(PyMethodDef *, PyObject *, PyObject *);
K_API K_NEW PyObject *PyCMethod_New(PyMethodDef *, PyObject *, PyObject *, PyTypeObject *);
extern K_API PyTypeObject PyCFunction_Type, PyCMethod_Type;

#endif
