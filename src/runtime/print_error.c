/* print_error.c - PyErr_Print: SystemExit ends the program, anything else goes to sys.excepthook; fatal errors.
 *
 * Start at PyErr_PrintEx(). */
#include "objects/call.h"
#include "objects/exc/exc.h"
#include "objects/int/int.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/config.h"
#include "runtime/errors.h"
#include "runtime/osutil.h"
#include "runtime/run.h"
#include "runtime/run_code.h"
#include "runtime/state.h"
#include "runtime/sys.h"
#include "runtime/traceback.h"

#include <unistd.h>

/* The process's status for the argument of SystemExit; what is no int is printed. */
static int exit_status(PyObject *code)
{
    if (!code || code == Py_None)
        return 0;
    if (PyLong_Check(code)) {
        long status = PyLong_AsLong(code);
        if (status == -1 && PyErr_Occurred())
            PyErr_Clear();
        return (int)status;
    }
    PyObject *file = PySys_GetObject("stderr");
    if (file && file != Py_None) {
        if (PyFile_WriteObject(code, file, Py_PRINT_RAW) < 0)
            PyErr_Clear();
    } else {
        (void)!PyObject_Print(code, stderr, Py_PRINT_RAW);
        fflush(stderr);
    }
    PySys_WriteStderr("\n");
    return 1;
}

static void end_for_system_exit(void)
{
    if (k_config()->inspect || !PyErr_ExceptionMatches(PyExc_SystemExit))
        return;
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    fflush(stdout);
    K_AUTO(PyObject *) code = value ? PyObject_GetAttr(value, K_STR("code")) : NULL;
    if (!code)
        PyErr_Clear();
    int status = exit_status(code);
    K_SET(code, (PyObject *)NULL);
    PyErr_Clear();
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
    Py_Exit(status);
}

static void remember(const char *name, PyObject *value)
{
    if (PySys_SetObject(name, value ? value : Py_None) < 0)
        PyErr_Clear();
}

static void hook_failed(PyObject *type, PyObject *value, PyObject *traceback)
{
    end_for_system_exit();
    PyObject *type2, *value2, *traceback2;
    PyErr_Fetch(&type2, &value2, &traceback2);
    PyErr_NormalizeException(&type2, &value2, &traceback2);
    fflush(stdout);
    PySys_WriteStderr("Error in sys.excepthook:\n");
    PyErr_Display(type2, value2, traceback2);
    PySys_WriteStderr("\nOriginal exception was:\n");
    PyErr_Display(type, value, traceback);
    Py_XDECREF(type2);
    Py_XDECREF(value2);
    Py_XDECREF(traceback2);
}

void PyErr_PrintEx(int set_last)
{
    end_for_system_exit();
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    if (!type)
        return;
    k_unhandled_interrupt = type == PyExc_KeyboardInterrupt;
    PyErr_NormalizeException(&type, &value, &traceback);
    if (!traceback)
        traceback = Py_NewRef(Py_None);
    if (PyException_SetTraceback(value, traceback) < 0)
        PyErr_Clear();
    if (set_last) {
        remember("last_type", type);
        remember("last_value", value);
        remember("last_traceback", traceback);
    }
    PyObject *hook = PySys_GetObject("excepthook");
    K_AUTO(PyObject *) held = Py_XNewRef(hook);
    if (PySys_Audit("sys.excepthook", "OOOO", hook ? hook : Py_None, type, value, traceback) < 0) {
        if (PyErr_ExceptionMatches(PyExc_RuntimeError))
            PyErr_Clear();
        else
            _PyErr_WriteUnraisableMsg("in audit hook", NULL);
    } else if (held) {
        PyObject *args[] = { type, value, traceback };
        PyObject *result = PyObject_Vectorcall(held, args, 3, NULL); /* runs code */
        if (!result)
            hook_failed(type, value, traceback);
        Py_XDECREF(result);
    } else {
        PySys_WriteStderr("sys.excepthook is missing\n");
        PyErr_Display(type, value, traceback);
    }
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
}

void PyErr_Print(void)
{
    PyErr_PrintEx(1);
}

void _Py_FatalErrorFunc(const char *function, const char *message)
{
    static int reentered;
    if (!reentered) {
        reentered = 1;
        fflush(stdout);
        fprintf(stderr, "Fatal Python error: %s%s%s\nPython runtime state: %s\n\n", function ? function : "",
                function ? ": " : "", message ? message : "<message not set>",
                runtime_ender() ? "finalizing" : Py_IsInitialized() ? "initialized" : "preinitialized");
        fflush(stderr);
        if (_PyThreadState_GET())
            _Py_DumpTraceback(STDERR_FILENO, _PyThreadState_GET());
    }
    abort();
}
