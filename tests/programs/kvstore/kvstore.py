"""kvstore.py - a key-value store on files: an appended log with checksums, an index, compaction, recovery, snapshots."""
from __future__ import annotations

import collections.abc
import contextlib
import errno
import functools
import hashlib
import io
import json
import os
import pickle
import random
import shutil
import struct
import sys
import threading
import weakref
import zlib
from pathlib import Path
from typing import Any, BinaryIO, Iterator, NamedTuple

HEAD = struct.Struct("<IBHI")
MAGIC = b"KVS1"
PUT, DELETE, BEGIN, COMMIT = range(4)


class StoreError(Exception):
    pass


class Damaged(StoreError):
    def __init__(self, segment: int, offset: int, why: str):
        super().__init__(f"segment {segment}, offset {offset}: {why}")
        self.segment, self.offset, self.why = segment, offset, why


class Record(NamedTuple):
    kind: int
    key: bytes
    value: bytes
    offset: int

    @property
    def size(self) -> int:
        return HEAD.size + len(self.key) + len(self.value)

    def pack(self) -> bytes:
        body = self.key + self.value
        check = zlib.crc32(body, self.kind)
        return HEAD.pack(check, self.kind, len(self.key), len(self.value)) + body


class Segment:
    """One file of the log."""

    def __init__(self, folder: Path, number: int):
        self.number = number
        self.path = folder / f"{number:06}.log"
        fresh = not self.path.exists()
        self.file: BinaryIO = open(self.path, "a+b")
        if fresh:
            self.file.write(MAGIC)
            self.file.flush()

    @property
    def size(self) -> int:
        return self.file.seek(0, io.SEEK_END)

    def append(self, record: Record) -> int:
        offset = self.size
        self.file.write(record.pack())
        return offset

    def read(self, offset: int) -> Record | None:
        self.file.flush()
        self.file.seek(offset)
        head = self.file.read(HEAD.size)
        if not head:
            return None
        if len(head) < HEAD.size:
            raise Damaged(self.number, offset, "cut off in the head")
        check, kind, key_size, value_size = HEAD.unpack(head)
        body = self.file.read(key_size + value_size)
        if len(body) < key_size + value_size:
            raise Damaged(self.number, offset, "cut off in the body")
        if zlib.crc32(body, kind) != check:
            raise Damaged(self.number, offset, "wrong checksum")
        return Record(kind, body[:key_size], body[key_size:], offset)

    def __iter__(self) -> Iterator[Record]:
        self.file.seek(0)
        if self.file.read(4) != MAGIC:
            raise Damaged(self.number, 0, "no log")
        offset = 4
        while record := self.read(offset):
            yield record
            offset += record.size

    def cut(self, offset: int) -> None:
        self.file.flush()
        os.truncate(self.path, offset)

    def close(self) -> None:
        self.file.close()


class Codec:
    """Values to bytes and back, by a letter in front."""
    @staticmethod
    def encode(value: Any) -> bytes:
        match value:
            case bytes():
                return b"b" + value
            case str():
                return b"s" + value.encode()
            case dict() | list() | None | bool() | int() | float():
                text = json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
                return b"z" + zlib.compress(text) if len(text) > 200 else b"j" + text
        return b"p" + pickle.dumps(value, protocol=4)

    @staticmethod
    def decode(data: bytes) -> Any:
        letter, rest = data[:1], data[1:]
        return {b"b": bytes, b"s": bytes.decode, b"j": json.loads, b"p": pickle.loads,
                b"z": lambda body: json.loads(zlib.decompress(body))}[letter](rest)


def locked(method):
    @functools.wraps(method)
    def wrapper(self, *args, **kwargs):
        with self.lock:
            if self.closed:
                raise StoreError(f"{method.__name__}: the store is closed")
            return method(self, *args, **kwargs)
    return wrapper


class Store(collections.abc.MutableMapping):
    def __init__(self, folder: Path | str, limit: int = 4096):
        self.folder, self.limit = Path(folder), limit
        self.folder.mkdir(parents=True, exist_ok=True)
        self.lock = threading.RLock()
        self.closed = False
        self.index: dict[bytes, tuple[int, int]] = {}
        self.segments: dict[int, Segment] = {}
        self.repaired: list[str] = []
        self.pending: dict[bytes, bytes | None] | None = None
        self.watchers: weakref.WeakSet = weakref.WeakSet()
        self.recover()

    def recover(self) -> None:
        for path in sorted(self.folder.glob("*.log")):
            segment = Segment(self.folder, int(path.stem))
            self.segments[segment.number] = segment
            group: list[Record] | None = None
            start = 0
            try:
                for record in segment:
                    if record.kind == BEGIN:
                        group, start = [], record.offset
                    elif record.kind == COMMIT:
                        for each in group or ():
                            self.apply(segment, each)
                        group = None
                    elif group is not None:
                        group.append(record)
                    else:
                        self.apply(segment, record)
            except Damaged as error:
                self.repaired.append(str(error))
                segment.cut(start if group is not None else error.offset)
            else:
                if group is not None:
                    self.repaired.append(f"segment {segment.number}: unfinished group of {len(group)}")
                    segment.cut(start)
        if not self.segments:
            self.segments[1] = Segment(self.folder, 1)

    def apply(self, segment: Segment, record: Record) -> None:
        if record.kind == PUT:
            self.index[record.key] = segment.number, record.offset
        else:
            self.index.pop(record.key, None)

    @property
    def current(self) -> Segment:
        segment = self.segments[max(self.segments)]
        if segment.size > self.limit:
            number = segment.number + 1
            segment = self.segments[number] = Segment(self.folder, number)
        return segment

    def write(self, kind: int, key: bytes, value: bytes = b"") -> None:
        segment = self.current
        record = Record(kind, key, value, 0)
        self.apply(segment, record._replace(offset=segment.append(record)))
        for watcher in self.watchers:
            watcher.notice(kind, key)

    @locked
    def __getitem__(self, key: str) -> Any:
        raw = key.encode()
        if self.pending is not None and raw in self.pending:
            value = self.pending[raw]
            if value is None:
                raise KeyError(key)
            return Codec.decode(value)
        try:
            number, offset = self.index[raw]
        except KeyError:
            raise KeyError(key) from None
        return Codec.decode(self.segments[number].read(offset).value)

    @locked
    def __setitem__(self, key: str, value: Any) -> None:
        data = Codec.encode(value)
        if self.pending is not None:
            self.pending[key.encode()] = data
        else:
            self.write(PUT, key.encode(), data)

    @locked
    def __delitem__(self, key: str) -> None:
        self[key]
        if self.pending is not None:
            self.pending[key.encode()] = None
        else:
            self.write(DELETE, key.encode())

    @locked
    def __iter__(self) -> Iterator[str]:
        return iter([key.decode() for key in sorted(self.index)])

    def __len__(self) -> int:
        return len(self.index)

    @contextlib.contextmanager
    def transaction(self):
        with self.lock:
            if self.pending is not None:
                raise StoreError("transactions do not nest")
            self.pending = {}
            try:
                yield self
                changes, self.pending = self.pending, None
                segment = self.current
                segment.append(Record(BEGIN, b"", b"", 0))
                placed = []
                for key, value in changes.items():
                    record = Record(DELETE if value is None else PUT, key, value or b"", 0)
                    placed.append(record._replace(offset=segment.append(record)))
                segment.append(Record(COMMIT, b"", b"", 0))
                for record in placed:
                    self.apply(segment, record)
            finally:
                self.pending = None

    @locked
    def compact(self) -> tuple[int, int]:
        before = sum(segment.size for segment in self.segments.values())
        number = max(self.segments) + 1
        fresh = Segment(self.folder, number)
        moved = {}
        for key, (old, offset) in sorted(self.index.items()):
            record = self.segments[old].read(offset)
            moved[key] = number, fresh.append(record)
        for segment in self.segments.values():
            segment.close()
            segment.path.unlink()
        self.index, self.segments = moved, {number: fresh}
        return before, fresh.size

    def digest(self) -> str:
        total = hashlib.sha256()
        for key, value in self.items():
            total.update(repr((key, value)).encode())
        return total.hexdigest()[:16]

    def close(self) -> None:
        with self.lock:
            for segment in self.segments.values():
                segment.close()
            self.closed = True

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


class Watcher:
    def __init__(self, store: Store):
        self.seen: list[tuple[int, bytes]] = []
        store.watchers.add(self)

    def notice(self, kind: int, key: bytes) -> None:
        self.seen.append((kind, key))


class Thing:
    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return f"Thing({self.name!r})"

    def __reduce__(self):
        return Thing, (self.name,)


def fill(store: Store, chance: random.Random, rounds: int) -> None:
    for number in range(rounds):
        key = f"key{chance.randrange(40):03}"
        if chance.random() < 0.2:
            store.pop(key, None)
        else:
            store[key] = {"n": number, "text": "x" * chance.randrange(300), "list": [number] * 3}


def use(folder: Path) -> None:
    with Store(folder) as store:
        watcher = Watcher(store)
        store.update(a=1, b="text é", c=b"\x00\xff", d=[1, {"x": None}], e=Thing("pickled"), f=2.5)
        print(dict(store), len(store), "a" in store, store.get("zz", "none"))
        del store["a"]
        print(watcher.seen[-2:], len(store.watchers))
        del watcher
        print("watchers left:", len(store.watchers))
        try:
            store["a"]
        except KeyError as error:
            print("KeyError", error, error.__suppress_context__)
        fill(store, random.Random(9), 300)
        print(len(store), "keys in", len(store.segments), "segments", store.digest())
        with store.transaction():
            store["t1"], store["t2"] = "in", "group"
            del store["b"]
            print("within:", store["t1"], "b" in store)
        with contextlib.suppress(ZeroDivisionError), store.transaction():
            store["t1"] = "lost"
            1 // 0
        print("after:", store["t1"], "b" in store)
        before, after = store.compact()
        print("compacted:", before > after, len(store.segments), store.digest())


def damage(folder: Path) -> None:
    with Store(folder) as store:
        good = store.digest()
        store["last"] = "written"
        segment = store.current
        size = segment.size
        segment.append(Record(BEGIN, b"", b"", 0))
        segment.append(Record(PUT, b"half", b"sgroup", 0))
    with Store(folder) as store:
        print(store.repaired, "half" in store, store["last"], store.current.size == size)
        path = store.current.path
    os.truncate(path, os.path.getsize(path) - 3)
    with Store(folder) as store:
        print(len(store.repaired), store.repaired[0].split(": ")[1], "last" in store, store.digest() == good)
        store["again"] = "fine"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with Store(folder) as store:
        print(store.repaired[0].split(": ")[1], "again" in store)
    try:
        store["x"] = 1
    except StoreError as error:
        print(error)


def threads(folder: Path) -> None:
    with Store(folder) as store:
        def work(number):
            for k in range(30):
                store[f"{number}-{k}"] = k * number
        workers = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        print(len(store), sum(store.values()))


def main() -> int:
    use(Path("store"))
    damage(Path("store"))
    threads(Path("threads"))
    shutil.rmtree("threads")
    try:
        open("threads/000001.log")
    except OSError as error:
        print(errno.errorcode[error.errno], error, file=sys.stderr)
    return 4


if __name__ == "__main__":
    sys.exit(main())
