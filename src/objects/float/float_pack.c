/* float_pack.c - doubles as IEEE 754 bytes of 2, 4 and 8, in either byte order.
 *
 * Start at PyFloat_Pack2(), the one size the machine has no type for. */
#include "objects/float/float.h"

#include <math.h>

#include "runtime/errors.h"

static void put_bytes(uint64_t bits, char *p, int n, int little)
{
    for (int i = 0; i < n; i++, bits >>= 8)
        p[little ? i : n - 1 - i] = (char)bits;
}

static uint64_t get_bytes(const char *p, int n, int little)
{
    uint64_t bits = 0;
    for (int i = 0; i < n; i++)
        bits = bits << 8 | (unsigned char)p[little ? n - 1 - i : i];
    return bits;
}

int PyFloat_Pack2(double x, char *p, int le)
{
    unsigned int sign = signbit(x) ? 0x8000 : 0, half;
    double magnitude = fabs(x);
    if (isnan(x))
        half = 0x7e00;
    else if (isinf(x))
        half = 0x7c00;
    else if (magnitude < 0x1p-14) /* subnormal: a multiple of 2**-24; may round up to the least normal one */
        half = (unsigned int)nearbyint(magnitude * 0x1p24);
    else {
        int exponent;
        double fraction = frexp(magnitude, &exponent); /* 0.5 <= fraction < 1 */
        double mantissa = exponent > 16 ? 0 : nearbyint(fraction * 0x1p11); /* 1024 ... 2048 */
        half = exponent > 16 ? 0x7c00 : (unsigned int)(((exponent + 13) << 10) + (int)mantissa);
        if (half >= 0x7c00) {
            PyErr_SetString(PyExc_OverflowError, "float too large to pack with e format");
            return -1;
        }
    }
    put_bytes(sign | half, p, 2, le);
    return 0;
}

int PyFloat_Pack4(double x, char *p, int le)
{
    float single = (float)x;
    uint32_t bits;
    if (isinf(single) && !isinf(x)) {
        PyErr_SetString(PyExc_OverflowError, "float too large to pack with f format");
        return -1;
    }
    memcpy(&bits, &single, sizeof bits);
    put_bytes(bits, p, 4, le);
    return 0;
}

int PyFloat_Pack8(double x, char *p, int le)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    put_bytes(bits, p, 8, le);
    return 0;
}

double PyFloat_Unpack2(const char *p, int le)
{
    unsigned int bits = (unsigned int)get_bytes(p, 2, le), fraction = bits & 0x3ff;
    int exponent = (int)(bits >> 10 & 0x1f);
    double x;
    if (exponent == 0x1f)
        x = fraction ? NAN : HUGE_VAL;
    else if (exponent == 0)
        x = ldexp(fraction, -24);
    else
        x = ldexp(fraction + 1024, exponent - 25);
    return bits & 0x8000 ? -x : x;
}

double PyFloat_Unpack4(const char *p, int le)
{
    uint32_t bits = (uint32_t)get_bytes(p, 4, le);
    float single;
    memcpy(&single, &bits, sizeof single);
    return single;
}

double PyFloat_Unpack8(const char *p, int le)
{
    uint64_t bits = get_bytes(p, 8, le);
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}
