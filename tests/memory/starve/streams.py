"""io: streams in memory, a file, text layers, seeking, line iteration."""
import io
import os
import tempfile


def program():
    text = io.StringIO()
    print("one", 2, [3], sep="|", file=text)
    text.write("\u20ac" * 20)
    text.seek(2)
    raw = io.BytesIO(b"line one\r\nline two\n" * 10)
    layer = io.TextIOWrapper(raw, encoding="utf-8", newline=None)
    lines = list(layer)
    layer.seek(0)
    start = layer.read(5), layer.tell()
    handle, path = tempfile.mkstemp()
    try:
        os.close(handle)
        with open(path, "w+", encoding="utf-16") as file:
            file.writelines(f"{n}\n" for n in range(40))
            file.seek(0)
            whole = file.read()
        with open(path, "rb") as file:
            head, rest = file.read(3), file.readlines()
            into = bytearray(5)
            file.seek(1)
            file.readinto(into)
    finally:
        os.unlink(path)
    return text.read(), text.getvalue(), lines, start, len(whole), head, len(rest), into
