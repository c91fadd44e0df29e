import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from analytics import operations as figures
from analytics.models import Slot, Stale
from bookings.models import Booking
from bookings.operations import audit_inventory
from payments.operations import audit_money
from sample.seeding import seed

pytestmark = pytest.mark.django_db


def test_what_is_seeded_is_clean_by_every_audit():
    now = timezone.now()
    seeded = seed(count=600, event_count=7, days=20, now=now)
    figures.sweep_all()
    assert Booking.objects.count() == seeded.bookings
    assert set(Booking.objects.values_list("status", flat=True)) == {"confirmed", "cancelled", "expired"}
    assert set(Booking.objects.values_list("paid_by", flat=True)) == {"", "door", "money"}
    assert audit_inventory() == []
    assert audit_money(now=now) == []
    assert figures.audit() == []
    assert not Stale.objects.exists()
    assert Slot.objects.filter(level="platform").exists()


def test_it_is_not_for_production(settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="not for production"):
        call_command("seed_bookings", count=10)
    assert not Booking.objects.exists()
