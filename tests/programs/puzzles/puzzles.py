"""puzzles.py - mazes made and solved in several ways, and sudokus solved by marks and by exact cover."""
from __future__ import annotations

import heapq
import itertools
import random
import re
import string
from collections import defaultdict, deque
from collections.abc import Iterator
from functools import cached_property, partial, reduce, singledispatchmethod
from operator import or_

# ---- mazes ----

WAYS = {"N": (0, -1), "E": (1, 0), "S": (0, 1), "W": (-1, 0)}
BACK = dict(zip("NESW", "SWNE"))


class Maze:
    def __init__(self, width: int, height: int, seed: int):
        self.width, self.height = width, height
        self.chance = random.Random(seed)
        self.open: dict[tuple[int, int], set[str]] = {cell: set() for cell in self.cells()}

    def cells(self) -> Iterator[tuple[int, int]]:
        return ((x, y) for y in range(self.height) for x in range(self.width))

    def neighbours(self, cell: tuple[int, int]) -> Iterator[tuple[str, tuple[int, int]]]:
        for way, (dx, dy) in WAYS.items():
            other = cell[0] + dx, cell[1] + dy
            if other in self.open:
                yield way, other

    def join(self, cell, way, other) -> None:
        self.open[cell].add(way)
        self.open[other].add(BACK[way])

    def carve_deep(self) -> None:
        stack, seen = [(0, 0)], {(0, 0)}
        while stack:
            fresh = [(way, other) for way, other in self.neighbours(stack[-1]) if other not in seen]
            if not fresh:
                stack.pop()
                continue
            way, other = self.chance.choice(fresh)
            self.join(stack[-1], way, other)
            seen.add(other)
            stack.append(other)

    def carve_kruskal(self) -> None:
        group = {cell: cell for cell in self.open}

        def find(cell):
            while group[cell] != cell:
                group[cell] = group[group[cell]]
                cell = group[cell]
            return cell

        walls = [(cell, way, other) for cell in self.cells() for way, other in self.neighbours(cell) if way in "ES"]
        self.chance.shuffle(walls)
        for cell, way, other in walls:
            if (one := find(cell)) != (two := find(other)):
                group[one] = two
                self.join(cell, way, other)

    def carve_eller(self) -> None:
        sets, fresh = {}, itertools.count()
        for y in range(self.height):
            for x in range(self.width):
                sets.setdefault(x, next(fresh))
            for x in range(self.width - 1):
                if sets[x] != sets[x + 1] and (y == self.height - 1 or self.chance.random() < 0.5):
                    old, new = sets[x + 1], sets[x]
                    sets = {k: new if v == old else v for k, v in sets.items()}
                    self.join((x, y), "E", (x + 1, y))
            if y < self.height - 1:
                members = defaultdict(list)
                for x, number in sorted(sets.items()):
                    members[number].append(x)
                sets = {}
                for number, columns in members.items():
                    for x in self.chance.sample(columns, self.chance.randint(1, len(columns))):
                        self.join((x, y), "S", (x, y + 1))
                        sets[x] = number

    def steps(self, cell):
        return [(way, (cell[0] + WAYS[way][0], cell[1] + WAYS[way][1])) for way in sorted(self.open[cell])]

    def solve_wide(self, goal) -> str:
        queue, ways = deque([(0, 0)]), {(0, 0): ""}
        while queue:
            cell = queue.popleft()
            if cell == goal:
                return ways[cell]
            for way, other in self.steps(cell):
                if other not in ways:
                    ways[other] = ways[cell] + way
                    queue.append(other)
        raise LookupError("no way")

    def solve_star(self, goal) -> str:
        def guess(cell):
            return abs(cell[0] - goal[0]) + abs(cell[1] - goal[1])

        heap, seen = [(guess((0, 0)), "", (0, 0))], set()
        while heap:
            _, ways, cell = heapq.heappop(heap)
            if cell == goal:
                return ways
            if cell in seen:
                continue
            seen.add(cell)
            for way, other in self.steps(cell):
                heapq.heappush(heap, (len(ways) + 1 + guess(other), ways + way, other))
        raise LookupError("no way")

    def solve_wall(self, goal) -> str:
        """A hand on the wall; the trodden path with its dead ends removed."""
        cell, facing, path = (0, 0), "E", ""
        while cell != goal:
            turns = "NESW"[("NESW".index(facing) + 1) % 4:] + "NESW"
            for way in (turns[0], facing, turns[2], turns[1]):
                if way in self.open[cell]:
                    facing = way
                    break
            cell = cell[0] + WAYS[facing][0], cell[1] + WAYS[facing][1]
            path += facing
        pattern = re.compile("|".join(one + two for one, two in BACK.items()))
        while pattern.search(path):
            path = pattern.sub("", path)
        return path

    def draw(self, path: str = "") -> str:
        marked, cell = {(0, 0)}, (0, 0)
        for way in path:
            cell = cell[0] + WAYS[way][0], cell[1] + WAYS[way][1]
            marked.add(cell)
        lines = ["+" + "--+" * self.width]
        for y in range(self.height):
            line, below = "|", "+"
            for x in range(self.width):
                line += ("··" if (x, y) in marked else "  ") + (" " if "E" in self.open[x, y] else "|")
                below += ("  " if "S" in self.open[x, y] else "--") + "+"
            lines += [line, below]
        return "\n".join(lines)


def mazes() -> None:
    for number, carve in enumerate((Maze.carve_deep, Maze.carve_kruskal, Maze.carve_eller)):
        maze = Maze(14, 6, number)
        carve(maze)
        goal = (13, 5)
        answers = {name: getattr(maze, name)(goal) for name in ("solve_wide", "solve_star", "solve_wall")}
        print(carve.__name__, {name: len(path) for name, path in answers.items()}, len(set(answers.values())))
        print(maze.draw(answers["solve_wide"]))
    try:
        Maze(2, 2, 0).solve_wide((1, 1))
    except LookupError as error:
        print(type(error).__name__, error)


# ---- sudokus ----

class Unsolvable(Exception):
    pass


class Sudoku:
    CELLS = [row + column for row in "ABCDEFGHI" for column in string.digits[1:]]

    @singledispatchmethod
    def __init__(self, given):
        raise TypeError(f"no sudoku from {type(given).__name__}")

    @__init__.register
    def _(self, given: str):
        digits = [letter for letter in given if letter in "0.123456789"]
        if len(digits) != 81:
            raise ValueError(f"81 cells are needed, not {len(digits)}")
        self.marks = dict.fromkeys(self.CELLS, "123456789")
        self.guesses = 0
        for cell, digit in zip(self.CELLS, digits):
            if digit in "123456789":
                self.assign(self.marks, cell, digit)

    @__init__.register
    def _(self, given: list):
        self.__init__("".join("".join(map(str, row)) for row in given))

    @classmethod
    def groups(cls):
        for row in "ABCDEFGHI":
            yield [row + column for column in "123456789"]
        for column in "123456789":
            yield [row + column for row in "ABCDEFGHI"]
        for rows, columns in itertools.product(("ABC", "DEF", "GHI"), ("123", "456", "789")):
            yield [row + column for row in rows for column in columns]

    @cached_property
    def of(self):
        return {cell: [group for group in self.groups() if cell in group] for cell in self.CELLS}

    @cached_property
    def peers(self):
        return {cell: reduce(or_, map(set, groups)) - {cell} for cell, groups in self.of.items()}

    def assign(self, marks, cell, digit):
        for other in marks[cell].replace(digit, ""):
            self.remove(marks, cell, other)

    def remove(self, marks, cell, digit):
        if digit not in marks[cell]:
            return
        marks[cell] = marks[cell].replace(digit, "")
        if not marks[cell]:
            raise Unsolvable(f"nothing fits at {cell}")
        if len(marks[cell]) == 1:
            for peer in sorted(self.peers[cell]):
                self.remove(marks, peer, marks[cell])
        for group in self.of[cell]:
            places = [each for each in group if digit in marks[each]]
            if not places:
                raise Unsolvable(f"no place for {digit} around {cell}")
            if len(places) == 1 and len(marks[places[0]]) > 1:
                self.assign(marks, places[0], digit)

    def search(self, marks):
        if all(len(digits) == 1 for digits in marks.values()):
            yield marks
            return
        _, cell = min((len(digits), cell) for cell, digits in marks.items() if len(digits) > 1)
        for digit in marks[cell]:
            self.guesses += 1
            copy = marks.copy()
            try:
                self.assign(copy, cell, digit)
            except Unsolvable:
                continue
            yield from self.search(copy)

    def solutions(self):
        return map(self.text, self.search(self.marks.copy()))

    def text(self, marks) -> str:
        return "".join(marks[cell] for cell in self.CELLS)


def exact_cover(columns: dict, rows: dict, chosen: list) -> Iterator[list]:
    """Knuth's algorithm on dicts of sets."""
    if not columns:
        yield list(chosen)
        return
    column = min(columns, key=lambda each: (len(columns[each]), each))
    for row in sorted(columns[column]):
        chosen.append(row)
        taken = []
        for covered in rows[row]:
            for other in columns[covered]:
                for k in rows[other]:
                    if k != covered:
                        columns[k].remove(other)
            taken.append(columns.pop(covered))
        yield from exact_cover(columns, rows, chosen)
        for covered in reversed(rows[row]):
            columns[covered] = taken.pop()
            for other in columns[covered]:
                for k in rows[other]:
                    if k != covered:
                        columns[k].add(other)
        chosen.pop()


def by_cover(text: str) -> str:
    rows = {(r, c, d): [("cell", r, c), ("row", r, d), ("column", c, d), ("box", r // 3 * 3 + c // 3, d)]
            for r, c, d in itertools.product(range(9), range(9), range(1, 10))
            if text[r * 9 + c] in (".", "0", str(d))}
    columns = defaultdict(set)
    for row, covers in rows.items():
        for column in covers:
            columns[column].add(row)
    solution = next(exact_cover(dict(columns), rows, []))
    return "".join(str(d) for _, _, d in sorted(solution))


PUZZLES = ["53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79",
           "4.....8.5.3..........7......2.....6.....8.4......1.......6.3.7.5..2.....1.4......",
           "8..........36......7..9.2...5...7.......457.....1...3...1....68..85...1..9....4.."]


def main() -> None:
    mazes()
    for text in PUZZLES:
        sudoku = Sudoku(text)
        first = next(sudoku.solutions())
        print(sudoku.guesses, first == by_cover(text))
        for row in itertools.batched(first, 9) if hasattr(itertools, "batched") else zip(*[iter(first)] * 9):
            print(" ".join(row))
    print(sum(1 for _ in itertools.islice(Sudoku("1" + "." * 80).solutions(), 20)))
    print(next(Sudoku([[0] * 9] * 9).solutions()))
    for bad in ("11" + "." * 79, "123", 5):
        try:
            Sudoku(bad)
        except (Unsolvable, ValueError, TypeError) as error:
            print(type(error).__name__, error)
    print(partial(by_cover, PUZZLES[0])()[:9])


if __name__ == "__main__":
    main()
