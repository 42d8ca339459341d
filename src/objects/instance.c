/* instance.c - the attributes of instances: embedded values, materialised dicts, the way from one to the other.
 *
 * In: an instance and a name.  Out: the attribute's value, or a change of it.
 * Invariant: see instance.h.
 * Start at k_instance_set; the capacity of new instances is chosen in instance_capacity. */
#include "objects/instance.h"

#include "code/code.h"
#include "memory/gc.h"
#include "objects/func/func.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"

enum { OP_STORE_ATTR = 95, OP_LOAD_FAST = 124 };

#define VALUES_OF(self) (((PyDictValues **)(self))[-4])
#define DICT_OF(self)   (((PyDictObject **)(self))[-3])

/* ---- capacity ---- */

/* Notes the names of `self.name = ...` in a function: what its instances will have. */
static int collect_names(PyObject *function, PyObject **names, int n)
{
    if (!function || !PyFunction_Check(function))
        return n;
    PyCodeObject *code = (PyCodeObject *)((PyFunctionObject *)function)->func_code;
    const uint8_t *units = (const uint8_t *)code->co_code_adaptive;
    for (Py_ssize_t i = 1; i < Py_SIZE(code) && n < DICT_SHARED_MAX; i++) {
        const uint8_t *unit = units + 2 * i;
        if (unit[0] != OP_STORE_ATTR || unit[-2] != OP_LOAD_FAST || unit[-1] != 0 || unit[1] >= Py_SIZE(code->co_names))
            continue;
        PyObject *name = PyTuple_GET_ITEM(code->co_names, unit[1]);
        int known = 0;
        while (known < n && names[known] != name)
            known++;
        if (known == n)
            names[n++] = name;
    }
    return n;
}

/* How many attributes the __init__ methods of a class and its bases set. Counted once for each class. */
static int expected_attributes(PyTypeObject *type, PyDictKeysObject *keys)
{
    if (keys->dk_expected)
        return keys->dk_expected - 1;
    PyObject *names[DICT_SHARED_MAX];
    int n = 0;
    for (Py_ssize_t i = 0; type->tp_mro && i < Py_SIZE(type->tp_mro); i++) {
        PyTypeObject *base = (PyTypeObject *)PyTuple_GET_ITEM(type->tp_mro, i);
        if (PyType_HasFeature(base, Py_TPFLAGS_HEAPTYPE) && base->tp_dict)
            n = collect_names(PyDict_GetItem(base->tp_dict, K_STR("__init__")), names, n);
    }
    keys->dk_expected = (uint8_t)(n + 1);
    return n;
}

/* The number of values a new instance gets: the keys its class's instances have so far and those its __init__ will
 * set, then as many as fit into the same 16-byte granule. Without room for any more keys it is what is known. */
static int instance_capacity(PyTypeObject *type)
{
    PyDictKeysObject *keys = k_instance_shared_keys(type);
    if (!keys || type->tp_itemsize || type->tp_basicsize / (Py_ssize_t)sizeof(PyObject *) > UINT16_MAX - 8)
        return 0;
    Py_ssize_t most = Py_MIN(keys->dk_nentries + keys->dk_usable, DICT_SHARED_MAX);
    int capacity = (int)Py_MIN(Py_MAX(keys->dk_nentries, expected_attributes(type, keys)), most);
    if (capacity == 0) /* nothing is known; after a few instances without attributes, little is expected */
        capacity = keys->dk_usable > DICT_SHARED_MAX - 8 ? 4 : most > 0;
    size_t head = values_head_size(capacity), bytes = (size_t)type->tp_basicsize + head + (size_t)capacity * 8;
    if (bytes % 16 && capacity < most && values_head_size(capacity + 1) == head)
        capacity++;
    return capacity;
}

Py_ssize_t k_instance_extra_size(PyTypeObject *type)
{
    int capacity = instance_capacity(type);
    return capacity ? (Py_ssize_t)(values_head_size(capacity) + (size_t)capacity * sizeof(PyObject *)) : 0;
}

void k_instance_init(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    int capacity = instance_capacity(type);
    if (!capacity)
        return;
    PyDictKeysObject *keys = k_instance_shared_keys(type);
    if (keys->dk_usable > 1) /* CPython gives later instances less and less room for new keys */
        keys->dk_usable--;
    size_t offset = (size_t)type->tp_basicsize;
    size_t words = (offset + values_head_size(capacity)) / sizeof(PyObject *);
    VALUES_OF(self) = values_at((char *)self + offset, capacity, words);
}

/* ---- the dict ---- */

/* Where a type without managed dict keeps the dict pointer; NULL when its instances have none. */
static PyObject **dict_slot(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    Py_ssize_t offset = type->tp_dictoffset;
    if (offset < 0) { /* counted from the end of a variable-size object */
        size_t size = (size_t)type->tp_basicsize + (size_t)Py_ABS(Py_SIZE(self)) * (size_t)type->tp_itemsize;
        offset += (Py_ssize_t)((size + sizeof(void *) - 1) & ~(sizeof(void *) - 1));
    }
    return offset ? (PyObject **)((char *)self + offset) : NULL;
}

static int is_managed(PyObject *self)
{
    return PyType_HasFeature(Py_TYPE(self), Py_TPFLAGS_MANAGED_DICT);
}

/* A dict that looks at the embedded values. */
static PyObject *view_of_values(PyDictKeysObject *keys, PyDictValues *values)
{
    keys->dk_refcnt++;
    PyObject *dict = dict_table_new(keys, values, values_used(values));
    for (int i = 0; dict && i < values_used(values); i++)
        dict_track_for((PyDictObject *)dict, Py_None, *values_slot(values, values_nth(values, i)));
    return dict;
}

/* Drops a fresh view that nobody has seen, and leaves the values where they are. */
static void abandon_view(PyObject *dict)
{
    ((PyDictObject *)dict)->ma_values = NULL;
    Py_DECREF(dict);
}

PyObject *k_instance_dict(PyObject *self)
{
    if (!is_managed(self)) {
        PyObject **slot = dict_slot(self);
        if (!slot)
            return k_raise(PyExc_AttributeError, "This object has no __dict__");
        if (!*slot)
            *slot = PyDict_New();
        return Py_XNewRef(*slot);
    }
    if (!DICT_OF(self)) {
        PyDictValues *values = VALUES_OF(self);
        PyObject *dict = values ? view_of_values(k_instance_shared_keys(Py_TYPE(self)), values) : PyDict_New();
        if (!dict)
            return NULL;
        if (DICT_OF(self)) /* making it may have cost a collection, and that may have asked for it too */
            abandon_view(dict);
        else
            DICT_OF(self) = (PyDictObject *)dict;
    }
    return Py_NewRef(DICT_OF(self));
}

PyObject *PyObject_GenericGetDict(PyObject *self, void *context K_UNUSED)
{
    return k_instance_dict(self);
}

int k_instance_is_empty(PyObject *self)
{
    if (is_managed(self)) {
        if (VALUES_OF(self))
            return values_used(VALUES_OF(self)) == 0;
        return !DICT_OF(self) || DICT_OF(self)->ma_used == 0;
    }
    PyObject **slot = dict_slot(self);
    return !slot || !*slot || PyDict_GET_SIZE(*slot) == 0;
}

/* Gives the dict values of its own. */
static int unshare(PyDictObject *dict)
{
    PyDictValues *from = dict->ma_values;
    int capacity = values_capacity(from);
    PyDictValues *to = values_new(capacity);
    if (!to) {
        (void)!PyErr_NoMemory();
        return -1;
    }
    for (int i = 0; i < values_used(from); i++) {
        int index = values_nth(from, i);
        *values_slot(to, index) = *values_slot(from, index);
        values_note_added(to, index);
    }
    values_release(from);
    dict->ma_values = to;
    return 0;
}

int k_instance_detach(PyObject *self)
{
    if (!VALUES_OF(self))
        return 0;
    PyObject *dict = k_instance_dict(self);
    if (!dict)
        return -1;
    int status = VALUES_OF(self) ? unshare((PyDictObject *)dict) : 0;
    Py_DECREF(dict);
    return status;
}

int k_instance_replace_dict(PyObject *self, PyObject *dict)
{
    if (DICT_OF(self) && k_instance_detach(self) < 0)
        return -1;
    PyObject *old = (PyObject *)DICT_OF(self);
    PyDictValues *values = VALUES_OF(self);
    DICT_OF(self) = (PyDictObject *)Py_XNewRef(dict);
    if (values)
        values_drop(values); /* runs code */
    Py_XDECREF(old);
    return 0;
}

/* ---- get and set ---- */

static int no_attribute(PyObject *self, PyObject *name)
{
    PyErr_Format(PyExc_AttributeError, "'%.100s' object has no attribute '%U'", Py_TYPE(self)->tp_name, name);
    return -1;
}

PyObject *k_instance_get(PyObject *self, PyObject *name)
{
    PyObject *dict;
    if (is_managed(self)) {
        PyDictValues *values = VALUES_OF(self);
        if (values && PyUnicode_CheckExact(name)) {
            Py_ssize_t index = k_dict_index_of_str(k_instance_shared_keys(Py_TYPE(self)), name);
            return index >= 0 && index < values_capacity(values) ? Py_XNewRef(*values_slot(values, index)) : NULL;
        }
        dict = values ? k_instance_dict(self) : Py_XNewRef(DICT_OF(self));
    }
    else {
        PyObject **slot = dict_slot(self);
        dict = slot ? Py_XNewRef(*slot) : NULL;
    }
    if (!dict)
        return NULL;
    PyObject *value = k_dict_find((PyDictObject *)dict, name); /* runs code when a key is no exact str */
    Py_DECREF(dict);
    return value;
}

/* Sets or deletes in the embedded values. 1: done. 0: there is no place for it. -1: the attribute to be deleted is absent. */
static int set_embedded(PyObject *self, PyObject *name, PyObject *value)
{
    PyDictValues *values = VALUES_OF(self);
    PyDictObject *dict = DICT_OF(self);
    PyDictKeysObject *keys = k_instance_shared_keys(Py_TYPE(self));
    Py_hash_t hash = dict_hash(name);
    Py_ssize_t index = value ? dict_table_share_key(keys, name, hash) : dict_table_find_str(keys, name, hash);
    int fits = index >= 0 && index < values_capacity(values);
    if (!fits)
        return value ? 0 : -1;
    PyObject **slot = values_slot(values, index), *old = *slot;
    if (!old && !value)
        return -1;
    *slot = Py_XNewRef(value);
    if (!old)
        values_note_added(values, index);
    if (!value)
        values_note_removed(values, index);
    if (dict) {
        if (value)
            dict_track_for(dict, name, value);
        dict->ma_used = values_used(values);
        dict_touch(dict);
    }
    Py_XDECREF(old); /* runs code */
    return 1;
}

int k_instance_set(PyObject *self, PyObject *name, PyObject *value)
{
    if (is_managed(self)) {
        if (VALUES_OF(self) && PyUnicode_CheckExact(name)) {
            int done = set_embedded(self, name, value);
            if (done)
                return done > 0 ? 0 : no_attribute(self, name);
        }
        else if (!value && !VALUES_OF(self) && !DICT_OF(self))
            return no_attribute(self, name);
    }
    else {
        PyObject **slot = dict_slot(self);
        if (!slot || (!value && !*slot))
            return no_attribute(self, name);
    }
    PyObject *dict = k_instance_dict(self);
    if (!dict)
        return -1;
    int status = value ? PyDict_SetItem(dict, name, value) : PyDict_DelItem(dict, name); /* runs code */
    if (status < 0 && !value && k_catch(PyExc_KeyError))
        no_attribute(self, name);
    Py_DECREF(dict);
    return status;
}

/* ---- life ---- */

int k_instance_traverse(PyObject *self, visitproc visit, void *arg)
{
    PyDictValues *values = VALUES_OF(self);
    if (DICT_OF(self)) { /* which visits the values */
        Py_VISIT(DICT_OF(self));
        return 0;
    }
    for (int i = 0, n = values ? values_capacity(values) : 0; i < n; i++)
        Py_VISIT(*values_slot(values, i));
    return 0;
}

void k_instance_clear(PyObject *self)
{
    PyDictObject *dict = DICT_OF(self);
    PyDictValues *values = VALUES_OF(self);
    if (dict) {
        if (values && Py_REFCNT(dict) > 1 && unshare(dict) < 0) { /* out of memory: the dict that lives on is empty */
            PyErr_WriteUnraisable(self);
            dict_table_clear(dict);
        }
        DICT_OF(self) = NULL;
        Py_DECREF(dict); /* its last user was the instance: its end drops the embedded values */
    }
    else if (values)
        values_drop(values);
}
