"""One message to many people, some at a time: each hears it once, whatever stops it."""

import pytest
from django.utils import timezone

from bookings import operations as bookings
from notifications import operations
from notifications.kinds import Channel
from notifications.models import Delivery, Mailing, Notice
from notifications.operations import mailings
from notifications.tests.mailings import crowd, edit, work_off
from outbox.models import Message
from tests.factories import make_booking, make_event, make_user

pytestmark = pytest.mark.django_db

PEOPLE = 7


@pytest.fixture
def small_steps(monkeypatch):
    monkeypatch.setattr(mailings, "TOGETHER", 3)


@pytest.fixture
def mailing() -> Mailing:
    """Of a change, to seven people."""
    event = make_event(title="Jazz")
    for number in range(PEOPLE):
        make_booking(event, make_user(f"Guest{number}"))
    edit(event, title="Blues")
    return Mailing.objects.get()


def step(mailing: Mailing) -> Mailing:
    operations.work_off(mailing_id=mailing.pk, now=mailing.due_at)
    return Mailing.objects.get(pk=mailing.pk)


def told() -> list:
    return sorted(Notice.objects.filter(kind="event_changed").values_list("recipient", flat=True))


def everybody() -> list:
    return sorted(mailing.customer_id for mailing in Mailing.objects.get().event.bookings.confirmed())


def test_people_are_told_some_at_a_time_and_each_once(small_steps, mailing):
    assert (step(mailing).told, step(mailing).told, step(mailing).told) == (3, 6, 7)
    mailing.refresh_from_db()
    assert mailing.finished_at
    assert mailing.people == PEOPLE
    assert told() == everybody()
    step(mailing)
    assert len(told()) == PEOPLE


def test_each_step_announces_the_next_once(small_steps, mailing):
    work_off(mailing)
    announced = Message.objects.filter(fact="mailing_due").count()
    assert announced == 1 + PEOPLE // 3  # its beginning, and after each full step


def test_letters_of_a_mailing_wait_behind_what_concerns_one_person(mailing):
    work_off(mailing)
    lanes = Message.objects.filter(fact="bulk_letter_due").values_list("lane", flat=True)
    assert list(lanes) == ["bulk"] * PEOPLE
    assert Delivery.objects.filter(notice__kind="event_changed", channel=Channel.EMAIL).count() == PEOPLE


def test_who_cancels_before_their_turn_is_not_told(small_steps, mailing):
    step(mailing)
    last = mailing.event.bookings.order_by("customer_id").last()
    bookings.cancel(booking=last, now=timezone.now())
    assert work_off(mailing).told == PEOPLE - 1
    assert last.customer_id not in told()


def test_who_cancels_before_their_letter_is_sent_gets_none(mailing, mailoutbox):
    work_off(mailing)
    delivery = Delivery.objects.filter(notice__kind="event_changed").first()
    booking = mailing.event.bookings.get(customer=delivery.notice.recipient)
    bookings.cancel(booking=booking, now=timezone.now())
    operations.deliver(delivery_id=delivery.pk)
    delivery.refresh_from_db()
    assert (delivery.status, mailoutbox) == (Delivery.Status.DROPPED, [])


@pytest.mark.parametrize("people", [1, PEOPLE])
def test_a_step_takes_nineteen_statements_for_many_as_for_few(people, django_assert_num_queries):
    crowd(event := make_event(title="Jazz"), people)
    edit(event, title="Blues")
    mailing = Mailing.objects.get()
    with django_assert_num_queries(19):
        operations.work_off(mailing_id=mailing.pk, now=mailing.due_at)
    assert Mailing.objects.get().told == people


def test_a_mailing_that_is_gone_is_nothing_to_do(mailing):
    pk = mailing.pk
    mailing.delete()
    operations.work_off(mailing_id=pk, now=timezone.now())
    assert told() == []


def test_nobody_to_tell_is_told_at_once():
    edit(make_event(), title="Blues")
    mailing = work_off(Mailing.objects.get())
    assert (mailing.people, mailing.told) == (0, 0)
    assert mailing.finished_at
