/* cell.c - cells: what a function and the functions inside it share a variable through.
 *
 * Invariant: ob_ref is NULL while the variable has no value. */
#include "objects/func/func.h"

#include "memory/gc.h"
#include "objects/dict/dict.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"

static PyCellObject *ce(PyObject *self)
{
    return (PyCellObject *)self;
}

PyObject *PyCell_New(PyObject *value)
{
    PyCellObject *self = PyObject_GC_New(PyCellObject, &PyCell_Type);
    if (!self)
        return NULL;
    self->ob_ref = Py_XNewRef(value);
    PyObject_GC_Track(self);
    return (PyObject *)self;
}

PyObject *PyCell_Get(PyObject *o)
{
    if (PyCell_Check(o))
        return Py_XNewRef(ce(o)->ob_ref);
    PyErr_BadInternalCall();
    return NULL;
}

int PyCell_Set(PyObject *o, PyObject *value)
{
    if (!PyCell_Check(o)) {
        PyErr_BadInternalCall();
        return -1;
    }
    Py_XSETREF(ce(o)->ob_ref, Py_XNewRef(value));
    return 0;
}

static PyObject *cell_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    (void)type;
    if (kwargs && PyDict_GET_SIZE(kwargs))
        return k_raise(PyExc_TypeError, "cell() takes no keyword arguments");
    PyObject *value = NULL;
    if (!PyArg_UnpackTuple(args, "cell", 0, 1, &value))
        return NULL;
    return PyCell_New(value);
}

static void cell_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_XDECREF(ce(self)->ob_ref);
    PyObject_GC_Del(self);
}

static int cell_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(ce(self)->ob_ref);
    return 0;
}

static int cell_clear(PyObject *self)
{
    Py_CLEAR(ce(self)->ob_ref);
    return 0;
}

static PyObject *cell_repr(PyObject *self)
{
    PyObject *value = ce(self)->ob_ref;
    if (!value)
        return PyUnicode_FromFormat("<cell at %p: empty>", self);
    return PyUnicode_FromFormat("<cell at %p: %.80s object at %p>", self, Py_TYPE(value)->tp_name, value);
}

/* Cells compare by their contents; an empty one is less than any other. */
static PyObject *cell_richcompare(PyObject *a, PyObject *b, int op)
{
    if (!PyCell_Check(a) || !PyCell_Check(b))
        Py_RETURN_NOTIMPLEMENTED;
    PyObject *x = ce(a)->ob_ref, *y = ce(b)->ob_ref;
    if (x && y)
        return PyObject_RichCompare(x, y, op);
    Py_RETURN_RICHCOMPARE(x != NULL, y != NULL, op);
}

static PyObject *get_contents(PyObject *self, void *closure)
{
    (void)closure;
    if (!ce(self)->ob_ref)
        return k_raise(PyExc_ValueError, "Cell is empty");
    return Py_NewRef(ce(self)->ob_ref);
}

static int set_contents(PyObject *self, PyObject *value, void *closure)
{
    (void)closure;
    Py_XSETREF(ce(self)->ob_ref, Py_XNewRef(value));
    return 0;
}

static PyGetSetDef cell_getset[] = { { "cell_contents", get_contents, set_contents, NULL, NULL }, { NULL } };

PyTypeObject PyCell_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "cell",
    .tp_basicsize = sizeof(PyCellObject),
    .tp_dealloc = cell_dealloc,
    .tp_repr = cell_repr,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_doc = "cell([contents])\n--\n\n"
              "A new cell, empty when no contents are given: cell_contents raises a ValueError then.",
    .tp_traverse = cell_traverse,
    .tp_clear = cell_clear,
    .tp_richcompare = cell_richcompare,
    .tp_getset = cell_getset,
    .tp_new = cell_new,
};
K_TYPE(PyCell_Type);
