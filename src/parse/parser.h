/* parser.h - what the files of the parser share: tokens, the node stack, small steps.
 *
 * A parse function consumes what it recognises and returns NULL otherwise, with an exception (a string or number was
 * wrong, memory is short) or without: then the program is wrong at or before the furthest token, and the error finder
 * looks for the words to say it. Positions: a node begins at its first token and ends where the last consumed one
 * does. */
#ifndef KAA_PARSE_PARSER_H
#define KAA_PARSE_PARSER_H

#include "ast/ast.h"
#include "parse/parse.h"
#include "token/token.h"

/* A start symbol of its own: the expression within an f-string's braces. */
enum { PARSE_FSTRING = 800 };
/* Nesting that the parser bears; beyond it is a MemoryError, as in CPython. */
enum { PARSE_MAX_LEVEL = 6000, PARSE_PAREN_LEVELS = 26 };

typedef struct Token {
    TokenKind kind;
    int size, level; /* level: of brackets behind it */
    const char *text;
    int lineno, col_offset, end_lineno, end_col_offset; /* columns -1 where the token has no text */
    Node *strings;    /* the literal that begins here, once made */
    int strings_end;  /* the token behind it */
    struct Memo *memo; /* of the error finder */
} Token;

typedef struct Parser {
    Tokenizer tokens;
    Token **token;    /* all tokens so far */
    Token *token_block; /* tokens are cut from blocks of the arena: they stay where they are */
    int ntokens, token_room;
    int seen;         /* tokens that the error finder looked at; 0 before it runs */
    int mark; /* the next token */
    KArena *arena;
    PyObject *filename;
    int start, flags, feature_version;
    int first_line, first_column; /* where an f-string's expression stands; 0 for a whole program */
    struct {                      /* the last f-string expression: lines are counted on from it */
        const char *text, *at, *line; /* its token, itself, the start of its line */
        int lines;
    } place;
    int level;
    bool started;                 /* single mode: something was read since the last newline made up */
    bool invalid_rules;           /* the error finder may use the rules for wrong programs */
    Token *known_error;
    void **stack;                 /* items of sequences being parsed */
    size_t nstack, stack_room;
    NodeSeq *type_ignores;
    size_t ntype_ignores;
} Parser;

/* ---- tokens (tokens.c) ---- */
K_INT int parser_init(Parser *p, const char *text, const ParseOptions *options, KArena *arena);
K_INT void parser_finish(Parser *p);
/* Reads one more token; it is there afterwards in any case. -1 with an exception when it is an ERRORTOKEN. */
K_INT int parser_fill(Parser *p);
K_INT Node *parser_run(Parser *p); /* parse, and the error finder on failure */

static inline Token *tok(Parser *p)
{
    if (p->mark == p->ntokens && parser_fill(p) < 0)
        return p->token[p->ntokens - 1];
    return p->token[p->mark];
}
static inline TokenKind kind(Parser *p)
{
    return tok(p)->kind;
}
static inline TokenKind kind_ahead(Parser *p) /* of the token behind the next one */
{
    if (tok(p)->kind == ERRORTOKEN)
        return ERRORTOKEN;
    p->mark++;
    TokenKind next = tok(p)->kind;
    p->mark--;
    return next;
}
static inline Token *advance(Parser *p) /* the next token, consumed */
{
    return p->token[p->mark++];
}
static inline bool at(Parser *p, TokenKind which)
{
    return kind(p) == which;
}
static inline bool accept(Parser *p, TokenKind which)
{
    if (kind(p) != which)
        return false;
    p->mark++;
    return true;
}
static inline bool at_word(Parser *p, const char *word, int size) /* a soft keyword */
{
    Token *t = tok(p);
    return t->kind == NAME && t->size == size && memcmp(t->text, word, (size_t)size) == 0;
}

/* ---- positions and sequences ---- */
static inline Position from_to(const Token *first, const Token *last)
{
    return (Position){ first->lineno, first->col_offset, last->end_lineno, last->end_col_offset };
}
/* The last token consumed that is more than layout. */
static inline const Token *last_token(const Parser *p)
{
    int i = p->mark - 1;
    while (i > 0 && (p->token[i]->kind == NEWLINE || p->token[i]->kind == INDENT || p->token[i]->kind == DEDENT))
        i--;
    return p->token[i];
}
/* From the token at index first to the last one consumed. */
static inline Position since(Parser *p, int first)
{
    return from_to(p->token[first], last_token(p));
}
static inline Node *new_since(Parser *p, int first, NodeKind node)
{
    return ast_node(p->arena, node, since(p, first));
}
K_INT bool parser_push(Parser *p, void *item); /* false with MemoryError; NULL items give false without */
K_INT bool parser_push_null(Parser *p);
K_INT NodeSeq *parser_take(Parser *p, size_t base); /* the items above base, which leave the stack */
K_INT IdentSeq *parser_take_idents(Parser *p, size_t base);
K_INT NodeSeq *parser_one(Parser *p, Node *node); /* a sequence of one node */

K_INT PyObject *parser_identifier(Parser *p); /* consumes a NAME: borrowed from the arena */
K_INT PyObject *parser_intern(Parser *p, const char *text, Py_ssize_t size);
K_INT PyObject *parser_own(Parser *p, K_STOLEN PyObject *object); /* borrowed from the arena; NULL gives NULL */
K_INT PyObject *parser_type_comment(Parser *p); /* consumes a TYPE_COMMENT: its text */
/* Whether the token, != or <>, is the one in use: <> with the flag of barry_as_FLUFL. Raises for != then. */
K_INT bool parser_not_equal(Parser *p, const Token *t);
/* Nesting: false with MemoryError. */
K_INT bool parser_enter(Parser *p, int levels);
static inline void parser_leave(Parser *p, int levels)
{
    p->level -= levels;
}
/* False with SyntaxError when the program asked for an older Python. */
K_INT bool parser_version(Parser *p, int minor, const char *what);

/* ---- errors (error.c) ---- */
enum { PARSE_HERE = -5 }; /* for end positions: where the tokenizer stands */
K_INT void parse_raise_at(Parser *p, PyObject *type, int lineno, int col_offset, int end_lineno, int end_col_offset,
                          const char *format, ...); /* columns from 0 in bytes */
K_INT void parse_raise(Parser *p, PyObject *type, const char *format, ...); /* at the last token read */
K_INT void parse_raise_decode(Parser *p);      /* turns a UnicodeError or ValueError into a SyntaxError */
K_INT void parse_raise_tokenizer(Parser *p);   /* what the tokenizer's state says */
K_INT void parse_raise_unclosed(Parser *p);
K_INT void parse_check_rest(Parser *p); /* tokenizes on: an error there replaces the current one */

/* ---- statements.c ---- */
K_INT Node *parse_program(Parser *p);
K_INT NodeSeq *parse_block(Parser *p);
/* ---- compound.c ---- */
K_INT Node *parse_compound(Parser *p); /* at one of its keywords */
/* At the name "match": NULL without exception and mark moved back if it begins no match statement. */
K_INT Node *parse_match(Parser *p);
K_INT bool parse_at_compound(Parser *p);
/* ---- params.c ---- */
K_INT Node *parse_params(Parser *p, bool lambda); /* up to the closing token */
/* ---- patterns.c ---- */
K_INT Node *parse_patterns(Parser *p);
/* ---- expressions.c ---- */
K_INT Node *parse_expression(Parser *p);
K_INT Node *parse_named(Parser *p);           /* name := expression, or expression */
K_INT Node *parse_star_expressions(Parser *p); /* a, *b */
K_INT Node *parse_star_named(Parser *p);
K_INT Node *parse_yield_or_star(Parser *p);
K_INT Node *parse_disjunction(Parser *p);
K_INT Node *parse_bitwise_or(Parser *p);
/* ---- atoms.c ---- */
K_INT Node *parse_primary(Parser *p);
K_INT NodeSeq *parse_comprehension(Parser *p); /* at "for" or "async" */
K_INT bool parse_arguments(Parser *p, NodeSeq **args, NodeSeq **keywords); /* behind "(", consumes ")" */
/* ---- targets.c ---- */
K_INT Node *parse_as_target(Parser *p, Node *expr, AstEnum ctx); /* the same node in this context, or NULL */
K_INT Node *parse_star_targets(Parser *p); /* of for: up to "in" */
K_INT Node *parse_star_target(Parser *p);
/* ---- literals.c ---- */
K_INT Node *parse_number(Parser *p);
K_INT Node *parse_strings(Parser *p);
K_INT PyObject *parse_string_text(Parser *p, const char *text, Py_ssize_t size, bool raw, Token *t); /* new */
/* ---- fstring.c ---- */
typedef struct FString {
    PyObject *text;   /* literal text not yet in a node: owned, or NULL */
    size_t base;      /* its nodes stand on the parser's stack from here */
    bool formatted;
} FString;
K_INT bool fstring_add_text(FString *string, K_STOLEN PyObject *text);
K_INT bool fstring_parse(Parser *p, FString *string, const char **text, const char *end, bool raw, int depth,
                         Token *first, Token *t, Token *last);
K_INT Node *fstring_finish(Parser *p, FString *string, Token *first, Token *last);

/* ---- diagnose.c ---- */
K_INT void parse_diagnose(Parser *p); /* the program is wrong and no exception is set: sets one */

#endif
