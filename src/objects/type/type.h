/* type.h - type: creation, look-up, inheritance, versions. */
#ifndef KAA_OBJECTS_TYPE_TYPE_H
#define KAA_OBJECTS_TYPE_TYPE_H

#include "objects/object.h"
#include "objects/protocol.h"

typedef struct PyHeapTypeObject {
    PyTypeObject ht_type;
    PyAsyncMethods as_async;
    PyNumberMethods as_number;
    PyMappingMethods as_mapping;
    PySequenceMethods as_sequence;
    PyBufferProcs as_buffer;
    PyObject *ht_name, *ht_slots, *ht_qualname;
    struct _dictkeysobject *ht_cached_keys; /* shared keys of the instances */
    PyObject *ht_module;
    char *_ht_tpname;
    PyObject *spec_getitem; /* cache of __getitem__, a function */
} PyHeapTypeObject;

/* The members of a heap type with __slots__ stand behind it: tp_itemsize of type is sizeof(PyMemberDef). */
#define PyHeapType_GET_MEMBERS(t) ((PyMemberDef *)((char *)(t) + Py_TYPE(t)->tp_basicsize))

/* ---- beyond CPython's API ---- */

K_INT K_STATUS int types_start(void); /* readies every K_TYPE of the program, bases first */
K_INT K_NEW PyObject *k_type_generic_getattro(PyObject *self, PyObject *name); /* PyObject_GenericGetAttr, for tests by pointer */

/* The method found on the type for a special name, without binding and without the instance: borrowed; NULL without
 * an exception when absent. */
K_INT K_BORROWED PyObject *k_type_lookup_special(PyTypeObject *type, PyObject *name);

/* self.name looked up on the type and bound: new reference; NULL without an exception when absent. */
K_INT PyObject *k_lookup_special(PyObject *self, PyObject *name); /* runs code: __get__ */

/* The attribute self.name for a call. 1: *method is an unbound function to be called with self in front; 0: *method is
 * the bound attribute, called without self. -1 with an exception. *method is a new reference. */
K_INT K_STATUS int k_get_method(PyObject *self, PyObject *name, PyObject **method); /* runs code */

/* Where an attribute comes from, before the descriptor found on a class is asked. */
typedef struct KAttr {
    PyObject *found;            /* a reference of its own */
    descrgetfunc get;           /* the descriptor's function; NULL: found is the attribute itself */
    PyObject *instance, *owner; /* borrowed: what it binds to (instance NULL: to the class alone) */
} KAttr;
/* The look-up of PyObject_GenericGetAttr, of type and of super: 1 found, 0 absent, -1 with an exception. */
K_INT K_STATUS int k_attr_find(PyObject *self, PyObject *name, KAttr *attr);
K_INT K_STATUS int k_attr_find_in_type(PyObject *type, PyObject *name, KAttr *attr);
K_INT K_STATUS int k_attr_find_in_super(PyObject *super, PyObject *name, KAttr *attr);
K_INT K_NEW PyObject *k_attr_bind(KAttr *attr); /* the attribute; consumes what was found. Runs code */

/* A version of the type that changes with each change of it or of its bases; 0 when none is to be had. */
K_INT uint32_t k_type_version(PyTypeObject *type);

/* The AttributeError in flight learns object and name, unless it has them already. */
K_INT void k_attribute_error_context(PyObject *self, PyObject *name);
K_API K_NEW PyObject *_PyObject_LookupSpecial(PyObject *self, PyObject *name); /* NULL without an exception when absent */

#endif
