"""The examples in docs/pyerror.md and docs/pycommand.md do what the text says."""
import os
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
LIB = os.path.join(ROOT, "lib")


def blocks(name, language):
    with open(os.path.join(ROOT, "docs", name), encoding="utf-8") as file:
        return re.findall(rf"^```{language}\n(.*?)^```$", file.read(), re.S | re.M)


class Docs(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = os.path.realpath(folder.name)

    def run_python(self, *words):
        done = subprocess.run([sys.executable, *words], capture_output=True, text=True, cwd=self.folder, timeout=60,
                              stdin=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": LIB})
        return done.returncode, done.stdout, done.stderr

    def run_block(self, block, name="program.py"):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            file.write(block)
        return self.run_python(name)

    def same(self, text):
        """Text without what differs from run to run."""
        for pattern, new in ((re.escape(self.folder) + "/", ""), (r"\d{4}-\d\d-\d\dT[\d:.]+[+-]\d\d:\d\d", "TIME"),
                             (r"at \d\d:\d\d:\d\d", "at TIME"), (r"process \d+", "process ID")):
            text = re.sub(pattern, new, text)
        return text.strip()

    def test_install(self):
        program, screen, entry = blocks("pyerror.md", "python")[0], *blocks("pyerror.md", "text")
        status, out, error = self.run_block(program)
        self.assertEqual((status, out, self.same(error)), (1, "", self.same(screen)))
        with open(os.path.join(self.folder, "errors.log")) as file:
            self.assertEqual(self.same(file.read()), self.same(entry))

    def test_catch_and_record(self):
        for block in blocks("pyerror.md", "python")[1:]:
            status, _, error = self.run_block(block)
            self.assertEqual(status, 0, error)

    def test_reading(self):
        self.run_block(blocks("pyerror.md", "python")[0])
        for line in blocks("pyerror.md", "console")[0].splitlines():
            status, out, error = self.run_python(*line.removeprefix("$ python ").split())
            self.assertEqual((status, error), (0, ""))
            self.assertIn("ValueError", out)

    def test_commands(self):
        for block in blocks("pycommand.md", "python"):
            status, _, error = self.run_block(block)
            self.assertEqual(status, 0, error)

    def test_command_line(self):
        self.run_block(blocks("pycommand.md", "python")[0], "things.py")
        for session in re.split(r"^\$ python ", blocks("pycommand.md", "console")[0], flags=re.M)[1:]:
            line, _, expected = session.partition("\n")
            self.assertEqual(self.run_python(*line.split()), (0, expected, ""))


if __name__ == "__main__":
    unittest.main()
