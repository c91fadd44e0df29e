"""Some tickets of a booking go, and the others stay."""

from decimal import Decimal

import pytest
from django.utils import timezone

from bookings import operations, policy
from bookings.errors import AlreadyCancelled, NotPending, RefundChanged, TooLateToCancel
from bookings.models import Booking, BookingLine
from bookings.tests.cancelling import SEAT, before, claimed, line_of, money_of, paid, the_facts
from core.errors import Invalid
from events.models import Movement
from events.operations import TicketTypeInput
from tests.api import Api, unknown_id
from tests.factories import make_booking, make_event, make_hold, make_place, make_user
from tickets import operations as tickets

pytestmark = pytest.mark.django_db


def test_some_tickets_go_and_the_others_keep_their_numbers():
    booking = paid(quantity=3)
    tickets.issue(booking_id=booking.pk)
    line = line_of(booking)
    now = before(booking, hours=100)
    assert operations.seats_refund(booking, {line.pk: [2]}, now) == 625
    operations.cancel_seats(booking=booking, numbers={line.pk: [2]}, now=now, expected_refund=625)
    assert money_of(booking) == ("confirmed", 2500, 625)
    line.refresh_from_db()
    assert (line.quantity, line.numbers, line.cancelled_numbers) == (2, [1, 3], [2])
    tickets.issue(booking_id=booking.pk)
    found = tickets.issued(booking=Booking.objects.get(pk=booking.pk))
    assert [(one.number, one.status) for one in found] == [(1, "valid"), (2, "cancelled"), (3, "valid")]
    assert the_facts("seats_cancelled") == [{"quantity": 1, "how": "customer"}]
    assert Movement.objects.get(booking_id=booking.pk, reason="cancelled").change == -1
    assert claimed(booking.event) == 2
    assert operations.audit_inventory() == []


def test_tickets_cancelled_before_they_were_issued_are_never_issued():
    booking = paid(quantity=3)
    operations.cancel_seats(booking=booking, numbers={line_of(booking).pk: [1]}, now=timezone.now())
    found = tickets.issued(booking=Booking.objects.get(pk=booking.pk))
    assert [one.number for one in found] == [2, 3]


def test_a_fee_kept_for_some_is_not_given_back_with_the_others():
    booking = paid(quantity=2)
    line = line_of(booking)
    operations.cancel_seats(booking=booking, numbers={line.pk: [1]}, now=before(booking, hours=100))
    booking = Booking.objects.select_related("event").get(pk=booking.pk)
    assert policy.refund_if_cancelled(booking, before(booking, hours=100)) == 625
    operations.cancel(booking=booking, now=before(booking, hours=100))
    assert money_of(booking) == ("cancelled", 1250, 1250)


def test_all_tickets_one_by_one_is_to_cancel_it():
    booking = paid(quantity=2)
    line = line_of(booking)
    for number in (1, 2):
        operations.cancel_seats(booking=booking, numbers={line.pk: [number]}, now=timezone.now())
    assert money_of(booking) == ("cancelled", 1250, 0)
    assert claimed(booking.event) == 0 and operations.audit_inventory() == []
    assert len(the_facts("booking_cancelled")) == 1


def test_a_kind_of_ticket_may_go_altogether():
    types = [SEAT, TicketTypeInput(name="Box", price=Decimal(40), capacity=2)]
    booking = paid(items={"Seat": 1, "Box": 1}, ticket_types=types)
    operations.cancel_seats(booking=booking, numbers={line_of(booking, "Box").pk: [1]}, now=timezone.now())
    assert money_of(booking) == ("confirmed", 1250, 0)
    [line] = Booking.objects.with_all().get(pk=booking.pk).lines.all()
    assert line.ticket_type.name == "Seat"
    assert operations.audit_inventory() == []


def test_freed_seats_go_to_the_line_first():
    booking = paid(quantity=2, capacity=2)
    entry = make_place(booking.event)
    operations.cancel_seats(booking=booking, numbers={line_of(booking).pk: [1]}, now=timezone.now())
    entry.refresh_from_db()
    assert entry.status == "offered" and operations.audit_inventory() == []


def test_staff_give_the_price_of_tickets_back_whole():
    booking = paid(quantity=2)
    late = before(booking, hours=1)
    operations.cancel_seats(booking=booking, numbers={line_of(booking).pk: [1]}, now=late, even_late=True)
    assert money_of(booking) == ("confirmed", 1250, 0)
    assert the_facts("seats_cancelled") == [{"quantity": 1, "how": "staff"}]


def test_what_is_paid_at_the_door_costs_less_with_fewer_tickets():
    event = make_event(ticket_types=[SEAT])
    booking = make_booking(event, quantity=2)
    operations.cancel_seats(booking=booking, numbers={line_of(booking).pk: [1]}, now=timezone.now())
    assert money_of(booking) == ("confirmed", 1250, 0)


def test_discount_tax_and_fee_of_the_tickets_that_stay_are_theirs():
    booking = paid(quantity=3)
    BookingLine.objects.filter(booking=booking).update(discount=750, tax=479, tax_rate=Decimal(20), fee=100)
    Booking.objects.filter(pk=booking.pk).update(total=3000)
    operations.cancel_seats(booking=booking, numbers={line_of(booking).pk: [1]}, now=timezone.now())
    line = line_of(booking)
    assert (line.discount, line.total, line.tax, line.fee) == (500, 2000, 333, 67)
    assert money_of(booking) == ("confirmed", 2000, 0)


@pytest.mark.parametrize("wanted", [[], [0], [4], [-1]], ids=str)
def test_tickets_that_are_none_are_refused(wanted):
    booking = paid(quantity=3)
    with pytest.raises(Invalid):
        operations.cancel_seats(booking=booking, numbers={line_of(booking).pk: wanted}, now=timezone.now())
    assert money_of(booking) == ("confirmed", 3750, 0)


def test_tickets_of_another_booking_and_those_that_are_cancelled_are_refused():
    booking, other = paid(quantity=3), paid(quantity=3, customer=make_user())
    with pytest.raises(Invalid):
        operations.cancel_seats(booking=booking, numbers={line_of(other).pk: [1]}, now=timezone.now())
    operations.cancel_seats(booking=booking, numbers={line_of(booking).pk: [1]}, now=timezone.now())
    with pytest.raises(Invalid):
        operations.cancel_seats(booking=booking, numbers={line_of(booking).pk: [1]}, now=timezone.now())
    assert money_of(booking) == ("confirmed", 2500, 0)


def test_some_tickets_are_cancelled_by_the_same_rules_as_all():
    booking = paid(quantity=3)
    line = line_of(booking)
    with pytest.raises(TooLateToCancel):
        operations.cancel_seats(booking=booking, numbers={line.pk: [1]}, now=before(booking, hours=1))
    with pytest.raises(RefundChanged):
        operations.cancel_seats(booking=booking, numbers={line.pk: [1]}, now=timezone.now(), expected_refund=1)
    operations.cancel(booking=booking, now=timezone.now())
    with pytest.raises(AlreadyCancelled):
        operations.cancel_seats(booking=booking, numbers={line.pk: [1]}, now=timezone.now())
    basket = make_hold(make_event())
    with pytest.raises(NotPending):
        operations.cancel_seats(booking=basket, numbers={basket.lines.get().pk: [1]}, now=timezone.now())


def test_the_api_cancels_some_tickets():
    booking = paid(quantity=3)
    kind, address = str(line_of(booking).ticket_type_id), f"/api/bookings/{booking.pk}/cancel-tickets"
    api = Api(booking.customer)
    wanted = {"tickets": [{"ticket_type": kind, "numbers": [2]}, {"ticket_type": kind, "numbers": [3, 2]}]}
    refused = api.send("POST", address, {**wanted, "expected_refund": "1.00"})
    assert (refused.status_code, refused.json()["refund"]) == (409, "25.00")
    told = api.send("POST", address, {**wanted, "expected_refund": "25.00"}).json()
    assert (told["status"], told["quantity"], told["total"]) == ("confirmed", 1, "12.50")
    assert [item["numbers"] for item in told["items"]] == [[1]]


def test_tickets_that_nobody_has_are_not_cancelled_by_the_api():
    booking = paid(quantity=3)
    kind, address = str(line_of(booking).ticket_type_id), f"/api/bookings/{booking.pk}/cancel-tickets"
    one = {"ticket_type": kind, "numbers": [1]}
    wrong = [{**one, "numbers": []}], [{**one, "numbers": [4]}], [{**one, "numbers": [10**30]}]
    for wanted in ([], *wrong, [{**one, "ticket_type": unknown_id()}], "x"):
        assert Api(booking.customer).send("POST", address, {"tickets": wanted}).status_code in (400, 422)
    assert Api(make_user()).send("POST", address, {"tickets": [one]}).status_code == 404
    assert money_of(booking) == ("confirmed", 3750, 0)
