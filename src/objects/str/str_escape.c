/* str_escape.c - the codecs unicode_escape and raw_unicode_escape.
 *
 * In: Latin-1 bytes with escapes, or a str.  Out: a str, or ASCII/Latin-1 bytes.
 * Start at _PyUnicode_DecodeUnicodeEscapeInternal2(). */
#include "base/unicode_db.h"
#include "objects/str/str_codec.h"
#include "runtime/codecs.h"
#include "runtime/errors.h"
#include "runtime/import.h"
#include "runtime/warnings.h"

static int hex_value(unsigned char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* One escape at work: `at` stands behind the backslash and the letter. */
typedef struct Escape {
    Py_UCS4 c;
    const char *reason; /* set when it is wrong */
    Py_ssize_t end;     /* behind it, or behind the wrong part */
    int incomplete;     /* wrong only because the input ends */
    int failed;         /* an exception is set */
} Escape;

static void read_hex(const StrDecoder *d, Py_ssize_t at, int digits, const char *reason, Escape *esc)
{
    Py_UCS4 c = 0;
    int n = 0;
    for (; n < digits && at + n < d->size; n++) {
        int value = hex_value((unsigned char)d->start[at + n]);
        if (value < 0)
            break;
        c = c << 4 | (Py_UCS4)value;
    }
    esc->c = c;
    esc->end = at + n;
    if (n < digits) {
        esc->reason = reason;
        esc->incomplete = esc->end == d->size;
    } else if (c > 0x10ffff) {
        esc->reason = "illegal Unicode character";
    }
}

/* Names need the module unicodedata, as programs can see: it is imported at the first one. */
static int names_are_there(void)
{
    static int imported;
    if (!imported) {
        K_AUTO(PyObject *) module = PyImport_ImportModule("unicodedata"); /* runs code */
        if (!module) {
            PyErr_SetString(PyExc_UnicodeError, "\\N escapes not supported (can't load unicodedata module)");
            return 0;
        }
        imported = 1;
    }
    return 1;
}

/* \N{name}: `at` stands behind the N. */
static void read_name(const StrDecoder *d, Py_ssize_t at, Escape *esc)
{
    uint32_t to[8];
    if (!names_are_there()) {
        esc->failed = 1;
        return;
    }
    esc->reason = "malformed \\N character escape";
    esc->end = at;
    if (at >= d->size) {
        esc->incomplete = 1;
        return;
    }
    if (d->start[at] != '{')
        return;
    Py_ssize_t start = at + 1, end = start;
    while (end < d->size && d->start[end] != '}')
        end++;
    if (end == d->size) {
        esc->end = end;
        esc->incomplete = 1;
        return;
    }
    if (end == start) {
        esc->end = end;
        return;
    }
    esc->end = end + 1;
    if (unicode_lookup(d->start + start, end - start, 0, to) == 1) {
        esc->c = to[0];
        esc->reason = NULL;
    } else {
        esc->reason = "unknown Unicode character name";
    }
}

static int simple_escape(char c)
{
    static const char names[] = "\\'\"bftnrva", values[] = "\\'\"\b\f\t\n\r\v\a";
    const char *at = c ? strchr(names, c) : NULL;
    return at ? values[at - names] : -1;
}

typedef struct Invalid { /* the first escape that means nothing */
    int c;
    const char *at;
} Invalid;

/* The escape whose backslash is at `from`; the place behind it, or -1; -2: the input ends inside (stateful). */
static Py_ssize_t decode_escape(StrDecoder *d, Py_ssize_t from, int stateful, Invalid *invalid)
{
    Escape esc = { 0 };
    Py_ssize_t at = from + 1;
    if (at >= d->size) {
        if (stateful)
            return -2;
        return str_decoder_error(d, "\\ at end of string", from, d->size);
    }
    char letter = d->start[at++];
    int value = simple_escape(letter);
    if (value >= 0)
        return _PyUnicodeWriter_WriteChar(&d->w, (Py_UCS4)value) < 0 ? -1 : at;
    if (letter == '\n')
        return at;
    if (letter >= '0' && letter <= '7') {
        Py_UCS4 c = (Py_UCS4)(letter - '0');
        Py_ssize_t digits = at - 1;
        for (int i = 0; i < 2 && at < d->size && d->start[at] >= '0' && d->start[at] <= '7'; i++)
            c = c * 8 + (Py_UCS4)(d->start[at++] - '0');
        if (c > 0377 && invalid->c == -1)
            *invalid = (Invalid){ (int)c, d->start + digits };
        return _PyUnicodeWriter_WriteChar(&d->w, c) < 0 ? -1 : at;
    }
    switch (letter) {
    case 'x': read_hex(d, at, 2, "truncated \\xXX escape", &esc); break;
    case 'u': read_hex(d, at, 4, "truncated \\uXXXX escape", &esc); break;
    case 'U': read_hex(d, at, 8, "truncated \\UXXXXXXXX escape", &esc); break;
    case 'N': read_name(d, at, &esc); break;
    default:
        if (invalid->c == -1)
            *invalid = (Invalid){ (unsigned char)letter, d->start + at - 1 };
        if (_PyUnicodeWriter_WriteChar(&d->w, '\\') < 0 || _PyUnicodeWriter_WriteChar(&d->w, (unsigned char)letter) < 0)
            return -1;
        return at;
    }
    if (esc.failed)
        return -1;
    if (!esc.reason)
        return _PyUnicodeWriter_WriteChar(&d->w, esc.c) < 0 ? -1 : esc.end;
    if (stateful && esc.incomplete)
        return -2;
    return str_decoder_error(d, esc.reason, from, esc.end);
}

/* Latin-1 text up to a backslash. */
static Py_ssize_t decode_plain(StrDecoder *d, Py_ssize_t at)
{
    const char *end = memchr(d->start + at, '\\', (size_t)(d->size - at));
    Py_ssize_t n = end ? end - (d->start + at) : d->size - at;
    return n && _PyUnicodeWriter_WriteLatin1String(&d->w, d->start + at, n) < 0 ? -1 : at + n;
}

PyObject *_PyUnicode_DecodeUnicodeEscapeInternal2(const char *s, Py_ssize_t size, const char *errors, Py_ssize_t *consumed,
                                                  int *first_invalid, const char **first_invalid_at)
{
    StrDecoder d;
    Invalid invalid = { -1, NULL };
    *first_invalid = -1;
    *first_invalid_at = NULL;
    if (size == 0) {
        if (consumed)
            *consumed = 0;
        return str_empty();
    }
    str_decoder_init(&d, "unicodeescape", errors, s, size);
    Py_ssize_t at = 0;
    while (at < d.size) {
        at = decode_plain(&d, at);
        if (at < 0)
            return str_decoder_fail(&d);
        if (at == d.size)
            break;
        Py_ssize_t next = decode_escape(&d, at, consumed != NULL, &invalid);
        if (next == -2)
            break;
        if (next < 0)
            return str_decoder_fail(&d);
        at = next;
    }
    if (consumed)
        *consumed = at;
    *first_invalid = invalid.c;
    *first_invalid_at = invalid.at;
    return str_decoder_finish(&d);
}

PyObject *_PyUnicode_DecodeUnicodeEscapeInternal(const char *s, Py_ssize_t size, const char *errors, Py_ssize_t *consumed,
                                                 const char **first_invalid_at)
{
    int first_invalid;
    return _PyUnicode_DecodeUnicodeEscapeInternal2(s, size, errors, consumed, &first_invalid, first_invalid_at);
}

PyObject *_PyUnicode_DecodeUnicodeEscapeStateful(const char *s, Py_ssize_t size, const char *errors, Py_ssize_t *consumed)
{
    int first_invalid;
    const char *at;
    K_AUTO(PyObject *) result = _PyUnicode_DecodeUnicodeEscapeInternal2(s, size, errors, consumed, &first_invalid, &at);
    if (!result || first_invalid == -1)
        return K_MOVE(result);
    /* the place may have been in an input that an error handler put in and that is gone: the digits come from the number */
    int status = first_invalid > 0xff
        ? PyErr_WarnFormat(PyExc_DeprecationWarning, 1, "invalid octal escape sequence '\\%c%c%c'",
                           '0' + (first_invalid >> 6), '0' + (first_invalid >> 3 & 7), '0' + (first_invalid & 7))
        : PyErr_WarnFormat(PyExc_DeprecationWarning, 1, "invalid escape sequence '\\%c'", first_invalid);
    return status < 0 ? NULL : K_MOVE(result);
}

PyObject *PyUnicode_DecodeUnicodeEscape(const char *s, Py_ssize_t size, const char *errors)
{
    return _PyUnicode_DecodeUnicodeEscapeStateful(s, size, errors, NULL);
}

PyObject *_PyUnicode_DecodeRawUnicodeEscapeStateful(const char *s, Py_ssize_t size, const char *errors, Py_ssize_t *consumed)
{
    StrDecoder d;
    Py_ssize_t at = 0;
    str_decoder_init(&d, "rawunicodeescape", errors, s, size);
    while (at < d.size) {
        Escape esc = { 0 };
        at = decode_plain(&d, at);
        if (at < 0)
            return str_decoder_fail(&d);
        if (at == d.size)
            break;
        char letter = at + 1 < d.size ? d.start[at + 1] : 0;
        if (at + 1 == d.size && consumed)
            break;
        if (letter != 'u' && letter != 'U') { /* the backslash and what follows it stand for themselves */
            Py_ssize_t n = at + 1 < d.size ? 2 : 1;
            if (_PyUnicodeWriter_WriteLatin1String(&d.w, d.start + at, n) < 0)
                return str_decoder_fail(&d);
            at += n;
            continue;
        }
        read_hex(&d, at + 2, letter == 'u' ? 4 : 8,
                 letter == 'u' ? "truncated \\uXXXX escape" : "truncated \\UXXXXXXXX escape", &esc);
        if (esc.reason && esc.c > 0x10ffff && letter == 'U' && esc.reason[0] == 'i')
            esc.reason = "\\Uxxxxxxxx out of range";
        if (esc.reason && esc.incomplete && consumed)
            break;
        if (!esc.reason)
            at = _PyUnicodeWriter_WriteChar(&d.w, esc.c) < 0 ? -1 : esc.end;
        else
            at = str_decoder_error(&d, esc.reason, at, esc.end);
        if (at < 0)
            return str_decoder_fail(&d);
    }
    if (consumed)
        *consumed = at;
    return str_decoder_finish(&d);
}

PyObject *PyUnicode_DecodeRawUnicodeEscape(const char *s, Py_ssize_t size, const char *errors)
{
    return _PyUnicode_DecodeRawUnicodeEscapeStateful(s, size, errors, NULL);
}

/* ---- encoders ---- */

static char *put_hex(char *out, char letter, Py_UCS4 c, int digits)
{
    *out++ = '\\';
    *out++ = letter;
    for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4)
        *out++ = Py_hexdigits[c >> shift & 15];
    return out;
}

/* raw: only characters beyond Latin-1 are escaped. */
static PyObject *encode_escaped(PyObject *s, int raw)
{
    if (!PyUnicode_Check(s)) {
        PyErr_BadArgument();
        return NULL;
    }
    if (PyUnicode_READY(s) < 0)
        return NULL;
    Py_ssize_t n = STR_LEN(s);
    if (raw && STR_KIND(s) == 1)
        return PyBytes_FromStringAndSize(STR_DATA(s), n);
    if (n > PY_SSIZE_T_MAX / 10)
        return PyErr_NoMemory();
    StrEncoder e;
    if (str_encoder_init(&e, s, "unicodeescape", NULL, n + n / 2) < 0)
        return NULL;
    for (Py_ssize_t i = 0; i < n; i++) {
        Py_UCS4 c = STR_AT(s, i);
        char text[12], *out = text;
        if (c >= 0x10000) {
            out = put_hex(out, 'U', c, 8);
        } else if (c >= 0x100) {
            out = put_hex(out, 'u', c, 4);
        } else if (raw || (c >= ' ' && c < 0x7f && c != '\\')) {
            *out++ = (char)c;
        } else if (c == '\\' || c == '\t' || c == '\n' || c == '\r') {
            *out++ = '\\';
            *out++ = c == '\\' ? '\\' : c == '\t' ? 't' : c == '\n' ? 'n' : 'r';
        } else {
            out = put_hex(out, 'x', c, 2);
        }
        if (str_encoder_write(&e, text, out - text) < 0)
            return str_encoder_fail(&e);
    }
    return str_encoder_finish(&e);
}

PyObject *PyUnicode_AsUnicodeEscapeString(PyObject *s)
{
    return encode_escaped(s, 0);
}

PyObject *PyUnicode_AsRawUnicodeEscapeString(PyObject *s)
{
    return encode_escaped(s, 1);
}
