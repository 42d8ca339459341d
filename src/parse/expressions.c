/* expressions.c - everything with operators, from lists of expressions down to powers.
 *
 * In: tokens.  Out: expression nodes. Binary operators are climbed by precedence; the loosest (lambda, if-else, or,
 * and, not, comparison) have functions of their own. Start at parse_expression(). */
#include "parse/parser.h"
#include "runtime/errors.h"

/* ---- binary operators ---- */
typedef struct Binary {
    unsigned char precedence; /* 0: no binary operator */
    unsigned char op;
} Binary;

enum { BIT_OR = 1, BIT_XOR, BIT_AND, SHIFT, SUM_, TERM };

static const Binary binary[TOKEN_KINDS] = {
    [VBAR] = { BIT_OR, BitOr },      [CIRCUMFLEX] = { BIT_XOR, BitXor }, [AMPER] = { BIT_AND, BitAnd },
    [LEFTSHIFT] = { SHIFT, LShift }, [RIGHTSHIFT] = { SHIFT, RShift },   [PLUS] = { SUM_, Add },
    [MINUS] = { SUM_, Sub },         [STAR] = { TERM, Mult },            [SLASH] = { TERM, Div },
    [DOUBLESLASH] = { TERM, FloorDiv }, [PERCENT] = { TERM, Mod },       [AT] = { TERM, MatMult },
};

/* Nodes begin at their first token: that of (a) + b is the parenthesis. */
static Node *binary_node(Parser *p, int first, Node *left, AstEnum op, Node *right)
{
    Node *node = right ? new_since(p, first, BinOp_kind) : NULL;
    if (!node)
        return NULL;
    node->BinOp.left = left;
    node->BinOp.op = op;
    node->BinOp.right = right;
    return node;
}

static Node *await_primary(Parser *p)
{
    if (!at(p, AWAIT))
        return parse_primary(p);
    int first = p->mark;
    advance(p);
    Node *value = parse_primary(p);
    Node *node = value && parser_version(p, 5, "Await expressions are") ? new_since(p, first, Await_kind) : NULL;
    if (node)
        node->Await.value = value;
    return node;
}

static Node *factor(Parser *p)
{
    int first = p->mark;
    TokenKind sign = kind(p);
    if (sign != PLUS && sign != MINUS && sign != TILDE) {
        Node *base = await_primary(p);
        if (!base || !at(p, DOUBLESTAR))
            return base;
        advance(p);
        if (!parser_enter(p, 2))
            return NULL;
        Node *power = binary_node(p, first, base, Pow, factor(p));
        parser_leave(p, 2);
        return power;
    }
    advance(p);
    if (!parser_enter(p, 1))
        return NULL;
    Node *operand = factor(p);
    parser_leave(p, 1);
    Node *node = operand ? new_since(p, first, UnaryOp_kind) : NULL;
    if (!node)
        return NULL;
    node->UnaryOp.op = sign == PLUS ? UAdd : sign == MINUS ? USub : Invert;
    node->UnaryOp.operand = operand;
    return node;
}

static Node *binary_from(Parser *p, int precedence)
{
    int first = p->mark;
    Node *left = factor(p);
    while (left) {
        const Binary *operator = &binary[kind(p)];
        if (operator->precedence < precedence || !operator->precedence)
            return left;
        advance(p);
        left = binary_node(p, first, left, (AstEnum)operator->op, binary_from(p, operator->precedence + 1));
        if (left && operator->op == MatMult && !parser_version(p, 5, "The '@' operator is"))
            return NULL;
    }
    return NULL;
}

Node *parse_bitwise_or(Parser *p)
{
    return binary_from(p, BIT_OR);
}

/* ---- comparisons ---- */

/* Consumes a comparison operator; Load when there is none. */
static AstEnum comparison_operator(Parser *p)
{
    static const unsigned char operators[TOKEN_KINDS] = {
        [EQEQUAL] = Eq, [LESS] = Lt, [LESSEQUAL] = LtE, [GREATER] = Gt, [GREATEREQUAL] = GtE, [KW_IN] = In,
    };
    TokenKind next = kind(p);
    if (operators[next]) {
        advance(p);
        return (AstEnum)operators[next];
    }
    if (next == NOTEQUAL) {
        if (!parser_not_equal(p, p->token[p->mark]))
            return Load;
        advance(p);
        return NotEq;
    }
    if (next == KW_IS) {
        advance(p);
        return accept(p, KW_NOT) ? IsNot : Is;
    }
    if (next == KW_NOT && kind_ahead(p) == KW_IN) {
        p->mark += 2;
        return NotIn;
    }
    return Load;
}

static Node *comparison(Parser *p)
{
    int first = p->mark;
    Node *left = parse_bitwise_or(p);
    if (!left)
        return NULL;
    AstEnum op = comparison_operator(p);
    if (op == Load)
        return left;
    size_t base = p->nstack;
    do {
        if (!parser_push(p, (void *)((intptr_t)op + 1)) || !parser_push(p, parse_bitwise_or(p)))
            return NULL;
        op = comparison_operator(p);
    } while (op != Load);
    Py_ssize_t n = (Py_ssize_t)(p->nstack - base) / 2;
    Node *node = new_since(p, first, Compare_kind);
    EnumSeq *ops = ast_enum_seq(p->arena, n);
    NodeSeq *comparators = ast_seq(p->arena, n);
    if (!node || !ops || !comparators)
        return NULL;
    for (Py_ssize_t i = 0; i < n; i++) {
        ops->item[i] = (int)((intptr_t)p->stack[base + (size_t)i * 2] - 1);
        comparators->item[i] = p->stack[base + (size_t)i * 2 + 1];
    }
    p->nstack = base;
    node->Compare.left = left;
    node->Compare.ops = ops;
    node->Compare.comparators = comparators;
    return node;
}

/* ---- not, and, or ---- */
static Node *inversion(Parser *p)
{
    if (!at(p, KW_NOT))
        return comparison(p);
    int first = p->mark;
    advance(p);
    if (!parser_enter(p, 1))
        return NULL;
    Node *operand = inversion(p);
    parser_leave(p, 1);
    Node *node = operand ? new_since(p, first, UnaryOp_kind) : NULL;
    if (!node)
        return NULL;
    node->UnaryOp.op = Not;
    node->UnaryOp.operand = operand;
    return node;
}

static Node *bool_op(Parser *p, TokenKind word, AstEnum op, Node *(*item)(Parser *p))
{
    int first = p->mark;
    Node *only = item(p);
    if (!only || !at(p, word))
        return only;
    size_t base = p->nstack;
    if (!parser_push(p, only))
        return NULL;
    while (accept(p, word)) {
        if (!parser_push(p, item(p)))
            return NULL;
    }
    Node *node = new_since(p, first, BoolOp_kind);
    NodeSeq *values = parser_take(p, base);
    if (!node || !values)
        return NULL;
    node->BoolOp.op = op;
    node->BoolOp.values = values;
    return node;
}

static Node *conjunction(Parser *p)
{
    return bool_op(p, KW_AND, And, inversion);
}

Node *parse_disjunction(Parser *p)
{
    return bool_op(p, KW_OR, Or, conjunction);
}

/* ---- lambda, if-else, := ---- */
static Node *lambda(Parser *p)
{
    int first = p->mark;
    advance(p);
    if (!parser_enter(p, 2))
        return NULL;
    Node *args = parse_params(p, true);
    Node *body = args && accept(p, COLON) ? parse_expression(p) : NULL;
    parser_leave(p, 2);
    Node *node = body ? new_since(p, first, Lambda_kind) : NULL;
    if (!node)
        return NULL;
    node->Lambda.args = args;
    node->Lambda.body = body;
    return node;
}

Node *parse_expression(Parser *p)
{
    if (at(p, KW_LAMBDA))
        return lambda(p);
    int first = p->mark;
    Node *body = parse_disjunction(p);
    if (!body || !at(p, KW_IF))
        return body;
    advance(p);
    if (!parser_enter(p, 1))
        return NULL;
    Node *test = parse_disjunction(p);
    Node *orelse = test && accept(p, KW_ELSE) ? parse_expression(p) : NULL;
    parser_leave(p, 1);
    Node *node = orelse ? new_since(p, first, IfExp_kind) : NULL;
    if (!node)
        return NULL;
    node->IfExp.test = test;
    node->IfExp.body = body;
    node->IfExp.orelse = orelse;
    return node;
}

Node *parse_named(Parser *p)
{
    if (!at(p, NAME) || kind_ahead(p) != COLONEQUAL)
        return parse_expression(p);
    int first = p->mark;
    PyObject *id = parser_identifier(p);
    Node *target = id ? new_since(p, first, Name_kind) : NULL;
    if (!target)
        return NULL;
    target->Name.id = id;
    target->Name.ctx = Store;
    advance(p);
    Node *value = parse_expression(p);
    if (!value || !parser_version(p, 8, "Assignment expressions are"))
        return NULL;
    Node *node = new_since(p, first, NamedExpr_kind);
    if (!node)
        return NULL;
    node->NamedExpr.target = target;
    node->NamedExpr.value = value;
    return node;
}

/* ---- lists of expressions ---- */
static Node *starred(Parser *p)
{
    int first = p->mark;
    advance(p);
    Node *value = parse_bitwise_or(p);
    Node *node = value ? new_since(p, first, Starred_kind) : NULL;
    if (!node)
        return NULL;
    node->Starred.value = value;
    node->Starred.ctx = Load;
    return node;
}

Node *parse_star_named(Parser *p)
{
    return at(p, STAR) ? starred(p) : parse_named(p);
}

/* Whether a token may begin an expression: after a comma it tells a further item from a trailing comma. */
static bool begins_expression(TokenKind kind)
{
    static const bool begins[TOKEN_KINDS] = {
        [NAME] = true, [NUMBER] = true, [STRING] = true, [LPAR] = true, [LSQB] = true, [LBRACE] = true, [PLUS] = true,
        [MINUS] = true, [TILDE] = true, [STAR] = true, [ELLIPSIS] = true, [AWAIT] = true, [KW_NOT] = true,
        [KW_LAMBDA] = true, [KW_NONE] = true, [KW_TRUE] = true, [KW_FALSE] = true, [ERRORTOKEN] = true,
    };
    return begins[kind];
}

Node *parse_star_expressions(Parser *p)
{
    int first = p->mark;
    Node *item = at(p, STAR) ? starred(p) : parse_expression(p);
    if (!item || !at(p, COMMA))
        return item;
    size_t base = p->nstack;
    if (!parser_push(p, item))
        return NULL;
    while (accept(p, COMMA)) {
        if (!begins_expression(kind(p)))
            break;
        if (!parser_push(p, at(p, STAR) ? starred(p) : parse_expression(p)))
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

static Node *yield(Parser *p)
{
    int first = p->mark;
    advance(p);
    if (accept(p, KW_FROM)) {
        Node *value = parse_expression(p);
        Node *node = value ? new_since(p, first, YieldFrom_kind) : NULL;
        if (node)
            node->YieldFrom.value = value;
        return node;
    }
    Node *value = NULL;
    if (begins_expression(kind(p)) && !(value = parse_star_expressions(p)))
        return NULL;
    Node *node = new_since(p, first, Yield_kind);
    if (node)
        node->Yield.value = value;
    return node;
}

Node *parse_yield_or_star(Parser *p)
{
    return at(p, KW_YIELD) ? yield(p) : parse_star_expressions(p);
}
