/* int_new.h - making ints, for the files of int alone. */
#ifndef KAA_OBJECTS_INT_INT_NEW_H
#define KAA_OBJECTS_INT_INT_NEW_H

#include "memory/small.h"
#include "objects/int/digits.h"
#include "objects/int/int.h"
#include "runtime/errors.h"
#include "runtime/state.h"

/* An immortal int, -5 ... 256. */
static inline PyObject *int_small(stwodigits value)
{
    return Py_NewRef(&_PyRuntime.small_ints[value - KAA_SMALL_INT_MIN]);
}
static inline int int_is_small(stwodigits value)
{
    return (twodigits)(value - KAA_SMALL_INT_MIN) <= KAA_SMALL_INT_MAX - KAA_SMALL_INT_MIN;
}
static inline Py_ssize_t int_length(PyObject *v) /* digits */
{
    Py_ssize_t n = Py_SIZE(v);
    return n < 0 ? -n : n;
}
static inline digit *int_digits(PyObject *v)
{
    return ((PyLongObject *)v)->ob_digit;
}

/* An int of this value that is none of the small ones, of one digit. */
K_INLINE K_NEW PyObject *int_new_box(stwodigits value)
{
    PyLongObject *v = k_small_alloc(sizeof *v);
    if (K_UNLIKELY(!v))
        return PyErr_NoMemory();
    v->ob_base = (PyVarObject){ { 1, &PyLong_Type }, value < 0 ? -1 : 1 };
    v->ob_digit[0] = (digit)(value < 0 ? -value : value);
    return (PyObject *)v;
}
/* Any value. */
K_INT K_NEW PyObject *int_from_stwodigits(stwodigits value);
K_INT K_NEW PyObject *int_from_uint128(unsigned __int128 value, int negative);

/* Takes a fresh int whose digits are filled in: strips leading zeros, sets the sign, swaps in a small int. */
K_INT K_NEW PyObject *int_finish(K_STOLEN PyLongObject *v, int negative);
/* A fresh int from digits (not normalised). */
K_INT K_NEW PyObject *int_from_digits(const digit *digits, Py_ssize_t n, int negative);

/* An exact int for an int or a subclass's instance: the object itself or a copy. */
K_INT K_NEW PyObject *int_exact(PyObject *v);

/* ---- int_arith.c ---- */
K_INT K_NEW PyObject *int_add(PyObject *a, PyObject *b);
K_INT K_NEW PyObject *int_subtract(PyObject *a, PyObject *b);
K_INT K_NEW PyObject *int_multiply(PyObject *a, PyObject *b);
K_INT K_NEW PyObject *int_negate(PyObject *v);
/* Truncated (towards nought) quotient and remainder; either pointer may be NULL. ZeroDivisionError otherwise. */
K_INT K_STATUS int int_truncated_divide(PyObject *a, PyObject *b, PyObject **quotient, PyObject **rest);
/* Floored quotient and remainder; either pointer may be NULL. */
K_INT K_STATUS int int_floor_divide(PyObject *a, PyObject *b, PyObject **quotient, PyObject **rest);
extern K_INT PyNumberMethods int_as_number;

/* ---- int_bits.c ---- */
K_INT K_NEW PyObject *int_slot_invert(PyObject *v);
K_INT K_NEW PyObject *int_slot_lshift(PyObject *a, PyObject *b);
K_INT K_NEW PyObject *int_slot_rshift(PyObject *a, PyObject *b);
K_INT K_NEW PyObject *int_slot_and(PyObject *a, PyObject *b);
K_INT K_NEW PyObject *int_slot_xor(PyObject *a, PyObject *b);
K_INT K_NEW PyObject *int_slot_or(PyObject *a, PyObject *b);

/* ---- int_text.c ---- */
/* The text in this base: *start points to it, in small[] or in a PyMem block that *block owns. The length, or -1. */
enum { INT_SMALL_TEXT = 80 };
K_INT K_STATUS Py_ssize_t int_text(PyObject *v, int base, int alternate, char small[INT_SMALL_TEXT], char **start,
                                   char **block);

#endif
