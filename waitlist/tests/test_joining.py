"""Who may stand in a line, and who is taken out of it."""

import pytest
from django.utils import timezone

from bookings import operations as bookings
from bookings.errors import AlreadyBooked, OverPersonalLimit, SoldOut
from bookings.models import Booking
from core.errors import Invalid, NotAllowed
from events.operations import TicketTypeInput
from tests.factories import make_booking, make_event, make_hold, make_user, owner_of
from waitlist import operations
from waitlist.errors import (
    AlreadyInLine,
    LineClosed,
    NoSeatsToOffer,
    NotSoldOut,
)
from waitlist.models import Entry
from waitlist.tests.halls import cancel, counters, edit, join, sold_out, status_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("adds_up")]
Status = Entry.Status


def test_joining_what_is_not_sold_out_says_so():
    with pytest.raises(NotSoldOut) as refusal:
        join(make_event(capacity=3), 2)
    assert refusal.value.extra == {"available": 3}


def test_a_party_larger_than_what_is_left_may_wait_and_smaller_ones_stand_behind_it():
    event = make_event(capacity=3)
    party = join(event, 4)
    assert party.status == Status.WAITING
    with pytest.raises(SoldOut):
        make_booking(event)
    assert join(event, 1).status == Status.WAITING


def test_one_stands_in_a_line_once():
    event, _ = sold_out()
    ada = make_user()
    entry = join(event, who=ada)
    with pytest.raises(AlreadyInLine) as refusal:
        join(event, 2, who=ada)
    assert refusal.value.extra == {"entry": str(entry.pk)}
    operations.leave(entry=entry, now=timezone.now())
    assert join(event, who=ada).number == 2


def test_a_basket_that_has_lapsed_hides_no_booking():
    event = make_event(capacity=2)
    basket = make_hold(event, ada := make_user())
    Booking.objects.filter(pk=basket.pk).update(hold_expires_at=timezone.now())
    booking = make_booking(event, ada)
    with pytest.raises(AlreadyBooked) as refusal:
        join(event, who=ada)
    assert refusal.value.extra == {"booking": str(booking.pk)}


def test_who_has_seats_already_is_told_so():
    event, [first, _] = sold_out()
    with pytest.raises(AlreadyBooked) as refusal:
        join(event, who=first.customer)
    assert refusal.value.extra == {"booking": str(first.pk)}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"quantity": 0}, "quantity"),
        ({"quantity": -3}, "quantity"),
        ({"quantity": 11}, "quantity"),
        ({"lead_hours": -1}, "lead_time_hours"),
        ({"lead_hours": 337}, "lead_time_hours"),
    ],
)
def test_what_makes_no_sense_is_named(wrong, field):
    event, _ = sold_out()
    with pytest.raises(Invalid) as refusal:
        join(event, **wrong)
    assert list(refusal.value.errors) == [field]
    assert not Entry.objects.exists()


def test_the_personal_limit_bounds_a_party_and_what_is_accepted():
    event, [first, *_] = sold_out(3, max_per_person=2)
    with pytest.raises(Invalid):
        join(event, 3)
    ada = make_user()
    entry = join(event, 2, who=ada)
    cancel(first)
    edit(event, capacity=5)
    assert status_of(entry) == [Status.OFFERED]
    make_booking(event, ada)  # the one that was left
    with pytest.raises(OverPersonalLimit):
        bookings.accept(entry=entry, now=timezone.now())
    assert status_of(entry) == [Status.OFFERED]


def test_lines_are_closed_for_drafts_and_after_the_start():
    event, _ = sold_out()
    with pytest.raises(LineClosed):
        join(event, now=event.starts_at)
    with pytest.raises(LineClosed):
        join(event, lead_hours=24 * 8)


def test_an_organiser_takes_somebody_out_for_a_reason_that_stays():
    event, _ = sold_out()
    entry, by = join(event), owner_of(event.organizer)
    with pytest.raises(Invalid):
        operations.remove(entry=entry, by=by, reason="  ", now=timezone.now())
    with pytest.raises(NotAllowed):
        operations.remove(entry=entry, by=make_user(), reason="Because", now=timezone.now())
    operations.remove(entry=entry, by=by, reason="Asked by phone", now=timezone.now())
    entry.refresh_from_db()
    assert (entry.status, entry.by, entry.reason) == (Status.REMOVED, by, "Asked by phone")
    assert counters(event) == (2, 0, 0)


def test_an_invitation_out_of_order_leaves_a_trace_and_takes_what_is_free():
    event, [first, _] = sold_out()
    pair, single = join(event, 2), join(event, 1)
    by = owner_of(event.organizer)
    with pytest.raises(NoSeatsToOffer):
        operations.invite(entry=single, by=by, reason="Speaker", now=timezone.now())
    cancel(first)
    operations.invite(entry=single, by=by, reason="Speaker", now=timezone.now())
    single.refresh_from_db()
    assert (single.status, single.by, single.reason) == (Status.OFFERED, by, "Speaker")
    assert status_of(pair) == [Status.WAITING]
    assert counters(event) == (1, 1, 1)


def test_closing_an_account_gives_up_its_places():
    event, [first, _] = sold_out()
    ada = make_user()
    mine, bob = join(event, who=ada), join(event)
    cancel(first)
    operations.forget_customer(customer_id=ada.pk, now=timezone.now())
    assert status_of(mine, bob) == [Status.LEFT, Status.OFFERED]


def test_nobody_waits_for_hidden_tickets_and_nobody_is_offered_any():
    types = [TicketTypeInput("Seat", capacity=1), TicketTypeInput("Backstage", hidden=True)]
    event = make_event(capacity=5, ticket_types=types)
    seat, backstage = event.ticket_types.get(hidden=False), event.ticket_types.get(hidden=True)
    booking = make_booking(event, items=[(seat.pk, 1)])
    with pytest.raises(Invalid, match="no such ticket type"):
        join(event, ticket_type_id=backstage.pk)
    entry = join(event)
    assert status_of(entry) == [Status.WAITING]
    cancel(booking)
    entry.refresh_from_db()
    assert (entry.status, entry.offered_type) == (Status.OFFERED, seat)
