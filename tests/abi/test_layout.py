"""Sizes and offsets of the structs in layout.txt: the same by Kaa's headers and by those of libpython3.11-dev."""
import glob
import os
import re
import subprocess
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
THEIRS = ["Python.h", "structmember.h", "frameobject.h", "internal/pycore_frame.h", "internal/pycore_interp.h",
          "internal/pycore_gc.h", "internal/pycore_object.h"]


def structs():
    """name -> fields."""
    with open(os.path.join(HERE, "layout.txt")) as file:
        text = re.sub(r"#.*|\n +", " ", file.read())
    return {name: fields.split() for name, _, fields in (line.partition(":") for line in text.split("\n") if ":" in line)}


def our_headers():
    for path in sorted(glob.glob(os.path.join(ROOT, "src", "**", "*.h"), recursive=True)):
        place = os.path.relpath(path, os.path.join(ROOT, "src"))
        if place.split(os.sep)[0] in ("base", "code", "memory", "objects", "runtime", "capi", "vm") and place.count(os.sep) < 3:
            with open(path) as file:
                if "struct" in file.read() and not path.endswith(".ops.h"):
                    yield place


def program(headers, wanted):
    lines = [f'#include "{header}"' for header in headers] + ["#include <stddef.h>", "#include <stdio.h>", "int main(void)", "{"]
    for name, fields in wanted.items():
        lines.append(f'    printf("{name} %zu\\n", sizeof({name}));')
        lines += [f'    printf("{name}.{field} %zu\\n", offsetof({name}, {field}));' for field in fields]
    return "\n".join([*lines, "    return 0;", "}", ""])


def table(flags, headers, wanted):
    """What the compiled program prints: name or name.field -> bytes."""
    with tempfile.TemporaryDirectory() as folder:
        source, binary = os.path.join(folder, "layout.c"), os.path.join(folder, "layout")
        with open(source, "w") as file:
            file.write(program(headers, wanted))
        subprocess.run(["gcc", "-std=gnu17", "-D_GNU_SOURCE", "-w", "-Wl,--unresolved-symbols=ignore-all", *flags, source, "-o", binary],
                       check=True)  # inline functions call what is not there; nothing of that runs
        printed = subprocess.run([binary], check=True, capture_output=True, text=True).stdout
    return {name: int(number) for name, number in map(str.split, printed.splitlines())}


class Layout(unittest.TestCase):
    def test_as_in_the_headers(self):
        wanted = structs()
        theirs = table(["-DPy_BUILD_CORE=1", "-I/usr/include/python3.11"], THEIRS, wanted)
        ours = table(["-I", os.path.join(ROOT, "src"), "-I", os.path.join(ROOT, "build", "release", "gen")],
                     our_headers(), wanted)
        self.assertGreater(len(theirs), 600)
        self.assertEqual({name: (ours[name], number) for name, number in theirs.items() if ours[name] != number}, {})


if __name__ == "__main__":
    unittest.main()
