/* bind.c - a call's arguments to a Python function's parameters.
 *
 * In: positional values, then the values of kwnames.  Out: the frame's first slots filled, or TypeError in CPython's
 * words. The values are consumed either way: what is not bound yet is released by release_from().
 * Start at vm_bind(). */
#include "vm/frame.h"

#include "objects/dict/dict.h"
#include "objects/list/list.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"

/* One call while it is bound. */
typedef struct Binding {
    PyThreadState *tstate;
    PyFunctionObject *func;
    PyCodeObject *code;
    PyObject **slots;
    Py_ssize_t named; /* parameters that have a name: positional and keyword-only */
    PyObject *extra;  /* the **kwargs dict (borrowed from its slot), or NULL */
} Binding;

static PyObject *parameter_name(const Binding *b, Py_ssize_t i)
{
    return PyTuple_GET_ITEM(b->code->co_localsplusnames, i);
}

static void release_from(PyObject *const *args, Py_ssize_t from, Py_ssize_t to)
{
    for (Py_ssize_t i = from; i < to; i++)
        Py_DECREF(args[i]);
}

/* ---- complaints ---- */

/* 'a', 'b', and 'c' */
static PyObject *spoken_list(PyObject *names)
{
    Py_ssize_t n = PyList_GET_SIZE(names);
    PyObject *last = PyList_GET_ITEM(names, n - 1);
    if (n == 1)
        return PyUnicode_FromFormat("%R", last);
    if (n == 2)
        return PyUnicode_FromFormat("%R and %R", PyList_GET_ITEM(names, 0), last);
    K_AUTO(PyObject *) text = PyUnicode_FromString("");
    for (Py_ssize_t i = 0; text && i < n - 1; i++)
        K_SET(text, PyUnicode_FromFormat("%U%R, ", text, PyList_GET_ITEM(names, i)));
    return text ? PyUnicode_FromFormat("%Uand %R", text, last) : NULL;
}

/* The empty ones among parameters from..to. */
static K_COLD int complain_missing(const Binding *b, Py_ssize_t from, Py_ssize_t to, const char *kind)
{
    K_AUTO(PyObject *) names = PyList_New(0);
    for (Py_ssize_t i = from; names && i < to; i++) {
        if (!b->slots[i] && PyList_Append(names, parameter_name(b, i)) < 0)
            return -1;
    }
    K_AUTO(PyObject *) text = names ? spoken_list(names) : NULL;
    if (text) {
        Py_ssize_t n = PyList_GET_SIZE(names);
        k_raise(PyExc_TypeError, "%U() missing %i required %s argument%s: %U", b->func->func_qualname, (int)n, kind,
                n == 1 ? "" : "s", text);
    }
    return -1;
}

static K_COLD int complain_too_many(const Binding *b, Py_ssize_t given, Py_ssize_t ndefaults)
{
    int plural = b->code->co_argcount != 1;
    Py_ssize_t keyword_only = 0;
    for (Py_ssize_t i = b->code->co_argcount; i < b->named; i++)
        keyword_only += b->slots[i] != NULL;
    K_AUTO(PyObject *) takes = NULL;
    if (ndefaults) {
        plural = 1;
        K_SET(takes, PyUnicode_FromFormat("from %zd to %d", b->code->co_argcount - ndefaults, b->code->co_argcount));
    } else {
        K_SET(takes, PyUnicode_FromFormat("%d", b->code->co_argcount));
    }
    K_AUTO(PyObject *) also = NULL;
    if (keyword_only)
        K_SET(also, PyUnicode_FromFormat(" positional argument%s (and %zd keyword-only argument%s)", given != 1 ? "s" : "",
                                         keyword_only, keyword_only != 1 ? "s" : ""));
    else
        K_SET(also, PyUnicode_FromString(""));
    if (takes && also)
        k_raise(PyExc_TypeError, "%U() takes %U positional argument%s but %zd%U %s given", b->func->func_qualname, takes,
                plural ? "s" : "", given, also, given == 1 && !keyword_only ? "was" : "were");
    return -1;
}

/* Whether keywords name positional-only parameters: 1 with TypeError, 0, -1 on another error. */
static K_COLD int complain_positional_only(const Binding *b, PyObject *kwnames)
{
    K_AUTO(PyObject *) names = PyList_New(0);
    if (!names)
        return -1;
    for (int i = 0; i < b->code->co_posonlyargcount; i++) {
        for (Py_ssize_t j = 0; j < PyTuple_GET_SIZE(kwnames); j++) {
            PyObject *word = PyTuple_GET_ITEM(kwnames, j), *name = parameter_name(b, i);
            int same = word == name ? 1 : PyObject_RichCompareBool(name, word, Py_EQ);
            if (same < 0 || (same && PyList_Append(names, word) < 0))
                return -1;
        }
    }
    if (PyList_GET_SIZE(names) == 0)
        return 0;
    K_AUTO(PyObject *) comma = PyUnicode_FromString(", ");
    K_AUTO(PyObject *) text = comma ? PyUnicode_Join(comma, names) : NULL;
    if (!text)
        return -1;
    k_raise(PyExc_TypeError, "%U() got some positional-only arguments passed as keyword arguments: '%U'",
            b->func->func_qualname, text);
    return 1;
}

/* ---- keywords ---- */

/* The parameter a keyword names: its slot, -1 when there is none, -2 on error. */
static Py_ssize_t find_parameter(const Binding *b, PyObject *word)
{
    Py_ssize_t first = b->code->co_posonlyargcount;
    for (Py_ssize_t i = first; i < b->named; i++) {
        if (parameter_name(b, i) == word)
            return i;
    }
    for (Py_ssize_t i = first; i < b->named; i++) {
        int same = PyObject_RichCompareBool(word, parameter_name(b, i), Py_EQ);
        if (same)
            return same < 0 ? -2 : i;
    }
    return -1;
}

static K_COLD int complain_unexpected(const Binding *b, PyObject *word, PyObject *kwnames)
{
    if (b->code->co_posonlyargcount && complain_positional_only(b, kwnames) != 0)
        return -1;
    k_raise(PyExc_TypeError, "%U() got an unexpected keyword argument '%S'", b->func->func_qualname, word);
    return -1;
}

/* Consumes value. */
static int bind_keyword(const Binding *b, PyObject *word, PyObject *value, PyObject *kwnames)
{
    Py_ssize_t at = -2;
    if (PyUnicode_Check(word))
        at = find_parameter(b, word);
    else
        k_raise(PyExc_TypeError, "%U() keywords must be strings", b->func->func_qualname);
    if (K_LIKELY(at >= 0 && !b->slots[at])) {
        b->slots[at] = value;
        return 0;
    }
    int status = -1;
    if (at >= 0)
        k_raise(PyExc_TypeError, "%U() got multiple values for argument '%S'", b->func->func_qualname, word);
    else if (at == -1 && b->extra)
        status = PyDict_SetItem(b->extra, word, value);
    else if (at == -1)
        complain_unexpected(b, word, kwnames);
    Py_DECREF(value);
    return status;
}

/* ---- what the call left out ---- */

static int fill_positional(const Binding *b, Py_ssize_t given)
{
    PyObject *defaults = b->func->func_defaults;
    Py_ssize_t argcount = b->code->co_argcount, ndefaults = defaults ? PyTuple_GET_SIZE(defaults) : 0;
    Py_ssize_t required = argcount - ndefaults;
    for (Py_ssize_t i = given; i < required; i++) {
        if (!b->slots[i])
            return complain_missing(b, i, required, "positional");
    }
    for (Py_ssize_t i = Py_MAX(required, 0); i < argcount; i++) {
        if (!b->slots[i])
            b->slots[i] = Py_NewRef(PyTuple_GET_ITEM(defaults, i - required));
    }
    return 0;
}

static int fill_keyword_only(const Binding *b)
{
    PyObject *defaults = b->func->func_kwdefaults;
    int missing = 0;
    for (Py_ssize_t i = b->code->co_argcount; i < b->named; i++) {
        if (b->slots[i])
            continue;
        PyObject *value = defaults ? PyDict_GetItemWithError(defaults, parameter_name(b, i)) : NULL;
        if (!value && PyErr_Occurred())
            return -1;
        if (value)
            b->slots[i] = Py_NewRef(value);
        else
            missing = 1;
    }
    return missing ? complain_missing(b, b->code->co_argcount, b->named, "keyword-only") : 0;
}

/* ---- the whole ---- */

/* The **kwargs dict and the *args tuple; consumes the positional values. */
static int bind_positional(Binding *b, PyObject *const *args, Py_ssize_t nargs)
{
    PyCodeObject *code = b->code;
    Py_ssize_t direct = Py_MIN(nargs, code->co_argcount);
    int star = (code->co_flags & CO_VARARGS) != 0;
    for (Py_ssize_t i = 0; i < direct; i++)
        b->slots[i] = args[i];
    if (star) {
        b->slots[b->named] = k_tuple_from_array_steal(args + direct, nargs - direct);
        if (!b->slots[b->named])
            return -1;
    } else {
        release_from(args, direct, nargs);
    }
    if (code->co_flags & CO_VARKEYWORDS) {
        b->extra = b->slots[b->named + star] = PyDict_New();
        if (!b->extra)
            return -1;
    }
    return 0;
}

int vm_bind(PyThreadState *tstate, PyFunctionObject *func, PyObject **slots, PyObject *const *args, Py_ssize_t nargs,
            PyObject *kwnames)
{
    PyCodeObject *code = (PyCodeObject *)func->func_code;
    Binding b = { .tstate = tstate, .func = func, .code = code, .slots = slots };
    Py_ssize_t nkw = kwnames ? PyTuple_GET_SIZE(kwnames) : 0;
    b.named = code->co_argcount + code->co_kwonlyargcount;
    if (bind_positional(&b, args, nargs) < 0) {
        release_from(args, nargs, nargs + nkw);
        return -1;
    }
    for (Py_ssize_t i = 0; i < nkw; i++) {
        if (bind_keyword(&b, PyTuple_GET_ITEM(kwnames, i), args[nargs + i], kwnames) < 0) {
            release_from(args, nargs + i + 1, nargs + nkw);
            return -1;
        }
    }
    if (K_UNLIKELY(nargs > code->co_argcount && !(code->co_flags & CO_VARARGS)))
        return complain_too_many(&b, nargs, func->func_defaults ? PyTuple_GET_SIZE(func->func_defaults) : 0);
    if (nargs < code->co_argcount && fill_positional(&b, nargs) < 0)
        return -1;
    return code->co_kwonlyargcount ? fill_keyword_only(&b) : 0;
}
