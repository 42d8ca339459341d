"""difftool.py - differences and patches: Myers' algorithm, unified output, applying with an offset, three-way merges, a history."""
from __future__ import annotations

import argparse
import contextlib
import difflib
import hashlib
import io
import itertools
import os
import random
import re
import shutil
import sys
import tempfile
from collections import OrderedDict, namedtuple
from collections.abc import Hashable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, Flag, auto
from pathlib import Path
from typing import NamedTuple, Self

Hunk = namedtuple("Hunk", "old_start old_lines new_start new_lines", defaults=(0, (), 0, ()))


class Kind(str, Enum):
    SAME = " "
    GONE = "-"
    NEW = "+"


class Options(Flag):
    NONE = 0
    IGNORE_SPACE = auto()
    IGNORE_CASE = auto()
    BOTH = IGNORE_SPACE | IGNORE_CASE


class Step(NamedTuple):
    kind: Kind
    old: int
    new: int


class PatchError(Exception):
    exit_status = 2


class Conflict(PatchError):
    exit_status = 3

    def __init__(self, where: int, *sides: Sequence[str]):
        super().__init__(f"conflict near line {where + 1}")
        self.sides = sides


def key_of(line: str, options: Options) -> Hashable:
    if Options.IGNORE_SPACE in options:
        line = " ".join(line.split())
    return line.casefold() if Options.IGNORE_CASE in options else line


def shortest_edit(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[Step]:
    """Myers: the furthest reaching points of each diagonal, round by round; then the way back."""
    n, m = len(old), len(new)
    reach, history = {1: 0}, []
    for cost in range(n + m + 1):
        history.append(dict(reach))
        for k in range(-cost, cost + 1, 2):
            down = k == -cost or k != cost and reach[k - 1] < reach[k + 1]
            x = reach[k + 1] if down else reach[k - 1] + 1
            y = x - k
            while x < n and y < m and old[x] == new[y]:
                x, y = x + 1, y + 1
            reach[k] = x
            if x >= n and y >= m:
                return list(reversed(list(way_back(history, n, m))))
    raise AssertionError("unreachable")


def way_back(history: list[dict[int, int]], x: int, y: int) -> Iterator[Step]:
    for cost in range(len(history) - 1, -1, -1):
        reach, k = history[cost], x - y
        previous = k + 1 if k == -cost or k != cost and reach[k - 1] < reach[k + 1] else k - 1
        px = reach[previous]
        py = px - previous
        while x > px and y > py:
            x, y = x - 1, y - 1
            yield Step(Kind.SAME, x, y)
        if cost:
            yield Step(Kind.NEW, px, py) if x == px else Step(Kind.GONE, px, py)
        x, y = px, py


@dataclass
class Patch:
    hunks: list[Hunk] = field(default_factory=list)
    names: tuple[str, str] = ("old", "new")

    @classmethod
    def between(cls, old: list[str], new: list[str], context: int = 3, options: Options = Options.NONE, **names) -> Self:
        steps = shortest_edit([key_of(line, options) for line in old], [key_of(line, options) for line in new])
        patch, block, gap = cls(**names), [], 0
        for step in steps:
            block.append(step)
            gap = gap + 1 if step.kind is Kind.SAME else 0
            if gap > 2 * context and any(s.kind is not Kind.SAME for s in block):
                patch.add(block[:len(block) - gap + context], old, new, context)
                block = block[len(block) - gap + context:]
                gap = len(block)
        if any(s.kind is not Kind.SAME for s in block):
            end = len(block) - max(0, gap - context)
            patch.add(block[:end], old, new, context)
        return patch

    def add(self, block: list[Step], old: list[str], new: list[str], context: int) -> None:
        first = next(i for i, step in enumerate(block) if step.kind is not Kind.SAME)
        block = block[max(0, first - context):]
        before = [old[s.old] for s in block if s.kind is not Kind.NEW]
        lines = [s.kind.value + (new[s.new] if s.kind is Kind.NEW else old[s.old]) for s in block]
        self.hunks.append(Hunk(block[0].old, tuple(before), block[0].new, tuple(lines)))

    def __bool__(self) -> bool:
        return bool(self.hunks)

    def __str__(self) -> str:
        out = io.StringIO()
        if self:
            print(f"--- {self.names[0]}\n+++ {self.names[1]}", file=out)
        for hunk in self.hunks:
            added = sum(line[0] != "-" for line in hunk.new_lines)

            def span(start: int, count: int) -> str:
                return f"{start + (count > 0)}" + (f",{count}" if count != 1 else "")
            print(f"@@ -{span(hunk.old_start, len(hunk.old_lines))} +{span(hunk.new_start, added)} @@", *hunk.new_lines, sep="\n", file=out)
        return out.getvalue()

    @classmethod
    def parse(cls, text: str) -> Self:
        patch, current = cls(), None
        for number, line in enumerate(text.splitlines(), 1):
            if line.startswith("--- "):
                patch.names = (line[4:], patch.names[1])
            elif line.startswith("+++ "):
                patch.names = (patch.names[0], line[4:])
            elif match := re.fullmatch(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@.*", line):
                starts = [int(match[g]) - (match[g + 1] != "0") for g in (1, 3)]
                current = []
                patch.hunks.append((starts, current, int(match[2] or 1)))
            elif current is None or line[:1] not in (" ", "-", "+"):
                raise PatchError(f"line {number} of the patch makes no sense: {line!r}")
            else:
                current.append(line)
        for i, (starts, lines, count) in enumerate(patch.hunks):
            before = tuple(line[1:] for line in lines if line[0] != "+")
            if len(before) != count:
                raise PatchError(f"hunk {i + 1} says {count} lines and has {len(before)}")
            patch.hunks[i] = Hunk(starts[0], before, starts[1], tuple(lines))
        return patch

    def apply(self, lines: list[str], fuzz: int = 20, reverse: bool = False) -> list[str]:
        result, at, offset = [], 0, 0
        for number, hunk in enumerate(self.hunks, 1):
            gone, new = ("+", "-") if reverse else ("-", "+")
            before = [line[1:] for line in hunk.new_lines if line[0] != new]
            after = [line[1:] for line in hunk.new_lines if line[0] != gone]
            start = (hunk.new_start if reverse else hunk.old_start) + offset
            for shift in sorted(range(-fuzz, fuzz + 1), key=abs):
                if start + shift >= at and lines[start + shift:start + shift + len(before)] == before:
                    break
            else:
                raise PatchError(f"hunk {number} does not apply at line {start + 1}")
            offset += shift
            result += lines[at:start + shift] + after
            at = start + shift + len(before)
        return result + lines[at:]


def merge(base: list[str], ours: list[str], theirs: list[str]) -> list[str]:
    """Both changes to one base; Conflict where they meet."""
    def changes(side):
        result, matcher = {}, difflib.SequenceMatcher(None, base, side, autojunk=False)
        for tag, i1, i2, j1, j2 in matcher.get_opcodes():
            if tag != "equal":
                result[i1, i2] = side[j1:j2]
        return result

    left, right, merged, at = changes(ours), changes(theirs), [], 0
    for (start, end), lines in sorted([*left.items(), *(item for item in right.items() if item[0] not in left)]):
        other = left if (start, end) not in left else right
        if (start, end) in other and (start, end) in left and left[start, end] != right[start, end]:
            raise Conflict(start, left[start, end], right[start, end])
        if start < at or any(s < end and start < e and (s, e) != (start, end) for s, e in other):
            raise Conflict(start, lines)
        merged += base[at:start] + lines
        at = end
    return merged + base[at:]


class History(MutableMapping):
    """Versions of texts: the first in full, then patches; a mapping of names to their newest lines."""

    def __init__(self):
        self.store: OrderedDict[str, list] = OrderedDict()

    def __setitem__(self, name: str, lines: list[str]) -> None:
        versions = self.store.setdefault(name, [])
        if not versions:
            versions.append(list(lines))
        elif patch := Patch.between(self[name], lines):
            versions.append(patch)

    def __getitem__(self, name: str) -> list[str]:
        return self.version(name)

    def version(self, name: str, number: int = -1) -> list[str]:
        first, *patches = self.store[name]
        wanted = patches if number < 0 else patches[:number]
        lines = list(first)
        for patch in wanted:
            lines = patch.apply(lines)
        return lines

    def __delitem__(self, name: str) -> None:
        del self.store[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.store)

    def __len__(self) -> int:
        return len(self.store)


def command_line(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="difftool", description="differences of text files")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    show = commands.add_parser("diff", help="print a patch")
    show.add_argument("files", nargs=2, type=Path)
    show.add_argument("-U", "--context", type=int, default=3)
    show.add_argument("-i", action="append_const", dest="flags", const=Options.IGNORE_CASE)
    show.add_argument("-w", action="append_const", dest="flags", const=Options.IGNORE_SPACE)
    patch = commands.add_parser("patch", help="apply a patch")
    patch.add_argument("file", type=Path)
    patch.add_argument("patch", type=argparse.FileType("r"))
    patch.add_argument("-R", "--reverse", action="store_true")
    options = parser.parse_args(arguments)
    try:
        match options:
            case argparse.Namespace(command="diff", files=[old, new]):
                flags = Options.NONE
                for flag in options.flags or ():
                    flags |= flag
                found = Patch.between(old.read_text().splitlines(), new.read_text().splitlines(), options.context, flags,
                                      names=(old.name, new.name))
                print(found, end="")
                return bool(found)
            case argparse.Namespace(command="patch"):
                with options.patch as file:
                    lines = Patch.parse(file.read()).apply(options.file.read_text().splitlines(), reverse=options.reverse)
                options.file.write_text("\n".join(lines) + "\n")
                return 0
    except (PatchError, OSError) as error:
        print(f"difftool: {error}".replace(os.getcwd(), "."), file=sys.stderr)
        return getattr(error, "exit_status", 1)


def check_random(rounds: int) -> str:
    source, digest, smaller = random.Random(99), hashlib.sha1(), 0
    for _ in range(rounds):
        old = [source.choice("abcdef") for _ in range(source.randrange(30))]
        new = [line for line in old if source.random() > 0.2]
        for _ in range(source.randrange(5)):
            new.insert(source.randrange(len(new) + 1), source.choice("abcxyz"))
        patch = Patch.between(old, new, context=source.randrange(4))
        assert patch.apply(old) == new and patch.apply(new, reverse=True) == old
        again = Patch.parse(str(patch)) if patch else patch
        assert again.apply(old) == new
        theirs = list(difflib.unified_diff(old, new, n=3, lineterm=""))
        edits = [line for h in patch.hunks for line in h.new_lines if line[0] != " "]
        smaller += len(edits) < len([line for line in theirs[2:] if line[0] in "+-"])
        digest.update(str(patch).encode())
    return f"{rounds} pairs, {smaller} with fewer edits than difflib's, {digest.hexdigest()[:12]}"


OLD = """def greet(name):
    print("Hello", name)

def unused():
    pass

def add(a, b):
    return a + b

class Thing:
    size = 3
    colour = "red"

    def show(self):
        return self.size

if __name__ == "__main__":
    greet("world")
    print(add(1, 2))
"""


def main() -> int:
    new = OLD.replace("Hello", "Good day").replace("def unused():\n    pass\n\n", "").replace("3\n", "4\n    weight = 1.5\n")
    new = new.replace("add(1, 2)", "add(1, 2))\n    print(Thing().show()")
    patch = Patch.between(OLD.splitlines(), new.splitlines(), names=("old.py", "new.py"))
    print(patch, end="")
    print(Patch.between(["A  b", "c"], ["a b", "C", "d"], options=Options.BOTH))
    print(check_random(150))
    moved = ["# a comment", "", *OLD.splitlines()]
    print("with an offset:", patch.apply(moved)[2:] == new.splitlines())
    ours, theirs = OLD.replace("world", "you").splitlines(), OLD.replace("red", "blue").splitlines()
    print([line for line in merge(OLD.splitlines(), ours, theirs) if line not in OLD.splitlines()])
    try:
        merge(OLD.splitlines(), ours, OLD.replace("world", "them").splitlines())
    except Conflict as error:
        print(error, error.sides, error.exit_status)
    history = History()
    for text in (OLD, new, new, OLD.upper()):
        history["code"] = text.splitlines()
    history.setdefault("empty", [])
    print(len(history), len(history.store["code"]), [len(history.version("code", n)) for n in range(3)], list(history), "x" in history)
    with contextlib.chdir(tempfile.mkdtemp()):
        folder = Path.cwd()
        for name, text in {"a": OLD, "b": new, "c": "unrelated\n"}.items():
            Path(name).write_text(text)
        with contextlib.redirect_stdout(io.StringIO()) as output:
            status = command_line(["diff", "a", "b", "-U1"])
        Path("p").write_text(output.getvalue())
        print(status, output.getvalue().count("@@") // 2, command_line(["diff", "a", "a"]))
        print(command_line(["patch", "a", "p"]), Path("a").read_text() == new, command_line(["patch", "-R", "a", "p"]),
              Path("a").read_text() == OLD, command_line(["patch", "c", "p"]), command_line(["diff", "a", "missing"]))
        Path("p").write_text("@@ -1,5 +1 @@\n-x\n")
        print(command_line(["patch", "a", "p"]))
        with contextlib.suppress(SystemExit):
            command_line(["frobnicate"])
        command_line(["diff", "-i", "-w", "b", "c", "--context", "0"])
    shutil.rmtree(folder)
    return int(bool(itertools.islice([], 0)))


if __name__ == "__main__":
    sys.exit(main())
