/* iter_map.c - map, filter and zip.
 *
 * In: iterables, a function.  Out: items made one at a time.
 * Invariant: the iterators stand in a tuple that nobody else sees.
 * Start at map_next and zip_next. */
#include "objects/iter.h"

#include "memory/gc.h"
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/int/int.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"

PyObject *k_iter_tuple(PyObject *const *iterables, Py_ssize_t n)
{
    K_AUTO(PyObject *) tuple = PyTuple_New(n);
    for (Py_ssize_t i = 0; tuple && i < n; i++) {
        PyObject *it = PyObject_GetIter(iterables[i]); /* runs code */
        if (!it)
            return NULL;
        PyTuple_SET_ITEM(tuple, i, it);
    }
    return K_MOVE(tuple);
}

/* ---- map ---- */

typedef struct Map {
    PyObject ob_base;
    PyObject *iterators, *function; /* owned */
} Map;

static PyObject *map_make(PyTypeObject *type, PyObject *const *args, Py_ssize_t n)
{
    if (n < 2)
        return k_raise(PyExc_TypeError, "map() must have at least two arguments.");
    K_AUTO(PyObject *) iterators = k_iter_tuple(args + 1, n - 1);
    Map *map = iterators ? (Map *)type->tp_alloc(type, 0) : NULL;
    if (!map)
        return NULL;
    map->iterators = K_MOVE(iterators);
    map->function = Py_NewRef(args[0]);
    return (PyObject *)map;
}

static PyObject *map_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    if ((type == &PyMap_Type || type->tp_init == PyMap_Type.tp_init) && !_PyArg_NoKeywords("map", kwargs))
        return NULL;
    return map_make(type, &PyTuple_GET_ITEM(args, 0), Py_SIZE(args));
}

static PyObject *map_vectorcall(PyObject *type, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    if (!_PyArg_NoKwnames("map", kwnames))
        return NULL;
    return map_make((PyTypeObject *)type, args, PyVectorcall_NARGS(nargsf));
}

static void map_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_XDECREF(((Map *)self)->iterators);
    Py_XDECREF(((Map *)self)->function);
    Py_TYPE(self)->tp_free(self);
}

static int map_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((Map *)self)->iterators);
    Py_VISIT(((Map *)self)->function);
    return 0;
}

static PyObject *map_next(PyObject *self)
{
    enum { FEW = 8 };
    Map *map = (Map *)self;
    Py_ssize_t n = Py_SIZE(map->iterators), got = 0;
    PyObject *few[FEW], **stack = n <= FEW ? few : PyMem_New(PyObject *, n), *result = NULL;
    if (!stack)
        return PyErr_NoMemory();
    for (; got < n; got++) {
        PyObject *it = PyTuple_GET_ITEM(map->iterators, got);
        if (!(stack[got] = Py_TYPE(it)->tp_iternext(it))) /* runs code */
            break;
    }
    if (got == n)
        result = PyObject_Vectorcall(map->function, stack, (size_t)n, NULL);
    for (Py_ssize_t i = 0; i < got; i++)
        Py_DECREF(stack[i]);
    if (stack != few)
        PyMem_Free(stack);
    return result;
}

METHODS_DECLARE(map);

METHOD_RAW(map, __reduce__, NOARGS, 0, "State for pickling.")
{
    Map *map = (Map *)self;
    Py_ssize_t n = Py_SIZE(map->iterators);
    K_AUTO(PyObject *) args = PyTuple_New(n + 1);
    if (!args)
        return NULL;
    PyTuple_SET_ITEM(args, 0, Py_NewRef(map->function));
    for (Py_ssize_t i = 0; i < n; i++)
        PyTuple_SET_ITEM(args, i + 1, Py_NewRef(PyTuple_GET_ITEM(map->iterators, i)));
    return PyTuple_Pack(2, Py_TYPE(self), args);
}
METHODS_END(map);

PyTypeObject PyMap_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "map",
    .tp_doc = "map(func, *iterables) --> map object\n\n"
              "The function's results for the items of each of the iterables.\nStops with the shortest one.",
    .tp_basicsize = sizeof(Map),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .tp_dealloc = map_dealloc,
    .tp_traverse = map_traverse,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = map_next,
    .tp_methods = METHODS(map),
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = map_new,
    .tp_free = PyObject_GC_Del,
    .tp_vectorcall = map_vectorcall,
};
K_TYPE(PyMap_Type);

/* ---- filter ---- */

typedef struct Filter {
    PyObject ob_base;
    PyObject *function, *it; /* owned */
} Filter;

static PyObject *filter_make(PyTypeObject *type, PyObject *function, PyObject *iterable)
{
    K_AUTO(PyObject *) it = PyObject_GetIter(iterable);
    Filter *filter = it ? (Filter *)type->tp_alloc(type, 0) : NULL;
    if (!filter)
        return NULL;
    filter->function = Py_NewRef(function);
    filter->it = K_MOVE(it);
    return (PyObject *)filter;
}

static PyObject *filter_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    if ((type == &PyFilter_Type || type->tp_init == PyFilter_Type.tp_init) && !_PyArg_NoKeywords("filter", kwargs))
        return NULL;
    if (k_check_nargs("filter", Py_SIZE(args), 2, 2) < 0)
        return NULL;
    return filter_make(type, PyTuple_GET_ITEM(args, 0), PyTuple_GET_ITEM(args, 1));
}

static PyObject *filter_vectorcall(PyObject *type, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    if (!_PyArg_NoKwnames("filter", kwnames) || k_check_nargs("filter", PyVectorcall_NARGS(nargsf), 2, 2) < 0)
        return NULL;
    return filter_make((PyTypeObject *)type, args[0], args[1]);
}

static void filter_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_XDECREF(((Filter *)self)->function);
    Py_XDECREF(((Filter *)self)->it);
    Py_TYPE(self)->tp_free(self);
}

static int filter_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((Filter *)self)->function);
    Py_VISIT(((Filter *)self)->it);
    return 0;
}

static PyObject *filter_next(PyObject *self)
{
    Filter *filter = (Filter *)self;
    int by_truth = filter->function == Py_None || filter->function == (PyObject *)&PyBool_Type;
    PyObject *item;
    while ((item = Py_TYPE(filter->it)->tp_iternext(filter->it))) { /* runs code */
        K_AUTO(PyObject *) verdict = by_truth ? Py_NewRef(item) : PyObject_CallOneArg(filter->function, item);
        int good = verdict ? PyObject_IsTrue(verdict) : -1;
        if (good > 0)
            return item;
        Py_DECREF(item);
        if (good < 0)
            return NULL;
    }
    return NULL;
}

METHODS_DECLARE(filter);

METHOD_RAW(filter, __reduce__, NOARGS, 0, "State for pickling.")
{
    return Py_BuildValue("O(OO)", Py_TYPE(self), ((Filter *)self)->function, ((Filter *)self)->it);
}
METHODS_END(filter);

PyTypeObject PyFilter_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "filter",
    .tp_doc = "filter(function or None, iterable) --> filter object\n\n"
              "The items for which the function is true; with None, the items that are true.",
    .tp_basicsize = sizeof(Filter),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .tp_dealloc = filter_dealloc,
    .tp_traverse = filter_traverse,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = filter_next,
    .tp_methods = METHODS(filter),
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = filter_new,
    .tp_free = PyObject_GC_Del,
    .tp_vectorcall = filter_vectorcall,
};
K_TYPE(PyFilter_Type);

/* ---- zip ---- */

typedef struct Zip {
    PyObject ob_base;
    Py_ssize_t n;
    PyObject *iterators, *result; /* owned; result is used again while nobody else holds it */
    int strict;
} Zip;

static int zip_strict_option(PyObject *kwargs, int *strict)
{
    Py_ssize_t pos = 0;
    PyObject *name, *value;
    *strict = 0;
    while (kwargs && PyDict_Next(kwargs, &pos, &name, &value)) {
        if (PyUnicode_CompareWithASCIIString(name, "strict") != 0) {
            PyErr_Format(PyExc_TypeError, "'%U' is an invalid keyword argument for zip()", name);
            return -1;
        }
        if ((*strict = PyObject_IsTrue(value)) < 0)
            return -1;
    }
    return 0;
}

static PyObject *zip_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    int strict;
    Py_ssize_t n = Py_SIZE(args);
    if (zip_strict_option(kwargs, &strict) < 0)
        return NULL;
    K_AUTO(PyObject *) iterators = k_iter_tuple(&PyTuple_GET_ITEM(args, 0), n);
    K_AUTO(PyObject *) result = iterators ? PyTuple_New(n) : NULL;
    Zip *zip = result ? (Zip *)type->tp_alloc(type, 0) : NULL;
    if (!zip)
        return NULL;
    for (Py_ssize_t i = 0; i < n; i++)
        PyTuple_SET_ITEM(result, i, Py_NewRef(Py_None));
    zip->n = n;
    zip->iterators = K_MOVE(iterators);
    zip->result = K_MOVE(result);
    zip->strict = strict;
    return (PyObject *)zip;
}

static void zip_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_XDECREF(((Zip *)self)->iterators);
    Py_XDECREF(((Zip *)self)->result);
    Py_TYPE(self)->tp_free(self);
}

static int zip_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((Zip *)self)->iterators);
    Py_VISIT(((Zip *)self)->result);
    return 0;
}

static PyObject *zip_uneven(Py_ssize_t i, const char *how)
{
    const char *others = i == 1 ? " " : "s 1-";
    return k_raise(PyExc_ValueError, "zip() argument %zd is %s than argument%s%zd", i + 1, how, others, i);
}

/* strict, and argument i ended: all must end now. */
static PyObject *zip_check_end(Zip *zip, Py_ssize_t i)
{
    if (PyErr_Occurred() && !k_catch(PyExc_StopIteration))
        return NULL;
    if (i)
        return zip_uneven(i, "shorter");
    for (i = 1; i < zip->n; i++) {
        PyObject *it = PyTuple_GET_ITEM(zip->iterators, i);
        PyObject *item = Py_TYPE(it)->tp_iternext(it); /* runs code */
        if (item) {
            Py_DECREF(item);
            return zip_uneven(i, "longer");
        }
        if (PyErr_Occurred() && !k_catch(PyExc_StopIteration))
            return NULL;
    }
    return NULL;
}

static PyObject *zip_next(PyObject *self)
{
    Zip *zip = (Zip *)self;
    PyObject *result = zip->result;
    if (zip->n == 0)
        return NULL;
    int reuse = Py_REFCNT(result) == 1;
    if (reuse)
        Py_INCREF(result);
    else if (!(result = PyTuple_New(zip->n)))
        return NULL;
    for (Py_ssize_t i = 0; i < zip->n; i++) {
        PyObject *it = PyTuple_GET_ITEM(zip->iterators, i);
        PyObject *item = Py_TYPE(it)->tp_iternext(it); /* runs code */
        if (!item) {
            Py_DECREF(result);
            return zip->strict ? zip_check_end(zip, i) : NULL;
        }
        Py_XSETREF(PyTuple_GET_ITEM(result, i), item);
    }
    if (reuse && !k_gc_is_tracked(result)) /* the collector takes a tuple of atoms off its lists */
        PyObject_GC_Track(result);
    return result;
}

METHODS_DECLARE(zip);

METHOD_RAW(zip, __reduce__, NOARGS, 0, "State for pickling.")
{
    Zip *zip = (Zip *)self;
    return zip->strict ? PyTuple_Pack(3, Py_TYPE(self), zip->iterators, Py_True)
                       : PyTuple_Pack(2, Py_TYPE(self), zip->iterators);
}

METHOD_RAW(zip, __setstate__, O, 0, "Takes strictness from pickled state.")
{
    int strict = PyObject_IsTrue(arg);
    if (strict < 0)
        return NULL;
    ((Zip *)self)->strict = strict;
    Py_RETURN_NONE;
}
METHODS_END(zip);

PyTypeObject PyZip_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "zip",
    .tp_doc = "zip(*iterables, strict=False) --> tuples of one item from each iterable\n\n"
              "   >>> list(zip('abcdefg', range(3), range(4)))\n"
              "   [('a', 0, 0), ('b', 1, 1), ('c', 2, 2)]\n\n"
              "Stops with the shortest iterable; when strict is true and another one goes on, ValueError is raised.",
    .tp_basicsize = sizeof(Zip),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .tp_dealloc = zip_dealloc,
    .tp_traverse = zip_traverse,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = zip_next,
    .tp_methods = METHODS(zip),
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = zip_new,
    .tp_free = PyObject_GC_Del,
};
K_TYPE(PyZip_Type);
