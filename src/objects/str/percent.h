/* percent.h - the % operator of str and of bytes: one engine for both. */
#ifndef KAA_OBJECTS_STR_PERCENT_H
#define KAA_OBJECTS_STR_PERCENT_H

#include "objects/object.h"

/* Formats n characters of one of str's kinds. For bytes (bytes_mode) kind is 1 and the result is a str of characters
 * below 256 that stand for bytes. */
K_INT K_NEW PyObject *percent_format(int kind, const void *format, Py_ssize_t n, PyObject *source, PyObject *args,
                                     int bytes_mode);

#endif
