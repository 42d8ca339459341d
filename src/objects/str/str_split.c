/* str_split.c - methods of str that cut and put together: split, partition, splitlines, replace, translate, encode.
 *
 * Start at PyUnicode_Split(), PyUnicode_Replace(), PyUnicode_Translate(). */
#include "base/search.h"
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/method.h"
#include "objects/protocol.h"
#include "objects/str/str_int.h"
#include "objects/tuple.h"
#include "runtime/codecs.h"
#include "runtime/errors.h"

/* ---- splitting ---- */

static int add_piece(PyObject *list, PyObject *s, Py_ssize_t start, Py_ssize_t end)
{
    PyObject *piece = str_slice(s, start, end);
    return piece ? k_list_append_steal((PyListObject *)list, piece) : -1;
}

static PyObject *split_space(PyObject *s, Py_ssize_t limit)
{
    PyObject *list = PyList_New(0);
    int kind = STR_KIND(s);
    const void *data = STR_DATA(s);
    Py_ssize_t n = STR_LEN(s), at = 0;
    while (list) {
        while (at < n && str_is_space(k_str_read(kind, data, at)))
            at++;
        if (at == n)
            return list;
        Py_ssize_t start = at;
        if (limit-- > 0) {
            while (at < n && !str_is_space(k_str_read(kind, data, at)))
                at++;
        } else {
            at = n; /* the rest, its trailing whitespace too */
        }
        if (add_piece(list, s, start, at) < 0)
            Py_CLEAR(list);
    }
    return NULL;
}

static PyObject *rsplit_space(PyObject *s, Py_ssize_t limit)
{
    PyObject *list = PyList_New(0);
    int kind = STR_KIND(s);
    const void *data = STR_DATA(s);
    Py_ssize_t end = STR_LEN(s);
    while (list) {
        while (end > 0 && str_is_space(k_str_read(kind, data, end - 1)))
            end--;
        if (end == 0)
            break;
        Py_ssize_t start = end;
        if (limit-- > 0) {
            while (start > 0 && !str_is_space(k_str_read(kind, data, start - 1)))
                start--;
        } else {
            start = 0;
        }
        if (add_piece(list, s, start, end) < 0)
            Py_CLEAR(list);
        end = start;
    }
    if (list && PyList_Reverse(list) < 0)
        Py_CLEAR(list);
    return list;
}

static PyObject *split_by(PyObject *s, PyObject *sep, Py_ssize_t limit, int from_right)
{
    int kind = STR_KIND(s);
    Py_ssize_t m = STR_LEN(sep), start = 0, end = STR_LEN(s);
    PyObject *list = PyList_New(0);
    if (STR_KIND(sep) > kind)
        limit = 0;
    const void *needle = limit ? str_widened(sep, kind) : STR_DATA(sep);
    if (!needle)
        Py_CLEAR(list);
    const char *data = STR_DATA(s);
    while (list && limit-- > 0) {
        Py_ssize_t at = from_right ? search_rfind(kind, data, end, needle, m)
                                   : search_find(kind, data + start * kind, end - start, needle, m);
        if (at < 0)
            break;
        if (from_right ? add_piece(list, s, at + m, end) < 0 : add_piece(list, s, start, start + at) < 0)
            Py_CLEAR(list);
        if (from_right)
            end = at;
        else
            start += at + m;
    }
    if (needle)
        str_widened_free(sep, needle);
    if (list && add_piece(list, s, start, end) < 0)
        Py_CLEAR(list);
    if (list && from_right && PyList_Reverse(list) < 0)
        Py_CLEAR(list);
    return list;
}

static PyObject *split(PyObject *s, PyObject *sep, Py_ssize_t limit, int from_right)
{
    if (str_need(s) < 0)
        return NULL;
    if (limit < 0)
        limit = PY_SSIZE_T_MAX;
    if (!sep || sep == Py_None)
        return from_right ? rsplit_space(s, limit) : split_space(s, limit);
    if (!PyUnicode_Check(sep))
        return k_raise(PyExc_TypeError, "must be str or None, not %.100s", Py_TYPE(sep)->tp_name);
    if (PyUnicode_READY(sep) < 0)
        return NULL;
    if (STR_LEN(sep) == 0)
        return k_raise(PyExc_ValueError, "empty separator");
    return split_by(s, sep, limit, from_right);
}

PyObject *PyUnicode_Split(PyObject *s, PyObject *sep, Py_ssize_t maxsplit)
{
    return split(s, sep, maxsplit, 0);
}

PyObject *PyUnicode_RSplit(PyObject *s, PyObject *sep, Py_ssize_t maxsplit)
{
    return split(s, sep, maxsplit, 1);
}

static PyObject *split_method(PyObject *self, PyObject *sep, PyObject *maxsplit, int from_right)
{
    Py_ssize_t limit;
    if (k_arg_ssize(maxsplit, &limit) < 0)
        return NULL;
    return split(self, sep, limit, from_right);
}
METHOD_KW(strcut, split, "($self, /, sep=None, maxsplit=-1)", "Return a list of the substrings, cut at sep (or at whitespace).",
          *sep, *maxsplit)
{
    return split_method(self, arg->sep, arg->maxsplit, 0);
}
METHOD_KW(strcut, rsplit, "($self, /, sep=None, maxsplit=-1)", "Return a list of the substrings, cut at sep from the end.",
          *sep, *maxsplit)
{
    return split_method(self, arg->sep, arg->maxsplit, 1);
}

PyObject *PyUnicode_Splitlines(PyObject *s, int keepends)
{
    if (str_need(s) < 0)
        return NULL;
    PyObject *list = PyList_New(0);
    int kind = STR_KIND(s);
    const void *data = STR_DATA(s);
    Py_ssize_t n = STR_LEN(s);
    for (Py_ssize_t start = 0, next; list && start < n; start = next) {
        Py_ssize_t end = start;
        while (end < n && !_PyUnicode_IsLinebreak(k_str_read(kind, data, end)))
            end++;
        next = end + (end < n);
        if (end + 1 < n && k_str_read(kind, data, end) == '\r' && k_str_read(kind, data, end + 1) == '\n')
            next++;
        if (add_piece(list, s, start, keepends ? next : end) < 0)
            Py_CLEAR(list);
    }
    return list;
}
METHOD_KW(strcut, splitlines, "($self, /, keepends=False)", "Return a list of the lines.", *keepends)
{
    int keep;
    return k_arg_int(arg->keepends, &keep) < 0 ? NULL : PyUnicode_Splitlines(self, keep);
}

static PyObject *partition(PyObject *s, PyObject *sep, int direction)
{
    if (str_need(s) < 0 || str_need(sep) < 0)
        return NULL;
    if (STR_LEN(sep) == 0)
        return k_raise(PyExc_ValueError, "empty separator");
    Py_ssize_t at = str_find(s, sep, 0, PY_SSIZE_T_MAX, direction);
    if (at == -2)
        return NULL;
    PyObject *parts[3] = { NULL, NULL, NULL };
    if (at < 0) {
        for (int i = 0; i < 3; i++)
            parts[i] = i == (direction > 0 ? 0 : 2) ? str_result(s) : str_empty();
    } else {
        parts[0] = str_slice(s, 0, at);
        parts[1] = Py_NewRef(sep);
        parts[2] = str_slice(s, at + STR_LEN(sep), STR_LEN(s));
    }
    if (parts[0] && parts[1] && parts[2])
        return k_tuple_from_array_steal(parts, 3);
    for (int i = 0; i < 3; i++)
        Py_XDECREF(parts[i]);
    return NULL;
}

PyObject *PyUnicode_Partition(PyObject *s, PyObject *sep)
{
    return partition(s, sep, 1);
}

PyObject *PyUnicode_RPartition(PyObject *s, PyObject *sep)
{
    return partition(s, sep, -1);
}
METHOD(strcut, partition, O, "($self, sep, /)", "Cut at the first sep: the part before it, sep itself, the part behind it.")
{
    return partition(self, arg, 1);
}
METHOD(strcut, rpartition, O, "($self, sep, /)", "Cut at the last sep: the part before it, sep itself, the part behind it.")
{
    return partition(self, arg, -1);
}
METHOD(strcut, removeprefix, O, "($self, prefix, /)", "Return a copy without the given prefix, if it is there.")
{
    if (k_arg_str(arg, "removeprefix", "argument") < 0)
        return NULL;
    return str_tail_match(self, arg, 0, PY_SSIZE_T_MAX, 0) ? str_slice(self, STR_LEN(arg), STR_LEN(self)) : str_result(self);
}
METHOD(strcut, removesuffix, O, "($self, suffix, /)", "Return a copy without the given suffix, if it is there.")
{
    if (k_arg_str(arg, "removesuffix", "argument") < 0)
        return NULL;
    return str_tail_match(self, arg, 0, PY_SSIZE_T_MAX, 1) ? str_slice(self, 0, STR_LEN(self) - STR_LEN(arg)) : str_result(self);
}
METHOD(strcut, join, O, "($self, iterable, /)", "Concatenate any number of strings, with this one between them.")
{
    return PyUnicode_Join(self, arg);
}

/* ---- replacing ---- */

/* The same text with no more width than it needs; takes the reference. */
static PyObject *narrowed(PyObject *s)
{
    Py_UCS4 max_char = str_run_max_char(STR_KIND(s), STR_DATA(s), STR_LEN(s));
    if (max_char == k_str_max_char(s))
        return s;
    K_AUTO(PyObject *) wide = s;
    return PyUnicode_FromKindAndData(STR_KIND(wide), STR_DATA(wide), STR_LEN(wide));
}

/* old is given in s's kind and stands count times in s (between the characters when m is 0). */
static PyObject *replace_runs(PyObject *s, const void *old, Py_ssize_t m, PyObject *new, Py_ssize_t count)
{
    Py_ssize_t n = STR_LEN(s), k = STR_LEN(new);
    if (k > m && count > (PY_SSIZE_T_MAX - n) / (k - m))
        return k_raise(PyExc_OverflowError, "replace string is too long");
    PyObject *result = PyUnicode_New(n + count * (k - m), Py_MAX(k_str_max_char(s), k_str_max_char(new)));
    if (!result || STR_LEN(result) == 0)
        return result;
    int kind = STR_KIND(s);
    Py_ssize_t from = 0, to = 0;
    for (; count; count--) {
        Py_ssize_t step = m ? search_find(kind, (const char *)STR_DATA(s) + from * kind, n - from, old, m) : 0;
        str_copy_into(result, to, s, from, step);
        str_copy_into(result, to + step, new, 0, k);
        to += step + k;
        from += step + m;
        if (!m && from < n)
            str_copy_into(result, to++, s, from++, 1);
    }
    str_copy_into(result, to, s, from, n - from);
    return PyUnicode_IS_ASCII(result) ? result : narrowed(result);
}

PyObject *PyUnicode_Replace(PyObject *s, PyObject *old, PyObject *new, Py_ssize_t limit)
{
    if (str_need(s) < 0 || str_need(old) < 0 || str_need(new) < 0)
        return NULL;
    int kind = STR_KIND(s);
    Py_ssize_t m = STR_LEN(old);
    if (limit < 0)
        limit = PY_SSIZE_T_MAX;
    if (limit == 0 || m > STR_LEN(s) || STR_KIND(old) > kind || k_str_eq(old, new))
        return str_result(s);
    const void *needle = str_widened(old, kind);
    if (!needle)
        return NULL;
    Py_ssize_t count = m ? search_count(kind, STR_DATA(s), STR_LEN(s), needle, m, limit) : Py_MIN(limit, STR_LEN(s) + 1);
    PyObject *result = count ? replace_runs(s, needle, m, new, count) : str_result(s);
    str_widened_free(old, needle);
    return result;
}
METHOD(strcut, replace, FAST, "($self, old, new, count=-1, /)", "Return a copy with occurrences of old replaced by new.")
{
    Py_ssize_t limit = -1;
    if (k_check_nargs("replace", nargs, 2, 3) < 0 || k_arg_str(args[0], "replace", "argument 1") < 0 ||
        k_arg_str(args[1], "replace", "argument 2") < 0 || (nargs > 2 && k_arg_ssize(args[2], &limit) < 0))
        return NULL;
    return PyUnicode_Replace(self, args[0], args[1], limit);
}

/* ---- translate ---- */

enum { MAP_KEEP = -2, MAP_DROP = -3, MAP_STR = -4 }; /* beside a character */

/* What the mapping says of a character: a character, MAP_KEEP, MAP_DROP, MAP_STR with *text, or -1. Runs code. */
static long map_char(PyObject *mapping, Py_UCS4 c, PyObject **text)
{
    K_AUTO(PyObject *) key = PyLong_FromLong((long)c);
    if (!key)
        return -1;
    K_AUTO(PyObject *) value = PyObject_GetItem(mapping, key);
    if (!value)
        return k_catch(PyExc_LookupError) ? MAP_KEEP : -1;
    if (value == Py_None)
        return MAP_DROP;
    if (PyLong_Check(value)) {
        long to = PyLong_AsLong(value);
        if (to < 0 || to > 0x10ffff) {
            PyErr_Format(PyExc_ValueError, "character mapping must be in range(0x%x)", 0x110000);
            return -1;
        }
        return to;
    }
    if (PyUnicode_Check(value)) {
        if (PyUnicode_READY(value) < 0)
            return -1;
        if (STR_LEN(value) == 1)
            return (long)STR_AT(value, 0);
        *text = K_MOVE(value);
        return MAP_STR;
    }
    PyErr_SetString(PyExc_TypeError, "character mapping must return integer, None or str");
    return -1;
}

/* Characters from..to map to nothing: what the handler says. The place to go on, or -1. */
static Py_ssize_t translate_error(_PyUnicodeWriter *w, PyObject *s, const char *errors, Py_ssize_t from, Py_ssize_t to)
{
    if (errors && strcmp(errors, "ignore") == 0)
        return to;
    K_AUTO(PyObject *) handler = PyCodec_LookupError(errors);
    K_AUTO(PyObject *) exception = _PyUnicodeTranslateError_Create(s, from, to, "character maps to <undefined>");
    if (!handler || !exception)
        return -1;
    K_AUTO(PyObject *) result = PyObject_CallOneArg(handler, exception);
    if (!result)
        return -1;
    if (!PyTuple_Check(result) || PyTuple_GET_SIZE(result) != 2 || !PyUnicode_Check(PyTuple_GET_ITEM(result, 0)) ||
        !PyLong_Check(PyTuple_GET_ITEM(result, 1))) {
        PyErr_SetString(PyExc_TypeError, "translating error handler must return (str, int) tuple");
        return -1;
    }
    Py_ssize_t at = PyLong_AsSsize_t(PyTuple_GET_ITEM(result, 1)), real = at < 0 ? at + STR_LEN(s) : at;
    if (real < 0 || real > STR_LEN(s)) {
        PyErr_Format(PyExc_IndexError, "position %zd from error handler out of bounds", at);
        return -1;
    }
    return _PyUnicodeWriter_WriteStr(w, PyTuple_GET_ITEM(result, 0)) < 0 ? -1 : real;
}

/* Writes the translation of the character at i; gives the next index, or -1. */
static Py_ssize_t translate_at(_PyUnicodeWriter *w, PyObject *s, Py_ssize_t i, PyObject *mapping, const char *errors,
                               int8_t *ascii)
{
    Py_UCS4 c = STR_AT(s, i);
    PyObject *text = NULL;
    if (c < 128 && ascii[c] >= 0)
        return _PyUnicodeWriter_WriteChar(w, (Py_UCS4)ascii[c]) < 0 ? -1 : i + 1;
    if (c < 128 && ascii[c] == MAP_DROP)
        return i + 1;
    long to = map_char(mapping, c, &text);
    if (to == MAP_STR) {
        K_AUTO(PyObject *) keep = text;
        return _PyUnicodeWriter_WriteStr(w, text) < 0 ? -1 : i + 1;
    }
    if (to == -1)
        return -1;
    if (to == MAP_DROP) {
        if (c < 128 && strcmp(errors, "ignore") == 0)
            ascii[c] = MAP_DROP;
        return translate_error(w, s, errors, i, i + 1);
    }
    Py_UCS4 out = to == MAP_KEEP ? c : (Py_UCS4)to;
    if (c < 128 && out < 128)
        ascii[c] = (int8_t)out;
    return _PyUnicodeWriter_WriteChar(w, out) < 0 ? -1 : i + 1;
}

/* As long as ASCII characters become ASCII characters or nothing: how far s was translated; the text stands in w. Only
 * for exact dicts, whose answers do not change meanwhile. -1 with an exception. */
static Py_ssize_t translate_ascii(_PyUnicodeWriter *w, PyObject *s, PyObject *mapping, int8_t *ascii)
{
    Py_ssize_t n = STR_LEN(s), i = 0;
    if (_PyUnicodeWriter_Prepare(w, n, 0x7f) < 0)
        return -1;
    const unsigned char *from = STR_DATA(s);
    char *to = (char *)w->data + w->pos;
    for (; i < n; i++) {
        int8_t out = ascii[from[i]];
        if (out == -1) {
            PyObject *text = NULL;
            long answer = map_char(mapping, from[i], &text); /* runs code only in __hash__ and __eq__ of odd keys */
            Py_XDECREF(text);
            if (answer == -1)
                return -1;
            if (answer == MAP_STR || answer > 127)
                break;
            out = ascii[from[i]] = (int8_t)(answer == MAP_KEEP ? from[i] : answer);
        }
        if (out >= 0)
            *to++ = (char)out;
    }
    w->pos = to - (char *)w->data;
    return i;
}

PyObject *PyUnicode_Translate(PyObject *s, PyObject *mapping, const char *errors)
{
    if (str_need(s) < 0)
        return NULL;
    int8_t ascii[128]; /* what has been found out; only of exact dicts, whose answers are steady */
    memset(ascii, -1, sizeof ascii);
    _PyUnicodeWriter w;
    _PyUnicodeWriter_Init(&w);
    w.min_length = STR_LEN(s);
    w.overallocate = 1;
    Py_ssize_t i = 0;
    if (PyUnicode_IS_ASCII(s) && STR_LEN(s) && PyDict_CheckExact(mapping) && errors && strcmp(errors, "ignore") == 0)
        i = translate_ascii(&w, s, mapping, ascii);
    if (i < 0) {
        _PyUnicodeWriter_Dealloc(&w);
        return NULL;
    }
    while (i < STR_LEN(s)) {
        i = translate_at(&w, s, i, mapping, errors ? errors : "strict", ascii);
        if (i < 0) {
            _PyUnicodeWriter_Dealloc(&w);
            return NULL;
        }
        if (!PyDict_CheckExact(mapping) && !PyUnicode_CheckExact(mapping))
            memset(ascii, -1, sizeof ascii);
    }
    return _PyUnicodeWriter_Finish(&w);
}
METHOD(strcut, translate, O, "($self, table, /)", "Replace each character as the table says: a mapping from ordinals.")
{
    return PyUnicode_Translate(self, arg, "ignore");
}

/* maketrans of two strs and perhaps a third to delete. */
static int maketrans_pairs(PyObject *table, PyObject *from, PyObject *to, PyObject *delete)
{
    if (!PyUnicode_Check(from)) {
        PyErr_SetString(PyExc_TypeError, "first maketrans argument must be a string if there is a second argument");
        return -1;
    }
    if (STR_LEN(from) != STR_LEN(to)) {
        PyErr_SetString(PyExc_ValueError, "the first two maketrans arguments must have equal length");
        return -1;
    }
    for (Py_ssize_t i = 0; i < STR_LEN(from); i++) {
        K_AUTO(PyObject *) key = PyLong_FromLong((long)STR_AT(from, i));
        K_AUTO(PyObject *) value = PyLong_FromLong((long)STR_AT(to, i));
        if (!key || !value || PyDict_SetItem(table, key, value) < 0)
            return -1;
    }
    for (Py_ssize_t i = 0; delete && i < STR_LEN(delete); i++) {
        K_AUTO(PyObject *) key = PyLong_FromLong((long)STR_AT(delete, i));
        if (!key || PyDict_SetItem(table, key, Py_None) < 0)
            return -1;
    }
    return 0;
}

static int maketrans_dict(PyObject *table, PyObject *from)
{
    if (!PyDict_CheckExact(from)) {
        PyErr_SetString(PyExc_TypeError, "if you give only one argument to maketrans it must be a dict");
        return -1;
    }
    PyObject *key, *value;
    for (Py_ssize_t at = 0; PyDict_Next(from, &at, &key, &value);) {
        K_AUTO(PyObject *) code = NULL;
        if (PyUnicode_Check(key)) {
            if (STR_LEN(key) != 1) {
                PyErr_SetString(PyExc_ValueError, "string keys in translate table must be of length 1");
                return -1;
            }
            K_SET(code, PyLong_FromLong((long)STR_AT(key, 0)));
        } else if (PyLong_Check(key)) {
            K_SET(code, Py_NewRef(key));
        } else {
            PyErr_SetString(PyExc_TypeError, "keys in translate table must be strings or integers");
        }
        if (!code || PyDict_SetItem(table, code, value) < 0)
            return -1;
    }
    return 0;
}
METHOD_FLAGS(strcut, maketrans, FAST, METH_STATIC, "(x, y=<unrepresentable>, z=<unrepresentable>, /)",
             "Return a translation table for translate(): of a dict, or of strings of equal length.")
{
    if (k_check_nargs("maketrans", nargs, 1, 3) < 0 || (nargs > 1 && k_arg_str(args[1], "maketrans", "argument 2") < 0) ||
        (nargs > 2 && k_arg_str(args[2], "maketrans", "argument 3") < 0))
        return NULL;
    K_AUTO(PyObject *) table = PyDict_New();
    if (!table)
        return NULL;
    int status = nargs > 1 ? maketrans_pairs(table, args[0], args[1], nargs > 2 ? args[2] : NULL) : maketrans_dict(table, args[0]);
    return status < 0 ? NULL : K_MOVE(table);
}

/* ---- encoding, formatting ---- */

METHOD_KW(strcut, encode, "($self, /, encoding='utf-8', errors='strict')",
          "Encode the string using the codec registered for encoding.", *encoding, *errors)
{
    const char *encoding = NULL, *errors = NULL;
    if ((arg->encoding && k_arg_utf8(arg->encoding, "encode", "'encoding'", &encoding) < 0) ||
        (arg->errors && k_arg_utf8(arg->errors, "encode", "'errors'", &errors) < 0))
        return NULL;
    return PyUnicode_AsEncodedString(self, encoding, errors);
}
METHOD_RAW(strcut, format, VAR, 0, "S.format(*args, **kwargs) -> str\n\n"
           "A copy of S in which each field in braces is replaced by an argument, formatted.")
{
    return str_format_call(self, args, kwargs);
}
METHOD_RAW(strcut, format_map, O, 0, "S.format_map(mapping) -> str\n\n"
           "A copy of S in which each field in braces is replaced by an item of the mapping.")
{
    return str_format_map(self, arg);
}
METHODS_END(strcut);
MORE_METHODS(PyUnicode_Type, strcut);
