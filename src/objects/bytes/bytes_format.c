/* bytes_format.c - text to bytes: the % operator, PyBytes_FromFormat, escapes in literals. */
#include "objects/bytes/bytes_int.h"

#include "objects/str/percent.h"
#include "objects/str/str_int.h"
#include "runtime/errors.h"
#include "runtime/warnings.h"

PyObject *_PyBytes_FormatEx(const char *format, Py_ssize_t n, PyObject *args, int use_bytearray)
{
    K_AUTO(PyObject *) text = percent_format(1, format, n, NULL, args, 1);
    if (!text)
        return NULL;
    return use_bytearray ? PyByteArray_FromStringAndSize(STR_DATA(text), STR_LEN(text))
                         : PyBytes_FromStringAndSize(STR_DATA(text), STR_LEN(text));
}

PyObject *byte_remainder(PyObject *format, PyObject *args)
{
    if (!PyBytes_Check(format) && !PyByteArray_Check(format))
        Py_RETURN_NOTIMPLEMENTED;
    ByteRun run = byte_run(format);
    return _PyBytes_FormatEx(run.p, run.n, args, !PyBytes_Check(format));
}

/* ---- PyBytes_FromFormat ---- */

typedef struct ByteSink {
    _PyBytesWriter w;
    char *out; /* NULL after a failure */
} ByteSink;

static void sink_write(ByteSink *sink, const char *p, Py_ssize_t n)
{
    if (sink->out)
        sink->out = _PyBytesWriter_WriteBytes(&sink->w, sink->out, p, n);
}

/* A conversion behind its %; gives the place behind it, or NULL when it is not known. */
static const char *format_one(ByteSink *sink, const char *p, va_list *args)
{
    char text[40], size = 0;
    Py_ssize_t precision = -1;
    while (*p >= '0' && *p <= '9')
        p++; /* a width has no meaning here */
    if (*p == '.') {
        for (precision = 0, p++; *p >= '0' && *p <= '9'; p++)
            precision = precision * 10 + (*p - '0');
    }
    while (*p && *p != '%' && !((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z')))
        p++;
    if ((*p == 'l' || *p == 'z') && (p[1] == 'd' || p[1] == 'u'))
        size = *p++;
    switch (*p) {
    case 'c': {
        int c = va_arg(*args, int);
        if (c < 0 || c > 255) {
            PyErr_SetString(PyExc_OverflowError, "PyBytes_FromFormatV(): %c format expects an integer in range [0; 255]");
            _PyBytesWriter_Dealloc(&sink->w);
            sink->out = NULL;
            return p + 1;
        }
        text[0] = (char)c;
        sink_write(sink, text, 1);
        return p + 1;
    }
    case 'd':
        snprintf(text, sizeof text, "%ld",
                 size == 'l'   ? va_arg(*args, long)
                 : size == 'z' ? va_arg(*args, Py_ssize_t)
                               : va_arg(*args, int));
        break;
    case 'u':
        snprintf(text, sizeof text, "%lu", size == 'l' ? va_arg(*args, unsigned long) : size == 'z' ? va_arg(*args, size_t)
                                                                                                  : va_arg(*args, unsigned));
        break;
    case 'i':
        snprintf(text, sizeof text, "%i", va_arg(*args, int));
        break;
    case 'x':
        snprintf(text, sizeof text, "%x", va_arg(*args, unsigned));
        break;
    case 'p':
        snprintf(text, sizeof text, "0x%lx", (unsigned long)(uintptr_t)va_arg(*args, void *));
        break;
    case 's': {
        const char *s = va_arg(*args, const char *);
        sink_write(sink, s, (Py_ssize_t)(precision < 0 ? strlen(s) : strnlen(s, (size_t)precision)));
        return p + 1;
    }
    case '%':
        strcpy(text, "%");
        break;
    default:
        return NULL;
    }
    sink_write(sink, text, (Py_ssize_t)strlen(text));
    return p + 1;
}

PyObject *PyBytes_FromFormatV(const char *format, va_list args)
{
    ByteSink sink;
    va_list copy;
    _PyBytesWriter_Init(&sink.w);
    sink.w.overallocate = 1;
    sink.out = _PyBytesWriter_Alloc(&sink.w, (Py_ssize_t)strlen(format) + 1);
    if (!sink.out)
        return NULL;
    sink.w.min_size = 0;
    va_copy(copy, args);
    for (const char *p = format; *p && sink.out;) {
        const char *end = strchrnul(p, '%');
        sink_write(&sink, p, end - p);
        p = end;
        if (!*p)
            break;
        const char *next = format_one(&sink, p + 1, &copy);
        if (!next) /* an unknown conversion: the rest stands as it is */
            sink_write(&sink, p, (Py_ssize_t)strlen(p));
        p = next ? next : "";
    }
    va_end(copy);
    return sink.out ? _PyBytesWriter_Finish(&sink.w, sink.out) : NULL;
}

PyObject *PyBytes_FromFormat(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    PyObject *o = PyBytes_FromFormatV(format, args);
    va_end(args);
    return o;
}

/* ---- escapes ---- */

static int hex_value(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static int simple_escape(char c)
{
    static const char names[] = "\\'\"bftnrva", values[] = "\\'\"\b\f\t\n\r\v\a";
    const char *at = c ? strchr(names, c) : NULL;
    return at ? values[at - names] : -1;
}

/* \x with two digits is wanted at p: what the error handler makes of it. 0, or -1. */
static int wrong_hex(const char *errors, Py_ssize_t at, char **out)
{
    if (!errors || strcmp(errors, "strict") == 0) {
        PyErr_Format(PyExc_ValueError, "invalid \\x escape at position %zd", at);
        return -1;
    }
    if (strcmp(errors, "replace") == 0) {
        *(*out)++ = '?';
    } else if (strcmp(errors, "ignore") != 0) {
        PyErr_Format(PyExc_ValueError, "decoding error; unknown error handling code: %.400s", errors);
        return -1;
    }
    return 0;
}

/* Gives the place behind the escape whose backslash stands before p, or NULL with an exception. */
static const char *decode_one(const char *start, const char *p, const char *end, const char *errors, char **out,
                              int *first_invalid, const char **first_invalid_at)
{
    int value = simple_escape(*p);
    if (value >= 0) {
        *(*out)++ = (char)value;
        return p + 1;
    }
    if (*p == '\n')
        return p + 1;
    if (*p >= '0' && *p <= '7') {
        int octal = 0;
        const char *digits = p;
        while (p < end && p < digits + 3 && *p >= '0' && *p <= '7')
            octal = octal * 8 + (*p++ - '0');
        if (octal > 0xff && *first_invalid == -1) {
            *first_invalid = octal;
            *first_invalid_at = digits;
        }
        *(*out)++ = (char)octal;
        return p;
    }
    if (*p == 'x') {
        int high = p + 1 < end ? hex_value(p[1]) : -1, low = p + 2 < end ? hex_value(p[2]) : -1;
        if (high >= 0 && low >= 0) {
            *(*out)++ = (char)(high << 4 | low);
            return p + 3;
        }
        if (wrong_hex(errors, p - 1 - start, out) < 0)
            return NULL;
        return p + 1 + (high >= 0);
    }
    if (*first_invalid == -1) {
        *first_invalid = (unsigned char)*p;
        *first_invalid_at = p;
    }
    *(*out)++ = '\\';
    return p; /* the character itself comes next */
}

PyObject *_PyBytes_DecodeEscape2(const char *s, Py_ssize_t n, const char *errors, int *first_invalid,
                                 const char **first_invalid_at)
{
    K_AUTO(PyObject *) result = PyBytes_FromStringAndSize(NULL, n);
    if (!result)
        return NULL;
    *first_invalid = -1;
    *first_invalid_at = NULL;
    char *start = PyBytes_AS_STRING(result), *out = start;
    const char *end = s + n;
    for (const char *p = s; p < end;) {
        if (*p != '\\') {
            *out++ = *p++;
            continue;
        }
        if (++p >= end)
            return k_raise(PyExc_ValueError, "Trailing \\ in string");
        p = decode_one(s, p, end, errors, &out, first_invalid, first_invalid_at);
        if (!p)
            return NULL;
    }
    Py_ssize_t size = out - start;
    if (size == 1)
        return bytes_char((unsigned char)start[0]);
    if (_PyBytes_Resize(&result, size) < 0)
        return NULL;
    return K_MOVE(result);
}

PyObject *_PyBytes_DecodeEscape(const char *s, Py_ssize_t n, const char *errors, const char **first_invalid_at)
{
    int first_invalid;
    return _PyBytes_DecodeEscape2(s, n, errors, &first_invalid, first_invalid_at);
}

PyObject *PyBytes_DecodeEscape(const char *s, Py_ssize_t n, const char *errors, Py_ssize_t unicode, const char *encoding)
{
    int first_invalid;
    const char *at;
    (void)unicode;
    (void)encoding;
    K_AUTO(PyObject *) result = _PyBytes_DecodeEscape2(s, n, errors, &first_invalid, &at);
    if (!result || first_invalid == -1)
        return K_MOVE(result);
    int status = first_invalid > 0xff
        ? PyErr_WarnFormat(PyExc_DeprecationWarning, 1, "invalid octal escape sequence '\\%.3s'", at)
        : PyErr_WarnFormat(PyExc_DeprecationWarning, 1, "invalid escape sequence '\\%c'", first_invalid);
    return status < 0 ? NULL : K_MOVE(result);
}
