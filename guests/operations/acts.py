"""What a job does to one booking, which is locked."""

from collections.abc import Callable
from datetime import datetime

from accounts.models import User
from bookings import operations as bookings
from bookings.models import Booking
from guests.errors import NotForThisOne
from guests.models import Job
from notifications.operations import News, tell
from tickets import operations as tickets
from tickets.models import Ticket

GATE = "Guest list"
FEW = 25  # letters to so few go ahead of mailings


def cancel(job: Job, booking: Booking, now: datetime) -> None:
    """With all that was paid going back, or what the rules of the booking say. Raises as bookings.operations.cancel."""
    bookings.cancel(booking=booking, now=now, even_late=True, by_policy=job.refund == Job.Refund.POLICY)


def resend(job: Job, booking: Booking, now: datetime) -> None:
    """Their tickets by mail once more. Raises NotForThisOne."""
    if booking.status != Booking.Status.CONFIRMED:
        raise NotForThisOne(f"This booking is {booking.get_status_display().lower()}: it has no tickets.")
    if booking.event.is_over(now):
        raise NotForThisOne("The event is over.")
    if not booking.contact_email:
        raise NotForThisOne("There is no address to send them to.")
    tickets.issue(booking_id=booking.pk)
    news = News(
        "booking_confirmed" if job.size <= FEW else "tickets_again",
        to=booking.customer_id,
        key=f"tickets_again:{job.pk}:{booking.pk}",
        about=booking.pk,
        email=booking.email,
        expires_at=booking.event.ends_at,
    )
    if not tell([news], now=now):
        raise NotForThisOne("The account is closed: nobody can be written to.")


def check_in(job: Job, booking: Booking, now: datetime) -> None:
    """All of its people who are not in yet. Raises NotForThisOne where there are none."""
    if booking.status != Booking.Status.CONFIRMED:
        raise NotForThisOne(f"This booking is {booking.get_status_display().lower()}: it lets nobody in.")
    tickets.issue(booking_id=booking.pk)
    by: User = job.by  # type: ignore[assignment]  # a job without anybody is not worked off
    welcome = [
        tickets.check_in_ticket(ticket=ticket, by=by, now=now, gate=GATE).result == "welcome"
        for ticket in Ticket.objects.for_door().filter(booking=booking).in_order()
        if ticket.status == "valid"
    ]
    if not any(welcome):
        raise NotForThisOne("Everybody is in already." if not welcome else "They can't be let in at the moment.")


ACTS: dict[Job.Kind, Callable[[Job, Booking, datetime], None]] = {
    Job.Kind.CANCEL: cancel,
    Job.Kind.RESEND: resend,
    Job.Kind.CHECK_IN: check_in,
}
