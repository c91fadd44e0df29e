"""Where an event's seats are: for each of its limits one sentence that adds up to the capacity."""

from dataclasses import dataclass

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Func, OuterRef, Subquery
from django.db.models.functions import JSONObject

from events.models import Event, Inventory, TicketType
from waitlist.models import Entry, number_label


@dataclass(frozen=True)
class Head:
    """The party that comes first of those who wait at a limit."""

    number: int
    quantity: int


@dataclass(frozen=True)
class Standing:
    """A limit with where its seats are; `ticket_type` is None for the house. `head` is first of those who wait for
    seats of it. `obstacle`: why what is free of it can't be booked, where something else stands in the way."""

    limit: Inventory
    ticket_type: TicketType | None = None
    head: Head | None = None
    obstacle: str = ""

    @property
    def name(self) -> str:
        return self.ticket_type.name if self.ticket_type else "The whole event"

    @property
    def value(self) -> str:
        """What the address calls it."""
        return str(self.ticket_type.pk) if self.ticket_type else ""

    @property
    def booked(self) -> int:
        """Without what is still in baskets."""
        return self.limit.claimed - self.limit.held

    @property
    def parts(self) -> list[tuple[int, str]]:
        """Seats, and where they are: together they are the capacity."""
        limit = self.limit
        places = [
            (self.booked, "booked"),
            (limit.held, "in baskets"),
            (limit.offered, "reserved for the waitlist"),
            (limit.unclaimed, self._free_words),
        ]
        return [(seats, words) for seats, words in places if seats]

    @property
    def sentence(self) -> str:
        """'Of 200 seats 181 are booked, 6 in baskets and 13 free.'"""
        capacity, parts = self.limit.capacity, self.parts
        if not parts:
            return "There are no seats."
        if len(parts) == 1:
            return f"The only seat is {parts[0][1]}." if capacity == 1 else f"All {capacity:,} seats are {parts[0][1]}."
        first, *others = [f"{seats:,} {words}" for seats, words in parts]
        seats, words = parts[0]
        first = f"{seats:,} {'is' if seats == 1 else 'are'} {words}"
        *middle, last = [first, *others]
        return f"Of {capacity:,} seats {', '.join(middle)} and {last}."

    @property
    def more(self) -> str:
        """What the sentence leaves open: how many wait, or what stands in the way."""
        if waiting := self.limit.waiting:
            return "One party waits." if waiting == 1 else f"{waiting:,} parties wait."
        return self.obstacle if self.limit.unclaimed else ""

    @property
    def _free_words(self) -> str:
        if not self.limit.waiting:
            return "free"
        if self.head is None:
            return "free but kept for the line"
        return f"free but wait for party {number_label(self.head.number)} (needs {self.head.quantity:,})"


def standings_of(event: Event) -> list[Standing]:
    """The house, then every ticket type with a limit of its own. Two statements, one more while somebody waits.
    Needs an event fetched by `with_all`."""
    types = event.ticket_types.exclude(inventory=None).select_related("inventory").order_by("position", "id")
    own = [(one, one.inventory) for one in types if one.inventory]
    house = event.inventory
    heads = _heads(event, [limit.pk for limit in (house, *(limit for _, limit in own)) if limit.waiting])
    return [Standing(house, None, heads.get(house.pk), _in_the_way(event))] + [
        Standing(limit, one, heads.get(limit.pk), _in_the_way_of(one, limit, house)) for one, limit in own
    ]


def _in_the_way(event: Event) -> str:
    """Why free seats of the house can't be booked."""
    types = event.types_on_card
    if types and all(one.inventory and one.inventory.free < one.min_per_booking for one in types):
        return "Every ticket type has reached its own limit, so what is free here can't be booked."
    return _too_few(event.inventory, min((one.min_per_booking for one in types), default=1))


def _in_the_way_of(ticket_type: TicketType, limit: Inventory, house: Inventory) -> str:
    """Why free seats of a type's own limit can't be booked."""
    if house.unclaimed <= 0:
        return "The event as a whole has no seats left, so what is free here can't be booked."
    if house.waiting:
        return "What is left of the event as a whole is kept for the line, so what is free here can't be booked."
    return _too_few(limit, ticket_type.min_per_booking)


def _too_few(limit: Inventory, least: int) -> str:
    return f"The smallest booking takes {least:,}." if limit.unclaimed < least else ""


def _heads(event: Event, limits: list[int]) -> dict[int, Head]:
    """Who comes first at each of these limits."""
    if not limits:
        return {}
    here = Func(OuterRef("pk"), template="ARRAY[%(expressions)s]", output_field=ArrayField(BigIntegerField()))
    waiting = Entry.objects.waiting().filter(event=event, waits_at__contains=here).order_by("number")
    first = waiting.values(head=JSONObject(number="number", quantity="quantity"))[:1]
    found = Inventory.objects.filter(pk__in=limits).annotate(head=Subquery(first)).values_list("pk", "head")
    return {pk: Head(**head) for pk, head in found if head}
