"""string.Template and Formatter, textwrap, shlex, difflib, pprint."""
import difflib
import pprint
import shlex
import string
import textwrap


def program():
    text = "Memory may run out at any moment; a program should survive that, and say so."
    return (string.Template("$a and ${b}").substitute(a=1, b="x"), string.Formatter().format("{0:>5}{k!r}", "a", k=[1]), textwrap.wrap(text, 30),
            textwrap.dedent("  a\n    b\n"), shlex.split("a 'b c' \"d\""), list(difflib.ndiff(["a", "b"], ["a", "c"])), pprint.pformat({"k": list(range(30))}, width=40))
