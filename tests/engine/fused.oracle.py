"""Fused operations: operands of changing types, results into locals, what finalisers and tracebacks see."""
import sys
import traceback


def show(function, *args):
    try:
        return repr(function(*args))
    except Exception as e:
        return f"{type(e).__name__}: {e} at line {traceback.extract_tb(e.__traceback__)[-1].lineno - function.__code__.co_firstlineno}"


def operations(op):
    """The four ways operands stand, with the result used at once and stored; x op= y for good measure."""
    space = {}
    exec(f"""
def two_locals(a, b): return a {op} b
def constant(a): return a {op} 3
def slot_local(a, b): return (a if a else a) {op} b
def slot_constant(a): return (a if a else a) {op} 7
def slots(a, b): return (a if a else a) {op} (b if b else b)
def stored(a, b):
    x = a {op} b
    y = x
    x = a {op} b
    return x, y
def again(a, b):
    x = a
    for _ in range(3):
        x = x {op} b
    return x, a
def augmented(a, b):
    x = [a, b]
    x[0] {op}= b
    x[-1] {op}= 2
    return x
""", space)
    return {name: f for name, f in space.items() if callable(f)}


values = [1, 2, 300, -7, 0, 2**29, -(2**30), 2**31 + 5, 2**59, -(2**60), 2**62 - 1, 2**63, 2**90, True, 1.5, -0.0, 0.0,
          float("inf"), 2.0**53, "ab", (1, 2), None, 2**30 - 1, 40, 70]


def arithmetic():
    for op in ("+", "-", "*", "/", "//", "%", "&", "|", "^"):
        operands = [v for v in values if op != "*" or not isinstance(v, (str, tuple))]  # huge repetitions
        for name, function in operations(op).items():
            two = function.__code__.co_argcount == 2
            # warm up on small ints, then all the rest, then floats, then all once more
            for warm in (1, 2.5):
                for _ in range(80):
                    show(function, *([warm, warm] if two else [warm]))
                results = [show(function, a, b) for a in operands for b in operands] if two else [show(function, a) for a in operands]
                print(op, name, warm, hash_of(results))
                if not two:
                    print(results)
    for op in ("<<", ">>"):
        for name, function in operations(op).items():
            two = function.__code__.co_argcount == 2
            for _ in range(80):
                show(function, *([5, 2] if two else [5]))
            small = [0, 1, -1, 5, 31, 32, 33, 62, 63, 64, 2**30, -(2**35), 1.5, "x"]
            results = [show(function, a, b) for a in small for b in small[:11] if b < 100] if two else [show(function, a) for a in small]
            print(op, name, hash_of(results))


def hash_of(results):
    import hashlib
    return len(results), hashlib.md5("\n".join(results).encode()).hexdigest()


def comparisons():
    for op in ("<", "<=", "==", "!=", ">", ">="):
        space = {}
        exec(f"""
def jump(a, b):
    if a {op} b: return 1
    return 0
def constant(a):
    while a {op} 5:
        return 1
    return 0
def slot(a, b):
    if (a if a else a) {op} b: return 1
    return 0
def value(a, b): return a {op} b
""", space)
        for warm in (1, 1.5, "s"):
            for name in ("jump", "constant", "slot", "value"):
                function = space[name]
                one = name == "constant"
                for _ in range(80):
                    show(function, *([warm] if one else [warm, warm]))
                nan = values + [float("nan"), "", "abc", 5]
                results = [show(function, a) for a in nan] if one else [show(function, a, b) for a in nan for b in nan]
                print(op, name, warm, hash_of(results))


def items():
    def get(a, i): return a[i]
    def first(a): return a[0]
    def nested(a, i): return a[0][i]
    def put(a, i, v):
        a[i] = v
        return a
    def put_first(a, v):
        a[0] = v
        return a
    containers = [[1, 2, 3], (4, 5), {0: "z", 1: "o", -1: "m"}, "xyz", b"ab", [], (), {}, [[7, 8]], range(5), None, [(1, 2)], [{1: 5}]]
    for warm in ([1, 2], (1, 2), {0: 0, 1: 1}):
        for _ in range(80):
            get(warm, 1), first(warm), nested([warm], 1)
        for i in (0, 1, -1, 5, -5, True, 1.0, "k", 2**40, 2**70, []):
            print([show(get, c, i) for c in containers], [show(nested, [c], i) for c in containers])
        print([show(first, c) for c in containers])
    for warm in ([1, 2], {0: 1, 1: 2}):
        for _ in range(80):
            put(warm, 1, 0), put_first(warm, 0)
        for i in (0, -1, 9, -9, "k", 2**70):
            print([show(put, c, i, "new") for c in ([1, 2, 3], {1: 2}, (1, 2), "s", None, bytearray(b"ab"))])
        print([show(put_first, c, 1) for c in ([5], [], {}, ())])


class Loud:
    """Says what it finds when it goes."""
    def __init__(self, name, seen):
        self.name, self.seen = name, seen

    def __del__(self):
        frame = sys._getframe(1)
        holder = frame.f_locals.get("holder")
        print("gone", self.name, frame.f_lineno - frame.f_code.co_firstlineno, type(holder).__name__,
              sys.getrefcount(holder) if holder is not None else None)


class Box:
    pass


class Slots:
    __slots__ = ("v",)


def finalisers():
    def items(holder, v):
        holder[0] = v
        holder[-1] = v
    def attribute(holder, v):
        holder.v = v
        return None
    def local(v):
        x = v
        y = 1
        x = y + 1
        return x
    for round in range(60):
        items([0, 0], round)
        for make in (Box, Slots):
            o = make()
            o.v = 1
            attribute(o, round)
        local(1)
    items([Loud("item", None), Loud("last", None)], None)
    for make in (Box, Slots):
        o = make()
        o.v = Loud("attribute", None)
        attribute(o, 5)
    local(Loud("local", None))


def augmented():
    class Counter:
        total = 0
        def __init__(self): self.n = 0
        def bump(self, k):
            self.n += k
            self.n -= 1
            self.total += k
            return self.n, self.total
    c = Counter()
    for k in list(range(60)) + [1.5, 2**70, True]:
        last = c.bump(k)
    print(last)
    d = Counter()
    d.__dict__["extra"] = 1
    for k in range(20):
        last = d.bump(k)
    print(last, d.__dict__)
    def fill(row, i, v):
        row[i] += v
        row[0] *= 2
        return row
    for _ in range(60):
        fill([1, 2], 1, 3)
    for row in ([1.5, 2], {0: 1, 1: 2}, (1, 2), [1], "ab", [[1], [2]]):
        print(show(fill, row, 1, 3))


def tests():
    def truth(x):
        out = []
        if x: out.append("if")
        if not x: out.append("not")
        while x:
            out.append("while")
            break
        if x is None: out.append("none")
        if x is not None: out.append("some")
        if x in (1, "a"): out.append("in")
        if x not in (1, "a"): out.append("out")
        return out
    class Bad:
        def __bool__(self): raise ValueError("no truth")
        def __eq__(self, other): return NotImplemented
    for _ in range(60):
        truth(1)
    for x in (0, 1, -1, "", "a", [], [0], (), (0,), {}, {1: 1}, None, True, False, 0.0, 2**80, Box(), set(), b"", range(0)):
        print(truth(x) if not isinstance(x, Box) else len(truth(x)))
    print(show(truth, Bad()))
    def unbound(flag):
        if flag:
            x = 1
        return x + 1
    def unbound_right(flag, a):
        if flag:
            x = 1
        if a < x:
            return a[x]
        return a - x
    for _ in range(60):
        unbound(1), unbound_right(1, 5)
    print(show(unbound, 0), show(unbound_right, 0, 4))


def boxes():
    """A box is filled anew only when nobody else sees it."""
    def run(n):
        x = 1000
        kept = []
        for i in range(n):
            x = x + i
            y = x
            kept.append(y)
            x = x + 0
            z = 1.5 * i
            w = z
            z = z + 1.0
            kept.append((w, z))
        return kept
    print(run(40))
    def small(n):
        x = 300
        out = []
        for i in range(n):
            x = x - 1
            out.append(x is int(str(x)) if -5 <= x <= 256 else None)
        return out
    print(small(310)[40:])


arithmetic()
comparisons()
items()
finalisers()
augmented()
tests()
boxes()
