/* str_compare.c - equality, order and hash of strs.
 *
 * Invariant: equal texts have equal kinds, so equality is one memcmp. Start at k_str_eq(). */
#include "objects/str/str_int.h"

#include "objects/hash.h"
#include "runtime/errors.h"

int k_str_eq(PyObject *a, PyObject *b)
{
    Py_ssize_t n = STR_LEN(a);
    if (a == b)
        return 1;
    return n == STR_LEN(b) && STR_KIND(a) == STR_KIND(b) &&
           memcmp(STR_DATA(a), STR_DATA(b), (size_t)n * (size_t)STR_KIND(a)) == 0;
}

int _PyUnicode_EQ(PyObject *a, PyObject *b)
{
    return k_str_eq(a, b);
}

int _PyUnicode_Equal(PyObject *a, PyObject *b)
{
    if (a == b)
        return 1;
    if (PyUnicode_READY(a) < 0 || PyUnicode_READY(b) < 0)
        return -1;
    return k_str_eq(a, b);
}

static int compare_runs(int kind_a, const void *a, Py_ssize_t na, int kind_b, const void *b, Py_ssize_t nb)
{
    Py_ssize_t n = Py_MIN(na, nb);
    if (kind_a == 1 && kind_b == 1) {
        int order = memcmp(a, b, (size_t)n);
        if (order)
            return order < 0 ? -1 : 1;
    } else {
        for (Py_ssize_t i = 0; i < n; i++) {
            Py_UCS4 x = k_str_read(kind_a, a, i), y = k_str_read(kind_b, b, i);
            if (x != y)
                return x < y ? -1 : 1;
        }
    }
    return na < nb ? -1 : na > nb;
}

static int str_compare(PyObject *a, PyObject *b)
{
    return compare_runs(STR_KIND(a), STR_DATA(a), STR_LEN(a), STR_KIND(b), STR_DATA(b), STR_LEN(b));
}

int PyUnicode_Compare(PyObject *a, PyObject *b)
{
    if (!PyUnicode_Check(a) || !PyUnicode_Check(b)) {
        PyErr_Format(PyExc_TypeError, "Can't compare %.100s and %.100s", Py_TYPE(a)->tp_name, Py_TYPE(b)->tp_name);
        return -1;
    }
    if (PyUnicode_READY(a) < 0 || PyUnicode_READY(b) < 0)
        return -1;
    return a == b ? 0 : str_compare(a, b);
}

int PyUnicode_CompareWithASCIIString(PyObject *a, const char *text)
{
    size_t n = strlen(text);
    if (PyUnicode_READY(a) < 0) {
        PyErr_Clear();
        return -1;
    }
    return compare_runs(STR_KIND(a), STR_DATA(a), STR_LEN(a), 1, text, (Py_ssize_t)n);
}

int _PyUnicode_EqualToASCIIString(PyObject *a, const char *text)
{
    if (PyUnicode_READY(a) < 0) {
        PyErr_Clear();
        return 0;
    }
    return PyUnicode_IS_ASCII(a) && strlen(text) == (size_t)STR_LEN(a) &&
           memcmp(STR_DATA(a), text, (size_t)STR_LEN(a)) == 0;
}

int _PyUnicode_EqualToASCIIId(PyObject *a, _Py_Identifier *id)
{
    return _PyUnicode_EqualToASCIIString(a, id->string);
}

PyObject *PyUnicode_RichCompare(PyObject *a, PyObject *b, int op)
{
    if (!PyUnicode_Check(a) || !PyUnicode_Check(b))
        Py_RETURN_NOTIMPLEMENTED;
    if (PyUnicode_READY(a) < 0 || PyUnicode_READY(b) < 0)
        return NULL;
    if (op == Py_EQ)
        Py_RETURN_BOOL(k_str_eq(a, b));
    if (op == Py_NE)
        Py_RETURN_BOOL(!k_str_eq(a, b));
    if (op < Py_LT || op > Py_GE) {
        PyErr_BadArgument();
        return NULL;
    }
    int order = a == b ? 0 : str_compare(a, b);
    Py_RETURN_RICHCOMPARE(order, 0, op);
}
