"""bigints.py - long integers: digits of pi and e, factorials, powers, modular arithmetic, text and back."""
import math


def pi_digits(count):
    q, r, t, k, m, x = 1, 0, 1, 1, 3, 3
    digits = []
    while len(digits) < count:
        if 4 * q + r - t < m * t:
            digits.append(m)
            q, r, m = 10 * q, 10 * (r - m * t), (10 * (3 * q + r)) // t - 10 * m
        else:
            q, r, t, k, m, x = q * k, (2 * q + r) * x, t * x, k + 1, (q * (7 * k + 2) + r * x) // (t * x), x + 2
    return digits


def fibonacci(n):
    a, b = 0, 1
    for bit in bin(n)[2:]:
        a, b = a * (2 * b - a), a * a + b * b
        if bit == "1":
            a, b = b, a + b
    return a


def is_prime(n):
    d, twos = n - 1, 0
    while d % 2 == 0:
        d //= 2
        twos += 1
    for base in (2, 3, 5, 7, 11, 13):
        x = pow(base, d, n)
        if x in (1, n - 1):
            continue
        for _ in range(twos - 1):
            x = x * x % n
            if x == n - 1:
                break
        else:
            return False
    return True


def main(n):
    digits = pi_digits(n)
    fib = fibonacci(n * 40)
    primes = [k for k in range(2 ** 89 - 401, 2 ** 89, 2) if is_prime(k)]
    factorial = math.factorial(n * 2)
    text = str(fibonacci(n * 6))
    print(sum(digits), fib % 1_000_007, fib.bit_length(), len(primes), factorial % (2 ** 61 - 1), int(text) % 97,
          len(text), math.isqrt(fib) % 1009, math.gcd(fib, factorial), (fib ^ factorial) % 65_537)


if __name__ == "__main__":
    main(2_600)
