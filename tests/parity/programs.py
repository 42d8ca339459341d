"""programs.py - seeded random programs: all statements and expressions, constants and dead code more often than in life.

They need not make sense when run; nearly all of them compile. What stands within brackets is broken over lines now and
then, so that lines and columns of instructions vary.
"""
import random

NAMES = "a b c d e f_ self x y __p".split()
CONSTANTS = ["None", "True", "False", "0", "1", "2", "-1", "255", "1 << 70", "0.0", "-0.0", "1.5", "1e400", "2j", "-0j", "''", "'s'",
             "'t'", "b''", "b'x'", "...", "()", "(1, 2)", "(1, (2.0, 'x'), -0.0)", "__debug__"]
BINARY = "+ - * / // % ** @ << >> & | ^".split()
COMPARE = ["<", ">", "==", "!=", "<=", ">=", "in", "not in", "is", "is not"]


class Maker:
    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.loops = 0
        self.kind = "module"  # function, async, class
        self.lines = []

    def pick(self, *choices):
        return self.rng.choice(choices)

    def chance(self, share):
        return self.rng.random() < share

    def name(self):
        return self.rng.choice(NAMES)

    def some(self, make, least=0, most=3):
        return [make() for _ in range(self.rng.randint(least, most))]

    def gap(self):
        """Between two pieces inside brackets."""
        return self.pick("", "", "", " ", "\n  ", "\n", " # c\n")

    def join(self, pieces):
        return "".join(f"{self.gap()}{piece}," for piece in pieces)

    # ---- expressions ----
    def constant(self):
        return self.rng.choice(CONSTANTS)

    def expression(self, depth=3):
        if depth <= 0 or self.chance(0.15):
            return self.pick(self.name(), self.constant())
        return getattr(self, "e_" + self.rng.choice(EXPRESSIONS))(depth - 1)

    def inner(self, depth):
        return f"({self.gap()}{self.expression(depth)}{self.gap()})"

    def e_bool(self, depth):
        word = self.pick(" and ", " or ")
        return "(" + word.join(self.gap() + self.expression(depth) for _ in range(self.rng.randint(2, 4))) + ")"

    def e_not(self, depth):
        return f"(not {self.expression(depth)})"

    def e_ternary(self, depth):
        return f"({self.expression(depth)} if{self.gap()} {self.expression(depth)} else{self.gap()} {self.expression(depth)})"

    def e_binary(self, depth):
        return f"({self.expression(depth)}{self.gap()} {self.rng.choice(BINARY)} {self.expression(depth)})"

    def e_fold(self, depth):
        values = ["1", "2", "3.5", "'ab'", "b'c'", "(1, 2)", "True", "10**10", "2j", "None", "-1"]
        return f"({self.rng.choice(values)} {self.rng.choice(BINARY)} {self.rng.choice(values)})"

    def e_unary(self, depth):
        return f"({self.pick('-', '+', '~', 'not ')}{self.expression(depth)})"

    def e_compare(self, depth):
        first = self.name() if self.chance(0.5) else self.inner(depth)
        rest = "".join(f"{self.gap()} {self.rng.choice(COMPARE)} {self.inner(depth)}" for _ in range(self.pick(1, 1, 1, 2, 3)))
        return f"({first}{rest})"

    def e_call(self, depth):
        target = self.pick(self.name(), f"{self.name()}.m", f"{self.name()}.m", self.inner(depth))
        arguments = self.some(lambda: self.argument(depth), 0, 4)
        arguments.sort(key=lambda a: (a.startswith("**"), "=" in a.split("(")[0] and not a.startswith("*")))
        return f"{target}({self.join(arguments)})"

    def argument(self, depth):
        value = self.expression(depth)
        return self.rng.choices([value, f"k{self.rng.randrange(10 ** 6)}={value}", f"*{self.name()}", f"**{self.name()}"], [6, 3, 1, 1])[0]

    def e_attribute(self, depth):
        return f"{self.inner(depth)}{self.gap()}.{self.name()}" if self.chance(0.3) else f"{self.name()}.{self.name()}"

    def e_subscript(self, depth):
        return f"{self.name()}[{self.index(depth)}]"

    def index(self, depth):
        low, high = self.expression(depth), self.expression(depth)
        return self.pick(low, f"{low}:", f":{high}", f"{low}:{high}", f"{low}:{high}:{self.name()}", ":", f"{low}, {high}", f"{low}:, {high}",
                         f"*{self.name()}")

    def e_display(self, depth):
        items = self.some(lambda: self.starred(depth), 0, 5)
        if self.chance(0.3):
            items = self.some(self.constant, 0, 5)
        return self.pick("({})", "[{}]", "{{{}}}").format(self.join(items)) if items else self.pick("()", "[]", "{}")

    def starred(self, depth):
        return f"*{self.name()}" if self.chance(0.1) else self.expression(depth)

    def e_dict(self, depth):
        items = self.some(lambda: f"**{self.name()}" if self.chance(0.15) else f"{self.expression(depth)}: {self.expression(depth)}", 0, 4)
        if self.chance(0.3):
            items = [f"'{k}': {self.expression(depth)}" for k in range(self.rng.randint(0, 18))]
        return f"{{{self.join(items)}}}"

    def e_lambda(self, depth):
        return f"(lambda {self.parameters(False)}: {self.expression(depth)})"

    def e_comprehension(self, depth):
        kind = "async for" if self.kind == "async" and self.chance(0.3) else "for"
        clauses = "".join(f"{self.gap()} {kind} {self.pick(self.name(), 'u, v', '(u, *v)', 'z')} in {self.inner(depth)}"
                          + "".join(self.some(lambda: f" if {self.inner(depth)}", 0, 2)) for _ in range(self.pick(1, 1, 2)))
        value = self.expression(depth)
        return self.pick("[{}{}]", "({}{})", "{{{}{}}}", "{{{}: 1{}}}").format(value, clauses)

    def e_walrus(self, depth):
        return f"(w{self.rng.randrange(3)} := {self.expression(depth)})" if self.kind != "class" else self.name()

    def e_fstring(self, depth):
        quote = self.pick('"', "'''")
        pieces = []
        for _ in range(self.rng.randint(0, 4)):
            field = self.pick(self.name(), f"{self.name()}.{self.name()}", f"{self.name()} + 1", f"{self.name()}[0]", "1")
            pieces.append(self.pick("text", "{{", "}}", "\\n", "\u20ac", f"{{{field}}}", f"{{{field}!r}}", f"{{{field}:>{{{self.name()}}}}}",
                                    f"{{{field}=}}", f"{{{field}!s:x}}"))
        text = f"{self.pick('f', 'rf', 'F')}{quote}{''.join(pieces)}{quote}"
        return f"({text}{self.gap()} {self.pick(repr('x'), text)})" if self.chance(0.3) else text

    def e_yield(self, depth):
        if self.kind == "function":
            return self.pick("(yield)", f"(yield {self.expression(depth)})", f"(yield from {self.name()})")
        if self.kind == "async":
            return self.pick(f"(await {self.name()})", f"(await {self.name()}())", "(yield)")
        return self.name()

    # ---- statements ----
    def parameters(self, annotated):
        """Of a lambda, or of a function with annotations."""
        names = self.rng.sample(["p", "q", "r", "s", "t", "u", "v"], self.rng.randint(0, 5))
        note = (lambda: f": {self.expression(1)}") if annotated and self.chance(0.5) else (lambda: "")
        out, default, star = [], False, False
        for i, name in enumerate(names):
            default = default and not star or self.chance(0.3)
            out.append(f"{name}{note()}{' = ' + self.expression(1) if default else ''}")
            if i == 0 and len(names) > 2 and self.chance(0.3):
                out.append("/")
            elif not star and i < len(names) - 1 and self.chance(0.2):
                star = True
                out.append(self.pick("*", "*args"))
        return ", ".join(out + (["**kw"] if self.chance(0.2) else []))

    def emit(self, indent, text):
        self.lines.append(" " * indent + text)

    def block(self, indent, depth):
        for _ in range(self.pick(1, 1, 2, 2, 3)):
            self.statement(indent + 2, depth)

    def statement(self, indent, depth):
        kinds = SIMPLE if depth <= 0 or self.chance(0.45) else COMPOUND
        getattr(self, "s_" + self.rng.choice(kinds))(indent, depth - 1)

    def condition(self):
        return self.constant() if self.chance(0.25) else self.expression(2)

    def s_expression(self, indent, depth):
        self.emit(indent, self.expression(3))

    def s_constant(self, indent, depth):
        self.emit(indent, self.pick(self.constant(), "'text'", "pass", "pass; pass"))

    def target(self, depth=2):
        simple = self.pick(self.name(), self.name(), f"{self.name()}.{self.name()}", f"{self.name()}[{self.index(1)}]")
        if depth <= 0 or self.chance(0.7):
            return simple
        items = self.some(lambda: self.target(depth - 1), 1, 4)
        if self.chance(0.2):
            items[self.rng.randrange(len(items))] = "*" + self.name()
        return self.pick("({})", "[{}]").format(self.join(items))

    def s_assign(self, indent, depth):
        targets = " = ".join(self.some(self.target, 1, 3))
        self.emit(indent, f"{targets} = {self.expression(3)}")

    def s_swap(self, indent, depth):
        n = self.rng.randint(2, 4)
        self.emit(indent, f"{', '.join(self.target(0) for _ in range(n))} = {', '.join(self.expression(1) for _ in range(n))}")

    def s_augmented(self, indent, depth):
        self.emit(indent, f"{self.target(0)} {self.rng.choice(BINARY)}= {self.expression(3)}")

    def s_annotated(self, indent, depth):
        value = f" = {self.expression(2)}" if self.chance(0.5) else ""
        self.emit(indent, f"{self.pick('(n)', f'{self.name()}.n', f'{self.name()}[1]', 'n1', 'n2')}: {self.expression(1)}{value}")

    def s_delete(self, indent, depth):
        self.emit(indent, f"del {self.pick('{}', '({})', '[{}]').format(', '.join(self.some(lambda: self.target(0), 1, 3)))}")

    def s_assert(self, indent, depth):
        message = f", {self.expression(2)}" if self.chance(0.5) else ""
        self.emit(indent, f"assert {self.pick(self.condition(), '(a, b)', '()')}{message}")

    def s_raise(self, indent, depth):
        self.emit(indent, self.pick("raise", f"raise {self.expression(1)}", f"raise {self.name()} from {self.expression(1)}"))

    def s_import(self, indent, depth):
        self.emit(indent, self.pick("import os", "import os.path", "import os.path as b", "from a import b", "from . import c as d, e",
                                    "from ..x.y import (a,\n b)", "import a, b.c, d as e"))

    def s_leave(self, indent, depth):
        choices = ["pass"]
        if self.loops:
            choices += ["break", "continue"] * 2
        if self.kind in ("function", "async"):
            choices += ["return", "return None"] + ([f"return {self.expression(2)}"] if self.kind == "function" else [])
        self.emit(indent, self.rng.choice(choices))

    def s_if(self, indent, depth):
        self.emit(indent, f"if {self.condition()}:")
        self.block(indent, depth)
        while self.chance(0.3):
            self.emit(indent, f"elif {self.condition()}:")
            self.block(indent, depth)
        if self.chance(0.4):
            self.emit(indent, "else:")
            self.block(indent, depth)

    def loop(self, indent, depth, head):
        self.emit(indent, head)
        self.loops += 1
        self.block(indent, depth)
        self.loops -= 1
        if self.chance(0.3):
            self.emit(indent, "else:")
            self.block(indent, depth)

    def s_while(self, indent, depth):
        self.loop(indent, depth, f"while {self.condition()}:")

    def s_for(self, indent, depth):
        word = "async for" if self.kind == "async" and self.chance(0.5) else "for"
        self.loop(indent, depth, f"{word} {self.target()} in {self.pick(self.expression(2), '[1, a]', '(1, 2)', '[1, 2]', '{1, 2}', 'a, b')}:")

    def s_try(self, indent, depth):
        self.emit(indent, "try:")
        self.block(indent, depth)
        handlers, star = self.rng.randint(0, 2), self.chance(0.2)
        for i in range(handlers):
            kind = self.pick(self.name(), f"{self.name()} as {self.name()}", f"(a, {self.name()}) as e")
            if star:
                loops, self.loops, outer, self.kind = self.loops, 0, self.kind, "module" if self.kind != "class" else "class"
                self.emit(indent, f"except* {kind}:")
                self.block(indent, depth)
                self.loops, self.kind = loops, outer
            else:
                self.emit(indent, f"except {kind}:" if i < handlers - 1 or self.chance(0.7) else "except:")
                self.block(indent, depth)
        if handlers and self.chance(0.3):
            self.emit(indent, "else:")
            self.block(indent, depth)
        if not handlers or self.chance(0.4):
            self.emit(indent, "finally:")
            self.block(indent, depth)

    def s_with(self, indent, depth):
        items = self.some(lambda: f"{self.expression(1)}" + (f" as {self.target(1)}" if self.chance(0.5) else ""), 1, 3)
        word = "async with" if self.kind == "async" and self.chance(0.5) else "with"
        self.emit(indent, f"{word} ({self.join(items)}):" if self.chance(0.3) else f"{word} {', '.join(items)}:")
        self.block(indent, depth)

    def s_function(self, indent, depth):
        outer, loops = self.kind, self.loops
        for _ in range(self.pick(0, 0, 0, 1, 2)):
            self.emit(indent, f"@{self.expression(1)}")
        self.kind = self.pick("function", "function", "async")
        returns = f" -> {self.name()}" if self.chance(0.2) else ""
        head = f"{'async def' if self.kind == 'async' else 'def'} {self.name()}({self.parameters(True)}){returns}:"
        self.loops = 0
        self.emit(indent, head)
        if self.chance(0.2):
            self.emit(indent + 2, '"""doc"""')
        if self.chance(0.2):
            self.emit(indent + 2, "global g1, g2; g1 = 1")
        self.block(indent, depth)
        self.kind, self.loops = outer, loops

    def s_class(self, indent, depth):
        outer, loops = self.kind, self.loops
        if self.chance(0.2):
            self.emit(indent, f"@{self.name()}")
        bases = self.pick("", "()", f"({self.name()})", f"(A, *{self.name()}, metaclass={self.name()})", "(A, **b)")
        self.emit(indent, f"class {self.pick('C', '_D', '__')}{bases}:")
        self.kind, self.loops = "class", 0
        if self.chance(0.2):
            self.emit(indent + 2, "'doc'")
        self.block(indent, depth)
        if self.chance(0.4):
            self.emit(indent + 2, f"def m(self): return {self.pick('super().m()', '__class__', 'self.__p', 'x')}")
        self.kind, self.loops = outer, loops

    def pattern(self, depth):
        if depth <= 0 or self.chance(0.2):
            return self.pick("_", self.fresh(), "1", "-1", "'s'", "'a' 'b'", "1+2j", "-1.5-2j", "None", "True", "A.b", "A.b.c", "b'x'")
        kind = self.rng.randrange(6)
        if kind == 0:
            return self.pick("[{}]", "({})").format(self.join(self.pattern_items(depth)))
        if kind == 1:
            return "C(" + self.join(self.some(lambda: self.pattern(depth - 1), 0, 2)
                                    + [f"k{i}={self.pattern(depth - 1)}" for i in range(self.rng.randint(0, 2))]) + ")"
        if kind == 2:
            rest = [f"**{self.fresh()}"] if self.chance(0.3) else []
            return "{" + self.join([f"{i}: {self.pattern(depth - 1)}" for i in range(self.rng.randint(0, 2))] + rest) + "}"
        if kind == 3:
            return "(" + " | ".join(self.some(lambda: self.pick("1", "'s'", "None", "A.b", "[1, _]", "C(k=2)", "{1: 2}"), 2, 3)) + ")"
        if kind == 4:
            return f"({self.pattern(depth - 1)} as {self.fresh()})"
        return self.fresh()

    def pattern_items(self, depth):
        items = self.some(lambda: self.pattern(depth - 1), 0, 3)
        if self.chance(0.4):
            items.insert(self.rng.randint(0, len(items)), self.pick("*_", f"*{self.fresh()}"))
        return items

    def fresh(self):
        self.counter = getattr(self, "counter", 0) + 1
        return f"v{self.counter}"

    def s_match(self, indent, depth):
        self.emit(indent, f"match {self.pick(self.expression(2), 'a, b', '*a, b')}:")
        for _ in range(self.pick(1, 2, 3)):
            guard = f" if {self.condition()}" if self.chance(0.3) else ""
            pattern = self.pick(self.pattern(2), "1, *_", "1 | 2")
            if pattern.startswith(("v", "_", "(v")) and not guard:
                guard = " if a"
            self.emit(indent + 2, f"case {pattern}{guard}:")
            self.block(indent + 2, depth)


EXPRESSIONS = sorted(name[2:] for name in vars(Maker) if name.startswith("e_")) + ["bool", "ternary", "compare"]
COMPOUND = "if if while for try with function class match".split()
SIMPLE = "expression constant assign swap augmented annotated delete assert raise import leave leave".split()


def program(seed):
    maker = Maker(seed)
    for _ in range(maker.pick(1, 1, 2, 3)):
        maker.statement(0, 3)
    return "\n".join(maker.lines) + maker.pick("\n", "")
