/* literals.c - numbers and strings (adjacent ones joined).
 *
 * In: NUMBER and STRING tokens.  Out: Constant and JoinedStr nodes. Escapes are decoded by the codecs; here the
 * prefixes, quotes and warnings are dealt with. Start at parse_strings(). */
#include "memory/mem.h"
#include "objects/bytes/bytes.h"
#include "objects/complex.h"
#include "objects/float/float.h"
#include "objects/int/int.h"
#include "objects/str/str.h"
#include "parse/parser.h"
#include "runtime/errors.h"
#include "runtime/warnings.h"

enum { LONGEST_PLAIN_NUMBER = 62 };

/* ---- numbers ---- */

/* From text without underscores. */
static PyObject *number_value(const char *text, size_t size)
{
    bool based = text[0] == '0' && size > 1 && strchr("xXoObB", text[1]);
    bool imaginary = !based && strchr("jJ", text[size - 1]);
    bool odd_zeros = text[0] == '0' && !based && strspn(text, "0") != size; /* 01 before "else" counts as a float */
    if (!imaginary && !odd_zeros && (based || !strpbrk(text, ".eE")))
        return PyLong_FromString(text, NULL, 0);
    char *end;
    double value = PyOS_string_to_double(text, &end, NULL);
    if (value == -1.0 && PyErr_Occurred())
        return NULL;
    return imaginary ? PyComplex_FromDoubles(0.0, value) : PyFloat_FromDouble(value);
}

/* The conversion of a huge decimal literal is limited. */
static void tell_limit(Parser *p, const Token *t)
{
    if (!PyErr_ExceptionMatches(PyExc_ValueError))
        return;
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    K_AUTO(PyObject *) old_type = type;
    K_AUTO(PyObject *) old_value = value;
    K_AUTO(PyObject *) old_traceback = traceback;
    parse_raise_at(p, PyExc_SyntaxError, t->lineno, -1, t->end_lineno, -1,
                   "%S - Consider hexadecimal for huge integer literals to avoid decimal conversion limits.", value);
}

Node *parse_number(Parser *p)
{
    int first = p->mark;
    const Token *t = advance(p);
    char small[LONGEST_PLAIN_NUMBER + 2], *text = small;
    if (t->size > LONGEST_PLAIN_NUMBER) {
        text = arena_alloc(p->arena, (size_t)t->size + 1);
        if (!text)
            return (Node *)PyErr_NoMemory();
    }
    size_t size = 0;
    for (int i = 0; i < t->size; i++) {
        if (t->text[i] != '_')
            text[size++] = t->text[i];
    }
    text[size] = 0;
    if (size != (size_t)t->size && !parser_version(p, 6, "Underscores in numeric literals are"))
        return NULL;
    PyObject *value = number_value(text, size);
    if (!value)
        tell_limit(p, t);
    value = parser_own(p, value);
    Node *node = value ? new_since(p, first, Constant_kind) : NULL;
    if (node)
        node->Constant.value = value;
    return node;
}

/* ---- text of strings ---- */

/* at: the character behind the backslash. */
static bool warn_escape(Parser *p, const char *at, Token *t)
{
    bool octal = *at >= '4' && *at <= '7';
    K_AUTO(PyObject *) message = octal ? PyUnicode_FromFormat("invalid octal escape sequence '\\%.3s'", at)
                                       : PyUnicode_FromFormat("invalid escape sequence '\\%c'", (unsigned char)*at);
    if (!message)
        return false;
    if (PyErr_WarnExplicitObject(PyExc_DeprecationWarning, message, p->filename, t->lineno, NULL, NULL) == 0)
        return true;
    if (k_catch(PyExc_DeprecationWarning)) { /* a warning turned into an error is told as one of the source */
        p->known_error = t;
        parse_raise(p, PyExc_SyntaxError, "%U", message);
    }
    return false;
}

/* The codec reads Latin-1, so other characters go as \U escapes; a backslash before one of them is a plain one. */
static PyObject *decode_escapes(Parser *p, const char *text, Py_ssize_t size, Token *t)
{
    char *buffer = PyMem_Malloc((size_t)size * 6 + 1), *to = buffer;
    if (!buffer)
        return PyErr_NoMemory();
    const char *end = text + size;
    while (text < end) {
        if (*text == '\\') {
            *to++ = *text++;
            if (text >= end || *text & 0x80) {
                memcpy(to, "u005c", 5);
                to += 5;
                if (text >= end)
                    break;
            }
        }
        if (!(*text & 0x80)) {
            *to++ = *text++;
            continue;
        }
        const char *stop = text;
        while (stop < end && *stop & 0x80)
            stop++;
        PyObject *wide = PyUnicode_DecodeUTF8(text, stop - text, NULL);
        if (!wide) {
            PyMem_Free(buffer);
            return NULL;
        }
        for (Py_ssize_t i = 0; i < PyUnicode_GET_LENGTH(wide); i++) {
            sprintf(to, "\\U%08x", (unsigned)PyUnicode_READ_CHAR(wide, i));
            to += 10;
        }
        Py_DECREF(wide);
        text = stop;
    }
    int wrong = -1;
    const char *wrong_at = NULL;
    PyObject *result = _PyUnicode_DecodeUnicodeEscapeInternal2(buffer, to - buffer, NULL, NULL, &wrong, &wrong_at);
    if (result && wrong_at && !warn_escape(p, wrong_at, t))
        Py_CLEAR(result);
    PyMem_Free(buffer);
    return result;
}

PyObject *parse_string_text(Parser *p, const char *text, Py_ssize_t size, bool raw, Token *t)
{
    if (raw || !memchr(text, '\\', (size_t)size))
        return PyUnicode_DecodeUTF8(text, size, NULL);
    return decode_escapes(p, text, size, t);
}

static PyObject *bytes_text(Parser *p, const char *text, Py_ssize_t size, bool raw, Token *t)
{
    for (Py_ssize_t i = 0; i < size; i++) {
        if (text[i] & 0x80) {
            parse_raise(p, PyExc_SyntaxError, "bytes can only contain ASCII literal characters");
            return NULL;
        }
    }
    if (raw || !memchr(text, '\\', (size_t)size))
        return PyBytes_FromStringAndSize(text, size);
    int wrong = -1;
    const char *wrong_at = NULL;
    PyObject *result = _PyBytes_DecodeEscape2(text, size, NULL, &wrong, &wrong_at);
    if (result && wrong_at && !warn_escape(p, wrong_at, t))
        Py_CLEAR(result);
    return result;
}

/* ---- string tokens ---- */
typedef struct Piece {
    bool bytes, raw, formatted;
    const char *text, *end; /* between the quotes */
} Piece;

static bool split(Parser *p, const Token *t, Piece *piece)
{
    const char *text = t->text, *end = text + t->size;
    *piece = (Piece){ 0 };
    for (; *text != '"' && *text != '\''; text++) {
        char letter = (char)(*text | 0x20);
        piece->bytes = piece->bytes || letter == 'b';
        piece->raw = piece->raw || letter == 'r';
        piece->formatted = piece->formatted || letter == 'f';
    }
    if (piece->formatted && !parser_version(p, 6, "Format strings are"))
        return false;
    int quotes = end - text >= 6 && text[1] == *text && text[2] == *text ? 3 : 1;
    piece->text = text + quotes;
    piece->end = end - quotes;
    return true;
}

static Node *constant_of(Parser *p, PyObject *value, const Token *first, const Token *last)
{
    value = parser_own(p, value);
    Node *node = value ? ast_node(p->arena, Constant_kind, from_to(first, last)) : NULL;
    if (node)
        node->Constant.value = value;
    return node;
}

static Node *join_bytes(Parser *p, int first, int n)
{
    K_AUTO(PyObject *) whole = NULL;
    for (int i = first; i < first + n; i++) {
        Piece piece;
        if (!split(p, p->token[i], &piece))
            return NULL;
        PyObject *part = bytes_text(p, piece.text, piece.end - piece.text, piece.raw, p->token[i]);
        if (!part)
            return NULL;
        if (!whole) {
            K_SET(whole, part);
            continue;
        }
        PyBytes_ConcatAndDel(&whole, part);
        if (!whole)
            return NULL;
    }
    return constant_of(p, K_MOVE(whole), p->token[first], p->token[first + n - 1]);
}

static Node *join_strings(Parser *p, int first, int n)
{
    FString string = { .base = p->nstack };
    Token *first_token = p->token[first], *last = p->token[first + n - 1];
    bool good = true;
    for (int i = first; i < first + n && good; i++) {
        Token *t = p->token[i];
        Piece piece;
        good = split(p, t, &piece);
        if (!good)
            break;
        if (piece.formatted) {
            const char *text = piece.text;
            string.formatted = true;
            good = fstring_parse(p, &string, &text, piece.end, piece.raw, 0, first_token, t, last);
        } else {
            PyObject *text = parse_string_text(p, piece.text, piece.end - piece.text, piece.raw, t);
            good = text && fstring_add_text(&string, text);
        }
    }
    if (good)
        return fstring_finish(p, &string, first_token, last);
    Py_CLEAR(string.text);
    p->nstack = string.base;
    return NULL;
}

/* How many tokens from the first are bytes, or text, as it is; 0 with an exception. */
static int count_of_a_kind(Parser *p, int first, int n, bool *bytes)
{
    for (int i = 0; i < n; i++) {
        Piece piece;
        if (!split(p, p->token[first + i], &piece))
            return 0;
        if (i && piece.bytes != *bytes)
            return i;
        *bytes = piece.bytes;
    }
    return n;
}

/* The token that does not fit is decoded like the others before the mixture is told. */
static void complain_of_mixture(Parser *p, Token *t)
{
    Piece piece;
    if (!split(p, t, &piece))
        return;
    Py_ssize_t size = piece.end - piece.text;
    K_AUTO(PyObject *) text = piece.formatted ? Py_NewRef(Py_None)
                              : piece.bytes   ? bytes_text(p, piece.text, size, piece.raw, t)
                                              : parse_string_text(p, piece.text, size, piece.raw, t);
    if (text)
        parse_raise(p, PyExc_SyntaxError, "cannot mix bytes and nonbytes literals");
}

Node *parse_strings(Parser *p)
{
    int first = p->mark;
    Token *t = p->token[first];
    if (t->strings) {
        p->mark = t->strings_end;
        return t->strings;
    }
    while (at(p, STRING))
        advance(p);
    int n = p->mark - first;
    bool bytes = false;
    int alike = PyErr_Occurred() ? 0 : count_of_a_kind(p, first, n, &bytes);
    if (alike)
        t->strings = bytes ? join_bytes(p, first, alike) : join_strings(p, first, alike);
    if (t->strings && alike < n) {
        t->strings = NULL;
        complain_of_mixture(p, p->token[first + alike]);
    }
    if (!t->strings)
        parse_raise_decode(p);
    t->strings_end = p->mark;
    return t->strings;
}
