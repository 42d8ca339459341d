/* socket_object.c - module _socket: the type socket: making, naming, connecting, options, closing.
 *
 * What sends and receives stands in socket_transfer.c. Start at socket_init(). */
#include "modules/_socket/socket_int.h"
#include "runtime/warnings.h"

METHODS_DECLARE(socket);

static _PyTime_t default_timeout = -1;

_PyTime_t socket_default_timeout(void)
{
    return default_timeout;
}

int socket_default_timeout_set(PyObject *timeout)
{
    _PyTime_t value;
    if (socket_timeout_argument(timeout, &value) < 0)
        return -1;
    default_timeout = value;
    return 0;
}

/* ---- making ---- */

int socket_start(Socket *self, int fd, int family, int type, int proto)
{
    self->fd = fd;
    self->family = family;
    self->type = type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC);
    self->proto = proto;
    self->raise_errno = socket_error;
    self->timeout = type & SOCK_NONBLOCK ? 0 : default_timeout;
    return !(type & SOCK_NONBLOCK) && default_timeout >= 0 ? socket_set_blocking(self, false) : 0;
}

static PyObject *socket_new(PyTypeObject *type, PyObject *args K_UNUSED, PyObject *kwargs K_UNUSED)
{
    PyObject *self = type->tp_alloc(type, 0);
    if (self) {
        SOCKET(self)->fd = -1;
        SOCKET(self)->timeout = -1;
        SOCKET(self)->raise_errno = socket_error;
    }
    return self;
}

PyObject *socket_new_of(int fd, int family, int type, int proto)
{
    K_AUTO(PyObject *) self = socket_new(&socket_type, NULL, NULL);
    if (!self) {
        close(fd);
        return NULL;
    }
    return socket_start(SOCKET(self), fd, family, type, proto) < 0 ? NULL : K_MOVE(self);
}

/* What the system knows of a descriptor, where the caller said nothing. */
static int detect(int fd, int *family, int *type, int *proto)
{
    SocketAddress address = { .storage = { .ss_family = 0 } };
    socklen_t size = sizeof address;
    if (getsockname(fd, &address.any, &size) < 0)
        return -1;
    if (*family == -1)
        *family = address.any.sa_family;
    size = sizeof *type;
    if (*type == -1 && getsockopt(fd, SOL_SOCKET, SO_TYPE, type, &size) < 0)
        return -1;
    size = sizeof *proto;
    return *proto == -1 && getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, proto, &size) < 0 ? -1 : 0;
}

static int take_descriptor(PyObject *fileno, int *family, int *type, int *proto)
{
    int fd;
    if (k_arg_int(fileno, &fd) < 0)
        return -1;
    if (fd < 0) {
        PyErr_SetString(PyExc_ValueError, "negative file descriptor");
        return -1;
    }
    if (detect(fd, family, type, proto) == 0)
        return fd;
    socket_error();
    return -1;
}

BINDER(socket_init, "socket", "(family=-1, type=-1, proto=-1, fileno=None)", *family, *type, *proto, *fileno);

static int socket_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    socket_init_args arg;
    K_AUTO(PyObject *) owned = NULL;
    int family, type, proto, fd;
    if (BIND(socket_init, &arg, args, kwargs, &owned) < 0 || k_arg_int(arg.family, &family) < 0 ||
        k_arg_int(arg.type, &type) < 0 || k_arg_int(arg.proto, &proto) < 0 ||
        PySys_Audit("socket.__new__", "Oiii", self, family, type, proto) < 0)
        return -1;
    if (arg.fileno != Py_None)
        fd = take_descriptor(arg.fileno, &family, &type, &proto);
    else {
        family = family == -1 ? AF_INET : family;
        type = type == -1 ? SOCK_STREAM : type;
        proto = proto == -1 ? 0 : proto;
        UNLOCKED(fd = socket(family, type | SOCK_CLOEXEC, proto));
        if (fd < 0)
            socket_error();
    }
    if (fd < 0)
        return -1;
    if (socket_start(SOCKET(self), fd, family, type, proto) == 0)
        return 0;
    SOCKET(self)->fd = -1;
    if (arg.fileno == Py_None)
        close(fd);
    return -1;
}

/* ---- timeouts ---- */

static PyObject *timeout_object(Socket *self)
{
    if (self->timeout < 0)
        Py_RETURN_NONE;
    return PyFloat_FromDouble(_PyTime_AsSecondsDouble(self->timeout));
}

METHOD_RAW(socket, setblocking, O, 0,
           "setblocking(flag)\n\nMake operations wait, as settimeout(None) does, or fail at once, as settimeout(0).")
{
    long block;
    if (k_arg_long(arg, &block) < 0)
        return NULL;
    SOCKET(self)->timeout = block ? -1 : 0;
    if (socket_set_blocking(SOCKET(self), block != 0) < 0)
        return NULL;
    Py_RETURN_NONE;
}

METHOD_RAW(socket, getblocking, NOARGS, 0, "getblocking()\n\nWhether operations of the socket wait.")
{
    Py_RETURN_BOOL(SOCKET(self)->timeout != 0);
}

METHOD_RAW(socket, settimeout, O, 0,
           "settimeout(timeout)\n\nSet how many seconds an operation may wait; None lets it wait for ever.")
{
    _PyTime_t timeout;
    if (socket_timeout_argument(arg, &timeout) < 0)
        return NULL;
    SOCKET(self)->timeout = timeout;
    if (socket_set_blocking(SOCKET(self), timeout < 0) < 0)
        return NULL;
    Py_RETURN_NONE;
}

METHOD_RAW(socket, gettimeout, NOARGS, 0, "gettimeout() -> timeout\n\nHow many seconds an operation may wait, or None.")
{
    return timeout_object(SOCKET(self));
}

/* ---- names and connections ---- */

typedef struct Acceptance {
    SocketAddress address;
    socklen_t size;
    int fd;
} Acceptance;

static bool attempt_accept(Socket *self, void *data)
{
    Acceptance *a = data;
    a->size = address_room(self->family);
    a->fd = accept4(self->fd, &a->address.any, &a->size, SOCK_CLOEXEC);
    return a->fd >= 0;
}

METHOD_RAW(socket, _accept, NOARGS, 0,
           "_accept() -> (integer, address info)\n\nWait for a connection; give its descriptor and the other's address.")
{
    Acceptance a = { .size = 0 };
    if (socket_call(SOCKET(self), false, attempt_accept, &a) < 0)
        return NULL;
    K_AUTO(PyObject *) fd = PyLong_FromLong(a.fd);
    K_AUTO(PyObject *) address = fd ? address_object(a.fd, &a.address, a.size, SOCKET(self)->proto) : NULL;
    if (!address) {
        close(a.fd);
        return NULL;
    }
    return PyTuple_Pack(2, fd, address);
}

METHOD_RAW(socket, bind, O, 0, "bind(address)\n\nGive the socket an address of this machine.")
{
    SocketAddress address;
    socklen_t size;
    int result;
    if (address_parse(SOCKET(self), arg, &address, &size, "bind") < 0 || PySys_Audit("socket.bind", "OO", self, arg) < 0)
        return NULL;
    UNLOCKED(result = bind(SOCKET(self)->fd, &address.any, size));
    return result < 0 ? socket_error() : Py_NewRef(Py_None);
}

static bool attempt_connected(Socket *self, void *data K_UNUSED)
{
    int error;
    socklen_t size = sizeof error;
    if (getsockopt(self->fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
        return false;
    errno = error;
    return error == 0 || error == EISCONN;
}

/* 0, an errno, or -1 with an exception. */
static int do_connect(Socket *self, PyObject *to, const char *caller)
{
    SocketAddress address;
    socklen_t size;
    int result, error;
    if (address_parse(self, to, &address, &size, caller) < 0 || PySys_Audit("socket.connect", "OO", self, to) < 0)
        return -1;
    UNLOCKED(errno = 0; result = connect(self->fd, &address.any, size));
    if (result == 0)
        return 0;
    error = errno;
    if (error == EINTR && PyErr_CheckSignals() < 0)
        return -1;
    if (error == EINTR ? self->timeout == 0 : self->timeout <= 0 || error != EINPROGRESS)
        return error;
    if (socket_call_within(self, true, true, attempt_connected, NULL, self->timeout, &error) < 0)
        return error;
    return 0;
}

METHOD_RAW(socket, connect, O, 0, "connect(address)\n\nConnect the socket to an address of another socket.")
{
    int error = do_connect(SOCKET(self), arg, "connect");
    if (error == 0)
        Py_RETURN_NONE;
    if (error < 0)
        return NULL;
    if (error == EWOULDBLOCK && SOCKET(self)->timeout > 0)
        return k_raise(PyExc_TimeoutError, "timed out");
    errno = error;
    return socket_error();
}

METHOD_RAW(socket, connect_ex, O, 0, "connect_ex(address) -> errno\n\nLike connect(), but give an error's number.")
{
    int error = do_connect(SOCKET(self), arg, "connect_ex");
    return error < 0 ? NULL : PyLong_FromLong(error);
}

static PyObject *name_of(Socket *self, int (*ask)(int, struct sockaddr *restrict, socklen_t *restrict))
{
    SocketAddress address = { .storage = { .ss_family = 0 } };
    socklen_t size = address_room(self->family);
    int result;
    UNLOCKED(result = ask(self->fd, &address.any, &size));
    return result < 0 ? socket_error() : address_object(self->fd, &address, size, self->proto);
}

static int own_name(int fd, struct sockaddr *restrict address, socklen_t *restrict size)
{
    return getsockname(fd, address, size);
}

static int peer_name(int fd, struct sockaddr *restrict address, socklen_t *restrict size)
{
    return getpeername(fd, address, size);
}

METHOD_RAW(socket, getsockname, NOARGS, 0, "getsockname() -> address info\n\nThe socket's own address.")
{
    return name_of(SOCKET(self), own_name);
}

METHOD_RAW(socket, getpeername, NOARGS, 0, "getpeername() -> address info\n\nThe address the socket is connected to.")
{
    return name_of(SOCKET(self), peer_name);
}

METHOD_RAW(socket, listen, FAST, 0,
           "listen([backlog])\n\nLet the socket accept connections; backlog is how many may wait to be accepted.")
{
    int backlog = Py_MIN(SOMAXCONN, 128), result;
    if (!_PyArg_ParseStack(args, nargs, "|i:listen", &backlog))
        return NULL;
    UNLOCKED(result = listen(SOCKET(self)->fd, Py_MAX(backlog, 0)));
    return result < 0 ? socket_error() : Py_NewRef(Py_None);
}

METHOD_RAW(socket, shutdown, O, 0,
           "shutdown(flag)\n\nEnd reading (SHUT_RD), writing (SHUT_WR), or both (SHUT_RDWR).")
{
    int how, result;
    if (k_arg_int(arg, &how) < 0)
        return NULL;
    UNLOCKED(result = shutdown(SOCKET(self)->fd, how));
    return result < 0 ? socket_error() : Py_NewRef(Py_None);
}

/* ---- options ---- */

METHOD_RAW(socket, setsockopt, FAST, 0,
           "setsockopt(level, option, value: int)\nsetsockopt(level, option, value: buffer)\n"
           "setsockopt(level, option, None, optlen: int)\n\nSet an option of the socket.")
{
    int level, option, number, result;
    unsigned size;
    unsigned long long wide;
    PyObject *none;
    Py_buffer bytes;
    int fd = SOCKET(self)->fd;
    if (SOCKET(self)->family == AF_VSOCK && _PyArg_ParseStack(args, nargs, "iiK:setsockopt", &level, &option, &wide)) {
        if (level == AF_VSOCK)
            return setsockopt(fd, level, option, &wide, sizeof wide) < 0 ? socket_error() : Py_NewRef(Py_None);
    }
    PyErr_Clear();
    if (_PyArg_ParseStack(args, nargs, "iii:setsockopt", &level, &option, &number))
        result = setsockopt(fd, level, option, &number, sizeof number);
    else if (PyErr_Clear(),
             _PyArg_ParseStack(args, nargs, "iiO!I:setsockopt", &level, &option, Py_TYPE(Py_None), &none, &size))
        result = setsockopt(fd, level, option, NULL, size);
    else if (PyErr_Clear(), _PyArg_ParseStack(args, nargs, "iiy*:setsockopt", &level, &option, &bytes)) {
        result = setsockopt(fd, level, option, bytes.buf, (socklen_t)bytes.len);
        PyBuffer_Release(&bytes);
    }
    else
        return NULL;
    return result < 0 ? socket_error() : Py_NewRef(Py_None);
}

METHOD_RAW(socket, getsockopt, FAST, 0,
           "getsockopt(level, option[, buffersize]) -> value\n\n"
           "An option of the socket: an int, or bytes when a size is given.")
{
    int level, option, number = 0, room = 0;
    int fd = SOCKET(self)->fd;
    if (!_PyArg_ParseStack(args, nargs, "ii|i:getsockopt", &level, &option, &room))
        return NULL;
    if (room == 0) {
        unsigned long long wide = 0;
        bool is_wide = SOCKET(self)->family == AF_VSOCK && level == AF_VSOCK;
        socklen_t size = is_wide ? sizeof wide : sizeof number;
        if (getsockopt(fd, level, option, is_wide ? (void *)&wide : &number, &size) < 0)
            return socket_error();
        return is_wide ? PyLong_FromUnsignedLongLong(wide) : PyLong_FromLong(number);
    }
    if (room < 0 || room > 1024)
        return k_raise(PyExc_OSError, "getsockopt buflen out of range");
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, room);
    socklen_t size = (socklen_t)room;
    if (!bytes)
        return NULL;
    if (getsockopt(fd, level, option, PyBytes_AS_STRING(bytes), &size) < 0) {
        Py_DECREF(bytes);
        return socket_error();
    }
    return _PyBytes_Resize(&bytes, (Py_ssize_t)size) < 0 ? NULL : bytes;
}

/* ---- the end ---- */

METHOD_RAW(socket, fileno, NOARGS, 0, "fileno() -> integer\n\nThe descriptor; -1 when the socket is closed.")
{
    return PyLong_FromLong(SOCKET(self)->fd);
}

METHOD_RAW(socket, detach, NOARGS, 0, "detach()\n\nGive the descriptor away: the socket is closed, the descriptor is not.")
{
    int fd = SOCKET(self)->fd;
    SOCKET(self)->fd = -1;
    return PyLong_FromLong(fd);
}

METHOD_RAW(socket, close, NOARGS, 0, "close()\n\nClose the socket. It cannot be used after this call.")
{
    int result, fd = SOCKET(self)->fd;
    if (fd < 0)
        Py_RETURN_NONE;
    SOCKET(self)->fd = -1;
    UNLOCKED(result = close(fd));
    return result < 0 && errno != ECONNRESET ? socket_error() : Py_NewRef(Py_None);
}
METHODS_END(socket);

static void socket_finalize(PyObject *self)
{
    PyObject *type, *value, *traceback;
    int fd = SOCKET(self)->fd;
    if (fd < 0)
        return;
    PyErr_Fetch(&type, &value, &traceback);
    if (PyErr_ResourceWarning(self, 1, "unclosed %R", self) < 0 && PyErr_ExceptionMatches(PyExc_Warning))
        PyErr_WriteUnraisable(self);
    SOCKET(self)->fd = -1;
    UNLOCKED(close(fd));
    PyErr_Restore(type, value, traceback);
}

static void socket_dealloc(PyObject *self)
{
    if (PyObject_CallFinalizerFromDealloc(self) == 0)
        Py_TYPE(self)->tp_free(self);
}

static PyObject *socket_repr(PyObject *self)
{
    const Socket *s = SOCKET(self);
    return PyUnicode_FromFormat("<socket object, fd=%d, family=%d, type=%d, proto=%d>", s->fd, s->family, s->type, s->proto);
}

static PyObject *socket_get_timeout(PyObject *self, void *closure K_UNUSED)
{
    return timeout_object(SOCKET(self));
}

static PyGetSetDef socket_getset[] = {
    { "timeout", socket_get_timeout, NULL, "the socket timeout", NULL },
    { NULL, NULL, NULL, NULL, NULL },
};
static PyMemberDef socket_members[] = {
    { "family", T_INT, offsetof(Socket, family), READONLY, "the socket family" },
    { "type", T_INT, offsetof(Socket, type), READONLY, "the socket type" },
    { "proto", T_INT, offsetof(Socket, proto), READONLY, "the socket protocol" },
    { NULL, 0, 0, 0, NULL },
};

PyTypeObject socket_type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "_socket.socket",
    .tp_doc = "socket(family=AF_INET, type=SOCK_STREAM, proto=0) -> socket object\n"
              "socket(family=-1, type=-1, proto=-1, fileno=None) -> socket object\n\n"
              "One end of a connection. With fileno the socket is made of an open descriptor, and what is not given\n"
              "of the other arguments is found out; programs started from here do not inherit a new one.",
    .tp_basicsize = sizeof(Socket),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_dealloc = socket_dealloc,
    .tp_finalize = socket_finalize,
    .tp_repr = socket_repr,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_methods = METHODS(socket),
    .tp_members = socket_members,
    .tp_getset = socket_getset,
    .tp_init = socket_init,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = socket_new,
    .tp_free = PyObject_Free,
};
K_TYPE(socket_type);
