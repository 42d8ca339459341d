/* float.h - float, and shortest text of a double. */
#ifndef KAA_OBJECTS_FLOAT_FLOAT_H
#define KAA_OBJECTS_FLOAT_FLOAT_H

#include "objects/object.h"

typedef struct PyFloatObject {
    PyObject ob_base;
    double ob_fval;
} PyFloatObject;

#define PyFloat_Check(o) PyObject_TypeCheck(o, &PyFloat_Type)
#define PyFloat_CheckExact(o) Py_IS_TYPE(o, &PyFloat_Type)
#define PyFloat_AS_DOUBLE(o) (((PyFloatObject *)(o))->ob_fval)

/* PyOS_double_to_string */
enum {
    Py_DTSF_SIGN = 1,
    Py_DTSF_ADD_DOT_0 = 2,
    Py_DTSF_ALT = 4,
    Py_DTSF_NO_NEG_0 = 8,
    Py_DTST_FINITE = 0,
    Py_DTST_INFINITE = 1,
    Py_DTST_NAN = 2
};

extern K_API PyTypeObject PyFloat_Type;
K_API char *PyOS_double_to_string(double val, char format_code, int precision, int flags, int *type);
K_API double PyFloat_GetMax(void);
K_API double PyFloat_GetMin(void);
K_API K_NEW PyObject *PyFloat_GetInfo(void);
K_API K_NEW PyObject *PyFloat_FromString(PyObject*);
K_API K_NEW PyObject *PyFloat_FromDouble(double);
K_API double PyFloat_AsDouble(PyObject*);
K_API K_STATUS int PyFloat_Pack2(double x, char *p, int le);
K_API K_STATUS int PyFloat_Pack4(double x, char *p, int le);
K_API K_STATUS int PyFloat_Pack8(double x, char *p, int le);
K_API double PyFloat_Unpack2(const char *p, int le);
K_API double PyFloat_Unpack4(const char *p, int le);
K_API double PyFloat_Unpack8(const char *p, int le);
K_API double PyOS_string_to_double(const char *str, char **endptr, PyObject *overflow_exception);
K_API K_NEW PyObject *_Py_string_to_number_with_underscores(const char *str, Py_ssize_t len, const char *what,
    PyObject *obj, void *arg, PyObject *(*innerfunc)(const char *, Py_ssize_t, void *));
K_API double _Py_parse_inf_or_nan(const char *p, char **endptr);
struct _PyUnicodeWriter;
K_API K_STATUS int _PyFloat_FormatAdvancedWriter(struct _PyUnicodeWriter *writer, PyObject *obj, PyObject *format_spec,
    Py_ssize_t start, Py_ssize_t end);
K_API void _PyFloat_DebugMallocStats(FILE *out);

/* ---- beyond CPython's API ---- */

/* The value of a float or int: 1, 0 when it is neither, -1 with an exception (an int out of range). */
K_INT K_STATUS int k_float_operand(PyObject *v, double *out);

/* The text of a number in an object: str with its digits and blanks brought to ASCII, bytes, bytearray or a buffer.
 * Calls read() with it; the text ends with a NUL. *none is set when the object is no text. */
K_INT K_NEW PyObject *k_number_from_text(PyObject *v, const char *what,
                                         PyObject *(*read)(const char *text, Py_ssize_t length, void *object), int *none);
extern K_API PyTypeObject PyFloat_Type;
K_API char *PyOS_double_to_string(double val, char format_code, int precision, int flags, int *type);

#endif
