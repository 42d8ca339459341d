/* specialize_attr.c - choosing faster forms of attribute and global access.
 *
 * In: a general instruction, its owner and name.  Out: the form and its cache. What a cache holds is valid while the
 * type's version (which changes with each change of the type or its bases) and, where they matter, the versions of
 * dict keys are the ones noted; borrowed pointers in caches live as long as that.
 * Start at vm_specialize_load_attr(). */
#include "objects/descr.h"
#include "objects/func/func.h"
#include "objects/instance.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/tuple.h"
#include "objects/type/type.h"
#include "vm/eval.h"
#include "vm/specialize.h"

static PyObject *name_of(_PyInterpreterFrame *frame, uint32_t index)
{
    return PyTuple_GET_ITEM(frame->f_code->co_names, index);
}

/* ---- keys of a dict ---- */

/* The entry of a str key in a plain dict, with the version of its keys noted; 0 when there is none. */
static int find_entry(PyObject *dict, PyObject *name, uint32_t *version, uint32_t *index)
{
    if (!dict || !PyDict_CheckExact(dict) || ((PyDictObject *)dict)->ma_values)
        return 0;
    Py_ssize_t at = k_dict_index_of_str(((PyDictObject *)dict)->ma_keys, name);
    if (at < 0)
        return 0;
    *index = (uint32_t)at;
    *version = k_dict_keys_version((PyDictObject *)dict);
    return *version != 0;
}

int vm_specialize_global(_PyInterpreterFrame *frame, KInstr *pc, KCache *cache)
{
    PyObject *name = name_of(frame, pc->d >> 1), *globals = frame->f_globals;
    int op = NO_FORM;
    if (!PyDict_CheckExact(globals) || ((PyDictObject *)globals)->ma_values)
        return vm_settle(pc, cache, NO_FORM);
    if (k_dict_index_of_str(((PyDictObject *)globals)->ma_keys, name) >= 0) {
        if (find_entry(globals, name, &cache->version, &cache->index))
            op = OP_LOAD_GLOBAL_MODULE;
    } else if (DK_IS_UNICODE(((PyDictObject *)globals)->ma_keys) &&
               find_entry(frame->f_builtins, name, &cache->version2, &cache->index)) {
        cache->version = k_dict_keys_version((PyDictObject *)globals);
        op = cache->version ? OP_LOAD_GLOBAL_BUILTIN : NO_FORM;
    }
    return vm_settle(pc, cache, op);
}

/* ---- instances ---- */

static int plain_getattr(PyTypeObject *type)
{
    return type->tp_getattro == PyObject_GenericGetAttr;
}

static int is_data_descriptor(PyObject *descr)
{
    return descr && Py_TYPE(descr)->tp_descr_set;
}

/* An object of a class that may change: it can become a descriptor later, and the version of its holder would not tell. */
static int may_become_descriptor(PyObject *value)
{
    return value && !PyType_HasFeature(Py_TYPE(value), Py_TPFLAGS_IMMUTABLETYPE);
}

/* Whether the name is not among the keys that a class's instances share, with the version of these noted. */
static int never_in_values(PyTypeObject *type, PyObject *self, PyObject *name, uint32_t *version)
{
    PyDictKeysObject *keys = k_instance_shared_keys(type);
    if (!keys || !k_instance_values(self) || k_dict_index_of_str(keys, name) >= 0)
        return 0;
    *version = k_keys_version(keys);
    return *version != 0;
}

/* A name that the class does not hide: in the embedded values, or in the dict. */
static int form_of_own_value(PyTypeObject *type, PyObject *owner, PyObject *name, KCache *cache)
{
    ptrdiff_t dict_offset = type->tp_dictoffset;
    if (PyType_HasFeature(type, Py_TPFLAGS_MANAGED_DICT)) {
        PyDictKeysObject *keys = k_instance_shared_keys(type);
        if (k_instance_values(owner)) {
            Py_ssize_t index = keys ? k_dict_index_of_str(keys, name) : -1;
            if (index < 0 || !k_instance_slot(owner, index))
                return NO_FORM;
            cache->index = (uint32_t)index;
            return OP_LOAD_ATTR_VALUE;
        }
        dict_offset = -3 * (ptrdiff_t)sizeof(PyObject *);
    } else if (dict_offset <= 0) {
        return NO_FORM;
    }
    PyDictObject *dict = *(PyDictObject **)((char *)owner + dict_offset);
    if (!dict || dict->ma_values)
        return NO_FORM;
    Py_ssize_t index = k_dict_index_of_str(dict->ma_keys, name);
    cache->index = (uint32_t)index;
    cache->ptr = (void *)dict_offset;
    return index < 0 ? NO_FORM : OP_LOAD_ATTR_DICT;
}

static int form_of_slot(PyObject *descr, PyTypeObject *type, KCache *cache, int op)
{
    PyMemberDef *member = ((PyMemberDescrObject *)descr)->d_member;
    if (member->type != T_OBJECT_EX || (member->flags && op == OP_STORE_ATTR_SLOT) || member->flags & PY_AUDIT_READ ||
        !PyType_IsSubtype(type, ((PyDescrObject *)descr)->d_type))
        return NO_FORM;
    cache->index = (uint32_t)member->offset;
    return op;
}

static int form_of_module(PyObject *owner, PyObject *name, KCache *cache, int op)
{
    PyObject *dict = ((PyModuleObject *)owner)->md_dict;
    if (!plain_getattr(Py_TYPE(owner)) && Py_TYPE(owner)->tp_getattro != PyModule_Type.tp_getattro)
        return NO_FORM;
    if (_PyType_Lookup(Py_TYPE(owner), name))
        return NO_FORM;
    return find_entry(dict, name, &cache->version, &cache->index) ? op : NO_FORM;
}

/* An attribute of a class that neither its metaclass nor a descriptor has a say in. */
static int form_of_class(PyTypeObject *type, PyObject *name, KCache *cache, int op)
{
    if (_PyType_Lookup(&PyType_Type, name))
        return NO_FORM;
    PyObject *value = _PyType_Lookup(type, name);
    int binds = may_become_descriptor(value) || (value && Py_TYPE(value)->tp_descr_get && !PyFunction_Check(value));
    cache->version = k_type_version(type);
    cache->ptr = value;
    return value && !binds && cache->version ? op : NO_FORM;
}

/* Python functions __getattr__ or __setattr__ that stand in for the generic operation. */
static int form_of_hook(PyTypeObject *type, PyObject *hook, uint32_t n, KCache *cache, int op)
{
    if (!hook || !PyFunction_Check(hook))
        return NO_FORM;
    PyCodeObject *code = (PyCodeObject *)((PyFunctionObject *)hook)->func_code;
    KCode *k = (KCode *)(void *)code->_co_linearray;
    cache->version2 = k_func_version((PyFunctionObject *)hook);
    cache->ptr = hook;
    return cache->version2 && k && k->simple_args == n && code->co_flags & CO_OPTIMIZED ? op : NO_FORM;
}

static int form_of_getattr(PyTypeObject *type, KCache *cache)
{
    PyObject *general = _PyType_Lookup(type, K_STR("__getattribute__"));
    if (!PyType_HasFeature(type, Py_TPFLAGS_HEAPTYPE) ||
        general != _PyType_Lookup(&PyBaseObject_Type, K_STR("__getattribute__")))
        return NO_FORM;
    return form_of_hook(type, _PyType_Lookup(type, K_STR("__getattr__")), 2, cache, OP_LOAD_ATTR_HOOK);
}

/* A site that has met another type in this form keeps both. */
static int settle_beside(_PyInterpreterFrame *frame, KInstr *pc, KCache *cache, int op)
{
    int polymorphic = op == OP_LOAD_ATTR_VALUE || op == OP_LOAD_ATTR_SLOT || op == OP_LOAD_METHOD_VALUES ||
                      op == OP_LOAD_METHOD_NO_DICT;
    if (polymorphic && pc->op == op)
        vm_poly_note(frame_kcode(frame), pc, cache);
    return vm_settle(pc, cache, op);
}

int vm_specialize_load_attr(_PyInterpreterFrame *frame, KInstr *pc, KCache *cache)
{
    PyObject *owner = frame->localsplus[pc->a], *name = name_of(frame, pc->d);
    PyTypeObject *type = Py_TYPE(owner);
    int op = NO_FORM;
    if (PyModule_CheckExact(owner))
        return vm_settle(pc, cache, form_of_module(owner, name, cache, OP_LOAD_ATTR_MODULE));
    if (PyType_CheckExact(owner))
        return vm_settle(pc, cache, form_of_class((PyTypeObject *)owner, name, cache, OP_LOAD_ATTR_TYPE));
    cache->version = k_type_version(type);
    if (!cache->version || !plain_getattr(type))
        return vm_settle(pc, cache, cache->version ? form_of_getattr(type, cache) : NO_FORM);
    PyObject *descr = _PyType_Lookup(type, name);
    if (may_become_descriptor(descr)) {
        op = NO_FORM;
    } else if (!is_data_descriptor(descr)) {
        op = form_of_own_value(type, owner, name, cache);
        if (op == NO_FORM && descr && !Py_TYPE(descr)->tp_descr_get && PyType_HasFeature(type, Py_TPFLAGS_MANAGED_DICT) &&
            never_in_values(type, owner, name, &cache->version2)) {
            cache->ptr = descr;
            op = OP_LOAD_ATTR_CLASS_VALUE;
        }
    } else if (Py_IS_TYPE(descr, &PyMemberDescr_Type)) {
        op = form_of_slot(descr, type, cache, OP_LOAD_ATTR_SLOT);
    } else if (Py_IS_TYPE(descr, &PyProperty_Type)) {
        op = form_of_hook(type, ((PyPropertyObject *)descr)->prop_get, 1, cache, OP_LOAD_ATTR_PROPERTY);
        cache->ptr = descr;
    }
    return settle_beside(frame, pc, cache, op);
}

int vm_specialize_load_method(_PyInterpreterFrame *frame, KInstr *pc, KCache *cache)
{
    PyObject *owner = frame->localsplus[pc->a], *name = name_of(frame, pc->d);
    PyTypeObject *type = Py_TYPE(owner);
    int op = NO_FORM;
    if (PyModule_CheckExact(owner))
        return vm_settle(pc, cache, form_of_module(owner, name, cache, OP_LOAD_METHOD_MODULE));
    if (PyType_CheckExact(owner))
        return vm_settle(pc, cache, form_of_class((PyTypeObject *)owner, name, cache, OP_LOAD_METHOD_TYPE));
    cache->version = k_type_version(type);
    PyObject *method = cache->version && plain_getattr(type) ? _PyType_Lookup(type, name) : NULL;
    if (!method || !PyType_HasFeature(Py_TYPE(method), Py_TPFLAGS_METHOD_DESCRIPTOR))
        return vm_settle(pc, cache, NO_FORM);
    cache->ptr = method;
    if (PyType_HasFeature(type, Py_TPFLAGS_MANAGED_DICT))
        op = never_in_values(type, owner, name, &cache->version2) ? OP_LOAD_METHOD_VALUES : NO_FORM;
    else if (type->tp_dictoffset == 0)
        op = OP_LOAD_METHOD_NO_DICT;
    return settle_beside(frame, pc, cache, op);
}

int vm_specialize_store_attr(_PyInterpreterFrame *frame, KInstr *pc, KCache *cache)
{
    PyObject *owner = frame->localsplus[pc->a + 1], *name = name_of(frame, pc->d);
    PyTypeObject *type = Py_TYPE(owner);
    cache->version = k_type_version(type);
    if (!cache->version)
        return vm_settle(pc, cache, NO_FORM);
    if (type->tp_setattro != PyObject_GenericSetAttr) {
        PyObject *hook = _PyType_Lookup(type, K_STR("__setattr__"));
        return vm_settle(pc, cache, form_of_hook(type, hook, 3, cache, OP_STORE_ATTR_HOOK));
    }
    PyObject *descr = _PyType_Lookup(type, name);
    if (may_become_descriptor(descr))
        return vm_settle(pc, cache, NO_FORM);
    if (is_data_descriptor(descr)) {
        int slot = Py_IS_TYPE(descr, &PyMemberDescr_Type);
        return vm_settle(pc, cache, slot ? form_of_slot(descr, type, cache, OP_STORE_ATTR_SLOT) : NO_FORM);
    }
    if (!PyType_HasFeature(type, Py_TPFLAGS_MANAGED_DICT) || k_instance_has_dict(owner))
        return vm_settle(pc, cache, NO_FORM);
    PyDictKeysObject *keys = k_instance_shared_keys(type);
    Py_ssize_t index = keys ? k_dict_index_of_str(keys, name) : -1;
    if (index < 0 || !k_instance_slot(owner, index))
        return vm_settle(pc, cache, NO_FORM);
    cache->index = (uint32_t)index;
    return vm_settle(pc, cache, OP_STORE_ATTR_VALUE);
}
