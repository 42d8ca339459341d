/* error.c - raising SyntaxError with a place in the text.
 *
 * In: a token or position and a message.  Out: the exception, with the line as Python tells it: columns from 1, in
 * characters where the source's encoding is known, in bytes otherwise. Start at parse_raise_at(). */
#include "objects/module.h"
#include "objects/str/str.h"
#include "parse/parser.h"
#include "runtime/errors.h"
#include "runtime/run.h"

/* The line of this number from the text read so far. */
static PyObject *line_of_text(Parser *p, int lineno)
{
    const char *line = p->tokens.text;
    int skip = p->first_line ? lineno - p->first_line : lineno - 1;
    for (; skip > 0; skip--) {
        const char *newline = strchr(line, '\n');
        if (!newline || newline + 1 > p->tokens.inp)
            break;
        line = newline + 1;
    }
    return PyUnicode_DecodeUTF8(line, (Py_ssize_t)strcspn(line, "\n"), "replace");
}

static PyObject *error_line(Parser *p, int lineno)
{
    PyObject *line = NULL;
    if (p->start == Py_file_input)
        line = _PyErr_ProgramDecodedTextObject(p->filename, lineno, p->tokens.encoding);
    if (line || PyErr_Occurred())
        return line;
    if (p->tokens.lineno <= lineno && p->tokens.inp > p->tokens.buf)
        return PyUnicode_DecodeUTF8(p->tokens.buf, p->tokens.inp - p->tokens.buf, "replace");
    return line_of_text(p, lineno);
}

/* A column in bytes as one in characters; -1 with an exception. Columns beyond the line stay beyond it. */
static Py_ssize_t characters(PyObject *line, Py_ssize_t bytes)
{
    if (bytes < 0)
        bytes = 0;
    Py_ssize_t size;
    const char *text = PyUnicode_AsUTF8AndSize(line, &size);
    if (!text)
        return -1;
    if (bytes > size)
        bytes = size + 1; /* the NUL behind counts as a character */
    K_AUTO(PyObject *) before = PyUnicode_DecodeUTF8(text, bytes, "replace");
    return before ? PyUnicode_GET_LENGTH(before) : -1;
}

/* Columns from 1 here. */
static void raise_values(Parser *p, PyObject *type, int lineno, Py_ssize_t column, int end_lineno,
                         Py_ssize_t end_column, const char *format, va_list values)
{
    K_AUTO(PyObject *) message = PyUnicode_FromFormatV(format, values);
    if (message && p->start == PARSE_FSTRING)
        K_SET(message, PyUnicode_FromFormat("f-string: %U", message));
    K_AUTO(PyObject *) line = message ? error_line(p, lineno) : NULL;
    if (!line)
        return;
    if (p->start == PARSE_FSTRING) {
        column -= p->first_column;
        end_column -= p->first_column;
    }
    if (p->tokens.encoding) {
        column = characters(line, column);
        if (column < 0)
            return;
        if (end_column > 0) {
            end_column = characters(line, end_column);
            if (end_column < 0)
                return;
        }
    }
    K_AUTO(PyObject *) args = Py_BuildValue("(O(OinOin))", message, p->filename, lineno, column, line, end_lineno,
                                            end_column);
    if (args)
        PyErr_SetObject(type, args);
}

void parse_raise_at(Parser *p, PyObject *type, int lineno, int col_offset, int end_lineno, int end_col_offset,
                    const char *format, ...)
{
    if (PyErr_Occurred())
        return;
    if (end_lineno == PARSE_HERE)
        end_lineno = p->tokens.lineno;
    Py_ssize_t end_column = (Py_ssize_t)end_col_offset + 1;
    if (end_col_offset == PARSE_HERE)
        end_column = p->tokens.cur - p->tokens.line_start;
    va_list values;
    va_start(values, format);
    raise_values(p, type, lineno, (Py_ssize_t)col_offset + 1, end_lineno, end_column, format, values);
    va_end(values);
}

void parse_raise(Parser *p, PyObject *type, const char *format, ...)
{
    if (PyErr_Occurred())
        return;
    va_list values;
    va_start(values, format);
    if (!p->ntokens) {
        raise_values(p, type, 0, 0, 0, -1, format, values);
    } else {
        const Token *t = p->known_error ? p->known_error : p->token[(p->seen ? p->seen : p->ntokens) - 1];
        Py_ssize_t column = (Py_ssize_t)t->col_offset + 1;
        if (t->col_offset == -1)
            column = p->tokens.cur == p->tokens.buf ? 0 : p->tokens.cur - p->tokens.line_start;
        raise_values(p, type, t->lineno, column, t->end_lineno, t->end_col_offset == -1 ? -1 : t->end_col_offset + 1,
                     format, values);
    }
    va_end(values);
}

void parse_raise_decode(Parser *p)
{
    const char *what = PyErr_ExceptionMatches(PyExc_UnicodeError) ? "unicode error"
                       : PyErr_ExceptionMatches(PyExc_ValueError) ? "value error" : NULL;
    if (!what)
        return;
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    K_AUTO(PyObject *) old_type = type;
    K_AUTO(PyObject *) old_value = value;
    K_AUTO(PyObject *) old_traceback = traceback;
    K_AUTO(PyObject *) text = value ? PyObject_Str(value) : NULL;
    if (text) {
        parse_raise(p, PyExc_SyntaxError, "(%s) %U", what, text);
    } else {
        PyErr_Clear();
        parse_raise(p, PyExc_SyntaxError, "(%s) unknown error", what);
    }
}

void parse_raise_unclosed(Parser *p)
{
    const Tokenizer *tokens = &p->tokens;
    int last = tokens->level - 1, lineno = tokens->paren_line[last];
    parse_raise_at(p, PyExc_SyntaxError, lineno, tokens->paren_column[last], lineno, -1, "'%c' was never closed",
                   tokens->paren[last]);
}

void parse_raise_tokenizer(Parser *p)
{
    const Tokenizer *tokens = &p->tokens;
    switch (tokens->done) {
    case TOKENS_EOF:
        if (tokens->level)
            parse_raise_unclosed(p);
        else
            parse_raise(p, PyExc_SyntaxError, "unexpected EOF while parsing");
        break;
    case TOKENS_DEDENT:
        parse_raise(p, PyExc_IndentationError, "unindent does not match any outer indentation level");
        break;
    case TOKENS_TABSPACE:
        parse_raise_at(p, PyExc_TabError, tokens->lineno, 0, tokens->lineno, -1,
                       "inconsistent use of tabs and spaces in indentation");
        break;
    case TOKENS_TOODEEP:
        parse_raise_at(p, PyExc_IndentationError, tokens->lineno, 0, tokens->lineno, -1,
                       "too many levels of indentation");
        break;
    case TOKENS_LINECONT:
        parse_raise_at(p, PyExc_SyntaxError, tokens->lineno, (int)(tokens->cur - tokens->buf) - 1, tokens->lineno, -1,
                       "unexpected character after line continuation character");
        break;
    case TOKENS_NO_MEMORY: {
        K_UNUSED PyObject *none = PyErr_NoMemory();
        break;
    }
    case TOKENS_GO_ON:
    case TOKENS_ERROR:
    case TOKENS_EOF_IN_STRING:
    case TOKENS_DECODE:
        parse_raise_at(p, PyExc_SyntaxError, tokens->lineno, 0, tokens->lineno, -1, "unknown parsing error");
        break;
    }
}

void parse_check_rest(Parser *p)
{
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    const Token *current = p->known_error ? p->known_error : p->token[(p->seen ? p->seen : p->ntokens) - 1];
    int lineno = current->lineno;
    TokenKind next;
    const char *start, *end;
    do
        next = tokenizer_next(&p->tokens, &start, &end);
    while (next != ERRORTOKEN && next != ENDMARKER);
    if (next == ERRORTOKEN && !PyErr_Occurred() && p->tokens.level &&
        lineno > p->tokens.paren_line[p->tokens.level - 1])
        parse_raise_unclosed(p);
    if (!PyErr_Occurred()) {
        PyErr_Restore(type, value, traceback);
        return;
    }
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
}
