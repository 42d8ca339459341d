/* number.c - number tokens.
 *
 * In: the tokenizer behind the first character.  Out: NUMBER with the tokenizer behind the literal, or ERRORTOKEN.
 * The value is made later, from the token's text. Start at token_number(). */
#include "token/token.h"
#include "objects/str/str.h"
#include "runtime/errors.h"
#include "runtime/warnings.h"

static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static bool is_hex_digit(int c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* Whether the rest of a word follows, and ends there; the position stays. */
static bool followed_by(Tokenizer *tokens, const char *rest)
{
    size_t size = strlen(rest);
    return strncmp(tokens->cur, rest, size) == 0 && !token_is_name_char((unsigned char)tokens->cur[size]);
}

/* Words that may stand directly behind a number in valid programs. c is their first letter, already read. */
static bool keyword_follows(Tokenizer *tokens, int c)
{
    switch (c) {
    case 'a': return followed_by(tokens, "nd");
    case 'e': return followed_by(tokens, "lse");
    case 'f': return followed_by(tokens, "or");
    case 'i': return *tokens->cur == 'f' || *tokens->cur == 'n' || *tokens->cur == 's';
    case 'o': return followed_by(tokens, "r");
    case 'n': return followed_by(tokens, "ot");
    }
    return false;
}

static bool warn_keyword(Tokenizer *tokens, const char *kind)
{
    K_AUTO(PyObject *) message = PyUnicode_FromFormat("invalid %s literal", kind);
    if (!message || !tokens->filename) {
        tokens->done = message ? tokens->done : TOKENS_ERROR;
        return message != NULL;
    }
    PyObject *category = PyExc_SyntaxWarning;
    if (PyErr_WarnExplicitObject(category, message, tokens->filename, tokens->lineno, NULL, NULL) == 0)
        return true;
    if (k_catch(category)) /* a warning turned into an error is told as one of the source */
        token_error(tokens, "%U", message);
    tokens->done = TOKENS_ERROR;
    return false;
}

/* NUMBER when the literal may end before c, which was read; c is given back. */
static TokenKind end_of_number(Tokenizer *tokens, int c, const char *kind)
{
    token_ungetc(tokens, c);
    if (c != EOF && c < 128) {
        tokens->cur++;
        bool word = keyword_follows(tokens, c);
        tokens->cur--;
        if (word)
            return warn_keyword(tokens, kind) ? NUMBER : ERRORTOKEN;
    }
    if (c != EOF && token_is_name_char(c))
        return token_error(tokens, "invalid %s literal", kind);
    return NUMBER;
}

/* Digits with single underscores between them, the first digit already read: the character behind, or 0 on error. */
static int decimal_digits(Tokenizer *tokens)
{
    for (;;) {
        int c;
        do
            c = token_getc(tokens);
        while (is_digit(c));
        if (c != '_')
            return c;
        c = token_getc(tokens);
        if (!is_digit(c)) {
            token_ungetc(tokens, c);
            token_error(tokens, "invalid decimal literal");
            return 0;
        }
    }
}

static TokenKind imaginary(Tokenizer *tokens)
{
    return end_of_number(tokens, token_getc(tokens), "imaginary");
}

/* c: the character behind the exponent's e. */
static TokenKind exponent(Tokenizer *tokens, int e)
{
    int c = token_getc(tokens);
    if (c == '+' || c == '-') {
        c = token_getc(tokens);
        if (!is_digit(c)) {
            token_ungetc(tokens, c);
            return token_error(tokens, "invalid decimal literal");
        }
    } else if (!is_digit(c)) { /* the number ends before the e: 1else */
        token_ungetc(tokens, c);
        return end_of_number(tokens, e, "decimal");
    }
    c = decimal_digits(tokens);
    if (!c)
        return ERRORTOKEN;
    return c == 'j' || c == 'J' ? imaginary(tokens) : end_of_number(tokens, c, "decimal");
}

static TokenKind exponent_or_end(Tokenizer *tokens, int c)
{
    if (c == 'e' || c == 'E')
        return exponent(tokens, c);
    return c == 'j' || c == 'J' ? imaginary(tokens) : end_of_number(tokens, c, "decimal");
}

/* c: the character behind the point. */
TokenKind token_fraction(Tokenizer *tokens, int c)
{
    if (is_digit(c)) {
        c = decimal_digits(tokens);
        if (!c)
            return ERRORTOKEN;
    }
    return exponent_or_end(tokens, c);
}

/* A literal with a base letter, which was read. */
static TokenKind based(Tokenizer *tokens, int digits, const char *kind)
{
    int c = token_getc(tokens);
    do {
        if (c == '_')
            c = token_getc(tokens);
        if (digits == 16 ? !is_hex_digit(c) : !(c >= '0' && c < '0' + digits)) {
            if (digits < 16 && is_digit(c))
                return token_error(tokens, "invalid digit '%c' in %s literal", c, kind);
            token_ungetc(tokens, c);
            return token_error(tokens, "invalid %s literal", kind);
        }
        do
            c = token_getc(tokens);
        while (digits == 16 ? is_hex_digit(c) : c >= '0' && c < '0' + digits);
    } while (c == '_');
    if (digits < 16 && is_digit(c))
        return token_error(tokens, "invalid digit '%c' in %s literal", c, kind);
    return end_of_number(tokens, c, kind);
}

/* Behind a first 0: further zeros are fine, other digits only when it becomes a float or an imaginary. */
static TokenKind zeros(Tokenizer *tokens, int c)
{
    bool nonzero = false;
    for (;;) {
        if (c == '_') {
            c = token_getc(tokens);
            if (!is_digit(c)) {
                token_ungetc(tokens, c);
                return token_error(tokens, "invalid decimal literal");
            }
        }
        if (c != '0')
            break;
        c = token_getc(tokens);
    }
    const char *zeros_end = tokens->cur;
    if (is_digit(c)) {
        nonzero = true;
        c = decimal_digits(tokens);
        if (!c)
            return ERRORTOKEN;
    }
    if (c == '.')
        return token_fraction(tokens, token_getc(tokens));
    if (c == 'e' || c == 'E' || c == 'j' || c == 'J')
        return exponent_or_end(tokens, c);
    if (!nonzero)
        return end_of_number(tokens, c, "decimal");
    token_ungetc(tokens, c);
    int column = (int)(tokens->start + 1 - tokens->line_start), end_column = (int)(zeros_end - tokens->line_start);
    return token_error_range(tokens, column, end_column,
                             "leading zeros in decimal integer literals are not permitted; "
                             "use an 0o prefix for octal integers");
}

TokenKind token_number(Tokenizer *tokens, int c)
{
    if (c == '0') {
        c = token_getc(tokens);
        if (c == 'x' || c == 'X')
            return based(tokens, 16, "hexadecimal");
        if (c == 'o' || c == 'O')
            return based(tokens, 8, "octal");
        if (c == 'b' || c == 'B')
            return based(tokens, 2, "binary");
        return zeros(tokens, c);
    }
    c = decimal_digits(tokens);
    if (!c)
        return ERRORTOKEN;
    return c == '.' ? token_fraction(tokens, token_getc(tokens)) : exponent_or_end(tokens, c);
}
