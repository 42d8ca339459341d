/* thread_local.c - _thread._local: an object with one dict of attributes for each thread.
 *
 * The local object owns the dicts: `dummies` maps a weak reference to the thread's holder to that thread's dict. The
 * holder is owned by the thread's state dict (under the local object's key) and borrows the dict, so it is found
 * quickly. When the thread ends, its holder dies and the row goes; a cycle through a dict is seen by the collector.
 * Start at local_dict(). */
#include "memory/gc.h"
#include "modules/_thread/thread_locks.h"
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/func/cfunction.h"
#include "objects/int/int.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "objects/weakref.h"
#include "runtime/errors.h"
#include "runtime/state.h"

typedef struct HolderObject {
    PyObject ob_base;
    PyObject *dict; /* borrowed */
    PyObject *weakrefs;
} HolderObject;

typedef struct LocalObject {
    PyObject ob_base;
    PyObject *key;     /* of the holders in the threads' dicts */
    PyObject *args, *kwargs; /* for __init__ in each further thread */
    PyObject *weakrefs;
    PyObject *dummies; /* weak reference to a holder -> the dict of its thread */
} LocalObject;

/* ---- the holder ---- */

static void holder_dealloc(PyObject *op)
{
    if (((HolderObject *)op)->weakrefs)
        PyObject_ClearWeakRefs(op);
    PyObject_Free(op);
}

static PyTypeObject holder_type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "_thread._localdummy",
    .tp_basicsize = sizeof(HolderObject),
    .tp_dealloc = holder_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_doc = "Thread-local dummy",
    .tp_weaklistoffset = offsetof(HolderObject, weakrefs),
};
K_TYPE(holder_type);

/* A holder died with its thread: its row leaves the local object, which is weakly known here. */
static PyObject *holder_died(PyObject *local_ref, PyObject *holder_ref)
{
    PyObject *local = PyWeakref_GET_OBJECT(local_ref);
    if (local == Py_None)
        Py_RETURN_NONE;
    K_AUTO(PyObject *) owned = Py_NewRef(local);
    PyObject *dummies = ((LocalObject *)local)->dummies;
    if (dummies && PyDict_Contains(dummies, holder_ref) > 0 && PyDict_DelItem(dummies, holder_ref) < 0)
        PyErr_Clear();
    Py_RETURN_NONE;
}

static PyMethodDef holder_died_def = { "_localdummy_destroyed", holder_died, METH_O, NULL };

/* The dict of the current thread: borrowed. A running thread lacks it only where memory does. */
static PyObject *dict_of_thread(void)
{
    PyObject *dict = _PyThreadState_GetDict(_PyThreadState_GET());
    return dict ? dict : PyErr_NoMemory();
}

/* A fresh dict for the current thread: borrowed from dummies. */
static PyObject *make_dict(LocalObject *self)
{
    PyObject *thread_dict = dict_of_thread();
    if (!thread_dict)
        return NULL;
    K_AUTO(PyObject *) dict = PyDict_New();
    K_AUTO(HolderObject *) holder = dict ? PyObject_New(HolderObject, &holder_type) : NULL;
    if (!holder)
        return NULL;
    holder->dict = dict;
    holder->weakrefs = NULL;
    K_AUTO(PyObject *) local_ref = PyWeakref_NewRef((PyObject *)self, NULL);
    K_AUTO(PyObject *) callback = local_ref ? PyCFunction_New(&holder_died_def, local_ref) : NULL;
    K_AUTO(PyObject *) holder_ref = callback ? PyWeakref_NewRef((PyObject *)holder, callback) : NULL;
    if (!holder_ref || PyDict_SetItem(self->dummies, holder_ref, dict) < 0 ||
        PyDict_SetItem(thread_dict, self->key, (PyObject *)holder) < 0)
        return NULL;
    return dict;
}

/* The attributes of self in the current thread: borrowed. The first look in a thread calls __init__ there. */
static PyObject *local_dict(LocalObject *self)
{
    PyObject *thread_dict = dict_of_thread();
    if (!thread_dict)
        return NULL;
    PyObject *holder = PyDict_GetItemWithError(thread_dict, self->key);
    if (holder || PyErr_Occurred())
        return holder ? ((HolderObject *)holder)->dict : NULL;
    PyObject *dict = make_dict(self);
    if (!dict)
        return NULL;
    if (Py_TYPE(self)->tp_init != PyBaseObject_Type.tp_init &&
        Py_TYPE(self)->tp_init((PyObject *)self, self->args, self->kwargs) < 0) { /* runs code */
        PyObject *type, *value, *traceback;
        PyErr_Fetch(&type, &value, &traceback);
        if (PyDict_DelItem(thread_dict, self->key) < 0) /* the next access tries again */
            PyErr_Clear();
        PyErr_Restore(type, value, traceback);
        return NULL;
    }
    return dict;
}

/* ---- the local object ---- */

static PyObject *local_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    if (type->tp_init == PyBaseObject_Type.tp_init) {
        int given = PyTuple_GET_SIZE(args) > 0 || (kwargs && PyDict_GET_SIZE(kwargs) > 0);
        if (given)
            return k_raise(PyExc_TypeError, "Initialization arguments are not supported");
    }
    K_AUTO(LocalObject *) self = (LocalObject *)type->tp_alloc(type, 0);
    if (!self)
        return NULL;
    self->args = Py_NewRef(args);
    self->kwargs = Py_XNewRef(kwargs);
    self->key = PyUnicode_FromFormat("thread.local.%p", self);
    self->dummies = PyDict_New();
    if (!self->key || !self->dummies || !make_dict(self))
        return NULL;
    return (PyObject *)K_MOVE(self);
}

static int local_traverse(PyObject *op, visitproc visit, void *arg)
{
    LocalObject *self = (LocalObject *)op;
    Py_VISIT(self->args);
    Py_VISIT(self->kwargs);
    Py_VISIT(self->dummies);
    return 0;
}

static int local_clear(PyObject *op)
{
    LocalObject *self = (LocalObject *)op;
    Py_CLEAR(self->args);
    Py_CLEAR(self->kwargs);
    if (!self->key) {
        Py_CLEAR(self->dummies);
        return 0;
    }
    for (PyThreadState *ts = k_interp()->threads_head; ts; ts = ts->next)
        if (ts->dict && PyDict_GetItemWithError(ts->dict, self->key)) {
            PyObject *holder = Py_NewRef(PyDict_GetItemWithError(ts->dict, self->key));
            if (PyDict_DelItem(ts->dict, self->key) < 0)
                PyErr_Clear();
            Py_DECREF(holder);
        }
    Py_CLEAR(self->dummies);
    return 0;
}

static void local_dealloc(PyObject *op)
{
    LocalObject *self = (LocalObject *)op;
    if (self->weakrefs)
        PyObject_ClearWeakRefs(op);
    PyObject_GC_UnTrack(op);
    local_clear(op);
    Py_XDECREF(self->key);
    Py_TYPE(op)->tp_free(op);
}

static PyObject *local_getattro(PyObject *op, PyObject *name)
{
    PyObject *dict = local_dict((LocalObject *)op);
    if (!dict)
        return NULL;
    K_AUTO(PyObject *) held = Py_NewRef(dict);
    int is_dict = PyObject_RichCompareBool(name, K_STR("__dict__"), Py_EQ);
    if (is_dict)
        return is_dict < 0 ? NULL : Py_NewRef(dict);
    if (Py_TYPE(op) != &thread_local_type)
        return _PyObject_GenericGetAttrWithDict(op, name, dict, 0);
    PyObject *value = Py_XNewRef(PyDict_GetItemWithError(dict, name));
    if (value || PyErr_Occurred())
        return value;
    return _PyObject_GenericGetAttrWithDict(op, name, dict, 0);
}

static int local_setattro(PyObject *op, PyObject *name, PyObject *value)
{
    PyObject *dict = local_dict((LocalObject *)op);
    if (!dict)
        return -1;
    K_AUTO(PyObject *) held = Py_NewRef(dict);
    int is_dict = PyObject_RichCompareBool(name, K_STR("__dict__"), Py_EQ);
    if (is_dict > 0)
        k_raise(PyExc_AttributeError, "'%.50s' object attribute '%U' is read-only", Py_TYPE(op)->tp_name, name);
    return is_dict ? -1 : _PyObject_GenericSetAttrWithDict(op, name, value, dict);
}

PyTypeObject thread_local_type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "_thread._local",
    .tp_basicsize = sizeof(LocalObject),
    .tp_dealloc = local_dealloc,
    .tp_getattro = local_getattro,
    .tp_setattro = local_setattro,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .tp_doc = "Thread-local data",
    .tp_traverse = local_traverse,
    .tp_clear = local_clear,
    .tp_weaklistoffset = offsetof(LocalObject, weakrefs),
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = local_new,
    .tp_free = PyObject_GC_Del,
};
K_TYPE(thread_local_type);
