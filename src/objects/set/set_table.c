/* set_table.c - the hash table below set and frozenset.
 *
 * In: keys with their hashes.  Out: membership.
 * Open addressing: from its first slot a probe looks at up to nine neighbours before it jumps. A removed entry becomes
 * the dummy, which counts in `fill`. The order of iteration is the order of the slots: probing and growth are CPython's,
 * so that programs see the same order.
 * Invariant: fill * 5 stays below about 3 * mask, so there is always an empty slot. An entry found before code ran is
 * looked up again when the table or the entry's key changed.
 * Start at find. */
#include "objects/set/set_table.h"

#include "memory/mem.h"
#include "objects/protocol.h"
#include "runtime/errors.h"

enum { LINEAR_PROBES = 9, PERTURB_SHIFT = 5, LARGE_SET = 50000 };

static PyObject *dummy_repr(PyObject *self K_UNUSED)
{
    return PyUnicode_FromString("<dummy key>");
}

static PyTypeObject set_dummy_type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "<dummy key> type",
    .tp_repr = dummy_repr,
    .tp_flags = Py_TPFLAGS_DEFAULT,
};
PyObject set_dummy = PyObject_HEAD_INIT(&set_dummy_type);
PyObject *_PySet_Dummy = &set_dummy;

void set_table_init(PySetObject *set)
{
    set->fill = set->used = 0;
    set->mask = PySet_MINSIZE - 1;
    set->table = set->smalltable;
    set->hash = -1;
    set->finger = 0;
    memset(set->smalltable, 0, sizeof set->smalltable);
}

/* One look at each slot of the probe sequence: the body sees `entry`. Leave by return or goto. */
#define FOR_PROBES(set, hash, entry)                                                                                   \
    for (size_t i_ = (size_t)(hash) & (size_t)(set)->mask, perturb_ = (size_t)(hash);;                                 \
         perturb_ >>= PERTURB_SHIFT, i_ = (i_ * 5 + 1 + perturb_) & (size_t)(set)->mask)                               \
        for (setentry *entry = &(set)->table[i_],                                                                      \
                      *last_ = entry + (i_ + LINEAR_PROBES <= (size_t)(set)->mask ? LINEAR_PROBES : 0);                \
             entry <= last_; entry++)

/* The entry with the key: 1. Or the one where it may be put, empty or the last dummy on the way: 0. -1 with an exception. */
static int find(PySetObject *set, PyObject *key, Py_hash_t hash, setentry **found)
{
    setentry *dummy;
restart:
    dummy = NULL;
    FOR_PROBES(set, hash, entry) {
        *found = dummy ? dummy : entry;
        if (!entry->key)
            return 0;
        if (entry->hash != hash) {
            if (entry->key == &set_dummy)
                dummy = entry;
            continue;
        }
        *found = entry;
        PyObject *its_key = entry->key;
        if (its_key == key)
            return 1;
        if (PyUnicode_CheckExact(its_key) && PyUnicode_CheckExact(key)) {
            if (k_str_eq(its_key, key))
                return 1;
            continue;
        }
        setentry *table = set->table;
        Py_ssize_t mask = set->mask;
        Py_INCREF(its_key);
        int equal = PyObject_RichCompareBool(its_key, key, Py_EQ); /* runs code */
        Py_DECREF(its_key);
        if (equal < 0)
            return -1;
        if (set->table != table || set->mask != mask || entry->key != its_key)
            goto restart;
        if (equal)
            return 1;
    }
}

static void insert_clean(PySetObject *set, PyObject *key, Py_hash_t hash)
{
    FOR_PROBES(set, hash, entry) {
        if (!entry->key) {
            *entry = (setentry){ key, hash };
            return;
        }
    }
}

/* Room for `used` keys and more; the dummies go. */
static int resize(PySetObject *set, Py_ssize_t used)
{
    Py_ssize_t size = PySet_MINSIZE;
    while (size <= used)
        size <<= 1;
    setentry *old = set->table, small[PySet_MINSIZE], *table;
    int old_is_small = old == set->smalltable;
    Py_ssize_t old_mask = set->mask;
    if (size == PySet_MINSIZE) {
        table = set->smalltable;
        if (old_is_small) {
            if (set->fill == set->used)
                return 0;
            memcpy(small, old, sizeof small);
            old = small;
        }
    }
    else if (!(table = PyMem_New(setentry, size))) {
        (void)!PyErr_NoMemory();
        return -1;
    }
    memset(table, 0, (size_t)size * sizeof *table);
    set->table = table;
    set->mask = size - 1;
    set->fill = set->used;
    for (Py_ssize_t i = 0; i <= old_mask; i++) {
        if (old[i].key && old[i].key != &set_dummy)
            insert_clean(set, old[i].key, old[i].hash);
    }
    if (!old_is_small)
        PyMem_Free(old);
    return 0;
}

int set_table_reserve(PySetObject *set, Py_ssize_t more)
{
    if ((set->fill + more) * 5 < set->mask * 3)
        return 0;
    return resize(set, (set->used + more) * 2);
}

int set_table_refit(PySetObject *set)
{
    return resize(set, set->used > LARGE_SET ? set->used * 2 : set->used * 4);
}

int set_table_contains(PySetObject *set, PyObject *key, Py_hash_t hash)
{
    setentry *entry;
    return find(set, key, hash, &entry);
}

int set_table_add(PySetObject *set, PyObject *key, Py_hash_t hash)
{
    setentry *entry;
    Py_INCREF(key); /* a comparison may take it away from whoever gave it */
    int there = find(set, key, hash, &entry);
    if (there) {
        Py_DECREF(key);
        return there < 0 ? -1 : 0;
    }
    set->used++;
    int was_dummy = entry->key != NULL;
    *entry = (setentry){ key, hash };
    if (was_dummy)
        return 0;
    set->fill++;
    if (set->fill * 5 < set->mask * 3)
        return 0;
    return set_table_refit(set);
}

int set_table_discard(PySetObject *set, PyObject *key, Py_hash_t hash)
{
    setentry *entry;
    int there = find(set, key, hash, &entry);
    if (there <= 0)
        return there;
    PyObject *old = entry->key;
    *entry = (setentry){ &set_dummy, -1 };
    set->used--;
    Py_DECREF(old); /* runs code */
    return 1;
}

int set_table_merge(PySetObject *set, PyObject *o)
{
    PySetObject *other = (PySetObject *)o;
    if (other == set || other->used == 0)
        return 0;
    if (set_table_reserve(set, other->used) < 0)
        return -1;
    if (set->fill == 0) { /* nothing to compare with */
        int same_shape = set->mask == other->mask && other->fill == other->used;
        for (Py_ssize_t i = 0; i <= other->mask; i++) {
            setentry *entry = &other->table[i];
            if (!entry->key || entry->key == &set_dummy)
                continue;
            if (same_shape)
                set->table[i] = (setentry){ Py_NewRef(entry->key), entry->hash };
            else
                insert_clean(set, Py_NewRef(entry->key), entry->hash);
        }
        set->fill = set->used = other->used;
        return 0;
    }
    Py_ssize_t pos = 0;
    setentry *entry;
    while ((entry = set_table_next(other, &pos))) {
        if (set_table_add(set, entry->key, entry->hash) < 0) /* runs code */
            return -1;
    }
    return 0;
}

void set_table_clear(PySetObject *set)
{
    setentry *table = set->table, small[PySet_MINSIZE];
    int is_small = table == set->smalltable;
    Py_ssize_t mask = set->mask;
    if (set->fill == 0 && is_small)
        return;
    if (is_small) {
        memcpy(small, table, sizeof small);
        table = small;
    }
    Py_hash_t hash = set->hash;
    set_table_init(set);
    set->hash = hash;
    for (Py_ssize_t i = 0; i <= mask; i++) {
        if (table[i].key && table[i].key != &set_dummy)
            Py_DECREF(table[i].key); /* runs code, which sees an empty set */
    }
    if (!is_small)
        PyMem_Free(table);
}

/* Exchanges the contents, so that the end of old keys comes after the set is whole again. */
void set_table_swap(PySetObject *a, PySetObject *b)
{
    PySetObject old = *a;
    int a_small = a->table == a->smalltable, b_small = b->table == b->smalltable;
    a->fill = b->fill;
    a->used = b->used;
    a->mask = b->mask;
    a->table = b_small ? a->smalltable : b->table;
    memcpy(a->smalltable, b->smalltable, sizeof a->smalltable);
    b->fill = old.fill;
    b->used = old.used;
    b->mask = old.mask;
    b->table = a_small ? b->smalltable : old.table;
    memcpy(b->smalltable, old.smalltable, sizeof b->smalltable);
    a->hash = b->hash = -1;
}
