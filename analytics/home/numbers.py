"""Four numbers, each beside the period before it. Counted from slots, and from the counters of what is to come."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Sum

from analytics.figures import sums
from analytics.figures.period import Period
from analytics.figures.wording import change, count, percent
from analytics.home.scope import Scope
from analytics.models import Slot
from core import money
from events.models.event import EventQuerySet
from waitlist.models import Entry

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


def four_numbers(scope: Scope, period: Period, now: datetime) -> list[Number]:
    """Six statements."""
    stretches = [(one.start, one.end) for one in (period, period.before)]
    this, before = map(sums.sum_of, sums.totals(scope, stretches))
    ever = Slot.objects.filter(level=scope.level, scope__in=scope.ids).exists()
    return [
        _money(this, before, period.days, ever),
        _tickets(this, before, period.days, ever),
        _seats(scope, period, now),
        _unmet(this, before, period.days, scope, now),
    ]


def _money(this: sums.Sum, before: sums.Sum, days: int, ever: bool) -> Number:
    """What came in and stayed, each currency by itself."""
    moved = [one for found in (this, before) for one in found.money.values() if one.received or one.refunded]
    currencies = sorted({one.currency for one in moved})
    if not currencies:
        words = "No money has moved in this time or the time before." if ever else "Nothing has come in yet."
        return Number("Came in", [NOTHING_YET], note=words, empty=True)
    values = [money.amount_words(this.money_in(one).net, one) for one in currencies]
    changes = [_money_change(this.money_in(one).net, before.money_in(one).net, one, days) for one in currencies]
    return Number("Came in", values, "; ".join(changes), "After refunds.")


def _money_change(this: int, before: int, currency: str, days: int) -> str:
    if this == before:
        return f"the same as in the {days} days before"
    difference = money.amount_words(abs(this - before), currency)
    return f"{difference} {'more' if this > before else 'less'} than in the {days} days before"


def _tickets(this: sums.Sum, before: sums.Sum, days: int, ever: bool) -> Number:
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
    now_is = coming.aggregate(**_SEATS)
    if not now_is["events"]:
        return Number("Seats taken, of what is to come", [NOTHING_YET], note="Nothing is coming up.", empty=True)
    return Number(
        "Seats taken, of what is to come",
        [percent(now_is["booked"], now_is["capacity"])],
        "" if scope.platform else _moved(coming, period),
        f"{now_is['booked']:,} of {count(now_is['capacity'], 'seat')} of {count(now_is['events'], 'event')}.",
    )


def _moved(coming: EventQuerySet, period: Period) -> str:
    """How many seats of theirs are taken that were not when the period began."""
    seats = sums.seats_kept(coming.order_by().values_list("pk", flat=True), period)
    if seats == 0:
        return f"as many as {period.days} days ago"
    return f"{count(abs(seats), 'seat')} {'more' if seats > 0 else 'fewer'} than {period.days} days ago"


_SEATS: dict[str, Any] = {
    "events": Count("pk"),
    "capacity": Sum("inventory__capacity", default=0),
    "booked": Sum(F("inventory__claimed") - F("inventory__held"), default=0),
}


def _unmet(this: sums.Sum, before: sums.Sum, days: int, scope: Scope, now: datetime) -> Number:
    """What people wanted and did not get: those in line now, and seats refused in the period."""
    line = Entry.objects.waiting().filter(event__in=scope.coming(now).order_by().values("pk"))
    waiting = line.aggregate(parties=Count("pk"), seats=Sum("quantity", default=0))
    refused = f"{count(this['refused'], 'seat')} refused as sold out" if this["refused"] else "No seat was refused"
    if this["refused"] or before["refused"]:
        refused += f": {change(this['refused'], before['refused'], days)}"
    parties = f"{count(waiting['parties'], 'party', 'parties')} in line" if waiting["parties"] else "Nobody is in line"
    return Number("Seats waited for", [f"{waiting['seats']:,}"], refused, f"{parties} now.")
