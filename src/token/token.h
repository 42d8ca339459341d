/* token.h - from UTF-8 text to tokens. Serves the parser and module _tokenize. */
#ifndef KAA_TOKEN_TOKEN_H
#define KAA_TOKEN_TOKEN_H

#include "objects/object.h"

typedef enum {
#define TOKEN(name, text)   name,
#define KEYWORD(name, text) name,
#include "token/tokens.def"
#undef TOKEN
#undef KEYWORD
    TOKEN_KINDS
} TokenKind;

enum { TOKEN_MAX_INDENT = 100, TOKEN_MAX_PARENS = 200 };

/* Why the tokenizer stands still. */
typedef enum {
    TOKENS_GO_ON,
    TOKENS_EOF,
    TOKENS_ERROR,    /* an exception is set */
    TOKENS_EOF_IN_STRING, /* an exception is set */
    TOKENS_DECODE,   /* an exception is set that the parser turns into a SyntaxError */
    TOKENS_TABSPACE,
    TOKENS_TOODEEP,
    TOKENS_DEDENT,
    TOKENS_LINECONT,
    TOKENS_NO_MEMORY
} TokensState;

typedef struct Tokenizer {
    const char *text;        /* NUL-terminated, newlines are \n */
    const char *cur, *inp;   /* next character; end of the current line */
    const char *buf;         /* start of the first line of the current token */
    const char *start;       /* of the current token, or NULL between tokens */
    const char *line_start, *multi_line_start;
    int lineno, first_lineno; /* first_lineno: of the current string */
    TokensState done;
    int indent, pending;      /* pending: INDENT (> 0) or DEDENT (< 0) tokens to come */
    int columns[TOKEN_MAX_INDENT], alt_columns[TOKEN_MAX_INDENT];
    bool at_line_start, after_continuation;
    int level;
    char paren[TOKEN_MAX_PARENS];
    int paren_line[TOKEN_MAX_PARENS], paren_column[TOKEN_MAX_PARENS];
    PyObject *filename;       /* borrowed; NULL without */
    const char *encoding;     /* of the file, or NULL: then columns in errors count bytes, not characters */
    bool type_comments;
    bool async_hacks;         /* Python 3.6 and before: async and await are words only in async functions */
    bool async_def, async_def_newline;
    int async_def_indent;
} Tokenizer;

/* text stays the caller's and must outlive the tokenizer. */
K_INT void tokenizer_init(Tokenizer *tokens, const char *text, PyObject *filename);
/* The next token and its text; ERRORTOKEN with tokens->done telling why. */
K_INT TokenKind tokenizer_next(Tokenizer *tokens, const char **start, const char **end);
/* The kind of a word: a keyword's, or NAME. */
K_INT TokenKind token_word_kind(const char *text, Py_ssize_t size);
K_INT const char *token_text(TokenKind kind); /* "" where it has no fixed one */

/* For the files of this folder. */
static inline bool token_is_name_char(int c) /* bytes from 128 on: checked when the name is complete */
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c >= 128;
}
K_INT int token_read_line(Tokenizer *tokens); /* the first character of the next line, or EOF */
static inline int token_getc(Tokenizer *tokens)
{
    return tokens->cur != tokens->inp ? (unsigned char)*tokens->cur++ : token_read_line(tokens);
}
static inline void token_ungetc(Tokenizer *tokens, int c)
{
    if (c != EOF)
        tokens->cur--;
}
/* Raises SyntaxError at the current character (or at the given columns, from 1); gives ERRORTOKEN. */
K_INT TokenKind token_error(Tokenizer *tokens, const char *format, ...);
K_INT TokenKind token_error_range(Tokenizer *tokens, int column, int end_column, const char *format, ...);
K_INT TokenKind token_number(Tokenizer *tokens, int c); /* c: its first character, or '.' before a digit's; see there */
K_INT TokenKind token_fraction(Tokenizer *tokens, int c); /* c: the digit after the point */

#endif
