"""What the library does not contain: arguments and jumps that need EXTENDED_ARG, long parameter lists, deep nesting, every
statement kind, all modes, flags and versions, odd newlines and encodings, null bytes; both interpreters must agree."""
import ast
import os
import sys
import warnings

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
import outcomes

SANITIZED = "ASAN_OPTIONS" in os.environ


def show(name, source, mode="exec", parts=("code0", "code2", "tree", "symbols")):
    for part in parts:
        outcome = outcomes.of(part, source, "<corpus>", mode)
        print(name, mode, part, outcome if outcome[0][0] == "error" else outcomes.digest(outcome), outcome[1][:9])


def lines(text, count, *, start=0):
    return "".join(text.format(i=i) for i in range(start, start + count))


def big():
    for n in (255, 256, 257, 300, 66000):
        few = ("code0",) if n > 1000 else ("code0", "symbols")
        show(f"constants {n}", lines("x = 'c{i}'\n", n), parts=few)
        show(f"names {n}", lines("n{i}\n", n), parts=few)
        show(f"locals {n}", "def f():\n" + lines(" v{i} = v{i}\n", n), parts=few)
        cells = min(n, 3000) # the oracle takes quadratic time
        show(f"cells {n}", "def f():\n" + lines(" v{i} = 1\n", cells) + " def g():\n  return " + lines("v{i}, ", cells) + "\n", parts=few)
        show(f"list {n}", f"x = [{lines('a, ', n)}]\n", parts=few)
        show(f"constant list {n}", f"x = [{lines('{i}, ', n)}]; y = {{{lines('{i}, ', n)}}}; z in [{lines('{i}, ', n)}]\n", parts=few)
        show(f"dict {n}", f"x = {{{lines('a: {i}, ', n)}}}; y = {{{lines('{i}: a, ', n)}}}\n", parts=few)
        show(f"jump {n}", "while a:\n if b:\n" + lines("  c\n", n) + " else:\n  d\n for x in y:\n" + lines("  c.d\n", n), parts=few)
        show(f"try {n}", "try:\n" + lines(" a\n", n) + "except b:\n" + lines(" c\n", n) + "finally:\n d\n", parts=few)
        show(f"lines {n}", "x = 1\n" + "\n" * n + "y = (" + "\n" * n + "2 +" + "\n" * n + " z)\n", parts=few)
        show(f"columns {n}", "x = " + " " * n + "a + (" + " " * n + "b)\n", parts=few)
    for n in (254, 255, 256, 300, 1000):
        show(f"parameters {n}", f"def f({lines('a{i}, ', n)}*, {lines('k{i}: int = {i}, ', n)}): pass\n")
        show(f"positional parameters {n}", f"lambda {lines('a{i}=1, ', n)}/: a{n - 1}\n")
        show(f"arguments {n}", f"f({lines('a, ', n)})\nf({lines('k{i}=1, ', n)})\nf({lines('a, ', n)}*b, {lines('k{i}=1, ', n)})\n")
        show(f"bases {n}", f"class C({lines('a, ', n)}{lines('k{i}=1, ', n)}): pass\n")
        show(f"targets {n}", f"{lines('a, ', n)} = x\n{lines('a, ', n)}*b, {lines('c, ', n)} = x\n")
        show(f"many targets {n}", f"{lines('a{i} = ', n)}x\ndel {lines('a, ', n)}\nimport {lines('a{i}, ', n)}b\nglobal {lines('q{i}, ', n)}b\n")
        show(f"f-string {n}", f"f'{lines('{{a}}x', n)}'\n")
        show(f"comparison {n}", f"a{lines(' < b', n)}\na{lines(' and b', n)}\nif a{lines(' or b', n)}: c\n")
        show(f"operators {n}", f"a{lines(' + b', n)}\n1{lines(' + 1', n)}\n'a'{lines(' + chr', n)}\n")
        show(f"patterns {n}", f"match x:\n case [{lines('a{i}, ', n)}]: pass\n case {{{lines('{i}: _, ', n)}}}: pass\n"
                              f" case C({lines('k{i}=_, ', n)}): pass\n case {'|'.join(map(str, range(n)))}: pass\n")
        show(f"elif {n}", "if a: b\n" + lines("elif c{i}: d\n", n))
        show(f"cases {n}", "match x:\n" + lines(" case {i}: y\n", n))
        show(f"strings {n}", f"x = {lines(chr(39) + 'a' + chr(39) + ' ', n)}\n")
        show(f"handlers {n}", "try: a\n" + lines("except E{i}: b\n", n))
        show(f"with items {n}", f"with {lines('a as b, ', n)} c: pass\n" if n < 300 else "pass\n")


def deep():
    for n in (19, 20, 21, 22):
        for head in ("for x in y:", "while x:", "with x:", "try:"):
            tail = "".join(" " * i + "finally: pass\n" for i in reversed(range(n))) if head == "try:" else ""
            show(f"nested {head} {n}", "".join(" " * i + head + "\n" for i in range(n)) + " " * n + "pass\n" + tail)
    for n in (60, 98, 99, 100, 101):
        show(f"nested if {n}", "".join(" " * i + "if x:\n" for i in range(n)) + " " * n + "pass\n")
        show(f"nested tabs {n}", "".join("\t" * i + "if x:\n" for i in range(n)) + "\t" * n + "pass\n")
    for n in (50, 99) if SANITIZED else (50, 99, 198, 199, 200, 201, 202):
        for left, right in ("()", "[]", "{}", ("[a for a in ", "]"), ("f(", ")"), ("a[", "]")):
            show(f"nested {left} {n}", left * n + "x" + right * n, parts=("code0", "tree"))
        show(f"unclosed {n}", "(" * n, parts=("code0",))
        show(f"not closed well {n}", "(" * n + "]", parts=("code0",))
        show(f"nested def {n}", "".join(" " * i + "def f():\n" for i in range(n // 3)) + " " * (n // 3) + "pass\n")
        show(f"nested lambda {n}", "lambda: " * n + "x", parts=("code0", "symbols"))
        show(f"unary {n}", "- ~ + not " * (n // 4) + "x", parts=("code0",))
        show(f"attributes {n}", "x" + ".a" * n + "()" * n + "[0]" * n)
        show(f"ternary {n}", "x if y else " * n + "z")


EVERYTHING = '''
"""doc"""
from __future__ import annotations, generator_stop
import a, b.c as d
from . import e
from ..f.g import (h as i, j,)
from k import *
x: int = 1; y.z: str; (w): float; q[0]: "t"
x += 1; x @= y; x //= 2; x **= 3; x >>= 1; x <<= 1; x &= x; x |= x; x ^= x; x %= x; x /= x; x -= x; x *= x
a = b = *c, d = e
(a, [b, *c]), d.e, f[0:1, ::2, ...], *g = h
del a, (b, [c]), d.e, f[0]
assert a, b
global gg
@dec(1)
@dec.a[0]
class C(B, metaclass=M, **kw):
    __slots__ = ()
    x: int
    def __init__(self, a, /, b=1, *c, d: int, e=2, **f) -> None:
        nonlocal_ = super().__init__()
        def inner():
            nonlocal nonlocal_
            nonlocal_ += self.__private
            yield nonlocal_
            x = yield from inner()
            return (yield)
    async def co(self):
        async with a as b, c: await d
        async for x in y:
            if z: break
            elif w: continue
        else: pass
        return [x async for x in y if await x], {x: y async for x in y}, {x async for x in y}, (x async for x in y)
    async def gen(self): yield 1; await x; return
while (n := f()) and not n or n is not None: break
else: pass
try: raise A from B
except (A, B) as e: raise
except C: pass
except: pass
else: pass
finally: pass
try: a
except* A as e: b
except* (B, C): pass
with (a as b, c as (d, e),): pass
with (a, b): pass
with (yield_): pass
match x, *y:
    case 0 | -1 | 1.5 | 1+2j | -1-2j | "a" "b" | b"c" | None | True: pass
    case a.b.c | d.e: pass
    case [1, 2, *_, x] | (1, 2, x) if x > 1: pass
    case {"a": 1, b.c: [x], **rest}: pass
    case C(1, x, a=2, b=[y, *z]) as w: pass
    case (x): pass
match = case = _ = 1
match[0]; match.a; match(x); print(match, case)
lambda a, /, b=1, *c, d, e=2, **f: (yield)
x = a if b else c, *d, {**e, 'f': 1}, {*g}, [*h, 1], f(*i, j=1, **k), a[b:c, *d]
x = f"{a!r:>{b}}{c=}{d=!s}{{}}" rf"\\d{e}" "plain" f''
x = 0b101 + 0o17 + 0xFf + 1_000 + 1e10 + .5 + 5. + 1_0.0_1e+1_0 + 1j + 0_0 + 00
x = 'a\\n\\x41\\u20ac\\U0001F600\\N{DIGIT ONE}\\101' b'\\x41\\101'[0:0].decode() if 0 else r'\\' "\\
"
x = a < b <= c != d == e > f >= g is h is not i in j not in k
x = a and b or not c and (d or e)
x = a | b ^ c & d << e >> f + g - h * i / j // k % l @ m ** -n ** ~o
x = (yield_), (await_), ((a)), (a,), (), [], {}, ...
x = [a for b in c for d in e if f if g], {a: b for c, in d}, (a for (b, c) in d), {a for *b, c in d}
def f(): global g1, g2; g1 = 1; return
def f(*, a): return
def f(a, *args: *Ts): return *a, b
if 1: pass
elif 0: x
else: y
print(a, sep='', *b, end='', **c)
__debug__
'''


def kinds():
    for optimize in 0, 1, 2:
        show(f"everything {optimize}", EVERYTHING, parts=(f"code{optimize}",))
    show("everything", EVERYTHING, parts=("tree", "tree4096", "symbols", "tokens", "tokenize"))
    for newline in ("\r\n", "\r"):
        text = EVERYTHING.replace("\n", newline)
        show(f"everything {newline!r}", text)
        show(f"everything {newline!r} bytes", text.encode())
    show("everything, form feeds", EVERYTHING.replace("\n    ", "\n\f    ").replace(" = ", "\t=\f"))
    show("everything, tabs", EVERYTHING.replace("    ", "\t"))
    show("everything, continued", EVERYTHING.replace(" = ", " \\\n = "))
    show("everything, BOM", b"\xef\xbb\xbf" + EVERYTHING.encode())
    show("everything, str with BOM", "\ufeff" + EVERYTHING)
    for coding in ("utf-8", "latin-1", "cp1252", "utf-16", "utf-7", "ascii", "koi8-r", "nonsense", "rot13", "hex", "shift_jis"):
        body = f"# -*- coding: {coding} -*-\nx = 'abc'; y = z + 1\n"
        show(f"coding {coding}", body.encode())
        show(f"coding {coding} in str", body)
        show(f"coding {coding} wrong", body.encode() + b"'\xe9\xff' = 1\n", parts=("code0", "symbols"))
    for text in ("a\0b", "'\0'", "#\0\n", "\0", "x = 1\n\0", "x = 1\n#\0 y"):
        show(f"null {text!r}", text, parts=("code0", "tree", "symbols"))
        show(f"null {text!r} bytes", text.encode(), parts=("code0", "tree", "symbols"))


TYPED = """
x = 1  # type: int
x = y = 2  # type: List[int]
for x in y:  # type: int
    pass
with a as b:  # type: int
    pass
def f(a,  # type: int
      b=1,  # type: str
      *c,  # type: float
      d,
      **e  # type: dict
      ):
    # type: (...) -> None
    pass
def g(): # type: () -> int
    pass
async def h(): # type: () -> int
    async for x in y:  # type: int
        async with a:  # type: int
            pass
x = 3  # type: ignore
x = 4  # type: ignore[a, b]
"""


def modes():
    for text in ("1", "1\n", "\n1", " 1", "1 # c", "1\n\n# c\n", "x = 1", "x; y", "x\ny", "if x: y", "if x:\n y\n", "if x:\n y\n\n", "", "\n", "#",
                 "def f(): pass\n", "class C: pass", "*a", "*a, b", "a, b", "(yield)", "lambda: 1", "a := 1", "(a := 1)", "pass", "@d\ndef f(): pass\n\n",
                 "try: a\nexcept: b\n", "try:\n a\n", "if x:\n y\nelse", "(", "'''", "'", "\\", "x\\", "() -> int", "(int, *str, **dict) -> a.b[c]",
                 "(*a) -> b", "(**a, b) -> c", "(a) ->", "int -> int", "print 1", "x\n# c", "x;", "x; ", "x;;"):
        for mode in ("exec", "eval", "single"):
            show(repr(text), text, mode, parts=("code0", "tree", "symbols"))
        show(repr(text), text, "func_type", parts=("tree",))
    flags = [ast.PyCF_TYPE_COMMENTS, 0x200, 0x4000, 0x2000, 0x2000 | 0x4000]
    for flag in flags:
        for text in (TYPED, "if x:\n y", "if x:\n", "(", "x = '''", "def f(:", "x = 1\ny", "try:\n a", "a b", "x = # type: int\n", "# type: ignore\n1",
                     "def f(): # type: () -> int\n  # type: () -> int\n  pass", "for x in y: # type: int\n pass", "lambda x: # type: int\n 1"):
            for mode in ("exec", "single"):
                show(f"flags {flag:#x} {text!r}", text, mode, parts=(f"tree{flag}",))


VERSIONED = ("async def f(): pass", "async def f():\n async for x in y: pass", "async def f():\n async with x: pass", "async def f(): await x", "await = 1",
             "async = 1", "a @ b", "a @= b", "x: int", "x: int = 1", "1_000", "f'{x}'", "[x async for x in y]", "f'{x=}'", "(x := 1)", "def f(a, /): pass",
             "lambda a, /: 1", "@a[0]\ndef f(): pass", "with (a as b): pass", "with (a as b, c): pass", "match x:\n case 1: pass", "try: a\nexcept* b: c",
             "a[*b]", "def f(*a: *b): pass", "for x in *a, b: pass", "return *a, b", "try: a\nexcept b: pass\nfinally: c", "{**a}", "f(**a, *b)", "x = 0777")


def versions():
    for minor in range(3, 13):
        for text in VERSIONED:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                try:
                    result = outcomes.digest(outcomes.tree(ast.parse(text, feature_version=(3, minor))))
                except SyntaxError as error:
                    result = error.args
            print("version", minor, repr(text), result, [str(w.message) for w in caught])
    for options in ({"mode": "nonsense"}, {"flags": 1 << 30}, {"optimize": 3}, {"optimize": -2}, {"mode": "func_type"}, {"optimize": -1},
                    {"flags": 0x100000}, {"flags": 0x1000000}, {"mode": "eval"}, {"dont_inherit": True}):
        try:
            print(options, compile("x", "f", **{"mode": "exec", **options}).co_code)
        except (ValueError, TypeError, SyntaxError) as error:
            print(options, type(error).__name__, error.args)
    for name in ("annotations", "division", "nested_scopes", "generators", "absolute_import", "with_statement", "print_function", "unicode_literals",
                 "generator_stop", "barry_as_FLUFL", "braces", "nonsense", "*", "annotations as x", "(annotations, division)"):
        for text in (f"from __future__ import {name}\nx: int = a <> b\n", f"'doc'\nfrom __future__ import {name}\n1 != 2\n",
                     f"x = 1\nfrom __future__ import {name}\n", f"def f():\n from __future__ import {name}\n", f"'a'\n'b'\nfrom __future__ import {name}\n"):
            show(repr(text), text, parts=("code0", "symbols"))


big()
deep()
kinds()
modes()
versions()
