"""queens.py - all placements of n queens, two ways: generators over sets, and bit masks."""


def place(n, row=0, columns=frozenset(), up=frozenset(), down=frozenset(), chosen=()):
    if row == n:
        yield chosen
        return
    for column in range(n):
        if column not in columns and row + column not in up and row - column not in down:
            yield from place(n, row + 1, columns | {column}, up | {row + column}, down | {row - column},
                             chosen + (column,))


def count(full, columns, left, right):
    if columns == full:
        return 1
    total, free = 0, full & ~(columns | left | right)
    while free:
        bit = free & -free
        free ^= bit
        total += count(full, columns | bit, (left | bit) << 1, (right | bit) >> 1)
    return total


def main(n):
    solutions = list(place(n))
    checksum = sum(column * (k + 1) for solution in solutions for k, column in enumerate(solution))
    print(n, len(solutions), checksum, count((1 << n + 1) - 1, 0, 0, 0))


if __name__ == "__main__":
    main(11)
