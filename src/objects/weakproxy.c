/* weakproxy.c - weakref.proxy: each operation is done by the object referred to, while it lives.
 *
 * A proxy has the layout of a weak reference; operands that are proxies are replaced by their objects, which are held
 * for the time of the operation. Start at the macro UNWRAP. */
#include "memory/gc.h"
#include "objects/call.h"
#include "objects/method.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/weakref.h"
#include "runtime/errors.h"

/* The object behind o (o itself when it is no proxy): a new reference; NULL with ReferenceError when it is gone. */
static PyObject *unwrap(PyObject *o)
{
    if (!PyWeakref_CheckProxy(o))
        return Py_NewRef(o);
    PyObject *target = PyWeakref_GET_OBJECT(o);
    if (target == Py_None)
        return k_raise(PyExc_ReferenceError, "weakly-referenced object no longer exists");
    return Py_NewRef(target);
}

#define UNWRAP(name, from, failed)                                                                                     \
    K_AUTO(PyObject *) name = unwrap(from);                                                                            \
    if (!name)                                                                                                         \
    return failed

#define UNARY(name, generic)                                                                                           \
    static PyObject *name(PyObject *self)                                                                              \
    {                                                                                                                  \
        UNWRAP(o, self, NULL);                                                                                         \
        return generic(o);                                                                                             \
    }
#define BINARY(name, generic)                                                                                          \
    static PyObject *name(PyObject *left, PyObject *right)                                                             \
    {                                                                                                                  \
        UNWRAP(a, left, NULL);                                                                                         \
        UNWRAP(b, right, NULL);                                                                                        \
        return generic(a, b);                                                                                          \
    }
/* The third operand may be NULL. */
#define TERNARY(name, generic)                                                                                         \
    static PyObject *name(PyObject *first, PyObject *second, PyObject *third)                                          \
    {                                                                                                                  \
        UNWRAP(a, first, NULL);                                                                                        \
        UNWRAP(b, second, NULL);                                                                                       \
        if (!third)                                                                                                    \
            return generic(a, b, NULL);                                                                                \
        UNWRAP(c, third, NULL);                                                                                        \
        return generic(a, b, c);                                                                                       \
    }

BINARY(proxy_getattro, PyObject_GetAttr)
UNARY(proxy_str, PyObject_Str)
TERNARY(proxy_call, PyObject_Call)
BINARY(proxy_add, PyNumber_Add)
BINARY(proxy_subtract, PyNumber_Subtract)
BINARY(proxy_multiply, PyNumber_Multiply)
BINARY(proxy_floor_divide, PyNumber_FloorDivide)
BINARY(proxy_true_divide, PyNumber_TrueDivide)
BINARY(proxy_remainder, PyNumber_Remainder)
BINARY(proxy_divmod, PyNumber_Divmod)
TERNARY(proxy_power, PyNumber_Power)
UNARY(proxy_negative, PyNumber_Negative)
UNARY(proxy_positive, PyNumber_Positive)
UNARY(proxy_absolute, PyNumber_Absolute)
UNARY(proxy_invert, PyNumber_Invert)
BINARY(proxy_lshift, PyNumber_Lshift)
BINARY(proxy_rshift, PyNumber_Rshift)
BINARY(proxy_and, PyNumber_And)
BINARY(proxy_xor, PyNumber_Xor)
BINARY(proxy_or, PyNumber_Or)
UNARY(proxy_int, PyNumber_Long)
UNARY(proxy_float, PyNumber_Float)
UNARY(proxy_index, PyNumber_Index)
BINARY(proxy_matmul, PyNumber_MatrixMultiply)
BINARY(proxy_iadd, PyNumber_InPlaceAdd)
BINARY(proxy_isubtract, PyNumber_InPlaceSubtract)
BINARY(proxy_imultiply, PyNumber_InPlaceMultiply)
BINARY(proxy_ifloor_divide, PyNumber_InPlaceFloorDivide)
BINARY(proxy_itrue_divide, PyNumber_InPlaceTrueDivide)
BINARY(proxy_iremainder, PyNumber_InPlaceRemainder)
TERNARY(proxy_ipower, PyNumber_InPlacePower)
BINARY(proxy_ilshift, PyNumber_InPlaceLshift)
BINARY(proxy_irshift, PyNumber_InPlaceRshift)
BINARY(proxy_iand, PyNumber_InPlaceAnd)
BINARY(proxy_ixor, PyNumber_InPlaceXor)
BINARY(proxy_ior, PyNumber_InPlaceOr)
BINARY(proxy_imatmul, PyNumber_InPlaceMatrixMultiply)
BINARY(proxy_getitem, PyObject_GetItem)
UNARY(proxy_iter, PyObject_GetIter)

static PyObject *proxy_repr(PyObject *self)
{
    PyObject *o = PyWeakref_GET_OBJECT(self);
    return PyUnicode_FromFormat("<weakproxy at %p to %s at %p>", self, Py_TYPE(o)->tp_name, o);
}

static int proxy_setattro(PyObject *self, PyObject *name, PyObject *value)
{
    UNWRAP(o, self, -1);
    return PyObject_SetAttr(o, name, value);
}

static PyObject *proxy_richcompare(PyObject *left, PyObject *right, int op)
{
    UNWRAP(a, left, NULL);
    UNWRAP(b, right, NULL);
    return PyObject_RichCompare(a, b, op);
}

static int proxy_bool(PyObject *self)
{
    UNWRAP(o, self, -1);
    return PyObject_IsTrue(o);
}

static Py_ssize_t proxy_length(PyObject *self)
{
    UNWRAP(o, self, -1);
    return PyObject_Size(o);
}

static int proxy_setitem(PyObject *self, PyObject *key, PyObject *value)
{
    UNWRAP(o, self, -1);
    return value ? PyObject_SetItem(o, key, value) : PyObject_DelItem(o, key);
}

static int proxy_contains(PyObject *self, PyObject *value)
{
    UNWRAP(o, self, -1);
    return PySequence_Contains(o, value);
}

static PyObject *proxy_iternext(PyObject *self)
{
    UNWRAP(o, self, NULL);
    if (!PyIter_Check(o))
        return k_raise(PyExc_TypeError, "Weakref proxy referenced a non-iterator '%.200s' object", Py_TYPE(o)->tp_name);
    return PyIter_Next(o);
}

METHOD_RAW(proxy, __bytes__, NOARGS, 0, NULL)
{
    UNWRAP(o, self, NULL);
    return PyObject_CallMethodObjArgs(o, K_STR("__bytes__"), NULL);
}

METHOD_RAW(proxy, __reversed__, NOARGS, 0, NULL)
{
    UNWRAP(o, self, NULL);
    return PyObject_CallMethodObjArgs(o, K_STR("__reversed__"), NULL);
}
METHODS_DECLARE(proxy);
METHODS_END(proxy);

static int proxy_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((PyWeakReference *)self)->wr_callback);
    return 0;
}

static int proxy_clear(PyObject *self)
{
    _PyWeakref_ClearRef((PyWeakReference *)self);
    Py_CLEAR(((PyWeakReference *)self)->wr_callback);
    return 0;
}

static void proxy_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    proxy_clear(self);
    PyObject_GC_Del(self);
}

static PyNumberMethods proxy_number = {
    .nb_add = proxy_add, .nb_subtract = proxy_subtract, .nb_multiply = proxy_multiply,
    .nb_remainder = proxy_remainder, .nb_divmod = proxy_divmod, .nb_power = proxy_power,
    .nb_negative = proxy_negative, .nb_positive = proxy_positive, .nb_absolute = proxy_absolute,
    .nb_bool = proxy_bool, .nb_invert = proxy_invert, .nb_lshift = proxy_lshift, .nb_rshift = proxy_rshift,
    .nb_and = proxy_and, .nb_xor = proxy_xor, .nb_or = proxy_or, .nb_int = proxy_int, .nb_float = proxy_float,
    .nb_inplace_add = proxy_iadd, .nb_inplace_subtract = proxy_isubtract, .nb_inplace_multiply = proxy_imultiply,
    .nb_inplace_remainder = proxy_iremainder, .nb_inplace_power = proxy_ipower, .nb_inplace_lshift = proxy_ilshift,
    .nb_inplace_rshift = proxy_irshift, .nb_inplace_and = proxy_iand, .nb_inplace_xor = proxy_ixor,
    .nb_inplace_or = proxy_ior, .nb_floor_divide = proxy_floor_divide, .nb_true_divide = proxy_true_divide,
    .nb_inplace_floor_divide = proxy_ifloor_divide, .nb_inplace_true_divide = proxy_itrue_divide,
    .nb_index = proxy_index, .nb_matrix_multiply = proxy_matmul, .nb_inplace_matrix_multiply = proxy_imatmul,
};
static PySequenceMethods proxy_sequence = { .sq_length = proxy_length, .sq_contains = proxy_contains };
static PyMappingMethods proxy_mapping = {
    .mp_length = proxy_length, .mp_subscript = proxy_getitem, .mp_ass_subscript = proxy_setitem
};

#define PROXY_SLOTS                                                                                                    \
    .tp_basicsize = sizeof(PyWeakReference), .tp_dealloc = proxy_dealloc, .tp_repr = proxy_repr,                       \
    .tp_as_number = &proxy_number, .tp_as_sequence = &proxy_sequence, .tp_as_mapping = &proxy_mapping,                 \
    .tp_hash = PyObject_HashNotImplemented, .tp_str = proxy_str, .tp_getattro = proxy_getattro,                        \
    .tp_setattro = proxy_setattro, .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,                                \
    .tp_traverse = proxy_traverse, .tp_clear = proxy_clear, .tp_richcompare = proxy_richcompare,                       \
    .tp_iter = proxy_iter, .tp_iternext = proxy_iternext, .tp_alloc = PyType_GenericAlloc

PyTypeObject _PyWeakref_ProxyType = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "weakref.ProxyType",
    .tp_methods = METHODS(proxy),
    PROXY_SLOTS,
};
K_TYPE(_PyWeakref_ProxyType);

PyTypeObject _PyWeakref_CallableProxyType = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "weakref.CallableProxyType",
    .tp_call = proxy_call,
    PROXY_SLOTS,
};
K_TYPE(_PyWeakref_CallableProxyType);
