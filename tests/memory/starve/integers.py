"""Whole numbers of any size: arithmetic, text, bytes, powers."""
import math


def program():
    big = 3 ** 400
    other = int("9" * 120) ** 3
    result = [big * other, big // 12345678901234567890, divmod(other, big), -big >> 77, big << 500, big & other, big ^ -other]
    result += [pow(7, big, other), math.gcd(big, other), math.isqrt(big), math.factorial(60), str(big), hex(other), int("zz" * 30, 36)]
    result += [big.to_bytes(100, "big"), int.from_bytes(b"\xff" * 50, "little", signed=True), big / other, round(big, -50), ~big]
    return [repr(x) for x in result]
