"""Register functions once, run them by index or name.

    import pycommand
    commands = pycommand.Commands()

    @commands.register
    def add(a: int, b: int = 1):
        "Adds two numbers."
        return a + b

    commands.run(0, "3", b="4").value       # 7
    commands.run("add", 3).value            # 4

Texts become what the annotations of the function say. A run gives a Result (value, error, duration); its exception is
logged by pyerror, or raised with errors="raise". `python -m pycommand FILE` lists and runs the commands of a file.
"""

import os
import sys
import time
from collections import namedtuple

__all__ = ["Command", "Commands", "Result", "UsageError"]

TRUE = ("true", "yes", "on", "y", "t", "1")
FALSE = ("false", "no", "off", "n", "f", "0")
NONE = ("", "none", "null")


class UsageError(ValueError):
    """A command was asked for wrongly: unknown, or with missing, surplus or unconvertible parameters."""


class Result(namedtuple("Result", "value error duration")):
    """What a run gave: value (None after an error), error (the exception or None), duration in seconds."""
    __slots__ = ()

    @property
    def ok(self):
        """Whether the command ended without an exception."""
        return self.error is None


class Command(namedtuple("Command", "index name usage help function")):
    """A registered command: index, name, usage (a line), help (the docstring's text), function."""
    __slots__ = ()


class Commands:
    """A list of commands: each has the index in which order it was registered, and a name of its own.

    errors: "log" (a run's exception is logged and shown by pyerror, and stands in the Result) or "raise"; log: the path
    of the log, where it is not the one of pyerror.install(). ValueError for other `errors`.
    """

    def __init__(self, *, errors="log", log=None):
        if errors not in ("log", "raise"):
            raise ValueError(f'errors is "log" or "raise", not {errors!r}')
        self.errors, self.log = errors, log
        self._commands = []
        self._by_name = {}

    def register(self, function=None, *, name=None, help=None):
        """Decorator that adds a function and gives it back unchanged; with or without parentheses."""
        if function is None:
            return lambda function: self.register(function, name=name, help=help)
        self.add(function, name=name, help=help)
        return function

    def add(self, function, *, name=None, help=None):
        """Adds a callable and gives its Command. ValueError for a name that is taken or a number; TypeError if it
        cannot be called."""
        if not callable(function):
            raise TypeError(f"a command must be callable, not {type(function).__name__}")
        name = name or getattr(function, "__name__", type(function).__name__)
        if name in self._by_name or _is_number(name):
            raise ValueError(f"a command is named {name!r} already" if name in self._by_name else
                             f"{name!r} cannot name a command: numbers are indexes")
        index = len(self._commands)
        command = Command(index, name, _usage(name, function), help or _help(function), function)
        self._commands.append(command)
        self._by_name[name] = command
        return command

    def list(self):
        """All commands, in the order of their indexes."""
        return self._commands[:]

    def find(self, which):
        """The Command of an index (a number or its text) or name; UsageError when there is none."""
        if isinstance(which, str) and not _is_number(which):
            command = self._by_name.get(which)
        else:
            command = self._at(int(which))
        if command is None:
            known = ", ".join(f"{c.index} {c.name}" for c in self._commands) or "none"
            raise UsageError(f"unknown command {which!r}; known: {known}")
        return command

    def _at(self, index):
        return self._commands[index] if 0 <= index < len(self._commands) else None

    def run(self, command, /, *args, **kwargs):
        """Runs a command by index or name and gives its Result; a coroutine function is run to its end.

        UsageError, before anything runs, for an unknown command and for parameters that do not fit. What the command
        raises is in the Result, or raised with errors="raise".
        """
        found = self.find(command)
        bound = _bind(found, args, kwargs)
        start = time.perf_counter()
        try:
            value = _finished(found.function(*bound.args, **bound.kwargs))
        except Exception as error:
            if self.errors == "raise":
                raise
            duration = time.perf_counter() - start
            self._report(error)
            return Result(None, error, duration)
        return Result(value, None, time.perf_counter() - start)

    def _report(self, error):
        import pyerror
        if not pyerror.write(error, show=True, log=self.log):
            sys.excepthook(type(error), error, error.__traceback__)


def _is_number(text):
    return text.removeprefix("-").isdecimal()


def _finished(value):
    """The value, or what a coroutine returns."""
    import inspect
    if not inspect.isawaitable(value):
        return value
    import asyncio

    async def wait():
        return await value

    return asyncio.run(wait())


# ---- what a function says of itself ----

def _help(function):
    import inspect
    return inspect.getdoc(function) or ""


def _signature(function):
    """The signature, with annotations that were written as text resolved where that can be done."""
    import inspect
    try:
        return inspect.signature(function, eval_str=True)
    except (NameError, AttributeError, TypeError, SyntaxError):
        pass
    try:
        return inspect.signature(function)
    except (TypeError, ValueError):  # a builtin that does not tell: it takes what it is given
        return inspect.signature(lambda *values: None)


def _usage(name, function):
    words = [name, *map(_parameter_usage, _signature(function).parameters.values())]
    return " ".join(words)


def _parameter_usage(parameter):
    text = parameter.name
    if parameter.annotation is not parameter.empty:
        text += ":" + _type_text(parameter.annotation)
    if parameter.kind is parameter.VAR_POSITIONAL:
        return f"[{text} ...]"
    if parameter.kind is parameter.VAR_KEYWORD:
        return f"[{text}=... ...]"
    if parameter.kind is parameter.KEYWORD_ONLY:
        text = f"{parameter.name}=" + text.removeprefix(parameter.name).removeprefix(":")
    if parameter.default is parameter.empty:
        return text
    return f"[{text}]" if parameter.default is None else f"[{text}={parameter.default!r}]"


def _type_text(annotation):
    origin, members = _parts(annotation)
    if _is_union(origin):
        return "|".join(_type_text(member) for member in members if member is not type(None))
    if _is_literal(origin):
        return "|".join(map(str, members))
    if _is_enum(annotation):
        return "|".join(annotation.__members__)
    if origin:
        return f"{origin.__name__}[{','.join(map(_type_text, members))}]"
    return getattr(annotation, "__name__", str(annotation))


def _parts(annotation):
    import typing
    return typing.get_origin(annotation), typing.get_args(annotation)


def _is_union(origin):
    import types
    import typing
    return origin in (typing.Union, types.UnionType)


def _is_literal(origin):
    import typing
    return origin is typing.Literal


def _is_enum(annotation):
    import enum
    return isinstance(annotation, enum.EnumMeta)


# ---- parameters ----

def _bind(command, args, kwargs):
    try:
        bound = _signature(command.function).bind(*args, **kwargs)
    except TypeError as error:
        raise _usage_error(command, str(error)) from None
    for name, value in bound.arguments.items():
        bound.arguments[name] = _argument(command, bound.signature.parameters[name], value)
    return bound


def _argument(command, parameter, value):
    if parameter.annotation is parameter.empty:
        return value

    def convert_one(value):
        try:
            return convert(value, parameter.annotation)
        except (ValueError, TypeError, ArithmeticError, LookupError):
            wanted = _type_text(parameter.annotation)
            raise _usage_error(command, f"parameter {parameter.name!r}: {value!r} is no {wanted}") from None

    if parameter.kind is parameter.VAR_POSITIONAL:
        return tuple(map(convert_one, value))
    if parameter.kind is parameter.VAR_KEYWORD:
        return {name: convert_one(item) for name, item in value.items()}
    return convert_one(value)


def _usage_error(command, problem):
    return UsageError(f"{command.name}: {problem}\nusage: {command.index} | {command.usage}")


def convert(value, annotation):
    """The value as an annotation wants it: texts are converted, other objects stay; ValueError when it does not fit.

    int, float, bool (yes/no, true/false, on/off, 1/0), str, pathlib.Path, datetime, date and time (ISO 8601), Decimal,
    Enum (by name, then by value), Literal, Optional and unions (the first member that fits), list, tuple and set
    (texts are split at commas). Other annotations leave texts as they are.
    """
    origin, members = _parts(annotation)
    kind = origin or annotation
    if _is_union(origin):
        return _convert_union(value, members)
    if _is_literal(origin):
        return _convert_literal(value, members)
    if kind in (list, set, frozenset, tuple):
        return _convert_many(value, kind, members)
    if not isinstance(value, str) or not isinstance(kind, type):
        return value
    if _is_enum(kind):
        return _convert_enum(value, kind)
    if kind is bool:
        return _convert_bool(value)
    return _convert_plain(value, kind)


def _convert_plain(text, kind):
    if kind in (int, float):
        return kind(text)
    module = kind.__module__
    if module == "datetime" and hasattr(kind, "fromisoformat"):
        return kind.fromisoformat(text)
    if module in ("pathlib", "decimal"):
        return kind(text)
    return text


def _convert_bool(text):
    if text.lower() in TRUE:
        return True
    if text.lower() in FALSE:
        return False
    raise ValueError(text)


def _convert_enum(text, kind):
    if text in kind.__members__:
        return kind[text]
    for member in kind:
        if str(member.value) == text:
            return member
    raise ValueError(text)


def _convert_literal(value, choices):
    for choice in choices:
        if value == choice or str(choice) == value:
            return choice
    raise ValueError(value)


def _convert_union(value, members):
    if type(None) in members and (value is None or isinstance(value, str) and value.lower() in NONE):
        return None
    wanted = sorted((m for m in members if m is not type(None)), key=lambda member: member is str)  # str fits all
    for member in wanted:
        try:
            return convert(value, member)
        except (ValueError, TypeError, ArithmeticError):
            continue
    raise ValueError(value)


def _convert_many(value, kind, members):
    if isinstance(value, str):
        value = [part.strip() for part in value.split(",")] if value else []
    if kind is not tuple or not members or members[-1] is Ellipsis:
        member = members[0] if members else str
        return kind(convert(item, member) for item in value)
    if len(value) != len(members):
        raise ValueError(value)
    return tuple(map(convert, value, members))


# ---- python -m pycommand ----

def load(path):
    """The Commands of a Python file: those it makes, or else its public functions. What the file raises, it raises."""
    import importlib.util
    path = os.path.abspath(path)
    name = os.path.splitext(os.path.basename(path))[0]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None:
        raise ImportError(f"{path} is no Python file")
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    sys.path.insert(0, os.path.dirname(path))
    spec.loader.exec_module(module)
    made = [value for value in vars(module).values() if isinstance(value, Commands)]
    return made[0] if made else _functions_of(module)


def _functions_of(module):
    import types
    commands = Commands()
    for name, value in vars(module).items():
        if isinstance(value, types.FunctionType) and value.__module__ == module.__name__ and name[0] != "_":
            commands.add(value, name=name)
    return commands


def _table(commands):
    listed = commands.list()
    width = max((len(command.usage) for command in listed), default=0)
    for command in listed:
        first = command.help.partition("\n")[0]
        yield f"{command.index:>3}  {command.usage:<{min(width, 50)}}  {first}".rstrip()


def _split(command, words):
    """Words of a command line as (args, kwargs): name=value where the command has such a parameter."""
    parameters = _signature(command.function).parameters
    takes_all = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    args, kwargs = [], {}
    for word in words:
        name, equals, value = word.partition("=")
        if equals and name.isidentifier() and (takes_all or name in parameters):
            kwargs[name] = value
        else:
            args.append(word)
    return args, kwargs


def _run_words(commands, words):
    """Runs a command line: 0 success, 1 the command failed, 2 it was used wrongly."""
    try:
        args, kwargs = _split(commands.find(words[0]), words[1:])
        result = commands.run(words[0], *args, **kwargs)
    except UsageError as error:
        print(error, file=sys.stderr)
        return 2
    if result.ok and result.value is not None:
        print(result.value)
    return 0 if result.ok else 1


def _menu(commands):
    import shlex
    status = 0
    while True:
        try:
            line = input("run (number or name and parameters; nothing ends): ").strip()
        except (EOFError, KeyboardInterrupt):
            print()
            return status
        if not line:
            return status
        try:
            status = _run_words(commands, shlex.split(line))
        except ValueError as error:
            print(error, file=sys.stderr)
        except Exception as error:  # errors="raise": the menu goes on
            commands._report(error)
            status = 1


def main(arguments=None):
    """`python -m pycommand FILE [command [parameter ...]]`: the exit status."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    if not words or words[0] in ("-h", "--help"):
        print("usage: python -m pycommand FILE [index or name [parameter or name=parameter] ...]")
        return 0 if words else 2
    try:
        commands = load(words[0])
    except (OSError, ImportError) as error:
        print(f"pycommand: {words[0]}: {error}", file=sys.stderr)
        return 2
    if words[1:]:
        return _run_words(commands, words[1:])
    for line in _table(commands):
        print(line)
    return _menu(commands) if sys.stdin.isatty() and sys.stdout.isatty() else 0


if __name__ == "__main__":
    from pycommand import main  # the module which the file imports too: one Commands class
    sys.exit(main())
