/* float_hex.c - hexadecimal text of floats.
 *
 * In and out: text like -0x1.8p+3 and doubles. Any number of digits is read and rounded once, half to even.
 * Start at float_hex_parse(). */
#include "objects/float/float_hex.h"

#include <math.h>

#include "base/float_text.h"
#include "objects/str/str.h"
#include "runtime/errors.h"

PyObject *float_hex_text(double x)
{
    if (!isfinite(x))
        return PyUnicode_FromString(isnan(x) ? "nan" : x < 0 ? "-inf" : "inf");
    char text[40];
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    uint64_t fraction = bits & (((uint64_t)1 << 52) - 1);
    int biased = (int)(bits >> 52 & 0x7ff);
    const char *sign = signbit(x) ? "-" : "";
    if (x == 0)
        snprintf(text, sizeof text, "%s0x0.0p+0", sign);
    else
        snprintf(text, sizeof text, "%s0x%d.%013llxp%+d", sign, biased != 0, (unsigned long long)fraction,
                 biased ? biased - 1023 : -1022);
    return PyUnicode_FromString(text);
}

static int digit_value(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : -1;
}

static int invalid(void)
{
    PyErr_SetString(PyExc_ValueError, "invalid hexadecimal floating-point string");
    return -1;
}

static int too_large(void)
{
    PyErr_SetString(PyExc_OverflowError, "hexadecimal value too large to represent as a float");
    return -1;
}

/* mantissa (up to 61 bits, the lowest one sticky) * 2**exponent, rounded. */
static int scale(uint64_t mantissa, int64_t exponent, double *out)
{
    int bits = 64 - __builtin_clzll(mantissa);
    int64_t top = bits + exponent;
    if (top > 1024)
        return too_large();
    if (top < -1075) {
        *out = 0.0;
        return 0;
    }
    int precision = (int)Py_MIN(53, top + 1074), drop = bits - precision;
    if (drop > 0) {
        uint64_t half = (uint64_t)1 << (drop - 1), rest = mantissa & (2 * half - 1);
        mantissa >>= drop;
        exponent += drop;
        if (rest > half || (rest == half && (mantissa & 1)))
            mantissa++;
    }
    *out = ldexp((double)mantissa, (int)exponent);
    return isinf(*out) ? too_large() : 0;
}

/* Hexadecimal digits with a point; the mantissa keeps the first 60 bits and a sticky one. */
static const char *read_digits(const char *p, uint64_t *mantissa, int64_t *exponent)
{
    int any = 0;
    *mantissa = 0, *exponent = 0;
    for (int behind = 0;; p++) {
        int value = digit_value(*p);
        if (value >= 0) {
            any = 1;
            if (*mantissa >> 56) {
                *mantissa |= value != 0;
                *exponent += 4;
            } else
                *mantissa = *mantissa << 4 | (uint64_t)value;
            if (behind)
                *exponent -= 4;
        } else if (*p == '.' && !behind)
            behind = 1;
        else
            return any ? p : NULL;
    }
}

int float_hex_parse(const char *s, const char *end, double *out)
{
    while (*s == ' ' || (*s >= '\t' && *s <= '\r'))
        s++;
    int negative = *s == '-';
    const char *p = *s == '-' || *s == '+' ? s + 1 : s;
    if ((*p | 0x20) == 'i' || (*p | 0x20) == 'n') {
        *out = float_text_parse(s, 1, &p);
        if (p == s)
            return invalid();
        negative = 0;
    } else {
        uint64_t mantissa;
        int64_t exponent, power = 0;
        if (*p == '0' && (p[1] | 0x20) == 'x')
            p += 2;
        if (!(p = read_digits(p, &mantissa, &exponent)))
            return invalid();
        if ((*p | 0x20) == 'p') {
            int down = *++p == '-';
            if (*p == '-' || *p == '+')
                p++;
            if (*p < '0' || *p > '9')
                return invalid();
            for (; *p >= '0' && *p <= '9'; p++)
                if (power < (int64_t)1 << 50)
                    power = power * 10 + (*p - '0');
            exponent += down ? -power : power;
        }
        while (*p == ' ' || (*p >= '\t' && *p <= '\r'))
            p++;
        if (p != end)
            return invalid();
        *out = 0.0;
        if (mantissa && scale(mantissa, exponent, out) < 0)
            return -1;
    }
    while (*p == ' ' || (*p >= '\t' && *p <= '\r'))
        p++;
    if (p != end)
        return invalid();
    if (negative)
        *out = -*out;
    return 0;
}
