/* context.c - context variables: Context, ContextVar and Token, and their C API.
 *
 * In: a variable and a value.  Out: the value that the thread's current context holds for it.
 * Invariant: a context's vars is a dict that copies of the context share; who wants to change it and is not its only
 * holder copies it first, so a copy of a context costs nothing and iterators see one state. A variable remembers its
 * last value together with the thread and its context_ver, which changes whenever the thread's context does.
 * Start at PyContextVar_Get(). */
#include "objects/context.h"

#include "memory/gc.h"
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/genericalias.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "objects/weakref.h"
#include "runtime/errors.h"
#include "runtime/state.h"

typedef struct PyContext {
    PyObject ob_base;
    struct PyContext *previous; /* owned: the context that was current when this one was entered */
    PyObject *vars;             /* dict */
    PyObject *weakrefs;
    int entered;
} PyContext;
typedef struct PyContextVar {
    PyObject ob_base;
    PyObject *name, *fallback; /* fallback: NULL when there is no default */
    PyObject *cached;          /* borrowed from the context's vars */
    uint64_t cached_thread, cached_version;
    Py_hash_t hash;
} PyContextVar;
typedef struct PyContextToken {
    PyObject ob_base;
    PyContext *context;
    PyContextVar *var;
    PyObject *old; /* NULL: it had no value */
    int used;
} PyContextToken;

static PyContext *cx(PyObject *o)
{
    return (PyContext *)o;
}
static PyContextVar *va(PyObject *o)
{
    return (PyContextVar *)o;
}
static PyContextToken *tk(PyObject *o)
{
    return (PyContextToken *)o;
}

static int is_context(PyObject *o)
{
    if (Py_IS_TYPE(o, &PyContext_Type))
        return 1;
    PyErr_SetString(PyExc_TypeError, "an instance of Context was expected");
    return 0;
}

static int is_var(PyObject *o)
{
    if (Py_IS_TYPE(o, &PyContextVar_Type))
        return 1;
    PyErr_SetString(PyExc_TypeError, "an instance of ContextVar was expected");
    return 0;
}

/* ---- contexts ---- */

/* With the vars of another context, or empty (NULL). */
static PyObject *context_new_with(PyObject *vars)
{
    K_AUTO(PyObject *) own = vars ? Py_NewRef(vars) : PyDict_New();
    PyContext *self = own ? PyObject_GC_New(PyContext, &PyContext_Type) : NULL;
    if (!self)
        return NULL;
    self->previous = NULL;
    self->vars = K_MOVE(own);
    self->weakrefs = NULL;
    self->entered = 0;
    PyObject_GC_Track(self);
    return (PyObject *)self;
}

PyObject *PyContext_New(void)
{
    return context_new_with(NULL);
}

PyObject *PyContext_Copy(PyObject *o)
{
    return is_context(o) ? context_new_with(cx(o)->vars) : NULL;
}

/* The thread's context, made at first need: borrowed. */
static PyContext *current_context(void)
{
    PyThreadState *tstate = k_tstate();
    if (!tstate->context)
        tstate->context = PyContext_New();
    return cx(tstate->context);
}

PyObject *PyContext_CopyCurrent(void)
{
    PyContext *current = current_context();
    return current ? context_new_with(current->vars) : NULL;
}

int PyContext_Enter(PyObject *o)
{
    if (!is_context(o))
        return -1;
    PyContext *self = cx(o);
    if (self->entered) {
        k_raise(PyExc_RuntimeError, "cannot enter context: %R is already entered", o);
        return -1;
    }
    PyThreadState *tstate = k_tstate();
    self->previous = cx(tstate->context);
    self->entered = 1;
    tstate->context = Py_NewRef(o);
    tstate->context_ver++;
    return 0;
}

int PyContext_Exit(PyObject *o)
{
    if (!is_context(o))
        return -1;
    PyContext *self = cx(o);
    if (!self->entered) {
        k_raise(PyExc_RuntimeError, "cannot exit context: %R has not been entered", o);
        return -1;
    }
    PyThreadState *tstate = k_tstate();
    if (tstate->context != o) {
        PyErr_SetString(PyExc_RuntimeError,
                        "cannot exit context: thread state references a different context object");
        return -1;
    }
    tstate->context = (PyObject *)self->previous;
    self->previous = NULL;
    self->entered = 0;
    tstate->context_ver++;
    Py_DECREF(o);
    return 0;
}

/* The dict of vars, this context's alone. */
static PyObject *own_vars(PyContext *self)
{
    if (Py_REFCNT(self->vars) > 1) {
        PyObject *copy = PyDict_Copy(self->vars);
        if (!copy)
            return NULL;
        K_SET(self->vars, copy);
    }
    return self->vars;
}

/* ---- variables ---- */

static PyObject *var_new(PyObject *name, PyObject *fallback)
{
    if (!PyUnicode_Check(name))
        return k_raise(PyExc_TypeError, "context variable name must be a str");
    PyContextVar *self = PyObject_GC_New(PyContextVar, &PyContextVar_Type);
    if (!self)
        return NULL;
    self->name = Py_NewRef(name);
    self->fallback = Py_XNewRef(fallback);
    self->cached = NULL;
    self->cached_thread = self->cached_version = 0;
    uintptr_t address = (uintptr_t)self;
    self->hash = (Py_hash_t)(address >> 4 | address << 60);
    PyObject_GC_Track(self);
    return (PyObject *)self;
}

PyObject *PyContextVar_New(const char *name, PyObject *fallback)
{
    K_AUTO(PyObject *) text = PyUnicode_FromString(name);
    return text ? var_new(text, fallback) : NULL;
}

static void remember(PyContextVar *self, PyObject *value)
{
    PyThreadState *tstate = k_tstate();
    self->cached = value;
    self->cached_thread = tstate->id;
    self->cached_version = tstate->context_ver;
}

/* The value in the thread's context: borrowed; NULL without an exception when it has none. */
static PyObject *find(PyContextVar *self)
{
    PyThreadState *tstate = k_tstate();
    if (!tstate->context)
        return NULL;
    if (self->cached && self->cached_thread == tstate->id && self->cached_version == tstate->context_ver)
        return self->cached;
    PyObject *value = PyDict_GetItemWithError(cx(tstate->context)->vars, (PyObject *)self);
    if (value)
        remember(self, value);
    return value;
}

int PyContextVar_Get(PyObject *o, PyObject *otherwise, PyObject **value)
{
    *value = NULL;
    if (!is_var(o))
        return -1;
    PyObject *found = find(va(o));
    if (!found && PyErr_Occurred())
        return -1;
    if (!found)
        found = otherwise ? otherwise : va(o)->fallback;
    *value = Py_XNewRef(found);
    return 0;
}

/* Sets (value) or deletes (NULL) in a context. */
static int store(PyContext *context, PyContextVar *self, PyObject *value)
{
    self->cached = NULL;
    PyObject *vars = own_vars(context);
    if (!vars)
        return -1;
    if (value) {
        if (PyDict_SetItem(vars, (PyObject *)self, value) < 0)
            return -1;
        remember(self, value);
        return 0;
    }
    if (PyDict_DelItem(vars, (PyObject *)self) == 0)
        return 0;
    if (k_catch(PyExc_KeyError))
        PyErr_SetObject(PyExc_LookupError, (PyObject *)self);
    return -1;
}

PyObject *PyContextVar_Set(PyObject *o, PyObject *value)
{
    if (!is_var(o))
        return NULL;
    PyContext *context = current_context();
    PyObject *old = context ? PyDict_GetItemWithError(context->vars, o) : NULL;
    if (!old && PyErr_Occurred())
        return NULL;
    PyContextToken *token = PyObject_GC_New(PyContextToken, &PyContextToken_Type);
    if (!token)
        return NULL;
    token->context = (PyContext *)Py_NewRef(context);
    token->var = (PyContextVar *)Py_NewRef(o);
    token->old = Py_XNewRef(old);
    token->used = 0;
    PyObject_GC_Track(token);
    if (store(context, va(o), value) < 0)
        Py_CLEAR(token);
    return (PyObject *)token;
}

int PyContextVar_Reset(PyObject *o, PyObject *token)
{
    if (!is_var(o))
        return -1;
    PyContextToken *t = tk(token);
    if (t->used) {
        k_raise(PyExc_RuntimeError, "%R has already been used once", token);
        return -1;
    }
    if (t->var != va(o)) {
        k_raise(PyExc_ValueError, "%R was created by a different ContextVar", token);
        return -1;
    }
    PyContext *context = current_context();
    if (!context)
        return -1;
    if (context != t->context) {
        k_raise(PyExc_ValueError, "%R was created in a different Context", token);
        return -1;
    }
    t->used = 1;
    return store(context, va(o), t->old);
}

/* ---- the type Context ---- */

static PyObject *context_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    (void)type;
    if (PyTuple_GET_SIZE(args) || (kwargs && PyDict_GET_SIZE(kwargs)))
        return k_raise(PyExc_TypeError, "Context() does not accept any arguments");
    return PyContext_New();
}

static int is_key(PyObject *key)
{
    if (Py_IS_TYPE(key, &PyContextVar_Type))
        return 1;
    k_raise(PyExc_TypeError, "a ContextVar key was expected, got %R", key);
    return 0;
}

static PyObject *context_subscript(PyObject *self, PyObject *key)
{
    if (!is_key(key))
        return NULL;
    PyObject *value = PyDict_GetItemWithError(cx(self)->vars, key);
    if (!value && !PyErr_Occurred())
        PyErr_SetObject(PyExc_KeyError, key);
    return Py_XNewRef(value);
}

static Py_ssize_t context_length(PyObject *self)
{
    return PyDict_GET_SIZE(cx(self)->vars);
}

static int context_contains(PyObject *self, PyObject *key)
{
    return is_key(key) ? PyDict_Contains(cx(self)->vars, key) : -1;
}

/* The iterator holds the dict, which nobody changes as long as two hold it. */
static PyObject *context_iter(PyObject *self)
{
    return PyObject_GetIter(cx(self)->vars);
}

static PyObject *iterator_of_list(PyObject *made)
{
    K_AUTO(PyObject *) list = made;
    return list ? PyObject_GetIter(list) : NULL;
}

METHOD(Context, get, FAST, "($self, key, default=None, /)", "The value of a variable, or the default.")
{
    if (k_check_nargs("get", nargs, 1, 2) < 0 || !is_key(args[0]))
        return NULL;
    PyObject *value = PyDict_GetItemWithError(cx(self)->vars, args[0]);
    if (!value && PyErr_Occurred())
        return NULL;
    return Py_NewRef(value ? value : nargs > 1 ? args[1] : Py_None);
}

METHOD(Context, items, NOARGS, "($self, /)", "The variables with their values.")
{
    return iterator_of_list(PyDict_Items(cx(self)->vars));
}

METHOD(Context, keys, NOARGS, "($self, /)", "The variables.")
{
    return iterator_of_list(PyDict_Keys(cx(self)->vars));
}

METHOD(Context, values, NOARGS, "($self, /)", "The values.")
{
    return iterator_of_list(PyDict_Values(cx(self)->vars));
}

METHOD(Context, copy, NOARGS, "($self, /)", "A context with the same variables.")
{
    return context_new_with(cx(self)->vars);
}

METHOD_RAW(Context, run, VEC, 0, NULL)
{
    if (nargs < 1)
        return k_raise(PyExc_TypeError, "run() missing 1 required positional argument");
    if (PyContext_Enter(self) < 0)
        return NULL;
    PyObject *result = PyObject_Vectorcall(args[0], args + 1, (size_t)nargs - 1, kwnames);
    if (PyContext_Exit(self) < 0)
        Py_CLEAR(result);
    return result;
}

METHODS_END(Context);
METHODS_DECLARE(Context);

static PyObject *context_richcompare(PyObject *a, PyObject *b, int op)
{
    if (!Py_IS_TYPE(a, &PyContext_Type) || !Py_IS_TYPE(b, &PyContext_Type) || (op != Py_EQ && op != Py_NE))
        Py_RETURN_NOTIMPLEMENTED;
    return PyObject_RichCompare(cx(a)->vars, cx(b)->vars, op);
}

static int context_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(cx(self)->previous);
    Py_VISIT(cx(self)->vars);
    return 0;
}

static int context_clear(PyObject *self)
{
    Py_CLEAR(cx(self)->previous);
    Py_CLEAR(cx(self)->vars);
    return 0;
}

static void context_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    if (cx(self)->weakrefs)
        PyObject_ClearWeakRefs(self);
    context_clear(self);
    PyObject_GC_Del(self);
}

static PySequenceMethods context_as_sequence = { .sq_contains = context_contains };
static PyMappingMethods context_as_mapping = { .mp_length = context_length, .mp_subscript = context_subscript };

PyTypeObject PyContext_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "_contextvars.Context",
    .tp_basicsize = sizeof(PyContext),
    .tp_dealloc = context_dealloc,
    .tp_as_sequence = &context_as_sequence,
    .tp_as_mapping = &context_as_mapping,
    .tp_hash = PyObject_HashNotImplemented,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = context_traverse,
    .tp_clear = context_clear,
    .tp_richcompare = context_richcompare,
    .tp_weaklistoffset = offsetof(PyContext, weakrefs),
    .tp_iter = context_iter,
    .tp_methods = METHODS(Context),
    .tp_new = context_new,
};
K_TYPE(PyContext_Type);

/* ---- the type ContextVar ---- */

static PyObject *contextvar_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    (void)type;
    static char *names[] = { "", "default", NULL };
    PyObject *name, *fallback = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|$O:ContextVar", names, &name, &fallback))
        return NULL;
    return var_new(name, fallback);
}

static PyObject *contextvar_repr(PyObject *self)
{
    if (va(self)->fallback)
        return PyUnicode_FromFormat("<ContextVar name=%R default=%R at %p>", va(self)->name, va(self)->fallback, self);
    return PyUnicode_FromFormat("<ContextVar name=%R at %p>", va(self)->name, self);
}

static Py_hash_t contextvar_hash(PyObject *self)
{
    return va(self)->hash == -1 ? -2 : va(self)->hash;
}

METHOD(ContextVar, get, FAST, "($self, default=<unrepresentable>, /)",
       "The value in the current context, else default, else the variable's own default, else LookupError.")
{
    PyObject *value;
    if (k_check_nargs("get", nargs, 0, 1) < 0 || PyContextVar_Get(self, nargs ? args[0] : NULL, &value) < 0)
        return NULL;
    if (!value)
        PyErr_SetObject(PyExc_LookupError, self);
    return value;
}

METHOD(ContextVar, set, O, "($self, value, /)", "Set the value in the current context; the token given can undo it.")
{
    return PyContextVar_Set(self, arg);
}

METHOD(ContextVar, reset, O, "($self, token, /)", "Put back what was there before the set() that gave this token.")
{
    if (!Py_IS_TYPE(arg, &PyContextToken_Type))
        return k_raise(PyExc_TypeError, "expected an instance of Token, got %R", arg);
    if (PyContextVar_Reset(self, arg) < 0)
        return NULL;
    Py_RETURN_NONE;
}

METHOD_RAW(ContextVar, __class_getitem__, O, METH_CLASS, "PEP 585.")
{
    return Py_GenericAlias(self, arg);
}

METHODS_END(ContextVar);
METHODS_DECLARE(ContextVar);

static int contextvar_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(va(self)->name);
    Py_VISIT(va(self)->fallback);
    return 0;
}

static int contextvar_clear(PyObject *self)
{
    va(self)->cached = NULL;
    Py_CLEAR(va(self)->name);
    Py_CLEAR(va(self)->fallback);
    return 0;
}

static void contextvar_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    contextvar_clear(self);
    PyObject_GC_Del(self);
}

static PyMemberDef contextvar_members[] = {
    { "name", T_OBJECT, offsetof(PyContextVar, name), READONLY, NULL },
    { NULL },
};

PyTypeObject PyContextVar_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "_contextvars.ContextVar",
    .tp_basicsize = sizeof(PyContextVar),
    .tp_dealloc = contextvar_dealloc,
    .tp_repr = contextvar_repr,
    .tp_hash = contextvar_hash,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = contextvar_traverse,
    .tp_clear = contextvar_clear,
    .tp_methods = METHODS(ContextVar),
    .tp_members = contextvar_members,
    .tp_new = contextvar_new,
};
K_TYPE(PyContextVar_Type);

/* ---- the type Token ---- */

static PyObject *missing_repr(PyObject *self)
{
    (void)self;
    return PyUnicode_FromString("<Token.MISSING>");
}

static PyTypeObject missing_type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "Token.MISSING",
    .tp_basicsize = sizeof(PyObject),
    .tp_repr = missing_repr,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT,
};
K_TYPE(missing_type);
static PyObject token_missing = PyObject_HEAD_INIT(&missing_type);

static PyObject *token_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    (void)type, (void)args, (void)kwargs;
    return k_raise(PyExc_RuntimeError, "Tokens can only be created by ContextVars");
}

static PyObject *token_repr(PyObject *self)
{
    return PyUnicode_FromFormat("<Token%s var=%R at %p>", tk(self)->used ? " used" : "", tk(self)->var, self);
}

static PyObject *token_var(PyObject *self, void *closure)
{
    (void)closure;
    return Py_NewRef(tk(self)->var);
}

static PyObject *token_old_value(PyObject *self, void *closure)
{
    (void)closure;
    return Py_NewRef(tk(self)->old ? tk(self)->old : &token_missing);
}

METHOD_RAW(Token, __class_getitem__, O, METH_CLASS, "PEP 585.")
{
    return Py_GenericAlias(self, arg);
}

METHODS_END(Token);
METHODS_DECLARE(Token);

static PyGetSetDef token_getset[] = {
    { "var", token_var, NULL, NULL, NULL },
    { "old_value", token_old_value, NULL, NULL, NULL },
    { NULL },
};

static int token_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(tk(self)->context);
    Py_VISIT(tk(self)->var);
    Py_VISIT(tk(self)->old);
    return 0;
}

static int token_clear(PyObject *self)
{
    Py_CLEAR(tk(self)->context);
    Py_CLEAR(tk(self)->var);
    Py_CLEAR(tk(self)->old);
    return 0;
}

static void token_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    token_clear(self);
    PyObject_GC_Del(self);
}

PyTypeObject PyContextToken_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "_contextvars.Token",
    .tp_basicsize = sizeof(PyContextToken),
    .tp_dealloc = token_dealloc,
    .tp_repr = token_repr,
    .tp_hash = PyObject_HashNotImplemented,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = token_traverse,
    .tp_clear = token_clear,
    .tp_methods = METHODS(Token),
    .tp_getset = token_getset,
    .tp_new = token_new,
};
K_TYPE(PyContextToken_Type);

PyObject *_PyContext_NewHamtForTests(void)
{
    return k_raise(PyExc_NotImplementedError, "contexts are not kept in hash array mapped tries");
}

int k_context_add_missing(void)
{
    if (PyDict_SetItem(PyContextToken_Type.tp_dict, K_STR("MISSING"), &token_missing) < 0)
        return -1;
    PyType_Modified(&PyContextToken_Type);
    return 0;
}
