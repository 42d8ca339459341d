/* stdio.c - sys.stdin, sys.stdout, sys.stderr: made of io's classes at start, flushed at the end. */
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/protocol.h"
#include "objects/module.h"
#include "objects/str/str.h"
#include "runtime/codecs.h"
#include "runtime/errors.h"
#include "runtime/import.h"
#include "runtime/run.h"
#include "runtime/start_parts.h"
#include "runtime/sys.h"

#include <sys/stat.h>
#include <unistd.h>

typedef struct Stream {
    int fd;
    int writes;
    const char *name;
} Stream;

static int is_open(int fd)
{
    struct stat st;
    return fstat(fd, &st) == 0;
}

static PyObject *wide(const wchar_t *text)
{
    return PyUnicode_FromWideChar(text, -1);
}

/* The codec's own name: "iso8859-1" for "latin-1". */
static PyObject *codec_name(const wchar_t *encoding)
{
    K_AUTO(PyObject *) given = wide(encoding);
    const char *text = given ? PyUnicode_AsUTF8(given) : NULL;
    K_AUTO(PyObject *) codec = text ? _PyCodec_Lookup(text) : NULL;
    return codec ? PyObject_GetAttrString(codec, "name") : NULL;
}

static PyObject *open_binary(PyObject *io, const Stream *s, int buffering)
{
    return PyObject_CallMethod(io, "open", "isiOOOO", s->fd, s->writes ? "wb" : "rb", buffering, Py_None, Py_None, Py_None,
                               Py_False);
}

/* The text stream over fd; None when the descriptor is closed. */
static PyObject *make_stream(PyObject *io, const Stream *s, const PyConfig *config)
{
    if (!is_open(s->fd))
        Py_RETURN_NONE;
    int unbuffered = !config->buffered_stdio && s->writes;
    K_AUTO(PyObject *) buffer = open_binary(io, s, unbuffered ? 0 : -1);
    if (!buffer)
        return NULL;
    K_AUTO(PyObject *) raw = unbuffered ? Py_NewRef(buffer) : PyObject_GetAttrString(buffer, "raw");
    K_AUTO(PyObject *) name = raw ? PyUnicode_FromString(s->name) : NULL;
    if (!name || PyObject_SetAttrString(raw, "name", name) < 0)
        return NULL;
    K_AUTO(PyObject *) answer = PyObject_CallMethod(raw, "isatty", NULL);
    int terminal = answer ? PyObject_IsTrue(answer) : -1;
    K_AUTO(PyObject *) encoding = terminal < 0 ? NULL : codec_name(config->stdio_encoding);
    K_AUTO(PyObject *) errors = s->fd == STDERR_FILENO ? PyUnicode_FromString("backslashreplace") : wide(config->stdio_errors);
    K_AUTO(PyObject *) type = encoding && errors ? PyObject_GetAttrString(io, "TextIOWrapper") : NULL;
    if (!type)
        return NULL;
    int by_line = config->buffered_stdio && (terminal || s->fd == STDERR_FILENO);
    K_AUTO(PyObject *) stream = PyObject_CallFunction(type, "OOOsOO", buffer, encoding, errors, "\n",
                                                      by_line ? Py_True : Py_False,
                                                      config->buffered_stdio ? Py_False : Py_True);
    K_AUTO(PyObject *) mode = stream ? PyUnicode_FromString(s->writes ? "w" : "r") : NULL;
    if (!mode || PyObject_SetAttrString(stream, "mode", mode) < 0)
        return NULL;
    return K_MOVE(stream);
}

static int add_stream(PyObject *io, const Stream *s, const PyConfig *config, const char *name)
{
    char kept[16];
    snprintf(kept, sizeof kept, "__%s__", name);
    K_AUTO(PyObject *) stream = make_stream(io, s, config);
    if (!stream)
        return -1;
    return PySys_SetObject(kept, stream) < 0 ? -1 : PySys_SetObject(name, stream);
}

int stdio_start(const PyConfig *config)
{
    struct stat st;
    if (fstat(STDIN_FILENO, &st) == 0 && S_ISDIR(st.st_mode)) {
        fprintf(stderr, "<stdin> is a directory, cannot continue\n");
        return -1;
    }
    if (!config->buffered_stdio && config->configure_c_stdio) {
        setvbuf(stdin, NULL, _IONBF, BUFSIZ);
        setvbuf(stdout, NULL, _IONBF, BUFSIZ);
        setvbuf(stderr, NULL, _IONBF, BUFSIZ);
    } else if (config->interactive && config->configure_c_stdio) {
        setvbuf(stdin, NULL, _IOLBF, BUFSIZ);
        setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    }
    K_AUTO(PyObject *) io = PyImport_ImportModule("io");
    K_AUTO(PyObject *) open = io ? PyObject_GetAttrString(io, "open") : NULL;
    if (!open || PyDict_SetItemString(k_interp()->builtins, "open", open) < 0)
        return -1;
    if (add_stream(io, &(Stream){ STDIN_FILENO, 0, "<stdin>" }, config, "stdin") < 0 ||
        add_stream(io, &(Stream){ STDOUT_FILENO, 1, "<stdout>" }, config, "stdout") < 0 ||
        add_stream(io, &(Stream){ STDERR_FILENO, 1, "<stderr>" }, config, "stderr") < 0)
        return -1;
    return 0;
}

static int is_closed(PyObject *file)
{
    PyObject *closed = PyObject_GetAttrString(file, "closed");
    int is = closed ? PyObject_IsTrue(closed) : -1;
    Py_XDECREF(closed);
    if (is < 0)
        PyErr_Clear();
    return is > 0;
}

static int flush(const char *name, int report)
{
    PyObject *file = PySys_GetObject(name);
    if (!file || file == Py_None || is_closed(file))
        return 0;
    PyObject *done = PyObject_CallMethod(file, "flush", NULL);
    if (done) {
        Py_DECREF(done);
        return 0;
    }
    if (report)
        PyErr_WriteUnraisable(file);
    else
        PyErr_Clear();
    return -1;
}

int stdio_flush(void)
{
    int status = flush("stdout", 1);
    return flush("stderr", 0) < 0 ? -1 : status;
}
