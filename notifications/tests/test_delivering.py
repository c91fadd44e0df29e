"""One message, sent once as far as its reader can see."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from bookings import operations as bookings
from bookings.models import Booking
from notifications import operations
from notifications.kinds import KINDS, Channel
from notifications.models import Choice, Delivery
from notifications.operations import News, tell
from notifications.operations.channels import still_hears
from outbox.errors import GiveUp
from outbox.models import Message
from outbox.tasks import deliver_due
from tests.factories import make_booking

pytestmark = pytest.mark.django_db


@pytest.fixture
def delivery() -> Delivery:
    booking = make_booking()
    Message.objects.all().delete()
    tell([News("booking_confirmed", to=booking.customer_id, key="test", about=booking.pk)], now=timezone.now())
    return Delivery.objects.select_related("notice").get()


def send(delivery: Delivery) -> Delivery:
    operations.deliver(delivery_id=delivery.pk)
    return Delivery.objects.get(pk=delivery.pk)


def test_it_is_sent_and_marked_so(delivery):
    sent = send(delivery)
    assert (sent.status, sent.attempts) == (Delivery.Status.SENT, 1)
    assert sent.sent_at
    [message] = mail.outbox
    assert message.to == [delivery.address]
    assert message.extra_headers["Message-ID"] == delivery.message_id


def test_sent_is_sent(delivery):
    send(delivery)
    send(delivery)
    assert len(mail.outbox) == 1


def test_the_worker_sends_what_is_due(delivery):
    deliver_due("post")
    assert len(mail.outbox) == 1
    assert Message.objects.get(payload__delivery_id=str(delivery.pk)).status == Message.Status.DONE


def test_tickets_of_a_booking_cancelled_meanwhile_are_not_sent(delivery):
    booking = Booking.objects.get(pk=delivery.notice.about)
    bookings.cancel(booking=booking, now=timezone.now())
    dropped = send(delivery)
    assert dropped.status == Delivery.Status.DROPPED
    assert "not true" in dropped.answer
    assert not mail.outbox


def test_what_comes_too_late_is_not_sent(delivery):
    delivery.notice.expires_at = timezone.now() - timedelta(seconds=1)
    delivery.notice.save()
    assert send(delivery).status == Delivery.Status.DROPPED
    assert not mail.outbox


def test_whether_it_is_wanted_is_asked_anew(django_assert_num_queries):
    booking = make_booking()
    joined, tickets = KINDS["waitlist_joined"], KINDS["booking_confirmed"]
    assert still_hears(booking.customer_id, joined, Channel.EMAIL)
    for kind in (joined, tickets):
        Choice.objects.create(user=booking.customer, kind=kind.name, channel=Channel.EMAIL, wanted=False)
    with django_assert_num_queries(1):
        assert not still_hears(booking.customer_id, joined, Channel.EMAIL)
    with django_assert_num_queries(0):
        assert still_hears(booking.customer_id, tickets, Channel.EMAIL)


def test_what_the_other_side_said_is_kept_and_it_is_tried_again(delivery, settings):
    settings.EMAIL_BACKEND = "notifications.tests.test_delivering.Broken"
    deliver_due("post")
    tried = Delivery.objects.get(pk=delivery.pk)
    assert (tried.status, tried.attempts) == (Delivery.Status.PENDING, 1)
    assert "451" in tried.answer
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    Message.objects.update(available_at=timezone.now())
    deliver_due("post")
    assert len(mail.outbox) == 1
    assert Delivery.objects.get(pk=delivery.pk).attempts == 2


def test_a_final_refusal_ends_it_where_staff_can_see(delivery, settings):
    settings.EMAIL_BACKEND = "notifications.tests.test_delivering.Refused"
    deliver_due("post")
    failed = Delivery.objects.get(pk=delivery.pk)
    assert failed.status == Delivery.Status.FAILED
    assert "550" in failed.answer
    assert Message.objects.get(payload__delivery_id=str(delivery.pk)).status == Message.Status.DEAD


class Broken(BaseEmailBackend):
    """A mail server that has a bad moment."""

    def send_messages(self, messages):
        raise OSError("451 try again later")


class Refused(Broken):
    """A mail server that knows nobody of that name."""

    def send_messages(self, messages):
        raise GiveUp("550 no such user here")


def test_a_server_that_says_not_now_twice_gets_one_mail_in_the_end(delivery, mails):
    mails.to_messages.extend(["451 4.3.0 Not now", "421 4.3.2 Still not"])
    for _ in range(3):
        deliver_due("post")
        Message.objects.update(available_at=timezone.now())
    [message] = mails.received
    assert message["Message-ID"] == delivery.message_id
    sent = Delivery.objects.get(pk=delivery.pk)
    assert (sent.status, sent.attempts, sent.answer) == (Delivery.Status.SENT, 3, "250 2.0.0 Ok: queued as 1")
