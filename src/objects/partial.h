/* partial.h - functools.partial, as the engine sees it. */
#ifndef KAA_OBJECTS_PARTIAL_H
#define KAA_OBJECTS_PARTIAL_H

#include "objects/object.h"

typedef struct Partial {
    PyObject ob_base;
    PyObject *fn, *args, *kw, *dict, *weakreflist;
    vectorcallfunc vectorcall;
} Partial;

/* tp_call of partial and of its subclasses that have no __call__ of their own. */
K_INT K_NEW PyObject *k_partial_call(PyObject *self, PyObject *args, PyObject *kwargs);
/* All arguments of a call: a new tuple, and a new dict or NULL. May run code. */
K_INT K_STATUS int k_partial_unfold(PyObject *self, PyObject *args, PyObject *kwargs, PyObject **all, PyObject **keywords);

#endif
