/* tokenizer.c - from text to tokens: lines, indentation, names, strings, brackets.
 *
 * In: NUL-terminated UTF-8 text with \n newlines.  Out: one token a call.
 * Invariant: cur lies in the line that ends at inp; a line is entered only through token_read_line(), which counts it.
 * Errors raise SyntaxError here only where the message names characters; the others are told by `done`, because the
 * parser knows their place. Start at tokenizer_next(). */
#include "token/token.h"
#include "base/alloc_fail.h"
#include "objects/module.h"
#include "objects/str/str.h"
#include "runtime/errors.h"

enum { TAB_SIZE = 8 };

void tokenizer_init(Tokenizer *tokens, const char *text, PyObject *filename)
{
    memset(tokens, 0, offsetof(Tokenizer, columns));
    tokens->text = tokens->cur = tokens->inp = tokens->buf = tokens->line_start = text;
    tokens->multi_line_start = text;
    tokens->start = NULL;
    tokens->columns[0] = tokens->alt_columns[0] = 0;
    tokens->at_line_start = true;
    tokens->after_continuation = false;
    tokens->level = 0;
    tokens->filename = filename;
    tokens->encoding = NULL;
    tokens->type_comments = tokens->async_hacks = false;
    tokens->async_def = tokens->async_def_newline = false;
    tokens->async_def_indent = 0;
}

/* ---- lines and errors ---- */
int token_read_line(Tokenizer *tokens)
{
    if (tokens->done != TOKENS_GO_ON)
        return EOF;
    const char *line = tokens->inp;
    if (!*line) {
        tokens->done = TOKENS_EOF;
        tokens->cur = tokens->inp;
        return EOF;
    }
    const char *newline = strchr(line, '\n');
    if (!tokens->start)
        tokens->buf = tokens->cur;
    tokens->line_start = tokens->cur;
    tokens->lineno++;
    tokens->inp = newline ? newline + 1 : line + strlen(line);
    return (unsigned char)*tokens->cur++;
}

static void raise_at(Tokenizer *tokens, int column, int end_column, PyObject *message)
{
    K_AUTO(PyObject *) before = PyUnicode_DecodeUTF8(tokens->line_start, tokens->cur - tokens->line_start, "replace");
    if (!before || !message)
        return;
    if (column == -1)
        column = (int)PyUnicode_GET_LENGTH(before);
    if (end_column == -1)
        end_column = column;
    K_AUTO(PyObject *) line = PyUnicode_DecodeUTF8(tokens->line_start,
                                                   (Py_ssize_t)strcspn(tokens->line_start, "\n"), "replace");
    if (!line)
        return;
    PyObject *filename = tokens->filename ? tokens->filename : Py_None;
    K_AUTO(PyObject *) args = Py_BuildValue("(O(OiiOii))", message, filename, tokens->lineno, column, line,
                                            tokens->lineno, end_column);
    if (args)
        PyErr_SetObject(PyExc_SyntaxError, args);
}

TokenKind token_error(Tokenizer *tokens, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    K_AUTO(PyObject *) message = PyUnicode_FromFormatV(format, values);
    va_end(values);
    raise_at(tokens, -1, -1, message);
    tokens->done = TOKENS_ERROR;
    return ERRORTOKEN;
}

TokenKind token_error_range(Tokenizer *tokens, int column, int end_column, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    K_AUTO(PyObject *) message = PyUnicode_FromFormatV(format, values);
    va_end(values);
    raise_at(tokens, column, end_column, message);
    tokens->done = TOKENS_ERROR;
    return ERRORTOKEN;
}

static TokenKind stop(Tokenizer *tokens, TokensState why)
{
    tokens->done = why;
    tokens->cur = tokens->inp;
    return ERRORTOKEN;
}

/* Behind a backslash: the first character of the next line (not consumed), or -1. */
static int continuation_line(Tokenizer *tokens)
{
    if (token_getc(tokens) != '\n') {
        tokens->done = TOKENS_LINECONT;
        return -1;
    }
    int c = token_getc(tokens);
    if (c == EOF) {
        tokens->done = TOKENS_EOF;
        tokens->cur = tokens->inp;
        return -1;
    }
    token_ungetc(tokens, c);
    return c;
}

/* ---- indentation ---- */

/* Compares a line's columns (tabs to 8, and tabs to 1: both must agree) with the stack. False on error. */
static bool indent_line(Tokenizer *tokens, int column, int alt_column)
{
    int *columns = tokens->columns, *alt_columns = tokens->alt_columns;
    if (column > columns[tokens->indent]) {
        if (tokens->indent + 1 >= TOKEN_MAX_INDENT)
            return stop(tokens, TOKENS_TOODEEP) != ERRORTOKEN;
        if (alt_column <= alt_columns[tokens->indent])
            return stop(tokens, TOKENS_TABSPACE) != ERRORTOKEN;
        tokens->pending++;
        tokens->indent++;
        columns[tokens->indent] = column;
        alt_columns[tokens->indent] = alt_column;
        return true;
    }
    while (tokens->indent > 0 && column < columns[tokens->indent]) {
        tokens->pending--;
        tokens->indent--;
    }
    if (column != columns[tokens->indent])
        return stop(tokens, TOKENS_DEDENT) != ERRORTOKEN;
    if (alt_column != alt_columns[tokens->indent])
        return stop(tokens, TOKENS_TABSPACE) != ERRORTOKEN;
    return true;
}

/* At the start of a line: measures and compares its indentation. *blank: nothing but a comment. False on error. */
static bool start_line(Tokenizer *tokens, bool *blank)
{
    int column = 0, alt_column = 0, continued_column = 0, c;
    tokens->at_line_start = false;
    for (;;) {
        c = token_getc(tokens);
        if (c == ' ') {
            column++;
            alt_column++;
        } else if (c == '\t') {
            column = (column / TAB_SIZE + 1) * TAB_SIZE;
            alt_column++;
        } else if (c == '\f') {
            column = alt_column = 0;
        } else if (c == '\\') { /* the indentation counts up to the first backslash */
            continued_column = continued_column ? continued_column : column;
            c = continuation_line(tokens);
            if (c == -1)
                return false;
        } else {
            break;
        }
    }
    token_ungetc(tokens, c);
    *blank = c == '#' || c == '\n';
    if (*blank || tokens->level)
        return true;
    return indent_line(tokens, continued_column ? continued_column : column,
                       continued_column ? continued_column : alt_column);
}

/* ---- comments ---- */

/* The text behind "# type: " (blanks in it match any number), or NULL. */
static const char *type_comment_text(const Tokenizer *tokens)
{
    const char *p = tokens->start;
    for (const char *prefix = "# type: "; *prefix; prefix++) {
        if (*prefix == ' ') {
            while (p < tokens->cur && (*p == ' ' || *p == '\t'))
                p++;
        } else if (p < tokens->cur && *p == *prefix) {
            p++;
        } else {
            return NULL;
        }
    }
    return p;
}

/* "ignore" followed by no name character. */
static bool is_type_ignore(const Tokenizer *tokens, const char *text)
{
    const char *end = text + strlen("ignore");
    if (tokens->cur < end || memcmp(text, "ignore", strlen("ignore")) != 0)
        return false;
    return tokens->cur == end || !(token_is_name_char((unsigned char)*end) && *end != '_');
}

/* Behind a '#': skips the comment. A type comment's kind, or ENDMARKER for an ordinary one. */
static TokenKind comment(Tokenizer *tokens, bool blank, const char **start, const char **end)
{
    const char *newline = tokens->inp > tokens->cur && tokens->inp[-1] == '\n' ? tokens->inp - 1 : tokens->inp;
    tokens->cur = newline > tokens->cur ? newline : tokens->cur;
    const char *text = tokens->type_comments ? type_comment_text(tokens) : NULL;
    if (!text)
        return ENDMARKER;
    *start = text;
    *end = tokens->cur;
    if (!is_type_ignore(tokens, text))
        return TYPE_COMMENT;
    *start = text + strlen("ignore");
    if (blank) { /* alone on its line: the newline goes with it */
        token_getc(tokens);
        tokens->at_line_start = true;
    }
    return TYPE_IGNORE;
}

/* ---- names ---- */
static const struct {
    const char *text;
    int size;
    TokenKind kind;
} keywords[] = {
#define TOKEN(name, text)
#define KEYWORD(name, text) { text, sizeof(text) - 1, name },
#include "token/tokens.def"
#undef TOKEN
#undef KEYWORD
};

TokenKind token_word_kind(const char *text, Py_ssize_t size)
{
    if (size < 2 || size > 8)
        return NAME;
    for (size_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++) {
        if (keywords[i].text[0] == text[0] && keywords[i].size == size &&
            memcmp(keywords[i].text, text, (size_t)size) == 0)
            return keywords[i].kind;
    }
    return NAME;
}

const char *token_text(TokenKind kind)
{
    static const char *const texts[TOKEN_KINDS] = {
#define TOKEN(name, text)   [name] = text,
#define KEYWORD(name, text) [name] = text,
#include "token/tokens.def"
#undef TOKEN
#undef KEYWORD
    };
    return texts[kind];
}

/* A name with bytes above 127 must be an identifier; the error stands at its first wrong character. */
static bool check_name(Tokenizer *tokens)
{
    K_AUTO(PyObject *) name = PyUnicode_DecodeUTF8(tokens->start, tokens->cur - tokens->start, NULL);
    if (!name) {
        tokens->done = PyErr_ExceptionMatches(PyExc_UnicodeDecodeError) ? TOKENS_DECODE : TOKENS_ERROR;
        return false;
    }
    Py_ssize_t good = _PyUnicode_ScanIdentifier(name);
    if (good < 0) {
        tokens->done = TOKENS_ERROR;
        return false;
    }
    if (good == PyUnicode_GET_LENGTH(name))
        return true;
    Py_UCS4 wrong = PyUnicode_READ_CHAR(name, good);
    const char *p = tokens->start;
    for (Py_ssize_t i = 0; i <= good; i++) {
        p++;
        while (((unsigned char)*p & 0xc0) == 0x80)
            p++;
    }
    tokens->cur = p;
    char hex[12];
    snprintf(hex, sizeof hex, "%04X", (unsigned)wrong);
    if (Py_UNICODE_ISPRINTABLE(wrong))
        token_error(tokens, "invalid character '%c' (U+%s)", (int)wrong, hex);
    else
        token_error(tokens, "invalid non-printable character U+%s", hex);
    return false;
}

/* Python 3.6 and before: "async" and "await" are words within async functions and before "def". */
static TokenKind async_word(Tokenizer *tokens, TokenKind word)
{
    if (!tokens->async_hacks || tokens->async_def)
        return word;
    if (word == AWAIT)
        return NAME;
    Tokenizer *ahead = alloc_fails() ? NULL : malloc(sizeof *ahead);
    if (!ahead) {
        tokens->done = TOKENS_NO_MEMORY;
        return ERRORTOKEN;
    }
    memcpy(ahead, tokens, sizeof *ahead);
    const char *start, *end;
    TokenKind next = tokenizer_next(ahead, &start, &end);
    bool def = next == NAME && end - start == 3 && memcmp(start, "def", 3) == 0;
    free(ahead);
    if (!def) {
        PyErr_Clear();
        return NAME;
    }
    tokens->async_def_indent = tokens->indent;
    tokens->async_def = true;
    return ASYNC;
}

/* ---- strings ---- */

/* Behind the opening quote's first character. */
static TokenKind string(Tokenizer *tokens, int quote)
{
    int quote_size = 1, end_size = 0;
    tokens->first_lineno = tokens->lineno;
    tokens->multi_line_start = tokens->line_start;
    int c = token_getc(tokens);
    if (c == quote) {
        c = token_getc(tokens);
        if (c == quote)
            quote_size = 3;
        else
            end_size = 1; /* empty */
    }
    if (c != quote)
        token_ungetc(tokens, c);
    while (end_size != quote_size) {
        c = token_getc(tokens);
        if (c == EOF || (quote_size == 1 && c == '\n')) {
            int detected = tokens->lineno;
            tokens->cur = tokens->start + 1;
            tokens->line_start = tokens->multi_line_start;
            tokens->lineno = tokens->first_lineno;
            token_error(tokens, "unterminated %sstring literal (detected at line %d)",
                        quote_size == 3 ? "triple-quoted " : "", detected);
            if (c == EOF)
                tokens->done = TOKENS_EOF_IN_STRING;
            return ERRORTOKEN;
        }
        if (c == quote) {
            end_size++;
        } else {
            end_size = 0;
            if (c == '\\')
                token_getc(tokens);
        }
    }
    return STRING;
}

static bool is_string_prefix(const char *text, Py_ssize_t size)
{
    static const char prefixes[] = " b u r f br rb fr rf ";
    char word[5] = " ";
    if (size > 2)
        return false;
    for (Py_ssize_t i = 0; i < size; i++)
        word[i + 1] = (char)(text[i] | 0x20);
    word[size + 1] = ' ';
    return strstr(prefixes, word) != NULL;
}

/* Behind a name's first character c. */
static TokenKind name(Tokenizer *tokens, int c)
{
    bool ascii = true;
    while (c != EOF && token_is_name_char(c)) {
        ascii = ascii && c < 128;
        c = token_getc(tokens);
        if ((c == '"' || c == '\'') && is_string_prefix(tokens->start, tokens->cur - 1 - tokens->start))
            return string(tokens, c);
    }
    token_ungetc(tokens, c);
    if (!ascii && !check_name(tokens))
        return ERRORTOKEN;
    if (tokens->cur - tokens->start == 5 && tokens->start[0] == 'a') {
        if (memcmp(tokens->start, "async", 5) == 0)
            return async_word(tokens, ASYNC);
        if (memcmp(tokens->start, "await", 5) == 0)
            return async_word(tokens, AWAIT);
    }
    return NAME;
}

/* ---- operators ---- */
static TokenKind open_paren(Tokenizer *tokens, int c)
{
    if (tokens->level >= TOKEN_MAX_PARENS)
        return token_error(tokens, "too many nested parentheses");
    tokens->paren[tokens->level] = (char)c;
    tokens->paren_line[tokens->level] = tokens->lineno;
    tokens->paren_column[tokens->level] = (int)(tokens->start - tokens->line_start);
    tokens->level++;
    return c == '(' ? LPAR : c == '[' ? LSQB : LBRACE;
}

static TokenKind close_paren(Tokenizer *tokens, int c)
{
    if (!tokens->level)
        return token_error(tokens, "unmatched '%c'", c);
    tokens->level--;
    int opening = tokens->paren[tokens->level], line = tokens->paren_line[tokens->level];
    if (opening != (c == ')' ? '(' : c == ']' ? '[' : '{')) {
        if (line != tokens->lineno)
            return token_error(tokens, "closing parenthesis '%c' does not match opening parenthesis '%c' on line %d",
                               c, opening, line);
        return token_error(tokens, "closing parenthesis '%c' does not match opening parenthesis '%c'", c, opening);
    }
    return c == ')' ? RPAR : c == ']' ? RSQB : RBRACE;
}

/* Meets the end of the text as soon as a longer operator would: whether more could follow is asked of `done`. */
static void look_behind(Tokenizer *tokens)
{
    token_ungetc(tokens, token_getc(tokens));
}

/* The longest operator that starts with c, which was read. */
static TokenKind operator(Tokenizer *tokens, int c)
{
    static const unsigned char alone[128] = {
        ['+'] = PLUS, ['-'] = MINUS, ['*'] = STAR, ['/'] = SLASH, ['|'] = VBAR, ['&'] = AMPER, ['<'] = LESS,
        ['>'] = GREATER, ['='] = EQUAL, ['.'] = DOT, ['%'] = PERCENT, ['~'] = TILDE, ['^'] = CIRCUMFLEX, ['@'] = AT,
        [':'] = COLON,
    };
    const char *rest = tokens->cur;
    if (!strchr("=<>*/.", *rest) || !*rest)
        return alone[c] ? (TokenKind)alone[c] : OP;
    TokenKind kind = OP;
    int best = 0;
    for (int i = LPAR; i < OP; i++) {
        const char *text = token_text((TokenKind)i);
        int size = (int)strlen(text);
        if (text[0] == c && size > best && strncmp(rest, text + 1, (size_t)size - 1) == 0) {
            best = size;
            kind = (TokenKind)i;
        }
    }
    if (c == '<' && *rest == '>') { /* the parser tells whether it may stand for != */
        best = 2;
        kind = NOTEQUAL;
    }
    if (best > 1)
        tokens->cur += best - 1;
    if (best == 2)
        look_behind(tokens);
    return kind;
}

static TokenKind punctuation(Tokenizer *tokens, int c)
{
    look_behind(tokens);
    switch (c) {
    case '(': case '[': case '{':
        return open_paren(tokens, c);
    case ')': case ']': case '}':
        return close_paren(tokens, c);
    case ',': return COMMA;
    case ';': return SEMI;
    }
    if (c < 32 || c == 127)
        return token_error(tokens, "invalid non-printable character U+00%s%c", c == 127 ? "7" : c < 16 ? "0" : "1",
                           "0123456789ABCDEF"[c & 15]);
    return operator(tokens, c);
}

/* ---- the whole ---- */

/* DEDENTs due, and the end of an async function for old versions. ENDMARKER: go on. */
static TokenKind due_token(Tokenizer *tokens, bool blank)
{
    if (tokens->pending < 0) {
        tokens->pending++;
        return DEDENT;
    }
    if (tokens->pending > 0) {
        tokens->pending--;
        return INDENT;
    }
    if (tokens->async_def) {
        int c = token_getc(tokens);
        token_ungetc(tokens, c);
        /* a type comment alone on its line ends with a NEWLINE but sets no indentation: wait for more */
        if (!blank && c != '\n' && !tokens->level && tokens->async_def_newline &&
            tokens->async_def_indent >= tokens->indent) {
            tokens->async_def = tokens->async_def_newline = false;
            tokens->async_def_indent = 0;
        }
    }
    return ENDMARKER;
}

static TokenKind token_at(Tokenizer *tokens, int c)
{
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 128)
        return name(tokens, c);
    if (c >= '0' && c <= '9')
        return token_number(tokens, c);
    if (c == '"' || c == '\'')
        return string(tokens, c);
    if (c == '.' && *tokens->cur >= '0' && *tokens->cur <= '9')
        return token_fraction(tokens, token_getc(tokens));
    return punctuation(tokens, c);
}

TokenKind tokenizer_next(Tokenizer *tokens, const char **start, const char **end)
{
    bool blank;
next_line:
    *start = *end = NULL;
    tokens->start = NULL;
    blank = false;
    if (tokens->at_line_start && !start_line(tokens, &blank))
        return ERRORTOKEN;
    tokens->start = tokens->cur;
    TokenKind kind = due_token(tokens, blank);
    if (kind != ENDMARKER)
        return kind;
    for (;;) {
        tokens->start = NULL;
        int c;
        do
            c = token_getc(tokens);
        while (c == ' ' || c == '\t' || c == '\f');
        tokens->start = c == EOF ? tokens->cur : tokens->cur - 1;
        if (c == '#') {
            kind = comment(tokens, blank, start, end);
            if (kind != ENDMARKER)
                return kind;
            c = token_getc(tokens);
            tokens->start = c == EOF ? tokens->cur : tokens->start;
        }
        if (c == EOF)
            return tokens->level || tokens->done != TOKENS_EOF ? ERRORTOKEN : ENDMARKER;
        if (c == '\n') {
            tokens->at_line_start = true;
            if (blank || tokens->level > 0)
                goto next_line;
            *start = tokens->start;
            *end = tokens->cur - 1;
            tokens->after_continuation = false;
            tokens->async_def_newline = tokens->async_def_newline || tokens->async_def;
            return NEWLINE;
        }
        if (c != '\\') {
            kind = token_at(tokens, c);
            if (kind != ERRORTOKEN) {
                *start = tokens->start;
                *end = tokens->cur;
            }
            return kind;
        }
        if (continuation_line(tokens) == -1)
            return ERRORTOKEN;
        tokens->after_continuation = true;
    }
}
