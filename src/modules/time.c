/* time.c - module time: clocks, sleep, struct_time and its text forms. */
#include "runtime/time.h"

#include "memory/mem.h"
#include "objects/bytes/bytes.h"
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/float/float.h"
#include "objects/int/int.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/namespace.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/structseq.h"
#include "objects/tuple.h"
#include "runtime/errors.h"
#include "runtime/import.h"
#include "vm/eval.h"

#include <errno.h>
#include <pthread.h>
#include <sys/resource.h>

enum { YEAR_BASE = 1900, TM_FIELDS = 9, TM_ITEMS = 11 };

static PyObject *seconds(_PyTime_t t)
{
    return PyFloat_FromDouble(_PyTime_AsSecondsDouble(t));
}

/* ---- reading clocks ---- */

#define CLOCK_PAIR(name, expression, text)                                                                             \
    FUNCTION_RAW(time, name, NOARGS, 0, #name "() -> " text)                                                           \
    {                                                                                                                  \
        return seconds(expression);                                                                                    \
    }                                                                                                                  \
    FUNCTION_RAW(time, name##_ns, NOARGS, 0, #name "_ns() -> int\n\nThe same clock in nanoseconds.")                   \
    {                                                                                                                  \
        return _PyTime_AsNanosecondsObject(expression);                                                                \
    }

static _PyTime_t cpu_clock(clockid_t clock)
{
    struct timespec ts;
    _PyTime_t t = 0;
    if (clock_gettime(clock, &ts) == 0)
        t = (_PyTime_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
    return t;
}

static PyObject *now_seconds(void)
{
    return seconds(_PyTime_GetSystemClock());
}

static PyObject *call_time(PyObject *self K_UNUSED, PyObject *unused K_UNUSED)
{
    return now_seconds();
}
K_METHOD_ROW(time, now, "time", call_time, METH_NOARGS,
             "time() -> floating point number\n\nReturn the current time in seconds since the Epoch.\n"
             "Fractions of a second may be present if the system clock provides them.");

FUNCTION_RAW(time, time_ns, NOARGS, 0, "time_ns() -> int\n\nReturn the current time in nanoseconds since the Epoch.")
{
    return _PyTime_AsNanosecondsObject(_PyTime_GetSystemClock());
}

CLOCK_PAIR(monotonic, _PyTime_GetMonotonicClock(), "float\n\nMonotonic clock, cannot go backward.")
CLOCK_PAIR(perf_counter, _PyTime_GetPerfCounter(), "float\n\nPerformance counter for benchmarking.")
CLOCK_PAIR(process_time, cpu_clock(CLOCK_PROCESS_CPUTIME_ID),
           "float\n\nProcess time for profiling: sum of the kernel and user-space CPU time.")
CLOCK_PAIR(thread_time, cpu_clock(CLOCK_THREAD_CPUTIME_ID),
           "float\n\nThread time for profiling: sum of the kernel and user-space CPU time.")

static int read_clock(PyObject *id, struct timespec *ts, int (*read)(clockid_t, struct timespec *))
{
    int clock;
    if (k_arg_int(id, &clock) < 0)
        return -1;
    if (read(clock, ts) == 0)
        return 0;
    (void)!PyErr_SetFromErrno(PyExc_OSError);
    return -1;
}

FUNCTION_RAW(time, clock_gettime, O, 0, "clock_gettime(clk_id) -> float\n\nReturn the time of the specified clock clk_id.")
{
    struct timespec ts;
    return read_clock(arg, &ts, clock_gettime) < 0 ? NULL : PyFloat_FromDouble((double)ts.tv_sec + (double)ts.tv_nsec * 1e-9);
}

FUNCTION_RAW(time, clock_gettime_ns, O, 0,
             "clock_gettime_ns(clk_id) -> int\n\nReturn the time of the specified clock clk_id as nanoseconds.")
{
    struct timespec ts;
    return read_clock(arg, &ts, clock_gettime) < 0
               ? NULL : _PyTime_AsNanosecondsObject((_PyTime_t)ts.tv_sec * 1000000000 + ts.tv_nsec);
}

FUNCTION_RAW(time, clock_getres, O, 0,
             "clock_getres(clk_id) -> floating point number\n\nReturn the resolution (precision) of the specified clock clk_id.")
{
    struct timespec ts;
    return read_clock(arg, &ts, clock_getres) < 0 ? NULL : PyFloat_FromDouble((double)ts.tv_sec + (double)ts.tv_nsec * 1e-9);
}

static PyObject *set_clock(int clock, _PyTime_t t)
{
    struct timespec ts;
    _PyTime_AsTimespec_clamp(t, &ts);
    return clock_settime(clock, &ts) ? PyErr_SetFromErrno(PyExc_OSError) : Py_NewRef(Py_None);
}

FUNCTION_RAW(time, clock_settime, FAST, 0, "clock_settime(clk_id, time)\n\nSet the time of the specified clock clk_id.")
{
    int clock;
    _PyTime_t t;
    if (k_check_nargs("clock_settime", nargs, 2, 2) < 0 || k_arg_int(args[0], &clock) < 0 ||
        _PyTime_FromSecondsObject(&t, args[1], _PyTime_ROUND_FLOOR) < 0)
        return NULL;
    return set_clock(clock, t);
}

FUNCTION_RAW(time, clock_settime_ns, FAST, 0,
             "clock_settime_ns(clk_id, time)\n\nSet the time of the specified clock clk_id with nanoseconds.")
{
    int clock;
    _PyTime_t t;
    if (k_check_nargs("clock_settime_ns", nargs, 2, 2) < 0 || k_arg_int(args[0], &clock) < 0 ||
        _PyTime_FromNanosecondsObject(&t, args[1]) < 0)
        return NULL;
    return set_clock(clock, t);
}

FUNCTION_RAW(time, pthread_getcpuclockid, O, 0,
             "pthread_getcpuclockid(thread_id) -> int\n\nReturn the clk_id of a thread's CPU time clock.")
{
    unsigned long id = PyLong_AsUnsignedLongMask(arg);
    clockid_t clock;
    if (id == (unsigned long)-1 && PyErr_Occurred())
        return NULL;
    int error = pthread_getcpuclockid((pthread_t)id, &clock);
    if (error) {
        errno = error;
        return PyErr_SetFromErrno(PyExc_OSError);
    }
    return PyLong_FromLong(clock);
}

static int cpu_clock_info(clockid_t clock, const char *name, _Py_clock_info_t *info)
{
    struct timespec ts;
    *info = (_Py_clock_info_t){ name, 1, 0, 1e-9 };
    if (clock_getres(clock, &ts) == 0)
        info->resolution = (double)ts.tv_sec + (double)ts.tv_nsec * 1e-9;
    return 0;
}

FUNCTION_RAW(time, get_clock_info, O, 0, "get_clock_info(name: str) -> dict\n\nGet information of the specified clock.")
{
    const char *name;
    _Py_clock_info_t info;
    _PyTime_t t;
    if (k_arg_utf8(arg, "get_clock_info", "argument 1", &name) < 0)
        return NULL;
    int failed = strcmp(name, "time") == 0           ? _PyTime_GetSystemClockWithInfo(&t, &info)
                 : strcmp(name, "monotonic") == 0    ? _PyTime_GetMonotonicClockWithInfo(&t, &info)
                 : strcmp(name, "perf_counter") == 0 ? _PyTime_GetPerfCounterWithInfo(&t, &info)
                 : strcmp(name, "process_time") == 0
                     ? cpu_clock_info(CLOCK_PROCESS_CPUTIME_ID, "clock_gettime(CLOCK_PROCESS_CPUTIME_ID)", &info)
                 : strcmp(name, "thread_time") == 0
                     ? cpu_clock_info(CLOCK_THREAD_CPUTIME_ID, "clock_gettime(CLOCK_THREAD_CPUTIME_ID)", &info) : 1;
    if (failed)
        return failed < 0 ? NULL : k_raise(PyExc_ValueError, "unknown clock");
    K_AUTO(PyObject *) dict = Py_BuildValue("{sssOsOsd}", "implementation", info.implementation, "monotonic",
                                            info.monotonic ? Py_True : Py_False, "adjustable",
                                            info.adjustable ? Py_True : Py_False, "resolution", info.resolution);
    return dict ? _PyNamespace_New(dict) : NULL;
}

FUNCTION_RAW(time, sleep, O, 0,
             "sleep(seconds)\n\nDelay execution for a given number of seconds.  The argument may be\na floating point number "
             "for subsecond precision.")
{
    _PyTime_t timeout;
    if (_PyTime_FromSecondsObject(&timeout, arg, _PyTime_ROUND_TIMEOUT) < 0)
        return NULL;
    if (timeout < 0)
        return k_raise(PyExc_ValueError, "sleep length must be non-negative");
    _PyTime_t deadline = _PyDeadline_Init(timeout);
    struct timespec until;
    _PyTime_AsTimespec_clamp(deadline, &until);
    for (;;) {
        PyThreadState *tstate = PyEval_SaveThread();
        int error = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
        PyEval_RestoreThread(tstate);
        if (!error)
            Py_RETURN_NONE;
        if (error != EINTR) {
            errno = error;
            return PyErr_SetFromErrno(PyExc_OSError);
        }
        if (PyErr_CheckSignals() < 0)
            return NULL;
    }
}

/* ---- struct_time ---- */

static PyStructSequence_Field time_fields[] = {
    { "tm_year", "year, for example, 1993" }, { "tm_mon", "month of year, range [1, 12]" },
    { "tm_mday", "day of month, range [1, 31]" }, { "tm_hour", "hours, range [0, 23]" },
    { "tm_min", "minutes, range [0, 59]" }, { "tm_sec", "seconds, range [0, 61])" },
    { "tm_wday", "day of week, range [0, 6], Monday is 0" }, { "tm_yday", "day of year, range [1, 366]" },
    { "tm_isdst", "1 if summer time is in effect, 0 if not, and -1 if unknown" },
    { "tm_zone", "abbreviation of timezone name" }, { "tm_gmtoff", "offset from UTC in seconds" }, { NULL, NULL },
};
static PyStructSequence_Desc time_desc = {
    "time.struct_time",
    "The time value as returned by gmtime(), localtime(), and strptime(), and\n"
    " accepted by asctime(), mktime() and strftime().  May be considered as a\n"
    " sequence of 9 integers.", time_fields, TM_FIELDS
};
static PyTypeObject time_type;

static PyObject *to_struct_time(const struct tm *tm)
{
    long values[TM_FIELDS] = { tm->tm_year + YEAR_BASE, tm->tm_mon + 1, tm->tm_mday, tm->tm_hour, tm->tm_min, tm->tm_sec,
                               (tm->tm_wday + 6) % 7, tm->tm_yday + 1, tm->tm_isdst };
    PyObject *result = PyStructSequence_New(&time_type);
    for (int i = 0; result && i < TM_ITEMS; i++) {
        PyObject *value = i < TM_FIELDS ? PyLong_FromLong(values[i])
                          : i == TM_FIELDS ? PyUnicode_DecodeLocale(tm->tm_zone, "surrogateescape")
                                           : PyLong_FromLong(tm->tm_gmtoff);
        if (!value)
            Py_CLEAR(result);
        else
            PyStructSequence_SET_ITEM(result, i, value);
    }
    return result;
}

/* The optional argument of gmtime, localtime, ctime: seconds since the Epoch, or now. */
static int moment(PyObject *const *args, Py_ssize_t nargs, const char *name, time_t *t)
{
    if (k_check_nargs(name, nargs, 0, 1) < 0)
        return -1;
    if (nargs && args[0] != Py_None)
        return _PyTime_ObjectToTime_t(args[0], t, _PyTime_ROUND_FLOOR);
    *t = (time_t)_PyTime_AsMilliseconds(_PyTime_GetSystemClock(), _PyTime_ROUND_FLOOR) / 1000;
    return 0;
}

FUNCTION_RAW(time, gmtime, FAST, 0,
             "gmtime([seconds]) -> (tm_year, tm_mon, tm_mday, tm_hour, tm_min,\n"
             "                       tm_sec, tm_wday, tm_yday, tm_isdst)\n\n"
             "Convert seconds since the Epoch to a time tuple expressing UTC (a.k.a.\nGMT).  When 'seconds' is not passed "
             "in, convert the current time instead.")
{
    time_t t;
    struct tm tm;
    if (moment(args, nargs, "gmtime", &t) < 0 || _PyTime_gmtime(t, &tm) < 0)
        return NULL;
    tm.tm_zone = "UTC";
    return to_struct_time(&tm);
}

FUNCTION_RAW(time, localtime, FAST, 0,
             "localtime([seconds]) -> (tm_year,tm_mon,tm_mday,tm_hour,tm_min,\n"
             "                          tm_sec,tm_wday,tm_yday,tm_isdst)\n\n"
             "Convert seconds since the Epoch to a time tuple expressing local time.\nWhen 'seconds' is not passed in, convert "
             "the current time instead.")
{
    time_t t;
    struct tm tm;
    return moment(args, nargs, "localtime", &t) < 0 || _PyTime_localtime(t, &tm) < 0 ? NULL : to_struct_time(&tm);
}

/* A struct_time or a tuple of nine ints to struct tm. 0, or -1 with TypeError. */
static int from_tuple(PyObject *arg, struct tm *tm, const char *function)
{
    int year;
    *tm = (struct tm){ 0 };
    if (!PyTuple_Check(arg)) {
        PyErr_SetString(PyExc_TypeError, "Tuple or struct_time argument required");
        return -1;
    }
    char format[64];
    snprintf(format, sizeof format, "iiiiiiiii;%s(): illegal time tuple argument", function);
    K_AUTO(PyObject *) nine = PyTuple_CheckExact(arg) ? Py_NewRef(arg) : PyTuple_GetSlice(arg, 0, TM_FIELDS);
    if (!nine || !PyArg_ParseTuple(nine, format, &year, &tm->tm_mon, &tm->tm_mday, &tm->tm_hour, &tm->tm_min, &tm->tm_sec,
                                   &tm->tm_wday, &tm->tm_yday, &tm->tm_isdst))
        return -1;
    if (year < INT_MIN + YEAR_BASE) {
        PyErr_SetString(PyExc_OverflowError, "year out of range");
        return -1;
    }
    tm->tm_year = year - YEAR_BASE;
    tm->tm_mon--;
    tm->tm_wday = (tm->tm_wday + 1) % 7;
    tm->tm_yday--;
    if (!Py_IS_TYPE(arg, &time_type))
        return 0;
    PyObject *zone = PyStructSequence_GET_ITEM(arg, TM_FIELDS), *offset = PyStructSequence_GET_ITEM(arg, TM_FIELDS + 1);
    if (zone && zone != Py_None)
        tm->tm_zone = PyUnicode_AsUTF8(zone);
    if (offset && offset != Py_None)
        tm->tm_gmtoff = PyLong_AsLong(offset);
    return PyErr_Occurred() ? -1 : 0;
}

/* Zeros are let through where CPython takes them for the least value. 0, or -1 with ValueError. */
static int check_tm(struct tm *tm)
{
    if (tm->tm_mon == -1)
        tm->tm_mon = 0;
    if (tm->tm_mday == 0)
        tm->tm_mday = 1;
    if (tm->tm_yday == -1)
        tm->tm_yday = 0;
    const char *wrong = tm->tm_mon < 0 || tm->tm_mon > 11     ? "month out of range"
                        : tm->tm_mday < 0 || tm->tm_mday > 31 ? "day of month out of range"
                        : tm->tm_hour < 0 || tm->tm_hour > 23 ? "hour out of range"
                        : tm->tm_min < 0 || tm->tm_min > 59   ? "minute out of range"
                        : tm->tm_sec < 0 || tm->tm_sec > 61   ? "seconds out of range"
                        : tm->tm_wday < 0                     ? "day of week out of range"
                        : tm->tm_yday < 0 || tm->tm_yday > 365 ? "day of year out of range" : NULL;
    if (!wrong)
        return 0;
    PyErr_SetString(PyExc_ValueError, wrong);
    return -1;
}

static PyObject *ascii_time(const struct tm *tm)
{
    static const char days[7][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
    static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
    return PyUnicode_FromFormat("%s %s%3d %.2d:%.2d:%.2d %d", days[tm->tm_wday], months[tm->tm_mon], tm->tm_mday, tm->tm_hour,
                                tm->tm_min, tm->tm_sec, YEAR_BASE + tm->tm_year);
}

/* The optional time tuple of asctime and strftime, or the current local time. */
static int tuple_or_now(PyObject *arg, struct tm *tm, const char *function)
{
    if (arg)
        return from_tuple(arg, tm, function) < 0 ? -1 : check_tm(tm);
    time_t t;
    return moment(NULL, 0, function, &t) < 0 ? -1 : _PyTime_localtime(t, tm);
}

FUNCTION_RAW(time, asctime, FAST, 0,
             "asctime([tuple]) -> string\n\nConvert a time tuple to a string, e.g. 'Sat Jun 06 16:26:11 1998'.\n"
             "When the time tuple is not present, current time as returned by localtime()\nis used.")
{
    struct tm tm;
    if (k_check_nargs("asctime", nargs, 0, 1) < 0 || tuple_or_now(nargs ? args[0] : NULL, &tm, "asctime") < 0)
        return NULL;
    return ascii_time(&tm);
}

FUNCTION_RAW(time, ctime, FAST, 0,
             "ctime(seconds) -> string\n\nConvert a time in seconds since the Epoch to a string in local time.\n"
             "This is equivalent to asctime(localtime(seconds)). When the time tuple is\nnot present, current time as "
             "returned by localtime() is used.")
{
    time_t t;
    struct tm tm;
    return moment(args, nargs, "ctime", &t) < 0 || _PyTime_localtime(t, &tm) < 0 ? NULL : ascii_time(&tm);
}

FUNCTION_RAW(time, mktime, O, 0,
             "mktime(tuple) -> floating point number\n\nConvert a time tuple in local time to seconds since the Epoch.\n"
             "Note that mktime(gmtime(0)) will not generally return zero for most\ntime zones; instead the returned value "
             "will either be equal to that\nof the timezone or altzone attributes on the time module.")
{
    struct tm tm;
    if (from_tuple(arg, &tm, "mktime") < 0)
        return NULL;
    tm.tm_wday = -1; /* stays so when the call fails */
    time_t t = mktime(&tm);
    if (t == (time_t)-1 && tm.tm_wday == -1)
        return k_raise(PyExc_OverflowError, "mktime argument out of range");
    return PyFloat_FromDouble((double)t);
}

FUNCTION_RAW(time, strftime, FAST, 0,
             "strftime(format[, tuple]) -> string\n\nConvert a time tuple to a string according to a format specification.\n"
             "See the library reference manual for formatting codes. When the time tuple\nis not present, current time as "
             "returned by localtime() is used.")
{
    enum { FIRST_ROOM = 1024, MOST = 256 };
    struct tm tm;
    if (k_check_nargs("strftime", nargs, 1, 2) < 0)
        return NULL;
    if (!PyUnicode_Check(args[0]))
        return k_raise(PyExc_TypeError, "strftime() argument 1 must be str, not %s", Py_TYPE(args[0])->tp_name);
    if (tuple_or_now(nargs > 1 ? args[1] : NULL, &tm, "strftime") < 0)
        return NULL;
    tm.tm_isdst = tm.tm_isdst < -1 ? -1 : tm.tm_isdst > 1 ? 1 : tm.tm_isdst;
    K_AUTO(PyObject *) format = PyUnicode_EncodeLocale(args[0], "surrogateescape");
    const char *text = format ? PyBytes_AsString(format) : NULL;
    if (!text)
        return NULL;
    for (size_t room = FIRST_ROOM;; room *= 2) {
        char *out = PyMem_Malloc(room);
        if (!out)
            return PyErr_NoMemory();
        size_t n = strftime(out, room, text, &tm);
        /* nothing is a result too: %p in some locales */
        PyObject *result = n || room >= MOST * strlen(text) + FIRST_ROOM ? PyUnicode_DecodeLocaleAndSize(out, (Py_ssize_t)n,
                                                                                                        "surrogateescape")
                                                                        : NULL;
        PyMem_Free(out);
        if (result || PyErr_Occurred())
            return result;
    }
}

FUNCTION_RAW(time, strptime, VAR, 0,
             "strptime(string, format) -> struct_time\n\nParse a string to a time tuple according to a format specification.\n"
             "See the library reference manual for formatting codes (same as\nstrftime()).")
{
    K_AUTO(PyObject *) parse = _PyImport_GetModuleAttrString("_strptime", "_strptime_time");
    return parse ? PyObject_Call(parse, args, kwargs) : NULL;
}

/* ---- time zone ---- */

static int set_zone(PyObject *module)
{
    enum { YEAR = (365 * 24 + 6) * 3600 };
    struct tm winter, summer;
    time_t t = (time(NULL) / YEAR) * YEAR, half = t + YEAR / 2;
    if (_PyTime_localtime(t, &winter) < 0 || _PyTime_localtime(half, &summer) < 0)
        return -1;
    if (winter.tm_gmtoff > summer.tm_gmtoff) { /* the southern half of the earth */
        struct tm other = winter;
        winter = summer;
        summer = other;
    }
    K_AUTO(PyObject *) names = Py_BuildValue("(ss)", winter.tm_zone, summer.tm_zone);
    if (!names || PyModule_AddIntConstant(module, "timezone", -winter.tm_gmtoff) < 0 ||
        PyModule_AddIntConstant(module, "altzone", -summer.tm_gmtoff) < 0 ||
        PyModule_AddIntConstant(module, "daylight", winter.tm_gmtoff != summer.tm_gmtoff) < 0)
        return -1;
    return PyModule_AddObjectRef(module, "tzname", names);
}

FUNCTION_RAW(time, tzset, NOARGS, 0,
             "tzset()\n\nInitialize, or reinitialize, the local timezone to the value stored in\nos.environ['TZ'].  That value, "
             "as the tzset() of the C library understands it,\ngoverns timezone, altzone, daylight and tzname afterwards.")
{
    K_AUTO(PyObject *) module = PyImport_ImportModule("time");
    if (!module)
        return NULL;
    tzset();
    return set_zone(module) < 0 ? NULL : Py_NewRef(Py_None);
}
METHODS_END(time);

static int time_exec(PyObject *module)
{
    static const struct {
        const char *name;
        long value;
    } rows[] = {
        { "CLOCK_REALTIME", CLOCK_REALTIME }, { "CLOCK_MONOTONIC", CLOCK_MONOTONIC },
        { "CLOCK_MONOTONIC_RAW", CLOCK_MONOTONIC_RAW }, { "CLOCK_PROCESS_CPUTIME_ID", CLOCK_PROCESS_CPUTIME_ID },
        { "CLOCK_THREAD_CPUTIME_ID", CLOCK_THREAD_CPUTIME_ID }, { "CLOCK_BOOTTIME", CLOCK_BOOTTIME },
        { "CLOCK_TAI", CLOCK_TAI }, { "_STRUCT_TM_ITEMS", TM_ITEMS },
    };
    if (set_zone(module) < 0)
        return -1;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (PyModule_AddIntConstant(module, rows[i].name, rows[i].value) < 0)
            return -1;
    if (!time_type.tp_name && k_structseq_init(&time_type, &time_desc) < 0)
        return -1;
    return PyModule_AddObjectRef(module, "struct_time", (PyObject *)&time_type);
}
MODULE(time, "This module provides various functions to manipulate time values: seconds since the Epoch\n"
             "(January 1, 1970, 00:00 UTC on Unix) as a number, and tuples of nine ints that give the local time or UTC.\n",
       time_exec, 0);
