"""compressor.py - Huffman codes, LZ77, run lengths, move to front and Burrows-Wheeler in a file format with checksums."""
from __future__ import annotations

import abc
import array
import collections
import dataclasses
import enum
import heapq
import io
import itertools
import math
import random
import struct
import sys
import typing
import zlib
from collections.abc import Iterable, Iterator
from functools import lru_cache, singledispatchmethod, total_ordering

MAGIC = b"KZ\x01"
HEADER = struct.Struct("<3sBIIB")


class FormatError(ValueError):
    code = 1

    def __init_subclass__(cls, code: int = 1, **kwargs):
        super().__init_subclass__(**kwargs)
        cls.code = code


class BadMagic(FormatError, code=2):
    pass


class BadChecksum(FormatError, code=3):
    def __init__(self, wanted: int, got: int):
        super().__init__(f"checksum {got:08x}, not {wanted:08x}")


class Truncated(FormatError, EOFError, code=4):
    pass


class BitWriter:
    def __init__(self):
        self.data, self.pending, self.count = bytearray(), 0, 0

    def write(self, value: int, width: int) -> None:
        self.pending = self.pending << width | value & (1 << width) - 1
        self.count += width
        while self.count >= 8:
            self.count -= 8
            self.data.append(self.pending >> self.count & 0xFF)
        self.pending &= (1 << self.count) - 1

    def gamma(self, value: int) -> None:
        """Elias' code of a positive number."""
        width = value.bit_length()
        self.write(0, width - 1)
        self.write(value, width)

    def finish(self) -> bytes:
        if self.count:
            self.write(0, 8 - self.count)
        return bytes(self.data)


class BitReader:
    __slots__ = ("data", "at")

    def __init__(self, data: bytes):
        self.data, self.at = data, 0

    def read(self, width: int) -> int:
        value = 0
        for _ in range(width):
            value = value << 1 | self.bit()
        return value

    def bit(self) -> int:
        try:
            byte = self.data[self.at >> 3]
        except IndexError:
            raise Truncated(f"no bit {self.at}") from None
        self.at += 1
        return byte >> (7 - (self.at - 1 & 7)) & 1

    def gamma(self) -> int:
        zeros = 0
        while not self.bit():
            zeros += 1
            if zeros > 40:
                raise FormatError("a number that long?")
        return 1 << zeros | self.read(zeros)


@total_ordering
@dataclasses.dataclass(eq=False)
class Leaf:
    weight: int
    symbols: tuple[int, ...]
    depth: int = 0

    def __lt__(self, other: Leaf) -> bool:
        return (self.weight, self.depth, self.symbols) < (other.weight, other.depth, other.symbols)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Leaf) and (self.weight, self.symbols) == (other.weight, other.symbols)

    def __add__(self, other: Leaf) -> Leaf:
        return Leaf(self.weight + other.weight, self.symbols + other.symbols, 1 + max(self.depth, other.depth))


def code_lengths(counts: typing.Mapping[int, int]) -> dict[int, int]:
    lengths: collections.Counter[int] = collections.Counter()
    heap = [Leaf(weight, (symbol,)) for symbol, weight in counts.items()]
    heapq.heapify(heap)
    if len(heap) == 1:
        return {heap[0].symbols[0]: 1}
    while len(heap) > 1:
        joined = heapq.heappop(heap) + heapq.heappop(heap)
        lengths.update(joined.symbols)
        heapq.heappush(heap, joined)
    return dict(lengths)


def canonical(lengths: typing.Mapping[int, int]) -> dict[int, tuple[int, int]]:
    codes, code, last = {}, 0, 0
    for length, symbol in sorted((length, symbol) for symbol, length in lengths.items()):
        code <<= length - last
        codes[symbol] = code, length
        code, last = code + 1, length
    return codes


class Stage(abc.ABC):
    """A step from bytes to bytes and back; stages know each other by number."""
    number: typing.ClassVar[int]
    all: typing.ClassVar[dict[int, Stage]] = {}

    def __init_subclass__(cls, number: int):
        cls.number = number
        Stage.all[number] = cls()

    @abc.abstractmethod
    def encode(self, data: bytes) -> bytes:
        """Makes it smaller, one hopes."""

    @abc.abstractmethod
    def decode(self, data: bytes) -> bytes:
        """The way back."""

    def __repr__(self) -> str:
        return type(self).__name__.lower()


class Runs(Stage, number=1):
    def encode(self, data):
        out = bytearray()
        for byte, group in itertools.groupby(data):
            count = sum(1 for _ in group)
            while count > 0:
                part = min(count, 255 + 3)
                out += bytes([byte]) * min(part, 3) + (bytes([part - 3]) if part >= 3 else b"")
                count -= part
        return bytes(out)

    def decode(self, data):
        out, same, last, stream = bytearray(), 0, -1, iter(data)
        for byte in stream:
            out.append(byte)
            same, last = (same + 1, byte) if byte == last else (1, byte)
            if same == 3:
                more = next(stream, None)
                if more is None:
                    raise Truncated("a run without its length")
                out += bytes([byte]) * more
                same, last = 0, -1
        return bytes(out)


class MoveToFront(Stage, number=2):
    def encode(self, data):
        table, out = list(range(256)), bytearray()
        for byte in data:
            place = table.index(byte)
            out.append(place)
            table.insert(0, table.pop(place))
        return bytes(out)

    def decode(self, data):
        table, out = list(range(256)), bytearray()
        for place in data:
            table.insert(0, table.pop(place))
            out.append(table[0])
        return bytes(out)


class BurrowsWheeler(Stage, number=3):
    BLOCK = 3000

    def encode(self, data):
        out = io.BytesIO()
        for start in range(0, len(data), self.BLOCK):
            block = data[start:start + self.BLOCK]
            doubled = block + block
            order = sorted(range(len(block)), key=lambda k: doubled[k:k + len(block)])
            out.write(struct.pack("<HH", len(block), order.index(0)))
            out.write(bytes(block[k - 1] for k in order))
        return out.getvalue()

    def decode(self, data):
        view, out = memoryview(data), []
        while view:
            if len(view) < 4:
                raise Truncated("block header")
            size, first = struct.unpack_from("<HH", view)
            last, view = bytes(view[4:4 + size]), view[4 + size:]
            if len(last) < size or first >= max(size, 1):
                raise Truncated("block")
            follow = array.array("H", sorted(range(size), key=last.__getitem__))
            at, block = first, bytearray()
            for _ in range(size):
                at = follow[at]
                block.append(last[at])
            out.append(block)
        return b"".join(out)


class Lz(Stage, number=4):
    WINDOW, LEAST, MOST = 1 << 12, 3, 66

    def matches(self, data: bytes) -> Iterator[tuple[int, int] | int]:
        places: dict[bytes, collections.deque[int]] = collections.defaultdict(lambda: collections.deque(maxlen=16))
        at = 0
        while at < len(data):
            key = data[at:at + self.LEAST]
            best, distance = 0, 0
            for place in reversed(places[key]) if len(key) == self.LEAST else ():
                if at - place > self.WINDOW:
                    break
                length = 0
                while length < self.MOST and at + length < len(data) and data[place + length] == data[at + length]:
                    length += 1
                if length > best:
                    best, distance = length, at - place
            step = max(best, 1)
            yield (distance, best) if best >= self.LEAST else data[at]
            for k in range(at, at + step):
                places[data[k:k + self.LEAST]].append(k)
            at += step

    def encode(self, data):
        bits = BitWriter()
        bits.gamma(len(data) + 1)
        for part in self.matches(data):
            match part:
                case (distance, length):
                    bits.write(1, 1)
                    bits.write(distance - 1, 12)
                    bits.write(length - self.LEAST, 6)
                case byte:
                    bits.write(byte, 9)
        return bits.finish()

    def decode(self, data):
        bits, out = BitReader(data), bytearray()
        size = bits.gamma() - 1
        while len(out) < size:
            if bits.bit():
                distance, length = bits.read(12) + 1, bits.read(6) + self.LEAST
                if distance > len(out):
                    raise FormatError(f"{distance} bytes back at {len(out)}")
                for _ in range(length):
                    out.append(out[-distance])
            else:
                out.append(bits.read(8))
        return bytes(out)


class Huffman(Stage, number=5):
    def encode(self, data):
        bits = BitWriter()
        lengths = code_lengths(collections.Counter(data)) if data else {}
        codes = canonical(lengths)
        bits.gamma(len(data) + 1)
        for symbol in range(256):
            bits.gamma(lengths.get(symbol, 0) + 1)
        for byte in data:
            bits.write(*codes[byte])
        return bits.finish()

    def decode(self, data):
        bits = BitReader(data)
        size = bits.gamma() - 1
        lengths = {symbol: length for symbol in range(256) if (length := bits.gamma() - 1)}
        if sum(2.0 ** -length for length in lengths.values()) > 1:
            raise FormatError("more codes than there is room for")
        symbols = {code: symbol for symbol, code in canonical(lengths).items()}
        out = bytearray()
        while len(out) < size:
            code = 0
            for length in range(1, 33):
                code = code << 1 | bits.bit()
                if (code, length) in symbols:
                    out.append(symbols[code, length])
                    break
            else:
                raise FormatError("no such code")
        return bytes(out)


class Method(enum.Enum):
    STORED = ()
    RUNS = (1,)
    LZ = (4,)
    HUFFMAN = (5,)
    DEFLATE = (4, 5)
    BLOCK = (3, 2, 1, 5)

    def __init__(self, *numbers: int):
        self.numbers = numbers

    @property
    def stages(self) -> list[Stage]:
        return [Stage.all[number] for number in self.numbers]


def pack(data: bytes, method: Method) -> bytes:
    body = data
    for stage in method.stages:
        body = stage.encode(body)
    return HEADER.pack(MAGIC, len(method.numbers), len(data), zlib.crc32(data), 0) + bytes(method.numbers) + body


def unpack(packed: bytes) -> bytes:
    try:
        magic, count, size, check, _ = HEADER.unpack_from(packed)
    except struct.error as error:
        raise Truncated("header") from error
    if magic != MAGIC:
        raise BadMagic(f"begins with {magic!r}")
    numbers, data = packed[HEADER.size:HEADER.size + count], packed[HEADER.size + count:]
    for number in reversed(numbers):
        if number not in Stage.all:
            raise FormatError(f"no stage {number}")
        data = Stage.all[number].decode(data)
    if len(data) != size or zlib.crc32(data) != check:
        raise BadChecksum(check, zlib.crc32(data))
    return data


def entropy(data: bytes) -> float:
    counts = collections.Counter(data)
    return -sum(n / len(data) * math.log2(n / len(data)) for n in counts.values()) if data else 0.0


class Describe:
    @singledispatchmethod
    def of(self, value) -> str:
        return type(value).__name__

    @of.register
    def _(self, value: bytes) -> str:
        return f"{len(value)} bytes of {entropy(value):.3f} bits"

    @of.register(list)
    @of.register(tuple)
    def _(self, value) -> str:
        return " > ".join(map(repr, value)) or "nothing"


@lru_cache
def samples() -> dict[str, bytes]:
    source = random.Random(7)
    words = ["stream", "code", "bit", "tree", "symbol", "window", "block", "the", "of", "and"]
    return {"empty": b"", "one": b"x", "same": b"a" * 1500, "text": " ".join(source.choices(words, k=700)).encode(),
            "random": source.randbytes(1500), "unicode": "äöü€𝄞".encode() * 90, "bytes": bytes(range(256)) * 5,
            "runs": b"".join(bytes([source.randrange(4)]) * source.randrange(1, 400) for _ in range(20))}


def main() -> int:
    describe = Describe()
    print(f"{'':<8}" + "".join(f"{method.name.lower():>9}" for method in Method))
    for name, data in samples().items():
        sizes = []
        for method in Method:
            packed = pack(data, method)
            assert unpack(packed) == data, (name, method)
            sizes.append(len(packed))
        print(f"{name:<8}" + "".join(f"{size:>9}" for size in sizes), describe.of(data), zlib.crc32(pack(data, Method.BLOCK)))
    for method in Method:
        print(method, describe.of(method.stages), describe.of(method))
    print(canonical(code_lengths(collections.Counter(b"abracadabra"))))
    good = pack(samples()["text"], Method.DEFLATE)
    damaged = {"short": good[:5], "magic": b"PK\x03" + good[3:], "cut": good[:-40], "stage": good[:HEADER.size] + b"\x09" + good[HEADER.size + 1:],
               "flipped": good[:400] + bytes([good[400] ^ 0x40]) + good[401:]}
    codes = []
    for name, data in damaged.items():
        try:
            print(name, len(unpack(data)))
        except FormatError as error:
            codes.append(error.code)
            print(f"{name}: {type(error).__name__}({error})", error.code, isinstance(error, EOFError), type(error.__cause__).__name__)
    source, outcomes = random.Random(8), collections.Counter()
    for _ in range(120):
        data = bytearray(pack(samples()["unicode"], source.choice(list(Method))))
        data[source.randrange(len(data))] ^= 1 << source.randrange(8)
        try:
            unpack(bytes(data))
            outcomes["unharmed"] += 1
        except (FormatError, struct.error) as error:
            outcomes[type(error).__name__] += 1
    print(sorted(outcomes.items()))
    try:
        Stage()
    except TypeError as error:
        print(error)
    unpack(good[:HEADER.size] + b"\x04\x05" + b"\xff" * 3)
    return 0


if __name__ == "__main__":
    sys.exit(main())
