"""templates.py - templates compiled to Python functions: blocks, loops, filters, inheritance, includes, macros."""
from __future__ import annotations

import ast
import datetime
import html
import json
import re
import textwrap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType, SimpleNamespace

TOKEN = re.compile(r"(\{\{-?.*?-?\}\}|\{%-?.*?-?%\}|\{#.*?#\})", re.DOTALL)


class TemplateError(Exception):
    def __init__(self, message: str, name: str, line: int):
        super().__init__(f"{name}, line {line}: {message}")
        self.line = line
        self.add_note(f"while reading {name}")


class Safe(str):
    """Text that needs no escaping."""

    def __add__(self, other):
        return Safe(str.__add__(self, other if isinstance(other, Safe) else html.escape(str(other))))


def escape(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, Safe) else html.escape(str(value))


FILTERS: dict[str, Callable] = {}


def filter_named(name: str):
    def register(function):
        FILTERS[name] = function
        return function
    return register


for _name in ("upper", "lower", "title", "strip"):
    FILTERS[_name] = lambda value, _name=_name: getattr(str(value), _name)()
FILTERS.update(length=len, sort=sorted, first=lambda v: next(iter(v)), safe=Safe, json=lambda v: Safe(json.dumps(v)))


@filter_named("join")
def _join(values: Iterable, separator: str = "") -> str:
    return separator.join(map(str, values))


@filter_named("default")
def _default(value, instead=""):
    return instead if value in (None, "") else value


@filter_named("date")
def _date(value: datetime.date, pattern: str = "%d.%m.%Y") -> str:
    return value.strftime(pattern)


@filter_named("wrap")
def _wrap(value: str, width: int = 20) -> str:
    return textwrap.fill(value, width)


@dataclass
class Token:
    kind: str
    text: str
    line: int


def tokenize(source: str) -> list[Token]:
    tokens, line, strip_next = [], 1, False
    for part in TOKEN.split(source):
        begins = line
        line += part.count("\n")
        kind = {"{{": "value", "{%": "tag", "{#": "comment"}.get(part[:2], "text")
        if kind == "text":
            text = part.lstrip() if strip_next else part
            strip_next = False
            if text:
                tokens.append(Token(kind, text, begins))
            continue
        inner = part[2:-2]
        if inner.startswith("-"):
            inner = inner[1:]
            if tokens and tokens[-1].kind == "text":
                tokens[-1].text = tokens[-1].text.rstrip()
        if inner.endswith("-"):
            inner, strip_next = inner[:-1], True
        if kind != "comment":
            tokens.append(Token(kind, inner.strip(), begins))
    return tokens


class Names(ast.NodeTransformer):
    """Free names become look-ups in the context; attributes look into mappings too."""

    def __init__(self, bound: set[str]):
        self.bound = bound

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id in self.bound:
            return node
        call = ast.Call(ast.Name("_look", ast.Load()), [ast.Constant(node.id)], [])
        return ast.copy_location(call, node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        if node.attr.startswith("_"):
            raise SyntaxError(f"{node.attr} is private")
        return ast.copy_location(ast.Call(ast.Name("_attr", ast.Load()), [node.value, ast.Constant(node.attr)], []), node)


@dataclass
class Compiler:
    name: str
    tokens: list[Token]
    lines: list[str] = field(default_factory=list)
    depth: int = 1
    at: int = 0
    bound: list[set[str]] = field(default_factory=lambda: [set()])
    blocks: dict[str, str] = field(default_factory=dict)
    parent: str | None = None
    loops: int = 0

    def emit(self, text: str) -> None:
        self.lines.append("    " * self.depth + text)

    def fail(self, message: str, token: Token) -> TemplateError:
        return TemplateError(message, self.name, token.line)

    def expression(self, text: str, token: Token) -> str:
        source, *filters = re.split(r"\|(?![|])", text)
        try:
            tree = Names(set().union(*self.bound)).visit(ast.parse(source.strip(), mode="eval"))
            code = ast.unparse(ast.fix_missing_locations(tree))
            for each in filters:
                call = ast.parse(each.strip(), mode="eval").body
                match call:
                    case ast.Name(id=name):
                        extra = ""
                    case ast.Call(func=ast.Name(id=name), args=arguments):
                        extra = "".join(", " + ast.unparse(argument) for argument in arguments)
                    case _:
                        raise SyntaxError(f"bad filter {each.strip()}")
                if name not in FILTERS:
                    raise self.fail(f"no filter {name}", token)
                code = f"_filters[{name!r}]({code}{extra})"
        except SyntaxError as error:
            raise self.fail(f"{error.msg}: {text}", token) from error
        return code

    def body(self, *ends: str) -> Token | None:
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            if token.kind == "text":
                self.emit(f"_out({token.text!r})")
            elif token.kind == "value":
                self.emit(f"_out(_escape({self.expression(token.text, token)}))")
            else:
                word = token.text.split(None, 1)[0] if token.text else ""
                if word in ends:
                    return token
                handler = getattr(self, f"tag_{word}", None)
                if handler is None:
                    raise self.fail(f"unknown tag {word!r}", token)
                handler(token, token.text[len(word):].strip())
        if ends:
            raise self.fail(f"{' or '.join(ends)} is missing", self.tokens[-1])
        return None

    def indented(self, *ends: str) -> Token:
        self.depth += 1
        self.emit("pass")
        token = self.body(*ends)
        self.depth -= 1
        return token

    def tag_if(self, token: Token, rest: str) -> None:
        self.emit(f"if {self.expression(rest, token)}:")
        end = self.indented("elif", "else", "endif")
        while end.text.startswith("elif"):
            self.emit(f"elif {self.expression(end.text[4:], end)}:")
            end = self.indented("elif", "else", "endif")
        if end.text == "else":
            self.emit("else:")
            self.indented("endif")

    def tag_for(self, token: Token, rest: str) -> None:
        names, found, values = rest.partition(" in ")
        if not found:
            raise self.fail("for NAME in VALUES", token)
        self.loops += 1
        loop = f"_loop{self.loops}"
        self.emit(f"{loop} = list({self.expression(values, token)})")
        self.emit(f"for loop, ({names.strip()}) in _loops({loop}):")
        self.bound.append({"loop", *re.findall(r"\w+", names)})
        end = self.indented("else", "endfor")
        self.bound.pop()
        if end.text == "else":
            self.emit(f"if not {loop}:")
            self.indented("endfor")

    def tag_set(self, token: Token, rest: str) -> None:
        name, _, value = rest.partition("=")
        self.emit(f"_context[{name.strip()!r}] = {self.expression(value, token)}")

    def tag_block(self, token: Token, rest: str) -> None:
        if rest in self.blocks:
            raise self.fail(f"block {rest} twice", token)
        outer, self.lines, depth, self.depth = self.lines, [], self.depth, 1
        self.body("endblock")
        self.blocks[rest] = "\n".join(self.lines) or "    pass"
        self.lines, self.depth = outer, depth
        self.emit(f"_block({rest!r})")

    def tag_extends(self, token: Token, rest: str) -> None:
        self.parent = ast.literal_eval(rest)

    def tag_include(self, token: Token, rest: str) -> None:
        self.emit(f"_out(_include({self.expression(rest, token)}))")

    def tag_macro(self, token: Token, rest: str) -> None:
        name, _, parameters = rest.partition("(")
        self.emit(f"def {name}({parameters}:")
        self.depth += 1
        self.emit("_parts = []; _out = _parts.append")
        self.depth -= 1
        self.bound.append(set(re.findall(r"(\w+)\s*(?:,|=|\))", parameters)))
        self.indented("endmacro")
        self.bound.pop()
        self.emit("    return _Safe(''.join(_parts))")
        self.bound[0].add(name)


class Template:
    def __init__(self, library: Library, name: str, source: str):
        self.library, self.name = library, name
        compiler = Compiler(name, tokenize(source))
        compiler.body()
        self.parent = compiler.parent
        self.sources = {"": "\n".join(compiler.lines) or "    pass", **compiler.blocks}

    def function(self, block: str) -> Callable:
        text = "def render(_out, _context, _look, _attr, _escape, _filters, _loops, _block, _include, _Safe):\n"
        scope: dict = {}
        exec(compile(text + self.sources[block], f"<template {self.name}:{block}>", "exec"), scope)
        return scope["render"]

    def render(self, context: Mapping | None = None, **values) -> str:
        chain = [self]
        while chain[-1].parent:
            chain.append(self.library[chain[-1].parent])
        scope = dict(context or {}, **values)
        parts: list[str] = []

        def look(name):
            try:
                return scope[name]
            except KeyError:
                raise NameError(f"{self.name} has no value for {name!r}") from None

        def attribute(value, name):
            return value[name] if isinstance(value, Mapping) and name in value else getattr(value, name)

        def loops(values):
            for k, value in enumerate(values):
                yield SimpleNamespace(index=k + 1, first=k == 0, last=k == len(values) - 1), value

        def run(template, block):
            template.function(block)(parts.append, scope, look, attribute, escape, MappingProxyType(FILTERS), loops,
                                     run_block, lambda name: self.library[name].render(scope), Safe)

        def run_block(name):
            run(next(template for template in chain if name in template.sources), name)

        run(chain[-1], "")
        return "".join(parts)


class Library(dict):
    def __missing__(self, name: str) -> Template:
        raise LookupError(f"no template {name!r}; there are {', '.join(sorted(self))}")

    def add(self, name: str, source: str) -> None:
        self[name] = Template(self, name, textwrap.dedent(source).lstrip("\n"))


def main() -> None:
    library = Library()
    library.add("base", """
        <title>{% block title %}no title{% endblock %}</title>
        {% include "menu" %}
        {% block content %}{% endblock -%}
        {# never shown #}
        <footer>{{ year }}</footer>
        """)
    library.add("menu", "<nav>{% for name, link in menu %}<a href=\"{{ link }}\">{{ name|title }}</a>"
                        "{% if not loop.last %} | {% endif %}{% endfor %}</nav>")
    library.add("page", """
        {% extends "base" %}
        {% block title %}{{ user.name }} & friends{% endblock %}
        {% block content %}
        {% macro item(text, mark="*") %}<li>{{ mark }} {{ text }}</li>{% endmacro -%}
        {% set total = user.friends|length %}
        {% for friend in user.friends|sort -%}
          {{ item(friend, loop.index) }}
        {% else %}
          nobody
        {% endfor -%}
        {% if total > 2 %}many{% elif total == 2 %}two{% else %}few{% endif %} friends,
        born {{ born|date("%d %B %Y") }}, {{ note|default("no note")|upper }}, {{ raw|safe }} {{ raw }}
        {{ data|json }} {{ user.friends|join(", ") }} {{ 3 * (total + 1) }}
        {% endblock %}
        """)
    common = {"menu": [("home", "/"), ("search", "/?q=a&b")], "year": 2024, "born": datetime.date(1815, 12, 10),
              "note": None, "raw": "<b>&</b>", "data": {"k": [1, None, "é"]}}
    for friends in (["Charles <C>", "Augustus", "Mary"], ["one", "two"], []):
        print(library["page"].render(common, user={"name": "Ada", "friends": friends}))
    print(library["page"].sources["title"])
    print(library["menu"].sources[""])
    for source in ("{% if %}x{% endif %}", "a\n{% for x %}", "{{ 1 + }}", "{% nope %}", "{{ x|nope }}", "\n\n{% if 1 %}",
                   "{{ x._private }}", "{% block a %}{% endblock %}{% block a %}{% endblock %}"):
        try:
            library.add("bad", source)
        except TemplateError as error:
            print(error, error.__notes__, type(error.__cause__).__name__)
    for action in (lambda: library["missing"], lambda: library["menu"].render(), lambda: Safe("<") + "<" + Safe(">")):
        try:
            print(action())
        except (LookupError, NameError) as error:
            print(type(error).__name__, error)


if __name__ == "__main__":
    main()
