"""Attributes of instances, which stand in the object until they cannot: order, capacity, overflow, __dict__ that outlives
its object, another __class__, vars(), reported sizes.

Fails when an access does not check the capacity, when the values of a dying object are not moved into its dict, when a
deleted attribute keeps its place in the order, when hidden words are counted as size.
"""
import copy
import gc
import pickle
import sys
import weakref


class C:
    def __init__(self, n=0):
        for i in range(n):
            setattr(self, f"a{i}", i)


class Two:
    def __init__(self):
        self.x, self.y = 1, 2


class Base:
    pass


class Derived(Base):
    pass


def show(label, *values):
    print(label, *values)


def size(o):
    return sys.getsizeof(o), sys.getsizeof(o.__dict__), o.__sizeof__()


for n in (0, 1, 3, 5, 6, 8, 16, 29, 30, 31, 40, 100):
    c = C(n)
    show("many", n, sys.getsizeof(c), c.__sizeof__(), list(vars(c)) == [f"a{i}" for i in range(n)], len(vars(c)))
    for i in range(n):
        if getattr(c, f"a{i}") != i:
            show("wrong", n, i)
first, second = C(2), C(40)
for i in range(60):
    setattr(first, f"b{i}", i)
show("overflow", list(vars(first))[:5], len(vars(first)), first.b59, first.a0, second.a39)

c = C(5)
c.a1 = "changed"
del c.a2
show("order", vars(c))
c.a2 = "again"
show("order", list(vars(c).items()))
d = C(5)
show("others", vars(d), sorted(vars(d), reverse=True))
del d.a0, d.a4
d.z = 1
d.a0 = 2
show("order", vars(d), list(vars(d)), list(reversed(vars(d))))
for name in ("a1", "a2", "a3"):
    delattr(d, name)
show("few", vars(d), len(d.__dict__), d.__dict__ == {"z": 1, "a0": 2})
for attempt in ("del d.nothing", "d.nothing", "del d.a1"):
    try:
        exec(attempt)
    except AttributeError as error:
        show(attempt, error)

c = Two()
kept = c.__dict__
c.x = 10
kept["y"] = 20
kept["z"] = 30
show("one and the same", c.x, c.y, c.z, kept is c.__dict__, kept)
del c
gc.collect()
show("outlives", kept, len(kept))
kept["w"] = 1
del kept["x"]
show("outlives", kept)
c = Two()
kept, alive = c.__dict__, weakref.ref(c)
c.myself = c
del c
gc.collect()
show("outlives in a cycle", alive() is None, sorted(kept)) if "myself" not in kept else show("the dict holds it", alive() is not None)
kept.clear()
gc.collect()
show("gone", alive() is None)

c = Two()
c.__class__ = Base
show("another class", vars(c), c.x, type(c).__name__)
c.extra = 3
c.__class__ = Derived
show("another class", vars(c), c.extra)
c = Base()
c.__class__ = Two
c.x = 1
c.first = 2
show("another class", vars(c), list(vars(Two())))


class Slots:
    __slots__ = ("a", "__dict__")


s = Slots()
s.a, s.b = 1, 2
show("slots and dict", s.a, vars(s), sys.getsizeof(s))
try:
    s.__class__ = Two
except TypeError as error:
    show("refused", error)

c = Two()
c.__dict__ = {"p": 1, "x": 5}
show("another dict", c.p, c.x, hasattr(c, "y"))
c.y = 7
show("another dict", vars(c))
shared = {"x": 1}
a, b = Two(), Two()
a.__dict__ = b.__dict__ = shared
a.y = 5
show("a shared dict", b.y, shared)
for wrong in (None, 1, "abc"):
    try:
        c.__dict__ = wrong
    except TypeError as error:
        show("refused", error)
del c.__dict__
show("without", vars(c), hasattr(c, "x"))
c.x = 1
show("without", vars(c))

c = Two()
d = vars(c)
show("views", list(d.keys()), list(d.values()), list(d.items()), "x" in d, d | {"q": 1}, d.copy(), dict(d), {**d})
d.update(x=5, n=6)
show("update", c.x, c.n, d.pop("x"), d.popitem(), d.setdefault("s", 9), vars(c))
d.clear()
show("clear", vars(c), hasattr(c, "y"))
c.y = 1
show("clear", vars(c), d)
c = Two()
iterator = iter(vars(c))
next(iterator)
c.z = 1
try:
    next(iterator)
except RuntimeError as error:
    show("changed under way", error)
c = Two()
for name in list(vars(c)):
    setattr(c, name, 0)
show("changed under way", vars(c))
vars(c)[5] = "not a str"
show("other keys", vars(c), c.x)
setattr(c, "".join(["x"]), "by an equal name")
show("equal names", c.x)


class Str(str):
    pass


try:
    setattr(c, Str("x"), "by a subclass")
    show("subclass of str", c.x, [type(k).__name__ for k in vars(c)])
except TypeError as error:
    show("subclass of str", error)

c = C(4)
show("copies", vars(copy.copy(c)), vars(copy.deepcopy(c)), vars(pickle.loads(pickle.dumps(c))))
show("sizes", sys.getsizeof(Base()), sys.getsizeof(Two()), [size(Two()) for i in range(9)], sys.getsizeof({}))
o = Two()
before = sys.getsizeof(o)
vars(o)
show("size with a dict", before, sys.getsizeof(o), sys.getsizeof(vars(o)))


class Int(int):
    pass


class List(list):
    pass


class Error(Exception):
    pass


for o in (Int(5), List([1]), Error(1), Str("x")):
    o.x, o.y = 1, 2
    show("derived", type(o).__name__, o, vars(o), sys.getsizeof(o))
    d = vars(o)
    del o
    show("outlives", d)


class Ends:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        show("end of", self.name, vars(self))


class Holder:
    def __init__(self):
        self.b, self.a, self.c = Ends("b"), Ends("a"), Ends("c")


h = Holder()
del h
h = Holder()
vars(h)
del h
h = Holder()
h.a = None
del h.b
h.b = Ends("second b")
del h


class Sees:
    def __init__(self, holder):
        self.holder = holder

    def __del__(self):
        show("seen from the end", sorted(vars(self.holder)))


h = Base()
h.one = 1
h.sees = Sees(h)
h.two = 2
h.sees = 3
h.sees = Sees(h)
del h.sees
show("referrers", len(gc.get_referents(Two())), type(gc.get_referents(h)[0]).__name__)


def make(names):
    o = Base()
    for n in names:
        setattr(o, n, n)
    return list(vars(o))


show("any order", make("abc"), make("cba"), make("bdac"), make("zyxabc"))


def hot(o, v):
    o.x = v
    o.late = v
    return o.x, o.late


for i in range(60):
    o = Two()
    r = hot(o, i)
    if i % 20 == 19:
        vars(o)
        show("hot", hot(o, -i), vars(o), hot(Derived(), i))
