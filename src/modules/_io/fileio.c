/* fileio.c - FileIO: a file by its descriptor, without a buffer.
 *
 * In: a name, a descriptor or an opener.  Out: bytes as the system gives them.
 * Invariant: fd is -1 when closed; closefd tells whether closing closes the descriptor too. Start at fileio_init(). */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "modules/_io/io_int.h"

METHODS_DECLARE(fileio);

typedef struct FileIO {
    IoBase base;
    int fd;
    bool created, readable, writable, appending, closefd;
    signed char seekable; /* -1: not known yet */
    long block_size;
} FileIO;

#define UNLOCKED(statement)                                                                                            \
    do {                                                                                                               \
        PyThreadState *unlocked_ = PyEval_SaveThread();                                                                \
        statement;                                                                                                     \
        PyEval_RestoreThread(unlocked_);                                                                               \
    } while (0)

enum { MOST_AT_ONCE = 0x7ffff000 }; /* Linux reads and writes no more in one call */

static PyObject *closed_error(void)
{
    return k_raise(PyExc_ValueError, "I/O operation on closed file");
}

static PyObject *mode_error(const char *action)
{
    return k_raise(io_unsupported_operation, "File not open for %s", action);
}

/* ---- opening ---- */

static int bad_mode(void)
{
    PyErr_SetString(PyExc_ValueError, "Must have exactly one of create/read/write/append mode and at most one plus");
    return -1;
}

/* Sets what the mode allows; gives open()'s flags, or -1. */
static int parse_mode(FileIO *f, const char *mode)
{
    bool main = false, plus = false;
    int flags = 0;
    for (const char *at = mode; *at; at++) {
        switch (*at) {
        case 'x':
        case 'r':
        case 'w':
        case 'a':
            if (main)
                return bad_mode();
            main = true;
            f->readable |= *at == 'r';
            f->writable |= *at != 'r';
            f->created |= *at == 'x';
            f->appending |= *at == 'a';
            flags |= *at == 'x' ? O_EXCL | O_CREAT : *at == 'w' ? O_CREAT | O_TRUNC : *at == 'a' ? O_APPEND | O_CREAT : 0;
            break;
        case '+':
            if (plus)
                return bad_mode();
            f->readable = f->writable = plus = true;
            break;
        case 'b': break;
        default:  PyErr_Format(PyExc_ValueError, "invalid mode: %.200s", mode); return -1;
        }
    }
    if (!main)
        return bad_mode();
    flags |= f->readable && f->writable ? O_RDWR : f->readable ? O_RDONLY : O_WRONLY;
    return flags | O_CLOEXEC;
}

static int open_by_opener(FileIO *f, PyObject *opener, PyObject *name, int flags)
{
    K_AUTO(PyObject *) result = PyObject_CallFunction(opener, "Oi", name, flags);
    if (!result)
        return -1;
    if (!PyLong_Check(result)) {
        PyErr_SetString(PyExc_TypeError, "expected integer from opener");
        return -1;
    }
    f->fd = _PyLong_AsInt(result);
    if (f->fd < 0) {
        if (!PyErr_Occurred())
            PyErr_Format(PyExc_ValueError, "opener returned %d", f->fd);
        f->fd = -1;
        return -1;
    }
    return fcntl(f->fd, F_SETFD, fcntl(f->fd, F_GETFD) | FD_CLOEXEC) < 0 ? (PyErr_SetFromErrno(PyExc_OSError), -1) : 0;
}

static int open_by_name(FileIO *f, PyObject *name, int flags)
{
    PyObject *bytes;
    if (!PyUnicode_FSConverter(name, &bytes))
        return -1;
    bool interrupted = false;
    do
        UNLOCKED(f->fd = open(PyBytes_AS_STRING(bytes), flags, 0666));
    while (f->fd < 0 && errno == EINTR && !(interrupted = PyErr_CheckSignals() < 0));
    Py_DECREF(bytes);
    if (f->fd >= 0)
        return 0;
    if (!interrupted)
        PyErr_SetFromErrnoWithFilenameObject(PyExc_OSError, name);
    return -1;
}

/* Folders cannot be read as files; the block size sets the buffer's. */
static int look_at_file(FileIO *f, PyObject *name)
{
    struct stat st;
    int result;
    UNLOCKED(result = fstat(f->fd, &st));
    if (result < 0) {
        if (errno != EBADF)
            return 0;
        PyErr_SetFromErrno(PyExc_OSError);
        return -1;
    }
    if (S_ISDIR(st.st_mode)) {
        errno = EISDIR;
        PyErr_SetFromErrnoWithFilenameObject(PyExc_OSError, name);
        return -1;
    }
    if (st.st_blksize > 1)
        f->block_size = (long)st.st_blksize;
    return 0;
}

static int close_descriptor(FileIO *f)
{
    int fd = f->fd, result, error;
    if (fd < 0)
        return 0;
    f->fd = -1;
    UNLOCKED(result = close(fd); error = errno);
    if (result < 0) {
        errno = error;
        PyErr_SetFromErrno(PyExc_OSError);
        return -1;
    }
    return 0;
}

/* The argument as a descriptor: 1; 0 when it is a name. */
static int as_descriptor(PyObject *file, int *fd)
{
    if (PyFloat_Check(file)) {
        PyErr_SetString(PyExc_TypeError, "integer argument expected, got float");
        return -1;
    }
    if (!PyLong_Check(file) && !PyIndex_Check(file))
        return 0;
    *fd = _PyLong_AsInt(file);
    if (*fd == -1 && PyErr_Occurred()) { /* too large: told as a name of the wrong type */
        PyErr_Clear();
        return 0;
    }
    if (*fd < 0) {
        PyErr_SetString(PyExc_ValueError, "negative file descriptor");
        return -1;
    }
    return 1;
}

static int open_file(FileIO *f, PyObject *file, int flags, bool closefd, PyObject *opener)
{
    int by_fd = as_descriptor(file, &f->fd);
    if (by_fd < 0)
        return -1;
    f->closefd = closefd;
    if (by_fd)
        return 0;
    f->fd = -1;
    f->closefd = true;
    if (!closefd) {
        PyErr_SetString(PyExc_ValueError, "Cannot use closefd=False with file name");
        return -1;
    }
    return opener == Py_None ? open_by_name(f, file, flags) : open_by_opener(f, opener, file, flags);
}

BINDER(fileio_init, "FileIO", "(file, mode='r', closefd=True, opener=None)", *file, *mode, *closefd, *opener);

static int fileio_start(FileIO *f, const fileio_init_args *arg)
{
    const char *mode = "r";
    int closefd;
    if (arg->mode && PyUnicode_Check(arg->mode) && !(mode = PyUnicode_AsUTF8(arg->mode)))
        return -1;
    if (arg->mode && !PyUnicode_Check(arg->mode)) {
        PyErr_Format(PyExc_TypeError, "FileIO() argument 'mode' must be str, not %.50s", Py_TYPE(arg->mode)->tp_name);
        return -1;
    }
    if (k_arg_bool(arg->closefd, &closefd) < 0)
        return -1;
    if (f->fd >= 0 && f->closefd && close_descriptor(f) < 0) /* initialised a second time */
        return -1;
    f->fd = -1;
    f->created = f->readable = f->writable = f->appending = false;
    f->seekable = -1;
    f->block_size = IO_BUFFER_SIZE;
    int flags = parse_mode(f, mode);
    if (flags < 0 || PySys_Audit("open", "Osi", arg->file, mode, flags) < 0 ||
        open_file(f, arg->file, flags, closefd, arg->opener) < 0)
        return -1;
    bool own = !PyLong_Check(arg->file);
    if (look_at_file(f, arg->file) < 0 || PyObject_SetAttr((PyObject *)f, K_STR("name"), arg->file) < 0) {
        PyObject *type, *value, *traceback;
        PyErr_Fetch(&type, &value, &traceback);
        if (own && close_descriptor(f) < 0)
            PyErr_Clear();
        f->fd = -1;
        PyErr_Restore(type, value, traceback);
        return -1;
    }
    if (f->appending)
        UNLOCKED((void)!lseek(f->fd, 0, SEEK_END));
    return 0;
}

static int fileio_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    fileio_init_args arg;
    PyObject *owned = NULL;
    if (BIND(fileio_init, &arg, args, kwargs, &owned) < 0)
        return -1;
    int status = fileio_start((FileIO *)self, &arg);
    Py_XDECREF(owned);
    return status;
}

static PyObject *fileio_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    (void)args, (void)kwargs;
    FileIO *f = (FileIO *)type->tp_alloc(type, 0);
    if (f) {
        f->fd = -1;
        f->seekable = -1;
        f->closefd = true;
        f->block_size = IO_BUFFER_SIZE;
    }
    return (PyObject *)f;
}

/* ---- reading and writing ---- */

static Py_ssize_t read_some(FileIO *f, void *to, size_t size)
{
    Py_ssize_t n;
    bool interrupted = false;
    size = Py_MIN(size, MOST_AT_ONCE);
    do
        UNLOCKED(n = read(f->fd, to, size));
    while (n < 0 && errno == EINTR && !(interrupted = PyErr_CheckSignals() < 0));
    if (n < 0 && !interrupted && errno != EAGAIN)
        PyErr_SetFromErrno(PyExc_OSError);
    return n;
}

/* After a failed read_some() or write: None when it would have to wait, else NULL with the exception. */
static PyObject *would_block(void)
{
    return PyErr_Occurred() ? NULL : Py_NewRef(Py_None);
}

METHOD(fileio, readinto, O, "($self, buffer, /)", "Fills a buffer by one read; gives how many bytes, None when none are there yet.")
{
    FileIO *f = (FileIO *)self;
    Py_buffer buffer;
    if (f->fd < 0)
        return closed_error();
    if (!f->readable)
        return mode_error("reading");
    if (io_buffer_to_fill(arg, &buffer, "readinto") < 0)
        return NULL;
    Py_ssize_t n = read_some(f, buffer.buf, (size_t)buffer.len);
    PyBuffer_Release(&buffer);
    return n < 0 ? would_block() : PyLong_FromSsize_t(n);
}

/* A first guess of how much is left, so that a plain file is read in two calls. */
static Py_ssize_t bytes_left(FileIO *f)
{
    struct stat st;
    off_t place;
    int result;
    UNLOCKED(place = lseek(f->fd, 0, SEEK_CUR); result = fstat(f->fd, &st));
    if (result < 0 || place < 0 || st.st_size < place || !S_ISREG(st.st_mode))
        return IO_BUFFER_SIZE;
    return (Py_ssize_t)(st.st_size - place) + 1;
}

METHOD(fileio, readall, NOARGS, "($self, /)", "All that is left.")
{
    FileIO *f = (FileIO *)self;
    if (f->fd < 0)
        return closed_error();
    Py_ssize_t size = bytes_left(f), have = 0;
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, size);
    while (bytes) {
        if (have == size) {
            size += Py_MAX(size / 2, IO_BUFFER_SIZE);
            if (_PyBytes_Resize(&bytes, size) < 0)
                return NULL;
        }
        Py_ssize_t n = read_some(f, PyBytes_AS_STRING(bytes) + have, (size_t)(size - have));
        if (n == 0 || (n < 0 && !PyErr_Occurred() && have > 0))
            break;
        if (n < 0) {
            Py_DECREF(bytes);
            return would_block();
        }
        have += n;
    }
    if (bytes && have != size && _PyBytes_Resize(&bytes, have) < 0)
        return NULL;
    return bytes;
}

METHOD_KW(fileio, read, "($self, size=-1, /)", "Up to size bytes by one read; all of them without size.", *size)
{
    FileIO *f = (FileIO *)self;
    Py_ssize_t size;
    if (f->fd < 0)
        return closed_error();
    if (!f->readable)
        return mode_error("reading");
    if (io_arg_size(arg->size, &size) < 0)
        return NULL;
    if (size < 0)
        return fileio_readall(self, NULL);
    size = Py_MIN(size, MOST_AT_ONCE);
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, size);
    if (!bytes)
        return NULL;
    Py_ssize_t n = read_some(f, PyBytes_AS_STRING(bytes), (size_t)size);
    if (n < 0) {
        Py_DECREF(bytes);
        return would_block();
    }
    if (n != size && _PyBytes_Resize(&bytes, n) < 0)
        return NULL;
    return bytes;
}

METHOD(fileio, write, O, "($self, b, /)", "Writes bytes; gives how many were taken, None when none could be.")
{
    FileIO *f = (FileIO *)self;
    Py_buffer buffer;
    if (f->fd < 0)
        return closed_error();
    if (!f->writable)
        return mode_error("writing");
    if (PyObject_GetBuffer(arg, &buffer, PyBUF_SIMPLE) < 0)
        return NULL;
    Py_ssize_t n;
    bool interrupted = false;
    size_t size = Py_MIN((size_t)buffer.len, MOST_AT_ONCE);
    do
        UNLOCKED(n = write(f->fd, buffer.buf, size));
    while (n < 0 && errno == EINTR && !(interrupted = PyErr_CheckSignals() < 0));
    if (n < 0 && !interrupted && errno != EAGAIN)
        PyErr_SetFromErrno(PyExc_OSError);
    PyBuffer_Release(&buffer);
    return n < 0 ? would_block() : PyLong_FromSsize_t(n);
}

/* ---- places ---- */

static PyObject *seek_to(FileIO *f, PyObject *offset, int whence)
{
    long long to = 0;
    if (offset) {
        if (PyFloat_Check(offset))
            return k_raise(PyExc_TypeError, "an integer is required");
        if (k_arg_longlong(offset, &to) < 0)
            return NULL;
    }
    off_t place;
    UNLOCKED(place = lseek(f->fd, (off_t)to, whence));
    if (f->seekable < 0)
        f->seekable = place >= 0;
    return place < 0 ? PyErr_SetFromErrno(PyExc_OSError) : PyLong_FromLongLong(place);
}

METHOD_KW(fileio, seek, "($self, pos, whence=0, /)", "Moves to a place; gives it, from the start.", *offset, *whence)
{
    int whence;
    if (((FileIO *)self)->fd < 0)
        return closed_error();
    return k_arg_int(arg->whence, &whence) < 0 ? NULL : seek_to((FileIO *)self, arg->offset, whence);
}

METHOD(fileio, tell, NOARGS, "($self, /)", "The place in the file.")
{
    return ((FileIO *)self)->fd < 0 ? closed_error() : seek_to((FileIO *)self, NULL, SEEK_CUR);
}

METHOD_KW(fileio, truncate, "($self, size=None, /)", "Makes the file that long, or end here; the place stays.", *size)
{
    FileIO *f = (FileIO *)self;
    if (f->fd < 0)
        return closed_error();
    if (!f->writable)
        return mode_error("writing");
    K_AUTO(PyObject *) size = arg->size == Py_None ? seek_to(f, NULL, SEEK_CUR) : Py_NewRef(arg->size);
    long long length;
    if (!size || k_arg_longlong(size, &length) < 0)
        return NULL;
    int result;
    UNLOCKED(result = ftruncate(f->fd, (off_t)length));
    return result < 0 ? PyErr_SetFromErrno(PyExc_OSError) : K_MOVE(size);
}

METHOD(fileio, seekable, NOARGS, "($self, /)", "Whether seek() works.")
{
    FileIO *f = (FileIO *)self;
    if (f->fd < 0)
        return closed_error();
    if (f->seekable < 0) {
        PyObject *place = seek_to(f, NULL, SEEK_CUR);
        if (!place)
            PyErr_Clear();
        Py_XDECREF(place);
    }
    Py_RETURN_BOOL(f->seekable > 0);
}

METHOD(fileio, readable, NOARGS, "($self, /)", "Whether the mode allows reading.")
{
    FileIO *f = (FileIO *)self;
    return f->fd < 0 ? closed_error() : Py_NewRef(f->readable ? Py_True : Py_False);
}

METHOD(fileio, writable, NOARGS, "($self, /)", "Whether the mode allows writing.")
{
    FileIO *f = (FileIO *)self;
    return f->fd < 0 ? closed_error() : Py_NewRef(f->writable ? Py_True : Py_False);
}

METHOD(fileio, fileno, NOARGS, "($self, /)", "The descriptor.")
{
    FileIO *f = (FileIO *)self;
    return f->fd < 0 ? closed_error() : PyLong_FromLong(f->fd);
}

METHOD(fileio, isatty, NOARGS, "($self, /)", "Whether it is a terminal.")
{
    FileIO *f = (FileIO *)self;
    int result;
    if (f->fd < 0)
        return closed_error();
    UNLOCKED(result = isatty(f->fd));
    Py_RETURN_BOOL(result);
}

static void warn_unclosed(FileIO *f)
{
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    if (PyErr_ResourceWarning((PyObject *)f, 1, "unclosed file %R", f) && PyErr_ExceptionMatches(PyExc_Warning))
        PyErr_WriteUnraisable((PyObject *)f);
    PyErr_Restore(type, value, traceback);
}

METHOD(fileio, close, NOARGS, "($self, /)", "Closes the file, and its descriptor unless closefd is False.")
{
    FileIO *f = (FileIO *)self;
    K_AUTO(PyObject *) flushed = io_call1((PyObject *)&RawIOBase_Type, K_STR("close"), self);
    if (!f->closefd) {
        f->fd = -1;
        return K_MOVE(flushed);
    }
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    if (f->base.finalizing && f->fd >= 0)
        warn_unclosed(f);
    int status = close_descriptor(f);
    if (type) { /* the exception of the flush wins */
        _PyErr_ChainExceptions(type, value, traceback);
        return NULL;
    }
    return status < 0 ? NULL : K_MOVE(flushed);
}

METHOD_RAW(fileio, _dealloc_warn, O, 0, NULL)
{
    FileIO *f = (FileIO *)self;
    if (f->fd >= 0 && f->closefd) {
        PyObject *type, *value, *traceback;
        PyErr_Fetch(&type, &value, &traceback);
        if (PyErr_ResourceWarning(arg, 1, "unclosed file %R", arg) && PyErr_ExceptionMatches(PyExc_Warning))
            PyErr_WriteUnraisable(arg);
        PyErr_Restore(type, value, traceback);
    }
    Py_RETURN_NONE;
}

METHODS_END(fileio);

static const char *mode_text(const FileIO *f)
{
    if (f->created)
        return f->readable ? "xb+" : "xb";
    if (f->appending)
        return f->readable ? "ab+" : "ab";
    return f->readable ? f->writable ? "rb+" : "rb" : "wb";
}

static PyObject *fileio_repr(PyObject *self)
{
    FileIO *f = (FileIO *)self;
    if (f->fd < 0)
        return PyUnicode_FromString("<_io.FileIO [closed]>");
    PyObject *name;
    if (_PyObject_LookupAttr(self, K_STR("name"), &name) < 0)
        return NULL;
    const char *closefd = f->closefd ? "True" : "False";
    if (!name)
        return PyUnicode_FromFormat("<_io.FileIO fd=%d mode='%s' closefd=%s>", f->fd, mode_text(f), closefd);
    PyObject *repr = NULL;
    int status = Py_ReprEnter(self);
    if (status == 0) {
        repr = PyUnicode_FromFormat("<_io.FileIO name=%R mode='%s' closefd=%s>", name, mode_text(f), closefd);
        Py_ReprLeave(self);
    }
    else if (status > 0)
        PyErr_Format(PyExc_RuntimeError, "reentrant call inside %s.__repr__", Py_TYPE(self)->tp_name);
    Py_DECREF(name);
    return repr;
}

static PyObject *fileio_closed(PyObject *self, void *closure)
{
    (void)closure;
    Py_RETURN_BOOL(((FileIO *)self)->fd < 0);
}

static PyObject *fileio_closefd(PyObject *self, void *closure)
{
    (void)closure;
    Py_RETURN_BOOL(((FileIO *)self)->closefd);
}

static PyObject *fileio_mode(PyObject *self, void *closure)
{
    (void)closure;
    return PyUnicode_FromString(mode_text((FileIO *)self));
}

static PyGetSetDef fileio_getset[] = {
    { "closed", fileio_closed, NULL, "True if the file is closed", NULL },
    { "closefd", fileio_closefd, NULL, "True when closing closes the descriptor too", NULL },
    { "mode", fileio_mode, NULL, "the mode as text", NULL },
    { NULL, NULL, NULL, NULL, NULL },
};

static PyMemberDef fileio_members[] = {
    { "_blksize", T_LONG, offsetof(FileIO, block_size), 0, NULL },
    { "_finalizing", T_BOOL, offsetof(IoBase, finalizing), 0, NULL },
    { NULL, 0, 0, 0, NULL },
};

static void fileio_dealloc(PyObject *self)
{
    if (io_finalize(self) < 0)
        return;
    PyObject_GC_UnTrack(self);
    io_base_release(self);
}

static int fileio_clear(PyObject *self)
{
    io_base_clear(self);
    return 0;
}

PyTypeObject FileIO_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "_io.FileIO",
    .tp_basicsize = sizeof(FileIO),
    .tp_dealloc = fileio_dealloc,
    .tp_repr = fileio_repr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc = "FileIO(file, mode='r', closefd=True, opener=None)\n--\n\nA file without buffer, by name or descriptor.",
    .tp_traverse = io_base_traverse,
    .tp_clear = fileio_clear,
    .tp_weaklistoffset = offsetof(IoBase, weakreflist),
    .tp_dictoffset = offsetof(IoBase, dict),
    .tp_methods = METHODS(fileio),
    .tp_members = fileio_members,
    .tp_getset = fileio_getset,
    .tp_base = &RawIOBase_Type,
    .tp_init = fileio_init,
    .tp_new = fileio_new,
};
K_TYPE(FileIO_Type);
