/* percent.c - the % operator of str and of bytes: one engine for both.
 *
 * In: a format as a run of characters, the arguments.  Out: a str; in bytes mode its characters stand for bytes.
 * Start at percent_format(). */
#include "objects/str/percent.h"

#include "base/search.h"
#include "objects/buffer.h"
#include "objects/bytes/bytes.h"
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/float/float.h"
#include "objects/int/int.h"
#include "objects/protocol.h"
#include "objects/str/str_int.h"
#include "objects/tuple.h"
#include "objects/type/type.h"
#include "runtime/errors.h"
#include "vm/eval.h"

typedef struct Percent {
    int kind, bytes_mode;
    const void *format;
    Py_ssize_t n, pos;
    PyObject *source; /* the format itself when it is a str, or NULL */
    PyObject *args;   /* a tuple, or the only argument */
    PyObject *mapping;
    PyObject *keyed;           /* owned: the value of the last %(key) */
    Py_ssize_t used, count;    /* of the tuple; count is -1 for an only argument */
    _PyUnicodeWriter w;
} Percent;

typedef struct Conversion {
    int left, plus, blank, alternate, zero, no_negative_zero;
    Py_ssize_t width, precision; /* -1: not given */
    Py_UCS4 c;
    Py_ssize_t at; /* of c */
} Conversion;

static Py_UCS4 peek(const Percent *p)
{
    return k_str_read(p->kind, p->format, p->pos);
}

static int incomplete(void)
{
    PyErr_SetString(PyExc_ValueError, "incomplete format");
    return -1;
}

/* The next argument, borrowed. */
static PyObject *next_argument(Percent *p)
{
    if (p->keyed && p->used == 0) {
        p->used = 1;
        return p->keyed;
    }
    if (!p->keyed && p->count < 0 && p->used == 0) {
        p->used = 1;
        return p->args;
    }
    if (!p->keyed && p->count >= 0 && p->used < p->count)
        return PyTuple_GET_ITEM(p->args, p->used++);
    return k_raise(PyExc_TypeError, "not enough arguments for format string");
}

/* ---- reading a conversion ---- */

/* (key): p->pos stands behind the opening parenthesis. */
static int read_key(Percent *p)
{
    if (!p->mapping) {
        PyErr_SetString(PyExc_TypeError, "format requires a mapping");
        return -1;
    }
    Py_ssize_t start = p->pos;
    int depth = 1;
    for (; p->pos < p->n; p->pos++) {
        Py_UCS4 c = peek(p);
        depth += (c == '(') - (c == ')');
        if (depth == 0)
            break;
    }
    if (p->pos >= p->n) {
        PyErr_SetString(PyExc_ValueError, "incomplete format key");
        return -1;
    }
    const char *text = (const char *)p->format + start * p->kind;
    K_AUTO(PyObject *) key = p->bytes_mode ? PyBytes_FromStringAndSize(text, p->pos - start)
                                           : PyUnicode_FromKindAndData(p->kind, text, p->pos - start);
    p->pos++;
    if (!key)
        return -1;
    PyObject *value = PyObject_GetItem(p->mapping, key); /* runs code */
    if (!value)
        return -1;
    Py_XSETREF(p->keyed, value);
    p->used = 0;
    p->count = -1;
    return 0;
}

/* Digits or "*": 0, or -1 with an exception. */
static int read_size(Percent *p, const char *what, int is_width, Conversion *conv, Py_ssize_t *out)
{
    if (p->pos < p->n && peek(p) == '*') {
        p->pos++;
        PyObject *arg = next_argument(p);
        if (!arg)
            return -1;
        if (!PyLong_Check(arg)) {
            PyErr_SetString(PyExc_TypeError, "* wants int");
            return -1;
        }
        Py_ssize_t value = is_width ? PyLong_AsSsize_t(arg) : _PyLong_AsInt(arg);
        if (value == -1 && PyErr_Occurred())
            return -1;
        if (value < 0 && is_width) {
            conv->left = 1;
            value = -value;
        }
        *out = Py_MAX(value, 0);
        return 0;
    }
    Py_ssize_t value = 0, limit = is_width ? PY_SSIZE_T_MAX : INT_MAX;
    int any = 0;
    for (; p->pos < p->n && peek(p) >= '0' && peek(p) <= '9'; p->pos++, any = 1) {
        int digit = (int)peek(p) - '0';
        if (value > (limit - digit) / 10) {
            PyErr_Format(PyExc_ValueError, "%s too big", what);
            return -1;
        }
        value = value * 10 + digit;
    }
    if (any || !is_width)
        *out = value;
    return 0;
}

static int read_conversion(Percent *p, Conversion *conv)
{
    *conv = (Conversion){ .width = -1, .precision = -1 };
    if (p->pos < p->n && peek(p) == '(') {
        p->pos++;
        if (read_key(p) < 0)
            return -1;
    }
    for (; p->pos < p->n; p->pos++) {
        Py_UCS4 c = peek(p);
        int *flag = c == '-' ? &conv->left : c == '+' ? &conv->plus : c == ' ' ? &conv->blank
                    : c == '#' ? &conv->alternate : c == '0' ? &conv->zero
                    : c == 'z' && p->bytes_mode ? &conv->no_negative_zero : NULL;
        if (!flag)
            break;
        *flag = 1;
    }
    if (read_size(p, "width", 1, conv, &conv->width) < 0)
        return -1;
    if (p->pos < p->n && peek(p) == '.') {
        p->pos++;
        conv->precision = 0;
        if (read_size(p, "precision", 0, conv, &conv->precision) < 0)
            return -1;
    }
    if (p->pos < p->n && (peek(p) == 'h' || peek(p) == 'l' || peek(p) == 'L'))
        p->pos++;
    if (p->pos >= p->n)
        return incomplete();
    conv->at = p->pos;
    conv->c = peek(p);
    p->pos++;
    return 0;
}

/* ---- numbers ---- */

static PyObject *wrong_number(PyObject *value, int type)
{
    int whole = type == 'o' || type == 'x' || type == 'X';
    return k_raise(PyExc_TypeError, "%%%c format: %s is required, not %.200s", type, whole ? "an integer" : "a real number",
                   Py_TYPE(value)->tp_name);
}

/* Text of an int: precision is the least number of digits; alternate keeps the prefix. */
PyObject *_PyUnicode_FormatLong(PyObject *value, int alternate, int precision, int type)
{
    int base = type == 'o' ? 8 : type == 'x' || type == 'X' ? 16 : 10;
    K_AUTO(PyObject *) plain = base == 10 ? PyLong_Type.tp_repr(value) : _PyLong_Format(value, base);
    if (!plain)
        return NULL;
    const char *text = STR_DATA(plain);
    Py_ssize_t n = STR_LEN(plain), sign = text[0] == '-', prefix = base == 10 ? 0 : 2;
    const char *digits = text + sign + prefix;
    Py_ssize_t count = n - sign - prefix, zeros = Py_MAX(precision - count, 0);
    prefix = alternate ? prefix : 0;
    PyObject *result = PyUnicode_New(sign + prefix + zeros + count, 0x7f);
    if (!result)
        return NULL;
    char *out = STR_DATA(result);
    out = mempcpy(out, text, (size_t)(sign + prefix));
    memset(out, '0', (size_t)zeros);
    memcpy(out + zeros, digits, (size_t)count);
    if (type == 'X') {
        for (char *c = STR_DATA(result); *c; c++)
            *c = *c >= 'a' && *c <= 'z' ? (char)(*c - 32) : *c;
    }
    if (STR_LEN(result) == 1) { /* no second "7" */
        char only = *(char *)STR_DATA(result);
        K_SET(result, str_latin1_char((unsigned char)only));
    }
    return result;
}

static PyObject *int_text(const Percent *p, const Conversion *conv, PyObject *value)
{
    int type = conv->c == 'i' && p->bytes_mode ? 'd' : (int)conv->c;
    int whole = type == 'o' || type == 'x' || type == 'X';
    if (!PyNumber_Check(value))
        return wrong_number(value, type);
    K_AUTO(PyObject *) number = PyLong_Check(value) ? Py_NewRef(value) : whole ? PyNumber_Index(value) : PyNumber_Long(value);
    if (!number)
        return PyErr_ExceptionMatches(PyExc_TypeError) ? wrong_number(value, type) : NULL;
    if (conv->precision > INT_MAX - 3)
        return k_raise(PyExc_OverflowError, "precision too large");
    return _PyUnicode_FormatLong(number, conv->alternate, (int)conv->precision, type);
}

static PyObject *float_text(const Percent *p, const Conversion *conv, PyObject *value)
{
    double x = PyFloat_AsDouble(value); /* runs code */
    if (x == -1.0 && PyErr_Occurred()) {
        if (p->bytes_mode && PyErr_ExceptionMatches(PyExc_TypeError))
            PyErr_Format(PyExc_TypeError, "float argument required, not %.200s", Py_TYPE(value)->tp_name);
        return NULL;
    }
    int precision = conv->precision < 0 ? 6 : (int)conv->precision;
    int flags = (conv->alternate ? Py_DTSF_ALT : 0) | (conv->no_negative_zero ? Py_DTSF_NO_NEG_0 : 0);
    char *text = PyOS_double_to_string(x, (char)conv->c, precision, flags, NULL);
    if (!text)
        return NULL;
    PyObject *s = _PyUnicode_FromASCII(text, (Py_ssize_t)strlen(text));
    PyMem_Free(text);
    return s;
}

/* ---- characters and objects ---- */

static PyObject *char_text(const Percent *p, PyObject *value)
{
    if (!p->bytes_mode && PyUnicode_Check(value)) {
        if (PyUnicode_READY(value) == 0 && STR_LEN(value) == 1)
            return Py_NewRef(value);
        return k_raise(PyExc_TypeError, "%%c requires int or char");
    }
    if (p->bytes_mode && PyBytes_Check(value) && PyBytes_GET_SIZE(value) == 1)
        return str_latin1_char((unsigned char)PyBytes_AS_STRING(value)[0]);
    if (p->bytes_mode && PyByteArray_Check(value) && Py_SIZE(value) == 1)
        return str_latin1_char((unsigned char)PyByteArray_AS_STRING(value)[0]);
    int overflow;
    K_AUTO(PyObject *) number = PyIndex_Check(value) ? PyNumber_Index(value) : NULL;
    if (!number) {
        if (PyErr_Occurred() && !k_catch(PyExc_TypeError))
            return NULL;
        return k_raise(PyExc_TypeError, p->bytes_mode ? "%%c requires an integer in range(256) or a single byte"
                                                      : "%%c requires int or char");
    }
    long c = PyLong_AsLongAndOverflow(number, &overflow);
    if (overflow || c < 0 || c > (p->bytes_mode ? 255 : 0x10ffff))
        return k_raise(PyExc_OverflowError, p->bytes_mode ? "%%c arg not in range(256)" : "%%c arg not in range(0x110000)");
    return str_from_char((Py_UCS4)c);
}

/* Bytes of a bytes-like object, or of what __bytes__ gives, as characters below 256. */
static PyObject *bytes_text(PyObject *value)
{
    K_AUTO(PyObject *) converted = NULL;
    if (!PyBytes_Check(value) && !PyByteArray_Check(value)) {
        K_AUTO(PyObject *) method = k_lookup_special(value, K_STR("__bytes__"));
        if (!method && PyErr_Occurred())
            return NULL;
        if (method) {
            K_SET(converted, PyObject_CallNoArgs(method));
            if (!converted)
                return NULL;
            if (!PyBytes_Check(converted))
                return k_raise(PyExc_TypeError, "__bytes__ returned non-bytes (type %.200s)", Py_TYPE(converted)->tp_name);
            value = converted;
        } else if (!PyObject_CheckBuffer(value)) {
            return k_raise(PyExc_TypeError,
                           "%%b requires a bytes-like object, or an object that implements __bytes__, not '%.100s'",
                           Py_TYPE(value)->tp_name);
        }
    }
    K_AUTO(PyObject *) bytes = PyBytes_Check(value) ? Py_NewRef(value) : PyBytes_FromObject(value);
    return bytes ? PyUnicode_DecodeLatin1(PyBytes_AS_STRING(bytes), PyBytes_GET_SIZE(bytes), NULL) : NULL;
}

/* The text of one conversion; *numeric says whether sign and zero padding apply. NULL without an exception: unknown. */
static PyObject *conversion_text(const Percent *p, const Conversion *conv, PyObject *value, int *numeric)
{
    *numeric = 0;
    switch (conv->c) {
    case 's':
        return p->bytes_mode ? bytes_text(value) : PyObject_Str(value);
    case 'b':
        return p->bytes_mode ? bytes_text(value) : NULL;
    case 'r':
        return p->bytes_mode ? PyObject_ASCII(value) : PyObject_Repr(value);
    case 'a':
        return PyObject_ASCII(value);
    case 'c':
        return char_text(p, value);
    case 'd': case 'i': case 'o': case 'u': case 'x': case 'X':
        *numeric = 1;
        return int_text(p, conv, value);
    case 'e': case 'E': case 'f': case 'F': case 'g': case 'G':
        *numeric = 1;
        return float_text(p, conv, value);
    default:
        return NULL;
    }
}

static int unsupported(const Percent *p, const Conversion *conv)
{
    int printable = conv->c > 31 && conv->c < 128;
    if (p->bytes_mode)
        PyErr_Format(PyExc_ValueError, "unsupported format character '%c' (0x%x) at index %zd", (int)conv->c,
                     (unsigned)conv->c, conv->at);
    else
        PyErr_Format(PyExc_ValueError, "unsupported format character '%c' (0x%x) at index %zd", printable ? (int)conv->c : '?',
                     (unsigned)conv->c, conv->at);
    return -1;
}

/* ---- layout ---- */

static int write_laid_out(_PyUnicodeWriter *w, const Conversion *conv, PyObject *text, int numeric)
{
    Py_ssize_t start = 0, end = STR_LEN(text);
    Py_UCS4 sign = 0;
    if (!numeric) {
        if (conv->precision >= 0 && conv->precision < end && conv->c != 'c')
            end = conv->precision;
    } else {
        Py_UCS4 first = end ? STR_AT(text, 0) : 0;
        if (first == '-' || first == '+') {
            sign = first;
            start = 1;
        } else {
            sign = conv->plus ? '+' : conv->blank ? ' ' : 0;
        }
    }
    Py_ssize_t gap = conv->width - (end - start) - (sign != 0);
    int zero = numeric && conv->zero && !conv->left;
    if (!zero && !conv->left && str_writer_fill(w, gap, ' ') < 0)
        return -1;
    if (sign && _PyUnicodeWriter_WriteChar(w, sign) < 0)
        return -1;
    if (zero && gap > 0) {
        if (conv->alternate && (conv->c == 'x' || conv->c == 'X' || conv->c == 'o')) {
            if (_PyUnicodeWriter_WriteSubstring(w, text, start, start + 2) < 0)
                return -1;
            start += 2;
        }
        if (str_writer_fill(w, gap, '0') < 0)
            return -1;
    }
    if (end > start && _PyUnicodeWriter_WriteSubstring(w, text, start, end) < 0)
        return -1;
    return conv->left ? str_writer_fill(w, gap, ' ') : 0;
}

/* p->pos stands behind the "%". */
static int write_conversion(Percent *p)
{
    Conversion conv;
    int numeric;
    if (read_conversion(p, &conv) < 0)
        return -1;
    if (conv.c == '%' && k_str_read(p->kind, p->format, conv.at - 1) == '%')
        return _PyUnicodeWriter_WriteChar(&p->w, '%');
    PyObject *value = next_argument(p);
    if (!value)
        return -1;
    if (p->pos >= p->n)
        p->w.overallocate = 0; /* the last piece */
    if (conv.width < 0 && conv.precision < 0 && conv.c == 's' && PyUnicode_CheckExact(value) && !p->bytes_mode)
        return _PyUnicodeWriter_WriteStr(&p->w, value);
    K_AUTO(PyObject *) keep = Py_NewRef(value); /* its conversion may drop the mapping's value */
    K_AUTO(PyObject *) text = conversion_text(p, &conv, keep, &numeric); /* runs code */
    if (!text)
        return PyErr_Occurred() ? -1 : unsupported(p, &conv);
    return write_laid_out(&p->w, &conv, text, numeric);
}

static int write_literal(Percent *p)
{
    Py_ssize_t step = search_find_unit(p->kind, (const char *)p->format + p->pos * p->kind, p->n - p->pos, '%');
    Py_ssize_t n = step < 0 ? p->n - p->pos : step;
    if (n == 0)
        return 0;
    if (n == p->n && p->source) {
        p->pos = n;
        p->w.overallocate = 0;
        return _PyUnicodeWriter_WriteStr(&p->w, p->source);
    }
    const char *text = (const char *)p->format + p->pos * p->kind;
    if (_PyUnicodeWriter_Prepare(&p->w, n, str_run_max_char(p->kind, text, n)) < 0)
        return -1;
    str_copy_run((int)p->w.kind, (char *)p->w.data + p->w.pos * (Py_ssize_t)p->w.kind, p->kind, text, n);
    p->w.pos += n;
    p->pos += n;
    return 0;
}

PyObject *percent_format(int kind, const void *format, Py_ssize_t n, PyObject *source, PyObject *args, int bytes_mode)
{
    Percent p = { .kind = kind, .bytes_mode = bytes_mode, .format = format, .n = n, .source = source, .args = args };
    p.count = PyTuple_Check(args) ? PyTuple_GET_SIZE(args) : -1;
    if (PyMapping_Check(args) && !PyTuple_Check(args) && !PyUnicode_Check(args) &&
        !(bytes_mode && (PyBytes_Check(args) || PyByteArray_Check(args))))
        p.mapping = args;
    _PyUnicodeWriter_Init(&p.w);
    p.w.min_length = n + 100;
    p.w.overallocate = 1;
    int status = 0;
    while (status == 0 && p.pos < n) {
        if (peek(&p) == '%') {
            p.pos++;
            status = p.pos < n ? write_conversion(&p) : incomplete();
        } else {
            status = write_literal(&p);
        }
    }
    if (status == 0 && !p.mapping && p.used < (p.count < 0 ? 1 : p.count)) {
        PyErr_Format(PyExc_TypeError, "not all arguments converted during %s formatting", bytes_mode ? "bytes" : "string");
        status = -1;
    }
    Py_XDECREF(p.keyed);
    if (status < 0) {
        _PyUnicodeWriter_Dealloc(&p.w);
        return NULL;
    }
    return _PyUnicodeWriter_Finish(&p.w);
}

PyObject *PyUnicode_Format(PyObject *format, PyObject *args)
{
    if (!format || !args) {
        PyErr_BadInternalCall();
        return NULL;
    }
    if (str_need(format) < 0)
        return NULL;
    return percent_format(STR_KIND(format), STR_DATA(format), STR_LEN(format), format, args, 0);
}

PyObject *str_remainder(PyObject *format, PyObject *args)
{
    if (!PyUnicode_Check(format))
        Py_RETURN_NOTIMPLEMENTED;
    return PyUnicode_Format(format, args);
}
