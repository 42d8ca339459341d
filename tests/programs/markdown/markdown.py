"""markdown.py - a Markdown converter: blocks to a tree, inline marks, references, tables; HTML or plain text out."""
from __future__ import annotations

import html
import re
import sys
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from functools import singledispatch
from typing import Iterator, Union


@dataclass
class Text:
    content: str


@dataclass
class Mark:
    tag: str
    parts: list[Inline]
    attributes: dict[str, str] = field(default_factory=dict)


@dataclass
class Code:
    content: str


@dataclass
class Break:
    pass


Inline = Union[Text, Mark, Code, Break]


@dataclass
class Heading:
    level: int
    parts: list[Inline]
    anchor: str


@dataclass
class Paragraph:
    parts: list[Inline]


@dataclass
class Fence:
    language: str
    lines: list[str]


@dataclass
class Quote:
    blocks: list[Block]


@dataclass
class Items:
    ordered: bool
    start: int
    items: list[list[Block]]
    loose: bool


@dataclass
class Table:
    head: list[list[Inline]]
    align: list[str]
    rows: list[list[list[Inline]]]


@dataclass
class Rule:
    pass


Block = Union[Heading, Paragraph, Fence, Quote, Items, Table, Rule]

REFERENCE = re.compile(r"^ {0,3}\[(?P<name>[^\]]+)\]:\s*<?(?P<link>[^\s>]+)>?(?:\s+[\"'(](?P<title>.*)[\"')])?\s*$")
HEADING = re.compile(r"^ {0,3}(#{1,6})(?:\s+(.*?))?(?:\s+#+)?\s*$")
RULE = re.compile(r"^ {0,3}([-*_])(?:\s*\1){2,}\s*$")
FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})\s*(\w*)\s*$")
ITEM = re.compile(r"^(?P<indent> {0,3})(?P<mark>[-*+]|(?P<number>\d{1,9})[.)])(?P<gap> +)(?=\S)")
DELIMITER = re.compile(r"^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$")

INLINE = re.compile(r"""
    (?P<escape>\\[\\`*_{}\[\]()#+.!|<>~-])
  | (?P<code>(?P<ticks>`+)(?P<inside>.+?)(?<!`)(?P=ticks)(?!`))
  | (?P<image>!\[(?P<alt>[^\]]*)\]\((?P<source>[^)\s]+)\))
  | (?P<link>\[(?P<label>(?:[^\[\]]|\[[^\]]*\])*)\](?:\((?P<target>[^)\s]*)(?:\s+"(?P<title>[^"]*)")?\)|\[(?P<name>[^\]]*)\]))
  | (?P<auto><(?P<address>(?:https?://|mailto:)[^>\s]+)>)
  | (?P<strong>(?P<s>\*\*|__)(?=\S)(?P<strong_text>.+?)(?<=\S)(?P=s))
  | (?P<struck>~~(?=\S)(?P<struck_text>.+?)(?<=\S)~~)
  | (?P<emphasis>(?P<e>\*|(?<!\w)_)(?=\S)(?P<emphasis_text>.+?)(?<=\S)(?P=e)(?!\w))
  | (?P<break>[ ]{2,}\n|\\\n)
""", re.VERBOSE | re.DOTALL)


class Document:
    def __init__(self, source: str):
        self.references: dict[str, tuple[str, str]] = {}
        self.anchors: Counter[str] = Counter()
        self.missing: list[str] = []
        lines = []
        for line in source.expandtabs(4).splitlines():
            if match := REFERENCE.match(line):
                self.references[match["name"].casefold()] = match["link"], match["title"] or ""
            else:
                lines.append(line)
        self.blocks = list(self.parse(lines))

    # ---- blocks ----

    def parse(self, lines: list[str]) -> Iterator[Block]:
        at = 0
        while at < len(lines):
            line = lines[at]
            if not line.strip():
                at += 1
            elif match := FENCE.match(line):
                end = next((k for k in range(at + 1, len(lines)) if lines[k].strip().startswith(match[1])), len(lines))
                yield Fence(match[2], lines[at + 1:end])
                at = end + 1
            elif match := HEADING.match(line):
                yield self.heading(len(match[1]), match[2] or "")
                at += 1
            elif RULE.match(line):
                yield Rule()
                at += 1
            elif line.lstrip().startswith(">"):
                end = at
                while end < len(lines) and lines[end].strip():
                    end += 1
                yield Quote(list(self.parse([re.sub(r"^ {0,3}> ?", "", each) for each in lines[at:end]])))
                at = end
            elif ITEM.match(line):
                items, at = self.items(lines, at)
                yield items
            elif "|" in line and at + 1 < len(lines) and DELIMITER.match(lines[at + 1]) and "-" in lines[at + 1]:
                table, at = self.table(lines, at)
                yield table
            elif line.startswith("    "):
                end = at
                while end < len(lines) and (lines[end].startswith("    ") or not lines[end].strip()):
                    end += 1
                yield Fence("", [each[4:] for each in lines[at:end]])
                at = end
            else:
                end = at + 1
                while end < len(lines) and lines[end].strip() and not self.interrupts(lines[end]):
                    if re.fullmatch(r" {0,3}(=+|-+)\s*", lines[end]):
                        break
                    end += 1
                text = "\n".join(each.lstrip() for each in lines[at:end])
                if end < len(lines) and (under := re.fullmatch(r" {0,3}(=+|-+)\s*", lines[end])):
                    yield self.heading(1 if under[1][0] == "=" else 2, text)
                    end += 1
                else:
                    yield Paragraph(self.inline(text.rstrip()))
                at = end

    @staticmethod
    def interrupts(line: str) -> bool:
        return bool(HEADING.match(line) or FENCE.match(line) or ITEM.match(line) or line.lstrip().startswith(">"))

    def heading(self, level: int, text: str) -> Heading:
        plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
        anchor = re.sub(r"[^\w]+", "-", plain.lower()).strip("-")
        self.anchors[anchor] += 1
        if self.anchors[anchor] > 1:
            anchor += f"-{self.anchors[anchor]}"
        return Heading(level, self.inline(text), anchor)

    def items(self, lines: list[str], at: int) -> tuple[Items, int]:
        first = ITEM.match(lines[at])
        kind = first["mark"][-1]
        items, loose, blank = [], False, False
        while at < len(lines):
            match = ITEM.match(lines[at])
            if not match or match["mark"][-1] != kind or RULE.match(lines[at]):
                break
            loose |= blank
            width = match.end()
            body, at, blank = [lines[at][width:]], at + 1, False
            while at < len(lines):
                line = lines[at]
                if not line.strip():
                    blank = True
                    body.append("")
                elif len(line) - len(line.lstrip()) >= width:
                    loose |= blank
                    blank = False
                    body.append(line[width:])
                elif blank or self.interrupts(line):
                    break
                else:
                    body.append(line.strip())
                at += 1
            items.append(list(self.parse(body)))
        return Items(first["number"] is not None, int(first["number"] or 1), items, loose), at

    def table(self, lines: list[str], at: int) -> tuple[Table, int]:
        def cells(line: str) -> list[str]:
            return [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]

        align = [{(True, True): "center", (True, False): "left", (False, True): "right"}.get(
            (cell.startswith(":"), cell.endswith(":")), "") for cell in cells(lines[at + 1])]
        head = [self.inline(cell) for cell in cells(lines[at])]
        rows = []
        at += 2
        while at < len(lines) and "|" in lines[at]:
            row = cells(lines[at])[:len(head)]
            rows.append([self.inline(cell) for cell in row + [""] * (len(head) - len(row))])
            at += 1
        return Table(head, align, rows), at

    # ---- inline ----

    def inline(self, text: str) -> list[Inline]:
        parts: list[Inline] = []
        end = 0
        for match in INLINE.finditer(text):
            if match.start() > end:
                parts.append(Text(text[end:match.start()]))
            end = match.end()
            match match.lastgroup and next(n for n in ("escape", "code", "image", "link", "auto", "strong", "struck",
                                                       "emphasis", "break") if match[n] is not None):
                case "escape":
                    parts.append(Text(match[0][1]))
                case "code":
                    parts.append(Code(match["inside"].strip()))
                case "image":
                    parts.append(Mark("img", [], {"src": match["source"], "alt": match["alt"]}))
                case "link":
                    parts.append(self.link(match))
                case "auto":
                    parts.append(Mark("a", [Text(match["address"])], {"href": match["address"]}))
                case "strong":
                    parts.append(Mark("strong", self.inline(match["strong_text"])))
                case "struck":
                    parts.append(Mark("del", self.inline(match["struck_text"])))
                case "emphasis":
                    parts.append(Mark("em", self.inline(match["emphasis_text"])))
                case "break":
                    parts.append(Break())
        if end < len(text):
            parts.append(Text(text[end:]))
        return parts

    def link(self, match: re.Match[str]) -> Inline:
        if match["target"] is not None:
            link, title = match["target"], match["title"] or ""
        else:
            name = (match["name"] or match["label"]).casefold()
            if name not in self.references:
                self.missing.append(name)
                return Text(match[0])
            link, title = self.references[name]
        attributes = {"href": link} | ({"title": title} if title else {})
        return Mark("a", self.inline(match["label"]), attributes)


@singledispatch
def to_html(node: object) -> str:
    raise TypeError(f"no HTML for {type(node).__name__}")


to_html.register(list, lambda nodes: "".join(map(to_html, nodes)))
to_html.register(Text, lambda node: html.escape(node.content, quote=False))
to_html.register(Code, lambda node: f"<code>{html.escape(node.content)}</code>")
to_html.register(Break, lambda node: "<br>\n")
to_html.register(Rule, lambda node: "<hr>\n")


@to_html.register
def _(node: Mark) -> str:
    attributes = "".join(f' {key}="{html.escape(value)}"' for key, value in node.attributes.items())
    return f"<{node.tag}{attributes}>" + ("" if node.tag == "img" else f"{to_html(node.parts)}</{node.tag}>")


@to_html.register
def _(node: Heading) -> str:
    return f'<h{node.level} id="{node.anchor}">{to_html(node.parts)}</h{node.level}>\n'


@to_html.register
def _(node: Paragraph) -> str:
    return f"<p>{to_html(node.parts)}</p>\n"


@to_html.register
def _(node: Fence) -> str:
    language = f' class="language-{node.language}"' if node.language else ""
    return f"<pre><code{language}>" + html.escape("\n".join(node.lines).rstrip() + "\n") + "</code></pre>\n"


@to_html.register
def _(node: Quote) -> str:
    return f"<blockquote>\n{to_html(node.blocks)}</blockquote>\n"


@to_html.register
def _(node: Items) -> str:
    tag = "ol" if node.ordered else "ul"
    start = f' start="{node.start}"' if node.ordered and node.start != 1 else ""
    lines = [f"<{tag}{start}>"]
    for blocks in node.items:
        inner = "".join(to_html(b.parts) + "\n" if isinstance(b, Paragraph) and not node.loose else to_html(b)
                        for b in blocks)
        lines.append(f"<li>{inner.rstrip()}</li>")
    return "\n".join([*lines, f"</{tag}>", ""])


@to_html.register
def _(node: Table) -> str:
    def row(cells, tag):
        return "<tr>" + "".join(f'<{tag}{f" align={a}" * bool(a)}>{to_html(c)}</{tag}>'
                                for c, a in zip(cells, node.align)) + "</tr>\n"

    return f"<table>\n{row(node.head, 'th')}{''.join(row(each, 'td') for each in node.rows)}</table>\n"


def main() -> int:
    document = Document(sys.stdin.read())
    print(to_html(document.blocks), end="")
    print("<!--", Counter(type(block).__name__ for block in document.blocks).most_common(), "-->")
    for name in document.missing:
        print(f"missing reference: {name}", file=sys.stderr)
    try:
        to_html(3.5)
    except TypeError as error:
        print(error, file=sys.stderr)
    return len(document.missing)


if __name__ == "__main__":
    sys.exit(main())
