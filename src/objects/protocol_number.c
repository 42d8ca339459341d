/* protocol_number.c - the number protocol: operators with their reflections, conversions to int and float.
 *
 * In: operands of any type. Out: a new object, or TypeError that names operator and types.
 * Invariant: the right operand goes first only when its type is a proper subtype of the left one's.
 * Start at number_binary(). */
#include "objects/buffer.h"
#include "objects/bytes/bytes.h"
#include "objects/call.h"
#include "objects/complex.h"
#include "objects/float/float.h"
#include "objects/func/cfunction.h"
#include "objects/int/int.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/type/type.h"
#include "runtime/errors.h"
#include "runtime/warnings.h"

#define NB(slot) offsetof(PyNumberMethods, slot)

static PyObject *number_null_error(void)
{
    if (!PyErr_Occurred())
        k_raise(PyExc_SystemError, "null argument to internal routine");
    return NULL;
}

/* The function in a number slot of o's type, or NULL. */
static inline void *number_slot(PyObject *o, size_t offset)
{
    PyNumberMethods *nb = Py_TYPE(o)->tp_as_number;
    void *f = NULL;
    if (nb)
        memcpy(&f, (char *)nb + offset, sizeof f);
    return f;
}

/* ---- binary operators ---- */

/* The result, or Py_NotImplemented (a new reference) when neither operand knows. */
static PyObject *number_binary(PyObject *v, PyObject *w, size_t offset)
{
    binaryfunc f = (binaryfunc)number_slot(v, offset), g = NULL;
    if (!Py_IS_TYPE(w, Py_TYPE(v))) {
        g = (binaryfunc)number_slot(w, offset);
        if (g == f)
            g = NULL;
    }
    if (f && g && PyType_IsSubtype(Py_TYPE(w), Py_TYPE(v))) {
        PyObject *result = g(v, w);
        if (result != Py_NotImplemented)
            return result;
        Py_DECREF(result);
        g = NULL;
    }
    if (f) {
        PyObject *result = f(v, w);
        if (result != Py_NotImplemented)
            return result;
        Py_DECREF(result);
    }
    if (g)
        return g(v, w);
    return Py_NewRef(Py_NotImplemented);
}

K_COLD PyObject *k_number_refuse(PyObject *v, PyObject *w, const char *op)
{
    const char *hint = "";
    if (strcmp(op, ">>") == 0 && PyCFunction_CheckExact(v)
        && strcmp(((PyCFunctionObject *)v)->m_ml->ml_name, "print") == 0)
        hint = ". Did you mean \"print(<message>, file=<output_stream>)\"?";
    return k_raise(PyExc_TypeError, "unsupported operand type(s) for %.100s: '%.100s' and '%.100s'%s", op,
                   Py_TYPE(v)->tp_name, Py_TYPE(w)->tp_name, hint);
}

static inline PyObject *number_finish(PyObject *v, PyObject *w, PyObject *result, const char *op)
{
    if (K_LIKELY(result != Py_NotImplemented))
        return result;
    Py_DECREF(result);
    return k_number_refuse(v, w, op);
}

/* The in-place slot first, then the plain one. */
static PyObject *number_inplace(PyObject *v, PyObject *w, size_t inplace, size_t plain)
{
    binaryfunc f = (binaryfunc)number_slot(v, inplace);
    if (f) {
        PyObject *result = f(v, w);
        if (result != Py_NotImplemented)
            return result;
        Py_DECREF(result);
    }
    return number_binary(v, w, plain);
}

#define BINARY(name, slot, op)                                                                                         \
    PyObject *name(PyObject *v, PyObject *w)                                                                           \
    {                                                                                                                  \
        return number_finish(v, w, number_binary(v, w, NB(slot)), op);                                                 \
    }
BINARY(PyNumber_Subtract, nb_subtract, "-")
BINARY(PyNumber_MatrixMultiply, nb_matrix_multiply, "@")
BINARY(PyNumber_FloorDivide, nb_floor_divide, "//")
BINARY(PyNumber_TrueDivide, nb_true_divide, "/")
BINARY(PyNumber_Remainder, nb_remainder, "%")
BINARY(PyNumber_Divmod, nb_divmod, "divmod()")
BINARY(PyNumber_Lshift, nb_lshift, "<<")
BINARY(PyNumber_Rshift, nb_rshift, ">>")
BINARY(PyNumber_And, nb_and, "&")
BINARY(PyNumber_Xor, nb_xor, "^")
BINARY(PyNumber_Or, nb_or, "|")

#define INPLACE(name, inplace, slot, op)                                                                               \
    PyObject *name(PyObject *v, PyObject *w)                                                                           \
    {                                                                                                                  \
        return number_finish(v, w, number_inplace(v, w, NB(inplace), NB(slot)), op);                                   \
    }
INPLACE(PyNumber_InPlaceSubtract, nb_inplace_subtract, nb_subtract, "-=")
INPLACE(PyNumber_InPlaceMatrixMultiply, nb_inplace_matrix_multiply, nb_matrix_multiply, "@=")
INPLACE(PyNumber_InPlaceFloorDivide, nb_inplace_floor_divide, nb_floor_divide, "//=")
INPLACE(PyNumber_InPlaceTrueDivide, nb_inplace_true_divide, nb_true_divide, "/=")
INPLACE(PyNumber_InPlaceRemainder, nb_inplace_remainder, nb_remainder, "%=")
INPLACE(PyNumber_InPlaceLshift, nb_inplace_lshift, nb_lshift, "<<=")
INPLACE(PyNumber_InPlaceRshift, nb_inplace_rshift, nb_rshift, ">>=")
INPLACE(PyNumber_InPlaceAnd, nb_inplace_and, nb_and, "&=")
INPLACE(PyNumber_InPlaceXor, nb_inplace_xor, nb_xor, "^=")
INPLACE(PyNumber_InPlaceOr, nb_inplace_or, nb_or, "|=")

/* ---- + and *, which sequences share ---- */

PyObject *k_number_add_rest(PyObject *v, PyObject *w, int in_place)
{
    PySequenceMethods *sq = Py_TYPE(v)->tp_as_sequence;
    binaryfunc concat = !sq ? NULL : in_place && sq->sq_inplace_concat ? sq->sq_inplace_concat : sq->sq_concat;
    return concat ? concat(v, w) : k_number_refuse(v, w, in_place ? "+=" : "+");
}

PyObject *PyNumber_Add(PyObject *v, PyObject *w)
{
    PyObject *result = number_binary(v, w, NB(nb_add));
    if (K_LIKELY(result != Py_NotImplemented))
        return result;
    Py_DECREF(result);
    return k_number_add_rest(v, w, 0);
}

PyObject *PyNumber_InPlaceAdd(PyObject *v, PyObject *w)
{
    PyObject *result = number_inplace(v, w, NB(nb_inplace_add), NB(nb_add));
    if (K_LIKELY(result != Py_NotImplemented))
        return result;
    Py_DECREF(result);
    return k_number_add_rest(v, w, 1);
}

static PyObject *number_repeat(ssizeargfunc repeat, PyObject *sequence, PyObject *n)
{
    if (!PyIndex_Check(n))
        return k_raise(PyExc_TypeError, "can't multiply sequence by non-int of type '%.200s'", Py_TYPE(n)->tp_name);
    Py_ssize_t count = PyNumber_AsSsize_t(n, PyExc_OverflowError);
    return count == -1 && PyErr_Occurred() ? NULL : repeat(sequence, count);
}

PyObject *k_number_multiply_rest(PyObject *v, PyObject *w, int in_place)
{
    PySequenceMethods *sv = Py_TYPE(v)->tp_as_sequence, *sw = Py_TYPE(w)->tp_as_sequence;
    ssizeargfunc repeat = !sv ? NULL : in_place && sv->sq_inplace_repeat ? sv->sq_inplace_repeat : sv->sq_repeat;
    if (repeat)
        return number_repeat(repeat, v, w);
    if ((!in_place || !sv) && sw && sw->sq_repeat) /* a right operand is never changed in place */
        return number_repeat(sw->sq_repeat, w, v);
    return k_number_refuse(v, w, in_place ? "*=" : "*");
}

PyObject *PyNumber_Multiply(PyObject *v, PyObject *w)
{
    PyObject *result = number_binary(v, w, NB(nb_multiply));
    if (K_LIKELY(result != Py_NotImplemented))
        return result;
    Py_DECREF(result);
    return k_number_multiply_rest(v, w, 0);
}

PyObject *PyNumber_InPlaceMultiply(PyObject *v, PyObject *w)
{
    PyObject *result = number_inplace(v, w, NB(nb_inplace_multiply), NB(nb_multiply));
    if (K_LIKELY(result != Py_NotImplemented))
        return result;
    Py_DECREF(result);
    return k_number_multiply_rest(v, w, 1);
}

/* ---- power ---- */

static PyObject *number_ternary(PyObject *v, PyObject *w, PyObject *z, const char *op)
{
    ternaryfunc f = (ternaryfunc)number_slot(v, NB(nb_power)), g = NULL, h = NULL;
    if (!Py_IS_TYPE(w, Py_TYPE(v))) {
        g = (ternaryfunc)number_slot(w, NB(nb_power));
        if (g == f)
            g = NULL;
    }
    if (f && g && PyType_IsSubtype(Py_TYPE(w), Py_TYPE(v))) {
        PyObject *result = g(v, w, z);
        if (result != Py_NotImplemented)
            return result;
        Py_DECREF(result);
        g = NULL;
    }
    h = (ternaryfunc)number_slot(z, NB(nb_power));
    if (h == f || h == g)
        h = NULL;
    ternaryfunc tries[3] = { f, g, h };
    for (int i = 0; i < 3; i++) {
        if (!tries[i])
            continue;
        PyObject *result = tries[i](v, w, z);
        if (result != Py_NotImplemented)
            return result;
        Py_DECREF(result);
    }
    if (z == Py_None)
        return k_raise(PyExc_TypeError, "unsupported operand type(s) for %.100s: '%.100s' and '%.100s'", op,
                       Py_TYPE(v)->tp_name, Py_TYPE(w)->tp_name);
    return k_raise(PyExc_TypeError, "unsupported operand type(s) for %.100s: '%.100s', '%.100s', '%.100s'", op,
                   Py_TYPE(v)->tp_name, Py_TYPE(w)->tp_name, Py_TYPE(z)->tp_name);
}

PyObject *PyNumber_Power(PyObject *v, PyObject *w, PyObject *z)
{
    return number_ternary(v, w, z, "** or pow()");
}

PyObject *PyNumber_InPlacePower(PyObject *v, PyObject *w, PyObject *z)
{
    ternaryfunc f = (ternaryfunc)number_slot(v, NB(nb_inplace_power));
    if (f) {
        PyObject *result = f(v, w, z);
        if (result != Py_NotImplemented)
            return result;
        Py_DECREF(result);
    }
    return number_ternary(v, w, z, "**=");
}

/* ---- unary operators ---- */

#define UNARY(name, slot, text)                                                                                        \
    PyObject *name(PyObject *o)                                                                                        \
    {                                                                                                                  \
        if (!o)                                                                                                        \
            return number_null_error();                                                                                \
        unaryfunc f = (unaryfunc)number_slot(o, NB(slot));                                                             \
        if (f) {                                                                                                       \
            PyObject *result = f(o);                                                                                   \
            __asm__ volatile(""); /* no jump: numpy looks for this function on the stack */                            \
            return result;                                                                                             \
        }                                                                                                              \
        return k_raise(PyExc_TypeError, "bad operand type for " text ": '%.200s'", Py_TYPE(o)->tp_name);              \
    }
UNARY(PyNumber_Negative, nb_negative, "unary -")
UNARY(PyNumber_Positive, nb_positive, "unary +")
UNARY(PyNumber_Invert, nb_invert, "unary ~")
UNARY(PyNumber_Absolute, nb_absolute, "abs()")

/* ---- conversions ---- */

int PyNumber_Check(PyObject *o)
{
    if (!o)
        return 0;
    PyNumberMethods *nb = Py_TYPE(o)->tp_as_number;
    return nb && (nb->nb_index || nb->nb_int || nb->nb_float || PyComplex_Check(o));
}

int (PyIndex_Check)(PyObject *o)
{
    return k_has_index(o);
}

/* An int from a slot: exact or a subclass's (with a warning). The reference is consumed on failure. */
static PyObject *number_check_int(PyObject *result, const char *method)
{
    if (!result || PyLong_CheckExact(result))
        return result;
    if (!PyLong_Check(result)) {
        k_raise(PyExc_TypeError, "%s returned non-int (type %.200s)", method, Py_TYPE(result)->tp_name);
    } else if (PyErr_WarnFormat(PyExc_DeprecationWarning, 1,
                                "%s returned non-int (type %.200s).  The ability to return an instance of a strict "
                                "subclass of int is deprecated, and may not be supported in a future version of Python.",
                                method, Py_TYPE(result)->tp_name) == 0) {
        return result;
    }
    Py_DECREF(result);
    return NULL;
}

/* May give an instance of a subclass of int. */
PyObject *_PyNumber_Index(PyObject *o)
{
    if (!o)
        return number_null_error();
    if (PyLong_Check(o))
        return Py_NewRef(o);
    if (!PyIndex_Check(o))
        return k_raise(PyExc_TypeError, "'%.200s' object cannot be interpreted as an integer", Py_TYPE(o)->tp_name);
    return number_check_int(Py_TYPE(o)->tp_as_number->nb_index(o), "__index__");
}

static PyObject *number_exact_int(PyObject *result)
{
    if (!result || PyLong_CheckExact(result))
        return result;
    PyObject *copy = _PyLong_Copy((PyLongObject *)result);
    Py_DECREF(result);
    return copy;
}

PyObject *PyNumber_Index(PyObject *o)
{
    return number_exact_int(_PyNumber_Index(o));
}

Py_ssize_t PyNumber_AsSsize_t(PyObject *o, PyObject *exc)
{
    if (K_LIKELY(o && PyLong_CheckExact(o) && k_int_is_compact(o)))
        return k_int_compact(o);
    K_AUTO(PyObject *) index = _PyNumber_Index(o);
    if (!index)
        return -1;
    Py_ssize_t value = PyLong_AsSsize_t(index);
    if (value != -1 || !PyErr_Occurred() || !PyErr_ExceptionMatches(PyExc_OverflowError))
        return value;
    PyErr_Clear();
    if (!exc)
        return _PyLong_Sign(index) < 0 ? PY_SSIZE_T_MIN : PY_SSIZE_T_MAX;
    k_raise(exc, "cannot fit '%.200s' into an index-sized integer", Py_TYPE(o)->tp_name);
    return -1;
}

/* int(o) through __trunc__: NULL without an exception when there is none. */
static PyObject *number_trunc(PyObject *o)
{
    K_AUTO(PyObject *) trunc = k_lookup_special(o, K_STR("__trunc__"));
    if (!trunc)
        return NULL;
    if (PyErr_WarnEx(PyExc_DeprecationWarning, "The delegation of int() to __trunc__ is deprecated.", 1) < 0)
        return NULL;
    PyObject *result = PyObject_CallNoArgs(trunc);
    if (!result || PyLong_Check(result))
        return number_exact_int(result);
    K_AUTO(PyObject *) held = result;
    if (!PyIndex_Check(held))
        return k_raise(PyExc_TypeError, "__trunc__ returned non-Integral (type %.200s)", Py_TYPE(held)->tp_name);
    return PyNumber_Index(held);
}

PyObject *PyNumber_Long(PyObject *o)
{
    if (!o)
        return number_null_error();
    if (PyLong_CheckExact(o))
        return Py_NewRef(o);
    PyNumberMethods *nb = Py_TYPE(o)->tp_as_number;
    if (nb && nb->nb_int)
        return number_exact_int(number_check_int(nb->nb_int(o), "__int__"));
    if (nb && nb->nb_index)
        return PyNumber_Index(o);
    PyObject *truncated = number_trunc(o);
    if (truncated || PyErr_Occurred())
        return truncated;
    if (PyUnicode_Check(o))
        return PyLong_FromUnicodeObject(o, 10);
    if (PyBytes_Check(o))
        return _PyLong_FromBytes(PyBytes_AS_STRING(o), PyBytes_GET_SIZE(o), 10);
    if (PyByteArray_Check(o))
        return _PyLong_FromBytes(PyByteArray_AS_STRING(o), PyByteArray_GET_SIZE(o), 10);
    if (PyObject_CheckBuffer(o)) {
        Py_buffer view;
        if (PyObject_GetBuffer(o, &view, PyBUF_SIMPLE) < 0)
            return NULL;
        K_AUTO(PyObject *) bytes = PyBytes_FromStringAndSize(view.buf, view.len); /* the parser wants a final NUL */
        PyBuffer_Release(&view);
        return bytes ? _PyLong_FromBytes(PyBytes_AS_STRING(bytes), PyBytes_GET_SIZE(bytes), 10) : NULL;
    }
    return k_raise(PyExc_TypeError,
                   "int() argument must be a string, a bytes-like object or a real number, not '%.200s'",
                   Py_TYPE(o)->tp_name);
}

PyObject *PyNumber_Float(PyObject *o)
{
    if (!o)
        return number_null_error();
    if (PyFloat_CheckExact(o))
        return Py_NewRef(o);
    PyNumberMethods *nb = Py_TYPE(o)->tp_as_number;
    if (nb && nb->nb_float) {
        K_AUTO(PyObject *) result = nb->nb_float(o);
        if (!result || PyFloat_CheckExact(result))
            return K_MOVE(result);
        if (!PyFloat_Check(result))
            return k_raise(PyExc_TypeError, "%.50s.__float__ returned non-float (type %.50s)", Py_TYPE(o)->tp_name,
                           Py_TYPE(result)->tp_name);
        if (PyErr_WarnFormat(PyExc_DeprecationWarning, 1,
                             "%.50s.__float__ returned non-float (type %.50s).  The ability to return an instance of "
                             "a strict subclass of float is deprecated, and may not be supported in a future version "
                             "of Python.",
                             Py_TYPE(o)->tp_name, Py_TYPE(result)->tp_name))
            return NULL;
        return PyFloat_FromDouble(PyFloat_AS_DOUBLE(result));
    }
    if (nb && nb->nb_index) {
        K_AUTO(PyObject *) index = _PyNumber_Index(o);
        if (!index)
            return NULL;
        double value = PyLong_AsDouble(index);
        return value == -1.0 && PyErr_Occurred() ? NULL : PyFloat_FromDouble(value);
    }
    if (PyFloat_Check(o))
        return PyFloat_FromDouble(PyFloat_AS_DOUBLE(o));
    return PyFloat_FromString(o);
}

PyObject *PyNumber_ToBase(PyObject *n, int base)
{
    if (base != 2 && base != 8 && base != 10 && base != 16)
        return k_raise(PyExc_SystemError, "PyNumber_ToBase: base must be 2, 8, 10 or 16");
    K_AUTO(PyObject *) index = _PyNumber_Index(n);
    return index ? _PyLong_Format(index, base) : NULL;
}
