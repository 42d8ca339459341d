/* iter_combine.c - itertools: product, combinations, combinations_with_replacement, permutations.
 *
 * In: pools of items.  Out: tuples in lexicographic order of the items' positions.
 * Invariant: `indices` (from PyMem) are the positions of the last result; NULL result: nothing was given yet.
 * Start at any T_next. */
#include "modules/itertools/iter_common.h"

/* ---- shared ---- */

typedef struct Combine {
    PyObject ob_base;
    PyObject *pool, *result; /* product: pool is the tuple of pools */
    Py_ssize_t *indices;
    Py_ssize_t r; /* length of the results */
    int stopped;
} Combine;

static void combine_drop(PyObject *self)
{
    PyMem_Free(((Combine *)self)->indices);
    drop_owned(self, 2);
}

/* A new one with n positions, all 0. Takes the pool over. */
static PyObject *combine_make(PyTypeObject *type, PyObject *pool, Py_ssize_t n, Py_ssize_t r)
{
    K_AUTO(PyObject *) items = pool;
    Py_ssize_t *indices = PyMem_Calloc((size_t)Py_MAX(n, 1), sizeof *indices);
    if (!indices)
        return PyErr_NoMemory();
    Combine *self = (Combine *)type->tp_alloc(type, 0);
    if (!self) {
        PyMem_Free(indices);
        return NULL;
    }
    self->pool = K_MOVE(items);
    self->indices = indices;
    self->r = r;
    return (PyObject *)self;
}

static PyObject *numbers(const Py_ssize_t *values, Py_ssize_t n)
{
    K_AUTO(PyObject *) tuple = PyTuple_New(n);
    for (Py_ssize_t i = 0; tuple && i < n; i++) {
        PyObject *number = PyLong_FromSsize_t(values[i]);
        if (!number)
            return NULL;
        PyTuple_SET_ITEM(tuple, i, number);
    }
    return K_MOVE(tuple);
}

/* Reads state[i] as a number between low and high; PY_SSIZE_T_MIN with an exception. */
static Py_ssize_t number_between(PyObject *state, Py_ssize_t i, Py_ssize_t low, Py_ssize_t high)
{
    Py_ssize_t value = PyLong_AsSsize_t(PyTuple_GET_ITEM(state, i));
    if (value == -1 && PyErr_Occurred())
        return PY_SSIZE_T_MIN;
    return Py_MAX(low, Py_MIN(value, high));
}

/* Makes result the items at the first r indices. */
static int combine_set_result(Combine *lz)
{
    PyObject *result = PyTuple_New(lz->r);
    if (!result)
        return -1;
    for (Py_ssize_t i = 0; i < lz->r; i++)
        PyTuple_SET_ITEM(result, i, Py_NewRef(PyTuple_GET_ITEM(lz->pool, lz->indices[i])));
    Py_XSETREF(lz->result, result);
    return 0;
}

static PyObject *combine_stop(Combine *lz)
{
    lz->stopped = 1;
    return NULL;
}

/* Writes the items from position i on into the result, which is given out. */
static PyObject *combine_give_from(Combine *lz, Py_ssize_t i)
{
    PyObject *result = result_to_fill(&lz->result);
    for (; result && i < lz->r; i++)
        Py_SETREF(PyTuple_GET_ITEM(result, i), Py_NewRef(PyTuple_GET_ITEM(lz->pool, lz->indices[i])));
    return Py_XNewRef(result);
}

/* The state of combinations with and without replacement. */
static PyObject *combine_reduce(PyObject *self)
{
    Combine *lz = (Combine *)self;
    if (!lz->result && !lz->stopped)
        return Py_BuildValue("O(On)", Py_TYPE(self), lz->pool, lz->r);
    if (lz->stopped)
        return Py_BuildValue("O(()n)", Py_TYPE(self), lz->r);
    K_AUTO(PyObject *) indices = numbers(lz->indices, lz->r);
    return indices ? Py_BuildValue("O(On)O", Py_TYPE(self), lz->pool, lz->r, indices) : NULL;
}

/* spread: without replacement, index i has to leave room for those behind it. */
static PyObject *combine_setstate(PyObject *self, PyObject *state, int spread)
{
    Combine *lz = (Combine *)self;
    Py_ssize_t n = Py_SIZE(lz->pool);
    if (!PyTuple_Check(state) || Py_SIZE(state) != lz->r || (n == 0 && lz->r > 0))
        return k_raise(PyExc_ValueError, "invalid arguments");
    for (Py_ssize_t i = 0; i < lz->r; i++) {
        Py_ssize_t index = number_between(state, i, 0, spread ? i + n - lz->r : n - 1);
        if (index == PY_SSIZE_T_MIN)
            return NULL;
        lz->indices[i] = index;
    }
    if (combine_set_result(lz) < 0)
        return NULL;
    Py_RETURN_NONE;
}

/* The r of a call; -1 with an exception. */
static Py_ssize_t combine_length(PyObject *r)
{
    Py_ssize_t length;
    if (k_arg_ssize(r, &length) < 0)
        return -1;
    if (length < 0)
        PyErr_SetString(PyExc_ValueError, "r must be non-negative");
    return length < 0 ? -1 : length;
}

/* Combinations of either kind, all positions 0. */
static PyObject *combine_new(PyTypeObject *type, PyObject *iterable, PyObject *length)
{
    K_AUTO(PyObject *) pool = PySequence_Tuple(iterable);
    Py_ssize_t r = pool ? combine_length(length) : -1;
    return r < 0 ? NULL : combine_make(type, K_MOVE(pool), r, r);
}

static PyObject *combine_sizeof(PyObject *self)
{
    return PyLong_FromSsize_t(Py_TYPE(self)->tp_basicsize + ((Combine *)self)->r * (Py_ssize_t)sizeof(Py_ssize_t));
}

/* ---- combinations ---- */

BINDER(combinations_new, "combinations", "(iterable, r)", *iterable, *r);

static PyObject *combinations_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    combinations_new_args arg;
    PyObject *kept = NULL;
    if (BIND(combinations_new, &arg, args, kwargs, &kept) < 0)
        return NULL;
    K_AUTO(PyObject *) hold = kept;
    Combine *self = (Combine *)combine_new(type, arg.iterable, arg.r);
    for (Py_ssize_t i = 0; self && i < self->r; i++)
        self->indices[i] = i;
    if (self)
        self->stopped = self->r > Py_SIZE(self->pool);
    return (PyObject *)self;
}

static void combinations_dealloc(PyObject *self)
{
    combine_drop(self);
}
static int combinations_traverse(PyObject *self, visitproc visit, void *arg)
{
    return visit_owned(self, 2, visit, arg);
}

static PyObject *combinations_next(PyObject *self)
{
    Combine *lz = (Combine *)self;
    Py_ssize_t n = Py_SIZE(lz->pool), i = lz->r - 1;
    if (lz->stopped)
        return NULL;
    if (!lz->result)
        return combine_set_result(lz) < 0 ? combine_stop(lz) : Py_NewRef(lz->result);
    while (i >= 0 && lz->indices[i] == i + n - lz->r) /* the rightmost one that can move on */
        i--;
    if (i < 0)
        return combine_stop(lz);
    lz->indices[i]++;
    for (Py_ssize_t j = i + 1; j < lz->r; j++)
        lz->indices[j] = lz->indices[j - 1] + 1;
    return combine_give_from(lz, i);
}

METHODS_DECLARE(combinations);
METHOD_RAW(combinations, __reduce__, NOARGS, 0, "State for pickling.")
{
    return combine_reduce(self);
}
METHOD_RAW(combinations, __setstate__, O, 0, "Takes pickled state.")
{
    return combine_setstate(self, arg, 1);
}
METHOD_RAW(combinations, __sizeof__, NOARGS, 0, "The bytes that it takes.")
{
    return combine_sizeof(self);
}
METHODS_END(combinations);
ITER_TYPE(combinations, Combine, Py_TPFLAGS_BASETYPE,
          "combinations(iterable, r)\n--\n\nTuples of r items in the order of the iterable.\n\n"
          "combinations(range(4), 3) --> (0,1,2), (0,1,3), (0,2,3), (1,2,3)");

/* ---- combinations_with_replacement ---- */

BINDER(combinations_with_replacement_new, "combinations_with_replacement", "(iterable, r)", *iterable, *r);

static PyObject *combinations_with_replacement_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    combinations_with_replacement_new_args arg;
    PyObject *kept = NULL;
    if (BIND(combinations_with_replacement_new, &arg, args, kwargs, &kept) < 0)
        return NULL;
    K_AUTO(PyObject *) hold = kept;
    Combine *self = (Combine *)combine_new(type, arg.iterable, arg.r);
    if (self)
        self->stopped = Py_SIZE(self->pool) == 0 && self->r > 0;
    return (PyObject *)self;
}

static void combinations_with_replacement_dealloc(PyObject *self)
{
    combine_drop(self);
}
static int combinations_with_replacement_traverse(PyObject *self, visitproc visit, void *arg)
{
    return visit_owned(self, 2, visit, arg);
}

static PyObject *combinations_with_replacement_next(PyObject *self)
{
    Combine *lz = (Combine *)self;
    Py_ssize_t n = Py_SIZE(lz->pool), i = lz->r - 1;
    if (lz->stopped)
        return NULL;
    if (!lz->result)
        return combine_set_result(lz) < 0 ? combine_stop(lz) : Py_NewRef(lz->result);
    while (i >= 0 && lz->indices[i] == n - 1)
        i--;
    if (i < 0)
        return combine_stop(lz);
    Py_ssize_t index = lz->indices[i] + 1;
    for (Py_ssize_t j = i; j < lz->r; j++)
        lz->indices[j] = index;
    return combine_give_from(lz, i);
}

METHODS_DECLARE(combinations_with_replacement);
METHOD_RAW(combinations_with_replacement, __reduce__, NOARGS, 0, "State for pickling.")
{
    return combine_reduce(self);
}
METHOD_RAW(combinations_with_replacement, __setstate__, O, 0, "Takes pickled state.")
{
    return combine_setstate(self, arg, 0);
}
METHOD_RAW(combinations_with_replacement, __sizeof__, NOARGS, 0, "The bytes that it takes.")
{
    return combine_sizeof(self);
}
METHODS_END(combinations_with_replacement);
ITER_TYPE(combinations_with_replacement, Combine, Py_TPFLAGS_BASETYPE,
          "combinations_with_replacement(iterable, r)\n--\n\n"
          "Tuples of r items in the order of the iterable, where an item may come again.\n\n"
          "combinations_with_replacement('ABC', 2) --> ('A','A'), ('A','B'), ('A','C'), ('B','B'), ('B','C'), "
          "('C','C')");

/* ---- permutations ---- */

typedef struct Permutations {
    Combine base; /* indices: of all items; the first r are given out */
    Py_ssize_t *cycles;
} Permutations;

BINDER(permutations_new, "permutations", "(iterable, r=None)", *iterable, *r);

static PyObject *permutations_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    permutations_new_args arg;
    PyObject *kept = NULL;
    if (BIND(permutations_new, &arg, args, kwargs, &kept) < 0)
        return NULL;
    K_AUTO(PyObject *) hold = kept;
    K_AUTO(PyObject *) pool = PySequence_Tuple(arg.iterable);
    if (!pool)
        return NULL;
    if (arg.r != Py_None && !PyLong_Check(arg.r))
        return k_raise(PyExc_TypeError, "Expected int as r");
    Py_ssize_t n = Py_SIZE(pool), r = arg.r == Py_None ? n : combine_length(arg.r);
    if (r < 0)
        return NULL;
    Py_ssize_t *cycles = PyMem_New(Py_ssize_t, Py_MAX(r, 1));
    if (!cycles)
        return PyErr_NoMemory();
    Permutations *self = (Permutations *)combine_make(type, K_MOVE(pool), n, r);
    if (!self) {
        PyMem_Free(cycles);
        return NULL;
    }
    for (Py_ssize_t i = 0; i < n; i++)
        self->base.indices[i] = i;
    for (Py_ssize_t i = 0; i < r; i++)
        cycles[i] = n - i;
    self->cycles = cycles;
    self->base.stopped = r > n;
    return (PyObject *)self;
}

static void permutations_dealloc(PyObject *self)
{
    PyMem_Free(((Permutations *)self)->cycles);
    combine_drop(self);
}
static int permutations_traverse(PyObject *self, visitproc visit, void *arg)
{
    return visit_owned(self, 2, visit, arg);
}

static PyObject *permutations_next(PyObject *self)
{
    Permutations *lz = (Permutations *)self;
    Py_ssize_t n = Py_SIZE(lz->base.pool), *indices = lz->base.indices;
    if (lz->base.stopped)
        return NULL;
    if (!lz->base.result)
        return combine_set_result(&lz->base) < 0 ? combine_stop(&lz->base) : Py_NewRef(lz->base.result);
    for (Py_ssize_t i = lz->base.r - 1; n && i >= 0; i--) {
        if (--lz->cycles[i]) { /* another item comes to place i */
            Py_ssize_t other = n - lz->cycles[i], index = indices[i];
            indices[i] = indices[other];
            indices[other] = index;
            return combine_give_from(&lz->base, i);
        }
        Py_ssize_t index = indices[i]; /* all have been there: back to the order of the pool */
        memmove(indices + i, indices + i + 1, (size_t)(n - 1 - i) * sizeof *indices);
        indices[n - 1] = index;
        lz->cycles[i] = n - i;
    }
    return combine_stop(&lz->base);
}

METHODS_DECLARE(permutations);
METHOD_RAW(permutations, __reduce__, NOARGS, 0, "State for pickling.")
{
    Permutations *lz = (Permutations *)self;
    if (!lz->base.result && !lz->base.stopped)
        return Py_BuildValue("O(On)", Py_TYPE(self), lz->base.pool, lz->base.r);
    if (lz->base.stopped)
        return Py_BuildValue("O(()n)", Py_TYPE(self), lz->base.r);
    K_AUTO(PyObject *) indices = numbers(lz->base.indices, Py_SIZE(lz->base.pool));
    K_AUTO(PyObject *) cycles = indices ? numbers(lz->cycles, lz->base.r) : NULL;
    return cycles ? Py_BuildValue("O(On)(OO)", Py_TYPE(self), lz->base.pool, lz->base.r, indices, cycles) : NULL;
}
METHOD_RAW(permutations, __setstate__, O, 0, "Takes pickled state.")
{
    Permutations *lz = (Permutations *)self;
    PyObject *indices, *cycles;
    Py_ssize_t n = Py_SIZE(lz->base.pool);
    if (!PyTuple_Check(arg))
        return k_raise(PyExc_TypeError, "state is not a tuple");
    if (!PyArg_ParseTuple(arg, "O!O!", &PyTuple_Type, &indices, &PyTuple_Type, &cycles))
        return NULL;
    if (Py_SIZE(indices) != n || Py_SIZE(cycles) != lz->base.r || lz->base.r > n)
        return k_raise(PyExc_ValueError, "invalid arguments");
    for (Py_ssize_t i = 0; i < n; i++) {
        Py_ssize_t index = number_between(indices, i, 0, n - 1);
        if (index == PY_SSIZE_T_MIN)
            return NULL;
        lz->base.indices[i] = index;
    }
    for (Py_ssize_t i = 0; i < lz->base.r; i++) {
        Py_ssize_t cycle = number_between(cycles, i, 1, n - i);
        if (cycle == PY_SSIZE_T_MIN)
            return NULL;
        lz->cycles[i] = cycle;
    }
    if (combine_set_result(&lz->base) < 0)
        return NULL;
    Py_RETURN_NONE;
}
METHOD_RAW(permutations, __sizeof__, NOARGS, 0, "The bytes that it takes.")
{
    Combine *lz = (Combine *)self;
    return PyLong_FromSsize_t(Py_TYPE(self)->tp_basicsize +
                              (Py_SIZE(lz->pool) + lz->r) * (Py_ssize_t)sizeof(Py_ssize_t));
}
METHODS_END(permutations);
ITER_TYPE(permutations, Permutations, Py_TPFLAGS_BASETYPE,
          "permutations(iterable, r=None)\n--\n\nTuples of r items (by default all) in every order.\n\n"
          "permutations(range(3), 2) --> (0,1), (0,2), (1,0), (1,2), (2,0), (2,1)");

/* ---- product ---- */

typedef struct Product {
    PyObject ob_base;
    PyObject *pools, *result;
    Py_ssize_t *indices;
    int stopped;
} Product;

static Py_ssize_t product_repeat(PyObject *kwargs)
{
    static char *names[] = { "repeat", NULL };
    Py_ssize_t repeat = 1;
    if (!kwargs)
        return repeat;
    K_AUTO(PyObject *) nothing = PyTuple_New(0);
    if (!nothing || !PyArg_ParseTupleAndKeywords(nothing, kwargs, "|n:product", names, &repeat))
        return -1;
    if (repeat < 0)
        PyErr_SetString(PyExc_ValueError, "repeat argument cannot be negative");
    return repeat < 0 ? -1 : repeat;
}

static PyObject *product_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    Py_ssize_t repeat = product_repeat(kwargs), n = Py_SIZE(args);
    if (repeat < 0)
        return NULL;
    if (repeat == 0)
        n = 0;
    if (n && repeat > PY_SSIZE_T_MAX / (Py_ssize_t)sizeof(Py_ssize_t) / n)
        return k_raise(PyExc_OverflowError, "repeat argument too large");
    K_AUTO(PyObject *) pools = PyTuple_New(n * repeat);
    if (!pools)
        return NULL;
    for (Py_ssize_t i = 0; i < n * repeat; i++) {
        PyObject *pool = i < n ? PySequence_Tuple(PyTuple_GET_ITEM(args, i)) : Py_NewRef(PyTuple_GET_ITEM(pools, i - n));
        if (!pool)
            return NULL;
        PyTuple_SET_ITEM(pools, i, pool);
    }
    Py_ssize_t *indices = PyMem_Calloc((size_t)Py_MAX(n * repeat, 1), sizeof *indices);
    if (!indices)
        return PyErr_NoMemory();
    Product *self = (Product *)type->tp_alloc(type, 0);
    if (!self) {
        PyMem_Free(indices);
        return NULL;
    }
    self->pools = K_MOVE(pools);
    self->indices = indices;
    return (PyObject *)self;
}

static void product_dealloc(PyObject *self)
{
    PyMem_Free(((Product *)self)->indices);
    drop_owned(self, 2);
}
static int product_traverse(PyObject *self, visitproc visit, void *arg)
{
    return visit_owned(self, 2, visit, arg);
}

static PyObject *pool_item(Product *lz, Py_ssize_t i)
{
    return Py_NewRef(PyTuple_GET_ITEM(PyTuple_GET_ITEM(lz->pools, i), lz->indices[i]));
}

/* Makes result the items at the indices. All pools have one. */
static int product_set_result(Product *lz)
{
    Py_ssize_t n = Py_SIZE(lz->pools);
    PyObject *result = PyTuple_New(n);
    if (!result)
        return -1;
    for (Py_ssize_t i = 0; i < n; i++)
        PyTuple_SET_ITEM(result, i, pool_item(lz, i));
    Py_XSETREF(lz->result, result);
    return 0;
}

static PyObject *product_next(PyObject *self)
{
    Product *lz = (Product *)self;
    Py_ssize_t n = Py_SIZE(lz->pools), i = n - 1;
    if (lz->stopped)
        return NULL;
    lz->stopped = 1; /* unless something is found */
    if (!lz->result) {
        for (i = 0; i < n; i++) {
            if (Py_SIZE(PyTuple_GET_ITEM(lz->pools, i)) == 0)
                return NULL;
        }
        if (product_set_result(lz) < 0)
            return NULL;
        lz->stopped = 0;
        return Py_NewRef(lz->result);
    }
    while (i >= 0 && lz->indices[i] + 1 == Py_SIZE(PyTuple_GET_ITEM(lz->pools, i)))
        i--;
    PyObject *result = i < 0 ? NULL : result_to_fill(&lz->result);
    if (!result)
        return NULL;
    lz->indices[i]++;
    Py_SETREF(PyTuple_GET_ITEM(result, i), pool_item(lz, i));
    for (Py_ssize_t j = i + 1; j < n; j++) {
        lz->indices[j] = 0;
        Py_SETREF(PyTuple_GET_ITEM(result, j), pool_item(lz, j));
    }
    lz->stopped = 0;
    return Py_NewRef(result);
}

METHODS_DECLARE(product);
METHOD_RAW(product, __reduce__, NOARGS, 0, "State for pickling.")
{
    Product *lz = (Product *)self;
    if (lz->stopped)
        return Py_BuildValue("O(())", Py_TYPE(self));
    if (!lz->result)
        return PyTuple_Pack(2, Py_TYPE(self), lz->pools);
    K_AUTO(PyObject *) indices = numbers(lz->indices, Py_SIZE(lz->pools));
    return indices ? PyTuple_Pack(3, Py_TYPE(self), lz->pools, indices) : NULL;
}
METHOD_RAW(product, __setstate__, O, 0, "Takes pickled state.")
{
    Product *lz = (Product *)self;
    Py_ssize_t n = Py_SIZE(lz->pools);
    if (!PyTuple_Check(arg) || Py_SIZE(arg) != n)
        return k_raise(PyExc_ValueError, "invalid arguments");
    for (Py_ssize_t i = 0; i < n; i++) {
        Py_ssize_t length = Py_SIZE(PyTuple_GET_ITEM(lz->pools, i));
        if (length == 0) {
            lz->stopped = 1;
            Py_RETURN_NONE;
        }
        Py_ssize_t index = number_between(arg, i, 0, length - 1);
        if (index == PY_SSIZE_T_MIN)
            return NULL;
        lz->indices[i] = index;
    }
    if (product_set_result(lz) < 0)
        return NULL;
    Py_RETURN_NONE;
}
METHOD_RAW(product, __sizeof__, NOARGS, 0, "The bytes that it takes.")
{
    return PyLong_FromSsize_t(Py_TYPE(self)->tp_basicsize +
                              Py_SIZE(((Product *)self)->pools) * (Py_ssize_t)sizeof(Py_ssize_t));
}
METHODS_END(product);
ITER_TYPE(product, Product, Py_TPFLAGS_BASETYPE,
          "product(*iterables, repeat=1) --> product object\n\n"
          "The Cartesian product: what nested for-loops over the iterables would give, the rightmost moving fastest.\n"
          "product(A, repeat=4) is product(A, A, A, A).\n\n"
          "product('ab', range(3)) --> ('a',0) ('a',1) ('a',2) ('b',0) ('b',1) ('b',2)");
