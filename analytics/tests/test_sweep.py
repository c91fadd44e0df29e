from uuid import uuid4

import pytest
from django.utils import timezone

from analytics import operations
from analytics.models import MEASURES, SPANS, Slot, Stale
from bookings import operations as bookings
from tests.factories import make_booking, make_event

pytestmark = pytest.mark.django_db


def _now():
    return timezone.now()


def _sums(level: str, span: str = "quarter", part: str = "") -> dict[str, int]:
    found: dict[str, int] = {}
    for slot in Slot.objects.filter(level=level, span=span, part=part).values(*MEASURES):
        for name, value in slot.items():
            if value:
                found[name] = found.get(name, 0) + value
    return found


def test_a_booking_is_counted_for_its_event_its_team_and_the_platform():
    make_booking(make_event(), quantity=3)
    operations.sweep_all()
    for level, spans in SPANS.items():
        for span in spans:
            assert _sums(level, span) == {"bookings": 1, "tickets": 3}


def test_nothing_is_stale_after_a_sweep_and_another_one_changes_nothing():
    make_booking(make_event(), quantity=3)
    operations.sweep_all()
    before = list(Slot.objects.order_by("id").values_list("id"))
    assert not Stale.objects.exists()
    assert operations.sweep_all() == 0
    assert list(Slot.objects.order_by("id").values_list("id")) == before


def test_what_is_cancelled_later_is_lost_where_it_was_booked():
    booking = make_booking(make_event(), quantity=3)
    operations.sweep_all()
    line = booking.lines.get()
    bookings.cancel_seats(booking=booking, numbers={line.pk: [2]}, now=_now())
    operations.sweep_all()
    assert _sums("event") == {"bookings": 1, "tickets": 3, "lost": 1, "cancelled": 1, "cancelled_days": 1}
    bookings.cancel(booking=booking, now=_now())
    operations.sweep_all()
    assert _sums("event") == {"bookings": 1, "tickets": 3, "lost": 3, "cancelled": 3, "cancelled_days": 3}


def test_figures_that_are_right_are_found_right_and_one_that_is_not_is_found():
    make_booking(make_event(), quantity=3)
    operations.sweep_all()
    assert operations.audit() == []
    Slot.objects.filter(level="team", span="quarter").update(tickets=5)
    quarter, hour, platform = operations.audit()
    assert "tickets 5 instead of 3" in str(quarter)
    assert "tickets 3 instead of 5" in str(hour)  # which is the sum of its quarters
    assert "tickets 3 instead of 5" in str(platform)  # which is the sum of what teams have
    assert _sums("team")["tickets"] == 5


@pytest.mark.parametrize(
    ("level", "span"), [("event", "day"), ("team", "hour"), ("team", "day"), ("platform", "hour"), ("platform", "day")]
)
def test_sums_that_are_missing_or_should_not_be_are_found(level, span):
    make_booking(make_event(), quantity=3)
    operations.sweep_all()
    slots = Slot.objects.filter(level=level, span=span)
    slots.update(scope=uuid4())
    found = [one for one in operations.audit() if (one.level, one.span) == (level, span)]
    assert len([one for one in found if one.kept is None]) == slots.count()
    assert len([one for one in found if one.counted is None]) == slots.count()


def test_everything_can_be_counted_anew():
    make_booking(make_event(), quantity=3)
    operations.sweep_all()
    Slot.objects.all().delete()
    operations.mark_all()
    operations.sweep_all()
    assert operations.audit() == []
    assert _sums("platform") == {"bookings": 1, "tickets": 3}
