"""Hand seats that came free to the head of the line, in the transaction that frees them.

The line is walked in order. A party that fits is offered its seats; one that does not waits on, and in strict order
nobody behind gets what it waits for. What is left when the walk ends is anybody's, except at limits where somebody
waits: there nothing is sold to the public (`Inventory.free`, bookings/sql/decide.sql).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from core.live import marks as live
from events.errors import CapacityTooSmall
from events.models import Inventory, Movement, TicketType
from outbox.operations import announce_many
from waitlist.facts import offer_due, offer_made, turn_came
from waitlist.models import Entry, EntryQuerySet
from waitlist.operations.labels import label
from waitlist.operations.line import Line

TOGETHER = 200


def pass_on(*, event_id: UUID, freed: Iterable[int], now: datetime) -> None:
    """Offer seats that came free at these limits to those who wait for them. Call it inside the transaction that
    frees them, after the counters have been changed, with the event's house locked."""
    freed = list(freed)
    if Inventory.objects.filter(pk__in=freed, waiting__gt=0).exists():
        line = Line(event_id, now)
        hand_over(line, freed)
        line.save()


def settle(*, event_id: UUID, now: datetime) -> None:
    """Walk the whole line again, after the event's terms have changed: limits may have come, gone or grown."""
    if Entry.objects.live().filter(event=event_id).exists():
        line = Line(event_id, now)
        count_offers(line)
        Entry.objects.waiting().filter(event=event_id).update(waits_at=[line.house])
        hand_over(line, [line.house])
        line.save()


def count_offers(line: Line) -> None:
    """A limit that is new has to cover the offers that were made before it. Raises CapacityTooSmall."""
    limited = Q(offered_type__inventory__isnull=False) | Q(for_booking__isnull=False)
    offers = list(Entry.objects.offered().filter(limited, event=line.event.pk))
    movements = Movement.objects.filter(entry_id__in=[entry.pk for entry in offers])
    counted = set(movements.values_list("entry_id", "inventory"))
    for entry in offers:
        needs = line.needs(entry, line.type(entry.offered_type_id))
        new = {limit: seats for limit, seats in needs.items() if (entry.pk, limit) not in counted}
        for limit, seats in new.items():
            if line.free(limit) < seats:
                raise CapacityTooSmall(f"{line.name(limit)} has seats on offer to the waitlist: add {seats}.")
        line.move(new, offered=1)
        line.record(new, Movement.Reason.OFFERED, entry, sign=1)


def hand_over(line: Line, freed: Iterable[int]) -> None:
    """Make all the offers that can be made now that there may be seats at these limits, and note where everybody else
    waits."""
    waiting = Entry.objects.waiting().filter(event=line.event.pk)
    offered: list[Entry] = []
    last = 0
    if line.event.is_selling():
        offered += [entry for entry in _paid(waiting, line) if _walk_past(line, entry)]
        # Where order is strict, those in front who wait for something else have precedence all the same.
        asked = waiting if line.is_strict else waiting.filter(waits_at__overlap=list(freed))
        while some := _next(asked, line, last):
            last = some[-1].number
            offered += [entry for entry in some if _walk_past(line, entry)]
        fields = ["status", "waits_at", "offered_type", "offered_at", "offer_expires_at"]
        Entry.objects.bulk_update(offered, fields, batch_size=TOGETHER)
        label(line, waiting)
    line.count_waiting()
    announce_offers(offered)


def reserve(line: Line, entry: Entry, ticket_type: TicketType) -> None:
    """Reserve a party's seats; the entry itself is the caller's to save."""
    seats = line.needs(entry, ticket_type)
    line.move(seats, offered=1)
    line.record(seats, Movement.Reason.OFFERED, entry, sign=1)
    entry.status, entry.waits_at = Entry.Status.OFFERED, []
    entry.offered_type, entry.offered_at = ticket_type, line.now
    entry.offer_expires_at = line.offer_until(entry, ticket_type)


def announce_offers(entries: Sequence[Entry]) -> None:
    """Tell those who are offered seats, and set a timer for each offer. What is paid for is simply theirs."""
    asked = [entry for entry in entries if not entry.is_paid]
    if paid := [entry for entry in entries if entry.is_paid]:
        announce_many(turn_came, [{"entry_id": entry.pk} for entry in paid])
    if asked:
        whose: list[dict[str, object]] = [{"entry_id": entry.pk} for entry in asked]
        announce_many(offer_made, whose)
        announce_many(offer_due, whose, at=[entry.offer_expires_at for entry in asked])
    for entry in entries:
        live.tell(entry.customer_id, "place", entry.pk)  # its toast comes with the notice


def _paid(waiting: EntryQuerySet, line: Line) -> list[Entry]:
    """Those who stand before everybody, in order."""
    paid = list(waiting.filter(for_booking__isnull=False).order_by("number"))
    for entry in paid:
        entry.event = line.event
    return paid


def _next(asked: EntryQuerySet, line: Line, last: int) -> list[Entry]:
    """Some of those behind, in order, without those who can't be offered anything any more."""
    stuck = line.stuck()
    if len(stuck) == len(line.selling):
        return []
    behind = asked.filter(number__gt=last).exclude(ticket_type__in=stuck).order_by("number")
    if not line.is_strict:
        behind = behind.filter(quantity__lte=line.free(line.house))
    some = list(behind[:TOGETHER])
    for entry in some:
        entry.event = line.event
    return some


def _walk_past(line: Line, entry: Entry) -> bool:
    """Offer the party seats if it fits; else note where it waits now."""
    ticket_type, waits_at = line.fit(entry)
    if ticket_type:
        reserve(line, entry, ticket_type)
        return True
    if entry.ticket_type_id is None and set(entry.waits_at) != waits_at:
        entry.waits_at = sorted(waits_at)
        entry.save(update_fields=["waits_at"])
    if line.is_strict:
        line.blocked |= waits_at
    return False
