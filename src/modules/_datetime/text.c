/* text.c - dates and times as text: ISO 8601 in and out, strftime.
 *
 * In: fields, or text.  Out: text, or fields. The formats read are those of Python 3.11: dates of 7, 8 or 10 characters,
 * times of hours to fractions, offsets. Start at iso_parse and strftime_by. */
#include "modules/_datetime/datetime_int.h"

#include "objects/bytes/bytes.h"
#include "objects/call.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "runtime/errors.h"
#include "runtime/import.h"

/* ---- out ---- */

PyObject *time_text(const Moment *m, const char *timespec)
{
    static const char *const names[] = { "hours", "minutes", "seconds", "milliseconds", "microseconds" };
    int kind = m->microsecond ? 4 : 2;
    if (timespec && strcmp(timespec, "auto") != 0)
        for (kind = 0; kind < 5 && strcmp(timespec, names[kind]) != 0;)
            kind++;
    char text[64];
    switch (kind) {
    case 0: snprintf(text, sizeof text, "%02d", m->hour); break;
    case 1: snprintf(text, sizeof text, "%02d:%02d", m->hour, m->minute); break;
    case 2: snprintf(text, sizeof text, "%02d:%02d:%02d", m->hour, m->minute, m->second); break;
    case 3: snprintf(text, sizeof text, "%02d:%02d:%02d.%03d", m->hour, m->minute, m->second, m->microsecond / 1000); break;
    case 4: snprintf(text, sizeof text, "%02d:%02d:%02d.%06d", m->hour, m->minute, m->second, m->microsecond); break;
    default: return k_raise(PyExc_ValueError, "Unknown timespec value");
    }
    return PyUnicode_FromString(text);
}

PyObject *with_offset(PyObject *text, PyObject *zone, PyObject *argument)
{
    char offset[32];
    if (zone == Py_None)
        return Py_NewRef(text);
    return format_offset(zone, argument, ":", offset, sizeof offset) < 0 ? NULL : PyUnicode_FromFormat("%U%s", text, offset);
}

/* The name of the zone for strftime: its percent signs are text. */
static PyObject *name_for_format(PyObject *zone, PyObject *argument)
{
    K_AUTO(PyObject *) name = ask_name(zone, argument);
    if (!name)
        return NULL;
    if (name == Py_None)
        return PyUnicode_New(0, 0);
    K_AUTO(PyObject *) replaced = PyObject_CallMethod(name, "replace", "ss", "%", "%%"); /* may be a subclass's */
    if (replaced && !PyUnicode_Check(replaced))
        return k_raise(PyExc_TypeError, "tzname.replace() did not return a string");
    return K_MOVE(replaced);
}

PyObject *strftime_by(PyObject *self, PyObject *format, PyObject *tuple, PyObject *zone, PyObject *argument, int microsecond)
{
    K_AUTO(PyObject *) out = PyUnicode_New(0, 0);
    Py_ssize_t size = PyUnicode_GET_LENGTH(format), copied = 0;
    for (Py_ssize_t i = 0; out && i < size; i++) {
        if (PyUnicode_READ_CHAR(format, i) != '%')
            continue;
        if (i + 1 == size)
            break;
        Py_UCS4 letter = PyUnicode_READ_CHAR(format, i + 1);
        K_AUTO(PyObject *) piece = NULL;
        if (letter == 'z') {
            char text[32];
            if (format_offset(zone, argument, "", text, sizeof text) < 0)
                return NULL;
            K_SET(piece, PyUnicode_FromString(text));
        } else if (letter == 'Z') {
            K_SET(piece, name_for_format(zone, argument));
        } else if (letter == 'f') {
            K_SET(piece, PyUnicode_FromFormat("%06d", microsecond));
        } else {
            i++;
            continue;
        }
        K_AUTO(PyObject *) before = piece ? PyUnicode_Substring(format, copied, i) : NULL;
        K_SET(out, before ? PyUnicode_FromFormat("%U%U%U", out, before, piece) : NULL);
        copied = ++i + 1;
    }
    K_AUTO(PyObject *) rest = out ? PyUnicode_Substring(format, copied, size) : NULL;
    K_AUTO(PyObject *) full = rest ? PyUnicode_Concat(out, rest) : NULL;
    K_AUTO(PyObject *) time = full ? PyImport_ImportModule("time") : NULL;
    return time ? PyObject_CallMethod(time, "strftime", "OO", full, tuple) : NULL;
}

/* ---- in: each step gives -1 without an exception where the text is wrong ---- */

typedef struct Reader {
    PyObject *text;
    Py_ssize_t at, end;
} Reader;

static Py_UCS4 peek(const Reader *r, Py_ssize_t ahead)
{
    return r->at + ahead < r->end ? PyUnicode_READ_CHAR(r->text, r->at + ahead) : 0;
}

static bool is_digit(Py_UCS4 c)
{
    return c >= '0' && c <= '9';
}

static int digits(Reader *r, int count, int *value)
{
    *value = 0;
    for (int i = 0; i < count; i++, r->at++) {
        if (!is_digit(peek(r, 0)))
            return -1;
        *value = *value * 10 + (int)(peek(r, 0) - '0');
    }
    return 0;
}

static int parse_date(Reader *r, Moment *m)
{
    if (digits(r, 4, &m->year) < 0)
        return -1;
    int separated = peek(r, 0) == '-';
    r->at += separated;
    if (peek(r, 0) == 'W') {
        int week, day = 1;
        r->at++;
        if (digits(r, 2, &week) < 0)
            return -1;
        if (r->at < r->end) {
            if ((peek(r, 0) == '-') != separated)
                return -1;
            r->at += separated;
            if (digits(r, 1, &day) < 0)
                return -1;
        }
        if (r->at != r->end)
            return -1;
        if (from_iso_calendar(m->year, week, day, m) < 0) {
            PyErr_Clear();
            return -1;
        }
        return 0;
    }
    if (digits(r, 2, &m->month) < 0 || (peek(r, 0) == '-') != separated)
        return -1;
    r->at += separated;
    return digits(r, 2, &m->day) < 0 || r->at != r->end ? -1 : 0;
}

/* Hours, minutes, seconds, microseconds up to the reader's end. Without colons the fraction may follow without a dot. */
static int parse_clock(Reader *r, int parts[4])
{
    static const int scale[] = { 1, 100000, 10000, 1000, 100, 10, 1 };
    int separated = 0;
    parts[0] = parts[1] = parts[2] = parts[3] = 0;
    for (int i = 0; i < 3; i++) {
        if (digits(r, 2, &parts[i]) < 0)
            return -1;
        if (r->at == r->end)
            return 0;
        if (r->at + 1 == r->end)
            return -1;
        Py_UCS4 next = peek(r, 0);
        if (i == 0)
            separated = next == ':';
        if (next == '.' || next == ',') {
            r->at++;
            break;
        }
        if (separated && next != ':')
            return -1;
        r->at += separated;
    }
    int count = (int)Py_MIN(r->end - r->at, 6);
    if (count == 0 || digits(r, count, &parts[3]) < 0)
        return -1;
    parts[3] *= scale[count];
    for (; r->at < r->end; r->at++)
        if (!is_digit(peek(r, 0)))
            return -1;
    return 0;
}

static int parse_time(Reader *r, IsoText *out)
{
    Py_ssize_t end = r->end, sign = r->at;
    while (sign < end) {
        Py_UCS4 c = PyUnicode_READ_CHAR(r->text, sign);
        if (c == '+' || c == '-' || c == 'Z')
            break;
        sign++;
    }
    int parts[4];
    r->end = sign;
    if (parse_clock(r, parts) < 0)
        return -1;
    out->moment.hour = parts[0];
    out->moment.minute = parts[1];
    out->moment.second = parts[2];
    out->moment.microsecond = parts[3];
    r->end = end;
    if (sign == end)
        return 0;
    out->has_offset = 1;
    Py_UCS4 kind = PyUnicode_READ_CHAR(r->text, sign);
    r->at = sign + 1;
    if (kind == 'Z')
        return r->at == end ? 0 : -1;
    if (parse_clock(r, parts) < 0)
        return -1;
    int64_t size = ((parts[0] * 3600LL + parts[1] * 60LL + parts[2]) * MILLION) + parts[3];
    out->offset = kind == '-' ? -size : size;
    return 0;
}

/* Where the date ends in a text of both: the separator's place. */
static Py_ssize_t date_size(PyObject *text)
{
    Py_ssize_t size = PyUnicode_GET_LENGTH(text);
    Reader r = { text, 0, size };
    if (size == 7)
        return 7;
    if (peek(&r, 4) == '-') {
        if (peek(&r, 5) != 'W')
            return 10;
        if (size > 8 && peek(&r, 8) == '-')
            return size == 9 ? -1 : size > 10 && is_digit(peek(&r, 10)) ? 8 : 10;
        return 8;
    }
    if (peek(&r, 4) != 'W')
        return 8;
    Py_ssize_t at = 7;
    while (at < size && is_digit(peek(&r, at)))
        at++;
    return at < 9 ? at : at % 2 == 0 ? 7 : 8;
}

int iso_parse(PyObject *text, int parts, IsoText *out)
{
    memset(out, 0, sizeof *out);
    Py_ssize_t size = PyUnicode_GET_LENGTH(text);
    Reader r = { text, 0, size };
    int status;
    if (parts == 2) {
        r.at = size > 0 && PyUnicode_READ_CHAR(text, 0) == 'T';
        status = parse_time(&r, out);
    } else if (parts == 1) {
        status = size == 7 || size == 8 || size == 10 ? parse_date(&r, &out->moment) : -1;
    } else {
        r.end = size < 7 ? -1 : date_size(text);
        status = r.end < 0 || r.end > size ? -1 : parse_date(&r, &out->moment);
        if (status == 0 && r.end < size) {
            r.at = r.end + 1;
            r.end = size;
            status = parse_time(&r, out);
        }
    }
    if (status < 0)
        k_raise(PyExc_ValueError, "Invalid isoformat string: %R", text);
    return status;
}

PyObject *iso_zone(const IsoText *iso)
{
    if (!iso->has_offset)
        Py_RETURN_NONE;
    K_AUTO(PyObject *) offset = delta_make(0, 0, iso->offset, &delta_type);
    return offset ? timezone_make(offset, NULL) : NULL;
}
