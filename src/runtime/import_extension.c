/* import_extension.c - builtin modules and shared objects: PyInit_* functions, single and multi phase.
 *
 * Single-phase modules are remembered by (file, name) with their definition, so that a second import copies what the
 * first one made. Start at import_create_builtin() and import_load_dynamic(). */
#include "memory/mem.h"
#include "objects/bytes/bytes.h"
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/list/list.h"
#include "objects/module.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/config.h"
#include "runtime/errors.h"
#include "runtime/import_state.h"
#include "runtime/osutil.h"
#include "runtime/start.h"
#include "runtime/state.h"
#include "runtime/sys.h"

#include <dlfcn.h>

#define MODULE_ROW(name) K_INT PyObject *PyInit_##name(void);
#include "builtin_modules.def"
#undef MODULE_ROW

static struct _inittab builtin_rows[] = {
#define MODULE_ROW(name) { #name, PyInit_##name },
#include "builtin_modules.def"
#undef MODULE_ROW
    { NULL, NULL },
};
struct _inittab *PyImport_Inittab = builtin_rows;
int import_dlopen_flags = RTLD_NOW;
const char *_Py_PackageContext; /* the full name of the module whose init function runs */

static struct _inittab *grown_rows;          /* PyImport_Inittab once a program added its own */
static PyObject *extensions;                 /* (path, name) -> the module as first made; owned */

int PyImport_ExtendInittab(struct _inittab *more)
{
    size_t have = 0, added = 0;
    while (PyImport_Inittab[have].name)
        have++;
    while (more[added].name)
        added++;
    if (!added)
        return 0;
    struct _inittab *rows = PyMem_RawRealloc(grown_rows, (have + added + 1) * sizeof *rows);
    if (!rows)
        return -1;
    if (!grown_rows)
        memcpy(rows, PyImport_Inittab, have * sizeof *rows);
    memcpy(rows + have, more, (added + 1) * sizeof *rows);
    PyImport_Inittab = grown_rows = rows;
    return 0;
}

int PyImport_AppendInittab(const char *name, PyObject *(*initfunc)(void))
{
    struct _inittab rows[2] = { { name, initfunc }, { NULL, NULL } };
    return PyImport_ExtendInittab(rows);
}

const struct _inittab *import_find_builtin(PyObject *name)
{
    for (const struct _inittab *row = PyImport_Inittab; row->name; row++)
        if (_PyUnicode_EqualToASCIIString(name, row->name))
            return row;
    return NULL;
}

/* ---- single-phase modules ---- */

int _PyImport_FixupExtensionObject(PyObject *module, PyObject *name, PyObject *path, PyObject *modules)
{
    PyModuleDef *def = module && PyModule_Check(module) ? PyModule_GetDef(module) : NULL;
    if (!def) {
        PyErr_BadInternalCall();
        return -1;
    }
    if (PyObject_SetItem(modules, name, module) < 0 || PyState_AddModule(module, def) < 0)
        return -1;
    if (def->m_size == -1) { /* cannot be made twice: its first dict is kept */
        PyObject *dict = PyModule_GetDict(module);
        PyObject *copy = dict ? PyDict_Copy(dict) : NULL;
        if (!copy)
            return -1;
        Py_XSETREF(def->m_base.m_copy, copy);
    }
    if (!extensions && !(extensions = PyDict_New()))
        return -1;
    K_AUTO(PyObject *) key = PyTuple_Pack(2, path, name);
    return key ? PyDict_SetItem(extensions, key, module) : -1;
}

int _PyImport_FixupBuiltin(PyObject *module, const char *name, PyObject *modules)
{
    K_AUTO(PyObject *) text = PyUnicode_InternFromString(name);
    return text ? _PyImport_FixupExtensionObject(module, text, text, modules) : -1;
}

static PyObject *module_again(PyObject *first, PyObject *name)
{
    PyModuleDef *def = PyModule_GetDef(first);
    if (def->m_size == -1) {
        if (!def->m_base.m_copy)
            return NULL;
        PyObject *module = PyImport_AddModuleObject(name);
        if (!module || PyDict_Update(PyModule_GetDict(module), def->m_base.m_copy) < 0)
            return NULL;
        return Py_NewRef(module);
    }
    if (!def->m_base.m_init)
        return NULL;
    K_AUTO(PyObject *) module = def->m_base.m_init();
    if (!module || PyObject_SetItem(PyImport_GetModuleDict(), name, module) < 0)
        return NULL;
    return K_MOVE(module);
}

PyObject *import_known_extension(PyObject *name, PyObject *path)
{
    if (!extensions)
        return NULL;
    K_AUTO(PyObject *) key = PyTuple_Pack(2, path, name);
    PyObject *first = key ? PyDict_GetItemWithError(extensions, key) : NULL;
    if (!first)
        return NULL;
    K_AUTO(PyObject *) module = module_again(first, name);
    if (!module || PyState_AddModule(module, PyModule_GetDef(first)) < 0)
        return NULL;
    return K_MOVE(module);
}

void import_forget_extensions(void)
{
    Py_CLEAR(extensions);
}

/* ---- builtin ---- */

/* What an init function gave: a definition still to be made into a module, or (single phase) the module. */
static PyObject *module_from_init(PyObject *made, PyObject *spec, PyObject *name, PyObject *path,
                                  PyObject *(*init)(void))
{
    if (PyObject_TypeCheck(made, &PyModuleDef_Type)) /* borrowed then: definitions are static */
        return PyModule_FromDefAndSpec2((PyModuleDef *)made, spec, PYTHON_API_VERSION);
    K_AUTO(PyObject *) module = made;
    PyModuleDef *def = PyModule_Check(module) ? PyModule_GetDef(module) : NULL;
    if (!def)
        return k_raise(PyExc_SystemError, "initialization of %U did not return an extension module", name);
    def->m_base.m_init = init;
    if (path != name && PyModule_AddObjectRef(module, "__file__", path) < 0)
        PyErr_Clear();
    if (_PyImport_FixupExtensionObject(module, name, path, PyImport_GetModuleDict()) < 0)
        return NULL;
    return K_MOVE(module);
}

PyObject *import_create_builtin(PyObject *name, PyObject *spec)
{
    PyObject *known = import_known_extension(name, name);
    if (known || PyErr_Occurred())
        return known;
    const struct _inittab *row = import_find_builtin(name);
    if (!row)
        Py_RETURN_NONE;
    if (!row->initfunc)
        return Py_XNewRef(PyImport_AddModuleObject(name));
    PyObject *made = row->initfunc(); /* runs code */
    return made ? module_from_init(made, spec, name, name, row->initfunc) : NULL;
}

/* ---- shared objects ---- */

/* The last component of the name as the linker knows it: *hook is "PyInit" or, for names beyond ASCII, "PyInitU". */
static PyObject *encoded_name(PyObject *name, const char **hook)
{
    Py_ssize_t length = PyUnicode_GET_LENGTH(name), dot = PyUnicode_FindChar(name, '.', 0, length, -1);
    if (dot < -1)
        return NULL;
    K_AUTO(PyObject *) last = PyUnicode_Substring(name, dot + 1, length);
    if (!last)
        return NULL;
    K_AUTO(PyObject *) bytes = NULL;
    if (PyUnicode_IS_ASCII(last)) {
        *hook = "PyInit";
        K_SET(bytes, PyUnicode_AsASCIIString(last));
    } else {
        *hook = "PyInitU";
        K_SET(bytes, PyUnicode_AsEncodedString(last, "punycode", NULL));
    }
    if (!bytes)
        return NULL;
    return PyObject_CallMethod(bytes, "replace", "yy", "-", "_");
}

static PyObject *raise_import_error(PyObject *name, PyObject *path, PyObject *message)
{
    if (message)
        K_SET(message, PyErr_SetImportError(message, name, path));
    return NULL;
}

static void *find_init(PyObject *path, PyObject *name, const char *symbol)
{
    K_AUTO(PyObject *) file = PyUnicode_EncodeFSDefault(path);
    if (!file)
        return NULL;
    const char *text = PyBytes_AS_STRING(file);
    char local[4096 + 2];
    if (!strchr(text, '/') && strlen(text) < sizeof local - 2) { /* dlopen searches names without a slash */
        snprintf(local, sizeof local, "./%s", text);
        text = local;
    }
    if (k_config()->verbose)
        PySys_WriteStderr("dlopen(\"%s\", %x);\n", text, (unsigned)import_dlopen_flags);
    void *handle = dlopen(text, import_dlopen_flags);
    if (!handle) {
        const char *error = dlerror();
        raise_import_error(name, path, PyUnicode_DecodeLocale(error ? error : "unknown dlopen() error",
                                                              "surrogateescape"));
        return NULL;
    }
    void *init = dlsym(handle, symbol);
    if (!init)
        raise_import_error(name, path,
                           PyUnicode_FromFormat("dynamic module does not define module export function (%s)", symbol));
    return init;
}

/* NULL or what init returned; a result and an exception that do not fit together become SystemError. */
static PyObject *call_init(PyObject *(*init)(void), const char *name, const char *context)
{
    const char *outer = _Py_PackageContext;
    _Py_PackageContext = context;
    PyObject *made = init(); /* runs code */
    _Py_PackageContext = outer;
    if (!made) {
        if (!PyErr_Occurred())
            k_raise(PyExc_SystemError, "initialization of %s failed without raising an exception", name);
        return NULL;
    }
    if (PyErr_Occurred()) {
        K_SET(made, _PyErr_FormatFromCause(PyExc_SystemError, "initialization of %s raised unreported exception", name));
        return NULL;
    }
    if (!Py_TYPE(made))
        return k_raise(PyExc_SystemError, "init function of %s returned uninitialized object", name);
    return made;
}

PyObject *import_load_dynamic(PyObject *spec, PyObject *path)
{
    K_AUTO(PyObject *) name = PyObject_GetAttr(spec, K_STR("name"));
    if (!name)
        return NULL;
    if (PySys_Audit("import", "OOOOO", name, path, Py_None, Py_None, Py_None) < 0)
        return NULL;
    const char *hook;
    K_AUTO(PyObject *) encoded = encoded_name(name, &hook);
    if (!encoded)
        return NULL;
    const char *short_name = PyBytes_AS_STRING(encoded);
    char symbol[512];
    snprintf(symbol, sizeof symbol, "%s_%s", hook, short_name);
    PyObject *(*init)(void) = (PyObject *(*)(void))(uintptr_t)find_init(path, name, symbol);
    const char *full = init ? PyUnicode_AsUTF8(name) : NULL;
    PyObject *made = full ? call_init(init, short_name, full) : NULL;
    return made ? module_from_init(made, spec, name, path, init) : NULL;
}
