"""unpacking.py - tuples, lists and starred targets taken apart; calls with * and **."""


def many(a, b, *rest, key=0, **others):
    return a + b + len(rest) + key + len(others)


def main(n):
    total = 0
    row = (1, 2, 3, 4, 5, 6, 7, 8)
    listed = list(row)
    nested = ((1, 2), [3, (4, 5)])
    options = {"key": 3, "x": 1}
    for k in range(n):
        a, b, c, d, e, f, g, h = row
        h, g, f, e, d, c, b, a = listed
        (p, q), [r, (s, t)] = nested
        first, *middle, last = row
        a, b = b, a
        total += a + b + c + h + p + t + first + last + len(middle)
        total += many(*row, **options) + many(*listed[:3], k & 1)
        x, y, *_ = [*row, *listed]
        total += x + y + len({**options, "z": 1}) + len((*row, k))
    print(total)


if __name__ == "__main__":
    main(750_000)
