/* _datetime.c - the module _datetime: its types, their limits, and the table that compiled modules use (datetime_CAPI).
 *
 * Start at datetime_exec. */
#include "modules/_datetime/datetime_int.h"

#include "objects/capsule.h"
#include "objects/dict/dict.h"
#include "objects/module.h"
#include "objects/tuple.h"
#include "runtime/errors.h"

/* ---- what compiled modules call ---- */

static PyObject *api_date(int year, int month, int day, PyTypeObject *type)
{
    Moment m = { .year = year, .month = month, .day = day };
    return date_make(&m, type);
}

static PyObject *api_datetime_fold(int year, int month, int day, int hour, int minute, int second, int us, PyObject *zone, int fold,
                                   PyTypeObject *type)
{
    Moment m = { year, month, day, hour, minute, second, us, fold };
    return datetime_make(&m, zone, type);
}

static PyObject *api_datetime(int year, int month, int day, int hour, int minute, int second, int us, PyObject *zone,
                              PyTypeObject *type)
{
    return api_datetime_fold(year, month, day, hour, minute, second, us, zone, 0, type);
}

static PyObject *api_time_fold(int hour, int minute, int second, int us, PyObject *zone, int fold, PyTypeObject *type)
{
    Moment m = { .hour = hour, .minute = minute, .second = second, .microsecond = us, .fold = fold };
    return time_make(&m, zone, type);
}

static PyObject *api_time(int hour, int minute, int second, int us, PyObject *zone, PyTypeObject *type)
{
    return api_time_fold(hour, minute, second, us, zone, 0, type);
}

static PyObject *api_delta(int days, int seconds, int us, int normalise_too, PyTypeObject *type)
{
    return delta_make(days, seconds, us, type);
}

static PyObject *api_from_timestamp(PyObject *cls, PyObject *args, PyObject *kwargs)
{
    static char *names[] = { "timestamp", "tz", NULL };
    PyObject *timestamp, *zone = Py_None;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|O:fromtimestamp", names, &timestamp, &zone))
        return NULL;
    return datetime_from_timestamp(cls, timestamp, zone);
}

static PyObject *api_date_from_timestamp(PyObject *cls, PyObject *args)
{
    PyObject *timestamp;
    return PyArg_UnpackTuple(args, "fromtimestamp", 1, 1, &timestamp) ? date_from_timestamp(cls, timestamp) : NULL;
}

/* CPython's PyDateTime_CAPI. */
static struct {
    PyTypeObject *date, *datetime, *time, *delta, *tzinfo;
    PyObject *utc;
    PyObject *(*from_date)(int, int, int, PyTypeObject *);
    PyObject *(*from_date_and_time)(int, int, int, int, int, int, int, PyObject *, PyTypeObject *);
    PyObject *(*from_time)(int, int, int, int, PyObject *, PyTypeObject *);
    PyObject *(*from_delta)(int, int, int, int, PyTypeObject *);
    PyObject *(*from_timezone)(PyObject *, PyObject *);
    PyObject *(*datetime_from_timestamp)(PyObject *, PyObject *, PyObject *);
    PyObject *(*date_from_timestamp)(PyObject *, PyObject *);
    PyObject *(*from_date_and_time_and_fold)(int, int, int, int, int, int, int, PyObject *, int, PyTypeObject *);
    PyObject *(*from_time_and_fold)(int, int, int, int, PyObject *, int, PyTypeObject *);
} api = { &date_type, &datetime_type, &time_type, &delta_type, &tzinfo_type, NULL, api_date, api_datetime, api_time, api_delta,
          timezone_make, api_from_timestamp, api_date_from_timestamp, api_datetime_fold, api_time_fold };

/* ---- the module ---- */

/* min, max and resolution of a type. All references are taken over; NULL stands for a failure. */
static int add_limits(PyTypeObject *type, PyObject *least, PyObject *most, PyObject *step)
{
    K_AUTO(PyObject *) a = least;
    K_AUTO(PyObject *) b = most;
    K_AUTO(PyObject *) c = step;
    if (!a || !b || !c)
        return -1;
    return PyDict_SetItemString(type->tp_dict, "min", a) < 0 || PyDict_SetItemString(type->tp_dict, "max", b) < 0
        ? -1 : PyDict_SetItemString(type->tp_dict, "resolution", c);
}

static int limits_start(void)
{
    const Moment first = { .year = MIN_YEAR, .month = 1, .day = 1 };
    const Moment last = { MAX_YEAR, 12, 31, 23, 59, 59, MILLION - 1, 0 };
    if (add_limits(&date_type, date_make(&first, &date_type), date_make(&last, &date_type), delta_make(1, 0, 0, &delta_type)) < 0)
        return -1;
    if (add_limits(&time_type, time_make(&first, Py_None, &time_type), time_make(&last, Py_None, &time_type),
                   delta_make(0, 0, 1, &delta_type)) < 0)
        return -1;
    return add_limits(&datetime_type, datetime_make(&first, Py_None, &datetime_type), datetime_make(&last, Py_None, &datetime_type),
                      delta_make(0, 0, 1, &delta_type));
}

METHODS_DECLARE(_datetime);
METHODS_END(_datetime);

static int datetime_exec(PyObject *module)
{
    PyTypeObject *const types[] = { &date_type, &datetime_type, &time_type, &delta_type, &tzinfo_type, &timezone_type };
    if (!utc && (deltas_start() < 0 || zones_start() < 0 || limits_start() < 0))
        return -1;
    api.utc = utc;
    for (Py_ssize_t i = 0; i < K_COUNT_OF(types); i++)
        if (PyModule_AddType(module, types[i]) < 0)
            return -1;
    K_AUTO(PyObject *) capsule = PyCapsule_New(&api, "datetime.datetime_CAPI", NULL);
    if (!capsule || PyModule_AddObjectRef(module, "datetime_CAPI", capsule) < 0 || PyModule_AddObjectRef(module, "UTC", utc) < 0)
        return -1;
    return PyModule_AddIntConstant(module, "MINYEAR", MIN_YEAR) < 0 ? -1 : PyModule_AddIntConstant(module, "MAXYEAR", MAX_YEAR);
}
MODULE(_datetime, "Dates, times and durations.", datetime_exec, 0);
