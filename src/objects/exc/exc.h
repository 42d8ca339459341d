/* exc.h - exception objects: layouts and accessors. */
#ifndef KAA_OBJECTS_EXC_EXC_H
#define KAA_OBJECTS_EXC_EXC_H

#include "objects/object.h"
#include "runtime/errors.h"

#define K_EXC_HEAD                                                                                                     \
    PyObject ob_base;                                                                                                  \
    PyObject *dict, *args, *notes, *traceback, *context, *cause;                                                       \
    char suppress_context;
typedef struct PyBaseExceptionObject {
    K_EXC_HEAD
} PyBaseExceptionObject;
typedef struct PyBaseExceptionGroupObject {
    K_EXC_HEAD
    PyObject *msg, *excs;
} PyBaseExceptionGroupObject;
typedef struct PySyntaxErrorObject {
    K_EXC_HEAD
    PyObject *msg, *filename, *lineno, *offset, *end_lineno, *end_offset, *text, *print_file_and_line;
} PySyntaxErrorObject;
typedef struct PyImportErrorObject {
    K_EXC_HEAD
    PyObject *msg, *name, *path;
} PyImportErrorObject;
typedef struct PyUnicodeErrorObject {
    K_EXC_HEAD
    PyObject *encoding, *object;
    Py_ssize_t start, end;
    PyObject *reason;
} PyUnicodeErrorObject;
typedef struct PySystemExitObject {
    K_EXC_HEAD
    PyObject *code;
} PySystemExitObject;
typedef struct PyOSErrorObject {
    K_EXC_HEAD
    PyObject *myerrno, *strerror, *filename, *filename2;
    Py_ssize_t written; /* BlockingIOError only, -1 otherwise */
} PyOSErrorObject;
typedef struct PyStopIterationObject {
    K_EXC_HEAD
    PyObject *value;
} PyStopIterationObject;
typedef struct PyNameErrorObject {
    K_EXC_HEAD
    PyObject *name;
} PyNameErrorObject;
typedef struct PyAttributeErrorObject {
    K_EXC_HEAD
    PyObject *obj, *name;
} PyAttributeErrorObject;

#define PyExceptionClass_Check(o)                                                                                      \
    (PyType_Check(o) && PyType_FastSubclass((PyTypeObject *)(o), Py_TPFLAGS_BASE_EXC_SUBCLASS))
#define PyExceptionInstance_Check(o) PyType_FastSubclass(Py_TYPE(o), Py_TPFLAGS_BASE_EXC_SUBCLASS)
#define PyExceptionInstance_Class(o) ((PyObject *)Py_TYPE(o))

/* ---- beyond CPython's API ---- */
K_INT K_STATUS int k_exc_start(void);                   /* after types_start(): ExceptionGroup, spare MemoryErrors */
K_INT K_STATUS int k_exc_add_names(PyObject *builtins); /* puts every exception type into this dict */
K_INT K_BORROWED PyObject *k_exc_group_type(void);      /* ExceptionGroup; NULL before k_exc_start() */

/* The end of try ... except*: what is to be raised of the group orig after its clauses left these exceptions (a list,
 * None for a clause that ended well). None: nothing. */
K_INT K_NEW PyObject *_PyExc_PrepReraiseStar(PyObject *orig, PyObject *exceptions);
K_INT K_NEW PyObject *_PyExc_CreateExceptionGroup(const char *message, PyObject *members);

#endif
