"""Who waits for what is sold out."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from accounts.models import User
from bookings.models import Booking
from events.models import Event, TicketType
from waitlist import operations as waitlist
from waitlist.models import Entry

PARTIES = (1, 2, 1)  # in the order in which they joined


def line_up(events: Iterable[Event], visitor: User, crowd: Iterable[User], now: datetime) -> list[Entry]:
    """A short line in front of each sold-out event that is to come; the visitor stands in the first of them."""
    crowd = list(crowd)
    lines: list[Entry] = []
    for event in events:
        event = Event.objects.select_related("inventory").get(pk=event.pk)
        if not event.is_selling() or event.is_over(now) or event.inventory.unclaimed > 0:
            continue
        [ticket_type, *_] = event.types_for_sale()
        booked = set(Booking.objects.live().filter(event=event).values_list("customer", flat=True))
        people = [one for one in ([*crowd] if lines else [*crowd[:2], visitor, *crowd[2:]]) if one.pk not in booked]
        lines += [
            _join(event, ticket_type, person, quantity, now - timedelta(hours=20 - 5 * place))
            for place, (person, quantity) in enumerate(zip(people, PARTIES, strict=False))
        ]
    return lines


def _join(event: Event, ticket_type: TicketType, person: User, quantity: int, at: datetime) -> Entry:
    quantity = min(quantity, ticket_type.max_per_booking, event.max_per_person or quantity)
    return waitlist.join(event_id=event.pk, customer_id=person.pk, quantity=quantity, now=at)
