/* osutil.c - files, descriptors and paths for the rest of the runtime, with Python errors.
 *
 * In: objects or C strings.  Out: descriptors, FILE pointers, file objects made by module io. */
#include "runtime/osutil.h"
#include "runtime/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "objects/bytes/bytes.h"
#include "objects/call.h"
#include "objects/int/int.h"
#include "objects/module.h"
#include "objects/str/str.h"
#include "runtime/errors.h"
#include "runtime/import.h"

/* An int, or what fileno() gives; ValueError when it is negative. */
int PyObject_AsFileDescriptor(PyObject *o)
{
    K_AUTO(PyObject *) number = NULL;
    if (PyLong_Check(o))
        K_SET(number, Py_NewRef(o));
    else {
        PyObject *method;
        int found = _PyObject_LookupAttr(o, K_STR("fileno"), &method);
        if (found < 0)
            return -1;
        if (!found) {
            PyErr_SetString(PyExc_TypeError, "argument must be an int, or have a fileno() method.");
            return -1;
        }
        K_SET(number, PyObject_CallNoArgs(method));
        Py_DECREF(method);
        if (!number)
            return -1;
        if (!PyLong_Check(number)) {
            PyErr_SetString(PyExc_TypeError, "fileno() returned a non-integer");
            return -1;
        }
    }
    int fd = _PyLong_AsInt(number);
    if (fd == -1 && PyErr_Occurred())
        return -1;
    if (fd < 0) {
        PyErr_Format(PyExc_ValueError, "file descriptor cannot be a negative integer (%i)", fd);
        return -1;
    }
    return fd;
}

int _PyLong_FileDescriptor_Converter(PyObject *o, void *to)
{
    int fd = PyObject_AsFileDescriptor(o);
    if (fd == -1)
        return 0;
    *(int *)to = fd;
    return 1;
}

FILE *_Py_fopen_obj(PyObject *path, const char *mode)
{
    PyObject *bytes;
    if (PySys_Audit("open", "Osi", path, mode, 0) < 0 || !PyUnicode_FSConverter(path, &bytes))
        return NULL;
    char cloexec[16];
    snprintf(cloexec, sizeof cloexec, "%se", mode);
    FILE *file = fopen(PyBytes_AS_STRING(bytes), cloexec);
    Py_DECREF(bytes);
    if (!file)
        PyErr_SetFromErrnoWithFilenameObject(PyExc_OSError, path);
    return file;
}

int PyFile_WriteObject(PyObject *value, PyObject *file, int flags)
{
    if (!file) {
        PyErr_SetString(PyExc_TypeError, "writeobject with NULL file");
        return -1;
    }
    K_AUTO(PyObject *) text = flags & Py_PRINT_RAW ? PyObject_Str(value) : PyObject_Repr(value);
    if (!text)
        return -1;
    K_AUTO(PyObject *) write = PyObject_GetAttr(file, K_STR("write"));
    if (!write)
        return -1;
    K_AUTO(PyObject *) result = PyObject_CallOneArg(write, text);
    return result ? 0 : -1;
}

int PyFile_WriteString(const char *text, PyObject *file)
{
    if (!file) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_SystemError, "null file for PyFile_WriteString");
        return -1;
    }
    if (PyErr_Occurred())
        return -1;
    K_AUTO(PyObject *) object = PyUnicode_FromString(text);
    return object ? PyFile_WriteObject(object, file, Py_PRINT_RAW) : -1;
}

static PyObject *without_newline(PyObject *line) /* K_STOLEN */
{
    Py_ssize_t n = PyUnicode_GET_LENGTH(line);
    if (!n) {
        Py_DECREF(line);
        return k_raise(PyExc_EOFError, "EOF when reading a line");
    }
    if (PyUnicode_READ_CHAR(line, n - 1) == '\n')
        Py_SETREF(line, PyUnicode_Substring(line, 0, n - 1));
    return line;
}

/* fgets() with \n for every end of line (\n, \r, \r\n). */
char *Py_UniversalNewlineFgets(char *buffer, int size, FILE *stream, PyObject *file)
{
    if (file) { /* file objects are no longer taken */
        errno = ENXIO;
        return NULL;
    }
    char *to = buffer;
    flockfile(stream);
    while (to < buffer + size - 1 && (to == buffer || to[-1] != '\n')) {
        int c = getc_unlocked(stream);
        if (c == EOF)
            break;
        *to++ = (char)c;
        if (c != '\r')
            continue;
        to[-1] = '\n';
        c = getc_unlocked(stream);
        if (c != '\n')
            ungetc(c, stream);
    }
    funlockfile(stream);
    *to = 0;
    return to == buffer ? NULL : buffer;
}

/* One line of an object with readline(). n > 0: at most that long; n < 0: without its newline, EOFError at the end. */
PyObject *PyFile_GetLine(PyObject *file, int n)
{
    PyObject *line = n <= 0 ? PyObject_CallMethodObjArgs(file, K_STR("readline"), NULL)
                            : PyObject_CallMethod(file, "readline", "i", n);
    if (line && !PyUnicode_Check(line) && !PyBytes_Check(line)) {
        Py_DECREF(line);
        return k_raise(PyExc_TypeError, "object.readline() returned non-string");
    }
    if (!line || n >= 0)
        return line;
    if (PyUnicode_Check(line))
        return without_newline(line);
    Py_ssize_t size = PyBytes_GET_SIZE(line);
    if (!size) {
        Py_DECREF(line);
        return k_raise(PyExc_EOFError, "EOF when reading a line");
    }
    if (PyBytes_AS_STRING(line)[size - 1] == '\n')
        Py_SETREF(line, PyBytes_FromStringAndSize(PyBytes_AS_STRING(line), size - 1));
    return line;
}

PyObject *PyFile_FromFd(int fd, const char *name, const char *mode, int buffering, const char *encoding, const char *errors,
                        const char *newline, int closefd)
{
    (void)name;
    K_AUTO(PyObject *) io = PyImport_ImportModule("io");
    return io ? PyObject_CallMethod(io, "open", "isisssO", fd, mode, buffering, encoding, errors, newline,
                                    closefd ? Py_True : Py_False)
              : NULL;
}

PyObject *PyFile_OpenCodeObject(PyObject *path)
{
    if (!PyUnicode_Check(path))
        return k_raise(PyExc_TypeError, "'path' must be 'str', not '%.200s'", Py_TYPE(path)->tp_name);
    K_AUTO(PyObject *) io = PyImport_ImportModule("_io");
    return io ? PyObject_CallMethod(io, "open", "Os", path, "rb") : NULL;
}

PyObject *PyFile_OpenCode(const char *path)
{
    K_AUTO(PyObject *) text = PyUnicode_FromString(path);
    return text ? PyFile_OpenCodeObject(text) : NULL;
}

/* ---- stderrprinter: writes to a descriptor before module io is there ---- */

typedef struct StdPrinter {
    PyObject ob_base;
    int fd;
} StdPrinter;

METHODS_DECLARE(std_printer);

METHOD_RAW(std_printer, write, O, 0, "Writes text, unencodable characters as escapes.")
{
    K_AUTO(PyObject *) bytes = NULL;
    if (!PyUnicode_Check(arg))
        return k_raise(PyExc_TypeError, "write() argument 1 must be str, not %.50s", Py_TYPE(arg)->tp_name);
    K_SET(bytes, PyUnicode_AsEncodedString(arg, "utf-8", "backslashreplace"));
    if (!bytes)
        return NULL;
    const char *text = PyBytes_AS_STRING(bytes);
    for (Py_ssize_t left = PyBytes_GET_SIZE(bytes); left > 0;) {
        ssize_t n = write(((StdPrinter *)self)->fd, text, (size_t)left);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno == EAGAIN ? Py_NewRef(Py_None) : PyErr_SetFromErrno(PyExc_OSError);
        text += n;
        left -= n;
    }
    return PyLong_FromSsize_t(PyUnicode_GET_LENGTH(arg));
}

METHOD_RAW(std_printer, fileno, NOARGS, 0, "The descriptor.")
{
    return PyLong_FromLong(((StdPrinter *)self)->fd);
}

METHOD_RAW(std_printer, isatty, NOARGS, 0, "Whether it is a terminal.")
{
    Py_RETURN_BOOL(isatty(((StdPrinter *)self)->fd));
}

METHOD_RAW(std_printer, flush, NOARGS, 0, "Nothing is held back.")
{
    Py_RETURN_NONE;
}

METHOD_RAW(std_printer, close, NOARGS, 0, "The descriptor stays open.")
{
    Py_RETURN_NONE;
}
METHODS_END(std_printer);

static PyObject *std_printer_repr(PyObject *self)
{
    return PyUnicode_FromFormat("<stdprinter(fd=%d) object at %p>", ((StdPrinter *)self)->fd, (void *)self);
}

static PyObject *std_printer_mode(PyObject *self, void *closure)
{
    (void)self, (void)closure;
    return PyUnicode_FromString("w");
}

static PyObject *std_printer_encoding(PyObject *self, void *closure)
{
    (void)self, (void)closure;
    Py_RETURN_NONE;
}

static PyObject *std_printer_closed(PyObject *self, void *closure)
{
    (void)self, (void)closure;
    Py_RETURN_FALSE;
}

static PyGetSetDef std_printer_getset[] = {
    { "encoding", std_printer_encoding, NULL, NULL, NULL },
    { "closed", std_printer_closed, NULL, NULL, NULL },
    { "mode", std_printer_mode, NULL, NULL, NULL },
    { NULL, NULL, NULL, NULL, NULL },
};

PyTypeObject PyStdPrinter_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "stderrprinter",
    .tp_basicsize = sizeof(StdPrinter),
    .tp_repr = std_printer_repr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_methods = METHODS(std_printer),
    .tp_getset = std_printer_getset,
};
K_TYPE(PyStdPrinter_Type);

PyObject *PyFile_NewStdPrinter(int fd)
{
    if (fd != STDOUT_FILENO && fd != STDERR_FILENO) {
        PyErr_BadInternalCall();
        return NULL;
    }
    StdPrinter *printer = (StdPrinter *)PyStdPrinter_Type.tp_alloc(&PyStdPrinter_Type, 0);
    if (printer)
        printer->fd = fd;
    return (PyObject *)printer;
}
