"""Errors that a person understands at once: a log people can read and one short message on the screen.

    import pyerror
    pyerror.install("errors.log")           # every uncaught exception, wherever it happens

    with pyerror.catch():                   # logs what happens inside and lets it go on
        risky()

    @pyerror.catch(ValueError, default=0)   # logs a ValueError and returns 0 instead
    def number(text): ...

install() takes over, catch() watches a part of a program, write() logs an exception in hand, record() describes one.
`python -m pyerror LOG` lists, groups, tails and shows the entries of a log. Nothing here raises because a log cannot
be written: the program's own exception, traceback and exit status stay what they are.

How it is made: an exception becomes a Record (plain text and numbers, nothing of the program is kept alive), a Record
becomes an entry, and a _Log appends entries under a lock of the file, so that threads and processes share one log.
"""

import errno
import functools
import itertools
import linecache
import os
import stat
import sys
import threading
import time
from collections import namedtuple

try:
    import fcntl
except ImportError:  # no locks between processes there; appending stays safe
    fcntl = None

__all__ = ["Frame", "Record", "brief", "catch", "entry", "install", "record", "uninstall", "write"]

DEFAULT_LOG = "errors.log"
MAX_BYTES = 10_000_000
BACKUPS = 5

FRAMES_AT_EACH_END = 30   # of a long traceback (a recursion without end)
CHAIN_DEPTH = 20          # causes of causes, groups in groups
GROUP_WIDTH = 20
NOTES = 50
TEXT_LENGTH = 10_000      # of a message or note
LOCALS = 50               # a frame
REPR_LENGTH = 200
LOCK_SECONDS = 10         # then an entry is appended without the lock
EXTRA_DEPTH = 150         # what a log needs where the recursion limit is reached

HEAD = "=== "

# ---- records ----

Frame = namedtuple("Frame", "file function line column end_line end_column source locals")
Frame.__doc__ = """One call of a traceback.

file, function (qualified name), line and end_line; column and end_column count characters from 1, the end is the first
one behind the range; source is the text of the line; locals a dict of name to repr, or None when not asked for. What is
not known is None (source: "").
"""

_FIELDS = "number time type message frames left_out cause context notes exceptions process thread origin"


class Record(namedtuple("Record", _FIELDS)):
    """What is known of an exception, as text and numbers.

    number (running, one process), time (ISO 8601 with zone), type, message, frames (a tuple of Frame, the outermost
    first; left_out of them are missing in the middle), cause and context (Record or None), notes, exceptions (the
    Records of a group), process (its id), thread (its name), origin (who caught it). The place of the error is the
    last frame: file, function, line, column, end_line, end_column, source, locals.
    """
    __slots__ = ()

    @property
    def place(self):
        """The innermost Frame; one of None where there is no traceback."""
        return self.frames[-1] if self.frames else _NOWHERE

    file = property(lambda self: self.place.file)
    function = property(lambda self: self.place.function)
    line = property(lambda self: self.place.line)
    column = property(lambda self: self.place.column)
    end_line = property(lambda self: self.place.end_line)
    end_column = property(lambda self: self.place.end_column)
    source = property(lambda self: self.place.source)
    locals = property(lambda self: self.place.locals)


_NOWHERE = Frame(None, None, None, None, None, None, "", None)
_numbers = itertools.count(1)


def record(exc, *, locals=False, origin="recorded", thread=None):
    """The Record of the exception `exc`; with `locals` the variables of its frames too.

    A `__str__` or `__repr__` that fails is told in the text; nothing is raised for it.
    """
    stamp = {"number": next(_numbers), "time": _now(), "process": os.getpid(),
             "thread": thread or threading.current_thread().name, "origin": origin}
    return _describe(exc, stamp, locals, set(), 0)


def _describe(exc, stamp, with_locals, seen, depth):
    seen.add(id(exc))

    def inner(other):
        known = other is None or id(other) in seen or depth >= CHAIN_DEPTH
        return None if known else _describe(other, stamp, with_locals, seen, depth + 1)

    frames, left_out = _frames(exc, with_locals)
    cause = inner(exc.__cause__)
    context = None if exc.__suppress_context__ else inner(exc.__context__)
    members = exc.exceptions[:GROUP_WIDTH] if isinstance(exc, BaseExceptionGroup) else ()
    return Record(type=_type_name(exc), message=_safely(str, exc), frames=frames, left_out=left_out,
                  cause=cause, context=context, notes=_notes(exc),
                  exceptions=tuple(filter(None, map(inner, members))), **stamp)


def _now():
    seconds = time.time()
    local = time.localtime(seconds)
    zone = time.strftime("%z", local)
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', local)}.{int(seconds % 1 * 1e6):06d}{zone[:3]}:{zone[3:]}"


def _type_name(exc):
    kind = type(exc)
    module = kind.__module__
    return kind.__qualname__ if module in ("builtins", "__main__") else f"{module}.{kind.__qualname__}"


def _safely(show, value, limit=TEXT_LENGTH):
    """show(value) as text of bounded length, whatever the program's own methods do."""
    try:
        text = show(value)
        return str(text) if len(text) <= limit else str(text[:limit]) + "..."
    except BaseException as failure:
        return f"<unprintable {type(value).__name__}: {show.__name__}() raised {type(failure).__name__}>"


def _notes(exc):
    notes = getattr(exc, "__notes__", ())
    if not isinstance(notes, (list, tuple)):
        return (_safely(repr, notes),)
    return tuple(_safely(str, note) for note in notes[:NOTES])


def _frames(exc, with_locals):
    steps = [step for step in _steps(exc.__traceback__) if step.tb_frame.f_code.co_filename != __file__]
    left_out = max(0, len(steps) - 2 * FRAMES_AT_EACH_END)
    if left_out:
        steps[FRAMES_AT_EACH_END:-FRAMES_AT_EACH_END] = []
    frames = [_frame(step, with_locals) for step in steps]
    if isinstance(exc, SyntaxError) and isinstance(exc.filename, str) and isinstance(exc.lineno, int):
        frames.append(_syntax_frame(exc))
    return tuple(frames), left_out


def _steps(step):
    while step is not None:
        yield step
        step = step.tb_next


_places = {}  # (id of code, instruction) -> (code, Frame): looked up at every error, so they are kept
PLACES = 512


def _frame(step, with_locals):
    code = step.tb_frame.f_code
    key = id(code), step.tb_lasti
    known = _places.get(key)
    if known is None:
        if len(_places) >= PLACES:
            _places.clear()
        known = _places[key] = code, _place(code, step)
    return known[1]._replace(locals=_locals(step.tb_frame)) if with_locals else known[1]


def _place(code, step):
    line = step.tb_lineno
    first, last, column, end = next(itertools.islice(code.co_positions(), step.tb_lasti // 2, None), (None,) * 4)
    if first is None or line != first:
        first, last, column, end = line, line, None, None
    linecache.checkcache(code.co_filename)
    source = linecache.getline(code.co_filename, first or 0, step.tb_frame.f_globals).rstrip("\n")
    if column is not None:
        text = source
        column = _characters(text, column)
        if last != first:
            text = linecache.getline(code.co_filename, last).rstrip("\n")
        end = _characters(text, end)
    return Frame(code.co_filename, code.co_qualname, first, column, last, end, source, None)


def _characters(text, offset):
    """The column (from 1) of a byte offset in a line of UTF-8."""
    if not text:  # the source is unknown
        return offset + 1
    return len(text.encode("utf-8", "surrogatepass")[:offset].decode("utf-8", "replace")) + 1


def _syntax_frame(exc):
    source = exc.text.rstrip("\n") if isinstance(exc.text, str) else ""
    end_line = exc.end_lineno or exc.lineno
    end = exc.end_offset if exc.end_offset and exc.end_offset > 0 else (exc.offset or 0) + 1
    return Frame(exc.filename, "<syntax>", exc.lineno, exc.offset or None, end_line, end, source, None)


def _locals(frame):
    shown = itertools.islice((item for item in frame.f_locals.items() if str(item[0])[:2] != "__"), LOCALS)
    return {str(name): _safely(_short_repr, value, REPR_LENGTH) for name, value in shown}


def _short_repr(value):
    import reprlib
    return reprlib.repr(value)


_short_repr.__name__ = "repr"

# ---- text ----

_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160)) if code not in (9, 10)}
_CONTROLS.update({0x2028: "\\u2028", 0x2029: "\\u2029"})


def _clean(text):
    """Text that can neither end a line nor steer a terminal by itself; lines stay."""
    if text.isprintable():
        return text
    return text.translate(_CONTROLS).encode("utf-8", "backslashreplace").decode("utf-8")


def _title(record):
    first = _clean(record.message).partition("\n")[0]
    return f"{_clean(record.type)}: {first}" if first else _clean(record.type)


def _marks(frame):
    """The range of the error in frame.source as (start, end), counted without its indentation; None if unknown."""
    text = frame.source.strip()
    if not text or frame.column is None:
        return None
    indent = len(frame.source) - len(frame.source.lstrip())
    end = frame.end_column if frame.end_line == frame.line else len(frame.source.rstrip()) + 1
    start = max(0, frame.column - 1 - indent)
    return start, min(max(start + 1, end - 1 - indent), max(len(text), start + 1))


def _columns(frame):
    if frame.column is None:
        return ""
    end = frame.end_column - 1 if frame.end_line == frame.line else f"{frame.end_line}:{frame.end_column - 1}"
    return f":{frame.column}-{end}"


def _where(frame):
    if frame.file is None:
        return "unknown place"
    return f"{_clean(frame.file)}:{frame.line}{_columns(frame)} in {_clean(frame.function)}"


def _frame_lines(frame):
    yield "  " + _where(frame)
    text = frame.source.strip()
    if text:
        yield "      " + _clean(text)
        marks = _marks(frame)
        if marks:
            yield "      " + " " * marks[0] + "^" * (marks[1] - marks[0])
    for name, value in (frame.locals or {}).items():
        yield f"      {_clean(name)} = {_clean(value)}".replace("\n", "\\n")


@functools.lru_cache(maxsize=PLACES)
def _bare_frame_text(frame):
    return "\n".join(_frame_lines(frame))


def _frame_text(frame):
    return _bare_frame_text(frame) if frame.locals is None else "\n".join(_frame_lines(frame))


def _indented(text, by="  "):
    return "\n".join(by + line for line in text.split("\n"))


def _body(record):
    yield from (f"  {line}" for line in _clean(record.message).split("\n")[1:])
    for note in record.notes:
        yield "  note: " + _clean(note).replace("\n", "\n    ")
    middle = FRAMES_AT_EACH_END if record.left_out else -1
    for i, frame in enumerate(record.frames):
        if i == middle:
            yield f"  ... {record.left_out} calls left out ..."
        yield _frame_text(frame)
    for relation in ("cause", "context"):
        other = getattr(record, relation)
        if other:
            yield f"  {relation}: {_title(other)}"
            yield from map(_indented, _body(other))
    for i, other in enumerate(record.exceptions, 1):
        yield f"  member {i}: {_title(other)}"
        yield from map(_indented, _body(other))


def entry(record):
    """The text of a Record as it stands in a log: a line that begins with `===`, indented lines, an empty line."""
    thread, origin = (_clean(text).replace("\n", " ") for text in (record.thread, record.origin))
    head = (f"{HEAD}#{record.number} {record.time} {_title(record)}",
            f"  at {_where(record.place)}",
            f"  process {record.process}, thread {thread}, {origin}")
    return "\n".join((*head, *_body(record), "\n"))


def _json_line(record):
    import json

    def plain(item):
        values = item._asdict()
        values["frames"] = [frame._asdict() for frame in item.frames]
        values["cause"], values["context"] = (other and plain(other) for other in (item.cause, item.context))
        values["exceptions"] = [plain(other) for other in item.exceptions]
        return {**item.place._asdict(), **values}

    return json.dumps(plain(record)) + "\n"


# ---- the screen ----

_PLAIN = {"error": "", "place": "", "mark": "", "off": ""}
_COLOURS = {"error": "\x1b[1;31m", "place": "\x1b[36m", "mark": "\x1b[1;31m", "off": "\x1b[0m"}


def brief(record, *, colour=False, log=None):
    """The short message for a screen: what, where, when and the line itself, marked; `log` is named when given."""
    paint = _COLOURS if colour else _PLAIN
    kind, _, first = _title(record).partition(": ")
    lines = [f"{paint['error']}{kind}{paint['off']}{': ' if first else ''}{first}"]
    lines += ["  " + line for line in _clean(record.message).split("\n")[1:]]
    lines.append(_screen_place(record.place, "in", paint) + f", at {record.time[11:19]}")
    lines += _screen_source(record.place, paint)
    caller = _own_caller(record.frames)
    if caller:
        lines.append(_screen_place(caller, "called from", paint))
        lines += _screen_source(caller, paint)
    lines += ["  note: " + _clean(note).replace("\n", "\n    ") for note in record.notes]
    lines += _screen_chain(record, paint)
    if record.origin not in ("uncaught", "caught", "recorded"):
        lines.append(f"  {_clean(record.origin)}, thread {_clean(record.thread)}")
    if log:
        lines.append(f"  more in {log} (#{record.number}, process {record.process})")
    return "\n".join(lines) + "\n"


def _screen_place(frame, word, paint):
    if frame.file is None:
        return f"  {word} an unknown place"
    place = f"{_clean(frame.function)}, {_clean(frame.file)} line {frame.line}"
    return f"  {word} {paint['place']}{place}{paint['off']}"


def _screen_source(frame, paint):
    text = frame.source.strip()
    marks = _marks(frame)
    if not text:
        return []
    if not marks:
        return ["    " + _clean(text)]
    start, end = marks
    shown = _clean(text[:start]) + paint["mark"] + _clean(text[start:end]) + paint["off"] + _clean(text[end:])
    return ["    " + shown, "    " + " " * start + paint["mark"] + "^" * (end - start) + paint["off"]]


def _screen_chain(record, paint):
    for word, other in (("because of", record.cause), ("while handling", record.context)):
        if other:
            yield f"  {word} {_title(other)}"
            yield "  " + _screen_place(other.place, "in", paint)
    for i, other in enumerate(record.exceptions, 1):
        yield f"  {i}. {_title(other)}"
        yield "  " + _screen_place(other.place, "in", paint)


def _own_caller(frames):
    """The last frame of the program itself when the error lies in a library; None when it lies in the program."""
    for i, frame in enumerate(reversed(frames)):
        if not _in_library(frame.file):
            return frame if i else None
    return None


_LIBRARY = os.path.dirname(os.__file__)


def _in_library(file):
    return file.startswith((_LIBRARY, "<frozen ")) or "-packages" in file


def _colour_wanted(stream):
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb" and stream.isatty()


def _show(record, log):
    stream = sys.stderr
    text = brief(record, colour=_colour_wanted(stream), log=log)
    encoding = getattr(stream, "encoding", None) or "utf-8"
    stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
    stream.flush()


# ---- the log ----

class _Log:
    """A file of entries which threads and processes append to; it rotates by size."""

    def __init__(self, path, json=False, max_bytes=MAX_BYTES, backups=BACKUPS):
        self.path = _absolute(path)
        self.json, self.max_bytes, self.backups = json, max_bytes, backups
        self.renew()
        _logs[self.path] = self

    def renew(self):
        """Fresh locks: in a forked child the old ones may be held by a thread that is not there."""
        self.lock = threading.Lock()
        self.mine = threading.local()

    def write(self, record):
        """Appends the entry; OSError when that fails. An error inside of a write waits for the write to end."""
        waiting = getattr(self.mine, "waiting", None)
        if waiting is not None:
            waiting.append(record)
            return
        self.mine.waiting = [record]
        try:
            for item in self.mine.waiting:  # which may grow under way
                self._append(item)
        finally:
            self.mine.waiting = None

    def _append(self, record):
        text = entry(record).encode("utf-8", "backslashreplace")
        line = _json_line(record).encode() if self.json else b""
        held = self.lock.acquire(timeout=LOCK_SECONDS)
        try:
            self._append_shared(text, line)
        finally:
            if held:
                self.lock.release()

    def _append_shared(self, text, line):
        file, size, locked = self._open(len(text), len(line))
        try:
            _write_whole(file, text, size)
            if line:
                _append_line(_json_path(self.path), line)
        finally:
            if locked:
                fcntl.flock(file, fcntl.LOCK_UN)  # by name: a forked child may hold a copy of the descriptor
            os.close(file)

    def _open(self, more, more_json):
        """(descriptor, size, locked) of the file that is now at the path, rotated when the entry has no room."""
        while True:
            file = _open(self.path)
            try:
                locked = _lock(file)
                here = os.fstat(file)
                if not locked or not stat.S_ISREG(here.st_mode):
                    return file, here.st_size, locked
                if _is_at(here, self.path):
                    if not self._is_full(here.st_size, more, more_json) or not self._rotate():
                        return file, here.st_size, locked
            except BaseException:
                os.close(file)
                raise
            fcntl.flock(file, fcntl.LOCK_UN)
            os.close(file)

    def _is_full(self, size, more, more_json):
        if self.max_bytes <= 0:
            return False
        if size and size + more > self.max_bytes:
            return True
        return bool(more_json and size and _size(_json_path(self.path)) + more_json > self.max_bytes)

    def _rotate(self):
        """Renames the files, the newest last: from then on the path is free and others may begin a new one.

        False when that is not allowed: the log grows then.
        """
        names = [self.path]
        while len(names) <= self.backups and (len(names) == 1 or os.path.exists(names[-1])):
            names.append(f"{self.path}.{len(names)}")
        try:
            for old, new in reversed(list(zip(names, names[1:]))):
                if self.json:
                    _rename(_json_path(old), _json_path(new))
                _rename(old, new)
            if self.backups <= 0:
                _remove(_json_path(self.path))
                _remove(self.path)
        except OSError:
            return False
        return True


_logs = {}  # by path


def _log_at(path):
    return _logs.get(_absolute(path)) or _Log(path)


def _absolute(path):
    path = os.fsdecode(path)
    try:
        return os.path.abspath(path)
    except OSError:  # the current folder is gone
        return path


def _renew_locks():
    global _depth_lock
    _depth_lock = threading.Lock()
    for log in _logs.values():
        log.renew()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_locks)


def _json_path(path):
    return path + ".jsonl"


def _open(path):
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
    file = os.open(path, flags, 0o666)
    if file > 2 or fcntl is None:
        return file
    try:  # a standard stream is closed: what others print to it must not come here
        return fcntl.fcntl(file, fcntl.F_DUPFD_CLOEXEC, 3)
    finally:
        os.close(file)


def _lock(file):
    """True when the file is locked; False where there are no locks, or none in LOCK_SECONDS (its holder hangs)."""
    if fcntl is None:
        return False
    pause, end = 0.0001, None
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except OSError as failure:
            if failure.errno not in (errno.EAGAIN, errno.EACCES, errno.EINTR):
                return False
        now = time.monotonic()
        end = end or now + LOCK_SECONDS
        if now > end:
            return False
        time.sleep(pause)
        pause = min(pause * 1.5, 0.002)


def _is_at(here, path):
    try:
        there = os.stat(path)
    except FileNotFoundError:
        return False
    return (here.st_dev, here.st_ino) == (there.st_dev, there.st_ino)


def _size(path):
    try:
        return os.stat(path).st_size
    except FileNotFoundError:
        return 0


def _rename(old, new):
    try:
        os.replace(old, new)
    except FileNotFoundError:
        pass


def _remove(path):
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass


def _write_whole(file, data, size):
    """Writes all of data or, when the disk is full, nothing of it: the file goes back to its size."""
    left = memoryview(data)
    try:
        while left:
            left = left[os.write(file, left):]
    except OSError:
        if len(left) < len(data):
            os.ftruncate(file, size)
        raise


def _append_line(path, line):
    file = _open(path)
    try:
        _write_whole(file, line, os.fstat(file).st_size)
    finally:
        os.close(file)


# ---- taking an exception ----

class _Settings:
    """What install() was told; the default for catch() and write()."""

    def __init__(self, log, show=True, locals=False):
        self.log, self.show, self.locals = log, show, locals


_settings = None
_depth_lock = threading.Lock()


def _current():
    global _settings
    if _settings is None:
        _settings = _Settings(_log_at(DEFAULT_LOG))
    return _settings


def _take(exc, settings, origin, show, thread=None):
    """Logs exc (once a log) and shows it; the Record, or None when it could not be logged: then nothing is shown."""
    try:
        return _log_and_show(exc, settings, origin, show, thread)
    except RecursionError:
        return _with_more_depth(_log_and_show, exc, settings, origin, show, thread)
    except Exception:
        return None


def _log_and_show(exc, settings, origin, show, thread):
    logged = exc.__dict__.setdefault("__pyerror__", {})  # plain things: exceptions are pickled
    known = logged.get(settings.log.path)
    described = record(exc, locals=settings.locals, origin=origin, thread=thread)
    if known is None:
        settings.log.write(described)
        logged[settings.log.path] = described.number, described.time, described.process
    else:
        described = described._replace(**dict(zip(("number", "time", "process"), known)))
    if show:
        _show(described, settings.log.path)
    return described


def _with_more_depth(call, *args):
    """call(*args) near the recursion limit: the limit is raised for as long as that takes."""
    try:
        with _depth_lock:
            limit = sys.getrecursionlimit()
            sys.setrecursionlimit(limit)  # refused where it could not be set back either
            sys.setrecursionlimit(limit + EXTRA_DEPTH)
            try:
                return call(*args)
            finally:
                sys.setrecursionlimit(limit)
    except Exception:
        return None


def write(exc, *, show=False, log=None):
    """Logs the exception `exc` and gives its Record; None when the log could not be written. It never raises.

    The log is the one at the path `log`, the one of install(), or errors.log in the current folder.
    """
    try:
        return _take(exc, _with_log(log), "caught", show)
    except RecursionError:  # not even room for the first step
        return None


def _with_log(log):
    settings = _current()
    return settings if log is None else _Settings(_log_at(log), settings.show, settings.locals)


class catch:
    """Logs the exceptions of a `with` block or of a decorated function, and raises them again.

    catch(*exceptions, default=value, log=path, show=bool): only these exceptions (Exception when none is given); with
    `default` the exception ends here and the function returns that value; `log` is another log than the one of
    install(); `show` prints the short message (by default as install() was told, where the exception ends here).
    It decorates functions, methods, class and static methods, coroutine and generator functions, with or without
    parentheses. TypeError for what it cannot decorate.
    """

    _RAISE = object()

    def __new__(cls, *exceptions, **options):
        self = super().__new__(cls)
        if len(exceptions) == 1 and not options and not isinstance(exceptions[0], (type, tuple)):
            self.__init__()
            return self(exceptions[0])
        return self

    def __init__(self, *exceptions, default=_RAISE, log=None, show=None):
        self.exceptions = exceptions or (Exception,)
        self.default, self.log, self.show = default, log, show

    def __enter__(self):
        return self

    def __exit__(self, kind, exc, traceback):
        if not isinstance(exc, self.exceptions):
            return False
        ends = self.default is not catch._RAISE
        try:
            self._take(exc, ends)
            if ends:  # raised again it is an error of its own
                exc.__dict__.pop("__pyerror__", None)
        except (RecursionError, AttributeError):
            pass
        return ends

    def _take(self, exc, ends):
        settings = _with_log(self.log)
        show = self.show if self.show is not None else ends and settings.show
        _take(exc, settings, "caught", show)

    def __call__(self, function):
        """The decorated function."""
        if isinstance(function, (staticmethod, classmethod)):
            return type(function)(self(function.__func__))
        if not callable(function):
            raise TypeError(f"catch() decorates functions, not {type(function).__name__}")
        return functools.wraps(function)(self._wrapper(function))

    def _wrapper(self, function):
        flags = getattr(getattr(function, "__code__", None), "co_flags", 0)
        if flags & 0x200:
            raise TypeError("catch() cannot decorate an async generator function: use it in a with statement inside")
        result = None if self.default is catch._RAISE else self.default

        def plain(*args, **kwargs):
            with self:
                return function(*args, **kwargs)
            return result

        def generator(*args, **kwargs):
            with self:
                return (yield from function(*args, **kwargs))
            return result

        async def coroutine(*args, **kwargs):
            with self:
                return await function(*args, **kwargs)
            return result

        return coroutine if flags & 0x80 else generator if flags & 0x20 else plain


# ---- taking over ----

_before = {}


def install(log=DEFAULT_LOG, *, show=True, json=False, max_bytes=MAX_BYTES, backups=BACKUPS, locals=False):
    """Takes over the uncaught exceptions of the main thread, of other threads, of asyncio, and "unraisable" ones.

    log: the path of the log. show: print the short message in place of the traceback (False: the traceback as ever).
    json: write `LOG.jsonl` beside it, one object a line. max_bytes, backups: a file that would grow beyond max_bytes
    becomes LOG.1, LOG.1 becomes LOG.2, up to `backups`; 0 bytes is no limit. locals: note the variables of each frame.
    A second call replaces the first. Where the log cannot be written the program's own traceback is printed.
    """
    global _settings
    _settings = _Settings(_Log(log, json, max_bytes, backups), show, locals)
    if _before:
        return
    _before.update(main=sys.excepthook, thread=threading.excepthook, unraisable=sys.unraisablehook)
    sys.excepthook, threading.excepthook, sys.unraisablehook = _main_hook, _thread_hook, _unraisable_hook
    _take_over_asyncio()


def uninstall():
    """Gives back what install() took over."""
    if not _before:
        return
    sys.excepthook, threading.excepthook = _before["main"], _before["thread"]
    sys.unraisablehook = _before["unraisable"]
    if _AsyncioFinder in sys.meta_path:
        sys.meta_path.remove(_AsyncioFinder)
    if "asyncio" in _before:
        sys.modules["asyncio.base_events"].BaseEventLoop.default_exception_handler = _before["asyncio"]
    _before.clear()


def _main_hook(kind, exc, traceback):
    if not _uncaught(exc, "uncaught"):
        _before.get("main", sys.__excepthook__)(kind, exc, traceback)


def _thread_hook(args):
    exc = args.exc_value
    name = args.thread.name if args.thread else None
    if not _uncaught(exc, "uncaught in a thread", name):
        _before.get("thread", threading.__excepthook__)(args)


def _unraisable_hook(args):
    if not _uncaught(args.exc_value, _unraisable_origin(args)):
        _before.get("unraisable", sys.__unraisablehook__)(args)


def _unraisable_origin(args):
    where = "" if args.object is None else " " + _safely(_short_repr, args.object, REPR_LENGTH).replace("\n", " ")
    return f"{args.err_msg or 'exception ignored in'}{where}"


def _uncaught(exc, origin, thread=None):
    """True when the exception is logged and shown; False: whoever was there before shows it.

    Ctrl-C and exit() are no errors of the program.
    """
    if not isinstance(exc, BaseException) or isinstance(exc, (KeyboardInterrupt, SystemExit)):
        return False
    settings = _current()
    return bool(_take(exc, settings, origin, settings.show, thread) and settings.show)


def _take_over_asyncio():
    module = sys.modules.get("asyncio.base_events")
    if module:
        _patch_asyncio(module)
    else:
        sys.meta_path.insert(0, _AsyncioFinder)


class _AsyncioFinder:
    """Waits for the import of asyncio, which costs too much to be done for those who do not use it."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if name != "asyncio.base_events":
            return None
        sys.meta_path.remove(_AsyncioFinder)
        from importlib.util import find_spec
        spec = find_spec(name)
        if spec is None:
            return None
        execute = spec.loader.exec_module

        def execute_and_patch(module):
            execute(module)
            _patch_asyncio(module)

        spec.loader.exec_module = execute_and_patch
        return spec


def _patch_asyncio(module):
    loop = module.BaseEventLoop
    before = _before["asyncio"] = loop.default_exception_handler

    @functools.wraps(before)
    def default_exception_handler(self, context):
        if not _uncaught(context.get("exception"), f"asyncio: {context.get('message')}"):
            before(self, context)

    loop.default_exception_handler = default_exception_handler


# ---- python -m pyerror ----

Entry = namedtuple("Entry", "number time type title place text")
Entry.__doc__ = "An entry of a log as it was read: number, time, type, title (type and message), place, text."


def read(path):
    """The entries of a log and of its backups, the oldest first, as Entry; OSError when there is no such log."""
    names = [path]
    while os.path.exists(f"{path}.{len(names)}"):
        names.append(f"{path}.{len(names)}")
    for name in reversed(names):
        with open(name, encoding="utf-8", errors="replace", newline="\n") as file:
            yield from _entries(file)


def _entries(lines):
    gathered = []
    for line in lines:
        if line.startswith(HEAD) and gathered:
            yield _parse(gathered)
            gathered = []
        gathered.append(line)
    if gathered:
        yield _parse(gathered)


def _parse(lines):
    number, _, rest = lines[0].removeprefix(HEAD).rstrip("\n").partition(" ")
    when, _, title = rest.partition(" ")
    place = lines[1].strip().removeprefix("at ") if len(lines) > 1 else ""
    return Entry(number.lstrip("#"), when, title.partition(":")[0], title, place, "".join(lines))


def _print_list(entries, options):
    numbered = list(enumerate(entries, 1))
    for i, item in numbered[-options.n:] if options.n else numbered:
        print(f"{i:>5}  {item.time[:19].replace('T', ' ')}  {item.title}  ({item.place})")


def _print_groups(entries, options):
    groups = {}
    for item in entries:
        groups.setdefault((item.type, item.place), []).append(item)
    ranked = sorted(groups.items(), key=lambda pair: -len(pair[1]))
    for (kind, place), items in ranked[:options.n or None]:
        last = items[-1]
        print(f"{len(items):>6} x {kind}  {place}\n         last {last.time[:19].replace('T', ' ')}  {last.title}")


def _print_tail(entries, options):
    last = options.n or 10
    if options.follow:
        _follow(options.log, last)
    else:
        print("".join(item.text for item in list(entries)[-last:]), end="")


def _follow(path, last):
    """The last entries of the file at the path, then what is written to it, until it is renamed."""
    with open(path, encoding="utf-8", errors="replace", newline="\n") as file:
        here = os.fstat(file.fileno())
        text = "".join(item.text for item in list(_entries(file))[-last:])
        while text or _is_at(here, path):
            print(text, end="", flush=True)
            time.sleep(0 if text else 0.2)
            text = file.read()
    print(f"pyerror: {path} was rotated", file=sys.stderr)


def _print_entry(entries, options):
    entries = list(entries)
    which = -1 if options.index is None else options.index
    if which == 0 or not -len(entries) <= which <= len(entries):
        raise SystemExit(f"pyerror: no entry {which}: {options.log} has {len(entries)}")
    print(entries[which - 1 if which > 0 else which].text, end="")


_ACTIONS = {"list": _print_list, "groups": _print_groups, "tail": _print_tail, "show": _print_entry}


def main(arguments=None):
    """`python -m pyerror LOG [list | groups | tail | show] ...`: the exit status."""
    import argparse
    parser = argparse.ArgumentParser(prog="python -m pyerror", description="Look into a log of errors.")
    parser.add_argument("log", help="the log; its backups are read too")
    parser.add_argument("action", nargs="?", default="list", choices=_ACTIONS,
                        help="list (one line an entry), groups (by type and place), tail (the last ones whole), show")
    parser.add_argument("index", nargs="?", type=int, help="for show: as listed; -1 is the last one, and the default")
    parser.add_argument("-n", type=int, default=0, help="so many at most")
    parser.add_argument("-f", "--follow", action="store_true", help="for tail: go on with what is written")
    options = parser.parse_args(arguments)
    try:
        _ACTIONS[options.action](read(options.log), options)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as failure:
        print(f"pyerror: {options.log}: {failure.strerror}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
