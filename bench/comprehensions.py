"""comprehensions.py - lists, sets, dicts and sums by comprehension over records."""
from dataclasses import dataclass
from typing import Optional


@dataclass
class Widget:
    number: int
    owner: Optional[int]
    kind: str
    parts: tuple


class Store:
    def __init__(self, size):
        kinds = ["small", "medium", "large", "odd"]
        self.widgets = [Widget(k, k % 11 or None, kinds[k % 4], tuple(range(k % 5))) for k in range(size)]

    def owners(self):
        return {w.owner for w in self.widgets if w.owner is not None}

    def by_kind(self):
        return {kind: [w.number for w in self.widgets if w.kind == kind] for kind in sorted({w.kind for w in self.widgets})}

    def part_total(self):
        return sum(part for w in self.widgets for part in w.parts if part % 2)

    def matrix(self):
        return [[a * b for a in range(12)] for b in range(12)]


def main(n):
    store = Store(500)
    total = 0
    for _ in range(n):
        total += len(store.owners()) + store.part_total()
        total += sum(len(numbers) for numbers in store.by_kind().values())
        total += sum(map(sum, store.matrix()))
        total += all(w.number >= 0 for w in store.widgets) + any(w.kind == "none" for w in store.widgets)
    print(total)


if __name__ == "__main__":
    main(5_000)
