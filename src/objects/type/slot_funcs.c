/* slot_funcs.c - slot functions of Python classes: each calls the special method that the class defines.
 *
 * In: what the slot gets. Out: what the special method gives, checked as the slot demands.
 * Invariant: a method is looked up on the type, never on the instance, and bound only when it is no function. */
#include "objects/call.h"
#include "objects/descr.h"
#include "objects/dict/dict.h"
#include "objects/float/float.h"
#include "objects/func/func.h"
#include "objects/int/int.h"
#include "objects/iter.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "objects/type/slots.h"
#include "objects/type/type_internal.h"
#include "runtime/errors.h"
#include "runtime/state.h"

/* ---- calling a special method ---- */

/* The method, a new reference: unbound when it is a function (then *self_first is set). NULL without an exception. */
static PyObject *slot_method(PyObject *self, PyObject *name, bool *self_first)
{
    PyObject *found = _PyType_Lookup(Py_TYPE(self), name);
    *self_first = false;
    if (!found)
        return NULL;
    Py_INCREF(found);
    if (PyType_HasFeature(Py_TYPE(found), Py_TPFLAGS_METHOD_DESCRIPTOR)) {
        *self_first = true;
        return found;
    }
    descrgetfunc get = Py_TYPE(found)->tp_descr_get;
    if (!get)
        return found;
    PyObject *bound = get(found, self, (PyObject *)Py_TYPE(self));
    Py_DECREF(found);
    return bound;
}

/* args[0] is self. */
static PyObject *slot_call_method(PyObject *method, bool self_first, PyObject *const *args, Py_ssize_t nargs)
{
    PyObject *result = self_first ? PyObject_Vectorcall(method, args, (size_t)nargs, NULL)
                                  : PyObject_Vectorcall(method, args + 1, (size_t)nargs - 1, NULL);
    Py_DECREF(method);
    return result;
}

/* Py_NotImplemented when there is no such method. */
static PyObject *slot_call_maybe(PyObject *name, PyObject *const *args, Py_ssize_t nargs)
{
    bool self_first;
    PyObject *method = slot_method(args[0], name, &self_first);
    if (!method)
        return PyErr_Occurred() ? NULL : Py_NewRef(Py_NotImplemented);
    return slot_call_method(method, self_first, args, nargs);
}

static PyObject *slot_call(PyObject *name, PyObject *const *args, Py_ssize_t nargs)
{
    bool self_first;
    PyObject *method = slot_method(args[0], name, &self_first);
    if (!method) {
        if (!PyErr_Occurred())
            PyErr_SetObject(PyExc_AttributeError, name);
        return NULL;
    }
    return slot_call_method(method, self_first, args, nargs);
}

static PyObject *slot_call1(PyObject *self, PyObject *name)
{
    return slot_call(name, &self, 1);
}

static PyObject *slot_call2(PyObject *self, PyObject *name, PyObject *arg)
{
    PyObject *args[] = { self, arg };
    return slot_call(name, args, 2);
}

static int slot_status(PyObject *result)
{
    if (!result)
        return -1;
    Py_DECREF(result);
    return 0;
}

/* ---- numbers ---- */

/* Whether the right operand's class gives its reflected method anew. */
static int slot_is_overloaded(PyObject *left, PyObject *right, PyObject *name)
{
    PyObject *a, *b;
    if (_PyObject_LookupAttr((PyObject *)Py_TYPE(right), name, &b) < 0)
        return -1;
    if (!b)
        return 0;
    if (_PyObject_LookupAttr((PyObject *)Py_TYPE(left), name, &a) < 0) {
        Py_DECREF(b);
        return -1;
    }
    int differs = a ? PyObject_RichCompareBool(a, b, Py_NE) : 1;
    Py_XDECREF(a);
    Py_DECREF(b);
    return differs;
}

static inline binaryfunc slot_number_function(PyObject *o, size_t offset)
{
    PyNumberMethods *nb = Py_TYPE(o)->tp_as_number;
    binaryfunc f = NULL;
    if (nb)
        memcpy(&f, (char *)nb + offset, sizeof f);
    return f;
}

static PyObject *slot_binary(PyObject *self, PyObject *other, size_t offset, binaryfunc me, PyObject *left,
                             PyObject *right)
{
    PyObject *forward[] = { self, other }, *backward[] = { other, self };
    bool try_other = !Py_IS_TYPE(self, Py_TYPE(other)) && slot_number_function(other, offset) == me;
    if (slot_number_function(self, offset) == me) {
        if (try_other && PyType_IsSubtype(Py_TYPE(other), Py_TYPE(self))) {
            int overloaded = slot_is_overloaded(self, other, right);
            if (overloaded < 0)
                return NULL;
            if (overloaded) {
                PyObject *result = slot_call_maybe(right, backward, 2);
                if (result != Py_NotImplemented)
                    return result;
                Py_DECREF(result);
                try_other = false;
            }
        }
        PyObject *result = slot_call_maybe(left, forward, 2);
        if (result != Py_NotImplemented || Py_IS_TYPE(other, Py_TYPE(self)))
            return result;
        Py_DECREF(result);
    }
    return try_other ? slot_call_maybe(right, backward, 2) : Py_NewRef(Py_NotImplemented);
}

#define DEFINE_BINARY(slot, left, right)                                                                               \
    PyObject *slot_##slot(PyObject *self, PyObject *other)                                                             \
    {                                                                                                                  \
        return slot_binary(self, other, offsetof(PyNumberMethods, slot), slot_##slot, K_STR(left), K_STR(right));      \
    }
SLOT_BINARY_LIST(DEFINE_BINARY)

#define DEFINE_INPLACE(slot, name)                                                                                     \
    PyObject *slot_##slot(PyObject *self, PyObject *other)                                                             \
    {                                                                                                                  \
        return slot_call2(self, K_STR(name), other);                                                                   \
    }
SLOT_INPLACE_LIST(DEFINE_INPLACE)

#define DEFINE_UNARY(slot, name)                                                                                       \
    PyObject *slot_##slot(PyObject *self)                                                                              \
    {                                                                                                                  \
        return slot_call1(self, K_STR(name));                                                                          \
    }
SLOT_UNARY_LIST(DEFINE_UNARY)

static PyObject *slot_power2(PyObject *self, PyObject *other)
{
    return slot_binary(self, other, offsetof(PyNumberMethods, nb_power), (binaryfunc)(void (*)(void))slot_nb_power,
                       K_STR("__pow__"), K_STR("__rpow__"));
}

PyObject *slot_nb_power(PyObject *self, PyObject *other, PyObject *modulus)
{
    if (modulus == Py_None)
        return slot_power2(self, other);
    /* the reflected method takes no modulus, and __pow__ is only ours when the slot is */
    PyNumberMethods *nb = Py_TYPE(self)->tp_as_number;
    if (nb && nb->nb_power == slot_nb_power) {
        PyObject *args[] = { self, other, modulus };
        return slot_call(K_STR("__pow__"), args, 3);
    }
    Py_RETURN_NOTIMPLEMENTED;
}

PyObject *slot_nb_inplace_power(PyObject *self, PyObject *other, PyObject *modulus)
{
    return slot_call2(self, K_STR("__ipow__"), other);
}

int slot_nb_bool(PyObject *self)
{
    bool self_first, by_length = false;
    PyObject *method = slot_method(self, K_STR("__bool__"), &self_first);
    if (!method) {
        if (PyErr_Occurred())
            return -1;
        method = slot_method(self, K_STR("__len__"), &self_first);
        if (!method)
            return PyErr_Occurred() ? -1 : 1;
        by_length = true;
    }
    K_AUTO(PyObject *) value = slot_call_method(method, self_first, &self, 1);
    if (!value)
        return -1;
    if (by_length)
        return PyObject_IsTrue(value);
    if (!PyBool_Check(value)) {
        k_raise(PyExc_TypeError, "__bool__ should return bool, returned %s", Py_TYPE(value)->tp_name);
        return -1;
    }
    return value == Py_True;
}

/* ---- sequences and mappings ---- */

Py_ssize_t slot_length_from(PyObject *result)
{
    K_AUTO(PyObject *) index = PyNumber_Index(result);
    if (!index)
        return -1;
    if (_PyLong_Sign(index) < 0) {
        k_raise(PyExc_ValueError, "__len__() should return >= 0");
        return -1;
    }
    return PyNumber_AsSsize_t(index, PyExc_OverflowError);
}

Py_ssize_t slot_sq_length(PyObject *self)
{
    K_AUTO(PyObject *) result = slot_call1(self, K_STR("__len__"));
    return result ? slot_length_from(result) : -1;
}

PyObject *slot_sq_item(PyObject *self, Py_ssize_t i)
{
    K_AUTO(PyObject *) index = PyLong_FromSsize_t(i);
    return index ? slot_call2(self, K_STR("__getitem__"), index) : NULL;
}

PyObject *slot_mp_subscript(PyObject *self, PyObject *key)
{
    return slot_call2(self, K_STR("__getitem__"), key);
}

int slot_mp_ass_subscript(PyObject *self, PyObject *key, PyObject *value)
{
    PyObject *args[] = { self, key, value };
    return slot_status(value ? slot_call(K_STR("__setitem__"), args, 3) : slot_call(K_STR("__delitem__"), args, 2));
}

int slot_sq_ass_item(PyObject *self, Py_ssize_t i, PyObject *value)
{
    K_AUTO(PyObject *) index = PyLong_FromSsize_t(i);
    return index ? slot_mp_ass_subscript(self, index, value) : -1;
}

int slot_sq_contains(PyObject *self, PyObject *value)
{
    bool self_first;
    PyObject *method = slot_method(self, K_STR("__contains__"), &self_first);
    if (method == Py_None) {
        Py_DECREF(method);
        k_raise(PyExc_TypeError, "'%.200s' object is not a container", Py_TYPE(self)->tp_name);
        return -1;
    }
    if (!method)
        return PyErr_Occurred() ? -1 : (int)_PySequence_IterSearch(self, value, 3);
    PyObject *args[] = { self, value };
    K_AUTO(PyObject *) result = slot_call_method(method, self_first, args, 2);
    return result ? PyObject_IsTrue(result) : -1;
}

/* ---- text, hash, call ---- */

PyObject *slot_tp_repr(PyObject *self)
{
    bool self_first;
    PyObject *method = slot_method(self, K_STR("__repr__"), &self_first);
    if (method)
        return slot_call_method(method, self_first, &self, 1);
    if (PyErr_Occurred())
        return NULL;
    return PyUnicode_FromFormat("<%s object at %p>", Py_TYPE(self)->tp_name, self);
}

PyObject *slot_tp_str(PyObject *self)
{
    return slot_call1(self, K_STR("__str__"));
}

Py_hash_t slot_tp_hash(PyObject *self)
{
    bool self_first;
    PyObject *method = slot_method(self, K_STR("__hash__"), &self_first);
    if (method == Py_None)
        Py_CLEAR(method);
    if (!method)
        return PyErr_Occurred() ? -1 : PyObject_HashNotImplemented(self);
    K_AUTO(PyObject *) result = slot_call_method(method, self_first, &self, 1);
    if (!result)
        return -1;
    if (!PyLong_Check(result)) {
        k_raise(PyExc_TypeError, "__hash__ method should return an integer");
        return -1;
    }
    Py_hash_t hash = PyLong_AsSsize_t(result);
    if (hash == -1 && PyErr_Occurred()) { /* too large: fold it as int does */
        PyErr_Clear();
        hash = PyLong_Type.tp_hash(result);
    }
    return hash == -1 ? -2 : hash;
}

PyObject *slot_tp_call(PyObject *self, PyObject *args, PyObject *kwargs)
{
    bool self_first;
    PyObject *method = slot_method(self, K_STR("__call__"), &self_first);
    if (!method) {
        if (!PyErr_Occurred())
            PyErr_SetObject(PyExc_AttributeError, K_STR("__call__"));
        return NULL;
    }
    PyObject *result = self_first ? _PyObject_Call_Prepend(k_tstate(), method, self, args, kwargs)
                                  : PyObject_Call(method, args, kwargs);
    Py_DECREF(method);
    return result;
}

/* ---- attributes ---- */

PyObject *slot_tp_getattro(PyObject *self, PyObject *name)
{
    return slot_call2(self, K_STR("__getattribute__"), name);
}

static PyObject *slot_call_hook(PyObject *self, PyObject *hook, PyObject *name)
{
    if (PyType_HasFeature(Py_TYPE(hook), Py_TPFLAGS_METHOD_DESCRIPTOR)) {
        PyObject *args[] = { self, name };
        return PyObject_Vectorcall(hook, args, 2, NULL);
    }
    descrgetfunc get = Py_TYPE(hook)->tp_descr_get;
    K_AUTO(PyObject *) bound = get ? get(hook, self, (PyObject *)Py_TYPE(self)) : Py_NewRef(hook);
    return bound ? PyObject_CallOneArg(bound, name) : NULL;
}

PyObject *slot_tp_getattr_hook(PyObject *self, PyObject *name)
{
    PyTypeObject *type = Py_TYPE(self);
    K_AUTO(PyObject *) getattr = Py_XNewRef(_PyType_Lookup(type, K_STR("__getattr__")));
    if (!getattr)
        return slot_tp_getattro(self, name);
    K_AUTO(PyObject *) getattribute = Py_XNewRef(_PyType_Lookup(type, K_STR("__getattribute__")));
    PyObject *result;
    if (!getattribute
        || (Py_IS_TYPE(getattribute, &PyWrapperDescr_Type)
            && ((PyWrapperDescrObject *)getattribute)->d_wrapped == (void *)PyObject_GenericGetAttr)) {
        result = _PyObject_GenericGetAttrWithDict(self, name, NULL, 1);
        if (!result && !PyErr_Occurred())
            return slot_call_hook(self, getattr, name);
    } else {
        result = slot_call_hook(self, getattribute, name);
    }
    if (!result && k_catch(PyExc_AttributeError))
        return slot_call_hook(self, getattr, name);
    return result;
}

int slot_tp_setattro(PyObject *self, PyObject *name, PyObject *value)
{
    PyObject *args[] = { self, name, value };
    return slot_status(value ? slot_call(K_STR("__setattr__"), args, 3) : slot_call(K_STR("__delattr__"), args, 2));
}

PyObject *slot_tp_descr_get(PyObject *self, PyObject *obj, PyObject *type)
{
    PyTypeObject *mine = Py_TYPE(self);
    PyObject *get = _PyType_Lookup(mine, K_STR("__get__"));
    if (!get) { /* it went away */
        if (mine->tp_descr_get == slot_tp_descr_get)
            mine->tp_descr_get = NULL;
        return Py_NewRef(self);
    }
    K_AUTO(PyObject *) held = Py_NewRef(get); /* called as it is found, unbound */
    PyObject *args[] = { self, obj ? obj : Py_None, type ? type : Py_None };
    return PyObject_Vectorcall(held, args, 3, NULL);
}

int slot_tp_descr_set(PyObject *self, PyObject *obj, PyObject *value)
{
    PyObject *args[] = { self, obj, value };
    return slot_status(value ? slot_call(K_STR("__set__"), args, 3) : slot_call(K_STR("__delete__"), args, 2));
}

/* ---- comparison, iteration ---- */

static PyObject *slot_compare_name(int op)
{
    switch (op) {
    case Py_LT: return K_STR("__lt__");
    case Py_LE: return K_STR("__le__");
    case Py_EQ: return K_STR("__eq__");
    case Py_NE: return K_STR("__ne__");
    case Py_GT: return K_STR("__gt__");
    default:    return K_STR("__ge__");
    }
}

PyObject *slot_tp_richcompare(PyObject *self, PyObject *other, int op)
{
    PyObject *args[] = { self, other };
    bool self_first;
    PyObject *method = slot_method(self, slot_compare_name(op), &self_first);
    if (!method) { /* an exception of the look-up does not count either */
        PyErr_Clear();
        Py_RETURN_NOTIMPLEMENTED;
    }
    return slot_call_method(method, self_first, args, 2);
}

PyObject *slot_tp_iter(PyObject *self)
{
    bool self_first;
    PyObject *method = slot_method(self, K_STR("__iter__"), &self_first);
    if (method == Py_None) {
        Py_DECREF(method);
        return k_raise(PyExc_TypeError, "'%.200s' object is not iterable", Py_TYPE(self)->tp_name);
    }
    if (method)
        return slot_call_method(method, self_first, &self, 1);
    if (PyErr_Occurred())
        return NULL;
    if (!_PyType_Lookup(Py_TYPE(self), K_STR("__getitem__")))
        return k_raise(PyExc_TypeError, "'%.200s' object is not iterable", Py_TYPE(self)->tp_name);
    return PySeqIter_New(self);
}

PyObject *slot_tp_iternext(PyObject *self)
{
    return slot_call1(self, K_STR("__next__"));
}

static PyObject *slot_async(PyObject *self, PyObject *name, const char *complaint)
{
    bool self_first;
    PyObject *method = slot_method(self, name, &self_first);
    if (method)
        return slot_call_method(method, self_first, &self, 1);
    if (PyErr_Occurred())
        return NULL;
    return k_raise(PyExc_AttributeError, "object %.50s does not have %s method", Py_TYPE(self)->tp_name, complaint);
}

PyObject *slot_am_await(PyObject *self)
{
    return slot_async(self, K_STR("__await__"), "__await__");
}

PyObject *slot_am_aiter(PyObject *self)
{
    return slot_async(self, K_STR("__aiter__"), "__aiter__");
}

PyObject *slot_am_anext(PyObject *self)
{
    return slot_async(self, K_STR("__anext__"), "__anext__");
}

/* ---- creation and end ---- */

int slot_tp_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    bool self_first;
    PyObject *method = slot_method(self, K_STR("__init__"), &self_first);
    if (!method) {
        if (!PyErr_Occurred())
            PyErr_SetObject(PyExc_AttributeError, K_STR("__init__"));
        return -1;
    }
    K_AUTO(PyObject *) result = self_first ? _PyObject_Call_Prepend(k_tstate(), method, self, args, kwargs)
                                           : PyObject_Call(method, args, kwargs);
    Py_DECREF(method);
    if (!result)
        return -1;
    if (result != Py_None) {
        k_raise(PyExc_TypeError, "__init__() should return None, not '%.200s'", Py_TYPE(result)->tp_name);
        return -1;
    }
    return 0;
}

PyObject *slot_tp_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    K_AUTO(PyObject *) method = PyObject_GetAttr((PyObject *)type, K_STR("__new__"));
    if (!method)
        return NULL;
    return _PyObject_Call_Prepend(k_tstate(), method, (PyObject *)type, args, kwargs);
}

void slot_tp_finalize(PyObject *self)
{
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    bool self_first;
    PyObject *method = slot_method(self, K_STR("__del__"), &self_first);
    if (method) {
        K_AUTO(PyObject *) held = Py_NewRef(method); /* for the report */
        PyObject *result = slot_call_method(method, self_first, &self, 1);
        if (!result)
            PyErr_WriteUnraisable(held);
        Py_XDECREF(result);
    } else if (PyErr_Occurred()) {
        PyErr_Clear();
    }
    PyErr_Restore(type, value, traceback);
}
