"""Every input that the fuzzer once failed on gives a result or an exception of bad input; and a few seeded new ones do."""
import glob
import os
import subprocess
import sys
import unittest
import warnings

from attempts import attempt, load

HERE = os.path.dirname(os.path.abspath(__file__))


class Corpus(unittest.TestCase):
    def test_inputs(self):
        warnings.simplefilter("ignore")
        paths = glob.glob(os.path.join(HERE, "corpus", "*"))
        self.assertTrue(paths)
        for path in paths:
            with self.subTest(path), open(path, "rb") as file:
                kind = os.path.splitext(path)[1][1:]
                self.assertTrue(attempt(kind, load(kind, file.read())))

    def test_a_false_count_is_the_end_of_the_data(self):
        import marshal
        for data in (b"(\xff\xff\xff\x7f", b"l\xff\xff\xff\x7f", b"s\xff\xff\xff\x7f", b"u\xff\xff\xff\x7f"):
            with self.assertRaises(EOFError):
                marshal.loads(data)

    def test_a_tuple_within_itself(self):
        import marshal
        value = marshal.loads(b"\xa9\x02i\x01\0\0\0r\0\0\0\0")
        self.assertIs(value[1], value)
        self.assertEqual(marshal.loads(b"\xa9\x02<\x01\0\0\0i\x07\0\0\0N")[0], {7})

    def test_equal_code_of_nested_functions_is_found_quickly(self):
        text = "".join(" " * i + "class a:\n" for i in range(60)) + " " * 60 + "pass\n"
        self.assertEqual(compile(text, "f", "exec"), compile(text, "f", "exec"))

    def test_seeded(self):
        command = [sys.executable, os.path.join(HERE, "mutants.py")]
        for kind, count in ("sources", 150), ("marshal", 100), ("pyc", 100), ("trees", 60):
            done = subprocess.run([*command, kind, "1", "0", str(count), "60", os.devnull], capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
            outcomes = [line.split() for line in done.stdout.splitlines()]
            self.assertEqual({line[0] for line in outcomes}, {"outcome"}, done.stdout)
            self.assertEqual(sum(int(line[2]) for line in outcomes), count)


if __name__ == "__main__":
    unittest.main()
