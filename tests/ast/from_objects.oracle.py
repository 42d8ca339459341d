"""What wrong trees are told when they are compiled."""
import ast

TREES = [
    lambda: ast.Module([], []), lambda: ast.Module([ast.Expr(None)], []), lambda: ast.Module([None], []),
    lambda: ast.Module(1, []), lambda: ast.Expression(ast.Constant(1)), lambda: ast.Module([ast.Pass()], []),
    lambda: fixed(ast.Expr(ast.BoolOp(ast.And(), [ast.Constant(1)]))),
    lambda: fixed(ast.Expr(ast.Compare(ast.Constant(1), [], []))),
    lambda: fixed(ast.Expr(ast.Dict([None], []))), lambda: fixed(ast.Expr(ast.Name("a", ast.Store()))),
    lambda: fixed(ast.Expr(ast.Name("None", ast.Load()))), lambda: fixed(ast.Expr(ast.Constant([]))),
    lambda: fixed(ast.Delete([])), lambda: fixed(ast.Delete([ast.Constant(1)])), lambda: fixed(ast.Raise(None, ast.Constant(1))),
    lambda: fixed(ast.Try([ast.Pass()], [], [], [])), lambda: fixed(ast.While(ast.Constant(1), [], [])),
    lambda: fixed(ast.ImportFrom("a", [ast.alias("b")], -1)), lambda: fixed(ast.Import([])),
    lambda: fixed(ast.Match(ast.Constant(1), [ast.match_case(ast.MatchStar("a"), None, [ast.Pass()])])),
    lambda: fixed(ast.Match(ast.Constant(1), [ast.match_case(ast.MatchAs(None, "_"), None, [ast.Pass()])])),
    lambda: ast.Module([ast.Expr(ast.Constant(1), lineno=2, col_offset=0, end_lineno=1, end_col_offset=0)], []),
]


def fixed(statement):
    return ast.fix_missing_locations(ast.Module([statement], []))


for make in TREES:
    try:
        compile(make(), "<test>", "exec")
        print("compiles")
    except (TypeError, ValueError) as error:
        print(type(error).__name__, error)
for name in sorted(vars(ast)):
    value = getattr(ast, name)
    if isinstance(value, type) and issubclass(value, ast.AST) and value.__module__ == "ast":
        print(name, value.__bases__, value._fields, value._attributes, value.__doc__)
