/* str_locale.c - str from and to what the C library and the operating system speak: wchar_t, the locale, file names.
 *
 * File names use the file system encoding (UTF-8 in nearly every program) with surrogateescape.
 * Start at PyUnicode_DecodeFSDefaultAndSize() and PyUnicode_FSConverter(). */
#include "objects/buffer.h"
#include "objects/bytes/bytes.h"
#include "objects/call.h"
#include "objects/protocol.h"
#include "objects/str/str_codec.h"
#include "runtime/errors.h"
#include "runtime/osutil.h"
#include "runtime/state.h"
#include "runtime/warnings.h"

/* ---- wchar_t, which is 4 bytes wide here ---- */

PyObject *PyUnicode_FromWideChar(const wchar_t *w, Py_ssize_t size)
{
    if (!w && size != 0) {
        PyErr_BadInternalCall();
        return NULL;
    }
    if (size == -1)
        size = (Py_ssize_t)wcslen(w);
    for (Py_ssize_t i = 0; i < size; i++) {
        if ((Py_UCS4)w[i] > 0x10ffff)
            return k_raise(PyExc_ValueError, "character U+%x is not in range [U+0000; U+10ffff]", (unsigned)w[i]);
    }
    return str_from_ucs4((const Py_UCS4 *)w, size);
}

/* What PyUnicode_AsWideChar writes: at most size characters, a 0 behind them if there is room. */
Py_ssize_t PyUnicode_AsWideChar(PyObject *s, wchar_t *w, Py_ssize_t size)
{
    if (!s) {
        PyErr_BadInternalCall();
        return -1;
    }
    if (!PyUnicode_Check(s)) {
        PyErr_BadArgument();
        return -1;
    }
    if (PyUnicode_READY(s) < 0)
        return -1;
    Py_ssize_t n = STR_LEN(s);
    if (!w)
        return n + 1;
    Py_ssize_t copied = Py_MIN(n, size);
    str_copy_run(4, w, STR_KIND(s), STR_DATA(s), copied);
    if (size > n)
        w[n] = 0;
    return copied;
}

wchar_t *PyUnicode_AsWideCharString(PyObject *s, Py_ssize_t *size)
{
    if (!s) {
        PyErr_BadInternalCall();
        return NULL;
    }
    if (!PyUnicode_Check(s)) {
        PyErr_BadArgument();
        return NULL;
    }
    if (PyUnicode_READY(s) < 0)
        return NULL;
    Py_ssize_t n = STR_LEN(s);
    wchar_t *w = PyMem_New(wchar_t, n + 1);
    if (!w) {
        PyErr_NoMemory();
        return NULL;
    }
    str_copy_run(4, w, STR_KIND(s), STR_DATA(s), n);
    w[n] = 0;
    if (size) {
        *size = n;
    } else if (wcslen(w) != (size_t)n) {
        PyMem_Free(w);
        PyErr_SetString(PyExc_ValueError, "embedded null character");
        return NULL;
    }
    return w;
}

int _PyUnicode_WideCharString_Converter(PyObject *o, void *slot)
{
    wchar_t **out = slot;
    if (!o) { /* clean up */
        PyMem_Free(*out);
        *out = NULL;
        return 1;
    }
    if (!PyUnicode_Check(o)) {
        PyErr_Format(PyExc_TypeError, "argument must be str, not %.50s", Py_TYPE(o)->tp_name);
        return 0;
    }
    *out = PyUnicode_AsWideCharString(o, NULL);
    return *out ? 0x20000 : 0; /* Py_CLEANUP_SUPPORTED */
}

int _PyUnicode_WideCharString_Opt_Converter(PyObject *o, void *slot)
{
    if (o == Py_None) {
        *(wchar_t **)slot = NULL;
        return 1;
    }
    if (o && !PyUnicode_Check(o)) {
        PyErr_Format(PyExc_TypeError, "argument must be str or None, not %.50s", Py_TYPE(o)->tp_name);
        return 0;
    }
    return _PyUnicode_WideCharString_Converter(o, slot);
}

/* ---- the old Py_UNICODE text ---- */

Py_UNICODE *PyUnicode_AsUnicodeAndSize(PyObject *s, Py_ssize_t *size)
{
    if (!PyUnicode_Check(s)) {
        PyErr_BadArgument();
        return NULL;
    }
    PyASCIIObject *a = STR_AS_ASCII(s);
    if (!a->wstr) {
        wchar_t *w = PyObject_Malloc((size_t)(STR_LEN(s) + 1) * sizeof *w);
        if (!w) {
            PyErr_NoMemory();
            return NULL;
        }
        str_copy_run(4, w, STR_KIND(s), STR_DATA(s), STR_LEN(s));
        w[STR_LEN(s)] = 0;
        a->wstr = w;
        if (!PyUnicode_IS_COMPACT_ASCII(s))
            STR_AS_COMPACT(s)->wstr_length = STR_LEN(s);
    }
    if (size)
        *size = PyUnicode_IS_COMPACT_ASCII(s) ? STR_LEN(s) : STR_AS_COMPACT(s)->wstr_length;
    return a->wstr;
}

Py_UNICODE *PyUnicode_AsUnicode(PyObject *s)
{
    return PyUnicode_AsUnicodeAndSize(s, NULL);
}

const Py_UNICODE *_PyUnicode_AsUnicode(PyObject *s)
{
    Py_ssize_t size;
    const Py_UNICODE *w = PyUnicode_AsUnicodeAndSize(s, &size);
    if (w && wcslen(w) != (size_t)size) {
        PyErr_SetString(PyExc_ValueError, "embedded null character");
        return NULL;
    }
    return w;
}

PyObject *PyUnicode_FromUnicode(const Py_UNICODE *u, Py_ssize_t size)
{
    if (u)
        return PyUnicode_FromWideChar(u, size);
    if (size < 0) {
        PyErr_BadInternalCall();
        return NULL;
    }
    if (size == 0)
        return str_empty();
    if (PyErr_WarnEx(PyExc_DeprecationWarning,
                     "PyUnicode_FromUnicode(NULL, size) is deprecated; use PyUnicode_New() instead", 1) < 0)
        return NULL;
    PyUnicodeObject *s = (PyUnicodeObject *)PyUnicode_Type.tp_alloc(&PyUnicode_Type, 0);
    wchar_t *w = PyObject_Malloc((size_t)(size + 1) * sizeof *w);
    if (!s || !w) {
        PyObject_Free(w);
        Py_XDECREF(s);
        return PyErr_NoMemory();
    }
    w[0] = w[size] = 0;
    s->_base._base.hash = -1;
    s->_base._base.wstr = w;
    s->_base.wstr_length = size;
    return (PyObject *)s;
}

/* A str made by PyUnicode_FromUnicode(NULL, n) gets its real text from what the caller wrote into wstr. */
int _PyUnicode_Ready(PyObject *o)
{
    PyUnicodeObject *s = (PyUnicodeObject *)o;
    if (PyUnicode_IS_READY(o))
        return 0;
    Py_ssize_t n = s->_base.wstr_length;
    Py_UCS4 max_char = str_run_max_char(4, s->_base._base.wstr, n);
    int kind = str_kind_of(max_char);
    void *data = PyObject_Malloc((size_t)(n + 1) * (size_t)kind);
    if (!data) {
        PyErr_NoMemory();
        return -1;
    }
    str_copy_run(kind, data, 4, s->_base._base.wstr, n);
    k_str_write(kind, data, n, 0);
    s->data.any = data;
    s->_base._base.length = n;
    s->_base._base.state.kind = (unsigned)kind;
    s->_base._base.state.ascii = max_char < 0x80;
    s->_base._base.state.ready = 1;
    if (max_char < 0x80) {
        s->_base.utf8 = data;
        s->_base.utf8_length = n;
    }
    return 0;
}

/* ---- file names ---- */

static const char *fs_encoding(void)
{
    return Py_FileSystemDefaultEncoding ? Py_FileSystemDefaultEncoding : "utf-8";
}

static const char *fs_errors(void)
{
    return Py_FileSystemDefaultEncodeErrors ? Py_FileSystemDefaultEncodeErrors : "surrogateescape";
}

PyObject *PyUnicode_DecodeFSDefaultAndSize(const char *s, Py_ssize_t size)
{
    if (k_interp()->file_names_by_locale)
        return PyUnicode_DecodeLocaleAndSize(s, size, fs_errors());
    return PyUnicode_Decode(s, size, fs_encoding(), fs_errors());
}

PyObject *PyUnicode_DecodeFSDefault(const char *s)
{
    return PyUnicode_DecodeFSDefaultAndSize(s, (Py_ssize_t)strlen(s));
}

PyObject *PyUnicode_EncodeFSDefault(PyObject *s)
{
    if (k_interp()->file_names_by_locale)
        return PyUnicode_EncodeLocale(s, fs_errors());
    return PyUnicode_AsEncodedString(s, fs_encoding(), fs_errors());
}

enum { CLEANUP_SUPPORTED = 0x20000 };

int PyUnicode_FSConverter(PyObject *o, void *slot)
{
    PyObject **out = slot;
    if (!o) {
        Py_CLEAR(*out);
        return 1;
    }
    K_AUTO(PyObject *) path = PyOS_FSPath(o); /* runs code */
    if (!path)
        return 0;
    K_AUTO(PyObject *) bytes = PyBytes_Check(path) ? Py_NewRef(path) : PyUnicode_EncodeFSDefault(path);
    if (!bytes)
        return 0;
    if (strlen(PyBytes_AS_STRING(bytes)) != (size_t)PyBytes_GET_SIZE(bytes)) {
        PyErr_SetString(PyExc_ValueError, "embedded null byte");
        return 0;
    }
    *out = K_MOVE(bytes);
    return CLEANUP_SUPPORTED;
}

int PyUnicode_FSDecoder(PyObject *o, void *slot)
{
    PyObject **out = slot;
    if (!o) {
        Py_CLEAR(*out);
        return 1;
    }
    int is_buffer = PyObject_CheckBuffer(o);
    K_AUTO(PyObject *) path = is_buffer && !PyBytes_Check(o) ? Py_NewRef(o) : PyOS_FSPath(o); /* runs code */
    if (!path)
        return 0;
    K_AUTO(PyObject *) s = NULL;
    if (PyUnicode_Check(path)) {
        K_SET(s, Py_NewRef(path));
    } else {
        if (!PyBytes_Check(path) &&
            PyErr_WarnFormat(PyExc_DeprecationWarning, 1, "path should be string, bytes, or os.PathLike, not %.200s",
                             Py_TYPE(o)->tp_name) < 0)
            return 0;
        K_AUTO(PyObject *) bytes = PyBytes_FromObject(path);
        K_SET(s, bytes ? PyUnicode_DecodeFSDefaultAndSize(PyBytes_AS_STRING(bytes), PyBytes_GET_SIZE(bytes)) : NULL);
    }
    if (!s || PyUnicode_READY(s) < 0)
        return 0;
    if (PyUnicode_FindChar(s, 0, 0, STR_LEN(s), 1) >= 0) {
        PyErr_SetString(PyExc_ValueError, "embedded null character");
        return 0;
    }
    *out = K_MOVE(s);
    return CLEANUP_SUPPORTED;
}

/* ---- the locale's encoding ---- */

static int locale_errors(const char *errors)
{
    _Py_error_handler kind = _Py_GetErrorHandler(errors);
    if (kind == _Py_ERROR_STRICT || kind == _Py_ERROR_SURROGATEESCAPE)
        return kind;
    PyErr_Format(PyExc_ValueError, "unsupported error handler: %.400s", errors);
    return -1;
}

PyObject *PyUnicode_DecodeLocaleAndSize(const char *s, Py_ssize_t size, const char *errors)
{
    int kind = locale_errors(errors);
    if (kind < 0)
        return NULL;
    if (s[size] != 0 || strlen(s) != (size_t)size)
        return k_raise(PyExc_ValueError, "embedded null byte");
    size_t n;
    wchar_t *w = Py_DecodeLocale(s, &n);
    if (!w)
        return n == (size_t)-1 ? PyErr_NoMemory() : k_raise(PyExc_UnicodeError, "cannot decode text of the locale");
    if (kind == _Py_ERROR_STRICT) {
        for (size_t i = 0; i < n; i++) {
            if (w[i] >= 0xdc80 && w[i] <= 0xdcff) {
                PyMem_RawFree(w);
                PyObject *exc = PyUnicodeDecodeError_Create("locale", s, size, (Py_ssize_t)i, (Py_ssize_t)i + 1, "decoding error");
                if (exc) {
                    PyErr_SetObject(PyExc_UnicodeDecodeError, exc);
                    Py_DECREF(exc);
                }
                return NULL;
            }
        }
    }
    PyObject *text = PyUnicode_FromWideChar(w, (Py_ssize_t)n);
    PyMem_RawFree(w);
    return text;
}

PyObject *PyUnicode_DecodeLocale(const char *s, const char *errors)
{
    return PyUnicode_DecodeLocaleAndSize(s, (Py_ssize_t)strlen(s), errors);
}

PyObject *PyUnicode_EncodeLocale(PyObject *s, const char *errors)
{
    int kind = locale_errors(errors);
    if (kind < 0)
        return NULL;
    Py_ssize_t n;
    wchar_t *w = PyUnicode_AsWideCharString(s, &n);
    if (!w)
        return NULL;
    PyObject *result = NULL;
    size_t wrong = (size_t)-1;
    if (wcslen(w) != (size_t)n) {
        PyErr_SetString(PyExc_ValueError, "embedded null character");
    } else {
        if (kind == _Py_ERROR_STRICT) {
            for (Py_ssize_t i = 0; i < n && wrong == (size_t)-1; i++)
                wrong = Py_UNICODE_IS_SURROGATE(w[i]) ? (size_t)i : wrong;
        }
        char *text = wrong == (size_t)-1 ? Py_EncodeLocale(w, &wrong) : NULL;
        if (text)
            result = PyBytes_FromString(text);
        else if (wrong == (size_t)-1)
            PyErr_NoMemory();
        else {
            PyObject *exc = PyObject_CallFunction(PyExc_UnicodeEncodeError, "sOnns", "locale", s, (Py_ssize_t)wrong,
                                                  (Py_ssize_t)wrong + 1, "encoding error");
            if (exc)
                PyErr_SetObject(PyExc_UnicodeEncodeError, exc);
            Py_XDECREF(exc);
        }
        PyMem_Free(text);
    }
    PyMem_Free(w);
    return result;
}
