/* singletons.c - None, NotImplemented and Ellipsis.
 *
 * One immortal object each; their types give that object for every call without arguments. */
#include "objects/method.h"
#include "objects/dict/dict.h"
#include "objects/hash.h"
#include "objects/protocol.h"
#include "objects/slice.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"
#include "runtime/warnings.h"

static int singleton_no_args(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    if (PyTuple_GET_SIZE(args) == 0 && (!kwargs || PyDict_GET_SIZE(kwargs) == 0))
        return 0;
    k_raise(PyExc_TypeError, "%s takes no arguments", type->tp_name);
    return -1;
}

K_NORETURN static void singleton_dealloc(PyObject *self)
{
    Py_FatalError("deallocating a singleton");
}

/* ---- None ---- */

static PyObject *none_repr(PyObject *self)
{
    return Py_NewRef(K_STR("None"));
}

static int none_bool(PyObject *self)
{
    return 0;
}

static PyObject *none_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    return singleton_no_args(type, args, kwargs) < 0 ? NULL : Py_NewRef(Py_None);
}

static PyNumberMethods none_as_number = { .nb_bool = none_bool };

PyTypeObject _PyNone_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "NoneType",
    .tp_basicsize = sizeof(PyObject),
    .tp_dealloc = singleton_dealloc,
    .tp_repr = none_repr,
    .tp_as_number = &none_as_number,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = none_new,
};
K_TYPE(_PyNone_Type);

/* ---- NotImplemented ---- */

static PyObject *notimplemented_repr(PyObject *self)
{
    return Py_NewRef(K_STR("NotImplemented"));
}

static PyObject *notimplemented_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    return singleton_no_args(type, args, kwargs) < 0 ? NULL : Py_NewRef(Py_NotImplemented);
}

static int notimplemented_bool(PyObject *self)
{
    if (PyErr_WarnEx(PyExc_DeprecationWarning, "NotImplemented should not be used in a boolean context", 1) < 0)
        return -1;
    return 1;
}

METHODS_DECLARE(notimplemented);
METHOD_RAW(notimplemented, __reduce__, NOARGS, 0, NULL)
{
    return Py_NewRef(K_STR("NotImplemented"));
}
METHODS_END(notimplemented);

static PyNumberMethods notimplemented_as_number = { .nb_bool = notimplemented_bool };

PyTypeObject _PyNotImplemented_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "NotImplementedType",
    .tp_basicsize = sizeof(PyObject),
    .tp_dealloc = singleton_dealloc,
    .tp_repr = notimplemented_repr,
    .tp_as_number = &notimplemented_as_number,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_methods = METHODS(notimplemented),
    .tp_new = notimplemented_new,
};
K_TYPE(_PyNotImplemented_Type);

/* ---- Ellipsis ---- */

static PyObject *ellipsis_repr(PyObject *self)
{
    return Py_NewRef(K_STR("Ellipsis"));
}

static PyObject *ellipsis_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    if (singleton_no_args((PyTypeObject *)&PyEllipsis_Type, args, kwargs) < 0)
        return NULL;
    return Py_NewRef(Py_Ellipsis);
}

METHODS_DECLARE(ellipsis);
METHOD_RAW(ellipsis, __reduce__, NOARGS, 0, NULL)
{
    return Py_NewRef(K_STR("Ellipsis"));
}
METHODS_END(ellipsis);

PyTypeObject PyEllipsis_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "ellipsis",
    .tp_basicsize = sizeof(PyObject),
    .tp_dealloc = singleton_dealloc,
    .tp_repr = ellipsis_repr,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_methods = METHODS(ellipsis),
    .tp_new = ellipsis_new,
};
K_TYPE(PyEllipsis_Type);

PyObject _Py_NoneStruct = PyObject_HEAD_INIT(&_PyNone_Type);
PyObject _Py_NotImplementedStruct = PyObject_HEAD_INIT(&_PyNotImplemented_Type);
PyObject _Py_EllipsisObject = PyObject_HEAD_INIT(&PyEllipsis_Type);
