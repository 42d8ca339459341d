"""What module gc tells and does: callbacks, tracking, generations, the order of things in a collection.

Fails when callbacks miss a phase, when finalisers run after clearing, when an object of atoms is still tracked after a
collection, when a weak reference in the rubbish calls its callback.
"""
import gc
import sys
import weakref

events = []


def note(phase, info):
    events.append((phase, info["generation"]) if phase == "start" else (phase, info["generation"], info["collected"]))


def take():
    told = events[:]
    events.clear()
    return told


class Node:
    def __init__(self, name=None):
        self.me = self
        self.name = name


class Plain:
    __slots__ = ("other", "__weakref__")


def cycles(n):
    for i in range(n):
        a, b = [], []
        a.append(b)
        b.append(a)


def show(label, *values):
    print(label, *values)


gc.callbacks.append(note)
gc.set_threshold(0)
gc.collect()
take()
cycles(3000)
show("off by threshold", take())
show("collected", gc.collect(), take())
gc.set_threshold(700, 10, 10)
gc.disable()
cycles(3000)
show("disabled", gc.isenabled(), take(), gc.collect(0) > 0, [e[:2] for e in take()])
gc.enable()
for generation in (0, 1, 2):
    gc.collect()
    take()
    cycles(10)
    show("asked for", generation, gc.collect(generation), take())
try:
    gc.collect(3)
except ValueError as error:
    show(error)

# tracking
for o in (1, "a", (), (1, 2), (1, []), [], {}, {"a": 1}, {"a": []}, set(), frozenset(), Node, Node(), Plain(), len, lambda: 0, (i for i in ()),
          slice(1), range(3), [].append, 1.5, object(), type, sys, iter([]), weakref.ref(Node), {1: (1, 2)}, bytearray()):
    name = getattr(o, "__name__", None) or type(o).__name__
    show("tracked", name, gc.is_tracked(o), gc.is_finalized(o))
t = (1, (2, 3))
d = {"x": t}
gc.collect()
show("untracked by a collection", gc.is_tracked(t), gc.is_tracked(d))
d["y"] = []
show("tracked again", gc.is_tracked(d))

# generations
gc.collect()
fresh = [Node("fresh")]
show("youngest", [any(o is fresh for o in gc.get_objects(generation)) for generation in (0, 1, 2)])
gc.collect(0)
show("middle", [any(o is fresh for o in gc.get_objects(generation)) for generation in (0, 1, 2)])
gc.collect(1)
show("oldest", [any(o is fresh for o in gc.get_objects(generation)) for generation in (0, 1, 2)], any(o is fresh for o in gc.get_objects()))
gc.freeze()
show("frozen", gc.get_freeze_count() > 100, any(o is fresh for o in gc.get_objects()))
gc.unfreeze()
show("thawed", gc.get_freeze_count(), any(o is fresh for o in gc.get_objects(2)))
show("referents", sorted(map(str, gc.get_referents([1, "a"], {"k": 2}))), len(gc.get_referents(Plain())))
target = Plain()
holders = [target], {"k": target}, (target, [])
show("referrers", sorted(type(o).__name__ for o in gc.get_referrers(target) if o is not globals()))


# order of things in one collection
class Ends:
    def __init__(self, name):
        self.name, self.me = name, self

    def __del__(self):
        show("finalised", self.name, self.me is self, gc.is_finalized(self))


def callback(name):
    return lambda ref: show("callback", name, ref())


refs = [weakref.ref(Ends(name), callback(name)) for name in "abc"]
gc.collect()
inner = Ends("with inner ref")
inner.ref = weakref.ref(inner, callback("not called"))
del inner
gc.collect()
saved = []


class Comes:
    def __init__(self):
        self.me = self

    def __del__(self):
        saved.append(self)
        show("saves itself", gc.is_finalized(self))


Comes()
gc.collect()
show("saved", len(saved), gc.is_finalized(saved[0]))
saved.clear()
show("a second time", gc.collect() > 0, len(saved))


class Fails:
    def __init__(self):
        self.me = self

    def __del__(self):
        raise ValueError("in __del__")


sys.unraisablehook = lambda told: show("unraisable", type(told.exc_value).__name__, told.err_msg)
Fails()
gc.collect()
gc.callbacks.append(lambda phase, info: 1 / 0)
gc.collect()
del gc.callbacks[1]
gc.set_debug(gc.DEBUG_SAVEALL)
cycles(2)
n = Node("garbage")
del n
gc.collect()
show("garbage", len([o for o in gc.garbage if type(o) is list]), [o.name for o in gc.garbage if type(o) is Node])
gc.set_debug(0)
gc.garbage.clear()
stats = gc.get_stats()
show("stats", [sorted(s) for s in stats], all(s["collections"] > 0 for s in stats))
before = gc.get_stats()[2]["collected"]
Node()
gc.collect()
show("stats", gc.get_stats()[2]["collected"] - before)


# iteration during a collection
class Collects:
    def __init__(self):
        self.me = self

    def __del__(self):
        gc.collect()
        show("nested collection", [e for e in events if e[0] == "start"])


gc.collect()
take()
Collects()
gc.collect()
show("nested", take()[0])
