/* match.c - structural pattern matching: mapping keys and class patterns.
 *
 * In: the subject and what the pattern says.  Out: a tuple of the values, or None when the pattern does not fit. */
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/list/list.h"
#include "objects/protocol.h"
#include "objects/set/set.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "objects/type/type.h"
#include "runtime/errors.h"
#include "vm/helpers.h"

/* 0 when name was not there yet, 1 when it was, -1 on error. */
static int add_once(PyObject *seen, PyObject *name)
{
    int there = PySet_Contains(seen, name);
    if (there == 0 && PySet_Add(seen, name) < 0)
        return -1;
    return there;
}

/* ---- mappings ---- */

static PyObject *values_of_keys(PyObject *get, PyObject *self, PyObject *keys)
{
    Py_ssize_t n = PyTuple_GET_SIZE(keys);
    K_AUTO(PyObject *) seen = PySet_New(NULL);
    K_AUTO(PyObject *) missing = seen ? PyObject_CallNoArgs((PyObject *)&PyBaseObject_Type) : NULL;
    K_AUTO(PyObject *) values = missing ? PyTuple_New(n) : NULL;
    for (Py_ssize_t i = 0; values && i < n; i++) {
        PyObject *key = PyTuple_GET_ITEM(keys, i);
        int twice = add_once(seen, key);
        if (twice > 0)
            k_raise(PyExc_ValueError, "mapping pattern checks duplicate key (%R)", key);
        if (twice != 0)
            return NULL;
        PyObject *args[] = { NULL, self, key, missing };
        PyObject *value = self ? PyObject_Vectorcall(get, args + 1, 3, NULL)
                               : PyObject_Vectorcall(get, args + 2, 2 | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
        if (!value)
            return NULL;
        if (value == missing) {
            Py_DECREF(value);
            Py_RETURN_NONE;
        }
        PyTuple_SET_ITEM(values, i, value);
    }
    return K_MOVE(values);
}

PyObject *vm_match_keys(PyObject *mapping, PyObject *keys)
{
    if (PyTuple_GET_SIZE(keys) == 0)
        return PyTuple_New(0);
    PyObject *found = NULL;
    int unbound = k_get_method(mapping, K_STR("get"), &found);
    if (unbound < 0)
        return NULL;
    K_AUTO(PyObject *) get = found;
    return values_of_keys(get, unbound ? mapping : NULL, keys);
}

/* ---- classes ---- */

/* One class pattern while it is matched. */
typedef struct ClassMatch {
    PyObject *subject;
    PyTypeObject *type;
    PyObject *seen, *values; /* set of attribute names, list of what they gave */
} ClassMatch;

/* 1: the attribute's value was appended; 0: there is no such attribute; -1: error. */
static int take_attribute(ClassMatch *m, PyObject *name)
{
    int twice = add_once(m->seen, name);
    if (twice > 0)
        k_raise(PyExc_TypeError, "%s() got multiple sub-patterns for attribute %R", m->type->tp_name, name);
    if (twice != 0)
        return -1;
    K_AUTO(PyObject *) value = PyObject_GetAttr(m->subject, name);
    if (!value)
        return k_catch(PyExc_AttributeError) ? 0 : -1;
    return PyList_Append(m->values, value) < 0 ? -1 : 1;
}

/* type.__match_args__, or () with *self telling whether the subject itself is the one positional value. */
static PyObject *positional_names(PyTypeObject *type, int *self)
{
    PyObject *names = PyObject_GetAttr((PyObject *)type, K_STR("__match_args__"));
    *self = 0;
    if (names) {
        if (PyTuple_CheckExact(names))
            return names;
        k_raise(PyExc_TypeError, "%s.__match_args__ must be a tuple (got %s)", type->tp_name, Py_TYPE(names)->tp_name);
        Py_DECREF(names);
        return NULL;
    }
    if (!k_catch(PyExc_AttributeError))
        return NULL;
    *self = PyType_HasFeature(type, _Py_TPFLAGS_MATCH_SELF);
    return PyTuple_New(0);
}

static int take_positional(ClassMatch *m, Py_ssize_t n)
{
    int self;
    K_AUTO(PyObject *) names = positional_names(m->type, &self);
    if (!names)
        return -1;
    Py_ssize_t allowed = self ? 1 : PyTuple_GET_SIZE(names);
    if (allowed < n) {
        k_raise(PyExc_TypeError, "%s() accepts %d positional sub-pattern%s (%d given)", m->type->tp_name, (int)allowed,
                allowed == 1 ? "" : "s", (int)n);
        return -1;
    }
    if (self)
        return PyList_Append(m->values, m->subject) < 0 ? -1 : 1;
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *name = PyTuple_GET_ITEM(names, i);
        if (!PyUnicode_CheckExact(name)) {
            k_raise(PyExc_TypeError, "__match_args__ elements must be strings (got %s)", Py_TYPE(name)->tp_name);
            return -1;
        }
        int status = take_attribute(m, name);
        if (status != 1)
            return status;
    }
    return 1;
}

static int take_all(ClassMatch *m, Py_ssize_t positional, PyObject *names)
{
    int status = positional ? take_positional(m, positional) : 1;
    for (Py_ssize_t i = 0; status == 1 && i < PyTuple_GET_SIZE(names); i++)
        status = take_attribute(m, PyTuple_GET_ITEM(names, i));
    return status;
}

PyObject *vm_match_class(PyThreadState *tstate, PyObject *subject, PyObject *type, Py_ssize_t positional, PyObject *names)
{
    if (!PyType_Check(type))
        return k_raise(PyExc_TypeError, "called match pattern must be a type");
    int is = PyObject_IsInstance(subject, type);
    if (is < 0)
        return NULL;
    if (is == 0)
        Py_RETURN_NONE;
    K_AUTO(PyObject *) seen = PySet_New(NULL);
    K_AUTO(PyObject *) values = seen ? PyList_New(0) : NULL;
    if (!values)
        return NULL;
    ClassMatch m = { subject, (PyTypeObject *)type, seen, values };
    int status = take_all(&m, positional, names);
    if (status < 0)
        return NULL;
    if (status == 0)
        Py_RETURN_NONE;
    return PyList_AsTuple(values);
}
