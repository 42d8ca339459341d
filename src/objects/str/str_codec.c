/* str_codec.c - the error side of decoders and encoders: handlers known by name, handlers that are Python functions.
 *
 * In: a stretch of input that has no meaning.  Out: replacement text and the place where the codec goes on.
 * The common handlers are done here without an exception object; the others are called with one. Start at
 * str_decoder_error() and str_encoder_error(). */
#include "objects/str/str_codec.h"

#include "objects/call.h"
#include "objects/exc/exc.h"
#include "objects/int/int.h"
#include "objects/tuple.h"
#include "runtime/codecs.h"
#include "runtime/errors.h"

_Py_error_handler _Py_GetErrorHandler(const char *errors)
{
    static const struct { const char *name; _Py_error_handler kind; } known[] = {
        { "strict", _Py_ERROR_STRICT },
        { "surrogateescape", _Py_ERROR_SURROGATEESCAPE },
        { "replace", _Py_ERROR_REPLACE },
        { "ignore", _Py_ERROR_IGNORE },
        { "backslashreplace", _Py_ERROR_BACKSLASHREPLACE },
        { "surrogatepass", _Py_ERROR_SURROGATEPASS },
        { "xmlcharrefreplace", _Py_ERROR_XMLCHARREFREPLACE },
    };
    if (!errors)
        return _Py_ERROR_STRICT;
    for (Py_ssize_t i = 0; i < K_COUNT_OF(known); i++) {
        if (strcmp(errors, known[i].name) == 0)
            return known[i].kind;
    }
    return _Py_ERROR_OTHER;
}

/* The (replacement, position) tuple of a handler: the position as an index of size items, -1 with an exception. */
static Py_ssize_t handler_position(PyObject *result, Py_ssize_t size)
{
    Py_ssize_t at = PyLong_AsSsize_t(PyTuple_GET_ITEM(result, 1));
    if (at == -1 && PyErr_Occurred())
        return -1;
    Py_ssize_t from_end = at < 0 ? at + size : at;
    if (from_end < 0 || from_end > size) {
        PyErr_Format(PyExc_IndexError, "position %zd from error handler out of bounds", at);
        return -1;
    }
    return from_end;
}

static int handler_result_fits(PyObject *result, int bytes_too, const char *message)
{
    if (PyTuple_Check(result) && PyTuple_GET_SIZE(result) == 2) {
        PyObject *text = PyTuple_GET_ITEM(result, 0);
        if ((PyUnicode_Check(text) || (bytes_too && PyBytes_Check(text))) && PyLong_Check(PyTuple_GET_ITEM(result, 1)))
            return 1;
    }
    PyErr_SetString(PyExc_TypeError, message);
    return 0;
}

/* ---- decoders ---- */

void str_decoder_init(StrDecoder *d, const char *encoding, const char *errors, const char *start, Py_ssize_t size)
{
    *d = (StrDecoder){ .encoding = encoding, .errors = errors, .start = start, .size = size };
    _PyUnicodeWriter_Init(&d->w);
    d->w.min_length = size;
    d->w.overallocate = 1;
}

static void decoder_release(StrDecoder *d)
{
    Py_CLEAR(d->handler);
    Py_CLEAR(d->exception);
}

PyObject *str_decoder_finish(StrDecoder *d)
{
    decoder_release(d);
    return _PyUnicodeWriter_Finish(&d->w);
}

PyObject *str_decoder_fail(StrDecoder *d)
{
    decoder_release(d);
    _PyUnicodeWriter_Dealloc(&d->w);
    return NULL;
}

static int decoder_make_exception(StrDecoder *d, const char *reason, Py_ssize_t from, Py_ssize_t to)
{
    if (!d->exception) {
        d->exception = PyUnicodeDecodeError_Create(d->encoding, d->start, d->size, from, to, reason);
        return d->exception ? 0 : -1;
    }
    if (PyUnicodeDecodeError_SetStart(d->exception, from) < 0 || PyUnicodeDecodeError_SetEnd(d->exception, to) < 0)
        return -1;
    return PyUnicodeDecodeError_SetReason(d->exception, reason);
}

static Py_ssize_t decoder_call_handler(StrDecoder *d, const char *reason, Py_ssize_t from, Py_ssize_t to)
{
    if (!d->handler && !(d->handler = PyCodec_LookupError(d->errors)))
        return -1;
    if (decoder_make_exception(d, reason, from, to) < 0)
        return -1;
    K_AUTO(PyObject *) result = PyObject_CallOneArg(d->handler, d->exception); /* runs code */
    if (!result || !handler_result_fits(result, 0, "decoding error handler must return (str, int) tuple"))
        return -1;
    K_AUTO(PyObject *) input = PyUnicodeDecodeError_GetObject(d->exception);
    if (!input)
        return -1;
    d->start = PyBytes_AS_STRING(input); /* the exception keeps it alive */
    d->size = PyBytes_GET_SIZE(input);
    Py_ssize_t at = handler_position(result, d->size);
    if (at < 0 || _PyUnicodeWriter_WriteStr(&d->w, PyTuple_GET_ITEM(result, 0)) < 0)
        return -1;
    return at;
}

Py_ssize_t str_decoder_error(StrDecoder *d, const char *reason, Py_ssize_t from, Py_ssize_t to)
{
    if (d->kind == _Py_ERROR_UNKNOWN)
        d->kind = _Py_GetErrorHandler(d->errors);
    if (d->kind == _Py_ERROR_IGNORE)
        return to;
    if (d->kind == _Py_ERROR_REPLACE)
        return _PyUnicodeWriter_WriteChar(&d->w, 0xfffd) < 0 ? -1 : to;
    if (d->kind == _Py_ERROR_SURROGATEESCAPE && (unsigned char)d->start[from] >= 0x80) {
        for (Py_ssize_t i = from; i < to; i++) {
            unsigned char byte = (unsigned char)d->start[i];
            if (byte < 0x80)
                return i;
            if (_PyUnicodeWriter_WriteChar(&d->w, 0xdc00u + byte) < 0)
                return -1;
        }
        return to;
    }
    return decoder_call_handler(d, reason, from, to);
}

/* ---- encoders ---- */

int str_encoder_init(StrEncoder *e, PyObject *s, const char *encoding, const char *errors, Py_ssize_t room)
{
    e->s = s;
    e->encoding = encoding;
    e->errors = errors;
    e->kind = _Py_ERROR_UNKNOWN;
    e->handler = e->exception = NULL;
    _PyBytesWriter_Init(&e->w);
    e->w.overallocate = 1;
    e->out = _PyBytesWriter_Alloc(&e->w, room);
    e->w.min_size = 0; /* room is asked for as it is needed */
    return e->out ? 0 : -1;
}

static void encoder_release(StrEncoder *e)
{
    Py_CLEAR(e->handler);
    Py_CLEAR(e->exception);
}

PyObject *str_encoder_finish(StrEncoder *e)
{
    encoder_release(e);
    return _PyBytesWriter_Finish(&e->w, e->out);
}

PyObject *str_encoder_fail(StrEncoder *e)
{
    encoder_release(e);
    _PyBytesWriter_Dealloc(&e->w);
    return NULL;
}

static char *encoder_base(StrEncoder *e)
{
    _PyBytesWriter *w = &e->w;
    return w->use_small_buffer ? w->small_buffer : w->use_bytearray ? PyByteArray_AS_STRING(w->buffer)
                                                                    : PyBytes_AS_STRING(w->buffer);
}

int str_encoder_room(StrEncoder *e, Py_ssize_t more)
{
    Py_ssize_t used = e->out - encoder_base(e);
    if (more <= e->w.allocated - used)
        return 0;
    e->w.min_size = used;
    char *out = _PyBytesWriter_Prepare(&e->w, e->out, more);
    if (!out)
        return -1;
    e->out = out;
    return 0;
}

int str_encoder_write(StrEncoder *e, const void *bytes, Py_ssize_t n)
{
    if (str_encoder_room(e, n) < 0)
        return -1;
    memcpy(e->out, bytes, (size_t)n);
    e->out += n;
    return 0;
}

static int encoder_make_exception(StrEncoder *e, const char *reason, Py_ssize_t from, Py_ssize_t to)
{
    if (!e->exception) {
        e->exception = PyObject_CallFunction(PyExc_UnicodeEncodeError, "sOnns", e->encoding, e->s, from, to, reason);
        return e->exception ? 0 : -1;
    }
    if (PyUnicodeEncodeError_SetStart(e->exception, from) < 0 || PyUnicodeEncodeError_SetEnd(e->exception, to) < 0)
        return -1;
    return PyUnicodeEncodeError_SetReason(e->exception, reason);
}

void str_encoder_raise(StrEncoder *e, const char *reason, Py_ssize_t from, Py_ssize_t to)
{
    if (encoder_make_exception(e, reason, from, to) == 0)
        PyErr_SetObject((PyObject *)Py_TYPE(e->exception), e->exception);
}

static Py_ssize_t encoder_call_handler(StrEncoder *e, const char *reason, Py_ssize_t from, Py_ssize_t to,
                                       PyObject **replacement)
{
    if (!e->handler && !(e->handler = PyCodec_LookupError(e->errors)))
        return -1;
    if (encoder_make_exception(e, reason, from, to) < 0)
        return -1;
    K_AUTO(PyObject *) result = PyObject_CallOneArg(e->handler, e->exception); /* runs code */
    if (!result || !handler_result_fits(result, 1, "encoding error handler must return (str/bytes, int) tuple"))
        return -1;
    Py_ssize_t at = handler_position(result, STR_LEN(e->s));
    if (at < 0)
        return -1;
    PyObject *text = PyTuple_GET_ITEM(result, 0);
    if (PyBytes_Check(text))
        return str_encoder_write(e, PyBytes_AS_STRING(text), PyBytes_GET_SIZE(text)) < 0 ? -1 : at;
    *replacement = Py_NewRef(text);
    return at;
}

/* The text of backslashreplace and xmlcharrefreplace. */
static PyObject *encoder_spelled(StrEncoder *e, Py_ssize_t from, Py_ssize_t to)
{
    _PyUnicodeWriter w;
    _PyUnicodeWriter_Init(&w);
    w.overallocate = 1;
    for (Py_ssize_t i = from; i < to; i++) {
        Py_UCS4 c = STR_AT(e->s, i);
        char text[16];
        if (e->kind == _Py_ERROR_XMLCHARREFREPLACE)
            snprintf(text, sizeof text, "&#%u;", c);
        else
            snprintf(text, sizeof text, c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x", c);
        if (_PyUnicodeWriter_WriteASCIIString(&w, text, -1) < 0) {
            _PyUnicodeWriter_Dealloc(&w);
            return NULL;
        }
    }
    return _PyUnicodeWriter_Finish(&w);
}

Py_ssize_t str_encoder_unescape(StrEncoder *e, Py_ssize_t from, Py_ssize_t to)
{
    for (; from < to; from++) {
        Py_UCS4 c = STR_AT(e->s, from);
        if (c < 0xdc80 || c > 0xdcff)
            break;
        char byte = (char)(c - 0xdc00);
        if (str_encoder_write(e, &byte, 1) < 0)
            return -1;
    }
    return from;
}

Py_ssize_t str_encoder_error(StrEncoder *e, const char *reason, Py_ssize_t from, Py_ssize_t to, PyObject **replacement)
{
    *replacement = NULL;
    if (e->kind == _Py_ERROR_UNKNOWN)
        e->kind = _Py_GetErrorHandler(e->errors);
    switch (e->kind) {
    case _Py_ERROR_STRICT:
        str_encoder_raise(e, reason, from, to);
        return -1;
    case _Py_ERROR_IGNORE:
        return to;
    case _Py_ERROR_REPLACE:
        *replacement = PyUnicode_New(to - from, 0x7f);
        if (!*replacement)
            return -1;
        str_fill_run(1, STR_DATA(*replacement), 0, to - from, '?');
        return to;
    case _Py_ERROR_BACKSLASHREPLACE:
    case _Py_ERROR_XMLCHARREFREPLACE:
        *replacement = encoder_spelled(e, from, to);
        return *replacement ? to : -1;
    case _Py_ERROR_UNKNOWN:
    case _Py_ERROR_SURROGATEESCAPE:
    case _Py_ERROR_SURROGATEPASS:
    case _Py_ERROR_OTHER:
        break;
    }
    return encoder_call_handler(e, reason, from, to, replacement);
}

