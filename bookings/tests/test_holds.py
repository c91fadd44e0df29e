"""How long a basket holds its seats."""

from datetime import timedelta

import pytest

from bookings import operations
from bookings.errors import HoldLapsed, NoMoreTime, NotPending
from bookings.models import Booking
from tests.factories import make_booking, make_event, make_hold

pytestmark = pytest.mark.django_db

MORE = timedelta(minutes=10)


def end_of(basket):
    return Booking.objects.get(pk=basket.pk).hold_expires_at


def test_one_may_ask_for_more_time_twice():
    basket = make_hold()
    until = basket.hold_expires_at
    now = until - timedelta(minutes=1)
    assert operations.extend(booking=basket, now=now).hold_expires_at == until + MORE
    assert operations.extend(booking=basket, now=now).hold_expires_at == until + 2 * MORE
    with pytest.raises(NoMoreTime):
        operations.extend(booking=basket, now=now)
    assert end_of(basket) == until + 2 * MORE


def test_how_often_and_how_long_is_a_setting(settings):
    settings.HOLD_EXTENSIONS, settings.HOLD_EXTENSION_MINUTES = 1, 3
    basket = make_hold()
    more = operations.extend(booking=basket, now=basket.created_at)
    assert more.hold_expires_at == basket.hold_expires_at + timedelta(minutes=3)
    with pytest.raises(NoMoreTime):
        operations.extend(booking=basket, now=basket.created_at)


def test_no_seat_is_held_beyond_the_event():
    basket = make_hold()
    end = basket.hold_expires_at + timedelta(minutes=4)
    type(basket.event).objects.filter(pk=basket.event_id).update(starts_at=basket.created_at, ends_at=end)
    assert operations.extend(booking=basket, now=basket.created_at).hold_expires_at == end
    with pytest.raises(NoMoreTime):
        operations.extend(booking=basket, now=basket.created_at)
    later = end + timedelta(days=1)
    assert operations.keep_until(booking=basket, until=later, now=basket.created_at).hold_expires_at == end


@pytest.mark.parametrize("swept", [True, False], ids=["swept", "not swept yet"])
def test_what_has_lapsed_is_not_held_again(swept):
    basket = make_hold()
    late = basket.hold_expires_at
    if swept:
        operations.expire(booking=basket, now=late)
    for call in ({}, {"until": late + MORE}):
        with pytest.raises(HoldLapsed):
            (operations.keep_until if call else operations.extend)(booking=basket, now=late, **call)
    assert end_of(basket) == late


def test_what_is_no_basket_has_no_time():
    booking = make_booking()
    with pytest.raises(NotPending):
        operations.extend(booking=booking, now=booking.created_at)
    with pytest.raises(NotPending):
        operations.keep_until(booking=booking, until=booking.created_at + MORE, now=booking.created_at)


def test_a_basket_is_kept_until_its_payment_is_due_and_never_shorter():
    basket = make_hold(make_event())
    days = basket.created_at + timedelta(days=3)
    assert operations.keep_until(booking=basket, until=days, now=basket.created_at).hold_expires_at == days
    assert operations.keep_until(booking=basket, until=basket.created_at, now=basket.created_at).hold_expires_at == days
    assert end_of(basket) == days
