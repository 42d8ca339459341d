/* dict_views.c - dict.keys(), values(), items(): views, and their set operations.
 *
 * In: a dict.  Out: live views; sets as results of operations.
 * Invariant: a view holds its dict and nothing else.
 * Start at _PyDictView_New. */
#include "objects/dict/dict_table.h"

#include "objects/call.h"
#include "objects/descr.h"
#include "objects/list/list.h"
#include "objects/method.h"
#include "objects/protocol.h"
#include "objects/set/set.h"
#include "runtime/errors.h"

#define DICT_OF(view) (((PyDictView *)(view))->dict)

PyObject *_PyDictView_New(PyObject *dict, PyTypeObject *type)
{
    if (!dict) {
        PyErr_BadInternalCall();
        return NULL;
    }
    if (!PyDict_Check(dict))
        return k_raise(PyExc_TypeError, "%s() requires a dict argument, not '%s'", type->tp_name,
                       Py_TYPE(dict)->tp_name);
    PyDictView *view = PyObject_GC_New(PyDictView, type);
    if (!view)
        return NULL;
    view->dict = (PyDictObject *)Py_NewRef(dict);
    PyObject_GC_Track(view);
    return (PyObject *)view;
}

static void dictview_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_XDECREF(DICT_OF(self));
    PyObject_GC_Del(self);
}

static int dictview_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(DICT_OF(self));
    return 0;
}

static Py_ssize_t dictview_length(PyObject *self)
{
    return DICT_OF(self) ? DICT_OF(self)->ma_used : 0;
}

static PyObject *dictview_repr(PyObject *self)
{
    int entered = Py_ReprEnter(self);
    if (entered)
        return entered > 0 ? PyUnicode_FromString("...") : NULL;
    PyObject *items = PySequence_List(self);
    PyObject *text = items ? PyUnicode_FromFormat("%s(%R)", Py_TYPE(self)->tp_name, items) : NULL;
    Py_XDECREF(items);
    Py_ReprLeave(self);
    return text;
}

static PyObject *dictview_get_mapping(PyObject *self, void *closure K_UNUSED)
{
    return PyDictProxy_New((PyObject *)DICT_OF(self));
}

static PyGetSetDef dictview_getset[] = {
    { "mapping", dictview_get_mapping, NULL, "the dictionary this view looks at, read-only", NULL }, { 0 }
};

/* ---- iteration, membership ---- */

static PyObject *dictkeys_iter(PyObject *self)
{
    return DICT_OF(self) ? dict_iter_of_type((PyObject *)DICT_OF(self), &PyDictIterKey_Type) : Py_NewRef(Py_None);
}

static PyObject *dictvalues_iter(PyObject *self)
{
    return DICT_OF(self) ? dict_iter_of_type((PyObject *)DICT_OF(self), &PyDictIterValue_Type) : Py_NewRef(Py_None);
}

static PyObject *dictitems_iter(PyObject *self)
{
    return DICT_OF(self) ? dict_iter_of_type((PyObject *)DICT_OF(self), &PyDictIterItem_Type) : Py_NewRef(Py_None);
}

static int dictkeys_contains(PyObject *self, PyObject *key)
{
    return DICT_OF(self) ? PyDict_Contains((PyObject *)DICT_OF(self), key) : 0;
}

static int dictitems_contains(PyObject *self, PyObject *pair)
{
    if (!DICT_OF(self) || !PyTuple_Check(pair) || Py_SIZE(pair) != 2)
        return 0;
    K_AUTO(PyObject *) found =
        Py_XNewRef(PyDict_GetItemWithError((PyObject *)DICT_OF(self), PyTuple_GET_ITEM(pair, 0)));
    if (!found)
        return PyErr_Occurred() ? -1 : 0;
    return PyObject_RichCompareBool(found, PyTuple_GET_ITEM(pair, 1), Py_EQ); /* runs code */
}

/* Whether other has all items of self. Runs code. */
static int all_in(PyObject *self, PyObject *other)
{
    K_AUTO(PyObject *) it = PyObject_GetIter(self);
    if (!it)
        return -1;
    for (;;) {
        K_AUTO(PyObject *) item = PyIter_Next(it);
        if (!item)
            return PyErr_Occurred() ? -1 : 1;
        int there = PySequence_Contains(other, item);
        if (there <= 0)
            return there;
    }
}

static PyObject *dictview_richcompare(PyObject *self, PyObject *other, int op)
{
    if (!PyAnySet_Check(other) && !PyDictViewSet_Check(other))
        Py_RETURN_NOTIMPLEMENTED;
    Py_ssize_t mine = PyObject_Size(self), theirs = mine < 0 ? -1 : PyObject_Size(other);
    if (theirs < 0)
        return NULL;
    int holds = 0;
    if (op == Py_EQ || op == Py_NE) {
        holds = mine == theirs ? all_in(self, other) : 0;
        if (op == Py_NE && holds >= 0)
            holds = !holds;
    }
    else if (op == Py_LT || op == Py_LE)
        holds = (op == Py_LT ? mine < theirs : mine <= theirs) ? all_in(self, other) : 0;
    else
        holds = (op == Py_GT ? mine > theirs : mine >= theirs) ? all_in(other, self) : 0;
    if (holds < 0)
        return NULL;
    Py_RETURN_BOOL(holds);
}

/* ---- set operations ---- */

static PyObject *to_set(PyObject *self)
{
    PyObject *from = self;
    if (PyDictKeys_Check(self)) { /* stored hashes can be taken over */
        PyObject *dict = (PyObject *)DICT_OF(self);
        if (PyDict_CheckExact(dict))
            from = dict;
    }
    return PySet_New(from);
}

static PyObject *to_set_and_call(PyObject *self, PyObject *method, PyObject *other)
{
    K_AUTO(PyObject *) set = to_set(self);
    K_AUTO(PyObject *) done = set ? PyObject_CallMethodObjArgs(set, method, other, NULL) : NULL;
    return done ? K_MOVE(set) : NULL;
}

static PyObject *dictviews_sub(PyObject *self, PyObject *other)
{
    return to_set_and_call(self, K_STR("difference_update"), other);
}

static PyObject *dictviews_or(PyObject *self, PyObject *other)
{
    return to_set_and_call(self, K_STR("update"), other);
}

static int view_contains(PyObject *view, PyObject *item)
{
    return PyDictKeys_Check(view) ? dictkeys_contains(view, item) : dictitems_contains(view, item);
}

PyObject *_PyDictView_Intersect(PyObject *self, PyObject *other)
{
    if (!PyDictViewSet_Check(self)) { /* the operator's left side was the other one */
        PyObject *swap = self;
        self = other;
        other = swap;
    }
    Py_ssize_t n = dictview_length(self);
    if (PySet_CheckExact(other) && n <= PySet_GET_SIZE(other))
        return PyObject_CallMethodObjArgs(other, K_STR("intersection"), self, NULL);
    if (PyDictViewSet_Check(other) && dictview_length(other) > n) { /* walk over the shorter one */
        PyObject *swap = self;
        self = other;
        other = swap;
    }
    K_AUTO(PyObject *) both = PySet_New(NULL);
    K_AUTO(PyObject *) it = both ? PyObject_GetIter(other) : NULL;
    if (!it)
        return NULL;
    for (;;) {
        K_AUTO(PyObject *) item = PyIter_Next(it);
        if (!item)
            return PyErr_Occurred() ? NULL : K_MOVE(both);
        int there = view_contains(self, item);
        if (there < 0 || (there && PySet_Add(both, item) < 0))
            return NULL;
    }
}

/* items ^ items: what is in one dict only, or with another value. */
static PyObject *items_xor(PyDictObject *a, PyDictObject *b)
{
    K_AUTO(PyObject *) rest = PyDict_Copy((PyObject *)a);
    K_AUTO(PyObject *) result = rest ? PySet_New(NULL) : NULL;
    if (!result)
        return NULL;
    Py_ssize_t pos = 0;
    PyObject *k, *v;
    Py_hash_t hash;
    while (dict_table_next(b, &pos, &k, &v, &hash)) {
        K_AUTO(PyObject *) key = Py_NewRef(k);
        K_AUTO(PyObject *) value = Py_NewRef(v);
        K_AUTO(PyObject *) mine = Py_XNewRef(_PyDict_GetItem_KnownHash(rest, key, hash));
        if (!mine && PyErr_Occurred())
            return NULL;
        int equal = mine ? PyObject_RichCompareBool(mine, value, Py_EQ) : 0;
        if (equal < 0 || (equal && _PyDict_DelItem_KnownHash(rest, key, hash) < 0))
            return NULL;
        if (equal)
            continue;
        K_AUTO(PyObject *) pair = PyTuple_Pack(2, key, value);
        if (!pair || PySet_Add(result, pair) < 0)
            return NULL;
    }
    K_AUTO(PyObject *) remaining = PyObject_CallMethodObjArgs(rest, K_STR("items"), NULL);
    return remaining && _PySet_Update(result, remaining) == 0 ? K_MOVE(result) : NULL;
}

static PyObject *dictviews_xor(PyObject *self, PyObject *other)
{
    if (Py_IS_TYPE(self, &PyDictItems_Type) && Py_IS_TYPE(other, &PyDictItems_Type))
        return items_xor(DICT_OF(self), DICT_OF(other));
    return to_set_and_call(self, K_STR("symmetric_difference_update"), other);
}

METHODS_DECLARE(dictkeys);
METHODS_DECLARE(dictitems);
METHODS_DECLARE(dictvalues);

static PyObject *isdisjoint(PyObject *self, PyObject *other)
{
    if (self == other)
        Py_RETURN_BOOL(dictview_length(self) == 0);
    if (PyAnySet_CheckExact(other) || PyDictViewSet_Check(other)) { /* walk over the shorter one */
        Py_ssize_t theirs = PyObject_Size(other);
        if (theirs < 0)
            return NULL;
        if (theirs > dictview_length(self)) {
            PyObject *swap = self;
            self = other;
            other = swap;
        }
    }
    K_AUTO(PyObject *) it = PyObject_GetIter(other);
    if (!it)
        return NULL;
    for (;;) {
        K_AUTO(PyObject *) item = PyIter_Next(it);
        if (!item)
            return PyErr_Occurred() ? NULL : Py_NewRef(Py_True);
        int there = PySequence_Contains(self, item);
        if (there)
            return there < 0 ? NULL : Py_NewRef(Py_False);
    }
}

METHOD_RAW(dictkeys, isdisjoint, O, 0, "Whether the view and the iterable have no item in common.")
{
    return isdisjoint(self, arg);
}

METHOD_RAW(dictkeys, __reversed__, NOARGS, 0, "An iterator over the keys, newest first.")
{
    return DICT_OF(self) ? dict_iter_of_type((PyObject *)DICT_OF(self), &PyDictRevIterKey_Type) : Py_NewRef(Py_None);
}
METHODS_END(dictkeys);

METHOD_RAW(dictitems, isdisjoint, O, 0, "Whether the view and the iterable have no item in common.")
{
    return isdisjoint(self, arg);
}

METHOD_RAW(dictitems, __reversed__, NOARGS, 0, "An iterator over the pairs, newest first.")
{
    return DICT_OF(self) ? dict_iter_of_type((PyObject *)DICT_OF(self), &PyDictRevIterItem_Type) : Py_NewRef(Py_None);
}
METHODS_END(dictitems);

METHOD_RAW(dictvalues, __reversed__, NOARGS, 0, "An iterator over the values, newest first.")
{
    return DICT_OF(self) ? dict_iter_of_type((PyObject *)DICT_OF(self), &PyDictRevIterValue_Type) : Py_NewRef(Py_None);
}
METHODS_END(dictvalues);

static PyNumberMethods dictviews_as_number = {
    .nb_subtract = dictviews_sub,
    .nb_and = _PyDictView_Intersect,
    .nb_xor = dictviews_xor,
    .nb_or = dictviews_or,
};
static PySequenceMethods dictkeys_as_sequence = { .sq_length = dictview_length, .sq_contains = dictkeys_contains };
static PySequenceMethods dictitems_as_sequence = { .sq_length = dictview_length, .sq_contains = dictitems_contains };
static PySequenceMethods dictvalues_as_sequence = { .sq_length = dictview_length };

PyTypeObject PyDictKeys_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "dict_keys",
    .tp_basicsize = sizeof(PyDictView),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_dealloc = dictview_dealloc,
    .tp_traverse = dictview_traverse,
    .tp_repr = dictview_repr,
    .tp_richcompare = dictview_richcompare,
    .tp_as_number = &dictviews_as_number,
    .tp_as_sequence = &dictkeys_as_sequence,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_iter = dictkeys_iter,
    .tp_methods = METHODS(dictkeys),
    .tp_getset = dictview_getset,
};
K_TYPE(PyDictKeys_Type);

PyTypeObject PyDictItems_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "dict_items",
    .tp_basicsize = sizeof(PyDictView),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_dealloc = dictview_dealloc,
    .tp_traverse = dictview_traverse,
    .tp_repr = dictview_repr,
    .tp_richcompare = dictview_richcompare,
    .tp_as_number = &dictviews_as_number,
    .tp_as_sequence = &dictitems_as_sequence,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_iter = dictitems_iter,
    .tp_methods = METHODS(dictitems),
    .tp_getset = dictview_getset,
};
K_TYPE(PyDictItems_Type);

PyTypeObject PyDictValues_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "dict_values",
    .tp_basicsize = sizeof(PyDictView),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_dealloc = dictview_dealloc,
    .tp_traverse = dictview_traverse,
    .tp_repr = dictview_repr,
    .tp_as_sequence = &dictvalues_as_sequence,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_iter = dictvalues_iter,
    .tp_methods = METHODS(dictvalues),
    .tp_getset = dictview_getset,
};
K_TYPE(PyDictValues_Type);
