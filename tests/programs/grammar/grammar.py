"""grammar.py - an Earley parser for any grammar, trees, ambiguity, errors that say what was expected; three languages on it."""
from __future__ import annotations

import sys
import textwrap
import unicodedata
from abc import ABCMeta, abstractmethod
from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, lru_cache, partial, wraps
from itertools import chain, count, islice, product, zip_longest
from typing import Any, Callable, Generic, Iterable, Iterator, Mapping, Protocol, TypeVar, runtime_checkable
import re

T = TypeVar("T")


@dataclass(frozen=True, order=True)
class Token:
    kind: str
    text: str
    line: int
    column: int

    def __str__(self) -> str:
        return repr(self.text) if self.text else "end of input"


class GrammarError(Exception):
    pass


class ParseError(Exception):
    def __init__(self, token: Token, expected: Iterable[str], source: str):
        self.token, self.expected = token, sorted(set(expected))
        self.source_line = source.splitlines()[token.line - 1] if source else ""
        super().__init__(f"{token.line}:{token.column + 1}: unexpected {token}, expected {self.listing()}")

    def listing(self) -> str:
        *most, last = self.expected or ["nothing"]
        return f"{', '.join(most)} or {last}" if most else last

    def report(self) -> str:
        width = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in self.source_line[:self.token.column])
        return f"{self}\n    {self.source_line}\n    {' ' * width}{'^' * max(1, len(self.token.text))}"


class Lexer:
    """Kinds of tokens in their order; `skip` is not handed on."""

    def __init__(self, **kinds: str):
        self.pattern = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in kinds.items()) + "|(?P<bad>.)", re.DOTALL)

    def __call__(self, source: str) -> list[Token]:
        tokens, line, start = [], 1, 0
        for match in self.pattern.finditer(source):
            if match.lastgroup != "skip":
                kind = match[0] if match.lastgroup == "mark" else match.lastgroup
                tokens.append(Token(kind, match[0], line, match.start() - start))
            if newlines := match[0].count("\n"):
                line, start = line + newlines, match.start() + match[0].rindex("\n") + 1
        last = len(source) - start
        tokens.append(Token("end", "", max(1, min(line, len(source.splitlines()))), last if last or line == 1 else 0))
        return tokens


@dataclass(frozen=True)
class Rule:
    name: str
    parts: tuple[str, ...]
    action: str = ""

    def __str__(self) -> str:
        return f"{self.name} -> {' '.join(self.parts) or 'ε'}" + (f" [{self.action}]" if self.action else "")


@dataclass(frozen=True)
class Item:
    rule: Rule
    dot: int
    start: int

    @property
    def next(self) -> str | None:
        return self.rule.parts[self.dot] if self.dot < len(self.rule.parts) else None

    def moved(self) -> Item:
        return Item(self.rule, self.dot + 1, self.start)

    def __str__(self) -> str:
        parts = list(self.rule.parts)
        parts.insert(self.dot, "•")
        return f"{self.rule.name} -> {' '.join(parts)} ({self.start})"


@dataclass
class Tree:
    rule: Rule
    children: list[Tree | Token] = field(default_factory=list)

    def __str__(self) -> str:
        inner = " ".join(c.text if isinstance(c, Token) else str(c) for c in self.children)
        return f"({self.rule.action or self.rule.name}{' ' if inner else ''}{inner})"

    def draw(self, indent: str = "") -> Iterator[str]:
        yield f"{indent}{self.rule.action or self.rule.name}"
        for child in self.children:
            if isinstance(child, Tree):
                yield from child.draw(indent + "  ")
            else:
                yield f"{indent}  {child.text}"


class Grammar:
    """Rules read from text: `name: part part [action] | part`; 'quoted' and UPPER parts are tokens."""

    def __init__(self, text: str):
        self.rules: dict[str, list[Rule]] = defaultdict(list)
        self.start = ""
        name = None
        for number, line in enumerate(textwrap.dedent(text).strip().splitlines(), 1):
            head, colon, body = line.partition(":") if not line.startswith((" ", "|")) else ("", ":", line.strip().lstrip("|"))
            if not colon:
                raise GrammarError(f"line {number}: no colon in {line!r}")
            name = head.strip() or name
            self.start = self.start or name
            for choice in re.split(r"\|(?!')", body):
                action = (re.search(r"\[(\w+)\]", choice) or [None, ""])[1]
                parts = tuple(part.strip("'").lower() if part.isupper() else part.strip("'")
                              for part in re.sub(r"(?<!')\[\w+\]", "", choice).split())
                self.rules[name].append(Rule(name, parts, action))
        self.check()

    def check(self) -> None:
        problems = [GrammarError(f"{name} is never reached") for name in self.rules.keys() - self.reachable]
        problems += [GrammarError(f"{name} has a rule twice") for name, rules in self.rules.items() if len(set(rules)) < len(rules)]
        problems += [GrammarError(f"{name} never ends") for name in self.rules.keys() - self.productive]
        if problems:
            raise ExceptionGroup("bad grammar", sorted(problems, key=str))

    @cached_property
    def reachable(self) -> set[str]:
        found, todo = set(), [self.start]
        while todo:
            if (name := todo.pop()) in self.rules and name not in found:
                found.add(name)
                todo.extend(chain.from_iterable(rule.parts for rule in self.rules[name]))
        return found

    def closure(self, fits: Callable[[str], bool]) -> set[str]:
        found: set[str] = set()
        while more := {name for name, rules in self.rules.items() if name not in found
                       and any(all(p in found or p not in self.rules and fits(p) for p in rule.parts) for rule in rules)}:
            found |= more
        return found

    @cached_property
    def productive(self) -> set[str]:
        return self.closure(lambda part: True)

    @cached_property
    def nullable(self) -> set[str]:
        return self.closure(lambda part: False)

    def chart(self, tokens: list[Token], source: str = "") -> list[dict[Item, None]]:
        sets: list[dict[Item, None]] = [{} for _ in range(len(tokens))]
        sets[0] = dict.fromkeys(Item(rule, 0, 0) for rule in self.rules[self.start])
        for at, token in enumerate(tokens):
            todo = list(sets[at])
            while todo:
                item = todo.pop()
                new: list[Item] = []
                if item.next is None:
                    new = [i.moved() for i in sets[item.start] if i.next == item.rule.name]
                elif item.next in self.rules:
                    new = [Item(rule, 0, at) for rule in self.rules[item.next]]
                    if item.next in self.nullable:
                        new.append(item.moved())
                elif item.next == token.kind and at + 1 < len(sets):
                    sets[at + 1].setdefault(item.moved())
                for each in new:
                    if each not in sets[at]:
                        sets[at][each] = None
                        todo.append(each)
            if token.kind != "end" and not sets[at + 1] or token.kind == "end" and not self.complete(sets[at]):
                wanted = [i.next for i in sets[at] if i.next and i.next not in self.rules]
                if self.complete(sets[at]):
                    wanted.append("end of input")
                raise ParseError(token, wanted, source)
        return sets

    def complete(self, items: Iterable[Item]) -> bool:
        return any(i.next is None and i.start == 0 and i.rule.name == self.start for i in items)

    def trees(self, tokens: list[Token], source: str = "") -> Iterator[Tree]:
        sets = self.chart(tokens, source)
        ends: dict[tuple[str, int], list[tuple[Rule, int]]] = defaultdict(list)
        for end, items in enumerate(sets):
            for item in items:
                if item.next is None:
                    ends[item.rule.name, item.start].append((item.rule, end))

        def sequence(parts: tuple[str, ...], start: int, end: int, path: frozenset) -> Iterator[list]:
            if not parts:
                if start == end:
                    yield []
                return
            first, *rest = parts
            if first not in self.rules:
                if start < end and tokens[start].kind == first:
                    for tail in sequence(tuple(rest), start + 1, end, path):
                        yield [tokens[start], *tail]
                return
            for middle in sorted({e for _, e in ends[first, start] if e <= end}, reverse=True):
                tails = None
                for tree in whole(first, start, middle, path):
                    tails = tails if tails is not None else list(sequence(tuple(rest), middle, end, path))
                    for tail in tails:
                        yield [tree, *tail]

        def whole(name: str, start: int, end: int, path: frozenset = frozenset()) -> Iterator[Tree]:
            if (name, start, end) in path:
                return  # a cycle A -> A has trees without end
            inner = path | {(name, start, end)}
            for rule, stop in sorted(ends[name, start], key=lambda pair: self.rules[name].index(pair[0])):
                if stop == end:
                    yield from (Tree(rule, children) for children in sequence(rule.parts, start, end, inner))

        yield from whole(self.start, 0, len(tokens) - 1)


@runtime_checkable
class Visitor(Protocol):
    def visit(self, tree: Tree) -> Any: ...


class Language(Generic[T], metaclass=ABCMeta):
    grammar: Grammar
    lexer: Lexer

    def __init_subclass__(cls) -> None:
        cls.known = {name[3:] for name in vars(cls) if name.startswith("on_")}

    def run(self, source: str) -> T:
        tree = next(self.grammar.trees(self.lexer(source), source))
        return self.visit(tree)

    def visit(self, node: Tree | Token) -> Any:
        if isinstance(node, Token):
            return node.text
        name = node.rule.action or node.rule.name
        values = [self.visit(child) for child in node.children]
        return getattr(self, f"on_{name}")(*values) if name in self.known else values[0] if len(values) == 1 else values

    @abstractmethod
    def describe(self) -> str: ...


def traced(method):
    @wraps(method)
    def wrapper(self, *args):
        result = method(self, *args)
        self.log.append(f"{method.__name__}{args!r}"[:40])
        return result
    return wrapper


class Arithmetic(Language[Fraction]):
    grammar = Grammar("""
        sum: sum '+' product [add] | sum '-' product [sub] | product
        product: product '*' factor [mul] | product '/' factor [div] | factor
        factor: '-' factor [neg] | power
        power: atom '^' factor [pow] | atom
        atom: NUMBER [number] | NAME [name] | '(' sum ')' [group] | NAME '(' arguments ')' [call]
        arguments: [none] | sum [one] | arguments ',' sum [more]
        """)
    lexer = Lexer(number=r"\d+(?:\.\d+)?", name=r"[^\W\d]\w*", mark=r"[-+*/^(),]", skip=r"\s+")

    def __init__(self, **names):
        self.names: Mapping[str, Any] = {"min": min, "max": max, **names}
        self.log: list[str] = []

    @traced
    def on_add(self, a, _, b): return a + b

    @traced
    def on_sub(self, a, _, b): return a - b

    def on_mul(self, a, _, b): return a * b
    def on_div(self, a, _, b): return a / b
    def on_neg(self, _, a): return -a
    def on_pow(self, a, _, b): return a ** b
    def on_number(self, text): return Fraction(text)
    def on_name(self, name): return self.names[name]
    def on_group(self, _, a, __): return a
    def on_call(self, name, _, values, __): return self.names[name](*values)
    def on_none(self): return []
    def on_one(self, value): return [value]
    def on_more(self, values, _, value): return [*values, value]
    def describe(self): return f"arithmetic with {', '.join(self.names)}"


class Records(Language[dict]):
    grammar = Grammar("""
        value: object | list | STRING [string] | NUMBER [number] | 'true' [yes] | 'no' [no]
        object: '{' '}' [empty] | '{' pairs '}' [object]
        pairs: pair [first] | pairs ',' pair [next]
        pair: STRING ':' value [pair]
        list: '[' ']' [nothing] | '[' values ']' [list]
        values: value [first] | values ',' value [next]
        """)
    lexer = Lexer(string=r'"[^"\n]*"', number=r"-?\d+", mark=r"[][{}:,]|true|no", skip=r"\s+")

    def on_string(self, text): return text[1:-1]
    def on_number(self, text): return int(text)
    def on_yes(self, _): return True
    def on_no(self, _): return False
    def on_empty(self, *_): return {}
    def on_nothing(self, *_): return []
    def on_object(self, _, pairs, __): return dict(pairs)
    def on_list(self, _, values, __): return values
    def on_first(self, value): return [value]
    def on_next(self, values, _, value): return [*values, value]
    def on_pair(self, key, _, value): return key, value
    def describe(self): return "records"


SENTENCES = Grammar("""
    sentence: noun verb
    noun: 'she' | 'the' THING | noun place
    verb: 'saw' noun | verb place
    place: 'with' noun | 'in' noun
    """)
WORDS = Lexer(mark=r"she|the|saw|with|in\b", thing=r"\w+", skip=r"\s+")


@lru_cache(maxsize=None)
def catalan(n: int) -> int:
    return 1 if n == 0 else sum(catalan(k) * catalan(n - 1 - k) for k in range(n))


def main() -> int:
    arithmetic = Arithmetic(x=Fraction(7, 2), π=Fraction(355, 113))
    for source in ("1 + 2 * 3", "-2 ^ 2", "2 ^ 3 ^ 2", "(1 - x) / 3 - 1", "max(1, x, min(9, 4)) - 1", "π * 113", "1 / 3 + 0.25"):
        print(source, "=", arithmetic.run(source))
    print(len(arithmetic.log), arithmetic.log[-1], "|", arithmetic.describe())
    print("\n".join(next(arithmetic.grammar.trees(arithmetic.lexer("a * (b - 1)"))).draw()))
    records = Records()
    print(records.run('{"name": "Ada", "tags": [1, -2, {"deep": []}], "ok": true,\n "not": no, "empty": {}}'))
    failures = 0
    for language, source in ((arithmetic, "1 + * 2"), (arithmetic, "max(1, 2"), (arithmetic, ""), (arithmetic, "宽 宽 3"),
                             (records, '{"a": 1,\n "b" 2}'), (records, "[1, 2"), (records, '{"a": $}'), (arithmetic, "1\n+\n")):
        try:
            print(language.run(source))
        except ParseError as error:
            failures += 1
            print(error.report())
    for source, kind in (("1 / (2 - 2)", ZeroDivisionError), ("nobody + 1", KeyError), ("x(1)", TypeError)):
        try:
            arithmetic.run(source)
        except kind as error:
            print(type(error).__name__, error)
    words = "she saw the man with the telescope in the park"
    for tree in SENTENCES.trees(WORDS(words), words):
        print(tree)
    plus = Grammar("e: e '+' e | NUMBER")
    numbers = Lexer(number=r"\d", mark=r"\+")
    for n in range(1, 7):
        trees = sum(1 for _ in plus.trees(numbers("+".join("1" * (n + 1)))))
        assert trees == catalan(n)
        print(trees, end=" ")
    print()
    items = plus.chart(numbers("1+1"))
    for at, each in enumerate(items):
        print(at, "; ".join(sorted(map(str, each))))
    for text in ("a: a", "a: 'x'\nb: 'y'", "a: 'x' | 'x'", "no colon"):
        try:
            Grammar(text)
        except* GrammarError as group:
            print([str(error) for error in group.exceptions])
    print(isinstance(arithmetic, Visitor), isinstance(3, Visitor), Language.__abstractmethods__, Arithmetic.__orig_bases__)
    try:
        Language()
    except TypeError as error:
        print(error)
    return failures


if __name__ == "__main__":
    sys.exit(main())
