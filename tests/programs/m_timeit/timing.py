"""timing.py - timeit's command line with what varies taken out of its output."""
import contextlib
import io
import re
import timeit


def show(*arguments):
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        status = timeit.main(list(arguments))
    print(status, re.sub(r"\d+(\.\d+)?(e-?\d+)? (nsec|usec|msec|sec)", "TIME", output.getvalue()), end="")


show("-n", "100", "-r", "3", "x = 1")
show("-n", "10", "-r", "2", "-v", "-s", "values = list(range(10))", "sum(values)")
show("-n", "5", "-r", "1", "-u", "usec", "for k in range(3):", "    k * k")
show("-n", "1", "this is no statement")
show("-h")
timer = timeit.Timer("count()", "calls = []\ndef count(): calls.append(1)", timer=iter(range(1000)).__next__)
print(timer.timeit(7), timer.repeat(3, 4))
print(timeit.timeit("pass", number=3, timer=iter([1.0, 3.5]).__next__))
print(timeit.template.count("{stmt}"))
try:
    timeit.Timer("1 /").timeit(1)
except SyntaxError as error:
    print(error.msg, error.lineno, error.text)
