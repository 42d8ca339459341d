/* fileutils.c - file descriptor functions that the library's compiled modules use (_Py_fstat, _Py_dup, _Py_read...).
 *
 * In: descriptors.  Out: what the system call gave, or OSError. The interpreter's lock is released while the system
 * works, and a call that a signal interrupted is made again once its handler ran. Start at _Py_read(). */
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/errors.h"
#include "runtime/osutil.h"
#include "runtime/run.h"
#include "runtime/sys.h"
#include "vm/eval.h"

K_API int _Py_fstat_noraise(int fd, struct stat *status);
K_API K_STATUS int _Py_fstat(int fd, struct stat *status);
K_API K_STATUS int _Py_dup(int fd);
K_API K_STATUS int _Py_set_inheritable(int fd, int inheritable, int *atomic_flag_works);
K_API K_STATUS int _Py_get_inheritable(int fd);
K_API K_STATUS int _Py_open(const char *path, int flags);
K_API int _Py_open_noraise(const char *path, int flags);
K_API K_STATUS Py_ssize_t _Py_read(int fd, void *buffer, size_t n);
K_API K_STATUS Py_ssize_t _Py_write(int fd, const void *buffer, size_t n);
K_API Py_ssize_t _Py_write_noraise(int fd, const void *buffer, size_t n);

static int os_error(void)
{
    K_AUTO(PyObject *) none = PyErr_SetFromErrno(PyExc_OSError);
    return -1;
}

int _Py_fstat_noraise(int fd, struct stat *status)
{
    return fstat(fd, status);
}

int _Py_fstat(int fd, struct stat *status)
{
    PyThreadState *thread = PyEval_SaveThread();
    int result = fstat(fd, status);
    PyEval_RestoreThread(thread);
    return result < 0 ? os_error() : 0;
}

int _Py_dup(int fd)
{
    PyThreadState *thread = PyEval_SaveThread();
    int result = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    PyEval_RestoreThread(thread);
    return result < 0 ? os_error() : result;
}

int _Py_get_inheritable(int fd)
{
    int flags = fcntl(fd, F_GETFD, 0);
    return flags < 0 ? os_error() : !(flags & FD_CLOEXEC);
}

int _Py_set_inheritable(int fd, int inheritable, int *atomic_flag_works)
{
    if (atomic_flag_works && !inheritable) { /* the flag was given when the descriptor was made */
        if (*atomic_flag_works == -1) {
            int now = _Py_get_inheritable(fd);
            if (now < 0)
                return -1;
            *atomic_flag_works = !now;
        }
        if (*atomic_flag_works)
            return 0;
    }
    return ioctl(fd, inheritable ? FIONCLEX : FIOCLEX, NULL) < 0 ? os_error() : 0;
}

int _Py_open_noraise(const char *path, int flags)
{
    return open(path, flags | O_CLOEXEC);
}

int _Py_open(const char *path, int flags)
{
    for (;;) {
        PyThreadState *thread = PyEval_SaveThread();
        int fd = open(path, flags | O_CLOEXEC);
        PyEval_RestoreThread(thread);
        if (fd >= 0)
            return fd;
        if (errno != EINTR) {
            K_AUTO(PyObject *) none = PyErr_SetFromErrnoWithFilename(PyExc_OSError, path);
            return -1;
        }
        if (PyErr_CheckSignals() < 0) /* runs code */
            return -1;
    }
}

/* Asks for no more than Linux transfers at once. */
static size_t at_once(size_t n)
{
    return Py_MIN(n, (size_t)0x7ffff000);
}

Py_ssize_t _Py_read(int fd, void *buffer, size_t n)
{
    for (;;) {
        PyThreadState *thread = PyEval_SaveThread();
        Py_ssize_t got = read(fd, buffer, at_once(n));
        PyEval_RestoreThread(thread);
        if (got >= 0)
            return got;
        if (errno != EINTR)
            return os_error();
        if (PyErr_CheckSignals() < 0) /* runs code */
            return -1;
    }
}

Py_ssize_t _Py_write(int fd, const void *buffer, size_t n)
{
    for (;;) {
        PyThreadState *thread = PyEval_SaveThread();
        Py_ssize_t put = write(fd, buffer, at_once(n));
        PyEval_RestoreThread(thread);
        if (put >= 0)
            return put;
        if (errno != EINTR)
            return os_error();
        if (PyErr_CheckSignals() < 0) /* runs code */
            return -1;
    }
}

Py_ssize_t _Py_write_noraise(int fd, const void *buffer, size_t n)
{
    Py_ssize_t put;
    do
        put = write(fd, buffer, at_once(n));
    while (put < 0 && errno == EINTR);
    return put;
}
