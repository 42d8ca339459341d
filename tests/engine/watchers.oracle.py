"""ma_version_tag (24 bytes into a dict, compared inline by compiled modules): changes with every mutation of a dict, of
whatever kind and by whatever way, never goes back, and no two dicts have had the same.

Fails when dict_touch() is left out of one of the ways (its line says "same").
"""
import collections
import ctypes
import sys
import types

seen = {}


def tag(d):
    return ctypes.c_uint64.from_address(id(d) + 24).value


def check(what, d, change):
    before = tag(d)
    try:
        change()
    except Exception as error:
        print(what, type(error).__name__, end=" ")
    after = tag(d)
    print(what, "same" if before == after else "new" if after > before else "back")
    for value in {before, after}:
        if seen.setdefault(value, id(d)) != id(d) and value:
            print(what, "the tag of another dict")


kept = []


def fresh(**more):
    d = dict({"a": 1, "b": 2}, **more)
    kept.append(d)
    return d


d = fresh()
check("insert", d, lambda: d.__setitem__("c", 3))
check("replace", d, lambda: d.__setitem__("c", 4))
check("replace by the same", d, lambda: d.__setitem__("c", 4))
check("look up", d, lambda: (d["a"], d.get("x"), "a" in d, list(d), len(d), d == {}))
check("missing", d, lambda: d["nothing"])
check("delete", d, lambda: d.__delitem__("c"))
check("delete missing", d, lambda: d.__delitem__("c"))
check("pop", d, lambda: d.pop("a"))
check("pop missing", d, lambda: d.pop("a", None))
check("popitem", d, d.popitem)
check("setdefault new", d, lambda: d.setdefault("q", 1))
check("setdefault old", d, lambda: d.setdefault("q", 2))
check("update", d, lambda: d.update(a=1, b=2))
check("update by nothing", d, lambda: d.update({}))
check("|=", d, lambda: d.__ior__({"z": 1}))
check("clear", d, d.clear)
check("clear empty", d, d.clear)
check("other keys", d, lambda: d.__setitem__(5, 1))
check("growth", d, lambda: [d.__setitem__(i, i) for i in range(100)])
check("fromkeys", d, lambda: dict.fromkeys(d))
check("copy", d, d.copy)


def statement(source, **names):
    exec(source, names)


d = fresh()
check("store instruction", d, lambda: statement("d['n'] = 1", d=d))
check("delete instruction", d, lambda: statement("del d['n']", d=d))
check("hot stores", d, lambda: statement("for i in range(50):\n before = t(d)\n d['n'] = i\n assert t(d) > before", d=d, t=tag))
check("augmented", d, lambda: statement("d['n'] += 1", d=d))
check("comprehension target", d, lambda: statement("[0 for d['i'] in (1, 2)]", d=d))

space = {}
kept.append(space)
exec("def f():\n global g\n g = 1\ndef h():\n global g\n del g\n", space)
check("global stored", space, space["f"])
check("global deleted", space, space["h"])
check("module level", space, lambda: exec("x = 1", space))
check("import", space, lambda: exec("import sys", space))
check("import *", space, lambda: exec("from keyword import *", space))
check("def", space, lambda: exec("def k(): pass", space))
check("class", space, lambda: exec("class K: pass", space))

module = types.ModuleType("m")
check("module attribute", module.__dict__, lambda: setattr(module, "x", 1))
check("module attribute deleted", module.__dict__, lambda: delattr(module, "x"))


class C:
    def __init__(self):
        self.a = 1
        self.b = 2


def attribute(o):
    o.a = 5


c = C()
kept.append(c)
check("instance attribute", c.__dict__, lambda: setattr(c, "a", 3))
check("instance attribute, new", c.__dict__, lambda: setattr(c, "z", 3))
check("instance attribute deleted", c.__dict__, lambda: delattr(c, "z"))
for i in range(60):
    attribute(C())
check("instance attribute, hot", c.__dict__, lambda: attribute(c))
check("instance dict", c.__dict__, lambda: c.__dict__.update(b=7))
for i in range(40):
    before = tag(c.__dict__)
    attribute(c)
    c.b = i
    if tag(c.__dict__) == before:
        print("same in the loop")
f = lambda: None
f.x = 1
check("function attribute", f.__dict__, lambda: setattr(f, "x", 2))
e = ValueError()
e.x = 1
check("exception attribute", e.__dict__, lambda: setattr(e, "x", 2))
namespace = types.SimpleNamespace(x=1)
check("namespace", namespace.__dict__, lambda: setattr(namespace, "x", 2))

counter = collections.Counter("abc")
check("counter", counter, lambda: counter.update("abcd"))
default = collections.defaultdict(list)
check("defaultdict", default, lambda: default["x"])
ordered = collections.OrderedDict(a=1, b=2)
check("ordered insert", ordered, lambda: ordered.__setitem__("c", 1))
check("ordered pop", ordered, lambda: ordered.pop("c"))
check("ordered popitem", ordered, ordered.popitem)
check("ordered clear", ordered, ordered.clear)
api = ctypes.pythonapi
d = fresh()
for name, *arguments in (("PyDict_SetItemString", b"s", 1), ("PyDict_SetItem", "t", 2), ("PyDict_DelItemString", b"s"),
                         ("PyDict_DelItem", "t"), ("PyDict_SetDefault", "u", 3), ("PyDict_Merge", {"v": 1}, 1),
                         ("PyDict_Update", {"w": 1}), ("PyDict_MergeFromSeq2", [("x", 1)], 1), ("PyDict_Clear",)):
    objects = [ctypes.c_char_p(a) if type(a) is bytes else a if name == "PyDict_Merge" and a == 1 or name == "PyDict_MergeFromSeq2"
               and a == 1 else ctypes.py_object(a) for a in arguments]
    function = api[name]
    function.restype = None
    check(name, d, lambda: function(ctypes.py_object(d), *objects))
sys.intern("x")
for what, make in {"dict()": dict, "{}": lambda: {}, "{'a': 1}": lambda: {"a": 1}, "copy": {"a": 1}.copy, "fromkeys": lambda: dict.fromkeys("ab"),
                   "comprehension": lambda: {i: i for i in "ab"}, "**": lambda: {**{"a": 1}}, "instance": lambda: C().__dict__,
                   "defaultdict": collections.defaultdict, "keywords": lambda: (lambda **k: k)(a=1)}.items():
    dicts = [make() for i in range(500)]
    print(what, len({tag(d) for d in dicts}), "tags")
    kept.append(dicts)
empty = dict()
kept.append(empty)
check("update of an empty dict", empty, lambda: empty.update({"a": 1, "b": 2, "c": 3, "d": 4, "e": 5}))
