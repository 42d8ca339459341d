/* int_text.c - ints to text and back, in any base.
 *
 * In: ints, or text with sign, prefix and underscores.  Out: ASCII, or ints. Long conversions go through GMP; where the
 * base is no power of two the number of digits is limited (k_int_max_str_digits), because the time is not linear.
 * Start at int_text() and parse(). */
#include "objects/int/int_new.h"

#include <errno.h>

#include "memory/mem.h"
#include "objects/bytes/bytes.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "runtime/errors.h"

#define DECIMAL_CHUNK 1000000000u /* 10**9 < 2**30 */
enum { CHUNK_DIGITS = 9 };

/* The value of a character as a digit, 37 for none. */
unsigned char _PyLong_DigitValue[256] = {
    [0 ... '0' - 1] = 37,
    ['0'] = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
    ['9' + 1 ... 'A' - 1] = 37,
    ['A'] = 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35,
    ['Z' + 1 ... 'a' - 1] = 37,
    ['a'] = 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35,
    ['z' + 1 ... 255] = 37,
};

static int refuse_text(Py_ssize_t digits)
{
    if (digits < 0)
        k_raise(PyExc_ValueError, "Exceeds the limit (%d digits) for integer string conversion; "
                "use sys.set_int_max_str_digits() to increase the limit", k_int_max_str_digits);
    else
        k_raise(PyExc_ValueError, "Exceeds the limit (%d digits) for integer string conversion: value has %zd digits; "
                "use sys.set_int_max_str_digits() to increase the limit", k_int_max_str_digits, digits);
    return -1;
}

static int too_many_digits(Py_ssize_t digits)
{
    return digits > KAA_INT_STR_DIGITS_THRESHOLD && k_int_max_str_digits > 0 && digits > k_int_max_str_digits;
}

/* ---- to text ---- */

/* Writes value's digits so that they end before end; returns the first. */
static char *write_backwards(char *end, twodigits value, unsigned int base)
{
    do {
        *--end = "0123456789abcdefghijklmnopqrstuvwxyz"[value % base];
        value /= base;
    } while (value);
    return end;
}

/* Decimal by repeated multiplication into chunks of nine digits: quadratic. */
static char *decimal_quadratic(const digit *a, Py_ssize_t n, Py_ssize_t *length)
{
    Py_ssize_t room = n + n / 200 + 2, used = 0; /* log(2**30)/log(10**9) is 1.0034 */
    digit *chunks = PyMem_Malloc((size_t)room * sizeof *chunks);
    char *text = chunks ? PyMem_Malloc((size_t)room * CHUNK_DIGITS + 1) : NULL;
    if (!text) {
        PyMem_Free(chunks);
        return NULL;
    }
    for (Py_ssize_t i = n - 1; i >= 0; i--) {
        twodigits carry = a[i];
        for (Py_ssize_t j = 0; j < used; j++) {
            carry += (twodigits)chunks[j] << PyLong_SHIFT;
            chunks[j] = (digit)(carry % DECIMAL_CHUNK);
            carry /= DECIMAL_CHUNK;
        }
        for (; carry; carry /= DECIMAL_CHUNK)
            chunks[used++] = (digit)(carry % DECIMAL_CHUNK);
    }
    char *end = text + room * CHUNK_DIGITS, *p = end;
    for (Py_ssize_t j = 0; j < used; j++) {
        char *low = p - CHUNK_DIGITS;
        p = write_backwards(p, chunks[j], 10);
        while (j + 1 < used && p > low)
            *--p = '0';
    }
    *length = end - p;
    memmove(text, p, (size_t)*length);
    PyMem_Free(chunks);
    return text;
}

static Py_ssize_t long_decimal(PyObject *v, char **start, char **block)
{
    Py_ssize_t n = int_length(v), length = 0;
    if (too_many_digits((Py_ssize_t)((double)(n - 1) * 9.0308))) /* digits at least: 30 * log10(2) each */
        return refuse_text(-1);
    char *text = n >= DIGITS_GMP_TEXT ? gmp_to_decimal(int_digits(v), n, &length) : NULL;
    if (!text)
        text = decimal_quadratic(int_digits(v), n, &length);
    if (!text) {
        PyErr_NoMemory();
        return -1;
    }
    *block = text;
    if (too_many_digits(length))
        return refuse_text(-1);
    if (k_int_negative(v)) {
        char *with_sign = PyMem_Realloc(text, (size_t)length + 2);
        if (!with_sign) {
            PyErr_NoMemory();
            return -1;
        }
        *block = text = with_sign;
        memmove(text + 1, text, (size_t)length++);
        text[0] = '-';
    }
    *start = text;
    return length;
}

/* Base 2, 8 or 16 of any length. */
static Py_ssize_t long_binary(PyObject *v, int base, int alternate, char **start, char **block)
{
    int shift = base == 16 ? 4 : base == 8 ? 3 : 1;
    Py_ssize_t bits = (Py_ssize_t)_PyLong_NumBits(v), room = bits / shift + 5;
    if (bits < 0) {
        PyErr_SetString(PyExc_OverflowError, "int too large to format");
        return -1;
    }
    char *text = PyMem_Malloc((size_t)room);
    if (!text) {
        PyErr_NoMemory();
        return -1;
    }
    *block = text;
    char *p = text + room;
    twodigits pool = 0;
    int have = 0;
    for (Py_ssize_t i = 0; bits > 0; bits -= shift) {
        if (have < shift && i < int_length(v)) {
            pool |= (twodigits)int_digits(v)[i++] << have;
            have += PyLong_SHIFT;
        }
        *--p = "0123456789abcdef"[pool & (twodigits)(base - 1)];
        pool >>= shift;
        have -= shift;
    }
    if (alternate) {
        *--p = base == 16 ? 'x' : base == 8 ? 'o' : 'b';
        *--p = '0';
    }
    if (k_int_negative(v))
        *--p = '-';
    *start = p;
    return text + room - p;
}

Py_ssize_t int_text(PyObject *v, int base, int alternate, char small[INT_SMALL_TEXT], char **start, char **block)
{
    *block = NULL;
    if (int_length(v) > 2)
        return base == 10 ? long_decimal(v, start, block) : long_binary(v, base, alternate, start, block);
    twodigits value = 0;
    for (Py_ssize_t i = int_length(v) - 1; i >= 0; i--)
        value = value << PyLong_SHIFT | int_digits(v)[i];
    char *end = small + INT_SMALL_TEXT, *p;
    if (base == 10)
        p = write_backwards(end, value, 10);
    else if (base == 16)
        p = write_backwards(end, value, 16);
    else
        p = write_backwards(end, value, (unsigned int)base);
    if (alternate && base != 10) {
        *--p = base == 16 ? 'x' : base == 8 ? 'o' : 'b';
        *--p = '0';
    }
    if (k_int_negative(v))
        *--p = '-';
    *start = p;
    return end - p;
}

static int check_int(PyObject *v)
{
    if (PyLong_Check(v))
        return 0;
    PyErr_BadInternalCall();
    return -1;
}

PyObject *_PyLong_Format(PyObject *v, int base)
{
    char small[INT_SMALL_TEXT], *start, *block;
    if (check_int(v) < 0)
        return NULL;
    Py_ssize_t n = int_text(v, base, 1, small, &start, &block);
    PyObject *text = n < 0 ? NULL : _PyUnicode_FromASCII(start, n);
    PyMem_Free(block);
    return text;
}

int _PyLong_FormatWriter(_PyUnicodeWriter *writer, PyObject *v, int base, int alternate)
{
    char small[INT_SMALL_TEXT], *start, *block;
    if (check_int(v) < 0)
        return -1;
    Py_ssize_t n = int_text(v, base, alternate, small, &start, &block);
    int status = n < 0 ? -1 : _PyUnicodeWriter_WriteASCIIString(writer, start, n);
    PyMem_Free(block);
    return status;
}

char *_PyLong_FormatBytesWriter(_PyBytesWriter *writer, char *str, PyObject *v, int base, int alternate)
{
    char small[INT_SMALL_TEXT], *start, *block;
    if (check_int(v) < 0)
        return NULL;
    Py_ssize_t n = int_text(v, base, alternate, small, &start, &block);
    char *end = n < 0 ? NULL : _PyBytesWriter_WriteBytes(writer, str, start, n);
    PyMem_Free(block);
    return end;
}

/* ---- from text ---- */

static int is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Digits and single underscores between them from s on; sets *count to the digits. NULL, with *bad at the offending
 * place, or the end. */
static const char *scan_digits(const char *s, int base, Py_ssize_t *count, const char **bad)
{
    char before = 0;
    *count = 0;
    for (;; s++) {
        if (*s == '_') {
            if (before == '_' || !*count) {
                *bad = s;
                return NULL;
            }
        } else if (_PyLong_DigitValue[(unsigned char)*s] < base)
            ++*count;
        else
            break;
        before = *s;
    }
    if (before == '_' || !*count) {
        *bad = s;
        return NULL;
    }
    return s;
}

static PyObject *from_binary_digits(const char *s, const char *end, int base, Py_ssize_t count, int negative)
{
    int shift = __builtin_ctz((unsigned int)base);
    if (count > (PY_SSIZE_T_MAX - PyLong_SHIFT) / shift)
        return k_raise(PyExc_ValueError, "int string too large to convert");
    Py_ssize_t n = (count * shift + PyLong_SHIFT - 1) / PyLong_SHIFT, k = 0;
    PyLongObject *v = _PyLong_New(n);
    if (!v)
        return NULL;
    twodigits pool = 0;
    int bits = 0;
    while (end-- > s) {
        if (*end == '_')
            continue;
        pool |= (twodigits)_PyLong_DigitValue[(unsigned char)*end] << bits;
        bits += shift;
        if (bits >= PyLong_SHIFT) {
            v->ob_digit[k++] = (digit)(pool & PyLong_MASK);
            pool >>= PyLong_SHIFT;
            bits -= PyLong_SHIFT;
        }
    }
    for (; k < n; k++, pool >>= PyLong_SHIFT)
        v->ob_digit[k] = (digit)(pool & PyLong_MASK);
    return int_finish(v, negative);
}

/* Any base, quadratic: groups of characters that fit a digit are multiplied in. */
static Py_ssize_t from_digits_quadratic(digit *r, const unsigned char *values, Py_ssize_t count, int base)
{
    Py_ssize_t used = 0;
    for (Py_ssize_t i = 0; i < count;) {
        twodigits scale = 1, group = 0;
        while (i < count && scale * (twodigits)base < PyLong_BASE) {
            group = group * (twodigits)base + values[i++];
            scale *= (twodigits)base;
        }
        for (Py_ssize_t j = 0; j < used; j++) {
            group += r[j] * scale;
            r[j] = (digit)(group & PyLong_MASK);
            group >>= PyLong_SHIFT;
        }
        if (group)
            r[used++] = (digit)group;
    }
    return used;
}

static PyObject *from_other_digits(const char *s, const char *end, int base, Py_ssize_t count, int negative)
{
    if (too_many_digits(count)) {
        refuse_text(count);
        return NULL;
    }
    unsigned char *values = PyMem_Malloc((size_t)count);
    if (!values)
        return PyErr_NoMemory();
    Py_ssize_t k = 0;
    for (; s < end; s++)
        if (*s != '_')
            values[k++] = _PyLong_DigitValue[(unsigned char)*s];
    int bits = digits_bit_length((digit)base - 1); /* at most so many each */
    Py_ssize_t n = count > PY_SSIZE_T_MAX / 8 ? PY_SSIZE_T_MAX / 8 : count * bits / PyLong_SHIFT + 2;
    PyLongObject *v = _PyLong_New(n);
    if (v) {
        Py_ssize_t used = -1;
        if (n >= DIGITS_GMP_TEXT)
            used = gmp_from_text(v->ob_digit, n, values, count, base);
        if (used < 0)
            used = from_digits_quadratic(v->ob_digit, values, count, base);
        Py_SET_SIZE(v, used);
    }
    PyMem_Free(values);
    return v ? int_finish(v, negative) : NULL;
}

static PyObject *from_scanned(const char *s, const char *end, int base, Py_ssize_t count, int negative)
{
    if (count <= 11) { /* 36**11 < 2**63 */
        stwodigits value = 0;
        for (; s < end; s++)
            if (*s != '_')
                value = value * base + _PyLong_DigitValue[(unsigned char)*s];
        return int_from_stwodigits(negative ? -value : value);
    }
    if ((base & (base - 1)) == 0)
        return from_binary_digits(s, end, base, count, negative);
    return from_other_digits(s, end, base, count, negative);
}

static int prefix_base(char c)
{
    return c == 'x' || c == 'X' ? 16 : c == 'o' || c == 'O' ? 8 : c == 'b' || c == 'B' ? 2 : 0;
}

/* A literal with blanks around. *base becomes the base in fact. NULL without exception when the text is none, *stop at
 * the offending place; otherwise *stop is the end of what was read. */
static PyObject *parse(const char *s, int *base, const char **stop)
{
    while (is_space(*s))
        s++;
    int negative = *s == '-', old_octal = 0;
    if (*s == '-' || *s == '+')
        s++;
    int prefix = *s == '0' ? prefix_base(s[1]) : 0;
    if (*base == 0) {
        *base = prefix ? prefix : 10;
        old_octal = *s == '0' && !prefix; /* a leading zero is for nought alone */
    }
    if (prefix && prefix == *base) {
        s += 2;
        if (*s == '_')
            s++;
    }
    Py_ssize_t count;
    const char *end = scan_digits(s, *base, &count, stop);
    if (!end)
        return NULL;
    K_AUTO(PyObject *) v = from_scanned(s, end, *base, count, negative);
    if (!v)
        return NULL;
    while (is_space(*end))
        end++;
    *stop = end;
    return old_octal && Py_SIZE(v) ? NULL : K_MOVE(v);
}

static PyObject *invalid_literal(int base, K_STOLEN PyObject *text)
{
    K_AUTO(PyObject *) shown = text;
    return shown ? k_raise(PyExc_ValueError, "invalid literal for int() with base %d: %.200R", base, shown) : NULL;
}

PyObject *PyLong_FromString(const char *str, char **pend, int base)
{
    const char *stop = NULL;
    if (pend)
        *pend = NULL;
    if ((base != 0 && base < 2) || base > 36)
        return k_raise(PyExc_ValueError, "int() arg 2 must be >= 2 and <= 36");
    K_AUTO(PyObject *) v = parse(str, &base, &stop);
    if (!v && PyErr_Occurred())
        return NULL;
    if (pend)
        *pend = (char *)stop;
    if (v && *stop == 0)
        return K_MOVE(v);
    size_t n = strlen(str);
    return invalid_literal(base, PyUnicode_FromStringAndSize(str, n < 200 ? (Py_ssize_t)n : 200));
}

PyObject *_PyLong_FromBytes(const char *s, Py_ssize_t len, int base)
{
    const char *stop = NULL;
    int real_base = base;
    K_AUTO(PyObject *) v = parse(s, &real_base, &stop);
    if (!v && PyErr_Occurred())
        return NULL;
    if (v && stop == s + len)
        return K_MOVE(v);
    return invalid_literal(base, PyBytes_FromStringAndSize(s, Py_MIN(len, 200)));
}

PyObject *PyLong_FromUnicodeObject(PyObject *u, int base)
{
    const char *stop = NULL;
    int real_base = base;
    Py_ssize_t len = 0;
    K_AUTO(PyObject *) ascii = PyUnicode_IS_READY(u) && PyUnicode_IS_COMPACT_ASCII(u)
        ? Py_NewRef(u) : _PyUnicode_TransformDecimalAndSpaceToASCII(u);
    const char *text = ascii ? PyUnicode_AsUTF8AndSize(ascii, &len) : NULL;
    if (!text)
        return NULL;
    K_AUTO(PyObject *) v = parse(text, &real_base, &stop);
    if (!v && PyErr_Occurred())
        return NULL;
    if (v && stop == text + len)
        return K_MOVE(v);
    return k_raise(PyExc_ValueError, "invalid literal for int() with base %d: %.200R", base, u);
}

/* ---- C's own numbers ---- */

unsigned long PyOS_strtoul(const char *str, char **end, int base)
{
    while (is_space(*str))
        str++;
    int prefix = *str == '0' ? prefix_base(str[1]) : 0;
    if (base == 0 && *str == '0' && !prefix) { /* nought, and nothing but noughts */
        while (*str == '0')
            str++;
        while (is_space(*str))
            str++;
        if (end)
            *end = (char *)str;
        return 0;
    }
    if (base == 0)
        base = prefix ? prefix : 10;
    if (prefix == base && _PyLong_DigitValue[(unsigned char)str[2]] < base)
        str += 2;
    unsigned long value = 0;
    int overflow = 0;
    for (; _PyLong_DigitValue[(unsigned char)*str] < base; str++) {
        overflow |= __builtin_mul_overflow(value, (unsigned long)base, &value);
        overflow |= __builtin_add_overflow(value, (unsigned long)_PyLong_DigitValue[(unsigned char)*str], &value);
    }
    if (end)
        *end = (char *)str;
    if (overflow) {
        errno = ERANGE;
        return ULONG_MAX;
    }
    return value;
}

long PyOS_strtol(const char *str, char **end, int base)
{
    while (is_space(*str))
        str++;
    int negative = *str == '-';
    if (*str == '-' || *str == '+')
        str++;
    unsigned long magnitude = PyOS_strtoul(str, end, base);
    if (magnitude > (unsigned long)LONG_MAX + (unsigned long)negative) {
        errno = ERANGE;
        return LONG_MAX;
    }
    return negative ? (long)(0 - magnitude) : (long)magnitude;
}
