/* instance.h - the attributes of an instance: values embedded behind tp_basicsize, or a dict.
 *
 * Types with Py_TPFLAGS_MANAGED_DICT have two words before the GC head:
 *   [-32] the embedded values, or NULL when there are none (any more)   [-24] the materialised __dict__, or NULL.
 * The values stand behind tp_basicsize in the order of the class's shared keys (ht_cached_keys), after a head of bytes
 * with their capacity, their number and the order of insertion (dict_table.h, "split values"). The capacity is chosen
 * for each object when it is made; shared keys are only ever appended, so an index stays good for the class's life.
 *
 * Invariant: when both words are set, the dict is a view of the values (its ma_values is the same pointer). As soon as
 * they must diverge - a key without a shared index or beyond the capacity, clear(), popitem(), another __class__ or
 * __dict__, the object's end - the values move into the dict and [-32] becomes NULL for good.
 * Nobody touches the words but the functions here. */
#ifndef KAA_OBJECTS_INSTANCE_H
#define KAA_OBJECTS_INSTANCE_H

#include "objects/dict/dict_table.h"
#include "objects/object.h"
#include "objects/type/type.h"

/* The value of an attribute that stands in the instance itself: new reference; NULL without an exception when absent. */
K_INT PyObject *k_instance_get(PyObject *self, PyObject *name);

/* Sets (value) or deletes (NULL) an attribute of the instance itself. -1 with AttributeError when deleting what is absent. */
K_INT K_STATUS int k_instance_set(PyObject *self, PyObject *name, PyObject *value); /* runs code */

/* The instance's __dict__, made on first sight: new reference. Works for managed dicts and for tp_dictoffset. */
K_INT K_NEW PyObject *k_instance_dict(PyObject *self);

K_INT int k_instance_is_empty(PyObject *self); /* no attributes of its own, or no place for any */

/* Puts another dict in the place of __dict__ (NULL: none, a new one is made on first sight). Managed dicts only. */
K_INT K_STATUS int k_instance_replace_dict(PyObject *self, PyObject *dict); /* runs code */

/* Called by the allocation of an instance, by subtype_traverse, subtype_clear and subtype_dealloc. */
K_INT Py_ssize_t k_instance_extra_size(PyTypeObject *type); /* bytes to allocate behind tp_basicsize */
K_INT void k_instance_init(PyObject *self); /* the type is set, [-32] and [-24] are NULL; nothing ran since extra_size */
K_INT int k_instance_traverse(PyObject *self, visitproc visit, void *arg);
K_INT void k_instance_clear(PyObject *self);                /* may run code */

/* Moves embedded values into a dict: before __class__ changes, when self dies while its __dict__ lives on, and before
 * the address of the dict pointer is given away. Nothing happens when there are none. */
K_INT K_STATUS int k_instance_detach(PyObject *self);

/* ---- for the engine's attribute caches ----
 *
 * A cache holds the type's version and an index. Finding the index:
 *     type has Py_TPFLAGS_MANAGED_DICT; index = k_dict_index_of_str(k_instance_shared_keys(type), name); index >= 0
 * Loading self.name, when the type's version still fits (it fixes the shared keys and says that no data descriptor
 * hides the name):
 *     slot = k_instance_slot(self, index); slot && *slot     then *slot is the value, borrowed
 *     otherwise the general path (the values have moved into the dict, or the attribute is not set)
 * Storing:
 *     slot && !k_instance_has_dict(self)     then k_instance_store_slot(self, slot, index, new reference)
 *     otherwise k_instance_set, which keeps the dict's length, version and tracking right
 * That a name is no attribute of the instance at all (methods): k_instance_values(self) is not NULL and
 * k_keys_version(shared keys) is the number seen when the name was not among them; 0 never counts. */
static inline PyDictKeysObject *k_instance_shared_keys(PyTypeObject *type) /* heap types only; may be NULL */
{
    return ((PyHeapTypeObject *)type)->ht_cached_keys;
}
static inline PyDictValues *k_instance_values(PyObject *self)
{
    return ((PyDictValues **)self)[-4];
}
static inline PyDictObject *k_instance_has_dict(PyObject *self) /* the materialised dict, borrowed, or NULL */
{
    return ((PyDictObject **)self)[-3];
}
static inline PyObject **k_instance_slot(PyObject *self, Py_ssize_t index)
{
    PyDictValues *values = k_instance_values(self);
    return values && index < values_capacity(values) ? values_slot(values, index) : NULL;
}
static inline void k_instance_store_slot(PyObject *self, PyObject **slot, Py_ssize_t index, K_STOLEN PyObject *value)
{
    PyObject *old = *slot;
    *slot = value;
    if (old)
        Py_DECREF(old); /* runs code */
    else
        values_note_added(k_instance_values(self), index);
}

#endif
