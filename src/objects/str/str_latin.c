/* str_latin.c - the codecs of single bytes: ASCII, Latin-1, and charmap with any table.
 *
 * In: bytes and a table (charmap: a str indexed by byte, a mapping, or an EncodingMap).  Out: str, or bytes.
 * Start at encode_narrow() and PyUnicode_DecodeCharmap(). */
#include "objects/str/str_codec.h"

#include "memory/gc.h"
#include "objects/dict/dict.h"
#include "objects/int/int.h"
#include "objects/method.h"
#include "objects/protocol.h"
#include "runtime/errors.h"

/* ---- ASCII and Latin-1 ---- */

PyObject *PyUnicode_DecodeLatin1(const char *s, Py_ssize_t size, const char *errors)
{
    (void)errors;
    return PyUnicode_FromKindAndData(1, s, size);
}

PyObject *PyUnicode_DecodeASCII(const char *s, Py_ssize_t size, const char *errors)
{
    Py_ssize_t good = str_ascii_prefix(s, size);
    if (good == size)
        return _PyUnicode_FromASCII(s, size);
    StrDecoder d;
    str_decoder_init(&d, "ascii", errors, s, size);
    for (Py_ssize_t at = 0; at < d.size;) {
        good = str_ascii_prefix(d.start + at, d.size - at);
        if (good && _PyUnicodeWriter_WriteASCIIString(&d.w, d.start + at, good) < 0)
            return str_decoder_fail(&d);
        at += good;
        if (at < d.size)
            at = str_decoder_error(&d, "ordinal not in range(128)", at, at + 1);
        if (at < 0)
            return str_decoder_fail(&d);
    }
    return str_decoder_finish(&d);
}

/* The handler's text must be encodable itself. The place to go on, or -1. */
static Py_ssize_t encode_wrong(StrEncoder *e, const char *reason, Py_UCS4 limit, Py_ssize_t from, Py_ssize_t to)
{
    PyObject *replacement;
    if (e->kind == _Py_ERROR_UNKNOWN)
        e->kind = _Py_GetErrorHandler(e->errors);
    if (e->kind == _Py_ERROR_SURROGATEESCAPE) {
        Py_ssize_t done = str_encoder_unescape(e, from, to);
        if (done < 0 || done > from)
            return done;
    }
    Py_ssize_t at = str_encoder_error(e, reason, from, to, &replacement);
    if (at < 0 || !replacement)
        return at;
    K_AUTO(PyObject *) text = replacement;
    for (Py_ssize_t i = 0; i < STR_LEN(text); i++) {
        char byte = (char)STR_AT(text, i);
        if (STR_AT(text, i) >= limit) {
            str_encoder_raise(e, reason, from, from + 1);
            return -1;
        }
        if (str_encoder_write(e, &byte, 1) < 0)
            return -1;
    }
    return at;
}

static PyObject *encode_narrow(PyObject *s, const char *errors, Py_UCS4 limit)
{
    const char *encoding = limit == 128 ? "ascii" : "latin-1";
    const char *reason = limit == 128 ? "ordinal not in range(128)" : "ordinal not in range(256)";
    Py_ssize_t n = STR_LEN(s);
    StrEncoder e;
    if (str_encoder_init(&e, s, encoding, errors, n) < 0)
        return NULL;
    for (Py_ssize_t at = 0; at < n;) {
        Py_ssize_t good = at;
        if (str_encoder_room(&e, n - at) < 0)
            return str_encoder_fail(&e);
        for (Py_UCS4 c; good < n && (c = STR_AT(s, good)) < limit; good++)
            *e.out++ = (char)c;
        Py_ssize_t bad = good;
        while (bad < n && STR_AT(s, bad) >= limit)
            bad++;
        at = bad > good ? encode_wrong(&e, reason, limit, good, bad) : bad;
        if (at < 0)
            return str_encoder_fail(&e);
    }
    return str_encoder_finish(&e);
}

static int encodable(PyObject *s)
{
    if (!PyUnicode_Check(s)) {
        PyErr_BadArgument();
        return 0;
    }
    return PyUnicode_READY(s) == 0;
}

PyObject *_PyUnicode_AsLatin1String(PyObject *s, const char *errors)
{
    if (!encodable(s))
        return NULL;
    return STR_KIND(s) == 1 ? PyBytes_FromStringAndSize(STR_DATA(s), STR_LEN(s)) : encode_narrow(s, errors, 256);
}

PyObject *_PyUnicode_AsASCIIString(PyObject *s, const char *errors)
{
    if (!encodable(s))
        return NULL;
    return PyUnicode_IS_ASCII(s) ? PyBytes_FromStringAndSize(STR_DATA(s), STR_LEN(s)) : encode_narrow(s, errors, 128);
}

PyObject *PyUnicode_AsLatin1String(PyObject *s)
{
    return _PyUnicode_AsLatin1String(s, NULL);
}

PyObject *PyUnicode_AsASCIIString(PyObject *s)
{
    return _PyUnicode_AsASCIIString(s, NULL);
}

/* ---- charmap: decoding ---- */

/* The text of one byte by a mapping: 1 written, 0 undefined, -1 with an exception. */
static int decode_by_mapping(StrDecoder *d, PyObject *mapping, unsigned char byte)
{
    K_AUTO(PyObject *) key = PyLong_FromLong(byte);
    K_AUTO(PyObject *) value = key ? PyObject_GetItem(mapping, key) : NULL; /* runs code */
    if (!value)
        return key && k_catch(PyExc_LookupError) ? 0 : -1;
    if (value == Py_None)
        return 0;
    if (PyLong_Check(value)) {
        long c = PyLong_AsLong(value);
        if (c == 0xfffe)
            return 0;
        if (c < 0 || c > 0x10ffff) {
            PyErr_Format(PyExc_TypeError, "character mapping must be in range(0x%x)", 0x110000);
            return -1;
        }
        return _PyUnicodeWriter_WriteChar(&d->w, (Py_UCS4)c) < 0 ? -1 : 1;
    }
    if (!PyUnicode_Check(value)) {
        PyErr_SetString(PyExc_TypeError, "character mapping must return integer, None or str");
        return -1;
    }
    if (STR_LEN(value) == 1 && STR_AT(value, 0) == 0xfffe)
        return 0;
    return _PyUnicodeWriter_WriteStr(&d->w, value) < 0 ? -1 : 1;
}

static int decode_by_table(StrDecoder *d, PyObject *table, unsigned char byte)
{
    if (byte >= STR_LEN(table) || STR_AT(table, byte) == 0xfffe)
        return 0;
    return _PyUnicodeWriter_WriteChar(&d->w, STR_AT(table, byte)) < 0 ? -1 : 1;
}

PyObject *PyUnicode_DecodeCharmap(const char *s, Py_ssize_t size, PyObject *mapping, const char *errors)
{
    if (!mapping)
        return PyUnicode_DecodeLatin1(s, size, errors);
    if (size == 0)
        return str_empty();
    StrDecoder d;
    str_decoder_init(&d, "charmap", errors, s, size);
    for (Py_ssize_t at = 0; at < d.size;) {
        unsigned char byte = (unsigned char)d.start[at];
        int status = PyUnicode_CheckExact(mapping) ? decode_by_table(&d, mapping, byte) : decode_by_mapping(&d, mapping, byte);
        at = status < 0 ? -1 : status ? at + 1 : str_decoder_error(&d, "character maps to <undefined>", at, at + 1);
        if (at < 0)
            return str_decoder_fail(&d);
    }
    return str_decoder_finish(&d);
}

/* ---- EncodingMap: the fast table charmap_build makes ---- */

typedef struct EncodingMap {
    PyObject ob_base;
    uint16_t slots; /* a power of two */
    struct { Py_UCS2 c; uint8_t byte, used; } slot[512];
} EncodingMap;

enum { CPYTHON_MAP_SIZE = 64 }; /* of an EncodingMap without its table, which programs see as the type's basic size */
static PyTypeObject encoding_map_type;

METHOD_RAW(encodingmap, size, NOARGS, 0, "Return the size (in bytes) of this object.")
{
    return PyLong_FromSsize_t((Py_ssize_t)sizeof(EncodingMap));
}
METHODS_END(encodingmap);
METHODS_DECLARE(encodingmap);

static void encoding_map_dealloc(PyObject *self)
{
    PyObject_Free(self);
}

static PyTypeObject encoding_map_type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0), .tp_name = "EncodingMap", .tp_basicsize = CPYTHON_MAP_SIZE,
    .tp_dealloc = encoding_map_dealloc, .tp_getattro = PyObject_GenericGetAttr, .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_methods = METHODS(encodingmap),
};
K_TYPE(encoding_map_type);

static int encoding_map_slot(const EncodingMap *map, Py_UCS4 c)
{
    unsigned i = (c * 2654435761u >> 16) & 511;
    while (map->slot[i].used && map->slot[i].c != c)
        i = (i + 1) & 511;
    return (int)i;
}

static PyObject *encoding_dict(PyObject *table)
{
    PyObject *dict = PyDict_New();
    for (Py_ssize_t i = 0; dict && i < STR_LEN(table); i++) {
        K_AUTO(PyObject *) key = PyLong_FromLong((long)STR_AT(table, i));
        K_AUTO(PyObject *) value = PyLong_FromSsize_t(i);
        if (!key || !value || PyDict_SetItem(dict, key, value) < 0)
            Py_CLEAR(dict);
    }
    return dict;
}

PyObject *PyUnicode_BuildEncodingMap(PyObject *table)
{
    if (!PyUnicode_Check(table) || !STR_LEN(table)) {
        PyErr_BadArgument();
        return NULL;
    }
    Py_ssize_t n = Py_MIN(STR_LEN(table), 256);
    int needs_dict = STR_AT(table, 0) != 0;
    for (Py_ssize_t i = 1; i < n; i++)
        needs_dict |= STR_AT(table, i) == 0 || STR_AT(table, i) > 0xffff;
    if (needs_dict)
        return encoding_dict(table);
    EncodingMap *map = PyObject_Malloc(sizeof *map);
    if (!map)
        return PyErr_NoMemory();
    PyObject_Init((PyObject *)map, &encoding_map_type);
    memset(map->slot, 0, sizeof map->slot);
    for (Py_ssize_t i = 0; i < n; i++) {
        Py_UCS4 c = STR_AT(table, i);
        if (c == 0xfffe)
            continue;
        int slot = encoding_map_slot(map, c);
        map->slot[slot].c = (Py_UCS2)c;
        map->slot[slot].byte = (uint8_t)i;
        map->slot[slot].used = 1;
    }
    return (PyObject *)map;
}

/* ---- charmap: encoding ---- */

static const char undefined[] = "character maps to <undefined>";

/* 1 written, 0 undefined, -1 with an exception. */
static int charmap_put(StrEncoder *e, PyObject *mapping, Py_UCS4 c)
{
    if (Py_IS_TYPE(mapping, &encoding_map_type)) {
        const EncodingMap *map = (EncodingMap *)mapping;
        int slot = c > 0xffff ? -1 : encoding_map_slot(map, c);
        if (slot < 0 || !map->slot[slot].used)
            return 0;
        return str_encoder_write(e, &map->slot[slot].byte, 1) < 0 ? -1 : 1;
    }
    K_AUTO(PyObject *) key = PyLong_FromLong((long)c);
    K_AUTO(PyObject *) value = key ? PyObject_GetItem(mapping, key) : NULL; /* runs code */
    if (!value)
        return key && k_catch(PyExc_LookupError) ? 0 : -1;
    if (value == Py_None)
        return 0;
    if (PyLong_Check(value)) {
        long byte = PyLong_AsLong(value);
        char out = (char)byte;
        if (byte < 0 || byte > 255) {
            PyErr_SetString(PyExc_TypeError, "character mapping must be in range(256)");
            return -1;
        }
        return str_encoder_write(e, &out, 1) < 0 ? -1 : 1;
    }
    if (PyBytes_Check(value))
        return str_encoder_write(e, PyBytes_AS_STRING(value), PyBytes_GET_SIZE(value)) < 0 ? -1 : 1;
    PyErr_Format(PyExc_TypeError, "character mapping must return integer, bytes or None, not %.400s", Py_TYPE(value)->tp_name);
    return -1;
}

/* Whether the mapping has something for c; nothing stays written. */
static int charmap_has(StrEncoder *e, PyObject *mapping, Py_UCS4 c)
{
    Py_ssize_t used = e->out - (e->w.use_small_buffer ? e->w.small_buffer : PyBytes_AS_STRING(e->w.buffer));
    int status = charmap_put(e, mapping, c);
    if (status > 0)
        e->out = (e->w.use_small_buffer ? e->w.small_buffer : PyBytes_AS_STRING(e->w.buffer)) + used;
    return status;
}

static Py_ssize_t charmap_wrong(StrEncoder *e, PyObject *mapping, Py_ssize_t from)
{
    Py_ssize_t to = from + 1;
    for (int status = 0; to < STR_LEN(e->s); to++) { /* how far nothing is defined */
        status = charmap_has(e, mapping, STR_AT(e->s, to));
        if (status < 0)
            return -1;
        if (status)
            break;
    }
    PyObject *replacement;
    Py_ssize_t at = str_encoder_error(e, undefined, from, to, &replacement);
    if (at < 0 || !replacement)
        return at;
    K_AUTO(PyObject *) text = replacement;
    for (Py_ssize_t i = 0; i < STR_LEN(text); i++) {
        int status = charmap_put(e, mapping, STR_AT(text, i));
        if (status == 0)
            str_encoder_raise(e, undefined, from, to);
        if (status <= 0)
            return -1;
    }
    return at;
}

PyObject *_PyUnicode_EncodeCharmap(PyObject *s, PyObject *mapping, const char *errors)
{
    if (!encodable(s))
        return NULL;
    if (!mapping)
        return _PyUnicode_AsLatin1String(s, errors);
    StrEncoder e;
    if (str_encoder_init(&e, s, "charmap", errors, STR_LEN(s)) < 0)
        return NULL;
    for (Py_ssize_t at = 0; at < STR_LEN(s);) {
        int status = charmap_put(&e, mapping, STR_AT(s, at));
        at = status < 0 ? -1 : status ? at + 1 : charmap_wrong(&e, mapping, at);
        if (at < 0)
            return str_encoder_fail(&e);
    }
    return str_encoder_finish(&e);
}

PyObject *PyUnicode_AsCharmapString(PyObject *s, PyObject *mapping)
{
    if (!PyUnicode_Check(s) || !mapping) {
        PyErr_BadArgument();
        return NULL;
    }
    return _PyUnicode_EncodeCharmap(s, mapping, NULL);
}

/* ---- digits for number parsing ---- */

/* Decimal digits as ASCII, whitespace as a space, anything else non-ASCII as "?". */
PyObject *_PyUnicode_TransformDecimalAndSpaceToASCII(PyObject *s)
{
    if (!PyUnicode_Check(s)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    if (PyUnicode_READY(s) < 0)
        return NULL;
    if (PyUnicode_IS_ASCII(s))
        return Py_NewRef(s);
    Py_ssize_t n = STR_LEN(s);
    PyObject *result = PyUnicode_New(n, 0x7f);
    if (!result)
        return NULL;
    char *out = STR_DATA(result);
    for (Py_ssize_t i = 0; i < n; i++) {
        Py_UCS4 c = STR_AT(s, i);
        int digit = c < 127 ? -1 : _PyUnicode_ToDecimalDigit(c);
        if (c >= 127 && digit < 0 && !str_is_space(c)) {
            out[i] = '?'; /* nothing behind it can be a number */
            out[i + 1] = 0;
            STR_AS_ASCII(result)->length = i + 1;
            break;
        }
        out[i] = c < 127 ? (char)c : digit >= 0 ? (char)('0' + digit) : ' ';
    }
    return result;
}
