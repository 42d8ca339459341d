"""ast, tokenize, symtable, dis of a small program."""
import ast
import dis
import io
import symtable
import tokenize

SOURCE = "def f(a, *b, c=1):\n    return [x for x in b if x > a], lambda: c\n"


def program():
    tree = ast.parse(SOURCE)
    names = sorted({node.id for node in ast.walk(tree) if isinstance(node, ast.Name)})
    again = compile(ast.fix_missing_locations(ast.parse(ast.unparse(tree))), "<t>", "exec")
    tokens = [t.string for t in tokenize.generate_tokens(io.StringIO(SOURCE).readline)]
    table = symtable.symtable(SOURCE, "<t>", "exec").get_children()[0]
    out = io.StringIO()
    dis.dis(again, file=out)
    return names, ast.dump(tree)[:80], tokens, sorted(table.get_locals()), len(out.getvalue().splitlines())
