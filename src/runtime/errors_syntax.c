/* errors_syntax.c - where a SyntaxError is: its place set from C, and the line of source text to show with it.
 *
 * In: the SyntaxError being raised, a file name and positions.  Out: the exception with lineno, offset, text... set.
 * Start at PyErr_RangedSyntaxLocationObject(). */
#include "runtime/errors.h"

#include "objects/int/int.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "runtime/osutil.h"

#include <errno.h>

/* Positions are extras: failing to set one must not hide the SyntaxError itself. */
static void set_quietly(PyObject *exception, PyObject *name, PyObject *value)
{
    if (!value || PyObject_SetAttr(exception, name, value) < 0)
        PyErr_Clear();
}

static void set_number(PyObject *exception, PyObject *name, int number)
{
    K_AUTO(PyObject *) value = number >= 0 ? PyLong_FromLong(number) : Py_NewRef(Py_None);
    set_quietly(exception, name, value);
}

static void set_default(PyObject *exception, PyObject *name, PyObject *value)
{
    K_AUTO(PyObject *) found = NULL;
    if (_PyObject_LookupAttr(exception, name, &found) < 0)
        PyErr_Clear();
    else if (!found)
        set_quietly(exception, name, value);
}

void PyErr_RangedSyntaxLocationObject(PyObject *filename, int lineno, int col_offset, int end_lineno,
                                      int end_col_offset)
{
    PyObject *exception = k_err_take();
    if (!exception)
        return;
    set_number(exception, K_STR("lineno"), lineno);
    set_number(exception, K_STR("offset"), col_offset);
    set_number(exception, K_STR("end_lineno"), end_lineno);
    set_number(exception, K_STR("end_offset"), end_col_offset);
    if (filename) {
        set_quietly(exception, K_STR("filename"), filename);
        K_AUTO(PyObject *) text = PyErr_ProgramTextObject(filename, lineno);
        if (text)
            set_quietly(exception, K_STR("text"), text);
        else
            PyErr_Clear();
    }
    if (!Py_IS_TYPE(exception, (PyTypeObject *)PyExc_SyntaxError)) {
        K_AUTO(PyObject *) message = PyObject_Str(exception);
        if (message)
            set_default(exception, K_STR("msg"), message);
        else
            PyErr_Clear();
        set_default(exception, K_STR("print_file_and_line"), Py_None);
    }
    k_err_give(exception);
}

void PyErr_SyntaxLocationObject(PyObject *filename, int lineno, int col_offset)
{
    PyErr_RangedSyntaxLocationObject(filename, lineno, col_offset, lineno, -1);
}

void PyErr_SyntaxLocationEx(const char *filename, int lineno, int col_offset)
{
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    K_AUTO(PyObject *) name = filename ? PyUnicode_DecodeFSDefault(filename) : NULL;
    if (filename && !name)
        PyErr_Clear();
    PyErr_Restore(type, value, traceback);
    PyErr_SyntaxLocationObject(name, lineno, col_offset);
}

void PyErr_SyntaxLocation(const char *filename, int lineno)
{
    PyErr_SyntaxLocationEx(filename, lineno, -1);
}

/* The line of that number (from 1), with its newline; NULL when the file is shorter or cannot be decoded. Of a line
 * longer than the buffer the last piece is taken, of one with a NUL what stands before it, as CPython does. */
static PyObject *line_of_file(FILE *file, int lineno, const char *encoding)
{
    char line[1000], *last = &line[sizeof line - 2];
    for (int i = 0; i < lineno; i++) {
        do {
            *last = 0;
            if (!Py_UniversalNewlineFgets(line, sizeof line, file, NULL))
                return NULL;
        } while (*last && *last != '\n');
    }
    Py_ssize_t length = (Py_ssize_t)strlen(line);
    PyObject *text = encoding ? PyUnicode_Decode(line, length, encoding, "replace")
                              : PyUnicode_FromStringAndSize(line, length);
    if (!text)
        PyErr_Clear();
    return text;
}

PyObject *_PyErr_ProgramDecodedTextObject(PyObject *filename, int lineno, const char *encoding)
{
    if (!filename || lineno <= 0)
        return NULL;
    FILE *file = _Py_fopen_obj(filename, "r");
    if (!file) {
        PyErr_Clear();
        return NULL;
    }
    PyObject *text = line_of_file(file, lineno, encoding);
    fclose(file);
    return text;
}

PyObject *PyErr_ProgramTextObject(PyObject *filename, int lineno)
{
    return _PyErr_ProgramDecodedTextObject(filename, lineno, NULL);
}

PyObject *PyErr_ProgramText(const char *filename, int lineno)
{
    if (!filename || !*filename || lineno <= 0)
        return NULL;
    FILE *file = fopen(filename, "r");
    if (!file)
        return NULL;
    PyObject *text = line_of_file(file, lineno, NULL);
    fclose(file);
    return text;
}
