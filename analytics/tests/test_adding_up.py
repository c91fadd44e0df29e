"""Whatever happens to an event's seats: the sentences and the timelines add up to its counters."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.ledger import Asked, timeline
from analytics.standing import standings_of
from analytics.telling import tell
from bookings import operations as bookings
from bookings.models import Booking
from core.errors import DomainError
from events import operations as events
from events.models import Event
from events.operations import TicketTypeInput
from tests.factories import event_input, make_event, make_user, owner_of
from waitlist import operations as line
from waitlist.models import Entry

pytestmark = pytest.mark.django_db
PEOPLE = 12
KINDS = ["book", "hold", "confirm", "cancel", "sweep", "join", "leave", "remove", "invite", "accept", "pass", "resize"]
KINDS += ["join", "join", "cancel", "cancel", "accept"]  # what moves the line
steps = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 11), st.integers(1, 3)), min_size=5, max_size=40)


class Stage:
    """A sold-out event with an unlimited type and one with a limit of its own, and what can happen to it."""

    def __init__(self, order: str) -> None:
        self.now = timezone.now()
        self.event = make_event(capacity=6, waitlist_order=order, **self.types(3))
        self.seat, self.box = self.event.ticket_types.order_by("position")
        self.by = owner_of(self.event.organizer)
        self.people = [make_user() for _ in range(PEOPLE)]
        for which in (0, 1):  # sold out: from here on, somebody waits
            self.book_(which, 3)

    def types(self, limit: int | None, ids=(None, None)):
        kinds = [TicketTypeInput("Seat", id=ids[0]), TicketTypeInput("Box", id=ids[1], capacity=limit)]
        return {"ticket_types": kinds}

    def step(self, kind: str, which: int, quantity: int) -> None:
        self.now += timedelta(minutes=4)
        try:
            getattr(self, kind + "_")(which, quantity)
        except DomainError:
            pass  # refused; nothing has moved

    def request(self, which: int, quantity: int):
        kind = (self.seat, self.box)[which % 2]
        person = self.people[which % PEOPLE]
        asked = bookings.Request(self.event.pk, [(kind.pk, quantity)])
        return {"request": asked, "customer_id": person.pk, "now": self.now}

    def book_(self, which, quantity):
        bookings.book(**self.request(which, quantity))

    def hold_(self, which, quantity):
        bookings.hold(**self.request(which, quantity))

    def some(self, rows, which):
        found = list(rows.filter(event=self.event).order_by("pk"))
        return found[which % len(found)] if found else None

    def confirm_(self, which, quantity):
        if one := self.some(Booking.objects.pending(), which):
            bookings.confirm(booking=one, now=self.now)

    def cancel_(self, which, quantity):
        if one := self.some(Booking.objects.live(), which):
            bookings.cancel(booking=one, now=self.now)

    def sweep_(self, which, quantity):
        self.now += timedelta(minutes=30 * which)
        bookings.release_lapsed(now=self.now)
        line.lapse_due(now=self.now)

    def join_(self, which, quantity):
        kind = (self.seat, self.box, None)[which % 3]
        line.join(
            event_id=self.event.pk,
            customer_id=self.people[which % PEOPLE].pk,
            quantity=quantity,
            ticket_type_id=kind and kind.pk,
            now=self.now,
        )

    def leave_(self, which, quantity):
        if one := self.some(Entry.objects.live(), which):
            line.leave(entry=one, now=self.now)

    def remove_(self, which, quantity):
        if one := self.some(Entry.objects.live(), which):
            line.remove(entry=one, by=self.by, reason="For a test", now=self.now)

    def invite_(self, which, quantity):
        if one := self.some(Entry.objects.waiting(), which):
            line.invite(entry=one, by=self.by, reason="For a test", now=self.now)

    def accept_(self, which, quantity):
        if one := self.some(Entry.objects.offered(), which):
            bookings.accept(entry=one, now=self.now)

    def pass_(self, which, quantity):
        if one := self.some(Entry.objects.offered(), which):
            line.pass_up(entry=one, now=self.now)

    def resize_(self, which, quantity):
        event = Event.objects.get(pk=self.event.pk)
        limit = None if which == 0 else which
        wanted = self.types(limit, (self.seat.pk, self.box.pk))
        data = event_input(title=event.title, capacity=4 + which, waitlist_order=event.waitlist_order, **wanted)
        events.edit_event(event=event, data=data, version=event.version, by=self.by, now=self.now)


def numbers(words: str) -> list[int]:
    """The seats that a sentence counts, its capacity first."""
    return [int(number) for number in re.findall(r"(?<!#)(?<!needs )\b\d+", words)]


def check(event: Event) -> None:
    for standing in standings_of(event):
        limit = standing.limit
        assert sum(seats for seats, _ in standing.parts) == limit.capacity
        capacity, *parts = numbers(standing.sentence) or [1]  # "The only seat is booked."
        assert capacity == limit.capacity and sum(parts) in (0, limit.capacity)  # "All 8 seats are booked."
        for each in (False, True):
            lines = everything(limit.pk, each)
            assert sum(one.effect for one in lines) == limit.unclaimed
            tell(lines, event.zone)


def everything(limit: int, each: bool) -> list:
    page = timeline(Asked(limit, each=each))
    lines = page.lines
    while page.older:
        page = timeline(Asked(limit, each=each, before=page.older))
        lines = lines + page.lines
    return lines


@pytest.mark.parametrize("order", ["strict", "fill"])
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=steps)
def test_any_history_adds_up(order, steps):
    stage = Stage(order)
    for step in steps:
        stage.step(*step)
    check(Event.objects.with_all().get(pk=stage.event.pk))
