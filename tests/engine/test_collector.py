"""The threshold of the youngest generation adapts itself only while the program has set none.

Fails when gc.set_threshold() leaves the adaptive limit in place.
"""
import gc
import subprocess
import sys
import unittest

KEPT = "import gc\n%s\ngc.collect()\nbefore = gc.get_stats()[0]['collections'] + gc.get_stats()[1]['collections'] + gc.get_stats()[2]['collections']\n" \
       "x = [[] for i in range(100000)]\nprint(sum(s['collections'] for s in gc.get_stats()) - before, gc.get_threshold())\n"


def collections(setting):
    done = subprocess.run([sys.executable, "-c", KEPT % setting], capture_output=True, text=True, check=True)
    count, _, threshold = done.stdout.partition(" ")
    return int(count), eval(threshold)


class Threshold(unittest.TestCase):
    def test_adapts_while_none_is_set(self):
        count, threshold = collections("")
        self.assertEqual(threshold, (700, 10, 10))
        self.assertLess(count, 100000 // 3000)
        self.assertGreater(count, 0)

    def test_obeys_once_it_is_set(self):
        for limit in (100, 700, 5000):
            count, threshold = collections(f"gc.set_threshold({limit}, 10, 10)")
            self.assertEqual(threshold, (limit, 10, 10))
            self.assertAlmostEqual(count, 100000 / limit, delta=100000 / limit * 0.1 + 2)

    def test_zero_means_never(self):
        self.assertEqual(collections("gc.set_threshold(0)")[0], 0)
        self.assertEqual(collections("gc.disable()")[0], 0)


if __name__ == "__main__":
    unittest.main()
