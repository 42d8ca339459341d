"""Subclasses of builtin types: int, str, list, tuple, dict, set, bytes, float, Exception, property."""


def program():
    made = []
    for base, value in ((int, 7), (str, "ab"), (list, [1]), (tuple, (1, 2)), (dict, {"k": 1}), (set, {1}), (bytes, b"x"), (float, 1.5), (frozenset, (2,)),
                        (complex, 1j), (bytearray, b"y")):
        kind = type("My" + base.__name__, (base,), {"extra": lambda self: self.note, "__slots__": ()} if base in (str, float) else {})
        item = kind(value)
        if hasattr(item, "__dict__"):
            item.note = base.__name__
        made.append((repr(item), item == value, getattr(item, "note", None)))

    class MyError(ValueError):
        def __str__(self):
            return f"{self.args} {self.note}"

    error = MyError(1, 2)
    error.note = "n"
    error.add_note("a note")

    class Own(property):
        pass

    class Uses:
        value = Own(lambda self: 3, doc="d")
    return made, str(error), error.__notes__, Uses().value, Uses.value.__doc__
