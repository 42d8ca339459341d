/* list_methods.c - the methods of list, and its two iterators.
 *
 * In: a list (or a subclass's instance).  Out: Python values.
 * Invariant: the length is read again after each step that may run code.
 * Start at any METHOD. */
#include "objects/list/list_impl.h"

#include "memory/gc.h"
#include "objects/genericalias.h"
#include "objects/int/int.h"
#include "objects/iter.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "runtime/errors.h"

#define LIST(o) ((PyListObject *)(o))

METHOD_RAW(list, __getitem__, O, METH_COEXIST, "x.__getitem__(y) is x[y].")
{
    return list_subscript(self, arg);
}

METHOD(list, __reversed__, NOARGS, "($self, /)", "An iterator from the last item to the first.")
{
    PyListIter *it = PyObject_GC_New(PyListIter, &PyListRevIter_Type);
    if (!it)
        return NULL;
    it->index = Py_SIZE(self) - 1;
    it->list = LIST(Py_NewRef(self));
    PyObject_GC_Track(it);
    return (PyObject *)it;
}

METHOD(list, __sizeof__, NOARGS, "($self, /)", "The bytes that the list takes.")
{
    return PyLong_FromSsize_t(Py_TYPE(self)->tp_basicsize + LIST(self)->allocated * (Py_ssize_t)sizeof(PyObject *));
}

METHOD(list, clear, NOARGS, "($self, /)", "Remove all items.")
{
    list_drop_items(LIST(self));
    Py_RETURN_NONE;
}

METHOD(list, copy, NOARGS, "($self, /)", "A new list of the same items.")
{
    return list_part(self, 0, Py_SIZE(self));
}

METHOD(list, append, O, "($self, object, /)", "Add the object at the end.")
{
    if (k_list_append_steal(LIST(self), Py_NewRef(arg)) < 0)
        return NULL;
    Py_RETURN_NONE;
}

METHOD(list, insert, FAST, "($self, index, object, /)", "Insert the object before the index.")
{
    Py_ssize_t where;
    if (k_check_nargs("insert", nargs, 2, 2) < 0 || k_arg_ssize(args[0], &where) < 0)
        return NULL;
    if (list_insert_at(LIST(self), where, args[1]) < 0)
        return NULL;
    Py_RETURN_NONE;
}

METHOD(list, extend, O, "($self, iterable, /)", "Add the items of the iterable at the end.")
{
    if (list_extend_by(LIST(self), arg) < 0)
        return NULL;
    Py_RETURN_NONE;
}

METHOD(list, pop, FAST, "($self, index=-1, /)",
       "Remove the item at the index (by default the last) and return it.\n\n"
       "Raises IndexError when the list is empty or the index is out of range.")
{
    Py_ssize_t i = -1;
    if (k_check_nargs("pop", nargs, 0, 1) < 0 || (nargs && k_arg_ssize(args[0], &i) < 0))
        return NULL;
    Py_ssize_t n = Py_SIZE(self);
    if (n == 0)
        return k_raise(PyExc_IndexError, "pop from empty list");
    if (i < 0)
        i += n;
    if ((size_t)i >= (size_t)n)
        return k_raise(PyExc_IndexError, "pop index out of range");
    PyObject **items = LIST(self)->ob_item, *item = items[i];
    memmove(items + i, items + i + 1, (size_t)(n - 1 - i) * sizeof *items);
    if (list_resize(LIST(self), n - 1) == 0)
        return item;
    memmove(items + i + 1, items + i, (size_t)(n - 1 - i) * sizeof *items);
    items[i] = item;
    return NULL;
}

METHOD(list, remove, O, "($self, value, /)",
       "Remove the first item that equals the value.\n\nRaises ValueError when there is none.")
{
    for (Py_ssize_t i = 0; i < Py_SIZE(self); i++) {
        int equal = list_item_equals(self, i, arg);
        if (equal < 0)
            return NULL;
        if (!equal)
            continue;
        if (list_assign_slice(LIST(self), i, i + 1, NULL) < 0)
            return NULL;
        Py_RETURN_NONE;
    }
    return k_raise(PyExc_ValueError, "list.remove(x): x not in list");
}

METHOD(list, index, FAST, "($self, value, start=0, stop=sys.maxsize, /)",
       "The first index of the value.\n\nRaises ValueError when the value is absent.")
{
    Py_ssize_t start, stop;
    if (k_index_args("index", args, nargs, Py_SIZE(self), &start, &stop) < 0)
        return NULL;
    for (Py_ssize_t i = start; i < stop && i < Py_SIZE(self); i++) {
        int equal = list_item_equals(self, i, args[0]);
        if (equal)
            return equal > 0 ? PyLong_FromSsize_t(i) : NULL;
    }
    return k_raise(PyExc_ValueError, "%R is not in list", args[0]);
}

METHOD(list, count, O, "($self, value, /)", "How many items equal the value.")
{
    Py_ssize_t count = 0;
    for (Py_ssize_t i = 0; i < Py_SIZE(self); i++) {
        int equal = list_item_equals(self, i, arg);
        if (equal < 0)
            return NULL;
        count += equal;
    }
    return PyLong_FromSsize_t(count);
}

METHOD(list, reverse, NOARGS, "($self, /)", "Reverse the order of the items in place.")
{
    list_reverse_array(LIST(self)->ob_item, Py_SIZE(self));
    Py_RETURN_NONE;
}

METHOD_KW(list, sort, "($self, /, *, key=None, reverse=False)",
          "Sort the items in place, ascending, and return None.\n\n"
          "The sort is stable: equal items keep their order. A key function is called once for each item and\n"
          "its results are compared instead. With reverse set the order is descending.",
          *key, *reverse)
{
    int reverse;
    if (k_arg_int(arg->reverse, &reverse) < 0)
        return NULL;
    if (list_sort_in_place(LIST(self), arg->key, reverse) < 0)
        return NULL;
    Py_RETURN_NONE;
}

METHOD_RAW(list, __class_getitem__, O, METH_CLASS, "See PEP 585")
{
    return Py_GenericAlias(self, arg);
}
METHODS_END(list);

int PyList_Sort(PyObject *list)
{
    if (!list || !PyList_Check(list)) {
        PyErr_BadInternalCall();
        return -1;
    }
    return list_sort_in_place(LIST(list), Py_None, 0);
}

/* ---- iterators ---- */

PyObject *list_iter(PyObject *self)
{
    PyListIter *it = PyObject_GC_New(PyListIter, &PyListIter_Type);
    if (!it)
        return NULL;
    it->index = 0;
    it->list = LIST(Py_NewRef(self));
    PyObject_GC_Track(it);
    return (PyObject *)it;
}

static void listiter_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_XDECREF(((PyListIter *)self)->list);
    PyObject_GC_Del(self);
}

static int listiter_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((PyListIter *)self)->list);
    return 0;
}

static PyObject *listiter_next(PyObject *self)
{
    PyListIter *it = (PyListIter *)self;
    if (!it->list)
        return NULL;
    if (it->index < Py_SIZE(it->list))
        return Py_NewRef(it->list->ob_item[it->index++]);
    Py_CLEAR(it->list);
    return NULL;
}

METHODS_DECLARE(listiter);

METHOD_RAW(listiter, __length_hint__, NOARGS, 0, "How many items are left, as far as known.")
{
    PyListIter *it = (PyListIter *)self;
    return PyLong_FromSsize_t(it->list ? Py_MAX(Py_SIZE(it->list) - it->index, 0) : 0);
}

METHOD_RAW(listiter, __reduce__, NOARGS, 0, "State for pickling.")
{
    PyListIter *it = (PyListIter *)self;
    return k_iter_reduce(K_STR("iter"), (PyObject *)it->list, it->index, PyList_New(0));
}

METHOD_RAW(listiter, __setstate__, O, 0, "Takes the index from pickled state.")
{
    PyListIter *it = (PyListIter *)self;
    Py_ssize_t index = PyLong_AsSsize_t(arg);
    if (index == -1 && PyErr_Occurred())
        return NULL;
    if (it->list)
        it->index = Py_MAX(0, Py_MIN(index, Py_SIZE(it->list)));
    Py_RETURN_NONE;
}
METHODS_END(listiter);

PyTypeObject PyListIter_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "list_iterator",
    .tp_basicsize = sizeof(PyListIter),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_dealloc = listiter_dealloc,
    .tp_traverse = listiter_traverse,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = listiter_next,
    .tp_methods = METHODS(listiter),
};
K_TYPE(PyListIter_Type);

static PyObject *listreviter_next(PyObject *self)
{
    PyListIter *it = (PyListIter *)self;
    if (it->index >= 0 && it->list && it->index < Py_SIZE(it->list))
        return Py_NewRef(it->list->ob_item[it->index--]);
    it->index = -1;
    Py_CLEAR(it->list);
    return NULL;
}

METHODS_DECLARE(listreviter);

METHOD_RAW(listreviter, __length_hint__, NOARGS, 0, "How many items are left, as far as known.")
{
    PyListIter *it = (PyListIter *)self;
    Py_ssize_t left = it->index + 1;
    return PyLong_FromSsize_t(it->list && Py_SIZE(it->list) >= left ? left : 0);
}

METHOD_RAW(listreviter, __reduce__, NOARGS, 0, "State for pickling.")
{
    PyListIter *it = (PyListIter *)self;
    return k_iter_reduce(it->list ? K_STR("reversed") : K_STR("iter"), (PyObject *)it->list, it->index,
                         PyList_New(0));
}

METHOD_RAW(listreviter, __setstate__, O, 0, "Takes the index from pickled state.")
{
    PyListIter *it = (PyListIter *)self;
    Py_ssize_t index = PyLong_AsSsize_t(arg);
    if (index == -1 && PyErr_Occurred())
        return NULL;
    if (it->list)
        it->index = Py_MAX(-1, Py_MIN(index, Py_SIZE(it->list) - 1));
    Py_RETURN_NONE;
}
METHODS_END(listreviter);

PyTypeObject PyListRevIter_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "list_reverseiterator",
    .tp_basicsize = sizeof(PyListIter),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_dealloc = listiter_dealloc,
    .tp_traverse = listiter_traverse,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = listreviter_next,
    .tp_methods = METHODS(listreviter),
};
K_TYPE(PyListRevIter_Type);
