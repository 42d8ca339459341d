"""tour.py - a walk through the interpreter; prints the same under CPython 3.11, the first lines excepted."""
import dis
import gc
import importlib.util
import keyword
import os
import sys
import tempfile
import textwrap
import traceback
import weakref


def title(text):
    print()
    print(text)
    print("-" * len(text))


def implementation():
    print("implementation:", sys.implementation.name)
    print("version:", sys.version.replace("\n", " "))
    print("executable:", sys.executable)


def sizes():
    title("Objects have the sizes of CPython 3.11")
    for value in (1, 2 ** 30, 2 ** 100, 1.5, 1j, "", "abc", "é", "€uro", "\U0001F40D", b"abc", (), (1, 2), [], {},
                  set(), frozenset(), None, True, slice(1), range(3)):
        print(f"  {ascii(value):<22} {sys.getsizeof(value):>4} bytes")
    assert sys.getsizeof(1) == 28


def references():
    title("Reference counts")
    thing = object()
    print("  a fresh object:", sys.getrefcount(thing) - 1)
    holders = [thing] * 5
    print("  held five times by a list:", sys.getrefcount(thing) - 1)
    other = thing
    print("  and by one more name:", sys.getrefcount(thing) - 1)
    del holders, other
    print("  both gone again:", sys.getrefcount(thing) - 1)

    class Farewell:
        def __del__(self):
            print("  the last reference went, and __del__ ran at once")

    last = Farewell()
    del last
    print("  this line comes after it")


def interning():
    title("Interning")
    word = "".join(["hel", "lo"])
    print("  made at run time, equal:", word == "hello", "- the same object:", word is sys.intern("hello"))
    print("  after sys.intern:", sys.intern(word) is sys.intern("hello"))
    small, also_small = int("256"), int("256")
    big, also_big = int("257"), int("257")
    print("  256 is 256:", small is also_small, "- 257 is 257:", big is also_big)
    print("  one-character strings are shared:", chr(233) is chr(233), "- the empty tuple too:", tuple([]) is tuple())


def slots():
    title("__slots__ against __dict__")

    class Open:
        def __init__(self):
            self.x = self.y = self.z = 0

    class Closed:
        __slots__ = ("x", "y", "z")

        def __init__(self):
            self.x = self.y = self.z = 0

    instance, closed = Open(), Closed()
    print("  with a __dict__:", sys.getsizeof(instance), "bytes, and", sys.getsizeof(instance.__dict__),
          "for the dict once it is asked for")
    print("  with __slots__:", sys.getsizeof(closed), "bytes in all")
    try:
        closed.w = 1
    except AttributeError as error:
        print("  a new attribute:", error)


def folding():
    title("60 * 60 * 24 is folded by the compiler")

    def seconds_per_day():
        return 60 * 60 * 24

    dis.dis(seconds_per_day)
    print("  constants:", seconds_per_day.__code__.co_consts)


def keywords():
    title(f"The {len(keyword.kwlist)} keywords")
    print(textwrap.fill(" ".join(keyword.kwlist), 76, initial_indent="  ", subsequent_indent="  "))
    for word in keyword.kwlist:
        try:
            compile(f"{word} = 1", "<keyword>", "exec")
        except SyntaxError:
            pass
        else:
            print("  not a keyword:", word)
    assert len(keyword.kwlist) == 35


class Positive:
    """A data descriptor: it learns its name, and guards what is stored."""

    def __set_name__(self, owner, name):
        print(f"  __set_name__: {owner.__name__}.{name}")
        self.name = name

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        return instance.__dict__[self.name]

    def __set__(self, instance, value):
        if value <= 0:
            raise ValueError(f"{self.name} must be positive, not {value}")
        instance.__dict__[self.name] = value


def descriptors():
    title("A data descriptor")

    class Box:
        width = Positive()
        height = Positive()

        def __init__(self, width, height):
            self.width, self.height = width, height

    box = Box(3, 4)
    print("  area:", box.width * box.height)
    try:
        box.width = -1
    except ValueError as error:
        print("  refused:", error)
    box.__dict__["width"] = 30
    print("  stored below the descriptor:", box.width)


def cycles():
    title("A cycle is collected")

    class Node:
        pass

    gc.collect()
    gc.disable()
    one, two = Node(), Node()
    one.other, two.other = two, one
    watch = weakref.ref(one, lambda ref: print("  weak reference called back"))
    del one, two
    print("  unreachable, still alive:", watch() is not None)
    print("  objects found by gc.collect():", gc.collect())
    print("  alive afterwards:", watch() is not None)
    gc.enable()


class Colliding:
    """A key whose hash says nothing."""
    compared = 0

    def __init__(self, name):
        self.name = name

    def __hash__(self):
        return 42

    def __eq__(self, other):
        Colliding.compared += 1
        return self.name == other.name

    def __repr__(self):
        return f"<{self.name}>"


def dicts():
    title("Dicts keep their order, and stand collisions")
    table = dict.fromkeys("python")
    del table["y"]
    table["y"] = None
    table["p"] = "again"
    print("  order:", list(table))
    keys = [Colliding(name) for name in "abcdef"]
    table = {key: key.name for key in keys}
    print("  six keys of one hash:", table)
    print("  comparisons while they went in:", Colliding.compared)
    Colliding.compared = 0
    print("  looking up the last:", table[Colliding("f")], "- comparisons:", Colliding.compared)
    print("  bytes of a dict with 0, 5, 6, 10, 11 keys:",
          [sys.getsizeof({n: n for n in range(count)}) for count in (0, 5, 6, 10, 11)])


def bytecode_cache():
    title("__pycache__ is written, and used")
    sys.dont_write_bytecode, sys.pycache_prefix = False, None
    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(folder, "greeting.py")
        sys.path.insert(0, folder)
        try:
            for text in ("hello", "HELLO"):
                with open(source, "w") as file:
                    file.write(f"TEXT = '{text}'\n")
                os.utime(source, (1_000_000_000, 1_000_000_000))
                importlib.invalidate_caches()
                greeting = importlib.import_module("greeting")
                print(f"  the source says {text}, of one age: the module says {greeting.TEXT}")
                del sys.modules["greeting"]
            os.utime(source, (1_000_000_001, 1_000_000_001))
            importlib.invalidate_caches()
            greeting = importlib.import_module("greeting")
            print("  the source is newer now: the module says", greeting.TEXT)
            print("  in __pycache__:", os.listdir(os.path.dirname(greeting.__cached__)))
            with open(greeting.__cached__, "rb") as file:
                print("  its magic number:", int.from_bytes(file.read(2), "little"),
                      "- ours:", int.from_bytes(importlib.util.MAGIC_NUMBER[:2], "little"))
        finally:
            sys.path.remove(folder)
            sys.modules.pop("greeting", None)


def errors():
    title("Errors say where")

    def middle(values):
        return values["a"]["b"] + values["c"][0]

    try:
        middle({"a": {"b": 1}, "c": []})
    except IndexError:
        for line in traceback.format_exc().splitlines()[3:]:
            print(" ", line.replace(os.path.abspath(__file__), "tour.py"))
    try:
        sys.modulse
    except AttributeError as error:
        print("  AttributeError:", error)


def main():
    implementation()
    sizes()
    references()
    interning()
    slots()
    folding()
    keywords()
    descriptors()
    cycles()
    dicts()
    bytecode_cache()
    errors()


if __name__ == "__main__":
    main()
