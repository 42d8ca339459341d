"""The character database: every property of every character, in both versions, as checksums; normal forms of random texts."""
import random
import unicodedata
import zlib

PROPERTIES = "category bidirectional combining mirrored east_asian_width decomposition".split()
VALUES = "decimal digit numeric name".split()


def checksum(database, start):
    total = 0
    for c in map(chr, range(start, start + 0x1000)):
        row = [getattr(database, name)(c) for name in PROPERTIES] + [getattr(database, name)(c, None) for name in VALUES]
        total = zlib.crc32(repr(row).encode(), total)
    return total


for database in unicodedata, unicodedata.ucd_3_2_0:
    for start in range(0, 0x110000, 0x1000):
        print(database.unidata_version, hex(start), checksum(database, start))
random.seed(1)
pool = [c for c in map(chr, range(0x110000)) if unicodedata.decomposition(c) or unicodedata.combining(c)] + list("abeoAE")
for i in range(5000):
    text = "".join(random.choice(pool) for _ in range(random.randint(2, 8)))
    for form in "NFC", "NFD", "NFKC", "NFKD":
        print(ascii(unicodedata.normalize(form, text)), unicodedata.is_normalized(form, text),
              ascii(unicodedata.ucd_3_2_0.normalize(form, text)))
for name in "KEYCAP DIGIT ONE", "LATIN CAPITAL LETTER GHA", "latin small letter a", "HANGUL SYLLABLE GA":
    print(ascii(unicodedata.lookup(name)))
