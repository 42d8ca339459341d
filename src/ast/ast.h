/* ast.h - trees: the structs that nodes.def describes. A tree lives in one arena and dies with it.
 *
 * node->Name.id, node->BinOp.left: the member is named like the node's kind. Sequences are never NULL.
 * Objects in a tree (names, constants) are owned by the arena. */
#ifndef KAA_AST_AST_H
#define KAA_AST_AST_H

#include "base/arena.h"
#include "objects/object.h"

typedef struct Node Node;

typedef struct NodeSeq {
    Py_ssize_t n;
    Node *item[];
} NodeSeq;
typedef struct IdentSeq {
    Py_ssize_t n;
    PyObject *item[];
} IdentSeq;
typedef struct EnumSeq {
    Py_ssize_t n;
    int item[];
} EnumSeq;

typedef enum {
#define SUM(sum, attributes)
#define NODE(sum, node, fields)          node##_kind,
#define PRODUCT(node, attributes, fields) node##_kind,
#define ENUM_VALUE(type, name)
#include "ast/nodes.def"
#undef SUM
#undef NODE
#undef PRODUCT
#undef ENUM_VALUE
    NODE_KINDS
} NodeKind;

/* Load Store Del And Or Add ...: unique over all enums, so that a value names its enum too. */
typedef enum {
#define SUM(sum, attributes)
#define NODE(sum, node, fields)
#define PRODUCT(node, attributes, fields)
#define ENUM_VALUE(type, name) name,
#include "ast/nodes.def"
#undef SUM
#undef NODE
#undef PRODUCT
#undef ENUM_VALUE
    AST_ENUM_VALUES
} AstEnum;

typedef struct Position {
    int lineno, col_offset, end_lineno, end_col_offset; /* lines from 1, columns from 0 in UTF-8 bytes */
} Position;

struct Node {
    NodeKind kind;
    Position at; /* nodes of sums with attributes */
    union {      /* only as many bytes as the kind needs are allocated */
#define SUM(sum, attributes)
#define NODE(sum, node, fields)          struct { char node##_first[0]; fields } node;
#define PRODUCT(node, attributes, fields) struct { fields } node;
#define ENUM_VALUE(type, name)
#define ONE(node, sum, field)      Node *field;
#define OPT(node, sum, field)      Node *field; /* NULL when absent */
#define SEQ(node, sum, field)      NodeSeq *field;
#define SEQ_OPT(node, sum, field)  NodeSeq *field;
#define IDENT(node, field)         PyObject *field;
#define IDENT_OPT(node, field)     PyObject *field;
#define IDENT_SEQ(node, field)     IdentSeq *field;
#define STRING(node, field)        PyObject *field;
#define STRING_OPT(node, field)    PyObject *field;
#define CONSTANT(node, field)      PyObject *field;
#define INT(node, field)           int field;
#define INT_OPT(node, field)       int field;
#define ENUM(node, type, field)    AstEnum field;
#define ENUM_SEQ(node, type, field) EnumSeq *field;
#include "ast/nodes.def"
#undef SUM
#undef NODE
#undef PRODUCT
#undef ENUM_VALUE
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
    };
};

/* A zeroed node of this kind; NULL with MemoryError. Its sequences must be set (ast_seq(arena, 0) for empty ones). */
K_INT Node *ast_node(KArena *arena, NodeKind kind, Position at);
K_INT NodeSeq *ast_seq(KArena *arena, Py_ssize_t n); /* items NULL; NULL with MemoryError */
K_INT IdentSeq *ast_ident_seq(KArena *arena, Py_ssize_t n);
K_INT EnumSeq *ast_enum_seq(KArena *arena, Py_ssize_t n);

/* Checks a tree made from Python objects as CPython's validator does: 0, or -1 with ValueError or TypeError. */
K_INT K_STATUS int ast_validate(const Node *mod);

/* Between trees and the objects of module _ast. mode: 0 exec, 1 eval, 2 single. */
K_INT K_NEW PyObject *ast_to_object(const Node *mod);
K_INT Node *ast_from_object(PyObject *object, KArena *arena, int mode);
K_INT int ast_object_check(PyObject *object); /* 1 when it is an _ast.AST; -1 with an exception */

/* The docstring of a body, or NULL: borrowed. */
K_INT PyObject *ast_docstring(const NodeSeq *body);

/* Constant folding in place (3.11's ast_opt): optimize is the -O level. 0, or -1 with an exception. */
K_INT K_STATUS int ast_fold(Node *mod, KArena *arena, int optimize, int future_features);

/* The source text of an expression, as `from __future__ import annotations` stores it: a new str. */
K_INT K_NEW PyObject *ast_unparse(const Node *expr);

#endif
