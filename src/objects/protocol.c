/* protocol.c - items, lengths, iteration, formatting, isinstance and issubclass of any object.
 *
 * In: any object. Out: what its slots or special methods give, checked. Start at PyObject_GetItem(). */
#include "objects/protocol.h"

#include "objects/call.h"
#include "objects/gen/gen.h"
#include "objects/genericalias.h"
#include "objects/int/int.h"
#include "objects/iter.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "objects/type/type.h"
#include "runtime/errors.h"
#include "runtime/state.h"

#define SQ(o) (Py_TYPE(o)->tp_as_sequence)
#define MP(o) (Py_TYPE(o)->tp_as_mapping)
#define NAME(o) (Py_TYPE(o)->tp_name)

static PyObject *protocol_null_error(void)
{
    if (!PyErr_Occurred())
        k_raise(PyExc_SystemError, "null argument to internal routine");
    return NULL;
}

PyObject *PyObject_Type(PyObject *o)
{
    return o ? Py_NewRef(Py_TYPE(o)) : protocol_null_error();
}

/* ---- items ---- */

/* cls[key]: a generic alias. */
static PyObject *protocol_class_getitem(PyObject *cls, PyObject *key)
{
    if (cls == (PyObject *)&PyType_Type)
        return Py_GenericAlias(cls, key);
    PyObject *method;
    if (_PyObject_LookupAttr(cls, K_STR("__class_getitem__"), &method) < 0)
        return NULL;
    K_AUTO(PyObject *) held = method;
    if (held && held != Py_None)
        return PyObject_CallOneArg(held, key);
    return k_raise(PyExc_TypeError, "type '%.200s' is not subscriptable", ((PyTypeObject *)cls)->tp_name);
}

PyObject *PyObject_GetItem(PyObject *o, PyObject *key)
{
    if (!o || !key)
        return protocol_null_error();
    if (MP(o) && MP(o)->mp_subscript)
        return MP(o)->mp_subscript(o, key);
    if (SQ(o) && SQ(o)->sq_item) {
        if (!PyIndex_Check(key))
            return k_raise(PyExc_TypeError, "sequence index must be integer, not '%.200s'", NAME(key));
        Py_ssize_t i = PyNumber_AsSsize_t(key, PyExc_IndexError);
        return i == -1 && PyErr_Occurred() ? NULL : PySequence_GetItem(o, i);
    }
    if (PyType_Check(o))
        return protocol_class_getitem(o, key);
    return k_raise(PyExc_TypeError, "'%.200s' object is not subscriptable", NAME(o));
}

static int protocol_assign_item(PyObject *o, PyObject *key, PyObject *value)
{
    if (!o || !key) {
        protocol_null_error();
        return -1;
    }
    if (MP(o) && MP(o)->mp_ass_subscript)
        return MP(o)->mp_ass_subscript(o, key, value);
    if (SQ(o)) {
        if (PyIndex_Check(key)) {
            Py_ssize_t i = PyNumber_AsSsize_t(key, PyExc_IndexError);
            if (i == -1 && PyErr_Occurred())
                return -1;
            return value ? PySequence_SetItem(o, i, value) : PySequence_DelItem(o, i);
        }
        if (SQ(o)->sq_ass_item) {
            k_raise(PyExc_TypeError, "sequence index must be integer, not '%.200s'", NAME(key));
            return -1;
        }
    }
    k_raise(PyExc_TypeError, "'%.200s' object does not support item %s", NAME(o), value ? "assignment" : "deletion");
    return -1;
}

int PyObject_SetItem(PyObject *o, PyObject *key, PyObject *value)
{
    if (!value) {
        protocol_null_error();
        return -1;
    }
    return protocol_assign_item(o, key, value);
}

int PyObject_DelItem(PyObject *o, PyObject *key)
{
    return protocol_assign_item(o, key, NULL);
}

int PyObject_DelItemString(PyObject *o, const char *key)
{
    K_AUTO(PyObject *) text = key ? PyUnicode_FromString(key) : protocol_null_error();
    return text ? PyObject_DelItem(o, text) : -1;
}

/* ---- lengths ---- */

Py_ssize_t PyObject_Size(PyObject *o)
{
    if (!o) {
        protocol_null_error();
        return -1;
    }
    if (SQ(o) && SQ(o)->sq_length)
        return SQ(o)->sq_length(o);
    return PyMapping_Size(o);
}

Py_ssize_t PyObject_Length(PyObject *o)
{
    return PyObject_Size(o);
}

int _PyObject_HasLen(PyObject *o)
{
    return (SQ(o) && SQ(o)->sq_length) || (MP(o) && MP(o)->mp_length);
}

/* len(o), else its __length_hint__, else the default; never an exception of the "has no length" kind. */
Py_ssize_t PyObject_LengthHint(PyObject *o, Py_ssize_t fallback)
{
    if (_PyObject_HasLen(o)) {
        Py_ssize_t n = PyObject_Size(o);
        if (n >= 0 || !k_catch(PyExc_TypeError))
            return n;
    }
    K_AUTO(PyObject *) method = k_lookup_special(o, K_STR("__length_hint__"));
    if (!method)
        return PyErr_Occurred() ? -1 : fallback;
    K_AUTO(PyObject *) hint = PyObject_CallNoArgs(method);
    if (!hint)
        return k_catch(PyExc_TypeError) ? fallback : -1;
    if (hint == Py_NotImplemented)
        return fallback;
    if (!PyLong_Check(hint)) {
        k_raise(PyExc_TypeError, "__length_hint__ must be an integer, not %.100s", NAME(hint));
        return -1;
    }
    Py_ssize_t n = PyLong_AsSsize_t(hint);
    if (n < 0 && !PyErr_Occurred())
        k_raise(PyExc_ValueError, "__length_hint__() should return >= 0");
    return n < 0 ? -1 : n;
}

/* ---- iteration ---- */

PyObject *PyObject_SelfIter(PyObject *o)
{
    return Py_NewRef(o);
}

PyObject *_PyObject_NextNotImplemented(PyObject *o)
{
    return k_raise(PyExc_TypeError, "'%.200s' object is not iterable", NAME(o));
}

int PyIter_Check(PyObject *o)
{
    iternextfunc next = Py_TYPE(o)->tp_iternext;
    return next && next != _PyObject_NextNotImplemented;
}

PyObject *PyObject_GetIter(PyObject *o)
{
    getiterfunc f = Py_TYPE(o)->tp_iter;
    if (!f) {
        if (PySequence_Check(o))
            return PySeqIter_New(o);
        return k_raise(PyExc_TypeError, "'%.200s' object is not iterable", NAME(o));
    }
    PyObject *iter = f(o);
    if (iter && !PyIter_Check(iter)) {
        k_raise(PyExc_TypeError, "iter() returned non-iterator of type '%.100s'", NAME(iter));
        Py_DECREF(iter);
        return NULL;
    }
    return iter;
}

int PyAIter_Check(PyObject *o)
{
    PyAsyncMethods *am = Py_TYPE(o)->tp_as_async;
    return am && am->am_anext && am->am_anext != _PyObject_NextNotImplemented;
}

PyObject *PyObject_GetAIter(PyObject *o)
{
    PyAsyncMethods *am = Py_TYPE(o)->tp_as_async;
    if (!am || !am->am_aiter)
        return k_raise(PyExc_TypeError, "'%.200s' object is not an async iterable", NAME(o));
    PyObject *iter = am->am_aiter(o);
    if (iter && !PyAIter_Check(iter)) {
        k_raise(PyExc_TypeError, "aiter() returned not an async iterator of type '%.100s'", NAME(iter));
        Py_DECREF(iter);
        return NULL;
    }
    return iter;
}

PyObject *PyIter_Next(PyObject *iter)
{
    PyObject *item = Py_TYPE(iter)->tp_iternext(iter);
    if (!item && PyErr_Occurred())
        (void)k_catch(PyExc_StopIteration);
    return item;
}

PySendResult PyIter_Send(PyObject *iter, PyObject *value, PyObject **result)
{
    PyAsyncMethods *am = Py_TYPE(iter)->tp_as_async;
    if (am && am->am_send)
        return am->am_send(iter, value, result);
    if (value == Py_None && PyIter_Check(iter))
        *result = Py_TYPE(iter)->tp_iternext(iter);
    else
        *result = PyObject_CallMethodObjArgs(iter, K_STR("send"), value, NULL);
    if (*result)
        return PYGEN_NEXT;
    return _PyGen_FetchStopIterationValue(result) == 0 ? PYGEN_RETURN : PYGEN_ERROR;
}

/* ---- format ---- */

PyObject *PyObject_Format(PyObject *o, PyObject *spec)
{
    if (spec && !PyUnicode_Check(spec))
        return k_raise(PyExc_SystemError, "Format specifier must be a string, not %.200s", NAME(spec));
    if (!spec || PyUnicode_GET_LENGTH(spec) == 0) {
        if (PyUnicode_CheckExact(o))
            return Py_NewRef(o);
        if (PyLong_CheckExact(o))
            return PyObject_Str(o);
    }
    K_AUTO(PyObject *) empty = spec ? Py_NewRef(spec) : PyUnicode_New(0, 0);
    if (!empty)
        return NULL;
    K_AUTO(PyObject *) method = k_lookup_special(o, K_STR("__format__"));
    if (!method) {
        if (!PyErr_Occurred())
            k_raise(PyExc_TypeError, "Type %.100s doesn't define __format__", NAME(o));
        return NULL;
    }
    K_AUTO(PyObject *) result = PyObject_CallOneArg(method, empty);
    if (result && !PyUnicode_Check(result))
        return k_raise(PyExc_TypeError, "__format__ must return a str, not %.200s", NAME(result));
    return K_MOVE(result);
}

/* ---- isinstance, issubclass ---- */

/* cls.__bases__ when it is a tuple: new, or NULL with or without an exception. */
static PyObject *protocol_bases(PyObject *cls)
{
    PyObject *bases;
    if (_PyObject_LookupAttr(cls, K_STR("__bases__"), &bases) <= 0)
        return NULL;
    if (PyTuple_Check(bases))
        return bases;
    Py_DECREF(bases);
    return NULL;
}

/* Whether derived descends from cls by __bases__, for things that only look like classes. */
static int protocol_abstract_issubclass(PyObject *derived, PyObject *cls)
{
    K_AUTO(PyObject *) bases = NULL;
    for (;;) { /* single inheritance costs no recursion */
        if (derived == cls)
            return 1;
        K_SET(bases, protocol_bases(derived));
        if (!bases)
            return PyErr_Occurred() ? -1 : 0;
        if (PyTuple_GET_SIZE(bases) == 0)
            return 0;
        if (PyTuple_GET_SIZE(bases) > 1)
            break;
        derived = PyTuple_GET_ITEM(bases, 0);
    }
    int found = 0;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(bases) && found == 0; i++) {
        PyThreadState *tstate = k_tstate();
        if (k_enter_nested(tstate, " in __issubclass__"))
            return -1;
        found = protocol_abstract_issubclass(PyTuple_GET_ITEM(bases, i), cls);
        k_leave_recursive(tstate);
    }
    return found;
}

/* 0 when o looks like a class, -1 with TypeError. */
static int protocol_check_class(PyObject *o, const char *message)
{
    K_AUTO(PyObject *) bases = protocol_bases(o);
    if (bases)
        return 0;
    if (!PyErr_Occurred())
        PyErr_SetString(PyExc_TypeError, message);
    return -1;
}

int _PyObject_RealIsInstance(PyObject *o, PyObject *cls)
{
    if (PyType_Check(cls)) {
        if (PyObject_TypeCheck(o, (PyTypeObject *)cls))
            return 1;
        PyObject *reported;
        if (_PyObject_LookupAttr(o, K_STR("__class__"), &reported) < 0)
            return -1;
        int result = reported && reported != (PyObject *)Py_TYPE(o) && PyType_Check(reported)
                     && PyType_IsSubtype((PyTypeObject *)reported, (PyTypeObject *)cls);
        Py_XDECREF(reported);
        return result;
    }
    if (protocol_check_class(cls, "isinstance() arg 2 must be a type, a tuple of types, or a union") < 0)
        return -1;
    PyObject *reported;
    int found = _PyObject_LookupAttr(o, K_STR("__class__"), &reported);
    if (found > 0) {
        found = protocol_abstract_issubclass(reported, cls);
        Py_DECREF(reported);
    }
    return found;
}

int _PyObject_RealIsSubclass(PyObject *derived, PyObject *cls)
{
    if (PyType_Check(cls) && PyType_Check(derived))
        return PyType_IsSubtype((PyTypeObject *)derived, (PyTypeObject *)cls);
    if (protocol_check_class(derived, "issubclass() arg 1 must be a class") < 0
        || protocol_check_class(cls, "issubclass() arg 2 must be a class, a tuple of classes, or a union") < 0)
        return -1;
    return protocol_abstract_issubclass(derived, cls);
}

typedef int (*InheritCheck)(PyObject *, PyObject *);

/* cls.check(o) by the class's own special method; -2 when it has none. */
static int protocol_ask_class(PyObject *o, PyObject *cls, PyObject *method, const char *where)
{
    PyThreadState *tstate = k_tstate();
    K_AUTO(PyObject *) check = k_lookup_special(cls, method);
    if (!check)
        return PyErr_Occurred() ? -1 : -2;
    if (k_enter_nested(tstate, where))
        return -1;
    K_AUTO(PyObject *) answer = PyObject_CallOneArg(check, o);
    k_leave_recursive(tstate);
    return answer ? PyObject_IsTrue(answer) : -1;
}

static int protocol_any_of(PyObject *o, PyObject *classes, InheritCheck check, const char *where)
{
    PyThreadState *tstate = k_tstate();
    if (k_enter_nested(tstate, where))
        return -1;
    int result = 0;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(classes) && result == 0; i++)
        result = check(o, PyTuple_GET_ITEM(classes, i));
    k_leave_recursive(tstate);
    return result;
}

int PyObject_IsInstance(PyObject *o, PyObject *cls)
{
    if (Py_IS_TYPE(o, (PyTypeObject *)cls))
        return 1;
    if (PyType_CheckExact(cls))
        return _PyObject_RealIsInstance(o, cls);
    PyObject *members = k_union_args(cls);
    if (members)
        cls = members;
    if (PyTuple_Check(cls))
        return protocol_any_of(o, cls, PyObject_IsInstance, " in __instancecheck__");
    int answer = protocol_ask_class(o, cls, K_STR("__instancecheck__"), " in __instancecheck__");
    return answer == -2 ? _PyObject_RealIsInstance(o, cls) : answer;
}

int PyObject_IsSubclass(PyObject *derived, PyObject *cls)
{
    if (PyType_CheckExact(cls))
        return derived == cls ? 1 : _PyObject_RealIsSubclass(derived, cls);
    PyObject *members = k_union_args(cls);
    if (members)
        cls = members;
    if (PyTuple_Check(cls))
        return protocol_any_of(derived, cls, PyObject_IsSubclass, " in __subclasscheck__");
    int answer = protocol_ask_class(derived, cls, K_STR("__subclasscheck__"), " in __subclasscheck__");
    return answer == -2 ? _PyObject_RealIsSubclass(derived, cls) : answer;
}
