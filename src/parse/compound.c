/* compound.c - if, while, for, try, with, def, class, match.
 *
 * In: tokens from the statement's first word on.  Out: its node. Start at parse_compound(). */
#include "parse/parser.h"
#include "runtime/errors.h"
#include "runtime/run.h"

bool parse_at_compound(Parser *p)
{
    switch ((int)kind(p)) {
    case KW_IF: case KW_WHILE: case KW_FOR: case KW_TRY: case KW_WITH: case KW_DEF: case KW_CLASS: case AT: case ASYNC:
        return true;
    }
    return false;
}

static NodeSeq *colon_block(Parser *p)
{
    return accept(p, COLON) ? parse_block(p) : NULL;
}

static NodeSeq *else_block(Parser *p)
{
    return accept(p, KW_ELSE) ? colon_block(p) : ast_seq(p->arena, 0);
}

/* ---- if, while ---- */
static Node *if_statement(Parser *p) /* at "if" or "elif" */
{
    int first = p->mark;
    advance(p);
    Node *test = parse_named(p);
    NodeSeq *body = test ? colon_block(p) : NULL, *orelse = NULL;
    if (!body)
        return NULL;
    if (at(p, KW_ELIF)) {
        if (!parser_enter(p, 1))
            return NULL;
        Node *elif = if_statement(p);
        parser_leave(p, 1);
        orelse = elif ? parser_one(p, elif) : NULL;
    } else {
        orelse = else_block(p);
    }
    Node *stmt = orelse ? new_since(p, first, If_kind) : NULL;
    if (!stmt)
        return NULL;
    stmt->If.test = test;
    stmt->If.body = body;
    stmt->If.orelse = orelse;
    return stmt;
}

static Node *while_statement(Parser *p)
{
    int first = p->mark;
    advance(p);
    Node *test = parse_named(p);
    NodeSeq *body = test ? colon_block(p) : NULL;
    NodeSeq *orelse = body ? else_block(p) : NULL;
    Node *stmt = orelse ? new_since(p, first, While_kind) : NULL;
    if (!stmt)
        return NULL;
    stmt->While.test = test;
    stmt->While.body = body;
    stmt->While.orelse = orelse;
    return stmt;
}

/* The async statements have their own kinds of nodes, with the same fields. */
#define FILL(stmt, async, kind, ...)                                \
    do {                                                            \
        if (async)                                                  \
            (stmt)->Async##kind = (typeof((stmt)->Async##kind)){ __VA_ARGS__ }; \
        else                                                        \
            (stmt)->kind = (typeof((stmt)->kind)){ __VA_ARGS__ };   \
    } while (0)

/* ---- for ---- */
static Node *for_statement(Parser *p, int first, bool async)
{
    advance(p);
    Node *target = parse_star_targets(p);
    Node *iter = target && accept(p, KW_IN) ? parse_star_expressions(p) : NULL;
    if (!iter || !accept(p, COLON))
        return NULL;
    PyObject *comment = NULL;
    if (at(p, TYPE_COMMENT) && !(comment = parser_type_comment(p)))
        return NULL;
    NodeSeq *body = parse_block(p);
    NodeSeq *orelse = body ? else_block(p) : NULL;
    Node *stmt = orelse ? new_since(p, first, async ? AsyncFor_kind : For_kind) : NULL;
    if (!stmt || (async && !parser_version(p, 5, "Async for loops are")))
        return NULL;
    FILL(stmt, async, For, .target = target, .iter = iter, .body = body, .orelse = orelse, .type_comment = comment);
    return stmt;
}

/* ---- with ---- */
static Node *with_item(Parser *p)
{
    Node *expr = parse_expression(p), *target = NULL;
    if (!expr)
        return NULL;
    if (accept(p, KW_AS)) {
        target = parse_star_target(p);
        if (!target || !(at(p, COMMA) || at(p, RPAR) || at(p, COLON)))
            return NULL;
    }
    Node *item = ast_node(p->arena, withitem_kind, (Position){ 0 });
    if (!item)
        return NULL;
    item->withitem.context_expr = expr;
    item->withitem.optional_vars = target;
    return item;
}

/* ( items ) : with an optional last comma. NULL without exception when it reads otherwise. */
static NodeSeq *items_in_parens(Parser *p)
{
    size_t base = p->nstack;
    advance(p);
    do {
        if (p->nstack > base && at(p, RPAR))
            break;
        if (!parser_push(p, with_item(p)))
            return NULL;
    } while (accept(p, COMMA));
    return accept(p, RPAR) && accept(p, COLON) ? parser_take(p, base) : NULL;
}

static NodeSeq *with_items(Parser *p, bool *in_parens)
{
    size_t base = p->nstack;
    int start = p->mark;
    if (at(p, LPAR)) {
        NodeSeq *items = items_in_parens(p);
        if (items || PyErr_Occurred()) {
            *in_parens = true;
            return items;
        }
        p->mark = start;
        p->nstack = base;
    }
    do {
        if (!parser_push(p, with_item(p)))
            return NULL;
    } while (accept(p, COMMA));
    return accept(p, COLON) ? parser_take(p, base) : NULL;
}

static Node *with_statement(Parser *p, int first, bool async)
{
    advance(p);
    bool in_parens = false;
    int start = p->mark;
    NodeSeq *items = with_items(p, &in_parens);
    PyObject *comment = NULL;
    if (items && at(p, TYPE_COMMENT)) {
        if (in_parens) { /* only the form without parentheses takes a type comment: read it as that */
            p->mark = start;
            in_parens = false;
            size_t base = p->nstack;
            Node *item = with_item(p);
            items = item && parser_push(p, item) && accept(p, COLON) ? parser_take(p, base) : NULL;
            if (!items || !at(p, TYPE_COMMENT))
                return NULL;
        }
        if (!(comment = parser_type_comment(p)))
            return NULL;
    }
    NodeSeq *body = items ? parse_block(p) : NULL;
    Node *stmt = body ? new_since(p, first, async ? AsyncWith_kind : With_kind) : NULL;
    if (!stmt || (in_parens && !parser_version(p, 9, "Parenthesized context managers are")) ||
        (async && !parser_version(p, 5, "Async with statements are")))
        return NULL;
    FILL(stmt, async, With, .items = items, .body = body, .type_comment = comment);
    return stmt;
}

/* ---- try ---- */
static Node *except_block(Parser *p, bool star)
{
    int first = p->mark;
    advance(p);
    if (accept(p, STAR) != star)
        return NULL;
    Node *type = NULL;
    PyObject *name = NULL;
    if (star || !at(p, COLON)) {
        type = parse_expression(p);
        if (!type || (accept(p, KW_AS) && !(name = parser_identifier(p))))
            return NULL;
    }
    NodeSeq *body = colon_block(p);
    Node *handler = body ? new_since(p, first, ExceptHandler_kind) : NULL;
    if (!handler)
        return NULL;
    handler->ExceptHandler.type = type;
    handler->ExceptHandler.name = name;
    handler->ExceptHandler.body = body;
    return handler;
}

/* Handlers are all plain or all except*. */
static NodeSeq *except_blocks(Parser *p, bool *star)
{
    size_t base = p->nstack;
    *star = at(p, KW_EXCEPT) && kind_ahead(p) == STAR;
    while (at(p, KW_EXCEPT)) {
        if (!parser_push(p, except_block(p, *star)))
            return NULL;
    }
    return parser_take(p, base);
}

static Node *try_statement(Parser *p)
{
    int first = p->mark;
    advance(p);
    bool star = false;
    NodeSeq *none = ast_seq(p->arena, 0);
    NodeSeq *body = colon_block(p);
    NodeSeq *handlers = body ? except_blocks(p, &star) : NULL;
    NodeSeq *orelse = !handlers ? NULL : handlers->n ? else_block(p) : none;
    if (!orelse)
        return NULL;
    NodeSeq *finalbody = none;
    if (accept(p, KW_FINALLY)) {
        finalbody = colon_block(p);
        if (!finalbody)
            return NULL;
    } else if (!handlers->n) {
        return NULL;
    }
    Node *stmt = new_since(p, first, star ? TryStar_kind : Try_kind);
    if (!stmt || (star && !parser_version(p, 11, "Exception groups are")))
        return NULL;
    if (star) {
        stmt->TryStar.body = body;
        stmt->TryStar.handlers = handlers;
        stmt->TryStar.orelse = orelse;
        stmt->TryStar.finalbody = finalbody;
    } else {
        stmt->Try.body = body;
        stmt->Try.handlers = handlers;
        stmt->Try.orelse = orelse;
        stmt->Try.finalbody = finalbody;
    }
    return stmt;
}

/* ---- def, class ---- */

/* A function's type comment stands behind its colon, or alone on the first line of its block. */
static bool function_comment(Parser *p, PyObject **comment)
{
    *comment = NULL;
    if (at(p, NEWLINE) && (p->flags & PyCF_TYPE_COMMENTS) && kind_ahead(p) == TYPE_COMMENT) {
        int start = p->mark;
        p->mark += 2;
        bool alone = at(p, NEWLINE) && kind_ahead(p) == INDENT;
        p->mark = start;
        if (!alone)
            return false;
        advance(p);
    }
    if (!at(p, TYPE_COMMENT))
        return true;
    *comment = parser_type_comment(p);
    return *comment != NULL;
}

static Node *def_statement(Parser *p, int first, bool async, NodeSeq *decorators)
{
    advance(p);
    PyObject *name = parser_identifier(p), *comment;
    Node *args = name && accept(p, LPAR) ? parse_params(p, false) : NULL;
    Node *returns = NULL;
    if (!args || !accept(p, RPAR) || (accept(p, RARROW) && !(returns = parse_expression(p))) || !accept(p, COLON) ||
        !function_comment(p, &comment))
        return NULL;
    NodeSeq *body = parse_block(p);
    Node *stmt = body ? new_since(p, first, async ? AsyncFunctionDef_kind : FunctionDef_kind) : NULL;
    if (!stmt || (async && !parser_version(p, 5, "Async functions are")))
        return NULL;
    FILL(stmt, async, FunctionDef, .name = name, .args = args, .body = body, .decorator_list = decorators,
         .returns = returns, .type_comment = comment);
    return stmt;
}

static Node *class_statement(Parser *p, NodeSeq *decorators)
{
    int first = p->mark;
    advance(p);
    PyObject *name = parser_identifier(p);
    NodeSeq *bases = ast_seq(p->arena, 0), *keywords = bases;
    if (!name || (accept(p, LPAR) && !parse_arguments(p, &bases, &keywords)))
        return NULL;
    NodeSeq *body = colon_block(p);
    Node *stmt = body ? new_since(p, first, ClassDef_kind) : NULL;
    if (!stmt)
        return NULL;
    stmt->ClassDef.name = name;
    stmt->ClassDef.bases = bases;
    stmt->ClassDef.keywords = keywords;
    stmt->ClassDef.body = body;
    stmt->ClassDef.decorator_list = decorators;
    return stmt;
}

static Node *async_statement(Parser *p, NodeSeq *decorators)
{
    int first = p->mark;
    advance(p);
    TokenKind next = kind(p);
    if (next == KW_DEF)
        return def_statement(p, first, true, decorators);
    if (decorators->n)
        return NULL;
    if (next == KW_WITH)
        return with_statement(p, first, true);
    return next == KW_FOR ? for_statement(p, first, true) : NULL;
}

static Node *decorated(Parser *p)
{
    size_t base = p->nstack;
    while (accept(p, AT)) {
        if (!parser_push(p, parse_named(p)) || !accept(p, NEWLINE))
            return NULL;
    }
    NodeSeq *decorators = parser_take(p, base);
    if (!decorators)
        return NULL;
    TokenKind next = kind(p);
    if (next == KW_DEF)
        return def_statement(p, p->mark, false, decorators);
    if (next == KW_CLASS)
        return class_statement(p, decorators);
    return next == ASYNC ? async_statement(p, decorators) : NULL;
}

/* ---- match ---- */
static Node *case_block(Parser *p)
{
    advance(p);
    Node *pattern = parse_patterns(p), *guard = NULL;
    if (!pattern || (accept(p, KW_IF) && !(guard = parse_named(p))))
        return NULL;
    NodeSeq *body = colon_block(p);
    Node *match_case = body ? ast_node(p->arena, match_case_kind, (Position){ 0 }) : NULL;
    if (!match_case)
        return NULL;
    match_case->match_case.pattern = pattern;
    match_case->match_case.guard = guard;
    match_case->match_case.body = body;
    return match_case;
}

/* x, *y make a tuple; one starred item needs its comma. */
static Node *match_subject(Parser *p)
{
    int first = p->mark;
    Node *subject = parse_star_named(p);
    if (!subject || !at(p, COMMA))
        return subject && subject->kind != Starred_kind ? subject : NULL;
    size_t base = p->nstack;
    if (!parser_push(p, subject))
        return NULL;
    while (accept(p, COMMA)) {
        if (at(p, COLON))
            break;
        if (!parser_push(p, parse_star_named(p)))
            return NULL;
    }
    Node *tuple = new_since(p, first, Tuple_kind);
    NodeSeq *elts = parser_take(p, base);
    if (!tuple || !elts)
        return NULL;
    tuple->Tuple.elts = elts;
    tuple->Tuple.ctx = Load;
    return tuple;
}

Node *parse_match(Parser *p)
{
    int first = p->mark;
    size_t base = p->nstack;
    advance(p);
    Node *subject = match_subject(p);
    if (!subject || !accept(p, COLON) || !accept(p, NEWLINE)) {
        p->mark = first;
        p->nstack = base;
        return NULL;
    }
    /* nothing but a match statement begins like this, so what fails from here on fails for good */
    if (!accept(p, INDENT) || !parser_enter(p, 8))
        return NULL;
    while (at_word(p, "case", 4)) {
        if (!parser_push(p, case_block(p)))
            return NULL;
    }
    parser_leave(p, 8);
    if (p->nstack == base || !accept(p, DEDENT))
        return NULL;
    Node *stmt = new_since(p, first, Match_kind);
    NodeSeq *cases = parser_take(p, base);
    if (!stmt || !cases || !parser_version(p, 10, "Pattern matching is"))
        return NULL;
    stmt->Match.subject = subject;
    stmt->Match.cases = cases;
    return stmt;
}

Node *parse_compound(Parser *p)
{
    NodeSeq *none = ast_seq(p->arena, 0);
    switch ((int)kind(p)) {
    case KW_IF:    return if_statement(p);
    case KW_WHILE: return while_statement(p);
    case KW_FOR:   return for_statement(p, p->mark, false);
    case KW_TRY:   return try_statement(p);
    case KW_WITH:  return with_statement(p, p->mark, false);
    case KW_DEF:   return def_statement(p, p->mark, false, none);
    case KW_CLASS: return class_statement(p, none);
    case AT:       return decorated(p);
    }
    return async_statement(p, none);
}
