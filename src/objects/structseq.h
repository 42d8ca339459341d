/* structseq.h - struct sequences: tuples with named fields. */
#ifndef KAA_OBJECTS_STRUCTSEQ_H
#define KAA_OBJECTS_STRUCTSEQ_H

#include "objects/object.h"
#include "objects/tuple.h"

typedef struct PyStructSequence_Field {
    const char *name, *doc;
} PyStructSequence_Field;
typedef struct PyStructSequence_Desc {
    const char *name, *doc;
    PyStructSequence_Field *fields;
    int n_in_sequence;
} PyStructSequence_Desc;
#define PyStructSequence_SET_ITEM PyTuple_SET_ITEM
#define PyStructSequence_GET_ITEM PyTuple_GET_ITEM

extern K_API const char * const PyStructSequence_UnnamedField;
K_API void PyStructSequence_InitType(PyTypeObject *type, PyStructSequence_Desc *desc);
K_API K_STATUS int PyStructSequence_InitType2(PyTypeObject *type, PyStructSequence_Desc *desc);
K_API PyTypeObject *PyStructSequence_NewType(PyStructSequence_Desc *desc);
K_API PyTypeObject *_PyStructSequence_NewType(PyStructSequence_Desc *desc, unsigned long flags);
K_API K_NEW PyObject *PyStructSequence_New(PyTypeObject* type);
K_API void PyStructSequence_SetItem(PyObject*, Py_ssize_t, PyObject*);
K_API K_BORROWED PyObject *PyStructSequence_GetItem(PyObject*, Py_ssize_t);
K_INT K_STATUS int k_structseq_init(PyTypeObject *type, PyStructSequence_Desc *desc); /* a static type */

#endif
