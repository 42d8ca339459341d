/* dict_methods.c - the type dict: its slots and methods.
 *
 * In: a dict or a subclass's instance.  Out: Python values.
 * Invariant: reads look at the table itself; only d[key] asks a subclass (__missing__).
 * Start at dict_subscript and dict_update_args. */
#include "objects/dict/dict_table.h"

#include "objects/call.h"
#include "objects/genericalias.h"
#include "objects/int/int.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/type/type.h"
#include "runtime/errors.h"

#define DICT(o) ((PyDictObject *)(o))

/* ---- look-up ---- */

static PyObject *missing(PyObject *self, PyObject *key)
{
    if (!PyDict_CheckExact(self)) {
        K_AUTO(PyObject *) method = k_lookup_special(self, K_STR("__missing__"));
        if (method)
            return PyObject_CallOneArg(method, key);
        if (PyErr_Occurred())
            return NULL;
    }
    _PyErr_SetKeyError(key);
    return NULL;
}

PyObject *dict_subscript(PyObject *self, PyObject *key)
{
    PyObject *value;
    Py_hash_t hash = dict_hash(key);
    if (hash == -1)
        return NULL;
    Py_ssize_t index = dict_table_find(DICT(self), key, hash, &value); /* runs code */
    if (value)
        return Py_NewRef(value);
    return index == DICT_ERROR ? NULL : missing(self, key);
}

static Py_ssize_t dict_length(PyObject *self)
{
    return DICT(self)->ma_used;
}

static int dict_assign_subscript(PyObject *self, PyObject *key, PyObject *value)
{
    return value ? PyDict_SetItem(self, key, value) : PyDict_DelItem(self, key);
}

/* ---- comparison, repr ---- */

int dict_equal(PyDictObject *a, PyDictObject *b)
{
    if (a->ma_used != b->ma_used)
        return 0;
    Py_ssize_t pos = 0;
    PyObject *k, *v, *found;
    Py_hash_t hash;
    while (dict_table_next(a, &pos, &k, &v, &hash)) {
        K_AUTO(PyObject *) key = Py_NewRef(k);
        K_AUTO(PyObject *) value = Py_NewRef(v);
        Py_ssize_t index = dict_table_find(b, key, hash, &found); /* runs code */
        if (!found)
            return index == DICT_ERROR ? -1 : 0;
        K_AUTO(PyObject *) other = Py_NewRef(found);
        int equal = PyObject_RichCompareBool(value, other, Py_EQ); /* runs code */
        if (equal <= 0)
            return equal;
    }
    return 1;
}

static PyObject *dict_richcompare(PyObject *a, PyObject *b, int op)
{
    if (!PyDict_Check(a) || !PyDict_Check(b) || (op != Py_EQ && op != Py_NE))
        Py_RETURN_NOTIMPLEMENTED;
    int equal = dict_equal(DICT(a), DICT(b));
    if (equal < 0)
        return NULL;
    Py_RETURN_BOOL(equal == (op == Py_EQ));
}

static int write_repr(_PyUnicodeWriter *writer, PyObject *o)
{
    PyObject *text = PyObject_Repr(o); /* runs code */
    if (!text)
        return -1;
    int status = _PyUnicodeWriter_WriteStr(writer, text);
    Py_DECREF(text);
    return status;
}

static int write_entries(_PyUnicodeWriter *writer, PyObject *self)
{
    Py_ssize_t pos = 0;
    PyObject *k, *v;
    for (int first = 1; dict_table_next(DICT(self), &pos, &k, &v, NULL); first = 0) {
        K_AUTO(PyObject *) key = Py_NewRef(k);
        K_AUTO(PyObject *) value = Py_NewRef(v);
        if (!first && _PyUnicodeWriter_WriteASCIIString(writer, ", ", 2) < 0)
            return -1;
        if (write_repr(writer, key) < 0 || _PyUnicodeWriter_WriteASCIIString(writer, ": ", 2) < 0 ||
            write_repr(writer, value) < 0)
            return -1;
    }
    return 0;
}

static PyObject *dict_repr(PyObject *self)
{
    if (DICT(self)->ma_used == 0)
        return PyUnicode_FromString("{}");
    int entered = Py_ReprEnter(self);
    if (entered)
        return entered > 0 ? PyUnicode_FromString("{...}") : NULL;
    _PyUnicodeWriter writer;
    _PyUnicodeWriter_Init(&writer);
    writer.overallocate = 1;
    int status = _PyUnicodeWriter_WriteChar(&writer, '{');
    if (status == 0)
        status = write_entries(&writer, self);
    writer.overallocate = 0;
    if (status == 0)
        status = _PyUnicodeWriter_WriteChar(&writer, '}');
    Py_ReprLeave(self);
    if (status == 0)
        return _PyUnicodeWriter_Finish(&writer);
    _PyUnicodeWriter_Dealloc(&writer);
    return NULL;
}

/* ---- update ---- */

/* dict.update(other): a mapping when it has keys(), else pairs. */
static int update_from(PyObject *self, PyObject *other)
{
    if (PyDict_CheckExact(other))
        return dict_merge(DICT(self), other, 1);
    PyObject *keys;
    int has_keys = _PyObject_LookupAttr(other, K_STR("keys"), &keys);
    Py_XDECREF(keys);
    if (has_keys < 0)
        return -1;
    return has_keys ? dict_merge(DICT(self), other, 1) : PyDict_MergeFromSeq2(self, other, 1);
}

int dict_update_args(PyObject *self, PyObject *args, PyObject *kwargs, const char *name)
{
    Py_ssize_t n = args ? Py_SIZE(args) : 0;
    if (k_check_nargs(name, n, 0, 1) < 0)
        return -1;
    if (n && update_from(self, PyTuple_GET_ITEM(args, 0)) < 0)
        return -1;
    if (!kwargs)
        return 0;
    return PyArg_ValidateKeywordArguments(kwargs) ? dict_merge(DICT(self), kwargs, 1) : -1;
}

static PyObject *dict_or(PyObject *a, PyObject *b)
{
    if (!PyDict_Check(a) || !PyDict_Check(b))
        Py_RETURN_NOTIMPLEMENTED;
    K_AUTO(PyObject *) both = PyDict_Copy(a);
    return both && update_from(both, b) == 0 ? K_MOVE(both) : NULL;
}

static PyObject *dict_inplace_or(PyObject *self, PyObject *other)
{
    return update_from(self, other) < 0 ? NULL : Py_NewRef(self);
}

/* ---- methods ---- */

METHODS_DECLARE(dict);

METHOD_FLAGS(dict, __contains__, O, METH_COEXIST, "($self, key, /)", "Whether the dict has the key.")
{
    int there = PyDict_Contains(self, arg);
    if (there < 0)
        return NULL;
    Py_RETURN_BOOL(there);
}

METHOD_RAW(dict, __getitem__, O, METH_COEXIST, "x.__getitem__(y) is x[y].")
{
    return dict_subscript(self, arg);
}

METHOD_RAW(dict, __sizeof__, NOARGS, 0, "D.__sizeof__() -> the bytes that D takes")
{
    return PyLong_FromSsize_t(_PyDict_SizeOf(DICT(self)));
}

METHOD(dict, get, FAST, "($self, key, default=None, /)", "The key's value, or the default when there is none.")
{
    PyObject *value;
    if (k_check_nargs("get", nargs, 1, 2) < 0)
        return NULL;
    Py_hash_t hash = dict_hash(args[0]);
    if (hash == -1 || dict_table_find(DICT(self), args[0], hash, &value) == DICT_ERROR)
        return NULL;
    return Py_NewRef(value ? value : nargs > 1 ? args[1] : Py_None);
}

METHOD(dict, setdefault, FAST, "($self, key, default=None, /)",
       "The key's value; when there is none, the default is put in and returned.")
{
    if (k_check_nargs("setdefault", nargs, 1, 2) < 0)
        return NULL;
    return Py_XNewRef(PyDict_SetDefault(self, args[0], nargs > 1 ? args[1] : Py_None));
}

METHOD(dict, pop, FAST, "($self, key, default=<unrepresentable>, /)",
       "D.pop(k[,d]) -> v, remove the key and return its value.\n\n"
       "When the key is absent, return the default if there is one, else raise KeyError.")
{
    if (k_check_nargs("pop", nargs, 1, 2) < 0)
        return NULL;
    return _PyDict_Pop(self, args[0], nargs > 1 ? args[1] : NULL);
}

METHOD(dict, popitem, NOARGS, "($self, /)",
       "Remove the newest (key, value) pair and return it.\n\nRaises KeyError when the dict is empty.")
{
    PyDictObject *dict = DICT(self);
    PyObject *pair = PyTuple_Pack(2, Py_None, Py_None); /* first: it may cost a collection */
    if (!pair)
        return NULL;
    if (dict->ma_used == 0) {
        Py_DECREF(pair);
        return k_raise(PyExc_KeyError, "popitem(): dictionary is empty");
    }
    if (dict->ma_values && dict_table_resize(dict, dict->ma_keys->dk_log2_size, 1) < 0) {
        Py_DECREF(pair);
        return NULL;
    }
    PyDictKeysObject *keys = dict->ma_keys;
    Py_ssize_t i = keys->dk_nentries;
    PyObject *key = NULL, *value = NULL;
    Py_hash_t hash = 0;
    do
        i--;
    while (!(DK_IS_UNICODE(keys) ? DK_UNICODE_ENTRIES(keys)[i].me_value : DK_ENTRIES(keys)[i].me_value));
    Py_ssize_t pos = i;
    (void)!dict_table_next(dict, &pos, &key, &value, &hash);
    PyTuple_SET_ITEM(pair, 0, Py_NewRef(key));
    PyTuple_SET_ITEM(pair, 1, dict_table_remove(dict, hash, i));
    keys->dk_nentries = i; /* the entry can be used again, its slot cannot: dk_usable stays */
    return pair;
}

METHOD_RAW(dict, keys, NOARGS, 0, "D.keys() -> a view of the keys")
{
    return _PyDictView_New(self, &PyDictKeys_Type);
}

METHOD_RAW(dict, items, NOARGS, 0, "D.items() -> a view of the (key, value) pairs")
{
    return _PyDictView_New(self, &PyDictItems_Type);
}

METHOD_RAW(dict, values, NOARGS, 0, "D.values() -> a view of the values")
{
    return _PyDictView_New(self, &PyDictValues_Type);
}

METHOD_RAW(dict, update, VAR, 0,
           "D.update([E, ]**F) -> None.  Take over entries.\n"
           "When E has keys(), D[k] = E[k] for each of them; otherwise E gives (key, value) pairs.\n"
           "Then D[k] = F[k] for each k in F.")
{
    if (dict_update_args(self, args, kwargs, "update") < 0)
        return NULL;
    Py_RETURN_NONE;
}

METHOD_FLAGS(dict, fromkeys, FAST, METH_CLASS, "($type, iterable, value=None, /)",
             "A new dict with the iterable's items as keys, all with one value.")
{
    if (k_check_nargs("fromkeys", nargs, 1, 2) < 0)
        return NULL;
    return dict_from_keys(self, args[0], nargs > 1 ? args[1] : Py_None);
}

METHOD_RAW(dict, clear, NOARGS, 0, "D.clear() -> None.  Remove all entries.")
{
    dict_table_clear(DICT(self));
    Py_RETURN_NONE;
}

METHOD_RAW(dict, copy, NOARGS, 0, "D.copy() -> a new dict with the same entries")
{
    return PyDict_Copy(self);
}

METHOD(dict, __reversed__, NOARGS, "($self, /)", "An iterator over the keys, newest first.")
{
    return dict_iter_of_type(self, &PyDictRevIterKey_Type);
}

METHOD_RAW(dict, __class_getitem__, O, METH_CLASS, "See PEP 585")
{
    return Py_GenericAlias(self, arg);
}
METHODS_END(dict);

/* ---- life ---- */

static PyObject *dict_new(PyTypeObject *type, PyObject *args K_UNUSED, PyObject *kwargs K_UNUSED)
{
    PyObject *self = type->tp_alloc(type, 0);
    if (!self)
        return NULL;
    DICT(self)->ma_keys = dict_table_empty_counted();
    dict_touch(DICT(self));
    if (type == &PyDict_Type && k_gc_is_tracked(self))
        PyObject_GC_UnTrack(self);
    return self;
}

static int dict_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    return dict_update_args(self, args, kwargs, "dict");
}

static PyObject *dict_vectorcall(PyObject *type, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    Py_ssize_t nargs = PyVectorcall_NARGS(nargsf);
    if (k_check_nargs("dict", nargs, 0, 1) < 0)
        return NULL;
    K_AUTO(PyObject *) self = dict_new((PyTypeObject *)type, NULL, NULL);
    if (!self || (nargs && update_from(self, args[0]) < 0))
        return NULL;
    for (Py_ssize_t i = 0; kwnames && i < Py_SIZE(kwnames); i++) {
        if (PyDict_SetItem(self, PyTuple_GET_ITEM(kwnames, i), args[nargs + i]) < 0)
            return NULL;
    }
    return K_MOVE(self);
}

static void dict_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_TRASHCAN_BEGIN(self, dict_dealloc)
    PyDictKeysObject *keys = DICT(self)->ma_keys;
    if (DICT(self)->ma_values)
        values_drop(DICT(self)->ma_values);
    if (keys)
        dict_table_drop_keys(keys);
    Py_TYPE(self)->tp_free(self);
    Py_TRASHCAN_END;
}

static int dict_traverse(PyObject *self, visitproc visit, void *arg)
{
    PyObject *key, *value;
    Py_ssize_t pos = 0;
    int only_values = DK_IS_UNICODE(DICT(self)->ma_keys);
    while (dict_table_next(DICT(self), &pos, &key, &value, NULL)) {
        Py_VISIT(value); /* first: the order of visits is the order in which the collector finalises */
        if (!only_values)
            Py_VISIT(key);
    }
    return 0;
}

static int dict_tp_clear(PyObject *self)
{
    dict_table_clear(DICT(self));
    return 0;
}

static PySequenceMethods dict_as_sequence = { .sq_contains = PyDict_Contains };
static PyNumberMethods dict_as_number = { .nb_or = dict_or, .nb_inplace_or = dict_inplace_or };
static PyMappingMethods dict_as_mapping = {
    .mp_length = dict_length,
    .mp_subscript = dict_subscript,
    .mp_ass_subscript = dict_assign_subscript,
};

PyTypeObject PyDict_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "dict",
    .tp_doc = "dict() -> a new empty dict\n"
              "dict(mapping) -> a new dict with a mapping's entries\n"
              "dict(iterable) -> a new dict of (key, value) pairs:\n"
              "    d = {}\n"
              "    for k, v in iterable:\n"
              "        d[k] = v\n"
              "dict(**kwargs) -> a new dict of name=value pairs.  For example:  dict(one=1, two=2)",
    .tp_basicsize = sizeof(PyDictObject),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_DICT_SUBCLASS |
                _Py_TPFLAGS_MATCH_SELF | Py_TPFLAGS_MAPPING,
    .tp_dealloc = dict_dealloc,
    .tp_traverse = dict_traverse,
    .tp_clear = dict_tp_clear,
    .tp_repr = dict_repr,
    .tp_hash = PyObject_HashNotImplemented,
    .tp_richcompare = dict_richcompare,
    .tp_as_number = &dict_as_number,
    .tp_as_sequence = &dict_as_sequence,
    .tp_as_mapping = &dict_as_mapping,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_iter = dict_iter,
    .tp_methods = METHODS(dict),
    .tp_init = dict_init,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = dict_new,
    .tp_free = PyObject_GC_Del,
    .tp_vectorcall = dict_vectorcall,
};
K_TYPE(PyDict_Type);
