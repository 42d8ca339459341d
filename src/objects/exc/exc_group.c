/* exc_group.c - BaseExceptionGroup and ExceptionGroup (PEP 654): splitting, and what except* needs.
 *
 * In: a message and a sequence of exceptions.  Out: groups; split() gives two groups of the same shape.
 * Invariant: excs is a non-empty tuple of exceptions; an instance of Exception holds no BaseException that is not one.
 * Start at group_new() and split_tree(). */
#include "objects/exc/exc_types.h"

#include "objects/func/func.h"
#include "objects/genericalias.h"
#include "objects/list/list.h"
#include "objects/protocol.h"
#include "objects/set/set.h"
#include "runtime/state.h"
#include "vm/eval.h"

static PyObject *exception_group_type; /* class ExceptionGroup(BaseExceptionGroup, Exception), made at start */

static PyBaseExceptionGroupObject *group(PyObject *self)
{
    return (PyBaseExceptionGroupObject *)self;
}

static int is_group(PyObject *o)
{
    return PyObject_TypeCheck(o, &k_exc_BaseExceptionGroup);
}

static int is_exception(PyObject *o)
{
    return PyType_IsSubtype(Py_TYPE(o), &k_exc_Exception);
}

PyObject *k_exc_group_type(void)
{
    return exception_group_type;
}

/* ---- making ---- */

/* Checks the members: -1 with ValueError; else whether all of them are Exceptions. */
static int check_members(PyObject *members)
{
    int all_exceptions = 1;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(members); i++) {
        PyObject *member = PyTuple_GET_ITEM(members, i);
        if (!PyExceptionInstance_Check(member)) {
            k_raise(PyExc_ValueError, "Item %zd of second argument (exceptions) is not an exception", i);
            return -1;
        }
        all_exceptions &= is_exception(member);
    }
    return all_exceptions;
}

/* The class to make: BaseExceptionGroup of nothing but Exceptions is an ExceptionGroup. NULL with TypeError. */
static PyTypeObject *group_class(PyTypeObject *type, int all_exceptions)
{
    if (type == &k_exc_BaseExceptionGroup)
        return all_exceptions ? (PyTypeObject *)exception_group_type : type;
    if (all_exceptions || !PyType_IsSubtype(type, &k_exc_Exception))
        return type;
    if (type == (PyTypeObject *)exception_group_type)
        k_raise(PyExc_TypeError, "Cannot nest BaseExceptions in an ExceptionGroup");
    else
        k_raise(PyExc_TypeError, "Cannot nest BaseExceptions in '%.200s'", type->tp_name);
    return NULL;
}

static PyObject *group_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *message, *sequence;
    if (!PyArg_ParseTuple(args, "UO:BaseExceptionGroup.__new__", &message, &sequence))
        return NULL;
    if (!PySequence_Check(sequence))
        return k_raise(PyExc_TypeError, "second argument (exceptions) must be a sequence");
    K_AUTO(PyObject *) members = PySequence_Tuple(sequence);
    if (!members)
        return NULL;
    if (PyTuple_GET_SIZE(members) == 0)
        return k_raise(PyExc_ValueError, "second argument (exceptions) must be a non-empty sequence");
    int all_exceptions = check_members(members);
    PyTypeObject *class = all_exceptions < 0 ? NULL : group_class(type, all_exceptions);
    if (!class)
        return NULL;
    PyObject *self = exc_new(class, args, kwargs);
    if (!self)
        return NULL;
    group(self)->msg = Py_NewRef(message);
    group(self)->excs = K_MOVE(members);
    return self;
}

PyObject *_PyExc_CreateExceptionGroup(const char *message, PyObject *members)
{
    return PyObject_CallFunction(PyExc_BaseExceptionGroup, "sO", message, members);
}

static PyObject *group_str(PyObject *self)
{
    Py_ssize_t n = PyTuple_GET_SIZE(group(self)->excs);
    return PyUnicode_FromFormat("%S (%zd sub-exception%s)", group(self)->msg, n, n > 1 ? "s" : "");
}

/* A group of some of the members, which else is like orig: NULL without an exception when there are none. */
static PyObject *group_subset(PyObject *orig, PyObject *members)
{
    if (PyList_GET_SIZE(members) == 0)
        return NULL;
    K_AUTO(PyObject *) part = PyObject_CallMethodObjArgs(orig, K_STR("derive"), members, NULL);
    if (!part)
        return NULL;
    if (!is_group(part))
        return k_raise(PyExc_TypeError, "derive must return an instance of BaseExceptionGroup");
    PyObject *traceback = group(orig)->traceback;
    if (traceback && PyException_SetTraceback(part, traceback) < 0)
        return NULL;
    PyException_SetContext(part, PyException_GetContext(orig));
    PyException_SetCause(part, PyException_GetCause(orig));
    K_AUTO(PyObject *) notes = NULL;
    if (_PyObject_LookupAttr(orig, K_STR("__notes__"), &notes) < 0)
        return NULL;
    if (notes && PySequence_Check(notes)) {
        K_AUTO(PyObject *) copy = PySequence_List(notes); /* each group grows its own */
        if (!copy || PyObject_SetAttr(part, K_STR("__notes__"), copy) < 0)
            return NULL;
    }
    return K_MOVE(part);
}

/* ---- splitting ---- */

typedef enum { MATCH_TYPE, MATCH_PREDICATE, MATCH_IDENTITY } MatchKind;
typedef struct Matcher {
    MatchKind kind;
    PyObject *value; /* class or tuple of classes; function; set of addresses */
} Matcher;
typedef struct Halves {
    PyObject *match, *rest; /* owned; NULL: none */
} Halves;

static int matcher_for(PyObject *value, Matcher *matcher)
{
    matcher->value = value;
    if (PyFunction_Check(value)) {
        matcher->kind = MATCH_PREDICATE;
        return 0;
    }
    int fits = PyExceptionClass_Check(value);
    if (PyTuple_CheckExact(value)) {
        fits = 1;
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(value); i++)
            fits &= PyExceptionClass_Check(PyTuple_GET_ITEM(value, i));
    }
    matcher->kind = MATCH_TYPE;
    if (!fits)
        k_raise(PyExc_TypeError, "expected a function, exception type or tuple of exception types");
    return fits ? 0 : -1;
}

static int matches(PyObject *exception, const Matcher *matcher)
{
    switch (matcher->kind) {
    case MATCH_TYPE:
        return PyErr_GivenExceptionMatches(exception, matcher->value);
    case MATCH_PREDICATE: {
        K_AUTO(PyObject *) answer = PyObject_CallOneArg(matcher->value, exception);
        return answer ? PyObject_IsTrue(answer) : -1;
    }
    case MATCH_IDENTITY: {
        if (is_group(exception))
            return 0;
        K_AUTO(PyObject *) address = PyLong_FromVoidPtr(exception);
        return address ? PySet_Contains(matcher->value, address) : -1;
    }
    }
    Py_UNREACHABLE();
}

static int append_some(PyObject *list, PyObject *item)
{
    return item ? PyList_Append(list, item) : 0;
}

static int split_tree(PyObject *exception, const Matcher *matcher, int want_rest, Halves *out);

static int split_members(PyObject *self, const Matcher *matcher, int want_rest, Halves *out)
{
    K_AUTO(PyObject *) matching = PyList_New(0);
    K_AUTO(PyObject *) others = want_rest ? PyList_New(0) : NULL;
    K_AUTO(PyObject *) members = Py_NewRef(group(self)->excs);
    if (!matching || (want_rest && !others))
        return -1;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(members); i++) {
        Halves half = { NULL, NULL };
        int status = split_tree(PyTuple_GET_ITEM(members, i), matcher, want_rest, &half);
        if (status == 0)
            status = append_some(matching, half.match);
        if (status == 0 && want_rest)
            status = append_some(others, half.rest);
        Py_XDECREF(half.match);
        Py_XDECREF(half.rest);
        if (status < 0)
            return -1;
    }
    out->match = group_subset(self, matching);
    if (!out->match && PyErr_Occurred())
        return -1;
    if (want_rest) {
        out->rest = group_subset(self, others);
        if (!out->rest && PyErr_Occurred()) {
            Py_CLEAR(out->match);
            return -1;
        }
    }
    return 0;
}

/* Both halves of the tree below exception; want_rest: 0 when only the match is of interest. */
static int split_tree(PyObject *exception, const Matcher *matcher, int want_rest, Halves *out)
{
    *out = (Halves){ NULL, NULL };
    int whole = matches(exception, matcher);
    if (whole < 0)
        return -1;
    if (whole) {
        out->match = Py_NewRef(exception);
        return 0;
    }
    if (!is_group(exception)) {
        out->rest = want_rest ? Py_NewRef(exception) : NULL;
        return 0;
    }
    PyThreadState *tstate = k_tstate();
    if (k_enter_nested(tstate, " in exceptiongroup_split_recursive"))
        return -1;
    int status = split_members(exception, matcher, want_rest, out);
    k_leave_recursive(tstate);
    return status;
}

METHOD_RAW(BaseExceptionGroup, __class_getitem__, O, METH_CLASS, "PEP 585.")
{
    return Py_GenericAlias(self, arg);
}

METHOD_RAW(BaseExceptionGroup, derive, VAR, 0, NULL)
{
    (void)kwargs;
    PyObject *members;
    if (!PyArg_ParseTuple(args, "O", &members))
        return NULL;
    return PyObject_CallFunctionObjArgs(PyExc_BaseExceptionGroup, group(self)->msg, members, NULL);
}

METHOD_RAW(BaseExceptionGroup, split, FAST, 0, NULL)
{
    Matcher matcher;
    if (k_check_nargs("split", nargs, 1, 1) < 0 || matcher_for(args[0], &matcher) < 0)
        return NULL;
    Halves half;
    if (split_tree(self, &matcher, 1, &half) < 0)
        return NULL;
    PyObject *pair = PyTuple_Pack(2, half.match ? half.match : Py_None, half.rest ? half.rest : Py_None);
    Py_XDECREF(half.match);
    Py_XDECREF(half.rest);
    return pair;
}

METHOD_RAW(BaseExceptionGroup, subgroup, FAST, 0, NULL)
{
    Matcher matcher;
    if (k_check_nargs("subgroup", nargs, 1, 1) < 0 || matcher_for(args[0], &matcher) < 0)
        return NULL;
    Halves half;
    if (split_tree(self, &matcher, 0, &half) < 0)
        return NULL;
    return half.match ? half.match : Py_NewRef(Py_None);
}

METHODS_END(BaseExceptionGroup);
METHODS_DECLARE(BaseExceptionGroup);

/* ---- except* ---- */

static int collect_leaves(PyObject *exception, PyObject *addresses)
{
    if (exception == Py_None)
        return 0;
    if (!is_group(exception)) {
        K_AUTO(PyObject *) address = PyLong_FromVoidPtr(exception);
        return address ? PySet_Add(addresses, address) : -1;
    }
    PyThreadState *tstate = k_tstate();
    if (k_enter_nested(tstate, " in collect_exception_group_leaf_ids"))
        return -1;
    int status = 0;
    PyObject *members = group(exception)->excs;
    for (Py_ssize_t i = 0; status == 0 && i < PyTuple_GET_SIZE(members); i++)
        status = collect_leaves(PyTuple_GET_ITEM(members, i), addresses);
    k_leave_recursive(tstate);
    return status;
}

/* The part of orig whose leaves are in one of the groups of the list; None when that is nothing. */
static PyObject *group_projection(PyObject *orig, PyObject *keep)
{
    K_AUTO(PyObject *) addresses = PySet_New(NULL);
    if (!addresses)
        return NULL;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(keep); i++)
        if (collect_leaves(PyList_GET_ITEM(keep, i), addresses) < 0)
            return NULL;
    Halves half;
    if (split_tree(orig, &(Matcher){ MATCH_IDENTITY, addresses }, 0, &half) < 0)
        return NULL;
    return half.match ? half.match : Py_NewRef(Py_None);
}

/* Parts split off from orig and raised again have orig's own traceback, cause and context. */
static int is_reraised(PyObject *exception, PyObject *orig)
{
    PyBaseExceptionObject *a = (PyBaseExceptionObject *)exception, *b = (PyBaseExceptionObject *)orig;
    return is_group(exception) && a->notes == b->notes && a->traceback == b->traceback && a->cause == b->cause
           && a->context == b->context;
}

PyObject *_PyExc_PrepReraiseStar(PyObject *orig, PyObject *exceptions)
{
    Py_ssize_t n = PyList_GET_SIZE(exceptions);
    if (n == 0)
        Py_RETURN_NONE;
    if (!is_group(orig)) /* a naked exception: one clause ran at most */
        return Py_NewRef(PyList_GET_ITEM(exceptions, 0));
    K_AUTO(PyObject *) raised = PyList_New(0);
    K_AUTO(PyObject *) reraised = PyList_New(0);
    if (!raised || !reraised)
        return NULL;
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *exception = PyList_GET_ITEM(exceptions, i);
        if (exception == Py_None)
            continue;
        if (PyList_Append(is_reraised(exception, orig) ? reraised : raised, exception) < 0)
            return NULL;
    }
    K_AUTO(PyObject *) rest = group_projection(orig, reraised);
    if (!rest)
        return NULL;
    if (PyList_GET_SIZE(raised) == 0)
        return K_MOVE(rest);
    if (rest != Py_None && PyList_Append(raised, rest) < 0)
        return NULL;
    return _PyExc_CreateExceptionGroup("", raised);
}

/* ---- type ---- */

static PyMemberDef group_members[] = {
    { "message", T_OBJECT, offsetof(PyBaseExceptionGroupObject, msg), READONLY, "the message" },
    { "exceptions", T_OBJECT, offsetof(PyBaseExceptionGroupObject, excs), READONLY, "the exceptions in the group" },
    { NULL },
};
EXC_LAYOUT(group, offsetof(PyBaseExceptionGroupObject, msg), offsetof(PyBaseExceptionGroupObject, excs), 0)
EXC_TYPE(BaseExceptionGroup, &k_exc_BaseException, group, PyBaseExceptionGroupObject,
         "Several exceptions that have nothing to do with each other.", .tp_str = group_str,
         .tp_methods = METHODS(BaseExceptionGroup), .tp_members = group_members, .tp_init = exc_init,
         .tp_new = group_new);

int exc_group_start(void)
{
    if (exception_group_type)
        return 0;
    K_AUTO(PyObject *) bases = PyTuple_Pack(2, PyExc_BaseExceptionGroup, PyExc_Exception);
    exception_group_type = bases ? PyErr_NewException("builtins.ExceptionGroup", bases, NULL) : NULL;
    return exception_group_type ? 0 : -1;
}
