"""What would go back if bookings were cancelled now. Amounts are minor units of the event's currency."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, F, QuerySet, Value
from django.db.models.functions import Greatest, Least

from bookings.models import Booking
from bookings.policy import share
from events.models import Event
from events.policy import steps_of


class Back(NamedTuple):
    """All that was paid, and what the rules of each booking say."""

    everything: int
    by_policy: int


def goes_back(event: Event, bookings: QuerySet[Booking], now: datetime) -> Back:
    """By one statement, however many: bookings of the same price by the same rules are added up together."""
    paid = bookings.order_by().filter(status=Booking.Status.CONFIRMED, paid_by=Booking.PaidBy.MONEY)
    alike = paid.annotate(
        held=F("total") + F("adjustment"),
        given=Greatest(F("total") + Least(F("adjustment"), Value(0)), Value(0)),
    )
    everything = by_policy = 0
    for policy, held, given, count in alike.values_list("policy", "held", "given").annotate(count=Count("pk")):
        steps = steps_of(policy or event.policy, event.starts_at)
        percent = next((step.percent for step in steps if now < step.until), 0)
        everything += held * count
        by_policy += share(given, percent) * count
    return Back(everything, by_policy)
