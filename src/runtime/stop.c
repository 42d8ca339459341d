/* stop.c - the order in which the runtime goes down.
 *
 * Threads that are no daemons are waited for, atexit callbacks run, streams are flushed; then modules are emptied in
 * the order CPython has, so that finalisers see the same world. Static types and interned names stay.
 * Start at Py_FinalizeEx(). */
#include "memory/gc.h"
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/list/list.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "objects/weakref.h"
#include "runtime/errors.h"
#include "runtime/import_state.h"
#include "runtime/run.h"
#include "runtime/start_parts.h"
#include "runtime/sys.h"
#include "runtime/traceback.h"
#include "vm/eval.h"
#include "vm/stats.h"

#include <signal.h>
#include <unistd.h>

enum { EXIT_FUNCTIONS = 32, FLUSH_FAILED = 120 };

static void (*exit_functions[EXIT_FUNCTIONS])(void);
static int exit_function_count;

int Py_AtExit(void (*func)(void))
{
    if (exit_function_count >= EXIT_FUNCTIONS)
        return -1;
    exit_functions[exit_function_count++] = func;
    return 0;
}

static void wait_for_threads(void)
{
    PyObject *threading = PyImport_GetModule(K_STR("threading"));
    if (!threading) {
        if (PyErr_Occurred())
            PyErr_WriteUnraisable(NULL);
        return;
    }
    PyObject *done = PyObject_CallMethodObjArgs(threading, K_STR("_shutdown"), NULL); /* runs code */
    if (!done)
        PyErr_WriteUnraisable(threading);
    Py_XDECREF(done);
    Py_DECREF(threading);
}

/* ---- modules ---- */

static void set_none(PyObject *dict, const char *name)
{
    if (PyDict_SetItemString(dict, name, Py_None) < 0)
        PyErr_WriteUnraisable(NULL);
}

static void drop_special_names(PyInterpreterState *interp)
{
    static const char *const dropped[] = {
        "path", "argv", "ps1", "ps2", "last_type", "last_value", "last_traceback", "path_hooks", "path_importer_cache",
        "meta_path", "__interactivehook__",
    };
    static const char *const restored[][2] = {
        { "stdin", "__stdin__" }, { "stdout", "__stdout__" }, { "stderr", "__stderr__" },
    };
    set_none(interp->builtins, "_");
    for (size_t i = 0; i < sizeof dropped / sizeof *dropped; i++)
        set_none(interp->sysdict, dropped[i]);
    for (size_t i = 0; i < sizeof restored / sizeof *restored; i++) {
        PyObject *value = PyDict_GetItemString(interp->sysdict, restored[i][1]);
        if (PyDict_SetItemString(interp->sysdict, restored[i][0], value ? value : Py_None) < 0)
            PyErr_WriteUnraisable(NULL);
    }
}

/* Replaces each module in sys.modules by None; gives a list of (name, weak reference) in import order. */
static PyObject *remove_modules(PyObject *modules)
{
    PyObject *list = PyList_New(0);
    PyObject *items = PyMapping_Items(modules);
    for (Py_ssize_t i = 0; list && items && i < PyList_GET_SIZE(items); i++) {
        PyObject *name = PyTuple_GET_ITEM(PyList_GET_ITEM(items, i), 0), *module = PyTuple_GET_ITEM(PyList_GET_ITEM(items, i), 1);
        if (!PyModule_Check(module))
            continue;
        PyObject *ref = PyWeakref_NewRef(module, NULL);
        PyObject *row = ref ? PyTuple_Pack(2, name, ref) : NULL;
        if (!row || PyList_Append(list, row) < 0)
            PyErr_WriteUnraisable(NULL);
        Py_XDECREF(row);
        Py_XDECREF(ref);
    }
    for (Py_ssize_t i = 0; items && i < PyList_GET_SIZE(items); i++) {
        PyObject *row = PyList_GET_ITEM(items, i);
        if (PyModule_Check(PyTuple_GET_ITEM(row, 1)) && PyObject_SetItem(modules, PyTuple_GET_ITEM(row, 0), Py_None) < 0)
            PyErr_WriteUnraisable(NULL);
        if (PyList_SetItem(items, i, Py_NewRef(Py_None)) < 0) /* runs code: the module may go */
            PyErr_Clear();
    }
    Py_XDECREF(items);
    return list;
}

static void restore_builtins(PyInterpreterState *interp)
{
    PyDict_Clear(interp->builtins);
    if (PyDict_Update(interp->builtins, interp->builtins_copy) < 0)
        PyErr_Clear();
    Py_CLEAR(interp->builtins_copy);
}

/* What still lives is emptied, the last imported first; sys and builtins come last of all. */
static void clear_survivors(PyInterpreterState *interp, PyObject *list)
{
    for (Py_ssize_t i = PyList_GET_SIZE(list) - 1; i >= 0; i--) {
        PyObject *row = PyList_GET_ITEM(list, i), *module = PyWeakref_GET_OBJECT(PyTuple_GET_ITEM(row, 1));
        if (module == Py_None)
            continue;
        PyObject *dict = PyModule_GetDict(module);
        if (dict == interp->builtins || dict == interp->sysdict)
            continue;
        Py_INCREF(module);
        _PyModule_Clear(module); /* runs code */
        Py_DECREF(module);
    }
}

static void clear_modules(PyInterpreterState *interp)
{
    if (!interp->modules)
        return;
    drop_special_names(interp);
    PyObject *list = remove_modules(interp->modules);
    PyDict_Clear(interp->modules);
    restore_builtins(interp);
    gc_collect_no_fail();
    gc_warn_uncollectable(); /* while modules warnings and sys still work */
    if (list) {
        clear_survivors(interp, list);
        Py_DECREF(list);
    }
    _PyModule_ClearDict(interp->sysdict);
    _PyModule_ClearDict(interp->builtins);
    Py_CLEAR(interp->importlib);
    Py_CLEAR(interp->import_func);
    import_forget_extensions();
    gc_collect_no_fail();
}

static void clear_interpreter(PyInterpreterState *interp)
{
    Py_CLEAR(interp->codec_search_path);
    Py_CLEAR(interp->codec_search_cache);
    Py_CLEAR(interp->codec_error_registry);
    Py_CLEAR(interp->before_forkers);
    Py_CLEAR(interp->after_forkers_parent);
    Py_CLEAR(interp->after_forkers_child);
    Py_CLEAR(interp->atexit_callbacks);
    Py_CLEAR(interp->dict);
    Py_CLEAR(interp->modules);
    Py_CLEAR(interp->sysdict);
    Py_CLEAR(interp->builtins);
}

/* ---- all of it ---- */

int Py_FinalizeEx(void)
{
    if (!Py_IsInitialized())
        return 0;
    PyThreadState *tstate = _PyThreadState_GET();
    PyInterpreterState *interp = k_interp();
    wait_for_threads();
    if (Py_MakePendingCalls() < 0)
        PyErr_WriteUnraisable(NULL);
    k_atexit_run(interp);
    runtime_set_ender(tstate);
    start_mark_stopped();
    int status = stdio_flush();
    signals_stop();
    (void)!PyGC_Collect();
    clear_modules(interp);
    if (stdio_flush() < 0)
        status = -1;
    k_faulthandler_stop();
    sys_forget_audit_hooks();
    clear_interpreter(interp);
    gc_finish();
    while (exit_function_count > 0)
        exit_functions[--exit_function_count]();
    fflush(stdout);
    fflush(stderr);
    vm_stats_report();
    runtime_stop();
    return status;
}

void Py_Finalize(void)
{
    (void)!Py_FinalizeEx();
}

void Py_Exit(int status)
{
    if (Py_FinalizeEx() < 0)
        status = FLUSH_FAILED;
    exit(status);
}

void Py_ExitStatusException(PyStatus status)
{
    if (PyStatus_IsExit(status))
        exit(status.exitcode);
    fflush(stdout);
    fprintf(stderr, "Fatal Python error: %s%s%s\n", status.func ? status.func : "", status.func ? ": " : "",
            status.err_msg ? status.err_msg : "<message not set>");
    if (_PyThreadState_GET() && PyErr_Occurred())
        PyErr_Print();
    fflush(stderr);
    exit(1);
}
