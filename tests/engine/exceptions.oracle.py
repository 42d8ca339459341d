"""Exceptions stand in 3.11's fields of the thread state, which foreign code reads and writes; tracebacks and frames made
by foreign code are complete.

Fails when the loop keeps the exception elsewhere, when handled exceptions are not chained through exc_info, when a frame
from PyFrame_New has no line, or when its own line number (40 bytes in) does not win.
"""
import traceback
import foreign

inner = foreign.load("inner")


def show(label, *values):
    print(label, *values)


def state():
    type_, value, tb, chain = inner.exceptions()
    return type_, value, tb, [None if v is ... else v if v is None else repr(v) for v in chain]


show("nothing", state())
for _ in range(10):
    try:
        inner.raise_by_hand(ValueError("by hand"))
    except ValueError as error:
        seen = state()
        lines = [f.line for f in traceback.extract_tb(error.__traceback__)]
show("raised", seen, lines)
try:
    try:
        1 / 0
    except ZeroDivisionError:
        show("outer", state())
        try:
            [][1]
        except IndexError:
            show("inner", state())
            raise
        finally:
            show("finally", state())
except IndexError as error:
    show("context", repr(error.__context__), state())
show("nothing again", state())


def generator():
    show("generator", state())
    try:
        yield 1
    except KeyError:
        show("generator handles", state())
        yield 2
        show("generator still handles", state())
    show("generator is past", state())
    yield 3


g = generator()
try:
    raise ValueError("around")
except ValueError:
    next(g)
    show("around", state())
    g.throw(KeyError("thrown"))
    show("around", state())
try:
    raise TypeError("elsewhere")
except TypeError:
    next(g)
show("after", state())


async def coroutine():
    try:
        raise ValueError("in coroutine")
    except ValueError:
        show("coroutine", state())
        await other()
        show("coroutine", state())


async def other():
    show("awaited", state())
    try:
        raise KeyError("awaited")
    except KeyError:
        show("awaited", state())


try:
    coroutine().send(None)
except StopIteration:
    show("end", state())


def fails():
    raise KeyError("swallowed")


def generator_fails():
    list(1 / 0 for _ in "a")


show("swallowed", inner.swallow_by_hand(fails), inner.swallow_by_hand(generator_fails), state())
try:
    inner.handle(ValueError("put there"))
    show("handled", state())
    try:
        raise
    except ValueError as error:
        show("reraised", repr(error))
    try:
        fails()
    except KeyError as error:
        show("context", repr(error.__context__))
finally:
    inner.handle(None)


class Failing:
    def __add__(self, other):
        inner.raise_by_hand(OSError("in add"))

    def __next__(self):
        inner.raise_by_hand(StopIteration(5))

    def __iter__(self):
        return self

    def __getattr__(self, name):
        inner.raise_by_hand(AttributeError(name))


for _ in range(10):
    told = []
    for use in (lambda: Failing() + 1, lambda: list(Failing()), lambda: hasattr(Failing(), "x"), lambda: [x for x in Failing()],
                lambda: Failing().y):
        try:
            told.append(use())
        except Exception as error:
            told.append((repr(error), [f.lineno for f in traceback.extract_tb(error.__traceback__)]))
show("methods", told, state())

for at_field in (False, True):
    for line in (1, 77, 12345):
        try:
            inner.raise_at("made_up.pyx", "made_up", line, at_field, {"__name__": "made.up"}, LookupError("made up"))
        except LookupError as error:
            tb = error.__traceback__.tb_next
            frame = tb.tb_frame
            show("made up", tb.tb_lineno, frame.f_lineno, frame.f_code.co_name, frame.f_code.co_filename, frame.f_back,
                 frame.f_globals, frame.f_locals, frame.f_lasti >= -1)
            show("".join(traceback.format_exception(error)))


def lazily(n):
    if n:
        return lazily(n - 1)
    raise ValueError("lazy")


for keep in (False, True):
    try:
        lazily(4)
    except ValueError as error:
        kept = error if keep else None
        locals_ = []
        tb = error.__traceback__
        while tb:
            locals_.append((tb.tb_lineno, tb.tb_frame.f_lineno, tb.tb_frame.f_code.co_name, tb.tb_frame.f_locals.get("n")))
            tb = tb.tb_next
        show("frames", locals_)
tb, names = kept.__traceback__, []
while tb:
    names.append((tb.tb_frame.f_code.co_name, tb.tb_frame.f_locals.get("n"), tb.tb_lineno, tb.tb_frame.f_back is not None))
    tb = tb.tb_next
show("kept", names)
