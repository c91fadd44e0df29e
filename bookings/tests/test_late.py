"""Money that comes when the seats are gone."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from bookings import operations
from bookings.errors import NotPaid, OverPersonalLimit
from bookings.models import Booking
from events import operations as events
from events.models import Event, Inventory, Movement
from events.operations import TicketTypeInput, input_of
from outbox.models import Message
from tests.factories import make_booking, make_event, make_hold, make_place, make_user, owner_of
from waitlist import operations as line
from waitlist.errors import AlreadyInLine, LineClosed, NoOffer, PaidPlace
from waitlist.models import Entry

pytestmark = pytest.mark.django_db

SEAT = TicketTypeInput(name="Seat", price=Decimal("12.50"))


def paid_event(**changes):
    return make_event(payment_methods=["card"], **{"ticket_types": [SEAT], "capacity": 2, **changes})


def counters(event):
    house = Inventory.objects.get(pk=event.inventory_id)
    return house.claimed, house.held, house.offered, house.waiting


def lapsed(event, customer=None, quantity=2, items=()):
    """A basket whose time was up and whose seats went back."""
    basket = make_booking(event, customer, quantity=quantity, items=items)
    assert operations.expire(booking=basket, now=basket.hold_expires_at)
    return basket


def edit(event, **changes):
    data, by = replace(input_of(event), **changes), owner_of(event.organizer)
    events.edit_event(event=event, data=data, version=event.version, by=by, now=timezone.now())


def facts(name):
    return Message.objects.filter(fact=name).count()


def adds_up():
    return operations.audit_inventory() == []


@pytest.mark.parametrize("end", ["lapsed", "given back"])
def test_who_paid_late_has_the_seats_again_if_they_are_free(end):
    event = paid_event()
    basket = make_booking(event, quantity=2)
    now = basket.hold_expires_at
    if end == "lapsed":
        operations.expire(booking=basket, now=now)
    else:
        operations.give_back(booking=basket, now=now)
    later = now + timedelta(minutes=1)
    assert operations.reclaim(booking=basket, now=later)
    basket.refresh_from_db()
    assert (basket.status, basket.paid_by, basket.confirmed_at, basket.ended_at) == ("confirmed", "money", later, None)
    assert counters(event) == (2, 0, 0, 0)
    assert Movement.objects.get(booking_id=basket.pk, reason="reclaimed").change == 2
    assert facts("booking_confirmed") == 1
    assert not operations.reclaim(booking=basket, now=later)
    assert counters(event) == (2, 0, 0, 0) and adds_up()


def test_seats_that_somebody_else_has_are_not_reclaimed():
    event = paid_event()
    basket = lapsed(event)
    make_booking(event)
    assert not operations.reclaim(booking=basket, now=timezone.now())
    basket.refresh_from_db()
    assert (basket.status, counters(event), facts("booking_confirmed")) == ("expired", (1, 1, 0, 0), 0)
    assert adds_up()


def test_nobody_in_line_is_passed_by():
    event = paid_event(ticket_types=[replace(SEAT, max_per_booking=2)])
    small = lapsed(event, quantity=1)
    one, _ = make_booking(event), make_booking(event)
    make_place(event, quantity=2)
    operations.give_back(booking=one, now=timezone.now())
    assert Inventory.objects.get(pk=event.inventory_id).unclaimed == 1
    assert not operations.reclaim(booking=small, now=timezone.now())
    assert adds_up()


def test_every_limit_of_every_line_must_have_room():
    types = [SEAT, replace(SEAT, name="Box", capacity=1)]
    event = paid_event(capacity=5, ticket_types=types)
    seat, box = (one.pk for one in event.types_for_sale())
    basket = lapsed(event, items=[(seat, 1), (box, 1)])
    other = make_booking(event, items=[(box, 1)])
    assert not operations.reclaim(booking=basket, now=timezone.now())
    operations.give_back(booking=other, now=timezone.now())
    assert operations.reclaim(booking=basket, now=timezone.now())
    assert adds_up()


def test_that_the_sale_of_these_tickets_has_ended_is_no_reason():
    event = paid_event()
    basket = lapsed(event)
    event.types_for_sale().update(sales_end_at=timezone.now())
    assert operations.reclaim(booking=basket, now=timezone.now())


@pytest.mark.parametrize("state, has_them", [("published", True), ("postponed", True), ("cancelled", False)])
def test_seats_are_reclaimed_while_the_event_is_to_take_place(state, has_them):
    event = paid_event()
    basket = lapsed(event)
    Event.objects.filter(pk=event.pk).update(status=state)
    assert operations.reclaim(booking=basket, now=timezone.now()) == has_them


def test_nothing_is_reclaimed_of_what_is_over():
    basket = lapsed(event := paid_event())
    assert not operations.reclaim(booking=basket, now=event.ends_at)


def test_tickets_that_were_taken_off_sale_are_not_reclaimed():
    event = paid_event()
    basket = lapsed(event)
    edit(event, ticket_types=[replace(SEAT, name="Another")])
    assert not operations.reclaim(booking=basket, now=timezone.now())
    with pytest.raises(LineClosed):
        operations.wait_first(booking=basket, now=timezone.now())


def test_the_personal_limit_holds_for_late_money_too():
    event = paid_event(capacity=5, max_per_person=2)
    ada = make_user()
    basket = lapsed(event, ada)
    make_booking(event, ada)
    assert not operations.reclaim(booking=basket, now=timezone.now())
    with pytest.raises(OverPersonalLimit):
        operations.wait_first(booking=basket, now=timezone.now())
    assert adds_up()


@pytest.mark.parametrize("made", [make_booking, make_hold])
def test_what_has_its_seats_needs_no_rescue(made):
    booking = made(paid_event(capacity=5))
    assert not operations.reclaim(booking=booking, now=timezone.now())
    with pytest.raises(NotPaid):
        operations.wait_first(booking=booking, now=timezone.now())


def test_a_cancelled_booking_does_not_come_back():
    event = paid_event()
    booking = make_booking(event)
    operations.confirm_paid(booking=booking, now=timezone.now())
    operations.cancel(booking=booking, now=timezone.now())
    assert not operations.reclaim(booking=booking, now=timezone.now())


def gone(event, customer=None, quantity=1):
    """A lapsed basket, and the bookings that have its seats now."""
    basket = lapsed(event, customer, quantity)
    return basket, [make_booking(event) for _ in range(event.inventory.capacity)]


def places(event):
    waiting = Entry.objects.waiting().filter(event=event).order_by("number").with_position()
    return [(one.label, one.position) for one in waiting]


def test_who_paid_late_waits_before_everybody_in_order_of_coming():
    event = paid_event()
    late = lapsed(event)
    later = lapsed(event)
    ends = [make_booking(event) for _ in range(2)]
    make_place(event)
    for basket in (late, later):
        operations.wait_first(booking=basket, now=timezone.now())
    make_place(event)
    assert places(event) == [("P1", 1), ("P2", 2), ("#1", 3), ("#2", 4)]
    assert adds_up()
    operations.give_back(booking=ends[0], now=timezone.now())
    assert Entry.objects.offered().count() == 0  # a party of two is first
    operations.give_back(booking=ends[1], now=timezone.now())
    [entry] = Entry.objects.offered()
    assert entry.for_booking == late.pk
    assert places(event) == [("P2", 1), ("#1", 2), ("#2", 3)]
    assert adds_up()


def test_freed_seats_revive_the_booking_that_was_paid():
    event = paid_event()
    basket, others = gone(event)
    entry = operations.wait_first(booking=basket, now=timezone.now())
    assert operations.wait_first(booking=basket, now=timezone.now()).pk == entry.pk
    with pytest.raises(NoOffer):
        operations.revive(entry=entry, now=timezone.now())
    operations.give_back(booking=others[0], now=timezone.now())
    assert (facts("turn_came"), facts("offer_made"), facts("offer_due")) == (1, 0, 0)
    entry.refresh_from_db()
    assert entry.offer_expires_at == event.ends_at
    booking = operations.revive(entry=entry, now=timezone.now())
    assert (booking.pk, booking.status, booking.paid_by) == (basket.pk, "confirmed", "money")
    assert operations.revive(entry=entry, now=timezone.now()).pk == basket.pk
    assert counters(event) == (2, 1, 0, 0)
    assert facts("booking_confirmed") == 1
    assert adds_up()


def test_a_booking_of_several_kinds_comes_back_whole():
    types = [SEAT, replace(SEAT, name="Box", capacity=1)]
    event = paid_event(capacity=3, ticket_types=types)
    seat, box = (one.pk for one in event.types_for_sale())
    basket = lapsed(event, items=[(seat, 1), (box, 1)])
    full = [make_booking(event, items=[(seat, 2)]), boxed := make_booking(event, items=[(box, 1)])]
    entry = operations.wait_first(booking=basket, now=timezone.now())
    operations.give_back(booking=full[0], now=timezone.now())
    entry.refresh_from_db()
    assert entry.status == "waiting" and adds_up()
    operations.give_back(booking=boxed, now=timezone.now())
    entry.refresh_from_db()
    assert entry.status == "offered" and adds_up()
    assert operations.revive(entry=entry, now=timezone.now()).status == "confirmed"
    assert adds_up()


def test_the_place_they_had_already_is_given_up_for_the_better_one():
    event = paid_event()
    ada = make_user()
    basket, _ = gone(event, ada)
    make_place(event)
    had = make_place(event, ada, quantity=2)
    operations.wait_first(booking=basket, now=timezone.now())
    had.refresh_from_db()
    assert (had.status, places(event)) == ("left", [("P1", 1), ("#1", 2)])
    assert adds_up()


def test_seats_on_offer_to_them_become_the_booking_s():
    event = paid_event()
    ada = make_user()
    basket, others = gone(event, ada)
    had = make_place(event, ada)
    operations.give_back(booking=others[0], now=timezone.now())
    had.refresh_from_db()
    assert had.status == "offered"
    entry = operations.wait_first(booking=basket, now=timezone.now())
    had.refresh_from_db()
    assert (had.status, entry.status) == ("left", "offered")
    assert operations.revive(entry=entry, now=timezone.now()).pk == basket.pk
    assert adds_up()


def test_one_waits_first_for_one_booking_at_a_time():
    event = paid_event()
    ada = make_user()
    first = lapsed(event, ada, 1)
    second, _ = gone(event, ada)
    operations.wait_first(booking=first, now=timezone.now())
    with pytest.raises(AlreadyInLine):
        operations.wait_first(booking=second, now=timezone.now())


def test_a_paid_place_is_not_left_or_passed_on_but_given_up_for_a_refund():
    event = paid_event()
    basket, others = gone(event)
    entry = operations.wait_first(booking=basket, now=timezone.now())
    for act in (line.leave, line.pass_up):
        with pytest.raises(PaidPlace):
            act(entry=entry, now=timezone.now())
    behind = make_place(event)
    operations.give_back(booking=others[0], now=timezone.now())
    assert operations.give_up_first(booking=basket, now=timezone.now())
    assert operations.give_up_first(booking=basket, now=timezone.now())
    entry.refresh_from_db()
    behind.refresh_from_db()
    assert (entry.status, behind.status) == ("left", "offered")
    assert adds_up()


def test_what_is_booked_by_now_is_not_given_up():
    event = paid_event()
    basket, others = gone(event)
    entry = operations.wait_first(booking=basket, now=timezone.now())
    operations.give_back(booking=others[0], now=timezone.now())
    operations.revive(entry=entry, now=timezone.now())
    assert not operations.give_up_first(booking=basket, now=timezone.now())
    basket.refresh_from_db()
    assert basket.status == "confirmed" and adds_up()


def test_who_accepts_such_seats_themselves_gets_their_booking():
    event = paid_event()
    basket, others = gone(event)
    entry = operations.wait_first(booking=basket, now=timezone.now())
    operations.give_back(booking=others[0], now=timezone.now())
    entry.refresh_from_db()
    assert operations.accept(entry=entry, now=timezone.now()).pk == basket.pk
    assert adds_up()


def test_at_the_start_nobody_waits_any_more_and_it_is_said():
    event = paid_event()
    basket, _ = gone(event)
    entry = operations.wait_first(booking=basket, now=timezone.now())
    assert line.end_late(now=event.starts_at) == 1
    entry.refresh_from_db()
    assert (entry.status, facts("place_ended")) == ("ended", 1)
    basket = Booking.objects.get(pk=basket.pk)
    with pytest.raises(LineClosed):
        operations.wait_first(booking=basket, now=event.starts_at)


def test_who_joins_after_them_is_still_number_one_of_their_own():
    event = paid_event()
    basket, _ = gone(event)
    operations.wait_first(booking=basket, now=timezone.now())
    assert make_place(event).number == 1
