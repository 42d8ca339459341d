"""Library files with one token changed, and random programs: same code or same error, and the same warnings.

KAA_MUTANTS says how many of each (a few hundred by default); `tools/parity --mutants` and `--programs` explain differences.
"""
import glob
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
import mutants
import outcomes
import programs

COUNT = int(os.environ.get("KAA_MUTANTS", "300"))
SEED = 11


def main():
    library = os.path.dirname(os.__file__)
    files = [name for name in sorted(glob.glob(library + "/*.py") + glob.glob(library + "/*/*.py")) if os.path.getsize(name) < 20000]
    step = max(1, len(files) // COUNT)
    chosen = files[::step][:COUNT]
    for i in range(COUNT):
        path = chosen[i % len(chosen)]
        with open(path, "rb") as file:
            source = mutants.mutant(path, file.read(), SEED, i)
        outcome = outcomes.of("code0", source, "<mutant>")
        print(path, i, outcome if outcome[0][0] == "error" else outcomes.digest(outcome))
    for seed in range(COUNT):
        source = programs.program(seed)
        print("program", seed, *(outcomes.digest(outcomes.of(part, source, "<program>")) for part in ("code0", "code2", "tree", "symbols")))


main()
