/* targets.c - expressions as targets of assignments, for and del.
 *
 * In: an expression read as a value, or tokens.  Out: the same nodes with their context set, or NULL when the grammar
 * allows no such target. Start at parse_as_target(). */
#include "parse/parser.h"

static bool mark_items(Parser *p, NodeSeq *elts, AstEnum ctx)
{
    for (Py_ssize_t i = 0; i < elts->n; i++) {
        if (!parse_as_target(p, elts->item[i], ctx))
            return false;
    }
    return true;
}

Node *parse_as_target(Parser *p, Node *expr, AstEnum ctx)
{
    switch ((int)expr->kind) {
    case Name_kind:
        expr->Name.ctx = ctx;
        return expr;
    case Attribute_kind:
        expr->Attribute.ctx = ctx;
        return expr;
    case Subscript_kind:
        expr->Subscript.ctx = ctx;
        return expr;
    case Starred_kind:
        if (ctx == Del || expr->Starred.value->kind == Starred_kind)
            return NULL;
        expr->Starred.ctx = ctx;
        return parse_as_target(p, expr->Starred.value, ctx) ? expr : NULL;
    case List_kind:
        expr->List.ctx = ctx;
        return mark_items(p, expr->List.elts, ctx) ? expr : NULL;
    case Tuple_kind:
        expr->Tuple.ctx = ctx;
        return mark_items(p, expr->Tuple.elts, ctx) ? expr : NULL;
    }
    return NULL;
}

Node *parse_star_target(Parser *p)
{
    int first = p->mark;
    if (!accept(p, STAR)) {
        Node *target = parse_primary(p);
        return target ? parse_as_target(p, target, Store) : NULL;
    }
    Node *value = parse_primary(p);
    if (!value || !parse_as_target(p, value, Store))
        return NULL;
    Node *starred = new_since(p, first, Starred_kind);
    if (!starred)
        return NULL;
    starred->Starred.value = value;
    starred->Starred.ctx = Store;
    return starred;
}

Node *parse_star_targets(Parser *p)
{
    int first = p->mark;
    Node *target = parse_star_target(p);
    if (!target || !at(p, COMMA))
        return target;
    size_t base = p->nstack;
    if (!parser_push(p, target))
        return NULL;
    while (accept(p, COMMA)) {
        if (at(p, KW_IN))
            break;
        if (!parser_push(p, parse_star_target(p)))
            return NULL;
    }
    Node *tuple = new_since(p, first, Tuple_kind);
    NodeSeq *elts = parser_take(p, base);
    if (!tuple || !elts)
        return NULL;
    tuple->Tuple.elts = elts;
    tuple->Tuple.ctx = Store;
    return tuple;
}
