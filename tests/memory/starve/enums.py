"""enum: members, flags, aliases, lookups."""
import enum


def program():
    class Color(enum.Enum):
        RED = 1
        GREEN = enum.auto()
        CRIMSON = 1

        @property
        def low(self):
            return self.name.lower()

    class Access(enum.IntFlag):
        R = 4
        W = 2
        X = 1

    try:
        Color(9)
    except ValueError as error:
        message = str(error)
    both = Access.R | Access.W
    return [c.low for c in Color], Color(2), Color["CRIMSON"] is Color.RED, repr(both), both & Access.X, int(~both), message, list(Color.__members__)
