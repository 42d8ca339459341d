"""marshal and pickle of values and code."""
import marshal
import pickle


class Record:
    def __init__(self, a, b):
        self.a, self.b = a, b


def program():
    value = [1, -2 ** 70, 1.5, 2j, "text", "\u20ac", b"bytes", None, True, (1, (2,)), {"k": {3, 4}}, frozenset({5}), ...]
    code = compile("def f(x):\n    return [x, 'const', x + 1]\n", "<m>", "exec")
    space = {}
    exec(marshal.loads(marshal.dumps(code)), space)
    twin = pickle.loads(pickle.dumps(value, 4))
    slow = pickle._loads(pickle._dumps(value, 2))
    record = pickle.loads(pickle.dumps({"r": value[:3] * 3, "n": len})) 
    return marshal.loads(marshal.dumps(value)) == value, space["f"](1), twin == value, slow == value, record["r"], record["n"]("abc")
