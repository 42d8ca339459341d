/* set.h - set and frozenset. */
#ifndef KAA_OBJECTS_SET_SET_H
#define KAA_OBJECTS_SET_SET_H

#include "objects/object.h"

typedef struct setentry {
    PyObject *key;
    Py_hash_t hash;
} setentry;
enum { PySet_MINSIZE = 8 };
struct PySetObject {
    PyObject ob_base;
    Py_ssize_t fill, used, mask;
    setentry *table;
    Py_hash_t hash;
    Py_ssize_t finger;
    setentry smalltable[PySet_MINSIZE];
    PyObject *weakreflist;
};

#define PySet_GET_SIZE(o)        (((PySetObject *)(o))->used)
#define PySet_CheckExact(o)       Py_IS_TYPE(o, &PySet_Type)
#define PyFrozenSet_CheckExact(o) Py_IS_TYPE(o, &PyFrozenSet_Type)
#define PyAnySet_CheckExact(o)    (PySet_CheckExact(o) || PyFrozenSet_CheckExact(o))
#define PySet_Check(o)            PyObject_TypeCheck(o, &PySet_Type)
#define PyFrozenSet_Check(o)      PyObject_TypeCheck(o, &PyFrozenSet_Type)
#define PyAnySet_Check(o)         (PySet_Check(o) || PyFrozenSet_Check(o))

extern K_API PyTypeObject PySet_Type;
extern K_API PyTypeObject PyFrozenSet_Type;
extern K_API PyTypeObject PySet_Type, PyFrozenSet_Type, PySetIter_Type;
extern K_API PyObject *_PySet_Dummy;
K_API K_NEW PyObject *PySet_New(PyObject *);
K_API K_NEW PyObject *PyFrozenSet_New(PyObject *);
K_API K_STATUS int PySet_Add(PyObject *set, PyObject *key);
K_API K_STATUS int PySet_Clear(PyObject *set);
K_API K_STATUS int PySet_Contains(PyObject *anyset, PyObject *key);
K_API K_STATUS int PySet_Discard(PyObject *set, PyObject *key);
K_API K_NEW PyObject *PySet_Pop(PyObject *set);
K_API K_STATUS Py_ssize_t PySet_Size(PyObject *anyset);
K_API K_STATUS int _PySet_NextEntry(PyObject *set, Py_ssize_t *pos, PyObject **key, Py_hash_t *hash);
K_API K_STATUS int _PySet_Update(PyObject *set, PyObject *iterable);
extern K_API PyTypeObject PySet_Type, PyFrozenSet_Type;

#endif
