"""Names, kinds and text signatures of all builtin functions, types and methods, module by module."""
import builtins
import sys
import types

MODULES = """builtins sys _imp _io marshal posix errno time _thread _weakref _codecs _warnings _abc _stat _string _operator
    itertools _functools _collections _sre _struct math cmath array _signal atexit gc _locale _random _bisect _heapq _opcode
    _symtable _tokenize faulthandler select _socket _posixsubprocess fcntl pwd grp binascii zlib _md5 _sha1 _sha256
    _contextvars unicodedata _csv _statistics _typing _queue xxsubtype""".split()
# Seen only where a type was made at run time instead of at build time, or a module lies in a file of its own.
PLACES = {"__module__", "__getattribute__", "__file__", "__loader__", "__vectorcalloffset__", "__weakref__"}
# bytearray_iterator shares its methods with bytes_iterator, which has no signature; newline's default cannot be told.
LEFT_OUT = {"types.bytearray_iterator.__reduce__", "_io.TextIOWrapper.reconfigure", "sys.kaa_version_info"}
METHODS = (types.BuiltinFunctionType, types.MethodDescriptorType, types.WrapperDescriptorType, types.ClassMethodDescriptorType)
ATTRIBUTES = types.MemberDescriptorType, types.GetSetDescriptorType
seen = set()


def show(path, value):
    if path in LEFT_OUT:
        return
    if isinstance(value, (staticmethod, classmethod)):
        value = value.__func__
    if isinstance(value, METHODS):
        print(path, type(value).__name__, repr(value.__text_signature__), value.__qualname__)
    elif isinstance(value, type):
        show_type(path, value)
    elif not isinstance(value, types.ModuleType):
        print(path, "attribute" if isinstance(value, ATTRIBUTES) else type(value).__name__)


def show_type(path, kind):
    if kind in seen:
        return
    seen.add(kind)
    print(path, type(kind).__name__, kind.__module__, kind.__qualname__, kind.__text_signature__,
          [base.__name__ for base in kind.__bases__])
    for name, value in sorted(vars(kind).items()):
        if name == "__doc__":
            print(path, "documented", value is not None)
        elif name not in PLACES:
            show(f"{path}.{name}", value)


for name in MODULES:
    for attribute, value in sorted(vars(__import__(name)).items()):
        if attribute not in PLACES:
            show(f"{name}.{attribute}", value)
for value in [value for name, value in sorted(vars(types).items()) if isinstance(value, type) and name[0] != "_"]:
    show_type("types." + value.__name__, value)
for value in (None, NotImplemented, ..., {}.keys(), {}.items(), {}.values(), iter([]), iter(()), iter(""), iter({}), iter(set()),
              iter(range(3)), iter(b""), iter(bytearray()), reversed([]), reversed({}), iter(int, 1)):
    show_type("types." + type(value).__name__, type(value))
