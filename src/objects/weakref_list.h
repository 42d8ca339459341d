/* weakref_list.h - weak references, for those who take a dying object apart. */
#ifndef KAA_OBJECTS_WEAKREF_LIST_H
#define KAA_OBJECTS_WEAKREF_LIST_H

#include "objects/weakref.h"

/* All references to o die without a callback. */
K_INT void weakrefs_clear_without_callbacks(PyObject *o);

#endif
