/* datetime.c - datetime objects: making, arithmetic, comparison, local time, repr. Their methods are in datetime_methods.c.
 *
 * In: fields, zones, timestamps.  Out: moments; naive ones have no zone. Differences and comparisons of two zones are made in
 * UTC. Start at datetime_new, datetime_minus and local_seconds. */
#include "modules/_datetime/datetime_int.h"

#include "objects/bytes/bytes.h"
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/hash.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"
#include "runtime/time.h"

enum { EPOCH_ORDINAL = 719163 }; /* 1970-01-01 */

PyObject *datetime_make(const Moment *m, PyObject *zone, PyTypeObject *type)
{
    if (check_date(m) < 0 || check_time(m) < 0 || check_zone(zone) < 0)
        return NULL;
    PyObject *self = type->tp_alloc(type, 0);
    if (!self)
        return NULL;
    const unsigned char data[] = { (unsigned char)(m->year >> 8), (unsigned char)m->year, (unsigned char)m->month,
                                   (unsigned char)m->day, (unsigned char)m->hour, (unsigned char)m->minute,
                                   (unsigned char)m->second, (unsigned char)(m->microsecond >> 16),
                                   (unsigned char)(m->microsecond >> 8), (unsigned char)m->microsecond };
    memcpy(DATETIME(self)->data, data, sizeof data);
    DATETIME(self)->hash = -1;
    DATETIME(self)->fold = (unsigned char)m->fold;
    DATETIME(self)->has_zone = zone != Py_None;
    DATETIME(self)->zone = zone == Py_None ? NULL : Py_NewRef(zone);
    return self;
}

PyObject *datetime_of_class(const Moment *m, PyObject *zone, PyObject *cls)
{
    if (cls == (PyObject *)&datetime_type)
        return datetime_make(m, zone, &datetime_type);
    PyObject *self = PyObject_CallFunction(cls, "iiiiiiiO", m->year, m->month, m->day, m->hour, m->minute, m->second,
                                           m->microsecond, zone);
    if (self && IS_DATETIME(self))
        DATETIME(self)->fold = (unsigned char)m->fold;
    return self;
}

static void datetime_dealloc(PyObject *self)
{
    if (DATETIME(self)->has_zone)
        Py_XDECREF(DATETIME(self)->zone);
    Py_TYPE(self)->tp_free(self);
}

/* A pickled datetime; NULL without error: no such. The top bit of the month is the fold. */
static PyObject *from_state(PyTypeObject *type, PyObject *args)
{
    Py_ssize_t count = PyTuple_GET_SIZE(args);
    if (count < 1 || count > 2)
        return NULL;
    PyObject *state = PyTuple_GET_ITEM(args, 0), *zone = count == 2 ? PyTuple_GET_ITEM(args, 1) : Py_None;
    K_AUTO(PyObject *) bytes = NULL;
    if (PyBytes_Check(state)) {
        K_SET(bytes, Py_NewRef(state));
    } else if (PyUnicode_Check(state) && PyUnicode_GET_LENGTH(state) == 10 && (PyUnicode_READ_CHAR(state, 2) & 0x7F) - 1 < 12) {
        K_SET(bytes, PyUnicode_AsLatin1String(state));
        if (!bytes) {
            if (PyErr_ExceptionMatches(PyExc_UnicodeEncodeError))
                k_raise(PyExc_ValueError, "Failed to encode latin1 string when unpickling a datetime object. "
                        "pickle.load(data, encoding='latin1') is assumed.");
            return NULL;
        }
    }
    if (!bytes || PyBytes_GET_SIZE(bytes) != 10 || (PyBytes_AS_STRING(bytes)[2] & 0x7F) - 1u >= 12)
        return NULL;
    if (zone != Py_None && !IS_TZINFO(zone))
        return k_raise(PyExc_TypeError, "bad tzinfo state arg");
    PyObject *self = type->tp_alloc(type, 0);
    if (!self)
        return NULL;
    memcpy(DATETIME(self)->data, PyBytes_AS_STRING(bytes), 10);
    DATETIME(self)->fold = DATETIME(self)->data[2] >> 7;
    DATETIME(self)->data[2] &= 0x7F;
    DATETIME(self)->hash = -1;
    DATETIME(self)->has_zone = zone != Py_None;
    DATETIME(self)->zone = zone == Py_None ? NULL : Py_NewRef(zone);
    return self;
}

static PyObject *datetime_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = { "year", "month", "day", "hour", "minute", "second", "microsecond", "tzinfo", "fold", NULL };
    PyObject *pickled = from_state(type, args), *zone = Py_None;
    if (pickled || PyErr_Occurred())
        return pickled;
    Moment m = { 0 };
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "iii|iiiiO$i", names, &m.year, &m.month, &m.day, &m.hour, &m.minute, &m.second,
                                     &m.microsecond, &zone, &m.fold))
        return NULL;
    return datetime_make(&m, zone, type);
}

/* ---- the platform's local time ---- */

int broken_down(int64_t seconds, int local, Moment *m)
{
    struct tm tm;
    if ((local ? _PyTime_localtime((time_t)seconds, &tm) : _PyTime_gmtime((time_t)seconds, &tm)) < 0)
        return -1;
    *m = (Moment){ .year = tm.tm_year + 1900, .month = tm.tm_mon + 1, .day = tm.tm_mday, .hour = tm.tm_hour, .minute = tm.tm_min,
                   .second = Py_MIN(tm.tm_sec, 59) };
    return 0;
}

static int64_t as_utc(const Moment *m)
{
    int64_t days = ordinal_of(m->year, m->month, m->day) - EPOCH_ORDINAL;
    return days * DAY_SECONDS + m->hour * 3600 + m->minute * 60 + m->second;
}

/* What a local clock shows at a moment, read as if it were UTC. */
static int shown_at(int64_t seconds, int64_t *shown)
{
    Moment m;
    if (broken_down(seconds, 1, &m) < 0)
        return -1;
    if (m.year < MIN_YEAR || m.year > MAX_YEAR)
        return k_raise(PyExc_ValueError, "year %i is out of range", m.year), -1;
    *shown = as_utc(&m);
    return 0;
}

/* PEP 495: of the two moments that a clock set back shows twice, fold tells which; in a gap the earlier or later offset. */
int local_seconds(const Moment *m, int64_t *seconds)
{
    int64_t wanted = as_utc(m), shown, other, guess, second_guess;
    if (shown_at(wanted, &shown) < 0)
        return -1;
    int64_t offset = shown - wanted, other_offset;
    guess = wanted - offset;
    if (shown_at(guess, &shown) < 0)
        return -1;
    if (shown == wanted) {
        int64_t beside = guess + (m->fold ? DAY_SECONDS : -DAY_SECONDS);
        if (shown_at(beside, &other) < 0)
            return -1;
        other_offset = other - beside;
        if (offset == other_offset) {
            *seconds = guess;
            return 0;
        }
    } else {
        other_offset = shown - guess;
    }
    second_guess = wanted - other_offset;
    if (shown_at(second_guess, &other) < 0)
        return -1;
    if (other == wanted)
        *seconds = second_guess;
    else if (shown == wanted)
        *seconds = guess;
    else
        *seconds = m->fold ? Py_MIN(guess, second_guess) : Py_MAX(guess, second_guess);
    return 0;
}

PyObject *local_zone_at(int64_t seconds)
{
    struct tm tm;
    if (_PyTime_localtime((time_t)seconds, &tm) < 0)
        return NULL;
    K_AUTO(PyObject *) offset = delta_make(0, tm.tm_gmtoff, 0, &delta_type);
    K_AUTO(PyObject *) name = offset ? PyUnicode_DecodeLocale(tm.tm_zone, "surrogateescape") : NULL;
    return name ? timezone_make(offset, name) : NULL;
}

/* Of a clock set back, the second time it shows the hour. */
static int find_fold(int64_t seconds, Moment *m)
{
    int64_t shown = as_utc(m), before, again;
    if (shown_at(seconds - DAY_SECONDS, &before) < 0)
        return -1;
    int64_t change = shown - before - DAY_SECONDS;
    if (change >= 0)
        return 0;
    if (shown_at(seconds + change, &again) < 0)
        return -1;
    m->fold = again == shown;
    return 0;
}

PyObject *datetime_from_timestamp(PyObject *cls, PyObject *timestamp, PyObject *zone)
{
    time_t seconds;
    long microseconds;
    Moment m;
    int local = zone == Py_None;
    if (check_zone(zone) < 0 || _PyTime_ObjectToTimeval(timestamp, &seconds, &microseconds, _PyTime_ROUND_HALF_EVEN) < 0
        || broken_down(seconds, local, &m) < 0)
        return NULL;
    m.microsecond = (int)microseconds;
    if (local && m.year >= MIN_YEAR && m.year <= MAX_YEAR && find_fold(seconds, &m) < 0)
        return NULL;
    K_AUTO(PyObject *) self = datetime_of_class(&m, zone, cls);
    if (!self || local)
        return K_MOVE(self);
    return PyObject_CallMethodObjArgs(zone, K_STR("fromutc"), self, NULL);
}

/* ---- arithmetic ---- */

PyObject *datetime_plus(PyObject *self, PyObject *delta, int sign)
{
    Moment m = datetime_fields(self);
    if (normalise(&m, (int64_t)sign * DELTA(delta)->days, (int64_t)sign * DELTA(delta)->seconds,
                  (int64_t)sign * DELTA(delta)->microseconds) < 0)
        return NULL;
    m.fold = 0;
    return datetime_of_class(&m, DATETIME_ZONE(self), (PyObject *)Py_TYPE(self));
}

static PyObject *datetime_add(PyObject *a, PyObject *b)
{
    if (IS_DATETIME(a) && IS_DELTA(b))
        return datetime_plus(a, b, 1);
    if (IS_DATETIME(b) && IS_DELTA(a))
        return datetime_plus(b, a, 1);
    Py_RETURN_NOTIMPLEMENTED;
}

static PyObject *offset_of(PyObject *self)
{
    return ask_offset(DATETIME_ZONE(self), K_STR("utcoffset"), self);
}

static PyObject *plain_difference(PyObject *a, PyObject *b)
{
    Moment x = datetime_fields(a), y = datetime_fields(b);
    return delta_make(0, as_utc(&x) - as_utc(&y), x.microsecond - y.microsecond, &delta_type);
}

PyObject *datetime_minus(PyObject *a, PyObject *b)
{
    if (DATETIME_ZONE(a) == DATETIME_ZONE(b))
        return plain_difference(a, b);
    K_AUTO(PyObject *) one = offset_of(a);
    K_AUTO(PyObject *) two = one ? offset_of(b) : NULL;
    if (!two)
        return NULL;
    if ((one == Py_None) != (two == Py_None))
        return k_raise(PyExc_TypeError, "can't subtract offset-naive and offset-aware datetimes");
    K_AUTO(PyObject *) difference = plain_difference(a, b);
    if (!difference || one == two || delta_compare(one, two) == 0)
        return K_MOVE(difference);
    K_AUTO(PyObject *) offsets = delta_subtract(one, two);
    return offsets ? delta_subtract(difference, offsets) : NULL;
}

static PyObject *datetime_subtract(PyObject *a, PyObject *b)
{
    if (!IS_DATETIME(a))
        Py_RETURN_NOTIMPLEMENTED;
    if (IS_DATETIME(b))
        return datetime_minus(a, b);
    if (IS_DELTA(b))
        return datetime_plus(a, b, -1);
    Py_RETURN_NOTIMPLEMENTED;
}

/* ---- comparison and hash ---- */

static PyObject *unfolded(PyObject *self, int fold)
{
    Moment m = datetime_fields(self);
    m.fold = fold;
    return datetime_make(&m, DATETIME_ZONE(self), &datetime_type);
}

/* Whether the offset depends on the fold: such a moment equals none of another zone. 1, 0, -1 with an exception. */
static int fold_matters(PyObject *self, PyObject *offset)
{
    K_AUTO(PyObject *) flipped = unfolded(self, !DATETIME(self)->fold);
    K_AUTO(PyObject *) other = flipped ? offset_of(flipped) : NULL;
    if (!other)
        return -1;
    return other != offset && !(IS_DELTA(other) && IS_DELTA(offset) && delta_compare(other, offset) == 0);
}

static int either_fold_matters(PyObject *a, PyObject *one, PyObject *b, PyObject *two)
{
    int matters = fold_matters(a, one);
    return matters ? matters : fold_matters(b, two);
}

static PyObject *datetime_richcompare(PyObject *self, PyObject *other, int op)
{
    bool equality = op == Py_EQ || op == Py_NE;
    if (!IS_DATETIME(other)) {
        if (!IS_DATE(other))
            Py_RETURN_NOTIMPLEMENTED;
        if (equality)
            Py_RETURN_BOOL(op == Py_NE);
        return k_raise(PyExc_TypeError, "can't compare %s to %s", Py_TYPE(self)->tp_name, Py_TYPE(other)->tp_name);
    }
    int order = memcmp(DATETIME(self)->data, DATETIME(other)->data, 10);
    if (DATETIME_ZONE(self) == DATETIME_ZONE(other))
        return truth_of_order(order, op);
    K_AUTO(PyObject *) one = offset_of(self);
    K_AUTO(PyObject *) two = one ? offset_of(other) : NULL;
    if (!two)
        return NULL;
    bool same = one == two || (IS_DELTA(one) && IS_DELTA(two) && delta_compare(one, two) == 0);
    if (!same && (one == Py_None || two == Py_None)) {
        if (equality)
            Py_RETURN_BOOL(op == Py_NE);
        return k_raise(PyExc_TypeError, "can't compare offset-naive and offset-aware datetimes");
    }
    if (!same) {
        K_AUTO(PyObject *) difference = datetime_minus(self, other);
        if (!difference)
            return NULL;
        order = DELTA(difference)->days < 0 ? -1 : !delta_is_zero(difference);
    }
    if (equality && order == 0) {
        int matters = either_fold_matters(self, one, other, two);
        if (matters < 0)
            return NULL;
        order = matters;
    }
    return truth_of_order(order, op);
}

static Py_hash_t datetime_hash(PyObject *self)
{
    if (DATETIME(self)->hash != -1)
        return DATETIME(self)->hash;
    K_AUTO(PyObject *) first = DATETIME(self)->fold ? unfolded(self, 0) : Py_NewRef(self);
    K_AUTO(PyObject *) offset = first ? offset_of(first) : NULL;
    if (!offset)
        return -1;
    if (offset == Py_None) {
        DATETIME(self)->hash = data_hash(DATETIME(self)->data, 10);
        return DATETIME(self)->hash;
    }
    Moment m = datetime_fields(self);
    K_AUTO(PyObject *) since = delta_make(ordinal_of(m.year, m.month, m.day), m.hour * 3600 + m.minute * 60 + m.second,
                                          m.microsecond, &delta_type);
    K_AUTO(PyObject *) in_utc = since ? delta_subtract(since, offset) : NULL;
    if (in_utc)
        DATETIME(self)->hash = PyObject_Hash(in_utc);
    return DATETIME(self)->hash;
}

/* ---- texts ---- */

static PyObject *datetime_repr(PyObject *self)
{
    Moment m = datetime_fields(self);
    K_AUTO(PyObject *) text = PyUnicode_FromFormat("%s(%d, %d, %d, %d, %d", Py_TYPE(self)->tp_name, m.year, m.month, m.day, m.hour,
                                                   m.minute);
    if (text && m.microsecond)
        K_SET(text, PyUnicode_FromFormat("%U, %d, %d", text, m.second, m.microsecond));
    else if (text && m.second)
        K_SET(text, PyUnicode_FromFormat("%U, %d", text, m.second));
    if (text && m.fold)
        K_SET(text, PyUnicode_FromFormat("%U, fold=%d", text, m.fold));
    if (text && DATETIME(self)->has_zone)
        K_SET(text, PyUnicode_FromFormat("%U, tzinfo=%R", text, DATETIME(self)->zone));
    return text ? PyUnicode_FromFormat("%U)", text) : NULL;
}

static PyObject *datetime_str(PyObject *self)
{
    return PyObject_CallMethod(self, "isoformat", "s", " ");
}

METHODS_DECLARE(datetime);
extern K_INT PyGetSetDef datetime_getset[];
static PyNumberMethods datetime_as_number = { .nb_add = datetime_add, .nb_subtract = datetime_subtract };

PyTypeObject datetime_type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "datetime.datetime",
    .tp_basicsize = sizeof(DateTime),
    .tp_dealloc = datetime_dealloc,
    .tp_repr = datetime_repr,
    .tp_as_number = &datetime_as_number,
    .tp_hash = datetime_hash,
    .tp_str = datetime_str,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_doc = "datetime(year, month, day[, hour[, minute[, second[, microsecond[,tzinfo]]]]])\n\n"
              "year, month and day must be given; tzinfo is None or an instance of a subclass of tzinfo, the others are ints.\n",
    .tp_richcompare = datetime_richcompare,
    .tp_methods = METHODS(datetime),
    .tp_getset = datetime_getset,
    .tp_base = &date_type,
    .tp_new = datetime_new,
};
K_TYPE(datetime_type);
