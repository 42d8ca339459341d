/* gamma.c - the Gamma function and its logarithm, by Lanczos's approximation with 13 terms.
 *
 * gamma(x) is near (x + g - 1/2)**(x - 1/2) / exp(x + g - 1/2) * S(x), where S is a quotient of polynomials; negative x
 * go by the reflection formula. The coefficients are Boost's, so that the last digits agree with other programs.
 * libm's tgamma is as exact but rounds otherwise. Start at gamma_of(). */
#include "base/gamma.h"

#include <math.h>

static const double G = 6.024680040776729583740234375, G_LESS_HALF = 5.524680040776729583740234375;

enum { TERMS = 13 };
static const double numerator[TERMS] = {
    23531376880.410759688572007674451636754734846804940, 42919803642.649098768957899047001988850926355848959,
    35711959237.355668049440185451547166705960488635843, 17921034426.037209699919755754458931112671403265390,
    6039542586.3520280050642916443072979210699388420708, 1439720407.3117216736632230727949123939715485786372,
    248874557.86205415651146038641322942321632125127801, 31426415.585400194380614231628318205362874684987640,
    2876370.6289353724412254090516208496135991145378768, 186056.26539522349504029498971604569928220784236328,
    8071.6720023658162106380029022722506138218516325024, 210.82427775157934587250973392071336271166969580291,
    2.5066282746310002701649081771338373386264310793408,
};
static const double denominator[TERMS] = { /* x * (x + 1) * ... * (x + 11) */
    0.0, 39916800.0, 120543840.0, 150917976.0, 105258076.0, 45995730.0, 13339535.0,
    2637558.0, 357423.0, 32670.0, 1925.0, 66.0, 1.0,
};

/* S(x); for large x in powers of 1/x, against overflow. */
static double series(double x)
{
    double above = 0.0, below = 0.0;
    for (int i = 0; i < TERMS; i++) {
        int k = x < 5.0 ? TERMS - 1 - i : i;
        above = (x < 5.0 ? above * x : above / x) + numerator[k];
        below = (x < 5.0 ? below * x : below / x) + denominator[k];
    }
    return above / below;
}

/* sin(pi * x), exact where x is a multiple of a half. */
static double sin_pi(double x)
{
    double y = fmod(fabs(x), 2.0), s;
    int quarter = (int)round(2.0 * y);
    if (quarter == 0)
        s = sin(M_PI * y);
    else if (quarter == 1)
        s = cos(M_PI * (y - 0.5));
    else if (quarter == 2)
        s = sin(M_PI * (1.0 - y));
    else if (quarter == 3)
        s = -cos(M_PI * (y - 1.5));
    else
        s = sin(M_PI * (y - 2.0));
    return copysign(1.0, x) * s;
}

/* y ** e times or under r, in two steps where the power alone would overflow. */
static double scale(double r, double y, double x, int divide)
{
    double power = x < 140.0 ? pow(y, x - 0.5) : pow(y, x / 2.0 - 0.25);
    for (int i = x < 140.0 ? 1 : 0; i < 2; i++)
        r = divide ? r / power : r * power;
    return r;
}

double gamma_of(double x)
{
    double size = fabs(x);
    if (x == floor(x) && x > 0.0 && x <= 23.0) {
        double product = 1.0;
        for (double i = 2.0; i < x; i++)
            product *= i;
        return product;
    }
    if (size < 1e-20)
        return 1.0 / x;
    if (size > 200.0)
        return x < 0.0 ? 0.0 / sin_pi(x) : HUGE_VAL;
    double y = size + G_LESS_HALF;
    /* what rounding took from y, to first order */
    double lost = size > G_LESS_HALF ? (y - size) - G_LESS_HALF : (y - G_LESS_HALF) - size;
    lost = lost * G / y;
    if (x < 0.0) {
        double r = -M_PI / sin_pi(size) / size * exp(y) / series(size);
        return scale(r - lost * r, y, size, 1);
    }
    double r = series(size) / exp(y);
    return scale(r + lost * r, y, size, 0);
}

double gamma_logarithm(double x)
{
    static const double log_pi = 1.144729885849400174143427351353058711647;
    double size = fabs(x);
    if (x == 1.0 || x == 2.0)
        return 0.0;
    if (size < 1e-20)
        return -log(size);
    double r = log(series(size)) - G + (size - 0.5) * (log(size + G - 0.5) - 1.0);
    return x < 0.0 ? log_pi - log(fabs(sin_pi(size))) - log(size) - r : r;
}
