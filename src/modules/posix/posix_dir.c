/* posix_dir.c - module posix: folders and names in them: listdir, scandir, making, moving and removing.
 *
 * In: paths.  Out: names, DirEntry objects, or None. */
#include <dirent.h>
#include <sys/stat.h>

#include "memory/gc.h"
#include "memory/mem.h"
#include "modules/posix/posix_int.h"
#include "objects/descr.h"
#include "objects/genericalias.h"
#include "objects/type/type.h"
#include "runtime/osutil.h"
#include "runtime/warnings.h"

METHODS_DECLARE(posix_dir);
METHODS_DECLARE(dir_entry);
METHODS_DECLARE(scandir_iter);

static PyTypeObject DirEntry_Type, ScandirIterator_Type;

/* A name as str, or as bytes where the folder was given as bytes. */
static PyObject *name_object(const char *name, size_t length, bool as_bytes)
{
    return as_bytes ? PyBytes_FromStringAndSize(name, (Py_ssize_t)length)
                    : PyUnicode_DecodeFSDefaultAndSize(name, (Py_ssize_t)length);
}

static bool is_dot(const char *name)
{
    return name[0] == '.' && (name[1] == 0 || (name[1] == '.' && name[2] == 0));
}

static DIR *open_folder(const PosixPath *path)
{
    DIR *folder = NULL;
    if (path->fd < 0) {
        UNLOCKED(folder = opendir(path->text));
        return folder;
    }
    int fd = fcntl(path->fd, F_DUPFD_CLOEXEC, 0); /* closedir() closes it */
    if (fd < 0)
        return NULL;
    UNLOCKED(folder = fdopendir(fd));
    if (!folder)
        close(fd);
    return folder;
}

static void close_folder(DIR *folder, bool rewind)
{
    if (rewind)
        rewinddir(folder);
    UNLOCKED(closedir(folder));
}

/* The next entry but . and ..; NULL at the end (errno 0) or on error. */
static struct dirent *next_entry(DIR *folder)
{
    struct dirent *entry;
    do
        UNLOCKED(errno = 0; entry = readdir(folder));
    while (entry && is_dot(entry->d_name));
    return entry;
}

FUNCTION_KW(posix_dir, listdir, "($module, /, path=None)",
            "The names in a folder (the current one by default), without '.' and '..', in no order.", *path)
{
    PATH(path, .function = "listdir", .argument = "path", .nullable = true, .allow_fd = true);
    if (posix_path(&path, arg->path) < 0 || PySys_Audit("os.listdir", "O", arg->path ? arg->path : Py_None) < 0)
        return NULL;
    DIR *folder = open_folder(&path);
    if (!folder)
        return posix_path_error(&path);
    PyObject *list = PyList_New(0);
    struct dirent *entry;
    while (list && (entry = next_entry(folder))) {
        PyObject *name = name_object(entry->d_name, strlen(entry->d_name), path.is_bytes);
        if (!name || k_list_append_steal((PyListObject *)list, name) < 0)
            Py_CLEAR(list);
    }
    if (list && errno) {
        posix_path_error(&path);
        Py_CLEAR(list);
    }
    close_folder(folder, path.fd >= 0);
    return list;
}

/* ---- DirEntry ---- */

typedef struct DirEntry {
    PyObject ob_base;
    PyObject *name, *path;
    PyObject *stat, *lstat; /* results asked for before, or NULL */
    unsigned char d_type;
    ino_t d_ino;
    int dir_fd;
} DirEntry;

static void dir_entry_dealloc(PyObject *self)
{
    DirEntry *entry = (DirEntry *)self;
    Py_XDECREF(entry->name);
    Py_XDECREF(entry->path);
    Py_XDECREF(entry->stat);
    Py_XDECREF(entry->lstat);
    Py_TYPE(self)->tp_free(self);
}

static PyObject *fetch_stat(DirEntry *entry, bool follow)
{
    PATH(path, .function = "DirEntry", .argument = "path");
    struct stat st;
    int result;
    if (posix_path(&path, entry->dir_fd >= 0 ? entry->name : entry->path) < 0)
        return NULL;
    UNLOCKED(result = fstatat(entry->dir_fd >= 0 ? entry->dir_fd : AT_FDCWD, path.text, &st,
                              follow ? 0 : AT_SYMLINK_NOFOLLOW));
    if (result < 0)
        return PyErr_SetFromErrnoWithFilenameObject(PyExc_OSError, entry->path);
    return posix_stat_result(&st);
}

static PyObject *entry_lstat(DirEntry *entry)
{
    if (!entry->lstat)
        entry->lstat = fetch_stat(entry, false);
    return Py_XNewRef(entry->lstat);
}

static int mode_is(PyObject *stat_result, mode_t kind)
{
    long mode = PyLong_AsLong(PyTuple_GET_ITEM(stat_result, 0));
    return ((mode_t)mode & S_IFMT) == kind;
}

/* 1 or 0; a file that is gone is no link. */
static int entry_is_symlink(DirEntry *entry)
{
    if (entry->d_type != DT_UNKNOWN)
        return entry->d_type == DT_LNK;
    K_AUTO(PyObject *) st = entry_lstat(entry);
    if (st)
        return mode_is(st, S_IFLNK);
    return k_catch(PyExc_FileNotFoundError) ? 0 : -1;
}

static PyObject *entry_stat(DirEntry *entry, bool follow)
{
    if (!follow)
        return entry_lstat(entry);
    if (!entry->stat) {
        int link = entry_is_symlink(entry);
        if (link < 0)
            return NULL;
        entry->stat = link ? fetch_stat(entry, true) : entry_lstat(entry);
    }
    return Py_XNewRef(entry->stat);
}

static PyObject *entry_is(DirEntry *entry, PyObject *follow_argument, unsigned char d_type, mode_t kind)
{
    int follow;
    if (k_arg_bool(follow_argument, &follow) < 0)
        return NULL;
    bool link = entry->d_type == DT_LNK;
    if (entry->d_type != DT_UNKNOWN && !(follow && link))
        Py_RETURN_BOOL(entry->d_type == d_type);
    K_AUTO(PyObject *) st = entry_stat(entry, follow);
    if (!st) {
        if (k_catch(PyExc_FileNotFoundError))
            Py_RETURN_FALSE;
        return NULL;
    }
    Py_RETURN_BOOL(mode_is(st, kind));
}

METHOD_KW(dir_entry, is_dir, "($self, /, *, follow_symlinks=True)", "Whether it is a folder; asks the system only for links.",
          *follow)
{
    return entry_is((DirEntry *)self, arg->follow, DT_DIR, S_IFDIR);
}

METHOD_KW(dir_entry, is_file, "($self, /, *, follow_symlinks=True)", "Whether it is a regular file.", *follow)
{
    return entry_is((DirEntry *)self, arg->follow, DT_REG, S_IFREG);
}

METHOD(dir_entry, is_symlink, NOARGS, "($self, /)", "Whether it is a symbolic link.")
{
    int link = entry_is_symlink((DirEntry *)self);
    return link < 0 ? NULL : Py_NewRef(link ? Py_True : Py_False);
}

METHOD_KW(dir_entry, stat, "($self, /, *, follow_symlinks=True)", "The stat_result, remembered from then on.", *follow)
{
    int follow;
    return k_arg_bool(arg->follow, &follow) < 0 ? NULL : entry_stat((DirEntry *)self, follow);
}

METHOD(dir_entry, inode, NOARGS, "($self, /)", "The inode number.")
{
    return PyLong_FromUnsignedLongLong(((DirEntry *)self)->d_ino);
}

METHOD(dir_entry, __fspath__, NOARGS, "($self, /)", "The path.")
{
    return Py_NewRef(((DirEntry *)self)->path);
}

METHOD_RAW(dir_entry, __class_getitem__, O, METH_CLASS, "See PEP 585")
{
    return Py_GenericAlias(self, arg);
}

METHODS_END(dir_entry);

static PyMemberDef dir_entry_members[] = {
    { "name", T_OBJECT_EX, offsetof(DirEntry, name), READONLY, "the name, without the folder" },
    { "path", T_OBJECT_EX, offsetof(DirEntry, path), READONLY, "the folder as given to scandir(), and the name" },
    { NULL, 0, 0, 0, NULL },
};

static PyObject *dir_entry_repr(PyObject *self)
{
    return PyUnicode_FromFormat("<DirEntry %R>", ((DirEntry *)self)->name);
}

static PyTypeObject DirEntry_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "posix.DirEntry",
    .tp_basicsize = sizeof(DirEntry),
    .tp_dealloc = dir_entry_dealloc,
    .tp_repr = dir_entry_repr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_methods = METHODS(dir_entry),
    .tp_members = dir_entry_members,
};

/* ---- scandir ---- */

typedef struct ScandirIterator {
    PyObject ob_base;
    PosixPath path;
    PyObject *folder_name; /* what path.object is: owned */
    DIR *folder;           /* NULL once exhausted or closed */
} ScandirIterator;

static void scandir_close(ScandirIterator *it)
{
    DIR *folder = it->folder;
    it->folder = NULL;
    if (folder)
        close_folder(folder, it->path.fd >= 0);
}

/* folder/name, or the name alone for a descriptor */
static PyObject *joined_path(const ScandirIterator *it, PyObject *name, const struct dirent *entry)
{
    if (it->path.fd >= 0)
        return Py_NewRef(name);
    size_t folder = strlen(it->path.text), length = strlen(entry->d_name);
    bool slash = folder && it->path.text[folder - 1] != '/';
    if (it->path.object == Py_None)
        return Py_NewRef(name);
    char *text = PyMem_Malloc(folder + slash + length + 1);
    if (!text)
        return PyErr_NoMemory();
    memcpy(text, it->path.text, folder);
    if (slash)
        text[folder] = '/';
    memcpy(text + folder + slash, entry->d_name, length + 1);
    PyObject *path = name_object(text, folder + slash + length, it->path.is_bytes);
    PyMem_Free(text);
    return path;
}

static PyObject *make_entry(const ScandirIterator *it, const struct dirent *from)
{
    DirEntry *entry = (DirEntry *)DirEntry_Type.tp_alloc(&DirEntry_Type, 0);
    if (!entry)
        return NULL;
    entry->d_type = from->d_type;
    entry->d_ino = from->d_ino;
    entry->dir_fd = it->path.fd;
    entry->name = name_object(from->d_name, strlen(from->d_name), it->path.is_bytes);
    entry->path = entry->name ? joined_path(it, entry->name, from) : NULL;
    if (!entry->path)
        Py_CLEAR(entry);
    return (PyObject *)entry;
}

static PyObject *scandir_next(PyObject *self)
{
    ScandirIterator *it = (ScandirIterator *)self;
    if (!it->folder)
        return NULL;
    struct dirent *entry = next_entry(it->folder);
    if (entry) {
        PyObject *result = make_entry(it, entry);
        if (!result)
            scandir_close(it);
        return result;
    }
    if (errno)
        posix_path_error(&it->path);
    scandir_close(it);
    return NULL;
}

METHOD_RAW(scandir_iter, close, NOARGS, 0, "Closes the folder before its end.")
{
    scandir_close((ScandirIterator *)self);
    Py_RETURN_NONE;
}

METHOD_RAW(scandir_iter, __enter__, NOARGS, 0, "Itself.")
{
    return Py_NewRef(self);
}

METHOD_RAW(scandir_iter, __exit__, VAR, 0, "Closes the folder.")
{
    (void)args, (void)kwargs;
    scandir_close((ScandirIterator *)self);
    Py_RETURN_NONE;
}
METHODS_END(scandir_iter);

static void scandir_finalize(PyObject *self)
{
    ScandirIterator *it = (ScandirIterator *)self;
    if (!it->folder)
        return;
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    if (PyErr_ResourceWarning(self, 1, "unclosed scandir iterator %R", self) && PyErr_ExceptionMatches(PyExc_Warning))
        PyErr_WriteUnraisable(self);
    scandir_close(it);
    PyErr_Restore(type, value, traceback);
}

static void scandir_dealloc(PyObject *self)
{
    if (PyObject_CallFinalizerFromDealloc(self) < 0)
        return;
    ScandirIterator *it = (ScandirIterator *)self;
    posix_path_drop(&it->path);
    Py_XDECREF(it->folder_name);
    Py_TYPE(self)->tp_free(self);
}

static PyTypeObject ScandirIterator_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "posix.ScandirIterator",
    .tp_basicsize = sizeof(ScandirIterator),
    .tp_dealloc = scandir_dealloc,
    .tp_finalize = scandir_finalize,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = scandir_next,
    .tp_methods = METHODS(scandir_iter),
};

FUNCTION_KW(posix_dir, scandir, "($module, /, path=None)",
            "An iterator of DirEntry objects for a folder, without '.' and '..'; a context manager too.", *path)
{
    ScandirIterator *it = (ScandirIterator *)ScandirIterator_Type.tp_alloc(&ScandirIterator_Type, 0);
    if (!it)
        return NULL;
    it->path = (PosixPath){ .function = "scandir", .argument = "path", .nullable = true, .allow_fd = true };
    it->folder_name = Py_NewRef(arg->path);
    if (posix_path(&it->path, arg->path) < 0 || PySys_Audit("os.scandir", "O", arg->path) < 0)
        goto failed;
    it->folder = open_folder(&it->path);
    if (it->folder)
        return (PyObject *)it;
    posix_path_error(&it->path);
failed:
    Py_DECREF(it);
    return NULL;
}

/* ---- names ---- */

FUNCTION_KW(posix_dir, mkdir, "($module, /, path, mode=511, *, dir_fd=None)", "Makes a folder.", *path, *mode, *dir_fd)
{
    PATH(path, .function = "mkdir", .argument = "path");
    int mode, dir_fd, result;
    if (posix_path(&path, arg->path) < 0 || k_arg_int(arg->mode, &mode) < 0 || posix_dir_fd(arg->dir_fd, &dir_fd) < 0 ||
        PySys_Audit("os.mkdir", "Oii", arg->path, mode, posix_audited_dir(dir_fd)) < 0)
        return NULL;
    UNLOCKED(result = mkdirat(dir_fd, path.text, (mode_t)mode));
    return result < 0 ? posix_path_error(&path) : Py_NewRef(Py_None);
}

static PyObject *do_unlink(const char *function, PyObject *argument, PyObject *dir, int flags)
{
    PATH(path, .function = function, .argument = "path");
    int dir_fd, result;
    if (posix_path(&path, argument) < 0 || posix_dir_fd(dir, &dir_fd) < 0 ||
        PySys_Audit(flags ? "os.rmdir" : "os.remove", "Oi", argument, posix_audited_dir(dir_fd)) < 0)
        return NULL;
    UNLOCKED(result = unlinkat(dir_fd, path.text, flags));
    return result < 0 ? posix_path_error(&path) : Py_NewRef(Py_None);
}

FUNCTION_KW(posix_dir, rmdir, "($module, /, path, *, dir_fd=None)", "Removes an empty folder.", *path, *dir_fd)
{
    return do_unlink("rmdir", arg->path, arg->dir_fd, AT_REMOVEDIR);
}

FUNCTION_KW(posix_dir, unlink, "($module, /, path, *, dir_fd=None)", "Removes a file: the same as remove().", *path, *dir_fd)
{
    return do_unlink("unlink", arg->path, arg->dir_fd, 0);
}

FUNCTION_KW(posix_dir, remove, "($module, /, path, *, dir_fd=None)", "Removes a file: the same as unlink().", *path, *dir_fd)
{
    return do_unlink("remove", arg->path, arg->dir_fd, 0);
}

static PyObject *do_rename(const char *function, PyObject *from, PyObject *to, PyObject *from_dir, PyObject *to_dir)
{
    PATH(src, .function = function, .argument = "src");
    PATH(dst, .function = function, .argument = "dst");
    int src_fd, dst_fd, result;
    if (posix_path(&src, from) < 0 || posix_path(&dst, to) < 0 || posix_dir_fd(from_dir, &src_fd) < 0 ||
        posix_dir_fd(to_dir, &dst_fd) < 0 ||
        PySys_Audit("os.rename", "OOii", from, to, posix_audited_dir(src_fd), posix_audited_dir(dst_fd)) < 0)
        return NULL;
    UNLOCKED(result = renameat(src_fd, src.text, dst_fd, dst.text));
    return result < 0 ? posix_path_error2(&src, &dst) : Py_NewRef(Py_None);
}

FUNCTION_KW(posix_dir, rename, "($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None)",
            "Gives a file or folder another name.", *src, *dst, *src_dir_fd, *dst_dir_fd)
{
    return do_rename("rename", arg->src, arg->dst, arg->src_dir_fd, arg->dst_dir_fd);
}

FUNCTION_KW(posix_dir, replace, "($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None)",
            "rename() that overwrites on every system.", *src, *dst, *src_dir_fd, *dst_dir_fd)
{
    return do_rename("replace", arg->src, arg->dst, arg->src_dir_fd, arg->dst_dir_fd);
}

FUNCTION_KW(posix_dir, link, "($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None,\n     follow_symlinks=True)",
            "Makes a hard link dst to src.", *src, *dst, *src_dir_fd, *dst_dir_fd, *follow)
{
    PATH(src, .function = "link", .argument = "src");
    PATH(dst, .function = "link", .argument = "dst");
    int src_fd, dst_fd, follow, result;
    if (posix_path(&src, arg->src) < 0 || posix_path(&dst, arg->dst) < 0 || posix_dir_fd(arg->src_dir_fd, &src_fd) < 0 ||
        posix_dir_fd(arg->dst_dir_fd, &dst_fd) < 0 || posix_follow(arg->follow, &follow) < 0 ||
        PySys_Audit("os.link", "OOii", arg->src, arg->dst, posix_audited_dir(src_fd), posix_audited_dir(dst_fd)) < 0)
        return NULL;
    UNLOCKED(result = linkat(src_fd, src.text, dst_fd, dst.text, follow ? AT_SYMLINK_FOLLOW : 0));
    return result < 0 ? posix_path_error2(&src, &dst) : Py_NewRef(Py_None);
}

FUNCTION_KW(posix_dir, symlink, "($module, /, src, dst, target_is_directory=False, *, dir_fd=None)",
            "Makes a symbolic link dst that points to src.", *src, *dst, *is_directory, *dir_fd)
{
    PATH(src, .function = "symlink", .argument = "src");
    PATH(dst, .function = "symlink", .argument = "dst");
    int dir_fd, result;
    if (posix_path(&src, arg->src) < 0 || posix_path(&dst, arg->dst) < 0 || posix_dir_fd(arg->dir_fd, &dir_fd) < 0 ||
        PySys_Audit("os.symlink", "OOi", arg->src, arg->dst, posix_audited_dir(dir_fd)) < 0)
        return NULL;
    UNLOCKED(result = symlinkat(src.text, dir_fd, dst.text));
    return result < 0 ? posix_path_error2(&src, &dst) : Py_NewRef(Py_None);
}

FUNCTION_KW(posix_dir, readlink, "($module, /, path, *, dir_fd=None)", "Where a symbolic link points.", *path, *dir_fd)
{
    PATH(path, .function = "readlink", .argument = "path");
    char target[4096];
    int dir_fd;
    ssize_t length;
    if (posix_path(&path, arg->path) < 0 || posix_dir_fd(arg->dir_fd, &dir_fd) < 0)
        return NULL;
    UNLOCKED(length = readlinkat(dir_fd, path.text, target, sizeof target));
    return length < 0 ? posix_path_error(&path) : name_object(target, (size_t)length, path.is_bytes);
}

FUNCTION_KW(posix_dir, mkfifo, "($module, /, path, mode=438, *, dir_fd=None)", "Makes a named pipe.", *path, *mode, *dir_fd)
{
    PATH(path, .function = "mkfifo", .argument = "path");
    int mode, dir_fd, result;
    if (posix_path(&path, arg->path) < 0 || k_arg_int(arg->mode, &mode) < 0 || posix_dir_fd(arg->dir_fd, &dir_fd) < 0)
        return NULL;
    UNLOCKED(result = mkfifoat(dir_fd, path.text, (mode_t)mode));
    return result < 0 ? posix_path_error(&path) : Py_NewRef(Py_None);
}

FUNCTION_KW(posix_dir, chdir, "($module, /, path)", "Changes the current folder.", *path)
{
    PATH(path, .function = "chdir", .argument = "path", .allow_fd = true);
    int result;
    if (posix_path(&path, arg->path) < 0 || PySys_Audit("os.chdir", "(O)", arg->path) < 0)
        return NULL;
    UNLOCKED(result = path.fd >= 0 ? fchdir(path.fd) : chdir(path.text));
    return result < 0 ? posix_path_error(&path) : Py_NewRef(Py_None);
}

FUNCTION_KW(posix_dir, fchdir, "($module, /, fd)", "Changes the current folder to an open one.", *fd)
{
    int fd, result;
    if (posix_fd(arg->fd, &fd) < 0 || PySys_Audit("os.chdir", "(i)", fd) < 0)
        return NULL;
    UNLOCKED(result = fchdir(fd));
    return posix_status(result);
}

FUNCTION_KW(posix_dir, chroot, "($module, /, path)", "Changes the root folder.", *path)
{
    PATH(path, .function = "chroot", .argument = "path");
    int result;
    if (posix_path(&path, arg->path) < 0)
        return NULL;
    UNLOCKED(result = chroot(path.text));
    return result < 0 ? posix_path_error(&path) : Py_NewRef(Py_None);
}

static PyObject *current_folder(bool as_bytes)
{
    char *text;
    UNLOCKED(text = getcwd(NULL, 0));
    if (!text)
        return posix_error();
    PyObject *folder = name_object(text, strlen(text), as_bytes);
    free(text);
    return folder;
}

FUNCTION(posix_dir, getcwd, NOARGS, "($module, /)", "The current folder.")
{
    return current_folder(false);
}

FUNCTION(posix_dir, getcwdb, NOARGS, "($module, /)", "The current folder, as bytes.")
{
    return current_folder(true);
}

FUNCTION_KW(posix_dir, fspath, "($module, /, path)",
            "path itself when it is str or bytes, otherwise what its __fspath__() gives.", *path)
{
    return PyOS_FSPath(arg->path);
}

METHODS_END(posix_dir);

int posix_dir_start(PyObject *module)
{
    return PyType_Ready(&DirEntry_Type) < 0 || PyType_Ready(&ScandirIterator_Type) < 0 ||
                   PyModule_AddObjectRef(module, "DirEntry", (PyObject *)&DirEntry_Type) < 0 ||
                   PyModule_AddFunctions(module, METHODS(posix_dir)) < 0
               ? -1
               : 0;
}
