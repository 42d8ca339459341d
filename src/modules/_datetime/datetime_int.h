/* datetime_int.h - what the files of the module _datetime share: the objects' layouts and the steps between them. */
#ifndef KAA_MODULES_DATETIME_INT_H
#define KAA_MODULES_DATETIME_INT_H

#include "objects/object.h"
#include "objects/method.h"

/* The layouts are read by compiled modules (Debian's datetime.h). data holds big-endian fields: it is the pickle form. */
typedef struct Delta {
    PyObject ob_base;
    Py_hash_t hash; /* -1: not computed yet; so below */
    int days, seconds, microseconds;
} Delta;
typedef struct Zone {
    PyObject ob_base;
    PyObject *offset, *name; /* owned; name may be NULL */
} Zone;
typedef struct Date {
    PyObject ob_base;
    Py_hash_t hash;
    char has_zone;
    unsigned char data[4]; /* year (2), month, day */
} Date;
typedef struct Time {
    PyObject ob_base;
    Py_hash_t hash;
    char has_zone;
    unsigned char data[6]; /* hour, minute, second, microsecond (3) */
    unsigned char fold;
    PyObject *zone; /* owned, or NULL */
} Time;
typedef struct DateTime {
    PyObject ob_base;
    Py_hash_t hash;
    char has_zone;
    unsigned char data[10]; /* as in Date, then as in Time */
    unsigned char fold;
    PyObject *zone; /* owned, or NULL */
} DateTime;
_Static_assert(sizeof(Delta) == 40 && sizeof(Date) == 32 && sizeof(Time) == 40 && sizeof(DateTime) == 48, "CPython's sizes");
_Static_assert(offsetof(Date, data) == 25 && offsetof(Time, fold) == 31 && offsetof(DateTime, fold) == 35, "CPython's layout");

#define DELTA(o) ((Delta *)(o))
#define DATE(o) ((Date *)(o))
#define TIME(o) ((Time *)(o))
#define DATETIME(o) ((DateTime *)(o))

extern K_INT PyTypeObject delta_type, tzinfo_type, timezone_type, date_type, time_type, datetime_type, iso_date_type;
#define IS_DELTA(o) PyObject_TypeCheck(o, &delta_type)
#define IS_TZINFO(o) PyObject_TypeCheck(o, &tzinfo_type)
#define IS_DATE(o) PyObject_TypeCheck(o, &date_type)
#define IS_TIME(o) PyObject_TypeCheck(o, &time_type)
#define IS_DATETIME(o) PyObject_TypeCheck(o, &datetime_type)

/* A moment in fields. A date has the first three, a time the rest. */
typedef struct Moment {
    int year, month, day, hour, minute, second, microsecond, fold;
} Moment;

static inline Moment date_fields(const unsigned char *data)
{
    return (Moment){ .year = data[0] << 8 | data[1], .month = data[2], .day = data[3] };
}
static inline void time_fields(Moment *m, const unsigned char *data)
{
    m->hour = data[0];
    m->minute = data[1];
    m->second = data[2];
    m->microsecond = data[3] << 16 | data[4] << 8 | data[5];
}
static inline Moment datetime_fields(PyObject *o)
{
    Moment m = date_fields(DATETIME(o)->data);
    time_fields(&m, DATETIME(o)->data + 4);
    m.fold = DATETIME(o)->fold;
    return m;
}
/* The zone of a time or datetime: borrowed, None for a naive one. */
#define TIME_ZONE(o) (TIME(o)->has_zone ? TIME(o)->zone : Py_None)
#define DATETIME_ZONE(o) (DATETIME(o)->has_zone ? DATETIME(o)->zone : Py_None)

/* calendar.c */
enum { MIN_YEAR = 1, MAX_YEAR = 9999, MAX_ORDINAL = 3652059, DAY_SECONDS = 86400, MILLION = 1000000, MAX_DAYS = 999999999 };
K_INT int days_in_month(int year, int month);
K_INT int ordinal_of(int year, int month, int day); /* 1 for the first day of year 1 */
K_INT void from_ordinal(int ordinal, Moment *m);
K_INT int weekday_of(int year, int month, int day); /* 0 is Monday */
K_INT int day_of_year(int year, int month, int day);
K_INT void iso_calendar(const Moment *m, int *year, int *week, int *day);
K_INT K_STATUS int from_iso_calendar(int year, int week, int day, Moment *m); /* -1 with ValueError */
K_INT K_STATUS int check_date(const Moment *m);
K_INT K_STATUS int check_time(const Moment *m);
K_INT K_STATUS int check_fold(int fold);
K_INT K_STATUS int normalise(Moment *m, int64_t days, int64_t seconds, int64_t microseconds); /* adds; OverflowError */

/* delta.c */
K_INT K_NEW PyObject *delta_make(int64_t days, int64_t seconds, int64_t microseconds, PyTypeObject *type); /* any sizes */
K_INT K_NEW PyObject *delta_subtract(PyObject *a, PyObject *b); /* both deltas */
K_INT int delta_compare(PyObject *a, PyObject *b);
K_INT bool delta_is_zero(PyObject *delta);
K_INT K_NEW PyObject *delta_in_seconds(PyObject *delta);
K_INT K_NEW PyObject *truth_of_order(int order, int op); /* what `op` says of a <=> b */

K_INT K_STATUS int deltas_start(void);

/* tzinfo.c */
extern K_INT PyObject *utc;
K_INT K_STATUS int zones_start(void);
K_INT K_STATUS int check_zone(PyObject *zone);
K_INT K_NEW PyObject *timezone_make(PyObject *offset, PyObject *name); /* name may be NULL */
K_INT K_NEW PyObject *ask_offset(PyObject *zone, PyObject *name, PyObject *argument); /* utcoffset, dst: delta or None */
K_INT K_NEW PyObject *ask_name(PyObject *zone, PyObject *argument);                   /* tzname: str or None */
/* The offset as text, "+05:30" with sep ":"; nothing for None. */
K_INT K_STATUS int format_offset(PyObject *zone, PyObject *argument, const char *sep, char *out, size_t room);

/* date.c */
K_INT K_NEW PyObject *date_make(const Moment *m, PyTypeObject *type);
K_INT K_NEW PyObject *date_from_timestamp(PyObject *cls, PyObject *timestamp);
K_INT Py_hash_t data_hash(const unsigned char *data, Py_ssize_t size);
K_INT K_NEW PyObject *struct_time(const Moment *m, int dst);
K_INT K_NEW PyObject *c_time_text(const Moment *m);
K_INT K_NEW PyObject *format_by_strftime(PyObject *self, PyObject *args); /* __format__ */

/* time.c */
K_INT K_NEW PyObject *time_make(const Moment *m, PyObject *zone, PyTypeObject *type);

/* datetime.c and datetime_methods.c */
K_INT K_NEW PyObject *datetime_make(const Moment *m, PyObject *zone, PyTypeObject *type);     /* of that very type */
K_INT K_NEW PyObject *datetime_of_class(const Moment *m, PyObject *zone, PyObject *cls);      /* a subclass is called */
K_INT K_NEW PyObject *datetime_plus(PyObject *self, PyObject *delta, int sign);
K_INT K_NEW PyObject *datetime_minus(PyObject *a, PyObject *b);
K_INT K_NEW PyObject *datetime_from_timestamp(PyObject *cls, PyObject *timestamp, PyObject *zone);
K_INT K_STATUS int local_seconds(const Moment *m, int64_t *seconds); /* since the epoch, of a local time */
K_INT K_NEW PyObject *local_zone_at(int64_t seconds);
K_INT K_STATUS int broken_down(int64_t seconds, int local, Moment *m);

/* text.c */
K_INT K_NEW PyObject *time_text(const Moment *m, const char *timespec); /* NULL with ValueError for an unknown one */
K_INT K_NEW PyObject *with_offset(PyObject *text, PyObject *zone, PyObject *argument);
K_INT K_NEW PyObject *strftime_by(PyObject *self, PyObject *format, PyObject *tuple, PyObject *zone, PyObject *argument,
                                  int microsecond);
typedef struct IsoText { /* what a text of ISO 8601 says */
    Moment moment;
    int has_offset;
    int64_t offset; /* microseconds */
} IsoText;
/* 0, or -1 with ValueError. parts: 1 a date, 2 a time, 3 both. */
K_INT K_STATUS int iso_parse(PyObject *text, int parts, IsoText *out);
K_INT K_NEW PyObject *iso_zone(const IsoText *iso);

#endif
