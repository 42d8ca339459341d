"""nbody.py - five bodies under gravity: float arithmetic in nested loops over lists."""


def make_bodies():
    """Position, velocity and mass of a sun and four planets, in made-up units."""
    bodies = [[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 40.0]]
    for k in range(1, 5):
        bodies.append([5.0 * k, 1.0 / k, 0.1 * k, 0.2 * k, 2.0 / k, 0.05, 0.04 / k])
    return bodies


def energy(bodies):
    total = 0.0
    for i, (x, y, z, u, v, w, mass) in enumerate(bodies):
        total += 0.5 * mass * (u * u + v * v + w * w)
        for other in bodies[i + 1:]:
            dx, dy, dz = x - other[0], y - other[1], z - other[2]
            total -= mass * other[6] / (dx * dx + dy * dy + dz * dz) ** 0.5
    return total


def advance(bodies, pairs, step):
    for one, two in pairs:
        dx = one[0] - two[0]
        dy = one[1] - two[1]
        dz = one[2] - two[2]
        pull = step / ((dx * dx + dy * dy + dz * dz) ** 1.5)
        mass1 = one[6] * pull
        mass2 = two[6] * pull
        one[3] -= dx * mass2
        one[4] -= dy * mass2
        one[5] -= dz * mass2
        two[3] += dx * mass1
        two[4] += dy * mass1
        two[5] += dz * mass1
    for body in bodies:
        body[0] += step * body[3]
        body[1] += step * body[4]
        body[2] += step * body[5]


def main(n):
    bodies = make_bodies()
    pairs = [(bodies[i], bodies[j]) for i in range(5) for j in range(i + 1, 5)]
    print(f"{energy(bodies):.9f}")
    for _ in range(n):
        advance(bodies, pairs, 0.001)
    print(f"{energy(bodies):.9f}")


if __name__ == "__main__":
    main(250_000)
