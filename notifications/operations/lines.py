"""Who is told what of a line's end."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import F, Q

from bookings.models import Booking
from events.models import Event
from waitlist.models import Entry


def told_of_cancellation(entries: Iterable[Entry]) -> set[UUID]:
    """The places (by id) whose owners had booked the same event when it was cancelled: they are told as one who booked.
    One statement; needs `event` fetched."""
    ended = {(one.event_id, one.customer_id): one.pk for one in entries if one.event.status == Event.Status.CANCELLED}
    # An event that is cancelled is never saved again, and its bookings are cancelled after it.
    with_it = Q(status=Booking.Status.CONFIRMED) | Q(
        status=Booking.Status.CANCELLED, confirmed_at__isnull=False, ended_at__gte=F("event__updated_at")
    )
    events, customers = {event for event, _ in ended}, {customer for _, customer in ended}
    booked = Booking.objects.filter(with_it, event__in=events, customer__in=customers)
    return {ended[pair] for pair in booked.values_list("event", "customer") if pair in ended}
