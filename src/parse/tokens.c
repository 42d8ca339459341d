/* tokens.c - the parser's token array, its stack, and the way from text to tree.
 *
 * In: a source file's bytes.  Out: a tree, or an exception.
 * Invariant: token[0 .. ntokens) were read once and never change; mark moves freely below ntokens.
 * Start at parse_source(). */
#include "code/code.h"
#include "memory/mem.h"
#include "objects/int/int.h"
#include "objects/call.h"
#include "objects/module.h"
#include "objects/str/str.h"
#include "parse/parser.h"
#include "runtime/errors.h"
#include "runtime/import.h"
#include "runtime/run.h"
#include "text/source.h"

enum { NEWEST_MINOR = 11, FIRST_TOKENS = 256, FIRST_STACK = 256, TOKEN_BLOCK = 64 };

/* ---- tokens ---- */
static bool remember_type_ignore(Parser *p, const char *start, const char *end)
{
    if (p->type_ignores->n == (Py_ssize_t)p->ntype_ignores) {
        NodeSeq *more = ast_seq(p->arena, (Py_ssize_t)p->ntype_ignores * 2 + 8);
        if (!more)
            return false;
        memcpy(more->item, p->type_ignores->item, p->ntype_ignores * sizeof more->item[0]);
        p->type_ignores = more;
    }
    Node *ignore = ast_node(p->arena, TypeIgnore_kind, (Position){ 0 });
    if (!ignore)
        return false;
    ignore->TypeIgnore.lineno = p->tokens.lineno;
    ignore->TypeIgnore.tag = parser_own(p, PyUnicode_DecodeUTF8(start, end - start, NULL));
    p->type_ignores->item[p->ntype_ignores++] = ignore;
    return ignore->TypeIgnore.tag != NULL;
}

/* In single mode the end of the text ends the line and all blocks. */
static TokenKind end_single(Parser *p, TokenKind kind)
{
    if (p->start != Py_single_input || kind != ENDMARKER || !p->started) {
        p->started = true;
        return kind;
    }
    p->started = false;
    if (p->tokens.indent && !(p->flags & PyCF_DONT_IMPLY_DEDENT)) {
        p->tokens.pending = -p->tokens.indent;
        p->tokens.indent = 0;
    }
    return NEWLINE;
}

static int column_in(const Parser *p, const char *line, const char *text)
{
    int column = text && text >= line ? (int)(text - line) : -1;
    return p->tokens.lineno == p->first_line ? p->first_column + column : column;
}

static Token *new_token(Parser *p)
{
    int in_block = p->ntokens % TOKEN_BLOCK;
    if (p->ntokens == p->token_room) {
        int room = p->token_room * 2;
        Token **grown = PyMem_Realloc(p->token, (size_t)room * sizeof *grown);
        if (grown) {
            p->token = grown;
            p->token_room = room;
        }
    }
    if (!in_block && p->ntokens)
        p->token_block = arena_alloc(p->arena, TOKEN_BLOCK * sizeof(Token));
    if (p->ntokens < p->token_room && p->token_block)
        return p->token[p->ntokens++] = &p->token_block[in_block];
    p->token[p->ntokens - 1]->kind = ERRORTOKEN; /* parser_init made the first block */
    K_UNUSED PyObject *none = PyErr_NoMemory();
    return NULL;
}

int parser_fill(Parser *p)
{
    if (p->ntokens && p->token[p->ntokens - 1]->kind == ERRORTOKEN)
        return -1;
    Token *t = new_token(p);
    if (!t)
        return -1;
    Tokenizer *tokens = &p->tokens;
    const char *start, *end;
    TokenKind kind = tokenizer_next(tokens, &start, &end);
    bool remembered = true;
    while (kind == TYPE_IGNORE && remembered) {
        remembered = remember_type_ignore(p, start, end);
        kind = tokenizer_next(tokens, &start, &end);
    }
    kind = remembered ? end_single(p, kind) : ERRORTOKEN;
    t->kind = kind == NAME ? token_word_kind(start, end - start) : kind;
    t->text = start;
    t->size = (int)(end - start);
    t->level = tokens->level;
    t->lineno = kind == STRING ? tokens->first_lineno : tokens->lineno;
    t->end_lineno = tokens->lineno;
    t->col_offset = column_in(p, kind == STRING ? tokens->multi_line_start : tokens->line_start, start);
    t->end_col_offset = column_in(p, tokens->line_start, end);
    if (kind != ERRORTOKEN)
        return 0;
    if (!remembered)
        return -1;
    if (tokens->done == TOKENS_DECODE)
        parse_raise_decode(p);
    else if (!PyErr_Occurred())
        parse_raise_tokenizer(p);
    return -1;
}

int parser_init(Parser *p, const char *text, const ParseOptions *options, KArena *arena)
{
    memset(p, 0, sizeof *p);
    tokenizer_init(&p->tokens, text, options->filename);
    p->filename = options->filename;
    p->arena = arena;
    p->start = options->start;
    p->flags = options->flags;
    p->feature_version = options->feature_version ? options->feature_version : NEWEST_MINOR;
    p->tokens.type_comments = (options->flags & PyCF_TYPE_COMMENTS) != 0;
    p->tokens.async_hacks = p->feature_version < 7;
    p->type_ignores = ast_seq(arena, 0);
    p->token_room = FIRST_TOKENS;
    p->token = PyMem_Malloc(FIRST_TOKENS * sizeof *p->token);
    p->stack_room = FIRST_STACK;
    p->stack = PyMem_Malloc(FIRST_STACK * sizeof *p->stack);
    p->token_block = arena_alloc(arena, TOKEN_BLOCK * sizeof(Token));
    if (p->token && p->stack && p->token_block)
        return 0;
    K_UNUSED PyObject *none = PyErr_NoMemory();
    return -1;
}

void parser_finish(Parser *p)
{
    PyMem_Free(p->token);
    PyMem_Free(p->stack);
}

/* ---- the stack ---- */
static bool push_any(Parser *p, void *item)
{
    if (p->nstack == p->stack_room) {
        void **grown = PyMem_Realloc(p->stack, p->stack_room * 2 * sizeof *grown);
        if (!grown)
            return PyErr_NoMemory() != NULL;
        p->stack = grown;
        p->stack_room *= 2;
    }
    p->stack[p->nstack++] = item;
    return true;
}

bool parser_push(Parser *p, void *item)
{
    return item && push_any(p, item);
}

bool parser_push_null(Parser *p)
{
    return push_any(p, NULL);
}

NodeSeq *parser_take(Parser *p, size_t base)
{
    NodeSeq *seq = ast_seq(p->arena, (Py_ssize_t)(p->nstack - base));
    if (seq && seq->n)
        memcpy(seq->item, p->stack + base, (size_t)seq->n * sizeof seq->item[0]);
    p->nstack = base;
    return seq;
}

IdentSeq *parser_take_idents(Parser *p, size_t base)
{
    IdentSeq *seq = ast_ident_seq(p->arena, (Py_ssize_t)(p->nstack - base));
    if (seq && seq->n)
        memcpy(seq->item, p->stack + base, (size_t)seq->n * sizeof seq->item[0]);
    p->nstack = base;
    return seq;
}

NodeSeq *parser_one(Parser *p, Node *node)
{
    NodeSeq *seq = ast_seq(p->arena, 1);
    if (seq)
        seq->item[0] = node;
    return seq;
}

/* ---- objects ---- */
PyObject *parser_own(Parser *p, PyObject *object)
{
    if (!object)
        return NULL;
    if (arena_own(p->arena, object) == 0)
        return object;
    return PyErr_NoMemory();
}

/* Names are compared in their NFKC form. */
static PyObject *normalised(PyObject *name)
{
    K_AUTO(PyObject *) text = name;
    K_AUTO(PyObject *) module = PyImport_ImportModule("unicodedata");
    K_AUTO(PyObject *) normalise = module ? PyObject_GetAttr(module, K_STR("normalize")) : NULL;
    K_AUTO(PyObject *) result = normalise ? PyObject_CallFunctionObjArgs(normalise, K_STR("NFKC"), text, NULL) : NULL;
    if (!result || PyUnicode_Check(result))
        return K_MOVE(result);
    return k_raise(PyExc_TypeError, "unicodedata.normalize() must return a string, not %.200s",
                   Py_TYPE(result)->tp_name);
}

PyObject *parser_intern(Parser *p, const char *text, Py_ssize_t size)
{
    PyObject *name = PyUnicode_DecodeUTF8(text, size, NULL);
    if (name && !PyUnicode_IS_ASCII(name)) {
        if (PyErr_Occurred()) { /* the token behind it is wrong: no code may run now */
            Py_DECREF(name);
            return NULL;
        }
        name = normalised(name);
    }
    if (name)
        PyUnicode_InternInPlace(&name);
    return parser_own(p, name);
}

PyObject *parser_identifier(Parser *p)
{
    if (!at(p, NAME))
        return NULL;
    Token *t = advance(p);
    return parser_intern(p, t->text, t->size);
}

PyObject *parser_type_comment(Parser *p)
{
    Token *t = advance(p);
    return parser_own(p, PyUnicode_DecodeUTF8(t->text, t->size, NULL));
}

bool parser_not_equal(Parser *p, const Token *t)
{
    bool diamond = t->text[0] == '<';
    if (!(p->flags & CO_FUTURE_BARRY_AS_BDFL))
        return !diamond;
    if (!diamond)
        parse_raise_at(p, PyExc_SyntaxError, t->lineno, t->col_offset, t->end_lineno, t->end_col_offset,
                       "with Barry as BDFL, use '<>' instead of '!='");
    return diamond;
}

bool parser_enter(Parser *p, int levels)
{
    p->level += levels;
    return p->level < PARSE_MAX_LEVEL || PyErr_NoMemory() != NULL;
}

bool parser_version(Parser *p, int minor, const char *what)
{
    if (p->feature_version >= minor)
        return true;
    parse_raise(p, PyExc_SyntaxError, "%s only supported in Python 3.%d and greater", what, minor);
    return false;
}

/* ---- the whole ---- */

/* Whether text follows that is no comment: a second statement where single mode takes one. */
static bool more_than_one(const Parser *p)
{
    const char *cur = p->tokens.cur;
    for (;;) {
        while (*cur == ' ' || *cur == '\t' || *cur == '\n' || *cur == '\f')
            cur++;
        if (*cur != '#')
            return *cur != 0;
        while (*cur && *cur != '\n')
            cur++;
    }
}

Node *parser_run(Parser *p)
{
    Node *tree = parse_program(p);
    if (tree) {
        if (p->start != Py_single_input || !more_than_one(p))
            return tree;
        parse_raise(p, PyExc_SyntaxError, "multiple statements found while compiling a single statement");
        return NULL;
    }
    if ((p->flags & PyCF_ALLOW_INCOMPLETE_INPUT) &&
        (p->tokens.done == TOKENS_EOF || p->tokens.done == TOKENS_EOF_IN_STRING)) {
        PyErr_Clear();
        parse_raise(p, PyExc_SyntaxError, "incomplete input");
    } else if (!PyErr_Occurred()) {
        parse_diagnose(p);
    } else if (PyErr_ExceptionMatches(PyExc_SyntaxError) && p->tokens.done == TOKENS_GO_ON) {
        parse_check_rest(p);
    }
    return NULL;
}

/* Errors of decoding have no place in the text. */
static void decode_failed(const ParseOptions *options)
{
    if (!PyErr_ExceptionMatches(PyExc_LookupError) && !PyErr_ExceptionMatches(PyExc_SyntaxError) &&
        !PyErr_ExceptionMatches(PyExc_ValueError))
        return;
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    K_AUTO(PyObject *) old_type = type;
    K_AUTO(PyObject *) old_value = value;
    K_AUTO(PyObject *) old_traceback = traceback;
    K_AUTO(PyObject *) message = value ? PyObject_Str(value) : NULL;
    K_AUTO(PyObject *) args = message ? Py_BuildValue("(O(OiiO))", message, options->filename, 0, -1, Py_None) : NULL;
    if (args)
        PyErr_SetObject(PyExc_SyntaxError, args);
}

Node *parse_source(const char *bytes, Py_ssize_t size, const ParseOptions *options, KArena *arena)
{
    Source source;
    const SourceOptions how = { .is_utf8 = (options->flags & PyCF_IGNORE_COOKIE) != 0,
                                .end_newline = options->start == Py_file_input, .from_file = options->from_file,
                                .filename = options->filename };
    if (memchr(bytes, 0, (size_t)size)) {
        k_raise(PyExc_ValueError, "source code string cannot contain null bytes");
        return NULL;
    }
    if (source_decode(&source, bytes, size, &how, arena) < 0) {
        if (!options->from_file) /* those of a program file are SyntaxErrors without a place */
            decode_failed(options);
        return NULL;
    }
    Parser p;
    Node *tree = NULL;
    if (parser_init(&p, source.text, options, arena) == 0) {
        p.tokens.encoding = source.encoding;
        tree = parser_run(&p);
    }
    parser_finish(&p);
    return tree;
}
