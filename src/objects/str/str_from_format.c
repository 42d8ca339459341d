/* str_from_format.c - PyUnicode_FromFormat: a str from a C format.
 *
 * In: printf's formats and %S %R %A %U %V for objects.  Out: a new str. The format itself is ASCII.
 * Start at PyUnicode_FromFormatV(). */
#include "objects/str/str_int.h"

#include "objects/protocol.h"
#include "runtime/errors.h"

typedef struct CSpec {
    char size; /* 0, 'l', 'L' (long long), 'z' */
    char conversion;
    int zero_pad;
    Py_ssize_t width, precision; /* -1: not given */
} CSpec;

/* Digits of a width or a precision. NULL with an exception when there are too many. */
static const char *spec_number(const char *p, Py_ssize_t *out, const char *what)
{
    Py_ssize_t n = 0;
    for (; *p >= '0' && *p <= '9'; p++) {
        if (n > (PY_SSIZE_T_MAX - (*p - '0')) / 10) {
            PyErr_Format(PyExc_ValueError, "%s too big", what);
            return NULL;
        }
        n = n * 10 + (*p - '0');
    }
    *out = n;
    return p;
}

/* p stands behind the %. Gives the place behind the conversion, or NULL with an exception. */
static const char *spec_parse(const char *p, CSpec *spec)
{
    *spec = (CSpec){ .width = -1, .precision = -1 };
    if (*p == '0') {
        spec->zero_pad = 1;
        p++;
    }
    if (*p >= '0' && *p <= '9' && !(p = spec_number(p, &spec->width, "width")))
        return NULL;
    if (*p == '.') {
        spec->precision = 0;
        if (p[1] >= '0' && p[1] <= '9')
            p = spec_number(p + 1, &spec->precision, "precision");
        else
            p++;
        if (!p)
            return NULL;
    }
    if (*p == 'l' && p[1] == 'l' && strchr("diux", p[2]) && p[2]) {
        spec->size = 'L';
        p += 2;
    } else if ((*p == 'l' || *p == 'z') && p[1] && strchr(*p == 'l' ? "diux" : "diu", p[1])) {
        spec->size = *p++;
    }
    spec->conversion = *p;
    return *p ? p + 1 : p;
}

/* Text of an integer argument; gives its length. */
static int spec_integer(const CSpec *spec, char *out, size_t room, va_list *args)
{
    int is_signed = spec->conversion == 'd' || spec->conversion == 'i';
    unsigned long long u;
    long long s;
    if (is_signed) {
        s = spec->size == 'l' ? va_arg(*args, long) : spec->size == 'L' ? va_arg(*args, long long)
            : spec->size == 'z' ? va_arg(*args, Py_ssize_t) : va_arg(*args, int);
        return snprintf(out, room, "%lld", s);
    }
    u = spec->size == 'l' ? va_arg(*args, unsigned long) : spec->size == 'L' ? va_arg(*args, unsigned long long)
        : spec->size == 'z' ? va_arg(*args, size_t) : va_arg(*args, unsigned int);
    return snprintf(out, room, spec->conversion == 'x' ? "%llx" : "%llu", u);
}

static int write_integer(_PyUnicodeWriter *w, const CSpec *spec, va_list *args)
{
    char text[32];
    Py_ssize_t n = spec_integer(spec, text, sizeof text, args), digits = Py_MAX(spec->precision, n);
    if (str_writer_fill(w, spec->width - digits, spec->zero_pad ? '0' : ' ') < 0 || str_writer_fill(w, digits - n, '0') < 0)
        return -1;
    return _PyUnicodeWriter_WriteASCIIString(w, text, n);
}

static int write_str(_PyUnicodeWriter *w, const CSpec *spec, PyObject *s)
{
    if (PyUnicode_READY(s) < 0)
        return -1;
    Py_ssize_t n = STR_LEN(s);
    if (spec->precision >= 0 && spec->precision < n)
        n = spec->precision;
    if (str_writer_fill(w, spec->width - n, ' ') < 0)
        return -1;
    return _PyUnicodeWriter_WriteSubstring(w, s, 0, n);
}

/* precision counts bytes here: text needs no closing 0 within them. */
static int write_text(_PyUnicodeWriter *w, const CSpec *spec, const char *text)
{
    size_t n = spec->precision < 0 ? strlen(text) : strnlen(text, (size_t)spec->precision);
    if (spec->width < 0 && str_ascii_prefix(text, (Py_ssize_t)n) == (Py_ssize_t)n)
        return _PyUnicodeWriter_WriteASCIIString(w, text, (Py_ssize_t)n);
    K_AUTO(PyObject *) s = PyUnicode_DecodeUTF8Stateful(text, (Py_ssize_t)n, "replace", NULL);
    return s ? write_str(w, spec, s) : -1;
}

static int write_object(_PyUnicodeWriter *w, const CSpec *spec, PyObject *o)
{
    K_AUTO(PyObject *) s = spec->conversion == 'S' ? PyObject_Str(o) : spec->conversion == 'R' ? PyObject_Repr(o)
                                                                                              : PyObject_ASCII(o);
    return s ? write_str(w, spec, s) : -1;
}

static int write_pointer(_PyUnicodeWriter *w, const void *pointer)
{
    char text[32];
    snprintf(text, sizeof text, "0x%lx", (unsigned long)(uintptr_t)pointer);
    return _PyUnicodeWriter_WriteASCIIString(w, text, -1);
}

/* 1 when the conversion is not known. */
static int write_conversion(_PyUnicodeWriter *w, const CSpec *spec, va_list *args)
{
    PyObject *o;
    switch (spec->conversion) {
    case 'd': case 'i': case 'u': case 'x':
        return write_integer(w, spec, args);
    case 'c': {
        int c = va_arg(*args, int);
        if (c < 0 || c > 0x10ffff) {
            PyErr_SetString(PyExc_OverflowError, "character argument not in range(0x110000)");
            return -1;
        }
        return _PyUnicodeWriter_WriteChar(w, (Py_UCS4)c);
    }
    case 'p':
        return write_pointer(w, va_arg(*args, void *));
    case 's':
        return write_text(w, spec, va_arg(*args, const char *));
    case 'U':
        return write_str(w, spec, va_arg(*args, PyObject *));
    case 'V': {
        o = va_arg(*args, PyObject *);
        const char *text = va_arg(*args, const char *);
        return o ? write_str(w, spec, o) : write_text(w, spec, text);
    }
    case 'S': case 'R': case 'A':
        return write_object(w, spec, va_arg(*args, PyObject *));
    case '%':
        return _PyUnicodeWriter_WriteChar(w, '%');
    default:
        return 1;
    }
}

static int format_into(_PyUnicodeWriter *w, const char *format, va_list *args)
{
    for (const char *p = format; *p;) {
        if (*p != '%') {
            const char *end = strchrnul(p, '%');
            if (str_ascii_prefix(p, end - p) != end - p) {
                PyErr_Format(PyExc_ValueError, "PyUnicode_FromFormatV() expects an ASCII-encoded format string, got "
                             "a non-ASCII byte: 0x%02x", (unsigned char)p[str_ascii_prefix(p, end - p)]);
                return -1;
            }
            if (_PyUnicodeWriter_WriteASCIIString(w, p, end - p) < 0)
                return -1;
            p = end;
            continue;
        }
        CSpec spec;
        const char *next = spec_parse(p + 1, &spec);
        int status = next ? write_conversion(w, &spec, args) : -1;
        if (status > 0) /* an unknown conversion: the rest stands as it is */
            return _PyUnicodeWriter_WriteASCIIString(w, p, -1);
        if (status < 0)
            return -1;
        p = next;
    }
    return 0;
}

PyObject *PyUnicode_FromFormatV(const char *format, va_list args)
{
    _PyUnicodeWriter w;
    _PyUnicodeWriter_Init(&w);
    w.min_length = (Py_ssize_t)strlen(format) + 100;
    w.overallocate = 1;
    va_list copy;
    va_copy(copy, args);
    int status = format_into(&w, format, &copy);
    va_end(copy);
    if (status < 0) {
        _PyUnicodeWriter_Dealloc(&w);
        return NULL;
    }
    return _PyUnicodeWriter_Finish(&w);
}

PyObject *PyUnicode_FromFormat(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    PyObject *s = PyUnicode_FromFormatV(format, args);
    va_end(args);
    return s;
}
