"""Sums of an event's money, by currency: what came in, what is to come, what goes back. Reads only."""

from dataclasses import dataclass

from django.db.models import Count, F, Q, Sum

from bookings.models import Booking
from core import money
from events.models import Event
from payments.models import Payment, Refund
from payments.organising import due_by_hand

Status = Booking.Status


@dataclass
class Totals:
    """In minor units of `currency`. `received` is all that ever came in; of `refunded`, some is still on its way."""

    currency: str
    received: int = 0
    refunded: int = 0
    to_come: int = 0
    at_door: int = 0
    on_way: int = 0
    by_hand: int = 0

    @property
    def kept(self) -> int:
        return self.received - self.refunded

    def _words(self, amount: int) -> str:
        return money.amount_words(amount, self.currency)

    @property
    def kept_label(self) -> str:
        return self._words(self.kept)

    @property
    def received_label(self) -> str:
        return self._words(self.received)

    @property
    def refunded_label(self) -> str:
        return self._words(self.refunded)

    @property
    def to_come_label(self) -> str:
        return self._words(self.to_come)

    @property
    def at_door_label(self) -> str:
        return self._words(self.at_door)

    @property
    def on_way_label(self) -> str:
        return self._words(self.on_way)

    @property
    def by_hand_label(self) -> str:
        return self._words(self.by_hand)

    @property
    def done_label(self) -> str:
        return self._words(self.refunded - self.on_way - self.by_hand)


def totals_of(event: Event) -> list[Totals]:
    """By currency, that of most money first; nothing where no money is about. Three statements."""
    found: dict[str, Totals] = {}

    def of(currency: str) -> Totals:
        return found.setdefault(currency, Totals(currency))

    for row in _payments(event):
        one = of(row["currency"])
        one.received, one.refunded, one.to_come = row["received"], row["refunded"], row["to_come"]
        one.at_door -= row["part_at_door"]
    for row in _refunds(event):
        of(row["payment__currency"]).on_way, of(row["payment__currency"]).by_hand = row["on_way"], row["by_hand"]
    promised = event.bookings.confirmed().filter(paid_by=Booking.PaidBy.DOOR)
    for row in promised.values("currency").annotate(promised=Sum(F("total") + F("adjustment"))):
        of(row["currency"]).at_door += row["promised"]
    return sorted(found.values(), key=lambda one: -(one.received + one.to_come + one.at_door))


def _payments(event: Event):
    waiting = Q(status__in=Payment.UNDER_WAY, booking__status=Status.PENDING)
    at_door = Q(booking__status=Status.CONFIRMED, booking__paid_by=Booking.PaidBy.DOOR)
    return (
        Payment.objects.filter(booking__event=event)
        .values("currency")
        .order_by("currency")
        .annotate(
            to_come=Sum(F("amount") - F("received"), filter=waiting, default=0),
            part_at_door=Sum(F("received") - F("refunded"), filter=at_door, default=0),
        )
        .annotate(received=Sum("received", default=0), refunded=Sum("refunded", default=0))
    )


def _refunds(event: Event):
    hand = due_by_hand()
    way = Q(status__in=[Refund.Status.DUE, Refund.Status.SENT]) & ~hand
    return (
        Refund.objects.filter(payment__booking__event=event)
        .values("payment__currency")
        .order_by("payment__currency")
        .annotate(on_way=Sum("amount", filter=way, default=0), by_hand=Sum("amount", filter=hand, default=0))
    )


@dataclass(frozen=True)
class Progress:
    """How far a cancelled event's bookings and refunds are. Counts; the sums are `totals`."""

    bookings: int
    to_cancel: int
    done: int
    on_way: int
    by_hand: int
    failed: int
    totals: list[Totals]

    @property
    def cancelled(self) -> int:
        return self.bookings - self.to_cancel

    @property
    def refunds(self) -> int:
        return self.done + self.on_way + self.by_hand + self.failed

    @property
    def is_moving(self) -> bool:
        """Whether something goes on by itself."""
        return bool(self.to_cancel or self.on_way)

    @property
    def is_finished(self) -> bool:
        return not (self.to_cancel or self.on_way or self.by_hand or self.failed)


def progress_of(event: Event) -> Progress:
    """Five statements."""
    was_booked = ~Q(confirmed_at=None)
    ending = Q(status__in=Booking.LIVE) & was_booked if event.status == Event.Status.CANCELLED else Q(pk=None)
    bookings = event.bookings.aggregate(bookings=Count("pk", filter=was_booked), to_cancel=Count("pk", filter=ending))
    failed = Q(status=Refund.Status.FAILED)
    hand = due_by_hand() & ~failed
    way = Q(status__in=[Refund.Status.DUE, Refund.Status.SENT]) & ~hand
    refunds = Refund.objects.filter(payment__booking__event=event).aggregate(
        done=Count("pk", filter=Q(status=Refund.Status.DONE)),
        on_way=Count("pk", filter=way),
        by_hand=Count("pk", filter=hand),
        failed=Count("pk", filter=failed),
    )
    return Progress(**bookings, **refunds, totals=totals_of(event))


@dataclass(frozen=True)
class Back:
    """What would go back to whom if the event was cancelled."""

    guests: int
    amount: int
    currency: str

    @property
    def label(self) -> str:
        return money.amount_words(self.amount, self.currency)


def back_if_cancelled(event: Event) -> list[Back]:
    """By currency: all that live bookings and open choices hold. One statement."""
    live = Q(booking__status__in=Booking.LIVE) | Q(booking__rescues__status__in=["asked", "line"])
    found = (
        Payment.objects.with_money()
        .filter(live, booking__event=event)
        .values("currency")
        .order_by("currency")
        .annotate(amount=Sum(F("received") - F("refunded")), guests=Count("booking__customer", distinct=True))
    )
    return [Back(row["guests"], row["amount"], row["currency"]) for row in found]
