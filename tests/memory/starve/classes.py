"""Classes: inheritance, metaclass, properties, slots, descriptors, class methods, __init_subclass__."""


class Meta(type):
    def __new__(meta, name, bases, space, **options):
        space["added"] = name.lower()
        return super().__new__(meta, name, bases, space, **options)

    def __init__(cls, name, bases, space, **options):
        super().__init__(name, bases, space)


def program():
    class Base(metaclass=Meta):
        kinds = []

        def __init_subclass__(cls, **options):
            super().__init_subclass__()
            cls.kinds.append((cls.__name__, options))

        def __init__(self, x):
            self.x = x

        @property
        def double(self):
            return self.x * 2

        @double.setter
        def double(self, value):
            self.x = value // 2

        @classmethod
        def make(cls, x):
            return cls(x)

        @staticmethod
        def helper(a, b=2):
            return a, b

    class Left(Base, tag="left"):
        def __getattr__(self, name):
            return name + "!"

    class Right(Base):
        def __repr__(self):
            return f"Right({self.x})"

    class Both(Left, Right):
        def __init__(self, x):
            super().__init__(x)
            for i in range(12):
                setattr(self, f"field{i}", i)

    class Slotted:
        __slots__ = ("a", "b")

        def __init__(self):
            self.a = 1

    both = Both.make(4)
    both.double = 20
    slotted = Slotted()
    slotted.b = [slotted.a]
    return (both.x, both.double, both.missing, repr(both), sorted(vars(both)), Base.kinds, Both.added, Base.helper(1),
            [c.__name__ for c in Both.__mro__], slotted.b, hasattr(slotted, "c"), Base.__subclasses__() == [Left, Right])
