/* str_encode.c - str to bytes and back by the name of an encoding.
 *
 * In: a str, or bytes, and the names of an encoding and of an error handler.  Out: bytes, or str.
 * Encodings that every program uses are reached directly, the others through the registry of runtime/codecs.c.
 * Start at PyUnicode_Decode() and PyUnicode_AsEncodedString(). */
#include "objects/buffer.h"
#include "objects/bytes/bytes.h"
#include "objects/memoryview/memoryview.h"
#include "objects/str/str_int.h"
#include "runtime/codecs.h"
#include "runtime/errors.h"
#include "runtime/config.h"
#include "runtime/state.h"
#include "runtime/warnings.h"

typedef enum StrEncoding { ENC_OTHER, ENC_UTF8, ENC_UTF16, ENC_UTF32, ENC_LATIN1, ENC_ASCII } StrEncoding;

int str_normalise_encoding(const char *name, char *out, size_t room)
{
    size_t n = 0;
    int gap = 0;
    for (; *name; name++) {
        unsigned char c = (unsigned char)*name;
        int plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.';
        if (!plain) {
            gap = 1;
            continue;
        }
        if (n + 3 > room)
            return 0;
        if (gap && n)
            out[n++] = '_';
        gap = 0;
        out[n++] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : (char)c;
    }
    out[n] = 0;
    return 1;
}

static StrEncoding encoding_of(const char *name)
{
    static const struct { const char *name; StrEncoding encoding; } known[] = {
        { "utf_8", ENC_UTF8 },       { "utf8", ENC_UTF8 },         { "utf_16", ENC_UTF16 },
        { "utf16", ENC_UTF16 },      { "utf_32", ENC_UTF32 },      { "utf32", ENC_UTF32 },
        { "ascii", ENC_ASCII },      { "us_ascii", ENC_ASCII },    { "latin1", ENC_LATIN1 },
        { "latin_1", ENC_LATIN1 },   { "iso_8859_1", ENC_LATIN1 }, { "iso8859_1", ENC_LATIN1 },
    };
    char plain[12];
    if (!name || strcmp(name, "utf-8") == 0)
        return ENC_UTF8;
    if (!str_normalise_encoding(name, plain, sizeof plain))
        return ENC_OTHER;
    for (Py_ssize_t i = 0; i < K_COUNT_OF(known); i++) {
        if (strcmp(plain, known[i].name) == 0)
            return known[i].encoding;
    }
    return ENC_OTHER;
}

const char *PyUnicode_GetDefaultEncoding(void)
{
    return "utf-8";
}

static PyObject *decode_registered(const char *s, Py_ssize_t size, const char *encoding, const char *errors)
{
    Py_buffer info;
    if (PyBuffer_FillInfo(&info, NULL, (void *)s, size, 1, PyBUF_FULL_RO) < 0)
        return NULL;
    K_AUTO(PyObject *) view = PyMemoryView_FromBuffer(&info);
    if (!view)
        return NULL;
    PyObject *text = _PyCodec_DecodeText(view, encoding, errors); /* runs code */
    if (text && !PyUnicode_Check(text)) {
        PyErr_Format(PyExc_TypeError, "'%.400s' decoder returned '%.400s' instead of 'str'; "
                     "use codecs.decode() to decode to arbitrary types", encoding, Py_TYPE(text)->tp_name);
        Py_CLEAR(text);
    }
    return text;
}

/* In development mode unknown names are told even where the text is empty or needs no handler. 0, or -1. */
int str_check_names(const char *encoding, const char *errors)
{
    const PyConfig *config = _Py_GetConfig();
    if (!config->dev_mode || !k_interp()->codec_search_cache || k_interp()->finalizing)
        return 0;
    if (encoding && encoding_of(encoding) != ENC_UTF8) {
        K_AUTO(PyObject *) codec = _PyCodec_Lookup(encoding);
        if (!codec)
            return -1;
    }
    if (errors) {
        K_AUTO(PyObject *) handler = PyCodec_LookupError(errors);
        if (!handler)
            return -1;
    }
    return 0;
}

PyObject *PyUnicode_Decode(const char *s, Py_ssize_t size, const char *encoding, const char *errors)
{
    if (str_check_names(encoding, errors) < 0)
        return NULL;
    switch (encoding_of(encoding)) {
    case ENC_UTF8:   return PyUnicode_DecodeUTF8Stateful(s, size, errors, NULL);
    case ENC_UTF16:  return PyUnicode_DecodeUTF16(s, size, errors, NULL);
    case ENC_UTF32:  return PyUnicode_DecodeUTF32(s, size, errors, NULL);
    case ENC_ASCII:  return PyUnicode_DecodeASCII(s, size, errors);
    case ENC_LATIN1: return PyUnicode_DecodeLatin1(s, size, errors);
    case ENC_OTHER:  break;
    }
    return decode_registered(s, size, encoding, errors);
}

/* No bytes give no text, in whatever encoding. */
static PyObject *decode_or_empty(const char *s, Py_ssize_t size, const char *encoding, const char *errors)
{
    if (size)
        return PyUnicode_Decode(s, size, encoding, errors);
    return str_check_names(encoding, errors) < 0 ? NULL : str_empty();
}

PyObject *PyUnicode_FromEncodedObject(PyObject *o, const char *encoding, const char *errors)
{
    if (!o) {
        PyErr_BadInternalCall();
        return NULL;
    }
    if (PyBytes_Check(o))
        return decode_or_empty(PyBytes_AS_STRING(o), PyBytes_GET_SIZE(o), encoding, errors);
    if (PyUnicode_Check(o))
        return k_raise(PyExc_TypeError, "decoding str is not supported");
    Py_buffer buffer;
    if (PyObject_GetBuffer(o, &buffer, PyBUF_SIMPLE) < 0)
        return k_raise(PyExc_TypeError, "decoding to str: need a bytes-like object, %.80s found", Py_TYPE(o)->tp_name);
    PyObject *text = decode_or_empty(buffer.buf, buffer.len, encoding, errors);
    PyBuffer_Release(&buffer);
    return text;
}

static PyObject *encode_registered(PyObject *s, const char *encoding, const char *errors)
{
    PyObject *result = _PyCodec_EncodeText(s, encoding, errors); /* runs code */
    if (!result || PyBytes_Check(result))
        return result;
    K_AUTO(PyObject *) other = result;
    if (PyByteArray_Check(other)) {
        if (PyErr_WarnFormat(PyExc_RuntimeWarning, 1, "encoder %s returned bytearray instead of bytes; "
                             "use codecs.encode() to encode to arbitrary types", encoding) < 0)
            return NULL;
        return PyBytes_FromStringAndSize(PyByteArray_AS_STRING(other), Py_SIZE(other));
    }
    return k_raise(PyExc_TypeError, "'%.400s' encoder returned '%.400s' instead of 'bytes'; "
                   "use codecs.encode() to encode to arbitrary types", encoding, Py_TYPE(other)->tp_name);
}

PyObject *PyUnicode_AsEncodedString(PyObject *s, const char *encoding, const char *errors)
{
    if (!PyUnicode_Check(s)) {
        PyErr_BadArgument();
        return NULL;
    }
    if (str_check_names(encoding, errors) < 0)
        return NULL;
    switch (encoding_of(encoding)) {
    case ENC_UTF8:   return _PyUnicode_AsUTF8String(s, errors);
    case ENC_UTF16:  return _PyUnicode_EncodeUTF16(s, errors, 0);
    case ENC_UTF32:  return _PyUnicode_EncodeUTF32(s, errors, 0);
    case ENC_ASCII:  return _PyUnicode_AsASCIIString(s, errors);
    case ENC_LATIN1: return _PyUnicode_AsLatin1String(s, errors);
    case ENC_OTHER:  break;
    }
    return encode_registered(s, encoding, errors);
}

/* ---- older calls: any object in or out ---- */

static int need_str(PyObject *s)
{
    if (!PyUnicode_Check(s))
        PyErr_BadArgument();
    return PyUnicode_Check(s);
}

PyObject *PyUnicode_AsDecodedObject(PyObject *s, const char *encoding, const char *errors)
{
    return need_str(s) ? PyCodec_Decode(s, encoding ? encoding : "utf-8", errors) : NULL;
}

PyObject *PyUnicode_AsDecodedUnicode(PyObject *s, const char *encoding, const char *errors)
{
    PyObject *result = PyUnicode_AsDecodedObject(s, encoding, errors);
    if (result && !PyUnicode_Check(result)) {
        PyErr_Format(PyExc_TypeError, "'%.400s' decoder returned '%.400s' instead of 'str'; "
                     "use codecs.decode() to decode to arbitrary types", encoding, Py_TYPE(result)->tp_name);
        Py_CLEAR(result);
    }
    return result;
}

PyObject *PyUnicode_AsEncodedObject(PyObject *s, const char *encoding, const char *errors)
{
    return need_str(s) ? PyCodec_Encode(s, encoding ? encoding : "utf-8", errors) : NULL;
}

PyObject *PyUnicode_AsEncodedUnicode(PyObject *s, const char *encoding, const char *errors)
{
    PyObject *result = PyUnicode_AsEncodedObject(s, encoding, errors);
    if (result && !PyUnicode_Check(result)) {
        PyErr_Format(PyExc_TypeError, "'%.400s' encoder returned '%.400s' instead of 'str'; "
                     "use codecs.encode() to encode to arbitrary types", encoding, Py_TYPE(result)->tp_name);
        Py_CLEAR(result);
    }
    return result;
}
