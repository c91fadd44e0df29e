"""Cancel some of a booking's tickets and keep the others."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from bookings.errors import NotPending
from bookings.facts import seats_cancelled
from bookings.models import Booking, BookingLine
from bookings.operations.release import cancel, check_expected, how, locked_to_cancel, refuse_used
from bookings.operations.seats import lock_seats, record
from bookings.policy import given, is_paid, percent_now, share
from core import money
from core.errors import Invalid
from core.live import marks as live
from events.models import Inventory, Movement
from outbox.operations import announce
from waitlist.operations import pass_on

Numbers = Mapping[int, Sequence[int]]  # by the line's id, the numbers of its tickets


def seats_refund(booking: Booking, numbers: Numbers, now: datetime) -> int:
    """What comes back to a customer who cancels these tickets, in minor units: by the policy, and never more than is
    left of what was paid. Needs `event` fetched. Raises Invalid for tickets that it does not have."""
    return _refund(booking, sum(line.each * len(some) for line, some in _chosen(booking, numbers)), now)


@transaction.atomic
def cancel_seats(
    *, booking: Booking, numbers: Numbers, now: datetime, even_late: bool = False, expected_refund: int | None = None
) -> Booking:
    """Cancel these tickets of a confirmed booking; all of them is to cancel it. Their seats go to the line first.

    The tickets that stay keep their numbers, and may be fewer than one could book. `even_late` is for staff: what was
    paid for them comes back whole, else by the policy. Raises Invalid, NotPending for a basket, or as `cancel`, but
    TicketUsed for these alone.
    """
    booking = locked_to_cancel(booking, now, even_late)
    if booking.status != Booking.Status.CONFIRMED:
        raise NotPending("Nothing is booked yet: choose again instead.")
    chosen = _chosen(booking, numbers)
    refuse_used(booking, Q(*[Q(line=line.pk, number__in=some) for line, some in chosen], _connector=Q.OR))
    quantity = sum(len(some) for _, some in chosen)
    if quantity == booking.quantity:
        return cancel(booking=booking, now=now, even_late=even_late, expected_refund=expected_refund)
    price = sum(line.each * len(some) for line, some in chosen)
    refund = min(price, given(booking)) if even_late else _refund(booking, price, now)
    check_expected(booking, refund, expected_refund)
    before = dict(lock_seats(booking))
    for line, some in chosen:
        _take_off(line, some)
    _shrink(booking, quantity, price, refund)
    announce(seats_cancelled, booking_id=booking.pk, quantity=quantity, how=how(booking, even_late))
    _give_back(booking, before, now)
    return booking


def _chosen(booking: Booking, numbers: Numbers) -> list[tuple[BookingLine, list[int]]]:
    """The lines with the tickets that are to go. Raises Invalid."""
    lines = {line.pk: line for line in booking.lines.all()}
    wanted = {pk: sorted(set(some)) for pk, some in numbers.items() if some}
    if not wanted:
        raise Invalid({"tickets": ["Choose at least one ticket."]})
    if any(pk not in lines or not set(some) <= set(lines[pk].numbers) for pk, some in wanted.items()):
        raise Invalid({"tickets": ["This booking has no such ticket, or it is cancelled already."]})
    return [(lines[pk], some) for pk, some in sorted(wanted.items())]


def _refund(booking: Booking, price: int, now: datetime) -> int:
    return min(share(price, percent_now(booking, now)), given(booking))


def _take_off(line: BookingLine, some: list[int]) -> None:
    """The discount is the same on each ticket; the tax is that of what is left, and the fee its part."""
    before, left = line.quantity, line.quantity - len(some)
    line.cancelled_numbers = sorted([*line.cancelled_numbers, *some])
    discount = line.discount // before * left
    line.cancelled_discount += line.discount - discount
    line.quantity, line.discount = left, discount
    line.tax = money.tax_within(line.total, line.tax_rate)
    line.fee = min(money.part_of(line.fee, left, before), line.total)
    line.save(update_fields=["cancelled_numbers", "cancelled_discount", "quantity", "discount", "tax", "fee"])


def _shrink(booking: Booking, quantity: int, price: int, refund: int) -> None:
    booking.quantity -= quantity
    booking.total -= price
    if is_paid(booking):
        booking.adjustment += price - refund
    booking.save(update_fields=["quantity", "total", "adjustment"])


def _give_back(booking: Booking, before: dict[int, int], now: datetime) -> None:
    """What the booking has too much of now, with the house locked."""
    after = dict(lock_seats(booking))
    freed = {pk: seats - after.get(pk, 0) for pk, seats in before.items() if seats > after.get(pk, 0)}
    record(sorted(freed.items()), booking.pk, Movement.Reason.CANCELLED, sign=-1, at=now)
    for inventory_id, quantity in sorted(freed.items()):
        Inventory.objects.release(inventory_id, quantity, held=False)
    live.changed(booking.event_id)
    live.tell(booking.customer_id, "booking", booking.pk)
    pass_on(event_id=booking.event_id, freed=list(freed), now=now)
