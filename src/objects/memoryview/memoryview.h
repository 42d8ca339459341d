/* memoryview.h - memoryview, the managed buffer behind it, PickleBuffer. */
#ifndef KAA_OBJECTS_MEMORYVIEW_MEMORYVIEW_H
#define KAA_OBJECTS_MEMORYVIEW_MEMORYVIEW_H

#include "objects/object.h"
#include "objects/buffer.h"

typedef struct _PyManagedBufferObject {
    PyObject ob_base;
    int flags;
    Py_ssize_t exports;
    Py_buffer master;
} _PyManagedBufferObject;
typedef struct PyMemoryViewObject {
    PyVarObject ob_base;
    _PyManagedBufferObject *mbuf;
    Py_hash_t hash;
    int flags;
    Py_ssize_t exports;
    Py_buffer view;
    PyObject *weakreflist;
    Py_ssize_t ob_array[1];
} PyMemoryViewObject;
#define PyMemoryView_Check(o) Py_IS_TYPE(o, &PyMemoryView_Type)
#define PyMemoryView_GET_BUFFER(o) (&((PyMemoryViewObject *)(o))->view)
#define PyMemoryView_GET_BASE(o)   (((PyMemoryViewObject *)(o))->view.obj)
enum { /* PyMemoryViewObject.flags */
    _Py_MEMORYVIEW_RELEASED = 0x001, _Py_MEMORYVIEW_C = 0x002, _Py_MEMORYVIEW_FORTRAN = 0x004,
    _Py_MEMORYVIEW_SCALAR = 0x008, _Py_MEMORYVIEW_PIL = 0x010
};

extern K_API PyTypeObject PyMemoryView_Type;
extern K_API PyTypeObject PyMemoryView_Type;
extern K_API PyTypeObject _PyManagedBuffer_Type;
extern K_API PyTypeObject PyPickleBuffer_Type;
K_API K_NEW PyObject *PyMemoryView_FromObject(PyObject *base);
K_API K_NEW PyObject *PyMemoryView_FromMemory(char *mem, Py_ssize_t size, int flags);
K_API K_NEW PyObject *PyMemoryView_FromBuffer(const Py_buffer *info);
K_API K_NEW PyObject *PyMemoryView_GetContiguous(PyObject *base, int buffertype, char order);
K_API K_NEW PyObject *PyPickleBuffer_FromObject(PyObject *);
K_API const Py_buffer *PyPickleBuffer_GetBuffer(PyObject *);
K_API K_STATUS int PyPickleBuffer_Release(PyObject *);
extern K_API PyTypeObject PyMemoryView_Type;

#endif
