/* _statistics.c - the module _statistics: the inverse of the normal distribution function.
 *
 * In: a probability, mean and deviation.  Out: the value below which that share of the distribution lies.
 * Rational approximations of Wichura's algorithm AS241 (1988), PPND16: about 16 digits. Start at quantile. */
#include <math.h>

#include "objects/float/float.h"
#include "objects/method.h"
#include "objects/module.h"
#include "runtime/errors.h"

/* factor * numerator(x) / denominator(x), coefficients from the highest power down */
static double ratio(double factor, const double numerator[8], const double denominator[8], double x)
{
    double p = numerator[0], q = denominator[0];
    for (int i = 1; i < 8; i++) {
        p = p * x + numerator[i];
        q = q * x + denominator[i];
    }
    return p * factor / q;
}

/* The standard normal quantile. */
static double quantile(double p)
{
    static const double centre_p[8] = {
        2.5090809287301226727e+3, 3.3430575583588128105e+4, 6.7265770927008700853e+4, 4.5921953931549871457e+4,
        1.3731693765509461125e+4, 1.9715909503065514427e+3, 1.3314166789178437745e+2, 3.3871328727963666080e+0 };
    static const double centre_q[8] = {
        5.2264952788528545610e+3, 2.8729085735721942674e+4, 3.9307895800092710610e+4, 2.1213794301586595867e+4,
        5.3941960214247511077e+3, 6.8718700749205790830e+2, 4.2313330701600911252e+1, 1.0 };
    static const double side_p[8] = {
        7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258e+0,
        3.64784832476320460504e+0, 5.76949722146069140550e+0, 4.63033784615654529590e+0, 1.42343711074968357734e+0 };
    static const double side_q[8] = {
        1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1,
        6.89767334985100004550e-1, 1.67638483018380384940e+0, 2.05319162663775882187e+0, 1.0 };
    static const double tail_p[8] = {
        2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3, 2.65321895265761230930e-2,
        2.96560571828504891230e-1, 1.78482653991729133580e+0, 5.46378491116411436990e+0, 6.65790464350110377720e+0 };
    static const double tail_q[8] = {
        2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4,
        1.48753612908506148525e-2, 1.36929880922735805310e-1, 5.99832206555887937690e-1, 1.0 };
    double q = p - 0.5;
    if (fabs(q) <= 0.425)
        return ratio(q, centre_p, centre_q, 0.180625 - q * q);
    double r = q <= 0.0 ? p : 1.0 - p;
    r = sqrt(-log(r));
    double side = q < 0.0 ? -1.0 : 1.0;
    return r <= 5.0 ? ratio(side, side_p, side_q, r - 1.6) : ratio(side, tail_p, tail_q, r - 5.0);
}

METHODS_DECLARE(_statistics);

FUNCTION(_statistics, _normal_dist_inv_cdf, FAST, "($module, p, mu, sigma, /)", "The quantile p of a normal distribution.")
{
    double p, mu, sigma;
    if (k_check_nargs("_normal_dist_inv_cdf", nargs, 3, 3) < 0 || k_arg_double(args[0], &p) < 0 ||
        k_arg_double(args[1], &mu) < 0 || k_arg_double(args[2], &sigma) < 0)
        return NULL;
    if (p <= 0.0 || p >= 1.0 || sigma <= 0.0) /* a nan goes through */
        return k_raise(PyExc_ValueError, "inv_cdf undefined for these parameters");
    return PyFloat_FromDouble(mu + quantile(p) * sigma);
}
METHODS_END(_statistics);

static int statistics_exec(PyObject *module K_UNUSED)
{
    return 0;
}

MODULE(_statistics, "Quick parts of the module statistics.", statistics_exec, 0);
