/* args.c - PyArg_Parse*: a whole argument list by a format, with or without keywords.
 *
 * In: a tuple (and dict), or an array (and names). Out: C values behind the pointers; 1, or 0 with an exception.
 * Invariant: on failure nothing acquired stays acquired. Start at args_positional() and args_keywords(). */
#include "capi/args.h"

#include "memory/mem.h"
#include "objects/dict/dict.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"

typedef struct ArgsFormat {
    const char *units; /* the first unit */
    const char *fname, *message;
    int min, max, max_pos; /* parameters: required, all, positional */
} ArgsFormat;

static const char *args_plural(Py_ssize_t n)
{
    return n == 1 ? "" : "s";
}

static int args_read_format(const char *format, ArgsFormat *f)
{
    int depth = 0;
    *f = (ArgsFormat){ .units = format, .min = -1, .max_pos = -1 };
    for (const char *p = format; *p; p++) {
        if (*p == '(') {
            f->max += depth++ == 0;
        } else if (*p == ')') {
            depth--;
        } else if (*p == ':') {
            f->fname = p + 1;
            break;
        } else if (*p == ';') {
            f->message = p + 1;
            break;
        } else if (depth == 0 && *p == 'e' && p[1]) {
            f->max++;
            p++;
        } else if (depth == 0 && *p == '|') {
            f->min = f->max;
        } else if (depth == 0 && *p == '$') {
            f->max_pos = f->max;
        } else if (depth == 0 && ((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z'))) {
            f->max++;
        }
    }
    if (f->min < 0)
        f->min = f->max;
    if (f->max_pos < 0)
        f->max_pos = f->max;
    if (depth == 0)
        return 0;
    k_raise(PyExc_SystemError, "%s", "missing ')' in getargs format");
    return -1;
}

/* Tells that argument i (from 1; 0: the only one) is wrong. */
static int args_fail(ArgsRun *run, int i, const char *wrong, const ArgsFormat *f)
{
    if (!PyErr_Occurred()) {
        if (f->message) {
            PyErr_SetString(PyExc_TypeError, f->message);
        } else {
            char text[512];
            int n = f->fname ? snprintf(text, sizeof text, "%.200s() ", f->fname) : 0;
            n += i ? snprintf(text + n, sizeof text - (size_t)n, "argument %d", i)
                   : snprintf(text + n, sizeof text - (size_t)n, "argument");
            for (int level = 0; level < 8 && run->levels[level]; level++)
                n += snprintf(text + n, sizeof text - (size_t)n, ", item %d", run->levels[level] - 1);
            snprintf(text + n, sizeof text - (size_t)n, " %.256s", wrong);
            PyErr_SetString(PyExc_TypeError, text);
        }
    }
    args_undo(run);
    return 0;
}

static const char *args_skip_marks(const char *p)
{
    while (*p == '|' || *p == '$')
        p++;
    return p;
}

/* ---- positional ---- */

static int args_positional(PyObject *const *args, Py_ssize_t nargs, const char *format, ArgsVa *va, bool clean)
{
    ArgsFormat f;
    ArgsRun run;
    run.size_t_lengths = clean;
    run.ncleanups = 0;
    memset(run.levels, 0, sizeof run.levels);
    if (args_read_format(format, &f) < 0)
        return 0;
    if (nargs < f.min || nargs > f.max) {
        int limit = nargs < f.min ? f.min : f.max;
        if (f.message)
            PyErr_SetString(PyExc_TypeError, f.message);
        else
            k_raise(PyExc_TypeError, "%.150s%s takes %s %d argument%s (%zd given)", f.fname ? f.fname : "function",
                    f.fname ? "()" : "", f.min == f.max ? "exactly" : nargs < f.min ? "at least" : "at most", limit,
                    args_plural(limit), nargs);
        return 0;
    }
    const char *p = f.units;
    for (Py_ssize_t i = 0; i < nargs; i++) {
        p = args_skip_marks(p);
        const char *wrong = args_unit(&run, args[i], &p, va);
        if (wrong)
            return args_fail(&run, (int)i + 1, wrong, &f);
    }
    return 1;
}

static int args_tuple(PyObject *tuple, const char *format, ArgsVa *va, bool clean)
{
    if (!tuple || !PyTuple_Check(tuple)) {
        k_raise(PyExc_SystemError, "new style getargs format but argument is not a tuple");
        return 0;
    }
    return args_positional(((PyTupleObject *)tuple)->ob_item, PyTuple_GET_SIZE(tuple), format, va, clean);
}

/* PyArg_Parse: the argument itself is the only one. */
static int args_single(PyObject *arg, const char *format, ArgsVa *va, bool clean)
{
    ArgsFormat f;
    ArgsRun run;
    run.size_t_lengths = clean;
    run.ncleanups = 0;
    memset(run.levels, 0, sizeof run.levels);
    if (args_read_format(format, &f) < 0)
        return 0;
    if (f.max == 0) {
        if (!arg)
            return 1;
        k_raise(PyExc_TypeError, "%.200s%s takes no arguments", f.fname ? f.fname : "function", f.fname ? "()" : "");
        return 0;
    }
    if (!arg) {
        k_raise(PyExc_TypeError, "%.200s%s takes at least one argument", f.fname ? f.fname : "function",
                f.fname ? "()" : "");
        return 0;
    }
    const char *p = f.units, *wrong = args_unit(&run, arg, &p, va);
    return wrong ? args_fail(&run, 0, wrong, &f) : 1;
}

/* ---- with keywords ---- */

typedef struct ArgsCall {
    PyObject *const *args;
    Py_ssize_t nargs;
    PyObject *dict;                   /* keywords as a dict, or */
    PyObject *kwnames;                /* as names, whose values follow args */
} ArgsCall;

static Py_ssize_t call_keyword_count(const ArgsCall *call)
{
    return call->dict ? PyDict_GET_SIZE(call->dict) : call->kwnames ? PyTuple_GET_SIZE(call->kwnames) : 0;
}

/* Borrowed; NULL with or without an exception. */
static PyObject *call_keyword(const ArgsCall *call, const char *name)
{
    if (call->dict)
        return _PyDict_GetItemStringWithError(call->dict, name);
    for (Py_ssize_t i = 0; call->kwnames && i < PyTuple_GET_SIZE(call->kwnames); i++) {
        if (_PyUnicode_EqualToASCIIString(PyTuple_GET_ITEM(call->kwnames, i), name))
            return call->args[call->nargs + i];
    }
    return NULL;
}

static int call_check_names(const ArgsCall *call, const char *const *names, int nposonly, const ArgsFormat *f)
{
    Py_ssize_t n = call_keyword_count(call), pos = 0;
    for (Py_ssize_t k = 0; k < n; k++) {
        PyObject *key, *value;
        if (!call->dict)
            key = PyTuple_GET_ITEM(call->kwnames, k);
        else if (!PyDict_Next(call->dict, &pos, &key, &value))
            break;
        if (!PyUnicode_Check(key)) {
            k_raise(PyExc_TypeError, "keywords must be strings");
            return -1;
        }
        int i = nposonly;
        while (names[i] && PyUnicode_CompareWithASCIIString(key, names[i]) != 0)
            i++;
        if (!names[i]) {
            k_raise(PyExc_TypeError, "'%U' is an invalid keyword argument for %.200s%s", key,
                    f->fname ? f->fname : "this function", f->fname ? "()" : "");
            return -1;
        }
    }
    return 0;
}

static int call_check_count(const ArgsCall *call, const ArgsFormat *f, int n, int nposonly)
{
    const char *fname = f->fname ? f->fname : "function", *brackets = f->fname ? "()" : "";
    Py_ssize_t nargs = call->nargs, nkw = call_keyword_count(call);
    if (nargs + nkw > n) {
        k_raise(PyExc_TypeError, "%.200s%s takes %s %d %sargument%s (%zd given)", fname, brackets, "at most", n,
                nargs == 0 ? "keyword " : "", args_plural(n), nargs + nkw);
        return -1;
    }
    if (nargs > f->max_pos) {
        if (f->max_pos == 0)
            k_raise(PyExc_TypeError, "%.200s%s takes no positional arguments", fname, brackets);
        else
            k_raise(PyExc_TypeError, "%.200s%s takes %s %d positional argument%s (%zd given)", fname, brackets,
                    f->min < f->max_pos ? "at most" : "exactly", f->max_pos, args_plural(f->max_pos), nargs);
        return -1;
    }
    int minimum = Py_MIN(nposonly, f->min);
    if (nargs < minimum) {
        k_raise(PyExc_TypeError, "%.200s%s takes %s %d positional argument%s (%zd given)", fname, brackets,
                minimum < f->max_pos ? "at least" : "exactly", minimum, args_plural(minimum), nargs);
        return -1;
    }
    return 0;
}

static int args_keywords(const ArgsCall *call, const char *format, const char *const *names, ArgsVa *va, bool clean)
{
    ArgsFormat f;
    ArgsRun run;
    run.size_t_lengths = clean;
    run.ncleanups = 0;
    memset(run.levels, 0, sizeof run.levels);
    if (args_read_format(format, &f) < 0)
        return 0;
    int n = 0, nposonly = 0;
    while (names[n] && !*names[n])
        n++;
    nposonly = n;
    while (names[n])
        n++;
    if (n != f.max) {
        k_raise(PyExc_SystemError, n > f.max ? "more keyword list entries (%d) than format specifiers (%d)"
                                             : "more argument specifiers than keyword list entries", n, f.max);
        return 0;
    }
    if (call_check_count(call, &f, n, nposonly) < 0)
        return 0;
    Py_ssize_t left = call_keyword_count(call);
    const char *p = f.units;
    for (int i = 0; i < n; i++) {
        p = args_skip_marks(p);
        PyObject *arg = i < call->nargs ? call->args[i] : NULL;
        if (left && i >= nposonly) {
            PyObject *named = call_keyword(call, names[i]);
            if (!named && PyErr_Occurred())
                return args_undo(&run), 0;
            left -= named != NULL;
            if (named && arg) {
                k_raise(PyExc_TypeError, "argument for %.200s%s given by name ('%s') and position (%d)",
                        f.fname ? f.fname : "function", f.fname ? "()" : "", names[i], i + 1);
                return args_undo(&run), 0;
            }
            arg = arg ? arg : named;
        }
        if (!arg && i < f.min) {
            k_raise(PyExc_TypeError, "%.200s%s missing required argument '%s' (pos %i)",
                    f.fname ? f.fname : "function", f.fname ? "()" : "", names[i], i + 1);
            return args_undo(&run), 0;
        }
        const char *wrong = args_unit(&run, arg, &p, va);
        if (wrong)
            return args_fail(&run, i + 1, wrong, &f);
    }
    if (left && call_check_names(call, names, nposonly, &f) < 0)
        return args_undo(&run), 0;
    return 1;
}

static int args_tuple_keywords(PyObject *tuple, PyObject *dict, const char *format, const char *const *names,
                               ArgsVa *va, bool clean)
{
    if (!tuple || !PyTuple_Check(tuple) || (dict && !PyDict_Check(dict)) || !format || !names) {
        PyErr_BadInternalCall();
        return 0;
    }
    ArgsCall call = { ((PyTupleObject *)tuple)->ob_item, PyTuple_GET_SIZE(tuple), dict, NULL };
    return args_keywords(&call, format, names, va, clean);
}

static int args_stack_keywords(PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames, _PyArg_Parser *parser,
                               ArgsVa *va, bool clean)
{
    ArgsCall call = { args, nargs, NULL, kwnames };
    return args_keywords(&call, parser->format, parser->keywords, va, clean);
}

/* ---- the API: each with both meanings of "#" ---- */

#define WITH_VA(last, call)                                                                                            \
    ArgsVa va;                                                                                                         \
    va_start(va.va, last);                                                                                             \
    int result = call;                                                                                                 \
    va_end(va.va);                                                                                                     \
    return result
#define COPY_VA(given, call)                                                                                           \
    ArgsVa va;                                                                                                         \
    va_copy(va.va, given);                                                                                             \
    int result = call;                                                                                                 \
    va_end(va.va);                                                                                                     \
    return result

#define PARSERS(single, va_single, tuple, stack, clean)                                                                \
    int single(PyObject *arg, const char *format, ...) { WITH_VA(format, args_single(arg, format, &va, clean)); }      \
    int va_single(PyObject *args, const char *format, va_list given)                                                   \
    {                                                                                                                  \
        COPY_VA(given, args_tuple(args, format, &va, clean));                                                          \
    }                                                                                                                  \
    int tuple(PyObject *args, const char *format, ...) { WITH_VA(format, args_tuple(args, format, &va, clean)); }      \
    int stack(PyObject *const *args, Py_ssize_t nargs, const char *format, ...)                                        \
    {                                                                                                                  \
        WITH_VA(format, args_positional(args, nargs, format, &va, clean));                                             \
    }
PARSERS(PyArg_Parse, PyArg_VaParse, PyArg_ParseTuple, _PyArg_ParseStack, false)
PARSERS(_PyArg_Parse_SizeT, _PyArg_VaParse_SizeT, _PyArg_ParseTuple_SizeT, _PyArg_ParseStack_SizeT, true)

#define KEYWORD_PARSERS(tuple, va_tuple, fast, va_fast, stack, clean)                                                  \
    int tuple(PyObject *args, PyObject *kwargs, const char *format, char **names, ...)                                 \
    {                                                                                                                  \
        WITH_VA(names, args_tuple_keywords(args, kwargs, format, (const char *const *)names, &va, clean));             \
    }                                                                                                                  \
    int va_tuple(PyObject *args, PyObject *kwargs, const char *format, char **names, va_list given)                    \
    {                                                                                                                  \
        COPY_VA(given, args_tuple_keywords(args, kwargs, format, (const char *const *)names, &va, clean));             \
    }                                                                                                                  \
    int fast(PyObject *args, PyObject *kwargs, struct _PyArg_Parser *parser, ...)                                      \
    {                                                                                                                  \
        WITH_VA(parser, args_tuple_keywords(args, kwargs, parser->format, parser->keywords, &va, clean));              \
    }                                                                                                                  \
    int va_fast(PyObject *args, PyObject *kwargs, struct _PyArg_Parser *parser, va_list given)                         \
    {                                                                                                                  \
        COPY_VA(given, args_tuple_keywords(args, kwargs, parser->format, parser->keywords, &va, clean));               \
    }                                                                                                                  \
    int stack(PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames, struct _PyArg_Parser *parser, ...)           \
    {                                                                                                                  \
        WITH_VA(parser, args_stack_keywords(args, nargs, kwnames, parser, &va, clean));                                \
    }
KEYWORD_PARSERS(PyArg_ParseTupleAndKeywords, PyArg_VaParseTupleAndKeywords, _PyArg_ParseTupleAndKeywordsFast,
                _PyArg_VaParseTupleAndKeywordsFast, _PyArg_ParseStackAndKeywords, false)
KEYWORD_PARSERS(_PyArg_ParseTupleAndKeywords_SizeT, _PyArg_VaParseTupleAndKeywords_SizeT,
                _PyArg_ParseTupleAndKeywordsFast_SizeT, _PyArg_VaParseTupleAndKeywordsFast_SizeT,
                _PyArg_ParseStackAndKeywords_SizeT, true)

/* ---- unpacking without conversion ---- */

static int args_unpack(PyObject *const *args, Py_ssize_t nargs, const char *name, Py_ssize_t min, Py_ssize_t max,
                       ArgsVa *va)
{
    if (name ? k_check_nargs(name, nargs, min, max) < 0 : nargs < min || nargs > max) {
        if (!PyErr_Occurred()) {
            Py_ssize_t limit = nargs < min ? min : max;
            k_raise(PyExc_TypeError, "unpacked tuple should have %s%zd element%s, but has %zd",
                    min == max ? "" : nargs < min ? "at least " : "at most ", limit, args_plural(limit), nargs);
        }
        return 0;
    }
    for (Py_ssize_t i = 0; i < nargs; i++)
        *va_arg(va->va, PyObject **) = args[i];
    return 1;
}

int PyArg_UnpackTuple(PyObject *tuple, const char *name, Py_ssize_t min, Py_ssize_t max, ...)
{
    if (!PyTuple_Check(tuple)) {
        k_raise(PyExc_SystemError, "PyArg_UnpackTuple() argument list is not a tuple");
        return 0;
    }
    WITH_VA(max, args_unpack(((PyTupleObject *)tuple)->ob_item, PyTuple_GET_SIZE(tuple), name, min, max, &va));
}

int _PyArg_UnpackStack(PyObject *const *args, Py_ssize_t nargs, const char *name, Py_ssize_t min, Py_ssize_t max, ...)
{
    WITH_VA(max, args_unpack(args, nargs, name, min, max, &va));
}

int PyArg_ValidateKeywordArguments(PyObject *kwargs)
{
    if (!PyDict_Check(kwargs)) {
        PyErr_BadInternalCall();
        return 0;
    }
    if (_PyDict_HasOnlyStringKeys(kwargs))
        return 1;
    k_raise(PyExc_TypeError, "keywords must be strings");
    return 0;
}

int _PyArg_NoKeywords(const char *name, PyObject *kwargs)
{
    if (!kwargs || PyDict_GET_SIZE(kwargs) == 0)
        return 1;
    k_raise(PyExc_TypeError, "%.200s() takes no keyword arguments", name);
    return 0;
}

int _PyArg_NoKwnames(const char *name, PyObject *kwnames)
{
    if (!kwnames || PyTuple_GET_SIZE(kwnames) == 0)
        return 1;
    k_raise(PyExc_TypeError, "%s() takes no keyword arguments", name);
    return 0;
}

int _PyArg_NoPositional(const char *name, PyObject *args)
{
    if (!args || PyTuple_GET_SIZE(args) == 0)
        return 1;
    k_raise(PyExc_TypeError, "%.200s() takes no positional arguments", name);
    return 0;
}

void _PyArg_BadArgument(const char *name, const char *which, const char *expected, PyObject *arg)
{
    k_raise(PyExc_TypeError, "%.200s() %.200s must be %.50s, not %.50s", name, which, expected,
            arg == Py_None ? "None" : Py_TYPE(arg)->tp_name);
}

int _PyArg_CheckPositional(const char *name, Py_ssize_t nargs, Py_ssize_t min, Py_ssize_t max)
{
    return k_check_nargs(name, nargs, min, max) == 0;
}
