"""deepcopy.py - copies of nested lists, dicts, instances and shared parts with the library's copy module."""
import copy
from dataclasses import dataclass, field


@dataclass
class Leaf:
    name: str
    weight: float
    tags: list = field(default_factory=list)


class Special:
    def __init__(self, value):
        self.value = value

    def __deepcopy__(self, memo):
        return Special(copy.deepcopy(self.value, memo))


def build():
    shared = [1, 2, 3]
    return {
        "leaves": [Leaf(f"leaf {k}", k / 2, ["a", shared]) for k in range(12)],
        "table": {k: (k, [k] * 3, {"inner": shared}) for k in range(12)},
        "special": [Special({"x": [1.0, 2.0]}) for _ in range(5)],
    }


def main(n):
    original = build()
    checksum = 0
    for _ in range(n):
        twin = copy.deepcopy(original)
        assert twin["leaves"][0].tags[1] is twin["table"][0][2]["inner"]
        assert twin["leaves"] == original["leaves"] and twin["leaves"] is not original["leaves"]
        checksum += len(twin["leaves"]) + twin["table"][3][0] + len(copy.copy(twin))
    print(checksum)


if __name__ == "__main__":
    main(5_000)
