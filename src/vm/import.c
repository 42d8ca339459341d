/* import.c - the import statements.
 *
 * In: what the instruction names.  Out: modules and names, ImportError in CPython's words. Start at vm_import_name(). */
#include "runtime/import.h"

#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/module.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"
#include "vm/helpers.h"

PyObject *vm_import_name(PyThreadState *tstate, _PyInterpreterFrame *frame, PyObject *name, PyObject *names, PyObject *level)
{
    K_AUTO(PyObject *) import = Py_XNewRef(PyDict_GetItemWithError(frame->f_builtins, K_STR("__import__")));
    if (!import) {
        if (!PyErr_Occurred())
            k_raise(PyExc_ImportError, "__import__ not found");
        return NULL;
    }
    PyObject *locals = frame->f_locals ? frame->f_locals : Py_None;
    if (import == tstate->interp->import_func) { /* the usual one, without building a call */
        int how = _PyLong_AsInt(level);
        if (how == -1 && PyErr_Occurred())
            return NULL;
        return PyImport_ImportModuleLevelObject(name, frame->f_globals, locals, names, how);
    }
    PyObject *args[] = { name, frame->f_globals, locals, names, level };
    return PyObject_Vectorcall(import, args, 5, NULL);
}

/* Whether module.__spec__ says that it is still being imported; errors count as no. */
static int is_being_imported(PyObject *module)
{
    PyObject *spec = NULL;
    if (_PyObject_LookupAttr(module, K_STR("__spec__"), &spec) < 0)
        PyErr_Clear();
    int answer = _PyModuleSpec_IsInitializing(spec);
    Py_XDECREF(spec);
    return answer;
}

static K_COLD void complain_import_from(PyObject *module, PyObject *package, PyObject *name)
{
    K_AUTO(PyObject *) shown = package ? Py_NewRef(package) : PyUnicode_FromString("<unknown module name>");
    K_AUTO(PyObject *) path = PyModule_GetFilenameObject(module);
    K_AUTO(PyObject *) text = NULL;
    if (!shown)
        return;
    if (!path) {
        PyErr_Clear();
        K_SET(text, PyUnicode_FromFormat("cannot import name %R from %R (unknown location)", name, shown));
    } else if (is_being_imported(module)) {
        K_SET(text, PyUnicode_FromFormat("cannot import name %R from partially initialized module %R "
                                         "(most likely due to a circular import) (%S)", name, shown, path));
    } else {
        K_SET(text, PyUnicode_FromFormat("cannot import name %R from %R (%S)", name, shown, path));
    }
    if (text)
        (void)!PyErr_SetImportError(text, package, path);
}

PyObject *vm_import_from(PyThreadState *tstate, PyObject *module, PyObject *name)
{
    PyObject *found = NULL;
    if (_PyObject_LookupAttr(module, name, &found) != 0)
        return found;
    /* A submodule that is being imported is in sys.modules before it is its package's attribute. */
    K_AUTO(PyObject *) package = NULL;
    if (_PyObject_LookupAttr(module, K_STR("__name__"), &package) < 0)
        return NULL;
    if (package && PyUnicode_Check(package)) {
        K_AUTO(PyObject *) full = PyUnicode_FromFormat("%U.%U", package, name);
        if (!full)
            return NULL;
        found = PyImport_GetModule(full);
        if (found || PyErr_Occurred())
            return found;
    } else {
        K_SET(package, NULL);
    }
    complain_import_from(module, package, name);
    return NULL;
}

/* The names a star import takes: __all__ (*all is 1), or the keys of __dict__. */
static PyObject *star_names(PyObject *module, int *all)
{
    PyObject *names = NULL;
    *all = 1;
    if (_PyObject_LookupAttr(module, K_STR("__all__"), &names) != 0)
        return names;
    *all = 0;
    K_AUTO(PyObject *) dict = NULL;
    if (_PyObject_LookupAttr(module, K_STR("__dict__"), &dict) < 0)
        return NULL;
    if (!dict)
        return k_raise(PyExc_ImportError, "from-import-* object has no __dict__ and no __all__");
    return PyMapping_Keys(dict);
}

static K_COLD int complain_star_name(PyObject *module, PyObject *name, int all)
{
    K_AUTO(PyObject *) module_name = PyObject_GetAttr(module, K_STR("__name__"));
    if (!module_name)
        return -1;
    if (!PyUnicode_Check(module_name))
        k_raise(PyExc_TypeError, "module __name__ must be a string, not %.100s", Py_TYPE(module_name)->tp_name);
    else
        k_raise(PyExc_TypeError, "%s in %U.%s must be str, not %.100s", all ? "Item" : "Key", module_name,
                all ? "__all__" : "__dict__", Py_TYPE(name)->tp_name);
    return -1;
}

int vm_import_star(PyThreadState *tstate, _PyInterpreterFrame *frame, PyObject *module)
{
    int all;
    PyFrameObject *object = k_frame_object(frame);
    if (!object || PyFrame_FastToLocalsWithError(object) < 0)
        return -1;
    if (!frame->f_locals) {
        k_raise(PyExc_SystemError, "no locals found during 'import *'");
        return -1;
    }
    K_AUTO(PyObject *) names = star_names(module, &all);
    if (!names)
        return -1;
    for (Py_ssize_t i = 0;; i++) {
        K_AUTO(PyObject *) name = PySequence_GetItem(names, i);
        if (!name) {
            if (!PyErr_ExceptionMatches(PyExc_IndexError))
                return -1;
            PyErr_Clear();
            break;
        }
        if (!PyUnicode_Check(name))
            return complain_star_name(module, name, all);
        if (!all && PyUnicode_GET_LENGTH(name) && PyUnicode_READ_CHAR(name, 0) == '_')
            continue;
        K_AUTO(PyObject *) value = PyObject_GetAttr(module, name);
        if (!value)
            return -1;
        int status = PyDict_CheckExact(frame->f_locals) ? PyDict_SetItem(frame->f_locals, name, value)
                                                        : PyObject_SetItem(frame->f_locals, name, value);
        if (status < 0)
            return -1;
    }
    PyFrame_LocalsToFast(object, 0);
    return 0;
}
