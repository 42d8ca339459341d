/* structseq.c - struct sequences: tuples whose items have names too, some of them beyond the visible length.
 *
 * In: a description with field names. Out: a type; instances are tuples with room for all fields.
 * Invariant: the type's dict knows the counts (n_sequence_fields, n_fields, n_unnamed_fields); ob_size is the visible
 * length, the hidden fields stand behind. Start at structseq_new(). */
#include "objects/structseq.h"

#include "memory/gc.h"
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/type/type.h"
#include "runtime/errors.h"

const char *const PyStructSequence_UnnamedField = "unnamed field";


static Py_ssize_t structseq_count(PyTypeObject *type, PyObject *name)
{
    PyObject *value = PyDict_GetItemWithError(type->tp_dict, name);
    if (value)
        return PyLong_AsSsize_t(value);
    if (!PyErr_Occurred())
        k_raise(PyExc_TypeError, "Missed attribute '%U' of type %s", name, type->tp_name);
    return -1;
}
#define VISIBLE(type) structseq_count(type, K_STR("n_sequence_fields"))
#define REAL(type)    structseq_count(type, K_STR("n_fields"))
#define UNNAMED(type) structseq_count(type, K_STR("n_unnamed_fields"))

PyObject *PyStructSequence_New(PyTypeObject *type)
{
    Py_ssize_t real = REAL(type), visible = real < 0 ? -1 : VISIBLE(type);
    if (visible < 0)
        return NULL;
    PyTupleObject *o = PyObject_GC_NewVar(PyTupleObject, type, real);
    if (!o)
        return NULL;
    Py_SET_SIZE(o, visible);
    for (Py_ssize_t i = 0; i < real; i++)
        o->ob_item[i] = NULL;
    return (PyObject *)o;
}

void PyStructSequence_SetItem(PyObject *o, Py_ssize_t i, PyObject *value)
{
    PyStructSequence_SET_ITEM(o, i, value);
}

PyObject *PyStructSequence_GetItem(PyObject *o, Py_ssize_t i)
{
    return PyStructSequence_GET_ITEM(o, i);
}

static int structseq_traverse(PyObject *self, visitproc visit, void *arg)
{
    if (PyType_HasFeature(Py_TYPE(self), Py_TPFLAGS_HEAPTYPE))
        Py_VISIT(Py_TYPE(self));
    Py_ssize_t real = REAL(Py_TYPE(self));
    for (Py_ssize_t i = 0; i < real; i++)
        Py_VISIT(PyStructSequence_GET_ITEM(self, i));
    return 0;
}

static void structseq_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    Py_ssize_t real = REAL(type);
    for (Py_ssize_t i = 0; i < real; i++)
        Py_XDECREF(PyStructSequence_GET_ITEM(self, i));
    PyObject_GC_Del(self);
    if (PyType_HasFeature(type, Py_TPFLAGS_HEAPTYPE))
        Py_DECREF(type);
}

/* ---- construction from a sequence ---- */

static PyObject *structseq_wrong_length(PyTypeObject *type, const char *kind, Py_ssize_t wanted, Py_ssize_t given)
{
    return k_raise(PyExc_TypeError, "%.500s() takes %s %zd-sequence (%zd-sequence given)", type->tp_name, kind, wanted,
                   given);
}

/* The fields behind the sequence come from the dict, else None. */
static int structseq_fill_hidden(PyTypeObject *type, PyObject *self, PyObject *dict, Py_ssize_t from, Py_ssize_t real,
                                 Py_ssize_t unnamed)
{
    for (Py_ssize_t i = from; i < real; i++) {
        PyObject *value = NULL;
        if (dict) {
            const char *name = type->tp_members[i - unnamed].name;
            value = _PyDict_GetItemStringWithError(dict, name);
            if (!value && PyErr_Occurred())
                return -1;
        }
        PyStructSequence_SET_ITEM(self, i, Py_NewRef(value ? value : Py_None));
    }
    return 0;
}

BINDER(structseq_new, "structseq", "(sequence, dict=<unrepresentable>)", *sequence, *dict);

static PyObject *structseq_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    structseq_new_args arg;
    PyObject *owned;
    if (BIND(structseq_new, &arg, args, kwargs, &owned) < 0)
        return NULL;
    Py_ssize_t visible = VISIBLE(type), real = visible < 0 ? -1 : REAL(type), unnamed = real < 0 ? -1 : UNNAMED(type);
    if (unnamed < 0)
        return NULL;
    K_AUTO(PyObject *) items = PySequence_Fast(arg.sequence, "constructor requires a sequence");
    if (!items)
        return NULL;
    PyObject *dict = arg.dict;
    if (dict && !PyDict_Check(dict))
        return k_raise(PyExc_TypeError, "%.500s() takes a dict as second arg, if any", type->tp_name);
    Py_ssize_t given = PySequence_Fast_GET_SIZE(items);
    if (visible != real) {
        if (given < visible)
            return structseq_wrong_length(type, "an at least", visible, given);
        if (given > real)
            return structseq_wrong_length(type, "an at most", real, given);
    } else if (given != visible) {
        return structseq_wrong_length(type, "a", visible, given);
    }
    K_AUTO(PyObject *) self = PyStructSequence_New(type);
    if (!self)
        return NULL;
    for (Py_ssize_t i = 0; i < given; i++)
        PyStructSequence_SET_ITEM(self, i, Py_NewRef(PySequence_Fast_GET_ITEM(items, i)));
    if (structseq_fill_hidden(type, self, dict, given, real, unnamed) < 0)
        return NULL;
    PyObject_GC_Track(self);
    return K_MOVE(self);
}

/* ---- text and pickling ---- */

static PyObject *structseq_repr(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    _PyUnicodeWriter writer;
    _PyUnicodeWriter_Init(&writer);
    writer.overallocate = 1;
    if (_PyUnicodeWriter_WriteASCIIString(&writer, type->tp_name, -1) < 0
        || _PyUnicodeWriter_WriteChar(&writer, '(') < 0)
        goto fail;
    for (Py_ssize_t i = 0; i < Py_SIZE(self); i++) {
        if (i && _PyUnicodeWriter_WriteASCIIString(&writer, ", ", 2) < 0)
            goto fail;
        const char *name = type->tp_members[i].name;
        PyObject *repr = PyObject_Repr(PyStructSequence_GET_ITEM(self, i));
        int status = !repr || _PyUnicodeWriter_WriteASCIIString(&writer, name, -1) < 0
                     || _PyUnicodeWriter_WriteChar(&writer, '=') < 0 || _PyUnicodeWriter_WriteStr(&writer, repr) < 0;
        Py_XDECREF(repr);
        if (status)
            goto fail;
    }
    if (_PyUnicodeWriter_WriteChar(&writer, ')') < 0)
        goto fail;
    return _PyUnicodeWriter_Finish(&writer);
fail:
    _PyUnicodeWriter_Dealloc(&writer);
    return NULL;
}

METHODS_DECLARE(structseq);
METHOD_RAW(structseq, __reduce__, NOARGS, 0, NULL)
{
    PyTypeObject *type = Py_TYPE(self);
    Py_ssize_t real = REAL(type), visible = real < 0 ? -1 : VISIBLE(type), unnamed = visible < 0 ? -1 : UNNAMED(type);
    if (unnamed < 0)
        return NULL;
    K_AUTO(PyObject *) tuple = k_tuple_from_array(((PyTupleObject *)self)->ob_item, visible);
    K_AUTO(PyObject *) dict = tuple ? PyDict_New() : NULL;
    for (Py_ssize_t i = visible; dict && i < real; i++) {
        const char *name = type->tp_members[i - unnamed].name;
        if (PyDict_SetItemString(dict, name, PyStructSequence_GET_ITEM(self, i)) < 0)
            return NULL;
    }
    return dict ? Py_BuildValue("(O(OO))", type, tuple, dict) : NULL;
}
METHODS_END(structseq);

/* ---- types ---- */

static Py_ssize_t structseq_field_count(PyStructSequence_Desc *desc, Py_ssize_t *unnamed)
{
    Py_ssize_t n = 0;
    *unnamed = 0;
    for (; desc->fields[n].name; n++)
        *unnamed += desc->fields[n].name == PyStructSequence_UnnamedField;
    return n;
}

/* The named fields as members: memory that lives as long as the type. */
static PyMemberDef *structseq_members(PyStructSequence_Desc *desc, Py_ssize_t n, Py_ssize_t unnamed)
{
    PyMemberDef *members = PyMem_Calloc((size_t)(n - unnamed + 1), sizeof *members);
    if (!members) {
        PyErr_NoMemory();
        return NULL;
    }
    PyMemberDef *m = members;
    for (Py_ssize_t i = 0; i < n; i++) {
        if (desc->fields[i].name == PyStructSequence_UnnamedField)
            continue;
        *m++ = (PyMemberDef){ desc->fields[i].name, T_OBJECT,
                              (Py_ssize_t)(offsetof(PyTupleObject, ob_item) + (size_t)i * sizeof(PyObject *)), READONLY,
                              desc->fields[i].doc };
    }
    return members;
}

static int structseq_set_number(PyObject *dict, const char *name, Py_ssize_t value)
{
    K_AUTO(PyObject *) number = PyLong_FromSsize_t(value);
    return number ? PyDict_SetItemString(dict, name, number) : -1;
}

static int structseq_fill_dict(PyTypeObject *type, PyStructSequence_Desc *desc, Py_ssize_t n, Py_ssize_t unnamed)
{
    PyObject *dict = type->tp_dict;
    if (structseq_set_number(dict, "n_sequence_fields", desc->n_in_sequence) < 0
        || structseq_set_number(dict, "n_fields", n) < 0 || structseq_set_number(dict, "n_unnamed_fields", unnamed) < 0)
        return -1;
    K_AUTO(PyObject *) names = PyTuple_New(desc->n_in_sequence - unnamed);
    for (Py_ssize_t i = 0, k = 0; names && i < desc->n_in_sequence; i++) {
        if (desc->fields[i].name == PyStructSequence_UnnamedField)
            continue;
        PyObject *name = PyUnicode_FromString(desc->fields[i].name);
        if (!name)
            return -1;
        PyTuple_SET_ITEM(names, k++, name);
    }
    return names ? PyDict_SetItemString(dict, "__match_args__", names) : -1;
}

int PyStructSequence_InitType2(PyTypeObject *type, PyStructSequence_Desc *desc)
{
    Py_ssize_t unnamed, n = structseq_field_count(desc, &unnamed);
    if (!(type->tp_flags & Py_TPFLAGS_READY)) {
        PyMemberDef *members = structseq_members(desc, n, unnamed);
        if (!members)
            return -1;
        type->ob_base.ob_base.ob_refcnt = KAA_IMMORTAL;
        type->tp_name = desc->name;
        type->tp_basicsize = offsetof(PyTupleObject, ob_item);
        type->tp_itemsize = sizeof(PyObject *);
        type->tp_dealloc = structseq_dealloc;
        type->tp_repr = structseq_repr;
        type->tp_doc = desc->doc;
        type->tp_base = &PyTuple_Type;
        type->tp_methods = METHODS(structseq);
        type->tp_new = structseq_new;
        type->tp_flags |= Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC;
        type->tp_traverse = structseq_traverse;
        type->tp_members = members;
        if (PyType_Ready(type) < 0)
            return -1;
    }
    return structseq_fill_dict(type, desc, n, unnamed);
}

void PyStructSequence_InitType(PyTypeObject *type, PyStructSequence_Desc *desc)
{
    if (PyStructSequence_InitType2(type, desc) < 0)
        PyErr_Clear();
}

int k_structseq_init(PyTypeObject *type, PyStructSequence_Desc *desc)
{
    return PyStructSequence_InitType2(type, desc);
}

PyTypeObject *_PyStructSequence_NewType(PyStructSequence_Desc *desc, unsigned long flags)
{
    enum { tp_base = 48, tp_dealloc = 52, tp_doc = 56, tp_methods = 64, tp_new = 65, tp_repr = 66, tp_traverse = 71,
           tp_members = 72 };
    Py_ssize_t unnamed, n = structseq_field_count(desc, &unnamed);
    PyMemberDef *members = structseq_members(desc, n, unnamed);
    if (!members)
        return NULL;
    PyType_Slot slots[] = {
        { tp_dealloc, (void *)structseq_dealloc }, { tp_repr, (void *)structseq_repr }, { tp_doc, (void *)desc->doc },
        { tp_methods, METHODS(structseq) },        { tp_new, (void *)structseq_new },   { tp_members, members },
        { tp_traverse, (void *)structseq_traverse }, { 0, NULL },
    };
    PyType_Spec spec = { desc->name, offsetof(PyTupleObject, ob_item), sizeof(PyObject *),
                         (unsigned int)(Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | flags), slots };
    PyTypeObject *type = (PyTypeObject *)PyType_FromSpecWithBases(&spec, (PyObject *)&PyTuple_Type);
    PyMem_Free(members); /* the type has a copy */
    if (type && structseq_fill_dict(type, desc, n, unnamed) < 0)
        Py_CLEAR(type);
    return type;
}

PyTypeObject *PyStructSequence_NewType(PyStructSequence_Desc *desc)
{
    return _PyStructSequence_NewType(desc, 0);
}
