"""Frames are 3.11's: foreign code walks them, reads variables out of them, gives the thread an empty data stack, and runs
tasks on C stacks of its own by exchanging the thread state's fields.

Fails when a field of the frame stands elsewhere, when prev_instr is not stored before a call, when a push onto a thread
state without a chunk is not allowed for, when the chunks do not come from the arena allocator, or when the engine goes on
with a data stack, cframe or exception state it read before a call.
"""
import foreign

inner = foreign.load("inner")


def show(label, *values):
    print(label, *values)


def chain():
    """Names and owners; whether the caller's loop was entered anew for a function's frame."""
    rows = inner.chain()[1:]
    return [(name, owner, entry if owner == 0 else None) for name, owner, entry, lasti, top in rows]


def outer(a, *rest, k=None, **more):
    b = a + 1

    def closure(c):
        nonlocal b
        d = [c, b]
        del c
        show("chain", chain())
        for depth in (0, 1, 2):
            values, names, function, space, builtins, local = inner.variables(depth)
            shown = [v.cell_contents if type(v).__name__ == "cell" else v if not callable(v) else "function" for v in values]
            show("variables", names, shown, function.__name__, space is globals(), "len" in builtins, local is None)
        b += 1
        return d

    class Inside:
        here = [row[0] for row in inner.chain()]
        is_namespace = inner.variables(0)[5] is locals()

    show("class body", Inside.here, Inside.is_namespace)
    return closure(a) + [b]


for _ in range(3):
    show("result", outer(1, 2, 3, k=4, z=5))


def generator(n):
    got = yield chain()
    show("sent", got)
    yield from second()
    yield chain()


def second():
    yield chain()


g = generator(3)
show("generator", next(g))
show("generator", g.send(7))
show("generator", [next(g)])
show("generator in C", list(generator(1)))


class Dunder:
    def __add__(self, other):
        return [row[:2] for row in inner.chain()]

    def __getitem__(self, key):
        return [row[:2] for row in inner.chain()]

    @property
    def p(self):
        return [row[0] for row in inner.chain()]

    def __init__(self):
        self.chain = [row[0] for row in inner.chain()]


for _ in range(10):
    names = Dunder() + 1, Dunder()[0], Dunder().p, Dunder().chain
show("dunders", *names)
show("sort key", sorted([1], key=lambda x: -x), [row[0] for row in inner.chain()])


def deep(n):
    return inner.chunks() if n == 0 else max(inner.chunks(), deep(n - 1))


def many(a=0, b=1, c=2, d=3, e=4, f=5, n=0):
    return deep(n)


for n in (0, 1, 5, 900):
    show("empty stack", n, inner.on_empty_stack(lambda: deep(n) >= 1), inner.on_empty_stack(lambda: many(n=n) >= 1))
show("many chunks", inner.on_empty_stack(lambda: deep(900)) > 2)
taken, given = inner.counting_chunks(lambda: inner.on_empty_stack(lambda: deep(900)))
show("arena", taken > 3, given == taken)
show("nested", inner.on_empty_stack(lambda: (deep(3), inner.on_empty_stack(lambda: deep(400)) > 1, deep(3))[1]))


def fails(n):
    if n == 0:
        raise KeyError("deep")
    return fails(n - 1)


for n in (0, 300):
    try:
        inner.on_empty_stack(lambda: fails(n))
    except KeyError as error:
        depth, traceback = 0, error.__traceback__
        while traceback:
            depth, traceback = depth + 1, traceback.tb_next
        show("failed", error, depth)


def on_empty_generator():
    g = generator(1)
    return next(g), inner.on_empty_stack(lambda: g.send(2)), next(g)


show("generator", on_empty_generator())


# ---- tasks ----

def worker(first):
    total = first
    show("in task", [row[0] for row in inner.chain()])
    for i in range(6):
        got = inner.pass_out(total)
        total = total + got
        try:
            {}["missing"] if i % 2 else 1 / (i - i)
        except (KeyError, ZeroDivisionError) as error:
            show("handling", type(error).__name__, inner.pass_out(["in handler", i]), type(error).__name__)
    return ("done", total)


def drive(tasks):
    n = 0
    while tasks:
        for task in list(tasks):
            n += 1
            try:
                raise ValueError(n)
            except ValueError as error:
                result = task.resume(n)
                show("out", result, error.args, inner.exceptions()[3][0] is error)
            if type(result) is tuple:
                tasks.remove(task)
    return n


show("driven", drive([inner.Task(worker) for _ in range(3)]))


def recursing(n):
    def down(k):
        if k == 0:
            inner.pass_out("bottom")
            return 0
        return 1 + down(k - 1)
    return (down(n), [row[0] for row in inner.chain()][-1])


tasks = [inner.Task(recursing) for _ in range(4)]
show("deep", [task.resume(50 * (i + 1)) for i, task in enumerate(tasks)])
show("deep", [task.resume(None) for task in reversed(tasks)])


def generating(n):
    def numbers():
        for i in range(3):
            yield inner.pass_out(i)
    return (list(numbers()), [x for x in numbers()], sorted([3, 1, 2], key=lambda x: inner.pass_out(x) or -x))


task = inner.Task(generating)
values = []
while True:
    value = task.resume(5)
    values.append(value)
    if type(value) is tuple:
        break
show("generators in tasks", values)
inner.Task(print).resume("a task that is a builtin")
