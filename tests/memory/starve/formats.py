"""format(), f-strings, str.format, % formatting."""


def program():
    values = {"name": "x\u20ac", "n": 1234567, "f": 3.14159, "l": [1, "two"]}
    return (f"{values['n']:,} {values['f']:>10.2f} {values['name']!r:*^12} {values['l']!s:.4} {values['n']:#x} {values['n']=}",
            "{name:>8}|{n:_b}|{f:+.3e}|{l[1]}|{f.real}".format(**values), "{0}{1}{0}".format("a", values),
            "%(name)s %(n)08d %(f)-9.3f|" % values, format(10 ** 40, ",d"), format(2.5, "%"), format(1e20, "g"),
            format(3 + 4j, ".2f"), "{:{w}.{p}}".format("abcdef", w=9, p=3), f"{'nested':{'>' + str(12)}}", f"{1e1000} {-0.001:z.1f}")
