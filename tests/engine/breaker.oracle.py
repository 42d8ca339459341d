"""What is asked for from outside - pending calls, signals, asynchronous exceptions - arrives at function entry, at back
edges of all kinds, when a generator is resumed, and after a call into C, and nowhere between.

The trigger asks without a poll behind it (a foreign __getitem__). Fails when the poll is left out at one of the places
(the event comes later in its line) or put behind every instruction.
"""
import signal
import foreign

inner = foreign.load("inner")
t = inner.Trigger()
log = []
inner.log_to(log)
signal.signal(signal.SIGUSR1, lambda number, frame: log.append("signal"))

CASES = {
    "straight": "t[k]; log += ['a']; x = 1; log += ['b']; y = x + 2; log += ['c']",
    "entry": "t[k]; log += ['before']; entered(); log += ['after']",
    "entry by keyword": "t[k]; log += ['before']; entered(x=1); log += ['after']",
    "entry of a method": "t[k]; log += ['before']; m.method(); log += ['after']",
    "entry of a class body": "t[k]; log += ['before']\nclass C:\n log += ['inside']\nlog += ['after']",
    "for": "for i in (1, 2, 3):\n log += [i]\n if i == 1: t[k]\n log += ['end']",
    "for over range": "for i in range(3):\n log += [i]\n if i == 1: t[k]\n log += ['end']",
    "for over a list": "for i in [0, 1, 2]:\n log += [i]\n if i == 1: t[k]\n log += ['end']",
    "continue": "for i in (1, 2, 3):\n log += [i]\n if i == 1:\n  t[k]\n  continue\n log += ['end']",
    "while": "i = 0\nwhile i < 3:\n i += 1\n log += [i]\n if i == 1: t[k]\n log += ['end']",
    "while true": "i = 0\nwhile True:\n i += 1\n log += [i]\n if i == 1: t[k]\n log += ['end']\n if i == 3: break",
    "while float": "i = 0.0\nwhile i < 3.0:\n i += 1.0\n log += [i]\n if i == 1.0: t[k]\n log += ['end']",
    "while str": "i = ''\nwhile i != 'xxx':\n i += 'x'\n log += [i]\n if i == 'x': t[k]\n log += ['end']",
    "while object": "i = [1, 2, 3]\nwhile i:\n log += [i.pop()]\n if len(i) == 2: t[k]\n log += ['end']",
    "while not": "i = 0\nwhile not i == 3:\n i += 1\n log += [i]\n if i == 1: t[k]\n log += ['end']",
    "while is": "i = 0\nj = None\nwhile j is None:\n i += 1\n log += [i]\n if i == 1: t[k]\n if i == 3: j = 1\n log += ['end']",
    "while is not": "i = 0\nj = 1\nwhile j is not None:\n i += 1\n log += [i]\n if i == 1: t[k]\n if i == 3: j = None\n log += ['end']",
    "comprehension": "x = [(log.__iadd__([i]), t[k] if i == 1 else 0) for i in (1, 2)]",
    "resumed": "g = gen(); next(g); t[k]; log += ['before']; next(g); log += ['after']",
    "resumed by send": "g = gen(); next(g); t[k]; log += ['before']; g.send(1); log += ['after']",
    "resumed by for": "for i in gen():\n log += [i]\n if i == 1: t[k]\n log += ['end']",
    "yield from": "g = outer_gen(); next(g); t[k]; log += ['before']; next(g); log += ['after']",
    "yield": "for x in triggering(k): log += [x]",
    "await": "try: co(k).send(None)\nexcept StopIteration: pass",
    "call into C": "t[k]; log += ['before']; abs(1); log += ['after']",
    "call of a C method": "t[k]; log += ['before']; 'a'.upper(); log += ['after']",
    "call of a C method with arguments": "t[k]; log += ['before']; 'a'.split('a', 1); log += ['after']",
    "call of a class": "t[k]; log += ['before']; dict(a=1); log += ['after']",
    "call with a star": "t[k]; log += ['before']; abs(*[1]); log += ['after']",
    "call with keywords": "t[k]; log += ['before']; sorted([1], key=None); log += ['after']",
    "operators": "t[k]; log += ['before']; x = [1] + [2]; x[0]; x == 1; x.append; -x[0]; log += ['after']",
    "return": "def f():\n t[k]\n return 1\nx = f(); log += ['after']; x = 1; log += ['end']",
    "try": "try:\n t[k]\n log += ['in try']\nfinally:\n log += ['finally']\nfor i in (1, 2): log += [i]",
    "with": "with manager() as x:\n t[k]\n log += ['inside']\nlog += ['after']",
}
HELPERS = """
def entered(x=0):
    global log
    log += ['entered']
class M:
    def method(self):
        global log
        log += ['entered']
class manager:
    def __enter__(self):
        pass
    def __exit__(self, *args):
        global log
        log += ['exit']
m = M()
def gen():
    global log
    for i in (1, 2, 3):
        yield i
        log += ['resumed']
def outer_gen():
    yield from gen()
def triggering(k):
    global log
    yield 1
    t[k]
    log += ['triggered']
    yield 2
    log += ['resumed']
    yield 3
async def inner_co():
    global log
    log += ['in await']
async def co(k):
    global log
    t[k]
    log += ['before']
    await inner_co()
    log += ['after']
"""


def run(name, body, kind):
    space = {"t": t, "log": log}
    exec(HELPERS + "def case(k):\n global log\n" + "\n".join(" " + line for line in body.split("\n")), space)
    case = space["case"]
    for turn in range(40):
        log.clear()
        try:
            case(kind)
            for i in (1, 2):
                pass
        except (ValueError, KeyError) as error:
            log.append(type(error).__name__)
        if turn in (0, 39):
            print(f"{name} ({kind}):", *log)


for name, body in CASES.items():
    for kind in ("pending", "signal", "failing", "async"):
        run(name, body, kind)
