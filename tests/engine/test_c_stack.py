"""Foreign arithmetic finds PyNumber_* and then _PyEval_EvalFrameDefault on the C stack, as numpy looks for them, at the
first run of an instruction and at later ones. (CPython itself is no oracle: its compiler lets some of the names vanish.)

Fails when the loop calls a slot itself, when PyNumber_* hands over by a jump instead of a call, or when the loop does not
carry that name.
"""
import unittest

import foreign

stack = foreign.load("inner").Stack
NAMES = {
    "+": "Add", "-": "Subtract", "*": "Multiply", "%": "Remainder", "<<": "Lshift", ">>": "Rshift", "&": "And", "^": "Xor",
    "|": "Or", "//": "FloorDivide", "/": "TrueDivide", "@": "MatrixMultiply", "+=": "InPlaceAdd", "-=": "InPlaceSubtract",
    "*=": "InPlaceMultiply", "%=": "InPlaceRemainder", "<<=": "InPlaceLshift", ">>=": "InPlaceRshift", "&=": "InPlaceAnd",
    "^=": "InPlaceXor", "|=": "InPlaceOr", "//=": "InPlaceFloorDivide", "/=": "InPlaceTrueDivide",
    "@=": "InPlaceMatrixMultiply",
}


class Stack(unittest.TestCase):
    def check(self, source, name, *operands):
        space = {}
        exec(source, space)
        for turn in range(30):
            names = [n for n in space["f"](*operands) if n.startswith(("PyNumber_", "_PyEval_EvalFrameDefault"))]
            self.assertEqual(names[:2], ["PyNumber_" + name, "_PyEval_EvalFrameDefault"], (source, turn))

    def test_operators(self):
        for operator, name in NAMES.items():
            body = f" a {operator} b\n return a" if operator[-1] == "=" else f" return a {operator} b"
            for other in (stack(), 1, 1.5, [1], {}):
                self.check("def f(a, b):\n" + body, name, stack(), other)
                if type(other) is not dict or operator not in ("|", "|="):
                    self.check("def f(b, a):\n" + body, name, stack(), other)

    def test_unary(self):
        self.check("def f(a):\n return -a", "Negative", stack())

    def test_after_other_types(self):
        space = {}
        exec("def f(a, b):\n return a + b", space)
        for i in range(100):
            space["f"](1, 2), space["f"](1.5, 2.5)
        names = [n for n in space["f"](stack(), 1) if n.startswith(("PyNumber_", "_PyEval_EvalFrameDefault"))]
        self.assertEqual(names[:2], ["PyNumber_Add", "_PyEval_EvalFrameDefault"])


if __name__ == "__main__":
    unittest.main()
