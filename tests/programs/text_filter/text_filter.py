"""text_filter.py - a stream of log lines of some megabytes through regular expressions, in little memory."""
import collections
import io
import re
import resource

LINES = 60_000
LIMIT_MB = 64
LINE = re.compile(r"""^(?P<host>\d+\.\d+\.\d+\.\d+)\s\S+\s(?P<user>\S+)\s\[(?P<time>[^]]+)\]\s
    "(?P<verb>[A-Z]+)\s(?P<path>[^ ?"]+)(?:\?(?P<query>[^ "]*))?\s[^"]*"\s(?P<status>\d{3})\s(?P<size>\d+|-)""", re.VERBOSE)
SECRET = re.compile(r"(?<=token=)[0-9a-f]+|\b\d{4}(?:[ -]?\d{4}){3}\b")


class Source(io.RawIOBase):
    """Makes lines as they are read."""

    def __init__(self, count):
        self.number, self.count, self.rest = 0, count, b""

    def readable(self):
        return True

    def readinto(self, buffer):
        while len(self.rest) < len(buffer) and self.number < self.count:
            k = self.number
            self.number += 1
            text = (f'10.0.{k % 7}.{k % 251} - {"-" if k % 3 else "ada"} [0{k % 9 + 1}/Jan/2024:10:{k % 60:02}:00] '
                    f'"{("GET", "POST")[k % 5 == 0]} /dir{k % 11}/page.html?token={k * 7919:x}&n={k} HTTP/1.1" '
                    f'{(200, 404, 500)[k % 17 % 3]} {k % 5000 or "-"} card 4111 1111 1111 {k % 10000:04}\n')
            self.rest += ("broken é " * 3 + "\n").encode() if k % 1000 == 999 else text.encode()
        size = min(len(buffer), len(self.rest))
        buffer[:size], self.rest = self.rest[:size], self.rest[size:]
        return size


def main():
    statuses, paths, sizes = collections.Counter(), collections.Counter(), 0
    broken = hidden = length = 0
    with io.TextIOWrapper(io.BufferedReader(Source(LINES), 1 << 16), encoding="utf-8", newline="\n") as stream:
        for line in stream:
            match = LINE.match(line)
            if match is None:
                broken += 1
                continue
            statuses[match["status"], match["verb"]] += 1
            paths[match["path"]] += 1
            sizes += int(match["size"]) if match["size"] != "-" else 0
            clean, count = SECRET.subn("#", line)
            hidden += count
            length += len(clean)
    print(sorted(statuses.items()))
    print(paths.most_common(3), sizes, broken, hidden, length)
    print(clean, end="")
    print("in little memory:", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < LIMIT_MB * 1024)


main()
