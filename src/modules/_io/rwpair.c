/* rwpair.c - BufferedRWPair: a reader and a writer on two raw streams, such as the two ends of pipes. */
#include "modules/_io/io_int.h"

METHODS_DECLARE(rwpair);

typedef struct RWPair {
    IoBase base;
    PyObject *reader, *writer;
} RWPair;

BINDER(rwpair_init, "BufferedRWPair", "(reader, writer, buffer_size=8192, /)", *reader, *writer, *buffer_size);

static int rwpair_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    RWPair *pair = (RWPair *)self;
    rwpair_init_args arg;
    PyObject *owned = NULL;
    if (BIND(rwpair_init, &arg, args, kwargs, &owned) < 0)
        return -1;
    int status = -1;
    if (io_able(arg.reader, K_STR("readable"), "File or stream is not readable.") &&
        io_able(arg.writer, K_STR("writable"), "File or stream is not writable.")) {
        Py_XSETREF(pair->reader, PyObject_CallFunction((PyObject *)&BufferedReader_Type, "OO", arg.reader, arg.buffer_size));
        if (pair->reader)
            Py_XSETREF(pair->writer, PyObject_CallFunction((PyObject *)&BufferedWriter_Type, "OO", arg.writer, arg.buffer_size));
        status = pair->reader && pair->writer ? 0 : -1;
    }
    Py_XDECREF(owned);
    return status;
}

static PyObject *forward(PyObject *stream, PyObject *name, PyObject *args)
{
    if (!stream)
        return k_raise(PyExc_ValueError, "I/O operation on uninitialized object");
    K_AUTO(PyObject *) method = PyObject_GetAttr(stream, name);
    return method ? PyObject_CallObject(method, args) : NULL;
}

#define FORWARD(method, end)                                                                                           \
    METHOD_RAW(rwpair, method, VAR, 0, NULL)                                                                           \
    {                                                                                                                  \
        (void)kwargs;                                                                                                  \
        return forward(((RWPair *)self)->end, K_STR(#method), args);                                                   \
    }
FORWARD(read, reader)
FORWARD(peek, reader)
FORWARD(read1, reader)
FORWARD(readinto, reader)
FORWARD(readinto1, reader)
FORWARD(readable, reader)
FORWARD(write, writer)
FORWARD(flush, writer)
FORWARD(writable, writer)

METHOD_RAW(rwpair, close, NOARGS, 0, NULL)
{
    RWPair *pair = (RWPair *)self;
    PyObject *type = NULL, *value, *traceback;
    K_AUTO(PyObject *) written = forward(pair->writer, K_STR("close"), NULL);
    if (!written)
        PyErr_Fetch(&type, &value, &traceback);
    PyObject *result = forward(pair->reader, K_STR("close"), NULL);
    if (!type)
        return result;
    Py_XDECREF(result);
    _PyErr_ChainExceptions(type, value, traceback);
    return NULL;
}

METHOD_RAW(rwpair, isatty, NOARGS, 0, NULL)
{
    RWPair *pair = (RWPair *)self;
    K_AUTO(PyObject *) writer = forward(pair->writer, K_STR("isatty"), NULL);
    return !writer || writer != Py_False ? K_MOVE(writer) : forward(pair->reader, K_STR("isatty"), NULL);
}
METHODS_END(rwpair);

static PyObject *rwpair_closed(PyObject *self, void *closure)
{
    (void)closure;
    RWPair *pair = (RWPair *)self;
    if (!pair->writer)
        return k_raise(PyExc_RuntimeError, "the BufferedRWPair object is being garbage-collected");
    return PyObject_GetAttr(pair->writer, K_STR("closed"));
}

static PyGetSetDef rwpair_getset[] = {
    { "closed", rwpair_closed, NULL, NULL, NULL },
    { NULL, NULL, NULL, NULL, NULL },
};

static int rwpair_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((RWPair *)self)->reader);
    Py_VISIT(((RWPair *)self)->writer);
    return io_base_traverse(self, visit, arg);
}

static int rwpair_clear(PyObject *self)
{
    Py_CLEAR(((RWPair *)self)->reader);
    Py_CLEAR(((RWPair *)self)->writer);
    io_base_clear(self);
    return 0;
}

static void rwpair_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    rwpair_clear(self);
    io_base_release(self);
}

PyTypeObject BufferedRWPair_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "_io.BufferedRWPair",
    .tp_basicsize = sizeof(RWPair),
    .tp_dealloc = rwpair_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc = "BufferedRWPair(reader, writer, buffer_size=DEFAULT_BUFFER_SIZE, /)\n--\n\nA reader and a writer as one stream.",
    .tp_traverse = rwpair_traverse,
    .tp_clear = rwpair_clear,
    .tp_weaklistoffset = offsetof(IoBase, weakreflist),
    .tp_dictoffset = offsetof(IoBase, dict),
    .tp_methods = METHODS(rwpair),
    .tp_getset = rwpair_getset,
    .tp_base = &BufferedIOBase_Type,
    .tp_init = rwpair_init,
    .tp_new = PyType_GenericNew,
};
K_TYPE(BufferedRWPair_Type);
