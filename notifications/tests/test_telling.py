"""What is written down when people are told something."""

from datetime import time, timedelta

import pytest
from django.utils import timezone

from bookings import operations as bookings
from notifications.facts import bulk_letter_due, letter_due
from notifications.kinds import Channel
from notifications.models import Choice, Delivery, Device, Notice, QuietHours
from notifications.operations import News, tell
from outbox.models import Message
from tests.factories import make_booking, make_event, make_user
from tests.racing import race

pytestmark = pytest.mark.django_db


def of(booking, **changes) -> News:
    given = {"kind": "booking_confirmed", "to": booking.customer_id, "key": f"test:{booking.pk}", "about": booking.pk}
    return News(**{**given, **changes})


def make_device(user, **more) -> Device:
    endpoint = f"https://push.example/{user.pk}/{Device.objects.count()}"
    return Device.objects.create(user=user, endpoint=endpoint, p256dh="p", auth="a", **more)


def announced(fact) -> list[str]:
    due = Message.objects.filter(fact=fact.name).order_by("created_at", "id")
    return [payload["delivery_id"] for payload in due.values_list("payload", flat=True)]


def test_a_notice_says_what_happened_and_a_mail_is_due():
    booking = make_booking(make_event(title="Jazz by the River"), make_user("Ada"))
    [notice] = tell([of(booking)], now=timezone.now())
    assert notice.title == "Your tickets for Jazz by the River"
    assert booking.reference in notice.line
    assert notice.in_bell
    [delivery] = Delivery.objects.all()
    assert (delivery.channel, delivery.address) == ("email", booking.customer.email)
    assert announced(letter_due) == [str(delivery.pk)]


def test_mail_goes_to_the_address_given_with_the_booking():
    booking = make_booking()
    tell([of(booking, email="ada.at.work@example.org")], now=timezone.now())
    assert Delivery.objects.get().address == "ada.at.work@example.org"


def test_the_same_is_told_once():
    booking = make_booking()
    assert tell([of(booking)], now=timezone.now())
    assert tell([of(booking)], now=timezone.now()) == []
    assert Notice.objects.count() == Delivery.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_told_by_many_at_once_is_told_once():
    booking = make_booking()
    news = of(booking)
    told = race([lambda: len(tell([news], now=timezone.now()))] * 6, threads=6)
    assert sorted(told) == [0, 0, 0, 0, 0, 1]
    assert Delivery.objects.count() == len(announced(letter_due)) == 1


def test_what_is_no_longer_true_is_told_to_nobody():
    booking = make_booking()
    bookings.cancel(booking=booking, now=timezone.now())
    assert tell([of(booking)], now=timezone.now()) == []
    assert not Notice.objects.exists()


def test_closed_accounts_hear_nothing():
    booking = make_booking()
    booking.customer.is_active = False
    booking.customer.save()
    assert tell([of(booking)], now=timezone.now()) == []


def test_each_device_gets_its_own_and_rests_in_quiet_hours():
    booking, now = make_booking(), timezone.now()
    Choice.objects.create(user=booking.customer, kind="booking_confirmed", channel=Channel.PUSH, wanted=True)
    for _ in range(2):
        make_device(booking.customer)
    local = now.time()
    until = (now + timedelta(hours=2)).time().replace(microsecond=0)
    QuietHours.objects.create(user=booking.customer, begin=time(local.hour, local.minute), until=until, zone="UTC")
    tell([of(booking)], now=now)
    pushes = Delivery.objects.filter(channel=Channel.PUSH)
    assert pushes.count() == 2
    for push in pushes:
        assert push.due_at.time() == until
        assert Message.objects.get(payload__delivery_id=str(push.pk)).available_at == push.due_at
    assert Delivery.objects.get(channel=Channel.EMAIL).due_at == now


def test_a_push_that_would_come_too_late_is_not_even_begun():
    booking, now = make_booking(), timezone.now()
    Choice.objects.create(user=booking.customer, kind="booking_confirmed", channel=Channel.PUSH, wanted=True)
    make_device(booking.customer)
    QuietHours.objects.create(
        user=booking.customer,
        begin=(now - timedelta(hours=1)).time(),
        until=(now + timedelta(hours=1)).time(),
        zone="UTC",
    )
    tell([of(booking, expires_at=now + timedelta(minutes=30))], now=now)
    assert not Delivery.objects.filter(channel=Channel.PUSH).exists()


def test_what_goes_to_many_waits_in_a_lane_of_its_own():
    booking = make_booking()
    tell([of(booking)], now=timezone.now())
    assert announced(letter_due)
    assert not announced(bulk_letter_due)


def test_telling_many_takes_as_many_statements_as_telling_a_few(django_assert_num_queries):
    event = make_event(capacity=50)
    few, many = [make_booking(event) for _ in range(2)], [make_booking(event) for _ in range(12)]
    for some in (few, many):
        with django_assert_num_queries(12):  # a savepoint and its release among them
            tell([of(booking) for booking in some], now=timezone.now())
