"""Calendar files (RFC 5545): an event keeps its UID, and its SEQUENCE counts the edits, so that a newer
file replaces the entry made from an older one."""

from urllib.parse import urlsplit

from django.conf import settings
from icalendar import Calendar, vGeo, vText
from icalendar import Event as Entry

from events.models import Event

STATUSES = {
    Event.Status.PUBLISHED: "CONFIRMED",
    Event.Status.POSTPONED: "TENTATIVE",
    Event.Status.CANCELLED: "CANCELLED",
    Event.Status.DRAFT: "TENTATIVE",
}


def calendar_file(*entries: Entry, method: str = "PUBLISH") -> bytes:
    """A calendar that holds these entries, as the content of an .ics file. `method` as in RFC 5546."""
    calendar = Calendar()
    calendar.add("prodid", "-//Evently//Evently//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    for entry in entries:
        calendar.add_component(entry)
    return calendar.to_ical()


def entry_of(event: Event, *, note: str = "") -> Entry:
    """An event as a calendar entry, in UTC; `note` comes before its summary. Needs `venue` fetched."""
    entry = Entry()
    url = settings.BASE_URL + event.get_absolute_url()
    entry.add("uid", uid_of(event))
    entry.add("dtstamp", event.updated_at)
    entry.add("last-modified", event.updated_at)
    entry.add("sequence", event.version)
    entry.add("status", STATUSES[Event.Status(event.status)])
    entry.add("summary", event.title)
    entry.add("dtstart", event.starts_at)
    entry.add("dtend", event.ends_at)
    entry.add("description", "\n\n".join(filter(None, [note, event.summary, url])))
    entry.add("url", url)
    _add_place(entry, event, url)
    return entry


def uid_of(event: Event) -> str:
    """The entry's identity in every calendar: it never changes."""
    return f"{event.pk}@{urlsplit(settings.BASE_URL).hostname}"


def _add_place(entry: Entry, event: Event, url: str) -> None:
    """The venue; for an online event its page, because the link itself is for those who booked."""
    venue = event.venue
    if venue is None:
        entry["location"] = vText(f"Online: {url}")
        return
    entry["location"] = vText(venue.in_full)
    if venue.latitude is not None and venue.longitude is not None:
        entry["geo"] = vGeo((float(venue.latitude), float(venue.longitude)))
