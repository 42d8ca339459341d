/* _posixsubprocess.c - module _posixsubprocess: fork_exec(), which starts the programs of module subprocess.
 *
 * In: everything the child needs, made ready before the fork: C strings, descriptors, ids.  Out: the child's process id.
 * Invariant: between fork (or vfork) and exec the child calls async-signal-safe functions only, unless there is a
 * preexec_fn. What fails there is told through errpipe_write as "exception:errno in hex:message".
 * Start at fork_exec. */
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "memory/gc.h"
#include "memory/mem.h"
#include "objects/bytes/bytes.h"
#include "objects/call.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"
#include "runtime/oscall.h"
#include "runtime/signals.h"

enum { MOST_GROUPS = 65536, CHILD_FAILED = 255 };

typedef struct Child {
    char **argv, **envp, **programs; /* NULL-terminated; envp NULL: the parent's environment */
    const char *cwd;
    int *kept; /* descriptors that stay open, in ascending order; errpipe_write among them */
    Py_ssize_t n_kept;
    int close_fds, p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite, errpipe_read, errpipe_write;
    int restore_signals, new_session, process_group, umask;
    bool set_gid, set_groups, set_uid;
    gid_t gid;
    uid_t uid;
    gid_t *groups;
    int n_groups;
    PyObject *preexec; /* NULL for none */
    const sigset_t *mask;  /* after vfork(): the signals that the caller let in */
} Child;

/* ---- in the child ---- */

static const char *const child_failed_early = "noexec";

static int inherit(int fd)
{
    int flags = fcntl(fd, F_GETFD);
    return flags < 0 ? -1 : fcntl(fd, F_SETFD, flags & ~FD_CLOEXEC);
}

static int place(int fd, int number)
{
    return fd == number ? inherit(fd) : fd >= 0 ? dup2(fd, number) : 0;
}

/* The pipes' ends become descriptors 0, 1, 2. */
static int child_streams(Child *c)
{
    const int parents[] = { c->p2cwrite, c->c2pread, c->errread, c->errpipe_read };
    for (Py_ssize_t i = 0; i < K_COUNT_OF(parents); i++)
        if (parents[i] >= 0 && close(parents[i]) < 0)
            return -1;
    if (c->c2pwrite == 0 && (c->c2pwrite = dup(c->c2pwrite)) < 0)
        return -1;
    while (c->errwrite == 0 || c->errwrite == 1)
        if ((c->errwrite = dup(c->errwrite)) < 0)
            return -1;
    return place(c->p2cread, 0) < 0 || place(c->c2pwrite, 1) < 0 || place(c->errwrite, 2) < 0 ? -1 : 0;
}

static int child_identity(const Child *c)
{
    if (c->set_groups && setgroups((size_t)c->n_groups, c->groups) < 0)
        return -1;
    if (c->set_gid && setregid(c->gid, c->gid) < 0)
        return -1;
    return c->set_uid && setreuid(c->uid, c->uid) < 0 ? -1 : 0;
}

static void close_between(int low, int high) /* both closed too */
{
    if (low > high || close_range((unsigned)low, (unsigned)high, 0) == 0)
        return;
    long most = sysconf(_SC_OPEN_MAX);
    for (int fd = low; fd <= high && fd < most; fd++)
        close(fd);
}

static void child_close(const Child *c)
{
    int next = 3;
    for (Py_ssize_t i = 0; i < c->n_kept; i++) {
        if (c->kept[i] < next)
            continue;
        close_between(next, c->kept[i] - 1);
        next = c->kept[i] + 1;
    }
    close_between(next, INT_MAX);
}

static int child_prepare(Child *c)
{
    for (Py_ssize_t i = 0; i < c->n_kept; i++)
        if (c->kept[i] != c->errpipe_write && inherit(c->kept[i]) < 0)
            return -1;
    if (child_streams(c) < 0 || (c->cwd && chdir(c->cwd) < 0))
        return -1;
    if (c->umask >= 0)
        umask((mode_t)c->umask);
    if (c->restore_signals)
        _Py_RestoreSignals();
    if (c->mask && (errno = pthread_sigmask(SIG_SETMASK, c->mask, NULL)))
        return -1;
    if (c->new_session)
        setsid();
    if (c->process_group >= 0 && setpgid(0, c->process_group) < 0)
        return -1;
    return child_identity(c);
}

/* Tries the programs one after the other; gives the error of the last one that was more than "not there". */
static int child_exec(const Child *c)
{
    extern char **environ;
    int error = 0;
    for (char **program = c->programs; *program; program++) {
        execve(*program, c->argv, c->envp ? c->envp : environ);
        if (errno != ENOENT && errno != ENOTDIR)
            error = errno;
    }
    return error ? error : errno;
}

static void tell(int fd, const char *text)
{
    size_t left = strlen(text);
    while (left > 0) {
        ssize_t written = write(fd, text, left);
        if (written <= 0 && errno != EINTR)
            return;
        if (written > 0) {
            text += written;
            left -= (size_t)written;
        }
    }
}

static void tell_error(int fd, int error, const char *message)
{
    char hex[2 * sizeof error + 1];
    int at = sizeof hex - 1;
    hex[at] = '\0';
    for (unsigned rest = (unsigned)error; rest || !hex[at]; rest >>= 4)
        hex[--at] = "0123456789ABCDEF"[rest & 15];
    tell(fd, "OSError:");
    tell(fd, hex + at);
    tell(fd, ":");
    tell(fd, message);
}

static K_NORETURN K_NOINLINE void child_run(Child *c)
{
    if (child_prepare(c) < 0) {
        tell_error(c->errpipe_write, errno, child_failed_early);
        _exit(CHILD_FAILED);
    }
    if (c->preexec) {
        PyObject *result = PyObject_CallNoArgs(c->preexec);
        if (!result) {
            PyErr_Clear();
            tell(c->errpipe_write, "SubprocessError:0:Exception occurred in preexec_fn.");
            _exit(CHILD_FAILED);
        }
        Py_DECREF(result);
    }
    if (c->close_fds)
        child_close(c);
    tell_error(c->errpipe_write, child_exec(c), "");
    _exit(CHILD_FAILED);
}

/* ---- in the parent ---- */

/* A frame of its own for vfork(): the child runs on it until it executes the program. */
static K_NOINLINE pid_t start_child(Child *c, bool share)
{
    sigset_t all, before;
    if (!share) {
        pid_t pid = fork();
        if (pid == 0) {
            if (c->preexec)
                PyOS_AfterFork_Child();
            child_run(c);
        }
        return pid;
    }
    sigfillset(&all);
    if ((errno = pthread_sigmask(SIG_SETMASK, &all, &before)))
        return -1;
    c->mask = &before;
    pid_t pid = vfork();
    if (pid == 0)
        child_run(c);
    int error = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = error;
    return pid;
}

static void free_strings(char **strings)
{
    for (char **at = strings; at && *at; at++)
        PyMem_Free(*at);
    PyMem_Free(strings);
}

static char *copy_bytes(PyObject *bytes)
{
    char *text;
    if (PyBytes_AsStringAndSize(bytes, &text, NULL) < 0)
        return NULL;
    size_t size = strlen(text) + 1;
    char *copy = PyMem_Malloc(size);
    if (!copy)
        PyErr_NoMemory();
    return copy ? memcpy(copy, text, size) : NULL;
}

/* C copies of a sequence's items, which convert makes bytes of: NULL with an exception. */
static char **copy_strings(PyObject *sequence, int (*convert)(PyObject *, void *), const char *message)
{
    K_AUTO(PyObject *) fast = PySequence_Fast(sequence, message);
    if (!fast)
        return NULL;
    Py_ssize_t n = PySequence_Fast_GET_SIZE(fast);
    char **strings = PyMem_Calloc((size_t)n + 1, sizeof *strings);
    if (!strings) {
        PyErr_NoMemory();
        return NULL;
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        if (PySequence_Fast_GET_SIZE(fast) != n) {
            PyErr_SetString(PyExc_RuntimeError, "args changed during iteration");
            free_strings(strings);
            return NULL;
        }
        K_AUTO(PyObject *) item = Py_NewRef(PySequence_Fast_GET_ITEM(fast, i));
        K_AUTO(PyObject *) bytes = NULL;
        if (!convert(item, &bytes) || !(strings[i] = copy_bytes(bytes))) {
            free_strings(strings);
            return NULL;
        }
    }
    return strings;
}

static int same_bytes(PyObject *item, void *out)
{
    *(PyObject **)out = Py_NewRef(item);
    return 1;
}

/* The descriptors to keep: ascending, each once. */
static int take_kept(Child *c, PyObject *tuple)
{
    c->n_kept = PyTuple_GET_SIZE(tuple);
    c->kept = PyMem_New(int, c->n_kept + 1);
    if (!c->kept) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t i = 0; i < c->n_kept; i++) {
        PyObject *item = PyTuple_GET_ITEM(tuple, i);
        long fd = PyLong_Check(item) ? PyLong_AsLong(item) : -1;
        if (fd < 0 || fd > INT_MAX || (i > 0 && fd <= c->kept[i - 1])) {
            PyErr_SetString(PyExc_ValueError, "bad value(s) in fds_to_keep");
            return -1;
        }
        c->kept[i] = (int)fd;
    }
    return 0;
}

static int take_id(PyObject *object, const char *kind, bool *set, unsigned *id)
{
    *set = object != Py_None;
    return *set ? os_arg_id(object, kind, id) : 0;
}

static int take_groups(Child *c, PyObject *list)
{
    c->set_groups = list != Py_None;
    if (!c->set_groups)
        return 0;
    if (!PyList_Check(list)) {
        PyErr_SetString(PyExc_TypeError, "setgroups argument must be a list");
        return -1;
    }
    Py_ssize_t n = PyList_GET_SIZE(list);
    if (n > MOST_GROUPS) {
        PyErr_SetString(PyExc_ValueError, "too many groups");
        return -1;
    }
    c->groups = PyMem_New(gid_t, n + 1);
    if (!c->groups) {
        PyErr_NoMemory();
        return -1;
    }
    for (; c->n_groups < n; c->n_groups++) {
        K_AUTO(PyObject *) item = PySequence_GetItem(list, c->n_groups);
        if (!item)
            return -1;
        if (!PyLong_Check(item)) {
            PyErr_SetString(PyExc_TypeError, "groups must be integers");
            return -1;
        }
        if (os_arg_id(item, "gid", &c->groups[c->n_groups]) < 0) {
            PyErr_SetString(PyExc_ValueError, "invalid group id");
            return -1;
        }
    }
    return 0;
}

/* What fork_exec() got and keeps until the child runs. */
typedef struct Request {
    Child child;
    PyObject *args, *programs, *kept, *cwd, *env, *gid, *groups, *uid, *preexec;
    PyObject *cwd_bytes;
    int allow_vfork;
} Request;

static void request_drop(Request *r)
{
    free_strings(r->child.argv);
    free_strings(r->child.envp);
    free_strings(r->child.programs);
    PyMem_Free(r->child.kept);
    PyMem_Free(r->child.groups);
    Py_XDECREF(r->cwd_bytes);
}

static int request_ready(Request *r)
{
    Child *c = &r->child;
    if (c->close_fds && c->errpipe_write < 3) {
        PyErr_SetString(PyExc_ValueError, "errpipe_write must be >= 3");
        return -1;
    }
    if (take_kept(c, r->kept) < 0 || !(c->programs = copy_strings(r->programs, same_bytes, "executable_list")))
        return -1;
    if (r->args != Py_None) {
        c->argv = copy_strings(r->args, PyUnicode_FSConverter, "argv must be a tuple");
        if (!c->argv)
            return -1;
    }
    if (r->env != Py_None && !(c->envp = copy_strings(r->env, same_bytes, "env_list")))
        return -1;
    if (r->cwd != Py_None) {
        if (!PyUnicode_FSConverter(r->cwd, &r->cwd_bytes))
            return -1;
        c->cwd = PyBytes_AS_STRING(r->cwd_bytes);
    }
    if (r->preexec != Py_None)
        c->preexec = r->preexec;
    return take_groups(c, r->groups) < 0 || take_id(r->gid, "gid", &c->set_gid, &c->gid) < 0 ||
                   take_id(r->uid, "uid", &c->set_uid, &c->uid) < 0
               ? -1
               : 0;
}

static PyObject *request_run(Request *r)
{
    Child *c = &r->child;
    bool share = r->allow_vfork && !c->preexec && !c->set_uid && !c->set_gid && !c->set_groups;
    if (c->preexec)
        PyOS_BeforeFork();
    pid_t pid = start_child(c, share);
    int error = errno;
    if (c->preexec)
        PyOS_AfterFork_Parent();
    errno = error;
    return pid < 0 ? PyErr_SetFromErrno(PyExc_OSError) : PyLong_FromLong(pid);
}

METHODS_DECLARE(_posixsubprocess);

METHOD_RAW(_posixsubprocess, fork_exec, FAST, 0,
           "fork_exec(args, executable_list, close_fds, pass_fds, cwd, env,\n"
           "          p2cread, p2cwrite, c2pread, c2pwrite,\n"
           "          errread, errwrite, errpipe_read, errpipe_write,\n"
           "          restore_signals, call_setsid, pgid_to_set,\n"
           "          gid, groups_list, uid, umask, preexec_fn, allow_vfork)\n\n"
           "Start the first of the programs that can be executed in a new process; give its id.\n\n"
           "All descriptors from 3 up are closed in the child when close_fds is true, but for those of pass_fds,\n"
           "a sorted tuple. An error in the child is written to errpipe_write. preexec_fn runs in the child before\n"
           "the program; that is unsafe when there are other threads.")
{
    __attribute__((cleanup(request_drop))) Request r = { .allow_vfork = 0 };
    Child *c = &r.child;
    if (!_PyArg_ParseStack(args, nargs, "OOpO!OOiiiiiiiippiOOOiOp:fork_exec", &r.args, &r.programs, &c->close_fds,
                           &PyTuple_Type, &r.kept, &r.cwd, &r.env, &c->p2cread, &c->p2cwrite, &c->c2pread, &c->c2pwrite,
                           &c->errread, &c->errwrite, &c->errpipe_read, &c->errpipe_write, &c->restore_signals,
                           &c->new_session, &c->process_group, &r.gid, &r.groups, &r.uid, &c->umask, &r.preexec,
                           &r.allow_vfork))
        return NULL;
    int collecting = r.preexec != Py_None && PyGC_Disable(); /* no finaliser runs in the child by chance */
    PyObject *result = request_ready(&r) < 0 ? NULL : request_run(&r);
    if (collecting)
        PyGC_Enable();
    return result;
}

METHODS_END(_posixsubprocess);

static int posixsubprocess_exec(PyObject *module K_UNUSED)
{
    return 0;
}

MODULE(_posixsubprocess, "Starts programs for the module subprocess.", posixsubprocess_exec, 0);
