/* args.h - PyArg_*: arguments of extension functions by format string; Py_BuildValue. */
#ifndef KAA_CAPI_ARGS_H
#define KAA_CAPI_ARGS_H

#include "objects/object.h"

/* Declared with the module API: objects/module.h. */
#include "objects/module.h"

struct _PyArg_Parser;
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

#endif
