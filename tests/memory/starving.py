"""Runs one program of tests/memory/starve again and again, each time with other requests for memory failing.

  starving.py FILE COUNT MODE N ...      COUNT requests from each N on fail; MODE is cold (the source is compiled and its
                                         module made anew each time) or warm (only program() runs)
  starving.py FILE COUNT MODE FROM:TO    all n of a range, as far as the program asks for memory

A run must end in MemoryError (or another exception that has one as its cause, context or member) or give the result
that it gives with memory enough, unless a finaliser or callback met a MemoryError, which nobody sees. Afterwards the
program must give that result again. Before each n it is written to standard output, what was wrong with it on the same
line after a tab; the last line is `end` and the number of requests of a run.
"""
import gc
import os
import sys
import threading

import _kaa


def say(text):
    os.write(1, text.encode(errors="backslashreplace"))


def is_of_memory(error):
    """Whether this exception comes of a failed request."""
    if error is None or isinstance(error, MemoryError):
        return error is not None
    if isinstance(error, SystemError):
        return False
    if isinstance(error, BaseExceptionGroup) and any(map(is_of_memory, error.exceptions)):
        return True
    if isinstance(error, RuntimeError) and str(error) in ("can't allocate lock", "can't start new thread"):  # CPython's words
        return True
    return is_of_memory(error.__cause__) or is_of_memory(error.__context__)


class Program:
    def __init__(self, path, mode):
        with open(path, encoding="utf-8") as file:
            self.source = file.read()
        self.path = path
        self.unraisable = []
        self.unseen = False
        sys.unraisablehook = self.note
        threading.excepthook = self.note
        self.run = self.warm if mode == "warm" else self.cold
        self.space = self.fresh()
        self.run(), self.run()
        self.expected = self.run()
        gc.collect()
        self.run()

    def note(self, args):
        if is_of_memory(args.exc_value):
            self.unseen = True
        elif args.exc_type is not SystemExit:
            self.unraisable.append(f"{args.exc_type.__name__}: {args.exc_value}")

    def fresh(self):
        space = {"__name__": "program"}
        exec(compile(self.source, self.path, "exec"), space)
        return space

    def cold(self):
        return repr(self.fresh()["program"]())

    def warm(self):
        return repr(self.space["program"]())

    def requests(self):
        _kaa.starve(self.run, 0)
        return _kaa.starved()[0]

    def problem(self, n, count):
        """What was wrong with the run whose n-th request fails, or None; whether any request failed."""
        result = None
        self.unseen = self.space.get("UNSEEN", False)
        self.unraisable.clear()
        try:
            result = _kaa.starve(self.run, n, count)
        except BaseException as error:
            if not is_of_memory(error):
                return f"{type(error).__name__}: {error}", True
        failed = _kaa.starved()[1] > 0
        if result is not None and result != self.expected and not self.unseen:
            return f"gives {result[:500]}", failed
        if self.unraisable:
            return f"ignored {self.unraisable}", failed
        try:
            after = self.run()
        except BaseException as error:
            return f"afterwards {type(error).__name__}: {error}", failed
        if after != self.expected:
            return f"afterwards gives {after[:500]}", failed
        return None, failed


def main():
    path, count, mode, *numbers = sys.argv[1:]
    program = Program(path, mode)
    whole = ":" in numbers[0]
    if whole:
        first, last = map(int, numbers[0].split(":"))
        numbers = range(first, last)
    for i, n in enumerate(numbers):
        say(f"{n}")
        problem, failed = program.problem(int(n), int(count))
        say(f"\t{problem}\n" if problem else "\n")
        if whole and not failed and not problem:
            break
        if i % 50 == 0:
            gc.collect()
    say(f"end\t{program.requests()}\n")


if __name__ == "__main__":
    main()
