/* errors.h - raising, catching and reporting exceptions (PyErr_*). */
#ifndef KAA_RUNTIME_ERRORS_H
#define KAA_RUNTIME_ERRORS_H

#include "objects/object.h"

struct _PyErr_StackItem;

extern K_API PyObject *PyExc_ValueError;
K_API PyObject *PyErr_Format(PyObject *exception, const char *format, ...);
K_API void _PyErr_BadInternalCall(const char *filename, int lineno);
K_API K_NORETURN void _Py_FatalErrorFormat(const char *func, const char *format, ...);
extern K_API PyObject *PyExc_BaseException;
extern K_API PyObject *PyExc_Exception;
extern K_API PyObject *PyExc_BaseExceptionGroup;
extern K_API PyObject *PyExc_StopAsyncIteration;
extern K_API PyObject *PyExc_StopIteration;
extern K_API PyObject *PyExc_GeneratorExit;
extern K_API PyObject *PyExc_ArithmeticError;
extern K_API PyObject *PyExc_LookupError;
extern K_API PyObject *PyExc_AssertionError;
extern K_API PyObject *PyExc_AttributeError;
extern K_API PyObject *PyExc_BufferError;
extern K_API PyObject *PyExc_EOFError;
extern K_API PyObject *PyExc_FloatingPointError;
extern K_API PyObject *PyExc_OSError;
extern K_API PyObject *PyExc_ImportError;
extern K_API PyObject *PyExc_ModuleNotFoundError;
extern K_API PyObject *PyExc_IndexError;
extern K_API PyObject *PyExc_KeyError;
extern K_API PyObject *PyExc_KeyboardInterrupt;
extern K_API PyObject *PyExc_MemoryError;
extern K_API PyObject *PyExc_NameError;
extern K_API PyObject *PyExc_OverflowError;
extern K_API PyObject *PyExc_RuntimeError;
extern K_API PyObject *PyExc_RecursionError;
extern K_API PyObject *PyExc_NotImplementedError;
extern K_API PyObject *PyExc_SyntaxError;
extern K_API PyObject *PyExc_IndentationError;
extern K_API PyObject *PyExc_TabError;
extern K_API PyObject *PyExc_ReferenceError;
extern K_API PyObject *PyExc_SystemError;
extern K_API PyObject *PyExc_SystemExit;
extern K_API PyObject *PyExc_TypeError;
extern K_API PyObject *PyExc_UnboundLocalError;
extern K_API PyObject *PyExc_UnicodeError;
extern K_API PyObject *PyExc_UnicodeEncodeError;
extern K_API PyObject *PyExc_UnicodeDecodeError;
extern K_API PyObject *PyExc_UnicodeTranslateError;
extern K_API PyObject *PyExc_ZeroDivisionError;
extern K_API PyObject *PyExc_BlockingIOError;
extern K_API PyObject *PyExc_BrokenPipeError;
extern K_API PyObject *PyExc_ChildProcessError;
extern K_API PyObject *PyExc_ConnectionError;
extern K_API PyObject *PyExc_ConnectionAbortedError;
extern K_API PyObject *PyExc_ConnectionRefusedError;
extern K_API PyObject *PyExc_ConnectionResetError;
extern K_API PyObject *PyExc_FileExistsError;
extern K_API PyObject *PyExc_FileNotFoundError;
extern K_API PyObject *PyExc_InterruptedError;
extern K_API PyObject *PyExc_IsADirectoryError;
extern K_API PyObject *PyExc_NotADirectoryError;
extern K_API PyObject *PyExc_PermissionError;
extern K_API PyObject *PyExc_ProcessLookupError;
extern K_API PyObject *PyExc_TimeoutError;
extern K_API PyObject *PyExc_EnvironmentError;
extern K_API PyObject *PyExc_IOError;
extern K_API PyObject *PyExc_Warning;
extern K_API PyObject *PyExc_UserWarning;
extern K_API PyObject *PyExc_DeprecationWarning;
extern K_API PyObject *PyExc_PendingDeprecationWarning;
extern K_API PyObject *PyExc_SyntaxWarning;
extern K_API PyObject *PyExc_RuntimeWarning;
extern K_API PyObject *PyExc_FutureWarning;
extern K_API PyObject *PyExc_ImportWarning;
extern K_API PyObject *PyExc_UnicodeWarning;
extern K_API PyObject *PyExc_BytesWarning;
extern K_API PyObject *PyExc_EncodingWarning;
extern K_API PyObject *PyExc_ResourceWarning;
/* PyUnicode_FromFormat's formats; gives NULL */
K_API K_COLD PyObject *PyErr_Format(PyObject *exception, const char *format, ...);
K_API void _PyErr_BadInternalCall(const char *filename, int lineno);
K_API void PyErr_SetNone(PyObject *);
K_API void PyErr_SetObject(PyObject *, PyObject *);
K_API void PyErr_SetString(PyObject *exception, const char *string);
K_API K_BORROWED PyObject *PyErr_Occurred(void);
K_API void PyErr_Clear(void);
K_API void PyErr_Fetch(PyObject **, PyObject **, PyObject **);
K_API void PyErr_Restore(PyObject *, PyObject *, PyObject *);
K_API K_NEW PyObject *PyErr_GetHandledException(void);
K_API void PyErr_SetHandledException(PyObject *);
K_API void PyErr_GetExcInfo(PyObject **, PyObject **, PyObject **);
K_API void PyErr_SetExcInfo(PyObject *, PyObject *, PyObject *);
K_API int PyErr_GivenExceptionMatches(PyObject *, PyObject *);
K_API int PyErr_ExceptionMatches(PyObject *);
K_API void PyErr_NormalizeException(PyObject**, PyObject**, PyObject**);
K_API K_STATUS int PyException_SetTraceback(PyObject *, PyObject *);
K_API K_NEW PyObject *PyException_GetTraceback(PyObject *);
K_API K_NEW PyObject *PyException_GetCause(PyObject *);
K_API void PyException_SetCause(PyObject *, PyObject *);
K_API K_NEW PyObject *PyException_GetContext(PyObject *);
K_API void PyException_SetContext(PyObject *, PyObject *);
K_API const char *PyExceptionClass_Name(PyObject *);
K_API int PyErr_BadArgument(void);
K_API PyObject *PyErr_NoMemory(void);
K_API PyObject *PyErr_SetFromErrno(PyObject *);
K_API PyObject *PyErr_SetFromErrnoWithFilenameObject(PyObject *, PyObject *);
K_API PyObject *PyErr_SetFromErrnoWithFilenameObjects(PyObject *, PyObject *, PyObject *);
K_API PyObject *PyErr_SetFromErrnoWithFilename(PyObject *exc, const char *filename);
K_API PyObject *PyErr_FormatV(PyObject *exception, const char *format, va_list vargs);
K_API PyObject *PyErr_SetImportErrorSubclass(PyObject *, PyObject *, PyObject *, PyObject *);
K_API PyObject *PyErr_SetImportError(PyObject *, PyObject *, PyObject *);
K_API void (PyErr_BadInternalCall)(void);
K_API K_NEW PyObject *PyErr_NewException(const char *name, PyObject *base, PyObject *dict);
K_API K_NEW PyObject *PyErr_NewExceptionWithDoc(const char *name, const char *doc, PyObject *base, PyObject *dict);
K_API void PyErr_WriteUnraisable(PyObject *);
K_API K_STATUS int PyErr_CheckSignals(void);
K_API void PyErr_SetInterrupt(void);
K_API int PyErr_SetInterruptEx(int signum);
K_API void PyErr_SyntaxLocation(const char *filename, int lineno);
K_API void PyErr_SyntaxLocationEx(const char *filename, int lineno, int col_offset);
K_API K_NEW PyObject *PyErr_ProgramText(const char *filename, int lineno);
K_API K_NEW PyObject *PyUnicodeDecodeError_Create(const char *encoding, const char *object, Py_ssize_t length,
    Py_ssize_t start, Py_ssize_t end, const char *reason);
K_API K_NEW PyObject *PyUnicodeEncodeError_GetEncoding(PyObject *);
K_API K_NEW PyObject *PyUnicodeDecodeError_GetEncoding(PyObject *);
K_API K_NEW PyObject *PyUnicodeEncodeError_GetObject(PyObject *);
K_API K_NEW PyObject *PyUnicodeDecodeError_GetObject(PyObject *);
K_API K_NEW PyObject *PyUnicodeTranslateError_GetObject(PyObject *);
K_API K_STATUS int PyUnicodeEncodeError_GetStart(PyObject *, Py_ssize_t *);
K_API K_STATUS int PyUnicodeDecodeError_GetStart(PyObject *, Py_ssize_t *);
K_API K_STATUS int PyUnicodeTranslateError_GetStart(PyObject *, Py_ssize_t *);
K_API K_STATUS int PyUnicodeEncodeError_SetStart(PyObject *, Py_ssize_t);
K_API K_STATUS int PyUnicodeDecodeError_SetStart(PyObject *, Py_ssize_t);
K_API K_STATUS int PyUnicodeTranslateError_SetStart(PyObject *, Py_ssize_t);
K_API K_STATUS int PyUnicodeEncodeError_GetEnd(PyObject *, Py_ssize_t *);
K_API K_STATUS int PyUnicodeDecodeError_GetEnd(PyObject *, Py_ssize_t *);
K_API K_STATUS int PyUnicodeTranslateError_GetEnd(PyObject *, Py_ssize_t *);
K_API K_STATUS int PyUnicodeEncodeError_SetEnd(PyObject *, Py_ssize_t);
K_API K_STATUS int PyUnicodeDecodeError_SetEnd(PyObject *, Py_ssize_t);
K_API K_STATUS int PyUnicodeTranslateError_SetEnd(PyObject *, Py_ssize_t);
K_API K_NEW PyObject *PyUnicodeEncodeError_GetReason(PyObject *);
K_API K_NEW PyObject *PyUnicodeDecodeError_GetReason(PyObject *);
K_API K_NEW PyObject *PyUnicodeTranslateError_GetReason(PyObject *);
K_API K_STATUS int PyUnicodeEncodeError_SetReason(PyObject *exc, const char *reason);
K_API K_STATUS int PyUnicodeDecodeError_SetReason(PyObject *exc, const char *reason);
K_API K_STATUS int PyUnicodeTranslateError_SetReason(PyObject *exc, const char *reason);
K_API int PyOS_snprintf(char *str, size_t size, const char *format, ...);
K_API int PyOS_vsnprintf(char *str, size_t size, const char *format, va_list va);
K_API void _PyErr_SetKeyError(PyObject *);
K_API struct _PyErr_StackItem *_PyErr_GetTopmostException(PyThreadState *tstate);
K_API K_NEW PyObject *_PyErr_GetHandledException(PyThreadState *);
K_API void _PyErr_SetHandledException(PyThreadState *, PyObject *);
K_API void _PyErr_GetExcInfo(PyThreadState *, PyObject **, PyObject **, PyObject **);
K_API void _PyErr_ChainExceptions(PyObject *, PyObject *, PyObject *);
K_API PyObject *_PyErr_FormatFromCause(PyObject *exception, const char *format, ...);
K_API PyObject *_PyErr_TrySetFromCause(const char *prefix_format, ...);
K_API K_STATUS int _PyErr_CheckSignals(void);
K_API void PyErr_SyntaxLocationObject(PyObject *filename, int lineno, int col_offset);
K_API void PyErr_RangedSyntaxLocationObject(PyObject *filename, int lineno, int col_offset, int end_lineno,
    int end_col_offset);
K_API K_NEW PyObject *PyErr_ProgramTextObject(PyObject *filename, int lineno);
K_API K_NEW PyObject *_PyErr_ProgramDecodedTextObject(PyObject *filename, int lineno, const char* encoding);
K_API K_NEW PyObject *_PyUnicodeTranslateError_Create(PyObject *object, Py_ssize_t start, Py_ssize_t end,
    const char *reason);
K_API void _PyErr_WriteUnraisableMsg(const char *err_msg, PyObject *obj);
K_API K_NORETURN void _Py_FatalErrorFunc(const char *func, const char *message);
#define Py_FatalError(message) _Py_FatalErrorFunc(__func__, (message))
#define PyErr_BadInternalCall() _PyErr_BadInternalCall(__FILE__, __LINE__)

/* ---- beyond CPython's API: shapes that many callers share ---- */

/* Sets an exception and gives NULL, so that a body reads: return k_raise(PyExc_ValueError, "...", ...). */
K_INT PyObject *k_raise(PyObject *type, const char *format, ...); /* PyErr_Format's formats */

/* Whether the current exception is (a subclass of) this one; clears it then. */
K_INT int k_catch(PyObject *type);
extern K_API PyObject *PyExc_ValueError;
K_API void _PyErr_BadInternalCall(const char *filename, int lineno);
K_API K_NORETURN void _Py_FatalErrorFormat(const char *func, const char *format, ...);
K_API K_BORROWED PyObject *_PyErr_Occurred(PyThreadState *tstate);
K_API void _PyErr_Fetch(PyThreadState *tstate, PyObject **type, PyObject **value, PyObject **traceback);
K_API void _PyErr_Restore(PyThreadState *tstate, PyObject *type, PyObject *value, PyObject *traceback);
K_API void _PyErr_Clear(PyThreadState *tstate);
K_API int _PyErr_ExceptionMatches(PyThreadState *tstate, PyObject *exc);
K_API void _PyErr_SetObject(PyThreadState *tstate, PyObject *type, PyObject *value);
K_API void _PyErr_SetString(PyThreadState *tstate, PyObject *type, const char *text);
K_API void _PyErr_SetNone(PyThreadState *tstate, PyObject *type);
K_API PyObject *_PyErr_Format(PyThreadState *tstate, PyObject *exception, const char *format, ...);
K_API PyObject *_PyErr_NoMemory(PyThreadState *tstate);
K_API PyObject *_PyErr_FormatFromCauseTstate(PyThreadState *tstate, PyObject *exception, const char *format, ...);
K_API void _PyErr_NormalizeException(PyThreadState *tstate, PyObject **type, PyObject **value, PyObject **traceback);
K_API void _PyErr_ChainStackItem(struct _PyErr_StackItem *item);

/* The exception being raised as one normalised object with its traceback, taken out: new reference, NULL when there is
 * none. */
K_INT PyObject *k_err_take(void);
/* Makes it the exception being raised again. */
K_INT void k_err_give(K_STOLEN PyObject *exception);
/* An exception of this type (a class) from a value as raise takes it: NULL, None, a tuple of arguments, one argument. */
K_INT K_NEW PyObject *k_exc_instantiate(PyObject *type, PyObject *value); /* runs code */

/* Writes the current exception to file, for sys.unraisablehook's default; and that default itself, for an args object. */
K_INT K_NEW PyObject *k_unraisable_default(PyObject *unraisable_args);
extern K_INT PyTypeObject k_unraisable_args_type; /* sys.UnraisableHookArgs */
K_INT K_STATUS int k_unraisable_start(void);      /* makes that type */

/* Whether the current exception is SystemExit (and -i is off): clears it, prints its message if it has one, gives the
 * status to exit with. */
K_INT int k_system_exit_status(int *status);

#endif
