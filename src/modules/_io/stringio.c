/* stringio.c - StringIO: a text stream in memory.
 *
 * Invariant: text[0:length) are the contents in code points; the place may stand behind them, and a write there fills
 * the gap with NULs. Start at stringio_put(). */
#include "modules/_io/io_int.h"

METHODS_DECLARE(stringio);

typedef struct StringIO {
    IoBase base;
    Py_UCS4 *text;
    Py_ssize_t length, capacity, place;
    NewlineMode newline;
    PyObject *decoder; /* translates what is written, or NULL */
    bool ready, closed;
} StringIO;

static int usable(StringIO *s)
{
    if (!s->ready)
        PyErr_SetString(PyExc_ValueError, "I/O operation on uninitialized object");
    else if (s->closed)
        PyErr_SetString(PyExc_ValueError, "I/O operation on closed file");
    else
        return 0;
    return -1;
}

static int reserve(StringIO *s, Py_ssize_t length)
{
    if (length <= s->capacity)
        return 0;
    if (length > PY_SSIZE_T_MAX / (Py_ssize_t)sizeof(Py_UCS4) / 2) {
        PyErr_NoMemory();
        return -1;
    }
    Py_ssize_t capacity = length + (length >> 3) + 16;
    Py_UCS4 *text = PyMem_Realloc(s->text, (size_t)capacity * sizeof *text);
    if (!text) {
        PyErr_NoMemory();
        return -1;
    }
    s->text = text;
    s->capacity = capacity;
    return 0;
}

static int stringio_put(StringIO *s, PyObject *object)
{
    K_AUTO(PyObject *) text = s->decoder ? io_newline_decode(s->decoder, object, true) : Py_NewRef(object);
    if (text && s->newline.write_newline) {
        PyObject *replaced = PyUnicode_Replace(text, K_STR("\n"), s->newline.write_newline, -1);
        K_SET(text, replaced);
    }
    if (!text)
        return -1;
    Py_ssize_t n = PyUnicode_GET_LENGTH(text);
    if (s->place > PY_SSIZE_T_MAX - n) {
        PyErr_SetString(PyExc_OverflowError, "new position too large");
        return -1;
    }
    if (reserve(s, s->place + n) < 0)
        return -1;
    if (s->place > s->length)
        memset(s->text + s->length, 0, (size_t)(s->place - s->length) * sizeof *s->text);
    if (n && !PyUnicode_AsUCS4(text, s->text + s->place, n, 0))
        return -1;
    s->place += n;
    s->length = Py_MAX(s->length, s->place);
    return 0;
}

static PyObject *take(StringIO *s, Py_ssize_t n)
{
    Py_ssize_t left = Py_MAX(s->length - s->place, 0);
    if (n < 0 || n > left)
        n = left;
    PyObject *text = PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, s->text + s->place, n);
    if (text)
        s->place += n;
    return text;
}

/* How long the line here is, its newline included. */
static Py_ssize_t line_length(const StringIO *s)
{
    if (s->place >= s->length)
        return 0;
    const Py_UCS4 *start = s->text + s->place;
    Py_ssize_t left = s->length - s->place;
    PyObject *given = s->newline.given;
    bool plain = s->newline.translate_read || (given && PyUnicode_CompareWithASCIIString(given, "\n") == 0);
    bool cr = given && PyUnicode_CompareWithASCIIString(given, "\r") == 0;
    bool crlf = given && PyUnicode_GET_LENGTH(given) == 2;
    for (Py_ssize_t i = 0; i < left; i++) {
        if (start[i] == '\n' && !cr && !crlf)
            return i + 1;
        if (start[i] != '\r' || plain)
            continue;
        if (i + 1 < left && start[i + 1] == '\n' && !cr)
            return i + 2;
        if (!crlf)
            return i + 1;
    }
    return left;
}

METHOD_KW(stringio, read, "($self, size=-1, /)", "Up to size characters; all of them without size.", *size)
{
    Py_ssize_t size;
    return usable((StringIO *)self) < 0 || io_arg_size(arg->size, &size) < 0 ? NULL : take((StringIO *)self, size);
}

METHOD_KW(stringio, readline, "($self, size=-1, /)", "One line with its newline; at most size characters.", *size)
{
    StringIO *s = (StringIO *)self;
    Py_ssize_t limit;
    if (usable(s) < 0 || io_arg_size(arg->size, &limit) < 0)
        return NULL;
    Py_ssize_t n = line_length(s);
    return take(s, limit >= 0 && limit < n ? limit : n);
}

METHOD(stringio, write, O, "($self, s, /)", "Writes text; gives its length.")
{
    StringIO *s = (StringIO *)self;
    if (!PyUnicode_Check(arg))
        return k_raise(PyExc_TypeError, "string argument expected, got '%s'", Py_TYPE(arg)->tp_name);
    if (usable(s) < 0 || (PyUnicode_GET_LENGTH(arg) && stringio_put(s, arg) < 0))
        return NULL;
    return PyLong_FromSsize_t(PyUnicode_GET_LENGTH(arg));
}

METHOD(stringio, getvalue, NOARGS, "($self, /)", "All contents.")
{
    StringIO *s = (StringIO *)self;
    return usable(s) < 0 ? NULL : PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, s->text, s->length);
}

METHOD(stringio, tell, NOARGS, "($self, /)", "The place.")
{
    return usable((StringIO *)self) < 0 ? NULL : PyLong_FromSsize_t(((StringIO *)self)->place);
}

METHOD_KW(stringio, seek, "($self, pos, whence=0, /)",
          "Moves to a place: from the start (0), or with pos 0 here (1) or to the end (2).", *pos, *whence)
{
    StringIO *s = (StringIO *)self;
    Py_ssize_t to;
    int whence;
    if (usable(s) < 0 || k_arg_ssize(arg->pos, &to) < 0 || k_arg_int(arg->whence, &whence) < 0)
        return NULL;
    if (whence < 0 || whence > 2)
        return k_raise(PyExc_ValueError, "Invalid whence (%i, should be 0, 1 or 2)", whence);
    if (to < 0 && whence == 0)
        return k_raise(PyExc_ValueError, "Negative seek position %zd", to);
    if (whence && to)
        return k_raise(PyExc_OSError, "Can't do nonzero cur-relative seeks");
    s->place = whence == 0 ? to : whence == 1 ? s->place : s->length;
    return PyLong_FromSsize_t(s->place);
}

METHOD_KW(stringio, truncate, "($self, pos=None, /)", "Cuts the contents at pos, or here; the place stays.", *pos)
{
    StringIO *s = (StringIO *)self;
    Py_ssize_t size = s->place;
    if (usable(s) < 0 || (arg->pos != Py_None && io_arg_size(arg->pos, &size) < 0))
        return NULL;
    if (size < 0)
        return k_raise(PyExc_ValueError, "Negative size value %zd", size);
    s->length = Py_MIN(s->length, size);
    return PyLong_FromSsize_t(size);
}

METHOD(stringio, close, NOARGS, "($self, /)", "Frees the contents.")
{
    StringIO *s = (StringIO *)self;
    s->closed = true;
    PyMem_Free(s->text);
    s->text = NULL;
    s->length = s->capacity = 0;
    Py_RETURN_NONE;
}

#define ALWAYS_TRUE(name)                                                                                              \
    METHOD(stringio, name, NOARGS, "($self, /)", "True while it is open.")                                             \
    {                                                                                                                  \
        return usable((StringIO *)self) < 0 ? NULL : Py_NewRef(Py_True);                                               \
    }
ALWAYS_TRUE(readable)
ALWAYS_TRUE(writable)
ALWAYS_TRUE(seekable)

METHOD_RAW(stringio, __getstate__, NOARGS, 0, NULL)
{
    StringIO *s = (StringIO *)self;
    K_AUTO(PyObject *) value = stringio_getvalue(self, NULL);
    K_AUTO(PyObject *) dict = !s->base.dict ? Py_NewRef(Py_None) : value ? PyDict_Copy(s->base.dict) : NULL;
    PyObject *newline = s->newline.given ? s->newline.given : Py_None;
    return value && dict ? Py_BuildValue("OOnO", value, newline, s->place, dict) : NULL;
}

METHOD_RAW(stringio, __setstate__, O, 0, NULL)
{
    StringIO *s = (StringIO *)self;
    if (!PyTuple_Check(arg) || PyTuple_GET_SIZE(arg) < 4)
        return k_raise(PyExc_TypeError, "%.200s.__setstate__ argument should be 4-tuple, got %.200s", Py_TYPE(self)->tp_name,
                       Py_TYPE(arg)->tp_name);
    K_AUTO(PyObject *) init_args = PyTuple_GetSlice(arg, 0, 2);
    if (s->closed) {
        (void)usable(s);
        return NULL;
    }
    if (!init_args || Py_TYPE(self)->tp_init(self, init_args, NULL) < 0)
        return NULL;
    PyObject *text = PyTuple_GET_ITEM(arg, 0), *place = PyTuple_GET_ITEM(arg, 2), *dict = PyTuple_GET_ITEM(arg, 3);
    if (PyUnicode_Check(text)) { /* as it was, without a second translation */
        Py_ssize_t n = PyUnicode_GET_LENGTH(text);
        if (reserve(s, n) < 0 || (n && !PyUnicode_AsUCS4(text, s->text, n, 0)))
            return NULL;
        s->length = n;
    }
    if (!PyLong_Check(place))
        return k_raise(PyExc_TypeError, "third item of state must be an integer, got %.200s", Py_TYPE(place)->tp_name);
    Py_ssize_t at = PyLong_AsSsize_t(place);
    if (at == -1 && PyErr_Occurred())
        return NULL;
    if (at < 0)
        return k_raise(PyExc_ValueError, "position value cannot be negative");
    s->place = at;
    if (dict == Py_None)
        Py_RETURN_NONE;
    if (!PyDict_Check(dict))
        return k_raise(PyExc_TypeError, "fourth item of state should be a dict, got a %.200s", Py_TYPE(dict)->tp_name);
    if (s->base.dict)
        return PyDict_Update(s->base.dict, dict) < 0 ? NULL : Py_NewRef(Py_None);
    s->base.dict = Py_NewRef(dict);
    Py_RETURN_NONE;
}
METHODS_END(stringio);

static PyObject *stringio_next(PyObject *self)
{
    StringIO *s = (StringIO *)self;
    if (usable(s) < 0)
        return NULL;
    PyObject *line;
    if (Py_IS_TYPE(self, &StringIO_Type))
        line = take(s, line_length(s));
    else {
        line = io_call(self, K_STR("readline"));
        if (line && !PyUnicode_Check(line)) {
            PyErr_Format(PyExc_OSError, "readline() should have returned a str object, not '%.200s'", Py_TYPE(line)->tp_name);
            Py_CLEAR(line);
        }
    }
    if (line && PyUnicode_GET_LENGTH(line) == 0)
        Py_CLEAR(line);
    return line;
}

BINDER(stringio_init, "StringIO", "(initial_value='', newline='\\n')", *initial, *newline);

static int stringio_start(StringIO *s, PyObject *initial, PyObject *newline)
{
    NewlineMode mode;
    s->ready = false;
    if (io_newline_mode(newline, &mode) < 0)
        return -1;
    if (initial && initial != Py_None && !PyUnicode_Check(initial)) {
        PyErr_Format(PyExc_TypeError, "initial_value must be str or None, not %.200s", Py_TYPE(initial)->tp_name);
        Py_XDECREF(mode.given);
        return -1;
    }
    Py_XDECREF(s->newline.given);
    s->newline = mode;
    Py_CLEAR(s->decoder);
    if (mode.universal) {
        s->decoder = PyObject_CallFunction((PyObject *)&NewlineDecoder_Type, "OO", Py_None,
                                           mode.translate_read ? Py_True : Py_False);
        if (!s->decoder)
            return -1;
    }
    s->length = s->place = 0;
    s->closed = false;
    if (initial && initial != Py_None && stringio_put(s, initial) < 0)
        return -1;
    s->place = 0;
    s->ready = true;
    return 0;
}

static int stringio_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    stringio_init_args arg;
    PyObject *owned = NULL;
    if (BIND(stringio_init, &arg, args, kwargs, &owned) < 0)
        return -1;
    int status = stringio_start((StringIO *)self, arg.initial, arg.newline);
    Py_XDECREF(owned);
    return status;
}

static void stringio_dealloc(PyObject *self)
{
    StringIO *s = (StringIO *)self;
    PyObject_GC_UnTrack(self);
    PyMem_Free(s->text);
    Py_CLEAR(s->newline.given);
    Py_CLEAR(s->decoder);
    io_base_release(self);
}

static int stringio_clear(PyObject *self)
{
    io_base_clear(self);
    return 0;
}

static PyObject *stringio_closed(PyObject *self, void *closure)
{
    (void)closure;
    StringIO *s = (StringIO *)self;
    if (!s->ready)
        return k_raise(PyExc_ValueError, "I/O operation on uninitialized object");
    Py_RETURN_BOOL(s->closed);
}

static PyObject *stringio_line_buffering(PyObject *self, void *closure)
{
    (void)closure;
    return usable((StringIO *)self) < 0 ? NULL : Py_NewRef(Py_False);
}

static PyObject *stringio_newlines(PyObject *self, void *closure)
{
    (void)closure;
    StringIO *s = (StringIO *)self;
    if (usable(s) < 0)
        return NULL;
    return s->decoder ? PyObject_GetAttr(s->decoder, K_STR("newlines")) : Py_NewRef(Py_None);
}

static PyGetSetDef stringio_getset[] = {
    { "closed", stringio_closed, NULL, NULL, NULL },
    { "newlines", stringio_newlines, NULL, NULL, NULL },
    { "line_buffering", stringio_line_buffering, NULL, NULL, NULL },
    { NULL, NULL, NULL, NULL, NULL },
};

PyTypeObject StringIO_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "_io.StringIO",
    .tp_basicsize = sizeof(StringIO),
    .tp_dealloc = stringio_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc = "StringIO(initial_value='', newline='\\n')\n--\n\nA text stream in memory.",
    .tp_traverse = io_base_traverse,
    .tp_clear = stringio_clear,
    .tp_weaklistoffset = offsetof(IoBase, weakreflist),
    .tp_dictoffset = offsetof(IoBase, dict),
    .tp_iternext = stringio_next,
    .tp_methods = METHODS(stringio),
    .tp_getset = stringio_getset,
    .tp_base = &TextIOBase_Type,
    .tp_init = stringio_init,
    .tp_new = PyType_GenericNew,
};
K_TYPE(StringIO_Type);
