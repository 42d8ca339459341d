/* socket_transfer.c - module _socket: the methods of sockets that send and receive.
 *
 * In: buffers, flags, ancillary data.  Out: bytes, counts, addresses. Every system call is an attempt of socket_call().
 * Start at socket_transfer_recv and socket_transfer_sendmsg. */
#include "modules/_socket/socket_int.h"
#include "runtime/warnings.h"

MORE_METHODS(socket_type, socket_transfer);

/* ---- receiving ---- */

typedef struct Transfer {
    void *data;
    size_t size;
    int flags;
    ssize_t done;
    SocketAddress *address; /* NULL: none is asked for */
    socklen_t address_size;
} Transfer;

static bool attempt_recv(Socket *self, void *data)
{
    Transfer *t = data;
    t->done = recv(self->fd, t->data, t->size, t->flags);
    return t->done >= 0;
}

static bool attempt_recvfrom(Socket *self, void *data)
{
    Transfer *t = data;
    t->address_size = address_room(self->family);
    t->done = recvfrom(self->fd, t->data, t->size, t->flags, &t->address->any, &t->address_size);
    return t->done >= 0;
}

/* How much came, or -1. With an address the sender's object is stored in *sender. */
static Py_ssize_t receive(Socket *self, void *data, Py_ssize_t size, int flags, PyObject **sender)
{
    SocketAddress address = { .storage = { .ss_family = 0 } };
    Transfer t = { .data = data, .size = (size_t)size, .flags = flags, .address = sender ? &address : NULL };
    if (size == 0 && !sender)
        return 0;
    if (socket_call(self, false, sender ? attempt_recvfrom : attempt_recv, &t) < 0)
        return -1;
    if (sender && !(*sender = address_object(self->fd, &address, t.address_size, self->proto)))
        return -1;
    return t.done;
}

static PyObject *receive_bytes(Socket *self, Py_ssize_t size, int flags, PyObject **sender)
{
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, size);
    if (!bytes)
        return NULL;
    Py_ssize_t got = receive(self, PyBytes_AS_STRING(bytes), size, flags, sender);
    if (got < 0)
        Py_CLEAR(bytes);
    else if (got != size && _PyBytes_Resize(&bytes, got) < 0)
        return NULL;
    return bytes;
}

METHOD_RAW(socket_transfer, recv, FAST, 0,
           "recv(buffersize[, flags]) -> data\n\nReceive up to buffersize bytes; none at the end of the connection.")
{
    Py_ssize_t size;
    int flags = 0;
    if (!_PyArg_ParseStack(args, nargs, "n|i:recv", &size, &flags))
        return NULL;
    if (size < 0)
        return k_raise(PyExc_ValueError, "negative buffersize in recv");
    return receive_bytes(SOCKET(self), size, flags, NULL);
}

METHOD_RAW(socket_transfer, recvfrom, FAST, 0,
           "recvfrom(buffersize[, flags]) -> (data, address info)\n\nLike recv(), with the sender's address.")
{
    Py_ssize_t size;
    int flags = 0;
    if (!_PyArg_ParseStack(args, nargs, "n|i:recvfrom", &size, &flags))
        return NULL;
    if (size < 0)
        return k_raise(PyExc_ValueError, "negative buffersize in recvfrom");
    K_AUTO(PyObject *) sender = NULL;
    K_AUTO(PyObject *) bytes = receive_bytes(SOCKET(self), size, flags, &sender);
    return bytes ? PyTuple_Pack(2, bytes, sender) : NULL;
}

METHOD_RAW(socket_transfer, recv_into, VAR, 0,
           "recv_into(buffer, [nbytes[, flags]]) -> nbytes_read\n\n"
           "Like recv(), into a buffer; nbytes of 0 means as many bytes as it holds.")
{
    static char *names[] = { "buffer", "nbytes", "flags", NULL };
    Py_buffer buffer;
    Py_ssize_t size = 0, got = -1;
    int flags = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "w*|ni:recv_into", names, &buffer, &size, &flags))
        return NULL;
    if (size < 0)
        PyErr_SetString(PyExc_ValueError, "negative buffersize in recv_into");
    else if (buffer.len < size)
        PyErr_SetString(PyExc_ValueError, "buffer too small for requested bytes");
    else
        got = receive(SOCKET(self), buffer.buf, size ? size : buffer.len, flags, NULL);
    PyBuffer_Release(&buffer);
    return got < 0 ? NULL : PyLong_FromSsize_t(got);
}

METHOD_RAW(socket_transfer, recvfrom_into, VAR, 0,
           "recvfrom_into(buffer[, nbytes[, flags]]) -> (nbytes, address info)\n\nLike recv_into(), with the sender's address.")
{
    static char *names[] = { "buffer", "nbytes", "flags", NULL };
    Py_buffer buffer;
    Py_ssize_t size = 0, got = -1;
    int flags = 0;
    K_AUTO(PyObject *) sender = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "w*|ni:recvfrom_into", names, &buffer, &size, &flags))
        return NULL;
    if (size < 0)
        PyErr_SetString(PyExc_ValueError, "negative buffersize in recvfrom_into");
    else if (buffer.len < size)
        PyErr_SetString(PyExc_ValueError, "nbytes is greater than the length of the buffer");
    else
        got = receive(SOCKET(self), buffer.buf, size ? size : buffer.len, flags, &sender);
    PyBuffer_Release(&buffer);
    return got < 0 ? NULL : Py_BuildValue("nO", got, sender);
}

/* ---- sending ---- */

static bool attempt_send(Socket *self, void *data)
{
    Transfer *t = data;
    t->done = t->address ? sendto(self->fd, t->data, t->size, t->flags, &t->address->any, t->address_size)
                         : send(self->fd, t->data, t->size, t->flags);
    return t->done >= 0;
}

METHOD_RAW(socket_transfer, send, FAST, 0, "send(data[, flags]) -> count\n\nSend bytes; give how many were taken.")
{
    Py_buffer buffer;
    int flags = 0;
    if (!_PyArg_ParseStack(args, nargs, "y*|i:send", &buffer, &flags))
        return NULL;
    Transfer t = { .data = buffer.buf, .size = (size_t)buffer.len, .flags = flags };
    int status = socket_call(SOCKET(self), true, attempt_send, &t);
    PyBuffer_Release(&buffer);
    return status < 0 ? NULL : PyLong_FromSsize_t(t.done);
}

/* Sends everything within the socket's timeout: 0, or -1. */
static int send_all(Socket *self, char *data, Py_ssize_t left, int flags)
{
    _PyTime_t timeout = self->timeout, deadline = timeout > 0 ? _PyTime_GetMonotonicClock() + timeout : 0;
    do {
        Transfer t = { .data = data, .size = (size_t)left, .flags = flags };
        if (socket_call_within(self, true, false, attempt_send, &t, timeout, NULL) < 0)
            return -1;
        data += t.done;
        left -= t.done;
        if (PyErr_CheckSignals() < 0)
            return -1;
        if (left > 0 && deadline && (timeout = deadline - _PyTime_GetMonotonicClock()) <= 0) {
            PyErr_SetString(PyExc_TimeoutError, "timed out");
            return -1;
        }
    } while (left > 0);
    return 0;
}

METHOD_RAW(socket_transfer, sendall, FAST, 0,
           "sendall(data[, flags])\n\nSend all bytes. After an error nobody knows how many were sent.")
{
    Py_buffer buffer;
    int flags = 0;
    if (!_PyArg_ParseStack(args, nargs, "y*|i:sendall", &buffer, &flags))
        return NULL;
    int status = send_all(SOCKET(self), buffer.buf, buffer.len, flags);
    PyBuffer_Release(&buffer);
    return status < 0 ? NULL : Py_NewRef(Py_None);
}

METHOD_RAW(socket_transfer, sendto, FAST, 0,
           "sendto(data[, flags], address) -> count\n\nLike send(), to an address: for sockets that are not connected.")
{
    Py_buffer buffer;
    PyObject *to;
    int flags = 0, status = -1;
    SocketAddress address;
    if (nargs != 2 && nargs != 3)
        return k_raise(PyExc_TypeError, "sendto() takes 2 or 3 arguments (%zd given)", nargs);
    if (nargs == 2 ? !_PyArg_ParseStack(args, nargs, "y*O:sendto", &buffer, &to)
                   : !_PyArg_ParseStack(args, nargs, "y*iO:sendto", &buffer, &flags, &to))
        return NULL;
    Transfer t = { .data = buffer.buf, .size = (size_t)buffer.len, .flags = flags, .address = &address };
    if (address_parse(SOCKET(self), to, &address, &t.address_size, "sendto") == 0 &&
        PySys_Audit("socket.sendto", "OO", self, to) == 0)
        status = socket_call(SOCKET(self), true, attempt_send, &t);
    PyBuffer_Release(&buffer);
    return status < 0 ? NULL : PyLong_FromSsize_t(t.done);
}

/* ---- messages ---- */

typedef struct Message {
    struct msghdr header;
    SocketAddress address;
    struct iovec *vector;
    Py_buffer *buffer;
    Py_ssize_t n; /* buffers */
    int flags;
    ssize_t done;
} Message;

static void message_drop(Message *m)
{
    for (Py_ssize_t i = 0; i < m->n; i++)
        PyBuffer_Release(&m->buffer[i]);
    PyMem_Free(m->buffer);
    PyMem_Free(m->vector);
    PyMem_Free(m->header.msg_control);
}
#define MESSAGE(name) __attribute__((cleanup(message_drop))) Message name = { .n = 0 }

/* The buffers of an iterable as the message's data. */
static int message_data(Message *m, PyObject *iterable, const char *message, const char *item_format)
{
    K_AUTO(PyObject *) fast = PySequence_Fast(iterable, message);
    if (!fast)
        return -1;
    Py_ssize_t n = PySequence_Fast_GET_SIZE(fast);
    if (n > INT_MAX) {
        PyErr_Format(PyExc_OSError, "%s is too long", message);
        return -1;
    }
    m->vector = PyMem_New(struct iovec, n + 1);
    m->buffer = PyMem_New(Py_buffer, n + 1);
    if (!m->vector || !m->buffer) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t i = 0; i < n && i < PySequence_Fast_GET_SIZE(fast); i++) {
        K_AUTO(PyObject *) item = Py_NewRef(PySequence_Fast_GET_ITEM(fast, i));
        if (!PyArg_Parse(item, item_format, &m->buffer[i]))
            return -1;
        m->vector[i] = (struct iovec){ m->buffer[i].buf, (size_t)m->buffer[i].len };
        m->n++;
    }
    m->header.msg_iov = m->vector;
    m->header.msg_iovlen = (size_t)m->n;
    return 0;
}

static bool attempt_recvmsg(Socket *self, void *data)
{
    Message *m = data;
    m->header.msg_namelen = address_room(self->family);
    m->done = recvmsg(self->fd, &m->header, m->flags);
    return m->done >= 0;
}

/* A list of (level, type, bytes). */
static PyObject *ancillary_list(struct msghdr *header)
{
    K_AUTO(PyObject *) list = PyList_New(0);
    if (!list)
        return NULL;
    for (struct cmsghdr *c = header->msg_controllen ? CMSG_FIRSTHDR(header) : NULL; c; c = CMSG_NXTHDR(header, c)) {
        const char *data = (const char *)CMSG_DATA(c), *end = (const char *)header->msg_control + header->msg_controllen;
        Py_ssize_t size = (Py_ssize_t)c->cmsg_len - (data - (const char *)c);
        bool cut = size < 0 || data > end || size > end - data;
        if (cut && PyErr_WarnEx(PyExc_RuntimeWarning, "received malformed or improperly-truncated ancillary data", 1) < 0)
            return NULL;
        if (cut && (size < 0 || data > end))
            break;
        K_AUTO(PyObject *) item = _Py_BuildValue_SizeT("iiy#", c->cmsg_level, c->cmsg_type, data,
                                                cut ? (Py_ssize_t)(end - data) : size);
        if (!item || PyList_Append(list, item) < 0)
            return NULL;
        if (cut)
            break;
    }
    return K_MOVE(list);
}

/* Descriptors that came with a message that nobody gets. */
static void close_received(struct msghdr *header)
{
    for (struct cmsghdr *c = header->msg_controllen ? CMSG_FIRSTHDR(header) : NULL; c; c = CMSG_NXTHDR(header, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
            continue;
        size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < n; i++)
            close(((int *)(void *)CMSG_DATA(c))[i]);
    }
}

/* Receives into the message's buffers; gives (first's result, ancillary data, flags, address). */
static PyObject *receive_message(Socket *self, Message *m, int flags, Py_ssize_t ancillary, PyObject *bytes)
{
    if (ancillary < 0 || ancillary > INT_MAX)
        return k_raise(PyExc_ValueError, "invalid ancillary data buffer length");
    if (ancillary > 0 && !(m->header.msg_control = PyMem_Malloc((size_t)ancillary)))
        return PyErr_NoMemory();
    m->header.msg_controllen = (size_t)ancillary;
    m->header.msg_name = &m->address;
    m->flags = flags;
    if (socket_call(self, false, attempt_recvmsg, m) < 0)
        return NULL;
    K_AUTO(PyObject *) list = ancillary_list(&m->header);
    K_AUTO(PyObject *) first = bytes ? PyBytes_FromStringAndSize(PyBytes_AS_STRING(bytes), m->done)
                                     : PyLong_FromSsize_t(m->done);
    K_AUTO(PyObject *) sender = list && first ? address_object(self->fd, &m->address, Py_MIN(m->header.msg_namelen,
                                                               (socklen_t)sizeof m->address), self->proto) : NULL;
    PyObject *result = sender ? Py_BuildValue("OOiO", first, list, m->header.msg_flags, sender) : NULL;
    if (!result)
        close_received(&m->header);
    return result;
}

METHOD_RAW(socket_transfer, recvmsg, FAST, 0,
           "recvmsg(bufsize[, ancbufsize[, flags]]) -> (data, ancdata, msg_flags, address)\n\n"
           "Receive bytes and ancillary data, a list of (level, type, data).")
{
    Py_ssize_t size, ancillary = 0;
    int flags = 0;
    MESSAGE(m);
    if (!_PyArg_ParseStack(args, nargs, "n|ni:recvmsg", &size, &ancillary, &flags))
        return NULL;
    if (size < 0)
        return k_raise(PyExc_ValueError, "negative buffer size in recvmsg()");
    K_AUTO(PyObject *) bytes = PyBytes_FromStringAndSize(NULL, size);
    if (!bytes)
        return NULL;
    struct iovec vector = { PyBytes_AS_STRING(bytes), (size_t)size };
    m.header.msg_iov = &vector;
    m.header.msg_iovlen = 1;
    return receive_message(SOCKET(self), &m, flags, ancillary, bytes);
}

METHOD_RAW(socket_transfer, recvmsg_into, FAST, 0,
           "recvmsg_into(buffers[, ancbufsize[, flags]]) -> (nbytes, ancdata, msg_flags, address)\n\n"
           "Like recvmsg(), into writable buffers, one after the other.")
{
    Py_ssize_t ancillary = 0;
    int flags = 0;
    PyObject *buffers;
    MESSAGE(m);
    if (!_PyArg_ParseStack(args, nargs, "O|ni:recvmsg_into", &buffers, &ancillary, &flags) ||
        message_data(&m, buffers, "recvmsg_into() argument 1 must be an iterable",
                     "w*;recvmsg_into() argument 1 must be an iterable of single-segment read-write buffers") < 0)
        return NULL;
    return receive_message(SOCKET(self), &m, flags, ancillary, NULL);
}

static bool attempt_sendmsg(Socket *self, void *data)
{
    Message *m = data;
    m->done = sendmsg(self->fd, &m->header, m->flags);
    return m->done >= 0;
}

/* Room for one more item at the end of the control data, which is all zeros: its head, or NULL with an exception. */
static struct cmsghdr *control_add(Message *m, int level, int type, size_t size)
{
    size_t before = m->header.msg_controllen, after = before + CMSG_SPACE(size);
    if (size > INT_MAX || after > INT_MAX) {
        PyErr_SetString(PyExc_OSError, size > INT_MAX ? "ancillary data item too large" : "too much ancillary data");
        return NULL;
    }
    char *control = PyMem_Realloc(m->header.msg_control, after);
    if (!control) {
        PyErr_NoMemory();
        return NULL;
    }
    m->header.msg_control = control;
    m->header.msg_controllen = after;
    memset(control + before, 0, after - before);
    struct cmsghdr *head = (void *)(control + before);
    *head = (struct cmsghdr){ .cmsg_level = level, .cmsg_type = type, .cmsg_len = CMSG_LEN(size) };
    return head;
}

static int control_add_bytes(Message *m, int level, int type, const void *data, size_t size)
{
    struct cmsghdr *head = control_add(m, level, type, size);
    if (head && size)
        memcpy(CMSG_DATA(head), data, size);
    return head ? 0 : -1;
}

static int message_ancillary(Message *m, PyObject *iterable)
{
    K_AUTO(PyObject *) fast = iterable ? PySequence_Fast(iterable, "sendmsg() argument 2 must be an iterable") : NULL;
    if (!fast)
        return iterable ? -1 : 0;
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(fast); i++) {
        K_AUTO(PyObject *) item = Py_NewRef(PySequence_Fast_GET_ITEM(fast, i));
        int level, type;
        Py_buffer data;
        if (!PyArg_Parse(item, "(iiy*):[sendmsg() ancillary data items]", &level, &type, &data))
            return -1;
        int status = control_add_bytes(m, level, type, data.buf, (size_t)data.len);
        PyBuffer_Release(&data);
        if (status < 0)
            return -1;
    }
    return 0;
}

METHOD_RAW(socket_transfer, sendmsg, FAST, 0,
           "sendmsg(buffers[, ancdata[, flags[, address]]]) -> count\n\n"
           "Send bytes of several buffers with ancillary data: an iterable of (level, type, data).")
{
    PyObject *data, *ancillary = NULL, *to = NULL;
    MESSAGE(m);
    socklen_t size = 0;
    if (!_PyArg_ParseStack(args, nargs, "O|OiO:sendmsg", &data, &ancillary, &m.flags, &to))
        return NULL;
    if (to && to != Py_None) {
        if (address_parse(SOCKET(self), to, &m.address, &size, "sendmsg") < 0 ||
            PySys_Audit("socket.sendmsg", "OO", self, to) < 0)
            return NULL;
        m.header.msg_name = &m.address;
        m.header.msg_namelen = size;
    }
    else if (PySys_Audit("socket.sendmsg", "OO", self, Py_None) < 0)
        return NULL;
    if (message_data(&m, data, "sendmsg() argument 1 must be an iterable", "y*") < 0 ||
        message_ancillary(&m, ancillary) < 0 || socket_call(SOCKET(self), true, attempt_sendmsg, &m) < 0)
        return NULL;
    return PyLong_FromSsize_t(m.done);
}

/* The control data of a request to the kernel's ciphers. */
static int alg_control(Message *m, int operation, const Py_buffer *iv, int associated)
{
    uint32_t number = (uint32_t)operation;
    if (control_add_bytes(m, SOL_ALG, ALG_SET_OP, &number, sizeof number) < 0)
        return -1;
    if (iv->buf) {
        struct cmsghdr *head = control_add(m, SOL_ALG, ALG_SET_IV, sizeof(struct af_alg_iv) + (size_t)iv->len);
        if (!head)
            return -1;
        struct af_alg_iv *place = (void *)CMSG_DATA(head);
        place->ivlen = (uint32_t)iv->len;
        memcpy(place->iv, iv->buf, (size_t)iv->len);
    }
    number = (uint32_t)associated;
    return associated >= 0 ? control_add_bytes(m, SOL_ALG, ALG_SET_AEAD_ASSOCLEN, &number, sizeof number) : 0;
}

METHOD_RAW(socket_transfer, sendmsg_afalg, VAR, 0,
           "sendmsg_afalg([msg], *, op[, iv[, assoclen[, flags=MSG_MORE]]])\n\n"
           "Send an operation and data to a cipher of the kernel: for sockets of the family AF_ALG.")
{
    static char *names[] = { "msg", "op", "iv", "assoclen", "flags", NULL };
    PyObject *data = NULL, *associated_object = NULL;
    int operation = -1, associated = -1, status;
    Py_buffer iv = { .buf = NULL };
    MESSAGE(m);
    if (SOCKET(self)->family != AF_ALG)
        return k_raise(PyExc_OSError, "algset is only supported for AF_ALG");
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|O$iy*O!i:sendmsg_afalg", names, &data, &operation, &iv, &PyLong_Type,
                                     &associated_object, &m.flags))
        return NULL;
    if (operation < 0)
        status = (PyErr_SetString(PyExc_TypeError, "Invalid or missing argument 'op'"), -1);
    else if (associated_object && ((associated = _PyLong_AsInt(associated_object)) == -1 && PyErr_Occurred()))
        status = -1;
    else if (associated_object && associated < 0)
        status = (PyErr_SetString(PyExc_TypeError, "assoclen must be positive"), -1);
    else
        status = alg_control(&m, operation, &iv, associated);
    if (iv.buf)
        PyBuffer_Release(&iv);
    if (status < 0 || (data && message_data(&m, data, "sendmsg() argument 1 must be an iterable", "y*") < 0) ||
        socket_call(SOCKET(self), true, attempt_sendmsg, &m) < 0)
        return NULL;
    return PyLong_FromSsize_t(m.done);
}
METHODS_END(socket_transfer);
