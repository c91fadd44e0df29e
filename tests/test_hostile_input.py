"""What no browser of ours sends: refused by name, at every door, and nothing is changed."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import User
from bookings.models import Booking
from core import limits
from events.models import Event
from tests.api import Api, assert_problem
from tests.factories import PASSWORD, make_booking, make_draft, make_event, make_team, make_user, owner_of, signed_in

pytestmark = pytest.mark.django_db

REORDERING = "\u202egnp.exe"
INVISIBLE = "\u200b\u2060"
TWO_LINES = "Ada\r\nX-Evil: 1"


@pytest.fixture
def ada() -> User:
    return make_user("Ada")


# --- Cookies ----------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/account/", "/bookings/", "/organise/"])
def test_a_nul_in_a_cookie_is_refused(path):
    answer = Client(headers={"Cookie": r'evently_session="\000abcdefgh"'}).get(path)
    assert answer.status_code == 400


# --- Text ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [REORDERING, INVISIBLE, TWO_LINES])
def test_names_and_titles_are_one_line_that_shows_something(ada, text):
    draft = make_draft()
    change = {
        "version": draft.version,
        "title": text,
        "tags": [text],
        "online_url": "",
        "venue": {"name": text, "address": text, "city": text, "country": "PT"},
        "ticket_types": [{"name": text}],
    }
    fields = ["title", "tags", "venue.name", "venue.address", "venue.city", "ticket_types.0.name"]
    organiser = Api(owner_of(draft.organizer))
    assert_problem(organiser.send("PATCH", f"/api/events/{draft.pk}", change), 400, "invalid", *fields)
    assert_problem(Api(ada).send("PATCH", "/api/auth/me", {"name": text}), 400, "invalid", "name")
    booking = {"event": str(make_event().pk), "quantity": 1, "name": text}
    assert_problem(Api(ada).send("POST", "/api/bookings", booking), 400, "invalid", "name")
    assert Event.objects.get(pk=draft.pk).title == draft.title
    assert not Booking.objects.exists()


@pytest.mark.parametrize("text", [REORDERING, INVISIBLE, TWO_LINES])
def test_pages_hold_names_to_the_same(ada, text):
    page = signed_in(ada)
    assert page.post(reverse("account_profile"), {"name": text}).status_code == 422
    assert page.post(reverse("organise:new_team"), {"name": text}).status_code == 422
    ada.refresh_from_db()
    assert ada.name == "Ada"
    assert not ada.memberships.exists()
    Client().post(reverse("account_signup"), {"name": text, "email": "new@example.org", "password1": PASSWORD})
    assert not User.objects.filter(email="new@example.org").exists()


def test_an_event_called_new_has_a_page_of_its_own():
    team = make_team()
    draft = make_draft(team, title="New")
    answer = signed_in(owner_of(team)).get(reverse("organise:event", args=[draft.slug]))
    assert answer.context["event"] == draft


# --- Repeated and too often ---------------------------------------------------------------------------


def test_a_key_that_comes_back_for_somebody_else_is_refused(ada):
    wanted = {"event": str(make_event().pk), "quantity": 1, "name": "Ada"}
    api = Api(ada)
    assert api.send("POST", "/api/bookings", wanted, Idempotency_Key="tap").status_code == 201
    again = api.send("POST", "/api/bookings", {**wanted, "name": "Grace"}, Idempotency_Key="tap")
    assert_problem(again, 422, "idempotency-key-reused")
    assert Booking.objects.get().name == "Ada"


def test_printing_by_api_is_slowed_down_as_on_pages(ada, settings, monkeypatch):
    cache.clear()
    settings.RATELIMIT_ENABLE = True
    monkeypatch.setitem(limits.POLICIES, "pdf", limits.Policy("1/h", "person"))
    path = f"/api/tickets/{make_booking(customer=ada).pk}/download"
    assert [Api(ada).send("GET", path).status_code for _ in range(2)] == [200, 429]


@pytest.mark.parametrize(
    ("path", "action"),
    [
        ("accounts_user", "close_accounts"),
        ("accounts_team", "delete_selected"),
        ("events_event", "cancel"),
        ("bookings_booking", "cancel"),
        ("tickets_ticket", "print_tickets"),
        ("outbox_message", "resend"),
        ("notifications_delivery", "send_again"),
    ],
)
def test_staff_selecting_what_is_no_id_is_a_bad_request(path, action):
    staff = signed_in(make_user("Root", is_staff=True, is_superuser=True))
    sent = {"action": action, "_selected_action": "nonsense", "index": "0"}
    assert staff.post(reverse(f"admin:{path}_changelist"), sent).status_code == 400
