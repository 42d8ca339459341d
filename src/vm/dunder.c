/* dunder.c - operators whose methods are Python functions: which method begins, and what follows NotImplemented.
 *
 * In: the operands.  Out: the method the loop may call without C recursion, or the rest of the protocol after it
 * declined: the reflected method of the right operand, then TypeError. Start at vm_binary_method(). */
#include "code/opcode.h"
#include "objects/call.h"
#include "objects/func/func.h"
#include "objects/protocol.h"
#include "objects/type/type.h"
#include "runtime/errors.h"
#include "vm/helpers.h"

/* Names of an operator by its plain KBinaryOp, interned at first use. */
typedef struct OperatorNames {
    PyObject *method, *reflected, *in_place;
    const char *symbol;
} OperatorNames;

static OperatorNames names_of(uint32_t op)
{
#define NAMES(word, symbol) (OperatorNames){ K_STR("__" word "__"), K_STR("__r" word "__"), K_STR("__i" word "__"), symbol }
    switch ((KBinaryOp)(op % NB_INPLACE_ADD)) {
    case NB_ADD: return NAMES("add", "+");
    case NB_AND: return NAMES("and", "&");
    case NB_FLOOR_DIVIDE: return NAMES("floordiv", "//");
    case NB_LSHIFT: return NAMES("lshift", "<<");
    case NB_MATRIX_MULTIPLY: return NAMES("matmul", "@");
    case NB_MULTIPLY: return NAMES("mul", "*");
    case NB_REMAINDER: return NAMES("mod", "%");
    case NB_OR: return NAMES("or", "|");
    case NB_POWER: return NAMES("pow", "** or pow()");
    case NB_RSHIFT: return NAMES("rshift", ">>");
    case NB_SUBTRACT: return NAMES("sub", "-");
    case NB_TRUE_DIVIDE: return NAMES("truediv", "/");
    case NB_XOR: return NAMES("xor", "^");
    case NB_INPLACE_ADD:
    case NB_INPLACE_AND:
    case NB_INPLACE_FLOOR_DIVIDE:
    case NB_INPLACE_LSHIFT:
    case NB_INPLACE_MATRIX_MULTIPLY:
    case NB_INPLACE_MULTIPLY:
    case NB_INPLACE_REMAINDER:
    case NB_INPLACE_OR:
    case NB_INPLACE_POWER:
    case NB_INPLACE_RSHIFT:
    case NB_INPLACE_SUBTRACT:
    case NB_INPLACE_TRUE_DIVIDE:
    case NB_INPLACE_XOR: break;
    }
#undef NAMES
    Py_UNREACHABLE();
}

static int is_sequence(PyTypeObject *type)
{
    PySequenceMethods *m = type->tp_as_sequence;
    return m && (m->sq_concat || m->sq_repeat || m->sq_inplace_concat || m->sq_inplace_repeat);
}

/* The left operand's method comes first unless the right one's class derives from the left one's. */
static int left_comes_first(PyTypeObject *left, PyTypeObject *right)
{
    return PyType_HasFeature(left, Py_TPFLAGS_HEAPTYPE) && (left == right || !PyType_IsSubtype(right, left));
}

static PyObject *python_method(PyTypeObject *type, PyObject *name)
{
    PyObject *method = _PyType_Lookup(type, name);
    return method && PyFunction_Check(method) ? method : NULL;
}

PyObject *vm_binary_method(PyObject *left, PyObject *right, uint32_t op)
{
    PyTypeObject *type = Py_TYPE(left);
    if (!left_comes_first(type, Py_TYPE(right)) || is_sequence(type) || is_sequence(Py_TYPE(right)))
        return NULL;
    OperatorNames names = names_of(op);
    if (op >= NB_INPLACE_ADD && _PyType_Lookup(type, names.in_place))
        return NULL;
    return python_method(type, names.method);
}

PyObject *vm_binary_rest(PyObject *left, PyObject *right, uint32_t op)
{
    OperatorNames names = names_of(op);
    if (Py_TYPE(left) != Py_TYPE(right)) {
        K_AUTO(PyObject *) reflected = k_lookup_special(right, names.reflected);
        if (!reflected && PyErr_Occurred())
            return NULL;
        PyObject *result = reflected ? PyObject_CallOneArg(reflected, left) : NULL;
        if (reflected && result != Py_NotImplemented)
            return result;
        Py_XDECREF(result);
    }
    int in_place = op >= NB_INPLACE_ADD;
    const char *symbol = in_place && op == NB_INPLACE_POWER ? "**" : names.symbol;
    return k_raise(PyExc_TypeError, "unsupported operand type(s) for %.100s%s: '%.100s' and '%.100s'", symbol,
                   in_place ? "=" : "", Py_TYPE(left)->tp_name, Py_TYPE(right)->tp_name);
}

PyObject *vm_compare_method(PyObject *left, PyObject *right, int op)
{
    if (!left_comes_first(Py_TYPE(left), Py_TYPE(right)))
        return NULL;
    PyObject *const names[] = {
        [Py_LT] = K_STR("__lt__"), [Py_LE] = K_STR("__le__"), [Py_EQ] = K_STR("__eq__"),
        [Py_NE] = K_STR("__ne__"), [Py_GT] = K_STR("__gt__"), [Py_GE] = K_STR("__ge__"),
    };
    return python_method(Py_TYPE(left), names[op]);
}

PyObject *vm_compare_rest(PyObject *left, PyObject *right, int op)
{
    static const char *const symbols[] = { "<", "<=", "==", "!=", ">", ">=" };
    richcmpfunc compare = Py_TYPE(right)->tp_richcompare;
    if (compare) {
        PyObject *result = compare(right, left, _Py_SwappedOp[op]);
        if (result != Py_NotImplemented)
            return result;
        Py_DECREF(result);
    }
    if (op == Py_EQ || op == Py_NE)
        Py_RETURN_BOOL((left == right) == (op == Py_EQ));
    return k_raise(PyExc_TypeError, "'%s' not supported between instances of '%.100s' and '%.100s'", symbols[op],
                   Py_TYPE(left)->tp_name, Py_TYPE(right)->tp_name);
}
