/* warnings.h - warnings issued from C. */
#ifndef KAA_RUNTIME_WARNINGS_H
#define KAA_RUNTIME_WARNINGS_H

#include "objects/object.h"

K_API int PyErr_WarnEx(PyObject *category, const char *message, Py_ssize_t stack_level);
K_API int PyErr_WarnFormat(PyObject *category, Py_ssize_t stack_level, const char *format, ...);
K_API int PyErr_ResourceWarning(PyObject *source, Py_ssize_t stack_level, const char *format, ...);
K_API int PyErr_WarnExplicit(PyObject *category, const char *message, const char *filename, int lineno,
    const char *module, PyObject *registry);
K_API K_STATUS int PyErr_WarnExplicitObject(PyObject *category, PyObject *message, PyObject *filename, int lineno,
    PyObject *module, PyObject *registry);
K_API K_STATUS int PyErr_WarnExplicitFormat(PyObject *category, const char *filename, int lineno,
    const char *module, PyObject *registry, const char *format, ...);

/* ---- beyond CPython's API ---- */
K_INT void k_warn_unawaited_coroutine(PyObject *coroutine); /* "coroutine '...' was never awaited"; no exception left */

#endif
