/* type_internal.h - what the files of type/ share among themselves. */
#ifndef KAA_OBJECTS_TYPE_TYPE_INTERNAL_H
#define KAA_OBJECTS_TYPE_TYPE_INTERNAL_H

#include "objects/descr.h"
#include "objects/type/type.h"

/* type_lookup.c */
K_INT K_BORROWED PyObject *type_find_in_mro(PyTypeObject *type, PyObject *name); /* exception possible: a str subclass's hash */

/* type_mro.c */
K_INT K_STATUS int type_mro_compute(PyTypeObject *type); /* sets tp_mro; runs code: mro() */
K_INT K_NEW PyObject *type_mro_linear(PyTypeObject *type);
K_INT bool type_has_custom_mro(PyTypeObject *type);
K_INT K_BORROWED PyTypeObject *type_best_base(PyObject *bases);
K_INT PyTypeObject *type_solid_base(PyTypeObject *type);

/* type_slots.c */
K_INT K_STATUS int type_slots_add_wrappers(PyTypeObject *type);
K_INT K_STATUS int type_slots_update(PyTypeObject *type, PyObject *name);
K_INT void type_slots_fill(PyTypeObject *type);
K_INT K_STATUS int type_slots_update_all(PyTypeObject *type);
K_INT int type_slots_is_slot_name(PyObject *name);

/* type_ready.c */
K_INT K_STATUS int type_add_subclass(PyTypeObject *base, PyTypeObject *type);
K_INT void type_remove_subclass(PyTypeObject *base, PyTypeObject *type);
K_INT K_STATUS int type_add_all_subclasses(PyTypeObject *type, PyObject *bases);
K_INT void type_remove_all_subclasses(PyTypeObject *type, PyObject *bases);
K_INT K_NEW PyObject *type_subclass_list(PyTypeObject *type);
K_INT K_NEW PyObject *type_new_wrapper(PyObject *self, PyObject *args, PyObject *kwargs); /* T.__new__ of builtin types */

/* type_new.c */
K_INT K_NEW PyObject *type_new(PyTypeObject *metatype, PyObject *args, PyObject *kwargs);
K_INT K_NEW PyObject *type_mangle(PyObject *class_name, PyObject *name);

/* subtype.c */
K_INT void subtype_dealloc(PyObject *self);
K_INT int subtype_traverse(PyObject *self, visitproc visit, void *arg);
K_INT int subtype_clear(PyObject *self);
extern K_INT PyGetSetDef subtype_getset_full[], subtype_getset_dict[], subtype_getset_weakref[];

/* base_object.c */
K_INT K_NEW PyObject *object_new(PyTypeObject *type, PyObject *args, PyObject *kwargs);
K_INT K_STATUS int object_init(PyObject *self, PyObject *args, PyObject *kwargs);
K_INT K_STATUS int object_set_class(PyObject *self, PyObject *value, void *closure);
K_INT K_STATUS int type_compatible_for_assignment(PyTypeObject *old, PyTypeObject *new, const char *attribute);

/* type_object.c */
K_INT K_NEW PyObject *type_module(PyTypeObject *type);
K_INT K_NEW PyObject *type_qualname(PyTypeObject *type);
K_INT const char *type_short_name(PyTypeObject *type);

#endif
