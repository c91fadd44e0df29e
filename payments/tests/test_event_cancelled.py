"""An event does not take place: everybody's money goes back, and nobody's ticket waits behind it."""

import pytest
from django.utils import timezone

from bookings import operations as bookings
from events import operations as events
from outbox.models import Message
from payments import operations
from payments.models import Refund
from payments.tests.carding import begun, work_off
from payments.tests.paying import basket, paid_event
from tests.factories import owner_of

pytestmark = pytest.mark.django_db


def test_the_cards_of_a_cancelled_event_are_refunded_in_the_lane_of_what_has_time(cards):
    event = paid_event("card")
    payments = [begun(basket(event)) for _ in range(2)]
    for payment in payments:
        cards.pay(payment.provider_id)
        operations.check(payment_id=payment.pk, now=timezone.now())
    event.refresh_from_db()
    events.cancel_event(event=event, version=event.version, by=owner_of(event.organizer), now=timezone.now())
    work_off()
    sent = Message.objects.filter(fact__endswith="refund_to_send")
    assert {(message.fact, message.lane) for message in sent} == {("bulk_refund_to_send", "bulk")}
    assert {(refund.kind, refund.status) for refund in Refund.objects.all()} == {("event", "done")}
    assert Refund.objects.count() == 2
    assert bookings.audit_inventory() == operations.audit_money(now=timezone.now()) == []
