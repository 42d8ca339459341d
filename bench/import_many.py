"""import_many.py - a fresh import of thirty library modules, from their bytecode files."""
import importlib
import sys

NAMES = """argparse ast base64 calendar collections.abc colorsys configparser contextlib copy csv dataclasses difflib dis
enum fnmatch fractions functools glob heapq html inspect json optparse pprint queue random shlex statistics string
textwrap tokenize""".split()


def main(n):
    total = 0
    for _ in range(n):
        kept = dict(sys.modules)
        for name in NAMES:
            for part in [known for known in sys.modules if known == name or known.startswith(name + ".")]:
                if part not in ("enum", "functools", "collections.abc"):
                    del sys.modules[part]
        for name in NAMES:
            total += hasattr(importlib.import_module(name), "__name__")
        sys.modules.clear()
        sys.modules.update(kept)
    print(total)


if __name__ == "__main__":
    main(3)
