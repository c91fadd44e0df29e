"""What comes along with a letter: tickets as QR codes and as a PDF, the entry for a calendar."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from email.mime.base import MIMEBase
from email.mime.text import MIMEText
from urllib.parse import urlsplit

from django.conf import settings

from bookings.models import Booking
from notifications.letter import Calendar, Letter
from notifications.mail.rendering import Code
from tickets import codes, operations, qr
from tickets.calendar import booking_calendar_file
from tickets.models import Ticket
from tickets.pdf import ticket_pdf

MOST_CODES = 10  # shown in the mail itself; a group has the rest in the PDF


def tickets_of(letter: Letter) -> list[Ticket]:
    """The tickets that come along; issued now if no worker has come to it yet."""
    if letter.tickets_of is None:
        return []
    booking = Booking.objects.filter(pk=letter.tickets_of).first()
    return operations.issued(booking=booking) if booking else []


def codes_of(tickets: Sequence[Ticket]) -> list[Code]:
    """The first ones as pictures."""
    host = urlsplit(settings.BASE_URL).hostname
    return [
        Code(
            cid=f"{ticket.pk}@{host}",
            text=ticket.readable_code,
            words=f"{ticket.line.ticket_type.name}, {ticket.holder_name}",
            picture=qr.png(codes.sign(ticket)),
        )
        for ticket in tickets[:MOST_CODES]
    ]


def with_count(letter: Letter, tickets: Sequence[Ticket]) -> Letter:
    """The letter, which says where the tickets are that it has no room for."""
    if not tickets:
        return letter
    words = f"All {len(tickets)} tickets are" if len(tickets) > 1 else "Your ticket is"
    return replace(letter, notes=[f"{words} in the PDF too, for printing.", *letter.notes])


def files_of(letter: Letter, tickets: Sequence[Ticket]) -> Iterator[tuple[str, bytes, str] | MIMEBase]:
    """What is attached."""
    if tickets:
        yield f"Evently-{tickets[0].booking.reference}.pdf", ticket_pdf(tickets), "application/pdf"
    if letter.calendar:
        yield from _entry(letter.calendar)


def _entry(calendar: Calendar) -> Iterator[MIMEBase]:
    """Once the booking is gone, there is nothing to put into a calendar."""
    booking = Booking.objects.with_all().filter(pk=calendar.booking_id).first()
    if booking is None:
        return
    method = "CANCEL" if calendar.cancelled else "PUBLISH"
    part = MIMEText(booking_calendar_file(booking, cancelled=calendar.cancelled).decode(), "calendar", "utf-8")
    part.set_param("method", method)  # in both places, or Outlook takes it for text (RFC 6047, 2.4)
    part.add_header("Content-Disposition", "attachment", filename=f"Evently-{booking.reference}.ics")
    yield part
