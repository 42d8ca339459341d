"""Inline caches are given up by every kind of change: of classes, bases, metaclasses, functions, modules, globals,
builtins, instances. Each use runs until it is specialised, then after each change once, and hot again.

Fails when a version is not renewed by one of the changes (the line shows the old value), for instance when
PyType_Modified() does not reach subclasses, a function keeps its version when __code__ or __defaults__ changes, or
deleting a key of a module's dict keeps its keys' version.
"""
import ctypes
import gc
import sys
import types

CASES = {
    "class attribute": ("class B:\n x = 1\nclass C(B):\n pass\nc = C()", "c.x", [
        "B.x = 2", "C.x = 3", "del C.x", "c.x = 4", "del c.x", "type.__setattr__(B, 'x', 5)", "B.x = property(lambda s: 6)",
        "C.__bases__ = (type('D', (), {'x': 7}),)", "C.x = 8", "c.__dict__['x'] = 9", "c.__dict__.clear()", "del C.x",
        "C.__bases__ = (B,)", "del B.x", "B.__getattr__ = lambda s, n: n + '!'", "B.x = 10", "del B.__getattr__; del B.x"]),
    "method": ("class B:\n def m(self): return 1\nclass C(B):\n pass\nc = C()", "c.m()", [
        "B.m = lambda s: 2", "C.m = lambda s: 3", "del C.m", "c.m = lambda: 4", "del c.m", "B.m = staticmethod(lambda: 5)",
        "B.m = classmethod(lambda k: k.__name__)", "B.m = len", "B.m = lambda s: 6", "B.m.__code__ = (lambda s: 7).__code__",
        "B.m.__defaults__ = (1,)", "B.m.__code__ = (lambda s, y: y).__code__", "B.m.__defaults__ = (8,)",
        "B.m.__kwdefaults__ = {'z': 1}", "B.m = property(lambda s: lambda: 9)", "del B.m"]),
    "method of a slotted class": ("class B:\n __slots__ = ()\n def m(self): return 1\nclass C(B):\n __slots__ = ('y',)\nc = C()", "c.m()", [
        "B.m = lambda s: 2", "C.m = lambda s: 3", "del C.m", "B.m.__code__ = (lambda s: 4).__code__"]),
    "slot": ("class C:\n __slots__ = ('x', 'y')\nc = C(); c.x = 1; c.y = 2", "c.x", [
        "c.x = 3", "del c.x", "c.x = 4", "C.x = C.y", "C.x = 5", "del C.x"]),
    "instance attribute": ("class C:\n pass\nc = C(); c.x = 1", "c.x", [
        "c.x = 2", "c.__dict__['x'] = 3", "del c.x", "c.x = 4", "c.__dict__ = {'x': 5}", "c.__dict__ = {'a': 1, 'x': 6}",
        "C.x = property(lambda s: 7)", "del C.x", "c.__class__ = type('D', (), {})", "c.__class__.x = property(lambda s: 8)",
        "c.__class__ = C", "c.__dict__.pop('x')", "C.__getattribute__ = lambda s, n: 9", "del C.__getattribute__", "c.x = 10"]),
    "attribute of a class": ("class M(type):\n pass\nclass C(metaclass=M):\n x = 1", "C.x", [
        "C.x = 2", "M.x = 3", "del M.x", "M.x = property(lambda k: 4)", "del M.x", "del C.x", "M.x = 5", "C.x = 6",
        "M.__getattribute__ = lambda k, n: 7", "del M.__getattribute__"]),
    "attribute of a plain class": ("class B:\n x = 1\nclass C(B):\n pass", "C.x", [
        "B.x = 2", "C.x = 3", "del C.x", "C.__bases__ = (type('D', (), {'x': 4}),)", "C.x = staticmethod(lambda: 5)", "C.x = 6"]),
    "call of a class attribute": ("class B:\n @staticmethod\n def m(): return 1\nclass C(B):\n pass", "C.m()", [
        "B.m = staticmethod(lambda: 2)", "C.m = lambda: 3", "del C.m", "B.m = classmethod(lambda k: k.__name__)"]),
    "store": ("class C:\n def __init__(self): self.x = 0\nc = C()", "store(c)", [
        "C.x = property(lambda s: 1, lambda s, v: seen.append(v))", "del C.x", "C.__setattr__ = lambda s, n, v: seen.append(n)",
        "del C.__setattr__", "c.__class__ = type('D', (), {'x': property(lambda s: 2, lambda s, v: seen.append(3))})",
        "c.__class__ = C", "c.__dict__", "c.__dict__ = {}"]),
    "store to a slot": ("class C:\n __slots__ = 'x', 'y'\nc = C()", "store(c)", [
        "C.x, C.y = C.y, C.x", "C.x = property(lambda s: 1, lambda s, v: seen.append(v))"]),
    "property": ("class C:\n @property\n def x(self): return 1\nc = C()", "c.x", [
        "C.x.fget.__code__ = (lambda s: 2).__code__", "C.x = property(lambda s: 3)", "C.x.__init__(lambda s: 10)",
        "old = C.x.fget; C.x.__init__(lambda s: 11)", "C.x.__init__(len)", "C.x.__init__(None)", "C.x.__init__(old)", "C.x = 4", "c.__dict__['x'] = 5", "del C.x"]),
    "__getattr__": ("class C:\n def __getattr__(self, n): return 1\nc = C()", "c.x", [
        "C.__getattr__ = lambda s, n: 2", "C.x = 3", "del C.x", "c.x = 4", "del c.x", "C.__getattribute__ = lambda s, n: 5",
        "del C.__getattribute__", "C.__getattr__.__code__ = (lambda s, n: 6).__code__"]),
    "__getitem__": ("class C:\n def __getitem__(self, n): return 1\nc = C()", "c[0]", [
        "C.__getitem__ = lambda s, n: 2", "C.__getitem__.__code__ = (lambda s, n: 3).__code__",
        "C.__getitem__ = lambda s, n, d=4: d", "C.__getitem__.__defaults__ = (5,)", "del C.__getitem__"]),
    "__setitem__": ("class C:\n def __setitem__(self, n, v): seen.append(1)\nc = C()", "set_item(c)", [
        "C.__setitem__ = lambda s, n, v: seen.append(2)", "del C.__setitem__"]),
    "operators": ("class C:\n def __add__(self, o): return 1\n def __lt__(self, o): return 1\n def __eq__(self, o): return 1\n"
                  " __hash__ = None\nclass D(C):\n pass\nc = C(); d = D()", "(c + c, c < c, c == c, c + d, d + c, c + 1)", [
        "C.__add__ = lambda s, o: 2", "C.__lt__ = lambda s, o: 2", "C.__eq__ = lambda s, o: 2", "D.__radd__ = lambda s, o: 3",
        "D.__add__ = lambda s, o: 4", "C.__add__.__code__ = (lambda s, o: NotImplemented).__code__",
        "C.__radd__ = lambda s, o: 5", "del C.__lt__", "C.__gt__ = lambda s, o: 6", "C.__iadd__ = lambda s, o: 7", "del C.__add__"]),
    "__next__": ("class C:\n def __iter__(self): self.n = 0; return self\n def __next__(self):\n  self.n += 1\n  if self.n > 3: raise StopIteration\n"
                 "  return self.n\nc = C()", "[x for x in c]", [
        "f = C.__next__; C.__next__ = lambda s: f(s) * 2", "C.__next__ = f", "del C.__next__", "C.__next__ = f", "C.__iter__ = lambda s: iter('ab')"]),
    "calling": ("class C:\n def __call__(self): return 1\nc = C()", "c()", [
        "C.__call__ = lambda s: 2", "C.__call__.__code__ = (lambda s: 3).__code__", "del C.__call__"]),
    "making": ("class C:\n def __init__(self): self.x = 1\n", "C().x", [
        "C.__init__ = lambda s: setattr(s, 'x', 2)", "C.__abstractmethods__ = {'m'}", "del C.__abstractmethods__", "C.__new__ = lambda k: type('D', (), {'x': 3})()", "del C.__new__",
        "C.__init__.__code__ = (lambda s: setattr(s, 'x', 4)).__code__", "C.__init__.__defaults__ = (1,)",
        "C.__init__ = lambda s: 5", "del C.__init__", "C.x = 6", "C = type('E', (), {'x': 7})"]),
    "making with a metaclass": ("class M(type): pass\nclass C(metaclass=M):\n def __init__(self): self.x = 1\n", "C().x", [
        "M.__call__ = lambda k: type('D', (), {'x': 2})", "del M.__call__", "C.__init__ = lambda s: setattr(s, 'x', 3)"]),
    "function": ("def f(x=1): return x", "f()", [
        "f.__defaults__ = (2,)", "f.__code__ = (lambda x: x * 10).__code__", "f.__defaults__ = None", "f.__code__ = (lambda: 3).__code__",
        "f.__code__ = (lambda *, k=1: k).__code__", "f.__kwdefaults__ = {'k': 4}", "f.__kwdefaults__['k'] = 5", "f.__kwdefaults__ = None",
        "def f(): return 6", "f = lambda: 7", "f = len", "del f"]),
    "function through the C API": ("def f(x, k=0): return x, k\ndef set(name, f, v):\n"
                                   " api[name](ctypes.py_object(f), ctypes.py_object(v))", "f(1)", [
        "set('PyFunction_SetDefaults', f, (2,))", "set('PyFunction_SetDefaults', f, (3, 4))", "set('PyFunction_SetDefaults', f, (5,))",
        "f.__code__ = (lambda x, *, k=0: (x, k)).__code__; f.__kwdefaults__ = {'k': 6}", "set('PyFunction_SetKwDefaults', f, {'k': 7})"]),
    "function with arguments": ("def f(x, y=1): return (x, y)", "f(0)", [
        "f.__defaults__ = (2,)", "f.__defaults__ = (3, 4)", "f.__code__ = (lambda x, y: (y, x)).__code__", "f.__defaults__ = ()",
        "f.__code__ = (lambda x: x).__code__", "f.__code__ = (lambda *x: x).__code__", "f.__code__ = (lambda **x: x).__code__"]),
    "global": ("g = 1", "g", [
        "g = 2", "space['g'] = 3", "del g", "builtins['g'] = 4", "g = 5", "space.pop('g')", "builtins['g'] = 6", "del builtins['g']",
        "space.update(g=7)", "space |= {'g': 8}", "builtins['save'] = dict(space); space.clear(); space.update(save); g = 9",
        "space[5] = 1; space['g'] = 10", "del g; space.setdefault('g', 11)"]),
    "builtin": ("", "len", ["builtins['len'] = 1", "len = 2", "del len", "builtins['other'] = 3", "builtins['len'] = 4",
                            "space['len'] = 5", "space['zz'] = 1; space.popitem()", "builtins.pop('len')", "builtins['len'] = 6"]),
    "builtin called": ("", "(len('ab'), isinstance(1, int), type(1).__name__, ord('a'))", [
        "len = lambda x: 1", "del len", "builtins['len'] = lambda x: 2", "isinstance = lambda a, b: 3", "del isinstance",
        "builtins['isinstance'] = lambda a, b: 4", "type = lambda x: x.__class__", "builtins['ord'] = lambda x: 5"]),
    "builtin replaced by another": ("import builtins as b", "(len((-5)), isinstance('abc', 'upper'))", [
        "b.len, b.isinstance = abs, getattr", "b.len, b.isinstance = (lambda x: 1), hasattr"], ["b.len, b.isinstance = real"]),
    "module attribute": ("m = types.ModuleType('m'); m.x = 1", "m.x", [
        "m.x = 2", "m.__dict__['x'] = 3", "del m.x", "m.__getattr__ = lambda n: n + '?'", "m.x = 4", "m.__dict__.clear()", "m.x = 5",
        "m.__class__ = type('N', (types.ModuleType,), {'x': 6})", "m.__class__ = type('N', (types.ModuleType,), {'x': property(lambda s: 7)})",
        "m.__class__ = types.ModuleType", "m = types.ModuleType('n')", "m.x = 8"]),
    "module function": ("m = types.ModuleType('m'); m.f = lambda: 1", "m.f()", [
        "m.f = lambda: 2", "m.f.__code__ = (lambda: 3).__code__", "del m.f", "m.__dict__.update(f=lambda: 4)"]),
    "super": ("class B:\n def m(self): return 1\nclass C(B):\n def m(self): return super().m() * 10\nc = C()", "c.m()", [
        "B.m = lambda s: 2", "C.__bases__ = (type('D', (), {'m': lambda s: 3}),)", "C.__bases__ = (B,)"]),
    "isinstance": ("class M(type):\n pass\nclass C(metaclass=M):\n pass\nc = C()", "isinstance(c, C), isinstance(1, C)", [
        "M.__instancecheck__ = lambda k, o: True", "del M.__instancecheck__", "c.__class__ = type('D', (), {})"]),
    "truth": ("class C:\n pass\nc = C()", "1 if c else 2", [
        "C.__bool__ = lambda s: False", "C.__bool__ = lambda s: True", "del C.__bool__", "C.__len__ = lambda s: 0", "del C.__len__"]),
    "container": ("class C:\n def __contains__(self, x): return x\nc = C()", "(1 in c, 0 in c)", [
        "C.__contains__ = lambda s, x: not x", "C.__iter__ = lambda s: iter([0])", "del C.__contains__", "del C.__iter__"]),
    "descriptor": ("class G:\n def __get__(s, o, k): return 1\nclass C:\n x = G()\nc = C()", "c.x", [
        "G.__get__ = lambda s, o, k: 2", "c.__dict__['x'] = 3", "G.__set__ = lambda s, o, v: None", "del G.__set__", "del G.__get__",
        "c.__dict__.clear()", "C.x.__class__ = type('H', (), {'__get__': lambda s, o, k: 4})"]),
    "class value that becomes a descriptor": ("class G: pass\nclass C:\n x = G()\nc = C()", "type(c.x).__name__", [
        "G.__get__ = lambda s, o, k: 1", "G.__set__ = lambda s, o, v: 1", "del G.__get__"]),
    "with": ("class C:\n def __enter__(self): return 1\n def __exit__(self, *a): return True\nc = C()", "enter(c)", [
        "C.__enter__ = lambda s: 2", "C.__exit__ = lambda s, *a: seen.append(3)", "c.__enter__ = 4", "del C.__enter__"]),
    "types that come and go": ("def make(n):\n class T:\n  def m(self): return n\n return T()\nc = make(0)", "c.m()",
                               [f"c = make({i}); gc.collect()" for i in range(1, 12)]),
    "functions that come and go": ("def make(n):\n return lambda x=n: x\nf = make(0)", "f()",
                                   [f"f = make({i}); gc.collect()" for i in range(1, 12)]),
    "modules that come and go": ("def make(n):\n m = types.ModuleType('m'); m.x = n; return m\nm = make(0)", "m.x",
                                 [f"m = make({i}); gc.collect()" for i in range(1, 12)]),
}

HELPERS = """
seen = []
def store(o):
    o.x = 'stored'
    return getattr(o, 'x', None), seen[-1:]
def set_item(o):
    o[0] = 'stored'
    return seen[-1:]
def enter(o):
    with o as x:
        return x, seen[-1:]
def use():
    return %s
"""


def outcome(use):
    try:
        return use()
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def run(name, setup, use, changes, after=None):
    builtins = vars(sys.modules["builtins"]) if after else dict(vars(sys.modules["builtins"]))
    space = {"__builtins__": builtins, "real": (len, isinstance), "types": types, "ctypes": ctypes, "api": ctypes.pythonapi, "gc": gc, "__name__": "cases"}
    if not after:
        builtins.update(builtins=builtins, space=space)
    exec(setup + HELPERS % use, space)
    function = space["use"]
    for change in [""] + changes:
        exec(change, space)
        first = outcome(function)
        for _ in range(70):
            last = outcome(function)
        print(f"{name}: {change}: {first!r}" + ("" if first == last else f" then {last!r}"))
    for change in after or []:
        exec(change, space)


for name, case in CASES.items():
    run(name, *case)
