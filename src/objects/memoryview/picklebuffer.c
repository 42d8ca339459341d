/* picklebuffer.c - PickleBuffer: marks an object whose buffer pickle protocol 5 may send out of band. */
#include "memory/gc.h"
#include "objects/memoryview/memoryview.h"
#include "objects/method.h"
#include "objects/protocol.h"
#include "objects/weakref.h"
#include "runtime/errors.h"

typedef struct PickleBuffer {
    PyObject ob_base;
    Py_buffer view; /* obj is NULL after release */
    PyObject *weakreflist;
} PickleBuffer;

static int is_open(PickleBuffer *self)
{
    if (!self->view.obj)
        PyErr_SetString(PyExc_ValueError, "operation forbidden on released PickleBuffer object");
    return self->view.obj != NULL;
}

static PyObject *picklebuffer_of(PyTypeObject *type, PyObject *o)
{
    PickleBuffer *self = (PickleBuffer *)type->tp_alloc(type, 0);
    if (!self)
        return NULL;
    self->view.obj = NULL;
    self->weakreflist = NULL;
    if (PyObject_GetBuffer(o, &self->view, PyBUF_FULL_RO) < 0) {
        self->view.obj = NULL;
        Py_DECREF(self);
        return NULL;
    }
    return (PyObject *)self;
}

PyObject *PyPickleBuffer_FromObject(PyObject *o)
{
    return picklebuffer_of(&PyPickleBuffer_Type, o);
}

static int check_type(PyObject *o)
{
    if (Py_IS_TYPE(o, &PyPickleBuffer_Type))
        return 1;
    PyErr_Format(PyExc_TypeError, "expected PickleBuffer, %.200s found", Py_TYPE(o)->tp_name);
    return 0;
}

const Py_buffer *PyPickleBuffer_GetBuffer(PyObject *o)
{
    PickleBuffer *self = (PickleBuffer *)o;
    return check_type(o) && is_open(self) ? &self->view : NULL;
}

int PyPickleBuffer_Release(PyObject *o)
{
    if (!check_type(o))
        return -1;
    PyBuffer_Release(&((PickleBuffer *)o)->view);
    return 0;
}

BINDER(picklebuffer_new, "PickleBuffer", "(object, /)", *object);

static PyObject *picklebuffer_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    picklebuffer_new_args arg;
    PyObject *owned = NULL;
    if (BIND(picklebuffer_new, &arg, args, kwargs, &owned) < 0)
        return NULL;
    PyObject *self = picklebuffer_of(type, arg.object);
    Py_XDECREF(owned);
    return self;
}

static void picklebuffer_dealloc(PyObject *o)
{
    PickleBuffer *self = (PickleBuffer *)o;
    PyObject_GC_UnTrack(o);
    if (self->weakreflist)
        PyObject_ClearWeakRefs(o);
    PyBuffer_Release(&self->view);
    Py_TYPE(o)->tp_free(o);
}

static int picklebuffer_traverse(PyObject *o, visitproc visit, void *arg)
{
    Py_VISIT(((PickleBuffer *)o)->view.obj);
    return 0;
}

static int picklebuffer_clear(PyObject *o)
{
    PyBuffer_Release(&((PickleBuffer *)o)->view);
    return 0;
}

static int picklebuffer_getbuffer(PyObject *o, Py_buffer *view, int flags)
{
    PickleBuffer *self = (PickleBuffer *)o;
    return is_open(self) ? PyObject_GetBuffer(self->view.obj, view, flags) : -1;
}

static void picklebuffer_releasebuffer(PyObject *o, Py_buffer *view)
{
    (void)o; /* the view belongs to the object behind */
    PyBuffer_Release(view);
}

METHOD(picklebuffer, raw, NOARGS, "($self, /)", "Return a memoryview of the raw memory underlying this buffer.")
{
    PickleBuffer *pb = (PickleBuffer *)self;
    if (!is_open(pb))
        return NULL;
    if (pb->view.suboffsets || !PyBuffer_IsContiguous(&pb->view, 'A'))
        return k_raise(PyExc_BufferError, "cannot extract raw buffer from non-contiguous buffer");
    K_AUTO(PyObject *) window = PyMemoryView_FromObject(self);
    if (!window)
        return NULL;
    Py_buffer *b = PyMemoryView_GET_BUFFER(window); /* flat bytes, whatever it was */
    b->format = "B";
    b->ndim = 1;
    b->itemsize = 1;
    if (!b->shape) { /* a scalar: no room of its own */
        Py_buffer flat = pb->view;
        flat.ndim = 1;
        flat.itemsize = 1;
        flat.format = "B";
        flat.shape = flat.strides = NULL;
        return PyMemoryView_FromBuffer(&flat);
    }
    b->shape[0] = b->len;
    b->strides[0] = 1;
    ((PyMemoryViewObject *)window)->flags |= _Py_MEMORYVIEW_C | _Py_MEMORYVIEW_FORTRAN;
    return K_MOVE(window);
}
METHOD(picklebuffer, release, NOARGS, "($self, /)", "Release the underlying buffer.")
{
    PyBuffer_Release(&((PickleBuffer *)self)->view);
    Py_RETURN_NONE;
}
METHODS_END(picklebuffer);
METHODS_DECLARE(picklebuffer);

static PyBufferProcs picklebuffer_as_buffer = { .bf_getbuffer = picklebuffer_getbuffer,
                                                .bf_releasebuffer = picklebuffer_releasebuffer };

PyTypeObject PyPickleBuffer_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "pickle.PickleBuffer",
    .tp_basicsize = sizeof(PickleBuffer),
    .tp_dealloc = picklebuffer_dealloc,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_as_buffer = &picklebuffer_as_buffer,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_doc = "Wrapper for potentially out-of-band buffers",
    .tp_traverse = picklebuffer_traverse,
    .tp_clear = picklebuffer_clear,
    .tp_weaklistoffset = offsetof(PickleBuffer, weakreflist),
    .tp_methods = METHODS(picklebuffer),
    .tp_new = picklebuffer_new,
};
K_TYPE(PyPickleBuffer_Type);
