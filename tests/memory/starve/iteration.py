"""itertools, map, filter, zip, enumerate."""
import itertools


def program():
    data = "abcde"
    a, b = itertools.tee(iter(data))
    return (list(itertools.chain(data, [1], itertools.repeat(2, 3))), list(itertools.product("ab", range(2), repeat=2))[:7],
            list(itertools.permutations(data, 2))[:9], list(itertools.combinations(data, 3)), list(itertools.islice(itertools.count(5, 3), 2, 9, 2)),
            [(k, list(g)) for k, g in itertools.groupby([1, 1, 2, 2, 2, 3], lambda x: x % 2)], list(itertools.accumulate(range(10), max)),
            list(itertools.zip_longest("ab", "xyz", fillvalue=0)), list(itertools.starmap(pow, [(2, 3), (3, 2)])), list(a), next(b), list(b),
            list(itertools.pairwise(data)), list(itertools.compress(data, [1, 0, 1])), list(itertools.dropwhile(str.isalpha, "ab1c")),
            list(itertools.combinations_with_replacement("abc", 2)), list(filter(None, map(ord, data))), list(enumerate(data, 3)),
            list(itertools.islice(itertools.cycle("xy"), 5)), list(zip(data, data[1:])), list(itertools.filterfalse(None, [0, 1, ""])))
