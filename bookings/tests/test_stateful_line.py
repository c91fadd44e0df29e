"""Random histories of an event and its line against a model of a few lines, in both orders."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from bookings import operations as bookings
from bookings.errors import SoldOut
from bookings.models import Booking, BookingLine
from bookings.operations import Request
from core.errors import Invalid
from events import operations as events
from events.errors import CapacityTooSmall
from events.models import Event, Inventory
from events.operations import TicketTypeInput, input_of
from tests.factories import make_event, make_team, make_user, owner_of
from tests.histories import histories
from waitlist import operations
from waitlist.errors import NotSoldOut, OfferLapsed, PaidPlace
from waitlist.models import Entry

OFFER = timedelta(minutes=60)
KINDS = ["Seat", "Box"]
kinds = st.sampled_from(KINDS)
wishes = st.sampled_from([*KINDS, None])
parties = st.integers(1, 3)
picks = st.integers(0, 99)


@dataclass(eq=False)
class Party:
    """Somebody in the model's line, or past it."""

    entry: Entry
    wish: str | None
    quantity: int
    parts: dict[str, int] = field(default_factory=dict)  # of who has paid for seats that were gone
    offered: str | None = None
    until: datetime | None = None


@dataclass
class Model:
    """Seats of the house, of which boxes are some. No locks, no labels, no counters: the rules alone."""

    strict: bool
    capacity: int = 6
    boxes: int = 2
    booked: dict[Booking, dict[str, int]] = field(default_factory=dict)
    line: list[Party] = field(default_factory=list)  # who waits, in order
    offers: list[Party] = field(default_factory=list)

    def free(self, kind: str | None = None) -> int:
        """Seats that nobody has: of the house, or of a kind that has a limit."""
        taken = [*self.booked.values(), *(one.parts or {one.offered: one.quantity} for one in self.offers)]
        used = sum(quantity for one in taken for name, quantity in one.items() if kind in (None, name))
        return (self.boxes if kind else self.capacity) - used

    def obstacle(self, kind: str, quantity: int, blocked: set[str]) -> str | None:
        if kind == "Box" and ("Box" in blocked or self.free("Box") < quantity):
            return "Box"
        return "House" if "House" in blocked or self.free() < quantity else None

    def walk(self) -> set[str]:
        """Offer what can be offered; the limits at which somebody waits now."""
        blocked: set[str] = set()
        waits: set[str] = set()
        for party in list(self.line):
            if party.parts:
                here = self.paid_obstacles(party, blocked)
                if not here:
                    self.offer(party, next(iter(party.parts)))
                waits |= here
                blocked |= here if self.strict else set()
                continue
            here = set()
            for kind in [party.wish] if party.wish else KINDS:
                obstacle = self.obstacle(kind, party.quantity, blocked)
                if obstacle is None:
                    self.offer(party, kind)
                    break
                here.add(obstacle)
            else:
                waits |= here
                blocked |= here if self.strict else set()
        return waits

    def offer(self, party: Party, kind: str) -> None:
        party.offered = kind
        self.line.remove(party)
        self.offers.append(party)

    def paid_obstacles(self, party: Party, blocked: set[str]) -> set[str]:
        """All parts or none: the boxes come before the house."""
        boxes = party.parts.get("Box", 0)
        if boxes and ("Box" in blocked or self.free("Box") < boxes):
            return {"Box"}
        return {"House"} if "House" in blocked or self.free() < party.quantity else set()

    def public(self, kind: str) -> int:
        """What anybody may book."""
        waits = self.walk()
        if "House" in waits or (kind == "Box" and "Box" in waits):
            return 0
        return min(self.free(), self.free("Box")) if kind == "Box" else self.free()


class Hall(RuleBasedStateMachine):
    """One event: Seats without a limit of their own, Boxes with one."""

    order = "strict"

    def __init__(self):
        super().__init__()
        self.history = transaction.atomic()
        self.history.__enter__()
        self.now = timezone.now()
        self.model = Model(self.order == "strict")
        team = make_team()
        self.by = owner_of(team)
        types = [TicketTypeInput("Seat"), TicketTypeInput("Box", capacity=2)]
        self.event = make_event(team, capacity=6, ticket_types=types, waitlist_order=self.order, offer_minutes=60)
        self.types = {one.name: one for one in self.event.types_for_sale()}

    def teardown(self):
        """Every history starts from nothing."""
        transaction.set_rollback(True)
        self.history.__exit__(None, None, None)

    def handed_over(self):
        """Let the model do what freed seats lead to."""
        self.model.walk()
        for party in self.model.offers:
            party.until = party.until or (self.event.ends_at if party.parts else self.now + OFFER)

    @rule(kind=kinds, quantity=parties)
    def book(self, kind, quantity):
        request = Request(self.event.pk, [(self.types[kind].pk, quantity)])
        call = {"request": request, "customer_id": make_user().pk, "now": self.now}
        if self.model.public(kind) < quantity:
            with pytest.raises(SoldOut):
                bookings.book(**call)
        else:
            self.model.booked[bookings.book(**call)] = {kind: quantity}

    @precondition(lambda self: self.model.booked)
    @rule(pick=picks)
    def cancel(self, pick):
        booking = list(self.model.booked)[pick % len(self.model.booked)]
        bookings.cancel(booking=booking, now=self.now)
        del self.model.booked[booking]
        self.handed_over()

    @rule(wish=wishes, quantity=parties)
    def join(self, wish, quantity):
        call = {
            "event_id": self.event.pk,
            "customer_id": make_user().pk,
            "quantity": quantity,
            "ticket_type_id": wish and self.types[wish].pk,
            "now": self.now,
        }
        if any(self.model.public(kind) >= quantity for kind in ([wish] if wish else KINDS)):
            with pytest.raises(NotSoldOut):
                operations.join(**call)
            return
        self.model.line.append(Party(operations.join(**call), wish, quantity))
        self.handed_over()

    @rule(parts=st.dictionaries(kinds, st.integers(1, 2), min_size=1))
    def pay_too_late(self, parts):
        """Money comes for a basket that has lapsed. Where its seats are to be had it has them again, else its customer
        waits before everybody but those who came here before."""
        quantity = sum(parts.values())
        basket = self.lapsed_basket(parts, quantity)
        to_be_had = all(self.model.public(kind) >= seats for kind, seats in parts.items())
        if to_be_had and self.model.public("Seat") >= quantity:
            assert bookings.reclaim(booking=basket, now=self.now)
            self.model.booked[basket] = parts
            return
        assert not bookings.reclaim(booking=basket, now=self.now)
        entry = bookings.wait_first(booking=basket, now=self.now)
        place = sum(1 for one in self.model.line if one.parts)
        self.model.line.insert(place, Party(entry, None, quantity, parts))
        self.handed_over()

    def lapsed_basket(self, parts, quantity):
        fields = {"status": "expired", "quantity": quantity, "currency": "EUR", "hold_expires_at": self.now}
        basket = Booking.objects.create(event=self.event, customer=make_user(), ended_at=self.now, **fields)
        for kind, seats in parts.items():
            BookingLine.objects.create(booking=basket, ticket_type=self.types[kind], quantity=seats, unit_price=0)
        return basket

    @precondition(lambda self: self.model.line)
    @rule(pick=picks)
    def leave(self, pick):
        party = self.model.line[pick % len(self.model.line)]
        if party.parts:
            with pytest.raises(PaidPlace):
                operations.leave(entry=party.entry, now=self.now)
            assert bookings.give_up_first(booking=Booking(pk=party.entry.for_booking), now=self.now)
        else:
            operations.leave(entry=party.entry, now=self.now)
        self.model.line.remove(party)
        self.handed_over()

    @precondition(lambda self: self.model.offers)
    @rule(pick=picks)
    def accept(self, pick):
        party = self.model.offers[pick % len(self.model.offers)]
        if party.until <= self.now:
            assert not party.parts  # nobody needs to answer in time for what is paid
            with pytest.raises(OfferLapsed):
                bookings.accept(entry=party.entry, now=self.now)
            return
        booking = bookings.accept(entry=party.entry, now=self.now)
        self.model.offers.remove(party)
        self.model.booked[booking] = party.parts or {party.offered: party.quantity}

    @precondition(lambda self: self.model.offers)
    @rule(pick=picks)
    def pass_up(self, pick):
        party = self.model.offers[pick % len(self.model.offers)]
        if party.parts:
            with pytest.raises(PaidPlace):
                operations.pass_up(entry=party.entry, now=self.now)
            assert bookings.give_up_first(booking=Booking(pk=party.entry.for_booking), now=self.now)
        else:
            operations.pass_up(entry=party.entry, now=self.now)
        self.model.offers.remove(party)
        self.handed_over()

    @rule(minutes=st.integers(1, 90))
    def time_passes(self, minutes):
        self.now += timedelta(minutes=minutes)

    @rule()
    def lapse(self):
        due = sorted((one for one in self.model.offers if one.until <= self.now), key=lambda one: one.until)
        for party in due:
            assert operations.lapse(entry=party.entry, now=self.now)
            self.model.offers.remove(party)
            self.handed_over()
        assert operations.lapse_due(now=self.now) == 0

    @rule(capacity=st.integers(1, 9), boxes=st.integers(1, 4))
    def change_capacity(self, capacity, boxes):
        event = Event.objects.select_related("inventory").get(pk=self.event.pk)
        seat, box = input_of(event).ticket_types
        data = replace(input_of(event), capacity=capacity, ticket_types=[seat, replace(box, capacity=boxes)])
        edit = {"event": event, "data": data, "version": event.version, "by": self.by, "now": self.now}
        model = self.model
        if model.capacity - model.free() > capacity or model.boxes - model.free("Box") > boxes:
            with pytest.raises((CapacityTooSmall, Invalid)):
                events.edit_event(**edit)
            return
        events.edit_event(**edit)
        model.capacity, model.boxes = capacity, boxes
        self.handed_over()

    @invariant()
    def everybody_stands_where_the_rules_have_them(self):
        waiting = Entry.objects.waiting().filter(event=self.event).order_by("number")
        assert list(waiting.values_list("pk", flat=True)) == [one.entry.pk for one in self.model.line]
        offered = Entry.objects.offered().filter(event=self.event).select_related("offered_type")
        assert {one.pk: one.offered_type.name for one in offered} == {
            one.entry.pk: one.offered for one in self.model.offers
        }

    @invariant()
    def the_counters_are_true_and_the_public_sees_what_the_rules_leave(self):
        house = Inventory.objects.get(pk=self.event.inventory_id)
        assert house.unclaimed == self.model.free()
        box = Inventory.objects.get(pk=self.types["Box"].inventory_id)
        assert box.unclaimed == self.model.free("Box")
        assert max(house.free, 0) == self.model.public("Seat")
        assert max(min(house.free, box.free), 0) == self.model.public("Box")
        assert bookings.audit_inventory() == []


class FilledHall(Hall):
    order = "fill"


@pytest.mark.django_db
@pytest.mark.parametrize("machine", [Hall, FilledHall])
def test_random_histories_of_a_line_keep_every_promise(machine):
    run_state_machine_as_test(
        machine,
        settings=histories(40, 25),
    )
