"""inside.py - what only Kaa shows: the engine's instructions and caches, a dict's probe walk, an object's bytes."""
import _kaa
import dis


def title(text):
    print()
    print(text)
    print("-" * len(text))


class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y


def area(points):
    total = 0
    for point in points:
        total += point.x * point.y
    return total


def show_instructions(function):
    line = None
    for row in _kaa.instructions(function):
        place = f"{row['line']:>4}" if row["line"] != line else "    "
        line = row["line"]
        stack = "." * max(0, row["depth"] - row["nlocals"])
        operands = f"a={row['a']} b={row['b']} d={row['d']}"
        print(f"  {place} {row['index']:>3}  {row['op']:<26} {operands:<16} {stack:<4} {row['does']}")


def instructions():
    title("A function in the engine's form, before its first call")
    before = area.__code__.co_code
    show_instructions(area)
    title("The same function after 10,000 rounds: forms for what it has met")
    area([Point(n, 2) for n in range(10_000)])
    show_instructions(area)
    title("Its bytecode is what it was")
    dis.dis(area)
    print("  unchanged:", before == area.__code__.co_code)


def caches():
    title("Its inline caches")
    for row in _kaa.caches(area):
        state = "specialised" if row["specialised"] else f"general, {row['failed']} attempts found no form"
        print(f"  {row['instruction']:>3}  {row['base']:<16} as {row['op']:<26} next look in {row['counter']:>3}  {state}")


class Clumsy:
    def __init__(self, name):
        self.name = name

    def __hash__(self):
        return 3

    def __eq__(self, other):
        return self.name == other.name

    def __repr__(self):
        return self.name


def probes():
    title("Where a dict looks for a key")
    table = {8 * n: None for n in range(1, 5)}
    print("  the dict:", table)
    for key in (8, 32, 16, 5):
        walk = ", ".join(f"slot {step['slot']}: {step['outcome']}" for step in _kaa.probe(table, key))
        print(f"  {key:>3} -> {walk}")
    names = [Clumsy(name) for name in "abcd"]
    table = dict.fromkeys(names)
    del table[names[1]]
    print("  four keys of one hash, the second deleted:")
    for key in (names[0], names[3], Clumsy("x")):
        walk = ", ".join(f"slot {step['slot']}: {step['outcome']}" for step in _kaa.probe(table, key))
        print(f"  {key!r:>3} -> {walk}")


def dump(what, value):
    block = _kaa.bytes(value)
    data = block["bytes"]
    print(f"  {what}: {block['size']} bytes, collected: {block['collected']}")
    for start in range(0, len(data), 16):
        row = data[start:start + 16]
        text = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
        print(f"    {start:>4}  {row.hex(' '):<47}  {text}")


def contents():
    title("Objects as they stand in memory: reference count, type, then what is their own")
    dump("12345", int("12345"))
    dump("1.5", float("1.5"))
    dump("'snake'", "snake".upper().lower())
    dump("(None, True)", (None, bool(1)))


def main():
    instructions()
    caches()
    probes()
    contents()


if __name__ == "__main__":
    main()
