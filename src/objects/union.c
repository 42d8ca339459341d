/* union.c - int | str: unions of types.
 *
 * In: types, generic aliases, None. Out: a flat tuple of different members. Start at _Py_union_type_or(). */
#include "memory/gc.h"
#include "objects/call.h"
#include "objects/genericalias.h"
#include "objects/list/list.h"
#include "objects/int/int.h"
#include "objects/method.h"
#include "objects/protocol.h"
#include "objects/set/set.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"

typedef struct UnionObject {
    PyObject ob_base;
    PyObject *args, *parameters;
} UnionObject;
#define UNION(o) ((UnionObject *)(o))
#define IS_UNION(o) Py_IS_TYPE(o, &_PyUnion_Type)

PyObject *k_union_args(PyObject *self)
{
    return IS_UNION(self) ? UNION(self)->args : NULL;
}

static bool union_takes(PyObject *o)
{
    return o == Py_None || PyType_Check(o) || PyObject_TypeCheck(o, &Py_GenericAliasType) || IS_UNION(o);
}

/* Adds a member that is not there yet; generic aliases are compared by value. */
static int union_add(PyObject *list, PyObject *o)
{
    if (IS_UNION(o)) {
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(UNION(o)->args); i++) {
            if (union_add(list, PyTuple_GET_ITEM(UNION(o)->args, i)) < 0)
                return -1;
        }
        return 0;
    }
    if (o == Py_None)
        o = (PyObject *)&_PyNone_Type;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list); i++) {
        PyObject *other = PyList_GET_ITEM(list, i);
        int same = other == o;
        if (!same && PyObject_TypeCheck(o, &Py_GenericAliasType) && PyObject_TypeCheck(other, &Py_GenericAliasType))
            same = PyObject_RichCompareBool(other, o, Py_EQ);
        if (same)
            return same < 0 ? -1 : 0;
    }
    return PyList_Append(list, o);
}

static PyObject *union_from_list(PyObject *list)
{
    if (PyList_GET_SIZE(list) == 1)
        return Py_NewRef(PyList_GET_ITEM(list, 0));
    K_AUTO(PyObject *) args = PyList_AsTuple(list);
    UnionObject *self = args ? PyObject_GC_New(UnionObject, &_PyUnion_Type) : NULL;
    if (!self)
        return NULL;
    self->args = K_MOVE(args);
    self->parameters = NULL;
    PyObject_GC_Track(self);
    return (PyObject *)self;
}

PyObject *_Py_union_type_or(PyObject *left, PyObject *right)
{
    if (!union_takes(left) || !union_takes(right))
        Py_RETURN_NOTIMPLEMENTED;
    K_AUTO(PyObject *) list = PyList_New(0);
    if (!list || union_add(list, left) < 0 || union_add(list, right) < 0)
        return NULL;
    return union_from_list(list);
}

static PyObject *union_repr(PyObject *self)
{
    K_AUTO(PyObject *) list = PyList_New(0);
    for (Py_ssize_t i = 0; list && i < PyTuple_GET_SIZE(UNION(self)->args); i++) {
        K_AUTO(PyObject *) text = k_generic_item_repr(PyTuple_GET_ITEM(UNION(self)->args, i));
        if (!text || PyList_Append(list, text) < 0)
            return NULL;
    }
    K_AUTO(PyObject *) bar = list ? PyUnicode_FromString(" | ") : NULL;
    return bar ? PyUnicode_Join(bar, list) : NULL;
}

static Py_hash_t union_hash(PyObject *self)
{
    K_AUTO(PyObject *) set = PyFrozenSet_New(UNION(self)->args);
    return set ? PyObject_Hash(set) : -1;
}

static PyObject *union_richcompare(PyObject *a, PyObject *b, int op)
{
    if ((op != Py_EQ && op != Py_NE) || !IS_UNION(a) || !IS_UNION(b))
        Py_RETURN_NOTIMPLEMENTED;
    K_AUTO(PyObject *) x = PySet_New(UNION(a)->args);
    K_AUTO(PyObject *) y = x ? PySet_New(UNION(b)->args) : NULL;
    return y ? PyObject_RichCompare(x, y, op) : NULL;
}

static PyObject *union_getattro(PyObject *self, PyObject *name)
{
    if (PyUnicode_Check(name) && _PyUnicode_EqualToASCIIString(name, "__module__"))
        return PyObject_GetAttr((PyObject *)Py_TYPE(self), name);
    return PyObject_GenericGetAttr(self, name);
}

static PyObject *union_parameters(PyObject *self, void *closure)
{
    if (!UNION(self)->parameters)
        UNION(self)->parameters = _Py_make_parameters(UNION(self)->args);
    return Py_XNewRef(UNION(self)->parameters);
}

static PyObject *union_getitem(PyObject *self, PyObject *item)
{
    K_AUTO(PyObject *) parameters = union_parameters(self, NULL);
    K_AUTO(PyObject *) args = parameters ? _Py_subs_parameters(self, UNION(self)->args, parameters, item) : NULL;
    if (!args)
        return NULL;
    K_AUTO(PyObject *) result = Py_NewRef(PyTuple_GET_ITEM(args, 0));
    for (Py_ssize_t i = 1; result && i < PyTuple_GET_SIZE(args); i++)
        K_SET(result, PyNumber_Or(result, PyTuple_GET_ITEM(args, i)));
    return K_MOVE(result);
}

static void union_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_XDECREF(UNION(self)->args);
    Py_XDECREF(UNION(self)->parameters);
    PyObject_GC_Del(self);
}

static int union_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(UNION(self)->args);
    Py_VISIT(UNION(self)->parameters);
    return 0;
}

static PyMemberDef union_members[] = {
    { "__args__", T_OBJECT, offsetof(UnionObject, args), READONLY, NULL },
    { NULL, 0, 0, 0, NULL },
};
static PyGetSetDef union_getset[] = {
    { "__parameters__", union_parameters, NULL, "Type variables in the types.UnionType.", NULL },
    { NULL, NULL, NULL, NULL, NULL },
};
static PyNumberMethods union_as_number = { .nb_or = _Py_union_type_or };
static PyMappingMethods union_as_mapping = { .mp_subscript = union_getitem };

PyTypeObject _PyUnion_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "types.UnionType",
    .tp_basicsize = sizeof(UnionObject),
    .tp_dealloc = union_dealloc,
    .tp_repr = union_repr,
    .tp_as_number = &union_as_number,
    .tp_as_mapping = &union_as_mapping,
    .tp_hash = union_hash,
    .tp_getattro = union_getattro,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_doc = "A union of types: X | Y.",
    .tp_traverse = union_traverse,
    .tp_richcompare = union_richcompare,
    .tp_members = union_members,
    .tp_getset = union_getset,
};
K_TYPE(_PyUnion_Type);
