/* _codecs.c - module _codecs: the codecs written in C, the registry, error handlers.
 *
 * In: bytes-like objects or strs.  Out: (result, length consumed). Start at decoded() and encoded(). */
#include "objects/buffer.h"
#include "objects/bytes/bytes.h"
#include "objects/dict/dict.h"
#include "objects/int/int.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/codecs.h"
#include "runtime/errors.h"

/* ---- registry ---- */

FUNCTION(_codecs, register, O, "($module, search_function, /)", "Register a codec search function.")
{
    if (PyCodec_Register(arg) < 0)
        return NULL;
    Py_RETURN_NONE;
}
FUNCTION(_codecs, unregister, O, "($module, search_function, /)",
         "Unregister a codec search function and clear the registry's cache.")
{
    if (PyCodec_Unregister(arg) < 0)
        return NULL;
    Py_RETURN_NONE;
}
FUNCTION(_codecs, lookup, O, "($module, encoding, /)", "Looks up a codec tuple in the registry and returns a CodecInfo object.")
{
    const char *encoding;
    return k_arg_utf8(arg, "lookup", "argument", &encoding) < 0 ? NULL : _PyCodec_Lookup(encoding);
}
FUNCTION_KW(_codecs, encode, "($module, /, obj, encoding='utf-8', errors='strict')",
            "Encodes obj using the codec registered for encoding.", *obj, *encoding, *errors)
{
    const char *encoding = "utf-8", *errors = NULL;
    if ((arg->encoding && k_arg_utf8(arg->encoding, "encode", "'encoding'", &encoding) < 0) ||
        (arg->errors && k_arg_utf8(arg->errors, "encode", "'errors'", &errors) < 0))
        return NULL;
    return PyCodec_Encode(arg->obj, encoding, errors);
}
FUNCTION_KW(_codecs, decode, "($module, /, obj, encoding='utf-8', errors='strict')",
            "Decodes obj using the codec registered for encoding.", *obj, *encoding, *errors)
{
    const char *encoding = "utf-8", *errors = NULL;
    if ((arg->encoding && k_arg_utf8(arg->encoding, "decode", "'encoding'", &encoding) < 0) ||
        (arg->errors && k_arg_utf8(arg->errors, "decode", "'errors'", &errors) < 0))
        return NULL;
    return PyCodec_Decode(arg->obj, encoding, errors);
}
FUNCTION(_codecs, register_error, FAST, "($module, errors, handler, /)", "Register the error handler under the name errors.")
{
    const char *name;
    if (k_check_nargs("register_error", nargs, 2, 2) < 0 || k_arg_utf8(args[0], "register_error", "argument 1", &name) < 0 ||
        PyCodec_RegisterError(name, args[1]) < 0)
        return NULL;
    Py_RETURN_NONE;
}
FUNCTION(_codecs, lookup_error, O, "($module, name, /)", "Return the error handler for the given name, or raise LookupError.")
{
    const char *name;
    return k_arg_utf8(arg, "lookup_error", "argument", &name) < 0 ? NULL : PyCodec_LookupError(name);
}

/* ---- arguments that many functions share ---- */

typedef struct DecodeArgs {
    Py_buffer data;
    const char *errors;
    int number, final; /* what stands behind errors */
} DecodeArgs;

static int take_errors(const char *fn, PyObject *o, const char **errors)
{
    *errors = NULL;
    if (o == Py_None)
        return 0;
    if (!PyUnicode_Check(o)) {
        PyErr_Format(PyExc_TypeError, "%s() argument 2 must be str or None, not %.50s", fn, Py_TYPE(o)->tp_name);
        return -1;
    }
    return k_arg_utf8(o, fn, "argument 2", errors);
}

/* bytes-like data (a str counts as its UTF-8 when str_too), errors=None. */
static int take_data(const char *fn, PyObject *const *args, Py_ssize_t nargs, Py_ssize_t max, int str_too, DecodeArgs *out)
{
    *out = (DecodeArgs){ .errors = NULL };
    if (k_check_nargs(fn, nargs, 1, max) < 0)
        return -1;
    if (nargs > 1 && take_errors(fn, args[1], &out->errors) < 0)
        return -1;
    if (str_too && PyUnicode_Check(args[0])) {
        Py_ssize_t n;
        const char *text = PyUnicode_AsUTF8AndSize(args[0], &n);
        return text ? PyBuffer_FillInfo(&out->data, args[0], (void *)text, n, 1, PyBUF_SIMPLE) : -1;
    }
    if (PyObject_GetBuffer(args[0], &out->data, PyBUF_SIMPLE) < 0)
        return -1;
    return 0;
}

static PyObject *pair(PyObject *result, Py_ssize_t consumed)
{
    return result ? Py_BuildValue("Nn", result, consumed) : NULL;
}

static PyObject *decoded(DecodeArgs *a, PyObject *text, Py_ssize_t consumed)
{
    PyBuffer_Release(&a->data);
    return pair(text, consumed);
}

typedef PyObject *(*StatefulDecoder)(const char *, Py_ssize_t, const char *, Py_ssize_t *);

/* data, errors=None, final=DEFAULT */
static PyObject *stateful(const char *fn, StatefulDecoder decode, PyObject *const *args, Py_ssize_t nargs, int final, int str_too)
{
    DecodeArgs a;
    if (take_data(fn, args, nargs, 3, str_too, &a) < 0)
        return NULL;
    if (nargs > 2 && k_arg_bool(args[2], &final) < 0) {
        PyBuffer_Release(&a.data);
        return NULL;
    }
    Py_ssize_t consumed = a.data.len;
    PyObject *text = decode(a.data.buf, a.data.len, a.errors, final ? NULL : &consumed);
    return decoded(&a, text, consumed);
}

typedef PyObject *(*WideDecoder)(const char *, Py_ssize_t, const char *, int *, Py_ssize_t *);

static PyObject *wide(const char *fn, WideDecoder decode, int order, PyObject *const *args, Py_ssize_t nargs)
{
    DecodeArgs a;
    int final = 0;
    if (take_data(fn, args, nargs, 3, 0, &a) < 0)
        return NULL;
    if (nargs > 2 && k_arg_bool(args[2], &final) < 0) {
        PyBuffer_Release(&a.data);
        return NULL;
    }
    Py_ssize_t consumed = a.data.len;
    PyObject *text = decode(a.data.buf, a.data.len, a.errors, &order, final ? NULL : &consumed);
    return decoded(&a, text, consumed);
}

/* data, errors=None, byteorder=0, final=False: the result tells the byte order, too. */
static PyObject *wide_ex(const char *fn, WideDecoder decode, PyObject *const *args, Py_ssize_t nargs)
{
    DecodeArgs a;
    int order = 0, final = 0;
    if (take_data(fn, args, nargs, 4, 0, &a) < 0)
        return NULL;
    if ((nargs > 2 && k_arg_int(args[2], &order) < 0) || (nargs > 3 && k_arg_bool(args[3], &final) < 0)) {
        PyBuffer_Release(&a.data);
        return NULL;
    }
    Py_ssize_t consumed = a.data.len;
    PyObject *text = decode(a.data.buf, a.data.len, a.errors, &order, final ? NULL : &consumed);
    PyBuffer_Release(&a.data);
    return text ? Py_BuildValue("Nni", text, consumed, order) : NULL;
}

/* ---- decoders ---- */

#define STATEFUL(name, function, default_final, default_text, str_too)                                                 \
    FUNCTION(_codecs, name, FAST, "($module, data, errors=None, final=" default_text ", /)", "")                       \
    {                                                                                                                  \
        return stateful(#name, function, args, nargs, default_final, str_too);                                         \
    }
STATEFUL(utf_7_decode, PyUnicode_DecodeUTF7Stateful, 0, "False", 0)
STATEFUL(utf_8_decode, PyUnicode_DecodeUTF8Stateful, 0, "False", 0)
STATEFUL(unicode_escape_decode, _PyUnicode_DecodeUnicodeEscapeStateful, 1, "True", 1)
STATEFUL(raw_unicode_escape_decode, _PyUnicode_DecodeRawUnicodeEscapeStateful, 1, "True", 1)

#define WIDE(name, function, order)                                                                                    \
    FUNCTION(_codecs, name, FAST, "($module, data, errors=None, final=False, /)", "")                                  \
    {                                                                                                                  \
        return wide(#name, function, order, args, nargs);                                                              \
    }
WIDE(utf_16_decode, PyUnicode_DecodeUTF16Stateful, 0)
WIDE(utf_16_le_decode, PyUnicode_DecodeUTF16Stateful, -1)
WIDE(utf_16_be_decode, PyUnicode_DecodeUTF16Stateful, 1)
WIDE(utf_32_decode, PyUnicode_DecodeUTF32Stateful, 0)
WIDE(utf_32_le_decode, PyUnicode_DecodeUTF32Stateful, -1)
WIDE(utf_32_be_decode, PyUnicode_DecodeUTF32Stateful, 1)

FUNCTION(_codecs, utf_16_ex_decode, FAST, "($module, data, errors=None, byteorder=0, final=False,\n                 /)", "")
{
    return wide_ex("utf_16_ex_decode", PyUnicode_DecodeUTF16Stateful, args, nargs);
}
FUNCTION(_codecs, utf_32_ex_decode, FAST, "($module, data, errors=None, byteorder=0, final=False,\n                 /)", "")
{
    return wide_ex("utf_32_ex_decode", PyUnicode_DecodeUTF32Stateful, args, nargs);
}

typedef PyObject *(*PlainDecoder)(const char *, Py_ssize_t, const char *);

static PyObject *escape_decode(const char *s, Py_ssize_t n, const char *errors)
{
    return PyBytes_DecodeEscape(s, n, errors, 0, NULL);
}

static PyObject *plain(const char *fn, PlainDecoder decode, PyObject *const *args, Py_ssize_t nargs, int str_too)
{
    DecodeArgs a;
    if (take_data(fn, args, nargs, 2, str_too, &a) < 0)
        return NULL;
    Py_ssize_t n = a.data.len;
    return decoded(&a, decode(a.data.buf, n, a.errors), n);
}
FUNCTION(_codecs, latin_1_decode, FAST, "($module, data, errors=None, /)", "")
{
    return plain("latin_1_decode", PyUnicode_DecodeLatin1, args, nargs, 0);
}
FUNCTION(_codecs, ascii_decode, FAST, "($module, data, errors=None, /)", "")
{
    return plain("ascii_decode", PyUnicode_DecodeASCII, args, nargs, 0);
}
FUNCTION(_codecs, escape_decode, FAST, "($module, data, errors=None, /)", "")
{
    return plain("escape_decode", escape_decode, args, nargs, 1);
}
FUNCTION(_codecs, charmap_decode, FAST, "($module, data, errors=None, mapping=None, /)", "")
{
    DecodeArgs a;
    if (take_data("charmap_decode", args, nargs, 3, 0, &a) < 0)
        return NULL;
    PyObject *mapping = nargs > 2 && args[2] != Py_None ? args[2] : NULL;
    Py_ssize_t n = a.data.len;
    return decoded(&a, PyUnicode_DecodeCharmap(a.data.buf, n, mapping, a.errors), n);
}

/* ---- encoders ---- */

/* str, errors=None and perhaps more: 0, or -1. */
static int take_str(const char *fn, PyObject *const *args, Py_ssize_t nargs, Py_ssize_t max, const char **errors)
{
    *errors = NULL;
    if (k_check_nargs(fn, nargs, 1, max) < 0 || k_arg_str(args[0], fn, max > 1 ? "argument 1" : "argument") < 0)
        return -1;
    return nargs > 1 ? take_errors(fn, args[1], errors) : 0;
}

#define ENCODER(name, call)                                                                                            \
    FUNCTION(_codecs, name, FAST, "($module, str, errors=None, /)", "")                                                \
    {                                                                                                                  \
        const char *errors;                                                                                            \
        if (take_str(#name, args, nargs, 2, &errors) < 0)                                                              \
            return NULL;                                                                                               \
        PyObject *s = args[0];                                                                                         \
        return pair(call, PyUnicode_GET_LENGTH(s));                                                                    \
    }
ENCODER(utf_7_encode, _PyUnicode_EncodeUTF7(s, 0, 0, errors))
ENCODER(utf_8_encode, _PyUnicode_AsUTF8String(s, errors))
ENCODER(utf_16_le_encode, _PyUnicode_EncodeUTF16(s, errors, -1))
ENCODER(utf_16_be_encode, _PyUnicode_EncodeUTF16(s, errors, 1))
ENCODER(utf_32_le_encode, _PyUnicode_EncodeUTF32(s, errors, -1))
ENCODER(utf_32_be_encode, _PyUnicode_EncodeUTF32(s, errors, 1))
ENCODER(unicode_escape_encode, ((void)errors, PyUnicode_AsUnicodeEscapeString(s)))
ENCODER(raw_unicode_escape_encode, ((void)errors, PyUnicode_AsRawUnicodeEscapeString(s)))
ENCODER(latin_1_encode, _PyUnicode_AsLatin1String(s, errors))
ENCODER(ascii_encode, _PyUnicode_AsASCIIString(s, errors))

#define ORDERED_ENCODER(name, function)                                                                                \
    FUNCTION(_codecs, name, FAST, "($module, str, errors=None, byteorder=0, /)", "")                                   \
    {                                                                                                                  \
        const char *errors;                                                                                            \
        int order = 0;                                                                                                 \
        if (take_str(#name, args, nargs, 3, &errors) < 0 || (nargs > 2 && k_arg_int(args[2], &order) < 0))             \
            return NULL;                                                                                               \
        return pair(function(args[0], errors, order < 0 ? -1 : order > 0), PyUnicode_GET_LENGTH(args[0]));             \
    }
ORDERED_ENCODER(utf_16_encode, _PyUnicode_EncodeUTF16)
ORDERED_ENCODER(utf_32_encode, _PyUnicode_EncodeUTF32)

FUNCTION(_codecs, charmap_encode, FAST, "($module, str, errors=None, mapping=None, /)", "")
{
    const char *errors;
    if (take_str("charmap_encode", args, nargs, 3, &errors) < 0)
        return NULL;
    PyObject *mapping = nargs > 2 && args[2] != Py_None ? args[2] : NULL;
    return pair(_PyUnicode_EncodeCharmap(args[0], mapping, errors), PyUnicode_GET_LENGTH(args[0]));
}
FUNCTION(_codecs, charmap_build, O, "($module, map, /)", "")
{
    return k_arg_str(arg, "charmap_build", "argument") < 0 ? NULL : PyUnicode_BuildEncodingMap(arg);
}
FUNCTION(_codecs, readbuffer_encode, FAST, "($module, data, errors=None, /)", "")
{
    DecodeArgs a;
    if (take_data("readbuffer_encode", args, nargs, 2, 1, &a) < 0)
        return NULL;
    Py_ssize_t n = a.data.len;
    return decoded(&a, PyBytes_FromStringAndSize(a.data.buf, n), n);
}
FUNCTION(_codecs, escape_encode, FAST, "($module, data, errors=None, /)", "")
{
    const char *errors = NULL;
    if (k_check_nargs("escape_encode", nargs, 1, 2) < 0)
        return NULL;
    if (!PyBytes_Check(args[0]))
        return k_raise(PyExc_TypeError, "escape_encode() argument 1 must be bytes, not %.50s",
                       args[0] == Py_None ? "None" : Py_TYPE(args[0])->tp_name);
    if (nargs > 1 && take_errors("escape_encode", args[1], &errors) < 0)
        return NULL;
    Py_ssize_t n = PyBytes_GET_SIZE(args[0]);
    K_AUTO(PyObject *) out = PyBytes_FromStringAndSize(NULL, n * 4);
    if (!out)
        return NULL;
    char *start = PyBytes_AS_STRING(out), *p = start;
    for (Py_ssize_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)PyBytes_AS_STRING(args[0])[i];
        if (c == '\'' || c == '\\')
            p += sprintf(p, "\\%c", c);
        else if (c == '\t' || c == '\n' || c == '\r')
            p += sprintf(p, "\\%c", c == '\t' ? 't' : c == '\n' ? 'n' : 'r');
        else if (c < ' ' || c >= 0x7f)
            p += sprintf(p, "\\x%02x", c);
        else
            *p++ = (char)c;
    }
    return pair(PyBytes_FromStringAndSize(start, p - start), n);
}
METHODS_END(_codecs);

static int codecs_exec(PyObject *module)
{
    (void)module;
    return 0;
}
MODULE(_codecs, NULL, codecs_exec, 0);
