"""Amounts as people read them."""

import pytest

from core import money


@pytest.mark.parametrize(
    ("minor", "currency", "words"),
    [
        (1250, "EUR", "€12.50"),
        (0, "EUR", "€0.00"),
        (1200, "JPY", "JP¥1,200"),
        (123456, "USD", "US$1,234.56"),
        (1250, "KWD", "KWD\N{NO-BREAK SPACE}1.250"),
        (-1920000, "KES", "-KES\N{NO-BREAK SPACE}19,200.00"),
    ],
)
def test_sums_are_said_in_the_form_of_their_currency(minor, currency, words):
    assert money.amount_words(minor, currency) == words
