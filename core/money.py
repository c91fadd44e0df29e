"""Money: integers in minor units inside, decimal strings in major units at the API, Babel on screen."""

import math
import re
from decimal import Decimal
from fractions import Fraction
from functools import cache

from babel.core import get_global
from babel.numbers import format_currency, get_currency_precision

# ISO 4217 currencies that somebody pays with today, by Unicode CLDR's list.
CURRENCIES: frozenset[str] = frozenset(
    code
    for currencies in get_global("territory_currencies").values()
    for code, _start, end, is_tender in currencies
    if end is None and is_tender
)
_LETTERS_AND_DIGITS = re.compile(r"(?<=[A-Za-z])(?=\d)")


@cache
def exponent(currency: str) -> int:
    """How many decimals the currency has, by Unicode CLDR: EUR 2, JPY 0, KWD 3."""
    return int(get_currency_precision(currency))


def to_minor(amount: Decimal, currency: str) -> int:
    """Major to minor units. ValueError when the amount has more decimals than the currency."""
    minor = amount.scaleb(exponent(currency))
    if minor != minor.to_integral_value():
        raise ValueError(f"{currency} amounts have at most {exponent(currency)} decimals.")
    return int(minor)


def to_major(minor: int, currency: str) -> Decimal:
    """Minor to major units: 1250 EUR-cents are Decimal('12.50')."""
    return Decimal(minor).scaleb(-exponent(currency))


def plain(minor: int, currency: str) -> str:
    """The API's form: '12.50'."""
    return f"{to_major(minor, currency):.{exponent(currency)}f}"


def words(minor: int, currency: str) -> str:
    """The form for people: '€12.50', or 'Free' for nothing."""
    return amount_words(minor, currency) if minor else "Free"


def amount_words(minor: int, currency: str) -> str:
    """The form of sums for people: '€12.50', and '€0.00' for nothing. A currency that is written in letters stands
    apart from the number, as Unicode CLDR's `currencySpacing` has it, and Babel does not: 'KWD 1.250'."""
    written = format_currency(to_major(minor, currency), currency, locale="en_GB")
    return _LETTERS_AND_DIGITS.sub("\N{NO-BREAK SPACE}", written)


def percent_of(amount: int, percent: Decimal) -> int:
    """So many per cent of an amount, in its own minor units; a half is rounded up."""
    return _nearest(Fraction(amount) * Fraction(percent) / 100)


def tax_within(gross: int, rate: Decimal) -> int:
    """The tax that an amount contains at so many per cent of the net, in its own minor units; a half is rounded up."""
    rate_of_net = Fraction(rate)
    return _nearest(gross * rate_of_net / (100 + rate_of_net))


def part_of(amount: int, share: int, whole: int) -> int:
    """The `share / whole` part of an amount, in its own minor units; nothing of nothing."""
    return _nearest(Fraction(amount * share, whole)) if whole else 0


def plain_percent(percent: Decimal) -> str:
    """The API's form of a rate: '23' or '7.7'."""
    return f"{percent.normalize():f}"


def trimmed(percent: Decimal) -> Decimal:
    """A rate as forms show it: 20, neither 20.000 nor 2E+1."""
    return Decimal(plain_percent(percent))


def percent_words(percent: Decimal) -> str:
    """The form for people: '23 %'."""
    return f"{plain_percent(percent)} %"


def _nearest(amount: Fraction) -> int:
    return math.floor(amount + Fraction(1, 2))
