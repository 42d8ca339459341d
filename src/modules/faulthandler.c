/* faulthandler.c - module faulthandler: tracebacks on fatal signals, on chosen signals, and after a time.
 *
 * In: signals and a watchdog.  Out: text onto a descriptor (runtime/traceback_dump.c).
 * Invariant: the handlers call async-signal-safe functions only. A fatal handler puts the former handler back before it
 * writes, so that a second fault ends the process. The watchdog thread takes no GIL.
 * Start at on_fatal_signal(). */
#include "runtime/traceback.h"

#include "objects/call.h"
#include "objects/int/int.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "runtime/errors.h"
#include "runtime/import.h"
#include "runtime/sys.h"
#include "vm/eval.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

typedef struct FatalSignal {
    int number;
    const char *name;
    int enabled;
    struct sigaction previous;
} FatalSignal;

/* The runtime's, one for the process as signals are. */
static FatalSignal fatal_signals[] = {
    { .number = SIGBUS, .name = "Bus error" },
    { .number = SIGILL, .name = "Illegal instruction" },
    { .number = SIGFPE, .name = "Floating point exception" },
    { .number = SIGABRT, .name = "Aborted" },
    { .number = SIGSEGV, .name = "Segmentation fault" },
};
static struct {
    int enabled, fd, all_threads;
    PyObject *file; /* keeps fd open */
    void *stack;    /* the handlers': a stack overflow is a fault too */
} fatal;

typedef struct UserSignal {
    int enabled, fd, all_threads, chain;
    PyObject *file;
    struct sigaction previous;
} UserSignal;
static UserSignal user_signals[NSIG];

static struct {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int running, cancelled, repeat, exit, fd;
    struct timespec delay;
    char header[64];
    PyObject *file;
} watchdog = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };

enum { STACK_SIZE = 1 << 16 };

static void write_text(int fd, const char *text)
{
    ssize_t ignored = write(fd, text, strlen(text));
    (void)ignored;
}

/* ---- arguments ---- */

/* The descriptor of a file argument; *file becomes the object to keep, borrowed, NULL for a plain number. */
static int descriptor_of(PyObject **file)
{
    if (!*file || *file == Py_None) {
        *file = PySys_GetObject("stderr");
        if (!*file || *file == Py_None) {
            k_raise(PyExc_RuntimeError, *file ? "sys.stderr is None" : "unable to get sys.stderr");
            return -1;
        }
    } else if (PyLong_Check(*file)) {
        int fd;
        if (k_arg_int(*file, &fd) < 0)
            return -1;
        if (fd < 0) {
            k_raise(PyExc_ValueError, "file is not a valid file descripter");
            return -1;
        }
        *file = NULL;
        return fd;
    }
    K_AUTO(PyObject *) number = PyObject_CallMethodObjArgs(*file, K_STR("fileno"), NULL);
    if (!number)
        return -1;
    long fd = PyLong_Check(number) ? PyLong_AsLong(number) : -1;
    if (fd < 0 || fd > INT_MAX) {
        k_raise(PyExc_RuntimeError, "file.fileno() is not a valid file descriptor");
        return -1;
    }
    K_AUTO(PyObject *) flushed = PyObject_CallMethodObjArgs(*file, K_STR("flush"), NULL);
    if (!flushed)
        PyErr_Clear();
    return (int)fd;
}

/* A truth value argument, otherwise when it is absent. */
static int flag_arg(PyObject *arg, int otherwise, int *out)
{
    *out = otherwise;
    return arg ? k_arg_int(arg, out) : 0;
}

static void dump_all(int fd, int all_threads)
{
    PyThreadState *tstate = PyGILState_GetThisThreadState();
    if (all_threads)
        (void)_Py_DumpTracebackThreads(fd, NULL, tstate);
    else if (tstate)
        _Py_DumpTraceback(fd, tstate);
}

/* ---- fatal signals ---- */

static void on_fatal_signal(int number)
{
    int saved_errno = errno;
    FatalSignal *signal_row = NULL;
    for (size_t i = 0; i < sizeof fatal_signals / sizeof *fatal_signals; i++)
        if (fatal_signals[i].number == number)
            signal_row = &fatal_signals[i];
    if (fatal.enabled && signal_row) {
        if (signal_row->enabled) {
            signal_row->enabled = 0;
            sigaction(number, &signal_row->previous, NULL);
        }
        write_text(fatal.fd, "Fatal Python error: ");
        write_text(fatal.fd, signal_row->name);
        write_text(fatal.fd, "\n\n");
        dump_all(fatal.fd, fatal.all_threads);
    }
    errno = saved_errno;
    raise(number);
}

static int use_own_stack(void)
{
    if (fatal.stack)
        return SA_ONSTACK;
    fatal.stack = malloc(STACK_SIZE);
    stack_t stack = { .ss_sp = fatal.stack, .ss_size = STACK_SIZE };
    return fatal.stack && sigaltstack(&stack, NULL) == 0 ? SA_ONSTACK : 0;
}

static int fatal_enable(void)
{
    if (fatal.enabled)
        return 0;
    fatal.enabled = 1;
    int flags = SA_NODEFER | use_own_stack();
    for (size_t i = 0; i < sizeof fatal_signals / sizeof *fatal_signals; i++) {
        struct sigaction action = { .sa_handler = on_fatal_signal, .sa_flags = flags };
        sigemptyset(&action.sa_mask);
        if (sigaction(fatal_signals[i].number, &action, &fatal_signals[i].previous) < 0) {
            PyErr_SetFromErrno(PyExc_RuntimeError);
            return -1;
        }
        fatal_signals[i].enabled = 1;
    }
    return 0;
}

static int fatal_disable(void)
{
    int was = fatal.enabled;
    fatal.enabled = 0;
    for (size_t i = 0; i < sizeof fatal_signals / sizeof *fatal_signals; i++)
        if (fatal_signals[i].enabled) {
            fatal_signals[i].enabled = 0;
            sigaction(fatal_signals[i].number, &fatal_signals[i].previous, NULL);
        }
    Py_CLEAR(fatal.file);
    return was;
}

BINDER(enable, "enable", "(file=<unrepresentable>, all_threads=<unrepresentable>)", *file, *all_threads);

FUNCTION_RAW(faulthandler, enable, VAR, 0, "enable(file=sys.stderr, all_threads=True): tracebacks on fatal signals")
{
    enable_args arg;
    K_AUTO(PyObject *) owned = NULL;
    int all_threads;
    if (BIND(enable, &arg, args, kwargs, &owned) < 0 || flag_arg(arg.all_threads, 1, &all_threads) < 0)
        return NULL;
    int fd = descriptor_of(&arg.file);
    if (fd < 0)
        return NULL;
    Py_XSETREF(fatal.file, Py_XNewRef(arg.file));
    fatal.fd = fd;
    fatal.all_threads = all_threads;
    if (fatal_enable() < 0)
        return NULL;
    Py_RETURN_NONE;
}

FUNCTION_RAW(faulthandler, disable, NOARGS, 0, "disable(): no tracebacks on fatal signals any more")
{
    Py_RETURN_BOOL(fatal_disable());
}

FUNCTION_RAW(faulthandler, is_enabled, NOARGS, 0, "is_enabled()->bool: whether fatal signals give tracebacks")
{
    Py_RETURN_BOOL(fatal.enabled);
}

FUNCTION_RAW(faulthandler, dump_traceback, VAR, 0,
             "dump_traceback(file=sys.stderr, all_threads=True): the tracebacks of now")
{
    enable_args arg;
    K_AUTO(PyObject *) owned = NULL;
    int all_threads;
    if (BIND(enable, &arg, args, kwargs, &owned) < 0 || flag_arg(arg.all_threads, 1, &all_threads) < 0)
        return NULL;
    int fd = descriptor_of(&arg.file);
    if (fd < 0)
        return NULL;
    dump_all(fd, all_threads);
    return PyErr_CheckSignals() < 0 ? NULL : Py_NewRef(Py_None);
}

/* ---- after a time ---- */

static void *watch(void *unused)
{
    (void)unused;
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, NULL); /* signals belong to the program's threads */
    pthread_mutex_lock(&watchdog.lock);
    do {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += watchdog.delay.tv_sec;
        until.tv_nsec += watchdog.delay.tv_nsec;
        if (until.tv_nsec >= 1000000000) {
            until.tv_nsec -= 1000000000;
            until.tv_sec++;
        }
        int status = 0;
        while (!watchdog.cancelled && status != ETIMEDOUT)
            status = pthread_cond_timedwait(&watchdog.changed, &watchdog.lock, &until);
        if (watchdog.cancelled)
            break;
        write_text(watchdog.fd, watchdog.header);
        const char *failure = _Py_DumpTracebackThreads(watchdog.fd, PyInterpreterState_Main(), NULL);
        if (watchdog.exit)
            _exit(1);
        if (failure)
            break;
    } while (watchdog.repeat);
    pthread_mutex_unlock(&watchdog.lock);
    return NULL;
}

static void watchdog_cancel(void)
{
    if (!watchdog.running)
        return;
    pthread_mutex_lock(&watchdog.lock);
    watchdog.cancelled = 1;
    pthread_cond_signal(&watchdog.changed);
    pthread_mutex_unlock(&watchdog.lock);
    pthread_join(watchdog.thread, NULL);
    watchdog.running = 0;
    Py_CLEAR(watchdog.file);
}

static void set_delay(double seconds)
{
    long long micros = (long long)(seconds * 1e6);
    watchdog.delay.tv_sec = (time_t)(micros / 1000000);
    watchdog.delay.tv_nsec = (long)(micros % 1000000) * 1000;
    long long total = micros / 1000000, sub = micros % 1000000;
    int n = snprintf(watchdog.header, sizeof watchdog.header, "Timeout (%lld:%02lld:%02lld", total / 3600,
                     total / 60 % 60, total % 60);
    if (sub)
        n += snprintf(watchdog.header + n, sizeof watchdog.header - (size_t)n, ".%06lld", sub);
    snprintf(watchdog.header + n, sizeof watchdog.header - (size_t)n, ")!\n");
}

BINDER(later, "dump_traceback_later",
       "(timeout, repeat=<unrepresentable>, file=<unrepresentable>, exit=<unrepresentable>)", *timeout, *repeat,
       *file, *exit);

FUNCTION_RAW(faulthandler, dump_traceback_later, VAR, 0,
             "dump_traceback_later(timeout, repeat=False, file=sys.stderr, exit=False):\n"
             "the tracebacks of all threads in so many seconds, again and again if repeat; exit ends the process then.")
{
    later_args arg;
    K_AUTO(PyObject *) owned = NULL;
    int repeat, exit_after;
    if (BIND(later, &arg, args, kwargs, &owned) < 0 || flag_arg(arg.repeat, 0, &repeat) < 0
        || flag_arg(arg.exit, 0, &exit_after) < 0)
        return NULL;
    double seconds;
    if (k_arg_double(arg.timeout, &seconds) < 0)
        return NULL;
    if (!(seconds > 0))
        return k_raise(PyExc_ValueError, "timeout must be greater than 0");
    if (seconds > 1e9)
        return k_raise(PyExc_OverflowError, "timeout value is too large");
    int fd = descriptor_of(&arg.file);
    if (fd < 0)
        return NULL;
    watchdog_cancel();
    Py_XSETREF(watchdog.file, Py_XNewRef(arg.file));
    watchdog.fd = fd;
    watchdog.repeat = repeat;
    watchdog.exit = exit_after;
    watchdog.cancelled = 0;
    set_delay(seconds);
    if (pthread_create(&watchdog.thread, NULL, watch, NULL) != 0)
        return k_raise(PyExc_RuntimeError, "unable to start watchdog thread");
    watchdog.running = 1;
    Py_RETURN_NONE;
}

FUNCTION_RAW(faulthandler, cancel_dump_traceback_later, NOARGS, 0,
             "cancel_dump_traceback_later():\nwhat dump_traceback_later() began ends.")
{
    watchdog_cancel();
    Py_RETURN_NONE;
}

/* ---- chosen signals ---- */

static void on_user_signal(int number);

static int user_install(int number, int chain, struct sigaction *previous)
{
    struct sigaction action = { .sa_handler = on_user_signal,
                                .sa_flags = SA_RESTART | (chain ? SA_NODEFER : 0) | (fatal.stack ? SA_ONSTACK : 0) };
    sigemptyset(&action.sa_mask);
    return sigaction(number, &action, previous);
}

static void on_user_signal(int number)
{
    UserSignal *row = &user_signals[number];
    if (!row->enabled)
        return;
    int saved_errno = errno;
    dump_all(row->fd, row->all_threads);
    if (row->chain) {
        sigaction(number, &row->previous, NULL);
        errno = saved_errno;
        raise(number);
        saved_errno = errno;
        user_install(number, 1, NULL);
    }
    errno = saved_errno;
}

static int is_user_signal(int number)
{
    for (size_t i = 0; i < sizeof fatal_signals / sizeof *fatal_signals; i++)
        if (fatal_signals[i].number == number) {
            k_raise(PyExc_RuntimeError, "signal %i cannot be registered, use enable() instead", number);
            return 0;
        }
    if (number < 1 || number >= NSIG) {
        k_raise(PyExc_ValueError, "signal number out of range");
        return 0;
    }
    return 1;
}

static int user_remove(int number)
{
    UserSignal *row = &user_signals[number];
    if (!row->enabled)
        return 0;
    row->enabled = 0;
    sigaction(number, &row->previous, NULL);
    Py_CLEAR(row->file);
    return 1;
}

BINDER(register, "register",
       "(signum, file=<unrepresentable>, all_threads=<unrepresentable>, chain=<unrepresentable>)", *signum, *file,
       *all_threads, *chain);

FUNCTION_RAW(faulthandler, register, VAR, 0,
             "register(signum, file=sys.stderr, all_threads=True, chain=False): tracebacks on this signal")
{
    register_args arg;
    K_AUTO(PyObject *) owned = NULL;
    int number, all_threads, chain;
    if (BIND(register, &arg, args, kwargs, &owned) < 0 || k_arg_int(arg.signum, &number) < 0
        || flag_arg(arg.all_threads, 1, &all_threads) < 0 || flag_arg(arg.chain, 0, &chain) < 0
        || !is_user_signal(number))
        return NULL;
    int fd = descriptor_of(&arg.file);
    if (fd < 0)
        return NULL;
    UserSignal *row = &user_signals[number];
    if (!row->enabled && user_install(number, chain, &row->previous) < 0)
        return PyErr_SetFromErrno(PyExc_OSError);
    Py_XSETREF(row->file, Py_XNewRef(arg.file));
    row->fd = fd;
    row->all_threads = all_threads;
    row->chain = chain;
    row->enabled = 1;
    Py_RETURN_NONE;
}

FUNCTION_RAW(faulthandler, unregister, O, 0, "unregister(signum): no tracebacks on this signal any more")
{
    int number;
    if (k_arg_int(arg, &number) < 0 || !is_user_signal(number))
        return NULL;
    Py_RETURN_BOOL(user_remove(number));
}

/* ---- faults on purpose ---- */

static void no_core_file(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_CORE, &limit) == 0) {
        limit.rlim_cur = 0;
        setrlimit(RLIMIT_CORE, &limit);
    }
}

FUNCTION_RAW(faulthandler, _read_null, NOARGS, 0, "_read_null(): reads from address 0")
{
    no_core_file();
    int *volatile nowhere = NULL;
    return PyLong_FromLong(*(volatile int *)nowhere);
}

FUNCTION_RAW(faulthandler, _sigsegv, FAST, 0, "_sigsegv(release_gil=False): raises SIGSEGV")
{
    int release = 0;
    if (nargs && k_arg_int(args[0], &release) < 0)
        return NULL;
    no_core_file();
    PyThreadState *saved = release ? PyEval_SaveThread() : NULL;
    raise(SIGSEGV);
    if (release)
        PyEval_RestoreThread(saved);
    Py_RETURN_NONE;
}

static void *fatal_in_thread(void *unused)
{
    (void)unused;
    _Py_FatalErrorFunc("faulthandler_fatal_error_thread", "in new thread");
}

FUNCTION_RAW(faulthandler, _fatal_error_c_thread, NOARGS, 0,
             "_fatal_error_c_thread(): a fatal error in a thread of its own")
{
    no_core_file();
    pthread_t thread;
    if (pthread_create(&thread, NULL, fatal_in_thread, NULL) != 0)
        return k_raise(PyExc_RuntimeError, "unable to start the thread");
    pthread_join(thread, NULL);
    Py_RETURN_NONE;
}

FUNCTION_RAW(faulthandler, _sigabrt, NOARGS, 0, "_sigabrt(): raises SIGABRT")
{
    no_core_file();
    abort();
}

FUNCTION_RAW(faulthandler, _sigfpe, NOARGS, 0, "_sigfpe(): raises SIGFPE")
{
    no_core_file();
    raise(SIGFPE);
    Py_RETURN_NONE;
}

/* Goes down until the signal comes; the array keeps the compiler from making a loop of it. */
static K_NOINLINE uintptr_t fill_stack(uintptr_t depth)
{
    volatile unsigned char room[4096];
    room[0] = (unsigned char)depth;
    return depth > ((uintptr_t)1 << 40) ? room[0] : fill_stack(depth + 1) + room[0];
}

FUNCTION_RAW(faulthandler, _stack_overflow, NOARGS, 0, "_stack_overflow(): fills the C stack")
{
    no_core_file();
    return PyLong_FromSize_t(fill_stack(1));
}

METHODS_END(faulthandler);

/* ---- start and stop ---- */

int k_faulthandler_start(int enable)
{
    if (!enable)
        return 0;
    K_AUTO(PyObject *) module = PyImport_ImportModule("faulthandler");
    K_AUTO(PyObject *) result = module ? PyObject_CallMethodObjArgs(module, K_STR("enable"), NULL) : NULL;
    return result ? 0 : -1;
}

void k_faulthandler_stop(void)
{
    watchdog_cancel();
    for (int number = 1; number < NSIG; number++)
        user_remove(number);
    fatal_disable();
    if (fatal.stack) {
        stack_t none = { .ss_flags = SS_DISABLE };
        sigaltstack(&none, NULL);
        free(fatal.stack);
        fatal.stack = NULL;
    }
}

static int faulthandler_exec(PyObject *module)
{
    (void)module;
    return 0;
}
MODULE(faulthandler, "Tracebacks of a process in trouble.", faulthandler_exec, 0);
