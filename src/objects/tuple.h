/* tuple.h - tuple. */
#ifndef KAA_OBJECTS_TUPLE_H
#define KAA_OBJECTS_TUPLE_H

#include "memory/gc.h"
#include "objects/object.h"

struct PyTupleObject {
    PyVarObject ob_base;
    PyObject *ob_item[1];
};

#define PyTuple_Check(o)      PyType_FastSubclass(Py_TYPE(o), Py_TPFLAGS_TUPLE_SUBCLASS)
#define PyTuple_CheckExact(o) Py_IS_TYPE(o, &PyTuple_Type)
#define PyTuple_GET_SIZE(o)       Py_SIZE(o)
#define PyTuple_GET_ITEM(o, i)    (((PyTupleObject *)(o))->ob_item[i])
#define PyTuple_SET_ITEM(o, i, v) ((void)(((PyTupleObject *)(o))->ob_item[i] = (v)))

extern K_API PyTypeObject PyTuple_Type;
extern K_API PyTypeObject PyTuple_Type, PyTupleIter_Type;
K_API K_NEW PyObject *PyTuple_New(Py_ssize_t size);
K_API K_STATUS Py_ssize_t PyTuple_Size(PyObject *);
K_API K_BORROWED PyObject *PyTuple_GetItem(PyObject *, Py_ssize_t);
K_API K_STATUS int PyTuple_SetItem(PyObject *, Py_ssize_t, PyObject *);
K_API K_NEW PyObject *PyTuple_GetSlice(PyObject *, Py_ssize_t, Py_ssize_t);
K_API K_NEW PyObject *PyTuple_Pack(Py_ssize_t, ...);
K_API K_STATUS int _PyTuple_Resize(PyObject **, Py_ssize_t);
K_API void _PyTuple_MaybeUntrack(PyObject *);
K_API void _PyTuple_DebugMallocStats(FILE *out);

/* ---- beyond CPython's API ---- */

/* The iterator; the engine's loops read it. tuple is NULL once exhausted. */
typedef struct PyTupleIter {
    PyObject ob_base;
    Py_ssize_t index;
    PyTupleObject *tuple; /* owned */
} PyTupleIter;

/* Whether the collector might ever have to know this item of a tuple or a dict: no for atoms and for tuples of atoms. */
static inline int k_may_be_tracked(PyObject *item)
{
    if (!PyType_IS_GC(Py_TYPE(item)))
        return 0;
    if (PyTuple_CheckExact(item))
        return k_gc_is_tracked(item);
    return !Py_TYPE(item)->tp_is_gc || Py_TYPE(item)->tp_is_gc(item);
}
K_INT K_NEW PyObject *k_tuple_from_array(PyObject *const *items, Py_ssize_t n);       /* counts the items up */
K_INT K_NEW PyObject *k_tuple_from_array_steal(PyObject *const *items, Py_ssize_t n); /* items: K_STOLEN, on failure too */
extern K_API PyTypeObject PyTuple_Type;

#endif
