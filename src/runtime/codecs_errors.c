/* codecs_errors.c - the error handlers every program has: strict, ignore, replace, xmlcharrefreplace, backslashreplace,
 * namereplace, surrogatepass, surrogateescape.
 *
 * In: a UnicodeError instance.  Out: (replacement, position), or the exception raised again.
 * Start at problem_of(), which reads the exception. */
#include "runtime/codecs_errors.h"

#include "base/unicode_db.h"
#include "objects/bytes/bytes.h"
#include "objects/dict/dict.h"
#include "objects/exc/exc.h"
#include "objects/func/cfunction.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/str/str_int.h"
#include "runtime/codecs.h"
#include "runtime/errors.h"

typedef enum ErrorKind { ERROR_ENCODE, ERROR_DECODE, ERROR_TRANSLATE } ErrorKind;
typedef struct Problem {
    ErrorKind kind;
    PyObject *object;       /* owned: str, or bytes when decoding */
    Py_ssize_t start, end;
} Problem;

static PyObject *wrong_type(PyObject *exc)
{
    return k_raise(PyExc_TypeError, "don't know how to handle %.200s in error callback", Py_TYPE(exc)->tp_name);
}

/* Reads the exception; 0, or -1 with TypeError when it is of no kind in `kinds` (bits 1 << ErrorKind). */
static int problem_of(PyObject *exc, int kinds, Problem *p)
{
    PyObject *types[] = { PyExc_UnicodeEncodeError, PyExc_UnicodeDecodeError, PyExc_UnicodeTranslateError };
    for (int kind = 0; kind < 3; kind++) {
        if (!(kinds & 1 << kind) || !PyObject_TypeCheck(exc, (PyTypeObject *)types[kind]))
            continue;
        p->kind = (ErrorKind)kind;
        int status;
        if (kind == ERROR_ENCODE) {
            status = PyUnicodeEncodeError_GetStart(exc, &p->start) || PyUnicodeEncodeError_GetEnd(exc, &p->end);
            p->object = status ? NULL : PyUnicodeEncodeError_GetObject(exc);
        } else if (kind == ERROR_DECODE) {
            status = PyUnicodeDecodeError_GetStart(exc, &p->start) || PyUnicodeDecodeError_GetEnd(exc, &p->end);
            p->object = status ? NULL : PyUnicodeDecodeError_GetObject(exc);
        } else {
            status = PyUnicodeTranslateError_GetStart(exc, &p->start) || PyUnicodeTranslateError_GetEnd(exc, &p->end);
            p->object = status ? NULL : PyUnicodeTranslateError_GetObject(exc);
        }
        if (p->object && p->end < p->start)
            p->end = p->start;
        return p->object ? 0 : -1;
    }
    wrong_type(exc);
    return -1;
}

static PyObject *raise_again(PyObject *exc)
{
    PyErr_SetObject((PyObject *)Py_TYPE(exc), exc);
    return NULL;
}

enum { ANY = 7, ENCODE = 1 << ERROR_ENCODE, DECODE = 1 << ERROR_DECODE, TRANSLATE = 1 << ERROR_TRANSLATE };

PyObject *PyCodec_StrictErrors(PyObject *exc)
{
    if (PyExceptionInstance_Check(exc))
        return raise_again(exc);
    return k_raise(PyExc_TypeError, "codec must pass exception instance");
}

PyObject *PyCodec_IgnoreErrors(PyObject *exc)
{
    Problem p;
    if (problem_of(exc, ANY, &p) < 0)
        return NULL;
    Py_DECREF(p.object);
    return Py_BuildValue("(Nn)", str_empty(), p.end);
}

static PyObject *result_of(PyObject *text, Py_ssize_t at)
{
    return text ? Py_BuildValue("(Nn)", text, at) : NULL;
}

PyObject *PyCodec_ReplaceErrors(PyObject *exc)
{
    Problem p;
    if (problem_of(exc, ANY, &p) < 0)
        return NULL;
    Py_DECREF(p.object);
    if (p.kind == ERROR_DECODE)
        return result_of(str_from_char(0xfffd), p.end);
    Py_UCS4 c = p.kind == ERROR_ENCODE ? '?' : 0xfffd;
    PyObject *text = PyUnicode_New(p.end - p.start, c);
    if (text)
        str_fill_run(STR_KIND(text), STR_DATA(text), 0, p.end - p.start, c);
    return result_of(text, p.end);
}

/* How one character is spelled out: ASCII text in out. */
typedef void (*Spelling)(Py_UCS4 c, char *out);

static void spell_xml(Py_UCS4 c, char *out)
{
    sprintf(out, "&#%u;", c);
}

static void spell_backslash(Py_UCS4 c, char *out)
{
    sprintf(out, c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x", c);
}

static void spell_name(Py_UCS4 c, char *out)
{
    char name[UNICODE_NAME_MAX];
    if (unicode_name(c, name))
        sprintf(out, "\\N{%s}", name);
    else
        spell_backslash(c, out);
}

static PyObject *spelled(const Problem *p, Spelling spell)
{
    _PyUnicodeWriter w;
    _PyUnicodeWriter_Init(&w);
    w.overallocate = 1;
    for (Py_ssize_t i = p->start; i < p->end; i++) {
        char text[UNICODE_NAME_MAX + 8];
        spell(p->kind == ERROR_DECODE ? (unsigned char)PyBytes_AS_STRING(p->object)[i] : STR_AT(p->object, i), text);
        if (_PyUnicodeWriter_WriteASCIIString(&w, text, -1) < 0) {
            _PyUnicodeWriter_Dealloc(&w);
            return NULL;
        }
    }
    return _PyUnicodeWriter_Finish(&w);
}

static PyObject *spell_handler(PyObject *exc, int kinds, Spelling spell)
{
    Problem p;
    if (problem_of(exc, kinds, &p) < 0)
        return NULL;
    K_AUTO(PyObject *) object = p.object;
    return result_of(spelled(&p, spell), p.end);
}

PyObject *PyCodec_XMLCharRefReplaceErrors(PyObject *exc)
{
    return spell_handler(exc, ENCODE, spell_xml);
}

PyObject *PyCodec_BackslashReplaceErrors(PyObject *exc)
{
    return spell_handler(exc, ANY, spell_backslash);
}

PyObject *PyCodec_NameReplaceErrors(PyObject *exc)
{
    return spell_handler(exc, ENCODE, spell_name);
}

/* ---- surrogatepass ---- */

typedef struct UtfForm {
    int width; /* bytes of a surrogate: 3 in UTF-8, 2, 4; 0: not a UTF */
    int big;
} UtfForm;

static UtfForm utf_form(const char *name)
{
    UtfForm form = { 0, 0 };
    if (strcasecmp(name, "cp_utf8") == 0)
        return (UtfForm){ 3, 0 };
    if (strncasecmp(name, "utf", 3) != 0)
        return form;
    name += 3;
    name += *name == '-' || *name == '_';
    if (strcmp(name, "8") == 0)
        return (UtfForm){ 3, 0 };
    int width = strncmp(name, "16", 2) == 0 ? 2 : strncmp(name, "32", 2) == 0 ? 4 : 0;
    if (!width)
        return form;
    name += 2;
    if (!*name)
        return (UtfForm){ width, 0 };
    name += *name == '-' || *name == '_';
    if (strcasecmp(name, "le") == 0 || strcasecmp(name, "be") == 0)
        form = (UtfForm){ width, *name == 'b' || *name == 'B' };
    return form;
}

static PyObject *pass_encode(PyObject *exc, const Problem *p, UtfForm form)
{
    K_AUTO(PyObject *) bytes = PyBytes_FromStringAndSize(NULL, (p->end - p->start) * form.width);
    if (!bytes)
        return NULL;
    unsigned char *out = (unsigned char *)PyBytes_AS_STRING(bytes);
    for (Py_ssize_t i = p->start; i < p->end; i++, out += form.width) {
        Py_UCS4 c = STR_AT(p->object, i);
        if (!Py_UNICODE_IS_SURROGATE(c))
            return raise_again(exc);
        if (form.width == 3) {
            out[0] = (unsigned char)(0xe0 | c >> 12);
            out[1] = (unsigned char)(0x80 | (c >> 6 & 0x3f));
            out[2] = (unsigned char)(0x80 | (c & 0x3f));
            continue;
        }
        for (int k = 0; k < form.width; k++)
            out[form.big ? form.width - 1 - k : k] = (unsigned char)(c >> 8 * k);
    }
    return result_of(K_MOVE(bytes), p->end);
}

static PyObject *pass_decode(PyObject *exc, const Problem *p, UtfForm form)
{
    const unsigned char *b = (const unsigned char *)PyBytes_AS_STRING(p->object) + p->start;
    Py_UCS4 c = 0;
    if (PyBytes_GET_SIZE(p->object) - p->start < form.width)
        return raise_again(exc);
    if (form.width == 3) {
        if ((b[0] & 0xf0) == 0xe0 && (b[1] & 0xc0) == 0x80 && (b[2] & 0xc0) == 0x80)
            c = (Py_UCS4)((b[0] & 15) << 12 | (b[1] & 0x3f) << 6 | (b[2] & 0x3f));
    } else {
        for (int k = 0; k < form.width; k++)
            c |= (Py_UCS4)b[form.big ? form.width - 1 - k : k] << 8 * k;
    }
    if (!Py_UNICODE_IS_SURROGATE(c))
        return raise_again(exc);
    return result_of(str_from_char(c), p->start + form.width);
}

static PyObject *surrogatepass(PyObject *exc)
{
    Problem p;
    if (problem_of(exc, ENCODE | DECODE, &p) < 0)
        return NULL;
    K_AUTO(PyObject *) object = p.object;
    K_AUTO(PyObject *)
    encoding = p.kind == ERROR_ENCODE ? PyUnicodeEncodeError_GetEncoding(exc) : PyUnicodeDecodeError_GetEncoding(exc);
    const char *name = encoding ? PyUnicode_AsUTF8(encoding) : NULL;
    if (!name)
        return NULL;
    UtfForm form = utf_form(name);
    if (!form.width)
        return raise_again(exc);
    return p.kind == ERROR_ENCODE ? pass_encode(exc, &p, form) : pass_decode(exc, &p, form);
}

/* ---- surrogateescape ---- */

static PyObject *surrogateescape(PyObject *exc)
{
    Problem p;
    if (problem_of(exc, ENCODE | DECODE, &p) < 0)
        return NULL;
    K_AUTO(PyObject *) object = p.object;
    if (p.kind == ERROR_ENCODE) {
        K_AUTO(PyObject *) bytes = PyBytes_FromStringAndSize(NULL, p.end - p.start);
        for (Py_ssize_t i = p.start; bytes && i < p.end; i++) {
            Py_UCS4 c = STR_AT(object, i);
            if (c < 0xdc80 || c > 0xdcff)
                return raise_again(exc);
            PyBytes_AS_STRING(bytes)[i - p.start] = (char)(c - 0xdc00);
        }
        return result_of(K_MOVE(bytes), p.end);
    }
    Py_UCS2 text[4];
    Py_ssize_t n = 0;
    for (; n < 4 && p.start + n < p.end; n++) {
        unsigned char byte = (unsigned char)PyBytes_AS_STRING(object)[p.start + n];
        if (byte < 128)
            break;
        text[n] = (Py_UCS2)(0xdc00 + byte);
    }
    if (n == 0)
        return raise_again(exc);
    return result_of(PyUnicode_FromKindAndData(2, text, n), p.start + n);
}

/* ---- as functions ---- */

METHOD_RAW(codecserr, strict_errors, O, 0, "The 'strict' error handler: raises the exception.")
{
    return PyCodec_StrictErrors(arg);
}
METHOD_RAW(codecserr, ignore_errors, O, 0, "The 'ignore' error handler: goes on behind what is wrong.")
{
    return PyCodec_IgnoreErrors(arg);
}
METHOD_RAW(codecserr, replace_errors, O, 0, "The 'replace' error handler: puts a replacement marker.")
{
    return PyCodec_ReplaceErrors(arg);
}
METHOD_RAW(codecserr, xmlcharrefreplace_errors, O, 0, "The 'xmlcharrefreplace' error handler: puts XML character references.")
{
    return PyCodec_XMLCharRefReplaceErrors(arg);
}
METHOD_RAW(codecserr, backslashreplace_errors, O, 0, "The 'backslashreplace' error handler: puts backslash escapes.")
{
    return PyCodec_BackslashReplaceErrors(arg);
}
METHOD_RAW(codecserr, namereplace_errors, O, 0, "The 'namereplace' error handler: puts \\N{...} escapes.")
{
    return PyCodec_NameReplaceErrors(arg);
}
METHOD_RAW(codecserr, surrogatepass, O, 0, "") { return surrogatepass(arg); }
METHOD_RAW(codecserr, surrogateescape, O, 0, "") { return surrogateescape(arg); }
METHODS_END(codecserr);
METHODS_DECLARE(codecserr);

PyObject *codecs_error_handlers(void)
{
    static const char *const names[] = { "strict", "ignore", "replace", "xmlcharrefreplace", "backslashreplace",
                                         "namereplace", "surrogatepass", "surrogateescape" };
    PyObject *dict = PyDict_New();
    PyMethodDef *def = METHODS(codecserr);
    for (int i = 0; dict && def[i].ml_name; i++) {
        K_AUTO(PyObject *) function = PyCMethod_New(&def[i], NULL, NULL, NULL);
        if (!function || PyDict_SetItemString(dict, names[i], function) < 0)
            Py_CLEAR(dict);
    }
    return dict;
}
