/* ast.c - making nodes and sequences of a tree.
 *
 * In: kinds and sizes.  Out: zeroed blocks of the arena.
 * A node takes only the bytes its kind needs, but no less than folding may turn it into: never copy one by assignment of
 * the struct. */
#include "ast/ast.h"
#include "objects/str/str.h"
#include "runtime/errors.h"

static const size_t node_size[NODE_KINDS] = {
#define SUM(sum, attributes)
#define NODE(sum, node, fields)           [node##_kind] = offsetof(Node, node) + sizeof(((Node *)0)->node),
#define PRODUCT(node, attributes, fields) [node##_kind] = offsetof(Node, node) + sizeof(((Node *)0)->node),
#define ENUM_VALUE(type, name)
#include "ast/nodes.def"
#undef SUM
#undef NODE
#undef PRODUCT
#undef ENUM_VALUE
};

/* Sequences without items are shared and never written. */
static const NodeSeq no_nodes;
static const IdentSeq no_idents;
static const EnumSeq no_enums;

static void *block_of(KArena *arena, size_t head, size_t item, Py_ssize_t n)
{
    void *block = (size_t)n > (SIZE_MAX - head) / item ? NULL : arena_alloc(arena, head + item * (size_t)n);
    return block ? block : PyErr_NoMemory();
}

Node *ast_node(KArena *arena, NodeKind kind, Position at)
{
    enum { LARGEST_FOLDED = offsetof(Node, Compare) + sizeof(((Node *)0)->Compare) }; /* `not a in b` */
    _Static_assert(sizeof(((Node *)0)->Compare) >= sizeof(((Node *)0)->Constant), "any expression may become a constant");
    Node *node = block_of(arena, Py_MAX(node_size[kind], LARGEST_FOLDED), 1, 0);
    if (node) {
        node->kind = kind;
        node->at = at;
    }
    return node;
}

NodeSeq *ast_seq(KArena *arena, Py_ssize_t n)
{
    if (!n)
        return (NodeSeq *)&no_nodes;
    NodeSeq *seq = block_of(arena, sizeof *seq, sizeof seq->item[0], n);
    if (seq)
        seq->n = n;
    return seq;
}

IdentSeq *ast_ident_seq(KArena *arena, Py_ssize_t n)
{
    if (!n)
        return (IdentSeq *)&no_idents;
    IdentSeq *seq = block_of(arena, sizeof *seq, sizeof seq->item[0], n);
    if (seq)
        seq->n = n;
    return seq;
}

EnumSeq *ast_enum_seq(KArena *arena, Py_ssize_t n)
{
    if (!n)
        return (EnumSeq *)&no_enums;
    EnumSeq *seq = block_of(arena, sizeof *seq, sizeof seq->item[0], n);
    if (seq)
        seq->n = n;
    return seq;
}

PyObject *ast_docstring(const NodeSeq *body)
{
    if (!body->n || body->item[0]->kind != Expr_kind)
        return NULL;
    const Node *value = body->item[0]->Expr.value;
    if (value->kind != Constant_kind || !PyUnicode_CheckExact(value->Constant.value))
        return NULL;
    return value->Constant.value;
}
