"""outcomes.py - what the front end makes of sources, as plain data that two interpreters can be held against each other by.

A part is a view of one source: `code0` `code1` `code2` (code objects by optimize), `tree` (ast with all attributes),
`tokens` (the C tokenizer), `tokenize` (the library's), `symbols` (symbol tables), `strings` (code0 in all modes of all string constants,
docstrings and the doctests in them among these, as if each were a program). Each gives nested lists of text and
numbers: [result, warnings]. Run as a program: outcomes.py JOBS OUT [full], where a line of JOBS is the JSON of
[part, path], [part, path, seed, n] (the n-th mutant of the file) or [part, "<program>", seed] (a random program); OUT gets a line for each, with a digest for the
outcome unless `full` is given. Every other mutant stands in a file, mutant.py in the current folder, so that errors
read their line from there; the rest are known as <mutant>.
"""
import ast
import hashlib
import io
import json
import struct
import sys
import tokenize
import types
import warnings

import _symtable
import _tokenize

CODE_FIELDS = ("co_code co_names co_varnames co_cellvars co_freevars co_argcount co_posonlyargcount co_kwonlyargcount "
               "co_nlocals co_flags co_stacksize co_name co_qualname co_filename co_firstlineno co_linetable "
               "co_exceptiontable").split()
ERROR_FIELDS = "msg filename lineno offset end_lineno end_offset text print_file_and_line args".split()
TABLE_FIELDS = "type name lineno nested children id symbols varnames".split()
PARTS = "code0 code1 code2 tree symbols tokens tokenize strings".split()


def constant(value):
    """A constant by exact type and value: the sign of a zero or a nan counts, the order in a frozenset does not."""
    kind = type(value)
    if kind is types.CodeType:
        return code(value)
    if kind is tuple:
        return ["tuple", *map(constant, value)]
    if kind is frozenset:
        return ["frozenset", *sorted(map(constant, value), key=repr)]
    if kind is float:
        return ["float", struct.pack(">d", value).hex()]
    if kind is complex:
        return ["complex", struct.pack(">dd", value.real, value.imag).hex()]
    return [kind.__name__, hex(value) if kind is int else repr(value)]


def code(value):
    return ["code", value.co_name, *([field, repr(getattr(value, field))] for field in CODE_FIELDS),
            ["co_consts", *map(constant, value.co_consts)]]


def tree(root, fields={}):
    """A line for each node, in preorder: kind, plain fields by exact type and repr, attributes.

    `fields` remembers for each kind of node its fields and attributes.
    """
    lines, todo = [], [root]
    while todo:
        node = todo.pop()
        if type(node) is list:
            lines.append(f"[{len(node)}]")
            todo.extend(reversed(node))
            continue
        kind = type(node)
        if not issubclass(kind, ast.AST):
            lines.append(f"{kind.__name__} {node!r}")
            continue
        names = fields.get(kind)
        if names is None:
            names = fields[kind] = kind._fields + kind._attributes
        values, line, below = node.__dict__, kind.__name__, []
        for name in names:
            value = values.get(name, "missing")
            inner = type(value)
            if inner is int:
                line += f" {value}"
            elif inner is list or issubclass(inner, ast.AST):
                below.append(value)
                line += " ."
            else:
                line += f" {name}={constant(value)}"
        lines.append(line if len(values) == len(names) else f"{line} attributes {sorted(values)}")
        todo.extend(reversed(below))
    return lines


def symbols(entry):
    """A symbol table with all tables below it; its own number is left out, it is an address."""
    return ["table", entry.name, ["type", entry.type], ["lineno", entry.lineno], ["nested", int(entry.nested)],
            ["varnames", *entry.varnames], ["symbols", *([name, flags] for name, flags in entry.symbols.items())],
            ["children", *map(symbols, entry.children)]]


def strings(source, path, mode):
    texts = {node.value for node in ast.walk(ast.parse(source, path)) if isinstance(node, ast.Constant)
             and isinstance(node.value, str) and not node.value.isidentifier()}
    for text in list(texts):
        if ">>> " in text:
            texts.update(example.source for example in doctest_examples(text))
    return [[text, kind, *of("code0", text, "<string>", kind)] for text in sorted(texts) for kind in ("exec", "eval", "single")]


def doctest_examples(text):
    import doctest
    try:
        return doctest.DocTestParser().get_examples(text)
    except ValueError: # not meant as a doctest
        return []


def made(part, source, path, mode):
    if part[:4] == "code":
        return code(compile(source, path, mode, dont_inherit=True, optimize=int(part[4])))
    if part[:4] == "tree":
        return tree(compile(source, path, mode, ast.PyCF_ONLY_AST | int(part[4:] or 0), dont_inherit=True))
    if part == "symbols":
        return symbols(_symtable.symtable(source, path, mode))
    if part == "strings":
        return strings(source, path, mode)
    if part == "tokens":
        return [list(map(str, token)) for token in _tokenize.TokenizerIter(text_of(source))]
    return [list(map(str, token)) for token in tokenize.generate_tokens(io.StringIO(text_of(source)).readline)]


def text_of(source):
    if isinstance(source, str):
        return source
    encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
    return source.decode(encoding)


def of(part, source, path, mode="exec"):
    """[what the part makes of the source, the warnings on the way]."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result = made(part, source, path, mode)
        except SyntaxError as error:
            result = ["error", type(error).__name__, *([field, repr(getattr(error, field))] for field in ERROR_FIELDS)]
        except (ValueError, RecursionError, MemoryError, OverflowError, tokenize.TokenError) as error:
            result = ["error", type(error).__name__, str(error)]
    return [result, [[w.category.__name__, str(w.message), w.filename, w.lineno, w.line] for w in caught]]


def digest(outcome):
    return hashlib.md5(json.dumps(outcome).encode()).hexdigest()


def differences(a, b, place=""):
    """Names the places where two outcomes differ; lists are walked, their first item names them when it is text."""
    if type(a) is not type(b) or not isinstance(a, list):
        if a != b:
            yield f"{place}: {str(a)[:100]} | {str(b)[:100]}"
        return
    if a and isinstance(a[0], str):
        place += "." + (a[1] if a[0] == "code" and len(a) > 1 else a[0])
    if len(a) != len(b):
        yield f"{place}: {len(a)} | {len(b)} items"
    for x, y in zip(a, b):
        if x != y:
            yield from differences(x, y, place)


def main():
    jobs, out, *full = sys.argv[1:]
    sys.dont_write_bytecode = True
    import mutants
    import programs
    with open(jobs) as listed, open(out, "w") as results:
        for line in listed:
            part, path, *mutant = json.loads(line)
            if path == "<program>":
                source, mutant = programs.program(mutant[0]), []
            else:
                with open(path, "rb") as file:
                    source = file.read()
            if mutant:
                source = mutants.mutant(path, source, *mutant)
                path = ("<mutant>", "mutant.py")[mutant[1] % 2]
                if path == "mutant.py":
                    with open(path, "wb") as file:
                        file.write(source)
            outcome = of(part, source, path)
            results.write(json.dumps(outcome if full else digest([outcome, digest(repr(source))])) + "\n")


if __name__ == "__main__":
    main()
