"""Nothing that start-up made depends on the hash key, the environment or the C library of another process.

Fails when names of the program carry hashes made with another key, or when the program is position independent.
"""
import os
import struct
import subprocess
import sys
import unittest

HASHES = """
import sys, builtins, gc
bad = 0
names = {n for m in list(sys.modules.values()) for n in vars(m)} | {n for t in vars(builtins).values() if isinstance(t, type) for n in vars(t)}
for n in names:
    fresh = "".join(list(n))
    bad += hash(n) != hash(fresh) or sys.intern(fresh) is not sys.intern(n) or sys.modules.get(fresh) is not sys.modules.get(n)
    bad += any(fresh in vars(m) and vars(m)[fresh] is not getattr(m, n) for m in (sys, builtins))
print(len(names) > 500, bad, hash("a name"), hash(b"a name"), list({"a", "b", "c", "d", "e"}))
"""


def run(program, **environment):
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=dict(os.environ, **environment))
    return done.returncode, done.stdout.split()


class Start(unittest.TestCase):
    def test_hashes_follow_the_key(self):
        seen = {}
        for seed in ("0", "1", "2", "4294967295", "random"):
            status, (many, bad, text, data, *order) = run(HASHES, PYTHONHASHSEED=seed)
            self.assertEqual((status, many, bad), (0, "True", "0"), seed)
            seen[seed] = text, data
        self.assertEqual(len(set(seen.values())), len(seen))

    def test_environment_is_read_at_each_start(self):
        program = "import os, sys, time, locale; print(os.environ['MARK'], sys.flags.utf8_mode, time.timezone, sys.flags.optimize, locale.setlocale(locale.LC_CTYPE))"
        for mark, utf8, zone, seconds, optimize in (("a", "1", "UTC-3", "-10800", "0"), ("b", "0", "UTC+5", "18000", "2")):
            status, words = run(program, MARK=mark, PYTHONUTF8=utf8, TZ=zone, PYTHONOPTIMIZE=optimize, LC_ALL="C.UTF-8")
            self.assertEqual((status, words[:4]), (0, [mark, utf8, seconds, optimize]))

    def test_the_program_stands_where_it_was_linked(self):
        with open(sys.executable, "rb") as file:
            kind, = struct.unpack("<H", file.read(18)[16:])
        self.assertEqual(kind, 2, "ET_EXEC")


if __name__ == "__main__":
    unittest.main()
