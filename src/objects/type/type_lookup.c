/* type_lookup.c - finding a name along a type's method resolution order, the cache of it, and type versions.
 *
 * In: a type and a name. Out: what the type's dict or its bases' dicts hold.
 * Invariant: a cache entry is valid exactly while the type carries the entry's version; every change of a type or of
 * one of its bases passes PyType_Modified(), which takes the version away. Start at _PyType_Lookup(). */
#include "objects/dict/dict.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "objects/type/type_internal.h"
#include "objects/weakref.h"
#include "runtime/errors.h"

enum { CACHE_SIZE = 4096, LONGEST_CACHED_NAME = 100 };

typedef struct CacheEntry {
    uint32_t version;
    PyObject *name;  /* owned, so that its address names it */
    PyObject *value; /* borrowed from the type; NULL: known to be absent */
} CacheEntry;
static CacheEntry lookup_cache[CACHE_SIZE];
static uint32_t lookup_next_version = 1;

/* ---- versions ---- */

static int lookup_reaches(PyTypeObject *type, PyTypeObject *base)
{
    if (type == base)
        return 1;
    PyObject *bases = type->tp_bases;
    for (Py_ssize_t i = 0; bases && i < PyTuple_GET_SIZE(bases); i++) {
        if (lookup_reaches((PyTypeObject *)PyTuple_GET_ITEM(bases, i), base))
            return 1;
    }
    return 0;
}

/* A class in a custom mro() that is no ancestor would not tell this type about its changes. */
static bool lookup_hears_all_changes(PyTypeObject *type)
{
    if (!type_has_custom_mro(type))
        return true;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(type->tp_mro); i++) {
        if (!lookup_reaches(type, (PyTypeObject *)PyTuple_GET_ITEM(type->tp_mro, i)))
            return false;
    }
    return true;
}

static uint32_t lookup_give_version(PyTypeObject *type)
{
    if (PyType_HasFeature(type, Py_TPFLAGS_VALID_VERSION_TAG))
        return type->tp_version_tag;
    if (!PyType_HasFeature(type, Py_TPFLAGS_READY) || lookup_next_version == 0 || !lookup_hears_all_changes(type))
        return 0;
    PyObject *bases = type->tp_bases;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(bases); i++) {
        if (!lookup_give_version((PyTypeObject *)PyTuple_GET_ITEM(bases, i)))
            return 0; /* a base without a version would not pass its changes on */
    }
    type->tp_version_tag = lookup_next_version++;
    type->tp_flags |= Py_TPFLAGS_VALID_VERSION_TAG;
    return type->tp_version_tag;
}

uint32_t k_type_version(PyTypeObject *type)
{
    return lookup_give_version(type);
}

void PyType_Modified(PyTypeObject *type)
{
    if (!PyType_HasFeature(type, Py_TPFLAGS_VALID_VERSION_TAG))
        return; /* then no subclass has one either */
    PyObject *subclasses = type->tp_subclasses, *key, *ref;
    Py_ssize_t pos = 0;
    while (subclasses && PyDict_Next(subclasses, &pos, &key, &ref)) {
        PyObject *subclass = PyWeakref_GET_OBJECT(ref);
        if (subclass != Py_None)
            PyType_Modified((PyTypeObject *)subclass);
    }
    type->tp_flags &= ~Py_TPFLAGS_VALID_VERSION_TAG;
    type->tp_version_tag = 0;
    if (PyType_HasFeature(type, Py_TPFLAGS_HEAPTYPE))
        ((PyHeapTypeObject *)type)->spec_getitem = NULL;
}

unsigned int PyType_ClearCache(void)
{
    for (int i = 0; i < CACHE_SIZE; i++) {
        lookup_cache[i].version = 0;
        lookup_cache[i].value = NULL;
        Py_CLEAR(lookup_cache[i].name);
    }
    return lookup_next_version - 1;
}

/* ---- look-up ---- */

PyObject *type_find_in_mro(PyTypeObject *type, PyObject *name)
{
    Py_hash_t hash = PyObject_Hash(name);
    if (hash == -1)
        return NULL;
    if (K_UNLIKELY(!type->tp_mro)) {
        if (PyType_HasFeature(type, Py_TPFLAGS_READYING) || PyType_Ready(type) < 0 || !type->tp_mro)
            return NULL;
    }
    K_AUTO(PyObject *) mro = Py_NewRef(type->tp_mro); /* a comparison of keys may run code that changes it */
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(mro); i++) {
        PyObject *dict = ((PyTypeObject *)PyTuple_GET_ITEM(mro, i))->tp_dict;
        if (!dict)
            continue;
        PyObject *value = _PyDict_GetItem_KnownHash(dict, name, hash);
        if (value || PyErr_Occurred())
            return value;
    }
    return NULL;
}

/* Borrowed; NULL without an exception when absent. */
PyObject *_PyType_Lookup(PyTypeObject *type, PyObject *name)
{
    /* a name made for this call alone would be found by nobody, and live on in the cache */
    bool cacheable = PyUnicode_CheckExact(name) && PyUnicode_CHECK_INTERNED(name)
                     && PyUnicode_GET_LENGTH(name) <= LONGEST_CACHED_NAME;
    CacheEntry *entry = NULL;
    if (cacheable) {
        size_t index = (type->tp_version_tag * 31u ^ (uint32_t)((uintptr_t)name >> 4)) & (CACHE_SIZE - 1);
        entry = &lookup_cache[index];
        if (entry->version && entry->version == type->tp_version_tag && entry->name == name)
            return entry->value;
    }
    PyObject *type_, *value_, *traceback_; /* a caller may look something up while an exception is set */
    bool held = PyErr_Occurred() != NULL;
    if (K_UNLIKELY(held))
        PyErr_Fetch(&type_, &value_, &traceback_);
    PyObject *value = type_find_in_mro(type, name);
    if (!value && PyErr_Occurred()) {
        PyErr_Clear();
        cacheable = false;
    }
    if (K_UNLIKELY(held))
        PyErr_Restore(type_, value_, traceback_);
    if (cacheable && lookup_give_version(type)) {
        size_t index = (type->tp_version_tag * 31u ^ (uint32_t)((uintptr_t)name >> 4)) & (CACHE_SIZE - 1);
        entry = &lookup_cache[index];
        entry->version = type->tp_version_tag;
        entry->value = value;
        PyObject *old = entry->name;
        entry->name = Py_NewRef(name);
        Py_XDECREF(old);
    }
    return value;
}

PyObject *_PyType_LookupId(PyTypeObject *type, _Py_Identifier *id)
{
    PyObject *name = _PyUnicode_FromId(id);
    return name ? _PyType_Lookup(type, name) : NULL;
}

PyObject *k_type_lookup_special(PyTypeObject *type, PyObject *name)
{
    return _PyType_Lookup(type, name);
}

int PyType_IsSubtype(PyTypeObject *type, PyTypeObject *base)
{
    PyObject *mro = type->tp_mro;
    if (mro) {
        Py_ssize_t n = PyTuple_GET_SIZE(mro);
        for (Py_ssize_t i = 0; i < n; i++) {
            if (PyTuple_GET_ITEM(mro, i) == (PyObject *)base)
                return 1;
        }
        return 0;
    }
    do { /* not readied yet */
        if (type == base)
            return 1;
        type = type->tp_base;
    } while (type);
    return base == &PyBaseObject_Type;
}
