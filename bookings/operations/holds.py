"""How long a basket holds its seats."""

from datetime import datetime, timedelta
from typing import cast

from django.conf import settings
from django.db import transaction

from bookings.errors import HoldLapsed, NoMoreTime, NotPending
from bookings.models import Booking
from core.live import marks as live


@transaction.atomic
def extend(*, booking: Booking, now: datetime) -> Booking:
    """Hold a basket for HOLD_EXTENSION_MINUTES more, HOLD_EXTENSIONS times at most, and never beyond the event's end.

    Raises HoldLapsed, NotPending or NoMoreTime.
    """
    basket = _held(booking, now)
    until = min(_end(basket) + timedelta(minutes=settings.HOLD_EXTENSION_MINUTES), basket.event.ends_at)
    if basket.extensions >= settings.HOLD_EXTENSIONS or until <= _end(basket):
        raise NoMoreTime("These seats were held as long as they can be. Finish now, and they are yours.")
    basket.hold_expires_at, basket.extensions = until, basket.extensions + 1
    basket.save(update_fields=["hold_expires_at", "extensions"])
    live.tell(basket.customer_id, "booking", basket.pk)
    return basket


@transaction.atomic
def keep_until(*, booking: Booking, until: datetime, now: datetime) -> Booking:
    """Hold a basket until a moment: days for a bank transfer, minutes for a page of payment. Never shorter than it is
    held already, and never beyond the event's end. Raises HoldLapsed or NotPending."""
    basket = _held(booking, now)
    until = max(min(until, basket.event.ends_at), _end(basket))
    if until > _end(basket):
        basket.hold_expires_at = until
        basket.save(update_fields=["hold_expires_at"])
        live.tell(basket.customer_id, "booking", basket.pk)
    return basket


def _held(booking: Booking, now: datetime) -> Booking:
    """The basket, locked, with its event; its time is not up."""
    basket = Booking.objects.select_for_update(of=("self",)).select_related("event").get(pk=booking.pk)
    if basket.is_held(now):
        return basket
    if basket.status in (Booking.Status.PENDING, Booking.Status.EXPIRED):
        raise HoldLapsed("The time for these seats was up, and they went back on sale.")
    raise NotPending(f"This booking is {basket.get_status_display().lower()}.")


def _end(basket: Booking) -> datetime:
    return cast(datetime, basket.hold_expires_at)  # a_basket_has_an_end
