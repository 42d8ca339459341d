"""logs.py - the logging module: records dropped by their level, formatted ones, a tree of loggers."""
import io
import logging


def main(n):
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(levelname)s:%(name)s:%(lineno)d:%(message)s"))
    root = logging.getLogger("bench")
    root.setLevel(logging.WARNING)
    root.addHandler(handler)
    root.propagate = False
    child = logging.getLogger("bench.part.inner")
    for k in range(n):
        for _ in range(10):
            child.debug("dropped %d", k)
        child.warning("kept %d of %s", k, "many")
        if k % 10 == 0:
            try:
                1 // 0
            except ZeroDivisionError:
                root.error("failed at %d", k, exc_info=False)
    root.removeHandler(handler)
    text = stream.getvalue()
    print(len(text.splitlines()), len(text), text.splitlines()[-1])


if __name__ == "__main__":
    main(90_000)
