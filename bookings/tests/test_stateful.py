"""Random histories against a model of a few lines: whatever happens, in whatever order, it adds up."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule, run_state_machine_as_test

from bookings import operations
from bookings.errors import AlreadyCancelled, HoldLapsed, NoMoreTime, NotPending, OverPersonalLimit, SoldOut
from bookings.models import Booking
from bookings.operations import Request
from core.errors import Invalid
from events import operations as events
from events.errors import CapacityTooSmall
from events.models import Movement
from events.operations import TicketTypeInput
from tests.factories import event_input, make_event, make_team, make_user, owner_of
from tests.histories import histories

PEOPLE = 3
PERSONAL_LIMIT = 6
quantities = st.integers(1, 4)
people = st.integers(0, PEOPLE - 1)
PRICES = {"Seat": 1001, "Box": 2500}
kinds = st.sampled_from([*PRICES])


@dataclass
class Expected:
    """What the model knows of a booking."""

    person: int
    seats: dict[str, int]
    status: str
    hold_expires_at: object = None
    extensions: int = 0
    paid: int | None = None  # what came in, in minor units; None for what is free or paid at the door
    back: int = 0  # what was given back of it
    was_booked: bool = False

    @property
    def total(self) -> int:
        return sum(PRICES[kind] * quantity for kind, quantity in self.seats.items())

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
            "refund_steps": [[167, 100], [24, 50]],  # it is 168 hours till the start at first
            "ticket_types": [
                TicketTypeInput("Seat", id=ids.get("Seat"), price=Decimal("10.01")),
                TicketTypeInput("Box", id=ids.get("Box"), price=Decimal(25), capacity=self.box_limit),
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
        self.expected[booking] = Expected(person, dict(seats), status, booking.hold_expires_at)
        self.expected[booking].was_booked = status == Booking.Status.CONFIRMED
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
            expected.status, expected.was_booked = Booking.Status.CONFIRMED, True

    @rule(booking=bookings)
    def money_comes(self, booking):
        """In time or late: what still has its seats is booked, what has lost them has them again if it can."""
        expected = self.expected[booking]
        ended = expected.status in (Booking.Status.EXPIRED, Booking.Status.CANCELLED)
        has_them_again = ended and not expected.was_booked and not self.why_not(expected.person, expected.seats)
        in_time = expected.status == Booking.Status.PENDING
        assert operations.confirm_paid(booking=booking, now=self.now) == in_time
        assert operations.reclaim(booking=booking, now=self.now) == has_them_again
        if in_time or has_them_again:
            expected.status, expected.was_booked, expected.paid = Booking.Status.CONFIRMED, True, expected.total

    @rule(booking=bookings)
    def extend(self, booking):
        expected = self.expected[booking]
        lapsed = expected.status == Booking.Status.PENDING and expected.hold_expires_at <= self.now
        if expected.status == Booking.Status.EXPIRED or lapsed:
            refusal = HoldLapsed
        elif expected.status != Booking.Status.PENDING:
            refusal = NotPending
        else:
            refusal = NoMoreTime if expected.extensions == 2 else None
        if refusal:
            with pytest.raises(refusal):
                operations.extend(booking=booking, now=self.now)
            return
        expected.extensions += 1
        expected.hold_expires_at += timedelta(minutes=10)
        assert operations.extend(booking=booking, now=self.now).hold_expires_at == expected.hold_expires_at

    def give_back(self, expected, amount):
        """What a customer has back who cancels what cost so much."""
        if expected.paid is not None:
            early = self.event.starts_at - self.now > timedelta(hours=167)
            expected.back += amount if early else (amount + 1) // 2

    @rule(booking=bookings, kind=kinds, quantity=quantities)
    def cancel_some(self, booking, kind, quantity):
        expected = self.expected[booking]
        line = booking.lines.filter(ticket_type=self.types[kind].pk).first()
        if line is None:
            return
        call = {"booking": booking, "numbers": {line.pk: line.numbers[:quantity]}, "now": self.now}
        refusal = AlreadyCancelled if not expected.live else Invalid if not line.numbers else None
        if expected.status == Booking.Status.PENDING:
            refusal = NotPending
        if refusal:
            with pytest.raises(refusal):
                operations.cancel_seats(**call)
            return
        operations.cancel_seats(**call)
        gone = min(quantity, expected.seats[kind])
        self.give_back(expected, gone * PRICES[kind])
        if gone == sum(expected.seats.values()):
            expected.status = Booking.Status.CANCELLED
        else:
            expected.seats[kind] -= gone

    @rule(booking=bookings)
    def cancel(self, booking):
        expected = self.expected[booking]
        if expected.live:
            operations.cancel(booking=booking, now=self.now)
            self.give_back(expected, expected.total)
            expected.status = Booking.Status.CANCELLED
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
    def what_is_owed_is_what_was_paid_and_has_not_come_back(self):
        for booking in Booking.objects.filter(event=self.event):
            expected = self.expected[booking]
            assert (booking.total, booking.quantity) == (expected.total, sum(expected.seats.values()))
            assert (booking.paid_by == "money") == (expected.paid is not None)
            owed = (booking.total if booking.is_live() else 0) + booking.adjustment
            if expected.paid is not None:
                assert owed == expected.paid - expected.back

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
        settings=histories(50, 20),
    )
