/* str_utf16.c - UTF-16 and UTF-32, both byte orders.
 *
 * byteorder: -1 little, 1 big, 0 as the byte order mark says (little without one, and what is written).
 * Start at PyUnicode_DecodeUTF16Stateful() and encode_wide(). */
#include "objects/str/str_codec.h"

#include "runtime/errors.h"

static Py_UCS4 unit16(const char *p, int big)
{
    const unsigned char *b = (const unsigned char *)p;
    return big ? (Py_UCS4)b[0] << 8 | b[1] : (Py_UCS4)b[1] << 8 | b[0];
}

static Py_UCS4 unit32(const char *p, int big)
{
    return big ? unit16(p, 1) << 16 | unit16(p + 2, 1) : unit16(p + 2, 0) << 16 | unit16(p, 0);
}

static void put_unit(char *out, Py_UCS4 unit, int size, int big)
{
    for (int i = 0; i < size; i++)
        out[big ? size - 1 - i : i] = (char)(unit >> 8 * i);
}

/* The byte order; *skip is the length of a mark. order: as the caller gave it. */
static int find_order(const char *s, Py_ssize_t size, int unit, int order, Py_ssize_t *skip, int *known)
{
    *skip = 0;
    *known = order;
    if (order || size < unit)
        return order > 0;
    Py_UCS4 little = unit == 2 ? unit16(s, 0) : unit32(s, 0), big = unit == 2 ? unit16(s, 1) : unit32(s, 1);
    if (little == 0xfeff)
        *known = -1;
    else if (big == 0xfeff)
        *known = 1;
    *skip = *known ? unit : 0;
    return *known > 0;
}

/* One character at `at`: its length in bytes and *c; or 0 with the reason and the end of the wrong bytes. */
static int decode16_at(const StrDecoder *d, Py_ssize_t at, int big, Py_UCS4 *c, const char **reason, Py_ssize_t *end)
{
    Py_ssize_t left = d->size - at;
    *end = at + 2;
    if (left < 2) {
        *reason = "truncated data";
        *end = d->size;
        return 0;
    }
    *c = unit16(d->start + at, big);
    if (!Py_UNICODE_IS_SURROGATE(*c))
        return 2;
    if (Py_UNICODE_IS_LOW_SURROGATE(*c)) {
        *reason = "illegal encoding";
        return 0;
    }
    if (left < 4) {
        *reason = "unexpected end of data";
        *end = d->size;
        return 0;
    }
    Py_UCS4 low = unit16(d->start + at + 2, big);
    if (!Py_UNICODE_IS_LOW_SURROGATE(low)) {
        *reason = "illegal UTF-16 surrogate";
        return 0;
    }
    *c = Py_UNICODE_JOIN_SURROGATES(*c, low);
    return 4;
}

static int decode32_at(const StrDecoder *d, Py_ssize_t at, int big, Py_UCS4 *c, const char **reason, Py_ssize_t *end)
{
    *end = at + 4;
    if (d->size - at < 4) {
        *reason = "truncated data";
        *end = d->size;
        return 0;
    }
    *c = unit32(d->start + at, big);
    if (*c > 0x10ffff)
        *reason = "code point not in range(0x110000)";
    else if (Py_UNICODE_IS_SURROGATE(*c))
        *reason = "code point in surrogate code point range(0xd800, 0xe000)";
    else
        return 4;
    return 0;
}

/* Two-byte text without surrogates, which is most of it: how many units from `at` on, read as they are in memory. */
static Py_ssize_t plain_units(const StrDecoder *d, Py_ssize_t at, Py_UCS4 *bits)
{
    Py_ssize_t n = (d->size - at) / 2, i = 0;
    for (; i < n; i++) {
        uint16_t unit;
        memcpy(&unit, d->start + at + i * 2, 2);
        if (Py_UNICODE_IS_SURROGATE(unit))
            break;
        *bits |= unit;
    }
    return i;
}

/* Writes them; the place behind, or -1. */
static Py_ssize_t decode_plain16(StrDecoder *d, Py_ssize_t at)
{
    Py_UCS4 bits = 0;
    Py_ssize_t n = plain_units(d, at, &bits);
    if (n == 0)
        return at;
    if (_PyUnicodeWriter_Prepare(&d->w, n, bits) < 0)
        return -1;
    const char *from = d->start + at;
    char *to = (char *)d->w.data + d->w.pos * (Py_ssize_t)d->w.kind;
    if (d->w.kind == 2)
        memcpy(to, from, (size_t)n * 2);
    else
        for (Py_ssize_t i = 0; i < n; i++)
            k_str_write((int)d->w.kind, to, i, unit16(from + i * 2, 0));
    d->w.pos += n;
    return at + n * 2;
}

static PyObject *decode_wide(const char *s, Py_ssize_t size, const char *errors, int *byteorder, Py_ssize_t *consumed, int unit)
{
    static const char *const names[2][2] = { { "utf-16-le", "utf-16-be" }, { "utf-32-le", "utf-32-be" } };
    Py_ssize_t at, end;
    int order = byteorder ? *byteorder : 0, known, big = find_order(s, size, unit, order, &at, &known);
    StrDecoder d;
    if (byteorder)
        *byteorder = known;
    str_decoder_init(&d, names[unit == 4][known > 0], errors, s, size);
    d.w.min_length = size / unit;
    while (at < d.size) {
        if (unit == 2 && !big && (at = decode_plain16(&d, at)) < 0)
            return str_decoder_fail(&d);
        if (at == d.size)
            break;
        Py_UCS4 c;
        const char *reason;
        int n = unit == 2 ? decode16_at(&d, at, big, &c, &reason, &end) : decode32_at(&d, at, big, &c, &reason, &end);
        if (n) {
            if (_PyUnicodeWriter_WriteChar(&d.w, c) < 0)
                return str_decoder_fail(&d);
            at += n;
            continue;
        }
        if (consumed && end == d.size && (reason[0] == 't' || reason[0] == 'u'))
            break;
        at = str_decoder_error(&d, reason, at, end);
        if (at < 0)
            return str_decoder_fail(&d);
    }
    if (consumed)
        *consumed = at;
    return str_decoder_finish(&d);
}

PyObject *PyUnicode_DecodeUTF16Stateful(const char *s, Py_ssize_t size, const char *errors, int *byteorder, Py_ssize_t *consumed)
{
    return decode_wide(s, size, errors, byteorder, consumed, 2);
}

PyObject *PyUnicode_DecodeUTF16(const char *s, Py_ssize_t size, const char *errors, int *byteorder)
{
    return decode_wide(s, size, errors, byteorder, NULL, 2);
}

PyObject *PyUnicode_DecodeUTF32Stateful(const char *s, Py_ssize_t size, const char *errors, int *byteorder, Py_ssize_t *consumed)
{
    return decode_wide(s, size, errors, byteorder, consumed, 4);
}

PyObject *PyUnicode_DecodeUTF32(const char *s, Py_ssize_t size, const char *errors, int *byteorder)
{
    return decode_wide(s, size, errors, byteorder, NULL, 4);
}

/* ---- encoders ---- */

static int put_char(StrEncoder *e, Py_UCS4 c, int unit, int big)
{
    char out[4];
    int n = unit;
    if (unit == 2 && c > 0xffff) {
        c -= 0x10000;
        put_unit(out, 0xd800 | c >> 10, 2, big);
        put_unit(out + 2, 0xdc00 | (c & 0x3ff), 2, big);
        n = 4;
    } else {
        put_unit(out, c, unit, big);
    }
    return str_encoder_write(e, out, n);
}

/* Surrogate at `from`: the handler's text or bytes, whole units. The place to go on, or -1. */
static Py_ssize_t encode_wrong(StrEncoder *e, Py_ssize_t from, int unit, int big)
{
    static const char reason[] = "surrogates not allowed";
    Py_ssize_t to = from + 1, before = e->w.use_small_buffer ? e->out - e->w.small_buffer : e->out - PyBytes_AS_STRING(e->w.buffer);
    while (to < STR_LEN(e->s) && Py_UNICODE_IS_SURROGATE(STR_AT(e->s, to)))
        to++;
    PyObject *replacement;
    Py_ssize_t at = str_encoder_error(e, reason, from, to, &replacement);
    if (at < 0)
        return -1;
    if (!replacement) {
        Py_ssize_t after = e->w.use_small_buffer ? e->out - e->w.small_buffer : e->out - PyBytes_AS_STRING(e->w.buffer);
        if ((after - before) % unit) {
            str_encoder_raise(e, reason, from, to);
            return -1;
        }
        return at;
    }
    K_AUTO(PyObject *) text = replacement;
    if (!PyUnicode_IS_ASCII(text)) {
        str_encoder_raise(e, reason, from, to);
        return -1;
    }
    for (Py_ssize_t i = 0; i < STR_LEN(text); i++) {
        if (put_char(e, STR_AT(text, i), unit, big) < 0)
            return -1;
    }
    return at;
}

/* Characters of two bytes, no surrogates, little endian: the place behind them, or -1. */
static Py_ssize_t encode_plain16(StrEncoder *e, Py_ssize_t at)
{
    Py_ssize_t n = STR_LEN(e->s), end = at;
    const Py_UCS2 *wide = STR_DATA(e->s);
    if (STR_KIND(e->s) == 1)
        end = n;
    while (end < n && !Py_UNICODE_IS_SURROGATE(wide[end]))
        end++;
    if (str_encoder_room(e, (end - at) * 2) < 0)
        return -1;
    Py_UCS2 *copy = PyMem_New(Py_UCS2, end - at + 1); /* the target may be unaligned */
    if (!copy) {
        PyErr_NoMemory();
        return -1;
    }
    str_copy_run(2, copy, STR_KIND(e->s), (const char *)STR_DATA(e->s) + at * STR_KIND(e->s), end - at);
    e->out = mempcpy(e->out, copy, (size_t)(end - at) * 2);
    PyMem_Free(copy);
    return end;
}

static PyObject *encode_wide(PyObject *s, const char *errors, int byteorder, int unit)
{
    static const char *const names[2][3] = { { "utf-16-le", "utf-16", "utf-16-be" }, { "utf-32-le", "utf-32", "utf-32-be" } };
    if (!PyUnicode_Check(s)) {
        PyErr_BadArgument();
        return NULL;
    }
    if (PyUnicode_READY(s) < 0)
        return NULL;
    Py_ssize_t n = STR_LEN(s);
    if (n > PY_SSIZE_T_MAX / 4 - 2)
        return PyErr_NoMemory();
    StrEncoder e;
    int big = byteorder > 0;
    if (str_encoder_init(&e, s, names[unit == 4][byteorder + 1], errors, (n + 1) * unit) < 0)
        return NULL;
    if (byteorder == 0 && put_char(&e, 0xfeff, unit, 0) < 0)
        return str_encoder_fail(&e);
    for (Py_ssize_t at = 0; at < n;) {
        if (unit == 2 && !big && STR_KIND(s) <= 2) {
            at = encode_plain16(&e, at);
            if (at < 0)
                return str_encoder_fail(&e);
            if (at == n)
                break;
        }
        Py_UCS4 c = STR_AT(s, at);
        if (!Py_UNICODE_IS_SURROGATE(c))
            at = put_char(&e, c, unit, big) < 0 ? -1 : at + 1;
        else
            at = encode_wrong(&e, at, unit, big);
        if (at < 0)
            return str_encoder_fail(&e);
    }
    return str_encoder_finish(&e);
}

PyObject *_PyUnicode_EncodeUTF16(PyObject *s, const char *errors, int byteorder)
{
    return encode_wide(s, errors, byteorder, 2);
}

PyObject *_PyUnicode_EncodeUTF32(PyObject *s, const char *errors, int byteorder)
{
    return encode_wide(s, errors, byteorder, 4);
}

PyObject *PyUnicode_AsUTF16String(PyObject *s)
{
    return encode_wide(s, NULL, 0, 2);
}

PyObject *PyUnicode_AsUTF32String(PyObject *s)
{
    return encode_wide(s, NULL, 0, 4);
}
