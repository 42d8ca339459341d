"""floats.py - objects with three floats each: attributes, methods, math functions."""
from math import cos, sin, sqrt


class Vector:
    __slots__ = ("x", "y", "z")

    def __init__(self, angle):
        self.x = sin(angle)
        self.y = 3 * cos(angle)
        self.z = self.x * self.x / 2

    def scale(self):
        length = sqrt(self.x ** 2 + self.y ** 2 + self.z ** 2)
        self.x /= length
        self.y /= length
        self.z /= length

    def larger(self, other):
        self.x = self.x if self.x > other.x else other.x
        self.y = self.y if self.y > other.y else other.y
        self.z = self.z if self.z > other.z else other.z
        return self


def main(n):
    vectors = [Vector(float(k)) for k in range(n)]
    for vector in vectors:
        vector.scale()
    best = vectors[0]
    for vector in vectors[1:]:
        best = best.larger(vector)
    print(f"{best.x:.9f} {best.y:.9f} {best.z:.9f}")


if __name__ == "__main__":
    main(900_000)
