/* date.c - date, and the named tuple of its isocalendar().
 *
 * In: year, month, day, timestamps, ordinals, texts.  Out: dates of years 1 to 9999. Start at date_new. */
#include "modules/_datetime/datetime_int.h"

#include "objects/bytes/bytes.h"
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/hash.h"
#include "objects/int/int.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"
#include "runtime/import.h"
#include "runtime/time.h"

static const char *const month_names[] = { "", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
static const char *const day_names[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };

static Moment fields(PyObject *self)
{
    return date_fields(DATE(self)->data);
}

PyObject *date_make(const Moment *m, PyTypeObject *type)
{
    if (check_date(m) < 0)
        return NULL;
    PyObject *self = type->tp_alloc(type, 0);
    if (!self)
        return NULL;
    DATE(self)->hash = -1;
    DATE(self)->data[0] = (unsigned char)(m->year >> 8);
    DATE(self)->data[1] = (unsigned char)m->year;
    DATE(self)->data[2] = (unsigned char)m->month;
    DATE(self)->data[3] = (unsigned char)m->day;
    return self;
}

/* A date of a class, which may be a subclass with a constructor of its own. */
static PyObject *of_class(const Moment *m, PyObject *cls)
{
    if (cls == (PyObject *)&date_type)
        return date_make(m, &date_type);
    return PyObject_CallFunction(cls, "iii", m->year, m->month, m->day);
}

/* A pickled date: its state in bytes, or in the str that Python 2's pickles decode to. NULL without error: no such. */
static PyObject *from_state(PyTypeObject *type, PyObject *args)
{
    if (PyTuple_GET_SIZE(args) != 1)
        return NULL;
    PyObject *state = PyTuple_GET_ITEM(args, 0);
    K_AUTO(PyObject *) bytes = NULL;
    if (PyBytes_Check(state)) {
        K_SET(bytes, Py_NewRef(state));
    } else if (PyUnicode_Check(state) && PyUnicode_GET_LENGTH(state) == 4 && PyUnicode_READ_CHAR(state, 2) - 1 < 12) {
        K_SET(bytes, PyUnicode_AsLatin1String(state));
        if (!bytes) {
            if (PyErr_ExceptionMatches(PyExc_UnicodeEncodeError))
                k_raise(PyExc_ValueError, "Failed to encode latin1 string when unpickling a date object. "
                        "pickle.load(data, encoding='latin1') is assumed.");
            return NULL;
        }
    }
    if (!bytes || PyBytes_GET_SIZE(bytes) != 4 || (unsigned char)PyBytes_AS_STRING(bytes)[2] - 1u >= 12)
        return NULL;
    PyObject *self = type->tp_alloc(type, 0);
    if (self) {
        memcpy(DATE(self)->data, PyBytes_AS_STRING(bytes), 4);
        DATE(self)->hash = -1;
    }
    return self;
}

static PyObject *date_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = { "year", "month", "day", NULL };
    PyObject *pickled = from_state(type, args);
    if (pickled || PyErr_Occurred())
        return pickled;
    Moment m = { 0 };
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "iii", names, &m.year, &m.month, &m.day))
        return NULL;
    return date_make(&m, type);
}

PyObject *date_from_timestamp(PyObject *cls, PyObject *timestamp)
{
    time_t seconds;
    Moment m;
    if (_PyTime_ObjectToTime_t(timestamp, &seconds, _PyTime_ROUND_FLOOR) < 0 || broken_down(seconds, 1, &m) < 0)
        return NULL;
    return of_class(&m, cls);
}

/* ---- arithmetic and comparison ---- */

static PyObject *plus(PyObject *date, PyObject *delta, int sign)
{
    Moment m = fields(date);
    return normalise(&m, (int64_t)sign * DELTA(delta)->days, 0, 0) < 0 ? NULL : of_class(&m, (PyObject *)Py_TYPE(date));
}

static PyObject *date_add(PyObject *a, PyObject *b)
{
    if (IS_DATETIME(a) || IS_DATETIME(b))
        Py_RETURN_NOTIMPLEMENTED;
    if (IS_DATE(a) && IS_DELTA(b))
        return plus(a, b, 1);
    if (IS_DATE(b) && IS_DELTA(a))
        return plus(b, a, 1);
    Py_RETURN_NOTIMPLEMENTED;
}

static PyObject *date_subtract(PyObject *a, PyObject *b)
{
    if (IS_DATETIME(a) || IS_DATETIME(b) || !IS_DATE(a))
        Py_RETURN_NOTIMPLEMENTED;
    if (IS_DATE(b)) {
        Moment x = fields(a), y = fields(b);
        return delta_make(ordinal_of(x.year, x.month, x.day) - ordinal_of(y.year, y.month, y.day), 0, 0, &delta_type);
    }
    if (IS_DELTA(b))
        return plus(a, b, -1);
    Py_RETURN_NOTIMPLEMENTED;
}

static PyObject *date_richcompare(PyObject *self, PyObject *other, int op)
{
    if (!IS_DATE(other))
        Py_RETURN_NOTIMPLEMENTED;
    return truth_of_order(memcmp(DATE(self)->data, DATE(other)->data, 4), op);
}

Py_hash_t data_hash(const unsigned char *data, Py_ssize_t size)
{
    return _Py_HashBytes(data, size);
}

static Py_hash_t date_hash(PyObject *self)
{
    if (DATE(self)->hash == -1)
        DATE(self)->hash = data_hash(DATE(self)->data, 4);
    return DATE(self)->hash;
}

/* ---- texts ---- */

static PyObject *date_repr(PyObject *self)
{
    Moment m = fields(self);
    return PyUnicode_FromFormat("%s(%d, %d, %d)", Py_TYPE(self)->tp_name, m.year, m.month, m.day);
}

static PyObject *iso_date(PyObject *self)
{
    Moment m = fields(self);
    return PyUnicode_FromFormat("%04d-%02d-%02d", m.year, m.month, m.day);
}

static PyObject *date_str(PyObject *self)
{
    return PyObject_CallMethodObjArgs(self, K_STR("isoformat"), NULL);
}

PyObject *c_time_text(const Moment *m)
{
    return PyUnicode_FromFormat("%s %s %2d %02d:%02d:%02d %04d", day_names[weekday_of(m->year, m->month, m->day)],
                                month_names[m->month], m->day, m->hour, m->minute, m->second, m->year);
}

PyObject *struct_time(const Moment *m, int dst)
{
    K_AUTO(PyObject *) time = PyImport_ImportModule("time");
    return time ? PyObject_CallMethod(time, "struct_time", "((iiiiiiiii))", m->year, m->month, m->day, m->hour, m->minute,
                                      m->second, weekday_of(m->year, m->month, m->day), day_of_year(m->year, m->month, m->day), dst)
                : NULL;
}

PyObject *format_by_strftime(PyObject *self, PyObject *args)
{
    PyObject *format;
    if (!PyArg_ParseTuple(args, "U:__format__", &format))
        return NULL;
    return PyUnicode_GET_LENGTH(format) ? PyObject_CallMethodObjArgs(self, K_STR("strftime"), format, NULL) : PyObject_Str(self);
}

/* ---- methods ---- */

METHODS_DECLARE(date);

METHOD_FLAGS(date, fromtimestamp, O, METH_CLASS, "($type, timestamp, /)",
             "The local date of a POSIX timestamp, a number as time.time() gives it.")
{
    return date_from_timestamp(self, arg);
}

static PyObject *date_fromordinal(PyObject *self, PyObject *args)
{
    int ordinal;
    Moment m = { 0 };
    if (!PyArg_ParseTuple(args, "i:fromordinal", &ordinal))
        return NULL;
    if (ordinal < 1)
        return k_raise(PyExc_ValueError, "ordinal must be >= 1");
    from_ordinal(ordinal, &m);
    return of_class(&m, self);
}
K_METHOD_ROW(date, fromordinal, "fromordinal", date_fromordinal, METH_VARARGS | METH_CLASS,
             "int -> date corresponding to a proleptic Gregorian ordinal.");

METHOD_RAW(date, fromisoformat, O, METH_CLASS, "str -> Construct a date from a string in ISO 8601 format.")
{
    IsoText iso;
    if (!PyUnicode_Check(arg))
        return k_raise(PyExc_TypeError, "fromisoformat: argument must be str");
    return iso_parse(arg, 1, &iso) < 0 ? NULL : of_class(&iso.moment, self);
}

METHOD_RAW(date, fromisocalendar, VAR, METH_CLASS, "int, int, int -> The date of an ISO year, week number and weekday.")
{
    static char *names[] = { "year", "week", "day", NULL };
    int year, week, day;
    Moment m = { 0 };
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "iii:fromisocalendar", names, &year, &week, &day)) {
        if (PyErr_ExceptionMatches(PyExc_OverflowError))
            k_raise(PyExc_ValueError, "ISO calendar component out of range");
        return NULL;
    }
    return from_iso_calendar(year, week, day, &m) < 0 ? NULL : of_class(&m, self);
}

METHOD_RAW(date, today, NOARGS, METH_CLASS, "Current date or datetime:  same as self.__class__.fromtimestamp(time.time()).")
{
    K_AUTO(PyObject *) time = PyImport_ImportModule("time");
    K_AUTO(PyObject *) now = time ? PyObject_CallMethod(time, "time", NULL) : NULL;
    return now ? PyObject_CallMethodObjArgs(self, K_STR("fromtimestamp"), now, NULL) : NULL;
}

METHOD_RAW(date, ctime, NOARGS, 0, "Return ctime() style string.")
{
    Moment m = fields(self);
    return c_time_text(&m);
}

/* datetime has no other. */
METHOD_RAW(date, strftime, VAR, 0, "format -> strftime() style string.")
{
    static char *names[] = { "format", NULL };
    PyObject *format;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "U:strftime", names, &format))
        return NULL;
    K_AUTO(PyObject *) tuple = PyObject_CallMethodObjArgs(self, K_STR("timetuple"), NULL);
    bool timed = IS_DATETIME(self);
    return tuple ? strftime_by(self, format, tuple, timed ? DATETIME_ZONE(self) : Py_None, self,
                               timed ? datetime_fields(self).microsecond : 0)
                 : NULL;
}

static PyObject *date_format(PyObject *self, PyObject *args)
{
    return format_by_strftime(self, args);
}
K_METHOD_ROW(date, __format__, "__format__", date_format, METH_VARARGS, "Formats self with strftime.");

METHOD_RAW(date, timetuple, NOARGS, 0, "Return time tuple, compatible with time.localtime().")
{
    Moment m = fields(self);
    return struct_time(&m, -1);
}

METHOD_RAW(date, isocalendar, NOARGS, 0, "Return a named tuple containing ISO year, week number, and weekday.")
{
    Moment m = fields(self);
    int year, week, day;
    iso_calendar(&m, &year, &week, &day);
    K_AUTO(PyObject *) values = Py_BuildValue("((iii))", year, week, day);
    return values ? PyTuple_Type.tp_new(&iso_date_type, values, NULL) : NULL;
}

METHOD_RAW(date, isoformat, NOARGS, 0, "Return string in ISO 8601 format, YYYY-MM-DD.")
{
    return iso_date(self);
}

METHOD_RAW(date, isoweekday, NOARGS, 0, "Return the day of the week represented by the date.\nMonday == 1 ... Sunday == 7")
{
    Moment m = fields(self);
    return PyLong_FromLong(weekday_of(m.year, m.month, m.day) + 1);
}

METHOD_RAW(date, toordinal, NOARGS, 0,
           "Return proleptic Gregorian ordinal.  January 1 of year 1 is day 1.")
{
    Moment m = fields(self);
    return PyLong_FromLong(ordinal_of(m.year, m.month, m.day));
}

METHOD_RAW(date, weekday, NOARGS, 0, "Return the day of the week represented by the date.\nMonday == 0 ... Sunday == 6")
{
    Moment m = fields(self);
    return PyLong_FromLong(weekday_of(m.year, m.month, m.day));
}

METHOD_RAW(date, replace, VAR, 0, "Return date with new specified fields.")
{
    static char *names[] = { "year", "month", "day", NULL };
    Moment m = fields(self);
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|iii:replace", names, &m.year, &m.month, &m.day))
        return NULL;
    return date_make(&m, Py_TYPE(self));
}

METHOD_RAW(date, __reduce__, NOARGS, 0, "__reduce__() -> (cls, state)")
{
    return Py_BuildValue("O(N)", Py_TYPE(self), PyBytes_FromStringAndSize((const char *)DATE(self)->data, 4));
}
METHODS_END(date);

/* closure: 0 year, 1 month, 2 day */
static PyObject *get_field(PyObject *self, void *which)
{
    Moment m = fields(self);
    return PyLong_FromLong(which == (void *)0 ? m.year : which == (void *)1 ? m.month : m.day);
}
static PyGetSetDef date_getset[] = {
    { "year", get_field, NULL, NULL, (void *)0 },
    { "month", get_field, NULL, NULL, (void *)1 },
    { "day", get_field, NULL, NULL, (void *)2 },
    { NULL, NULL, NULL, NULL, NULL },
};
static PyNumberMethods date_as_number = { .nb_add = date_add, .nb_subtract = date_subtract };

PyTypeObject date_type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "datetime.date",
    .tp_basicsize = sizeof(Date),
    .tp_repr = date_repr,
    .tp_as_number = &date_as_number,
    .tp_hash = date_hash,
    .tp_str = date_str,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_doc = "date(year, month, day) --> date object",
    .tp_richcompare = date_richcompare,
    .tp_methods = METHODS(date),
    .tp_getset = date_getset,
    .tp_new = date_new,
};
K_TYPE(date_type);

/* ---- IsoCalendarDate ---- */

static PyObject *iso_date_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = { "year", "week", "weekday", NULL };
    int year, week, weekday;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "iii:IsoCalendarDate", names, &year, &week, &weekday))
        return NULL;
    K_AUTO(PyObject *) values = Py_BuildValue("((iii))", year, week, weekday);
    return values ? PyTuple_Type.tp_new(type, values, NULL) : NULL;
}

static PyObject *iso_date_repr(PyObject *self)
{
    return PyUnicode_FromFormat("%.200s(year=%S, week=%S, weekday=%S)", Py_TYPE(self)->tp_name, PyTuple_GET_ITEM(self, 0),
                                PyTuple_GET_ITEM(self, 1), PyTuple_GET_ITEM(self, 2));
}

static PyObject *iso_date_get(PyObject *self, void *which)
{
    return Py_NewRef(PyTuple_GET_ITEM(self, (Py_ssize_t)which));
}
static PyGetSetDef iso_date_getset[] = {
    { "year", iso_date_get, NULL, NULL, (void *)0 },
    { "week", iso_date_get, NULL, NULL, (void *)1 },
    { "weekday", iso_date_get, NULL, NULL, (void *)2 },
    { NULL, NULL, NULL, NULL, NULL },
};

METHODS_DECLARE(iso_date);
METHOD_RAW(iso_date, __reduce__, NOARGS, 0, NULL)
{
    return Py_BuildValue("O((OOO))", &PyTuple_Type, PyTuple_GET_ITEM(self, 0), PyTuple_GET_ITEM(self, 1),
                         PyTuple_GET_ITEM(self, 2));
}
METHODS_END(iso_date);

PyTypeObject iso_date_type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "datetime.IsoCalendarDate",
    .tp_basicsize = offsetof(PyTupleObject, ob_item),
    .tp_itemsize = sizeof(PyObject *),
    .tp_repr = iso_date_repr,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_doc = "The result of date.isocalendar() or datetime.isocalendar(): year, week and weekday by name or by index.",
    .tp_methods = METHODS(iso_date),
    .tp_getset = iso_date_getset,
    .tp_base = &PyTuple_Type,
    .tp_new = iso_date_new,
};
K_TYPE(iso_date_type);
