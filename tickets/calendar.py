"""A booking as a calendar entry (RFC 5545, 5546)."""

from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from icalendar import Event, vCalAddress

from bookings.models import Booking
from events.calendar import calendar_file, entry_of


def booking_calendar_file(booking: Booking, *, cancelled: bool = False) -> bytes:
    """The content of an .ics file that puts the booking into a calendar, or takes it out again.

    The entry has a UID of its own, not the event's: who books twice and cancels once still goes. Its SEQUENCE counts
    the event's edits, and a cancellation is one more than all before it: a newer mail's entry replaces an older one's.
    Needs the booking `with_all`.
    """
    entry = entry_of(booking.event, note=_note(booking))
    _replace(entry, "uid", f"{booking.pk}@{urlsplit(settings.BASE_URL).hostname}")
    if cancelled or not booking.is_live():
        _replace(entry, "status", "CANCELLED")
        _replace(entry, "sequence", booking.event.version + 1)
        _replace(entry, "dtstamp", max(booking.event.updated_at, booking.ended_at or booking.event.updated_at))
    entry["organizer"] = _organizer(booking)
    return calendar_file(entry, method="CANCEL" if cancelled else "PUBLISH")


def _replace(entry: Event, name: str, value: object) -> None:
    """Set a property that may have a value already: `add` would make a list of both."""
    entry.pop(name, None)
    entry.add(name, value)


def _note(booking: Booking) -> str:
    return f"Booking {booking.reference}: {settings.BASE_URL}{booking.get_absolute_url()}"


def _organizer(booking: Booking) -> vCalAddress:
    """A method asks for one (RFC 5546, 3.2): theirs by name, at the address that mail comes from."""
    organizer = vCalAddress(f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}")
    organizer.params["cn"] = booking.event.organizer.name.replace('"', "'")
    return organizer
