/* repl.c - the interactive loop: prompt, lines, compile in single mode, print, again.
 *
 * Lines are gathered until they make a whole statement; that is asked of the parser by compiling with
 * PyCF_ALLOW_INCOMPLETE_INPUT and PyCF_DONT_IMPLY_DEDENT. Start at _PyRun_InteractiveLoopObject(). */
#include "memory/mem.h"
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/module.h"
#include "objects/str/str.h"
#include "runtime/config.h"
#include "runtime/errors.h"
#include "runtime/import.h"
#include "runtime/run.h"
#include "runtime/run_code.h"
#include "runtime/start.h"
#include "runtime/state.h"
#include "runtime/sys.h"
#include "runtime/thread.h"
#include "vm/eval.h"

#include <errno.h>
#include <unistd.h>

PyThreadState *_PyOS_ReadlineTState;
char *(*PyOS_ReadlineFunctionPointer)(FILE *, FILE *, const char *);
int (*PyOS_InputHook)(void);

int Py_FdIsInteractive(FILE *file, const char *filename)
{
    if (isatty(fileno(file)))
        return 1;
    return k_config()->interactive && (!filename || strcmp(filename, "<stdin>") == 0 || strcmp(filename, "???") == 0);
}

int _Py_FdIsInteractive(FILE *file, PyObject *filename)
{
    return Py_FdIsInteractive(file, filename ? PyUnicode_AsUTF8(filename) : NULL);
}

/* ---- one line ---- */

/* A line with its newline, "" at the end of the file; NULL when interrupted, or with errno ENOMEM. PyMem_RawFree it.
 * Runs without the GIL. */
static char *read_line(FILE *in, FILE *out, const char *prompt)
{
    if (prompt)
        fputs(prompt, out), fflush(out);
    if (PyOS_InputHook)
        PyOS_InputHook();
    char *line = NULL;
    size_t room = 0;
    errno = 0;
    ssize_t n = getline(&line, &room, in);
    if (n < 0 && ferror(in) && errno == EINTR) {
        clearerr(in);
        free(line);
        errno = EINTR;
        return NULL;
    }
    char *copy = PyMem_RawMalloc((size_t)Py_MAX(n, 0) + 1);
    if (copy)
        memcpy(copy, n > 0 ? line : "", (size_t)Py_MAX(n, 0) + 1);
    free(line);
    if (n < 0)
        clearerr(in);
    if (!copy)
        errno = ENOMEM;
    return copy;
}

char *PyOS_Readline(FILE *in, FILE *out, const char *prompt)
{
    PyThreadState *tstate = _PyThreadState_GET();
    if (_PyOS_ReadlineTState == tstate) {
        k_raise(PyExc_RuntimeError, "can't re-enter readline");
        return NULL;
    }
    int terminal = isatty(fileno(in)) && isatty(fileno(out));
    _PyOS_ReadlineTState = tstate;
    PyEval_SaveThread();
    char *line = terminal && PyOS_ReadlineFunctionPointer ? PyOS_ReadlineFunctionPointer(in, out, prompt)
                                                          : read_line(in, terminal ? out : stderr, prompt);
    int error = line ? 0 : errno;
    PyEval_RestoreThread(tstate);
    _PyOS_ReadlineTState = NULL;
    if (!line)
        return error == ENOMEM ? (char *)PyErr_NoMemory() : NULL;
    size_t size = strlen(line) + 1; /* callers release with PyMem_Free */
    char *copy = PyMem_Malloc(size);
    if (copy)
        memcpy(copy, line, size);
    else
        (void)!PyErr_NoMemory();
    PyMem_RawFree(line);
    return copy;
}

/* ---- statements ---- */

static PyObject *prompt_text(const char *which)
{
    PyObject *prompt = PySys_GetObject(which);
    PyObject *text = prompt ? PyObject_Str(prompt) : NULL;
    if (!text) {
        PyErr_Clear();
        text = PyUnicode_FromString("");
    }
    return text;
}

static int is_incomplete(void)
{
    PyObject *type, *value, *traceback;
    if (!PyErr_ExceptionMatches(PyExc_SyntaxError))
        return 0;
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    PyObject *message = PyObject_GetAttrString(value, "msg");
    int is = message && PyUnicode_Check(message) && PyUnicode_CompareWithASCIIString(message, "incomplete input") == 0;
    Py_XDECREF(message);
    PyErr_Restore(type, value, traceback);
    return is;
}

typedef struct Statement {
    char *text;
    size_t size;
} Statement;

static int add_line(Statement *s, const char *line)
{
    size_t n = strlen(line);
    char *text = PyMem_RawRealloc(s->text, s->size + n + 1);
    if (!text)
        return PyErr_NoMemory() ? 0 : -1;
    memcpy(text + s->size, line, n + 1);
    s->text = text;
    s->size += n;
    return 0;
}

static bool is_blank(const Statement *s)
{
    size_t start = strspn(s->text, " \t\f");
    return s->text[start] == '\n' || s->text[start] == '#';
}

/* Whether a text that compiles may still go on: without its last newline it does not parse. So a block ends with an
 * empty line, not with each of its lines. */
static bool may_go_on(const Statement *s, PyObject *filename, int bits)
{
    if (!s->size || s->text[s->size - 1] != '\n')
        return false;
    K_AUTO(PyObject *) tree = k_compile_source(s->text, (Py_ssize_t)s->size - 1, filename, Py_single_input,
                                               bits | PyCF_ONLY_AST, 0, -1);
    if (!tree)
        PyErr_Clear();
    return !tree;
}

/* A whole statement as code: NULL with an exception, or with *at_end set when the input is over. */
static PyObject *read_statement(FILE *file, PyObject *filename, PyCompilerFlags *flags, int *at_end)
{
    Statement s = { 0 };
    K_AUTO(PyObject *) code = NULL;
    for (bool begun = false;;) {
        K_AUTO(PyObject *) prompt = prompt_text(begun ? "ps2" : "ps1");
        const char *text = prompt ? PyUnicode_AsUTF8(prompt) : NULL;
        char *line = PyOS_Readline(file, stdout, text ? text : "");
        if (!line) {
            if (!PyErr_Occurred() && PyErr_CheckSignals() == 0)
                PyErr_SetNone(PyExc_KeyboardInterrupt);
            break;
        }
        int over = !*line, failed = add_line(&s, line);
        PyMem_Free(line);
        if (failed)
            break;
        if (over)
            fputs("\n", stderr);
        if (over && !s.size) {
            *at_end = 1;
            break;
        }
        if (!over && !begun && is_blank(&s)) { /* says nothing */
            s.size = 0;
            continue;
        }
        begun = true;
        int bits = flags->cf_flags | (over ? 0 : PyCF_ALLOW_INCOMPLETE_INPUT | PyCF_DONT_IMPLY_DEDENT);
        bits |= PyCF_IGNORE_COOKIE;
        K_SET(code, k_compile_source(s.text, (Py_ssize_t)s.size, filename, Py_single_input, bits, 0, -1));
        if (over || (code ? !may_go_on(&s, filename, bits) : !is_incomplete()))
            break;
        K_SET(code, NULL);
        PyErr_Clear();
    }
    PyMem_RawFree(s.text);
    return K_MOVE(code);
}

enum { AT_END = 11 };

static int interactive_one(FILE *file, PyObject *filename, PyCompilerFlags *flags)
{
    PyCompilerFlags none = { 0, 11 };
    int at_end = 0;
    if (!flags)
        flags = &none;
    K_AUTO(PyObject *) code = read_statement(file, filename, flags, &at_end);
    if (!code)
        return at_end ? AT_END : -1;
    PyObject *module = PyImport_AddModule("__main__");
    PyObject *dict = module ? PyModule_GetDict(module) : NULL;
    K_AUTO(PyObject *) result = dict ? k_run_code(code, dict, dict) : NULL;
    k_flush_io();
    return result ? 0 : -1;
}

int PyRun_InteractiveOneObject(FILE *file, PyObject *filename, PyCompilerFlags *flags)
{
    int status = interactive_one(file, filename, flags);
    if (status == -1) {
        PyErr_Print();
        k_flush_io();
    }
    return status;
}

static int ensure_prompt(const char *name, const char *text)
{
    if (PySys_GetObject(name))
        return 0;
    K_AUTO(PyObject *) value = PyUnicode_FromString(text);
    return value ? PySys_SetObject(name, value) : -1;
}

int _PyRun_InteractiveLoopObject(FILE *file, PyObject *filename, PyCompilerFlags *flags)
{
    enum { MEMORY_ERRORS_MOST = 16 };
    PyCompilerFlags own = { 0, 11 };
    if (!flags)
        flags = &own;
    if (ensure_prompt("ps1", ">>> ") < 0 || ensure_prompt("ps2", "... ") < 0)
        PyErr_Clear();
    int memory_errors = 0;
    for (;;) {
        int status = interactive_one(file, filename, flags);
        if (status == AT_END)
            return 0;
        if (status == 0) {
            memory_errors = 0;
            continue;
        }
        if (PyErr_ExceptionMatches(PyExc_MemoryError) && ++memory_errors > MEMORY_ERRORS_MOST) {
            PyErr_Clear();
            return -1;
        }
        PyErr_Print();
        k_flush_io();
    }
}

int PyRun_InteractiveLoopFlags(FILE *file, const char *filename, PyCompilerFlags *flags)
{
    K_AUTO(PyObject *) name = PyUnicode_DecodeFSDefault(filename);
    return name ? _PyRun_InteractiveLoopObject(file, name, flags) : -1;
}

int PyRun_InteractiveOneFlags(FILE *file, const char *filename, PyCompilerFlags *flags)
{
    K_AUTO(PyObject *) name = PyUnicode_DecodeFSDefault(filename);
    return name ? PyRun_InteractiveOneObject(file, name, flags) : -1;
}

int PyRun_InteractiveOne(FILE *file, const char *filename)
{
    return PyRun_InteractiveOneFlags(file, filename, NULL);
}

int PyRun_InteractiveLoop(FILE *file, const char *filename)
{
    return PyRun_InteractiveLoopFlags(file, filename, NULL);
}
