"""Generators: sending, throwing, delegation, expressions, closing."""


def program():
    log = []

    def inner(n):
        try:
            for i in range(n):
                got = yield i
                if got:
                    log.append(got)
            return "end of inner"
        finally:
            log.append("inner closed")

    def outer():
        result = yield from inner(4)
        log.append(result)
        try:
            yield "waiting"
        except KeyError as error:
            yield f"caught {error}"

    walk = outer()
    seen = [next(walk), walk.send("hello"), walk.send([1]), next(walk), next(walk), walk.throw(KeyError("key"))]
    left = inner(3)
    next(left)
    left.close()
    squares = [x for x in (y * y for y in range(10)) if x % 2]
    return seen, log, squares, list(zip(inner(2), inner(3))), list(walk)
