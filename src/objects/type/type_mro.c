/* type_mro.c - method resolution order: the C3 merge of the bases' orders, custom mro(), and the best base.
 *
 * In: a type with tp_bases. Out: tp_mro, a tuple of types that starts with the type itself.
 * Invariant: a class stands before its bases, and bases stand in the order of the class statement. */
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/func/cfunction.h"
#include "objects/list/list.h"
#include "memory/mem.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "objects/type/type_internal.h"
#include "runtime/errors.h"

/* ---- C3 ---- */

/* Whether a class stands in a sequence behind position from. */
static bool mro_in_tail(PyObject *sequence, Py_ssize_t from, PyObject *cls)
{
    for (Py_ssize_t i = from + 1; i < PyTuple_GET_SIZE(sequence); i++) {
        if (PyTuple_GET_ITEM(sequence, i) == cls)
            return true;
    }
    return false;
}

static PyObject *mro_class_name(PyObject *cls)
{
    PyObject *name;
    if (_PyObject_LookupAttr(cls, K_STR("__name__"), &name) < 0)
        return NULL;
    if (name && PyUnicode_Check(name))
        return name;
    Py_XDECREF(name);
    return PyObject_Repr(cls);
}

/* The heads that block each other, each once. */
K_COLD static PyObject *mro_conflict(PyObject **sequences, Py_ssize_t *position, Py_ssize_t n)
{
    K_AUTO(PyObject *) heads = PyDict_New();
    if (!heads)
        return NULL;
    for (Py_ssize_t i = 0; i < n; i++) {
        if (position[i] < PyTuple_GET_SIZE(sequences[i])
            && PyDict_SetItem(heads, PyTuple_GET_ITEM(sequences[i], position[i]), Py_None) < 0)
            return NULL;
    }
    K_AUTO(PyObject *) names = PyList_New(0);
    PyObject *cls, *none;
    Py_ssize_t pos = 0;
    while (names && PyDict_Next(heads, &pos, &cls, &none)) {
        K_AUTO(PyObject *) name = mro_class_name(cls);
        if (!name || PyList_Append(names, name) < 0)
            return NULL;
    }
    K_AUTO(PyObject *) comma = PyUnicode_FromString(", ");
    K_AUTO(PyObject *) text = names && comma ? PyUnicode_Join(comma, names) : NULL;
    if (text)
        k_raise(PyExc_TypeError, "Cannot create a consistent method resolution\norder (MRO) for bases %U", text);
    return NULL;
}

static int mro_merge(PyObject **sequences, Py_ssize_t *position, Py_ssize_t n, PyObject *result)
{
    for (;;) {
        Py_ssize_t empty = 0;
        PyObject *next = NULL;
        for (Py_ssize_t i = 0; i < n && !next; i++) {
            if (position[i] >= PyTuple_GET_SIZE(sequences[i])) {
                empty++;
                continue;
            }
            PyObject *candidate = PyTuple_GET_ITEM(sequences[i], position[i]);
            bool blocked = false;
            for (Py_ssize_t j = 0; j < n && !blocked; j++)
                blocked = mro_in_tail(sequences[j], position[j], candidate);
            if (!blocked)
                next = candidate;
        }
        if (!next) {
            if (empty == n)
                return 0;
            mro_conflict(sequences, position, n);
            return -1;
        }
        if (PyList_Append(result, next) < 0)
            return -1;
        for (Py_ssize_t i = 0; i < n; i++) {
            if (position[i] < PyTuple_GET_SIZE(sequences[i])
                && PyTuple_GET_ITEM(sequences[i], position[i]) == next)
                position[i]++;
        }
    }
}

static int mro_check_duplicates(PyObject *bases)
{
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(bases); i++) {
        PyObject *base = PyTuple_GET_ITEM(bases, i);
        if (mro_in_tail(bases, i, base)) {
            K_AUTO(PyObject *) name = mro_class_name(base);
            if (name)
                k_raise(PyExc_TypeError, "duplicate base class %U", name);
            return -1;
        }
    }
    return 0;
}

PyObject *type_mro_linear(PyTypeObject *type)
{
    PyObject *bases = type->tp_bases;
    Py_ssize_t n = PyTuple_GET_SIZE(bases);
    for (Py_ssize_t i = 0; i < n; i++) {
        PyTypeObject *base = (PyTypeObject *)PyTuple_GET_ITEM(bases, i);
        if (!base->tp_mro)
            return k_raise(PyExc_TypeError, "Cannot extend an incomplete type '%.100s'", base->tp_name);
    }
    K_AUTO(PyObject *) list = PyList_New(0);
    if (!list || PyList_Append(list, (PyObject *)type) < 0)
        return NULL;
    if (n == 1) {
        PyObject *rest = ((PyTypeObject *)PyTuple_GET_ITEM(bases, 0))->tp_mro;
        if (PyList_SetSlice(list, 1, 1, rest) < 0)
            return NULL;
        return K_MOVE(list);
    }
    if (mro_check_duplicates(bases) < 0)
        return NULL;
    PyObject **sequences = PyMem_New(PyObject *, n + 1);
    Py_ssize_t *position = PyMem_Calloc((size_t)n + 1, sizeof *position);
    int status = -1;
    if (sequences && position) {
        for (Py_ssize_t i = 0; i < n; i++)
            sequences[i] = ((PyTypeObject *)PyTuple_GET_ITEM(bases, i))->tp_mro;
        sequences[n] = bases;
        status = mro_merge(sequences, position, n + 1, list);
    } else {
        PyErr_NoMemory();
    }
    PyMem_Free(sequences);
    PyMem_Free(position);
    return status < 0 ? NULL : K_MOVE(list);
}

/* ---- custom mro() ---- */

/* Whether the metaclass overrides type.mro. */
bool type_has_custom_mro(PyTypeObject *type)
{
    PyTypeObject *metatype = Py_TYPE(type);
    if (metatype == &PyType_Type)
        return false;
    return _PyType_Lookup(metatype, K_STR("mro")) != _PyType_Lookup(&PyType_Type, K_STR("mro"));
}

static int mro_check(PyTypeObject *type, PyObject *mro)
{
    PyTypeObject *solid = type_solid_base(type);
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(mro); i++) {
        PyObject *cls = PyTuple_GET_ITEM(mro, i);
        if (!PyType_Check(cls)) {
            k_raise(PyExc_TypeError, "mro() returned a non-class ('%.500s')", Py_TYPE(cls)->tp_name);
            return -1;
        }
        if (!PyType_IsSubtype(solid, type_solid_base((PyTypeObject *)cls))) {
            k_raise(PyExc_TypeError, "mro() returned base with unsuitable layout ('%.500s')",
                    ((PyTypeObject *)cls)->tp_name);
            return -1;
        }
    }
    return 0;
}

static PyObject *mro_ask(PyTypeObject *type)
{
    if (!type_has_custom_mro(type)) {
        K_AUTO(PyObject *) list = type_mro_linear(type);
        return list ? PyList_AsTuple(list) : NULL;
    }
    K_AUTO(PyObject *) method = k_lookup_special((PyObject *)type, K_STR("mro"));
    if (!method) {
        if (!PyErr_Occurred())
            PyErr_SetObject(PyExc_AttributeError, K_STR("mro"));
        return NULL;
    }
    K_AUTO(PyObject *) answer = PyObject_CallNoArgs(method);
    K_AUTO(PyObject *) mro = answer ? PySequence_Tuple(answer) : NULL;
    if (mro && PyTuple_GET_SIZE(mro) == 0)
        return k_raise(PyExc_TypeError, "type MRO must not be empty");
    if (!mro || mro_check(type, mro) < 0)
        return NULL;
    return K_MOVE(mro);
}

/* 1 when the order was replaced; 0 when mro() itself changed the type meanwhile. */
int type_mro_compute(PyTypeObject *type)
{
    PyObject *before = Py_XNewRef(type->tp_mro);
    PyObject *mro = mro_ask(type);
    bool reentered = type->tp_mro != before;
    Py_XDECREF(before);
    if (!mro)
        return -1;
    if (reentered) {
        Py_DECREF(mro);
        return 0;
    }
    Py_XSETREF(type->tp_mro, mro);
    PyType_Modified(type);
    return 1;
}

/* ---- layout ---- */

static bool mro_adds_layout(PyTypeObject *type, PyTypeObject *base)
{
    size_t size = (size_t)type->tp_basicsize, base_size = (size_t)base->tp_basicsize;
    if (type->tp_itemsize || base->tp_itemsize)
        return size != base_size || type->tp_itemsize != base->tp_itemsize;
    if (PyType_HasFeature(type, Py_TPFLAGS_HEAPTYPE)) { /* a weakref list or dict pointer at the end is no layout */
        if (type->tp_weaklistoffset && !base->tp_weaklistoffset
            && type->tp_weaklistoffset + sizeof(PyObject *) == size)
            size -= sizeof(PyObject *);
        if (type->tp_dictoffset && !base->tp_dictoffset && !PyType_HasFeature(type, Py_TPFLAGS_MANAGED_DICT)
            && type->tp_dictoffset + sizeof(PyObject *) == size)
            size -= sizeof(PyObject *);
        if (type->tp_weaklistoffset && !base->tp_weaklistoffset
            && type->tp_weaklistoffset + sizeof(PyObject *) == size)
            size -= sizeof(PyObject *);
    }
    return size != base_size;
}

/* The nearest ancestor (or the type) that fixes the instance's C layout. */
PyTypeObject *type_solid_base(PyTypeObject *type)
{
    PyTypeObject *base = type->tp_base ? type_solid_base(type->tp_base) : &PyBaseObject_Type;
    return mro_adds_layout(type, base) ? type : base;
}

PyTypeObject *type_best_base(PyObject *bases)
{
    PyTypeObject *winner = NULL, *best = NULL;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(bases); i++) {
        PyObject *item = PyTuple_GET_ITEM(bases, i);
        if (!PyType_Check(item)) {
            k_raise(PyExc_TypeError, "bases must be types");
            return NULL;
        }
        PyTypeObject *base = (PyTypeObject *)item;
        if (!PyType_HasFeature(base, Py_TPFLAGS_READY | Py_TPFLAGS_READYING) && PyType_Ready(base) < 0)
            return NULL;
        if (!PyType_HasFeature(base, Py_TPFLAGS_BASETYPE)) {
            k_raise(PyExc_TypeError, "type '%.100s' is not an acceptable base type", base->tp_name);
            return NULL;
        }
        PyTypeObject *candidate = type_solid_base(base);
        if (!winner || (!PyType_IsSubtype(winner, candidate) && PyType_IsSubtype(candidate, winner))) {
            winner = candidate;
            best = base;
        } else if (!PyType_IsSubtype(winner, candidate)) {
            k_raise(PyExc_TypeError, "multiple bases have instance lay-out conflict");
            return NULL;
        }
    }
    return best;
}
