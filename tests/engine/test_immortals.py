"""Immortal objects are immortal by the value of their count: nothing that takes too many references away ends them.

Fails when one of them starts with a count of its references.
"""
import ctypes
import sys
import unittest


def count_of(o):
    return ctypes.c_ssize_t.from_address(id(o)).value


class Immortals(unittest.TestCase):
    def test_counts(self):
        for o in (None, True, False, ..., NotImplemented, 0, 1, -5, 256, int, type, object, dict, type(None), BaseException):
            self.assertGreater(count_of(o), 1 << 59, o)
        for o in (257, -6, 1.5, "made at run time " + str(sys), object(), type("Heap", (), {})):
            self.assertLess(count_of(o), 1000, o)

    def test_taking_too_many_away(self):
        take = ctypes.pythonapi.Py_DecRef
        take.argtypes, take.restype = [ctypes.py_object], None
        for o in (None, True, 7, int, ...):
            for i in range(20000):
                take(o)
            self.assertGreater(count_of(o), 1 << 58)
        self.assertEqual([None, True, 7, int("7")], [None, True, 7, 7])

    def test_none_is_counted_where_it_is_stored(self):
        def returns_none():
            pass
        before = count_of(None)
        kept = [None] * 1000, dict.fromkeys(range(50)), [returns_none() for i in range(30)], lambda x=None: x
        self.assertEqual(count_of(None) - before, 1000 + 50 + 30 + 1)
        del kept
        for i in range(500):
            returns_none(), [].append(None), {}.get(1), None is None
        self.assertLess(abs(count_of(None) - before), 10)

    def test_each_value_is_one_object(self):
        for i in range(-5, 257):
            self.assertIs(int(str(i)), i)
            self.assertIs(i + 1000 - 1000, i)
            self.assertIs(sum([i]), i)
        x = 256
        x += 1
        self.assertIsNot(x, int("257"))


if __name__ == "__main__":
    unittest.main()
