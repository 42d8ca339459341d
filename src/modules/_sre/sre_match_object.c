/* sre_match_object.c - re.Match: where a pattern and its groups matched. */
#include "modules/_sre/sre_int.h"

#include "memory/gc.h"
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/genericalias.h"
#include "objects/int/int.h"
#include "objects/method.h"
#include "objects/descr.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "objects/module.h"
#include "runtime/errors.h"
#include "runtime/import.h"

METHODS_DECLARE(match);

PyObject *sre_match_object(PatternObject *pattern, const SreState *s, int status)
{
    if (status < 0)
        return NULL;
    if (status == 0)
        Py_RETURN_NONE;
    Py_ssize_t groups = pattern->groups + 1;
    MatchObject *m = PyObject_GC_NewVar(MatchObject, &SreMatch_Type, 2 * groups);
    if (!m)
        return NULL;
    m->string = Py_NewRef(s->string);
    m->regs = NULL;
    m->pattern = (PatternObject *)Py_NewRef(pattern);
    m->groups = groups;
    m->mark[0] = s->match_start;
    m->mark[1] = s->match_end;
    for (Py_ssize_t i = 0; i < pattern->groups; i++) {
        bool set = s->mark[2 * i] >= 0 && s->mark[2 * i + 1] >= 0;
        m->mark[2 * i + 2] = set ? s->mark[2 * i] : -1;
        m->mark[2 * i + 3] = set ? s->mark[2 * i + 1] : -1;
    }
    m->pos = s->start_given;
    m->endpos = s->end;
    m->lastindex = s->lastindex;
    PyObject_GC_Track(m);
    return (PyObject *)m;
}

static PyObject *group_text(MatchObject *m, Py_ssize_t group, PyObject *unset)
{
    if (m->string == Py_None || m->mark[2 * group] < 0)
        return Py_NewRef(unset);
    return sre_slice(m->string, false, m->mark[2 * group], m->mark[2 * group + 1]);
}

/* A group's number from its number or name; -1 with IndexError. */
static Py_ssize_t group_number(MatchObject *m, PyObject *index)
{
    Py_ssize_t number = -1;
    if (PyIndex_Check(index))
        number = PyNumber_AsSsize_t(index, NULL);
    else {
        PyObject *value = PyDict_GetItemWithError(m->pattern->groupindex, index);
        if (value && PyLong_Check(value))
            number = PyLong_AsSsize_t(value);
    }
    if (number >= 0 && number < m->groups)
        return number;
    if (!PyErr_Occurred() || PyErr_ExceptionMatches(PyExc_TypeError))
        PyErr_SetString(PyExc_IndexError, "no such group");
    return -1;
}

static PyObject *group_by(MatchObject *m, PyObject *index, PyObject *unset)
{
    Py_ssize_t number = group_number(m, index);
    return number < 0 ? NULL : group_text(m, number, unset);
}

METHOD_RAW(match, group, FAST, 0, "group([group1, ...]) -> str or tuple.\n"
                                  "    The text of groups by number or name; 0 is the whole match.")
{
    MatchObject *m = (MatchObject *)self;
    if (nargs == 0)
        return group_text(m, 0, Py_None);
    if (nargs == 1)
        return group_by(m, args[0], Py_None);
    K_AUTO(PyObject *) result = PyTuple_New(nargs);
    for (Py_ssize_t i = 0; result && i < nargs; i++) {
        PyObject *text = group_by(m, args[i], Py_None);
        if (!text)
            return NULL;
        PyTuple_SET_ITEM(result, i, text);
    }
    return K_MOVE(result);
}

METHOD_KW(match, groups, "($self, /, default=None)", "The texts of all groups, default for those that took no part.", *unset)
{
    MatchObject *m = (MatchObject *)self;
    K_AUTO(PyObject *) result = PyTuple_New(m->groups - 1);
    for (Py_ssize_t i = 1; result && i < m->groups; i++) {
        PyObject *text = group_text(m, i, arg->unset);
        if (!text)
            return NULL;
        PyTuple_SET_ITEM(result, i - 1, text);
    }
    return K_MOVE(result);
}

METHOD_KW(match, groupdict, "($self, /, default=None)", "The texts of the named groups by name.", *unset)
{
    MatchObject *m = (MatchObject *)self;
    K_AUTO(PyObject *) result = PyDict_New();
    PyObject *name, *number;
    Py_ssize_t at = 0;
    while (result && PyDict_Next(m->pattern->groupindex, &at, &name, &number)) {
        K_AUTO(PyObject *) text = group_by(m, name, arg->unset);
        if (!text || PyDict_SetItem(result, name, text) < 0)
            return NULL;
    }
    return K_MOVE(result);
}

static PyObject *span_of(MatchObject *m, Py_ssize_t group)
{
    return Py_BuildValue("nn", m->mark[2 * group], m->mark[2 * group + 1]);
}

METHOD_KW(match, start, "($self, group=0, /)", "Where the group begins; -1 when it took no part.", *group)
{
    Py_ssize_t number = group_number((MatchObject *)self, arg->group);
    return number < 0 ? NULL : PyLong_FromSsize_t(((MatchObject *)self)->mark[2 * number]);
}

METHOD_KW(match, end, "($self, group=0, /)", "Where the group ends; -1 when it took no part.", *group)
{
    Py_ssize_t number = group_number((MatchObject *)self, arg->group);
    return number < 0 ? NULL : PyLong_FromSsize_t(((MatchObject *)self)->mark[2 * number + 1]);
}

METHOD_KW(match, span, "($self, group=0, /)", "(start, end) of the group.", *group)
{
    Py_ssize_t number = group_number((MatchObject *)self, arg->group);
    return number < 0 ? NULL : span_of((MatchObject *)self, number);
}

METHOD_KW(match, expand, "($self, /, template)", "The template with its group references filled in.", *template)
{
    MatchObject *m = (MatchObject *)self;
    K_AUTO(PyObject *) re = PyImport_ImportModule("re");
    return re ? PyObject_CallMethod(re, "_expand", "OOO", m->pattern, self, arg->template) : NULL;
}

METHOD(match, __copy__, NOARGS, "($self, /)", "")
{
    return Py_NewRef(self);
}

METHOD(match, __deepcopy__, O, "($self, memo, /)", "")
{
    (void)arg;
    return Py_NewRef(self);
}

METHOD_RAW(match, __class_getitem__, O, METH_CLASS, "See PEP 585")
{
    return Py_GenericAlias(self, arg);
}
METHODS_END(match);

static PyObject *match_subscript(PyObject *self, PyObject *index)
{
    return group_by((MatchObject *)self, index, Py_None);
}

static PyObject *match_repr(PyObject *self)
{
    MatchObject *m = (MatchObject *)self;
    K_AUTO(PyObject *) text = group_text(m, 0, Py_None);
    if (!text)
        return NULL;
    return PyUnicode_FromFormat("<%s object; span=(%zd, %zd), match=%.50R>", Py_TYPE(self)->tp_name, m->mark[0], m->mark[1],
                                text);
}

static PyObject *match_lastindex(PyObject *self, void *closure)
{
    (void)closure;
    Py_ssize_t last = ((MatchObject *)self)->lastindex;
    return last >= 0 ? PyLong_FromSsize_t(last) : Py_NewRef(Py_None);
}

static PyObject *match_lastgroup(PyObject *self, void *closure)
{
    (void)closure;
    MatchObject *m = (MatchObject *)self;
    PyObject *names = m->pattern->indexgroup;
    if (m->lastindex >= 0 && PyTuple_Check(names) && m->lastindex < PyTuple_GET_SIZE(names))
        return Py_NewRef(PyTuple_GET_ITEM(names, m->lastindex));
    Py_RETURN_NONE;
}

static PyObject *match_regs(PyObject *self, void *closure)
{
    (void)closure;
    MatchObject *m = (MatchObject *)self;
    if (m->regs)
        return Py_NewRef(m->regs);
    K_AUTO(PyObject *) regs = PyTuple_New(m->groups);
    for (Py_ssize_t i = 0; regs && i < m->groups; i++) {
        PyObject *span = span_of(m, i);
        if (!span)
            return NULL;
        PyTuple_SET_ITEM(regs, i, span);
    }
    m->regs = Py_XNewRef(regs);
    return K_MOVE(regs);
}

static PyGetSetDef match_getset[] = {
    { "lastindex", match_lastindex, NULL, "The number of the last group that matched, or None.", NULL },
    { "lastgroup", match_lastgroup, NULL, "The name of the last group that matched, or None.", NULL },
    { "regs", match_regs, NULL, NULL, NULL },
    { NULL, NULL, NULL, NULL, NULL },
};
static PyMemberDef match_members[] = {
    { "string", T_OBJECT, offsetof(MatchObject, string), READONLY, "The text that was searched." },
    { "re", T_OBJECT, offsetof(MatchObject, pattern), READONLY, "The pattern." },
    { "pos", T_PYSSIZET, offsetof(MatchObject, pos), READONLY, "Where the search began." },
    { "endpos", T_PYSSIZET, offsetof(MatchObject, endpos), READONLY, "Where the search ended." },
    { NULL, 0, 0, 0, NULL },
};

static int match_traverse(PyObject *self, visitproc visit, void *arg)
{
    MatchObject *m = (MatchObject *)self;
    Py_VISIT(m->string);
    Py_VISIT(m->regs);
    Py_VISIT(m->pattern);
    return 0;
}

static int match_clear(PyObject *self)
{
    MatchObject *m = (MatchObject *)self;
    Py_CLEAR(m->string);
    Py_CLEAR(m->regs);
    Py_CLEAR(m->pattern);
    return 0;
}

static void match_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    match_clear(self);
    Py_TYPE(self)->tp_free(self);
}

static PyMappingMethods match_mapping = { .mp_subscript = match_subscript };

PyTypeObject SreMatch_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "re.Match",
    .tp_basicsize = offsetof(MatchObject, mark),
    .tp_itemsize = sizeof(Py_ssize_t),
    .tp_dealloc = match_dealloc,
    .tp_repr = match_repr,
    .tp_as_mapping = &match_mapping,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_doc = "What re.match(), re.search() and re.finditer() give.",
    .tp_traverse = match_traverse,
    .tp_clear = match_clear,
    .tp_methods = METHODS(match),
    .tp_members = match_members,
    .tp_getset = match_getset,
};
K_TYPE(SreMatch_Type);
