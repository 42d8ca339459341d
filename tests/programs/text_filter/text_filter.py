"""text_filter.py - a file of log lines through regular expressions in under 64 MB of memory: text_filter.py [--mb N]

The driver writes N MB of seeded lines to a temporary file, runs the filter over it in a process of its own, and asserts that
process's peak memory. FILTER_MB=100 (or --mb 100) is the whole task; --times says how long it took.
"""
import argparse
import collections
import hashlib
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import time

LIMIT_MB = 64
LINE = re.compile(r"""^(?P<host>\d+\.\d+\.\d+\.\d+)\s\S+\s(?P<user>\S+)\s\[(?P<time>[^]]+)\]\s
    "(?P<verb>[A-Z]+)\s(?P<path>[^ ?"]+)(?:\?(?P<query>[^ "]*))?\s[^"]*"\s(?P<status>\d{3})\s(?P<size>\d+|-)""", re.VERBOSE)
SECRET = re.compile(r"(?<=token=)[0-9a-f]+|\b\d{4}(?:[ -]?\d{4}){3}\b")
MAIL = re.compile(r"\b([\w.+-]+)@((?:[a-zé]+\.)+[a-z]{2,})\b", re.IGNORECASE)


def write_lines(file, size, seed=11):
    """About `size` bytes of lines; returns the size in bytes."""
    source, written, number = random.Random(seed), 0, 0
    users = ["-", "ada", "grace", "edsger"]
    block = []
    while written < size:
        number += 1
        chance = source.getrandbits(32)
        if chance % 1000 == 0:
            text = "broken é line " * (chance % 7 + 1) + "\n"
        else:
            contact = f" mail {users[chance % 3 + 1]}.{chance % 97}@example{'é' * (chance // 4 % 2)}.org" if chance % 4 == 0 else ""
            text = (f'10.{chance % 5}.{chance % 7}.{chance % 251} - {users[chance % 4]} [0{number % 9 + 1}/Jan/2024:10:'
                    f'{number % 60:02}:00] "{("GET", "POST")[chance % 5 == 0]} /dir{chance % 11}/page.html?token={chance:x}'
                    f'&n={number} HTTP/1.1" {(200, 404, 500)[chance % 17 % 3]} {chance % 5000 or "-"} card 4111 1111 1111 '
                    f'{chance % 10000:04}{contact}\n')
        data = text.encode()
        written += len(data)
        block.append(data)
        if len(block) == 500:
            file.write(b"".join(block))
            block.clear()
    file.write(b"".join(block))
    return written


def filter_file(source, target):
    statuses, paths, domains = collections.Counter(), collections.Counter(), collections.Counter()
    total = broken = hidden = 0
    with open(source, encoding="utf-8", newline="\n") as lines, open(target, "w", encoding="utf-8", newline="\n") as output:
        for line in lines:
            match = LINE.match(line)
            if match is None:
                broken += 1
                continue
            statuses[match["status"], match["verb"]] += 1
            paths[match["path"]] += 1
            total += int(match["size"]) if match["size"] != "-" else 0
            domains.update(found[2].lower() for found in MAIL.finditer(line))
            clean, count = SECRET.subn("#", line)
            hidden += count
            if match["status"] != "200":
                output.write(MAIL.sub(r"<\1>", clean))
    print(sorted(statuses.items()))
    print(paths.most_common(3), domains, total, broken, hidden)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print("peak MB", peak, file=sys.stderr)


def drive(megabytes, with_times):
    with tempfile.TemporaryDirectory() as folder:
        source, target = os.path.join(folder, "log"), os.path.join(folder, "filtered")
        with open(source, "wb") as file:
            size = write_lines(file, megabytes << 20)
        assert size >= megabytes << 20
        print(size, "bytes")
        start = time.perf_counter()
        done = subprocess.run([sys.executable, __file__, "--filter", source, target], capture_output=True, text=True)
        seconds = time.perf_counter() - start
        print(done.stdout, end="")
        peak = int(re.search(r"peak MB (\d+)", done.stderr)[1])
        with open(target, "rb") as file:
            print(os.path.getsize(target), hashlib.file_digest(file, "sha256").hexdigest())
    print("under", LIMIT_MB, "MB:", peak < LIMIT_MB)
    if with_times:
        print(f"{seconds:.1f} s, peak {peak} MB", file=sys.stderr)
    assert peak < LIMIT_MB, f"{peak} MB"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--mb", type=int, default=int(os.environ.get("FILTER_MB", 10)))
    parser.add_argument("--times", action="store_true")
    parser.add_argument("--filter", nargs=2)
    options = parser.parse_args()
    if options.filter:
        filter_file(*options.filter)
    else:
        drive(options.mb, options.times)


main()
