/* errors_report.c - what happens to an exception that nobody catches: hooks, SystemExit, unraisable exceptions.
 *
 * In: the current exception.  Out: text on sys.stderr, by sys.excepthook and sys.unraisablehook; the exit status.
 * Invariant: reporting never leaves an exception behind, whatever the hooks and streams do.
 * Start at PyErr_PrintEx() and _PyErr_WriteUnraisableMsg(). The text itself is made in traceback.c. */
#include "runtime/errors.h"

#include "objects/call.h"
#include "objects/exc/exc.h"
#include "objects/frame/frame.h"
#include "objects/int/int.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/structseq.h"
#include "objects/tuple.h"
#include "runtime/osutil.h"
#include "runtime/run.h"
#include "runtime/start.h"
#include "runtime/state.h"
#include "runtime/sys.h"

/* ---- SystemExit ---- */

/* The status that SystemExit's code stands for; a message goes to sys.stderr. */
static int status_of(PyObject *code)
{
    if (!code || code == Py_None)
        return 0;
    if (PyLong_Check(code))
        return (int)PyLong_AsLong(code);
    PyObject *file = _PySys_GetAttr(k_tstate(), K_STR("stderr"));
    PyErr_Clear();
    if (file && file != Py_None) {
        if (PyFile_WriteObject(code, file, Py_PRINT_RAW) < 0)
            PyErr_Clear();
    } else if (PyObject_Print(code, stderr, Py_PRINT_RAW) < 0) {
        PyErr_Clear();
    }
    fflush(stderr);
    PySys_WriteStderr("\n");
    return 1;
}

int k_system_exit_status(int *status)
{
    if (Py_InspectFlag || !PyErr_ExceptionMatches(PyExc_SystemExit))
        return 0;
    fflush(stdout);
    K_AUTO(PyObject *) exception = k_err_take();
    K_AUTO(PyObject *) code = NULL;
    if (PyExceptionInstance_Check(exception))
        K_SET(code, PyObject_GetAttr(exception, K_STR("code")));
    else
        K_SET(code, Py_NewRef(exception));
    *status = status_of(code);
    PyErr_Clear();
    return 1;
}

static void exit_on_system_exit(void)
{
    int status;
    if (k_system_exit_status(&status))
        Py_Exit(status);
}

/* ---- printing ---- */

static void set_last(PyObject *exception, PyObject *traceback)
{
    if (PySys_SetObject("last_type", (PyObject *)Py_TYPE(exception)) < 0)
        PyErr_Clear();
    if (PySys_SetObject("last_value", exception) < 0)
        PyErr_Clear();
    if (PySys_SetObject("last_traceback", traceback) < 0)
        PyErr_Clear();
}

/* The hook itself failed: tells about its exception, then about the one it was to show. */
static void report_hook_failure(PyObject *exception, PyObject *traceback)
{
    exit_on_system_exit();
    K_AUTO(PyObject *) second = k_err_take();
    K_AUTO(PyObject *) second_tb = PyException_GetTraceback(second);
    fflush(stdout);
    PySys_WriteStderr("Error in sys.excepthook:\n");
    PyErr_Display((PyObject *)Py_TYPE(second), second, second_tb);
    PySys_WriteStderr("\nOriginal exception was:\n");
    PyErr_Display((PyObject *)Py_TYPE(exception), exception, traceback);
}

void PyErr_PrintEx(int set_sys_last_vars)
{
    exit_on_system_exit();
    K_AUTO(PyObject *) exception = k_err_take();
    if (!exception)
        return;
    K_AUTO(PyObject *) traceback = PyException_GetTraceback(exception);
    if (!traceback)
        K_SET(traceback, Py_NewRef(Py_None));
    if (set_sys_last_vars)
        set_last(exception, traceback);
    PyObject *type = (PyObject *)Py_TYPE(exception);
    K_AUTO(PyObject *) hook = Py_XNewRef(_PySys_GetAttr(k_tstate(), K_STR("excepthook")));
    if (PySys_Audit("sys.excepthook", "OOOO", hook ? hook : Py_None, type, exception, traceback) < 0) {
        if (PyErr_ExceptionMatches(PyExc_RuntimeError)) {
            PyErr_Clear();
            return;
        }
        PyErr_WriteUnraisable(NULL);
    }
    if (!hook) {
        PySys_WriteStderr("sys.excepthook is missing\n");
        PyErr_Display(type, exception, traceback);
        return;
    }
    K_AUTO(PyObject *) result = PyObject_CallFunctionObjArgs(hook, type, exception, traceback, NULL);
    if (!result)
        report_hook_failure(exception, traceback);
}

void PyErr_Print(void)
{
    PyErr_PrintEx(1);
}

/* ---- unraisable exceptions ---- */

static PyStructSequence_Field unraisable_fields[] = {
    { "exc_type", "the exception's type" },
    { "exc_value", "the exception" },
    { "exc_traceback", "its traceback" },
    { "err_msg", "what to say of it" },
    { "object", "the object that caused it" },
    { NULL, NULL },
};
static PyStructSequence_Desc unraisable_desc = { "UnraisableHookArgs", "What sys.unraisablehook gets.",
                                                 unraisable_fields, 5 };
PyTypeObject k_unraisable_args_type;

int k_unraisable_start(void)
{
    return k_unraisable_args_type.tp_name ? 0 : k_structseq_init(&k_unraisable_args_type, &unraisable_desc);
}

typedef struct Unraisable {
    PyObject *type, *value, *traceback, *message, *object; /* borrowed; NULL or None: nothing */
} Unraisable;

static int is_some(PyObject *o)
{
    return o && o != Py_None;
}

static int write_type_name(PyObject *type, PyObject *file)
{
    K_AUTO(PyObject *) module = PyObject_GetAttr(type, K_STR("__module__"));
    if (!module || !PyUnicode_Check(module)) {
        PyErr_Clear();
        if (PyFile_WriteString("<unknown>", file) < 0)
            return -1;
    } else if (PyUnicode_CompareWithASCIIString(module, "builtins") != 0
               && PyUnicode_CompareWithASCIIString(module, "__main__") != 0) {
        if (PyFile_WriteObject(module, file, Py_PRINT_RAW) < 0 || PyFile_WriteString(".", file) < 0)
            return -1;
    }
    K_AUTO(PyObject *) name = PyType_GetQualName((PyTypeObject *)type);
    return name ? PyFile_WriteObject(name, file, Py_PRINT_RAW) : -1;
}

static int write_or(PyObject *object, PyObject *file, int flags, const char *otherwise)
{
    if (PyFile_WriteObject(object, file, flags) == 0)
        return 0;
    PyErr_Clear();
    return PyFile_WriteString(otherwise, file);
}

static int write_unraisable(const Unraisable *u, PyObject *file)
{
    if (is_some(u->object)) {
        if (is_some(u->message)) {
            if (PyFile_WriteObject(u->message, file, Py_PRINT_RAW) < 0 || PyFile_WriteString(": ", file) < 0)
                return -1;
        } else if (PyFile_WriteString("Exception ignored in: ", file) < 0) {
            return -1;
        }
        if (write_or(u->object, file, 0, "<object repr() failed>") < 0 || PyFile_WriteString("\n", file) < 0)
            return -1;
    } else if (is_some(u->message)) {
        if (PyFile_WriteObject(u->message, file, Py_PRINT_RAW) < 0 || PyFile_WriteString(":\n", file) < 0)
            return -1;
    }
    if (is_some(u->traceback) && PyTraceBack_Print(u->traceback, file) < 0)
        PyErr_Clear();
    if (!is_some(u->type))
        return 0;
    if (write_type_name(u->type, file) < 0)
        return -1;
    if (is_some(u->value)
        && (PyFile_WriteString(": ", file) < 0
            || write_or(u->value, file, Py_PRINT_RAW, "<exception str() failed>") < 0))
        return -1;
    if (PyFile_WriteString("\n", file) < 0)
        return -1;
    K_AUTO(PyObject *) flushed = PyObject_CallMethodObjArgs(file, K_STR("flush"), NULL);
    return flushed ? 0 : -1;
}

static int write_unraisable_to_stderr(const Unraisable *u)
{
    K_AUTO(PyObject *) file = Py_XNewRef(_PySys_GetAttr(k_tstate(), K_STR("stderr")));
    return is_some(file) ? write_unraisable(u, file) : 0;
}

PyObject *k_unraisable_default(PyObject *args)
{
    if (!Py_IS_TYPE(args, &k_unraisable_args_type))
        return k_raise(PyExc_TypeError, "sys.unraisablehook argument type must be UnraisableHookArgs");
    Unraisable u = { PyTuple_GET_ITEM(args, 0), PyTuple_GET_ITEM(args, 1), PyTuple_GET_ITEM(args, 2),
                     PyTuple_GET_ITEM(args, 3), PyTuple_GET_ITEM(args, 4) };
    if (write_unraisable_to_stderr(&u) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *hook_args(const Unraisable *u)
{
    PyObject *args = PyStructSequence_New(&k_unraisable_args_type);
    PyObject *const items[] = { u->type, u->value, u->traceback, u->message, u->object };
    for (Py_ssize_t i = 0; args && i < K_COUNT_OF(items); i++)
        PyStructSequence_SET_ITEM(args, i, Py_NewRef(items[i] ? items[i] : Py_None));
    return args;
}

/* The traceback of an exception raised in C begins with the frame that runs. */
static PyObject *traceback_of_now(void)
{
    _PyCFrame *cframe = k_tstate()->cframe;
    _PyInterpreterFrame *frame = cframe ? cframe->current_frame : NULL;
    while (frame && k_frame_is_incomplete(frame))
        frame = frame->previous;
    PyFrameObject *object = frame ? k_frame_object(frame) : NULL;
    PyObject *traceback =
        object ? k_traceback_new(NULL, object, PyFrame_GetLasti(object), PyFrame_GetLineNumber(object)) : NULL;
    if (!traceback)
        PyErr_Clear();
    return traceback;
}

/* 0 when sys.unraisablehook has dealt with it; 1 when there is none; -1 with the hook's exception. */
static int call_unraisable_hook(const Unraisable *u, PyObject **hook)
{
    *hook = Py_XNewRef(_PySys_GetAttr(k_tstate(), K_STR("unraisablehook")));
    K_AUTO(PyObject *) args = hook_args(u);
    if (!args)
        return -1;
    if (*hook && PySys_Audit("sys.unraisablehook", "OO", *hook, args) < 0)
        return -1;
    if (!is_some(*hook))
        return 1;
    K_AUTO(PyObject *) result = PyObject_CallOneArg(*hook, args);
    return result ? 0 : -1;
}

void _PyErr_WriteUnraisableMsg(const char *message, PyObject *object)
{
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    if (!traceback)
        traceback = traceback_of_now();
    PyErr_NormalizeException(&type, &value, &traceback);
    if (traceback && value && PyException_SetTraceback(value, traceback) < 0)
        PyErr_Clear();
    K_AUTO(PyObject *) text = message ? PyUnicode_FromFormat("Exception ignored %s", message) : NULL;
    if (!text)
        PyErr_Clear();
    K_AUTO(PyObject *) hook = NULL;
    Unraisable u = { type, value, traceback, text, object };
    int status = call_unraisable_hook(&u, &hook);
    if (status > 0 && write_unraisable_to_stderr(&u) < 0)
        PyErr_Clear();
    if (status < 0) {
        K_AUTO(PyObject *) failure = k_err_take();
        K_AUTO(PyObject *) failure_tb = PyException_GetTraceback(failure);
        Unraisable second = { (PyObject *)Py_TYPE(failure), failure, failure_tb,
                              K_STR("Exception ignored in sys.unraisablehook"), hook };
        if (write_unraisable_to_stderr(&second) < 0)
            PyErr_Clear();
    }
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
    PyErr_Clear();
}

void PyErr_WriteUnraisable(PyObject *object)
{
    _PyErr_WriteUnraisableMsg(NULL, object);
}
