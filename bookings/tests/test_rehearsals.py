"""A rehearsal is booked like any event, and nothing follows from it."""

import pytest
from django.utils import timezone

from bookings import operations
from bookings.errors import NotOnSale
from bookings.models import Booking
from core.errors import Invalid
from events.models import Event
from outbox.models import Message
from outbox.operations import deliver
from tests.factories import make_booking, make_draft, make_event, make_user
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def rehearsal() -> Event:
    event = make_draft()
    Event.objects.filter(pk=event.pk).update(rehearsal=True)
    return event


def book(event: Event) -> Booking:
    request = operations.Request(event.pk, quantity=2)
    return operations.book(request=request, customer_id=make_user().pk, now=timezone.now())


def deliver_all() -> None:
    for message in Message.objects.filter(status=Message.Status.PENDING):
        assert deliver(message=message, now=timezone.now())


def test_a_rehearsal_can_be_booked_and_another_draft_can_not(rehearsal):
    assert book(rehearsal).status == Booking.Status.CONFIRMED
    with pytest.raises(Invalid, match="no such event"):
        book(make_draft())
    assert operations.audit_inventory() == []


def test_a_rehearsal_that_has_ended_sells_nothing(rehearsal):
    now = timezone.now()
    Event.objects.filter(pk=rehearsal.pk).update(starts_at=now.replace(year=2020), ends_at=now)
    with pytest.raises(NotOnSale):
        book(rehearsal)


def test_the_booking_is_announced_and_no_ticket_follows(rehearsal):
    book(rehearsal)
    real = make_booking(make_event())
    deliver_all()
    assert [message.status for message in Message.objects.filter(fact="booking_confirmed")] == ["done", "done"]
    assert [ticket.booking for ticket in Ticket.objects.all()] == [real]


def test_nothing_follows_from_a_booking_that_has_been_swept_away(rehearsal):
    book(rehearsal)
    Booking.objects.all().delete()
    deliver_all()
    message = Message.objects.get(fact="booking_confirmed")
    assert (message.status, message.last_error) == ("done", "")
