/* odict.c - collections.OrderedDict: a dict with a doubly linked list of its keys.
 *
 * In: keys and values as for dict.  Out: iteration in an order that move_to_end() can change.
 * Invariants: each key of the dict has one node. nodes[i] is the node of the dict's entry i, as long as the dict still
 * has the table `nodes_for`; otherwise the array is built again before use. `state` changes with each change of the list.
 * Start at find_node. Views and iterators stand in odict_iter.c. */
#include "objects/dict/odict.h"

#include "objects/call.h"
#include "objects/instance.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/weakref.h"
#include "runtime/errors.h"

#define DICT(o) ((PyDictObject *)(o))
#define OD(o)   ((PyODictObject *)(o))

/* ---- nodes ---- */

static int index_nodes(PyODictObject *od)
{
    PyDictKeysObject *keys = DICT(od)->ma_keys;
    Py_ssize_t size = (Py_ssize_t)DK_SIZE(keys);
    ODictNode **nodes = PyMem_Calloc((size_t)size, sizeof *nodes);
    if (!nodes) {
        (void)!PyErr_NoMemory();
        return -1;
    }
    for (ODictNode *node = od->first; node; node = node->next) {
        PyObject *value;
        Py_ssize_t i = dict_table_find(DICT(od), node->key, node->hash, &value); /* runs code */
        if (i < 0 || keys != DICT(od)->ma_keys) {
            PyMem_Free(nodes);
            if (i != DICT_ERROR)
                PyErr_SetString(PyExc_RuntimeError, "OrderedDict mutated during iteration");
            return -1;
        }
        nodes[i] = node;
    }
    PyMem_Free(od->nodes);
    od->nodes = nodes;
    od->nodes_size = size;
    od->nodes_for = keys;
    return 0;
}

/* The place of the key's node in the array; NULL without an exception when the dict does not have the key. */
static ODictNode **find_slot(PyODictObject *od, PyObject *key, Py_hash_t hash)
{
    PyObject *value;
    Py_ssize_t i = dict_table_find(DICT(od), key, hash, &value); /* runs code */
    if (i < 0 || !value)
        return NULL;
    if (od->nodes_for != DICT(od)->ma_keys) {
        if (index_nodes(od) < 0)
            return NULL;
        i = dict_table_find(DICT(od), key, hash, &value);
        if (i < 0 || i >= od->nodes_size)
            return NULL;
    }
    return &od->nodes[i];
}

ODictNode *odict_find_node(PyODictObject *od, PyObject *key)
{
    Py_hash_t hash = od->first ? dict_hash(key) : 0;
    ODictNode **slot = od->first && hash != -1 ? find_slot(od, key, hash) : NULL;
    return slot ? *slot : NULL;
}

static void link_last(PyODictObject *od, ODictNode *node)
{
    node->previous = od->last;
    node->next = NULL;
    *(od->last ? &od->last->next : &od->first) = node;
    od->last = node;
    od->state++;
}

static void link_first(PyODictObject *od, ODictNode *node)
{
    node->next = od->first;
    node->previous = NULL;
    *(od->first ? &od->first->previous : &od->last) = node;
    od->first = node;
    od->state++;
}

static void unlink_node(PyODictObject *od, ODictNode *node)
{
    *(node->previous ? &node->previous->next : &od->first) = node->next;
    *(node->next ? &node->next->previous : &od->last) = node->previous;
    od->state++;
}

/* The dict has the key: gives it a node unless there is one. */
static int add_node(PyODictObject *od, PyObject *key, Py_hash_t hash)
{
    ODictNode **slot = find_slot(od, key, hash);
    if (!slot)
        return PyErr_Occurred() ? -1 : 0; /* the key went away meanwhile */
    if (*slot)
        return 0;
    ODictNode *node = PyMem_Malloc(sizeof *node);
    if (!node) {
        (void)!PyErr_NoMemory();
        return -1;
    }
    node->key = Py_NewRef(key);
    node->hash = hash;
    *slot = node;
    link_last(od, node);
    return 0;
}

/* Takes the key's node away, before the dict lets go of the key. 1: done, 0: there is none. */
static int remove_node(PyODictObject *od, PyObject *key, Py_hash_t hash)
{
    ODictNode **slot = od->first ? find_slot(od, key, hash) : NULL;
    if (!slot || !*slot)
        return PyErr_Occurred() ? -1 : 0;
    ODictNode *node = *slot;
    *slot = NULL;
    unlink_node(od, node);
    Py_DECREF(node->key); /* runs code */
    PyMem_Free(node);
    return 1;
}

static void clear_nodes(PyODictObject *od)
{
    ODictNode *node = od->first;
    PyMem_Free(od->nodes);
    od->nodes = NULL;
    od->nodes_size = 0;
    od->nodes_for = NULL;
    od->first = od->last = NULL;
    od->state++;
    while (node) {
        ODictNode *next = node->next;
        Py_DECREF(node->key); /* runs code */
        PyMem_Free(node);
        node = next;
    }
}

/* ---- C API ---- */

PyObject *PyODict_New(void)
{
    return PyDict_Type.tp_new(&PyODict_Type, NULL, NULL);
}

static int set_known_hash(PyObject *od, PyObject *key, PyObject *value, Py_hash_t hash)
{
    if (_PyDict_SetItem_KnownHash(od, key, value, hash) < 0)
        return -1;
    if (add_node(OD(od), key, hash) == 0)
        return 0;
    PyObject *type, *exception, *traceback; /* without a node the key must not stay */
    PyErr_Fetch(&type, &exception, &traceback);
    (void)!_PyDict_DelItem_KnownHash(od, key, hash);
    PyErr_Restore(type, exception, traceback);
    return -1;
}

int PyODict_SetItem(PyObject *od, PyObject *key, PyObject *value)
{
    Py_hash_t hash = dict_hash(key);
    return hash == -1 ? -1 : set_known_hash(od, key, value, hash);
}

int PyODict_DelItem(PyObject *od, PyObject *key)
{
    Py_hash_t hash = dict_hash(key);
    if (hash == -1 || remove_node(OD(od), key, hash) < 0)
        return -1;
    return _PyDict_DelItem_KnownHash(od, key, hash);
}

/* ---- update, for any mapping with __setitem__ ---- */

static int set_pair(PyObject *self, PyObject *pair)
{
    K_AUTO(PyObject *) it = PyObject_GetIter(pair);
    if (!it)
        return -1;
    K_AUTO(PyObject *) key = PyIter_Next(it);
    K_AUTO(PyObject *) value = key ? PyIter_Next(it) : NULL;
    if (!value) {
        if (!PyErr_Occurred())
            PyErr_Format(PyExc_ValueError, "need more than %d value%s to unpack", key != NULL, key ? "" : "s");
        return -1;
    }
    K_AUTO(PyObject *) more = PyIter_Next(it);
    if (more)
        PyErr_SetString(PyExc_ValueError, "too many values to unpack (expected 2)");
    if (more || PyErr_Occurred())
        return -1;
    return PyObject_SetItem(self, key, value);
}

static int set_pairs(PyObject *self, PyObject *pairs)
{
    K_AUTO(PyObject *) it = PyObject_GetIter(pairs);
    if (!it)
        return -1;
    for (;;) {
        K_AUTO(PyObject *) pair = PyIter_Next(it);
        if (!pair)
            return PyErr_Occurred() ? -1 : 0;
        if (set_pair(self, pair) < 0)
            return -1;
    }
}

static int set_from_keys(PyObject *self, PyObject *other, PyObject *method)
{
    K_AUTO(PyObject *) keys = PyObject_CallNoArgs(method);
    K_AUTO(PyObject *) it = keys ? PyObject_GetIter(keys) : NULL;
    if (!it)
        return -1;
    for (;;) {
        K_AUTO(PyObject *) key = PyIter_Next(it);
        if (!key)
            return PyErr_Occurred() ? -1 : 0;
        K_AUTO(PyObject *) value = PyObject_GetItem(other, key);
        if (!value || PyObject_SetItem(self, key, value) < 0)
            return -1;
    }
}

static int update_from(PyObject *self, PyObject *other)
{
    if (PyDict_CheckExact(other)) {
        K_AUTO(PyObject *) items = PyDict_Items(other);
        return items ? set_pairs(self, items) : -1;
    }
    PyObject *found;
    if (_PyObject_LookupAttr(other, K_STR("keys"), &found) < 0)
        return -1;
    K_AUTO(PyObject *) keys = found;
    if (keys)
        return set_from_keys(self, other, keys);
    if (_PyObject_LookupAttr(other, K_STR("items"), &found) < 0)
        return -1;
    K_AUTO(PyObject *) items_method = found;
    if (!items_method)
        return set_pairs(self, other);
    K_AUTO(PyObject *) items = PyObject_CallNoArgs(items_method);
    return items ? set_pairs(self, items) : -1;
}

static int update_from_call(PyObject *self, PyObject *args, PyObject *kwargs, const char *too_many)
{
    Py_ssize_t n = args ? Py_SIZE(args) : 0;
    if (n > 1) {
        PyErr_Format(PyExc_TypeError, too_many, n);
        return -1;
    }
    if (n && update_from(self, PyTuple_GET_ITEM(args, 0)) < 0)
        return -1;
    return kwargs && PyDict_GET_SIZE(kwargs) ? update_from(self, kwargs) : 0;
}

/* ---- methods ---- */

METHODS_DECLARE(odict);

METHOD_FLAGS(odict, fromkeys, VEC, METH_CLASS, "($type, /, iterable, value=None)",
             "A new ordered dict with the iterable's items as keys, all with one value.")
{
    static KBinder binder = { "fromkeys", "($type, /, iterable, value=None)", 2, NULL };
    PyObject *slots[2], *kept = NULL;
    if (k_bind(&binder, args, nargs, kwnames, slots, &kept) < 0)
        return NULL;
    PyObject *dict = dict_from_keys(self, slots[0], slots[1]);
    Py_XDECREF(kept);
    return dict;
}

METHOD_RAW(odict, __sizeof__, NOARGS, 0, "The bytes that it takes.")
{
    Py_ssize_t size = _PyDict_SizeOf(DICT(self)) + OD(self)->nodes_size * (Py_ssize_t)sizeof(ODictNode *);
    return PyLong_FromSsize_t(size + DICT(self)->ma_used * (Py_ssize_t)sizeof(ODictNode));
}

METHOD_RAW(odict, __reduce__, NOARGS, 0, "State for pickling.")
{
    K_AUTO(PyObject *) state = _PyObject_GetState(self);
    K_AUTO(PyObject *) args = state ? PyTuple_New(0) : NULL;
    K_AUTO(PyObject *) items = args ? PyObject_CallMethodObjArgs(self, K_STR("items"), NULL) : NULL;
    K_AUTO(PyObject *) it = items ? PyObject_GetIter(items) : NULL;
    return it ? PyTuple_Pack(5, Py_TYPE(self), args, state, Py_None, it) : NULL;
}

METHOD_KW(odict, setdefault, "($self, /, key, default=None)",
          "The key's value; when there is none, the default is put in and returned.", *key, *missing)
{
    if (PyODict_CheckExact(self)) {
        PyObject *value = PyDict_GetItemWithError(self, arg->key);
        if (value || PyErr_Occurred())
            return Py_XNewRef(value);
        return PyODict_SetItem(self, arg->key, arg->missing) < 0 ? NULL : Py_NewRef(arg->missing);
    }
    int there = PySequence_Contains(self, arg->key);
    if (there < 0)
        return NULL;
    if (there)
        return PyObject_GetItem(self, arg->key);
    return PyObject_SetItem(self, arg->key, arg->missing) < 0 ? NULL : Py_NewRef(arg->missing);
}

/* Takes the key out: its value; or the fallback (may be NULL: KeyError). */
static PyObject *pop_key(PyObject *self, PyObject *key, PyObject *fallback)
{
    Py_hash_t hash = dict_hash(key);
    if (hash == -1)
        return NULL;
    int removed = remove_node(OD(self), key, hash);
    if (removed < 0)
        return NULL;
    if (!removed && !fallback) {
        PyErr_SetObject(PyExc_KeyError, key);
        return NULL;
    }
    return dict_pop_known_hash(self, key, hash, fallback);
}

METHOD_KW(odict, pop, "($self, /, key, default=<unrepresentable>)",
          "od.pop(key[,default]) -> v, remove the key and return its value.\n\n"
          "When the key is absent, return the default if there is one, else raise KeyError.",
          *key, *fallback)
{
    return pop_key(self, arg->key, arg->fallback);
}

METHOD_KW(odict, popitem, "($self, /, last=True)",
          "Remove a (key, value) pair and return it: the last one, or the first when last is false.", *last)
{
    int last = PyObject_IsTrue(arg->last);
    if (last < 0)
        return NULL;
    ODictNode *node = last ? OD(self)->last : OD(self)->first;
    if (!node)
        return k_raise(PyExc_KeyError, "dictionary is empty");
    K_AUTO(PyObject *) key = Py_NewRef(node->key);
    K_AUTO(PyObject *) value = pop_key(self, key, NULL);
    return value ? PyTuple_Pack(2, key, value) : NULL;
}

METHOD_RAW(odict, keys, NOARGS, 0, "od.keys() -> a view of the keys")
{
    return _PyDictView_New(self, &PyODictKeys_Type);
}

METHOD_RAW(odict, values, NOARGS, 0, "od.values() -> a view of the values")
{
    return _PyDictView_New(self, &PyODictValues_Type);
}

METHOD_RAW(odict, items, NOARGS, 0, "od.items() -> a view of the (key, value) pairs")
{
    return _PyDictView_New(self, &PyODictItems_Type);
}

METHOD_RAW(odict, update, VAR, 0, "od.update(E, **F) -> None.  Take over entries of a mapping, of pairs, of names.")
{
    if (update_from_call(self, args, kwargs, "update() takes at most 1 positional argument (%zd given)") < 0)
        return NULL;
    Py_RETURN_NONE;
}

METHOD_RAW(odict, clear, NOARGS, 0, "od.clear() -> None.  Remove all entries.")
{
    dict_table_clear(DICT(self));
    clear_nodes(OD(self));
    Py_RETURN_NONE;
}

METHOD_RAW(odict, copy, NOARGS, 0, "od.copy() -> a new one with the same entries in the same order")
{
    int exact = PyODict_CheckExact(self);
    K_AUTO(PyObject *) copy = exact ? PyODict_New() : PyObject_CallNoArgs((PyObject *)Py_TYPE(self));
    if (!copy)
        return NULL;
    for (ODictNode *node = OD(self)->first; node; node = node->next) {
        K_AUTO(PyObject *) key = Py_NewRef(node->key);
        Py_hash_t hash = node->hash;
        size_t state = OD(self)->state;
        K_AUTO(PyObject *) value = exact ? Py_XNewRef(PyDict_GetItemWithError(self, key)) : PyObject_GetItem(self, key);
        if (!value) {
            if (!PyErr_Occurred())
                PyErr_SetObject(PyExc_KeyError, key);
            return NULL;
        }
        if ((exact ? set_known_hash(copy, key, value, hash) : PyObject_SetItem(copy, key, value)) < 0)
            return NULL;
        if (OD(self)->state != state) /* the node may be gone */
            return k_raise(PyExc_RuntimeError, "OrderedDict mutated during iteration");
    }
    return K_MOVE(copy);
}

METHOD_RAW(odict, __reversed__, NOARGS, 0, "od.__reversed__() is reversed(od).")
{
    return odict_iter_new(OD(self), ODICT_KEYS | ODICT_REVERSED);
}

METHOD_KW(odict, move_to_end, "($self, /, key, last=True)",
          "Move the key to the end, or to the beginning when last is false.\n\nRaises KeyError when it is absent.",
          *key, *last)
{
    int last = PyObject_IsTrue(arg->last);
    if (last < 0)
        return NULL;
    PyODictObject *od = OD(self);
    ODictNode *node = odict_find_node(od, arg->key);
    if (!node) {
        if (!PyErr_Occurred())
            PyErr_SetObject(PyExc_KeyError, arg->key);
        return NULL;
    }
    if (node != (last ? od->last : od->first)) {
        unlink_node(od, node);
        (last ? link_last : link_first)(od, node);
    }
    Py_RETURN_NONE;
}
METHODS_END(odict);

/* ---- slots ---- */

static int odict_assign_subscript(PyObject *self, PyObject *key, PyObject *value)
{
    return value ? PyODict_SetItem(self, key, value) : PyODict_DelItem(self, key);
}

static PyObject *odict_or(PyObject *left, PyObject *right)
{
    PyObject *type = (PyObject *)Py_TYPE(PyObject_TypeCheck(left, &PyODict_Type) ? left : right);
    if (!PyDict_Check(left) || !PyDict_Check(right))
        Py_RETURN_NOTIMPLEMENTED;
    K_AUTO(PyObject *) both = PyObject_CallOneArg(type, left);
    return both && update_from(both, right) == 0 ? K_MOVE(both) : NULL;
}

static PyObject *odict_inplace_or(PyObject *self, PyObject *other)
{
    return update_from(self, other) < 0 ? NULL : Py_NewRef(self);
}

static PyObject *list_of_pairs(PyODictObject *od)
{
    K_AUTO(PyObject *) list = PyList_New(0);
    size_t state = od->state;
    for (ODictNode *node = od->first; list && node; node = node->next) {
        PyObject *value = PyDict_GetItemWithError((PyObject *)od, node->key); /* runs code */
        if (od->state != state)
            return k_raise(PyExc_RuntimeError, "OrderedDict mutated during iteration");
        if (!value) {
            if (!PyErr_Occurred())
                PyErr_SetObject(PyExc_KeyError, node->key);
            return NULL;
        }
        K_AUTO(PyObject *) pair = PyTuple_Pack(2, node->key, value);
        if (!pair || PyList_Append(list, pair) < 0)
            return NULL;
    }
    return K_MOVE(list);
}

static PyObject *odict_repr(PyObject *self)
{
    const char *name = _PyType_Name(Py_TYPE(self));
    if (DICT(self)->ma_used == 0)
        return PyUnicode_FromFormat("%s()", name);
    int entered = Py_ReprEnter(self);
    if (entered)
        return entered > 0 ? PyUnicode_FromString("...") : NULL;
    PyObject *pairs = NULL, *text = NULL;
    if (PyODict_CheckExact(self))
        pairs = list_of_pairs(OD(self));
    else {
        PyObject *items = PyObject_CallMethodObjArgs(self, K_STR("items"), NULL);
        pairs = items ? PySequence_List(items) : NULL;
        Py_XDECREF(items);
    }
    if (pairs)
        text = PyUnicode_FromFormat("%s(%R)", name, pairs);
    Py_XDECREF(pairs);
    Py_ReprLeave(self);
    return text;
}

/* Whether two ordered dicts of the same length have equal keys in the same order. */
static int same_order(PyODictObject *a, PyODictObject *b)
{
    size_t state_a = a->state, state_b = b->state;
    ODictNode *x = a->first, *y = b->first;
    for (; x && y; x = x->next, y = y->next) {
        K_AUTO(PyObject *) left = Py_NewRef(x->key);
        K_AUTO(PyObject *) right = Py_NewRef(y->key);
        int equal = PyObject_RichCompareBool(left, right, Py_EQ); /* runs code */
        if (equal <= 0)
            return equal;
        if (a->state != state_a || b->state != state_b) {
            PyErr_SetString(PyExc_RuntimeError, "OrderedDict mutated during iteration");
            return -1;
        }
    }
    return !x && !y;
}

static PyObject *odict_richcompare(PyObject *a, PyObject *b, int op)
{
    if (!PyODict_Check(a) || !PyDict_Check(b) || (op != Py_EQ && op != Py_NE))
        Py_RETURN_NOTIMPLEMENTED;
    int equal = dict_equal(DICT(a), DICT(b));
    if (equal > 0 && PyODict_Check(b))
        equal = same_order(OD(a), OD(b));
    if (equal < 0)
        return NULL;
    Py_RETURN_BOOL(equal == (op == Py_EQ));
}

static PyObject *odict_tp_iter(PyObject *self)
{
    return odict_iter_new(OD(self), ODICT_KEYS);
}

static int odict_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    return update_from_call(self, args, kwargs, "expected at most 1 arguments, got %zd");
}

static void odict_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_TRASHCAN_BEGIN(self, odict_dealloc)
    Py_XDECREF(OD(self)->inst_dict);
    if (OD(self)->weakrefs)
        PyObject_ClearWeakRefs(self);
    clear_nodes(OD(self));
    PyDict_Type.tp_dealloc(self);
    Py_TRASHCAN_END;
}

static int odict_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(OD(self)->inst_dict);
    for (ODictNode *node = OD(self)->first; node; node = node->next)
        Py_VISIT(node->key);
    return PyDict_Type.tp_traverse(self, visit, arg);
}

static int odict_tp_clear(PyObject *self)
{
    Py_CLEAR(OD(self)->inst_dict);
    dict_table_clear(DICT(self));
    clear_nodes(OD(self));
    return 0;
}

static PyGetSetDef odict_getset[] = { { "__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL }, { 0 } };
static PyNumberMethods odict_as_number = { .nb_or = odict_or, .nb_inplace_or = odict_inplace_or };
static PyMappingMethods odict_as_mapping = { .mp_ass_subscript = odict_assign_subscript };

PyTypeObject PyODict_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "collections.OrderedDict",
    .tp_doc = "Dictionary that remembers insertion order",
    .tp_basicsize = sizeof(PyODictObject),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .tp_base = &PyDict_Type,
    .tp_dictoffset = offsetof(PyODictObject, inst_dict),
    .tp_weaklistoffset = offsetof(PyODictObject, weakrefs),
    .tp_dealloc = odict_dealloc,
    .tp_traverse = odict_traverse,
    .tp_clear = odict_tp_clear,
    .tp_repr = odict_repr,
    .tp_hash = PyObject_HashNotImplemented,
    .tp_richcompare = odict_richcompare,
    .tp_as_number = &odict_as_number,
    .tp_as_mapping = &odict_as_mapping,
    .tp_iter = odict_tp_iter,
    .tp_methods = METHODS(odict),
    .tp_getset = odict_getset,
    .tp_init = odict_init,
    .tp_alloc = PyType_GenericAlloc,
};
K_TYPE(PyODict_Type);
