"""test_inside.py - examples/inside.py shows true things: forms change with use, probes follow the hash, bytes are the object's."""
import importlib.util
import os
import re
import struct
import subprocess
import sys
import unittest

import _kaa

HERE = os.path.dirname(os.path.abspath(__file__))
INSIDE = os.path.join(os.path.dirname(os.path.dirname(HERE)), "examples", "inside.py")


def fresh():
    spec = importlib.util.spec_from_file_location("inside", INSIDE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class InsideTest(unittest.TestCase):
    def test_output(self):
        done = subprocess.run([sys.executable, INSIDE], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        titles = re.findall(r"^(\S.*)\n-+$", done.stdout, re.MULTILINE)
        self.assertEqual(len(titles), 6, titles)
        before, after = (re.search(rf"^{re.escape(title)}\n-+\n(.*?)\n\n", done.stdout, re.DOTALL | re.MULTILINE)[1]
                         for title in titles[:2])
        self.assertNotEqual(before, after)
        self.assertRegex(before, r"\bLOAD_ATTR +a=")
        self.assertIn("LOAD_ATTR_VALUE", after)
        self.assertNotIn("LOAD_ATTR_VALUE", before)
        self.assertIn("unchanged: True", done.stdout)

    def test_instructions_and_caches_change_with_use(self):
        inside = fresh()
        points = [inside.Point(n, 2) for n in range(500)]
        before = _kaa.instructions(inside.area)
        self.assertTrue(all(row["op"] == row["base"] for row in before if row["base"] in ("LOAD_ATTR", "BINARY_OP")))
        self.assertFalse(any(row["specialised"] for row in _kaa.caches(inside.area)))
        self.assertEqual(inside.area(points), 2 * sum(range(500)))
        after = _kaa.instructions(inside.area)
        self.assertEqual([row["index"] for row in before], [row["index"] for row in after])
        self.assertEqual([row["line"] for row in before], [row["line"] for row in after])
        caches = {row["instruction"]: row for row in _kaa.caches(inside.area)}
        attributes = [caches[row["index"]] for row in before if row["base"] == "LOAD_ATTR"]
        self.assertEqual(len(attributes), 2)
        self.assertTrue(all(row["specialised"] and row["op"] != row["base"] for row in attributes))

        class Odd:
            x = y = property(lambda self: 1)

        self.assertEqual(inside.area([Odd()] * 500), 500)
        again = {row["instruction"]: row for row in _kaa.caches(inside.area)}
        self.assertNotEqual([caches[k]["op"] for k in caches], [again[k]["op"] for k in caches])

    def test_probe_follows_the_hash(self):
        table = {8 * n: None for n in range(1, 5)}
        for entry, key in enumerate(table):
            walk = _kaa.probe(table, key)
            self.assertEqual(walk[0]["slot"], hash(key) & 7)
            self.assertEqual((walk[-1]["outcome"], walk[-1]["key"], walk[-1]["entry"]), ("found", key, entry))
            self.assertTrue(all(step["outcome"] == "other" for step in walk[:-1]))
        self.assertEqual([step["outcome"] for step in _kaa.probe(table, 5)], ["empty"])
        del table[8]
        self.assertEqual(_kaa.probe(table, 32)[0]["outcome"], "deleted")
        inside = fresh()
        names = [inside.Clumsy(name) for name in "abc"]
        self.assertEqual([step["outcome"] for step in _kaa.probe(dict.fromkeys(names), names[2])],
                         ["same hash", "same hash", "found"])

    def test_bytes_are_the_objects(self):
        number, text, pair = int("12345"), "snake".upper().lower(), (None, object())
        for value in (number, text, float("1.5"), b"bytes" * 2):
            block = _kaa.bytes(value)
            self.assertEqual((block["size"], block["address"]), (sys.getsizeof(value), id(value)))
            self.assertEqual(len(block["bytes"]), block["size"])
            self.assertEqual(struct.unpack_from("Q", block["bytes"], 8)[0], id(type(value)))
        self.assertEqual(struct.unpack_from("qI", _kaa.bytes(number)["bytes"], 16), (1, 12345))
        self.assertEqual(struct.unpack_from("d", _kaa.bytes(1.5)["bytes"], 16), (1.5,))
        self.assertEqual(_kaa.bytes(text)["bytes"][48:], b"snake\0")
        block = _kaa.bytes(pair)
        self.assertTrue(block["collected"])
        self.assertEqual(struct.unpack_from("qQQ", block["bytes"], 16), (2, id(None), id(pair[1])))


if __name__ == "__main__":
    unittest.main()
