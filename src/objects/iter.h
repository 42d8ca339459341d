/* iter.h - iterators over sequences and callables; enumerate, reversed, zip, map, filter. */
#ifndef KAA_OBJECTS_ITER_H
#define KAA_OBJECTS_ITER_H

#include "objects/object.h"

extern K_API PyTypeObject PySeqIter_Type;
extern K_API PyTypeObject PyCallIter_Type;
extern K_API PyTypeObject PySeqIter_Type, PyCallIter_Type;
extern K_API PyTypeObject PyEnum_Type, PyReversed_Type, PyZip_Type, PyMap_Type, PyFilter_Type;
#define PySeqIter_Check(o)  Py_IS_TYPE(o, &PySeqIter_Type)
#define PyCallIter_Check(o) Py_IS_TYPE(o, &PyCallIter_Type)

K_API K_NEW PyObject *PySeqIter_New(PyObject *);
K_API K_NEW PyObject *PyCallIter_New(PyObject *, PyObject *);
extern K_API PyTypeObject PySeqIter_Type, PyCallIter_Type;

/* ---- beyond CPython's API: shared by the containers ---- */

/* builtins.name, as the running code sees it. */
K_INT K_NEW PyObject *k_iter_builtin(PyObject *name);

/* __reduce__ of an iterator by index: (builtin, (seq,), index), or (builtin, (empty,)) when seq is NULL. */
K_INT K_NEW PyObject *k_iter_reduce(PyObject *builtin, PyObject *seq, Py_ssize_t index, K_STOLEN PyObject *empty);

/* The start and stop of x.index(value[, start[, stop]]), brought into 0 ... length (stop may exceed it). */
K_INT K_STATUS int k_index_args(const char *name, PyObject *const *args, Py_ssize_t nargs, Py_ssize_t length,
                                Py_ssize_t *start, Py_ssize_t *stop);

/* "(" or "[", the items' repr joined by ", ", and the end. seq: a list (which may change meanwhile) or a tuple. */
K_INT K_NEW PyObject *k_repr_items(char open, PyObject *seq, const char *close); /* runs code */

/* The pair (first, second): *slot itself, filled anew, when nobody else holds it, else a new one. */
K_INT K_NEW PyObject *k_iter_fill_pair(PyObject **slot, K_STOLEN PyObject *first, K_STOLEN PyObject *second);

/* A tuple of iter(x) for each. */
K_INT K_NEW PyObject *k_iter_tuple(PyObject *const *iterables, Py_ssize_t n); /* runs code */

#endif
