"""Attribute and method sites that meet many types, while the types change."""


def classes(n):
    made = []
    for i in range(n):
        if i % 5 == 3:
            space = {"__slots__": ("a", "b")}
        elif i % 5 == 4:
            space = {"a": property(lambda self, i=i: ("property", i)), "b": -i}
        else:
            space = {}

        def who(self, i=i):
            return ("who", i)

        def __init__(self, i=i):
            for name in ("xyab"[i % 3:] if i % 5 < 3 else "ab" if i % 5 == 3 else ""):
                setattr(self, name, (name, i))
        space.update(who=who, __init__=__init__)
        made.append(type(f"C{i}", (), space))
    return made


def read(o):
    return o.a, o.b, o.who()


def augment(o):
    o.n += 1
    return o.n


def checksum(values):
    total = 0
    for value in values:
        total = (total * 31 + sum(map(ord, repr(value)))) % 1_000_003
    return total


def main():
    made = classes(12)
    objects = [cls() for cls in made]
    for width in (1, 2, 3, 5, 12):
        print(width, checksum(read(objects[k % width]) for k in range(3000)))
    # a class changes: methods, a property over an attribute, an attribute in the instance over a method
    made[0].who = lambda self: "changed"
    print(checksum(read(objects[k % 5]) for k in range(1000)), read(objects[0]))
    made[1].a = property(lambda self: "covered")
    print(checksum(read(objects[k % 5]) for k in range(1000)), read(objects[1]))
    objects[2].who = lambda: "own"
    print(checksum(read(objects[k % 5]) for k in range(1000)), read(objects[2]))
    del objects[2].who
    print(checksum(read(objects[k % 5]) for k in range(1000)), read(objects[2]))
    del objects[3].a
    try:
        read(objects[3])
    except AttributeError as e:
        print(e)
    objects[3].a = "again"
    print(checksum(read(objects[k % 5]) for k in range(1000)))
    # values that moved to a dict, another class for the same object
    objects[0].__dict__["more"] = 1
    print(checksum(read(objects[k % 5]) for k in range(1000)))
    objects[5].__class__ = made[6]
    print(checksum(read(objects[5 + k % 3]) for k in range(1000)), read(objects[5]))
    # classes that come and go
    for round in range(40):
        few = [cls() for cls in classes(4)]
        for k in range(70):
            last = read(few[k % 4])
        if round % 10 == 0:
            print(round, last)
    counters = [type(f"N{i}", (), {"__init__": lambda self, i=i: ([setattr(self, f"p{j}", j) for j in range(i)], None)[1]}) for i in range(6)]
    numbered = [cls() for cls in counters]
    for o in numbered:
        o.n = 0
    print([augment(numbered[k % 6]) for k in range(600)][-6:])
    print([sorted(vars(o)) for o in numbered])


main()
