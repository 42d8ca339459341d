/* posix_process.c - module posix: processes, their owners and surroundings: fork, wait, ids, environment, limits.
 *
 * In: numbers, paths.  Out: numbers, struct sequences, None. */
#include <grp.h>
#include <signal.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/times.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <sys/ioctl.h>

#include "memory/mem.h"
#include "modules/posix/posix_int.h"
#include "objects/dict/dict.h"
#include "objects/float/float.h"
#include "objects/set/set.h"
#include "runtime/import.h"

METHODS_DECLARE(posix_process);

static PyTypeObject uname_result_type, times_result_type, terminal_size_type, waitid_result_type;

static PyStructSequence_Field uname_fields[] = {
    { "sysname", "operating system name" }, { "nodename", "name of machine on network (implementation-defined)" },
    { "release", "operating system release" }, { "version", "operating system version" }, { "machine", "hardware identifier" },
    { NULL, NULL },
};
static PyStructSequence_Desc uname_desc = { "posix.uname_result", "What uname() gives.", uname_fields, 5 };
static PyStructSequence_Field times_fields[] = {
    { "user", "user time" }, { "system", "system time" }, { "children_user", "user time of children" },
    { "children_system", "system time of children" }, { "elapsed", "elapsed time since an arbitrary point in the past" },
    { NULL, NULL },
};
static PyStructSequence_Desc times_desc = { "posix.times_result", "What times() gives, in seconds.", times_fields, 5 };
static PyStructSequence_Field terminal_fields[] = {
    { "columns", "width of the terminal window in characters" }, { "lines", "height of the terminal window in characters" },
    { NULL, NULL },
};
static PyStructSequence_Desc terminal_desc = { "os.terminal_size", "Columns and lines of a terminal.", terminal_fields, 2 };
static PyStructSequence_Field waitid_fields[] = {
    { "si_pid", NULL }, { "si_uid", NULL }, { "si_signo", NULL }, { "si_status", NULL }, { "si_code", NULL }, { NULL, NULL },
};
static PyStructSequence_Desc waitid_desc = { "posix.waitid_result", "What waitid() gives.", waitid_fields, 5 };

/* ---- starting processes ---- */

FUNCTION(posix_process, fork, NOARGS, "($module, /)", "Doubles the process: 0 in the child, its id in the parent.")
{
    if (PySys_Audit("os.fork", NULL) < 0)
        return NULL;
    PyOS_BeforeFork();
    pid_t pid = fork();
    int error = errno;
    if (pid == 0)
        PyOS_AfterFork_Child();
    else
        PyOS_AfterFork_Parent();
    errno = error;
    return pid < 0 ? posix_error() : PyLong_FromLong(pid);
}

static int add_hook(PyObject **list, PyObject *hook)
{
    if (!hook)
        return 0;
    if (!*list && !(*list = PyList_New(0)))
        return -1;
    return PyList_Append(*list, hook);
}

FUNCTION_KW(posix_process, register_at_fork,
            "($module, /, *, before=<unrepresentable>,\n                 after_in_child=<unrepresentable>,\n"
            "                 after_in_parent=<unrepresentable>)",
            "Has functions called around fork().", *before, *after_in_child, *after_in_parent)
{
    if (!arg->before && !arg->after_in_child && !arg->after_in_parent)
        return k_raise(PyExc_TypeError, "At least one argument is required.");
    const struct { PyObject *hook; const char *name; } hook[] = {
        { arg->before, "before" }, { arg->after_in_child, "after_in_child" }, { arg->after_in_parent, "after_in_parent" },
    };
    for (int i = 0; i < 3; i++)
        if (hook[i].hook && !PyCallable_Check(hook[i].hook))
            return k_raise(PyExc_TypeError, "'%.200s' must be callable, not %.200s", hook[i].name,
                           Py_TYPE(hook[i].hook)->tp_name);
    PyInterpreterState *interp = k_interp();
    if (add_hook(&interp->before_forkers, arg->before) < 0 ||
        add_hook(&interp->after_forkers_child, arg->after_in_child) < 0 ||
        add_hook(&interp->after_forkers_parent, arg->after_in_parent) < 0)
        return NULL;
    Py_RETURN_NONE;
}

FUNCTION_KW(posix_process, _exit, "($module, /, status)", "Ends the process at once, without any cleaning up.", *status)
{
    int status;
    if (k_arg_int(arg->status, &status) < 0)
        return NULL;
    _exit(status);
}

FUNCTION(posix_process, abort, NOARGS, "($module, /)", "Ends the process with SIGABRT.")
{
    abort();
}

FUNCTION_KW(posix_process, system, "($module, /, command)", "Runs a command in a shell; gives its wait status.", *command)
{
    PATH(command, .function = "system", .argument = "command");
    int status;
    if (posix_path(&command, arg->command) < 0 || PySys_Audit("os.system", "(y)", command.text) < 0)
        return NULL;
    UNLOCKED(status = system(command.text));
    return PyLong_FromLong(status);
}

FUNCTION(posix_process, kill, FAST, "($module, pid, signal, /)", "Sends a signal to a process.")
{
    int pid, signal_number;
    if (k_check_nargs("kill", nargs, 2, 2) < 0 || k_arg_int(args[0], &pid) < 0 || k_arg_int(args[1], &signal_number) < 0 ||
        PySys_Audit("os.kill", "ii", pid, signal_number) < 0)
        return NULL;
    if (kill(pid, signal_number) < 0)
        return posix_error();
    return PyErr_CheckSignals() < 0 ? NULL : Py_NewRef(Py_None); /* it may be for this process */
}

FUNCTION(posix_process, killpg, FAST, "($module, pgid, signal, /)", "Sends a signal to a process group.")
{
    int group, signal_number;
    if (k_check_nargs("killpg", nargs, 2, 2) < 0 || k_arg_int(args[0], &group) < 0 || k_arg_int(args[1], &signal_number) < 0 ||
        PySys_Audit("os.killpg", "ii", group, signal_number) < 0)
        return NULL;
    if (killpg(group, signal_number) < 0)
        return posix_error();
    return PyErr_CheckSignals() < 0 ? NULL : Py_NewRef(Py_None);
}

/* ---- waiting ---- */

FUNCTION(posix_process, waitpid, FAST, "($module, pid, options, /)", "Waits for a child: (pid, status).")
{
    int pid, options, status = 0;
    pid_t result;
    bool interrupted = false;
    if (k_check_nargs("waitpid", nargs, 2, 2) < 0 || k_arg_int(args[0], &pid) < 0 || k_arg_int(args[1], &options) < 0)
        return NULL;
    RETRIED(result, interrupted, waitpid(pid, &status, options));
    return result < 0 ? interrupted ? NULL : posix_error() : Py_BuildValue("Ni", PyLong_FromLong(result), status);
}

FUNCTION(posix_process, wait, NOARGS, "($module, /)", "Waits for any child: (pid, status).")
{
    int status = 0;
    pid_t result;
    bool interrupted = false;
    RETRIED(result, interrupted, wait(&status));
    return result < 0 ? interrupted ? NULL : posix_error() : Py_BuildValue("Ni", PyLong_FromLong(result), status);
}

static PyObject *rusage_result(pid_t pid, int status, const struct rusage *usage)
{
    K_AUTO(PyObject *) resource = PyImport_ImportModule("resource");
    K_AUTO(PyObject *) type = resource ? PyObject_GetAttrString(resource, "struct_rusage") : NULL;
    if (!type)
        return NULL;
    const struct rusage *u = usage;
    return Py_BuildValue("NiN", PyLong_FromLong(pid), status,
                         PyObject_CallFunction(type, "((ddllllllllllllll))",
                                               (double)u->ru_utime.tv_sec + (double)u->ru_utime.tv_usec * 1e-6,
                                               (double)u->ru_stime.tv_sec + (double)u->ru_stime.tv_usec * 1e-6, u->ru_maxrss,
                                               u->ru_ixrss, u->ru_idrss, u->ru_isrss, u->ru_minflt, u->ru_majflt, u->ru_nswap,
                                               u->ru_inblock, u->ru_oublock, u->ru_msgsnd, u->ru_msgrcv, u->ru_nsignals,
                                               u->ru_nvcsw, u->ru_nivcsw));
}

static PyObject *do_wait4(int pid, PyObject *options_argument)
{
    int options, status = 0;
    struct rusage usage = { .ru_maxrss = 0 };
    pid_t result;
    bool interrupted = false;
    if (k_arg_int(options_argument, &options) < 0)
        return NULL;
    RETRIED(result, interrupted, wait4(pid, &status, options, &usage));
    return result < 0 ? interrupted ? NULL : posix_error() : rusage_result(result, status, &usage);
}

FUNCTION_KW(posix_process, wait3, "($module, /, options)", "wait() with options: (pid, status, resource usage).", *options)
{
    return do_wait4(-1, arg->options);
}

FUNCTION_KW(posix_process, wait4, "($module, /, pid, options)", "waitpid() that also gives the resource usage.", *pid, *options)
{
    int pid;
    return k_arg_int(arg->pid, &pid) < 0 ? NULL : do_wait4(pid, arg->options);
}

FUNCTION(posix_process, waitid, FAST, "($module, idtype, id, options, /)", "Waits for a change of children; None with WNOHANG.")
{
    int kind, id, options, result;
    siginfo_t info = { .si_pid = 0 };
    bool interrupted = false;
    if (k_check_nargs("waitid", nargs, 3, 3) < 0 || k_arg_int(args[0], &kind) < 0 || k_arg_int(args[1], &id) < 0 ||
        k_arg_int(args[2], &options) < 0)
        return NULL;
    RETRIED(result, interrupted, waitid((idtype_t)kind, (id_t)id, &info, options));
    if (result < 0)
        return interrupted ? NULL : posix_error();
    if (info.si_pid == 0)
        Py_RETURN_NONE;
    const long number[] = { info.si_pid, info.si_uid, info.si_signo, info.si_status, info.si_code };
    K_AUTO(PyObject *) tuple = PyStructSequence_New(&waitid_result_type);
    for (int i = 0; tuple && i < 5; i++) {
        PyObject *value = PyLong_FromLong(number[i]);
        if (!value)
            return NULL;
        PyStructSequence_SET_ITEM(tuple, i, value);
    }
    return K_MOVE(tuple);
}

#define STATUS_TEST(name, doc, CONVERT)                                                                                \
    FUNCTION_KW(posix_process, name, "($module, /, status)", doc, *status)                                             \
    {                                                                                                                  \
        int status;                                                                                                    \
        return k_arg_int(arg->status, &status) < 0 ? NULL : CONVERT(name(status));                                     \
    }
#define TO_BOOL(x) Py_NewRef((x) ? Py_True : Py_False)
#define TO_INT(x)  PyLong_FromLong(x)
STATUS_TEST(WIFEXITED, "Whether the process ended by exit().", TO_BOOL)
STATUS_TEST(WEXITSTATUS, "The exit status of a process that ended by exit().", TO_INT)
STATUS_TEST(WIFSIGNALED, "Whether a signal ended the process.", TO_BOOL)
STATUS_TEST(WTERMSIG, "The signal that ended the process.", TO_INT)
STATUS_TEST(WIFSTOPPED, "Whether a signal stopped the process.", TO_BOOL)
STATUS_TEST(WSTOPSIG, "The signal that stopped the process.", TO_INT)
STATUS_TEST(WIFCONTINUED, "Whether the process was continued.", TO_BOOL)

FUNCTION(posix_process, WCOREDUMP, O, "($module, status, /)", "Whether the process left a core file.")
{
    int status;
    return k_arg_int(arg, &status) < 0 ? NULL : TO_BOOL(WCOREDUMP(status));
}

FUNCTION_KW(posix_process, waitstatus_to_exitcode, "($module, /, status)",
            "A wait status as an exit code; the negative signal number for a process that a signal ended.", *status)
{
    int status;
    if (k_arg_int(arg->status, &status) < 0)
        return NULL;
    if (WIFEXITED(status)) {
        int code = WEXITSTATUS(status);
        return code < 0 ? k_raise(PyExc_ValueError, "invalid WEXITSTATUS: %i", code) : PyLong_FromLong(code);
    }
    if (WIFSIGNALED(status)) {
        int signal_number = WTERMSIG(status);
        return signal_number <= 0 ? k_raise(PyExc_ValueError, "invalid WTERMSIG: %i", signal_number)
                                  : PyLong_FromLong(-signal_number);
    }
    if (WIFSTOPPED(status))
        return k_raise(PyExc_ValueError, "process stopped by delivery of signal %i", WSTOPSIG(status));
    return k_raise(PyExc_ValueError, "invalid wait status: %i", status);
}

/* ---- ids ---- */

#define GET_ID(name, doc)                                                                                              \
    FUNCTION(posix_process, name, NOARGS, "($module, /)", doc)                                                         \
    {                                                                                                                  \
        return PyLong_FromLong((long)name());                                                                          \
    }
GET_ID(getpid, "The process id.")
GET_ID(getppid, "The parent's process id.")
GET_ID(getpgrp, "The process group.")
GET_ID(getuid, "The user id.")
GET_ID(geteuid, "The effective user id.")
GET_ID(getgid, "The group id.")
GET_ID(getegid, "The effective group id.")

#define SET_ID(name, kind, parameter, doc)                                                                             \
    FUNCTION(posix_process, name, O, "($module, " parameter ", /)", doc)                                               \
    {                                                                                                                  \
        unsigned id;                                                                                                   \
        return os_arg_id(arg, kind, &id) < 0 ? NULL : posix_status(name(id));                                          \
    }
SET_ID(setuid, "uid", "uid", "Sets the user id.")
SET_ID(seteuid, "uid", "euid", "Sets the effective user id.")
SET_ID(setgid, "gid", "gid", "Sets the group id.")
SET_ID(setegid, "gid", "egid", "Sets the effective group id.")

#define SET_IDS(name, kind, count, parameters, doc, ...)                                                               \
    FUNCTION(posix_process, name, FAST, "($module, " parameters ", /)", doc)                                           \
    {                                                                                                                  \
        unsigned id[3];                                                                                                \
        if (k_check_nargs(#name, nargs, count, count) < 0)                                                             \
            return NULL;                                                                                               \
        for (int i = 0; i < count; i++)                                                                                \
            if (os_arg_id(args[i], kind, &id[i]) < 0)                                                                  \
                return NULL;                                                                                           \
        return posix_status(name(__VA_ARGS__));                                                                        \
    }
SET_IDS(setreuid, "uid", 2, "ruid, euid", "Sets real and effective user id.", id[0], id[1])
SET_IDS(setregid, "gid", 2, "rgid, egid", "Sets real and effective group id.", id[0], id[1])
SET_IDS(setresuid, "uid", 3, "ruid, euid, suid", "Sets real, effective and saved user id.", id[0], id[1], id[2])
SET_IDS(setresgid, "gid", 3, "rgid, egid, sgid", "Sets real, effective and saved group id.", id[0], id[1], id[2])

FUNCTION(posix_process, setpgid, FAST, "($module, pid, pgrp, /)", "Moves a process into a process group.")
{
    int pid, group;
    if (k_check_nargs("setpgid", nargs, 2, 2) < 0 || k_arg_int(args[0], &pid) < 0 || k_arg_int(args[1], &group) < 0)
        return NULL;
    return posix_status(setpgid(pid, group));
}

FUNCTION(posix_process, getresuid, NOARGS, "($module, /)", "(real, effective, saved) user ids.")
{
    uid_t real, effective, saved;
    return getresuid(&real, &effective, &saved) < 0 ? posix_error()
                                                    : Py_BuildValue("lll", (long)real, (long)effective, (long)saved);
}

FUNCTION(posix_process, getresgid, NOARGS, "($module, /)", "(real, effective, saved) group ids.")
{
    gid_t real, effective, saved;
    return getresgid(&real, &effective, &saved) < 0 ? posix_error()
                                                    : Py_BuildValue("lll", (long)real, (long)effective, (long)saved);
}

FUNCTION_KW(posix_process, getpgid, "($module, /, pid)", "The process group of a process.", *pid)
{
    int pid;
    if (k_arg_int(arg->pid, &pid) < 0)
        return NULL;
    pid_t group = getpgid(pid);
    return group < 0 ? posix_error() : PyLong_FromLong(group);
}

FUNCTION(posix_process, setpgrp, NOARGS, "($module, /)", "Makes the process the leader of a group.")
{
    return posix_status(setpgrp());
}

FUNCTION(posix_process, getsid, O, "($module, pid, /)", "The session of a process.")
{
    int pid;
    if (k_arg_int(arg, &pid) < 0)
        return NULL;
    pid_t session = getsid(pid);
    return session < 0 ? posix_error() : PyLong_FromLong(session);
}

FUNCTION(posix_process, setsid, NOARGS, "($module, /)", "Begins a new session.")
{
    return posix_status(setsid());
}

static PyObject *group_list(const gid_t *group, int n)
{
    K_AUTO(PyObject *) list = PyList_New(n);
    for (int i = 0; list && i < n; i++) {
        PyObject *id = PyLong_FromLong((long)group[i]);
        if (!id)
            return NULL;
        PyList_SET_ITEM(list, i, id);
    }
    return K_MOVE(list);
}

enum { MOST_GROUPS = 65536 };

FUNCTION(posix_process, getgroups, NOARGS, "($module, /)", "The further groups of the process.")
{
    gid_t *group = PyMem_New(gid_t, MOST_GROUPS);
    if (!group)
        return PyErr_NoMemory();
    int n = getgroups(MOST_GROUPS, group);
    PyObject *list = n < 0 ? posix_error() : group_list(group, n);
    PyMem_Free(group);
    return list;
}

FUNCTION(posix_process, getlogin, NOARGS, "($module, /)", "The name of the user who logged in.")
{
    char name[256];
    int status = getlogin_r(name, sizeof name);
    errno = status;
    return status ? posix_error() : PyUnicode_DecodeFSDefault(name);
}

FUNCTION(posix_process, umask, O, "($module, mask, /)", "Sets the mask of permission bits; gives the one before.")
{
    int mask;
    return k_arg_int(arg, &mask) < 0 ? NULL : PyLong_FromLong((long)umask((mode_t)mask));
}

FUNCTION(posix_process, nice, O, "($module, increment, /)", "Lowers the priority of the process; gives the new one.")
{
    int increment;
    if (k_arg_int(arg, &increment) < 0)
        return NULL;
    errno = 0;
    int value = nice(increment);
    return value == -1 && errno ? posix_error() : PyLong_FromLong(value);
}

FUNCTION_KW(posix_process, getpriority, "($module, /, which, who)", "The priority of processes.", *which, *who)
{
    int which, who;
    if (k_arg_int(arg->which, &which) < 0 || k_arg_int(arg->who, &who) < 0)
        return NULL;
    errno = 0;
    int value = getpriority((__priority_which_t)which, (id_t)who);
    return errno ? posix_error() : PyLong_FromLong(value);
}

FUNCTION_KW(posix_process, setpriority, "($module, /, which, who, priority)", "Sets the priority of processes.", *which, *who,
            *priority)
{
    int which, who, priority;
    if (k_arg_int(arg->which, &which) < 0 || k_arg_int(arg->who, &who) < 0 || k_arg_int(arg->priority, &priority) < 0)
        return NULL;
    return posix_status(setpriority((__priority_which_t)which, (id_t)who, priority));
}

/* ---- the system ---- */

FUNCTION(posix_process, uname, NOARGS, "($module, /)", "What the operating system calls itself.")
{
    struct utsname name;
    if (uname(&name) < 0)
        return posix_error();
    const char *text[] = { name.sysname, name.nodename, name.release, name.version, name.machine };
    K_AUTO(PyObject *) result = PyStructSequence_New(&uname_result_type);
    for (int i = 0; result && i < 5; i++) {
        PyObject *value = PyUnicode_DecodeFSDefault(text[i]);
        if (!value)
            return NULL;
        PyStructSequence_SET_ITEM(result, i, value);
    }
    return K_MOVE(result);
}

FUNCTION(posix_process, times, NOARGS, "($module, /)", "Times that the process and its children have used.")
{
    struct tms t;
    clock_t elapsed = times(&t);
    if (elapsed == (clock_t)-1)
        return posix_error();
    double ticks = (double)sysconf(_SC_CLK_TCK);
    const clock_t clock[] = { t.tms_utime, t.tms_stime, t.tms_cutime, t.tms_cstime, elapsed };
    K_AUTO(PyObject *) result = PyStructSequence_New(&times_result_type);
    for (int i = 0; result && i < 5; i++) {
        PyObject *value = PyFloat_FromDouble((double)clock[i] / ticks);
        if (!value)
            return NULL;
        PyStructSequence_SET_ITEM(result, i, value);
    }
    return K_MOVE(result);
}

FUNCTION(posix_process, get_terminal_size, FAST, "($module, fd=<unrepresentable>, /)",
         "Columns and lines of the terminal at a descriptor (standard output by default).")
{
    int fd = STDOUT_FILENO;
    struct winsize size;
    if (k_check_nargs("get_terminal_size", nargs, 0, 1) < 0 || (nargs && k_arg_int(args[0], &fd) < 0))
        return NULL;
    if (ioctl(fd, TIOCGWINSZ, &size) < 0)
        return posix_error();
    K_AUTO(PyObject *) result = PyStructSequence_New(&terminal_size_type);
    const int number[] = { size.ws_col, size.ws_row };
    for (int i = 0; result && i < 2; i++) {
        PyObject *value = PyLong_FromLong(number[i]);
        if (!value)
            return NULL;
        PyStructSequence_SET_ITEM(result, i, value);
    }
    return K_MOVE(result);
}

FUNCTION(posix_process, cpu_count, NOARGS, "($module, /)", "How many processors there are, or None.")
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? Py_NewRef(Py_None) : PyLong_FromLong(n);
}

FUNCTION(posix_process, getloadavg, NOARGS, "($module, /)", "The load of the last 1, 5 and 15 minutes.")
{
    double load[3];
    if (getloadavg(load, 3) != 3)
        return k_raise(PyExc_OSError, "Load averages are unobtainable");
    return Py_BuildValue("ddd", load[0], load[1], load[2]);
}

static PyObject *random_bytes(Py_ssize_t size, unsigned flags)
{
    K_AUTO(PyObject *) bytes = PyBytes_FromStringAndSize(NULL, size);
    for (Py_ssize_t got = 0; bytes && got < size;) {
        ssize_t n;
        bool interrupted = false;
        RETRIED(n, interrupted, getrandom(PyBytes_AS_STRING(bytes) + got, (size_t)(size - got), flags));
        if (n < 0)
            return interrupted ? NULL : posix_error();
        got += n;
    }
    return K_MOVE(bytes);
}

FUNCTION(posix_process, urandom, O, "($module, size, /)", "Random bytes fit for cryptography.")
{
    Py_ssize_t size;
    if (k_arg_ssize(arg, &size) < 0)
        return NULL;
    return size < 0 ? k_raise(PyExc_ValueError, "negative argument not allowed") : random_bytes(size, 0);
}

FUNCTION_KW(posix_process, getrandom, "($module, /, size, flags=0)", "Random bytes from the kernel.", *size, *flags)
{
    Py_ssize_t size;
    int flags;
    if (k_arg_ssize(arg->size, &size) < 0 || k_arg_int(arg->flags, &flags) < 0)
        return NULL;
    if (size < 0) {
        errno = EINVAL;
        return posix_error();
    }
    return random_bytes(size, (unsigned)flags);
}

FUNCTION(posix_process, strerror, O, "($module, code, /)", "The text of an error number.")
{
    int code;
    if (k_arg_int(arg, &code) < 0)
        return NULL;
    const char *text = strerror(code);
    return text ? PyUnicode_DecodeLocale(text, "surrogateescape")
                : k_raise(PyExc_ValueError, "strerror() argument out of range");
}

FUNCTION(posix_process, putenv, FAST, "($module, name, value, /)", "Sets an environment variable of the process.")
{
    if (k_check_nargs("putenv", nargs, 2, 2) < 0)
        return NULL;
    PATH(name, .function = "putenv", .argument = "name");
    PATH(value, .function = "putenv", .argument = "value");
    if (posix_path(&name, args[0]) < 0 || posix_path(&value, args[1]) < 0)
        return NULL;
    if (strchr(name.text, '='))
        return k_raise(PyExc_ValueError, "illegal environment variable name");
    if (PySys_Audit("os.putenv", "yy", name.text, value.text) < 0)
        return NULL;
    return posix_status(setenv(name.text, value.text, 1));
}

FUNCTION(posix_process, unsetenv, O, "($module, name, /)", "Removes an environment variable of the process.")
{
    PATH(name, .function = "unsetenv", .argument = "name");
    if (posix_path(&name, arg) < 0 || PySys_Audit("os.unsetenv", "(y)", name.text) < 0)
        return NULL;
    return posix_status(unsetenv(name.text));
}

METHODS_END(posix_process);

int posix_add_type(PyObject *module, PyTypeObject *type, PyStructSequence_Desc *desc, const char *name)
{
    if (!type->tp_name && k_structseq_init(type, desc) < 0)
        return -1;
    return PyModule_AddObjectRef(module, name, (PyObject *)type);
}

int posix_process_start(PyObject *module)
{
    return posix_add_type(module, &uname_result_type, &uname_desc, "uname_result") < 0 ||
                   posix_add_type(module, &times_result_type, &times_desc, "times_result") < 0 ||
                   posix_add_type(module, &terminal_size_type, &terminal_desc, "terminal_size") < 0 ||
                   posix_add_type(module, &waitid_result_type, &waitid_desc, "waitid_result") < 0 ||
                   PyModule_AddFunctions(module, METHODS(posix_process)) < 0
               ? -1
               : 0;
}
