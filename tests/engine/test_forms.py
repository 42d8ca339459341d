"""Fast forms of instructions give what the general ones give, also when operands change their types under way."""
import sys
import unittest


def add_store(values):
    total = 0
    for value in values:
        total = total + value
    return total


class Boxes(unittest.TestCase):
    def test_result_is_not_shared(self):
        kept = []
        total = 1000
        for i in range(50):
            total = total + 1000
            kept.append(total)
        self.assertEqual(kept, [1000 * (i + 2) for i in range(50)])

    def test_small_ints_keep_their_identity(self):
        n = 300
        seen = []
        for i in range(100):
            n = n - 1
            seen.append(n is int(str(n)) if n <= 256 else True)
        self.assertTrue(all(seen))

    def test_loop_variable_that_is_kept(self):
        kept = []
        for i in range(1000, 1100):
            if i % 2:
                kept.append(i)
        self.assertEqual(kept, list(range(1001, 1100, 2)))

    def test_growing_over_digits(self):
        self.assertEqual(add_store([2**29] * 100), 100 * 2**29)
        self.assertEqual(add_store([2**59] * 20), 20 * 2**59)
        self.assertEqual(add_store([-2**31] * 50), -50 * 2**31)

    def test_types_that_change(self):
        for values in ([1] * 40 + [0.5] * 40 + [1] * 40, [True] * 40 + [2**70] * 3 + [1] * 40):
            self.assertEqual(add_store(values), sum(values))


class Attributes(unittest.TestCase):
    def test_class_changes_under_way(self):
        class C:
            def __init__(self):
                self.x = 1

            def m(self):
                return "method"

        c = C()
        got = []
        for i in range(60):
            got.append((c.x, c.m()))
            if i == 20:
                C.x = property(lambda self: 2)
            if i == 30:
                C.m = lambda self: "other"
            if i == 40:
                del C.x
            if i == 50:
                c.m = lambda: "own"
        self.assertEqual(got[20], (1, "method"))
        self.assertEqual(got[21], (2, "method"))
        self.assertEqual(got[31], (2, "other"))
        self.assertEqual(got[41], (1, "other"))
        self.assertEqual(got[51], (1, "own"))

    def test_globals_change_under_way(self):
        space = {}
        exec("def f():\n return len\n", space)
        for _ in range(20):
            self.assertIs(space["f"](), len)
        space["len"] = 5
        self.assertEqual(space["f"](), 5)
        del space["len"]
        self.assertIs(space["f"](), len)


class Calls(unittest.TestCase):
    @unittest.skipIf(sys._xoptions.get("kaa-engine") == "1:1", "the general forms go through C")
    def test_no_c_recursion(self):
        class Deep:
            def __init__(self, n):
                self.n = n

            def __add__(self, other):
                return self.n and Deep(self.n - 1) + other

            def __getitem__(self, i):
                return i and self[i - 1]

            @property
            def p(self):
                return self.n and Deep(self.n - 1).p

            def __call__(self, n):
                return n and self(n - 1)

        def generator(n):
            if n:
                yield from generator(n - 1)
            yield n

        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(60000)
        try:
            self.assertEqual(Deep(20000) + 1, 0)
            self.assertEqual(Deep(0)[20000], 0)
            self.assertEqual(Deep(20000).p, 0)
            self.assertEqual(Deep(0)(20000), 0)
            self.assertEqual(sum(1 for _ in generator(500)), 501)
        finally:
            sys.setrecursionlimit(limit)

    def test_function_changes_under_way(self):
        def f(a, b=1):
            return a + b

        got = []
        for i in range(40):
            got.append(f(i))
            if i == 20:
                f.__defaults__ = (100,)
        self.assertEqual(got, [i + (1 if i <= 20 else 100) for i in range(40)])

    def test_init_must_return_none(self):
        class C:
            def __init__(self):
                return 1

        for _ in range(20):
            with self.assertRaisesRegex(TypeError, r"__init__\(\) should return None, not 'int'"):
                C()

    def test_not_implemented_goes_on(self):
        class L:
            def __add__(self, other):
                return NotImplemented

            def __lt__(self, other):
                return NotImplemented

        class R:
            def __radd__(self, other):
                return "reflected"

            def __gt__(self, other):
                return "swapped"

        for _ in range(20):
            self.assertEqual(L() + R(), "reflected")
            self.assertEqual(L() < R(), "swapped")
            with self.assertRaisesRegex(TypeError, r"unsupported operand type\(s\) for \+: 'L' and 'L'"):
                L() + L()


if __name__ == "__main__":
    unittest.main()
