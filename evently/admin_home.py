"""The front page of the admin: how the platform stands, for its staff. Every figure leads to its rows."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Count, Model, Q, QuerySet, Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from bookings.models import Booking
from core import money
from core.facts import Lane
from core.ids import first_id_of
from evently.health import run_checks
from events.models import Event
from notifications.models import Delivery
from outbox.models import DeadMessage
from payments.models import Payment, Receipt, Refund
from waitlist.models import Entry

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Figure:
    """A number, in words, and the list of the rows that it counts."""

    label: str
    value: str
    note: str
    model: type[Model]
    filters: str = ""

    @property
    def url(self) -> str:
        meta = self.model._meta
        return reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist") + self.filters


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What unfold's index page shows besides its list of models: only of what this member of staff may see."""
    now = timezone.now()
    return {
        **context,
        "as_of": now,
        "figures": _visible(request, _figures(now)),
        "troubles": _visible(request, _troubles(now)),
        "checks": [(name, found == "ok", found) for name, found in run_checks().items()],
    }


def _visible(request: HttpRequest, figures: Iterable[Figure]) -> list[Figure]:
    return [one for one in figures if admin.site._registry[one.model].has_view_permission(request)]


def _figures(now: datetime) -> Iterator[Figure]:
    yield _since(Booking.objects.exclude(status=Booking.Status.PENDING), "created_at", "Bookings in 24 hours", now)
    baskets = Booking.objects.held(now).aggregate(count=Count("pk"), seats=Sum("quantity", default=0))
    yield Figure(
        "Seats in baskets",
        f"{baskets['seats']:,}",
        f"in {baskets['count']:,} basket{'' if baskets['count'] == 1 else 's'}",
        Booking,
        "?status__exact=pending",
    )
    on_sale = Event.objects.filter(status=Event.Status.PUBLISHED, ends_at__gt=now).count()
    yield Figure("Events on sale", f"{on_sale:,}", "published, and not over", Event, "?status__exact=published")
    line = Entry.objects.live().aggregate(
        waiting=Count("pk", filter=Q(status=Entry.Status.WAITING)),
        offered=Count("pk", filter=Q(status=Entry.Status.OFFERED)),
    )
    yield Figure("Waiting in line", f"{line['waiting']:,}", f"{line['offered']:,} have an offer", Entry)
    yield _since(User.objects.all(), "joined_at", "New accounts in 24 hours", now)
    came = Receipt.objects.filter(pk__gte=first_id_of(now - DAY), at__gte=now - DAY)
    for row in came.order_by("currency").values("currency").annotate(sum=Sum("amount"), count=Count("pk")):
        amount, count = money.amount_words(row["sum"], row["currency"]), row["count"]
        yield Figure("Came in in 24 hours", amount, f"{count:,} payment{'' if count == 1 else 's'}", Receipt)


def _since(rows: QuerySet[Any], moment: str, label: str, now: datetime) -> Figure:
    """How many rows are new, beside the day before. Their ids, which are in the order of time, find them without an
    index; what was brought in from elsewhere with an older `moment` is not new."""
    recent = rows.filter(pk__gte=first_id_of(now - 2 * DAY), **{f"{moment}__gte": now - 2 * DAY})
    counted = recent.aggregate(both=Count("pk"), new=Count("pk", filter=Q(**{f"{moment}__gte": now - DAY})))
    return Figure(
        label, f"{counted['new']:,}", f"{counted['both'] - counted['new']:,} in the 24 hours before", rows.model
    )


def _troubles(now: datetime) -> Iterator[Figure]:
    """What somebody has to look at; nothing where there is nothing."""
    for lane, count in DeadMessage.objects.order_by("lane").values_list("lane").annotate(Count("pk")):
        where = f"?lane__exact={lane}"
        yield Figure(
            f"Given up: {Lane(lane).label.lower()}",
            f"{count:,}",
            "mend the cause, then deliver again",
            DeadMessage,
            where,
        )
    week = Delivery.objects.filter(status=Delivery.Status.FAILED, created_at__gte=now - 7 * DAY).count()
    failed = Refund.objects.filter(status=Refund.Status.FAILED).count()
    disputed = Payment.objects.filter(disputed_at__isnull=False).count()
    found = [
        Figure("Messages nobody got", f"{week:,}", "in seven days", Delivery, "?status__exact=failed"),
        Figure("Refunds that failed", f"{failed:,}", "their team sends them anew", Refund, "?status__exact=failed"),
        Figure(
            "Disputed payments", f"{disputed:,}", "answered at the card provider", Payment, "?disputed_at__isempty=0"
        ),
    ]
    yield from (one for one in found if one.value != "0")
