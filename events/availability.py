"""What is left, and what a button may therefore say. Reads only what `EventQuerySet.with_all` has fetched."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from events.models import Event, TicketType

FEW_SHARE = 0.1  # "few left" from a tenth of the capacity down …
FEW_SEATS = 10  # … or from ten seats


class State(StrEnum):
    """Whether one can book now, and if not, why."""

    OPEN = "open"
    FEW = "few"
    SOLD_OUT = "sold_out"
    NOT_YET = "not_yet"
    CLOSED = "closed"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"
    PAST = "past"
    DRAFT = "draft"

    @property
    def bookable(self) -> bool:
        return self in (State.OPEN, State.FEW)


@dataclass(frozen=True)
class TypeAvailability:
    """What is left of one ticket type: `free` never exceeds what the house has left."""

    ticket_type: TicketType
    state: State
    free: int
    capacity: int
    label: str

    @property
    def can_wait(self) -> bool:
        """Whether there is a line for it."""
        return self.state == State.SOLD_OUT

    @property
    def most(self) -> int:
        """How many one booking may take of it now; 0 when not even the smallest booking fits."""
        most = min(self.ticket_type.max_per_booking, self.free) if self.state.bookable else 0
        return most if most >= self.ticket_type.min_per_booking else 0


@dataclass(frozen=True)
class Availability:
    """What is left of an event. `free` is what can be booked of the ticket types on offer."""

    state: State
    label: str
    capacity: int
    free: int
    held: int
    offered: int
    waiting: int
    types: list[TypeAvailability] = field(default_factory=list)

    @property
    def can_wait(self) -> bool:
        """Whether nothing is left but the line."""
        return self.sold_out and any(one.can_wait for one in self.types)

    @property
    def sold_out(self) -> bool:
        return self.state == State.SOLD_OUT

    @property
    def taken(self) -> int:
        return self.capacity - self.free

    @property
    def seats_in_words(self) -> str:
        """'0 free, 1 in a basket, 2 reserved for the waitlist, 3 parties in line'; empty where none is."""
        if self.state not in (State.OPEN, State.FEW, State.SOLD_OUT):
            return ""
        apart = [
            (self.held, "in a basket", "in baskets"),
            (self.offered, "reserved for the waitlist", "reserved for the waitlist"),
            (self.waiting, "party in line", "parties in line"),
        ]
        found = [f"{count:,} {one if count == 1 else many}" for count, one, many in apart if count]
        return ", ".join([f"{self.free:,} free", *found]) if found else ""


def availability_of(event: Event, at: datetime) -> Availability:
    """An event's availability at a moment, from rows fetched by `with_all`; no queries."""
    house = event.inventory
    types = [_type_availability(event, ticket_type, at) for ticket_type in event.types_on_card]
    state = _event_state(event, types, at)
    free = _bookable(types, house.free)
    return Availability(
        state, _label(state, free, types, event), house.capacity, free, house.held, house.offered, house.waiting, types
    )


def _type_availability(event: Event, ticket_type: TicketType, at: datetime) -> TypeAvailability:
    own = ticket_type.inventory
    free = max(min(event.inventory.free, own.free) if own else event.inventory.free, 0)
    capacity = own.capacity if own else event.inventory.capacity
    state = _closed_state(event, at) or _type_state(ticket_type, free, capacity, at)
    return TypeAvailability(ticket_type, state, free, capacity, _type_label(state, free, ticket_type))


def _closed_state(event: Event, at: datetime) -> State | None:
    """The state that the event as a whole forces, whatever is left."""
    if event.status != Event.Status.PUBLISHED:
        return State(event.status)
    return State.PAST if event.is_over(at) else None


def _type_state(ticket_type: TicketType, free: int, capacity: int, at: datetime) -> State:
    if ticket_type.sales_ended(at):
        return State.CLOSED
    if free < ticket_type.min_per_booking:
        return State.SOLD_OUT
    if not ticket_type.sales_started(at):
        return State.NOT_YET
    return State.FEW if free <= max(FEW_SEATS, capacity * FEW_SHARE) and free < capacity else State.OPEN


def _event_state(event: Event, types: list[TypeAvailability], at: datetime) -> State:
    """The most hopeful state of its ticket types."""
    if closed := _closed_state(event, at):
        return closed
    states = {available.state for available in types}
    for state in (State.OPEN, State.FEW, State.NOT_YET, State.SOLD_OUT):
        if state in states:
            return state
    return State.CLOSED


def _bookable(types: list[TypeAvailability], house_free: int) -> int:
    """Seats that can be booked in all: types without a limit share the house."""
    open_types = [available for available in types if available.state.bookable]
    if any(available.ticket_type.inventory is None for available in open_types):
        return max(house_free, 0)
    return max(min(house_free, sum(available.free for available in open_types)), 0)


def _label(state: State, free: int, types: list[TypeAvailability], event: Event) -> str:
    if state == State.NOT_YET:
        opening = min(filter(None, (one.ticket_type.local_sales_start for one in types if one.state == state)))
        return f"Sale opens {opening:%a %d %b, %H:%M}"
    return _words(state, free)


def _type_label(state: State, free: int, ticket_type: TicketType) -> str:
    if state == State.NOT_YET:
        return f"On sale from {ticket_type.local_sales_start:%a %d %b, %H:%M}"
    return _words(state, free)


def _words(state: State, free: int) -> str:
    return {
        State.OPEN: f"{free:,} left",
        State.FEW: f"Only {free:,} left",
        State.SOLD_OUT: "Sold out",
        State.CLOSED: "Sales closed",
        State.POSTPONED: "Postponed",
        State.CANCELLED: "Cancelled",
        State.PAST: "Past event",
        State.DRAFT: "Draft",
    }.get(state, "")
