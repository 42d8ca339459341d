/* odict.h - OrderedDict: layout, and what its two files share. */
#ifndef KAA_OBJECTS_DICT_ODICT_H
#define KAA_OBJECTS_DICT_ODICT_H

#include "objects/dict/dict_table.h"

typedef struct ODictNode {
    PyObject *key; /* owned */
    Py_hash_t hash;
    struct ODictNode *next, *previous;
} ODictNode;

typedef struct PyODictObject {
    PyDictObject dict;
    ODictNode **nodes; /* by entry of the dict's table */
    Py_ssize_t nodes_size;
    PyDictKeysObject *nodes_for; /* the table that `nodes` fits: only compared */
    size_t state;                /* changes with the list */
    ODictNode *first, *last;
    PyObject *inst_dict; /* owned */
    PyObject *weakrefs;
} PyODictObject;

#define PyODict_Check(o)      PyObject_TypeCheck(o, &PyODict_Type)
#define PyODict_CheckExact(o) Py_IS_TYPE(o, &PyODict_Type)

enum { ODICT_KEYS = 1, ODICT_VALUES = 2, ODICT_ITEMS = 3, ODICT_REVERSED = 4 };

/* The key's node; NULL without an exception when there is none. Runs code. */
K_INT ODictNode *odict_find_node(PyODictObject *od, PyObject *key);
K_INT K_NEW PyObject *odict_iter_new(PyODictObject *od, int kind);

#endif
