/* _abc.c - module _abc: what abc.ABCMeta stands on.
 *
 * In: classes. Out: whether one counts as a subclass of another: by registration, hook or inheritance.
 * Invariant: registry and caches hold weak references whose death takes them out; a negative cache counts only while
 * its version is the global one, which each registration advances. */
#include "memory/gc.h"
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/func/cfunction.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/set/set.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "objects/type/type.h"
#include "objects/weakref.h"
#include "runtime/errors.h"

#define COLLECTION_FLAGS (Py_TPFLAGS_SEQUENCE | Py_TPFLAGS_MAPPING)

typedef struct AbcData {
    PyObject ob_base;
    PyObject *registry, *cache, *negative; /* sets of weak references, or NULL */
    unsigned long long negative_version;
} AbcData;
#define ABC(o) ((AbcData *)(o))

typedef struct AbcState {
    unsigned long long version; /* advanced by each registration */
} AbcState;

/* ---- the data of one class ---- */

static int abc_data_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(ABC(self)->registry);
    Py_VISIT(ABC(self)->cache);
    Py_VISIT(ABC(self)->negative);
    return 0;
}

static int abc_data_clear(PyObject *self)
{
    Py_CLEAR(ABC(self)->registry);
    Py_CLEAR(ABC(self)->cache);
    Py_CLEAR(ABC(self)->negative);
    return 0;
}

static void abc_data_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    (void)abc_data_clear(self);
    PyObject_GC_Del(self);
}

static PyTypeObject abc_data_type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "_abc._abc_data",
    .tp_basicsize = sizeof(AbcData),
    .tp_dealloc = abc_data_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_doc = "Internal state held by ABC machinery.",
    .tp_traverse = abc_data_traverse,
    .tp_clear = abc_data_clear,
};
K_TYPE(abc_data_type);

/* The class's data: a new reference. */
static PyObject *abc_data(PyObject *cls)
{
    K_AUTO(PyObject *) data = PyObject_GetAttr(cls, K_STR("_abc_impl"));
    if (data && !Py_IS_TYPE(data, &abc_data_type))
        return k_raise(PyExc_TypeError, "_abc_impl is set to a wrong type");
    return K_MOVE(data);
}

/* ---- weak sets ---- */

/* Callback of a weak reference in a set: self is a weak reference to the set. */
static PyObject *abc_forget(PyObject *self, PyObject *ref)
{
    PyObject *set = PyWeakref_GET_OBJECT(self);
    if (set == Py_None)
        Py_RETURN_NONE;
    K_AUTO(PyObject *) held = Py_NewRef(set);
    if (PySet_Discard(held, ref) < 0)
        return NULL;
    Py_RETURN_NONE;
}
static PyMethodDef abc_forget_def = { "_destroy", abc_forget, METH_O, NULL };

static int abc_weak_add(PyObject **set, PyObject *cls)
{
    if (!*set && !(*set = PySet_New(NULL)))
        return -1;
    K_AUTO(PyObject *) set_ref = PyWeakref_NewRef(*set, NULL);
    K_AUTO(PyObject *) callback = set_ref ? PyCFunction_NewEx(&abc_forget_def, set_ref, NULL) : NULL;
    K_AUTO(PyObject *) ref = callback ? PyWeakref_NewRef(cls, callback) : NULL;
    return ref ? PySet_Add(*set, ref) : -1;
}

static int abc_weak_contains(PyObject *set, PyObject *cls)
{
    if (!set || PySet_GET_SIZE(set) == 0)
        return 0;
    K_AUTO(PyObject *) ref = PyWeakref_NewRef(cls, NULL);
    if (!ref) /* what takes no weak references is not in the set */
        return k_catch(PyExc_TypeError) ? 0 : -1;
    return PySet_Contains(set, ref);
}

/* ---- making a class abstract ---- */

static int abc_collect_own(PyObject *cls, PyObject *abstracts)
{
    K_AUTO(PyObject *) dict = PyObject_GetAttr(cls, K_STR("__dict__"));
    K_AUTO(PyObject *) items = dict ? PyMapping_Items(dict) : NULL;
    for (Py_ssize_t i = 0; items && i < PyList_GET_SIZE(items); i++) {
        K_AUTO(PyObject *) pair = PySequence_Tuple(PyList_GET_ITEM(items, i));
        if (!pair)
            return -1;
        if (PyTuple_GET_SIZE(pair) != 2) {
            k_raise(PyExc_TypeError, "Iteration over %R.__dict__.items() did not give pairs", cls);
            return -1;
        }
        int abstract = _PyObject_IsAbstract(PyTuple_GET_ITEM(pair, 1));
        if (abstract < 0 || (abstract && PySet_Add(abstracts, PyTuple_GET_ITEM(pair, 0)) < 0))
            return -1;
    }
    return items ? 0 : -1;
}

/* Abstract methods of a base that the class has not made concrete. */
static int abc_collect_base(PyObject *cls, PyObject *base, PyObject *abstracts)
{
    PyObject *found;
    if (_PyObject_LookupAttr(base, K_STR("__abstractmethods__"), &found) < 0)
        return -1;
    if (!found)
        return 0;
    K_AUTO(PyObject *) methods = found;
    K_AUTO(PyObject *) iter = PyObject_GetIter(methods);
    if (!iter)
        return -1;
    for (;;) {
        K_AUTO(PyObject *) name = PyIter_Next(iter);
        if (!name)
            return PyErr_Occurred() ? -1 : 0;
        if (_PyObject_LookupAttr(cls, name, &found) < 0)
            return -1;
        int abstract = found ? _PyObject_IsAbstract(found) : 0;
        Py_XDECREF(found);
        if (abstract < 0 || (abstract && PySet_Add(abstracts, name) < 0))
            return -1;
    }
}

static int abc_compute_abstract(PyObject *cls)
{
    K_AUTO(PyObject *) abstracts = PyFrozenSet_New(NULL);
    if (!abstracts || abc_collect_own(cls, abstracts) < 0)
        return -1;
    K_AUTO(PyObject *) bases = PyObject_GetAttr(cls, K_STR("__bases__"));
    if (!bases)
        return -1;
    if (!PyTuple_Check(bases)) {
        k_raise(PyExc_TypeError, "__bases__ is not tuple");
        return -1;
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(bases); i++) {
        if (abc_collect_base(cls, PyTuple_GET_ITEM(bases, i), abstracts) < 0)
            return -1;
    }
    return PyObject_SetAttr(cls, K_STR("__abstractmethods__"), abstracts);
}

/* __abc_tpflags__ says whether instances match sequence or mapping patterns. */
static int abc_take_flags(PyTypeObject *cls)
{
    PyObject *flags = PyDict_GetItemWithError(cls->tp_dict, K_STR("__abc_tpflags__"));
    if (!flags)
        return PyErr_Occurred() ? -1 : 0;
    if (PyLong_CheckExact(flags)) {
        long value = PyLong_AsLong(flags);
        if (value == -1 && PyErr_Occurred())
            return -1;
        if (((unsigned long)value & COLLECTION_FLAGS) == COLLECTION_FLAGS) {
            k_raise(PyExc_TypeError, "__abc_tpflags__ cannot be both Py_TPFLAGS_SEQUENCE and Py_TPFLAGS_MAPPING");
            return -1;
        }
        cls->tp_flags |= (unsigned long)value & COLLECTION_FLAGS;
    }
    return PyDict_DelItem(cls->tp_dict, K_STR("__abc_tpflags__"));
}

FUNCTION(_abc, _abc_init, O, "($module, self, /)", "Prepares the class for ABC machinery.")
{
    if (abc_compute_abstract(arg) < 0)
        return NULL;
    AbcData *data = PyObject_GC_New(AbcData, &abc_data_type);
    if (!data)
        return NULL;
    data->registry = data->cache = data->negative = NULL;
    data->negative_version = ((AbcState *)PyModule_GetState(self))->version;
    PyObject_GC_Track(data);
    K_AUTO(PyObject *) held = (PyObject *)data;
    if (PyObject_SetAttr(arg, K_STR("_abc_impl"), held) < 0)
        return NULL;
    if (PyType_Check(arg) && abc_take_flags((PyTypeObject *)arg) < 0)
        return NULL;
    Py_RETURN_NONE;
}

/* ---- registration ---- */

static int abc_set_flag(PyTypeObject *type, unsigned long flag)
{
    if (PyType_HasFeature(type, Py_TPFLAGS_IMMUTABLETYPE) || (type->tp_flags & COLLECTION_FLAGS) == flag)
        return 0;
    type->tp_flags = (type->tp_flags & ~COLLECTION_FLAGS) | flag;
    K_AUTO(PyObject *) subclasses = PyObject_CallMethodObjArgs((PyObject *)&PyType_Type, K_STR("__subclasses__"), type, NULL);
    for (Py_ssize_t i = 0; subclasses && i < PyList_GET_SIZE(subclasses); i++) {
        if (abc_set_flag((PyTypeObject *)PyList_GET_ITEM(subclasses, i), flag) < 0)
            return -1;
    }
    return subclasses ? 0 : -1;
}

FUNCTION(_abc, _abc_register, FAST, "($module, self, subclass, /)", "Counts a class as a subclass of the ABC self.")
{
    if (k_check_nargs("_abc_register", nargs, 2, 2) < 0)
        return NULL;
    PyObject *cls = args[0], *subclass = args[1];
    if (!PyType_Check(subclass))
        return k_raise(PyExc_TypeError, "Can only register classes");
    int known = PyObject_IsSubclass(subclass, cls);
    if (known)
        return known < 0 ? NULL : Py_NewRef(subclass);
    known = PyObject_IsSubclass(cls, subclass);
    if (known)
        return known < 0 ? NULL : k_raise(PyExc_RuntimeError, "Refusing to create an inheritance cycle");
    K_AUTO(PyObject *) data = abc_data(cls);
    if (!data || abc_weak_add(&ABC(data)->registry, subclass) < 0)
        return NULL;
    ((AbcState *)PyModule_GetState(self))->version++;
    if (PyType_Check(cls)) {
        unsigned long flag = ((PyTypeObject *)cls)->tp_flags & COLLECTION_FLAGS;
        if (flag && abc_set_flag((PyTypeObject *)subclass, flag) < 0)
            return NULL;
    }
    return Py_NewRef(subclass);
}

/* ---- checks ---- */

static PyObject *abc_ask(PyObject *cls, PyObject *subclass)
{
    return PyObject_CallMethodObjArgs(cls, K_STR("__subclasscheck__"), subclass, NULL);
}

FUNCTION(_abc, _abc_instancecheck, FAST, "($module, self, instance, /)", "isinstance() for an ABC.")
{
    if (k_check_nargs("_abc_instancecheck", nargs, 2, 2) < 0)
        return NULL;
    PyObject *cls = args[0], *instance = args[1];
    K_AUTO(PyObject *) data = abc_data(cls);
    K_AUTO(PyObject *) reported = data ? PyObject_GetAttr(instance, K_STR("__class__")) : NULL;
    if (!reported)
        return NULL;
    int found = abc_weak_contains(ABC(data)->cache, reported);
    if (found)
        return found < 0 ? NULL : Py_NewRef(Py_True);
    PyObject *type = (PyObject *)Py_TYPE(instance);
    if (type == reported) {
        if (ABC(data)->negative_version == ((AbcState *)PyModule_GetState(self))->version) {
            found = abc_weak_contains(ABC(data)->negative, reported);
            if (found)
                return found < 0 ? NULL : Py_NewRef(Py_False);
        }
        return abc_ask(cls, reported);
    }
    K_AUTO(PyObject *) answer = abc_ask(cls, reported);
    int truth = answer ? PyObject_IsTrue(answer) : -1;
    if (truth < 0)
        return NULL;
    return truth ? K_MOVE(answer) : abc_ask(cls, type);
}

/* 1 or 0 when the hook decided, -1 on error, 2 when it did not. */
static int abc_ask_hook(PyObject *cls, PyObject *subclass, AbcData *data)
{
    K_AUTO(PyObject *) answer = PyObject_CallMethodObjArgs(cls, K_STR("__subclasshook__"), subclass, NULL);
    if (!answer)
        return -1;
    if (answer == Py_True)
        return abc_weak_add(&data->cache, subclass) < 0 ? -1 : 1;
    if (answer == Py_False)
        return abc_weak_add(&data->negative, subclass) < 0 ? -1 : 0;
    if (answer == Py_NotImplemented)
        return 2;
    k_raise(PyExc_AssertionError, "__subclasshook__ must return either False, True, or NotImplemented");
    return -1;
}

static int abc_check_registry(PyObject *subclass, AbcData *data)
{
    if (!data->registry)
        return 0;
    K_AUTO(PyObject *) refs = PySequence_List(data->registry); /* the set may change while code runs */
    for (Py_ssize_t i = 0; refs && i < PyList_GET_SIZE(refs); i++) {
        PyObject *cls = PyWeakref_GET_OBJECT(PyList_GET_ITEM(refs, i));
        if (cls == Py_None)
            continue;
        K_AUTO(PyObject *) held = Py_NewRef(cls);
        int found = PyObject_IsSubclass(subclass, held);
        if (found > 0 && abc_weak_add(&data->cache, subclass) < 0)
            return -1;
        if (found)
            return found;
    }
    return refs ? 0 : -1;
}

static int abc_check_subclasses(PyObject *cls, PyObject *subclass, AbcData *data)
{
    K_AUTO(PyObject *) subclasses = PyObject_CallMethodObjArgs(cls, K_STR("__subclasses__"), NULL);
    if (!subclasses)
        return -1;
    if (!PyList_Check(subclasses)) {
        k_raise(PyExc_TypeError, "__subclasses__() must return a list");
        return -1;
    }
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(subclasses); i++) {
        K_AUTO(PyObject *) child = Py_NewRef(PyList_GET_ITEM(subclasses, i));
        int found = PyObject_IsSubclass(subclass, child);
        if (found > 0 && abc_weak_add(&data->cache, subclass) < 0)
            return -1;
        if (found)
            return found;
    }
    return 0;
}

static int abc_subclasscheck(AbcState *state, PyObject *cls, PyObject *subclass, AbcData *data)
{
    int found = abc_weak_contains(data->cache, subclass);
    if (found)
        return found;
    if (data->negative_version < state->version) { /* something was registered since */
        if (data->negative && PySet_Clear(data->negative) < 0)
            return -1;
        data->negative_version = state->version;
    } else {
        found = abc_weak_contains(data->negative, subclass);
        if (found)
            return found < 0 ? -1 : 0;
    }
    found = abc_ask_hook(cls, subclass, data);
    if (found != 2)
        return found;
    if (PyType_Check(cls) && PyType_IsSubtype((PyTypeObject *)subclass, (PyTypeObject *)cls))
        return abc_weak_add(&data->cache, subclass) < 0 ? -1 : 1;
    found = abc_check_registry(subclass, data);
    if (found == 0)
        found = abc_check_subclasses(cls, subclass, data);
    if (found == 0 && abc_weak_add(&data->negative, subclass) < 0)
        return -1;
    return found;
}

FUNCTION(_abc, _abc_subclasscheck, FAST, "($module, self, subclass, /)", "issubclass() for an ABC.")
{
    if (k_check_nargs("_abc_subclasscheck", nargs, 2, 2) < 0)
        return NULL;
    if (!PyType_Check(args[1]))
        return k_raise(PyExc_TypeError, "issubclass() arg 1 must be a class");
    K_AUTO(PyObject *) data = abc_data(args[0]);
    if (!data)
        return NULL;
    int found = abc_subclasscheck(PyModule_GetState(self), args[0], args[1], ABC(data));
    return found < 0 ? NULL : PyBool_FromLong(found);
}

/* ---- looking inside ---- */

FUNCTION(_abc, get_cache_token, NOARGS, "($module, /)",
         "A number that changes with each registration of a class with any ABC.")
{
    return PyLong_FromUnsignedLongLong(((AbcState *)PyModule_GetState(self))->version);
}

static PyObject *abc_copy_set(PyObject *set)
{
    return PySet_New(set);
}

FUNCTION(_abc, _get_dump, O, "($module, self, /)", "Copies of registry, cache and negative cache, and its version.")
{
    K_AUTO(PyObject *) data = abc_data(arg);
    if (!data)
        return NULL;
    return Py_BuildValue("NNNK", abc_copy_set(ABC(data)->registry), abc_copy_set(ABC(data)->cache),
                         abc_copy_set(ABC(data)->negative), ABC(data)->negative_version);
}

FUNCTION(_abc, _reset_registry, O, "($module, self, /)", "Empties the registry of an ABC.")
{
    K_AUTO(PyObject *) data = abc_data(arg);
    if (!data || (ABC(data)->registry && PySet_Clear(ABC(data)->registry) < 0))
        return NULL;
    Py_RETURN_NONE;
}

FUNCTION(_abc, _reset_caches, O, "($module, self, /)", "Empties the caches of an ABC.")
{
    K_AUTO(PyObject *) data = abc_data(arg);
    if (!data || (ABC(data)->cache && PySet_Clear(ABC(data)->cache) < 0)
        || (ABC(data)->negative && PySet_Clear(ABC(data)->negative) < 0))
        return NULL;
    Py_RETURN_NONE;
}
METHODS_END(_abc);

static int abc_exec(PyObject *module)
{
    ((AbcState *)PyModule_GetState(module))->version = 0;
    return 0;
}

MODULE(_abc, "Module contains faster implementation of abc.ABCMeta", abc_exec, sizeof(AbcState));
