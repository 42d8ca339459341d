/* _thread.c - module _thread: starting threads; its types are in thread_locks.c and thread_local.c. */
#include "memory/gc.h"
#include "memory/mem.h"
#include "modules/_thread/thread_locks.h"
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/float/float.h"
#include "objects/int/int.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/structseq.h"
#include "objects/tuple.h"
#include "objects/weakref.h"
#include "runtime/errors.h"
#include "runtime/sys.h"
#include "runtime/osutil.h"
#include "runtime/run.h"
#include "runtime/signals.h"
#include "runtime/state.h"
#include "runtime/time.h"
#include "vm/eval.h"

#include <signal.h>

static long running; /* threads started here that have not ended */

/* ---- starting ---- */

typedef struct Boot {
    PyObject *function, *args, *kwargs;
    PyThreadState *tstate;
} Boot;

static void boot_free(Boot *boot)
{
    Py_XDECREF(boot->function);
    Py_XDECREF(boot->args);
    Py_XDECREF(boot->kwargs);
    PyMem_RawFree(boot);
}

static void thread_run(void *p)
{
    Boot *boot = p;
    PyThreadState *tstate = boot->tstate;
    tstate->thread_id = PyThread_get_thread_ident();
    tstate->native_thread_id = PyThread_get_thread_native_id();
    thread_state_adopt(tstate);
    PyEval_AcquireThread(tstate);
    running++;
    PyObject *result = PyObject_Call(boot->function, boot->args, boot->kwargs); /* runs code */
    if (!result) {
        if (PyErr_ExceptionMatches(PyExc_SystemExit))
            PyErr_Clear();
        else
            _PyErr_WriteUnraisableMsg("in thread started by", boot->function);
    }
    Py_XDECREF(result);
    boot_free(boot);
    running--;
    PyThreadState_Clear(tstate);
    PyThreadState_DeleteCurrent();
}

static PyObject *start_thread(PyObject *const *args, Py_ssize_t nargs)
{
    if (k_check_nargs("start_new_thread", nargs, 2, 3) < 0)
        return NULL;
    if (!PyCallable_Check(args[0]))
        return k_raise(PyExc_TypeError, "first arg must be callable");
    if (!PyTuple_Check(args[1]))
        return k_raise(PyExc_TypeError, "2nd arg must be a tuple");
    if (nargs > 2 && !PyDict_Check(args[2]))
        return k_raise(PyExc_TypeError, "optional 3rd arg must be a dictionary");
    Boot *boot = PyMem_RawMalloc(sizeof *boot);
    if (!boot)
        return PyErr_NoMemory();
    *boot = (Boot){ Py_NewRef(args[0]), Py_NewRef(args[1]), nargs > 2 ? Py_NewRef(args[2]) : NULL, NULL };
    boot->tstate = _PyThreadState_Prealloc(k_interp());
    if (!boot->tstate) {
        boot_free(boot);
        return PyErr_NoMemory();
    }
    unsigned long id = PyThread_start_new_thread(thread_run, boot);
    if (id == PYTHREAD_INVALID_THREAD_ID) {
        PyThreadState_Clear(boot->tstate);
        PyThreadState_Delete(boot->tstate);
        boot_free(boot);
        return k_raise(PyExc_RuntimeError, "can't start new thread");
    }
    return PyLong_FromUnsignedLong(id);
}

#define START_DOC                                                                                                      \
    "start_new_thread(function, args[, kwargs])\n(start_new() is an obsolete synonym)\n\n"                             \
    "Start a new thread and return its identifier.  The thread calls function(*args, **kwargs)\nand ends with it; "    \
    "an unhandled exception other than SystemExit is printed\nas a traceback.\n"

FUNCTION_RAW(_thread, start_new_thread, FAST, 0, START_DOC)
{
    return start_thread(args, nargs);
}

FUNCTION_RAW(_thread, start_new, FAST, 0, START_DOC)
{
    return start_thread(args, nargs);
}

#define ALLOCATE_DOC                                                                                                   \
    "allocate_lock() -> lock object\n(allocate() is an obsolete synonym)\n\nCreate a new lock object. See "            \
    "help(type(threading.Lock())) for\ninformation about locks."

FUNCTION_RAW(_thread, allocate_lock, NOARGS, 0, ALLOCATE_DOC)
{
    return (PyObject *)thread_lock_new();
}

FUNCTION_RAW(_thread, allocate, NOARGS, 0, ALLOCATE_DOC)
{
    return (PyObject *)thread_lock_new();
}

#define EXIT_DOC                                                                                                       \
    "exit()\n(exit_thread() is an obsolete synonym)\n\nThe same as ``raise SystemExit'': ends the current thread\n"   \
    "silently unless the exception is caught."

FUNCTION_RAW(_thread, exit_thread, NOARGS, 0, EXIT_DOC)
{
    PyErr_SetNone(PyExc_SystemExit);
    return NULL;
}

FUNCTION_RAW(_thread, exit, NOARGS, 0, EXIT_DOC)
{
    PyErr_SetNone(PyExc_SystemExit);
    return NULL;
}

FUNCTION_RAW(_thread, interrupt_main, FAST, 0,
             "interrupt_main(signum=signal.SIGINT, /)\n\nSimulate the arrival of the given signal in the main thread,\n"
             "where the corresponding signal handler will be executed.\n"
             "If *signum* is omitted, SIGINT is assumed.\nA subthread can use this function to interrupt the main thread.\n\n"
             "Note: the default signal handler for SIGINT raises ``KeyboardInterrupt``.")
{
    int number = SIGINT;
    if (k_check_nargs("interrupt_main", nargs, 0, 1) < 0 || (nargs && k_arg_int(args[0], &number) < 0))
        return NULL;
    if (PyErr_SetInterruptEx(number) < 0)
        return k_raise(PyExc_ValueError, "signal number out of range");
    Py_RETURN_NONE;
}

FUNCTION_RAW(_thread, get_ident, NOARGS, 0,
             "get_ident() -> integer\n\nReturn a non-zero integer that uniquely identifies the current thread\n"
             "amongst other threads that exist simultaneously.\n\nThe identity may be used again once the thread ended.")
{
    return PyLong_FromUnsignedLong(PyThread_get_thread_ident());
}

FUNCTION_RAW(_thread, get_native_id, NOARGS, 0,
             "get_native_id() -> integer\n\nReturn a non-negative integer identifying the thread as reported\n"
             "by the OS (kernel).")
{
    return PyLong_FromUnsignedLong(PyThread_get_thread_native_id());
}

FUNCTION_RAW(_thread, _count, NOARGS, 0,
             "_count() -> integer\n\nReturn the number of currently running Python threads, excluding\n"
             "the main thread.")
{
    return PyLong_FromLong(running);
}

FUNCTION_RAW(_thread, stack_size, FAST, 0,
             "stack_size([size]) -> size\n\nReturn the thread stack size used when creating new threads.  The\n"
             "optional size argument specifies the stack size (in bytes) to be used\nfor subsequent new threads: 0, or "
             "at least 32,768 (32k).\n")
{
    Py_ssize_t size = 0;
    if (k_check_nargs("stack_size", nargs, 0, 1) < 0 || (nargs && k_arg_ssize(args[0], &size) < 0))
        return NULL;
    if (size < 0)
        return k_raise(PyExc_ValueError, "size must be 0 or a positive value");
    size_t was = PyThread_get_stacksize();
    if (nargs && PyThread_set_stacksize((size_t)size) < 0)
        return k_raise(PyExc_ValueError, "size not valid: %zd bytes", size);
    return PyLong_FromSize_t(was);
}

/* ---- the sentinel that tells threading when a thread has ended ---- */

static void release_sentinel(void *ref)
{
    PyObject *o = PyWeakref_GET_OBJECT(ref);
    if (o != Py_None) {
        LockObject *lock = (LockObject *)o;
        if (lock->locked) {
            lock->locked = 0;
            PyThread_release_lock(lock->lock);
        }
    }
    Py_DECREF((PyObject *)ref);
}

FUNCTION_RAW(_thread, _set_sentinel, NOARGS, 0,
             "_set_sentinel() -> lock\n\nSet a sentinel lock that will be released when the current thread\n"
             "state is finalized (after it is untied from the interpreter).\n\nThis is a private API for the threading module.")
{
    PyThreadState *tstate = _PyThreadState_GET();
    if (tstate->on_delete_data) {
        PyObject *old = tstate->on_delete_data;
        tstate->on_delete = NULL;
        tstate->on_delete_data = NULL;
        Py_DECREF(old);
    }
    PyObject *lock = (PyObject *)thread_lock_new();
    PyObject *ref = lock ? PyWeakref_NewRef(lock, NULL) : NULL;
    if (!ref) {
        Py_XDECREF(lock);
        return NULL;
    }
    tstate->on_delete_data = ref;
    tstate->on_delete = release_sentinel;
    return lock;
}

/* ---- _excepthook ---- */

static PyStructSequence_Field hook_fields[] = {
    { "exc_type", "Exception type" }, { "exc_value", "Exception value" }, { "exc_traceback", "Exception traceback" },
    { "thread", "Thread" }, { NULL, NULL },
};
static PyStructSequence_Desc hook_desc = { "_thread._ExceptHookArgs",
                                           "ExceptHookArgs\n\nType used to pass arguments to threading.excepthook.",
                                           hook_fields, 4 };
static PyTypeObject hook_type;

static int write_thread_name(PyObject *file, PyObject *thread)
{
    PyObject *name = NULL;
    if (thread != Py_None && _PyObject_LookupAttr(thread, K_STR("name"), &name) < 0)
        return -1;
    if (name) {
        int failed = PyFile_WriteObject(name, file, Py_PRINT_RAW);
        Py_DECREF(name);
        return failed;
    }
    char id[32];
    snprintf(id, sizeof id, "%lu", PyThread_get_thread_ident());
    return PyFile_WriteString(id, file);
}

FUNCTION_RAW(_thread, _excepthook, O, 0,
             "excepthook(exc_type, exc_value, exc_traceback, thread)\n\nHandle uncaught Thread.run() exception.")
{
    if (!Py_IS_TYPE(arg, &hook_type))
        return k_raise(PyExc_TypeError, "_thread.excepthook argument type must be ExceptHookArgs");
    PyObject *type = PyStructSequence_GET_ITEM(arg, 0), *value = PyStructSequence_GET_ITEM(arg, 1),
             *traceback = PyStructSequence_GET_ITEM(arg, 2), *thread = PyStructSequence_GET_ITEM(arg, 3);
    if (type == PyExc_SystemExit)
        Py_RETURN_NONE;
    PyObject *file = PySys_GetObject("stderr");
    if (!file || file == Py_None) {
        if (thread == Py_None)
            Py_RETURN_NONE;
        file = PyObject_GetAttrString(thread, "_stderr");
        if (!file)
            return NULL;
        if (file == Py_None) {
            Py_DECREF(file);
            Py_RETURN_NONE;
        }
    } else {
        Py_INCREF(file);
    }
    K_AUTO(PyObject *) held = file;
    if (PyFile_WriteString("Exception in thread ", file) < 0 || write_thread_name(file, thread) < 0 ||
        PyFile_WriteString(":\n", file) < 0)
        return NULL;
    PyErr_Display(type, value, traceback);
    PyObject *done = PyObject_CallMethodObjArgs(file, K_STR("flush"), NULL);
    if (!done)
        return NULL;
    Py_DECREF(done);
    Py_RETURN_NONE;
}
METHODS_END(_thread);

static int _thread_exec(PyObject *module)
{
    if (!hook_type.tp_name && k_structseq_init(&hook_type, &hook_desc) < 0)
        return -1;
    /* the longest wait: microseconds of a PY_TIMEOUT_T counted in nanoseconds */
    enum { NS = 1000000000 };
    K_AUTO(PyObject *) longest = PyFloat_FromDouble((double)(INT64_MAX / NS));
    if (!longest || PyModule_AddObjectRef(module, "LockType", (PyObject *)&thread_lock_type) < 0 ||
        PyModule_AddObjectRef(module, "RLock", (PyObject *)&thread_rlock_type) < 0 ||
        PyModule_AddObjectRef(module, "_local", (PyObject *)&thread_local_type) < 0 ||
        PyModule_AddObjectRef(module, "error", PyExc_RuntimeError) < 0 ||
        PyModule_AddObjectRef(module, "_ExceptHookArgs", (PyObject *)&hook_type) < 0)
        return -1;
    return PyModule_AddObjectRef(module, "TIMEOUT_MAX", longest);
}
MODULE(_thread, "This module provides primitive operations to write multi-threaded programs.\n"
                "The 'threading' module provides a more convenient interface.", _thread_exec, 0);
