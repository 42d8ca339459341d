"""The comparer of tools/parity sees every difference: each field of an outcome is changed by one, and must be reported."""
import copy
import os
import stat
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import outcomes

PROGRAM = '''
import os
class C(object, metaclass=type):
    """doc"""
    def m(self, a, /, b: int = -0.0, *args, c=(1, 2.0, (3j, ...)), **kw) -> None:
        def inner(): return a, self, __class__
        try:
            return x in {1, 2, b"s", "s", None, True}
        finally:
            del b
    async def n(self): return [await y async for y in self if y is 1]
'''
TOOL = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools", "parity")
ORACLE = "/usr/bin/python3.11"


def leaves(data, path=()):
    if isinstance(data, list):
        for i, item in enumerate(data):
            yield from leaves(item, path + (i,))
    else:
        yield path


def at(data, path):
    for i in path:
        data = data[i]
    return data


def changed(value):
    return value + 1 if isinstance(value, int) else (value or "") + "'"


class ComparerTest(unittest.TestCase):
    def check(self, part, source, most=4000):
        """Each leaf changed, each list shortened: both the digest and the explanation must tell. Gives the outcome."""
        outcome = outcomes.of(part, source, "<test>")
        paths = list(leaves(outcome))
        for path in paths[::len(paths) // most + 1]:
            other = copy.deepcopy(outcome)
            at(other, path[:-1])[path[-1]] = changed(at(other, path))
            self.assert_told(outcome, other, path)
        for path in {path[:i] for path in paths for i in range(1, len(path))}:
            if at(outcome, path):
                other = copy.deepcopy(outcome)
                at(other, path).pop()
                self.assert_told(outcome, other, path)
        self.assertEqual(outcomes.digest(outcome), outcomes.digest(copy.deepcopy(outcome)))
        self.assertEqual(list(outcomes.differences(outcome, copy.deepcopy(outcome))), [])
        return outcome

    def assert_told(self, outcome, other, path):
        self.assertNotEqual(outcomes.digest(outcome), outcomes.digest(other), path)
        self.assertTrue(list(outcomes.differences(outcome, other)), path)

    def test_code(self):
        outcome = self.check("code0", PROGRAM)
        text = repr(outcome)
        for field in outcomes.CODE_FIELDS + ["co_consts"]:
            self.assertIn(f"['{field}'", text)
        self.assertIn("frozenset", text)
        self.assertEqual(outcome[1][0][0], "SyntaxWarning")

    def test_tree(self):
        for kind in "AsyncFunctionDef", "comprehension", "arg", "keyword":
            self.assertIn(kind, repr(self.check("tree", PROGRAM)))

    def test_symbols(self):
        text = repr(self.check("symbols", PROGRAM))
        for word in "varnames", "children", "nested", "lineno", "__class__":
            self.assertIn(word, text)

    def test_tokens(self):
        self.check("tokens", PROGRAM)
        self.check("tokenize", PROGRAM)

    def test_error(self):
        outcome = self.check("code0", "x = 1is 2\nf(a b)\n")
        self.assertEqual(outcome[0][:2], ["error", "SyntaxError"])
        self.assertEqual([row[0] for row in outcome[0][2:]], outcomes.ERROR_FIELDS)
        self.assertEqual(len(outcome[1]), 1)
        self.assertEqual(self.check("code0", "  x")[0][1], "IndentationError")

    def test_constants_by_type_and_sign(self):
        values = [0, False, 0.0, -0.0, 0j, complex(-0.0, 0.0), complex(0.0, -0.0), "", b"", (), frozenset(), None, ..., (0,),
                  (False,), (0.0,), (-0.0,), ((0,),), ((False,),), frozenset([0]), frozenset([False]), float("nan"), -float("nan"), "0", 1, True]
        seen = [repr(outcomes.constant(value)) for value in values]
        self.assertEqual(len(set(seen)), len(values))
        self.assertEqual(outcomes.constant(frozenset("ab")), outcomes.constant(frozenset("ba")))

    def test_tree_fields_by_type(self):
        import ast
        for one, other in (("1", "True"), ("0.0", "-0.0"), ("'a'", "b'a'")):
            trees = [ast.Expression(ast.Constant(eval(text), lineno=1, col_offset=0)) for text in (one, other)]
            self.assertNotEqual(*map(outcomes.tree, trees))
        without, name = ast.Name("a", ast.Load()), ast.Name("a", ast.Load(), lineno=1)
        self.assertNotEqual(outcomes.tree(without), outcomes.tree(name))

    @unittest.skipUnless(os.path.exists(ORACLE), "needs the oracle")
    def test_tool(self):
        """A program that answers differently, or dies, makes the tool fail."""
        with tempfile.TemporaryDirectory() as folder:
            path, fake = os.path.join(folder, "a.py"), os.path.join(folder, "fake")
            with open(path, "w") as file:
                file.write("x = 1\n")
            for script, passed in (("", "1 passed, 0 failed"), ('; sed -i "1s/[0-9a-f]/x/" "$3"', "0 passed, 1 failed"),
                                   ('; : > "$3"', "0 passed, 1 failed"), ("; exit 1", "0 passed, 1 failed")):
                with open(fake, "w") as file:
                    file.write(f'#!/bin/bash\n{ORACLE} "$@"{script}\n')
                os.chmod(fake, stat.S_IRWXU)
                done = subprocess.run([ORACLE, "-B", TOOL, "--kaa", fake, "--parts", "code0", path], capture_output=True, text=True)
                self.assertEqual((done.stdout.splitlines()[-1:], done.returncode), ([passed], int(script != "")), done)


if __name__ == "__main__":
    unittest.main()
