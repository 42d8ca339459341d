/* fcntl.c - module fcntl: control and locks of descriptors.
 *
 * In: a descriptor or an object with fileno(), the number of a command, an int or bytes.  Out: an int or bytes. Calls
 * that wait for a lock let other threads run. Start at fcntl_fcntl. */
#include <fcntl.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "objects/buffer.h"
#include "objects/bytes/bytes.h"
#include "objects/int/int.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "runtime/errors.h"
#include "runtime/oscall.h"
#include "runtime/osutil.h"
#include "runtime/sys.h"

enum { TEXT_ROOM = 1024 };

/* The third argument of fcntl and ioctl as bytes, NUL behind them: 1; 0 when it is none; -1 with an exception. */
static int fcntl_arg_bytes(PyObject *arg, const char *name, char room[TEXT_ROOM + 1], Py_ssize_t *size)
{
    if (!arg || (!PyUnicode_Check(arg) && !PyObject_CheckBuffer(arg)))
        return 0;
    Py_buffer view = { .obj = NULL };
    const char *from;
    if (PyUnicode_Check(arg)) {
        from = PyUnicode_AsUTF8AndSize(arg, size);
        if (!from)
            return -1;
    } else {
        if (PyObject_GetBuffer(arg, &view, PyBUF_SIMPLE) < 0)
            return -1;
        from = view.buf;
        *size = view.len;
    }
    int fits = *size <= TEXT_ROOM;
    if (fits) {
        memcpy(room, from, (size_t)*size);
        room[*size] = 0;
    } else {
        PyErr_Format(PyExc_ValueError, "%s string arg too long", name);
    }
    if (view.obj)
        PyBuffer_Release(&view);
    return fits ? 1 : -1;
}

/* The third argument as a number, 0 when it is left out: bits that do not fit are cut off. */
static int fcntl_arg_number(PyObject *arg, unsigned *number)
{
    *number = arg ? (unsigned)PyLong_AsUnsignedLongMask(arg) : 0;
    return *number == (unsigned)-1 && PyErr_Occurred() ? -1 : 0;
}

static PyObject *fcntl_failed(int interrupted)
{
    return interrupted ? NULL : PyErr_SetFromErrno(PyExc_OSError);
}

METHOD(fcntl, fcntl, FAST, "($module, fd, cmd, arg=0, /)",
       "Do a command of fcntl() with a descriptor.\n\n"
       "arg is an int, or bytes of a structure: then the changed structure comes back, as bytes.")
{
    char room[TEXT_ROOM + 1];
    Py_ssize_t size;
    int fd, command, result, interrupted = 0;
    unsigned number;
    if (k_check_nargs("fcntl", nargs, 2, 3) < 0 || (fd = PyObject_AsFileDescriptor(args[0])) < 0 ||
        k_arg_int(args[1], &command) < 0)
        return NULL;
    PyObject *arg = nargs > 2 ? args[2] : NULL;
    if (PySys_Audit("fcntl.fcntl", "iiO", fd, command, arg ? arg : Py_None) < 0)
        return NULL;
    int is_text = arg && (PyUnicode_Check(arg) || PyBytes_Check(arg));
    int text = is_text ? fcntl_arg_bytes(arg, "fcntl", room, &size) : 0;
    if (text < 0 || (!text && fcntl_arg_number(arg, &number) < 0))
        return NULL;
    if (text)
        RETRIED(result, interrupted, fcntl(fd, command, room));
    else
        RETRIED(result, interrupted, fcntl(fd, command, (int)number));
    if (result < 0)
        return fcntl_failed(interrupted);
    return text ? PyBytes_FromStringAndSize(room, size) : PyLong_FromLong(result);
}

/* ioctl that changes the caller's own buffer; a short one is copied, so that there is room behind it. */
static PyObject *ioctl_in_place(int fd, unsigned long request, Py_buffer *view)
{
    char room[TEXT_ROOM + 1] = "";
    int result, small = view->len <= TEXT_ROOM;
    char *used = small ? room : view->buf;
    if (small)
        memcpy(room, view->buf, (size_t)view->len);
    UNLOCKED(errno = 0; result = ioctl(fd, request, used));
    int error = errno;
    if (small)
        memcpy(view->buf, room, (size_t)view->len);
    PyBuffer_Release(view);
    errno = error;
    return result < 0 ? fcntl_failed(0) : PyLong_FromLong(result);
}

METHOD(fcntl, ioctl, FAST, "($module, fd, request, arg=0, mutate_flag=True, /)",
       "Do a request of ioctl() with a descriptor.\n\n"
       "arg is an int, or bytes of a structure: then the changed structure comes back, as bytes. A writable buffer\n"
       "is changed itself when mutate_flag is true, and the result is that of the call.")
{
    char room[TEXT_ROOM + 1];
    Py_ssize_t size;
    int fd, result, mutate = 1;
    unsigned number;
    if (k_check_nargs("ioctl", nargs, 2, 4) < 0 || (fd = PyObject_AsFileDescriptor(args[0])) < 0)
        return NULL;
    unsigned long request = (unsigned)PyLong_AsUnsignedLongMask(args[1]);
    if (PyErr_Occurred() || (nargs > 3 && (mutate = PyObject_IsTrue(args[3])) < 0))
        return NULL;
    PyObject *arg = nargs > 2 ? args[2] : NULL;
    if (PySys_Audit("fcntl.ioctl", "ikO", fd, request, arg ? arg : Py_None) < 0)
        return NULL;
    if (arg && mutate && PyObject_CheckBuffer(arg)) {
        Py_buffer view;
        if (PyObject_GetBuffer(arg, &view, PyBUF_WRITABLE) == 0)
            return ioctl_in_place(fd, request, &view);
        PyErr_Clear();
    }
    int text = fcntl_arg_bytes(arg, "ioctl", room, &size);
    if (text < 0 || (!text && fcntl_arg_number(arg, &number) < 0))
        return NULL;
    if (text)
        UNLOCKED(errno = 0; result = ioctl(fd, request, room));
    else
        UNLOCKED(errno = 0; result = ioctl(fd, request, (unsigned long)number));
    if (result < 0)
        return fcntl_failed(0);
    return text ? PyBytes_FromStringAndSize(room, size) : PyLong_FromLong(result);
}

METHOD(fcntl, flock, FAST, "($module, fd, operation, /)",
       "Lock or unlock the open file: LOCK_SH, LOCK_EX, LOCK_UN, with LOCK_NB.")
{
    int fd, operation, result, interrupted = 0;
    if (k_check_nargs("flock", nargs, 2, 2) < 0 || (fd = PyObject_AsFileDescriptor(args[0])) < 0 ||
        k_arg_int(args[1], &operation) < 0 || PySys_Audit("fcntl.flock", "ii", fd, operation) < 0)
        return NULL;
    RETRIED(result, interrupted, flock(fd, operation));
    if (result < 0)
        return fcntl_failed(interrupted);
    Py_RETURN_NONE;
}

/* An offset or length, 0 when it is left out. */
static int fcntl_arg_offset(PyObject *const *args, Py_ssize_t nargs, Py_ssize_t i, off_t *offset)
{
    *offset = nargs > i ? PyLong_AsLongLong(args[i]) : 0;
    return *offset == -1 && PyErr_Occurred() ? -1 : 0;
}

METHOD(fcntl, lockf, FAST, "($module, fd, cmd, len=0, start=0, whence=0, /)",
       "Lock or unlock a part of a file, for the process: LOCK_SH, LOCK_EX, LOCK_UN, with LOCK_NB.\n\n"
       "len 0 means: to the end. start counts as whence says, like seek().")
{
    int fd, operation, whence = 0, result, interrupted = 0;
    struct flock lock = { .l_type = 0 };
    if (k_check_nargs("lockf", nargs, 2, 5) < 0 || (fd = PyObject_AsFileDescriptor(args[0])) < 0 ||
        k_arg_int(args[1], &operation) < 0 || fcntl_arg_offset(args, nargs, 2, &lock.l_len) < 0 ||
        fcntl_arg_offset(args, nargs, 3, &lock.l_start) < 0 || (nargs > 4 && k_arg_int(args[4], &whence) < 0) ||
        PySys_Audit("fcntl.lockf", "iiOOi", fd, operation, nargs > 2 ? args[2] : Py_None, nargs > 3 ? args[3] : Py_None,
                    whence) < 0)
        return NULL;
    if (operation == LOCK_UN)
        lock.l_type = F_UNLCK;
    else if (operation & LOCK_SH)
        lock.l_type = F_RDLCK;
    else if (operation & LOCK_EX)
        lock.l_type = F_WRLCK;
    else
        return k_raise(PyExc_ValueError, "unrecognized lockf argument");
    lock.l_whence = (short)whence;
    RETRIED(result, interrupted, fcntl(fd, operation & LOCK_NB ? F_SETLK : F_SETLKW, &lock));
    if (result < 0)
        return fcntl_failed(interrupted);
    Py_RETURN_NONE;
}
METHODS_END(fcntl);

#define N(name) { #name, (long)(name) },
static const struct { const char *name; long value; } constant[] = {
    N(DN_ACCESS) N(DN_ATTRIB) N(DN_CREATE) N(DN_DELETE) N(DN_MODIFY) N(DN_MULTISHOT) N(DN_RENAME) N(FASYNC)
    N(FD_CLOEXEC) N(F_ADD_SEALS) N(F_DUPFD) N(F_DUPFD_CLOEXEC) N(F_EXLCK) N(F_GETFD) N(F_GETFL) N(F_GETLEASE)
    N(F_GETLK) N(F_GETLK64) N(F_GETOWN) N(F_GETPIPE_SZ) N(F_GETSIG) N(F_GET_SEALS) N(F_NOTIFY) N(F_OFD_GETLK)
    N(F_OFD_SETLK) N(F_OFD_SETLKW) N(F_RDLCK) N(F_SEAL_GROW) N(F_SEAL_SEAL) N(F_SEAL_SHRINK) N(F_SEAL_WRITE)
    N(F_SETFD) N(F_SETFL) N(F_SETLEASE) N(F_SETLK) N(F_SETLK64) N(F_SETLKW) N(F_SETLKW64) N(F_SETOWN)
    N(F_SETPIPE_SZ) N(F_SETSIG) N(F_SHLCK) N(F_UNLCK) N(F_WRLCK) N(LOCK_EX) N(LOCK_MAND) N(LOCK_NB) N(LOCK_READ)
    N(LOCK_RW) N(LOCK_SH) N(LOCK_UN) N(LOCK_WRITE)
};
#undef N

static int fcntl_exec(PyObject *module)
{
    for (Py_ssize_t i = 0; i < K_COUNT_OF(constant); i++)
        if (PyModule_AddIntConstant(module, constant[i].name, constant[i].value) < 0)
            return -1;
    return 0;
}

MODULE(fcntl, "Control and locks of file descriptors.", fcntl_exec, 0);
