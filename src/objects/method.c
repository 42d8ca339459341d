/* method.c - binding of a builtin's arguments by its signature text, and conversions of one argument.
 *
 * In: the signature as the METHOD block writes it, the arguments of one call. Out: borrowed references in slots.
 * A plan is made at a binder's first call and lives for ever; binding a plain positional call is a copy and a fill.
 * Invariant: params stand in the order of the signature, so the first npos of them are the positional ones.
 * Start at k_bind(). */
#include "objects/method.h"

#include "memory/mem.h"
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/float/float.h"
#include "objects/func/cfunction.h"
#include "objects/int/int.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/bytes/bytes.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"

typedef enum { PARAM_POS, PARAM_VARARGS, PARAM_KWONLY, PARAM_VARKW } ParamKind;

typedef struct Param {
    PyObject *name;  /* interned, owned for ever */
    PyObject *value; /* the default, or NULL */
    ParamKind kind;
    bool required;
} Param;

typedef struct Plan {
    int n;        /* slots */
    int nposonly; /* of npos */
    int npos;
    int minpos;   /* required ones of npos */
    int nkwonly;
    int min_all;  /* up to and with the last required named parameter */
    int varargs, varkw; /* slot, or -1 */
    Param param[];
} Plan;

/* ---- reading a signature ---- */

/* The end of a default's text: the comma or parenthesis that closes it. */
static const char *plan_default_end(const char *p)
{
    int depth = 0;
    for (; *p; p++) {
        if (*p == '\'' || *p == '"') {
            char quote = *p++;
            while (*p && *p != quote)
                p += *p == '\\' && p[1] ? 2 : 1;
            if (!*p)
                return p;
        } else if (strchr("([{", *p)) {
            depth++;
        } else if (strchr(")]}", *p)) {
            if (depth-- == 0)
                return p;
        } else if (*p == ',' && depth == 0) {
            return p;
        }
    }
    return p;
}

static int plan_text_is(const char *start, size_t length, const char *text)
{
    return strlen(text) == length && memcmp(start, text, length) == 0;
}

/* The text between quotes, with the few escapes that signatures use. */
static PyObject *plan_quoted(const char *p, const char *end, bool is_bytes)
{
    char buffer[256];
    Py_ssize_t n = 0;
    char quote = *p++;
    for (; p < end && *p != quote && n < (Py_ssize_t)sizeof buffer; p++) {
        char c = *p;
        if (c == '\\' && p + 1 < end) {
            c = *++p;
            c = c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c == '0' ? '\0' : c;
        }
        buffer[n++] = c;
    }
    return is_bytes ? PyBytes_FromStringAndSize(buffer, n) : PyUnicode_FromStringAndSize(buffer, n);
}

/* 0 with *value a new reference or NULL (a default that has no object), -1 with an exception. */
static int plan_default(const char *p, const char *end, PyObject **value)
{
    while (end > p && end[-1] == ' ')
        end--;
    size_t length = (size_t)(end - p);
    *value = NULL;
    if (plan_text_is(p, length, "None")) {
        *value = Py_NewRef(Py_None);
    } else if (plan_text_is(p, length, "True")) {
        *value = Py_NewRef(Py_True);
    } else if (plan_text_is(p, length, "False")) {
        *value = Py_NewRef(Py_False);
    } else if (plan_text_is(p, length, "()")) {
        *value = PyTuple_New(0);
    } else if (*p == '\'' || *p == '"') {
        *value = plan_quoted(p, end, false);
    } else if (*p == 'b' && (p[1] == '\'' || p[1] == '"')) {
        *value = plan_quoted(p + 1, end, true);
    } else if ((*p >= '0' && *p <= '9') || (*p == '-' && p[1] >= '0' && p[1] <= '9')) {
        char number[64];
        if (length >= sizeof number)
            return 0;
        memcpy(number, p, length);
        number[length] = '\0';
        *value = strpbrk(number, ".eE") ? PyFloat_FromDouble(strtod(number, NULL))
                                        : PyLong_FromLongLong(strtoll(number, NULL, 0));
    } else {
        return 0;
    }
    return *value ? 0 : -1;
}

static Plan *plan_fail(const KBinder *binder)
{
    if (!PyErr_Occurred())
        k_raise(PyExc_SystemError, "%s: bad signature %s", binder->name, binder->signature);
    return NULL;
}

/* Counts and limits, once all parameters are read. */
static void plan_finish(Plan *plan)
{
    for (int i = 0; i < plan->n; i++) {
        const Param *param = &plan->param[i];
        switch (param->kind) {
        case PARAM_POS:
            plan->npos++;
            plan->minpos += param->required;
            break;
        case PARAM_KWONLY: plan->nkwonly++; break;
        case PARAM_VARARGS: plan->varargs = i; break;
        case PARAM_VARKW: plan->varkw = i; break;
        }
        if (param->required)
            plan->min_all = i + 1;
    }
}

static Plan *plan_make(const KBinder *binder)
{
    int capacity = binder->nslots;
    Plan *plan = PyMem_RawCalloc(1, sizeof *plan + (size_t)capacity * sizeof(Param));
    if (!plan) {
        PyErr_NoMemory();
        return NULL;
    }
    plan->varargs = plan->varkw = -1;
    ParamKind kind = PARAM_POS;
    const char *p = binder->signature + 1;
    while (*p && *p != ')') {
        if (*p == ' ' || *p == ',' || *p == '\n') {
            p++;
        } else if (*p == '/') {
            plan->nposonly = plan->n;
            p++;
        } else if (*p == '*' && (p[1] == ',' || p[1] == ')')) {
            kind = PARAM_KWONLY;
            p++;
        } else if (*p == '$') {
            p = plan_default_end(p);
        } else {
            if (plan->n == capacity)
                return plan_fail(binder);
            Param *param = &plan->param[plan->n++];
            param->kind = kind;
            if (p[0] == '*') {
                param->kind = p[1] == '*' ? PARAM_VARKW : PARAM_VARARGS;
                kind = PARAM_KWONLY;
                p += strspn(p, "*");
            }
            size_t length = strcspn(p, "=,) ");
            param->name = PyUnicode_FromStringAndSize(p, (Py_ssize_t)length);
            if (!param->name)
                return plan_fail(binder);
            PyUnicode_InternInPlace(&param->name);
            p += length;
            param->required = *p != '=' && (param->kind == PARAM_POS || param->kind == PARAM_KWONLY);
            if (*p == '=') {
                const char *end = plan_default_end(p + 1);
                if (plan_default(p + 1, end, &param->value) < 0)
                    return plan_fail(binder);
                p = end;
            }
        }
    }
    if (plan->n != capacity)
        return plan_fail(binder);
    plan_finish(plan);
    return plan;
}

static Plan *plan_of(KBinder *binder)
{
    if (K_UNLIKELY(!binder->plan))
        binder->plan = plan_make(binder);
    return binder->plan;
}

/* ---- errors ---- */

static const char *plural(Py_ssize_t n)
{
    return n == 1 ? "" : "s";
}

/* Too many or too few positional arguments. The named limit comes first, as CPython checks it. */
static int bind_check_count(const KBinder *binder, const Plan *plan, Py_ssize_t nargs, Py_ssize_t nkw)
{
    Py_ssize_t named = plan->npos + plan->nkwonly;
    if (plan->varargs < 0) {
        if (plan->nposonly == plan->npos && !plan->nkwonly && plan->varkw < 0) {
            if (nkw) {
                k_raise(PyExc_TypeError, "%.200s() takes no keyword arguments", binder->name);
                return -1;
            }
            return k_check_nargs(binder->name, nargs, plan->minpos, plan->npos);
        }
        if (plan->varkw < 0 && nargs + nkw > named) {
            k_raise(PyExc_TypeError, "%.200s() takes at most %zd %sargument%s (%zd given)", binder->name, named,
                    nargs == 0 ? "keyword " : "", plural(named), nargs + nkw);
            return -1;
        }
        if (nargs > plan->npos) {
            if (plan->npos == 0)
                k_raise(PyExc_TypeError, "%.200s() takes no positional arguments", binder->name);
            else
                k_raise(PyExc_TypeError, "%.200s() takes %s %d positional argument%s (%zd given)", binder->name,
                        plan->minpos < plan->npos ? "at most" : "exactly", plan->npos, plural(plan->npos), nargs);
            return -1;
        }
    }
    int minimum = Py_MIN(plan->nposonly, plan->minpos);
    if (nargs < minimum) {
        k_raise(PyExc_TypeError, "%.200s() takes %s %d positional argument%s (%zd given)", binder->name,
                plan->varargs >= 0 || minimum < plan->npos ? "at least" : "exactly", minimum, plural(minimum), nargs);
        return -1;
    }
    return 0;
}

static int bind_missing(const KBinder *binder, const Plan *plan, int i)
{
    int position = i + 1 - (plan->varargs >= 0 && i > plan->varargs);
    k_raise(PyExc_TypeError, "%.200s() missing required argument '%U' (pos %d)", binder->name, plan->param[i].name,
            position);
    return -1;
}

/* ---- binding ---- */

/* The slot of a keyword: -1 when unknown, -2 with an exception. */
static int bind_find(const Plan *plan, PyObject *name)
{
    for (int i = plan->nposonly; i < plan->n; i++) {
        if (plan->param[i].name == name && i != plan->varargs && i != plan->varkw)
            return i;
    }
    if (!PyUnicode_Check(name)) {
        k_raise(PyExc_TypeError, "keywords must be strings");
        return -2;
    }
    for (int i = plan->nposonly; i < plan->n; i++) {
        if (i != plan->varargs && i != plan->varkw && PyUnicode_Compare(plan->param[i].name, name) == 0)
            return i;
    }
    return PyErr_Occurred() ? -2 : -1;
}

static int bind_keywords(const KBinder *binder, const Plan *plan, PyObject *const *values, PyObject *kwnames,
                         PyObject **slots, PyObject *extra)
{
    PyObject *unknown = NULL;
    int twice = -1;
    Py_ssize_t nkw = PyTuple_GET_SIZE(kwnames);
    for (Py_ssize_t k = 0; k < nkw; k++) {
        PyObject *name = PyTuple_GET_ITEM(kwnames, k);
        int i = bind_find(plan, name);
        if (i == -2)
            return -1;
        if (i < 0 && extra) {
            if (PyDict_SetItem(extra, name, values[k]) < 0)
                return -1;
        } else if (i < 0) {
            unknown = unknown ? unknown : name;
        } else if (slots[i]) {
            twice = twice >= 0 ? twice : i;
        } else {
            slots[i] = values[k];
        }
    }
    for (int i = 0; i < plan->min_all; i++) { /* a missing argument is told before a wrong one */
        if (!slots[i] && plan->param[i].required)
            return bind_missing(binder, plan, i);
    }
    if (twice >= 0) {
        k_raise(PyExc_TypeError, "argument for %.200s() given by name ('%U') and position (%d)", binder->name,
                plan->param[twice].name, twice + 1);
        return -1;
    }
    if (unknown) {
        k_raise(PyExc_TypeError, "'%S' is an invalid keyword argument for %.200s()", unknown, binder->name);
        return -1;
    }
    return 0;
}

static int bind_general(const KBinder *binder, const Plan *plan, PyObject *const *args, Py_ssize_t nargs,
                        PyObject *kwnames, PyObject **slots, PyObject **owned)
{
    Py_ssize_t nkw = kwnames ? PyTuple_GET_SIZE(kwnames) : 0;
    if (bind_check_count(binder, plan, nargs, nkw) < 0)
        return -1;
    memset(slots, 0, (size_t)plan->n * sizeof *slots);
    Py_ssize_t npos = Py_MIN(nargs, plan->npos);
    if (npos)
        memcpy(slots, args, (size_t)npos * sizeof *slots);
    K_AUTO(PyObject *) rest = NULL;
    K_AUTO(PyObject *) extra = NULL;
    if (plan->varargs >= 0) {
        K_SET(rest, k_tuple_from_array(args + npos, nargs - npos));
        if (!rest)
            return -1;
    }
    if (plan->varkw >= 0) {
        K_SET(extra, PyDict_New());
        if (!extra)
            return -1;
    }
    if (nkw) {
        if (bind_keywords(binder, plan, args + nargs, kwnames, slots, extra) < 0)
            return -1;
    }
    for (int i = 0; i < plan->n; i++) {
        if (slots[i])
            continue;
        if (plan->param[i].required)
            return bind_missing(binder, plan, i);
        slots[i] = plan->param[i].value;
    }
    if (rest)
        slots[plan->varargs] = rest;
    if (extra)
        slots[plan->varkw] = extra;
    if (rest && extra) {
        *owned = PyTuple_Pack(2, rest, extra);
        return *owned ? 0 : -1;
    }
    *owned = rest ? K_MOVE(rest) : K_MOVE(extra);
    return 0;
}

int k_bind(KBinder *binder, PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames, PyObject **slots,
           PyObject **owned)
{
    *owned = NULL;
    const Plan *plan = plan_of(binder);
    if (K_UNLIKELY(!plan))
        return -1;
    if ((kwnames && PyTuple_GET_SIZE(kwnames)) || nargs > plan->npos || nargs < plan->min_all || plan->varargs >= 0
        || plan->varkw >= 0)
        return bind_general(binder, plan, args, nargs, kwnames, slots, owned);
    for (Py_ssize_t i = 0; i < nargs; i++)
        slots[i] = args[i];
    for (int i = (int)nargs; i < plan->n; i++)
        slots[i] = plan->param[i].value;
    return 0;
}

int k_bind_tuple(KBinder *binder, PyObject *args, PyObject *kwargs, PyObject **slots, PyObject **owned)
{
    PyObject **items = ((PyTupleObject *)args)->ob_item;
    Py_ssize_t nargs = PyTuple_GET_SIZE(args), nkw = kwargs ? PyDict_GET_SIZE(kwargs) : 0;
    if (nkw == 0)
        return k_bind(binder, items, nargs, NULL, slots, owned);
    *owned = NULL;
    PyObject *small[16], **stack = small;
    if (nargs + nkw > K_COUNT_OF(small)) {
        stack = PyMem_New(PyObject *, nargs + nkw);
        if (!stack) {
            PyErr_NoMemory();
            return -1;
        }
    }
    int result = -1;
    K_AUTO(PyObject *) kwnames = PyTuple_New(nkw);
    if (kwnames) {
        Py_ssize_t pos = 0, k = 0;
        PyObject *key, *value;
        memcpy(stack, items, (size_t)nargs * sizeof *stack);
        while (k < nkw && PyDict_Next(kwargs, &pos, &key, &value)) {
            PyTuple_SET_ITEM(kwnames, k, Py_NewRef(key));
            stack[nargs + k++] = value;
        }
        result = k_bind(binder, stack, nargs, kwnames, slots, owned);
    }
    if (stack != small)
        PyMem_Free(stack);
    return result;
}

int k_check_nargs(const char *name, Py_ssize_t nargs, Py_ssize_t min, Py_ssize_t max)
{
    if (K_LIKELY(nargs >= min && nargs <= max))
        return 0;
    Py_ssize_t limit = nargs < min ? min : max;
    const char *kind = min == max ? "" : nargs < min ? "at least " : "at most ";
    k_raise(PyExc_TypeError, "%.200s expected %s%zd argument%s, got %zd", name, kind, limit, plural(limit), nargs);
    return -1;
}

/* ---- one argument ---- */

int k_arg_ssize(PyObject *arg, Py_ssize_t *out)
{
    K_AUTO(PyObject *) index = PyNumber_Index(arg);
    if (!index)
        return -1;
    *out = PyLong_AsSsize_t(index);
    return *out == -1 && PyErr_Occurred() ? -1 : 0;
}

int k_arg_int(PyObject *arg, int *out)
{
    *out = _PyLong_AsInt(arg);
    return *out == -1 && PyErr_Occurred() ? -1 : 0;
}

int k_arg_long(PyObject *arg, long *out)
{
    *out = PyLong_AsLong(arg);
    return *out == -1 && PyErr_Occurred() ? -1 : 0;
}

int k_arg_longlong(PyObject *arg, long long *out)
{
    *out = PyLong_AsLongLong(arg);
    return *out == -1 && PyErr_Occurred() ? -1 : 0;
}

int k_arg_bool(PyObject *arg, int *out)
{
    *out = PyObject_IsTrue(arg);
    return *out < 0 ? -1 : 0;
}

int k_arg_double(PyObject *arg, double *out)
{
    *out = PyFloat_AsDouble(arg);
    return *out == -1.0 && PyErr_Occurred() ? -1 : 0;
}

int k_arg_str(PyObject *arg, const char *fn, const char *which)
{
    if (K_LIKELY(PyUnicode_Check(arg)))
        return PyUnicode_READY(arg);
    bool whole = strncmp(which, "argument", 8) == 0;
    k_raise(PyExc_TypeError, "%.200s() %s%s%.200s must be str, not %.50s", fn, whole ? "" : "argument",
            whole || !*which ? "" : " ", which, arg == Py_None ? "None" : Py_TYPE(arg)->tp_name);
    return -1;
}

int k_arg_utf8(PyObject *arg, const char *fn, const char *which, const char **out)
{
    Py_ssize_t length;
    if (k_arg_str(arg, fn, which) < 0)
        return -1;
    *out = PyUnicode_AsUTF8AndSize(arg, &length);
    if (!*out)
        return -1;
    if (strlen(*out) != (size_t)length) {
        k_raise(PyExc_ValueError, "embedded null character");
        return -1;
    }
    return 0;
}
