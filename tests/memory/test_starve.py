"""Small programs while memory runs out: seeded samples of what tools/starve does in whole."""
import glob
import os
import random
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAMS = sorted(glob.glob(os.path.join(HERE, "starve", "*.py")))
SAMPLE = 40


class Starve(unittest.TestCase):
    def run_program(self, path, count, mode, numbers):
        command = [sys.executable, os.path.join(HERE, "starving.py"), path, str(count), mode, *map(str, numbers)]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace")
        rows = [line.split("\t") for line in done.stdout.splitlines()]
        last = rows[-1] if rows else ["nothing"]
        self.assertEqual((done.returncode, last[0]), (0, "end"), f"{path} after {last}: {done.stderr[-2000:]}")
        self.assertEqual([row for row in rows[:-1] if len(row) > 1], [], path)
        return int(last[1])

    def test_programs(self):
        generator = random.Random(20111)
        for path in PROGRAMS:
            with self.subTest(os.path.basename(path)):
                requests = self.run_program(path, 1, "cold", [0])
                self.assertGreater(requests, 100)
                for count, mode in ((1, "cold"), (1, "warm"), (20, "cold")):
                    numbers = sorted(generator.sample(range(1, requests), min(SAMPLE // 2, requests - 1)))
                    self.run_program(path, count, mode, numbers)


if __name__ == "__main__":
    unittest.main()
