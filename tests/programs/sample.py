"""A module with most of the language in it."""
from __future__ import annotations

import os.path as p, sys
from . import thing as other
from ..up import *


@decorate(1, key=2)
class Shape(Base, metaclass=Meta, **options):
    """Docstring."""
    sides: int = 0
    name: "str"

    def __init__(self, a, /, b=1, *args: int, c, d=2, **kw) -> None:
        super().__init__(a, *args, c=c, **kw)
        self.x = self.y = a if b else c
        self.z: float
        del self.y, kw["x"]

    async def gather(self):
        async with open_it() as f, g:
            async for line in f:
                yield await line
        yield {x async for x in self}
        return

    area = property(lambda self: self.x ** 2 - ~self.y // 3 @ self.z)


def statements(n):
    global counter
    total = 0
    for i, (j, *k) in enumerate(n):
        if i > 1 and j is not None or not k:
            continue
        elif 0 < i <= 10 != j:
            break
    else:
        total += i << 2 | j & 3 ^ 5
    while (m := n.pop()) not in {1, 2, *n}:
        pass
    try:
        raise ValueError("x") from None
    except (TypeError, ValueError) as error:
        assert error, f"{error!r:>{total}} {m=} {{}}"
    finally:
        print(*n, sep="")
    try:
        risky()
    except* OSError:
        ...

    def inner():
        nonlocal total
        total = yield from range(3)
    with (open("a") as a, open("b")):
        pass
    return [x for x in n if x], {x: y for x, y in n}, {x for x in n}, (x for x in n for y in x)


match command.split():
    case ["go", direction] | {"way": direction}:
        go(direction)
    case {"way": 1, **rest}:
        pass
    case Point(x=0, y=-1.5) | "text" as found if found:
        pass
    case [1, 2, *_] | None | True:
        pass
    case a.b | -1j:
        pass
    case _:
        pass

values[1:2, ::3, ...] = 'text' if 0 else 0xFF, 1_000, 1e10, 3j, "é"
text = "a" "b" rf"\d{p}"
