"""pipeline.py - processes joined by pipes, a pool of threads, rotating logs, http.server serving files."""
import concurrent.futures
import hashlib
import http.server
import logging.handlers
import os
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request

NUMBERS = "import sys\nfor k in range(20000): print(k)"
FILTER = "import sys\nfor line in sys.stdin:\n    if '7' in line: sys.stdout.write(line)"
TOTAL = "import sys\nprint(sum(map(int, sys.stdin)))"


def processes():
    first = subprocess.Popen([sys.executable, "-c", NUMBERS], stdout=subprocess.PIPE)
    second = subprocess.Popen([sys.executable, "-c", FILTER], stdin=first.stdout, stdout=subprocess.PIPE)
    third = subprocess.Popen([sys.executable, "-c", TOTAL], stdin=second.stdout, stdout=subprocess.PIPE, text=True)
    first.stdout.close()
    second.stdout.close()
    print("pipe:", third.communicate()[0].strip(), first.wait(), second.wait(), third.returncode)
    result = subprocess.run([sys.executable, "-c", "import sys; sys.exit('told')"], capture_output=True, text=True)
    print(result.returncode, repr(result.stderr))
    result = subprocess.run([sys.executable, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGTERM)"])
    print(result.returncode == -signal.SIGTERM)
    try:
        subprocess.run([sys.executable, "-c", "import time; time.sleep(30)"], timeout=0.2)
    except subprocess.TimeoutExpired as error:
        print(type(error).__name__, round(error.timeout, 1))
    try:
        subprocess.run(["/nowhere/at/all"])
    except FileNotFoundError as error:
        print(error)
    print(subprocess.check_output("echo $WORD | tr a-z A-Z", shell=True, env={**os.environ, "WORD": "shell"}))


def pool():
    def work(number):
        if number == 13:
            raise ValueError("unlucky")
        return hashlib.sha256(str(number).encode() * 1000).hexdigest()[:6]

    lock, done = threading.Lock(), []

    def note(future):
        with lock:
            done.append(future)

    with concurrent.futures.ThreadPoolExecutor(max_workers=8) as executor:
        futures = [executor.submit(work, number) for number in range(50)]
        for future in futures:
            future.add_done_callback(note)
        print("pool:", *[future.result() for future in futures if future.exception() is None][:4])
        print(repr(futures[13].exception()), len(list(executor.map(work, range(12)))))
    print(len(done))


def logs():
    handler = logging.handlers.RotatingFileHandler("app.log", maxBytes=400, backupCount=3)
    handler.setFormatter(logging.Formatter("%(levelname)-8s %(name)s: %(message)s"))
    logger = logging.getLogger("app")
    logger.addHandler(handler)
    for number in range(60):
        logger.warning("message %d", number)
    try:
        {}["missing"]
    except KeyError:
        logger.exception("it failed")
    handler.close()
    for name in sorted(os.listdir(".")):
        if name.startswith("app.log"):
            with open(name) as file:
                lines = file.read().splitlines()
            print(name, len(lines), lines[0])


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


def web():
    os.makedirs("site/inner")
    with open("site/index.html", "w") as file:
        file.write("<p>hello</p>" * 100)
    with open("site/inner/data.bin", "wb") as file:
        file.write(bytes(range(256)) * 400)
    os.chdir("site")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    base = f"http://127.0.0.1:{server.server_address[1]}"
    for path in ("/", "/inner/data.bin", "/inner/", "/none"):
        try:
            with urllib.request.urlopen(base + path) as answer:
                body = answer.read()
                print(path, answer.status, answer.headers["Content-type"], len(body), hashlib.md5(body).hexdigest()[:8])
        except urllib.error.HTTPError as error:
            print(path, error.code, error.reason)
    server.shutdown()
    thread.join()
    server.server_close()
    os.chdir("..")


for part in (processes, pool, logs, web):
    part()
