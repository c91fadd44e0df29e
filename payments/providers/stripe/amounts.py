"""Stripe counts money in units of its own: https://docs.stripe.com/currencies says in which.

Most are ours (core.money, by Unicode CLDR). Some currencies whose coins are no longer used have two decimals there and
none with us; of those with three decimals, Stripe takes only what ends in nought.
"""

from core.money import exponent, plain
from payments.providers.protocol import ProviderRefused

# The rest have two.
DECIMALS = dict.fromkeys(
    ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"], 0
) | dict.fromkeys(["BHD", "JOD", "KWD", "OMR", "TND"], 3)


def to_stripe(amount: int, currency: str) -> int:
    """From our minor units. ProviderRefused when Stripe can't take so fine an amount."""
    ours, theirs = exponent(currency), DECIMALS.get(currency, 2)
    if ours > theirs:
        raise ProviderRefused(f"cards can't be charged in {currency}.")
    if theirs == 3 and amount % 10:
        raise ProviderRefused(f"cards are charged in steps of {plain(10, currency)} {currency}.")
    return amount * 10 ** (theirs - ours)


def from_stripe(amount: int, currency: str) -> int:
    """To our minor units. ValueError for a part of the smallest of them."""
    ours, theirs = exponent(currency), DECIMALS.get(currency, 2)
    whole, rest = divmod(amount * 10 ** max(ours - theirs, 0), 10 ** max(theirs - ours, 0))
    if rest:
        raise ValueError(f"{amount} is no amount in {currency}.")
    return whole
