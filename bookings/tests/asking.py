"""Booking by API, as tests do."""

from bookings.models import Booking
from events.models import Inventory


def book(api, event, **changes):
    headers = {key: changes.pop(key) for key in list(changes) if key[0].isupper()}
    body = {"event": str(getattr(event, "pk", event)), **changes}
    return api.send("POST", "/api/bookings", body, **headers)


def types_of(event):
    return [str(ticket_type.pk) for ticket_type in event.types_for_sale()]


def nothing_happened():
    return Booking.objects.count() == 0 and set(Inventory.objects.values_list("claimed", flat=True)) <= {0}
