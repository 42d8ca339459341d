/* builtins_compile.c - compile, eval, exec, breakpoint. */
#include "ast/ast.h"
#include "code/code.h"
#include "modules/builtins/builtins_module.h"
#include "objects/bytes/bytes.h"
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/func/func.h"
#include "objects/int/int.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"
#include "runtime/run_code.h"
#include "runtime/sys.h"
#include "vm/eval.h"

enum {
    FUTURES = 0x1fe0000,
    OBSOLETE = CO_NESTED | CO_GENERATOR, /* __future__ still gives these bits */
    ALLOWED = FUTURES | OBSOLETE | PyCF_DONT_IMPLY_DEDENT | PyCF_ONLY_AST | PyCF_TYPE_COMMENTS |
              PyCF_ALLOW_TOP_LEVEL_AWAIT | PyCF_ALLOW_INCOMPLETE_INPUT
};


/* 0 exec, 1 eval, 2 single, 3 func_type; -1 with ValueError. */
static int mode_number(const char *mode, int flags)
{
    static const char *const modes[] = { "exec", "eval", "single", "func_type" };
    for (int i = 0; i < 3; i++)
        if (strcmp(mode, modes[i]) == 0)
            return i;
    if (strcmp(mode, modes[3]) == 0) {
        if (flags & PyCF_ONLY_AST)
            return 3;
        PyErr_SetString(PyExc_ValueError, "compile() mode 'func_type' requires flag PyCF_ONLY_AST");
        return -1;
    }
    PyErr_SetString(PyExc_ValueError, flags & PyCF_ONLY_AST
                                          ? "compile() mode must be 'exec', 'eval', 'single' or 'func_type'"
                                          : "compile() mode must be 'exec', 'eval' or 'single'");
    return -1;
}

static PyObject *compile_text(PyObject *source, PyObject *filename, int mode, PyCompilerFlags *flags, int optimize)
{
    static const int starts[] = { Py_file_input, Py_eval_input, Py_single_input, Py_func_type_input };
    PyObject *copy;
    const char *text = _Py_SourceAsString(source, "compile", "string, bytes or AST", flags, &copy);
    if (!text)
        return NULL;
    PyObject *result = Py_CompileStringObject(text, filename, starts[mode], flags, optimize);
    Py_XDECREF(copy);
    return result;
}

METHOD_KW(builtins_compile, compile,
          "($module, /, source, filename, mode, flags=0,\n        dont_inherit=False, optimize=-1, *, _feature_version=-1)",
          "Compile source into a code object that can be executed by exec() or eval().\n\n"
          "The source may be Python text or an AST object. The filename is used in error messages and tracebacks.\n"
          "The mode is 'exec' for a module, 'single' for one interactive statement, 'eval' for an expression.\n"
          "flags tells which future statements and compiler options are in force; dont_inherit keeps those of the\n"
          "calling code out.",
          *source, *filename, *mode, *flags, *dont_inherit, *optimize, *feature_version)
{
    int flags = 0, dont_inherit = 0, optimize = -1, feature = -1;
    const char *mode_text;
    PyObject *name;
    if (!PyUnicode_FSDecoder(arg->filename, &name))
        return NULL;
    K_AUTO(PyObject *) filename = name;
    if (k_arg_utf8(arg->mode, "compile", "argument 'mode'", &mode_text) < 0 ||
        (arg->flags && k_arg_int(arg->flags, &flags) < 0) ||
        (arg->dont_inherit && k_arg_bool(arg->dont_inherit, &dont_inherit) < 0) ||
        (arg->optimize && k_arg_int(arg->optimize, &optimize) < 0) ||
        (arg->feature_version && k_arg_int(arg->feature_version, &feature) < 0))
        return NULL;
    if (flags & ~ALLOWED)
        return k_raise(PyExc_ValueError, "compile(): unrecognised flags");
    if (optimize < -1 || optimize > 2)
        return k_raise(PyExc_ValueError, "compile(): invalid optimize value");
    PyCompilerFlags compiler_flags = { flags | PyCF_SOURCE_IS_UTF8, 11 };
    if (feature >= 0 && (flags & PyCF_ONLY_AST))
        compiler_flags.cf_feature_version = feature;
    if (!dont_inherit)
        (void)!PyEval_MergeCompilerFlags(&compiler_flags);
    int mode = mode_number(mode_text, flags);
    int is_tree = mode < 0 ? -1 : ast_object_check(arg->source);
    if (is_tree < 0)
        return NULL;
    if (!is_tree)
        return compile_text(arg->source, filename, mode, &compiler_flags, optimize);
    if (flags & PyCF_ONLY_AST)
        return Py_NewRef(arg->source);
    return k_compile_object(arg->source, filename, mode, compiler_flags.cf_flags, optimize);
}

/* ---- eval and exec ---- */

/* Fills in what was not given from the calling frame, and checks the kinds. 0, or -1 with TypeError. */
static int find_scopes(const char *function, PyObject **globals, PyObject **locals)
{
    int is_eval = strcmp(function, "eval") == 0;
    if (*locals == Py_None)
        *locals = NULL;
    if (*globals == Py_None)
        *globals = NULL;
    if (is_eval && *locals && !PyMapping_Check(*locals)) {
        PyErr_SetString(PyExc_TypeError, "locals must be a mapping");
        return -1;
    }
    if (is_eval && *globals && !PyDict_Check(*globals)) {
        PyErr_SetString(PyExc_TypeError, PyMapping_Check(*globals)
                                             ? "globals must be a real dict; try eval(code, {}, mapping)"
                                             : "globals must be a dict");
        return -1;
    }
    if (!*globals) {
        *globals = PyEval_GetGlobals();
        if (!*locals)
            *locals = PyEval_GetLocals();
        if (!*globals || !*locals) {
            if (!PyErr_Occurred())
                PyErr_SetString(is_eval ? PyExc_TypeError : PyExc_SystemError,
                                is_eval ? "eval must be given globals and locals when called without a frame"
                                        : "globals and locals cannot be NULL");
            return -1;
        }
    } else if (!*locals) {
        *locals = *globals;
    }
    if (is_eval)
        return 0;
    if (!PyDict_Check(*globals)) {
        k_raise(PyExc_TypeError, "exec() globals must be a dict, not %.100s", Py_TYPE(*globals)->tp_name);
        return -1;
    }
    if (!PyMapping_Check(*locals)) {
        k_raise(PyExc_TypeError, "locals must be a mapping or None, not %.100s", Py_TYPE(*locals)->tp_name);
        return -1;
    }
    return 0;
}

static int give_builtins(PyObject *globals)
{
    int has = PyDict_Contains(globals, K_STR("__builtins__"));
    return has ? (has < 0 ? -1 : 0) : PyDict_SetItem(globals, K_STR("__builtins__"), PyEval_GetBuiltins());
}

static PyObject *run_text(PyObject *source, const char *function, int start, PyObject *globals, PyObject *locals)
{
    PyCompilerFlags flags = { PyCF_SOURCE_IS_UTF8, 11 };
    PyObject *copy;
    const char *text = _Py_SourceAsString(source, function, "string, bytes or code", &flags, &copy);
    if (!text)
        return NULL;
    if (start == Py_eval_input)
        text += strspn(text, " \t");
    (void)!PyEval_MergeCompilerFlags(&flags);
    PyObject *result = PyRun_StringFlags(text, start, globals, locals, &flags); /* runs code */
    Py_XDECREF(copy);
    return result;
}

METHOD(builtins_compile, eval, FAST, "($module, source, globals=None, locals=None, /)",
       "Evaluate the given source in the context of globals and locals.\n\n"
       "The source may be a string representing a Python expression\nor a code object as returned by compile().\n"
       "The globals must be a dictionary and locals can be any mapping,\ndefaulting to the current globals and locals.\n"
       "If only globals is given, locals defaults to it.")
{
    if (k_check_nargs("eval", nargs, 1, 3) < 0)
        return NULL;
    PyObject *globals = nargs > 1 ? args[1] : NULL, *locals = nargs > 2 ? args[2] : NULL;
    if (find_scopes("eval", &globals, &locals) < 0)
        return NULL;
    K_AUTO(PyObject *) held = Py_NewRef(locals);
    if (give_builtins(globals) < 0)
        return NULL;
    if (!PyCode_Check(args[0]))
        return run_text(args[0], "eval", Py_eval_input, globals, locals);
    if (PyCode_GetNumFree((PyCodeObject *)args[0]) > 0)
        return k_raise(PyExc_TypeError, "code object passed to eval() may not contain free variables");
    return k_run_code(args[0], globals, locals);
}

static int check_closure(PyCodeObject *code, PyObject *closure)
{
    Py_ssize_t free = PyCode_GetNumFree(code);
    if (!free) {
        if (!closure)
            return 0;
        PyErr_SetString(PyExc_TypeError, "cannot use a closure with this code object");
        return -1;
    }
    int fits = closure && PyTuple_CheckExact(closure) && PyTuple_GET_SIZE(closure) == free;
    for (Py_ssize_t i = 0; fits && i < free; i++)
        fits = PyCell_Check(PyTuple_GET_ITEM(closure, i));
    if (fits)
        return 0;
    k_raise(PyExc_TypeError, "code object requires a closure of exactly length %zd", free);
    return -1;
}

METHOD_KW(builtins_compile, exec, "($module, source, globals=None, locals=None, /, *, closure=None)",
          "Execute the given source in the context of globals and locals.\n\n"
          "The source may be a string representing one or more Python statements\nor a code object as returned by "
          "compile().\nThe globals must be a dictionary and locals can be any mapping,\ndefaulting to the current globals "
          "and locals.\nIf only globals is given, locals defaults to it.\n"
          "The closure must be a tuple of cells when source is a code object with free variables.",
          *source, *globals, *locals, *closure)
{
    PyObject *globals = arg->globals, *locals = arg->locals, *closure = arg->closure == Py_None ? NULL : arg->closure;
    if (find_scopes("exec", &globals, &locals) < 0)
        return NULL;
    K_AUTO(PyObject *) held = Py_NewRef(locals);
    if (give_builtins(globals) < 0)
        return NULL;
    K_AUTO(PyObject *) result = NULL;
    if (PyCode_Check(arg->source)) {
        if (check_closure((PyCodeObject *)arg->source, closure) < 0)
            return NULL;
        if (!closure)
            K_SET(result, k_run_code(arg->source, globals, locals));
        else if (PySys_Audit("exec", "O", arg->source) == 0)
            K_SET(result, PyEval_EvalCodeEx(arg->source, globals, locals, NULL, 0, NULL, 0, NULL, 0, NULL, closure));
    } else {
        if (closure)
            return k_raise(PyExc_TypeError, "closure can only be used when source is a code object");
        K_SET(result, run_text(arg->source, "exec", Py_file_input, globals, locals));
    }
    return result ? Py_NewRef(Py_None) : NULL;
}

METHOD_RAW(builtins_compile, breakpoint, VEC, 0,
           "breakpoint(*args, **kws)\n\nCall sys.breakpointhook(*args, **kws).  sys.breakpointhook() must accept\n"
           "whatever arguments are passed.\n\nBy default, this drops you into the pdb debugger.")
{
    PyObject *hook = PySys_GetObject("breakpointhook");
    if (!hook)
        return k_raise(PyExc_RuntimeError, "lost sys.breakpointhook");
    if (PySys_Audit("builtins.breakpoint", "O", hook) < 0)
        return NULL;
    K_AUTO(PyObject *) owned = Py_NewRef(hook);
    return PyObject_Vectorcall(owned, args, (size_t)nargs, kwnames);
}
METHODS_END(builtins_compile);
