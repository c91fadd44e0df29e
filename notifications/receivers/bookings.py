"""What customers are told of their bookings."""

from uuid import UUID

from django.utils import timezone

from bookings.facts import booking_cancelled, booking_confirmed, seats_cancelled
from bookings.models import Booking, BookingLine
from core.facts import Payload, on_all
from notifications import operations
from notifications.operations import News


@on_all(booking_confirmed)
def tell_of_their_tickets(payloads: list[Payload]) -> None:
    """Of no use any more once the event is over."""
    news = [_news("booking_confirmed", one, expires_at=one.event.ends_at) for one, _ in _booked(payloads)]
    operations.tell(news, now=timezone.now())


@on_all(booking_cancelled)
def tell_that_it_is_cancelled(payloads: list[Payload]) -> None:
    """Where the event is cancelled, that is what they are told, and nothing besides."""
    news = []
    for one, payload in _booked(payloads):
        how = payload.get("how", "customer")
        if how == "event":
            news.append(_news("event_cancelled", one, expires_at=one.event.ends_at))
        else:
            news.append(_news("booking_cancelled", one, data={"how": how}))
    operations.tell(news, now=timezone.now())


@on_all(seats_cancelled)
def tell_that_some_are_cancelled(payloads: list[Payload]) -> None:
    """Once for each number of tickets that are gone: cancelled twice in a moment, they are told together."""
    booked = _booked(payloads)
    gone: dict[UUID, int] = {}
    for line in BookingLine.objects.filter(booking__in=[one for one, _ in booked]):
        gone[line.booking_id] = gone.get(line.booking_id, 0) + len(line.cancelled_numbers)
    news = [
        News(
            "tickets_cancelled",
            to=one.customer_id,
            key=f"tickets_cancelled:{one.pk}:{gone[one.pk]}",
            about=one.pk,
            email=one.email,
            data={"cancelled": gone[one.pk], "how": payload.get("how", "customer")},
        )
        for one, payload in booked
    ]
    operations.tell(news, now=timezone.now())


def _booked(payloads: list[Payload]) -> list[tuple[Booking, Payload]]:
    """The bookings that payloads are about, with their event: one statement."""
    by_id = {payload["booking_id"]: payload for payload in payloads}
    found = Booking.objects.filter(pk__in=by_id).select_related("event").only("customer", "email", "event__ends_at")
    return [(one, by_id[str(one.pk)]) for one in found]


def _news(kind: str, booking: Booking, **more) -> News:
    """To the address that was given with the booking; each kind once for each booking."""
    key = f"{kind}:{booking.pk}"
    return News(kind, to=booking.customer_id, key=key, about=booking.pk, email=booking.email, **more)
