"""Runs one module of CPython's test suite: run_one.py MODULE OUTPUT RESOURCES [ID ...]; with ids, only those run.

OUTPUT gets a line `id<TAB>outcome` for each test, doctests of the module's load_tests included. The outcome is ok,
skipped, failed or error; outside: setting up or tearing down a class or the module failed. RESOURCES are those of
CPython's regrtest -u, separated by commas.
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
        if not isinstance(test, unittest.TestCase):
            self.note(str(test), "outside")

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
    module, output, resources, *ids = sys.argv[1:]
    from test import support
    support.use_resources = resources.split(",")
    with open(output, "w", encoding="utf-8", errors="backslashreplace") as out:
        loaded = __import__(module, fromlist=["x"])
        suite = unittest.defaultTestLoader.loadTestsFromModule(loaded)
        if ids:
            wanted = set(ids)
            suite = unittest.TestSuite(t for t in flatten(suite) if t.id() in wanted)
        suite.run(Notes(out))


if __name__ == "__main__":
    main()
