"""spectral_norm.py - the largest singular value of an endless matrix, cut to n by n: float loops and calls."""


def entry(i, j):
    return 1.0 / ((i + j) * (i + j + 1) // 2 + i + 1)


def times(vector):
    size = range(len(vector))
    return [sum(entry(i, j) * vector[j] for j in size) for i in size]


def times_transposed(vector):
    size = range(len(vector))
    result = []
    for i in size:
        total = 0.0
        for j in size:
            total += entry(j, i) * vector[j]
        result.append(total)
    return result


def main(n):
    u = [1.0] * n
    for _ in range(6):
        v = times_transposed(times(u))
        u = times_transposed(times(v))
    top = sum(a * b for a, b in zip(u, v))
    bottom = sum(b * b for b in v)
    print(f"{(top / bottom) ** 0.5:.9f}")


if __name__ == "__main__":
    main(560)
