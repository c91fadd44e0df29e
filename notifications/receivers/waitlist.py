"""What those who wait in line are told."""

from django.utils import timezone

from core.facts import Payload, on_all
from notifications import operations
from notifications.operations import News
from waitlist.facts import offer_ended, offer_made, place_ended, waitlist_joined
from waitlist.models import Entry


@on_all(waitlist_joined)
def tell_of_their_place(payloads: list[Payload]) -> None:
    _tell("waitlist_joined", payloads)


@on_all(offer_made)
def tell_of_their_offer(payloads: list[Payload]) -> None:
    _tell("offer", payloads)


@on_all(offer_ended)
def tell_that_it_has_lapsed(payloads: list[Payload]) -> None:
    """What they have passed on, they know; what was withdrawn with their place is told with that. Who had paid is told
    of the refund."""
    _tell("offer_lapsed", [payload for payload in payloads if payload["how"] == Entry.Status.LAPSED])


@on_all(place_ended)
def tell_that_it_is_over(payloads: list[Payload]) -> None:
    """Whoever is told as one who booked that the event is cancelled is not told again as one who waited, and whoever
    had paid is told of the refund."""
    entries = _entries(payloads)
    told = operations.told_of_cancellation(entries)
    operations.tell([_news("place_ended", one) for one in entries if one.pk not in told], now=timezone.now())


def _tell(kind: str, payloads: list[Payload]) -> None:
    operations.tell([_news(kind, entry) for entry in _entries(payloads)], now=timezone.now())


def _entries(payloads: list[Payload]) -> list[Entry]:
    """One statement."""
    found = Entry.objects.filter(pk__in=[payload["entry_id"] for payload in payloads], for_booking=None)
    return list(found.select_related("event").defer("event__description"))


def _news(kind: str, entry: Entry) -> News:
    """Each kind once for each place: nobody is made two offers for one. An offer is news for as long as it stands."""
    expires_at = entry.offer_expires_at if kind == "offer" else entry.event.ends_at
    key = f"{kind}:{entry.pk}"
    return News(kind, to=entry.customer_id, key=key, about=entry.pk, expires_at=expires_at)
