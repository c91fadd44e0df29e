"""The ledger in words. Bookings are named by their reference and parties by their number in line: no names."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from analytics.ledger import Line, Part, Reason
from bookings.models import Booking
from waitlist.models import Entry


@dataclass(frozen=True)
class Names:
    """What bookings and places in line are called."""

    references: dict[UUID, str]
    entries: dict[UUID, Entry]

    @classmethod
    def of(cls, bookings: Iterable[UUID], entries: Iterable[UUID]) -> "Names":
        """Two statements."""
        references = Booking.objects.filter(pk__in=set(bookings)).values_list("pk", "reference")
        found = Entry.objects.filter(pk__in=set(entries)).select_related("by")
        fields = ("number", "status", "reason", "by__name", "by__email")
        return cls(dict(references), {entry.pk: entry for entry in found.only(*fields)})

    def note(self, reason: str, entry_id: UUID | None) -> str:
        """Who of the team had a hand in it, and why."""
        entry = self.entries.get(entry_id) if entry_id else None
        if entry is None:
            return ""
        if reason == Reason.WITHDRAWN and entry.status != Entry.Status.REMOVED:
            return entry.get_status_display()
        done = {Reason.OFFERED: "Invited out of order", Reason.WITHDRAWN: "Removed"}.get(Reason(reason))
        removed = entry.status == Entry.Status.REMOVED
        if done is None or entry.by is None or removed != (reason == Reason.WITHDRAWN):
            return ""
        return f"{done} by {entry.by}: {entry.reason}"


@dataclass(frozen=True)
class ToldPart:
    """'12 booked', whose they are ('7F3K…, 9QZ2… and 10 more'), and notes."""

    words: str
    whose: str
    notes: list[str]


@dataclass(frozen=True)
class Told:
    """A line of the timeline as the page shows it; moments are in the event's zone."""

    icon: str
    first_at: datetime
    last_at: datetime
    parts: list[ToldPart]
    effect: int
    at_once: bool

    @property
    def day(self) -> date:
        return self.last_at.date()

    @property
    def spans(self) -> bool:
        """Whether it took longer than the minute in which it began."""
        return self.first_at.replace(second=0, microsecond=0) != self.last_at.replace(second=0, microsecond=0)


def tell(lines: list[Line], zone: ZoneInfo) -> list[Told]:
    """Lines in words: two statements, however many."""
    parts = [part for line in lines for part in line.parts]
    names = Names.of(
        (pk for part in parts for pk in part.bookings),
        (pk for part in parts for pk in part.entries),
    )
    return [_tell(line, names, zone) for line in lines]


def _tell(line: Line, names: Names, zone: ZoneInfo) -> Told:
    return Told(
        ICONS[Reason(line.parts[0].reason)],
        line.first_at.astimezone(zone),
        line.last_at.astimezone(zone),
        [_tell_part(part, names) for part in line.parts],
        line.effect,
        line.at_once,
    )


def _tell_part(part: Part, names: Names) -> ToldPart:
    numbers = [names.entries[pk].label for pk in part.entries if pk in names.entries]
    references = [names.references[pk] for pk in part.bookings if pk in names.references]
    notes = [names.note(part.reason, pk) for pk in part.entries]
    words = _words(part)
    if numbers:
        words += f" {_listed(numbers, part.count)}"
    return ToldPart(words, _listed(references, part.count) if references else "", [note for note in notes if note])


def _listed(names: list[str], count: int) -> str:
    """'#1, #2 and 3 more'."""
    more = count - len(names)
    *first, last = [*names, f"{more:,} more"] if more > 0 else names
    return f"{', '.join(first)} and {last}" if first else last


def _words(part: Part) -> str:
    if part.reason == Reason.CAPACITY:
        seats = f"{abs(part.change):,} seat{'' if abs(part.change) == 1 else 's'}"
        return f"{seats} {'added' if part.change > 0 else 'taken away'}"
    if part.reason == Reason.CONFIRMED:
        return "1 basket became a booking" if part.count == 1 else f"{part.count:,} baskets became bookings"
    if part.reason == Reason.BOOKED and not part.bookings:
        return f"{part.change:,} booked before there was this limit"
    return f"{abs(part.change):,} {WORDS[Reason(part.reason)]}"


WORDS = {
    Reason.BOOKED: "booked",
    Reason.HELD: "put in baskets",
    Reason.CANCELLED: "cancelled",
    Reason.EXPIRED: "back from baskets whose time was up",
    Reason.ABANDONED: "back from baskets that were given up",
    Reason.OFFERED: "offered to",
    Reason.ACCEPTED: "accepted by",
    Reason.PASSED: "passed on by",
    Reason.LAPSED: "not taken in time by",
    Reason.WITHDRAWN: "no longer offered to",
    Reason.RECLAIMED: "paid late, and booked all the same",
}
ICONS = {
    Reason.CAPACITY: "armchair",
    Reason.BOOKED: "ticket-check",
    Reason.HELD: "shopping-basket",
    Reason.CONFIRMED: "ticket-check",
    Reason.CANCELLED: "ticket-x",
    Reason.EXPIRED: "timer-off",
    Reason.ABANDONED: "shopping-basket",
    Reason.OFFERED: "hand-helping",
    Reason.ACCEPTED: "circle-check",
    Reason.PASSED: "arrow-right",
    Reason.LAPSED: "timer-off",
    Reason.WITHDRAWN: "user-round-x",
    Reason.RECLAIMED: "ticket-check",
}
