/* math.c - the module math: functions of real numbers, whole numbers, sums.
 *
 * In: numbers (anything with __float__ or __index__).  Out: floats or ints; ValueError "math domain error" and
 * OverflowError "math range error" where C's function has no result. Real functions are libm's with their special cases
 * put right; whole number functions work on int objects. Start at real_result(). */
#include "objects/module.h"

#include <errno.h>
#include <math.h>

#include "base/gamma.h"
#include "memory/mem.h"
#include "objects/call.h"
#include "objects/float/float.h"
#include "objects/int/int.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "objects/type/type.h"
#include "runtime/errors.h"

METHODS_DECLARE(math);

static PyObject *domain_error(void)
{
    return k_raise(PyExc_ValueError, "math domain error");
}

static PyObject *range_error(void)
{
    return k_raise(PyExc_OverflowError, "math range error");
}

/* ---- functions of one real number ---- */

enum { POLE, OVERFLOW }; /* what an infinite result of a finite argument means */

static PyObject *real_result(double x, double result, int infinite)
{
    if (isnan(result) && !isnan(x))
        return domain_error();
    if (isinf(result) && isfinite(x))
        return infinite == OVERFLOW ? range_error() : domain_error();
    return PyFloat_FromDouble(result);
}

static PyObject *real_function(PyObject *arg, double (*function)(double), int infinite)
{
    double x = PyFloat_AsDouble(arg);
    if (x == -1.0 && PyErr_Occurred())
        return NULL;
    return real_result(x, function(x), infinite);
}

#define REAL(name, function, infinite, doc)                                                                            \
    FUNCTION(math, name, O, "($module, x, /)", doc)                                                                    \
    {                                                                                                                  \
        return real_function(arg, function, infinite);                                                                 \
    }

REAL(acos, acos, POLE, "Arc cosine, in radians between 0 and pi.")
REAL(acosh, acosh, POLE, "Inverse hyperbolic cosine.")
REAL(asin, asin, POLE, "Arc sine, in radians between -pi/2 and pi/2.")
REAL(asinh, asinh, POLE, "Inverse hyperbolic sine.")
REAL(atan, atan, POLE, "Arc tangent, in radians between -pi/2 and pi/2.")
REAL(atanh, atanh, POLE, "Inverse hyperbolic tangent.")
REAL(cbrt, cbrt, POLE, "Cube root.")
REAL(cos, cos, POLE, "Cosine of x radians.")
REAL(cosh, cosh, OVERFLOW, "Hyperbolic cosine.")
REAL(erf, erf, POLE, "Error function.")
REAL(erfc, erfc, POLE, "Complementary error function, 1 - erf(x).")
REAL(exp, exp, OVERFLOW, "e to the power x.")
REAL(exp2, exp2, OVERFLOW, "2 to the power x.")
REAL(expm1, expm1, OVERFLOW, "exp(x) - 1, without loss of precision for small x.")
REAL(fabs, fabs, POLE, "Absolute value as a float.")
REAL(log1p, log1p, POLE, "Natural logarithm of 1 + x, without loss of precision for small x.")
REAL(sin, sin, POLE, "Sine of x radians.")
REAL(sinh, sinh, OVERFLOW, "Hyperbolic sine.")
REAL(sqrt, sqrt, POLE, "Square root.")
REAL(tan, tan, POLE, "Tangent of x radians.")
REAL(tanh, tanh, POLE, "Hyperbolic tangent.")

static double to_degrees(double x)
{
    return x * (180.0 / M_PI);
}

static double to_radians(double x)
{
    return x * (M_PI / 180.0);
}

FUNCTION(math, degrees, O, "($module, x, /)", "An angle of x radians in degrees.")
{
    double x = PyFloat_AsDouble(arg);
    return x == -1.0 && PyErr_Occurred() ? NULL : PyFloat_FromDouble(to_degrees(x));
}

FUNCTION(math, radians, O, "($module, x, /)", "An angle of x degrees in radians.")
{
    double x = PyFloat_AsDouble(arg);
    return x == -1.0 && PyErr_Occurred() ? NULL : PyFloat_FromDouble(to_radians(x));
}

FUNCTION(math, gamma, O, "($module, x, /)", "Gamma function.")
{
    double x = PyFloat_AsDouble(arg);
    if (x == -1.0 && PyErr_Occurred())
        return NULL;
    if (x == 0.0 || (x < 0.0 && x == floor(x))) /* a pole; infinity counts as one */
        return domain_error();
    return real_result(x, isfinite(x) ? gamma_of(x) : isinf(x) && x < 0 ? NAN : x, OVERFLOW);
}

FUNCTION(math, lgamma, O, "($module, x, /)", "Natural logarithm of the absolute value of the Gamma function.")
{
    double x = PyFloat_AsDouble(arg);
    if (x == -1.0 && PyErr_Occurred())
        return NULL;
    if (!isfinite(x))
        return PyFloat_FromDouble(fabs(x));
    if (x <= 0.0 && x == floor(x))
        return domain_error();
    return real_result(x, gamma_logarithm(x), OVERFLOW);
}

FUNCTION(math, isfinite, O, "($module, x, /)", "Whether x is neither an infinity nor a nan.")
{
    double x = PyFloat_AsDouble(arg);
    return x == -1.0 && PyErr_Occurred() ? NULL : Py_NewRef(isfinite(x) ? Py_True : Py_False);
}

FUNCTION(math, isnan, O, "($module, x, /)", "Whether x is a nan.")
{
    double x = PyFloat_AsDouble(arg);
    return x == -1.0 && PyErr_Occurred() ? NULL : Py_NewRef(isnan(x) ? Py_True : Py_False);
}

FUNCTION(math, isinf, O, "($module, x, /)", "Whether x is an infinity, of either sign.")
{
    double x = PyFloat_AsDouble(arg);
    return x == -1.0 && PyErr_Occurred() ? NULL : Py_NewRef(isinf(x) ? Py_True : Py_False);
}

FUNCTION(math, ulp, O, "($module, x, /)", "The value of the least significant bit of x.")
{
    double x = PyFloat_AsDouble(arg);
    if (x == -1.0 && PyErr_Occurred())
        return NULL;
    x = fabs(x);
    if (!isfinite(x))
        return PyFloat_FromDouble(x);
    double next = nextafter(x, HUGE_VAL);
    return PyFloat_FromDouble(isinf(next) ? x - nextafter(x, 0.0) : next - x);
}

FUNCTION(math, frexp, O, "($module, x, /)", "The pair (m, e), x = m * 2**e with 0.5 <= abs(m) < 1, both nought for nought.")
{
    double x = PyFloat_AsDouble(arg);
    int exponent = 0;
    if (x == -1.0 && PyErr_Occurred())
        return NULL;
    if (isfinite(x))
        x = frexp(x, &exponent);
    return Py_BuildValue("(di)", x, exponent);
}

FUNCTION(math, modf, O, "($module, x, /)", "The pair of fraction and whole part of x, both with its sign.")
{
    double x = PyFloat_AsDouble(arg), whole;
    if (x == -1.0 && PyErr_Occurred())
        return NULL;
    double fraction = modf(x, &whole);
    return Py_BuildValue("(dd)", fraction, whole);
}

/* ---- rounding to ints ---- */

/* __name__ of the argument's type, or the float method. */
static PyObject *round_to_int(PyObject *arg, PyObject *dunder, double (*function)(double))
{
    if (!PyFloat_CheckExact(arg)) {
        K_AUTO(PyObject *) method = k_lookup_special(arg, dunder); /* runs code */
        if (method)
            return PyObject_CallNoArgs(method); /* runs code */
        if (PyErr_Occurred())
            return NULL;
    }
    double x = PyFloat_AsDouble(arg);
    return x == -1.0 && PyErr_Occurred() ? NULL : PyLong_FromDouble(function(x));
}

FUNCTION(math, ceil, O, "($module, x, /)", "The smallest int that is not below x.")
{
    return round_to_int(arg, K_STR("__ceil__"), ceil);
}

FUNCTION(math, floor, O, "($module, x, /)", "The largest int that is not above x.")
{
    return round_to_int(arg, K_STR("__floor__"), floor);
}

FUNCTION(math, trunc, O, "($module, x, /)", "The int next to x on the way to nought, by x.__trunc__().")
{
    if (PyFloat_CheckExact(arg))
        return PyLong_FromDouble(PyFloat_AS_DOUBLE(arg));
    K_AUTO(PyObject *) method = k_lookup_special(arg, K_STR("__trunc__")); /* runs code */
    if (method)
        return PyObject_CallNoArgs(method); /* runs code */
    if (PyErr_Occurred())
        return NULL;
    return k_raise(PyExc_TypeError, "type %.100s doesn't define __trunc__ method", Py_TYPE(arg)->tp_name);
}

/* ---- functions of two real numbers ---- */

static int two_reals(const char *name, PyObject *const *args, Py_ssize_t nargs, double *x, double *y)
{
    if (k_check_nargs(name, nargs, 2, 2) < 0)
        return -1;
    *x = PyFloat_AsDouble(args[0]);
    if (*x == -1.0 && PyErr_Occurred())
        return -1;
    *y = PyFloat_AsDouble(args[1]);
    return *y == -1.0 && PyErr_Occurred() ? -1 : 0;
}

static PyObject *real_result2(double x, double y, double result)
{
    if (isnan(result) && !isnan(x) && !isnan(y))
        return domain_error();
    if (isinf(result) && isfinite(x) && isfinite(y))
        return range_error();
    return PyFloat_FromDouble(result);
}

#define REAL2(name, function, signature, doc)                                                                          \
    FUNCTION(math, name, FAST, signature, doc)                                                                         \
    {                                                                                                                  \
        double x, y;                                                                                                   \
        if (two_reals(#name, args, nargs, &x, &y) < 0)                                                                 \
            return NULL;                                                                                               \
        return real_result2(x, y, function(x, y));                                                                     \
    }

REAL2(atan2, atan2, "($module, y, x, /)", "The angle of the point (x, y) in radians, in the right quadrant.")
REAL2(copysign, copysign, "($module, x, y, /)", "A float with the size of x and the sign of y.")
REAL2(remainder, remainder, "($module, x, y, /)", "x minus the multiple of y nearest to it, the even one in a tie.")
REAL2(fmod, fmod, "($module, x, y, /)", "The remainder of x / y with the sign of x, as C has it.")

FUNCTION(math, nextafter, FAST, "($module, x, y, /)", "The next float from x on the way to y.")
{
    double x, y;
    if (two_reals("nextafter", args, nargs, &x, &y) < 0)
        return NULL;
    return PyFloat_FromDouble(nextafter(x, y));
}

FUNCTION(math, pow, FAST, "($module, x, y, /)", "x to the power y, both taken as floats.")
{
    double x, y;
    if (two_reals("pow", args, nargs, &x, &y) < 0)
        return NULL;
    if (x == 0.0 && y < 0.0 && isfinite(y)) /* a pole */
        return domain_error();
    return real_result2(x, y, pow(x, y));
}

FUNCTION(math, ldexp, FAST, "($module, x, i, /)", "x * 2**i.")
{
    if (k_check_nargs("ldexp", nargs, 2, 2) < 0)
        return NULL;
    double x = PyFloat_AsDouble(args[0]);
    if (x == -1.0 && PyErr_Occurred())
        return NULL;
    if (!PyLong_Check(args[1]))
        return k_raise(PyExc_TypeError, "Expected an int as second argument to ldexp.");
    int overflow;
    long exponent = PyLong_AsLongAndOverflow(args[1], &overflow);
    if (overflow)
        exponent = overflow < 0 ? LONG_MIN : LONG_MAX;
    if (x == 0.0 || !isfinite(x))
        return PyFloat_FromDouble(x);
    double result = ldexp(x, exponent > INT_MAX ? INT_MAX : exponent < INT_MIN ? INT_MIN : (int)exponent);
    return isinf(result) ? range_error() : PyFloat_FromDouble(result);
}

FUNCTION_KW(math, isclose, "($module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)",
            "Whether two numbers are near to each other.\n\n"
            "  rel_tol\n    largest difference, as a part of the larger absolute value\n"
            "  abs_tol\n    largest difference, for numbers near to nought\n\n"
            "A nan is near to nothing, an infinity only to itself.",
            *a, *b, *rel_tol, *abs_tol)
{
    double a, b, relative = 1e-09, absolute = 0.0;
    if (k_arg_double(arg->a, &a) < 0 || k_arg_double(arg->b, &b) < 0
        || (arg->rel_tol && k_arg_double(arg->rel_tol, &relative) < 0)
        || (arg->abs_tol && k_arg_double(arg->abs_tol, &absolute) < 0))
        return NULL;
    if (relative < 0.0 || absolute < 0.0)
        return k_raise(PyExc_ValueError, "tolerances must be non-negative");
    if (a == b)
        Py_RETURN_TRUE;
    if (isinf(a) || isinf(b))
        Py_RETURN_FALSE;
    double difference = fabs(b - a);
    Py_RETURN_BOOL(difference <= fabs(relative * b) || difference <= fabs(relative * a) || difference <= absolute);
}

/* ---- logarithms ---- */

/* Of an int of any size or a float; by_exponent is the function's value at 2. */
static PyObject *logarithm(PyObject *arg, double (*function)(double), double by_exponent)
{
    double x;
    if (PyLong_Check(arg)) {
        if (_PyLong_Sign(arg) <= 0)
            return domain_error();
        x = PyLong_AsDouble(arg);
        if (x == -1.0 && PyErr_Occurred()) {
            if (!k_catch(PyExc_OverflowError))
                return NULL;
            Py_ssize_t exponent;
            x = _PyLong_Frexp((PyLongObject *)arg, &exponent);
            if (x == -1.0 && PyErr_Occurred())
                return NULL;
            return PyFloat_FromDouble(function(x) + by_exponent * (double)exponent);
        }
    } else {
        x = PyFloat_AsDouble(arg);
        if (x == -1.0 && PyErr_Occurred())
            return NULL;
    }
    return real_result(x, function(x), POLE);
}

FUNCTION_RAW(math, log, FAST, 0, "log(x, [base=math.e])\nLogarithm of x to the base, the natural one if there is none.")
{
    if (nargs < 1 || nargs > 2)
        return k_raise(PyExc_TypeError, "math.log requires 1 to 2 arguments");
    K_AUTO(PyObject *) x = logarithm(args[0], log, M_LN2);
    if (!x || nargs == 1)
        return K_MOVE(x);
    K_AUTO(PyObject *) base = logarithm(args[1], log, M_LN2);
    return base ? PyNumber_TrueDivide(x, base) : NULL;
}

FUNCTION(math, log2, O, "($module, x, /)", "Logarithm of x to the base 2.")
{
    return logarithm(arg, log2, 1.0);
}

FUNCTION(math, log10, O, "($module, x, /)", "Logarithm of x to the base 10.")
{
    return logarithm(arg, log10, log10(2.0));
}

/* ---- lengths ---- */

/* The length of a vector: squares are summed in two doubles, after scaling by a power of two so that none of them
 * leaves the range; the root gets one step of correction. Items are not negative. */
static double vector_length(const double *items, Py_ssize_t n, double largest, int any_nan)
{
    if (isinf(largest))
        return largest;
    if (any_nan)
        return NAN;
    if (largest == 0.0)
        return 0.0;
    int exponent;
    frexp(largest, &exponent);
    double high = 0.0, low = 0.0;
    for (Py_ssize_t i = 0; i < n; i++) {
        double x = ldexp(items[i], -exponent), square = x * x, rest = fma(x, x, -square);
        double sum = high + square;
        low += (high >= square ? high - sum + square : square - sum + high) + rest;
        high = sum;
    }
    double sum = high + low;
    low += high - sum;
    double root = sqrt(sum), error = fma(-root, root, sum) + low;
    return ldexp(root + error / (2.0 * root), exponent);
}

enum { FEW_ITEMS = 16 };

/* The length of the vector item(i), i < n; NULL with an exception when an item is no number. */
static PyObject *length_of(Py_ssize_t n, PyObject *const *items, PyObject *const *minus)
{
    double few[FEW_ITEMS], *values = n <= FEW_ITEMS ? few : PyMem_New(double, n), largest = 0.0;
    if (!values)
        return PyErr_NoMemory();
    int any_nan = 0, failed = 0;
    for (Py_ssize_t i = 0; i < n && !failed; i++) {
        double x = PyFloat_AsDouble(items[i]);
        failed = x == -1.0 && PyErr_Occurred();
        if (minus && !failed) {
            double y = PyFloat_AsDouble(minus[i]);
            failed = y == -1.0 && PyErr_Occurred();
            x -= y;
        }
        values[i] = x = fabs(x);
        any_nan |= isnan(x);
        if (x > largest)
            largest = x;
    }
    double length = failed ? 0.0 : vector_length(values, n, largest, any_nan);
    if (values != few)
        PyMem_Free(values);
    return failed ? NULL : PyFloat_FromDouble(length);
}

FUNCTION_RAW(math, hypot, FAST, 0,
             "hypot(*coordinates) -> value\n\nDistance of a point of any number of dimensions from the origin.")
{
    return length_of(nargs, args, NULL);
}

FUNCTION(math, dist, FAST, "($module, p, q, /)", "Distance of two points, each a sequence of coordinates.")
{
    if (k_check_nargs("dist", nargs, 2, 2) < 0)
        return NULL;
    K_AUTO(PyObject *) p = PyTuple_Check(args[0]) ? Py_NewRef(args[0]) : PySequence_Tuple(args[0]);
    K_AUTO(PyObject *) q = !p ? NULL : PyTuple_Check(args[1]) ? Py_NewRef(args[1]) : PySequence_Tuple(args[1]);
    if (!q)
        return NULL;
    if (PyTuple_GET_SIZE(p) != PyTuple_GET_SIZE(q))
        return k_raise(PyExc_ValueError, "both points must have the same number of dimensions");
    return length_of(PyTuple_GET_SIZE(p), ((PyTupleObject *)p)->ob_item, ((PyTupleObject *)q)->ob_item);
}

/* ---- sums and products ---- */

/* Numbers of growing size that do not overlap: their exact sum is the sum of all that was added. */
typedef struct Partials {
    double *at, few[32];
    Py_ssize_t n, room;
    double special, infinities; /* sums of what is not finite */
} Partials;

static int partials_add(Partials *p, double x)
{
    double original = x;
    Py_ssize_t kept = 0;
    for (Py_ssize_t i = 0; i < p->n; i++) {
        double y = p->at[i];
        if (fabs(x) < fabs(y)) {
            double swap = x;
            x = y;
            y = swap;
        }
        double high = x + y, low = y - (high - x);
        if (low != 0.0)
            p->at[kept++] = low;
        x = high;
    }
    p->n = kept;
    if (x == 0.0)
        return 0;
    if (!isfinite(x)) {
        if (isfinite(original)) {
            PyErr_SetString(PyExc_OverflowError, "intermediate overflow in fsum");
            return -1;
        }
        if (isinf(original))
            p->infinities += original;
        p->special += original;
        p->n = 0;
        return 0;
    }
    if (p->n == p->room) {
        double *more = PyMem_Malloc(2 * (size_t)p->room * sizeof *more);
        if (!more) {
            K_AUTO(PyObject *) none = PyErr_NoMemory();
            return -1;
        }
        memcpy(more, p->at, (size_t)p->n * sizeof *more);
        if (p->at != p->few)
            PyMem_Free(p->at);
        p->at = more;
        p->room *= 2;
    }
    p->at[p->n++] = x;
    return 0;
}

/* The correctly rounded sum of the partials. */
static double partials_sum(const Partials *p)
{
    Py_ssize_t n = p->n;
    if (n == 0)
        return 0.0;
    double high = p->at[--n], low = 0.0;
    while (n > 0) {
        double x = high, y = p->at[--n];
        high = x + y;
        low = y - (high - x);
        if (low != 0.0)
            break;
    }
    /* a tie so far, which what is left below decides */
    if (n > 0 && ((low < 0.0 && p->at[n - 1] < 0.0) || (low > 0.0 && p->at[n - 1] > 0.0))) {
        double twice = low * 2.0, sum = high + twice;
        if (twice == sum - high)
            high = sum;
    }
    return high;
}

FUNCTION(math, fsum, O, "($module, seq, /)", "The sum of an iterable's floats, rounded once at the end.")
{
    K_AUTO(PyObject *) iterator = PyObject_GetIter(arg); /* runs code */
    if (!iterator)
        return NULL;
    Partials p = { .at = NULL, .room = K_COUNT_OF(p.few) };
    p.at = p.few;
    int status = 0;
    for (PyObject *item; status == 0 && (item = PyIter_Next(iterator)) != NULL; Py_DECREF(item)) { /* runs code */
        double x = PyFloat_AsDouble(item);
        status = x == -1.0 && PyErr_Occurred() ? -1 : partials_add(&p, x);
    }
    PyObject *result = NULL;
    if (status < 0 || PyErr_Occurred())
        result = NULL;
    else if (p.special != 0.0)
        result = isnan(p.infinities) ? k_raise(PyExc_ValueError, "-inf + inf in fsum") : PyFloat_FromDouble(p.special);
    else
        result = PyFloat_FromDouble(partials_sum(&p));
    if (p.at != p.few)
        PyMem_Free(p.at);
    return result;
}

FUNCTION_KW(math, prod, "($module, iterable, /, *, start=1)", "The product of start and the items of an iterable.",
            *iterable, *start)
{
    K_AUTO(PyObject *) product = arg->start ? Py_NewRef(arg->start) : PyLong_FromLong(1);
    K_AUTO(PyObject *) iterator = product ? PyObject_GetIter(arg->iterable) : NULL; /* runs code */
    if (!iterator)
        return NULL;
    for (PyObject *item; (item = PyIter_Next(iterator)) != NULL; Py_DECREF(item)) { /* runs code */
        if (PyFloat_CheckExact(product) && PyFloat_CheckExact(item))
            K_SET(product, PyFloat_FromDouble(PyFloat_AS_DOUBLE(product) * PyFloat_AS_DOUBLE(item)));
        else
            K_SET(product, PyNumber_Multiply(product, item)); /* runs code */
        if (!product) {
            Py_DECREF(item);
            return NULL;
        }
    }
    return PyErr_Occurred() ? NULL : K_MOVE(product);
}

/* ---- whole numbers ---- */

typedef PyObject *(*Fold)(PyObject *, PyObject *);

static PyObject *least_common_multiple(PyObject *a, PyObject *b)
{
    if (!_PyLong_Sign(a) || !_PyLong_Sign(b))
        return PyLong_FromLong(0);
    K_AUTO(PyObject *) divisor = _PyLong_GCD(a, b);
    K_AUTO(PyObject *) part = divisor ? PyNumber_FloorDivide(a, divisor) : NULL;
    K_AUTO(PyObject *) product = part ? PyNumber_Multiply(part, b) : NULL;
    return product ? PyNumber_Absolute(product) : NULL;
}

/* fold() over all arguments, from the absolute value of the first. */
static PyObject *fold_ints(PyObject *const *args, Py_ssize_t nargs, long neutral, Fold fold)
{
    if (nargs == 0)
        return PyLong_FromLong(neutral);
    K_AUTO(PyObject *) first = PyNumber_Index(args[0]);
    K_AUTO(PyObject *) result = first ? PyNumber_Absolute(first) : NULL;
    for (Py_ssize_t i = 1; result && i < nargs; i++) {
        K_AUTO(PyObject *) next = PyNumber_Index(args[i]); /* runs code */
        K_SET(result, next ? fold(result, next) : NULL);
    }
    return K_MOVE(result);
}

FUNCTION(math, gcd, FAST, "($module, *integers)", "The greatest common divisor.")
{
    return fold_ints(args, nargs, 0, _PyLong_GCD);
}

FUNCTION(math, lcm, FAST, "($module, *integers)", "The least common multiple.")
{
    return fold_ints(args, nargs, 1, least_common_multiple);
}

static uint64_t small_root(uint64_t n)
{
    uint64_t root = (uint64_t)sqrt((double)n);
    while ((unsigned __int128)root * root > n)
        root--;
    while ((unsigned __int128)(root + 1) * (root + 1) <= n)
        root++;
    return root;
}

/* One step of Newton's method that doubles the good bits:
 * (root << left) + (n >> right) // root. */
static PyObject *better_root(PyObject *n, PyObject *root, size_t left, size_t right)
{
    K_AUTO(PyObject *) top = _PyLong_Rshift(n, right);
    K_AUTO(PyObject *) quotient = top ? PyNumber_FloorDivide(top, root) : NULL;
    K_AUTO(PyObject *) shifted = quotient ? _PyLong_Lshift(root, left) : NULL;
    return shifted ? PyNumber_Add(shifted, quotient) : NULL;
}

FUNCTION(math, isqrt, O, "($module, n, /)", "The whole part of the square root of n.")
{
    K_AUTO(PyObject *) n = PyNumber_Index(arg); /* runs code */
    if (!n)
        return NULL;
    if (_PyLong_Sign(n) < 0)
        return k_raise(PyExc_ValueError, "isqrt() argument must be nonnegative");
    size_t bits = _PyLong_NumBits(n);
    if (bits == (size_t)-1)
        return NULL;
    if (bits <= 64)
        return PyLong_FromUnsignedLongLong(small_root(PyLong_AsUnsignedLongLong(n)));
    /* root approximates the first done + 1 bits of the root's half + 1 bits, to within one unit */
    size_t half = (bits - 1) / 2, done = 0;
    K_AUTO(PyObject *) root = PyLong_FromLong(1);
    for (int step = 63 - __builtin_clzll(half); root && step >= 0; step--) {
        size_t goal = half >> step;
        K_SET(root, better_root(n, root, goal - done - 1, 2 * half - done - goal + 1));
        done = goal;
    }
    K_AUTO(PyObject *) square = root ? PyNumber_Multiply(root, root) : NULL;
    int too_large = square ? PyObject_RichCompareBool(square, n, Py_GT) : -1;
    if (too_large <= 0)
        return too_large < 0 ? NULL : K_MOVE(root);
    K_AUTO(PyObject *) one = PyLong_FromLong(1);
    return PyNumber_Subtract(root, one);
}

/* first * (first + 1) * ... * last, halving the range so that the factors stay of like size. */
static PyObject *range_product(uint64_t first, uint64_t last)
{
    uint64_t product = 1, i = first;
    while (i <= last && !__builtin_mul_overflow(product, i, &product))
        if (i++ == UINT64_MAX)
            break;
    if (i > last || last == UINT64_MAX)
        return last < first ? PyLong_FromLong(1) : PyLong_FromUnsignedLongLong(product);
    uint64_t middle = first + (last - first) / 2;
    K_AUTO(PyObject *) low = range_product(first, middle);
    K_AUTO(PyObject *) high = low ? range_product(middle + 1, last) : NULL;
    return high ? PyNumber_Multiply(low, high) : NULL;
}

FUNCTION(math, factorial, O, "($module, n, /)", "The product of the ints from 1 to n.")
{
    int overflow;
    long n = PyLong_AsLongAndOverflow(arg, &overflow); /* runs code */
    if (n == -1 && PyErr_Occurred())
        return NULL;
    if (overflow > 0)
        return k_raise(PyExc_OverflowError, "factorial() argument should not exceed %ld", LONG_MAX);
    if (overflow < 0 || n < 0)
        return k_raise(PyExc_ValueError, "factorial() not defined for negative values");
    return range_product(1, (uint64_t)n);
}

/* n * (n - 1) * ... of k factors, for an n of any size. */
static PyObject *falling_product(PyObject *n, long long k)
{
    int overflow;
    long long small = PyLong_AsLongLongAndOverflow(n, &overflow);
    if (!overflow)
        return range_product((uint64_t)(small - k + 1), (uint64_t)small);
    K_AUTO(PyObject *) product = PyLong_FromLong(1);
    for (long long i = 0; product && i < k; i++) {
        K_AUTO(PyObject *) less = PyLong_FromLongLong(i);
        K_AUTO(PyObject *) factor = less ? PyNumber_Subtract(n, less) : NULL;
        K_SET(product, factor ? PyNumber_Multiply(product, factor) : NULL);
    }
    return K_MOVE(product);
}

/* Checks 0 <= n and 0 <= k: 1 when k <= n, 0 when the answer is nought, -1 with an exception. */
static int check_choice(PyObject *n, PyObject *k)
{
    if (_PyLong_Sign(n) < 0 || _PyLong_Sign(k) < 0) {
        k_raise(PyExc_ValueError, "%c must be a non-negative integer", _PyLong_Sign(n) < 0 ? 'n' : 'k');
        return -1;
    }
    return PyObject_RichCompareBool(k, n, Py_LE);
}

FUNCTION(math, perm, FAST, "($module, n, k=None, /)",
         "How many ways there are to pick k of n things in order; all of them when k is not given.")
{
    if (k_check_nargs("perm", nargs, 1, 2) < 0)
        return NULL;
    if (nargs < 2 || args[1] == Py_None)
        return math_factorial(self, args[0]);
    K_AUTO(PyObject *) n = PyNumber_Index(args[0]); /* runs code */
    K_AUTO(PyObject *) k = n ? PyNumber_Index(args[1]) : NULL; /* runs code */
    int choice = k ? check_choice(n, k) : -1;
    if (choice <= 0)
        return choice < 0 ? NULL : PyLong_FromLong(0);
    int overflow;
    long long count = PyLong_AsLongLongAndOverflow(k, &overflow);
    if (overflow)
        return k_raise(PyExc_OverflowError, "k must not exceed %lld", LLONG_MAX);
    return falling_product(n, count);
}

FUNCTION(math, comb, FAST, "($module, n, k, /)", "How many ways there are to pick k of n things, their order left aside.")
{
    if (k_check_nargs("comb", nargs, 2, 2) < 0)
        return NULL;
    K_AUTO(PyObject *) n = PyNumber_Index(args[0]); /* runs code */
    K_AUTO(PyObject *) k = n ? PyNumber_Index(args[1]) : NULL; /* runs code */
    int choice = k ? check_choice(n, k) : -1;
    if (choice <= 0)
        return choice < 0 ? NULL : PyLong_FromLong(0);
    K_AUTO(PyObject *) other = PyNumber_Subtract(n, k);
    int swap = other ? PyObject_RichCompareBool(other, k, Py_LT) : -1;
    if (swap < 0)
        return NULL;
    if (swap)
        K_SET(k, K_MOVE(other));
    int overflow;
    long long count = PyLong_AsLongLongAndOverflow(k, &overflow);
    if (overflow)
        return k_raise(PyExc_OverflowError, "min(n - k, k) must not exceed %lld", LLONG_MAX);
    K_AUTO(PyObject *) product = falling_product(n, count);
    K_AUTO(PyObject *) orders = product ? range_product(1, (uint64_t)count) : NULL;
    return orders ? PyNumber_FloorDivide(product, orders) : NULL;
}

METHODS_END(math);

static int math_exec(PyObject *module)
{
    const struct {
        const char *name;
        double value;
    } constants[] = { { "pi", M_PI }, { "e", M_E }, { "tau", 2.0 * M_PI }, { "inf", HUGE_VAL }, { "nan", NAN } };
    for (int i = 0; i < (int)K_COUNT_OF(constants); i++) {
        K_AUTO(PyObject *) value = PyFloat_FromDouble(constants[i].value);
        if (!value || PyModule_AddObjectRef(module, constants[i].name, value) < 0)
            return -1;
    }
    return 0;
}

MODULE(math, "Functions of real and whole numbers.", math_exec, 0);
