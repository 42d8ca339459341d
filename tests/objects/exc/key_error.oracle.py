"""The argument of a KeyError is the missing key, whatever it is."""
import collections
import types


def tell(label, function):
    try:
        function()
    except KeyError as error:
        print(label, error.args)


def delete(d, key):
    del d[key]


for key in (None, (), (1, 2), 5, "a", KeyError("inner"), ValueError(1, 2)):
    for turn in range(40):
        for label, function in {
            "item": lambda: {}[key], "pop": lambda: {}.pop(key), "pop of some": lambda: {1: 2}.pop(key), "del": lambda: delete({}, key),
            "set": lambda: set().remove(key), "ordered": lambda: collections.OrderedDict()[key],
            "ordered pop": lambda: collections.OrderedDict().pop(key), "move": lambda: collections.OrderedDict().move_to_end(key),
            "proxy": lambda: types.MappingProxyType({})[key], "chain": lambda: collections.ChainMap()[key],
        }.items():
            if turn in (0, 39):
                tell((label, turn), function)
            else:
                try:
                    function()
                except KeyError:
                    pass
