/* _string.c - module _string: the parsers of str.format for the module string. */
#include "memory/gc.h"
#include "objects/int/int.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/str/markup.h"
#include "objects/str/str_int.h"
#include "runtime/errors.h"

/* ---- formatter_parser: (literal, field name, format spec, conversion) ---- */

typedef struct ParserIter {
    PyObject ob_base;
    PyObject *text;
    Markup markup;
} ParserIter;

static void parseriter_dealloc(PyObject *self)
{
    Py_XDECREF(((ParserIter *)self)->text);
    PyObject_Free(self);
}

static PyObject *parseriter_next(PyObject *self)
{
    ParserIter *it = (ParserIter *)self;
    MarkupItem item;
    if (markup_next(&it->markup, &item) <= 0)
        return NULL;
    PyObject *text = it->text;
    K_AUTO(PyObject *) literal = str_slice(text, item.literal_start, item.literal_end);
    if (!literal)
        return NULL;
    if (!item.has_field)
        return Py_BuildValue("(OOOO)", literal, Py_None, Py_None, Py_None);
    K_AUTO(PyObject *) name = str_slice(text, item.name_start, item.name_end);
    K_AUTO(PyObject *) spec = str_slice(text, item.spec_start, item.spec_end);
    K_AUTO(PyObject *) conversion = item.conversion ? str_from_char(item.conversion) : Py_NewRef(Py_None);
    return name && spec && conversion ? Py_BuildValue("(OOOO)", literal, name, spec, conversion) : NULL;
}

static PyTypeObject parser_iter_type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0), .tp_name = "formatteriterator", .tp_basicsize = sizeof(ParserIter),
    .tp_dealloc = parseriter_dealloc, .tp_getattro = PyObject_GenericGetAttr, .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_iter = PyObject_SelfIter, .tp_iternext = parseriter_next,
};
K_TYPE(parser_iter_type);

static int check_str(PyObject *o)
{
    if (PyUnicode_Check(o))
        return PyUnicode_READY(o);
    PyErr_Format(PyExc_TypeError, "expected str, got %s", Py_TYPE(o)->tp_name);
    return -1;
}

FUNCTION_RAW(_string, formatter_parser, O, 0, "parse the argument as a format string")
{
    if (check_str(arg) < 0)
        return NULL;
    ParserIter *it = PyObject_New(ParserIter, &parser_iter_type);
    if (!it)
        return NULL;
    it->text = Py_NewRef(arg);
    it->markup = (Markup){ arg, 0, STR_LEN(arg) };
    return (PyObject *)it;
}

/* ---- formatter_field_name_split: first, iterator of (is attribute, name or index) ---- */

typedef struct FieldIter {
    PyObject ob_base;
    PyObject *text;
    FieldName name;
} FieldIter;

static void fielditer_dealloc(PyObject *self)
{
    Py_XDECREF(((FieldIter *)self)->text);
    PyObject_Free(self);
}

static PyObject *step_object(PyObject *text, const FieldStep *step)
{
    return step->index >= 0 ? PyLong_FromSsize_t(step->index) : str_slice(text, step->start, step->end);
}

static PyObject *fielditer_next(PyObject *self)
{
    FieldIter *it = (FieldIter *)self;
    FieldStep step;
    if (field_next(&it->name, &step) <= 0)
        return NULL;
    PyObject *value = step_object(it->text, &step);
    return value ? Py_BuildValue("(ON)", step.is_attribute ? Py_True : Py_False, value) : NULL;
}

static PyTypeObject field_iter_type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0), .tp_name = "fieldnameiterator", .tp_basicsize = sizeof(FieldIter),
    .tp_dealloc = fielditer_dealloc, .tp_getattro = PyObject_GenericGetAttr, .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_iter = PyObject_SelfIter, .tp_iternext = fielditer_next,
};
K_TYPE(field_iter_type);

FUNCTION_RAW(_string, formatter_field_name_split, O, 0, "split the argument as a field name")
{
    FieldStep first;
    FieldName name;
    if (check_str(arg) < 0 || field_first(&name, arg, 0, STR_LEN(arg), &first) < 0)
        return NULL;
    FieldIter *it = PyObject_New(FieldIter, &field_iter_type);
    if (!it)
        return NULL;
    it->text = Py_NewRef(arg);
    it->name = name;
    PyObject *first_object = step_object(arg, &first);
    if (!first_object) {
        Py_DECREF(it);
        return NULL;
    }
    return Py_BuildValue("(NN)", first_object, it);
}
METHODS_END(_string);

static int string_exec(PyObject *module)
{
    (void)module;
    return 0;
}
MODULE(_string, "string helper module", string_exec, 0);
