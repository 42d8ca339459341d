/* method.c - bound methods (function and instance) and instancemethod (a callable that binds like a function).
 *
 * In: a callable and self.  Out: a callable that puts self in front of its arguments.
 * Start at method_vectorcall(). */
#include "objects/func/func.h"

#include "memory/gc.h"
#include "memory/mem.h"
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "objects/weakref.h"
#include "runtime/errors.h"
#include "vm/eval.h"

static PyMethodObject *me(PyObject *self)
{
    return (PyMethodObject *)self;
}

/* ---- calling ---- */

enum { ON_STACK = 8 };

static PyObject *method_vectorcall(PyObject *self, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    PyObject *function = me(self)->im_func, *instance = me(self)->im_self;
    Py_ssize_t nargs = PyVectorcall_NARGS(nargsf);
    if (nargsf & PY_VECTORCALL_ARGUMENTS_OFFSET) { /* the caller lends the word before the arguments */
        PyObject **with_self = (PyObject **)args - 1, *lent = with_self[0];
        with_self[0] = instance;
        PyObject *result = PyObject_Vectorcall(function, with_self, (size_t)nargs + 1, kwnames);
        with_self[0] = lent;
        return result;
    }
    Py_ssize_t total = nargs + (kwnames ? PyTuple_GET_SIZE(kwnames) : 0);
    PyObject *few[ON_STACK], **copy = few;
    if (total + 1 > ON_STACK) {
        copy = PyMem_New(PyObject *, total + 1);
        if (!copy)
            return PyErr_NoMemory();
    }
    copy[0] = instance;
    if (total)
        memcpy(copy + 1, args, (size_t)total * sizeof *copy);
    PyObject *result = PyObject_Vectorcall(function, copy, (size_t)nargs + 1, kwnames);
    if (copy != few)
        PyMem_Free(copy);
    return result;
}

PyObject *PyMethod_New(PyObject *function, PyObject *instance)
{
    if (!instance) {
        PyErr_BadInternalCall();
        return NULL;
    }
    PyMethodObject *self = PyObject_GC_New(PyMethodObject, &PyMethod_Type);
    if (!self)
        return NULL;
    self->im_func = Py_NewRef(function);
    self->im_self = Py_NewRef(instance);
    self->im_weakreflist = NULL;
    self->vectorcall = method_vectorcall;
    PyObject_GC_Track(self);
    return (PyObject *)self;
}

PyObject *PyMethod_Function(PyObject *o)
{
    if (PyMethod_Check(o))
        return me(o)->im_func;
    PyErr_BadInternalCall();
    return NULL;
}

PyObject *PyMethod_Self(PyObject *o)
{
    if (PyMethod_Check(o))
        return me(o)->im_self;
    PyErr_BadInternalCall();
    return NULL;
}

/* ---- the type method ---- */

static PyObject *method_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    (void)type;
    if (kwargs && PyDict_GET_SIZE(kwargs))
        return k_raise(PyExc_TypeError, "method() takes no keyword arguments");
    PyObject *function, *instance;
    if (!PyArg_UnpackTuple(args, "method", 2, 2, &function, &instance))
        return NULL;
    if (!PyCallable_Check(function))
        return k_raise(PyExc_TypeError, "first argument must be callable");
    if (!instance || instance == Py_None)
        return k_raise(PyExc_TypeError, "instance must not be None");
    return PyMethod_New(function, instance);
}

static void method_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    if (me(self)->im_weakreflist)
        PyObject_ClearWeakRefs(self);
    Py_DECREF(me(self)->im_func);
    Py_XDECREF(me(self)->im_self);
    PyObject_GC_Del(self);
}

static int method_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(me(self)->im_func);
    Py_VISIT(me(self)->im_self);
    return 0;
}

/* Data descriptors of the method type come first, everything else is the function's. */
static PyObject *method_getattro(PyObject *self, PyObject *name)
{
    PyObject *descr = _PyType_Lookup(Py_TYPE(self), name);
    if (descr) {
        descrgetfunc get = Py_TYPE(descr)->tp_descr_get;
        if (!get)
            return Py_NewRef(descr);
        K_AUTO(PyObject *) own = Py_NewRef(descr);
        return get(own, self, (PyObject *)Py_TYPE(self));
    }
    return PyObject_GetAttr(me(self)->im_func, name);
}

static PyObject *method_repr(PyObject *self)
{
    K_AUTO(PyObject *) name = NULL;
    PyObject *function = me(self)->im_func;
    if (_PyObject_LookupAttr(function, K_STR("__qualname__"), &name) < 0
        || (!name && _PyObject_LookupAttr(function, K_STR("__name__"), &name) < 0))
        return NULL;
    if (name && PyUnicode_Check(name))
        return PyUnicode_FromFormat("<bound method %V of %R>", name, "?", me(self)->im_self);
    return PyUnicode_FromFormat("<bound method %V of %R>", NULL, "?", me(self)->im_self);
}

static Py_hash_t method_hash(PyObject *self)
{
    Py_hash_t function = PyObject_Hash(me(self)->im_func);
    if (function == -1)
        return -1;
    uintptr_t address = (uintptr_t)me(self)->im_self; /* by identity: self need not be hashable */
    Py_hash_t hash = (Py_hash_t)(address >> 4 | address << 60) ^ function;
    return hash == -1 ? -2 : hash;
}

static PyObject *method_richcompare(PyObject *a, PyObject *b, int op)
{
    if ((op != Py_EQ && op != Py_NE) || !PyMethod_Check(a) || !PyMethod_Check(b))
        Py_RETURN_NOTIMPLEMENTED;
    int equal = PyObject_RichCompareBool(me(a)->im_func, me(b)->im_func, Py_EQ);
    if (equal < 0)
        return NULL;
    equal = equal && me(a)->im_self == me(b)->im_self;
    Py_RETURN_BOOL(equal == (op == Py_EQ));
}

METHOD(method, __reduce__, NOARGS, "($self, /)", "State for pickling.")
{
    K_AUTO(PyObject *) name = PyObject_GetAttr(me(self)->im_func, K_STR("__name__"));
    K_AUTO(PyObject *) getattr = name ? _PyEval_GetBuiltin(K_STR("getattr")) : NULL;
    K_AUTO(PyObject *) args = getattr ? PyTuple_Pack(2, me(self)->im_self, name) : NULL;
    return args ? PyTuple_Pack(2, getattr, args) : NULL;
}

METHODS_END(method);
METHODS_DECLARE(method);

static PyObject *method_doc(PyObject *self, void *closure)
{
    (void)closure;
    PyObject *doc = NULL;
    if (_PyObject_LookupAttr(me(self)->im_func, K_STR("__doc__"), &doc) < 0)
        return NULL;
    return doc ? doc : Py_NewRef(Py_None);
}

static PyGetSetDef method_getset[] = { { "__doc__", method_doc, NULL, NULL, NULL }, { NULL } };
static PyMemberDef method_members[] = {
    { "__func__", T_OBJECT, offsetof(PyMethodObject, im_func), READONLY, "the function" },
    { "__self__", T_OBJECT, offsetof(PyMethodObject, im_self), READONLY, "the instance it is bound to" },
    { NULL },
};

PyTypeObject PyMethod_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "method",
    .tp_basicsize = sizeof(PyMethodObject),
    .tp_dealloc = method_dealloc,
    .tp_vectorcall_offset = offsetof(PyMethodObject, vectorcall),
    .tp_repr = method_repr,
    .tp_hash = method_hash,
    .tp_call = PyVectorcall_Call,
    .tp_getattro = method_getattro,
    .tp_setattro = PyObject_GenericSetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL,
    .tp_doc = "method(function, instance, /)\n--\n\nA function bound to an instance.",
    .tp_traverse = method_traverse,
    .tp_richcompare = method_richcompare,
    .tp_weaklistoffset = offsetof(PyMethodObject, im_weakreflist),
    .tp_methods = METHODS(method),
    .tp_members = method_members,
    .tp_getset = method_getset,
    .tp_new = method_new,
};
K_TYPE(PyMethod_Type);

/* ---- instancemethod ---- */

static PyObject *inner(PyObject *self)
{
    return ((PyInstanceMethodObject *)self)->func;
}

PyObject *PyInstanceMethod_New(PyObject *function)
{
    PyInstanceMethodObject *self = PyObject_GC_New(PyInstanceMethodObject, &PyInstanceMethod_Type);
    if (!self)
        return NULL;
    self->func = Py_NewRef(function);
    PyObject_GC_Track(self);
    return (PyObject *)self;
}

PyObject *PyInstanceMethod_Function(PyObject *o)
{
    if (Py_IS_TYPE(o, &PyInstanceMethod_Type))
        return inner(o);
    PyErr_BadInternalCall();
    return NULL;
}

static PyObject *instancemethod_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    (void)type;
    if (kwargs && PyDict_GET_SIZE(kwargs))
        return k_raise(PyExc_TypeError, "instancemethod() takes no keyword arguments");
    PyObject *function;
    if (!PyArg_UnpackTuple(args, "instancemethod", 1, 1, &function))
        return NULL;
    if (!PyCallable_Check(function))
        return k_raise(PyExc_TypeError, "first argument must be callable");
    return PyInstanceMethod_New(function);
}

static void instancemethod_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_DECREF(inner(self));
    PyObject_GC_Del(self);
}

static int instancemethod_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(inner(self));
    return 0;
}

static PyObject *instancemethod_call(PyObject *self, PyObject *args, PyObject *kwargs)
{
    return PyObject_Call(inner(self), args, kwargs);
}

static PyObject *instancemethod_getattro(PyObject *self, PyObject *name)
{
    PyObject *descr = _PyType_Lookup(Py_TYPE(self), name);
    if (!descr)
        return PyObject_GetAttr(inner(self), name);
    descrgetfunc get = Py_TYPE(descr)->tp_descr_get;
    return get ? get(descr, self, (PyObject *)Py_TYPE(self)) : Py_NewRef(descr);
}

static PyObject *instancemethod_get(PyObject *self, PyObject *instance, PyObject *owner)
{
    (void)owner;
    return instance ? PyMethod_New(inner(self), instance) : Py_NewRef(inner(self));
}

static PyObject *instancemethod_repr(PyObject *self)
{
    K_AUTO(PyObject *) name = NULL;
    if (_PyObject_LookupAttr(inner(self), K_STR("__name__"), &name) < 0)
        return NULL;
    return PyUnicode_FromFormat("<instancemethod %V at %p>", name && PyUnicode_Check(name) ? name : NULL, "?", self);
}

static PyObject *instancemethod_richcompare(PyObject *a, PyObject *b, int op)
{
    if ((op != Py_EQ && op != Py_NE) || !Py_IS_TYPE(a, &PyInstanceMethod_Type)
        || !Py_IS_TYPE(b, &PyInstanceMethod_Type))
        Py_RETURN_NOTIMPLEMENTED;
    int equal = PyObject_RichCompareBool(inner(a), inner(b), Py_EQ);
    if (equal < 0)
        return NULL;
    Py_RETURN_BOOL(equal == (op == Py_EQ));
}

static PyObject *instancemethod_doc(PyObject *self, void *closure)
{
    (void)closure;
    PyObject *doc = NULL;
    if (_PyObject_LookupAttr(inner(self), K_STR("__doc__"), &doc) < 0)
        return NULL;
    return doc ? doc : Py_NewRef(Py_None);
}

static PyGetSetDef instancemethod_getset[] = { { "__doc__", instancemethod_doc, NULL, NULL, NULL }, { NULL } };
static PyMemberDef instancemethod_members[] = {
    { "__func__", T_OBJECT, offsetof(PyInstanceMethodObject, func), READONLY, "the callable" },
    { NULL },
};

PyTypeObject PyInstanceMethod_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "instancemethod",
    .tp_basicsize = sizeof(PyInstanceMethodObject),
    .tp_dealloc = instancemethod_dealloc,
    .tp_repr = instancemethod_repr,
    .tp_call = instancemethod_call,
    .tp_getattro = instancemethod_getattro,
    .tp_setattro = PyObject_GenericSetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_doc = "instancemethod(function)\n\nA callable that binds to instances as functions do.",
    .tp_traverse = instancemethod_traverse,
    .tp_richcompare = instancemethod_richcompare,
    .tp_members = instancemethod_members,
    .tp_getset = instancemethod_getset,
    .tp_descr_get = instancemethod_get,
    .tp_new = instancemethod_new,
};
K_TYPE(PyInstanceMethod_Type);
