/* delta.c - timedelta: a duration of days, seconds and microseconds.
 *
 * In: ints and floats of seven units.  Out: normalised durations. Invariants: 0 <= seconds < 86400, 0 <= microseconds < 10**6,
 * |days| <= 999999999. Products and quotients go through Python ints of microseconds, so nothing overflows or rounds
 * twice. Start at delta_make and delta_new. */
#include "modules/_datetime/datetime_int.h"

#include <math.h>

#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/float/float.h"
#include "objects/hash.h"
#include "objects/int/int.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"

static PyObject *million, *day_seconds; /* ints, made at the module's start */

static int64_t carry(int64_t *value, int64_t size)
{
    int64_t more = *value / size - (*value % size < 0);
    *value -= more * size;
    return more;
}

PyObject *delta_make(int64_t days, int64_t seconds, int64_t microseconds, PyTypeObject *type)
{
    seconds += carry(&microseconds, MILLION);
    days += carry(&seconds, DAY_SECONDS);
    if (days < -MAX_DAYS || days > MAX_DAYS)
        return k_raise(PyExc_OverflowError, "days=%d; must have magnitude <= %d", (int)days, MAX_DAYS);
    PyObject *self = type->tp_alloc(type, 0);
    if (!self)
        return NULL;
    DELTA(self)->hash = -1;
    DELTA(self)->days = (int)days;
    DELTA(self)->seconds = (int)seconds;
    DELTA(self)->microseconds = (int)microseconds;
    return self;
}

PyObject *delta_subtract(PyObject *a, PyObject *b)
{
    return delta_make((int64_t)DELTA(a)->days - DELTA(b)->days, DELTA(a)->seconds - DELTA(b)->seconds,
                      DELTA(a)->microseconds - DELTA(b)->microseconds, &delta_type);
}

int delta_compare(PyObject *a, PyObject *b)
{
    int order = DELTA(a)->days - DELTA(b)->days;
    if (order == 0)
        order = DELTA(a)->seconds - DELTA(b)->seconds;
    return order ? order : DELTA(a)->microseconds - DELTA(b)->microseconds;
}

bool delta_is_zero(PyObject *delta)
{
    return !DELTA(delta)->days && !DELTA(delta)->seconds && !DELTA(delta)->microseconds;
}

PyObject *truth_of_order(int order, int op)
{
    const bool says[] = { order < 0, order <= 0, order == 0, order != 0, order > 0, order >= 0 }; /* Py_LT ... Py_GE */
    Py_RETURN_BOOL(says[op]);
}

/* ---- as an int of microseconds ---- */

static PyObject *to_microseconds(PyObject *delta)
{
    K_AUTO(PyObject *) seconds = PyLong_FromLongLong((int64_t)DELTA(delta)->days * DAY_SECONDS + DELTA(delta)->seconds);
    K_AUTO(PyObject *) product = seconds ? PyNumber_Multiply(seconds, million) : NULL;
    K_AUTO(PyObject *) rest = product ? PyLong_FromLong(DELTA(delta)->microseconds) : NULL;
    return rest ? PyNumber_Add(product, rest) : NULL;
}

/* divmod() of what may be a subclass of int with ideas of its own: a pair, or an exception. */
static PyObject *pair_of(PyObject *a, PyObject *b)
{
    K_AUTO(PyObject *) pair = PyNumber_Divmod(a, b); /* runs code */
    if (pair && !PyTuple_Check(pair))
        return k_raise(PyExc_TypeError, "divmod() returned non-tuple (type %.200s)", Py_TYPE(pair)->tp_name);
    if (pair && PyTuple_GET_SIZE(pair) != 2)
        return k_raise(PyExc_TypeError, "divmod() returned a tuple of size %zd", PyTuple_GET_SIZE(pair));
    return K_MOVE(pair);
}

static PyObject *from_microseconds(PyObject *value, PyTypeObject *type)
{
    K_AUTO(PyObject *) by_second = pair_of(value, million);
    if (!by_second)
        return NULL;
    int microseconds = _PyLong_AsInt(PyTuple_GET_ITEM(by_second, 1));
    if (microseconds == -1 && PyErr_Occurred())
        return NULL;
    if (microseconds < 0 || microseconds >= MILLION)
        return k_raise(PyExc_TypeError, "divmod() returned a value out of range");
    K_AUTO(PyObject *) by_day = pair_of(PyTuple_GET_ITEM(by_second, 0), day_seconds);
    if (!by_day)
        return NULL;
    int seconds = _PyLong_AsInt(PyTuple_GET_ITEM(by_day, 1));
    if (seconds == -1 && PyErr_Occurred())
        return NULL;
    if (seconds < 0 || seconds >= DAY_SECONDS)
        return k_raise(PyExc_TypeError, "divmod() returned a value out of range");
    int days = _PyLong_AsInt(PyTuple_GET_ITEM(by_day, 0));
    return days == -1 && PyErr_Occurred() ? NULL : delta_make(days, seconds, microseconds, type);
}

static PyObject *nearest_quotient(PyObject *a, PyObject *b)
{
    K_AUTO(PyObject *) pair = _PyLong_DivmodNear(a, b);
    return pair ? Py_NewRef(PyTuple_GET_ITEM(pair, 0)) : NULL;
}

/* ---- construction ---- */

typedef struct Unit {
    const char *name;
    int64_t microseconds;
} Unit;
/* In the order in which CPython adds them; `place` is the argument's. */
static const Unit units[] = {
    { "microseconds", 1 }, { "milliseconds", 1000 }, { "seconds", MILLION }, { "minutes", 60LL * MILLION },
    { "hours", 3600LL * MILLION }, { "days", 86400LL * MILLION }, { "weeks", 7 * 86400LL * MILLION },
};

/* sum += value * unit; the fraction of a microsecond goes to *left. */
static int accumulate(PyObject **sum, PyObject *value, const Unit *unit, double *left)
{
    K_AUTO(PyObject *) factor = PyLong_FromLongLong(unit->microseconds);
    if (!factor)
        return -1;
    double fraction = 0;
    K_AUTO(PyObject *) whole = NULL;
    if (PyLong_Check(value)) {
        K_SET(whole, Py_NewRef(value));
    } else if (PyFloat_Check(value)) {
        double integer;
        fraction = modf(PyFloat_AsDouble(value), &integer);
        K_SET(whole, PyLong_FromDouble(integer));
    } else {
        k_raise(PyExc_TypeError, "unsupported type for timedelta %s component: %s", unit->name,
                Py_TYPE(value)->tp_name);
        return -1;
    }
    K_AUTO(PyObject *) product = whole ? PyNumber_Multiply(whole, factor) : NULL;
    K_AUTO(PyObject *) total = product ? PyNumber_Add(*sum, product) : NULL;
    if (!total)
        return -1;
    if (fraction != 0) {
        double integer;
        *left += modf(fraction * (double)unit->microseconds, &integer);
        K_AUTO(PyObject *) more = PyLong_FromDouble(integer);
        K_SET(total, more ? PyNumber_Add(total, more) : NULL);
        if (!total)
            return -1;
    }
    K_SET(*sum, K_MOVE(total));
    return 0;
}

/* What is left rounds to the even sum. */
static int round_left(PyObject **sum, double left)
{
    double whole = round(left);
    if (fabs(whole - left) == 0.5) {
        K_AUTO(PyObject *) one = PyLong_FromLong(1);
        K_AUTO(PyObject *) low = one ? PyNumber_And(*sum, one) : NULL;
        if (!low)
            return -1;
        int odd = PyObject_IsTrue(low);
        whole = 2.0 * round((left + odd) * 0.5) - odd;
    }
    K_AUTO(PyObject *) more = PyLong_FromDouble(whole);
    K_AUTO(PyObject *) total = more ? PyNumber_Add(*sum, more) : NULL;
    if (!total)
        return -1;
    K_SET(*sum, K_MOVE(total));
    return 0;
}

static PyObject *delta_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = { "days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks", NULL };
    PyObject *days = NULL, *seconds = NULL, *us = NULL, *ms = NULL, *minutes = NULL, *hours = NULL, *weeks = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|OOOOOOO:__new__", names, &days, &seconds, &us, &ms, &minutes, &hours, &weeks))
        return NULL;
    PyObject *const given[] = { us, ms, seconds, minutes, hours, days, weeks };
    K_AUTO(PyObject *) sum = PyLong_FromLong(0);
    double left = 0;
    for (Py_ssize_t i = 0; sum && i < K_COUNT_OF(given); i++)
        if (given[i] && accumulate(&sum, given[i], &units[i], &left) < 0)
            return NULL;
    if (!sum || (left != 0 && round_left(&sum, left) < 0))
        return NULL;
    return from_microseconds(sum, type);
}

/* ---- arithmetic ---- */

static PyObject *delta_add(PyObject *a, PyObject *b)
{
    if (!IS_DELTA(a) || !IS_DELTA(b))
        Py_RETURN_NOTIMPLEMENTED;
    return delta_make((int64_t)DELTA(a)->days + DELTA(b)->days, DELTA(a)->seconds + DELTA(b)->seconds,
                      DELTA(a)->microseconds + DELTA(b)->microseconds, &delta_type);
}

static PyObject *delta_sub(PyObject *a, PyObject *b)
{
    if (!IS_DELTA(a) || !IS_DELTA(b))
        Py_RETURN_NOTIMPLEMENTED;
    return delta_subtract(a, b);
}

static PyObject *delta_neg(PyObject *self)
{
    return delta_make(-(int64_t)DELTA(self)->days, -DELTA(self)->seconds, -DELTA(self)->microseconds, &delta_type);
}

static PyObject *delta_pos(PyObject *self)
{
    return delta_make(DELTA(self)->days, DELTA(self)->seconds, DELTA(self)->microseconds, &delta_type);
}

static PyObject *delta_abs(PyObject *self)
{
    return DELTA(self)->days < 0 ? delta_neg(self) : delta_pos(self);
}

static int delta_bool(PyObject *self)
{
    return !delta_is_zero(self);
}

/* The delta times a / b, the parts of the float's exact ratio. */
static PyObject *by_float(PyObject *delta, PyObject *number, int a, int b)
{
    K_AUTO(PyObject *) ratio = PyObject_CallMethodObjArgs(number, K_STR("as_integer_ratio"), NULL);
    if (!ratio)
        return NULL;
    if (!PyTuple_Check(ratio))
        return k_raise(PyExc_TypeError, "unexpected return type from as_integer_ratio(): expected tuple, got '%.200s'",
                       Py_TYPE(ratio)->tp_name);
    if (PyTuple_GET_SIZE(ratio) != 2)
        return k_raise(PyExc_ValueError, "as_integer_ratio() must return a 2-tuple");
    K_AUTO(PyObject *) us = to_microseconds(delta);
    K_AUTO(PyObject *) product = us ? PyNumber_Multiply(us, PyTuple_GET_ITEM(ratio, a)) : NULL;
    K_AUTO(PyObject *) result = product ? nearest_quotient(product, PyTuple_GET_ITEM(ratio, b)) : NULL;
    return result ? from_microseconds(result, &delta_type) : NULL;
}

static PyObject *delta_mul(PyObject *a, PyObject *b)
{
    PyObject *delta = IS_DELTA(a) ? a : b, *number = IS_DELTA(a) ? b : a;
    if (PyFloat_Check(number))
        return by_float(delta, number, 0, 1);
    if (!PyLong_Check(number))
        Py_RETURN_NOTIMPLEMENTED;
    K_AUTO(PyObject *) us = to_microseconds(delta);
    K_AUTO(PyObject *) product = us ? PyNumber_Multiply(us, number) : NULL;
    return product ? from_microseconds(product, &delta_type) : NULL;
}

static PyObject *delta_truediv(PyObject *a, PyObject *b)
{
    if (!IS_DELTA(a) || !(IS_DELTA(b) || PyFloat_Check(b) || PyLong_Check(b)))
        Py_RETURN_NOTIMPLEMENTED;
    if (PyFloat_Check(b))
        return by_float(a, b, 1, 0);
    K_AUTO(PyObject *) us = to_microseconds(a);
    if (!us)
        return NULL;
    if (IS_DELTA(b)) {
        K_AUTO(PyObject *) other = to_microseconds(b);
        return other ? PyNumber_TrueDivide(us, other) : NULL;
    }
    K_AUTO(PyObject *) result = nearest_quotient(us, b);
    return result ? from_microseconds(result, &delta_type) : NULL;
}

static PyObject *delta_floordiv(PyObject *a, PyObject *b)
{
    if (!IS_DELTA(a) || !(IS_DELTA(b) || PyLong_Check(b)))
        Py_RETURN_NOTIMPLEMENTED;
    K_AUTO(PyObject *) us = to_microseconds(a);
    K_AUTO(PyObject *) other = !us ? NULL : IS_DELTA(b) ? to_microseconds(b) : Py_NewRef(b);
    K_AUTO(PyObject *) result = other ? PyNumber_FloorDivide(us, other) : NULL;
    return !result ? NULL : IS_DELTA(b) ? K_MOVE(result) : from_microseconds(result, &delta_type);
}

static PyObject *delta_mod(PyObject *a, PyObject *b)
{
    if (!IS_DELTA(a) || !IS_DELTA(b))
        Py_RETURN_NOTIMPLEMENTED;
    K_AUTO(PyObject *) us = to_microseconds(a);
    K_AUTO(PyObject *) other = us ? to_microseconds(b) : NULL;
    K_AUTO(PyObject *) result = other ? PyNumber_Remainder(us, other) : NULL;
    return result ? from_microseconds(result, &delta_type) : NULL;
}

static PyObject *delta_divmod(PyObject *a, PyObject *b)
{
    if (!IS_DELTA(a) || !IS_DELTA(b))
        Py_RETURN_NOTIMPLEMENTED;
    K_AUTO(PyObject *) us = to_microseconds(a);
    K_AUTO(PyObject *) other = us ? to_microseconds(b) : NULL;
    K_AUTO(PyObject *) pair = other ? pair_of(us, other) : NULL;
    K_AUTO(PyObject *) rest = pair ? from_microseconds(PyTuple_GET_ITEM(pair, 1), &delta_type) : NULL;
    return rest ? PyTuple_Pack(2, PyTuple_GET_ITEM(pair, 0), rest) : NULL;
}

static PyObject *delta_richcompare(PyObject *self, PyObject *other, int op)
{
    if (!IS_DELTA(other))
        Py_RETURN_NOTIMPLEMENTED;
    return truth_of_order(delta_compare(self, other), op);
}

static PyObject *delta_state(PyObject *self)
{
    return Py_BuildValue("iii", DELTA(self)->days, DELTA(self)->seconds, DELTA(self)->microseconds);
}

static Py_hash_t delta_hash(PyObject *self)
{
    if (DELTA(self)->hash == -1) {
        K_AUTO(PyObject *) state = delta_state(self);
        if (state)
            DELTA(self)->hash = PyObject_Hash(state);
    }
    return DELTA(self)->hash;
}

/* ---- texts ---- */

static PyObject *delta_repr(PyObject *self)
{
    const int values[] = { DELTA(self)->days, DELTA(self)->seconds, DELTA(self)->microseconds };
    static const char *const names[] = { "days", "seconds", "microseconds" };
    char text[96];
    size_t used = 0;
    for (int i = 0; i < 3; i++)
        if (values[i])
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%s=%d", used ? ", " : "", names[i], values[i]);
    return PyUnicode_FromFormat("%s(%s)", Py_TYPE(self)->tp_name, used ? text : "0");
}

static PyObject *delta_str(PyObject *self)
{
    int days = DELTA(self)->days, seconds = DELTA(self)->seconds, us = DELTA(self)->microseconds;
    char text[96];
    size_t used = 0;
    if (days)
        used = (size_t)snprintf(text, sizeof text, "%d day%s, ", days, days == 1 || days == -1 ? "" : "s");
    used += (size_t)snprintf(text + used, sizeof text - used, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if (us)
        snprintf(text + used, sizeof text - used, ".%06d", us);
    return PyUnicode_FromString(text);
}

/* ---- methods ---- */

PyObject *delta_in_seconds(PyObject *delta)
{
    K_AUTO(PyObject *) us = to_microseconds(delta);
    return us ? PyNumber_TrueDivide(us, million) : NULL;
}

METHODS_DECLARE(delta);

METHOD_RAW(delta, total_seconds, NOARGS, 0, "Total seconds in the duration.")
{
    return delta_in_seconds(self);
}

METHOD_RAW(delta, __reduce__, NOARGS, 0, "__reduce__() -> (cls, state)")
{
    return Py_BuildValue("ON", Py_TYPE(self), delta_state(self));
}
METHODS_END(delta);

static PyMemberDef delta_members[] = {
    { "days", T_INT, offsetof(Delta, days), READONLY, "Number of days." },
    { "seconds", T_INT, offsetof(Delta, seconds), READONLY, "Number of seconds (>= 0 and less than 1 day)." },
    { "microseconds", T_INT, offsetof(Delta, microseconds), READONLY, "Number of microseconds (>= 0 and less than 1 second)." },
    { NULL, 0, 0, 0, NULL },
};

static PyNumberMethods delta_as_number = {
    .nb_add = delta_add, .nb_subtract = delta_sub, .nb_multiply = delta_mul, .nb_remainder = delta_mod,
    .nb_divmod = delta_divmod, .nb_negative = delta_neg, .nb_positive = delta_pos, .nb_absolute = delta_abs,
    .nb_bool = delta_bool, .nb_floor_divide = delta_floordiv, .nb_true_divide = delta_truediv,
};

PyTypeObject delta_type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "datetime.timedelta",
    .tp_basicsize = sizeof(Delta),
    .tp_repr = delta_repr,
    .tp_as_number = &delta_as_number,
    .tp_hash = delta_hash,
    .tp_str = delta_str,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_doc = "A duration.\n\n"
              "timedelta(days=0, seconds=0, microseconds=0, milliseconds=0, minutes=0, hours=0, weeks=0)\n\n"
              "Ints and floats, also negative ones; held as days, seconds and microseconds.",
    .tp_richcompare = delta_richcompare,
    .tp_methods = METHODS(delta),
    .tp_members = delta_members,
    .tp_new = delta_new,
};
K_TYPE(delta_type);

int deltas_start(void)
{
    million = PyLong_FromLong(MILLION);
    day_seconds = PyLong_FromLong(DAY_SECONDS);
    K_AUTO(PyObject *) least = day_seconds && million ? delta_make(-MAX_DAYS, 0, 0, &delta_type) : NULL;
    K_AUTO(PyObject *) most = least ? delta_make(MAX_DAYS, DAY_SECONDS - 1, MILLION - 1, &delta_type) : NULL;
    K_AUTO(PyObject *) step = most ? delta_make(0, 0, 1, &delta_type) : NULL;
    if (!step)
        return -1;
    PyObject *dict = delta_type.tp_dict;
    return PyDict_SetItemString(dict, "min", least) < 0 || PyDict_SetItemString(dict, "max", most) < 0
        ? -1 : PyDict_SetItemString(dict, "resolution", step);
}
