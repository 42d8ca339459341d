/* dict_iter.c - iterators over dicts: keys, values, items, forwards and backwards.
 *
 * In: a dict.  Out: its entries in order of insertion.
 * Invariant: an iterator notices a changed length (used becomes -1 for good) and a key too many (left is 0).
 * Start at step. */
#include "objects/dict/dict_table.h"

#include "objects/int/int.h"
#include "objects/iter.h"
#include "objects/list/list.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "runtime/errors.h"

#define IS_ITEM(it) (Py_TYPE(it) == &PyDictIterItem_Type || Py_TYPE(it) == &PyDictRevIterItem_Type)
#define IS_REVERSE(it)                                                                                                 \
    (Py_TYPE(it) == &PyDictRevIterKey_Type || Py_TYPE(it) == &PyDictRevIterItem_Type ||                                \
     Py_TYPE(it) == &PyDictRevIterValue_Type)

static PyObject *iter_new(PyDictObject *dict, PyTypeObject *type)
{
    PyDictIter *it = PyObject_GC_New(PyDictIter, type);
    if (!it)
        return NULL;
    it->dict = (PyDictObject *)Py_NewRef(dict);
    it->used = it->left = dict->ma_used;
    it->pair = NULL;
    it->pos = !IS_REVERSE(it) ? 0 : dict->ma_values ? dict->ma_used - 1 : dict->ma_keys->dk_nentries - 1;
    if (IS_ITEM(it) && !(it->pair = PyTuple_Pack(2, Py_None, Py_None))) {
        Py_DECREF(it->dict);
        PyObject_GC_Del(it);
        return NULL;
    }
    PyObject_GC_Track(it);
    return (PyObject *)it;
}

PyObject *dict_iter(PyObject *dict)
{
    return iter_new((PyDictObject *)dict, &PyDictIterKey_Type);
}

PyObject *dict_iter_of_type(PyObject *dict, PyTypeObject *type)
{
    return iter_new((PyDictObject *)dict, type);
}

static void dictiter_dealloc(PyObject *self)
{
    PyDictIter *it = (PyDictIter *)self;
    PyObject_GC_UnTrack(self);
    Py_XDECREF(it->dict);
    Py_XDECREF(it->pair);
    PyObject_GC_Del(self);
}

static int dictiter_traverse(PyObject *self, visitproc visit, void *arg)
{
    PyDictIter *it = (PyDictIter *)self;
    Py_VISIT(it->dict);
    Py_VISIT(it->pair);
    return 0;
}

/* The last live entry at or before *pos. */
static int previous_entry(PyDictObject *dict, Py_ssize_t *pos, PyObject **key, PyObject **value)
{
    Py_ssize_t i = *pos;
    if (!dict->ma_values) {
        PyDictKeysObject *keys = dict->ma_keys;
        if (i >= keys->dk_nentries)
            return 0;
        while (i >= 0 && !(DK_IS_UNICODE(keys) ? DK_UNICODE_ENTRIES(keys)[i].me_value : DK_ENTRIES(keys)[i].me_value))
            i--;
    }
    if (i < 0)
        return 0;
    *pos = i - 1;
    return dict_table_next(dict, &i, key, value, NULL);
}

/* Moves on: 1 and the entry, borrowed; 0 at the end or with RuntimeError. */
static int step(PyDictIter *it, PyObject **key, PyObject **value)
{
    PyDictObject *dict = it->dict;
    if (!dict)
        return 0;
    if (it->used != dict->ma_used) {
        PyErr_SetString(PyExc_RuntimeError, "dictionary changed size during iteration");
        it->used = -1;
        return 0;
    }
    int found = IS_REVERSE(it) ? previous_entry(dict, &it->pos, key, value)
                               : dict_table_next(dict, &it->pos, key, value, NULL);
    if (found && it->left > 0) {
        it->left--;
        return 1;
    }
    if (found)
        PyErr_SetString(PyExc_RuntimeError, "dictionary keys changed during iteration");
    it->dict = NULL;
    Py_DECREF(dict);
    return 0;
}

static PyObject *next_key(PyObject *self)
{
    PyObject *key, *value;
    return step((PyDictIter *)self, &key, &value) ? Py_NewRef(key) : NULL;
}

static PyObject *next_value(PyObject *self)
{
    PyObject *key, *value;
    return step((PyDictIter *)self, &key, &value) ? Py_NewRef(value) : NULL;
}

static PyObject *next_item(PyObject *self)
{
    PyObject *key, *value;
    if (!step((PyDictIter *)self, &key, &value))
        return NULL;
    return k_iter_fill_pair(&((PyDictIter *)self)->pair, Py_NewRef(key), Py_NewRef(value));
}

METHODS_DECLARE(dictiter);

METHOD_RAW(dictiter, __length_hint__, NOARGS, 0, "How many items are left, as far as known.")
{
    PyDictIter *it = (PyDictIter *)self;
    return PyLong_FromSsize_t(it->dict && it->used == it->dict->ma_used ? it->left : 0);
}

METHOD_RAW(dictiter, __reduce__, NOARGS, 0, "State for pickling.")
{
    PyDictIter *it = (PyDictIter *)self;
    K_AUTO(PyObject *) rest = NULL;
    if (it->dict) { /* a second iterator at the same place runs to the end */
        K_AUTO(PyObject *) copy = iter_new(it->dict, Py_TYPE(it));
        if (!copy)
            return NULL;
        ((PyDictIter *)copy)->used = it->used;
        ((PyDictIter *)copy)->left = it->left;
        ((PyDictIter *)copy)->pos = it->pos;
        K_SET(rest, PySequence_List(copy));
    }
    else
        K_SET(rest, PyList_New(0));
    K_AUTO(PyObject *) function = rest ? k_iter_builtin(K_STR("iter")) : NULL;
    return function ? Py_BuildValue("O(O)", function, rest) : NULL;
}
METHODS_END(dictiter);

#define DICT_ITERATOR(type, name, next)                                                                                \
    PyTypeObject type = {                                                                                              \
        .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),                                                             \
        .tp_name = name,                                                                                               \
        .tp_basicsize = sizeof(PyDictIter),                                                                            \
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,                                                           \
        .tp_dealloc = dictiter_dealloc,                                                                                \
        .tp_traverse = dictiter_traverse,                                                                              \
        .tp_getattro = PyObject_GenericGetAttr,                                                                        \
        .tp_iter = PyObject_SelfIter,                                                                                  \
        .tp_iternext = next,                                                                                           \
        .tp_methods = METHODS(dictiter),                                                                               \
    };                                                                                                                 \
    K_TYPE(type)

DICT_ITERATOR(PyDictIterKey_Type, "dict_keyiterator", next_key);
DICT_ITERATOR(PyDictIterValue_Type, "dict_valueiterator", next_value);
DICT_ITERATOR(PyDictIterItem_Type, "dict_itemiterator", next_item);
DICT_ITERATOR(PyDictRevIterKey_Type, "dict_reversekeyiterator", next_key);
DICT_ITERATOR(PyDictRevIterValue_Type, "dict_reversevalueiterator", next_value);
DICT_ITERATOR(PyDictRevIterItem_Type, "dict_reverseitemiterator", next_item);
