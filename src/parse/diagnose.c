/* diagnose.c - why a program is wrong: the error finder.
 *
 * In: a parser whose program does not parse.  Out: a SyntaxError in CPython's words.
 * The words depend on the order in which a parser tries things, so here the grammar of grammar.def is tried alternative
 * by alternative, with remembered results: first as it is, which finds the furthest token and missing forced ones, then
 * with the invalid_ rules, whose actions raise. Invariant: a part of the program is a Part; after `failed` everything
 * returns NULL. Start at parse_diagnose(). */
#include "objects/str/str.h"
#include "parse/finder.h"
#include "runtime/errors.h"
#include "runtime/run.h"
#include "runtime/state.h"

static Part *run_alts(Finder *f, const Alt *alts);
static Part *run_rule(Finder *f, int rule);

static Part absent = { .kind = PART_ABSENT };

static Part *new_part(Finder *f, int kind, int first, Py_ssize_t n, Part **children)
{
    Part *part = arena_alloc(f->p->arena, sizeof *part + (size_t)n * sizeof part->child[0]);
    if (!part) {
        f->failed = true;
        return (Part *)PyErr_NoMemory();
    }
    part->kind = kind;
    part->first = f->p->token[first];
    part->last = f->p->mark > first ? f->p->token[f->p->mark - 1] : part->first;
    part->n = n;
    if (n)
        memcpy(part->child, children, (size_t)n * sizeof part->child[0]);
    return part;
}

/* ---- tokens ---- */
static Token *look(Finder *f)
{
    Parser *p = f->p;
    if (p->mark + 1 > p->seen)
        p->seen = p->mark + 1; /* before it is read: an error of the tokenizer stands there */
    if (p->mark == p->ntokens && parser_fill(p) < 0) {
        f->failed = true;
        return NULL;
    }
    Token *t = p->token[p->mark];
    if (t->kind == ERRORTOKEN)
        f->failed = true;
    return f->failed ? NULL : t;
}

/* A name that a word begins with: CPython takes "c" and "ma" for soft keywords, too, where any will do. */
static bool begins(const Token *t, const char *word)
{
    return t->kind == NAME && strncmp(word, t->text, (size_t)t->size) == 0;
}

static Part *match_token(Finder *f, const Item *item)
{
    Token *t = look(f);
    if (!t)
        return NULL;
    bool good = item->kind == ITEM_TOKEN  ? t->kind == (TokenKind)item->value
                : item->kind == ITEM_WORD ? t->size == item->size && begins(t, item->text)
                                          : begins(t, "_") || begins(t, "case") || begins(t, "match");
    if (good && item->kind == ITEM_TOKEN && t->kind == NOTEQUAL) {
        good = parser_not_equal(f->p, t);
        f->failed = PyErr_Occurred() != NULL;
    }
    if (!good)
        return NULL;
    f->p->mark++;
    return new_part(f, PART_TOKEN, f->p->mark - 1, 0, NULL);
}

/* String literals are made by the parser, whose errors count here, too. */
static Part *match_strings(Finder *f)
{
    int first = f->p->mark;
    Token *t = look(f);
    if (!t || t->kind != STRING)
        return NULL;
    for (; t && t->kind == STRING; t = look(f))
        f->p->mark++;
    f->p->mark = first;
    Node *node = f->failed ? NULL : parse_strings(f->p);
    if (node && !f->failed)
        return new_part(f, node->kind, first, 0, NULL);
    f->failed = true;
    return NULL;
}

/* ---- items ---- */
static Part *once(Finder *f, const Item *item)
{
    switch (item->kind) {
    case ITEM_TOKEN:
    case ITEM_WORD:
    case ITEM_ANY_WORD:
        return match_token(f, item);
    case ITEM_RULE:
        return run_rule(f, item->value);
    case ITEM_GROUP:
        return run_alts(f, item->group);
    case ITEM_CUT:
        break;
    }
    return &absent;
}

static bool push(Finder *f, Part *part)
{
    if (parser_push(f->p, part))
        return true;
    f->failed = true;
    return false;
}

static bool separated(Finder *f, const Item *item)
{
    if (item->separator < 0)
        return true;
    Token *t = look(f);
    if (!t || t->kind != (TokenKind)item->separator)
        return false;
    f->p->mark++;
    return true;
}

/* x*, x+, separated lists: at least `least` of them. */
static Part *repeated(Finder *f, const Item *item, Py_ssize_t least)
{
    Parser *p = f->p;
    int first = p->mark;
    size_t base = p->nstack;
    for (int before = first;; before = p->mark) {
        Part *part = (size_t)p->nstack == base || separated(f, item) ? once(f, item) : NULL;
        if (!part || f->failed) {
            p->mark = before;
            break;
        }
        if (!push(f, part) || p->mark == before)
            break;
    }
    Py_ssize_t n = (Py_ssize_t)(p->nstack - base);
    Part *result = f->failed || n < least ? NULL : new_part(f, PART_SEVERAL, first, n, (Part **)p->stack + base);
    p->nstack = base;
    if (!result)
        p->mark = first;
    return result;
}

static Part *forced(Finder *f, const Item *item)
{
    Token *t = look(f);
    if (!t)
        return NULL;
    if (t->kind != (TokenKind)item->value) {
        parse_raise_at(f->p, PyExc_SyntaxError, t->lineno, t->col_offset, t->end_lineno, t->end_col_offset,
                       "expected '%s'", token_text((TokenKind)item->value));
        f->failed = true;
        return NULL;
    }
    f->p->mark++;
    return &absent;
}

static Part *run_item(Finder *f, const Item *item)
{
    int start = f->p->mark;
    Part *part;
    if (item->look == 'F')
        return forced(f, item);
    if (item->times == '*' || item->times == '+' || item->separator >= 0)
        part = repeated(f, item, item->times == '+');
    else
        part = once(f, item);
    if (f->failed)
        return NULL;
    if (item->times == '?' && !part) {
        f->p->mark = start;
        part = &absent;
    }
    if (!item->look)
        return part;
    f->p->mark = start;
    return (part != NULL) == (item->look == '&') ? &absent : NULL;
}

/* ---- alternatives ---- */
static Part *result_of(Finder *f, const Alt *alt, int first, size_t base, Part *const *label)
{
    Parser *p = f->p;
    Py_ssize_t n = (Py_ssize_t)(p->nstack - base);
    Part **children = (Part **)p->stack + base;
    switch (alt->action) {
    case DO_NOTHING:
        return n == 1 ? children[0] : new_part(f, PART_SEVERAL, first, n, children);
    case DO_NODE:
        return new_part(f, alt->node, first, n, children);
    case DO_LABEL:
        return label[alt->first - 'a'];
    case DO_RAISE:
    case DO_FROM:
    case DO_HERE:
    case DO_INDENT:
    case DO_CHECK:
        break;
    }
    finder_complain(f, alt, label);
    f->failed = PyErr_Occurred() != NULL;
    return NULL;
}

/* 1 when all items match, 0, or -1 when no other alternative counts. */
static int run_items(Finder *f, const Alt *alt, Part **label)
{
    int no = 0;
    for (const Item *item = alt->items; item; item = item->next) {
        if (item->kind == ITEM_CUT) {
            no = -1;
            continue;
        }
        Part *part = run_item(f, item);
        if (!part || f->failed)
            return no;
        if (item->label)
            label[item->label - 'a'] = part;
        if (part != &absent && !push(f, part))
            return no;
    }
    return 1;
}

static Part *run_alts(Finder *f, const Alt *alts)
{
    Parser *p = f->p;
    int first = p->mark;
    size_t base = p->nstack;
    for (const Alt *alt = alts; alt && !f->failed; alt = alt->next) {
        Part *label[2] = { NULL, NULL };
        int good = run_items(f, alt, label);
        Part *part = good == 1 ? result_of(f, alt, first, base, label) : NULL;
        p->nstack = base;
        if (part && !f->failed)
            return part;
        p->mark = first;
        if (good) /* an action that does not complain after all, or a cut */
            return NULL;
    }
    return NULL;
}

/* ---- rules ---- */
typedef struct Memo {
    struct Memo *next;
    int rule, mark;
    Part *part;
} Memo;

static Memo *remembered(Finder *f, int rule)
{
    Token *t = look(f);
    if (!t)
        return NULL;
    Memo *memo = t->memo;
    while (memo && memo->rule != rule)
        memo = memo->next;
    return memo;
}

static Memo *remember(Finder *f, int start, int rule, Part *part)
{
    Memo *memo = arena_alloc(f->p->arena, sizeof *memo);
    if (!memo) {
        f->failed = true;
        return (Memo *)PyErr_NoMemory();
    }
    *memo = (Memo){ f->p->token[start]->memo, rule, f->p->mark, part };
    f->p->token[start]->memo = memo;
    return memo;
}

/* A left-recursive rule meets its own shorter result in the memo, and tries to make a longer one of it. */
static Part *grow(Finder *f, int rule)
{
    Parser *p = f->p;
    int start = p->mark, best = start;
    Part *result = NULL;
    Memo *memo = remember(f, start, rule, NULL);
    while (memo && !f->failed) {
        memo->part = result;
        memo->mark = best;
        p->mark = start;
        Part *part = run_alts(f, f->rules[rule].alts);
        if (f->failed || !part || p->mark <= best)
            break;
        result = part;
        best = p->mark;
    }
    p->mark = result ? best : start;
    return f->failed ? NULL : result;
}

static Part *run_named(Finder *f, int rule)
{
    const Rule *info = &f->rules[rule];
    int start = f->p->mark;
    if (info->memo) {
        Memo *memo = remembered(f, rule);
        if (f->failed)
            return NULL;
        if (memo) {
            f->p->mark = memo->part ? memo->mark : start;
            return memo->part;
        }
    }
    if (info->left)
        return grow(f, rule);
    bool invalid = f->p->invalid_rules;
    if (rule == rule_expression_without_invalid)
        f->p->invalid_rules = false;
    Part *part = rule == rule_strings ? match_strings(f) : run_alts(f, info->alts);
    f->p->invalid_rules = invalid;
    if (info->memo && !f->failed)
        remember(f, start, rule, part);
    return f->failed ? NULL : part;
}

static Part *run_rule(Finder *f, int rule)
{
    if (f->failed || (f->rules[rule].invalid && !f->p->invalid_rules))
        return NULL;
    if (!parser_enter(f->p, 1) || k_stack_is_short("")) {
        f->failed = true;
        return NULL;
    }
    Part *part = run_named(f, rule);
    parser_leave(f->p, 1);
    return part;
}

/* ---- the whole ---- */
static void run_pass(Finder *f, bool invalid)
{
    Parser *p = f->p;
    p->mark = 0;
    p->nstack = 0;
    p->level = 0;
    p->invalid_rules = invalid;
    for (int i = 0; i < p->ntokens; i++) {
        p->token[i]->memo = NULL;
        if (invalid) /* strings are made, and warned of, again */
            p->token[i]->strings = NULL;
    }
    run_rule(f, p->start == Py_file_input     ? rule_file
                : p->start == Py_single_input ? rule_interactive
                : p->start == Py_eval_input   ? rule_eval
                : p->start == PARSE_FSTRING   ? rule_fstring
                                              : rule_func_type);
}

static void generic_error(Parser *p, const Token *last)
{
    if (last->kind == INDENT || last->kind == DEDENT) {
        parse_raise(p, PyExc_IndentationError, last->kind == INDENT ? "unexpected indent" : "unexpected unindent");
        return;
    }
    parse_raise_at(p, PyExc_SyntaxError, last->lineno, last->col_offset, last->end_lineno, last->end_col_offset,
                   "invalid syntax");
    parse_check_rest(p);
}

void parse_diagnose(Parser *p)
{
    Finder f = { .p = p, .rules = grammar_rules() };
    if (!f.rules)
        return;
    p->seen = 0;
    run_pass(&f, false);
    const Token *last = p->token[p->seen ? p->seen - 1 : 0];
    if (!f.failed)
        run_pass(&f, true);
    if (!PyErr_Occurred())
        generic_error(p, last);
    else if (p->tokens.done <= TOKENS_EOF && PyErr_ExceptionMatches(PyExc_SyntaxError))
        parse_check_rest(p);
}
