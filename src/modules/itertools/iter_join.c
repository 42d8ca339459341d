/* iter_join.c - itertools: chain and zip_longest.
 *
 * In: several iterables.  Out: one iterator over all of them.
 * Invariant: an input that has ended is dropped.
 * Start at chain_next. */
#include "modules/itertools/iter_common.h"

#include "objects/dict/dict.h"

/* ---- chain ---- */

typedef struct Chain {
    PyObject ob_base;
    PyObject *source, *active; /* iterators: over the iterables, and over the present one */
} Chain;

static PyObject *chain_make(PyTypeObject *type, PyObject *source)
{
    K_AUTO(PyObject *) it = source ? PyObject_GetIter(source) : NULL;
    Chain *self = it ? (Chain *)type->tp_alloc(type, 0) : NULL;
    if (self)
        self->source = K_MOVE(it);
    return (PyObject *)self;
}

static PyObject *chain_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject **arg = positional(type, &itertools_chain_type, "chain", args, kwargs, 0, PY_SSIZE_T_MAX);
    return arg ? chain_make(type, args) : NULL;
}
LIFE(chain, 2)

static PyObject *chain_next(PyObject *self)
{
    Chain *lz = (Chain *)self;
    while (lz->source) {
        if (!lz->active) {
            K_AUTO(PyObject *) iterable = PyIter_Next(lz->source); /* runs code */
            if (iterable)
                lz->active = PyObject_GetIter(iterable);
            if (!lz->active) {
                Py_CLEAR(lz->source);
                return NULL;
            }
        }
        K_AUTO(PyObject *) it = Py_NewRef(lz->active);
        PyObject *item = step(it);
        if (item)
            return item;
        if (PyErr_Occurred() && !k_catch(PyExc_StopIteration))
            return NULL;
        Py_CLEAR(lz->active);
    }
    return NULL;
}

METHODS_DECLARE(chain);
METHOD_FLAGS(chain, from_iterable, O, METH_CLASS, "($type, iterable, /)",
             "chain() of the iterables that one iterable gives, one at a time.")
{
    return chain_make((PyTypeObject *)self, arg);
}
METHOD_RAW(chain, __reduce__, NOARGS, 0, "State for pickling.")
{
    Chain *lz = (Chain *)self;
    if (!lz->source)
        return Py_BuildValue("O()", Py_TYPE(self));
    return lz->active ? Py_BuildValue("O()(OO)", Py_TYPE(self), lz->source, lz->active)
                      : Py_BuildValue("O()(O)", Py_TYPE(self), lz->source);
}
METHOD_RAW(chain, __setstate__, O, 0, "Takes pickled state.")
{
    Chain *lz = (Chain *)self;
    PyObject *source, *active = NULL;
    if (!PyTuple_Check(arg))
        return k_raise(PyExc_TypeError, "state is not a tuple");
    if (!PyArg_ParseTuple(arg, "O|O", &source, &active))
        return NULL;
    if (!PyIter_Check(source) || (active && !PyIter_Check(active)))
        return k_raise(PyExc_TypeError, "Arguments must be iterators.");
    Py_XSETREF(lz->source, Py_NewRef(source));
    Py_XSETREF(lz->active, Py_XNewRef(active));
    Py_RETURN_NONE;
}
METHOD_RAW(chain, __class_getitem__, O, METH_CLASS, "See PEP 585")
{
    return Py_GenericAlias(self, arg);
}
METHODS_END(chain);
ITER_TYPE(chain, Chain, Py_TPFLAGS_BASETYPE,
          "chain(*iterables) --> chain object\n\nThe items of the first iterable, then those of the next, to the last.");

/* ---- zip_longest ---- */

typedef struct ZipLongest {
    PyObject ob_base;
    PyObject *iterators, *result, *fill; /* iterators: NULL in the place of one that has ended */
    Py_ssize_t n, active;
} ZipLongest;

static PyObject *zip_longest_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *fill = Py_None;
    Py_ssize_t n = Py_SIZE(args);
    if (kwargs && PyDict_CheckExact(kwargs) && PyDict_GET_SIZE(kwargs) > 0) {
        fill = PyDict_GET_SIZE(kwargs) == 1 ? PyDict_GetItemWithError(kwargs, K_STR("fillvalue")) : NULL;
        if (!fill)
            return PyErr_Occurred() ? NULL : k_raise(PyExc_TypeError,
                                                     "zip_longest() got an unexpected keyword argument");
    }
    K_AUTO(PyObject *) iterators = k_iter_tuple(&PyTuple_GET_ITEM(args, 0), n);
    K_AUTO(PyObject *) result = iterators ? PyTuple_New(n) : NULL;
    ZipLongest *self = result ? (ZipLongest *)type->tp_alloc(type, 0) : NULL;
    if (!self)
        return NULL;
    for (Py_ssize_t i = 0; i < n; i++)
        PyTuple_SET_ITEM(result, i, Py_NewRef(Py_None));
    self->iterators = K_MOVE(iterators);
    self->result = K_MOVE(result);
    self->fill = Py_NewRef(fill);
    self->n = self->active = n;
    return (PyObject *)self;
}
LIFE(zip_longest, 3)

/* Item i, or the fill value once its input has ended; NULL at the end of all, or on error. */
static PyObject *zip_longest_item(ZipLongest *lz, Py_ssize_t i)
{
    PyObject *it = PyTuple_GET_ITEM(lz->iterators, i);
    if (!it)
        return Py_NewRef(lz->fill);
    PyObject *item = PyIter_Next(it); /* runs code */
    if (item)
        return item;
    lz->active--;
    if (lz->active == 0 || PyErr_Occurred()) {
        lz->active = 0;
        return NULL;
    }
    item = Py_NewRef(lz->fill);
    Py_CLEAR(PyTuple_GET_ITEM(lz->iterators, i));
    return item;
}

static PyObject *zip_longest_next(PyObject *self)
{
    ZipLongest *lz = (ZipLongest *)self;
    if (lz->n == 0 || lz->active == 0)
        return NULL;
    K_AUTO(PyObject *) result = Py_REFCNT(lz->result) == 1 ? Py_NewRef(lz->result) : PyTuple_New(lz->n);
    for (Py_ssize_t i = 0; result && i < lz->n; i++) {
        PyObject *item = zip_longest_item(lz, i);
        if (!item)
            return NULL;
        Py_XSETREF(PyTuple_GET_ITEM(result, i), item);
    }
    if (result && !k_gc_is_tracked(result))
        PyObject_GC_Track(result);
    return K_MOVE(result);
}

METHODS_DECLARE(zip_longest);
METHOD_RAW(zip_longest, __reduce__, NOARGS, 0, "State for pickling.")
{
    ZipLongest *lz = (ZipLongest *)self;
    K_AUTO(PyObject *) args = PyTuple_New(lz->n);
    for (Py_ssize_t i = 0; args && i < lz->n; i++) {
        PyObject *it = PyTuple_GET_ITEM(lz->iterators, i);
        PyObject *item = it ? Py_NewRef(it) : PyTuple_New(0);
        if (!item)
            return NULL;
        PyTuple_SET_ITEM(args, i, item);
    }
    return args ? PyTuple_Pack(3, Py_TYPE(self), args, lz->fill) : NULL;
}
METHOD_RAW(zip_longest, __setstate__, O, 0, "Takes pickled state.")
{
    Py_XSETREF(((ZipLongest *)self)->fill, Py_NewRef(arg));
    Py_RETURN_NONE;
}
METHODS_END(zip_longest);
ITER_TYPE(zip_longest, ZipLongest, Py_TPFLAGS_BASETYPE,
          "zip_longest(iter1 [,iter2 [...]], [fillvalue=None]) --> zip_longest object\n\n"
          "Tuples of one item from each iterable until the longest has ended; the fill value stands for what is\n"
          "missing in the shorter ones.");
