/* float_str.c - text of doubles for the rest of the program: PyOS_double_to_string, PyOS_string_to_double, underscores.
 *
 * In: a double with a format code, or text.  Out: text in a PyMem block, or a double. The digits come from
 * base/float_text; here they get sign, point, zeros and exponent. Start at PyOS_double_to_string(). */
#include "objects/float/float.h"

#include <errno.h>
#include <math.h>

#include "base/float_text.h"
#include "memory/mem.h"
#include "objects/buffer.h"
#include "objects/bytes/bytes.h"
#include "objects/str/str.h"
#include "runtime/errors.h"

/* How a decimal is laid out: digit positions count from the first digit of the decimal (0), the point stands before
 * position point; digits outside the decimal are zeros. */
typedef struct Layout {
    int from, to;     /* positions printed */
    int point;        /* after the exponent was split off */
    int exponent, with_exponent;
    int keep_point;   /* even with nothing behind it */
} Layout;

static int wants_exponent(char code, int point, int precision, int flags)
{
    if (code == 'e')
        return 1;
    if (code == 'f')
        return 0;
    if (code == 'r')
        return point <= -4 || point > 16;
    return point <= -4 || point > precision - (flags & Py_DTSF_ADD_DOT_0 ? 1 : 0);
}

static Layout lay_out(const Decimal *d, char code, int precision, int flags)
{
    Layout l = { 0 };
    l.point = d->point;
    l.keep_point = (flags & Py_DTSF_ALT) != 0;
    l.to = d->n;
    l.with_exponent = wants_exponent(code, d->point, precision, flags);
    if (l.with_exponent) {
        l.exponent = d->point - 1;
        l.point = 1;
    }
    if (code == 'e')
        l.to = precision + 1;
    else if (code == 'f')
        l.to = l.point + precision;
    else if (code == 'g' && (flags & Py_DTSF_ALT))
        l.to = precision;
    l.from = l.point <= 0 ? l.point - 1 : 0;
    int least = l.point + (!l.with_exponent && (flags & Py_DTSF_ADD_DOT_0) ? 1 : 0);
    if (l.to < least)
        l.to = least;
    return l;
}

static char *write_number(const Decimal *d, const Layout *l, char *p, int upper)
{
    for (int i = l->from; i < l->to; i++) {
        if (i == l->point)
            *p++ = '.';
        *p++ = i < 0 || i >= d->n ? '0' : d->digits[i];
    }
    if (l->point >= l->to && l->keep_point)
        *p++ = '.';
    if (l->with_exponent)
        p += sprintf(p, "%c%+.02d", upper ? 'E' : 'e', l->exponent);
    *p = 0;
    return p;
}

static char *special_text(double x, int upper, int flags, int *type)
{
    char *text = PyMem_Malloc(5), *p = text;
    if (!text) {
        PyErr_NoMemory();
        return NULL;
    }
    if (isinf(x) && x < 0)
        *p++ = '-';
    else if (flags & Py_DTSF_SIGN)
        *p++ = '+';
    strcpy(p, isinf(x) ? (upper ? "INF" : "inf") : upper ? "NAN" : "nan");
    if (type)
        *type = isinf(x) ? Py_DTST_INFINITE : Py_DTST_NAN;
    return text;
}

static int get_digits(double x, char code, int *precision, Decimal *d)
{
    if (code == 'r') {
        float_text_shortest(x, d);
        return 0;
    }
    if (code == 'g' && *precision == 0)
        *precision = 1;
    int status = code == 'f' ? float_text_places(x, *precision, d)
                             : float_text_significant(x, *precision + (code == 'e'), d);
    if (status < 0)
        PyErr_NoMemory();
    return status;
}

char *PyOS_double_to_string(double val, char format_code, int precision, int flags, int *type)
{
    int upper = format_code == 'E' || format_code == 'F' || format_code == 'G';
    char code = upper ? (char)(format_code | 0x20) : format_code;
    if ((code != 'e' && code != 'f' && code != 'g' && code != 'r') || (code == 'r' && precision != 0)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    if (!isfinite(val))
        return special_text(val, upper, flags, type);
    Decimal d;
    if (get_digits(val, code, &precision, &d) < 0)
        return NULL;
    Layout l = lay_out(&d, code, precision, flags);
    char *text = PyMem_Malloc((size_t)(l.to - l.from) + 16), *p = text;
    if (text) {
        int nought = d.n == 0 || (d.n == 1 && d.digits[0] == '0');
        if (signbit(val) && !(nought && (flags & Py_DTSF_NO_NEG_0)))
            *p++ = '-';
        else if (flags & Py_DTSF_SIGN)
            *p++ = '+';
        write_number(&d, &l, p, upper);
        if (type)
            *type = Py_DTST_FINITE;
    } else
        PyErr_NoMemory();
    float_text_clear(&d);
    return text;
}

double _Py_parse_inf_or_nan(const char *p, char **endptr)
{
    const char *digits = *p == '-' || *p == '+' ? p + 1 : p, *end = p;
    double x = (*digits >= '0' && *digits <= '9') || *digits == '.' ? 0.0 : float_text_parse(p, 1, &end);
    *endptr = (char *)end;
    return end == p ? -1.0 : x;
}

double PyOS_string_to_double(const char *s, char **endptr, PyObject *overflow_exception)
{
    const char *end;
    errno = 0;
    double x = float_text_parse(s, 1, &end);
    if (end == s || (!endptr && *end)) {
        PyErr_Format(PyExc_ValueError, "could not convert string to float: '%.200s'", s);
        x = -1.0;
        end = s;
    } else if (errno == ERANGE && isinf(x) && overflow_exception) {
        PyErr_Format(overflow_exception, "value too large to convert to float: '%.200s'", s);
        x = -1.0;
    }
    if (endptr)
        *endptr = (char *)end;
    return x;
}

/* ---- underscores and text objects ---- */

PyObject *_Py_string_to_number_with_underscores(const char *s, Py_ssize_t len, const char *what, PyObject *obj, void *arg,
                                                PyObject *(*innerfunc)(const char *, Py_ssize_t, void *))
{
    if (!memchr(s, '_', (size_t)len))
        return innerfunc(s, len, arg);
    char *copy = PyMem_Malloc((size_t)len + 1), *out = copy;
    if (!copy)
        return PyErr_NoMemory();
    int valid = 1;
    for (Py_ssize_t i = 0; i < len && valid; i++) { /* an underscore stands between two digits */
        if (s[i] != '_')
            *out++ = s[i];
        else
            valid = i > 0 && s[i - 1] >= '0' && s[i - 1] <= '9' && s[i + 1] >= '0' && s[i + 1] <= '9';
        if (s[i] == 0)
            valid = 0;
    }
    *out = 0;
    PyObject *number = valid ? innerfunc(copy, out - copy, arg)
                             : k_raise(PyExc_ValueError, "could not convert string to %s: %R", what, obj);
    PyMem_Free(copy);
    return number;
}

static int is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static PyObject *read_stripped(const char *s, Py_ssize_t len, const char *what, PyObject *object,
                               PyObject *(*read)(const char *, Py_ssize_t, void *))
{
    while (len > 0 && is_blank(s[len - 1]))
        len--;
    while (len > 0 && is_blank(*s))
        s++, len--;
    return _Py_string_to_number_with_underscores(s, len, what, object, object, read);
}

static PyObject *read_buffer(PyObject *v, const char *what, PyObject *(*read)(const char *, Py_ssize_t, void *))
{
    Py_buffer view;
    if (PyObject_GetBuffer(v, &view, PyBUF_SIMPLE) < 0)
        return NULL;
    K_AUTO(PyObject *) copy = PyBytes_FromStringAndSize(view.buf, view.len); /* closed by a NUL */
    PyBuffer_Release(&view);
    return copy ? read_stripped(PyBytes_AS_STRING(copy), PyBytes_GET_SIZE(copy), what, v, read) : NULL;
}

PyObject *k_number_from_text(PyObject *v, const char *what, PyObject *(*read)(const char *, Py_ssize_t, void *), int *none)
{
    *none = 0;
    if (PyUnicode_Check(v)) {
        Py_ssize_t len;
        K_AUTO(PyObject *) ascii = _PyUnicode_TransformDecimalAndSpaceToASCII(v);
        const char *text = ascii ? PyUnicode_AsUTF8AndSize(ascii, &len) : NULL;
        return text ? read_stripped(text, len, what, v, read) : NULL;
    }
    if (PyBytes_Check(v))
        return read_stripped(PyBytes_AS_STRING(v), PyBytes_GET_SIZE(v), what, v, read);
    if (PyByteArray_Check(v))
        return read_stripped(PyByteArray_AS_STRING(v), PyByteArray_GET_SIZE(v), what, v, read);
    if (PyObject_CheckBuffer(v))
        return read_buffer(v, what, read);
    *none = 1;
    return NULL;
}
