/* memoryview_item.h - one item of a memoryview as a Python object, by its native format character. */
#ifndef KAA_OBJECTS_MEMORYVIEW_MEMORYVIEW_ITEM_H
#define KAA_OBJECTS_MEMORYVIEW_MEMORYVIEW_ITEM_H

#include "objects/object.h"

/* The character of a native single-character format, with or without "@", and its size; 0 when it is none. */
K_INT char memoryview_item_format(const char *format, Py_ssize_t *size);
K_INT K_NEW PyObject *memoryview_item_get(const char *p, const char *format);
K_INT K_STATUS int memoryview_item_set(char *p, PyObject *value, const char *format);
/* 1 equal, 0 not: both of the same native format character. */
K_INT int memoryview_item_equal(const char *p, const char *q, char format);

#endif
