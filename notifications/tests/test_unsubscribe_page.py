"""The link in a mail that switches its kind off."""

import pytest
from django.core.cache import cache
from django.test import Client

from core import limits
from notifications.kinds import KINDS, Channel
from notifications.models import Choice
from notifications.operations.channels import still_hears
from notifications.unsubscribing import token
from tests.factories import make_user

pytestmark = pytest.mark.django_db

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def ada():
    return make_user("Ada", email="ada@example.org")


def page_of(user, kind: str = "reminder_day") -> str:
    return f"/notifications/unsubscribe/{token(user.pk, kind)}"


def mailed(user, kind: str = "reminder_day") -> bool:
    return still_hears(user.pk, KINDS[kind], Channel.EMAIL)


@pytest.mark.parametrize("form", ["multipart", "urlencoded"])
def test_a_mailbox_switches_it_off_with_one_request_and_no_cookies(ada, form):
    mailbox = Client(enforce_csrf_checks=True)
    sent = {"data": ONE_CLICK}
    if form == "urlencoded":
        sent = {"data": "List-Unsubscribe=One-Click", "content_type": "application/x-www-form-urlencoded"}
    response = mailbox.post(page_of(ada), **sent)
    assert response.status_code == 200
    assert not response.cookies
    assert not mailed(ada)
    assert mailed(ada, "waitlist_joined")
    assert mailbox.post(page_of(ada), **sent).status_code == 200  # mailboxes may do it twice


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_a_look_changes_nothing(client, ada, method):
    getattr(client, method)(page_of(ada))
    assert mailed(ada)


def test_a_person_sees_what_is_switched_off_does_so_and_may_undo_it(client, ada):
    page = client.get(page_of(ada)).content.decode()
    assert "A reminder the day before" in page
    assert "a…@example.org" in page and "ada@example.org" not in page
    assert "Switched off" in client.post(page_of(ada)).content.decode()
    assert "These are switched off" in client.get(page_of(ada)).content.decode()
    assert "Switched on again" in client.post(page_of(ada), {"undo": "1"}).content.decode()
    assert mailed(ada)
    assert not Choice.objects.exists()


def test_what_organisers_get_can_be_switched_off_by_those_who_left_their_team(client, ada):
    assert client.post(page_of(ada, "sold_out")).status_code == 200
    assert not mailed(ada, "sold_out")


def test_what_is_needed_stays(client, ada):
    path = page_of(ada, "booking_confirmed")
    assert "can’t be switched off" in client.get(path).content.decode()
    assert client.post(path, ONE_CLICK).status_code == 409
    assert mailed(ada, "booking_confirmed")


def test_other_links_say_that_they_do_not_work(client, ada):
    ada.is_active = False
    ada.save()
    for path in ("/notifications/unsubscribe/x", page_of(ada), page_of(make_user(), "hold_ending")):
        for answer in (client.get(path), client.post(path, ONE_CLICK)):
            assert answer.status_code == 404
            assert "That link does not work" in answer.content.decode()
    assert not Choice.objects.exists()


def test_trying_tokens_is_slowed_down(client, settings, monkeypatch):
    cache.clear()
    settings.RATELIMIT_ENABLE = True
    monkeypatch.setitem(limits.POLICIES, "unsubscribe", limits.Policy("2/h", "address"))
    assert [client.get("/notifications/unsubscribe/x").status_code for _ in range(3)] == [404, 404, 429]
