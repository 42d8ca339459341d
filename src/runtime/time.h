/* time.h - clocks and conversions of time (_PyTime_*). */
#ifndef KAA_RUNTIME_TIME_H
#define KAA_RUNTIME_TIME_H

#include "objects/object.h"

#include <sys/time.h>
#include <time.h>

typedef int64_t _PyTime_t; /* nanoseconds */
#define _PyTime_MIN INT64_MIN
#define _PyTime_MAX INT64_MAX
typedef enum {
    _PyTime_ROUND_FLOOR = 0,
    _PyTime_ROUND_CEILING = 1,
    _PyTime_ROUND_HALF_EVEN = 2,
    _PyTime_ROUND_UP = 3,
    _PyTime_ROUND_TIMEOUT = 3
} _PyTime_round_t;
typedef struct _Py_clock_info_t {
    const char *implementation;
    int monotonic, adjustable;
    double resolution;
} _Py_clock_info_t;

K_API K_NEW PyObject *_PyLong_FromTime_t(time_t sec);
K_API time_t _PyLong_AsTime_t(PyObject *obj);
K_API K_STATUS int _PyTime_ObjectToTime_t(PyObject *obj, time_t *sec, _PyTime_round_t);
K_API K_STATUS int _PyTime_ObjectToTimeval(PyObject *obj, time_t *sec, long *usec, _PyTime_round_t);
K_API K_STATUS int _PyTime_ObjectToTimespec(PyObject *obj, time_t *sec, long *nsec, _PyTime_round_t);
K_API _PyTime_t _PyTime_FromSeconds(int seconds);
K_API _PyTime_t _PyTime_FromNanoseconds(_PyTime_t ns);
K_API K_STATUS int _PyTime_FromNanosecondsObject(_PyTime_t *t, PyObject *obj);
K_API K_STATUS int _PyTime_FromSecondsObject(_PyTime_t *t, PyObject *obj, _PyTime_round_t round);
K_API K_STATUS int _PyTime_FromMillisecondsObject(_PyTime_t *t, PyObject *obj, _PyTime_round_t round);
K_API double _PyTime_AsSecondsDouble(_PyTime_t t);
K_API _PyTime_t _PyTime_AsMilliseconds(_PyTime_t t, _PyTime_round_t round);
K_API _PyTime_t _PyTime_AsMicroseconds(_PyTime_t t, _PyTime_round_t round);
K_API _PyTime_t _PyTime_AsNanoseconds(_PyTime_t t);
K_API _PyTime_t _PyTime_As100Nanoseconds(_PyTime_t t, _PyTime_round_t round);
K_API K_NEW PyObject *_PyTime_AsNanosecondsObject(_PyTime_t t);
K_API K_STATUS int _PyTime_FromTimeval(_PyTime_t *tp, struct timeval *tv);
K_API K_STATUS int _PyTime_AsTimeval(_PyTime_t t, struct timeval *tv, _PyTime_round_t round);
K_API void _PyTime_AsTimeval_clamp(_PyTime_t t, struct timeval *tv, _PyTime_round_t round);
K_API K_STATUS int _PyTime_AsTimevalTime_t(_PyTime_t t, time_t *secs, int *us, _PyTime_round_t round);
K_API K_STATUS int _PyTime_FromTimespec(_PyTime_t *tp, struct timespec *ts);
K_API K_STATUS int _PyTime_AsTimespec(_PyTime_t t, struct timespec *ts);
K_API void _PyTime_AsTimespec_clamp(_PyTime_t t, struct timespec *ts);
K_API _PyTime_t _PyTime_Add(_PyTime_t t1, _PyTime_t t2);
K_API _PyTime_t _PyTime_MulDiv(_PyTime_t ticks, _PyTime_t mul, _PyTime_t div);
K_API _PyTime_t _PyTime_GetSystemClock(void);
K_API K_STATUS int _PyTime_GetSystemClockWithInfo(_PyTime_t *t, _Py_clock_info_t *info);
K_API _PyTime_t _PyTime_GetMonotonicClock(void);
K_API K_STATUS int _PyTime_GetMonotonicClockWithInfo(_PyTime_t *t, _Py_clock_info_t *info);
K_API K_STATUS int _PyTime_localtime(time_t t, struct tm *tm);
K_API K_STATUS int _PyTime_gmtime(time_t t, struct tm *tm);
K_API _PyTime_t _PyTime_GetPerfCounter(void);
K_API K_STATUS int _PyTime_GetPerfCounterWithInfo(_PyTime_t *t, _Py_clock_info_t *info);
K_API _PyTime_t _PyDeadline_Init(_PyTime_t timeout);
K_API _PyTime_t _PyDeadline_Get(_PyTime_t deadline);

#endif
