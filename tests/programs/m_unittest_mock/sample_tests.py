"""sample_tests.py - tests with mock objects."""
import unittest
from unittest import mock


class Mocked(unittest.TestCase):
    def test_calls(self):
        thing = mock.Mock(return_value=3)
        self.assertEqual(thing(1, key=2), 3)
        thing.assert_called_once_with(1, key=2)

    def test_wrong_call(self):
        thing = mock.MagicMock(name="thing")
        thing.method("a")
        thing.method.assert_called_with("b")

    @mock.patch("os.getcwd", return_value="/nowhere")
    def test_patch(self, getcwd):
        import os
        self.assertEqual(os.getcwd(), "/nowhere")
        self.assertTrue(getcwd.called)
