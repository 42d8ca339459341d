/* _bisect.c - the module _bisect: binary search in sorted sequences.
 *
 * In: a sequence in order, a value, optionally bounds and a key function.  Out: where the value belongs.
 * Start at search. */
#include "objects/call.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "runtime/errors.h"

/* The place of x in a[lo:hi]: behind equal items (right) or before them. key: applied to items, not to x. */
static Py_ssize_t search(PyObject *a, PyObject *x, Py_ssize_t lo, Py_ssize_t hi, PyObject *key, int right)
{
    if (lo < 0) {
        PyErr_SetString(PyExc_ValueError, "lo must be non-negative");
        return -1;
    }
    if (hi == -1 && (hi = PySequence_Size(a)) < 0)
        return -1;
    while (lo < hi) {
        Py_ssize_t middle = (Py_ssize_t)(((size_t)lo + (size_t)hi) / 2);
        K_AUTO(PyObject *) item = PySequence_GetItem(a, middle); /* runs code */
        if (item && key != Py_None)
            K_SET(item, PyObject_CallOneArg(key, item));
        if (!item)
            return -1;
        int less = right ? PyObject_RichCompareBool(x, item, Py_LT) : PyObject_RichCompareBool(item, x, Py_LT);
        if (less < 0)
            return -1;
        if (less == right)
            hi = middle;
        else
            lo = middle + 1;
    }
    return lo;
}

/* lo and hi of a call; hi None is -1. */
static int bounds(PyObject *lo_arg, PyObject *hi_arg, Py_ssize_t *lo, Py_ssize_t *hi)
{
    *hi = -1;
    if (k_arg_ssize(lo_arg, lo) < 0)
        return -1;
    return hi_arg == Py_None ? 0 : k_arg_ssize(hi_arg, hi);
}

static PyObject *bisect(PyObject *a, PyObject *x, PyObject *lo_arg, PyObject *hi_arg, PyObject *key, int right)
{
    Py_ssize_t lo, hi;
    if (bounds(lo_arg, hi_arg, &lo, &hi) < 0)
        return NULL;
    Py_ssize_t at = search(a, x, lo, hi, key, right);
    return at < 0 ? NULL : PyLong_FromSsize_t(at);
}

static PyObject *insort(PyObject *a, PyObject *x, PyObject *lo_arg, PyObject *hi_arg, PyObject *key, int right)
{
    Py_ssize_t lo, hi;
    if (bounds(lo_arg, hi_arg, &lo, &hi) < 0)
        return NULL;
    K_AUTO(PyObject *) value = key == Py_None ? Py_NewRef(x) : PyObject_CallOneArg(key, x);
    Py_ssize_t at = value ? search(a, value, lo, hi, key, right) : -1;
    if (at < 0)
        return NULL;
    if (PyList_CheckExact(a)) {
        if (PyList_Insert(a, at, x) < 0)
            return NULL;
        Py_RETURN_NONE;
    }
    K_AUTO(PyObject *) done = PyObject_CallMethod(a, "insert", "nO", at, x);
    if (!done)
        return NULL;
    Py_RETURN_NONE;
}

METHODS_DECLARE(_bisect);

FUNCTION_KW(_bisect, bisect_right, "($module, /, a, x, lo=0, hi=None, *, key=None)",
            "The index in the sorted list a where x belongs, behind items equal to it.\n\n"
            "Items before it are <= x, those from it on are > x. lo and hi bound the part that is searched.",
            *a, *x, *lo, *hi, *key)
{
    return bisect(arg->a, arg->x, arg->lo, arg->hi, arg->key, 1);
}

FUNCTION_KW(_bisect, insort_right, "($module, /, a, x, lo=0, hi=None, *, key=None)",
            "Insert x into the sorted list a, behind items equal to it.", *a, *x, *lo, *hi, *key)
{
    return insort(arg->a, arg->x, arg->lo, arg->hi, arg->key, 1);
}

FUNCTION_KW(_bisect, bisect_left, "($module, /, a, x, lo=0, hi=None, *, key=None)",
            "The index in the sorted list a where x belongs, before items equal to it.\n\n"
            "Items before it are < x, those from it on are >= x. lo and hi bound the part that is searched.",
            *a, *x, *lo, *hi, *key)
{
    return bisect(arg->a, arg->x, arg->lo, arg->hi, arg->key, 0);
}

FUNCTION_KW(_bisect, insort_left, "($module, /, a, x, lo=0, hi=None, *, key=None)",
            "Insert x into the sorted list a, before items equal to it.", *a, *x, *lo, *hi, *key)
{
    return insort(arg->a, arg->x, arg->lo, arg->hi, arg->key, 0);
}
METHODS_END(_bisect);

static int bisect_exec(PyObject *module K_UNUSED)
{
    return 0;
}

MODULE(_bisect, "Binary search and insertion in sorted lists.", bisect_exec, 0);
