/* type_object.c - the type `type`: calling a class, its attributes and methods, its own life and end.
 *
 * In: a readied type. Out: its attributes; new instances.
 * Invariant: whoever changes tp_dict, tp_bases or tp_mro calls PyType_Modified() before foreign code can look again.
 * Start at type_call() and type_getattro(). */
#include "memory/gc.h"
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/dict/dict_table.h"
#include "objects/func/cfunction.h"
#include "objects/genericalias.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/module.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "objects/type/slots.h"
#include "objects/type/type_internal.h"
#include "objects/weakref.h"
#include "runtime/errors.h"
#include "runtime/sys.h"
#include "runtime/state.h"

#define AS_TYPE(o) ((PyTypeObject *)(o))
#define AS_HEAP(o) ((PyHeapTypeObject *)(o))
#define IS_HEAP(t) PyType_HasFeature(t, Py_TPFLAGS_HEAPTYPE)

/* ---- names ---- */

const char *type_short_name(PyTypeObject *type)
{
    const char *dot = strrchr(type->tp_name, '.');
    return dot ? dot + 1 : type->tp_name;
}

const char *_PyType_Name(PyTypeObject *type)
{
    return type_short_name(type);
}

static PyObject *type_get_name(PyObject *self, void *closure)
{
    if (IS_HEAP(AS_TYPE(self)))
        return Py_NewRef(AS_HEAP(self)->ht_name);
    return PyUnicode_FromString(type_short_name(AS_TYPE(self)));
}

static PyObject *type_get_qualname(PyObject *self, void *closure)
{
    if (IS_HEAP(AS_TYPE(self)))
        return Py_NewRef(AS_HEAP(self)->ht_qualname);
    return PyUnicode_FromString(type_short_name(AS_TYPE(self)));
}

PyObject *PyType_GetName(PyTypeObject *type)
{
    return type_get_name((PyObject *)type, NULL);
}

PyObject *PyType_GetQualName(PyTypeObject *type)
{
    return type_get_qualname((PyObject *)type, NULL);
}

PyObject *type_qualname(PyTypeObject *type)
{
    return type_get_qualname((PyObject *)type, NULL);
}

unsigned long PyType_GetFlags(PyTypeObject *type)
{
    return type->tp_flags;
}

/* Whether a special attribute of the type may be set. */
static int type_check_settable(PyTypeObject *type, PyObject *value, const char *name)
{
    if (PyType_HasFeature(type, Py_TPFLAGS_IMMUTABLETYPE)) {
        k_raise(PyExc_TypeError, "cannot set '%s' attribute of immutable type '%s'", name, type->tp_name);
        return -1;
    }
    if (!value) {
        k_raise(PyExc_TypeError, "cannot delete '%s' attribute of immutable type '%s'", name, type->tp_name);
        return -1;
    }
    return PySys_Audit("object.__setattr__", "OsO", type, name, value);
}

static int type_set_name(PyObject *self, PyObject *value, void *closure)
{
    PyTypeObject *type = AS_TYPE(self);
    if (type_check_settable(type, value, "__name__") < 0)
        return -1;
    if (!PyUnicode_Check(value)) {
        k_raise(PyExc_TypeError, "can only assign string to %s.__name__, not '%s'", type->tp_name,
                Py_TYPE(value)->tp_name);
        return -1;
    }
    Py_ssize_t length;
    const char *text = PyUnicode_AsUTF8AndSize(value, &length);
    if (!text)
        return -1;
    if (strlen(text) != (size_t)length) {
        k_raise(PyExc_ValueError, "type name must not contain null characters");
        return -1;
    }
    type->tp_name = text;
    Py_SETREF(AS_HEAP(type)->ht_name, Py_NewRef(value));
    return 0;
}

static int type_set_qualname(PyObject *self, PyObject *value, void *closure)
{
    PyTypeObject *type = AS_TYPE(self);
    if (type_check_settable(type, value, "__qualname__") < 0)
        return -1;
    if (!PyUnicode_Check(value)) {
        k_raise(PyExc_TypeError, "can only assign string to %s.__qualname__, not '%s'", type->tp_name,
                Py_TYPE(value)->tp_name);
        return -1;
    }
    Py_SETREF(AS_HEAP(type)->ht_qualname, Py_NewRef(value));
    return 0;
}

PyObject *type_module(PyTypeObject *type)
{
    if (IS_HEAP(type)) {
        PyObject *module = PyDict_GetItemWithError(type->tp_dict, K_STR("__module__"));
        if (!module && !PyErr_Occurred())
            PyErr_SetObject(PyExc_AttributeError, K_STR("__module__"));
        return Py_XNewRef(module);
    }
    const char *dot = strrchr(type->tp_name, '.');
    if (!dot)
        return Py_NewRef(K_STR("builtins"));
    PyObject *module = PyUnicode_FromStringAndSize(type->tp_name, dot - type->tp_name);
    if (module)
        PyUnicode_InternInPlace(&module);
    return module;
}

static PyObject *type_get_module(PyObject *self, void *closure)
{
    return type_module(AS_TYPE(self));
}

static int type_set_module(PyObject *self, PyObject *value, void *closure)
{
    if (type_check_settable(AS_TYPE(self), value, "__module__") < 0)
        return -1;
    PyType_Modified(AS_TYPE(self));
    return PyDict_SetItem(AS_TYPE(self)->tp_dict, K_STR("__module__"), value);
}

static PyObject *type_repr(PyObject *self)
{
    PyTypeObject *type = AS_TYPE(self);
    K_AUTO(PyObject *) module = type_module(type);
    if (!module)
        PyErr_Clear();
    K_AUTO(PyObject *) qualname = type_qualname(type);
    if (!qualname)
        return NULL;
    if (module && PyUnicode_Check(module) && !_PyUnicode_EqualToASCIIString(module, "builtins"))
        return PyUnicode_FromFormat("<class '%U.%U'>", module, qualname);
    return PyUnicode_FromFormat("<class '%s'>", type->tp_name);
}

/* ---- other attributes ---- */

static PyObject *type_get_abstractmethods(PyObject *self, void *closure)
{
    PyObject *value = NULL;
    if (AS_TYPE(self) != &PyType_Type)
        value = PyDict_GetItemWithError(AS_TYPE(self)->tp_dict, K_STR("__abstractmethods__"));
    if (!value && !PyErr_Occurred())
        PyErr_SetObject(PyExc_AttributeError, K_STR("__abstractmethods__"));
    return Py_XNewRef(value);
}

static int type_set_abstractmethods(PyObject *self, PyObject *value, void *closure)
{
    PyTypeObject *type = AS_TYPE(self);
    int abstract = value ? PyObject_IsTrue(value) : 0, status;
    if (abstract < 0)
        return -1;
    if (value) {
        status = PyDict_SetItem(type->tp_dict, K_STR("__abstractmethods__"), value);
    } else {
        status = PyDict_DelItem(type->tp_dict, K_STR("__abstractmethods__"));
        if (status < 0 && PyErr_ExceptionMatches(PyExc_KeyError))
            PyErr_SetObject(PyExc_AttributeError, K_STR("__abstractmethods__"));
    }
    if (status < 0)
        return -1;
    PyType_Modified(type);
    type->tp_flags = (type->tp_flags & ~Py_TPFLAGS_IS_ABSTRACT) | (abstract ? Py_TPFLAGS_IS_ABSTRACT : 0);
    return 0;
}

static PyObject *type_get_dict(PyObject *self, void *closure)
{
    PyObject *dict = AS_TYPE(self)->tp_dict;
    if (!dict)
        Py_RETURN_NONE;
    return PyDictProxy_New(dict);
}

static PyObject *type_get_doc(PyObject *self, void *closure)
{
    PyTypeObject *type = AS_TYPE(self);
    if (!IS_HEAP(type) && type->tp_doc)
        return _PyType_GetDocFromInternalDoc(type->tp_name, type->tp_doc);
    PyObject *doc = PyDict_GetItemWithError(type->tp_dict, K_STR("__doc__"));
    if (!doc)
        return PyErr_Occurred() ? NULL : Py_NewRef(Py_None);
    descrgetfunc get = Py_TYPE(doc)->tp_descr_get;
    return get ? get(doc, NULL, self) : Py_NewRef(doc);
}

static int type_set_doc(PyObject *self, PyObject *value, void *closure)
{
    if (type_check_settable(AS_TYPE(self), value, "__doc__") < 0)
        return -1;
    PyType_Modified(AS_TYPE(self));
    return PyDict_SetItem(AS_TYPE(self)->tp_dict, K_STR("__doc__"), value);
}

static PyObject *type_get_text_signature(PyObject *self, void *closure)
{
    return _PyType_GetTextSignatureFromInternalDoc(AS_TYPE(self)->tp_name, AS_TYPE(self)->tp_doc);
}

static PyObject *type_get_annotations(PyObject *self, void *closure)
{
    PyTypeObject *type = AS_TYPE(self);
    if (!IS_HEAP(type))
        return k_raise(PyExc_AttributeError, "type object '%s' has no attribute '__annotations__'", type->tp_name);
    PyObject *found = PyDict_GetItemWithError(type->tp_dict, K_STR("__annotations__"));
    if (found) {
        descrgetfunc get = Py_TYPE(found)->tp_descr_get;
        return get ? get(found, NULL, self) : Py_NewRef(found);
    }
    K_AUTO(PyObject *) fresh = PyErr_Occurred() ? NULL : PyDict_New();
    if (!fresh || PyDict_SetItem(type->tp_dict, K_STR("__annotations__"), fresh) < 0)
        return NULL;
    PyType_Modified(type);
    return K_MOVE(fresh);
}

static int type_set_annotations(PyObject *self, PyObject *value, void *closure)
{
    PyTypeObject *type = AS_TYPE(self);
    if (PyType_HasFeature(type, Py_TPFLAGS_IMMUTABLETYPE)) {
        k_raise(PyExc_TypeError, "cannot set '__annotations__' attribute of immutable type '%s'", type->tp_name);
        return -1;
    }
    int status;
    if (value) {
        status = PyDict_SetItem(type->tp_dict, K_STR("__annotations__"), value);
    } else {
        status = PyDict_DelItem(type->tp_dict, K_STR("__annotations__"));
        if (status < 0 && PyErr_ExceptionMatches(PyExc_KeyError))
            k_raise(PyExc_AttributeError, "__annotations__");
    }
    if (status == 0)
        PyType_Modified(type);
    return status;
}

/* ---- __bases__ ---- */

static PyObject *type_get_bases(PyObject *self, void *closure)
{
    return Py_NewRef(AS_TYPE(self)->tp_bases);
}

static int bases_check(PyTypeObject *type, PyObject *bases)
{
    if (!PyTuple_Check(bases)) {
        k_raise(PyExc_TypeError, "can only assign tuple to %s.__bases__, not %s", type->tp_name,
                Py_TYPE(bases)->tp_name);
        return -1;
    }
    if (PyTuple_GET_SIZE(bases) == 0) {
        k_raise(PyExc_TypeError, "can only assign non-empty tuple to %s.__bases__, not ()", type->tp_name);
        return -1;
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(bases); i++) {
        PyObject *base = PyTuple_GET_ITEM(bases, i);
        if (!PyType_Check(base)) {
            k_raise(PyExc_TypeError, "%s.__bases__ must be tuple of classes, not '%s'", type->tp_name,
                    Py_TYPE(base)->tp_name);
            return -1;
        }
        /* without an mro (its mro() is running) inheritance is known from tp_base alone */
        bool cycle = PyType_IsSubtype(AS_TYPE(base), type);
        for (PyTypeObject *t = AS_TYPE(base); t && !cycle && AS_TYPE(base)->tp_mro; t = t->tp_base)
            cycle = t == type;
        if (cycle) {
            k_raise(PyExc_TypeError, "a __bases__ item causes an inheritance cycle");
            return -1;
        }
    }
    return 0;
}

/* New orders for a type and all below it. saved: a list of (type, old mro) for the way back. */
static int bases_new_mro(PyTypeObject *type, PyObject *saved)
{
    K_AUTO(PyObject *) old = Py_XNewRef(type->tp_mro);
    int status = type_mro_compute(type);
    if (status <= 0)
        return status;
    K_AUTO(PyObject *) row = PyTuple_Pack(2, type, old ? old : Py_None);
    if (!row || PyList_Append(saved, row) < 0)
        return -1;
    K_AUTO(PyObject *) subclasses = type_subclass_list(type);
    if (!subclasses)
        return -1;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(subclasses); i++) {
        if (bases_new_mro(AS_TYPE(PyList_GET_ITEM(subclasses, i)), saved) < 0)
            return -1;
    }
    return 0;
}

static void bases_restore_mro(PyObject *saved)
{
    PyObject *type_, *value_, *traceback_;
    PyErr_Fetch(&type_, &value_, &traceback_);
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(saved); i++) {
        PyObject *row = PyList_GET_ITEM(saved, i);
        PyTypeObject *type = AS_TYPE(PyTuple_GET_ITEM(row, 0));
        PyObject *old = PyTuple_GET_ITEM(row, 1);
        Py_XSETREF(type->tp_mro, old == Py_None ? NULL : Py_NewRef(old));
        PyType_Modified(type);
    }
    PyErr_Restore(type_, value_, traceback_);
}

static int type_set_bases(PyObject *self, PyObject *bases, void *closure)
{
    PyTypeObject *type = AS_TYPE(self);
    if (type_check_settable(type, bases, "__bases__") < 0 || bases_check(type, bases) < 0)
        return -1;
    PyTypeObject *new_base = type_best_base(bases);
    if (!new_base || type_compatible_for_assignment(type->tp_base, new_base, "__bases__") < 0)
        return -1;
    K_AUTO(PyObject *) saved = PyList_New(0);
    if (!saved)
        return -1;
    PyObject *old_bases = type->tp_bases;
    PyTypeObject *old_base = type->tp_base;
    type->tp_bases = Py_NewRef(bases);
    type->tp_base = AS_TYPE(Py_NewRef(new_base));
    if (bases_new_mro(type, saved) < 0) {
        bases_restore_mro(saved);
        if (type->tp_bases == bases) {
            type->tp_bases = old_bases;
            type->tp_base = old_base;
            Py_DECREF(bases);
            Py_DECREF(new_base);
        } else {
            Py_DECREF(old_bases);
            Py_DECREF(old_base);
        }
        return -1;
    }
    int status = 0;
    if (type->tp_bases == bases) { /* mro() may have set other ones */
        type_remove_all_subclasses(type, old_bases);
        status = type_add_all_subclasses(type, bases);
        if (type_slots_update_all(type) < 0)
            status = -1;
    }
    Py_DECREF(old_bases);
    Py_DECREF(old_base);
    return status;
}

/* ---- getting and setting attributes ---- */

int k_attr_find_in_type(PyObject *self, PyObject *name, KAttr *attr)
{
    PyTypeObject *type = AS_TYPE(self), *metatype = Py_TYPE(self);
    attr->found = NULL;
    if (!PyUnicode_Check(name)) {
        k_raise(PyExc_TypeError, "attribute name must be string, not '%.200s'", Py_TYPE(name)->tp_name);
        return -1;
    }
    if (K_UNLIKELY(!type->tp_dict) && PyType_Ready(type) < 0)
        return -1;
    K_AUTO(PyObject *) meta = Py_XNewRef(_PyType_Lookup(metatype, name));
    descrgetfunc meta_get = meta ? Py_TYPE(meta)->tp_descr_get : NULL;
    if (!meta_get || !PyDescr_IsData(meta)) {
        attr->found = Py_XNewRef(_PyType_Lookup(type, name));
        if (attr->found) {
            attr->get = Py_TYPE(attr->found)->tp_descr_get;
            attr->instance = NULL;
            attr->owner = self;
            return 1;
        }
    }
    attr->get = meta_get;
    attr->instance = self;
    attr->owner = (PyObject *)metatype;
    attr->found = K_MOVE(meta);
    return attr->found != NULL;
}

static PyObject *type_getattro(PyObject *self, PyObject *name)
{
    KAttr attr;
    int found = k_attr_find_in_type(self, name, &attr);
    if (found == 0)
        k_raise(PyExc_AttributeError, "type object '%.50s' has no attribute '%U'", AS_TYPE(self)->tp_name, name);
    return found > 0 ? k_attr_bind(&attr) : NULL;
}

static bool type_is_dunder(PyObject *name)
{
    Py_ssize_t n = PyUnicode_GET_LENGTH(name);
    if (n <= 4 || PyUnicode_KIND(name) != PyUnicode_1BYTE_KIND)
        return false;
    const Py_UCS1 *text = PyUnicode_1BYTE_DATA(name);
    return text[0] == '_' && text[1] == '_' && text[n - 1] == '_' && text[n - 2] == '_';
}

static int type_setattro(PyObject *self, PyObject *name, PyObject *value)
{
    PyTypeObject *type = AS_TYPE(self);
    if (PyType_HasFeature(type, Py_TPFLAGS_IMMUTABLETYPE)) {
        k_raise(PyExc_TypeError, "cannot set %R attribute of immutable type '%s'", name, type->tp_name);
        return -1;
    }
    if (!PyUnicode_Check(name)) {
        k_raise(PyExc_TypeError, "attribute name must be string, not '%.200s'", Py_TYPE(name)->tp_name);
        return -1;
    }
    PyObject *key = PyUnicode_CheckExact(name) ? Py_NewRef(name) : _PyUnicode_Copy(name);
    if (!key)
        return -1;
    PyUnicode_InternInPlace(&key);
    /* the old value outlives its cache entry: its end may run code that looks up */
    PyObject *old = Py_XNewRef(PyDict_GetItemWithError(type->tp_dict, key));
    int status = !old && PyErr_Occurred() ? -1 : _PyObject_GenericSetAttrWithDict(self, key, value, NULL);
    if (status == 0) {
        PyType_Modified(type);
        if (type_is_dunder(key))
            status = type_slots_update(type, key);
    }
    Py_XDECREF(old);
    Py_DECREF(key);
    return status;
}

/* ---- calling a class ---- */

static PyObject *type_call(PyObject *self, PyObject *args, PyObject *kwargs)
{
    PyTypeObject *type = AS_TYPE(self);
    if (type == &PyType_Type) { /* type(x) asks; it makes nothing */
        Py_ssize_t nargs = PyTuple_GET_SIZE(args);
        if (nargs == 1 && (!kwargs || PyDict_GET_SIZE(kwargs) == 0))
            return Py_NewRef(Py_TYPE(PyTuple_GET_ITEM(args, 0)));
        if (nargs != 3)
            return k_raise(PyExc_TypeError, "type() takes 1 or 3 arguments");
    }
    if (!type->tp_new)
        return k_raise(PyExc_TypeError, "cannot create '%s' instances", type->tp_name);
    PyThreadState *tstate = k_tstate();
    PyObject *obj = _Py_CheckFunctionResult(tstate, self, type->tp_new(type, args, kwargs), NULL);
    if (!obj || !PyObject_TypeCheck(obj, type))
        return obj;
    type = Py_TYPE(obj);
    if (type->tp_init && type->tp_init(obj, args, kwargs) < 0) {
        Py_DECREF(obj);
        return NULL;
    }
    return obj;
}

static PyObject *type_vectorcall(PyObject *self, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    Py_ssize_t nargs = PyVectorcall_NARGS(nargsf);
    if (nargs == 1 && self == (PyObject *)&PyType_Type) {
        if (kwnames && PyTuple_GET_SIZE(kwnames))
            return k_raise(PyExc_TypeError, "type() takes no keyword arguments");
        return Py_NewRef(Py_TYPE(args[0]));
    }
    return _PyObject_MakeTpCall(k_tstate(), self, args, nargs, kwnames);
}

static int type_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    Py_ssize_t nargs = PyTuple_GET_SIZE(args);
    if (kwargs && nargs == 1 && PyDict_GET_SIZE(kwargs)) {
        k_raise(PyExc_TypeError, "type.__init__() takes no keyword arguments");
        return -1;
    }
    if (nargs != 1 && nargs != 3) {
        k_raise(PyExc_TypeError, "type.__init__() takes 1 or 3 arguments");
        return -1;
    }
    return 0;
}

/* ---- methods ---- */

METHODS_DECLARE(type);
METHOD(type, mro, NOARGS, "($self, /)", "The method resolution order of the type, computed anew.")
{
    return type_mro_linear(AS_TYPE(self));
}

METHOD(type, __subclasses__, NOARGS, "($self, /)", "The immediate subclasses that are alive.")
{
    return type_subclass_list(AS_TYPE(self));
}

METHOD_RAW(type, __prepare__, VAR, METH_CLASS,
           "__prepare__() -> dict\nMakes the namespace in which a class body runs.")
{
    return PyDict_New();
}

METHOD(type, __instancecheck__, O, "($self, instance, /)", "Whether an object is an instance.")
{
    int result = _PyObject_RealIsInstance(arg, self);
    return result < 0 ? NULL : PyBool_FromLong(result);
}

METHOD(type, __subclasscheck__, O, "($self, subclass, /)", "Whether a class is a subclass.")
{
    int result = _PyObject_RealIsSubclass(arg, self);
    return result < 0 ? NULL : PyBool_FromLong(result);
}

/* Merges the dicts of a class and of its bases. */
static int type_dir_merge(PyObject *names, PyObject *cls)
{
    K_AUTO(PyObject *) dict = NULL;
    K_AUTO(PyObject *) bases = NULL;
    if (_PyObject_LookupAttr(cls, K_STR("__dict__"), &dict) < 0 || (dict && PyDict_Update(names, dict) < 0))
        return -1;
    if (_PyObject_LookupAttr(cls, K_STR("__bases__"), &bases) < 0)
        return -1;
    Py_ssize_t n = bases ? PySequence_Size(bases) : 0;
    if (n < 0)
        return -1;
    for (Py_ssize_t i = 0; i < n; i++) {
        K_AUTO(PyObject *) base = PySequence_GetItem(bases, i);
        PyThreadState *tstate = k_tstate();
        if (!base || k_enter_nested(tstate, " in dir()"))
            return -1;
        int status = type_dir_merge(names, base);
        k_leave_recursive(tstate);
        if (status < 0)
            return -1;
    }
    return 0;
}

K_INT K_STATUS int type_merge_class_dict(PyObject *names, PyObject *cls);
int type_merge_class_dict(PyObject *names, PyObject *cls)
{
    return type_dir_merge(names, cls);
}

METHOD(type, __dir__, NOARGS, "($self, /)", "Names of the type's attributes, metaclass's left out.")
{
    K_AUTO(PyObject *) names = PyDict_New();
    if (!names || type_dir_merge(names, self) < 0)
        return NULL;
    return PyDict_Keys(names);
}

/* What the shared keys of a class's instances take in CPython: a head, 64 index bytes, 42 entries of two words. */
enum { CPYTHON_SHARED_KEYS_SIZE = 32 + 64 + 42 * 16 };

METHOD(type, __sizeof__, NOARGS, "($self, /)", "Size of the type object in memory, in bytes.")
{
    size_t size = sizeof(PyTypeObject);
    if (IS_HEAP(AS_TYPE(self)))
        size = sizeof(PyHeapTypeObject) + (((PyHeapTypeObject *)self)->ht_cached_keys ? CPYTHON_SHARED_KEYS_SIZE : 0);
    return PyLong_FromSize_t(size);
}
METHODS_END(type);

static PyMemberDef type_members[] = {
    { "__basicsize__", T_PYSSIZET, offsetof(PyTypeObject, tp_basicsize), READONLY, NULL },
    { "__itemsize__", T_PYSSIZET, offsetof(PyTypeObject, tp_itemsize), READONLY, NULL },
    { "__flags__", T_ULONG, offsetof(PyTypeObject, tp_flags), READONLY, NULL },
    { "__weakrefoffset__", T_PYSSIZET, offsetof(PyTypeObject, tp_weaklistoffset), READONLY, NULL },
    { "__base__", T_OBJECT, offsetof(PyTypeObject, tp_base), READONLY, NULL },
    { "__dictoffset__", T_PYSSIZET, offsetof(PyTypeObject, tp_dictoffset), READONLY, NULL },
    { "__mro__", T_OBJECT, offsetof(PyTypeObject, tp_mro), READONLY, NULL },
    { NULL, 0, 0, 0, NULL },
};
static PyGetSetDef type_getset[] = {
    { "__name__", type_get_name, type_set_name, NULL, NULL },
    { "__qualname__", type_get_qualname, type_set_qualname, NULL, NULL },
    { "__bases__", type_get_bases, type_set_bases, NULL, NULL },
    { "__module__", type_get_module, type_set_module, NULL, NULL },
    { "__abstractmethods__", type_get_abstractmethods, type_set_abstractmethods, NULL, NULL },
    { "__dict__", type_get_dict, NULL, NULL, NULL },
    { "__doc__", type_get_doc, type_set_doc, NULL, NULL },
    { "__text_signature__", type_get_text_signature, NULL, NULL, NULL },
    { "__annotations__", type_get_annotations, type_set_annotations, NULL, NULL },
    { NULL, NULL, NULL, NULL, NULL },
};

/* ---- the type's own life ---- */

static void type_dealloc(PyObject *self)
{
    PyTypeObject *type = AS_TYPE(self);
    PyHeapTypeObject *heap = AS_HEAP(self);
    PyObject_GC_UnTrack(self);
    PyObject *type_, *value_, *traceback_;
    PyErr_Fetch(&type_, &value_, &traceback_);
    PyType_Modified(type);
    type_remove_all_subclasses(type, type->tp_bases);
    PyErr_Restore(type_, value_, traceback_);
    PyObject_ClearWeakRefs(self);
    Py_XDECREF(type->tp_base);
    Py_XDECREF(type->tp_dict);
    Py_XDECREF(type->tp_bases);
    Py_XDECREF(type->tp_mro);
    Py_XDECREF(type->tp_cache);
    Py_XDECREF(type->tp_subclasses);
    PyObject_Free((char *)type->tp_doc);
    Py_XDECREF(heap->ht_name);
    Py_XDECREF(heap->ht_qualname);
    Py_XDECREF(heap->ht_slots);
    if (heap->ht_cached_keys && --heap->ht_cached_keys->dk_refcnt == 0)
        dict_table_free_keys(heap->ht_cached_keys);
    Py_XDECREF(heap->ht_module);
    PyMem_Free(heap->_ht_tpname);
    Py_TYPE(self)->tp_free(self);
}

/* tp_subclasses holds weak references only; ht_slots and names hold no cycles. */
static int type_traverse(PyObject *self, visitproc visit, void *arg)
{
    PyTypeObject *type = AS_TYPE(self);
    if (!IS_HEAP(type))
        return 0;
    Py_VISIT(type->tp_dict);
    Py_VISIT(type->tp_cache);
    Py_VISIT(type->tp_mro);
    Py_VISIT(type->tp_bases);
    Py_VISIT(type->tp_base);
    Py_VISIT(AS_HEAP(type)->ht_module);
    return 0;
}

/* Enough to break cycles; bases and base stay, since instances may still be deallocated by way of them. */
static int type_clear(PyObject *self)
{
    PyTypeObject *type = AS_TYPE(self);
    PyType_Modified(type);
    if (type->tp_dict)
        PyDict_Clear(type->tp_dict);
    Py_CLEAR(AS_HEAP(type)->ht_module);
    Py_CLEAR(type->tp_mro);
    return 0;
}

static int type_is_gc(PyObject *self)
{
    return IS_HEAP(AS_TYPE(self));
}

static PyNumberMethods type_as_number = { .nb_or = _Py_union_type_or };

PyTypeObject PyType_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "type",
    .tp_basicsize = sizeof(PyHeapTypeObject),
    .tp_itemsize = sizeof(PyMemberDef),
    .tp_dealloc = type_dealloc,
    .tp_vectorcall_offset = offsetof(PyTypeObject, tp_vectorcall),
    .tp_repr = type_repr,
    .tp_as_number = &type_as_number,
    .tp_call = type_call,
    .tp_getattro = type_getattro,
    .tp_setattro = type_setattro,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_TYPE_SUBCLASS
                | Py_TPFLAGS_HAVE_VECTORCALL,
    .tp_doc = "type(object) -> the object's type\ntype(name, bases, dict, **kwds) -> a new type",
    .tp_traverse = type_traverse,
    .tp_clear = type_clear,
    .tp_weaklistoffset = offsetof(PyTypeObject, tp_weaklist),
    .tp_methods = METHODS(type),
    .tp_members = type_members,
    .tp_getset = type_getset,
    .tp_dictoffset = offsetof(PyTypeObject, tp_dict),
    .tp_init = type_init,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = type_new,
    .tp_free = PyObject_GC_Del,
    .tp_is_gc = type_is_gc,
    .tp_vectorcall = type_vectorcall,
};
K_TYPE(PyType_Type);
