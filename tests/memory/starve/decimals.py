"""decimal in Python, fractions, statistics."""
import _pydecimal
import fractions
import statistics


def program():
    D = _pydecimal.Decimal
    with _pydecimal.localcontext() as context:
        context.prec = 20
        third = D(1) / D(3)
        root = D(2).sqrt()
    try:
        D("x")
    except _pydecimal.InvalidOperation as error:
        kind = type(error).__name__
    return (str(third), str(root), str(D("1.10") + D("2.2")), str(D("123.456").quantize(D("0.1"))), kind, f"{D('1234567.891'):,.2f}",
            str(fractions.Fraction("3/7") + fractions.Fraction(1, 3)), fractions.Fraction(0.5), statistics.mean([1, 2, 4]), statistics.median([3, 1, 2]))
