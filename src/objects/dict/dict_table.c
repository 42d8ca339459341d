/* dict_table.c - the hash table below dict: compact keys in insertion order, split values, growth.
 *
 * In: keys with their hashes.  Out: entry indices and values.
 * Three kinds of keys: GENERAL (hash, key, value), UNICODE (all exact strs: key, value) and SPLIT (the keys of a class,
 * shared by its instances; each dict has an array of values of its own).
 * Invariants: an index table has at least one empty slot, so probing ends; dk_usable + dk_nentries never exceeds two
 * thirds of the slots; a removed entry has NULL key and value and its slot holds DICT_DUMMY; nothing of a table is used
 * after code ran unless it is checked to be the same table.
 * Sizes and the moments of growth are CPython's: sys.getsizeof shows them.
 * Start at dict_table_find and dict_table_set. */
#include "objects/dict/dict_table.h"

#include "objects/protocol.h"
#include "runtime/errors.h"

enum { PERTURB_SHIFT = 5 };

uint64_t dict_last_version;

/* ---- index table ---- */

static inline Py_ssize_t get_index(const PyDictKeysObject *keys, size_t slot)
{
    if (keys->dk_log2_size < 8)
        return ((const int8_t *)keys->dk_indices)[slot];
    if (keys->dk_log2_size < 16)
        return ((const int16_t *)keys->dk_indices)[slot];
    if (keys->dk_log2_size < 32)
        return ((const int32_t *)keys->dk_indices)[slot];
    return ((const int64_t *)keys->dk_indices)[slot];
}

static inline void set_index(PyDictKeysObject *keys, size_t slot, Py_ssize_t index)
{
    if (keys->dk_log2_size < 8)
        ((int8_t *)keys->dk_indices)[slot] = (int8_t)index;
    else if (keys->dk_log2_size < 16)
        ((int16_t *)keys->dk_indices)[slot] = (int16_t)index;
    else if (keys->dk_log2_size < 32)
        ((int32_t *)keys->dk_indices)[slot] = (int32_t)index;
    else
        ((int64_t *)keys->dk_indices)[slot] = index;
}

/* The order in which the slots of a hash are tried. */
#define PROBE(keys, hash, slot)                                                                                        \
    size_t slot##_mask = (size_t)DK_SIZE(keys) - 1, slot##_perturb = (size_t)(hash), slot = (size_t)(hash) & slot##_mask
#define PROBE_NEXT(slot)                                                                                               \
    (slot##_perturb >>= PERTURB_SHIFT, slot = (slot * 5 + slot##_perturb + 1) & slot##_mask)

static size_t free_slot(PyDictKeysObject *keys, Py_hash_t hash)
{
    PROBE(keys, hash, slot);
    while (get_index(keys, slot) >= 0)
        PROBE_NEXT(slot);
    return slot;
}

static size_t slot_of_index(PyDictKeysObject *keys, Py_hash_t hash, Py_ssize_t index)
{
    PROBE(keys, hash, slot);
    while (get_index(keys, slot) != index)
        PROBE_NEXT(slot);
    return slot;
}

/* ---- keys ---- */

/* Laid out as PyDictKeysObject with one slot of each width. */
static struct {
    Py_ssize_t refcnt;
    uint8_t log2_size, log2_index_bytes, kind, expected;
    uint32_t version;
    Py_ssize_t usable, nentries;
    int8_t indices[8];
} empty_keys = {
    .refcnt = KAA_IMMORTAL,
    .log2_index_bytes = 3,
    .kind = DICT_KEYS_UNICODE,
    .indices = { DICT_EMPTY, DICT_EMPTY, DICT_EMPTY, DICT_EMPTY, DICT_EMPTY, DICT_EMPTY, DICT_EMPTY, DICT_EMPTY },
};
_Static_assert(offsetof(PyDictKeysObject, dk_indices) == 32, "empty_keys mirrors the layout");
#define EMPTY_KEYS ((PyDictKeysObject *)&empty_keys)

PyDictKeysObject *dict_table_empty(void)
{
    return EMPTY_KEYS;
}

int dict_table_log2_for(size_t slots)
{
    size_t least = (size_t)1 << DICT_LOG2_MIN; /* setting that bit may double the result: CPython's sizes show it */
    return 64 - __builtin_clzl(((slots | least) - 1) | (least - 1));
}

static size_t entry_size(int unicode)
{
    return unicode ? sizeof(PyDictUnicodeEntry) : sizeof(PyDictKeyEntry);
}

static size_t keys_bytes(int log2_index_bytes, int unicode, Py_ssize_t entries)
{
    return sizeof(PyDictKeysObject) + ((size_t)1 << log2_index_bytes) + entry_size(unicode) * (size_t)entries;
}

PyDictKeysObject *dict_table_new_keys(int log2_size, int unicode)
{
    int log2_bytes = log2_size + (log2_size < 8 ? 0 : log2_size < 16 ? 1 : log2_size < 32 ? 2 : 3);
    Py_ssize_t usable = log2_size < 58 ? dict_table_usable((Py_ssize_t)1 << log2_size) : 0;
    PyDictKeysObject *keys = usable ? PyObject_Malloc(keys_bytes(log2_bytes, unicode, usable)) : NULL;
    if (!keys)
        return (PyDictKeysObject *)PyErr_NoMemory();
    keys->dk_refcnt = 1;
    keys->dk_log2_size = (uint8_t)log2_size;
    keys->dk_log2_index_bytes = (uint8_t)log2_bytes;
    keys->dk_kind = unicode ? DICT_KEYS_UNICODE : DICT_KEYS_GENERAL;
    keys->dk_expected = 0;
    keys->dk_version = 0;
    keys->dk_usable = usable;
    keys->dk_nentries = 0;
    memset(keys->dk_indices, 0xff, (size_t)1 << log2_bytes); /* entries behind dk_nentries are never read */
    return keys;
}

void dict_table_free_keys(PyDictKeysObject *keys)
{
    Py_ssize_t n = keys->dk_nentries;
    if (DK_IS_UNICODE(keys)) {
        PyDictUnicodeEntry *entries = DK_UNICODE_ENTRIES(keys);
        for (Py_ssize_t i = 0; i < n; i++) {
            Py_XDECREF(entries[i].me_key);
            Py_XDECREF(entries[i].me_value);
        }
    }
    else {
        PyDictKeyEntry *entries = DK_ENTRIES(keys);
        for (Py_ssize_t i = 0; i < n; i++) {
            Py_XDECREF(entries[i].me_key);
            Py_XDECREF(entries[i].me_value);
        }
    }
    PyObject_Free(keys);
}

Py_ssize_t dict_table_keys_size(PyDictKeysObject *keys)
{
    return (Py_ssize_t)keys_bytes(keys->dk_log2_index_bytes, DK_IS_UNICODE(keys), dict_table_usable(DK_SIZE(keys)));
}

/* Fills the index table for entries without gaps. */
static void build_indices(PyDictKeysObject *keys)
{
    Py_ssize_t n = keys->dk_nentries;
    if (DK_IS_UNICODE(keys)) {
        PyDictUnicodeEntry *entries = DK_UNICODE_ENTRIES(keys);
        for (Py_ssize_t i = 0; i < n; i++)
            set_index(keys, free_slot(keys, ((PyASCIIObject *)entries[i].me_key)->hash), i);
        return;
    }
    PyDictKeyEntry *entries = DK_ENTRIES(keys);
    for (Py_ssize_t i = 0; i < n; i++)
        set_index(keys, free_slot(keys, entries[i].me_hash), i);
}

PyDictKeysObject *dict_table_clone_keys(PyDictObject *dict)
{
    PyDictKeysObject *from = dict->ma_keys;
    size_t bytes = (size_t)dict_table_keys_size(from);
    PyDictKeysObject *keys = PyObject_Malloc(bytes);
    if (!keys)
        return (PyDictKeysObject *)PyErr_NoMemory();
    size_t unused = entry_size(DK_IS_UNICODE(from)) * (size_t)(dict_table_usable(DK_SIZE(from)) - from->dk_nentries);
    memcpy(keys, from, bytes - unused);
    keys->dk_refcnt = 1;
    for (Py_ssize_t i = 0; i < keys->dk_nentries; i++) {
        if (DK_IS_UNICODE(keys)) {
            Py_XINCREF(DK_UNICODE_ENTRIES(keys)[i].me_key);
            Py_XINCREF(DK_UNICODE_ENTRIES(keys)[i].me_value);
        }
        else {
            Py_XINCREF(DK_ENTRIES(keys)[i].me_key);
            Py_XINCREF(DK_ENTRIES(keys)[i].me_value);
        }
    }
    return keys;
}

/* ---- split values ---- */

PyDictValues *values_at(void *memory, int capacity, size_t owner_words)
{
    size_t head = values_head_size(capacity);
    memset(memory, 0, head + (size_t)capacity * sizeof(PyObject *));
    uint8_t *bytes = (uint8_t *)memory + head;
    uint16_t words = (uint16_t)owner_words;
    bytes[-1] = (uint8_t)capacity;
    memcpy(bytes - 4, &words, sizeof words);
    return (PyDictValues *)bytes;
}

PyDictValues *values_new(int capacity)
{
    void *memory = PyMem_Malloc(values_head_size(capacity) + (size_t)capacity * sizeof(PyObject *));
    return memory ? values_at(memory, capacity, 0) : NULL;
}

void values_note_removed(PyDictValues *values, Py_ssize_t index)
{
    uint8_t *bytes = values_bytes(values);
    int used = bytes[-2], n = 0;
    while (bytes[-5 - n] != index)
        n++;
    for (; n + 1 < used; n++)
        bytes[-5 - n] = bytes[-6 - n];
    bytes[-2]--;
}

void values_release(PyDictValues *values)
{
    PyObject *owner = values_owner(values);
    if (owner)
        ((PyDictValues **)owner)[-4] = NULL;
    else
        PyMem_Free(values_bytes(values) - values_head_size(values_capacity(values)));
}

void values_drop(PyDictValues *values)
{
    PyObject *held[DICT_SHARED_MAX];
    int n = values_capacity(values);
    memcpy(held, values, (size_t)n * sizeof *held);
    memset(values, 0, (size_t)n * sizeof *held);
    values_release(values); /* first: code run below finds no values, and may free their owner */
    for (int i = 0; i < n; i++)
        Py_XDECREF(held[i]);
}

/* ---- look-up ---- */

Py_ssize_t dict_table_find_str(PyDictKeysObject *keys, PyObject *key, Py_hash_t hash)
{
    PyDictUnicodeEntry *entries = DK_UNICODE_ENTRIES(keys);
    PROBE(keys, hash, slot);
    for (;;) {
        Py_ssize_t index = get_index(keys, slot);
        if (index >= 0) {
            PyObject *found = entries[index].me_key;
            if (found == key || (((PyASCIIObject *)found)->hash == hash && k_str_eq(found, key)))
                return index;
        }
        else if (index == DICT_EMPTY)
            return DICT_EMPTY;
        PROBE_NEXT(slot);
    }
}

enum { RESTART = -4 };

K_INLINE PyObject *key_at(PyDictKeysObject *keys, Py_ssize_t index, Py_hash_t *hash)
{
    if (DK_IS_UNICODE(keys)) {
        PyObject *key = DK_UNICODE_ENTRIES(keys)[index].me_key;
        *hash = key ? ((PyASCIIObject *)key)->hash : 0;
        return key;
    }
    *hash = DK_ENTRIES(keys)[index].me_hash;
    return DK_ENTRIES(keys)[index].me_key;
}

void dict_table_probe(PyDictKeysObject *keys, Py_hash_t hash, DictProbeVisit visit, void *arg)
{
    PROBE(keys, hash, slot);
    for (;; PROBE_NEXT(slot)) {
        Py_ssize_t index = get_index(keys, slot);
        Py_hash_t its_hash = 0;
        PyObject *its_key = index >= 0 ? key_at(keys, index, &its_hash) : NULL;
        if (!visit(slot, index, its_key, its_hash, arg) || index == DICT_EMPTY)
            return;
    }
}

/* Whether two keys with equal hashes are one int: 1 or 0, or -1 when that is not the question. */
static inline int same_int(PyObject *a, PyObject *b)
{
    if (!PyLong_CheckExact(a) || !PyLong_CheckExact(b))
        return -1;
    size_t digits = (size_t)Py_ABS(Py_SIZE(a));
    return Py_SIZE(a) == Py_SIZE(b) &&
           memcmp(((PyLongObject *)a)->ob_digit, ((PyLongObject *)b)->ob_digit, digits * sizeof(digit)) == 0;
}

/* One pass over the probe sequence with comparisons that may run code; RESTART when the table changed meanwhile. */
static Py_ssize_t find_any_once(PyDictObject *dict, PyObject *key, Py_hash_t hash)
{
    PyDictKeysObject *keys = dict->ma_keys;
    int exact_str = PyUnicode_CheckExact(key);
    PROBE(keys, hash, slot);
    for (;; PROBE_NEXT(slot)) {
        Py_ssize_t index = get_index(keys, slot);
        if (index == DICT_EMPTY)
            return DICT_EMPTY;
        if (index < 0)
            continue;
        Py_hash_t its_hash;
        PyObject *its_key = key_at(keys, index, &its_hash);
        if (its_key == key)
            return index;
        if (its_hash != hash)
            continue;
        if (exact_str && PyUnicode_CheckExact(its_key)) {
            if (k_str_eq(its_key, key))
                return index;
            continue;
        }
        int equal = same_int(its_key, key);
        if (equal > 0)
            return index;
        if (equal == 0)
            continue;
        Py_INCREF(its_key);
        equal = PyObject_RichCompareBool(its_key, key, Py_EQ); /* runs code */
        Py_DECREF(its_key);
        if (equal < 0)
            return DICT_ERROR;
        Py_hash_t ignored;
        if (dict->ma_keys != keys || key_at(keys, index, &ignored) != its_key)
            return RESTART;
        if (equal > 0)
            return index;
    }
}

Py_ssize_t dict_table_find(PyDictObject *dict, PyObject *key, Py_hash_t hash, PyObject **value)
{
    Py_ssize_t index;
    if (DK_IS_UNICODE(dict->ma_keys) && PyUnicode_CheckExact(key))
        index = dict_table_find_str(dict->ma_keys, key, hash);
    else {
        do
            index = find_any_once(dict, key, hash);
        while (index == RESTART);
    }
    if (index < 0)
        *value = NULL;
    else if (dict->ma_values)
        *value = index < values_capacity(dict->ma_values) ? *values_slot(dict->ma_values, index) : NULL;
    else if (DK_IS_UNICODE(dict->ma_keys))
        *value = DK_UNICODE_ENTRIES(dict->ma_keys)[index].me_value;
    else
        *value = DK_ENTRIES(dict->ma_keys)[index].me_value;
    return index;
}

/* ---- growth ---- */

/* Moves the live entries of `dict` into fresh keys. Nothing can fail and no code runs. */
static void move_entries(PyDictObject *dict, PyDictKeysObject *to)
{
    PyDictKeysObject *from = dict->ma_keys;
    Py_ssize_t pos = 0, n = 0;
    PyObject *key, *value;
    Py_hash_t hash;
    if (!dict->ma_values && from->dk_kind == to->dk_kind && from->dk_nentries == dict->ma_used) { /* without gaps */
        n = from->dk_nentries;
        memcpy(k_dict_entries(to), k_dict_entries(from), entry_size(DK_IS_UNICODE(to)) * (size_t)n);
    }
    else {
        while (dict_table_next(dict, &pos, &key, &value, &hash)) {
            if (DK_IS_UNICODE(to))
                DK_UNICODE_ENTRIES(to)[n++] = (PyDictUnicodeEntry){ key, value };
            else
                DK_ENTRIES(to)[n++] = (PyDictKeyEntry){ hash, key, value };
        }
    }
    to->dk_nentries = n;
    to->dk_usable -= n;
    build_indices(to);
}

int dict_table_resize(PyDictObject *dict, int log2_size, int unicode)
{
    PyDictKeysObject *old = dict->ma_keys;
    if (!DK_IS_UNICODE(old))
        unicode = 0;
    PyDictKeysObject *keys = dict_table_new_keys(log2_size, unicode);
    if (!keys)
        return -1;
    move_entries(dict, keys);
    if (dict->ma_values) { /* the values' references moved, the shared keys stay counted with their class */
        for (Py_ssize_t i = 0; i < keys->dk_nentries; i++) {
            if (unicode)
                Py_INCREF(DK_UNICODE_ENTRIES(keys)[i].me_key);
            else
                Py_INCREF(DK_ENTRIES(keys)[i].me_key);
        }
        values_release(dict->ma_values);
        dict->ma_values = NULL;
        dict_table_drop_keys(old);
    }
    else if (old == EMPTY_KEYS)
        dict_table_drop_keys(old);
    else
        PyObject_Free(old); /* keys of a combined table have one user */
    dict->ma_keys = keys;
    return 0;
}

static int grow(PyDictObject *dict, int unicode)
{
    return dict_table_resize(dict, dict_table_log2_for((size_t)dict->ma_used * 3), unicode);
}

/* ---- changes ---- */

static void append_entry(PyDictKeysObject *keys, PyObject *key, Py_hash_t hash, PyObject *value)
{
    Py_ssize_t n = keys->dk_nentries;
    set_index(keys, free_slot(keys, hash), n);
    if (DK_IS_UNICODE(keys))
        DK_UNICODE_ENTRIES(keys)[n] = (PyDictUnicodeEntry){ key, value };
    else
        DK_ENTRIES(keys)[n] = (PyDictKeyEntry){ hash, key, value };
    keys->dk_nentries++;
    keys->dk_usable--;
    keys->dk_version = 0;
}

int dict_table_prepare(PyDictObject *dict, PyObject *key)
{
    int unicode = PyUnicode_CheckExact(key);
    if (dict->ma_keys == EMPTY_KEYS && !dict->ma_values) {
        PyDictKeysObject *keys = dict_table_new_keys(DICT_LOG2_MIN, unicode);
        if (!keys)
            return -1;
        dict_table_drop_keys(dict->ma_keys);
        dict->ma_keys = keys;
        return 0;
    }
    return unicode || !DK_IS_UNICODE(dict->ma_keys) ? 0 : grow(dict, 0);
}

Py_ssize_t dict_table_share_key(PyDictKeysObject *keys, PyObject *key, Py_hash_t hash)
{
    Py_ssize_t index = dict_table_find_str(keys, key, hash);
    if (index >= 0 || keys->dk_usable <= 0)
        return index;
    index = keys->dk_nentries;
    append_entry(keys, Py_NewRef(key), hash, NULL);
    return index;
}

/* Puts the value of a shared key (index known, or the next one) into the split values; 0 when it does not fit. */
static int set_split(PyDictObject *dict, Py_ssize_t index, PyObject *key, Py_hash_t hash, PyObject *value)
{
    PyDictKeysObject *keys = dict->ma_keys;
    if (index < 0) {
        if (keys->dk_usable <= 0)
            return 0;
        index = keys->dk_nentries;
        append_entry(keys, Py_NewRef(key), hash, NULL); /* even when this dict has no room: later instances will */
    }
    if (index >= values_capacity(dict->ma_values))
        return 0;
    *values_slot(dict->ma_values, index) = value;
    values_note_added(dict->ma_values, index);
    return 1;
}

int dict_table_insert_new(PyDictObject *dict, Py_ssize_t index, PyObject *key, Py_hash_t hash, PyObject *value)
{
    if (dict_table_prepare(dict, key) < 0) { /* again: a comparison may have emptied the dict */
        Py_DECREF(key);
        Py_DECREF(value);
        return -1;
    }
    dict_track_for(dict, key, value);
    if (dict->ma_values && set_split(dict, index, key, hash, value)) {
        Py_DECREF(key); /* a str: runs no code */
    }
    else {
        if ((dict->ma_values || dict->ma_keys->dk_usable <= 0) && grow(dict, 1) < 0) {
            Py_DECREF(key);
            Py_DECREF(value);
            return -1;
        }
        append_entry(dict->ma_keys, key, hash, value);
    }
    dict->ma_used++;
    dict_touch(dict);
    return 0;
}

static PyObject **value_slot(PyDictObject *dict, Py_ssize_t index)
{
    if (dict->ma_values)
        return values_slot(dict->ma_values, index);
    if (DK_IS_UNICODE(dict->ma_keys))
        return &DK_UNICODE_ENTRIES(dict->ma_keys)[index].me_value;
    return &DK_ENTRIES(dict->ma_keys)[index].me_value;
}

int dict_table_set(PyDictObject *dict, PyObject *key, Py_hash_t hash, PyObject *value)
{
    PyObject *old = NULL;
    Py_ssize_t index = DICT_ERROR;
    if (dict_table_prepare(dict, key) == 0)
        index = dict_table_find(dict, key, hash, &old); /* runs code */
    if (index == DICT_ERROR) {
        Py_DECREF(key);
        Py_DECREF(value);
        return -1;
    }
    if (!old)
        return dict_table_insert_new(dict, index, key, hash, value);
    dict_track_for(dict, key, value);
    if (old != value) {
        *value_slot(dict, index) = value;
        dict_touch(dict);
    }
    Py_DECREF(key);
    Py_DECREF(old); /* runs code; when it is the value itself, this drops the caller's reference */
    return 0;
}

PyObject *dict_table_remove(PyDictObject *dict, Py_hash_t hash, Py_ssize_t index)
{
    PyDictKeysObject *keys = dict->ma_keys;
    PyObject *key = NULL, **slot = value_slot(dict, index), *value = *slot;
    dict->ma_used--;
    dict_touch(dict);
    *slot = NULL;
    if (dict->ma_values)
        values_note_removed(dict->ma_values, index);
    else {
        set_index(keys, slot_of_index(keys, hash, index), DICT_DUMMY);
        keys->dk_version = 0;
        if (DK_IS_UNICODE(keys)) {
            key = DK_UNICODE_ENTRIES(keys)[index].me_key;
            DK_UNICODE_ENTRIES(keys)[index].me_key = NULL;
        }
        else {
            key = DK_ENTRIES(keys)[index].me_key;
            DK_ENTRIES(keys)[index] = (PyDictKeyEntry){ 0 };
        }
    }
    Py_XDECREF(key); /* runs code */
    return value;
}

void dict_table_clear(PyDictObject *dict)
{
    PyDictKeysObject *keys = dict->ma_keys;
    PyDictValues *values = dict->ma_values;
    if (keys == EMPTY_KEYS)
        return;
    dict->ma_keys = dict_table_empty_counted();
    dict->ma_values = NULL;
    dict->ma_used = 0;
    dict_touch(dict);
    if (values)
        values_drop(values);
    dict_table_drop_keys(keys);
}

PyObject *dict_table_new(PyDictKeysObject *keys, PyDictValues *values, Py_ssize_t used)
{
    PyDictObject *dict = PyObject_GC_New(PyDictObject, &PyDict_Type);
    if (!dict) {
        dict_table_drop_keys(keys);
        return NULL;
    }
    dict->ma_keys = keys;
    dict->ma_values = values;
    dict->ma_used = used;
    dict_touch(dict);
    return (PyObject *)dict;
}

/* ---- what the engine's caches stand on ---- */

static uint32_t last_keys_version;

uint32_t k_dict_keys_version(PyDictObject *dict)
{
    return k_keys_version(dict->ma_keys);
}

uint32_t k_keys_version(PyDictKeysObject *keys)
{
    if (!keys->dk_version && last_keys_version != UINT32_MAX)
        keys->dk_version = ++last_keys_version;
    return keys->dk_version;
}

Py_ssize_t k_dict_index_of_str(PyDictKeysObject *keys, PyObject *key)
{
    if (!DK_IS_UNICODE(keys) || !PyUnicode_CheckExact(key))
        return -1;
    Py_hash_t hash = dict_hash(key);
    return hash == -1 ? -1 : dict_table_find_str(keys, key, hash);
}

PyObject *k_dict_find(PyDictObject *dict, PyObject *key)
{
    PyObject *value;
    Py_hash_t hash = dict_hash(key);
    if (hash == -1)
        return NULL;
    dict_table_find(dict, key, hash, &value); /* runs code */
    return Py_XNewRef(value);
}

PyObject *k_dict_load_global(PyDictObject *globals, PyDictObject *builtins, PyObject *name)
{
    PyObject *value = k_dict_find(globals, name);
    return value || PyErr_Occurred() ? value : k_dict_find(builtins, name);
}

int k_dict_set_steal(PyDictObject *dict, PyObject *key, PyObject *value)
{
    Py_hash_t hash = dict_hash(key);
    if (hash != -1)
        return dict_table_set(dict, key, hash, value);
    Py_DECREF(key);
    Py_DECREF(value);
    return -1;
}
