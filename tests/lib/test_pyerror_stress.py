"""Processes with threads log into one rotating log: every entry is whole, none is lost, none is there twice.

PYERROR_STRESS sets the errors a thread (10000 for the whole)."""
import collections
import os
import re
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

PROCESSES, THREADS = 8, 8
ERRORS = int(os.environ.get("PYERROR_STRESS", 300))

WORKER = """
import sys, threading
import pyerror
log, me, threads, errors = sys.argv[1], *map(int, sys.argv[2:])
pyerror.install(log, show=False, json={json}, max_bytes={max_bytes}, backups=10_000)
def work(thread):
    for i in range(errors):
        try:
            raise ValueError(f"<{{me}} {{thread}} {{i}}>\\n<end>")
        except ValueError as exc:
            if not pyerror.write(exc):
                print("not written", me, thread, i)
all = [threading.Thread(target=work, args=(i,)) for i in range(threads)]
for thread in all: thread.start()
for thread in all: thread.join()
"""

ENTRY = re.compile(r"=== #\d+ \S+ ValueError: <(\d+ \d+ \d+)>\n  at \S+:\d+:13-\d+ in work\n"
                   r"  process \d+, thread [^\n]+, caught\n"
                   r"  <end>\n  [^\n]+ in work\n      raise ValueError[^\n]+\n      \^+\n\n")


class Stress(unittest.TestCase):
    def test_many_write_one_log(self):
        with tempfile.TemporaryDirectory() as folder:
            log = os.path.join(folder, "errors.log")
            script = os.path.join(folder, "worker.py")
            self.run_script(script, log, ERRORS, json=False, max_bytes=max(200_000, ERRORS * 2000))
            self.check(folder, log, ERRORS)

    def run_script(self, script, log, errors, **options):
        with open(script, "w") as file:
            file.write(WORKER.format(**options))
        command = [sys.executable, script, log]
        workers = [subprocess.Popen([*command, str(i), str(THREADS), str(errors)], stdout=subprocess.PIPE,
                                    env={**os.environ, "PYTHONPATH": LIB}) for i in range(PROCESSES)]
        for worker in workers:
            self.assertEqual((worker.communicate()[0], worker.returncode), (b"", 0))
        os.unlink(script)

    def check(self, folder, log, errors):
        seen = collections.Counter()
        for entry in pyerror.read(log):
            whole = ENTRY.fullmatch(entry.text)
            self.assertTrue(whole, entry.text)
            seen[whole[1]] += 1
        expected = {f"{process} {thread} {i}" for process in range(PROCESSES) for thread in range(THREADS)
                    for i in range(errors)}
        self.assertEqual(set(seen), expected)
        self.assertEqual(set(seen.values()), {1})
        self.assertGreater(len(os.listdir(folder)), 5)

    def test_json_beside_it(self):
        import json
        with tempfile.TemporaryDirectory() as folder:
            log, script = os.path.join(folder, "errors.log"), os.path.join(folder, "worker.py")
            self.run_script(script, log, 20, json=True, max_bytes=100_000)
            messages = collections.Counter()
            for name in os.listdir(folder):
                if name.endswith(".jsonl"):
                    with open(os.path.join(folder, name)) as file:
                        messages.update(json.loads(line)["message"] for line in file)
            self.assertEqual((len(messages), set(messages.values())), (PROCESSES * THREADS * 20, {1}))
            self.check(folder, log, 20)

    def test_forked_children(self):
        with tempfile.TemporaryDirectory() as folder:
            log = os.path.join(folder, "errors.log")
            children = []
            for i in range(8):
                child = os.fork()
                if not child:
                    done = all(pyerror.write(ValueError(f"{i} {j}"), log=log) for j in range(50))
                    os._exit(not done)
                children.append(child)
                self.assertTrue(pyerror.write(ValueError(f"parent {i}"), log=log))
            for child in children:
                self.assertEqual(os.waitpid(child, 0)[1], 0)
            titles = [entry.title for entry in pyerror.read(log)]
            self.assertEqual((len(titles), len(set(titles))), (408, 408))


if __name__ == "__main__":
    unittest.main()
