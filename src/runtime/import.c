/* import.c - importing by name: sys.modules first, else importlib; the import lock; frozen modules.
 *
 * In: absolute or relative names.  Out: modules, as `import a.b` and `from a import b` want them.
 * The search itself is importlib's; the two ends in C are _imp (builtin, frozen and extension modules) and
 * PyImport_ImportModuleLevelObject(), where to start reading. */
#include "runtime/import.h"

#include "code/code.h"
#include "code/marshal.h"
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/frame/frame.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/module.h"
#include "objects/namespace.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/config.h"
#include "runtime/errors.h"
#include "runtime/import_state.h"
#include "runtime/start.h"
#include "runtime/state.h"
#include "runtime/sys.h"
#include "runtime/thread.h"
#include "runtime/warnings.h"
#include "vm/eval.h"

/* ---- the import lock: recursive, held around the work of one thread ---- */

static PyThread_type_lock lock;
static unsigned long lock_holder = PYTHREAD_INVALID_THREAD_ID;
static int lock_depth;

void _PyImport_AcquireLock(void)
{
    unsigned long me = PyThread_get_thread_ident();
    if (!lock)
        lock = PyThread_allocate_lock();
    if (!lock)
        return;
    if (lock_holder == me) {
        lock_depth++;
        return;
    }
    if (lock_holder != PYTHREAD_INVALID_THREAD_ID || !PyThread_acquire_lock(lock, NOWAIT_LOCK)) {
        PyThreadState *tstate = PyEval_SaveThread();
        PyThread_acquire_lock(lock, WAIT_LOCK);
        PyEval_RestoreThread(tstate);
    }
    lock_holder = me;
    lock_depth = 1;
}

int _PyImport_ReleaseLock(void)
{
    if (!lock)
        return 0;
    if (lock_holder != PyThread_get_thread_ident())
        return -1;
    if (--lock_depth == 0) {
        lock_holder = PYTHREAD_INVALID_THREAD_ID;
        PyThread_release_lock(lock);
    }
    return 1;
}

int import_lock_is_held(void)
{
    return lock_holder != PYTHREAD_INVALID_THREAD_ID;
}

void import_lock_after_fork(void)
{
    if (!lock)
        return;
    int depth = lock_holder == PyThread_get_thread_ident() ? lock_depth : 0;
    if (_PyThread_at_fork_reinit(&lock) < 0)
        return;
    lock_holder = PYTHREAD_INVALID_THREAD_ID;
    lock_depth = 0;
    if (depth) {
        _PyImport_AcquireLock();
        lock_depth = depth;
    }
}

/* ---- sys.modules ---- */

int _PyImport_IsInitialized(PyInterpreterState *interp)
{
    return interp->modules != NULL;
}

PyObject *PyImport_GetModuleDict(void)
{
    PyObject *modules = k_interp()->modules;
    if (!modules)
        Py_FatalError("interpreter has no modules dictionary");
    return modules;
}

PyObject *PyImport_GetModule(PyObject *name)
{
    PyObject *modules = k_interp()->modules;
    if (!modules)
        return k_raise(PyExc_RuntimeError, "unable to get sys.modules");
    Py_INCREF(modules);
    PyObject *module;
    if (PyDict_CheckExact(modules)) {
        module = Py_XNewRef(PyDict_GetItemWithError(modules, name));
    } else {
        module = PyObject_GetItem(modules, name); /* runs code */
        if (!module)
            k_catch(PyExc_KeyError);
    }
    Py_DECREF(modules);
    return module;
}

int _PyImport_SetModule(PyObject *name, PyObject *module)
{
    return PyObject_SetItem(k_interp()->modules, name, module);
}

int _PyImport_SetModuleString(const char *name, PyObject *module)
{
    return PyMapping_SetItemString(k_interp()->modules, name, module);
}

PyObject *_PyImport_GetModuleId(_Py_Identifier *name)
{
    PyObject *text = _PyUnicode_FromId(name);
    if (!text)
        return NULL;
    return PyImport_GetModule(text); /* a new reference, as its callers in compiled modules expect */
}

PyObject *PyImport_AddModuleObject(PyObject *name)
{
    PyObject *module = PyImport_GetModule(name);
    if (!module && PyErr_Occurred())
        return NULL;
    if (module && PyModule_Check(module)) {
        Py_DECREF(module); /* sys.modules holds it */
        return module;
    }
    Py_XDECREF(module);
    module = PyModule_NewObject(name);
    if (!module)
        return NULL;
    int failed = PyObject_SetItem(PyImport_GetModuleDict(), name, module);
    Py_DECREF(module);
    return failed ? NULL : module;
}

PyObject *PyImport_AddModule(const char *name)
{
    K_AUTO(PyObject *) text = PyUnicode_FromString(name);
    return text ? PyImport_AddModuleObject(text) : NULL;
}

/* ---- running code as a module ---- */

static void forget_module(PyObject *name)
{
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyObject *modules = PyImport_GetModuleDict();
    if (PyMapping_HasKey(modules, name) && PyObject_DelItem(modules, name) < 0)
        PyErr_Clear();
    PyErr_Restore(type, value, traceback);
}

static PyObject *dict_for_exec(PyObject *name)
{
    PyObject *module = PyImport_AddModuleObject(name);
    PyObject *dict = module ? PyModule_GetDict(module) : NULL;
    if (!dict)
        return NULL;
    int has = PyDict_Contains(dict, K_STR("__builtins__"));
    if (has < 0 || (!has && PyDict_SetItem(dict, K_STR("__builtins__"), PyEval_GetBuiltins()) < 0)) {
        forget_module(name);
        return NULL;
    }
    return dict;
}

static PyObject *exec_in_module(PyObject *name, PyObject *dict, PyObject *code)
{
    PyObject *result = PyEval_EvalCode(code, dict, dict); /* runs code */
    if (!result) {
        forget_module(name);
        return NULL;
    }
    Py_DECREF(result);
    PyObject *module = PyImport_GetModule(name);
    if (!module && !PyErr_Occurred())
        k_raise(PyExc_ImportError, "Loaded module %R not found in sys.modules", name);
    return module;
}

PyObject *PyImport_ExecCodeModuleObject(PyObject *name, PyObject *code, PyObject *path, PyObject *cached)
{
    PyObject *dict = dict_for_exec(name);
    if (!dict)
        return NULL;
    PyObject *fix = NULL, *external = k_interp()->importlib
        ? PyObject_GetAttrString(k_interp()->importlib, "_bootstrap_external") : NULL;
    if (!external)
        return NULL;
    PyObject *file = path ? path : ((PyCodeObject *)code)->co_filename;
    fix = PyObject_CallMethod(external, "_fix_up_module", "OOOO", dict, name, file, cached ? cached : file);
    Py_DECREF(external);
    if (!fix) {
        forget_module(name);
        return NULL;
    }
    Py_DECREF(fix);
    return exec_in_module(name, dict, code);
}

PyObject *PyImport_ExecCodeModuleWithPathnames(const char *name, PyObject *code, const char *path, const char *cached)
{
    K_AUTO(PyObject *) name_object = PyUnicode_FromString(name);
    if (!name_object)
        return NULL;
    K_AUTO(PyObject *) path_object = path ? PyUnicode_DecodeFSDefault(path) : NULL;
    if (path && !path_object)
        return NULL;
    K_AUTO(PyObject *) cached_object = cached ? PyUnicode_DecodeFSDefault(cached) : NULL;
    if (cached && !cached_object)
        return NULL;
    return PyImport_ExecCodeModuleObject(name_object, code, path_object, cached_object);
}

PyObject *PyImport_ExecCodeModuleEx(const char *name, PyObject *code, const char *path)
{
    return PyImport_ExecCodeModuleWithPathnames(name, code, path, NULL);
}

PyObject *PyImport_ExecCodeModule(const char *name, PyObject *code)
{
    return PyImport_ExecCodeModuleWithPathnames(name, code, NULL, NULL);
}

/* ---- frozen modules ---- */

const struct _frozen *PyImport_FrozenModules; /* a program's own, searched first */

const struct _frozen *import_find_frozen(PyObject *name)
{
    const struct _frozen *tables[] = { PyImport_FrozenModules, import_frozen_rows };
    for (int i = 0; i < 2; i++)
        for (const struct _frozen *row = tables[i]; row && row->name; row++)
            if (_PyUnicode_EqualToASCIIString(name, row->name))
                return row;
    return NULL;
}

PyObject *import_frozen_code(const struct _frozen *row)
{
    if (row->get_code)
        return row->get_code();
    if (!row->code)
        return k_raise(PyExc_ImportError, "Excluded frozen object named %s", row->name);
    return PyMarshal_ReadObjectFromString((const char *)row->code, row->size < 0 ? -row->size : row->size);
}

PyObject *import_frozen_original_name(const struct _frozen *row)
{
    static const char *const rows[][2] = {
        { "_frozen_importlib", "importlib._bootstrap" }, { "_frozen_importlib_external", "importlib._bootstrap_external" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(row->name, rows[i][0]) == 0)
            return PyUnicode_FromString(rows[i][1]);
    return PyUnicode_FromString(row->name);
}

int PyImport_ImportFrozenModuleObject(PyObject *name)
{
    const struct _frozen *row = import_find_frozen(name);
    if (!row)
        return 0;
    K_AUTO(PyObject *) code = import_frozen_code(row);
    if (!code)
        return -1;
    if (!PyCode_Check(code)) {
        k_raise(PyExc_TypeError, "frozen object %R is not a code object", name);
        return -1;
    }
    PyObject *dict = dict_for_exec(name);
    if (!dict)
        return -1;
    if (row->is_package) {
        K_AUTO(PyObject *) path = PyList_New(0);
        if (!path || PyDict_SetItem(dict, K_STR("__path__"), path) < 0)
            return -1;
    }
    K_AUTO(PyObject *) module = exec_in_module(name, dict, code);
    K_AUTO(PyObject *) original = module ? import_frozen_original_name(row) : NULL;
    if (!original || PyObject_SetAttrString(module, "__origname__", original) < 0)
        return -1;
    return 1;
}

int PyImport_ImportFrozenModule(const char *name)
{
    K_AUTO(PyObject *) text = PyUnicode_InternFromString(name);
    return text ? PyImport_ImportFrozenModuleObject(text) : -1;
}

/* ---- start ---- */

static PyObject *bootstrap_imp(void)
{
    K_AUTO(PyObject *) name = PyUnicode_FromString("_imp");
    K_AUTO(PyObject *) dict = name ? PyDict_New() : NULL;
    if (!dict || PyDict_SetItemString(dict, "name", name) < 0)
        return NULL;
    K_AUTO(PyObject *) spec = _PyNamespace_New(dict);
    if (!spec)
        return NULL;
    K_AUTO(PyObject *) module = import_create_builtin(name, spec);
    if (!module || PyModule_ExecDef(module, PyModule_GetDef(module)) < 0)
        return NULL;
    return K_MOVE(module);
}

int import_start(void)
{
    PyInterpreterState *interp = k_interp();
    int found = PyImport_ImportFrozenModule("_frozen_importlib");
    if (found <= 0)
        return -1;
    interp->importlib = Py_XNewRef(PyImport_AddModule("_frozen_importlib"));
    if (!interp->importlib)
        return -1;
    interp->import_func = Py_XNewRef(PyDict_GetItemString(interp->builtins, "__import__"));
    K_AUTO(PyObject *) imp = bootstrap_imp();
    if (!imp || _PyImport_SetModuleString("_imp", imp) < 0)
        return -1;
    PyObject *sys = PyDict_GetItemString(interp->modules, "sys");
    K_AUTO(PyObject *) done = PyObject_CallMethod(interp->importlib, "_install", "OO", sys, imp); /* runs code */
    return done ? 0 : -1;
}

int import_start_external(void)
{
    K_AUTO(PyObject *) done = PyObject_CallMethod(k_interp()->importlib, "_install_external_importers", NULL);
    if (!done)
        return -1;
    K_AUTO(PyObject *) zipimport = PyImport_ImportModule("zipimport");
    if (!zipimport)
        return -1;
    K_AUTO(PyObject *) importer = PyObject_GetAttrString(zipimport, "zipimporter");
    PyObject *hooks = PySys_GetObject("path_hooks");
    if (!importer || !hooks)
        return -1;
    return PyList_Insert(hooks, 0, importer);
}

/* ---- import by name ---- */

/* Drops importlib's own frames from the traceback of the current exception, unless importlib itself failed. */
static void hide_importlib_frames(void)
{
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    if (!type || k_config()->verbose) {
        PyErr_Restore(type, value, traceback);
        return;
    }
    int always = PyType_IsSubtype((PyTypeObject *)type, (PyTypeObject *)PyExc_ImportError);
    PyObject **from = &traceback, **link = &traceback;
    int in_importlib = 0;
    for (PyObject *tb = traceback; tb; ) {
        PyTracebackObject *entry = (PyTracebackObject *)tb;
        PyObject *next = (PyObject *)entry->tb_next;
        PyCodeObject *code = entry->tb_frame->f_frame->f_code;
        int now = _PyUnicode_EqualToASCIIString(code->co_filename, "<frozen importlib._bootstrap>") ||
                  _PyUnicode_EqualToASCIIString(code->co_filename, "<frozen importlib._bootstrap_external>");
        if (now && !in_importlib)
            from = link;
        in_importlib = now;
        if (now && (always || _PyUnicode_EqualToASCIIString(code->co_name, "_call_with_frames_removed"))) {
            Py_XINCREF(next);
            Py_XSETREF(*from, next);
            link = from;
        } else {
            link = (PyObject **)&entry->tb_next;
        }
        tb = next;
    }
    PyErr_Restore(type, value, traceback);
}

static PyObject *find_and_load(PyObject *name)
{
    PyInterpreterState *interp = k_interp();
    PyObject *path = PySys_GetObject("path"), *meta_path = PySys_GetObject("meta_path"),
             *hooks = PySys_GetObject("path_hooks");
    if (PySys_Audit("import", "OOOOO", name, Py_None, path ? path : Py_None, meta_path ? meta_path : Py_None,
                    hooks ? hooks : Py_None) < 0)
        return NULL;
    if (!interp->importlib)
        return k_raise(PyExc_ImportError, "import of %R before importlib is there", name);
    PyObject *import_func = interp->import_func ? interp->import_func : Py_None;
    return PyObject_CallMethodObjArgs(interp->importlib, K_STR("_find_and_load"), name, import_func, NULL);
}

/* A module of sys.modules that another thread may still be loading: waits for it. */
static int ensure_loaded(PyObject *module, PyObject *name)
{
    PyObject *found;
    if (_PyObject_LookupAttr(module, K_STR("__spec__"), &found) < 0)
        return -1;
    K_AUTO(PyObject *) spec = found;
    int busy = spec ? _PyModuleSpec_IsInitializing(spec) : 0;
    if (!busy)
        return 0;
    K_AUTO(PyObject *) done = PyObject_CallMethodObjArgs(k_interp()->importlib, K_STR("_lock_unlock_module"), name, NULL);
    return done ? 0 : -1;
}

static PyObject *get_global(PyObject *globals, PyObject *name)
{
    return PyDict_GetItemWithError(globals, name);
}

/* The package that a relative import starts from: a new str. */
static PyObject *package_from_spec(PyObject *package, PyObject *spec)
{
    if (package && package != Py_None) {
        if (!PyUnicode_Check(package))
            return k_raise(PyExc_TypeError, "package must be a string");
        if (spec && spec != Py_None) {
            K_AUTO(PyObject *) parent = PyObject_GetAttr(spec, K_STR("parent"));
            if (!parent)
                return NULL;
            int equal = PyObject_RichCompareBool(package, parent, Py_EQ);
            if (equal < 0)
                return NULL;
            if (!equal && PyErr_WarnEx(PyExc_ImportWarning, "__package__ != __spec__.parent", 1) < 0)
                return NULL;
        }
        return Py_NewRef(package);
    }
    K_AUTO(PyObject *) parent = PyObject_GetAttr(spec, K_STR("parent"));
    if (parent && !PyUnicode_Check(parent))
        return k_raise(PyExc_TypeError, "__spec__.parent must be a string");
    return K_MOVE(parent);
}

static PyObject *package_from_name(PyObject *globals)
{
    if (PyErr_WarnEx(PyExc_ImportWarning,
                     "can't resolve package from __spec__ or __package__, falling back on __name__ and __path__", 1) < 0)
        return NULL;
    PyObject *name = get_global(globals, K_STR("__name__"));
    if (!name)
        return PyErr_Occurred() ? NULL : k_raise(PyExc_KeyError, "'__name__' not in globals");
    if (!PyUnicode_Check(name))
        return k_raise(PyExc_TypeError, "__name__ must be a string");
    int is_package = PyDict_Contains(globals, K_STR("__path__"));
    if (is_package < 0)
        return NULL;
    if (is_package)
        return Py_NewRef(name);
    Py_ssize_t dot = PyUnicode_FindChar(name, '.', 0, PyUnicode_GET_LENGTH(name), -1);
    if (dot == -2)
        return NULL;
    if (dot == -1)
        return k_raise(PyExc_ImportError, "attempted relative import with no known parent package");
    return PyUnicode_Substring(name, 0, dot);
}

static PyObject *absolute_name(PyObject *name, PyObject *globals, int level)
{
    if (!globals)
        return k_raise(PyExc_KeyError, "'__name__' not in globals");
    if (!PyDict_Check(globals))
        return k_raise(PyExc_TypeError, "globals must be a dict");
    PyObject *package = get_global(globals, K_STR("__package__"));
    PyObject *spec = package || !PyErr_Occurred() ? get_global(globals, K_STR("__spec__")) : NULL;
    if (!spec && PyErr_Occurred())
        return NULL;
    int told = (package && package != Py_None) || (spec && spec != Py_None);
    K_AUTO(PyObject *) start = told ? package_from_spec(package, spec) : package_from_name(globals);
    if (!start)
        return NULL;
    Py_ssize_t end = PyUnicode_GET_LENGTH(start);
    if (end == 0)
        return k_raise(PyExc_ImportError, "attempted relative import with no known parent package");
    for (int i = 1; i < level; i++) {
        end = PyUnicode_FindChar(start, '.', 0, end, -1);
        if (end == -2)
            return NULL;
        if (end == -1)
            return k_raise(PyExc_ImportError, "attempted relative import beyond top-level package");
    }
    K_AUTO(PyObject *) base = PyUnicode_Substring(start, 0, end);
    if (!base || PyUnicode_GET_LENGTH(name) == 0)
        return K_MOVE(base);
    return PyUnicode_FromFormat("%U.%U", base, name);
}

/* What `import a.b.c` binds: the first component (level 0), or the part of the name that was spelled first. */
static PyObject *head_of(PyObject *module, PyObject *name, PyObject *full, int level)
{
    Py_ssize_t length = PyUnicode_GET_LENGTH(name);
    if (level > 0 && length == 0)
        return Py_NewRef(module);
    Py_ssize_t dot = PyUnicode_FindChar(name, '.', 0, length, 1);
    if (dot == -2)
        return NULL;
    if (dot == -1)
        return Py_NewRef(module);
    if (level == 0) {
        K_AUTO(PyObject *) front = PyUnicode_Substring(name, 0, dot);
        return front ? PyImport_ImportModuleLevelObject(front, NULL, NULL, NULL, 0) : NULL;
    }
    K_AUTO(PyObject *) wanted = PyUnicode_Substring(full, 0, PyUnicode_GET_LENGTH(full) - (length - dot));
    PyObject *found = wanted ? PyImport_GetModule(wanted) : NULL;
    if (!found && !PyErr_Occurred())
        k_raise(PyExc_KeyError, "%R not in sys.modules as expected", wanted);
    return found;
}

static PyObject *with_fromlist(PyObject *module, PyObject *fromlist)
{
    PyObject *found;
    if (_PyObject_LookupAttr(module, K_STR("__path__"), &found) < 0)
        return NULL;
    if (!found)
        return Py_NewRef(module);
    Py_DECREF(found);
    PyInterpreterState *interp = k_interp();
    return PyObject_CallMethodObjArgs(interp->importlib, K_STR("_handle_fromlist"), module, fromlist,
                                      interp->import_func, NULL);
}

static PyObject *import_level(PyObject *name, PyObject *globals, PyObject *fromlist, int level)
{
    if (!name)
        return k_raise(PyExc_ValueError, "Empty module name");
    if (!PyUnicode_Check(name))
        return k_raise(PyExc_TypeError, "module name must be a string");
    if (level < 0)
        return k_raise(PyExc_ValueError, "level must be >= 0");
    if (level == 0 && PyUnicode_GET_LENGTH(name) == 0)
        return k_raise(PyExc_ValueError, "Empty module name");
    K_AUTO(PyObject *) full = level ? absolute_name(name, globals, level) : Py_NewRef(name);
    if (!full)
        return NULL;
    K_AUTO(PyObject *) module = PyImport_GetModule(full);
    if (!module && PyErr_Occurred())
        return NULL;
    if (module && module != Py_None) {
        if (ensure_loaded(module, full) < 0)
            return NULL;
    } else {
        K_SET(module, find_and_load(full)); /* runs code */
        if (!module)
            return NULL;
    }
    int has_from = fromlist && fromlist != Py_None ? PyObject_IsTrue(fromlist) : 0;
    if (has_from < 0)
        return NULL;
    return has_from ? with_fromlist(module, fromlist) : head_of(module, name, full, level);
}

PyObject *PyImport_ImportModuleLevelObject(PyObject *name, PyObject *globals, PyObject *locals K_UNUSED,
                                           PyObject *fromlist, int level)
{
    PyObject *result = import_level(name, globals, fromlist, level);
    if (!result)
        hide_importlib_frames();
    return result;
}

PyObject *PyImport_ImportModuleLevel(const char *name, PyObject *globals, PyObject *locals, PyObject *fromlist, int level)
{
    K_AUTO(PyObject *) text = PyUnicode_FromString(name);
    return text ? PyImport_ImportModuleLevelObject(text, globals, locals, fromlist, level) : NULL;
}

/* By the current __import__ of the running code's builtins, as the statement does. */
PyObject *PyImport_Import(PyObject *name)
{
    PyObject *running = PyEval_GetGlobals();
    K_AUTO(PyObject *) globals = Py_XNewRef(running);
    K_AUTO(PyObject *) builtins = NULL;
    if (globals) {
        K_SET(builtins, PyObject_GetItem(globals, K_STR("__builtins__")));
        if (!builtins)
            return NULL;
    } else {
        K_SET(builtins, PyImport_ImportModuleLevel("builtins", NULL, NULL, NULL, 0));
        K_SET(globals, builtins ? Py_BuildValue("{OO}", K_STR("__builtins__"), builtins) : NULL);
        if (!globals)
            return NULL;
    }
    K_AUTO(PyObject *) import = PyDict_Check(builtins) ? PyObject_GetItem(builtins, K_STR("__import__"))
                                                       : PyObject_GetAttr(builtins, K_STR("__import__"));
    K_AUTO(PyObject *) from = import ? PyList_New(0) : NULL;
    if (!from)
        return NULL;
    K_AUTO(PyObject *) head = PyObject_CallFunction(import, "OOOOi", name, globals, globals, from, 0); /* runs code */
    if (!head)
        return NULL;
    PyObject *module = PyImport_GetModule(name);
    if (!module && !PyErr_Occurred())
        PyErr_SetObject(PyExc_KeyError, name);
    return module;
}

PyObject *PyImport_ImportModule(const char *name)
{
    K_AUTO(PyObject *) text = PyUnicode_FromString(name);
    return text ? PyImport_Import(text) : NULL;
}

PyObject *PyImport_ImportModuleNoBlock(const char *name)
{
    return PyImport_ImportModule(name);
}

PyObject *PyImport_ReloadModule(PyObject *module)
{
    K_AUTO(PyObject *) importlib = PyImport_ImportModule("importlib");
    return importlib ? PyObject_CallMethodObjArgs(importlib, K_STR("reload"), module, NULL) : NULL;
}

PyObject *_PyImport_GetModuleAttr(PyObject *module_name, PyObject *name)
{
    K_AUTO(PyObject *) module = PyImport_Import(module_name);
    return module ? PyObject_GetAttr(module, name) : NULL;
}

PyObject *_PyImport_GetModuleAttrString(const char *module_name, const char *name)
{
    K_AUTO(PyObject *) module = PyImport_ImportModule(module_name);
    return module ? PyObject_GetAttrString(module, name) : NULL;
}

/* ---- path entries ---- */

PyObject *PyImport_GetImporter(PyObject *path)
{
    PyObject *cache = PySys_GetObject("path_importer_cache"), *hooks = PySys_GetObject("path_hooks");
    if (!cache || !hooks || !PyDict_Check(cache) || !PyList_Check(hooks))
        return k_raise(PyExc_RuntimeError, "sys.path_hooks or sys.path_importer_cache is missing");
    PyObject *known = PyDict_GetItemWithError(cache, path);
    if (known || PyErr_Occurred())
        return Py_XNewRef(known);
    if (PyDict_SetItem(cache, path, Py_None) < 0)
        return NULL;
    K_AUTO(PyObject *) importer = NULL;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(hooks) && !importer; i++) {
        K_SET(importer, PyObject_CallOneArg(PyList_GET_ITEM(hooks, i), path)); /* runs code */
        if (!importer && !k_catch(PyExc_ImportError))
            return NULL;
    }
    if (!importer)
        Py_RETURN_NONE;
    if (PyDict_SetItem(cache, path, importer) < 0)
        return NULL;
    return K_MOVE(importer);
}

/* ---- .pyc ---- */

enum { PYC_MAGIC = 3495 };

long PyImport_GetMagicNumber(void)
{
    return PYC_MAGIC | 0x0a0d0000L;
}

const char *PyImport_GetMagicTag(void)
{
    return "cpython-311";
}
