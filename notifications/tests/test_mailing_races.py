"""Mailings over real connections. Each of these fails when its guard is taken out."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from django.db import transaction
from django.utils import timezone

from events.operations.editing import describe
from notifications import operations
from notifications.models import Mailing, Notice
from notifications.operations import mailings
from notifications.tests.mailings import edit, work_off
from tests.factories import make_booking, make_event, make_user
from tests.racing import closing, race, wait_until_blocked

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def event():
    event = make_event(title="One", capacity=50)
    for _ in range(12):
        make_booking(event, make_user())
    return event


@pytest.fixture
def mailing(event) -> Mailing:
    edit(event, title="Two")
    return Mailing.objects.get()


def change(event, old: str, new: str):
    """Hearing of a further change."""
    state, now = describe(event), timezone.now()
    before, after = {**state, "title": old}, {**state, "title": new}
    return partial(operations.gather_change, event_id=event.pk, at=now, before=before, after=after, now=now)


def times_told() -> list[int]:
    people = Notice.objects.filter(kind="event_changed").values_list("recipient", flat=True)
    return [list(people).count(person) for person in set(people)]


def test_a_change_heard_while_a_mailing_begins_becomes_one_of_its_own(event, mailing):
    event.refresh_from_db()
    with ThreadPoolExecutor() as pool:
        with transaction.atomic():
            operations.work_off(mailing_id=mailing.pk, now=mailing.due_at)  # begun, and not committed
            gathering = pool.submit(closing(change(event, "Two", "Three")))
            wait_until_blocked()
        gathering.result(timeout=10)
    begun, waiting = Mailing.objects.order_by("created_at")
    assert (begun.pk, begun.told, len(begun.data["changes"])) == (mailing.pk, 12, 1)
    assert begun.finished_at
    assert [one["after"]["title"] for one in waiting.data["changes"]] == ["Three"]


def test_a_mailing_that_is_to_begin_while_a_change_is_gathered_waits_for_its_new_time(event, mailing):
    event.refresh_from_db()
    with ThreadPoolExecutor() as pool:
        with transaction.atomic():
            change(event, "Two", "Three")()
            beginning = pool.submit(closing(operations.work_off), mailing_id=mailing.pk, now=mailing.due_at)
            wait_until_blocked()
        beginning.result(timeout=10)
    [mailing] = Mailing.objects.all()
    assert (mailing.began_at, len(mailing.data["changes"])) == (None, 2)
    assert times_told() == []


def test_changes_heard_by_many_workers_at_once_wait_together(event):
    outcomes = race([change(event, str(number), str(number + 1)) for number in range(8)], threads=8)
    assert outcomes == [None] * 8
    assert len(Mailing.objects.get().data["changes"]) == 8


def test_workers_on_the_same_mailing_tell_each_person_once(mailing, monkeypatch):
    monkeypatch.setattr(mailings, "TOGETHER", 2)
    step = partial(operations.work_off, mailing_id=mailing.pk, now=mailing.due_at)
    assert race([step] * 12, threads=6) == [None] * 12
    assert work_off(mailing).told == 12
    assert times_told() == [1] * 12


def test_a_reminder_found_by_many_at_once_is_told_once(event):
    now = event.starts_at - timedelta(hours=23)
    make = partial(operations.begin_reminders, now=now)
    race([make] * 6, threads=6)
    [mailing] = Mailing.objects.all()
    assert mailing.kind == "reminder_day"
