/* posix_fd.c - module posix: open files by descriptor.
 *
 * In: descriptors and paths.  Out: descriptors, bytes, counts. Calls that may wait run without the GIL and are taken up
 * again after a signal whose handler raised nothing (PEP 475). */
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <termios.h>

#include "memory/mem.h"
#include "modules/posix/posix_int.h"

METHODS_DECLARE(posix_fd);

FUNCTION_KW(posix_fd, open, "($module, /, path, flags, mode=511, *, dir_fd=None)",
            "Opens a file and gives its descriptor, which programs started from here do not inherit.", *path, *flags, *mode,
            *dir_fd)
{
    PATH(path, .function = "open", .argument = "path");
    int flags, mode, dir_fd, fd;
    bool interrupted = false;
    if (posix_path(&path, arg->path) < 0 || k_arg_int(arg->flags, &flags) < 0 || k_arg_int(arg->mode, &mode) < 0 ||
        posix_dir_fd(arg->dir_fd, &dir_fd) < 0 || PySys_Audit("open", "OOi", arg->path, Py_None, flags | O_CLOEXEC) < 0)
        return NULL;
    RETRIED(fd, interrupted, openat(dir_fd, path.text, flags | O_CLOEXEC, (mode_t)mode));
    if (fd < 0)
        return interrupted ? NULL : posix_path_error(&path);
    return PyLong_FromLong(fd);
}

FUNCTION_KW(posix_fd, close, "($module, /, fd)", "Closes a descriptor.", *fd)
{
    int fd, result;
    if (k_arg_int(arg->fd, &fd) < 0)
        return NULL;
    UNLOCKED(result = close(fd));
    return result < 0 && errno != EINTR ? posix_error() : Py_NewRef(Py_None);
}

FUNCTION(posix_fd, closerange, FAST, "($module, fd_low, fd_high, /)",
         "Closes the descriptors from fd_low up to, not including, fd_high; errors are ignored.")
{
    int low, high;
    if (k_check_nargs("closerange", nargs, 2, 2) < 0 || k_arg_int(args[0], &low) < 0 || k_arg_int(args[1], &high) < 0)
        return NULL;
    if (low < 0)
        low = 0;
    if (low < high)
        UNLOCKED(close_range((unsigned)low, (unsigned)high - 1, 0));
    Py_RETURN_NONE;
}

FUNCTION(posix_fd, read, FAST, "($module, fd, length, /)", "Up to length bytes from a descriptor.")
{
    int fd;
    Py_ssize_t length, got;
    bool interrupted = false;
    if (k_check_nargs("read", nargs, 2, 2) < 0 || k_arg_int(args[0], &fd) < 0 || k_arg_ssize(args[1], &length) < 0)
        return NULL;
    if (length < 0) {
        errno = EINVAL;
        return posix_error();
    }
    length = Py_MIN(length, 0x7ffff000); /* the most Linux reads at once */
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, length);
    if (!bytes)
        return NULL;
    RETRIED(got, interrupted, read(fd, PyBytes_AS_STRING(bytes), (size_t)length));
    if (got < 0) {
        if (!interrupted)
            posix_error();
        Py_DECREF(bytes);
        return NULL;
    }
    if (got != length && _PyBytes_Resize(&bytes, got) < 0)
        return NULL;
    return bytes;
}

FUNCTION(posix_fd, pread, FAST, "($module, fd, length, offset, /)",
         "Up to length bytes from a place in a file, whose own place stays.")
{
    int fd;
    Py_ssize_t length, got;
    long long offset;
    bool interrupted = false;
    if (k_check_nargs("pread", nargs, 3, 3) < 0 || k_arg_int(args[0], &fd) < 0 || k_arg_ssize(args[1], &length) < 0 ||
        k_arg_longlong(args[2], &offset) < 0)
        return NULL;
    if (length < 0) {
        errno = EINVAL;
        return posix_error();
    }
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, length);
    if (!bytes)
        return NULL;
    RETRIED(got, interrupted, pread(fd, PyBytes_AS_STRING(bytes), (size_t)length, (off_t)offset));
    if (got < 0) {
        if (!interrupted)
            posix_error();
        Py_DECREF(bytes);
        return NULL;
    }
    if (got != length && _PyBytes_Resize(&bytes, got) < 0)
        return NULL;
    return bytes;
}

FUNCTION(posix_fd, write, FAST, "($module, fd, data, /)", "Writes bytes to a descriptor; gives how many were taken.")
{
    int fd;
    Py_buffer data;
    Py_ssize_t taken;
    bool interrupted = false;
    if (k_check_nargs("write", nargs, 2, 2) < 0 || k_arg_int(args[0], &fd) < 0 ||
        PyObject_GetBuffer(args[1], &data, PyBUF_SIMPLE) < 0)
        return NULL;
    RETRIED(taken, interrupted, write(fd, data.buf, (size_t)data.len));
    PyBuffer_Release(&data);
    if (taken < 0)
        return interrupted ? NULL : posix_error();
    return PyLong_FromSsize_t(taken);
}

FUNCTION(posix_fd, pwrite, FAST, "($module, fd, buffer, offset, /)", "Writes bytes at a place in a file, whose own place stays.")
{
    int fd;
    long long offset;
    Py_buffer data;
    Py_ssize_t taken;
    bool interrupted = false;
    if (k_check_nargs("pwrite", nargs, 3, 3) < 0 || k_arg_int(args[0], &fd) < 0 || k_arg_longlong(args[2], &offset) < 0 ||
        PyObject_GetBuffer(args[1], &data, PyBUF_SIMPLE) < 0)
        return NULL;
    RETRIED(taken, interrupted, pwrite(fd, data.buf, (size_t)data.len, (off_t)offset));
    PyBuffer_Release(&data);
    if (taken < 0)
        return interrupted ? NULL : posix_error();
    return PyLong_FromSsize_t(taken);
}

/* The buffers of a sequence, ready for readv() and writev(). */
typedef struct Vectors {
    struct iovec *vector;
    Py_buffer *buffer;
    Py_ssize_t n;
} Vectors;

static void vectors_drop(Vectors *v)
{
    for (Py_ssize_t i = 0; i < v->n; i++)
        PyBuffer_Release(&v->buffer[i]);
    PyMem_Free(v->buffer);
    PyMem_Free(v->vector);
}

static int vectors_take(Vectors *v, const char *function, PyObject *sequence, int flags)
{
    *v = (Vectors){ NULL, NULL, 0 };
    if (!PySequence_Check(sequence)) {
        PyErr_Format(PyExc_TypeError, "%s() arg 2 must be a sequence", function);
        return -1;
    }
    Py_ssize_t n = PySequence_Size(sequence);
    if (n < 0)
        return -1;
    v->vector = PyMem_New(struct iovec, n + 1);
    v->buffer = PyMem_New(Py_buffer, n + 1);
    if (!v->vector || !v->buffer) {
        vectors_drop(v);
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        K_AUTO(PyObject *) item = PySequence_GetItem(sequence, i);
        if (!item || PyObject_GetBuffer(item, &v->buffer[i], flags) < 0) {
            vectors_drop(v);
            return -1;
        }
        v->vector[i] = (struct iovec){ v->buffer[i].buf, (size_t)v->buffer[i].len };
        v->n++;
    }
    return 0;
}

#define VECTORS(name, access, doc)                                                                                     \
    FUNCTION(posix_fd, name, FAST, "($module, fd, buffers, /)", doc)                                                   \
    {                                                                                                                  \
        int fd;                                                                                                        \
        Vectors v;                                                                                                     \
        Py_ssize_t done;                                                                                               \
        bool interrupted = false;                                                                                      \
        if (k_check_nargs(#name, nargs, 2, 2) < 0 || k_arg_int(args[0], &fd) < 0 ||                                    \
            vectors_take(&v, #name, args[1], access) < 0)                                                              \
            return NULL;                                                                                               \
        RETRIED(done, interrupted, name(fd, v.vector, (int)v.n));                                                      \
        vectors_drop(&v);                                                                                              \
        return done >= 0 ? PyLong_FromSsize_t(done) : interrupted ? NULL : posix_error();                              \
    }
VECTORS(readv, PyBUF_WRITABLE, "Reads into several writable buffers; gives how many bytes.")
VECTORS(writev, PyBUF_SIMPLE, "Writes several buffers; gives how many bytes were taken.")

#define PLACED_VECTORS(name, call, access, doc)                                                                        \
    FUNCTION(posix_fd, name, FAST, "($module, fd, buffers, offset, flags=0, /)", doc)                                  \
    {                                                                                                                  \
        int fd, flags = 0;                                                                                             \
        long long offset;                                                                                              \
        Vectors v;                                                                                                     \
        Py_ssize_t done;                                                                                               \
        bool interrupted = false;                                                                                      \
        if (k_check_nargs(#name, nargs, 3, 4) < 0 || k_arg_int(args[0], &fd) < 0 ||                                    \
            k_arg_longlong(args[2], &offset) < 0 || (nargs > 3 && k_arg_int(args[3], &flags) < 0) ||                   \
            vectors_take(&v, #name, args[1], access) < 0)                                                              \
            return NULL;                                                                                               \
        RETRIED(done, interrupted, call(fd, v.vector, (int)v.n, (off_t)offset, flags));                                \
        vectors_drop(&v);                                                                                              \
        return done >= 0 ? PyLong_FromSsize_t(done) : interrupted ? NULL : posix_error();                              \
    }
PLACED_VECTORS(preadv, preadv2, PyBUF_WRITABLE, "readv() at a place in a file, whose own place stays.")
PLACED_VECTORS(pwritev, pwritev2, PyBUF_SIMPLE, "writev() at a place in a file, whose own place stays.")

FUNCTION(posix_fd, lseek, FAST, "($module, fd, position, how, /)", "Sets the place in a file and gives it, from its start.")
{
    int fd, how;
    long long position;
    off_t result;
    if (k_check_nargs("lseek", nargs, 3, 3) < 0 || k_arg_int(args[0], &fd) < 0 || k_arg_longlong(args[1], &position) < 0 ||
        k_arg_int(args[2], &how) < 0)
        return NULL;
    UNLOCKED(result = lseek(fd, (off_t)position, how));
    return result < 0 ? posix_error() : PyLong_FromLongLong(result);
}

FUNCTION(posix_fd, ftruncate, FAST, "($module, fd, length, /)", "Makes a file that long.")
{
    int fd, result;
    long long length;
    bool interrupted = false;
    if (k_check_nargs("ftruncate", nargs, 2, 2) < 0 || k_arg_int(args[0], &fd) < 0 || k_arg_longlong(args[1], &length) < 0 ||
        PySys_Audit("os.truncate", "iL", fd, length) < 0)
        return NULL;
    RETRIED(result, interrupted, ftruncate(fd, (off_t)length));
    return interrupted ? NULL : posix_status(result);
}

FUNCTION_KW(posix_fd, truncate, "($module, /, path, length)", "Makes a file that long.", *path, *length)
{
    PATH(path, .function = "truncate", .argument = "path", .allow_fd = true);
    long long length;
    int result;
    if (posix_path(&path, arg->path) < 0 || k_arg_longlong(arg->length, &length) < 0 ||
        PySys_Audit("os.truncate", "OL", arg->path, length) < 0)
        return NULL;
    UNLOCKED(result = path.fd >= 0 ? ftruncate(path.fd, (off_t)length) : truncate(path.text, (off_t)length));
    return result < 0 ? posix_path_error(&path) : Py_NewRef(Py_None);
}

static PyObject *pair_of_fds(const int *fd)
{
    PyObject *pair = PyTuple_New(2);
    for (int i = 0; pair && i < 2; i++) {
        PyObject *number = PyLong_FromLong(fd[i]);
        if (!number)
            Py_CLEAR(pair);
        else
            PyTuple_SET_ITEM(pair, i, number);
    }
    return pair;
}

FUNCTION(posix_fd, pipe, NOARGS, "($module, /)", "Makes a pipe: (descriptor to read from, descriptor to write to).")
{
    int fd[2];
    return pipe2(fd, O_CLOEXEC) < 0 ? posix_error() : pair_of_fds(fd);
}

FUNCTION(posix_fd, pipe2, O, "($module, flags, /)", "pipe() with flags such as O_NONBLOCK and O_CLOEXEC.")
{
    int fd[2], flags;
    if (k_arg_int(arg, &flags) < 0)
        return NULL;
    return pipe2(fd, flags) < 0 ? posix_error() : pair_of_fds(fd);
}

FUNCTION(posix_fd, dup, O, "($module, fd, /)", "A second descriptor for the same open file, not inherited.")
{
    int fd, copy;
    if (k_arg_int(arg, &fd) < 0)
        return NULL;
    UNLOCKED(copy = fcntl(fd, F_DUPFD_CLOEXEC, 0));
    return copy < 0 ? posix_error() : PyLong_FromLong(copy);
}

FUNCTION_KW(posix_fd, dup2, "($module, /, fd, fd2, inheritable=True)", "Makes fd2 a descriptor for the file of fd.", *fd, *fd2,
            *inheritable)
{
    int fd, fd2, inheritable, result;
    if (k_arg_int(arg->fd, &fd) < 0 || k_arg_int(arg->fd2, &fd2) < 0 || k_arg_bool(arg->inheritable, &inheritable) < 0)
        return NULL;
    UNLOCKED(result = inheritable || fd == fd2 ? dup2(fd, fd2) : dup3(fd, fd2, O_CLOEXEC));
    return result < 0 ? posix_error() : PyLong_FromLong(result);
}

FUNCTION(posix_fd, isatty, O, "($module, fd, /)", "Whether the descriptor is a terminal.")
{
    int fd, result;
    if (k_arg_int(arg, &fd) < 0)
        return NULL;
    UNLOCKED(result = isatty(fd));
    Py_RETURN_BOOL(result);
}

FUNCTION(posix_fd, ttyname, O, "($module, fd, /)", "The name of the terminal.")
{
    int fd, status;
    char name[1024];
    if (k_arg_int(arg, &fd) < 0)
        return NULL;
    status = ttyname_r(fd, name, sizeof name);
    if (status) {
        errno = status;
        return posix_error();
    }
    return PyUnicode_DecodeFSDefault(name);
}

FUNCTION_KW(posix_fd, fsync, "($module, /, fd)", "Waits until a file's changes are on the disk.", *fd)
{
    int fd, result;
    bool interrupted = false;
    if (posix_fd(arg->fd, &fd) < 0)
        return NULL;
    RETRIED(result, interrupted, fsync(fd));
    return interrupted ? NULL : posix_status(result);
}

FUNCTION_KW(posix_fd, fdatasync, "($module, /, fd)", "fsync() for a file's contents alone.", *fd)
{
    int fd, result;
    bool interrupted = false;
    if (posix_fd(arg->fd, &fd) < 0)
        return NULL;
    RETRIED(result, interrupted, fdatasync(fd));
    return interrupted ? NULL : posix_status(result);
}

FUNCTION(posix_fd, sync, NOARGS, "($module, /)", "Has all changes of files written to disk.")
{
    UNLOCKED(sync());
    Py_RETURN_NONE;
}

FUNCTION(posix_fd, get_inheritable, O, "($module, fd, /)", "Whether started programs inherit the descriptor.")
{
    int fd;
    if (k_arg_int(arg, &fd) < 0)
        return NULL;
    int flags = fcntl(fd, F_GETFD);
    return flags < 0 ? posix_error() : Py_NewRef(flags & FD_CLOEXEC ? Py_False : Py_True);
}

/* One bit of a descriptor's flags, read and written by these two commands. */
static PyObject *set_flag(int fd, int get, int set, int bit, bool on)
{
    int flags = fcntl(fd, get);
    if (flags < 0)
        return posix_error();
    int wanted = on ? flags | bit : flags & ~bit;
    return wanted != flags && fcntl(fd, set, wanted) < 0 ? posix_error() : Py_NewRef(Py_None);
}

FUNCTION(posix_fd, set_inheritable, FAST, "($module, fd, inheritable, /)", "Sets whether started programs inherit it.")
{
    int fd, inheritable;
    if (k_check_nargs("set_inheritable", nargs, 2, 2) < 0 || k_arg_int(args[0], &fd) < 0 || k_arg_int(args[1], &inheritable) < 0)
        return NULL;
    return set_flag(fd, F_GETFD, F_SETFD, FD_CLOEXEC, !inheritable);
}

FUNCTION(posix_fd, get_blocking, O, "($module, fd, /)", "Whether reading and writing wait.")
{
    int fd;
    if (k_arg_int(arg, &fd) < 0)
        return NULL;
    int flags = fcntl(fd, F_GETFL);
    return flags < 0 ? posix_error() : Py_NewRef(flags & O_NONBLOCK ? Py_False : Py_True);
}

FUNCTION(posix_fd, set_blocking, FAST, "($module, fd, blocking, /)", "Sets whether reading and writing wait.")
{
    int fd, blocking;
    if (k_check_nargs("set_blocking", nargs, 2, 2) < 0 || k_arg_int(args[0], &fd) < 0 || k_arg_bool(args[1], &blocking) < 0)
        return NULL;
    return set_flag(fd, F_GETFL, F_SETFL, O_NONBLOCK, !blocking);
}

FUNCTION_KW(posix_fd, device_encoding, "($module, /, fd)", "The encoding of a terminal, or None.", *fd)
{
    int fd;
    if (k_arg_int(arg->fd, &fd) < 0)
        return NULL;
    if (!isatty(fd))
        Py_RETURN_NONE;
    return PyUnicode_FromString("utf-8");
}

FUNCTION_KW(posix_fd, sendfile, "($module, /, out_fd, in_fd, offset, count)", "Copies bytes between descriptors in the kernel.",
            *out_fd, *in_fd, *offset, *count)
{
    int out, in;
    Py_ssize_t count, sent;
    bool interrupted = false;
    if (k_arg_int(arg->out_fd, &out) < 0 || k_arg_int(arg->in_fd, &in) < 0 || k_arg_ssize(arg->count, &count) < 0)
        return NULL;
    long long place = 0;
    bool at_place = arg->offset != Py_None;
    if (at_place && k_arg_longlong(arg->offset, &place) < 0)
        return NULL;
    off_t offset = (off_t)place;
    RETRIED(sent, interrupted, sendfile(out, in, at_place ? &offset : NULL, (size_t)count));
    return sent >= 0 ? PyLong_FromSsize_t(sent) : interrupted ? NULL : posix_error();
}

/* What splice() and copy_file_range() are told: where from, where to, how much. */
typedef struct Transfer {
    int src, dst;
    Py_ssize_t count;
    off_t src_place, dst_place;
    off_t *from, *to; /* at those places, or NULL: at the file's own */
} Transfer;

static int take_place(PyObject *offset, off_t *place, off_t **at)
{
    long long value = 0;
    *at = offset == Py_None ? NULL : place;
    if (*at && k_arg_longlong(offset, &value) < 0)
        return -1;
    *place = (off_t)value;
    return 0;
}

static int take_transfer(Transfer *t, PyObject *src, PyObject *dst, PyObject *count, PyObject *from, PyObject *to)
{
    if (k_arg_int(src, &t->src) < 0 || k_arg_int(dst, &t->dst) < 0 || k_arg_ssize(count, &t->count) < 0)
        return -1;
    if (t->count < 0) {
        PyErr_SetString(PyExc_ValueError, "negative value for 'count' not allowed");
        return -1;
    }
    return take_place(from, &t->src_place, &t->from) < 0 || take_place(to, &t->dst_place, &t->to) < 0 ? -1 : 0;
}

FUNCTION_KW(posix_fd, copy_file_range,
            "($module, /, src, dst, count, offset_src=None,\n                offset_dst=None)",
            "Copies bytes between files in the kernel; gives how many.", *src, *dst, *count, *offset_src, *offset_dst)
{
    Transfer t;
    Py_ssize_t done;
    bool interrupted = false;
    if (take_transfer(&t, arg->src, arg->dst, arg->count, arg->offset_src, arg->offset_dst) < 0)
        return NULL;
    RETRIED(done, interrupted, copy_file_range(t.src, t.from, t.dst, t.to, (size_t)t.count, 0));
    return done >= 0 ? PyLong_FromSsize_t(done) : interrupted ? NULL : posix_error();
}

FUNCTION_KW(posix_fd, splice, "($module, /, src, dst, count, offset_src=None, offset_dst=None,\n       flags=0)",
            "Moves bytes between a pipe and a descriptor in the kernel; gives how many.", *src, *dst, *count, *offset_src,
            *offset_dst, *flags)
{
    Transfer t;
    Py_ssize_t done;
    bool interrupted = false;
    unsigned long flags = PyLong_Check(arg->flags) ? PyLong_AsUnsignedLongMask(arg->flags) : 0;
    if (take_transfer(&t, arg->src, arg->dst, arg->count, arg->offset_src, arg->offset_dst) < 0)
        return NULL;
    if (!PyLong_Check(arg->flags))
        return k_raise(PyExc_TypeError, "an integer is required");
    RETRIED(done, interrupted, splice(t.src, t.from, t.dst, t.to, (size_t)t.count, (unsigned)flags));
    return done >= 0 ? PyLong_FromSsize_t(done) : interrupted ? NULL : posix_error();
}

FUNCTION(posix_fd, lockf, FAST, "($module, fd, command, length, /)", "Applies, tests or removes a lock on part of a file.")
{
    int fd, command, result;
    long long length;
    bool interrupted = false;
    if (k_check_nargs("lockf", nargs, 3, 3) < 0 || k_arg_int(args[0], &fd) < 0 || k_arg_int(args[1], &command) < 0 ||
        k_arg_longlong(args[2], &length) < 0 || PySys_Audit("os.lockf", "iiL", fd, command, length) < 0)
        return NULL;
    RETRIED(result, interrupted, lockf(fd, command, (off_t)length));
    return interrupted ? NULL : posix_status(result);
}

FUNCTION(posix_fd, posix_fallocate, FAST, "($module, fd, offset, length, /)", "Makes sure that a file has room on the disk.")
{
    int fd, status;
    long long offset, length;
    if (k_check_nargs("posix_fallocate", nargs, 3, 3) < 0 || k_arg_int(args[0], &fd) < 0 ||
        k_arg_longlong(args[1], &offset) < 0 || k_arg_longlong(args[2], &length) < 0)
        return NULL;
    UNLOCKED(status = posix_fallocate(fd, (off_t)offset, (off_t)length));
    errno = status;
    return status ? posix_error() : Py_NewRef(Py_None);
}

FUNCTION(posix_fd, posix_fadvise, FAST, "($module, fd, offset, length, advice, /)", "Tells how a file will be used.")
{
    int fd, advice, status;
    long long offset, length;
    if (k_check_nargs("posix_fadvise", nargs, 4, 4) < 0 || k_arg_int(args[0], &fd) < 0 ||
        k_arg_longlong(args[1], &offset) < 0 || k_arg_longlong(args[2], &length) < 0 || k_arg_int(args[3], &advice) < 0)
        return NULL;
    UNLOCKED(status = posix_fadvise(fd, (off_t)offset, (off_t)length, advice));
    errno = status;
    return status ? posix_error() : Py_NewRef(Py_None);
}

FUNCTION(posix_fd, tcgetpgrp, O, "($module, fd, /)", "The process group in the foreground of a terminal.")
{
    int fd;
    if (k_arg_int(arg, &fd) < 0)
        return NULL;
    pid_t group = tcgetpgrp(fd);
    return group < 0 ? posix_error() : PyLong_FromLong(group);
}

FUNCTION(posix_fd, tcsetpgrp, FAST, "($module, fd, pgid, /)", "Sets the process group in the foreground of a terminal.")
{
    int fd, group;
    if (k_check_nargs("tcsetpgrp", nargs, 2, 2) < 0 || k_arg_int(args[0], &fd) < 0 || k_arg_int(args[1], &group) < 0)
        return NULL;
    return posix_status(tcsetpgrp(fd, group));
}

METHODS_END(posix_fd);

int posix_fd_start(PyObject *module)
{
    return PyModule_AddFunctions(module, METHODS(posix_fd));
}
