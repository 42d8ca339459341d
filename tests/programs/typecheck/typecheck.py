"""typecheck.py - a small functional language: parser, type inference after Hindley and Milner, a checker of matches, an evaluator."""
from __future__ import annotations

import functools
import itertools
import re
import sys
import textwrap
import types
import weakref
from collections import ChainMap, UserDict
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import KW_ONLY, InitVar, dataclass, field, fields, is_dataclass
from typing import (Annotated, Any, ClassVar, Final, Generic, Literal, NamedTuple, NewType, ParamSpec, TypeAlias, TypeVar, Union,
                    assert_never, cast, get_args, get_origin, get_type_hints, overload)

P, R = ParamSpec("P"), TypeVar("R")
Name = NewType("Name", str)
LIMIT: Final = 20_000


class Position(NamedTuple):
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.line}:{self.column}"


class LanguageError(Exception):
    stage: ClassVar[str] = "?"

    def __init__(self, message: str, at: Position = Position()):
        super().__init__(message)
        self.at = at

    def __init_subclass__(cls, /, stage: str, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.stage = stage

    def __str__(self) -> str:
        return f"{self.stage} error at {self.at}: {self.args[0]}"


class SyntaxProblem(LanguageError, stage="syntax"):
    pass


class TypeProblem(LanguageError, stage="type"):
    pass


class RunProblem(LanguageError, stage="run"):
    pass


# ---- trees ----

@dataclass(frozen=True)
class Expr:
    _: KW_ONLY
    at: Position = field(default=Position(), compare=False, repr=False)


@dataclass(frozen=True)
class Lit(Expr):
    value: int | bool | str


@dataclass(frozen=True)
class Var(Expr):
    name: Name


@dataclass(frozen=True)
class Fun(Expr):
    parameter: Name
    body: Expr


@dataclass(frozen=True)
class App(Expr):
    function: Expr
    argument: Expr


@dataclass(frozen=True)
class Let(Expr):
    name: Name
    value: Expr
    body: Expr
    recursive: bool = False


@dataclass(frozen=True)
class If(Expr):
    condition: Expr
    then: Expr
    otherwise: Expr


@dataclass(frozen=True)
class ListOf(Expr):
    items: tuple[Expr, ...]


@dataclass(frozen=True)
class Match(Expr):
    value: Expr
    empty: Expr
    head: Name
    tail: Name
    more: Expr


TOKEN = re.compile(r"""(?P<skip>\s+|\#[^\n]*)|(?P<int>\d+)|(?P<str>"[^"\n]*")|(?P<name>[a-z_]\w*'*)|(?P<op>->|==|<=|&&|\|\||::|[-+*<=()\[\],|\\])""", re.VERBOSE)
WORDS = frozenset("let rec in if then else true false match with".split())
LEVELS: list[tuple[Literal["left", "right"], tuple[str, ...]]] = [
    ("right", ("||",)), ("right", ("&&",)), ("left", ("==", "<", "<=")), ("right", ("::",)), ("left", ("+", "-")), ("left", ("*",))]


def tokens(text: str) -> Generator[tuple[str, str, Position], None, int]:
    line = start = at = count = 0
    while at < len(text):
        match = TOKEN.match(text, at)
        position = Position(line + 1, at - start + 1)
        if match is None:
            raise SyntaxProblem(f"what is {text[at]!r}?", position)
        if match.lastgroup != "skip":
            count += 1
            yield ("word" if match[0] in WORDS else match.lastgroup), match[0], position
        if (newlines := match[0].count("\n")) > 0:
            line, start = line + newlines, match.start() + match[0].rindex("\n") + 1
        at = match.end()
    yield "end", "", Position(line + 1, at - start + 1)
    return count


class Parser:
    def __init__(self, text: str):
        self.size = 0
        self.tokens = list(self.counted(text))
        self.here = 0

    def counted(self, text: str) -> Iterator[tuple[str, str, Position]]:
        self.size = yield from tokens(text)

    def peek(self, *texts: str) -> bool:
        kind, text, _ = self.tokens[self.here]
        return text in texts and kind in ("word", "op")

    def take(self, *texts: str) -> Position:
        kind, text, at = self.tokens[self.here]
        if texts and not self.peek(*texts):
            raise SyntaxProblem(f"expected {' or '.join(texts)}, not {text or 'the end'}", at)
        self.here += 1
        return at

    def name(self) -> Name:
        kind, text, at = self.tokens[self.here]
        if kind != "name":
            raise SyntaxProblem(f"expected a name, not {text or 'the end'}", at)
        self.here += 1
        return Name(text)

    def program(self) -> Expr:
        expr = self.expression()
        if self.tokens[self.here][0] != "end":
            raise SyntaxProblem(f"unexpected {self.tokens[self.here][1]}", self.tokens[self.here][2])
        return expr

    def expression(self) -> Expr:
        at = self.tokens[self.here][2]
        if self.peek("let"):
            self.take()
            recursive = self.peek("rec") and bool(self.take())
            name, parameters = self.name(), []
            while not self.peek("="):
                parameters.append(self.name())
            self.take("=")
            value = self.expression()
            self.take("in")
            value = functools.reduce(lambda body, p: Fun(p, body, at=at), reversed(parameters), value)
            return Let(name, value, self.expression(), recursive, at=at)
        if self.peek("\\"):
            self.take()
            name, _ = self.name(), self.take("->")
            return Fun(name, self.expression(), at=at)
        if self.peek("if"):
            self.take()
            parts = [self.expression(), self.take("then") and self.expression(), self.take("else") and self.expression()]
            return If(*parts, at=at)
        if self.peek("match"):
            self.take()
            value, _ = self.expression(), self.take("with")
            self.take("["), self.take("]"), self.take("->")
            empty, _ = self.expression(), self.take("|")
            head, _, tail, _ = self.name(), self.take("::"), self.name(), self.take("->")
            return Match(value, empty, head, tail, self.expression(), at=at)
        return self.operators(0)

    def operators(self, level: int) -> Expr:
        if level == len(LEVELS):
            return self.application()
        side, words = LEVELS[level]
        left = self.operators(level + 1)
        while self.peek(*words):
            word = self.tokens[self.here][1]
            at = self.take()
            right = self.operators(level if side == "right" else level + 1)
            left = App(App(Var(Name(word), at=at), left, at=at), right, at=at)
        return left

    def application(self) -> Expr:
        result = self.atom()
        while self.tokens[self.here][0] in ("int", "str", "name") or self.peek("(", "[", "true", "false", "\\"):
            at = self.tokens[self.here][2]
            result = App(result, self.expression() if self.peek("\\") else self.atom(), at=at)
        return result

    def atom(self) -> Expr:
        kind, text, at = self.tokens[self.here]
        self.here += 1
        match kind, text:
            case "int", digits:
                return Lit(int(digits), at=at)
            case "str", quoted:
                return Lit(quoted[1:-1], at=at)
            case "word", "true" | "false" as word:
                return Lit(word == "true", at=at)
            case "name", name:
                return Var(Name(name), at=at)
            case "op", "(":
                inner = self.expression()
                self.take(")")
                return inner
            case "op", "[":
                items = []
                while not self.peek("]"):
                    items.append(self.expression())
                    if not self.peek("]"):
                        self.take(",")
                self.take("]")
                return ListOf(tuple(items), at=at)
        raise SyntaxProblem(f"unexpected {text or 'end'}", at)


# ---- types ----

@dataclass(eq=False)
class Variable:
    number: int
    value: Type | None = None
    level: int = 0


@dataclass(frozen=True)
class Con:
    name: str
    arguments: tuple[Type, ...] = ()


Type: TypeAlias = Union[Variable, Con]
INT, BOOL, STR = Con("int"), Con("bool"), Con("str")


def arrow(*parts: Type) -> Type:
    return functools.reduce(lambda result, part: Con("->", (part, result)), reversed(parts[:-1]), parts[-1])


def list_of(item: Type) -> Con:
    return Con("list", (item,))


@dataclass(frozen=True)
class Scheme:
    quantified: frozenset[int]
    body: Type


def prune(t: Type) -> Type:
    while isinstance(t, Variable) and t.value is not None:
        t = t.value
    return t


def free(t: Type) -> Iterator[Variable]:
    match prune(t):
        case Variable() as v:
            yield v
        case Con(arguments=arguments):
            for each in arguments:
                yield from free(each)
        case never:
            assert_never(never)


def show(t: Type) -> str:
    names: dict[int, str] = {}

    def text(t: Type, inside: bool = False) -> str:
        match prune(t):
            case Variable(number=n):
                return names.setdefault(n, f"'{chr(97 + len(names) % 26)}")
            case Con("->", (a, b)):
                return f"({text(a, True)} -> {text(b)})" if inside else f"{text(a, True)} -> {text(b)}"
            case Con("list", (item,)):
                return f"[{text(item)}]"
            case Con(name):
                return name
    return text(t)


class Checker:
    """Infers types; each instance numbers its own variables and remembers the types it gave to names."""
    alive: ClassVar[weakref.WeakSet[Checker]] = weakref.WeakSet()

    def __init__(self):
        self.numbers, self.level, self.unified = itertools.count(1), 0, 0
        a = self.new()
        same = arrow(a, a, BOOL)
        quantified = frozenset([a.number])
        lists = arrow(a, list_of(a), list_of(a))
        self.globals = {**{op: Scheme(frozenset(), arrow(INT, INT, INT)) for op in "+-*"}, **{op: Scheme(quantified, same) for op in ("==", "<", "<=")},
                        **{op: Scheme(frozenset(), arrow(BOOL, BOOL, BOOL)) for op in ("&&", "||")}, "::": Scheme(quantified, lists),
                        "show": Scheme(quantified, arrow(a, STR)), "join": Scheme(frozenset(), arrow(STR, STR, STR))}
        Checker.alive.add(self)

    def new(self) -> Variable:
        return Variable(next(self.numbers), level=self.level)

    @contextmanager
    def deeper(self) -> Iterator[None]:
        self.level += 1
        try:
            yield
        finally:
            self.level -= 1

    def instance(self, scheme: Scheme) -> Type:
        fresh = {n: self.new() for n in sorted(scheme.quantified)}

        def copy(t: Type) -> Type:
            match prune(t):
                case Variable(number=n) as v:
                    return fresh.get(n, v)
                case Con(name, arguments):
                    return Con(name, tuple(map(copy, arguments)))
        return copy(scheme.body)

    def generalise(self, t: Type) -> Scheme:
        return Scheme(frozenset(v.number for v in free(t) if v.level > self.level), t)

    def unify(self, a: Type, b: Type, at: Position) -> None:
        self.unified += 1
        match prune(a), prune(b):
            case (Variable() as v, Variable() as w) if v is w:
                pass
            case (Variable() as v, t) | (t, Variable() as v):
                for w in free(t):
                    if w is v:
                        raise TypeProblem(f"{show(v)} would be part of itself in {show(t)}", at)
                    w.level = min(w.level, v.level)
                v.value = t
            case (Con(n, x), Con(m, y)) if n == m and len(x) == len(y):
                for one, other in zip(x, y, strict=True):
                    self.unify(one, other, at)
            case (one, other):
                raise TypeProblem(f"expected {show(one)}, found {show(other)}", at)

    def infer(self, e: Expr, env: ChainMap[str, Scheme]) -> Type:
        match e:
            case Lit(value=bool()):
                return BOOL
            case Lit(value=int()):
                return INT
            case Lit():
                return STR
            case Var(name=name):
                if name not in env:
                    raise TypeProblem(f"unknown name {name}", e.at)
                return self.instance(env[name])
            case Fun(parameter, body):
                t = self.new()
                return arrow(t, self.infer(body, env.new_child({parameter: Scheme(frozenset(), t)})))
            case App(function, argument):
                result, f = self.new(), self.infer(function, env)
                try:
                    self.unify(f, arrow(self.infer(argument, env), result), e.at)
                except TypeProblem as problem:
                    problem.add_note(f"in a call of {show(f)}")
                    raise
                return result
            case Let(name, value, body, recursive):
                with self.deeper():
                    inner = env
                    if recursive:
                        t = self.new()
                        inner = env.new_child({name: Scheme(frozenset(), t)})
                    found = self.infer(value, inner)
                    if recursive:
                        self.unify(t, found, e.at)
                return self.infer(body, env.new_child({name: self.generalise(found)}))
            case If(condition, then, otherwise):
                self.unify(BOOL, self.infer(condition, env), condition.at)
                result = self.infer(then, env)
                self.unify(result, self.infer(otherwise, env), otherwise.at)
                return result
            case ListOf(items):
                t = self.new()
                for item in items:
                    self.unify(t, self.infer(item, env), item.at)
                return list_of(t)
            case Match(value, empty, head, tail, more):
                t = self.new()
                self.unify(list_of(t), self.infer(value, env), value.at)
                result = self.infer(empty, env)
                scope = env.new_child({head: Scheme(frozenset(), t), tail: Scheme(frozenset(), list_of(t))})
                self.unify(result, self.infer(more, scope), more.at)
                return result
        raise TypeError(f"{type(e).__name__} is no expression")


# ---- running ----

def curried(function: Callable[P, R], count: int = 2, *given: Any) -> Any:
    return function(*given) if count == 0 else lambda value: curried(function, count - 1, *given, value)


PRIMITIVES = types.MappingProxyType({
    "+": curried(lambda a, b: a + b), "-": curried(lambda a, b: a - b), "*": curried(lambda a, b: a * b), "==": curried(lambda a, b: a == b),
    "<": curried(lambda a, b: a < b), "<=": curried(lambda a, b: a <= b), "&&": curried(lambda a, b: a and b), "||": curried(lambda a, b: a or b),
    "::": curried(lambda a, b: (a, *b)), "show": str, "join": curried(lambda a, b: a + b)})


class Evaluator:
    def __init__(self):
        self.steps = 0

    def run(self, e: Expr, env: ChainMap[str, Any]) -> Any:
        self.steps += 1
        if self.steps > LIMIT:
            raise RunProblem(f"more than {LIMIT:_} steps", e.at)
        match e:
            case Lit(value):
                return value
            case Var(name):
                return env[name]
            case Fun(parameter, body):
                return lambda value: self.run(body, env.new_child({parameter: value}))
            case App(function, argument):
                return self.run(function, env)(self.run(argument, env))
            case Let(name, value, body, recursive):
                scope = env.new_child()
                scope[name] = self.run(value, scope if recursive else env)
                return self.run(body, scope)
            case If(condition, then, otherwise):
                return self.run(then if self.run(condition, env) else otherwise, env)
            case ListOf(items):
                return tuple(self.run(item, env) for item in items)
            case Match(value, empty, head, tail, more):
                match self.run(value, env):
                    case ():
                        return self.run(empty, env)
                    case (first, *rest):
                        return self.run(more, env.new_child({head: first, tail: tuple(rest)}))


def both(text: str) -> tuple[str, Any, int]:
    parser = Parser(textwrap.dedent(text))
    tree, checker, evaluator = parser.program(), Checker(), Evaluator()
    kind = checker.infer(tree, ChainMap(checker.globals))
    return show(kind), evaluator.run(tree, ChainMap({}, dict(PRIMITIVES))), evaluator.steps


GOOD = {
    "arithmetic": "1 + 2 * 3 - 4", "identity": "\\x -> x", "compose": "\\f -> \\g -> \\x -> f (g x)", "polymorphism": "let id x = x in if id true then id 1 else 2",
    "lists": """
        let rec map f xs = match xs with [] -> [] | y :: ys -> f y :: map f ys in
        let rec fold f z xs = match xs with [] -> z | y :: ys -> f y (fold f z ys) in
        let rec range a b = if b <= a then [] else a :: range (a + 1) b in
        fold (\\a -> \\b -> a + b) 0 (map (\\x -> x * x) (range 0 10))""",
    "strings": 'let twice f x = f (f x) in twice (join "ab") (show [1, 2])',
    "sort": """
        let rec filter p xs = match xs with [] -> [] | y :: ys -> if p y then y :: filter p ys else filter p ys in
        let rec append a b = match a with [] -> b | x :: xs -> x :: append xs b in
        let not b = if b then false else true in
        let rec sort xs = match xs with [] -> [] | y :: ys ->
            append (sort (filter (\\x -> x < y) ys)) (y :: sort (filter (\\x -> not (x < y)) ys)) in
        sort [3, 1, 4, 1, 5, 9, 2, 6]""",
    "church": "let two f x = f (f x) in let three f x = f (f (f x)) in two three (\\n -> n + 1) 0 # nine",
}
BAD = ["1 +", "let x = 1", "if 1 then 2 else 3", "[1, true]", "\\x -> x x", "nobody 1", "1 2", "let rec loop x = loop x in loop 1",
       "match 3 with [] -> 1 | x :: xs -> 2", '"a" + 1', "(1", "let rec f x = f in f", "1 $ 2", "\\1 -> 2", "if true then 1 else \"one\"", "1 == true"]


def main() -> int:
    for name, text in GOOD.items():
        kind, value, steps = both(text)
        print(f"{name}: {kind} = {'a function' if callable(value) else value} in {steps} steps")
    status = 0
    for text in BAD:
        with ExitStack() as stack:
            stack.callback(lambda: None)
            stack.enter_context(nullcontext())
            try:
                print(both(text))
            except LanguageError as error:
                status += 1
                print(f"{text!r}: {error}", *getattr(error, "__notes__", []), sep="; ")
            except RecursionError:
                print(f"{text!r}: too deep")
    print(Parser("let f x = x :: [] in f 1").program())
    hints = get_type_hints(Let)
    print([f.name for f in fields(Let)], hints["recursive"], get_args(hints["name"]), get_origin(list[tuple[str, int]]), Type)
    print(is_dataclass(Con), Lit(3) == Lit(3, at=Position(9, 9)), hash(Con("x")) == hash(Con("x")), len(Checker.alive) <= 1, Name.__supertype__)
    try:
        Con("int").name = "x"
    except AttributeError as error:
        print(type(error).__name__, error)
    Checker().infer(cast(Expr, "text"), ChainMap())
    return status


if __name__ == "__main__":
    sys.exit(main())
