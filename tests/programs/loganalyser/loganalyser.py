"""loganalyser.py - a command with subcommands over access logs: make, summary, errors, sessions, histogram, check; exit codes tell."""
from __future__ import annotations

import argparse
import calendar
import collections
import configparser
import csv
import datetime as dt
import enum
import fnmatch
import functools
import glob
import gzip
import io
import ipaddress
import itertools
import json
import locale
import logging
import logging.config
import operator
import os
import pathlib
import random
import re
import shlex
import shutil
import statistics
import string
import sys
import tempfile
import textwrap
import unicodedata
import urllib.parse
import uuid
import warnings
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import asdict, astuple, dataclass, field, make_dataclass
from typing import Any, Callable, ClassVar, TextIO, TypedDict, Unpack

LINE = re.compile(r"""
    (?P<host>\S+)\ \S+\ (?P<user>\S+)\ \[(?P<time>[^]]+)\]\ "(?P<verb>[A-Z]+)\ (?P<target>\S+)\ HTTP/(?P<version>\d\.\d)"\ (?P<status>\d{3})\ (?P<size>\d+|-)
    (?:\ "(?P<referer>[^"]*)"\ "(?P<agent>[^"]*)")?$""", re.VERBOSE)
TIME = "%d/%b/%Y:%H:%M:%S %z"
log = logging.getLogger("loganalyser")


class Status(enum.IntEnum):
    OK = 0
    FOUND = 1
    USAGE = 2
    NO_INPUT = 66
    BAD_DATA = 65


class Problem(Exception):
    status = Status.USAGE


class NoInput(Problem):
    status = Status.NO_INPUT


class BadLine(Problem):
    status = Status.BAD_DATA


class Unusual(UserWarning):
    """A line that can be read and is odd."""


@dataclass(frozen=True, order=True, slots=True)
class Entry:
    time: dt.datetime
    host: ipaddress.IPv4Address | ipaddress.IPv6Address = field(compare=False)
    user: str | None
    verb: str
    path: str
    query: tuple[tuple[str, str], ...]
    status: int
    size: int
    agent: str = ""

    @classmethod
    def parse(cls, line: str, number: int = 0) -> Entry:
        match = LINE.fullmatch(line)
        if not match:
            raise BadLine(f"line {number} is no log line: {textwrap.shorten(line, 40, placeholder=' …')}")
        try:
            time = dt.datetime.strptime(match["time"], TIME)
            host = ipaddress.ip_address(match["host"])
        except ValueError as error:
            raise BadLine(f"line {number}: {error}") from error
        parts = urllib.parse.urlsplit(match["target"])
        if time.tzinfo.utcoffset(time):
            warnings.warn(f"line {number} is in the zone {time.tzname()}", Unusual, stacklevel=2)
        return cls(time.astimezone(dt.timezone.utc), host, None if match["user"] == "-" else match["user"], match["verb"],
                   urllib.parse.unquote(parts.path), tuple(urllib.parse.parse_qsl(parts.query)), int(match["status"]),
                   0 if match["size"] == "-" else int(match["size"]), match["agent"] or "")


class Filters(TypedDict, total=False):
    since: dt.datetime
    until: dt.datetime
    path: str
    status: range


def opened(path: pathlib.Path) -> TextIO:
    try:
        return gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8")
    except FileNotFoundError as error:
        raise NoInput(f"{path} does not exist") from error


def entries(paths: Sequence[pathlib.Path], *, strict: bool = False, **filters: Unpack[Filters]) -> Generator[Entry, None, int]:
    bad = 0
    for path in paths:
        with opened(path) as file:
            for number, line in enumerate(file, 1):
                try:
                    entry = Entry.parse(line.rstrip("\n"), number)
                except BadLine as error:
                    if strict:
                        error.add_note(f"in {path.name}")
                        raise
                    bad += 1
                    log.warning("%s: %s", path.name, error)
                    continue
                if wanted(entry, **filters):
                    yield entry
    return bad


def wanted(entry: Entry, *, since=None, until=None, path="*", status=range(1000)) -> bool:
    return (since is None or entry.time >= since) and (until is None or entry.time < until) and \
        fnmatch.fnmatchcase(entry.path, path) and entry.status in status


def human(size: float) -> str:
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.4g} {unit}"
        size /= 1000
    return f"{size:,.1f} GB"


class Table:
    """Columns as wide as they must be; wide letters count as two."""

    def __init__(self, *heads: str):
        self.rows, self.heads = [], heads

    def __iadd__(self, row: Iterable[Any]) -> Table:
        self.rows.append([f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in row])
        return self

    @staticmethod
    def width(text: str) -> int:
        return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)

    def __format__(self, kind: str) -> str:
        match kind:
            case "csv" | "tsv":
                out = io.StringIO()
                writer = csv.writer(out, delimiter="," if kind == "csv" else "\t", lineterminator="\n")
                writer.writerows([self.heads, *self.rows])
                return out.getvalue().rstrip("\n")
            case "json":
                return json.dumps([dict(zip(self.heads, row)) for row in self.rows], ensure_ascii=False)
            case "" | "text":
                widths = [max(map(self.width, column)) for column in zip(self.heads, *self.rows)]
                lines = [self.heads, ["-" * w for w in widths], *self.rows]
                return "\n".join("  ".join(cell + " " * (w - self.width(cell)) for cell, w in zip(line, widths)).rstrip() for line in lines)
        raise ValueError(f"unknown format {kind!r} for {type(self).__name__}")


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {}


def command(*options: tuple[tuple, dict], files: bool = True):
    def register(function):
        COMMANDS[function.__name__] = function
        function.options, function.files = options, files
        return function
    return register


def option(*names, **settings):
    return names, settings


@command(option("--top", type=int, default=3))
def summary(options) -> int:
    hosts, paths, statuses, sizes = collections.Counter(), collections.Counter(), collections.Counter(), []
    first = last = None
    for entry in options.entries:
        hosts[entry.host] += 1
        paths[entry.path] += 1
        statuses[entry.status // 100] += 1
        sizes.append(entry.size)
        first, last = min(first or entry.time, entry.time), max(last or entry.time, entry.time)
    if not sizes:
        raise NoInput("nothing is left to look at")
    print(f"{sum(hosts.values()):,} requests of {len(hosts)} hosts in {last - first}; {human(sum(sizes))}")
    print("sizes: median", statistics.median_low(sizes), "deviation", f"{statistics.pstdev(sizes):.1f}", "quartiles", statistics.quantiles(sizes))
    table = Table("path", "count", "share")
    for path, count in paths.most_common(options.top):
        table += path, count, f"{count / len(sizes):.1%}"
    print(format(table, options.format))
    print({f"{k}xx": n for k, n in sorted(statuses.items())}, max(hosts, key=lambda h: (hosts[h], h.packed)))
    return Status.OK


@command(option("--least", type=int, default=1))
def errors(options) -> int:
    found = collections.defaultdict(list)
    for entry in options.entries:
        if entry.status >= 400:
            found[entry.status, entry.path].append(entry)
    table = Table("status", "path", "count", "first")
    for (status, path), group in sorted(found.items(), key=lambda item: (-len(item[1]), item[0])):
        if len(group) >= options.least:
            table += str(status), path, len(group), min(group).time.isoformat(sep=" ")
    print(format(table, options.format))
    return Status.FOUND if table.rows else Status.OK


@command(option("--gap", type=lambda text: dt.timedelta(minutes=float(text)), default=dt.timedelta(minutes=30)))
def sessions(options) -> int:
    Session = make_dataclass("Session", [("host", str), ("start", dt.datetime), ("end", dt.datetime), ("pages", int, field(default=1))])
    made: list[Session] = []
    for host, group in itertools.groupby(sorted(options.entries, key=lambda e: (int(e.host), e.time)), key=operator.attrgetter("host")):
        for entry in group:
            if made and made[-1].host == str(host) and entry.time - made[-1].end <= options.gap:
                made[-1].end, made[-1].pages = entry.time, made[-1].pages + 1
            else:
                made.append(Session(str(host), entry.time, entry.time))
    table = Table("host", "start", "length", "pages")
    for session in sorted(made, key=lambda s: (-s.pages, s.start))[:4]:
        table += session.host, f"{session.start:%d %b %H:%M}", session.end - session.start, session.pages
    print(format(table, options.format), f"{len(made)} sessions, {asdict(made[0])['pages']} pages in the first", sep="\n")
    return Status.OK


@command(option("--by", choices=["hour", "weekday", "day"], default="hour"), option("--bar", default="▆"))
def histogram(options) -> int:
    key = {"hour": lambda t: f"{t.hour:02}", "weekday": lambda t: calendar.day_abbr[t.weekday()], "day": lambda t: t.strftime("%j")}[options.by]
    counts = collections.Counter(key(entry.time) for entry in options.entries)
    order = list(calendar.day_abbr).index if options.by == "weekday" else str
    most = max(counts.values(), default=1)
    for name in sorted(counts, key=order):
        print(f"{name} {options.bar * round(24 * counts[name] / most):<24} {counts[name]:>4}")
    return Status.OK


@command(option("--strict", action="store_true"))
def check(options) -> int:
    bad = 0

    def counted():
        nonlocal bad
        bad = yield from options.entries
    good = sum(1 for _ in counted())
    print(f"{good} good lines, {bad} bad")
    return Status.BAD_DATA if bad else Status.OK


@command(option("--lines", type=int, default=300), option("--seed", type=int, default=1), option("--broken", type=int, default=0), option("target", type=pathlib.Path), files=False)
def make(options) -> int:
    source, time = random.Random(options.seed), dt.datetime(2024, 2, 28, 22, tzinfo=dt.timezone.utc)
    template = string.Template('$host - $user [$time] "$verb $path HTTP/1.1" $status $size "-" "agent/$k"')
    opener = functools.partial(gzip.open, mode="wt", encoding="utf-8") if options.target.suffix == ".gz" else functools.partial(open, mode="w", encoding="utf-8")
    with opener(options.target) as file:
        for k in range(options.lines):
            time += dt.timedelta(seconds=source.expovariate(1 / 400)) // dt.timedelta(seconds=1) * dt.timedelta(seconds=1)
            zone = dt.timezone(dt.timedelta(hours=5, minutes=30)) if k == 100 else dt.timezone.utc
            path = source.choice(["/", "/about", "/caf%C3%A9", "/search?q=a+b&n=1", "/img/logo.png", "/%E6%BC%A2%E5%AD%97"])
            print(template.substitute(host=source.choice(["10.0.0.1", "10.0.0.2", "192.168.7.9", "2001:db8::7"]), user=source.choice(["-", "ada"]),
                                      time=time.astimezone(zone).strftime(TIME), verb=source.choice(["GET"] * 5 + ["POST"]), path=path,
                                      status=source.choices([200, 304, 404, 500], [20, 5, 3, 1])[0], size=source.choice(["-", source.randrange(9000)]), k=k % 3), file=file)
        for k in range(options.broken):
            print(["garbage", '10.0.0.300 - - [28/Feb/2024:22:00:00 +0000] "GET / HTTP/1.0" 200 1', '10.0.0.1 - - [31/Feb/2024:22:00:00 +0000] "GET / HTTP/1.0" 200 1'][k % 3], file=file)
    print(options.target.name, uuid.uuid5(uuid.NAMESPACE_URL, options.target.name))
    return Status.OK


def moment(text: str) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(text).replace(tzinfo=dt.timezone.utc)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no time like 2024-02-29T12:00") from None


def statuses(text: str) -> range:
    match = re.fullmatch(r"(\d{3})(?:-(\d{3}))?|(\d)xx", text)
    if not match:
        raise argparse.ArgumentTypeError(f"{text!r} is not like 404, 400-499 or 4xx")
    low = int(match[3]) * 100 if match[3] else int(match[1])
    return range(low, low + 100 if match[3] else int(match[2] or match[1]) + 1)


def arguments(line: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="loganalyser", description=__doc__, epilog="Files may be gzipped.",
                                     formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("-v", "--verbose", action="count", default=0, help="say more")
    parser.add_argument("--version", action="version", version="%(prog)s 1.2")
    commands = parser.add_subparsers(dest="command", title="commands", required=True)
    for name, function in COMMANDS.items():
        sub = commands.add_parser(name, help=f"the {name}")
        if function.files:
            sub.add_argument("files", nargs="+", type=pathlib.Path, metavar="FILE")
            filters = sub.add_argument_group("filters")
            filters.add_argument("--since", type=moment)
            filters.add_argument("--until", type=moment)
            filters.add_argument("--path", metavar="GLOB")
            filters.add_argument("--status", type=statuses)
            exclusive = sub.add_mutually_exclusive_group()
            exclusive.add_argument("--format", choices=["text", "csv", "tsv", "json"], default="text")
            exclusive.add_argument("--json", action="store_const", const="json", dest="format", help=argparse.SUPPRESS)
        for names, settings in function.options:
            sub.add_argument(*names, **settings)
    return parser.parse_args(line)


def run(line: str) -> int:
    options = arguments(shlex.split(line))
    log.setLevel([logging.ERROR, logging.WARNING, logging.DEBUG][min(options.verbose, 2)])
    function = COMMANDS[options.command]
    with ExitStack() as stack:
        if function.files:
            given = {name: value for name in Filters.__annotations__ if (value := getattr(options, name)) is not None}
            options.entries = entries(options.files, strict=getattr(options, "strict", False), **given)
            stack.callback(options.entries.close)
        return function(options)


def session(lines: Iterable[str]) -> Iterator[tuple[str, int | str]]:
    for line in lines:
        print("$", line)
        try:
            yield line, int(run(line))
        except Problem as error:
            print("problem:", error, *getattr(error, "__notes__", ()), repr(error.__cause__))
            yield line, int(error.status)
        except SystemExit as error:
            yield line, f"exit {error.code}"


SESSION = """make --lines 300 a.log
make --lines 200 --seed 2 b.log.gz
make --lines 20 --seed 3 --broken 4 bad.log
summary a.log b.log.gz
summary --top 2 --format csv --path '/*a*' a.log
summary --status 4xx --json a.log
errors a.log --least 2 --since 2024-02-28T23:00
errors a.log --status 200 --format tsv
sessions a.log --gap 45
histogram b.log.gz
histogram --by weekday --bar = a.log
-v check bad.log
check --strict bad.log
check a.log
summary missing.log
summary --status 999 a.log
frobnicate
summary
summary a.log --since yesterday --until never
errors a.log --status 4x
summary a.log --json --format csv
histogram --by year a.log
--version
sessions -h""".splitlines()


def main() -> int:
    logging.config.dictConfig({
        "version": 1, "formatters": {"short": {"format": "%(levelname).1s %(name)s: %(message)s"}},
        "handlers": {"out": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "short"}},
        "loggers": {"loganalyser": {"handlers": ["out"], "propagate": False}}})
    os.environ["COLUMNS"] = "100"
    here, folder = os.getcwd(), tempfile.mkdtemp()
    os.chdir(folder)
    try:
        with warnings.catch_warnings(record=True) as caught, redirect_stderr(sys.stdout):
            warnings.simplefilter("always")
            results = collections.Counter(status for _, status in session(SESSION))
        print(results, len(caught), caught[0].category.__name__, caught[0].message)
        settings = configparser.ConfigParser(interpolation=configparser.ExtendedInterpolation())
        settings.read_string("[paths]\nroot = /srv\nlogs = ${root}/log\n[limits]\nerrors = 3\nquiet = yes\n")
        print(dict(settings["paths"]), settings.getint("limits", "errors") + settings["limits"].getboolean("quiet"), sorted(glob.glob("*.log*")))
        with suppress(ValueError):
            format(Table("x"), "xml")
        entry = next(entries([pathlib.Path("a.log")]))
        print(entry, astuple(entry)[3:6], entry.host.is_private, (entry.time + dt.timedelta(days=1)).strftime("%A %d. %B %Y, week %V"))
    finally:
        os.chdir(here)
        shutil.rmtree(folder)
    warnings.simplefilter("error", Unusual)
    try:
        Entry.parse('::1 - - [29/Feb/2024:01:02:03 -0330] "GET / HTTP/1.0" 200 -', 7)
    except Unusual as odd:
        print(odd, file=sys.stderr)
    return int(results[Status.OK])


if __name__ == "__main__":
    sys.exit(main())
