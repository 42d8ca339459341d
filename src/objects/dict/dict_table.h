/* dict_table.h - what the files of dict share: the hash table of keys, split values, and the walk over entries. */
#ifndef KAA_OBJECTS_DICT_DICT_TABLE_H
#define KAA_OBJECTS_DICT_DICT_TABLE_H

#include "memory/gc.h"
#include "objects/dict/dict.h"
#include "objects/int/int.h"
#include "objects/str/str.h"
#include "objects/tuple.h"

enum {
    DICT_LOG2_MIN = 3,          /* slots of the first table */
    DICT_LOG2_PRESIZED_MAX = 17,
    DICT_LOG2_SHARED = 6,       /* slots of a class's shared keys */
    DICT_SHARED_MAX = 30        /* shared keys of a class */
};
enum { DICT_EMPTY = -1, DICT_DUMMY = -2, DICT_ERROR = -3 };

extern K_INT uint64_t dict_last_version;
static inline void dict_touch(PyDictObject *dict)
{
    dict->ma_version_tag = ++dict_last_version;
}

/* ---- keys ---- */
K_INT PyDictKeysObject *dict_table_empty(void); /* immortal, without room; borrowed */
static inline PyDictKeysObject *dict_table_empty_counted(void)
{
    PyDictKeysObject *keys = dict_table_empty();
    keys->dk_refcnt++;
    return keys;
}
K_INT PyDictKeysObject *dict_table_new_keys(int log2_size, int unicode); /* NULL with MemoryError */
K_INT void dict_table_free_keys(PyDictKeysObject *keys); /* runs code */
K_INT Py_ssize_t dict_table_keys_size(PyDictKeysObject *keys); /* bytes */
K_INT int dict_table_log2_for(size_t slots);
static inline Py_ssize_t dict_table_usable(Py_ssize_t slots) /* entries that a table of so many slots takes */
{
    return slots * 2 / 3;
}
static inline int dict_table_log2_for_entries(size_t entries)
{
    return dict_table_log2_for((entries * 3 + 1) / 2);
}
static inline void dict_table_drop_keys(PyDictKeysObject *keys)
{
    if (--keys->dk_refcnt == 0)
        dict_table_free_keys(keys);
}

/* ---- look-up ---- */

/* The hash, or -1 with an exception. */
static inline Py_hash_t dict_hash(PyObject *key)
{
    if (PyUnicode_CheckExact(key)) {
        Py_hash_t hash = ((PyASCIIObject *)key)->hash;
        if (hash != -1)
            return hash;
    }
    else if (PyLong_CheckExact(key) && (size_t)(Py_SIZE(key) + 1) <= 2) { /* one digit */
        Py_hash_t hash = Py_SIZE(key) * (Py_hash_t)((PyLongObject *)key)->ob_digit[0];
        return hash == -1 ? -2 : hash;
    }
    return PyObject_Hash(key); /* runs code */
}

/* Entry index of an exact str in keys that are all strs; DICT_EMPTY when absent. No exception. */
K_INT Py_ssize_t dict_table_find_str(PyDictKeysObject *keys, PyObject *key, Py_hash_t hash);

/* Entry index, DICT_EMPTY or DICT_ERROR. *value is borrowed, NULL when absent (a split table may know the key and have
 * no value: then the index is returned and *value is NULL). Runs code unless keys and key are strs. */
K_INT Py_ssize_t dict_table_find(PyDictObject *dict, PyObject *key, Py_hash_t hash, PyObject **value);

/* The slots that a look-up of this hash tries, up to the first empty one or until visit returns 0. visit runs no code;
 * index is an entry's, DICT_DUMMY or DICT_EMPTY, key is borrowed, NULL without an entry. */
typedef int (*DictProbeVisit)(size_t slot, Py_ssize_t index, PyObject *key, Py_hash_t hash, void *arg);
K_INT void dict_table_probe(PyDictKeysObject *keys, Py_hash_t hash, DictProbeVisit visit, void *arg);

/* ---- changes; each makes a new version ---- */
K_INT K_STATUS int dict_table_set(PyDictObject *dict, K_STOLEN PyObject *key, Py_hash_t hash, K_STOLEN PyObject *value);
/* The key is known to be absent (index: what the look-up gave), and no code ran since that was found. */
K_INT K_STATUS int dict_table_insert_new(PyDictObject *dict, Py_ssize_t index, K_STOLEN PyObject *key, Py_hash_t hash,
                                         K_STOLEN PyObject *value);
/* Before a look-up that may be followed by an insertion: room for a first entry, a table that takes such a key. */
K_INT K_STATUS int dict_table_prepare(PyDictObject *dict, PyObject *key);
/* Takes the entry out; the value's reference is handed over, the key's is dropped. Runs code. */
K_INT PyObject *dict_table_remove(PyDictObject *dict, Py_hash_t hash, Py_ssize_t index);
K_INT K_STATUS int dict_table_resize(PyDictObject *dict, int log2_size, int unicode);
K_INT void dict_table_clear(PyDictObject *dict); /* runs code */
K_INT PyDictKeysObject *dict_table_clone_keys(PyDictObject *dict); /* of a combined table; counts all up */
K_INT K_NEW PyObject *dict_table_new(PyDictKeysObject *keys, PyDictValues *values, Py_ssize_t used); /* keys: stolen */
/* Index into the shared keys for this str, added when there is room; DICT_EMPTY otherwise. */
K_INT Py_ssize_t dict_table_share_key(PyDictKeysObject *keys, PyObject *key, Py_hash_t hash);

/* ---- split values ----
 *
 * An array of values with a head of bytes before it: [-1] capacity, [-2] how many are set, [-4..-3] distance in words
 * from the owning instance (0: a block of its own), [-5], [-6]... the indices in order of insertion. */
static inline uint8_t *values_bytes(PyDictValues *values)
{
    return (uint8_t *)values;
}
static inline int values_capacity(PyDictValues *values)
{
    return values_bytes(values)[-1];
}
static inline int values_used(PyDictValues *values)
{
    return values_bytes(values)[-2];
}
static inline int values_nth(PyDictValues *values, Py_ssize_t n) /* the n-th set index, oldest first */
{
    return values_bytes(values)[-5 - n];
}
static inline size_t values_head_size(int capacity)
{
    return ((size_t)capacity + 4 + 7) & ~(size_t)7;
}
static inline PyObject **values_slot(PyDictValues *values, Py_ssize_t index)
{
    return (PyObject **)values + index;
}
static inline void values_note_added(PyDictValues *values, Py_ssize_t index)
{
    uint8_t *bytes = values_bytes(values);
    bytes[-5 - bytes[-2]] = (uint8_t)index;
    bytes[-2]++;
}
static inline PyObject *values_owner(PyDictValues *values) /* the instance they are embedded in, or NULL */
{
    uint16_t words;
    memcpy(&words, values_bytes(values) - 4, sizeof words);
    return words ? (PyObject *)((PyObject **)values - words) : NULL;
}
K_INT void values_note_removed(PyDictValues *values, Py_ssize_t index);
K_INT PyDictValues *values_at(void *memory, int capacity, size_t owner_words); /* a fresh, empty array */
K_INT PyDictValues *values_new(int capacity); /* a block of its own; NULL without an exception */
/* The references have been moved elsewhere: frees a block, tells an owner that its values are gone. */
K_INT void values_release(PyDictValues *values);
K_INT void values_drop(PyDictValues *values); /* releases the values too: runs code */

/* ---- walk ---- */

/* The entry at *pos and onwards: 1 and the entry (borrowed), or 0 at the end. Any of the results may be NULL. */
static inline int dict_table_next(PyDictObject *dict, Py_ssize_t *pos, PyObject **key, PyObject **value, Py_hash_t *hash)
{
    PyDictKeysObject *keys = dict->ma_keys;
    Py_ssize_t i = *pos;
    PyObject *k, *v;
    Py_hash_t h;
    if (dict->ma_values) {
        if ((size_t)i >= (size_t)values_used(dict->ma_values))
            return 0;
        Py_ssize_t index = values_nth(dict->ma_values, i);
        k = DK_UNICODE_ENTRIES(keys)[index].me_key;
        v = *values_slot(dict->ma_values, index);
        h = ((PyASCIIObject *)k)->hash;
    }
    else if (DK_IS_UNICODE(keys)) {
        PyDictUnicodeEntry *entries = DK_UNICODE_ENTRIES(keys);
        while (i >= 0 && i < keys->dk_nentries && !entries[i].me_value)
            i++;
        if ((size_t)i >= (size_t)keys->dk_nentries)
            return 0;
        k = entries[i].me_key;
        v = entries[i].me_value;
        h = ((PyASCIIObject *)k)->hash;
    }
    else {
        PyDictKeyEntry *entries = DK_ENTRIES(keys);
        while (i >= 0 && i < keys->dk_nentries && !entries[i].me_value)
            i++;
        if ((size_t)i >= (size_t)keys->dk_nentries)
            return 0;
        k = entries[i].me_key;
        v = entries[i].me_value;
        h = entries[i].me_hash;
    }
    *pos = i + 1;
    if (key)
        *key = k;
    if (value)
        *value = v;
    if (hash)
        *hash = h;
    return 1;
}

/* A dict of atoms stays off the collector's lists; the first other item puts it on. */
static inline void dict_track_for(PyDictObject *dict, PyObject *key, PyObject *value)
{
    if (!k_gc_is_tracked((PyObject *)dict) && (k_may_be_tracked(value) || k_may_be_tracked(key)))
        PyObject_GC_Track(dict);
}

/* ---- other files ---- */
K_INT K_STATUS int dict_merge(PyDictObject *dict, PyObject *other, int override); /* runs code */
K_INT K_NEW PyObject *dict_from_keys(PyObject *type, PyObject *iterable, PyObject *value);
K_INT K_NEW PyObject *dict_iter(PyObject *dict);
K_INT K_NEW PyObject *dict_subscript(PyObject *dict, PyObject *key);
K_INT K_STATUS int dict_equal(PyDictObject *a, PyDictObject *b); /* runs code */
K_INT K_STATUS int dict_update_args(PyObject *self, PyObject *args, PyObject *kwargs, const char *name); /* runs code */
K_INT K_NEW PyObject *dict_pop_known_hash(PyObject *self, PyObject *key, Py_hash_t hash, PyObject *missing);
K_INT K_NEW PyObject *dict_iter_of_type(PyObject *dict, PyTypeObject *iterator);

#endif
