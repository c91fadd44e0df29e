"""What customers and teams are told of money."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from bookings import operations as bookings
from bookings.models import Booking
from notifications import operations
from notifications.models import Notice
from notifications.tests.told import the_letter, told, words, work, work_twice
from outbox.operations import announce
from payments import operations as money
from payments.facts import payment_disputed, payment_failed, payment_odd
from payments.models import Payment, Refund
from payments.operations import refunding
from payments.providers.protocol import RefundStanding, RefundStatus, Standing, Status
from payments.tests.paying import PRICE, again, basket, paid_event, under_way
from tests.factories import make_hold, make_user

pytestmark = pytest.mark.django_db


def transfer(quantity: int = 1, **changes) -> Payment:
    """One of Ada that is awaited."""
    return under_way(basket(paid_event(title="Jazz", **changes), quantity, make_user("Ada")))


def book_in(payment: Payment, amount: int, reference: str = "1") -> None:
    money.book_in(payment_id=payment.pk, amount=amount, reference=reference, by=None, now=timezone.now())


def paid(quantity: int = 1, **changes) -> Booking:
    payment = transfer(quantity, **changes)
    book_in(payment, payment.amount)
    return again(payment.booking)


def came_late() -> Booking:
    payment = transfer(capacity=1)
    bookings.expire(booking=payment.booking, now=timezone.now() + timedelta(days=60))
    make_hold(payment.booking.event)
    book_in(payment, PRICE)
    return again(payment.booking)


def test_who_is_to_transfer_is_told_once_what_and_where():
    payment = transfer(2)
    under_way(payment.booking)  # pressed again
    work_twice()
    assert told("transfer_due") == [("Ada", ["email", "bell"])]
    letter = the_letter("transfer_due")
    facts = dict(letter.facts)
    assert letter.title == "Please transfer €25.00 for Jazz"
    assert (facts["Amount"], facts["Reference"]) == ("€25.00", payment.booking.reference)
    assert facts["IBAN"].startswith("PT50 0002")
    assert letter.link.url == reverse("payments:transfer", args=[payment.booking_id])


def test_each_part_that_arrives_is_told_and_the_last_with_the_tickets():
    payment = transfer(2)
    book_in(payment, 1000)
    work_twice()
    assert told("transfer_part") == [("Ada", ["email", "bell"])]
    letter = the_letter("transfer_part")
    assert letter.title == "€10.00 of €25.00 arrived for Jazz"
    assert dict(letter.facts)["Amount"] == "€15.00"
    book_in(payment, 1500, "2")
    work_twice()
    assert len(told("transfer_part")) == 1
    assert dict(the_letter("booking_confirmed").facts)["Paid"] == "€25.00"


def test_a_transfer_that_is_missing_a_day_before_the_end_is_told_once():
    payment = transfer()
    early, late = timezone.now(), payment.booking.hold_expires_at
    Booking.objects.update(created_at=early - timedelta(days=3), hold_expires_at=early + timedelta(hours=20))
    assert [operations.tell_of_ending_transfers(now=timezone.now()) for _ in range(2)] == [1, 0]
    assert operations.tell_of_ending_holds(now=timezone.now()) == 0
    assert "Still waiting for your transfer" in the_letter("transfer_ending").title
    assert late != early


def test_who_is_to_transfer_is_not_told_that_a_basket_ends():
    transfer()
    ends = timezone.now() + timedelta(minutes=3)
    Booking.objects.update(created_at=timezone.now() - timedelta(days=3), hold_expires_at=ends)
    assert operations.tell_of_ending_holds(now=timezone.now()) == 0


def test_a_payment_that_failed_is_told_with_its_reason():
    payment = transfer()
    gone = Status(Standing.ENDED, reason="The card has expired.")
    money.settle(payment_id=payment.pk, status=gone, now=timezone.now())
    announce(payment_failed, payment_id=payment.pk)  # said again
    work_twice()
    assert told("payment_failed") == [("Ada", ["email", "bell"])]
    letter = the_letter("payment_failed")
    assert "The card has expired." in words(letter)
    assert letter.line == "Nothing was charged. Your seats are still held for you."


def test_money_that_came_too_late_asks_and_its_end_is_told():
    booking = came_late()
    work_twice()
    assert told("payment_late") == [("Ada", ["email", "bell"])]
    letter = the_letter("payment_late")
    assert letter.link.url == reverse("payments:late", args=[booking.pk])
    assert "Choose until" in letter.line
    money.take_money_back(booking_id=booking.pk, now=timezone.now())
    work_twice()
    assert told("payment_returned") == [("Ada", ["email", "bell"])]
    assert "€12.50 comes back to you" in the_letter("payment_returned").line


def test_a_cancelled_booking_is_told_with_what_comes_back_and_what_is_kept():
    booking = paid()
    Booking.objects.update(policy={"cancel_hours": 0, "refund": [[24 * 30, 100], [1, 50]]})
    bookings.cancel(booking=booking, now=timezone.now())
    work_twice()
    said = words(the_letter("booking_cancelled"))
    assert "€6.25 comes back to you" in said
    assert "€6.25 is kept, as the rules of the booking said." in said
    assert "Nothing was charged" not in said


@pytest.mark.parametrize(("even_late", "who"), [(False, "You have cancelled"), (True, "Our staff has cancelled")])
def test_some_tickets_that_are_cancelled_are_told_with_what_is_left(even_late, who):
    booking = paid(2)
    line = booking.lines.get()
    bookings.cancel_seats(booking=booking, numbers={line.pk: [1]}, now=timezone.now(), even_late=even_late)
    work_twice()
    assert told("tickets_cancelled") == [("Ada", ["email", "bell"])]
    letter = the_letter("tickets_cancelled")
    assert letter.title == "1 ticket cancelled, 1 ticket left: Jazz"
    assert f"{who} 1 ticket" in words(letter)
    assert "€12.50 comes back to you" in words(letter)
    assert told("booking_cancelled") == []


def test_what_was_paid_back_is_told_once_with_why():
    booking = paid()
    bookings.cancel(booking=booking, now=timezone.now(), even_late=True)
    money.settle_up(booking_id=booking.pk, now=timezone.now())
    refund = Refund.objects.get()
    for _ in range(2):
        refunding.conclude(refund_id=refund.pk, status=RefundStatus(RefundStanding.DONE), now=timezone.now())
    work_twice()
    assert told("refunded") == [("Ada", ["email", "bell"])]
    assert the_letter("refunded").title == "€12.50 was paid back for Jazz"


def test_a_refund_that_failed_is_told_to_those_who_handle_money():
    booking = paid()
    team = booking.event.organizer
    for name, role in (("Mia", "manager"), ("Dora", "door")):
        Membership.objects.create(team=team, user=make_user(name), role=role)
    bookings.cancel(booking=booking, now=timezone.now(), even_late=True)
    money.settle_up(booking_id=booking.pk, now=timezone.now())
    failed = RefundStatus(RefundStanding.FAILED, reason="The account is closed.")
    refunding.conclude(refund_id=Refund.objects.get().pk, status=failed, now=timezone.now())
    work_twice()
    assert [name for name, _ in sorted(told("payment_trouble"))] == ["Mia", "Olga"]
    assert told("refunded") == []
    said = " ".join(Notice.objects.filter(kind="payment_trouble")[0].line.split())
    assert said == f"€12.50 for booking {booking.reference} could not be paid back."


@pytest.mark.parametrize(
    ("fact", "title"), [(payment_disputed, "A payment is disputed"), (payment_odd, "A payment is odd")]
)
def test_what_needs_eyes_is_told_to_the_team_once(fact, title):
    booking = paid()
    for _ in range(2):
        announce(fact, payment_id=booking.payments.get().pk)
    work()
    assert [name for name, _ in told("payment_trouble")] == ["Olga"]
    assert the_letter("payment_trouble").title.startswith(title)


def test_who_booked_on_money_is_told_by_which_rules_it_comes_back():
    paid()
    work_twice()
    letter = the_letter("booking_confirmed")
    assert "100 % of what you paid comes back until" in words(letter)
