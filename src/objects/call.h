/* call.h - calling objects: vectorcall, tp_call, and the conveniences around them. */
#ifndef KAA_OBJECTS_CALL_H
#define KAA_OBJECTS_CALL_H

#include "objects/object.h"

#include "objects/protocol.h"

#define PY_VECTORCALL_ARGUMENTS_OFFSET ((size_t)1 << (8 * sizeof(size_t) - 1))
static inline Py_ssize_t PyVectorcall_NARGS(size_t n)
{
    return (Py_ssize_t)(n & ~PY_VECTORCALL_ARGUMENTS_OFFSET);
}

K_API K_NEW PyObject *PyObject_CallNoArgs(PyObject *func);
K_API K_NEW PyObject *PyObject_Call(PyObject *callable, PyObject *args, PyObject *kwargs);
K_API K_NEW PyObject *PyObject_CallObject(PyObject *callable, PyObject *args);
K_API K_NEW PyObject *PyObject_CallFunction(PyObject *callable, const char *format, ...);
K_API K_NEW PyObject *PyObject_CallMethod(PyObject *obj, const char *name, const char *format, ...);
K_API K_NEW PyObject *_PyObject_CallFunction_SizeT(PyObject *callable, const char *format, ...);
K_API K_NEW PyObject *_PyObject_CallMethod_SizeT(PyObject *obj, const char *name, const char *format, ...);
K_API K_NEW PyObject *PyObject_CallFunctionObjArgs(PyObject *callable, ...);
K_API K_NEW PyObject *PyObject_CallMethodObjArgs(PyObject *obj, PyObject *name, ...);
K_API K_NEW PyObject *_PyStack_AsDict(PyObject *const *values, PyObject *kwnames);
K_API K_NEW PyObject *_Py_CheckFunctionResult(PyThreadState *tstate, PyObject *callable, PyObject *result,
    const char *where);
K_API K_NEW PyObject *_PyObject_MakeTpCall(PyThreadState *tstate, PyObject *callable, PyObject *const *args,
    Py_ssize_t nargs, PyObject *keywords);
K_API vectorcallfunc PyVectorcall_Function(PyObject *callable);
K_API K_NEW PyObject *PyObject_Vectorcall(PyObject *callable, PyObject *const *args, size_t nargsf, PyObject *kwnames);
K_API K_NEW PyObject *PyObject_VectorcallDict(PyObject *callable, PyObject *const *args, size_t nargsf,
    PyObject *kwargs);
K_API K_NEW PyObject *PyVectorcall_Call(PyObject *callable, PyObject *tuple, PyObject *dict);
K_API K_NEW PyObject *_PyObject_FastCall(PyObject *func, PyObject *const *args, Py_ssize_t nargs);
K_API K_NEW PyObject *PyObject_CallOneArg(PyObject *func, PyObject *arg);
K_API K_NEW PyObject *PyObject_VectorcallMethod(PyObject *name, PyObject *const *args, size_t nargsf,
    PyObject *kwnames);
K_API K_NEW PyObject *_PyObject_CallMethod(PyObject *obj, PyObject *name, const char *format, ...);
K_API K_NEW PyObject *_PyObject_CallMethodId(PyObject *obj, _Py_Identifier *name, const char *format, ...);
K_API K_NEW PyObject *_PyObject_CallMethodId_SizeT(PyObject *obj, _Py_Identifier *name, const char *format, ...);
K_API K_NEW PyObject *_PyObject_CallMethodIdObjArgs(PyObject *obj, _Py_Identifier *name, ...);

K_API K_NEW PyObject *_PyObject_Call(PyThreadState *tstate, PyObject *callable, PyObject *args, PyObject *kwargs);
K_API K_NEW PyObject *_PyObject_Call_Prepend(PyThreadState *tstate, PyObject *callable, PyObject *obj, PyObject *args,
                                             PyObject *kwargs);
K_API K_NEW PyObject *_PyObject_FastCallDictTstate(PyThreadState *tstate, PyObject *callable, PyObject *const *args,
                                                   size_t nargsf, PyObject *kwargs);

#endif
