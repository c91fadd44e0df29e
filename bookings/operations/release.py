"""Cancel, expire: lock the booking, look again, give back, record, announce, hand over to the line.

A booking's row is locked before its status is read, so its seats come back exactly once, however many
cancel, expire and confirm it at the same time. Bookings are locked before inventories, by everyone.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from bookings.errors import AlreadyCancelled, NotPending, RefundChanged, TicketUsed, TooLateToCancel
from bookings.facts import booking_cancelled
from bookings.models import Booking
from bookings.operations.seats import lock_seats, record
from bookings.policy import is_paid, refund_if_cancelled
from core import money
from core.live import marks as live
from core.moments import in_words
from events.models import Event, Inventory, Movement
from outbox.operations import announce
from waitlist.operations import pass_on

# Said at once and nowhere else: whoever looks at a basket sees that it is gone, and nobody else needs to know.
LAPSED = {"message": "The time for your basket was up, and its seats went back on sale.", "tone": "warning"}


@transaction.atomic
def cancel(
    *,
    booking: Booking,
    now: datetime,
    even_late: bool = False,
    by_policy: bool = False,
    expected_refund: int | None = None,
) -> Booking:
    """Cancel a booking, or give a basket back. `even_late` is for staff and for cancelled events: all that was paid
    comes back then, unless it goes `by_policy`; else what the booking's policy says. What does not come back stays as
    its `adjustment`.

    Raises AlreadyCancelled, TicketUsed, TooLateToCancel after the event's deadline, or RefundChanged when another
    amount comes back than `expected_refund` (minor units).
    """
    booking = locked_to_cancel(booking, now, even_late)
    refuse_used(booking)
    all_of_it = even_late and not by_policy
    refund = _all_paid(booking) if all_of_it else refund_if_cancelled(booking, now)
    check_expected(booking, refund, expected_refund)
    _cancel(booking, now, how=how(booking, even_late), kept=0 if all_of_it else _kept(booking, refund))
    return booking


def locked_to_cancel(booking: Booking, now: datetime, even_late: bool) -> Booking:
    """The booking, locked and with its event, if it may be cancelled. Raises AlreadyCancelled or TooLateToCancel."""
    booking = Booking.objects.select_for_update(of=("self",)).select_related("event").get(pk=booking.pk)
    if not booking.is_live():
        raise AlreadyCancelled(f"This booking is {booking.get_status_display().lower()} already.")
    if not even_late and not booking.is_cancellable(now):
        until = booking.cancellable_until.astimezone(booking.event.zone)
        raise TooLateToCancel(f"This booking could be cancelled until {in_words(until)}.")
    return booking


def used_seats(booking: Booking) -> set[tuple[int, int]]:
    """Those of its tickets that were used at the door and can't be cancelled: their line and number. One statement."""
    return set(booking.tickets.filter(checked_in_at__isnull=False).values_list("line", "number"))


def refuse_used(booking: Booking, which: Q | None = None) -> None:
    """Raises TicketUsed when one of these tickets of a locked booking was checked in, or any of all. Asked through the
    relation's name: the tickets app stands above this one."""
    used = booking.tickets.filter(which or Q(), checked_in_at__isnull=False).count()
    if used:
        these = "A ticket was" if used == 1 else f"{used} tickets were"
        raise TicketUsed(f"{these} used at the door, and what was used can't be cancelled. A manager can take it back.")


def check_expected(booking: Booking, refund: int, expected: int | None) -> None:
    """Raises RefundChanged when that is not what the customer was shown."""
    if expected is not None and expected != refund:
        raise RefundChanged(
            f"{money.words(refund, booking.currency) if refund else 'Nothing'} would come back now. Please look again.",
            refund=money.plain(refund, booking.currency),
            currency=booking.currency,
        )


@transaction.atomic
def give_back(*, booking: Booking, now: datetime) -> Booking:
    """End a basket before its time. NotPending when it is none any more: what another tab has just
    confirmed is not cancelled by this one."""
    booking = Booking.objects.select_for_update(of=("self",)).get(pk=booking.pk)
    if booking.status != Booking.Status.PENDING:
        raise NotPending(f"This booking is {booking.get_status_display().lower()} already.")
    _end(booking, Booking.Status.CANCELLED, Movement.Reason.ABANDONED, now)
    return booking


@transaction.atomic
def expire(*, booking: Booking, now: datetime) -> bool:
    """Give a lapsed basket's seats back. False when it has not lapsed, or ended in another way."""
    lapsed = Booking.objects.lapsed(now).select_for_update(skip_locked=True).filter(pk=booking.pk).first()
    if lapsed is None:
        return False
    _end(lapsed, Booking.Status.EXPIRED, Movement.Reason.EXPIRED, now)
    return True


def release_lapsed(*, now: datetime, limit: int = 500) -> int:
    """Expire lapsed baskets, oldest first, each in its own transaction. Returns how many."""
    lapsed = Booking.objects.lapsed(now).order_by("hold_expires_at")[:limit]
    return sum(expire(booking=booking, now=now) for booking in lapsed)


@transaction.atomic
def cancel_some(*, event_id: UUID, now: datetime, limit: int = 200) -> bool:
    """Cancel so many live bookings of an event that does not take place. True when there are more.

    Who is in already is no exception: an evening that breaks off is given back to those who came, too.
    """
    live = Booking.objects.live().filter(event_id=event_id).order_by("id")
    _cancel_locked(live[:limit], now)
    return live.exists()


@transaction.atomic
def forget_customer(*, customer_id: UUID, now: datetime) -> None:
    """What closing an account means here: coming bookings are cancelled, by their policies, unless somebody is in
    already; names and addresses erased."""
    bookings = Booking.objects.filter(customer_id=customer_id)
    coming = bookings.live().filter(event__ends_at__gt=now).order_by("event__inventory_id", "id")
    _cancel_locked(coming, now, by_policy=True)
    bookings.update(name="", email="", source_note="")


def how(booking: Booking, even_late: bool) -> str:
    """By whom it is cancelled, as facts say it: "customer", "staff" or "event"."""
    if booking.event.status == Event.Status.CANCELLED:
        return "event"
    return "staff" if even_late else "customer"


def _all_paid(booking: Booking) -> int:
    return booking.total + booking.adjustment if is_paid(booking) else 0


def _kept(booking: Booking, refund: int) -> int:
    """What stays owed when so much of it comes back."""
    return booking.total + booking.adjustment - refund if is_paid(booking) else 0


def _cancel(booking: Booking, now: datetime, *, how: str, kept: int) -> None:
    if booking.status == Booking.Status.PENDING:
        _end(booking, Booking.Status.CANCELLED, Movement.Reason.ABANDONED, now)
        return
    announce(booking_cancelled, booking_id=booking.pk, how=how)
    booking.adjustment = kept
    _end(booking, Booking.Status.CANCELLED, Movement.Reason.CANCELLED, now)


def _cancel_locked(live: QuerySet[Booking], now: datetime, *, by_policy: bool = False) -> None:
    """Cancel bookings in one transaction. All are locked before the first inventory is: somebody who cancels
    one of them meanwhile holds it and waits for the inventory, and must not wait for us."""
    locked = list(live.select_for_update(of=("self",)).select_related("event"))
    used = _used(locked) if by_policy else set()
    for booking in locked:
        if booking.pk in used:
            continue
        kept = _kept(booking, refund_if_cancelled(booking, now)) if by_policy else 0
        _cancel(booking, now, how=how(booking, even_late=True), kept=kept)


def _used(locked: list[Booking]) -> set[UUID]:
    """Those of which a ticket was checked in."""
    found = Booking.objects.filter(pk__in=[one.pk for one in locked], tickets__checked_in_at__isnull=False)
    return set(found.values_list("pk", flat=True))


def _end(booking: Booking, status: Booking.Status, reason: Movement.Reason, now: datetime) -> None:
    """Move a locked, live booking to an end status and give its seats to the next in line, else back to everyone."""
    was_held = booking.status == Booking.Status.PENDING
    booking.status, booking.ended_at = status, now
    booking.save(update_fields=["status", "ended_at", "adjustment"])
    seats = lock_seats(booking)
    record(seats, booking.pk, reason, sign=-1, at=now)
    for inventory_id, quantity in seats:
        Inventory.objects.release(inventory_id, quantity, held=was_held)
    live.changed(booking.event_id)
    live.tell(booking.customer_id, "booking", booking.pk, **(LAPSED if status == Booking.Status.EXPIRED else {}))
    pass_on(event_id=booking.event_id, freed=[inventory_id for inventory_id, _ in seats], now=now)
