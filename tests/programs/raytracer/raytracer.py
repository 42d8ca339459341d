"""raytracer.py - spheres, planes and boxes, light and mirrors, as a picture in text (PPM) and as letters; scenes read from text."""
from __future__ import annotations

import abc
import array
import base64
import cmath
import colorsys
import enum
import hashlib
import io
import math
import operator
import random
import re
import statistics
import sys
import threading
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, partialmethod, reduce
from itertools import chain, islice, pairwise, product, starmap
from typing import NamedTuple


class Vector(NamedTuple):
    x: float
    y: float
    z: float

    def __add__(self, other: Vector) -> Vector:
        return Vector(self.x + other.x, self.y + other.y, self.z + other.z)

    def __sub__(self, other: Vector) -> Vector:
        return Vector(self.x - other.x, self.y - other.y, self.z - other.z)

    def __mul__(self, by: float) -> Vector:
        return Vector(self.x * by, self.y * by, self.z * by)

    __rmul__ = __mul__

    def __neg__(self) -> Vector:
        return self * -1.0

    def __truediv__(self, by: float) -> Vector:
        return self * (1 / by)

    def __matmul__(self, other: Vector) -> float:
        return self.x * other.x + self.y * other.y + self.z * other.z

    def __abs__(self) -> float:
        return math.sqrt(self @ self)

    def cross(self, other: Vector) -> Vector:
        return Vector(self.y * other.z - self.z * other.y, self.z * other.x - self.x * other.z, self.x * other.y - self.y * other.x)

    def unit(self) -> Vector:
        return self / abs(self)

    def mirrored(self, normal: Vector) -> Vector:
        return self - normal * (2 * (self @ normal))

    def scaled(self, other: Vector) -> Vector:
        return Vector(*map(operator.mul, self, other))

    def __format__(self, spec: str) -> str:
        return "(" + ", ".join(format(part, spec or ".2f") for part in self) + ")"


ZERO, UP = Vector(0.0, 0.0, 0.0), Vector(0.0, 1.0, 0.0)
Color = Vector


class Finish(enum.Enum):
    DULL = (0.0, 4)
    SHINY = (0.2, 40)
    MIRROR = (0.8, 200)

    def __init__(self, mirror: float, sharpness: int):
        self.mirror, self.sharpness = mirror, sharpness


@dataclass(frozen=True, slots=True)
class Ray:
    start: Vector
    direction: Vector

    def at(self, distance: float) -> Vector:
        return self.start + self.direction * distance


class Positive:
    """A number above nought, checked where it is set."""

    def __set_name__(self, owner, name):
        self.slot = "_" + name

    def __get__(self, instance, owner=None):
        return self if instance is None else getattr(instance, self.slot)

    def __set__(self, instance, value):
        value = float(value)
        if not value > 0 or math.isinf(value):
            raise SceneError(f"{type(instance).__name__}.{self.slot[1:]} must be positive, not {value:g}")
        setattr(instance, self.slot, value)


class SceneError(ValueError):
    line: int | None = None

    def __str__(self) -> str:
        return super().__str__() if self.line is None else f"line {self.line}: {super().__str__()}"


class Shape(abc.ABC):
    kinds: dict[str, type[Shape]] = {}
    counted: Counter[str] = Counter()

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        Shape.kinds[cls.__name__.lower()] = cls

    def __init__(self, color: Color, finish: Finish = Finish.DULL):
        self.color, self.finish = color, finish

    @abc.abstractmethod
    def hit(self, ray: Ray) -> float | None:
        """The distance at which the ray meets the shape first."""

    @abc.abstractmethod
    def normal(self, point: Vector) -> Vector: ...

    def color_at(self, point: Vector) -> Color:
        return self.color


class Sphere(Shape):
    radius = Positive()

    def __init__(self, center: Vector, radius: float, *rest):
        super().__init__(*rest)
        self.center, self.radius = center, radius

    def hit(self, ray):
        Shape.counted["sphere"] += 1
        away = ray.start - self.center
        half = away @ ray.direction
        rest = half * half - (away @ away - self.radius ** 2)
        if rest < 0:
            return None
        root = math.sqrt(rest)
        return next((d for d in (-half - root, -half + root) if d > 1e-6), None)

    def normal(self, point):
        return (point - self.center) / self.radius


class Plane(Shape):
    square = Positive()

    def __init__(self, height: float, square: float, *rest):
        super().__init__(*rest)
        self.height, self.square = height, square

    def hit(self, ray):
        Shape.counted["plane"] += 1
        if abs(ray.direction.y) < 1e-9:
            return None
        distance = (self.height - ray.start.y) / ray.direction.y
        return distance if distance > 1e-6 else None

    def normal(self, point):
        return UP

    def color_at(self, point):
        dark = (math.floor(point.x / self.square) + math.floor(point.z / self.square)) % 2
        return self.color * (0.35 if dark else 1.0)


class Box(Shape):
    def __init__(self, low: Vector, high: Vector, *rest):
        super().__init__(*rest)
        if not all(map(operator.lt, low, high)):
            raise SceneError(f"a box from {low:.0f} to {high:.0f} is inside out")
        self.low, self.high = low, high

    def hit(self, ray):
        Shape.counted["box"] += 1
        near, far = -math.inf, math.inf
        for low, high, start, step in zip(self.low, self.high, ray.start, ray.direction):
            if step == 0:
                if not low <= start <= high:
                    return None
                continue
            one, other = sorted(((low - start) / step, (high - start) / step))
            near, far = max(near, one), min(far, other)
        if near > far or far < 1e-6:
            return None
        return near if near > 1e-6 else far

    def normal(self, point):
        gaps = [(abs(p - edge), axis, sign) for axis, p in enumerate(point)
                for edge, sign in ((self.low[axis], -1.0), (self.high[axis], 1.0))]
        _, axis, sign = min(gaps)
        return Vector(*(sign if k == axis else 0.0 for k in range(3)))


@dataclass
class Scene:
    shapes: list[Shape] = field(default_factory=list)
    lights: list[tuple[Vector, float]] = field(default_factory=list)
    eye: Vector = Vector(0.0, 1.0, -5.0)
    background: Color = Vector(0.2, 0.3, 0.5)
    depth: int = 3

    def nearest(self, ray: Ray) -> tuple[float, Shape] | None:
        hits = ((distance, number) for number, shape in enumerate(self.shapes) if (distance := shape.hit(ray)) is not None)
        best = min(hits, default=None)
        return best and (best[0], self.shapes[best[1]])

    def trace(self, ray: Ray, depth: int | None = None) -> Color:
        depth = self.depth if depth is None else depth
        found = self.nearest(ray)
        if found is None:
            return self.background * (1 - 0.5 * max(0.0, ray.direction.y))
        distance, shape = found
        point = ray.at(distance)
        normal = shape.normal(point)
        if normal @ ray.direction > 0:
            normal = -normal
        base, light, gleam = shape.color_at(point), 0.1, 0.0
        for place, power in self.lights:
            towards = (place - point).unit()
            if self.shadowed(point + normal * 1e-4, place):
                continue
            light += power * max(0.0, normal @ towards)
            gleam += power * max(0.0, towards.mirrored(normal) @ ray.direction) ** shape.finish.sharpness
        color = base * light + Vector(gleam, gleam, gleam) * 0.3
        if shape.finish.mirror and depth:
            bounced = self.trace(Ray(point + normal * 1e-4, ray.direction.mirrored(normal).unit()), depth - 1)
            color = color * (1 - shape.finish.mirror) + bounced * shape.finish.mirror
        return color

    def shadowed(self, point: Vector, place: Vector) -> bool:
        way = place - point
        found = self.nearest(Ray(point, way.unit()))
        return found is not None and found[0] < abs(way)

    @classmethod
    def read(cls, text: str) -> Scene:
        scene = cls()
        for number, line in enumerate(text.splitlines(), 1):
            try:
                scene.add(*line.partition("#")[0].split())
            except SceneError as error:
                error.line = number
                raise
            except (ValueError, IndexError, TypeError) as error:
                problem = SceneError(f"cannot read {line.strip()!r}")
                problem.line = number
                raise problem from error
        return scene

    def add(self, kind: str = "", *words: str) -> None:
        match kind, words:
            case "", ():
                pass
            case "eye", (x, y, z):
                self.eye = Vector(float(x), float(y), float(z))
            case "light", (x, y, z, power):
                self.lights.append((Vector(float(x), float(y), float(z)), float(power)))
            case "sphere", (x, y, z, radius, *rest):
                self.shapes.append(Sphere(Vector(float(x), float(y), float(z)), radius, *look(*rest)))
            case "plane", (height, square, *rest):
                self.shapes.append(Plane(float(height), square, *look(*rest)))
            case "box", (_, _, _, _, _, _, *rest):
                numbers = [*map(float, words[:6])]
                self.shapes.append(Box(Vector(*numbers[:3]), Vector(*numbers[3:]), *look(*rest)))
            case kind, _ if kind not in Shape.kinds:
                raise SceneError(f"what is a {kind}? There are {', '.join(Shape.kinds)}")
            case _:
                raise SceneError(f"{kind} takes other values")


@cache
def look(color: str = "white", finish: str = "dull") -> tuple[Color, Finish]:
    named = {"white": (1.0, 1.0, 1.0), "red": (0.9, 0.2, 0.2), "green": (0.2, 0.8, 0.3), "blue": (0.2, 0.3, 0.9)}
    if match := re.fullmatch(r"#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})|hue(\d+)", color, re.IGNORECASE):
        parts = colorsys.hsv_to_rgb(int(match[4]) / 360, 0.8, 0.9) if match[4] else (int(g, 16) / 255 for g in match.group(1, 2, 3))
        return Vector(*parts), Finish[finish.upper()]
    try:
        return Vector(*named[color]), Finish[finish.upper()]
    except KeyError as missing:
        raise SceneError(f"no colour or finish {missing}") from missing


class Picture:
    def __init__(self, width: int, height: int):
        self.width, self.height = width, height
        self.data = array.array("B", bytes(3 * width * height))
        self.lock = threading.Lock()
        self.done: list[int] = []

    def __setitem__(self, place: tuple[int, int], color: Color) -> None:
        at = 3 * (place[0] + place[1] * self.width)
        self.data[at:at + 3] = array.array("B", (min(255, max(0, round(255 * part ** (1 / 2.2)))) for part in color))

    def __getitem__(self, place: tuple[int, int]) -> tuple[int, int, int]:
        at = 3 * (place[0] + place[1] * self.width)
        return tuple(self.data[at:at + 3])

    def render(self, scene: Scene, workers: int = 4) -> Picture:
        def line(y: int) -> None:
            for x in range(self.width):
                direction = Vector((x + 0.5 - self.width / 2) / self.height, (self.height / 2 - y - 0.5) / self.height, 1.0)
                self[x, y] = scene.trace(Ray(scene.eye, direction.unit()))
            with self.lock:
                self.done.append(y)
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(line, range(self.height)))
        return self

    def write(self, file) -> None:
        file.write(f"P3\n{self.width} {self.height}\n255\n")
        for start in range(0, len(self.data), 3 * self.width):
            print(*self.data[start:start + 3 * self.width], file=file)

    @property
    def grey(self) -> Iterator[str]:
        ramp = " .:-=+*#%@"
        for y in range(0, self.height, 2):
            values = (statistics.fmean(chain(self[x, y], self[x, min(y + 1, self.height - 1)])) for x in range(self.width))
            yield "".join(ramp[min(9, int(v / 25.6))] for v in values).rstrip()


@contextmanager
def measured(title: str) -> Iterator[Counter]:
    before = Shape.counted.copy()
    yield Shape.counted
    more = Shape.counted - before
    print(title, "asked", ", ".join(f"{kind} {count}" for kind, count in sorted(more.items())))


SCENE = """
eye 0 1.2 -5
light 4 6 -4 0.8
light -5 3 -2 0.3
plane 0 1 white          # a floor of squares
sphere 0 1 0 1 red shiny
sphere -1.9 0.6 0.6 0.6 hue200 mirror
sphere 1.7 0.5 -0.8 0.5 #20e040
box 0.8 0 1.5 2.6 1.8 2.4 blue shiny
"""
WRONG = ["sphere 0 0 0 -1 red", "cone 1 2 3", "light 1 2 3", "sphere 0 0 x 1", "plane 0 1 mauve", "box 1 1 1 0 2 2 red", "plane 0 nan",
         "\n\nsphere 0 0 0 1 red glossy", "eye 1 2 3 4"]


def main() -> int:
    scene = Scene.read(SCENE)
    with measured("the picture"):
        picture = Picture(64, 40).render(scene, workers=1)
    assert picture.done == list(range(40))
    print(*picture.grey, sep="\n")
    with closing(io.StringIO()) as file:
        picture.write(file)
        text = file.getvalue()
    print(text[:60].splitlines()[:3], len(text), hashlib.sha256(text.encode()).hexdigest()[:16], zlib.crc32(picture.data))
    print([picture[x, 30] for x in range(0, 64, 16)], base64.b85encode(picture.data[:15]).decode())
    dull = replace(scene, depth=0, lights=scene.lights[:1])
    other = Picture(64, 40).render(dull)
    print("differs in", sum(starmap(operator.ne, zip(picture.data, other.data))), "of", len(picture.data), "parts;", sorted(other.done) == picture.done)
    a, b = Vector(1, 2, 3), Vector(-2, 0.5, 4)
    print(f"{a + b} {a - b:.1f} {2 * a:g} {a @ b} {a.cross(b):.3e} {abs(b):.6f} {a.unit():+.4f} {(-a).mirrored(UP)} {a.scaled(b)}")
    print(reduce(operator.add, (Vector(k, k * k, -k) for k in range(5))), hash(a) == hash((1, 2, 3)), a < b, a._replace(y=0), sorted([a, b])[0].x)
    print([round(abs(cmath.exp(1j * angle) - 1), 6) for angle in (0, math.pi / 3, math.pi)], [q - p for p, q in pairwise((1, 4, 9, 16))])
    for text in WRONG:
        try:
            print(Scene.read(text))
        except SceneError as error:
            print(f"{text.strip()!r}: {error}", repr(error.__cause__))
    try:
        Shape(ZERO)
    except TypeError as error:
        print(error)
    ball = Sphere(ZERO, 1, *look("red"))
    source = random.Random(3)
    inside = sum(ball.hit(Ray(Vector(*(source.uniform(-2, 2) for _ in range(3))), UP)) is not None for _ in range(2000))
    print(inside, look.cache_info(), vars(ball), sep="\n")
    ball.radius = -3
    return 0


if __name__ == "__main__":
    sys.exit(main())
