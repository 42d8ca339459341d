"""copy and deepcopy of nested and cyclic values."""
import copy


class Tree:
    def __init__(self, *children):
        self.children = list(children)
        self.parent = None
        for child in children:
            child.parent = self

    def __eq__(self, other):
        return self.children == other.children


class Own:
    def __deepcopy__(self, memo):
        return Own()

    def __reduce_ex__(self, level):
        return Own, ()


def program():
    tree = Tree(Tree(), Tree(Tree()), Tree(Tree(), Tree()))
    twin = copy.deepcopy(tree)
    value = [1, (2, [3]), {"k": {4, 5}}, b"x", bytearray(b"y"), range(3), None]
    value.append(value)
    deep = copy.deepcopy(value)
    flat = copy.copy(value)
    return twin == tree, twin.children[1].parent is twin, deep[7] is deep, deep[1] == value[1], flat[2] is value[2], type(copy.copy(Own())).__name__
