"""Instance values: many keys, __dict__, deletion, __class__ assignment, slots and dicts, many classes."""


class A:
    pass


class B:
    def method(self):
        return self.x


class Keyed(dict):
    def __missing__(self, key):
        return key * 2


def program():
    a = A()
    for i in range(40):
        setattr(a, f"name{i}", i)
    b = A()
    b.x = 1
    view = b.__dict__
    view["y"] = 2
    del b.x
    b.x = 5
    b.__class__ = B
    many = [type(f"C{i}", (B,), {"x": i})() for i in range(5)]
    keyed = Keyed(a=1)
    keyed["b"] = 2
    keyed.attribute = "value"
    c = B()
    c.__dict__ = {"x": 9, 3: 4}
    return sorted(vars(a))[:3], len(vars(a)), b.method(), view, [m.method() for m in many], keyed["zz"], dict(keyed), keyed.attribute, c.method(), vars(c)
