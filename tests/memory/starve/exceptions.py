"""Exceptions: raising, chaining, groups, finally, tracebacks as text."""
import traceback


class Problem(Exception):
    def __init__(self, code, text):
        super().__init__(code, text)
        self.code = code


def program():
    def deep(n):
        if n == 0:
            raise Problem(7, "deep")
        try:
            deep(n - 1)
        finally:
            order.append(n)

    order = []
    texts = []
    try:
        try:
            deep(5)
        except Problem as problem:
            raise ValueError("outer") from problem
    except ValueError as error:
        texts.append(str(error))
        texts.append(error.__cause__.code)
        frames = traceback.extract_tb(error.__cause__.__traceback__)
        texts.append([frame.name for frame in frames])
    try:
        raise ExceptionGroup("group", [TypeError(1), ValueError(2), ExceptionGroup("more", [OSError(3, "x")])])
    except* TypeError as group:
        texts.append(repr(group.exceptions))
    except* (ValueError, OSError) as group:
        texts.append(repr(group.exceptions))
    try:
        {}["missing"]
    except KeyError as error:
        texts.append(str(error))
    return order, texts
