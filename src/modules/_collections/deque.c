/* deque.c - collections.deque: a list with quick access to both ends.
 *
 * In: items.  Out: a doubly linked chain of blocks of 64 items.
 * Invariants: see deque.h; blocks outside first ... last are never linked; the two outer links are NULL. `state` tells
 * iterators and searches that run foreign code of changes.
 * Start at push_right and deque_rotate. */
#include "modules/_collections/deque.h"

#include "memory/gc.h"
#include "objects/call.h"
#include "objects/genericalias.h"
#include "objects/int/int.h"
#include "objects/iter.h"
#include "objects/list/list.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/slice.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "objects/weakref.h"
#include "runtime/errors.h"

#define DEQUE(o) ((Deque *)(o))
#define deque_check(o) PyObject_TypeCheck((o), &collections_deque_type)

/* ---- blocks ---- */

static DequeBlock *new_block(Deque *deque)
{
    if (deque->spare_count)
        return deque->spare[--deque->spare_count];
    DequeBlock *block = PyMem_Malloc(sizeof *block);
    return block ? block : (DequeBlock *)PyErr_NoMemory();
}

static void free_block(Deque *deque, DequeBlock *block)
{
    if (deque->spare_count < DEQUE_SPARE)
        deque->spare[deque->spare_count++] = block;
    else
        PyMem_Free(block);
}

static void set_empty(Deque *deque, DequeBlock *block)
{
    block->left = block->right = NULL;
    deque->first = deque->last = block;
    deque->first_index = DEQUE_CENTRE + 1;
    deque->last_index = DEQUE_CENTRE;
}

/* ---- the ends; push takes the reference over, on failure too ---- */

static int put_right(Deque *deque, PyObject *item)
{
    if (deque->last_index == DEQUE_BLOCK - 1) {
        DequeBlock *block = new_block(deque);
        if (!block) {
            Py_DECREF(item);
            return -1;
        }
        block->left = deque->last;
        block->right = NULL;
        deque->last->right = block;
        deque->last = block;
        deque->last_index = -1;
    }
    deque->last->items[++deque->last_index] = item;
    Py_SET_SIZE(deque, Py_SIZE(deque) + 1);
    return 0;
}

static int put_left(Deque *deque, PyObject *item)
{
    if (deque->first_index == 0) {
        DequeBlock *block = new_block(deque);
        if (!block) {
            Py_DECREF(item);
            return -1;
        }
        block->right = deque->first;
        block->left = NULL;
        deque->first->left = block;
        deque->first = block;
        deque->first_index = DEQUE_BLOCK;
    }
    deque->first->items[--deque->first_index] = item;
    Py_SET_SIZE(deque, Py_SIZE(deque) + 1);
    return 0;
}

/* The length is not nought. */
static PyObject *take_right(Deque *deque)
{
    PyObject *item = deque->last->items[deque->last_index--];
    Py_SET_SIZE(deque, Py_SIZE(deque) - 1);
    deque->state++;
    if (Py_SIZE(deque) == 0)
        set_empty(deque, deque->last);
    else if (deque->last_index < 0) {
        DequeBlock *block = deque->last;
        deque->last = block->left;
        deque->last->right = NULL;
        deque->last_index = DEQUE_BLOCK - 1;
        free_block(deque, block);
    }
    return item;
}

static PyObject *take_left(Deque *deque)
{
    PyObject *item = deque->first->items[deque->first_index++];
    Py_SET_SIZE(deque, Py_SIZE(deque) - 1);
    deque->state++;
    if (Py_SIZE(deque) == 0)
        set_empty(deque, deque->first);
    else if (deque->first_index == DEQUE_BLOCK) {
        DequeBlock *block = deque->first;
        deque->first = block->right;
        deque->first->left = NULL;
        deque->first_index = 0;
        free_block(deque, block);
    }
    return item;
}

static int push_right(Deque *deque, PyObject *item)
{
    if (put_right(deque, item) < 0)
        return -1;
    if (deque->maxlen >= 0 && Py_SIZE(deque) > deque->maxlen)
        Py_DECREF(take_left(deque)); /* runs code */
    else
        deque->state++;
    return 0;
}

static int push_left(Deque *deque, PyObject *item)
{
    if (put_left(deque, item) < 0)
        return -1;
    if (deque->maxlen >= 0 && Py_SIZE(deque) > deque->maxlen)
        Py_DECREF(take_right(deque)); /* runs code */
    else
        deque->state++;
    return 0;
}

static DequePlace place_of(Deque *deque, Py_ssize_t i)
{
    Py_ssize_t from_left = i + deque->first_index;
    DequePlace place = { deque->first, from_left };
    if (i < Py_SIZE(deque) / 2) {
        for (; place.index >= DEQUE_BLOCK; place.index -= DEQUE_BLOCK)
            place.block = place.block->right;
        return place;
    }
    place.block = deque->last;
    place.index = deque->last_index - (Py_SIZE(deque) - 1 - i);
    for (; place.index < 0; place.index += DEQUE_BLOCK)
        place.block = place.block->left;
    return place;
}

/* Positive: items move from the right end to the left one. */
static int rotate(Deque *deque, Py_ssize_t n)
{
    Py_ssize_t length = Py_SIZE(deque);
    if (length <= 1)
        return 0;
    n %= length;
    if (n > length / 2)
        n -= length;
    else if (n < -(length / 2))
        n += length;
    for (; n > 0; n--) {
        if (put_left(deque, take_right(deque)) < 0)
            return -1;
    }
    for (; n < 0; n++) {
        if (put_right(deque, take_left(deque)) < 0)
            return -1;
    }
    deque->state++;
    return 0;
}

static void clear(Deque *deque)
{
    for (Py_ssize_t n = Py_SIZE(deque); n > 0 && Py_SIZE(deque) > 0; n--)
        Py_DECREF(take_left(deque)); /* runs code, which may add new items: only the old ones go */
}

static int extend(Deque *deque, PyObject *iterable, int (*push)(Deque *, PyObject *))
{
    K_AUTO(PyObject *) items = iterable == (PyObject *)deque ? PySequence_List(iterable) : Py_NewRef(iterable);
    K_AUTO(PyObject *) it = items ? PyObject_GetIter(items) : NULL;
    if (!it)
        return -1;
    if (Py_SIZE(deque) == 0 && deque->maxlen) { /* most likely it grows on one side: all of the block is for that */
        deque->first_index = push == push_right ? 1 : DEQUE_BLOCK - 1;
        deque->last_index = deque->first_index - 1;
    }
    for (;;) {
        PyObject *item = PyIter_Next(it);
        if (!item)
            return PyErr_Occurred() ? -1 : 0;
        if (deque->maxlen == 0)
            Py_DECREF(item); /* nothing is kept, but the iterable is used up */
        else if (push(deque, item) < 0)
            return -1;
    }
}

static PyObject *copy(PyObject *self)
{
    if (Py_IS_TYPE(self, &collections_deque_type)) {
        K_AUTO(PyObject *) other = collections_deque_type.tp_new(&collections_deque_type, NULL, NULL);
        if (!other)
            return NULL;
        DEQUE(other)->maxlen = DEQUE(self)->maxlen;
        return extend(DEQUE(other), self, push_right) < 0 ? NULL : K_MOVE(other);
    }
    PyObject *type = (PyObject *)Py_TYPE(self);
    K_AUTO(PyObject *) other = DEQUE(self)->maxlen < 0
                                   ? PyObject_CallOneArg(type, self)
                                   : PyObject_CallFunction(type, "On", self, DEQUE(self)->maxlen);
    if (other && !deque_check(other))
        return k_raise(PyExc_TypeError, "%.200s() must return a deque, not %.200s", Py_TYPE(self)->tp_name,
                       Py_TYPE(other)->tp_name);
    return K_MOVE(other);
}

/* Deletes the item at i. */
static int delete_at(Deque *deque, Py_ssize_t i)
{
    if (rotate(deque, -i) < 0)
        return -1;
    PyObject *item = take_left(deque);
    int status = rotate(deque, i);
    Py_DECREF(item); /* runs code */
    return status;
}

/* Compares items from start to stop until one equals the value: its index, -1 when none does, -2 on error. */
static Py_ssize_t search(Deque *deque, PyObject *value, Py_ssize_t start, Py_ssize_t stop, PyObject *mutation_error,
                         const char *message)
{
    size_t state = deque->state;
    DequePlace place = start < stop ? place_of(deque, start) : (DequePlace){ NULL, 0 };
    for (Py_ssize_t i = start; i < stop; i++, deque_place_next(&place)) {
        PyObject *item = Py_NewRef(place.block->items[place.index]);
        int equal = PyObject_RichCompareBool(item, value, Py_EQ); /* runs code */
        Py_DECREF(item);
        if (equal)
            return equal > 0 ? i : -2;
        if (deque->state != state) {
            PyErr_SetString(mutation_error, message);
            return -2;
        }
    }
    return -1;
}

/* ---- methods ---- */

METHODS_DECLARE(deque);

METHOD_RAW(deque, append, O, 0, "Add an item at the right end.")
{
    if (push_right(DEQUE(self), Py_NewRef(arg)) < 0)
        return NULL;
    Py_RETURN_NONE;
}

METHOD_RAW(deque, appendleft, O, 0, "Add an item at the left end.")
{
    if (push_left(DEQUE(self), Py_NewRef(arg)) < 0)
        return NULL;
    Py_RETURN_NONE;
}

METHOD_RAW(deque, clear, NOARGS, 0, "Remove all items.")
{
    clear(DEQUE(self));
    Py_RETURN_NONE;
}

METHOD_RAW(deque, __copy__, NOARGS, 0, "A shallow copy.")
{
    return copy(self);
}

METHOD_RAW(deque, copy, NOARGS, 0, "A shallow copy.")
{
    return copy(self);
}

METHOD_RAW(deque, count, O, 0, "D.count(value) -> how many items equal the value")
{
    Deque *deque = DEQUE(self);
    size_t state = deque->state;
    Py_ssize_t count = 0;
    DequePlace place = { deque->first, deque->first_index };
    for (Py_ssize_t i = Py_SIZE(deque); i > 0; i--, deque_place_next(&place)) {
        PyObject *item = Py_NewRef(place.block->items[place.index]);
        int equal = PyObject_RichCompareBool(item, arg, Py_EQ); /* runs code */
        Py_DECREF(item);
        if (equal < 0)
            return NULL;
        if (deque->state != state)
            return k_raise(PyExc_RuntimeError, "deque mutated during iteration");
        count += equal;
    }
    return PyLong_FromSsize_t(count);
}

METHOD_RAW(deque, extend, O, 0, "Add the iterable's items at the right end.")
{
    if (extend(DEQUE(self), arg, push_right) < 0)
        return NULL;
    Py_RETURN_NONE;
}

METHOD_RAW(deque, extendleft, O, 0, "Add the iterable's items at the left end, one after the other.")
{
    if (extend(DEQUE(self), arg, push_left) < 0)
        return NULL;
    Py_RETURN_NONE;
}

METHOD_RAW(deque, index, FAST, 0,
           "D.index(value, [start, [stop]]) -> the first index of the value.\n"
           "Raises ValueError when the value is absent.")
{
    Py_ssize_t start, stop;
    if (k_index_args("index", args, nargs, Py_SIZE(self), &start, &stop) < 0)
        return NULL;
    Py_ssize_t i = search(DEQUE(self), args[0], start, stop, PyExc_RuntimeError, "deque mutated during iteration");
    if (i == -1)
        return k_raise(PyExc_ValueError, "%R is not in deque", args[0]);
    return i < 0 ? NULL : PyLong_FromSsize_t(i);
}

METHOD_RAW(deque, insert, FAST, 0, "D.insert(index, object) -> insert the object before the index")
{
    Deque *deque = DEQUE(self);
    Py_ssize_t i, n = Py_SIZE(deque);
    if (k_check_nargs("insert", nargs, 2, 2) < 0 || k_arg_ssize(args[0], &i) < 0)
        return NULL;
    if (deque->maxlen == n)
        return k_raise(PyExc_IndexError, "deque already at its maximum size");
    int status;
    if (i >= n)
        status = push_right(deque, Py_NewRef(args[1]));
    else if (i <= -n || i == 0)
        status = push_left(deque, Py_NewRef(args[1]));
    else {
        status = rotate(deque, -i);
        if (status == 0)
            status = i < 0 ? push_right(deque, Py_NewRef(args[1])) : push_left(deque, Py_NewRef(args[1]));
        if (status == 0)
            status = rotate(deque, i);
    }
    if (status < 0)
        return NULL;
    Py_RETURN_NONE;
}

METHOD_RAW(deque, pop, NOARGS, 0, "Remove the item at the right end and return it.")
{
    if (Py_SIZE(self) == 0)
        return k_raise(PyExc_IndexError, "pop from an empty deque");
    return take_right(DEQUE(self));
}

METHOD_RAW(deque, popleft, NOARGS, 0, "Remove the item at the left end and return it.")
{
    if (Py_SIZE(self) == 0)
        return k_raise(PyExc_IndexError, "pop from an empty deque");
    return take_left(DEQUE(self));
}

METHOD_RAW(deque, __reduce__, NOARGS, 0, "State for pickling.")
{
    K_AUTO(PyObject *) state = _PyObject_GetState(self);
    K_AUTO(PyObject *) it = state ? PyObject_GetIter(self) : NULL;
    if (!it)
        return NULL;
    if (DEQUE(self)->maxlen < 0)
        return Py_BuildValue("O()OO", Py_TYPE(self), state, it);
    return Py_BuildValue("O(()n)OO", Py_TYPE(self), DEQUE(self)->maxlen, state, it);
}

METHOD_RAW(deque, remove, O, 0, "D.remove(value) -> remove the first item that equals the value")
{
    Py_ssize_t n = Py_SIZE(self);
    Py_ssize_t i = search(DEQUE(self), arg, 0, n, PyExc_IndexError, "deque mutated during remove().");
    if (i >= 0 && n != Py_SIZE(self))
        return k_raise(PyExc_IndexError, "deque mutated during remove().");
    if (i == -1)
        return k_raise(PyExc_ValueError, "%R is not in deque", arg);
    if (i < 0 || delete_at(DEQUE(self), i) < 0)
        return NULL;
    Py_RETURN_NONE;
}

METHOD_RAW(deque, __reversed__, NOARGS, 0, "D.__reversed__() -- an iterator from the right end to the left one")
{
    return deque_iter_new(DEQUE(self), 1);
}

METHOD_RAW(deque, reverse, NOARGS, 0, "Reverse the order of the items in place.")
{
    Deque *deque = DEQUE(self);
    DequePlace low = { deque->first, deque->first_index }, high = { deque->last, deque->last_index };
    for (Py_ssize_t n = Py_SIZE(deque) / 2; n > 0; n--) {
        PyObject *item = low.block->items[low.index];
        low.block->items[low.index] = high.block->items[high.index];
        high.block->items[high.index] = item;
        deque_place_next(&low);
        deque_place_previous(&high);
    }
    Py_RETURN_NONE;
}

METHOD_RAW(deque, rotate, FAST, 0, "Move n items (by default 1) from the right end to the left one.\n\n"
                                   "A negative number moves them the other way.")
{
    Py_ssize_t n = 1;
    if (k_check_nargs("rotate", nargs, 0, 1) < 0 || (nargs && k_arg_ssize(args[0], &n) < 0))
        return NULL;
    if (rotate(DEQUE(self), n) < 0)
        return NULL;
    Py_RETURN_NONE;
}

METHOD_RAW(deque, __sizeof__, NOARGS, 0, "D.__sizeof__() -- the bytes that D takes")
{
    Py_ssize_t blocks = (DEQUE(self)->first_index + Py_SIZE(self) + DEQUE_BLOCK - 1) / DEQUE_BLOCK;
    return PyLong_FromSsize_t(Py_TYPE(self)->tp_basicsize + blocks * (Py_ssize_t)sizeof(DequeBlock));
}

METHOD_RAW(deque, __class_getitem__, O, METH_CLASS, "See PEP 585")
{
    return Py_GenericAlias(self, arg);
}
METHODS_END(deque);

/* ---- slots ---- */

static Py_ssize_t deque_length(PyObject *self)
{
    return Py_SIZE(self);
}

static PyObject *deque_item(PyObject *self, Py_ssize_t i)
{
    if ((size_t)i >= (size_t)Py_SIZE(self))
        return k_raise(PyExc_IndexError, "deque index out of range");
    DequePlace place = place_of(DEQUE(self), i);
    return Py_NewRef(place.block->items[place.index]);
}

static int deque_assign_item(PyObject *self, Py_ssize_t i, PyObject *value)
{
    if ((size_t)i >= (size_t)Py_SIZE(self)) {
        PyErr_SetString(PyExc_IndexError, "deque index out of range");
        return -1;
    }
    if (!value)
        return delete_at(DEQUE(self), i);
    DequePlace place = place_of(DEQUE(self), i);
    Py_SETREF(place.block->items[place.index], Py_NewRef(value));
    return 0;
}

static int deque_contains(PyObject *self, PyObject *value)
{
    Py_ssize_t i = search(DEQUE(self), value, 0, Py_SIZE(self), PyExc_RuntimeError, "deque mutated during iteration");
    return i == -2 ? -1 : i >= 0;
}

static PyObject *deque_concat(PyObject *self, PyObject *other)
{
    int is_deque = PyObject_IsInstance(other, (PyObject *)&collections_deque_type);
    if (is_deque <= 0)
        return is_deque < 0 ? NULL : k_raise(PyExc_TypeError, "can only concatenate deque (not \"%.200s\") to deque",
                                             Py_TYPE(other)->tp_name);
    K_AUTO(PyObject *) sum = copy(self);
    return sum && extend(DEQUE(sum), other, push_right) == 0 ? K_MOVE(sum) : NULL;
}

static PyObject *deque_inplace_concat(PyObject *self, PyObject *other)
{
    return extend(DEQUE(self), other, push_right) < 0 ? NULL : Py_NewRef(self);
}

static PyObject *deque_inplace_repeat(PyObject *self, Py_ssize_t n)
{
    Deque *deque = DEQUE(self);
    Py_ssize_t length = Py_SIZE(deque);
    if (length == 0 || n == 1)
        return Py_NewRef(self);
    if (n <= 0) {
        clear(deque);
        return Py_NewRef(self);
    }
    K_AUTO(PyObject *) items = PySequence_List(self);
    if (!items)
        return NULL;
    Py_ssize_t rounds = n;
    if (deque->maxlen >= 0) /* what would fall out at once need not be put in */
        rounds = Py_MIN(n, deque->maxlen / length + 2);
    if (length > PY_SSIZE_T_MAX / rounds)
        return PyErr_NoMemory();
    for (; rounds > 1; rounds--) {
        if (extend(deque, items, push_right) < 0)
            return NULL;
    }
    return Py_NewRef(self);
}

static PyObject *deque_repeat(PyObject *self, Py_ssize_t n)
{
    K_AUTO(PyObject *) product = copy(self);
    return product ? deque_inplace_repeat(product, n) : NULL;
}

static PyObject *deque_richcompare(PyObject *a, PyObject *b, int op)
{
    if (!deque_check(a) || !deque_check(b))
        Py_RETURN_NOTIMPLEMENTED;
    Py_ssize_t na = Py_SIZE(a), nb = Py_SIZE(b);
    if (a == b)
        Py_RETURN_BOOL(op == Py_EQ || op == Py_LE || op == Py_GE);
    if (na != nb && (op == Py_EQ || op == Py_NE))
        Py_RETURN_BOOL(op == Py_NE);
    K_AUTO(PyObject *) left = PyObject_GetIter(a);
    K_AUTO(PyObject *) right = left ? PyObject_GetIter(b) : NULL;
    if (!right)
        return NULL;
    for (;;) {
        K_AUTO(PyObject *) x = PyIter_Next(left);
        if (!x && PyErr_Occurred())
            return NULL;
        K_AUTO(PyObject *) y = PyIter_Next(right);
        if (!y && PyErr_Occurred())
            return NULL;
        if (!x || !y)
            Py_RETURN_RICHCOMPARE(x != NULL, y != NULL, op);
        int equal = PyObject_RichCompareBool(x, y, Py_EQ); /* runs code */
        if (equal < 0)
            return NULL;
        if (equal)
            continue;
        if (op == Py_EQ || op == Py_NE)
            Py_RETURN_BOOL(op == Py_NE);
        return PyObject_RichCompare(x, y, op);
    }
}

static PyObject *deque_repr(PyObject *self)
{
    int entered = Py_ReprEnter(self);
    if (entered)
        return entered > 0 ? PyUnicode_FromString("[...]") : NULL;
    PyObject *text = NULL, *items = PySequence_List(self);
    const char *name = _PyType_Name(Py_TYPE(self));
    if (items)
        text = DEQUE(self)->maxlen >= 0 ? PyUnicode_FromFormat("%s(%R, maxlen=%zd)", name, items, DEQUE(self)->maxlen)
                                        : PyUnicode_FromFormat("%s(%R)", name, items);
    Py_XDECREF(items);
    Py_ReprLeave(self);
    return text;
}

static PyObject *deque_tp_iter(PyObject *self)
{
    return deque_iter_new(DEQUE(self), 0);
}

static PyObject *deque_get_maxlen(PyObject *self, void *closure K_UNUSED)
{
    return DEQUE(self)->maxlen < 0 ? Py_NewRef(Py_None) : PyLong_FromSsize_t(DEQUE(self)->maxlen);
}

static PyObject *deque_new(PyTypeObject *type, PyObject *args K_UNUSED, PyObject *kwargs K_UNUSED)
{
    K_AUTO(PyObject *) self = type->tp_alloc(type, 0);
    DequeBlock *block = self ? new_block(DEQUE(self)) : NULL;
    if (!block)
        return NULL;
    set_empty(DEQUE(self), block);
    DEQUE(self)->maxlen = -1;
    return K_MOVE(self);
}

BINDER(deque_init, "deque", "(iterable=<unrepresentable>, maxlen=<unrepresentable>)", *iterable, *maxlen);

static int deque_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    deque_init_args arg;
    PyObject *kept = NULL;
    Py_ssize_t maxlen = -1;
    if (BIND(deque_init, &arg, args, kwargs, &kept) < 0)
        return -1;
    K_AUTO(PyObject *) hold = kept;
    if (arg.maxlen && arg.maxlen != Py_None) {
        maxlen = PyLong_AsSsize_t(arg.maxlen);
        if (maxlen == -1 && PyErr_Occurred())
            return -1;
        if (maxlen < 0) {
            PyErr_SetString(PyExc_ValueError, "maxlen must be non-negative");
            return -1;
        }
    }
    DEQUE(self)->maxlen = maxlen;
    clear(DEQUE(self));
    return arg.iterable ? extend(DEQUE(self), arg.iterable, push_right) : 0;
}

static void deque_dealloc(PyObject *self)
{
    Deque *deque = DEQUE(self);
    PyObject_GC_UnTrack(self);
    Py_TRASHCAN_BEGIN(self, deque_dealloc)
    if (deque->weakrefs)
        PyObject_ClearWeakRefs(self);
    if (deque->first) {
        clear(deque);
        PyMem_Free(deque->first);
    }
    while (deque->spare_count)
        PyMem_Free(deque->spare[--deque->spare_count]);
    Py_TYPE(self)->tp_free(self);
    Py_TRASHCAN_END;
}

static int deque_traverse(PyObject *self, visitproc visit, void *arg)
{
    DequePlace place = { DEQUE(self)->first, DEQUE(self)->first_index };
    for (Py_ssize_t n = Py_SIZE(self); n > 0; n--, deque_place_next(&place))
        Py_VISIT(place.block->items[place.index]);
    return 0;
}

static int deque_tp_clear(PyObject *self)
{
    clear(DEQUE(self));
    return 0;
}

static PySequenceMethods deque_as_sequence = {
    .sq_length = deque_length,
    .sq_concat = deque_concat,
    .sq_repeat = deque_repeat,
    .sq_item = deque_item,
    .sq_ass_item = deque_assign_item,
    .sq_contains = deque_contains,
    .sq_inplace_concat = deque_inplace_concat,
    .sq_inplace_repeat = deque_inplace_repeat,
};
static PyGetSetDef deque_getset[] = {
    { "maxlen", deque_get_maxlen, NULL, "greatest length, or None without one", NULL }, { 0 }
};

PyTypeObject collections_deque_type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "collections.deque",
    .tp_doc = "deque([iterable[, maxlen]]) --> deque object\n\nA list-like sequence that is quick at both ends.",
    .tp_basicsize = sizeof(Deque),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_SEQUENCE,
    .tp_weaklistoffset = offsetof(Deque, weakrefs),
    .tp_dealloc = deque_dealloc,
    .tp_traverse = deque_traverse,
    .tp_clear = deque_tp_clear,
    .tp_repr = deque_repr,
    .tp_hash = PyObject_HashNotImplemented,
    .tp_richcompare = deque_richcompare,
    .tp_as_sequence = &deque_as_sequence,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_iter = deque_tp_iter,
    .tp_methods = METHODS(deque),
    .tp_getset = deque_getset,
    .tp_init = deque_init,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = deque_new,
    .tp_free = PyObject_GC_Del,
};
