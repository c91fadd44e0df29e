from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from bookings import operations as bookings
from tests.factories import make_booking, make_hold, make_user
from tickets import codes, operations
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


def test_each_seat_gets_one_ticket_however_often_they_are_issued():
    booking = make_booking(quantity=3)

    for _ in range(3):
        operations.issue(booking_id=booking.pk)

    assert [ticket.number for ticket in booking.tickets.in_order()] == [1, 2, 3]


@pytest.mark.django_db(transaction=True)
def test_two_workers_issuing_at_the_same_moment_leave_one_ticket_per_seat():
    booking = make_booking(quantity=5)
    together = Barrier(2, timeout=10)

    def issue() -> None:
        together.wait()
        operations.issue(booking_id=booking.pk)
        connection.close()

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(issue), pool.submit(issue)]:
            done.result(timeout=20)

    assert [ticket.number for ticket in booking.tickets.in_order()] == [1, 2, 3, 4, 5]


def test_a_basket_gets_no_tickets():
    basket = make_hold()

    operations.issue(booking_id=basket.pk)

    assert operations.issued(booking=basket) == []
    assert Ticket.objects.count() == 0


def test_tickets_that_no_worker_has_issued_yet_are_issued_when_asked_for():
    booking = make_booking(quantity=2)

    assert len(operations.issued(booking=booking)) == 2


def test_asking_for_issued_tickets_takes_one_query(django_assert_num_queries):
    booking = make_booking(quantity=3)
    operations.issue(booking_id=booking.pk)

    with django_assert_num_queries(1):
        for ticket in operations.issued(booking=booking):
            str((ticket.booking.event.venue, ticket.booking.event.organizer, ticket.price_label, ticket.status))


def test_the_holder_is_who_the_booking_is_for():
    basket = make_hold(customer=make_user("Ada"))
    booking = bookings.confirm(booking=basket, now=timezone.now(), name="Grace Hopper", email="g@example.org")

    assert [ticket.holder_name for ticket in operations.issued(booking=booking)] == ["Grace Hopper"]


def test_somebody_without_a_name_but_with_a_very_long_address_gets_a_ticket():
    customer = make_user("", email=f"{'a' * 60}@{'b' * 60}.{'c' * 60}.example")

    (ticket,) = operations.issued(booking=make_booking(customer=customer))

    assert ticket.holder_name == customer.email[:120]


def test_tickets_of_a_cancelled_booking_are_cancelled():
    booking = make_booking()
    operations.issue(booking_id=booking.pk)

    bookings.cancel(booking=booking, now=timezone.now())

    assert operations.verify(text=booking.tickets.get().code).status == "cancelled"


def test_verify_takes_the_signed_code_and_the_short_one_however_typed():
    (ticket,) = operations.issued(booking=make_booking())
    short = ticket.readable_code.lower().replace("0", "o").replace("1", "l")

    found = [operations.verify(text=text) for text in (codes.sign(ticket), ticket.code, short, f" {short} ")]

    assert found == [ticket] * 4


@pytest.mark.parametrize("text", ["", "\x00" * 12, "0" * 12, "é" * 12, "0123-4567-89A", "x" * 10_000, "😀"])
def test_what_is_no_code_of_ours_is_verified_as_nothing(text):
    operations.issued(booking=make_booking())

    assert operations.verify(text=text) is None


def test_a_genuine_code_of_a_ticket_that_is_gone_is_nothing():
    (ticket,) = operations.issued(booking=make_booking())
    code = codes.sign(ticket)

    Ticket.objects.all().delete()

    assert operations.verify(text=code) is None
