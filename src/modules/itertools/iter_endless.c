/* iter_endless.c - itertools: count, cycle, repeat.
 *
 * In: a start, an iterable, an object.  Out: items without end (repeat: or with a count).
 * Invariant: count keeps its number in C while it is an int with step 1 that fits.
 * Start at count_next. */
#include "modules/itertools/iter_common.h"


/* ---- count ---- */

typedef struct Count {
    PyObject ob_base;
    PyObject *number, *step; /* number: NULL while `quick` counts */
    Py_ssize_t quick;        /* PY_SSIZE_T_MAX: number counts */
} Count;

BINDER(count_new, "count", "(start=0, step=1)", *start, *step);

static int is_int_one(PyObject *value)
{
    int overflow;
    return PyLong_Check(value) && PyLong_AsLongAndOverflow(value, &overflow) == 1;
}

static PyObject *count_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    count_new_args arg;
    PyObject *kept = NULL;
    if (BIND(count_new, &arg, args, kwargs, &kept) < 0)
        return NULL;
    K_AUTO(PyObject *) hold = kept;
    if (!PyNumber_Check(arg.start) || !PyNumber_Check(arg.step))
        return k_raise(PyExc_TypeError, "a number is required");
    Py_ssize_t quick = PY_SSIZE_T_MAX;
    if (PyLong_Check(arg.start) && is_int_one(arg.step)) {
        quick = PyLong_AsSsize_t(arg.start);
        if (quick == -1 && PyErr_Occurred()) {
            PyErr_Clear();
            quick = PY_SSIZE_T_MAX;
        }
    }
    Count *self = (Count *)type->tp_alloc(type, 0);
    if (!self)
        return NULL;
    self->quick = quick;
    self->number = quick == PY_SSIZE_T_MAX ? Py_NewRef(arg.start) : NULL;
    self->step = Py_NewRef(arg.step);
    return (PyObject *)self;
}
LIFE(count, 2)

static PyObject *count_next(PyObject *self)
{
    Count *lz = (Count *)self;
    if (lz->quick != PY_SSIZE_T_MAX)
        return PyLong_FromSsize_t(lz->quick++);
    if (!lz->number && !(lz->number = PyLong_FromSsize_t(PY_SSIZE_T_MAX)))
        return NULL;
    PyObject *next = PyNumber_Add(lz->number, lz->step), *now = lz->number; /* runs code */
    if (!next)
        return NULL;
    lz->number = next;
    return now;
}

static PyObject *count_repr(PyObject *self)
{
    Count *lz = (Count *)self;
    const char *name = strrchr(Py_TYPE(self)->tp_name, '.');
    name = name ? name + 1 : Py_TYPE(self)->tp_name;
    if (!lz->number)
        return PyUnicode_FromFormat("%s(%zd)", name, lz->quick);
    if (is_int_one(lz->step))
        return PyUnicode_FromFormat("%s(%R)", name, lz->number);
    return PyUnicode_FromFormat("%s(%R, %R)", name, lz->number, lz->step);
}

METHODS_DECLARE(count);
METHOD_RAW(count, __reduce__, NOARGS, 0, "State for pickling.")
{
    Count *lz = (Count *)self;
    if (!lz->number)
        return Py_BuildValue("O(n)", Py_TYPE(self), lz->quick);
    return Py_BuildValue("O(OO)", Py_TYPE(self), lz->number, lz->step);
}
METHODS_END(count);
ITER_TYPE(count, Count, Py_TPFLAGS_BASETYPE,
          "count(start=0, step=1)\n--\n\nNumbers from start on, at equal distances, without end.",
          .tp_repr = count_repr);

/* ---- cycle ---- */

typedef struct Cycle {
    PyObject ob_base;
    PyObject *it, *saved; /* it: NULL after the first round */
    Py_ssize_t index;
    int complete; /* saved holds all items already */
} Cycle;

static PyObject *cycle_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject **arg = positional(type, &itertools_cycle_type, "cycle", args, kwargs, 1, 1);
    K_AUTO(PyObject *) it = arg ? PyObject_GetIter(arg[0]) : NULL;
    K_AUTO(PyObject *) saved = it ? PyList_New(0) : NULL;
    Cycle *self = saved ? (Cycle *)type->tp_alloc(type, 0) : NULL;
    if (!self)
        return NULL;
    self->it = K_MOVE(it);
    self->saved = K_MOVE(saved);
    return (PyObject *)self;
}
LIFE(cycle, 2)

static PyObject *cycle_next(PyObject *self)
{
    Cycle *lz = (Cycle *)self;
    if (lz->it) {
        PyObject *item = PyIter_Next(lz->it); /* runs code */
        if (item) {
            if (lz->complete || PyList_Append(lz->saved, item) == 0)
                return item;
            Py_DECREF(item);
            return NULL;
        }
        if (PyErr_Occurred())
            return NULL;
        Py_CLEAR(lz->it);
    }
    if (PyList_GET_SIZE(lz->saved) == 0)
        return NULL;
    PyObject *item = Py_NewRef(PyList_GET_ITEM(lz->saved, lz->index));
    if (++lz->index >= PyList_GET_SIZE(lz->saved))
        lz->index = 0;
    return item;
}

METHODS_DECLARE(cycle);
METHOD_RAW(cycle, __reduce__, NOARGS, 0, "State for pickling.")
{
    Cycle *lz = (Cycle *)self;
    if (lz->it)
        return Py_BuildValue("O(O)(OO)", Py_TYPE(self), lz->it, lz->saved, lz->complete ? Py_True : Py_False);
    K_AUTO(PyObject *) it = PyObject_GetIter(lz->saved);
    if (it && lz->index) {
        K_AUTO(PyObject *) done = PyObject_CallMethod(it, "__setstate__", "n", lz->index);
        if (!done)
            return NULL;
    }
    return it ? Py_BuildValue("O(O)(OO)", Py_TYPE(self), it, lz->saved, Py_True) : NULL;
}
METHOD_RAW(cycle, __setstate__, O, 0, "Takes pickled state.")
{
    Cycle *lz = (Cycle *)self;
    PyObject *saved = NULL;
    int complete;
    if (!PyTuple_Check(arg))
        return k_raise(PyExc_TypeError, "state is not a tuple");
    if (!PyArg_ParseTuple(arg, "O!i", &PyList_Type, &saved, &complete))
        return NULL;
    Py_XSETREF(lz->saved, Py_NewRef(saved));
    lz->complete = complete != 0;
    lz->index = 0;
    Py_RETURN_NONE;
}
METHODS_END(cycle);
ITER_TYPE(cycle, Cycle, Py_TPFLAGS_BASETYPE,
          "cycle(iterable, /)\n--\n\nThe iterable's items, again and again without end.");

/* ---- repeat ---- */

typedef struct Repeat {
    PyObject ob_base;
    PyObject *element;
    Py_ssize_t left; /* -1: without end */
} Repeat;

BINDER(repeat_new, "repeat", "(object, times=<unrepresentable>)", *object, *times);

static PyObject *repeat_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    repeat_new_args arg;
    PyObject *kept = NULL;
    Py_ssize_t left = -1;
    if (BIND(repeat_new, &arg, args, kwargs, &kept) < 0)
        return NULL;
    K_AUTO(PyObject *) hold = kept;
    if (arg.times) {
        if (k_arg_ssize(arg.times, &left) < 0)
            return NULL;
        left = Py_MAX(left, 0);
    }
    Repeat *self = (Repeat *)type->tp_alloc(type, 0);
    if (!self)
        return NULL;
    self->element = Py_NewRef(arg.object);
    self->left = left;
    return (PyObject *)self;
}
LIFE(repeat, 1)

static PyObject *repeat_next(PyObject *self)
{
    Repeat *lz = (Repeat *)self;
    if (lz->left == 0)
        return NULL;
    if (lz->left > 0)
        lz->left--;
    return Py_NewRef(lz->element);
}

static PyObject *repeat_repr(PyObject *self)
{
    Repeat *lz = (Repeat *)self;
    const char *name = strrchr(Py_TYPE(self)->tp_name, '.');
    name = name ? name + 1 : Py_TYPE(self)->tp_name;
    return lz->left == -1 ? PyUnicode_FromFormat("%s(%R)", name, lz->element)
                          : PyUnicode_FromFormat("%s(%R, %zd)", name, lz->element, lz->left);
}

METHODS_DECLARE(repeat);
METHOD_RAW(repeat, __length_hint__, NOARGS, 0, "How many items are left.")
{
    if (((Repeat *)self)->left == -1)
        return k_raise(PyExc_TypeError, "len() of unsized object");
    return PyLong_FromSsize_t(((Repeat *)self)->left);
}
METHOD_RAW(repeat, __reduce__, NOARGS, 0, "State for pickling.")
{
    Repeat *lz = (Repeat *)self;
    return lz->left >= 0 ? Py_BuildValue("O(On)", Py_TYPE(self), lz->element, lz->left)
                         : Py_BuildValue("O(O)", Py_TYPE(self), lz->element);
}
METHODS_END(repeat);
ITER_TYPE(repeat, Repeat, Py_TPFLAGS_BASETYPE,
          "repeat(object [,times]) -> an iterator that gives the object again and again,\n"
          "so many times, or without end.",
          .tp_repr = repeat_repr);
