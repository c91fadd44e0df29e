from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import money
from events.tariff import Price, Tariff

AMOUNTS = st.integers(0, 10**12)
RATES = st.decimals(0, 100, places=3)


@pytest.mark.parametrize(
    ("tariff", "asked", "price"),
    [
        (Tariff(Decimal(0), True), 1000, Price(1000, 0)),
        (Tariff(Decimal(23), True), 1000, Price(1000, 0)),
        (Tariff(Decimal(23), False), 1000, Price(1230, 0)),
        (Tariff(Decimal("8.875"), False), 1000, Price(1089, 0)),
        (Tariff(Decimal(23), False, 150), 1000, Price(1380, 150)),
        (Tariff(Decimal(23), False, 150, Decimal(10)), 1000, Price(1503, 273)),
        (Tariff(Decimal(23), False, 150, Decimal(10)), 0, Price(0, 0)),
        (Tariff(Decimal(10), False), 5, Price(6, 0)),  # half a yen is rounded up
    ],
)
def test_tax_is_added_where_it_is_not_included_and_then_the_fee(tariff, asked, price):
    assert tariff.price(asked) == price


def test_a_ticket_types_own_rate_goes_before_its_teams():
    tariff = Tariff(Decimal(23), False)
    assert tariff.price(1000, Decimal(6)) == Price(1060, 0)
    assert tariff.price(1000, Decimal(0)) == Price(1000, 0)


@pytest.mark.parametrize(
    ("gross", "rate", "tax"),
    [
        (1230, Decimal(23), 230),
        (1000, Decimal(23), 187),
        (0, Decimal(23), 0),
        (1000, Decimal(0), 0),
        (3, Decimal(100), 2),
    ],
)
def test_the_tax_in_a_price_is_a_part_of_it(gross, rate, tax):
    assert money.tax_within(gross, rate) == tax


@given(asked=AMOUNTS, rate=RATES)
def test_the_tax_found_in_a_price_is_the_tax_that_was_added_to_it(asked, rate):
    gross = Tariff(rate, False).price(asked).total
    assert abs(money.tax_within(gross, rate) - (gross - asked)) <= 1


@given(asked=AMOUNTS, rate=RATES, fixed=st.integers(0, 10**9), percent=RATES, included=st.booleans())
def test_a_price_is_never_below_what_was_asked_and_holds_its_fee_and_its_tax(asked, rate, fixed, percent, included):
    price = Tariff(rate, included, fixed, percent).price(asked)
    assert price.total - price.fee >= asked
    assert 0 <= money.tax_within(price.total, rate) <= price.total // 2 + 1
    assert (price == (0, 0)) == (asked == 0)


@given(gross=AMOUNTS, rate=RATES)
def test_tax_is_rounded_to_the_nearest_unit_and_never_twice(gross, rate):
    tax = money.tax_within(gross, rate)
    exact = Decimal(gross) * rate / (100 + rate)
    assert abs(Decimal(tax) - exact) <= Decimal("0.5000001")


@pytest.mark.parametrize("currency", ["JPY", "EUR", "KWD", "ISK", "CLF"])
@given(asked=st.integers(0, 10**9), rate=RATES)
def test_amounts_come_back_the_same_from_every_currencys_own_decimals(currency, asked, rate):
    total = Tariff(rate, False).price(asked).total
    assert money.to_minor(money.to_major(total, currency), currency) == total
    assert money.to_minor(Decimal(money.plain(total, currency)), currency) == total
