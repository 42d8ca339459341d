/* textio.c - TextIOWrapper: text through a buffered binary stream.
 *
 * In: a buffer, an encoding.  Out: characters and lines; bytes of what was written.
 * Reading: chunks of the buffer are decoded to `decoded`, of which `used` characters were given out. `snapshot` is the
 * decoder's state before the last chunk and the chunk itself, so that tell() can find the byte place of a character.
 * Writing: encoded pieces wait in `pending` until there is a chunk of them.
 * Start at read_chunk(), textio_write() and textio_tell(). */
#include "modules/_io/io_int.h"

#include <langinfo.h>

#include "runtime/codecs.h"
#include "runtime/config.h"
#include "runtime/state.h"

METHODS_DECLARE(textio);

typedef struct TextIO {
    IoBase base;
    PyObject *buffer, *encoding, *errors;
    PyObject *encoder, *decoder; /* incremental ones; NULL when the buffer does not write or read */
    NewlineMode newline;
    PyObject *decoded; /* str, or NULL */
    Py_ssize_t used;
    PyObject *snapshot_input; /* bytes, or NULL when there is no snapshot */
    long snapshot_flags;
    PyObject *pending; /* list of bytes, or NULL */
    Py_ssize_t pending_bytes, chunk_size;
    bool ready, detached, line_buffering, write_through, seekable, telling, has_read1, start_of_stream;
    enum { ENCODE_OTHER, ENCODE_UTF8, ENCODE_ASCII, ENCODE_LATIN1 } fast; /* how to encode without the encoder */
} TextIO;

enum { COOKIE_BYTES = 21 };

static int usable(TextIO *t)
{
    if (t->ready)
        return 0;
    PyErr_SetString(PyExc_ValueError,
                    t->detached ? "underlying buffer has been detached" : "I/O operation on uninitialized object");
    return -1;
}

static int open_stream(TextIO *t)
{
    if (usable(t) < 0)
        return -1;
    int closed = io_is_closed(t->buffer);
    if (closed > 0)
        PyErr_SetString(PyExc_ValueError, "I/O operation on closed file.");
    return closed ? -1 : 0;
}

/* ---- start ---- */

static PyObject *default_encoding(PyObject *encoding)
{
    if (encoding != Py_None && PyUnicode_CompareWithASCIIString(encoding, "locale") != 0)
        return Py_NewRef(encoding);
    if (encoding == Py_None && Py_UTF8Mode > 0)
        return PyUnicode_FromString("utf-8");
    const char *name = nl_langinfo(CODESET);
    return PyUnicode_FromString(name && *name ? name : "UTF-8");
}

static PyObject *incremental(PyObject *info, const char *kind, const char *errors)
{
    return PyObject_CallMethod(info, kind, "s", errors);
}

static int make_decoder(TextIO *t, PyObject *info, const char *errors)
{
    int readable = io_call_bool(t->buffer, K_STR("readable"));
    if (readable <= 0)
        return readable;
    K_AUTO(PyObject *) decoder = incremental(info, "incrementaldecoder", errors);
    if (!decoder)
        return -1;
    if (t->newline.universal)
        K_SET(decoder, PyObject_CallFunction((PyObject *)&NewlineDecoder_Type, "OO", decoder,
                                             t->newline.translate_read ? Py_True : Py_False));
    Py_XSETREF(t->decoder, K_MOVE(decoder));
    return t->decoder ? 0 : -1;
}

static void choose_fast_encoding(TextIO *t, PyObject *info)
{
    static const struct { const char *name; int fast; } known[] = {
        { "utf-8", ENCODE_UTF8 }, { "ascii", ENCODE_ASCII }, { "iso8859-1", ENCODE_LATIN1 },
    };
    t->fast = ENCODE_OTHER;
    PyObject *name;
    if (_PyObject_LookupAttr(info, K_STR("name"), &name) <= 0) {
        PyErr_Clear();
        return;
    }
    for (Py_ssize_t i = 0; PyUnicode_Check(name) && i < K_COUNT_OF(known); i++)
        if (PyUnicode_CompareWithASCIIString(name, known[i].name) == 0)
            t->fast = known[i].fast;
    Py_DECREF(name);
}

static int make_encoder(TextIO *t, PyObject *info, const char *errors)
{
    int writable = io_call_bool(t->buffer, K_STR("writable"));
    if (writable <= 0)
        return writable;
    Py_XSETREF(t->encoder, incremental(info, "incrementalencoder", errors));
    if (!t->encoder)
        return -1;
    choose_fast_encoding(t, info);
    return 0;
}

/* A file opened to append to has its byte order mark already. */
static int fix_encoder_state(TextIO *t)
{
    t->start_of_stream = t->encoder != NULL;
    if (!t->seekable || !t->encoder)
        return 0;
    K_AUTO(PyObject *) place = io_call(t->buffer, K_STR("tell"));
    if (!place)
        return -1;
    int somewhere = PyObject_IsTrue(place);
    if (somewhere <= 0)
        return somewhere;
    t->start_of_stream = false;
    K_AUTO(PyObject *) zero = PyLong_FromLong(0);
    K_AUTO(PyObject *) done = zero ? io_call1(t->encoder, K_STR("setstate"), zero) : NULL;
    return done ? 0 : -1;
}

/* Encoding, error handler and newlines are set: makes the codecs. */
static int make_codecs(TextIO *t)
{
    const char *encoding = PyUnicode_AsUTF8(t->encoding), *errors = PyUnicode_AsUTF8(t->errors);
    if (!encoding || !errors)
        return -1;
    K_AUTO(PyObject *) info = _PyCodec_LookupTextEncoding(encoding, "codecs.open()");
    if (!info)
        return -1;
    Py_CLEAR(t->decoder);
    Py_CLEAR(t->encoder);
    return make_decoder(t, info, errors) < 0 || make_encoder(t, info, errors) < 0 ? -1 : 0;
}

static int check_str(PyObject *value, const char *what)
{
    if (value == Py_None || PyUnicode_Check(value))
        return 0;
    PyErr_Format(PyExc_TypeError, "TextIOWrapper() argument '%s' must be str or None, not %.50s", what, Py_TYPE(value)->tp_name);
    return -1;
}

/* In development mode an unknown error handler is told at once, not when something goes wrong. */
static int check_errors_name(PyObject *errors)
{
    if (errors == Py_None)
        return 0;
    const char *name = PyUnicode_AsUTF8(errors);
    return name ? str_check_names(NULL, name) : -1;
}

BINDER(textio_init, "TextIOWrapper",
       "(buffer, encoding=None, errors=None, newline=None, line_buffering=False, write_through=False)", *buffer, *encoding,
       *errors, *newline, *line_buffering, *write_through);

static int textio_start(TextIO *t, const textio_init_args *arg)
{
    NewlineMode mode;
    int line_buffering, write_through;
    t->ready = t->detached = false;
    if (check_str(arg->encoding, "encoding") < 0)
        return -1;
    if (arg->errors != Py_None && !PyUnicode_Check(arg->errors)) {
        PyErr_Format(PyExc_TypeError, "TextIOWrapper() argument 'errors' must be str or None, not %.50s",
                     Py_TYPE(arg->errors)->tp_name);
        return -1;
    }
    if (check_errors_name(arg->errors) < 0)
        return -1;
    if (arg->encoding == Py_None && _Py_GetConfig()->warn_default_encoding &&
        PyErr_WarnEx(PyExc_EncodingWarning, "'encoding' argument not specified", 1) < 0)
        return -1;
    if (k_arg_bool(arg->line_buffering, &line_buffering) < 0 || k_arg_bool(arg->write_through, &write_through) < 0 ||
        io_newline_mode(arg->newline, &mode) < 0)
        return -1;
    Py_XSETREF(t->newline.given, NULL);
    t->newline = mode;
    Py_XSETREF(t->encoding, default_encoding(arg->encoding));
    Py_XSETREF(t->errors, arg->errors == Py_None ? PyUnicode_FromString("strict") : Py_NewRef(arg->errors));
    if (!t->encoding || !t->errors)
        return -1;
    Py_XSETREF(t->buffer, Py_NewRef(arg->buffer));
    Py_CLEAR(t->decoded);
    Py_CLEAR(t->snapshot_input);
    Py_CLEAR(t->pending);
    t->used = t->pending_bytes = 0;
    t->chunk_size = IO_BUFFER_SIZE;
    t->line_buffering = line_buffering;
    t->write_through = write_through;
    if (make_codecs(t) < 0)
        return -1;
    int seekable = io_call_bool(t->buffer, K_STR("seekable"));
    if (seekable < 0)
        return -1;
    t->seekable = t->telling = seekable;
    PyObject *read1;
    int has_read1 = _PyObject_LookupAttr(t->buffer, K_STR("read1"), &read1);
    if (has_read1 < 0)
        return -1;
    Py_XDECREF(read1);
    t->has_read1 = has_read1;
    if (fix_encoder_state(t) < 0)
        return -1;
    t->ready = true;
    return 0;
}

static int textio_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    textio_init_args arg;
    PyObject *owned = NULL;
    if (BIND(textio_init, &arg, args, kwargs, &owned) < 0)
        return -1;
    int status = textio_start((TextIO *)self, &arg);
    Py_XDECREF(owned);
    return status;
}

/* ---- writing ---- */

static int write_pending(TextIO *t)
{
    if (!t->pending)
        return 0;
    K_AUTO(PyObject *) pending = t->pending;
    t->pending = NULL;
    t->pending_bytes = 0;
    K_AUTO(PyObject *) empty = PyBytes_FromStringAndSize(NULL, 0);
    K_AUTO(PyObject *) bytes = !empty ? NULL : PyList_GET_SIZE(pending) == 1 ? Py_NewRef(PyList_GET_ITEM(pending, 0))
                                                                           : _PyBytes_Join(empty, pending);
    while (bytes) {
        PyObject *result = io_call1(t->buffer, K_STR("write"), bytes);
        if (result) {
            Py_DECREF(result);
            return 0;
        }
        if (!PyErr_ExceptionMatches(PyExc_InterruptedError))
            return -1;
        PyErr_Clear();
    }
    return -1;
}

static PyObject *encode(TextIO *t, PyObject *text)
{
    const char *errors = PyUnicode_AsUTF8(t->errors);
    if (!errors)
        return NULL;
    switch (t->fast) {
    case ENCODE_UTF8:   return _PyUnicode_AsUTF8String(text, errors);
    case ENCODE_ASCII:  return _PyUnicode_AsASCIIString(text, errors);
    case ENCODE_LATIN1: return _PyUnicode_AsLatin1String(text, errors);
    case ENCODE_OTHER:  break;
    }
    PyObject *bytes = io_call1(t->encoder, K_STR("encode"), text);
    if (bytes && !PyBytes_Check(bytes)) {
        PyErr_Format(PyExc_TypeError, "encoder should return a bytes object, not '%.200s'", Py_TYPE(bytes)->tp_name);
        Py_CLEAR(bytes);
    }
    return bytes;
}

static int forget_read(TextIO *t)
{
    Py_CLEAR(t->decoded);
    t->used = 0;
    Py_CLEAR(t->snapshot_input);
    if (!t->decoder)
        return 0;
    K_AUTO(PyObject *) done = io_call(t->decoder, K_STR("reset"));
    return done ? 0 : -1;
}

static int hold_pending(TextIO *t, PyObject *bytes)
{
    if (t->pending && t->pending_bytes + PyBytes_GET_SIZE(bytes) > t->chunk_size && write_pending(t) < 0)
        return -1;
    if (!t->pending && !(t->pending = PyList_New(0)))
        return -1;
    t->pending_bytes += PyBytes_GET_SIZE(bytes);
    return PyList_Append(t->pending, bytes);
}

METHOD(textio, write, O, "($self, text, /)", "Writes text; gives its length.")
{
    TextIO *t = (TextIO *)self;
    if (!PyUnicode_Check(arg))
        return k_raise(PyExc_TypeError, "write() argument must be str, not %.50s", Py_TYPE(arg)->tp_name);
    if (open_stream(t) < 0)
        return NULL;
    if (!t->encoder)
        return io_unsupported("not writable");
    Py_ssize_t length = PyUnicode_GET_LENGTH(arg);
    bool newline = false, flush = false;
    if ((t->newline.translate_write && t->newline.write_newline) || t->line_buffering)
        newline = PyUnicode_FindChar(arg, '\n', 0, length, 1) >= 0;
    K_AUTO(PyObject *) text = newline && t->newline.translate_write && t->newline.write_newline
                                  ? PyUnicode_Replace(arg, K_STR("\n"), t->newline.write_newline, -1)
                                  : Py_NewRef(arg);
    if (!text)
        return NULL;
    if (t->line_buffering && (newline || PyUnicode_FindChar(text, '\r', 0, PyUnicode_GET_LENGTH(text), 1) >= 0))
        flush = true;
    K_AUTO(PyObject *) bytes = encode(t, text);
    if (!bytes || hold_pending(t, bytes) < 0)
        return NULL;
    if ((t->pending_bytes >= t->chunk_size || flush || t->write_through) && write_pending(t) < 0)
        return NULL;
    if (flush) {
        K_AUTO(PyObject *) done = io_call(t->buffer, K_STR("flush"));
        if (!done)
            return NULL;
    }
    if ((t->decoded || t->snapshot_input) && forget_read(t) < 0)
        return NULL;
    return PyLong_FromSsize_t(length);
}

/* ---- reading ---- */

/* The decoder's state and what waits in it; the chunk to be decoded is put behind that. */
static int note_snapshot(TextIO *t)
{
    K_AUTO(PyObject *) state = io_call(t->decoder, K_STR("getstate"));
    if (!state)
        return -1;
    PyObject *buffered;
    int flags;
    if (!PyTuple_Check(state) || PyTuple_GET_SIZE(state) != 2) {
        PyErr_SetString(PyExc_TypeError, "illegal decoder state");
        return -1;
    }
    buffered = PyTuple_GET_ITEM(state, 0);
    if (!PyBytes_Check(buffered)) {
        PyErr_Format(PyExc_TypeError, "illegal decoder state: the first item should be a bytes object, not '%.200s'",
                     Py_TYPE(buffered)->tp_name);
        return -1;
    }
    if (k_arg_int(PyTuple_GET_ITEM(state, 1), &flags) < 0)
        return -1;
    t->snapshot_flags = flags;
    Py_XSETREF(t->snapshot_input, Py_NewRef(buffered));
    return 0;
}

/* Decodes the next chunk: 1; 0 at the end of the stream. */
static int read_chunk(TextIO *t, Py_ssize_t hint)
{
    if (!t->decoder) {
        io_unsupported("not readable");
        return -1;
    }
    if (t->telling && note_snapshot(t) < 0)
        return -1;
    K_AUTO(PyObject *) size = PyLong_FromSsize_t(Py_MAX(hint, t->chunk_size));
    K_AUTO(PyObject *) input = size ? io_call1(t->buffer, t->has_read1 ? K_STR("read1") : K_STR("read"), size) : NULL;
    if (!input)
        return -1;
    Py_buffer view;
    if (PyObject_GetBuffer(input, &view, PyBUF_SIMPLE) < 0) {
        PyErr_Format(PyExc_TypeError, "underlying %s() should have returned a bytes-like object, not '%.200s'",
                     t->has_read1 ? "read1" : "read", Py_TYPE(input)->tp_name);
        return -1;
    }
    bool end = view.len == 0;
    PyBuffer_Release(&view);
    K_AUTO(PyObject *) text = Py_IS_TYPE(t->decoder, &NewlineDecoder_Type)
                                  ? io_newline_decode(t->decoder, input, end)
                                  : PyObject_CallMethodObjArgs(t->decoder, K_STR("decode"), input, end ? Py_True : Py_False, NULL);
    if (!text)
        return -1;
    if (!PyUnicode_Check(text)) {
        PyErr_Format(PyExc_TypeError, "decoder should return a string result, not '%.200s'", Py_TYPE(text)->tp_name);
        return -1;
    }
    if (PyUnicode_GET_LENGTH(text) > 0)
        end = false;
    Py_XSETREF(t->decoded, K_MOVE(text));
    t->used = 0;
    if (t->snapshot_input) {
        K_AUTO(PyObject *) whole = PyBytes_FromObject(input);
        if (!whole)
            return -1;
        PyBytes_Concat(&t->snapshot_input, whole);
        if (!t->snapshot_input)
            return -1;
    }
    return !end;
}

/* Up to n (-1: all) characters that are decoded already: new. */
static PyObject *take_decoded(TextIO *t, Py_ssize_t n)
{
    if (!t->decoded)
        return PyUnicode_New(0, 0);
    Py_ssize_t left = PyUnicode_GET_LENGTH(t->decoded) - t->used;
    if (n < 0 || n > left)
        n = left;
    PyObject *text = PyUnicode_Substring(t->decoded, t->used, t->used + n);
    if (text)
        t->used += n;
    return text;
}

static PyObject *read_rest(TextIO *t)
{
    K_AUTO(PyObject *) bytes = io_call(t->buffer, K_STR("read"));
    if (!bytes)
        return NULL;
    if (bytes == Py_None)
        return k_raise(PyExc_BlockingIOError, "Read returned None.");
    K_AUTO(PyObject *) text = Py_IS_TYPE(t->decoder, &NewlineDecoder_Type)
                                  ? io_newline_decode(t->decoder, bytes, true)
                                  : PyObject_CallMethodObjArgs(t->decoder, K_STR("decode"), bytes, Py_True, NULL);
    if (text && !PyUnicode_Check(text))
        return k_raise(PyExc_TypeError, "decoder should return a string result, not '%.200s'", Py_TYPE(text)->tp_name);
    K_AUTO(PyObject *) head = text ? take_decoded(t, -1) : NULL;
    if (!head)
        return NULL;
    Py_CLEAR(t->decoded);
    t->used = 0;
    Py_CLEAR(t->snapshot_input);
    return PyUnicode_Concat(head, text);
}

METHOD_KW(textio, read, "($self, size=-1, /)", "Up to size characters, fewer only at the end; all of them without size.", *size)
{
    TextIO *t = (TextIO *)self;
    Py_ssize_t size;
    if (io_arg_size(arg->size, &size) < 0 || open_stream(t) < 0)
        return NULL;
    if (!t->decoder)
        return io_unsupported("not readable");
    if (write_pending(t) < 0)
        return NULL;
    if (size < 0)
        return read_rest(t);
    K_AUTO(PyObject *) result = take_decoded(t, size);
    while (result && PyUnicode_GET_LENGTH(result) < size) {
        int more = read_chunk(t, size - PyUnicode_GET_LENGTH(result));
        if (more < 0) {
            if (k_catch(PyExc_InterruptedError))
                continue;
            return NULL;
        }
        if (!more)
            break;
        K_AUTO(PyObject *) part = take_decoded(t, size - PyUnicode_GET_LENGTH(result));
        if (!part)
            return NULL;
        PyUnicode_Append(&result, part);
    }
    return K_MOVE(result);
}

/* One line; parts of it are gathered while no newline is in sight. */
static PyObject *read_line(TextIO *t, Py_ssize_t limit)
{
    if (write_pending(t) < 0)
        return NULL;
    const LineEnds ends = { t->newline.translate_read, t->newline.universal, t->newline.given };
    K_AUTO(PyObject *) line = NULL; /* what earlier chunks gave */
    K_AUTO(PyObject *) carried = NULL; /* a lone \r at the end of a chunk */
    for (;;) {
        while (!t->decoded || t->used == PyUnicode_GET_LENGTH(t->decoded)) {
            int more = read_chunk(t, 0);
            if (more < 0 && k_catch(PyExc_InterruptedError))
                continue;
            if (more < 0)
                return NULL;
            if (!more) {
                Py_CLEAR(t->decoded);
                t->used = 0;
                Py_CLEAR(t->snapshot_input);
                if (carried && line)
                    PyUnicode_Append(&line, carried);
                else if (carried)
                    K_SET(line, K_MOVE(carried));
                return line ? K_MOVE(line) : PyErr_Occurred() ? NULL : PyUnicode_New(0, 0);
            }
        }
        if (carried) { /* look at it together with what follows */
            PyObject *rest = PyUnicode_Substring(t->decoded, t->used, PyUnicode_GET_LENGTH(t->decoded));
            PyObject *joined = rest ? PyUnicode_Concat(carried, rest) : NULL;
            Py_XDECREF(rest);
            if (!joined)
                return NULL;
            Py_SETREF(t->decoded, joined);
            t->used = 0;
            Py_CLEAR(carried);
        }
        Py_ssize_t end = PyUnicode_GET_LENGTH(t->decoded), consumed, start = t->used;
        Py_ssize_t line_end = io_find_line_end(&ends, t->decoded, start, end, &consumed);
        Py_ssize_t have = line ? PyUnicode_GET_LENGTH(line) : 0, stop = line_end >= 0 ? line_end : consumed;
        bool full = limit >= 0 && stop - start >= limit - have;
        if (full)
            stop = start + limit - have;
        PyObject *part = PyUnicode_Substring(t->decoded, start, stop);
        if (!part)
            return NULL;
        t->used = stop;
        if (!line)
            K_SET(line, part);
        else {
            PyUnicode_AppendAndDel(&line, part);
            if (!line)
                return NULL;
        }
        if (line_end >= 0 || full)
            return K_MOVE(line);
        if (consumed < end) {
            K_SET(carried, PyUnicode_Substring(t->decoded, consumed, end));
            if (!carried)
                return NULL;
            t->used = end;
        }
    }
}

METHOD_KW(textio, readline, "($self, size=-1, /)", "One line with its newline; at most size characters.", *size)
{
    TextIO *t = (TextIO *)self;
    Py_ssize_t limit;
    if (k_arg_ssize(arg->size, &limit) < 0 || open_stream(t) < 0)
        return NULL;
    return read_line(t, limit < 0 ? -1 : limit);
}

static PyObject *textio_next(PyObject *self)
{
    TextIO *t = (TextIO *)self;
    if (usable(t) < 0)
        return NULL;
    t->telling = false;
    PyObject *line;
    if (Py_IS_TYPE(self, &TextIOWrapper_Type))
        line = open_stream(t) < 0 ? NULL : read_line(t, -1);
    else {
        line = io_call(self, K_STR("readline"));
        if (line && !PyUnicode_Check(line)) {
            PyErr_Format(PyExc_OSError, "readline() should have returned a str object, not '%.200s'", Py_TYPE(line)->tp_name);
            Py_CLEAR(line);
        }
    }
    if (line && PyUnicode_GET_LENGTH(line) == 0) {
        Py_CLEAR(line);
        Py_CLEAR(t->snapshot_input);
        t->telling = t->seekable;
    }
    return line;
}

/* ---- places ---- */

typedef struct Cookie {
    long long place; /* of the buffer */
    int flags;       /* of the decoder there */
    int feed, skip;  /* bytes to decode from there, characters of them to drop */
    bool final;
} Cookie;

static PyObject *pack_cookie(const Cookie *cookie)
{
    unsigned char bytes[COOKIE_BYTES];
    memcpy(bytes, &cookie->place, 8);
    memcpy(bytes + 8, &cookie->flags, 4);
    memcpy(bytes + 12, &cookie->feed, 4);
    memcpy(bytes + 16, &cookie->skip, 4);
    bytes[20] = cookie->final;
    return _PyLong_FromByteArray(bytes, sizeof bytes, 1, 0);
}

static int unpack_cookie(PyObject *number, Cookie *cookie)
{
    unsigned char bytes[COOKIE_BYTES];
    K_AUTO(PyObject *) index = PyNumber_Index(number);
    if (!index || _PyLong_AsByteArray((PyLongObject *)index, bytes, sizeof bytes, 1, 0) < 0)
        return -1;
    memcpy(&cookie->place, bytes, 8);
    memcpy(&cookie->flags, bytes + 8, 4);
    memcpy(&cookie->feed, bytes + 12, 4);
    memcpy(&cookie->skip, bytes + 16, 4);
    cookie->final = bytes[20];
    return 0;
}

static int set_decoder(TextIO *t, int flags)
{
    K_AUTO(PyObject *) done = PyObject_CallMethod(t->decoder, "setstate", "((yi))", "", flags);
    return done ? 0 : -1;
}

/* Length of what the decoder makes of these bytes. */
static Py_ssize_t decoded_length(TextIO *t, const char *bytes, Py_ssize_t n, bool final)
{
    K_AUTO(PyObject *) text = _PyObject_CallMethod_SizeT(t->decoder, "decode", "y#O", bytes, n, final ? Py_True : Py_False);
    return text ? PyObject_Size(text) : -1;
}

static bool plain_ascii(const char *bytes, Py_ssize_t n)
{
    for (Py_ssize_t i = 0; i < n; i++)
        if ((unsigned char)bytes[i] >= 128 || bytes[i] == '\r')
            return false;
    return true;
}

/* Decodes the snapshot byte by byte until as many characters are out as were given out: the last place without bytes
 * waiting in the decoder is where seek() starts. */
static int find_place(TextIO *t, Cookie *cookie)
{
    const char *input = PyBytes_AS_STRING(t->snapshot_input);
    Py_ssize_t n = PyBytes_GET_SIZE(t->snapshot_input), skip = t->used, fed = 0, chars = 0;
    if (t->fast != ENCODE_OTHER && !cookie->flags && skip <= n && plain_ascii(input, skip)) {
        cookie->place += skip;
        return 0;
    }
    if (set_decoder(t, cookie->flags) < 0)
        return -1;
    for (Py_ssize_t i = 0; i < n && (i == 0 || chars < skip); i++) {
        Py_ssize_t length = decoded_length(t, input + i, 1, false);
        K_AUTO(PyObject *) state = length < 0 ? NULL : io_call(t->decoder, K_STR("getstate"));
        if (!state)
            return -1;
        int flags;
        if (!PyTuple_Check(state) || PyTuple_GET_SIZE(state) != 2 || k_arg_int(PyTuple_GET_ITEM(state, 1), &flags) < 0)
            return -1;
        fed++;
        chars += length;
        if (PyObject_Size(PyTuple_GET_ITEM(state, 0)) == 0 && chars <= skip) {
            cookie->place += fed;
            cookie->flags = flags;
            skip -= chars;
            fed = chars = 0;
        }
    }
    if (chars < skip) {
        Py_ssize_t length = decoded_length(t, "", 0, true);
        if (length < 0)
            return -1;
        cookie->final = true;
        if (chars + length < skip) {
            PyErr_SetString(PyExc_OSError, "can't reconstruct logical file position");
            return -1;
        }
    }
    cookie->feed = (int)fed;
    cookie->skip = (int)skip;
    return 0;
}

METHOD(textio, tell, NOARGS, "($self, /)", "The place: a number for seek(), no count of characters.")
{
    TextIO *t = (TextIO *)self;
    if (open_stream(t) < 0)
        return NULL;
    if (!t->seekable)
        return io_unsupported("underlying stream is not seekable");
    if (!t->telling)
        return k_raise(PyExc_OSError, "telling position disabled by next() call");
    if (write_pending(t) < 0)
        return NULL;
    K_AUTO(PyObject *) flushed = io_call(self, K_STR("flush"));
    K_AUTO(PyObject *) place = flushed ? io_call(t->buffer, K_STR("tell")) : NULL;
    if (!place || !t->decoder || !t->snapshot_input)
        return K_MOVE(place);
    Cookie cookie = { .place = PyLong_AsLongLong(place), .flags = (int)t->snapshot_flags };
    if (PyErr_Occurred())
        return NULL;
    cookie.place -= PyBytes_GET_SIZE(t->snapshot_input);
    if (t->used == 0)
        return pack_cookie(&cookie);
    K_AUTO(PyObject *) saved = io_call(t->decoder, K_STR("getstate"));
    if (!saved)
        return NULL;
    int status = find_place(t, &cookie);
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    K_AUTO(PyObject *) restored = io_call1(t->decoder, K_STR("setstate"), saved);
    if (type)
        PyErr_Restore(type, value, traceback);
    return status < 0 || !restored ? NULL : pack_cookie(&cookie);
}

static int reset_encoder(TextIO *t, bool at_start)
{
    if (!t->encoder)
        return 0;
    K_AUTO(PyObject *) zero = PyLong_FromLong(0);
    K_AUTO(PyObject *) done = !zero ? NULL : at_start ? io_call(t->encoder, K_STR("reset"))
                                                      : io_call1(t->encoder, K_STR("setstate"), zero);
    t->start_of_stream = at_start;
    return done ? 0 : -1;
}

static PyObject *seek_end(TextIO *t, PyObject *self)
{
    K_AUTO(PyObject *) flushed = io_call(self, K_STR("flush"));
    if (!flushed || forget_read(t) < 0)
        return NULL;
    K_AUTO(PyObject *) place = PyObject_CallMethod(t->buffer, "seek", "ii", 0, 2);
    if (!place)
        return NULL;
    int somewhere = PyObject_IsTrue(place);
    return somewhere < 0 || reset_encoder(t, !somewhere) < 0 ? NULL : K_MOVE(place);
}

static int seek_cookie(TextIO *t, const Cookie *cookie)
{
    K_AUTO(PyObject *) place = PyObject_CallMethod(t->buffer, "seek", "L", cookie->place);
    if (!place)
        return -1;
    Py_CLEAR(t->decoded);
    t->used = 0;
    Py_CLEAR(t->snapshot_input);
    if (t->decoder && (cookie->flags || cookie->skip || cookie->place || cookie->feed)) {
        if (set_decoder(t, cookie->flags) < 0)
            return -1;
        t->snapshot_flags = cookie->flags;
        t->snapshot_input = PyBytes_FromStringAndSize(NULL, 0);
    }
    else if (t->decoder && forget_read(t) < 0)
        return -1;
    if (!cookie->skip)
        return 0;
    K_AUTO(PyObject *) input = PyObject_CallMethod(t->buffer, "read", "i", cookie->feed);
    if (!input)
        return -1;
    if (!PyBytes_Check(input)) {
        PyErr_Format(PyExc_TypeError, "underlying read() should have returned a bytes object, not '%.200s'",
                     Py_TYPE(input)->tp_name);
        return -1;
    }
    Py_XSETREF(t->snapshot_input, Py_NewRef(input));
    t->decoded = PyObject_CallMethod(t->decoder, "decode", "Oi", input, cookie->final);
    if (!t->decoded || !PyUnicode_Check(t->decoded)) {
        Py_CLEAR(t->decoded);
        return -1;
    }
    if (PyUnicode_GET_LENGTH(t->decoded) < cookie->skip) {
        PyErr_SetString(PyExc_OSError, "can't restore logical file position");
        return -1;
    }
    t->used = cookie->skip;
    return 0;
}

METHOD_KW(textio, seek, "($self, cookie, whence=0, /)", "Moves to a place that tell() gave, to the start or to the end.", *cookie,
          *whence)
{
    TextIO *t = (TextIO *)self;
    int whence;
    if (open_stream(t) < 0 || k_arg_int(arg->whence, &whence) < 0)
        return NULL;
    if (!t->seekable)
        return io_unsupported("underlying stream is not seekable");
    K_AUTO(PyObject *) target = Py_NewRef(arg->cookie);
    if (whence != 0) {
        int nonzero = PyObject_IsTrue(target);
        if (nonzero < 0)
            return NULL;
        if (whence == 1) {
            if (nonzero)
                return io_unsupported("can't do nonzero cur-relative seeks");
            K_SET(target, io_call(self, K_STR("tell")));
            if (!target)
                return NULL;
        }
        else if (whence == 2)
            return nonzero ? io_unsupported("can't do nonzero end-relative seeks") : seek_end(t, self);
        else
            return k_raise(PyExc_ValueError, "invalid whence (%d, should be %d, %d or %d)", whence, 0, 1, 2);
    }
    K_AUTO(PyObject *) zero = PyLong_FromLong(0);
    int negative = zero ? PyObject_RichCompareBool(target, zero, Py_LT) : -1;
    if (negative < 0)
        return NULL;
    if (negative)
        return k_raise(PyExc_ValueError, "negative seek position %R", target);
    Cookie cookie;
    K_AUTO(PyObject *) flushed = io_call(self, K_STR("flush"));
    if (!flushed || unpack_cookie(target, &cookie) < 0 || seek_cookie(t, &cookie) < 0 ||
        reset_encoder(t, cookie.place == 0 && cookie.flags == 0) < 0)
        return NULL;
    return K_MOVE(target);
}

METHOD_KW(textio, truncate, "($self, pos=None, /)", "Makes the file that long, or end here.", *pos)
{
    TextIO *t = (TextIO *)self;
    if (usable(t) < 0)
        return NULL;
    K_AUTO(PyObject *) flushed = io_call(self, K_STR("flush"));
    return flushed ? io_call1(t->buffer, K_STR("truncate"), arg->pos) : NULL;
}

/* ---- the rest ---- */

METHOD(textio, flush, NOARGS, "($self, /)", "Writes out what is held back.")
{
    TextIO *t = (TextIO *)self;
    if (open_stream(t) < 0)
        return NULL;
    t->telling = t->seekable;
    return write_pending(t) < 0 ? NULL : io_call(t->buffer, K_STR("flush"));
}

METHOD(textio, close, NOARGS, "($self, /)", "Flushes and closes the buffer.")
{
    TextIO *t = (TextIO *)self;
    if (usable(t) < 0)
        return NULL;
    int closed = io_is_closed(t->buffer);
    if (closed)
        return closed < 0 ? NULL : Py_NewRef(Py_None);
    if (t->base.finalizing) {
        PyObject *warned = io_call1(t->buffer, K_STR("_dealloc_warn"), self);
        if (!warned)
            PyErr_Clear();
        Py_XDECREF(warned);
    }
    PyObject *type = NULL, *value, *traceback;
    K_AUTO(PyObject *) flushed = io_call(self, K_STR("flush"));
    if (!flushed)
        PyErr_Fetch(&type, &value, &traceback);
    PyObject *result = io_call(t->buffer, K_STR("close"));
    if (!type)
        return result;
    Py_XDECREF(result);
    _PyErr_ChainExceptions(type, value, traceback);
    return NULL;
}

METHOD(textio, detach, NOARGS, "($self, /)", "Flushes, and gives up the buffer.")
{
    TextIO *t = (TextIO *)self;
    if (usable(t) < 0)
        return NULL;
    K_AUTO(PyObject *) flushed = io_call(self, K_STR("flush"));
    if (!flushed)
        return NULL;
    PyObject *buffer = t->buffer;
    t->buffer = NULL;
    t->detached = true;
    t->ready = false;
    return buffer;
}

#define PASS_ON(method)                                                                                                \
    METHOD(textio, method, NOARGS, "($self, /)", "Asks the buffer.")                                                   \
    {                                                                                                                  \
        TextIO *t = (TextIO *)self;                                                                                    \
        return usable(t) < 0 ? NULL : io_call(t->buffer, K_STR(#method));                                              \
    }
PASS_ON(fileno)
PASS_ON(seekable)
PASS_ON(readable)
PASS_ON(writable)
PASS_ON(isatty)

/* A flag of reconfigure(): None leaves it as it is. */
static int new_flag(PyObject *argument, bool *flag)
{
    int value;
    if (argument == Py_None)
        return 0;
    if (k_arg_bool(argument, &value) < 0)
        return -1;
    *flag = value;
    return 0;
}

static int change_encoding(TextIO *t, PyObject *encoding, PyObject *errors, PyObject *newline)
{
    if (encoding == Py_None && errors == Py_None && !newline)
        return 0;
    if (newline) {
        NewlineMode mode;
        if (io_newline_mode(newline, &mode) < 0)
            return -1;
        Py_XSETREF(t->newline.given, NULL);
        t->newline = mode;
    }
    if (encoding != Py_None) {
        Py_SETREF(t->encoding, default_encoding(encoding));
        if (!t->encoding)
            return -1;
        Py_SETREF(t->errors, errors == Py_None ? PyUnicode_FromString("strict") : Py_NewRef(errors));
    }
    else if (errors != Py_None)
        Py_SETREF(t->errors, Py_NewRef(errors));
    return make_codecs(t) < 0 ? -1 : fix_encoder_state(t);
}

METHOD_KW(textio, reconfigure,
          "($self, /, *, encoding=None, errors=None,\n            newline=<unrepresentable>, line_buffering=None,\n"
          "            write_through=None)",
          "Changes encoding, error handler, newlines or buffering; what was written before is flushed.", *encoding, *errors,
          *newline, *line_buffering, *write_through)
{
    TextIO *t = (TextIO *)self;
    bool line_buffering = t->line_buffering, write_through = t->write_through;
    if (usable(t) < 0)
        return NULL;
    if (t->decoded && (arg->encoding != Py_None || arg->errors != Py_None || arg->newline))
        return io_unsupported("It is not possible to set the encoding or newline of stream after the first read");
    if (check_str(arg->encoding, "encoding") < 0 || check_str(arg->errors, "errors") < 0 ||
        new_flag(arg->line_buffering, &line_buffering) < 0 || new_flag(arg->write_through, &write_through) < 0)
        return NULL;
    K_AUTO(PyObject *) flushed = io_call(self, K_STR("flush"));
    if (!flushed || change_encoding(t, arg->encoding, arg->errors, arg->newline) < 0)
        return NULL;
    t->line_buffering = line_buffering;
    t->write_through = write_through;
    Py_RETURN_NONE;
}
METHODS_END(textio);

/* ---- the type ---- */

static PyObject *buffer_attribute(PyObject *self, void *name)
{
    TextIO *t = (TextIO *)self;
    return usable(t) < 0 ? NULL : PyObject_GetAttrString(t->buffer, name);
}

static PyObject *textio_newlines(PyObject *self, void *closure)
{
    (void)closure;
    TextIO *t = (TextIO *)self;
    if (usable(t) < 0)
        return NULL;
    PyObject *newlines = NULL;
    if (!t->decoder || _PyObject_LookupAttr(t->decoder, K_STR("newlines"), &newlines) == 0)
        Py_RETURN_NONE;
    return newlines;
}

static PyObject *textio_errors(PyObject *self, void *closure)
{
    (void)closure;
    TextIO *t = (TextIO *)self;
    return !t->detached && usable(t) < 0 ? NULL : Py_NewRef(t->errors);
}

static PyObject *get_chunk_size(PyObject *self, void *closure)
{
    (void)closure;
    TextIO *t = (TextIO *)self;
    return usable(t) < 0 ? NULL : PyLong_FromSsize_t(t->chunk_size);
}

static int set_chunk_size(PyObject *self, PyObject *value, void *closure)
{
    (void)closure;
    TextIO *t = (TextIO *)self;
    if (!value) {
        PyErr_SetString(PyExc_AttributeError, "cannot delete attribute");
        return -1;
    }
    Py_ssize_t n;
    if (usable(t) < 0 || k_arg_ssize(value, &n) < 0)
        return -1;
    if (n <= 0) {
        PyErr_SetString(PyExc_ValueError, "a strictly positive integer is required");
        return -1;
    }
    t->chunk_size = n;
    return 0;
}

static PyGetSetDef textio_getset[] = {
    { "name", buffer_attribute, NULL, NULL, "name" },
    { "closed", buffer_attribute, NULL, NULL, "closed" },
    { "newlines", textio_newlines, NULL, NULL, NULL },
    { "errors", textio_errors, NULL, NULL, NULL },
    { "_CHUNK_SIZE", get_chunk_size, set_chunk_size, NULL, NULL },
    { NULL, NULL, NULL, NULL, NULL },
};

static PyMemberDef textio_members[] = {
    { "encoding", T_OBJECT, offsetof(TextIO, encoding), READONLY, NULL },
    { "buffer", T_OBJECT, offsetof(TextIO, buffer), READONLY, NULL },
    { "line_buffering", T_BOOL, offsetof(TextIO, line_buffering), READONLY, NULL },
    { "write_through", T_BOOL, offsetof(TextIO, write_through), READONLY, NULL },
    { "_finalizing", T_BOOL, offsetof(IoBase, finalizing), 0, NULL },
    { NULL, 0, 0, 0, NULL },
};

static int textio_traverse(PyObject *self, visitproc visit, void *arg)
{
    TextIO *t = (TextIO *)self;
    Py_VISIT(t->buffer);
    Py_VISIT(t->encoding);
    Py_VISIT(t->encoder);
    Py_VISIT(t->decoder);
    Py_VISIT(t->decoded);
    Py_VISIT(t->snapshot_input);
    Py_VISIT(t->pending);
    return io_base_traverse(self, visit, arg);
}

static int textio_clear(PyObject *self)
{
    TextIO *t = (TextIO *)self;
    t->ready = false;
    Py_CLEAR(t->buffer);
    Py_CLEAR(t->encoding);
    Py_CLEAR(t->errors);
    Py_CLEAR(t->encoder);
    Py_CLEAR(t->decoder);
    Py_CLEAR(t->newline.given);
    Py_CLEAR(t->decoded);
    Py_CLEAR(t->snapshot_input);
    Py_CLEAR(t->pending);
    io_base_clear(self);
    return 0;
}

static void textio_dealloc(PyObject *self)
{
    ((TextIO *)self)->base.finalizing = true;
    if (io_finalize(self) < 0)
        return;
    PyObject_GC_UnTrack(self);
    textio_clear(self);
    io_base_release(self);
}

/* name='...' mode='...' where the stream has them */
static int add_to_repr(PyObject *self, PyObject *name, PyObject **repr)
{
    PyObject *value;
    if (_PyObject_LookupAttr(self, name, &value) < 0) {
        if (!PyErr_ExceptionMatches(PyExc_ValueError))
            return -1;
        PyErr_Clear();
        return 0;
    }
    if (!value)
        return 0;
    PyObject *longer = PyUnicode_FromFormat("%U %U=%R", *repr, name, value);
    Py_DECREF(value);
    Py_SETREF(*repr, longer);
    return longer ? 0 : -1;
}

static PyObject *textio_repr(PyObject *self)
{
    TextIO *t = (TextIO *)self;
    if (!t->detached && usable(t) < 0)
        return NULL;
    int status = Py_ReprEnter(self);
    if (status) {
        if (status > 0)
            PyErr_Format(PyExc_RuntimeError, "reentrant call inside %s.__repr__", Py_TYPE(self)->tp_name);
        return NULL;
    }
    PyObject *repr = PyUnicode_FromString("<_io.TextIOWrapper");
    if (repr && add_to_repr(self, K_STR("name"), &repr) == 0 && add_to_repr(self, K_STR("mode"), &repr) == 0)
        Py_SETREF(repr, PyUnicode_FromFormat("%U encoding=%R>", repr, t->encoding));
    else
        Py_CLEAR(repr);
    Py_ReprLeave(self);
    return repr;
}

PyTypeObject TextIOWrapper_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "_io.TextIOWrapper",
    .tp_basicsize = sizeof(TextIO),
    .tp_dealloc = textio_dealloc,
    .tp_repr = textio_repr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc = "TextIOWrapper(buffer, encoding=None, errors=None, newline=None,\n"
              "              line_buffering=False, write_through=False)\n--\n\nText through a buffered binary stream.",
    .tp_traverse = textio_traverse,
    .tp_clear = textio_clear,
    .tp_weaklistoffset = offsetof(IoBase, weakreflist),
    .tp_dictoffset = offsetof(IoBase, dict),
    .tp_iternext = textio_next,
    .tp_methods = METHODS(textio),
    .tp_members = textio_members,
    .tp_getset = textio_getset,
    .tp_base = &TextIOBase_Type,
    .tp_init = textio_init,
    .tp_new = PyType_GenericNew,
};
K_TYPE(TextIOWrapper_Type);
