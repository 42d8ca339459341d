"""Trace and profile functions, frames, line numbers."""
import sys


def program():
    events = []

    def trace(frame, event, arg):
        if frame.f_code.co_name in ("traced", "gen"):
            events.append((event, frame.f_lineno - frame.f_code.co_firstlineno))
        return trace

    def gen():
        yield 1

    def traced(n):
        total = 0
        for i in range(n):
            total += i
        return total + sum(gen())

    sys.settrace(trace)
    try:
        value = traced(2)
    finally:
        sys.settrace(None)
    calls = []
    sys.setprofile(lambda frame, event, arg: calls.append(event))
    try:
        traced(1)
    finally:
        sys.setprofile(None)
    frame = sys._getframe()
    return value, events, calls, sorted(frame.f_locals)[:2], frame.f_lineno > 0
