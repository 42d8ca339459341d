/* set_iter.c - the iterator of set and frozenset.
 *
 * In: a set.  Out: its elements in the order of the slots.
 * Invariant: once the set's length was seen to change, every next() raises.
 * Start at setiter_next. */
#include "objects/set/set_table.h"

#include "memory/gc.h"
#include "objects/int/int.h"
#include "objects/iter.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "runtime/errors.h"

typedef struct SetIter {
    PyObject ob_base;
    PySetObject *set; /* owned; NULL once exhausted */
    Py_ssize_t used, pos, left;
} SetIter;

PyObject *set_iter(PyObject *set)
{
    SetIter *it = PyObject_GC_New(SetIter, &PySetIter_Type);
    if (!it)
        return NULL;
    it->set = (PySetObject *)Py_NewRef(set);
    it->used = it->left = it->set->used;
    it->pos = 0;
    PyObject_GC_Track(it);
    return (PyObject *)it;
}

static void setiter_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_XDECREF(((SetIter *)self)->set);
    PyObject_GC_Del(self);
}

static int setiter_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((SetIter *)self)->set);
    return 0;
}

static PyObject *setiter_next(PyObject *self)
{
    SetIter *it = (SetIter *)self;
    if (!it->set)
        return NULL;
    if (it->used != it->set->used) {
        it->used = -1;
        return k_raise(PyExc_RuntimeError, "Set changed size during iteration");
    }
    setentry *entry = set_table_next(it->set, &it->pos);
    if (entry) {
        it->left--;
        return Py_NewRef(entry->key);
    }
    Py_CLEAR(it->set);
    return NULL;
}

METHODS_DECLARE(setiter);

METHOD_RAW(setiter, __length_hint__, NOARGS, 0, "How many items are left, as far as known.")
{
    SetIter *it = (SetIter *)self;
    return PyLong_FromSsize_t(it->set && it->used == it->set->used ? it->left : 0);
}

METHOD_RAW(setiter, __reduce__, NOARGS, 0, "State for pickling.")
{
    SetIter *it = (SetIter *)self, rest = *it; /* a second one at the same place runs to the end */
    rest.ob_base.ob_refcnt = 1;
    Py_XINCREF(rest.set);
    K_AUTO(PyObject *) items = PySequence_List((PyObject *)&rest);
    Py_XDECREF(rest.set);
    K_AUTO(PyObject *) function = items ? k_iter_builtin(K_STR("iter")) : NULL;
    return function ? Py_BuildValue("O(O)", function, items) : NULL;
}
METHODS_END(setiter);

PyTypeObject PySetIter_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "set_iterator",
    .tp_basicsize = sizeof(SetIter),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_dealloc = setiter_dealloc,
    .tp_traverse = setiter_traverse,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = setiter_next,
    .tp_methods = METHODS(setiter),
};
K_TYPE(PySetIter_Type);
