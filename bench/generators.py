"""generators.py - chains of generators, trees walked with yield from, values sent in."""


def tree(low, high):
    if low > high:
        return None
    middle = (low + high) // 2
    return tree(low, middle - 1), middle, tree(middle + 1, high)


def walk(node):
    if node:
        left, value, right = node
        yield from walk(left)
        yield value
        yield from walk(right)


def averager():
    total = count = 0
    while True:
        value = yield total / count if count else 0.0
        total += value
        count += 1


def odd(values):
    for value in values:
        if value % 2:
            yield value


def pairs(values):
    iterator = iter(values)
    for first in iterator:
        yield first, next(iterator, None)


def main(n):
    root = tree(1, n)
    total = 0
    for _ in range(3):
        total += sum(a + (b or 0) for a, b in pairs(odd(walk(root))))
    average = averager()
    next(average)
    for value in walk(root):
        last = average.send(value)
    print(total, last)


if __name__ == "__main__":
    main(300_000)
