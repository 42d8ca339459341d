/* str_format.c - str.format, str.format_map, and the format specification of str.
 *
 * In: a format string, arguments.  Out: a new str, built in one writer; specifications with fields in them are built
 * first, one level deep. Start at build() and _PyUnicode_FormatAdvancedWriter(). */
#include "objects/complex.h"
#include "objects/dict/dict.h"
#include "objects/float/float.h"
#include "objects/int/int.h"
#include "objects/number_format.h"
#include "objects/protocol.h"
#include "objects/str/markup.h"
#include "objects/str/str_int.h"
#include "objects/tuple.h"
#include "runtime/errors.h"

typedef enum Numbering { NUMBERING_OPEN, NUMBERING_AUTOMATIC, NUMBERING_MANUAL } Numbering;
typedef struct Arguments {
    PyObject *args;   /* a tuple, or NULL: format_map */
    PyObject *kwargs; /* a dict, any mapping, or NULL */
    Numbering numbering;
    Py_ssize_t next;
} Arguments;

/* ---- the value of a field ---- */

/* The positional index of a field, -1 when it is a name, -2 with ValueError. */
static Py_ssize_t field_position(Arguments *a, const FieldStep *first)
{
    int empty = first->start == first->end;
    if (!empty && first->index < 0)
        return -1;
    Numbering wanted = empty ? NUMBERING_AUTOMATIC : NUMBERING_MANUAL;
    if (a->numbering != NUMBERING_OPEN && a->numbering != wanted) {
        PyErr_SetString(PyExc_ValueError, empty
            ? "cannot switch from manual field specification to automatic field numbering"
            : "cannot switch from automatic field numbering to manual field specification");
        return -2;
    }
    a->numbering = wanted;
    return empty ? a->next++ : first->index;
}

static PyObject *first_value(Arguments *a, PyObject *text, const FieldStep *first)
{
    Py_ssize_t i = field_position(a, first);
    if (i == -2)
        return NULL;
    if (i >= 0) {
        if (!a->args)
            return k_raise(PyExc_ValueError, "Format string contains positional fields");
        if (i >= PyTuple_GET_SIZE(a->args))
            return k_raise(PyExc_IndexError, "Replacement index %zd out of range for positional args tuple", i);
        return Py_NewRef(PyTuple_GET_ITEM(a->args, i));
    }
    K_AUTO(PyObject *) key = str_slice(text, first->start, first->end);
    if (!key)
        return NULL;
    if (!a->kwargs) {
        PyErr_SetObject(PyExc_KeyError, key);
        return NULL;
    }
    return PyObject_GetItem(a->kwargs, key); /* runs code */
}

static PyObject *step_value(PyObject *o, PyObject *text, const FieldStep *step)
{
    if (!step->is_attribute && step->index >= 0) {
        if (PySequence_Check(o))
            return PySequence_GetItem(o, step->index);
        K_AUTO(PyObject *) index = PyLong_FromSsize_t(step->index);
        return index ? PyObject_GetItem(o, index) : NULL;
    }
    K_AUTO(PyObject *) name = str_slice(text, step->start, step->end);
    if (!name)
        return NULL;
    return step->is_attribute ? PyObject_GetAttr(o, name) : PyObject_GetItem(o, name);
}

static PyObject *field_value(Arguments *a, PyObject *text, const MarkupItem *item)
{
    FieldName name;
    FieldStep step;
    if (field_first(&name, text, item->name_start, item->name_end, &step) < 0)
        return NULL;
    K_AUTO(PyObject *) value = first_value(a, text, &step);
    while (value) {
        int more = field_next(&name, &step);
        if (more <= 0)
            return more < 0 ? NULL : K_MOVE(value);
        K_SET(value, step_value(value, text, &step)); /* runs code */
    }
    return NULL;
}

static PyObject *converted(PyObject *value, Py_UCS4 conversion)
{
    switch (conversion) {
    case 'r': return PyObject_Repr(value);
    case 's': return PyObject_Str(value);
    case 'a': return PyObject_ASCII(value);
    default:  break;
    }
    if (conversion > 32 && conversion < 127)
        return k_raise(PyExc_ValueError, "Unknown conversion specifier %c", (int)conversion);
    return k_raise(PyExc_ValueError, "Unknown conversion specifier \\x%x", (unsigned)conversion);
}

/* ---- building ---- */

static int write_value(_PyUnicodeWriter *w, PyObject *value, PyObject *spec, Py_ssize_t start, Py_ssize_t end)
{
    if (PyUnicode_CheckExact(value))
        return _PyUnicode_FormatAdvancedWriter(w, value, spec, start, end);
    if (PyLong_CheckExact(value))
        return _PyLong_FormatAdvancedWriter(w, value, spec, start, end);
    if (PyFloat_CheckExact(value))
        return _PyFloat_FormatAdvancedWriter(w, value, spec, start, end);
    if (PyComplex_CheckExact(value))
        return _PyComplex_FormatAdvancedWriter(w, value, spec, start, end);
    K_AUTO(PyObject *) spec_text = str_slice(spec, start, end);
    K_AUTO(PyObject *) text = spec_text ? PyObject_Format(value, spec_text) : NULL; /* runs code */
    return text ? _PyUnicodeWriter_WriteStr(w, text) : -1;
}

static PyObject *build(PyObject *text, Py_ssize_t start, Py_ssize_t end, Arguments *a, int depth);

static int write_field(_PyUnicodeWriter *w, PyObject *text, const MarkupItem *item, Arguments *a, int depth)
{
    K_AUTO(PyObject *) value = field_value(a, text, item);
    if (!value)
        return -1;
    if (item->conversion) {
        K_SET(value, converted(value, item->conversion));
        if (!value)
            return -1;
    }
    if (!item->spec_has_fields)
        return write_value(w, value, text, item->spec_start, item->spec_end);
    K_AUTO(PyObject *) spec = build(text, item->spec_start, item->spec_end, a, depth - 1);
    return spec ? write_value(w, value, spec, 0, STR_LEN(spec)) : -1;
}

static PyObject *build(PyObject *text, Py_ssize_t start, Py_ssize_t end, Arguments *a, int depth)
{
    if (depth <= 0)
        return k_raise(PyExc_ValueError, "Max string recursion exceeded");
    _PyUnicodeWriter w;
    _PyUnicodeWriter_Init(&w);
    w.overallocate = 1;
    w.min_length = end - start + 100;
    Markup markup = { text, start, end };
    MarkupItem item;
    int status;
    while ((status = markup_next(&markup, &item)) > 0) {
        if (markup.pos >= end && !(item.has_field && item.literal_end > item.literal_start))
            w.overallocate = 0; /* the last piece */
        if (item.literal_end > item.literal_start &&
            _PyUnicodeWriter_WriteSubstring(&w, text, item.literal_start, item.literal_end) < 0)
            status = -1;
        else if (item.has_field && write_field(&w, text, &item, a, depth) < 0)
            status = -1;
        if (status < 0)
            break;
    }
    if (status < 0) {
        _PyUnicodeWriter_Dealloc(&w);
        return NULL;
    }
    return _PyUnicodeWriter_Finish(&w);
}

PyObject *str_format_call(PyObject *self, PyObject *args, PyObject *kwargs)
{
    if (PyUnicode_READY(self) < 0)
        return NULL;
    Arguments a = { args, kwargs, NUMBERING_OPEN, 0 };
    return build(self, 0, STR_LEN(self), &a, 2);
}

PyObject *str_format_map(PyObject *self, PyObject *mapping)
{
    if (PyUnicode_READY(self) < 0)
        return NULL;
    Arguments a = { NULL, mapping, NUMBERING_OPEN, 0 };
    return build(self, 0, STR_LEN(self), &a, 2);
}

/* ---- the format specification of str: [[fill]align][0][width][.precision][s] ---- */

typedef struct StrSpec {
    Py_UCS4 fill, align, sign, type; /* 0: not given */
    int has_fill, alternate, no_negative_zero;
    Py_UCS4 grouping;
    Py_ssize_t width, precision; /* -1: not given */
} StrSpec;

static int is_align(Py_UCS4 c)
{
    return c == '<' || c == '>' || c == '=' || c == '^';
}

/* A number at *at: 1 when there was one, 0, or -1. */
static int spec_number(PyObject *spec, Py_ssize_t *at, Py_ssize_t end, Py_ssize_t *out)
{
    Py_ssize_t start = *at, value = 0;
    for (; *at < end; ++*at) {
        int digit = _PyUnicode_ToDecimalDigit(STR_AT(spec, *at));
        if (digit < 0)
            break;
        if (value > (PY_SSIZE_T_MAX - digit) / 10) {
            PyErr_SetString(PyExc_ValueError, "Too many decimal digits in format string");
            return -1;
        }
        value = value * 10 + digit;
    }
    if (*at > start)
        *out = value;
    return *at > start;
}

static int spec_accept(PyObject *spec, Py_ssize_t *at, Py_ssize_t end, Py_UCS4 c)
{
    if (*at >= end || STR_AT(spec, *at) != c)
        return 0;
    ++*at;
    return 1;
}

static int spec_fail(const char *message)
{
    PyErr_SetString(PyExc_ValueError, message);
    return -1;
}

/* Grouping, precision, type: the part behind the width. */
static int spec_tail(PyObject *o, PyObject *spec, Py_ssize_t start, Py_ssize_t at, Py_ssize_t end, StrSpec *s)
{
    if (spec_accept(spec, &at, end, ','))
        s->grouping = ',';
    if (spec_accept(spec, &at, end, '_')) {
        if (s->grouping)
            return spec_fail("Cannot specify both ',' and '_'.");
        s->grouping = '_';
    }
    if (s->grouping == '_' && spec_accept(spec, &at, end, ','))
        return spec_fail("Cannot specify both ',' and '_'.");
    if (spec_accept(spec, &at, end, '.')) {
        int found = spec_number(spec, &at, end, &s->precision);
        if (found <= 0)
            return found < 0 ? -1 : spec_fail("Format specifier missing precision");
    }
    if (end - at > 1) {
        K_AUTO(PyObject *) text = str_slice(spec, start, end);
        if (text)
            PyErr_Format(PyExc_ValueError, "Invalid format specifier '%U' for object of type '%.200s'", text, Py_TYPE(o)->tp_name);
        return -1;
    }
    if (at < end)
        s->type = STR_AT(spec, at);
    if (s->grouping) {
        if (!s->type || s->type == 's')
            PyErr_Format(PyExc_ValueError, "Cannot specify '%c' with 's'.", (int)s->grouping);
        else if (!strchr("defgEG%FboxX", (int)s->type) || s->type > 127)
            PyErr_Format(PyExc_ValueError,
                         s->type > 32 && s->type < 128 ? "Cannot specify '%c' with '%c'."
                                                       : "Cannot specify '%c' with '\\x%x'.",
                         (int)s->grouping, (int)s->type);
        else
            return 0;
        return -1;
    }
    return 0;
}

static int spec_parse(PyObject *o, PyObject *spec, Py_ssize_t start, Py_ssize_t end, StrSpec *s)
{
    Py_ssize_t at = start;
    *s = (StrSpec){ .width = -1, .precision = -1 };
    if (end - at >= 2 && is_align(STR_AT(spec, at + 1))) {
        s->has_fill = 1;
        s->fill = STR_AT(spec, at);
        s->align = STR_AT(spec, at + 1);
        at += 2;
    } else if (at < end && is_align(STR_AT(spec, at))) {
        s->align = STR_AT(spec, at++);
    }
    if (at < end && (STR_AT(spec, at) == '+' || STR_AT(spec, at) == '-' || STR_AT(spec, at) == ' '))
        s->sign = STR_AT(spec, at++);
    s->no_negative_zero = spec_accept(spec, &at, end, 'z');
    s->alternate = spec_accept(spec, &at, end, '#');
    if (!s->has_fill && spec_accept(spec, &at, end, '0')) {
        s->has_fill = 1;
        s->fill = '0';
    }
    if (spec_number(spec, &at, end, &s->width) < 0)
        return -1;
    return spec_tail(o, spec, start, at, end, s);
}

static int spec_check(PyObject *o, const StrSpec *s)
{
    if (s->type && s->type != 's') {
        if (s->type > 32 && s->type < 128)
            PyErr_Format(PyExc_ValueError, "Unknown format code '%c' for object of type '%.200s'", (int)s->type,
                         Py_TYPE(o)->tp_name);
        else
            PyErr_Format(PyExc_ValueError, "Unknown format code '\\x%x' for object of type '%.200s'", (unsigned)s->type,
                         Py_TYPE(o)->tp_name);
        return -1;
    }
    if (s->sign)
        return spec_fail(s->sign == ' ' ? "Space not allowed in string format specifier"
                                        : "Sign not allowed in string format specifier");
    if (s->no_negative_zero)
        return spec_fail("Negative zero coercion (z) not allowed in string format specifier");
    if (s->alternate)
        return spec_fail("Alternate form (#) not allowed in string format specifier");
    if (s->align == '=')
        return spec_fail("'=' alignment not allowed in string format specifier");
    return 0;
}

int _PyUnicode_FormatAdvancedWriter(_PyUnicodeWriter *w, PyObject *o, PyObject *spec, Py_ssize_t start, Py_ssize_t end)
{
    if (start == end) {
        if (PyUnicode_CheckExact(o))
            return _PyUnicodeWriter_WriteStr(w, o);
        K_AUTO(PyObject *) text = PyObject_Str(o);
        return text ? _PyUnicodeWriter_WriteStr(w, text) : -1;
    }
    StrSpec s;
    if (PyUnicode_READY(o) < 0 || spec_parse(o, spec, start, end, &s) < 0 || spec_check(o, &s) < 0)
        return -1;
    Py_ssize_t n = STR_LEN(o);
    if (s.precision >= 0 && s.precision < n)
        n = s.precision;
    Py_ssize_t gap = Py_MAX(s.width - n, 0), left = s.align == '>' ? gap : s.align == '^' ? gap / 2 : 0;
    Py_UCS4 fill = s.has_fill ? s.fill : ' ';
    if (str_writer_fill(w, left, fill) < 0 || (n && _PyUnicodeWriter_WriteSubstring(w, o, 0, n) < 0))
        return -1;
    return str_writer_fill(w, gap - left, fill);
}
