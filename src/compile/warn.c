/* warn.c - SyntaxWarnings for expressions that cannot do what they seem to: a literal called, indexed or compared by
 * identity.
 *
 * In: expression nodes.  Out: 0, or -1 when a warning became an error. */
#include "compile/unit.h"

#include "objects/bytes/bytes.h"
#include "objects/complex.h"
#include "objects/float/float.h"
#include "objects/int/int.h"
#include "objects/str/str.h"
#include "objects/dict/dict.h"
#include "objects/func/func.h"
#include "objects/gen/gen.h"
#include "objects/list/list.h"
#include "objects/set/set.h"
#include "objects/slice.h"
#include "objects/tuple.h"

/* The type an expression surely has, or NULL. */
static PyTypeObject *known_type(const Node *node)
{
    switch ((int)node->kind) {
    case Tuple_kind:          return &PyTuple_Type;
    case List_kind:
    case ListComp_kind:       return &PyList_Type;
    case Dict_kind:
    case DictComp_kind:       return &PyDict_Type;
    case Set_kind:
    case SetComp_kind:        return &PySet_Type;
    case GeneratorExp_kind:   return &PyGen_Type;
    case Lambda_kind:         return &PyFunction_Type;
    case JoinedStr_kind:
    case FormattedValue_kind: return &PyUnicode_Type;
    case Constant_kind:       return Py_TYPE(node->Constant.value);
    }
    return NULL;
}

static bool is_literal(const Node *node)
{
    if (node->kind != Constant_kind)
        return false;
    PyObject *value = node->Constant.value;
    return PyLong_CheckExact(value) || PyFloat_CheckExact(value) || PyComplex_CheckExact(value) ||
           PyUnicode_CheckExact(value) || PyBytes_CheckExact(value) || PyTuple_CheckExact(value) ||
           PyFrozenSet_CheckExact(value);
}

int warn_comparison(Compiler *c, const Node *node)
{
    const EnumSeq *ops = node->Compare.ops;
    bool left = is_literal(node->Compare.left);
    for (Py_ssize_t i = 0; i < ops->n; i++) {
        bool right = is_literal(node->Compare.comparators->item[i]);
        if ((ops->item[i] == Is || ops->item[i] == IsNot) && (left || right))
            return compile_warn(c, ops->item[i] == Is ? "\"is\" with a literal. Did you mean \"==\"?"
                                                      : "\"is not\" with a literal. Did you mean \"!=\"?");
        left = right;
    }
    return 0;
}

int warn_caller(Compiler *c, const Node *callee)
{
    switch ((int)callee->kind) {
    case Constant_kind:
    case Tuple_kind:
    case List_kind:
    case ListComp_kind:
    case Dict_kind:
    case DictComp_kind:
    case Set_kind:
    case SetComp_kind:
    case GeneratorExp_kind:
    case JoinedStr_kind:
    case FormattedValue_kind:
        return compile_warn(c, "'%.200s' object is not callable; perhaps you missed a comma?", known_type(callee)->tp_name);
    }
    return 0;
}

int warn_subscripted(Compiler *c, const Node *value)
{
    switch ((int)value->kind) {
    case Constant_kind: {
        PyObject *constant = value->Constant.value;
        if (constant != Py_None && constant != Py_Ellipsis && !PyLong_Check(constant) && !PyFloat_Check(constant) &&
            !PyComplex_Check(constant) && !PyAnySet_Check(constant))
            return 0;
        break;
    }
    case Set_kind:
    case SetComp_kind:
    case GeneratorExp_kind:
    case Lambda_kind: break;
    default:          return 0;
    }
    return compile_warn(c, "'%.200s' object is not subscriptable; perhaps you missed a comma?", known_type(value)->tp_name);
}

int warn_index(Compiler *c, const Node *value, const Node *index)
{
    PyTypeObject *type = known_type(index);
    if (!type || PyType_FastSubclass(type, Py_TPFLAGS_LONG_SUBCLASS) || type == &PySlice_Type)
        return 0;
    switch ((int)value->kind) {
    case Constant_kind: {
        PyObject *constant = value->Constant.value;
        if (!PyUnicode_Check(constant) && !PyBytes_Check(constant) && !PyTuple_Check(constant))
            return 0;
        break;
    }
    case Tuple_kind:
    case List_kind:
    case ListComp_kind:
    case JoinedStr_kind:
    case FormattedValue_kind: break;
    default:                  return 0;
    }
    return compile_warn(c, "%.200s indices must be integers or slices, not %.200s; perhaps you missed a comma?",
                        known_type(value)->tp_name, type->tp_name);
}
