"""lisp.py - a small Lisp: reader, macros, tail calls, closures, errors; runs its programs from standard input."""
import math
import operator
import re
import sys
from fractions import Fraction


class LispError(Exception):
    """An error of the program that is run, with the form it happened in."""

    def __init__(self, message, form=None):
        super().__init__(message)
        self.form = form


class Symbol(str):
    __slots__ = ()
    table = {}

    def __new__(cls, name):
        if name not in cls.table:
            cls.table[name] = super().__new__(cls, name)
        return cls.table[name]

    def __repr__(self):
        return str(self)


class Nil:
    _one = None

    def __new__(cls):
        if cls._one is None:
            cls._one = super().__new__(cls)
        return cls._one

    def __iter__(self):
        return iter(())

    def __bool__(self):
        return False

    def __repr__(self):
        return "()"


NIL = Nil()


class Pair:
    __slots__ = ("head", "tail")

    def __init__(self, head, tail):
        self.head, self.tail = head, tail

    def __iter__(self):
        node = self
        while isinstance(node, Pair):
            yield node.head
            node = node.tail
        if node is not NIL:
            raise LispError("improper list", self)

    def __eq__(self, other):
        return isinstance(other, Pair) and self.head == other.head and self.tail == other.tail

    def __hash__(self):
        return hash((self.head, self.tail))


def to_list(items, end=NIL):
    result = end
    for item in reversed(list(items)):
        result = Pair(item, result)
    return result


TOKEN = re.compile(r"""\s+|;[^\n]*|(?P<token>,@|[()'`,]|"(?:[^"\\]|\\.)*"|[^\s()'`,;"]+)""")
QUOTES = {"'": "quote", "`": "quasiquote", ",": "unquote", ",@": "unquote-splicing"}


class Reader:
    def __init__(self, text):
        self.tokens = []
        at = 0
        while at < len(text):
            match = TOKEN.match(text, at)
            if not match:
                raise LispError(f"cannot read {text[at:at + 10]!r}")
            if match["token"]:
                line = text.count("\n", 0, at) + 1
                self.tokens.append((match["token"], line))
            at = match.end()
        self.at = 0

    def __iter__(self):
        while self.at < len(self.tokens):
            yield self.read()

    def next(self):
        if self.at >= len(self.tokens):
            raise LispError("unexpected end of input")
        token = self.tokens[self.at]
        self.at += 1
        return token

    def read(self):
        token, line = self.next()
        if token == "(":
            items, end = [], NIL
            while True:
                if self.at < len(self.tokens) and self.tokens[self.at][0] == ")":
                    self.at += 1
                    return to_list(items, end)
                if self.at < len(self.tokens) and self.tokens[self.at][0] == "." and items:
                    self.at += 1
                    end = self.read()
                    if self.next()[0] != ")":
                        raise LispError(f"line {line}: more than one form after the dot")
                    return to_list(items, end)
                items.append(self.read())
        if token == ")":
            raise LispError(f"line {line}: unexpected )")
        if token in QUOTES:
            return to_list([Symbol(QUOTES[token]), self.read()])
        return self.atom(token)

    @staticmethod
    def atom(token):
        if token.startswith('"'):
            return re.sub(r"\\(.)", lambda m: {"n": "\n", "t": "\t"}.get(m[1], m[1]), token[1:-1])
        if token in ("#t", "#f"):
            return token == "#t"
        for convert in (int, Fraction, float):
            try:
                return convert(token)
            except (ValueError, ZeroDivisionError):
                pass
        return Symbol(token)


def show(value, quoted=True):
    match value:
        case True | False:
            return "#t" if value else "#f"
        case Symbol():
            return str(value)
        case str():
            return '"%s"' % value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") if quoted else value
        case Pair(head=Symbol() as head, tail=Pair(head=only, tail=Nil())) if head in QUOTES.values():
            return next(k for k, v in QUOTES.items() if v == head) + show(only, quoted)
        case Pair():
            parts = []
            while isinstance(value, Pair):
                parts.append(show(value.head, quoted))
                value = value.tail
            if value is not NIL:
                parts += [".", show(value, quoted)]
            return "(" + " ".join(parts) + ")"
        case float() if math.isinf(value):
            return "+inf" if value > 0 else "-inf"
        case _:
            return str(value)


class Environment(dict):
    def __init__(self, names=(), values=(), outer=None):
        super().__init__(zip(names, values))
        self.outer = outer

    def find(self, name):
        scope = self
        while scope is not None:
            if name in scope:
                return scope
            scope = scope.outer
        raise LispError(f"unbound: {name}")


class Function:
    is_macro = False

    def __init__(self, parameters, body, scope, name="lambda"):
        self.names, self.rest = [], None
        while isinstance(parameters, Pair):
            self.names.append(parameters.head)
            parameters = parameters.tail
        if parameters is not NIL:
            self.rest = parameters
        self.body, self.scope, self.name = body, scope, name

    def bind(self, values):
        if len(values) < len(self.names) or (self.rest is None and len(values) > len(self.names)):
            raise LispError(f"{self.name}: expected {len(self.names)}{'+' if self.rest else ''} arguments, "
                            f"got {len(values)}")
        scope = Environment(self.names, values, self.scope)
        if self.rest is not None:
            scope[self.rest] = to_list(values[len(self.names):])
        return scope

    def __call__(self, *values):
        return evaluate_all(self.body, self.bind(list(values)))

    def __str__(self):
        return f"#<{'macro' if self.is_macro else 'function'} {self.name}>"


class Macro(Function):
    is_macro = True


def evaluate_all(body, scope):
    result = NIL
    for form in body:
        result = evaluate(form, scope)
    return result


def quasi(form, scope, depth=1):
    if not isinstance(form, Pair):
        return form
    if form.head == "unquote":
        return evaluate(form.tail.head, scope) if depth == 1 else to_list(["unquote", quasi(form.tail.head, scope, depth - 1)])
    if isinstance(form.head, Pair) and form.head.head == "unquote-splicing" and depth == 1:
        return to_list(evaluate(form.head.tail.head, scope), quasi(form.tail, scope, depth))
    return Pair(quasi(form.head, scope, depth), quasi(form.tail, scope, depth))


def evaluate(form, scope):
    """Loops for what stands in tail position, so that loops written as recursion stay flat."""
    while True:
        if isinstance(form, Symbol):
            return scope.find(form)[form]
        if not isinstance(form, Pair):
            return form
        head = form.head
        arguments = list(form.tail)
        match head, arguments:
            case "quote", [value]:
                return value
            case "quasiquote", [value]:
                return quasi(value, scope)
            case "if", [test, then, *otherwise]:
                if evaluate(test, scope) not in (False,):
                    form = then
                elif otherwise:
                    form = otherwise[0]
                else:
                    return NIL
                continue
            case "define", [Symbol() as name, value]:
                scope[name] = value = evaluate(value, scope)
                if isinstance(value, Function) and value.name == "lambda":
                    value.name = name
                return name
            case ("define" | "define-macro") as kind, [Pair(head=name, tail=parameters), *body]:
                maker = Macro if kind == "define-macro" else Function
                scope[name] = maker(parameters, body, scope, name)
                return name
            case "set!", [name, value]:
                scope.find(name)[name] = evaluate(value, scope)
                return NIL
            case "lambda", [parameters, *body]:
                return Function(parameters, body, scope)
            case "let", [Symbol() as name, bindings, *body]:
                names, values = zip(*(list(b) for b in bindings)) if bindings else ((), ())
                inner = Environment(outer=scope)
                inner[name] = Function(to_list(names), body, inner, name)
                form, scope = to_list([inner[name], *values]), scope
                continue
            case "let", [bindings, *body]:
                pairs = [list(binding) for binding in bindings]
                scope = Environment([n for n, _ in pairs], [evaluate(v, scope) for _, v in pairs], scope)
                form = Pair(Symbol("begin"), to_list(body))
                continue
            case "begin", [*body]:
                for each in body[:-1]:
                    evaluate(each, scope)
                if not body:
                    return NIL
                form = body[-1]
                continue
            case "cond", clauses:
                for clause in clauses:
                    test, *body = clause
                    if test == "else" or evaluate(test, scope) is not False:
                        form = Pair(Symbol("begin"), to_list(body))
                        break
                else:
                    return NIL
                continue
            case "try", [body, handler]:
                try:
                    return evaluate(body, scope)
                except LispError as error:
                    return evaluate(handler, scope)(str(error))
        function = evaluate(head, scope)
        if isinstance(function, Macro):
            form = function(*arguments)
            continue
        values = [evaluate(argument, scope) for argument in arguments]
        if isinstance(function, Function):
            scope = function.bind(values)
            form = Pair(Symbol("begin"), to_list(function.body))
            continue
        if not callable(function):
            raise LispError(f"not a function: {show(function)}", form)
        try:
            return function(*values)
        except (TypeError, ValueError, ArithmeticError, AttributeError) as error:
            raise LispError(f"{show(head)}: {type(error).__name__}: {error}", form) from error


def chain(compare):
    return lambda *values: all(compare(a, b) for a, b in zip(values, values[1:]))


def divide(first, *others):
    for other in others:
        exact = isinstance(first, (int, Fraction)) and isinstance(other, (int, Fraction))
        first = Fraction(first) / other if exact else first / other
    return first.numerator if isinstance(first, Fraction) and first.denominator == 1 else first


def fail(message):
    raise LispError(message)


def standard(output):
    scope = Environment()
    functions = {
        "+": lambda *v: sum(v), "*": lambda *v: math.prod(v), "/": divide,
        "-": lambda first, *rest: first - sum(rest) if rest else -first,
        "=": chain(operator.eq), "<": chain(operator.lt), ">": chain(operator.gt), "<=": chain(operator.le),
        "mod": operator.mod, "quotient": operator.floordiv, "expt": pow, "sqrt": math.sqrt, "not": lambda v: v is False,
        "cons": Pair, "car": lambda p: p.head, "cdr": lambda p: p.tail, "list": lambda *v: to_list(v),
        "null?": lambda v: v is NIL, "pair?": lambda v: isinstance(v, Pair), "eq?": operator.is_,
        "equal?": operator.eq, "symbol?": lambda v: isinstance(v, Symbol), "length": lambda v: len(list(v)),
        "append": lambda *v: to_list(item for part in v for item in part), "apply": lambda f, v: f(*v),
        "map": lambda f, *v: to_list(map(f, *v)), "filter": lambda f, v: to_list(i for i in v if f(i) is not False),
        "reverse": lambda v: to_list(list(v)[::-1]), "sort": lambda v, k=None: to_list(sorted(v, key=k)),
        "string-append": lambda *v: "".join(v), "number->string": show, "string->symbol": Symbol,
        "display": lambda *v: output.write(" ".join(show(i, False) for i in v)) and NIL,
        "newline": lambda: output.write("\n") and NIL, "error": fail, "eval": lambda form: evaluate(form, scope),
    }
    scope.update((Symbol(name), function) for name, function in functions.items())
    return scope


def main():
    scope = standard(sys.stdout)
    status = 0
    for form in Reader(sys.stdin.read()):
        try:
            value = evaluate(form, scope)
        except LispError as error:
            status = 1
            print("error:", error, "in" if error.form else "", show(error.form) if error.form else "")
            print("error:", error, file=sys.stderr)
        else:
            print("=>", show(value))
    return status


if __name__ == "__main__":
    sys.exit(main())
