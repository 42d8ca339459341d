/* _signal.c - module _signal: handlers, timers, masks, waiting. The delivery itself is in runtime/signals.c. */
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/float/float.h"
#include "objects/int/int.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/set/set.h"
#include "objects/str/str.h"
#include "objects/structseq.h"
#include "objects/tuple.h"
#include "runtime/errors.h"
#include "runtime/oscall.h"
#include "runtime/signal_state.h"
#include "runtime/signals.h"
#include "runtime/start.h"
#include "runtime/sys.h"
#include "runtime/thread.h"
#include "runtime/time.h"
#include "vm/eval.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

static PyObject *itimer_error; /* signal.itimer_error, owned */

static int signal_number(PyObject *arg, int *number)
{
    if (k_arg_int(arg, number) < 0)
        return -1;
    if (*number >= 1 && *number < NSIG)
        return 0;
    PyErr_SetString(PyExc_ValueError, "signal number out of range");
    return -1;
}

/* ---- handlers ---- */

FUNCTION(_signal, default_int_handler, FAST, "($module, signalnum, frame, /)",
         "The default handler for SIGINT installed by Python.\n\nIt raises KeyboardInterrupt.")
{
    if (k_check_nargs("default_int_handler", nargs, 2, 2) < 0)
        return NULL;
    PyErr_SetNone(PyExc_KeyboardInterrupt);
    return NULL;
}

FUNCTION(_signal, signal, FAST, "($module, signalnum, handler, /)",
         "Set the action for the given signal.\n\nThe action can be SIG_DFL, SIG_IGN, or a callable Python object.\n"
         "The previous action is returned.  See getsignal() for possible return values.\n\n"
         "*** IMPORTANT NOTICE ***\nA signal handler function is called with two arguments:\n"
         "the first is the signal number, the second is the interrupted stack frame.")
{
    int number;
    if (k_check_nargs("signal", nargs, 2, 2) < 0 || k_arg_int(args[0], &number) < 0)
        return NULL;
    if (!_PyOS_IsMainThread())
        return k_raise(PyExc_ValueError, "signal only works in main thread of the main interpreter");
    if (number < 1 || number >= NSIG)
        return k_raise(PyExc_ValueError, "signal number out of range");
    PyObject *handler = args[1];
    PyOS_sighandler_t action = on_signal;
    if (!PyCallable_Check(handler)) {
        int is_ignore = PyObject_RichCompareBool(handler, signal_state.ignore, Py_EQ);
        int is_default = is_ignore ? 0 : PyObject_RichCompareBool(handler, signal_state.default_handler, Py_EQ);
        if (is_ignore < 0 || is_default < 0)
            return NULL;
        if (!is_ignore && !is_default)
            return k_raise(PyExc_TypeError, "signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object");
        action = is_ignore ? SIG_IGN : SIG_DFL;
        handler = is_ignore ? signal_state.ignore : signal_state.default_handler;
    }
    if (PyErr_CheckSignals() < 0)
        return NULL;
    if (PyOS_setsig(number, action) == SIG_ERR)
        return PyErr_SetFromErrno(PyExc_OSError);
    PyObject *old = signal_state.handlers[number];
    signal_state.handlers[number] = Py_NewRef(handler);
    return old ? old : Py_NewRef(Py_None);
}

FUNCTION(_signal, getsignal, O, "($module, signalnum, /)",
         "Return the current action for the given signal.\n\nThe return value can be:\n"
         "  SIG_IGN -- if the signal is being ignored\n  SIG_DFL -- if the default action for the signal is in effect\n"
         "  None    -- if an unknown handler is in effect\n  anything else -- the callable Python object used as a handler")
{
    int number;
    if (signal_number(arg, &number) < 0)
        return NULL;
    PyObject *handler = signal_state.handlers[number];
    return Py_NewRef(handler ? handler : Py_None);
}

FUNCTION(_signal, raise_signal, O, "($module, signalnum, /)", "Send a signal to the executing process.")
{
    int number;
    if (k_arg_int(arg, &number) < 0)
        return NULL;
    PyThreadState *tstate = PyEval_SaveThread();
    int failed = raise(number);
    PyEval_RestoreThread(tstate);
    if (failed)
        return PyErr_SetFromErrno(PyExc_OSError);
    return PyErr_CheckSignals() < 0 ? NULL : Py_NewRef(Py_None);
}

FUNCTION(_signal, strsignal, O, "($module, signalnum, /)",
         "Return the system description of the given signal.\n\nReturns the description of signal *signalnum*, such as "
         "\"Interrupt\"\nfor :const:`SIGINT`. Returns :const:`None` if *signalnum* has no\ndescription.")
{
    int number;
    if (signal_number(arg, &number) < 0)
        return NULL;
    const char *text = strsignal(number);
    if (!text || strncmp(text, "Unknown signal", strlen("Unknown signal")) == 0)
        Py_RETURN_NONE;
    return PyUnicode_FromString(text);
}

FUNCTION(_signal, siginterrupt, FAST, "($module, signalnum, flag, /)",
         "Change system call restart behaviour.\n\nIf flag is False, system calls will be restarted when interrupted by\n"
         "signal sig, else system calls will be interrupted.")
{
    int number, flag;
    if (k_check_nargs("siginterrupt", nargs, 2, 2) < 0 || signal_number(args[0], &number) < 0 ||
        k_arg_int(args[1], &flag) < 0)
        return NULL;
    struct sigaction action;
    if (sigaction(number, NULL, &action) < 0)
        return PyErr_SetFromErrno(PyExc_OSError);
    action.sa_flags = flag ? action.sa_flags & ~SA_RESTART : action.sa_flags | SA_RESTART;
    return sigaction(number, &action, NULL) < 0 ? PyErr_SetFromErrno(PyExc_OSError) : Py_NewRef(Py_None);
}

FUNCTION(_signal, pause, NOARGS, "($module, /)", "Wait until a signal arrives.")
{
    PyThreadState *tstate = PyEval_SaveThread();
    pause();
    PyEval_RestoreThread(tstate);
    return PyErr_CheckSignals() < 0 ? NULL : Py_NewRef(Py_None);
}

static int check_wakeup_fd(int fd)
{
    struct stat st;
    if (fstat(fd, &st) != 0) {
        (void)!PyErr_SetFromErrno(PyExc_OSError);
        return -1;
    }
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0) {
        (void)!PyErr_SetFromErrno(PyExc_OSError);
        return -1;
    }
    if (!(flags & O_NONBLOCK)) {
        k_raise(PyExc_ValueError, "the fd %i must be in non-blocking mode", fd);
        return -1;
    }
    return 0;
}

BINDER(set_wakeup_fd, "set_wakeup_fd", "(fd, /, *, warn_on_full_buffer=True)", *fd, *warn_on_full_buffer);

FUNCTION_RAW(_signal, set_wakeup_fd, VAR, 0,
             "set_wakeup_fd(fd, *, warn_on_full_buffer=True) -> fd\n\n"
             "Sets the fd to be written to (with the signal number) when a signal\ncomes in.  A library can use this to "
             "wakeup select or poll.\nThe previous fd or -1 is returned.\n\nThe fd must be non-blocking.")
{
    set_wakeup_fd_args arg;
    PyObject *kept;
    int fd, warn = 1;
    if (BIND(set_wakeup_fd, &arg, args, kwargs, &kept) < 0)
        return NULL;
    K_AUTO(PyObject *) owned = kept;
    if (k_arg_int(arg.fd, &fd) < 0 || (arg.warn_on_full_buffer && k_arg_bool(arg.warn_on_full_buffer, &warn) < 0))
        return NULL;
    if (!_PyOS_IsMainThread())
        return k_raise(PyExc_ValueError, "set_wakeup_fd only works in main thread of the main interpreter");
    if (fd != -1 && check_wakeup_fd(fd) < 0)
        return NULL;
    int old = signal_state.wakeup_fd;
    signal_state.wakeup_fd = fd;
    signal_state.warn_on_full = warn;
    return PyLong_FromLong(old);
}

/* ---- timers ---- */

FUNCTION(_signal, alarm, O, "($module, seconds, /)", "Arrange for SIGALRM to arrive after the given number of seconds.")
{
    int seconds;
    return k_arg_int(arg, &seconds) < 0 ? NULL : PyLong_FromLong((long)alarm((unsigned)seconds));
}

static PyObject *timer_tuple(const struct itimerval *timer)
{
    return Py_BuildValue("(dd)", (double)timer->it_value.tv_sec + (double)timer->it_value.tv_usec / 1e6,
                         (double)timer->it_interval.tv_sec + (double)timer->it_interval.tv_usec / 1e6);
}

static int timer_value(PyObject *arg, struct timeval *tv)
{
    _PyTime_t t;
    if (_PyTime_FromSecondsObject(&t, arg, _PyTime_ROUND_CEILING) < 0)
        return -1;
    return _PyTime_AsTimeval(t, tv, _PyTime_ROUND_CEILING);
}

FUNCTION(_signal, setitimer, FAST, "($module, which, seconds, interval=0.0, /)",
         "Sets given itimer (one of ITIMER_REAL, ITIMER_VIRTUAL or ITIMER_PROF).\n\n"
         "The timer will fire after value seconds and after that every interval seconds.\n"
         "The itimer can be cleared by setting seconds to zero.\n\n"
         "Returns old values as a tuple: (delay, interval).")
{
    int which;
    struct itimerval fresh = { 0 }, old;
    if (k_check_nargs("setitimer", nargs, 2, 3) < 0 || k_arg_int(args[0], &which) < 0 ||
        timer_value(args[1], &fresh.it_value) < 0 || (nargs > 2 && timer_value(args[2], &fresh.it_interval) < 0))
        return NULL;
    return setitimer((__itimer_which_t)which, &fresh, &old) < 0 ? PyErr_SetFromErrno(itimer_error) : timer_tuple(&old);
}

FUNCTION(_signal, getitimer, O, "($module, which, /)", "Returns current value of given itimer.")
{
    int which;
    struct itimerval now;
    if (k_arg_int(arg, &which) < 0)
        return NULL;
    return getitimer((__itimer_which_t)which, &now) < 0 ? PyErr_SetFromErrno(itimer_error) : timer_tuple(&now);
}

/* ---- sets of signals ---- */

static PyObject *set_to_python(const sigset_t *set)
{
    K_AUTO(PyObject *) result = PySet_New(NULL);
    for (int number = 1; result && number < NSIG; number++) {
        if (sigismember(set, number) != 1)
            continue;
        K_AUTO(PyObject *) value = PyLong_FromLong(number);
        if (!value || PySet_Add(result, value) < 0)
            return NULL;
    }
    return K_MOVE(result);
}

FUNCTION(_signal, pthread_sigmask, FAST, "($module, how, mask, /)",
         "Fetch and/or change the signal mask of the calling thread.")
{
    int how;
    sigset_t mask, old;
    if (k_check_nargs("pthread_sigmask", nargs, 2, 2) < 0 || k_arg_int(args[0], &how) < 0 || os_arg_signals(args[1], &mask) < 0)
        return NULL;
    int error = pthread_sigmask(how, &mask, &old);
    if (error) {
        errno = error;
        return PyErr_SetFromErrno(PyExc_OSError);
    }
    return PyErr_CheckSignals() < 0 ? NULL : set_to_python(&old);
}

FUNCTION(_signal, sigpending, NOARGS, "($module, /)",
         "Examine pending signals.\n\nReturns a set of signal numbers that are pending for delivery to\nthe calling thread.")
{
    sigset_t set;
    return sigpending(&set) ? PyErr_SetFromErrno(PyExc_OSError) : set_to_python(&set);
}

FUNCTION(_signal, valid_signals, NOARGS, "($module, /)",
         "Return a set of valid signal numbers on this platform.\n\nNumbers that the system keeps for itself are not in it.")
{
    sigset_t set;
    sigfillset(&set);
    return set_to_python(&set);
}

FUNCTION(_signal, sigwait, O, "($module, sigset, /)",
         "Wait for a signal.\n\nSuspend execution of the calling thread until the delivery of one of the\n"
         "signals specified in the signal set sigset.  The function accepts the signal\nand returns the signal number.")
{
    sigset_t set;
    int number;
    if (os_arg_signals(arg, &set) < 0)
        return NULL;
    PyThreadState *tstate = PyEval_SaveThread();
    int error = sigwait(&set, &number);
    PyEval_RestoreThread(tstate);
    if (error) {
        errno = error;
        return PyErr_SetFromErrno(PyExc_OSError);
    }
    return PyLong_FromLong(number);
}

static PyStructSequence_Field info_fields[] = {
    { "si_signo", "signal number" }, { "si_code", "signal code" }, { "si_errno", "errno associated with this signal" },
    { "si_pid", "sending process ID" }, { "si_uid", "real user ID of sending process" },
    { "si_status", "exit value or signal" }, { "si_band", "band event for SIGPOLL" }, { NULL, NULL },
};
static PyStructSequence_Desc info_desc = { "signal.struct_siginfo", "struct_siginfo: what sigwaitinfo() and sigtimedwait() return.",
                                           info_fields, 7 };
static PyTypeObject info_type;

static PyObject *info_to_python(const siginfo_t *info)
{
    PyObject *result = PyStructSequence_New(&info_type);
    if (!result)
        return NULL;
    long values[] = { info->si_signo, info->si_code, info->si_errno, info->si_pid, (long)info->si_uid, info->si_status,
                      info->si_band };
    for (int i = 0; i < 7; i++) {
        PyObject *value = PyLong_FromLong(values[i]);
        if (!value) {
            Py_DECREF(result);
            return NULL;
        }
        PyStructSequence_SET_ITEM(result, i, value);
    }
    return result;
}

/* Until a signal of the set comes; deadline NULL: however long it takes. */
static PyObject *wait_for_info(const sigset_t *set, const _PyTime_t *timeout)
{
    siginfo_t info;
    _PyTime_t deadline = timeout ? _PyDeadline_Init(*timeout) : 0, left = timeout ? *timeout : 0;
    for (;;) {
        struct timespec ts;
        if (timeout)
            _PyTime_AsTimespec_clamp(left, &ts);
        PyThreadState *tstate = PyEval_SaveThread();
        int number = timeout ? sigtimedwait(set, &info, &ts) : sigwaitinfo(set, &info);
        PyEval_RestoreThread(tstate);
        if (number != -1)
            return info_to_python(&info);
        if (timeout && errno == EAGAIN)
            Py_RETURN_NONE;
        if (errno != EINTR)
            return PyErr_SetFromErrno(PyExc_OSError);
        if (PyErr_CheckSignals() < 0)
            return NULL;
        if (timeout && (left = _PyDeadline_Get(deadline)) < 0)
            Py_RETURN_NONE;
    }
}

FUNCTION(_signal, sigwaitinfo, O, "($module, sigset, /)",
         "Wait synchronously until one of the signals in *sigset* is delivered.\n\nReturns a struct_siginfo containing "
         "information about the signal.")
{
    sigset_t set;
    return os_arg_signals(arg, &set) < 0 ? NULL : wait_for_info(&set, NULL);
}

FUNCTION(_signal, sigtimedwait, FAST, "($module, sigset, timeout, /)",
         "Like sigwaitinfo(), but with a timeout.\n\nThe timeout is specified in seconds, with floating point numbers allowed.")
{
    sigset_t set;
    _PyTime_t timeout;
    if (k_check_nargs("sigtimedwait", nargs, 2, 2) < 0 || os_arg_signals(args[0], &set) < 0 ||
        _PyTime_FromSecondsObject(&timeout, args[1], _PyTime_ROUND_CEILING) < 0)
        return NULL;
    if (timeout < 0)
        return k_raise(PyExc_ValueError, "timeout must be non-negative");
    return wait_for_info(&set, &timeout);
}

FUNCTION(_signal, pthread_kill, FAST, "($module, thread_id, signalnum, /)", "Send a signal to a thread.")
{
    int number;
    if (k_check_nargs("pthread_kill", nargs, 2, 2) < 0)
        return NULL;
    unsigned long id = PyLong_AsUnsignedLongMask(args[0]);
    if ((id == (unsigned long)-1 && PyErr_Occurred()) || k_arg_int(args[1], &number) < 0)
        return NULL;
    if (PySys_Audit("signal.pthread_kill", "ki", id, number) < 0)
        return NULL;
    int error = pthread_kill((pthread_t)id, number);
    if (error) {
        errno = error;
        return PyErr_SetFromErrno(PyExc_OSError);
    }
    return PyErr_CheckSignals() < 0 ? NULL : Py_NewRef(Py_None);
}

FUNCTION(_signal, pidfd_send_signal, FAST, "($module, pidfd, signalnum, siginfo=None, flags=0, /)",
         "Send a signal to a process referred to by a pid file descriptor.")
{
    int pidfd, number, flags = 0;
    if (k_check_nargs("pidfd_send_signal", nargs, 2, 4) < 0 || k_arg_int(args[0], &pidfd) < 0 ||
        k_arg_int(args[1], &number) < 0 || (nargs > 3 && k_arg_int(args[3], &flags) < 0))
        return NULL;
    if (nargs > 2 && args[2] != Py_None)
        return k_raise(PyExc_TypeError, "siginfo must be None");
    return syscall(SYS_pidfd_send_signal, pidfd, number, NULL, flags) < 0 ? PyErr_SetFromErrno(PyExc_OSError)
                                                                          : Py_NewRef(Py_None);
}
METHODS_END(_signal);

/* ---- the module ---- */

static const struct {
    const char *name;
    int value;
} rows[] = {
#define ROW(name) { #name, name },
    ROW(SIG_BLOCK) ROW(SIG_UNBLOCK) ROW(SIG_SETMASK) ROW(SIGHUP) ROW(SIGINT) ROW(SIGQUIT) ROW(SIGILL) ROW(SIGTRAP)
    ROW(SIGIOT) ROW(SIGABRT) ROW(SIGFPE) ROW(SIGKILL) ROW(SIGBUS) ROW(SIGSEGV) ROW(SIGSYS) ROW(SIGPIPE) ROW(SIGALRM)
    ROW(SIGTERM) ROW(SIGUSR1) ROW(SIGUSR2) { "SIGCLD", SIGCHLD }, ROW(SIGCHLD) ROW(SIGPWR) ROW(SIGIO) ROW(SIGURG)
    ROW(SIGWINCH) ROW(SIGPOLL) ROW(SIGSTOP) ROW(SIGTSTP) ROW(SIGCONT) ROW(SIGTTIN) ROW(SIGTTOU) ROW(SIGVTALRM)
    ROW(SIGPROF) ROW(SIGXCPU) ROW(SIGXFSZ) ROW(SIGSTKFLT) ROW(ITIMER_REAL) ROW(ITIMER_VIRTUAL) ROW(ITIMER_PROF)
#undef ROW
};

/* Reads what the process was started with: default, ignored, or (None) something of foreign making. */
static int note_handlers(void)
{
    for (int number = 1; number < NSIG; number++) {
        if (signal_state.handlers[number])
            continue;
        PyOS_sighandler_t action = PyOS_getsig(number);
        signal_state.handlers[number] = Py_NewRef(action == SIG_DFL  ? signal_state.default_handler
                                                  : action == SIG_IGN ? signal_state.ignore
                                                                      : Py_None);
    }
    return 0;
}

static int _signal_exec(PyObject *module)
{
    if (!signal_state.default_handler) {
        signal_state.default_handler = PyLong_FromVoidPtr((void *)(uintptr_t)SIG_DFL);
        signal_state.ignore = PyLong_FromVoidPtr((void *)(uintptr_t)SIG_IGN);
    }
    if (!signal_state.ignore || note_handlers() < 0)
        return -1;
    if (!info_type.tp_name && k_structseq_init(&info_type, &info_desc) < 0)
        return -1;
    if (!itimer_error && !(itimer_error = PyErr_NewException("signal.itimer_error", PyExc_OSError, NULL)))
        return -1;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (PyModule_AddIntConstant(module, rows[i].name, rows[i].value) < 0)
            return -1;
    if (PyModule_AddIntConstant(module, "NSIG", NSIG) < 0 || PyModule_AddIntConstant(module, "SIGRTMIN", SIGRTMIN) < 0 ||
        PyModule_AddIntConstant(module, "SIGRTMAX", SIGRTMAX) < 0 ||
        PyModule_AddObjectRef(module, "SIG_DFL", signal_state.default_handler) < 0 ||
        PyModule_AddObjectRef(module, "SIG_IGN", signal_state.ignore) < 0 ||
        PyModule_AddObjectRef(module, "ItimerError", itimer_error) < 0)
        return -1;
    return PyModule_AddObjectRef(module, "struct_siginfo", (PyObject *)&info_type);
}
MODULE(_signal,
       "This module provides mechanisms to use signal handlers in Python: setting and reading handlers,\n"
       "timers, signal masks, and waiting for signals.",
       _signal_exec, 0);
