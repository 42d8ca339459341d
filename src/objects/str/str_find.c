/* str_find.c - finding, counting, containing, starting and ending.
 *
 * In: strs of any kind; the needle is widened to the text's kind. A needle of a wider kind cannot occur.
 * Start at str_find(). */
#include "objects/str/str_int.h"

#include "base/search.h"
#include "objects/int/int.h"
#include "objects/method.h"
#include "objects/slice.h"
#include "objects/tuple.h"
#include "runtime/errors.h"
#include "vm/eval.h"

int str_need(PyObject *o)
{
    if (PyUnicode_Check(o))
        return PyUnicode_READY(o);
    PyErr_Format(PyExc_TypeError, "must be str, not %.100s", Py_TYPE(o)->tp_name);
    return -1;
}

int str_slice_args(const char *name, PyObject *const *args, Py_ssize_t nargs, Py_ssize_t *start, Py_ssize_t *end)
{
    *start = 0;
    *end = PY_SSIZE_T_MAX;
    if (nargs < 1 || nargs > 3) {
        int few = nargs < 1;
        PyErr_Format(PyExc_TypeError, "%s() takes at %s %d argument%s (%zd given)", name, few ? "least" : "most",
                     few ? 1 : 3, few ? "" : "s", nargs);
        return -1;
    }
    if (nargs > 1 && args[1] != Py_None && !_PyEval_SliceIndex(args[1], start))
        return -1;
    if (nargs > 2 && args[2] != Py_None && !_PyEval_SliceIndex(args[2], end))
        return -1;
    return 0;
}

Py_ssize_t str_find(PyObject *s, PyObject *sub, Py_ssize_t start, Py_ssize_t end, int direction)
{
    int kind = STR_KIND(s);
    str_clamp(STR_LEN(s), &start, &end);
    Py_ssize_t n = end - start, m = STR_LEN(sub);
    if (STR_KIND(sub) > kind || m > n)
        return -1;
    const char *hay = (const char *)STR_DATA(s) + start * kind;
    Py_ssize_t at;
    if (m == 1) {
        Py_UCS4 c = STR_AT(sub, 0);
        at = direction > 0 ? search_find_unit(kind, hay, n, c) : search_rfind_unit(kind, hay, n, c);
    } else {
        const void *needle = str_widened(sub, kind);
        if (!needle)
            return -2;
        at = direction > 0 ? search_find(kind, hay, n, needle, m) : search_rfind(kind, hay, n, needle, m);
        str_widened_free(sub, needle);
    }
    return at < 0 ? -1 : at + start;
}

static Py_ssize_t str_count(PyObject *s, PyObject *sub, Py_ssize_t start, Py_ssize_t end)
{
    int kind = STR_KIND(s);
    str_clamp(STR_LEN(s), &start, &end);
    Py_ssize_t n = end - start, m = STR_LEN(sub);
    if (STR_KIND(sub) > kind || m > n)
        return 0;
    if (m == 0)
        return n + 1;
    const void *needle = str_widened(sub, kind);
    if (!needle)
        return -1;
    Py_ssize_t count = search_count(kind, (const char *)STR_DATA(s) + start * kind, n, needle, m, PY_SSIZE_T_MAX);
    str_widened_free(sub, needle);
    return count;
}

int str_tail_match(PyObject *s, PyObject *sub, Py_ssize_t start, Py_ssize_t end, int at_end)
{
    str_clamp(STR_LEN(s), &start, &end);
    Py_ssize_t m = STR_LEN(sub), at = at_end ? end - m : start;
    if (start > end || at < start || at + m > end)
        return 0;
    if (m == 0)
        return 1;
    int kind = STR_KIND(s), sub_kind = STR_KIND(sub);
    const char *here = (const char *)STR_DATA(s) + at * kind;
    if (kind == sub_kind)
        return memcmp(here, STR_DATA(sub), (size_t)(m * kind)) == 0;
    if (sub_kind > kind)
        return 0;
    for (Py_ssize_t i = 0; i < m; i++) {
        if (k_str_read(kind, here, i) != STR_AT(sub, i))
            return 0;
    }
    return 1;
}

/* ---- the C API ---- */

Py_ssize_t PyUnicode_Find(PyObject *s, PyObject *sub, Py_ssize_t start, Py_ssize_t end, int direction)
{
    if (str_need(s) < 0 || str_need(sub) < 0)
        return -2;
    return str_find(s, sub, start, end, direction);
}

Py_ssize_t PyUnicode_FindChar(PyObject *s, Py_UCS4 c, Py_ssize_t start, Py_ssize_t end, int direction)
{
    if (PyUnicode_READY(s) < 0)
        return -2;
    if (start < 0 || end < 0) {
        PyErr_SetString(PyExc_IndexError, "string index out of range");
        return -2;
    }
    end = Py_MIN(end, STR_LEN(s));
    if (start >= end)
        return -1;
    int kind = STR_KIND(s);
    const char *hay = (const char *)STR_DATA(s) + start * kind;
    Py_ssize_t at = direction > 0 ? search_find_unit(kind, hay, end - start, c) : search_rfind_unit(kind, hay, end - start, c);
    return at < 0 ? -1 : at + start;
}

Py_ssize_t PyUnicode_Count(PyObject *s, PyObject *sub, Py_ssize_t start, Py_ssize_t end)
{
    if (str_need(s) < 0 || str_need(sub) < 0)
        return -1;
    return str_count(s, sub, start, end);
}

Py_ssize_t PyUnicode_Tailmatch(PyObject *s, PyObject *sub, Py_ssize_t start, Py_ssize_t end, int direction)
{
    if (str_need(s) < 0 || str_need(sub) < 0)
        return -1;
    return str_tail_match(s, sub, start, end, direction > 0);
}

int PyUnicode_Contains(PyObject *s, PyObject *sub)
{
    if (!PyUnicode_Check(sub)) {
        PyErr_Format(PyExc_TypeError, "'in <string>' requires string as left operand, not %.100s", Py_TYPE(sub)->tp_name);
        return -1;
    }
    if (PyUnicode_READY(sub) < 0 || str_need(s) < 0)
        return -1;
    Py_ssize_t at = str_find(s, sub, 0, PY_SSIZE_T_MAX, 1);
    return at == -2 ? -1 : at >= 0;
}

/* ---- methods ---- */

static PyObject *find_method(const char *name, PyObject *self, PyObject *const *args, Py_ssize_t nargs, int direction,
                             int must)
{
    Py_ssize_t start, end;
    if (str_slice_args(name, args, nargs, &start, &end) < 0 || str_need(args[0]) < 0)
        return NULL;
    Py_ssize_t at = str_find(self, args[0], start, end, direction);
    if (at == -2)
        return NULL;
    if (at < 0 && must)
        return k_raise(PyExc_ValueError, "substring not found");
    return PyLong_FromSsize_t(at);
}

METHOD_RAW(strfind, find, FAST, 0, "S.find(sub[, start[, end]]) -> int\n\n"
           "The lowest index of S at which sub stands within S[start:end], or -1.")
{
    return find_method("find", self, args, nargs, 1, 0);
}
METHOD_RAW(strfind, rfind, FAST, 0, "S.rfind(sub[, start[, end]]) -> int\n\n"
           "The highest index of S at which sub stands within S[start:end], or -1.")
{
    return find_method("rfind", self, args, nargs, -1, 0);
}
METHOD_RAW(strfind, index, FAST, 0, "S.index(sub[, start[, end]]) -> int\n\n"
           "As find(), but ValueError when sub is not there.")
{
    return find_method("index", self, args, nargs, 1, 1);
}
METHOD_RAW(strfind, rindex, FAST, 0, "S.rindex(sub[, start[, end]]) -> int\n\n"
           "As rfind(), but ValueError when sub is not there.")
{
    return find_method("rindex", self, args, nargs, -1, 1);
}
METHOD_RAW(strfind, count, FAST, 0, "S.count(sub[, start[, end]]) -> int\n\n"
           "How often sub stands in S[start:end] without overlap.")
{
    Py_ssize_t start, end;
    if (str_slice_args("count", args, nargs, &start, &end) < 0 || str_need(args[0]) < 0)
        return NULL;
    Py_ssize_t count = str_count(self, args[0], start, end);
    return count < 0 ? NULL : PyLong_FromSsize_t(count);
}

static PyObject *tail_method(const char *name, PyObject *self, PyObject *const *args, Py_ssize_t nargs, int at_end)
{
    Py_ssize_t start, end;
    if (str_slice_args(name, args, nargs, &start, &end) < 0)
        return NULL;
    if (PyTuple_Check(args[0])) {
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(args[0]); i++) {
            PyObject *sub = PyTuple_GET_ITEM(args[0], i);
            if (!PyUnicode_Check(sub))
                return k_raise(PyExc_TypeError, "tuple for %.200s must only contain str, not %.100s", name, Py_TYPE(sub)->tp_name);
            if (str_tail_match(self, sub, start, end, at_end))
                Py_RETURN_TRUE;
        }
        Py_RETURN_FALSE;
    }
    if (!PyUnicode_Check(args[0]))
        return k_raise(PyExc_TypeError, "%s first arg must be str or a tuple of str, not %.100s", name, Py_TYPE(args[0])->tp_name);
    Py_RETURN_BOOL(str_tail_match(self, args[0], start, end, at_end));
}

METHOD_RAW(strfind, startswith, FAST, 0, "S.startswith(prefix[, start[, end]]) -> bool\n\n"
           "Whether S[start:end] begins with prefix, or with one of a tuple of prefixes.")
{
    return tail_method("startswith", self, args, nargs, 0);
}
METHOD_RAW(strfind, endswith, FAST, 0, "S.endswith(suffix[, start[, end]]) -> bool\n\n"
           "Whether S[start:end] ends with suffix, or with one of a tuple of suffixes.")
{
    return tail_method("endswith", self, args, nargs, 1);
}
METHODS_END(strfind);
MORE_METHODS(PyUnicode_Type, strfind);
