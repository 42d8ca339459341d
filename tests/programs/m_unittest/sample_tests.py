"""sample_tests.py - tests that pass, fail, break, are skipped or expected to fail."""
import unittest
import warnings


def setUpModule():
    print("module set up")


def tearDownModule():
    print("module torn down")


class Arithmetic(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.base = 10

    def setUp(self):
        self.addCleanup(lambda: None)

    def test_equal(self):
        """Sums have a docstring."""
        self.assertEqual(self.base + 1, 11)

    def test_fails(self):
        self.assertEqual([1, 2, 3], [1, 2, 4], "lists differ")

    def test_dicts_differ(self):
        self.assertEqual({"a": 1, "b": [1, 2]}, {"a": 1, "b": [1, 3]})

    def test_text_differs(self):
        self.assertEqual("one\ntwo\nthree\n", "one\n2\nthree\n")

    def test_breaks(self):
        {}["missing"]

    def test_subtests(self):
        for k in range(4):
            with self.subTest(k=k):
                self.assertEqual(k % 2, 0)

    @unittest.skip("not today")
    def test_skipped(self):
        self.fail()

    @unittest.expectedFailure
    def test_expected(self):
        self.assertTrue(False)

    @unittest.expectedFailure
    def test_unexpected(self):
        self.assertTrue(True)

    def test_raises(self):
        with self.assertRaisesRegex(ZeroDivisionError, "division") as caught:
            1 // 0
        self.assertIsInstance(caught.exception, ArithmeticError)

    def test_warns(self):
        with self.assertWarns(DeprecationWarning):
            warnings.warn("old", DeprecationWarning)

    def test_logs(self):
        import logging
        with self.assertLogs("x", level="INFO") as logs:
            logging.getLogger("x").info("hello")
        self.assertEqual(logs.output, ["INFO:x:hello"])

    def test_almost(self):
        self.assertAlmostEqual(0.1 + 0.2, 0.3)
        self.assertCountEqual([1, 2, 3], [3, 2, 1])


class Broken(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        raise RuntimeError("no class today")

    def test_never(self):
        pass
