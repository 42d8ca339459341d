/* float_box.h - making floats without a call, for the type and the engine. */
#ifndef KAA_OBJECTS_FLOAT_FLOAT_BOX_H
#define KAA_OBJECTS_FLOAT_FLOAT_BOX_H

#include "memory/small.h"
#include "objects/float/float.h"
#include "runtime/errors.h"

K_INLINE K_NEW PyObject *float_new_box(double value)
{
    PyFloatObject *v = k_small_alloc(sizeof *v);
    if (K_UNLIKELY(!v))
        return PyErr_NoMemory();
    *v = (PyFloatObject){ { 1, &PyFloat_Type }, value };
    return (PyObject *)v;
}

#endif
