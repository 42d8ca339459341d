/* str_utf8.c - UTF-8: decoder, encoder, and the text a str keeps for C callers.
 *
 * Decoding measures first (how many characters, how wide) and then fills a str of the right size; only input with
 * errors goes through the writer. Encoding does the same the other way round.
 * Start at PyUnicode_DecodeUTF8Stateful() and _PyUnicode_AsUTF8String(). */
#include "objects/str/str_codec.h"

#include "memory/gc.h"
#include "runtime/errors.h"

typedef struct Utf8Stretch {
    Py_ssize_t bytes, chars; /* the valid stretch */
    Py_UCS4 max_char;
} Utf8Stretch;

/* Length of the well-formed sequence at p, 0 when it is not one (or not whole). */
K_INLINE int sequence_length(const unsigned char *p, Py_ssize_t left)
{
    unsigned c = p[0];
    if (c < 0x80)
        return 1;
    if (c < 0xc2)
        return 0;
    if (c < 0xe0)
        return left > 1 && (p[1] & 0xc0) == 0x80 ? 2 : 0;
    if (c < 0xf0) {
        if (left < 3 || (p[1] & 0xc0) != 0x80 || (p[2] & 0xc0) != 0x80)
            return 0;
        return (c == 0xe0 && p[1] < 0xa0) || (c == 0xed && p[1] > 0x9f) ? 0 : 3;
    }
    if (c > 0xf4 || left < 4 || (p[1] & 0xc0) != 0x80 || (p[2] & 0xc0) != 0x80 || (p[3] & 0xc0) != 0x80)
        return 0;
    return (c == 0xf0 && p[1] < 0x90) || (c == 0xf4 && p[1] > 0x8f) ? 0 : 4;
}

static Utf8Stretch measure(const unsigned char *p, Py_ssize_t size)
{
    Utf8Stretch s = { 0, 0, 0x7f };
    unsigned lead = 0;
    while (s.bytes < size) {
        unsigned c = p[s.bytes];
        if (c < 0x80) {
            Py_ssize_t ascii = str_ascii_prefix((const char *)p + s.bytes, size - s.bytes);
            s.bytes += ascii;
            s.chars += ascii;
            continue;
        }
        int length = sequence_length(p + s.bytes, size - s.bytes);
        if (!length)
            break;
        lead = Py_MAX(lead, c);
        s.bytes += length;
        s.chars++;
    }
    if (lead)
        s.max_char = lead < 0xc4 ? 0xff : lead < 0xf0 ? 0xffff : 0x10ffff;
    return s;
}

/* Fills `chars` characters of a known kind from well-formed input. */
#define FILL(CH)                                                                                                       \
    do {                                                                                                               \
        CH *out = to;                                                                                                  \
        for (CH *end = out + chars; out < end;) {                                                                      \
            Py_UCS4 c = *p++;                                                                                          \
            if (c >= 0xf0) {                                                                                           \
                c = (c & 7) << 18 | (p[0] & 0x3fu) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);                       \
                p += 3;                                                                                                \
            } else if (c >= 0xe0) {                                                                                    \
                c = (c & 15) << 12 | (p[0] & 0x3fu) << 6 | (p[1] & 0x3fu);                                             \
                p += 2;                                                                                                \
            } else if (c >= 0xc0) {                                                                                    \
                c = (c & 31) << 6 | (p[0] & 0x3fu);                                                                    \
                p++;                                                                                                   \
            }                                                                                                          \
            *out++ = (CH)c;                                                                                            \
        }                                                                                                              \
    } while (0)

static void fill(int kind, void *to, Py_ssize_t chars, const unsigned char *p)
{
    if (kind == 1)
        FILL(Py_UCS1);
    else if (kind == 2)
        FILL(Py_UCS2);
    else
        FILL(Py_UCS4);
}

/* What is wrong at p: the reason and how many bytes belong to it. */
static const char *wrong_sequence(const unsigned char *p, Py_ssize_t left, Py_ssize_t *bytes)
{
    unsigned c = p[0];
    *bytes = 1;
    if (c < 0xc2 || c > 0xf4)
        return "invalid start byte";
    Py_ssize_t whole = c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    unsigned low = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80, high = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
    for (Py_ssize_t i = 1; i < whole; i++, low = 0x80, high = 0xbf) {
        if (i == left) {
            *bytes = left;
            return "unexpected end of data";
        }
        if (p[i] < low || p[i] > high) {
            *bytes = i;
            break;
        }
    }
    return "invalid continuation byte";
}

/* Two of the three bytes of a surrogate, for which surrogatepass may have a use when the third one comes. */
static int is_cut_surrogate(const unsigned char *p, Py_ssize_t left)
{
    return left == 2 && p[0] == 0xed && p[1] >= 0xa0 && p[1] <= 0xbf;
}

static PyObject *decode_with_errors(const char *s, Py_ssize_t size, const char *errors, Py_ssize_t *consumed)
{
    StrDecoder d;
    str_decoder_init(&d, "utf-8", errors, s, size);
    Py_ssize_t at = 0;
    while (at < d.size) {
        const unsigned char *p = (const unsigned char *)d.start + at;
        Utf8Stretch good = measure(p, d.size - at);
        if (good.chars) {
            if (_PyUnicodeWriter_Prepare(&d.w, good.chars, good.max_char) < 0)
                return str_decoder_fail(&d);
            fill((int)d.w.kind, (char *)d.w.data + d.w.pos * (Py_ssize_t)d.w.kind, good.chars, p);
            d.w.pos += good.chars;
            at += good.bytes;
            if (at == d.size)
                break;
        }
        Py_ssize_t bad;
        const char *reason = wrong_sequence((const unsigned char *)d.start + at, d.size - at, &bad);
        if (consumed && (reason[0] == 'u' || is_cut_surrogate((const unsigned char *)d.start + at, d.size - at)))
            break;
        at = str_decoder_error(&d, reason, at, at + bad);
        if (at < 0)
            return str_decoder_fail(&d);
    }
    if (consumed)
        *consumed = at;
    return str_decoder_finish(&d);
}

PyObject *PyUnicode_DecodeUTF8Stateful(const char *s, Py_ssize_t size, const char *errors, Py_ssize_t *consumed)
{
    Utf8Stretch good = measure((const unsigned char *)s, size);
    if (good.bytes != size)
        return decode_with_errors(s, size, errors, consumed);
    if (consumed)
        *consumed = size;
    if (good.max_char < 0x80)
        return _PyUnicode_FromASCII(s, size);
    PyObject *text = PyUnicode_New(good.chars, good.max_char);
    if (!text)
        return NULL;
    fill(STR_KIND(text), STR_DATA(text), good.chars, (const unsigned char *)s);
    if (good.chars == 1 && good.max_char == 0xff)
        K_SET(text, str_latin1_char(STR_AT(text, 0)));
    return text;
}

PyObject *PyUnicode_DecodeUTF8(const char *s, Py_ssize_t size, const char *errors)
{
    return PyUnicode_DecodeUTF8Stateful(s, size, errors, NULL);
}

/* ---- encoder ---- */

/* Bytes needed, or -1 when there is a surrogate. */
static Py_ssize_t encoded_size(PyObject *s)
{
    Py_ssize_t n = STR_LEN(s), bytes = n;
    if (STR_KIND(s) == 1) {
        const Py_UCS1 *p = STR_DATA(s);
        for (Py_ssize_t i = 0; i < n; i++)
            bytes += p[i] >> 7;
        return bytes;
    }
    int kind = STR_KIND(s);
    const void *data = STR_DATA(s);
    for (Py_ssize_t i = 0; i < n; i++) {
        Py_UCS4 c = k_str_read(kind, data, i);
        if (Py_UNICODE_IS_SURROGATE(c))
            return -1;
        bytes += (c >= 0x80) + (c >= 0x800) + (c >= 0x10000);
    }
    return bytes;
}

K_INLINE char *put_char(char *out, Py_UCS4 c)
{
    if (c < 0x80) {
        *out++ = (char)c;
        return out;
    }
    if (c < 0x800) {
        *out++ = (char)(0xc0 | c >> 6);
    } else {
        if (c < 0x10000) {
            *out++ = (char)(0xe0 | c >> 12);
        } else {
            *out++ = (char)(0xf0 | c >> 18);
            *out++ = (char)(0x80 | (c >> 12 & 0x3f));
        }
        *out++ = (char)(0x80 | (c >> 6 & 0x3f));
    }
    *out++ = (char)(0x80 | (c & 0x3f));
    return out;
}

static char *put_run(char *out, int kind, const void *data, Py_ssize_t from, Py_ssize_t to)
{
    if (kind == 1) {
        for (; from < to; from++)
            out = put_char(out, ((const Py_UCS1 *)data)[from]);
    } else if (kind == 2) {
        for (; from < to; from++)
            out = put_char(out, ((const Py_UCS2 *)data)[from]);
    } else {
        for (; from < to; from++)
            out = put_char(out, ((const Py_UCS4 *)data)[from]);
    }
    return out;
}

static int encode_stretch(StrEncoder *e, Py_ssize_t from, Py_ssize_t to)
{
    if (str_encoder_room(e, (to - from) * 4) < 0)
        return -1;
    e->out = put_run(e->out, STR_KIND(e->s), STR_DATA(e->s), from, to);
    return 0;
}

/* Surrogates as if they were characters. */
static Py_ssize_t encode_passing(StrEncoder *e, Py_ssize_t from, Py_ssize_t to)
{
    return encode_stretch(e, from, to) < 0 ? -1 : to;
}

static Py_ssize_t encode_wrong(StrEncoder *e, Py_ssize_t from, Py_ssize_t to)
{
    static const char reason[] = "surrogates not allowed";
    if (e->kind == _Py_ERROR_UNKNOWN)
        e->kind = _Py_GetErrorHandler(e->errors);
    if (e->kind == _Py_ERROR_SURROGATEPASS)
        return encode_passing(e, from, to);
    if (e->kind == _Py_ERROR_SURROGATEESCAPE) {
        Py_ssize_t done = str_encoder_unescape(e, from, to);
        if (done < 0 || done == to)
            return done;
        from = done;
    }
    PyObject *replacement;
    Py_ssize_t at = str_encoder_error(e, reason, from, to, &replacement);
    if (at < 0 || !replacement)
        return at;
    int ascii = PyUnicode_IS_ASCII(replacement);
    if (!ascii)
        str_encoder_raise(e, reason, from, to);
    else if (str_encoder_write(e, STR_DATA(replacement), STR_LEN(replacement)) < 0)
        ascii = 0;
    Py_DECREF(replacement);
    return ascii ? at : -1;
}

static PyObject *encode_with_errors(PyObject *s, const char *errors)
{
    StrEncoder e;
    Py_ssize_t n = STR_LEN(s);
    if (str_encoder_init(&e, s, "utf-8", errors, n) < 0)
        return NULL;
    for (Py_ssize_t at = 0; at < n;) {
        Py_ssize_t good = at;
        while (good < n && !Py_UNICODE_IS_SURROGATE(STR_AT(s, good)))
            good++;
        if (encode_stretch(&e, at, good) < 0)
            return str_encoder_fail(&e);
        Py_ssize_t bad = good;
        while (bad < n && Py_UNICODE_IS_SURROGATE(STR_AT(s, bad)))
            bad++;
        at = bad > good ? encode_wrong(&e, good, bad) : bad;
        if (at < 0)
            return str_encoder_fail(&e);
    }
    return str_encoder_finish(&e);
}

PyObject *_PyUnicode_AsUTF8String(PyObject *s, const char *errors)
{
    if (!PyUnicode_Check(s)) {
        PyErr_BadArgument();
        return NULL;
    }
    if (PyUnicode_READY(s) < 0)
        return NULL;
    if (PyUnicode_IS_ASCII(s))
        return PyBytes_FromStringAndSize(STR_DATA(s), STR_LEN(s));
    if (STR_AS_COMPACT(s)->utf8)
        return PyBytes_FromStringAndSize(STR_AS_COMPACT(s)->utf8, STR_AS_COMPACT(s)->utf8_length);
    Py_ssize_t size = encoded_size(s);
    if (size < 0)
        return encode_with_errors(s, errors);
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, size);
    if (bytes)
        put_run(PyBytes_AS_STRING(bytes), STR_KIND(s), STR_DATA(s), 0, STR_LEN(s));
    return bytes;
}

PyObject *PyUnicode_AsUTF8String(PyObject *s)
{
    return _PyUnicode_AsUTF8String(s, NULL);
}

const char *PyUnicode_AsUTF8AndSize(PyObject *s, Py_ssize_t *size)
{
    if (!PyUnicode_Check(s)) {
        PyErr_BadArgument();
        return NULL;
    }
    if (PyUnicode_READY(s) < 0)
        return NULL;
    if (PyUnicode_IS_COMPACT_ASCII(s)) {
        if (size)
            *size = STR_LEN(s);
        return STR_DATA(s);
    }
    PyCompactUnicodeObject *c = STR_AS_COMPACT(s);
    if (!c->utf8) {
        Py_ssize_t need = encoded_size(s);
        if (need < 0) { /* raises */
            PyObject *bytes = encode_with_errors(s, NULL);
            Py_XDECREF(bytes);
            return NULL;
        }
        char *text = PyObject_Malloc((size_t)need + 1);
        if (!text) {
            PyErr_NoMemory();
            return NULL;
        }
        *put_run(text, STR_KIND(s), STR_DATA(s), 0, STR_LEN(s)) = 0;
        c->utf8 = text;
        c->utf8_length = need;
    }
    if (size)
        *size = c->utf8_length;
    return c->utf8;
}

const char *PyUnicode_AsUTF8(PyObject *s)
{
    return PyUnicode_AsUTF8AndSize(s, NULL);
}
