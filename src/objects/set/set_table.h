/* set_table.h - what the files of set share: the open-addressing table. */
#ifndef KAA_OBJECTS_SET_SET_TABLE_H
#define KAA_OBJECTS_SET_SET_TABLE_H

#include "objects/set/set.h"
#include "objects/str/str.h"

extern K_INT PyObject set_dummy; /* the key of a removed entry; its hash is -1 */

/* The hash, or -1 with an exception. */
static inline Py_hash_t set_hash_of(PyObject *key)
{
    if (PyUnicode_CheckExact(key) && ((PyASCIIObject *)key)->hash != -1)
        return ((PyASCIIObject *)key)->hash;
    return PyObject_Hash(key); /* runs code */
}

/* All of these run code: comparisons, or the end of keys. */
K_INT K_STATUS int set_table_contains(PySetObject *set, PyObject *key, Py_hash_t hash);
K_INT K_STATUS int set_table_add(PySetObject *set, PyObject *key, Py_hash_t hash);
K_INT K_STATUS int set_table_discard(PySetObject *set, PyObject *key, Py_hash_t hash); /* 1: was there */
K_INT K_STATUS int set_table_merge(PySetObject *set, PyObject *other); /* other: a set */
K_INT K_STATUS int set_table_reserve(PySetObject *set, Py_ssize_t more);
K_INT K_STATUS int set_table_refit(PySetObject *set); /* a table of the size that its length asks for */
K_INT void set_table_init(PySetObject *set);
K_INT void set_table_clear(PySetObject *set);
K_INT void set_table_swap(PySetObject *a, PySetObject *b);

/* The entry at *pos and onwards, or NULL at the end. Borrowed. */
static inline setentry *set_table_next(PySetObject *set, Py_ssize_t *pos)
{
    Py_ssize_t i = *pos;
    while (i <= set->mask && (!set->table[i].key || set->table[i].key == &set_dummy))
        i++;
    *pos = i + 1;
    return i <= set->mask ? &set->table[i] : NULL;
}

K_INT K_NEW PyObject *set_iter(PyObject *set);

#endif
