/* exc_os.c - OSError and its subclasses: the errno chooses the class.
 *
 * In: (errno, strerror[, filename[, winerror[, filename2]]]).  Out: an OSError, or the subclass for that errno.
 * Invariant: the fields are parsed in __new__, unless a subclass has its own __init__ and not its own __new__: then
 * they wait for OSError.__init__.
 * Start at os_new(). */
#include "objects/exc/exc_types.h"

#include "objects/protocol.h"

#include <errno.h>

static PyOSErrorObject *os(PyObject *self)
{
    return (PyOSErrorObject *)self;
}

typedef struct OSErrorArgs {
    PyObject *code, *text, *filename, *winerror, *filename2; /* borrowed from the tuple */
} OSErrorArgs;

enum { OS_MIN_ARGS = 2, OS_MAX_ARGS = 5 };

static OSErrorArgs os_args(PyObject *args)
{
    OSErrorArgs found = { NULL };
    PyObject **slots[] = { &found.code, &found.text, &found.filename, &found.winerror, &found.filename2 };
    Py_ssize_t n = PyTuple_GET_SIZE(args);
    if (n >= OS_MIN_ARGS && n <= OS_MAX_ARGS)
        for (Py_ssize_t i = 0; i < n; i++)
            *slots[i] = PyTuple_GET_ITEM(args, i);
    return found;
}

static PyTypeObject *os_type_for(PyObject *code);

static int os_fill(PyObject *self, PyObject *args, const OSErrorArgs *found)
{
    PyObject *stored = Py_NewRef(args);
    if (found->filename && found->filename != Py_None) {
        if (Py_IS_TYPE(self, &k_exc_BlockingIOError) && PyNumber_Check(found->filename)) {
            os(self)->written = PyNumber_AsSsize_t(found->filename, PyExc_ValueError);
            if (os(self)->written == -1 && PyErr_Occurred()) {
                Py_DECREF(stored);
                return -1;
            }
        } else {
            Py_XSETREF(os(self)->filename, Py_NewRef(found->filename));
            if (found->filename2 && found->filename2 != Py_None)
                Py_XSETREF(os(self)->filename2, Py_NewRef(found->filename2));
            /* args keeps two items only: programs unpack them so. */
            PyObject *two = PyTuple_GetSlice(args, 0, OS_MIN_ARGS);
            Py_DECREF(stored);
            if (!two)
                return -1;
            stored = two;
        }
    }
    Py_XSETREF(os(self)->myerrno, Py_XNewRef(found->code));
    Py_XSETREF(os(self)->strerror, Py_XNewRef(found->text));
    Py_XSETREF(os(self)->args, stored);
    return 0;
}

static int os_init(PyObject *self, PyObject *args, PyObject *kwargs);
static PyObject *os_new(PyTypeObject *type, PyObject *args, PyObject *kwargs);

static int waits_for_init(const PyTypeObject *type)
{
    return type->tp_init != os_init && type->tp_new == os_new;
}

static int no_keywords(PyTypeObject *type, PyObject *kwargs)
{
    if (!kwargs || PyDict_GET_SIZE(kwargs) == 0)
        return 0;
    k_raise(PyExc_TypeError, "%s() takes no keyword arguments", type->tp_name);
    return -1;
}

static PyObject *os_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    int later = waits_for_init(type);
    OSErrorArgs found = os_args(args);
    if (!later) {
        if (no_keywords(type, kwargs) < 0)
            return NULL;
        if (type == &k_exc_OSError && found.code) {
            PyTypeObject *better = os_type_for(found.code);
            if (!better && PyErr_Occurred())
                return NULL;
            if (better)
                type = better;
        }
    }
    K_AUTO(PyObject *) self = type->tp_alloc(type, 0);
    if (!self)
        return NULL;
    os(self)->written = -1;
    if (later) {
        os(self)->args = PyTuple_New(0);
        return os(self)->args ? K_MOVE(self) : NULL;
    }
    return os_fill(self, args, &found) < 0 ? NULL : K_MOVE(self);
}

static int os_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    PyTypeObject *type = Py_TYPE(self);
    if (!waits_for_init(type))
        return 0;
    if (no_keywords(type, kwargs) < 0)
        return -1;
    OSErrorArgs found = os_args(args);
    return os_fill(self, args, &found);
}

static PyObject *os_str(PyObject *self)
{
    PyObject *code = os(self)->myerrno ? os(self)->myerrno : Py_None;
    PyObject *text = os(self)->strerror ? os(self)->strerror : Py_None;
    if (os(self)->filename && os(self)->filename2)
        return PyUnicode_FromFormat("[Errno %S] %S: %R -> %R", code, text, os(self)->filename, os(self)->filename2);
    if (os(self)->filename)
        return PyUnicode_FromFormat("[Errno %S] %S: %R", code, text, os(self)->filename);
    if (os(self)->myerrno && os(self)->strerror)
        return PyUnicode_FromFormat("[Errno %S] %S", code, text);
    return exc_str(self);
}

METHOD_RAW(OSError, __reduce__, NOARGS, 0, NULL)
{
    PyObject *args = os(self)->args;
    if (PyTuple_GET_SIZE(args) != OS_MIN_ARGS || !os(self)->filename)
        return exc_reduce(self);
    PyObject *code = PyTuple_GET_ITEM(args, 0), *text = PyTuple_GET_ITEM(args, 1);
    K_AUTO(PyObject *) full = os(self)->filename2
                                  ? PyTuple_Pack(5, code, text, os(self)->filename, Py_None, os(self)->filename2)
                                  : PyTuple_Pack(3, code, text, os(self)->filename);
    if (!full)
        return NULL;
    if (os(self)->dict)
        return PyTuple_Pack(3, Py_TYPE(self), full, os(self)->dict);
    return PyTuple_Pack(2, Py_TYPE(self), full);
}

METHODS_END(OSError);
METHODS_DECLARE(OSError);

static PyObject *get_written(PyObject *self, void *closure)
{
    (void)closure;
    if (os(self)->written == -1)
        return k_raise(PyExc_AttributeError, "characters_written");
    return PyLong_FromSsize_t(os(self)->written);
}

static int set_written(PyObject *self, PyObject *value, void *closure)
{
    (void)closure;
    if (!value) {
        if (os(self)->written == -1) {
            k_raise(PyExc_AttributeError, "characters_written");
            return -1;
        }
        os(self)->written = -1;
        return 0;
    }
    Py_ssize_t n = PyNumber_AsSsize_t(value, PyExc_ValueError);
    if (n == -1 && PyErr_Occurred())
        return -1;
    os(self)->written = n;
    return 0;
}

static PyMemberDef os_members[] = {
    { "errno", T_OBJECT, offsetof(PyOSErrorObject, myerrno), 0, "the system's number of the error" },
    { "strerror", T_OBJECT, offsetof(PyOSErrorObject, strerror), 0, "the system's text for it" },
    { "filename", T_OBJECT, offsetof(PyOSErrorObject, filename), 0, "the file it is about" },
    { "filename2", T_OBJECT, offsetof(PyOSErrorObject, filename2), 0, "the second file it is about" },
    { NULL },
};
static PyGetSetDef os_getset[] = {
    { "characters_written", get_written, set_written, NULL, NULL },
    { NULL },
};

EXC_LAYOUT(oserror, offsetof(PyOSErrorObject, myerrno), offsetof(PyOSErrorObject, strerror),
           offsetof(PyOSErrorObject, filename), offsetof(PyOSErrorObject, filename2), 0)
EXC_TYPE(OSError, &k_exc_Exception, oserror, PyOSErrorObject, "The base of errors that the system reports.",
         .tp_str = os_str, .tp_methods = METHODS(OSError), .tp_members = os_members, .tp_getset = os_getset,
         .tp_init = os_init, .tp_new = os_new);

#define OS_TYPE(Name, Base, doc)                                                                                       \
    EXC_TYPE(Name, &k_exc_##Base, oserror, PyOSErrorObject, doc, .tp_init = os_init)
OS_TYPE(BlockingIOError, OSError, "The operation would have to wait.");
OS_TYPE(ConnectionError, OSError, "The base of errors of connections.");
OS_TYPE(ChildProcessError, OSError, "There is no such child process.");
OS_TYPE(BrokenPipeError, ConnectionError, "Nobody reads the other end.");
OS_TYPE(ConnectionAbortedError, ConnectionError, "The connection was given up.");
OS_TYPE(ConnectionRefusedError, ConnectionError, "The peer refuses the connection.");
OS_TYPE(ConnectionResetError, ConnectionError, "The peer dropped the connection.");
OS_TYPE(FileExistsError, OSError, "The file exists already.");
OS_TYPE(FileNotFoundError, OSError, "There is no such file.");
OS_TYPE(IsADirectoryError, OSError, "The operation does not work on directories.");
OS_TYPE(NotADirectoryError, OSError, "The operation works on directories only.");
OS_TYPE(InterruptedError, OSError, "A signal interrupted the call.");
OS_TYPE(PermissionError, OSError, "It is not allowed.");
OS_TYPE(ProcessLookupError, OSError, "There is no such process.");
OS_TYPE(TimeoutError, OSError, "The time is up.");

/* ---- errno to class ---- */

static PyObject *type_of_errno; /* int -> type, written once at start */

/* NULL without an exception when the plain class will do. */
static PyTypeObject *os_type_for(PyObject *code)
{
    return type_of_errno ? (PyTypeObject *)PyDict_GetItemWithError(type_of_errno, code) : NULL;
}

int exc_os_start(void)
{
    const struct {
        int code;
        PyTypeObject *type;
    } rows[] = {
        { EAGAIN, &k_exc_BlockingIOError },       { EALREADY, &k_exc_BlockingIOError },
        { EINPROGRESS, &k_exc_BlockingIOError },  { EPIPE, &k_exc_BrokenPipeError },
        { ESHUTDOWN, &k_exc_BrokenPipeError },    { ECHILD, &k_exc_ChildProcessError },
        { ECONNABORTED, &k_exc_ConnectionAbortedError },
        { ECONNREFUSED, &k_exc_ConnectionRefusedError },
        { ECONNRESET, &k_exc_ConnectionResetError },
        { EEXIST, &k_exc_FileExistsError },       { ENOENT, &k_exc_FileNotFoundError },
        { EISDIR, &k_exc_IsADirectoryError },     { ENOTDIR, &k_exc_NotADirectoryError },
        { EINTR, &k_exc_InterruptedError },       { EACCES, &k_exc_PermissionError },
        { EPERM, &k_exc_PermissionError },        { ESRCH, &k_exc_ProcessLookupError },
        { ETIMEDOUT, &k_exc_TimeoutError },
    };
    _Static_assert(EAGAIN == EWOULDBLOCK, "one row serves both");
    if (type_of_errno)
        return 0;
    K_AUTO(PyObject *) map = PyDict_New();
    if (!map)
        return -1;
    for (Py_ssize_t i = 0; i < K_COUNT_OF(rows); i++) {
        K_AUTO(PyObject *) code = PyLong_FromLong(rows[i].code);
        if (!code || PyDict_SetItem(map, code, (PyObject *)rows[i].type) < 0)
            return -1;
    }
    type_of_errno = K_MOVE(map);
    return 0;
}
