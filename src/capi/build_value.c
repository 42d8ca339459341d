/* build_value.c - Py_BuildValue: objects from C values by a format.
 *
 * In: a format and C values. Out: None, one object or a tuple; or an array of objects for a call.
 * Invariant: an "N" argument is consumed even when an earlier one failed. Start at build_one(). */
#include "capi/args.h"

#include "memory/mem.h"
#include "objects/bytes/bytes.h"
#include "objects/complex.h"
#include "objects/dict/dict.h"
#include "objects/float/float.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"

#define NEXT(T) va_arg(va->va, T)

static PyObject *build_one(const char **format, ArgsVa *va, bool clean);

/* Units up to the closing bracket (or '\0'); -1 when it is missing. */
static Py_ssize_t build_count(const char *p, char end)
{
    Py_ssize_t n = 0;
    int depth = 0;
    for (; depth > 0 || *p != end; p++) {
        switch (*p) {
        case '\0': k_raise(PyExc_SystemError, "unmatched paren in format"); return -1;
        case '(': case '[': case '{': n += depth++ == 0; break;
        case ')': case ']': case '}': depth--; break;
        case '#': case '&': case ',': case ':': case ' ': case '\t': break;
        default: n += depth == 0;
        }
    }
    return n;
}

static void build_skip_separators(const char **format)
{
    *format += strspn(*format, ",: \t");
}

/* n objects into items; on failure the rest is still taken from va, and all are released. */
static int build_items(const char **format, ArgsVa *va, char end, Py_ssize_t n, PyObject **items, bool clean)
{
    PyObject *type = NULL, *value = NULL, *traceback = NULL;
    bool failed = false;
    for (Py_ssize_t i = 0; i < n; i++) {
        build_skip_separators(format);
        items[i] = build_one(format, va, clean);
        if (!items[i] && !failed) {
            failed = true;
            PyErr_Fetch(&type, &value, &traceback);
        } else if (!items[i]) {
            PyErr_Clear();
        }
    }
    build_skip_separators(format);
    if (!failed && **format != end) {
        k_raise(PyExc_SystemError, "Unmatched paren in format");
        PyErr_Fetch(&type, &value, &traceback);
        failed = true;
    }
    if (end && **format == end)
        (*format)++;
    if (!failed)
        return 0;
    for (Py_ssize_t i = 0; i < n; i++)
        Py_XDECREF(items[i]);
    PyErr_Restore(type, value, traceback);
    return -1;
}

static PyObject *build_dict(PyObject **items, Py_ssize_t n)
{
    PyObject *dict = n % 2 ? k_raise(PyExc_SystemError, "Bad dict format") : PyDict_New();
    for (Py_ssize_t i = 0; dict && i < n; i += 2) {
        if (PyDict_SetItem(dict, items[i], items[i + 1]) < 0)
            Py_CLEAR(dict);
    }
    for (Py_ssize_t i = 0; i < n; i++)
        Py_DECREF(items[i]);
    return dict;
}

static PyObject *build_container(const char **format, ArgsVa *va, char end, bool clean)
{
    Py_ssize_t n = build_count(*format, end);
    if (n < 0)
        return NULL;
    PyObject *small[16], **items = n <= K_COUNT_OF(small) ? small : PyMem_New(PyObject *, n);
    if (!items)
        return PyErr_NoMemory();
    PyObject *result = NULL;
    if (build_items(format, va, end, n, items, clean) == 0)
        result = end == ')' || !end ? k_tuple_from_array_steal(items, n)
                 : end == ']'       ? k_list_from_array_steal(items, n)
                                    : build_dict(items, n);
    if (items != small)
        PyMem_Free(items);
    return result;
}

/* The length of "s#": -1 when it must be counted. */
static int build_length(const char **format, ArgsVa *va, bool clean, Py_ssize_t *n)
{
    *n = -1;
    if (**format != '#')
        return 0;
    (*format)++;
    if (clean) {
        *n = NEXT(Py_ssize_t);
        return 0;
    }
    (void)NEXT(int);
    k_raise(PyExc_SystemError, "PY_SSIZE_T_CLEAN macro must be defined for '#' formats");
    return -1;
}

static PyObject *build_text(const char **format, ArgsVa *va, char unit, bool clean)
{
    const void *text = NEXT(const void *);
    Py_ssize_t n;
    if (build_length(format, va, clean, &n) < 0)
        return NULL;
    if (!text)
        Py_RETURN_NONE;
    if (unit == 'u')
        return PyUnicode_FromWideChar(text, n);
    if (n < 0) {
        size_t length = strlen(text);
        if (length > PY_SSIZE_T_MAX)
            return k_raise(PyExc_OverflowError, "string too long for Python string");
        n = (Py_ssize_t)length;
    }
    return unit == 'y' ? PyBytes_FromStringAndSize(text, n) : PyUnicode_FromStringAndSize(text, n);
}

static PyObject *build_object(const char **format, ArgsVa *va, char unit)
{
    if (**format == '&') {
        (*format)++;
        typedef PyObject *(*Converter)(void *);
        Converter converter = NEXT(Converter);
        void *arg = NEXT(void *);
        return converter(arg);
    }
    PyObject *o = NEXT(PyObject *);
    if (!o && !PyErr_Occurred())
        k_raise(PyExc_SystemError, "NULL object passed to Py_BuildValue");
    return unit == 'N' ? o : Py_XNewRef(o);
}

static PyObject *build_one(const char **format, ArgsVa *va, bool clean)
{
    char unit = *(*format)++, c;
    Py_complex *z;
    switch (unit) {
    case '(': return build_container(format, va, ')', clean);
    case '[': return build_container(format, va, ']', clean);
    case '{': return build_container(format, va, '}', clean);
    case 'b': case 'B': case 'h': case 'i': return PyLong_FromLong(NEXT(int));
    case 'H': return PyLong_FromLong((long)NEXT(unsigned int));
    case 'I': return PyLong_FromUnsignedLong(NEXT(unsigned int));
    case 'n': return PyLong_FromSsize_t(NEXT(Py_ssize_t));
    case 'l': return PyLong_FromLong(NEXT(long));
    case 'k': return PyLong_FromUnsignedLong(NEXT(unsigned long));
    case 'L': return PyLong_FromLongLong(NEXT(long long));
    case 'K': return PyLong_FromUnsignedLongLong(NEXT(unsigned long long));
    case 'f': case 'd': return PyFloat_FromDouble(NEXT(double));
    case 'D':
        z = NEXT(Py_complex *);
        return PyComplex_FromCComplex(*z);
    case 'c':
        c = (char)NEXT(int);
        return PyBytes_FromStringAndSize(&c, 1);
    case 'C': return PyUnicode_FromOrdinal(NEXT(int));
    case 's': case 'z': case 'U': case 'y': case 'u': return build_text(format, va, unit, clean);
    case 'N': case 'S': case 'O': return build_object(format, va, unit);
    default: return k_raise(PyExc_SystemError, "bad format char passed to Py_BuildValue");
    }
}

static PyObject *build_value(const char *format, ArgsVa *va, bool clean)
{
    Py_ssize_t n = build_count(format, '\0');
    if (n < 0)
        return NULL;
    if (n == 0)
        Py_RETURN_NONE;
    if (n > 1)
        return build_container(&format, va, '\0', clean);
    build_skip_separators(&format);
    return build_one(&format, va, clean);
}

static PyObject **build_stack(PyObject **small, Py_ssize_t room, const char *format, ArgsVa *va, Py_ssize_t *nargs,
                              bool clean)
{
    Py_ssize_t n = *nargs = build_count(format, '\0');
    if (n < 0)
        return NULL;
    PyObject **stack = n <= room ? small : PyMem_New(PyObject *, n);
    if (!stack) {
        PyErr_NoMemory();
        return NULL;
    }
    if (build_items(&format, va, '\0', n, stack, clean) == 0)
        return stack;
    if (stack != small)
        PyMem_Free(stack);
    return NULL;
}

#define BUILDERS(value, va_value, va_stack, clean)                                                                     \
    PyObject *value(const char *format, ...)                                                                           \
    {                                                                                                                  \
        ArgsVa va;                                                                                                     \
        va_start(va.va, format);                                                                                       \
        PyObject *result = build_value(format, &va, clean);                                                            \
        va_end(va.va);                                                                                                 \
        return result;                                                                                                 \
    }                                                                                                                  \
    PyObject *va_value(const char *format, va_list given)                                                              \
    {                                                                                                                  \
        ArgsVa va;                                                                                                     \
        va_copy(va.va, given);                                                                                         \
        PyObject *result = build_value(format, &va, clean);                                                            \
        va_end(va.va);                                                                                                 \
        return result;                                                                                                 \
    }                                                                                                                  \
    PyObject **va_stack(PyObject **small, Py_ssize_t room, const char *format, va_list given, Py_ssize_t *nargs)       \
    {                                                                                                                  \
        ArgsVa va;                                                                                                     \
        va_copy(va.va, given);                                                                                         \
        PyObject **result = build_stack(small, room, format, &va, nargs, clean);                                       \
        va_end(va.va);                                                                                                 \
        return result;                                                                                                 \
    }
BUILDERS(Py_BuildValue, Py_VaBuildValue, _Py_VaBuildStack, false)
BUILDERS(_Py_BuildValue_SizeT, _Py_VaBuildValue_SizeT, _Py_VaBuildStack_SizeT, true)
