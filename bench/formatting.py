"""formatting.py - text from values: f-strings, format specifications, % and str.format."""


class Money:
    def __init__(self, cents):
        self.cents = cents

    def __format__(self, spec):
        return format(self.cents / 100, spec or ",.2f")


def main(n):
    total = 0
    for k in range(n):
        x = k * 1.25
        total += len(f"{k:08d}|{x:>12.3f}|{k:#x}|{k!r:^10}|{x:e}|{k:,}")
        total += len("%05d %-10s %.4g %x %r" % (k, "text", x, k, "q"))
        total += len("{0:>10} {1:<10} {0!s} {name:^8.3}".format(k, x, name="abcdef"))
        total += len(f"{Money(k)} {Money(k):.1f} {k % 7 == 0} {'nested':{k % 5 + 6}}")
        total += len(str(k) + repr(x) + hex(k))
    print(total)


if __name__ == "__main__":
    main(200_000)
