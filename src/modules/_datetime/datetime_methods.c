/* datetime_methods.c - the methods and attributes of datetime. Start at astimezone and timestamp. */
#include "modules/_datetime/datetime_int.h"

#include "objects/bytes/bytes.h"
#include "objects/call.h"
#include "objects/float/float.h"
#include "objects/int/int.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"
#include "runtime/import.h"
#include "runtime/time.h"

METHODS_DECLARE(datetime);

/* ---- making ---- */

/* The moment of the system's clock, rounded down to microseconds. */
static PyObject *from_clock(PyObject *cls, PyObject *zone, int local)
{
    time_t seconds;
    int us;
    Moment m;
    if (_PyTime_AsTimevalTime_t(_PyTime_GetSystemClock(), &seconds, &us, _PyTime_ROUND_FLOOR) < 0)
        return NULL;
    if (local) {
        K_AUTO(PyObject *) whole = _PyLong_FromTime_t(seconds);
        K_AUTO(PyObject *) self = whole ? datetime_from_timestamp(cls, whole, Py_None) : NULL;
        if (!self || !us || !IS_DATETIME(self))
            return K_MOVE(self);
        m = datetime_fields(self);
        m.microsecond = us;
        return datetime_of_class(&m, Py_None, cls);
    }
    if (broken_down(seconds, 0, &m) < 0)
        return NULL;
    m.microsecond = us;
    return datetime_of_class(&m, zone, cls);
}

METHOD_KW_FLAGS(datetime, now, METH_CLASS, "($type, /, tz=None)",
                "Returns new datetime object representing current time local to tz.\n\n"
                "  tz\n    A time zone; without one the local time, without zone.",
                *tz)
{
    if (check_zone(arg->tz) < 0)
        return NULL;
    K_AUTO(PyObject *) made = from_clock(self, arg->tz, arg->tz == Py_None);
    return made && arg->tz != Py_None ? PyObject_CallMethodObjArgs(arg->tz, K_STR("fromutc"), made, NULL) : K_MOVE(made);
}

METHOD_RAW(datetime, utcnow, NOARGS, METH_CLASS, "Return a new datetime representing UTC day and time.")
{
    return from_clock(self, Py_None, 0);
}

METHOD_RAW(datetime, fromtimestamp, VAR, METH_CLASS, "timestamp[, tz] -> tz's local time from POSIX timestamp.")
{
    static char *names[] = { "timestamp", "tz", NULL };
    PyObject *timestamp, *zone = Py_None;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|O:fromtimestamp", names, &timestamp, &zone))
        return NULL;
    return datetime_from_timestamp(self, timestamp, zone);
}

static PyObject *datetime_utcfromtimestamp(PyObject *self, PyObject *args)
{
    PyObject *timestamp;
    time_t seconds;
    long us;
    Moment m;
    if (!PyArg_ParseTuple(args, "O:utcfromtimestamp", &timestamp)
        || _PyTime_ObjectToTimeval(timestamp, &seconds, &us, _PyTime_ROUND_HALF_EVEN) < 0 || broken_down(seconds, 0, &m) < 0)
        return NULL;
    m.microsecond = (int)us;
    return datetime_of_class(&m, Py_None, self);
}
K_METHOD_ROW(datetime, utcfromtimestamp, "utcfromtimestamp", datetime_utcfromtimestamp, METH_VARARGS | METH_CLASS,
             "Construct a naive UTC datetime from a POSIX timestamp.");

static PyObject *datetime_strptime(PyObject *self, PyObject *args)
{
    PyObject *text, *format;
    if (!PyArg_ParseTuple(args, "UU:strptime", &text, &format))
        return NULL;
    K_AUTO(PyObject *) module = PyImport_ImportModule("_strptime");
    return module ? PyObject_CallMethod(module, "_strptime_datetime", "OOO", self, text, format) : NULL;
}
K_METHOD_ROW(datetime, strptime, "strptime", datetime_strptime, METH_VARARGS | METH_CLASS,
             "string, format -> new datetime parsed from a string (like time.strptime()).");

METHOD_RAW(datetime, combine, VAR, METH_CLASS, "date, time -> datetime with same date and time fields")
{
    static char *names[] = { "date", "time", "tzinfo", NULL };
    PyObject *date, *time, *zone = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O!O!|O:combine", names, &date_type, &date, &time_type, &time, &zone))
        return NULL;
    Moment m = date_fields(DATE(date)->data);
    time_fields(&m, TIME(time)->data);
    m.fold = TIME(time)->fold;
    return datetime_of_class(&m, zone ? zone : TIME_ZONE(time), self);
}

METHOD_RAW(datetime, fromisoformat, O, METH_CLASS, "string -> datetime from a string in most ISO 8601 formats")
{
    IsoText iso;
    if (!PyUnicode_Check(arg))
        return k_raise(PyExc_TypeError, "fromisoformat: argument must be str");
    if (iso_parse(arg, 3, &iso) < 0)
        return NULL;
    K_AUTO(PyObject *) zone = iso_zone(&iso);
    return zone ? datetime_of_class(&iso.moment, zone, self) : NULL;
}

/* ---- parts ---- */

METHOD_RAW(datetime, date, NOARGS, 0, "Return date object with same year, month and day.")
{
    Moment m = datetime_fields(self);
    return date_make(&m, &date_type);
}

METHOD_RAW(datetime, time, NOARGS, 0, "Return time object with same time but with tzinfo=None.")
{
    Moment m = datetime_fields(self);
    return time_make(&m, Py_None, &time_type);
}

METHOD_RAW(datetime, timetz, NOARGS, 0, "Return time object with same time and tzinfo.")
{
    Moment m = datetime_fields(self);
    return time_make(&m, DATETIME_ZONE(self), &time_type);
}

METHOD_RAW(datetime, ctime, NOARGS, 0, "Return ctime() style string.")
{
    Moment m = datetime_fields(self);
    return c_time_text(&m);
}

METHOD_RAW(datetime, timetuple, NOARGS, 0, "Return time tuple, compatible with time.localtime().")
{
    int dst = -1;
    if (DATETIME(self)->has_zone) {
        K_AUTO(PyObject *) offset = ask_offset(DATETIME(self)->zone, K_STR("dst"), self);
        if (!offset)
            return NULL;
        if (offset != Py_None)
            dst = !delta_is_zero(offset);
    }
    Moment m = datetime_fields(self);
    return struct_time(&m, dst);
}

METHOD_RAW(datetime, timestamp, NOARGS, 0, "Return POSIX timestamp as float.")
{
    Moment m = datetime_fields(self);
    if (DATETIME(self)->has_zone) {
        Moment start = { .year = 1970, .month = 1, .day = 1 };
        K_AUTO(PyObject *) epoch = datetime_make(&start, utc, &datetime_type);
        K_AUTO(PyObject *) since = epoch ? datetime_minus(self, epoch) : NULL;
        return since ? delta_in_seconds(since) : NULL;
    }
    int64_t seconds;
    if (local_seconds(&m, &seconds) < 0)
        return NULL;
    return PyFloat_FromDouble((double)seconds + m.microsecond / 1e6);
}

METHOD_RAW(datetime, utctimetuple, NOARGS, 0, "Return UTC time tuple, compatible with time.localtime().")
{
    Moment m = datetime_fields(self);
    K_AUTO(PyObject *) offset = ask_offset(DATETIME_ZONE(self), K_STR("utcoffset"), self);
    if (!offset)
        return NULL;
    if (offset != Py_None && normalise(&m, -DELTA(offset)->days, -DELTA(offset)->seconds, -DELTA(offset)->microseconds) < 0)
        return NULL;
    return struct_time(&m, 0);
}

METHOD_RAW(datetime, isoformat, VAR, 0,
           "[sep] -> string in ISO 8601 format, YYYY-MM-DDT[HH[:MM[:SS[.mmm[uuu]]]]][+HH:MM].\n"
           "sep stands between date and time, 'T' unless given.\n\n"
           "timespec names the last part that is written: 'auto' (the default), 'hours', 'minutes', 'seconds',\n"
           "'milliseconds' or 'microseconds'.\n")
{
    static char *names[] = { "sep", "timespec", NULL };
    int sep = 'T';
    const char *timespec = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|Cs:isoformat", names, &sep, &timespec))
        return NULL;
    Moment m = datetime_fields(self);
    K_AUTO(PyObject *) clock = time_text(&m, timespec);
    K_AUTO(PyObject *) text = clock ? PyUnicode_FromFormat("%04d-%02d-%02d%c%U", m.year, m.month, m.day, sep, clock) : NULL;
    return text ? with_offset(text, DATETIME_ZONE(self), self) : NULL;
}

METHOD_RAW(datetime, utcoffset, NOARGS, 0, "Return self.tzinfo.utcoffset(self).")
{
    return ask_offset(DATETIME_ZONE(self), K_STR("utcoffset"), self);
}

METHOD_RAW(datetime, tzname, NOARGS, 0, "Return self.tzinfo.tzname(self).")
{
    return ask_name(DATETIME_ZONE(self), self);
}

METHOD_RAW(datetime, dst, NOARGS, 0, "Return self.tzinfo.dst(self).")
{
    return ask_offset(DATETIME_ZONE(self), K_STR("dst"), self);
}

METHOD_RAW(datetime, replace, VAR, 0, "Return datetime with new specified fields.")
{
    static char *names[] = { "year", "month", "day", "hour", "minute", "second", "microsecond", "tzinfo", "fold", NULL };
    Moment m = datetime_fields(self);
    PyObject *zone = DATETIME_ZONE(self);
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|iiiiiiiO$i:replace", names, &m.year, &m.month, &m.day, &m.hour, &m.minute,
                                     &m.second, &m.microsecond, &zone, &m.fold))
        return NULL;
    return check_fold(m.fold) < 0 ? NULL : datetime_make(&m, zone, Py_TYPE(self));
}

/* ---- other zones ---- */

static PyObject *zone_of_local(PyObject *self)
{
    Moment m = datetime_fields(self);
    int64_t seconds;
    return local_seconds(&m, &seconds) < 0 ? NULL : local_zone_at(seconds);
}

/* The local zone at a moment given in UTC. */
static PyObject *zone_of_utc(PyObject *moment)
{
    Moment start = { .year = 1970, .month = 1, .day = 1 };
    K_AUTO(PyObject *) epoch = datetime_make(&start, DATETIME_ZONE(moment), &datetime_type);
    K_AUTO(PyObject *) since = epoch ? datetime_minus(moment, epoch) : NULL;
    return since ? local_zone_at((int64_t)DELTA(since)->days * DAY_SECONDS + DELTA(since)->seconds) : NULL;
}

METHOD_RAW(datetime, astimezone, VAR, 0, "tz -> convert to local time in new timezone tz\n")
{
    static char *names[] = { "tz", NULL };
    PyObject *wanted = Py_None;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|O:astimezone", names, &wanted) || check_zone(wanted) < 0)
        return NULL;
    K_AUTO(PyObject *) own = DATETIME(self)->has_zone ? Py_NewRef(DATETIME(self)->zone) : zone_of_local(self);
    if (!own)
        return NULL;
    if (own == wanted)
        return Py_NewRef(self);
    K_AUTO(PyObject *) offset = ask_offset(own, K_STR("utcoffset"), self);
    if (offset && offset == Py_None) {
        K_SET(own, zone_of_local(self));
        K_SET(offset, own ? ask_offset(own, K_STR("utcoffset"), self) : NULL);
    }
    if (!offset)
        return NULL;
    K_AUTO(PyObject *) moment = datetime_plus(self, offset, -1);
    if (!moment)
        return NULL;
    Moment m = datetime_fields(moment);
    m.fold = 0;
    K_SET(moment, datetime_make(&m, utc, Py_TYPE(moment)));
    K_AUTO(PyObject *) target = !moment ? NULL : wanted == Py_None ? zone_of_utc(moment) : Py_NewRef(wanted);
    K_AUTO(PyObject *) there = target ? datetime_make(&m, target, Py_TYPE(moment)) : NULL;
    return there ? PyObject_CallMethodObjArgs(target, K_STR("fromutc"), there, NULL) : NULL;
}

/* ---- pickling ---- */

static PyObject *state_of(PyObject *self, int protocol)
{
    unsigned char data[10];
    memcpy(data, DATETIME(self)->data, 10);
    if (protocol > 3 && DATETIME(self)->fold)
        data[2] |= 0x80;
    K_AUTO(PyObject *) bytes = PyBytes_FromStringAndSize((const char *)data, 10);
    if (!bytes)
        return NULL;
    return DATETIME(self)->has_zone ? Py_BuildValue("O(OO)", Py_TYPE(self), bytes, DATETIME(self)->zone)
                                    : Py_BuildValue("O(O)", Py_TYPE(self), bytes);
}

static PyObject *datetime_reduce_ex(PyObject *self, PyObject *args)
{
    int protocol;
    return PyArg_ParseTuple(args, "i:__reduce_ex__", &protocol) ? state_of(self, protocol) : NULL;
}
K_METHOD_ROW(datetime, __reduce_ex__, "__reduce_ex__", datetime_reduce_ex, METH_VARARGS,
             "__reduce_ex__(proto) -> (cls, state)");

METHOD_RAW(datetime, __reduce__, NOARGS, 0, "__reduce__() -> (cls, state)")
{
    return state_of(self, 2);
}
METHODS_END(datetime);

/* closure: the field's offset in Moment */
static PyObject *get_field(PyObject *self, void *where)
{
    Moment m = datetime_fields(self);
    return PyLong_FromLong(*(int *)((char *)&m + (size_t)where));
}

static PyObject *get_zone(PyObject *self, void *unused)
{
    return Py_NewRef(DATETIME_ZONE(self));
}

extern K_INT PyGetSetDef datetime_getset[];
PyGetSetDef datetime_getset[] = {
    { "hour", get_field, NULL, NULL, (void *)offsetof(Moment, hour) },
    { "minute", get_field, NULL, NULL, (void *)offsetof(Moment, minute) },
    { "second", get_field, NULL, NULL, (void *)offsetof(Moment, second) },
    { "microsecond", get_field, NULL, NULL, (void *)offsetof(Moment, microsecond) },
    { "tzinfo", get_zone, NULL, NULL, NULL },
    { "fold", get_field, NULL, NULL, (void *)offsetof(Moment, fold) },
    { NULL, NULL, NULL, NULL, NULL },
};
