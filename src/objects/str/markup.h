/* markup.h - the replacement fields of str.format: reading a format string and a field's name. */
#ifndef KAA_OBJECTS_STR_MARKUP_H
#define KAA_OBJECTS_STR_MARKUP_H

#include "objects/str/str.h"

typedef struct Markup {
    PyObject *text; /* borrowed */
    Py_ssize_t pos, end;
} Markup;
typedef struct MarkupItem {
    Py_ssize_t literal_start, literal_end;
    int has_field, spec_has_fields;
    Py_ssize_t name_start, name_end, spec_start, spec_end;
    Py_UCS4 conversion; /* 0: none */
} MarkupItem;
/* 1: the next literal with perhaps a field behind it; 0: the end; -1 with ValueError. */
K_INT K_STATUS int markup_next(Markup *markup, MarkupItem *item);

/* A field's name: first, then .attribute and [index] steps. */
typedef struct FieldName {
    PyObject *text;
    Py_ssize_t pos, end;
} FieldName;
typedef struct FieldStep {
    int is_attribute;
    Py_ssize_t start, end;
    Py_ssize_t index; /* of digits; -1: a name */
} FieldStep;
/* Splits off the first part: 0, or -1 with ValueError. */
K_INT K_STATUS int field_first(FieldName *name, PyObject *text, Py_ssize_t start, Py_ssize_t end, FieldStep *first);
/* 1: a step; 0: the end; -1 with ValueError. */
K_INT K_STATUS int field_next(FieldName *name, FieldStep *step);

#endif
