"""datetime.oracle.py - dates, times, zones and durations: sizes, texts, errors, arithmetic, local time, pickles, compiled users."""
import _datetime
import datetime as d
import itertools
import os
import pickle
import random
import sys
import time
import zoneinfo


def told(function, *args, **kwargs):
    try:
        return repr(function(*args, **kwargs))
    except Exception as error:
        return f"{type(error).__name__}: {error}"


types = [d.date, d.time, d.datetime, d.timedelta, d.tzinfo, d.timezone]
for kind in types:
    print(kind, kind.__module__, kind.__basicsize__, kind.__mro__, sorted(vars(kind)))
print(d.datetime_CAPI if hasattr(d, "datetime_CAPI") else _datetime.datetime_CAPI, d.UTC is d.timezone.utc)
zones = [None, d.timezone.utc, d.timezone(d.timedelta(hours=5, minutes=30)), d.timezone(-d.timedelta(seconds=3661, microseconds=7), "odd"),
         zoneinfo.ZoneInfo("Europe/Berlin")]
source = random.Random(11)


def some(kind):
    clock = [source.choice([0, source.randrange(n)]) for n in (24, 60, 60, 1000000)]
    day = [source.choice([1, 1970, 2024, 9999]), source.randrange(1, 13), source.randrange(1, 29)]
    if kind is d.date:
        return kind(*day)
    if kind is d.timedelta:
        return kind(source.choice([-1, 0, 1, 10**6, 0.3, -99999999]), source.randrange(-10**6, 10**6), source.choice([0, 0.5, 10**7]))
    return kind(*(clock if kind is d.time else day + clock), tzinfo=source.choice(zones), fold=source.randrange(2))


values = [some(kind) for kind in types[:4] for _ in range(12)]
for value in values:
    print(repr(value), value, sys.getsizeof(value), hash(value) == hash(pickle.loads(pickle.dumps(value, 4))))
    for name in ("isoformat", "ctime", "timetuple", "utctimetuple", "timestamp", "isocalendar", "weekday", "toordinal", "utcoffset", "dst",
                 "tzname", "total_seconds", "__reduce__", "date", "time", "timetz", "astimezone"):
        if hasattr(value, name):
            print("   ", name, told(getattr(value, name)))
    print("   ", told(format, value, "%Y-%j %H:%M:%S.%f %z|%Z|%% é %a"))
operations = {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "<": lambda a, b: a < b, "==": lambda a, b: a == b, "//": lambda a, b: a // b,
              "/": lambda a, b: a / b, "%": lambda a, b: a % b, "divmod": divmod, "*": lambda a, b: a * b}
others = [values[k] for k in range(0, 48, 5)] + [3, -2.5, 0, None, "text"]
for (name, operation), a, b in itertools.product(operations.items(), others, others):
    if isinstance(a, (d.date, d.time, d.timedelta)) or isinstance(b, (d.date, d.time, d.timedelta)):
        print(name, told(operation, a, b))
texts = ["2024-02-29", "20240229", "2024-W09", "2024W091", "2024-W53-1", "2023-02-29", "0000-01-01", "2024-2-9", "", "2024-02-29T10",
         "2024-02-29 10:11", "2024-02-29T10:11:12.5", "20240229T101112,123456789Z", "2024-02-29T10:11:12+05:30:15.000001", "2024-02-29T24:00",
         "2024-02-29T10:1", "2024-02-29T10:11:12-24:00", "2024W0913T10", "2024-W09-1é10:11", "10:11", "T10:11:12", "1011", "10:11:12.", "10+0100",
         "10:1112", "2024-02-29T10:11+", "2024-02-29T", "２024-02-29", "2024-02-2912"]
for text, kind in itertools.product(texts, types[:3]):
    print(kind.__name__, text, told(kind.fromisoformat, text))
for function, *args in ((d.date,), (d.date, 2024, 13, 1), (d.date, 10000, 1, 1), (d.date, "x", 1, 1), (d.date, 2024, 1, 1, 1), (d.time, 24), (d.time, 1, 2, 3, 4, 5),
                        (d.datetime, 2024, 2, 30), (d.datetime, 2024, 1, 1, 0, 0, 0, -1), (d.timedelta, "x"), (d.timedelta, float("nan")), (d.timedelta, 10**10),
                        (d.timedelta, 10**30), (d.timezone, 3), (d.timezone, d.timedelta(1)), (d.date.fromordinal, 0), (d.date.fromordinal, 10**7),
                        (d.date.fromisocalendar, 2024, 54, 1), (d.date.fromisocalendar, 2024, 1, 8), (d.date.fromisocalendar, 10**30, 1, 1),
                        (d.datetime.fromtimestamp, 10**20), (d.datetime.fromtimestamp, "x"), (d.datetime.combine, 1, 2), (d.datetime.strptime, "x", "%Y"),
                        (d.datetime.now, 3), (d.tzinfo().utcoffset, None), (d.timezone.utc.fromutc, d.datetime(1, 1, 1)), (d.timezone.utc.tzname, 3),
                        (d.datetime(2024, 1, 1).isoformat, "TT"), (d.datetime(2024, 1, 1).isoformat, "T", "days"), (d.date(2024, 1, 1).replace, 0),
                        (d.date, b"\x07\xe8\x02\x1d"), (d.datetime, b"\x07\xe8\x82\x1d\1\2\3\0\0\4", d.timezone.utc), (d.time, b"\x97\1\2\0\0\3", 3)):
    print(told(function, *args))


class Sub(d.datetime):
    def __new__(cls, *args, **kwargs):
        self = super().__new__(cls, *args, **kwargs)
        self.note = len(args)
        return self


class Zone(d.tzinfo):
    answer = d.timedelta(hours=1)

    def utcoffset(self, dt):
        return self.answer

    dst = lambda self, dt: d.timedelta(0)
    tzname = lambda self, dt: "50%"


one = Sub(2024, 5, 6, tzinfo=Zone())
print((one + d.timedelta(1)).note, type(one.replace(day=1)), one.strftime("%Z %z"), one.astimezone(zones[4]), Sub.fromisoformat("2024-01-01").note)
for answer in (None, 3, d.timedelta(1), d.timedelta(-1), d.timedelta(hours=-24, microseconds=1)):
    Zone.answer = answer
    print(told(one.utcoffset), told(str, one), told(hash, one) == "x", told(one.astimezone, zones[1]))
os.environ["TZ"] = "Europe/Berlin"
time.tzset()
for stamp in (0, 1711846799, 1711846800, 1729987200, 1729990800, -1e9, 1.5e9 + 0.0000005, 253402200000):
    moment = d.datetime.fromtimestamp(stamp)
    print(repr(moment), moment.timestamp(), moment.replace(fold=1).timestamp(), moment.astimezone(), d.datetime.fromtimestamp(stamp, zones[2]), d.date.fromtimestamp(stamp))
print(d.datetime(2024, 3, 31, 2, 30).timestamp(), d.datetime(2024, 3, 31, 2, 30, fold=1).timestamp(), d.datetime(2024, 10, 27, 2, 30, tzinfo=zones[4]) == d.datetime(2024, 10, 27, 0, 30, tzinfo=d.UTC))
print(abs(d.datetime.now() - d.datetime.utcnow()) < d.timedelta(hours=3), d.datetime.now(d.UTC).tzinfo, d.date.today() == d.datetime.today().date())
