"""What came of a rush: what buyers were told, held against what the database says."""

import json
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from uuid import UUID

from bookings.models import Booking
from bookings.operations import audit_inventory
from core.errors import DomainError
from events.models import Event, Inventory
from rehearsal.buyers import Wish
from rehearsal.clone import limits_of
from rehearsal.crowd import Answer, Crowd

PERCENTILES = (50, 95, 99)
# What an event may well say to those who come. Anything else that is not a booking is a failure.
REFUSALS = {"sold-out", "over-personal-limit"}


@dataclass
class Report:
    """Seconds and counts. `unanswered`: bookings that were made, but their buyers were told of none. `wrong` holds a
    sentence for everything that must not be."""

    event: str
    buyers: int
    requests: int
    took: float
    per_second: float
    booked: int
    unanswered: int
    seats_sold: int
    capacity: int
    refused: dict[str, int]
    failed: dict[str, int]
    latency: dict[str, dict[str, float]]
    oversold: int
    duplicates: int
    lost: int
    discrepancies: list[str]
    bottleneck: str = ""
    wrong: list[str] = field(default_factory=list)

    def as_json(self) -> str:
        return json.dumps({"right": not self.wrong, **asdict(self)}, indent=2, default=str)


@dataclass(frozen=True)
class Told:
    """What one request was answered: the booking's id, or the kind of refusal or failure."""

    wish: Wish
    seconds: float
    booking: str = ""
    refused: str = ""
    failed: str = ""


def make_report(event: Event, clone: Event, wishes: Sequence[Wish], crowd: Crowd) -> Report:
    """Compare. `wishes` has the wish behind every call, in their order; sales must have ended."""
    told = [_told(wishes[answer.index], answer) for answer in crowd.answers]
    kept = {str(pk): customer for pk, customer in _live(clone).values_list("pk", "customer_id")}
    promised = {answer.booking for answer in told if answer.booking}
    report = Report(
        event=event.slug,
        buyers=len({wish.buyer for wish in wishes}),
        requests=len(crowd.answers),
        took=crowd.took,
        per_second=crowd.per_second,
        booked=len(promised),
        unanswered=len(set(kept) - promised),
        seats_sold=_live(clone).seats(),
        capacity=clone.inventory.capacity,
        refused=_counted(answer.refused for answer in told),
        failed=_counted(answer.failed for answer in told),
        latency=_latencies(told),
        oversold=_oversold(clone),
        duplicates=_duplicates(kept.values(), told),
        lost=len(promised - set(kept)),
        discrepancies=_discrepancies(clone),
    )
    report.wrong = list(_wrong(report))
    return report


def _told(wish: Wish, answer: Answer) -> Told:
    if answer.error:
        return Told(wish, answer.seconds, failed=answer.error)
    said = _json(answer.body)
    if answer.status == 201 and "id" in said:
        return Told(wish, answer.seconds, booking=str(said["id"]))
    code = str(said.get("code", "no problem document"))
    if answer.status == DomainError.status and code in REFUSALS:
        return Told(wish, answer.seconds, refused=code)
    return Told(wish, answer.seconds, failed=f"{answer.status} {code}")


def _json(body: bytes) -> dict[str, object]:
    try:
        said = json.loads(body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _live(clone: Event):
    return Booking.objects.live().filter(event=clone)


def _counted(kinds: Iterable[str]) -> dict[str, int]:
    return dict(Counter(filter(None, kinds)).most_common())


def _latencies(told: Sequence[Told]) -> dict[str, dict[str, float]]:
    """Percentiles (nearest rank) of all answers, of bookings and of refusals."""
    groups = {
        "all": [answer.seconds for answer in told if not answer.failed],
        "booked": [answer.seconds for answer in told if answer.booking],
        "refused": [answer.seconds for answer in told if answer.refused],
    }
    return {name: _percentiles(sorted(seconds)) for name, seconds in groups.items() if seconds}


def _percentiles(seconds: list[float]) -> dict[str, float]:
    return {f"p{percent}": seconds[math.ceil(len(seconds) * percent / 100) - 1] for percent in PERCENTILES}


def _oversold(clone: Event) -> int:
    """Seats beyond what there are, by the bookings themselves: of the house, and of each limited ticket type."""
    beyond = max(0, _live(clone).seats() - clone.inventory.capacity)
    for ticket_type in clone.types_for_sale():
        if ticket_type.inventory:
            beyond += max(0, ticket_type.seats_taken().claimed - ticket_type.inventory.capacity)
    return beyond


def _duplicates(customers: Iterable[UUID], told: Sequence[Told]) -> int:
    """Bookings beyond a buyer's first, and buyers who were told of two for one key."""
    by_buyer: dict[UUID, set[str]] = {}
    for answer in told:
        if answer.booking:
            by_buyer.setdefault(answer.wish.buyer, set()).add(answer.booking)
    kept_twice = sum(count - 1 for count in Counter(customers).values())
    return max(kept_twice, sum(len(bookings) - 1 for bookings in by_buyer.values()))


def _discrepancies(clone: Event) -> list[str]:
    """What the audit has against the clone's limits, and counters that contradict their capacity."""
    limits = set(limits_of(clone))
    found = [str(discrepancy) for discrepancy in audit_inventory() if discrepancy.inventory_id in limits]
    overfull = [inventory for inventory in Inventory.objects.filter(pk__in=limits) if inventory.unclaimed < 0]
    return found + [f"Inventory {inventory.pk}: {inventory}." for inventory in overfull]


def _wrong(report: Report) -> Iterable[str]:
    if report.oversold:
        yield f"{report.oversold} seats oversold."
    if report.duplicates:
        yield f"{report.duplicates} bookings made twice."
    if report.lost:
        yield f"{report.lost} bookings were confirmed to their buyers and are not there."
    if report.failed:
        kinds = ", ".join(f"{count} {kind}" for kind, count in report.failed.items())
        yield f"{sum(report.failed.values())} requests failed: {kinds}."
    yield from report.discrepancies
