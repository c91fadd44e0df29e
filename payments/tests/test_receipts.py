"""Receipts as PDFs, read back."""

from decimal import Decimal

import pypdfium2
import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from bookings import operations as bookings
from bookings.models import Booking
from events.operations import TicketTypeInput
from payments import operations
from payments.models import Account
from payments.receipts import receipt_pdf
from payments.tests.paying import PRICE, again, basket, paid_event, under_way
from tests.api import Api, assert_problem
from tests.factories import make_event, make_hold, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def fonts():
    call_command("build_fonts")


def paid(quantity: int = 1, event=None, customer=None) -> Booking:
    booking = basket(event or paid_event(title="Jazz"), quantity, customer or make_user("Ada"))
    payment = under_way(booking)
    operations.book_in(payment_id=payment.pk, amount=payment.amount, reference="1", by=None, now=timezone.now())
    return Booking.objects.with_all().get(pk=booking.pk)


def words_of(booking: Booking) -> str:
    document = pypdfium2.PdfDocument(receipt_pdf(Booking.objects.with_all().get(pk=booking.pk), timezone.now()))
    return " ".join(" ".join(page.get_textpage().get_text_bounded().split()) for page in document)


def missing(words: str, *said: str) -> list[str]:
    return [one for one in said if one not in words]


def test_a_receipt_says_who_sold_what_to_whom_and_what_was_paid():
    booking = paid(2)
    Account.objects.update(legal_name="Jazz Kultur gGmbH", address="Am Markt 1\n10115 Berlin", tax_id="DE123456789")
    words = words_of(booking)
    assert missing(words, "Jazz Kultur gGmbH", "Am Markt 1", "DE123456789", "Ada", booking.reference) == []
    assert (
        missing(words, "2 × Seat", "€12.50", "Total €25.00", "Paid: bank transfer €25.00", "Paid in all €25.00") == []
    )


def test_the_tax_is_told_by_rate_with_net_and_gross():
    booking = paid(2)
    booking.lines.update(tax_rate=Decimal(23), tax=467, fee=100)
    assert missing(words_of(booking), "23 % €20.33 €4.67 €25.00", "includes €1.00 of") == []


def test_what_went_back_and_what_is_kept_stand_on_it():
    booking = paid(2)
    Booking.objects.update(policy={"cancel_hours": 0, "refund": [[24 * 30, 100], [1, 50]]})
    bookings.cancel(booking=booking, now=timezone.now())
    operations.settle_up(booking_id=booking.pk, now=timezone.now())
    words = words_of(booking)
    assert missing(words, "cancelled since", "booking cancelled −€12.50", "Paid in all €12.50", "€12.50 is kept") == []


@pytest.mark.parametrize(("currency", "price", "said"), [("JPY", "1200", "¥1,200"), ("KWD", "1.250", "1.250")])
def test_currencies_of_other_decimals_are_right(currency, price, said):
    types = [TicketTypeInput(name="Seat", price=Decimal(price))]
    event = make_event(payment_methods=["transfer"], ticket_types=types, currency=currency)
    Account.objects.create(team=event.organizer, bank_holder="Team", bank_account="1234567")
    assert said in words_of(paid(event=event)).replace("\xa0", " ")


def test_it_is_the_customer_s_alone_and_there_once_money_has_come(client):
    ada = make_user("Ada")
    booking, basket_of_theirs = paid(customer=ada), make_hold(customer=ada)
    path = reverse("payments:receipt", args=[booking.pk])
    assert client.get(path).status_code == 302
    client.force_login(ada)
    response = client.get(path)
    assert (response.status_code, response["Content-Type"], response.content[:5]) == (200, "application/pdf", b"%PDF-")
    assert path in client.get(booking.get_absolute_url()).content.decode()
    assert client.get(reverse("payments:receipt", args=[basket_of_theirs.pk])).status_code == 404
    client.force_login(make_user("Eve"))
    assert client.get(path).status_code == 404


def test_programs_have_it_too():
    ada = make_user("Ada")
    booking = paid(customer=ada)
    response = Api(ada).send("GET", f"/api/bookings/{booking.pk}/receipt", Accept="application/pdf")
    assert (response.status_code, response.content[:5]) == (200, b"%PDF-")
    nothing = make_hold(customer=ada)
    assert_problem(Api(ada).send("GET", f"/api/bookings/{nothing.pk}/receipt"), 409, "nothing-received")
    assert again(booking).total == PRICE
