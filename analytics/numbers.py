"""Values of metrics, exactly: whole numbers are ints, others decimals without zeros at their end."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Final, TypeAlias

from bson import Decimal128

LARGEST: Final = 10**12
DECIMALS: Final = 6
Number: TypeAlias = int | Decimal
CENT: Final = Decimal("0.01")
# Sums have at most 34 digits, as many as MongoDB's decimals; Python's own context would round at 28.
EXACT: Final = Context(prec=60)


def value_of(value: Number) -> Number:
    """The value as it is kept. Raises ValueError for one beyond ±10^12, or with more than 6 decimals."""
    number = Decimal(value)
    if not number.is_finite() or abs(number) > LARGEST:
        raise ValueError(f"A value is between -10^12 and 10^12, and not {value}.")
    if number != number.quantize(Decimal(1).scaleb(-DECIMALS), context=EXACT):
        raise ValueError(f"A value has at most {DECIMALS} decimals, and {value} has more.")
    return exact(number)


def exact(number: Decimal) -> Number:
    """The number as an int if it is whole, and otherwise without zeros at its end."""
    whole = number.to_integral_value()
    return int(whole) if whole == number else number.normalize(EXACT)


def stored(value: Number) -> int | Decimal128:
    """A value as MongoDB has it."""
    return value if isinstance(value, int) else Decimal128(value)


def restored(value: int | Decimal128) -> Number:
    """A number that MongoDB has, as `exact` writes it."""
    return value if isinstance(value, int) else exact(value.to_decimal())


def total(numbers: Sequence[Number]) -> Number:
    """Their sum."""
    found = Decimal(0)
    for number in numbers:
        found = EXACT.add(found, Decimal(number))
    return exact(found)


def average(sum_: Number, count: int) -> float:
    """The mean, to two decimals; 0.0 of nothing."""
    if not count:
        return 0.0
    return float(mean(sum_, count).quantize(CENT, ROUND_HALF_UP, EXACT))


def mean(sum_: Number, count: int) -> Decimal:
    """The sum divided by the count, which is not 0, to sixty digits."""
    return EXACT.divide(Decimal(sum_), Decimal(count))


def change_percent(then: Number, now: Number) -> float | None:
    """By how much per cent it has risen, to two decimals; None from nothing."""
    if not then:
        return None
    risen = EXACT.subtract(Decimal(now), Decimal(then))
    share = EXACT.divide(EXACT.multiply(risen, Decimal(100)), Decimal(then).copy_abs())
    return float(share.quantize(CENT, ROUND_HALF_UP, EXACT))
