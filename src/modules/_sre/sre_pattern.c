/* sre_pattern.c - re.Pattern: matching, searching, splitting and replacing; scanners.
 *
 * Empty matches: search goes on where the last match ended, but does not find an empty match at the end of a match that
 * was empty there (must_advance). Start at pattern_find() and replace(). */
#include "modules/_sre/sre_int.h"

#include "memory/gc.h"
#include "memory/mem.h"
#include "objects/buffer.h"
#include "objects/bytes/bytes.h"
#include "objects/call.h"
#include "objects/descr.h"
#include "objects/dict/dict.h"
#include "objects/genericalias.h"
#include "objects/hash.h"
#include "objects/int/int.h"
#include "objects/iter.h"
#include "objects/list/list.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "objects/weakref.h"
#include "runtime/errors.h"
#include "runtime/import.h"

METHODS_DECLARE(pattern);
METHODS_DECLARE(scanner);

static int window(PyObject *pos, PyObject *endpos, Py_ssize_t *start, Py_ssize_t *end)
{
    *start = 0;
    *end = PY_SSIZE_T_MAX;
    return (pos && k_arg_ssize(pos, start) < 0) || (endpos && k_arg_ssize(endpos, end) < 0) ? -1 : 0;
}

static PyObject *match_at_start(PatternObject *p, PyObject *string, PyObject *pos, PyObject *endpos, bool whole)
{
    SreState s;
    Py_ssize_t start, end;
    if (window(pos, endpos, &start, &end) < 0 || sre_state_init(&s, p, string, start, end) < 0)
        return NULL;
    s.match_all = whole;
    s.start_given = s.start;
    PyObject *result = sre_match_object(p, &s, sre_match(&s, s.start));
    sre_state_drop(&s);
    return result;
}

METHOD_KW(pattern, match, "($self, /, string, pos=0, endpos=sys.maxsize)", "A match at the start of the text, or None.", *string,
          *pos, *endpos)
{
    return match_at_start((PatternObject *)self, arg->string, arg->pos, arg->endpos, false);
}

METHOD_KW(pattern, fullmatch, "($self, /, string, pos=0, endpos=sys.maxsize)", "A match of the whole text, or None.", *string,
          *pos, *endpos)
{
    return match_at_start((PatternObject *)self, arg->string, arg->pos, arg->endpos, true);
}

METHOD_KW(pattern, search, "($self, /, string, pos=0, endpos=sys.maxsize)", "The first match anywhere in the text, or None.",
          *string, *pos, *endpos)
{
    SreState s;
    Py_ssize_t start, end;
    PatternObject *p = (PatternObject *)self;
    if (window(arg->pos, arg->endpos, &start, &end) < 0 || sre_state_init(&s, p, arg->string, start, end) < 0)
        return NULL;
    s.start_given = s.start;
    PyObject *result = sre_match_object(p, &s, sre_search(&s));
    sre_state_drop(&s);
    return result;
}

/* Searches on behind the last match: 1, 0 at the end, -1. */
static int next_match(SreState *s)
{
    sre_state_reset(s);
    return sre_search(s);
}

static void step_behind(SreState *s)
{
    s->must_advance = s->match_end == s->match_start ? s->match_end : -1;
    s->start = s->match_end;
}

/* findall()'s item: the whole match, the only group, or a tuple of the groups. */
static PyObject *found_item(PatternObject *p, SreState *s)
{
    if (p->groups == 0)
        return sre_slice(s->string, s->is_bytes, s->match_start, s->match_end);
    K_AUTO(PyObject *) tuple = p->groups > 1 ? PyTuple_New(p->groups) : NULL;
    for (Py_ssize_t i = 0; i < p->groups; i++) {
        bool set = s->mark[2 * i] >= 0 && s->mark[2 * i + 1] >= 0;
        PyObject *text = sre_slice(s->string, s->is_bytes, set ? s->mark[2 * i] : 0, set ? s->mark[2 * i + 1] : 0);
        if (p->groups == 1)
            return text;
        if (!text || !tuple) {
            Py_XDECREF(text);
            return NULL;
        }
        PyTuple_SET_ITEM(tuple, i, text);
    }
    return K_MOVE(tuple);
}

METHOD_KW(pattern, findall, "($self, /, string, pos=0, endpos=sys.maxsize)", "All matches that do not overlap, as a list.", *string,
          *pos, *endpos)
{
    PatternObject *p = (PatternObject *)self;
    SreState s;
    Py_ssize_t start, end;
    if (window(arg->pos, arg->endpos, &start, &end) < 0 || sre_state_init(&s, p, arg->string, start, end) < 0)
        return NULL;
    PyObject *list = PyList_New(0);
    int status = 0;
    while (list && s.start <= s.end && (status = next_match(&s)) > 0) {
        PyObject *item = found_item(p, &s);
        if (!item || k_list_append_steal((PyListObject *)list, item) < 0)
            Py_CLEAR(list);
        step_behind(&s);
    }
    if (status < 0)
        Py_CLEAR(list);
    sre_state_drop(&s);
    return list;
}

/* ---- split ---- */

static int append_slice(PyObject *list, SreState *s, Py_ssize_t start, Py_ssize_t end)
{
    PyObject *part = start < 0 ? Py_NewRef(Py_None) : sre_slice(s->string, s->is_bytes, start, end);
    return part ? k_list_append_steal((PyListObject *)list, part) : -1;
}

static int split_parts(PatternObject *p, SreState *s, PyObject *list, Py_ssize_t most)
{
    Py_ssize_t behind = 0;
    for (Py_ssize_t n = 0; !most || n < most; n++) {
        int status = next_match(s);
        if (status < 0)
            return -1;
        if (status == 0)
            break;
        if (append_slice(list, s, behind, s->match_start) < 0)
            return -1;
        for (Py_ssize_t i = 0; i < p->groups; i++)
            if (append_slice(list, s, s->mark[2 * i + 1] < 0 ? -1 : s->mark[2 * i], s->mark[2 * i + 1]) < 0)
                return -1;
        step_behind(s);
        behind = s->match_end;
    }
    return append_slice(list, s, behind, s->end);
}

METHOD_KW(pattern, split, "($self, /, string, maxsplit=0)", "The text between the matches, and the groups' texts.",
          *string, *maxsplit)
{
    PatternObject *p = (PatternObject *)self;
    SreState s;
    Py_ssize_t most;
    if (k_arg_ssize(arg->maxsplit, &most) < 0 || sre_state_init(&s, p, arg->string, 0, PY_SSIZE_T_MAX) < 0)
        return NULL;
    PyObject *list = PyList_New(0);
    if (list && (most < 0 ? append_slice(list, &s, 0, s.end) : split_parts(p, &s, list, most)) < 0)
        Py_CLEAR(list);
    sre_state_drop(&s);
    return list;
}

/* ---- sub ---- */

/* Whether a template holds no backslash: then it stands for itself. */
static int is_plain(PyObject *template, bool *plain)
{
    *plain = false;
    if (PyUnicode_Check(template)) {
        *plain = PyUnicode_FindChar(template, '\\', 0, PyUnicode_GET_LENGTH(template), 1) == -1;
        return PyErr_Occurred() ? -1 : 0;
    }
    Py_buffer view;
    if (PyObject_GetBuffer(template, &view, PyBUF_SIMPLE) < 0) {
        PyErr_Clear();
        return 0;
    }
    *plain = !memchr(view.buf, '\\', (size_t)view.len);
    PyBuffer_Release(&view);
    return 0;
}

/* What replaces a match: a text, or something to be called with the match. New. */
static PyObject *replacement(PatternObject *p, PyObject *template, bool *callable)
{
    bool plain;
    *callable = PyCallable_Check(template);
    if (*callable)
        return Py_NewRef(template);
    if (is_plain(template, &plain) < 0)
        return NULL;
    if (plain)
        return Py_NewRef(template);
    K_AUTO(PyObject *) re = PyImport_ImportModule("re");
    PyObject *filter = re ? PyObject_CallMethod(re, "_subx", "OO", p, template) : NULL;
    if (filter)
        *callable = PyCallable_Check(filter);
    return filter;
}

static int replace(PatternObject *p, SreState *s, PyObject *list, PyObject *filter, bool callable, Py_ssize_t count, Py_ssize_t *n)
{
    Py_ssize_t behind = 0;
    while (!count || *n < count) {
        int status = next_match(s);
        if (status < 0)
            return -1;
        if (status == 0)
            break;
        if (behind < s->match_start && append_slice(list, s, behind, s->match_start) < 0)
            return -1;
        PyObject *item;
        if (callable) {
            K_AUTO(PyObject *) match = sre_match_object(p, s, 1);
            item = match ? PyObject_CallOneArg(filter, match) : NULL;
        }
        else
            item = Py_NewRef(filter);
        if (!item)
            return -1;
        if (item == Py_None)
            Py_DECREF(item);
        else if (k_list_append_steal((PyListObject *)list, item) < 0)
            return -1;
        behind = s->match_end;
        ++*n;
        step_behind(s);
    }
    return behind < s->end ? append_slice(list, s, behind, s->end) : 0;
}

static PyObject *joined(PyObject *list, SreState *s)
{
    K_AUTO(PyObject *) empty = s->is_bytes ? PyBytes_FromStringAndSize(NULL, 0) : PyUnicode_New(0, 0);
    if (!empty)
        return NULL;
    return s->is_bytes ? _PyBytes_Join(empty, list) : PyUnicode_Join(empty, list);
}

static PyObject *substitute(PatternObject *p, PyObject *template, PyObject *string, PyObject *count_argument, Py_ssize_t *n)
{
    SreState s;
    Py_ssize_t count;
    bool callable;
    *n = 0;
    if (k_arg_ssize(count_argument, &count) < 0)
        return NULL;
    K_AUTO(PyObject *) filter = replacement(p, template, &callable);
    if (!filter || sre_state_init(&s, p, string, 0, PY_SSIZE_T_MAX) < 0)
        return NULL;
    PyObject *result = NULL, *list = PyList_New(0);
    if (list && (count < 0 ? append_slice(list, &s, 0, s.end) : replace(p, &s, list, filter, callable, count, n)) == 0)
        result = *n ? joined(list, &s) : sre_slice(s.string, s.is_bytes, 0, s.end);
    Py_XDECREF(list);
    sre_state_drop(&s);
    return result;
}

METHOD_KW(pattern, sub, "($self, /, repl, string, count=0)", "The text with its matches replaced.", *repl, *string, *count)
{
    Py_ssize_t n;
    return substitute((PatternObject *)self, arg->repl, arg->string, arg->count, &n);
}

METHOD_KW(pattern, subn, "($self, /, repl, string, count=0)", "(sub()'s result, how many were replaced).", *repl, *string, *count)
{
    Py_ssize_t n;
    PyObject *text = substitute((PatternObject *)self, arg->repl, arg->string, arg->count, &n);
    return text ? Py_BuildValue("Nn", text, n) : NULL;
}

/* ---- scanners ---- */

typedef struct ScannerObject {
    PyObject ob_base;
    PatternObject *pattern;
    SreState state;
    bool executing;
} ScannerObject;

static PyObject *scan(ScannerObject *scanner, bool search)
{
    SreState *s = &scanner->state;
    if (scanner->executing)
        return k_raise(PyExc_ValueError, "regular expression scanner already executing");
    if (s->start > s->end || s->start < 0)
        Py_RETURN_NONE;
    scanner->executing = true;
    sre_state_reset(s);
    int status = search ? sre_search(s) : sre_match(s, s->start);
    PyObject *match = sre_match_object(scanner->pattern, s, status);
    if (status == 0)
        s->start = -1;
    else
        step_behind(s);
    scanner->executing = false;
    return match;
}

METHOD(scanner, match, NOARGS, "($self, /)", "The next match at this very place, or None.")
{
    return scan((ScannerObject *)self, false);
}

METHOD(scanner, search, NOARGS, "($self, /)", "The next match, or None.")
{
    return scan((ScannerObject *)self, true);
}
METHODS_END(scanner);

static PyMemberDef scanner_members[] = {
    { "pattern", T_OBJECT, offsetof(ScannerObject, pattern), READONLY, NULL },
    { NULL, 0, 0, 0, NULL },
};

static void scanner_dealloc(PyObject *self)
{
    ScannerObject *scanner = (ScannerObject *)self;
    PyObject_GC_UnTrack(self);
    sre_state_drop(&scanner->state);
    Py_XDECREF(scanner->pattern);
    Py_TYPE(self)->tp_free(self);
}

static int scanner_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((ScannerObject *)self)->pattern);
    Py_VISIT(((ScannerObject *)self)->state.string);
    return 0;
}

PyTypeObject SreScanner_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "_sre.SRE_Scanner",
    .tp_basicsize = sizeof(ScannerObject),
    .tp_dealloc = scanner_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_traverse = scanner_traverse,
    .tp_methods = METHODS(scanner),
    .tp_members = scanner_members,
};
K_TYPE(SreScanner_Type);

static PyObject *make_scanner(PatternObject *p, PyObject *string, PyObject *pos, PyObject *endpos)
{
    Py_ssize_t start, end;
    if (window(pos, endpos, &start, &end) < 0)
        return NULL;
    ScannerObject *scanner = PyObject_GC_New(ScannerObject, &SreScanner_Type);
    if (!scanner)
        return NULL;
    scanner->pattern = (PatternObject *)Py_NewRef(p);
    scanner->executing = false;
    if (sre_state_init(&scanner->state, p, string, start, end) < 0) {
        PyObject_GC_Track(scanner);
        Py_DECREF(scanner);
        return NULL;
    }
    scanner->state.start_given = scanner->state.start;
    PyObject_GC_Track(scanner);
    return (PyObject *)scanner;
}

METHOD_KW(pattern, scanner, "($self, /, string, pos=0, endpos=sys.maxsize)", "", *string, *pos, *endpos)
{
    return make_scanner((PatternObject *)self, arg->string, arg->pos, arg->endpos);
}

METHOD_KW(pattern, finditer, "($self, /, string, pos=0, endpos=sys.maxsize)", "An iterator of all matches that do not overlap.",
          *string, *pos, *endpos)
{
    K_AUTO(PyObject *) scanner = make_scanner((PatternObject *)self, arg->string, arg->pos, arg->endpos);
    K_AUTO(PyObject *) search = scanner ? PyObject_GetAttr(scanner, K_STR("search")) : NULL;
    return search ? PyCallIter_New(search, Py_None) : NULL;
}

METHOD(pattern, __copy__, NOARGS, "($self, /)", "")
{
    return Py_NewRef(self);
}

METHOD(pattern, __deepcopy__, O, "($self, memo, /)", "")
{
    (void)arg;
    return Py_NewRef(self);
}

METHOD_RAW(pattern, __class_getitem__, O, METH_CLASS, "See PEP 585")
{
    return Py_GenericAlias(self, arg);
}
METHODS_END(pattern);

/* ---- the type ---- */

static int add_flag(PyObject *list, const char *name)
{
    PyObject *text = PyUnicode_FromString(name);
    return text ? k_list_append_steal((PyListObject *)list, text) : -1;
}

static PyObject *flags_text(int flags, bool is_text)
{
    static const struct { const char *name; int flag; } known[] = {
        { "re.TEMPLATE", 1 }, { "re.IGNORECASE", 2 }, { "re.LOCALE", 4 }, { "re.MULTILINE", 8 }, { "re.DOTALL", 16 },
        { "re.UNICODE", 32 }, { "re.VERBOSE", 64 }, { "re.DEBUG", 128 }, { "re.ASCII", 256 },
    };
    if (is_text && (flags & (4 | 32 | 256)) == 32)
        flags &= ~32; /* the default for text */
    K_AUTO(PyObject *) list = PyList_New(0);
    for (Py_ssize_t i = 0; list && i < K_COUNT_OF(known); i++)
        if (flags & known[i].flag) {
            if (add_flag(list, known[i].name) < 0)
                return NULL;
            flags &= ~known[i].flag;
        }
    char rest[24];
    snprintf(rest, sizeof rest, "0x%x", (unsigned)flags);
    if (!list || (flags && add_flag(list, rest) < 0))
        return NULL;
    return PyUnicode_Join(K_STR("|"), list);
}

static PyObject *pattern_repr(PyObject *self)
{
    PatternObject *p = (PatternObject *)self;
    K_AUTO(PyObject *) flags = flags_text(p->flags, p->isbytes == 0);
    if (!flags)
        return NULL;
    if (PyUnicode_GET_LENGTH(flags))
        return PyUnicode_FromFormat("re.compile(%.200R, %S)", p->pattern, flags);
    return PyUnicode_FromFormat("re.compile(%.200R)", p->pattern);
}

static Py_hash_t pattern_hash(PyObject *self)
{
    PatternObject *p = (PatternObject *)self;
    Py_hash_t hash = PyObject_Hash(p->pattern);
    if (hash == -1)
        return -1;
    hash ^= _Py_HashBytes(p->code, (Py_ssize_t)sizeof p->code[0] * Py_SIZE(p));
    hash ^= p->flags ^ p->isbytes ^ p->groups;
    return hash == -1 ? -2 : hash;
}

static PyObject *pattern_compare(PyObject *a, PyObject *b, int op)
{
    if ((op != Py_EQ && op != Py_NE) || !Py_IS_TYPE(b, Py_TYPE(a)))
        Py_RETURN_NOTIMPLEMENTED;
    PatternObject *p = (PatternObject *)a, *q = (PatternObject *)b;
    int same = p == q;
    if (!same && p->flags == q->flags && p->isbytes == q->isbytes && Py_SIZE(p) == Py_SIZE(q) &&
        memcmp(p->code, q->code, sizeof p->code[0] * (size_t)Py_SIZE(p)) == 0) {
        same = PyObject_RichCompareBool(p->pattern, q->pattern, Py_EQ);
        if (same < 0)
            return NULL;
    }
    Py_RETURN_BOOL(same == (op == Py_EQ));
}

static PyObject *pattern_groupindex(PyObject *self, void *closure)
{
    (void)closure;
    return PyDictProxy_New(((PatternObject *)self)->groupindex);
}

static PyGetSetDef pattern_getset[] = {
    { "groupindex", pattern_groupindex, NULL, "The numbers of the named groups by name.", NULL },
    { NULL, NULL, NULL, NULL, NULL },
};
static PyMemberDef pattern_members[] = {
    { "pattern", T_OBJECT, offsetof(PatternObject, pattern), READONLY, "The text the pattern was compiled from." },
    { "flags", T_INT, offsetof(PatternObject, flags), READONLY, "The flags." },
    { "groups", T_PYSSIZET, offsetof(PatternObject, groups), READONLY, "How many groups there are." },
    { "__weaklistoffset__", T_PYSSIZET, offsetof(PatternObject, weakreflist), READONLY, NULL },
    { NULL, 0, 0, 0, NULL },
};

static int pattern_traverse(PyObject *self, visitproc visit, void *arg)
{
    PatternObject *p = (PatternObject *)self;
    Py_VISIT(p->groupindex);
    Py_VISIT(p->indexgroup);
    Py_VISIT(p->pattern);
    return 0;
}

static int pattern_clear(PyObject *self)
{
    PatternObject *p = (PatternObject *)self;
    Py_CLEAR(p->groupindex);
    Py_CLEAR(p->indexgroup);
    Py_CLEAR(p->pattern);
    return 0;
}

static void pattern_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    if (((PatternObject *)self)->weakreflist)
        PyObject_ClearWeakRefs(self);
    pattern_clear(self);
    PyMem_Free(sre_tables((PatternObject *)self));
    Py_TYPE(self)->tp_free(self);
}

PyTypeObject SrePattern_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "re.Pattern",
    .tp_basicsize = offsetof(PatternObject, code),
    .tp_itemsize = sizeof(uint32_t),
    .tp_dealloc = pattern_dealloc,
    .tp_repr = pattern_repr,
    .tp_hash = pattern_hash,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_doc = "A compiled regular expression.",
    .tp_traverse = pattern_traverse,
    .tp_clear = pattern_clear,
    .tp_richcompare = pattern_compare,
    .tp_weaklistoffset = offsetof(PatternObject, weakreflist),
    .tp_methods = METHODS(pattern),
    .tp_members = pattern_members,
    .tp_getset = pattern_getset,
};
K_TYPE(SrePattern_Type);
