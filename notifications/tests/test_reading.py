"""Reading notices, and forgetting old ones."""

from datetime import time, timedelta

import pytest
from django.utils import timezone

from accounts.operations import close_account
from core.live import marks
from notifications import operations
from notifications.kinds import Channel
from notifications.models import Choice, Delivery, Notice, QuietHours
from notifications.tests.notices import make_notice
from outbox.tasks import deliver_due
from tests.factories import make_user
from tests.racing import race

pytestmark = pytest.mark.django_db

NIGHT = operations.Quiet(time(22), time(7), "UTC")


@pytest.fixture
def ada():
    return make_user("Ada")


@pytest.fixture
def letters(monkeypatch):
    """What is said to pages, as (person, topic)."""
    heard = []
    monkeypatch.setattr(marks, "tell", lambda user_id, topic, about, **_: heard.append((user_id, topic)))
    return heard


def unread(user) -> list[str]:
    return sorted(Notice.objects.of(user).unread().values_list("title", flat=True))


def test_reading_counts_once_and_is_said_in_all_tabs(ada, letters):
    notice, now = make_notice(ada), timezone.now()
    assert operations.mark_read(notice=notice, now=now)
    assert not operations.mark_read(notice=notice, now=now + timedelta(hours=1))
    notice.refresh_from_db()
    assert notice.read_at == now
    assert letters == [(ada.pk, "notice")]


def test_it_can_be_kept_for_later(ada, letters):
    notice = make_notice(ada, read_at=timezone.now())
    assert operations.mark_unread(notice=notice)
    assert not operations.mark_unread(notice=notice)
    assert unread(ada) == [notice.title]
    assert letters == [(ada.pk, "notice")]


def test_all_of_one_person_are_marked_and_nobody_elses(ada, letters):
    for _ in range(3):
        make_notice(ada)
    make_notice(ben := make_user("Ben"), title="His")
    assert operations.mark_all_read(user=ada, now=timezone.now()) == 3
    assert operations.mark_all_read(user=ada, now=timezone.now()) == 0
    assert (unread(ada), unread(ben)) == ([], ["His"])
    assert letters == [(ada.pk, "notice")]


def test_what_came_since_somebody_looked_stays_unread(ada):
    now = timezone.now()
    make_notice(ada, at=now - timedelta(days=1))
    top = make_notice(ada, at=now)
    make_notice(ada, at=now, title="Same moment, later")
    make_notice(ada, at=now + timedelta(seconds=1), title="Later")
    assert operations.mark_all_read(user=ada, now=now, until=top) == 2
    assert unread(ada) == ["Later", "Same moment, later"]


def test_what_is_not_in_the_bell_is_not_read(ada):
    notice = make_notice(ada, in_bell=False)
    assert not operations.mark_read(notice=notice, now=timezone.now())
    assert operations.mark_all_read(user=ada, now=timezone.now()) == 0


@pytest.mark.django_db(transaction=True)
def test_two_tabs_that_mark_all_at_once_mark_each_once(ada):
    for _ in range(40):
        make_notice(ada)
    counts = race([lambda: operations.mark_all_read(user=ada, now=timezone.now())] * 6, threads=6)
    assert sum(counts) == 40
    assert unread(ada) == []


# --- Forgetting ---------------------------------------------------------------------------------------


def test_a_year_is_kept_of_what_was_read_and_two_of_what_was_not(ada):
    now = timezone.now()
    year, two_years = now - timedelta(days=366), now - timedelta(days=731)
    make_notice(ada, at=year, read_at=year, title="read long ago")
    make_notice(ada, at=year, title="never read")
    make_notice(ada, at=now - timedelta(days=364), read_at=now, title="read this year")
    make_notice(ada, at=two_years, title="never read in two years")
    make_notice(ada, at=year, in_bell=False, title="mail alone")
    assert operations.forget_old(now=now, limit=2) == 3
    assert sorted(Notice.objects.values_list("title", flat=True)) == ["never read", "read this year"]
    assert operations.forget_old(now=now) == 0


def test_how_it_was_delivered_is_forgotten_with_it(ada):
    now = timezone.now()
    old, new = make_notice(ada, at=now - timedelta(days=800)), make_notice(ada)
    for notice in (old, new):
        Delivery.objects.create(notice=notice, channel=Channel.EMAIL, address=ada.email, due_at=now)
    assert operations.forget_old(now=now) == 1
    assert Delivery.objects.get().notice == new


def test_of_a_closed_account_nothing_is_kept(ada):
    for user in (ada, make_user("Ben")):
        notice = make_notice(user, title=user.name)
        Delivery.objects.create(notice=notice, channel=Channel.EMAIL, address=user.email, due_at=timezone.now())
        operations.set_preferences(user=user, wanted={("welcome", "bell"): False}, quiet=NIGHT)
    close_account(user=ada, now=timezone.now())
    deliver_due()
    assert [notice.title for notice in Notice.objects.all()] == ["Ben"]
    assert [delivery.notice.title for delivery in Delivery.objects.all()] == ["Ben"]
    assert [choice.user.name for choice in Choice.objects.all()] == ["Ben"]
    assert [hours.user.name for hours in QuietHours.objects.all()] == ["Ben"]
