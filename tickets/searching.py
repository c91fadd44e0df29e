"""Find guests at the door, whose code can't be read. Reads, and issues what no worker has issued yet."""

from django.db.models import Exists, OuterRef, Q

from bookings.models import REFERENCE_LENGTH, Booking
from core.ids import read_code
from events.models import Event
from tickets import operations
from tickets.models import CODE_LENGTH, Ticket

LONGEST = 100
SHOWN = 30
MOST_ISSUED = 500


def guests_named(event: Event, asked: str) -> list[Ticket]:
    """Tickets of an event by a whole reference, code or e-mail address, else by parts of the holder's or the customer's
    name, that of their account only where the booking has none; at most SHOWN and one more. Two or three statements."""
    words = "".join(sign for sign in asked[:LONGEST] if sign.isprintable()).split()
    if not words:
        return []
    _issue_late_ones(event)
    tickets = Ticket.objects.filter(booking__event=event).for_door()
    tickets = tickets.order_by("holder_name", "booking_id", "line_id", "number")
    exact = _exactly("".join(words))
    # By themselves, because these are looked up in indexes and names are not.
    found = list(tickets.filter(exact)[: SHOWN + 1]) if exact else []
    return found or list(tickets.filter(_named(words))[: SHOWN + 1])


def _named(words: list[str]) -> Q:
    """Every word somewhere in a name, whatever its accents and capitals."""
    rule = Q()
    for word in words:
        rule &= (
            Q(holder_name__unaccent__icontains=word)
            | Q(booking__name__unaccent__icontains=word)
            | Q(booking__name="", booking__customer__name__unaccent__icontains=word)
        )
    return rule


def _exactly(word: str) -> Q | None:
    """An address whole or not at all: the door is no place to find out who has which."""
    if "@" in word:
        return Q(booking__email__iexact=word) | Q(booking__email="", booking__customer__email__iexact=word)
    code = read_code(word)
    if len(code) == REFERENCE_LENGTH:
        return Q(booking__reference=code)
    return Q(code=code) if len(code) == CODE_LENGTH else None


def _issue_late_ones(event: Event) -> None:
    issued = Ticket.objects.filter(booking=OuterRef("pk"))
    late = Booking.objects.confirmed().filter(~Exists(issued), event=event).values_list("pk", flat=True)
    if waiting := list(late[:MOST_ISSUED]):
        operations.issue_all(booking_ids=waiting)
