/* function.c - Python functions: made from code, changed by their attributes, bound by their __get__.
 *
 * In: a code object and globals.  Out: a callable; the engine calls it (_PyFunction_Vectorcall).
 * Invariant: func_version is 0 whenever code, defaults or keyword defaults changed since somebody asked for it: what
 * the engine remembers about a function is named by its version.
 * Start at PyFunction_NewWithQualName(). */
#include "objects/func/func.h"

#include "code/code.h"
#include "memory/gc.h"
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "objects/weakref.h"
#include "runtime/errors.h"
#include "runtime/sys.h"
#include "vm/eval.h"

static PyFunctionObject *fn(PyObject *self)
{
    return (PyFunctionObject *)self;
}

/* ---- making ---- */

PyObject *k_func_builtins_of(PyObject *globals)
{
    PyObject *builtins = PyDict_GetItemWithError(globals, K_STR("__builtins__"));
    if (!builtins)
        return PyErr_Occurred() ? NULL : PyEval_GetBuiltins();
    return PyModule_Check(builtins) ? PyModule_GetDict(builtins) : builtins;
}

/* The docstring is the first constant, when that is a str. */
static PyObject *doc_of(PyCodeObject *code)
{
    PyObject *consts = code->co_consts;
    if (PyTuple_GET_SIZE(consts) == 0 || !PyUnicode_Check(PyTuple_GET_ITEM(consts, 0)))
        return Py_None;
    return PyTuple_GET_ITEM(consts, 0);
}

PyObject *PyFunction_NewWithQualName(PyObject *code_object, PyObject *globals, PyObject *qualname)
{
    PyCodeObject *code = (PyCodeObject *)code_object;
    PyObject *module = PyDict_GetItemWithError(globals, K_STR("__name__"));
    if (!module && PyErr_Occurred())
        return NULL;
    PyObject *builtins = k_func_builtins_of(globals);
    if (!builtins)
        return NULL;
    PyFunctionObject *self = PyObject_GC_New(PyFunctionObject, &PyFunction_Type);
    if (!self)
        return NULL;
    memset(&self->func_globals, 0, sizeof *self - offsetof(PyFunctionObject, func_globals));
    self->func_globals = Py_NewRef(globals);
    self->func_builtins = Py_NewRef(builtins);
    self->func_name = Py_NewRef(code->co_name);
    self->func_qualname = Py_NewRef(qualname ? qualname : code->co_qualname);
    self->func_code = Py_NewRef(code);
    self->func_doc = Py_NewRef(doc_of(code));
    self->func_module = Py_XNewRef(module);
    self->vectorcall = _PyFunction_Vectorcall;
    PyObject_GC_Track(self);
    return (PyObject *)self;
}

PyObject *PyFunction_New(PyObject *code, PyObject *globals)
{
    return PyFunction_NewWithQualName(code, globals, NULL);
}

uint32_t k_func_version(PyFunctionObject *self)
{
    static uint32_t next = 1; /* the runtime's; 0 once they have run out */
    if (!self->func_version && self->vectorcall == _PyFunction_Vectorcall && next)
        self->func_version = next++;
    return self->func_version;
}

/* ---- access from C ---- */

/* SystemError unless o is a function. */
static PyFunctionObject *checked(PyObject *o)
{
    if (PyFunction_Check(o))
        return fn(o);
    PyErr_BadInternalCall();
    return NULL;
}

#define FUNCTION_GETTER(Name, field)                                                                                   \
    PyObject *PyFunction_Get##Name(PyObject *o)                                                                        \
    {                                                                                                                  \
        PyFunctionObject *self = checked(o);                                                                           \
        return self ? self->field : NULL;                                                                              \
    }
FUNCTION_GETTER(Code, func_code)
FUNCTION_GETTER(Globals, func_globals)
FUNCTION_GETTER(Module, func_module)
FUNCTION_GETTER(Defaults, func_defaults)
FUNCTION_GETTER(KwDefaults, func_kwdefaults)
FUNCTION_GETTER(Closure, func_closure)

/* The compiler hands annotations over as a flat tuple of names and values; a dict is made when somebody looks. */
static PyObject *annotations(PyFunctionObject *self)
{
    PyObject *flat = self->func_annotations;
    if (!flat || !PyTuple_CheckExact(flat))
        return flat;
    K_AUTO(PyObject *) dict = PyDict_New();
    if (!dict)
        return NULL;
    for (Py_ssize_t i = 0; i + 1 < PyTuple_GET_SIZE(flat); i += 2)
        if (PyDict_SetItem(dict, PyTuple_GET_ITEM(flat, i), PyTuple_GET_ITEM(flat, i + 1)) < 0)
            return NULL;
    Py_SETREF(self->func_annotations, K_MOVE(dict));
    return self->func_annotations;
}

PyObject *PyFunction_GetAnnotations(PyObject *o)
{
    PyFunctionObject *self = checked(o);
    return self ? annotations(self) : NULL;
}

/* Puts value (None: nothing) into a slot that must hold one type. */
static int set_slot(PyFunctionObject *self, PyObject **slot, PyObject *value, int fits, const char *complaint)
{
    if (value == Py_None)
        value = NULL;
    else if (!value || !fits) {
        k_raise(PyExc_SystemError, "%s", complaint);
        return -1;
    }
    self->func_version = 0;
    Py_XSETREF(*slot, Py_XNewRef(value));
    return 0;
}

int PyFunction_SetDefaults(PyObject *o, PyObject *value)
{
    PyFunctionObject *self = checked(o);
    return self ? set_slot(self, &self->func_defaults, value, value && PyTuple_Check(value), "non-tuple default args")
                : -1;
}

int PyFunction_SetKwDefaults(PyObject *o, PyObject *value)
{
    PyFunctionObject *self = checked(o);
    return self ? set_slot(self, &self->func_kwdefaults, value, value && PyDict_Check(value),
                           "non-dict keyword only default args")
                : -1;
}

int PyFunction_SetClosure(PyObject *o, PyObject *value)
{
    PyFunctionObject *self = checked(o);
    if (!self)
        return -1;
    if (value && value != Py_None && !PyTuple_Check(value)) {
        k_raise(PyExc_SystemError, "expected tuple for closure, got '%.100s'", Py_TYPE(value)->tp_name);
        return -1;
    }
    return set_slot(self, &self->func_closure, value, 1, "expected tuple for closure");
}

int PyFunction_SetAnnotations(PyObject *o, PyObject *value)
{
    PyFunctionObject *self = checked(o);
    return self ? set_slot(self, &self->func_annotations, value, value && PyDict_Check(value), "non-dict annotations")
                : -1;
}

/* ---- attributes ---- */

static PyObject *get_code(PyObject *self, void *closure)
{
    (void)closure;
    if (PySys_Audit("object.__getattr__", "Os", self, "__code__") < 0)
        return NULL;
    return Py_NewRef(fn(self)->func_code);
}

static int set_code(PyObject *self, PyObject *value, void *closure)
{
    (void)closure;
    if (!value || !PyCode_Check(value)) {
        k_raise(PyExc_TypeError, "__code__ must be set to a code object");
        return -1;
    }
    if (PySys_Audit("object.__setattr__", "OsO", self, "__code__", value) < 0)
        return -1;
    Py_ssize_t has = fn(self)->func_closure ? PyTuple_GET_SIZE(fn(self)->func_closure) : 0;
    int wants = ((PyCodeObject *)value)->co_nfreevars;
    if (has != wants) {
        k_raise(PyExc_ValueError, "%U() requires a code object with %zd free vars, not %zd", fn(self)->func_name, has,
                (Py_ssize_t)wants);
        return -1;
    }
    fn(self)->func_version = 0;
    Py_SETREF(fn(self)->func_code, Py_NewRef(value));
    return 0;
}

static int set_text(PyObject **slot, PyObject *value, const char *name)
{
    if (!value || !PyUnicode_Check(value)) {
        k_raise(PyExc_TypeError, "%s must be set to a string object", name);
        return -1;
    }
    Py_SETREF(*slot, Py_NewRef(value));
    return 0;
}

static PyObject *get_name(PyObject *self, void *closure)
{
    (void)closure;
    return Py_NewRef(fn(self)->func_name);
}

static int set_name(PyObject *self, PyObject *value, void *closure)
{
    (void)closure;
    return set_text(&fn(self)->func_name, value, "__name__");
}

static PyObject *get_qualname(PyObject *self, void *closure)
{
    (void)closure;
    return Py_NewRef(fn(self)->func_qualname);
}

static int set_qualname(PyObject *self, PyObject *value, void *closure)
{
    (void)closure;
    return set_text(&fn(self)->func_qualname, value, "__qualname__");
}

static PyObject *get_defaults(PyObject *self, void *closure)
{
    (void)closure;
    if (PySys_Audit("object.__getattr__", "Os", self, "__defaults__") < 0)
        return NULL;
    return Py_NewRef(fn(self)->func_defaults ? fn(self)->func_defaults : Py_None);
}

/* Puts a value of that type, or nothing (NULL, None), into the slot. */
static int set_typed(PyObject *self, PyObject **slot, PyObject *value, PyTypeObject *type, const char *name,
                     const char *type_name)
{
    if (value == Py_None)
        value = NULL;
    if (value && !PyObject_TypeCheck(value, type)) {
        k_raise(PyExc_TypeError, "%s must be set to a %s object", name, type_name);
        return -1;
    }
    int audit = value ? PySys_Audit("object.__setattr__", "OsO", self, name, value)
                      : PySys_Audit("object.__delattr__", "Os", self, name);
    if (audit < 0)
        return -1;
    fn(self)->func_version = 0;
    Py_XSETREF(*slot, Py_XNewRef(value));
    return 0;
}

static int set_defaults(PyObject *self, PyObject *value, void *closure)
{
    (void)closure;
    return set_typed(self, &fn(self)->func_defaults, value, &PyTuple_Type, "__defaults__", "tuple");
}

static PyObject *get_kwdefaults(PyObject *self, void *closure)
{
    (void)closure;
    if (PySys_Audit("object.__getattr__", "Os", self, "__kwdefaults__") < 0)
        return NULL;
    return Py_NewRef(fn(self)->func_kwdefaults ? fn(self)->func_kwdefaults : Py_None);
}

static int set_kwdefaults(PyObject *self, PyObject *value, void *closure)
{
    (void)closure;
    return set_typed(self, &fn(self)->func_kwdefaults, value, &PyDict_Type, "__kwdefaults__", "dict");
}

static PyObject *get_annotations(PyObject *self, void *closure)
{
    (void)closure;
    if (!fn(self)->func_annotations)
        fn(self)->func_annotations = PyDict_New();
    return fn(self)->func_annotations ? Py_XNewRef(annotations(fn(self))) : NULL;
}

static int set_annotations(PyObject *self, PyObject *value, void *closure)
{
    (void)closure;
    if (value == Py_None)
        value = NULL;
    if (value && !PyDict_Check(value)) {
        k_raise(PyExc_TypeError, "__annotations__ must be set to a dict object");
        return -1;
    }
    fn(self)->func_version = 0;
    Py_XSETREF(fn(self)->func_annotations, Py_XNewRef(value));
    return 0;
}

static PyGetSetDef function_getset[] = {
    { "__code__", get_code, set_code, NULL, NULL },
    { "__defaults__", get_defaults, set_defaults, NULL, NULL },
    { "__kwdefaults__", get_kwdefaults, set_kwdefaults, NULL, NULL },
    { "__annotations__", get_annotations, set_annotations, NULL, NULL },
    { "__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL },
    { "__name__", get_name, set_name, NULL, NULL },
    { "__qualname__", get_qualname, set_qualname, NULL, NULL },
    { NULL },
};

static PyMemberDef function_members[] = {
    { "__closure__", T_OBJECT, offsetof(PyFunctionObject, func_closure), READONLY, NULL },
    { "__doc__", T_OBJECT, offsetof(PyFunctionObject, func_doc), 0, NULL },
    { "__globals__", T_OBJECT, offsetof(PyFunctionObject, func_globals), READONLY, NULL },
    { "__module__", T_OBJECT, offsetof(PyFunctionObject, func_module), 0, NULL },
    { "__builtins__", T_OBJECT, offsetof(PyFunctionObject, func_builtins), READONLY, NULL },
    { NULL },
};

/* ---- the constructor ---- */

BINDER(function_new, "function", "(code, globals, name=None, argdefs=None, closure=None)", *code, *globals, *name,
       *argdefs, *closure);

static int check_closure(PyCodeObject *code, PyObject *closure)
{
    if (!PyTuple_Check(closure)) {
        if (code->co_nfreevars && closure == Py_None)
            k_raise(PyExc_TypeError, "arg 5 (closure) must be tuple");
        else if (closure != Py_None)
            k_raise(PyExc_TypeError, "arg 5 (closure) must be None or tuple");
        else
            return 0;
        return -1;
    }
    if (PyTuple_GET_SIZE(closure) != code->co_nfreevars) {
        k_raise(PyExc_ValueError, "%U requires closure of length %zd, not %zd", code->co_name,
                (Py_ssize_t)code->co_nfreevars, PyTuple_GET_SIZE(closure));
        return -1;
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(closure); i++) {
        PyObject *cell = PyTuple_GET_ITEM(closure, i);
        if (!PyCell_Check(cell)) {
            k_raise(PyExc_TypeError, "arg 5 (closure) expected cell, found %s", Py_TYPE(cell)->tp_name);
            return -1;
        }
    }
    return 0;
}

static int check_new(const function_new_args *arg)
{
    if (!PyCode_Check(arg->code))
        k_raise(PyExc_TypeError, "function() argument 'code' must be code, not %.50s", Py_TYPE(arg->code)->tp_name);
    else if (!PyDict_Check(arg->globals))
        k_raise(PyExc_TypeError, "function() argument 'globals' must be dict, not %.50s",
                Py_TYPE(arg->globals)->tp_name);
    else if (arg->name != Py_None && !PyUnicode_Check(arg->name))
        k_raise(PyExc_TypeError, "arg 3 (name) must be None or string");
    else if (arg->argdefs != Py_None && !PyTuple_Check(arg->argdefs))
        k_raise(PyExc_TypeError, "arg 4 (defaults) must be None or tuple");
    else
        return check_closure((PyCodeObject *)arg->code, arg->closure);
    return -1;
}

static PyObject *function_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    (void)type;
    function_new_args arg;
    K_AUTO(PyObject *) owned = NULL;
    if (BIND(function_new, &arg, args, kwargs, &owned) < 0 || check_new(&arg) < 0
        || PySys_Audit("function.__new__", "O", arg.code) < 0)
        return NULL;
    PyObject *made = PyFunction_New(arg.code, arg.globals);
    if (!made)
        return NULL;
    if (arg.name != Py_None)
        Py_SETREF(fn(made)->func_name, Py_NewRef(arg.name));
    if (arg.argdefs != Py_None)
        fn(made)->func_defaults = Py_NewRef(arg.argdefs);
    if (arg.closure != Py_None)
        fn(made)->func_closure = Py_NewRef(arg.closure);
    return made;
}

/* ---- slots ---- */

static int function_clear(PyObject *o)
{
    PyFunctionObject *self = fn(o);
    self->func_version = 0;
    Py_CLEAR(self->func_globals);
    Py_CLEAR(self->func_builtins);
    Py_CLEAR(self->func_module);
    Py_CLEAR(self->func_defaults);
    Py_CLEAR(self->func_kwdefaults);
    Py_CLEAR(self->func_doc);
    Py_CLEAR(self->func_dict);
    Py_CLEAR(self->func_closure);
    Py_CLEAR(self->func_annotations);
    /* A cleared function may still be looked at: the names, which may be of a subclass of str, become empty; code stays. */
    K_SET(self->func_name, Py_NewRef(K_STR("")));
    K_SET(self->func_qualname, Py_NewRef(K_STR("")));
    return 0;
}

static void function_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    if (fn(self)->func_weakreflist)
        PyObject_ClearWeakRefs(self);
    function_clear(self);
    Py_DECREF(fn(self)->func_code);
    Py_DECREF(fn(self)->func_name);
    Py_DECREF(fn(self)->func_qualname);
    PyObject_GC_Del(self);
}

static int function_traverse(PyObject *o, visitproc visit, void *arg)
{
    PyFunctionObject *self = fn(o);
    Py_VISIT(self->func_code);
    Py_VISIT(self->func_globals);
    Py_VISIT(self->func_builtins);
    Py_VISIT(self->func_module);
    Py_VISIT(self->func_defaults);
    Py_VISIT(self->func_kwdefaults);
    Py_VISIT(self->func_doc);
    Py_VISIT(self->func_name);
    Py_VISIT(self->func_qualname);
    Py_VISIT(self->func_dict);
    Py_VISIT(self->func_closure);
    Py_VISIT(self->func_annotations);
    return 0;
}

static PyObject *function_repr(PyObject *self)
{
    return PyUnicode_FromFormat("<function %U at %p>", fn(self)->func_qualname, self);
}

static PyObject *function_get(PyObject *self, PyObject *instance, PyObject *owner)
{
    (void)owner;
    return !instance || instance == Py_None ? Py_NewRef(self) : PyMethod_New(self, instance);
}

PyTypeObject PyFunction_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "function",
    .tp_basicsize = sizeof(PyFunctionObject),
    .tp_dealloc = function_dealloc,
    .tp_vectorcall_offset = offsetof(PyFunctionObject, vectorcall),
    .tp_repr = function_repr,
    .tp_call = PyVectorcall_Call,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_METHOD_DESCRIPTOR,
    .tp_doc = "function(code, globals, name=None, argdefs=None, closure=None)\n--\n\n"
              "Make a function.\n\n"
              "  code\n    its code object\n"
              "  globals\n    the dict its global names are in\n"
              "  name\n    its name, else the code's\n"
              "  argdefs\n    a tuple of default values\n"
              "  closure\n    a tuple of cells for its free variables",
    .tp_traverse = function_traverse,
    .tp_clear = function_clear,
    .tp_weaklistoffset = offsetof(PyFunctionObject, func_weakreflist),
    .tp_members = function_members,
    .tp_getset = function_getset,
    .tp_descr_get = function_get,
    .tp_dictoffset = offsetof(PyFunctionObject, func_dict),
    .tp_new = function_new,
};
K_TYPE(PyFunction_Type);
