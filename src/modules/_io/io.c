/* io.c - module _io: open() and the table of the stream types.
 *
 * In: a file name or descriptor and a mode.  Out: a raw, buffered or text stream. Start at io_open(). */
#include "modules/_io/io_int.h"
#include "runtime/config.h"
#include "runtime/state.h"

#include <sys/stat.h>
#include <unistd.h>

METHODS_DECLARE(_io);

typedef struct OpenMode {
    bool reading, writing, creating, appending, updating, text, binary;
    char raw[6]; /* the mode for FileIO */
    const char *given;
} OpenMode;

static int parse_open_mode(const char *text, OpenMode *mode)
{
    *mode = (OpenMode){ .raw = "" };
    for (const char *at = text; *at; at++) {
        bool *flag = *at == 'x'   ? &mode->creating
                     : *at == 'r' ? &mode->reading
                     : *at == 'w' ? &mode->writing
                     : *at == 'a' ? &mode->appending
                     : *at == '+' ? &mode->updating
                     : *at == 't' ? &mode->text
                     : *at == 'b' ? &mode->binary
                                  : NULL;
        if (!flag || *flag) {
            PyErr_Format(PyExc_ValueError, "invalid mode: '%s'", text);
            return -1;
        }
        *flag = true;
    }
    if (mode->text && mode->binary) {
        PyErr_SetString(PyExc_ValueError, "can't have text and binary mode at once");
        return -1;
    }
    if (mode->creating + mode->reading + mode->writing + mode->appending != 1) {
        PyErr_SetString(PyExc_ValueError, "must have exactly one of create/read/write/append mode");
        return -1;
    }
    char *out = mode->raw;
    *out++ = mode->creating ? 'x' : mode->reading ? 'r' : mode->writing ? 'w' : 'a';
    if (mode->updating)
        *out++ = '+';
    *out = 0;
    return 0;
}

static int check_text_arguments(const OpenMode *mode, PyObject *encoding, PyObject *errors, PyObject *newline)
{
    const char *which = encoding != Py_None ? "an encoding" : errors != Py_None ? "an errors"
                        : newline != Py_None ? "a newline" : NULL;
    if (!mode->binary || !which)
        return 0;
    PyErr_Format(PyExc_ValueError, "binary mode doesn't take %s argument", which);
    return -1;
}

/* Sets the buffer's size; with line_buffering for terminals. */
static int choose_buffering(PyObject *raw, const OpenMode *mode, int *buffering, bool *line_buffering)
{
    int isatty = io_call_bool(raw, K_STR("isatty"));
    if (isatty < 0)
        return -1;
    *line_buffering = *buffering == 1 || (isatty && *buffering < 0);
    if (*buffering == 1 && mode->binary) {
        if (PyErr_WarnEx(PyExc_RuntimeWarning, "line buffering (buffering=1) isn't supported in binary mode, the default "
                                               "buffer size will be used", 1) < 0)
            return -1;
    }
    if (*buffering == 1)
        *buffering = -1;
    if (*buffering >= 0)
        return 0;
    K_AUTO(PyObject *) size = PyObject_GetAttrString(raw, "_blksize");
    return size ? k_arg_int(size, buffering) : -1;
}

/* With an exception set: closes a stream that nobody will get; what goes wrong then is its context. */
static void close_failed(PyObject *stream)
{
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyObject *closed = io_call(stream, K_STR("close"));
    Py_XDECREF(closed);
    _PyErr_ChainExceptions(type, value, traceback);
}

static PyObject *wrap(PyObject *raw, const OpenMode *mode, int buffering, bool line_buffering, PyObject *encoding,
                      PyObject *errors, PyObject *newline)
{
    if (buffering == 0)
        return mode->binary ? Py_NewRef(raw) : k_raise(PyExc_ValueError, "can't have unbuffered text I/O");
    PyTypeObject *type = mode->updating                                        ? &BufferedRandom_Type
                         : mode->creating || mode->writing || mode->appending ? &BufferedWriter_Type
                                                                              : &BufferedReader_Type;
    PyObject *buffer = PyObject_CallFunction((PyObject *)type, "Oi", raw, buffering);
    if (!buffer || mode->binary)
        return buffer;
    PyObject *text = PyObject_CallFunction((PyObject *)&TextIOWrapper_Type, "OOOOO", buffer, encoding, errors, newline,
                                           line_buffering ? Py_True : Py_False);
    if (!text)
        close_failed(buffer);
    Py_DECREF(buffer);
    K_AUTO(PyObject *) mode_text = text ? PyUnicode_FromString(mode->given) : NULL;
    if (text && (!mode_text || PyObject_SetAttr(text, K_STR("mode"), mode_text) < 0))
        Py_CLEAR(text);
    return text;
}

PyObject *io_open(PyObject *file, const char *mode_text, int buffering, PyObject *encoding, PyObject *errors, PyObject *newline,
                  int closefd, PyObject *opener)
{
    OpenMode mode;
    bool line_buffering;
    K_AUTO(PyObject *) path = PyNumber_Check(file) ? Py_NewRef(file) : PyOS_FSPath(file);
    if (!path)
        return NULL;
    if (!PyUnicode_Check(path) && !PyBytes_Check(path) && !PyNumber_Check(path))
        return k_raise(PyExc_TypeError, "invalid file: %R", file);
    if (parse_open_mode(mode_text, &mode) < 0 || check_text_arguments(&mode, encoding, errors, newline) < 0)
        return NULL;
    mode.given = mode_text;
    if (buffering == 0 && !mode.binary)
        return k_raise(PyExc_ValueError, "can't have unbuffered text I/O");
    K_AUTO(PyObject *) raw = PyObject_CallFunction((PyObject *)&FileIO_Type, "OsOO", path, mode.raw,
                                                   closefd ? Py_True : Py_False, opener);
    if (!raw)
        return NULL;
    PyObject *stream = NULL;
    if (choose_buffering(raw, &mode, &buffering, &line_buffering) == 0)
        stream = wrap(raw, &mode, buffering, line_buffering, encoding, errors, newline);
    if (!stream)
        close_failed(raw);
    return stream;
}

FUNCTION_KW(_io, open,
            "($module, /, file, mode='r', buffering=-1, encoding=None,\n     errors=None, newline=None, closefd=True, opener=None)",
            "Opens a file and gives a stream.\n\n"
            "mode: 'r' read, 'w' write anew, 'x' make and write, 'a' append; '+' both ways; 't' text (the default), 'b' bytes.\n"
            "buffering: 0 none (bytes only), 1 by lines (text only), more: the buffer's size.\n"
            "encoding, errors, newline: as for TextIOWrapper. opener(path, flags) gives a descriptor.",
            *file, *mode, *buffering, *encoding, *errors, *newline, *closefd, *opener)
{
    int buffering, closefd;
    const char *mode;
    if (k_arg_utf8(arg->mode, "open", "argument 'mode'", &mode) < 0 || k_arg_int(arg->buffering, &buffering) < 0 ||
        k_arg_bool(arg->closefd, &closefd) < 0)
        return NULL;
    return io_open(arg->file, mode, buffering, arg->encoding, arg->errors, arg->newline, closefd, arg->opener);
}

FUNCTION_KW(_io, open_code, "($module, /, path)", "Opens a file whose bytes are to be run.", *path)
{
    return PyFile_OpenCodeObject(arg->path);
}

FUNCTION(_io, text_encoding, FAST, "($module, encoding, stacklevel=2, /)",
         "encoding itself, or for None the default, 'locale' (or 'utf-8' in UTF-8 mode).")
{
    if (k_check_nargs("text_encoding", nargs, 1, 2) < 0)
        return NULL;
    int stacklevel = 2;
    if (args[0] && args[0] != Py_None)
        return Py_NewRef(args[0]);
    if (nargs > 1 && k_arg_int(args[1], &stacklevel) < 0)
        return NULL;
    if (_Py_GetConfig()->warn_default_encoding &&
        PyErr_WarnEx(PyExc_EncodingWarning, "'encoding' argument not specified", stacklevel) < 0)
        return NULL;
    return PyUnicode_FromString(Py_UTF8Mode > 0 ? "utf-8" : "locale");
}
METHODS_END(_io);

static int add_unsupported_operation(PyObject *module)
{
    if (!io_unsupported_operation) {
        io_unsupported_operation = PyObject_CallFunction((PyObject *)&PyType_Type, "s(OO){}", "UnsupportedOperation",
                                                         PyExc_OSError, PyExc_ValueError);
        if (!io_unsupported_operation)
            return -1;
        K_AUTO(PyObject *) name = PyUnicode_FromString("io");
        if (!name || PyObject_SetAttr(io_unsupported_operation, K_STR("__module__"), name) < 0)
            return -1;
    }
    return PyModule_AddObjectRef(module, "UnsupportedOperation", io_unsupported_operation);
}

static int io_exec(PyObject *module)
{
    static const struct { const char *name; PyTypeObject *type; } types[] = {
        { "_IOBase", &IOBase_Type }, { "_RawIOBase", &RawIOBase_Type }, { "_BufferedIOBase", &BufferedIOBase_Type },
        { "_TextIOBase", &TextIOBase_Type }, { "FileIO", &FileIO_Type }, { "BytesIO", &BytesIO_Type },
        { "StringIO", &StringIO_Type }, { "BufferedReader", &BufferedReader_Type },
        { "BufferedWriter", &BufferedWriter_Type }, { "BufferedRandom", &BufferedRandom_Type },
        { "BufferedRWPair", &BufferedRWPair_Type }, { "TextIOWrapper", &TextIOWrapper_Type },
        { "IncrementalNewlineDecoder", &NewlineDecoder_Type },
    };
    for (Py_ssize_t i = 0; i < K_COUNT_OF(types); i++)
        if (PyModule_AddObjectRef(module, types[i].name, (PyObject *)types[i].type) < 0)
            return -1;
    return PyModule_AddIntConstant(module, "DEFAULT_BUFFER_SIZE", IO_BUFFER_SIZE) < 0 ||
                   PyModule_AddObjectRef(module, "BlockingIOError", PyExc_BlockingIOError) < 0 ||
                   add_unsupported_operation(module) < 0
               ? -1
               : 0;
}

MODULE(_io, "Streams of bytes and text; use them through module io.", io_exec, 0);
