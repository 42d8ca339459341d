/* args_unpack.c - _PyArg_UnpackKeywords: keyword arguments into an array in the order of the parameters, as the
 * generated functions of extension modules call it.
 *
 * Out: the array, borrowed references; with a vararg its tuple stands in its place, a new reference. */
#include "capi/args.h"

#include "objects/dict/dict.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"

/* Reads the parser's names and function name once. */
static int unpack_prepare(_PyArg_Parser *parser)
{
    if (parser->kwtuple)
        return 0;
    int n = 0;
    while (parser->keywords[parser->pos] && !*parser->keywords[parser->pos])
        parser->pos++;
    while (parser->keywords[parser->pos + n])
        n++;
    if (!parser->fname && parser->format) {
        const char *colon = strchr(parser->format, ':');
        parser->fname = colon ? colon + 1 : NULL;
    }
    PyObject *names = PyTuple_New(n);
    for (int i = 0; names && i < n; i++) {
        PyObject *name = PyUnicode_InternFromString(parser->keywords[parser->pos + i]);
        if (!name) {
            Py_CLEAR(names);
            break;
        }
        PyTuple_SET_ITEM(names, i, name);
    }
    parser->kwtuple = names; /* for ever */
    return names ? 0 : -1;
}

#define FNAME(p) ((p)->fname ? (p)->fname : "function")
#define BRACKETS(p) ((p)->fname ? "()" : "")

static int unpack_count(_PyArg_Parser *p, Py_ssize_t nargs, Py_ssize_t nkw, int minpos, int maxpos, bool vararg)
{
    Py_ssize_t n = p->pos + PyTuple_GET_SIZE(p->kwtuple);
    if (!vararg && nargs + nkw > n) {
        k_raise(PyExc_TypeError, "%.200s%s takes %s %zd %sargument%s (%zd given)", FNAME(p), BRACKETS(p), "at most", n,
                nargs == 0 ? "keyword " : "", n == 1 ? "" : "s", nargs + nkw);
        return -1;
    }
    if (!vararg && nargs > maxpos) {
        if (maxpos == 0)
            k_raise(PyExc_TypeError, "%.200s%s takes no positional arguments", FNAME(p), BRACKETS(p));
        else
            k_raise(PyExc_TypeError, "%.200s%s takes %s %d positional argument%s (%zd given)", FNAME(p), BRACKETS(p),
                    minpos < maxpos ? "at most" : "exactly", maxpos, maxpos == 1 ? "" : "s", nargs);
        return -1;
    }
    int minimum = Py_MIN(p->pos, minpos);
    if (nargs < minimum) {
        k_raise(PyExc_TypeError, "%.200s%s takes %s %d positional argument%s (%zd given)", FNAME(p), BRACKETS(p),
                vararg || minimum < maxpos ? "at least" : "exactly", minimum, minimum == 1 ? "" : "s", nargs);
        return -1;
    }
    return 0;
}

typedef struct Keywords {
    PyObject *dict, *names;
    PyObject *const *values;
} Keywords;

static PyObject *unpack_find(const Keywords *kw, PyObject *name)
{
    if (kw->dict)
        return PyDict_GetItemWithError(kw->dict, name);
    Py_ssize_t n = PyTuple_GET_SIZE(kw->names);
    for (Py_ssize_t i = 0; i < n; i++) {
        if (PyTuple_GET_ITEM(kw->names, i) == name)
            return kw->values[i];
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        if (_PyUnicode_EQ(PyTuple_GET_ITEM(kw->names, i), name))
            return kw->values[i];
    }
    return NULL;
}

/* One keyword is not among the parameters, or repeats a positional argument: which? */
static void unpack_explain(_PyArg_Parser *p, const Keywords *kw, Py_ssize_t nargs)
{
    for (Py_ssize_t i = p->pos; i < nargs && i - p->pos < PyTuple_GET_SIZE(p->kwtuple); i++) {
        PyObject *name = PyTuple_GET_ITEM(p->kwtuple, i - p->pos);
        if (unpack_find(kw, name)) {
            k_raise(PyExc_TypeError, "argument for %.200s%s given by name ('%U') and position (%zd)", FNAME(p),
                    BRACKETS(p), name, i + 1);
            return;
        }
    }
    Py_ssize_t pos = 0, n = kw->dict ? PyDict_GET_SIZE(kw->dict) : PyTuple_GET_SIZE(kw->names);
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *key, *value;
        if (!kw->dict)
            key = PyTuple_GET_ITEM(kw->names, i);
        else if (!PyDict_Next(kw->dict, &pos, &key, &value))
            break;
        if (!PyUnicode_Check(key)) {
            k_raise(PyExc_TypeError, "keywords must be strings");
            return;
        }
        int known = PySequence_Contains(p->kwtuple, key);
        if (known < 0)
            return;
        if (!known) {
            k_raise(PyExc_TypeError, "'%S' is an invalid keyword argument for %.200s%s", key,
                    p->fname ? p->fname : "this function", BRACKETS(p));
            return;
        }
    }
}

/* buf[first...] from the keywords. minkw: required keyword-only ones. shift: 1 behind a vararg. */
static int unpack_named(_PyArg_Parser *p, const Keywords *kw, Py_ssize_t left, Py_ssize_t first, int minpos, int maxpos,
                        int minkw, int vararg, PyObject **buf)
{
    Py_ssize_t n = p->pos + PyTuple_GET_SIZE(p->kwtuple);
    for (Py_ssize_t i = Py_MAX(first, (Py_ssize_t)p->pos); i < n; i++) {
        PyObject *name = PyTuple_GET_ITEM(p->kwtuple, i - p->pos);
        PyObject *value = left ? unpack_find(kw, name) : NULL;
        if (!value && PyErr_Occurred())
            return -1;
        buf[vararg >= 0 && i >= vararg ? i + 1 : i] = value;
        left -= value != NULL;
        if (!value && (i < minpos || (i >= maxpos && i < maxpos + minkw))) {
            k_raise(PyExc_TypeError, "%.200s%s missing required argument '%U' (pos %zd)", FNAME(p), BRACKETS(p), name,
                    i + 1);
            return -1;
        }
    }
    if (left > 0) {
        unpack_explain(p, kw, first);
        return PyErr_Occurred() ? -1 : 0;
    }
    return 0;
}

PyObject *const *_PyArg_UnpackKeywords(PyObject *const *args, Py_ssize_t nargs, PyObject *kwargs, PyObject *kwnames,
                                       struct _PyArg_Parser *parser, int minpos, int maxpos, int minkw, PyObject **buf)
{
    if (unpack_prepare(parser) < 0)
        return NULL;
    Py_ssize_t nkw = kwnames ? PyTuple_GET_SIZE(kwnames) : kwargs ? PyDict_GET_SIZE(kwargs) : 0;
    if (nkw == 0 && minkw == 0 && minpos <= nargs && nargs <= maxpos && args)
        if (nargs == parser->pos + PyTuple_GET_SIZE(parser->kwtuple))
            return args;
    if (unpack_count(parser, nargs, nkw, minpos, maxpos, false) < 0)
        return NULL;
    Keywords kw = { kwnames ? NULL : kwargs, kwnames, args + nargs };
    for (Py_ssize_t i = 0; i < nargs; i++)
        buf[i] = args[i];
    for (Py_ssize_t i = nargs; i < parser->pos; i++)
        buf[i] = NULL;
    return unpack_named(parser, &kw, nkw, nargs, minpos, maxpos, minkw, -1, buf) < 0 ? NULL : buf;
}

PyObject *const *_PyArg_UnpackKeywordsWithVararg(PyObject *const *args, Py_ssize_t nargs, PyObject *kwargs,
                                                 PyObject *kwnames, struct _PyArg_Parser *parser, int minpos,
                                                 int maxpos, int minkw, int vararg, PyObject **buf)
{
    if (unpack_prepare(parser) < 0)
        return NULL;
    Py_ssize_t nkw = kwnames ? PyTuple_GET_SIZE(kwnames) : kwargs ? PyDict_GET_SIZE(kwargs) : 0;
    if (unpack_count(parser, nargs, nkw, minpos, maxpos, true) < 0)
        return NULL;
    Py_ssize_t npos = Py_MIN(nargs, (Py_ssize_t)maxpos);
    K_AUTO(PyObject *) rest = k_tuple_from_array(args + npos, nargs - npos);
    if (!rest)
        return NULL;
    Keywords kw = { kwnames ? NULL : kwargs, kwnames, args + nargs };
    for (Py_ssize_t i = 0; i < npos; i++)
        buf[i] = args[i];
    buf[vararg] = rest;
    if (unpack_named(parser, &kw, nkw, npos, minpos, maxpos, minkw, vararg, buf) < 0)
        return NULL;
    rest = NULL; /* buf[vararg] owns it: the caller releases it */
    return buf;
}

/* An O& converter: None leaves the value as it is. */
int _Py_convert_optional_to_ssize_t(PyObject *o, void *result)
{
    if (o == Py_None)
        return 1;
    if (!PyIndex_Check(o)) {
        k_raise(PyExc_TypeError, "argument should be integer or None, not '%.200s'", Py_TYPE(o)->tp_name);
        return 0;
    }
    Py_ssize_t n = PyNumber_AsSsize_t(o, PyExc_OverflowError);
    if (n == -1 && PyErr_Occurred())
        return 0;
    *(Py_ssize_t *)result = n;
    return 1;
}
