"""What somebody of a team has to look at, each with the one page where it is seen to. Reads only."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q
from django.urls import reverse

from analytics.figures.wording import count
from analytics.home.scope import Scope
from bookings.models import Booking
from core.moments import in_words
from events.models import Event, TicketType
from notifications.kinds import Channel
from notifications.models import Delivery
from payments import providers
from payments.models import Account, Payment, Refund
from payments.organising import due_by_hand
from waitlist.models import Entry

SOON = timedelta(hours=1)  # an offer that lapses by then is about to
NEAR = timedelta(days=14)  # a draft that begins by then is late
RECENT = timedelta(days=7)  # how long a message that did not arrive is told
MOST = 5  # events of each kind
LOOKED_AT = 200  # events, or messages, at most
Status = Event.Status
Found = Iterable[dict[str, Any]]


@dataclass(frozen=True)
class Item:
    """One thing to see to: how bad it is (bad, warn or info), what is the matter, and where."""

    tone: str
    what: str
    event: str
    url: str


def needs_attention(scope: Scope, now: datetime) -> list[Item]:
    """The worst first: seven statements, and one more for messages that did not arrive."""
    items = [*_money(scope), *_mail(scope, now), *_events(scope, now), *_offers(scope, now)]
    return sorted(items, key=lambda item: ["bad", "warn", "info"].index(item.tone))


def _money(scope: Scope) -> Iterator[Item]:
    mine = Q(payment__booking__event__organizer__in=scope.teams)
    refunds = Refund.objects.filter(mine).filter(due_by_hand())
    failed = Q(status=Refund.Status.FAILED)
    event = "payment__booking__event__"
    for row in _by_event(refunds, event, failed=Count("pk", filter=failed), due=Count("pk", filter=~failed)):
        if row["failed"]:
            yield _item("bad", f"{count(row['failed'], 'refund')} failed", row, "money:payments", "?show=due")
        if row["due"]:
            words = f"{count(row['due'], 'refund')} to pay back by hand"
            yield _item("warn", words, row, "money:payments", "?show=due")
    yield from _payments(scope)


def _payments(scope: Scope) -> Iterator[Item]:
    mine = Payment.objects.filter(booking__event__organizer__in=scope.teams)
    disputed = mine.filter(disputed_at__isnull=False)
    for row in _by_event(disputed, "booking__event__", many=Count("pk")):
        yield _item("bad", f"{count(row['many'], 'payment')} disputed", row, "money:payments", "?show=odd")
    odd = mine.exclude(note="").filter(disputed_at=None, status__in=[*Payment.UNDER_WAY, Payment.Status.PAID])
    for row in _by_event(odd, "booking__event__", many=Count("pk")):
        yield _item("warn", f"{count(row['many'], 'payment')} to check", row, "money:payments", "?show=odd")


def _offers(scope: Scope, now: datetime) -> Iterator[Item]:
    lapsing = Entry.objects.filter(status=Entry.Status.OFFERED, offer_expires_at__range=(now, now + SOON))
    for row in _by_event(lapsing.filter(event__organizer__in=scope.teams), "event__", many=Count("pk")):
        words = f"{count(row['many'], 'offer')} of seats {'lapses' if row['many'] == 1 else 'lapse'} within the hour"
        yield _item("info", words, row, "line:line", "?show=offered")


def _mail(scope: Scope, now: datetime) -> Iterator[Item]:
    """Messages about bookings that were given up on: their guests know nothing."""
    failed = Delivery.objects.filter(status=Delivery.Status.FAILED, created_at__gte=now - RECENT, channel=Channel.EMAIL)
    about = list(failed.order_by("-created_at").values_list("notice__about", flat=True)[:LOOKED_AT])
    if not about:
        return
    bookings = Booking.objects.filter(pk__in=[pk for pk in about if pk], event__organizer__in=scope.teams)
    for row in _by_event(bookings, "event__", many=Count("pk")):
        words = f"Mail to {count(row['many'], 'guest')} did not arrive"
        yield _item("warn", words, row, "guests:list")


def _events(scope: Scope, now: datetime) -> Iterator[Item]:
    late = Q(status=Status.DRAFT, starts_at__range=(now, now + NEAR))
    found = scope.events().filter(late | Q(status=Status.PUBLISHED, ends_at__gt=now) | Q(status=Status.POSTPONED))
    types = TicketType.objects.filter(event=OuterRef("pk"), retired_at=None)
    listed = found.annotate(has_types=Exists(types)).only(*_LOOKED_AT_IN_EVENTS).order_by("starts_at", "pk")
    events = list(listed[:LOOKED_AT])
    accounts = {one.team_id: one for one in Account.objects.filter(team__in=scope.teams)}
    for kind in (_without_tickets, _unpayable, _postponed, _unpublished):
        yield from (item for event in events if (item := kind(event, accounts.get(event.organizer_id), scope)))


_LOOKED_AT_IN_EVENTS = (
    "title", "slug", "status", "starts_at", "timezone", "organizer_id", "highest_price", "payment_methods",
)  # fmt: skip


def _without_tickets(event: Event, account: Account | None, scope: Scope) -> Item | None:
    if event.status != Status.PUBLISHED or event.has_types:  # type: ignore[attr-defined]
        return None
    return Item("bad", "On sale without a ticket type: nobody can book", event.title, _edit(event) + "#ticket-types")


def _unpayable(event: Event, account: Account | None, scope: Scope) -> Item | None:
    """Ways to pay that are promised, and that its team can't be paid by."""
    if event.status != Status.PUBLISHED or not event.highest_price:
        return None
    missing = [one for one in event.payment_methods if not providers.choose(one, account)]
    if not missing:
        return None
    ways = " and ".join({"card": "by card", "transfer": "by bank transfer"}.get(one, one) for one in missing)
    none_left = len(missing) == len(event.payment_methods)
    words = f"Nobody can pay {ways} until the team says how it is paid"
    manages = event.organizer_id in scope.managed
    url = reverse("money:account", args=[event.organizer_id]) if manages else _edit(event)
    return Item("bad" if none_left else "warn", words, event.title, url)


def _postponed(event: Event, account: Account | None, scope: Scope) -> Item | None:
    if event.status != Status.POSTPONED:
        return None
    return Item("warn", "Postponed, without new dates", event.title, _edit(event))


def _unpublished(event: Event, account: Account | None, scope: Scope) -> Item | None:
    if event.status != Status.DRAFT:
        return None
    words = f"Begins {in_words(event.local_start)}, and is not published"
    return Item("info", words, event.title, reverse("organise:event", args=[event.slug]))


def _edit(event: Event) -> str:
    return reverse("organise:edit", args=[event.slug])


def _by_event(found: Any, path: str, **counted: Any) -> Found:
    """Counted by event, those that come first ahead; one statement."""
    named = found.order_by().values(slug=F(f"{path}slug"), title=F(f"{path}title"))
    return named.annotate(**counted).order_by(f"{path}starts_at", "slug")[:MOST]


def _item(tone: str, words: str, row: dict[str, Any], name: str, query: str = "") -> Item:
    return Item(tone, words, row["title"], reverse(name, args=[row["slug"]]) + query)
