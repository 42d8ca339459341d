/* bool.c - bool: the two ints that are truth values.
 *
 * In: any object's truth.  Out: one of two immortal objects. Invariant: there is never a third. */
#include "objects/int/int.h"
#include "objects/call.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"

PyLongObject _Py_FalseStruct = { PyVarObject_HEAD_INIT(&PyBool_Type, 0), { 0 } };
PyLongObject _Py_TrueStruct = { PyVarObject_HEAD_INIT(&PyBool_Type, 1), { 1 } };

PyObject *PyBool_FromLong(long value)
{
    Py_RETURN_BOOL(value);
}

static PyObject *bool_of(PyObject *x)
{
    int truth = PyObject_IsTrue(x); /* runs code */
    return truth < 0 ? NULL : PyBool_FromLong(truth);
}

static PyObject *bool_repr(PyObject *self)
{
    return Py_NewRef(self == Py_True ? K_STR("True") : K_STR("False"));
}

static PyObject *bool_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *x = Py_False;
    if (_PyArg_NoKeywords("bool", kwargs) == 0 || !PyArg_UnpackTuple(args, "bool", 0, 1, &x))
        return NULL;
    return bool_of(x);
}

static PyObject *bool_vectorcall(PyObject *type, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    Py_ssize_t nargs = PyVectorcall_NARGS(nargsf);
    if ((kwnames && !_PyArg_NoKwnames("bool", kwnames)) || k_check_nargs("bool", nargs, 0, 1) < 0)
        return NULL;
    return bool_of(nargs ? args[0] : Py_False);
}

#define BOOL_OPERATION(name, slot, op)                                                                                 \
    static PyObject *name(PyObject *a, PyObject *b)                                                                    \
    {                                                                                                                  \
        if (!PyBool_Check(a) || !PyBool_Check(b))                                                                      \
            return PyLong_Type.tp_as_number->slot(a, b);                                                               \
        return PyBool_FromLong((a == Py_True) op (b == Py_True));                                                      \
    }
BOOL_OPERATION(bool_and, nb_and, &)
BOOL_OPERATION(bool_or, nb_or, |)
BOOL_OPERATION(bool_xor, nb_xor, ^)

static PyNumberMethods bool_as_number = { .nb_and = bool_and, .nb_or = bool_or, .nb_xor = bool_xor };

PyTypeObject PyBool_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "bool",
    .tp_basicsize = sizeof(PyLongObject),
    .tp_itemsize = sizeof(digit),
    .tp_repr = bool_repr,
    .tp_as_number = &bool_as_number,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_doc = "bool(x) -> bool\n\n"
              "True when x is true, False otherwise: the only two instances there are. bool is a subclass of int and\n"
              "has no subclasses itself.",
    .tp_base = &PyLong_Type,
    .tp_new = bool_new,
    .tp_vectorcall = bool_vectorcall,
};
K_TYPE(PyBool_Type);
