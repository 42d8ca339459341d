/* patterns.c - the patterns of match statements.
 *
 * In: tokens behind "case".  Out: pattern nodes. Start at parse_patterns(). */
#include "objects/complex.h"
#include "objects/str/str.h"
#include "parse/parser.h"
#include "runtime/errors.h"

static Node *pattern(Parser *p);

/* ---- literals and names as expressions ---- */
static Node *real_number(Parser *p) /* a number with an optional minus */
{
    int first = p->mark;
    if (!accept(p, MINUS))
        return at(p, NUMBER) ? parse_number(p) : NULL;
    Node *operand = at(p, NUMBER) ? parse_number(p) : NULL;
    Node *node = operand ? new_since(p, first, UnaryOp_kind) : NULL;
    if (!node)
        return NULL;
    node->UnaryOp.op = USub;
    node->UnaryOp.operand = operand;
    return node;
}

static bool is_complex(const Node *number)
{
    const Node *constant = number->kind == UnaryOp_kind ? number->UnaryOp.operand : number;
    return PyComplex_CheckExact(constant->Constant.value);
}

static Node *complain(Parser *p, const Node *number, const char *message)
{
    parse_raise_at(p, PyExc_SyntaxError, number->at.lineno, number->at.col_offset, number->at.end_lineno,
                   number->at.end_col_offset, "%s", message);
    return NULL;
}

static Node *number(Parser *p) /* 1, -1, 1 + 2j */
{
    int first = p->mark;
    Node *left = real_number(p);
    if (!left || !(at(p, PLUS) || at(p, MINUS)))
        return left;
    AstEnum op = advance(p)->kind == PLUS ? Add : Sub;
    if (is_complex(left))
        return complain(p, left, "real number required in complex literal");
    Node *right = at(p, NUMBER) ? parse_number(p) : NULL;
    if (!right)
        return NULL;
    if (!is_complex(right))
        return complain(p, right, "imaginary number required in complex literal");
    Node *node = new_since(p, first, BinOp_kind);
    if (!node)
        return NULL;
    node->BinOp.left = left;
    node->BinOp.op = op;
    node->BinOp.right = right;
    return node;
}

static PyObject *singleton(TokenKind kind)
{
    return kind == KW_NONE ? Py_None : kind == KW_TRUE ? Py_True : kind == KW_FALSE ? Py_False : NULL;
}

static Node *constant_node(Parser *p, PyObject *value)
{
    advance(p);
    Node *node = new_since(p, p->mark - 1, Constant_kind);
    if (node)
        node->Constant.value = value;
    return node;
}

static Node *name_node(Parser *p)
{
    int first = p->mark;
    PyObject *id = parser_identifier(p);
    Node *node = id ? new_since(p, first, Name_kind) : NULL;
    if (!node)
        return NULL;
    node->Name.id = id;
    node->Name.ctx = Load;
    return node;
}

static Node *dotted(Parser *p) /* a, a.b.c */
{
    int first = p->mark;
    Node *value = name_node(p);
    while (value && accept(p, DOT)) {
        PyObject *attr = parser_identifier(p);
        Node *node = attr ? new_since(p, first, Attribute_kind) : NULL;
        if (!node)
            return NULL;
        node->Attribute.value = value;
        node->Attribute.attr = attr;
        node->Attribute.ctx = Load;
        value = node;
    }
    return value;
}

/* ---- captures ---- */
static bool is_wildcard(Parser *p)
{
    return at_word(p, "_", 1);
}

static bool name_goes_on(TokenKind kind)
{
    return kind == DOT || kind == LPAR || kind == EQUAL;
}

static PyObject *capture_name(Parser *p) /* no wildcard, nothing that goes on */
{
    if (!at(p, NAME) || is_wildcard(p) || name_goes_on(kind_ahead(p)))
        return NULL;
    return parser_identifier(p);
}

static Node *as_node(Parser *p, int first, Node *inner, PyObject *name)
{
    Node *node = new_since(p, first, MatchAs_kind);
    if (!node)
        return NULL;
    node->MatchAs.pattern = inner;
    node->MatchAs.name = name;
    return node;
}

static Node *star(Parser *p)
{
    int first = p->mark;
    advance(p);
    PyObject *name = NULL;
    if (is_wildcard(p))
        advance(p);
    else if (!(name = capture_name(p)))
        return NULL;
    Node *node = new_since(p, first, MatchStar_kind);
    if (node)
        node->MatchStar.name = name;
    return node;
}

/* ---- sequences ---- */
static Node *maybe_star(Parser *p)
{
    return at(p, STAR) ? star(p) : pattern(p);
}

static Node *sequence_node(Parser *p, int first, size_t base)
{
    NodeSeq *patterns = parser_take(p, base);
    Node *node = patterns ? new_since(p, first, MatchSequence_kind) : NULL;
    if (node)
        node->MatchSequence.patterns = patterns;
    return node;
}

/* Further items up to the closing token. */
static bool items_until(Parser *p, TokenKind end, TokenKind other_end)
{
    while (accept(p, COMMA)) {
        if (at(p, end) || at(p, other_end))
            return true;
        if (!parser_push(p, maybe_star(p)))
            return false;
    }
    return true;
}

static Node *in_brackets(Parser *p, TokenKind end)
{
    int first = p->mark;
    size_t base = p->nstack;
    advance(p);
    if (!parser_enter(p, PARSE_PAREN_LEVELS))
        return NULL;
    Node *group = NULL;
    if (!at(p, end)) {
        Node *item = maybe_star(p);
        if (!item)
            return NULL;
        if (end == RPAR && at(p, RPAR) && item->kind != MatchStar_kind)
            group = item;
        else if (end == RPAR && !at(p, COMMA))
            return NULL;
        if (!parser_push(p, item) || !items_until(p, end, end))
            return NULL;
    }
    parser_leave(p, PARSE_PAREN_LEVELS);
    if (!accept(p, end))
        return NULL;
    if (group)
        p->nstack = base;
    return group ? group : sequence_node(p, first, base);
}

/* ---- mappings ---- */
static Node *mapping_key(Parser *p)
{
    TokenKind next = kind(p);
    if (next == NUMBER || next == MINUS)
        return number(p);
    if (next == STRING)
        return parse_strings(p);
    PyObject *value = singleton(next);
    if (value)
        return constant_node(p, value);
    Node *key = dotted(p);
    return key && key->kind == Attribute_kind ? key : NULL;
}

static Node *mapping(Parser *p)
{
    int first = p->mark;
    size_t base = p->nstack;
    PyObject *rest = NULL;
    advance(p);
    if (!parser_enter(p, PARSE_PAREN_LEVELS))
        return NULL;
    while (!at(p, RBRACE)) {
        if (accept(p, DOUBLESTAR)) {
            rest = capture_name(p);
            accept(p, COMMA);
            if (!rest)
                return NULL;
            break;
        }
        if (!parser_push(p, mapping_key(p)) || !accept(p, COLON) || !parser_push(p, pattern(p)))
            return NULL;
        if (!accept(p, COMMA))
            break;
    }
    parser_leave(p, PARSE_PAREN_LEVELS);
    Py_ssize_t n = (Py_ssize_t)(p->nstack - base) / 2;
    NodeSeq *keys = ast_seq(p->arena, n), *patterns = ast_seq(p->arena, n);
    Node *node = accept(p, RBRACE) ? new_since(p, first, MatchMapping_kind) : NULL;
    if (!node || !keys || !patterns)
        return NULL;
    for (Py_ssize_t i = 0; i < n; i++) {
        keys->item[i] = p->stack[base + (size_t)i * 2];
        patterns->item[i] = p->stack[base + (size_t)i * 2 + 1];
    }
    p->nstack = base;
    node->MatchMapping.keys = keys;
    node->MatchMapping.patterns = patterns;
    node->MatchMapping.rest = rest;
    return node;
}

/* ---- classes ---- */
static Node *class_pattern(Parser *p, int first, Node *cls)
{
    size_t base = p->nstack;
    advance(p);
    if (!parser_enter(p, PARSE_PAREN_LEVELS))
        return NULL;
    NodeSeq *patterns = NULL;
    while (!at(p, RPAR)) {
        bool keyword = at(p, NAME) && kind_ahead(p) == EQUAL;
        if (patterns && !keyword)
            return NULL; /* a positional one behind keywords */
        if (keyword) {
            if (!patterns && !(patterns = parser_take(p, base)))
                return NULL;
            if (!parser_push(p, parser_identifier(p)))
                return NULL;
            advance(p);
        }
        if (!parser_push(p, pattern(p)))
            return NULL;
        if (!accept(p, COMMA))
            break;
    }
    parser_leave(p, PARSE_PAREN_LEVELS);
    if (!patterns && !(patterns = parser_take(p, base)))
        return NULL;
    Py_ssize_t n = (Py_ssize_t)(p->nstack - base) / 2;
    IdentSeq *names = ast_ident_seq(p->arena, n);
    NodeSeq *values = ast_seq(p->arena, n);
    Node *node = accept(p, RPAR) ? new_since(p, first, MatchClass_kind) : NULL;
    if (!node || !names || !values)
        return NULL;
    for (Py_ssize_t i = 0; i < n; i++) {
        names->item[i] = p->stack[base + (size_t)i * 2];
        values->item[i] = p->stack[base + (size_t)i * 2 + 1];
    }
    p->nstack = base;
    node->MatchClass.cls = cls;
    node->MatchClass.patterns = patterns;
    node->MatchClass.kwd_attrs = names;
    node->MatchClass.kwd_patterns = values;
    return node;
}

/* ---- the whole ---- */
static Node *value_node(Parser *p, int first, Node *value)
{
    Node *node = value ? new_since(p, first, MatchValue_kind) : NULL;
    if (node)
        node->MatchValue.value = value;
    return node;
}

static Node *named_pattern(Parser *p)
{
    int first = p->mark;
    TokenKind ahead = kind_ahead(p);
    if (!name_goes_on(ahead)) {
        if (is_wildcard(p)) {
            advance(p);
            return as_node(p, first, NULL, NULL);
        }
        PyObject *name = parser_identifier(p);
        return name ? as_node(p, first, NULL, name) : NULL;
    }
    Node *name = dotted(p);
    if (!name)
        return NULL;
    if (at(p, LPAR))
        return class_pattern(p, first, name);
    return name->kind == Attribute_kind && !at(p, EQUAL) ? value_node(p, first, name) : NULL;
}

static Node *closed_pattern(Parser *p)
{
    int first = p->mark;
    TokenKind next = kind(p);
    if (next == NAME)
        return named_pattern(p);
    if (next == NUMBER || next == MINUS)
        return value_node(p, first, number(p));
    if (next == STRING)
        return value_node(p, first, parse_strings(p));
    if (next == LPAR || next == LSQB)
        return in_brackets(p, next == LPAR ? RPAR : RSQB);
    if (next == LBRACE)
        return mapping(p);
    PyObject *value = singleton(next);
    if (!value)
        return NULL;
    advance(p);
    Node *node = new_since(p, first, MatchSingleton_kind);
    if (node)
        node->MatchSingleton.value = value;
    return node;
}

static Node *or_pattern(Parser *p)
{
    int first = p->mark;
    Node *item = closed_pattern(p);
    if (!item || !at(p, VBAR))
        return item;
    size_t base = p->nstack;
    if (!parser_push(p, item))
        return NULL;
    while (accept(p, VBAR)) {
        if (!parser_push(p, closed_pattern(p)))
            return NULL;
    }
    NodeSeq *patterns = parser_take(p, base);
    Node *node = patterns ? new_since(p, first, MatchOr_kind) : NULL;
    if (node)
        node->MatchOr.patterns = patterns;
    return node;
}

static Node *pattern(Parser *p)
{
    int first = p->mark;
    Node *inner = or_pattern(p);
    if (!inner || !accept(p, KW_AS))
        return inner;
    PyObject *name = capture_name(p);
    return name ? as_node(p, first, inner, name) : NULL;
}

Node *parse_patterns(Parser *p)
{
    int first = p->mark;
    Node *item = maybe_star(p);
    if (!item || !at(p, COMMA))
        return item && item->kind != MatchStar_kind ? item : NULL;
    size_t base = p->nstack;
    if (!parser_push(p, item) || !items_until(p, COLON, KW_IF))
        return NULL;
    return sequence_node(p, first, base);
}
