/* fast.h - arithmetic of small exact operands, in the loop itself.
 *
 * A box that only its slot holds is written anew instead of being released; values that the cache of small ints holds
 * are never put into one. */
#ifndef KAA_VM_FAST_H
#define KAA_VM_FAST_H

#include "objects/float/float_box.h"
#include "objects/int/int.h"
#include "objects/int/int_new.h"
#include "objects/str/str.h"
#include "runtime/state.h"

K_INLINE int fast_is_int(PyObject *o)
{
    return Py_IS_TYPE(o, &PyLong_Type) && (size_t)(Py_SIZE(o) + 1) < 3;
}
K_INLINE int64_t fast_int_value(PyObject *o)
{
    return Py_SIZE(o) * (int64_t)((PyLongObject *)o)->ob_digit[0];
}
/* Up to two digits: sums and differences of such values fit 64 bits. */
K_INLINE int fast_is_wide_int(PyObject *o)
{
    return Py_IS_TYPE(o, &PyLong_Type) && (size_t)(Py_SIZE(o) + 2) < 5;
}
K_INLINE int fast_are_wide_ints(PyObject *a, PyObject *b)
{
    return fast_is_wide_int(a) && fast_is_wide_int(b);
}
K_INLINE int64_t fast_wide_value(PyObject *o)
{
    const digit *digits = ((PyLongObject *)o)->ob_digit;
    Py_ssize_t size = Py_SIZE(o);
    if (K_LIKELY((size_t)(size + 1) < 3))
        return size * (int64_t)digits[0];
    int64_t value = (int64_t)digits[1] << PyLong_SHIFT | digits[0];
    return size < 0 ? -value : value;
}
K_INLINE int fast_are_ints(PyObject *a, PyObject *b)
{
    return fast_is_int(a) && fast_is_int(b);
}
K_INLINE int fast_are_floats(PyObject *a, PyObject *b)
{
    return Py_IS_TYPE(a, &PyFloat_Type) && Py_IS_TYPE(b, &PyFloat_Type);
}

K_INLINE int fast_product_fits(int64_t a, int64_t b)
{
    int64_t product;
    return !__builtin_mul_overflow(a, b, &product);
}
/* The value of a float, or of an int of one digit. */
K_INLINE int fast_number(PyObject *o, double *x)
{
    if (Py_IS_TYPE(o, &PyFloat_Type))
        *x = PyFloat_AS_DOUBLE(o);
    else if (fast_is_int(o))
        *x = (double)fast_int_value(o);
    else
        return 0;
    return 1;
}

/* Whether a value may stand in a box of one digit. */
K_INLINE int fast_fits_box(int64_t value)
{
    return (uint64_t)(value + PyLong_MASK) <= 2 * (uint64_t)PyLong_MASK &&
           (uint64_t)(value - KAA_SMALL_INT_MIN) > KAA_SMALL_INT_MAX - KAA_SMALL_INT_MIN;
}
K_INLINE void fast_fill_box(PyObject *box, int64_t value)
{
    Py_SET_SIZE(box, value < 0 ? -1 : 1);
    ((PyLongObject *)box)->ob_digit[0] = (digit)(value < 0 ? -value : value);
}
/* Two digits into a box of two. */
static K_NOINLINE int fast_refill_wide(PyObject *box, int64_t value)
{
    uint64_t size = (uint64_t)(value < 0 ? -value : value);
    if (size <= PyLong_MASK || size >> (2 * PyLong_SHIFT) || (Py_SIZE(box) != 2 && Py_SIZE(box) != -2))
        return 0;
    Py_SET_SIZE(box, value < 0 ? -2 : 2);
    ((PyLongObject *)box)->ob_digit[0] = (digit)(size & PyLong_MASK);
    ((PyLongObject *)box)->ob_digit[1] = (digit)(size >> PyLong_SHIFT);
    return 1;
}
/* Writes a value into an int nobody else sees, if it has room for it: 1 when done. */
K_INLINE int fast_refill(PyObject *box, int64_t value)
{
    if (K_LIKELY(fast_fits_box(value) && Py_SIZE(box) != 0)) {
        fast_fill_box(box, value);
        return 1;
    }
    return fast_refill_wide(box, value);
}

K_INLINE PyObject *fast_int_new(int64_t value)
{
    if ((uint64_t)(value - KAA_SMALL_INT_MIN) <= KAA_SMALL_INT_MAX - KAA_SMALL_INT_MIN)
        return Py_NewRef(&_PyRuntime.small_ints[value - KAA_SMALL_INT_MIN]);
    if (K_LIKELY((uint64_t)(value + PyLong_MASK) <= 2 * (uint64_t)PyLong_MASK))
        return int_new_box(value);
    return int_from_stwodigits(value);
}

/* Releases an exact int or float. */
K_INLINE void fast_drop(PyObject *box)
{
    if (--box->ob_refcnt == 0)
        k_small_free(box);
}

K_INLINE int fast_compare(int64_t a, int64_t b, uint32_t op)
{
    /* Bits by the sign of a - b: less 1, equal 2, greater 4; by Py_LT ... Py_GE. */
    static const uint8_t holds[] = { [Py_LT] = 1, [Py_LE] = 3, [Py_EQ] = 2, [Py_NE] = 5, [Py_GT] = 4, [Py_GE] = 6 };
    return holds[op] >> ((a >= b) + (a > b)) & 1;
}
K_INLINE int fast_compare_floats(double a, double b, uint32_t op)
{
    switch (op) {
    case Py_LT: return a < b;
    case Py_LE: return a <= b;
    case Py_EQ: return a == b;
    case Py_NE: return a != b;
    case Py_GT: return a > b;
    default: return a >= b;
    }
}

#endif
