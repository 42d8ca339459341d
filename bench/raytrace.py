"""raytrace.py - spheres over a chequered floor, with shadows and mirrors: many small objects and methods."""
from math import sqrt


class Vec:
    __slots__ = ("x", "y", "z")

    def __init__(self, x, y, z):
        self.x, self.y, self.z = x, y, z

    def __add__(self, o):
        return Vec(self.x + o.x, self.y + o.y, self.z + o.z)

    def __sub__(self, o):
        return Vec(self.x - o.x, self.y - o.y, self.z - o.z)

    def __mul__(self, k):
        return Vec(self.x * k, self.y * k, self.z * k)

    def dot(self, o):
        return self.x * o.x + self.y * o.y + self.z * o.z

    def unit(self):
        return self * (1.0 / sqrt(self.dot(self)))

    def mirrored(self, normal):
        return self - normal * (2 * self.dot(normal))


class Sphere:
    def __init__(self, centre, radius, colour, mirror):
        self.centre, self.radius, self.colour, self.mirror = centre, radius, colour, mirror

    def hit(self, start, way):
        between = self.centre - start
        along = between.dot(way)
        rest = self.radius ** 2 - between.dot(between) + along * along
        if rest <= 0:
            return None
        distance = along - sqrt(rest)
        return distance if distance > 1e-6 else None

    def normal(self, point):
        return (point - self.centre).unit()

    def colour_at(self, point):
        return self.colour


class Floor:
    mirror = 0.1

    def hit(self, start, way):
        if way.y >= -1e-9:
            return None
        distance = -start.y / way.y
        return distance if distance > 1e-6 else None

    def normal(self, point):
        return Vec(0.0, 1.0, 0.0)

    def colour_at(self, point):
        return 0.9 if (int(point.x // 1) + int(point.z // 1)) % 2 else 0.2


class Scene:
    def __init__(self):
        self.things = [Floor()]
        for k in range(5):
            self.things.append(Sphere(Vec(k - 2.0, 0.6 + 0.2 * k, 3.0 + k % 2), 0.6, 0.3 + 0.1 * k, 0.4))
        self.light = Vec(4.0, 6.0, -3.0)

    def nearest(self, start, way):
        best = None
        for thing in self.things:
            distance = thing.hit(start, way)
            if distance is not None and (best is None or distance < best[0]):
                best = distance, thing
        return best

    def trace(self, start, way, depth=0):
        best = self.nearest(start, way)
        if best is None:
            return 0.5 + 0.3 * way.y
        distance, thing = best
        point = start + way * distance
        normal = thing.normal(point)
        to_light = (self.light - point).unit()
        lit = max(0.0, normal.dot(to_light))
        if lit and self.nearest(point, to_light):
            lit = 0.0
        shade = thing.colour_at(point) * (0.2 + 0.8 * lit)
        if depth < 3 and thing.mirror:
            shade += thing.mirror * self.trace(point, way.mirrored(normal), depth + 1)
        return shade


def main(n):
    scene = Scene()
    eye = Vec(0.0, 1.5, -3.0)
    checksum = 0
    for row in range(n):
        for column in range(n):
            way = Vec((column - n / 2) / n, (n / 2 - row) / n - 0.1, 1.0).unit()
            checksum = (checksum * 31 + int(255 * min(1.0, scene.trace(eye, way)))) % 1_000_003
    print(checksum)


if __name__ == "__main__":
    main(300)
