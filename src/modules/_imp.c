/* _imp.c - module _imp: what importlib asks of the interpreter: builtin, frozen and extension modules, the import lock. */
#include "code/code.h"
#include "code/marshal.h"
#include "objects/buffer.h"
#include "objects/bytes/bytes.h"
#include "objects/dict/dict.h"
#include "objects/hash.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/memoryview/memoryview.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/config.h"
#include "runtime/errors.h"
#include "runtime/import_state.h"
#include "runtime/state.h"
#include "base/siphash.h"

/* ---- the import lock ---- */

FUNCTION(_imp, lock_held, NOARGS, "($module, /)",
         "Return True if the import lock is currently held, else False.\n\nOn platforms without threads, return False.")
{
    Py_RETURN_BOOL(import_lock_is_held());
}

FUNCTION(_imp, acquire_lock, NOARGS, "($module, /)",
         "Acquires the interpreter's import lock for the current thread.\n\nA thread may take it several times and gives it "
         "back as often.")
{
    _PyImport_AcquireLock();
    Py_RETURN_NONE;
}

FUNCTION(_imp, release_lock, NOARGS, "($module, /)", "Release the interpreter's import lock.")
{
    if (_PyImport_ReleaseLock() < 0)
        return k_raise(PyExc_RuntimeError, "not holding the import lock");
    Py_RETURN_NONE;
}

/* ---- builtin and extension modules ---- */

FUNCTION(_imp, extension_suffixes, NOARGS, "($module, /)",
         "Returns the list of file suffixes used to identify extension modules.")
{
    return Py_BuildValue("[sss]", ".cpython-311-x86_64-linux-gnu.so", ".abi3.so", ".so");
}

FUNCTION(_imp, is_builtin, O, "($module, name, /)",
         "Returns True if the module name corresponds to a built-in module.")
{
    if (k_arg_str(arg, "is_builtin", "argument") < 0)
        return NULL;
    const struct _inittab *row = import_find_builtin(arg);
    return PyLong_FromLong(!row ? 0 : strcmp(row->name, "sys") == 0 || strcmp(row->name, "builtins") == 0 ? -1 : 1);
}

FUNCTION(_imp, create_builtin, O, "($module, spec, /)", "Create an extension module.")
{
    K_AUTO(PyObject *) name = PyObject_GetAttr(arg, K_STR("name"));
    return name ? import_create_builtin(name, arg) : NULL;
}

FUNCTION(_imp, create_dynamic, FAST, "($module, spec, file=<unrepresentable>, /)", "Create an extension module.")
{
    if (k_check_nargs("create_dynamic", nargs, 1, 2) < 0)
        return NULL;
    K_AUTO(PyObject *) name = PyObject_GetAttr(args[0], K_STR("name"));
    K_AUTO(PyObject *) path = name ? PyObject_GetAttr(args[0], K_STR("origin")) : NULL;
    if (!path)
        return NULL;
    PyObject *known = import_known_extension(name, path);
    return known || PyErr_Occurred() ? known : import_load_dynamic(args[0], path);
}

static PyObject *exec_module(PyObject *module)
{
    PyModuleDef *def = PyModule_Check(module) ? PyModule_GetDef(module) : NULL;
    if (!def)
        return PyErr_Occurred() ? NULL : PyLong_FromLong(0);
    if (PyModule_GetState(module))
        return PyLong_FromLong(0); /* it ran before */
    return PyModule_ExecDef(module, def) < 0 ? NULL : PyLong_FromLong(0);
}

FUNCTION(_imp, exec_dynamic, O, "($module, mod, /)", "Initialize an extension module.")
{
    return exec_module(arg);
}

FUNCTION(_imp, exec_builtin, O, "($module, mod, /)", "Initialize a built-in module.")
{
    return exec_module(arg);
}

/* ---- frozen modules ---- */

static const struct _frozen *find_frozen(PyObject *name)
{
    const struct _frozen *row = import_find_frozen(name);
    if (!row || (!row->code && !row->get_code)) {
        K_AUTO(PyObject *) message = PyUnicode_FromFormat("No such frozen object named %R", name);
        if (message)
            K_SET(message, PyErr_SetImportError(message, name, NULL));
        return NULL;
    }
    return row;
}

FUNCTION_KW(_imp, find_frozen, "($module, name, /, *, withdata=False)",
            "Return info about the corresponding frozen module (if there is one) or None.\n\n"
            "The returned info (a 3-tuple):\n\n * data         the raw marshalled bytes\n"
            " * is_package   whether or not it is a package\n"
            " * origname     the originally frozen module's name, or None if not\n                a stdlib module",
            *name, *withdata)
{
    int with_data = 0;
    if (k_arg_str(arg->name, "find_frozen", "argument 1") < 0 || (arg->withdata && k_arg_bool(arg->withdata, &with_data) < 0))
        return NULL;
    const struct _frozen *row = import_find_frozen(arg->name);
    if (!row || !row->code)
        Py_RETURN_NONE;
    K_AUTO(PyObject *) data = with_data ? PyMemoryView_FromMemory((char *)row->code, row->size, PyBUF_READ) : Py_NewRef(Py_None);
    K_AUTO(PyObject *) original = import_frozen_original_name(row);
    if (!data || !original)
        return NULL;
    return PyTuple_Pack(3, data, row->is_package ? Py_True : Py_False, original);
}

FUNCTION(_imp, get_frozen_object, FAST, "($module, name, data=None, /)", "Create a code object for a frozen module.")
{
    if (k_check_nargs("get_frozen_object", nargs, 1, 2) < 0 || k_arg_str(args[0], "get_frozen_object", "argument 1") < 0)
        return NULL;
    K_AUTO(PyObject *) code = NULL;
    if (nargs > 1 && args[1] != Py_None) {
        Py_buffer view;
        if (PyObject_GetBuffer(args[1], &view, PyBUF_SIMPLE) < 0)
            return NULL;
        K_SET(code, view.len ? PyMarshal_ReadObjectFromString(view.buf, view.len)
                             : k_raise(PyExc_ImportError, "Frozen object named %R is invalid", args[0]));
        PyBuffer_Release(&view);
    } else {
        const struct _frozen *row = find_frozen(args[0]);
        K_SET(code, row ? import_frozen_code(row) : NULL);
    }
    if (code && !PyCode_Check(code))
        return k_raise(PyExc_TypeError, "frozen object %R is not a code object", args[0]);
    return K_MOVE(code);
}

FUNCTION(_imp, is_frozen_package, O, "($module, name, /)", "Returns True if the module name is of a frozen package.")
{
    const struct _frozen *row = k_arg_str(arg, "is_frozen_package", "argument") < 0 ? NULL : find_frozen(arg);
    return row ? PyBool_FromLong(row->is_package) : NULL;
}

FUNCTION(_imp, is_frozen, O, "($module, name, /)", "Returns True if the module name corresponds to a frozen module.")
{
    if (k_arg_str(arg, "is_frozen", "argument") < 0)
        return NULL;
    Py_RETURN_BOOL(import_find_frozen(arg) != NULL);
}

FUNCTION(_imp, init_frozen, O, "($module, name, /)", "Initializes a frozen module.")
{
    if (k_arg_str(arg, "init_frozen", "argument") < 0)
        return NULL;
    int found = PyImport_ImportFrozenModuleObject(arg);
    if (found < 0)
        return NULL;
    return found ? Py_XNewRef(PyImport_AddModuleObject(arg)) : Py_NewRef(Py_None);
}

FUNCTION(_imp, _frozen_module_names, NOARGS, "($module, /)", "Returns the list of available frozen modules.")
{
    K_AUTO(PyObject *) list = PyList_New(0);
    for (const struct _frozen *row = import_frozen_rows; list && row->name; row++) {
        K_AUTO(PyObject *) name = PyUnicode_FromString(row->name);
        if (!name || PyList_Append(list, name) < 0)
            return NULL;
    }
    return K_MOVE(list);
}

FUNCTION(_imp, _override_frozen_modules_for_tests, O, "($module, override, /)",
         "(internal-only) Override PyConfig.use_frozen_modules.\n\nThe modules that start-up needs stay frozen.")
{
    int ignored;
    return k_arg_int(arg, &ignored) < 0 ? NULL : Py_NewRef(Py_None);
}

/* ---- code from files ---- */

/* Gives code and the functions in it the file name it was found under, where they had the one it was compiled with. */
static int update_filename(PyCodeObject *code, PyObject *old, PyObject *new, int depth)
{
    enum { DEPTH_MOST = 200 };
    int equal = PyObject_RichCompareBool(code->co_filename, old, Py_EQ);
    if (equal <= 0 || depth > DEPTH_MOST)
        return equal;
    Py_SETREF(code->co_filename, Py_NewRef(new));
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(code->co_consts); i++) {
        PyObject *constant = PyTuple_GET_ITEM(code->co_consts, i);
        if (PyCode_Check(constant) && update_filename((PyCodeObject *)constant, old, new, depth + 1) < 0)
            return -1;
    }
    return 0;
}

FUNCTION(_imp, _fix_co_filename, FAST, "($module, code, path, /)",
         "Changes code.co_filename to specify the passed-in path.\n\n  code\n    Code object to change.\n"
         "  path\n    File path to use.")
{
    if (k_check_nargs("_fix_co_filename", nargs, 2, 2) < 0)
        return NULL;
    if (!PyCode_Check(args[0])) {
        _PyArg_BadArgument("_fix_co_filename", "argument 1", "code", args[0]);
        return NULL;
    }
    if (k_arg_str(args[1], "_fix_co_filename", "argument 2") < 0)
        return NULL;
    K_AUTO(PyObject *) old = Py_NewRef(((PyCodeObject *)args[0])->co_filename);
    int same = PyObject_RichCompareBool(old, args[1], Py_EQ);
    if (same < 0 || (!same && update_filename((PyCodeObject *)args[0], old, args[1], 0) < 0))
        return NULL;
    Py_RETURN_NONE;
}

FUNCTION_KW(_imp, source_hash, "($module, /, key, source)", "", *key, *source)
{
    long long key;
    Py_buffer view;
    if (k_arg_longlong(arg->key, &key) < 0 || PyObject_GetBuffer(arg->source, &view, PyBUF_SIMPLE) < 0)
        return NULL;
    uint64_t hash = siphash13((uint64_t)key, 0, view.buf, (size_t)view.len);
    PyBuffer_Release(&view);
    unsigned char bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)(hash >> 8 * i);
    return PyBytes_FromStringAndSize((const char *)bytes, sizeof bytes);
}
METHODS_END(_imp);

static int _imp_exec(PyObject *module)
{
    const wchar_t *mode = k_config()->check_hash_pycs_mode;
    K_AUTO(PyObject *) text = PyUnicode_FromWideChar(mode ? mode : L"default", -1);
    return text ? PyModule_AddObjectRef(module, "check_hash_based_pycs", text) : -1;
}
MODULE(_imp, "(Extremely) low-level import machinery bits as used by importlib.", _imp_exec, 0);
