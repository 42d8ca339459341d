"""itertools: a state for which there are no items is refused, where reading it would leave the pool."""
import itertools
import unittest


class States(unittest.TestCase):
    def test_no_items(self):
        for kind in itertools.combinations, itertools.combinations_with_replacement:
            with self.assertRaisesRegex(ValueError, "invalid arguments"):
                kind((), 1).__setstate__((0,))

    def test_fewer_items_than_the_result_has(self):
        with self.assertRaisesRegex(ValueError, "invalid arguments"):
            itertools.permutations("a", 2).__setstate__(((0,), (1, 1)))
        self.assertEqual(list(itertools.combinations("a", 2)), [])


if __name__ == "__main__":
    unittest.main()
