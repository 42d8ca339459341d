"""Operators of Python classes: binary, reflected, in place, comparisons, containers, calls."""


class Number:
    def __init__(self, v):
        self.v = v

    def __add__(self, other):
        return Number(self.v + other) if isinstance(other, int) else NotImplemented

    def __radd__(self, other):
        return Number(other * 100 + self.v)

    def __imul__(self, other):
        self.v *= other
        return self

    def __eq__(self, other):
        return self.v == getattr(other, "v", other)

    def __hash__(self):
        return hash(self.v)

    def __bool__(self):
        return bool(self.v)

    def __getitem__(self, key):
        return self.v, key

    def __setitem__(self, key, value):
        self.v = key, value

    def __contains__(self, x):
        return x == self.v

    def __len__(self):
        return 3

    def __iter__(self):
        return iter([self.v] * 3)

    def __call__(self, *args):
        return args

    def __index__(self):
        return 2

    def __format__(self, spec):
        return f"<{spec}>"

    def __neg__(self):
        return Number(-self.v)

    def __matmul__(self, other):
        return self.v, other


def program():
    a = Number(3)
    b = a
    b *= 4
    c = Number(1)
    c["k"] = "v"
    return ((a + 1).v, (5 + a).v, a.v, a == Number(12), a != 3, {a: 1}[Number(12)], not Number(0), a[1:2], c.v, 12 in a, len(a), [*a], a(1, 2),
            [1, 2, 3][a], f"{a:spec}", (-a).v, a @ 1, "abc"[Number(0):], sum([1, Number(2)]).v)
