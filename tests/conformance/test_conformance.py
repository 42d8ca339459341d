"""tools/conformance notices each way in which a test can fail to be ok, on modules of our own as baseline and ledger."""
import os
import re
import subprocess
import sys
import tempfile
import textwrap
import unittest

ROOT = os.path.dirname(os.environ["KAA_TESTS"])
TOOL = os.path.join(ROOT, "tools", "conformance")

CASES = """
    import os, unittest
    class T(unittest.TestCase):
        def test_good(self):
            pass
        def test_bad(self):
            self.fail()
        def test_broken(self):
            raise ValueError
        def test_skipped(self):
            self.skipTest("not here")
        def test_part(self):
            with self.subTest():
                self.fail()
"""
UNREADY = """
    class Unready(unittest.TestCase):
        @classmethod
        def setUpClass(cls):
            raise OSError
        def test_never(self):
            pass
"""
# fails whenever it runs together with others
FLAKY = """
    import sys, unittest
    class T(unittest.TestCase):
        pass
    def alone(self):
        if len(sys.argv) != 5:
            self.fail()
    for i in range(6):
        setattr(T, f"test_{i}", alone)
"""
DOCTESTS = '''
    """
    >>> 1 + 1
    2
    """
    import doctest
    def wrong():
        """
        >>> 1 + 1
        3
        """
    def load_tests(loader, tests, pattern):
        tests.addTest(doctest.DocTestSuite())
        return tests
'''
# two tests with one id, the second of them good
TWICE = """
    import unittest
    class T(unittest.TestCase):
        def test(self):
            self.assertTrue(self.good)
    def load_tests(loader, tests, pattern):
        bad, good = T("test"), T("test")
        bad.good, good.good = False, True
        return unittest.TestSuite([bad, good])
"""


class ConformanceTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.time = 1_000_000_000
        os.mkdir(os.path.join(self.folder, "cases"))
        self.write("cases/__init__.py", "")

    def write(self, name, text):
        """Each file gets a time of its own: two of one size in one second would share their bytecode."""
        path = os.path.join(self.folder, name)
        with open(path, "w") as file:
            file.write(textwrap.dedent(text))
        self.time += 1
        os.utime(path, (self.time, self.time))

    def conformance(self, source, names, ledger="", *arguments):
        """The tool's status, its lines but the last, and the two numbers of that one."""
        self.write("cases/test_x.py", source)
        self.write("baseline.tsv", "# resources: cpu\n" + "".join(f"test_x\tcases.test_x.{name}\n" for name in names))
        self.write("ledger.tsv", ledger)
        command = [TOOL, "--kaa", sys.executable, "--folder", self.folder, "--package", "cases", *arguments]
        done = subprocess.run(command, env=dict(os.environ, PYTHONPATH=self.folder), stdout=subprocess.PIPE, text=True)
        *lines, last = done.stdout.splitlines()
        passed, failed = re.fullmatch("([0-9]+) passed, ([0-9]+) failed", last).groups()
        return done.returncode, lines, (int(passed), int(failed))

    def check_failure(self, lines, name, outcome):
        self.assertIn(f"FAILED cases.test_x.{name}: {outcome}", lines)

    def test_all_good(self):
        self.assertEqual(self.conformance(CASES, ["T.test_good"]), (0, [], (1, 0)))

    def test_every_outcome(self):
        names = [f"T.test_{name}" for name in ("good", "bad", "broken", "skipped", "part", "gone")]
        status, lines, counts = self.conformance(CASES + UNREADY, [*names, "Unready.test_never"])
        self.assertEqual((status, counts), (1, (1, 7)))
        for name, outcome in zip(names[1:], ("failed", "error", "skipped", "failed", "absent")):
            self.check_failure(lines, name, outcome)
        self.check_failure(lines, "Unready.test_never", "absent")
        self.assertIn("FAILED setUpClass (cases.test_x.Unready): error", lines)

    def test_file_that_does_not_load(self):
        status, lines, counts = self.conformance("import there_is_no_such_module\n", ["T.test_a", "T.test_b"])
        self.assertEqual((status, counts), (1, (0, 3)))
        self.check_failure(lines, "T.test_a", "absent")
        self.check_failure(lines, "T.test_b", "absent")
        self.assertIn("ModuleNotFoundError", "".join(lines) + lines[-1])

    def test_file_that_skips_itself(self):
        source = "import unittest\nraise unittest.SkipTest('nothing to see')\n"
        self.assertEqual(self.conformance(source, ["T.test_a"])[0], 1)

    def test_bad_end(self):
        source = CASES + "    import atexit\n    atexit.register(os._exit, 3)\n"
        status, lines, counts = self.conformance(source, ["T.test_good"])
        self.assertEqual((status, lines, counts), (1, ["FAILED test_x: exit status 3: "], (1, 1)))

    def test_crash(self):
        source = CASES + "        def test_z(self):\n            os.abort()\n"
        status, lines, counts = self.conformance(source, ["T.test_good", "T.test_z"])
        self.assertEqual((status, counts), (1, (1, 2)))
        self.check_failure(lines, "T.test_z", "absent")
        self.assertIn("FAILED test_x: exit status -6", "\n".join(lines))

    def test_ledger(self):
        listed = "# a remark\ncases.test_x.T.test_bad\tit fails\teverything\n"
        self.assertEqual(self.conformance(CASES, ["T.test_good", "T.test_bad"], listed), (0, [], (1, 0)))
        status, lines, counts = self.conformance(CASES, ["T.test_bad", "T.test_broken"], listed)
        self.assertEqual((status, counts), (1, (0, 1)))
        self.check_failure(lines, "T.test_broken", "error")

    def test_listed_id_that_passes(self):
        listed = "cases.test_x.T.test_good\tit fails\teverything\n"
        status, lines, counts = self.conformance(CASES, ["T.test_good"], listed)
        self.assertEqual((status, counts), (1, (1, 1)))
        self.check_failure(lines, "T.test_good", "passes, take it off the ledger")

    def test_wrong_rows_of_the_ledger(self):
        listed = "cases.test_x.T.test_bad\tit fails\ncases.test_x.T.test_no\tit fails\teverything\n"
        status, lines, counts = self.conformance(CASES, ["T.test_bad"], listed)
        self.assertEqual((status, counts), (1, (0, 2)))
        self.assertIn("FAILED ledger: cases.test_x.T.test_bad: a row is id, reason, what is missing", lines)
        self.assertIn("FAILED ledger: cases.test_x.T.test_no: not in the baseline", lines)

    def test_flaky(self):
        names = [f"T.test_{i}" for i in range(6)]
        status, lines, counts = self.conformance(FLAKY.replace("range(6)", "range(5)"), names[:5])
        self.assertEqual((status, lines, counts), (0, [f"flaky cases.test_x.{name}" for name in names[:5]], (5, 0)))
        status, lines, counts = self.conformance(FLAKY, names)
        self.assertEqual((status, counts), (1, (6, 1)))
        self.assertIn("FAILED too many flaky tests: 6", lines)

    def test_load_tests(self):
        self.write("cases/test_x.py", DOCTESTS)
        self.write("baseline.tsv", "test_x\tcases.test_x\ntest_x\tcases.test_x.wrong\n")
        command = [TOOL, "--kaa", sys.executable, "--folder", self.folder, "--package", "cases"]
        done = subprocess.run(command, env=dict(os.environ, PYTHONPATH=self.folder), stdout=subprocess.PIPE, text=True)
        self.assertEqual(done.stdout, "FAILED cases.test_x.wrong: failed\n1 passed, 1 failed\n")

    def test_one_id_twice(self):
        status, lines, counts = self.conformance(TWICE, ["T.test"])
        self.assertEqual((status, counts), (1, (0, 1)))
        self.check_failure(lines, "T.test", "failed")

    def test_hash_seed(self):
        source = """
            import os, unittest
            class T(unittest.TestCase):
                def test(self):
                    self.assertEqual(os.environ["PYTHONHASHSEED"], "7")
        """
        self.assertEqual(self.conformance(source, ["T.test"], "", "--hash-seed", "7"), (0, [], (1, 0)))
        self.assertEqual(self.conformance(source, ["T.test"])[0], 1)

    def test_resources(self):
        source = """
            import unittest
            from test import support
            class T(unittest.TestCase):
                @support.requires_resource("cpu")
                def test_cpu(self):
                    pass
                @support.requires_resource("network")
                def test_network(self):
                    pass
        """
        self.assertEqual(self.conformance(source, ["T.test_cpu"]), (0, [], (1, 0)))
        status, lines, counts = self.conformance(source, ["T.test_network"])
        self.assertEqual((status, lines, counts), (1, ["FAILED cases.test_x.T.test_network: skipped"], (0, 1)))

    def test_module_without_rows(self):
        status, lines, counts = self.conformance(CASES, ["T.test_good"], "", "test_y")
        self.assertEqual((status, counts[0]), (1, 0))
        self.assertIn("FAILED test_y: not in the baseline", lines)


if __name__ == "__main__":
    unittest.main()
