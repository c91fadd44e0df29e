"""Money that comes when the seats are gone: have them again, wait first in line for them, or give that up.

Each takes the booking's lock first, then that of the event's house, as everybody does.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Sum

from bookings.errors import NotPaid, OverPersonalLimit
from bookings.facts import booking_confirmed
from bookings.models import Booking
from bookings.operations.seats import lock_seats, record
from core.live import marks as live
from events.models import Event, Inventory, Movement
from outbox.operations import announce
from waitlist import operations as line
from waitlist.errors import NoOffer
from waitlist.models import Entry


@transaction.atomic
def reclaim(*, booking: Booking, now: datetime) -> bool:
    """Book the seats of a basket that was paid after it had ended, if anybody might have them now.

    False when too few are left or they wait for somebody in line; when the event sells no more, a ticket type was
    taken off sale, or the customer has booked so much else that these are over the personal limit. That their own
    sale has ended meanwhile is no reason: they were paid at a price that was offered.
    """
    late = _locked(booking.pk)
    if not _had_seats_once(late):
        return False
    uses = late.promo_code and late.promo_code.inventory_id
    seats = [(pk, quantity) for pk, quantity in lock_seats(late) if pk != uses]
    if not _may_have(late, now) or not _are_free(seats):
        return False
    record(seats, late.pk, Movement.Reason.RECLAIMED, sign=1, at=now)
    for inventory_id, quantity in seats:
        Inventory.objects.move(inventory_id, claimed=quantity)
    _use_code_again(late, now)
    _confirm(late, now)
    line.give_up(booking_id=late.pk, now=now)
    return True


@transaction.atomic
def wait_first(*, booking: Booking, now: datetime) -> Entry:
    """Let the customer of a booking that was paid too late wait before everybody else for the very same seats.

    When they come free, `turn_came` (waitlist) is announced, and `revive` makes it a booking. Doing so twice is
    harmless. Raises NotPaid for what is no such booking, OverPersonalLimit, or as waitlist.operations.stand_first.
    """
    late = _locked(booking.pk)
    if not _had_seats_once(late):
        raise NotPaid(f"This booking is {late.get_status_display().lower()}: there is nothing to wait for.")
    lock_seats(late)
    _check_personal_limit(late)
    parts = list(late.lines.order_by("id").values_list("ticket_type", "quantity"))
    return line.stand_first(
        event_id=late.event_id, customer_id=late.customer_id, booking_id=late.pk, parts=parts, now=now
    )


@transaction.atomic
def revive(*, entry: Entry, now: datetime) -> Booking:
    """Make the booking that a place at the head of the line is for one with the seats reserved there. Doing so twice
    is harmless. Raises NoOffer, OfferLapsed, LineClosed or OverPersonalLimit, having changed nothing."""
    if entry.for_booking is None:
        raise NoOffer("This place in line is not for a booking that is paid.")
    late = _locked(entry.for_booking)
    if late.status == Booking.Status.CONFIRMED:
        line.give_up(booking_id=late.pk, now=now)
        return late
    line.take(entry=entry, booking_id=late.pk, now=now)
    _check_personal_limit(late)
    _use_code_again(late, now)
    _confirm(late, now)
    return late


@transaction.atomic
def give_up_first(*, booking: Booking, now: datetime) -> bool:
    """End such a place, because the money goes back. False when it is a booking by now: then there are seats, and
    nothing is to be given back for them. True however often."""
    late = _locked(booking.pk)
    if late.is_live():
        return False
    line.give_up(booking_id=late.pk, now=now)
    return True


def _locked(pk: UUID) -> Booking:
    return Booking.objects.select_for_update(of=("self",)).select_related("promo_code").get(pk=pk)


def _had_seats_once(booking: Booking) -> bool:
    """Whether it was a basket that lapsed or was given back; not a booking that was cancelled."""
    ended = booking.status in (Booking.Status.EXPIRED, Booking.Status.CANCELLED)
    return ended and booking.confirmed_at is None


def _may_have(booking: Booking, now: datetime) -> bool:
    """Read with the event's house locked, so it stays true."""
    event = Event.objects.get(pk=booking.event_id)
    open_to_all = event.status in (Event.Status.PUBLISHED, Event.Status.POSTPONED) and not event.is_over(now)
    retired = booking.lines.filter(ticket_type__retired_at__isnull=False).exists()
    return open_to_all and not retired and _room_for(booking, event) >= booking.quantity


def _are_free(seats: Sequence[tuple[int, int]]) -> bool:
    """Whether anybody could book so many, past nobody in line."""
    limits = Inventory.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=[pk for pk, _ in seats])
    free = {limit.pk: limit.free for limit in limits.order_by("pk")}
    return all(free[pk] >= quantity for pk, quantity in seats)


def _use_code_again(booking: Booking, now: datetime) -> None:
    """Its tickets count as uses of its promo code again, as far as there are any left; the price was paid and stays."""
    covered = booking.lines.filter(with_code=True)
    uses = covered.aggregate(uses=Sum("quantity"))["uses"]
    if not uses or booking.promo_code is None:
        return
    limit = booking.promo_code.inventory_id
    room = Inventory.objects.filter(pk=limit, claimed__lte=F("capacity") - F("offered") - uses)
    if room.update(claimed=F("claimed") + uses):
        record([(limit, uses)], booking.pk, Movement.Reason.RECLAIMED, sign=1, at=now)
    else:
        covered.update(with_code=False)


def _room_for(booking: Booking, event: Event) -> int:
    """How many more seats its customer may have. The house is locked, so they can be counted."""
    if event.max_per_person is None:
        return booking.quantity
    theirs = Booking.objects.live().filter(event=event, customer=booking.customer_id)
    return event.max_per_person - theirs.seats()


def _check_personal_limit(booking: Booking) -> None:
    event = Event.objects.get(pk=booking.event_id)
    room = _room_for(booking, event)
    if room < booking.quantity:
        raise OverPersonalLimit(
            f"{event.title} allows {event.max_per_person} per person, and with what you have booked since, these "
            f"{booking.quantity} are too many.",
            limit=event.max_per_person,
            available=max(room, 0),
        )


def _confirm(booking: Booking, now: datetime) -> None:
    booking.status, booking.paid_by = Booking.Status.CONFIRMED, Booking.PaidBy.MONEY
    booking.confirmed_at, booking.ended_at = now, None
    booking.save(update_fields=["status", "paid_by", "confirmed_at", "ended_at"])
    announce(booking_confirmed, booking_id=booking.pk)
    live.changed(booking.event_id)
    live.tell(booking.customer_id, "booking", booking.pk)
