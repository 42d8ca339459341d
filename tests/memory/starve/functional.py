"""functools: caches, partials, dispatch, ordering, reduction."""
import functools
import operator


def program():
    @functools.lru_cache(maxsize=8)
    def fib(n):
        return n if n < 2 else fib(n - 1) + fib(n - 2)

    @functools.cache
    def name(*args, **options):
        return repr((args, options))

    @functools.singledispatch
    def kind(x):
        return "object"

    @kind.register
    def _(x: int):
        return "int"

    @kind.register(list)
    def _(x):
        return "list"

    @functools.total_ordering
    class Weight:
        def __init__(self, w):
            self.w = w

        def __eq__(self, other):
            return self.w == other.w

        def __lt__(self, other):
            return self.w < other.w

        @functools.cached_property
        def text(self):
            return str(self.w)

    add = functools.partial(operator.add, 10)
    named = functools.partial(dict, a=1)
    @functools.wraps(fib)
    def wrapper():
        pass
    return (fib(20), fib.cache_info(), name(1, x=2), name(1, x=2), kind(1), kind([]), kind("s"), Weight(1) >= Weight(0), Weight(5).text,
            add(5), named(b=2), functools.reduce(operator.mul, range(1, 10)), wrapper.__name__, repr(named))
