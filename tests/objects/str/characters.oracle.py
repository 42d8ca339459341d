"""Every character's kinds and case mappings, as checksums of 2048 characters each, compared with CPython's."""
METHODS = ("lower upper title swapcase capitalize casefold isalpha isalnum isdecimal isdigit isnumeric isspace isprintable "
           "isidentifier isupper islower istitle").split()
for name in METHODS:
    method = getattr(str, name)
    for start in range(0, 0x110000, 0x800):
        total = 0
        for c in range(start, start + 0x800):
            result = method(chr(c))
            value = int(result) if isinstance(result, bool) else sum((k + 1) * ord(x) for k, x in enumerate(result))
            total = (total * 1000003 + value) % (2 ** 61 - 1)
        print(name, hex(start), total)
