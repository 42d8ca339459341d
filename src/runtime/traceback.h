/* traceback.h - tracebacks and exceptions as text: for sys.stderr, and bare for a process in trouble. */
#ifndef KAA_RUNTIME_TRACEBACK_H
#define KAA_RUNTIME_TRACEBACK_H

#include "objects/object.h"
#include "runtime/state.h"

/* Async-signal-safe: reads memory, calls write() only. */
K_API void _Py_DumpTraceback(int fd, PyThreadState *tstate);
K_API const char *_Py_DumpTracebackThreads(int fd, PyInterpreterState *interp, PyThreadState *current_tstate);
K_API void _Py_DumpASCII(int fd, PyObject *text);
K_API void _Py_DumpDecimal(int fd, size_t value);
K_API void _Py_DumpHexadecimal(int fd, uintptr_t value, Py_ssize_t width);

K_API Py_ssize_t _Py_UTF8_Edit_Cost(PyObject *a, PyObject *b, Py_ssize_t max_cost); /* distance of two names */

/* ---- beyond CPython's API ---- */

/* "Did you mean" for a NameError, AttributeError or ImportError: the name, or NULL without an exception. Runs code. */
K_INT PyObject *k_suggestion_for(PyObject *exception);

/* Runs the atexit callbacks, last first; their errors are reported as unraisable. */
K_INT void k_atexit_run(PyInterpreterState *interp);

/* -X faulthandler, PYTHONFAULTHANDLER. */
K_INT K_STATUS int k_faulthandler_start(int enable);
K_INT void k_faulthandler_stop(void);

#endif
