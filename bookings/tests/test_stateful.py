"""Random histories against a model of a few lines: whatever happens, in whatever order, it adds up."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule, run_state_machine_as_test

from bookings import operations
from bookings.errors import AlreadyCancelled, HoldLapsed, NotPending, OverPersonalLimit, SoldOut
from bookings.models import Booking
from bookings.operations import Request
from core.errors import Invalid
from events import operations as events
from events.errors import CapacityTooSmall
from events.models import Movement
from events.operations import TicketTypeInput
from tests.factories import event_input, make_event, make_team, make_user, owner_of

PEOPLE = 3
PERSONAL_LIMIT = 6
quantities = st.integers(1, 4)
people = st.integers(0, PEOPLE - 1)
kinds = st.sampled_from(["Seat", "Box"])


@dataclass
class Expected:
    """What the model knows of a booking."""

    person: int
    seats: dict[str, int]
    status: str
    hold_expires_at: object = None

    @property
    def live(self) -> bool:
        return self.status in (Booking.Status.PENDING, Booking.Status.CONFIRMED)


class BoxOffice(RuleBasedStateMachine):
    """One event with an unlimited type (Seat) and one that may have a limit of its own (Box)."""

    bookings = Bundle("bookings")

    def __init__(self):
        super().__init__()
        self.history = transaction.atomic()
        self.history.__enter__()
        self.now = timezone.now()
        self.team = make_team()
        self.by = owner_of(self.team)
        self.people = [make_user() for _ in range(PEOPLE)]
        self.capacity, self.box_limit = 10, 4
        self.event = make_event(self.team, **self.terms())
        self.types = {one.name: one for one in self.event.ticket_types.all()}
        self.expected: dict[Booking, Expected] = {}

    def teardown(self):
        """Every history starts from nothing."""
        transaction.set_rollback(True)
        self.history.__exit__(None, None, None)

    def terms(self, types=None):
        ids = {name: one.pk for name, one in (types or {}).items()}
        return {
            "capacity": self.capacity,
            "max_per_person": PERSONAL_LIMIT,
            "ticket_types": [
                TicketTypeInput("Seat", id=ids.get("Seat")),
                TicketTypeInput("Box", id=ids.get("Box"), capacity=self.box_limit),
            ],
        }

    def taken(self, kind=None, status=None, person=None) -> int:
        return sum(
            quantity
            for booking in self.expected.values()
            if booking.live and status in (None, booking.status) and person in (None, booking.person)
            for name, quantity in booking.seats.items()
            if kind in (None, name)
        )

    def why_not(self, person, seats):
        """The refusal that a request deserves, or None."""
        wanted = sum(seats.values())
        if self.taken() + wanted > self.capacity:
            return SoldOut
        if self.box_limit is not None and self.taken("Box") + seats.get("Box", 0) > self.box_limit:
            return SoldOut
        return OverPersonalLimit if self.taken(person=person) + wanted > PERSONAL_LIMIT else None

    def ask(self, operation, status, person, seats):
        refusal = self.why_not(person, seats)
        request = Request(self.event.pk, [(self.types[name].pk, quantity) for name, quantity in seats.items()])
        call = {"request": request, "customer_id": self.people[person].pk, "now": self.now}
        if refusal:
            with pytest.raises(refusal):
                operation(**call)
            return multiple()
        booking = operation(**call)
        assert booking.status == status
        self.expected[booking] = Expected(person, seats, status, booking.hold_expires_at)
        return booking

    @rule(target=bookings, person=people, seats=st.dictionaries(kinds, quantities, min_size=1))
    def book(self, person, seats):
        return self.ask(operations.book, Booking.Status.CONFIRMED, person, seats)

    @rule(target=bookings, person=people, seats=st.dictionaries(kinds, quantities, min_size=1))
    def hold(self, person, seats):
        return self.ask(operations.hold, Booking.Status.PENDING, person, seats)

    @rule(booking=bookings)
    def confirm(self, booking):
        expected = self.expected[booking]
        if expected.status == Booking.Status.CANCELLED:
            with pytest.raises(NotPending):
                operations.confirm(booking=booking, now=self.now)
        elif expected.status == Booking.Status.EXPIRED or (
            expected.status == Booking.Status.PENDING and expected.hold_expires_at <= self.now
        ):
            with pytest.raises(HoldLapsed):
                operations.confirm(booking=booking, now=self.now)
        else:
            operations.confirm(booking=booking, now=self.now)
            expected.status = Booking.Status.CONFIRMED

    @rule(booking=bookings)
    def cancel(self, booking):
        if self.expected[booking].live:
            operations.cancel(booking=booking, now=self.now)
            self.expected[booking].status = Booking.Status.CANCELLED
        else:
            with pytest.raises(AlreadyCancelled):
                operations.cancel(booking=booking, now=self.now)

    @rule(minutes=st.integers(1, 20))
    def time_passes(self, minutes):
        self.now += timedelta(minutes=minutes)

    @rule()
    def sweep(self):
        lapsed = [
            expected
            for expected in self.expected.values()
            if expected.status == Booking.Status.PENDING and expected.hold_expires_at <= self.now
        ]
        assert operations.release_lapsed(now=self.now) == len(lapsed)
        for expected in lapsed:
            expected.status = Booking.Status.EXPIRED

    @rule(capacity=st.integers(1, 14), box_limit=st.none() | st.integers(1, 8))
    def change_capacity(self, capacity, box_limit):
        before = self.capacity, self.box_limit
        self.capacity, self.box_limit = capacity, box_limit
        self.event.refresh_from_db()
        edit = {
            "event": self.event,
            "data": event_input(title=self.event.title, **self.terms(self.types)),
            "version": self.event.version,
            "by": self.by,
            "now": self.now,
        }
        if self.taken() > capacity or (box_limit is not None and self.taken("Box") > box_limit):
            with pytest.raises((CapacityTooSmall, Invalid)):
                events.edit_event(**edit)
            self.capacity, self.box_limit = before
        else:
            events.edit_event(**edit)

    @invariant()
    def the_counters_are_true(self):
        house = type(self.event.inventory).objects.get(pk=self.event.inventory_id)
        assert (house.capacity, house.claimed) == (self.capacity, self.taken())
        assert house.held == self.taken(status=Booking.Status.PENDING)
        assert house.claimed + house.offered <= house.capacity
        box = type(self.types["Box"]).objects.select_related("inventory").get(pk=self.types["Box"].pk).inventory
        assert (box and (box.capacity, box.claimed)) == (
            None if self.box_limit is None else (self.box_limit, self.taken("Box"))
        )

    @invariant()
    def every_status_is_as_expected(self):
        statuses = dict(Booking.objects.filter(event=self.event).values_list("pk", "status"))
        assert statuses == {booking.pk: expected.status for booking, expected in self.expected.items()}

    @invariant()
    def the_audit_is_clean_and_the_ledger_explains_every_seat(self):
        assert operations.audit_inventory() == []
        moved = Movement.objects.filter(inventory=self.event.inventory_id).exclude(booking_id=None)
        seats = dict(moved.values_list("booking_id").annotate(seats=Sum("change")))
        assert seats == {
            booking.pk: sum(expected.seats.values()) if expected.live else 0
            for booking, expected in self.expected.items()
        }


@pytest.mark.django_db
def test_any_history_adds_up():
    run_state_machine_as_test(
        BoxOffice,
        settings=settings(
            max_examples=50, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
