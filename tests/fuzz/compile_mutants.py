"""compile_mutants.py SEED SECONDS: damaged pieces of library files through compile() and ast.

Anything but a code object or one of the exceptions that bad source raises is told, with the file that holds the source;
before each attempt the source is written to /tmp/compile_mutants.SEED, so that it is there after a crash.
Meant for the sanitizer build.  The last line counts the outcomes.
"""
import ast
import collections
import glob
import os
import random
import sys
import time
import warnings

PIECES = [p.encode("latin-1") for p in (
    '( ) [ ] { } : , = " \' """ f"{ \\ # @ * ** -> := ! $ ? ` ... 1e 0x 1_ None True __debug__ \x00 \xff \xe2\x82\xac \xc3').split()]
PIECES += [b"\n", b"    ", b"\t", b"\r", b"\x0c"] + [w.encode() + b" " for w in (
    "lambda async await yield match case del global nonlocal class def return import from as except except* try: finally: "
    "not in is if else for while with").split()]
EXPECTED = SyntaxError, ValueError, RecursionError
MOST_BYTES = 40000


def piece(text, rng):
    lines = text.split(b"\n")
    starts = [i for i, line in enumerate(lines) if line[:1].isalpha() or line[:1] == b"@"] or [0]
    first = rng.choice(starts)
    return bytearray(b"\n".join(lines[first:first + rng.randrange(5, 150)]))


def damage(text, rng):
    for _ in range(rng.choice((1, 1, 2, 3, 8))):
        if not text:
            break
        at, how = rng.randrange(len(text)), rng.randrange(4)
        if how == 0:
            text[at] = rng.randrange(256)
        elif how == 1:
            text[at:at] = rng.choice(PIECES)
        elif how == 2:
            del text[at:at + rng.randrange(1, 6)]
        else:
            start = rng.randrange(len(text))
            text[at:at] = text[start:start + rng.randrange(1, 40)]
    return bytes(text)


def attempt(source, rng):
    source = source if rng.random() < 0.7 else source.decode("latin-1")
    mode = rng.choice(("exec", "exec", "exec", "single", "eval", "ast"))
    try:
        if mode == "ast":
            tree = ast.parse(source)
            ast.unparse(tree)
            compile(tree, "f", "exec")
        else:
            compile(source, "f", mode, dont_inherit=True, optimize=rng.choice((0, 1, 2)))
    except EXPECTED as error:
        return type(error).__name__
    return "ok"


def main():
    seed, seconds = int(sys.argv[1]), float(sys.argv[2])
    warnings.simplefilter("ignore")
    rng = random.Random(seed)
    folder = os.path.dirname(ast.__file__)
    names = sorted(glob.glob(folder + "/*.py") + glob.glob(folder + "/test/test_*.py"))
    names = [name for name in names if os.path.getsize(name) < MOST_BYTES]
    outcomes, end, odd = collections.Counter(), time.time() + seconds, 0
    while time.time() < end:
        with open(rng.choice(names), "rb") as file:
            source = damage(piece(file.read(), rng), rng)
        with open(f"/tmp/compile_mutants.{seed}", "wb") as file:
            file.write(source)
        try:
            outcomes[attempt(source, rng)] += 1
        except Exception as error:
            odd += 1
            with open(f"/tmp/compile_mutants.{seed}.{odd}", "wb") as file:
                file.write(source)
            print(f"{file.name}: {error!r}")
    print(*(f"{name}={count}" for name, count in outcomes.most_common()))
    sys.exit(odd != 0)


main()
