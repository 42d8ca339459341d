/* odict_iter.c - iterators and views of OrderedDict.
 *
 * In: an ordered dict.  Out: keys, values or pairs in the order of its list.
 * Invariant: the iterator holds the next key, not its node; each step looks it up and compares the dict's state.
 * Start at next_key. */
#include "objects/dict/odict.h"

#include "objects/int/int.h"
#include "objects/iter.h"
#include "objects/list/list.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "runtime/errors.h"

typedef struct ODictIter {
    PyObject ob_base;
    int kind;
    PyODictObject *od; /* owned; NULL once exhausted */
    Py_ssize_t size;
    size_t state;
    PyObject *pair;    /* items: used again while nobody else holds it */
    PyObject *current; /* the next key, owned */
} ODictIter;

PyObject *odict_iter_new(PyODictObject *od, int kind)
{
    K_AUTO(PyObject *) pair = NULL;
    if ((kind & ODICT_ITEMS) == ODICT_ITEMS && !(pair = PyTuple_Pack(2, Py_None, Py_None)))
        return NULL;
    ODictIter *it = PyObject_GC_New(ODictIter, &PyODictIter_Type);
    if (!it)
        return NULL;
    ODictNode *node = kind & ODICT_REVERSED ? od->last : od->first;
    it->kind = kind;
    it->od = (PyODictObject *)Py_NewRef(od);
    it->size = od->dict.ma_used;
    it->state = od->state;
    it->pair = K_MOVE(pair);
    it->current = node ? Py_NewRef(node->key) : NULL;
    PyObject_GC_Track(it);
    return (PyObject *)it;
}

static void odictiter_dealloc(PyObject *self)
{
    ODictIter *it = (ODictIter *)self;
    PyObject_GC_UnTrack(self);
    Py_XDECREF(it->od);
    Py_XDECREF(it->pair);
    Py_XDECREF(it->current);
    PyObject_GC_Del(self);
}

static int odictiter_traverse(PyObject *self, visitproc visit, void *arg)
{
    ODictIter *it = (ODictIter *)self;
    Py_VISIT(it->od);
    Py_VISIT(it->pair);
    Py_VISIT(it->current);
    return 0;
}

/* The current key, and one step on. */
static PyObject *next_key(ODictIter *it)
{
    PyODictObject *od = it->od;
    if (!od)
        return NULL;
    if (!it->current) {
        Py_CLEAR(it->od);
        return NULL;
    }
    int moved = od->state != it->state;
    if (moved || it->size != od->dict.ma_used) {
        it->size = -1;
        return k_raise(PyExc_RuntimeError, moved ? "OrderedDict mutated during iteration"
                                                 : "OrderedDict changed size during iteration");
    }
    ODictNode *node = odict_find_node(od, it->current); /* runs code */
    PyObject *key = it->current;
    it->current = NULL;
    if (!node) {
        if (!PyErr_Occurred())
            PyErr_SetObject(PyExc_KeyError, key);
        Py_DECREF(key);
        return NULL;
    }
    node = it->kind & ODICT_REVERSED ? node->previous : node->next;
    if (node)
        it->current = Py_NewRef(node->key);
    return key;
}

static PyObject *odictiter_next(PyObject *self)
{
    ODictIter *it = (ODictIter *)self;
    PyObject *key = next_key(it);
    if (!key || (it->kind & ODICT_ITEMS) == ODICT_KEYS)
        return key;
    PyObject *value = Py_XNewRef(PyDict_GetItemWithError((PyObject *)it->od, key)); /* runs code */
    if (!value) {
        if (!PyErr_Occurred())
            PyErr_SetObject(PyExc_KeyError, key);
        Py_DECREF(key);
        Py_CLEAR(it->od);
        return NULL;
    }
    if ((it->kind & ODICT_ITEMS) == ODICT_ITEMS)
        return k_iter_fill_pair(&it->pair, key, value);
    Py_DECREF(key);
    return value;
}

METHODS_DECLARE(odictiter);

METHOD_RAW(odictiter, __reduce__, NOARGS, 0, "State for pickling.")
{
    ODictIter *it = (ODictIter *)self, rest = *it; /* a second one at the same place runs to the end */
    rest.ob_base.ob_refcnt = 1;
    Py_XINCREF(rest.od);
    Py_XINCREF(rest.current);
    rest.pair = rest.pair ? PyTuple_Pack(2, Py_None, Py_None) : NULL;
    K_AUTO(PyObject *) items = rest.pair || !it->pair ? PySequence_List((PyObject *)&rest) : NULL;
    Py_XDECREF(rest.od);
    Py_XDECREF(rest.current);
    Py_XDECREF(rest.pair);
    K_AUTO(PyObject *) function = items ? k_iter_builtin(K_STR("iter")) : NULL;
    return function ? Py_BuildValue("O(O)", function, items) : NULL;
}
METHODS_END(odictiter);

PyTypeObject PyODictIter_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "odict_iterator",
    .tp_basicsize = sizeof(ODictIter),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_dealloc = odictiter_dealloc,
    .tp_traverse = odictiter_traverse,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = odictiter_next,
    .tp_methods = METHODS(odictiter),
};
K_TYPE(PyODictIter_Type);

/* ---- views: dict's own, with these iterators ---- */

#define ODICT_VIEW(T, Type, name, base, what)                                                                          \
    static PyObject *T##_iter(PyObject *self)                                                                          \
    {                                                                                                                  \
        PyDictObject *dict = ((PyDictView *)self)->dict;                                                               \
        return dict ? odict_iter_new((PyODictObject *)dict, what) : Py_NewRef(Py_None);                                \
    }                                                                                                                  \
    METHODS_DECLARE(T);                                                                                                \
    METHOD_RAW(T, __reversed__, NOARGS, 0, "An iterator in reverse order.")                                            \
    {                                                                                                                  \
        PyDictObject *dict = ((PyDictView *)self)->dict;                                                               \
        return dict ? odict_iter_new((PyODictObject *)dict, what | ODICT_REVERSED) : Py_NewRef(Py_None);               \
    }                                                                                                                  \
    METHODS_END(T);                                                                                                    \
    PyTypeObject Type = {                                                                                              \
        .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),                                                             \
        .tp_name = name,                                                                                               \
        .tp_basicsize = sizeof(PyDictView),                                                                            \
        .tp_flags = Py_TPFLAGS_DEFAULT,                                                                                \
        .tp_base = &base,                                                                                              \
        .tp_getattro = PyObject_GenericGetAttr,                                                                        \
        .tp_iter = T##_iter,                                                                                           \
        .tp_methods = METHODS(T),                                                                                      \
    };                                                                                                                 \
    K_TYPE(Type)

ODICT_VIEW(odictkeys, PyODictKeys_Type, "odict_keys", PyDictKeys_Type, ODICT_KEYS);
ODICT_VIEW(odictvalues, PyODictValues_Type, "odict_values", PyDictValues_Type, ODICT_VALUES);
ODICT_VIEW(odictitems, PyODictItems_Type, "odict_items", PyDictItems_Type, ODICT_ITEMS);
