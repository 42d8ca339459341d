/* iter_select.c - itertools: dropwhile, takewhile, filterfalse, compress, islice, starmap, pairwise, accumulate.
 *
 * In: one iterable (compress: and its selectors).  Out: a choice of its items, or what a function makes of them.
 * Invariant: an iterator that has ended lets go of its input where CPython's does.
 * Start at any T_next. */
#include "modules/itertools/iter_common.h"

/* ---- dropwhile, takewhile ---- */

typedef struct While {
    PyObject ob_base;
    PyObject *function, *it;
    long decided; /* dropwhile: items pass; takewhile: the end was reached */
} While;

static PyObject *while_make(PyTypeObject *type, PyTypeObject *own, const char *name, PyObject *args, PyObject *kwargs)
{
    PyObject **arg = positional(type, own, name, args, kwargs, 2, 2);
    K_AUTO(PyObject *) it = arg ? PyObject_GetIter(arg[1]) : NULL;
    While *self = it ? (While *)type->tp_alloc(type, 0) : NULL;
    if (!self)
        return NULL;
    self->function = Py_NewRef(arg[0]);
    self->it = K_MOVE(it);
    return (PyObject *)self;
}

/* Whether the predicate holds for the item. */
static int holds(PyObject *function, PyObject *item)
{
    PyObject *verdict = PyObject_CallOneArg(function, item);
    int truth = verdict ? PyObject_IsTrue(verdict) : -1;
    Py_XDECREF(verdict);
    return truth;
}

static PyObject *while_reduce(PyObject *self)
{
    While *lz = (While *)self;
    return Py_BuildValue("O(OO)l", Py_TYPE(self), lz->function, lz->it, lz->decided);
}

static PyObject *while_setstate(PyObject *self, PyObject *state)
{
    int decided = PyObject_IsTrue(state);
    if (decided < 0)
        return NULL;
    ((While *)self)->decided = decided;
    Py_RETURN_NONE;
}

#define WHILE_TYPE(T, doc)                                                                                             \
    static PyObject *T##_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)                                     \
    {                                                                                                                  \
        return while_make(type, &itertools_##T##_type, #T, args, kwargs);                                              \
    }                                                                                                                  \
    LIFE(T, 2)                                                                                                         \
    METHODS_DECLARE(T);                                                                                                \
    METHOD_RAW(T, __reduce__, NOARGS, 0, "State for pickling.") { return while_reduce(self); }                         \
    METHOD_RAW(T, __setstate__, O, 0, "Takes pickled state.") { return while_setstate(self, arg); }                    \
    METHODS_END(T);                                                                                                    \
    ITER_TYPE(T, While, Py_TPFLAGS_BASETYPE, doc)

static PyObject *dropwhile_next(PyObject *self)
{
    While *lz = (While *)self;
    PyObject *item;
    while ((item = step(lz->it))) {
        if (lz->decided)
            return item;
        int drop = holds(lz->function, item);
        if (drop == 0) {
            lz->decided = 1;
            return item;
        }
        Py_DECREF(item);
        if (drop < 0)
            return NULL;
    }
    return NULL;
}
WHILE_TYPE(dropwhile, "dropwhile(predicate, iterable, /)\n--\n\n"
                      "Leaves out items while the predicate is true; then gives all the others.");

static PyObject *takewhile_next(PyObject *self)
{
    While *lz = (While *)self;
    PyObject *item = lz->decided ? NULL : step(lz->it);
    if (!item)
        return NULL;
    int take = holds(lz->function, item);
    if (take > 0)
        return item;
    Py_DECREF(item);
    if (take == 0)
        lz->decided = 1;
    return NULL;
}
WHILE_TYPE(takewhile, "takewhile(predicate, iterable, /)\n--\n\nGives items as long as the predicate is true.");

/* ---- filterfalse, starmap, compress ---- */

typedef struct Pair {
    PyObject ob_base;
    PyObject *first, *second;
} Pair;

static PyObject *pair_reduce(PyObject *self)
{
    return Py_BuildValue("O(OO)", Py_TYPE(self), ((Pair *)self)->first, ((Pair *)self)->second);
}

static PyObject *pair_make(PyTypeObject *type, PyObject *first, PyObject *iterable)
{
    K_AUTO(PyObject *) it = PyObject_GetIter(iterable);
    Pair *self = it ? (Pair *)type->tp_alloc(type, 0) : NULL;
    if (!self)
        return NULL;
    self->first = Py_NewRef(first);
    self->second = K_MOVE(it);
    return (PyObject *)self;
}

#define PAIR_TYPE(T, doc)                                                                                              \
    LIFE(T, 2)                                                                                                         \
    METHODS_DECLARE(T);                                                                                                \
    METHOD_RAW(T, __reduce__, NOARGS, 0, "State for pickling.") { return pair_reduce(self); }                          \
    METHODS_END(T);                                                                                                    \
    ITER_TYPE(T, Pair, Py_TPFLAGS_BASETYPE, doc)

static PyObject *filterfalse_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject **arg = positional(type, &itertools_filterfalse_type, "filterfalse", args, kwargs, 2, 2);
    return arg ? pair_make(type, arg[0], arg[1]) : NULL;
}

static PyObject *filterfalse_next(PyObject *self)
{
    Pair *lz = (Pair *)self;
    int by_truth = lz->first == Py_None || lz->first == (PyObject *)&PyBool_Type;
    PyObject *item;
    while ((item = step(lz->second))) {
        int good = by_truth ? PyObject_IsTrue(item) : holds(lz->first, item);
        if (good == 0)
            return item;
        Py_DECREF(item);
        if (good < 0)
            return NULL;
    }
    return NULL;
}
PAIR_TYPE(filterfalse, "filterfalse(function, iterable, /)\n--\n\n"
                       "The items for which the function is false; with None, the items that are false.");

static PyObject *starmap_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject **arg = positional(type, &itertools_starmap_type, "starmap", args, kwargs, 2, 2);
    return arg ? pair_make(type, arg[0], arg[1]) : NULL;
}

static PyObject *starmap_next(PyObject *self)
{
    Pair *lz = (Pair *)self;
    K_AUTO(PyObject *) args = step(lz->second);
    if (args && !PyTuple_CheckExact(args))
        K_SET(args, PySequence_Tuple(args));
    return args ? PyObject_Call(lz->first, args, NULL) : NULL;
}
PAIR_TYPE(starmap, "starmap(function, iterable, /)\n--\n\nThe function's results for tuples of arguments.");

BINDER(compress_new, "compress", "(data, selectors)", *data, *selectors);

static PyObject *compress_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    compress_new_args arg;
    PyObject *kept = NULL;
    if (BIND(compress_new, &arg, args, kwargs, &kept) < 0)
        return NULL;
    K_AUTO(PyObject *) hold = kept;
    K_AUTO(PyObject *) data = PyObject_GetIter(arg.data);
    return data ? pair_make(type, data, arg.selectors) : NULL;
}

static PyObject *compress_next(PyObject *self)
{
    Pair *lz = (Pair *)self;
    for (;;) {
        K_AUTO(PyObject *) item = step(lz->first);
        K_AUTO(PyObject *) selector = item ? step(lz->second) : NULL;
        int chosen = selector ? PyObject_IsTrue(selector) : -1;
        if (chosen)
            return chosen < 0 ? NULL : K_MOVE(item);
    }
}
PAIR_TYPE(compress, "compress(data, selectors)\n--\n\nThe data items whose selector is true.");

/* ---- islice ---- */

typedef struct Islice {
    PyObject ob_base;
    PyObject *it; /* NULL once exhausted */
    Py_ssize_t next, stop, step, count; /* stop: -1 without end */
} Islice;

static const char bad_islice_index[] =
    "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.";

/* An index, or -1 when it is none that fits; only MemoryError and the like would not be meant. */
static Py_ssize_t small_index(PyObject *value)
{
    Py_ssize_t i = PyNumber_AsSsize_t(value, PyExc_OverflowError); /* runs code */
    if (i == -1 && PyErr_Occurred())
        PyErr_Clear();
    return i;
}

static PyObject *islice_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject **arg = positional(type, &itertools_islice_type, "islice", args, kwargs, 2, 4);
    if (!arg)
        return NULL;
    Py_ssize_t n = Py_SIZE(args), start = 0, stop = -1, by = 1;
    PyObject *end = n == 2 ? arg[1] : arg[2];
    if (n > 2 && arg[1] != Py_None)
        start = small_index(arg[1]);
    if (end != Py_None && (stop = small_index(end)) == -1)
        return k_raise(PyExc_ValueError,
                       "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.");
    if (start < 0 || stop < -1)
        return k_raise(PyExc_ValueError, bad_islice_index);
    if (n > 3 && arg[3] != Py_None)
        by = small_index(arg[3]);
    if (by < 1)
        return k_raise(PyExc_ValueError, "Step for islice() must be a positive integer or None.");
    K_AUTO(PyObject *) it = PyObject_GetIter(arg[0]);
    Islice *self = it ? (Islice *)type->tp_alloc(type, 0) : NULL;
    if (!self)
        return NULL;
    self->it = K_MOVE(it);
    self->next = start;
    self->stop = stop;
    self->step = by;
    return (PyObject *)self;
}
LIFE(islice, 1)

static PyObject *islice_next(PyObject *self)
{
    Islice *lz = (Islice *)self;
    K_AUTO(PyObject *) it = Py_XNewRef(lz->it);
    if (!it)
        return NULL;
    PyObject *item = NULL;
    while (lz->count < lz->next && (item = step(it))) {
        Py_DECREF(item);
        lz->count++;
    }
    if (lz->count >= lz->next && (lz->stop == -1 || lz->count < lz->stop) && (item = step(it))) {
        lz->count++;
        Py_ssize_t next = (Py_ssize_t)((size_t)lz->next + (size_t)lz->step);
        lz->next = next < lz->next || (lz->stop != -1 && next > lz->stop) ? lz->stop : next;
        return item;
    }
    Py_CLEAR(lz->it);
    return NULL;
}

METHODS_DECLARE(islice);
METHOD_RAW(islice, __reduce__, NOARGS, 0, "State for pickling.")
{
    Islice *lz = (Islice *)self;
    if (!lz->it) { /* an islice over nothing */
        K_AUTO(PyObject *) nothing = PyTuple_New(0);
        K_AUTO(PyObject *) it = nothing ? PyObject_GetIter(nothing) : NULL;
        return it ? Py_BuildValue("O(On)n", Py_TYPE(self), it, (Py_ssize_t)0, (Py_ssize_t)0) : NULL;
    }
    K_AUTO(PyObject *) stop = lz->stop == -1 ? Py_NewRef(Py_None) : PyLong_FromSsize_t(lz->stop);
    return stop ? Py_BuildValue("O(OnOn)n", Py_TYPE(self), lz->it, lz->next, stop, lz->step, lz->count) : NULL;
}
METHOD_RAW(islice, __setstate__, O, 0, "Takes pickled state.")
{
    Py_ssize_t count = PyLong_AsSsize_t(arg);
    if (count == -1 && PyErr_Occurred())
        return NULL;
    ((Islice *)self)->count = count;
    Py_RETURN_NONE;
}
METHODS_END(islice);
ITER_TYPE(islice, Islice, Py_TPFLAGS_BASETYPE,
          "islice(iterable, stop) --> islice object\nislice(iterable, start, stop[, step]) --> islice object\n\n"
          "The items that a slice with these bounds would have, taken one at a time.");

/* ---- pairwise ---- */

static PyObject *pairwise_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject **arg = positional(type, &itertools_pairwise_type, "pairwise", args, kwargs, 1, 1);
    K_AUTO(PyObject *) it = arg ? PyObject_GetIter(arg[0]) : NULL;
    Pair *self = it ? (Pair *)type->tp_alloc(type, 0) : NULL;
    if (self)
        self->first = K_MOVE(it); /* second: the item before */
    return (PyObject *)self;
}
LIFE(pairwise, 2)

static PyObject *pairwise_next(PyObject *self)
{
    Pair *lz = (Pair *)self;
    K_AUTO(PyObject *) it = Py_XNewRef(lz->first);
    if (!it)
        return NULL;
    K_AUTO(PyObject *) before = Py_XNewRef(lz->second);
    if (!before) {
        K_SET(before, step(it));
        Py_XSETREF(lz->second, Py_XNewRef(before));
        if (!before) {
            Py_CLEAR(lz->first);
            return NULL;
        }
        K_SET(it, Py_XNewRef(lz->first)); /* the code may have come back here and used it up */
        if (!it) {
            Py_CLEAR(lz->second);
            return NULL;
        }
    }
    PyObject *item = step(it);
    if (!item) {
        Py_CLEAR(lz->first);
        Py_CLEAR(lz->second);
        return NULL;
    }
    PyObject *pair = PyTuple_Pack(2, before, item);
    Py_XSETREF(lz->second, item);
    return pair;
}
METHODS_DECLARE(pairwise);
METHODS_END(pairwise);
ITER_TYPE(pairwise, Pair, Py_TPFLAGS_BASETYPE,
          "pairwise(iterable, /)\n--\n\nEach item with its successor: (s0, s1), (s1, s2), ...");

/* ---- accumulate ---- */

typedef struct Accumulate {
    PyObject ob_base;
    PyObject *total, *it, *function, *initial; /* total, function, initial: NULL when there is none */
} Accumulate;

BINDER(accumulate_new, "accumulate", "(iterable, func=None, *, initial=None)", *iterable, *func, *initial);

static PyObject *accumulate_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    accumulate_new_args arg;
    PyObject *kept = NULL;
    if (BIND(accumulate_new, &arg, args, kwargs, &kept) < 0)
        return NULL;
    K_AUTO(PyObject *) hold = kept;
    K_AUTO(PyObject *) it = PyObject_GetIter(arg.iterable);
    Accumulate *self = it ? (Accumulate *)type->tp_alloc(type, 0) : NULL;
    if (!self)
        return NULL;
    self->it = K_MOVE(it);
    self->function = arg.func == Py_None ? NULL : Py_NewRef(arg.func);
    self->initial = arg.initial == Py_None ? NULL : Py_NewRef(arg.initial);
    return (PyObject *)self;
}
LIFE(accumulate, 4)

static PyObject *accumulate_next(PyObject *self)
{
    Accumulate *lz = (Accumulate *)self;
    if (lz->initial) {
        Py_XSETREF(lz->total, lz->initial);
        lz->initial = NULL;
        return Py_NewRef(lz->total);
    }
    K_AUTO(PyObject *) item = step(lz->it);
    if (!item)
        return NULL;
    if (!lz->total) {
        lz->total = Py_NewRef(item);
        return K_MOVE(item);
    }
    K_AUTO(PyObject *) before = Py_NewRef(lz->total);
    PyObject *total = lz->function ? PyObject_CallFunctionObjArgs(lz->function, before, item, NULL)
                                   : PyNumber_Add(before, item);
    if (total)
        Py_XSETREF(lz->total, Py_NewRef(total));
    return total;
}

/* iter(value, then the rest of it) */
static PyObject *chained(PyObject *value, PyObject *it)
{
    K_AUTO(PyObject *) head = PyTuple_Pack(1, value);
    return head ? PyObject_CallFunctionObjArgs((PyObject *)&itertools_chain_type, head, it, NULL) : NULL;
}

METHODS_DECLARE(accumulate);
METHOD_RAW(accumulate, __reduce__, NOARGS, 0, "State for pickling.")
{
    Accumulate *lz = (Accumulate *)self;
    PyObject *function = lz->function ? lz->function : Py_None, *type = (PyObject *)Py_TYPE(self);
    if (lz->initial) {
        K_AUTO(PyObject *) it = chained(lz->initial, lz->it);
        return it ? Py_BuildValue("O(OO)O", type, it, function, Py_None) : NULL;
    }
    if (lz->total == Py_None) { /* None as state would mean no total: let a new one make it and skip it */
        K_AUTO(PyObject *) it = chained(lz->total, lz->it);
        K_AUTO(PyObject *) again = it ? PyObject_CallFunctionObjArgs(type, it, function, NULL) : NULL;
        return again ? Py_BuildValue("O(OiO)", &itertools_islice_type, again, 1, Py_None) : NULL;
    }
    return Py_BuildValue("O(OO)O", type, lz->it, function, lz->total ? lz->total : Py_None);
}
METHOD_RAW(accumulate, __setstate__, O, 0, "Takes pickled state.")
{
    Py_XSETREF(((Accumulate *)self)->total, arg == Py_None ? NULL : Py_NewRef(arg));
    Py_RETURN_NONE;
}
METHODS_END(accumulate);
ITER_TYPE(accumulate, Accumulate, Py_TPFLAGS_BASETYPE,
          "accumulate(iterable, func=None, *, initial=None)\n--\n\n"
          "The running totals, or results of another function of two arguments.");
