"""What organisers see of a line: who waits, who has an offer, what became of the others. Reads only."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Case, Count, F, Q, QuerySet, When

from core.paging import Page, page_of
from events.models import Event
from waitlist.models import Entry

PAGE_SIZE = 50
Status = Entry.Status


class Shelf(StrEnum):
    """Where in the organiser's list a place stands."""

    WAITING = "waiting"
    OFFERED = "offered"
    OVER = "over"

    @property
    def rule(self) -> Q:
        """Which places stand there."""
        live = {Shelf.WAITING: Q(status=Status.WAITING), Shelf.OFFERED: Q(status=Status.OFFERED)}
        return live.get(self, ~Q(status__in=Entry.LIVE))

    @property
    def label(self) -> str:
        return {Shelf.WAITING: "Waiting", Shelf.OFFERED: "Offered", Shelf.OVER: "Over"}[self]

    @property
    def order(self) -> tuple[str, bool]:
        """A column, and whether the latest comes first: who is next, whose offer lapses next, what ended last."""
        return {
            Shelf.WAITING: ("number", False),
            Shelf.OFFERED: ("offer_expires_at", False),
            Shelf.OVER: ("ended_at", True),
        }[self]


@dataclass(frozen=True)
class Row:
    """A place in the organiser's list. `position` is 1 for who is next, None for who does not wait."""

    entry: Entry
    position: int | None

    @property
    def acted_at(self) -> datetime | None:
        """When somebody of the team removed it, or invited it out of order."""
        return self.entry.ended_at if self.entry.status == Status.REMOVED else self.entry.offered_at

    @property
    def acted(self) -> str:
        return "Removed" if self.entry.status == Status.REMOVED else "Invited out of order"


def shelf_counts(event: Event) -> dict[str, int]:
    """How many places stand on each shelf, in one statement."""
    counted = {shelf.value: Count("pk", filter=shelf.rule) for shelf in Shelf}
    return Entry.objects.filter(event=event).aggregate(**counted)


def shelf_page(event: Event, shelf: Shelf, cursor: str | None) -> Page:
    """A page of a shelf as rows: one statement, and one for the position of the first. Raises Invalid for a cursor
    that is none."""
    name, latest_first = shelf.order
    way = "-" if latest_first else ""
    found = _shown(event).filter(shelf.rule).annotate(rank=F(name)).order_by(f"{way}rank", f"{way}id")
    page = page_of(found, cursor, PAGE_SIZE)
    return Page(_rows(event, page.results), page.next_cursor, page.previous_cursor)


def acted_upon(event: Event, most: int) -> list[Row]:
    """The places that somebody of the team removed, or invited out of order; the latest first. One statement."""
    acted_at = Case(When(status=Status.REMOVED, then=F("ended_at")), default=F("offered_at"))
    found = _shown(event).exclude(by=None).annotate(rank=acted_at).order_by("-rank", "-id")
    return [Row(_of(event, entry), None) for entry in found[:most]]


def _shown(event: Event) -> QuerySet[Entry]:
    return Entry.objects.filter(event=event).select_related("ticket_type", "offered_type", "customer", "by")


def _rows(event: Event, entries: list[Entry]) -> list[Row]:
    """Those who wait stand in their order, without gaps: the first one's position tells all of them."""
    if not entries or entries[0].status != Status.WAITING:
        return [Row(_of(event, entry), None) for entry in entries]
    ahead = Entry.objects.waiting().filter(event=event, number__lt=entries[0].number).count()
    return [Row(_of(event, entry), ahead + place) for place, entry in enumerate(entries, start=1)]


def _of(event: Event, entry: Entry) -> Entry:
    """The place, which knows its event."""
    entry.event = event
    return entry
