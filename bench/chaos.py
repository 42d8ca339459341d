"""chaos.py - the chaos game on a polygon, drawn into a grid: random numbers, small objects, operators."""
import random


class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __add__(self, other):
        return Point(self.x + other.x, self.y + other.y)

    def __sub__(self, other):
        return Point(self.x - other.x, self.y - other.y)

    def __mul__(self, factor):
        return Point(self.x * factor, self.y * factor)


class Game:
    def __init__(self, corners, seed):
        self.corners = corners
        self.random = random.Random(seed)
        self.at = Point(0.0, 0.0)

    def step(self):
        corner = self.random.choice(self.corners)
        self.at = self.at + (corner - self.at) * 0.5
        return self.at


def main(n):
    corners = [Point(0.0, 1.0), Point(-0.9, -0.6), Point(0.9, -0.6), Point(0.3, 0.2)]
    game = Game(corners, 42)
    size = 64
    grid = [bytearray(size) for _ in range(size)]
    for _ in range(n):
        point = game.step()
        column, row = int((point.x + 1) * size / 2), int((point.y + 1) * size / 2)
        if 0 <= row < size and 0 <= column < size:
            grid[row][column] = min(255, grid[row][column] + 1)
    print(sum(map(sum, grid)), sum(1 for row in grid for cell in row if cell))


if __name__ == "__main__":
    main(800_000)
