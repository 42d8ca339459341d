/* genericalias.c - list[int]: a class with arguments, and the substitution of type variables.
 *
 * In: an origin and arguments. Out: an object that behaves like the origin and remembers the arguments.
 * Invariant: args is a tuple; parameters is made at first sight. Start at Py_GenericAlias(). */
#include "objects/genericalias.h"

#include "memory/gc.h"
#include "objects/call.h"
#include "objects/descr.h"
#include "objects/dict/dict.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "objects/type/type.h"
#include "runtime/errors.h"
#include "runtime/import.h"

typedef struct GenericAlias {
    PyObject ob_base;
    PyObject *origin, *args, *parameters, *weakreflist;
    bool starred; /* *tuple[int, ...] */
    vectorcallfunc vectorcall;
} GenericAlias;
#define ALIAS(o) ((GenericAlias *)(o))

/* ---- type variables ---- */

/* Adds an item that is not there yet. */
static int params_add(PyObject *list, PyObject *item)
{
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list); i++) {
        if (PyList_GET_ITEM(list, i) == item)
            return 0;
    }
    return PyList_Append(list, item);
}

static int params_add_of(PyObject *list, PyObject *arg)
{
    PyObject *found;
    if (PyType_Check(arg))
        return 0;
    if (_PyObject_LookupAttr(arg, K_STR("__typing_subst__"), &found) < 0)
        return -1;
    if (found) {
        Py_DECREF(found);
        return params_add(list, arg);
    }
    if (_PyObject_LookupAttr(arg, K_STR("__parameters__"), &found) < 0)
        return -1;
    K_AUTO(PyObject *) sub = found;
    for (Py_ssize_t i = 0; sub && PyTuple_Check(sub) && i < PyTuple_GET_SIZE(sub); i++) {
        if (params_add(list, PyTuple_GET_ITEM(sub, i)) < 0)
            return -1;
    }
    return 0;
}

PyObject *_Py_make_parameters(PyObject *args)
{
    K_AUTO(PyObject *) list = PyList_New(0);
    for (Py_ssize_t i = 0; list && i < PyTuple_GET_SIZE(args); i++) {
        if (params_add_of(list, PyTuple_GET_ITEM(args, i)) < 0)
            return NULL;
    }
    return list ? PyList_AsTuple(list) : NULL;
}

static Py_ssize_t params_index(PyObject *params, PyObject *item)
{
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(params); i++) {
        if (PyTuple_GET_ITEM(params, i) == item)
            return i;
    }
    return -1;
}

static int params_extend(PyObject *list, PyObject *tuple)
{
    return PyList_SetSlice(list, PyList_GET_SIZE(list), PyList_GET_SIZE(list), tuple);
}

/* An argument that has type variables inside: obj[...] with their values. */
static PyObject *params_substitute_inside(PyObject *obj, PyObject *params, PyObject *items)
{
    PyObject *found;
    if (_PyObject_LookupAttr(obj, K_STR("__parameters__"), &found) < 0)
        return NULL;
    K_AUTO(PyObject *) sub = found;
    if (!sub || !PyTuple_Check(sub) || PyTuple_GET_SIZE(sub) == 0)
        return Py_NewRef(obj);
    K_AUTO(PyObject *) list = PyList_New(0);
    for (Py_ssize_t i = 0; list && i < PyTuple_GET_SIZE(sub); i++) {
        PyObject *value = PyTuple_GET_ITEM(sub, i);
        Py_ssize_t at = params_index(params, value);
        if (at >= 0) {
            PyObject *param = PyTuple_GET_ITEM(params, at);
            value = PyTuple_GET_ITEM(items, at);
            if (Py_TYPE(param)->tp_iter && PyTuple_Check(value)) { /* a TypeVarTuple stands for several */
                if (params_extend(list, value) < 0)
                    return NULL;
                continue;
            }
        }
        if (PyList_Append(list, value) < 0)
            return NULL;
    }
    K_AUTO(PyObject *) values = list ? PyList_AsTuple(list) : NULL;
    return values ? PyObject_GetItem(obj, values) : NULL;
}

/* The item as a tuple, with *tuple[int, str] taken apart. */
static PyObject *params_unpack_item(PyObject *item)
{
    K_AUTO(PyObject *) list = PyList_New(0);
    bool is_tuple = PyTuple_Check(item);
    Py_ssize_t n = is_tuple ? PyTuple_GET_SIZE(item) : 1;
    for (Py_ssize_t i = 0; list && i < n; i++) {
        PyObject *value = is_tuple ? PyTuple_GET_ITEM(item, i) : item, *found = NULL;
        if (!PyType_Check(value) && _PyObject_LookupAttr(value, K_STR("__typing_unpacked_tuple_args__"), &found) < 0)
            return NULL;
        K_AUTO(PyObject *) sub = found;
        if (sub && sub != Py_None && PyTuple_Check(sub)
            && !(PyTuple_GET_SIZE(sub) && PyTuple_GET_ITEM(sub, PyTuple_GET_SIZE(sub) - 1) == Py_Ellipsis)) {
            if (params_extend(list, sub) < 0)
                return NULL;
        } else if (PyList_Append(list, value) < 0) {
            return NULL;
        }
    }
    return list ? PyList_AsTuple(list) : NULL;
}

static PyObject *params_prepare(PyObject *self, PyObject *params, PyObject *given)
{
    K_AUTO(PyObject *) item = params_unpack_item(given);
    for (Py_ssize_t i = 0; item && i < PyTuple_GET_SIZE(params); i++) {
        PyObject *found;
        if (_PyObject_LookupAttr(PyTuple_GET_ITEM(params, i), K_STR("__typing_prepare_subst__"), &found) < 0)
            return NULL;
        K_AUTO(PyObject *) prepare = found;
        if (!prepare || prepare == Py_None)
            continue;
        K_AUTO(PyObject *) tuple = PyTuple_Check(item) ? Py_NewRef(item) : PyTuple_Pack(1, item);
        if (!tuple)
            return NULL;
        K_SET(item, PyObject_CallFunctionObjArgs(prepare, self, tuple, NULL));
    }
    if (item && !PyTuple_Check(item))
        return PyTuple_Pack(1, item);
    return K_MOVE(item);
}

static int params_is_unpacked_tuple(PyObject *arg)
{
    PyObject *found;
    if (PyType_Check(arg))
        return 0;
    if (_PyObject_LookupAttr(arg, K_STR("__typing_is_unpacked_typevartuple__"), &found) <= 0)
        return PyErr_Occurred() ? -1 : 0;
    int truth = PyObject_IsTrue(found);
    Py_DECREF(found);
    return truth;
}

/* The arguments with the values put in for the parameters. */
PyObject *_Py_subs_parameters(PyObject *self, PyObject *args, PyObject *params, PyObject *given)
{
    Py_ssize_t nparams = PyTuple_GET_SIZE(params);
    if (nparams == 0)
        return k_raise(PyExc_TypeError, "%R is not a generic class", self);
    K_AUTO(PyObject *) items = params_prepare(self, params, given);
    if (!items)
        return NULL;
    Py_ssize_t n = PyTuple_GET_SIZE(items);
    if (n != nparams)
        return k_raise(PyExc_TypeError, "Too %s arguments for %R; actual %zd, expected %zd", n > nparams ? "many" : "few",
                       self, n, nparams);
    K_AUTO(PyObject *) list = PyList_New(0);
    for (Py_ssize_t i = 0; list && i < PyTuple_GET_SIZE(args); i++) {
        PyObject *arg = PyTuple_GET_ITEM(args, i), *found;
        if (PyType_Check(arg)) {
            if (PyList_Append(list, arg) < 0)
                return NULL;
            continue;
        }
        int unpack = params_is_unpacked_tuple(arg);
        if (unpack < 0 || _PyObject_LookupAttr(arg, K_STR("__typing_subst__"), &found) < 0)
            return NULL;
        K_AUTO(PyObject *) subst = found;
        Py_ssize_t at = subst ? params_index(params, arg) : -1;
        K_AUTO(PyObject *) value = at >= 0 ? PyObject_CallOneArg(subst, PyTuple_GET_ITEM(items, at))
                                           : params_substitute_inside(arg, params, items);
        if (!value || (unpack && PyTuple_Check(value) ? params_extend(list, value) : PyList_Append(list, value)) < 0)
            return NULL;
    }
    return list ? PyList_AsTuple(list) : NULL;
}

/* ---- text ---- */

/* How a type reads inside brackets: its qualified name, without the module for builtins. */
PyObject *k_generic_item_repr(PyObject *o)
{
    PyObject *found;
    if (o == Py_Ellipsis)
        return PyUnicode_FromString("...");
    if (o == (PyObject *)&_PyNone_Type)
        return PyUnicode_FromString("None");
    if (_PyObject_LookupAttr(o, K_STR("__origin__"), &found) < 0)
        return NULL;
    if (found) { /* a generic alias writes itself */
        Py_DECREF(found);
        if (_PyObject_LookupAttr(o, K_STR("__args__"), &found) < 0)
            return NULL;
        if (found) {
            Py_DECREF(found);
            return PyObject_Repr(o);
        }
    }
    if (_PyObject_LookupAttr(o, K_STR("__qualname__"), &found) < 0)
        return NULL;
    K_AUTO(PyObject *) qualname = found;
    if (!qualname || _PyObject_LookupAttr(o, K_STR("__module__"), &found) < 0)
        return PyErr_Occurred() ? NULL : PyObject_Repr(o);
    K_AUTO(PyObject *) module = found;
    if (!module || module == Py_None)
        return PyObject_Repr(o);
    if (PyUnicode_Check(module) && _PyUnicode_EqualToASCIIString(module, "builtins"))
        return PyObject_Str(qualname);
    return PyUnicode_FromFormat("%S.%S", module, qualname);
}

static PyObject *alias_repr(PyObject *self)
{
    PyObject *args = ALIAS(self)->args;
    K_AUTO(PyObject *) origin = k_generic_item_repr(ALIAS(self)->origin);
    K_AUTO(PyObject *) list = origin ? PyList_New(0) : NULL;
    for (Py_ssize_t i = 0; list && i < PyTuple_GET_SIZE(args); i++) {
        K_AUTO(PyObject *) text = k_generic_item_repr(PyTuple_GET_ITEM(args, i));
        if (!text || PyList_Append(list, text) < 0)
            return NULL;
    }
    K_AUTO(PyObject *) comma = list ? PyUnicode_FromString(", ") : NULL;
    K_AUTO(PyObject *) text = comma ? PyUnicode_Join(comma, list) : NULL;
    if (!text)
        return NULL;
    return PyUnicode_FromFormat("%s%U[%U]", ALIAS(self)->starred ? "*" : "", origin,
                                PyTuple_GET_SIZE(args) ? text : K_STR("()"));
}

/* ---- behaving like the origin ---- */

static int alias_set_orig_class(PyObject *obj, PyObject *self)
{
    if (PyObject_SetAttr(obj, K_STR("__orig_class__"), self) == 0 || k_catch(PyExc_AttributeError)
        || k_catch(PyExc_TypeError))
        return 0;
    Py_DECREF(obj);
    return -1;
}

static PyObject *alias_vectorcall(PyObject *self, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    PyObject *obj = PyObject_Vectorcall(ALIAS(self)->origin, args, nargsf, kwnames);
    return obj && alias_set_orig_class(obj, self) < 0 ? NULL : obj;
}

static const char *const alias_own[] = {
    "__class__", "__origin__", "__args__", "__unpacked__", "__parameters__", "__typing_unpacked_tuple_args__",
    "__mro_entries__", "__reduce_ex__", "__reduce__", "__copy__", "__deepcopy__", NULL,
};

static PyObject *alias_getattro(PyObject *self, PyObject *name)
{
    if (!PyUnicode_Check(name))
        return PyObject_GenericGetAttr(self, name);
    for (int i = 0; alias_own[i]; i++) {
        if (_PyUnicode_EqualToASCIIString(name, alias_own[i]))
            return PyObject_GenericGetAttr(self, name);
    }
    return PyObject_GetAttr(ALIAS(self)->origin, name);
}

static PyObject *alias_richcompare(PyObject *a, PyObject *b, int op)
{
    if (!PyObject_TypeCheck(a, &Py_GenericAliasType) || !PyObject_TypeCheck(b, &Py_GenericAliasType)
        || (op != Py_EQ && op != Py_NE))
        Py_RETURN_NOTIMPLEMENTED;
    int equal = ALIAS(a)->starred == ALIAS(b)->starred;
    if (equal)
        equal = PyObject_RichCompareBool(ALIAS(a)->origin, ALIAS(b)->origin, Py_EQ);
    if (equal > 0)
        equal = PyObject_RichCompareBool(ALIAS(a)->args, ALIAS(b)->args, Py_EQ);
    return equal < 0 ? NULL : PyBool_FromLong(equal == (op == Py_EQ));
}

static Py_hash_t alias_hash(PyObject *self)
{
    Py_hash_t h0 = PyObject_Hash(ALIAS(self)->origin), h1 = h0 == -1 ? -1 : PyObject_Hash(ALIAS(self)->args);
    return h1 == -1 ? -1 : (h0 ^ h1) == -1 ? -2 : h0 ^ h1;
}

static PyObject *alias_new(PyTypeObject *type, PyObject *origin, PyObject *args, bool starred)
{
    K_AUTO(PyObject *) tuple = PyTuple_Check(args) ? Py_NewRef(args) : PyTuple_Pack(1, args);
    GenericAlias *alias = tuple ? ALIAS(type->tp_alloc(type, 0)) : NULL;
    if (!alias)
        return NULL;
    alias->origin = Py_NewRef(origin);
    alias->args = K_MOVE(tuple);
    alias->starred = starred;
    alias->vectorcall = PyVectorcall_Function(origin) ? alias_vectorcall : NULL;
    return (PyObject *)alias;
}

PyObject *Py_GenericAlias(PyObject *origin, PyObject *args)
{
    return alias_new(&Py_GenericAliasType, origin, args, false);
}

static PyObject *alias_type_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    if (!_PyArg_NoKeywords("GenericAlias", kwargs)
        || k_check_nargs("GenericAlias", PyTuple_GET_SIZE(args), 2, 2) < 0)
        return NULL;
    return alias_new(type, PyTuple_GET_ITEM(args, 0), PyTuple_GET_ITEM(args, 1), false);
}

static PyObject *alias_call(PyObject *self, PyObject *args, PyObject *kwargs)
{
    PyObject *obj = PyObject_Call(ALIAS(self)->origin, args, kwargs);
    return obj && alias_set_orig_class(obj, self) < 0 ? NULL : obj;
}

static int alias_fill_parameters(PyObject *self)
{
    if (!ALIAS(self)->parameters)
        ALIAS(self)->parameters = _Py_make_parameters(ALIAS(self)->args);
    return ALIAS(self)->parameters ? 0 : -1;
}

static PyObject *alias_getitem(PyObject *self, PyObject *item)
{
    if (alias_fill_parameters(self) < 0)
        return NULL;
    K_AUTO(PyObject *) args = _Py_subs_parameters(self, ALIAS(self)->args, ALIAS(self)->parameters, item);
    return args ? alias_new(&Py_GenericAliasType, ALIAS(self)->origin, args, ALIAS(self)->starred) : NULL;
}

/* ---- iter(alias): the alias with a star, once ---- */

typedef struct AliasIter {
    PyObject ob_base;
    PyObject *alias;
} AliasIter;
#define ITER_ALIAS(o) (((AliasIter *)(o))->alias)

static PyObject *alias_iter_next(PyObject *self)
{
    PyObject *alias = ITER_ALIAS(self);
    if (!alias)
        return NULL;
    PyObject *starred = alias_new(&Py_GenericAliasType, ALIAS(alias)->origin, ALIAS(alias)->args, true);
    if (starred)
        Py_CLEAR(ITER_ALIAS(self));
    return starred;
}

static void alias_iter_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_XDECREF(ITER_ALIAS(self));
    PyObject_GC_Del(self);
}

static int alias_iter_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(ITER_ALIAS(self));
    return 0;
}

METHODS_DECLARE(generic_alias_iterator);
METHOD_RAW(generic_alias_iterator, __reduce__, NOARGS, 0, NULL)
{
    K_AUTO(PyObject *) iter = _PyImport_GetModuleAttrString("builtins", "iter");
    if (!iter)
        return NULL;
    return ITER_ALIAS(self) ? Py_BuildValue("O(O)", iter, ITER_ALIAS(self)) : Py_BuildValue("O(())", iter);
}
METHODS_END(generic_alias_iterator);

static PyTypeObject alias_iter_type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "generic_alias_iterator",
    .tp_basicsize = sizeof(AliasIter),
    .tp_dealloc = alias_iter_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = alias_iter_traverse,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = alias_iter_next,
    .tp_methods = METHODS(generic_alias_iterator),
};
K_TYPE(alias_iter_type);

static PyObject *alias_iter(PyObject *self)
{
    AliasIter *iter = PyObject_GC_New(AliasIter, &alias_iter_type);
    if (!iter)
        return NULL;
    iter->alias = Py_NewRef(self);
    PyObject_GC_Track(iter);
    return (PyObject *)iter;
}

/* ---- the type ---- */

METHODS_DECLARE(generic_alias);
METHOD_RAW(generic_alias, __mro_entries__, O, 0, NULL)
{
    return PyTuple_Pack(1, ALIAS(self)->origin);
}

METHOD_RAW(generic_alias, __instancecheck__, O, 0, NULL)
{
    return k_raise(PyExc_TypeError, "isinstance() argument 2 cannot be a parameterized generic");
}

METHOD_RAW(generic_alias, __subclasscheck__, O, 0, NULL)
{
    return k_raise(PyExc_TypeError, "issubclass() argument 2 cannot be a parameterized generic");
}

METHOD_RAW(generic_alias, __reduce__, NOARGS, 0, NULL)
{
    if (!ALIAS(self)->starred)
        return Py_BuildValue("O(OO)", &Py_GenericAliasType, ALIAS(self)->origin, ALIAS(self)->args);
    K_AUTO(PyObject *) next = _PyImport_GetModuleAttrString("builtins", "next");
    K_AUTO(PyObject *) plain = next ? Py_GenericAlias(ALIAS(self)->origin, ALIAS(self)->args) : NULL;
    K_AUTO(PyObject *) iter = plain ? alias_iter(plain) : NULL;
    return iter ? Py_BuildValue("O(O)", next, iter) : NULL;
}

METHOD_RAW(generic_alias, __dir__, NOARGS, 0, NULL)
{
    K_AUTO(PyObject *) names = PyObject_Dir(ALIAS(self)->origin);
    for (int i = 0; names && alias_own[i]; i++) {
        K_AUTO(PyObject *) name = PyUnicode_FromString(alias_own[i]);
        int present = name ? PySequence_Contains(names, name) : -1;
        if (present < 0 || (!present && PyList_Append(names, name) < 0))
            return NULL;
    }
    return K_MOVE(names);
}
METHODS_END(generic_alias);

static PyObject *alias_get_parameters(PyObject *self, void *closure)
{
    return alias_fill_parameters(self) < 0 ? NULL : Py_NewRef(ALIAS(self)->parameters);
}

static PyObject *alias_get_unpacked_args(PyObject *self, void *closure)
{
    bool tuple = ALIAS(self)->starred && ALIAS(self)->origin == (PyObject *)&PyTuple_Type;
    return Py_NewRef(tuple ? ALIAS(self)->args : Py_None);
}

static PyMemberDef alias_members[] = {
    { "__origin__", T_OBJECT, offsetof(GenericAlias, origin), READONLY, NULL },
    { "__args__", T_OBJECT, offsetof(GenericAlias, args), READONLY, NULL },
    { "__unpacked__", T_BOOL, offsetof(GenericAlias, starred), READONLY, NULL },
    { NULL, 0, 0, 0, NULL },
};
static PyGetSetDef alias_getset[] = {
    { "__parameters__", alias_get_parameters, NULL, "Type variables in the GenericAlias.", NULL },
    { "__typing_unpacked_tuple_args__", alias_get_unpacked_args, NULL, NULL, NULL },
    { NULL, NULL, NULL, NULL, NULL },
};

static void alias_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    if (ALIAS(self)->weakreflist)
        PyObject_ClearWeakRefs(self);
    Py_XDECREF(ALIAS(self)->origin);
    Py_XDECREF(ALIAS(self)->args);
    Py_XDECREF(ALIAS(self)->parameters);
    Py_TYPE(self)->tp_free(self);
}

static int alias_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(ALIAS(self)->origin);
    Py_VISIT(ALIAS(self)->args);
    Py_VISIT(ALIAS(self)->parameters);
    return 0;
}

static PyNumberMethods alias_as_number = { .nb_or = _Py_union_type_or };
static PyMappingMethods alias_as_mapping = { .mp_subscript = alias_getitem };

PyTypeObject Py_GenericAliasType = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "types.GenericAlias",
    .tp_basicsize = sizeof(GenericAlias),
    .tp_dealloc = alias_dealloc,
    .tp_vectorcall_offset = offsetof(GenericAlias, vectorcall),
    .tp_repr = alias_repr,
    .tp_as_number = &alias_as_number,
    .tp_as_mapping = &alias_as_mapping,
    .tp_hash = alias_hash,
    .tp_call = alias_call,
    .tp_getattro = alias_getattro,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_VECTORCALL,
    .tp_doc = "A generic class with arguments (PEP 585), as list[int] is.",
    .tp_traverse = alias_traverse,
    .tp_richcompare = alias_richcompare,
    .tp_weaklistoffset = offsetof(GenericAlias, weakreflist),
    .tp_iter = alias_iter,
    .tp_methods = METHODS(generic_alias),
    .tp_members = alias_members,
    .tp_getset = alias_getset,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = alias_type_new,
    .tp_free = PyObject_GC_Del,
};
K_TYPE(Py_GenericAliasType);
