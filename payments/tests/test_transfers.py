"""What somebody needs to know who pays by bank transfer."""

import re
from datetime import timedelta

import pytest
import zxingcpp
from django.utils import timezone
from PIL import Image

from payments import iban, transfers
from payments.errors import MethodNotOffered
from payments.models import Account, Payment
from payments.providers import methods_of, missing_methods
from payments.tests.paying import PRICE, again, basket, paid_event, under_way

IBAN = "PT50 0002 0123 1234 5678 9015 4"


@pytest.mark.parametrize(
    "number",
    [IBAN, "GB82WEST12345698765432", "de89 3704 0044 0532 0130 00", "NO93-8601-1117-947", "BE68 5390 0754 7034"],
)
def test_an_iban_with_right_check_digits_is_one(number):
    assert iban.is_iban(number)


@pytest.mark.parametrize(
    "number",
    ["", "PT50", "PT51 0002 0123 1234 5678 9015 4", "GB82WEST12345698765423", "12345678", "É" * 20, "PT50" * 9],
)
def test_what_is_mistyped_or_none_at_all_is_no_iban(number):
    assert not iban.is_iban(number)


def test_an_iban_is_shown_in_groups_of_four_and_other_numbers_as_they_are():
    assert iban.grouped(iban.compact(IBAN)) == IBAN
    assert iban.grouped("12-34-56 12345678") == "12-34-56 12345678"


def event_in(days: float):
    return paid_event(starts_at=(start := timezone.now() + timedelta(days=days)), ends_at=start + timedelta(hours=2))


@pytest.mark.django_db
def test_seats_are_kept_for_the_days_that_the_team_says():
    event, now = event_in(30), timezone.now()
    assert transfers.kept_until(event, Account.objects.get(), now) == now + timedelta(days=5)


@pytest.mark.django_db
def test_seats_are_kept_no_longer_than_until_a_day_before_the_start():
    event, now = event_in(4.5), timezone.now()
    assert transfers.kept_until(event, Account.objects.get(), now) == event.starts_at - timedelta(days=1)


@pytest.mark.django_db
def test_shortly_before_an_event_no_transfer_arrives_in_time():
    assert transfers.kept_until(event_in(3.9), Account.objects.get(), timezone.now()) is None


@pytest.mark.django_db
def test_a_basket_that_is_to_be_paid_by_transfer_is_kept_for_days():
    booking = basket(event_in(30))
    payment = under_way(booking)
    assert again(booking).hold_expires_at == payment.created_at + timedelta(days=5)


@pytest.mark.django_db
def test_shortly_before_an_event_transfers_are_not_offered():
    event = event_in(2)
    assert methods_of(event) == []
    booking = basket(event)
    with pytest.raises(MethodNotOffered):
        under_way(booking)
    assert not Payment.objects.exists()


@pytest.mark.django_db
def test_ways_to_pay_that_a_team_cannot_take_are_named():
    event = paid_event("card", "transfer", "door")
    assert missing_methods(event) == ["card"]
    Account.objects.update(bank_account="")
    assert missing_methods(event) == ["card", "transfer"]


@pytest.mark.django_db
def test_the_instructions_say_where_to_how_much_and_what_for():
    payment = Payment.objects.select_related("account", "booking").get(pk=under_way(basket(quantity=2)).pk)
    told = transfers.instructions(payment)
    assert (told.holder, told.account, told.reference) == ("Team", IBAN, payment.booking.reference)
    assert (told.amount, told.amount_label, told.amount_plain) == (2 * PRICE, "€25.00", "25.00")
    assert told.until == payment.booking.hold_expires_at


@pytest.mark.django_db
def test_banks_apps_read_the_code():
    payment = Payment.objects.select_related("account", "booking").get(pk=under_way().pk)
    lines = read(transfers.instructions(payment).code).split("\n")
    assert lines[:4] == ["BCD", "002", "1", "SCT"]
    assert lines[5:8] == ["Team", iban.compact(IBAN), "EUR12.5"]
    assert payment.booking.reference in lines


@pytest.mark.django_db
@pytest.mark.parametrize(("field", "value"), [("currency", "PLN"), ("amount", 0)])
def test_without_euros_to_an_iban_there_is_no_code(field, value):
    payment = Payment.objects.select_related("account", "booking").get(pk=under_way().pk)
    setattr(payment, field, value)
    assert transfers.instructions(payment).code == ""


def read(svg: str) -> str:
    """The text of a QR code that is drawn as runs of dark modules: "M4 4.5h7m1 0h1 …"."""
    size = int(re.search(r'viewBox="0 0 (\d+)', svg)[1])
    picture = Image.new("L", (size, size), 255)
    x = y = 0
    for step, across, down in re.findall(
        r"([Mmh])(-?[\d.]+)(?: (-?[\d.]+))?", re.search(r'qrline[^/]* d="([^"]+)"', svg)[1]
    ):
        if step == "h":
            picture.paste(0, (x, y, x + int(across), y + 1))
            x += int(across)
        else:
            x, y = (int(across), int(float(down))) if step == "M" else (x + int(across), y + int(float(down)))
    (found,) = zxingcpp.read_barcodes(picture.resize((size * 4, size * 4), Image.Resampling.NEAREST))
    return found.text
