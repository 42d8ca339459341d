"""The engine's counters (-X kaa-stats) and its plain mode (-X kaa-engine=1:1).

Fails when the loop's table of counting entries is left out (nothing counted), when pairs are formed or instructions
specialised in plain mode (fast= is not 0), and when a fast form gives another result than the general one (the outputs of
the two modes differ).
"""
import glob
import os
import re
import shlex
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAMS = os.path.join(os.path.dirname(HERE), "programs")
PLAIN = ("-X", "kaa-engine=1:1")


def run(*arguments, text=b"", **environment):
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([sys.executable, *arguments], input=text, capture_output=True, cwd=folder,
                              env=dict(os.environ, PYTHONHASHSEED="0", **environment))
    scrub = [re.sub(rb"0x[0-9a-f]{6,}|(?<===)\d+(?===)", b"NUMBER", t.replace(folder.encode(), b"FOLDER"))
             for t in (done.stdout, done.stderr)]  # addresses, and the process a sanitizer speaks of
    return done.returncode, *scrub


def counters(source, *options):
    """{(kind, name): {key: number or text}} of a program run with -X kaa-stats."""
    status, output, error = run("-X", "kaa-stats", *options, "-c", source)
    assert status == 0, error
    rows = [line.split("\t")[1:] for line in error.decode().splitlines() if line.startswith("kaa-stats\t")]
    return {(kind, name): {k: int(v) if v.isdigit() else v for k, v in (f.split("=") for f in fields)}
            for kind, name, *fields in rows}


class Counters(unittest.TestCase):
    def test_silent_unless_asked_for(self):
        self.assertEqual(run("-c", "print(1)"), (0, b"1\n", b""))

    def test_instructions_are_counted(self):
        few = counters("def f():\n for i in (0,) * 1000:\n  -i\nf()")
        many = counters("def f():\n for i in (0,) * 9000:\n  -i\nf()")
        for name in ("UNARY_NEGATIVE", "POP_TOP", "JUMP_BACKWARD"):
            self.assertEqual(many["instruction", name]["executed"] - few["instruction", name]["executed"], 8000, name)
        for rows in (few, many):
            listed = sum(row["executed"] for (kind, _), row in rows.items() if kind == "instruction")
            self.assertEqual(listed, rows["total", "instructions"]["executed"])

    def test_hits_and_misses(self):
        program = "def f(a):\n return a + a\nfor i in range(2000):\n f({})\n"
        steady, mixed = counters(program.format("1")), counters(program.format("1 if i < 100 else 1.5 if i % 2 else 'a'"))
        sums = steady["instruction", "ADD_INT_LL"]
        self.assertGreater(sums["executed"], 1900)
        self.assertLess(sums["missed"], 20)
        self.assertEqual(sums["of"], "LOAD_FAST")
        self.assertGreater(mixed["total", "instructions"]["missed"], steady["total", "instructions"]["missed"] + 500)
        self.assertGreater(steady["specialisation", "BINARY_OP"]["found"], 0)
        refused = counters("def f(a):\n return a + a\nfor i in range(2000):\n f([])\n")
        self.assertGreater(refused["specialisation", "BINARY_OP"]["none"], steady["specialisation", "BINARY_OP"].get("none", 0))

    def test_collections(self):
        none, three = counters("import gc; gc.disable()"), counters("import gc; gc.disable()\nfor i in range(3): gc.collect()")
        name = "collections", "generation 2"
        self.assertEqual(three[name]["runs"] - none[name]["runs"], 3)

    def test_traced_code_is_counted(self):
        rows = counters("import sys\ndef f():\n for i in (0,) * 500:\n  -i\nsys.settrace(lambda *a: None)\nf()")
        self.assertGreaterEqual(rows["instruction", "UNARY_NEGATIVE"]["executed"], 500)


class Plain(unittest.TestCase):
    def test_nothing_is_fused_or_specialised(self):
        rows = counters("def f(a, b):\n x = a; y = b\n for i in range(100):\n  x = x + y\n return x\nfor i in range(99): f(1, 2)",
                        *PLAIN)
        self.assertEqual(rows["total", "instructions"]["fast"], 0)
        self.assertEqual([name for kind, name in rows if kind == "specialisation"], [])
        self.assertGreater(rows["total", "instructions"]["executed"], 9900 * 4)

    def test_same_results(self):
        # foreign_view tells forms apart: a fast store into a dict has one reference less
        for path in sorted(glob.glob(os.path.join(HERE, "*.oracle.py"))):
            if not path.endswith("foreign_view.oracle.py"):
                with self.subTest(path=path):
                    self.assertEqual(run(*PLAIN, path, KAA_SEEDS="20"), run(path, KAA_SEEDS="20"))

    def test_own_tests_pass(self):
        for path in sorted(glob.glob(os.path.join(HERE, "test_*.py"))):
            if not path.endswith("test_modes.py"):
                with self.subTest(path=path):
                    status, output, error = run(*PLAIN, path)
                    self.assertEqual(status, 0, error.decode())

    def test_programs(self):
        for name in ("adventure", "bank", "lisp", "markdown", "puzzles", "simulation", "spreadsheet", "templates"):
            folder = os.path.join(PROGRAMS, name)
            with open(os.path.join(folder, "command")) as file:
                arguments = [a.replace("$HERE", folder) for a in shlex.split(file.read())]
            text = b""
            if os.path.exists(os.path.join(folder, "input")):
                with open(os.path.join(folder, "input"), "rb") as file:
                    text = file.read()
            with self.subTest(name=name):
                self.assertEqual(run(*PLAIN, *arguments, text=text), run(*arguments, text=text))


if __name__ == "__main__":
    unittest.main()
