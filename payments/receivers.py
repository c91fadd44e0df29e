"""What a worker does when money is to move, or when a booking that holds money has changed."""

from uuid import UUID

from django.utils import timezone

from accounts.facts import account_closed
from bookings.facts import booking_cancelled, seats_cancelled
from bookings.models import Booking
from core.facts import Payload, on, on_all, on_dead
from events.facts import event_cancelled
from payments import operations
from payments.facts import bulk_refund_to_send, payment_to_check, refund_to_check, refund_to_send
from payments.models import Refund, Rescue
from payments.operations import checking, refunding
from payments.providers.protocol import ProviderDown
from waitlist.facts import place_ended, turn_came
from waitlist.models import Entry


@on(payment_to_check)
def check_it(*, payment_id: str, again: bool = True) -> None:
    try:
        operations.check(payment_id=UUID(payment_id), now=timezone.now())
    except ProviderDown:
        if again:
            raise


@on_dead(payment_to_check)
def note_that_it_could_not_be_checked(payload: Payload, error: str) -> None:
    checking.give_up(payment_id=UUID(payload["payment_id"]), reason=error)


@on(refund_to_send)
@on(bulk_refund_to_send)
def send_it(*, refund_id: str) -> None:
    operations.send(refund_id=UUID(refund_id), now=timezone.now())


@on_dead(refund_to_send)
@on_dead(bulk_refund_to_send)
def note_that_it_could_not_be_sent(payload: Payload, error: str) -> None:
    refunding.give_up(refund_id=UUID(payload["refund_id"]), reason=error, now=timezone.now())


@on(refund_to_check)
def check_refund(*, refund_id: str) -> None:
    operations.check_refund(refund_id=UUID(refund_id), now=timezone.now())


@on_all(booking_cancelled)
def pay_back(payloads: list[Payload]) -> None:
    """By ascending id: all of them are locked until the last is done."""
    for booking_id in sorted(payload["booking_id"] for payload in payloads):
        operations.settle_up(booking_id=UUID(booking_id), now=timezone.now())


@on_all(seats_cancelled)
def pay_a_part_back(payloads: list[Payload]) -> None:
    for booking_id in sorted(payload["booking_id"] for payload in payloads):
        operations.settle_up(booking_id=UUID(booking_id), kind=Refund.Kind.PART, now=timezone.now())


@on(turn_came)
def book_what_is_paid(*, entry_id: str) -> None:
    operations.take_seats(entry=Entry.objects.get(pk=entry_id), now=timezone.now())


@on_all(place_ended)
def pay_back_who_waited_in_vain(payloads: list[Payload]) -> None:
    ids = [payload["entry_id"] for payload in payloads]
    paid = Entry.objects.filter(pk__in=ids).values_list("for_booking", flat=True)
    for booking_id in sorted(filter(None, paid)):
        operations.give_back_if_open(booking_id=booking_id, now=timezone.now())


@on(event_cancelled)
def pay_back_who_came_late(*, event_id: str) -> None:
    """All are locked before the first gives up its place in line: whoever takes their money back meanwhile holds their
    booking and waits for the line, and must not wait for us."""
    late = Booking.objects.filter(event=UUID(event_id), rescues__status__in=Rescue.OPEN).order_by("pk")
    for booking in list(late.select_for_update(of=("self",))):
        operations.give_back_if_open(booking_id=booking.pk, now=timezone.now())


@on(account_closed)
def pay_back_who_has_left(*, user_id: str, **_: str) -> None:
    """Nobody is there any more to choose, or to wait."""
    late = Rescue.objects.open().filter(booking__customer=UUID(user_id))
    for booking_id in late.order_by("booking").values_list("booking", flat=True):
        operations.give_back_if_open(booking_id=booking_id, now=timezone.now())
