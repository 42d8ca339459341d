/* set.c - the types set and frozenset: C API, slots, methods.
 *
 * In: sets and iterables.  Out: sets, truth values.
 * Invariant: a set that is given as the key is looked up as a frozenset of the same items; a set walked over while
 * code runs is read by position, and each key is held.
 * Start at set_update_from. The table is set_table.c. */
#include "objects/set/set_table.h"

#include "memory/gc.h"
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/genericalias.h"
#include "objects/int/int.h"
#include "objects/iter.h"
#include "objects/list/list.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/tuple.h"
#include "objects/weakref.h"
#include "runtime/errors.h"

#define SET(o) ((PySetObject *)(o))

/* ---- creation ---- */

/* Adds the items of any iterable. */
static int set_update_from(PySetObject *set, PyObject *iterable)
{
    if (PyAnySet_Check(iterable))
        return set_table_merge(set, iterable);
    PyObject *key, *value;
    Py_hash_t hash;
    if (PyDict_CheckExact(iterable)) {
        Py_ssize_t pos = 0;
        if (set_table_reserve(set, PyDict_GET_SIZE(iterable)) < 0)
            return -1;
        while (_PyDict_Next(iterable, &pos, &key, &value, &hash)) {
            if (set_table_add(set, key, hash) < 0)
                return -1;
        }
        return 0;
    }
    K_AUTO(PyObject *) it = PyObject_GetIter(iterable);
    if (!it)
        return -1;
    while ((key = PyIter_Next(it))) {
        hash = set_hash_of(key);
        int status = hash == -1 ? -1 : set_table_add(set, key, hash);
        Py_DECREF(key);
        if (status < 0)
            return -1;
    }
    return PyErr_Occurred() ? -1 : 0;
}

static PyObject *make_set(PyTypeObject *type, PyObject *iterable)
{
    PyObject *set = type->tp_alloc(type, 0);
    if (!set)
        return NULL;
    set_table_init(SET(set));
    SET(set)->weakreflist = NULL;
    if (iterable && set_update_from(SET(set), iterable) < 0)
        Py_CLEAR(set);
    return set;
}

/* Results of operators on subclasses are of the base type. */
static PyObject *make_base_set(PyObject *like, PyObject *iterable)
{
    return make_set(PySet_Check(like) ? &PySet_Type : &PyFrozenSet_Type, iterable);
}

PyObject *PySet_New(PyObject *iterable)
{
    return make_set(&PySet_Type, iterable);
}

PyObject *PyFrozenSet_New(PyObject *iterable)
{
    return make_set(&PyFrozenSet_Type, iterable);
}

/* ---- C API ---- */

static int not_a(int fits)
{
    if (!fits)
        PyErr_BadInternalCall();
    return !fits;
}

/* Calls an operation with the key's hash; a set as key stands for a frozenset of its items. */
static int with_hash(PyObject *set, PyObject *key, int (*operation)(PySetObject *, PyObject *, Py_hash_t))
{
    Py_hash_t hash = set_hash_of(key);
    if (hash != -1)
        return operation(SET(set), key, hash);
    if (!PySet_Check(key) || !k_catch(PyExc_TypeError))
        return -1;
    K_AUTO(PyObject *) frozen = make_set(&PyFrozenSet_Type, key);
    if (!frozen || (hash = PyObject_Hash(frozen)) == -1)
        return -1;
    return operation(SET(set), frozen, hash);
}

Py_ssize_t PySet_Size(PyObject *set)
{
    return not_a(PyAnySet_Check(set)) ? -1 : SET(set)->used;
}

int PySet_Clear(PyObject *set)
{
    if (not_a(PySet_Check(set)))
        return -1;
    set_table_clear(SET(set));
    return 0;
}

int PySet_Contains(PyObject *set, PyObject *key)
{
    if (not_a(PyAnySet_Check(set)))
        return -1;
    Py_hash_t hash = set_hash_of(key);
    return hash == -1 ? -1 : set_table_contains(SET(set), key, hash);
}

int PySet_Discard(PyObject *set, PyObject *key)
{
    if (not_a(PySet_Check(set)))
        return -1;
    Py_hash_t hash = set_hash_of(key);
    return hash == -1 ? -1 : set_table_discard(SET(set), key, hash);
}

int PySet_Add(PyObject *set, PyObject *key)
{
    if (not_a(PySet_Check(set) || (PyFrozenSet_Check(set) && Py_REFCNT(set) == 1)))
        return -1;
    Py_hash_t hash = set_hash_of(key);
    return hash == -1 ? -1 : set_table_add(SET(set), key, hash);
}

PyObject *PySet_Pop(PyObject *set)
{
    if (not_a(PySet_Check(set)))
        return NULL;
    if (SET(set)->used == 0)
        return k_raise(PyExc_KeyError, "pop from an empty set");
    Py_ssize_t pos = SET(set)->finger & SET(set)->mask; /* where the last search ended */
    setentry *entry = set_table_next(SET(set), &pos);
    if (!entry) {
        pos = 0;
        entry = set_table_next(SET(set), &pos);
    }
    PyObject *key = entry->key;
    *entry = (setentry){ &set_dummy, -1 };
    SET(set)->used--;
    SET(set)->finger = pos;
    return key;
}

int _PySet_NextEntry(PyObject *set, Py_ssize_t *pos, PyObject **key, Py_hash_t *hash)
{
    if (not_a(PyAnySet_Check(set)))
        return -1;
    setentry *entry = set_table_next(SET(set), pos);
    if (!entry)
        return 0;
    *key = entry->key;
    *hash = entry->hash;
    return 1;
}

int _PySet_Update(PyObject *set, PyObject *iterable)
{
    return not_a(PySet_Check(set)) ? -1 : set_update_from(SET(set), iterable);
}

/* ---- walking over another operand ---- */

/* What an operation does with each key of the other side: 0 to go on, 1 to stop, -1 on error. */
typedef int (*Visitor)(PySetObject *set, PyObject *key, Py_hash_t hash, void *context);

static int for_each(PySetObject *set, PyObject *other, Visitor visitor, void *context)
{
    Py_ssize_t pos = 0;
    PyObject *k, *value;
    Py_hash_t hash;
    int status = 0;
    if (PyAnySet_Check(other) || PyDict_CheckExact(other)) {
        int is_set = PyAnySet_Check(other);
        while (status == 0 && (is_set ? _PySet_NextEntry(other, &pos, &k, &hash)
                                      : _PyDict_Next(other, &pos, &k, &value, &hash))) {
            K_AUTO(PyObject *) key = Py_NewRef(k);
            status = visitor(set, key, hash, context); /* runs code */
        }
        return status;
    }
    K_AUTO(PyObject *) it = PyObject_GetIter(other);
    if (!it)
        return -1;
    while (status == 0) {
        K_AUTO(PyObject *) key = PyIter_Next(it);
        if (!key)
            return PyErr_Occurred() ? -1 : 0;
        hash = set_hash_of(key);
        status = hash == -1 ? -1 : visitor(set, key, hash, context);
    }
    return status;
}

static int visit_discard(PySetObject *set, PyObject *key, Py_hash_t hash, void *context K_UNUSED)
{
    return set_table_discard(set, key, hash) < 0 ? -1 : 0;
}

static int visit_toggle(PySetObject *set, PyObject *key, Py_hash_t hash, void *context K_UNUSED)
{
    int was_there = set_table_discard(set, key, hash);
    return was_there ? Py_MIN(was_there, 0) : set_table_add(set, key, hash);
}

static int visit_collect_common(PySetObject *set, PyObject *key, Py_hash_t hash, void *result)
{
    int there = set_table_contains(set, key, hash);
    return there > 0 ? set_table_add(result, key, hash) : there;
}

static int visit_collect_missing(PySetObject *set, PyObject *key, Py_hash_t hash, void *result)
{
    int there = set_table_contains(set, key, hash);
    return there == 0 ? set_table_add(result, key, hash) : Py_MIN(there, 0);
}

static int visit_stop_at_common(PySetObject *set, PyObject *key, Py_hash_t hash, void *context K_UNUSED)
{
    return set_table_contains(set, key, hash);
}

static int visit_stop_at_missing(PySetObject *set, PyObject *key, Py_hash_t hash, void *context K_UNUSED)
{
    int there = set_table_contains(set, key, hash);
    return there < 0 ? -1 : !there;
}

static int visit_collect_not_in_dict(PySetObject *set K_UNUSED, PyObject *key, Py_hash_t hash, void *context)
{
    PyObject **dict_and_result = context;
    int there = _PyDict_Contains_KnownHash(dict_and_result[0], key, hash);
    return there == 0 ? set_table_add(SET(dict_and_result[1]), key, hash) : Py_MIN(there, 0);
}

/* ---- algebra ---- */

static int difference_update(PyObject *self, PyObject *other)
{
    if (self == other) {
        set_table_clear(SET(self));
        return 0;
    }
    if (for_each(SET(self), other, visit_discard, NULL) < 0)
        return -1;
    if ((size_t)(SET(self)->fill - SET(self)->used) <= (size_t)SET(self)->mask / 4)
        return 0;
    return set_table_refit(SET(self)); /* many dummies */
}

static PyObject *set_difference_with(PyObject *self, PyObject *other)
{
    int is_set = PyAnySet_Check(other), is_dict = PyDict_CheckExact(other);
    Py_ssize_t n = is_set ? SET(other)->used : is_dict ? PyDict_GET_SIZE(other) : 0;
    if ((!is_set && !is_dict) || SET(self)->used >> 2 > n) {
        K_AUTO(PyObject *) copy = make_base_set(self, self);
        return copy && difference_update(copy, other) == 0 ? K_MOVE(copy) : NULL;
    }
    K_AUTO(PyObject *) result = make_base_set(self, NULL);
    if (!result)
        return NULL;
    PyObject *context[2] = { other, result };
    int status = is_set ? for_each(SET(other), self, visit_collect_missing, result)
                        : for_each(SET(self), self, visit_collect_not_in_dict, context);
    return status < 0 ? NULL : K_MOVE(result);
}

static PyObject *set_intersection_with(PyObject *self, PyObject *other)
{
    if (self == other)
        return make_base_set(self, self);
    K_AUTO(PyObject *) result = make_base_set(self, NULL);
    if (!result)
        return NULL;
    if (PyAnySet_Check(other) && SET(other)->used > SET(self)->used) { /* walk over the smaller one */
        PyObject *swap = self;
        self = other;
        other = swap;
    }
    return for_each(SET(self), other, visit_collect_common, result) < 0 ? NULL : K_MOVE(result);
}

static int symmetric_difference_update(PyObject *self, PyObject *other)
{
    if (self == other) {
        set_table_clear(SET(self));
        return 0;
    }
    if (PyAnySet_Check(other) || PyDict_CheckExact(other))
        return for_each(SET(self), other, visit_toggle, NULL);
    K_AUTO(PyObject *) items = make_base_set(self, other); /* each item toggles once */
    return items ? for_each(SET(self), items, visit_toggle, NULL) : -1;
}

static PyObject *set_symmetric_difference_with(PyObject *self, PyObject *other)
{
    K_AUTO(PyObject *) result = make_base_set(self, other);
    return result && symmetric_difference_update(result, self) == 0 ? K_MOVE(result) : NULL;
}

static int is_subset(PyObject *self, PyObject *other)
{
    if (!PyAnySet_Check(other)) {
        K_AUTO(PyObject *) items = make_set(&PySet_Type, other);
        return items ? is_subset(self, items) : -1;
    }
    if (SET(self)->used > SET(other)->used)
        return 0;
    int stopped = for_each(SET(other), self, visit_stop_at_missing, NULL);
    return stopped < 0 ? -1 : !stopped;
}

static int is_superset(PyObject *self, PyObject *other)
{
    if (PyAnySet_Check(other))
        return is_subset(other, self);
    int stopped = for_each(SET(self), other, visit_stop_at_missing, NULL);
    return stopped < 0 ? -1 : !stopped;
}

/* ---- methods ---- */

/* The methods that both types have are defined once and listed twice. */
#define BOTH(name, CONV, doc)                                                                                          \
    static PyObject *both_##name(K_PARAMS_##CONV);                                                                     \
    K_METHOD_ROW(set, name, #name, both_##name, K_METH_##CONV, doc);                                                   \
    K_METHOD_ROW(frozenset, name, #name, both_##name, K_METH_##CONV, doc);                                             \
    static PyObject *both_##name(K_PARAMS_##CONV)

static PyObject *truth(int value)
{
    if (value < 0)
        return NULL;
    Py_RETURN_BOOL(value);
}

METHODS_DECLARE(set);
METHODS_DECLARE(frozenset);

METHOD_RAW(set, add, O, 0, "Put an element in.\n\nNothing happens when it is there already.")
{
    Py_hash_t hash = set_hash_of(arg);
    if (hash == -1 || set_table_add(SET(self), arg, hash) < 0)
        return NULL;
    Py_RETURN_NONE;
}

METHOD_RAW(set, clear, NOARGS, 0, "Take all elements out.")
{
    set_table_clear(SET(self));
    Py_RETURN_NONE;
}

static PyObject *both___contains__(PyObject *self, PyObject *arg)
{
    return truth(with_hash(self, arg, set_table_contains));
}
K_METHOD_ROW(set, __contains__, "__contains__", both___contains__, METH_O | METH_COEXIST,
             "x.__contains__(y) is y in x.");
K_METHOD_ROW(frozenset, __contains__, "__contains__", both___contains__, METH_O | METH_COEXIST,
             "x.__contains__(y) is y in x.");

BOTH(copy, NOARGS, "A shallow copy.")
{
    if (PyFrozenSet_CheckExact(self))
        return Py_NewRef(self);
    return make_base_set(self, self);
}

METHOD_RAW(set, discard, O, 0, "Take an element out, if it is there.\n\nUnlike remove(), nothing is raised otherwise.")
{
    if (with_hash(self, arg, set_table_discard) < 0)
        return NULL;
    Py_RETURN_NONE;
}

BOTH(difference, FAST, "The elements that none of the others has, as a new set.")
{
    if (nargs == 0)
        return make_base_set(self, self);
    K_AUTO(PyObject *) result = set_difference_with(self, args[0]);
    for (Py_ssize_t i = 1; result && i < nargs; i++) {
        if (difference_update(result, args[i]) < 0)
            return NULL;
    }
    return K_MOVE(result);
}

METHOD_RAW(set, difference_update, FAST, 0, "Take out the elements that another one has.")
{
    for (Py_ssize_t i = 0; i < nargs; i++) {
        if (difference_update(self, args[i]) < 0)
            return NULL;
    }
    Py_RETURN_NONE;
}

BOTH(intersection, FAST, "The elements that all have in common, as a new set.")
{
    if (nargs == 0)
        return make_base_set(self, self);
    K_AUTO(PyObject *) result = Py_NewRef(self);
    for (Py_ssize_t i = 0; result && i < nargs; i++)
        K_SET(result, set_intersection_with(result, args[i]));
    return K_MOVE(result);
}

METHOD_RAW(set, intersection_update, FAST, 0, "Keep only the elements that all have in common.")
{
    K_AUTO(PyObject *) common = both_intersection(self, args, nargs);
    if (!common)
        return NULL;
    set_table_swap(SET(self), SET(common));
    Py_RETURN_NONE;
}

BOTH(isdisjoint, O, "Whether the two have no element in common.")
{
    if (self == arg)
        return truth(SET(self)->used == 0);
    PyObject *walked = arg;
    if (PyAnySet_CheckExact(arg) && SET(arg)->used > SET(self)->used) {
        walked = self;
        self = arg;
    }
    int stopped = for_each(SET(self), walked, visit_stop_at_common, NULL);
    return truth(stopped < 0 ? -1 : !stopped);
}

BOTH(issubset, O, "Whether the other one has all elements of this set.")
{
    return truth(is_subset(self, arg));
}

BOTH(issuperset, O, "Whether this set has all elements of the other one.")
{
    return truth(is_superset(self, arg));
}

METHOD_RAW(set, pop, NOARGS, 0, "Take out some element and return it.\nRaises KeyError when the set is empty.")
{
    return PySet_Pop(self);
}

BOTH(__reduce__, NOARGS, "State for pickling.")
{
    K_AUTO(PyObject *) items = PySequence_List(self);
    K_AUTO(PyObject *) state = items ? _PyObject_GetState(self) : NULL;
    return state ? Py_BuildValue("O(O)O", Py_TYPE(self), items, state) : NULL;
}

METHOD_RAW(set, remove, O, 0, "Take out an element, which must be there.\n\nOtherwise KeyError is raised.")
{
    int was_there = with_hash(self, arg, set_table_discard);
    if (was_there == 0)
        _PyErr_SetKeyError(arg);
    if (was_there <= 0)
        return NULL;
    Py_RETURN_NONE;
}

BOTH(__sizeof__, NOARGS, "S.__sizeof__() -> the bytes that S takes")
{
    Py_ssize_t size = Py_TYPE(self)->tp_basicsize;
    if (SET(self)->table != SET(self)->smalltable)
        size += (SET(self)->mask + 1) * (Py_ssize_t)sizeof(setentry);
    return PyLong_FromSsize_t(size);
}

BOTH(symmetric_difference, O, "The elements that exactly one of the two has, as a new set.")
{
    return set_symmetric_difference_with(self, arg);
}

METHOD_RAW(set, symmetric_difference_update, O, 0, "Keep the elements that exactly one of the two has.")
{
    if (symmetric_difference_update(self, arg) < 0)
        return NULL;
    Py_RETURN_NONE;
}

BOTH(union, FAST, "The elements of all, as a new set.")
{
    K_AUTO(PyObject *) result = make_base_set(self, self);
    for (Py_ssize_t i = 0; result && i < nargs; i++) {
        if (args[i] != self && set_update_from(SET(result), args[i]) < 0)
            return NULL;
    }
    return K_MOVE(result);
}

METHOD_RAW(set, update, FAST, 0, "Put in the elements of the others.")
{
    for (Py_ssize_t i = 0; i < nargs; i++) {
        if (set_update_from(SET(self), args[i]) < 0)
            return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *both___class_getitem__(PyObject *type, PyObject *item)
{
    return Py_GenericAlias(type, item);
}
K_METHOD_ROW(set, __class_getitem__, "__class_getitem__", both___class_getitem__, METH_O | METH_CLASS, "See PEP 585");
K_METHOD_ROW(frozenset, __class_getitem__, "__class_getitem__", both___class_getitem__, METH_O | METH_CLASS,
             "See PEP 585");
METHODS_END(set);
METHODS_END(frozenset);

/* ---- slots ---- */

static Py_ssize_t set_length(PyObject *self)
{
    return SET(self)->used;
}

static int set_sq_contains(PyObject *self, PyObject *key)
{
    return with_hash(self, key, set_table_contains);
}

static PyObject *set_repr(PyObject *self)
{
    int entered = Py_ReprEnter(self);
    if (entered)
        return entered > 0 ? PyUnicode_FromFormat("%s(...)", Py_TYPE(self)->tp_name) : NULL;
    PyObject *text = NULL;
    if (SET(self)->used == 0)
        text = PyUnicode_FromFormat("%s()", Py_TYPE(self)->tp_name);
    else {
        PyObject *items = PySequence_List(self);
        text = items ? k_repr_items('{', items, "}") : NULL;
        Py_XDECREF(items);
        if (text && !PySet_CheckExact(self))
            Py_SETREF(text, PyUnicode_FromFormat("%s(%U)", Py_TYPE(self)->tp_name, text));
    }
    Py_ReprLeave(self);
    return text;
}

static PyObject *set_richcompare(PyObject *a, PyObject *b, int op)
{
    if (!PyAnySet_Check(b))
        Py_RETURN_NOTIMPLEMENTED;
    Py_ssize_t na = SET(a)->used, nb = SET(b)->used;
    if (op == Py_LE)
        return truth(is_subset(a, b));
    if (op == Py_GE)
        return truth(is_subset(b, a));
    if (op == Py_LT)
        return truth(na < nb ? is_subset(a, b) : 0);
    if (op == Py_GT)
        return truth(na > nb ? is_subset(b, a) : 0);
    int equal = na == nb && (SET(a)->hash == -1 || SET(b)->hash == -1 || SET(a)->hash == SET(b)->hash);
    if (equal)
        equal = is_subset(a, b);
    return truth(equal < 0 ? -1 : equal == (op == Py_EQ));
}

/* The hashes of the elements, each spread, in any order: their exclusive or. */
static Py_hash_t frozenset_hash(PyObject *self)
{
    PySetObject *set = SET(self);
    if (set->hash != -1)
        return set->hash;
    Py_uhash_t sum = 0;
    Py_ssize_t pos = 0;
    setentry *entry;
    while ((entry = set_table_next(set, &pos))) {
        Py_uhash_t hash = (Py_uhash_t)entry->hash;
        sum ^= (hash ^ 89869747u ^ hash << 16) * 3644798167u;
    }
    sum ^= ((Py_uhash_t)set->used + 1) * 1927868237u;
    sum ^= sum >> 11 ^ sum >> 25;
    sum = sum * 69069u + 907133923u;
    set->hash = sum == (Py_uhash_t)-1 ? 590923713 : (Py_hash_t)sum;
    return set->hash;
}

#define BINARY(slot, operation)                                                                                        \
    static PyObject *slot(PyObject *a, PyObject *b)                                                                    \
    {                                                                                                                  \
        if (!PyAnySet_Check(a) || !PyAnySet_Check(b))                                                                  \
            Py_RETURN_NOTIMPLEMENTED;                                                                                  \
        return operation;                                                                                              \
    }
#define IN_PLACE(slot, status)                                                                                         \
    static PyObject *slot(PyObject *a, PyObject *b)                                                                    \
    {                                                                                                                  \
        if (!PyAnySet_Check(b))                                                                                        \
            Py_RETURN_NOTIMPLEMENTED;                                                                                  \
        return (status) < 0 ? NULL : Py_NewRef(a);                                                                     \
    }
BINARY(set_and, set_intersection_with(a, b))
BINARY(set_or, both_union(a, &b, 1))
BINARY(set_subtract, set_difference_with(a, b))
BINARY(set_xor, set_symmetric_difference_with(a, b))
IN_PLACE(set_inplace_or, set_update_from(SET(a), b))
IN_PLACE(set_inplace_subtract, difference_update(a, b))
IN_PLACE(set_inplace_xor, symmetric_difference_update(a, b))

static PyObject *set_inplace_and(PyObject *a, PyObject *b)
{
    if (!PyAnySet_Check(b))
        Py_RETURN_NOTIMPLEMENTED;
    K_AUTO(PyObject *) none = set_intersection_update(a, &b, 1);
    return none ? Py_NewRef(a) : NULL;
}

static PyObject *set_new(PyTypeObject *type, PyObject *args K_UNUSED, PyObject *kwargs K_UNUSED)
{
    return make_set(type, NULL);
}

static int set_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    if (!_PyArg_NoKeywords("set", kwargs) || k_check_nargs(Py_TYPE(self)->tp_name, Py_SIZE(args), 0, 1) < 0)
        return -1;
    set_table_clear(SET(self));
    SET(self)->hash = -1;
    return Py_SIZE(args) ? set_update_from(SET(self), PyTuple_GET_ITEM(args, 0)) : 0;
}

static PyObject *set_vectorcall(PyObject *type, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    Py_ssize_t nargs = PyVectorcall_NARGS(nargsf);
    if (!_PyArg_NoKwnames("set", kwnames) || !_PyArg_CheckPositional("set", nargs, 0, 1))
        return NULL;
    return make_set((PyTypeObject *)type, nargs ? args[0] : NULL);
}

static PyObject *make_frozenset(PyTypeObject *type, PyObject *iterable)
{
    if (type == &PyFrozenSet_Type && iterable && PyFrozenSet_CheckExact(iterable))
        return Py_NewRef(iterable);
    return make_set(type, iterable);
}

static PyObject *frozenset_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    if ((type == &PyFrozenSet_Type || type->tp_init == PyFrozenSet_Type.tp_init) &&
        !_PyArg_NoKeywords("frozenset", kwargs))
        return NULL;
    if (k_check_nargs(type->tp_name, Py_SIZE(args), 0, 1) < 0)
        return NULL;
    return make_frozenset(type, Py_SIZE(args) ? PyTuple_GET_ITEM(args, 0) : NULL);
}

static PyObject *frozenset_vectorcall(PyObject *type, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    Py_ssize_t nargs = PyVectorcall_NARGS(nargsf);
    if (!_PyArg_NoKwnames("frozenset", kwnames) || !_PyArg_CheckPositional("frozenset", nargs, 0, 1))
        return NULL;
    return make_frozenset((PyTypeObject *)type, nargs ? args[0] : NULL);
}

static void set_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_TRASHCAN_BEGIN(self, set_dealloc)
    if (SET(self)->weakreflist)
        PyObject_ClearWeakRefs(self);
    set_table_clear(SET(self));
    Py_TYPE(self)->tp_free(self);
    Py_TRASHCAN_END;
}

static int set_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_ssize_t pos = 0;
    setentry *entry;
    while ((entry = set_table_next(SET(self), &pos)))
        Py_VISIT(entry->key);
    return 0;
}

static int set_tp_clear(PyObject *self)
{
    set_table_clear(SET(self));
    return 0;
}

static PySequenceMethods set_as_sequence = { .sq_length = set_length, .sq_contains = set_sq_contains };
static PyNumberMethods set_as_number = {
    .nb_subtract = set_subtract,
    .nb_and = set_and,
    .nb_xor = set_xor,
    .nb_or = set_or,
    .nb_inplace_subtract = set_inplace_subtract,
    .nb_inplace_and = set_inplace_and,
    .nb_inplace_xor = set_inplace_xor,
    .nb_inplace_or = set_inplace_or,
};
static PyNumberMethods frozenset_as_number = {
    .nb_subtract = set_subtract, .nb_and = set_and, .nb_xor = set_xor, .nb_or = set_or
};

PyTypeObject PySet_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "set",
    .tp_doc = "set() -> a new empty set\nset(iterable) -> a new set\n\nAn unordered collection of distinct elements.",
    .tp_basicsize = sizeof(PySetObject),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | _Py_TPFLAGS_MATCH_SELF,
    .tp_weaklistoffset = offsetof(PySetObject, weakreflist),
    .tp_dealloc = set_dealloc,
    .tp_traverse = set_traverse,
    .tp_clear = set_tp_clear,
    .tp_repr = set_repr,
    .tp_hash = PyObject_HashNotImplemented,
    .tp_richcompare = set_richcompare,
    .tp_as_number = &set_as_number,
    .tp_as_sequence = &set_as_sequence,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_iter = set_iter,
    .tp_methods = METHODS(set),
    .tp_init = set_init,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = set_new,
    .tp_free = PyObject_GC_Del,
    .tp_vectorcall = set_vectorcall,
};
K_TYPE(PySet_Type);

PyTypeObject PyFrozenSet_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "frozenset",
    .tp_doc = "frozenset() -> an empty frozenset\nfrozenset(iterable) -> a frozenset\n\n"
              "An unordered, immutable collection of distinct elements.",
    .tp_basicsize = sizeof(PySetObject),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | _Py_TPFLAGS_MATCH_SELF,
    .tp_weaklistoffset = offsetof(PySetObject, weakreflist),
    .tp_dealloc = set_dealloc,
    .tp_traverse = set_traverse,
    .tp_clear = set_tp_clear,
    .tp_repr = set_repr,
    .tp_hash = frozenset_hash,
    .tp_richcompare = set_richcompare,
    .tp_as_number = &frozenset_as_number,
    .tp_as_sequence = &set_as_sequence,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_iter = set_iter,
    .tp_methods = METHODS(frozenset),
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = frozenset_new,
    .tp_free = PyObject_GC_Del,
    .tp_vectorcall = frozenset_vectorcall,
};
K_TYPE(PyFrozenSet_Type);
