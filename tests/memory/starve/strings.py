"""Strings: joining, splitting, case, replacing, encoding, translating, wider characters."""


def program():
    words = "the quick brown fox jumps over the lazy dog".split()
    text = " ".join(word.title() for word in words)
    wide = text.replace("o", "\u20ac").replace("u", "\U0001f600")
    table = str.maketrans({"a": "AA", "b": None, "c": 0x20ac})
    data = wide.encode("utf-8") + wide.encode("utf-16") + "\xe9".encode("latin-1")
    back = wide.encode().decode()
    return (text, wide, "abcabc".translate(table), len(data), back == wide, wide.upper(), text.partition("Fox"),
            text.rsplit(None, 2), "a,b,,c".split(","), "x\ny\r\nz".splitlines(True), "-".join("abc" * 5), text.zfill(60),
            text.center(61, "*"), wide.swapcase(), ascii(wide), "abc" in text, text.find("dog"), "%s|%5d|%r" % ("a", 7, wide))
