"""compile_mutants.py - damaged sources, marshal data, .pyc files and trees through the front end.

  compile_mutants.py [--kaa FILE] [--seed S] [--count N | --seconds N] [--keep FOLDER] [KIND ...]

KINDs, all without any, by turns:
  boundaries  every prefix ending at a token of the 60 smallest files test_*.py, each once
  sources     seeded prefixes, deletions, duplications, flipped bytes, inserted pieces in library files and parts of them
  nests       every construct 100,000 deep, once, in every mode of compile()
  marshal, pyc, trees   the same kinds of damage in marshalled code and data, .pyc files, trees of `ast`

Each input gives a result or an exception of bad input: no crash, no more than SECONDS_EACH, no more than MOST_MEMORY.
An input that fails is kept in tests/fuzz/corpus/ (or FOLDER), which test_corpus.py tries ever after.  A worker process
of the interpreter under test makes and tries the inputs; this one starts it again where it died.  The last line is
`N passed, N failed`.
"""
import argparse
import collections
import os
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
WORKER = os.path.join(HERE, "mutants.py")
KINDS = "boundaries sources nests marshal pyc trees".split()
MOST_DEATHS = 20


class Run:
    """One kind's inputs, over as many workers as it takes."""

    def __init__(self, kaa, kind, seed, keep):
        self.kaa, self.kind, self.seed, self.keep = kaa, kind, seed, keep
        self.done, self.failed, self.deaths, self.outcomes = 0, 0, 0, collections.Counter()

    def work(self, count, seconds):
        end = time.monotonic() + seconds
        while self.deaths < MOST_DEATHS and self.done < count and time.monotonic() < end:
            if not self.one_worker(count, end - time.monotonic()):
                break

    def one_worker(self, count, seconds):
        """Gives whether there is more to do: the worker died on the way."""
        with tempfile.TemporaryDirectory() as folder:
            told = os.path.join(folder, "number")
            worker = subprocess.run([self.kaa, WORKER, self.kind, str(self.seed), str(self.done), str(count), str(seconds), told],
                                    env=dict(os.environ, TMPDIR=folder), cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            said = worker.stdout.decode(errors="replace")
            for line in said.splitlines():
                if line.startswith("outcome "):
                    _, name, number = line.split()
                    self.outcomes[name] += int(number)
                elif line.startswith("odd "):
                    _, number, what = line.split(" ", 2)
                    self.fail(number, what)
            if worker.returncode == 0:
                return False
            self.deaths += 1
            with open(told) as file:
                number = int(file.read())
            self.fail(number, f"exit status {worker.returncode}\n{said[-3000:]}")
            self.outcomes["before a death"] += number - self.done
            self.done = number + 1
            return True

    def fail(self, number, what):
        self.failed += 1
        path = os.path.join(self.keep, f"{self.kind}_{self.seed}_{number}")
        os.makedirs(self.keep, exist_ok=True)
        subprocess.run([self.kaa, WORKER, "--store", self.kind, str(self.seed), str(number), path], check=True)
        print(f"FAILED {path}: {what}", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kaa", default=os.path.join(ROOT, "build", "kaa"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, help="inputs of each kind that has no end")
    parser.add_argument("--seconds", type=float, help="shared by the kinds")
    parser.add_argument("--keep", default=os.path.join(HERE, "corpus"))
    parser.add_argument("kinds", nargs="*", metavar="KIND")
    options = parser.parse_args()
    kinds = options.kinds or KINDS
    if set(kinds) - set(KINDS):
        parser.error(f"the kinds are {' '.join(KINDS)}")
    count = options.count or (1 << 60 if options.seconds else 1000)
    end = time.monotonic() + (options.seconds or 1 << 30)
    passed = failed = 0
    for i, kind in enumerate(kinds):
        begin = time.monotonic()
        run = Run(os.path.abspath(options.kaa), kind, options.seed, options.keep)
        run.work(count, (end - begin) / (len(kinds) - i))
        print(f"{kind}: {time.monotonic() - begin:.1f} s,",
              ", ".join(f"{number} {name}" for name, number in run.outcomes.most_common()), flush=True)
        passed, failed = passed + sum(run.outcomes.values()), failed + run.failed
    print(f"{passed} passed, {failed} failed")
    return bool(failed) or not passed


if __name__ == "__main__":
    sys.exit(main())
