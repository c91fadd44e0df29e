"""Book, hold, confirm: check, claim, record, announce.

The one thing many people fight for is the inventory row. So everything that can be decided without it
is decided first, everything that must be written with it is written first, and the conditional UPDATE
that takes the seats comes last, just before the commit that frees the row for the next in line.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from bookings.errors import HoldLapsed, KeyReused, NotOnSale, NotPending, OverPersonalLimit
from bookings.facts import booking_confirmed
from bookings.models import Booking, BookingLine
from bookings.operations.plan import Plan, Request, make_plan, refuse_early, sold_out
from bookings.operations.seats import lock_seats, record
from core.errors import DomainError
from events.models import Inventory, Movement
from outbox.operations import announce

MOST_PLANS = 5


class _TermsChanged(Exception):
    """What was planned can't be claimed any more: plan again."""


def book(*, request: Request, customer_id: UUID, now: datetime, key: str | None = None) -> Booking:
    """Book at once: for what is free or paid at the door.

    With an idempotency `key`, a repeated request returns the first booking; KeyReused if it asks for
    something else. Raises Invalid, NotOnSale, OverPersonalLimit or SoldOut, having changed nothing.
    """
    return _claim(request, customer_id, now, key, hold_expires_at=None)


def hold(*, request: Request, customer_id: UUID, now: datetime, key: str | None = None) -> Booking:
    """Put seats in a basket for HOLD_MINUTES; `confirm` books them, otherwise they lapse. Errors as for `book`."""
    hold_expires_at = now + timedelta(minutes=settings.HOLD_MINUTES)
    return _claim(request, customer_id, now, key, hold_expires_at)


@transaction.atomic
def confirm(*, booking: Booking, now: datetime, name: str = "", email: str = "") -> Booking:
    """Turn a basket into a booking. HoldLapsed when its time was up, NotPending when it is none any more.

    Confirming twice is harmless: the second call returns the booking as it is.
    """
    in_time = Booking.objects.pending().filter(pk=booking.pk, hold_expires_at__gt=now)
    if not in_time.update(status=Booking.Status.CONFIRMED, confirmed_at=now, name=name, email=email):
        return _explain_unconfirmable(booking)
    booking.status, booking.confirmed_at, booking.name, booking.email = Booking.Status.CONFIRMED, now, name, email
    announce(booking_confirmed, booking_id=booking.pk)
    seats = lock_seats(booking)
    record(seats, booking.pk, Movement.Reason.CONFIRMED, sign=0, at=now)
    for inventory_id, quantity in seats:
        Inventory.objects.settle(inventory_id, quantity)
    return booking


def _claim(
    request: Request, customer_id: UUID, now: datetime, key: str | None, hold_expires_at: datetime | None
) -> Booking:
    for _ in range(MOST_PLANS):
        if key and (first := _first_answer(request, customer_id, key)):
            return first
        try:
            plan = make_plan(request, now)
            refuse_early(plan)
            with transaction.atomic():
                return _write(plan, request, customer_id, now, key, hold_expires_at)
        except _TermsChanged:
            continue  # the organiser saved the event between the plan and the claim
        except IntegrityError:
            # The same key at the same moment: the other one was first, and has committed by now.
            if not key or not Booking.objects.filter(customer_id=customer_id, idempotency_key=key).exists():
                raise
        except DomainError:
            # What stands in the way may be this very request, sent twice: the second click is no refusal.
            if key and (first := _first_answer(request, customer_id, key)):
                return first
            raise
    raise NotOnSale("This event is being changed right now. Please try again in a moment.")


def _write(
    plan: Plan,
    request: Request,
    customer_id: UUID,
    now: datetime,
    key: str | None,
    hold_expires_at: datetime | None,
) -> Booking:
    held = hold_expires_at is not None
    if plan.event.max_per_person is not None:
        _keep_personal_limit(plan, customer_id, plan.event.max_per_person)
    booking = Booking.objects.create(
        event=plan.event,
        customer_id=customer_id,
        name=request.name,
        email=request.email,
        status=Booking.Status.PENDING if held else Booking.Status.CONFIRMED,
        quantity=plan.quantity,
        total=plan.total,
        currency=plan.event.currency,
        hold_expires_at=hold_expires_at,
        created_at=now,
        confirmed_at=None if held else now,
        idempotency_key=key,
        request_hash=request.fingerprint if key else "",
    )
    BookingLine.objects.bulk_create(
        BookingLine(booking=booking, ticket_type=ticket_type, quantity=quantity, unit_price=ticket_type.price)
        for ticket_type, quantity in plan.lines
    )
    reason = Movement.Reason.HELD if held else Movement.Reason.BOOKED
    seats = [(claim.inventory.pk, claim.quantity) for claim in plan.claims]
    record(seats, booking.pk, reason, sign=1, at=now)
    if not held:
        announce(booking_confirmed, booking_id=booking.pk)
    for claim in plan.claims:
        inventory = claim.inventory
        if not Inventory.objects.claim(inventory.pk, claim.quantity, hold=held, terms=inventory.terms):
            planned_terms = inventory.terms
            inventory.refresh_from_db()
            raise _TermsChanged if inventory.terms != planned_terms else sold_out(claim)
    return booking


def _keep_personal_limit(plan: Plan, customer_id: UUID, limit: int) -> None:
    """Refuse what would exceed the event's limit per person.

    The sum is only true while nobody else books for the same person and event, so those take turns at
    an advisory lock of their own, which ends with the transaction and hinders no one else.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"booking:{plan.event.pk}:{customer_id}"],
        )
    taken = Booking.objects.live().filter(event=plan.event, customer_id=customer_id).seats()
    if taken + plan.quantity > limit:
        more = max(limit - taken, 0)
        raise OverPersonalLimit(
            f"{plan.event.title} allows {limit} per person. You have {taken}, so you can book {more} more.",
            limit=limit,
            available=more,
        )


def _first_answer(request: Request, customer_id: UUID, key: str) -> Booking | None:
    first = Booking.objects.filter(customer_id=customer_id, idempotency_key=key).select_related("event").first()
    if first and first.request_hash != request.fingerprint:
        raise KeyReused("This Idempotency-Key came with another request before. Use a new one for a new booking.")
    return first


def _explain_unconfirmable(booking: Booking) -> Booking:
    booking.refresh_from_db()
    if booking.status == Booking.Status.CONFIRMED:
        return booking
    if booking.status in (Booking.Status.PENDING, Booking.Status.EXPIRED):
        raise HoldLapsed("The time to complete this booking was up, and its seats went back on sale.")
    raise NotPending(f"This booking is {booking.get_status_display().lower()}.")
