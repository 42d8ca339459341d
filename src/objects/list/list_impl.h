/* list_impl.h - what the files of list share. */
#ifndef KAA_OBJECTS_LIST_LIST_IMPL_H
#define KAA_OBJECTS_LIST_LIST_IMPL_H

#include "objects/list/list.h"

K_INT K_STATUS int list_resize(PyListObject *list, Py_ssize_t size); /* new items are not set */
K_INT void list_drop_items(PyListObject *list);                      /* runs code */
K_INT K_NEW PyObject *list_part(PyObject *list, Py_ssize_t low, Py_ssize_t high); /* 0 <= low, high <= length */
K_INT K_STATUS int list_insert_at(PyListObject *list, Py_ssize_t where, PyObject *item);
K_INT K_STATUS int list_assign_slice(PyListObject *list, Py_ssize_t low, Py_ssize_t high, PyObject *values);
K_INT K_STATUS int list_extend_by(PyListObject *list, PyObject *iterable); /* runs code */
K_INT K_STATUS int list_item_equals(PyObject *list, Py_ssize_t i, PyObject *value); /* runs code */
K_INT K_NEW PyObject *list_subscript(PyObject *self, PyObject *key);
K_INT K_NEW PyObject *list_iter(PyObject *self);
K_INT K_STATUS int list_sort_in_place(PyListObject *list, PyObject *key, int reverse); /* runs code */

static inline void list_reverse_array(PyObject **items, Py_ssize_t n)
{
    for (Py_ssize_t low = 0, high = n - 1; low < high; low++, high--) {
        PyObject *x = items[low];
        items[low] = items[high];
        items[high] = x;
    }
}

#endif
