"""Booking in the event loop: plan by a kept offer, decide at the desk, say what became of it."""

from datetime import datetime
from uuid import UUID

from channels.db import database_sync_to_async
from django.conf import settings

from bookings.desk import Desk
from bookings.lane import DatabaseLane
from bookings.models import Booking
from bookings.offer_cache import OfferCache
from bookings.operations.booking import MOST_PLANS, being_changed, first_answer
from bookings.operations.orders import Order, Outcome, note_refused, refusal
from bookings.operations.plan import Plan, Request, make_plan
from core.errors import DomainError
from core.live.marks import LoopMarks
from outbox.nudger import Nudger

LANES = 2  # one for the hot event, one for all others


class Counter:
    """What `bookings.operations.book` and `hold` are to a thread, for one event loop and thousands of people."""

    def __init__(self) -> None:
        self._offers = OfferCache()
        self._marks = LoopMarks()
        lanes = [DatabaseLane() for _ in range(LANES)]
        self._desk = Desk(lanes, room=settings.BOOKINGS_WAITING, changed=self._marks.changed)
        self._nudger = Nudger()

    async def claim(
        self, request: Request, customer_id: UUID, now: datetime, *, key: str | None = None, hold: bool = False
    ) -> Order | Booking:
        """The order that is a booking now, or the first booking under its key, with all that its card shows.

        Raises what `book` and `hold` raise, DeskBusy and Undecided; and Django's OperationalError.
        """
        for _ in range(MOST_PLANS):
            try:
                plan = await self._plan(request, now)
            except DomainError:
                if key and (first := await _first_answer(request, customer_id, key)):
                    return await _whole(first.pk)
                raise
            order = Order(plan, request, customer_id, now, key, hold)
            answer = await self._desk.decide(order)
            if no := refusal(order, answer):
                if not hold:  # a form's refusal Django says once more, on a page
                    note_refused(order, answer)
                raise no
            if answer.outcome == Outcome.BOOKED:
                if not order.hold:
                    self._nudger.ring()
                return order
            if answer.outcome == Outcome.REPEATED and answer.booking_id:
                return order if answer.booking_id == order.pk else await _whole(answer.booking_id)
            await self._offers.fresh(request.event_id)
        raise being_changed()

    @property
    def waiting(self) -> int:
        """How many orders wait to be decided."""
        return self._desk.waiting

    async def close(self) -> None:
        """Decide what waits, then stop."""
        await self._desk.close()
        await self._nudger.close()
        await self._marks.close()

    async def _plan(self, request: Request, now: datetime) -> Plan:
        """By the offer as last seen; a refusal needs one that was read after the request came."""
        try:
            return make_plan(request, await self._offers.get(request.event_id), now)
        except DomainError:
            return make_plan(request, await self._offers.fresh(request.event_id), now)


def _read_whole(booking_id: UUID) -> Booking:
    return Booking.objects.with_all().get(pk=booking_id)


_whole = database_sync_to_async(_read_whole, thread_sensitive=False)
_first_answer = database_sync_to_async(first_answer, thread_sensitive=False)
