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

typedef struct KWarnings {
    PyObject *filters, *once_registry, *default_action; /* what module warnings starts with */
    long filters_version;                               /* changes with the filters: registries know theirs */
} KWarnings;
K_INT KWarnings *k_warnings_state(void); /* NULL with MemoryError */

/* One warning with its place. All borrowed; module, registry, source_line, source may be NULL. */
typedef struct KWarning {
    PyObject *category, *message, *filename;
    int line;
    PyObject *module, *registry, *source_line, *source;
} KWarning;
K_INT K_STATUS int k_warn_explicit(const KWarning *warning);
/* The place is that of the stack_level'th caller. source: what it is about, or NULL. */
K_INT K_STATUS int k_warn(PyObject *category, PyObject *message, Py_ssize_t stack_level, PyObject *source);
K_INT void k_warn_unawaited_coroutine(PyObject *coroutine); /* "coroutine '...' was never awaited"; no exception left */

#endif
