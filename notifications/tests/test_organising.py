"""What organisers see of the messages to their guests."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from notifications import operations
from notifications.models import Mailing
from notifications.operations import News, mailings
from notifications.organising import messages_about
from notifications.tests.mailings import cancel, edit, postpone, work_off
from tests.factories import make_booking, make_draft, make_event, make_user, owner_of

pytestmark = pytest.mark.django_db


def shown(event) -> list[tuple[str, str]]:
    return [(one.badge[1], one.words) for one in messages_about(event)]


@pytest.fixture
def event():
    event = make_event(title="Jazz", timezone="Europe/Lisbon")
    for _ in range(3):
        make_booking(event, make_user())
    return event


def test_a_change_that_waits_says_until_when(event):
    event = edit(event, title="Blues")
    [(state, words)] = shown(event)
    assert state == "Waiting"
    assert words.startswith("Goes out at ") and words.endswith(", with what you change until then.")


def test_a_mailing_says_how_far_it_is(event, monkeypatch):
    monkeypatch.setattr(mailings, "TOGETHER", 2)
    event = edit(event, title="Blues")
    mailing = Mailing.objects.get()
    operations.work_off(mailing_id=mailing.pk, now=mailing.due_at)
    assert shown(event) == [("Under way", "2 of 3 people told so far.")]
    work_off(mailing)
    [(state, words)] = shown(event)
    assert (state, words.partition(",")[0]) == ("Done", "3 people told")


def test_what_stopped_says_why(event):
    event = cancel(edit(event, title="Blues"))
    assert ("Not sent", "The event is cancelled.") in shown(event)
    Mailing.objects.update(told=1)
    assert ("Stopped", "The event is cancelled. 1 person had been told.") in shown(event)


def test_a_change_with_nobody_to_hear_it_says_so():
    event = edit(make_event(), title="Blues")
    work_off(Mailing.objects.get())
    assert shown(event) == [("Done", "There was nobody to tell.")]


def test_new_dates_of_a_postponed_event_wait_for_it_to_be_back(event):
    event = postpone(event)
    work_off(Mailing.objects.get())
    event = edit(event, title="Blues")
    assert shown(event)[0] == ("Waiting", "Goes out once the event is back on sale.")


def test_a_cancelled_event_says_how_many_know(event):
    told = [
        News("event_cancelled", one.customer_id, f"event_cancelled:{one.pk}", one.pk) for one in event.bookings.all()
    ]
    event = cancel(event)
    operations.tell(told, now=timezone.now())
    assert shown(event) == [("Done", "3 people told.")]


def test_the_overview_shows_them_to_the_team(event):
    edit(event, title="Blues")
    client = Client()
    client.force_login(owner_of(event.organizer))
    content = client.get(reverse("organise:event", args=[event.slug])).content
    assert b"Messages to guests" in content and b"Goes out at" in content
    draft = make_draft(event.organizer)
    assert b"Messages to guests" not in client.get(reverse("organise:event", args=[draft.slug])).content
