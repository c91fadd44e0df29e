from datetime import timedelta

import pytest
from django.utils import timezone

from bookings import operations
from bookings.errors import AlreadyCancelled, TooLateToCancel
from bookings.models import Booking
from core.facts import Lane
from events import operations as events
from outbox.models import Message
from outbox.operations import deliver_some
from outbox.tasks import deliver_due
from tests.factories import make_booking, make_event, make_hold, make_user, owner_of

pytestmark = pytest.mark.django_db


def claimed(event) -> int:
    event.inventory.refresh_from_db()
    return event.inventory.claimed


def test_a_cancelled_booking_gives_its_seats_back_once():
    event = make_event()
    booking = make_booking(event, quantity=2)
    operations.cancel(booking=booking, now=timezone.now())
    assert claimed(event) == 0
    with pytest.raises(AlreadyCancelled):
        operations.cancel(booking=booking, now=timezone.now())
    assert claimed(event) == 0
    assert Message.objects.filter(fact="booking_cancelled").count() == 1
    assert operations.audit_inventory() == []


def test_cancelling_ends_at_the_event_s_deadline_except_for_staff():
    event = make_event(cancellation_hours=48)
    booking = make_booking(event)
    late = event.starts_at - timedelta(hours=48)
    with pytest.raises(TooLateToCancel):
        operations.cancel(booking=booking, now=late)
    assert claimed(event) == 1
    operations.cancel(booking=booking, now=late, even_late=True)
    assert claimed(event) == 0


def test_a_cancelled_event_cancels_its_bookings_and_baskets():
    event = make_event()
    confirmed, basket = make_booking(event), make_hold(event)
    elsewhere = make_booking()
    by = owner_of(event.organizer)
    events.cancel_event(event=event, version=event.version, by=by, now=timezone.now())
    deliver_due()
    assert set(Booking.objects.filter(event=event).values_list("status", flat=True)) == {Booking.Status.CANCELLED}
    elsewhere.refresh_from_db()
    assert elsewhere.status == Booking.Status.CONFIRMED
    assert {confirmed.pk, basket.pk} == set(Booking.objects.filter(event=event).values_list("pk", flat=True))
    assert claimed(event) == 0
    assert operations.audit_inventory() == []


def test_a_full_house_is_cancelled_a_part_at_a_time():
    event = make_event(capacity=10)
    for _ in range(5):
        make_booking(event)
    some = {"event_id": event.pk, "now": timezone.now(), "limit": 2}
    assert operations.cancel_some(**some) is True
    assert claimed(event) == 3
    assert operations.cancel_some(**some) is True
    assert operations.cancel_some(**some) is False
    assert claimed(event) == 0


def test_the_worker_goes_on_where_one_delivery_ends():
    event = make_event(capacity=250)
    for _ in range(201):
        make_booking(event)
    events.cancel_event(event=event, version=event.version, by=owner_of(event.organizer), now=timezone.now())
    while deliver_some(lane=Lane.FACTS, now=timezone.now()):
        pass
    assert claimed(event) == 0


def test_forgetting_a_customer_cancels_what_is_to_come_and_erases_names():
    ada, now = make_user("Ada"), timezone.now()
    past = make_event(now=now - timedelta(days=9), starts_at=now - timedelta(days=2), ends_at=now - timedelta(days=1))
    request = operations.Request(past.pk, quantity=1, name="Ada L", email="ada@example.org")
    attended = operations.book(request=request, customer_id=ada.pk, now=now - timedelta(days=5))
    coming = make_booking(customer=ada)
    operations.forget_customer(customer_id=ada.pk, now=now)
    attended.refresh_from_db()
    coming.refresh_from_db()
    assert (attended.status, attended.name, attended.email) == (Booking.Status.CONFIRMED, "", "")
    assert coming.status == Booking.Status.CANCELLED
