"""How letters say things: titles that fit a subject line, when, where, how many."""

import unicodedata
from collections.abc import Sequence
from datetime import datetime

from core.moments import in_words, span_in_words, zone_name
from events.models import Event

SUBJECT = 78  # characters in a line of a mail (RFC 5322, 2.1.1)
SHORTEST_NAME = 20  # a name is not cut to less, however much stands around it


def titled(before: str, name: str, after: str = "") -> str:
    """'Your tickets for Jazz by the river': a long name is cut so that the whole fits into a subject line."""
    around = len(before) + len(after) + 2
    return f"{before} {shortened(name, max(SUBJECT - around, SHORTEST_NAME))} {after}".strip()


def shortened(text: str, room: int) -> str:
    """The text in so many characters: cut between words, else between letters that can stand alone, and marked by an
    ellipsis."""
    if len(text) <= room:
        return text
    cut = room - 1
    between_words = text.rfind(" ", room // 2, cut + 1)
    if between_words > 0:
        cut = between_words
    while cut > 1 and _holds_together(text[cut - 1], text[cut]):
        cut -= 1
    return f"{text[:cut].rstrip(' ,;:–-')}…"


def _holds_together(left: str, right: str) -> bool:
    """Whether two characters are parts of one sign: an accent, a family, a flag's tail."""
    joiner = "\u200d"
    return joiner in (left, right) or unicodedata.category(right) in ("Mn", "Me", "Mc") or "🏻" <= right <= "🏿"


def counted(number: int, one: str, many: str = "") -> str:
    """'1 ticket', '1,200 tickets', '2 parties'."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def listed(words: Sequence[str]) -> str:
    """'a', 'a and b', 'a, b and c'; nothing of nothing."""
    *most, last = words or [""]
    return f"{', '.join(most)} and {last}" if most else last


def starts(event: Event) -> str:
    """'Friday 4 December, 19:30 CET': the start by the event's own clock."""
    return in_words(event.local_start)


def at(moment: datetime, event: Event) -> str:
    """Any moment by the event's own clock."""
    return in_words(moment.astimezone(event.zone))


def clock(moment: datetime, event: Event) -> str:
    """'19:42 CET', for what is today."""
    local = moment.astimezone(event.zone)
    return f"{local:%H:%M} {zone_name(local)}"


def when(event: Event) -> str:
    """From when until when, in full, by the event's own clock."""
    return span_in_words(event.local_start, event.local_end)


def place(event: Event) -> str:
    """'Blue Hall, Lisbon' or 'online', for a sentence. Needs `venue` fetched."""
    return str(event.venue) if event.venue else "online"


def where(event: Event, *, joinable: bool = False) -> list[tuple[str, str]]:
    """The facts of the place; `joinable`: with the online link, which those have who booked. Needs `venue` fetched."""
    facts = []
    if venue := event.venue:
        facts.append(("Where", ", ".join(filter(None, (venue.name, venue.address, venue.city)))))
    if event.online_url and joinable:
        facts.append(("Join online", event.online_url))
    elif not event.venue:
        facts.append(("Where", "Online"))
    return facts
