/* cmath.c - the module cmath: functions of complex numbers.
 *
 * In: numbers.  Out: complex; ValueError "math domain error" and OverflowError "math range error". Values come from
 * libm's complex functions, which follow annex G of the C standard for infinities, nans and signs of nought.
 * Start at complex_function(). */
#include "objects/module.h"

#include <complex.h>
#include <errno.h>
#include <math.h>

#include "objects/complex.h"
#include "objects/float/float.h"
#include "objects/protocol.h"
#include "runtime/errors.h"

METHODS_DECLARE(cmath);

typedef double complex Z;
typedef enum Verdict { FINE, DOMAIN, RANGE } Verdict;

static Z join(double real, double imag)
{
    double parts[2] = { real, imag }; /* real + imag * I would lose nans and signs of nought */
    Z z;
    memcpy(&z, parts, sizeof z);
    return z;
}

static int is_finite(Z z)
{
    return isfinite(creal(z)) && isfinite(cimag(z));
}

static PyObject *finish(Z z, Verdict verdict)
{
    if (verdict == DOMAIN)
        return k_raise(PyExc_ValueError, "math domain error");
    if (verdict == RANGE)
        return k_raise(PyExc_OverflowError, "math range error");
    return PyComplex_FromDoubles(creal(z), cimag(z));
}

static int read_complex(PyObject *arg, Z *z)
{
    Py_complex pair = PyComplex_AsCComplex(arg); /* runs code */
    if (pair.real == -1.0 && PyErr_Occurred())
        return -1;
    *z = join(pair.real, pair.imag);
    return 0;
}

/* ---- inverse functions and roots: finite for finite arguments but for poles ----
 *
 * Where annex G leaves a choice (signs of nought, nan or not), libm's and CPython's differ; CPython's is taken. */

static Verdict inverse_sine(Z z, Z *out)
{
    *out = casin(z);
    return FINE;
}

static Verdict inverse_cosine(Z z, Z *out)
{
    *out = isinf(creal(z)) && isnan(cimag(z)) ? join(NAN, HUGE_VAL) : cacos(z);
    return FINE;
}

static Verdict inverse_sinh(Z z, Z *out)
{
    *out = casinh(z);
    return FINE;
}

static Verdict inverse_cosh(Z z, Z *out)
{
    *out = creal(z) == 0.0 && isnan(cimag(z)) ? join(NAN, NAN) : cacosh(z);
    return FINE;
}

static Verdict inverse_tanh(Z z, Z *out)
{
    *out = catanh(z);
    return fabs(creal(z)) == 1.0 && cimag(z) == 0.0 ? DOMAIN : FINE;
}

static Verdict inverse_tangent(Z z, Z *out)
{
    *out = isinf(creal(z)) && isnan(cimag(z)) ? join(copysign(M_PI_2, creal(z)), -0.0) : catan(z);
    return creal(z) == 0.0 && fabs(cimag(z)) == 1.0 ? DOMAIN : FINE;
}

static Verdict square_root(Z z, Z *out)
{
    *out = csqrt(z);
    return FINE;
}

/* ---- exponential and hyperbolic functions ---- */

static Verdict overflowed(Z z, Z result)
{
    return is_finite(z) && (isinf(creal(result)) || isinf(cimag(result))) ? RANGE : FINE;
}

static Verdict exponential(Z z, Z *out)
{
    double x = creal(z), y = cimag(z);
    *out = isinf(x) && x < 0 && !isfinite(y) ? 0.0 : cexp(z);
    if (isinf(y) && (isfinite(x) || x > 0))
        return DOMAIN;
    return overflowed(z, *out);
}

static Verdict hyperbolic_sine(Z z, Z *out)
{
    *out = creal(z) == 0.0 && isnan(cimag(z)) ? join(0.0, NAN) : csinh(z);
    return isinf(cimag(z)) && !isnan(creal(z)) ? DOMAIN : overflowed(z, *out);
}

static Verdict hyperbolic_cosine(Z z, Z *out)
{
    *out = isnan(creal(z)) && cimag(z) == 0.0 ? join(NAN, 0.0) : ccosh(z);
    return isinf(cimag(z)) && !isnan(creal(z)) ? DOMAIN : overflowed(z, *out);
}

static Verdict hyperbolic_tangent(Z z, Z *out)
{
    if (creal(z) == 0.0 && isnan(cimag(z)))
        *out = join(NAN, NAN);
    else if (isinf(creal(z)) && isinf(cimag(z)))
        *out = join(copysign(1.0, creal(z)), 0.0);
    else
        *out = ctanh(z);
    return isinf(cimag(z)) && isfinite(creal(z)) ? DOMAIN : FINE;
}

/* sin(z) = -i sinh(iz) and so on: one function less to get right at the edges. */
static Verdict sine(Z z, Z *out)
{
    Z turned;
    Verdict verdict = hyperbolic_sine(join(-cimag(z), creal(z)), &turned);
    *out = join(cimag(turned), -creal(turned));
    return verdict;
}

static Verdict cosine(Z z, Z *out)
{
    return hyperbolic_cosine(join(-cimag(z), creal(z)), out);
}

static Verdict tangent(Z z, Z *out)
{
    Z turned;
    Verdict verdict = hyperbolic_tangent(join(-cimag(z), creal(z)), &turned);
    *out = join(cimag(turned), -creal(turned));
    return verdict;
}

static Verdict logarithm(Z z, Z *out)
{
    *out = clog(z);
    return creal(z) == 0.0 && cimag(z) == 0.0 ? DOMAIN : FINE;
}

static Verdict logarithm10(Z z, Z *out)
{
    Verdict verdict = logarithm(z, out);
    *out = join(creal(*out) / M_LN10, cimag(*out) / M_LN10);
    return verdict;
}

static PyObject *complex_function(PyObject *arg, Verdict (*function)(Z, Z *))
{
    Z z, result;
    if (read_complex(arg, &z) < 0)
        return NULL;
    Verdict verdict = function(z, &result);
    return finish(result, verdict);
}

#define COMPLEX(name, function, doc)                                                                                   \
    FUNCTION(cmath, name, O, "($module, z, /)", doc)                                                                   \
    {                                                                                                                  \
        return complex_function(arg, function);                                                                        \
    }
COMPLEX(acos, inverse_cosine, "Arc cosine.")
COMPLEX(acosh, inverse_cosh, "Inverse hyperbolic cosine.")
COMPLEX(asin, inverse_sine, "Arc sine.")
COMPLEX(asinh, inverse_sinh, "Inverse hyperbolic sine.")
COMPLEX(atan, inverse_tangent, "Arc tangent.")
COMPLEX(atanh, inverse_tanh, "Inverse hyperbolic tangent.")
COMPLEX(cos, cosine, "Cosine.")
COMPLEX(cosh, hyperbolic_cosine, "Hyperbolic cosine.")
COMPLEX(exp, exponential, "e to the power z.")
COMPLEX(log10, logarithm10, "Logarithm of z to the base 10.")
COMPLEX(sin, sine, "Sine.")
COMPLEX(sinh, hyperbolic_sine, "Hyperbolic sine.")
COMPLEX(sqrt, square_root, "Square root.")
COMPLEX(tan, tangent, "Tangent.")
COMPLEX(tanh, hyperbolic_tangent, "Hyperbolic tangent.")

FUNCTION(cmath, log, FAST, "($module, z, base=<unrepresentable>, /)",
         "Logarithm of z to the base, the natural one if there is none.")
{
    Z z, base, result, divisor;
    if (k_check_nargs("log", nargs, 1, 2) < 0 || read_complex(args[0], &z) < 0
        || (nargs > 1 && read_complex(args[1], &base) < 0))
        return NULL;
    Verdict verdict = logarithm(z, &result);
    if (nargs > 1) {
        Verdict second = logarithm(base, &divisor);
        Py_complex quotient = _Py_c_quot((Py_complex){ creal(result), cimag(result) },
                                         (Py_complex){ creal(divisor), cimag(divisor) });
        if (divisor == 0.0)
            second = DOMAIN;
        result = join(quotient.real, quotient.imag);
        verdict = second;
    }
    return finish(result, verdict);
}

FUNCTION(cmath, phase, O, "($module, z, /)", "The angle of z, in radians between -pi and pi.")
{
    Z z;
    if (read_complex(arg, &z) < 0)
        return NULL;
    errno = 0;
    double angle = carg(z);
    return errno == ERANGE ? finish(z, RANGE) : PyFloat_FromDouble(angle); /* too small an angle counts, too */
}

FUNCTION(cmath, polar, O, "($module, z, /)", "The pair of distance from nought and angle.")
{
    Z z;
    if (read_complex(arg, &z) < 0)
        return NULL;
    double length = cabs(z);
    if (isinf(length) && is_finite(z))
        return finish(z, RANGE);
    return Py_BuildValue("dd", length, carg(z));
}

FUNCTION(cmath, rect, FAST, "($module, r, phi, /)", "The complex number at this distance from nought and angle.")
{
    if (k_check_nargs("rect", nargs, 2, 2) < 0)
        return NULL;
    double r = PyFloat_AsDouble(args[0]);
    if (r == -1.0 && PyErr_Occurred())
        return NULL;
    double phi = PyFloat_AsDouble(args[1]);
    if (phi == -1.0 && PyErr_Occurred())
        return NULL;
    if (isinf(phi) && r != 0.0 && !isnan(r))
        return finish(0.0, DOMAIN);
    if (r == 0.0 && !isfinite(phi))
        return finish(0.0, FINE);
    if (isnan(r) && phi == 0.0)
        return finish(join(r, 0.0), FINE);
    if (isinf(r) && phi == 0.0)
        return finish(join(r, r * phi < 0 || isnan(r * phi) ? copysign(0.0, r < 0 ? -phi : phi) : 0.0), FINE);
    if (isinf(r) && isfinite(phi))
        return finish(join(copysign(r, r * cos(phi)), copysign(r, r * sin(phi))), FINE);
    if (isinf(r) && isnan(phi))
        return finish(join(fabs(r), NAN), FINE);
    /* an angle of nought gives an imaginary part of nought with its sign */
    return finish(phi == 0.0 ? join(r, r * phi) : join(r * cos(phi), r * sin(phi)), FINE);
}

FUNCTION(cmath, isfinite, O, "($module, z, /)", "Whether both parts of z are finite.")
{
    Z z;
    if (read_complex(arg, &z) < 0)
        return NULL;
    Py_RETURN_BOOL(is_finite(z));
}

FUNCTION(cmath, isnan, O, "($module, z, /)", "Whether a part of z is a nan.")
{
    Z z;
    if (read_complex(arg, &z) < 0)
        return NULL;
    Py_RETURN_BOOL(isnan(creal(z)) || isnan(cimag(z)));
}

FUNCTION(cmath, isinf, O, "($module, z, /)", "Whether a part of z is an infinity.")
{
    Z z;
    if (read_complex(arg, &z) < 0)
        return NULL;
    Py_RETURN_BOOL(isinf(creal(z)) || isinf(cimag(z)));
}

FUNCTION_KW(cmath, isclose, "($module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)",
            "Whether two complex numbers are near to each other.\n\n"
            "  rel_tol\n    largest distance, as a part of the larger absolute value\n"
            "  abs_tol\n    largest distance, for numbers near to nought\n\n"
            "A nan is near to nothing, an infinity only to itself.",
            *a, *b, *rel_tol, *abs_tol)
{
    Z a, b;
    double relative = 1e-09, absolute = 0.0;
    if (read_complex(arg->a, &a) < 0 || read_complex(arg->b, &b) < 0
        || (arg->rel_tol && k_arg_double(arg->rel_tol, &relative) < 0)
        || (arg->abs_tol && k_arg_double(arg->abs_tol, &absolute) < 0))
        return NULL;
    if (relative < 0.0 || absolute < 0.0)
        return k_raise(PyExc_ValueError, "tolerances must be non-negative");
    if (creal(a) == creal(b) && cimag(a) == cimag(b))
        Py_RETURN_TRUE;
    if (isinf(creal(a)) || isinf(cimag(a)) || isinf(creal(b)) || isinf(cimag(b)))
        Py_RETURN_FALSE;
    double distance = cabs(join(creal(a) - creal(b), cimag(a) - cimag(b)));
    Py_RETURN_BOOL(distance <= relative * cabs(b) || distance <= relative * cabs(a) || distance <= absolute);
}

METHODS_END(cmath);

static int cmath_exec(PyObject *module)
{
    const struct {
        const char *name;
        int is_complex;
        double value;
    } constants[] = {
        { "pi", 0, M_PI }, { "e", 0, M_E }, { "tau", 0, 2.0 * M_PI }, { "inf", 0, HUGE_VAL },
        { "infj", 1, HUGE_VAL }, { "nan", 0, NAN }, { "nanj", 1, NAN },
    };
    for (int i = 0; i < (int)K_COUNT_OF(constants); i++) {
        K_AUTO(PyObject *) value = constants[i].is_complex ? PyComplex_FromDoubles(0.0, constants[i].value)
                                                           : PyFloat_FromDouble(constants[i].value);
        if (!value || PyModule_AddObjectRef(module, constants[i].name, value) < 0)
            return -1;
    }
    return 0;
}

MODULE(cmath, "Functions of complex numbers.", cmath_exec, 0);
