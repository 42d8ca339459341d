"""compile(), exec(), eval(): every kind of statement, and wrong programs."""

SOURCE = '''
"""doc"""
from __future__ import annotations
import sys as system, os.path
class A(object, metaclass=type):
    x: int = 3
    async def run(self, *args, key: str = "v", **more):
        async with self as s, s:
            async for i in s:
                await i
        return [j async for j in s]
@staticmethod
def f(a, /, b=1, *, c=2):
    global g
    def inner():
        nonlocal a
        a += b
        return lambda: (yield a)
    while a < 3:
        if a: continue
        elif b: break
    else:
        pass
    try:
        assert a, "text"
    except (ValueError, TypeError) as e:
        raise e from None
    finally:
        del a
    with open("x") as y, open("z"):
        return {**{1: 2}, 3: [*b]}
match x:
    case {"k": [1, *rest], **others}:
        pass
    case A(x=1) | 1 | "a" | None:
        pass
    case str() as s if s > "a":
        print(f"{s!r:>{10}} {s=}")
a = b = c, d = 1, 2.5e3, 0x_ff, b"x" b"y" if 0 else ...
'''
WRONG = ("x = (1, 2", "def f(:", "if x = 3: pass", "f(**a, *b)", "'abc", "return 1", "a b", "for x in y\n  z", "x = 1 +")


def program():
    code = compile(SOURCE, "<source>", "exec")
    messages = []
    for text in WRONG:
        try:
            compile(text, "<wrong>", "exec")
        except SyntaxError as error:
            messages.append((error.msg, error.lineno, error.offset, error.text))
    space = {}
    exec("def g(x): return [x ** i for i in range(5)]\nh = g(3)", space)
    return code.co_names, len(code.co_consts), messages, space["h"], eval("1 if 2 else 3 + len('abc')"), compile("a", "", "eval").co_code
