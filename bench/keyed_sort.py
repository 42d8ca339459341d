"""keyed_sort.py - sorting records by keys, by several keys, in reverse, and with comparison methods."""
import functools
import operator
import random


@functools.total_ordering
class Version:
    def __init__(self, text):
        self.parts = [int(part) for part in text.split(".")]

    def __eq__(self, other):
        return self.parts == other.parts

    def __lt__(self, other):
        return self.parts < other.parts


def main(n):
    chance = random.Random(7)
    records = [(chance.randrange(1000), chance.random(), "name%d" % chance.randrange(n)) for _ in range(n)]
    checksum = 0
    for key in (operator.itemgetter(0), operator.itemgetter(1), lambda r: r[2], lambda r: (r[0] % 10, r[2]),
                lambda r: -r[1]):
        ordered = sorted(records, key=key)
        checksum += ordered[n // 3][0] + ordered[n // 2][0] * 3
        ordered.sort(key=key, reverse=True)
        checksum += ordered[n // 4][0]
    versions = [Version(f"{a % 30}.{int(b * 50)}.{a}") for a, b, _ in records[:n // 8]]
    versions.sort()
    print(checksum, versions[0].parts, versions[-1].parts,
          sorted(range(n), key=functools.cmp_to_key(lambda a, b: a % 97 - b % 97))[:5])


if __name__ == "__main__":
    main(150_000)
