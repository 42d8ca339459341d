/* iter_common.h - what the iterator types of itertools share.
 *
 * Every type keeps its owned references in its first fields, so that one dealloc and one traverse serve all. */
#ifndef KAA_MODULES_ITERTOOLS_ITER_COMMON_H
#define KAA_MODULES_ITERTOOLS_ITER_COMMON_H

#include "memory/gc.h"
#include "objects/call.h"
#include "objects/genericalias.h"
#include "objects/int/int.h"
#include "objects/iter.h"
#include "objects/list/list.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"

/* The first owned reference of an object. */
static inline PyObject **owned(PyObject *self)
{
    return (PyObject **)(self + 1);
}
static inline void drop_owned(PyObject *self, int n)
{
    PyObject_GC_UnTrack(self);
    for (int i = 0; i < n; i++)
        Py_CLEAR(owned(self)[i]);
    Py_TYPE(self)->tp_free(self);
}
static inline int visit_owned(PyObject *self, int n, visitproc visit, void *arg)
{
    for (int i = 0; i < n; i++)
        Py_VISIT(owned(self)[i]);
    return 0;
}
/* dealloc and traverse of a type whose first n fields are owned references */
#define LIFE(T, n)                                                                                                     \
    static void T##_dealloc(PyObject *self)                                                                            \
    {                                                                                                                  \
        drop_owned(self, n);                                                                                           \
    }                                                                                                                  \
    static int T##_traverse(PyObject *self, visitproc visit, void *arg)                                                \
    {                                                                                                                  \
        return visit_owned(self, n, visit, arg);                                                                       \
    }

#define ITER_TYPE(T, Struct, flags, doc, ...)                                                                          \
    PyTypeObject itertools_##T##_type = {                                                                              \
        .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),                                                             \
        .tp_name = "itertools." #T,                                                                                    \
        .tp_doc = doc,                                                                                                 \
        .tp_basicsize = sizeof(Struct),                                                                                \
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | (flags),                                                 \
        .tp_dealloc = T##_dealloc,                                                                                     \
        .tp_traverse = T##_traverse,                                                                                   \
        .tp_iter = PyObject_SelfIter,                                                                                  \
        .tp_iternext = T##_next,                                                                                       \
        .tp_getattro = PyObject_GenericGetAttr,                                                                        \
        .tp_methods = METHODS(T),                                                                                      \
        .tp_alloc = PyType_GenericAlloc,                                                                               \
        .tp_new = T##_new,                                                                                             \
        .tp_free = PyObject_GC_Del,                                                                                    \
        __VA_ARGS__                                                                                                    \
    }

/* The item that a foreign iterator gives next. */
static inline PyObject *step(PyObject *it)
{
    return Py_TYPE(it)->tp_iternext(it); /* runs code */
}

/* Arguments of a tp_new without keywords. `own` is the type itself: subclasses with an __init__ may take keywords. */
static inline PyObject **positional(PyTypeObject *type, PyTypeObject *own, const char *name, PyObject *args,
                                    PyObject *kwargs, Py_ssize_t min, Py_ssize_t max)
{
    if ((type == own || type->tp_init == own->tp_init) && !_PyArg_NoKeywords(name, kwargs))
        return NULL;
    return k_check_nargs(name, Py_SIZE(args), min, max) < 0 ? NULL : &PyTuple_GET_ITEM(args, 0);
}

/* A tuple from tp_iternext that may be filled again: the one kept in *slot when nobody else holds it, else a copy. */
static inline PyObject *result_to_fill(PyObject **slot)
{
    PyObject *result = *slot;
    if (Py_REFCNT(result) == 1) {
        if (!k_gc_is_tracked(result) && Py_SIZE(result)) /* the collector takes a tuple of atoms off its lists */
            PyObject_GC_Track(result);
        return result;
    }
    result = k_tuple_from_array(&PyTuple_GET_ITEM(result, 0), Py_SIZE(result));
    if (result)
        Py_SETREF(*slot, result);
    return result;
}

extern K_INT PyTypeObject itertools_chain_type, itertools_compress_type, itertools_count_type, itertools_cycle_type,
    itertools_dropwhile_type, itertools_filterfalse_type, itertools_islice_type, itertools_pairwise_type,
    itertools_repeat_type, itertools_starmap_type, itertools_takewhile_type, itertools_accumulate_type,
    itertools_zip_longest_type, itertools_product_type, itertools_combinations_type,
    itertools_combinations_with_replacement_type, itertools_permutations_type, itertools_groupby_type,
    itertools__grouper_type, itertools__tee_type, itertools__tee_dataobject_type;

K_INT K_NEW PyObject *itertools_tee_split(PyObject *iterable, Py_ssize_t n);

#endif
