/* memoryview_item.c - one item of a memoryview as a Python object, by its native format character.
 *
 * In: a place in memory and a format of the module struct.  Out: an int, float, bool or bytes; or the value stored. */
#include "objects/memoryview/memoryview_item.h"

#include "objects/bytes/bytes.h"
#include "objects/float/float.h"
#include "objects/int/int.h"
#include "objects/protocol.h"
#include "runtime/errors.h"

char memoryview_item_format(const char *format, Py_ssize_t *size)
{
    static const struct { char c, size; } known[] = {
        { 'c', 1 }, { 'b', 1 }, { 'B', 1 }, { '?', sizeof(_Bool) }, { 'h', sizeof(short) }, { 'H', sizeof(short) },
        { 'i', sizeof(int) }, { 'I', sizeof(int) }, { 'l', sizeof(long) }, { 'L', sizeof(long) },
        { 'q', sizeof(long long) }, { 'Q', sizeof(long long) }, { 'n', sizeof(size_t) }, { 'N', sizeof(size_t) },
        { 'f', sizeof(float) }, { 'd', sizeof(double) }, { 'e', 2 }, { 'P', sizeof(void *) },
    };
    if (!format)
        format = "B";
    format += *format == '@';
    for (Py_ssize_t i = 0; i < K_COUNT_OF(known); i++) {
        if (known[i].c == format[0] && format[0] && !format[1]) {
            *size = known[i].size;
            return format[0];
        }
    }
    return 0;
}

#define LOAD(T) (__extension__({ T v_; memcpy(&v_, p, sizeof v_); v_; }))
#define STORE(T, v)                                                                                                    \
    do {                                                                                                               \
        T v_ = (T)(v);                                                                                                 \
        memcpy(p, &v_, sizeof v_);                                                                                     \
    } while (0)

PyObject *memoryview_item_get(const char *p, const char *format)
{
    Py_ssize_t size;
    double d;
    switch (memoryview_item_format(format, &size)) {
    case 'B': return PyLong_FromLong(*(const unsigned char *)p);
    case 'b': return PyLong_FromLong(*(const signed char *)p);
    case 'c': return PyBytes_FromStringAndSize(p, 1);
    case '?': Py_RETURN_BOOL(*p != 0);
    case 'h': return PyLong_FromLong(LOAD(short));
    case 'H': return PyLong_FromLong(LOAD(unsigned short));
    case 'i': return PyLong_FromLong(LOAD(int));
    case 'I': return PyLong_FromUnsignedLong(LOAD(unsigned));
    case 'l': return PyLong_FromLong(LOAD(long));
    case 'L': return PyLong_FromUnsignedLong(LOAD(unsigned long));
    case 'q': return PyLong_FromLongLong(LOAD(long long));
    case 'Q': return PyLong_FromUnsignedLongLong(LOAD(unsigned long long));
    case 'n': return PyLong_FromSsize_t(LOAD(Py_ssize_t));
    case 'N': return PyLong_FromSize_t(LOAD(size_t));
    case 'f': return PyFloat_FromDouble(LOAD(float));
    case 'd': return PyFloat_FromDouble(LOAD(double));
    case 'e':
        d = PyFloat_Unpack2(p, 1);
        return d == -1.0 && PyErr_Occurred() ? NULL : PyFloat_FromDouble(d);
    case 'P': return PyLong_FromVoidPtr(LOAD(void *));
    default:
        return k_raise(PyExc_NotImplementedError, "memoryview: format %s not supported", format);
    }
}

static int wrong(PyObject *type, const char *format)
{
    PyErr_Format(type,
                 type == PyExc_TypeError ? "memoryview: invalid type for format '%s'"
                                         : "memoryview: invalid value for format '%s'",
                 format);
    return -1;
}

/* The message of a failed conversion becomes memoryview's own. */
static int reworded(const char *format)
{
    if (PyErr_ExceptionMatches(PyExc_TypeError))
        return wrong(PyExc_TypeError, format);
    if (PyErr_ExceptionMatches(PyExc_OverflowError) || PyErr_ExceptionMatches(PyExc_ValueError))
        return wrong(PyExc_ValueError, format);
    return -1;
}

static int set_signed(char *p, PyObject *number, Py_ssize_t size, const char *format)
{
    long long v = PyLong_AsLongLong(number);
    if (v == -1 && PyErr_Occurred())
        return reworded(format);
    int bits = (int)size * 8;
    if (bits < 64 && (v < -(1LL << (bits - 1)) || v >= 1LL << (bits - 1)))
        return wrong(PyExc_ValueError, format);
    memcpy(p, &v, (size_t)size); /* little endian */
    return 0;
}

static int set_unsigned(char *p, PyObject *number, Py_ssize_t size, const char *format)
{
    unsigned long long v = PyLong_AsUnsignedLongLong(number);
    if (v == (unsigned long long)-1 && PyErr_Occurred())
        return reworded(format);
    if (size < 8 && v >> size * 8)
        return wrong(PyExc_ValueError, format);
    memcpy(p, &v, (size_t)size);
    return 0;
}

static int set_float(char *p, PyObject *value, char c, const char *format)
{
    double d = PyFloat_AsDouble(value); /* runs code */
    if (d == -1.0 && PyErr_Occurred())
        return reworded(format);
    if (c == 'e')
        return PyFloat_Pack2(d, p, 1) < 0 ? reworded(format) : 0;
    if (c == 'f')
        STORE(float, d);
    else
        STORE(double, d);
    return 0;
}

int memoryview_item_set(char *p, PyObject *value, const char *format)
{
    Py_ssize_t size;
    char c = memoryview_item_format(format, &size);
    K_AUTO(PyObject *) number = NULL;
    int truth;
    switch (c) {
    case 'b': case 'h': case 'i': case 'l': case 'q': case 'n':
        K_SET(number, PyNumber_Index(value)); /* runs code */
        return number ? set_signed(p, number, size, format) : reworded(format);
    case 'B': case 'H': case 'I': case 'L': case 'Q': case 'N': case 'P':
        K_SET(number, PyNumber_Index(value));
        return number ? set_unsigned(p, number, size, format) : reworded(format);
    case 'f': case 'd': case 'e':
        return set_float(p, value, c, format);
    case '?':
        truth = PyObject_IsTrue(value);
        if (truth < 0)
            return -1;
        *p = (char)truth;
        return 0;
    case 'c':
        if (!PyBytes_Check(value))
            return wrong(PyExc_TypeError, format);
        if (PyBytes_GET_SIZE(value) != 1)
            return wrong(PyExc_ValueError, format);
        *p = PyBytes_AS_STRING(value)[0];
        return 0;
    default:
        PyErr_Format(PyExc_NotImplementedError, "memoryview: format %s not supported", format);
        return -1;
    }
}

int memoryview_item_equal(const char *p, const char *q, char format)
{
    Py_ssize_t size;
    char name[2] = { format, 0 };
    if (format == 'f') {
        float x = LOAD(float), y;
        memcpy(&y, q, sizeof y);
        return x == y;
    }
    if (format == 'd') {
        double x = LOAD(double), y;
        memcpy(&y, q, sizeof y);
        return x == y;
    }
    if (format == 'e')
        return PyFloat_Unpack2(p, 1) == PyFloat_Unpack2(q, 1);
    if (format == '?')
        return (*p != 0) == (*q != 0);
    memoryview_item_format(name, &size);
    return memcmp(p, q, (size_t)size) == 0;
}
