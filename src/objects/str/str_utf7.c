/* str_utf7.c - UTF-7: ASCII with runs of modified base64 between "+" and "-".
 *
 * Start at PyUnicode_DecodeUTF7Stateful() and _PyUnicode_EncodeUTF7(). */
#include "objects/str/str_codec.h"
#include "runtime/errors.h"

static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static int base64_value(unsigned char c)
{
    return c >= 'A' && c <= 'Z' ? c - 'A' : c >= 'a' && c <= 'z' ? c - 'a' + 26 : c >= '0' && c <= '9' ? c - '0' + 52
           : c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* The state of a run: bits not yet used, a high surrogate waiting for its other half. */
typedef struct Shift {
    int inside;
    unsigned bits, buffer;
    Py_UCS4 high;
    Py_ssize_t start;        /* of the run in the input */
    Py_ssize_t start_output; /* of its text, or -1 */
} Shift;

/* A whole 16-bit unit of a run. 0, or -1. */
static int shift_unit(StrDecoder *d, Shift *shift, Py_UCS4 unit)
{
    if (shift->high) {
        Py_UCS4 high = shift->high;
        shift->high = 0;
        if (Py_UNICODE_IS_LOW_SURROGATE(unit))
            return _PyUnicodeWriter_WriteChar(&d->w, Py_UNICODE_JOIN_SURROGATES(high, unit));
        if (_PyUnicodeWriter_WriteChar(&d->w, high) < 0)
            return -1;
    }
    if (Py_UNICODE_IS_HIGH_SURROGATE(unit)) {
        shift->high = unit;
        return 0;
    }
    return _PyUnicodeWriter_WriteChar(&d->w, unit);
}

/* A character that ends the run, at `at`; the next place, or -1. */
static Py_ssize_t shift_end(StrDecoder *d, Shift *shift, Py_ssize_t at)
{
    unsigned char c = (unsigned char)d->start[at];
    const char *wrong = NULL;
    shift->inside = 0;
    if (shift->bits >= 6)
        wrong = "partial character in shift sequence";
    else if (shift->bits && shift->buffer)
        wrong = "non-zero padding bits in shift sequence";
    if (wrong) {
        shift->high = 0;
        return str_decoder_error(d, wrong, shift->start, at + 1);
    }
    if (shift->high && c <= 127 && c != '+' && _PyUnicodeWriter_WriteChar(&d->w, shift->high) < 0)
        return -1;
    shift->high = 0;
    return c == '-' ? at + 1 : at;
}

static Py_ssize_t decode_direct(StrDecoder *d, Shift *shift, Py_ssize_t at)
{
    unsigned char c = (unsigned char)d->start[at];
    if (c > 127)
        return str_decoder_error(d, "unexpected special character", at, at + 1);
    if (c != '+')
        return _PyUnicodeWriter_WriteChar(&d->w, c) < 0 ? -1 : at + 1;
    if (at + 1 < d->size && d->start[at + 1] == '-')
        return _PyUnicodeWriter_WriteChar(&d->w, '+') < 0 ? -1 : at + 2;
    if (at + 1 < d->size && base64_value((unsigned char)d->start[at + 1]) < 0)
        return str_decoder_error(d, "ill-formed sequence", at, at + 2);
    *shift = (Shift){ 1, 0, 0, 0, at, d->w.pos };
    return at + 1;
}

PyObject *PyUnicode_DecodeUTF7Stateful(const char *s, Py_ssize_t size, const char *errors, Py_ssize_t *consumed)
{
    StrDecoder d;
    Shift shift = { 0 };
    str_decoder_init(&d, "utf7", errors, s, size);
    Py_ssize_t at = 0;
    while (at < d.size) {
        int value = shift.inside ? base64_value((unsigned char)d.start[at]) : -1;
        if (value >= 0) {
            shift.buffer = shift.buffer << 6 | (unsigned)value;
            shift.bits += 6;
            at++;
            if (shift.bits >= 16) {
                Py_UCS4 unit = shift.buffer >> (shift.bits - 16) & 0xffff;
                shift.bits -= 16;
                shift.buffer &= (1u << shift.bits) - 1;
                if (shift_unit(&d, &shift, unit) < 0)
                    at = -1;
            }
        } else {
            at = shift.inside ? shift_end(&d, &shift, at) : decode_direct(&d, &shift, at);
        }
        if (at < 0)
            return str_decoder_fail(&d);
        if (at == d.size && shift.inside && !consumed) { /* a run may end with the input only when nothing is left of it */
            int open = shift.high || shift.bits >= 6 || (shift.bits && shift.buffer);
            shift.inside = 0;
            if (open && (at = str_decoder_error(&d, "unterminated shift sequence", shift.start, d.size)) < 0)
                return str_decoder_fail(&d);
        }
    }
    if (consumed) {
        if (shift.inside) {
            *consumed = shift.start;
            if (shift.start_output != d.w.pos)
                d.w.pos = shift.start_output;
        } else {
            *consumed = at;
        }
    }
    return str_decoder_finish(&d);
}

PyObject *PyUnicode_DecodeUTF7(const char *s, Py_ssize_t size, const char *errors)
{
    return PyUnicode_DecodeUTF7Stateful(s, size, errors, NULL);
}

/* ---- encoder ---- */

/* Characters that may stand for themselves. set_o: those of set O, too; white: whitespace, too. */
static int is_direct(Py_UCS4 c, int set_o, int white)
{
    if (c == 0 || c >= 127)
        return 0;
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r')
        return white;
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || strchr("'(),-./:?", (int)c))
        return 1;
    return set_o && strchr("!\"#$%&*;<=>@[]^_`{|}", (int)c) != NULL;
}

static int put_units(StrEncoder *e, Shift *shift, Py_UCS4 c)
{
    Py_UCS4 units[2] = { c, 0 };
    int n = 1;
    if (c > 0xffff) {
        c -= 0x10000;
        units[0] = 0xd800 | c >> 10;
        units[1] = 0xdc00 | (c & 0x3ff);
        n = 2;
    }
    for (int i = 0; i < n; i++) {
        shift->buffer = shift->buffer << 16 | units[i];
        for (shift->bits += 16; shift->bits >= 6; shift->bits -= 6) {
            if (str_encoder_write(e, &base64_digits[shift->buffer >> (shift->bits - 6) & 63], 1) < 0)
                return -1;
        }
        shift->buffer &= (1u << shift->bits) - 1;
    }
    return 0;
}

/* The run's last digit; the "-" when it is needed before c. */
static int close_run(StrEncoder *e, Shift *shift, int needs_mark)
{
    if (shift->bits && str_encoder_write(e, &base64_digits[shift->buffer << (6 - shift->bits) & 63], 1) < 0)
        return -1;
    *shift = (Shift){ 0 };
    return needs_mark ? str_encoder_write(e, "-", 1) : 0;
}

static int put_char(StrEncoder *e, Shift *shift, Py_UCS4 c, int base64_set_o, int base64_white)
{
    if (shift->inside) {
        if (!is_direct(c, !base64_set_o, !base64_white))
            return put_units(e, shift, c);
        char byte = (char)c;
        if (close_run(e, shift, base64_value((unsigned char)c) >= 0 || c == '-') < 0)
            return -1;
        return str_encoder_write(e, &byte, 1);
    }
    if (c == '+')
        return str_encoder_write(e, "+-", 2);
    if (is_direct(c, !base64_set_o, !base64_white)) {
        char byte = (char)c;
        return str_encoder_write(e, &byte, 1);
    }
    shift->inside = 1;
    return str_encoder_write(e, "+", 1) < 0 ? -1 : put_units(e, shift, c);
}

PyObject *_PyUnicode_EncodeUTF7(PyObject *s, int base64_set_o, int base64_white, const char *errors)
{
    StrEncoder e;
    Shift shift = { 0 };
    if (PyUnicode_READY(s) < 0)
        return NULL;
    if (str_encoder_init(&e, s, "utf7", errors, STR_LEN(s)) < 0)
        return NULL;
    for (Py_ssize_t i = 0; i < STR_LEN(s); i++) {
        if (put_char(&e, &shift, STR_AT(s, i), base64_set_o, base64_white) < 0)
            return str_encoder_fail(&e);
    }
    if (shift.inside && close_run(&e, &shift, 1) < 0)
        return str_encoder_fail(&e);
    return str_encoder_finish(&e);
}
