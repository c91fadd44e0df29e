"""The history in words: who did what, to what, and how it was before."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.urls import reverse

from accounts.models import Change, User, What
from analytics.history import GROUPS, Entry
from core.spreadsheets import Cell
from events.models import Event

HEAD = ["When", "Who", "What", "To what", "Event", "Before", "After", "Note"]
ICONS = {
    "events": "calendar",
    "codes": "ticket-percent",
    "team": "users-round",
    "settings": "settings",
    "guests": "user-round",
    "line": "list-ordered",
    "door": "scan-line",
    "money": "banknote",
}
_GROUP_OF = {what: group for group, (_, whats) in GROUPS.items() for what in whats}
NOBODY = "Evently"
CLOSED = "Somebody whose account is closed"


@dataclass(frozen=True)
class Line:
    """A line of the history. `changes`: what, how it was, how it is; None where there was, or is, nothing. `event`
    links to where it can be seen, if it is there still."""

    at: datetime
    by_id: UUID | None
    who: str
    icon: str
    words: str
    label: str
    changes: list[tuple[str, str | None, str | None]]
    note: str = ""
    url: str = ""
    event: str = ""
    event_url: str = ""

    @property
    def cells(self) -> list[Cell]:
        """The same as cells of a file."""
        before = "; ".join(f"{name}: {old}" for name, old, _ in self.changes if old is not None)
        after = "; ".join(f"{name}: {new}" for name, _, new in self.changes if new is not None)
        when = self.at.isoformat(timespec="seconds")
        return [when, self.who, self.words, self.label, self.event, before, after, self.note]


def tell(entries: Iterable[Entry], zone: ZoneInfo) -> list[Line]:
    """Entries in words, by the clock of a zone: one statement for the events they name."""
    entries = list(entries)
    events = {pk: (title, slug) for pk, title, slug in _events(entries)}
    return [_line(one, events, zone) for one in entries]


def _events(entries: list[Entry]) -> Iterable[tuple[UUID, str, str]]:
    named = {pk for pk in map(_event_id, entries) if pk}
    return Event.objects.filter(pk__in=named).values_list("pk", "title", "slug")


def _event_id(entry: Entry) -> UUID | None:
    row = entry.row
    if entry.source == "change":
        return row.event_id
    booking = _booking(entry)
    return booking.event_id if booking else None


def _booking(entry: Entry) -> Any:
    return entry.row.booking if entry.source in ("act", "account") else entry.row.payment.booking


def _line(entry: Entry, events: dict[UUID, tuple[str, str]], zone: ZoneInfo) -> Line:
    event_id = _event_id(entry)
    title, slug = events.get(event_id, ("", "")) if event_id else ("", "")
    told = _change(entry.row) if entry.source == "change" else _money(entry, slug)
    by: User | None = entry.row.by
    return Line(
        at=entry.at.astimezone(zone),
        by_id=by.pk if by and by.closed_at is None else None,
        who=_who(by),
        event=title,
        event_url=reverse("organise:event", args=[slug]) if slug else "",
        **told,
    )


def _who(by: User | None) -> str:
    if by is None:
        return NOBODY
    return CLOSED if by.closed_at else str(by)


def _change(row: Change) -> dict[str, Any]:
    names = dict.fromkeys([*row.new, *row.old])
    changes = [(name, row.old.get(name), row.new.get(name)) for name in names]
    group = _GROUP_OF.get(row.what, "events") if row.what in What.values else "events"
    return {"icon": ICONS[group], "words": row.words, "label": row.label, "changes": changes}


def _money(entry: Entry, slug: str) -> dict[str, Any]:
    row, booking = entry.row, _booking(entry)
    words = {
        "act": lambda: row.get_kind_display(),
        "account": lambda: row.get_kind_display(),
        "receipt": lambda: f"{row.amount_label} booked in",
        "refund": lambda: f"{row.amount_label} given back",
    }[entry.source]()
    if entry.source == "act" and row.refund:
        words = f"{words}: {row.refund.amount_label}"
    note = row.reason if entry.source == "refund" else row.note
    url = reverse("money:booking", args=[slug, booking.pk]) if booking and slug else ""
    return {
        "icon": ICONS["money"],
        "words": words,
        "label": booking.reference if booking else "",
        "changes": [],
        "note": note,
        "url": url,
    }
