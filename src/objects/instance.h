/* instance.h - the attributes of an instance: values embedded behind tp_basicsize, or a dict. */
#ifndef KAA_OBJECTS_INSTANCE_H
#define KAA_OBJECTS_INSTANCE_H

#include "objects/object.h"

/* Types with Py_TPFLAGS_MANAGED_DICT have two words before the GC head:
 *   [-32] a metadata word (capacity, valid flag, order of insertion)   [-24] the materialised __dict__, or NULL.
 * Values stand behind tp_basicsize, in the order of the class's shared keys. Nobody touches them but these. */

/* The value of an attribute that stands in the instance itself: new reference; NULL without an exception when absent. */
K_INT PyObject *k_instance_get(PyObject *self, PyObject *name);

/* Sets (value) or deletes (NULL) an attribute of the instance itself. -1 with AttributeError when deleting what is absent. */
K_INT K_STATUS int k_instance_set(PyObject *self, PyObject *name, PyObject *value);

/* The instance's __dict__, made on first sight: new reference. Works for managed dicts and for tp_dictoffset. */
K_INT K_NEW PyObject *k_instance_dict(PyObject *self);

/* Called by the allocation of an instance, by subtype_traverse, subtype_clear and subtype_dealloc. */
K_INT Py_ssize_t k_instance_extra_size(PyTypeObject *type); /* bytes to allocate behind tp_basicsize; fixes the capacity */
K_INT void k_instance_init(PyObject *self);                 /* fresh memory; the type is set */
K_INT int k_instance_traverse(PyObject *self, visitproc visit, void *arg);
K_INT void k_instance_clear(PyObject *self);                /* may run code */

/* Moves embedded values into a dict: before __class__ changes, or when self dies while its __dict__ lives on. */
K_INT K_STATUS int k_instance_detach(PyObject *self);

#endif
