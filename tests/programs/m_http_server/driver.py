"""driver.py - starts `-m http.server` on a free port, asks it for files of many sizes, listings and errors, and stops it."""
import concurrent.futures
import email.utils
import hashlib
import http.client
import os
import random
import re
import signal
import socket
import subprocess
import sys
import urllib.parse

SIZES = (0, 1, 1023, 1024, 65_535, 65_536, 65_537, 1_000_000, 5 << 20)


def make_site():
    """Files with seeded contents; returns the path and checksum of each."""
    source, sums = random.Random(2024), {}
    os.makedirs("site/folder/deeper")
    os.makedirs("site/with index")
    for size in SIZES:
        data = source.randbytes(size)
        sums[f"/data{size}.bin"] = hashlib.sha256(data).hexdigest()
        with open(f"site/data{size}.bin", "wb") as file:
            file.write(data)
    texts = {"page.html": "<p>page</p>", "style.css": "p {}", "notes.txt": "notes", "data.json": "{}", "folder/é & ü.txt": "umlauts",
             "folder/<odd>.md": "# odd", "with index/index.html": "<h1>index</h1>", "archive.tar.gz": "not really",
             "image.png": "png", "no_suffix": "?"}
    for name, text in texts.items():
        with open(os.path.join("site", name), "w", encoding="utf-8") as file:
            file.write(text)
        sums["/" + name] = hashlib.sha256(text.encode()).hexdigest()
    for folder, _, names in os.walk("site"):
        for name in names:
            os.utime(os.path.join(folder, name), (1_000_000_000, 1_000_000_000))
    return sums


class Server:
    """The command in a process of its own; the port is read from its first line."""

    def __init__(self, *options):
        self.options = options

    def __enter__(self):
        self.process = subprocess.Popen([sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", *self.options],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        self.port = int(re.search(r"port (\d+)", line)[1])
        print(line.replace(str(self.port), "PORT"), end="")
        return self

    def __exit__(self, *exc):
        self.process.send_signal(signal.SIGINT)
        output, errors = self.process.communicate(timeout=30)
        print("output:", output.split())
        lines = [re.sub(r"\[.*?\]", "[TIME]", line) for line in errors.splitlines()]
        print(f"log of {len(lines)} lines")
        for line in sorted(set(lines)):
            print("  ", lines.count(line), line)
        print("status", self.process.returncode)

    def ask(self, verb, path, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(verb, urllib.parse.quote(path, safe="/?&=%"),
                               headers={name.replace("_", "-"): value for name, value in headers.items()})
            answer = connection.getresponse()
            return answer, answer.read()
        finally:
            connection.close()


def show(verb, path, answer, body, with_text=False):
    print(verb, path, answer.status, answer.reason, len(body))
    for name, value in answer.getheaders():
        if name == "Server":
            value = re.sub(r"\d+(\.\d+)+", "N", value)
        elif name == "Date":
            value = email.utils.parsedate_to_datetime(value).tzname()
        print(f"    {name}: {value}")
    if with_text:
        for line in body.decode("utf-8").splitlines():
            print("   |", line)


def every_file(server, sums):
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        answers = pool.map(lambda path: server.ask("GET", path), sums)
        for path, (answer, body) in zip(sums, answers):
            same = hashlib.sha256(body).hexdigest() == sums[path]
            show("GET", path, answer, body)
            print("    the file's contents:", same, int(answer.headers["Content-Length"]) == len(body))


def raw(server, data):
    """What the server answers to bytes that http.client would not send."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(data)
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
    return answer.split(b"\r\n")[0].decode(), len(answer) > 0


def main():
    signal.signal(signal.SIGINT, signal.default_int_handler)  # where it was ignored the server would ignore it too
    sums = make_site()
    with Server("--directory", "site") as server:
        every_file(server, sums)
        for path in ("/", "/folder/", "/with index/", "/folder/deeper/"):
            answer, body = server.ask("GET", path)
            show("GET", path, answer, body, with_text=True)
        for path in ("/folder", "/folder?x=1", "/missing", "/../../etc/passwd", "/page.html/", "/%2e%2e/x", "/notes.txt?query=1"):
            answer, body = server.ask("GET", path)
            show("GET", path, answer, body, with_text=answer.status == 404)
        for path in ("/", "/data1000000.bin", "/missing"):
            show("HEAD", path, *server.ask("HEAD", path))
        for verb in ("POST", "DELETE", "BREW"):
            show(verb, "/page.html", *server.ask(verb, "/page.html"))
        same = "Sun, 09 Sep 2001 01:46:40 GMT"
        for when in (same, "Sun, 09 Sep 2001 01:46:39 GMT", "not a date", "Sun, 09 Sep 2001 01:46:41 -0000"):
            show("GET", when, *server.ask("GET", "/page.html", If_Modified_Since=when))
        answer, body = server.ask("GET", "/data65536.bin", Range="bytes=0-9")
        print("a range is not served:", answer.status, len(body))
        for data in (b"GET /page.html HTTP/1.0\r\n\r\n", b"GET /page.html\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n",
                     b"GET / HTTP/x\r\n\r\n", b"GET /" + b"x" * 65_532,
                     b"GET / HTTP/1.0\r\n" + b"A: b\r\n" * 200 + b"\r\n"):
            print(data[:24], len(data), raw(server, data))
    os.chdir("site")
    with Server("--protocol", "HTTP/1.1") as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        for path in ("/notes.txt", "/data1024.bin", "/missing", "/style.css"):
            connection.request("GET", path)
            answer = connection.getresponse()
            print(path, answer.version, answer.status, len(answer.read()), answer.headers["Connection"])
        connection.close()
    for options in (["--nonsense"], ["port"], ["-h"]):
        done = subprocess.run([sys.executable, "-m", "http.server", *options], capture_output=True, text=True)
        print(options, done.returncode, done.stdout, done.stderr, sep="\n")


if __name__ == "__main__":
    main()
