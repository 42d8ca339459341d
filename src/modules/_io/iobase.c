/* iobase.c - IOBase and the abstract kinds of streams: RawIOBase, BufferedIOBase, TextIOBase.
 *
 * In: subclasses that bring read, write and seek.  Out: the rest: lines, iteration, context manager, closing at the end
 * of life. Start at iobase_readline() and io_finalize(). */
#include "modules/_io/io_int.h"

METHODS_DECLARE(iobase);
METHODS_DECLARE(rawiobase);
METHODS_DECLARE(bufferediobase);
METHODS_DECLARE(textiobase);

PyObject *io_unsupported_operation;

PyObject *io_unsupported(const char *what)
{
    return k_raise(io_unsupported_operation, "%s", what);
}

PyObject *io_call(PyObject *stream, PyObject *name)
{
    return PyObject_CallMethodObjArgs(stream, name, NULL);
}

PyObject *io_call1(PyObject *stream, PyObject *name, PyObject *argument)
{
    return PyObject_CallMethodObjArgs(stream, name, argument, NULL);
}

int io_call_bool(PyObject *stream, PyObject *name)
{
    K_AUTO(PyObject *) result = io_call(stream, name);
    return result ? PyObject_IsTrue(result) : -1;
}

int io_buffer_to_fill(PyObject *target, Py_buffer *buffer, const char *name)
{
    if (PyObject_GetBuffer(target, buffer, PyBUF_WRITABLE) == 0)
        return 0;
    PyErr_Format(PyExc_TypeError, "%s() argument must be read-write bytes-like object, not %.200s", name,
                 target == Py_None ? "None" : Py_TYPE(target)->tp_name);
    return -1;
}

int io_is_closed(PyObject *stream)
{
    K_AUTO(PyObject *) closed = PyObject_GetAttr(stream, K_STR("closed"));
    return closed ? PyObject_IsTrue(closed) : -1;
}

int io_check_closed(PyObject *stream)
{
    int closed = io_is_closed(stream);
    if (closed > 0)
        PyErr_SetString(PyExc_ValueError, "I/O operation on closed file.");
    return closed ? -1 : 0;
}

int io_arg_size(PyObject *argument, Py_ssize_t *size)
{
    if (!argument || argument == Py_None) {
        *size = -1;
        return 0;
    }
    if (!PyIndex_Check(argument)) {
        PyErr_Format(PyExc_TypeError, "argument should be integer or None, not '%.200s'", Py_TYPE(argument)->tp_name);
        return -1;
    }
    return k_arg_ssize(argument, size);
}

/* ---- life and death ---- */

int io_base_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((IoBase *)self)->dict);
    return 0;
}

void io_base_clear(PyObject *self)
{
    Py_CLEAR(((IoBase *)self)->dict);
}

static int iobase_clear(PyObject *self)
{
    io_base_clear(self);
    return 0;
}

void io_base_release(PyObject *self)
{
    IoBase *base = (IoBase *)self;
    if (base->weakreflist)
        PyObject_ClearWeakRefs(self);
    Py_CLEAR(base->dict);
    Py_TYPE(self)->tp_free(self);
}

/* A stream nobody holds any more is closed; what goes wrong then has nowhere to go. */
static void iobase_finalize(PyObject *self)
{
    PyObject *type, *value, *traceback, *attribute;
    PyErr_Fetch(&type, &value, &traceback);
    int closed = 0;
    if (_PyObject_LookupAttr(self, K_STR("closed"), &attribute) <= 0)
        PyErr_Clear();
    else {
        closed = PyObject_IsTrue(attribute);
        Py_DECREF(attribute);
        if (closed < 0)
            PyErr_Clear();
    }
    if (closed == 0) {
        if (PyObject_SetAttr(self, K_STR("_finalizing"), Py_True) < 0)
            PyErr_Clear();
        PyObject *result = io_call(self, K_STR("close"));
        if (!result)
            PyErr_Clear();
        Py_XDECREF(result);
    }
    PyErr_Restore(type, value, traceback);
}

int io_finalize(PyObject *self)
{
    bool heap = PyType_HasFeature(Py_TYPE(self), Py_TPFLAGS_HEAPTYPE);
    if (PyObject_CallFinalizerFromDealloc(self) < 0) {
        if (heap) /* subtype_dealloc releases the type behind our back */
            Py_INCREF(Py_TYPE(self));
        return -1;
    }
    return 0;
}

static void iobase_dealloc(PyObject *self)
{
    if (io_finalize(self) < 0)
        return;
    PyObject_GC_UnTrack(self);
    io_base_release(self);
}

/* ---- methods every stream has ---- */

METHOD_RAW(iobase, seek, VAR, 0, "seek(offset, whence=SEEK_SET): moves to a place; gives it, from the start.")
{
    (void)args, (void)kwargs;
    return io_unsupported("seek");
}

METHOD(iobase, tell, NOARGS, "($self, /)", "The place in the stream.")
{
    K_AUTO(PyObject *) zero = PyLong_FromLong(0);
    K_AUTO(PyObject *) one = PyLong_FromLong(1);
    return PyObject_CallMethodObjArgs(self, K_STR("seek"), zero, one, NULL);
}

METHOD_RAW(iobase, truncate, VAR, 0, "truncate(size=None): makes the file that long, or end here.")
{
    (void)args, (void)kwargs;
    return io_unsupported("truncate");
}

METHOD(iobase, flush, NOARGS, "($self, /)", "Writes out what is held back.")
{
    if (((IoBase *)self)->closed)
        return k_raise(PyExc_ValueError, "I/O operation on closed file.");
    Py_RETURN_NONE;
}

METHOD(iobase, close, NOARGS, "($self, /)", "Flushes and closes; a second time does nothing.")
{
    IoBase *base = (IoBase *)self;
    if (base->closed)
        Py_RETURN_NONE;
    PyObject *result = io_call(self, K_STR("flush"));
    base->closed = true;
    return result;
}

METHOD(iobase, seekable, NOARGS, "($self, /)", "Whether seek() works.")
{
    Py_RETURN_FALSE;
}

METHOD(iobase, readable, NOARGS, "($self, /)", "Whether read() works.")
{
    Py_RETURN_FALSE;
}

METHOD(iobase, writable, NOARGS, "($self, /)", "Whether write() works.")
{
    Py_RETURN_FALSE;
}

METHOD_RAW(iobase, _checkClosed, VAR, 0, NULL)
{
    (void)args, (void)kwargs;
    return io_check_closed(self) < 0 ? NULL : Py_NewRef(Py_None);
}

bool io_able(PyObject *stream, PyObject *question, const char *message)
{
    int able = io_call_bool(stream, question);
    if (able == 0)
        io_unsupported(message);
    return able > 0;
}

static PyObject *check_able(PyObject *self, PyObject *question, const char *message)
{
    K_AUTO(PyObject *) answer = io_call(self, question);
    if (!answer)
        return NULL;
    return answer == Py_True ? Py_NewRef(Py_True) : io_unsupported(message);
}

METHOD_RAW(iobase, _checkSeekable, VAR, 0, NULL)
{
    (void)args, (void)kwargs;
    return check_able(self, K_STR("seekable"), "File or stream is not seekable.");
}

METHOD_RAW(iobase, _checkReadable, VAR, 0, NULL)
{
    (void)args, (void)kwargs;
    return check_able(self, K_STR("readable"), "File or stream is not readable.");
}

METHOD_RAW(iobase, _checkWritable, VAR, 0, NULL)
{
    (void)args, (void)kwargs;
    return check_able(self, K_STR("writable"), "File or stream is not writable.");
}

METHOD(iobase, fileno, NOARGS, "($self, /)", "The descriptor, or UnsupportedOperation.")
{
    return io_unsupported("fileno");
}

METHOD(iobase, isatty, NOARGS, "($self, /)", "Whether it is a terminal.")
{
    if (io_check_closed(self) < 0)
        return NULL;
    Py_RETURN_FALSE;
}

METHOD_RAW(iobase, __enter__, NOARGS, 0, NULL)
{
    return io_check_closed(self) < 0 ? NULL : Py_NewRef(self);
}

METHOD_RAW(iobase, __exit__, VAR, 0, NULL)
{
    (void)args, (void)kwargs;
    return io_call(self, K_STR("close"));
}

/* How many bytes to read for the line without going beyond it: what peek() shows up to its newline. */
static int bytes_to_read(PyObject *self, PyObject *peek, Py_ssize_t limit, Py_ssize_t *wanted)
{
    *wanted = 1;
    if (!peek)
        return 0;
    K_AUTO(PyObject *) one = PyLong_FromLong(1);
    K_AUTO(PyObject *) ahead = one ? PyObject_CallOneArg(peek, one) : NULL;
    if (!ahead)
        return -1;
    if (!PyBytes_Check(ahead)) {
        PyErr_Format(PyExc_OSError, "peek() should have returned a bytes object, not '%.200s'", Py_TYPE(ahead)->tp_name);
        return -1;
    }
    Py_ssize_t n = PyBytes_GET_SIZE(ahead);
    if (n == 0)
        return 0;
    if (limit >= 0)
        n = Py_MIN(n, limit);
    const char *text = PyBytes_AS_STRING(ahead), *newline = memchr(text, '\n', (size_t)n);
    *wanted = newline ? newline - text + 1 : n;
    (void)self;
    return 0;
}

METHOD_KW(iobase, readline, "($self, size=-1, /)", "One line with its newline; at most size bytes.", *size)
{
    Py_ssize_t limit;
    PyObject *method;
    if (io_arg_size(arg->size, &limit) < 0 || _PyObject_LookupAttr(self, K_STR("peek"), &method) < 0)
        return NULL;
    K_AUTO(PyObject *) peek = method;
    K_AUTO(PyObject *) line = PyByteArray_FromStringAndSize(NULL, 0);
    while (line && (limit < 0 || PyByteArray_GET_SIZE(line) < limit)) {
        Py_ssize_t wanted, have = PyByteArray_GET_SIZE(line);
        if (bytes_to_read(self, peek, limit < 0 ? -1 : limit - have, &wanted) < 0)
            return NULL;
        K_AUTO(PyObject *) count = PyLong_FromSsize_t(wanted);
        K_AUTO(PyObject *) part = count ? io_call1(self, K_STR("read"), count) : NULL;
        if (!part)
            return NULL;
        if (!PyBytes_Check(part))
            return k_raise(PyExc_OSError, "read() should have returned a bytes object, not '%.200s'", Py_TYPE(part)->tp_name);
        Py_ssize_t got = PyBytes_GET_SIZE(part);
        if (got == 0)
            break;
        if (PyByteArray_Resize(line, have + got) < 0)
            return NULL;
        memcpy(PyByteArray_AS_STRING(line) + have, PyBytes_AS_STRING(part), (size_t)got);
        if (PyByteArray_AS_STRING(line)[have + got - 1] == '\n')
            break;
    }
    return line ? PyBytes_FromStringAndSize(PyByteArray_AS_STRING(line), PyByteArray_GET_SIZE(line)) : NULL;
}

static PyObject *iobase_iter(PyObject *self)
{
    return io_check_closed(self) < 0 ? NULL : Py_NewRef(self);
}

static PyObject *iobase_next(PyObject *self)
{
    PyObject *line = io_call(self, K_STR("readline"));
    if (line && PyObject_Size(line) <= 0)
        Py_CLEAR(line); /* the end, or an exception */
    return line;
}

METHOD_KW(iobase, readlines, "($self, hint=-1, /)", "All lines as a list; with hint, until that many bytes are read.", *hint)
{
    Py_ssize_t hint, length = 0;
    if (io_arg_size(arg->hint, &hint) < 0)
        return NULL;
    K_AUTO(PyObject *) lines = PyList_New(0);
    K_AUTO(PyObject *) iterator = lines ? PyObject_GetIter(self) : NULL;
    while (iterator) {
        PyObject *line = PyIter_Next(iterator);
        if (!line)
            return PyErr_Occurred() ? NULL : K_MOVE(lines);
        Py_ssize_t n = PyObject_Size(line);
        if (k_list_append_steal((PyListObject *)lines, line) < 0 || n < 0)
            return NULL;
        if (hint > 0 && (length += n) >= hint)
            return K_MOVE(lines);
    }
    return NULL;
}

METHOD(iobase, writelines, O, "($self, lines, /)", "Writes each item; no newlines are added.")
{
    if (io_check_closed(self) < 0)
        return NULL;
    K_AUTO(PyObject *) iterator = PyObject_GetIter(arg);
    PyObject *line;
    while (iterator && (line = PyIter_Next(iterator))) {
        PyObject *result = io_call1(self, K_STR("write"), line);
        Py_DECREF(line);
        if (!result)
            return NULL;
        Py_DECREF(result);
    }
    return PyErr_Occurred() ? NULL : Py_NewRef(Py_None);
}

METHODS_END(iobase);

static PyObject *iobase_closed(PyObject *self, void *closure)
{
    (void)closure;
    Py_RETURN_BOOL(((IoBase *)self)->closed);
}

static PyObject *iobase_dict(PyObject *self, void *closure)
{
    (void)closure;
    return PyObject_GenericGetDict(self, NULL);
}

static PyGetSetDef iobase_getset[] = {
    { "__dict__", iobase_dict, NULL, NULL, NULL },
    { "closed", iobase_closed, NULL, NULL, NULL },
    { NULL, NULL, NULL, NULL, NULL },
};

#define STREAM_TYPE(TYPE, name, base, table, doc_text)                                                                 \
    PyTypeObject TYPE = {                                                                                              \
        .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),                                                             \
        .tp_name = name,                                                                                               \
        .tp_basicsize = sizeof(IoBase),                                                                                \
        .tp_dealloc = iobase_dealloc,                                                                                  \
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,                                     \
        .tp_doc = doc_text,                                                                                            \
        .tp_traverse = io_base_traverse,                                                                               \
        .tp_clear = iobase_clear,                                                                                      \
        .tp_weaklistoffset = offsetof(IoBase, weakreflist),                                                            \
        .tp_dictoffset = offsetof(IoBase, dict),                                                                       \
        .tp_methods = METHODS(table),                                                                                  \
        .tp_base = base,

STREAM_TYPE(IOBase_Type, "_io._IOBase", NULL, iobase, "What all streams have in common: closing, lines, iteration.")
        .tp_getset = iobase_getset,
        .tp_iter = iobase_iter,
        .tp_iternext = iobase_next,
        .tp_new = PyType_GenericNew,
        .tp_finalize = iobase_finalize,
};
K_TYPE(IOBase_Type);

/* ---- RawIOBase: read() by readinto() ---- */

METHOD_KW(rawiobase, read, "($self, size=-1, /)", "Up to size bytes by one call of readinto(); all of them without size.", *size)
{
    Py_ssize_t size;
    if (io_arg_size(arg->size, &size) < 0)
        return NULL;
    if (size < 0)
        return io_call(self, K_STR("readall"));
    K_AUTO(PyObject *) buffer = PyByteArray_FromStringAndSize(NULL, size);
    K_AUTO(PyObject *) count = buffer ? io_call1(self, K_STR("readinto"), buffer) : NULL;
    if (!count || count == Py_None)
        return K_MOVE(count);
    Py_ssize_t n = PyNumber_AsSsize_t(count, PyExc_ValueError);
    if (n == -1 && PyErr_Occurred())
        return NULL;
    if (n < 0 || n > size)
        return k_raise(PyExc_ValueError, "readinto returned %zd outside buffer size %zd", n, size);
    return PyBytes_FromStringAndSize(PyByteArray_AS_STRING(buffer), n);
}

METHOD(rawiobase, readall, NOARGS, "($self, /)", "All that is left, by read() again and again.")
{
    K_AUTO(PyObject *) parts = PyList_New(0);
    K_AUTO(PyObject *) size = PyLong_FromLong(IO_BUFFER_SIZE);
    while (parts && size) {
        PyObject *part = io_call1(self, K_STR("read"), size);
        if (!part)
            return NULL;
        if (part == Py_None) {
            if (PyList_GET_SIZE(parts) == 0)
                return part;
            Py_DECREF(part);
            break;
        }
        if (!PyBytes_Check(part)) {
            Py_DECREF(part);
            return k_raise(PyExc_TypeError, "read() should return bytes");
        }
        if (PyBytes_GET_SIZE(part) == 0) {
            Py_DECREF(part);
            break;
        }
        if (k_list_append_steal((PyListObject *)parts, part) < 0)
            return NULL;
    }
    K_AUTO(PyObject *) empty = PyBytes_FromStringAndSize(NULL, 0);
    return empty && parts && size ? _PyBytes_Join(empty, parts) : NULL;
}

METHOD_RAW(rawiobase, readinto, VAR, 0, NULL)
{
    (void)args, (void)kwargs;
    PyErr_SetNone(PyExc_NotImplementedError); /* a subclass brings it */
    return NULL;
}

METHOD_RAW(rawiobase, write, VAR, 0, NULL)
{
    (void)args, (void)kwargs;
    PyErr_SetNone(PyExc_NotImplementedError); /* a subclass brings it */
    return NULL;
}

METHODS_END(rawiobase);
STREAM_TYPE(RawIOBase_Type, "_io._RawIOBase", &IOBase_Type, rawiobase, "Base of streams without a buffer.")
};
K_TYPE(RawIOBase_Type);

/* ---- BufferedIOBase ---- */

METHOD(bufferediobase, detach, NOARGS, "($self, /)", "Gives up the raw stream.")
{
    return io_unsupported("detach");
}

METHOD_RAW(bufferediobase, read, VAR, 0, "read(size=-1): up to size bytes; all of them without size.")
{
    (void)args, (void)kwargs;
    return io_unsupported("read");
}

METHOD_RAW(bufferediobase, read1, VAR, 0, "read1(size=-1): up to size bytes by at most one read of the raw stream.")
{
    (void)args, (void)kwargs;
    return io_unsupported("read1");
}

METHOD_RAW(bufferediobase, write, VAR, 0, "write(b): takes all bytes; gives their number.")
{
    (void)args, (void)kwargs;
    return io_unsupported("write");
}

static PyObject *read_into(PyObject *self, PyObject *target, PyObject *method, const char *name)
{
    Py_buffer buffer;
    if (io_buffer_to_fill(target, &buffer, name) < 0)
        return NULL;
    K_AUTO(PyObject *) size = PyLong_FromSsize_t(buffer.len);
    K_AUTO(PyObject *) bytes = size ? io_call1(self, method, size) : NULL;
    PyObject *result = NULL;
    if (bytes && !PyBytes_Check(bytes))
        PyErr_SetString(PyExc_TypeError, "read() should return bytes");
    else if (bytes && PyBytes_GET_SIZE(bytes) > buffer.len)
        PyErr_Format(PyExc_ValueError, "read() returned too much data: %zd bytes requested, %zd returned", buffer.len,
                     PyBytes_GET_SIZE(bytes));
    else if (bytes) {
        memcpy(buffer.buf, PyBytes_AS_STRING(bytes), (size_t)PyBytes_GET_SIZE(bytes));
        result = PyLong_FromSsize_t(PyBytes_GET_SIZE(bytes));
    }
    PyBuffer_Release(&buffer);
    return result;
}

METHOD(bufferediobase, readinto, O, "($self, buffer, /)", "Fills a buffer by read(); gives how many bytes.")
{
    return read_into(self, arg, K_STR("read"), "readinto");
}

METHOD(bufferediobase, readinto1, O, "($self, buffer, /)", "Fills a buffer by read1(); gives how many bytes.")
{
    return read_into(self, arg, K_STR("read1"), "readinto1");
}

METHODS_END(bufferediobase);
STREAM_TYPE(BufferedIOBase_Type, "_io._BufferedIOBase", &IOBase_Type, bufferediobase, "Base of streams with a buffer.")
};
K_TYPE(BufferedIOBase_Type);

/* ---- TextIOBase ---- */

METHOD_RAW(textiobase, detach, VAR, 0, "Gives up the buffer.")
{
    (void)args, (void)kwargs;
    return io_unsupported("detach");
}

METHOD_RAW(textiobase, read, VAR, 0, "read(size=-1): up to size characters; all of them without size.")
{
    (void)args, (void)kwargs;
    return io_unsupported("read");
}

METHOD_RAW(textiobase, readline, VAR, 0, "readline(size=-1): one line.")
{
    (void)args, (void)kwargs;
    return io_unsupported("readline");
}

METHOD_RAW(textiobase, write, VAR, 0, "write(s): takes all characters; gives their number.")
{
    (void)args, (void)kwargs;
    return io_unsupported("write");
}
METHODS_END(textiobase);

static PyObject *textiobase_none(PyObject *self, void *closure)
{
    (void)self, (void)closure;
    Py_RETURN_NONE;
}

static PyGetSetDef textiobase_getset[] = {
    { "encoding", textiobase_none, NULL, "The encoding, or None.", NULL },
    { "newlines", textiobase_none, NULL, "The newlines seen so far, or None.", NULL },
    { "errors", textiobase_none, NULL, "The error handler, or None.", NULL },
    { NULL, NULL, NULL, NULL, NULL },
};

STREAM_TYPE(TextIOBase_Type, "_io._TextIOBase", &IOBase_Type, textiobase, "Base of text streams.")
        .tp_getset = textiobase_getset,
};
K_TYPE(TextIOBase_Type);
