/* list.c - list: storage, C API, sequence and mapping slots.
 *
 * In: items.  Out: a resizable array of counted references.
 * Invariant: ob_item has room for `allocated` pointers, the first ob_size of them are live; allocated is -1 only while
 * sort() holds the items (then the list looks empty). Whoever drops a reference first brings the list into a state
 * that code run by the drop may look at and change.
 * Start at list_resize (growth policy) and list_assign_slice. Methods stand in list_methods.c, sort in list_sort.c. */
#include "objects/list/list_impl.h"

#include "memory/gc.h"
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/iter.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/slice.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"

#define ITEMS(list) (((PyListObject *)(list))->ob_item)

/* ---- storage ---- */

/* Room for `size` items and the length set to it. Grows by an eighth and a bit, in steps of four, and shrinks below
 * a half: the sizes CPython's lists report. */
int list_resize(PyListObject *list, Py_ssize_t size)
{
    Py_ssize_t room = list->allocated;
    if (room >= size && size >= room >> 1) {
        Py_SET_SIZE(list, size);
        return 0;
    }
    size_t wanted = ((size_t)size + ((size_t)size >> 3) + 6) & ~(size_t)3;
    if (size - Py_SIZE(list) > (Py_ssize_t)(wanted - (size_t)size))
        wanted = ((size_t)size + 3) & ~(size_t)3;
    if (size == 0)
        wanted = 0;
    PyObject **items = wanted <= (size_t)PY_SSIZE_T_MAX / sizeof *items
                           ? PyMem_Realloc(list->ob_item, wanted * sizeof *items) : NULL;
    if (!items && size <= room) { /* the larger block serves as well */
        Py_SET_SIZE(list, size);
        return 0;
    }
    if (!items) {
        (void)!PyErr_NoMemory();
        return -1;
    }
    list->ob_item = items;
    Py_SET_SIZE(list, size);
    list->allocated = (Py_ssize_t)wanted;
    return 0;
}

/* The first block of an empty list of known length: no slack, an even number of items. */
static int list_reserve_first(PyListObject *list, Py_ssize_t size)
{
    size_t wanted = ((size_t)size + 1) & ~(size_t)1;
    PyObject **items = PyMem_New(PyObject *, wanted);
    if (!items) {
        (void)!PyErr_NoMemory();
        return -1;
    }
    list->ob_item = items;
    list->allocated = (Py_ssize_t)wanted;
    return 0;
}

static PyListObject *list_with_room(Py_ssize_t size)
{
    PyListObject *list = PyObject_GC_New(PyListObject, &PyList_Type);
    if (!list)
        return NULL;
    list->ob_item = NULL;
    list->allocated = 0;
    Py_SET_SIZE(list, 0);
    if (size > 0) {
        list->ob_item = PyMem_New(PyObject *, size);
        if (!list->ob_item) {
            PyObject_GC_Del(list);
            return (PyListObject *)PyErr_NoMemory();
        }
        list->allocated = size;
    }
    return list;
}

PyObject *PyList_New(Py_ssize_t size)
{
    if (size < 0) {
        PyErr_BadInternalCall();
        return NULL;
    }
    PyListObject *list = list_with_room(size);
    if (!list)
        return NULL;
    if (size)
        memset(list->ob_item, 0, (size_t)size * sizeof(PyObject *));
    Py_SET_SIZE(list, size);
    PyObject_GC_Track(list);
    return (PyObject *)list;
}

PyObject *k_list_from_array_steal(PyObject *const *items, Py_ssize_t n)
{
    PyListObject *list = list_with_room(n);
    if (!list) {
        for (Py_ssize_t i = 0; i < n; i++)
            Py_DECREF(items[i]);
        return NULL;
    }
    if (n)
        memcpy(list->ob_item, items, (size_t)n * sizeof(PyObject *));
    Py_SET_SIZE(list, n);
    PyObject_GC_Track(list);
    return (PyObject *)list;
}

K_API PyObject *_PyList_FromArraySteal(PyObject *const *items, Py_ssize_t n);
PyObject *_PyList_FromArraySteal(PyObject *const *items, Py_ssize_t n)
{
    return k_list_from_array_steal(items, n);
}

PyObject *list_part(PyObject *list, Py_ssize_t low, Py_ssize_t high)
{
    PyListObject *part = list_with_room(Py_MAX(high - low, 0));
    if (!part)
        return NULL;
    Py_ssize_t n = 0;
    for (; low + n < high; n++)
        part->ob_item[n] = Py_NewRef(ITEMS(list)[low + n]);
    Py_SET_SIZE(part, n);
    PyObject_GC_Track(part);
    return (PyObject *)part;
}

void list_drop_items(PyListObject *list)
{
    PyObject **items = list->ob_item;
    Py_ssize_t n = Py_SIZE(list);
    if (!items)
        return;
    Py_SET_SIZE(list, 0);
    list->ob_item = NULL;
    list->allocated = 0;
    while (n-- > 0)
        Py_XDECREF(items[n]); /* runs code, which sees an empty list */
    PyMem_Free(items);
}

int k_list_append_steal(PyListObject *list, PyObject *item)
{
    Py_ssize_t n = Py_SIZE(list);
    if (n >= list->allocated || list->allocated >> 1 > n + 1) {
        if (list_resize(list, n + 1) < 0) {
            Py_DECREF(item);
            return -1;
        }
    }
    else
        Py_SET_SIZE(list, n + 1);
    list->ob_item[n] = item;
    return 0;
}

int list_insert_at(PyListObject *list, Py_ssize_t where, PyObject *item)
{
    Py_ssize_t n = Py_SIZE(list);
    if (list_resize(list, n + 1) < 0)
        return -1;
    where = where < 0 ? Py_MAX(where + n, 0) : Py_MIN(where, n);
    PyObject **items = list->ob_item;
    memmove(items + where + 1, items + where, (size_t)(n - where) * sizeof *items);
    items[where] = Py_NewRef(item);
    return 0;
}

/* ---- slices ---- */

/* list[low:high] = the n items at `with` (new references are made). The removed items are released last. */
static int list_replace_range(PyListObject *list, Py_ssize_t low, Py_ssize_t high, PyObject *const *with, Py_ssize_t n)
{
    Py_ssize_t length = Py_SIZE(list);
    low = Py_MIN(Py_MAX(low, 0), length);
    high = Py_MIN(Py_MAX(high, low), length);
    Py_ssize_t removed = high - low, growth = n - removed;
    if (length + growth == 0) {
        list_drop_items(list);
        return 0;
    }
    PyObject *few[8], **old = few;
    if (removed > K_COUNT_OF(few) && !(old = PyMem_New(PyObject *, removed))) {
        (void)!PyErr_NoMemory();
        return -1;
    }
    if (removed)
        memcpy(old, list->ob_item + low, (size_t)removed * sizeof *old);
    Py_ssize_t tail = length - high;
    if (growth < 0) {
        memmove(list->ob_item + high + growth, list->ob_item + high, (size_t)tail * sizeof *old);
        if (list_resize(list, length + growth) < 0) {
            memmove(list->ob_item + high, list->ob_item + high + growth, (size_t)tail * sizeof *old);
            memcpy(list->ob_item + low, old, (size_t)removed * sizeof *old);
            goto failed;
        }
    }
    else if (growth > 0) {
        if (list_resize(list, length + growth) < 0)
            goto failed;
        memmove(list->ob_item + high + growth, list->ob_item + high, (size_t)tail * sizeof *old);
    }
    for (Py_ssize_t i = 0; i < n; i++)
        list->ob_item[low + i] = Py_NewRef(with[i]);
    for (Py_ssize_t i = removed; i-- > 0;)
        Py_XDECREF(old[i]); /* runs code */
    if (old != few)
        PyMem_Free(old);
    return 0;
failed:
    if (old != few)
        PyMem_Free(old);
    return -1;
}

/* values: anything iterable, or NULL to delete. */
int list_assign_slice(PyListObject *list, Py_ssize_t low, Py_ssize_t high, PyObject *values)
{
    if (!values)
        return list_replace_range(list, low, high, NULL, 0);
    K_AUTO(PyObject *) items = values == (PyObject *)list ? list_part(values, 0, Py_SIZE(values))
                                                          : PySequence_Fast(values, "can only assign an iterable");
    if (!items)
        return -1;
    return list_replace_range(list, low, high, PySequence_Fast_ITEMS(items), PySequence_Fast_GET_SIZE(items));
}

int PyList_SetSlice(PyObject *list, Py_ssize_t low, Py_ssize_t high, PyObject *values)
{
    if (!PyList_Check(list)) {
        PyErr_BadInternalCall();
        return -1;
    }
    return list_assign_slice((PyListObject *)list, low, high, values);
}

PyObject *PyList_GetSlice(PyObject *list, Py_ssize_t low, Py_ssize_t high)
{
    if (!PyList_Check(list)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    Py_ssize_t n = Py_SIZE(list);
    low = Py_MIN(Py_MAX(low, 0), n);
    return list_part(list, low, Py_MIN(Py_MAX(high, low), n));
}

/* del list[start::step], n items; the survivors between two deleted ones move down together. */
static int list_delete_strided(PyListObject *list, Py_ssize_t start, Py_ssize_t step, Py_ssize_t n)
{
    if (n <= 0)
        return 0;
    if (step < 0) {
        start += step * (n - 1);
        step = -step;
    }
    PyObject **gone = PyMem_New(PyObject *, n);
    if (!gone) {
        (void)!PyErr_NoMemory();
        return -1;
    }
    PyObject **items = list->ob_item, **to = items + start;
    Py_ssize_t length = Py_SIZE(list);
    for (Py_ssize_t i = 0; i < n; i++) {
        Py_ssize_t at = start + i * step, next = i + 1 < n ? at + step : length;
        gone[i] = items[at];
        memmove(to, items + at + 1, (size_t)(next - at - 1) * sizeof *items);
        to += next - at - 1;
    }
    Py_SET_SIZE(list, length - n);
    int status = list_resize(list, length - n);
    for (Py_ssize_t i = 0; i < n; i++)
        Py_DECREF(gone[i]); /* runs code */
    PyMem_Free(gone);
    return status;
}

static int list_assign_strided(PyListObject *list, PyObject *key, PyObject *values)
{
    Py_ssize_t start, stop, step;
    K_AUTO(PyObject *) items = values == (PyObject *)list ? list_part(values, 0, Py_SIZE(values))
                                                  : PySequence_Fast(values, "must assign iterable to extended slice");
    if (!items || PySlice_Unpack(key, &start, &stop, &step) < 0)
        return -1;
    Py_ssize_t n = PySlice_AdjustIndices(Py_SIZE(list), &start, &stop, step); /* after the code above ran */
    if (PySequence_Fast_GET_SIZE(items) != n) {
        k_raise(PyExc_ValueError, "attempt to assign sequence of size %zd to extended slice of size %zd",
                PySequence_Fast_GET_SIZE(items), n);
        return -1;
    }
    if (n == 0)
        return 0;
    PyObject **old = PyMem_New(PyObject *, n);
    if (!old) {
        (void)!PyErr_NoMemory();
        return -1;
    }
    PyObject **with = PySequence_Fast_ITEMS(items);
    for (Py_ssize_t i = 0; i < n; i++) {
        old[i] = list->ob_item[start + i * step];
        list->ob_item[start + i * step] = Py_NewRef(with[i]);
    }
    for (Py_ssize_t i = 0; i < n; i++)
        Py_DECREF(old[i]); /* runs code */
    PyMem_Free(old);
    return 0;
}

/* ---- items ---- */

Py_ssize_t PyList_Size(PyObject *list)
{
    if (!PyList_Check(list)) {
        PyErr_BadInternalCall();
        return -1;
    }
    return Py_SIZE(list);
}

PyObject *PyList_GetItem(PyObject *list, Py_ssize_t i)
{
    if (!PyList_Check(list)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    if ((size_t)i >= (size_t)Py_SIZE(list)) {
        PyErr_SetString(PyExc_IndexError, "list index out of range");
        return NULL;
    }
    return ITEMS(list)[i];
}

int PyList_SetItem(PyObject *list, Py_ssize_t i, PyObject *item)
{
    if (!PyList_Check(list)) {
        Py_XDECREF(item);
        PyErr_BadInternalCall();
        return -1;
    }
    if ((size_t)i >= (size_t)Py_SIZE(list)) {
        Py_XDECREF(item);
        PyErr_SetString(PyExc_IndexError, "list assignment index out of range");
        return -1;
    }
    Py_XSETREF(ITEMS(list)[i], item);
    return 0;
}

int PyList_Insert(PyObject *list, Py_ssize_t where, PyObject *item)
{
    if (!PyList_Check(list)) {
        PyErr_BadInternalCall();
        return -1;
    }
    return list_insert_at((PyListObject *)list, where, item);
}

int PyList_Append(PyObject *list, PyObject *item)
{
    if (!PyList_Check(list) || !item) {
        PyErr_BadInternalCall();
        return -1;
    }
    return k_list_append_steal((PyListObject *)list, Py_NewRef(item));
}

PyObject *PyList_AsTuple(PyObject *list)
{
    if (!list || !PyList_Check(list)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    return k_tuple_from_array(ITEMS(list), Py_SIZE(list));
}

int PyList_Reverse(PyObject *list)
{
    if (!list || !PyList_Check(list)) {
        PyErr_BadInternalCall();
        return -1;
    }
    list_reverse_array(ITEMS(list), Py_SIZE(list));
    return 0;
}

void _PyList_DebugMallocStats(FILE *out)
{
    _PyDebugAllocatorStats(out, "free PyListObject", 0, sizeof(PyListObject));
}

/* ---- extend ---- */

static int list_extend_items(PyListObject *list, PyObject *source)
{
    Py_ssize_t more = PySequence_Fast_GET_SIZE(source), n = Py_SIZE(list);
    if (more == 0)
        return 0;
    if (!list->ob_item) {
        if (list_reserve_first(list, more) < 0)
            return -1;
        Py_SET_SIZE(list, more);
    }
    else if (list_resize(list, n + more) < 0)
        return -1;
    PyObject **from = PySequence_Fast_ITEMS(source); /* after the resize: source may be the list itself */
    for (Py_ssize_t i = 0; i < more; i++)
        list->ob_item[n + i] = Py_NewRef(from[i]);
    return 0;
}

static int list_extend_iterator(PyListObject *list, PyObject *iterable)
{
    K_AUTO(PyObject *) it = PyObject_GetIter(iterable);
    if (!it)
        return -1;
    Py_ssize_t hint = PyObject_LengthHint(iterable, 8), n = Py_SIZE(list);
    if (hint < 0)
        return -1;
    if (!list->ob_item) {
        if (hint && list_reserve_first(list, hint) < 0)
            return -1;
    }
    else if (n <= PY_SSIZE_T_MAX - hint && hint) { /* too large a hint may yet be wrong */
        if (list_resize(list, n + hint) < 0)
            return -1;
        Py_SET_SIZE(list, n);
    }
    iternextfunc next = Py_TYPE(it)->tp_iternext;
    for (;;) {
        PyObject *item = next(it); /* runs code, which may change the list */
        if (!item)
            break;
        n = Py_SIZE(list);
        if (n < list->allocated) {
            Py_SET_SIZE(list, n + 1);
            list->ob_item[n] = item;
        }
        else if (k_list_append_steal(list, item) < 0)
            return -1;
    }
    if (PyErr_Occurred() && !k_catch(PyExc_StopIteration))
        return -1;
    return Py_SIZE(list) < list->allocated ? list_resize(list, Py_SIZE(list)) : 0;
}

int list_extend_by(PyListObject *list, PyObject *iterable)
{
    if (PyList_CheckExact(iterable) || PyTuple_CheckExact(iterable) || iterable == (PyObject *)list) {
        Py_INCREF(iterable);
        int status = list_extend_items(list, iterable);
        Py_DECREF(iterable);
        return status;
    }
    return list_extend_iterator(list, iterable);
}

PyObject *_PyList_Extend(PyListObject *list, PyObject *iterable)
{
    if (list_extend_by(list, iterable) < 0)
        return NULL;
    Py_RETURN_NONE;
}

/* ---- slots ---- */

static void list_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_TRASHCAN_BEGIN(self, list_dealloc)
    PyObject **items = ITEMS(self);
    if (items) { /* last to first, as CPython */
        for (Py_ssize_t i = Py_SIZE(self); i-- > 0;)
            Py_XDECREF(items[i]);
        PyMem_Free(items);
    }
    Py_TYPE(self)->tp_free(self);
    Py_TRASHCAN_END;
}

static int list_traverse(PyObject *self, visitproc visit, void *arg)
{
    for (Py_ssize_t i = Py_SIZE(self); i-- > 0;)
        Py_VISIT(ITEMS(self)[i]);
    return 0;
}

static int list_tp_clear(PyObject *self)
{
    list_drop_items((PyListObject *)self);
    return 0;
}

static PyObject *list_repr(PyObject *self)
{
    if (Py_SIZE(self) == 0)
        return PyUnicode_FromString("[]");
    int entered = Py_ReprEnter(self);
    if (entered)
        return entered > 0 ? PyUnicode_FromString("[...]") : NULL;
    PyObject *text = k_repr_items('[', self, "]");
    Py_ReprLeave(self);
    return text;
}

static Py_ssize_t list_length(PyObject *self)
{
    return Py_SIZE(self);
}

int list_item_equals(PyObject *list, Py_ssize_t i, PyObject *value)
{
    PyObject *item = ITEMS(list)[i];
    if (item == value)
        return 1;
    Py_INCREF(item);
    int equal = PyObject_RichCompareBool(item, value, Py_EQ); /* runs code */
    Py_DECREF(item);
    return equal;
}

static int list_contains(PyObject *self, PyObject *value)
{
    int found = 0;
    for (Py_ssize_t i = 0; i < Py_SIZE(self) && found == 0; i++)
        found = list_item_equals(self, i, value);
    return found;
}

static PyObject *list_item(PyObject *self, Py_ssize_t i)
{
    if ((size_t)i >= (size_t)Py_SIZE(self))
        return k_raise(PyExc_IndexError, "list index out of range");
    return Py_NewRef(ITEMS(self)[i]);
}

static int list_assign_item(PyObject *self, Py_ssize_t i, PyObject *value)
{
    if ((size_t)i >= (size_t)Py_SIZE(self)) {
        PyErr_SetString(PyExc_IndexError, "list assignment index out of range");
        return -1;
    }
    if (!value)
        return list_replace_range((PyListObject *)self, i, i + 1, NULL, 0);
    Py_SETREF(ITEMS(self)[i], Py_NewRef(value));
    return 0;
}

static PyObject *list_concat(PyObject *a, PyObject *b)
{
    if (!PyList_Check(b))
        return k_raise(PyExc_TypeError, "can only concatenate list (not \"%.200s\") to list", Py_TYPE(b)->tp_name);
    Py_ssize_t na = Py_SIZE(a), nb = Py_SIZE(b);
    PyListObject *sum = list_with_room(na + nb);
    if (!sum)
        return NULL;
    for (Py_ssize_t i = 0; i < na; i++)
        sum->ob_item[i] = Py_NewRef(ITEMS(a)[i]);
    for (Py_ssize_t i = 0; i < nb; i++)
        sum->ob_item[na + i] = Py_NewRef(ITEMS(b)[i]);
    Py_SET_SIZE(sum, na + nb);
    PyObject_GC_Track(sum);
    return (PyObject *)sum;
}

static PyObject *list_repeat(PyObject *self, Py_ssize_t times)
{
    Py_ssize_t n = Py_SIZE(self);
    if (times <= 0 || n == 0)
        return PyList_New(0);
    if (n > PY_SSIZE_T_MAX / times)
        return PyErr_NoMemory();
    PyListObject *product = list_with_room(n * times);
    if (!product)
        return NULL;
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *item = ITEMS(self)[i];
        Py_SET_REFCNT(item, Py_REFCNT(item) + times);
        for (Py_ssize_t at = i; at < n * times; at += n)
            product->ob_item[at] = item;
    }
    Py_SET_SIZE(product, n * times);
    PyObject_GC_Track(product);
    return (PyObject *)product;
}

static PyObject *list_inplace_concat(PyObject *self, PyObject *other)
{
    return list_extend_by((PyListObject *)self, other) < 0 ? NULL : Py_NewRef(self);
}

static PyObject *list_inplace_repeat(PyObject *self, Py_ssize_t times)
{
    Py_ssize_t n = Py_SIZE(self);
    if (n == 0 || times == 1)
        return Py_NewRef(self);
    if (times < 1) {
        list_drop_items((PyListObject *)self);
        return Py_NewRef(self);
    }
    if (n > PY_SSIZE_T_MAX / times)
        return PyErr_NoMemory();
    if (list_resize((PyListObject *)self, n * times) < 0)
        return NULL;
    for (Py_ssize_t i = n; i < n * times; i++)
        ITEMS(self)[i] = Py_NewRef(ITEMS(self)[i - n]);
    return Py_NewRef(self);
}

PyObject *list_subscript(PyObject *self, PyObject *key)
{
    if (PyIndex_Check(key)) {
        Py_ssize_t i = PyNumber_AsSsize_t(key, PyExc_IndexError); /* runs code */
        if (i == -1 && PyErr_Occurred())
            return NULL;
        return list_item(self, i < 0 ? i + Py_SIZE(self) : i);
    }
    if (!PySlice_Check(key))
        return k_raise(PyExc_TypeError, "list indices must be integers or slices, not %.200s", Py_TYPE(key)->tp_name);
    Py_ssize_t start, stop, step;
    if (PySlice_Unpack(key, &start, &stop, &step) < 0)
        return NULL;
    Py_ssize_t n = PySlice_AdjustIndices(Py_SIZE(self), &start, &stop, step);
    if (step == 1 || n <= 0)
        return list_part(self, start, start + Py_MAX(n, 0));
    PyListObject *part = list_with_room(n);
    if (!part)
        return NULL;
    for (Py_ssize_t i = 0; i < n; i++)
        part->ob_item[i] = Py_NewRef(ITEMS(self)[start + i * step]);
    Py_SET_SIZE(part, n);
    PyObject_GC_Track(part);
    return (PyObject *)part;
}

static int list_assign_subscript(PyObject *self, PyObject *key, PyObject *value)
{
    if (PyIndex_Check(key)) {
        Py_ssize_t i = PyNumber_AsSsize_t(key, PyExc_IndexError); /* runs code */
        if (i == -1 && PyErr_Occurred())
            return -1;
        return list_assign_item(self, i < 0 ? i + Py_SIZE(self) : i, value);
    }
    if (!PySlice_Check(key)) {
        k_raise(PyExc_TypeError, "list indices must be integers or slices, not %.200s", Py_TYPE(key)->tp_name);
        return -1;
    }
    Py_ssize_t start, stop, step;
    if (PySlice_Unpack(key, &start, &stop, &step) < 0)
        return -1;
    Py_ssize_t n = PySlice_AdjustIndices(Py_SIZE(self), &start, &stop, step);
    if (step == 1)
        return list_assign_slice((PyListObject *)self, start, stop, value);
    return value ? list_assign_strided((PyListObject *)self, key, value)
                 : list_delete_strided((PyListObject *)self, start, step, n);
}

static PyObject *list_richcompare(PyObject *a, PyObject *b, int op)
{
    if (!PyList_Check(a) || !PyList_Check(b))
        Py_RETURN_NOTIMPLEMENTED;
    if (Py_SIZE(a) != Py_SIZE(b) && (op == Py_EQ || op == Py_NE))
        Py_RETURN_BOOL(op == Py_NE);
    for (Py_ssize_t i = 0; i < Py_SIZE(a) && i < Py_SIZE(b); i++) {
        PyObject *x = ITEMS(a)[i], *y = ITEMS(b)[i];
        if (x == y)
            continue;
        K_AUTO(PyObject *) left = Py_NewRef(x);
        K_AUTO(PyObject *) right = Py_NewRef(y);
        int equal = PyObject_RichCompareBool(left, right, Py_EQ); /* runs code */
        if (equal < 0)
            return NULL;
        if (equal)
            continue;
        if (i >= Py_SIZE(a) || i >= Py_SIZE(b)) /* the comparison shortened one */
            break;
        if (op == Py_EQ || op == Py_NE)
            Py_RETURN_BOOL(op == Py_NE);
        return PyObject_RichCompare(left, right, op);
    }
    Py_RETURN_RICHCOMPARE(Py_SIZE(a), Py_SIZE(b), op);
}

static int list_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    if ((Py_IS_TYPE(self, &PyList_Type) || Py_TYPE(self)->tp_new == PyList_Type.tp_new) &&
        !_PyArg_NoKeywords("list", kwargs))
        return -1;
    if (!_PyArg_CheckPositional("list", Py_SIZE(args), 0, 1))
        return -1;
    list_drop_items((PyListObject *)self);
    return Py_SIZE(args) ? list_extend_by((PyListObject *)self, PyTuple_GET_ITEM(args, 0)) : 0;
}

static PyObject *list_vectorcall(PyObject *type, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    Py_ssize_t nargs = PyVectorcall_NARGS(nargsf);
    if (!_PyArg_NoKwnames("list", kwnames) || !_PyArg_CheckPositional("list", nargs, 0, 1))
        return NULL;
    PyObject *list = PyType_GenericAlloc((PyTypeObject *)type, 0);
    if (list && nargs && list_extend_by((PyListObject *)list, args[0]) < 0) {
        Py_DECREF(list);
        return NULL;
    }
    return list;
}

static PySequenceMethods list_as_sequence = {
    .sq_length = list_length,
    .sq_concat = list_concat,
    .sq_repeat = list_repeat,
    .sq_item = list_item,
    .sq_ass_item = list_assign_item,
    .sq_contains = list_contains,
    .sq_inplace_concat = list_inplace_concat,
    .sq_inplace_repeat = list_inplace_repeat,
};
static PyMappingMethods list_as_mapping = {
    .mp_length = list_length,
    .mp_subscript = list_subscript,
    .mp_ass_subscript = list_assign_subscript,
};

METHODS_DECLARE(list);

PyTypeObject PyList_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "list",
    .tp_doc = "list(iterable=(), /)\n--\n\nA mutable sequence.\n\n"
              "Without an argument it is empty; otherwise it takes the items of the iterable.",
    .tp_basicsize = sizeof(PyListObject),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_LIST_SUBCLASS |
                _Py_TPFLAGS_MATCH_SELF | Py_TPFLAGS_SEQUENCE,
    .tp_dealloc = list_dealloc,
    .tp_traverse = list_traverse,
    .tp_clear = list_tp_clear,
    .tp_repr = list_repr,
    .tp_hash = PyObject_HashNotImplemented,
    .tp_richcompare = list_richcompare,
    .tp_as_sequence = &list_as_sequence,
    .tp_as_mapping = &list_as_mapping,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_iter = list_iter,
    .tp_methods = METHODS(list),
    .tp_init = list_init,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = PyType_GenericNew,
    .tp_free = PyObject_GC_Del,
    .tp_vectorcall = list_vectorcall,
};
K_TYPE(PyList_Type);
