/* builtins_io.c - print and input. open is io.open, put in place by start-up. */
#include "memory/mem.h"
#include "modules/builtins/builtins_module.h"
#include "objects/bytes/bytes.h"
#include "objects/call.h"
#include "objects/int/int.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"
#include "runtime/osutil.h"
#include "runtime/run.h"
#include "runtime/sys.h"

#include <unistd.h>

static int check_text(PyObject *text, const char *name)
{
    if (PyUnicode_Check(text))
        return 0;
    k_raise(PyExc_TypeError, "%s must be None or a string, not %.200s", name, Py_TYPE(text)->tp_name);
    return -1;
}

static int flush_file(PyObject *file)
{
    K_AUTO(PyObject *) done = PyObject_CallMethodObjArgs(file, K_STR("flush"), NULL); /* runs code */
    return done ? 0 : -1;
}

METHOD_KW(builtins_io, print, "($module, /, *args, sep=' ', end='\\n', file=None, flush=False)",
          "Prints the values to a stream, or to sys.stdout by default.\n\n"
          "  sep\n    string inserted between values, default a space.\n"
          "  end\n    string appended after the last value, default a newline.\n"
          "  file\n    a file-like object (stream); defaults to the current sys.stdout.\n"
          "  flush\n    whether to forcibly flush the stream.", *values, *sep, *end, *file, *flush)
{
    PyObject *file = arg->file;
    int flush = 0;
    if (!file || file == Py_None) {
        file = PySys_GetObject("stdout");
        if (!file)
            return k_raise(PyExc_RuntimeError, "lost sys.stdout");
        if (file == Py_None)
            Py_RETURN_NONE; /* a program without a terminal */
    }
    PyObject *sep = arg->sep && arg->sep != Py_None ? arg->sep : K_STR(" ");
    PyObject *end = arg->end && arg->end != Py_None ? arg->end : K_STR("\n");
    if (check_text(sep, "sep") < 0 || check_text(end, "end") < 0)
        return NULL;
    K_AUTO(PyObject *) held = Py_NewRef(file);
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(arg->values); i++) {
        if (i && PyFile_WriteObject(sep, file, Py_PRINT_RAW) < 0)
            return NULL;
        if (PyFile_WriteObject(PyTuple_GET_ITEM(arg->values, i), file, Py_PRINT_RAW) < 0) /* runs code */
            return NULL;
    }
    if (PyFile_WriteObject(end, file, Py_PRINT_RAW) < 0 || (arg->flush && k_arg_bool(arg->flush, &flush) < 0))
        return NULL;
    return flush && flush_file(file) < 0 ? NULL : Py_NewRef(Py_None);
}

/* ---- input ---- */

static PyObject *standard(const char *name)
{
    PyObject *file = PySys_GetObject(name);
    if (!file || file == Py_None)
        return k_raise(PyExc_RuntimeError, "input(): lost sys.%s", name);
    return Py_NewRef(file);
}

/* Whether this stream is the process's own descriptor, and a terminal. */
static int is_terminal(PyObject *file, int descriptor)
{
    K_AUTO(PyObject *) number = PyObject_CallMethodObjArgs(file, K_STR("fileno"), NULL);
    if (!number) {
        PyErr_Clear();
        return 0;
    }
    long fd = PyLong_AsLong(number);
    if (fd == -1 && PyErr_Occurred())
        PyErr_Clear();
    return fd == descriptor && isatty(descriptor);
}

static PyObject *attribute_text(PyObject *file, PyObject *name)
{
    PyObject *text = PyObject_GetAttr(file, name);
    if (text && !PyUnicode_Check(text))
        Py_CLEAR(text);
    return text;
}

/* By the line editor: prompt and answer pass through the streams' encodings. NULL without exception: not possible. */
static PyObject *edit_line(PyObject *in, PyObject *out, PyObject *prompt)
{
    K_AUTO(PyObject *) in_encoding = attribute_text(in, K_STR("encoding"));
    K_AUTO(PyObject *) in_errors = in_encoding ? attribute_text(in, K_STR("errors")) : NULL;
    K_AUTO(PyObject *) out_encoding = in_errors ? attribute_text(out, K_STR("encoding")) : NULL;
    K_AUTO(PyObject *) out_errors = out_encoding ? attribute_text(out, K_STR("errors")) : NULL;
    if (!out_errors) {
        PyErr_Clear();
        return NULL;
    }
    K_AUTO(PyObject *) text = prompt ? PyObject_Str(prompt) : PyUnicode_FromString("");
    K_AUTO(PyObject *) shown = text ? PyUnicode_AsEncodedString(text, PyUnicode_AsUTF8(out_encoding), PyUnicode_AsUTF8(out_errors))
                                    : NULL;
    if (!shown)
        return NULL;
    if (strlen(PyBytes_AS_STRING(shown)) != (size_t)PyBytes_GET_SIZE(shown))
        return k_raise(PyExc_ValueError, "input: prompt string cannot contain null characters");
    char *line = PyOS_Readline(stdin, stdout, PyBytes_AS_STRING(shown));
    if (!line) {
        if (!PyErr_Occurred() && PyErr_CheckSignals() == 0)
            PyErr_SetNone(PyExc_KeyboardInterrupt);
        return NULL;
    }
    size_t size = strlen(line);
    PyObject *result = NULL;
    if (!size)
        PyErr_SetNone(PyExc_EOFError);
    else
        result = PyUnicode_Decode(line, (Py_ssize_t)(size - (line[size - 1] == '\n')), PyUnicode_AsUTF8(in_encoding),
                                  PyUnicode_AsUTF8(in_errors));
    PyMem_Free(line);
    if (result && PySys_Audit("builtins.input/result", "O", result) < 0)
        Py_CLEAR(result);
    return result;
}

METHOD(builtins_io, input, FAST, "($module, prompt='', /)",
       "Read a string from standard input.  The trailing newline is stripped.\n\n"
       "The prompt string, if given, is printed to standard output without a\n"
       "trailing newline before reading input.\n\n"
       "If the user hits EOF (*nix: Ctrl-D, Windows: Ctrl-Z+Return), raise EOFError.\n"
       "On *nix systems, readline is used if available.")
{
    if (k_check_nargs("input", nargs, 0, 1) < 0)
        return NULL;
    PyObject *prompt = nargs ? args[0] : NULL;
    K_AUTO(PyObject *) in = standard("stdin");
    K_AUTO(PyObject *) out = in ? standard("stdout") : NULL;
    K_AUTO(PyObject *) err = out ? standard("stderr") : NULL;
    if (!err || PySys_Audit("builtins.input", "O", prompt ? prompt : Py_None) < 0)
        return NULL;
    if (flush_file(err) < 0)
        PyErr_Clear();
    if (is_terminal(in, fileno(stdin)) && is_terminal(out, fileno(stdout))) {
        if (flush_file(out) < 0)
            PyErr_Clear();
        PyObject *line = edit_line(in, out, prompt);
        if (line || PyErr_Occurred())
            return line;
    }
    if (prompt && PyFile_WriteObject(prompt, out, Py_PRINT_RAW) < 0)
        return NULL;
    if (flush_file(out) < 0)
        PyErr_Clear();
    return PyFile_GetLine(in, -1);
}
METHODS_END(builtins_io);
