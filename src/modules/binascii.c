/* binascii.c - the module binascii: hexadecimal, base64, quoted-printable, uuencode; checksums.
 *
 * In: bytes-like objects, to decode also ASCII strings.  Out: bytes; binascii.Error where text cannot be decoded.
 * Start at text_get() for what decoders read. */
#include "objects/module.h"

#include <zlib.h>

#include "memory/mem.h"
#include "objects/buffer.h"
#include "objects/bytes/bytes.h"
#include "objects/int/int.h"
#include "objects/str/str.h"
#include "runtime/errors.h"

METHODS_DECLARE(binascii);

static PyObject *binascii_error; /* binascii.Error: written once, when the module is first made */

static PyObject *fail(const char *message)
{
    PyErr_SetString(binascii_error, message);
    return NULL;
}

/* What a decoder reads: an ASCII string or a buffer. */
typedef struct Input {
    const unsigned char *at;
    Py_ssize_t n;
    Py_buffer view; /* obj is NULL for a string */
} Input;

static int text_get(PyObject *v, Input *in)
{
    in->view.obj = NULL;
    if (PyUnicode_Check(v)) {
        if (!PyUnicode_IS_ASCII(v)) {
            PyErr_SetString(PyExc_ValueError, "string argument should contain only ASCII characters");
            return -1;
        }
        in->at = PyUnicode_1BYTE_DATA(v);
        in->n = PyUnicode_GET_LENGTH(v);
        return 0;
    }
    if (PyObject_GetBuffer(v, &in->view, PyBUF_SIMPLE) < 0) {
        PyErr_Clear();
        k_raise(PyExc_TypeError, "argument should be bytes, buffer or ASCII string, not '%.100s'", Py_TYPE(v)->tp_name);
        return -1;
    }
    in->at = in->view.buf;
    in->n = in->view.len;
    return 0;
}

static int bytes_get(PyObject *v, Input *in)
{
    if (PyObject_GetBuffer(v, &in->view, PyBUF_SIMPLE) < 0)
        return -1;
    in->at = in->view.buf;
    in->n = in->view.len;
    return 0;
}

static void input_release(Input *in)
{
    if (in->view.obj)
        PyBuffer_Release(&in->view);
}

/* The bytes made so far, cut to what was written; NULL stays NULL. */
static PyObject *cut(K_STOLEN PyObject *bytes, Py_ssize_t n)
{
    if (bytes && PyBytes_GET_SIZE(bytes) != n && _PyBytes_Resize(&bytes, n) < 0)
        return NULL;
    return bytes;
}

static int hex_value(int c)
{
    return _PyLong_DigitValue[c] < 16 ? _PyLong_DigitValue[c] : -1;
}

/* ---- hexadecimal ---- */

static PyObject *hexlify(PyObject *data, PyObject *sep_object, PyObject *width_object)
{
    Input in;
    int width = 1;
    if (bytes_get(data, &in) < 0)
        return NULL;
    int status = width_object ? k_arg_int(width_object, &width) : 0;
    PyObject *text = status < 0 ? NULL : _Py_strhex_bytes_with_sep((const char *)in.at, in.n, sep_object, width);
    input_release(&in);
    return text;
}

#define HEXLIFY(name)                                                                                                  \
    FUNCTION_KW(binascii, name, "($module, /, data, sep=<unrepresentable>, bytes_per_sep=1)",                          \
                "Hexadecimal text of bytes.\n\n"                                                                       \
                "  sep\n    a character or byte between groups\n"                                                      \
                "  bytes_per_sep\n    bytes of a group, counted from the right; from the left when negative",          \
                *data, *sep, *bytes_per_sep)                                                                           \
    {                                                                                                                  \
        return hexlify(arg->data, arg->sep, arg->bytes_per_sep);                                                       \
    }
HEXLIFY(b2a_hex)
HEXLIFY(hexlify)

static PyObject *unhexlify(PyObject *arg)
{
    Input in;
    if (text_get(arg, &in) < 0)
        return NULL;
    PyObject *bytes = in.n % 2 ? fail("Odd-length string") : PyBytes_FromStringAndSize(NULL, in.n / 2);
    for (Py_ssize_t i = 0; bytes && i + 1 < in.n; i += 2) {
        int high = hex_value(in.at[i]), low = hex_value(in.at[i + 1]);
        if (high < 0 || low < 0) {
            Py_CLEAR(bytes);
            fail("Non-hexadecimal digit found");
            break;
        }
        PyBytes_AS_STRING(bytes)[i / 2] = (char)(high << 4 | low);
    }
    input_release(&in);
    return bytes;
}

FUNCTION(binascii, a2b_hex, O, "($module, hexstr, /)", "The bytes of hexadecimal text.")
{
    return unhexlify(arg);
}

FUNCTION(binascii, unhexlify, O, "($module, hexstr, /)", "The bytes of hexadecimal text.")
{
    return unhexlify(arg);
}

/* ---- base64 ---- */

static int base64_value(int c)
{
    return c >= 'A' && c <= 'Z' ? c - 'A' : c >= 'a' && c <= 'z' ? c - 'a' + 26 : c >= '0' && c <= '9' ? c - '0' + 52
        : c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Decodes into out; the bytes written, or -1 with an exception. */
static Py_ssize_t base64_decode(const Input *in, char *out, int strict)
{
    Py_ssize_t n = 0;
    int place = 0, pads = 0, padded = 0, rest = 0; /* place: characters of the current four */
    if (strict && in->n && in->at[0] == '=')
        return fail("Leading padding not allowed"), -1;
    for (Py_ssize_t i = 0; i < in->n; i++) {
        if (in->at[i] == '=') {
            padded = 1;
            if (place >= 2 && place + ++pads >= 4) {
                if (strict && i + 1 < in->n)
                    return fail("Excess data after padding"), -1;
                return n;
            }
            continue;
        }
        int value = base64_value(in->at[i]);
        if (value < 0) {
            if (strict)
                return fail("Only base64 data is allowed"), -1;
            continue;
        }
        if (strict && padded)
            return fail("Discontinuous padding not allowed"), -1;
        pads = 0;
        if (place)
            out[n++] = (char)(rest << (2 * place) | value >> (6 - 2 * place));
        rest = value & ((1 << (6 - 2 * place)) - 1);
        place = (place + 1) % 4;
    }
    if (place == 1)
        return PyErr_Format(binascii_error, "Invalid base64-encoded string: number of data characters (%zd) cannot be 1 "
                            "more than a multiple of 4", n / 3 * 4 + 1), -1;
    if (place)
        return fail("Incorrect padding"), -1;
    return n;
}

FUNCTION_KW(binascii, a2b_base64, "($module, data, /, *, strict_mode=False)",
            "The bytes of a base64 line.\n\n  strict_mode\n    whether to refuse all that the standard does not allow",
            *data, *strict_mode)
{
    Input in;
    int strict = 0;
    if (text_get(arg->data, &in) < 0)
        return NULL;
    PyObject *bytes = NULL;
    if (!arg->strict_mode || k_arg_int(arg->strict_mode, &strict) == 0)
        bytes = PyBytes_FromStringAndSize(NULL, in.n / 4 * 3 + 3);
    Py_ssize_t n = bytes ? base64_decode(&in, PyBytes_AS_STRING(bytes), strict) : -1;
    if (n < 0)
        Py_CLEAR(bytes);
    input_release(&in);
    return cut(bytes, n);
}

FUNCTION_KW(binascii, b2a_base64, "($module, data, /, *, newline=True)", "A base64 line of bytes.", *data, *newline)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    Input in;
    int newline = 1;
    if ((arg->newline && k_arg_int(arg->newline, &newline) < 0) || bytes_get(arg->data, &in) < 0)
        return NULL;
    PyObject *bytes = in.n > PY_SSIZE_T_MAX / 2 ? fail("Too much data for base64 line")
                                                : PyBytes_FromStringAndSize(NULL, (in.n + 2) / 3 * 4 + (newline != 0));
    char *out = bytes ? PyBytes_AS_STRING(bytes) : NULL;
    for (Py_ssize_t i = 0; bytes && i < in.n; i += 3) {
        Py_ssize_t have = Py_MIN(3, in.n - i);
        unsigned int three = (unsigned int)in.at[i] << 16;
        if (have > 1)
            three |= (unsigned int)in.at[i + 1] << 8;
        if (have > 2)
            three |= in.at[i + 2];
        *out++ = letters[three >> 18];
        *out++ = letters[three >> 12 & 63];
        *out++ = have > 1 ? letters[three >> 6 & 63] : '=';
        *out++ = have > 2 ? letters[three & 63] : '=';
    }
    if (bytes && newline)
        *out = '\n';
    input_release(&in);
    return bytes;
}

/* ---- uuencode ---- */

static PyObject *uu_decode(const Input *in)
{
    Py_ssize_t length = ((in->n ? in->at[0] : 0) - ' ') & 63, n = 0, i = 1;
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, length);
    unsigned int pool = 0;
    int bits = 0;
    for (; bytes && n < length; i++) {
        int c = i < in->n ? in->at[i] : '\n';
        if (c == '\n' || c == '\r') /* missing blanks at the end */
            c = ' ';
        if (c < ' ' || c > ' ' + 64) {
            Py_CLEAR(bytes);
            return fail("Illegal char");
        }
        pool = pool << 6 | ((unsigned int)(c - ' ') & 63);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            PyBytes_AS_STRING(bytes)[n++] = (char)(pool >> bits);
        }
    }
    for (; bytes && i < in->n; i++)
        if (in->at[i] != ' ' && in->at[i] != ' ' + 64 && in->at[i] != '\n' && in->at[i] != '\r') {
            Py_CLEAR(bytes);
            return fail("Trailing garbage");
        }
    return bytes;
}

FUNCTION(binascii, a2b_uu, O, "($module, data, /)", "The bytes of a line of uuencoded text.")
{
    Input in;
    if (text_get(arg, &in) < 0)
        return NULL;
    PyObject *bytes = uu_decode(&in);
    input_release(&in);
    return bytes;
}

static char uu_letter(unsigned int value, int backtick)
{
    return value ? (char)(' ' + value) : backtick ? '`' : ' ';
}

FUNCTION_KW(binascii, b2a_uu, "($module, data, /, *, backtick=False)", "A line of uuencoded text.", *data, *backtick)
{
    Input in;
    int backtick = 0;
    if ((arg->backtick && k_arg_int(arg->backtick, &backtick) < 0) || bytes_get(arg->data, &in) < 0)
        return NULL;
    PyObject *bytes = in.n > 45 ? fail("At most 45 bytes at once")
                                : PyBytes_FromStringAndSize(NULL, 2 + (in.n + 2) / 3 * 4);
    char *out = bytes ? PyBytes_AS_STRING(bytes) : NULL;
    if (bytes)
        *out++ = uu_letter((unsigned int)in.n, backtick);
    for (Py_ssize_t i = 0; bytes && i < in.n; i += 3) {
        unsigned int three = 0;
        for (Py_ssize_t k = i; k < i + 3; k++)
            three = three << 8 | (k < in.n ? in.at[k] : 0);
        for (int shift = 18; shift >= 0; shift -= 6)
            *out++ = uu_letter(three >> shift & 63, backtick);
    }
    if (bytes)
        *out++ = '\n';
    input_release(&in);
    return cut(bytes, bytes ? out - PyBytes_AS_STRING(bytes) : 0);
}

/* ---- quoted-printable ---- */

static Py_ssize_t qp_decode(const Input *in, char *out, int header)
{
    const unsigned char *p = in->at;
    Py_ssize_t n = 0, i = 0;
    while (i < in->n) {
        if (p[i] != '=') {
            out[n++] = header && p[i] == '_' ? ' ' : (char)p[i];
            i++;
            continue;
        }
        if (++i >= in->n)
            break;
        if (p[i] == '\n' || p[i] == '\r') { /* a soft line break */
            while (i < in->n && p[i] != '\n')
                i++;
            i++;
        } else if (p[i] == '=') {
            out[n++] = '=';
            i++;
        } else if (i + 1 < in->n && hex_value(p[i]) >= 0 && hex_value(p[i + 1]) >= 0) {
            out[n++] = (char)(hex_value(p[i]) << 4 | hex_value(p[i + 1]));
            i += 2;
        } else
            out[n++] = '=';
    }
    return n;
}

FUNCTION_KW(binascii, a2b_qp, "($module, /, data, header=False)", "The bytes of quoted-printable text.", *data, *header)
{
    Input in;
    int header = 0;
    if (text_get(arg->data, &in) < 0)
        return NULL;
    PyObject *bytes = NULL;
    if (!arg->header || k_arg_int(arg->header, &header) == 0)
        bytes = PyBytes_FromStringAndSize(NULL, in.n);
    Py_ssize_t n = bytes ? qp_decode(&in, PyBytes_AS_STRING(bytes), header) : 0;
    input_release(&in);
    return cut(bytes, n);
}

enum { QP_LINE = 76 };

typedef struct QpOptions {
    int quotetabs, istext, header, crlf;
} QpOptions;

static int qp_must_quote(const Input *in, Py_ssize_t i, Py_ssize_t column, const QpOptions *o)
{
    int c = in->at[i], last = i + 1 == in->n;
    if (c > 126 || c == '=' || (o->header && c == '_'))
        return 1;
    if (c == '.' && column == 0) {
        int next = last ? 0 : in->at[i + 1];
        return next == '\n' || next == '\r' || next == 0; /* a dot alone ends a mail */
    }
    if (c == '\r' || c == '\n')
        return !o->istext;
    if (c == '\t' || c == ' ')
        return last || o->quotetabs;
    return c < 33;
}

static char *qp_quote(char *out, int c)
{
    *out++ = '=';
    *out++ = "0123456789ABCDEF"[c >> 4];
    *out++ = "0123456789ABCDEF"[c & 15];
    return out;
}

static char *qp_newline(char *out, const QpOptions *o)
{
    if (o->crlf)
        *out++ = '\r';
    *out++ = '\n';
    return out;
}

/* Room for out: six times the input, and a bit. */
static char *qp_encode(const Input *in, char *start, const QpOptions *o)
{
    const unsigned char *p = in->at;
    char *out = start;
    Py_ssize_t column = 0;
    for (Py_ssize_t i = 0; i < in->n; i++) {
        if (qp_must_quote(in, i, column, o)) {
            if (column + 3 >= QP_LINE) {
                *out++ = '=';
                out = qp_newline(out, o);
                column = 0;
            }
            out = qp_quote(out, p[i]);
            column += 3;
            continue;
        }
        int pair = p[i] == '\r' && i + 1 < in->n && p[i + 1] == '\n';
        if (o->istext && (p[i] == '\n' || pair)) {
            column = 0;
            if (out > start && (out[-1] == ' ' || out[-1] == '\t'))
                out = qp_quote(out - 1, out[-1]);
            out = qp_newline(out, o);
            i += pair;
            continue;
        }
        if (i + 1 != in->n && p[i + 1] != '\n' && column + 1 >= QP_LINE) {
            *out++ = '=';
            out = qp_newline(out, o);
            column = 0;
        }
        column++;
        *out++ = o->header && p[i] == ' ' ? '_' : (char)p[i];
    }
    return out;
}

FUNCTION_KW(binascii, b2a_qp, "($module, /, data, quotetabs=False, istext=True, header=False)",
            "Quoted-printable text of bytes.\n\n"
            "  quotetabs\n    whether to quote blanks and tabs, too\n"
            "  istext\n    whether line ends stay line ends\n"
            "  header\n    whether a blank becomes _, as in mail headers",
            *data, *quotetabs, *istext, *header)
{
    Input in;
    QpOptions o = { 0, 1, 0, 0 };
    if (bytes_get(arg->data, &in) < 0)
        return NULL;
    PyObject *bytes = NULL;
    Py_ssize_t n = 0;
    if ((!arg->quotetabs || k_arg_int(arg->quotetabs, &o.quotetabs) == 0)
        && (!arg->istext || k_arg_int(arg->istext, &o.istext) == 0)
        && (!arg->header || k_arg_int(arg->header, &o.header) == 0)) {
        const unsigned char *first = in.n ? memchr(in.at, '\n', (size_t)in.n) : NULL;
        o.crlf = first && first > in.at && first[-1] == '\r';
        bytes = in.n > PY_SSIZE_T_MAX / 8 ? PyErr_NoMemory() : PyBytes_FromStringAndSize(NULL, 6 * in.n + 8);
        if (bytes)
            n = qp_encode(&in, PyBytes_AS_STRING(bytes), &o) - PyBytes_AS_STRING(bytes);
    }
    input_release(&in);
    return cut(bytes, n);
}

/* ---- checksums ---- */

FUNCTION(binascii, crc_hqx, FAST, "($module, data, crc, /)", "The CRC-CCITT of bytes, going on from crc.")
{
    Input in;
    if (k_check_nargs("crc_hqx", nargs, 2, 2) < 0 || bytes_get(args[0], &in) < 0)
        return NULL;
    unsigned int crc = (unsigned int)PyLong_AsUnsignedLongMask(args[1]) & 0xffff;
    int failed = crc == 0xffff && PyErr_Occurred();
    for (Py_ssize_t i = 0; !failed && i < in.n; i++) {
        crc ^= (unsigned int)in.at[i] << 8;
        for (int bit = 0; bit < 8; bit++)
            crc = (crc << 1 ^ (crc & 0x8000 ? 0x1021 : 0)) & 0xffff;
    }
    input_release(&in);
    return failed ? NULL : PyLong_FromUnsignedLong(crc);
}

FUNCTION(binascii, crc32, FAST, "($module, data, crc=0, /)", "The CRC-32 of bytes, going on from crc.")
{
    Input in;
    if (k_check_nargs("crc32", nargs, 1, 2) < 0 || bytes_get(args[0], &in) < 0)
        return NULL;
    unsigned long crc = nargs > 1 ? PyLong_AsUnsignedLongMask(args[1]) : 0;
    int failed = crc == (unsigned long)-1 && PyErr_Occurred();
    if (!failed)
        crc = crc32_z(crc & 0xffffffff, in.at, (z_size_t)in.n) & 0xffffffff;
    input_release(&in);
    return failed ? NULL : PyLong_FromUnsignedLong(crc);
}
METHODS_END(binascii);

static int binascii_exec(PyObject *module)
{
    if (!binascii_error && !(binascii_error = PyErr_NewException("binascii.Error", PyExc_ValueError, NULL)))
        return -1;
    if (PyModule_AddObjectRef(module, "Error", binascii_error) < 0)
        return -1;
    K_AUTO(PyObject *) incomplete = PyErr_NewException("binascii.Incomplete", NULL, NULL);
    return incomplete ? PyModule_AddObjectRef(module, "Incomplete", incomplete) : -1;
}

MODULE(binascii, "Conversion between bytes and ASCII text of several kinds.", binascii_exec, 0);
