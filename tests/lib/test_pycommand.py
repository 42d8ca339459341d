"""pycommand: registering, running by index and name, conversion, errors, the command line and its menu."""
import datetime
import decimal
import enum
import os
import pathlib
import subprocess
import sys
import tempfile
import typing
import unittest

LIB = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "lib")
try:
    import pycommand
except ImportError:
    sys.path.append(LIB)
    import pycommand
import pyerror


class Colour(enum.Enum):
    RED = 1
    BLUE = "b"


class Registering(unittest.TestCase):
    def test_name_help_and_parameters_are_the_functions(self):
        commands = pycommand.Commands()

        @commands.register
        def add(a: int, b: int = 1, *more: float, loud: bool = False, **rest):
            """Adds numbers.

            All of them.
            """
            return a + b

        command = commands.list()[0]
        self.assertEqual((command.index, command.name, command.function), (0, "add", add))
        self.assertEqual(command.help, "Adds numbers.\n\nAll of them.")
        self.assertEqual(command.usage, "add a:int [b:int=1] [more:float ...] [loud=bool=False] [rest=... ...]")
        self.assertEqual(add(1, 2), 3)

    def test_add_with_a_name(self):
        commands = pycommand.Commands()
        command = commands.add(len, name="length", help="How long.")
        self.assertEqual(command[:2] + (command.help,), (0, "length", "How long."))
        self.assertEqual(commands.run("length", [1, 2]).value, 2)

    def test_register_with_options(self):
        commands = pycommand.Commands()

        @commands.register(name="hello", help="Greets.")
        def function():
            return "hello"

        self.assertEqual((commands.list()[0].name, commands.list()[0].help), ("hello", "Greets."))

    def test_indexes_are_in_order_and_stay(self):
        commands = pycommand.Commands()
        for name in "cab":
            commands.add(str.upper, name=name)
        first = [(command.index, command.name) for command in commands.list()]
        commands.list().clear()
        commands.add(str.lower, name="d")
        self.assertEqual(first, [(0, "c"), (1, "a"), (2, "b")])
        self.assertEqual([command.name for command in commands.list()], ["c", "a", "b", "d"])

    def test_wrong_registrations(self):
        commands = pycommand.Commands()
        commands.add(len)
        for name in ("len", "7"):
            with self.assertRaises(ValueError):
                commands.add(len, name=name)
        with self.assertRaises(TypeError):
            commands.add(5)
        with self.assertRaises(ValueError):
            pycommand.Commands(errors="hide")
        self.assertEqual(len(commands.list()), 1)

    def test_methods(self):
        class Shop:
            def order(self, count: int):
                return self, count

        shop, commands = Shop(), pycommand.Commands()
        commands.add(shop.order)
        self.assertEqual(commands.run("order", "3").value, (shop, 3))


class Running(unittest.TestCase):
    def setUp(self):
        self.commands = pycommand.Commands(errors="raise")

        @self.commands.register
        def add(a: int, b: int = 1):
            return a + b

        @self.commands.register
        def gather(first: int, *rest: float, key: str, other: "int" = 5, **more: int):
            return first, rest, key, other, more

        @self.commands.register
        async def later(text: str):
            import asyncio
            await asyncio.sleep(0)
            return text * 2

    def value(self, *args, **kwargs):
        return self.commands.run(*args, **kwargs).value

    def test_by_index_and_name(self):
        self.assertEqual(self.value(0, "3", b="4"), 7)
        self.assertEqual(self.value("0", "3"), 4)
        self.assertEqual(self.value("add", 3, 4), 7)

    def test_result(self):
        result = self.commands.run("add", 1)
        self.assertEqual((result.value, result.error, result.ok), (2, None, True))
        self.assertTrue(0 <= result.duration < 5)

    def test_kinds_of_parameters(self):
        value = self.value("gather", "1", "2", "3.5", key=4, other="6", x="7")
        self.assertEqual(value, (1, (2.0, 3.5), 4, 6, {"x": 7}))

    def test_async(self):
        self.assertEqual(self.value("later", "ab"), "abab")

    def problem(self, *args, **kwargs):
        with self.assertRaises(pycommand.UsageError) as context:
            self.commands.run(*args, **kwargs)
        return str(context.exception)

    def test_unknown(self):
        self.assertEqual(self.problem(9), "unknown command 9; known: 0 add, 1 gather, 2 later")
        self.assertEqual(self.problem(-1), "unknown command -1; known: 0 add, 1 gather, 2 later")
        self.assertEqual(self.problem("sub"), "unknown command 'sub'; known: 0 add, 1 gather, 2 later")

    def test_missing_surplus_unconvertible(self):
        usage = "\nusage: 0 | add a:int [b:int=1]"
        self.assertEqual(self.problem(0), "add: missing a required argument: 'a'" + usage)
        self.assertEqual(self.problem(0, 1, 2, 3), "add: too many positional arguments" + usage)
        self.assertEqual(self.problem(0, 1, c=2), "add: got an unexpected keyword argument 'c'" + usage)
        self.assertEqual(self.problem(0, "1", b="x"), "add: parameter 'b': 'x' is no int" + usage)

    def test_raise(self):
        self.commands.add(lambda: 1 / 0, name="fail")
        with self.assertRaises(ZeroDivisionError):
            self.commands.run("fail")

    def test_log(self):
        with tempfile.TemporaryDirectory() as folder:
            log = os.path.join(folder, "commands.log")
            commands = pycommand.Commands(log=log)
            commands.add(lambda: 1 / 0, name="fail")
            screen, sys.stderr = sys.stderr, tempfile.TemporaryFile("w+")
            try:
                result = commands.run("fail")
                sys.stderr.seek(0)
                shown = sys.stderr.read()
            finally:
                sys.stderr.close()
                sys.stderr = screen
            self.assertEqual((type(result.error), result.value, result.ok), (ZeroDivisionError, None, False))
            self.assertEqual([entry.type for entry in pyerror.read(log)], ["ZeroDivisionError"])
            self.assertTrue(shown.startswith("ZeroDivisionError: division by zero\n  in Running.test_log"), shown)
            with self.assertRaises(pycommand.UsageError):
                commands.run("none")


class Converting(unittest.TestCase):
    def check(self, annotation, *pairs):
        for text, value in pairs:
            with self.subTest(annotation=annotation, text=text):
                result = pycommand.convert(text, annotation)
                self.assertEqual((result, type(result)), (value, type(value)))

    def check_bad(self, annotation, *texts):
        for text in texts:
            with self.subTest(annotation=annotation, text=text):
                self.assertRaises((ValueError, ArithmeticError), pycommand.convert, text, annotation)

    def test_plain(self):
        self.check(int, ("12", 12), (5, 5))
        self.check(float, ("1.5", 1.5), ("2", 2.0))
        self.check(str, ("12", "12"))
        self.check(bool, ("yes", True), ("False", False), ("1", True), ("off", False), (True, True))
        self.check(pathlib.Path, ("a/b", pathlib.Path("a/b")))
        self.check(decimal.Decimal, ("1.10", decimal.Decimal("1.10")))
        self.check_bad(int, "1.5", "", "x")
        self.check_bad(bool, "maybe", "")
        self.check_bad(decimal.Decimal, "x")

    def test_dates(self):
        self.check(datetime.datetime, ("2026-11-23 10:30", datetime.datetime(2026, 11, 23, 10, 30)))
        self.check(datetime.date, ("2026-11-23", datetime.date(2026, 11, 23)))
        self.check_bad(datetime.datetime, "yesterday")

    def test_choices(self):
        self.check(Colour, ("RED", Colour.RED), ("b", Colour.BLUE), ("1", Colour.RED), (Colour.RED, Colour.RED))
        self.check(typing.Literal["a", 2], ("a", "a"), ("2", 2), (2, 2))
        self.check_bad(Colour, "GREEN")
        self.check_bad(typing.Literal["a", 2], "b", 3)

    def test_optional_and_unions(self):
        self.check(typing.Optional[int], ("3", 3), ("none", None), ("", None), (None, None))
        self.check(int | None, ("3", 3), ("None", None))
        self.check(typing.Union[str, int], ("3", 3), ("x", "x"))
        self.check_bad(typing.Optional[int], "x")

    def test_lists(self):
        self.check(list, ("a, b", ["a", "b"]), ("", []))
        self.check(list[int], ("1,2", [1, 2]), (["3", 4], [3, 4]))
        self.check(typing.List[Colour], ("RED,b", [Colour.RED, Colour.BLUE]))
        self.check(tuple[int, str], ("1,x", (1, "x")))
        self.check(set[int], ("1,2,1", {1, 2}))
        self.check_bad(list[int], "1,x")
        self.check_bad(tuple[int, str], "1")

    def test_others_stay(self):
        self.check(bytes, ("x", "x"))
        self.check(typing.Any, ("x", "x"))


FILE = '''
import enum, pycommand
commands = pycommand.Commands(log={log!r})
class Colour(enum.Enum):
    RED = 1
@commands.register
def add(a: int, b: int = 1):
    """Adds two numbers.

    More about it."""
    return a + b
@commands.register
async def paint(colour: Colour, *, times: int = 1): print(colour, times)
@commands.register
def fail(): raise ValueError("on purpose")
'''


def terminal():
    """The two ends of a new terminal."""
    import fcntl
    import struct
    main = os.open("/dev/ptmx", os.O_RDWR | os.O_NOCTTY)
    fcntl.ioctl(main, 0x40045431, struct.pack("i", 0))  # TIOCSPTLCK
    number, = struct.unpack("i", fcntl.ioctl(main, 0x80045430, bytes(4)))  # TIOCGPTN
    return main, os.open(f"/dev/pts/{number}", os.O_RDWR | os.O_NOCTTY)


class CommandLine(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.log = os.path.join(folder.name, "errors.log")
        self.file = os.path.join(folder.name, "things.py")
        self.write(FILE.format(log=self.log))
        self.options = {"env": {**os.environ, "PYTHONPATH": LIB}, "cwd": folder.name}

    def write(self, text):
        with open(self.file, "w") as file:
            file.write(text)

    def tool(self, *words):
        return subprocess.run([sys.executable, "-m", "pycommand", *words], capture_output=True, text=True, timeout=60,
                              stdin=subprocess.DEVNULL, **self.options)

    def check(self, words, status, out="", error=""):
        done = self.tool(self.file, *words)
        self.assertEqual((done.returncode, done.stdout), (status, out), done.stderr)
        self.assertIn(error, done.stderr)

    def test_list(self):
        self.check((), 0, "  0  add a:int [b:int=1]             Adds two numbers.\n"
                          "  1  paint colour:RED [times=int=1]\n  2  fail\n")

    def test_run(self):
        self.check(("0", "3", "4"), 0, "7\n")
        self.check(("add", "a=3", "b=4"), 0, "7\n")
        self.check(("paint", "RED", "times=2"), 0, "Colour.RED 2\n")

    def test_status(self):
        self.check(("fail",), 1, "", "ValueError: on purpose\n")
        self.assertEqual([entry.type for entry in pyerror.read(self.log)], ["ValueError"])
        self.check(("add",), 2, "", "add: missing a required argument: 'a'\nusage: 0 | add a:int [b:int=1]\n")
        self.check(("nothing",), 2, "", "unknown command 'nothing'")
        self.assertEqual(self.tool("no such file.py").returncode, 2)
        self.assertEqual(self.tool().returncode, 2)

    def test_functions_of_a_plain_file(self):
        self.write("from os.path import join\ndef _own(): pass\n"
                   "def double(x: float):\n    'Twice.'\n    return 2 * x\n")
        self.check((), 0, "  0  double x:float  Twice.\n")
        self.check(("0", "1.5"), 0, "3.0\n")

    def test_menu_on_a_terminal(self):
        main, side = terminal()
        process = subprocess.Popen([sys.executable, "-m", "pycommand", self.file], stdin=side, stdout=side, stderr=side,
                                   **self.options)
        os.close(side)
        os.write(main, b"0 3 'b=4'\nadd x\n2\n\n")
        shown = b""
        while True:
            try:
                part = os.read(main, 4096)
            except OSError:
                break
            if not part:
                break
            shown += part
        os.close(main)
        self.assertEqual(process.wait(60), 1, shown)
        for text in (b"  2  fail", b"run (number or name", b" 7\r\n", b"parameter 'a': 'x' is no int", b"on purpose"):
            self.assertIn(text, shown)


if __name__ == "__main__":
    unittest.main()
