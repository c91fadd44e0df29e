"""An event for search engines: schema.org/Event as JSON-LD."""

import json

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from core import money
from events.availability import Availability, State, TypeAvailability
from events.models import Event, Venue
from events.share_image import share_version

SCHEMA = "https://schema.org/"
STATUSES = {
    Event.Status.POSTPONED: "EventPostponed",
    Event.Status.CANCELLED: "EventCancelled",
}
STOCK = {
    State.OPEN: "InStock",
    State.FEW: "LimitedAvailability",
    State.SOLD_OUT: "SoldOut",
    State.NOT_YET: "PreOrder",
}
# As Django's json_script: in a script element these could end it or begin a comment.
ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


def structured_data(event: Event, availability: Availability) -> SafeString:
    """The JSON-LD of an event, ready to stand in a script element."""
    url = settings.BASE_URL + event.get_absolute_url()
    share_url = reverse("events:share_image", args=[event.slug])
    place = "OfflineEventAttendanceMode" if event.venue else "OnlineEventAttendanceMode"
    document = {
        "@context": SCHEMA.rstrip("/"),
        "@type": "Event",
        "name": event.title,
        "description": event.summary or event.title,
        "url": url,
        "image": [f"{settings.BASE_URL}{share_url}?v={share_version(event)}"],
        "startDate": event.local_start.isoformat(),
        "endDate": event.local_end.isoformat(),
        "eventStatus": SCHEMA + STATUSES.get(Event.Status(event.status), "EventScheduled"),
        "eventAttendanceMode": SCHEMA + place,
        "location": _place(event.venue) if event.venue else {"@type": "VirtualLocation", "url": url},
        "organizer": {"@type": "Organization", "name": event.organizer.name, "url": settings.BASE_URL},
        "offers": [_offer(event, one, url) for one in availability.types],
    }
    return mark_safe(json.dumps(document, ensure_ascii=False).translate(ESCAPES))  # noqa: S308  # escaped just here


def _place(venue: Venue) -> dict[str, object]:
    address = {
        "@type": "PostalAddress",
        "streetAddress": venue.address,
        "addressLocality": venue.city,
        "addressCountry": venue.country,
    }
    place: dict[str, object] = {"@type": "Place", "name": venue.name, "address": address}
    if venue.latitude is not None and venue.longitude is not None:
        place["geo"] = {
            "@type": "GeoCoordinates",
            "latitude": float(venue.latitude),
            "longitude": float(venue.longitude),
        }
    return place


def _offer(event: Event, available: TypeAvailability, url: str) -> dict[str, object]:
    ticket_type = available.ticket_type
    offer: dict[str, object] = {
        "@type": "Offer",
        "name": ticket_type.name,
        "url": url,
        "price": money.plain(ticket_type.price, event.currency),
        "priceCurrency": event.currency,
        "availability": SCHEMA + STOCK.get(available.state, "OutOfStock"),
    }
    if opening := ticket_type.sales_start_at or event.published_at:
        offer["validFrom"] = opening.astimezone(event.zone).isoformat()
    return offer
