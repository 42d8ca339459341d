/* str_repr.c - repr of a str: quoted, with escapes for what cannot be printed. */
#include "objects/str/str_int.h"

#include "runtime/codecs.h"
#include "runtime/errors.h"

static Py_ssize_t repr_size(Py_UCS4 c, Py_UCS4 quote, Py_UCS4 *max_char)
{
    if (c == quote || c == '\\' || c == '\t' || c == '\r' || c == '\n')
        return 2;
    if (c < ' ' || c == 0x7f)
        return 4;
    if (c < 0x7f)
        return 1;
    if (_PyUnicode_IsPrintable(c)) {
        *max_char = Py_MAX(*max_char, c);
        return 1;
    }
    return c < 0x100 ? 4 : c < 0x10000 ? 6 : 10;
}

/* Writes c; gives the next index. */
static Py_ssize_t repr_char(int kind, void *out, Py_ssize_t at, Py_UCS4 c, Py_ssize_t size)
{
    if (size == 1) {
        k_str_write(kind, out, at++, c);
        return at;
    }
    k_str_write(kind, out, at++, '\\');
    if (size == 2) {
        k_str_write(kind, out, at++, c == '\t' ? 't' : c == '\r' ? 'r' : c == '\n' ? 'n' : c);
        return at;
    }
    k_str_write(kind, out, at++, size == 4 ? 'x' : size == 6 ? 'u' : 'U');
    for (Py_ssize_t shift = (size - 3) * 4; shift >= 0; shift -= 4)
        k_str_write(kind, out, at++, (unsigned char)Py_hexdigits[c >> shift & 15]);
    return at;
}

/* ASCII text that needs no escape, in single quotes; NULL without an exception when it is not that simple. */
static PyObject *plain_repr(PyObject *s)
{
    Py_ssize_t n = STR_LEN(s);
    const unsigned char *p = STR_DATA(s);
    unsigned odd = 0;
    for (Py_ssize_t i = 0; i < n; i++)
        odd |= (p[i] < ' ') | (p[i] == '\'') | (p[i] == '\\') | (p[i] == 0x7f);
    if (odd || n > PY_SSIZE_T_MAX - 2)
        return NULL;
    PyObject *result = PyUnicode_New(n + 2, 0x7f);
    if (result) {
        char *out = STR_DATA(result);
        out[0] = out[n + 1] = '\'';
        memcpy(out + 1, p, (size_t)n);
    }
    return result;
}

PyObject *str_repr(PyObject *s)
{
    if (PyUnicode_READY(s) < 0)
        return NULL;
    if (PyUnicode_IS_ASCII(s)) {
        PyObject *plain = plain_repr(s);
        if (plain || PyErr_Occurred())
            return plain;
    }
    Py_ssize_t n = STR_LEN(s), size = 2;
    int kind = STR_KIND(s), single = 0, twice = 0;
    const void *data = STR_DATA(s);
    Py_UCS4 max_char = 0x7f;
    for (Py_ssize_t i = 0; i < n; i++) {
        Py_UCS4 c = k_str_read(kind, data, i);
        single += c == '\'';
        twice += c == '"';
        Py_ssize_t add = repr_size(c, 0x110000, &max_char);
        if (size > PY_SSIZE_T_MAX - add)
            return k_raise(PyExc_OverflowError, "string is too long to generate repr");
        size += add;
        single = Py_MIN(single, 1);
        twice = Py_MIN(twice, 1);
    }
    Py_UCS4 quote = single && !twice ? '"' : '\'';
    if (single && twice) {
        for (Py_ssize_t i = 0; i < n; i++)
            size += k_str_read(kind, data, i) == '\'';
    }
    PyObject *result = PyUnicode_New(size, max_char);
    if (!result)
        return NULL;
    int out_kind = STR_KIND(result);
    void *out = STR_DATA(result);
    k_str_write(out_kind, out, 0, quote);
    Py_ssize_t at = 1;
    for (Py_ssize_t i = 0; i < n; i++) {
        Py_UCS4 c = k_str_read(kind, data, i);
        at = repr_char(out_kind, out, at, c, repr_size(c, quote, &max_char));
    }
    k_str_write(out_kind, out, at, quote);
    return result;
}
