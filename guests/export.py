"""An event's guests as rows of a file: one for each ticket, in the order of the list.

Codes are left out on purpose: whoever has a ticket's code gets in with it, and files wander.
"""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch, Sum

from bookings.models import Booking, BookingLine
from core import money
from core.errors import Invalid
from core.spreadsheets import Cell
from core.workbook import MOST_ROWS
from events.models import Event
from guests.listing import Asked, Row, found, in_order
from tickets.models import Ticket

HEAD = [
    "Booking",  # its reference
    "State",
    "Guest",
    "E-mail",
    "Ticket type",
    "Ticket no.",  # within its booking and type
    "Name on the ticket",
    "Ticket state",
    "Checked in",
    "Gate",
    "Price",  # of this ticket, in major units, with tax and fee, less what was taken off
    "Currency",
    "Paid by",
    "Promo code",
    "Booked",
    "Booked by way of",
    "Note",
]
TOGETHER = 500
# What is read: a booking's rules alone would take as long as the rest of it.
_BOOKING = ["reference", "status", "name", "email", "total", "currency", "paid_by", "created_at", "source"]
_BOOKING += ["source_note", "customer__name", "customer__email", "promo_code__code"]
_LINE = ["booking", "quantity", "unit_price", "discount", "with_code", "cancelled_numbers", "ticket_type__name"]
_TICKET = ["booking", "line", "number", "holder_name", "checked_in_at", "gate"]
ID_BYTES = 16


def rows(event: Event, asked: Asked) -> Iterator[list[Cell]]:
    """Moments in the event's zone. Which bookings is looked up once, and then they are read some at a time, so that no
    statement waits for whoever reads the file."""
    ids = _ids(event, asked)
    for start in range(0, len(ids), TOGETHER * ID_BYTES):
        piece = ids[start : start + TOGETHER * ID_BYTES]
        some = [UUID(bytes=piece[place : place + ID_BYTES]) for place in range(0, len(piece), ID_BYTES)]
        read = _read(some)
        for pk in some:
            if booking := read.get(pk):
                yield from _of(event, booking)


def check_fits(event: Event, asked: Asked) -> None:
    """Raises Invalid where there are more tickets than a workbook takes."""
    seats = found(event, asked).aggregate(seats=Sum("quantity"))["seats"] or 0
    if seats >= MOST_ROWS:
        most = f"Workbooks are made of up to {MOST_ROWS:,} tickets, and these are more: take the CSV file."
        raise Invalid({"format": [most]})


def _ids(event: Event, asked: Asked) -> bytes:
    """Of all bookings that are asked for, in their order: 16 bytes each."""
    ids = in_order(found(event, asked), asked.sort).values_list("pk", flat=True)
    return b"".join(pk.bytes for pk in ids.iterator(10_000))


def _read(some: list[UUID]) -> dict[UUID, Booking]:
    """Three statements."""
    lines = BookingLine.objects.select_related("ticket_type").only(*_LINE).order_by("id")
    tickets = Prefetch("tickets", queryset=Ticket.objects.only(*_TICKET))
    bookings = Booking.objects.filter(pk__in=some).select_related("customer", "promo_code").only(*_BOOKING)
    return {one.pk: one for one in bookings.prefetch_related(Prefetch("lines", queryset=lines), tickets)}


def _of(event: Event, booking: Booking) -> Iterator[list[Cell]]:
    issued = {(one.line_id, one.number): one for one in booking.tickets.all()}
    about = Row(booking)
    who = [booking.reference, booking.get_status_display(), about.who, about.email]
    paid_by = booking.get_paid_by_display() if booking.total else ""
    booked = [_moment(event, booking.created_at), booking.get_source_display(), booking.source_note]
    for line in booking.lines.all():
        code = booking.promo_code.code if booking.promo_code and line.with_code else ""
        price = [money.plain(line.each, booking.currency), booking.currency, paid_by, code]
        for number in range(1, line.quantity + len(line.cancelled_numbers) + 1):
            ticket = issued.get((line.pk, number))
            yield [*who, line.ticket_type.name, number, *_ticket(event, booking, line, number, ticket), *price, *booked]


def _ticket(event: Event, booking: Booking, line: BookingLine, number: int, ticket: Ticket | None) -> list[Cell]:
    """Its name, its state, when it was used and where."""
    if ticket is None:
        return ["", "Cancelled" if number in line.cancelled_numbers else "", "", ""]
    ticket.booking, ticket.line = booking, line
    return [ticket.holder_name, ticket.status_label, _moment(event, ticket.checked_in_at), ticket.gate]


def _moment(event: Event, moment: datetime | None) -> str:
    return moment.astimezone(event.zone).isoformat(timespec="seconds") if moment else ""
