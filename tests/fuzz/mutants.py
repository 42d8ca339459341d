"""mutants.py KIND SEED FIRST COUNT SECONDS FILE - the worker of compile_mutants.py: makes and tries inputs.
mutants.py --store KIND SEED NUMBER PATH         - writes an input to PATH.EXTENSION

Input number n of a kind and seed is always the same. FILE gets the number being tried; odd outcomes are told by
`odd NUMBER WHAT` lines, the others counted by `outcome NAME TIMES` lines at the end.
"""
import ast
import glob
import io
import marshal
import os
import random
import resource
import signal
import struct
import sys
import time
import tokenize
import warnings
from collections import Counter

from attempts import WAYS, attempt, store

PIECES = [p.encode("latin-1") for p in (
    '( ) [ ] { } : , = " \' """ f"{ \\ # @ * ** -> := ! $ ? ` ... 1e 0x 1_ None True __debug__ \x00 \xff \xe2\x82\xac \xc3 '
    'f\'{a!r:{b}}\' {a=} rb" N{ \\N{DASH} \\x \\u12 1j 0b2 <> != ; ~ |').split()]
PIECES += [b"\n", b"    ", b"\t", b"\r", b"\x0c", b"\\\n"] + [w.encode() + b" " for w in (
    "lambda async await yield match case del global nonlocal class def return import from as except except* try: finally: "
    "not in is if else for while with raise assert elif pass break continue and or print exec").split()]
MOST_BYTES = 40000
SECONDS_EACH = 20
MOST_MEMORY = 6 << 20  # KB; the sanitizers' own needs are in it
DEEP = 100000


def library():
    folder = os.path.dirname(ast.__file__)
    names = sorted(glob.glob(folder + "/*.py") + glob.glob(folder + "/*/*.py"))
    return [name for name in names if 0 < os.path.getsize(name) < MOST_BYTES]


def read(path):
    with open(path, "rb") as file:
        return file.read()


# ---- damage to bytes ----

def part(text, rng):
    lines = text.split(b"\n")
    starts = [i for i, line in enumerate(lines) if line[:1].isalpha() or line[:1] == b"@"] or [0]
    first = rng.choice(starts)
    return b"\n".join(lines[first:first + rng.randrange(5, 150)])


def damage(text, rng, pieces):
    text = bytearray(text)
    if rng.random() < 0.2:
        del text[rng.randrange(len(text) + 1):]
    for _ in range(rng.choice((1, 1, 2, 3, 8))):
        if not text:
            break
        at, how = rng.randrange(len(text)), rng.randrange(5)
        if how == 0:
            text[at] = rng.randrange(256)
        elif how == 1:
            text[at] ^= 1 << rng.randrange(8)
        elif how == 2:
            text[at:at] = rng.choice(pieces)
        elif how == 3:
            del text[at:at + rng.choice((1, 2, 5, 50))]
        else:
            start = rng.randrange(len(text))
            text[at:at] = text[start:start + rng.choice((1, 5, 40, 400))]
    return bytes(text)


def sources(seed):
    names = library()

    def make(number):
        rng = random.Random(f"sources {seed} {number}")
        text = read(rng.choice(names))
        if rng.random() < 0.75:
            text = part(text, rng)
        return "py", damage(text, rng, PIECES), rng.randrange(1 << 20)
    return make, None


# ---- prefixes at token boundaries ----

def ends_of_tokens(text):
    lines = text.split(b"\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    try:
        for token in tokenize.tokenize(io.BytesIO(text).readline):
            row, column = token.end
            if 0 < row <= len(lines):
                yield starts[row - 1] + len(lines[row - 1].decode("utf-8", "replace")[:column].encode())
    except (tokenize.TokenError, SyntaxError):
        pass


def boundaries(seed):
    names = glob.glob(os.path.dirname(ast.__file__) + "/test/test_*.py")
    inputs = []
    for name in sorted(names, key=lambda name: (os.path.getsize(name), name))[:60]:
        text = read(name)
        inputs += [(name, end) for end in sorted(set(ends_of_tokens(text)))]

    def make(number):
        name, end = inputs[number]
        return "py", read(name)[:end], random.Random(number).randrange(1 << 20)
    return make, len(inputs)


# ---- deep nests ----

def nest(before, middle, after, deep=DEEP):
    return before * deep + middle + after * deep


def indented(line, deep):
    return "".join(" " * i + line + "\n" for i in range(deep)) + " " * deep + "pass\n"


NESTS = {
    "parentheses": nest("(", "1", ")"), "tuples": nest("(", "1", ",)"), "lists": nest("[", "1", "]"),
    "dicts": nest("{1:", "1", "}"), "sets": nest("{", "1", "}"), "open": "(" * DEEP, "shut": "]" * DEEP,
    "calls inside": nest("f(", "1", ")"), "subscripts inside": nest("a[", "1", "]"), "minus": "-" * DEEP + "1",
    "invert": "~" * DEEP + "a", "plus": "+" * DEEP + "a", "not": "not " * DEEP + "a", "await": "await " * DEEP + "a",
    "stars": "*" * DEEP + "a", "lambdas": "lambda:" * DEEP + "1", "lambda defaults": nest("lambda a=", "1", ":1"),
    "if else": "1 if a else " * DEEP + "2", "walrus": nest("(a:=", "1", ")"), "yields": nest("(yield ", "1", ")"),
    "comprehensions": nest("[a for a in ", "b", "]"), "comprehension heads": nest("[", "a", " for a in b]"),
    "generators": nest("(a for a in ", "b", ")"), "fors": "[a" + " for a in b" * DEEP + "]", "ifs": "[a for a in b" + " if a" * DEEP + "]",
    "attributes": "a" + ".b" * DEEP, "call chain": "f" + "()" * DEEP, "subscript chain": "a" + "[0]" * DEEP,
    "mixed chain": "a" + ".b()[0]" * DEEP, "binary": "a" + "+a" * DEEP, "constants": "1" + "+1" * DEEP,
    "power": "a" + "**a" * DEEP, "and": "a" + " and a" * DEEP, "and or": "a" + " and b or a" * DEEP, "compare": "a" + "<a" * DEEP,
    "strings": "'a' " * DEEP, "strings in brackets": "(" + "'a'\n" * DEEP + ")", "f-strings beside": "f'{a}' " * DEEP,
    "fields": "f'" + "{a}" * DEEP + "'", "format nests": "f'" + "{a:" * DEEP + "}" * DEEP + "'",
    "f-string parentheses": "f'{" + "(" * DEEP + ")" * DEEP + "}'", "braces": "f'" + "{" * DEEP + "}" * DEEP + "'",
    "elif": "if a: pass\n" + "elif a: pass\n" * DEEP, "excepts": "try: pass\n" + "except a: pass\n" * DEEP,
    "decorators": "@a\n" * DEEP + "def f(): pass\n", "statements": "a\n" * DEEP, "semicolons": "a;" * DEEP,
    "targets": "a=" * DEEP + "1", "annotations": "a:a\n" * DEEP, "arguments": "f(" + "a," * DEEP + ")",
    "keywords": "f(" + "".join(f"a{i}=1," for i in range(DEEP)) + ")", "parameters": "def f(" + "".join(f"a{i}," for i in range(DEEP)) + "): pass",
    "indentation": indented("if a:", 3000), "function blocks": indented("def f():", 400), "classes": indented("class a:", 99),
    "loops": indented("while a:", 99), "withs": indented("with a:", 99), "tries": indented("try:", 99),
    "with items": "with " + "a," * DEEP + "a: pass", "loops on a line": "for a in b: " * DEEP, "patterns": "match a:\n case " + nest("[", "a", "]") + ": pass",
    "or patterns": "match a:\n case 1" + "|1" * DEEP + ": pass", "class patterns": "match a:\n case " + nest("A(", "a", ")") + ": pass",
    "dict patterns": "match a:\n case " + nest("{1:", "a", "}") + ": pass", "cases": "match a:\n" + " case 1: pass\n" * DEEP,
    "as patterns": "match a:\n case " + nest("(", "a", " as b)") + ": pass", "deletes": "del " + nest("(", "a", ")"),
    "assigned": nest("[", "a", "]") + " = 1", "star targets": nest("[*", "a", "]") + " = 1", "imports": "import " + "a." * DEEP + "a",
    "import list": "from a import " + "a," * DEEP + "a", "globals": "global " + "a," * DEEP + "a", "digits": "1" * DEEP,
    "long name": "a" * DEEP, "backslashes": "\\\n" * DEEP, "newlines": "\n" * DEEP, "blanks": " " * DEEP + "a", "tabs": "\t" * DEEP + "a",
    "nulls": "\0" * DEEP, "quotes": "'" * DEEP, "comments": "#\n" * DEEP, "colons": "a[" + ":," * DEEP + "]",
    "slices": nest("a[", ":", ":]"), "returns": "def f():\n" + " return a\n" * DEEP, "dedents": "if a:\n  a\n" * DEEP,
    "unclosed": "(\n" * DEEP, "bad numbers": "0x " * DEEP, "chars": "$" * DEEP, "dots": "." * DEEP, "at": "a" + "@a" * DEEP,
    "prints": "print " * DEEP, "arrows": "a->" * DEEP, "names": "\n".join(f"a{i}" for i in range(DEEP)),
    "branches": "".join(f"if a{i}: b{i}()\n" for i in range(DEEP // 4)), "except star": "try: pass\n" + "except* a: pass\n" * DEEP,
    "power minus": "2**-" * DEEP + "1", "types": "def f(a" + ":a" * DEEP + "): pass", "marks": "a[" * DEEP,
}


def nests(seed):
    names = sorted(NESTS)

    def make(number):
        return "py", NESTS[names[number // len(WAYS)]].encode(), number % len(WAYS) * 4 + 1
    return make, len(names) * len(WAYS)


# ---- marshal ----

TYPE_CODES = [bytes([c | flag]) for c in b"0NFTS.iIfgxylsrt()[{}cu<>?aAzZ" for flag in (0, 128)]
VALUES = (1, -1, 1 << 100, 1.5, 2j, "a", "\xe9", "\u20ac", b"a", (), [], {}, set(), frozenset((1, 2)), None, ..., StopIteration,
          (1, (2, [3, {4: 5}])), "a" * 300)
COUNTS = [struct.pack("<i", n) for n in (0, 1, -1, 255, 65536, 0x7fffffff, -0x80000000, 1000000)]


def marshalled(rng, names):
    if rng.random() < 0.3:
        return marshal.dumps(rng.choices(VALUES, k=rng.randrange(6)), rng.randrange(5))
    while True:
        try:
            return marshal.dumps(compile(part(read(rng.choice(names)), rng), "f", "exec"), rng.choice((2, 4, 4)))
        except (SyntaxError, ValueError):
            pass


def marshals(seed):
    names = library()

    def make(number):
        rng = random.Random(f"marshal {seed} {number}")
        if number % 500 == 0:
            return "marshal", rng.choice((b"(\x01\0\0\0", b"[\x01\0\0\0", b"\xa9\x01", b"{", b"<\x01\0\0\0")) * DEEP, None
        return "marshal", damage(marshalled(rng, names), rng, TYPE_CODES + COUNTS), None
    return make, None


def pycs(seed):
    names = library()

    def make(number):
        rng = random.Random(f"pyc {seed} {number}")
        data = b"\xa7\r\r\n" + struct.pack("<III", rng.choice((0, 0, 0, 1, 3)), 0, 0) + marshalled(rng, names)
        if rng.random() < 0.3:  # in the head
            head = bytearray(data[:16])
            head[rng.randrange(16)] ^= 1 << rng.randrange(8)
            return "pyc", bytes(head[:rng.choice((16, 16, rng.randrange(17)))]) + data[16:], None
        return "pyc", data[:16] + damage(data[16:], rng, TYPE_CODES + COUNTS), None
    return make, None


# ---- trees ----

class Text(str):
    pass


def deep_node(rng, deep):
    node = ast.Name("a", ast.Load(), lineno=1, col_offset=0)
    for _ in range(deep):
        node = rng.choice((lambda n: ast.UnaryOp(ast.USub(), n, lineno=1, col_offset=0),
                           lambda n: ast.Tuple([n], ast.Load(), lineno=1, col_offset=0),
                           lambda n: ast.Attribute(n, "a", ast.Load(), lineno=1, col_offset=0)))(node)
    return node


def odd_value(rng, nodes):
    return rng.choice((
        lambda: None, lambda: rng.choice((0, 1, -1, 3, 1 << 31, 1 << 70, -1 << 40, 2147483647)), lambda: "", lambda: "None",
        lambda: "__debug__", lambda: "a.b", lambda: "\ud800", lambda: "a" * 1000, lambda: b"a", lambda: 1.5, lambda: 2j,
        lambda: Text("a"), lambda: [], lambda: [None], lambda: [[]], lambda: [1, "a"], lambda: (), lambda: {}, lambda: set(),
        lambda: ..., lambda: True, lambda: (1, (2, "a")), lambda: frozenset((1,)), lambda: [rng.choice(nodes)],
        lambda: rng.choice(nodes), lambda: rng.choice(nodes), lambda: [rng.choice(nodes), None], lambda: ast.Load(),
        lambda: ast.Store(), lambda: ast.Del(), lambda: ast.Add(), lambda: ast.And(), lambda: ast.Constant((1, [2])),
        lambda: ast.Constant(...), lambda: ast.Name("True", ast.Load()), lambda: ast.AST(), lambda: ast.expr(), lambda: ast.stmt(),
        lambda: ast.arguments([], [], None, [], [], None, []), lambda: ast.Starred(rng.choice(nodes), ast.Load()),
        lambda: ast.MatchStar("a"), lambda: ast.MatchAs(None, "a"), lambda: ast.MatchValue(rng.choice(nodes)),
        lambda: ast.NamedExpr(ast.Name("a", ast.Store()), rng.choice(nodes)), lambda: ast.Yield(), lambda: ast.JoinedStr([]),
        lambda: deep_node(rng, rng.choice((10, 150, 400)))))()


def damage_tree(tree, rng):
    nodes = list(ast.walk(tree))
    for _ in range(rng.choice((1, 1, 2, 4))):
        node = rng.choice(nodes)
        fields = node._fields + node._attributes
        if not fields:
            continue
        name = rng.choice(fields)
        value = getattr(node, name, None)
        how = rng.randrange(6)
        if how == 0 and hasattr(node, name) and name in node.__dict__:
            delattr(node, name)
        elif how < 3 and isinstance(value, list) and value:
            at = rng.randrange(len(value))
            if how == 1:
                value[at] = odd_value(rng, nodes)
            else:
                value[at:at + 1] = rng.choice(([], value[at:at + 1] * 2, [None]))
        else:
            setattr(node, name, odd_value(rng, nodes))
    if rng.random() < 0.1:  # a comprehensive change: every context or place
        for node in nodes:
            if hasattr(node, "ctx"):
                node.ctx = rng.choice((ast.Load(), ast.Store(), ast.Del()))
    return tree


def trees(seed):
    names = library()

    def make(number):
        rng = random.Random(f"trees {seed} {number}")
        while True:
            try:
                text = part(read(rng.choice(names)), rng)
                tree = ast.parse(text)
                if tree.body:
                    break
            except (SyntaxError, ValueError):
                pass
        body = tree.body[:rng.choice((1, 1, 3, 20))]
        tree = rng.choice((ast.Module(body, []), ast.Module(body, []), ast.Interactive(body), ast.Expression(getattr(body[0], "value", None))))
        return "tree", damage_tree(tree, rng), rng.randrange(1 << 20)
    return make, None


GENERATORS = {"boundaries": boundaries, "sources": sources, "nests": nests, "marshal": marshals, "pyc": pycs, "trees": trees}


# ---- trying ----

def try_all(kind, seed, first, count, seconds, path):
    make, end = GENERATORS[kind](seed)
    end = count if end is None else min(count, end)
    outcomes, stop, number = Counter(), time.monotonic() + seconds, first
    told = os.open(path, os.O_WRONLY | os.O_CREAT)
    os.pwrite(told, b"%d" % first, 0)
    while number < end and time.monotonic() < stop:
        extension, thing, choice = make(number)
        os.pwrite(told, b"%d" % number, 0)
        signal.setitimer(signal.ITIMER_REAL, SECONDS_EACH)
        try:
            outcomes[attempt(extension, thing, choice)] += 1
        except Exception as error:
            print("odd", number, f"{error!r}"[:300].replace("\n", " "), flush=True)
        signal.setitimer(signal.ITIMER_REAL, 0)
        if resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > MOST_MEMORY:
            print("too much memory", flush=True)
            os._exit(3)
        number += 1
    for name, times in outcomes.items():
        print("outcome", name, times)


def main():
    warnings.simplefilter("ignore")
    if sys.argv[1] == "--store":
        kind, seed, number, path = sys.argv[2:]
        extension, thing, _ = GENERATORS[kind](int(seed))[0](int(number))
        with open(f"{path}.{extension}", "wb") as file:
            file.write(store(extension, thing))
    else:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        kind, seed, first, count, seconds, path = sys.argv[1:]
        try_all(kind, int(seed), int(first), int(count), float(seconds), path)


main()
