/* bytesio.c - BytesIO: a binary stream in memory.
 *
 * Invariant: the first length bytes of the bytes object are the contents; the place may stand behind them, and a write
 * there fills the gap with zeros. The object may be shared with the program: own() comes before every change of it.
 * While a buffer of getbuffer() is exported the object stays where it is. Start at bytesio_put(). */
#include "modules/_io/io_int.h"

METHODS_DECLARE(bytesio);

typedef struct BytesIO {
    IoBase base;
    PyObject *bytes; /* NULL: closed */
    Py_ssize_t length, place;
} BytesIO;

/* What getbuffer() exports: keeps the stream alive, and its size fixed. */
typedef struct BytesIOBuffer {
    PyObject ob_base;
    BytesIO *source;
} BytesIOBuffer;

static int usable(BytesIO *b)
{
    if (b->bytes)
        return 0;
    PyErr_SetString(PyExc_ValueError, "I/O operation on closed file.");
    return -1;
}

static int resizable(BytesIO *b)
{
    if (b->base.exports == 0)
        return 0;
    PyErr_SetString(PyExc_BufferError, "Existing exports of data: object cannot be re-sized");
    return -1;
}

static const char *contents(const BytesIO *b)
{
    return PyBytes_AS_STRING(b->bytes);
}

static bool is_shared(const BytesIO *b)
{
    return Py_REFCNT(b->bytes) > 1;
}

/* Makes the bytes object the stream's own, of exactly this size. */
static int own(BytesIO *b, Py_ssize_t size)
{
    if (is_shared(b)) {
        PyObject *copy = PyBytes_FromStringAndSize(NULL, size);
        if (!copy)
            return -1;
        memcpy(PyBytes_AS_STRING(copy), contents(b), (size_t)Py_MIN(b->length, size));
        Py_SETREF(b->bytes, copy);
    } else if (_PyBytes_Resize(&b->bytes, size) < 0) {
        b->length = b->place = 0;
        return -1;
    }
    if (size > 0) /* the empty one is everybody's */
        ((PyBytesObject *)b->bytes)->ob_shash = -1;
    return 0;
}

/* Makes room for length bytes, or gives it up, by CPython's rule of growth: sys.getsizeof() shows it. */
static int set_room(BytesIO *b, Py_ssize_t length)
{
    Py_ssize_t room = PyBytes_GET_SIZE(b->bytes);
    bool fits = length < room && length >= room / 2;
    bool grows_little = length >= room && length <= room + room / 8;
    if (fits)
        return 0;
    Py_ssize_t spare = grows_little ? length / 8 + (length < 9 ? 3 : 6) : 1;
    if (length <= PY_SSIZE_T_MAX - spare)
        return own(b, length + spare);
    PyErr_SetString(PyExc_OverflowError, "new buffer size too large");
    return -1;
}

/* Before a write that ends at end. */
static int make_writable(BytesIO *b, Py_ssize_t end)
{
    Py_ssize_t room = PyBytes_GET_SIZE(b->bytes);
    if (end > room)
        return set_room(b, end);
    return own(b, is_shared(b) ? Py_MAX(end, b->length) : room);
}

static Py_ssize_t bytesio_put(BytesIO *b, PyObject *object)
{
    if (usable(b) < 0 || resizable(b) < 0)
        return -1;
    Py_buffer buffer;
    if (PyObject_GetBuffer(object, &buffer, PyBUF_CONTIG_RO) < 0)
        return -1;
    Py_ssize_t n = buffer.len, status = -1;
    if (usable(b) < 0 || resizable(b) < 0) /* the buffer's maker ran code */
        ;
    else if (n == 0)
        status = 0;
    else if (b->place > PY_SSIZE_T_MAX - n)
        PyErr_SetString(PyExc_OverflowError, "new buffer size too large");
    else if (make_writable(b, b->place + n) == 0) {
        char *data = PyBytes_AS_STRING(b->bytes);
        if (b->place > b->length)
            memset(data + b->length, 0, (size_t)(b->place - b->length));
        memcpy(data + b->place, buffer.buf, (size_t)n);
        b->place += n;
        b->length = Py_MAX(b->length, b->place);
        status = n;
    }
    PyBuffer_Release(&buffer);
    return status;
}

static PyObject *take(BytesIO *b, Py_ssize_t n)
{
    Py_ssize_t left = Py_MAX(b->length - b->place, 0);
    if (n < 0 || n > left)
        n = left;
    bool whole = n > 1 && b->place == 0 && n == PyBytes_GET_SIZE(b->bytes) && b->base.exports == 0;
    PyObject *bytes = whole ? Py_NewRef(b->bytes) : PyBytes_FromStringAndSize(n ? contents(b) + b->place : NULL, n);
    if (bytes)
        b->place += n;
    return bytes;
}

METHOD_KW(bytesio, read, "($self, size=-1, /)", "Up to size bytes; all of them without size.", *size)
{
    Py_ssize_t size;
    if (usable((BytesIO *)self) < 0 || io_arg_size(arg->size, &size) < 0)
        return NULL;
    return take((BytesIO *)self, size);
}

METHOD_KW(bytesio, read1, "($self, size=-1, /)", "The same as read().", *size)
{
    Py_ssize_t size;
    if (usable((BytesIO *)self) < 0 || io_arg_size(arg->size, &size) < 0)
        return NULL;
    return take((BytesIO *)self, size);
}

static Py_ssize_t line_length(const BytesIO *b)
{
    if (b->place >= b->length)
        return 0;
    const char *start = contents(b) + b->place;
    const char *newline = memchr(start, '\n', (size_t)(b->length - b->place));
    return newline ? newline - start + 1 : b->length - b->place;
}

METHOD_KW(bytesio, readline, "($self, size=-1, /)", "One line with its newline; at most size bytes.", *size)
{
    BytesIO *b = (BytesIO *)self;
    Py_ssize_t limit;
    if (usable(b) < 0 || io_arg_size(arg->size, &limit) < 0)
        return NULL;
    Py_ssize_t n = line_length(b);
    return take(b, limit >= 0 && limit < n ? limit : n);
}

METHOD_KW(bytesio, readlines, "($self, size=None, /)", "All lines as a list; with size, until that many bytes are read.", *size)
{
    BytesIO *b = (BytesIO *)self;
    Py_ssize_t most, n, size = 0;
    if (usable(b) < 0 || io_arg_size(arg->size, &most) < 0)
        return NULL;
    K_AUTO(PyObject *) lines = PyList_New(0);
    while (lines && (n = line_length(b)) != 0) {
        PyObject *line = take(b, n);
        if (!line || k_list_append_steal((PyListObject *)lines, line) < 0)
            return NULL;
        size += n;
        if (most > 0 && size >= most)
            break;
    }
    return K_MOVE(lines);
}

METHOD(bytesio, readinto, O, "($self, buffer, /)", "Fills a buffer; gives how many bytes.")
{
    BytesIO *b = (BytesIO *)self;
    Py_buffer buffer;
    if (io_buffer_to_fill(arg, &buffer, "readinto") < 0)
        return NULL;
    if (usable(b) < 0) {
        PyBuffer_Release(&buffer);
        return NULL;
    }
    Py_ssize_t n = Py_MIN(buffer.len, Py_MAX(b->length - b->place, 0));
    if (n)
        memcpy(buffer.buf, contents(b) + b->place, (size_t)n);
    b->place += n;
    PyBuffer_Release(&buffer);
    return PyLong_FromSsize_t(n);
}

METHOD(bytesio, write, O, "($self, b, /)", "Writes bytes; gives their number.")
{
    Py_ssize_t n = bytesio_put((BytesIO *)self, arg);
    return n < 0 ? NULL : PyLong_FromSsize_t(n);
}

METHOD(bytesio, writelines, O, "($self, lines, /)", "Writes each item.")
{
    if (usable((BytesIO *)self) < 0)
        return NULL;
    K_AUTO(PyObject *) iterator = PyObject_GetIter(arg);
    PyObject *line;
    while (iterator && (line = PyIter_Next(iterator))) {
        Py_ssize_t n = bytesio_put((BytesIO *)self, line);
        Py_DECREF(line);
        if (n < 0)
            return NULL;
    }
    return PyErr_Occurred() ? NULL : Py_NewRef(Py_None);
}

METHOD(bytesio, getvalue, NOARGS, "($self, /)", "All contents.")
{
    BytesIO *b = (BytesIO *)self;
    if (usable(b) < 0)
        return NULL;
    if (b->length <= 1 || b->base.exports > 0)
        return PyBytes_FromStringAndSize(contents(b), b->length);
    if (b->length != PyBytes_GET_SIZE(b->bytes) && own(b, b->length) < 0)
        return NULL;
    return Py_NewRef(b->bytes);
}

METHOD(bytesio, tell, NOARGS, "($self, /)", "The place.")
{
    BytesIO *b = (BytesIO *)self;
    return usable(b) < 0 ? NULL : PyLong_FromSsize_t(b->place);
}

METHOD_KW(bytesio, seek, "($self, pos, whence=0, /)", "Moves to a place: from the start (0), here (1) or the end (2).",
          *pos, *whence)
{
    BytesIO *b = (BytesIO *)self;
    Py_ssize_t to;
    int whence;
    if (usable(b) < 0 || k_arg_ssize(arg->pos, &to) < 0 || k_arg_int(arg->whence, &whence) < 0)
        return NULL;
    if (to < 0 && whence == 0)
        return k_raise(PyExc_ValueError, "negative seek value %zd", to);
    if (whence < 0 || whence > 2)
        return k_raise(PyExc_ValueError, "invalid whence (%i, should be 0, 1 or 2)", whence);
    Py_ssize_t from = whence == 0 ? 0 : whence == 1 ? b->place : b->length;
    if (to > PY_SSIZE_T_MAX - from)
        return k_raise(PyExc_OverflowError, "new position too large");
    b->place = Py_MAX(from + to, 0);
    return PyLong_FromSsize_t(b->place);
}

METHOD_KW(bytesio, truncate, "($self, size=None, /)", "Cuts the contents at size, or here; the place stays.", *size)
{
    BytesIO *b = (BytesIO *)self;
    Py_ssize_t size = b->place;
    if (usable(b) < 0 || resizable(b) < 0 || (arg->size != Py_None && io_arg_size(arg->size, &size) < 0))
        return NULL;
    if (size < 0)
        return k_raise(PyExc_ValueError, "negative size value %zd", size);
    if (size < b->length) {
        b->length = size;
        if (set_room(b, size) < 0)
            return NULL;
    }
    return PyLong_FromSsize_t(size);
}

#define ALWAYS_TRUE(name)                                                                                              \
    METHOD(bytesio, name, NOARGS, "($self, /)", "True while it is open.")                                              \
    {                                                                                                                  \
        return usable((BytesIO *)self) < 0 ? NULL : Py_NewRef(Py_True);                                                \
    }
ALWAYS_TRUE(readable)
ALWAYS_TRUE(writable)
ALWAYS_TRUE(seekable)

METHOD(bytesio, isatty, NOARGS, "($self, /)", "False.")
{
    return usable((BytesIO *)self) < 0 ? NULL : Py_NewRef(Py_False);
}

METHOD(bytesio, flush, NOARGS, "($self, /)", "Nothing is held back.")
{
    return usable((BytesIO *)self) < 0 ? NULL : Py_NewRef(Py_None);
}

METHOD(bytesio, close, NOARGS, "($self, /)", "Frees the contents.")
{
    BytesIO *b = (BytesIO *)self;
    if (resizable(b) < 0)
        return NULL;
    Py_CLEAR(b->bytes);
    b->length = 0;
    Py_RETURN_NONE;
}

METHOD_RAW(bytesio, __getstate__, NOARGS, 0, NULL)
{
    BytesIO *b = (BytesIO *)self;
    K_AUTO(PyObject *) value = bytesio_getvalue(self, NULL);
    K_AUTO(PyObject *) dict = !b->base.dict ? Py_NewRef(Py_None) : value ? PyDict_Copy(b->base.dict) : NULL;
    return value && dict ? Py_BuildValue("OnO", value, b->place, dict) : NULL;
}

METHOD_RAW(bytesio, __setstate__, O, 0, NULL)
{
    BytesIO *b = (BytesIO *)self;
    if (!PyTuple_Check(arg) || PyTuple_GET_SIZE(arg) < 3)
        return k_raise(PyExc_TypeError, "%.200s.__setstate__ argument should be 3-tuple, got %.200s", Py_TYPE(self)->tp_name,
                       Py_TYPE(arg)->tp_name);
    if (resizable(b) < 0)
        return NULL;
    b->length = b->place = 0;
    PyObject *place = PyTuple_GET_ITEM(arg, 1), *dict = PyTuple_GET_ITEM(arg, 2);
    if (bytesio_put(b, PyTuple_GET_ITEM(arg, 0)) < 0)
        return NULL;
    if (!PyLong_Check(place))
        return k_raise(PyExc_TypeError, "second item of state must be an integer, got %.200s", Py_TYPE(place)->tp_name);
    Py_ssize_t at = PyLong_AsSsize_t(place);
    if (at == -1 && PyErr_Occurred())
        return NULL;
    if (at < 0)
        return k_raise(PyExc_ValueError, "position value cannot be negative");
    b->place = at;
    if (dict == Py_None)
        Py_RETURN_NONE;
    if (!PyDict_Check(dict))
        return k_raise(PyExc_TypeError, "third item of state should be a dict, got a %.200s", Py_TYPE(dict)->tp_name);
    if (b->base.dict)
        return PyDict_Update(b->base.dict, dict) < 0 ? NULL : Py_NewRef(Py_None);
    b->base.dict = Py_NewRef(dict);
    Py_RETURN_NONE;
}

METHOD_RAW(bytesio, __sizeof__, NOARGS, 0, NULL)
{
    BytesIO *b = (BytesIO *)self;
    size_t size = (size_t)Py_TYPE(self)->tp_basicsize;
    if (b->bytes && !is_shared(b)) {
        size_t more = _PySys_GetSizeOf(b->bytes);
        if (more == (size_t)-1)
            return NULL;
        size += more;
    }
    return PyLong_FromSize_t(size);
}

extern K_API PyTypeObject _PyBytesIOBuffer_Type;

METHOD(bytesio, getbuffer, NOARGS, "($self, /)", "A view of the contents that can be read and written.")
{
    if (usable((BytesIO *)self) < 0)
        return NULL;
    BytesIOBuffer *buffer = (BytesIOBuffer *)_PyBytesIOBuffer_Type.tp_alloc(&_PyBytesIOBuffer_Type, 0);
    if (!buffer)
        return NULL;
    buffer->source = (BytesIO *)Py_NewRef(self);
    PyObject *view = PyMemoryView_FromObject((PyObject *)buffer);
    Py_DECREF(buffer);
    return view;
}
METHODS_END(bytesio);

static PyObject *bytesio_next(PyObject *self)
{
    BytesIO *b = (BytesIO *)self;
    if (usable(b) < 0)
        return NULL;
    Py_ssize_t n = line_length(b);
    return n ? take(b, n) : NULL;
}

BINDER(bytesio_init, "BytesIO", "(initial_bytes=b'')", *initial);

static int bytesio_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    BytesIO *b = (BytesIO *)self;
    bytesio_init_args arg;
    PyObject *owned = NULL;
    if (BIND(bytesio_init, &arg, args, kwargs, &owned) < 0)
        return -1;
    int status = resizable(b);
    if (status == 0) {
        b->length = b->place = 0;
        if (arg.initial && PyBytes_CheckExact(arg.initial)) {
            Py_XSETREF(b->bytes, Py_NewRef(arg.initial));
            b->length = PyBytes_GET_SIZE(b->bytes);
        } else if (arg.initial && arg.initial != Py_None) {
            status = bytesio_put(b, arg.initial) < 0 ? -1 : 0;
        }
        b->place = 0;
    }
    Py_XDECREF(owned);
    return status;
}

static PyObject *bytesio_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    (void)args, (void)kwargs;
    K_AUTO(PyObject *) empty = PyBytes_FromStringAndSize(NULL, 0);
    BytesIO *b = empty ? (BytesIO *)type->tp_alloc(type, 0) : NULL;
    if (b)
        b->bytes = K_MOVE(empty);
    return (PyObject *)b;
}

static void bytesio_dealloc(PyObject *self)
{
    BytesIO *b = (BytesIO *)self;
    PyObject_GC_UnTrack(self);
    if (b->base.exports > 0) {
        PyErr_SetString(PyExc_SystemError, "deallocated BytesIO object has exported buffers");
        PyErr_Print();
    }
    Py_CLEAR(b->bytes);
    io_base_release(self);
}

static int bytesio_clear(PyObject *self)
{
    io_base_clear(self);
    return 0;
}

static PyObject *bytesio_closed(PyObject *self, void *closure)
{
    (void)closure;
    Py_RETURN_BOOL(!((BytesIO *)self)->bytes);
}

static PyGetSetDef bytesio_getset[] = {
    { "closed", bytesio_closed, NULL, "True when it is closed.", NULL },
    { NULL, NULL, NULL, NULL, NULL },
};

PyTypeObject BytesIO_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "_io.BytesIO",
    .tp_basicsize = sizeof(BytesIO),
    .tp_dealloc = bytesio_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc = "BytesIO(initial_bytes=b'')\n--\n\nA binary stream in memory.",
    .tp_traverse = io_base_traverse,
    .tp_clear = bytesio_clear,
    .tp_weaklistoffset = offsetof(IoBase, weakreflist),
    .tp_dictoffset = offsetof(IoBase, dict),
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = bytesio_next,
    .tp_methods = METHODS(bytesio),
    .tp_getset = bytesio_getset,
    .tp_base = &BufferedIOBase_Type,
    .tp_init = bytesio_init,
    .tp_new = bytesio_new,
};
K_TYPE(BytesIO_Type);

static int buffer_get(PyObject *self, Py_buffer *view, int flags)
{
    BytesIO *b = ((BytesIOBuffer *)self)->source;
    if (usable(b) < 0 || (b->base.exports == 0 && is_shared(b) && own(b, b->length) < 0))
        return -1;
    if (PyBuffer_FillInfo(view, self, PyBytes_AS_STRING(b->bytes), b->length, 0, flags) < 0)
        return -1;
    b->base.exports++;
    return 0;
}

static void buffer_release(PyObject *self, Py_buffer *view)
{
    (void)view;
    ((BytesIOBuffer *)self)->source->base.exports--;
}

static void buffer_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_CLEAR(((BytesIOBuffer *)self)->source);
    Py_TYPE(self)->tp_free(self);
}

static int buffer_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((BytesIOBuffer *)self)->source);
    return 0;
}

static PyBufferProcs buffer_procs = { buffer_get, buffer_release };
PyTypeObject _PyBytesIOBuffer_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "_io._BytesIOBuffer",
    .tp_basicsize = sizeof(BytesIOBuffer),
    .tp_dealloc = buffer_dealloc,
    .tp_as_buffer = &buffer_procs,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = buffer_traverse,
};
K_TYPE(_PyBytesIOBuffer_Type);
