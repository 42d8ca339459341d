/* genericalias.h - list[int]: generic aliases, and X | Y unions. */
#ifndef KAA_OBJECTS_GENERICALIAS_H
#define KAA_OBJECTS_GENERICALIAS_H

#include "objects/object.h"

extern K_API PyTypeObject Py_GenericAliasType;
K_API K_NEW PyObject *Py_GenericAlias(PyObject *, PyObject *);
extern K_API PyTypeObject _PyUnion_Type;
K_API K_NEW PyObject *_Py_union_type_or(PyObject *, PyObject *);
K_API K_NEW PyObject *_Py_subs_parameters(PyObject *, PyObject *, PyObject *, PyObject *);
K_API K_NEW PyObject *_Py_make_parameters(PyObject *);

/* ---- beyond CPython's API ---- */
K_INT K_BORROWED PyObject *k_union_args(PyObject *o); /* the members when o is a union, else NULL without an exception */
K_INT K_NEW PyObject *k_generic_item_repr(PyObject *o); /* how o reads inside brackets */

#endif
