"""A stored reference to an immortal object is counted like any other, and given back when it goes: counts rise and fall by
the same numbers everywhere. Transient ones leave nothing behind.

Fails when an instruction stores or returns None, True, False or a small int without counting it, or counts it once more.
"""
import functools
import sys

count = sys.getrefcount
OBJECTS = {"True": True, "False": False, "...": ..., "7": 7, "256": 256, "-5": -5, "()": (), "''": "", "int": int}


def measure(label, make):
    deltas = []
    for name, o in OBJECTS.items():
        before = count(o)
        kept = make(o)
        during = count(o)
        del kept
        deltas.append((name, during - before, count(o) - before))
    print(label, *[f"{name}: +{during} {after:+}" for name, during, after in deltas])


class C:
    __slots__ = ("a",)


class D:
    pass


def instance(kind, o):
    c = kind()
    c.a = o
    return c


def through(x):
    y = x
    return y


def many(o):
    for i in range(300):
        through(o), [o], (o,), {1: o}
        x = o
        o is None, o == None, not o


def unpacked(o):
    a, b = o, o
    [c, d] = [o, o]
    e, *f = o, o, o
    return None


def yielding(o):
    for i in range(50):
        yield o


def handled(o):
    for i in range(50):
        try:
            raise ValueError(o)
        except ValueError as e:
            through(e.args[0])


def closure(o):
    return lambda: o


def default(o):
    return lambda x=o: x


def deleted(o):
    c = D()
    for i in range(50):
        c.a = o
        del c.a
        x = o
        del x
        l = [o]
        del l[0]
        d = {"k": o}
        d.pop("k")


def compared(o):
    return [o == o, o is o, o is not o, o != o, bool(o), not o][:0]


for turn in range(3):
    measure("list", lambda o: [o] * 1000)
    measure("tuple", lambda o: (o, o, o))
    measure("dict value", lambda o: dict.fromkeys(range(10), o))
    measure("dict key", lambda o: {o: 1})
    measure("set", lambda o: {o})
    measure("slot", lambda o: instance(C, o))
    measure("attribute", lambda o: instance(D, o))
    measure("closure", closure)
    measure("default", default)
    measure("comprehension", lambda o: [o for i in range(5)])
    measure("spread", lambda o: [*[o, o], o])
    measure("generator", lambda o: list(yielding(o)))
    measure("passed through", many)
    measure("unpacked", unpacked)
    measure("yielded", lambda o: sum(1 for x in yielding(o)) and None)
    measure("handled", handled)
    measure("deleted", deleted)
    measure("compared", compared)
    measure("partial", lambda o: functools.partial(print, o, o))
    measure("returned", lambda o: [through(o) for i in range(7)])
    measure("exception", lambda o: ValueError(o, o))
    measure("slice", lambda o: slice(o, o, o))
    measure("iterator", lambda o: iter([o]))
    measure("zip", lambda o: list(zip([o], [o])))
