"""Closures, defaults, keyword arguments, star calls, decorators, lambdas."""


def program():
    def decorate(prefix, *tags, **options):
        def wrap(function):
            count = 0

            def call(*args, **kwargs):
                nonlocal count
                count += 1
                return prefix, count, tags, options, function(*args, **kwargs)
            call.__name__ = function.__name__
            return call
        return wrap

    @decorate("p", 1, 2, key="v")
    def target(a, b=2, /, c=3, *rest, d, e=5, **more):
        return a, b, c, rest, d, e, more

    adders = [lambda x, i=i: x + i for i in range(5)]
    compose = lambda *fs: (lambda x: [f(x) for f in fs])
    try:
        target(1)
    except TypeError as error:
        message = str(error)
    return (target(1, d=4), target(1, 2, 3, 4, 5, d=6, z=7), target(*[1, 2], **{"d": 3, "y": 4}), target.__name__, compose(*adders)(10), message,
            (lambda *, a, b=1: (a, b))(a=2))
