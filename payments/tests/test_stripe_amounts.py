"""Our minor units and Stripe's, in every currency somebody pays with."""

import pytest

from core.money import CURRENCIES, exponent
from local.stripe import amounts as theirs
from payments.providers.protocol import ProviderRefused
from payments.providers.stripe.amounts import from_stripe, to_stripe


def test_what_is_said_to_stripe_comes_back_the_same_in_every_currency():
    for currency in sorted(CURRENCIES - {"LYD"}):
        amount = 123 * 10 ** exponent(currency)
        assert from_stripe(to_stripe(amount, currency), currency) == amount


def test_stripe_shows_the_same_amount_that_we_show():
    """The server that stands in for Stripe has a table of its own."""
    for currency in sorted(CURRENCIES - theirs.NOT_TAKEN):
        sent = to_stripe(1230 * 10 ** exponent(currency), currency)
        theirs.check(sent, currency.lower())
        digits = [letter for letter in theirs.words(sent, currency.lower()) if letter.isdecimal()]
        assert "".join(digits).startswith("1230")
        assert set(digits[4:]) <= {"0"}


@pytest.mark.parametrize(
    ("amount", "currency", "sent"),
    [
        (1250, "EUR", 1250),
        (1250, "JPY", 1250),
        (1250, "ISK", 125000),
        (5, "UGX", 500),
        (1250, "HUF", 1250),
        (12340, "KWD", 12340),
        (300, "RSD", 30000),
        (7, "MGA", 7),
    ],
)
def test_amounts_are_sent_in_stripes_units(amount, currency, sent):
    assert to_stripe(amount, currency) == sent


@pytest.mark.parametrize(
    ("amount", "currency", "reason"),
    [
        (12345, "KWD", "cards are charged in steps of 0.010 KWD."),
        (1000, "LYD", "cards can't be charged in LYD."),
    ],
)
def test_what_is_too_fine_for_stripe_is_refused_in_plain_words(amount, currency, reason):
    with pytest.raises(ProviderRefused) as refusal:
        to_stripe(amount, currency)
    assert str(refusal.value) == reason


def test_a_part_of_our_smallest_unit_is_no_amount():
    with pytest.raises(ValueError, match="150 is no amount in ISK"):
        from_stripe(150, "ISK")
