/* type_new.c - making a class: type(name, bases, dict), what a class statement ends in.
 *
 * In: name, bases and the namespace of the body. Out: a readied heap type.
 * Invariant: nothing foreign sees the type before it is readied, except through mro() of its metaclass.
 * Start at type_new(). */
#include "capi/args.h"
#include "memory/gc.h"
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/frame/frame.h"
#include "objects/func/func.h"
#include "objects/list/list.h"
#include "objects/module.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "objects/type/slots.h"
#include "objects/type/type_internal.h"
#include "runtime/errors.h"
#include "runtime/state.h"
#include "vm/eval.h"

typedef struct NewClass {
    PyTypeObject *metatype, *base;
    PyObject *name, *bases, *dict, *slots; /* bases, dict, slots: owned */
    PyHeapTypeObject *type;
    Py_ssize_t nslots;
    bool may_add_dict, may_add_weak, add_dict, add_weak;
} NewClass;

/* ---- metaclass and bases ---- */

PyTypeObject *_PyType_CalculateMetaclass(PyTypeObject *metatype, PyObject *bases)
{
    PyTypeObject *winner = metatype;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(bases); i++) {
        PyTypeObject *candidate = Py_TYPE(PyTuple_GET_ITEM(bases, i));
        if (PyType_IsSubtype(winner, candidate))
            continue;
        if (!PyType_IsSubtype(candidate, winner)) {
            k_raise(PyExc_TypeError, "metaclass conflict: the metaclass of a derived class must be a (non-strict) "
                                     "subclass of the metaclasses of all its bases");
            return NULL;
        }
        winner = candidate;
    }
    return winner;
}

static int new_check_bases(PyObject *bases)
{
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(bases); i++) {
        PyObject *base = PyTuple_GET_ITEM(bases, i), *entries;
        if (PyType_Check(base))
            continue;
        if (_PyObject_LookupAttr(base, K_STR("__mro_entries__"), &entries) < 0)
            return -1;
        if (entries) {
            Py_DECREF(entries);
            k_raise(PyExc_TypeError, "type() doesn't support MRO entry resolution; use types.new_class()");
            return -1;
        }
    }
    return 0;
}

/* ---- __slots__ ---- */

/* A private name in the form that the compiler gives it inside a class. */
PyObject *type_mangle(PyObject *class_name, PyObject *name)
{
    Py_ssize_t n = PyUnicode_GET_LENGTH(name), start = 0, length = PyUnicode_GET_LENGTH(class_name);
    bool is_private = n > 2 && PyUnicode_READ_CHAR(name, 0) == '_' && PyUnicode_READ_CHAR(name, 1) == '_'
                      && !(PyUnicode_READ_CHAR(name, n - 1) == '_' && PyUnicode_READ_CHAR(name, n - 2) == '_')
                      && PyUnicode_FindChar(name, '.', 0, n, 1) < 0;
    while (is_private && start < length && PyUnicode_READ_CHAR(class_name, start) == '_')
        start++;
    if (!is_private || start == length)
        return Py_NewRef(name);
    K_AUTO(PyObject *) bare = PyUnicode_Substring(class_name, start, length);
    return bare ? PyUnicode_FromFormat("_%U%U", bare, name) : NULL;
}

static int new_check_slot_name(NewClass *c, PyObject *slot)
{
    if (!PyUnicode_Check(slot)) {
        k_raise(PyExc_TypeError, "__slots__ items must be strings, not '%.200s'", Py_TYPE(slot)->tp_name);
        return -1;
    }
    if (!PyUnicode_IsIdentifier(slot)) {
        k_raise(PyExc_TypeError, "__slots__ must be identifiers");
        return -1;
    }
    if (_PyUnicode_EqualToASCIIString(slot, "__dict__")) {
        if (!c->may_add_dict || c->add_dict) {
            k_raise(PyExc_TypeError, "__dict__ slot disallowed: we already got one");
            return -1;
        }
        c->add_dict = true;
    } else if (_PyUnicode_EqualToASCIIString(slot, "__weakref__")) {
        if (!c->may_add_weak || c->add_weak) {
            k_raise(PyExc_TypeError,
                    "__weakref__ slot disallowed: either we already got one, or __itemsize__ != 0");
            return -1;
        }
        c->add_weak = true;
    }
    return 0;
}

/* The mangled names, sorted: a new tuple. */
static PyObject *new_mangled_slots(NewClass *c)
{
    K_AUTO(PyObject *) list = PyList_New(0);
    for (Py_ssize_t i = 0; list && i < PyTuple_GET_SIZE(c->slots); i++) {
        PyObject *slot = PyTuple_GET_ITEM(c->slots, i);
        if ((c->add_dict && _PyUnicode_EqualToASCIIString(slot, "__dict__"))
            || (c->add_weak && _PyUnicode_EqualToASCIIString(slot, "__weakref__")))
            continue;
        K_AUTO(PyObject *) mangled = type_mangle(c->name, slot);
        if (!mangled || PyList_Append(list, mangled) < 0)
            return NULL;
        int present = PyDict_Contains(c->dict, mangled);
        if (present < 0)
            return NULL;
        if (present && !_PyUnicode_EqualToASCIIString(mangled, "__qualname__")
            && !_PyUnicode_EqualToASCIIString(mangled, "__classcell__"))
            return k_raise(PyExc_ValueError, "%R in __slots__ conflicts with class variable", mangled);
    }
    if (!list || PyList_Sort(list) < 0)
        return NULL;
    return PyList_AsTuple(list);
}

static int new_read_slots(NewClass *c)
{
    c->may_add_dict = c->base->tp_dictoffset == 0;
    c->may_add_weak = c->base->tp_weaklistoffset == 0 && c->base->tp_itemsize == 0;
    PyObject *given = PyDict_GetItemWithError(c->dict, K_STR("__slots__"));
    if (!given) {
        c->add_dict = c->may_add_dict;
        c->add_weak = c->may_add_weak;
        return PyErr_Occurred() ? -1 : 0;
    }
    c->slots = PyUnicode_Check(given) ? PyTuple_Pack(1, given) : PySequence_Tuple(given);
    if (!c->slots)
        return -1;
    if (PyTuple_GET_SIZE(c->slots) > 0 && c->base->tp_itemsize) {
        k_raise(PyExc_TypeError, "nonempty __slots__ not supported for subtype of '%s'", c->base->tp_name);
        return -1;
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(c->slots); i++) {
        if (new_check_slot_name(c, PyTuple_GET_ITEM(c->slots, i)) < 0)
            return -1;
    }
    PyObject *mangled = new_mangled_slots(c);
    if (!mangled)
        return -1;
    Py_SETREF(c->slots, mangled);
    c->nslots = PyTuple_GET_SIZE(mangled);
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(c->bases); i++) { /* a further base may bring a dict or weak references */
        PyTypeObject *other = (PyTypeObject *)PyTuple_GET_ITEM(c->bases, i);
        if (other == c->base)
            continue;
        c->add_dict = c->add_dict || (c->may_add_dict && other->tp_dictoffset);
        c->add_weak = c->add_weak || (c->may_add_weak && other->tp_weaklistoffset);
    }
    return 0;
}

/* ---- the type object ---- */

static int new_set_name(NewClass *c)
{
    Py_ssize_t length;
    const char *text = PyUnicode_AsUTF8AndSize(c->name, &length);
    if (!text)
        return -1;
    if (strlen(text) != (size_t)length) {
        k_raise(PyExc_ValueError, "type name must not contain null characters");
        return -1;
    }
    c->type->ht_type.tp_name = text;
    return 0;
}

static int new_members(NewClass *c)
{
    PyTypeObject *type = &c->type->ht_type, *base = c->base;
    Py_ssize_t offset = base->tp_basicsize;
    PyMemberDef *m = PyHeapType_GET_MEMBERS(type);
    for (Py_ssize_t i = 0; i < c->nslots; i++, m++, offset += (Py_ssize_t)sizeof(PyObject *)) {
        m->name = PyUnicode_AsUTF8(PyTuple_GET_ITEM(c->slots, i));
        if (!m->name)
            return -1;
        m->type = T_OBJECT_EX;
        m->offset = offset;
    }
    if (c->add_weak) {
        type->tp_weaklistoffset = offset;
        offset += (Py_ssize_t)sizeof(PyObject *);
    }
    if (c->add_dict && base->tp_itemsize) {
        type->tp_dictoffset = -(Py_ssize_t)sizeof(PyObject *);
        offset += (Py_ssize_t)sizeof(PyObject *);
    } else if (c->add_dict) {
        type->tp_flags |= Py_TPFLAGS_MANAGED_DICT;
        type->tp_dictoffset = -offset - 3 * (Py_ssize_t)sizeof(PyObject *);
    }
    type->tp_basicsize = offset;
    type->tp_itemsize = base->tp_itemsize;
    type->tp_members = PyHeapType_GET_MEMBERS(type);
    bool weak = type->tp_weaklistoffset && !base->tp_weaklistoffset, dict = type->tp_dictoffset && !base->tp_dictoffset;
    type->tp_getset = weak && dict ? subtype_getset_full : weak ? subtype_getset_weakref : dict ? subtype_getset_dict : NULL;
    return 0;
}

static int new_alloc(NewClass *c)
{
    PyTypeObject *type = (PyTypeObject *)c->metatype->tp_alloc(c->metatype, c->nslots);
    if (!type)
        return -1;
    PyHeapTypeObject *heap = c->type = (PyHeapTypeObject *)type;
    type->tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HEAPTYPE | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC;
    type->tp_as_async = &heap->as_async;
    type->tp_as_sequence = &heap->as_sequence;
    type->tp_as_mapping = &heap->as_mapping;
    type->tp_as_number = &heap->as_number;
    type->tp_as_buffer = &heap->as_buffer;
    type->tp_bases = Py_NewRef(c->bases);
    type->tp_base = (PyTypeObject *)Py_NewRef(c->base);
    type->tp_dict = Py_NewRef(c->dict);
    heap->ht_name = Py_NewRef(c->name);
    heap->ht_slots = Py_XNewRef(c->slots);
    heap->ht_qualname = Py_NewRef(c->name);
    type->tp_dealloc = subtype_dealloc;
    type->tp_alloc = PyType_GenericAlloc;
    type->tp_free = PyObject_GC_Del;
    type->tp_traverse = subtype_traverse;
    type->tp_clear = subtype_clear;
    return new_set_name(c) < 0 ? -1 : new_members(c);
}

/* ---- what the namespace says ---- */

static int new_set_module(NewClass *c)
{
    int present = PyDict_Contains(c->dict, K_STR("__module__"));
    if (present)
        return present < 0 ? -1 : 0;
    PyObject *globals = PyEval_GetGlobals();
    PyObject *module = globals ? PyDict_GetItemWithError(globals, K_STR("__name__")) : NULL;
    if (!module)
        return PyErr_Occurred() ? -1 : 0;
    return PyDict_SetItem(c->dict, K_STR("__module__"), module);
}

static int new_set_qualname(NewClass *c)
{
    PyObject *qualname = PyDict_GetItemWithError(c->dict, K_STR("__qualname__"));
    if (!qualname)
        return PyErr_Occurred() ? -1 : 0;
    if (!PyUnicode_Check(qualname)) {
        k_raise(PyExc_TypeError, "type __qualname__ must be a str, not %s", Py_TYPE(qualname)->tp_name);
        return -1;
    }
    Py_SETREF(c->type->ht_qualname, Py_NewRef(qualname));
    return PyDict_DelItem(c->dict, K_STR("__qualname__"));
}

static int new_set_doc(NewClass *c)
{
    PyObject *doc = PyDict_GetItemWithError(c->dict, K_STR("__doc__"));
    if (!doc || !PyUnicode_Check(doc))
        return PyErr_Occurred() ? -1 : 0;
    Py_ssize_t length;
    const char *text = PyUnicode_AsUTF8AndSize(doc, &length);
    if (!text)
        return -1;
    char *copy = PyObject_Malloc((size_t)length + 1);
    if (!copy) {
        PyErr_NoMemory();
        return -1;
    }
    memcpy(copy, text, (size_t)length + 1);
    c->type->ht_type.tp_doc = copy;
    return 0;
}

/* A function under this name becomes a static or class method. */
static int new_wrap_function(NewClass *c, PyObject *name, PyObject *(*wrap)(PyObject *))
{
    PyObject *function = PyDict_GetItemWithError(c->dict, name);
    if (!function || !PyFunction_Check(function))
        return PyErr_Occurred() ? -1 : 0;
    K_AUTO(PyObject *) wrapped = wrap(function);
    return wrapped ? PyDict_SetItem(c->dict, name, wrapped) : -1;
}

/* The cell that zero-argument super() and __class__ look into. */
static int new_set_classcell(NewClass *c)
{
    PyObject *cell = PyDict_GetItemWithError(c->dict, K_STR("__classcell__"));
    if (!cell)
        return PyErr_Occurred() ? -1 : 0;
    if (!PyCell_Check(cell)) {
        k_raise(PyExc_TypeError, "__classcell__ must be a nonlocal cell, not <%.200R>", Py_TYPE(cell));
        return -1;
    }
    if (PyCell_Set(cell, (PyObject *)c->type) < 0)
        return -1;
    return PyDict_DelItem(c->dict, K_STR("__classcell__"));
}

static int new_call_set_names(PyTypeObject *type)
{
    K_AUTO(PyObject *) names = PyDict_Copy(type->tp_dict);
    PyObject *key, *value;
    Py_ssize_t pos = 0;
    if (!names)
        return -1;
    while (PyDict_Next(names, &pos, &key, &value)) {
        K_AUTO(PyObject *) hook = k_lookup_special(value, K_STR("__set_name__"));
        if (!hook) {
            if (PyErr_Occurred())
                return -1;
            continue;
        }
        K_AUTO(PyObject *) done = PyObject_CallFunctionObjArgs(hook, type, key, NULL);
        if (!done) {
            _PyErr_FormatFromCause(PyExc_RuntimeError, "Error calling __set_name__ on '%.100s' instance %R in '%.100s'",
                                   Py_TYPE(value)->tp_name, key, type->tp_name);
            return -1;
        }
    }
    return 0;
}

/* super(type, type).__init_subclass__(**kwargs) */
static int new_call_init_subclass(PyTypeObject *type, PyObject *kwargs)
{
    K_AUTO(PyObject *) super = PyObject_CallFunctionObjArgs((PyObject *)&PySuper_Type, type, type, NULL);
    K_AUTO(PyObject *) hook = super ? PyObject_GetAttr(super, K_STR("__init_subclass__")) : NULL;
    K_AUTO(PyObject *) result = hook ? PyObject_VectorcallDict(hook, NULL, 0, kwargs) : NULL;
    return result ? 0 : -1;
}

static int new_fill(NewClass *c)
{
    PyTypeObject *type = &c->type->ht_type;
    if (new_set_module(c) < 0 || new_set_qualname(c) < 0 || new_set_doc(c) < 0
        || new_wrap_function(c, K_STR("__new__"), PyStaticMethod_New) < 0
        || new_wrap_function(c, K_STR("__init_subclass__"), PyClassMethod_New) < 0
        || new_wrap_function(c, K_STR("__class_getitem__"), PyClassMethod_New) < 0
        || new_set_classcell(c) < 0 || PyType_Ready(type) < 0)
        return -1;
    type_slots_fill(type);
    return new_call_set_names(type);
}

static PyObject *new_make(NewClass *c, PyObject *kwargs)
{
    if (new_read_slots(c) < 0 || new_alloc(c) < 0 || new_fill(c) < 0
        || new_call_init_subclass(&c->type->ht_type, kwargs) < 0) {
        Py_CLEAR(c->type);
        return NULL;
    }
    return (PyObject *)c->type;
}

static int new_arguments(PyObject *args, PyObject **name, PyObject **bases, PyObject **dict)
{
    if (PyTuple_GET_SIZE(args) != 3) {
        k_raise(PyExc_TypeError, "type.__new__() takes exactly 3 arguments (%zd given)", PyTuple_GET_SIZE(args));
        return -1;
    }
    *name = PyTuple_GET_ITEM(args, 0);
    *bases = PyTuple_GET_ITEM(args, 1);
    *dict = PyTuple_GET_ITEM(args, 2);
    const char *wanted = !PyUnicode_Check(*name) ? "str" : !PyTuple_Check(*bases) ? "tuple"
                         : !PyDict_Check(*dict)  ? "dict"
                                                 : NULL;
    if (!wanted)
        return 0;
    int i = !PyUnicode_Check(*name) ? 0 : !PyTuple_Check(*bases) ? 1 : 2;
    k_raise(PyExc_TypeError, "type.__new__() argument %d must be %s, not %.50s", i + 1, wanted,
            PyTuple_GET_ITEM(args, i) == Py_None ? "None" : Py_TYPE(PyTuple_GET_ITEM(args, i))->tp_name);
    return -1;
}

PyObject *type_new(PyTypeObject *metatype, PyObject *args, PyObject *kwargs)
{
    PyObject *name, *bases, *dict;
    if (new_arguments(args, &name, &bases, &dict) < 0 || new_check_bases(bases) < 0)
        return NULL;
    NewClass c = { .name = name };
    if (PyTuple_GET_SIZE(bases)) {
        PyTypeObject *winner = _PyType_CalculateMetaclass(metatype, bases);
        if (!winner)
            return NULL;
        if (winner != metatype && winner->tp_new != type_new && winner->tp_new)
            return winner->tp_new(winner, args, kwargs);
        metatype = winner;
        c.base = type_best_base(bases);
        c.bases = Py_NewRef(bases);
    } else {
        c.base = &PyBaseObject_Type;
        c.bases = PyTuple_Pack(1, c.base);
    }
    c.metatype = metatype;
    PyObject *type = NULL;
    if (c.base && c.bases && (c.dict = PyDict_Copy(dict)))
        type = new_make(&c, kwargs);
    Py_XDECREF(c.bases);
    Py_XDECREF(c.dict);
    Py_XDECREF(c.slots);
    return type;
}
