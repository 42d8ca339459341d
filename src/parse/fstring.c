/* fstring.c - the inside of f-strings: literal text, {expressions}, conversions and format specifications.
 *
 * In: a token's text between the quotes.  Out: Constant and FormattedValue nodes on the parser's stack.
 * An expression's text is parsed by a parser of its own as if it stood in parentheses where it stands. Start at
 * fstring_parse(). */
#include "memory/mem.h"
#include "objects/str/str.h"
#include "parse/parser.h"
#include "runtime/errors.h"
#include "text/source.h"

enum { DEEPEST = 2 };

/* ---- pieces ---- */
bool fstring_add_text(FString *string, PyObject *text)
{
    if (!PyUnicode_GET_LENGTH(text)) {
        Py_DECREF(text);
        return true;
    }
    if (!string->text) {
        string->text = text;
        return true;
    }
    PyUnicode_AppendAndDel(&string->text, text);
    return string->text != NULL;
}

/* The kind of a literal whose first token has the prefix u is "u". */
static Node *text_node(Parser *p, PyObject *text, const Token *first, const Token *last)
{
    text = parser_own(p, text);
    Node *node = text ? ast_node(p->arena, Constant_kind, from_to(first, last)) : NULL;
    if (!node)
        return NULL;
    node->Constant.value = text;
    node->Constant.kind = first->text[0] == 'u' ? parser_intern(p, "u", 1) : NULL;
    return node;
}

static bool push_text(Parser *p, FString *string, const Token *first, const Token *last)
{
    if (!string->text)
        return true;
    PyObject *text = string->text;
    string->text = NULL;
    return parser_push(p, text_node(p, text, first, last));
}

Node *fstring_finish(Parser *p, FString *string, Token *first, Token *last)
{
    if (!string->formatted) {
        PyObject *text = string->text ? string->text : PyUnicode_New(0, 0);
        string->text = NULL;
        return text ? text_node(p, text, first, last) : NULL;
    }
    if (!push_text(p, string, first, last))
        return NULL;
    Node *node = ast_node(p->arena, JoinedStr_kind, from_to(first, last));
    NodeSeq *values = parser_take(p, string->base);
    if (!node || !values)
        return NULL;
    node->JoinedStr.values = values;
    return node;
}

static bool complain(Parser *p, const char *format, int a, int b)
{
    parse_raise(p, PyExc_SyntaxError, format, a, b);
    return false;
}

/* ---- literal text ---- */
static bool warn_brace(Parser *p, const char *at, Token *t)
{
    K_AUTO(PyObject *) decoded = parse_string_text(p, at - 1, 2, false, t); /* gives the warning */
    return decoded != NULL;
}

/* Where the literal text from start ends: at a brace or the end. *doubled: the brace is a doubled one, kept once. */
static const char *literal_end(Parser *p, const char *start, const char *end, bool raw, int depth, bool *doubled,
                               Token *t)
{
    const char *s = start;
    while (s < end) {
        char c = *s++;
        if (!raw && c == '\\' && s < end) {
            c = *s++;
            if (c == 'N') { /* \N{name} */
                if (s < end && *s++ == '{') {
                    while (s < end && *s++ != '}')
                        ;
                }
                continue;
            }
            if (c == '{' && !warn_brace(p, s - 1, t))
                return NULL;
        }
        if (c != '{' && c != '}')
            continue;
        if (depth == 0) {
            if (s < end && *s == c) {
                *doubled = true;
                return s;
            }
            if (c == '}') {
                complain(p, "f-string: single '}' is not allowed", 0, 0);
                return NULL;
            }
        }
        return s - 1;
    }
    return s;
}

/* ---- expressions ---- */

/* Where the expression's "(" stands: lines below the token's start and the column. */
static void expression_place(Parser *p, const Token *t, const char *brace, int *lineno, int *column)
{
    const char *after = brace + 1;
    int columns = 0;
    if (p->place.text != t->text || p->place.at > brace) {
        p->place.text = p->place.at = p->place.line = t->text;
        p->place.lines = 0;
    }
    for (; p->place.at < brace; p->place.at++) {
        if (*p->place.at == '\n') {
            p->place.lines++;
            p->place.line = p->place.at + 1;
        }
    }
    while (*after == ' ' || *after == '\t' || *after == '\f')
        after++;
    if (*after != '\n' && *after != '}')
        columns = (int)(brace - p->place.line);
    *lineno = t->lineno + p->place.lines;
    *column = p->place.lines ? columns : t->col_offset + columns;
}

/* text: a copy with parentheses around the expression. */
static Node *parse_inner(Parser *p, const char *text, const Token *t, const char *brace)
{
    Parser *inner = PyMem_Malloc(sizeof *inner);
    if (!inner)
        return (Node *)PyErr_NoMemory();
    const ParseOptions options = { .filename = p->filename, .start = PARSE_FSTRING, .flags = p->flags,
                                   .feature_version = p->feature_version };
    Node *node = NULL;
    if (parser_init(inner, text, &options, p->arena) == 0) {
        int lineno, column;
        expression_place(p, t, brace, &lineno, &column);
        inner->tokens.lineno = lineno - 1;
        inner->tokens.type_comments = false;
        inner->first_line = lineno;
        inner->first_column = column;
        inner->level = p->level + PARSE_PAREN_LEVELS;
        node = parser_run(inner);
    }
    parser_finish(inner);
    PyMem_Free(inner);
    return node;
}

static Node *expression(Parser *p, const char *start, const char *end, const Token *t)
{
    const char *s = start;
    while (s < end && (*s == ' ' || *s == '\t' || *s == '\n' || *s == '\f'))
        s++;
    if (s == end) {
        if (*end == '!' || *end == ':' || *end == '=')
            complain(p, "f-string: expression required before '%c'", *end, 0);
        else
            complain(p, "f-string: empty expression not allowed", 0, 0);
        return NULL;
    }
    Py_ssize_t size = end - start;
    char *text = arena_alloc(p->arena, (size_t)size + 4);
    if (!text)
        return (Node *)PyErr_NoMemory();
    text[0] = '(';
    memcpy(text + 1, start, (size_t)size);
    text[size + 1] = ')';
    text[size + 2] = '\n';
    return parse_inner(p, text, t, start - 1);
}

static char closing_of(char opening)
{
    return opening == '(' ? ')' : opening == '[' ? ']' : '}';
}

/* Skips a string's text from its opening quote; the last character of it, or NULL when it does not end. */
static const char *skip_string(Parser *p, const char *s, const char *end, bool *wrong)
{
    char quote = *s;
    bool triple = s + 2 < end && s[1] == quote && s[2] == quote;
    s += triple ? 3 : 1;
    for (; s < end; s++) {
        if (*s == '\\') {
            *wrong = true;
            complain(p, "f-string expression part cannot include a backslash", 0, 0);
            return NULL;
        }
        if (*s != quote)
            continue;
        if (!triple)
            return s;
        if (s + 2 < end && s[1] == quote && s[2] == quote)
            return s + 2;
    }
    return NULL;
}

/* Whether a top-level character ends the expression; *skip: it is the first of a two-character operator. */
static bool ends_expression(const char *s, const char *end, bool *skip)
{
    *skip = false;
    if (!strchr("!:}=<>", *s))
        return false;
    if (s + 1 < end && s[1] == '=' && strchr("!=<>", *s)) {
        *skip = true;
        return false;
    }
    return *s != '<' && *s != '>';
}

/* The end of the expression that starts at s, or NULL with an exception. */
static const char *expression_end(Parser *p, const char *s, const char *end)
{
    char open[TOKEN_MAX_PARENS];
    int depth = 0;
    for (; s < end; s++) {
        bool skip, wrong = false;
        if (*s == '\\')
            return complain(p, "f-string expression part cannot include a backslash", 0, 0) ? s : NULL;
        if (*s == '\'' || *s == '"') {
            s = skip_string(p, s, end, &wrong);
            if (!s && !wrong)
                complain(p, "f-string: unterminated string", 0, 0);
            if (!s)
                return NULL;
        } else if (*s == '(' || *s == '[' || *s == '{') {
            if (depth >= TOKEN_MAX_PARENS)
                return complain(p, "f-string: too many nested parenthesis", 0, 0) ? s : NULL;
            open[depth++] = *s;
        } else if (*s == '#') {
            return complain(p, "f-string expression part cannot include '#'", 0, 0) ? s : NULL;
        } else if (!depth && ends_expression(s, end, &skip)) {
            break;
        } else if (!depth && skip) {
            s++;
        } else if (*s == ')' || *s == ']' || *s == '}') {
            if (!depth)
                return complain(p, "f-string: unmatched '%c'", *s, 0) ? s : NULL;
            char opening = open[--depth];
            if (*s != closing_of(opening))
                return complain(p, "f-string: closing parenthesis '%c' does not match opening parenthesis '%c'", *s,
                                opening) ? s : NULL;
        }
    }
    if (depth)
        return complain(p, "f-string: unmatched '%c'", open[depth - 1], 0) ? s : NULL;
    return s < end || complain(p, "f-string: expecting '}'", 0, 0) ? s : NULL;
}

/* Behind "!": its letter. */
static bool conversion(Parser *p, const char **text, const char *end, int *letter)
{
    if (*text >= end)
        return complain(p, "f-string: expecting '}'", 0, 0);
    *letter = (unsigned char)*(*text)++;
    if (*letter == 's' || *letter == 'r' || *letter == 'a')
        return *text < end || complain(p, "f-string: expecting '}'", 0, 0);
    return complain(p, "f-string: invalid conversion character: expected 's', 'r', or 'a'", 0, 0);
}

/* At "{": the node of a replacement field. */
static Node *field(Parser *p, FString *string, const char **text, const char *end, bool raw, int depth, Token *first,
                   Token *t, Token *last)
{
    const char *start = *text + 1;
    if (depth >= DEEPEST)
        return complain(p, "f-string: expressions nested too deeply", 0, 0) ? (Node *)p : NULL;
    const char *s = expression_end(p, start, end);
    Node *value = s ? expression(p, start, s, t) : NULL, *spec = NULL;
    if (!value)
        return NULL;
    int letter = -1;
    bool self_documenting = *s == '=';
    if (self_documenting) {
        if (!parser_version(p, 8, "f-string: self documenting expressions are"))
            return NULL;
        for (s++; s < end && (*s == ' ' || (*s >= '\t' && *s <= '\r')); s++)
            ;
        if (s >= end)
            return complain(p, "f-string: expecting '}'", 0, 0) ? value : NULL;
        PyObject *source = PyUnicode_DecodeUTF8(start, s - start, NULL);
        if (!source || !fstring_add_text(string, source))
            return NULL;
    }
    *text = s + 1;
    if (*s == '!' && !conversion(p, text, end, &letter))
        return NULL;
    s = *s == '!' ? *text : s;
    if (*s == ':') {
        *text = s + 1;
        if (*text >= end)
            return complain(p, "f-string: expecting '}'", 0, 0) ? value : NULL;
        FString inner = { .base = p->nstack, .formatted = true };
        bool good = fstring_parse(p, &inner, text, end, raw, depth + 1, first, t, last);
        spec = good ? fstring_finish(p, &inner, t, t) : NULL;
        Py_CLEAR(inner.text);
        if (!spec)
            return NULL;
        s = *text;
    }
    if (s >= end || *s != '}')
        return complain(p, "f-string: expecting '}'", 0, 0) ? value : NULL;
    *text = s + 1;
    Node *node = ast_node(p->arena, FormattedValue_kind, from_to(first, last));
    if (!node)
        return NULL;
    node->FormattedValue.value = value;
    node->FormattedValue.conversion = self_documenting && !spec && letter == -1 ? 'r' : letter;
    node->FormattedValue.format_spec = spec;
    return node;
}

/* ---- the whole ---- */
bool fstring_parse(Parser *p, FString *string, const char **text, const char *end, bool raw, int depth, Token *first,
                   Token *t, Token *last)
{
    for (;;) {
        bool doubled = false;
        const char *stop = literal_end(p, *text, end, raw, depth, &doubled, t);
        if (!stop)
            return false;
        if (stop != *text) {
            PyObject *literal = parse_string_text(p, *text, stop - *text, raw, t);
            if (!literal || !fstring_add_text(string, literal))
                return false;
        }
        *text = doubled ? stop + 1 : stop;
        if (doubled)
            continue;
        if (*text >= end || **text == '}')
            break;
        /* the text before the field becomes a node first, but "{x=}" adds its own text to it */
        Node *node = field(p, string, text, end, raw, depth, first, t, last);
        if (!node || !push_text(p, string, first, last) || !parser_push(p, node))
            return false;
    }
    if (depth && (*text >= end || **text != '}'))
        return complain(p, "f-string: expecting '}'", 0, 0);
    return true;
}
