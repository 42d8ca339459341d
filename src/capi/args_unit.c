/* args_unit.c - one argument by one unit of a PyArg format: "s#", "O!", "i"...
 *
 * In: an object, the format's position, the pointers where the C values go. Out: the values.
 * Invariant: what a unit acquires (buffers, memory) stands in the run's cleanup list until the whole parse succeeds. */
#include "capi/args.h"

#include "memory/mem.h"
#include "objects/buffer.h"
#include "objects/bytes/bytes.h"
#include "objects/complex.h"
#include "objects/float/float.h"
#include "objects/int/int.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "runtime/errors.h"
#include "runtime/warnings.h"

#define NEXT(T) va_arg(va->va, T)
static const char args_raised[] = "";

static const char *args_must_be(ArgsRun *run, const char *expected, PyObject *arg)
{
    snprintf(run->message, sizeof run->message, "must be %.50s, not %.50s", expected,
             arg == Py_None ? "None" : Py_TYPE(arg)->tp_name);
    return run->message;
}

static int args_remember(ArgsRun *run, void *what, int (*converter)(PyObject *, void *), bool is_buffer)
{
    if (run->ncleanups == ARGS_CLEANUPS) {
        k_raise(PyExc_SystemError, "too many arguments with cleanup in one format");
        return -1;
    }
    run->cleanup[run->ncleanups++] = (ArgsCleanup){ what, converter, is_buffer };
    return 0;
}

void args_undo(ArgsRun *run)
{
    while (run->ncleanups > 0) {
        ArgsCleanup *c = &run->cleanup[--run->ncleanups];
        if (c->converter)
            c->converter(NULL, c->what);
        else if (c->is_buffer)
            PyBuffer_Release(c->what);
        else
            PyMem_Free(c->what);
    }
}

/* ---- numbers ---- */

static const char *args_range(const char *kind, bool below)
{
    k_raise(PyExc_OverflowError, "%s is %s than %s", kind, below ? "less" : "greater", below ? "minimum" : "maximum");
    return args_raised;
}

static const char *args_number(ArgsRun *run, PyObject *arg, char unit, void *to)
{
    long n;
    switch (unit) {
    case 'b':
    case 'h':
    case 'i':
        n = PyLong_AsLong(arg);
        if (n == -1 && PyErr_Occurred())
            return args_raised;
        if (unit == 'b' && (n < 0 || n > UCHAR_MAX))
            return args_range("unsigned byte integer", n < 0);
        if (unit == 'h' && (n < SHRT_MIN || n > SHRT_MAX))
            return args_range("signed short integer", n < 0);
        if (n < INT_MIN || n > INT_MAX)
            return args_range("signed integer", n < 0);
        if (unit == 'b')
            *(unsigned char *)to = (unsigned char)n;
        else if (unit == 'h')
            *(short *)to = (short)n;
        else
            *(int *)to = (int)n;
        return NULL;
    case 'B':
    case 'H':
    case 'I':
        n = (long)PyLong_AsUnsignedLongMask(arg);
        if (n == -1 && PyErr_Occurred())
            return args_raised;
        if (unit == 'B')
            *(unsigned char *)to = (unsigned char)n;
        else if (unit == 'H')
            *(unsigned short *)to = (unsigned short)n;
        else
            *(unsigned int *)to = (unsigned int)n;
        return NULL;
    case 'l':
        *(long *)to = PyLong_AsLong(arg);
        return *(long *)to == -1 && PyErr_Occurred() ? args_raised : NULL;
    case 'L':
        *(long long *)to = PyLong_AsLongLong(arg);
        return *(long long *)to == -1 && PyErr_Occurred() ? args_raised : NULL;
    case 'k':
        if (!PyLong_Check(arg))
            return args_must_be(run, "int", arg);
        *(unsigned long *)to = PyLong_AsUnsignedLongMask(arg);
        return NULL;
    case 'K':
        if (!PyLong_Check(arg))
            return args_must_be(run, "int", arg);
        *(unsigned long long *)to = PyLong_AsUnsignedLongLongMask(arg);
        return NULL;
    default: return k_arg_ssize(arg, to) < 0 ? args_raised : NULL; /* n */
    }
}

static const char *args_real(PyObject *arg, char unit, void *to)
{
    if (unit == 'D') {
        *(Py_complex *)to = PyComplex_AsCComplex(arg);
        return PyErr_Occurred() ? args_raised : NULL;
    }
    double value = PyFloat_AsDouble(arg);
    if (value == -1.0 && PyErr_Occurred())
        return args_raised;
    if (unit == 'f')
        *(float *)to = (float)value;
    else
        *(double *)to = value;
    return NULL;
}

/* ---- characters ---- */

static const char *args_char(ArgsRun *run, PyObject *arg, char unit, void *to)
{
    if (unit == 'C') {
        if (!PyUnicode_Check(arg) || PyUnicode_GET_LENGTH(arg) != 1)
            return args_must_be(run, "a unicode character", arg);
        *(int *)to = (int)PyUnicode_READ_CHAR(arg, 0);
        return NULL;
    }
    if (PyBytes_Check(arg) && PyBytes_GET_SIZE(arg) == 1)
        *(char *)to = PyBytes_AS_STRING(arg)[0];
    else if (PyByteArray_Check(arg) && PyByteArray_GET_SIZE(arg) == 1)
        *(char *)to = PyByteArray_AS_STRING(arg)[0];
    else
        return args_must_be(run, "a byte string of length 1", arg);
    return NULL;
}

/* ---- text and bytes ---- */

static const char *args_get_buffer(ArgsRun *run, PyObject *arg, Py_buffer *view)
{
    if (PyObject_GetBuffer(arg, view, PyBUF_SIMPLE) < 0)
        return args_raised;
    if (!PyBuffer_IsContiguous(view, 'C')) {
        PyBuffer_Release(view);
        return args_must_be(run, "contiguous buffer", arg);
    }
    return NULL;
}

/* "s*", "z*", "y*" */
static const char *args_view(ArgsRun *run, PyObject *arg, char unit, Py_buffer *view)
{
    if (unit == 'z' && arg == Py_None)
        return PyBuffer_FillInfo(view, NULL, NULL, 0, 1, 0) < 0 ? args_raised : NULL;
    if (unit != 'y' && PyUnicode_Check(arg)) {
        Py_ssize_t size;
        const char *text = PyUnicode_AsUTF8AndSize(arg, &size);
        if (!text || PyBuffer_FillInfo(view, arg, (void *)text, size, 1, 0) < 0)
            return args_raised;
    } else {
        const char *wrong = args_get_buffer(run, arg, view);
        if (wrong)
            return wrong;
    }
    return args_remember(run, view, NULL, true) < 0 ? args_raised : NULL;
}

/* Text or bytes in place: the pointer lives as long as the object. */
static const char *args_borrow(ArgsRun *run, PyObject *arg, char unit, bool sized, const char **text, Py_ssize_t *size)
{
    if (unit == 'z' && arg == Py_None) {
        *text = NULL;
        *size = 0;
        return NULL;
    }
    if (unit != 'y' && PyUnicode_Check(arg)) {
        *text = PyUnicode_AsUTF8AndSize(arg, size);
        return *text ? NULL : args_raised;
    }
    if (unit == 'y' && !sized && PyBytes_Check(arg)) {
        *text = PyBytes_AS_STRING(arg);
        *size = PyBytes_GET_SIZE(arg);
        return NULL;
    }
    if (!sized)
        return args_must_be(run, unit == 'z' ? "str or None" : unit == 'y' ? "bytes" : "str", arg);
    PyBufferProcs *procs = Py_TYPE(arg)->tp_as_buffer;
    Py_buffer view;
    if (!procs || !procs->bf_getbuffer)
        return args_must_be(run, unit == 'y' ? "read-only bytes-like object" : "str or read-only bytes-like object", arg);
    if (procs->bf_releasebuffer)
        return args_must_be(run, "read-only bytes-like object", arg);
    const char *wrong = args_get_buffer(run, arg, &view);
    if (wrong)
        return wrong;
    *text = view.buf;
    *size = view.len;
    PyBuffer_Release(&view);
    return NULL;
}

static const char *args_text(ArgsRun *run, PyObject *arg, char unit, const char **format, ArgsVa *va)
{
    const char *text;
    Py_ssize_t size;
    if (**format == '*') {
        (*format)++;
        Py_buffer *view = NEXT(Py_buffer *);
        return arg ? args_view(run, arg, unit, view) : NULL;
    }
    const char **to = NEXT(const char **);
    if (**format == '#') {
        (*format)++;
        void *length = NEXT(void *);
        if (!arg)
            return NULL;
        if (!run->size_t_lengths) {
            k_raise(PyExc_SystemError, "PY_SSIZE_T_CLEAN macro must be defined for '#' formats");
            return args_raised;
        }
        const char *wrong = args_borrow(run, arg, unit, true, &text, &size);
        if (wrong)
            return wrong;
        *to = text;
        *(Py_ssize_t *)length = size;
        return NULL;
    }
    if (!arg)
        return NULL;
    const char *wrong = args_borrow(run, arg, unit, false, &text, &size);
    if (wrong)
        return wrong;
    if (text && strlen(text) != (size_t)size) {
        k_raise(PyExc_ValueError, unit == 'y' ? "embedded null byte" : "embedded null character");
        return args_raised;
    }
    *to = text;
    return NULL;
}

/* "u", "Z", and with "#": the str's text as wchar_t, which the str keeps. */
static const char *args_wide(ArgsRun *run, PyObject *arg, char unit, const char **format, ArgsVa *va)
{
    const Py_UNICODE **to = NEXT(const Py_UNICODE **), *wide = NULL;
    Py_ssize_t size = 0, *length = NULL;
    if (**format == '#') {
        (*format)++;
        length = NEXT(Py_ssize_t *);
        if (!run->size_t_lengths) {
            k_raise(PyExc_SystemError, "PY_SSIZE_T_CLEAN macro must be defined for '#' formats");
            return args_raised;
        }
    }
    if (!arg)
        return NULL;
    if (PyErr_WarnFormat(PyExc_DeprecationWarning, 1, "getargs: The '%c' format is deprecated. Use 'U' instead.", unit) < 0)
        return args_raised;
    if (PyUnicode_Check(arg)) {
        wide = PyUnicode_AsUnicodeAndSize(arg, &size);
        if (!wide)
            return args_raised;
        if (!length && wcslen(wide) != (size_t)size) {
            k_raise(PyExc_ValueError, "embedded null character");
            return args_raised;
        }
    } else if (unit != 'Z' || arg != Py_None) {
        return args_must_be(run, unit == 'Z' ? "str or None" : "str", arg);
    }
    *to = wide;
    if (length)
        *length = size;
    return NULL;
}

/* "es", "et", and with "#": text encoded into memory of the caller's. */
static const char *args_encoded(ArgsRun *run, PyObject *arg, const char **format, ArgsVa *va)
{
    const char *encoding = NEXT(const char *);
    char kind = *(*format)++, **to = NEXT(char **);
    Py_ssize_t *room = NULL;
    if (**format == '#') {
        (*format)++;
        room = NEXT(Py_ssize_t *);
    }
    if (!arg)
        return NULL;
    K_AUTO(PyObject *) bytes = NULL;
    if (kind == 't' && (PyBytes_Check(arg) || PyByteArray_Check(arg)))
        K_SET(bytes, PyBytes_FromObject(arg));
    else if (PyUnicode_Check(arg))
        K_SET(bytes, PyUnicode_AsEncodedString(arg, encoding ? encoding : PyUnicode_GetDefaultEncoding(), NULL));
    else
        return args_must_be(run, kind == 't' ? "str, bytes or bytearray" : "str", arg);
    if (!bytes)
        return args_raised;
    Py_ssize_t size = PyBytes_GET_SIZE(bytes);
    if (!room && strlen(PyBytes_AS_STRING(bytes)) != (size_t)size) {
        k_raise(PyExc_ValueError, "embedded null character");
        return args_raised;
    }
    if (room && *to) { /* a buffer of the caller's */
        if (size + 1 > *room) {
            k_raise(PyExc_ValueError, "encoded string too long (%zd, maximum length %zd)", size, *room - 1);
            return args_raised;
        }
    } else {
        *to = PyMem_Malloc((size_t)size + 1);
        if (!*to || args_remember(run, *to, NULL, false) < 0) {
            if (!*to)
                PyErr_NoMemory();
            return args_raised;
        }
    }
    memcpy(*to, PyBytes_AS_STRING(bytes), (size_t)size + 1);
    if (room)
        *room = size;
    return NULL;
}

/* ---- objects ---- */

static const char *args_object(ArgsRun *run, PyObject *arg, const char **format, ArgsVa *va)
{
    if (**format == '!') {
        (*format)++;
        PyTypeObject *type = NEXT(PyTypeObject *);
        PyObject **to = NEXT(PyObject **);
        if (arg && !PyObject_TypeCheck(arg, type))
            return args_must_be(run, type->tp_name, arg);
        if (arg)
            *to = arg;
        return NULL;
    }
    if (**format == '&') {
        (*format)++;
        typedef int (*Converter)(PyObject *, void *);
        Converter converter = NEXT(Converter);
        void *to = NEXT(void *);
        if (!arg)
            return NULL;
        int status = converter(arg, to);
        if (status == 0)
            return PyErr_Occurred() ? args_raised : args_must_be(run, "(unspecified)", arg);
        if (status == 0x20000 && args_remember(run, to, converter, false) < 0)
            return args_raised;
        return NULL;
    }
    PyObject **to = NEXT(PyObject **);
    if (arg)
        *to = arg;
    return NULL;
}

static const char *args_typed(ArgsRun *run, PyObject *arg, char unit, ArgsVa *va)
{
    PyObject **to = NEXT(PyObject **);
    if (!arg)
        return NULL;
    bool right = unit == 'S' ? PyBytes_Check(arg) : unit == 'Y' ? PyByteArray_Check(arg) : PyUnicode_Check(arg);
    if (!right)
        return args_must_be(run, unit == 'S' ? "bytes" : unit == 'Y' ? "bytearray" : "str", arg);
    *to = arg;
    return NULL;
}

static const char *args_writable(ArgsRun *run, PyObject *arg, const char **format, ArgsVa *va)
{
    Py_buffer *view = NEXT(Py_buffer *);
    if (**format == '*')
        (*format)++;
    if (!arg)
        return NULL;
    if (PyObject_GetBuffer(arg, view, PyBUF_WRITABLE) < 0) {
        PyErr_Clear();
        return args_must_be(run, "read-write bytes-like object", arg);
    }
    if (!PyBuffer_IsContiguous(view, 'C')) {
        PyBuffer_Release(view);
        return args_must_be(run, "contiguous buffer", arg);
    }
    return args_remember(run, view, NULL, true) < 0 ? args_raised : NULL;
}

/* ---- nested tuples ---- */

static int args_nested_count(const char *p)
{
    int n = 0, depth = 0;
    for (; *p && !(*p == ')' && depth == 0); p++) {
        if (*p == '(')
            n += depth++ == 0;
        else if (*p == ')')
            depth--;
        else if (depth == 0 && strchr("sSyYzZuwUbBhHiIlkLKncCfdDOpe", *p))
            n++;
        if (*p == 'e' && p[1])
            p++;
    }
    return n;
}

static const char *args_nested(ArgsRun *run, PyObject *arg, const char **format, ArgsVa *va, int *levels)
{
    int n = args_nested_count(*format);
    if (arg) {
        levels[0] = 0;
        if (!PySequence_Check(arg) || PyBytes_Check(arg)) {
            snprintf(run->message, sizeof run->message, "must be %d-item sequence, not %.50s", n,
                     arg == Py_None ? "None" : Py_TYPE(arg)->tp_name);
            return run->message;
        }
        Py_ssize_t length = PySequence_Size(arg);
        if (length != n) {
            snprintf(run->message, sizeof run->message, "must be sequence of length %d, not %zd", n, length);
            return run->message;
        }
    }
    for (int i = 0; i < n; i++) {
        K_AUTO(PyObject *) item = arg ? PySequence_GetItem(arg, i) : NULL; /* the sequence keeps it alive */
        if (arg && !item) {
            PyErr_Clear();
            return "is not retrievable";
        }
        const char *wrong = args_unit(run, item, format, va);
        if (wrong) {
            levels[0] = i + 1;
            return wrong;
        }
    }
    if (**format == ')')
        (*format)++;
    return NULL;
}

const char *args_unit(ArgsRun *run, PyObject *arg, const char **format, ArgsVa *va)
{
    char unit = *(*format)++;
    void *to;
    switch (unit) {
    case '(': return args_nested(run, arg, format, va, run->levels);
    case 'b': case 'B': case 'h': case 'H': case 'i': case 'I': case 'l': case 'k': case 'L': case 'K': case 'n':
        to = NEXT(void *);
        return arg ? args_number(run, arg, unit, to) : NULL;
    case 'f': case 'd': case 'D':
        to = NEXT(void *);
        return arg ? args_real(arg, unit, to) : NULL;
    case 'c': case 'C':
        to = NEXT(void *);
        return arg ? args_char(run, arg, unit, to) : NULL;
    case 'p':
        to = NEXT(void *);
        return !arg || k_arg_bool(arg, to) == 0 ? NULL : args_raised;
    case 's': case 'z': case 'y': return args_text(run, arg, unit, format, va);
    case 'u': case 'Z': return args_wide(run, arg, unit, format, va);
    case 'e': return args_encoded(run, arg, format, va);
    case 'S': case 'Y': case 'U': return args_typed(run, arg, unit, va);
    case 'O': return args_object(run, arg, format, va);
    case 'w': return args_writable(run, arg, format, va);
    default:
        k_raise(PyExc_SystemError, "impossible<bad format char>");
        return args_raised;
    }
}
