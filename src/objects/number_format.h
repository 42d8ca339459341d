/* number_format.h - format() of numbers. */
#ifndef KAA_OBJECTS_NUMBER_FORMAT_H
#define KAA_OBJECTS_NUMBER_FORMAT_H

#include "objects/object.h"

struct _PyUnicodeWriter;

/* Appends format(v, format[start:end]); 0, or -1 with an exception. The ones of int and float are declared there. */
K_API K_STATUS int _PyComplex_FormatAdvancedWriter(struct _PyUnicodeWriter *writer, PyObject *v, PyObject *format,
                                                   Py_ssize_t start, Py_ssize_t end);

#endif
