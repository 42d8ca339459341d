"""regex_engine.py - regular expressions by hand: a parser, a set-of-states machine, a backtracker, and re as the judge."""
from __future__ import annotations

import enum
import functools
import itertools
import random
import re
import string
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple


class PatternError(ValueError):
    def __init__(self, message: str, pattern: str, position: int):
        super().__init__(f"{message} at {position}")
        self.pattern, self.position = pattern, position

    def picture(self) -> str:
        return f"{self.pattern}\n{' ' * self.position}^"


class Node:
    """A piece of a pattern."""
    registry: ClassVar[dict[str, type[Node]]] = {}

    def __init_subclass__(cls, **options):
        super().__init_subclass__(**options)
        Node.registry[cls.__name__.lower()] = cls

    def __str__(self) -> str:
        return show(self)


@dataclass(frozen=True)
class Empty(Node):
    pass


@dataclass(frozen=True)
class Char(Node):
    letter: str


@dataclass(frozen=True)
class Any(Node):
    pass


@dataclass(frozen=True)
class Class(Node):
    letters: frozenset[str]
    negated: bool = False

    def __contains__(self, letter: str) -> bool:
        return (letter in self.letters) != self.negated


@dataclass(frozen=True)
class Anchor(Node):
    kind: str


@dataclass(frozen=True)
class Sequence(Node):
    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Choice(Node):
    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Repeat(Node):
    body: Node
    least: int
    most: int | None
    greedy: bool = True


@dataclass(frozen=True)
class Group(Node):
    body: Node
    number: int
    name: str | None = None


@functools.singledispatch
def show(node: Node) -> str:
    raise TypeError(f"cannot show {type(node).__name__}")


show.register(Empty, lambda node: "ε")
show.register(Char, lambda node: repr(node.letter))
show.register(Any, lambda node: "any")
show.register(Anchor, lambda node: f"<{node.kind}>")


@show.register
def _(node: Class) -> str:
    return ("not " if node.negated else "") + "{" + "".join(sorted(node.letters)[:8]) + ("…" if len(node.letters) > 8 else "") + "}"


@show.register(Sequence)
@show.register(Choice)
def _(node) -> str:
    word = " " if isinstance(node, Sequence) else " | "
    return f"({word.join(map(show, node.parts))})"


@show.register
def _(node: Repeat) -> str:
    most = "∞" if node.most is None else node.most
    return f"{show(node.body)}×{node.least}..{most}{'' if node.greedy else '?'}"


@show.register
def _(node: Group) -> str:
    return f"[{node.name or node.number}: {show(node.body)}]"


class Parser:
    SETS = {"d": frozenset(string.digits), "w": frozenset(string.ascii_letters + string.digits + "_"), "s": frozenset(" \t\n\r\f\v")}

    def __init__(self, text: str):
        self.text, self.at, self.groups = text, 0, 0
        self.names: dict[str, int] = {}

    def error(self, message: str, position: int | None = None) -> PatternError:
        return PatternError(message, self.text, self.at if position is None else position)

    def peek(self) -> str:
        return self.text[self.at] if self.at < len(self.text) else ""

    def take(self, letter: str = "") -> str:
        if not self.peek() or letter and self.peek() != letter:
            raise self.error(f"expected {letter or 'something'!r}")
        self.at += 1
        return self.text[self.at - 1]

    def accept(self, text: str) -> bool:
        found = self.text.startswith(text, self.at)
        self.at += len(text) * found
        return found

    def parse(self) -> Node:
        node = self.choice()
        if self.peek():
            raise self.error("unbalanced parenthesis")
        return node

    def choice(self) -> Node:
        parts = [self.sequence()]
        while self.accept("|"):
            parts.append(self.sequence())
        return parts[0] if len(parts) == 1 else Choice(tuple(parts))

    def sequence(self) -> Node:
        parts = []
        while self.peek() not in ("", "|", ")"):
            parts.append(self.repeat())
        match parts:
            case []:
                return Empty()
            case [only]:
                return only
        return Sequence(tuple(parts))

    def repeat(self) -> Node:
        start, node, repeated = self.at, self.atom(), False
        while (letter := self.peek()) and letter in "*+?{":
            if repeated:
                raise self.error("multiple repeat")
            if isinstance(node, Anchor) and self.text[start] != "(":
                raise self.error("nothing to repeat", start)
            repeated = True
            least, most = self.bounds()
            node = Repeat(node, least, most, not self.accept("?"))
        return node

    def bounds(self) -> tuple[int, int | None]:
        match self.take():
            case "*":
                return 0, None
            case "+":
                return 1, None
            case "?":
                return 0, 1
        found = re.compile(r"(\d*)(,?)(\d*)\}").match(self.text, self.at)
        if not found or not any(found.group(1, 3)):
            raise self.error("bad counted repeat", self.at - 1)
        least = int(found[1] or 0)
        most = least if not found[2] else int(found[3]) if found[3] else None
        if most is not None and most < least:
            raise self.error("min repeat greater than max repeat")
        self.at = found.end()
        return least, most

    def atom(self) -> Node:
        start = self.at
        match self.take():
            case "(":
                return self.group(start)
            case "[":
                return self.letter_class(start)
            case ".":
                return Any()
            case "^":
                return Anchor("start")
            case "$":
                return Anchor("end")
            case "\\":
                return self.escape()
            case "*" | "+" | "?":
                raise self.error("nothing to repeat", start)
            case letter:
                return Char(letter)

    def group(self, start: int) -> Node:
        name, number = None, 0
        if not self.accept("?:"):
            self.groups += 1
            number = self.groups
            if self.accept("?P<"):
                end = self.text.find(">", self.at)
                name = self.text[self.at:end]
                if end < 0 or not name.isidentifier() or name in self.names:
                    raise self.error(f"bad group name {name!r}")
                self.names[name], self.at = number, end + 1
        body = self.choice()
        if not self.accept(")"):
            raise self.error("missing ), unterminated subpattern", start)
        return Group(body, number, name) if number else body

    def escape(self) -> Node:
        if not self.peek():
            raise self.error("bad escape (end of pattern)", self.at - 1)
        letter = self.take()
        if letter.lower() in self.SETS:
            return Class(self.SETS[letter.lower()], letter.isupper())
        if letter in "bB":
            return Anchor("word" if letter == "b" else "no word")
        if letter.isalnum():
            raise self.error(f"bad escape \\{letter}", self.at - 2)
        return Char(letter)

    def letter_class(self, start: int) -> Node:
        negated, letters, first = self.accept("^"), set(), True
        while first or self.peek() != "]":
            if not self.peek():
                raise self.error("unterminated character set", start)
            low = self.class_item(letters)
            if low and self.peek() == "-" and self.text[self.at + 1:self.at + 2] not in ("", "]"):
                self.take("-")
                high = self.class_item(set())
                if not high or high < low:
                    raise self.error(f"bad character range {low}-{high}")
                letters.update(map(chr, range(ord(low), ord(high) + 1)))
            first = False
        self.take("]")
        return Class(frozenset(letters), negated)

    def class_item(self, letters: set[str]) -> str:
        letter = self.take()
        if letter == "\\":
            node = self.escape()
            if isinstance(node, Class):
                letters.update(node.letters)
                return ""
            letter = node.letter
        letters.add(letter)
        return letter


def at_word(text: str, at: int) -> bool:
    word = Parser.SETS["w"]
    return (at > 0 and text[at - 1] in word) != (at < len(text) and text[at] in word)


def anchored(kind: str, text: str, at: int) -> bool:
    return {"start": at == 0, "end": at == len(text) or at == len(text) - 1 and text[at] == "\n",
            "word": at_word(text, at), "no word": not at_word(text, at)}[kind]


def accepts(node: Node, letter: str) -> bool:
    match node:
        case Char(letter=wanted):
            return letter == wanted
        case Any():
            return letter != "\n"
        case Class():
            return letter in node
    raise TypeError(node)


class Op(enum.Enum):
    TAKE = enum.auto()
    SPLIT = enum.auto()
    ANCHOR = enum.auto()
    DONE = enum.auto()


@dataclass(eq=False)
class State:
    op: Op
    node: Node | None = None
    out: list[State] = field(default_factory=list)


def build(node: Node, then: State) -> State:
    """The states that match `node` and go on at `then`."""
    match node:
        case Empty():
            return then
        case Char() | Any() | Class():
            return State(Op.TAKE, node, [then])
        case Anchor():
            return State(Op.ANCHOR, node, [then])
        case Group(body=body):
            return build(body, then)
        case Sequence(parts=parts):
            return functools.reduce(lambda state, part: build(part, state), reversed(parts), then)
        case Choice(parts=parts):
            return State(Op.SPLIT, out=[build(part, then) for part in parts])
        case Repeat(body=body, least=least, most=None):
            loop = State(Op.SPLIT)
            loop.out = [build(body, loop), then]
            return functools.reduce(lambda state, _: build(body, state), range(least), loop)
        case Repeat(body=body, least=least, most=most):
            state = then
            for _ in range(most - least):
                state = State(Op.SPLIT, out=[build(body, state), then])
            return functools.reduce(lambda state, _: build(body, state), range(least), state)
    raise TypeError(node)


def matches_fully(start: State, text: str) -> bool:
    """All states at once: time grows with the text only."""
    def closure(states: list[State], at: int) -> list[State]:
        seen, found, todo = set(), [], list(states)
        while todo:
            state = todo.pop()
            if id(state) in seen:
                continue
            seen.add(id(state))
            if state.op is Op.SPLIT or state.op is Op.ANCHOR and anchored(state.node.kind, text, at):
                todo.extend(state.out)
            elif state.op is not Op.ANCHOR:
                found.append(state)
        return found

    states = closure([start], 0)
    for at, letter in enumerate(text):
        states = closure([out for s in states if s.op is Op.TAKE and accepts(s.node, letter) for out in s.out], at + 1)
    return any(state.op is Op.DONE for state in states)


class Found(NamedTuple):
    start: int
    end: int
    groups: tuple[tuple[int, int] | None, ...]


def backtrack(node: Node, text: str, at: int, groups: dict) -> Iterator[tuple[int, dict]]:
    """Every way to match, the preferred first, as re would try them."""
    match node:
        case Empty():
            yield at, groups
        case Anchor(kind=kind):
            if anchored(kind, text, at):
                yield at, groups
        case Sequence(parts=(first, *rest)):
            for end, found in backtrack(first, text, at, groups):
                yield from backtrack(Sequence(tuple(rest)), text, end, found) if rest else [(end, found)]
        case Choice(parts=parts):
            for part in parts:
                yield from backtrack(part, text, at, groups)
        case Group(body=body, number=number):
            for end, found in backtrack(body, text, at, groups):
                yield end, {**found, number: (at, end)}
        case Repeat(body=body, least=least, most=most, greedy=greedy):
            def more():
                if most == 0:
                    return
                rest = Repeat(body, max(least - 1, 0), None if most is None else most - 1, greedy)
                for end, found in backtrack(body, text, at, groups):
                    if end > at or least > 0:
                        yield from backtrack(rest, text, end, found)
            stop = [(at, groups)] if least == 0 else []
            yield from itertools.chain(more(), stop) if greedy else itertools.chain(stop, more())
        case _ if at < len(text) and accepts(node, text[at]):
            yield at + 1, groups


def search(pattern: str, text: str) -> Found | None:
    parser = Parser(pattern)
    node = parser.parse()
    for start in range(len(text) + 1):
        for end, groups in backtrack(node, text, start, {}):
            return Found(start, end, tuple(groups.get(number) for number in range(1, parser.groups + 1)))
    return None


def random_pattern(source: random.Random, depth: int = 3) -> str:
    kind = source.randrange(9 if depth else 4)
    inner = functools.partial(random_pattern, source, depth - 1)
    return {0: lambda: source.choice("abc"), 1: lambda: ".", 2: lambda: "[" + source.choice(["ab", "^a", "a-c", "^b-c"]) + "]",
            3: lambda: source.choice([r"\w", r"\d", r"\b", "^", "$", "b"]), 4: lambda: inner() + inner(),
            5: lambda: f"({inner()}|{inner()})", 6: lambda: f"(?:{inner()}){source.choice('*+?')}",
            7: lambda: f"(?:{inner()}){source.choice(['{2}', '{1,2}', '{,2}', '*?', '+?', '??'])}",
            8: lambda: f"({inner()})"}[kind]()


def compare(rounds: int) -> None:
    source = random.Random(4711)
    agreed = matched = compared = 0
    for _ in range(rounds):
        pattern = random_pattern(source)
        text = "".join(source.choices("abc1 \n", weights=[4, 4, 4, 1, 1, 0.3], k=source.randrange(9)))
        parser = Parser(pattern)
        node = parser.parse()
        wanted = re.compile(pattern)
        machine = build(node, State(Op.DONE))
        assert matches_fully(machine, text) == bool(wanted.fullmatch(text)), (pattern, text)
        agreed += 1
        theirs, ours = wanted.search(text), search(pattern, text)
        assert (theirs is None) == (ours is None), (pattern, text)
        if ours:
            matched += 1
            assert ours.start == theirs.start(), (pattern, text)
            compared += (ours.start, ours.end) == theirs.span()
    print(f"{agreed} patterns, {matched} found, the same span: {compared}")


def main() -> int:
    for pattern in ("a|b*c", r"(?P<key>\w+)=(\d{2,3}|[^x-z]+?)$", r"^(a(b)?)*\.$", "", "x{3}", r"[]\-a]+"):
        print(f"{pattern!r:<36} {Parser(pattern).parse()}")
    for pattern, text in ((r"(\w+)@(\w+)\.org", "mail ada@example.org now"), ("(a+)(a*)", "aaa"), ("(a+?)(a*)", "aaa"),
                          ("(a|ab)(c|bcd)", "xabcd"), (r"\bfoo\b", "food foo"), ("(x)|(y)", "y"), ("z", "abc")):
        found, judge = search(pattern, text), re.search(pattern, text)
        spans = judge and tuple(judge.span(k) if judge.span(k) != (-1, -1) else None for k in range(1, judge.re.groups + 1))
        print(pattern, found, "as re:", (found and found.groups) == spans)
    evil = build(Parser("(a*)*b").parse(), State(Op.DONE))
    print("no explosion:", matches_fully(evil, "a" * 2000), matches_fully(evil, "a" * 2000 + "b"))
    compare(600)
    failures = 0
    for pattern in ("(a", "a)", "*a", "a**", "[a", r"a\q", "a{3,1}", "[z-a]", "(?P<1>a)", "(?P<n>a)(?P<n>b)", "\\", "^*", "a{}"):
        try:
            print("parsed?", Parser(pattern).parse())
        except PatternError as error:
            failures += 1
            print(f"{type(error).__name__}: {error}", error.picture(), sep="\n")
    print(sorted(Node.registry), failures)
    try:
        show(object())
    except TypeError as error:
        print(error, file=sys.stderr)
    return failures


if __name__ == "__main__":
    sys.exit(main())
