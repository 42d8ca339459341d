/* _tokenize.c - the module _tokenize: the tokenizer as an iterator.
 *
 * In: source text.  Out: tuples (text, kind, line, end line, column, end column, the line's text); columns in UTF-8
 * bytes.
 * Start at iterator_next(). */
#include "base/alloc_fail.h"
#include "memory/gc.h"
#include "objects/bytes/bytes.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/type/type.h"
#include "runtime/errors.h"
#include "text/source.h"
#include "token/token.h"

typedef struct TokenizerIter {
    PyObject ob_base;
    struct State {
        KArena *arena; /* holds the text */
        PyObject *filename;
        Tokenizer tokens;
        PyObject *line; /* the last one given, of this text; or NULL */
        const char *line_text;
        Py_ssize_t line_size;
    } *state;
} TokenizerIter;

BINDER(tokenizer_iter_new, "tokenizeriter", "(source)", *source);

static void state_free(struct State *state)
{
    if (!state)
        return;
    arena_free(state->arena);
    Py_XDECREF(state->filename);
    Py_XDECREF(state->line);
    free(state);
}

static struct State *state_new(const char *text, Py_ssize_t size)
{
    struct State *state = alloc_fails() ? NULL : calloc(1, sizeof *state);
    if (!state || !(state->arena = arena_new())) {
        state_free(state);
        return (struct State *)PyErr_NoMemory();
    }
    Source source;
    const SourceOptions options = { .is_utf8 = true, .end_newline = true };
    state->filename = PyUnicode_FromString("<string>");
    if (!state->filename || source_decode(&source, text, size, &options, state->arena) < 0) {
        state_free(state);
        return NULL;
    }
    tokenizer_init(&state->tokens, source.text, state->filename);
    state->tokens.encoding = "utf-8";
    return state;
}

static PyObject *iterator_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    tokenizer_iter_new_args arg;
    PyObject *owned;
    if (BIND(tokenizer_iter_new, &arg, args, kwargs, &owned) < 0)
        return NULL;
    K_AUTO(PyObject *) keep = owned;
    if (!PyUnicode_Check(arg.source))
        return k_raise(PyExc_TypeError, "tokenizeriter() argument 'source' must be str, not %.50s",
                       Py_TYPE(arg.source)->tp_name);
    Py_ssize_t size;
    const char *text = PyUnicode_AsUTF8AndSize(arg.source, &size);
    if (!text)
        return NULL;
    if (memchr(text, 0, (size_t)size))
        return k_raise(PyExc_ValueError, "embedded null character");
    K_AUTO(TokenizerIter *) self = (TokenizerIter *)type->tp_alloc(type, 0);
    if (!self || !(self->state = state_new(text, size)))
        return NULL;
    return (PyObject *)K_MOVE(self);
}

static void iterator_dealloc(PyObject *self)
{
    state_free(((TokenizerIter *)self)->state);
    Py_TYPE(self)->tp_free(self);
}

/* The text of the token's lines: made once for all tokens of a line. */
static PyObject *line_of(struct State *state)
{
    const Tokenizer *tokens = &state->tokens;
    Py_ssize_t size = tokens->inp - tokens->buf;
    if (!state->line || state->line_text != tokens->buf || state->line_size != size) {
        K_SET(state->line, PyUnicode_DecodeUTF8(tokens->buf, size, "replace"));
        state->line_text = tokens->buf;
        state->line_size = size;
    }
    return Py_XNewRef(state->line);
}

/* Errors that the tokenizer leaves to the parser end the iteration, as the end of the text does. */
static PyObject *iterator_next(PyObject *self)
{
    struct State *state = ((TokenizerIter *)self)->state;
    Tokenizer *tokens = &state->tokens;
    const char *start, *end;
    TokenKind kind = tokenizer_next(tokens, &start, &end);
    if (kind == ERRORTOKEN || kind == ENDMARKER) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_StopIteration, "EOF");
        return NULL;
    }
    K_AUTO(PyObject *) text = PyUnicode_DecodeUTF8(start ? start : "", start && end ? end - start : 0, NULL);
    K_AUTO(PyObject *) line = line_of(state);
    if (!text || !line)
        return NULL;
    const char *line_start = kind == STRING ? tokens->multi_line_start : tokens->line_start;
    int column = start && start >= line_start ? (int)(start - line_start) : -1;
    int end_column = end && end >= tokens->line_start ? (int)(end - tokens->line_start) : -1;
    return Py_BuildValue("(OiiiiiO)", text, (int)kind, kind == STRING ? tokens->first_lineno : tokens->lineno,
                         tokens->lineno, column, end_column, line);
}

static PyTypeObject tokenizer_iter_type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "_tokenize.TokenizerIter",
    .tp_basicsize = sizeof(TokenizerIter),
    .tp_dealloc = iterator_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = iterator_next,
    .tp_new = iterator_new,
};
K_TYPE(tokenizer_iter_type);

static int tokenize_exec(PyObject *module)
{
    return PyModule_AddType(module, &tokenizer_iter_type);
}

METHODS_END(_tokenize);
MODULE(_tokenize, NULL, tokenize_exec, 0);
