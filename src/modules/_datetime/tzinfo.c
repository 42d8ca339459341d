/* tzinfo.c - tzinfo, the base of time zones, and timezone, a fixed offset from UTC; asking a zone for its offset and name.
 *
 * In: zones of any class, which run Python code.  Out: offsets less than a day in size, names, times in local zones.
 * Start at ask_offset and timezone_make. */
#include "modules/_datetime/datetime_int.h"

#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/hash.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"

PyObject *utc; /* timezone.utc */
#define ZONE(o) ((Zone *)(o))

int check_zone(PyObject *zone)
{
    if (zone == Py_None || IS_TZINFO(zone))
        return 0;
    k_raise(PyExc_TypeError, "tzinfo argument must be None or of a tzinfo subclass, not type '%s'", Py_TYPE(zone)->tp_name);
    return -1;
}

/* Whether a delta is less than a day, in either direction. */
static bool is_offset(PyObject *delta)
{
    return (DELTA(delta)->days != -1 || DELTA(delta)->seconds || DELTA(delta)->microseconds >= 1)
        && DELTA(delta)->days >= -1 && DELTA(delta)->days < 1;
}

PyObject *ask_offset(PyObject *zone, PyObject *name, PyObject *argument)
{
    if (zone == Py_None)
        Py_RETURN_NONE;
    K_AUTO(PyObject *) offset = PyObject_CallMethodObjArgs(zone, name, argument, NULL); /* runs code */
    if (!offset || offset == Py_None)
        return K_MOVE(offset);
    if (!IS_DELTA(offset))
        return k_raise(PyExc_TypeError, "tzinfo.%U() must return None or timedelta, not '%.200s'", name,
                       Py_TYPE(offset)->tp_name);
    if (!is_offset(offset))
        return k_raise(PyExc_ValueError, "offset must be a timedelta strictly between -timedelta(hours=24) and "
                       "timedelta(hours=24).");
    return K_MOVE(offset);
}

PyObject *ask_name(PyObject *zone, PyObject *argument)
{
    if (zone == Py_None)
        Py_RETURN_NONE;
    K_AUTO(PyObject *) name = PyObject_CallMethodObjArgs(zone, K_STR("tzname"), argument, NULL); /* runs code */
    if (name && name != Py_None && !PyUnicode_Check(name))
        return k_raise(PyExc_TypeError, "tzinfo.tzname() must return None or a string, not '%s'", Py_TYPE(name)->tp_name);
    return K_MOVE(name);
}

static void offset_text(PyObject *delta, const char *sep, char *out, size_t room)
{
    int days = DELTA(delta)->days, seconds = DELTA(delta)->seconds, us = DELTA(delta)->microseconds;
    char sign = '+';
    if (days < 0) {
        sign = '-';
        seconds = DAY_SECONDS - seconds - (us > 0);
        us = us ? MILLION - us : 0;
    }
    size_t used = (size_t)snprintf(out, room, "%c%02d%s%02d", sign, seconds / 3600, sep, seconds / 60 % 60);
    if (seconds % 60 || us)
        used += (size_t)snprintf(out + used, room - used, "%s%02d", sep, seconds % 60);
    if (us)
        snprintf(out + used, room - used, ".%06d", us);
}

int format_offset(PyObject *zone, PyObject *argument, const char *sep, char *out, size_t room)
{
    out[0] = '\0';
    K_AUTO(PyObject *) offset = ask_offset(zone, K_STR("utcoffset"), argument);
    if (!offset)
        return -1;
    if (offset != Py_None)
        offset_text(offset, sep, out, room);
    return 0;
}

/* ---- tzinfo ---- */

static PyObject *not_implemented(const char *name)
{
    return k_raise(PyExc_NotImplementedError, "a tzinfo subclass must implement %s()", name);
}

/* dt.utcoffset() or dt.dst(), which must not be None. */
static PyObject *needed_offset(PyObject *dt, const char *name)
{
    K_AUTO(PyObject *) offset = PyObject_CallMethod(dt, name, NULL);
    if (offset && offset == Py_None)
        return k_raise(PyExc_ValueError, "fromutc: non-None %s() result required", name);
    return K_MOVE(offset);
}

METHODS_DECLARE(tzinfo);

METHOD_RAW(tzinfo, tzname, O, 0, "datetime -> string name of time zone.")
{
    return not_implemented("tzname");
}

METHOD_RAW(tzinfo, utcoffset, O, 0, "datetime -> timedelta showing offset from UTC, negative values indicating West of UTC")
{
    return not_implemented("utcoffset");
}

METHOD_RAW(tzinfo, dst, O, 0, "datetime -> DST offset as timedelta positive east of UTC.")
{
    return not_implemented("dst");
}

METHOD_RAW(tzinfo, fromutc, O, 0, "datetime in UTC -> datetime in local time.")
{
    if (!IS_DATETIME(arg))
        return k_raise(PyExc_TypeError, "fromutc: argument must be a datetime");
    if (DATETIME_ZONE(arg) != self)
        return k_raise(PyExc_ValueError, "fromutc: dt.tzinfo is not self");
    K_AUTO(PyObject *) offset = needed_offset(arg, "utcoffset");
    K_AUTO(PyObject *) dst = offset ? needed_offset(arg, "dst") : NULL;
    if (!dst)
        return NULL;
    K_AUTO(PyObject *) standard = delta_subtract(offset, dst);
    K_AUTO(PyObject *) result = standard ? datetime_plus(arg, standard, 1) : NULL;
    if (!result)
        return NULL;
    K_SET(dst, PyObject_CallMethod(result, "dst", NULL));
    if (!dst)
        return NULL;
    if (dst == Py_None)
        return k_raise(PyExc_ValueError, "fromutc: tz.dst() gave inconsistent results; cannot convert");
    return delta_is_zero(dst) ? K_MOVE(result) : datetime_plus(result, dst, 1);
}

METHOD_RAW(tzinfo, __reduce__, NOARGS, 0, "-> (cls, state)")
{
    PyObject *found;
    if (_PyObject_LookupAttr(self, K_STR("__getinitargs__"), &found) < 0)
        return NULL;
    K_AUTO(PyObject *) getter = found;
    K_AUTO(PyObject *) args = getter ? PyObject_CallNoArgs(getter) : PyTuple_New(0);
    K_AUTO(PyObject *) state = args ? _PyObject_GetState(self) : NULL;
    return state ? PyTuple_Pack(3, Py_TYPE(self), args, state) : NULL;
}
METHODS_END(tzinfo);

PyTypeObject tzinfo_type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "datetime.tzinfo",
    .tp_basicsize = sizeof(PyObject),
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_doc = "What all time zones are derived from.",
    .tp_methods = METHODS(tzinfo),
    .tp_new = PyType_GenericNew,
};
K_TYPE(tzinfo_type);

/* ---- timezone ---- */

static PyObject *timezone_fresh(PyObject *offset, PyObject *name)
{
    PyObject *self = timezone_type.tp_alloc(&timezone_type, 0);
    if (!self)
        return NULL;
    ZONE(self)->offset = Py_NewRef(offset);
    ZONE(self)->name = Py_XNewRef(name);
    return self;
}

PyObject *timezone_make(PyObject *offset, PyObject *name)
{
    if (!name && delta_is_zero(offset))
        return Py_NewRef(utc);
    if (!is_offset(offset))
        return k_raise(PyExc_ValueError, "offset must be a timedelta strictly between -timedelta(hours=24) and "
                       "timedelta(hours=24), not %R.", offset);
    return timezone_fresh(offset, name);
}

static PyObject *timezone_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = { "offset", "name", NULL };
    PyObject *offset, *name = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O!|U:timezone", names, &delta_type, &offset, &name))
        return NULL;
    return timezone_make(offset, name);
}

static void timezone_dealloc(PyObject *self)
{
    Py_CLEAR(ZONE(self)->offset);
    Py_CLEAR(ZONE(self)->name);
    Py_TYPE(self)->tp_free(self);
}

static PyObject *timezone_richcompare(PyObject *self, PyObject *other, int op)
{
    if ((op != Py_EQ && op != Py_NE) || !PyObject_TypeCheck(other, &timezone_type))
        Py_RETURN_NOTIMPLEMENTED;
    return truth_of_order(delta_compare(ZONE(self)->offset, ZONE(other)->offset), op);
}

static Py_hash_t timezone_hash(PyObject *self)
{
    return PyObject_Hash(ZONE(self)->offset);
}

static PyObject *timezone_repr(PyObject *self)
{
    const char *type = Py_TYPE(self)->tp_name;
    if (self == utc)
        return PyUnicode_FromFormat("%s.utc", type);
    return ZONE(self)->name ? PyUnicode_FromFormat("%s(%R, %R)", type, ZONE(self)->offset, ZONE(self)->name)
                            : PyUnicode_FromFormat("%s(%R)", type, ZONE(self)->offset);
}

static PyObject *timezone_str(PyObject *self)
{
    if (ZONE(self)->name)
        return Py_NewRef(ZONE(self)->name);
    if (delta_is_zero(ZONE(self)->offset))
        return PyUnicode_FromString("UTC");
    char text[32];
    offset_text(ZONE(self)->offset, ":", text, sizeof text);
    return PyUnicode_FromFormat("UTC%s", text);
}

static int check_argument(PyObject *argument, const char *method)
{
    if (argument == Py_None || IS_DATETIME(argument))
        return 0;
    k_raise(PyExc_TypeError, "%s(dt) argument must be a datetime instance or None, not %.200s", method, Py_TYPE(argument)->tp_name);
    return -1;
}

METHODS_DECLARE(timezone);

METHOD_RAW(timezone, tzname, O, 0,
           "The name given when the timezone was made; without one, UTC with the offset, UTC+05:30 for example.")
{
    return check_argument(arg, "tzname") < 0 ? NULL : timezone_str(self);
}

METHOD_RAW(timezone, utcoffset, O, 0, "Return fixed offset.")
{
    return check_argument(arg, "utcoffset") < 0 ? NULL : Py_NewRef(ZONE(self)->offset);
}

METHOD_RAW(timezone, dst, O, 0, "Return None.")
{
    return check_argument(arg, "dst") < 0 ? NULL : Py_NewRef(Py_None);
}

METHOD_RAW(timezone, fromutc, O, 0, "datetime in UTC -> datetime in local time.")
{
    if (!IS_DATETIME(arg))
        return k_raise(PyExc_TypeError, "fromutc() argument must be a datetime instance");
    if (DATETIME_ZONE(arg) != self)
        return k_raise(PyExc_ValueError, "fromutc: dt.tzinfo is not self");
    return datetime_plus(arg, ZONE(self)->offset, 1);
}

METHOD_RAW(timezone, __getinitargs__, NOARGS, 0, "pickle support")
{
    return ZONE(self)->name ? PyTuple_Pack(2, ZONE(self)->offset, ZONE(self)->name) : PyTuple_Pack(1, ZONE(self)->offset);
}
METHODS_END(timezone);

PyTypeObject timezone_type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "datetime.timezone",
    .tp_basicsize = sizeof(Zone),
    .tp_dealloc = timezone_dealloc,
    .tp_repr = timezone_repr,
    .tp_hash = timezone_hash,
    .tp_str = timezone_str,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_doc = "A zone of one offset from UTC.",
    .tp_richcompare = timezone_richcompare,
    .tp_methods = METHODS(timezone),
    .tp_base = &tzinfo_type,
    .tp_new = timezone_new,
};
K_TYPE(timezone_type);

/* A limit of timezone: hours and minutes from UTC. */
static int add_limit(const char *name, int minutes)
{
    K_AUTO(PyObject *) offset = delta_make(0, minutes * 60, 0, &delta_type);
    K_AUTO(PyObject *) zone = offset ? timezone_fresh(offset, NULL) : NULL;
    return zone ? PyDict_SetItemString(timezone_type.tp_dict, name, zone) : -1;
}

int zones_start(void)
{
    K_AUTO(PyObject *) nothing = delta_make(0, 0, 0, &delta_type);
    utc = nothing ? timezone_fresh(nothing, NULL) : NULL;
    if (!utc || PyDict_SetItemString(timezone_type.tp_dict, "utc", utc) < 0)
        return -1;
    return add_limit("min", -(24 * 60 - 1)) < 0 ? -1 : add_limit("max", 24 * 60 - 1);
}
