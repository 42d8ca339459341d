"""Runs one module of CPython's test suite and notes what became of each test: run_one.py MODULE OUTPUT [ID ...].

OUTPUT gets a line `id<TAB>outcome` for each test, outcome being ok, skipped, failed or error; with ids, only those run.
"""
import sys
import unittest


class Notes(unittest.TestResult):
    def __init__(self, out):
        super().__init__()
        self.out = out
        self.outcome = None

    def startTest(self, test):
        super().startTest(test)
        self.outcome = "ok"

    def stopTest(self, test):
        super().stopTest(test)
        self.note(test.id(), self.outcome)

    def note(self, name, outcome):
        self.out.write(f"{name.splitlines()[0]}\t{outcome}\n")
        self.out.flush()

    def addFailure(self, test, err):
        self.outcome = "failed"

    def addError(self, test, err):
        self.outcome = "error"
        if not isinstance(test, unittest.TestCase):  # setUpClass or setUpModule
            self.note(str(test), "error")

    def addSkip(self, test, reason):
        self.outcome = "skipped"

    def addExpectedFailure(self, test, err):
        pass

    def addUnexpectedSuccess(self, test):
        self.outcome = "failed"

    def addSubTest(self, test, subtest, err):
        if err is not None and self.outcome == "ok":
            self.outcome = "failed" if issubclass(err[0], test.failureException) else "error"


def flatten(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from flatten(test)
        else:
            yield test


def main():
    module, output, *ids = sys.argv[1:]
    from test import support
    support.use_resources = []
    with open(output, "w", encoding="utf-8", errors="backslashreplace") as out:
        loaded = __import__(module, fromlist=["x"])
        suite = unittest.defaultTestLoader.loadTestsFromModule(loaded)
        if ids:
            wanted = set(ids)
            suite = unittest.TestSuite(t for t in flatten(suite) if t.id() in wanted)
        suite.run(Notes(out))


if __name__ == "__main__":
    main()
