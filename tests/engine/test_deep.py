"""Recursion through each kind of instruction that calls Python uses no C stack; deep structures die and fail in order."""
import asyncio
import functools
import os
import sys
import threading
import unittest

import _kaa

SANITIZED = "ASAN_OPTIONS" in os.environ  # that makes C frames large and everything slow
DEPTH = 20_000 if SANITIZED else 200_000
ROOM = 1 << 20  # bytes of C stack that so deep a recursion may use
BOTTOM = None   # where the C stack stood at the deepest place


def bottom():
    """What a recursion ends with."""
    global BOTTOM
    BOTTOM = _kaa.stack_address()
    return 0


class Base:
    """Each special method goes one deeper through the same kind of instruction, until left is 0."""
    def __init__(self, left=0):
        self.left = left


def form(test):
    """A test's body returns what starts the recursion; here it runs, and the C stack it used is looked at."""
    @functools.wraps(test)
    def run(self):
        start = test(self)
        global BOTTOM
        BOTTOM = None
        top = _kaa.stack_address()
        start()
        self.assertIsNotNone(BOTTOM, "the recursion did not come to its end")
        self.assertLess(top - BOTTOM, ROOM)
    return run


class Deep(unittest.TestCase):
    def setUp(self):
        self.limit = sys.getrecursionlimit()
        sys.setrecursionlimit(DEPTH * 5)

    def tearDown(self):
        sys.setrecursionlimit(self.limit)


class Calls(Deep):
    @form
    def test_function(self):
        def f(n):
            return f(n - 1) if n else bottom()
        return lambda: f(DEPTH)

    @form
    def test_keywords_and_defaults(self):
        def f(n, *args, a=1, **kw):
            return f(n - 1, 1, 2, a=2, b=3) if n else bottom()
        return lambda: f(DEPTH)

    @form
    def test_unpacked_arguments(self):
        def f(*args, **kw):
            return f(*(args[0] - 1, 2), **kw) if args[0] else bottom()
        return lambda: f(DEPTH, k=1)

    @form
    def test_method(self):
        class C(Base):
            def m(self, n):
                return self.m(n - 1) if n else bottom()
        return lambda: C().m(DEPTH)

    @form
    def test_bound_method(self):
        class C(Base):
            def m(self, n):
                f = self.m
                return f(n - 1) if n else bottom()
        return lambda: C().m(DEPTH)

    @form
    def test_init(self):
        class C:
            def __init__(self, n):
                self.inner = C(n - 1) if n else bottom()
        return lambda: C(DEPTH)

    @form
    def test_init_with_keywords(self):
        class C:
            def __init__(self, *, n):
                C(n=n - 1) if n else bottom()
        return lambda: C(n=DEPTH)

    @form
    def test_init_of_builtin_base(self):
        class C(dict):
            def __init__(self, n):
                C(n - 1) if n else bottom()
        return lambda: C(DEPTH)

    @form
    def test_new(self):
        class C:
            def __new__(cls, n):
                C(n - 1) if n else bottom()
                return super().__new__(cls)
        return lambda: C(DEPTH)

    @form
    def test_new_and_init(self):
        class C:
            def __new__(cls, n):
                return super().__new__(cls)

            def __init__(self, n):
                C(n - 1) if n else bottom()
        return lambda: C(DEPTH)

    @form
    def test_new_of_something_else(self):
        class C:
            def __new__(cls, *, n):
                return C(n=n - 1) if n else bottom()
        return lambda: C(n=DEPTH)

    @form
    def test_class_unpacked(self):
        class C:
            def __new__(cls, *args, **kw):
                return super().__new__(cls)

            def __init__(self, *args, **kw):
                C(args[0] - 1, *args[1:], **kw) if args[0] else bottom()
        return lambda: C(DEPTH, 1, k=2)

    @form
    def test_metaclass_call(self):
        class M(type):
            def __call__(cls, n):
                return cls(n - 1) if n else bottom()

        class C(metaclass=M):
            pass
        return lambda: C(DEPTH)

    @form
    def test_metaclass_call_and_init(self):
        class M(type):
            def __call__(cls, *args, **kw):
                return super().__call__(*args, **kw)

        class C(metaclass=M):
            def __init__(self, n):
                C(n - 1) if n else bottom()
        return lambda: C(DEPTH // 2)

    @form
    def test_metaclass_call_plain(self):
        class M(type):
            def __call__(cls, n):
                return type.__call__(cls, n)

        class C(metaclass=M):
            def __new__(cls, n):
                return C(n - 1) if n else bottom()
        return lambda: C(DEPTH // 2)

    @form
    def test_call(self):
        class C(Base):
            def __call__(self, n):
                return self(n - 1) if n else bottom()
        return lambda: C()(DEPTH)

    @form
    def test_call_unpacked(self):
        class C(Base):
            def __call__(self, n, **kw):
                return self(*(n - 1,), **kw) if n else bottom()
        return lambda: C()(DEPTH, k=1)

    @form
    def test_partial(self):
        def f(a, n):
            return functools.partial(f, 1)(n - 1) if n else bottom()
        return lambda: f(1, DEPTH)

    @form
    def test_partial_with_keywords(self):
        def f(a, n, *, k, j=1):
            return functools.partial(f, 1, k=2)(n - 1, j=3) if n else bottom()
        return lambda: f(1, DEPTH, k=1)

    @form
    def test_partial_unpacked(self):
        def f(a, n, k=0):
            return functools.partial(f, 1, k=1)(*(n - 1,)) if n else bottom()
        return lambda: f(1, DEPTH)

    @form
    def test_partial_of_method_and_class(self):
        class C(Base):
            def m(self, n):
                return functools.partial(C, n)() if n else bottom()

            def __init__(self, n):
                self.left = n
                functools.partial(self.m, n - 1)() if n else bottom()
        return lambda: C(DEPTH // 2)

    @form
    def test_super(self):
        class A(Base):
            def m(self, n):
                return self.m(n) if n else bottom()

        class B(A):
            def m(self, n):
                return super().m(n - 1)
        return lambda: B().m(DEPTH // 2)

    @form
    def test_super_property(self):
        class A(Base):
            @property
            def p(self):
                self.left -= 1
                return self.p if self.left else bottom()

        class B(A):
            @property
            def p(self):
                return super().p
        return lambda: B(DEPTH // 2).p

    @form
    def test_super_init(self):
        class A:
            def __init__(self, n):
                B(n) if n else bottom()

        class B(A):
            def __init__(self, n):
                super().__init__(n - 1)
        return lambda: B(DEPTH // 2)


class Attributes(Deep):
    @form
    def test_property(self):
        class C(Base):
            @property
            def p(self):
                self.left -= 1
                return self.p if self.left else bottom()
        return lambda: C(DEPTH).p

    @form
    def test_property_called(self):
        class C(Base):
            @property
            def p(self):
                self.left -= 1
                if self.left:
                    self.p()
                else:
                    bottom()
                return int
        return lambda: C(DEPTH).p

    @form
    def test_property_set(self):
        class C(Base):
            @property
            def p(self):
                return None

            @p.setter
            def p(self, n):
                if n:
                    self.p = n - 1
                else:
                    bottom()
        return lambda: setattr(C(), "p", DEPTH)

    @form
    def test_property_delete(self):
        class C(Base):
            @property
            def p(self):
                return None

            @p.deleter
            def p(self):
                self.left -= 1
                if self.left:
                    del self.p
                else:
                    bottom()
        return lambda: delattr(C(DEPTH), "p")

    @form
    def test_property_of_metaclass(self):
        class M(type):
            left = DEPTH

            @property
            def p(cls):
                M.left -= 1
                return cls.p if M.left else bottom()

        class C(metaclass=M):
            pass
        return lambda: C.p

    @form
    def test_getattr(self):
        class C(Base):
            def __getattr__(self, name):
                self.left -= 1
                return self.other if self.left else bottom()
        return lambda: C(DEPTH).other

    @form
    def test_getattr_of_method(self):
        class C(Base):
            def __getattr__(self, name):
                self.left -= 1
                return (lambda: self.other()) if self.left else bottom
        return lambda: C(DEPTH).other()

    @form
    def test_getattr_after_property(self):
        class C(Base):
            @property
            def p(self):
                raise AttributeError

            def __getattr__(self, name):
                self.left -= 1
                return self.p if self.left else bottom()
        return lambda: C(DEPTH).p

    @form
    def test_getattribute(self):
        class C(Base):
            def __getattribute__(self, name):
                nonlocal left
                left -= 1
                return self.other if left else bottom()
        left = DEPTH
        return lambda: C().other

    @form
    def test_setattr(self):
        class C:
            def __setattr__(self, name, n):
                if n:
                    self.other = n - 1
                else:
                    bottom()
        return lambda: C().__setattr__("other", DEPTH)

    @form
    def test_delattr(self):
        class C:
            def __delattr__(self, name):
                nonlocal left
                left -= 1
                if left:
                    del self.other
                else:
                    bottom()
        left = DEPTH
        return lambda: C().__delattr__("other")

    @form
    def test_descriptor_get(self):
        class D:
            def __get__(self, instance, owner):
                instance.left -= 1
                return instance.d if instance.left else bottom()

        class C(Base):
            d = D()
        return lambda: C(DEPTH).d

    @form
    def test_descriptor_get_of_class(self):
        class D:
            left = DEPTH

            def __get__(self, instance, owner):
                D.left -= 1
                return owner.d if D.left else bottom()

        class C:
            d = D()
        return lambda: C.d

    @form
    def test_descriptor_set(self):
        class D:
            def __set__(self, instance, n):
                if n:
                    instance.d = n - 1
                else:
                    bottom()

        class C:
            d = D()
        return lambda: setattr(C(), "d", DEPTH)

    @form
    def test_descriptor_delete(self):
        class D:
            def __delete__(self, instance):
                instance.left -= 1
                if instance.left:
                    del instance.d
                else:
                    bottom()

        class C(Base):
            d = D()
        return lambda: delattr(C(DEPTH), "d")


class Operators(Deep):
    @form
    def test_binary(self):
        class C(Base):
            def __add__(self, n):
                return self + (n - 1) if n else bottom()
        return lambda: C() + DEPTH

    @form
    def test_reflected(self):
        class C(Base):
            def __rsub__(self, n):
                return n - 1 - self if n else bottom()
        return lambda: DEPTH - C()

    @form
    def test_reflected_after_left(self):
        class C(Base):
            def __mul__(self, other):
                return NotImplemented

        class D(Base):
            def __rmul__(self, other):
                self.left -= 1
                return other * self if self.left else bottom()
        return lambda: C() * D(DEPTH)

    @form
    def test_reflected_of_subclass(self):
        class C(Base):
            def __or__(self, other):
                self.fail("the subclass comes first")

            def __ror__(self, other):
                self.fail("the subclass comes first")

        class D(C):
            def __ror__(self, other):
                self.left -= 1
                return other | self if self.left else bottom()
        return lambda: C() | D(DEPTH)

    @form
    def test_in_place(self):
        class C(Base):
            def __iadd__(self, n):
                if n:
                    self += n - 1
                else:
                    bottom()
                return self

        def start():
            c = C()
            c += DEPTH
        return start

    @form
    def test_power(self):
        class C(Base):
            def __pow__(self, n):
                return self ** (n - 1) if n else bottom()
        return lambda: C() ** DEPTH

    @form
    def test_many_classes(self):
        class C(Base):
            def __add__(self, n):
                return classes[n % 4]() + (n - 1) if n else bottom()
        classes = [type(name, (C,), {}) for name in "abcd"]
        return lambda: C() + DEPTH

    @form
    def test_unary(self):
        class C(Base):
            def __neg__(self):
                self.left -= 1
                return -self if self.left else bottom()
        return lambda: -C(DEPTH)

    @form
    def test_comparison(self):
        class C(Base):
            def __lt__(self, n):
                return self < n - 1 if n else bottom()
        return lambda: C() < DEPTH

    @form
    def test_comparison_reflected(self):
        class C(Base):
            def __gt__(self, n):
                return n - 1 < self if n else bottom()
        return lambda: DEPTH < C()

    @form
    def test_equal(self):
        class C(Base):
            def __eq__(self, n):
                return self == n - 1 if n else bottom()
        return lambda: C() == DEPTH

    @form
    def test_not_equal_by_equal(self):
        class C(Base):
            def __eq__(self, n):
                return self != n - 1 if n else bottom()
        return lambda: C() != DEPTH

    @form
    def test_bool(self):
        class C(Base):
            def __bool__(self):
                self.left -= 1
                if self.left:
                    return False if self else True
                bottom()
                return True
        return lambda: not C(DEPTH)

    @form
    def test_bool_in_each_jump(self):
        class C(Base):
            def __bool__(self):
                self.left -= 1
                if not self.left:
                    return bottom() == 0
                kind = self.left % 6
                if kind == 0:
                    return (self and True) is True
                if kind == 1:
                    return (self or False) is self
                if kind == 2:
                    return not self
                if kind == 3:
                    while self:
                        return True
                    return True
                if kind == 4:
                    assert self
                    return True
                return True if self else False
        return lambda: not C(DEPTH - DEPTH % 6)

    @form
    def test_len_as_truth(self):
        class C(Base):
            def __len__(self):
                self.left -= 1
                if self.left:
                    return 1 if self else 0
                return bottom()
        return lambda: not C(DEPTH)

    @form
    def test_contains(self):
        class C(Base):
            def __contains__(self, n):
                return n - 1 in self if n else not bottom()
        return lambda: DEPTH in C()

    @form
    def test_not_contains(self):
        class C(Base):
            def __contains__(self, n):
                return n - 1 not in self if n else not bottom()
        return lambda: DEPTH not in C()

    @form
    def test_getitem(self):
        class C(Base):
            def __getitem__(self, n):
                return self[n - 1] if n else bottom()
        return lambda: C()[DEPTH]

    @form
    def test_setitem(self):
        class C(Base):
            def __setitem__(self, n, value):
                if n:
                    self[n - 1] = value
                else:
                    bottom()

        def start():
            C()[DEPTH] = 1
        return start

    @form
    def test_delitem(self):
        class C(Base):
            def __delitem__(self, n):
                if n:
                    del self[n - 1]
                else:
                    bottom()

        def start():
            del C()[DEPTH]
        return start


class Iteration(Deep):
    @form
    def test_next(self):
        class C(Base):
            def __iter__(self):
                return self

            def __next__(self):
                self.left -= 1
                if self.left:
                    for item in self:
                        return item
                return bottom()

        def start():
            for item in C(DEPTH):
                break
        return start

    @form
    def test_iter(self):
        class C(Base):
            def __iter__(self):
                self.left -= 1
                if self.left:
                    for item in self:
                        pass
                else:
                    bottom()
                return iter(())

        def start():
            for item in C(DEPTH):
                pass
        return start

    @form
    def test_next_under_yield_from(self):
        class C(Base):
            def __iter__(self):
                return self

            def __next__(self):
                self.left -= 1
                if self.left:
                    kept.append(chain(self))
                    for item in kept[-1]:
                        return item
                return bottom()

        def chain(iterable):
            yield from iterable
        kept = []

        def start():
            for item in chain(C(DEPTH // 2)):
                break
            kept.clear()
        return start

    @form
    def test_generators_in_for(self):
        def g(n):
            if n:
                for item in g(n - 1):
                    yield item
            else:
                yield bottom()

        def start():
            for item in g(DEPTH):
                pass
        return start

    @form
    def test_yield_from(self):
        def g(n):
            if n:
                yield from g(n - 1)
            else:
                yield bottom()

        def start():
            for item in g(DEPTH):
                pass
        return start

    @form
    def test_await(self):
        async def f(n):
            return await f(n - 1) if n else bottom()

        def start():
            with self.assertRaises(StopIteration):
                f(DEPTH).send(None)
        return start

    @form
    def test_await_method(self):
        class C(Base):
            def __await__(self):
                return f(self.left - 1).__await__()

        async def f(n):
            return await C(n) if n else bottom()

        def start():
            with self.assertRaises(StopIteration):
                f(DEPTH).send(None)
        return start

    @form
    def test_await_under_asyncio(self):
        async def f(n):
            return await f(n - 1) if n else bottom()
        return lambda: asyncio.run(f(DEPTH))

    def test_suspended_chain_goes_on(self):
        def g(n):
            if n:
                yield from g(n - 1)
            else:
                yield 1
                top = _kaa.stack_address()
                yield 2
                self.assertLess(abs(top - _kaa.stack_address()), ROOM)
        gen = g(DEPTH)
        self.assertEqual(list(gen), [1, 2])


class Blocks(Deep):
    @form
    def test_enter(self):
        class C(Base):
            def __enter__(self):
                self.left -= 1
                if self.left:
                    with self:
                        pass
                else:
                    bottom()

            def __exit__(self, *exc):
                pass

        def start():
            with C(DEPTH):
                pass
        return start

    @form
    def test_exit(self):
        class C(Base):
            def __enter__(self):
                pass

            def __exit__(self, *exc):
                self.left -= 1
                if self.left:
                    with self:
                        pass
                else:
                    bottom()

        def start():
            with C(DEPTH):
                pass
        return start

    @form
    def test_exit_on_error(self):
        class C(Base):
            def __enter__(self):
                pass

            def __exit__(self, *exc):
                self.left -= 1
                if self.left:
                    with self:
                        raise error
                bottom()
                return True
        error = ValueError()

        def start():
            with C(DEPTH):
                raise error
        return start

    @form
    def test_async_enter_and_exit(self):
        class C(Base):
            async def __aenter__(self):
                self.left -= 1
                if self.left:
                    async with self:
                        pass
                else:
                    bottom()

            async def __aexit__(self, *exc):
                pass

        async def start():
            async with C(DEPTH):
                pass
        return lambda: asyncio.run(start())


@unittest.skipIf(SANITIZED, "AddressSanitizer needs more than that")
class SmallThread(unittest.TestCase):
    def test_one_mebibyte_is_enough(self):
        """The same in a thread whose whole C stack is 1 MiB."""
        class C(Base):
            def __add__(self, n):
                return self + (n - 1) if n else bottom()

            def __bool__(self):
                self.left -= 1
                return (False if self else True) if self.left else True
        done = []
        limit, size = sys.getrecursionlimit(), threading.stack_size(ROOM)
        sys.setrecursionlimit(DEPTH * 5)
        try:
            thread = threading.Thread(target=lambda: done.append((C() + DEPTH, not C(DEPTH))))
            thread.start()
            thread.join()
        finally:
            threading.stack_size(size)
            sys.setrecursionlimit(limit)
        self.assertEqual(len(done), 1)


if __name__ == "__main__":
    unittest.main()
