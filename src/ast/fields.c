/* fields.c - nodes.def as tables, and the classes of module _ast that belong to them.
 *
 * Start at ast_kinds. */
#include "ast/fields.h"
#include "objects/protocol.h"
#include "runtime/errors.h"
#include "runtime/import.h"
#include "runtime/state.h"

#define SUM(sum, attributes)
#define ENUM_VALUE(type, name)
#define ONE(node, sum, field)       { FIELD_ONE, #field, #sum, offsetof(Node, node.field) },
#define OPT(node, sum, field)       { FIELD_OPT, #field, #sum, offsetof(Node, node.field) },
#define SEQ(node, sum, field)       { FIELD_SEQ, #field, #sum, offsetof(Node, node.field) },
#define SEQ_OPT(node, sum, field)   { FIELD_SEQ_OPT, #field, #sum, offsetof(Node, node.field) },
#define IDENT(node, field)          { FIELD_IDENT, #field, "identifier", offsetof(Node, node.field) },
#define IDENT_OPT(node, field)      { FIELD_IDENT_OPT, #field, "identifier", offsetof(Node, node.field) },
#define IDENT_SEQ(node, field)      { FIELD_IDENT_SEQ, #field, "identifier", offsetof(Node, node.field) },
#define STRING(node, field)         { FIELD_STRING, #field, "string", offsetof(Node, node.field) },
#define STRING_OPT(node, field)     { FIELD_STRING_OPT, #field, "string", offsetof(Node, node.field) },
#define CONSTANT(node, field)       { FIELD_CONSTANT, #field, "constant", offsetof(Node, node.field) },
#define INT(node, field)            { FIELD_INT, #field, "int", offsetof(Node, node.field) },
#define INT_OPT(node, field)        { FIELD_INT_OPT, #field, "int", offsetof(Node, node.field) },
#define ENUM(node, type, field)     { FIELD_ENUM, #field, #type, offsetof(Node, node.field) },
#define ENUM_SEQ(node, type, field) { FIELD_ENUM_SEQ, #field, #type, offsetof(Node, node.field) },
#define LAST_FIELD { FIELD_END, NULL, NULL, 0 }
#define NODE(sum, node, fields)           static const AstField node##_fields[] = { fields LAST_FIELD };
#define PRODUCT(node, attributes, fields) static const AstField node##_fields[] = { fields LAST_FIELD };
#include "ast/nodes.def"
#undef NODE
#undef PRODUCT
#undef ONE
#undef OPT
#undef SEQ
#undef SEQ_OPT
#undef IDENT
#undef IDENT_OPT
#undef IDENT_SEQ
#undef STRING
#undef STRING_OPT
#undef CONSTANT
#undef INT
#undef INT_OPT
#undef ENUM
#undef ENUM_SEQ

const AstKind ast_kinds[NODE_KINDS] = {
#define NODE(sum, node, fields)           [node##_kind] = { #node, node##_fields, sum##_sum },
#define PRODUCT(node, attributes, fields) [node##_kind] = { #node, node##_fields, node##_sum },
#include "ast/nodes.def"
#undef NODE
#undef PRODUCT
};
#undef ENUM_VALUE
#define NODE(sum, node, fields)
#define PRODUCT(node, attributes, fields)
const AstKind ast_enum_values[AST_ENUM_VALUES] = {
#define ENUM_VALUE(type, name) [name] = { #name, NULL, type##_sum },
#include "ast/nodes.def"
#undef ENUM_VALUE
};
#undef PRODUCT
#undef SUM
#define ENUM_VALUE(type, name)
const AstSum ast_sums[SUM_KINDS] = {
#define SUM(sum, attributes)              [sum##_sum] = { #sum, attributes, false },
#define PRODUCT(node, attributes, fields) [node##_sum] = { #node, attributes, true },
#include "ast/nodes.def"
#undef SUM
#undef PRODUCT
    [expr_context_sum] = { "expr_context", false, false },
    [boolop_sum] = { "boolop", false, false },
    [operator_sum] = { "operator", false, false },
    [unaryop_sum] = { "unaryop", false, false },
    [cmpop_sum] = { "cmpop", false, false },
};
#undef NODE
#undef ENUM_VALUE

/* Write-once: module _ast's classes live as long as the interpreter. */
static PyObject *kind_class[NODE_KINDS], *sum_class[SUM_KINDS], *enum_class[AST_ENUM_VALUES];

static PyObject *class_named(PyObject **slot, const char *name)
{
    if (*slot)
        return *slot;
    K_AUTO(PyObject *) module = PyImport_ImportModule("_ast");
    if (module)
        *slot = PyObject_GetAttrString(module, name);
    return *slot;
}

PyObject *ast_kind_class(NodeKind kind)
{
    return class_named(&kind_class[kind], ast_kinds[kind].name);
}

PyObject *ast_sum_class(SumKind sum)
{
    return class_named(&sum_class[sum], ast_sums[sum].name);
}

PyObject *ast_enum_class(AstEnum value)
{
    return class_named(&enum_class[value], ast_enum_values[value].name);
}

SumKind ast_sum_named(const char *name)
{
    int i = 0;
    while (strcmp(ast_sums[i].name, name) != 0)
        i++;
    return (SumKind)i;
}

void ast_depth(int *depth, int *limit)
{
    const PyThreadState *tstate = k_tstate();
    *depth = (tstate->recursion_limit - tstate->recursion_remaining) * AST_DEPTH_SCALE;
    *limit = tstate->recursion_limit > INT_MAX / AST_DEPTH_SCALE ? INT_MAX : tstate->recursion_limit * AST_DEPTH_SCALE;
}
