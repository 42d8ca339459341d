"""Seeded programs that end, for comparing when objects end: __del__, weak references with callbacks, exceptions with
temporaries under way, containers, generators, coroutines, closures, cycles.

program(seed) gives the text of one. It prints what happens by names given in the order of creation; nothing in it depends
on addresses, hashes or the moment of a collection (it asks for its collections itself).
"""
import random

PRELUDE = '''
import gc, weakref
made = 0
budget = 4000
saved = []
watches = []
class Stop(BaseException):
    pass
def tick():
    global budget
    budget -= 1
    if budget < 0:
        raise Stop
def cut(x):
    tick()
    try:
        return x if type(x) not in (list, tuple, str, dict, set) or len(x) < 12 else None
    except Exception:
        return None
def say(*words):
    tick()
    print(*words)
def shown(x, depth=0):
    if isinstance(x, A):
        return x.name
    if type(x) in (list, tuple, set, frozenset) and depth < 3:
        return type(x).__name__ + "(" + ",".join(sorted(shown(y, depth + 1) for y in x) if type(x) in (set, frozenset) else [shown(y, depth + 1) for y in x]) + ")"
    if type(x) is dict and depth < 3:
        return "{" + ",".join(shown(k, depth + 1) + ":" + shown(v, depth + 1) for k, v in x.items()) + "}"
    if x is None or type(x) in (int, bool, str, float):
        return repr(x)
    if isinstance(x, BaseException):
        return type(x).__name__ + shown(x.args, depth + 1)
    return type(x).__name__
def watch(x, name):
    try:
        watches.append(weakref.ref(x, lambda ref: say("gone", name)))
    except TypeError:
        say("no weakref to", type(x).__name__)
class A:
    def __init__(self, *args, **kwargs):
        global made
        tick()
        self.name = "%s%d" % (type(self).__name__, made)
        made += 1
        self.a = args
    def __del__(self):
        say("end", self.name)
    def __repr__(self):
        return self.name
    def m(self, x=None):
        say("m", self.name)
        return x
    def take(self, x):
        x = None
        say("took", self.name)
    def both(self, *args, **kwargs):
        say("both", self.name, len(args), sorted(kwargs))
        return args[0] if args else self
class B(A):
    __slots__ = ("b",)
    def __add__(self, other):
        say("add", self.name)
        return B(self) if not isinstance(other, int) else NotImplemented
    def __radd__(self, other):
        other = None
        say("radd", self.name)
        return self
    def __getitem__(self, key):
        say("getitem", self.name)
        if key == 2:
            raise IndexError(self)
        return A(key)
    def __setitem__(self, key, value):
        key = value = None
        say("setitem", self.name)
    def __delitem__(self, key):
        say("delitem", self.name)
    def __contains__(self, x):
        say("contains", self.name)
        return x is None
    def __len__(self):
        say("len", self.name)
        return 1
class C(A):
    def __del__(self):
        say("end", self.name, "and", shown(self.a))
        if budget % 3 == 0:
            raise ValueError(self.name)
    def __enter__(self):
        say("enter", self.name)
        return A(1)
    def __exit__(self, kind, value, traceback):
        say("exit", self.name, shown(value))
        return kind is ValueError
    def __eq__(self, other):
        say("eq", self.name)
        return other is self
    def __hash__(self):
        return 7
    def __lt__(self, other):
        say("lt", self.name)
        return NotImplemented
    def __gt__(self, other):
        say("gt", self.name)
        return A()
    def __bool__(self):
        say("bool", self.name)
        return made % 2 == 0
class D(A):
    def __del__(self):
        say("end", self.name)
        if len(saved) < 3 and made % 3 == 0:
            saved.append(self)
            say("saved", self.name)
    def __iter__(self):
        say("iter", self.name)
        self.left = 2
        return self
    def __next__(self):
        self.left -= 1
        if self.left < 0:
            raise StopIteration
        return A(self.left)
    def __call__(self, *args, **kwargs):
        args = kwargs = None
        say("call", self.name)
        return A()
class E(A):
    def __getattr__(self, name):
        say("getattr", self.name, name)
        if name == "zz":
            raise AttributeError(name)
        return A(name)
    def __setattr__(self, name, value):
        if name in ("name", "a"):
            object.__setattr__(self, name, value)
        else:
            value = None
            say("setattr", self.name, name)
    @property
    def p(self):
        say("property", self.name)
        return A()
    @p.setter
    def p(self, value):
        value = None
        say("property set", self.name)
class F(A):
    def __new__(cls, *args, **kwargs):
        say("new", len(args))
        return super().__new__(cls)
    def __init__(self, x=None, *rest):
        super().__init__(x)
        x = None
        say("init", self.name)
        if made % 5 == 0:
            raise KeyError(self)
class G(Exception):
    def __init__(self, *args):
        self.held = A()
class X(ValueError, A):
    def __init__(self, *args):
        A.__init__(self, *args)
'''
CLASSES = "ABCDEF"
NAMES = ["v0", "v1", "v2", "v3", "v4"]


class Maker:
    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.functions = []   # (name, kind): "function", "generator", "coroutine"
        self.lines = []
        self.inside = None

    def pick(self, *choices):
        return self.rng.choice(choices)

    def chance(self, percent):
        return self.rng.randrange(100) < percent

    # ---- expressions ----

    def fresh(self):
        kind = self.rng.choice(CLASSES)
        return f"{kind}({self.pick('', '', self.name(), 'A()', '1, 2')})"

    def name(self):
        return self.rng.choice(NAMES)

    def atom(self):
        return self.pick(self.name(), self.name(), self.name(), self.fresh(), self.fresh(), "1", "2", "None", "'s'", "()", "[]", "0")

    def called(self, kind):
        names = [n for n, k in self.functions if k == kind]
        return self.rng.choice(names) if names else None

    def arguments(self, depth):
        args = [self.expression(depth) for _ in range(self.rng.randrange(3))]
        if self.chance(15):
            args.append("*" + self.pick(f"[{self.expression(depth)}]", f"({self.expression(depth)}, {self.atom()})"))
        if self.chance(15):
            args.append(self.pick(f"k={self.expression(depth)}", f"**{{'k': {self.expression(depth)}}}"))
        return ", ".join(args)

    def expression(self, depth):
        if depth <= 0:
            return self.atom()
        d = depth - 1
        kind = self.rng.randrange(31)
        e = lambda: self.expression(d)
        if kind < 4:
            return self.atom()
        if kind < 7:
            name = self.called("function")
            return f"{name}({self.arguments(d)})" if name else self.fresh()
        if kind == 7:
            return f"{self.pick(self.name(), self.fresh())}.{self.pick('a', 'b', 'zz', 'name', 'p', 'b', 'm')}"
        if kind == 8:
            return f"{self.pick(self.name(), self.fresh(), '[' + e() + ', ' + e() + ']')}[{self.pick('0', '1', '-1', '2', e())}]"
        if kind == 9:
            return f"(cut({e()}) {self.pick('+', '+', '-', '|', '*', '%')} {self.pick('1', 'cut(' + e() + ')', self.fresh())})"
        if kind == 10:
            return f"({e()} {self.pick('<', '>', '==', '!=', 'is', 'is not', 'in', 'not in')} {e()})"
        if kind == 11:
            return f"({e()} if {e()} else {e()})"
        if kind == 12:
            return f"({e()} {self.pick('and', 'or')} {e()})"
        if kind == 13:
            return f"[{e()}, {e()}]"
        if kind == 14:
            return f"({e()}, {e()}, {e()})"
        if kind == 15:
            return f"{{{self.pick('1', repr('k'), 'C()')}: {e()}, 'z': {e()}}}"
        if kind == 16:
            return f"[{self.pick('x', '(x, ' + e() + ')', 'A(x)', e())} for x in ({e()}, {e()}){self.pick('', ' if x', ' if not x')}]"
        if kind == 17:
            name = self.called("generator")
            shape = self.pick("list({})", "next({})", "next(iter({}), None)", "tuple(x for x in {})", "max({}, key=lambda x: 0, default=None)", "{}",
                              "[*{}]", "dict.fromkeys(map(id, {})) and None", "any({})", "sum(1 for x in {})")
            return shape.format(f"{name}({self.arguments(d)})") if name else self.fresh()
        if kind == 18:
            return f"(lambda x, y={e()}: {self.pick('x', 'y', '(x, y)', self.name(), 'A(x)')})({e()})"
        if kind == 19:
            return f"f'{{{self.name()} is None}}{{shown({self.name()})}}{{shown(A())}}'"
        if kind == 20:
            return f"({self.name()} := {e()})" if self.inside != "class" else self.atom()
        if kind == 21:
            return f"{self.pick(self.name(), self.fresh())}.{self.pick('m', 'take', 'both', 'append', 'pop', 'get', 'both')}({self.arguments(d)})"
        if kind == 22:
            return f"{self.pick('list', 'tuple', 'reversed', 'sorted', 'len', 'bool', 'iter', 'repr')}(cut({e()}))"
        if kind == 23:
            return f"{self.pick(self.name(), self.fresh())}({self.arguments(d)})"
        if kind == 24:
            return f"(not {e()})"
        if kind == 25:
            return f"[*cut({e()}), {e()}]"
        if kind == 26:
            return f"sorted([{e()}, {e()}], key=lambda x: {self.pick('0', 'say(shown(x)) or 0', 'len(shown(x))')})"
        if kind == 27:
            return f"list(map(lambda x: {self.pick('x', 'A(x)', e())}, [{e()}, {e()}]))"
        if kind == 28:
            return f"saved.pop() if saved else {e()}"
        if kind == 29:
            return f"setattr({self.pick(self.name(), self.fresh())}, {self.pick(repr('a'), repr('c'))}, {e()})"
        name = self.called("coroutine")
        return f"drive({name}({self.arguments(d)}))" if name else self.fresh()

    # ---- statements ----

    def put(self, indent, text):
        self.lines.append(" " * indent + text)

    def body(self, indent, depth, least=1, most=4):
        for _ in range(self.rng.randrange(least, most + 1)):
            self.statement(indent, depth)

    def target(self):
        return self.pick(self.name(), self.name(), self.name(), f"{self.name()}.{self.pick('a', 'b', 'p', 'c')}", f"{self.name()}[0]",
                         f"{self.name()}['k']", f"{self.name()}, {self.name()}", f"{self.name()}, *{self.name()}", f"({self.name()}, {self.name()}), {self.name()}")

    def statement(self, indent, depth):
        e = lambda: self.expression(2)
        simple = [
            lambda: f"{self.target()} = {e()}", lambda: f"{self.name()} = {e()}", lambda: f"{self.name()} = {self.fresh()}",
            lambda: f"{self.name()} = {self.name()}", lambda: e(), lambda: f"say(shown({self.name()}))",
            lambda: f"{self.name()} = {self.name()} = {e()}", lambda: f"{self.name()}, {self.name()} = {e()}, {e()}",
            lambda: f"{self.name()} = None", lambda: f"{self.name()}.me = {self.name()}", lambda: f"{self.name()} += {e()}",
            lambda: f"watch({self.name()}, 'w{self.rng.randrange(100)}')", lambda: "say('gc', gc.collect() >= 0)",
            lambda: f"{self.name()}.append({e()})",
            lambda: f"{self.name()}.{self.pick('clear()', 'pop()', 'popitem()', 'close()', 'throw(G)', 'sort()', 'reverse()')}",
            lambda: f"{self.name()}[:] = [{e()}]", lambda: f"saved.clear()", lambda: f"{self.name()}.update({{'k': {e()}}})",
            lambda: f"assert {e()}, {self.fresh()}", lambda: f"say(shown({e()}))", lambda: f"{self.name()}.setdefault('k', {e()})",
        ]
        compound = ["if", "for", "while", "try", "with", "def", "del", "raise", "class", "match", "try"]
        if depth <= 0 or self.chance(62):
            text = self.rng.choice(simple)()
            if self.chance(55):
                self.put(indent, "try: " + text)
                self.put(indent, f"except Exception as error: say('!', shown(error))")
            else:
                self.put(indent, text)
            return
        kind = self.rng.choice(compound)
        getattr(self, "do_" + kind)(indent, depth - 1)

    def do_if(self, indent, depth):
        self.put(indent, f"if {self.expression(2)}:")
        self.body(indent + 1, depth)
        if self.chance(50):
            self.put(indent, "else:")
            self.body(indent + 1, depth)

    def do_for(self, indent, depth):
        over = self.pick(f"({self.expression(1)}, {self.expression(1)})", f"[{self.fresh()}, {self.expression(1)}, {self.fresh()}]", "range(3)",
                         f"cut({self.name()})", "D()", f"enumerate([{self.fresh()}])", f"zip([{self.expression(1)}], [{self.fresh()}])",
                         f"(A(y) for y in range(2))", f"{self.called('generator') or 'iter'}({self.atom()})", f"{{'k': {self.fresh()}}}.items()")
        pairs = over.startswith(("enumerate", "zip", "{")) or self.chance(20)
        self.put(indent, f"for {self.name() + ', ' + self.name() if pairs else self.name()} in {over}:")
        self.put(indent + 1, "tick()")
        self.body(indent + 1, depth, 1, 3)
        if self.chance(25):
            self.put(indent + 1, f"if {self.expression(1)}: {self.pick('break', 'continue')}")
        if self.chance(15):
            self.put(indent, "else:")
            self.body(indent + 1, depth, 1, 1)

    def do_while(self, indent, depth):
        counter = f"n{indent}"
        self.put(indent, f"{counter} = 0")
        self.put(indent, f"while {counter} < {self.rng.randrange(1, 4)}{self.pick('', ' and ' + self.expression(1))}:")
        self.put(indent + 1, f"{counter} += 1; tick()")
        self.body(indent + 1, depth, 1, 2)

    def do_try(self, indent, depth):
        self.put(indent, "try:")
        self.body(indent + 1, depth)
        if self.chance(40):
            self.put(indent + 1, f"raise {self.pick('ValueError', 'G', 'KeyError', 'X')}({self.expression(1)})")
        handlers = self.rng.randrange(3)
        final = self.chance(40) or not handlers
        if handlers:
            self.put(indent, f"except {self.pick('ValueError', '(KeyError, G)', 'IndexError', 'X')} as {self.name()}:")
            self.body(indent + 1, depth, 1, 2)
            if self.chance(30):
                self.put(indent + 1, self.pick("raise", f"raise G({self.fresh()}) from {self.pick('None', 'G()')}"))
            self.put(indent, "except Exception as error:")
            self.put(indent + 1, "say('!!', shown(error), shown(error.__context__))")
            self.body(indent + 1, depth, 0, 2)
            if self.chance(30):
                self.put(indent, "else:")
                self.body(indent + 1, depth, 1, 1)
        if final:
            self.put(indent, "finally:")
            self.put(indent + 1, "say('finally')")
            self.body(indent + 1, depth, 0, 2)

    def do_with(self, indent, depth):
        self.put(indent, f"with C({self.pick('', self.name())}){self.pick('', ' as ' + self.name(), ' as ' + self.name())}{self.pick('', ', C() as ' + self.name())}:")
        self.body(indent + 1, depth, 1, 3)
        if self.chance(30):
            self.put(indent + 1, f"raise {self.pick('ValueError', 'G')}({self.expression(1)})")

    def do_def(self, indent, depth):
        name = f"local{self.rng.randrange(3)}"
        outer = self.inside
        self.put(indent, f"def {name}(x=None, y={self.expression(1)}):")
        shared = self.name()
        if outer == "function" and self.chance(60):
            self.put(indent + 1, f"nonlocal {shared}")
        else:
            shared = None
        for n in NAMES:
            if n != shared and self.chance(70):
                self.put(indent + 1, f"{n} = {self.pick('x', 'y', 'None', self.fresh())}")
        self.body(indent + 1, depth, 1, 3)
        self.put(indent + 1, f"return {self.pick('x', 'y', self.name(), 'lambda: (x, y)')}")
        self.put(indent, f"{self.name()} = {self.pick(name, name + '(' + self.expression(1) + ')', name + '()')}")
        self.put(indent, f"{name} = None")

    def do_del(self, indent, depth):
        what = self.pick(self.name(), f"{self.name()}.a", f"{self.name()}[0]", f"{self.name()}['k']", f"{self.name()}[:]", self.name())
        self.put(indent, "try:")
        self.put(indent + 1, f"del {what}")
        self.put(indent, "except Exception as error:")
        self.put(indent + 1, "say('!', shown(error))")
        if what in NAMES:
            self.put(indent, f"{what} = {self.pick('None', self.fresh())}")

    def do_raise(self, indent, depth):
        self.put(indent, f"if {self.expression(1)}:")
        self.put(indent + 1, f"raise {self.pick('ValueError', 'G', 'IndexError', 'X')}({self.expression(1)})")

    def do_class(self, indent, depth):
        self.put(indent, f"class Local({self.rng.choice(CLASSES)}):")
        self.put(indent + 1, f"held = {self.expression(1)}")
        self.put(indent + 1, f"def m(self, x={self.fresh()}):")
        self.put(indent + 2, f"return {self.pick('x', 'self', 'super().m(x)', 'self.held')}")
        self.put(indent, f"{self.name()} = Local({self.pick('', self.atom())})")
        if self.chance(40):
            self.put(indent, f"say(shown(Local().m({self.pick('', self.atom())})))")
        self.put(indent, self.pick("Local = None", "pass"))

    def do_match(self, indent, depth):
        self.put(indent, f"match {self.expression(1)}:")
        self.put(indent + 1, f"case [{self.name()}]: {self.expression(1)}")
        self.put(indent + 1, f"case [{self.name()}, *_]: say('several')")
        self.put(indent + 1, f"case {{'k': {self.name()}}}: say('keyed')")
        self.put(indent + 1, f"case A(a=()): {self.expression(1)}")
        self.put(indent + 1, f"case _: {self.expression(1)}")

    # ---- the whole ----

    def function(self, number):
        kind = self.rng.choices(["function", "generator", "coroutine"], [60, 30, 10])[0]
        name = f"{kind[0]}{number}"
        self.inside = "function"
        self.put(0, f"{'async ' if kind == 'coroutine' else ''}def {name}({self.pick('v0=None, v1=None, *v2, k=None', 'v0=None, *v2, **k', 'v0=None, v1=2, k=0, *v2')}):")
        self.put(1, f"tick(); v3 = v4 = {self.pick('None', 'v0', self.fresh())}")
        for n in NAMES[:3]:
            self.put(1, f"{n} = locals().get('{n}')" if n == "v1" else f"{n} = {n}")
        for part in range(self.rng.randrange(1, 4)):
            self.body(1, 2, 1, 3)
            if kind == "generator":
                shape = self.rng.randrange(5)
                if shape == 0:
                    self.put(1, "try:")
                    self.put(2, f"{self.name()} = yield {self.expression(1)}")
                    self.put(1, self.pick("finally:", "except G:", "except GeneratorExit:", "except BaseException:"))
                    self.put(2, "say('after yield')")
                    self.body(2, 0, 0, 1)
                    if "GeneratorExit" in self.lines[-2] or "BaseException" in self.lines[-2]:
                        self.put(2, "raise")
                elif shape == 1:
                    self.put(1, f"yield from {self.pick('[' + self.fresh() + ', 1]', 'D()', (self.called('generator') or 'iter') + '((v0,))')}")
                elif shape == 2:
                    self.put(1, f"for {self.name()} in ({self.fresh()}, {self.atom()}): yield {self.name()}")
                else:
                    self.put(1, f"{self.pick('', self.name() + ' = ')}yield {self.expression(2)}")
            elif kind == "coroutine":
                other = self.called("coroutine")
                self.put(1, f"{self.name()} = await {other}({self.atom()})" if other else f"await Once({self.atom()})")
        self.put(1, f"return {self.expression(1)}")
        self.functions.append((name, kind))

    def build(self):
        self.put(0, PRELUDE)
        self.lines.append("class Once:\n def __init__(self, x): self.x = x\n def __await__(self):\n  yield 1\n  return self.x\n"
                          "def drive(c):\n try:\n  for i in range(4): tick(); c.send(None)\n except StopIteration as stop: return stop.value\n"
                          " finally: c.close()")
        for number in range(self.rng.randrange(2, 6)):
            self.function(number)
        self.inside = "function"
        self.put(0, "def main():")
        for n in NAMES:
            self.put(1, f"{n} = {self.pick('None', self.fresh(), '[' + self.fresh() + ']', '{}')}")
        for _ in range(self.rng.randrange(4, 9)):
            self.put(1, "try:")
            self.body(2, 3, 2, 4)
            self.put(1, "except Exception as error:")
            self.put(2, "say('main', shown(error))")
        self.put(1, "say('end of main')")
        self.put(0, "try: main()\nexcept Stop: print('stopped')\nexcept Exception as error: print('failed', shown(error)); error = None")
        self.put(0, "budget = 500\ntry:\n gc.collect(); say('left', len(saved)); saved.clear(); gc.collect(); say('over', made)\nexcept Stop: print('stopped')")
        return "\n".join(self.lines)


def program(seed):
    return Maker(seed).build()
