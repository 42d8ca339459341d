/* signals.c - signals: the C handler notes them, the main thread runs the Python handlers at its next poll.
 *
 * In: signals at any moment.  Out: calls of Python handlers between two instructions of the main thread.
 * Invariant: the C handler touches nothing but atomic words, a write to the wake-up descriptor and k_eval_breaker.
 * Start at on_signal() and signals_serve(). */
#include "runtime/signals.h"

#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/frame/frame.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/tuple.h"
#include "runtime/errors.h"
#include "runtime/gil.h"
#include "runtime/import_state.h"
#include "runtime/signal_state.h"
#include "runtime/start_parts.h"
#include "runtime/state.h"
#include "runtime/thread.h"
#include "vm/eval.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

SignalState signal_state = { .wakeup_fd = -1 };

PyOS_sighandler_t PyOS_getsig(int number)
{
    struct sigaction action;
    return sigaction(number, NULL, &action) < 0 ? SIG_ERR : action.sa_handler;
}

PyOS_sighandler_t PyOS_setsig(int number, PyOS_sighandler_t handler)
{
    struct sigaction action = { .sa_handler = handler, .sa_flags = SA_ONSTACK }, old;
    sigemptyset(&action.sa_mask);
    return sigaction(number, &action, &old) < 0 ? SIG_ERR : old.sa_handler;
}

static int report_wakeup_error(void *error)
{
    int saved = errno;
    errno = (int)(intptr_t)error;
    (void)!PyErr_SetFromErrno(PyExc_OSError);
    errno = saved;
    _PyErr_WriteUnraisableMsg("when trying to write to the signal wakeup fd", NULL);
    return 0;
}

static void note(int number)
{
    __atomic_store_n(&signal_state.came[number], 1, __ATOMIC_RELAXED);
    __atomic_store_n(&signal_state.any, 1, __ATOMIC_SEQ_CST);
    k_break_request(K_BREAK_SIGNAL);
    int fd = signal_state.wakeup_fd;
    if (fd < 0)
        return;
    unsigned char byte = (unsigned char)number;
    ssize_t n = write(fd, &byte, 1);
    if (n < 0 && (signal_state.warn_on_full || (errno != EWOULDBLOCK && errno != EAGAIN)))
        Py_AddPendingCall(report_wakeup_error, (void *)(intptr_t)errno);
}

void on_signal(int number)
{
    int saved = errno;
    note(number);
    errno = saved;
}

static int is_main_thread(void)
{
    return PyThread_get_thread_ident() == runtime_main_thread();
}

int _PyOS_IsMainThread(void)
{
    return is_main_thread();
}

void *_PyOS_SigintEvent(void)
{
    return NULL;
}

static int call_handler(PyThreadState *tstate, int number)
{
    PyObject *handler = signal_state.handlers[number];
    if (!handler || handler == Py_None || handler == signal_state.ignore || handler == signal_state.default_handler)
        return 0; /* changed since the signal came */
    _PyInterpreterFrame *frame = tstate->cframe->current_frame;
    while (frame && k_frame_is_incomplete(frame))
        frame = frame->previous;
    PyObject *frame_object = frame ? (PyObject *)k_frame_object(frame) : Py_None;
    K_AUTO(PyObject *) args = frame_object ? Py_BuildValue("(iO)", number, frame_object) : NULL;
    K_AUTO(PyObject *) result = args ? PyObject_Call(handler, args, NULL) : NULL; /* runs code */
    return result ? 0 : -1;
}

int signals_serve(PyThreadState *tstate)
{
    if (!is_main_thread() || !__atomic_load_n(&signal_state.any, __ATOMIC_ACQUIRE))
        return 0;
    __atomic_fetch_and(&k_eval_breaker, ~(uint32_t)K_BREAK_SIGNAL, __ATOMIC_RELAXED);
    __atomic_store_n(&signal_state.any, 0, __ATOMIC_SEQ_CST);
    for (int number = 1; number < NSIG; number++) {
        if (!__atomic_exchange_n(&signal_state.came[number], 0, __ATOMIC_RELAXED))
            continue;
        if (call_handler(tstate, number) < 0) {
            __atomic_store_n(&signal_state.any, 1, __ATOMIC_SEQ_CST); /* others may be waiting */
            k_break_request(K_BREAK_SIGNAL);
            return -1;
        }
    }
    return 0;
}

int _PyErr_CheckSignals(void)
{
    return signals_serve(_PyThreadState_GET());
}

int PyErr_CheckSignals(void)
{
    return _PyErr_CheckSignals();
}

int PyErr_SetInterruptEx(int number)
{
    if (number < 1 || number >= NSIG)
        return -1;
    PyObject *handler = signal_state.handlers[number];
    if (handler && handler != signal_state.ignore && handler != signal_state.default_handler)
        note(number);
    return 0;
}

void PyErr_SetInterrupt(void)
{
    (void)PyErr_SetInterruptEx(SIGINT);
}

int PyOS_InterruptOccurred(void)
{
    if (!is_main_thread())
        return 0;
    return __atomic_exchange_n(&signal_state.came[SIGINT], 0, __ATOMIC_RELAXED);
}

/* ---- start and stop ---- */

int signals_start(void)
{
    PyOS_setsig(SIGPIPE, SIG_IGN);
    PyOS_setsig(SIGXFSZ, SIG_IGN);
    K_AUTO(PyObject *) module = PyImport_ImportModule("_signal"); /* reads the handlers in force */
    if (!module)
        return -1;
    if (signal_state.handlers[SIGINT] == signal_state.default_handler) {
        K_AUTO(PyObject *) raiser = PyObject_GetAttrString(module, "default_int_handler");
        if (!raiser)
            return -1;
        Py_XSETREF(signal_state.handlers[SIGINT], Py_NewRef(raiser));
        PyOS_setsig(SIGINT, on_signal);
    }
    return 0;
}

void signals_stop(void)
{
    for (int number = 1; number < NSIG; number++) {
        PyObject *handler = signal_state.handlers[number];
        if (!handler)
            continue;
        if (handler != Py_None && handler != signal_state.default_handler && handler != signal_state.ignore)
            PyOS_setsig(number, SIG_DFL);
        signal_state.came[number] = 0;
        Py_CLEAR(signal_state.handlers[number]);
    }
    Py_CLEAR(signal_state.default_handler);
    Py_CLEAR(signal_state.ignore);
    signal_state.any = 0;
}

void _Py_RestoreSignals(void)
{
    PyOS_setsig(SIGPIPE, SIG_DFL);
    PyOS_setsig(SIGXFSZ, SIG_DFL);
}

void signals_after_fork(void)
{
    signal_state.any = 0;
    for (int number = 1; number < NSIG; number++)
        signal_state.came[number] = 0;
}

/* ---- fork ---- */

static void run_at_fork(PyObject *list, int backwards)
{
    if (!list)
        return;
    Py_ssize_t n = PyList_GET_SIZE(list);
    PyObject *copy = PyList_GetSlice(list, 0, n);
    for (Py_ssize_t i = 0; copy && i < n; i++) {
        PyObject *callback = PyList_GET_ITEM(copy, backwards ? n - 1 - i : i);
        PyObject *result = PyObject_CallNoArgs(callback); /* runs code */
        if (!result)
            PyErr_WriteUnraisable(callback);
        Py_XDECREF(result);
    }
    if (!copy)
        PyErr_WriteUnraisable(list);
    Py_XDECREF(copy);
}

void PyOS_BeforeFork(void)
{
    run_at_fork(k_interp()->before_forkers, 1);
    _PyImport_AcquireLock();
}

void PyOS_AfterFork_Parent(void)
{
    if (_PyImport_ReleaseLock() <= 0)
        Py_FatalError("failed releasing import lock after fork");
    run_at_fork(k_interp()->after_forkers_parent, 0);
}

void PyOS_AfterFork_Child(void)
{
    PyThreadState *tstate = _PyThreadState_GET();
    gil_reinit_after_fork(tstate);
    pending_calls_after_fork();
    import_lock_after_fork();
    (void)!_PyImport_ReleaseLock();
    signals_after_fork();
    thread_states_after_fork();
    run_at_fork(k_interp()->after_forkers_child, 0);
}

void PyOS_AfterFork(void)
{
    PyOS_AfterFork_Child();
}
