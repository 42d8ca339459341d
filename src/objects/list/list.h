/* list.h - list. */
#ifndef KAA_OBJECTS_LIST_LIST_H
#define KAA_OBJECTS_LIST_LIST_H

#include "objects/object.h"

struct PyListObject {
    PyVarObject ob_base;
    PyObject **ob_item;
    Py_ssize_t allocated; /* -1 while list.sort() works on the items */
};

#define PyList_Check(o)      PyType_FastSubclass(Py_TYPE(o), Py_TPFLAGS_LIST_SUBCLASS)
#define PyList_CheckExact(o) Py_IS_TYPE(o, &PyList_Type)
#define PyList_GET_SIZE(o)       Py_SIZE(o)
#define PyList_GET_ITEM(o, i)    (((PyListObject *)(o))->ob_item[i])
#define PyList_SET_ITEM(o, i, v) ((void)(((PyListObject *)(o))->ob_item[i] = (v)))

extern K_API PyTypeObject PyList_Type;
extern K_API PyTypeObject PyList_Type, PyListIter_Type;
extern K_API PyTypeObject PyListRevIter_Type;
K_API K_NEW PyObject *PyList_New(Py_ssize_t size);
K_API K_STATUS Py_ssize_t PyList_Size(PyObject *);
K_API K_BORROWED PyObject *PyList_GetItem(PyObject *, Py_ssize_t);
K_API K_STATUS int PyList_SetItem(PyObject *, Py_ssize_t, PyObject *);
K_API K_STATUS int PyList_Insert(PyObject *, Py_ssize_t, PyObject *);
K_API K_STATUS int PyList_Append(PyObject *, PyObject *);
K_API K_NEW PyObject *PyList_GetSlice(PyObject *, Py_ssize_t, Py_ssize_t);
K_API K_STATUS int PyList_SetSlice(PyObject *, Py_ssize_t, Py_ssize_t, PyObject *);
K_API K_STATUS int PyList_Sort(PyObject *);
K_API K_STATUS int PyList_Reverse(PyObject *);
K_API K_NEW PyObject *PyList_AsTuple(PyObject *);
K_API K_NEW PyObject *_PyList_Extend(PyListObject *, PyObject *);
K_API void _PyList_DebugMallocStats(FILE *out);

/* ---- beyond CPython's API ---- */

/* Both iterators; the engine's loops read the forward one. list is NULL once exhausted. */
typedef struct PyListIter {
    PyObject ob_base;
    Py_ssize_t index;
    PyListObject *list; /* owned */
} PyListIter;

K_INT K_STATUS int k_list_append_steal(PyListObject *list, K_STOLEN PyObject *item);
K_INT K_NEW PyObject *k_list_from_array_steal(PyObject *const *items, Py_ssize_t n); /* items: K_STOLEN, on failure too */
extern K_API PyTypeObject PyList_Type;

#endif
