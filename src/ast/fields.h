/* fields.h - nodes.def as data: what the conversions, the validator and module _ast walk. */
#ifndef KAA_AST_FIELDS_H
#define KAA_AST_FIELDS_H

#include "ast/ast.h"

typedef enum {
    FIELD_END, FIELD_ONE, FIELD_OPT, FIELD_SEQ, FIELD_SEQ_OPT, FIELD_IDENT, FIELD_IDENT_OPT, FIELD_IDENT_SEQ,
    FIELD_STRING, FIELD_STRING_OPT, FIELD_CONSTANT, FIELD_INT, FIELD_INT_OPT, FIELD_ENUM, FIELD_ENUM_SEQ
} FieldKind;

typedef struct AstField {
    FieldKind kind;
    const char *name, *type; /* type: the sum's, product's or enum's name */
    size_t offset;           /* in Node */
} AstField;

/* Sum types, enums among them; products are kinds of their own. */
typedef enum {
#define SUM(sum, attributes) sum##_sum,
#define NODE(sum, node, fields)
#define PRODUCT(node, attributes, fields) node##_sum,
#define ENUM_VALUE(type, name)
#include "ast/nodes.def"
#undef SUM
#undef NODE
#undef PRODUCT
#undef ENUM_VALUE
    expr_context_sum, boolop_sum, operator_sum, unaryop_sum, cmpop_sum,
    SUM_KINDS
} SumKind;

typedef struct AstKind {
    const char *name;
    const AstField *fields; /* up to FIELD_END */
    SumKind sum;
} AstKind;
typedef struct AstSum {
    const char *name;
    bool attributes, product;
} AstSum;

extern K_INT const AstKind ast_kinds[NODE_KINDS];
extern K_INT const AstSum ast_sums[SUM_KINDS];
extern K_INT const AstKind ast_enum_values[AST_ENUM_VALUES]; /* name and sum */

/* The class of a kind, sum or enum value in module _ast: borrowed; NULL with an exception. */
K_INT PyObject *ast_kind_class(NodeKind kind);
K_INT PyObject *ast_sum_class(SumKind sum);
K_INT PyObject *ast_enum_class(AstEnum value);
K_INT SumKind ast_sum_named(const char *name);

/* One recursion limit for everything that walks trees: frames of C cost a third of Python's. */
enum { AST_DEPTH_SCALE = 3 };
K_INT void ast_depth(int *depth, int *limit);

#endif
