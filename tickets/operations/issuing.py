"""Write the tickets of what was booked."""

from collections.abc import Iterable
from uuid import UUID

from bookings.models import Booking
from tickets.models import Ticket


def issue(*, booking_id: UUID | str) -> None:
    """Write one ticket per seat of a confirmed booking. Any number of calls leave the same tickets."""
    issue_all(booking_ids=[booking_id])


def issue_all(*, booking_ids: Iterable[UUID | str]) -> None:
    """`issue` for many bookings, with as many statements as for one."""
    confirmed = Booking.objects.confirmed().with_all().filter(pk__in=list(booking_ids))
    Ticket.objects.bulk_create(
        [
            Ticket(booking=booking, line=line, number=number, holder_name=_holder_name(booking))
            for booking in confirmed
            for line in booking.lines.all()
            for number in line.numbers
        ],
        ignore_conflicts=True,
    )


def issued(*, booking: Booking) -> list[Ticket]:
    """A booking's tickets in order, with all they show; issued now if no worker has come to it yet.

    Empty for a booking that was never confirmed.
    """
    tickets = Ticket.objects.filter(booking=booking).with_all().in_order()
    found = list(tickets)
    if not found and booking.status == Booking.Status.CONFIRMED:
        issue(booking_id=booking.pk)
        found = list(tickets.all())
    return found


def forget_holders(*, customer_id: UUID) -> None:
    """Erase the names on all tickets of somebody whose account is closed: theirs, and those of whom they brought."""
    Ticket.objects.filter(booking__customer=customer_id).update(holder_name="")


def _holder_name(booking: Booking) -> str:
    """People without a name are called by their e-mail address, which may be longer than a name."""
    return booking.holder[: Ticket._meta.get_field("holder_name").max_length]
