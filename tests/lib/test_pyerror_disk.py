"""pyerror where the log cannot be written: the program's own traceback and exit status are as without it."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

LIB = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "lib")
try:
    import pyerror
except ImportError:
    sys.path.append(LIB)
    import pyerror

PROGRAM = """
import os, shutil, sys, threading
{install}
{before}
class Broken:
    def __del__(self): raise ValueError("dying")
Broken()
thread = threading.Thread(target=lambda: {{}}["k"], name="worker")
thread.start(); thread.join()
def f(text):
    return int(text)
f("x")
"""


class Disk(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = os.path.join(folder.name, "logs")
        self.program = os.path.join(folder.name, "program.py")
        os.mkdir(self.folder)

    def run_program(self, install, before):
        with open(self.program, "w") as file:
            file.write(PROGRAM.format(install=install, before=before))
        return subprocess.run([sys.executable, self.program], capture_output=True, timeout=60,
                              env={**os.environ, "PYTHONPATH": LIB})

    def check_unchanged(self, log, before=""):
        plain = self.run_program("", before)
        os.makedirs(self.folder, exist_ok=True)
        done = self.run_program(f"import pyerror; pyerror.install({log!r}, json=True)", before)
        self.assertEqual(self.without_addresses(done.stderr), self.without_addresses(plain.stderr))
        self.assertEqual((done.returncode, done.stdout), (plain.returncode, plain.stdout))
        self.assertIn(b"Traceback (most recent call last):", done.stderr)

    @staticmethod
    def without_addresses(text):
        return re.sub(rb"0x[0-9a-f]+", b"0x", text).replace(b"line 3", b"line")

    def test_full_device(self):
        self.check_unchanged("/dev/full")

    @unittest.skipUnless(os.geteuid() == 0, "mounting needs root")
    def test_full_disk(self):
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", self.folder], capture_output=True)
        if mounted.returncode:
            self.skipTest("no tmpfs can be mounted here")
        self.addCleanup(subprocess.run, ["umount", self.folder])
        log = os.path.join(self.folder, "errors.log")
        pyerror._Log(log, False, 0, 0)
        written = 0
        while pyerror.write(ValueError("x" * 3000), log=log):
            written += 1
        self.assertGreater(written, 10)
        entries = list(pyerror.read(log))
        self.assertEqual(len(entries), written)
        self.assertTrue(all(entry.text.endswith("\n\n") and "x" * 3000 in entry.text for entry in entries))
        with open(os.path.join(self.folder, "filler"), "wb") as file:
            try:
                while True:
                    os.write(file.fileno(), b"x")
            except OSError:
                pass
        with open(log, "ab", buffering=0) as file:
            try:
                while True:
                    file.write(b"\n")
            except OSError:
                pass
        self.check_unchanged(log)

    @unittest.skipUnless(os.geteuid() == 0, "needs root to become somebody else")
    def test_read_only_folder(self):
        os.chmod(os.path.dirname(self.folder), 0o755)
        os.chmod(self.folder, 0o555)
        log = os.path.join(self.folder, "errors.log")
        self.check_unchanged(log, "os.setuid(65534)")
        self.assertEqual(os.listdir(self.folder), [])

    def test_deleted_folder(self):
        log = os.path.join(self.folder, "errors.log")
        self.check_unchanged(log, f"shutil.rmtree({self.folder!r})")
        self.assertFalse(os.path.exists(self.folder))

    def test_folder_at_the_path(self):
        self.check_unchanged(self.folder)

    @unittest.skipIf("ASAN_OPTIONS" in os.environ, "AddressSanitizer itself dies where memory is short")
    def test_memory_short(self):
        install = f"import pyerror; pyerror.install({os.path.join(self.folder, 'errors.log')!r})"
        with open(self.program, "w") as file:
            file.write(install + "\nimport resource\nresource.setrlimit(resource.RLIMIT_AS, (300 << 20,) * 2)\n"
                       "kept = []\nwhile True: kept.append(bytearray(1 << 16))\n")
        done = subprocess.run([sys.executable, self.program], capture_output=True, timeout=60,
                              env={**os.environ, "PYTHONPATH": LIB})
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"MemoryError", done.stderr)


if __name__ == "__main__":
    unittest.main()
