/* weakref.h - weak references. */
#ifndef KAA_OBJECTS_WEAKREF_H
#define KAA_OBJECTS_WEAKREF_H

#include "objects/object.h"

struct PyWeakReference {
    PyObject ob_base;
    PyObject *wr_object;   /* None once dead */
    PyObject *wr_callback; /* owned, may be NULL */
    Py_hash_t hash;
    PyWeakReference *wr_prev, *wr_next;
    vectorcallfunc vectorcall;
};
#define PyWeakref_CheckRef(o)      PyObject_TypeCheck(o, &_PyWeakref_RefType)
#define PyWeakref_CheckRefExact(o) Py_IS_TYPE(o, &_PyWeakref_RefType)
#define PyWeakref_CheckProxy(o)    (Py_IS_TYPE(o, &_PyWeakref_ProxyType) || Py_IS_TYPE(o, &_PyWeakref_CallableProxyType))
#define PyWeakref_Check(o)         (PyWeakref_CheckRef(o) || PyWeakref_CheckProxy(o))
#define PyWeakref_GET_OBJECT(ref)                                                                                      \
    (Py_REFCNT(((PyWeakReference *)(ref))->wr_object) > 0 ? ((PyWeakReference *)(ref))->wr_object : Py_None)
#define PyType_SUPPORTS_WEAKREFS(t) ((t)->tp_weaklistoffset > 0)

extern K_API PyTypeObject _PyWeakref_RefType;
extern K_API PyTypeObject _PyWeakref_ProxyType;
extern K_API PyTypeObject _PyWeakref_CallableProxyType;
K_API void PyObject_ClearWeakRefs(PyObject *);

K_API K_NEW PyObject *PyWeakref_NewRef(PyObject *ob, PyObject *callback);
K_API K_NEW PyObject *PyWeakref_NewProxy(PyObject *ob, PyObject *callback);
K_API K_BORROWED PyObject *PyWeakref_GetObject(PyObject *ref);
K_API K_STATUS Py_ssize_t _PyWeakref_GetWeakrefCount(PyWeakReference *head);
K_API void _PyWeakref_ClearRef(PyWeakReference *self);
extern K_API PyTypeObject _PyWeakref_RefType, _PyWeakref_ProxyType, _PyWeakref_CallableProxyType;

#endif
