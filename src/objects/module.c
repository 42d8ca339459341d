/* module.c - module objects: creation in one or several phases, attributes, state, clearing at the end.
 *
 * In: a PyModuleDef or a name. Out: a module whose dict holds its functions.
 * Invariant: md_state is allocated before any code of the module can ask for it. Start at PyModule_FromDefAndSpec2(). */
#include "objects/module.h"

#include "memory/gc.h"
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/func/cfunction.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "objects/type/type.h"
#include "runtime/errors.h"
#include "runtime/import.h"
#include "runtime/state.h"

#define MOD(o) ((PyModuleObject *)(o))

/* ---- definitions and state by index ---- */

static Py_ssize_t module_last_index;
static PyObject *module_by_index; /* list: PyModuleDef.m_index -> module or None */

PyTypeObject PyModuleDef_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "moduledef",
    .tp_basicsize = sizeof(PyModuleDef),
};
K_TYPE(PyModuleDef_Type);

PyObject *PyModuleDef_Init(PyModuleDef *def)
{
    if (PyType_Ready(&PyModuleDef_Type) < 0)
        return NULL;
    if (def->m_base.m_index == 0) {
        def->m_base.m_index = ++module_last_index;
        Py_SET_REFCNT(def, 1);
        Py_SET_TYPE(def, &PyModuleDef_Type);
    }
    return (PyObject *)def;
}

static int module_put_index(PyModuleDef *def, PyObject *module)
{
    Py_ssize_t index = def->m_base.m_index;
    if (!module_by_index && !(module_by_index = PyList_New(0)))
        return -1;
    while (PyList_GET_SIZE(module_by_index) <= index) {
        if (PyList_Append(module_by_index, Py_None) < 0)
            return -1;
    }
    return PyList_SetItem(module_by_index, index, Py_NewRef(module));
}

PyObject *PyState_FindModule(PyModuleDef *def)
{
    Py_ssize_t index = def->m_base.m_index;
    if (def->m_slots || index == 0 || !module_by_index || index >= PyList_GET_SIZE(module_by_index))
        return NULL;
    PyObject *module = PyList_GET_ITEM(module_by_index, index);
    return module == Py_None ? NULL : module;
}

int PyState_AddModule(PyObject *module, PyModuleDef *def)
{
    if (!def) {
        Py_FatalError("Module Definition is NULL");
    } else if (def->m_slots) {
        k_raise(PyExc_SystemError, "PyState_AddModule called on module with slots");
        return -1;
    }
    return module_put_index(def, module);
}

int PyState_RemoveModule(PyModuleDef *def)
{
    if (def->m_slots) {
        k_raise(PyExc_SystemError, "PyState_RemoveModule called on module with slots");
        return -1;
    }
    return module_put_index(def, Py_None);
}

/* ---- creation ---- */

static int module_init_dict(PyModuleObject *m, PyObject *dict, PyObject *name, PyObject *doc)
{
    if (PyDict_SetItem(dict, K_STR("__name__"), name) < 0
        || PyDict_SetItem(dict, K_STR("__doc__"), doc ? doc : Py_None) < 0
        || PyDict_SetItem(dict, K_STR("__package__"), Py_None) < 0
        || PyDict_SetItem(dict, K_STR("__loader__"), Py_None) < 0
        || PyDict_SetItem(dict, K_STR("__spec__"), Py_None) < 0)
        return -1;
    if (PyUnicode_CheckExact(name)) {
        Py_INCREF(name);
        Py_XSETREF(m->md_name, name);
    }
    return 0;
}

static PyObject *module_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyModuleObject *m = MOD(type->tp_alloc(type, 0));
    if (!m)
        return NULL;
    m->md_dict = PyDict_New();
    if (!m->md_dict)
        Py_CLEAR(m);
    return (PyObject *)m;
}

PyObject *PyModule_NewObject(PyObject *name)
{
    PyObject *m = module_new(&PyModule_Type, NULL, NULL);
    if (m && module_init_dict(MOD(m), MOD(m)->md_dict, name, NULL) < 0)
        Py_CLEAR(m);
    return m;
}

PyObject *PyModule_New(const char *name)
{
    K_AUTO(PyObject *) text = PyUnicode_FromString(name);
    return text ? PyModule_NewObject(text) : NULL;
}

static int module_add_functions(PyObject *m, PyObject *name, PyMethodDef *def)
{
    for (; def->ml_name; def++) {
        if (def->ml_flags & (METH_CLASS | METH_STATIC)) {
            k_raise(PyExc_ValueError, "module functions cannot set METH_CLASS or METH_STATIC");
            return -1;
        }
        K_AUTO(PyObject *) function = PyCFunction_NewEx(def, m, name);
        if (!function || PyObject_SetAttrString(m, def->ml_name, function) < 0)
            return -1;
    }
    return 0;
}

int PyModule_AddFunctions(PyObject *m, PyMethodDef *defs)
{
    K_AUTO(PyObject *) name = PyModule_GetNameObject(m);
    return name ? module_add_functions(m, name, defs) : -1;
}

int PyModule_SetDocString(PyObject *m, const char *doc)
{
    K_AUTO(PyObject *) text = PyUnicode_FromString(doc);
    return text ? PyObject_SetAttr(m, K_STR("__doc__"), text) : -1;
}

static int module_alloc_state(PyModuleObject *m, Py_ssize_t size)
{
    if (size <= 0 || m->md_state)
        return 0;
    m->md_state = PyMem_Calloc(1, (size_t)size);
    if (m->md_state)
        return 0;
    PyErr_NoMemory();
    return -1;
}

PyObject *_PyModule_CreateInitialized(PyModuleDef *def, int api_version)
{
    if (!PyModuleDef_Init(def))
        return NULL;
    const char *name = def->m_name;
    if (def->m_slots)
        return k_raise(PyExc_SystemError, "module %s: PyModule_Create is incompatible with m_slots", name);
    if (_Py_PackageContext) { /* the full name of the module being loaded */
        const char *dot = strrchr(_Py_PackageContext, '.');
        if (dot && strcmp(name, dot + 1) == 0) {
            name = _Py_PackageContext;
            _Py_PackageContext = NULL;
        }
    }
    PyObject *m = PyModule_New(name);
    if (!m)
        return NULL;
    if (module_alloc_state(MOD(m), def->m_size) < 0 || (def->m_methods && PyModule_AddFunctions(m, def->m_methods) < 0)
        || (def->m_doc && PyModule_SetDocString(m, def->m_doc) < 0)) {
        Py_DECREF(m);
        return NULL;
    }
    MOD(m)->md_def = def;
    return m;
}

PyObject *PyModule_Create2(PyModuleDef *def, int api_version)
{
    return _PyModule_CreateInitialized(def, api_version);
}

typedef PyObject *(*ModuleCreate)(PyObject *spec, PyModuleDef *def);

/* Reads the slots: the create function, and whether there is anything to execute. */
static int module_read_slots(PyModuleDef *def, const char *name, ModuleCreate *create, bool *executes)
{
    *create = NULL;
    *executes = false;
    if (def->m_size < 0) {
        k_raise(PyExc_SystemError, "module %s: m_size may not be negative for multi-phase initialization", name);
        return -1;
    }
    for (PyModuleDef_Slot *slot = def->m_slots; slot && slot->slot; slot++) {
        if (slot->slot == Py_mod_create) {
            if (*create) {
                k_raise(PyExc_SystemError, "module %s has multiple create slots", name);
                return -1;
            }
            *create = (ModuleCreate)slot->value;
        } else if (slot->slot == Py_mod_exec) {
            *executes = true;
        } else {
            k_raise(PyExc_SystemError, "module %s uses unknown slot ID %i", name, slot->slot);
            return -1;
        }
    }
    return 0;
}

static PyObject *module_create(PyModuleDef *def, PyObject *spec, PyObject *name_object, const char *name,
                               ModuleCreate create)
{
    if (!create)
        return PyModule_NewObject(name_object);
    PyObject *m = create(spec, def);
    if (!m && !PyErr_Occurred())
        k_raise(PyExc_SystemError, "creation of module %s failed without setting an exception", name);
    if (m && PyErr_Occurred()) {
        Py_CLEAR(m);
        _PyErr_FormatFromCause(PyExc_SystemError, "creation of module %s raised unreported exception", name);
    }
    return m;
}

PyObject *PyModule_FromDefAndSpec2(PyModuleDef *def, PyObject *spec, int api_version)
{
    ModuleCreate create;
    bool executes;
    if (!PyModuleDef_Init(def))
        return NULL;
    K_AUTO(PyObject *) name_object = PyObject_GetAttr(spec, K_STR("name"));
    const char *name = name_object ? PyUnicode_AsUTF8(name_object) : NULL;
    if (!name || module_read_slots(def, name, &create, &executes) < 0)
        return NULL;
    K_AUTO(PyObject *) m = module_create(def, spec, name_object, name, create);
    if (!m)
        return NULL;
    if (PyModule_Check(m)) {
        MOD(m)->md_def = def;
    } else {
        if (def->m_size > 0 || def->m_traverse || def->m_clear || def->m_free)
            return k_raise(PyExc_SystemError, "module %s is not a module object, but requests module state", name);
        if (executes)
            return k_raise(PyExc_SystemError,
                           "module %s specifies execution slots, but did not create a ModuleType instance", name);
    }
    if (def->m_methods && module_add_functions(m, name_object, def->m_methods) < 0)
        return NULL;
    if (def->m_doc && PyModule_SetDocString(m, def->m_doc) < 0)
        return NULL;
    return K_MOVE(m);
}

int PyModule_ExecDef(PyObject *m, PyModuleDef *def)
{
    const char *name = PyModule_GetName(m);
    if (!name || module_alloc_state(MOD(m), def->m_size) < 0)
        return -1;
    for (PyModuleDef_Slot *slot = def->m_slots; slot && slot->slot; slot++) {
        if (slot->slot != Py_mod_exec)
            continue;
        int status = ((int (*)(PyObject *))slot->value)(m);
        if (status != 0) {
            if (!PyErr_Occurred())
                k_raise(PyExc_SystemError, "execution of module %s failed without setting an exception", name);
            return -1;
        }
        if (PyErr_Occurred()) {
            _PyErr_FormatFromCause(PyExc_SystemError, "execution of module %s raised unreported exception", name);
            return -1;
        }
    }
    return 0;
}

/* ---- asking ---- */

static bool module_check(PyObject *m)
{
    if (PyModule_Check(m))
        return true;
    (void)PyErr_BadArgument();
    return false;
}

PyObject *PyModule_GetDict(PyObject *m)
{
    if (PyModule_Check(m))
        return MOD(m)->md_dict;
    PyErr_BadInternalCall();
    return NULL;
}

static PyObject *module_text(PyObject *m, PyObject *key, const char *missing)
{
    if (!module_check(m))
        return NULL;
    PyObject *dict = MOD(m)->md_dict;
    PyObject *text = dict && PyDict_Check(dict) ? PyDict_GetItemWithError(dict, key) : NULL;
    if (text && PyUnicode_Check(text))
        return Py_NewRef(text);
    if (!PyErr_Occurred())
        PyErr_SetString(PyExc_SystemError, missing);
    return NULL;
}

PyObject *PyModule_GetNameObject(PyObject *m)
{
    return module_text(m, K_STR("__name__"), "nameless module");
}

PyObject *PyModule_GetFilenameObject(PyObject *m)
{
    return module_text(m, K_STR("__file__"), "module filename missing");
}

const char *PyModule_GetName(PyObject *m)
{
    PyObject *name = PyModule_GetNameObject(m);
    if (!name)
        return NULL;
    Py_DECREF(name); /* the module's dict holds it */
    return PyUnicode_AsUTF8(name);
}

const char *PyModule_GetFilename(PyObject *m)
{
    PyObject *name = PyModule_GetFilenameObject(m);
    if (!name)
        return NULL;
    Py_DECREF(name);
    return PyUnicode_AsUTF8(name);
}

PyModuleDef *PyModule_GetDef(PyObject *m)
{
    return module_check(m) ? MOD(m)->md_def : NULL;
}

void *PyModule_GetState(PyObject *m)
{
    return module_check(m) ? MOD(m)->md_state : NULL;
}

int _PyModuleSpec_IsInitializing(PyObject *spec)
{
    PyObject *value;
    if (!spec || _PyObject_LookupAttr(spec, K_STR("_initializing"), &value) <= 0) {
        PyErr_Clear();
        return 0;
    }
    int truth = PyObject_IsTrue(value);
    Py_DECREF(value);
    return truth;
}

/* ---- adding ---- */

int PyModule_AddObjectRef(PyObject *m, const char *name, PyObject *value)
{
    if (!PyModule_Check(m)) {
        k_raise(PyExc_TypeError, "PyModule_AddObjectRef() first argument must be a module");
        return -1;
    }
    if (!value) {
        if (!PyErr_Occurred())
            k_raise(PyExc_SystemError, "PyModule_AddObjectRef() must be called with an exception raised if value is NULL");
        return -1;
    }
    return PyDict_SetItemString(MOD(m)->md_dict, name, value);
}

/* Steals the value, on success only. */
int PyModule_AddObject(PyObject *m, const char *name, PyObject *value)
{
    int status = PyModule_AddObjectRef(m, name, value);
    if (status == 0)
        Py_DECREF(value);
    return status;
}

int PyModule_AddIntConstant(PyObject *m, const char *name, long value)
{
    K_AUTO(PyObject *) number = PyLong_FromLong(value);
    return number ? PyModule_AddObjectRef(m, name, number) : -1;
}

int PyModule_AddStringConstant(PyObject *m, const char *name, const char *value)
{
    K_AUTO(PyObject *) text = PyUnicode_FromString(value);
    return text ? PyModule_AddObjectRef(m, name, text) : -1;
}

int PyModule_AddType(PyObject *m, PyTypeObject *type)
{
    if (PyType_Ready(type) < 0)
        return -1;
    return PyModule_AddObjectRef(m, _PyType_Name(type), (PyObject *)type);
}

/* ---- clearing at the interpreter's end: private names first ---- */

void _PyModule_ClearDict(PyObject *dict)
{
    for (int pass = 0; pass < 2; pass++) {
        PyObject *key, *value;
        Py_ssize_t pos = 0;
        while (PyDict_Next(dict, &pos, &key, &value)) {
            if (value == Py_None || !PyUnicode_Check(key) || PyUnicode_GET_LENGTH(key) == 0)
                continue;
            bool is_private = PyUnicode_READ_CHAR(key, 0) == '_'
                              && (PyUnicode_GET_LENGTH(key) < 2 || PyUnicode_READ_CHAR(key, 1) != '_');
            if (pass == 0 ? !is_private : _PyUnicode_EqualToASCIIString(key, "__builtins__"))
                continue;
            if (PyDict_SetItem(dict, key, Py_None) < 0)
                PyErr_WriteUnraisable(NULL);
        }
    }
}

void _PyModule_Clear(PyObject *m)
{
    PyObject *dict = MOD(m)->md_dict;
    if (dict)
        _PyModule_ClearDict(dict);
}

/* ---- the object ---- */

BINDER(module_init, "module", "(name, doc=None)", *name, *doc);

static int module_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    module_init_args arg;
    PyObject *owned;
    if (BIND(module_init, &arg, args, kwargs, &owned) < 0 || k_arg_str(arg.name, "module", "'name'") < 0)
        return -1;
    if (!MOD(self)->md_dict && !(MOD(self)->md_dict = PyDict_New()))
        return -1;
    return module_init_dict(MOD(self), MOD(self)->md_dict, arg.name, arg.doc);
}

static void module_dealloc(PyObject *self)
{
    PyModuleObject *m = MOD(self);
    PyObject_GC_UnTrack(self);
    if (m->md_weaklist)
        PyObject_ClearWeakRefs(self);
    if (m->md_def && m->md_def->m_free && (m->md_def->m_size <= 0 || m->md_state))
        m->md_def->m_free(m);
    Py_XDECREF(m->md_dict);
    Py_XDECREF(m->md_name);
    if (m->md_state)
        PyMem_Free(m->md_state);
    Py_TYPE(self)->tp_free(self);
}

static int module_traverse(PyObject *self, visitproc visit, void *arg)
{
    PyModuleObject *m = MOD(self);
    if (m->md_def && m->md_def->m_traverse && (m->md_def->m_size <= 0 || m->md_state)) {
        int stop = m->md_def->m_traverse(self, visit, arg);
        if (stop)
            return stop;
    }
    Py_VISIT(m->md_dict);
    return 0;
}

static int module_clear(PyObject *self)
{
    PyModuleObject *m = MOD(self);
    if (m->md_def && m->md_def->m_clear && (m->md_def->m_size <= 0 || m->md_state)) {
        int status = m->md_def->m_clear(self);
        if (PyErr_Occurred())
            PyErr_WriteUnraisable(NULL);
        if (status)
            return status;
    }
    Py_CLEAR(m->md_dict);
    return 0;
}

/* Whether a submodule of that name is being imported by the module of this spec: 1, 0, or -1. */
static int module_awaits(PyObject *spec, PyObject *name)
{
    PyObject *pending;
    int found = _PyObject_LookupAttr(spec, K_STR("_uninitialized_submodules"), &pending);
    if (found <= 0)
        return found;
    found = PySequence_Contains(pending, name);
    Py_DECREF(pending);
    return found;
}

static PyObject *module_repr(PyObject *self)
{
    PyObject *importlib = k_interp()->importlib;
    if (!importlib)
        return PyUnicode_FromFormat("<module object at %p>", self);
    return PyObject_CallMethodObjArgs(importlib, K_STR("_module_repr"), self, NULL);
}

K_COLD static PyObject *module_no_attribute(PyModuleObject *m, PyObject *name)
{
    PyObject *module_name = m->md_dict ? PyDict_GetItemWithError(m->md_dict, K_STR("__name__")) : NULL;
    if (!module_name || !PyUnicode_Check(module_name)) {
        if (!PyErr_Occurred())
            k_raise(PyExc_AttributeError, "module has no attribute '%U'", name);
        return NULL;
    }
    K_AUTO(PyObject *) held = Py_NewRef(module_name);
    K_AUTO(PyObject *) spec = Py_XNewRef(PyDict_GetItemWithError(m->md_dict, K_STR("__spec__")));
    int initializing = spec ? _PyModuleSpec_IsInitializing(spec) : 0;
    if (initializing < 0)
        return NULL;
    if (initializing)
        return k_raise(PyExc_AttributeError,
                       "partially initialized module '%U' has no attribute '%U' (most likely due to a circular import)",
                       held, name);
    int submodule = spec ? module_awaits(spec, name) : 0;
    if (submodule < 0)
        return NULL;
    if (submodule)
        return k_raise(PyExc_AttributeError,
                       "cannot access submodule '%U' of module '%U' (most likely due to a circular import)", name, held);
    return k_raise(PyExc_AttributeError, "module '%U' has no attribute '%U'", held, name);
}

static PyObject *module_getattro(PyObject *self, PyObject *name)
{
    PyModuleObject *m = MOD(self);
    PyObject *value = _PyObject_GenericGetAttrWithDict(self, name, m->md_dict, 1);
    if (value || PyErr_Occurred())
        return value;
    PyObject *getattr = m->md_dict ? PyDict_GetItemWithError(m->md_dict, K_STR("__getattr__")) : NULL;
    if (getattr) {
        K_AUTO(PyObject *) held = Py_NewRef(getattr);
        return PyObject_CallOneArg(held, name);
    }
    return PyErr_Occurred() ? NULL : module_no_attribute(m, name);
}

METHODS_DECLARE(module);
METHOD_RAW(module, __dir__, NOARGS, 0, "__dir__() -> list\nnames of the module's attributes")
{
    K_AUTO(PyObject *) dict = PyObject_GetAttr(self, K_STR("__dict__"));
    if (!dict)
        return NULL;
    if (!PyDict_Check(dict))
        return k_raise(PyExc_TypeError, "<module>.__dict__ is not a dictionary");
    PyObject *function = PyDict_GetItemWithError(dict, K_STR("__dir__"));
    if (function)
        return PyObject_CallNoArgs(function);
    return PyErr_Occurred() ? NULL : PyDict_Keys(dict);
}
METHODS_END(module);

static PyObject *module_annotations_dict(PyObject *self)
{
    K_AUTO(PyObject *) dict = PyObject_GetAttr(self, K_STR("__dict__"));
    if (dict && !PyDict_Check(dict))
        return k_raise(PyExc_TypeError, "<module>.__dict__ is not a dictionary");
    return K_MOVE(dict);
}

static PyObject *module_get_annotations(PyObject *self, void *closure)
{
    K_AUTO(PyObject *) dict = module_annotations_dict(self);
    PyObject *found = dict ? PyDict_GetItemWithError(dict, K_STR("__annotations__")) : NULL;
    if (found || !dict || PyErr_Occurred())
        return Py_XNewRef(found);
    K_AUTO(PyObject *) fresh = PyDict_New();
    if (!fresh || PyDict_SetItem(dict, K_STR("__annotations__"), fresh) < 0)
        return NULL;
    return K_MOVE(fresh);
}

static int module_set_annotations(PyObject *self, PyObject *value, void *closure)
{
    K_AUTO(PyObject *) dict = module_annotations_dict(self);
    if (!dict)
        return -1;
    if (value)
        return PyDict_SetItem(dict, K_STR("__annotations__"), value);
    int status = PyDict_DelItem(dict, K_STR("__annotations__"));
    if (status < 0 && k_catch(PyExc_KeyError))
        k_raise(PyExc_AttributeError, "__annotations__");
    return status;
}

static PyMemberDef module_members[] = {
    { "__dict__", T_OBJECT, offsetof(PyModuleObject, md_dict), READONLY, NULL },
    { NULL, 0, 0, 0, NULL },
};
static PyGetSetDef module_getset[] = {
    { "__annotations__", module_get_annotations, module_set_annotations, NULL, NULL },
    { NULL, NULL, NULL, NULL, NULL },
};

PyTypeObject PyModule_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "module",
    .tp_basicsize = sizeof(PyModuleObject),
    .tp_dealloc = module_dealloc,
    .tp_repr = module_repr,
    .tp_getattro = module_getattro,
    .tp_setattro = PyObject_GenericSetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .tp_doc = "module(name, doc=None)\n--\n\nA module: a name, a docstring and a namespace.",
    .tp_traverse = module_traverse,
    .tp_clear = module_clear,
    .tp_weaklistoffset = offsetof(PyModuleObject, md_weaklist),
    .tp_methods = METHODS(module),
    .tp_members = module_members,
    .tp_getset = module_getset,
    .tp_dictoffset = offsetof(PyModuleObject, md_dict),
    .tp_init = module_init,
    .tp_new = module_new,
    .tp_free = PyObject_GC_Del,
};
K_TYPE(PyModule_Type);
