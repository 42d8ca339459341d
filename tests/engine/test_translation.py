"""The translation of bytecode is one to one, its maps are complete both ways, and the bytecode itself is never written.

Fails when an instruction's origin is off by a unit, when two instructions share a unit or one is left out, when a map
entry leads astray, when a specialising form writes into the code object, when a jump's distance is wrong.
"""
import ctypes
import dis
import glob
import opcode
import os
import sys
import types
import unittest

import _kaa

FOLDED = {"CACHE", "EXTENDED_ARG", "PRECALL"}
CODE_AT = 184  # where the bytecode begins in a code object


def raw_code(code):
    return ctypes.string_at(id(code) + CODE_AT, len(code.co_code))


def codes_in(code):
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from codes_in(constant)


def library():
    folder = os.path.dirname(dis.__file__)
    for path in sorted(glob.glob(os.path.join(folder, "*.py")))[::24]:
        with open(path, "rb") as file:
            yield from codes_in(compile(file.read(), path, "exec"))


class Maps(unittest.TestCase):
    def check(self, code):
        bytecode = [i for i in dis.get_instructions(code, show_caches=True)]
        own = [i for i in bytecode if i.opname not in FOLDED]
        engine, units = _kaa.instructions(code), _kaa.units(code)
        self.assertEqual([i["offset"] for i in engine], [i.offset for i in own])
        self.assertEqual(["CALL" if i["base"] == "CALL_KW" else i["base"] for i in engine], [i.opname for i in own])
        self.assertEqual(len(units) * 2, len(code.co_code))
        index_at = {i.offset: n for n, i in enumerate(own)}
        following = len(own)
        for i in reversed(bytecode):
            following = index_at.get(i.offset, following)
            self.assertEqual(units[i.offset // 2], following, i)
        line_of = dict(code.co_lines() and ((o, l) for s, e, l in code.co_lines() for o in range(s, e, 2)))
        for mine, theirs in zip(engine, own):
            if mine["line"] != -1 or line_of[theirs.offset] is not None:
                self.assertEqual(mine["line"], line_of[theirs.offset])
            if theirs.opcode in opcode.hasjrel:
                self.assertEqual(mine["index"] + self.signed(mine["d"]), units[theirs.argval // 2], theirs)
        return len(own)

    @staticmethod
    def signed(d):
        return ctypes.c_int32(d).value

    def test_library(self):
        count = sum(map(self.check, library()))
        self.assertGreater(count, 10000)

    def test_wide_arguments(self):
        source = "def f(x):\n" + "".join(f" x = {i} if x else {i + 1000}\n" for i in range(300)) + " while x: x = g(a=x, *x)\n"
        for code in codes_in(compile(source, "wide", "exec")):
            self.check(code)


def busy(o, n):
    total = 0
    for i in range(n):
        total += i
        total = total - o.real
        [i][0]
        if total == 7 or not o:
            break
        len(str(o))
        busy_too(o)
    return total


def busy_too(x, y=1):
    x, y = y, x
    return x


def generator(n):
    for i in range(n):
        try:
            yield i
        finally:
            pass


class Pristine(unittest.TestCase):
    def test_bytecode_is_never_written(self):
        for function in (busy, busy_too, generator):
            code = function.__code__
            before = bytes(code.co_code)
            self.assertEqual(raw_code(code), before)
        busy(1, 500)
        busy(1.5, 500)
        list(generator(500))
        fast = [i["op"] for f in (busy, busy_too, generator) for i in _kaa.instructions(f) if i["op"] != i["base"]]
        if sys._xoptions.get("kaa-engine") != "1:1":
            self.assertGreater(len(fast), 8)
        with open(__file__, "rb") as file:
            fresh = {c.co_name: c for c in codes_in(compile(file.read(), __file__, "exec"))}
        for function in (busy, busy_too, generator):
            code = function.__code__
            self.assertEqual(raw_code(code), fresh[code.co_name].co_code)
            self.assertEqual(raw_code(code), code.co_code)
            self.assertEqual(code, fresh[code.co_name])

    def test_looking_does_not_change(self):
        busy(1, 100)
        self.assertEqual(_kaa.instructions(busy), _kaa.instructions(busy))


class Places(unittest.TestCase):
    def test_a_suspended_frame_goes_on_at_each_place(self):
        def steps():
            x = yield 1
            y = [(yield 2), (yield 3)]
            try:
                yield x
            except ValueError:
                yield y
            for i in (1, 2):
                yield i
        units = _kaa.units(steps)
        run, places = steps(), []
        value = next(run)
        while True:
            place = run.gi_frame.f_lasti
            places.append(place)
            mine = _kaa.instructions(steps)[units[place // 2]]
            self.assertEqual((mine["offset"], mine["base"]), (place, "YIELD_VALUE"))
            try:
                value = run.throw(ValueError) if len(places) == 4 else run.send(len(places))
            except StopIteration:
                break
        self.assertEqual(len(places), 7)
        self.assertEqual(sorted(set(places))[0], places[0])


if __name__ == "__main__":
    unittest.main()
