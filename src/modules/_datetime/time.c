/* time.c - time: an hour of any day, with or without a zone.
 *
 * In: hours to microseconds, a zone, a fold.  Out: times; comparisons take the zones' offsets away. Start at time_new. */
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

static Moment fields(PyObject *self)
{
    Moment m = { 0 };
    time_fields(&m, TIME(self)->data);
    m.fold = TIME(self)->fold;
    return m;
}

PyObject *time_make(const Moment *m, PyObject *zone, PyTypeObject *type)
{
    if (check_time(m) < 0 || check_zone(zone) < 0)
        return NULL;
    PyObject *self = type->tp_alloc(type, 0);
    if (!self)
        return NULL;
    unsigned char *data = TIME(self)->data;
    data[0] = (unsigned char)m->hour;
    data[1] = (unsigned char)m->minute;
    data[2] = (unsigned char)m->second;
    data[3] = (unsigned char)(m->microsecond >> 16);
    data[4] = (unsigned char)(m->microsecond >> 8);
    data[5] = (unsigned char)m->microsecond;
    TIME(self)->hash = -1;
    TIME(self)->fold = (unsigned char)m->fold;
    TIME(self)->has_zone = zone != Py_None;
    TIME(self)->zone = zone == Py_None ? NULL : Py_NewRef(zone);
    return self;
}

static void time_dealloc(PyObject *self)
{
    if (TIME(self)->has_zone)
        Py_XDECREF(TIME(self)->zone);
    Py_TYPE(self)->tp_free(self);
}

/* A pickled time; NULL without error: no such. The top bit of the hour is the fold. */
static PyObject *from_state(PyTypeObject *type, PyObject *args)
{
    Py_ssize_t count = PyTuple_GET_SIZE(args);
    if (count < 1 || count > 2)
        return NULL;
    PyObject *state = PyTuple_GET_ITEM(args, 0), *zone = count == 2 ? PyTuple_GET_ITEM(args, 1) : Py_None;
    K_AUTO(PyObject *) bytes = NULL;
    if (PyBytes_Check(state)) {
        K_SET(bytes, Py_NewRef(state));
    } else if (PyUnicode_Check(state) && PyUnicode_GET_LENGTH(state) == 6 && (0x7F & PyUnicode_READ_CHAR(state, 0)) < 24) {
        K_SET(bytes, PyUnicode_AsLatin1String(state));
        if (!bytes) {
            if (PyErr_ExceptionMatches(PyExc_UnicodeEncodeError))
                k_raise(PyExc_ValueError, "Failed to encode latin1 string when unpickling a time object. "
                        "pickle.load(data, encoding='latin1') is assumed.");
            return NULL;
        }
    }
    if (!bytes || PyBytes_GET_SIZE(bytes) != 6 || (0x7F & PyBytes_AS_STRING(bytes)[0]) >= 24)
        return NULL;
    if (zone != Py_None && !IS_TZINFO(zone))
        return k_raise(PyExc_TypeError, "bad tzinfo state arg");
    PyObject *self = type->tp_alloc(type, 0);
    if (!self)
        return NULL;
    memcpy(TIME(self)->data, PyBytes_AS_STRING(bytes), 6);
    TIME(self)->fold = TIME(self)->data[0] >> 7;
    TIME(self)->data[0] &= 0x7F;
    TIME(self)->hash = -1;
    TIME(self)->has_zone = zone != Py_None;
    TIME(self)->zone = zone == Py_None ? NULL : Py_NewRef(zone);
    return self;
}

static PyObject *time_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = { "hour", "minute", "second", "microsecond", "tzinfo", "fold", NULL };
    PyObject *pickled = from_state(type, args), *zone = Py_None;
    if (pickled || PyErr_Occurred())
        return pickled;
    Moment m = { 0 };
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|iiiiO$i", names, &m.hour, &m.minute, &m.second, &m.microsecond, &zone,
                                     &m.fold))
        return NULL;
    return time_make(&m, zone, type);
}

/* ---- comparison ---- */

static PyObject *offset_of(PyObject *self)
{
    return ask_offset(TIME_ZONE(self), K_STR("utcoffset"), Py_None);
}

/* Microseconds since midnight UTC. */
static int64_t in_utc(PyObject *self, PyObject *offset)
{
    Moment m = fields(self);
    int64_t away = (int64_t)DELTA(offset)->days * DAY_SECONDS + DELTA(offset)->seconds;
    int64_t seconds = m.hour * 3600 + m.minute * 60 + m.second - away;
    return seconds * MILLION + m.microsecond - DELTA(offset)->microseconds;
}

static PyObject *time_richcompare(PyObject *self, PyObject *other, int op)
{
    if (!IS_TIME(other))
        Py_RETURN_NOTIMPLEMENTED;
    int order = memcmp(TIME(self)->data, TIME(other)->data, 6);
    if (TIME_ZONE(self) == TIME_ZONE(other))
        return truth_of_order(order, op);
    K_AUTO(PyObject *) one = offset_of(self);
    K_AUTO(PyObject *) two = one ? offset_of(other) : NULL;
    if (!two)
        return NULL;
    if (one == two || (IS_DELTA(one) && IS_DELTA(two) && delta_compare(one, two) == 0))
        return truth_of_order(order, op);
    if (one != Py_None && two != Py_None) {
        int64_t a = in_utc(self, one), b = in_utc(other, two);
        return truth_of_order((a > b) - (a < b), op);
    }
    if (op == Py_EQ || op == Py_NE)
        Py_RETURN_BOOL(op == Py_NE);
    return k_raise(PyExc_TypeError, "can't compare offset-naive and offset-aware times");
}

static Py_hash_t time_hash(PyObject *self)
{
    if (TIME(self)->hash != -1)
        return TIME(self)->hash;
    K_AUTO(PyObject *) unfolded = Py_NewRef(self);
    if (TIME(self)->fold) {
        Moment m = fields(self);
        m.fold = 0;
        K_SET(unfolded, time_make(&m, TIME_ZONE(self), &time_type));
        if (!unfolded)
            return -1;
    }
    K_AUTO(PyObject *) offset = offset_of(unfolded);
    if (!offset)
        return -1;
    if (offset == Py_None) {
        TIME(self)->hash = data_hash(TIME(self)->data, 6);
        return TIME(self)->hash;
    }
    int64_t us = in_utc(self, offset);
    Moment m = { .microsecond = (int)(us % MILLION), .second = (int)(us / MILLION % 60), .minute = (int)(us / MILLION / 60 % 60),
                 .hour = (int)(us / MILLION / 3600) };
    K_AUTO(PyObject *) plain = us >= 0 && us < (int64_t)DAY_SECONDS * MILLION ? time_make(&m, Py_None, &time_type)
                                                                              : PyLong_FromLongLong(us);
    if (plain)
        TIME(self)->hash = PyObject_Hash(plain);
    return TIME(self)->hash;
}

/* ---- texts ---- */

static PyObject *time_repr(PyObject *self)
{
    Moment m = fields(self);
    const char *type = Py_TYPE(self)->tp_name;
    K_AUTO(PyObject *) text = PyUnicode_FromFormat("%s(%d, %d", type, m.hour, m.minute);
    if (text && m.microsecond)
        K_SET(text, PyUnicode_FromFormat("%U, %d, %d", text, m.second, m.microsecond));
    else if (text && m.second)
        K_SET(text, PyUnicode_FromFormat("%U, %d", text, m.second));
    if (text && TIME(self)->has_zone)
        K_SET(text, PyUnicode_FromFormat("%U, tzinfo=%R", text, TIME(self)->zone));
    return text ? PyUnicode_FromFormat(m.fold ? "%U, fold=1)" : "%U)", text) : NULL;
}

static PyObject *time_str(PyObject *self)
{
    return PyObject_CallMethodObjArgs(self, K_STR("isoformat"), NULL);
}

/* ---- methods ---- */

METHODS_DECLARE(clock_time);

METHOD_RAW(clock_time, isoformat, VAR, 0,
           "Return string in ISO 8601 format, [HH[:MM[:SS[.mmm[uuu]]]]][+HH:MM].\n\n"
           "timespec names the last part that is written: 'auto' (the default), 'hours', 'minutes', 'seconds',\n"
           "'milliseconds' or 'microseconds'.\n")
{
    static char *names[] = { "timespec", NULL };
    const char *timespec = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|s:isoformat", names, &timespec))
        return NULL;
    Moment m = fields(self);
    K_AUTO(PyObject *) text = time_text(&m, timespec);
    return text ? with_offset(text, TIME_ZONE(self), Py_None) : NULL;
}

METHOD_RAW(clock_time, strftime, VAR, 0, "format -> strftime() style string.")
{
    static char *names[] = { "format", NULL };
    PyObject *format;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "U:strftime", names, &format))
        return NULL;
    Moment m = fields(self);
    K_AUTO(PyObject *) tuple = Py_BuildValue("iiiiiiiii", 1900, 1, 1, m.hour, m.minute, m.second, 0, 1, -1);
    return tuple ? strftime_by(self, format, tuple, TIME_ZONE(self), Py_None, m.microsecond) : NULL;
}

static PyObject *time_format(PyObject *self, PyObject *args)
{
    return format_by_strftime(self, args);
}
K_METHOD_ROW(clock_time, __format__, "__format__", time_format, METH_VARARGS, "Formats self with strftime.");

METHOD_RAW(clock_time, utcoffset, NOARGS, 0, "Return self.tzinfo.utcoffset(self).")
{
    return offset_of(self);
}

METHOD_RAW(clock_time, tzname, NOARGS, 0, "Return self.tzinfo.tzname(self).")
{
    return ask_name(TIME_ZONE(self), Py_None);
}

METHOD_RAW(clock_time, dst, NOARGS, 0, "Return self.tzinfo.dst(self).")
{
    return ask_offset(TIME_ZONE(self), K_STR("dst"), Py_None);
}

METHOD_RAW(clock_time, replace, VAR, 0, "Return time with new specified fields.")
{
    static char *names[] = { "hour", "minute", "second", "microsecond", "tzinfo", "fold", NULL };
    Moment m = fields(self);
    PyObject *zone = TIME_ZONE(self);
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|iiiiO$i:replace", names, &m.hour, &m.minute, &m.second, &m.microsecond, &zone,
                                     &m.fold))
        return NULL;
    return check_fold(m.fold) < 0 ? NULL : time_make(&m, zone, Py_TYPE(self));
}

METHOD_RAW(clock_time, fromisoformat, O, METH_CLASS, "string -> time from a string in ISO 8601 format")
{
    IsoText iso;
    if (!PyUnicode_Check(arg))
        return k_raise(PyExc_TypeError, "fromisoformat: argument must be str");
    if (iso_parse(arg, 2, &iso) < 0)
        return NULL;
    K_AUTO(PyObject *) zone = iso_zone(&iso);
    if (!zone)
        return NULL;
    if (self == (PyObject *)&time_type)
        return time_make(&iso.moment, zone, &time_type);
    return PyObject_CallFunction(self, "iiiiO", iso.moment.hour, iso.moment.minute, iso.moment.second,
                                 iso.moment.microsecond, zone);
}

static PyObject *state_of(PyObject *self, int protocol)
{
    unsigned char data[6];
    memcpy(data, TIME(self)->data, 6);
    if (protocol > 3 && TIME(self)->fold)
        data[0] |= 0x80;
    K_AUTO(PyObject *) bytes = PyBytes_FromStringAndSize((const char *)data, 6);
    if (!bytes)
        return NULL;
    return TIME(self)->has_zone ? Py_BuildValue("O(OO)", Py_TYPE(self), bytes, TIME(self)->zone)
                                : Py_BuildValue("O(O)", Py_TYPE(self), bytes);
}

static PyObject *clock_time_reduce_ex(PyObject *self, PyObject *args)
{
    int protocol;
    return PyArg_ParseTuple(args, "i:__reduce_ex__", &protocol) ? state_of(self, protocol) : NULL;
}
K_METHOD_ROW(clock_time, __reduce_ex__, "__reduce_ex__", clock_time_reduce_ex, METH_VARARGS,
             "__reduce_ex__(proto) -> (cls, state)");

METHOD_RAW(clock_time, __reduce__, NOARGS, 0, "__reduce__() -> (cls, state)")
{
    return state_of(self, 2);
}
METHODS_END(clock_time);

/* closure: the field's offset in Moment */
static PyObject *get_field(PyObject *self, void *where)
{
    Moment m = fields(self);
    return PyLong_FromLong(*(int *)((char *)&m + (size_t)where));
}

static PyObject *get_zone(PyObject *self, void *unused)
{
    return Py_NewRef(TIME_ZONE(self));
}
static PyGetSetDef time_getset[] = {
    { "hour", get_field, NULL, NULL, (void *)offsetof(Moment, hour) },
    { "minute", get_field, NULL, NULL, (void *)offsetof(Moment, minute) },
    { "second", get_field, NULL, NULL, (void *)offsetof(Moment, second) },
    { "microsecond", get_field, NULL, NULL, (void *)offsetof(Moment, microsecond) },
    { "tzinfo", get_zone, NULL, NULL, NULL },
    { "fold", get_field, NULL, NULL, (void *)offsetof(Moment, fold) },
    { NULL, NULL, NULL, NULL, NULL },
};

PyTypeObject time_type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "datetime.time",
    .tp_basicsize = sizeof(Time),
    .tp_dealloc = time_dealloc,
    .tp_repr = time_repr,
    .tp_hash = time_hash,
    .tp_str = time_str,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_doc = "time([hour[, minute[, second[, microsecond[, tzinfo]]]]]) --> a time object\n\n"
              "Every argument may be left out; tzinfo is None or an instance of a subclass of tzinfo, the others are ints.\n",
    .tp_richcompare = time_richcompare,
    .tp_methods = METHODS(clock_time),
    .tp_getset = time_getset,
    .tp_new = time_new,
};
K_TYPE(time_type);
