/* func.h - function, bound method, cell. */
#ifndef KAA_OBJECTS_FUNC_FUNC_H
#define KAA_OBJECTS_FUNC_FUNC_H

#include "objects/object.h"

struct PyFunctionObject {
    PyObject ob_base;
    PyObject *func_globals, *func_builtins, *func_name, *func_qualname, *func_code, *func_defaults, *func_kwdefaults,
        *func_closure, *func_doc, *func_dict, *func_weakreflist, *func_module, *func_annotations;
    vectorcallfunc vectorcall;
    uint32_t func_version; /* 0: none given yet, or changed since; see k_func_version() */
};
typedef struct PyMethodObject {
    PyObject ob_base;
    PyObject *im_func, *im_self, *im_weakreflist;
    vectorcallfunc vectorcall;
} PyMethodObject;
typedef struct PyInstanceMethodObject {
    PyObject ob_base;
    PyObject *func;
} PyInstanceMethodObject;
struct PyCellObject {
    PyObject ob_base;
    PyObject *ob_ref; /* NULL when empty */
};

#define PyFunction_Check(o)    Py_IS_TYPE(o, &PyFunction_Type)
#define PyFunction_GET_CODE(o) (((PyFunctionObject *)(o))->func_code)
#define PyFunction_GET_GLOBALS(o) (((PyFunctionObject *)(o))->func_globals)
#define PyMethod_Check(o)        Py_IS_TYPE(o, &PyMethod_Type)
#define PyMethod_GET_FUNCTION(o) (((PyMethodObject *)(o))->im_func)
#define PyMethod_GET_SELF(o)     (((PyMethodObject *)(o))->im_self)
#define PyCell_Check(o)  Py_IS_TYPE(o, &PyCell_Type)
#define PyCell_GET(o)    (((PyCellObject *)(o))->ob_ref)
#define PyCell_SET(o, v) ((void)(PyCell_GET(o) = (v)))

extern K_API PyTypeObject PyFunction_Type, PyMethod_Type, PyCell_Type;
extern K_API PyTypeObject PyClassMethod_Type;
extern K_API PyTypeObject PyStaticMethod_Type;
extern K_API PyTypeObject PyInstanceMethod_Type;
K_API K_NEW PyObject *PyFunction_New(PyObject *, PyObject *);
K_API K_NEW PyObject *PyFunction_NewWithQualName(PyObject *, PyObject *, PyObject *);
K_API K_BORROWED PyObject *PyFunction_GetCode(PyObject *);
K_API K_BORROWED PyObject *PyFunction_GetGlobals(PyObject *);
K_API K_BORROWED PyObject *PyFunction_GetModule(PyObject *);
K_API K_BORROWED PyObject *PyFunction_GetDefaults(PyObject *);
K_API K_STATUS int PyFunction_SetDefaults(PyObject *, PyObject *);
K_API K_BORROWED PyObject *PyFunction_GetKwDefaults(PyObject *);
K_API K_STATUS int PyFunction_SetKwDefaults(PyObject *, PyObject *);
K_API K_BORROWED PyObject *PyFunction_GetClosure(PyObject *);
K_API K_STATUS int PyFunction_SetClosure(PyObject *, PyObject *);
K_API K_BORROWED PyObject *PyFunction_GetAnnotations(PyObject *);
K_API K_STATUS int PyFunction_SetAnnotations(PyObject *, PyObject *);
K_API K_NEW PyObject *PyClassMethod_New(PyObject *);
K_API K_NEW PyObject *PyStaticMethod_New(PyObject *);
K_API K_NEW PyObject *PyMethod_New(PyObject *, PyObject *);
K_API K_BORROWED PyObject *PyMethod_Function(PyObject *);
K_API K_BORROWED PyObject *PyMethod_Self(PyObject *);
K_API K_NEW PyObject *PyInstanceMethod_New(PyObject *);
K_API K_BORROWED PyObject *PyInstanceMethod_Function(PyObject *);
K_API K_NEW PyObject *PyCell_New(PyObject *);
K_API K_NEW PyObject *PyCell_Get(PyObject *);
K_API K_STATUS int PyCell_Set(PyObject *, PyObject *);
K_API K_NEW PyObject *_PyFunction_Vectorcall(PyObject *func, PyObject *const *stack, size_t nargsf, PyObject *kwnames);

/* ---- beyond CPython's API ---- */

/* A number that names this function's code, defaults and keyword defaults; 0 when numbers have run out. */
K_INT uint32_t k_func_version(PyFunctionObject *func);
/* The builtins that code with these globals uses: __builtins__ in them, else the running frame's. */
K_INT K_BORROWED PyObject *k_func_builtins_of(PyObject *globals);
extern K_API PyTypeObject PyFunction_Type, PyMethod_Type, PyCell_Type;

#endif
