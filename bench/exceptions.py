"""exceptions.py - raising and catching: near and far, chained, in finally and with blocks."""
import contextlib


class Refused(Exception):
    def __init__(self, code):
        super().__init__(code)
        self.code = code


def dig(depth, code):
    if depth == 0:
        raise Refused(code)
    try:
        dig(depth - 1, code)
    finally:
        depth += 1


@contextlib.contextmanager
def counted(log):
    try:
        yield
    except LookupError:
        log.append(1)


def main(n):
    total, log = 0, []
    for k in range(n):
        try:
            total += {}[k]
        except KeyError as error:
            total += error.args[0] % 3
        try:
            dig(k % 6, k)
        except (ValueError, Refused) as error:
            total += error.code % 5
        with counted(log):
            [][k]
        try:
            try:
                int("x")
            except ValueError as error:
                raise TypeError("chained") from error
        except TypeError as error:
            total += isinstance(error.__cause__, ValueError)
        try:
            total += 1
        except Exception:
            total = 0
    print(total, len(log))


if __name__ == "__main__":
    main(200_000)
