"""spreadsheet.py - cells with formulas, ranges and functions; recalculated in the order they depend on each other."""
from __future__ import annotations

import csv
import io
import re
import statistics
from dataclasses import dataclass, field
from decimal import Decimal, DivisionByZero, InvalidOperation
from enum import Enum, auto
from graphlib import CycleError, TopologicalSorter
from typing import Callable, Iterator, NamedTuple


class SheetError(Exception):
    code = "#ERROR"


class NameProblem(SheetError):
    code = "#NAME?"


class ValueProblem(SheetError):
    code = "#VALUE!"


class CycleProblem(SheetError):
    code = "#CYCLE!"


class ZeroProblem(SheetError):
    code = "#DIV/0!"


class Place(NamedTuple):
    row: int
    column: int

    @classmethod
    def parse(cls, text: str) -> Place:
        match = re.fullmatch(r"\$?([A-Z]+)\$?([0-9]+)", text)
        if not match:
            raise NameProblem(f"no cell: {text}")
        column = 0
        for letter in match[1]:
            column = column * 26 + ord(letter) - 64
        return cls(int(match[2]), column)

    def __str__(self) -> str:
        letters, column = "", self.column
        while column:
            column, rest = divmod(column - 1, 26)
            letters = chr(65 + rest) + letters
        return f"{letters}{self.row}"

    def to(self, other: Place) -> Iterator[Place]:
        for row in range(min(self.row, other.row), max(self.row, other.row) + 1):
            for column in range(min(self.column, other.column), max(self.column, other.column) + 1):
                yield Place(row, column)


class Kind(Enum):
    NUMBER = auto()
    TEXT = auto()
    CELL = auto()
    NAME = auto()
    SIGN = auto()
    END = auto()


TOKENS = re.compile(r"""\s*(?:
    (?P<NUMBER>\d+(?:\.\d*)?|\.\d+) | "(?P<TEXT>(?:[^"]|"")*)" | (?P<CELL>\$?[A-Z]+\$?\d+) |
    (?P<NAME>[A-Za-z_]\w*) | (?P<SIGN><=|>=|<>|[-+*/^&=<>(),:%]) )""", re.VERBOSE)


def tokens(text: str) -> Iterator[tuple[Kind, str]]:
    at = 0
    while at < len(text.rstrip()):
        match = TOKENS.match(text, at)
        if not match:
            raise NameProblem(f"cannot read {text[at:]!r}")
        yield Kind[match.lastgroup], match[match.lastgroup]
        at = match.end()
    yield Kind.END, ""


@dataclass(frozen=True)
class Node:
    def needs(self) -> Iterator[Place]:
        for part in getattr(self, "parts", ()):
            yield from part.needs()

    def value(self, sheet: Sheet):
        raise NotImplementedError


@dataclass(frozen=True)
class Literal(Node):
    content: Decimal | str

    def value(self, sheet):
        return self.content


@dataclass(frozen=True)
class Cell(Node):
    place: Place

    def needs(self):
        yield self.place

    def value(self, sheet):
        return sheet.value(self.place)


@dataclass(frozen=True)
class Range(Node):
    first: Place
    last: Place

    def needs(self):
        yield from self.first.to(self.last)

    def value(self, sheet):
        return [sheet.value(place) for place in self.first.to(self.last)]


@dataclass(frozen=True)
class Operation(Node):
    sign: str
    parts: tuple[Node, ...]

    def value(self, sheet):
        values = [part.value(sheet) for part in self.parts]
        if self.sign == "&":
            return "".join(map(show, values))
        if self.sign in COMPARISONS:
            left, right = values
            if isinstance(left, str) != isinstance(right, str):
                return Decimal(self.sign == "<>")
            return Decimal(COMPARISONS[self.sign](left, right))
        numbers = [as_number(value) for value in values]
        try:
            return ARITHMETIC[self.sign](*numbers)
        except (DivisionByZero, InvalidOperation, ZeroDivisionError) as error:
            raise ZeroProblem("division by zero") from error


@dataclass(frozen=True)
class Call(Node):
    name: str
    parts: tuple[Node, ...]

    def value(self, sheet):
        if self.name == "IF":
            test, then, *otherwise = self.parts
            if as_number(test.value(sheet)):
                return then.value(sheet)
            return otherwise[0].value(sheet) if otherwise else Decimal(0)
        if self.name == "IFERROR":
            try:
                return self.parts[0].value(sheet)
            except SheetError:
                return self.parts[1].value(sheet)
        values = []
        for part in self.parts:
            value = part.value(sheet)
            values.extend(value) if isinstance(value, list) else values.append(value)
        return FUNCTIONS[self.name](values)


def as_number(value) -> Decimal:
    if value is None:
        return Decimal(0)
    if isinstance(value, Decimal):
        return value
    raise ValueProblem(f"not a number: {value!r}")


def numbers(values) -> list[Decimal]:
    return [value for value in values if isinstance(value, Decimal)]


COMPARISONS = {"=": lambda a, b: a == b, "<>": lambda a, b: a != b, "<": lambda a, b: a < b,
               ">": lambda a, b: a > b, "<=": lambda a, b: a <= b, ">=": lambda a, b: a >= b}
ARITHMETIC: dict[str, Callable] = {"+": lambda a, b: a + b, "-": lambda a, b=None: -a if b is None else a - b,
                                   "*": lambda a, b: a * b, "/": lambda a, b: a / b, "^": lambda a, b: a ** b,
                                   "%": lambda a: a / 100}
FUNCTIONS: dict[str, Callable] = {
    "SUM": lambda v: sum(numbers(v), Decimal(0)),
    "COUNT": lambda v: Decimal(len(numbers(v))),
    "MAX": lambda v: max(numbers(v), default=Decimal(0)),
    "MIN": lambda v: min(numbers(v), default=Decimal(0)),
    "AVERAGE": lambda v: statistics.mean(numbers(v)),
    "MEDIAN": lambda v: statistics.median(numbers(v)),
    "ROUND": lambda v: round(as_number(v[0]), int(as_number(v[1])) if len(v) > 1 else 0),
    "LEN": lambda v: Decimal(len(show(v[0]))),
    "UPPER": lambda v: show(v[0]).upper(),
    "CONCAT": lambda v: "".join(map(show, v)),
}


class Parser:
    LEVELS = (("=", "<>", "<", ">", "<=", ">="), ("&",), ("+", "-"), ("*", "/"), ("^",))

    def __init__(self, text: str):
        self.tokens = list(tokens(text))
        self.at = 0

    def accept(self, *signs: str) -> str | None:
        kind, text = self.tokens[self.at]
        if kind is Kind.SIGN and text in signs:
            self.at += 1
            return text
        return None

    def expect(self, sign: str) -> None:
        if not self.accept(sign):
            raise NameProblem(f"expected {sign}")

    def formula(self) -> Node:
        node = self.level(0)
        if self.tokens[self.at][0] is not Kind.END:
            raise NameProblem(f"unexpected {self.tokens[self.at][1]}")
        return node

    def level(self, depth: int) -> Node:
        if depth == len(self.LEVELS):
            return self.unary()
        node = self.level(depth + 1)
        while sign := self.accept(*self.LEVELS[depth]):
            node = Operation(sign, (node, self.level(depth + 1)))
        return node

    def unary(self) -> Node:
        if self.accept("-"):
            return Operation("-", (self.unary(),))
        node = self.atom()
        while self.accept("%"):
            node = Operation("%", (node,))
        return node

    def atom(self) -> Node:
        kind, text = self.tokens[self.at]
        self.at += 1
        match kind, text:
            case Kind.NUMBER, digits:
                return Literal(Decimal(digits))
            case Kind.TEXT, quoted:
                return Literal(quoted.replace('""', '"'))
            case Kind.CELL, name:
                place = Place.parse(name)
                if self.accept(":"):
                    _, last = self.tokens[self.at]
                    self.at += 1
                    return Range(place, Place.parse(last))
                return Cell(place)
            case Kind.NAME, name:
                self.expect("(")
                parts = []
                while not self.accept(")"):
                    parts.append(self.level(0))
                    self.accept(",")
                if name.upper() not in FUNCTIONS and name.upper() not in ("IF", "IFERROR"):
                    raise NameProblem(f"no function: {name}")
                return Call(name.upper(), tuple(parts))
            case Kind.SIGN, "(":
                node = self.level(0)
                self.expect(")")
                return node
        raise NameProblem(f"unexpected {text or 'end'}")


def show(value) -> str:
    match value:
        case None:
            return ""
        case SheetError():
            return value.code
        case Decimal():
            text = f"{value.normalize():f}"
            return text if len(text) < 14 else f"{value:.6E}"
    return str(value)


@dataclass
class Sheet:
    sources: dict[Place, str] = field(default_factory=dict)
    nodes: dict[Place, Node] = field(default_factory=dict)
    values: dict[Place, object] = field(default_factory=dict)
    recalculated: int = 0

    def value(self, place: Place):
        value = self.values.get(place)
        if isinstance(value, SheetError):
            raise value
        return value

    def __setitem__(self, name: str, source: str) -> None:
        place = Place.parse(name)
        self.sources[place] = source
        self.nodes.pop(place, None)
        if source.startswith("="):
            try:
                self.nodes[place] = Parser(source[1:]).formula()
            except SheetError as error:
                self.values[place] = error
        else:
            try:
                self.values[place] = Decimal(source)
            except InvalidOperation:
                self.values[place] = source or None
        self.recalculate(place)

    def __getitem__(self, name: str) -> str:
        return show(self.values.get(Place.parse(name)))

    def affected(self, place: Place) -> set[Place]:
        users: dict[Place, list[Place]] = {}
        for user, node in self.nodes.items():
            for needed in node.needs():
                users.setdefault(needed, []).append(user)
        found, todo = {place}, [place]
        while todo:
            for user in users.get(todo.pop(), ()):
                if user not in found:
                    found.add(user)
                    todo.append(user)
        return found

    def recalculate(self, place: Place) -> None:
        affected = self.affected(place)
        graph = {cell: [need for need in self.nodes[cell].needs() if need in affected]
                 for cell in sorted(affected) if cell in self.nodes}
        try:
            order = list(TopologicalSorter(graph).static_order())
        except CycleError as error:
            for cell in error.args[1]:
                self.values[cell] = CycleProblem(" -> ".join(map(str, error.args[1])))
            return
        for cell in order:
            if cell in self.nodes:
                self.recalculated += 1
                try:
                    self.values[cell] = self.nodes[cell].value(self)
                except SheetError as error:
                    self.values[cell] = error

    def table(self) -> str:
        rows = max(place.row for place in self.sources)
        columns = max(place.column for place in self.sources)
        lines = ["    " + "".join(f"{str(Place(0, c))[:-1]:>14}" for c in range(1, columns + 1))]
        for row in range(1, rows + 1):
            cells = (show(self.values.get(Place(row, column))) for column in range(1, columns + 1))
            lines.append(f"{row:>3} " + "".join(f"{cell:>14.13}" for cell in cells))
        return "\n".join(lines)

    def to_csv(self) -> str:
        output = io.StringIO()
        writer = csv.writer(output, lineterminator="\n")
        for place, source in sorted(self.sources.items()):
            writer.writerow([str(place), source, show(self.values.get(place))])
        return output.getvalue()


def main() -> None:
    sheet = Sheet()
    rows = [("apples", "12", "0.35"), ("pears", "7", "0.55"), ("plums, ripe", "140", "0.08"), ("melons", "2", "3.10")]
    for number, (name, count, price) in enumerate(rows, 2):
        sheet[f"A{number}"] = name
        sheet[f"B{number}"] = count
        sheet[f"C{number}"] = price
        sheet[f"D{number}"] = f"=B{number}*C{number}"
        sheet[f"E{number}"] = f'=IF(D{number}>5,"much","little")&" of "&A{number}'
    sheet["A1"], sheet["D1"] = "thing", "cost"
    sheet["D7"] = "=SUM(D2:D5)"
    sheet["D8"] = "=D7*(1+19%)"
    sheet["D9"] = "=ROUND(D8/COUNT(D2:D5),2)"
    sheet["B7"] = "=MAX(B2:B5)-MIN(B2:B5)"
    sheet["C7"] = "=AVERAGE(C2:C5)"
    sheet["C8"] = "=MEDIAN(C2:C5)^2"
    print(sheet.table())
    before = sheet.recalculated
    sheet["B2"] = "1000"
    print("recalculated:", sheet.recalculated - before)
    print(sheet.table())
    for source in ("=1/0", "=A2+1", "=NOPE(1)", "=(1", "=1 ? 2", '=IFERROR(1/0,"none")', "=-2^2", "=2^0.5",
                   '="a""b"&1.50', "=LEN(A4)&UPPER(A4)", "=1<>2", '="a"<"b"', "=G1", "=D8+F20", "=1e5"):
        sheet["F1"] = source
        print(f"{source:<24} {sheet['F1']}")
    sheet["G1"], sheet["G2"], sheet["G3"] = "=G2+1", "=G3+1", "=G1+1"
    print(sheet["G1"], sheet["G2"], sheet["G3"])
    sheet["G3"] = "5"
    print(sheet["G1"], sheet["G2"], sheet["G3"])
    print(Place.parse("AZ10"), Place.parse("$AAA$7"), Place(1, 703))
    print(sheet.to_csv())
    print(Parser("SUM(A1:B2)*-3+1").formula())


if __name__ == "__main__":
    main()
