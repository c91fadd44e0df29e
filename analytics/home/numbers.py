"""Four numbers, each beside the period before it. Counted from slots, and from the counters of what is to come."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, Sum

from analytics.figures.period import Period
from analytics.figures.wording import change, count, percent
from analytics.home.scope import Scope
from analytics.models import Level, Slot
from core import money
from events.models.event import EventQuerySet
from waitlist.models import Entry

COUNTED = ("tickets", "lost", "views", "bookings", "refused", "received", "refunded")
NOTHING_YET = "–"


@dataclass(frozen=True)
class Number:
    """`value` as it is read, a line for each currency; `change` says how that compares, `note` what else belongs to
    it. `empty`: nothing of the kind was ever counted, which is not the same as 0."""

    label: str
    values: list[str]
    change: str = ""
    note: str = ""
    empty: bool = False


@dataclass
class Sums:
    """What was counted in a period, by part: "" for what people did, else by currency."""

    parts: dict[str, dict[str, int]] = field(default_factory=dict)

    def __getitem__(self, name: str) -> int:
        return self.parts.get("", {}).get(name, 0)

    def net(self, currency: str) -> int:
        """What stayed of the money that moved, in minor units."""
        sums = self.parts.get(currency, {})
        return sums.get("received", 0) - sums.get("refunded", 0)

    def moved(self, currency: str) -> bool:
        sums = self.parts.get(currency, {})
        return bool(sums.get("received") or sums.get("refunded"))


def four_numbers(scope: Scope, period: Period, now: datetime) -> list[Number]:
    """Five statements."""
    this, before = _sums(scope, period)
    ever = Slot.objects.filter(**scope.slots).exists()
    return [
        _money(this, before, period.days, ever),
        _tickets(this, before, period.days, ever),
        _seats(scope, period, now),
        _unmet(this, before, period.days, scope, now),
    ]


def _sums(scope: Scope, period: Period) -> tuple[Sums, Sums]:
    """The period and the one before it, in one statement."""
    found = Slot.objects.filter(**scope.slots, at__gte=period.before.start, at__lt=period.end)
    late = Q(at__gte=period.start)
    sums: dict[str, Any] = {f"this_{name}": Sum(name, filter=late, default=0) for name in COUNTED}
    sums |= {f"before_{name}": Sum(name, filter=~late, default=0) for name in COUNTED}
    this, before = Sums(), Sums()
    rows: Iterable[Any] = found.values("part").annotate(**sums)
    for row in rows:
        this.parts[row["part"]] = {name: int(row[f"this_{name}"]) for name in COUNTED}
        before.parts[row["part"]] = {name: int(row[f"before_{name}"]) for name in COUNTED}
    return this, before


def _money(this: Sums, before: Sums, days: int, ever: bool) -> Number:
    """What came in and stayed, each currency by itself."""
    currencies = sorted({part for one in (this, before) for part in one.parts if len(part) == 3 and one.moved(part)})
    if not currencies:
        words = "No money has moved in this time or the time before." if ever else "Nothing has come in yet."
        return Number("Came in", [NOTHING_YET], note=words, empty=True)
    values = [money.amount_words(this.net(one), one) for one in currencies]
    changes = [_money_change(this.net(one), before.net(one), one, days) for one in currencies]
    return Number("Came in", values, "; ".join(changes), "After refunds.")


def _money_change(this: int, before: int, currency: str, days: int) -> str:
    if this == before:
        return f"the same as in the {days} days before"
    difference = money.amount_words(abs(this - before), currency)
    return f"{difference} {'more' if this > before else 'less'} than in the {days} days before"


def _tickets(this: Sums, before: Sums, days: int, ever: bool) -> Number:
    if not ever:
        return Number("Tickets booked", [NOTHING_YET], note="Nobody has booked yet.", empty=True)
    notes = [f"In {count(this['bookings'], 'booking')}"]
    notes += [f"{count(this['lost'], 'ticket')} of them cancelled since"] if this["lost"] else []
    notes += [f"{count(this['views'], 'view')} of your pages"] if this["views"] else []
    words = change(this["tickets"], before["tickets"], days)
    return Number("Tickets booked", [f"{this['tickets']:,}"], words, ", ".join(notes) + ".")


def _seats(scope: Scope, period: Period, now: datetime) -> Number:
    """How full what is to come is, now, and by how much more than when the period began."""
    coming = scope.coming(now)
    sums = coming.aggregate(**_SEATS)
    if not sums["events"]:
        return Number("Seats taken, of what is to come", [NOTHING_YET], note="Nothing is coming up.", empty=True)
    return Number(
        "Seats taken, of what is to come",
        [percent(sums["booked"], sums["capacity"])],
        "" if scope.platform else _moved(coming, period),
        f"{sums['booked']:,} of {count(sums['capacity'], 'seat')} of {count(sums['events'], 'event')}.",
    )


def _moved(coming: EventQuerySet, period: Period) -> str:
    """How many seats of theirs are taken that were not when the period began."""
    slots = Slot.objects.filter(level=Level.EVENT, part="", scope__in=coming.values("pk"), at__gte=period.start)
    seats = slots.aggregate(all=Sum(F("tickets") - F("cancelled"), default=0))["all"]
    if seats == 0:
        return f"as many as {period.days} days ago"
    return f"{count(abs(int(seats)), 'seat')} {'more' if seats > 0 else 'fewer'} than {period.days} days ago"


_SEATS: dict[str, Any] = {
    "events": Count("pk"),
    "capacity": Sum("inventory__capacity", default=0),
    "booked": Sum(F("inventory__claimed") - F("inventory__held"), default=0),
}


def _unmet(this: Sums, before: Sums, days: int, scope: Scope, now: datetime) -> Number:
    """What people wanted and did not get: those in line now, and seats refused in the period."""
    line = Entry.objects.waiting().filter(event__in=scope.coming(now).order_by().values("pk"))
    waiting = line.aggregate(parties=Count("pk"), seats=Sum("quantity", default=0))
    refused = f"{count(this['refused'], 'seat')} refused as sold out" if this["refused"] else "No seat was refused"
    if this["refused"] or before["refused"]:
        refused += f": {change(this['refused'], before['refused'], days)}"
    parties = f"{count(waiting['parties'], 'party', 'parties')} in line" if waiting["parties"] else "Nobody is in line"
    return Number("Seats waited for", [f"{waiting['seats']:,}"], refused, f"{parties} now.")
