/* atoms.c - names, literals, displays, comprehensions, and what hangs on them: calls, subscripts, attributes.
 *
 * In: tokens.  Out: expression nodes. Start at parse_primary(). */
#include "objects/str/str.h"
#include "parse/parser.h"
#include "runtime/errors.h"

/* ---- comprehensions ---- */
static Node *comprehension(Parser *p)
{
    bool async = accept(p, ASYNC);
    if (!accept(p, KW_FOR))
        return NULL;
    Node *target = parse_star_targets(p);
    Node *iter = target && accept(p, KW_IN) ? parse_disjunction(p) : NULL;
    if (!iter)
        return NULL;
    size_t base = p->nstack;
    while (accept(p, KW_IF)) {
        if (!parser_push(p, parse_disjunction(p)))
            return NULL;
    }
    NodeSeq *ifs = parser_take(p, base);
    Node *node = ifs ? ast_node(p->arena, comprehension_kind, (Position){ 0 }) : NULL;
    if (!node || (async && !parser_version(p, 6, "Async comprehensions are")))
        return NULL;
    node->comprehension.target = target;
    node->comprehension.iter = iter;
    node->comprehension.ifs = ifs;
    node->comprehension.is_async = async;
    return node;
}

static bool at_comprehension(Parser *p)
{
    return at(p, KW_FOR) || at(p, ASYNC);
}

NodeSeq *parse_comprehension(Parser *p)
{
    size_t base = p->nstack;
    while (at_comprehension(p)) {
        if (!parser_push(p, comprehension(p)))
            return NULL;
    }
    return parser_take(p, base);
}

/* Behind the element of [x for ...] and its kin: the whole up to the closing token. */
static Node *comprehended(Parser *p, int first, NodeKind kind, TokenKind end, Node *elt, Node *value)
{
    NodeSeq *generators = elt->kind == Starred_kind ? NULL : parse_comprehension(p);
    Node *node = generators && accept(p, end) ? new_since(p, first, kind) : NULL;
    if (!node)
        return NULL;
    if (kind == DictComp_kind) {
        node->DictComp.key = elt;
        node->DictComp.value = value;
        node->DictComp.generators = generators;
    } else if (kind == ListComp_kind) {
        node->ListComp.elt = elt;
        node->ListComp.generators = generators;
    } else if (kind == SetComp_kind) {
        node->SetComp.elt = elt;
        node->SetComp.generators = generators;
    } else {
        node->GeneratorExp.elt = elt;
        node->GeneratorExp.generators = generators;
    }
    return node;
}

/* ---- displays ---- */

/* Further items behind the first, which is pushed already, and the closing token. */
static NodeSeq *items(Parser *p, size_t base, TokenKind end)
{
    while (accept(p, COMMA)) {
        if (at(p, end))
            break;
        if (!parser_push(p, parse_star_named(p)))
            return NULL;
    }
    return accept(p, end) ? parser_take(p, base) : NULL;
}

static Node *tuple_node(Parser *p, int first, NodeSeq *elts)
{
    Node *node = elts ? new_since(p, first, Tuple_kind) : NULL;
    if (!node)
        return NULL;
    node->Tuple.elts = elts;
    node->Tuple.ctx = Load;
    return node;
}

static Node *paren(Parser *p)
{
    int first = p->mark;
    advance(p);
    if (accept(p, RPAR))
        return tuple_node(p, first, ast_seq(p->arena, 0));
    if (at(p, KW_YIELD)) {
        Node *value = parse_yield_or_star(p);
        return value && accept(p, RPAR) ? value : NULL;
    }
    Node *item = parse_star_named(p);
    if (!item)
        return NULL;
    if (at(p, COMMA)) {
        size_t base = p->nstack;
        return parser_push(p, item) ? tuple_node(p, first, items(p, base, RPAR)) : NULL;
    }
    if (at_comprehension(p))
        return comprehended(p, first, GeneratorExp_kind, RPAR, item, NULL);
    return item->kind != Starred_kind && accept(p, RPAR) ? item : NULL;
}

static Node *list(Parser *p)
{
    int first = p->mark;
    size_t base = p->nstack;
    advance(p);
    NodeSeq *elts;
    if (accept(p, RSQB)) {
        elts = ast_seq(p->arena, 0);
    } else {
        Node *item = parse_star_named(p);
        if (item && at_comprehension(p))
            return comprehended(p, first, ListComp_kind, RSQB, item, NULL);
        elts = parser_push(p, item) ? items(p, base, RSQB) : NULL;
    }
    Node *node = elts ? new_since(p, first, List_kind) : NULL;
    if (!node)
        return NULL;
    node->List.elts = elts;
    node->List.ctx = Load;
    return node;
}

/* key: value pairs and **mappings (key NULL), the first of which is pushed. */
static Node *dict_items(Parser *p, int first, size_t base)
{
    while (accept(p, COMMA)) {
        if (at(p, RBRACE))
            break;
        if (accept(p, DOUBLESTAR)) {
            if (!parser_push_null(p) || !parser_push(p, parse_bitwise_or(p)))
                return NULL;
        } else if (!parser_push(p, parse_expression(p)) || !accept(p, COLON) || !parser_push(p, parse_expression(p))) {
            return NULL;
        }
    }
    Py_ssize_t n = (Py_ssize_t)(p->nstack - base) / 2;
    NodeSeq *keys = ast_seq(p->arena, n), *values = ast_seq(p->arena, n);
    Node *node = accept(p, RBRACE) ? new_since(p, first, Dict_kind) : NULL;
    if (!node || !keys || !values)
        return NULL;
    for (Py_ssize_t i = 0; i < n; i++) {
        keys->item[i] = p->stack[base + (size_t)i * 2];
        values->item[i] = p->stack[base + (size_t)i * 2 + 1];
    }
    p->nstack = base;
    node->Dict.keys = keys;
    node->Dict.values = values;
    return node;
}

static Node *brace(Parser *p)
{
    int first = p->mark;
    size_t base = p->nstack;
    advance(p);
    if (at(p, RBRACE))
        return dict_items(p, first, base);
    if (accept(p, DOUBLESTAR)) {
        if (!parser_push_null(p) || !parser_push(p, parse_bitwise_or(p)))
            return NULL;
        return dict_items(p, first, base);
    }
    Node *item = parse_star_named(p);
    if (!item)
        return NULL;
    if (at(p, COLON) && item->kind != Starred_kind &&
        !(item->kind == NamedExpr_kind && p->token[first + 1]->kind == NAME)) {
        advance(p);
        Node *value = parse_expression(p);
        if (value && at_comprehension(p))
            return comprehended(p, first, DictComp_kind, RBRACE, item, value);
        return parser_push(p, item) && parser_push(p, value) ? dict_items(p, first, base) : NULL;
    }
    if (at_comprehension(p))
        return comprehended(p, first, SetComp_kind, RBRACE, item, NULL);
    NodeSeq *elts = parser_push(p, item) ? items(p, base, RBRACE) : NULL;
    Node *node = elts ? new_since(p, first, Set_kind) : NULL;
    if (node)
        node->Set.elts = elts;
    return node;
}

static Node *bracketed(Parser *p, Node *(*what)(Parser *p))
{
    if (!parser_enter(p, PARSE_PAREN_LEVELS))
        return NULL;
    Node *node = what(p);
    parser_leave(p, PARSE_PAREN_LEVELS);
    return node;
}

static Node *constant(Parser *p, PyObject *value)
{
    advance(p);
    Node *node = new_since(p, p->mark - 1, Constant_kind);
    if (node)
        node->Constant.value = value;
    return node;
}

static Node *atom(Parser *p)
{
    TokenKind next = kind(p);
    if (next == NAME) {
        int first = p->mark;
        PyObject *id = parser_identifier(p);
        Node *name = id ? new_since(p, first, Name_kind) : NULL;
        if (!name)
            return NULL;
        name->Name.id = id;
        name->Name.ctx = Load;
        return name;
    }
    if (next == NUMBER)
        return parse_number(p);
    if (next == STRING)
        return parse_strings(p);
    if (next == LPAR)
        return bracketed(p, paren);
    if (next == LSQB)
        return bracketed(p, list);
    if (next == LBRACE)
        return bracketed(p, brace);
    if (next == KW_NONE)
        return constant(p, Py_None);
    if (next == KW_TRUE)
        return constant(p, Py_True);
    if (next == KW_FALSE)
        return constant(p, Py_False);
    return next == ELLIPSIS ? constant(p, Py_Ellipsis) : NULL;
}

/* ---- calls ---- */
typedef enum { ARG_POSITIONAL, ARG_KEYWORD, ARG_DOUBLE_STAR } ArgState;

static Node *keyword_node(Parser *p, int first, PyObject *name, Node *value)
{
    Node *node = value ? new_since(p, first, keyword_kind) : NULL;
    if (!node)
        return NULL;
    node->keyword.arg = name;
    node->keyword.value = value;
    return node;
}

static Node *star_argument(Parser *p)
{
    int first = p->mark;
    advance(p);
    Node *value = parse_expression(p);
    Node *node = value ? new_since(p, first, Starred_kind) : NULL;
    if (!node)
        return NULL;
    node->Starred.value = value;
    node->Starred.ctx = Load;
    return node;
}

/* One argument; keywords only after a keyword, no *x after a **y. */
static Node *argument(Parser *p, ArgState *state)
{
    int first = p->mark;
    if (accept(p, DOUBLESTAR)) {
        *state = ARG_DOUBLE_STAR;
        return keyword_node(p, first, NULL, parse_expression(p));
    }
    if (at(p, STAR))
        return *state == ARG_DOUBLE_STAR ? NULL : star_argument(p);
    if (at(p, NAME) && kind_ahead(p) == EQUAL) {
        PyObject *name = parser_identifier(p);
        advance(p);
        *state = *state == ARG_DOUBLE_STAR ? ARG_DOUBLE_STAR : ARG_KEYWORD;
        return name ? keyword_node(p, first, name, parse_expression(p)) : NULL;
    }
    return *state == ARG_POSITIONAL ? parse_named(p) : NULL;
}

/* Arguments on the stack from base, keywords among them, into two sequences. */
static bool sort_arguments(Parser *p, size_t base, NodeSeq **args, NodeSeq **keywords)
{
    Py_ssize_t nkeywords = 0, n = (Py_ssize_t)(p->nstack - base);
    Node **item = (Node **)p->stack + base;
    for (Py_ssize_t i = 0; i < n; i++)
        nkeywords += item[i]->kind == keyword_kind;
    *args = ast_seq(p->arena, n - nkeywords);
    *keywords = ast_seq(p->arena, nkeywords);
    if (!*args || !*keywords)
        return false;
    Py_ssize_t a = 0, k = 0;
    for (Py_ssize_t i = 0; i < n; i++) {
        if (item[i]->kind == keyword_kind)
            (*keywords)->item[k++] = item[i];
        else
            (*args)->item[a++] = item[i];
    }
    p->nstack = base;
    return true;
}

static bool arguments(Parser *p, NodeSeq **args, NodeSeq **keywords, bool generator)
{
    size_t base = p->nstack;
    int first = p->mark - 1;
    ArgState state = ARG_POSITIONAL;
    while (!at(p, RPAR)) {
        Node *arg = argument(p, &state);
        if (!arg)
            return false;
        if (generator && p->nstack == base && arg->kind != keyword_kind && at_comprehension(p)) {
            arg = comprehended(p, first, GeneratorExp_kind, RPAR, arg, NULL);
            *args = arg ? parser_one(p, arg) : NULL;
            *keywords = ast_seq(p->arena, 0);
            return *args != NULL;
        }
        if (!parser_push(p, arg))
            return false;
        if (!accept(p, COMMA))
            break;
    }
    return accept(p, RPAR) && sort_arguments(p, base, args, keywords);
}

bool parse_arguments(Parser *p, NodeSeq **args, NodeSeq **keywords)
{
    return arguments(p, args, keywords, false);
}

static Node *call(Parser *p, int first, Node *func)
{
    NodeSeq *args, *keywords;
    advance(p);
    if (!parser_enter(p, PARSE_PAREN_LEVELS) || !arguments(p, &args, &keywords, true))
        return NULL;
    parser_leave(p, PARSE_PAREN_LEVELS);
    Node *node = new_since(p, first, Call_kind);
    if (!node)
        return NULL;
    node->Call.func = func;
    node->Call.args = args;
    node->Call.keywords = keywords;
    return node;
}

/* ---- subscripts ---- */
static Node *slice(Parser *p)
{
    int first = p->mark;
    Node *lower = NULL, *upper = NULL, *step = NULL;
    if (!at(p, COLON)) {
        lower = parse_named(p);
        if (!lower || !at(p, COLON))
            return lower;
        if (lower->kind == NamedExpr_kind && p->token[first]->kind == NAME)
            return NULL;
    }
    advance(p);
    if (!at(p, COLON) && !at(p, RSQB) && !at(p, COMMA) && !(upper = parse_expression(p)))
        return NULL;
    if (accept(p, COLON) && !at(p, RSQB) && !at(p, COMMA) && !(step = parse_expression(p)))
        return NULL;
    Node *node = new_since(p, first, Slice_kind);
    if (!node)
        return NULL;
    node->Slice.lower = lower;
    node->Slice.upper = upper;
    node->Slice.step = step;
    return node;
}

static Node *slice_or_star(Parser *p)
{
    return at(p, STAR) ? star_argument(p) : slice(p);
}

/* One index, or a tuple of them: with a comma, or a star. */
static Node *slices(Parser *p)
{
    int first = p->mark;
    size_t base = p->nstack;
    Node *item = slice_or_star(p);
    if (!item || (item->kind != Starred_kind && !at(p, COMMA)))
        return item;
    if (!parser_push(p, item))
        return NULL;
    while (accept(p, COMMA)) {
        if (at(p, RSQB))
            break;
        if (!parser_push(p, slice_or_star(p)))
            return NULL;
    }
    return tuple_node(p, first, parser_take(p, base));
}

static Node *subscript(Parser *p, int first, Node *value)
{
    advance(p);
    Node *index = bracketed(p, slices);
    Node *node = index && accept(p, RSQB) ? new_since(p, first, Subscript_kind) : NULL;
    if (!node)
        return NULL;
    node->Subscript.value = value;
    node->Subscript.slice = index;
    node->Subscript.ctx = Load;
    return node;
}

static Node *attribute(Parser *p, int first, Node *value)
{
    advance(p);
    PyObject *attr = parser_identifier(p);
    Node *node = attr ? new_since(p, first, Attribute_kind) : NULL;
    if (!node)
        return NULL;
    node->Attribute.value = value;
    node->Attribute.attr = attr;
    node->Attribute.ctx = Load;
    return node;
}

Node *parse_primary(Parser *p)
{
    int first = p->mark;
    Node *node = atom(p);
    while (node) {
        TokenKind next = kind(p);
        if (next == DOT)
            node = attribute(p, first, node);
        else if (next == LPAR)
            node = call(p, first, node);
        else if (next == LSQB)
            node = subscript(p, first, node);
        else
            return node;
    }
    return NULL;
}
