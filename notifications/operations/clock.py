"""What is told because its time has come: baskets, transfers and offers that are about to lapse.

Nothing is scheduled that could be lost or stale: whoever looks finds what is so now and has not been told.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import DurationField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat

from bookings.models import Booking
from events.models import PaymentMethod
from notifications.models import Notice
from notifications.operations.telling import News, tell
from payments.models import Payment
from waitlist.models import Entry

HOLD_LEFT = timedelta(minutes=4)
HOLD_LIVED = timedelta(minutes=2)  # who has just begun needs no reminder
OFFER_LEFT = timedelta(minutes=30)
OFFER_SHARE = 4  # a short offer: when a quarter of its time is left
TRANSFER_LEFT = timedelta(days=1)
TOGETHER = 200

_TRANSFERRING = Exists(Payment.objects.under_way().filter(booking=OuterRef("pk"), method=PaymentMethod.TRANSFER))


def tell_of_ending_holds(*, now: datetime) -> int:
    """Baskets that lapse within four minutes. Returns how many of their owners are told for the first time."""
    ending = Booking.objects.held(now).filter(
        ~_TRANSFERRING,
        hold_expires_at__lte=now + HOLD_LEFT,
        created_at__lte=now - HOLD_LIVED,
        event__rehearsal=False,
    )
    return _tell_all("hold_ending", ending, "hold_expires_at", now)


def tell_of_ending_transfers(*, now: datetime) -> int:
    """Bookings whose transfer is missing a day before their seats go back. Returns how many are told."""
    ending = Booking.objects.held(now).filter(
        _TRANSFERRING, hold_expires_at__lte=now + TRANSFER_LEFT, created_at__lte=now - TRANSFER_LEFT
    )
    return _tell_all("transfer_ending", ending, "hold_expires_at", now)


def tell_of_ending_offers(*, now: datetime) -> int:
    """Offers that lapse within half an hour, and a quarter of their time. Returns how many are told."""
    soon = Entry.objects.offered().filter(offer_expires_at__gt=now, offer_expires_at__lte=now + OFFER_LEFT)
    quarter = ExpressionWrapper((F("offer_expires_at") - F("offered_at")) / OFFER_SHARE, output_field=DurationField())
    ending = soon.filter(offer_expires_at__lte=Value(now) + quarter)
    return _tell_all("offer_ending", ending, "offer_expires_at", now)


def _tell_all(kind: str, ending: QuerySet[Any], until: str, now: datetime) -> int:
    told = 0
    for some in _untold(kind, ending, until):
        news = [
            News(kind, to=one.customer_id, key=f"{kind}:{one.pk}", about=one.pk, expires_at=getattr(one, until))
            for one in some
        ]
        told += len(tell(news, now=now))
    return told


def _untold(kind: str, ending: QuerySet[Any], until: str) -> Iterator[list[Any]]:
    """Those nobody was told of, a few at a time, the most urgent first. By a cursor: one who can't be told (a closed
    account) must not be found again and again, and keep those behind from being told."""
    key = Concat(Value(f"{kind}:"), Cast(OuterRef("pk"), TextField()))
    found = ending.filter(~Exists(Notice.objects.filter(key=key))).only("customer", until).order_by(until, "pk")
    behind = Q()
    while some := list(found.filter(behind)[:TOGETHER]):
        yield some
        last = some[-1]
        behind = Q(**{f"{until}__gt": getattr(last, until)}) | Q(**{until: getattr(last, until), "pk__gt": last.pk})
