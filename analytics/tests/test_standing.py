"""Where the seats are, in words."""

import pytest

from analytics.standing import standings_of
from events.models import Event
from events.operations import TicketTypeInput
from tests.factories import make_booking, make_event, make_hold, make_place

pytestmark = pytest.mark.django_db


def said(event: Event) -> list[tuple[str, str]]:
    standings = standings_of(Event.objects.with_all().get(pk=event.pk))
    return [(one.sentence, one.more) for one in standings]


def kinds(event: Event) -> list:
    return list(event.ticket_types.order_by("position"))


def test_seats_that_nobody_has_are_free():
    assert said(make_event(capacity=1200)) == [("All 1,200 seats are free.", "")]
    assert said(make_event(capacity=1)) == [("The only seat is free.", "")]


def test_each_seat_is_somewhere():
    event = make_event(capacity=10)
    make_booking(event, quantity=1)
    make_hold(event, quantity=4)
    assert said(event) == [("Of 10 seats 1 is booked, 4 in baskets and 5 free.", "")]
    make_booking(event, quantity=5)
    assert said(event) == [("Of 10 seats 6 are booked and 4 in baskets.", "")]


def test_free_seats_that_wait_name_the_party_they_wait_for():
    event = make_event(capacity=6)
    make_booking(event, quantity=3)
    make_place(event, quantity=4)
    make_place(event, quantity=2)
    assert said(event) == [
        ("Of 6 seats 3 are booked and 3 free but wait for party #1 (needs 4).", "2 parties wait."),
    ]


def test_a_type_whose_own_limit_is_full_says_so():
    event = make_event(capacity=10, ticket_types=[TicketTypeInput("Seat"), TicketTypeInput("Box", capacity=4)])
    _, box = kinds(event)
    make_booking(event, items=[(box.pk, 4)])
    make_place(event, ticket_type_id=box.pk)
    assert said(event) == [
        ("Of 10 seats 4 are booked and 6 free.", ""),
        ("All 4 seats are booked.", "One party waits."),
    ]


def test_a_full_house_stands_in_the_way_of_a_types_own_seats():
    event = make_event(capacity=5, ticket_types=[TicketTypeInput("Seat"), TicketTypeInput("Box", capacity=4)])
    seat, box = kinds(event)
    make_booking(event, items=[(seat.pk, 5)])
    why = "The event as a whole has no seats left, so what is free here can't be booked."
    assert said(event)[1] == ("All 4 seats are free.", why)


def test_the_line_of_the_house_stands_in_the_way_of_a_types_own_seats():
    event = make_event(capacity=5, ticket_types=[TicketTypeInput("Seat"), TicketTypeInput("Box", capacity=4)])
    seat, box = kinds(event)
    make_booking(event, items=[(seat.pk, 4)])
    make_place(event, quantity=2, ticket_type_id=seat.pk)
    why = "What is left of the event as a whole is kept for the line, so what is free here can't be booked."
    assert said(event)[1] == ("All 4 seats are free.", why)


def test_full_types_stand_in_the_way_of_a_house_that_is_not():
    event = make_event(capacity=10, ticket_types=[TicketTypeInput("Box", capacity=4)])
    make_booking(event, quantity=4)
    why = "Every ticket type has reached its own limit, so what is free here can't be booked."
    assert said(event) == [("Of 10 seats 4 are booked and 6 free.", why), ("All 4 seats are booked.", "")]


def test_a_seat_that_is_too_few_for_the_smallest_booking_says_so():
    event = make_event(capacity=5, ticket_types=[TicketTypeInput("Couple", min_per_booking=2)])
    make_booking(event, quantity=4)
    assert said(event) == [("Of 5 seats 4 are booked and 1 free.", "The smallest booking takes 2.")]
