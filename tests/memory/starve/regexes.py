"""re: compiling, matching, splitting, substituting."""
import re


def program():
    re.purge()
    text = "2024-01-02 error: disk /dev/sda1 at 97%; 2025-12-31 warning: \u20ac fan"
    pattern = re.compile(r"(?P<year>\d{4})-(\d\d)-(\d\d)\s+(?P<kind>[a-z]+):\s*(.*?)(?:;|$)", re.I)
    found = [m.groupdict() | {"span": m.span()} for m in pattern.finditer(text)]
    return (found, re.sub(r"(\w+)-(\w+)", r"\2/\1", text), re.split(r"[-:; ]+", text), re.findall(r"(?i)[aeiou]{2,}|\bw\w*", text),
            re.sub(r"\d", lambda m: chr(ord(m[0]) + 1), text), bool(re.fullmatch(r"(?:a|b)*?c(?=d)?", "ababc")))
