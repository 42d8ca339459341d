/* slots.h - slot functions that call Python-level special methods: the engine recognises them by address and pushes a
 * frame for the method instead of entering the loop again. */
#ifndef KAA_OBJECTS_TYPE_SLOTS_H
#define KAA_OBJECTS_TYPE_SLOTS_H

#include "objects/object.h"

/* name of the slot, left method, reflected method */
#define SLOT_BINARY_LIST(X)                                                                                            \
    X(nb_add, "__add__", "__radd__")                                                                                   \
    X(nb_subtract, "__sub__", "__rsub__")                                                                              \
    X(nb_multiply, "__mul__", "__rmul__")                                                                              \
    X(nb_matrix_multiply, "__matmul__", "__rmatmul__")                                                                 \
    X(nb_remainder, "__mod__", "__rmod__")                                                                             \
    X(nb_divmod, "__divmod__", "__rdivmod__")                                                                          \
    X(nb_lshift, "__lshift__", "__rlshift__")                                                                          \
    X(nb_rshift, "__rshift__", "__rrshift__")                                                                          \
    X(nb_and, "__and__", "__rand__")                                                                                   \
    X(nb_xor, "__xor__", "__rxor__")                                                                                   \
    X(nb_or, "__or__", "__ror__")                                                                                      \
    X(nb_floor_divide, "__floordiv__", "__rfloordiv__")                                                                \
    X(nb_true_divide, "__truediv__", "__rtruediv__")
#define SLOT_INPLACE_LIST(X)                                                                                           \
    X(nb_inplace_add, "__iadd__")                                                                                      \
    X(nb_inplace_subtract, "__isub__")                                                                                 \
    X(nb_inplace_multiply, "__imul__")                                                                                 \
    X(nb_inplace_matrix_multiply, "__imatmul__")                                                                       \
    X(nb_inplace_remainder, "__imod__")                                                                                \
    X(nb_inplace_lshift, "__ilshift__")                                                                                \
    X(nb_inplace_rshift, "__irshift__")                                                                                \
    X(nb_inplace_and, "__iand__")                                                                                      \
    X(nb_inplace_xor, "__ixor__")                                                                                      \
    X(nb_inplace_or, "__ior__")                                                                                        \
    X(nb_inplace_floor_divide, "__ifloordiv__")                                                                        \
    X(nb_inplace_true_divide, "__itruediv__")
#define SLOT_UNARY_LIST(X)                                                                                             \
    X(nb_negative, "__neg__")                                                                                          \
    X(nb_positive, "__pos__")                                                                                          \
    X(nb_absolute, "__abs__")                                                                                          \
    X(nb_invert, "__invert__")                                                                                         \
    X(nb_int, "__int__")                                                                                               \
    X(nb_float, "__float__")                                                                                           \
    X(nb_index, "__index__")

#define SLOT_DECLARE_BINARY(slot, left, right) K_INT PyObject *slot_##slot(PyObject *self, PyObject *other);
#define SLOT_DECLARE_INPLACE(slot, method)     K_INT PyObject *slot_##slot(PyObject *self, PyObject *other);
#define SLOT_DECLARE_UNARY(slot, method)       K_INT PyObject *slot_##slot(PyObject *self);
SLOT_BINARY_LIST(SLOT_DECLARE_BINARY)
SLOT_INPLACE_LIST(SLOT_DECLARE_INPLACE)
SLOT_UNARY_LIST(SLOT_DECLARE_UNARY)

K_INT PyObject *slot_nb_power(PyObject *self, PyObject *other, PyObject *modulus);
K_INT PyObject *slot_nb_inplace_power(PyObject *self, PyObject *other, PyObject *modulus);
K_INT int slot_nb_bool(PyObject *self);
K_INT Py_ssize_t slot_sq_length(PyObject *self);
K_INT Py_ssize_t slot_length_from(PyObject *result); /* of what __len__ gave; -1 with an exception */
K_INT PyObject *slot_sq_item(PyObject *self, Py_ssize_t i);
K_INT int slot_sq_ass_item(PyObject *self, Py_ssize_t i, PyObject *value);
K_INT int slot_sq_contains(PyObject *self, PyObject *value);
K_INT PyObject *slot_mp_subscript(PyObject *self, PyObject *key);
K_INT int slot_mp_ass_subscript(PyObject *self, PyObject *key, PyObject *value);
K_INT PyObject *slot_tp_repr(PyObject *self);
K_INT PyObject *slot_tp_str(PyObject *self);
K_INT Py_hash_t slot_tp_hash(PyObject *self);
K_INT PyObject *slot_tp_call(PyObject *self, PyObject *args, PyObject *kwargs);
K_INT PyObject *slot_tp_getattro(PyObject *self, PyObject *name);      /* __getattribute__ */
K_INT PyObject *slot_tp_getattr_hook(PyObject *self, PyObject *name);  /* __getattribute__, then __getattr__ */
K_INT int slot_tp_setattro(PyObject *self, PyObject *name, PyObject *value);
K_INT PyObject *slot_tp_richcompare(PyObject *self, PyObject *other, int op);
K_INT PyObject *slot_tp_iter(PyObject *self);
K_INT PyObject *slot_tp_iternext(PyObject *self);
K_INT PyObject *slot_tp_descr_get(PyObject *self, PyObject *obj, PyObject *type);
K_INT int slot_tp_descr_set(PyObject *self, PyObject *obj, PyObject *value);
K_INT int slot_tp_init(PyObject *self, PyObject *args, PyObject *kwargs);
K_INT PyObject *slot_tp_new(PyTypeObject *type, PyObject *args, PyObject *kwargs);
K_INT void slot_tp_finalize(PyObject *self);
K_INT PyObject *slot_am_await(PyObject *self);
K_INT PyObject *slot_am_aiter(PyObject *self);
K_INT PyObject *slot_am_anext(PyObject *self);

#endif
