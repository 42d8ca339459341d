/* posix_system.c - module posix: Linux's further calls: attributes of files, descriptors that count, groups, terminals.
 *
 * In: paths, descriptors, numbers.  Out: bytes, descriptors, None. */
#include <grp.h>
#include <pty.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <utmp.h>

#include "modules/posix/posix_int.h"

METHODS_DECLARE(posix_system);

/* ---- extended attributes ---- */

enum { MOST_ATTRIBUTE = 65536 };

/* One of the calls that give bytes: name NULL lists the names. */
static ssize_t read_attribute(const PosixPath *path, const char *name, char *room, bool follow)
{
    if (!name)
        return path->fd >= 0 ? flistxattr(path->fd, room, MOST_ATTRIBUTE)
               : follow      ? listxattr(path->text, room, MOST_ATTRIBUTE)
                             : llistxattr(path->text, room, MOST_ATTRIBUTE);
    return path->fd >= 0 ? fgetxattr(path->fd, name, room, MOST_ATTRIBUTE)
           : follow      ? getxattr(path->text, name, room, MOST_ATTRIBUTE)
                         : lgetxattr(path->text, name, room, MOST_ATTRIBUTE);
}

static PyObject *name_list(const char *names, ssize_t size)
{
    K_AUTO(PyObject *) list = PyList_New(0);
    for (const char *name = names; list && name < names + size; name += strlen(name) + 1) {
        K_AUTO(PyObject *) text = PyUnicode_DecodeFSDefault(name);
        if (!text || PyList_Append(list, text) < 0)
            return NULL;
    }
    return K_MOVE(list);
}

static int check_follow(const char *function, const PosixPath *path, PyObject *argument, int *follow)
{
    if (posix_follow(argument, follow) < 0)
        return -1;
    if (path->fd < 0 || *follow)
        return 0;
    PyErr_Format(PyExc_ValueError, "%s: cannot use fd and follow_symlinks together", function);
    return -1;
}

static PyObject *ask_attribute(const PosixPath *path, const char *name, int follow)
{
    ssize_t size;
    char *room = PyMem_Malloc(MOST_ATTRIBUTE + 1);
    if (!room)
        return PyErr_NoMemory();
    UNLOCKED(size = read_attribute(path, name, room, follow));
    PyObject *result = size < 0 ? posix_path_error(path)
                       : name   ? PyBytes_FromStringAndSize(room, size)
                                : (room[size] = '\0', name_list(room, size));
    PyMem_Free(room);
    return result;
}

FUNCTION_KW(posix_system, getxattr, "($module, /, path, attribute, *, follow_symlinks=True)",
            "The value of an extended attribute of a file.", *path, *attribute, *follow)
{
    PATH(path, .function = "getxattr", .argument = "path", .allow_fd = true);
    PATH(name, .function = "getxattr", .argument = "attribute");
    int follow;
    if (posix_path(&path, arg->path) < 0 || posix_path(&name, arg->attribute) < 0 ||
        check_follow("getxattr", &path, arg->follow, &follow) < 0 ||
        PySys_Audit("os.getxattr", "OO", arg->path, arg->attribute) < 0)
        return NULL;
    return ask_attribute(&path, name.text, follow);
}

FUNCTION_KW(posix_system, listxattr, "($module, /, path=None, *, follow_symlinks=True)",
            "The names of a file's extended attributes; without a path those of the current directory.", *path, *follow)
{
    PATH(path, .function = "listxattr", .argument = "path", .allow_fd = true, .nullable = true);
    int follow;
    if (posix_path(&path, arg->path) < 0 || check_follow("listxattr", &path, arg->follow, &follow) < 0 ||
        PySys_Audit("os.listxattr", "(O)", arg->path) < 0)
        return NULL;
    return ask_attribute(&path, NULL, follow);
}

FUNCTION_KW(posix_system, setxattr,
            "($module, /, path, attribute, value, flags=0, *,\n         follow_symlinks=True)",
            "Sets an extended attribute of a file.", *path, *attribute, *value, *flags, *follow)
{
    PATH(path, .function = "setxattr", .argument = "path", .allow_fd = true);
    PATH(name, .function = "setxattr", .argument = "attribute");
    int flags, follow, result;
    Py_buffer value;
    if (posix_path(&path, arg->path) < 0 || posix_path(&name, arg->attribute) < 0 || k_arg_int(arg->flags, &flags) < 0 ||
        check_follow("setxattr", &path, arg->follow, &follow) < 0 ||
        PySys_Audit("os.setxattr", "OOOi", arg->path, arg->attribute, arg->value, flags) < 0 ||
        PyObject_GetBuffer(arg->value, &value, PyBUF_SIMPLE) < 0)
        return NULL;
    size_t size = (size_t)value.len;
    UNLOCKED(result = path.fd >= 0 ? fsetxattr(path.fd, name.text, value.buf, size, flags)
                      : follow     ? setxattr(path.text, name.text, value.buf, size, flags)
                                   : lsetxattr(path.text, name.text, value.buf, size, flags));
    PyBuffer_Release(&value);
    return result < 0 ? posix_path_error(&path) : Py_NewRef(Py_None);
}

FUNCTION_KW(posix_system, removexattr, "($module, /, path, attribute, *, follow_symlinks=True)",
            "Takes an extended attribute off a file.", *path, *attribute, *follow)
{
    PATH(path, .function = "removexattr", .argument = "path", .allow_fd = true);
    PATH(name, .function = "removexattr", .argument = "attribute");
    int follow, result;
    if (posix_path(&path, arg->path) < 0 || posix_path(&name, arg->attribute) < 0 ||
        check_follow("removexattr", &path, arg->follow, &follow) < 0 ||
        PySys_Audit("os.removexattr", "OO", arg->path, arg->attribute) < 0)
        return NULL;
    UNLOCKED(result = path.fd >= 0 ? fremovexattr(path.fd, name.text)
                      : follow     ? removexattr(path.text, name.text)
                                   : lremovexattr(path.text, name.text));
    return result < 0 ? posix_path_error(&path) : Py_NewRef(Py_None);
}

/* ---- descriptors ---- */

FUNCTION_KW(posix_system, eventfd, "($module, /, initval, flags=EFD_CLOEXEC)", "A descriptor that counts events.", *initval,
            *flags)
{
    int flags = EFD_CLOEXEC;
    unsigned long start = PyLong_AsUnsignedLong(arg->initval);
    if ((start == (unsigned long)-1 && PyErr_Occurred()) || (arg->flags && k_arg_int(arg->flags, &flags) < 0))
        return NULL;
    int fd = eventfd((unsigned)start, flags);
    return fd < 0 ? posix_error() : PyLong_FromLong(fd);
}

FUNCTION_KW(posix_system, eventfd_read, "($module, /, fd)", "Takes the count out of an event descriptor.", *fd)
{
    int fd, result;
    eventfd_t value;
    if (posix_fd(arg->fd, &fd) < 0)
        return NULL;
    UNLOCKED(result = eventfd_read(fd, &value));
    return result < 0 ? posix_error() : PyLong_FromUnsignedLongLong(value);
}

FUNCTION_KW(posix_system, eventfd_write, "($module, /, fd, value)", "Adds to the count of an event descriptor.", *fd, *value)
{
    int fd, result;
    if (posix_fd(arg->fd, &fd) < 0)
        return NULL;
    unsigned long long value = PyLong_AsUnsignedLongLong(arg->value);
    if (value == (unsigned long long)-1 && PyErr_Occurred())
        return NULL;
    UNLOCKED(result = eventfd_write(fd, value));
    return posix_status(result);
}

FUNCTION_KW(posix_system, memfd_create, "($module, /, name, flags=MFD_CLOEXEC)", "A file that lives in memory only.", *name,
            *flags)
{
    PATH(name, .function = "memfd_create", .argument = "name");
    int fd, flags = MFD_CLOEXEC;
    if (posix_path(&name, arg->name) < 0 || (arg->flags && k_arg_int(arg->flags, &flags) < 0))
        return NULL;
    UNLOCKED(fd = memfd_create(name.text, (unsigned)flags));
    return fd < 0 ? posix_error() : PyLong_FromLong(fd);
}

FUNCTION_KW(posix_system, pidfd_open, "($module, /, pid, flags=0)", "A descriptor that stands for a process.", *pid, *flags)
{
    int pid, flags;
    if (k_arg_int(arg->pid, &pid) < 0 || k_arg_int(arg->flags, &flags) < 0)
        return NULL;
    int fd = (int)syscall(SYS_pidfd_open, pid, (unsigned)flags);
    return fd < 0 ? posix_error() : PyLong_FromLong(fd);
}

FUNCTION_KW(posix_system, mknod, "($module, /, path, mode=384, device=0, *, dir_fd=None)",
            "Makes a file, a named pipe or a device's node.", *path, *mode, *device, *dir_fd)
{
    PATH(path, .function = "mknod", .argument = "path");
    int mode, dir_fd, result;
    long long device;
    if (posix_path(&path, arg->path) < 0 || k_arg_int(arg->mode, &mode) < 0 || k_arg_longlong(arg->device, &device) < 0 ||
        posix_dir_fd(arg->dir_fd, &dir_fd) < 0)
        return NULL;
    UNLOCKED(result = mknodat(dir_fd, path.text, (mode_t)mode, (dev_t)device));
    return result < 0 ? posix_path_error(&path) : Py_NewRef(Py_None);
}

/* ---- terminals ---- */

FUNCTION(posix_system, openpty, NOARGS, "($module, /)", "Opens a pseudo-terminal: (master descriptor, slave descriptor).")
{
    int master, slave;
    if (openpty(&master, &slave, NULL, NULL, NULL) < 0)
        return posix_error();
    if (fcntl(master, F_SETFD, FD_CLOEXEC) == 0 && fcntl(slave, F_SETFD, FD_CLOEXEC) == 0)
        return Py_BuildValue("ii", master, slave);
    posix_error();
    close(master);
    close(slave);
    return NULL;
}

FUNCTION(posix_system, forkpty, NOARGS, "($module, /)",
         "fork() with a new pseudo-terminal for the child: (process id, master descriptor).")
{
    int master = -1;
    if (PySys_Audit("os.forkpty", NULL) < 0)
        return NULL;
    PyOS_BeforeFork();
    pid_t pid = forkpty(&master, NULL, NULL, NULL);
    int error = errno;
    if (pid == 0)
        PyOS_AfterFork_Child();
    else
        PyOS_AfterFork_Parent();
    errno = error;
    return pid < 0 ? posix_error() : Py_BuildValue("ii", (int)pid, master);
}

FUNCTION(posix_system, login_tty, O, "($module, fd, /)", "Makes a terminal the controlling one and the standard streams.")
{
    int fd;
    return posix_fd(arg, &fd) < 0 ? NULL : posix_status(login_tty(fd));
}

FUNCTION(posix_system, ctermid, NOARGS, "($module, /)", "The name of the controlling terminal.")
{
    char name[L_ctermid];
    return PyUnicode_DecodeFSDefault(ctermid(name));
}

/* ---- groups ---- */

FUNCTION(posix_system, initgroups, FAST, "($module, username, gid, /)", "Sets the further groups to those of a user.")
{
    PATH(name, .function = "initgroups", .argument = "username");
    unsigned id;
    if (k_check_nargs("initgroups", nargs, 2, 2) < 0 || posix_path(&name, args[0]) < 0 || os_arg_id(args[1], "gid", &id) < 0)
        return NULL;
    return posix_status(initgroups(name.text, id));
}

FUNCTION(posix_system, getgrouplist, FAST, "($module, user, group, /)", "The groups a user belongs to, and the given one.")
{
    unsigned id;
    if (k_check_nargs("getgrouplist", nargs, 2, 2) < 0)
        return NULL;
    if (!PyUnicode_Check(args[0]))
        return k_raise(PyExc_TypeError, "getgrouplist() argument 1 must be str, not %.50s", Py_TYPE(args[0])->tp_name);
    PATH(user, .function = "getgrouplist", .argument = "user");
    if (posix_path(&user, args[0]) < 0 || os_arg_id(args[1], "gid", &id) < 0)
        return NULL;
    gid_t *group = NULL;
    int n = 16, before = 0, status = -1;
    while (status < 0 && n > before) { /* told how many there are */
        gid_t *larger = PyMem_Resize(group, gid_t, n);
        if (!larger) {
            PyMem_Free(group);
            return PyErr_NoMemory();
        }
        group = larger;
        before = n;
        UNLOCKED(status = getgrouplist(user.text, id, group, &n));
    }
    K_AUTO(PyObject *) list = status < 0 ? posix_error() : PyList_New(n);
    for (int i = 0; list && i < n; i++) {
        PyObject *number = os_id(group[i]);
        if (number)
            PyList_SET_ITEM(list, i, number);
        else
            K_SET(list, NULL);
    }
    PyMem_Free(group);
    return K_MOVE(list);
}

FUNCTION(posix_system, setgroups, O, "($module, groups, /)", "Sets the further groups of the process.")
{
    enum { MOST_GROUPS = 65536 };
    K_AUTO(PyObject *) fast = PySequence_Fast(arg, "setgroups argument must be a sequence");
    if (!fast)
        return NULL;
    Py_ssize_t n = PySequence_Fast_GET_SIZE(fast);
    if (n > MOST_GROUPS)
        return k_raise(PyExc_ValueError, "too many groups");
    gid_t *group = PyMem_New(gid_t, n + 1);
    if (!group)
        return PyErr_NoMemory();
    Py_ssize_t taken = 0;
    while (taken < n && os_arg_id(PySequence_Fast_GET_ITEM(fast, taken), "gid", &group[taken]) == 0)
        taken++;
    PyObject *result = taken < n ? NULL : posix_status(setgroups((size_t)n, group));
    PyMem_Free(group);
    return result;
}

METHODS_END(posix_system);

int posix_system_start(PyObject *module)
{
    return PyModule_AddFunctions(module, METHODS(posix_system));
}
