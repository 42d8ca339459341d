"""Hundreds of seeded programs (lifetimes.py) print the same, in the same order: which object ends when, which callback is
called when. KAA_SEEDS, or a first and last seed as arguments, say how many.

Fails when an operand is released before or after its time, for instance when arguments are given up while the callee
runs, when an exception's traceback keeps a frame too long, when a generator's locals outlive its end.
"""
import gc
import os
import sys
import warnings

import lifetimes

first, last = 0, int(os.environ.get("KAA_SEEDS", "250"))
if len(sys.argv) > 2:
    first, last = int(sys.argv[1]), int(sys.argv[2])
warnings.simplefilter("ignore")


def unraisable(told):
    print("unraisable", type(told.exc_value).__name__)


sys.unraisablehook = unraisable
gc.disable()
for seed in range(first, last):
    print("seed", seed)
    source = lifetimes.program(seed)
    try:
        code = compile(source, f"seed{seed}", "exec")
    except SyntaxError as error:
        print("SyntaxError", error)
        continue
    space = {"__name__": "seeded"}
    exec(code, space)
    space["budget"] = 200
    for name in list(space):
        if name != "__builtins__" and name[0] in "vfgcw":
            space[name] = None
    gc.collect()
    space["budget"] = 10 ** 9
    space["A"].__del__ = space["C"].__del__ = space["D"].__del__ = lambda self: None
    space.clear()
    gc.collect()
