"""Figures worked out the slow way: in plain Python, from all rows, without quarters of an hour and without SQL that
counts. It is what docs/analytics.md says, once more."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from analytics.figures.arrivals import Arrived
from analytics.models import Sighting
from bookings.models import Booking, BookingLine
from events.models import Event, Movement, TicketType
from payments.models import Receipt, Refund
from tickets.models import Ticket
from waitlist.models import Entry

LEADS = [(timedelta(days=30), "cancelled_month"), (timedelta(days=7), "cancelled_week"),
         (timedelta(days=1), "cancelled_days")]  # fmt: skip


def happenings(events: list[Event]):
    """Everything that counts: when it happened, of which event, in which part of it, what, and how much."""
    by_house = {event.inventory_id: event for event in events}
    ids = [event.pk for event in events]
    yield from _moved(by_house)
    for booking in Booking.objects.filter(event__in=ids).exclude(confirmed_at=None):
        yield from _booked(booking)
    for seen in Sighting.objects.filter(event__in=ids):
        name = {"view": "views", "refused": "refused"}[seen.what]
        for part in {"", seen.part}:
            yield seen.at, seen.event_id, part, name, seen.count
    for entry in Entry.objects.filter(event__in=ids):
        yield entry.joined_at, entry.event_id, "", "joined", 1
        yield entry.joined_at, entry.event_id, "", "wanted", entry.quantity
        if entry.status != Entry.Status.WAITING:
            yield entry.offered_at or entry.ended_at, entry.event_id, "", "called", 1
    for ticket in Ticket.objects.filter(booking__event__in=ids).exclude(checked_in_at=None).select_related("booking"):
        yield ticket.checked_in_at, ticket.booking.event_id, "", "arrived", 1
    for receipt in Receipt.objects.filter(payment__booking__event__in=ids).select_related("payment__booking"):
        yield receipt.at, receipt.payment.booking.event_id, receipt.currency, "received", receipt.amount
    for refund in Refund.objects.filter(payment__booking__event__in=ids).select_related("payment__booking"):
        payment = refund.payment
        yield refund.created_at, payment.booking.event_id, payment.currency, "refunded", refund.amount


def _moved(by_house: dict[int, Event]):
    names = {"held": "basketed", "expired": "lapsed", "abandoned": "abandoned", "cancelled": "cancelled"}
    for move in Movement.objects.filter(inventory__in=by_house):
        if move.reason in names:
            event = by_house[move.inventory_id]
            yield move.at, event.pk, "", names[move.reason], abs(move.change)
            if move.reason == "cancelled":
                lead = event.starts_at - move.at
                late = next((name for least, name in LEADS if lead >= least), "cancelled_late")
                yield move.at, event.pk, "", late, abs(move.change)


def _booked(booking: Booking):
    at, event = booking.confirmed_at, booking.event_id
    yield at, event, "", "bookings", 1
    for line in BookingLine.objects.filter(booking=booking):
        tickets = line.quantity + len(line.cancelled_numbers)
        good = line.quantity if booking.status == Booking.Status.CONFIRMED else 0
        sold = tickets * line.unit_price - line.discount - line.cancelled_discount
        stands = line.total if booking.status == Booking.Status.CONFIRMED else 0
        for part in ("", str(line.ticket_type_id)):
            yield at, event, part, "tickets", tickets
            yield at, event, part, "lost", tickets - good
        for part in (booking.currency, str(line.ticket_type_id)):
            yield at, event, part, "sold", sold
            yield at, event, part, "undone", sold - stands


class Slow:
    """Sums of what happened to some events, by days of a zone."""

    def __init__(self, events: list[Event], zone: ZoneInfo) -> None:
        self.events = {event.pk: event for event in events}
        self.by_day: dict[tuple[date, object, str, str], int] = defaultdict(int)
        for at, event, part, name, number in happenings(events):
            assert isinstance(at, datetime)
            self.by_day[at.astimezone(zone).date(), event, part, name] += number

    def sums(self, first: date, last: date) -> dict[tuple[str, str], int]:
        """By part and measure, what is not nothing."""
        found: dict[tuple[str, str], int] = defaultdict(int)
        for (day, _, part, name), number in self.by_day.items():
            if first <= day <= last:
                found[part, name] += number
        return {key: number for key, number in found.items() if number}

    def queue(self, last: date) -> int:
        return sum(
            number if name == "joined" else -number
            for (day, _, _, name), number in self.by_day.items()
            if name in ("joined", "called") and day <= last
        )

    def ranked(self, first: date, last: date, name_of) -> dict[str, tuple[int, int]]:
        """Tickets and bookings by what an event is called."""
        found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for (day, event, part, name), number in self.by_day.items():
            if first <= day <= last and part == "" and name in ("tickets", "bookings"):
                found[name_of(self.events[event])][name == "bookings"] += number
        return {name: (tickets, bookings) for name, (tickets, bookings) in found.items() if tickets}

    def present(self, now: datetime, start: datetime, end: datetime, *, alone: bool) -> dict:
        """How things are: seats, who waits and for how much, who has come."""
        events = list(self.events.values())
        if alone:
            coming = begun = events
        else:
            real = [one for one in events if one.status in ("published", "postponed")]
            coming = [one for one in real if one.ends_at > now]
            begun = [one for one in real if start <= one.starts_at < min(end, now)]
        live = [one for one in Booking.objects.filter(event__in=coming) if one.is_live()]
        waiting = list(Entry.objects.filter(event__in=coming, status="waiting"))
        worth: dict[str, int] = defaultdict(int)
        for entry in waiting:
            event = self.events[entry.event_id]
            shown = TicketType.objects.filter(event=event, retired_at=None, hidden=False)
            price = entry.ticket_type.price if entry.ticket_type else min(one.price for one in shown)
            worth[event.currency] += price * entry.quantity
        tickets = Ticket.objects.filter(booking__event__in=begun).exclude(checked_in_at=None)
        return {
            "capacity": sum(one.inventory.capacity for one in coming),
            "booked": sum(one.quantity for one in live if one.status == "confirmed"),
            "held": sum(one.quantity for one in live if one.status == "pending"),
            "offered": sum(entry.quantity for entry in Entry.objects.filter(event__in=coming, status="offered")),
            "parties": len(waiting),
            "wanted": sum(entry.quantity for entry in waiting),
            "worth": {currency: amount for currency, amount in worth.items() if amount},
            "expected": sum(
                one.quantity for one in Booking.objects.filter(event__in=begun) if one.status == "confirmed"
            ),
            "arrived": tickets.count(),
            "arrivals": self._arrivals(events[0], tickets) if alone else [],
        }

    def _arrivals(self, event: Event, tickets) -> list[Arrived]:
        """By the clocks of the event's zone: on its days, and the day before if it begins in the small hours."""
        days = [(event.starts_at - timedelta(hours=6)).astimezone(event.zone).date(), event.local_end.date()]
        counts: dict[datetime, int] = defaultdict(int)
        for ticket in tickets:
            at = ticket.checked_in_at
            if days[0] <= at.astimezone(event.zone).date() <= days[1]:
                counts[at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)] += 1
        return [Arrived(at, count) for at, count in sorted(counts.items())]
