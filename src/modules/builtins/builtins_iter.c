/* builtins_iter.c - functions over iterables: any, all, sum, min, max, sorted, iter, next, aiter, anext. */
#include "modules/builtins/builtins_module.h"
#include "objects/dict/dict.h"
#include "objects/bytes/bytes.h"
#include "objects/call.h"
#include "objects/float/float.h"
#include "objects/gen/gen.h"
#include "objects/int/int.h"
#include "objects/iter.h"
#include "objects/list/list.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"

/* The next item; NULL at the end and on errors. StopIteration counts as the end. */
static PyObject *next_of(PyObject *iterator)
{
    PyObject *item = Py_TYPE(iterator)->tp_iternext(iterator); /* runs code */
    if (!item && PyErr_Occurred())
        k_catch(PyExc_StopIteration);
    return item;
}

/* Whether some item has this truth value: 1, 0 or -1. */
static int has_item_of_truth(PyObject *iterable, int truth)
{
    K_AUTO(PyObject *) iterator = PyObject_GetIter(iterable);
    if (!iterator)
        return -1;
    for (PyObject *item; (item = next_of(iterator)); ) {
        int is = PyObject_IsTrue(item);
        Py_DECREF(item);
        if (is < 0 || is == truth)
            return is < 0 ? -1 : 1;
    }
    return PyErr_Occurred() ? -1 : 0;
}

METHOD(builtins_iter, all, O, "($module, iterable, /)",
       "Return True if bool(x) is True for all values x in the iterable.\n\nIf the iterable is empty, return True.")
{
    int found = has_item_of_truth(arg, 0);
    return found < 0 ? NULL : PyBool_FromLong(!found);
}

METHOD(builtins_iter, any, O, "($module, iterable, /)",
       "Return True if bool(x) is True for any x in the iterable.\n\nIf the iterable is empty, return False.")
{
    int found = has_item_of_truth(arg, 1);
    return found < 0 ? NULL : PyBool_FromLong(found);
}

/* ---- sum ---- */

/* Adds items while sum and items are ints that fit a C long; *rest is the item that ended it (or NULL). */
static PyObject *sum_small_ints(PyObject *iterator, PyObject *start, PyObject **rest)
{
    int overflow;
    long total = PyLong_AsLongAndOverflow(start, &overflow);
    *rest = NULL;
    if (overflow)
        return Py_NewRef(start);
    for (PyObject *item; (item = next_of(iterator)); ) {
        long value, sum;
        if (!PyLong_CheckExact(item) && !PyBool_Check(item)) {
            *rest = item;
            break;
        }
        value = PyLong_AsLongAndOverflow(item, &overflow);
        if (overflow || __builtin_add_overflow(total, value, &sum)) {
            *rest = item;
            break;
        }
        Py_DECREF(item);
        total = sum;
    }
    return PyLong_FromLong(total);
}

static PyObject *sum_floats(PyObject *iterator, PyObject *start, PyObject **rest)
{
    double total = PyFloat_AS_DOUBLE(start);
    *rest = NULL;
    for (PyObject *item; (item = next_of(iterator)); Py_DECREF(item)) {
        int overflow = 0;
        if (PyFloat_CheckExact(item)) {
            total += PyFloat_AS_DOUBLE(item);
        } else {
            long value = PyLong_Check(item) ? PyLong_AsLongAndOverflow(item, &overflow) : 0;
            if (!PyLong_Check(item) || overflow) {
                *rest = item;
                break;
            }
            total += (double)value;
        }
    }
    return PyFloat_FromDouble(total);
}

static int check_sum_start(PyObject *start)
{
    const char *advice = PyUnicode_Check(start)  ? "sum() can't sum strings [use ''.join(seq) instead]"
                         : PyBytes_Check(start)  ? "sum() can't sum bytes [use b''.join(seq) instead]"
                         : PyByteArray_Check(start) ? "sum() can't sum bytearray [use b''.join(seq) instead]" : NULL;
    if (!advice)
        return 0;
    PyErr_SetString(PyExc_TypeError, advice);
    return -1;
}

METHOD_KW(builtins_iter, sum, "($module, iterable, /, start=0)",
          "Return the sum of a 'start' value (default: 0) plus an iterable of numbers\n\n"
          "When the iterable is empty, return the start value.\n"
          "This function is intended specifically for use with numeric values and may\nreject non-numeric types.",
          *iterable, *start)
{
    K_AUTO(PyObject *) iterator = PyObject_GetIter(arg->iterable);
    K_AUTO(PyObject *) zero = iterator ? PyLong_FromLong(0) : NULL;
    PyObject *start = arg->start ? arg->start : zero;
    if (!zero || check_sum_start(start) < 0)
        return NULL;
    K_AUTO(PyObject *) total = Py_NewRef(start);
    PyObject *rest = NULL;
    if (PyLong_CheckExact(total))
        K_SET(total, sum_small_ints(iterator, total, &rest));
    K_AUTO(PyObject *) pending = rest;
    if (total && pending && PyLong_CheckExact(total) && PyFloat_CheckExact(pending)) {
        K_SET(total, PyNumber_Add(total, pending));
        Py_CLEAR(pending);
    }
    if (total && !pending && PyFloat_CheckExact(total) && !PyErr_Occurred()) {
        K_SET(total, sum_floats(iterator, total, &rest));
        K_SET(pending, rest);
    }
    while (total && !PyErr_Occurred()) {
        if (!pending)
            K_SET(pending, next_of(iterator));
        if (!pending)
            break;
        K_SET(total, PyNumber_Add(total, pending)); /* runs code */
        Py_CLEAR(pending);
    }
    return PyErr_Occurred() ? NULL : K_MOVE(total);
}

/* ---- min and max ---- */

BINDER(minmax, "min", "(*args, key=None, default=<unrepresentable>)", *args, *key, *fallback);

/* The least (op Py_LT) or greatest (Py_GT) item of an iterator by key(item): new; NULL without exception when empty. */
static PyObject *best_of(PyObject *iterator, PyObject *key, int op)
{
    K_AUTO(PyObject *) best = NULL;
    K_AUTO(PyObject *) best_value = NULL;
    for (PyObject *next; (next = next_of(iterator)); ) {
        K_AUTO(PyObject *) item = next;
        K_AUTO(PyObject *) value = key ? PyObject_CallOneArg(key, item) : Py_NewRef(item); /* runs code */
        if (!value)
            return NULL;
        int better = best ? PyObject_RichCompareBool(value, best_value, op) : 1;
        if (better < 0)
            return NULL;
        if (better) {
            K_SET(best, K_MOVE(item));
            K_SET(best_value, K_MOVE(value));
        }
    }
    return PyErr_Occurred() ? NULL : K_MOVE(best);
}

static PyObject *min_max(PyObject *args, PyObject *kwargs, int op)
{
    const char *name = op == Py_LT ? "min" : "max";
    Py_ssize_t n = PyTuple_GET_SIZE(args);
    if (n < 1)
        return k_raise(PyExc_TypeError, "%s expected at least 1 argument, got 0", name);
    PyObject *key = NULL, *fallback = NULL, *kept = NULL;
    if (kwargs) {
        if (PyDict_GET_SIZE(kwargs) > 2)
            return k_raise(PyExc_TypeError, "%s() takes at most 2 keyword arguments (%zd given)", name, PyDict_GET_SIZE(kwargs));
        minmax_args arg;
        minmax_binder.name = name;
        if (BIND(minmax, &arg, args, kwargs, &kept) < 0)
            return NULL;
        key = arg.key == Py_None ? NULL : arg.key;
        fallback = arg.fallback;
    }
    K_AUTO(PyObject *) owned = kept;
    if (n > 1 && fallback)
        return k_raise(PyExc_TypeError, "Cannot specify a default for %s() with multiple positional arguments", name);
    K_AUTO(PyObject *) iterator = PyObject_GetIter(n > 1 ? args : PyTuple_GET_ITEM(args, 0));
    PyObject *best = iterator ? best_of(iterator, key, op) : NULL;
    if (best || PyErr_Occurred())
        return best;
    if (fallback)
        return Py_NewRef(fallback);
    return k_raise(PyExc_ValueError, "%s() arg is an empty sequence", name);
}

METHOD_RAW(builtins_iter, max, VAR, 0,
           "max(iterable, *[, default=obj, key=func]) -> value\n"
           "max(arg1, arg2, *args, *[, key=func]) -> value\n\n"
           "With a single iterable argument, return its biggest item, or the default\n"
           "when it is empty. With two or more arguments, return the largest argument.")
{
    return min_max(args, kwargs, Py_GT);
}

METHOD_RAW(builtins_iter, min, VAR, 0,
           "min(iterable, *[, default=obj, key=func]) -> value\n"
           "min(arg1, arg2, *args, *[, key=func]) -> value\n\n"
           "With a single iterable argument, return its smallest item, or the default\n"
           "when it is empty. With two or more arguments, return the smallest argument.")
{
    return min_max(args, kwargs, Py_LT);
}

METHOD_RAW(builtins_iter, sorted, VEC, 0,
           "sorted($module, iterable, /, *, key=None, reverse=False)\n--\n\n"
           "Return a new list containing all items from the iterable in ascending order.\n\n"
           "A custom key function can be supplied to customize the sort order, and the\n"
           "reverse flag can be set to request the result in descending order.")
{
    if (nargs != 1)
        return k_raise(PyExc_TypeError, "sorted expected 1 argument, got %zd", nargs);
    K_AUTO(PyObject *) list = PySequence_List(args[0]);
    K_AUTO(PyObject *) sort = list ? PyObject_GetAttr(list, K_STR("sort")) : NULL;
    K_AUTO(PyObject *) done = sort ? PyObject_Vectorcall(sort, args + 1, 0, kwnames) : NULL; /* runs code */
    return done ? K_MOVE(list) : NULL;
}

/* ---- iterators ---- */

METHOD_RAW(builtins_iter, iter, FAST, 0,
           "iter(iterable) -> iterator\niter(callable, sentinel) -> iterator\n\n"
           "Get an iterator from an object.  In the first form, the argument must\n"
           "supply its own iterator, or be a sequence.\n"
           "In the second form, the callable is called until it returns the sentinel.")
{
    if (k_check_nargs("iter", nargs, 1, 2) < 0)
        return NULL;
    if (nargs == 1)
        return PyObject_GetIter(args[0]);
    if (!PyCallable_Check(args[0]))
        return k_raise(PyExc_TypeError, "iter(v, w): v must be callable");
    return PyCallIter_New(args[0], args[1]);
}

METHOD_RAW(builtins_iter, next, FAST, 0,
           "next(iterator[, default])\n\nReturn the next item from the iterator. If default is given and the iterator\n"
           "is exhausted, it is returned instead of raising StopIteration.")
{
    if (k_check_nargs("next", nargs, 1, 2) < 0)
        return NULL;
    PyObject *iterator = args[0];
    if (!PyIter_Check(iterator))
        return k_raise(PyExc_TypeError, "'%.200s' object is not an iterator", Py_TYPE(iterator)->tp_name);
    PyObject *item = Py_TYPE(iterator)->tp_iternext(iterator); /* runs code */
    if (item)
        return item;
    if (nargs > 1) {
        if (PyErr_Occurred() && !k_catch(PyExc_StopIteration))
            return NULL;
        return Py_NewRef(args[1]);
    }
    if (!PyErr_Occurred())
        PyErr_SetNone(PyExc_StopIteration);
    return NULL;
}

METHOD(builtins_iter, aiter, O, "($module, async_iterable, /)", "Return an AsyncIterator for an AsyncIterable object.")
{
    return PyObject_GetAIter(arg);
}

METHOD(builtins_iter, anext, FAST, "($module, aiterator, default=<unrepresentable>, /)",
       "async anext(aiterator[, default])\n\nReturn the next item from the async iterator.  If default is given and the async\n"
       "iterator is exhausted, it is returned instead of raising StopAsyncIteration.")
{
    if (k_check_nargs("anext", nargs, 1, 2) < 0)
        return NULL;
    PyTypeObject *type = Py_TYPE(args[0]);
    if (!type->tp_as_async || !type->tp_as_async->am_anext)
        return k_raise(PyExc_TypeError, "'%.200s' object is not an async iterator", type->tp_name);
    K_AUTO(PyObject *) awaitable = type->tp_as_async->am_anext(args[0]); /* runs code */
    if (!awaitable || nargs == 1)
        return K_MOVE(awaitable);
    return builtins_anext_new(awaitable, args[1]);
}
METHODS_END(builtins_iter);
