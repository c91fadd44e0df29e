"""An event's line and limits, held still: whatever changes a line begins here.

Bookings lock the event's house before any of its other limits, and so does the line: who holds the house's row is
alone with all of the event's limits and with its line.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import BigIntegerField, Count, F, Func

from core.live import marks as live
from events.models import Event, Inventory, Movement, TicketType, WaitlistOrder
from waitlist.models import Entry

SHORTEST_OFFER = timedelta(minutes=10)  # less can't be noticed and answered


class Line:
    """An event with what is left of its limits, locked until the transaction ends.

    `blocked`: limits at which somebody waits who has precedence over those behind. Changes are counted here and
    written by `save`.
    """

    def __init__(self, event_id: UUID, now: datetime) -> None:
        house = Inventory.objects.select_for_update(of=("self",), no_key=True).get(event__id=event_id)
        self.now = now
        self.event = Event.objects.get(pk=event_id)
        self.types = list(TicketType.objects.filter(event=event_id).select_related("inventory").order_by("position"))
        for ticket_type in self.types:
            ticket_type.event = self.event
        self.selling = [one for one in self.types if one.on_sale(now) and not one.hidden]
        own = {one.inventory.pk: one.inventory for one in self.types if one.inventory}
        self.house = house.pk
        self.limits: dict[int, Inventory] = {house.pk: house, **own}
        self.blocked: set[int] = set()
        self._changes: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        self._movements: list[Movement] = []

    @property
    def is_strict(self) -> bool:
        return self.event.waitlist_order == WaitlistOrder.STRICT

    def free(self, limit: int) -> int:
        """Seats of a limit that nobody has, as far as we have got."""
        return self.limits[limit].unclaimed

    def name(self, limit: int) -> str:
        """What people call a limit: the type whose it is, or the event."""
        return next((one.name for one in self.types if one.inventory_id == limit), self.event.title)

    def type(self, pk: UUID | None) -> TicketType:
        """One of the event's ticket types, retired or not."""
        return next(one for one in self.types if one.pk == pk)

    def limits_of(self, ticket_type: TicketType | None) -> list[int]:
        """Every limit a ticket type counts against, the house first."""
        own = ticket_type.inventory_id if ticket_type else None
        return [self.house, own] if own else [self.house]

    def needs(self, entry: Entry, ticket_type: TicketType | None) -> dict[int, int]:
        """How many seats of which limit a party takes: of a type, or all the parts of what it has paid for."""
        if not entry.parts:
            return dict.fromkeys(self.limits_of(ticket_type), entry.quantity)
        seats: Counter[int] = Counter()
        for pk, quantity in entry.parts:
            seats.update(dict.fromkeys(self.limits_of(self.type(UUID(pk))), quantity))
        return dict(seats)

    def obstacle(self, ticket_type: TicketType, quantity: int) -> int | None:
        """The limit at which a party that wants this type waits: the type's own, where that is too small or somebody
        in front has precedence; only else the house, so that nobody holds seats up that they could not use."""
        for limit in reversed(self.limits_of(ticket_type)):
            if limit in self.blocked or self.free(limit) < quantity:
                return limit
        return None

    def stuck(self) -> list[UUID]:
        """The types on sale of which nobody else can have a seat."""
        return [one.pk for one in self.selling if self.obstacle(one, 1) is not None]

    def block_where_somebody_waits(self) -> None:
        """For who comes last."""
        self.blocked = {pk for pk, limit in self.limits.items() if limit.waiting}

    def choices(self, entry: Entry) -> list[TicketType]:
        """The ticket types that a party would take and could be sold now, in the organiser's order."""
        if entry.last_moment <= self.now or not self.event.is_selling():
            return []
        if entry.is_paid:
            paid = [self.type(UUID(pk)) for pk, _ in entry.parts]
            return [] if any(one.retired_at for one in paid) else paid
        return [
            one
            for one in self.selling
            if entry.ticket_type_id in (None, one.pk) and one.min_per_booking <= entry.quantity <= one.max_per_booking
        ]

    def fit(self, entry: Entry) -> tuple[TicketType | None, set[int]]:
        """A ticket type of which the party can have its seats; or none, and the limits at which it waits."""
        if entry.is_paid:
            return self._fit_paid(entry)
        waits_at: set[int] = set()
        for ticket_type in self.choices(entry):
            obstacle = self.obstacle(ticket_type, entry.quantity)
            if obstacle is None:
                return ticket_type, set()
            waits_at.add(obstacle)
        return None, waits_at

    def _fit_paid(self, entry: Entry) -> tuple[TicketType | None, set[int]]:
        """All parts or none; the first one's type stands for them. As in `obstacle`, a type's own limit comes before
        the house."""
        types = self.choices(entry)
        if not types:
            return None, set()
        needs = self.needs(entry, None).items()
        short = {limit for limit, seats in needs if limit in self.blocked or self.free(limit) < seats}
        return (None, short - {self.house} or short) if short else (types[0], set())

    def offer_until(self, entry: Entry, ticket_type: TicketType) -> datetime:
        """How long an offer holds: the organiser's time, but half of what is left at most, so that somebody else gets
        a chance; and never beyond the moment at which the party, or the sale, has had enough. What is paid needs no
        answer: it is theirs until the event is over."""
        if entry.is_paid:
            return self.event.ends_at
        last = min(filter(None, [entry.last_moment, ticket_type.sales_end_at]))
        length = min(timedelta(minutes=self.event.offer_minutes), max((last - self.now) / 2, SHORTEST_OFFER))
        return min(self.now + length, last)

    def count(self, limits: Iterable[int], **changes: int) -> None:
        """Change counters of some limits by so much each."""
        for limit in limits:
            for name, change in changes.items():
                setattr(self.limits[limit], name, getattr(self.limits[limit], name) + change)
                self._changes[limit][name] += change

    def move(self, seats: Mapping[int, int], **signs: int) -> None:
        """Change counters of limits by their seats: `offered=1` offers them, `offered=-1, claimed=1` sells them."""
        for limit, quantity in seats.items():
            self.count([limit], **{name: sign * quantity for name, sign in signs.items()})

    def record(
        self,
        seats: Mapping[int, int],
        reason: Movement.Reason,
        entry: Entry,
        *,
        sign: int,
        booking_id: UUID | None = None,
    ) -> None:
        """Write down why so many seats of these limits move."""
        whose = {"entry_id": entry.pk, "booking_id": booking_id}
        self._movements += [
            Movement(inventory_id=limit, reason=reason, change=sign * quantity, at=self.now, **whose)
            for limit, quantity in seats.items()
        ]

    def count_waiting(self) -> None:
        """Count who waits where: counted anew, because a walk moves many."""
        place = Func(F("waits_at"), function="unnest", output_field=BigIntegerField())
        waits = Entry.objects.waiting().filter(event=self.event.pk).annotate(limit=place)
        counted = Counter(dict(waits.values("limit").annotate(parties=Count("*")).values_list("limit", "parties")))
        for limit, inventory in self.limits.items():
            self.count([limit], waiting=counted[limit] - inventory.waiting)

    def save(self) -> None:
        """Write what has changed: a statement for each limit, and one for the ledger."""
        live.line_moved(self.event.pk)
        for limit, changes in sorted(self._changes.items()):
            if any(changes.values()):
                Inventory.objects.move(limit, **changes)
        Movement.objects.bulk_create(self._movements)
        self._changes.clear()
        self._movements.clear()
