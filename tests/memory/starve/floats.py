"""Floats and complex numbers: arithmetic, text, conversion."""


def program():
    values = [0.1 * n for n in range(30)] + [1e300, 1e-300, float("1.5e10"), float.fromhex("0x1.8p3")]
    texts = [repr(v) for v in values] + ["%.3f %g %e" % (v, v, v) for v in values]
    numbers = [complex(v, -v) for v in values[:5]] + [complex("1+2j"), 3j ** 2]
    return texts, numbers, [v.as_integer_ratio() for v in values[:6]], [v.hex() for v in values[:6]], sum(values), divmod(7.5, 2)
