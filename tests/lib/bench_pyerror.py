"""What pyerror and pycommand cost: importing them, and logging an error beside logging.exception().

Run: python tests/lib/bench_pyerror.py. Each figure is the best of several runs."""
import logging
import os
import subprocess
import sys
import tempfile
import time

LIB = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "lib")
sys.path.append(LIB)
import pyerror

IMPORT = "import time; a = time.perf_counter(); import traceback; b = time.perf_counter(); import {0}; " \
         "print((time.perf_counter() - b) * 1000)"


def import_cost(module):
    """Milliseconds for importing a module after traceback."""
    command = [sys.executable, "-c", IMPORT.format(module)]
    environment = {**os.environ, "PYTHONPATH": LIB}
    return min(float(subprocess.run(command, capture_output=True, env=environment).stdout) for _ in range(10))


def inner(text):
    return int(text)


def outer(text):
    return inner(text) + 1


def per_error(log_it, rounds=5, count=1000):
    """Microseconds for catching and logging one error."""
    best = 1e9
    for _ in range(rounds):
        start = time.perf_counter()
        for _ in range(count):
            try:
                outer("x")
            except ValueError as exc:
                log_it(exc)
        best = min(best, (time.perf_counter() - start) / count * 1e6)
    return best


def main():
    for module in ("pyerror", "pycommand"):
        print(f"import {module}: {import_cost(module):.1f} ms")
    with tempfile.TemporaryDirectory() as folder:
        log = os.path.join(folder, "errors.log")
        pyerror.install(log, show=False, max_bytes=0)
        print(f"pyerror.write: {per_error(pyerror.write):.0f} us an error")
        handler = logging.FileHandler(os.path.join(folder, "logging.log"))
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(process)d %(threadName)s %(message)s"))
        logger = logging.getLogger("bench")
        logger.propagate = False
        logger.addHandler(handler)
        print(f"logging.exception: {per_error(lambda exc: logger.exception('failed')):.0f} us an error")
        pyerror.install(os.path.join(folder, "json.log"), show=False, max_bytes=0, json=True)
        print(f"pyerror.write with json: {per_error(pyerror.write):.0f} us an error")
        pyerror.uninstall()


if __name__ == "__main__":
    main()
