"""Sets and frozensets: algebra, growth, hashing."""


def program():
    a, b = set(range(0, 60, 2)), {*range(0, 60, 3)}
    c = frozenset(map(str, a))
    nested = {c, frozenset(b), frozenset()}
    a2 = a.copy()
    a2 ^= b
    a2.update("xyz", range(200, 240))
    a2.discard(3)
    a2.difference_update({"x"}, {200})
    return (sorted(a | b), sorted(a & b), sorted(a - b), sorted(a ^ b), len(a2), a <= a | b, a.isdisjoint({1}), len(nested), c in nested,
            sorted({x % 7 for x in a}), hash(c) == hash(frozenset(c)), sorted(a.union([1], "a"), key=str), repr(frozenset({1})))
