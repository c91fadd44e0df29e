"""What is said about a booking."""

from collections.abc import Iterable
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from bookings.models import Booking
from bookings.policy import is_paid, refund_steps_of
from core import money
from events.models import Event
from events.models.event import FOR_SEARCH_ALONE
from notifications.letter import Calendar, Letter, Link, letter
from notifications.letters.payments import moneys, what_came_of_the_money
from notifications.letters.wording import at, clock, counted, listed, place, starts, titled, when, where
from notifications.models import Notice
from payments.statements import Statement, refund_in_words

UNREAD = [f"event__{name}" for name in ("description", *FOR_SEARCH_ALONE)]  # wide, and in no letter


def bookings(ids: Iterable[UUID]) -> dict[UUID, Booking]:
    """Two statements, however many."""
    found = Booking.objects.with_all().defer(*UNREAD).filter(pk__in=list(ids))
    return {booking.pk: booking for booking in found}


@letter("booking_confirmed", bookings)
@letter("tickets_again", bookings)
def booking_confirmed(notice: Notice, booking: Booking) -> Letter | None:
    """One's tickets."""
    if booking.status != Booking.Status.CONFIRMED:
        return None
    event = booking.event
    tickets = "ticket" if booking.quantity == 1 else "tickets"
    verb = "is" if booking.quantity == 1 else "are"
    return Letter(
        title=titled("Your tickets for", event.title),
        line=f"{starts(event)}, {place(event)}. Booking {booking.reference}.",
        link=Link(f"Show your {tickets}", reverse("tickets:booking", args=[booking.pk])),
        second=Link("See the booking", booking.get_absolute_url()),
        topic=f"booking:{booking.pk}",
        by=event.organizer.name,
        paragraphs=[
            f"{counted(booking.quantity, 'ticket')} for {event.title} {verb} booked for {booking.holder}.",
            *_of_a_postponed(event),
        ],
        facts=[
            ("When", when(event)),
            *where(event, joinable=True),
            *_lines(booking),
            (booking.total_term, booking.total_label),
            ("Booking", booking.reference),
        ],
        notes=[f"Show the code of each ticket at the entrance, on a screen or on paper. {_cancelling(booking)}"],
        tickets_of=booking.pk,
        calendar=Calendar(booking.pk),
    )


@letter("booking_cancelled", moneys)
def booking_cancelled(notice: Notice, statement: Statement) -> Letter | None:
    """They cancelled it themselves, or staff did."""
    booking = statement.booking
    if booking.status != Booking.Status.CANCELLED:
        return None
    event = booking.event
    return Letter(
        title=titled("Your booking for", event.title, "is cancelled"),
        line=f"{counted(booking.quantity, 'ticket')}, booking {booking.reference}.",
        link=Link("See the booking", booking.get_absolute_url()),
        second=Link("Back to the event", event.get_absolute_url()) if _may_book_again(event) else None,
        topic=f"booking:{booking.pk}",
        by=event.organizer.name,
        paragraphs=[_who_cancelled(notice, booking), *what_came_of_the_money(statement)],
        facts=[("Event", event.title), ("When", when(event)), *_lines(booking), ("Booking", booking.reference)],
        calendar=Calendar(booking.pk, cancelled=True),
    )


@letter("tickets_cancelled", moneys)
def tickets_cancelled(notice: Notice, statement: Statement) -> Letter | None:
    """Some of them; the others are as good as before."""
    booking = statement.booking
    if booking.status != Booking.Status.CONFIRMED:
        return None
    event, gone = booking.event, counted(notice.data["cancelled"], "ticket")
    left = counted(booking.quantity, "ticket")
    who = "Our staff has cancelled" if notice.data.get("how") == "staff" else "You have cancelled"
    back = [refund_in_words(refund) for refund in statement.refunds]
    return Letter(
        title=titled(f"{gone} cancelled, {left} left:", event.title),
        line=f"Booking {booking.reference}: the {left} left {'is' if booking.quantity == 1 else 'are'} still good.",
        link=Link("Show what is left", reverse("tickets:booking", args=[booking.pk])),
        second=Link("See the booking", booking.get_absolute_url()),
        topic=f"booking:{booking.pk}",
        by=event.organizer.name,
        paragraphs=[f"{who} {gone} of your booking: their codes let nobody in any more.", *back],
        facts=[
            ("Event", event.title),
            ("When", when(event)),
            *_lines(booking),
            (booking.total_term, booking.total_label),
            ("Booking", booking.reference),
        ],
    )


@letter("hold_ending", bookings)
def hold_ending(notice: Notice, booking: Booking) -> Letter | None:
    """Their basket is about to lapse."""
    if not booking.hold_expires_at or not booking.is_held(timezone.now()):
        return None
    event, until = booking.event, clock(booking.hold_expires_at, booking.event)
    return Letter(
        title=titled("Your seats for", event.title, f"are held until {until}"),
        line=f"{counted(booking.quantity, 'ticket')} in your basket. Confirm them before they go back on sale.",
        link=Link("Complete the booking", reverse("payments:checkout", args=[booking.pk])),
        topic=f"booking:{booking.pk}",
    )


def _lines(booking: Booking) -> list[tuple[str, str]]:
    """The tickets by type: '2 × Stalls', '€50.00'."""
    event = booking.event
    found = []
    for line in booking.lines.all():
        line.booking = booking
        each = f" ({money.words(line.each, booking.currency)} each)" if line.quantity > 1 and line.each else ""
        code = f", {_why_less(booking)}" if line.discount else ""
        total = money.words(line.total, booking.currency)
        found.append((f"{line.quantity} × {line.ticket_type.name}", f"{total}{each}{code}"))
    return found or [("Tickets", counted(booking.quantity, f"ticket for {event.title}"))]


def _why_less(booking: Booking) -> str:
    given_away = booking.source == Booking.Source.COMPLIMENTARY
    return "complimentary" if given_away else f"with the code {booking.promo_code}"


def _cancelling(booking: Booking) -> str:
    event, now = booking.event, timezone.now()
    if booking.is_cancellable(now):
        until = at(booking.cancellable_until, event)
        if not is_paid(booking):
            return f"Plans change: you can cancel free of charge until {until}."
        steps = [
            f"{step.percent} % of what you paid comes back until {at(step.until, event)}"
            for step in refund_steps_of(booking)
            if step.percent and now < step.until
        ]
        return f"Plans change: you can cancel until {until}; {listed(steps) or 'nothing of what you paid comes back'}."
    return "This booking can't be cancelled any more."


def _of_a_postponed(event: Event) -> list[str]:
    if event.status != Event.Status.POSTPONED:
        return []
    return ["The event is postponed: your booking stays valid, and we write again when there is a new date."]


def _may_book_again(event: Event) -> bool:
    return event.is_selling() and not event.is_over(timezone.now())


def _who_cancelled(notice: Notice, booking: Booking) -> str:
    verb = "is" if booking.quantity == 1 else "are"
    tickets = "Your ticket" if booking.quantity == 1 else f"Your {counted(booking.quantity, 'ticket')}"
    over = f"{tickets} for {booking.event.title} {verb} no longer valid"
    if notice.data.get("how") == "staff":
        asked = f"If you did not ask for that, please turn to the organiser, {booking.event.organizer}."
        return f"Our staff has cancelled your booking: {over[0].lower()}{over[1:]}. {asked}"
    return f"You have cancelled your booking: {over[0].lower()}{over[1:]}."
