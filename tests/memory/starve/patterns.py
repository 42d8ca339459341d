"""match statements of every kind."""


class Point:
    __match_args__ = ("x", "y")

    def __init__(self, x, y):
        self.x, self.y = x, y


def describe(value):
    match value:
        case 0 | 1 | -1:
            return "small"
        case int(n) if n > 100:
            return f"large {n}"
        case str() as text:
            return text.upper()
        case [first, *rest, last]:
            return first, rest, last
        case {"kind": kind, **others}:
            return kind, others
        case Point(0, y=y):
            return "axis", y
        case Point(x, Point(y, z)):
            return x, y, z
        case (None,) | ():
            return "empty"
        case _:
            return type(value).__name__


def program():
    values = [0, 500, "abc", [1, 2, 3, 4], (5, 6), {"kind": "k", "a": 1, "b": 2}, {"x": 1}, Point(0, 3), Point(1, Point(2, 3)), (None,), 2.5, ()]
    return [describe(v) for v in values]
