"""The allocator: objects come from its own spans, debug hooks and plain malloc can be asked for, and under AddressSanitizer
each object is a block of malloc, so that use after free is seen.

Fails when PYTHONMALLOC is not obeyed, when the debug hooks do not look behind a block, when a sanitizer build takes its
objects from spans.
"""
import os
import subprocess
import sys
import unittest

PROGRAM = "x = [str(i) for i in range(2000)]\nd = dict(zip(x, x))\ndel x\nprint(len(d), sum(map(len, d)))\n"
OVERRUN = """
import ctypes
api = ctypes.pythonapi
api.PyObject_Malloc.restype = ctypes.c_void_p
p = api.PyObject_Malloc(ctypes.c_size_t(10))
ctypes.memset(p + 10, 65, 1)
api.PyObject_Free(ctypes.c_void_p(p))
print("not seen")
"""
AFTER_FREE = """
import ctypes
api = ctypes.pythonapi
o = [1, 2, 3]
address = id(o)
api.Py_DecRef(ctypes.py_object(o))
kept = [o]
del o
kept.clear()
print(ctypes.string_at(address, 16))
"""


def run(program, **environment):
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=dict(os.environ, **environment))
    return done.returncode, done.stdout, done.stderr


def areas():
    with open("/proc/self/maps") as file:
        for line in file:
            place, *rest = line.split()
            low, high = (int(x, 16) for x in place.split("-"))
            yield low, high, rest[-1] if len(rest) > 4 else ""


SANITIZED = any("libasan" in name for low, high, name in areas())
IN_HEAP = ("o = [object() for i in range(1000)]\nlow, high = next((int(x, 16) for x in l.split()[0].split('-')) for l in "
           "open('/proc/self/maps') if '[heap]' in l)\nprint(sum(low <= id(x) < high for x in o))")


class Allocator(unittest.TestCase):
    def test_each_kind_runs(self):
        for kind in ("default", "pymalloc", "malloc", "debug", "pymalloc_debug", "malloc_debug"):
            self.assertEqual(run(PROGRAM, PYTHONMALLOC=kind), (0, "2000 6890\n", ""), kind)
        status, _, error = run(PROGRAM, PYTHONMALLOC="no such")
        self.assertNotEqual(status, 0)
        self.assertIn("PYTHONMALLOC", error)

    def test_debug_hooks_see_an_overrun(self):
        for kind in ("debug", "malloc_debug", "pymalloc_debug"):
            status, output, error = run(OVERRUN, PYTHONMALLOC=kind)
            self.assertLess(status, 0, kind)
            self.assertNotIn("not seen", output)
            if not SANITIZED:
                self.assertIn("bad trailing pad byte", error)

    @unittest.skipIf(SANITIZED, "there every block is malloc's")
    def test_objects_do_not_come_from_malloc(self):
        self.assertEqual(run(IN_HEAP)[:2], (0, "0\n"))
        self.assertEqual(run(IN_HEAP, PYTHONMALLOC="malloc")[:2], (0, "1000\n"))

    @unittest.skipUnless(SANITIZED, "AddressSanitizer's builds only")
    def test_use_after_free_is_seen(self):
        status, output, error = run(AFTER_FREE)
        self.assertNotEqual(status, 0)
        self.assertIn("heap-use-after-free", error)


if __name__ == "__main__":
    unittest.main()
