/* weakref.c - weak references and their lists.
 *
 * An object with tp_weaklistoffset heads a doubly linked list of the references to it. Invariant: the reference of the
 * exact type without a callback stands first, the proxy without a callback next (each is made once and shared), then
 * the others, the newest first. A dead reference is on no list and its wr_object is None. The references own their
 * callback and nothing else. Start at weakref_make(). */
#include "objects/weakref.h"

#include "memory/gc.h"
#include "objects/call.h"
#include "objects/genericalias.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "objects/weakref_list.h"
#include "runtime/errors.h"

static PyWeakReference **list_of(PyObject *o)
{
    return (PyWeakReference **)PyObject_GET_WEAKREFS_LISTPTR(o);
}

/* Off the list, dead; the callback stays. */
static void unlink_ref(PyWeakReference *self)
{
    if (self->wr_object == Py_None)
        return;
    PyWeakReference **list = list_of(self->wr_object);
    if (*list == self)
        *list = self->wr_next;
    self->wr_object = Py_None;
    if (self->wr_prev)
        self->wr_prev->wr_next = self->wr_next;
    if (self->wr_next)
        self->wr_next->wr_prev = self->wr_prev;
    self->wr_prev = self->wr_next = NULL;
}

void _PyWeakref_ClearRef(PyWeakReference *self)
{
    unlink_ref(self);
}

Py_ssize_t _PyWeakref_GetWeakrefCount(PyWeakReference *head)
{
    Py_ssize_t n = 0;
    for (; head; head = head->wr_next)
        n++;
    return n;
}

/* The shared reference and the shared proxy of a list, NULL where there is none. */
static void find_shared(PyWeakReference *head, PyWeakReference **ref, PyWeakReference **proxy)
{
    *ref = *proxy = NULL;
    if (head && !head->wr_callback && PyWeakref_CheckRefExact(head)) {
        *ref = head;
        head = head->wr_next;
    }
    if (head && !head->wr_callback && PyWeakref_CheckProxy(head))
        *proxy = head;
}

static void insert_first(PyWeakReference *self, PyWeakReference **list)
{
    self->wr_prev = NULL;
    self->wr_next = *list;
    if (*list)
        (*list)->wr_prev = self;
    *list = self;
}

static void insert_after(PyWeakReference *self, PyWeakReference *prev)
{
    self->wr_prev = prev;
    self->wr_next = prev->wr_next;
    if (prev->wr_next)
        prev->wr_next->wr_prev = self;
    prev->wr_next = self;
}

static PyObject *ref_vectorcall(PyObject *self, PyObject *const *args K_UNUSED, size_t nargsf, PyObject *kwnames)
{
    if (kwnames && PyTuple_GET_SIZE(kwnames))
        return k_raise(PyExc_TypeError, "%s() takes no keyword arguments", "ref");
    Py_ssize_t n = PyVectorcall_NARGS(nargsf);
    if (k_check_nargs("ref", n, 0, 0) < 0)
        return NULL;
    return Py_NewRef(PyWeakref_GET_OBJECT(self));
}

static void fill(PyWeakReference *self, PyObject *o, PyObject *callback)
{
    self->hash = -1;
    self->wr_object = o;
    self->wr_prev = self->wr_next = NULL;
    self->wr_callback = Py_XNewRef(callback);
    self->vectorcall = ref_vectorcall;
}

static int is_referable(PyObject *o)
{
    if (PyType_SUPPORTS_WEAKREFS(Py_TYPE(o)))
        return 1;
    k_raise(PyExc_TypeError, "cannot create weak reference to '%s' object", Py_TYPE(o)->tp_name);
    return 0;
}

/* A reference of this type. type is _PyWeakref_RefType or a subtype, or one of the proxies. */
static PyObject *weakref_make(PyTypeObject *type, PyObject *o, PyObject *callback)
{
    if (!is_referable(o))
        return NULL;
    if (callback == Py_None)
        callback = NULL;
    int is_ref = type == &_PyWeakref_RefType;
    int is_proxy = type == &_PyWeakref_ProxyType || type == &_PyWeakref_CallableProxyType;
    PyWeakReference **list = list_of(o), *ref, *proxy;
    find_shared(*list, &ref, &proxy);
    PyWeakReference *shared = callback ? NULL : is_ref ? ref : is_proxy ? proxy : NULL;
    if (shared && Py_REFCNT(shared) > 0)
        return Py_NewRef(shared);
    PyWeakReference *self = (PyWeakReference *)type->tp_alloc(type, 0); /* may collect: look at the list again */
    if (!self)
        return NULL;
    fill(self, o, callback);
    find_shared(*list, &ref, &proxy);
    PyWeakReference *before = callback || !(is_ref || is_proxy) ? (proxy ? proxy : ref) : is_ref ? NULL : ref;
    if (before)
        insert_after(self, before);
    else
        insert_first(self, list);
    return (PyObject *)self;
}

PyObject *PyWeakref_NewRef(PyObject *o, PyObject *callback)
{
    return weakref_make(&_PyWeakref_RefType, o, callback);
}

PyObject *PyWeakref_NewProxy(PyObject *o, PyObject *callback)
{
    return weakref_make(PyCallable_Check(o) ? &_PyWeakref_CallableProxyType : &_PyWeakref_ProxyType, o, callback);
}

PyObject *PyWeakref_GetObject(PyObject *ref)
{
    if (!ref || !PyWeakref_Check(ref)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    return PyWeakref_GET_OBJECT(ref);
}

/* ---- death of the object ---- */

static void call_back(PyWeakReference *ref, PyObject *callback)
{
    PyObject *result = PyObject_CallOneArg(callback, (PyObject *)ref); /* runs code */
    if (!result)
        PyErr_WriteUnraisable(callback);
    Py_XDECREF(result);
}

/* Takes the callback out of a reference that dies now; counted references to both go to the row. */
static void detach_callback(PyWeakReference *ref, PyObject **row)
{
    PyObject *callback = ref->wr_callback;
    ref->wr_callback = NULL;
    unlink_ref(ref);
    if (callback && Py_REFCNT(ref) > 0) {
        row[0] = Py_NewRef(ref);
        row[1] = callback;
    } else {
        row[0] = NULL;
        row[1] = callback;
    }
}

void PyObject_ClearWeakRefs(PyObject *o)
{
    if (!o || !PyType_SUPPORTS_WEAKREFS(Py_TYPE(o)) || Py_REFCNT(o) != 0) {
        PyErr_BadInternalCall();
        return;
    }
    PyWeakReference **list = list_of(o);
    while (*list && !(*list)->wr_callback)
        unlink_ref(*list);
    if (!*list)
        return;
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    Py_ssize_t count = _PyWeakref_GetWeakrefCount(*list);
    PyObject *small[16], **rows = small;
    if (count > 8) {
        rows = PyMem_Malloc((size_t)count * 2 * sizeof *rows);
        if (!rows) { /* no memory: the callbacks are lost, and that is told */
            PyErr_WriteUnraisable(NULL);
            while (*list)
                unlink_ref(*list);
            PyErr_Restore(type, value, traceback);
            return;
        }
    }
    for (Py_ssize_t i = 0; i < count; i++)
        detach_callback(*list, rows + 2 * i);
    for (Py_ssize_t i = 0; i < count; i++) {
        if (rows[2 * i])
            call_back((PyWeakReference *)rows[2 * i], rows[2 * i + 1]);
        Py_XDECREF(rows[2 * i]);
        Py_XDECREF(rows[2 * i + 1]);
    }
    if (rows != small)
        PyMem_Free(rows);
    PyErr_Restore(type, value, traceback);
}

void weakrefs_clear_without_callbacks(PyObject *o)
{
    PyWeakReference **list = list_of(o);
    while (*list)
        unlink_ref(*list);
}

/* ---- the type ref ---- */

static int ref_traverse(PyObject *op, visitproc visit, void *arg)
{
    Py_VISIT(((PyWeakReference *)op)->wr_callback);
    return 0;
}

static int ref_clear(PyObject *op)
{
    PyWeakReference *self = (PyWeakReference *)op;
    unlink_ref(self);
    Py_CLEAR(self->wr_callback);
    return 0;
}

static void ref_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    ref_clear(self);
    Py_TYPE(self)->tp_free(self);
}


static Py_hash_t ref_hash(PyObject *op)
{
    PyWeakReference *self = (PyWeakReference *)op;
    if (self->hash != -1)
        return self->hash;
    PyObject *o = PyWeakref_GET_OBJECT(self);
    if (o == Py_None) {
        PyErr_SetString(PyExc_TypeError, "weak object has gone away");
        return -1;
    }
    Py_INCREF(o);
    self->hash = PyObject_Hash(o);
    Py_DECREF(o);
    return self->hash;
}

static PyObject *ref_repr(PyObject *self)
{
    if (PyWeakref_GET_OBJECT(self) == Py_None)
        return PyUnicode_FromFormat("<weakref at %p; dead>", self);
    K_AUTO(PyObject *) o = Py_NewRef(PyWeakref_GET_OBJECT(self));
    PyObject *found;
    if (_PyObject_LookupAttr(o, K_STR("__name__"), &found) < 0)
        return NULL;
    K_AUTO(PyObject *) name = found;
    if (!name || !PyUnicode_Check(name))
        return PyUnicode_FromFormat("<weakref at %p; to '%s' at %p>", self, Py_TYPE(o)->tp_name, o);
    return PyUnicode_FromFormat("<weakref at %p; to '%s' at %p (%U)>", self, Py_TYPE(o)->tp_name, o, name);
}

static PyObject *ref_richcompare(PyObject *a, PyObject *b, int op)
{
    if ((op != Py_EQ && op != Py_NE) || !PyWeakref_Check(a) || !PyWeakref_Check(b))
        Py_RETURN_NOTIMPLEMENTED;
    if (PyWeakref_GET_OBJECT(a) == Py_None || PyWeakref_GET_OBJECT(b) == Py_None)
        Py_RETURN_BOOL((a == b) == (op == Py_EQ));
    K_AUTO(PyObject *) x = Py_NewRef(PyWeakref_GET_OBJECT(a));
    K_AUTO(PyObject *) y = Py_NewRef(PyWeakref_GET_OBJECT(b));
    return PyObject_RichCompare(x, y, op);
}

static PyObject *ref_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *o, *callback = NULL;
    if (type == &_PyWeakref_RefType && kwargs && !_PyArg_NoKeywords("ref", kwargs))
        return NULL;
    if (!PyArg_UnpackTuple(args, "__new__", 1, 2, &o, &callback))
        return NULL;
    return weakref_make(type, o, callback);
}

static int ref_init(PyObject *self K_UNUSED, PyObject *args, PyObject *kwargs)
{
    PyObject *o, *callback = NULL;
    if (kwargs && !_PyArg_NoKeywords("ref", kwargs))
        return -1;
    return PyArg_UnpackTuple(args, "__init__", 1, 2, &o, &callback) ? 0 : -1;
}

METHOD_RAW(ref, __class_getitem__, O, METH_CLASS, "See PEP 585")
{
    return Py_GenericAlias(self, arg);
}
METHODS_DECLARE(ref);
METHODS_END(ref);

static PyMemberDef ref_members[] = {
    { "__callback__", T_OBJECT, offsetof(PyWeakReference, wr_callback), READONLY, NULL },
    { NULL, 0, 0, 0, NULL },
};

PyTypeObject _PyWeakref_RefType = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "weakref.ReferenceType",
    .tp_basicsize = sizeof(PyWeakReference),
    .tp_dealloc = ref_dealloc,
    .tp_vectorcall_offset = offsetof(PyWeakReference, vectorcall),
    .tp_call = PyVectorcall_Call,
    .tp_repr = ref_repr,
    .tp_hash = ref_hash,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_VECTORCALL,
    .tp_traverse = ref_traverse,
    .tp_clear = ref_clear,
    .tp_richcompare = ref_richcompare,
    .tp_methods = METHODS(ref),
    .tp_members = ref_members,
    .tp_init = ref_init,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = ref_new,
    .tp_free = PyObject_GC_Del,
};
K_TYPE(_PyWeakref_RefType);
