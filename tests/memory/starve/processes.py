"""os, pathlib, glob, stat, environment: paths and directories."""
import os
import pathlib
import tempfile


def program():
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "a" / "b.txt"
        path.parent.mkdir()
        path.write_text("text\u20ac", encoding="utf-8")
        (path.parent / "c.bin").write_bytes(b"x" * 10)
        found = sorted(p.name for p in pathlib.Path(folder).rglob("*"))
        with os.scandir(path.parent) as entries:
            sizes = sorted((e.name, e.stat().st_size) for e in entries)
        walked = [(sorted(d), sorted(f)) for _, d, f in os.walk(folder)]
        read, write = os.pipe()
        os.write(write, b"through")
        os.close(write)
        piped = os.read(read, 100)
        os.close(read)
    return found, sizes, walked, piped, os.path.join("a", "..", "b"), path.suffix, os.fspath(path).endswith("b.txt"), os.path.normpath("a//b/../c")
