"""Book, hold, confirm.

A request is planned by what the event offers, without a lock, and decided by the database together with
whatever else arrives at the moment (bookings/sql/decide.sql). A batch of one, as here, is the ordinary case.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from psycopg.errors import ForeignKeyViolation

from bookings.errors import CustomerGone, HoldLapsed, NotOnSale, NotPaid, NotPending
from bookings.facts import booking_confirmed
from bookings.models import Booking
from bookings.operations.offers import read_offer
from bookings.operations.orders import (
    DECIDE,
    Answer,
    Order,
    Outcome,
    answers,
    arguments,
    key_reused,
    note_refused,
    refusal,
)
from bookings.operations.plan import Request, make_plan
from bookings.operations.seats import lock_seats, record
from core.errors import DomainError
from core.live import marks as live
from events.models import Inventory, Movement, PaymentMethod
from outbox.operations import announce, nudge_after_commit

MOST_PLANS = 5


def book(*, request: Request, customer_id: UUID, now: datetime, key: str | None = None) -> Booking:
    """Book at once: for what is free or paid at the door.

    With an idempotency `key`, a repeated request returns the first booking; KeyReused if it asks for
    something else. Raises Invalid, NotOnSale, OverPersonalLimit or SoldOut, having changed nothing.
    """
    return _claim(request, customer_id, now, key, hold=False)


def hold(*, request: Request, customer_id: UUID, now: datetime, key: str | None = None) -> Booking:
    """Put seats in a basket for HOLD_MINUTES; `confirm` books them, otherwise they lapse. Errors as for `book`."""
    return _claim(request, customer_id, now, key, hold=True)


def order_for(
    request: Request, customer_id: UUID, now: datetime, *, key: str | None = None, hold: bool = False
) -> Order:
    """A request planned by what its event offers now. Raises Invalid, NotOnSale or CodeRefused."""
    plan = make_plan(request, read_offer(request.event_id, request.code, now), now)
    return Order(plan, request, customer_id, now, key, hold)


def decide(orders: Sequence[Order]) -> list[Answer]:
    """Have the database decide orders of different customers, in their order, in one transaction."""
    batch, limits = arguments(orders)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(DECIDE, [batch, limits])
        decided = answers(orders, limits, cursor.fetchall())
        if events := {
            one.event.pk for one, told in zip(orders, decided, strict=True) if told.outcome == Outcome.BOOKED
        }:
            live.changed(*events)
        if announces(orders, decided):
            nudge_after_commit()
    return decided


def announces(orders: Sequence[Order], decided: Sequence[Answer]) -> bool:
    """Whether the outbox holds something new."""
    return any(
        answer.outcome == Outcome.BOOKED and not order.hold for order, answer in zip(orders, decided, strict=True)
    )


def first_answer(request: Request, customer_id: UUID, key: str) -> Booking | None:
    """The booking that this key has made before. KeyReused when it was for something else."""
    first = Booking.objects.filter(customer_id=customer_id, idempotency_key=key).select_related("event").first()
    if first and first.request_hash != request.fingerprint:
        raise key_reused()
    return first


@transaction.atomic
def confirm(*, booking: Booking, now: datetime, name: str = "", email: str = "") -> Booking:
    """Turn a basket into a booking that is free or to be paid at the door. HoldLapsed when its time was up,
    NotPending when it is none any more, NotPaid when it has to be paid first.

    Confirming twice is harmless: the second call returns the booking as it is.
    """
    at_the_door = PaymentMethod.DOOR in booking.event.payment_methods
    if booking.total and not at_the_door and booking.status == Booking.Status.PENDING:
        raise NotPaid(f"{booking.event.title} is paid for before it is booked.")
    in_time = Booking.objects.pending().filter(pk=booking.pk, hold_expires_at__gt=now)
    paid_by = Booking.PaidBy.DOOR if booking.total else Booking.PaidBy.NOTHING
    changes = {"status": Booking.Status.CONFIRMED, "confirmed_at": now, "name": name, "email": email}
    if not in_time.update(**changes, paid_by=paid_by):
        return _explain_unconfirmable(booking)
    booking.status, booking.confirmed_at, booking.name, booking.email = Booking.Status.CONFIRMED, now, name, email
    booking.paid_by = paid_by
    _settle(booking, now)
    return booking


@transaction.atomic
def confirm_paid(*, booking: Booking, now: datetime) -> bool:
    """Turn a basket whose price has come in into a booking, however late, as long as it has its seats. False when it
    has none any more."""
    paid = {"status": Booking.Status.CONFIRMED, "confirmed_at": now, "paid_by": Booking.PaidBy.MONEY}
    if not Booking.objects.pending().filter(pk=booking.pk).update(**paid):
        return False
    booking.status, booking.confirmed_at, booking.paid_by = Booking.Status.CONFIRMED, now, Booking.PaidBy.MONEY
    _settle(booking, now)
    return True


def note_paid(*, booking: Booking) -> None:
    """What was to be paid at the door has been paid. The booking is locked and confirmed."""
    booking.paid_by = Booking.PaidBy.MONEY
    booking.save(update_fields=["paid_by"])


def _settle(booking: Booking, now: datetime) -> None:
    """Seats that were held are booked now."""
    announce(booking_confirmed, booking_id=booking.pk)
    seats = lock_seats(booking)
    record(seats, booking.pk, Movement.Reason.CONFIRMED, sign=0, at=now)
    for inventory_id, quantity in seats:
        Inventory.objects.settle(inventory_id, quantity)
    live.changed(booking.event_id)
    live.tell(booking.customer_id, "booking", booking.pk)


def _claim(request: Request, customer_id: UUID, now: datetime, key: str | None, *, hold: bool) -> Booking:
    for _ in range(MOST_PLANS):
        try:
            order = order_for(request, customer_id, now, key=key, hold=hold)
        except DomainError:
            # What is not on sale any more may have been booked by this very request, sent twice.
            if key and (first := first_answer(request, customer_id, key)):
                return first
            raise
        try:
            [answer] = decide([order])
        except IntegrityError as error:
            if isinstance(error.__cause__, ForeignKeyViolation):
                raise CustomerGone() from error
            continue  # the same key at the same moment, for another event: that one was first, and is there by now
        if no := refusal(order, answer):
            note_refused(order, answer)
            raise no
        if answer.outcome == Outcome.REPEATED and answer.booking_id:
            return Booking.objects.select_related("event").get(pk=answer.booking_id)
        if answer.outcome == Outcome.BOOKED:
            return order.booking()
    raise being_changed()


def being_changed() -> NotOnSale:
    return NotOnSale("This event is being changed right now. Please try again in a moment.")


def _explain_unconfirmable(booking: Booking) -> Booking:
    booking.refresh_from_db()
    if booking.status == Booking.Status.CONFIRMED:
        return booking
    if booking.status in (Booking.Status.PENDING, Booking.Status.EXPIRED):
        raise HoldLapsed("The time to complete this booking was up, and its seats went back on sale.")
    raise NotPending(f"This booking is {booking.get_status_display().lower()}.")
