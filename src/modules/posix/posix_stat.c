/* posix_stat.c - module posix: what a file is (stat), and changing it (mode, owner, times).
 *
 * In: paths or descriptors.  Out: stat_result, statvfs_result, or None. */
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <time.h>

#include "modules/posix/posix_int.h"
#include "objects/float/float.h"

METHODS_DECLARE(posix_stat);

static PyTypeObject stat_result_type, statvfs_result_type;

static PyStructSequence_Field stat_fields[] = {
    { "st_mode", "protection bits" },
    { "st_ino", "inode" },
    { "st_dev", "device" },
    { "st_nlink", "number of hard links" },
    { "st_uid", "user ID of owner" },
    { "st_gid", "group ID of owner" },
    { "st_size", "total size, in bytes" },
    { NULL, "integer time of last access" },
    { NULL, "integer time of last modification" },
    { NULL, "integer time of last change" },
    { "st_atime", "time of last access" },
    { "st_mtime", "time of last modification" },
    { "st_ctime", "time of last change" },
    { "st_atime_ns", "time of last access in nanoseconds" },
    { "st_mtime_ns", "time of last modification in nanoseconds" },
    { "st_ctime_ns", "time of last change in nanoseconds" },
    { "st_blksize", "blocksize for filesystem I/O" },
    { "st_blocks", "number of blocks allocated" },
    { "st_rdev", "device type (if inode device)" },
    { NULL, NULL },
};
enum { FIRST_TIME = 7, TIMES = 3, VISIBLE_STAT = 10 };
static PyStructSequence_Desc stat_desc = {
    "os.stat_result", "What stat(), fstat() and lstat() know of a file.", stat_fields, VISIBLE_STAT,
};
static PyStructSequence_Field statvfs_fields[] = {
    { "f_bsize", NULL }, { "f_frsize", NULL }, { "f_blocks", NULL }, { "f_bfree", NULL },  { "f_bavail", NULL },
    { "f_files", NULL }, { "f_ffree", NULL },  { "f_favail", NULL }, { "f_flag", NULL },   { "f_namemax", NULL },
    { "f_fsid", NULL },  { NULL, NULL },
};
static PyStructSequence_Desc statvfs_desc = {
    "os.statvfs_result", "What statvfs() and fstatvfs() know of a file system.", statvfs_fields, 10,
};

static int put_time(PyObject *result, int number, struct timespec time)
{
    PyObject *seconds = PyLong_FromLongLong((long long)time.tv_sec);
    if (!seconds)
        return -1;
    PyStructSequence_SET_ITEM(result, FIRST_TIME + number, seconds);
    PyObject *real = PyFloat_FromDouble((double)time.tv_sec + 1e-9 * (double)time.tv_nsec);
    if (!real)
        return -1;
    PyStructSequence_SET_ITEM(result, FIRST_TIME + TIMES + number, real);
    K_AUTO(PyObject *) billion = PyLong_FromLong(1000000000);
    K_AUTO(PyObject *) rest = PyLong_FromLong(time.tv_nsec);
    K_AUTO(PyObject *) whole = billion ? PyNumber_Multiply(seconds, billion) : NULL;
    PyObject *nanoseconds = whole && rest ? PyNumber_Add(whole, rest) : NULL;
    if (!nanoseconds)
        return -1;
    PyStructSequence_SET_ITEM(result, FIRST_TIME + 2 * TIMES + number, nanoseconds);
    return 0;
}

PyObject *posix_stat_result(const struct stat *st)
{
    K_AUTO(PyObject *) result = PyStructSequence_New(&stat_result_type);
    if (!result)
        return NULL;
    const struct { int at; unsigned long long value; } number[] = {
        { 0, st->st_mode }, { 1, st->st_ino }, { 2, st->st_dev }, { 3, st->st_nlink }, { 4, st->st_uid }, { 5, st->st_gid },
        { 6, (unsigned long long)st->st_size }, { 16, (unsigned long long)st->st_blksize },
        { 17, (unsigned long long)st->st_blocks }, { 18, st->st_rdev },
    };
    for (Py_ssize_t i = 0; i < K_COUNT_OF(number); i++) {
        PyObject *value = number[i].at == 6 ? PyLong_FromLongLong((long long)st->st_size)
                                            : PyLong_FromUnsignedLongLong(number[i].value);
        if (!value)
            return NULL;
        PyStructSequence_SET_ITEM(result, number[i].at, value);
    }
    if (put_time(result, 0, st->st_atim) < 0 || put_time(result, 1, st->st_mtim) < 0 || put_time(result, 2, st->st_ctim) < 0)
        return NULL;
    return K_MOVE(result);
}

static PyObject *do_stat(const char *function, PyObject *argument, PyObject *dir, bool follow)
{
    PATH(path, .function = function, .argument = "path", .allow_fd = strcmp(function, "stat") == 0);
    int dir_fd, result;
    struct stat st;
    if (posix_path(&path, argument) < 0 || posix_dir_fd(dir, &dir_fd) < 0)
        return NULL;
    if (path.fd >= 0 && dir_fd != AT_FDCWD)
        return k_raise(PyExc_ValueError, "%s: can't specify dir_fd without matching path", function);
    if (path.fd >= 0 && !follow)
        return k_raise(PyExc_ValueError, "%s: cannot use fd and follow_symlinks together", function);
    UNLOCKED(result = path.fd >= 0 ? fstat(path.fd, &st)
                                   : fstatat(dir_fd, path.text, &st, follow ? 0 : AT_SYMLINK_NOFOLLOW));
    return result < 0 ? posix_path_error(&path) : posix_stat_result(&st);
}

FUNCTION_KW(posix_stat, stat, "($module, /, path, *, dir_fd=None, follow_symlinks=True)",
            "What the system knows of a file: an os.stat_result.\n\n"
            "path may be an open descriptor; follow_symlinks=False looks at a link itself.", *path, *dir_fd, *follow)
{
    int follow;
    if (posix_follow(arg->follow, &follow) < 0)
        return NULL;
    return do_stat("stat", arg->path, arg->dir_fd, follow);
}

FUNCTION_KW(posix_stat, lstat, "($module, /, path, *, dir_fd=None)", "stat() that does not follow symbolic links.", *path,
            *dir_fd)
{
    return do_stat("lstat", arg->path, arg->dir_fd, false);
}

FUNCTION_KW(posix_stat, fstat, "($module, /, fd)", "stat() of an open descriptor.", *fd)
{
    int fd, result;
    struct stat st;
    bool interrupted = false;
    if (k_arg_int(arg->fd, &fd) < 0)
        return NULL;
    RETRIED(result, interrupted, fstat(fd, &st));
    return interrupted ? NULL : result < 0 ? posix_error() : posix_stat_result(&st);
}

static PyObject *statvfs_result(const struct statvfs *st)
{
    K_AUTO(PyObject *) result = PyStructSequence_New(&statvfs_result_type);
    if (!result)
        return NULL;
    const unsigned long number[] = { st->f_bsize, st->f_frsize, st->f_blocks, st->f_bfree, st->f_bavail, st->f_files,
                                     st->f_ffree, st->f_favail, st->f_flag, st->f_namemax, st->f_fsid };
    for (Py_ssize_t i = 0; i < K_COUNT_OF(number); i++) {
        PyObject *value = PyLong_FromUnsignedLong(number[i]);
        if (!value)
            return NULL;
        PyStructSequence_SET_ITEM(result, i, value);
    }
    return K_MOVE(result);
}

FUNCTION_KW(posix_stat, statvfs, "($module, /, path)", "What the system knows of the file system that holds path.", *path)
{
    PATH(path, .function = "statvfs", .argument = "path", .allow_fd = true);
    struct statvfs st;
    int result;
    if (posix_path(&path, arg->path) < 0)
        return NULL;
    UNLOCKED(result = path.fd >= 0 ? fstatvfs(path.fd, &st) : statvfs(path.text, &st));
    return result < 0 ? posix_path_error(&path) : statvfs_result(&st);
}

FUNCTION(posix_stat, fstatvfs, O, "($module, fd, /)", "statvfs() of an open descriptor.")
{
    int fd, result;
    struct statvfs st;
    if (k_arg_int(arg, &fd) < 0)
        return NULL;
    UNLOCKED(result = fstatvfs(fd, &st));
    return result < 0 ? posix_error() : statvfs_result(&st);
}

FUNCTION_KW(posix_stat, access,
            "($module, /, path, mode, *, dir_fd=None, effective_ids=False,\n       follow_symlinks=True)",
            "Whether the process may use path in that way (F_OK, R_OK, W_OK, X_OK).", *path, *mode, *dir_fd, *effective, *follow)
{
    PATH(path, .function = "access", .argument = "path");
    int mode, dir_fd, effective, follow, result;
    if (posix_path(&path, arg->path) < 0 || k_arg_int(arg->mode, &mode) < 0 || posix_dir_fd(arg->dir_fd, &dir_fd) < 0 ||
        k_arg_bool(arg->effective, &effective) < 0 || posix_follow(arg->follow, &follow) < 0)
        return NULL;
    UNLOCKED(result = faccessat(dir_fd, path.text, mode,
                                (effective ? AT_EACCESS : 0) | (follow ? 0 : AT_SYMLINK_NOFOLLOW)));
    Py_RETURN_BOOL(result == 0);
}

FUNCTION_KW(posix_stat, chmod, "($module, /, path, mode, *, dir_fd=None, follow_symlinks=True)",
            "Sets the permission bits of a file.", *path, *mode, *dir_fd, *follow)
{
    PATH(path, .function = "chmod", .argument = "path", .allow_fd = true);
    int mode, dir_fd, follow, result;
    if (posix_path(&path, arg->path) < 0 || k_arg_int(arg->mode, &mode) < 0 || posix_dir_fd(arg->dir_fd, &dir_fd) < 0 ||
        posix_follow(arg->follow, &follow) < 0 ||
        PySys_Audit("os.chmod", "Oii", arg->path, mode, posix_audited_dir(dir_fd)) < 0)
        return NULL;
    UNLOCKED(result = path.fd >= 0 ? fchmod(path.fd, (mode_t)mode)
                                   : fchmodat(dir_fd, path.text, (mode_t)mode, follow ? 0 : AT_SYMLINK_NOFOLLOW));
    if (result < 0 && !follow && (errno == ENOTSUP || errno == EOPNOTSUPP))
        return k_raise(PyExc_NotImplementedError, "chmod: follow_symlinks unavailable on this platform");
    if (result < 0)
        return posix_path_error(&path);
    Py_RETURN_NONE;
}

FUNCTION_KW(posix_stat, fchmod, "($module, /, fd, mode)", "Sets the permission bits of an open file.", *fd, *mode)
{
    int fd, mode, result;
    bool interrupted = false;
    if (k_arg_int(arg->fd, &fd) < 0 || k_arg_int(arg->mode, &mode) < 0 ||
        PySys_Audit("os.chmod", "iii", fd, mode, -1) < 0)
        return NULL;
    RETRIED(result, interrupted, fchmod(fd, (mode_t)mode));
    return interrupted ? NULL : posix_status(result);
}

static PyObject *do_chown(const char *function, PyObject *argument, PyObject *user, PyObject *group, PyObject *dir,
                          bool follow, bool allow_fd)
{
    PATH(path, .function = function, .argument = "path", .allow_fd = allow_fd);
    unsigned uid, gid;
    int dir_fd, result;
    if (posix_path(&path, argument) < 0 || os_arg_id(user, "uid", &uid) < 0 || os_arg_id(group, "gid", &gid) < 0 ||
        posix_dir_fd(dir, &dir_fd) < 0 ||
        PySys_Audit("os.chown", "OIIi", argument, uid, gid, posix_audited_dir(dir_fd)) < 0)
        return NULL;
    UNLOCKED(result = path.fd >= 0 ? fchown(path.fd, uid, gid)
                                   : fchownat(dir_fd, path.text, uid, gid, follow ? 0 : AT_SYMLINK_NOFOLLOW));
    if (result < 0)
        return posix_path_error(&path);
    Py_RETURN_NONE;
}

FUNCTION_KW(posix_stat, chown, "($module, /, path, uid, gid, *, dir_fd=None, follow_symlinks=True)",
            "Sets owner and group of a file; -1 leaves one as it is.", *path, *uid, *gid, *dir_fd, *follow)
{
    int follow;
    if (posix_follow(arg->follow, &follow) < 0)
        return NULL;
    return do_chown("chown", arg->path, arg->uid, arg->gid, arg->dir_fd, follow, true);
}

FUNCTION_KW(posix_stat, lchown, "($module, /, path, uid, gid)", "chown() that does not follow symbolic links.", *path, *uid,
            *gid)
{
    return do_chown("lchown", arg->path, arg->uid, arg->gid, NULL, false, false);
}

FUNCTION_KW(posix_stat, fchown, "($module, /, fd, uid, gid)", "chown() of an open descriptor.", *fd, *uid, *gid)
{
    unsigned uid, gid;
    int fd, result;
    if (k_arg_int(arg->fd, &fd) < 0 || os_arg_id(arg->uid, "uid", &uid) < 0 || os_arg_id(arg->gid, "gid", &gid) < 0 ||
        PySys_Audit("os.chown", "iIIi", fd, uid, gid, -1) < 0)
        return NULL;
    UNLOCKED(result = fchown(fd, uid, gid));
    return posix_status(result);
}

/* Seconds as int or float to a timespec, downwards. */
static int seconds_to_timespec(PyObject *seconds, struct timespec *time)
{
    if (PyFloat_Check(seconds)) {
        double value = PyFloat_AS_DOUBLE(seconds), whole = __builtin_floor(value);
        time->tv_sec = (time_t)whole;
        time->tv_nsec = (long)__builtin_floor((value - whole) * 1e9);
        return 0;
    }
    long long value = PyLong_AsLongLong(seconds);
    if (value == -1 && PyErr_Occurred())
        return -1;
    *time = (struct timespec){ .tv_sec = (time_t)value };
    return 0;
}

static int nanoseconds_to_timespec(PyObject *nanoseconds, struct timespec *time)
{
    long long value = PyLong_AsLongLong(nanoseconds);
    if (value == -1 && PyErr_Occurred())
        return -1;
    long long whole = value / 1000000000, rest = value % 1000000000;
    if (rest < 0)
        rest += 1000000000, whole--;
    *time = (struct timespec){ .tv_sec = (time_t)whole, .tv_nsec = (long)rest };
    return 0;
}

FUNCTION_KW(posix_stat, utime,
            "($module, /, path, times=None, *, ns=<unrepresentable>,\n      dir_fd=None, follow_symlinks=True)",
            "Sets the times of last access and modification: times=(atime, mtime) in seconds, ns in nanoseconds, or now.",
            *path, *times, *ns, *dir_fd, *follow)
{
    PATH(path, .function = "utime", .argument = "path", .allow_fd = true);
    int dir_fd, follow, result;
    if (posix_path(&path, arg->path) < 0 || posix_dir_fd(arg->dir_fd, &dir_fd) < 0 ||
        posix_follow(arg->follow, &follow) < 0)
        return NULL;
    if (arg->times != Py_None && arg->ns)
        return k_raise(PyExc_ValueError, "utime: you may specify either 'times' or 'ns' but not both");
    PyObject *pair = arg->ns ? arg->ns : arg->times;
    struct timespec time[2];
    if (pair != Py_None) {
        if (!PyTuple_CheckExact(pair) || PyTuple_GET_SIZE(pair) != 2)
            return k_raise(PyExc_TypeError, arg->ns ? "utime: 'ns' must be a tuple of two ints"
                                                    : "utime: 'times' must be either a tuple of two ints or None");
        for (int i = 0; i < 2; i++)
            if ((arg->ns ? nanoseconds_to_timespec : seconds_to_timespec)(PyTuple_GET_ITEM(pair, i), &time[i]) < 0)
                return NULL;
    }
    if (PySys_Audit("os.utime", "OOOi", arg->path, arg->times, arg->ns ? arg->ns : Py_None, posix_audited_dir(dir_fd)) < 0)
        return NULL;
    const struct timespec *times = pair == Py_None ? NULL : time;
    UNLOCKED(result = path.fd >= 0 ? futimens(path.fd, times)
                                   : utimensat(dir_fd, path.text, times, follow ? 0 : AT_SYMLINK_NOFOLLOW));
    if (result < 0)
        return posix_path_error(&path);
    Py_RETURN_NONE;
}

FUNCTION(posix_stat, major, O, "($module, device, /)", "The major number of a device number.")
{
    unsigned long long device = PyLong_AsUnsignedLongLong(arg);
    return PyErr_Occurred() ? NULL : PyLong_FromLong((long)major(device));
}

FUNCTION(posix_stat, minor, O, "($module, device, /)", "The minor number of a device number.")
{
    unsigned long long device = PyLong_AsUnsignedLongLong(arg);
    return PyErr_Occurred() ? NULL : PyLong_FromLong((long)minor(device));
}

FUNCTION(posix_stat, makedev, FAST, "($module, major, minor, /)", "A device number from its two parts.")
{
    int major_part, minor_part;
    if (k_check_nargs("makedev", nargs, 2, 2) < 0 || k_arg_int(args[0], &major_part) < 0 ||
        k_arg_int(args[1], &minor_part) < 0)
        return NULL;
    return PyLong_FromUnsignedLongLong(makedev((unsigned)major_part, (unsigned)minor_part));
}

METHODS_END(posix_stat);

int posix_stat_start(PyObject *module)
{
    if (!stat_result_type.tp_name) {
        for (int i = 0; i < TIMES; i++)
            stat_fields[FIRST_TIME + i].name = PyStructSequence_UnnamedField;
        if (k_structseq_init(&stat_result_type, &stat_desc) < 0 || k_structseq_init(&statvfs_result_type, &statvfs_desc) < 0)
            return -1;
    }
    return PyModule_AddObjectRef(module, "stat_result", (PyObject *)&stat_result_type) < 0 ||
                   PyModule_AddObjectRef(module, "statvfs_result", (PyObject *)&statvfs_result_type) < 0 ||
                   PyModule_AddFunctions(module, METHODS(posix_stat)) < 0
               ? -1
               : 0;
}
