"""hexpuzzle.py - fills a hexagon of 19 cells so that every line has the same sum: search with pruning."""
ROWS = (3, 4, 5, 4, 3)
TOTAL = 38


def make_lines():
    """The cells of all fifteen lines, in three directions."""
    place, number = {}, 0
    for r, width in enumerate(ROWS):
        for k in range(width):
            q = k + max(0, 2 - r) - 2
            place[q, r - 2] = number
            number += 1
    lines = []
    for key in (lambda q, r: r, lambda q, r: q, lambda q, r: q + r):
        groups = {}
        for (q, r), cell in place.items():
            groups.setdefault(key(q, r), []).append(cell)
        lines.extend(groups.values())
    return lines


class Puzzle:
    def __init__(self, limit):
        self.lines = make_lines()
        self.limit = limit
        self.cells = [0] * 19
        self.of_cell = [[line for line in self.lines if cell in line] for cell in range(19)]
        self.order = [0, 1, 2, 3, 7, 6, 11, 12, 16, 17, 18, 15, 13, 14, 8, 4, 5, 9, 10]
        self.steps = 0
        self.found = []

    def fits(self, cell):
        for line in self.of_cell[cell]:
            total = empty = 0
            for other in line:
                value = self.cells[other]
                if value:
                    total += value
                else:
                    empty += 1
            if total > TOTAL or (not empty and total != TOTAL) or total + empty * 19 < TOTAL:
                return False
        return True

    def search(self, depth, free):
        if self.steps >= self.limit:
            return
        if depth == len(self.order):
            self.found.append(tuple(self.cells))
            return
        cell = self.order[depth]
        for value in sorted(free):
            self.steps += 1
            self.cells[cell] = value
            if self.fits(cell):
                self.search(depth + 1, free - {value})
            self.cells[cell] = 0


def main(n):
    puzzle = Puzzle(n)
    puzzle.search(0, frozenset(range(1, 20)))
    print(puzzle.steps, puzzle.found)


if __name__ == "__main__":
    main(2_000_000)
