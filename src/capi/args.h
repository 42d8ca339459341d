/* args.h - PyArg_*: arguments of extension functions by format string; Py_BuildValue. */
#ifndef KAA_CAPI_ARGS_H
#define KAA_CAPI_ARGS_H

#include "objects/object.h"

/* Declared with the module API: objects/module.h. */
#include "objects/module.h"

typedef struct _PyArg_Parser {
    const char *format;
    const char *const *keywords;
    const char *fname;      /* from the format, after ':' */
    const char *custom_msg; /* from the format, after ';' */
    int pos;                /* positional-only parameters */
    int min;                /* required ones */
    int max;                /* most positional ones */
    PyObject *kwtuple;      /* names of the parameters that have one */
    struct _PyArg_Parser *next;
} _PyArg_Parser;
K_API K_STATUS int _PyArg_Parse_SizeT(PyObject *, const char *, ...);
K_API K_STATUS int _PyArg_ParseTuple_SizeT(PyObject *, const char *, ...);
K_API K_STATUS int _PyArg_ParseTupleAndKeywords_SizeT(PyObject *, PyObject *, const char *, char **, ...);
K_API K_STATUS int _PyArg_VaParse_SizeT(PyObject *, const char *, va_list);
K_API K_STATUS int _PyArg_VaParseTupleAndKeywords_SizeT(PyObject *, PyObject *, const char *, char **, va_list);
K_API K_STATUS int _PyArg_ParseStack_SizeT(PyObject *const *args, Py_ssize_t nargs, const char *format, ...);
K_API K_STATUS int _PyArg_ParseStackAndKeywords_SizeT(PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames,
    struct _PyArg_Parser *, ...);
K_API K_STATUS int _PyArg_ParseTupleAndKeywordsFast_SizeT(PyObject *, PyObject *, struct _PyArg_Parser *, ...);
K_API K_STATUS int _PyArg_VaParseTupleAndKeywordsFast_SizeT(PyObject *, PyObject *, struct _PyArg_Parser *, va_list);

/* ---- beyond CPython's API: converting one argument by its unit in a format (args_unit.c) ---- */

enum { ARGS_CLEANUPS = 32, ARGS_MESSAGE = 256 };
typedef struct ArgsCleanup {
    void *what;
    int (*converter)(PyObject *, void *); /* an O& converter to be called with NULL; else a Py_buffer or memory */
    bool is_buffer;
} ArgsCleanup;
typedef struct ArgsRun {
    bool size_t_lengths; /* "#" lengths are Py_ssize_t: PY_SSIZE_T_CLEAN was defined */
    int ncleanups;
    ArgsCleanup cleanup[ARGS_CLEANUPS];
    int levels[8]; /* item numbers in nested tuples, from 1; 0 ends */
    char message[ARGS_MESSAGE];
} ArgsRun;

typedef struct ArgsVa {
    va_list va;
} ArgsVa;

/* Converts arg by the unit at *format and moves behind it. NULL, or what is wrong ("must be str, not int"; "" when an
 * exception tells it). arg NULL: only the pointers in va are passed over. */
K_INT const char *args_unit(ArgsRun *run, PyObject *arg, const char **format, ArgsVa *va);
K_INT void args_undo(ArgsRun *run); /* releases what was acquired, after a failure */

#endif
