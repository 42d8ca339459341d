"""machine.py - an assembler with labels and macros, a virtual machine with a debugger, and programs for it."""
import dataclasses
import enum
import functools
import operator
import re
import struct
import sys
from collections import ChainMap, Counter, deque
from contextlib import contextmanager, suppress
from typing import Callable, Iterable, Iterator

WORD = struct.Struct("<BBh")
MEMORY, STACK = 4096, 64


class Op(enum.IntEnum):
    """The machine's instructions: a number, how many operands, what they do."""

    def __new__(cls, number, operands, doc):
        member = int.__new__(cls, number)
        member._value_ = number
        member.operands, member.doc = operands, doc
        return member

    HALT = 0, "", "stop"
    SET = 1, "rn", "r <- n"
    COPY = 2, "rr", "a <- b"
    LOAD = 3, "rr", "a <- memory[b]"
    STORE = 4, "rr", "memory[a] <- b"
    ADD = 5, "rr", "a <- a + b"
    SUB = 6, "rr", "a <- a - b"
    MUL = 7, "rr", "a <- a * b"
    DIV = 8, "rr", "a, rest <- divmod(a, b)"
    JUMP = 9, "n", "go to n"
    JZ = 10, "rn", "go to n if r == 0"
    JN = 11, "rn", "go to n if r < 0"
    CALL = 12, "n", "push the place, go to n"
    RET = 13, "", "back to the pushed place"
    PUSH = 14, "r", "push r"
    POP = 15, "r", "r <- pop"
    OUT = 16, "r", "print r as a number"
    CHAR = 17, "r", "print r as a character"
    IN = 18, "r", "r <- next input, -1 at the end"
    ADDI = 19, "rn", "a <- a + n"


class AssemblyError(Exception):
    def __init__(self, line: int, text: str, message: str):
        super().__init__(line, text, message)
        self.line, self.text, self.message = line, text, message

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}\n    {self.text.strip()}"


class MachineError(Exception):
    """What a program did that the machine cannot do."""


class StackError(MachineError, IndexError):
    pass


@dataclasses.dataclass(slots=True)
class Line:
    number: int
    label: str | None
    word: str | None
    operands: list[str]
    text: str


LINE = re.compile(r"""\s*(?:(?P<label>[A-Za-z_]\w*):)?\s*(?:(?P<word>\.?[A-Za-z]+)\s*(?P<rest>(?:"(?:\\.|[^"])*"|[^;"])*))?\s*(?:;.*)?$""")


def read_lines(source: str) -> Iterator[Line]:
    for number, text in enumerate(source.splitlines(), 1):
        match = LINE.match(text)
        if match is None:
            raise AssemblyError(number, text, "cannot read this line")
        if match["label"] or match["word"]:
            rest = (match["rest"] or "").strip()
            operands = [rest] if rest.startswith('"') else [o.strip() for o in rest.split(",")] if rest else []
            yield Line(number, match["label"], match["word"] and match["word"].upper(), operands, text)


@dataclasses.dataclass
class Macro:
    parameters: list[str]
    lines: list[Line] = dataclasses.field(default_factory=list)
    uses: int = 0

    def expand(self, line: Line, arguments: list[str]) -> Iterator[Line]:
        if len(arguments) != len(self.parameters):
            raise AssemblyError(line.number, line.text, f"{line.word} takes {len(self.parameters)} operands, not {len(arguments)}")
        self.uses += 1
        local = {l.label: f"{l.label}.{line.word}{self.uses}" for l in self.lines if l.label}
        names = ChainMap(dict(zip(self.parameters, arguments)), local)
        for inner in self.lines:
            yield dataclasses.replace(inner, number=line.number, label=names.get(inner.label, inner.label),
                                      operands=[names.get(o, o) for o in inner.operands])


def expand_macros(lines: Iterable[Line]) -> Iterator[Line]:
    macros: dict[str, Macro] = {}
    current, todo = None, deque(lines)
    while todo:
        line = todo.popleft()
        match line.word:
            case ".MACRO" if current is None:
                name, *parameters = " ".join(line.operands).split()
                current = macros[name.upper()] = Macro(parameters)
            case ".MACRO":
                raise AssemblyError(line.number, line.text, "a macro in a macro")
            case ".END":
                current = None
            case _ if current is not None:
                current.lines.append(line)
            case word if word in macros:
                if line.label:
                    yield dataclasses.replace(line, word=None, operands=[])
                todo.extendleft(reversed(list(macros[word].expand(line, line.operands))))
            case _:
                yield line


@dataclasses.dataclass
class Program:
    code: bytes
    data: dict[int, int]
    labels: dict[str, int]
    lines: dict[int, int]

    def disassemble(self) -> Iterator[str]:
        places = {address: name for name, address in reversed(self.labels.items())}
        for k, (op, registers, number) in enumerate(WORD.iter_unpack(self.code)):
            a, b, kind = registers >> 4, registers & 15, Op(op)
            parts = {"": [], "r": [f"r{a}"], "n": [places.get(number, str(number))], "rr": [f"r{a}", f"r{b}"],
                     "rn": [f"r{a}", places.get(number, str(number)) if kind.name.startswith("J") else str(number)]}
            yield f"{k:4} {places.get(k, ''):<12} {kind.name:<5} {', '.join(parts[kind.operands])}".rstrip()


def assemble(source: str) -> Program:
    labels, data, pending, errors = {}, {}, [], []
    heap = 100
    for line in expand_macros(read_lines(source)):
        if line.label:
            if line.label in labels:
                errors.append(AssemblyError(line.number, line.text, f"label {line.label} twice"))
            labels[line.label] = heap if line.word in (".TEXT", ".WORDS", ".SPACE") else len(pending)
        match line:
            case Line(word=None):
                pass
            case Line(word=".TEXT", operands=[text]):
                for letter in text[1:-1].encode().decode("unicode_escape") + "\0":
                    data[heap], heap = ord(letter), heap + 1
            case Line(word=".WORDS", operands=values):
                for value in values:
                    data[heap], heap = int(value, 0), heap + 1
            case Line(word=".SPACE", operands=[size]):
                heap += int(size, 0)
            case _:
                pending.append(line)
    code, lines = bytearray(), {}
    for line in pending:
        lines[len(code) // WORD.size] = line.number
        try:
            code += encode(line, labels)
        except AssemblyError as error:
            errors.append(error)
    if errors:
        raise ExceptionGroup(f"{len(errors)} errors", errors)
    return Program(bytes(code), data, labels, lines)


def encode(line: Line, labels: dict[str, int]) -> bytes:
    def fail(message: str) -> AssemblyError:
        return AssemblyError(line.number, line.text, message)

    def register(text: str) -> int:
        if not re.fullmatch(r"r(\d|1[0-5])", text):
            raise fail(f"{text!r} is no register")
        return int(text[1:])

    def number(text: str) -> int:
        if text in labels:
            return labels[text]
        if re.fullmatch(r"'.'", text):
            return ord(text[1])
        with suppress(ValueError):
            return int(text, 0)
        raise fail(f"unknown label {text!r}")

    try:
        op = Op[line.word]
    except KeyError:
        near = [o.name for o in Op if o.name[0] == line.word[0]]
        raise fail(f"unknown instruction {line.word}" + (f"; one of {', '.join(near)}?" if near else "")) from None
    if len(line.operands) != len(op.operands):
        raise fail(f"{op.name} takes {len(op.operands)} operands, not {len(line.operands)}")
    registers, value = [], 0
    for kind, text in zip(op.operands, line.operands):
        if kind == "r":
            registers.append(register(text))
        else:
            value = number(text)
    registers += [0] * (2 - len(registers))
    try:
        return WORD.pack(op, registers[0] << 4 | registers[1], value)
    except struct.error as error:
        raise fail(str(error)) from error


class Machine:
    ARITHMETIC: dict[Op, Callable[[int, int], int]] = {Op.ADD: operator.add, Op.SUB: operator.sub, Op.MUL: operator.mul}

    def __init__(self, program: Program, entry: Iterable[int] = (), limit: int = 200_000):
        self.program, self.limit = program, limit
        self.registers, self.stack = [0] * 16, []
        self.memory = dict(program.data)
        self.at = self.steps = 0
        self.output: list[str] = []
        self.entry = iter(entry)
        self.counts: Counter[Op] = Counter()
        self.watchers: list[Callable[["Machine", Op], None]] = []
        self.handlers = {op: getattr(self, f"do_{op.name.lower()}", None) for op in Op}

    @contextmanager
    def watching(self, watcher):
        self.watchers.append(watcher)
        try:
            yield self
        finally:
            self.watchers.remove(watcher)

    def run(self) -> str:
        code, size = self.program.code, len(self.program.code) // WORD.size
        while 0 <= self.at < size:
            op, registers, number = WORD.unpack_from(code, self.at * WORD.size)
            op = Op(op)
            for watcher in self.watchers:
                watcher(self, op)
            self.steps += 1
            self.counts[op] += 1
            if self.steps > self.limit:
                raise MachineError(f"more than {self.limit} steps")
            place, self.at = self.at, self.at + 1
            if op is Op.HALT:
                break
            try:
                if op in self.ARITHMETIC:
                    a, b = registers >> 4, registers & 15
                    self.registers[a] = self.ARITHMETIC[op](self.registers[a], self.registers[b])
                else:
                    self.handlers[op](registers >> 4, registers & 15, number)
            except MachineError as error:
                error.add_note(f"at {place}, line {self.program.lines[place]}: {op.name} ({op.doc})")
                raise
        return "".join(self.output)

    def do_set(self, a, b, n):
        self.registers[a] = n

    def do_addi(self, a, b, n):
        self.registers[a] += n

    def do_copy(self, a, b, n):
        self.registers[a] = self.registers[b]

    def do_load(self, a, b, n):
        address = self.registers[b]
        if not 0 <= address < MEMORY:
            raise MachineError(f"no memory at {address}")
        self.registers[a] = self.memory.get(address, 0)

    def do_store(self, a, b, n):
        address = self.registers[a]
        if not 0 <= address < MEMORY:
            raise MachineError(f"no memory at {address}")
        self.memory[address] = self.registers[b]

    def do_div(self, a, b, n):
        try:
            self.registers[a], self.registers[15] = divmod(self.registers[a], self.registers[b])
        except ZeroDivisionError as error:
            raise MachineError(f"r{b} is zero") from error

    def do_jump(self, a, b, n):
        self.at = n

    def do_jz(self, a, b, n):
        self.at = n if self.registers[a] == 0 else self.at

    def do_jn(self, a, b, n):
        self.at = n if self.registers[a] < 0 else self.at

    def push(self, value):
        if len(self.stack) >= STACK:
            raise StackError("stack overflow")
        self.stack.append(value)

    def pop(self):
        try:
            return self.stack.pop()
        except IndexError:
            raise StackError("stack underflow") from None

    def do_call(self, a, b, n):
        self.push(self.at)
        self.at = n

    def do_ret(self, a, b, n):
        self.at = self.pop()

    def do_push(self, a, b, n):
        self.push(self.registers[a])

    def do_pop(self, a, b, n):
        self.registers[a] = self.pop()

    def do_out(self, a, b, n):
        self.output.append(str(self.registers[a]))

    def do_char(self, a, b, n):
        self.output.append(chr(self.registers[a]))

    def do_in(self, a, b, n):
        self.registers[a] = next(self.entry, -1)


PROGRAMS = {
    "hello": """
            SET r0, text        ; the text's place
        next: LOAD r1, r0
            JZ r1, done
            CHAR r1
            ADDI r0, 1
            JUMP next
        done: HALT
        text: .TEXT "Hello, w\\u00f6rld; it works\\n"
        """,
    "factorial": """
        .MACRO EACH what
            COPY r9, what
            OUT r9
            SET r9, ' '
            CHAR r9
        .END
            SET r1, 1
        again: COPY r2, r1
            SET r3, 1
            CALL factorial
            EACH r3
            ADDI r1, 4
            COPY r4, r1
            ADDI r4, -30
            JN r4, again
            HALT
        factorial: JZ r2, base
            MUL r3, r2
            ADDI r2, -1
            CALL factorial
        base: RET
        """,
    "primes": """
        .MACRO IFZERO reg place
            JZ reg, place
        .END
            SET r1, 2
        outer: SET r2, 2
        inner: COPY r3, r2
            MUL r3, r2
            SUB r3, r1
            ADDI r3, -1
            JN r3, try
            OUT r1
            SET r4, 44
            CHAR r4
            JUMP step
        try: COPY r5, r1
            DIV r5, r2
            IFZERO r15, step
            ADDI r2, 1
            JUMP inner
        step: ADDI r1, 1
            COPY r6, r1
            ADDI r6, -60
            JN r6, outer
            HALT
        """,
    "sort": """
            SET r0, values
        read: IN r1
            COPY r2, r1
            ADDI r2, 1
            JZ r2, sorted
            COPY r3, r0          ; insert from the end
        shift: COPY r4, r3
            ADDI r4, -1
            SET r5, values
            SUB r5, r3
            JZ r5, put
            LOAD r6, r4
            COPY r7, r6
            SUB r7, r1
            JN r7, put
            STORE r3, r6
            COPY r3, r4
            JUMP shift
        put: STORE r3, r1
            ADDI r0, 1
            JUMP read
        sorted: SET r1, values
        show: COPY r2, r1
            SUB r2, r0
            JZ r2, end
            LOAD r3, r1
            OUT r3
            SET r3, 32
            CHAR r3
            ADDI r1, 1
            JUMP show
        end: HALT
        values: .SPACE 100
        """,
}
BROKEN = {
    "forever": "loop: JUMP loop", "deep": "loop: CALL loop", "empty": "RET", "zero": "SET r1, 5\nDIV r1, r2",
    "outside": "SET r1, -1\nLOAD r2, r1", "errors": "FOO r1\nSET r99, 1\nADD r1\nJUMP nowhere\nx: HALT\nx: HALT\nSET r1, 70000",
    "unreadable": "SET r1, 1\n!!", "macro": ".MACRO M a b\nADD a, b\n.END\nM r1", "nested": ".MACRO A\n.MACRO B",
}


def main() -> int:
    for name, source in PROGRAMS.items():
        program = assemble(source)
        machine = Machine(program, entry=[9, 3, 7, 3, 1, 8])
        trace = deque(maxlen=3)
        with machine.watching(lambda m, op: trace.append((m.at, op.name))):
            print(f"{name}: {machine.run()!r}")
        print("   ", machine.steps, "steps,", machine.counts.most_common(3), list(trace))
    print(*assemble(PROGRAMS["factorial"]).disassemble(), sep="\n")
    failed = 0
    for name, source in BROKEN.items():
        try:
            print(Machine(assemble(source), limit=1000).run())
        except* AssemblyError as group:
            failed += len(group.exceptions)
            for error in group.exceptions:
                print(f"{name}: {error}", error.__cause__ and type(error.__cause__).__name__)
        except* MachineError as group:
            failed += 1
            for error in group.exceptions:
                print(f"{name}: {type(error).__name__}: {error}; {getattr(error, '__notes__', ['no note'])[0]}", repr(error.__cause__))
    total = functools.reduce(operator.add, (op.value for op in Op))
    print(failed, total, Op.DIV.doc, Op(7), repr(Op.JN), [op.name for op in Op if op.operands == "rn"])
    Machine(assemble("PUSH r0\nPOP r1\nPOP r1")).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
