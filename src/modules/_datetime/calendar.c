/* calendar.c - the Gregorian calendar, carried on in both directions: days, weeks, ordinals and their limits.
 *
 * In: years, months, days.  Out: ordinals, weekdays, errors for what no calendar has. Start at ordinal_of. */
#include "modules/_datetime/datetime_int.h"

#include "objects/module.h"
#include "runtime/errors.h"

enum { YEAR_400 = 146097, YEAR_100 = 36524, YEAR_4 = 1461 };
static const short before_month[] = { 0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 };

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int days_in_month(int year, int month)
{
    if (month == 2)
        return 28 + is_leap(year);
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

int day_of_year(int year, int month, int day)
{
    return before_month[month] + (month > 2 && is_leap(year)) + day;
}

int ordinal_of(int year, int month, int day)
{
    int past = year - 1;
    return past * 365 + past / 4 - past / 100 + past / 400 + day_of_year(year, month, day);
}

void from_ordinal(int ordinal, Moment *m)
{
    int n = ordinal - 1;
    int of400 = n / YEAR_400;
    n %= YEAR_400;
    int of100 = Py_MIN(n / YEAR_100, 3);
    n -= of100 * YEAR_100;
    int of4 = n / YEAR_4;
    n %= YEAR_4;
    int of1 = Py_MIN(n / 365, 3);
    n -= of1 * 365;
    m->year = of400 * 400 + of100 * 100 + of4 * 4 + of1 + 1;
    m->month = 1;
    for (int size; n >= (size = days_in_month(m->year, m->month)); n -= size)
        m->month++;
    m->day = n + 1;
}

int weekday_of(int year, int month, int day)
{
    return (ordinal_of(year, month, day) + 6) % 7;
}

/* The Monday of the week that holds the year's first Thursday. */
static int first_monday(int year)
{
    int first = ordinal_of(year, 1, 1), weekday = (first + 6) % 7;
    return first - weekday + (weekday > 3 ? 7 : 0);
}

void iso_calendar(const Moment *m, int *year, int *week, int *day)
{
    int today = ordinal_of(m->year, m->month, m->day);
    *year = m->year;
    if (today < first_monday(*year))
        --*year;
    else if (today >= first_monday(*year + 1))
        ++*year;
    *week = (today - first_monday(*year)) / 7 + 1;
    *day = (today + 6) % 7 + 1;
}

int from_iso_calendar(int year, int week, int day, Moment *m)
{
    if (year < MIN_YEAR || year > MAX_YEAR)
        return k_raise(PyExc_ValueError, "Year is out of range: %d", year), -1;
    int weeks = (first_monday(year + 1) - first_monday(year)) / 7;
    if (week < 1 || week > weeks)
        return k_raise(PyExc_ValueError, "Invalid week: %d", week), -1;
    if (day < 1 || day > 7)
        return k_raise(PyExc_ValueError, "Invalid day: %d (range is [1, 7])", day), -1;
    int ordinal = first_monday(year) + (week - 1) * 7 + day - 1;
    if (ordinal < 1)
        return k_raise(PyExc_ValueError, "Year is out of range: %d", year - 1), -1;
    if (ordinal > MAX_ORDINAL)
        return k_raise(PyExc_ValueError, "year %d is out of range", MAX_YEAR + 1), -1;
    from_ordinal(ordinal, m);
    return 0;
}

int check_date(const Moment *m)
{
    if (m->year < MIN_YEAR || m->year > MAX_YEAR)
        return k_raise(PyExc_ValueError, "year %i is out of range", m->year), -1;
    if (m->month < 1 || m->month > 12)
        return k_raise(PyExc_ValueError, "month must be in 1..12"), -1;
    if (m->day < 1 || m->day > days_in_month(m->year, m->month))
        return k_raise(PyExc_ValueError, "day is out of range for month"), -1;
    return 0;
}

int check_fold(int fold)
{
    return fold == 0 || fold == 1 ? 0 : (k_raise(PyExc_ValueError, "fold must be either 0 or 1"), -1);
}

int check_time(const Moment *m)
{
    if (m->hour < 0 || m->hour > 23)
        return k_raise(PyExc_ValueError, "hour must be in 0..23"), -1;
    if (m->minute < 0 || m->minute > 59)
        return k_raise(PyExc_ValueError, "minute must be in 0..59"), -1;
    if (m->second < 0 || m->second > 59)
        return k_raise(PyExc_ValueError, "second must be in 0..59"), -1;
    if (m->microsecond < 0 || m->microsecond >= MILLION)
        return k_raise(PyExc_ValueError, "microsecond must be in 0..999999"), -1;
    return check_fold(m->fold);
}

static int64_t carry(int64_t *value, int64_t size)
{
    int64_t more = *value / size;
    *value -= more * size;
    if (*value < 0) {
        *value += size;
        more--;
    }
    return more;
}

int normalise(Moment *m, int64_t days, int64_t seconds, int64_t microseconds)
{
    microseconds += m->microsecond;
    seconds += m->hour * 3600 + m->minute * 60 + m->second + carry(&microseconds, MILLION);
    days += ordinal_of(m->year, m->month, m->day) + carry(&seconds, DAY_SECONDS);
    if (days < 1 || days > MAX_ORDINAL)
        return k_raise(PyExc_OverflowError, "date value out of range"), -1;
    from_ordinal((int)days, m);
    m->hour = (int)(seconds / 3600);
    m->minute = (int)(seconds / 60 % 60);
    m->second = (int)(seconds % 60);
    m->microsecond = (int)microseconds;
    return 0;
}
