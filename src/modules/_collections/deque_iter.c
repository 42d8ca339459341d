/* deque_iter.c - the iterators of deque, forwards and backwards.
 *
 * In: a deque.  Out: its items.
 * Invariant: a change of the deque ends the iteration with RuntimeError.
 * Start at dequeiter_step. */
#include "modules/_collections/deque.h"

#include "memory/gc.h"
#include "objects/int/int.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "runtime/errors.h"

typedef struct DequeIter {
    PyObject ob_base;
    DequePlace place;
    PyObject *deque; /* owned */
    size_t state;
    Py_ssize_t left;
} DequeIter;

PyObject *deque_iter_new(Deque *deque, int reverse)
{
    DequeIter *it = PyObject_GC_New(DequeIter, reverse ? &collections_deque_reverse_type
                                                       : &collections_deque_iterator_type);
    if (!it)
        return NULL;
    it->place = reverse ? (DequePlace){ deque->last, deque->last_index }
                        : (DequePlace){ deque->first, deque->first_index };
    it->deque = Py_NewRef(deque);
    it->state = deque->state;
    it->left = Py_SIZE(deque);
    PyObject_GC_Track(it);
    return (PyObject *)it;
}

static void dequeiter_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_XDECREF(((DequeIter *)self)->deque);
    PyObject_GC_Del(self);
}

static int dequeiter_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((DequeIter *)self)->deque);
    return 0;
}

static PyObject *dequeiter_step(PyObject *self, void (*move)(DequePlace *))
{
    DequeIter *it = (DequeIter *)self;
    if (((Deque *)it->deque)->state != it->state) {
        it->left = 0;
        return k_raise(PyExc_RuntimeError, "deque mutated during iteration");
    }
    if (it->left == 0)
        return NULL;
    PyObject *item = Py_NewRef(it->place.block->items[it->place.index]);
    if (--it->left)
        move(&it->place);
    return item;
}

static PyObject *dequeiter_next(PyObject *self)
{
    return dequeiter_step(self, deque_place_next);
}

static PyObject *dequereviter_next(PyObject *self)
{
    return dequeiter_step(self, deque_place_previous);
}

/* (deque, items to skip) */
static PyObject *make(PyObject *args, int reverse)
{
    PyObject *deque;
    Py_ssize_t skip = 0;
    if (!PyArg_ParseTuple(args, "O!|n", &collections_deque_type, &deque, &skip))
        return NULL;
    K_AUTO(PyObject *) it = deque_iter_new((Deque *)deque, reverse);
    for (Py_ssize_t i = 0; it && i < skip; i++) {
        PyObject *item = Py_TYPE(it)->tp_iternext(it);
        if (!item)
            return PyErr_Occurred() ? NULL : K_MOVE(it);
        Py_DECREF(item);
    }
    return K_MOVE(it);
}

static PyObject *dequeiter_new(PyTypeObject *type K_UNUSED, PyObject *args, PyObject *kwargs K_UNUSED)
{
    return make(args, 0);
}

static PyObject *dequereviter_new(PyTypeObject *type K_UNUSED, PyObject *args, PyObject *kwargs K_UNUSED)
{
    return make(args, 1);
}

METHODS_DECLARE(dequeiter);

METHOD_RAW(dequeiter, __length_hint__, NOARGS, 0, "How many items are left.")
{
    return PyLong_FromSsize_t(((DequeIter *)self)->left);
}

METHOD_RAW(dequeiter, __reduce__, NOARGS, 0, "State for pickling.")
{
    DequeIter *it = (DequeIter *)self;
    return Py_BuildValue("O(On)", Py_TYPE(self), it->deque, Py_SIZE(it->deque) - it->left);
}
METHODS_END(dequeiter);

PyTypeObject collections_deque_iterator_type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "_collections._deque_iterator",
    .tp_basicsize = sizeof(DequeIter),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_dealloc = dequeiter_dealloc,
    .tp_traverse = dequeiter_traverse,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = dequeiter_next,
    .tp_methods = METHODS(dequeiter),
    .tp_new = dequeiter_new,
};

PyTypeObject collections_deque_reverse_type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "_collections._deque_reverse_iterator",
    .tp_basicsize = sizeof(DequeIter),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_dealloc = dequeiter_dealloc,
    .tp_traverse = dequeiter_traverse,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = dequereviter_next,
    .tp_methods = METHODS(dequeiter),
    .tp_new = dequereviter_new,
};
