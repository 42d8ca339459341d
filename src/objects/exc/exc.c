/* exc.c - BaseException and the exceptions that add nothing to it; the accessors of every exception; MemoryError.
 *
 * In: arguments of a call.  Out: exception objects, with CPython's layouts (exc.h).
 * Invariant: args is always a tuple. MemoryErrors are made ahead and kept, so that one can be raised without memory.
 * Start at exc_new(); types with fields of their own stand in the other files of this folder. */
#include "objects/exc/exc_types.h"

#include "objects/frame/frame.h"
#include "objects/list/list.h"
#include "objects/protocol.h"
#include "runtime/state.h"

static PyBaseExceptionObject *base(PyObject *self)
{
    return (PyBaseExceptionObject *)self;
}

/* ---- life ---- */

PyObject *exc_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    (void)kwargs; /* exc_init() refuses them; a subclass may know some */
    PyObject *self = type->tp_alloc(type, 0);
    if (!self)
        return NULL;
    base(self)->args = args ? Py_NewRef(args) : PyTuple_New(0);
    if (!base(self)->args) {
        Py_DECREF(self);
        return NULL;
    }
    return self;
}

int exc_init_args(PyObject *self, PyObject *args)
{
    Py_XSETREF(base(self)->args, Py_NewRef(args));
    return 0;
}

int exc_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    if (kwargs && PyDict_GET_SIZE(kwargs)) {
        k_raise(PyExc_TypeError, "%s() takes no keyword arguments", Py_TYPE(self)->tp_name);
        return -1;
    }
    return exc_init_args(self, args);
}

static PyObject **field_at(PyObject *self, Py_ssize_t offset)
{
    return (PyObject **)((char *)self + offset);
}

int exc_visit(PyObject *self, const ExcLayout *layout, visitproc visit, void *arg)
{
    Py_VISIT(base(self)->dict);
    Py_VISIT(base(self)->args);
    Py_VISIT(base(self)->notes);
    Py_VISIT(base(self)->traceback);
    Py_VISIT(base(self)->cause);
    Py_VISIT(base(self)->context);
    for (; *layout; layout++)
        Py_VISIT(*field_at(self, *layout));
    return 0;
}

int exc_clear(PyObject *self, const ExcLayout *layout)
{
    for (; *layout; layout++)
        Py_CLEAR(*field_at(self, *layout));
    Py_CLEAR(base(self)->dict);
    Py_CLEAR(base(self)->args);
    Py_CLEAR(base(self)->notes);
    Py_CLEAR(base(self)->traceback);
    Py_CLEAR(base(self)->cause);
    Py_CLEAR(base(self)->context);
    return 0;
}

void exc_dealloc(PyObject *self, const ExcLayout *layout, destructor own_dealloc)
{
    PyObject_GC_UnTrack(self);
    Py_TRASHCAN_BEGIN(self, own_dealloc); /* __context__ makes long chains */
    exc_clear(self, layout);
    Py_TYPE(self)->tp_free(self);
    Py_TRASHCAN_END;
}

/* ---- text ---- */

PyObject *exc_str(PyObject *self)
{
    PyObject *args = base(self)->args;
    if (PyTuple_GET_SIZE(args) == 0)
        return PyUnicode_FromStringAndSize("", 0);
    return PyObject_Str(PyTuple_GET_SIZE(args) == 1 ? PyTuple_GET_ITEM(args, 0) : args);
}

static PyObject *exc_repr(PyObject *self)
{
    const char *name = _PyType_Name(Py_TYPE(self));
    PyObject *args = base(self)->args;
    if (PyTuple_GET_SIZE(args) == 1)
        return PyUnicode_FromFormat("%s(%R)", name, PyTuple_GET_ITEM(args, 0));
    return PyUnicode_FromFormat("%s%R", name, args);
}

/* ---- methods ---- */

PyObject *exc_reduce(PyObject *self)
{
    PyObject *type = (PyObject *)Py_TYPE(self), *args = base(self)->args, *dict = base(self)->dict;
    return dict ? PyTuple_Pack(3, type, args, dict) : PyTuple_Pack(2, type, args);
}

METHOD_RAW(BaseException, __reduce__, NOARGS, 0, NULL)
{
    return exc_reduce(self);
}

METHOD_RAW(BaseException, __setstate__, O, 0, NULL)
{
    if (arg == Py_None)
        Py_RETURN_NONE;
    if (!PyDict_Check(arg))
        return k_raise(PyExc_TypeError, "state is not a dictionary");
    Py_ssize_t position = 0;
    PyObject *key, *value;
    while (PyDict_Next(arg, &position, &key, &value)) {
        K_AUTO(PyObject *) own_key = Py_NewRef(key);
        K_AUTO(PyObject *) own_value = Py_NewRef(value);
        if (PyObject_SetAttr(self, own_key, own_value) < 0) /* runs code */
            return NULL;
    }
    Py_RETURN_NONE;
}

METHOD_RAW(BaseException, with_traceback, O, 0,
           "Exception.with_traceback(tb) --\n    Take tb as __traceback__ and give the exception itself back.")
{
    if (PyException_SetTraceback(self, arg) < 0)
        return NULL;
    return Py_NewRef(self);
}

METHOD_RAW(BaseException, add_note, O, 0, "Exception.add_note(note) --\n    Append a note, shown below the exception.")
{
    if (!PyUnicode_Check(arg))
        return k_raise(PyExc_TypeError, "note must be a str, not '%s'", Py_TYPE(arg)->tp_name);
    K_AUTO(PyObject *) notes = NULL;
    if (_PyObject_LookupAttr(self, K_STR("__notes__"), &notes) < 0)
        return NULL;
    if (!notes) {
        K_SET(notes, PyList_New(0));
        if (!notes || PyObject_SetAttr(self, K_STR("__notes__"), notes) < 0)
            return NULL;
    } else if (!PyList_Check(notes)) {
        return k_raise(PyExc_TypeError, "Cannot add note: __notes__ is not a list");
    }
    if (PyList_Append(notes, arg) < 0)
        return NULL;
    Py_RETURN_NONE;
}

METHODS_END(BaseException);

/* ---- attributes ---- */

static PyObject *get_args(PyObject *self, void *closure)
{
    (void)closure;
    return Py_NewRef(base(self)->args ? base(self)->args : Py_None);
}

static int no_delete(PyObject *value, const char *name)
{
    if (value)
        return 0;
    k_raise(PyExc_TypeError, "%s may not be deleted", name);
    return -1;
}

static int set_args(PyObject *self, PyObject *value, void *closure)
{
    (void)closure;
    if (no_delete(value, "args") < 0)
        return -1;
    PyObject *args = PySequence_Tuple(value);
    if (!args)
        return -1;
    Py_XSETREF(base(self)->args, args);
    return 0;
}

static PyObject *get_traceback(PyObject *self, void *closure)
{
    (void)closure;
    return Py_NewRef(base(self)->traceback ? base(self)->traceback : Py_None);
}

static int set_traceback(PyObject *self, PyObject *value, void *closure)
{
    (void)closure;
    if (no_delete(value, "__traceback__") < 0)
        return -1;
    return PyException_SetTraceback(self, value);
}

static PyObject *get_context(PyObject *self, void *closure)
{
    (void)closure;
    return Py_NewRef(base(self)->context ? base(self)->context : Py_None);
}

/* None or an exception as a new reference or NULL in *out. */
static int exception_or_none(PyObject *value, const char *what, PyObject **out)
{
    if (value != Py_None && !PyExceptionInstance_Check(value)) {
        k_raise(PyExc_TypeError, "exception %s must be None or derive from BaseException", what);
        return -1;
    }
    *out = value == Py_None ? NULL : Py_NewRef(value);
    return 0;
}

static int set_context(PyObject *self, PyObject *value, void *closure)
{
    (void)closure;
    PyObject *context;
    if (no_delete(value, "__context__") < 0 || exception_or_none(value, "context", &context) < 0)
        return -1;
    PyException_SetContext(self, context);
    return 0;
}

static PyObject *get_cause(PyObject *self, void *closure)
{
    (void)closure;
    return Py_NewRef(base(self)->cause ? base(self)->cause : Py_None);
}

static int set_cause(PyObject *self, PyObject *value, void *closure)
{
    (void)closure;
    PyObject *cause;
    if (no_delete(value, "__cause__") < 0 || exception_or_none(value, "cause", &cause) < 0)
        return -1;
    PyException_SetCause(self, cause);
    return 0;
}

static PyGetSetDef exc_getset[] = {
    { "__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL },
    { "args", get_args, set_args, NULL, NULL },
    { "__traceback__", get_traceback, set_traceback, NULL, NULL },
    { "__context__", get_context, set_context, "the exception being handled when this one was raised", NULL },
    { "__cause__", get_cause, set_cause, "the exception after raise ... from", NULL },
    { NULL },
};

static PyMemberDef exc_members[] = {
    { "__suppress_context__", T_BOOL, offsetof(PyBaseExceptionObject, suppress_context), 0, NULL },
    { NULL },
};

/* ---- accessors for C ---- */

PyObject *PyException_GetTraceback(PyObject *self)
{
    return Py_XNewRef(base(self)->traceback);
}

int PyException_SetTraceback(PyObject *self, PyObject *traceback)
{
    if (no_delete(traceback, "__traceback__") < 0)
        return -1;
    if (traceback != Py_None && !PyTraceBack_Check(traceback)) {
        k_raise(PyExc_TypeError, "__traceback__ must be a traceback or None");
        return -1;
    }
    Py_XSETREF(base(self)->traceback, traceback == Py_None ? NULL : Py_NewRef(traceback));
    return 0;
}

PyObject *PyException_GetCause(PyObject *self)
{
    return Py_XNewRef(base(self)->cause);
}

void PyException_SetCause(PyObject *self, PyObject *cause) /* steals cause */
{
    base(self)->suppress_context = 1;
    Py_XSETREF(base(self)->cause, cause);
}

PyObject *PyException_GetContext(PyObject *self)
{
    return Py_XNewRef(base(self)->context);
}

void PyException_SetContext(PyObject *self, PyObject *context) /* steals context */
{
    Py_XSETREF(base(self)->context, context);
}

const char *PyExceptionClass_Name(PyObject *class)
{
    return ((PyTypeObject *)class)->tp_name;
}

/* ---- types ---- */

EXC_LAYOUT(plain, 0)
METHODS_DECLARE(BaseException);

/* Attribute slots stand here, not inherited, because CPython's do: they show in the type's dict. */
EXC_TYPE(BaseException, NULL, plain, PyBaseExceptionObject, "The root of all exceptions.",
         .tp_repr = exc_repr, .tp_str = exc_str, .tp_getattro = PyObject_GenericGetAttr,
         .tp_setattro = PyObject_GenericSetAttr, .tp_methods = METHODS(BaseException), .tp_members = exc_members,
         .tp_getset = exc_getset, .tp_init = exc_init, .tp_new = exc_new);

#define PLAIN(Name, Base, doc)                                                                                         \
    EXC_TYPE(Name, &k_exc_##Base, plain, PyBaseExceptionObject, doc, .tp_init = exc_init, .tp_new = exc_new)

PLAIN(Exception, BaseException, "The base of all exceptions that do not end the program on purpose.");
PLAIN(GeneratorExit, BaseException, "Asks a generator to end.");
PLAIN(KeyboardInterrupt, BaseException, "The user interrupted the program.");
PLAIN(TypeError, Exception, "An argument has the wrong type.");
PLAIN(StopAsyncIteration, Exception, "__anext__() has no further item.");
PLAIN(EOFError, Exception, "Reading went past the end of the file.");
PLAIN(RuntimeError, Exception, "An error of no particular kind while running.");
PLAIN(RecursionError, RuntimeError, "Calls are nested too deep.");
PLAIN(NotImplementedError, RuntimeError, "A method is still to be written.");
PLAIN(AssertionError, Exception, "An assertion does not hold.");
PLAIN(ArithmeticError, Exception, "The base of errors of arithmetic.");
PLAIN(FloatingPointError, ArithmeticError, "A floating point operation failed.");
PLAIN(OverflowError, ArithmeticError, "A result is too large to be represented.");
PLAIN(ZeroDivisionError, ArithmeticError, "The divisor is zero.");
PLAIN(SystemError, Exception, "The interpreter itself is in error.");
PLAIN(ReferenceError, Exception, "A weak proxy outlived its object.");
PLAIN(BufferError, Exception, "A buffer cannot be had or changed.");
PLAIN(LookupError, Exception, "The base of errors of look-up.");
PLAIN(IndexError, LookupError, "An index is out of range.");
PLAIN(ValueError, Exception, "An argument has the right type and a wrong value.");
PLAIN(UnicodeError, ValueError, "The base of errors of text encodings.");
PLAIN(Warning, Exception, "The base of all categories of warnings.");
PLAIN(UserWarning, Warning, "Warnings of programs' own.");
PLAIN(DeprecationWarning, Warning, "Something will go; told to developers.");
PLAIN(PendingDeprecationWarning, Warning, "Something will be deprecated.");
PLAIN(SyntaxWarning, Warning, "Doubtful syntax.");
PLAIN(RuntimeWarning, Warning, "Doubtful behaviour while running.");
PLAIN(FutureWarning, Warning, "Something will change its meaning; told to users.");
PLAIN(ImportWarning, Warning, "Likely mistakes in imports.");
PLAIN(UnicodeWarning, Warning, "Doubtful uses of Unicode.");
PLAIN(BytesWarning, Warning, "Doubtful uses of bytes beside str.");
PLAIN(ResourceWarning, Warning, "Resources that nobody closed.");
PLAIN(EncodingWarning, Warning, "A default encoding is used unasked.");

/* ---- MemoryError ---- */

enum { SPARE_COUNT = 16 };
static PyObject *spare_memory_errors[SPARE_COUNT]; /* not tracked, args an empty tuple, else blank */
static int spare_used;

static PyObject *memory_error_take(void)
{
    if (spare_used == 0)
        return NULL;
    PyObject *self = spare_memory_errors[--spare_used];
    Py_SET_REFCNT(self, 1);
    PyObject_GC_Track(self);
    return self;
}

static PyObject *memory_error_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *self = type == &k_exc_MemoryError ? memory_error_take() : NULL;
    if (!self)
        return exc_new(type, args, kwargs);
    Py_XSETREF(base(self)->args, Py_NewRef(args));
    return self;
}

static void memory_error_dealloc(PyObject *self)
{
    if (Py_TYPE(self) != &k_exc_MemoryError || spare_used == SPARE_COUNT) {
        plain_dealloc(self);
        return;
    }
    PyObject_GC_UnTrack(self);
    exc_clear(self, plain_layout);
    base(self)->suppress_context = 0;
    base(self)->args = PyTuple_New(0); /* the one empty tuple: needs no memory */
    spare_memory_errors[spare_used++] = self;
}
#define memory_error_traverse plain_traverse
#define memory_error_clear plain_clear
EXC_TYPE(MemoryError, &k_exc_Exception, memory_error, PyBaseExceptionObject, "There is no memory left.",
         .tp_init = exc_init, .tp_new = memory_error_new);

PyObject *PyErr_NoMemory(void)
{
    if (!(k_exc_MemoryError.tp_flags & Py_TPFLAGS_READY))
        Py_FatalError("Out of memory and PyExc_MemoryError is not initialized yet");
    PyObject *self = memory_error_take();
    if (self)
        PyErr_Restore(Py_NewRef(PyExc_MemoryError), self, NULL);
    else
        PyErr_SetNone(PyExc_MemoryError);
    return NULL;
}

static int memory_errors_start(void)
{
    PyObject *made[SPARE_COUNT];
    K_AUTO(PyObject *) args = PyTuple_New(0);
    if (!args)
        return -1;
    int n = 0;
    while (n < SPARE_COUNT && (made[n] = exc_new(&k_exc_MemoryError, args, NULL)))
        n++;
    for (int i = 0; i < n; i++)
        Py_DECREF(made[i]); /* its dealloc keeps it */
    return n == SPARE_COUNT ? 0 : -1;
}

/* ---- start ---- */

PyObject *PyExc_EnvironmentError = (PyObject *)&k_exc_OSError;
PyObject *PyExc_IOError = (PyObject *)&k_exc_OSError;

int k_exc_start(void)
{
    return memory_errors_start() < 0 || exc_os_start() < 0 || exc_group_start() < 0
                   || k_unraisable_start() < 0
               ? -1
               : 0;
}

int k_exc_add_names(PyObject *builtins)
{
    PyObject *types[] = {
        PyExc_BaseException, PyExc_Exception, PyExc_TypeError, PyExc_StopAsyncIteration, PyExc_StopIteration,
        PyExc_GeneratorExit, PyExc_SystemExit, PyExc_KeyboardInterrupt, PyExc_BaseExceptionGroup,
        PyExc_ImportError, PyExc_ModuleNotFoundError, PyExc_OSError, PyExc_EOFError, PyExc_RuntimeError,
        PyExc_RecursionError, PyExc_NotImplementedError, PyExc_NameError, PyExc_UnboundLocalError,
        PyExc_AttributeError, PyExc_SyntaxError, PyExc_IndentationError, PyExc_TabError, PyExc_LookupError,
        PyExc_IndexError, PyExc_KeyError, PyExc_ValueError, PyExc_UnicodeError, PyExc_UnicodeEncodeError,
        PyExc_UnicodeDecodeError, PyExc_UnicodeTranslateError, PyExc_AssertionError, PyExc_ArithmeticError,
        PyExc_FloatingPointError, PyExc_OverflowError, PyExc_ZeroDivisionError, PyExc_SystemError,
        PyExc_ReferenceError, PyExc_MemoryError, PyExc_BufferError, PyExc_Warning, PyExc_UserWarning,
        PyExc_EncodingWarning, PyExc_DeprecationWarning, PyExc_PendingDeprecationWarning, PyExc_SyntaxWarning,
        PyExc_RuntimeWarning, PyExc_FutureWarning, PyExc_ImportWarning, PyExc_UnicodeWarning, PyExc_BytesWarning,
        PyExc_ResourceWarning, PyExc_ConnectionError, PyExc_BlockingIOError, PyExc_BrokenPipeError,
        PyExc_ChildProcessError, PyExc_ConnectionAbortedError, PyExc_ConnectionRefusedError,
        PyExc_ConnectionResetError, PyExc_FileExistsError, PyExc_FileNotFoundError, PyExc_IsADirectoryError,
        PyExc_NotADirectoryError, PyExc_InterruptedError, PyExc_PermissionError, PyExc_ProcessLookupError,
        PyExc_TimeoutError,
    };
    for (Py_ssize_t i = 0; i < K_COUNT_OF(types); i++)
        if (PyDict_SetItemString(builtins, PyExceptionClass_Name(types[i]), types[i]) < 0)
            return -1;
    if (PyDict_SetItemString(builtins, "ExceptionGroup", k_exc_group_type()) < 0
        || PyDict_SetItemString(builtins, "EnvironmentError", PyExc_OSError) < 0)
        return -1;
    return PyDict_SetItemString(builtins, "IOError", PyExc_OSError);
}
