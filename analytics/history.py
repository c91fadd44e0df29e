"""Who changed what of a team or of one event: the trail, and what people did about money, in one order.

Money keeps its own record (receipts, refunds, money acts), so it is read from there and written nowhere twice.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast

from accounts.models import Change, Team, What
from events.models import Event
from payments.models import MoneyAct, Receipt, Refund

PAGE_SIZE = 40
TOGETHER = 500  # entries that a file is written by

GROUPS: dict[str, tuple[str, tuple[str, ...]]] = {
    "events": (
        "Events",
        (
            What.EVENT_CREATED,
            What.EVENT_EDITED,
            What.EVENT_PUBLISHED,
            What.EVENT_POSTPONED,
            What.EVENT_CANCELLED,
            What.EVENT_DELETED,
        ),
    ),
    "codes": ("Promo codes", (What.CODE_CREATED, What.CODES_CREATED, What.CODE_EDITED, What.CODE_SWITCHED)),
    "team": (
        "Team and roles",
        (
            What.TEAM_CREATED,
            What.MEMBER_INVITED,
            What.INVITATION_RESENT,
            What.INVITATION_WITHDRAWN,
            What.INVITATION_DECLINED,
            What.MEMBER_JOINED,
            What.MEMBER_REMOVED,
            What.MEMBER_LEFT,
            What.ROLE_CHANGED,
        ),
    ),
    "settings": ("Tax and payment settings", (What.TAX_CHANGED, What.PAYMENTS_CHANGED)),
    "guests": (
        "Guests",
        (
            What.GUEST_BOOKED,
            What.GUEST_INVITED,
            What.HOLDER_CHANGED,
            What.BOOKINGS_CANCELLED,
            What.TICKETS_RESENT,
            What.GUESTS_EXPORTED,
        ),
    ),
    "line": ("The waitlist", (What.LINE_REMOVED, What.LINE_INVITED)),
    "door": ("The door", (What.CHECKED_IN, What.CHECK_IN_UNDONE)),
    "money": ("Money", ()),
}
Place = tuple[datetime, str]  # a moment, and the id of what happened then


@dataclass(frozen=True)
class Asked:
    """Whose history: a team's, or one event's if there is one; by one person, of one group of GROUPS. `before`: only
    what is older than that moment and id. `until`: nothing that happened after it."""

    team_id: UUID
    event: Event | None = None
    by: UUID | None = None
    group: str = ""
    before: Place | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Entry:
    """One thing that was done, as it is stored."""

    source: str
    row: Any
    at: datetime

    @property
    def place(self) -> Place:
        return self.at, str(self.row.pk)


@dataclass(frozen=True)
class Page:
    """Some entries, the latest first; `older` is where the next page begins, None where there is none."""

    entries: list[Entry]
    older: Place | None


def page(asked: Asked, size: int = PAGE_SIZE) -> Page:
    """A page: one statement for its order, and one for each kind of record on it."""
    places = list(_places(asked)[: size + 1])
    entries = _fetched(places[:size])
    return Page(entries, entries[-1].place if entries and len(places) > size else None)


def pages(asked: Asked) -> Iterator[list[Entry]]:
    """All of it in parts, each begun where the one before it ended."""
    before = asked.before
    while True:
        some = page(replace(asked, before=before), TOGETHER)
        yield some.entries
        if some.older is None:
            return
        before = some.older


def actors(team: Team) -> list[tuple[UUID, str]]:
    """Who has done something, and who could: for a filter. Two statements."""
    done = Change.objects.filter(team=team).exclude(by=None).values_list("by", "by__name", "by__email").distinct()
    members = team.memberships.values_list("user", "user__name", "user__email")
    known = {pk: name or email for pk, name, email in [*members, *done] if not email.endswith("@invalid")}
    return sorted(known.items(), key=lambda one: one[1].casefold())


def _places(asked: Asked) -> QuerySet[Any, Any]:
    """Moment, id and source of everything that is asked, the latest first."""
    branches = [
        found.annotate(moment=F(moment), source=Value(source)).values_list("moment", "key", "source")
        for source, moment, found in _branches(asked)
    ]
    first, *others = branches
    found = first.union(*others, all=True) if others else first
    return found.order_by("-moment", "-key")


def _branches(asked: Asked) -> Iterator[tuple[str, str, QuerySet[Any]]]:
    """Each kind of record with the column that says when, narrowed to what is asked."""
    if asked.group != "money":
        changes = Change.objects.filter(team=asked.team_id)
        changes = changes.filter(event_id=asked.event.pk) if asked.event else changes
        whats = GROUPS[asked.group][1] if asked.group else ()
        yield "change", "at", _narrowed(changes.filter(what__in=whats) if whats else changes, asked, "at")
    if asked.group in ("", "money"):
        yield "act", "at", _narrowed(_of_bookings(MoneyAct.objects, asked, "booking__"), asked, "at")
        receipts = _of_bookings(Receipt.objects.exclude(by=None), asked, "payment__booking__")
        yield "receipt", "at", _narrowed(receipts, asked, "at")
        refunds = _of_bookings(Refund.objects.exclude(by=None), asked, "payment__booking__")
        yield "refund", "created_at", _narrowed(refunds, asked, "created_at")
    if asked.group in ("", "settings") and asked.event is None:
        yield "account", "at", _narrowed(MoneyAct.objects.filter(account__team=asked.team_id), asked, "at")


def _of_bookings(found: Any, asked: Asked, path: str) -> QuerySet[Any]:
    if asked.event is not None:
        return found.filter(**{f"{path}event": asked.event.pk})
    return found.filter(**{f"{path}event__organizer": asked.team_id})


def _narrowed(found: QuerySet[Any], asked: Asked, moment: str) -> QuerySet[Any]:
    found = found.annotate(key=Cast("pk", TextField()))
    if asked.by:
        found = found.filter(by=asked.by)
    if asked.until:
        found = found.filter(**{f"{moment}__lte": asked.until})
    if asked.before:
        at, key = asked.before
        found = found.filter(Q(**{f"{moment}__lt": at}) | Q(key__lt=key), **{f"{moment}__lte": at})
    return found


_FETCH: dict[str, QuerySet[Any]] = {
    "change": Change.objects.select_related("by"),
    "act": MoneyAct.objects.select_related("by", "booking", "refund__payment"),
    "account": MoneyAct.objects.select_related("by"),
    "receipt": Receipt.objects.select_related("by", "payment__booking"),
    "refund": Refund.objects.select_related("by", "payment__booking"),
}


def _fetched(places: list[tuple[datetime, str, str]]) -> list[Entry]:
    rows: dict[tuple[str, str], Any] = {}
    for source in {source for _, _, source in places}:
        found = _FETCH[source].filter(pk__in=[key for _, key, one in places if one == source])
        rows |= {(source, str(row.pk)): row for row in found}
    return [Entry(source, rows[source, key], at) for at, key, source in places if (source, key) in rows]
