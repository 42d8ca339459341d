"""Library programs with a piece changed, cut or moved: trees and errors must be equal under both interpreters."""
import ast
import os
import warnings
import zlib

warnings.simplefilter("ignore")
LIBRARY = os.path.dirname(os.__file__)
FILES = "abc.py ast.py argparse.py bdb.py calendar.py cmd.py copy.py dis.py enum.py fractions.py heapq.py inspect.py".split()
PIECES = """( ) [ ] { } : , = == := * ** . -> if else for in not lambda x 1 "s" f"{x}" print def class async await with as try
except finally return yield import from None True is and or match case _ del @ while pass raise global ... ; | ! $ ? \\ '
0x 1e 01 b"a" % +=""".split() + ["\n", "\n    ", "  "]


def numbers(seed):
    while True:
        seed = (seed * 6364136223846793005 + 1442695040888963407) % 2**64
        yield seed >> 33


def pieces_of(text):
    """Words, runs of blanks, and single characters."""
    found, last = [], None
    for c in text:
        kind = "word" if c.isalnum() or c == "_" else "blank" if c == " " else None
        if kind and kind == last:
            found[-1] += c
        else:
            found.append(c)
        last = kind
    return found


def outcome(text):
    try:
        return zlib.crc32(ast.dump(ast.parse(text, "<test>"), include_attributes=True).encode())
    except SyntaxError as error:
        return type(error).__name__, error.args


def main(count=60):
    number = numbers(2026)
    for name in FILES:
        with open(os.path.join(LIBRARY, name), encoding="utf-8") as file:
            lines = file.readlines()
        for _ in range(count):
            first = next(number) % len(lines)
            chunk = lines[first:first + 1 + next(number) % 12]
            indent = len(chunk[0]) - len(chunk[0].lstrip(" "))
            pieces = pieces_of("".join(line[indent:] if line[:indent].isspace() else line for line in chunk))
            for _ in range(1 + next(number) % 2):
                at, how = next(number) % len(pieces), next(number) % 3
                new = PIECES[next(number) % len(PIECES)]
                if how == 0:
                    pieces[at] = ""
                elif how == 1:
                    pieces[at] = new
                else:
                    pieces[at] += " " + new + " "
            text = "".join(pieces)
            print(repr(text), outcome(text))


main()
