"""Programs in files and out of them: byte order marks, coding lines, newlines, long lines, bytes that do not decode. The line of an
error is read from the file where there is one."""
import os
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
import outcomes

E = "\u00e9"
FILES = [
    b"", b"\xef\xbb\xbf", b"\n", b"\\", b"\\\n", b"x\\", b"x\\\n", b"\\\r\n", b"x \\ \ny", b"x = \\\r\n 1 2\r\n", b"x = \\\r 1 2\r",
    b"\xef\xbb\xbfx = = 1\n", b"\xef\xbb\xbf\nx = = 1\n", b"\xef\xbb\xbfx\xc3\xa9\xc3\xa9 = = 1\n", b"\xef\xbb\xbfx = 1\rx y\r\nz",
    b"x = 1\rx y\r\nz", b"x = 1\ry = 2\rz \xc3\xa9\rq", b"if x:\r\n", b"if x:\r", b"if x:\n", b"def f(x:\r\n",
    b"# coding: latin-1\nx\xe9\xe9 = = 1\n", b"# coding: iso-8859-15\nx\xa4 = '\xa4\xa4' = 1\n", f"# coding: utf-8\n{E}{E} = = 1\n".encode(),
    f"{E}{E} = = 1\n".encode(), b"x\xe9 = = 1\n", b"# x\xe9\ny = = 1\n", b"# \xe9\n'a' = 1\n", b"# coding: utf-8\nx\xe9 = = 1\n",
    b"# coding: utf-8\n# \xe9\nx = = 1 # \xe9\n", b"x = 1 + " + b"a" * 1200 + b" b\n", f"x = '{E * 1200}' b\n".encode(), b"#" + b"x" * 998 + b"\na b\n",
    b"#" + b"x" * 997 + b"\na b\n", b"#" + b"x" * 3000 + b"\na b\n", b"# coding: utf-8\n#" + b"x" * 3000 + b"\n'" + b"\xc3\xa9" * 1000 + b"' b\n",
    b"a b" + b"x" * 996 + b"\n", b"a b" + b"x" * 994 + b"\n", b"a b" + b"x" * 995 + b"\n", "x = 1".encode("utf-16"), b"x = (", b"x = 1\nif x:",
    b"\x0cx y\n", b"\tx y\n", b"if x:\n\ty z\n", "# coding: koi8-r\n\u0436 = '\u0436\u0436' = 1\n".encode("koi8-r"),
    b"# coding: cp1252\nx = '\x81' = 1\n", b"# coding: foo\nx\n", b"\xef\xbb\xbf# coding: latin-1\nx\n", b"# coding: utf-8-sig\nx y\n",
    b"\xef\xbb\xbf# coding: utf-8-sig\nx y\n", b"# coding: utf-7\nx = '+AOk-' = 1\n", b"\n# coding: latin-1\nx\xe9 y\n", b"\n\n# coding: latin-1\nx\xe9 y\n",
    b"x = 1\n# coding: latin-1\nx\xe9 y\n", b"x = 1 # coding: latin-1\nx\xe9 y\n", b"\\\n# coding: latin-1\n'\xe9' y\n",
    b"'''\n# coding: latin-1\n'''\n'\xe9' y\n", b"# coding: latin-1\rx\xe9 y\n", b"#\r# coding: latin-1\rx\xe9 y\n", b"# -*- coding: latin-1 -*-\nx\xe9 y\n",
    b"# vim: set fileencoding=latin-1 :\nx\xe9 y\n", b"#coding=latin_1-unix\nx\xe9 y\n", b"#coding=LATIN-1\nx\xe9 y\n", b"#coding:utf_8-foo\nx\xe9 y\n",
    b"# coding:: latin-1\nx\xe9 y\n", b"# coding \nx\xe9 y\n", b"# coding: rot13\nk l z\n", b"# coding: hex\nk l z\n", b"# coding: " + b"a" * 200 + b"\nk\n",
    b"# coding: utf-16\nk l z\n", b"# coding: ascii\nx\xe9 y\n", b"# coding: utf8\nx\xc3\xa9 y\n", b"# coding: idna\nx y\n", b"# coding: undefined\nx y\n",
    b"# coding: utf-32\n", b"# coding: raw_unicode_escape\nx = '\\u00e9' = 1\n", b"# coding: unicode_escape\nx = 1\\nx y\n",
    b"x = 1\0\ny z\n", b"# coding: latin-1\x00\nx y", b"x\x1a y", b"'\xed\xa0\x80' = 1\n", b"# coding: utf-8\nx\xed\xa0\x80 = = 1\n", b"'\xc0\x80' = 1",
    b"'\xf5\x80\x80\x80' = 1", b"'a\xe2\x82", b"x = 1 \xc2\xa0+ 2\n", b"x = \xe2\x80\x9ca\xe2\x80\x9d\n",
]


def main():
    os.chdir(tempfile.mkdtemp())
    for number, source in enumerate(FILES):
        name = f"file{number}.py"
        with open(name, "wb") as file:
            file.write(source)
        for place in name, "<nowhere>":
            for mode in "exec", "eval", "single":
                for part in ("code0", "symbols") if place != name else ("code0",):
                    outcome = outcomes.of(part, source, place, mode)
                    print(source[:60], place, mode, part, outcome if outcome[0][0] == "error" else outcomes.digest(outcome), outcome[1])
        try:
            outcome = outcomes.of("code0", source.decode(), name)
        except UnicodeDecodeError:
            continue
        print(source[:60], "str", outcome if outcome[0][0] == "error" else outcomes.digest(outcome), outcome[1])


main()
