"""bank.py - accounts in decimal money, a journal with undo, interest by day, reports; commands from standard input."""
from __future__ import annotations

import abc
import contextlib
import dataclasses
import datetime as dt
import decimal
import enum
import functools
import itertools
import shlex
import sys
import textwrap
from collections import defaultdict, deque
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import ClassVar, Iterable, Iterator, Protocol

CENT = Decimal("0.01")


class BankError(Exception):
    """What a customer can be told."""


class NotEnough(BankError):
    def __init__(self, account: Account, wanted: Money):
        super().__init__(f"{account.number} has {account.available()}, not {wanted}")
        self.account, self.wanted = account, wanted


class UnknownAccount(BankError, LookupError):
    def __str__(self) -> str:
        return f"no account {self.args[0]}"


@functools.total_ordering
@dataclasses.dataclass(frozen=True, slots=True)
class Money:
    amount: Decimal
    currency: str = "EUR"

    @classmethod
    def parse(cls, text: str) -> Money:
        number, _, currency = text.partition(" ")
        try:
            amount = Decimal(number.replace(",", ""))
        except decimal.InvalidOperation:
            raise BankError(f"not an amount: {text!r}") from None
        if not amount.is_finite() or amount != amount.quantize(CENT):
            raise BankError(f"not whole cents: {text!r}")
        return cls(amount, currency or "EUR")

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise BankError(f"{self.currency} is not {other.currency}")

    def __add__(self, other: Money) -> Money:
        if not isinstance(other, Money):
            return NotImplemented
        self._same(other)
        return Money(self.amount + other.amount, self.currency)

    def __radd__(self, other):
        return self if other == 0 else NotImplemented

    def __sub__(self, other: Money) -> Money:
        return self + -other

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __mul__(self, factor: Decimal | int) -> Money:
        return Money((self.amount * factor).quantize(CENT, ROUND_HALF_EVEN), self.currency)

    __rmul__ = __mul__

    def __lt__(self, other: Money) -> bool:
        self._same(other)
        return self.amount < other.amount

    def __bool__(self) -> bool:
        return bool(self.amount)

    def __str__(self) -> str:
        return f"{self.amount:,.2f} {self.currency}"

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def split(self, parts: int) -> list[Money]:
        """Parts that differ by at most a cent and make the whole."""
        cents = int(self.amount / CENT)
        base, rest = divmod(cents, parts)
        return [Money((base + (k < rest)) * CENT, self.currency) for k in range(parts)]


class Kind(enum.Enum):
    DEPOSIT = "deposit"
    WITHDRAWAL = "withdrawal"
    TRANSFER = "transfer"
    INTEREST = "interest"
    FEE = "fee"

    @property
    def sign(self) -> str:
        return {"deposit": "+", "interest": "+"}.get(self.value, "-")


@dataclasses.dataclass(order=True)
class Entry:
    day: dt.date
    serial: int
    account: str = dataclasses.field(compare=False)
    kind: Kind = dataclasses.field(compare=False)
    amount: Money = dataclasses.field(compare=False)
    note: str = dataclasses.field(default="", compare=False, repr=False)
    counter: ClassVar[Iterator[int]] = itertools.count(1)


class Account(abc.ABC):
    kinds: ClassVar[dict[str, type[Account]]] = {}
    rate: ClassVar[Decimal] = Decimal(0)

    def __init_subclass__(cls, *, code: str, **options):
        super().__init_subclass__(**options)
        Account.kinds[code] = cls
        cls.code = code

    def __init__(self, number: str, owner: str, currency: str = "EUR"):
        self.number, self.owner = number, owner
        self.balance = Money(Decimal(0), currency)
        self.accrued = Decimal(0)

    @abc.abstractmethod
    def available(self) -> Money:
        ...

    def change(self, amount: Money) -> None:
        if amount.amount < 0 and self.available() + amount < Money(Decimal(0), amount.currency):
            raise NotEnough(self, -amount)
        self.balance += amount

    def accrue(self) -> None:
        self.accrued += self.balance.amount * self.rate / 365

    def settle(self) -> Money:
        amount = self.accrued.quantize(CENT, ROUND_HALF_UP)
        self.accrued -= amount
        return Money(amount, self.balance.currency)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.number} {self.owner}: {self.balance}>"


class Current(Account, code="current"):
    overdraft = Money(Decimal(100))

    def available(self) -> Money:
        return self.balance + self.overdraft if self.balance.currency == "EUR" else self.balance


class Savings(Account, code="savings"):
    rate = Decimal("0.0325")

    def available(self) -> Money:
        return self.balance


class Listener(Protocol):
    def __call__(self, entry: Entry) -> None: ...


class Bank:
    def __init__(self, today: dt.date):
        self.today = today
        self.accounts: dict[str, Account] = {}
        self.journal: list[Entry] = []
        self.undone: deque[tuple[Entry, ...]] = deque(maxlen=10)
        self.listeners: list[Listener] = []
        self._open: list[Entry] | None = None

    def account(self, number: str) -> Account:
        try:
            return self.accounts[number]
        except KeyError:
            raise UnknownAccount(number) from None

    def open(self, kind: str, number: str, owner: str, currency: str = "EUR") -> Account:
        if number in self.accounts:
            raise BankError(f"account {number} exists")
        if kind not in Account.kinds:
            raise BankError(f"no such kind: {kind} (there are {', '.join(sorted(Account.kinds))})")
        self.accounts[number] = account = Account.kinds[kind](number, owner, currency)
        return account

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """All entries made within, or none of them."""
        if self._open is not None:
            yield
            return
        self._open = []
        balances = {number: (each.balance, each.accrued) for number, each in self.accounts.items()}
        try:
            yield
        except BaseException:
            for number, (balance, accrued) in balances.items():
                self.accounts[number].balance, self.accounts[number].accrued = balance, accrued
            raise
        else:
            self.journal.extend(self._open)
            for entry, listener in itertools.product(self._open, self.listeners):
                listener(entry)
        finally:
            self._open = None

    def post(self, number: str, kind: Kind, amount: Money, note: str = "") -> None:
        with self.together():
            self.account(number).change(amount)
            self._open.append(Entry(self.today, next(Entry.counter), number, kind, amount, note))

    def deposit(self, number: str, text: str) -> None:
        amount = Money.parse(text)
        if amount.amount <= 0:
            raise BankError("a deposit is positive")
        self.post(number, Kind.DEPOSIT, amount)

    def withdraw(self, number: str, text: str) -> None:
        self.post(number, Kind.WITHDRAWAL, -Money.parse(text))

    def transfer(self, source: str, target: str, text: str, note: str = "") -> None:
        amount = Money.parse(text)
        with self.together():
            self.post(source, Kind.TRANSFER, -amount, note or f"to {target}")
            self.post(target, Kind.TRANSFER, amount, note or f"from {source}")
            if amount > Money(Decimal(1000), amount.currency):
                self.post(source, Kind.FEE, -amount * Decimal("0.001"), "large transfer")

    def share(self, source: str, text: str, *targets: str) -> None:
        with self.together():
            for target, part in zip(targets, Money.parse(text).split(len(targets)), strict=True):
                self.transfer(source, target, str(part.amount))

    def wait(self, days: int) -> None:
        for _ in range(days):
            for account in self.accounts.values():
                account.accrue()
            tomorrow = self.today + dt.timedelta(days=1)
            if tomorrow.month != self.today.month:
                for account in self.accounts.values():
                    if interest := account.settle():
                        self.post(account.number, Kind.INTEREST, interest)
            self.today = tomorrow

    def statement(self, number: str) -> Iterable[str]:
        account = self.account(number)
        running = Money(Decimal(0), account.balance.currency)
        yield f"{account.owner}, {account.code} account {number}"
        for entry in (each for each in sorted(self.journal) if each.account == number):
            running += entry.amount
            yield f"  {entry.day:%d %b %Y} {entry.kind.value:<10} {entry.amount:>16} {running:>16}  {entry.note}".rstrip()
        yield f"  {'balance':<22} {account.balance:>16}"
        assert running == account.balance

    def totals(self) -> dict[tuple[int, int], dict[Kind, Money]]:
        result: dict = defaultdict(dict)
        for (month, kind), entries in itertools.groupby(
                sorted(self.journal, key=lambda e: (e.day.year, e.day.month, e.kind.value)),
                key=lambda e: ((e.day.year, e.day.month), e.kind)):
            result[month][kind] = sum(entry.amount for entry in entries if entry.amount.currency == "EUR")
        return result


class Teller:
    """Commands by the names of methods do_*."""

    def __init__(self, bank: Bank, output=sys.stdout):
        self.bank, self.output = bank, output
        self.count = self.refused = 0

    def say(self, *words) -> None:
        print(*words, file=self.output)

    def run(self, lines: Iterable[str]) -> None:
        for number, line in enumerate(lines, 1):
            words = shlex.split(line, comments=True)
            if not words:
                continue
            self.count += 1
            command = getattr(self, f"do_{words[0]}", None)
            try:
                if command is None:
                    raise BankError(f"no command {words[0]!r}")
                command(*words[1:])
            except BankError as error:
                self.refused += 1
                self.say(f"line {number}: {type(error).__name__}: {error}")
            except (TypeError, ValueError) as error:
                self.refused += 1
                self.say(f"line {number}: wrong use of {words[0]}: {error}")

    def do_open(self, kind, number, owner, currency="EUR"):
        """Opens an account."""
        self.say("opened", self.bank.open(kind, number, owner, currency))

    def do_deposit(self, number, *amount):
        self.bank.deposit(number, " ".join(amount))

    def do_withdraw(self, number, *amount):
        self.bank.withdraw(number, " ".join(amount))

    def do_transfer(self, source, target, amount, *note):
        self.bank.transfer(source, target, amount, " ".join(note))

    def do_share(self, source, amount, *targets):
        self.bank.share(source, amount, *targets)

    def do_wait(self, days):
        self.bank.wait(int(days))
        self.say("it is", self.bank.today.isoformat(), f"a {self.bank.today:%A}")

    def do_statement(self, number):
        self.say("\n".join(self.bank.statement(number)))

    def do_totals(self):
        for (year, month), kinds in self.bank.totals().items():
            self.say(f"{dt.date(year, month, 1):%B %Y}")
            for kind, total in kinds.items():
                self.say(f"  {kind.name:<12}{total:>16}" if total != 0 else f"  {kind.name:<12}{'-':>16}")

    def do_help(self):
        names = sorted(name[3:] for name in dir(self) if name.startswith("do_"))
        self.say(textwrap.fill(" ".join(names), 40, initial_indent="commands: ", subsequent_indent=" " * 10))


def main() -> int:
    bank = Bank(dt.date(2023, 12, 30))
    large: list[str] = []
    bank.listeners.append(lambda entry: large.append(repr(entry)) if abs(entry.amount.amount) > 2000 else None)
    teller = Teller(bank)
    teller.run(sys.stdin)
    teller.say(*large, sep="\n") if False else [teller.say(each) for each in large]
    teller.say(teller.count, "commands,", teller.refused, "refused")
    teller.say([str(part) for part in Money(Decimal("100.00")).split(7)])
    teller.say(Money(Decimal("0.125")) * 1, Money(Decimal("0.135")) * 1, 3 * Money(Decimal("1.10")),
               max(Money(Decimal(n)) for n in (3, 9, 4)))
    try:
        Money(Decimal(1)).amount = 3
    except dataclasses.FrozenInstanceError as error:
        teller.say("frozen:", error)
    try:
        Account("1", "nobody")
    except TypeError as error:
        teller.say(error)
    with decimal.localcontext() as context:
        context.prec = 30
        teller.say(Decimal(1) / 7, Decimal(2).sqrt(), Decimal("1e-7"), Decimal("-0"), Decimal("NaN"), Decimal(10) ** 40)
    print("refused:", teller.refused, file=sys.stderr)
    return min(teller.refused, 3)


if __name__ == "__main__":
    sys.exit(main())
