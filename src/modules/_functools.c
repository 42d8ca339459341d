/* _functools.c - module _functools: partial, reduce, cmp_to_key, and the wrapper of lru_cache.
 *
 * Invariant of the cache: dict and ring hold the same links; the ring's order is that of last use, oldest first.
 * Start at partial_vectorcall() and cache_call(). */
#include "memory/gc.h"
#include "objects/call.h"
#include "objects/descr.h"
#include "objects/dict/dict.h"
#include "objects/func/func.h"
#include "objects/genericalias.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/module.h"
#include "objects/partial.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "objects/type/type.h"
#include "objects/weakref.h"
#include "runtime/errors.h"
#include "runtime/state.h"

/* ---- partial ---- */

#define PARTIAL(o) ((Partial *)(o))

static PyObject *partial_vectorcall(PyObject *self, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    Partial *p = PARTIAL(self);
    PyThreadState *tstate = k_tstate();
    Py_ssize_t nargs = PyVectorcall_NARGS(nargsf), nkw = kwnames ? PyTuple_GET_SIZE(kwnames) : 0;
    if (PyDict_GET_SIZE(p->kw))
        return _PyObject_MakeTpCall(tstate, self, args, nargs, kwnames);
    Py_ssize_t bound = PyTuple_GET_SIZE(p->args);
    PyObject *small[8], **stack = small;
    if (bound + nargs + nkw + 1 > K_COUNT_OF(small)) {
        stack = PyMem_New(PyObject *, bound + nargs + nkw + 1);
        if (!stack)
            return PyErr_NoMemory();
    }
    memcpy(stack + 1, ((PyTupleObject *)p->args)->ob_item, (size_t)bound * sizeof *stack);
    if (nargs + nkw)
        memcpy(stack + 1 + bound, args, (size_t)(nargs + nkw) * sizeof *stack);
    PyObject *result = PyObject_Vectorcall(p->fn, stack + 1, (size_t)(bound + nargs) | PY_VECTORCALL_ARGUMENTS_OFFSET,
                                           kwnames);
    if (stack != small)
        PyMem_Free(stack);
    return result;
}

int k_partial_unfold(PyObject *self, PyObject *args, PyObject *kwargs, PyObject **all_out, PyObject **keywords_out)
{
    Partial *p = PARTIAL(self);
    *all_out = *keywords_out = NULL;
    K_AUTO(PyObject *) all = PySequence_Concat(p->args, args);
    K_AUTO(PyObject *) keywords = NULL;
    if (!all)
        return -1;
    if (PyDict_GET_SIZE(p->kw) == 0) {
        K_SET(keywords, Py_XNewRef(kwargs));
    } else {
        K_SET(keywords, PyDict_Copy(p->kw));
        if (!keywords || (kwargs && PyDict_Merge(keywords, kwargs, 1) < 0))
            return -1;
    }
    *all_out = K_MOVE(all);
    *keywords_out = K_MOVE(keywords);
    return 0;
}

PyObject *k_partial_call(PyObject *self, PyObject *args, PyObject *kwargs)
{
    K_AUTO(PyObject *) fn = Py_NewRef(PARTIAL(self)->fn); /* __setstate__ may replace it meanwhile */
    PyObject *all, *keywords;
    if (k_partial_unfold(self, args, kwargs, &all, &keywords) < 0)
        return NULL;
    PyObject *result = PyObject_Call(fn, all, keywords);
    Py_DECREF(all);
    Py_XDECREF(keywords);
    return result;
}

static PyObject *partial_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    Py_ssize_t n = PyTuple_GET_SIZE(args);
    if (n < 1)
        return k_raise(PyExc_TypeError, "type 'partial' takes at least one argument");
    PyObject *fn = PyTuple_GET_ITEM(args, 0), *inner_args = NULL, *inner_kw = NULL;
    if (Py_TYPE(fn)->tp_call == k_partial_call && !PARTIAL(fn)->dict) { /* a partial of a partial becomes one */
        inner_args = PARTIAL(fn)->args;
        inner_kw = PARTIAL(fn)->kw;
        fn = PARTIAL(fn)->fn;
    }
    if (!PyCallable_Check(fn))
        return k_raise(PyExc_TypeError, "the first argument must be callable");
    Partial *p = PARTIAL(type->tp_alloc(type, 0));
    if (!p)
        return NULL;
    K_AUTO(PyObject *) self = (PyObject *)p;
    p->fn = Py_NewRef(fn);
    K_AUTO(PyObject *) rest = PyTuple_GetSlice(args, 1, n);
    if (!rest)
        return NULL;
    p->args = inner_args ? PySequence_Concat(inner_args, rest) : K_MOVE(rest);
    p->kw = inner_kw ? PyDict_Copy(inner_kw) : kwargs ? PyDict_Copy(kwargs) : PyDict_New();
    if (!p->args || !p->kw || (inner_kw && kwargs && PyDict_Merge(p->kw, kwargs, 1) < 0))
        return NULL;
    p->vectorcall = PyVectorcall_Function(fn) ? partial_vectorcall : NULL;
    return K_MOVE(self);
}

static int partial_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(PARTIAL(self)->fn);
    Py_VISIT(PARTIAL(self)->args);
    Py_VISIT(PARTIAL(self)->kw);
    Py_VISIT(PARTIAL(self)->dict);
    return 0;
}

static void partial_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    if (PARTIAL(self)->weakreflist)
        PyObject_ClearWeakRefs(self);
    Py_XDECREF(PARTIAL(self)->fn);
    Py_XDECREF(PARTIAL(self)->args);
    Py_XDECREF(PARTIAL(self)->kw);
    Py_XDECREF(PARTIAL(self)->dict);
    Py_TYPE(self)->tp_free(self);
}

static int partial_repr_add(PyObject *list, PyObject *text)
{
    int status = text ? PyList_Append(list, text) : -1;
    Py_XDECREF(text);
    return status;
}

static PyObject *partial_repr_open(Partial *p, const char *name)
{
    K_AUTO(PyObject *) list = PyList_New(0);
    K_AUTO(PyObject *) args = Py_NewRef(p->args);
    K_AUTO(PyObject *) kw = Py_NewRef(p->kw);
    K_AUTO(PyObject *) fn = Py_NewRef(p->fn);
    if (!list || partial_repr_add(list, PyObject_Repr(fn)) < 0)
        return NULL;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(args); i++) {
        if (partial_repr_add(list, PyObject_Repr(PyTuple_GET_ITEM(args, i))) < 0)
            return NULL;
    }
    PyObject *key, *value;
    Py_ssize_t pos = 0;
    while (PyDict_Next(kw, &pos, &key, &value)) { /* runs code, which may change the dict */
        K_AUTO(PyObject *) name_held = Py_NewRef(key);
        K_AUTO(PyObject *) value_held = Py_NewRef(value);
        if (partial_repr_add(list, PyUnicode_FromFormat("%S=%R", name_held, value_held)) < 0)
            return NULL;
    }
    K_AUTO(PyObject *) comma = PyUnicode_FromString(", ");
    K_AUTO(PyObject *) text = comma ? PyUnicode_Join(comma, list) : NULL;
    return text ? PyUnicode_FromFormat("%s(%U)", name, text) : NULL;
}

static PyObject *partial_repr(PyObject *self)
{
    int entered = Py_ReprEnter(self);
    if (entered)
        return entered < 0 ? NULL : PyUnicode_FromString("...");
    PyObject *text = partial_repr_open(PARTIAL(self), Py_TYPE(self)->tp_name);
    Py_ReprLeave(self);
    return text;
}

METHODS_DECLARE(partial);
METHOD_RAW(partial, __reduce__, NOARGS, 0, NULL)
{
    Partial *p = PARTIAL(self);
    return Py_BuildValue("O(O)(OOOO)", Py_TYPE(self), p->fn, p->fn, p->args, p->kw, p->dict ? p->dict : Py_None);
}

METHOD_RAW(partial, __setstate__, O, 0, NULL)
{
    PyObject *fn, *args, *kw, *dict;
    if (!PyTuple_Check(arg) || PyTuple_GET_SIZE(arg) != 4)
        return k_raise(PyExc_TypeError, "invalid partial state");
    fn = PyTuple_GET_ITEM(arg, 0);
    args = PyTuple_GET_ITEM(arg, 1);
    kw = PyTuple_GET_ITEM(arg, 2);
    dict = PyTuple_GET_ITEM(arg, 3);
    if (!PyCallable_Check(fn) || !PyTuple_Check(args) || (kw != Py_None && !PyDict_Check(kw)))
        return k_raise(PyExc_TypeError, "invalid partial state");
    K_AUTO(PyObject *) new_args = PySequence_Tuple(args);
    K_AUTO(PyObject *) new_kw = kw == Py_None ? PyDict_New() : PyDict_CheckExact(kw) ? Py_NewRef(kw) : PyDict_Copy(kw);
    if (!new_args || !new_kw)
        return NULL;
    Partial *p = PARTIAL(self);
    Py_SETREF(p->fn, Py_NewRef(fn));
    Py_SETREF(p->args, K_MOVE(new_args));
    Py_SETREF(p->kw, K_MOVE(new_kw));
    Py_XSETREF(p->dict, dict == Py_None ? NULL : Py_NewRef(dict));
    p->vectorcall = PyVectorcall_Function(fn) ? partial_vectorcall : NULL;
    Py_RETURN_NONE;
}

METHOD_RAW(partial, __class_getitem__, O, METH_CLASS, "See PEP 585")
{
    return Py_GenericAlias(self, arg);
}
METHODS_END(partial);

static PyMemberDef partial_members[] = {
    { "func", T_OBJECT, offsetof(Partial, fn), READONLY, "function object to use in future partial calls" },
    { "args", T_OBJECT, offsetof(Partial, args), READONLY, "tuple of arguments to future partial calls" },
    { "keywords", T_OBJECT, offsetof(Partial, kw), READONLY, "dictionary of keyword arguments to future partial calls" },
    { NULL, 0, 0, 0, NULL },
};
static PyGetSetDef partial_getset[] = {
    { "__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL },
    { NULL, NULL, NULL, NULL, NULL },
};

static PyTypeObject partial_type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "functools.partial",
    .tp_basicsize = sizeof(Partial),
    .tp_dealloc = partial_dealloc,
    .tp_vectorcall_offset = offsetof(Partial, vectorcall),
    .tp_repr = partial_repr,
    .tp_call = k_partial_call,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_setattro = PyObject_GenericSetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_VECTORCALL,
    .tp_doc = "partial(func, *args, **keywords) - a function with some arguments given already.\n",
    .tp_traverse = partial_traverse,
    .tp_weaklistoffset = offsetof(Partial, weakreflist),
    .tp_methods = METHODS(partial),
    .tp_members = partial_members,
    .tp_getset = partial_getset,
    .tp_dictoffset = offsetof(Partial, dict),
    .tp_new = partial_new,
};
K_TYPE(partial_type);

/* ---- cmp_to_key ---- */

typedef struct KeyWrapper {
    PyObject ob_base;
    PyObject *cmp, *object;
} KeyWrapper;
#define KEY(o) ((KeyWrapper *)(o))
static PyTypeObject key_type;

static PyObject *key_make(PyObject *cmp, PyObject *object)
{
    KeyWrapper *key = PyObject_GC_New(KeyWrapper, &key_type);
    if (!key)
        return NULL;
    key->cmp = Py_NewRef(cmp);
    key->object = Py_XNewRef(object);
    PyObject_GC_Track(key);
    return (PyObject *)key;
}

BINDER(key_call, "K", "(obj)", *obj);

static PyObject *key_call(PyObject *self, PyObject *args, PyObject *kwargs)
{
    key_call_args arg;
    PyObject *owned;
    return BIND(key_call, &arg, args, kwargs, &owned) < 0 ? NULL : key_make(KEY(self)->cmp, arg.obj);
}

static PyObject *key_richcompare(PyObject *self, PyObject *other, int op)
{
    if (!Py_IS_TYPE(other, &key_type))
        return k_raise(PyExc_TypeError, "other argument must be K instance");
    PyObject *x = KEY(self)->object, *y = KEY(other)->object;
    if (!x || !y)
        return k_raise(PyExc_AttributeError, "object");
    PyObject *args[] = { x, y };
    K_AUTO(PyObject *) order = PyObject_Vectorcall(KEY(self)->cmp, args, 2, NULL);
    K_AUTO(PyObject *) zero = order ? PyLong_FromLong(0) : NULL;
    return zero ? PyObject_RichCompare(order, zero, op) : NULL;
}

static int key_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(KEY(self)->cmp);
    Py_VISIT(KEY(self)->object);
    return 0;
}

static int key_clear(PyObject *self)
{
    Py_CLEAR(KEY(self)->cmp);
    Py_CLEAR(KEY(self)->object);
    return 0;
}

static void key_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    (void)key_clear(self);
    PyObject_GC_Del(self);
}

static PyMemberDef key_members[] = {
    { "obj", T_OBJECT, offsetof(KeyWrapper, object), 0, "Value wrapped by a key function." },
    { NULL, 0, 0, 0, NULL },
};

static PyTypeObject key_type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "functools.KeyWrapper",
    .tp_basicsize = sizeof(KeyWrapper),
    .tp_dealloc = key_dealloc,
    .tp_hash = PyObject_HashNotImplemented,
    .tp_call = key_call,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = key_traverse,
    .tp_clear = key_clear,
    .tp_richcompare = key_richcompare,
    .tp_members = key_members,
};
K_TYPE(key_type);

BINDER(cmp_to_key, "cmp_to_key", "(mycmp)", *mycmp);

FUNCTION_RAW(_functools, cmp_to_key, VAR, 0, "Turns a comparison function into a key function.")
{
    cmp_to_key_args arg;
    PyObject *owned;
    return BIND(cmp_to_key, &arg, args, kwargs, &owned) < 0 ? NULL : key_make(arg.mycmp, NULL);
}

/* ---- reduce ---- */

FUNCTION_RAW(_functools, reduce, FAST, 0,
             "reduce(function, iterable[, initial]) -> value\n\nApplies a function of two arguments to what it gave "
             "last and the next item:\nreduce(f, [1, 2, 3]) is f(f(1, 2), 3). initial stands before the items.")
{
    if (k_check_nargs("reduce", nargs, 2, 3) < 0)
        return NULL;
    K_AUTO(PyObject *) iter = PyObject_GetIter(args[1]);
    if (!iter) {
        if (PyErr_ExceptionMatches(PyExc_TypeError))
            k_raise(PyExc_TypeError, "reduce() arg 2 must support iteration");
        return NULL;
    }
    K_AUTO(PyObject *) result = nargs > 2 ? Py_NewRef(args[2]) : NULL;
    for (;;) {
        K_AUTO(PyObject *) item = PyIter_Next(iter);
        if (!item)
            break;
        if (!result) {
            K_SET(result, K_MOVE(item));
            continue;
        }
        PyObject *pair[] = { result, item };
        K_SET(result, PyObject_Vectorcall(args[0], pair, 2, NULL));
        if (!result)
            return NULL;
    }
    if (PyErr_Occurred())
        return NULL;
    if (!result)
        k_raise(PyExc_TypeError, "reduce() of empty iterable with no initial value");
    return K_MOVE(result);
}
METHODS_END(_functools);

/* ---- lru_cache ---- */

typedef struct CacheLink {
    PyObject ob_base;
    struct CacheLink *prev, *next;
    Py_hash_t hash;
    PyObject *key, *result;
} CacheLink;

typedef struct Cache {
    PyObject ob_base;
    CacheLink root; /* only prev and next count */
    Py_ssize_t maxsize, hits, misses;
    PyObject *(*run)(struct Cache *, PyObject *args, PyObject *kwargs);
    PyObject *cache, *func, *info_type, *dict, *weakreflist;
    int typed;
} Cache;
#define CACHE(o) ((Cache *)(o))

static void link_dealloc(PyObject *self)
{
    Py_XDECREF(((CacheLink *)self)->key);
    Py_XDECREF(((CacheLink *)self)->result);
    PyObject_Free(self);
}

static PyTypeObject link_type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "functools._lru_list_elem",
    .tp_basicsize = sizeof(CacheLink),
    .tp_dealloc = link_dealloc,
};
K_TYPE(link_type);

static void link_unhook(CacheLink *link)
{
    link->prev->next = link->next;
    link->next->prev = link->prev;
}

static void link_hook_last(Cache *cache, CacheLink *link)
{
    link->prev = cache->root.prev;
    link->next = &cache->root;
    link->prev->next = link;
    cache->root.prev = link;
}

/* Empties the ring; gives the links (the ring's references) as a chain by next. */
static CacheLink *cache_take_links(Cache *cache)
{
    CacheLink *root = &cache->root, *first = root->next;
    if (first == root)
        return NULL;
    root->prev->next = NULL;
    root->prev = root->next = root;
    return first;
}

static void cache_drop_links(CacheLink *link)
{
    while (link) {
        CacheLink *next = link->next;
        Py_DECREF(link);
        link = next;
    }
}

/* The key of a call: the argument itself when it is the only one and an exact int or str, else a tuple. */
static PyObject *cache_key(PyObject *args, PyObject *kwargs, int typed)
{
    Py_ssize_t n = PyTuple_GET_SIZE(args), nkw = kwargs ? PyDict_GET_SIZE(kwargs) : 0;
    if (!typed && !nkw) {
        if (n == 1) {
            PyObject *only = PyTuple_GET_ITEM(args, 0);
            if (PyUnicode_CheckExact(only) || PyLong_CheckExact(only))
                return Py_NewRef(only);
        }
        return Py_NewRef(args);
    }
    Py_ssize_t size = n + (nkw ? 1 + 2 * nkw : 0) + (typed ? n + nkw : 0), k = 0;
    PyObject *tuple = PyTuple_New(size);
    if (!tuple)
        return NULL;
    for (Py_ssize_t i = 0; i < n; i++)
        PyTuple_SET_ITEM(tuple, k++, Py_NewRef(PyTuple_GET_ITEM(args, i)));
    PyObject *key, *value;
    Py_ssize_t pos = 0;
    if (nkw) /* a mark that no argument can be */
        PyTuple_SET_ITEM(tuple, k++, Py_NewRef(&link_type));
    while (nkw && PyDict_Next(kwargs, &pos, &key, &value)) {
        PyTuple_SET_ITEM(tuple, k++, Py_NewRef(key));
        PyTuple_SET_ITEM(tuple, k++, Py_NewRef(value));
    }
    for (Py_ssize_t i = 0; typed && i < n; i++)
        PyTuple_SET_ITEM(tuple, k++, Py_NewRef(Py_TYPE(PyTuple_GET_ITEM(args, i))));
    pos = 0;
    while (typed && nkw && PyDict_Next(kwargs, &pos, &key, &value))
        PyTuple_SET_ITEM(tuple, k++, Py_NewRef(Py_TYPE(value)));
    return tuple;
}

static PyObject *cache_run_uncached(Cache *cache, PyObject *args, PyObject *kwargs)
{
    cache->misses++;
    return PyObject_Call(cache->func, args, kwargs);
}

static PyObject *cache_run_endless(Cache *cache, PyObject *args, PyObject *kwargs)
{
    K_AUTO(PyObject *) key = cache_key(args, kwargs, cache->typed);
    Py_hash_t hash = key ? PyObject_Hash(key) : -1;
    if (hash == -1)
        return NULL;
    PyObject *found = _PyDict_GetItem_KnownHash(cache->cache, key, hash);
    if (found) {
        cache->hits++;
        return Py_NewRef(found);
    }
    if (PyErr_Occurred())
        return NULL;
    cache->misses++;
    K_AUTO(PyObject *) result = PyObject_Call(cache->func, args, kwargs);
    if (!result || _PyDict_SetItem_KnownHash(cache->cache, key, result, hash) < 0)
        return NULL;
    return K_MOVE(result);
}

/* Puts a new link in; the oldest goes when there are too many. */
static int cache_insert(Cache *cache, PyObject *key, Py_hash_t hash, PyObject *result)
{
    CacheLink *link = PyObject_New(CacheLink, &link_type);
    if (!link)
        return -1;
    link->hash = hash;
    link->key = Py_NewRef(key);
    link->result = Py_NewRef(result);
    link->prev = link->next = link;
    K_AUTO(PyObject *) held = (PyObject *)link;
    if (_PyDict_SetItem_KnownHash(cache->cache, key, held, hash) < 0)
        return -1;
    link_hook_last(cache, link);
    Py_INCREF(link); /* the ring's */
    while (PyDict_GET_SIZE(cache->cache) > cache->maxsize && cache->root.next != &cache->root) {
        CacheLink *oldest = cache->root.next;
        link_unhook(oldest);
        K_AUTO(PyObject *) dying = (PyObject *)oldest; /* the ring's reference; runs code when the scope ends */
        if (_PyDict_DelItem_KnownHash(cache->cache, oldest->key, oldest->hash) < 0 && !k_catch(PyExc_KeyError))
            return -1;
    }
    return 0;
}

static PyObject *cache_run_bounded(Cache *cache, PyObject *args, PyObject *kwargs)
{
    K_AUTO(PyObject *) key = cache_key(args, kwargs, cache->typed);
    Py_hash_t hash = key ? PyObject_Hash(key) : -1;
    if (hash == -1)
        return NULL;
    PyObject *found = _PyDict_GetItem_KnownHash(cache->cache, key, hash);
    if (found) {
        CacheLink *link = (CacheLink *)found;
        link_unhook(link);
        link_hook_last(cache, link);
        cache->hits++;
        return Py_NewRef(link->result);
    }
    if (PyErr_Occurred())
        return NULL;
    cache->misses++;
    K_AUTO(PyObject *) result = PyObject_Call(cache->func, args, kwargs);
    if (!result)
        return NULL;
    found = _PyDict_GetItem_KnownHash(cache->cache, key, hash); /* the function may have called itself alike */
    if (!found && (PyErr_Occurred() || cache_insert(cache, key, hash, result) < 0))
        return NULL;
    return K_MOVE(result);
}

BINDER(cache_new, "lru_cache", "(user_function, maxsize, typed, cache_info_type)", *function, *maxsize, *typed, *info);

static PyObject *cache_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    cache_new_args arg;
    PyObject *owned;
    int typed;
    Py_ssize_t maxsize = -1;
    if (BIND(cache_new, &arg, args, kwargs, &owned) < 0 || k_arg_bool(arg.typed, &typed) < 0)
        return NULL;
    if (!PyCallable_Check(arg.function))
        return k_raise(PyExc_TypeError, "the first argument must be callable");
    if (arg.maxsize != Py_None) {
        if (!PyIndex_Check(arg.maxsize))
            return k_raise(PyExc_TypeError, "maxsize should be integer or None");
        maxsize = PyNumber_AsSsize_t(arg.maxsize, PyExc_OverflowError);
        if (maxsize == -1 && PyErr_Occurred())
            return NULL;
        maxsize = Py_MAX(maxsize, 0);
    }
    K_AUTO(PyObject *) dict = PyDict_New();
    Cache *cache = dict ? CACHE(type->tp_alloc(type, 0)) : NULL;
    if (!cache)
        return NULL;
    cache->root.prev = cache->root.next = &cache->root;
    cache->maxsize = maxsize;
    cache->typed = typed;
    cache->run = maxsize < 0 ? cache_run_endless : maxsize == 0 ? cache_run_uncached : cache_run_bounded;
    cache->cache = K_MOVE(dict);
    cache->func = Py_NewRef(arg.function);
    cache->info_type = Py_NewRef(arg.info);
    return (PyObject *)cache;
}

static PyObject *cache_call(PyObject *self, PyObject *args, PyObject *kwargs)
{
    return CACHE(self)->run(CACHE(self), args, kwargs);
}

static PyObject *cache_descr_get(PyObject *self, PyObject *obj, PyObject *type)
{
    return !obj || obj == Py_None ? Py_NewRef(self) : PyMethod_New(self, obj);
}

METHODS_DECLARE(lru_cache);
METHOD_RAW(lru_cache, cache_info, NOARGS, 0, "Hits, misses, greatest and current size.")
{
    Cache *cache = CACHE(self);
    if (cache->maxsize < 0)
        return PyObject_CallFunction(cache->info_type, "nnOn", cache->hits, cache->misses, Py_None,
                                     PyDict_GET_SIZE(cache->cache));
    return PyObject_CallFunction(cache->info_type, "nnnn", cache->hits, cache->misses, cache->maxsize,
                                 PyDict_GET_SIZE(cache->cache));
}

METHOD_RAW(lru_cache, cache_clear, NOARGS, 0, "Empties the cache and its counters.")
{
    Cache *cache = CACHE(self);
    CacheLink *links = cache_take_links(cache);
    cache->hits = cache->misses = 0;
    PyDict_Clear(cache->cache);
    cache_drop_links(links);
    Py_RETURN_NONE;
}

METHOD_RAW(lru_cache, __reduce__, NOARGS, 0, NULL)
{
    return PyObject_GetAttr(self, K_STR("__qualname__"));
}

METHOD_RAW(lru_cache, __copy__, VAR, 0, NULL)
{
    return Py_NewRef(self);
}

METHOD_RAW(lru_cache, __deepcopy__, VAR, 0, NULL)
{
    return Py_NewRef(self);
}
METHODS_END(lru_cache);

static int cache_traverse(PyObject *self, visitproc visit, void *arg)
{
    Cache *cache = CACHE(self);
    for (CacheLink *link = cache->root.next; link && link != &cache->root; link = link->next) {
        Py_VISIT(link->key);
        Py_VISIT(link->result);
    }
    Py_VISIT(cache->cache);
    Py_VISIT(cache->func);
    Py_VISIT(cache->info_type);
    Py_VISIT(cache->dict);
    return 0;
}

static int cache_tp_clear(PyObject *self)
{
    Cache *cache = CACHE(self);
    CacheLink *links = cache->root.next ? cache_take_links(cache) : NULL;
    Py_CLEAR(cache->cache);
    Py_CLEAR(cache->func);
    Py_CLEAR(cache->info_type);
    Py_CLEAR(cache->dict);
    cache_drop_links(links);
    return 0;
}

static void cache_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    if (CACHE(self)->weakreflist)
        PyObject_ClearWeakRefs(self);
    (void)cache_tp_clear(self);
    Py_TYPE(self)->tp_free(self);
}

static PyGetSetDef cache_getset[] = {
    { "__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL },
    { NULL, NULL, NULL, NULL, NULL },
};

static PyTypeObject cache_type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "functools._lru_cache_wrapper",
    .tp_basicsize = sizeof(Cache),
    .tp_dealloc = cache_dealloc,
    .tp_call = cache_call,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_METHOD_DESCRIPTOR,
    .tp_doc = "A function with a cache of its results.\n\nuser_function: the function\nmaxsize: 0 for no cache, None "
              "for one without bound, n for one of n results\ntyped: whether f(3) and f(3.0) are different calls\n"
              "cache_info_type: the class of what cache_info() gives, with hits, misses, maxsize, currsize\n",
    .tp_traverse = cache_traverse,
    .tp_clear = cache_tp_clear,
    .tp_weaklistoffset = offsetof(Cache, weakreflist),
    .tp_methods = METHODS(lru_cache),
    .tp_getset = cache_getset,
    .tp_descr_get = cache_descr_get,
    .tp_dictoffset = offsetof(Cache, dict),
    .tp_new = cache_new,
};
K_TYPE(cache_type);

static int functools_exec(PyObject *module)
{
    return PyModule_AddType(module, &partial_type) < 0 || PyModule_AddType(module, &cache_type) < 0 ? -1 : 0;
}

MODULE(_functools, "Tools that operate on functions.", functools_exec, 0);
