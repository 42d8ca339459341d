/* params.c - the parameters of functions and lambdas.
 *
 * In: tokens up to the closing ")" or ":", which stays.  Out: an arguments node. Start at parse_params(). */
#include "parse/parser.h"

typedef struct Params {
    bool lambda;
    TokenKind end;
    NodeSeq *posonly, *args, *defaults, *kwonly, *kw_defaults;
    Node *vararg, *kwarg;
} Params;

/* The comma behind a parameter (or the end), with the type comment that may stand there. */
static bool param_end(Parser *p, const Params *params, Node *arg)
{
    bool comma = accept(p, COMMA);
    if (!comma && !at(p, params->end) && !at(p, TYPE_COMMENT))
        return false;
    if (!params->lambda && at(p, TYPE_COMMENT)) {
        arg->arg.type_comment = parser_type_comment(p);
        if (!arg->arg.type_comment)
            return false;
    }
    return comma || at(p, params->end);
}

static Node *param(Parser *p, const Params *params, bool star)
{
    int first = p->mark;
    PyObject *name = parser_identifier(p);
    Node *annotation = NULL;
    if (!name)
        return NULL;
    if (!params->lambda && accept(p, COLON)) {
        int start = p->mark;
        if (star && accept(p, STAR)) {
            Node *value = parse_bitwise_or(p);
            annotation = value ? new_since(p, start, Starred_kind) : NULL;
            if (annotation) {
                annotation->Starred.value = value;
                annotation->Starred.ctx = Load;
            }
        } else {
            annotation = parse_expression(p);
        }
        if (!annotation)
            return NULL;
    }
    Node *arg = new_since(p, first, arg_kind);
    if (!arg)
        return NULL;
    arg->arg.arg = name;
    arg->arg.annotation = annotation;
    return arg;
}

/* Parameters up to "/", "*", "**" or the end: *plain and *defaults. False on error. */
static bool plain_params(Parser *p, Params *params)
{
    size_t base = p->nstack;
    NodeSeq *defaults_seq;
    Py_ssize_t ndefaults = 0, room = 0;
    Node **defaults = NULL;
    while (at(p, NAME)) {
        Node *arg = param(p, params, false), *value = NULL;
        if (!parser_push(p, arg))
            return false;
        if (accept(p, EQUAL)) {
            value = parse_expression(p);
            if (!value)
                return false;
            if (ndefaults == room) {
                room = room * 2 + 4;
                Node **grown = arena_alloc(p->arena, (size_t)room * sizeof *grown);
                if (!grown)
                    return false;
                if (ndefaults)
                    memcpy(grown, defaults, (size_t)ndefaults * sizeof *grown);
                defaults = grown;
            }
            defaults[ndefaults++] = value;
        } else if (ndefaults) {
            return false;
        }
        if (!param_end(p, params, arg))
            return false;
        if (at(p, SLASH)) {
            if (params->posonly)
                return false;
            advance(p);
            if (!(accept(p, COMMA) || at(p, params->end)) || !(params->posonly = parser_take(p, base)))
                return false;
        }
    }
    params->args = parser_take(p, base);
    defaults_seq = ast_seq(p->arena, ndefaults);
    if (!params->args || !defaults_seq)
        return false;
    if (ndefaults)
        memcpy(defaults_seq->item, defaults, (size_t)ndefaults * sizeof *defaults);
    params->defaults = defaults_seq;
    return true;
}

/* Behind "*" and its name or comma: keyword-only parameters with NULL for a missing default. */
static bool keyword_params(Parser *p, Params *params)
{
    size_t base = p->nstack;
    while (at(p, NAME)) {
        Node *arg = param(p, params, false), *value = NULL;
        if (!arg || (accept(p, EQUAL) && !(value = parse_expression(p))))
            return false;
        if (!parser_push(p, arg) || !(value ? parser_push(p, value) : parser_push_null(p)) ||
            !param_end(p, params, arg))
            return false;
    }
    Py_ssize_t n = (Py_ssize_t)(p->nstack - base) / 2;
    params->kwonly = ast_seq(p->arena, n);
    params->kw_defaults = ast_seq(p->arena, n);
    if (!params->kwonly || !params->kw_defaults)
        return false;
    for (Py_ssize_t i = 0; i < n; i++) {
        params->kwonly->item[i] = p->stack[base + (size_t)i * 2];
        params->kw_defaults->item[i] = p->stack[base + (size_t)i * 2 + 1];
    }
    p->nstack = base;
    return true;
}

static bool star_params(Parser *p, Params *params)
{
    if (accept(p, STAR)) {
        if (at(p, NAME)) {
            params->vararg = param(p, params, true);
            if (!params->vararg || !param_end(p, params, params->vararg))
                return false;
        } else if (!accept(p, COMMA) || !at(p, NAME)) {
            return false; /* a bare star announces keyword-only parameters */
        }
        if (!keyword_params(p, params))
            return false;
    }
    if (!accept(p, DOUBLESTAR))
        return true;
    params->kwarg = param(p, params, false);
    return params->kwarg && param_end(p, params, params->kwarg);
}

Node *parse_params(Parser *p, bool lambda)
{
    NodeSeq *none = ast_seq(p->arena, 0);
    Params params = { .lambda = lambda, .end = lambda ? COLON : RPAR, .kwonly = none, .kw_defaults = none };
    if (!plain_params(p, &params) || !star_params(p, &params) || !at(p, params.end))
        return NULL;
    if (params.posonly && !parser_version(p, 8, "Positional-only parameters are"))
        return NULL;
    Node *node = ast_node(p->arena, arguments_kind, (Position){ 0 });
    if (!node)
        return NULL;
    node->arguments.posonlyargs = params.posonly ? params.posonly : none;
    node->arguments.args = params.args;
    node->arguments.vararg = params.vararg;
    node->arguments.kwonlyargs = params.kwonly;
    node->arguments.kw_defaults = params.kw_defaults;
    node->arguments.kwarg = params.kwarg;
    node->arguments.defaults = params.defaults;
    return node;
}
