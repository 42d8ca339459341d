/* attr.c - attributes: getting, setting, the generic look-up through type and instance, methods for calls.
 *
 * In: an object and a name. Out: the attribute, or AttributeError that knows its object and name.
 * Invariant: a name that reaches a dict or a type's look-up is an exact or subclassed str; new names are interned.
 * Start at object_generic_get(). */
#include "objects/call.h"
#include "objects/descr.h"
#include "objects/dict/dict.h"
#include "objects/exc/exc.h"
#include "objects/func/func.h"
#include "objects/instance.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/type/type.h"
#include "runtime/errors.h"

static int attr_check_name(PyObject *name)
{
    if (K_LIKELY(PyUnicode_Check(name)))
        return 0;
    k_raise(PyExc_TypeError, "attribute name must be string, not '%.200s'", Py_TYPE(name)->tp_name);
    return -1;
}

/* The AttributeError in flight learns whose attribute was missing, unless it knows already. */
void k_attribute_error_context(PyObject *self, PyObject *name)
{
    if (!PyErr_ExceptionMatches(PyExc_AttributeError))
        return;
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    if (value && PyErr_GivenExceptionMatches(value, PyExc_AttributeError)) {
        PyAttributeErrorObject *exc = (PyAttributeErrorObject *)value;
        if (!exc->name && !exc->obj) {
            exc->name = Py_NewRef(name);
            exc->obj = Py_NewRef(self);
        }
    }
    PyErr_Restore(type, value, traceback);
}

/* ---- the instance's dict ---- */

/* Where an unmanaged dict pointer stands: NULL when the type has none. */
static PyObject **attr_dict_slot(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    Py_ssize_t offset = type->tp_dictoffset;
    if (offset == 0)
        return NULL;
    if (offset < 0) {
        Py_ssize_t n = Py_SIZE(self);
        size_t size = (size_t)type->tp_basicsize + (size_t)(n < 0 ? -n : n) * (size_t)type->tp_itemsize;
        offset += (Py_ssize_t)((size + sizeof(void *) - 1) & ~(sizeof(void *) - 1));
    }
    return (PyObject **)((char *)self + offset);
}

#define attr_is_managed(type) ((type)->tp_flags & Py_TPFLAGS_MANAGED_DICT)
#define attr_managed_slot(self) ((PyObject **)(self) - 3)

PyObject **_PyObject_GetDictPtr(PyObject *self)
{
    if (!attr_is_managed(Py_TYPE(self)))
        return attr_dict_slot(self);
    PyObject *dict = k_instance_detach(self) < 0 ? NULL : k_instance_dict(self);
    if (!dict) {
        PyErr_Clear();
        return NULL;
    }
    Py_DECREF(dict);
    return attr_managed_slot(self);
}

int PyObject_GenericSetDict(PyObject *self, PyObject *value, void *context)
{
    bool managed = attr_is_managed(Py_TYPE(self));
    PyObject **slot = managed ? NULL : attr_dict_slot(self);
    if (!slot && !managed) {
        k_raise(PyExc_AttributeError, "This object has no __dict__");
        return -1;
    }
    if (!value) {
        k_raise(PyExc_TypeError, "cannot delete __dict__");
        return -1;
    }
    if (!PyDict_Check(value)) {
        k_raise(PyExc_TypeError, "__dict__ must be set to a dictionary, not a '%.200s'", Py_TYPE(value)->tp_name);
        return -1;
    }
    if (managed)
        return k_instance_replace_dict(self, value);
    Py_INCREF(value);
    Py_XSETREF(*slot, value);
    return 0;
}

/* The attribute in the instance itself: new, or NULL with or without an exception. */
static PyObject *attr_from_instance(PyObject *self, PyObject *name)
{
    if (attr_is_managed(Py_TYPE(self)))
        return k_instance_get(self, name);
    PyObject **slot = attr_dict_slot(self);
    if (!slot || !*slot)
        return NULL;
    K_AUTO(PyObject *) dict = Py_NewRef(*slot);
    return Py_XNewRef(PyDict_GetItemWithError(dict, name));
}

/* ---- generic look-up ---- */

/* dict: looked into instead of the instance's own. */
static int attr_find_in(PyObject *self, PyObject *name, PyObject *dict, KAttr *attr)
{
    PyTypeObject *type = Py_TYPE(self);
    attr->found = NULL;
    attr->get = NULL;
    if (attr_check_name(name) < 0 || (K_UNLIKELY(!type->tp_dict) && PyType_Ready(type) < 0))
        return -1;
    K_AUTO(PyObject *) descr = Py_XNewRef(_PyType_Lookup(type, name));
    descrgetfunc get = descr ? Py_TYPE(descr)->tp_descr_get : NULL;
    attr->instance = self;
    attr->owner = (PyObject *)type;
    if (!get || !Py_TYPE(descr)->tp_descr_set) {
        if (dict) {
            K_AUTO(PyObject *) held = Py_NewRef(dict);
            attr->found = Py_XNewRef(PyDict_GetItemWithError(held, name));
        } else {
            attr->found = attr_from_instance(self, name);
        }
        if (attr->found)
            return 1;
        if (PyErr_Occurred())
            return -1;
    }
    attr->get = get;
    attr->found = K_MOVE(descr);
    return attr->found != NULL;
}

int k_attr_find(PyObject *self, PyObject *name, KAttr *attr)
{
    return attr_find_in(self, name, NULL, attr);
}

PyObject *k_attr_bind(KAttr *attr)
{
    if (!attr->get)
        return attr->found;
    PyObject *value = attr->get(attr->found, attr->instance, attr->owner);
    Py_DECREF(attr->found);
    return value;
}

static void attr_complain(PyObject *self, PyObject *name)
{
    k_raise(PyExc_AttributeError, "'%.50s' object has no attribute '%U'", Py_TYPE(self)->tp_name, name);
    k_attribute_error_context(self, name);
}

/* quiet: a missing attribute gives NULL without an exception. */
static PyObject *object_generic_get(PyObject *self, PyObject *name, PyObject *dict, bool quiet)
{
    KAttr attr;
    int found = attr_find_in(self, name, dict, &attr);
    PyObject *value = found > 0 ? k_attr_bind(&attr) : NULL;
    if (found == 0 && !quiet)
        attr_complain(self, name);
    else if (!value && quiet && PyErr_Occurred() && PyErr_ExceptionMatches(PyExc_AttributeError))
        PyErr_Clear();
    return value;
}

PyObject *PyObject_GenericGetAttr(PyObject *self, PyObject *name)
{
    return object_generic_get(self, name, NULL, false);
}

PyObject *k_type_generic_getattro(PyObject *self, PyObject *name)
{
    return object_generic_get(self, name, NULL, false);
}

PyObject *_PyObject_GenericGetAttrWithDict(PyObject *self, PyObject *name, PyObject *dict, int suppress)
{
    return object_generic_get(self, name, dict, suppress);
}

static int attr_missing(PyObject *self, PyObject *name)
{
    if (PyType_Check(self))
        k_raise(PyExc_AttributeError, "type object '%.50s' has no attribute '%U'", ((PyTypeObject *)self)->tp_name, name);
    else
        k_raise(PyExc_AttributeError, "'%.100s' object has no attribute '%U'", Py_TYPE(self)->tp_name, name);
    k_attribute_error_context(self, name);
    return -1;
}

static int attr_no_room(PyObject *self, PyObject *name, PyObject *descr)
{
    if (!descr)
        return attr_missing(self, name);
    k_raise(PyExc_AttributeError, "'%.50s' object attribute '%U' is read-only", Py_TYPE(self)->tp_name, name);
    k_attribute_error_context(self, name);
    return -1;
}

static int attr_dict_store(PyObject *self, PyObject *dict, PyObject *name, PyObject *value)
{
    K_AUTO(PyObject *) held = Py_NewRef(dict);
    int status = value ? PyDict_SetItem(held, name, value) : PyDict_DelItem(held, name);
    if (status < 0 && PyErr_ExceptionMatches(PyExc_KeyError)) {
        PyErr_Clear();
        return attr_missing(self, name);
    }
    return status;
}

int _PyObject_GenericSetAttrWithDict(PyObject *self, PyObject *name, PyObject *value, PyObject *dict)
{
    if (attr_check_name(name) < 0)
        return -1;
    PyTypeObject *type = Py_TYPE(self);
    if (K_UNLIKELY(!type->tp_dict) && PyType_Ready(type) < 0)
        return -1;
    K_AUTO(PyObject *) held_name = Py_NewRef(name);
    K_AUTO(PyObject *) descr = Py_XNewRef(_PyType_Lookup(type, name));
    if (descr && Py_TYPE(descr)->tp_descr_set)
        return Py_TYPE(descr)->tp_descr_set(descr, self, value);
    if (dict)
        return attr_dict_store(self, dict, name, value);
    if (attr_is_managed(type))
        return k_instance_set(self, name, value);
    PyObject **slot = attr_dict_slot(self);
    if (!slot)
        return attr_no_room(self, name, descr);
    if (!*slot) {
        *slot = PyDict_New();
        if (!*slot)
            return -1;
    }
    return attr_dict_store(self, *slot, name, value);
}

int PyObject_GenericSetAttr(PyObject *self, PyObject *name, PyObject *value)
{
    return _PyObject_GenericSetAttrWithDict(self, name, value, NULL);
}

/* ---- any object ---- */

PyObject *PyObject_GetAttr(PyObject *self, PyObject *name)
{
    if (attr_check_name(name) < 0)
        return NULL;
    PyTypeObject *type = Py_TYPE(self);
    PyObject *result = NULL;
    if (type->tp_getattro) {
        result = type->tp_getattro(self, name);
    } else if (type->tp_getattr) {
        const char *text = PyUnicode_AsUTF8(name);
        if (!text)
            return NULL;
        result = type->tp_getattr(self, (char *)text);
    } else {
        k_raise(PyExc_AttributeError, "'%.50s' object has no attribute '%U'", type->tp_name, name);
    }
    if (K_UNLIKELY(!result))
        k_attribute_error_context(self, name);
    return result;
}

/* 1 found, 0 absent, -1 with an exception other than AttributeError. */
int _PyObject_LookupAttr(PyObject *self, PyObject *name, PyObject **result)
{
    *result = NULL;
    if (attr_check_name(name) < 0)
        return -1;
    PyTypeObject *type = Py_TYPE(self);
    if (type->tp_getattro == PyObject_GenericGetAttr) {
        *result = object_generic_get(self, name, NULL, true);
        return *result ? 1 : PyErr_Occurred() ? -1 : 0;
    }
    if (type->tp_getattro) {
        *result = type->tp_getattro(self, name);
    } else if (type->tp_getattr) {
        const char *text = PyUnicode_AsUTF8(name);
        if (!text)
            return -1;
        *result = type->tp_getattr(self, (char *)text);
    } else {
        return 0;
    }
    if (*result)
        return 1;
    return k_catch(PyExc_AttributeError) ? 0 : -1;
}

int PyObject_HasAttr(PyObject *self, PyObject *name)
{
    PyObject *value;
    int found = _PyObject_LookupAttr(self, name, &value);
    if (found < 0)
        PyErr_Clear();
    Py_XDECREF(value);
    return found > 0;
}

int PyObject_SetAttr(PyObject *self, PyObject *name, PyObject *value)
{
    if (attr_check_name(name) < 0)
        return -1;
    PyTypeObject *type = Py_TYPE(self);
    PyObject *interned = Py_NewRef(name);
    PyUnicode_InternInPlace(&interned);
    int status;
    if (type->tp_setattro) {
        status = type->tp_setattro(self, interned, value);
    } else if (type->tp_setattr) {
        const char *text = PyUnicode_AsUTF8(interned);
        status = text ? type->tp_setattr(self, (char *)text, value) : -1;
    } else {
        const char *form = type->tp_getattr || type->tp_getattro
                               ? "'%.100s' object has only read-only attributes (%s .%U)"
                               : "'%.100s' object has no attributes (%s .%U)";
        k_raise(PyExc_TypeError, form, type->tp_name, value ? "assign to" : "del", interned);
        status = -1;
    }
    Py_DECREF(interned);
    return status;
}

/* ---- by C text ---- */

PyObject *PyObject_GetAttrString(PyObject *self, const char *name)
{
    K_AUTO(PyObject *) text = PyUnicode_FromString(name);
    return text ? PyObject_GetAttr(self, text) : NULL;
}

int PyObject_HasAttrString(PyObject *self, const char *name)
{
    K_AUTO(PyObject *) text = PyUnicode_FromString(name);
    if (!text) {
        PyErr_Clear();
        return 0;
    }
    return PyObject_HasAttr(self, text);
}

int PyObject_SetAttrString(PyObject *self, const char *name, PyObject *value)
{
    K_AUTO(PyObject *) text = PyUnicode_InternFromString(name);
    return text ? PyObject_SetAttr(self, text, value) : -1;
}

PyObject *_PyObject_GetAttrId(PyObject *self, _Py_Identifier *id)
{
    PyObject *name = _PyUnicode_FromId(id);
    return name ? PyObject_GetAttr(self, name) : NULL;
}

int _PyObject_SetAttrId(PyObject *self, _Py_Identifier *id, PyObject *value)
{
    PyObject *name = _PyUnicode_FromId(id);
    return name ? PyObject_SetAttr(self, name, value) : -1;
}

int _PyObject_LookupAttrId(PyObject *self, _Py_Identifier *id, PyObject **result)
{
    PyObject *name = _PyUnicode_FromId(id);
    *result = NULL;
    return name ? _PyObject_LookupAttr(self, name, result) : -1;
}

/* ---- methods for calls ---- */

int k_get_method(PyObject *self, PyObject *name, PyObject **method)
{
    *method = NULL;
    if (Py_TYPE(self)->tp_getattro != PyObject_GenericGetAttr || !PyUnicode_CheckExact(name)) {
        *method = PyObject_GetAttr(self, name);
        return *method ? 0 : -1;
    }
    KAttr attr;
    int found = attr_find_in(self, name, NULL, &attr);
    if (found > 0 && attr.get && PyType_HasFeature(Py_TYPE(attr.found), Py_TPFLAGS_METHOD_DESCRIPTOR)) {
        *method = attr.found;
        return 1;
    }
    if (found > 0)
        *method = k_attr_bind(&attr);
    else if (found == 0)
        attr_complain(self, name);
    if (*method)
        return 0;
    k_attribute_error_context(self, name);
    return -1;
}

/* CPython's name for it. 0 with *method NULL on error. */
int _PyObject_GetMethod(PyObject *self, PyObject *name, PyObject **method)
{
    return k_get_method(self, name, method) > 0;
}

PyObject *k_lookup_special(PyObject *self, PyObject *name)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject *found = _PyType_Lookup(type, name);
    if (!found)
        return NULL;
    descrgetfunc get = Py_TYPE(found)->tp_descr_get;
    if (!get)
        return Py_NewRef(found);
    K_AUTO(PyObject *) held = Py_NewRef(found);
    return get(held, self, (PyObject *)type);
}

PyObject *_PyObject_LookupSpecialId(PyObject *self, _Py_Identifier *id)
{
    PyObject *name = _PyUnicode_FromId(id);
    return name ? k_lookup_special(self, name) : NULL;
}

PyObject *_PyObject_LookupSpecial(PyObject *self, PyObject *name)
{
    return k_lookup_special(self, name);
}

int _PyObject_IsAbstract(PyObject *o)
{
    PyObject *flag;
    if (!o)
        return 0;
    int found = _PyObject_LookupAttr(o, K_STR("__isabstractmethod__"), &flag);
    if (found <= 0)
        return found;
    int truth = PyObject_IsTrue(flag);
    Py_DECREF(flag);
    return truth;
}
