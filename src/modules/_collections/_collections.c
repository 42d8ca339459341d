/* _collections.c - the module _collections: defaultdict, _tuplegetter, _count_elements; deque is deque.c.
 *
 * In: what the module collections builds on.  Out: its quick types.
 * Start at collections_exec. */
#include "modules/_collections/deque.h"

#include "memory/gc.h"
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/genericalias.h"
#include "objects/int/int.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"

/* ---- defaultdict ---- */

typedef struct DefaultDict {
    PyDictObject dict;
    PyObject *factory; /* owned, or NULL */
} DefaultDict;
#define FACTORY(o) (((DefaultDict *)(o))->factory)

/* One of the same type with the same factory, and the entries of `items`. */
static PyObject *defaultdict_like(PyObject *self, PyObject *items)
{
    PyObject *factory = FACTORY(self) ? FACTORY(self) : Py_None;
    return PyObject_CallFunctionObjArgs((PyObject *)Py_TYPE(self), factory, items, NULL);
}

METHODS_DECLARE(defaultdict);

METHOD_RAW(defaultdict, __missing__, O, 0,
           "__missing__(key) # Called by __getitem__ for an absent key; what default_factory gives is put in:\n"
           "  if self.default_factory is None: raise KeyError((key,))\n"
           "  self[key] = value = self.default_factory()\n"
           "  return value")
{
    PyObject *factory = FACTORY(self);
    if (!factory || factory == Py_None) {
        K_AUTO(PyObject *) args = PyTuple_Pack(1, arg);
        if (args)
            PyErr_SetObject(PyExc_KeyError, args);
        return NULL;
    }
    K_AUTO(PyObject *) value = PyObject_CallNoArgs(factory);
    return value && PyObject_SetItem(self, arg, value) == 0 ? K_MOVE(value) : NULL;
}

METHOD_RAW(defaultdict, copy, NOARGS, 0, "D.copy() -> a shallow copy of D.")
{
    return defaultdict_like(self, self);
}

METHOD_RAW(defaultdict, __copy__, NOARGS, 0, "D.copy() -> a shallow copy of D.")
{
    return defaultdict_like(self, self);
}

METHOD_RAW(defaultdict, __reduce__, NOARGS, 0, "State for pickling.")
{
    PyObject *factory = FACTORY(self);
    K_AUTO(PyObject *) args = !factory || factory == Py_None ? PyTuple_New(0) : PyTuple_Pack(1, factory);
    K_AUTO(PyObject *) items = args ? PyObject_CallMethodObjArgs(self, K_STR("items"), NULL) : NULL;
    K_AUTO(PyObject *) it = items ? PyObject_GetIter(items) : NULL;
    return it ? PyTuple_Pack(5, Py_TYPE(self), args, Py_None, Py_None, it) : NULL;
}

METHOD_RAW(defaultdict, __class_getitem__, O, METH_CLASS, "See PEP 585")
{
    return Py_GenericAlias(self, arg);
}
METHODS_END(defaultdict);

static int defaultdict_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    PyObject *factory = Py_SIZE(args) ? PyTuple_GET_ITEM(args, 0) : NULL;
    if (factory && factory != Py_None && !PyCallable_Check(factory)) {
        PyErr_SetString(PyExc_TypeError, "first argument must be callable or None");
        return -1;
    }
    K_AUTO(PyObject *) rest = PyTuple_GetSlice(args, 1, PY_SSIZE_T_MAX);
    if (!rest)
        return -1;
    K_AUTO(PyObject *) old = FACTORY(self);
    FACTORY(self) = Py_XNewRef(factory);
    return PyDict_Type.tp_init(self, rest, kwargs);
}

static void defaultdict_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_CLEAR(FACTORY(self));
    PyDict_Type.tp_dealloc(self);
}

static int defaultdict_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(FACTORY(self));
    return PyDict_Type.tp_traverse(self, visit, arg);
}

static int defaultdict_clear(PyObject *self)
{
    Py_CLEAR(FACTORY(self));
    return PyDict_Type.tp_clear(self);
}

static PyObject *defaultdict_repr(PyObject *self)
{
    K_AUTO(PyObject *) entries = PyDict_Type.tp_repr(self);
    K_AUTO(PyObject *) factory = NULL;
    if (!entries)
        return NULL;
    if (!FACTORY(self))
        K_SET(factory, PyUnicode_FromString("None"));
    else { /* the factory may be a method of this very dict */
        int entered = Py_ReprEnter(FACTORY(self));
        if (entered < 0)
            return NULL;
        K_SET(factory, entered ? PyUnicode_FromString("...") : PyObject_Repr(FACTORY(self)));
        Py_ReprLeave(FACTORY(self));
    }
    return factory ? PyUnicode_FromFormat("%s(%U, %U)", _PyType_Name(Py_TYPE(self)), factory, entries) : NULL;
}

static PyObject *defaultdict_or(PyObject *left, PyObject *right)
{
    PyObject *self = PyObject_TypeCheck(left, &collections_defaultdict_type) ? left : right;
    PyObject *other = self == left ? right : left;
    if (!PyDict_Check(other))
        Py_RETURN_NOTIMPLEMENTED;
    K_AUTO(PyObject *) both = defaultdict_like(self, left);
    return both && PyDict_Update(both, right) == 0 ? K_MOVE(both) : NULL;
}

static PyNumberMethods defaultdict_as_number = { .nb_or = defaultdict_or };
static PyMemberDef defaultdict_members[] = {
    { "default_factory", T_OBJECT, offsetof(DefaultDict, factory), 0, "Gives the values of absent keys, for __missing__()." },
    { 0 },
};

PyTypeObject collections_defaultdict_type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "collections.defaultdict",
    .tp_doc = "defaultdict(default_factory=None, /, [...]) --> dict with a default factory\n\n"
              "When d[key] meets an absent key, the factory is called without arguments and gives its value.\n"
              "Apart from that a defaultdict is like a dict; the other arguments are those of dict().",
    .tp_basicsize = sizeof(DefaultDict),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .tp_base = &PyDict_Type,
    .tp_dealloc = defaultdict_dealloc,
    .tp_traverse = defaultdict_traverse,
    .tp_clear = defaultdict_clear,
    .tp_repr = defaultdict_repr,
    .tp_as_number = &defaultdict_as_number,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_methods = METHODS(defaultdict),
    .tp_members = defaultdict_members,
    .tp_init = defaultdict_init,
    .tp_alloc = PyType_GenericAlloc,
    .tp_free = PyObject_GC_Del,
};

/* ---- _tuplegetter: the fields of a namedtuple ---- */

typedef struct TupleGetter {
    PyObject ob_base;
    Py_ssize_t index;
    PyObject *doc; /* owned */
} TupleGetter;

static PyObject *tuplegetter_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    Py_ssize_t index;
    if ((type == &collections_tuplegetter_type || type->tp_init == collections_tuplegetter_type.tp_init) &&
        !_PyArg_NoKeywords("_tuplegetter", kwargs))
        return NULL;
    if (k_check_nargs("_tuplegetter", Py_SIZE(args), 2, 2) < 0 || k_arg_ssize(PyTuple_GET_ITEM(args, 0), &index) < 0)
        return NULL;
    TupleGetter *self = (TupleGetter *)type->tp_alloc(type, 0);
    if (self) {
        self->index = index;
        self->doc = Py_NewRef(PyTuple_GET_ITEM(args, 1));
    }
    return (PyObject *)self;
}

static void tuplegetter_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_CLEAR(((TupleGetter *)self)->doc);
    Py_TYPE(self)->tp_free(self);
}

static int tuplegetter_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((TupleGetter *)self)->doc);
    return 0;
}

static int tuplegetter_clear(PyObject *self)
{
    Py_CLEAR(((TupleGetter *)self)->doc);
    return 0;
}

static PyObject *tuplegetter_get(PyObject *self, PyObject *object, PyObject *type K_UNUSED)
{
    Py_ssize_t index = ((TupleGetter *)self)->index;
    if (!object || object == Py_None)
        return Py_NewRef(self);
    if (!PyTuple_Check(object))
        return k_raise(PyExc_TypeError, "descriptor for index '%zd' for tuple subclasses doesn't apply to '%s' object",
                       index, Py_TYPE(object)->tp_name);
    if ((size_t)index >= (size_t)Py_SIZE(object))
        return k_raise(PyExc_IndexError, "tuple index out of range");
    return Py_NewRef(PyTuple_GET_ITEM(object, index));
}

static int tuplegetter_set(PyObject *self K_UNUSED, PyObject *object K_UNUSED, PyObject *value)
{
    PyErr_SetString(PyExc_AttributeError, value ? "can't set attribute" : "can't delete attribute");
    return -1;
}

static PyObject *tuplegetter_repr(PyObject *self)
{
    return PyUnicode_FromFormat("%s(%zd, %R)", _PyType_Name(Py_TYPE(self)), ((TupleGetter *)self)->index,
                                ((TupleGetter *)self)->doc);
}

METHODS_DECLARE(tuplegetter);
METHOD_RAW(tuplegetter, __reduce__, NOARGS, 0, "State for pickling.")
{
    return Py_BuildValue("O(nO)", Py_TYPE(self), ((TupleGetter *)self)->index, ((TupleGetter *)self)->doc);
}
METHODS_END(tuplegetter);

static PyMemberDef tuplegetter_members[] = {
    { "__doc__", T_OBJECT, offsetof(TupleGetter, doc), 0, NULL }, { 0 }
};

PyTypeObject collections_tuplegetter_type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "_collections._tuplegetter",
    .tp_basicsize = sizeof(TupleGetter),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_dealloc = tuplegetter_dealloc,
    .tp_traverse = tuplegetter_traverse,
    .tp_clear = tuplegetter_clear,
    .tp_repr = tuplegetter_repr,
    .tp_methods = METHODS(tuplegetter),
    .tp_members = tuplegetter_members,
    .tp_descr_get = tuplegetter_get,
    .tp_descr_set = tuplegetter_set,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = tuplegetter_new,
    .tp_free = PyObject_GC_Del,
};

/* ---- _count_elements ---- */

/* Whether the mapping's methods are dict's own: then the table can be used past them. */
static int counts_as_dict(PyObject *mapping)
{
    PyObject *get = K_STR("get"), *set = K_STR("__setitem__");
    return PyDict_Check(mapping) && _PyType_Lookup(Py_TYPE(mapping), get) == _PyType_Lookup(&PyDict_Type, get) &&
           _PyType_Lookup(Py_TYPE(mapping), set) == _PyType_Lookup(&PyDict_Type, set);
}

static int count_in_dict(PyObject *dict, PyObject *key, PyObject *one)
{
    Py_hash_t hash = PyObject_Hash(key); /* runs code */
    if (hash == -1)
        return -1;
    K_AUTO(PyObject *) old = Py_XNewRef(_PyDict_GetItem_KnownHash(dict, key, hash));
    if (!old && PyErr_Occurred())
        return -1;
    K_AUTO(PyObject *) count = old ? PyNumber_Add(old, one) : Py_NewRef(one);
    return count ? _PyDict_SetItem_KnownHash(dict, key, count, hash) : -1;
}

static int count_in_mapping(PyObject *mapping, PyObject *get, PyObject *key, PyObject *zero, PyObject *one)
{
    K_AUTO(PyObject *) old = PyObject_CallFunctionObjArgs(get, key, zero, NULL);
    K_AUTO(PyObject *) count = old ? PyNumber_Add(old, one) : NULL;
    return count ? PyObject_SetItem(mapping, key, count) : -1;
}

METHODS_DECLARE(_collections);

FUNCTION(_collections, _count_elements, FAST, "($module, mapping, iterable, /)",
         "Count the items of the iterable in the mapping.")
{
    if (k_check_nargs("_count_elements", nargs, 2, 2) < 0)
        return NULL;
    PyObject *mapping = args[0];
    K_AUTO(PyObject *) it = PyObject_GetIter(args[1]);
    K_AUTO(PyObject *) one = it ? PyLong_FromLong(1) : NULL;
    K_AUTO(PyObject *) zero = one ? PyLong_FromLong(0) : NULL;
    int as_dict = zero ? counts_as_dict(mapping) : 0;
    K_AUTO(PyObject *) get = !zero || as_dict ? NULL : PyObject_GetAttr(mapping, K_STR("get"));
    if (!zero || (!as_dict && !get))
        return NULL;
    for (;;) {
        K_AUTO(PyObject *) key = PyIter_Next(it);
        if (!key && PyErr_Occurred())
            return NULL;
        if (!key)
            Py_RETURN_NONE;
        if ((as_dict ? count_in_dict(mapping, key, one) : count_in_mapping(mapping, get, key, zero, one)) < 0)
            return NULL;
    }
}
METHODS_END(_collections);

static int collections_exec(PyObject *module)
{
    PyTypeObject *const types[] = {
        &collections_deque_type, &collections_defaultdict_type, &PyODict_Type, &collections_deque_iterator_type,
        &collections_deque_reverse_type, &collections_tuplegetter_type,
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (PyModule_AddType(module, types[i]) < 0)
            return -1;
    }
    return 0;
}

MODULE(_collections, "Types behind the module collections: deque, defaultdict, OrderedDict.", collections_exec, 0);
