"""Lists, tuples, dicts: growth, copies, slices, merging, nesting."""


def program():
    numbers = list(range(40))
    numbers[3:7] = [0] * 9
    numbers.extend(x * 1000 for x in range(20))
    numbers.insert(2, "two")
    del numbers[::5]
    table = {str(n): n for n in numbers}
    table.update({n: str(n) for n in range(1000, 1030)})
    table |= {"a": 1, ("b", 2): [3]}
    merged = {**table, "c": table.copy()}
    merged.pop("a")
    pairs = tuple(sorted(map(repr, merged)))
    first, *middle, last = pairs + (1,) * 3
    return len(merged), first, len(middle), last, [*pairs[:2], *"xy"], dict.fromkeys("abc", 0), list(reversed(numbers))[:5]
