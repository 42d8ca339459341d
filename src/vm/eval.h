/* eval.h - entering the engine: PyEval_*, calls of Python functions, tracing. */
#ifndef KAA_VM_EVAL_H
#define KAA_VM_EVAL_H

#include "objects/object.h"
#include "runtime/state.h"
#include "runtime/run.h"
#include "objects/protocol.h"

K_API K_NEW PyObject *PyEval_CallObjectWithKeywords(PyObject *callable, PyObject *args, PyObject *kwargs);
K_API K_NEW PyObject *PyEval_CallFunction(PyObject *callable, const char *format, ...);
K_API K_NEW PyObject *PyEval_CallMethod(PyObject *obj, const char *name, const char *format, ...);
K_API K_BORROWED PyObject *PyEval_GetBuiltins(void);
K_API K_BORROWED PyObject *PyEval_GetGlobals(void);
K_API K_BORROWED PyObject *PyEval_GetLocals(void);
K_API K_BORROWED PyFrameObject *PyEval_GetFrame(void);
K_API int Py_AddPendingCall(int (*func)(void *), void *arg);
K_API K_STATUS int Py_MakePendingCalls(void);
K_API void Py_SetRecursionLimit(int);
K_API K_STATUS int Py_GetRecursionLimit(void);
K_API K_STATUS int Py_EnterRecursiveCall(const char *where);
K_API void Py_LeaveRecursiveCall(void);
K_API const char *PyEval_GetFuncName(PyObject *);
K_API const char *PyEval_GetFuncDesc(PyObject *);
K_API K_NEW PyObject *PyEval_EvalFrame(PyFrameObject *);
K_API K_NEW PyObject *PyEval_EvalFrameEx(PyFrameObject *f, int exc);
K_API PyThreadState *PyEval_SaveThread(void);
K_API void PyEval_RestoreThread(PyThreadState *);
K_API K_STATUS int PyEval_ThreadsInitialized(void);
K_API void PyEval_InitThreads(void);
K_API void PyEval_AcquireLock(void);
K_API void PyEval_ReleaseLock(void);
K_API void PyEval_AcquireThread(PyThreadState *tstate);
K_API void PyEval_ReleaseThread(PyThreadState *tstate);
K_API void PyEval_SetProfile(Py_tracefunc, PyObject *);
K_API void PyEval_SetTrace(Py_tracefunc, PyObject *);
K_API K_STATUS int _PyEval_SetTrace(PyThreadState *tstate, Py_tracefunc func, PyObject *arg);
K_API K_BORROWED PyObject *_PyEval_GetBuiltin(PyObject *);
K_API K_NEW PyObject *_PyEval_GetBuiltinId(_Py_Identifier *);
K_API K_STATUS int PyEval_MergeCompilerFlags(PyCompilerFlags *cf);
K_API K_NEW PyObject *_PyEval_EvalFrameDefault(PyThreadState *tstate, struct _PyInterpreterFrame *f, int exc);
K_API void _PyEval_SetSwitchInterval(unsigned long microseconds);
K_API unsigned long _PyEval_GetSwitchInterval(void);
K_API K_STATUS int _PyEval_SliceIndex(PyObject *, Py_ssize_t *);
K_API K_STATUS int _PyEval_SliceIndexNotNone(PyObject *, Py_ssize_t *);
K_API K_NEW PyObject *PyEval_EvalCode(PyObject *, PyObject *, PyObject *);
K_API K_NEW PyObject *PyEval_EvalCodeEx(PyObject *co, PyObject *globals, PyObject *locals, PyObject *const *args, int argc,
    PyObject *const *kwds, int kwdc, PyObject *const *defs, int defc, PyObject *kwdefs, PyObject *closure);
K_API K_STATUS int _PyEval_SetProfile(PyThreadState *tstate, Py_tracefunc func, PyObject *arg);

#endif
