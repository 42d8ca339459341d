/* namespace.c - types.SimpleNamespace: an object that is nothing but its attributes. */
#include "objects/namespace.h"

#include "memory/gc.h"
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/list/list.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "objects/type/type.h"
#include "runtime/errors.h"

typedef struct Namespace {
    PyObject ob_base;
    PyObject *dict;
} Namespace;
#define NS_DICT(o) (((Namespace *)(o))->dict)

static PyObject *namespace_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *self = type->tp_alloc(type, 0);
    if (self && !(NS_DICT(self) = PyDict_New()))
        Py_CLEAR(self);
    return self;
}

static int namespace_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    if (PyTuple_GET_SIZE(args)) {
        k_raise(PyExc_TypeError, "no positional arguments expected");
        return -1;
    }
    if (!kwargs)
        return 0;
    return PyArg_ValidateKeywordArguments(kwargs) ? PyDict_Update(NS_DICT(self), kwargs) : -1;
}

static void namespace_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_CLEAR(NS_DICT(self));
    Py_TYPE(self)->tp_free(self);
}

static PyObject *namespace_repr_open(PyObject *self, const char *name)
{
    K_AUTO(PyObject *) keys = PyDict_Keys(NS_DICT(self));
    K_AUTO(PyObject *) pairs = keys ? PyList_New(0) : NULL;
    for (Py_ssize_t i = 0; pairs && i < PyList_GET_SIZE(keys); i++) {
        PyObject *key = PyList_GET_ITEM(keys, i);
        if (!PyUnicode_Check(key) || PyUnicode_GET_LENGTH(key) == 0)
            continue;
        PyObject *value = PyDict_GetItemWithError(NS_DICT(self), key);
        if (!value && PyErr_Occurred())
            return NULL;
        K_AUTO(PyObject *) held = Py_XNewRef(value);
        K_AUTO(PyObject *) pair = held ? PyUnicode_FromFormat("%S=%R", key, held) : NULL;
        if (held && (!pair || PyList_Append(pairs, pair) < 0))
            return NULL;
    }
    K_AUTO(PyObject *) comma = pairs ? PyUnicode_FromString(", ") : NULL;
    K_AUTO(PyObject *) text = comma ? PyUnicode_Join(comma, pairs) : NULL;
    return text ? PyUnicode_FromFormat("%s(%S)", name, text) : NULL;
}

static PyObject *namespace_repr(PyObject *self)
{
    const char *name = Py_IS_TYPE(self, &_PyNamespace_Type) ? "namespace" : Py_TYPE(self)->tp_name;
    int entered = Py_ReprEnter(self);
    if (entered)
        return entered > 0 ? PyUnicode_FromFormat("%s(...)", name) : NULL;
    PyObject *text = namespace_repr_open(self, name);
    Py_ReprLeave(self);
    return text;
}

static int namespace_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(NS_DICT(self));
    return 0;
}

static int namespace_clear(PyObject *self)
{
    Py_CLEAR(NS_DICT(self));
    return 0;
}

static PyObject *namespace_richcompare(PyObject *self, PyObject *other, int op)
{
    if (PyObject_TypeCheck(self, &_PyNamespace_Type) && PyObject_TypeCheck(other, &_PyNamespace_Type))
        return PyObject_RichCompare(NS_DICT(self), NS_DICT(other), op);
    Py_RETURN_NOTIMPLEMENTED;
}

METHODS_DECLARE(simplenamespace);
METHOD_RAW(simplenamespace, __reduce__, NOARGS, 0, "State for pickle.")
{
    K_AUTO(PyObject *) empty = PyTuple_New(0);
    return empty ? PyTuple_Pack(3, Py_TYPE(self), empty, NS_DICT(self)) : NULL;
}
METHODS_END(simplenamespace);

static PyMemberDef namespace_members[] = {
    { "__dict__", T_OBJECT, offsetof(Namespace, dict), READONLY, NULL },
    { NULL, 0, 0, 0, NULL },
};

PyTypeObject _PyNamespace_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "types.SimpleNamespace",
    .tp_basicsize = sizeof(Namespace),
    .tp_dealloc = namespace_dealloc,
    .tp_repr = namespace_repr,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_setattro = PyObject_GenericSetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .tp_doc = "An object whose attributes come from keyword arguments.\n\nSimpleNamespace(**kwargs)",
    .tp_traverse = namespace_traverse,
    .tp_clear = namespace_clear,
    .tp_richcompare = namespace_richcompare,
    .tp_methods = METHODS(simplenamespace),
    .tp_members = namespace_members,
    .tp_dictoffset = offsetof(Namespace, dict),
    .tp_init = namespace_init,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = namespace_new,
    .tp_free = PyObject_GC_Del,
};
K_TYPE(_PyNamespace_Type);

PyObject *_PyNamespace_New(PyObject *attributes)
{
    PyObject *self = namespace_new(&_PyNamespace_Type, NULL, NULL);
    if (self && attributes && PyDict_Update(NS_DICT(self), attributes) < 0)
        Py_CLEAR(self);
    return self;
}
