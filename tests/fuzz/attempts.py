"""attempts.py - what is done with one input of the fuzzer or of the corpus, by its kind: attempt(kind, thing, choice).

Kinds: py (a source, bytes), marshal, pyc (bytes), tree (a tree of the `ast` module).  choice, an int, picks how a source
is compiled; None does all of it.  Gives the name of the outcome; an exception that bad input must not raise goes
through.  store() and load() make bytes of a thing and the thing of its bytes.
"""
import ast
import importlib.machinery
import marshal
import os
import pickle
import sys
import types

import _symtable
import _tokenize

OF_SOURCE = SyntaxError, ValueError, RecursionError, MemoryError
OF_TREE = *OF_SOURCE, TypeError, OverflowError, AttributeError
OF_MARSHAL = SystemError, EOFError, ValueError, TypeError, MemoryError, RecursionError, SyntaxError, OverflowError
OF_PYC = *OF_MARSHAL, ImportError
DONT_IMPLY_DEDENT, INCOMPLETE = 0x200, 0x4000


def compile_as(mode, optimize=-1, flags=0):
    return lambda source: compile(source, "f", mode, flags, dont_inherit=True, optimize=optimize)


def all_tokens(source):
    for _ in _tokenize.TokenizerIter(source if isinstance(source, str) else source.decode("latin-1")):
        pass


def tree_and_back(source):
    compile(ast.parse(source), "f", "exec")


def old_tree(source):
    ast.parse(source, feature_version=(3, 4), type_comments=True)


def round_trip(source):
    code = compile(source, "f", "exec", dont_inherit=True)
    if marshal.loads(marshal.dumps(code)) != code:
        raise AssertionError("another code object comes back from marshal")


def positions(source):
    def walk(code):
        list(code.co_positions())
        list(code.co_lines())
        for constant in code.co_consts:
            if isinstance(constant, types.CodeType):
                walk(constant)
    walk(compile(source, "f", "exec", dont_inherit=True))


WAYS = [compile_as("exec"), compile_as("exec", 2), compile_as("single"), compile_as("eval"), round_trip, tree_and_back,
        compile_as("exec", 1), compile_as("single", 0, DONT_IMPLY_DEDENT | INCOMPLETE), all_tokens, old_tree, positions,
        lambda source: _symtable.symtable(source, "f", "exec"), lambda source: ast.unparse(ast.parse(source)),
        lambda source: compile(source, "f", "func_type", ast.PyCF_ONLY_AST)]


def attempt_source(data, choice):
    outcomes = []
    sources = [data, data.decode("latin-1")] if choice is None else [data if choice % 4 else data.decode("latin-1")]
    for way in WAYS if choice is None else [WAYS[choice // 4 % len(WAYS)]]:
        for source in sources:
            try:
                way(source)
                outcomes.append("ok")
            except OF_SOURCE as error:
                outcomes.append(type(error).__name__)
            except SystemError as error:  # ast.unparse() and _tokenize are held to more than compile()
                raise AssertionError(f"{way}: {error!r}") from error
    return outcomes[0]


def attempt_marshal(data, choice):
    try:
        marshal.loads(data)
    except OF_MARSHAL as error:
        return type(error).__name__
    return "ok"


def attempt_pyc(data, choice):
    path = os.path.join(os.environ.get("TMPDIR", "/tmp"), f"attempt.{os.getpid()}.pyc")
    with open(path, "wb") as file:
        file.write(data)
    try:
        importlib.machinery.SourcelessFileLoader("f", path).get_code("f")
    except OF_PYC as error:
        return type(error).__name__
    finally:
        os.unlink(path)
    return "ok"


def attempt_tree(tree, choice):
    mode = {"Expression": "eval", "Interactive": "single", "FunctionType": "func_type"}.get(type(tree).__name__, "exec")
    try:
        compile(tree, "f", mode, dont_inherit=True, optimize=-1 if choice is None else choice % 3)
    except OF_TREE as error:
        return type(error).__name__
    return "ok"


ATTEMPTS = {"py": attempt_source, "marshal": attempt_marshal, "pyc": attempt_pyc, "tree": attempt_tree}


def attempt(kind, thing, choice=None):
    return ATTEMPTS[kind](thing, choice)


def with_pickle(function, thing):
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(100000)
    try:
        return function(thing)
    finally:
        sys.setrecursionlimit(limit)


def store(kind, thing):
    return with_pickle(pickle.dumps, thing) if kind == "tree" else thing


def load(kind, data):
    return with_pickle(pickle.loads, data) if kind == "tree" else data
