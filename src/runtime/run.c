/* run.c - source text, files and trees to code, and running it (Py_Compile*, PyRun_*).
 *
 * In: bytes of source, a file, an _ast object.  Out: code objects, results, or exceptions.
 * Start at k_compile_source(). */
#include "runtime/run_code.h"

#include "ast/ast.h"
#include "code/code.h"
#include "code/marshal.h"
#include "compile/compile.h"
#include "memory/mem.h"
#include "objects/buffer.h"
#include "objects/bytes/bytes.h"
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/func/cfunction.h"
#include "objects/module.h"
#include "objects/str/str.h"
#include "parse/parse.h"
#include "runtime/config.h"
#include "runtime/errors.h"
#include "runtime/import.h"
#include "runtime/osutil.h"
#include "runtime/state.h"
#include "runtime/sys.h"
#include "vm/eval.h"

#include <sys/stat.h>

/* ---- compiling ---- */

static int optimize_level(int optimize)
{
    return optimize < 0 ? k_config()->optimization_level : optimize;
}

static PyObject *compile_in(KArena *arena, Node *mod, PyObject *filename, int flags, int optimize)
{
    if (!mod)
        return NULL;
    if (flags & PyCF_ONLY_AST)
        return ast_to_object(mod);
    CompileOptions options = { .filename = filename, .flags = flags, .optimize = optimize_level(optimize) };
    return (PyObject *)compile_tree(mod, &options, arena);
}

static PyObject *compile_text(const char *source, Py_ssize_t size, const ParseOptions *options, int optimize)
{
    if (PySys_Audit("compile", "yO", source, options->filename) < 0)
        return NULL;
    KArena *arena = arena_new();
    if (!arena)
        return PyErr_NoMemory();
    Node *mod = parse_source(source, size, options, arena);
    PyObject *result = compile_in(arena, mod, options->filename, options->flags, optimize);
    arena_free(arena);
    return result;
}

PyObject *k_compile_source(const char *source, Py_ssize_t size, PyObject *filename, int start, int flags, int feature,
                           int optimize)
{
    ParseOptions options = { .filename = filename, .start = start, .flags = flags, .feature_version = feature };
    return compile_text(source, size, &options, optimize);
}

PyObject *k_compile_object(PyObject *tree, PyObject *filename, int mode, int flags, int optimize)
{
    if (PySys_Audit("compile", "OO", tree, Py_None) < 0)
        return NULL;
    KArena *arena = arena_new();
    if (!arena)
        return PyErr_NoMemory();
    Node *mod = ast_from_object(tree, arena, mode);
    PyObject *result = mod && ast_validate(mod) == 0 ? compile_in(arena, mod, filename, flags, optimize) : NULL;
    arena_free(arena);
    return result;
}

PyObject *Py_CompileStringObject(const char *source, PyObject *filename, int start, PyCompilerFlags *flags, int optimize)
{
    int bits = flags ? flags->cf_flags : 0, feature = flags && (bits & PyCF_ONLY_AST) ? flags->cf_feature_version : 0;
    return k_compile_source(source, (Py_ssize_t)strlen(source), filename, start, bits, feature, optimize);
}

PyObject *Py_CompileStringExFlags(const char *source, const char *filename, int start, PyCompilerFlags *flags, int optimize)
{
    K_AUTO(PyObject *) name = PyUnicode_DecodeFSDefault(filename);
    return name ? Py_CompileStringObject(source, name, start, flags, optimize) : NULL;
}

PyObject *Py_CompileString(const char *source, const char *filename, int start)
{
    return Py_CompileStringExFlags(source, filename, start, NULL, -1);
}

PyObject *Py_CompileStringFlags(const char *source, const char *filename, int start, PyCompilerFlags *flags)
{
    return Py_CompileStringExFlags(source, filename, start, flags, -1);
}

/* The text of str, bytes or a buffer object given as source; *copy keeps it alive. */
const char *_Py_SourceAsString(PyObject *source, const char *function, const char *what, PyCompilerFlags *flags,
                               PyObject **copy)
{
    const char *text;
    Py_ssize_t size;
    *copy = NULL;
    if (PyUnicode_Check(source)) {
        flags->cf_flags |= PyCF_IGNORE_COOKIE;
        text = PyUnicode_AsUTF8AndSize(source, &size);
    } else if (PyBytes_Check(source)) {
        text = PyBytes_AS_STRING(source);
        size = PyBytes_GET_SIZE(source);
    } else {
        *copy = PyObject_CheckBuffer(source) ? PyBytes_FromObject(source) : NULL;
        if (!*copy) {
            if (!PyErr_Occurred())
                k_raise(PyExc_TypeError, "%s() arg 1 must be a %s object", function, what);
            return NULL;
        }
        text = PyBytes_AS_STRING(*copy);
        size = PyBytes_GET_SIZE(*copy);
    }
    if (text && strlen(text) != (size_t)size) {
        PyErr_SetString(PyExc_ValueError, "source code string cannot contain null bytes");
        Py_CLEAR(*copy);
        return NULL;
    }
    return text;
}

/* ---- running code ---- */

PyObject *k_run_code(PyObject *code, PyObject *globals, PyObject *locals)
{
    if (!globals || !PyDict_Check(globals))
        return k_raise(PyExc_SystemError, "globals must be a real dict");
    int has = PyDict_Contains(globals, K_STR("__builtins__"));
    if (has < 0 || (!has && PyDict_SetItem(globals, K_STR("__builtins__"), k_interp()->builtins) < 0))
        return NULL;
    if (PySys_Audit("exec", "O", code) < 0)
        return NULL;
    k_unhandled_interrupt = 0;
    PyObject *result = PyEval_EvalCode(code, globals, locals); /* runs code */
    if (!result && PyErr_Occurred() == PyExc_KeyboardInterrupt)
        k_unhandled_interrupt = 1;
    return result;
}

static void take_future_flags(PyCompilerFlags *flags, PyObject *code)
{
    enum { FUTURE = 0x1fe0000 };
    if (flags)
        flags->cf_flags |= ((PyCodeObject *)code)->co_flags & FUTURE;
}

static PyObject *run_source(const char *text, Py_ssize_t size, const ParseOptions *options, PyObject *globals,
                            PyObject *locals, PyCompilerFlags *flags)
{
    K_AUTO(PyObject *) code = compile_text(text, size, options, -1);
    if (!code)
        return NULL;
    take_future_flags(flags, code);
    return k_run_code(code, globals, locals);
}

PyObject *PyRun_StringFlags(const char *text, int start, PyObject *globals, PyObject *locals, PyCompilerFlags *flags)
{
    ParseOptions options = { .filename = K_STR("<string>"), .start = start, .flags = flags ? flags->cf_flags : 0 };
    return run_source(text, (Py_ssize_t)strlen(text), &options, globals, locals, flags);
}

static char *read_all(FILE *file, size_t *size)
{
    size_t room = 1 << 16, n = 0;
    char *text = PyMem_RawMalloc(room + 1);
    while (text) {
        n += fread(text + n, 1, room - n, file);
        if (n < room)
            break;
        char *more = PyMem_RawRealloc(text, 2 * room + 1);
        if (!more)
            PyMem_RawFree(text);
        text = more;
        room *= 2;
    }
    if (text)
        text[n] = 0;
    *size = n;
    return text;
}

/* Drops the first line, as -x asks, but keeps its newline so that line numbers stay. */
static size_t skipped_bytes(const char *text)
{
    return k_config()->skip_source_first_line ? strcspn(text, "\n") : 0;
}

static PyObject *run_file(FILE *file, PyObject *filename, int start, PyObject *globals, PyObject *locals, int closeit,
                          PyCompilerFlags *flags)
{
    size_t size;
    char *text = read_all(file, &size);
    int failed = ferror(file);
    if (closeit)
        fclose(file);
    if (!text)
        return PyErr_NoMemory();
    if (failed) {
        PyMem_RawFree(text);
        return PyErr_SetFromErrnoWithFilenameObject(PyExc_OSError, filename);
    }
    size_t skip = skipped_bytes(text);
    ParseOptions options = { .filename = filename, .start = start, .flags = flags ? flags->cf_flags : 0, .from_file = true };
    PyObject *result = NULL;
    if (memchr(text + skip, 0, size - skip))
        k_raise(PyExc_SyntaxError, "source code cannot contain null bytes");
    else
        result = run_source(text + skip, (Py_ssize_t)(size - skip), &options, globals, locals, flags);
    PyMem_RawFree(text);
    return result;
}

PyObject *PyRun_FileExFlags(FILE *file, const char *filename, int start, PyObject *globals, PyObject *locals, int closeit,
                            PyCompilerFlags *flags)
{
    K_AUTO(PyObject *) name = PyUnicode_DecodeFSDefault(filename);
    return name ? run_file(file, name, start, globals, locals, closeit, flags) : NULL;
}

/* ---- programs ---- */

static PyObject *main_dict(void)
{
    PyObject *module = PyImport_AddModule("__main__");
    return module ? PyModule_GetDict(module) : NULL;
}

void k_flush_io(void)
{
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    static const char *const names[] = { "stderr", "stdout" };
    for (int i = 0; i < 2; i++) {
        PyObject *file = PySys_GetObject(names[i]);
        if (!file)
            continue;
        PyObject *done = PyObject_CallMethodObjArgs(file, K_STR("flush"), NULL);
        if (!done)
            PyErr_Clear();
        Py_XDECREF(done);
    }
    PyErr_Restore(type, value, traceback);
}

int PyRun_SimpleStringFlags(const char *command, PyCompilerFlags *flags)
{
    PyObject *dict = main_dict();
    PyObject *result = dict ? PyRun_StringFlags(command, Py_file_input, dict, dict, flags) : NULL;
    if (!result) {
        PyErr_Print();
        return -1;
    }
    Py_DECREF(result);
    return 0;
}

static int looks_like_pyc(FILE *file, const char *name, int closeit)
{
    size_t n = strlen(name);
    if (n > 4 && strcmp(name + n - 4, ".pyc") == 0)
        return 1;
    if (!closeit || ftell(file) != 0)
        return 0;
    unsigned char head[2];
    int is = fread(head, 1, 2, file) == 2 && (head[0] | head[1] << 8) == (PyImport_GetMagicNumber() & 0xffff);
    rewind(file);
    return is;
}

static int set_main_loader(PyObject *dict, PyObject *filename, const char *loader_name)
{
    K_AUTO(PyObject *) external = PyObject_GetAttrString(k_interp()->importlib, "_bootstrap_external");
    K_AUTO(PyObject *) type = external ? PyObject_GetAttrString(external, loader_name) : NULL;
    K_AUTO(PyObject *) loader = type ? PyObject_CallFunction(type, "sO", "__main__", filename) : NULL;
    return loader ? PyDict_SetItemString(dict, "__loader__", loader) : -1;
}

static PyObject *run_pyc(FILE *file, PyObject *globals)
{
    enum { WORDS_BEFORE_CODE = 3 };
    long magic = PyMarshal_ReadLongFromFile(file);
    if (magic != PyImport_GetMagicNumber())
        return PyErr_Occurred() ? NULL : k_raise(PyExc_RuntimeError, "Bad magic number in .pyc file");
    for (int i = 0; i < WORDS_BEFORE_CODE; i++)
        (void)PyMarshal_ReadLongFromFile(file);
    if (PyErr_Occurred())
        return NULL;
    K_AUTO(PyObject *) code = PyMarshal_ReadLastObjectFromFile(file);
    if (!code)
        return NULL;
    if (!PyCode_Check(code))
        return k_raise(PyExc_RuntimeError, "Bad code object in .pyc file");
    return k_run_code(code, globals, globals);
}

static PyObject *run_as_main(FILE *file, PyObject *filename, int closeit, PyObject *dict, PyCompilerFlags *flags)
{
    const char *name = PyUnicode_AsUTF8(filename);
    if (!name)
        return NULL;
    if (!looks_like_pyc(file, name, closeit)) {
        if (strcmp(name, "<stdin>") != 0 && set_main_loader(dict, filename, "SourceFileLoader") < 0)
            return NULL;
        return run_file(file, filename, Py_file_input, dict, dict, closeit, flags);
    }
    if (set_main_loader(dict, filename, "SourcelessFileLoader") < 0)
        return NULL;
    PyObject *result = run_pyc(file, dict);
    if (closeit)
        fclose(file);
    return result;
}

int _PyRun_SimpleFileObject(FILE *file, PyObject *filename, int closeit, PyCompilerFlags *flags)
{
    PyObject *dict = main_dict();
    if (!dict)
        return -1;
    PyObject *held = Py_NewRef(dict);
    int had_file = PyDict_GetItemString(dict, "__file__") != NULL;
    PyObject *result = NULL;
    if (had_file || (PyDict_SetItemString(dict, "__file__", filename) == 0 &&
                     PyDict_SetItemString(dict, "__cached__", Py_None) == 0))
        result = run_as_main(file, filename, closeit, dict, flags);
    k_flush_io();
    int status = result ? 0 : -1;
    if (!result) {
        Py_CLEAR(held); /* SystemExit ends the program here: __main__ is not to outlive its time */
        PyErr_Print();
        dict = main_dict();
    }
    Py_XDECREF(result);
    if (!had_file && dict) {
        if (PyDict_DelItemString(dict, "__file__") < 0)
            PyErr_Clear();
        if (PyDict_DelItemString(dict, "__cached__") < 0)
            PyErr_Clear();
    }
    Py_XDECREF(held);
    return status;
}

int PyRun_SimpleFileExFlags(FILE *file, const char *filename, int closeit, PyCompilerFlags *flags)
{
    K_AUTO(PyObject *) name = PyUnicode_DecodeFSDefault(filename);
    return name ? _PyRun_SimpleFileObject(file, name, closeit, flags) : -1;
}

int _PyRun_AnyFileObject(FILE *file, PyObject *filename, int closeit, PyCompilerFlags *flags)
{
    K_AUTO(PyObject *) name = filename ? Py_NewRef(filename) : PyUnicode_FromString("???");
    if (!name)
        return -1;
    if (!_Py_FdIsInteractive(file, name))
        return _PyRun_SimpleFileObject(file, name, closeit, flags);
    int status = _PyRun_InteractiveLoopObject(file, name, flags);
    if (closeit)
        fclose(file);
    return status;
}

int PyRun_AnyFileExFlags(FILE *file, const char *filename, int closeit, PyCompilerFlags *flags)
{
    K_AUTO(PyObject *) name = filename ? PyUnicode_DecodeFSDefault(filename) : NULL;
    if (filename && !name) {
        PyErr_Print();
        return -1;
    }
    return _PyRun_AnyFileObject(file, name, closeit, flags);
}

/* ---- the same with fewer arguments ---- */

PyObject *PyRun_String(const char *text, int start, PyObject *globals, PyObject *locals)
{
    return PyRun_StringFlags(text, start, globals, locals, NULL);
}

int PyRun_SimpleString(const char *text)
{
    return PyRun_SimpleStringFlags(text, NULL);
}

PyObject *PyRun_File(FILE *file, const char *name, int start, PyObject *globals, PyObject *locals)
{
    return PyRun_FileExFlags(file, name, start, globals, locals, 0, NULL);
}

PyObject *PyRun_FileEx(FILE *file, const char *name, int start, PyObject *globals, PyObject *locals, int closeit)
{
    return PyRun_FileExFlags(file, name, start, globals, locals, closeit, NULL);
}

PyObject *PyRun_FileFlags(FILE *file, const char *name, int start, PyObject *globals, PyObject *locals,
                          PyCompilerFlags *flags)
{
    return PyRun_FileExFlags(file, name, start, globals, locals, 0, flags);
}

int PyRun_AnyFile(FILE *file, const char *name)
{
    return PyRun_AnyFileExFlags(file, name, 0, NULL);
}

int PyRun_AnyFileEx(FILE *file, const char *name, int closeit)
{
    return PyRun_AnyFileExFlags(file, name, closeit, NULL);
}

int PyRun_AnyFileFlags(FILE *file, const char *name, PyCompilerFlags *flags)
{
    return PyRun_AnyFileExFlags(file, name, 0, flags);
}

int PyRun_SimpleFile(FILE *file, const char *name)
{
    return PyRun_SimpleFileExFlags(file, name, 0, NULL);
}

int PyRun_SimpleFileEx(FILE *file, const char *name, int closeit)
{
    return PyRun_SimpleFileExFlags(file, name, closeit, NULL);
}

int PyOS_CheckStack(void)
{
    return 0;
}
