"""Lines before several limits, and when the event's terms change."""

from datetime import timedelta

import pytest
from django.utils import timezone

from bookings import operations as bookings
from core.errors import Invalid
from events import operations as events
from events.errors import CapacityTooSmall
from events.models import Inventory
from events.operations import TicketTypeInput
from tests.factories import make_booking, make_event, owner_of
from waitlist import operations
from waitlist.errors import (
    LineClosed,
    NotSoldOut,
)
from waitlist.models import Entry
from waitlist.tests.halls import cancel, counters, edit, join, sold_out, status_of, two_types, types_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("adds_up")]
Status = Entry.Status
HOUR = timedelta(hours=1)


def test_more_seats_go_to_the_line_first_and_the_rest_to_everybody():
    event, _ = sold_out()
    ada, pair = join(event), join(event, 2)
    edit(event, capacity=6)
    assert status_of(ada, pair) == [Status.OFFERED, Status.OFFERED]
    assert Inventory.objects.get(pk=event.inventory_id).free == 1


def test_who_waits_for_one_type_keeps_nobody_from_another():
    event = two_types(Seat=None, Box=1)
    types = types_of(event)
    box = make_booking(event, items=[(types["Box"].pk, 1)])
    ada = join(event, ticket_type_id=types["Box"].pk)
    seat = make_booking(event, items=[(types["Seat"].pk, 2)])
    with pytest.raises(NotSoldOut):
        join(event)  # any type would do, and there are seats
    cancel(seat)
    assert status_of(ada) == [Status.WAITING]
    cancel(box)
    assert status_of(ada) == [Status.OFFERED]


def test_who_takes_any_type_is_offered_the_first_that_fits():
    event = two_types(Seat=1, Box=1)
    types = types_of(event)
    held = {name: make_booking(event, items=[(types[name].pk, 1)]) for name in types}
    ada = join(event)
    cancel(held["Box"])
    ada.refresh_from_db()
    assert (ada.status, ada.offered_type) == (Status.OFFERED, types["Box"])
    assert Inventory.objects.get(pk=types["Box"].inventory_id).offered == 1


def test_a_type_frees_up_while_the_house_is_full():
    """Nobody may be forgotten at the limit that was too small before."""
    event = make_event(capacity=3, ticket_types=[TicketTypeInput("Seat"), TicketTypeInput("Box", capacity=1)])
    types = types_of(event)
    box = make_booking(event, items=[(types["Box"].pk, 1)])
    ada = join(event, ticket_type_id=types["Box"].pk)
    seats = make_booking(event, items=[(types["Seat"].pk, 2)])
    bob = join(event, ticket_type_id=types["Seat"].pk)  # the house is full now
    cancel(box)
    assert status_of(ada, bob) == [Status.OFFERED, Status.WAITING]
    operations.pass_up(entry=ada, now=timezone.now())
    assert status_of(bob) == [Status.OFFERED]
    cancel(seats)


def test_those_in_front_who_wait_for_more_keep_their_precedence_at_the_house():
    event = make_event(capacity=4, ticket_types=[TicketTypeInput("Seat"), TicketTypeInput("Box", capacity=1)])
    types = types_of(event)
    box = make_booking(event, items=[(types["Box"].pk, 1)])
    seats = [make_booking(event, items=[(types["Seat"].pk, 1)]) for _ in range(3)]
    pair = join(event, 2, ticket_type_id=types["Seat"].pk)
    ada = join(event, 1, ticket_type_id=types["Box"].pk)
    cancel(seats[0])
    cancel(box)  # two seats of the house are free now, and a box: the pair was first
    assert status_of(pair, ada) == [Status.OFFERED, Status.WAITING]


def test_who_leaves_makes_way_for_nobody_who_is_behind_others_at_the_house():
    event = make_event(capacity=4, ticket_types=[TicketTypeInput("Seat"), TicketTypeInput("Box", capacity=2)])
    types = types_of(event)
    make_booking(event, items=[(types["Seat"].pk, 2)])
    make_booking(event, items=[(types["Box"].pk, 1)])  # one seat of the house is left, and it is a box
    first = join(event, 2, ticket_type_id=types["Seat"].pk)
    boxes = [join(event, quantity, ticket_type_id=types["Box"].pk) for quantity in (2, 1)]
    operations.leave(entry=boxes[0], now=timezone.now())
    assert status_of(first, boxes[1]) == [Status.WAITING, Status.WAITING]
    assert Entry.objects.get(pk=boxes[1].pk).waits_at == [event.inventory_id]


def test_a_limit_that_comes_later_covers_the_offers_made_before():
    event, [first, *_] = sold_out(3)
    ada = join(event)
    cancel(first)
    seat = event.types_for_sale()[0]
    with pytest.raises((CapacityTooSmall, Invalid)):
        edit(event, ticket_types=[TicketTypeInput(seat.name, id=seat.pk, capacity=2)])
    event.refresh_from_db()
    edit(event, ticket_types=[TicketTypeInput(seat.name, id=seat.pk, capacity=3)])
    seat.refresh_from_db()
    assert (seat.inventory.claimed, seat.inventory.offered) == (2, 1)
    bookings.accept(entry=ada, now=timezone.now())


@pytest.mark.parametrize("capacity", [5, None])
def test_a_limit_that_grows_or_goes_away_is_handed_over(capacity):
    event = two_types(Seat=None, Box=1)
    types = types_of(event)
    make_booking(event, items=[(types["Box"].pk, 1)])
    ada = join(event, ticket_type_id=types["Box"].pk)
    wanted = [
        TicketTypeInput("Seat", id=types["Seat"].pk),
        TicketTypeInput("Box", id=types["Box"].pk, capacity=capacity),
    ]
    edit(event, ticket_types=wanted)
    assert status_of(ada) == [Status.OFFERED]


def test_while_an_event_is_postponed_nobody_is_offered_seats_and_then_they_are():
    event, [first, _] = sold_out()
    ada = join(event)
    by = owner_of(event.organizer)
    event = events.postpone_event(event=event, version=event.version, by=by, now=timezone.now())
    cancel(first)
    assert status_of(ada) == [Status.WAITING]
    events.publish_event(event=event, version=event.version, by=by, now=timezone.now())
    assert status_of(ada) == [Status.OFFERED]


def test_when_an_event_is_called_off_its_line_ends():
    event, [first, _] = sold_out()
    ada, bob = join(event), join(event)
    cancel(first)
    by = owner_of(event.organizer)
    events.cancel_event(event=event, version=event.version, by=by, now=timezone.now())
    with pytest.raises(LineClosed):
        bookings.accept(entry=ada, now=timezone.now())
    operations.end_line(event_id=event.pk, now=timezone.now())
    assert status_of(ada, bob) == [Status.ENDED, Status.ENDED]
    assert counters(event) == (1, 0, 0)


def test_who_waits_in_vain_is_let_go_and_blocks_nobody():
    event, [first, _] = sold_out()
    ada, bob = join(event, lead_hours=48), join(event)
    late = event.starts_at - 47 * HOUR
    cancel(first, now=late)
    assert status_of(ada, bob) == [Status.WAITING, Status.OFFERED]
    assert operations.end_late(now=late) == 1
    assert status_of(ada) == [Status.ENDED]
    assert operations.end_late(now=event.starts_at) == 0


def test_who_waits_in_vain_is_let_go_all_at_once(django_assert_max_num_queries):
    event, _ = sold_out()
    line = [join(event) for _ in range(25)]
    with django_assert_max_num_queries(20):
        assert operations.end_late(now=event.starts_at) == 25
    assert set(status_of(*line)) == {Status.ENDED}
    assert counters(event) == (2, 0, 0)


def test_a_long_line_ends_with_its_event_in_a_few_statements(django_assert_max_num_queries):
    event, _ = sold_out()
    line = [join(event) for _ in range(25)]
    by = owner_of(event.organizer)
    events.cancel_event(event=event, version=event.version, by=by, now=timezone.now())
    with django_assert_max_num_queries(15):
        operations.end_line(event_id=event.pk, now=timezone.now())
    assert set(status_of(*line)) == {Status.ENDED}
    assert counters(event) == (2, 0, 0)


def test_a_long_line_is_handed_over_in_a_bounded_number_of_statements(django_assert_max_num_queries):
    event, _ = sold_out()
    for _ in range(30):
        join(event)
    with django_assert_max_num_queries(38):
        edit(event, capacity=22)
    assert Entry.objects.offered().count() == 20
    assert counters(event) == (2, 20, 10)
