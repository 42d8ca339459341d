"""What foreign code sees when the engine reaches it: where the frame stands (prev_instr) and the reference counts of the
operands, at the first run of a function and when it has run often enough to be specialised.

Fails when SAVE() is left out of an instruction (its place is the one of an earlier instruction), and when an operand is
passed without a reference of its own (a count is one less).
"""
import dis
import foreign

probe = foreign.load("probe")
Probe = probe.Probe
take = probe.take


class Holder:
    """Has probes in all the places an attribute can stand."""
    kind = Probe()
    descriptor = probe.Descriptor()

    def __init__(self):
        self.own = Probe()

    def method(self, x):
        return None


class Slotted:
    __slots__ = ("own", "__weakref__")

    def __init__(self):
        self.own = Probe()


class Sub(Probe):
    pass


outer = Probe()
BINARY = "+ - * % ** << >> & ^ | // / @ += -= *= |=".split()
COMPARISONS = "== != < <= > >= in".split()
CASES = {
    "unary": "-p; +p; ~p; not p; -Probe(); not Probe()",
    "bool": "x = 1 if p else 2\nx = 1 if Probe() else 2\nx = p and 3\nx = Probe() or 3\nx = p or 3\nwhile not p: pass\n"
            "x = Probe.false() or Probe.false() or 3",
    "assert": "assert p\nassert Probe()",
    "globals": "outer + 1; outer[1]; outer.x; outer(1); outer == 3; outer.one(outer)",
    "store local": "x = Probe()\nx = Probe()\nx = 1",
    "delete local": "x = Probe()\ndel x",
    "pop": "Probe()\nNone",
    "two stores": "x, y = Probe(), Probe()\nx, y = y, x\nx = y = Probe()\nx = y = None",
    "store then load": "x = Probe()\nx = p; y = x\nx = Probe(); y = x; y = None; x = y",
    "item": "p[1]; p[p]; Probe()[p]; p[Probe()]; p[1:2]",
    "set item": "p[1] = p\np[p] = Probe()\nProbe()[1] = 2\ndel p[1]\ndel Probe()[p]",
    "container item": "l = [p, Probe()]\nd = {1: p}\nl[0] = Probe()\nl[0] = p\nd[1] = Probe()\nd[1] = 2\nl[0]; d[1]; l[1] = None",
    "hashed": "d = {p: 1}\nd[p]\nd[p] = 2\np in d\ns = {p, Probe()}\ndel d[p]",
    "index": "l = [1, 2, 3]\nl[p]; l[Probe()]\nl[p] = 5",
    "attribute": "p.x; Probe().x\np.x = p\np.x = Probe()\nProbe().x = 1\ndel p.x\ndel Probe().x",
    "call": "p(); p(p); p(Probe(), 1); Probe()(p); p(*[p]); p(p, k=p); p(**{'k': 1})",
    "functions": "probe.none(); probe.one(p); probe.one(Probe()); probe.fast(p, Probe()); probe.keywords(p, k=Probe())\n"
                 "probe.tuple(p); probe.tuple(Probe(), 1); probe.fast(*[p]); probe.keywords(*[p], **{'k': p})",
    "functions by name": "none(); one(p); one(Probe()); fast(p, Probe()); keywords(p, k=Probe()); tuple_(p)",
    "methods": "p.none(); p.one(p); p.one(Probe()); p.fast(p, Probe()); p.keywords(p, k=Probe()); p.tuple(p)\n"
               "Probe().none(); Probe().one(p); Probe().fast(p, p)",
    "builtins": "len(p); len(Probe()); isinstance(p, Probe); isinstance(Probe(), int); type(Probe()); repr(Probe()); hash(p)",
    "append": "l = []\nl.append(p)\nl.append(Probe())\nl = None",
    "loop": "for x in p: pass\nfor x in Probe(): pass",
    "loop over list": "for x in [Probe(), p, Probe()]: pass\nfor x in (Probe(), p): pass\nfor x in range(3): y = Probe()",
    "break": "for x in Probe(): break\nfor x in [Probe(), Probe()]: break\nx = None",
    "unpack": "a, b = p\na, b = Probe()\na, b = Probe(), Probe()\na, *b = [Probe(), 1]\na = b = None",
    "spread": "[*p]; (*p, 1); {*p}; [*Probe()]; f(*p)",
    "build": "(p, Probe()); [p, Probe()]; {1: Probe()}; {Probe()}; f'{p}{Probe()}'; p[p:p]; {'a': p, 'b': Probe()}",
    "comprehension": "[x for x in p]; {x for x in p}; {1: x for x in p}; list(x for x in p)",
    "with": "with p: 1/0\nwith p as x: pass\nwith Probe(): pass",
    "in": "1 in p; p in p; Probe() in p; p in Probe(); p not in p; 1 in Probe()",
    "in list": "p in [1, p]; Probe() in [2]; p in (1,)",
    "is": "p is p; Probe() is p; Probe() is None; Probe() is not None",
    "chain": "1 < p < 2; p < Probe() < p",
    "jump": "if p == 1: pass\nif Probe() != 1: pass\nif p is None: pass\nif Probe() is None: pass\nif 1.5 < p: pass",
    "instance": "h.own + 1; h.own[1]; h.own.x; h.own(1); h.own.one(2); h.own == h.own; Holder().own + 1; Holder().own",
    "instance store": "h.own = Probe()\nh.own = Probe()\nh.new = Probe()\nh.new = None\ndel h.new\nHolder().own = Probe()",
    "slots": "s.own + 1; s.own.x; Slotted().own; Slotted().own + 1\ns.own = Probe()\ns.own = p\nSlotted().own = 1",
    "class attribute": "h.kind + 1; Holder.kind + 1; h.kind.x; Holder.kind.one(1)",
    "descriptor": "h.descriptor; Holder.descriptor; Holder().descriptor\nh.descriptor = p\nh.descriptor = Probe()",
    "python call": "f(p); f(Probe()); f(x=Probe()); g(Probe()); h.method(Probe()); f(*[Probe()]); f(**{'x': Probe()})",
    "python class": "Holder(); Slotted(); Sub(); Holder",
    "closure": "c = Probe()\ndef k(): return c\nk() + 1; k()[1]\nc = Probe()\nk = None\nc = 2\n",
    "generator": "for x in made(p): pass\nfor x in made(Probe()): pass\nlist(made(p)); next(made(Probe()))",
    "exception": "try:\n raise ValueError(Probe())\nexcept ValueError as e:\n pass\ntry:\n p + (1/0)\nexcept ZeroDivisionError:\n pass\n"
                 "try:\n Probe() + (1/0)\nexcept ZeroDivisionError:\n pass\n",
    "nested temporaries": "(Probe() + Probe()) ; [Probe()] + [p]; (p, Probe())[0] + p; [p][0] + p",
    "floats": "x = 1.5\nx + p; p + x; (x + 1.0) + p; p + (x * 2.0); p + float(3); (x + 2.5) - p; x += p",
    "ternary arguments": "fast(p if p else 1, Probe() if p else 2)",
    "delete global": "global spare\nspare = Probe()\nspare = Probe()\ndel spare",
    "match": "match p:\n case 1: pass\n case _: pass\nmatch Probe():\n case [a, b]: pass\n case _: pass",
    "return": "x = Probe()\nreturn 5",
    "return probe": "x = Probe()\nreturn x",
}
for operator in BINARY:
    name = operator if operator[-1] == "=" else operator + "="
    CASES["binary " + operator] = (f"x = p\nx {name} 1\nx = 1\nx {name} p\nx = Probe()\nx {name} Probe()\nx = p\nx {name} x\n"
                                   f"x = 1.5\nx {name} p\nx = [1]\n")
    if operator[-1] != "=":
        CASES["plain " + operator] = (f"p {operator} 1; 1 {operator} p; p {operator} p; Probe() {operator} p; "
                                      f"p {operator} Probe(); x = p {operator} 2; outer {operator} p; Probe() {operator} Probe()")
for operator in COMPARISONS:
    CASES["comparison " + operator] = f"p {operator} p; Probe() {operator} p; p {operator} Probe(); outer {operator} p"


def places(code):
    """Bytecode offset -> the instruction it belongs to. A call's PRECALL, on which CPython's fast calls stand, is the CALL;
    its caches too, on which CPython's callers stand while a callee ends. Of two stores CPython shows the first for both."""
    found, name, start = {}, None, 0
    for i in dis.get_instructions(code, show_caches=True):
        if i.opname != "CACHE" and not (name == i.opname == "STORE_FAST"):
            name, start = i.opname, i.offset
        found[i.offset] = (name, start) if name != "PRECALL" else ("CALL", start + 4)
    return found


def run(name, body):
    lines = ["def case(p, h, s, one, none, fast, keywords, tuple_):"] + [" " + line for line in body.split("\n")]
    space = dict(globals(), f=lambda x=None, *a: None, g=lambda x, y=1: None)
    exec("def made(x):\n yield x\n yield 2\n" + "\n".join(lines), space)
    case = space["case"]
    place = places(case)
    arguments = (Probe(), Holder(), Slotted(), probe.one, probe.none, probe.fast, probe.keywords, probe.tuple)
    for turn in range(120):
        take()
        case(*arguments)
        if turn in (0, 119):
            print(name, "cold" if turn == 0 else "hot")
            for slot, lasti, *counts in take():
                print("  ", *place.get(lasti, ("elsewhere", lasti)), slot, *counts)
    space.clear()


for name, body in CASES.items():
    run(name, body)
