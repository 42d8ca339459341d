/* statements.c - whole programs, blocks and simple statements.
 *
 * In: tokens.  Out: statement nodes. A statement that begins with an expression is read as one; what follows ("=", ":",
 * "+=") tells that it was a target, which parse_as_target() then checks and marks. Start at parse_program(). */
#include "objects/str/str.h"
#include "parse/parser.h"
#include "runtime/errors.h"
#include "runtime/run.h"

static bool parse_statement(Parser *p);
static bool simple_statements(Parser *p);

/* ---- programs and blocks ---- */
static NodeSeq *statements_until(Parser *p, TokenKind end)
{
    size_t base = p->nstack;
    while (!at(p, end)) {
        if (!parse_statement(p))
            return NULL;
    }
    return parser_take(p, base);
}

static Node *program_file(Parser *p)
{
    NodeSeq *body = statements_until(p, ENDMARKER);
    Node *mod = body ? ast_node(p->arena, Module_kind, (Position){ 0 }) : NULL;
    if (!mod)
        return NULL;
    NodeSeq *ignores = ast_seq(p->arena, (Py_ssize_t)p->ntype_ignores);
    if (!ignores)
        return NULL;
    if (ignores->n)
        memcpy(ignores->item, p->type_ignores->item, (size_t)ignores->n * sizeof ignores->item[0]);
    mod->Module.body = body;
    mod->Module.type_ignores = ignores;
    return mod;
}

static Node *program_single(Parser *p)
{
    size_t base = p->nstack;
    if (at(p, NEWLINE)) {
        advance(p);
        Position here = from_to(p->token[p->mark - 1], p->token[p->mark - 1]);
        if (!parser_push(p, ast_node(p->arena, Pass_kind, here)))
            return NULL;
    } else if (at(p, ENDMARKER)) {
        return NULL;
    } else {
        bool compound = parse_at_compound(p);
        size_t before = p->nstack;
        if (!parse_statement(p))
            return NULL;
        compound = compound || (p->nstack > before && ((Node *)p->stack[before])->kind == Match_kind);
        if (compound && !accept(p, NEWLINE))
            return NULL;
    }
    Node *mod = ast_node(p->arena, Interactive_kind, (Position){ 0 });
    NodeSeq *body = parser_take(p, base);
    if (!mod || !body)
        return NULL;
    mod->Interactive.body = body;
    return mod;
}

/* An expression list of the types within func_type: plain ones, then *x, then **x. */
static NodeSeq *type_expressions(Parser *p)
{
    size_t base = p->nstack;
    bool star = false, double_star = false;
    while (!at(p, RPAR)) {
        if (p->nstack > base && !accept(p, COMMA))
            return NULL;
        if (double_star)
            return NULL;
        if (accept(p, DOUBLESTAR))
            double_star = true;
        else if (star)
            return NULL;
        else if (accept(p, STAR))
            star = true;
        if (!parser_push(p, parse_expression(p)))
            return NULL;
    }
    return parser_take(p, base);
}

static Node *program_func_type(Parser *p)
{
    NodeSeq *types = accept(p, LPAR) ? type_expressions(p) : NULL;
    if (!types || !accept(p, RPAR) || !accept(p, RARROW))
        return NULL;
    Node *returns = parse_expression(p);
    if (!returns)
        return NULL;
    while (accept(p, NEWLINE))
        ;
    Node *mod = at(p, ENDMARKER) ? ast_node(p->arena, FunctionType_kind, (Position){ 0 }) : NULL;
    if (!mod)
        return NULL;
    mod->FunctionType.argtypes = types;
    mod->FunctionType.returns = returns;
    return mod;
}

/* testlist, as eval() takes it: no starred items. */
static Node *expressions(Parser *p)
{
    int first = p->mark;
    Node *expr = parse_expression(p);
    if (!expr || !at(p, COMMA))
        return expr;
    size_t base = p->nstack;
    if (!parser_push(p, expr))
        return NULL;
    while (accept(p, COMMA)) {
        if (at(p, NEWLINE) || at(p, ENDMARKER))
            break;
        if (!parser_push(p, parse_expression(p)))
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

static Node *program_eval(Parser *p)
{
    Node *body = expressions(p);
    if (!body)
        return NULL;
    while (accept(p, NEWLINE))
        ;
    Node *mod = at(p, ENDMARKER) ? ast_node(p->arena, Expression_kind, (Position){ 0 }) : NULL;
    if (mod)
        mod->Expression.body = body;
    return mod;
}

Node *parse_program(Parser *p)
{
    switch (p->start) {
    case Py_file_input:
        return program_file(p);
    case Py_single_input:
        return program_single(p);
    case Py_eval_input:
        return program_eval(p);
    case Py_func_type_input:
        return program_func_type(p);
    case PARSE_FSTRING:
        return parse_star_expressions(p);
    }
    return (Node *)k_raise(PyExc_SystemError, "unrecognized parser start symbol");
}

NodeSeq *parse_block(Parser *p)
{
    size_t base = p->nstack;
    if (!accept(p, NEWLINE))
        return simple_statements(p) ? parser_take(p, base) : NULL;
    if (!accept(p, INDENT) || !parser_enter(p, 6))
        return NULL;
    NodeSeq *body = statements_until(p, DEDENT);
    parser_leave(p, 6);
    return body && body->n && accept(p, DEDENT) ? body : NULL;
}

/* ---- statements that begin with an expression ---- */
static AstEnum augmented_operator(TokenKind kind)
{
    static const unsigned char operators[TOKEN_KINDS] = {
        [PLUSEQUAL] = Add, [MINEQUAL] = Sub, [STAREQUAL] = Mult, [ATEQUAL] = MatMult, [SLASHEQUAL] = Div,
        [PERCENTEQUAL] = Mod, [AMPEREQUAL] = BitAnd, [VBAREQUAL] = BitOr, [CIRCUMFLEXEQUAL] = BitXor,
        [LEFTSHIFTEQUAL] = LShift, [RIGHTSHIFTEQUAL] = RShift, [DOUBLESTAREQUAL] = Pow, [DOUBLESLASHEQUAL] = FloorDiv,
    };
    return (AstEnum)operators[kind]; /* 0, which is Load, for other tokens */
}

static bool is_single_target(const Node *expr)
{
    return expr->kind == Name_kind || expr->kind == Attribute_kind || expr->kind == Subscript_kind;
}

static Node *annotated(Parser *p, int first, Node *target)
{
    bool simple = target->kind == Name_kind && p->token[first]->kind == NAME;
    if (!is_single_target(target) || !(target = parse_as_target(p, target, Store)))
        return NULL;
    advance(p);
    Node *annotation = parse_expression(p), *value = NULL;
    if (!annotation)
        return NULL;
    if (accept(p, EQUAL) && !(value = parse_yield_or_star(p)))
        return NULL;
    if (!parser_version(p, 6, simple ? "Variable annotation syntax is" : "Variable annotations syntax is"))
        return NULL;
    Node *stmt = new_since(p, first, AnnAssign_kind);
    if (!stmt)
        return NULL;
    stmt->AnnAssign.target = target;
    stmt->AnnAssign.annotation = annotation;
    stmt->AnnAssign.value = value;
    stmt->AnnAssign.simple = simple;
    return stmt;
}

static Node *assigned(Parser *p, int first, Node *target)
{
    size_t base = p->nstack;
    Node *value = target;
    while (accept(p, EQUAL)) {
        if (!parser_push(p, parse_as_target(p, value, Store)))
            return NULL;
        value = parse_yield_or_star(p);
        if (!value)
            return NULL;
    }
    PyObject *comment = NULL;
    if (at(p, TYPE_COMMENT) && !(comment = parser_type_comment(p)))
        return NULL;
    Node *stmt = new_since(p, first, Assign_kind);
    NodeSeq *targets = parser_take(p, base);
    if (!stmt || !targets)
        return NULL;
    stmt->Assign.targets = targets;
    stmt->Assign.value = value;
    stmt->Assign.type_comment = comment;
    return stmt;
}

static Node *augmented(Parser *p, int first, Node *target, AstEnum op)
{
    if (!is_single_target(target) || !(target = parse_as_target(p, target, Store)))
        return NULL;
    advance(p);
    if (op == MatMult && !parser_version(p, 5, "The '@' operator is"))
        return NULL;
    Node *value = parse_yield_or_star(p);
    if (!value)
        return NULL;
    Node *stmt = new_since(p, first, AugAssign_kind);
    if (!stmt)
        return NULL;
    stmt->AugAssign.target = target;
    stmt->AugAssign.op = op;
    stmt->AugAssign.value = value;
    return stmt;
}

static Node *expression_statement(Parser *p)
{
    int first = p->mark;
    Node *expr = parse_star_expressions(p);
    if (!expr)
        return NULL;
    TokenKind next = kind(p);
    if (next == EQUAL)
        return assigned(p, first, expr);
    if (next == COLON)
        return annotated(p, first, expr);
    AstEnum op = augmented_operator(next);
    if (op != Load)
        return augmented(p, first, expr, op);
    Node *stmt = new_since(p, first, Expr_kind);
    if (stmt)
        stmt->Expr.value = expr;
    return stmt;
}

/* ---- statements that begin with a keyword ---- */
static bool at_end_of_simple(Parser *p)
{
    TokenKind next = kind(p);
    return next == NEWLINE || next == SEMI;
}

static Node *return_statement(Parser *p)
{
    int first = p->mark;
    advance(p);
    Node *value = NULL;
    if (!at_end_of_simple(p) && !(value = parse_star_expressions(p)))
        return NULL;
    Node *stmt = new_since(p, first, Return_kind);
    if (stmt)
        stmt->Return.value = value;
    return stmt;
}

static Node *raise_statement(Parser *p)
{
    int first = p->mark;
    advance(p);
    Node *exc = NULL, *cause = NULL;
    if (!at_end_of_simple(p)) {
        exc = parse_expression(p);
        if (!exc || (accept(p, KW_FROM) && !(cause = parse_expression(p))))
            return NULL;
    }
    Node *stmt = new_since(p, first, Raise_kind);
    if (!stmt)
        return NULL;
    stmt->Raise.exc = exc;
    stmt->Raise.cause = cause;
    return stmt;
}

static Node *assert_statement(Parser *p)
{
    int first = p->mark;
    advance(p);
    Node *test = parse_expression(p), *msg = NULL;
    if (!test || (accept(p, COMMA) && !(msg = parse_expression(p))))
        return NULL;
    Node *stmt = new_since(p, first, Assert_kind);
    if (!stmt)
        return NULL;
    stmt->Assert.test = test;
    stmt->Assert.msg = msg;
    return stmt;
}

static Node *delete_statement(Parser *p)
{
    int first = p->mark;
    advance(p);
    size_t base = p->nstack;
    do {
        if (p->nstack > base && at_end_of_simple(p))
            break;
        Node *target = parse_primary(p);
        if (!target || !parser_push(p, parse_as_target(p, target, Del)))
            return NULL;
    } while (accept(p, COMMA));
    Node *stmt = new_since(p, first, Delete_kind);
    NodeSeq *targets = parser_take(p, base);
    if (!stmt || !targets)
        return NULL;
    stmt->Delete.targets = targets;
    return stmt;
}

static Node *scope_statement(Parser *p)
{
    int first = p->mark;
    bool global = advance(p)->kind == KW_GLOBAL;
    size_t base = p->nstack;
    do {
        if (!parser_push(p, parser_identifier(p)))
            return NULL;
    } while (accept(p, COMMA));
    Node *stmt = new_since(p, first, global ? Global_kind : Nonlocal_kind);
    IdentSeq *names = parser_take_idents(p, base);
    if (!stmt || !names)
        return NULL;
    if (global)
        stmt->Global.names = names;
    else
        stmt->Nonlocal.names = names;
    return stmt;
}

static Node *one_word(Parser *p, NodeKind node)
{
    advance(p);
    return new_since(p, p->mark - 1, node);
}

/* ---- imports ---- */

/* a.b.c as one interned str. */
static PyObject *dotted_name(Parser *p)
{
    PyObject *name = parser_identifier(p);
    if (!name || !at(p, DOT))
        return name;
    K_AUTO(PyObject *) whole = Py_NewRef(name);
    while (accept(p, DOT)) {
        PyObject *part = parser_identifier(p);
        if (!part)
            return NULL;
        K_SET(whole, PyUnicode_FromFormat("%U.%U", whole, part));
        if (!whole)
            return NULL;
    }
    PyUnicode_InternInPlace(&whole);
    return parser_own(p, K_MOVE(whole));
}

static bool as_name(Parser *p, PyObject **asname)
{
    *asname = NULL;
    if (!accept(p, KW_AS))
        return true;
    *asname = parser_identifier(p);
    return *asname != NULL;
}

static Node *alias_node(Parser *p, int first, PyObject *name, PyObject *asname)
{
    Node *alias = new_since(p, first, alias_kind);
    if (!alias)
        return NULL;
    alias->alias.name = name;
    alias->alias.asname = asname;
    return alias;
}

static Node *import_statement(Parser *p)
{
    int first = p->mark;
    advance(p);
    size_t base = p->nstack;
    do {
        int start = p->mark;
        PyObject *asname, *name = dotted_name(p);
        if (!name || !as_name(p, &asname) || !parser_push(p, alias_node(p, start, name, asname)))
            return NULL;
    } while (accept(p, COMMA));
    Node *stmt = new_since(p, first, Import_kind);
    NodeSeq *names = parser_take(p, base);
    if (!stmt || !names)
        return NULL;
    stmt->Import.names = names;
    return stmt;
}

static NodeSeq *imported_names(Parser *p)
{
    size_t base = p->nstack;
    if (accept(p, STAR)) {
        PyObject *star = parser_intern(p, "*", 1);
        return star && parser_push(p, alias_node(p, p->mark - 1, star, NULL)) ? parser_take(p, base) : NULL;
    }
    bool paren = accept(p, LPAR);
    do {
        if (paren && p->nstack > base && at(p, RPAR))
            break;
        int start = p->mark;
        PyObject *asname, *name = parser_identifier(p);
        if (!name || !as_name(p, &asname) || !parser_push(p, alias_node(p, start, name, asname)))
            return NULL;
    } while (accept(p, COMMA));
    return paren && !accept(p, RPAR) ? NULL : parser_take(p, base);
}

static Node *from_statement(Parser *p)
{
    int first = p->mark, level = 0;
    advance(p);
    for (;; level++) {
        if (accept(p, ELLIPSIS))
            level += 2;
        else if (!accept(p, DOT))
            break;
    }
    PyObject *module = NULL;
    if ((!level || !at(p, KW_IMPORT)) && !(module = dotted_name(p)))
        return NULL;
    NodeSeq *names = accept(p, KW_IMPORT) ? imported_names(p) : NULL;
    if (!names)
        return NULL;
    Node *stmt = new_since(p, first, ImportFrom_kind);
    if (!stmt)
        return NULL;
    stmt->ImportFrom.module = module;
    stmt->ImportFrom.names = names;
    stmt->ImportFrom.level = level;
    return stmt;
}

/* ---- any statement ---- */
static Node *simple_statement(Parser *p)
{
    TokenKind next = kind(p);
    if (next == KW_RETURN)
        return return_statement(p);
    if (next == KW_IMPORT)
        return import_statement(p);
    if (next == KW_FROM)
        return from_statement(p);
    if (next == KW_RAISE)
        return raise_statement(p);
    if (next == KW_PASS)
        return one_word(p, Pass_kind);
    if (next == KW_DEL)
        return delete_statement(p);
    if (next == KW_YIELD) {
        int first = p->mark;
        Node *value = parse_yield_or_star(p);
        Node *stmt = value ? new_since(p, first, Expr_kind) : NULL;
        if (stmt)
            stmt->Expr.value = value;
        return stmt;
    }
    if (next == KW_ASSERT)
        return assert_statement(p);
    if (next == KW_BREAK)
        return one_word(p, Break_kind);
    if (next == KW_CONTINUE)
        return one_word(p, Continue_kind);
    if (next == KW_GLOBAL || next == KW_NONLOCAL)
        return scope_statement(p);
    return expression_statement(p);
}

static bool simple_statements(Parser *p)
{
    for (;;) {
        if (!parser_push(p, simple_statement(p)))
            return false;
        if (accept(p, NEWLINE))
            return true;
        if (!accept(p, SEMI))
            return false;
        if (accept(p, NEWLINE))
            return true;
    }
}

static bool parse_statement(Parser *p)
{
    if (parse_at_compound(p))
        return parser_push(p, parse_compound(p));
    if (at_word(p, "match", 5)) {
        int start = p->mark;
        Node *match = parse_match(p);
        if (match || p->mark != start || PyErr_Occurred())
            return parser_push(p, match);
    }
    return simple_statements(p);
}
