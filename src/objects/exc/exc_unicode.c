/* exc_unicode.c - UnicodeEncodeError, UnicodeDecodeError, UnicodeTranslateError and their accessors.
 *
 * In: what was being converted, where it went wrong and why.  Out: the exception; error handlers read and change it.
 * Invariant: start and end are kept as given; the Get functions clamp them to the object, which may have changed.
 * Start at codec_init(). */
#include "objects/exc/exc_types.h"

#include "objects/buffer.h"
#include "objects/bytes/bytes.h"
#include "objects/protocol.h"

static PyUnicodeErrorObject *uni(PyObject *self)
{
    return (PyUnicodeErrorObject *)self;
}

/* ---- fields, checked because Python code can set them ---- */

static PyObject *str_field(PyObject *field, const char *name)
{
    if (!field)
        return k_raise(PyExc_TypeError, "%.200s attribute not set", name);
    if (!PyUnicode_Check(field))
        return k_raise(PyExc_TypeError, "%.200s attribute must be unicode", name);
    return Py_NewRef(field);
}

static PyObject *bytes_field(PyObject *field, const char *name)
{
    if (!field)
        return k_raise(PyExc_TypeError, "%.200s attribute not set", name);
    if (!PyBytes_Check(field))
        return k_raise(PyExc_TypeError, "%.200s attribute must be bytes", name);
    return Py_NewRef(field);
}

PyObject *PyUnicodeEncodeError_GetEncoding(PyObject *self)
{
    return str_field(uni(self)->encoding, "encoding");
}

PyObject *PyUnicodeDecodeError_GetEncoding(PyObject *self)
{
    return str_field(uni(self)->encoding, "encoding");
}

PyObject *PyUnicodeEncodeError_GetObject(PyObject *self)
{
    return str_field(uni(self)->object, "object");
}

PyObject *PyUnicodeDecodeError_GetObject(PyObject *self)
{
    return bytes_field(uni(self)->object, "object");
}

PyObject *PyUnicodeTranslateError_GetObject(PyObject *self)
{
    return str_field(uni(self)->object, "object");
}

PyObject *PyUnicodeEncodeError_GetReason(PyObject *self)
{
    return str_field(uni(self)->reason, "reason");
}

PyObject *PyUnicodeDecodeError_GetReason(PyObject *self)
{
    return str_field(uni(self)->reason, "reason");
}

PyObject *PyUnicodeTranslateError_GetReason(PyObject *self)
{
    return str_field(uni(self)->reason, "reason");
}

static int set_reason(PyObject *self, const char *reason)
{
    PyObject *text = PyUnicode_FromString(reason);
    if (!text)
        return -1;
    Py_XSETREF(uni(self)->reason, text);
    return 0;
}

int PyUnicodeEncodeError_SetReason(PyObject *self, const char *reason)
{
    return set_reason(self, reason);
}

int PyUnicodeDecodeError_SetReason(PyObject *self, const char *reason)
{
    return set_reason(self, reason);
}

int PyUnicodeTranslateError_SetReason(PyObject *self, const char *reason)
{
    return set_reason(self, reason);
}

/* The length of what was converted, -1 with TypeError. */
static Py_ssize_t text_length(PyObject *self)
{
    K_AUTO(PyObject *) text = str_field(uni(self)->object, "object");
    return text && PyUnicode_READY(text) == 0 ? PyUnicode_GET_LENGTH(text) : -1;
}

static Py_ssize_t bytes_length(PyObject *self)
{
    K_AUTO(PyObject *) bytes = bytes_field(uni(self)->object, "object");
    return bytes ? PyBytes_GET_SIZE(bytes) : -1;
}

static int clamped_start(Py_ssize_t length, Py_ssize_t value, Py_ssize_t *out)
{
    if (length < 0)
        return -1;
    *out = value < 0 ? 0 : value >= length ? length - 1 : value;
    return 0;
}

static int clamped_end(Py_ssize_t length, Py_ssize_t value, Py_ssize_t *out)
{
    if (length < 0)
        return -1;
    if (value < 1)
        value = 1;
    *out = value > length ? length : value;
    return 0;
}

int PyUnicodeEncodeError_GetStart(PyObject *self, Py_ssize_t *out)
{
    return clamped_start(text_length(self), uni(self)->start, out);
}

int PyUnicodeDecodeError_GetStart(PyObject *self, Py_ssize_t *out)
{
    return clamped_start(bytes_length(self), uni(self)->start, out);
}

int PyUnicodeTranslateError_GetStart(PyObject *self, Py_ssize_t *out)
{
    return clamped_start(text_length(self), uni(self)->start, out);
}

int PyUnicodeEncodeError_GetEnd(PyObject *self, Py_ssize_t *out)
{
    return clamped_end(text_length(self), uni(self)->end, out);
}

int PyUnicodeDecodeError_GetEnd(PyObject *self, Py_ssize_t *out)
{
    return clamped_end(bytes_length(self), uni(self)->end, out);
}

int PyUnicodeTranslateError_GetEnd(PyObject *self, Py_ssize_t *out)
{
    return clamped_end(text_length(self), uni(self)->end, out);
}

#define UNICODE_SETTER(Kind, Which, field)                                                                             \
    int PyUnicode##Kind##Error_Set##Which(PyObject *self, Py_ssize_t value)                                            \
    {                                                                                                                  \
        uni(self)->field = value;                                                                                      \
        return 0;                                                                                                      \
    }
UNICODE_SETTER(Encode, Start, start)
UNICODE_SETTER(Encode, End, end)
UNICODE_SETTER(Decode, Start, start)
UNICODE_SETTER(Decode, End, end)
UNICODE_SETTER(Translate, Start, start)
UNICODE_SETTER(Translate, End, end)

/* ---- init ---- */

/* Takes new values of the object fields over; the caller has made sure that they are what they must be. */
static void take_fields(PyObject *self, PyObject *encoding, PyObject *object, PyObject *reason)
{
    Py_XSETREF(uni(self)->encoding, Py_XNewRef(encoding));
    Py_XSETREF(uni(self)->object, Py_NewRef(object));
    Py_XSETREF(uni(self)->reason, Py_NewRef(reason));
}

static int encode_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    PyObject *encoding, *object, *reason;
    Py_ssize_t start, end;
    if (exc_init(self, args, kwargs) < 0
        || !PyArg_ParseTuple(args, "UUnnU", &encoding, &object, &start, &end, &reason))
        return -1;
    take_fields(self, encoding, object, reason);
    uni(self)->start = start;
    uni(self)->end = end;
    return 0;
}

static int decode_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    PyObject *encoding, *object, *reason;
    Py_ssize_t start, end;
    if (exc_init(self, args, kwargs) < 0
        || !PyArg_ParseTuple(args, "UOnnU", &encoding, &object, &start, &end, &reason))
        return -1;
    K_AUTO(PyObject *) bytes = NULL;
    if (PyBytes_Check(object)) {
        K_SET(bytes, Py_NewRef(object));
    } else {
        Py_buffer view;
        if (PyObject_GetBuffer(object, &view, PyBUF_SIMPLE) < 0)
            return -1;
        K_SET(bytes, PyBytes_FromStringAndSize(view.buf, view.len));
        PyBuffer_Release(&view);
        if (!bytes)
            return -1;
    }
    take_fields(self, encoding, bytes, reason);
    uni(self)->start = start;
    uni(self)->end = end;
    return 0;
}

static int translate_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    PyObject *object, *reason;
    Py_ssize_t start, end;
    if (exc_init(self, args, kwargs) < 0 || !PyArg_ParseTuple(args, "UnnU", &object, &start, &end, &reason))
        return -1;
    take_fields(self, NULL, object, reason);
    uni(self)->start = start;
    uni(self)->end = end;
    return 0;
}

/* ---- text ---- */

/* The one character in question as its escape; 0 when the range is not exactly one character of object. */
static int single_character(PyObject *self, char escape[16])
{
    PyObject *object = uni(self)->object;
    Py_ssize_t start = uni(self)->start;
    if (!PyUnicode_Check(object) || start < 0 || start >= PyUnicode_GET_LENGTH(object) || uni(self)->end != start + 1)
        return 0;
    Py_UCS4 c = PyUnicode_READ_CHAR(object, start);
    snprintf(escape, 16, c <= 0xff ? "\\x%02x" : c <= 0xffff ? "\\u%04x" : "\\U%08x", (unsigned)c);
    return 1;
}

static PyObject *encode_str(PyObject *self)
{
    if (!uni(self)->object)
        return PyUnicode_FromString(""); /* __init__ has not run */
    K_AUTO(PyObject *) reason = PyObject_Str(uni(self)->reason);
    K_AUTO(PyObject *) encoding = reason ? PyObject_Str(uni(self)->encoding) : NULL;
    if (!encoding)
        return NULL;
    char escape[16];
    if (single_character(self, escape))
        return PyUnicode_FromFormat("'%U' codec can't encode character '%s' in position %zd: %U", encoding, escape,
                                    uni(self)->start, reason);
    return PyUnicode_FromFormat("'%U' codec can't encode characters in position %zd-%zd: %U", encoding,
                                uni(self)->start, uni(self)->end - 1, reason);
}

static PyObject *decode_str(PyObject *self)
{
    if (!uni(self)->object)
        return PyUnicode_FromString("");
    K_AUTO(PyObject *) reason = PyObject_Str(uni(self)->reason);
    K_AUTO(PyObject *) encoding = reason ? PyObject_Str(uni(self)->encoding) : NULL;
    if (!encoding)
        return NULL;
    PyObject *object = uni(self)->object;
    Py_ssize_t start = uni(self)->start;
    if (PyBytes_Check(object) && start >= 0 && start < PyBytes_GET_SIZE(object) && uni(self)->end == start + 1)
        return PyUnicode_FromFormat("'%U' codec can't decode byte 0x%02x in position %zd: %U", encoding,
                                    (int)(unsigned char)PyBytes_AS_STRING(object)[start], start, reason);
    return PyUnicode_FromFormat("'%U' codec can't decode bytes in position %zd-%zd: %U", encoding, start,
                                uni(self)->end - 1, reason);
}

static PyObject *translate_str(PyObject *self)
{
    if (!uni(self)->object)
        return PyUnicode_FromString("");
    K_AUTO(PyObject *) reason = PyObject_Str(uni(self)->reason);
    if (!reason)
        return NULL;
    char escape[16];
    if (single_character(self, escape))
        return PyUnicode_FromFormat("can't translate character '%s' in position %zd: %U", escape, uni(self)->start,
                                    reason);
    return PyUnicode_FromFormat("can't translate characters in position %zd-%zd: %U", uni(self)->start,
                                uni(self)->end - 1, reason);
}

/* ---- types ---- */

static PyMemberDef unicode_members[] = {
    { "encoding", T_OBJECT, offsetof(PyUnicodeErrorObject, encoding), 0, "name of the encoding" },
    { "object", T_OBJECT, offsetof(PyUnicodeErrorObject, object), 0, "what was being converted" },
    { "start", T_PYSSIZET, offsetof(PyUnicodeErrorObject, start), 0, "where the trouble begins" },
    { "end", T_PYSSIZET, offsetof(PyUnicodeErrorObject, end), 0, "the place after the trouble" },
    { "reason", T_OBJECT, offsetof(PyUnicodeErrorObject, reason), 0, "what the trouble is" },
    { NULL },
};

EXC_LAYOUT(unicode, offsetof(PyUnicodeErrorObject, encoding), offsetof(PyUnicodeErrorObject, object),
           offsetof(PyUnicodeErrorObject, reason), 0)
#define UNICODE_TYPE(Kind, kind, doc)                                                                                  \
    EXC_TYPE(Unicode##Kind##Error, &k_exc_UnicodeError, unicode, PyUnicodeErrorObject, doc, .tp_str = kind##_str,      \
             .tp_members = unicode_members, .tp_init = kind##_init, .tp_new = exc_new)
UNICODE_TYPE(Encode, encode, "Text cannot be encoded.");
UNICODE_TYPE(Decode, decode, "Bytes cannot be decoded.");
UNICODE_TYPE(Translate, translate, "Text cannot be translated.");

/* ---- making ---- */

PyObject *PyUnicodeDecodeError_Create(const char *encoding, const char *object, Py_ssize_t length, Py_ssize_t start,
                                      Py_ssize_t end, const char *reason)
{
    K_AUTO(PyObject *) bytes = PyBytes_FromStringAndSize(object, length);
    return bytes ? PyObject_CallFunction(PyExc_UnicodeDecodeError, "sOnns", encoding, bytes, start, end, reason) : NULL;
}

PyObject *_PyUnicodeTranslateError_Create(PyObject *object, Py_ssize_t start, Py_ssize_t end, const char *reason)
{
    return PyObject_CallFunction(PyExc_UnicodeTranslateError, "Onns", object, start, end, reason);
}
