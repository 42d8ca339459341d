/* dict.c - the C API of dict: get, set, delete, merge, copy.
 *
 * In: any object that claims to be a dict.  Out: references or statuses as CPython's API promises them.
 * Invariant: these functions work on the table itself, past the methods of a subclass.
 * Start at PyDict_GetItemWithError and dict_merge. The table is dict_table.c, methods are dict_methods.c. */
#include "objects/dict/dict_table.h"

#include "objects/call.h"
#include "objects/list/list.h"
#include "objects/set/set.h"
#include "runtime/errors.h"

#define DICT(o) ((PyDictObject *)(o))

static int not_a_dict(PyObject *o)
{
    if (o && PyDict_Check(o))
        return 0;
    PyErr_BadInternalCall();
    return 1;
}

/* ---- creation ---- */

PyObject *PyDict_New(void)
{
    return dict_table_new(dict_table_empty_counted(), NULL, 0);
}

static PyObject *new_presized(Py_ssize_t entries, int unicode)
{
    if (entries <= dict_table_usable(1 << DICT_LOG2_MIN))
        return PyDict_New();
    int log2 = entries > dict_table_usable(1 << DICT_LOG2_PRESIZED_MAX) ? DICT_LOG2_PRESIZED_MAX
                                                                       : dict_table_log2_for_entries((size_t)entries);
    PyDictKeysObject *keys = dict_table_new_keys(log2, unicode);
    return keys ? dict_table_new(keys, NULL, 0) : NULL;
}

PyObject *_PyDict_NewPresized(Py_ssize_t entries)
{
    return new_presized(entries, 0);
}

PyObject *_PyDict_FromItems(PyObject *const *keys, Py_ssize_t key_step, PyObject *const *values, Py_ssize_t value_step,
                            Py_ssize_t n)
{
    int unicode = 1;
    for (Py_ssize_t i = 0; unicode && i < n; i++)
        unicode = PyUnicode_CheckExact(keys[i * key_step]);
    K_AUTO(PyObject *) dict = new_presized(n, unicode);
    if (!dict)
        return NULL;
    for (Py_ssize_t i = 0; i < n; i++) {
        if (PyDict_SetItem(dict, keys[i * key_step], values[i * value_step]) < 0)
            return NULL;
    }
    return K_MOVE(dict);
}

PyDictKeysObject *_PyDict_NewKeysForClass(void)
{
    PyDictKeysObject *keys = dict_table_new_keys(DICT_LOG2_SHARED, 1);
    if (!keys) {
        PyErr_Clear();
        return NULL;
    }
    keys->dk_usable = DICT_SHARED_MAX;
    keys->dk_kind = DICT_KEYS_SPLIT;
    return keys;
}

PyObject *PyDict_Copy(PyObject *o)
{
    if (not_a_dict(o))
        return NULL;
    PyDictObject *dict = DICT(o);
    if (dict->ma_used == 0)
        return PyDict_New();
    PyDictKeysObject *keys = NULL;
    PyDictValues *values = NULL;
    if (dict->ma_values) {
        values = values_new(values_capacity(dict->ma_values));
        if (!values)
            return PyErr_NoMemory();
        for (int i = 0; i < values_used(dict->ma_values); i++) {
            int index = values_nth(dict->ma_values, i);
            *values_slot(values, index) = Py_NewRef(*values_slot(dict->ma_values, index));
            values_note_added(values, index);
        }
        keys = dict->ma_keys;
        keys->dk_refcnt++;
    }
    else if (Py_TYPE(dict)->tp_iter == PyDict_Type.tp_iter && dict->ma_used >= dict->ma_keys->dk_nentries * 2 / 3) {
        keys = dict_table_clone_keys(dict);
        if (!keys)
            return NULL;
    }
    if (!keys) {
        PyObject *copy = PyDict_New();
        if (copy && dict_merge(DICT(copy), o, 1) < 0)
            Py_CLEAR(copy);
        return copy;
    }
    PyObject *copy = dict_table_new(keys, values, dict->ma_used);
    if (!copy && values)
        values_drop(values);
    if (copy && k_gc_is_tracked(o))
        PyObject_GC_Track(copy);
    return copy;
}

/* ---- get ---- */

PyObject *_PyDict_GetItem_KnownHash(PyObject *o, PyObject *key, Py_hash_t hash)
{
    PyObject *value;
    if (not_a_dict(o))
        return NULL;
    dict_table_find(DICT(o), key, hash, &value); /* runs code */
    return value;
}

PyObject *PyDict_GetItemWithError(PyObject *o, PyObject *key)
{
    if (not_a_dict(o))
        return NULL;
    PyObject *value;
    Py_hash_t hash = dict_hash(key);
    if (hash == -1)
        return NULL;
    dict_table_find(DICT(o), key, hash, &value); /* runs code */
    return value;
}

PyObject *_PyDict_GetItemWithError(PyObject *o, PyObject *key)
{
    return PyDict_GetItemWithError(o, key);
}

/* Hides every error and keeps the exception that was set before: an old promise. */
PyObject *PyDict_GetItem(PyObject *o, PyObject *key)
{
    if (!PyDict_Check(o))
        return NULL;
    PyObject *type, *exception, *traceback;
    PyErr_Fetch(&type, &exception, &traceback);
    PyObject *value = NULL;
    Py_hash_t hash = dict_hash(key);
    if (hash != -1)
        dict_table_find(DICT(o), key, hash, &value); /* runs code */
    PyErr_Restore(type, exception, traceback);
    return value;
}

PyObject *PyDict_GetItemString(PyObject *o, const char *text)
{
    PyObject *key = PyUnicode_FromString(text);
    if (!key) {
        PyErr_Clear();
        return NULL;
    }
    PyObject *value = PyDict_GetItem(o, key);
    Py_DECREF(key);
    return value;
}

PyObject *_PyDict_GetItemStringWithError(PyObject *o, const char *text)
{
    K_AUTO(PyObject *) key = PyUnicode_FromString(text);
    return key ? PyDict_GetItemWithError(o, key) : NULL;
}

PyObject *_PyDict_GetItemIdWithError(PyObject *o, _Py_Identifier *id)
{
    PyObject *key = _PyUnicode_FromId(id);
    return key ? PyDict_GetItemWithError(o, key) : NULL;
}

int _PyDict_Contains_KnownHash(PyObject *o, PyObject *key, Py_hash_t hash)
{
    PyObject *value;
    Py_ssize_t index = dict_table_find(DICT(o), key, hash, &value); /* runs code */
    return index == DICT_ERROR ? -1 : value != NULL;
}

int PyDict_Contains(PyObject *o, PyObject *key)
{
    Py_hash_t hash = dict_hash(key);
    return hash == -1 ? -1 : _PyDict_Contains_KnownHash(o, key, hash);
}

int _PyDict_ContainsId(PyObject *o, _Py_Identifier *id)
{
    PyObject *key = _PyUnicode_FromId(id);
    return key ? PyDict_Contains(o, key) : -1;
}

Py_ssize_t PyDict_Size(PyObject *o)
{
    return not_a_dict(o) ? -1 : DICT(o)->ma_used;
}

int _PyDict_Next(PyObject *o, Py_ssize_t *pos, PyObject **key, PyObject **value, Py_hash_t *hash)
{
    return PyDict_Check(o) && dict_table_next(DICT(o), pos, key, value, hash);
}

int PyDict_Next(PyObject *o, Py_ssize_t *pos, PyObject **key, PyObject **value)
{
    return PyDict_Check(o) && dict_table_next(DICT(o), pos, key, value, NULL);
}

int _PyDict_HasOnlyStringKeys(PyObject *o)
{
    Py_ssize_t pos = 0;
    PyObject *key;
    if (DK_IS_UNICODE(DICT(o)->ma_keys))
        return 1;
    while (dict_table_next(DICT(o), &pos, &key, NULL, NULL)) {
        if (!PyUnicode_Check(key))
            return 0;
    }
    return 1;
}

/* A list of one part of each entry. Its memory may cost a collection, which may change the dict: tried again then. */
static PyObject *list_of(PyObject *o, int want_keys, int want_values)
{
    if (not_a_dict(o))
        return NULL;
    for (;;) {
        Py_ssize_t n = DICT(o)->ma_used, pos = 0, i = 0;
        K_AUTO(PyObject *) list = PyList_New(n);
        if (!list)
            return NULL;
        for (; want_keys && want_values && i < n; i++) {
            PyObject *pair = PyTuple_Pack(2, Py_None, Py_None);
            if (!pair)
                return NULL;
            PyList_SET_ITEM(list, i, pair);
        }
        if (n != DICT(o)->ma_used)
            continue;
        PyObject *key, *value;
        for (i = 0; dict_table_next(DICT(o), &pos, &key, &value, NULL); i++) {
            if (want_keys && want_values) {
                Py_SETREF(PyTuple_GET_ITEM(PyList_GET_ITEM(list, i), 0), Py_NewRef(key));
                Py_SETREF(PyTuple_GET_ITEM(PyList_GET_ITEM(list, i), 1), Py_NewRef(value));
            }
            else
                PyList_SET_ITEM(list, i, Py_NewRef(want_keys ? key : value));
        }
        return K_MOVE(list);
    }
}

PyObject *PyDict_Keys(PyObject *o)
{
    return list_of(o, 1, 0);
}

PyObject *PyDict_Values(PyObject *o)
{
    return list_of(o, 0, 1);
}

PyObject *PyDict_Items(PyObject *o)
{
    return list_of(o, 1, 1);
}

/* ---- set ---- */

int _PyDict_SetItem_KnownHash(PyObject *o, PyObject *key, PyObject *value, Py_hash_t hash)
{
    if (not_a_dict(o))
        return -1;
    return dict_table_set(DICT(o), Py_NewRef(key), hash, Py_NewRef(value));
}

int PyDict_SetItem(PyObject *o, PyObject *key, PyObject *value)
{
    if (not_a_dict(o))
        return -1;
    return k_dict_set_steal(DICT(o), Py_NewRef(key), Py_NewRef(value)); /* foreign hashes see the references */
}

int PyDict_SetItemString(PyObject *o, const char *text, PyObject *value)
{
    PyObject *key = PyUnicode_FromString(text);
    if (!key)
        return -1;
    PyUnicode_InternInPlace(&key);
    int status = PyDict_SetItem(o, key, value);
    Py_DECREF(key);
    return status;
}

int _PyDict_SetItemId(PyObject *o, _Py_Identifier *id, PyObject *value)
{
    PyObject *key = _PyUnicode_FromId(id);
    return key ? PyDict_SetItem(o, key, value) : -1;
}

PyObject *PyDict_SetDefault(PyObject *o, PyObject *key, PyObject *missing)
{
    if (not_a_dict(o))
        return NULL;
    PyDictObject *dict = DICT(o);
    PyObject *value;
    Py_hash_t hash = dict_hash(key);
    if (hash == -1 || dict_table_prepare(dict, key) < 0)
        return NULL;
    Py_ssize_t index = dict_table_find(dict, key, hash, &value); /* runs code */
    if (index == DICT_ERROR || value)
        return value;
    return dict_table_insert_new(dict, index, Py_NewRef(key), hash, Py_NewRef(missing)) < 0 ? NULL : missing;
}

/* ---- delete ---- */

/* Takes key out of the dict: its value as a new reference; NULL with KeyError, or without when `missing_is_fine`. */
static PyObject *take(PyDictObject *dict, PyObject *key, Py_hash_t hash, int missing_is_fine)
{
    PyObject *value;
    Py_ssize_t index = dict_table_find(dict, key, hash, &value); /* runs code */
    if (value)
        return dict_table_remove(dict, hash, index);
    if (index != DICT_ERROR && !missing_is_fine)
        _PyErr_SetKeyError(key);
    return NULL;
}

int _PyDict_DelItem_KnownHash(PyObject *o, PyObject *key, Py_hash_t hash)
{
    if (not_a_dict(o))
        return -1;
    PyObject *value = take(DICT(o), key, hash, 0);
    Py_XDECREF(value);
    return value ? 0 : -1;
}

int PyDict_DelItem(PyObject *o, PyObject *key)
{
    Py_hash_t hash = dict_hash(key);
    return hash == -1 ? -1 : _PyDict_DelItem_KnownHash(o, key, hash);
}

int PyDict_DelItemString(PyObject *o, const char *text)
{
    K_AUTO(PyObject *) key = PyUnicode_FromString(text);
    return key ? PyDict_DelItem(o, key) : -1;
}

int _PyDict_DelItemId(PyObject *o, _Py_Identifier *id)
{
    PyObject *key = _PyUnicode_FromId(id);
    return key ? PyDict_DelItem(o, key) : -1;
}

int _PyDict_DelItemIf(PyObject *o, PyObject *key, int (*predicate)(PyObject *value))
{
    PyObject *value;
    if (not_a_dict(o))
        return -1;
    Py_hash_t hash = dict_hash(key);
    if (hash == -1)
        return -1;
    Py_ssize_t index = dict_table_find(DICT(o), key, hash, &value);
    if (!value) {
        if (index != DICT_ERROR)
            _PyErr_SetKeyError(key);
        return -1;
    }
    int wanted = predicate(value);
    if (wanted > 0)
        Py_DECREF(dict_table_remove(DICT(o), hash, index));
    return wanted < 0 ? -1 : 0;
}

void PyDict_Clear(PyObject *o)
{
    if (PyDict_Check(o))
        dict_table_clear(DICT(o));
}

PyObject *dict_pop_known_hash(PyObject *self, PyObject *key, Py_hash_t hash, PyObject *missing)
{
    PyObject *value = take(DICT(self), key, hash, missing != NULL);
    return value || PyErr_Occurred() ? value : Py_NewRef(missing);
}

PyObject *_PyDict_Pop(PyObject *o, PyObject *key, PyObject *missing)
{
    if (DICT(o)->ma_used == 0) { /* the key is not even hashed */
        if (missing)
            return Py_NewRef(missing);
        _PyErr_SetKeyError(key);
        return NULL;
    }
    Py_hash_t hash = dict_hash(key);
    return hash == -1 ? NULL : dict_pop_known_hash(o, key, hash, missing);
}

/* ---- merge ---- */

/* 0: insert. 1: the key is there and stays. -1: error, or override 2 met a duplicate. */
static int merge_skips(PyDictObject *dict, PyObject *key, Py_hash_t hash, int override)
{
    if (override == 1)
        return 0;
    int there = _PyDict_Contains_KnownHash((PyObject *)dict, key, hash); /* runs code */
    if (there > 0 && override) {
        _PyErr_SetKeyError(key);
        return -1;
    }
    return there;
}

static int merge_dict(PyDictObject *dict, PyDictObject *other, int override)
{
    PyDictKeysObject *keys = other->ma_keys;
    if (other == dict || other->ma_used == 0)
        return 0;
    if (dict->ma_used == 0) {
        override = 1;
        if (!dict->ma_values && !other->ma_values && other->ma_used == keys->dk_nentries &&
            (keys->dk_log2_size == DICT_LOG2_MIN || dict_table_usable(DK_SIZE(keys) / 2) < other->ma_used)) {
            PyDictKeysObject *copy = dict_table_clone_keys(other);
            if (!copy)
                return -1;
            dict_table_drop_keys(dict->ma_keys);
            dict->ma_keys = copy;
            dict->ma_used = other->ma_used;
            dict_touch(dict);
            if (k_gc_is_tracked((PyObject *)other) && !k_gc_is_tracked((PyObject *)dict))
                PyObject_GC_Track(dict);
            return 0;
        }
    }
    if (dict_table_usable(DK_SIZE(dict->ma_keys)) < other->ma_used) {
        int log2 = dict_table_log2_for_entries((size_t)(dict->ma_used + other->ma_used));
        if (dict_table_resize(dict, log2, DK_IS_UNICODE(keys)) < 0)
            return -1;
    }
    Py_ssize_t pos = 0, n = keys->dk_nentries;
    PyObject *k, *v;
    Py_hash_t hash;
    while (dict_table_next(other, &pos, &k, &v, &hash)) {
        K_AUTO(PyObject *) key = Py_NewRef(k);
        K_AUTO(PyObject *) value = Py_NewRef(v);
        int skips = merge_skips(dict, key, hash, override);
        if (skips == 0)
            skips = dict_table_set(dict, Py_NewRef(key), hash, Py_NewRef(value)); /* runs code */
        if (skips < 0)
            return -1;
        if (n != other->ma_keys->dk_nentries) {
            PyErr_SetString(PyExc_RuntimeError, "dict mutated during update");
            return -1;
        }
    }
    return 0;
}

static int merge_mapping(PyDictObject *dict, PyObject *other, int override)
{
    K_AUTO(PyObject *) keys = PyMapping_Keys(other);
    K_AUTO(PyObject *) it = keys ? PyObject_GetIter(keys) : NULL;
    if (!it)
        return -1;
    for (;;) {
        K_AUTO(PyObject *) key = PyIter_Next(it);
        if (!key)
            return PyErr_Occurred() ? -1 : 0;
        if (override != 1) {
            int there = PyDict_Contains((PyObject *)dict, key);
            if (there > 0 && !override)
                continue;
            if (there > 0)
                _PyErr_SetKeyError(key);
            if (there)
                return -1;
        }
        K_AUTO(PyObject *) value = PyObject_GetItem(other, key);
        if (!value || PyDict_SetItem((PyObject *)dict, key, value) < 0)
            return -1;
    }
}

int dict_merge(PyDictObject *dict, PyObject *other, int override)
{
    if (PyDict_Check(other) && Py_TYPE(other)->tp_iter == PyDict_Type.tp_iter)
        return merge_dict(dict, DICT(other), override);
    return merge_mapping(dict, other, override);
}

int _PyDict_MergeEx(PyObject *o, PyObject *other, int override)
{
    if (!o || !other || !PyDict_Check(o)) {
        PyErr_BadInternalCall();
        return -1;
    }
    return dict_merge(DICT(o), other, override);
}

int PyDict_Merge(PyObject *o, PyObject *other, int override)
{
    return _PyDict_MergeEx(o, other, override != 0);
}

int PyDict_Update(PyObject *o, PyObject *other)
{
    return _PyDict_MergeEx(o, other, 1);
}

int PyDict_MergeFromSeq2(PyObject *o, PyObject *pairs, int override)
{
    K_AUTO(PyObject *) it = PyObject_GetIter(pairs);
    if (!it)
        return -1;
    for (Py_ssize_t i = 0;; i++) {
        K_AUTO(PyObject *) item = PyIter_Next(it);
        if (!item)
            return PyErr_Occurred() ? -1 : 0;
        K_AUTO(PyObject *) pair = PySequence_Fast(item, "");
        if (!pair) {
            if (PyErr_ExceptionMatches(PyExc_TypeError))
                PyErr_Format(PyExc_TypeError, "cannot convert dictionary update sequence element #%zd to a sequence",
                             i);
            return -1;
        }
        if (PySequence_Fast_GET_SIZE(pair) != 2) {
            PyErr_Format(PyExc_ValueError, "dictionary update sequence element #%zd has length %zd; 2 is required", i,
                         PySequence_Fast_GET_SIZE(pair));
            return -1;
        }
        K_AUTO(PyObject *) key = Py_NewRef(PySequence_Fast_GET_ITEM(pair, 0));
        K_AUTO(PyObject *) value = Py_NewRef(PySequence_Fast_GET_ITEM(pair, 1));
        if (override) {
            if (PyDict_SetItem(o, key, value) < 0)
                return -1;
        }
        else if (!PyDict_SetDefault(o, key, value))
            return -1;
    }
}

/* ---- collector, sizes ---- */

void _PyDict_MaybeUntrack(PyObject *o)
{
    PyObject *key, *value;
    Py_ssize_t pos = 0;
    if (!PyDict_CheckExact(o) || !k_gc_is_tracked(o))
        return;
    while (dict_table_next(DICT(o), &pos, &key, &value, NULL)) {
        if (k_may_be_tracked(value) || k_may_be_tracked(key))
            return;
    }
    PyObject_GC_UnTrack(o);
}

Py_ssize_t _PyDict_SizeOf(PyDictObject *dict)
{
    Py_ssize_t size = Py_TYPE(dict)->tp_basicsize;
    if (dict->ma_values) /* the keys count with the class; CPython's array has room for all keys there may be */
        return size + (dict->ma_keys->dk_nentries + dict->ma_keys->dk_usable) * (Py_ssize_t)sizeof(PyObject *);
    return dict->ma_keys->dk_refcnt == 1 ? size + dict_table_keys_size(dict->ma_keys) : size;
}

void _PyDict_DebugMallocStats(FILE *out)
{
    _PyDebugAllocatorStats(out, "free PyDictObject", 0, sizeof(PyDictObject));
}

/* ---- fromkeys ---- */

PyObject *dict_from_keys(PyObject *type, PyObject *iterable, PyObject *value)
{
    K_AUTO(PyObject *) dict = PyObject_CallNoArgs(type);
    if (!dict)
        return NULL;
    PyObject *key, *ignored;
    Py_ssize_t pos = 0;
    Py_hash_t hash;
    if (PyDict_CheckExact(dict) && DICT(dict)->ma_used == 0 && (PyDict_CheckExact(iterable) || PyAnySet_CheckExact(iterable))) {
        int from_dict = PyDict_CheckExact(iterable);
        Py_ssize_t n = from_dict ? PyDict_GET_SIZE(iterable) : PySet_GET_SIZE(iterable);
        int unicode = from_dict && DK_IS_UNICODE(DICT(iterable)->ma_keys);
        if (dict_table_resize(DICT(dict), dict_table_log2_for_entries((size_t)n), unicode) < 0)
            return NULL;
        while (from_dict ? dict_table_next(DICT(iterable), &pos, &key, &ignored, &hash)
                         : _PySet_NextEntry(iterable, &pos, &key, &hash)) {
            if (dict_table_set(DICT(dict), Py_NewRef(key), hash, Py_NewRef(value)) < 0)
                return NULL;
        }
        return K_MOVE(dict);
    }
    K_AUTO(PyObject *) it = PyObject_GetIter(iterable);
    if (!it)
        return NULL;
    int exact = PyDict_CheckExact(dict);
    while ((key = PyIter_Next(it))) {
        int status = exact ? PyDict_SetItem(dict, key, value) : PyObject_SetItem(dict, key, value);
        Py_DECREF(key);
        if (status < 0)
            return NULL;
    }
    return PyErr_Occurred() ? NULL : K_MOVE(dict);
}

PyObject *_PyDict_FromKeys(PyObject *type, PyObject *iterable, PyObject *value)
{
    return dict_from_keys(type, iterable, value);
}
