"""pyerror: records, entries, the message on the screen, catch(), the hooks, rotation, the command line."""
import json
import os
import pickle
import re
import subprocess
import sys
import tempfile
import textwrap
import threading
import unittest

LIB = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "lib")
try:
    import pyerror
except ImportError:
    sys.path.append(LIB)
    import pyerror


def failing(text="x"):
    return 1 + int(text)


def caught(call, *args):
    try:
        call(*args)
    except BaseException as exc:
        return exc
    raise AssertionError("nothing was raised")


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.log = os.path.join(folder.name, "errors.log")

    def text(self):
        with open(self.log, encoding="utf-8") as file:
            return file.read()

    def entries(self):
        return list(pyerror.read(self.log))

    def run_program(self, program, *options, env=None, preamble=True):
        """A process that installs pyerror (preamble: True, or the arguments of install) and runs a program."""
        arguments = f"{self.log!r}" if preamble is True else preamble
        begin = f"import pyerror; pyerror.install({arguments})\n" if preamble else ""
        path = os.path.join(self.folder, "program.py")
        with open(path, "w", encoding="utf-8") as file:
            file.write(begin + textwrap.dedent(program))
        environment = {**os.environ, "PYTHONPATH": LIB, **(env or {})}
        return subprocess.run([sys.executable, *options, path], capture_output=True, text=True, timeout=120,
                              env=environment, cwd=self.folder)


class Records(Case):
    def test_place_and_marked_range(self):
        record = pyerror.record(caught(failing))
        self.assertEqual((record.type, record.message), ("ValueError", "invalid literal for int() with base 10: 'x'"))
        self.assertEqual(os.path.basename(record.file), "test_pyerror.py")
        self.assertEqual((record.function, record.source.strip()), ("failing", "return 1 + int(text)"))
        self.assertEqual(record.line, failing.__code__.co_firstlineno + 1)
        self.assertEqual(record.end_line, record.line)
        self.assertEqual(record.source[record.column - 1:record.end_column - 1], "int(text)")

    def test_columns_count_characters(self):
        def umlaut():
            return "äöü" + 1

        record = pyerror.record(caught(umlaut))
        self.assertEqual(record.source[record.column - 1:record.end_column - 1], '"äöü" + 1')

    def test_time_number_process_thread(self):
        first, second = (pyerror.record(ValueError()) for _ in range(2))
        self.assertRegex(first.time, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}[+-]\d\d:\d\d$")
        self.assertEqual(second.number, first.number + 1)
        self.assertEqual((first.process, first.thread), (os.getpid(), threading.current_thread().name))

    def test_qualified_name(self):
        class Shop:
            def order(self):
                return {}["x"]

        record = pyerror.record(caught(Shop().order))
        self.assertTrue(record.function.endswith("Shop.order"), record.function)

    def test_cause_context_notes(self):
        def chained():
            try:
                failing()
            except ValueError as exc:
                raise KeyError("outer") from exc

        def handling():
            try:
                failing()
            except ValueError:
                raise KeyError("outer")

        exc = caught(chained)
        exc.add_note("first\nsecond")
        record = pyerror.record(exc)
        self.assertEqual((record.cause.type, record.cause.function, record.context), ("ValueError", "failing", None))
        self.assertEqual(record.notes, ("first\nsecond",))
        record = pyerror.record(caught(handling))
        self.assertEqual((record.cause, record.context.type), (None, "ValueError"))

    def test_chain_with_a_loop(self):
        one, two = ValueError(1), ValueError(2)
        one.__cause__, two.__cause__ = two, one
        self.assertIsNone(pyerror.record(one).cause.cause)

    def test_groups(self):
        group = ExceptionGroup("both", [ValueError("a"), ExceptionGroup("inner", [caught(failing)])])
        record = pyerror.record(group)
        self.assertEqual([member.type for member in record.exceptions], ["ValueError", "ExceptionGroup"])
        self.assertEqual(record.exceptions[1].exceptions[0].function, "failing")
        self.assertIn("  member 1: ValueError: a\n", pyerror.entry(record))

    def test_locals_are_bounded_and_safe(self):
        class Broken:
            def __repr__(self):
                raise SystemExit("no")

        def function():
            broken, long, many = Broken(), "y" * 10_000, list(range(10_000))
            return failing(broken, long, many)

        record = pyerror.record(caught(function), locals=True)
        self.assertEqual(sorted(record.locals), ["Broken", "broken", "long", "many"])
        self.assertIn("unprintable Broken: repr() raised SystemExit", record.locals["broken"])
        self.assertTrue(all(len(text) < 250 for text in record.locals.values()))
        self.assertIsNone(pyerror.record(caught(function)).locals)

    def test_broken_str(self):
        class Broken(Exception):
            def __str__(self):
                raise SystemExit(3)
            __repr__ = __str__

        record = pyerror.record(Broken())
        self.assertEqual(record.message, "<unprintable Broken: str() raised SystemExit>")

    def test_syntax_error(self):
        record = pyerror.record(caught(compile, "a = (1 +\nb c", "some.py", "exec"))
        self.assertEqual((record.file, record.line), ("some.py", 1 if "never closed" in record.message else 2))

    def test_long_recursion_is_shortened(self):
        def forever():
            forever()

        record = pyerror.record(caught(forever))
        self.assertEqual(len(record.frames), 60)
        self.assertGreater(record.left_out, 500)
        self.assertIn(f"... {record.left_out} calls left out ...", pyerror.entry(record))

    def test_no_traceback(self):
        record = pyerror.record(ValueError("bare"))
        self.assertEqual((record.file, record.frames), (None, ()))
        self.assertIn("at unknown place", pyerror.entry(record))

    def test_record_keeps_nothing_alive(self):
        record = pyerror.record(caught(failing))
        self.assertEqual(pickle.loads(pickle.dumps(record)), record)


class Entries(Case):
    def test_entry(self):
        entry = pyerror.entry(pyerror.record(caught(failing)))
        lines = entry.split("\n")
        self.assertRegex(lines[0], r"^=== #\d+ \S+ ValueError: invalid literal for int\(\) with base 10: 'x'$")
        self.assertRegex(lines[1], r"^  at \S*test_pyerror.py:\d+:16-24 in failing$")
        self.assertRegex(lines[2], r"^  process \d+, thread MainThread, recorded$")
        self.assertTrue(entry.endswith("      return 1 + int(text)\n                 ^^^^^^^^^\n\n"), entry)

    def test_nothing_of_a_message_looks_like_an_entry(self):
        entry = pyerror.entry(pyerror.record(ValueError("a\n=== #1 x\r=== #2\x1b[2J\u2028=== #3 \udc80")))
        self.assertEqual(len(re.findall("^=== ", entry, re.M)), 1)
        self.assertNotIn("\x1b", entry)
        self.assertIn("\\x1b[2J\\u2028=== #3 \\udc80", entry)

    def test_brief(self):
        record = pyerror.record(caught(failing))
        brief = pyerror.brief(record)
        self.assertEqual(brief.split("\n")[0], "ValueError: invalid literal for int() with base 10: 'x'")
        self.assertRegex(brief, r"in failing, \S+ line \d+, at \d\d:\d\d:\d\d\n"
                                r"    return 1 \+ int\(text\)\n {15}\^{9}\n")
        self.assertLess(brief.count("\n"), 5)

    def test_brief_names_the_own_line_when_a_library_raised(self):
        brief = pyerror.brief(pyerror.record(caught(lambda: json.loads("}"))))
        self.assertIn('called from Entries', brief)
        self.assertIn('json.loads("}")', brief)

    def test_brief_in_colour(self):
        self.assertIn("\x1b[1;31mValueError", pyerror.brief(pyerror.record(ValueError("x")), colour=True))


class Catch(Case):
    def catch(self, *args, **kwargs):
        return pyerror.catch(*args, log=self.log, show=False, **kwargs)

    def test_context_manager_raises_again(self):
        with self.assertRaises(ValueError):
            with self.catch():
                failing()
        self.assertEqual([entry.type for entry in self.entries()], ["ValueError"])

    def test_default_ends_it(self):
        with self.catch(default=None):
            failing()
        self.assertEqual(self.catch(ValueError, default=7)(failing)(), 7)
        self.assertEqual(len(self.entries()), 2)

    def test_only_the_named_exceptions(self):
        with self.assertRaises(ValueError):
            with self.catch(KeyError, default=1):
                failing()
        with self.assertRaises(SystemExit):
            with self.catch(default=1):
                sys.exit(3)
        self.assertFalse(os.path.exists(self.log))

    def test_decorates_methods(self):
        class Shop:
            @self.catch(default="none")
            def order(self, text):
                "Orders."
                return int(text)

            @self.catch(default="none")
            @staticmethod
            def static(text):
                return int(text)

            @self.catch(default="none")
            @classmethod
            def of(cls, text):
                return cls, int(text)

        self.assertEqual((Shop().order("4"), Shop().order("x"), Shop.order.__doc__), (4, "none", "Orders."))
        self.assertEqual((Shop.static("5"), Shop.static("x")), (5, "none"))
        self.assertEqual((Shop.of("6"), Shop.of("x")), ((Shop, 6), "none"))

    def test_decorates_coroutines(self):
        import asyncio

        @self.catch(default="none")
        async def work(text):
            await asyncio.sleep(0)
            return int(text)

        self.assertEqual((asyncio.run(work("8")), asyncio.run(work("x"))), (8, "none"))
        self.assertEqual(self.entries()[0].title, "ValueError: invalid literal for int() with base 10: 'x'")

    def test_decorates_generators(self):
        @self.catch(default="none")
        def numbers(*texts):
            for text in texts:
                yield int(text)

        self.assertEqual(list(numbers("1", "2", "x")), [1, 2])
        with self.assertRaises(TypeError):
            @self.catch()
            async def asynchronous():
                yield 1
        with self.assertRaises(TypeError):
            self.catch()(5)

    def test_without_parentheses(self):
        here = os.getcwd()
        os.chdir(self.folder)
        self.addCleanup(os.chdir, here)
        program = "import pyerror\n@pyerror.catch\ndef f(): 1 / 0\ntry: f()\nexcept ZeroDivisionError: print('again')\n"
        self.assertEqual(self.run_program(program, preamble=None).stdout, "again\n")
        self.assertEqual(self.entries()[0].type, "ZeroDivisionError")

    def test_logged_once_on_its_way_out(self):
        with self.assertRaises(ValueError):
            with self.catch(), self.catch():
                failing()
        self.assertEqual(len(self.entries()), 1)

    def test_raised_again_after_its_end_is_logged_again(self):
        again = ValueError("the same object")
        for _ in range(3):
            with self.catch(default=None):
                raise again
        self.assertEqual([entry.number for entry in self.entries()], sorted({entry.number for entry in self.entries()}))
        self.assertEqual(len(self.entries()), 3)

    def test_at_the_recursion_limit(self):
        catch = self.catch(RecursionError, default="deep")

        def deeper(n):
            with catch:
                return deeper(n + 1)
            return "end"

        limit = sys.getrecursionlimit()
        self.assertEqual(deeper(0), "end")
        self.assertEqual(sys.getrecursionlimit(), limit)

    def test_just_below_the_recursion_limit(self):
        done = self.run_program("""
            import sys
            def down(n):
                if n:
                    return down(n - 1)
                with pyerror.catch(default=None):
                    1 / 0
                return "caught"
            limit, caught = sys.getrecursionlimit(), 0
            for n in range(limit - 60, limit):
                try:
                    caught += down(n) == "caught"
                except RecursionError:
                    pass
                assert sys.getrecursionlimit() == limit
            print(caught)
        """, preamble=f"{self.log!r}, show=False")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertGreater(int(done.stdout), 40)
        self.assertGreaterEqual(len(self.entries()), int(done.stdout) - 5)

    def test_write(self):
        record = pyerror.write(caught(failing), log=self.log)
        self.assertEqual((record.type, len(self.entries())), ("ValueError", 1))
        self.assertIsNone(pyerror.write(caught(failing), log=os.path.join(self.folder, "none", "x.log")))


class Hooks(Case):
    def test_main_thread(self):
        done = self.run_program("def f():\n    return 1 / 0\nf()\n")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertRegex(done.stderr, r"^ZeroDivisionError: division by zero\n  in f, .*program.py line 3, at [\d:]+\n"
                                      r"    return 1 / 0\n           \^\^\^\^\^\n"
                                      r"  more in .*errors.log \(#1, process \d+\)\n$")
        self.assertEqual([entry.title for entry in self.entries()], ["ZeroDivisionError: division by zero"])
        self.assertIn("MainThread, uncaught\n", self.text())

    def test_show_false_keeps_the_traceback(self):
        done = self.run_program("1 / 0\n", preamble=f"{self.log!r}, show=False")
        self.assertTrue(done.stderr.startswith("Traceback (most recent call last):\n"), done.stderr)
        self.assertEqual((done.returncode, len(self.entries())), (1, 1))

    def test_thread(self):
        done = self.run_program("""
            import threading
            thread = threading.Thread(target=lambda: 1 / 0, name="worker")
            thread.start(); thread.join()
            threading.Thread(target=exit).start()
        """)
        self.assertEqual(done.returncode, 0)
        self.assertIn("uncaught in a thread, thread worker", done.stderr)
        self.assertIn("thread worker, uncaught in a thread\n", self.text())
        self.assertEqual(len(self.entries()), 1)

    def test_asyncio_task(self):
        program = """
            import asyncio
            async def fail(): raise ValueError("in a task")
            async def main():
                task = asyncio.create_task(fail())
                await asyncio.sleep(0.01)
                del task
                asyncio.get_running_loop().call_soon(lambda: 1 / 0)
                await asyncio.sleep(0.01)
            asyncio.run(main())
        """
        for early in ("", "import asyncio\n"):
            done = self.run_program(early + f"import pyerror; pyerror.install({self.log!r})\n" +
                                    textwrap.dedent(program), preamble=None)
            self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual([entry.type for entry in self.entries()], ["ValueError", "ZeroDivisionError"] * 2)
        self.assertIn("asyncio: Task exception was never retrieved\n", self.text())
        self.assertNotIn("Traceback", done.stderr)

    def test_unraisable(self):
        done = self.run_program("""
            class Broken:
                def __del__(self): raise ValueError("while dying")
            b = Broken()
            del b
        """)
        self.assertEqual((done.returncode, len(self.entries())), (0, 1))
        self.assertRegex(self.text(), r"process \d+, thread MainThread, .*<function Bro")
        self.assertIn("ValueError: while dying\n", done.stderr)

    def test_interpreter_shutting_down(self):
        program = """
            import atexit, sys
            class Broken:
                def __del__(self): raise ValueError("at the end")
            sys.kept = Broken()
            kept = Broken()
        """
        plain, done = self.run_program(program, preamble=None), self.run_program(program)
        self.assertEqual((plain.returncode, plain.stdout), (done.returncode, done.stdout))
        self.assertEqual(plain.stderr.count("at the end"), done.stderr.count("at the end"))
        done = self.run_program("import atexit; atexit.register(lambda: 1 / 0)")
        self.assertEqual((done.returncode, self.entries()[-1].type), (0, "ZeroDivisionError"))

    def test_exit_status_and_interrupt(self):
        self.assertEqual(self.run_program("import sys; sys.exit(5)").returncode, 5)
        done = self.run_program("raise KeyboardInterrupt")
        self.assertEqual(done.returncode, self.run_program("raise KeyboardInterrupt", preamble=None).returncode)
        self.assertIn("Traceback", done.stderr)
        self.assertFalse(os.path.exists(self.log))

    def test_caught_and_raised_again_is_logged_once_and_shown(self):
        done = self.run_program("with pyerror.catch():\n    1 / 0\n")
        self.assertEqual((len(self.entries()), done.returncode), (1, 1))
        self.assertTrue(done.stderr.startswith("ZeroDivisionError"))
        self.assertIn("(#1, ", done.stderr)

    def test_broken_str_and_recursion_and_memory(self):
        for program, kind in (("class E(Exception):\n    def __str__(self): raise E\nraise E", "E"),
                              ("def f(): f()\nf()", "RecursionError"), ("raise MemoryError", "MemoryError")):
            with self.subTest(kind):
                self.assertEqual(self.run_program(program).returncode, 1)
                self.assertEqual(self.entries()[-1].type, kind)

    def test_error_inside_an_error(self):
        done = self.run_program("""
            class Nasty(Exception):
                def __str__(self):
                    class Broken:
                        def __del__(self): raise ValueError("inside")
                    Broken()
                    return "outer"
            raise Nasty
        """)
        self.assertEqual(done.returncode, 1)
        self.assertEqual({entry.title for entry in self.entries()}, {"Nasty: outer", "ValueError: inside"})

    def test_no_stderr(self):
        done = self.run_program("import sys; sys.stderr = None; 1 / 0")
        self.assertEqual((done.returncode, len(self.entries())), (1, 1))

    def test_closed_stderr(self):
        done = self.run_program("""
            import os
            os.close(2)
            opened = pyerror._open("some file")
            assert opened > 2, opened
            1 / 0
        """)
        self.assertEqual((done.stderr, len(self.entries())), ("", 1))
        self.assertEqual(self.entries()[0].type, "ZeroDivisionError")
        # 120: what stood in the buffer of stderr could not be written
        self.assertEqual(done.returncode, 1 if os.environ.get("PYTHONUNBUFFERED") else 120)

    def test_no_color_and_no_terminal(self):
        self.assertNotIn("\x1b", self.run_program("1 / 0").stderr)
        for variable, coloured in (("", True), ("1", False)):
            done = self.run_program("""
                import io, sys
                class Terminal(io.StringIO):
                    def isatty(self): return True
                real, sys.stderr = sys.stderr, Terminal()
                import atexit
                atexit.register(lambda: real.write(sys.stderr.getvalue()))
                1 / 0
            """, env={"NO_COLOR": variable, "TERM": "xterm"})
            self.assertEqual("\x1b[1;31mZeroDivisionError" in done.stderr, coloured, done.stderr)

    def test_current_folder_is_gone(self):
        done = self.run_program("""
            import os
            os.mkdir("gone"); os.chdir("gone"); os.rmdir("../gone")
            import pyerror
            pyerror.install()
            1 / 0
        """, preamble=None)
        self.assertEqual(done.returncode, 1)
        self.assertIn("Traceback", done.stderr)

    def test_second_install_replaces_the_first(self):
        other = os.path.join(self.folder, "other.log")
        self.run_program(f"pyerror.install({os.fsencode(other)!r})\n1 / 0")
        self.assertEqual(len(list(pyerror.read(other))), 1)
        self.assertFalse(os.path.exists(self.log))

    def test_uninstall(self):
        done = self.run_program("pyerror.uninstall()\n1 / 0")
        self.assertTrue(done.stderr.startswith("Traceback"))
        self.assertFalse(os.path.exists(self.log))

    @unittest.skipUnless("kaa" in os.path.basename(sys.executable), "a switch of kaa")
    def test_switch(self):
        done = self.run_program("print('runs')\n1 / 0", "-X", "errlog=" + self.log, preamble=None,
                                env={"PYTHONPATH": ""})
        self.assertEqual((done.returncode, done.stdout), (1, "runs\n"))
        self.assertEqual(len(self.entries()), 1)


class Json(Case):
    def test_lines(self):
        self.run_program("x = 5\ntry: {}['k']\nexcept KeyError as e: raise ValueError('ä') from e",
                         preamble=f"{self.log!r}, json=True, locals=True")
        with open(self.log + ".jsonl", encoding="utf-8") as file:
            lines = [json.loads(line) for line in file]
        self.assertEqual(len(lines), 1)
        error = lines[0]
        self.assertEqual((error["type"], error["message"], error["line"]), ("ValueError", "ä", 4))
        self.assertEqual((error["cause"]["type"], error["frames"][0]["locals"]["x"]), ("KeyError", "5"))
        self.assertEqual(len(self.entries()), 1)


class Rotation(Case):
    def test_by_size(self):
        pyerror._Log(self.log, True, 2000, 3)
        for i in range(40):
            pyerror.write(ValueError(f"number {i}"), log=self.log)
        names = sorted(os.listdir(self.folder))
        logs = ["errors.log", "errors.log.1", "errors.log.2", "errors.log.3"]
        self.assertEqual(names, sorted(logs + [name + ".jsonl" for name in logs]))
        self.assertTrue(all(os.path.getsize(os.path.join(self.folder, name)) <= 2000 for name in names))
        titles = [entry.title for entry in self.entries()]
        self.assertEqual(titles, [f"ValueError: number {i}" for i in range(40 - len(titles), 40)])

    def test_without_backups(self):
        pyerror._Log(self.log, False, 500, 0)
        for i in range(10):
            pyerror.write(ValueError(f"number {i}"), log=self.log)
        self.assertEqual(os.listdir(self.folder), ["errors.log"])
        self.assertEqual(self.entries()[-1].title, "ValueError: number 9")


class CommandLine(Case):
    def setUp(self):
        super().setUp()
        for text in ("x", "y", "x"):
            pyerror.write(caught(failing, text), log=self.log)
        pyerror.write(KeyError("last"), log=self.log)

    def tool(self, *words):
        return subprocess.run([sys.executable, "-m", "pyerror", self.log, *words], capture_output=True, text=True,
                              env={**os.environ, "PYTHONPATH": LIB}, timeout=60)

    def test_list(self):
        lines = self.tool().stdout.splitlines()
        self.assertEqual(len(lines), 4)
        self.assertRegex(lines[1], r"^ +2  \d{4}-\d\d-\d\d [\d:]+  "
                                   r"ValueError: invalid literal .*'y'  \(.*in failing\)$")
        self.assertEqual(self.tool("list", "-n", "1").stdout.splitlines(), lines[-1:])

    def test_groups(self):
        lines = self.tool("groups").stdout.splitlines()
        self.assertRegex(lines[0], r"^ +3 x ValueError  .*test_pyerror.py:\d+:16-24 in failing$")
        self.assertRegex(lines[2], r"^ +1 x KeyError  unknown place$")

    def test_tail(self):
        self.assertEqual(self.tool("tail", "-n", "2").stdout, "".join(entry.text for entry in self.entries()[-2:]))

    def test_tail_follows(self):
        command = [sys.executable, "-u", "-m", "pyerror", self.log, "tail", "-n", "1", "-f"]
        process = subprocess.Popen(command, text=True, env={**os.environ, "PYTHONPATH": LIB}, stdout=subprocess.PIPE)
        self.assertIn("KeyError: 'last'", process.stdout.readline())
        for _ in range(3):
            process.stdout.readline()
        pyerror.write(ValueError("later"), log=self.log)
        timer = threading.Timer(30, process.kill)
        timer.start()
        self.assertIn("ValueError: later", process.stdout.readline())
        timer.cancel()
        process.kill()
        process.communicate()

    def test_show(self):
        self.assertEqual(self.tool("show", "2").stdout, self.entries()[1].text)
        self.assertEqual(self.tool("show", "-1").stdout, self.entries()[-1].text)
        self.assertEqual(self.tool("show", "9").returncode, 1)

    def test_no_log(self):
        self.log += "x"
        done = self.tool()
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("No such file", done.stderr)


if __name__ == "__main__":
    unittest.main()
