"""Every message for wrong programs: type, text, place, line; and every warning, also as an error."""
import os
import sys
import warnings

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
import outcomes

def programs():
    """Kind and text of each program of errors.txt."""
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "errors.txt"), encoding="utf-8") as file:
        kind = None
        for line in file:
            if line.startswith("## "):
                kind = line[3:-1]
            elif kind:
                for text in line[:-1].split(" @@ "):
                    pieces = text.split("\\\\")
                    yield kind, "\\".join(p.replace("\\n", "\n").replace("\\t", "\t") for p in pieces)


def show(text, mode="exec"):
    outcome = outcomes.of("code0", text, "<test>", mode)
    print(mode, repr(text), outcome[0][1:] if outcome[0][0] == "error" else outcomes.digest(outcome), outcome[1])


def as_errors(text):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            compile(text, "<test>", "exec", dont_inherit=True)
            print("error", repr(text), "compiles")
        except (SyntaxError, Warning) as error:
            print("error", repr(text), type(error).__name__, error.args)


def main():
    for kind, program in programs():
        for mode in "exec", "eval", "single":
            show(program, mode)
        show("x = 1\n" + program + "\n")
        show("def f():\n  " + program.replace("\n", "\n  ") + "\n\ny = 2\n")
        show("x = (" + program + ")")
        if kind == "literals":
            show("f(a,\n  " + program + ", c)")
        as_errors(program)


main()
