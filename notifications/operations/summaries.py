"""A summary for each team every morning, of the day before."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from accounts.models import Membership
from accounts.permissions import Permission, roles_with
from bookings.models import Booking
from events.models import Event, PaymentMethod
from notifications.facts import summary_due
from notifications.letters.wording import starts
from notifications.models import Notice, QuietHours
from notifications.operations.telling import News, tell
from outbox.operations import announce_many
from payments.models import Payment, Receipt
from waitlist.models import Entry

MORNING = time(8)
LATEST = time(12)  # after an outage; later it is no morning's news any more
COMING = 3


@dataclass(frozen=True)
class Day:
    """What happened to a team's events on one day, and how they stand on the morning after. Sums are minor units by
    currency: `paid` came in on the day, `income` is to be paid at the door for what was booked on it and is booked
    still, `awaited` is what transfers have still to bring. `coming`: titles with how they sell."""

    day: str
    sold: int
    cancelled: int
    paid: dict[str, int]
    awaited: dict[str, int]
    income: dict[str, int]
    joined: int
    waiting: int
    coming: list[tuple[str, str]]

    @property
    def is_empty(self) -> bool:
        return not (self.sold or self.cancelled or self.joined)


def announce_summaries(*, now: datetime) -> None:
    """Announce the summaries of the zones in which it is morning. Each once, however often this is called: the dedupe
    key says team, zone and day."""
    due = {}
    for team_id, zone in _members(now).values_list("team", "zone").distinct():
        local = now.astimezone(ZoneInfo(zone))
        if MORNING <= local.time().replace(tzinfo=None) < LATEST:
            day = local.date() - timedelta(days=1)
            due[f"summary:{team_id}:{zone}:{day}"] = {"team_id": team_id, "zone": zone, "day": day.isoformat()}
    announce_many(summary_due, due.values(), dedupe_keys=due.keys())


def summarise(*, team_id: UUID, zone: str, day: date, now: datetime) -> list[Notice]:
    """Tell those of a team who live by that zone what happened on a day of it; nothing if nothing did."""
    counted = _count(team_id, ZoneInfo(zone), day, now)
    if counted.is_empty:
        return []
    members = _members(now).filter(team=team_id, zone=zone).values_list("user", flat=True)
    news = [
        News(
            "daily_summary",
            to=user,
            key=f"daily_summary:{team_id}:{user}:{day}",
            about=team_id,
            data=asdict(counted),
            expires_at=now + timedelta(hours=12),
        )
        for user in members
    ]
    return tell(news, now=now)


def _members(now: datetime) -> QuerySet[Any]:
    """Those who run the events of a team of which something is, or was a moment ago, to come; with their `zone`: of
    their quiet hours, else of the team's newest event."""
    events = Event.objects.public().real().filter(organizer=OuterRef("team"))
    newest = events.order_by("-created_at").values("timezone")[:1]
    quiet = QuietHours.objects.filter(user=OuterRef("user")).values("zone")
    lately = events.filter(ends_at__gt=now - timedelta(days=3))
    return Membership.objects.annotate(zone=Coalesce(Subquery(quiet), Subquery(newest), Value("UTC"))).filter(
        Exists(lately), role__in=roles_with(Permission.EDIT_EVENTS), user__is_active=True
    )


def _count(team_id: UUID, zone: ZoneInfo, day: date, now: datetime) -> Day:
    """Eight statements."""
    begin = datetime.combine(day, time(), tzinfo=zone)
    end = datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)
    events = Event.objects.public().real().filter(organizer=team_id, ends_at__gt=begin)
    bookings = Booking.objects.filter(event__in=events)
    sold = bookings.filter(confirmed_at__gte=begin, confirmed_at__lt=end)
    ended = bookings.filter(confirmed_at__isnull=False, ended_at__gte=begin, ended_at__lt=end)
    places = Entry.objects.filter(event__in=events)
    at_door = sold.confirmed().filter(paid_by=Booking.PaidBy.DOOR)
    came = Receipt.objects.filter(payment__booking__event__in=events, at__gte=begin, at__lt=end)
    awaited = Payment.objects.under_way().filter(booking__in=bookings.pending(), method=PaymentMethod.TRANSFER)
    return Day(
        day=day.isoformat(),
        sold=sold.seats(),
        cancelled=ended.seats(),
        paid=_by_currency(came, F("amount")),
        awaited=_by_currency(awaited, F("amount") - F("received")),
        income=_by_currency(at_door, F("total")),
        joined=places.filter(joined_at__gte=begin, joined_at__lt=end).count(),
        waiting=places.waiting().count(),
        coming=[_how_it_sells(event) for event in _coming(events, now)],
    )


def _by_currency(rows: QuerySet[Any], amount: Combinable) -> dict[str, int]:
    return dict(rows.values("currency").order_by("currency").annotate(sum=Sum(amount)).values_list("currency", "sum"))


def _coming(events: QuerySet[Event], now: datetime) -> Iterable[Event]:
    coming = events.filter(starts_at__gt=now, status=Event.Status.PUBLISHED)
    return coming.select_related("inventory").order_by("starts_at", "id")[:COMING]


def _how_it_sells(event: Event) -> tuple[str, str]:
    house = event.inventory
    return event.title, f"{starts(event)}: {house.claimed - house.held:,} of {house.capacity:,} booked"
