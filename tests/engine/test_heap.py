"""The walk over the heap finds every object, and reports each one that breaks an invariant of its type.

Fails when a tp_traverse leaves a reference out (an object that gc knows of is not found), and when the check of a type is
left out (its damaged object is not reported).
"""
import ctypes
import gc
import sys
import unittest

import _kaa

WORD = 8


class word:
    """Another value at an address, for a while."""

    def __init__(self, address, value, kind=ctypes.c_int64):
        self.place = kind.from_address(address)
        self.value = value

    def __enter__(self):
        self.before = self.place.value
        self.place.value = self.value

    def __exit__(self, *args):
        self.place.value = self.before


class Thing:
    def __init__(self):
        self.a, self.b, self.c = 1, 2, 3


class Slotted:
    __slots__ = ("a", "b")


def generator():
    x = ["in a generator"]
    yield x
    yield x


kept = []


def keep(o):
    kept.append(o)
    return o


class Walk(unittest.TestCase):
    def setUp(self):
        kept.clear()

    def assertSound(self):
        self.assertEqual(_kaa.heap_check()["bad"], [])

    def assertReported(self, o, holds_not, *damage):
        self.assertSound()
        with word(*damage):
            bad = _kaa.heap_check()["bad"]
        self.assertIn((id(o), type(o).__name__), [(row["address"], row["type"]) for row in bad])
        self.assertTrue([row for row in bad if row["address"] == id(o) and holds_not in row["holds_not"]], bad)
        self.assertSound()

    def test_everything_is_found(self):
        run = generator()
        next(run)
        thing, slotted = Thing(), Slotted()
        vars(thing)
        slotted.a = "in a slot " + str(id(slotted))
        thing.text = "an attribute " + str(id(thing))
        hidden = (10**30, "in an untracked tuple" + str(id(self)), (2.5, 1 << 70))
        known = [thing, slotted, slotted.a, thing.text, hidden, hidden[0], hidden[1], hidden[2], hidden[2][0], run, run.gi_code,
                 Thing, Thing.__init__, Thing.__init__.__code__, vars(thing), [].append, len, int, type, "a constant" * 2,
                 sys.modules, sys.modules["sys"], {1: "x"}, {2}, frozenset([3]), range(5), slice(1), lambda: known]
        of_gc = gc.get_objects()
        found = {id(o) for o in _kaa.heap_objects()}
        for o in known:
            self.assertIn(id(o), found, o)
        self.assertGreater(len(of_gc), 1000)
        for o in of_gc:
            self.assertIn(id(o), found)
        fresh = "made after the walk" + str(id(found))
        self.assertNotIn(id(fresh), found)
        counts = _kaa.heap_check()
        self.assertGreater(counts["objects"], len(found) - 1000)
        self.assertSound()

    def test_sound_in_all_states(self):
        things = [Thing() for i in range(60)]
        for i, thing in enumerate(things):
            for n in range(i):
                setattr(thing, f"n{n}", n)
            if i % 3 == 0:
                vars(thing)
            if i % 4 == 0:
                del thing.b
            if i % 7 == 0:
                thing.__class__ = type("Other", (), {})
        dicts = [dict.fromkeys(range(i)) for i in range(100)]
        for d in dicts:
            for key in list(d)[::2]:
                del d[key]
        sets = [set(range(i)) for i in range(100)]
        for s in sets:
            for key in list(s)[::3]:
                s.remove(key)
        texts = ["a" * 10, "\xe9" * 10, "\u0416" * 10, "\U0001f600" * 10, "", "\x00"]
        self.assertSound()
        self.assertEqual(sorted([3, 1, 2], key=lambda k: len(_kaa.heap_check()["bad"]) * 10 + k), [1, 2, 3])
        self.assertEqual([x for x in map(lambda x: len(_kaa.heap_check()["bad"]), texts)], [0] * 6)

        async def waits():
            self.assertSound()
        with self.assertRaises(StopIteration):
            waits().send(None)
        try:
            raise ValueError
        except ValueError:
            self.assertSound()

    def test_damaged_list(self):
        o = keep([1, 2, 3])
        self.assertReported(o, "allocated", id(o) + 2 * WORD, 100)
        self.assertReported(o, "ob_item", ctypes.c_int64.from_address(id(o) + 3 * WORD).value + WORD, 0)

    def test_damaged_tuple(self):
        o = keep((1, [], 3))
        self.assertReported(o, "PyTuple_GET_ITEM", id(o) + 4 * WORD, 0)

    def test_damaged_int(self):
        o = keep(1 << 50)
        self.assertReported(o, "digits[size - 1] != 0", id(o) + 3 * WORD + 4, 0, ctypes.c_int32)
        self.assertReported(o, "PyLong_MASK", id(o) + 3 * WORD, -1, ctypes.c_int32)

    def test_damaged_str(self):
        o = keep("some text " + str(id(kept)))
        hash(o)
        self.assertReported(o, "hash", id(o) + 3 * WORD, 12345)
        self.assertReported(o, "== 0", id(o) + 6 * WORD + len(o), 65, ctypes.c_uint8)
        hash(o)
        self.assertReported(o, "most <=", id(o) + 6 * WORD, 200, ctypes.c_uint8)

    def test_damaged_bytes(self):
        o = keep(b"some bytes %d" % id(kept))
        hash(o)
        self.assertReported(o, "ob_shash", id(o) + 4 * WORD, 65, ctypes.c_uint8)
        self.assertReported(o, "== 0", id(o) + 4 * WORD + len(o), 65, ctypes.c_uint8)

    def test_damaged_dict(self):
        o = keep({"a": 1, "b": 2, 3: 4})
        self.assertReported(o, "live == dict->ma_used", id(o) + 2 * WORD, 2)
        keys = ctypes.c_int64.from_address(id(o) + 4 * WORD).value
        self.assertReported(o, "probe.met", keys + 4 * WORD, -1)
        self.assertReported(o, "dk_usable", keys + 2 * WORD, 100)

    def test_damaged_set(self):
        o = keep({1, 2, 3})
        self.assertReported(o, "active == set->used", id(o) + 3 * WORD, 2)
        self.assertReported(o, "mask", id(o) + 4 * WORD, 6)

    def test_damaged_instance(self):
        o = keep(Thing())
        values = ctypes.c_int64.from_address(id(o) - 4 * WORD).value
        self.assertReported(o, "values_slot", values + WORD, 0)
        self.assertReported(o, "values_owner", values - 4, 1, ctypes.c_uint16)
        self.assertReported(o, "seen >> index", values - 6, 0, ctypes.c_uint8)

    def test_damaged_type(self):
        o = keep(type("Damaged", (), {}))
        self.assertReported(o, "tp_basicsize", id(o) + 4 * WORD, 8)

    def test_damaged_function(self):
        o = keep(lambda: o)
        self.assertReported(o, "func_closure", id(o) + 9 * WORD, 0)

    def test_damaged_code(self):
        o = keep(compile("def f(a, b): return a + b", "damaged", "exec")).co_consts[0]
        self.assertReported(o, "co_nlocalsplus", id(o) + 0x4c, 3, ctypes.c_int32)

    def test_damaged_generator(self):
        o = keep(generator())
        next(o)
        self.assertReported(o, "state ==", id(o) + 9 * WORD + 3, 3, ctypes.c_int8)

    def test_damaged_frame(self):
        run = generator()
        next(run)
        frame = keep(run.gi_frame)
        inner = ctypes.c_int64.from_address(id(frame) + 3 * WORD).value
        self.assertReported(frame, "prev_instr", inner + 7 * WORD, 8)

    def test_count_of_references(self):
        o = keep([])
        with word(id(o), -5):
            bad = _kaa.heap_check()["bad"]
        self.assertIn(id(o), [row["address"] for row in bad])
        self.assertSound()


if __name__ == "__main__":
    unittest.main()
