"""Messages as staff see them, and sending them again."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from notifications import operations
from notifications.errors import NotAgain
from notifications.kinds import Channel
from notifications.models import Delivery
from notifications.tests.notices import make_notice
from outbox.models import Message
from outbox.tasks import deliver_due
from tests.factories import make_booking, make_user
from tests.racing import race

pytestmark = pytest.mark.django_db

LIST = reverse("admin:notifications_delivery_changelist")


@pytest.fixture
def staff(client):
    client.force_login(make_user("Root", is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def delivery() -> Delivery:
    """The tickets of a booking, as they were mailed."""
    booking = make_booking()
    Message.objects.all().delete()
    news = operations.News("booking_confirmed", to=booking.customer_id, key="test:1", about=booking.pk)
    operations.tell([news], now=timezone.now())
    deliver_due("post")
    mail.outbox.clear()
    return Delivery.objects.get()


def resend(client, *deliveries: Delivery) -> list[str]:
    chosen = {"action": "send_again", "_selected_action": [str(one.pk) for one in deliveries]}
    return [str(said) for said in client.post(LIST, chosen, follow=True).context["messages"]]


def test_staff_send_it_again_and_that_is_noted(staff, delivery):
    assert delivery.status == Delivery.Status.SENT
    assert resend(staff, delivery) == ["1 on the way again."]
    deliver_due("post")
    again = Delivery.objects.get()
    assert (again.status, again.attempts, again.again) == (Delivery.Status.SENT, 2, 1)
    # A mailbox that has the first one would not show a second one of the same name.
    assert mail.outbox[0].extra_headers["Message-ID"] == again.message_id != delivery.message_id
    entry = LogEntry.objects.get()
    assert (entry.object_id, entry.get_change_message()) == (str(delivery.pk), "Sent again.")


def test_what_was_given_up_leaves_the_dead_of_the_ledger(staff, delivery):
    Message.objects.update(status=Message.Status.DEAD)
    Delivery.objects.update(status=Delivery.Status.FAILED, answer="550 no such user")
    assert "550 no such user" in staff.get(LIST, {"status__exact": "failed"}).content.decode()
    resend(staff, delivery)
    deliver_due("post")
    assert Delivery.objects.get().message_id == delivery.message_id  # it never arrived
    assert list(Message.objects.values_list("status", flat=True)) == [Message.Status.DONE]
    assert len(mail.outbox) == 1


def test_what_is_on_its_way_is_not_sent_twice(staff, delivery):
    assert resend(staff, delivery) == ["1 on the way again."]
    assert resend(staff, delivery) == [f"{delivery.notice}: It is on its way."]
    deliver_due("post")
    assert len(mail.outbox) == 1
    assert LogEntry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_of_staff_at_once_send_it_once(delivery):
    outcomes = race([lambda: operations.send_again(delivery=delivery, now=timezone.now())] * 4, threads=4)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NoneType", "NotAgain", "NotAgain", "NotAgain"]
    assert Message.objects.filter(status=Message.Status.PENDING).count() == 1
    assert Delivery.objects.get().again == 1


def test_what_comes_too_late_stays_unsent(delivery):
    delivery.notice.expires_at = timezone.now() - timedelta(seconds=1)
    delivery.notice.save()
    with pytest.raises(NotAgain, match="too late"):
        operations.send_again(delivery=delivery, now=timezone.now())
    assert Delivery.objects.get().status == Delivery.Status.SENT


def test_a_device_that_is_gone_is_not_reached(delivery):
    Delivery.objects.update(channel=Channel.PUSH, address="")
    with pytest.raises(NotAgain, match="removed"):
        operations.send_again(delivery=delivery, now=timezone.now())


def test_links_that_let_people_in_are_not_kept(delivery):
    delivery.notice.kind = "way_in"
    delivery.notice.save()
    with pytest.raises(NotAgain, match="not kept"):
        operations.send_again(delivery=delivery, now=timezone.now())


@pytest.mark.parametrize("q", ["ada", "test:1", "tickets for", "nothing"])
def test_they_are_found_by_address_key_and_title(staff, delivery, q):
    Delivery.objects.update(address="ada@example.org")
    found = staff.get(LIST, {"q": q}).context["cl"].result_count
    assert found == (0 if q == "nothing" else 1)


def test_they_are_told_apart_by_status_channel_and_kind(staff, delivery):
    for query, count in (
        ({"status__exact": "sent"}, 1),
        ({"status__exact": "failed"}, 0),
        ({"channel__exact": "push"}, 0),
        ({"kind": "booking_confirmed"}, 1),
        ({"kind": "offer"}, 0),
        ({"kind": "nonsense"}, 0),
    ):
        assert staff.get(LIST, query).context["cl"].result_count == count


def test_nothing_can_be_typed(staff, delivery):
    change = reverse("admin:notifications_delivery_change", args=[delivery.pk])
    assert staff.get(change).status_code == 200
    assert staff.post(change, {"status": "pending"}).status_code == 403
    notice = reverse("admin:notifications_notice_change", args=[delivery.notice_id])
    assert "550" not in staff.get(notice).content.decode()
    assert staff.post(notice, {"title": "X"}).status_code == 403


def test_the_list_takes_the_same_queries_however_many(staff):
    counts = []
    for number in (1, 3):
        for _ in range(number):
            notice = make_notice(make_user())
            Delivery.objects.create(notice=notice, channel=Channel.EMAIL, address="a@b.example", due_at=timezone.now())
        with CaptureQueriesContext(connection) as queries:
            staff.get(LIST)
        counts.append(len(queries))
    assert counts[0] == counts[1]
