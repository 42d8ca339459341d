/* member.c - PyMemberDef rows: C fields of an object as attributes. */
#include "objects/int/int.h"
#include "objects/float/float.h"
#include "objects/method.h"
#include "objects/str/str.h"
#include "runtime/errors.h"
#include "runtime/warnings.h"

PyObject *PyMember_GetOne(const char *object, PyMemberDef *member)
{
    const char *at = object + member->offset;
    PyObject *value;
    switch (member->type) {
    case T_BOOL: return PyBool_FromLong(*(const char *)at);
    case T_BYTE: return PyLong_FromLong(*(const signed char *)at);
    case T_UBYTE: return PyLong_FromUnsignedLong(*(const unsigned char *)at);
    case T_SHORT: return PyLong_FromLong(*(const short *)at);
    case T_USHORT: return PyLong_FromUnsignedLong(*(const unsigned short *)at);
    case T_INT: return PyLong_FromLong(*(const int *)at);
    case T_UINT: return PyLong_FromUnsignedLong(*(const unsigned int *)at);
    case T_LONG: return PyLong_FromLong(*(const long *)at);
    case T_ULONG: return PyLong_FromUnsignedLong(*(const unsigned long *)at);
    case T_PYSSIZET: return PyLong_FromSsize_t(*(const Py_ssize_t *)at);
    case T_LONGLONG: return PyLong_FromLongLong(*(const long long *)at);
    case T_ULONGLONG: return PyLong_FromUnsignedLongLong(*(const unsigned long long *)at);
    case T_FLOAT: return PyFloat_FromDouble((double)*(const float *)at);
    case T_DOUBLE: return PyFloat_FromDouble(*(const double *)at);
    case T_STRING: return *(char *const *)at ? PyUnicode_FromString(*(char *const *)at) : Py_NewRef(Py_None);
    case T_STRING_INPLACE: return PyUnicode_FromString(at);
    case T_CHAR: return PyUnicode_FromStringAndSize(at, 1);
    case T_NONE: Py_RETURN_NONE;
    case T_OBJECT:
        value = *(PyObject *const *)at;
        return Py_NewRef(value ? value : Py_None);
    case T_OBJECT_EX:
        value = *(PyObject *const *)at;
        if (!value)
            k_raise(PyExc_AttributeError, "'%.200s' object has no attribute '%s'", Py_TYPE(object)->tp_name,
                    member->name);
        return Py_XNewRef(value);
    default: return k_raise(PyExc_SystemError, "bad memberdescr type for %s", member->name);
    }
}

static int member_truncated(const char *what)
{
    char text[64];
    snprintf(text, sizeof text, "Truncation of value to %s", what);
    return PyErr_WarnEx(PyExc_RuntimeWarning, text, 1);
}

static int member_set_long(char *at, int type, PyObject *value)
{
    long n = PyLong_AsLong(value);
    if (n == -1 && PyErr_Occurred())
        return -1;
    switch (type) {
    case T_BYTE:
        *(signed char *)at = (signed char)n;
        return n != (signed char)n ? member_truncated("char") : 0;
    case T_UBYTE:
        *(unsigned char *)at = (unsigned char)n;
        return n != (unsigned char)n ? member_truncated("unsigned char") : 0;
    case T_SHORT:
        *(short *)at = (short)n;
        return n != (short)n ? member_truncated("short") : 0;
    case T_USHORT:
        *(unsigned short *)at = (unsigned short)n;
        return n != (unsigned short)n ? member_truncated("unsigned short") : 0;
    case T_INT:
        *(int *)at = (int)n;
        return n != (int)n ? member_truncated("int") : 0;
    default:
        *(long *)at = n;
        return 0;
    }
}

/* Negative values are taken, with a warning. */
static int member_set_unsigned(char *at, int type, PyObject *value)
{
    unsigned long n = PyLong_AsUnsignedLong(value);
    const char *what = type == T_UINT ? "unsigned int" : NULL;
    if (n == (unsigned long)-1 && PyErr_Occurred()) {
        PyErr_Clear();
        n = (unsigned long)PyLong_AsLong(value);
        if (n == (unsigned long)-1 && PyErr_Occurred())
            return -1;
        if (PyErr_WarnEx(PyExc_RuntimeWarning, "Writing negative value into unsigned field", 1) < 0)
            return -1;
    }
    if (type == T_UINT)
        *(unsigned int *)at = (unsigned int)n;
    else
        *(unsigned long *)at = n;
    return what && n != (unsigned int)n ? member_truncated(what) : 0;
}

static int member_set_other(char *at, PyMemberDef *member, PyObject *value)
{
    double number;
    const char *text;
    Py_ssize_t length;
    switch (member->type) {
    case T_BOOL:
        if (!PyBool_Check(value)) {
            k_raise(PyExc_TypeError, "attribute value type must be bool");
            return -1;
        }
        *at = value == Py_True;
        return 0;
    case T_PYSSIZET:
        *(Py_ssize_t *)at = PyLong_AsSsize_t(value);
        return *(Py_ssize_t *)at == -1 && PyErr_Occurred() ? -1 : 0;
    case T_LONGLONG:
        *(long long *)at = PyLong_AsLongLong(value);
        return *(long long *)at == -1 && PyErr_Occurred() ? -1 : 0;
    case T_ULONGLONG:
        *(unsigned long long *)at = PyLong_Check(value) ? PyLong_AsUnsignedLongLong(value)
                                                        : (unsigned long long)PyLong_AsLong(value);
        return *(unsigned long long *)at == (unsigned long long)-1 && PyErr_Occurred() ? -1 : 0;
    case T_FLOAT:
    case T_DOUBLE:
        number = PyFloat_AsDouble(value);
        if (number == -1.0 && PyErr_Occurred())
            return -1;
        if (member->type == T_FLOAT)
            *(float *)at = (float)number;
        else
            *(double *)at = number;
        return 0;
    case T_CHAR:
        text = PyUnicode_Check(value) ? PyUnicode_AsUTF8AndSize(value, &length) : NULL;
        if (!text || length != 1) {
            (void)PyErr_BadArgument();
            return -1;
        }
        *at = text[0];
        return 0;
    case T_STRING:
    case T_STRING_INPLACE: k_raise(PyExc_TypeError, "readonly attribute"); return -1;
    default: k_raise(PyExc_SystemError, "bad memberdescr type for %s", member->name); return -1;
    }
}

int PyMember_SetOne(char *object, PyMemberDef *member, PyObject *value)
{
    char *at = object + member->offset;
    if (member->flags & READONLY) {
        k_raise(PyExc_AttributeError, "readonly attribute");
        return -1;
    }
    if (member->type == T_OBJECT || member->type == T_OBJECT_EX) {
        PyObject *old = *(PyObject **)at;
        if (!value && !old && member->type == T_OBJECT_EX) {
            PyErr_SetString(PyExc_AttributeError, member->name);
            return -1;
        }
        *(PyObject **)at = Py_XNewRef(value);
        Py_XDECREF(old);
        return 0;
    }
    if (!value) {
        k_raise(PyExc_TypeError, "can't delete numeric/char attribute");
        return -1;
    }
    switch (member->type) {
    case T_BYTE:
    case T_UBYTE:
    case T_SHORT:
    case T_USHORT:
    case T_INT:
    case T_LONG: return member_set_long(at, member->type, value);
    case T_UINT:
    case T_ULONG: return member_set_unsigned(at, member->type, value);
    default: return member_set_other(at, member, value);
    }
}
