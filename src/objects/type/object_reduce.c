/* object_reduce.c - how an object is taken apart for copy and pickle: __reduce__, __reduce_ex__, __getstate__.
 *
 * In: any object and a pickle protocol. Out: the tuple that copyreg or copyreg.__newobj__ can rebuild it from. */
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/func/cfunction.h"
#include "objects/instance.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/method.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "objects/type/type_internal.h"
#include "runtime/errors.h"
#include "runtime/import.h"

static PyObject *reduce_copyreg(void)
{
    return PyImport_ImportModule("copyreg");
}

/* ---- state ---- */

/* The names of the class's slots: a list, or None; kept in the class as __slotnames__. */
static PyObject *reduce_slotnames(PyTypeObject *type)
{
    PyObject *names = PyDict_GetItemWithError(type->tp_dict, K_STR("__slotnames__"));
    if (!names && !PyErr_Occurred()) {
        K_AUTO(PyObject *) copyreg = reduce_copyreg();
        names = copyreg ? PyObject_CallMethodObjArgs(copyreg, K_STR("_slotnames"), type, NULL) : NULL;
        if (names && names != Py_None && !PyList_Check(names)) {
            Py_DECREF(names);
            return k_raise(PyExc_TypeError, "copyreg._slotnames didn't return a list or None");
        }
        return names;
    }
    if (names && names != Py_None && !PyList_Check(names))
        return k_raise(PyExc_TypeError, "%.200s.__slotnames__ should be a list or None, not %.200s", type->tp_name,
                       Py_TYPE(names)->tp_name);
    return Py_XNewRef(names);
}

/* A dict of the slots that are set. */
static PyObject *reduce_slot_values(PyObject *o, PyObject *names)
{
    K_AUTO(PyObject *) slots = PyDict_New();
    for (Py_ssize_t i = 0; slots && i < PyList_GET_SIZE(names); i++) {
        K_AUTO(PyObject *) name = Py_NewRef(PyList_GET_ITEM(names, i));
        K_AUTO(PyObject *) value = NULL;
        if (_PyObject_LookupAttr(o, name, &value) < 0 || (value && PyDict_SetItem(slots, name, value) < 0))
            return NULL;
    }
    return K_MOVE(slots);
}

/* required: nothing else restores the object, so its whole layout must be dict, weak references and slots. */
static PyObject *reduce_default_state(PyObject *o, bool required)
{
    PyTypeObject *type = Py_TYPE(o);
    if (required && type->tp_itemsize)
        return k_raise(PyExc_TypeError, "cannot pickle %.200s objects", type->tp_name);
    K_AUTO(PyObject *) state = k_instance_is_empty(o) ? Py_NewRef(Py_None) : PyObject_GenericGetDict(o, NULL);
    if (!state)
        return NULL;
    K_AUTO(PyObject *) names = reduce_slotnames(type);
    if (!names)
        return NULL;
    if (required) {
        Py_ssize_t size = PyBaseObject_Type.tp_basicsize;
        if (type->tp_dictoffset && !PyType_HasFeature(type, Py_TPFLAGS_MANAGED_DICT))
            size += (Py_ssize_t)sizeof(PyObject *);
        if (type->tp_weaklistoffset > 0)
            size += (Py_ssize_t)sizeof(PyObject *);
        if (names != Py_None)
            size += (Py_ssize_t)sizeof(PyObject *) * PyList_GET_SIZE(names);
        if (type->tp_basicsize > size)
            return k_raise(PyExc_TypeError, "cannot pickle '%.200s' object", type->tp_name);
    }
    if (names == Py_None || PyList_GET_SIZE(names) == 0)
        return K_MOVE(state);
    K_AUTO(PyObject *) slots = reduce_slot_values(o, names);
    if (!slots)
        return NULL;
    return PyDict_GET_SIZE(slots) ? PyTuple_Pack(2, state, slots) : K_MOVE(state);
}

static PyObject *object_getstate_method(PyObject *self, PyObject *unused)
{
    return reduce_default_state(self, false);
}

static PyObject *reduce_state(PyObject *o, bool required)
{
    K_AUTO(PyObject *) getstate = PyObject_GetAttr(o, K_STR("__getstate__"));
    if (!getstate)
        return NULL;
    if (PyCFunction_Check(getstate) && PyCFunction_GET_SELF(getstate) == o
        && PyCFunction_GET_FUNCTION(getstate) == object_getstate_method)
        return reduce_default_state(o, required);
    return PyObject_CallNoArgs(getstate);
}

PyObject *_PyObject_GetState(PyObject *o)
{
    return reduce_state(o, false);
}

/* ---- arguments of __new__ ---- */

/* 0 with *args (NULL: the object gives none) and *kwargs new references or NULL. */
static int reduce_newargs_ex(PyObject *method, PyObject **args, PyObject **kwargs)
{
    K_AUTO(PyObject *) pair = PyObject_CallNoArgs(method);
    if (!pair)
        return -1;
    if (!PyTuple_Check(pair)) {
        k_raise(PyExc_TypeError, "__getnewargs_ex__ should return a tuple, not '%.200s'", Py_TYPE(pair)->tp_name);
        return -1;
    }
    if (PyTuple_GET_SIZE(pair) != 2) {
        k_raise(PyExc_ValueError, "__getnewargs_ex__ should return a tuple of length 2, not %zd",
                PyTuple_GET_SIZE(pair));
        return -1;
    }
    PyObject *first = PyTuple_GET_ITEM(pair, 0), *second = PyTuple_GET_ITEM(pair, 1);
    if (!PyTuple_Check(first)) {
        k_raise(PyExc_TypeError,
                "first item of the tuple returned by __getnewargs_ex__ must be a tuple, not '%.200s'",
                Py_TYPE(first)->tp_name);
        return -1;
    }
    if (!PyDict_Check(second)) {
        k_raise(PyExc_TypeError,
                "second item of the tuple returned by __getnewargs_ex__ must be a dict, not '%.200s'",
                Py_TYPE(second)->tp_name);
        return -1;
    }
    *args = Py_NewRef(first);
    *kwargs = Py_NewRef(second);
    return 0;
}

static int reduce_newargs(PyObject *o, PyObject **args, PyObject **kwargs)
{
    *args = *kwargs = NULL;
    K_AUTO(PyObject *) method = k_lookup_special(o, K_STR("__getnewargs_ex__"));
    if (method)
        return reduce_newargs_ex(method, args, kwargs);
    if (PyErr_Occurred())
        return -1;
    K_SET(method, k_lookup_special(o, K_STR("__getnewargs__")));
    if (!method)
        return PyErr_Occurred() ? -1 : 0;
    *args = PyObject_CallNoArgs(method);
    if (*args && !PyTuple_Check(*args)) {
        k_raise(PyExc_TypeError, "__getnewargs__ should return a tuple, not '%.200s'", Py_TYPE(*args)->tp_name);
        Py_CLEAR(*args);
    }
    return *args ? 0 : -1;
}

/* ---- the tuple ---- */

/* (copyreg.__newobj__, (cls, *args)) or (copyreg.__newobj_ex__, (cls, args, kwargs)). */
static int reduce_constructor(PyObject *o, PyObject *args, PyObject *kwargs, PyObject **newobj, PyObject **newargs)
{
    K_AUTO(PyObject *) copyreg = reduce_copyreg();
    PyObject *cls = (PyObject *)Py_TYPE(o);
    if (!copyreg)
        return -1;
    if (kwargs && PyDict_GET_SIZE(kwargs)) {
        *newobj = PyObject_GetAttr(copyreg, K_STR("__newobj_ex__"));
        *newargs = PyTuple_Pack(3, cls, args, kwargs);
    } else {
        *newobj = PyObject_GetAttr(copyreg, K_STR("__newobj__"));
        Py_ssize_t n = args ? PyTuple_GET_SIZE(args) : 0;
        *newargs = PyTuple_New(n + 1);
        if (*newargs) {
            PyTuple_SET_ITEM(*newargs, 0, Py_NewRef(cls));
            for (Py_ssize_t i = 0; i < n; i++)
                PyTuple_SET_ITEM(*newargs, i + 1, Py_NewRef(PyTuple_GET_ITEM(args, i)));
        }
    }
    return *newobj && *newargs ? 0 : -1;
}

static PyObject *reduce_items(PyObject *o, bool dict)
{
    if (!dict)
        return PyList_Check(o) ? PyObject_GetIter(o) : Py_NewRef(Py_None);
    if (!PyDict_Check(o))
        return Py_NewRef(Py_None);
    K_AUTO(PyObject *) items = PyObject_CallMethodObjArgs(o, K_STR("items"), NULL);
    return items ? PyObject_GetIter(items) : NULL;
}

static PyObject *reduce_newobj(PyObject *o)
{
    if (!Py_TYPE(o)->tp_new)
        return k_raise(PyExc_TypeError, "cannot pickle '%.200s' object", Py_TYPE(o)->tp_name);
    PyObject *args, *kwargs, *newobj = NULL, *newargs = NULL;
    if (reduce_newargs(o, &args, &kwargs) < 0)
        return NULL;
    bool has_args = args != NULL;
    int status = reduce_constructor(o, args, kwargs, &newobj, &newargs);
    Py_XDECREF(args);
    Py_XDECREF(kwargs);
    PyObject *result = NULL;
    if (status == 0) {
        K_AUTO(PyObject *) state = reduce_state(o, !(has_args || PyList_Check(o) || PyDict_Check(o)));
        K_AUTO(PyObject *) listitems = state ? reduce_items(o, false) : NULL;
        K_AUTO(PyObject *) dictitems = listitems ? reduce_items(o, true) : NULL;
        if (dictitems)
            result = PyTuple_Pack(5, newobj, newargs, state, listitems, dictitems);
    }
    Py_XDECREF(newobj);
    Py_XDECREF(newargs);
    return result;
}

static PyObject *reduce_common(PyObject *self, int protocol)
{
    if (protocol >= 2)
        return reduce_newobj(self);
    K_AUTO(PyObject *) copyreg = reduce_copyreg();
    K_AUTO(PyObject *) number = copyreg ? PyLong_FromLong(protocol) : NULL;
    return number ? PyObject_CallMethodObjArgs(copyreg, K_STR("_reduce_ex"), self, number, NULL) : NULL;
}

METHODS_DECLARE(object_reduce);
METHOD(object_reduce, __reduce_ex__, O, "($self, protocol, /)", "Helper for pickle.")
{
    int protocol;
    if (k_arg_int(arg, &protocol) < 0)
        return NULL;
    K_AUTO(PyObject *) reduce = NULL;
    if (_PyObject_LookupAttr(self, K_STR("__reduce__"), &reduce) < 0)
        return NULL;
    if (reduce) {
        K_AUTO(PyObject *) of_class = PyObject_GetAttr((PyObject *)Py_TYPE(self), K_STR("__reduce__"));
        if (!of_class)
            return NULL;
        PyObject *plain = PyDict_GetItemWithError(PyBaseObject_Type.tp_dict, K_STR("__reduce__"));
        if (of_class != plain)
            return PyObject_CallNoArgs(reduce);
    }
    return reduce_common(self, protocol);
}

METHOD(object_reduce, __reduce__, NOARGS, "($self, /)", "Helper for pickle.")
{
    return reduce_common(self, 0);
}

K_METHOD_ROW(object_reduce, __getstate__, "__getstate__", object_getstate_method, METH_NOARGS,
             "__getstate__($self, /)\n--\n\nHelper for pickle.");
METHODS_END(object_reduce);
MORE_METHODS(PyBaseObject_Type, object_reduce);
