from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Membership, Team, User
from bookings import operations
from bookings.errors import SoldOut
from events import operations as event_operations
from events.operations import EventInput, TicketTypeInput

pytestmark = pytest.mark.django_db


def test_a_free_booking_is_confirmed_at_once():
    now = timezone.now()
    owner = User.objects.create_user("owner@example.org", name="Olga")
    team = Team.objects.create(name="Olga's")
    Membership.objects.create(team=team, user=owner, role="owner")
    data = EventInput(title="Héllo", starts_at=now + timedelta(days=3), ends_at=now + timedelta(days=3, hours=2),
      online_url="https://example.org/x", capacity=3, ticket_types=[TicketTypeInput(name="A")])
    event = event_operations.create_event(team=team, data=data, by=owner, now=now)
    event = event_operations.publish_event(event=event, version=event.version, by=owner, now=now)
    booking = operations.book(request=operations.Request(event.pk, quantity=2), customer_id=owner.pk, now=now)
    assert booking.status == "confirmed"
    with pytest.raises(SoldOut):
        operations.book(request=operations.Request(event.pk, quantity=2), customer_id=owner.pk, now=now)
    assert operations.audit_inventory() == []
    operations.cancel(booking=booking, now=now)
    held = operations.hold(request=operations.Request(event.pk, quantity=3), customer_id=owner.pk, now=now)
    assert operations.audit_inventory() == []
    operations.confirm(booking=held, now=now)
    assert operations.audit_inventory() == []
    dup = event_operations.duplicate_event(event=event, by=owner, now=now)
    assert dup.status == "draft"
