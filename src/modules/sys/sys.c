/* sys.c - module sys: its making. The functions are in sys_hooks.c and sys_state.c, the data in sys_info.c.
 *
 * sys is made before importlib, by start-up; PyInit_sys() gives that same module again. */
#include "modules/sys/sys_module.h"
#include "objects/dict/dict.h"
#include "runtime/errors.h"
#include "runtime/import.h"
#include "runtime/state.h"
#include "runtime/sys.h"

static PyModuleDef sys_def = {
    PyModuleDef_HEAD_INIT,
    .m_name = "sys",
    .m_doc = "This module gives access to objects that the interpreter uses or keeps, and to\n"
             "functions that work closely with it.\n\n"
             "Dynamic objects: argv, path, modules, displayhook, excepthook, stdin, stdout, stderr, last_type,\n"
             "last_value, last_traceback, ps1, ps2, path_hooks, path_importer_cache, meta_path.\n",
    .m_size = -1,
};

/* The hooks under their own names, for programs that replace and restore them. */
static int keep_original_hooks(PyObject *dict)
{
    static const char *const names[] = { "displayhook", "excepthook", "breakpointhook", "unraisablehook" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char kept[32];
        snprintf(kept, sizeof kept, "__%s__", names[i]);
        PyObject *hook = PyDict_GetItemString(dict, names[i]);
        if (!hook || PyDict_SetItemString(dict, kept, hook) < 0)
            return -1;
    }
    return 0;
}

int sys_start(PyInterpreterState *interp)
{
    K_AUTO(PyObject *) module = _PyModule_CreateInitialized(&sys_def, PYTHON_API_VERSION);
    if (!module)
        return -1;
    PyObject *dict = PyModule_GetDict(module);
    interp->sysdict = Py_NewRef(dict);
    if (PyModule_AddFunctions(module, METHODS(sys_hooks)) < 0 || PyModule_AddFunctions(module, METHODS(sys_state)) < 0 ||
        PyDict_SetItemString(dict, "modules", interp->modules) < 0 || keep_original_hooks(dict) < 0 ||
        sys_start_info() < 0 || sys_add_static_info(module) < 0)
        return -1;
    return PyDict_SetItemString(interp->modules, "sys", module);
}

K_INT PyObject *PyInit_sys(void);
PyObject *PyInit_sys(void)
{
    PyObject *modules = PyImport_GetModuleDict();
    PyObject *module = PyDict_GetItemString(modules, "sys");
    if (module)
        return Py_NewRef(module);
    module = PyModule_New("sys"); /* it was deleted from sys.modules: the same attributes again */
    if (module && PyDict_Update(PyModule_GetDict(module), k_interp()->sysdict) < 0)
        Py_CLEAR(module);
    return module;
}
