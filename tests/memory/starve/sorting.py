"""sort(), sorted(): keys, stability, comparisons in Python, errors half-way."""
import functools


class Value:
    def __init__(self, v):
        self.v = v

    def __lt__(self, other):
        return self.v < other.v


def program():
    numbers = [(i * 7919) % 1009 for i in range(150)]
    values = sorted(map(Value, numbers))
    words = sorted((str(n) for n in numbers), key=len, reverse=True)
    mixed = [3, "a", 2]
    try:
        mixed.sort()
    except TypeError as error:
        message = str(error)
    compared = sorted(numbers[:40], key=functools.cmp_to_key(lambda a, b: b - a))
    return [v.v for v in values], words, message, sorted(mixed, key=str), compared, sorted([1.5, 0.5]), min(numbers), max(words)
