"""Is what was answered so? Asked of the database after every section; a fast wrong answer is a failure."""

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db.models import Sum

from bookings import operations
from bookings.models import Booking
from local.bench.calls import booking_ids
from local.bench.samples import answered_only
from rehearsal.crowd import Crowd

Status = Booking.Status
REDIRECTS = (302, 303)


def bookings(crowd: Crowd, events: Collection[UUID], *, expected: Collection[int] = (201,)) -> list[str]:
    """Each 201 stands in the database, confirmed, and nothing else was booked for these new events."""
    told = booking_ids(answer.body for answer in crowd.answers if answer.status == 201)
    booked = set(Booking.objects.filter(event__in=events, status=Status.CONFIRMED).values_list("pk", flat=True))
    wrong = answered_only(crowd, expected)
    wrong += _unless(told - booked, "answered bookings are not in the database")
    if not crowd.errors:  # who got no answer may be booked all the same
        wrong += _unless(booked - told, "bookings nobody was told of")
    if len(told) < crowd.statuses[201]:
        wrong.append(f"{crowd.statuses[201] - len(told)} answers named somebody else's booking")
    return wrong + audit()


def added(crowd: Crowd, event: UUID, before: int) -> list[str]:
    """As `bookings`, for an event that had so many bookings before."""
    told = booking_ids(answer.body for answer in crowd.answers if answer.status == 201)
    more = Booking.objects.confirmed().filter(event=event).count() - before
    wrong = answered_only(crowd, (201,))
    if Booking.objects.confirmed().filter(pk__in=told).count() != len(told):
        wrong.append("answered bookings are not in the database")
    if more != len(told) and not crowd.errors:
        wrong.append(f"{more} bookings more, {len(told)} answered")
    return wrong + audit()


def baskets(crowd: Crowd, event: UUID, keys: Sequence[str]) -> list[str]:
    """Each redirect to a basket has its basket, by the key that the form carried; and there are no others."""
    sent = {kept.partition(":")[0] for kept in _keys(event)}
    told = {keys[answer.index] for answer in crowd.answers if answer.status in REDIRECTS}
    wrong = answered_only(crowd, REDIRECTS)
    wrong += _unless(told - sent, "answered baskets are not in the database")
    if not crowd.errors:
        wrong += _unless(sent - told, "baskets nobody was told of")
    return wrong + audit()


def sold(event: UUID, seats: int) -> list[str]:
    """Exactly so many seats are gone."""
    gone = Booking.objects.live().filter(event=event).aggregate(seats=Sum("quantity", default=0))["seats"]
    return [] if gone == seats else [f"{gone} seats sold instead of {seats}"]


def audit() -> list[str]:
    """`manage.py audit_inventory`: counters, bookings and movements agree, everywhere."""
    return [str(discrepancy) for discrepancy in operations.audit_inventory()[:3]]


def _keys(event: UUID) -> list[str]:
    kept = Booking.objects.pending().filter(event=event).values_list("idempotency_key", flat=True)
    return [key or "" for key in kept]


def _unless(rows: Collection[object], sentence: str) -> list[str]:
    return [f"{len(rows)} {sentence}"] if rows else []
