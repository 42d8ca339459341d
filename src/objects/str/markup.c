/* markup.c - the replacement fields of str.format: reading a format string and a field's name.
 *
 * In: a str.  Out: places in it. Start at markup_next(). */
#include "objects/str/markup.h"

#include "objects/str/str_int.h"
#include "runtime/errors.h"

static int fail(const char *message)
{
    PyErr_SetString(PyExc_ValueError, message);
    return -1;
}

static Py_UCS4 char_at(const Markup *m, Py_ssize_t i)
{
    return STR_AT(m->text, i);
}

/* The format specification: up to the brace that closes the field. m->pos stands behind the colon. */
static int read_spec(Markup *m, MarkupItem *item)
{
    int depth = 1;
    item->spec_start = m->pos;
    while (m->pos < m->end) {
        Py_UCS4 c = char_at(m, m->pos++);
        if (c == '{') {
            item->spec_has_fields = 1;
            depth++;
        } else if (c == '}' && --depth == 0) {
            item->spec_end = m->pos - 1;
            return 1;
        }
    }
    return fail("unmatched '{' in format spec");
}

/* m->pos stands behind the opening brace. */
static int read_field(Markup *m, MarkupItem *item)
{
    Py_UCS4 c = 0;
    item->has_field = 1;
    item->name_start = m->pos;
    while (m->pos < m->end) {
        c = char_at(m, m->pos++);
        if (c == '{')
            return fail("unexpected '{' in field name");
        if (c == '[') {
            while (m->pos < m->end && char_at(m, m->pos) != ']')
                m->pos++;
            continue;
        }
        if (c == '}' || c == ':' || c == '!')
            break;
    }
    item->name_end = m->pos - 1;
    if (c != '!' && c != ':') {
        if (c != '}')
            return fail("expected '}' before end of string");
        return 1;
    }
    if (c == '!') {
        if (m->pos >= m->end)
            return fail("end of string while looking for conversion specifier");
        item->conversion = char_at(m, m->pos++);
        if (m->pos < m->end) {
            c = char_at(m, m->pos++);
            if (c == '}')
                return 1;
            if (c != ':')
                return fail("expected ':' after conversion specifier");
        }
    }
    return read_spec(m, item);
}

int markup_next(Markup *m, MarkupItem *item)
{
    *item = (MarkupItem){ .literal_start = m->pos, .literal_end = m->pos };
    if (m->pos >= m->end)
        return 0;
    Py_UCS4 c = 0;
    while (m->pos < m->end) {
        c = char_at(m, m->pos++);
        if (c == '{' || c == '}')
            break;
    }
    int brace = c == '{' || c == '}', at_end = m->pos >= m->end;
    item->literal_end = m->pos - brace;
    if (!brace)
        return 1;
    int doubled = !at_end && char_at(m, m->pos) == c;
    if (c == '}' && !doubled)
        return fail("Single '}' encountered in format string");
    if (at_end)
        return fail("Single '{' encountered in format string");
    if (doubled) { /* one of the two belongs to the literal */
        item->literal_end++;
        m->pos++;
        return 1;
    }
    return read_field(m, item);
}

/* ---- field names ---- */

/* The number that start..end spells: -1 when it is no number, -2 with ValueError. */
static Py_ssize_t spelled_index(PyObject *text, Py_ssize_t start, Py_ssize_t end)
{
    Py_ssize_t value = 0;
    if (start >= end)
        return -1;
    for (Py_ssize_t i = start; i < end; i++) {
        int digit = _PyUnicode_ToDecimalDigit(STR_AT(text, i));
        if (digit < 0)
            return -1;
        if (value > (PY_SSIZE_T_MAX - digit) / 10) {
            PyErr_SetString(PyExc_ValueError, "Too many decimal digits in format string");
            return -2;
        }
        value = value * 10 + digit;
    }
    return value;
}

int field_first(FieldName *name, PyObject *text, Py_ssize_t start, Py_ssize_t end, FieldStep *first)
{
    Py_ssize_t at = start;
    while (at < end && STR_AT(text, at) != '.' && STR_AT(text, at) != '[')
        at++;
    *name = (FieldName){ text, at, end };
    *first = (FieldStep){ 1, start, at, spelled_index(text, start, at) };
    return first->index == -2 ? -1 : 0;
}

int field_next(FieldName *name, FieldStep *step)
{
    if (name->pos >= name->end)
        return 0;
    Py_UCS4 c = STR_AT(name->text, name->pos++);
    *step = (FieldStep){ c == '.', name->pos, name->pos, -1 };
    if (c == '.') {
        while (name->pos < name->end && STR_AT(name->text, name->pos) != '.' && STR_AT(name->text, name->pos) != '[')
            name->pos++;
        step->end = name->pos;
    } else if (c == '[') {
        while (name->pos < name->end && STR_AT(name->text, name->pos) != ']')
            name->pos++;
        if (name->pos >= name->end)
            return fail("Missing ']' in format string");
        step->end = name->pos++;
        step->index = spelled_index(name->text, step->start, step->end);
        if (step->index == -2)
            return -1;
    } else {
        return fail("Only '.' or '[' may follow ']' in format field specifier");
    }
    return step->start == step->end ? fail("Empty attribute in format string") : 1;
}
