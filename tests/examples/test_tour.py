"""test_tour.py - examples/tour.py prints the same under CPython, two lines excepted, and what it shows is what it says."""
import os
import re
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
TOUR = os.path.join(os.path.dirname(os.path.dirname(HERE)), "examples", "tour.py")
ORACLE = "/usr/bin/python3.11"


def run(*command):
    with tempfile.TemporaryDirectory() as folder:
        return subprocess.run([*command, TOUR], cwd=folder, env=dict(os.environ, PYTHONPYCACHEPREFIX=folder),
                              capture_output=True, text=True)


class TourTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.done = run(sys.executable)
        cls.text = cls.done.stdout

    def section(self, title):
        found = re.search(rf"^{re.escape(title)}\n-+\n(.*?)(?:\n\n(?=\S.*\n---)|\Z)", self.text, re.DOTALL | re.MULTILINE)
        self.assertIsNotNone(found, f"no section {title!r}")
        return found[1]

    def test_ends_well(self):
        self.assertEqual((self.done.returncode, self.done.stderr), (0, ""))

    @unittest.skipUnless(os.path.exists(ORACLE), "no CPython 3.11 to compare with")
    def test_equals_cpython(self):
        oracle = run(ORACLE, "-I", "-B")
        self.assertEqual(oracle.returncode, 0, oracle.stderr)
        ours, theirs = self.text.splitlines(), oracle.stdout.splitlines()
        self.assertEqual(len(ours), len(theirs))
        different = [(a, b) for a, b in zip(ours, theirs) if a != b]
        self.assertEqual([a.partition(":")[0] for a, _ in different], ["version", "executable"], different)
        self.assertIn("[Kaa ", different[0][0])
        self.assertNotIn("Kaa", different[0][1])

    def test_sizes(self):
        text = self.section("Objects have the sizes of CPython 3.11")
        self.assertRegex(text, r"(?m)^  1 +28 bytes$")
        self.assertRegex(text, r"(?m)^  True +28 bytes$")

    def test_references(self):
        text = self.section("Reference counts")
        self.assertEqual(re.findall(r": (\d)$", text, re.MULTILINE), list("1671"))
        self.assertLess(text.index("__del__ ran"), text.index("this line comes after"))

    def test_interning(self):
        text = self.section("Interning")
        self.assertIn("equal: True - the same object: False", text)
        self.assertIn("after sys.intern: True", text)

    def test_slots(self):
        text = self.section("__slots__ against __dict__")
        opened, dictionary, closed = map(int, re.findall(r"(\d+) (?:bytes|for)", text))
        self.assertLess(closed, opened + dictionary)

    def test_folding(self):
        text = self.section("60 * 60 * 24 is folded by the compiler")
        self.assertIn("(86400)", text)
        self.assertNotIn("BINARY_OP", text)

    def test_keywords(self):
        words = self.section("The 35 keywords").split()
        self.assertEqual(len(set(words)), 35)
        self.assertTrue({"None", "await", "nonlocal"} <= set(words))

    def test_descriptor(self):
        text = self.section("A data descriptor")
        for line in ("__set_name__: Box.width", "area: 12", "refused: width must be positive, not -1"):
            self.assertIn(line, text)

    def test_cycle(self):
        text = self.section("A cycle is collected")
        self.assertIn("unreachable, still alive: True", text)
        self.assertIn("objects found by gc.collect(): 2", text)
        self.assertIn("alive afterwards: False", text)

    def test_dicts(self):
        text = self.section("Dicts keep their order, and stand collisions")
        self.assertIn("['p', 't', 'h', 'o', 'n', 'y']", text)
        self.assertGreater(int(re.search(r"while they went in: (\d+)", text)[1]), 14)

    def test_bytecode_cache(self):
        text = self.section("__pycache__ is written, and used")
        self.assertIn("the source says HELLO, of one age: the module says hello", text)
        self.assertIn("newer now: the module says HELLO", text)
        self.assertIn("['greeting.cpython-311.pyc']", text)
        self.assertIn("its magic number: 3495 - ours: 3495", text)


if __name__ == "__main__":
    unittest.main()
