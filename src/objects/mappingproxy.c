/* mappingproxy.c - a read-only view of a mapping: __dict__ of classes. */
#include "memory/gc.h"
#include "objects/call.h"
#include "objects/descr.h"
#include "objects/dict/dict.h"
#include "objects/genericalias.h"
#include "objects/list/list.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"

typedef struct MappingProxy {
    PyObject ob_base;
    PyObject *mapping;
} MappingProxy;
#define MAPPING(o) (((MappingProxy *)(o))->mapping)

static int proxy_check(PyObject *mapping)
{
    if (PyMapping_Check(mapping) && !PyList_Check(mapping) && !PyTuple_Check(mapping))
        return 0;
    k_raise(PyExc_TypeError, "mappingproxy() argument must be a mapping, not %s", Py_TYPE(mapping)->tp_name);
    return -1;
}

PyObject *PyDictProxy_New(PyObject *mapping)
{
    if (proxy_check(mapping) < 0)
        return NULL;
    MappingProxy *proxy = PyObject_GC_New(MappingProxy, &PyDictProxy_Type);
    if (!proxy)
        return NULL;
    proxy->mapping = Py_NewRef(mapping);
    PyObject_GC_Track(proxy);
    return (PyObject *)proxy;
}

BINDER(proxy_new, "mappingproxy", "(mapping)", *mapping);

static PyObject *proxy_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    proxy_new_args arg;
    PyObject *owned;
    return BIND(proxy_new, &arg, args, kwargs, &owned) < 0 ? NULL : PyDictProxy_New(arg.mapping);
}

static Py_ssize_t proxy_len(PyObject *self)
{
    return PyObject_Size(MAPPING(self));
}

static PyObject *proxy_getitem(PyObject *self, PyObject *key)
{
    return PyObject_GetItem(MAPPING(self), key);
}

static int proxy_contains(PyObject *self, PyObject *key)
{
    return PyDict_CheckExact(MAPPING(self)) ? PyDict_Contains(MAPPING(self), key)
                                            : PySequence_Contains(MAPPING(self), key);
}

static PyObject *proxy_or(PyObject *left, PyObject *right)
{
    return PyNumber_Or(PyObject_TypeCheck(left, &PyDictProxy_Type) ? MAPPING(left) : left,
                       PyObject_TypeCheck(right, &PyDictProxy_Type) ? MAPPING(right) : right);
}

static PyObject *proxy_ior(PyObject *self, PyObject *other)
{
    return k_raise(PyExc_TypeError, "'|=' is not supported by %s; use '|' instead", Py_TYPE(self)->tp_name);
}

METHODS_DECLARE(mappingproxy);
METHOD_RAW(mappingproxy, get, FAST, 0, "get(key[, default]): the value, or the default when the key is absent.")
{
    if (k_check_nargs("get", nargs, 1, 2) < 0)
        return NULL;
    return PyObject_CallMethodObjArgs(MAPPING(self), K_STR("get"), args[0], nargs > 1 ? args[1] : Py_None, NULL);
}

#define PROXY_FORWARD(name, doc)                                                                                       \
    METHOD_RAW(mappingproxy, name, NOARGS, 0, doc)                                                                     \
    {                                                                                                                  \
        return PyObject_CallMethodObjArgs(MAPPING(self), K_STR(#name), NULL);                                          \
    }
PROXY_FORWARD(keys, "A view of the keys.")
PROXY_FORWARD(values, "A view of the values.")
PROXY_FORWARD(items, "A view of the (key, value) pairs.")
PROXY_FORWARD(copy, "A shallow copy of the mapping.")

METHOD_RAW(mappingproxy, __class_getitem__, O, METH_CLASS, "See PEP 585")
{
    return Py_GenericAlias(self, arg);
}

METHOD_RAW(mappingproxy, __reversed__, NOARGS, 0, "Reverse iterator over the keys.")
{
    return PyObject_CallMethodObjArgs(MAPPING(self), K_STR("__reversed__"), NULL);
}
METHODS_END(mappingproxy);

static void proxy_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_DECREF(MAPPING(self));
    PyObject_GC_Del(self);
}

static PyObject *proxy_iter(PyObject *self)
{
    return PyObject_GetIter(MAPPING(self));
}

static PyObject *proxy_str(PyObject *self)
{
    return PyObject_Str(MAPPING(self));
}

static PyObject *proxy_repr(PyObject *self)
{
    return PyUnicode_FromFormat("mappingproxy(%R)", MAPPING(self));
}

static int proxy_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(MAPPING(self));
    return 0;
}

static PyObject *proxy_richcompare(PyObject *self, PyObject *other, int op)
{
    return PyObject_RichCompare(MAPPING(self), other, op);
}

static PyNumberMethods proxy_as_number = { .nb_or = proxy_or, .nb_inplace_or = proxy_ior };
static PySequenceMethods proxy_as_sequence = { .sq_contains = proxy_contains };
static PyMappingMethods proxy_as_mapping = { .mp_length = proxy_len, .mp_subscript = proxy_getitem };

PyTypeObject PyDictProxy_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "mappingproxy",
    .tp_basicsize = sizeof(MappingProxy),
    .tp_dealloc = proxy_dealloc,
    .tp_repr = proxy_repr,
    .tp_as_number = &proxy_as_number,
    .tp_as_sequence = &proxy_as_sequence,
    .tp_as_mapping = &proxy_as_mapping,
    .tp_str = proxy_str,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_MAPPING,
    .tp_traverse = proxy_traverse,
    .tp_richcompare = proxy_richcompare,
    .tp_iter = proxy_iter,
    .tp_methods = METHODS(mappingproxy),
    .tp_new = proxy_new,
};
K_TYPE(PyDictProxy_Type);
