/* time.c - clocks and conversions of time: _PyTime_t counts nanoseconds.
 *
 * Conversions saturate at _PyTime_MIN and _PyTime_MAX; those from objects raise OverflowError instead.
 * Start at _PyTime_FromSecondsObject(). */
#include "runtime/time.h"

#include "objects/float/float.h"
#include "objects/int/int.h"
#include "runtime/errors.h"

#include <errno.h>
#include <math.h>

enum { SEC_TO_MS = 1000, SEC_TO_US = 1000000, SEC_TO_NS = 1000000000, US_TO_NS = 1000, MS_TO_NS = 1000000 };

static int too_large_time_t(void)
{
    PyErr_SetString(PyExc_OverflowError, "timestamp out of range for platform time_t");
    return -1;
}

static int too_large(void)
{
    PyErr_SetString(PyExc_OverflowError, "timestamp too large to convert to C _PyTime_t");
    return -1;
}

static double round_double(double x, _PyTime_round_t round)
{
    switch (round) {
    case _PyTime_ROUND_HALF_EVEN: return nearbyint(x);
    case _PyTime_ROUND_CEILING: return ceil(x);
    case _PyTime_ROUND_FLOOR: return floor(x);
    case _PyTime_ROUND_UP: return x >= 0.0 ? ceil(x) : floor(x);
    }
    Py_UNREACHABLE();
}

/* t / k, k > 1, rounded as asked. */
static _PyTime_t divide(_PyTime_t t, _PyTime_t k, _PyTime_round_t round)
{
    _PyTime_t q = t / k, r = t % k;
    switch (round) {
    case _PyTime_ROUND_HALF_EVEN: {
        _PyTime_t twice = llabs(r) * 2;
        if (twice > k || (twice == k && (q & 1)))
            q += t >= 0 ? 1 : -1;
        return q;
    }
    case _PyTime_ROUND_CEILING: return r > 0 ? q + 1 : q;
    case _PyTime_ROUND_FLOOR: return r < 0 ? q - 1 : q;
    case _PyTime_ROUND_UP: return r ? q + (t >= 0 ? 1 : -1) : q;
    }
    Py_UNREACHABLE();
}

_PyTime_t _PyTime_Add(_PyTime_t a, _PyTime_t b)
{
    _PyTime_t sum;
    if (!__builtin_add_overflow(a, b, &sum))
        return sum;
    return a > 0 ? _PyTime_MAX : _PyTime_MIN;
}

static int multiply(_PyTime_t *t, _PyTime_t k)
{
    if (!__builtin_mul_overflow(*t, k, t))
        return 0;
    *t = *t > 0 ? _PyTime_MAX : _PyTime_MIN;
    return -1;
}

static _PyTime_t multiply_clamped(_PyTime_t t, _PyTime_t k)
{
    _PyTime_t product;
    if (!__builtin_mul_overflow(t, k, &product))
        return product;
    return t > 0 ? _PyTime_MAX : _PyTime_MIN;
}

_PyTime_t _PyTime_MulDiv(_PyTime_t ticks, _PyTime_t mul, _PyTime_t div)
{
    return _PyTime_Add(multiply_clamped(ticks / div, mul), multiply_clamped(ticks % div, mul) / div);
}

/* ---- time_t ---- */

PyObject *_PyLong_FromTime_t(time_t sec)
{
    return PyLong_FromLong(sec);
}

time_t _PyLong_AsTime_t(PyObject *o)
{
    long value = PyLong_AsLong(o);
    if (value == -1 && PyErr_ExceptionMatches(PyExc_OverflowError))
        too_large_time_t();
    return value;
}

static int double_to_parts(double d, time_t *sec, long *part, long unit, _PyTime_round_t round)
{
    double whole, fraction = modf(d, &whole);
    fraction = round_double(fraction * (double)unit, round);
    if (fraction >= (double)unit) {
        fraction -= (double)unit;
        whole += 1.0;
    } else if (fraction < 0) {
        fraction += (double)unit;
        whole -= 1.0;
    }
    if (!(whole >= (double)INT64_MIN && whole < 9223372036854775808.0))
        return too_large_time_t();
    *sec = (time_t)whole;
    *part = (long)fraction;
    return 0;
}

static int object_to_parts(PyObject *o, time_t *sec, long *part, long unit, _PyTime_round_t round)
{
    if (PyFloat_Check(o)) {
        double d = PyFloat_AS_DOUBLE(o);
        if (isnan(d)) {
            *part = 0;
            PyErr_SetString(PyExc_ValueError, "Invalid value NaN (not a number)");
            return -1;
        }
        return double_to_parts(d, sec, part, unit, round);
    }
    *sec = _PyLong_AsTime_t(o);
    *part = 0;
    return *sec == -1 && PyErr_Occurred() ? -1 : 0;
}

int _PyTime_ObjectToTime_t(PyObject *o, time_t *sec, _PyTime_round_t round)
{
    if (!PyFloat_Check(o)) {
        *sec = _PyLong_AsTime_t(o);
        return *sec == -1 && PyErr_Occurred() ? -1 : 0;
    }
    double d = PyFloat_AS_DOUBLE(o);
    if (isnan(d)) {
        PyErr_SetString(PyExc_ValueError, "Invalid value NaN (not a number)");
        return -1;
    }
    d = round_double(d, round);
    if (!(d >= (double)INT64_MIN && d < 9223372036854775808.0))
        return too_large_time_t();
    *sec = (time_t)d;
    return 0;
}

int _PyTime_ObjectToTimeval(PyObject *o, time_t *sec, long *usec, _PyTime_round_t round)
{
    return object_to_parts(o, sec, usec, SEC_TO_US, round);
}

int _PyTime_ObjectToTimespec(PyObject *o, time_t *sec, long *nsec, _PyTime_round_t round)
{
    return object_to_parts(o, sec, nsec, SEC_TO_NS, round);
}

/* ---- from ---- */

_PyTime_t _PyTime_FromSeconds(int seconds)
{
    return (_PyTime_t)seconds * SEC_TO_NS;
}

_PyTime_t _PyTime_FromNanoseconds(_PyTime_t ns)
{
    return ns;
}

int _PyTime_FromNanosecondsObject(_PyTime_t *t, PyObject *o)
{
    if (!PyLong_Check(o)) {
        k_raise(PyExc_TypeError, "expect int, got %s", Py_TYPE(o)->tp_name);
        return -1;
    }
    long long ns = PyLong_AsLongLong(o);
    if (ns == -1 && PyErr_Occurred())
        return PyErr_ExceptionMatches(PyExc_OverflowError) ? too_large() : -1;
    *t = ns;
    return 0;
}

static int from_object(_PyTime_t *t, PyObject *o, _PyTime_round_t round, long unit_to_ns)
{
    if (PyFloat_Check(o)) {
        double d = PyFloat_AS_DOUBLE(o);
        if (isnan(d)) {
            PyErr_SetString(PyExc_ValueError, "Invalid value NaN (not a number)");
            return -1;
        }
        d = round_double(d * (double)unit_to_ns, round);
        if (!(d >= (double)_PyTime_MIN && d < 9223372036854775808.0)) {
            *t = 0;
            return too_large_time_t();
        }
        *t = (_PyTime_t)d;
        return 0;
    }
    long long units = PyLong_AsLongLong(o);
    if (units == -1 && PyErr_Occurred())
        return PyErr_ExceptionMatches(PyExc_OverflowError) ? too_large() : -1;
    *t = units;
    return multiply(t, unit_to_ns) < 0 ? too_large() : 0;
}

int _PyTime_FromSecondsObject(_PyTime_t *t, PyObject *o, _PyTime_round_t round)
{
    return from_object(t, o, round, SEC_TO_NS);
}

int _PyTime_FromMillisecondsObject(_PyTime_t *t, PyObject *o, _PyTime_round_t round)
{
    return from_object(t, o, round, MS_TO_NS);
}

static int from_parts(_PyTime_t *t, int64_t sec, int64_t ns, int raise)
{
    _PyTime_t whole = multiply_clamped(sec, SEC_TO_NS);
    int failed = sec && (whole == _PyTime_MAX || whole == _PyTime_MIN);
    *t = _PyTime_Add(whole, ns);
    return failed && raise ? too_large() : 0;
}

int _PyTime_FromTimespec(_PyTime_t *t, struct timespec *ts)
{
    return from_parts(t, ts->tv_sec, ts->tv_nsec, 1);
}

int _PyTime_FromTimeval(_PyTime_t *t, struct timeval *tv)
{
    return from_parts(t, tv->tv_sec, (int64_t)tv->tv_usec * US_TO_NS, 1);
}

/* ---- to ---- */

double _PyTime_AsSecondsDouble(_PyTime_t t)
{
    if (t % SEC_TO_NS == 0)
        return (double)(t / SEC_TO_NS);
    return (double)t / 1e9;
}

PyObject *_PyTime_AsNanosecondsObject(_PyTime_t t)
{
    return PyLong_FromLongLong(t);
}

_PyTime_t _PyTime_AsNanoseconds(_PyTime_t t)
{
    return t;
}

_PyTime_t _PyTime_As100Nanoseconds(_PyTime_t t, _PyTime_round_t round)
{
    return divide(t, 100, round);
}

_PyTime_t _PyTime_AsMicroseconds(_PyTime_t t, _PyTime_round_t round)
{
    return divide(t, US_TO_NS, round);
}

_PyTime_t _PyTime_AsMilliseconds(_PyTime_t t, _PyTime_round_t round)
{
    return divide(t, MS_TO_NS, round);
}

static void to_timeval(_PyTime_t t, int64_t *sec, int *us, _PyTime_round_t round)
{
    int64_t all = divide(t, US_TO_NS, round), rest = all % SEC_TO_US;
    *sec = all / SEC_TO_US - (rest < 0);
    *us = (int)(rest < 0 ? rest + SEC_TO_US : rest);
}

int _PyTime_AsTimevalTime_t(_PyTime_t t, time_t *sec, int *us, _PyTime_round_t round)
{
    int64_t whole;
    to_timeval(t, &whole, us, round);
    *sec = whole;
    return 0;
}

void _PyTime_AsTimeval_clamp(_PyTime_t t, struct timeval *tv, _PyTime_round_t round)
{
    int64_t sec;
    int us;
    to_timeval(t, &sec, &us, round);
    tv->tv_sec = sec;
    tv->tv_usec = us;
}

int _PyTime_AsTimeval(_PyTime_t t, struct timeval *tv, _PyTime_round_t round)
{
    _PyTime_AsTimeval_clamp(t, tv, round);
    return 0;
}

void _PyTime_AsTimespec_clamp(_PyTime_t t, struct timespec *ts)
{
    int64_t rest = t % SEC_TO_NS;
    ts->tv_sec = t / SEC_TO_NS - (rest < 0);
    ts->tv_nsec = rest < 0 ? rest + SEC_TO_NS : rest;
}

int _PyTime_AsTimespec(_PyTime_t t, struct timespec *ts)
{
    _PyTime_AsTimespec_clamp(t, ts);
    return 0;
}

/* ---- clocks ---- */

static int read_clock(clockid_t clock, const char *name, int monotonic, _PyTime_t *t, _Py_clock_info_t *info)
{
    struct timespec ts, resolution;
    if (clock_gettime(clock, &ts) < 0) {
        (void)!PyErr_SetFromErrno(PyExc_OSError);
        return -1;
    }
    *t = (_PyTime_t)ts.tv_sec * SEC_TO_NS + ts.tv_nsec;
    if (info) {
        info->implementation = name;
        info->monotonic = monotonic;
        info->adjustable = !monotonic;
        info->resolution = clock_getres(clock, &resolution) == 0
                               ? (double)resolution.tv_sec + (double)resolution.tv_nsec * 1e-9 : 1e-9;
    }
    return 0;
}

int _PyTime_GetSystemClockWithInfo(_PyTime_t *t, _Py_clock_info_t *info)
{
    return read_clock(CLOCK_REALTIME, "clock_gettime(CLOCK_REALTIME)", 0, t, info);
}

int _PyTime_GetMonotonicClockWithInfo(_PyTime_t *t, _Py_clock_info_t *info)
{
    return read_clock(CLOCK_MONOTONIC, "clock_gettime(CLOCK_MONOTONIC)", 1, t, info);
}

int _PyTime_GetPerfCounterWithInfo(_PyTime_t *t, _Py_clock_info_t *info)
{
    return _PyTime_GetMonotonicClockWithInfo(t, info);
}

static _PyTime_t now(clockid_t clock)
{
    struct timespec ts;
    clock_gettime(clock, &ts);
    return (_PyTime_t)ts.tv_sec * SEC_TO_NS + ts.tv_nsec;
}

_PyTime_t _PyTime_GetSystemClock(void)
{
    return now(CLOCK_REALTIME);
}

_PyTime_t _PyTime_GetMonotonicClock(void)
{
    return now(CLOCK_MONOTONIC);
}

_PyTime_t _PyTime_GetPerfCounter(void)
{
    return now(CLOCK_MONOTONIC);
}

_PyTime_t _PyDeadline_Init(_PyTime_t timeout)
{
    return _PyTime_Add(_PyTime_GetMonotonicClock(), timeout);
}

_PyTime_t _PyDeadline_Get(_PyTime_t deadline)
{
    return deadline - _PyTime_GetMonotonicClock();
}

/* ---- calendar ---- */

int _PyTime_localtime(time_t t, struct tm *tm)
{
    errno = 0;
    if (localtime_r(&t, tm))
        return 0;
    if (!errno)
        errno = EINVAL;
    (void)!PyErr_SetFromErrno(PyExc_OSError);
    return -1;
}

int _PyTime_gmtime(time_t t, struct tm *tm)
{
    errno = 0;
    if (gmtime_r(&t, tm))
        return 0;
    if (!errno)
        errno = EINVAL;
    (void)!PyErr_SetFromErrno(PyExc_OSError);
    return -1;
}
