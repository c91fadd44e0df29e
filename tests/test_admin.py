"""The admin as a whole: every page of every model answers, and only staff get there."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, User
from accounts.operations import close_account
from events.models import Event
from events.operations import VenueInput
from outbox.tasks import deliver_due
from tests.factories import make_booking, make_draft, make_event, make_place, make_team, make_user
from waitlist.models import Entry

pytestmark = pytest.mark.django_db

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(make_user("Root", is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def world():
    """A row of everything."""
    event = make_event(online_url="", venue=VenueInput("Cais", "Lisboa", "PT"))
    make_booking(event, quantity=10)
    make_place(event)
    deliver_due()
    close_account(user=make_user("Gone"), now=timezone.now())
    return event


def url(model, page: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_page_of_every_model_answers(staff, world, model):
    assert staff.get(url(model, "changelist")).status_code == 200
    assert staff.get(url(model, "changelist"), {"q": "x"}).status_code == 200
    assert staff.get(url(model, "add")).status_code in (200, 403)
    row = model._default_manager.first()
    if row is not None:
        assert staff.get(url(model, "change", row.pk)).status_code == 200


@pytest.mark.parametrize("q", ["é", "%", "'", "01", "x" * 5000, "a\x00b", '"'])
def test_searches_may_be_odd(staff, world, q):
    for model in MODELS:
        assert staff.get(url(model, "changelist"), {"q": q}).status_code in (200, 302, 400)


def test_staff_sign_in_where_everybody_does():
    answer = Client().get("/admin/", follow=True)
    assert answer.request["PATH_INFO"] == "/account/login/"
    make_user("Sam", email="sam@example.org", is_staff=True)
    page = Client()
    data = {"login": "sam@example.org", "password": "correct horse battery", "next": "/admin/"}
    assert page.post("/account/login/", data)["Location"] == "/admin/"
    assert page.get("/admin/").status_code == 200


def test_others_are_turned_away():
    page = Client()
    page.force_login(make_user("Eve"))
    assert page.get("/admin/", follow=True).status_code == 403
    assert page.get("/admin/events/event/", follow=True).status_code == 403


def chosen(action: str, *rows) -> dict[str, object]:
    return {"action": action, "_selected_action": [str(row.pk) for row in rows]}


def test_actions_call_the_operations_and_report_refusals(staff):
    ready, bare = make_draft(title="Ready"), make_draft(title="Bare", ticket_types=[])
    answer = staff.post(url(Event, "changelist"), chosen("publish", ready, bare), follow=True)
    assert sorted(str(message) for message in answer.context["messages"]) == [
        "Bare: Before it can be published: add at least one ticket type.",
        "Ready is on sale.",
    ]
    assert set(Event.objects.values_list("title", "status")) == {("Ready", "published"), ("Bare", "draft")}
    staff.post(url(Event, "changelist"), chosen("postpone", ready))
    assert Event.objects.get(title="Ready").status == "postponed"
    staff.post(url(Event, "changelist"), chosen("cancel", ready))
    assert Event.objects.get(title="Ready").status == "cancelled"


def test_counters_and_statuses_cannot_be_typed(staff):
    event = make_event()
    assert staff.post(url(Event, "change", event.pk), {"status": "draft", "title": "X"}).status_code == 403
    inventory = event.inventory
    assert staff.post(url(type(inventory), "change", inventory.pk), {"claimed": 9}).status_code == 403
    assert staff.post(url(Event, "delete", event.pk), {"post": "yes"}).status_code == 403
    event.refresh_from_db()
    assert (event.status, event.inventory.claimed) == ("published", 0)


def test_places_in_line_are_looked_at_and_moved_on_the_organisers_page(staff, world):
    entry = Entry.objects.get()
    content = staff.get(url(Entry, "change", entry.pk)).content.decode()
    assert f"/organise/events/{world.slug}/line" in content and f"/organise/events/{world.slug}/why" in content
    assert staff.post(url(Entry, "change", entry.pk), {"status": "offered", "number": 1}).status_code == 403
    assert staff.post(url(Entry, "delete", entry.pk), {"post": "yes"}).status_code == 403
    staff.post(url(Entry, "changelist"), chosen("delete_selected", entry))
    entry.refresh_from_db()
    assert (entry.status, entry.number) == ("waiting", 1)


def helper(*models) -> Client:
    """Staff who may change these models, without being superusers."""
    user = make_user("Sam", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__model__in=[m._meta.model_name for m in models]))
    client = Client()
    client.force_login(user)
    return client


def test_only_superusers_hand_out_powers():
    sam, ada = helper(User), make_user("Ada")
    powers = {"name": "Ada L", "is_staff": "on", "is_superuser": "on", "email": "x@example.org", "is_active": ""}
    assert sam.post(url(User, "change", ada.pk), powers).status_code == 302
    ada.refresh_from_db()
    assert (ada.name, ada.is_staff, ada.is_superuser, ada.is_active) == ("Ada L", False, False, True)
    assert ada.email != "x@example.org"


def test_staff_do_not_touch_superusers():
    sam, root = helper(User), make_user("Root", is_staff=True, is_superuser=True)
    password = {"usable_password": "true", "password1": "a different horse", "password2": "a different horse"}
    change = reverse("admin:auth_user_password_change", args=[root.pk])
    assert sam.post(change, password).status_code == 403
    assert sam.post(url(User, "change", root.pk), {"name": "X"}).status_code == 403
    sam.post(url(User, "changelist"), chosen("close_accounts", root))
    root.refresh_from_db()
    assert (root.name, root.is_active, root.check_password("correct horse battery")) == ("Root", True, True)


def test_accounts_are_closed_by_the_operation(staff):
    ada, olga = make_user("Ada"), make_user("Olga")
    make_event(make_team(olga))
    answer = staff.post(url(User, "changelist"), chosen("close_accounts", ada, olga), follow=True)
    assert any("has upcoming events and no other owner" in str(said) for said in answer.context["messages"])
    assert list(User.objects.exclude(closed_at=None)) == [ada]


def test_a_new_account_gets_its_address_in_lower_case(staff):
    data = {"email": "New@Example.org", "name": "New", "usable_password": "true"}
    staff.post(url(User, "add"), {**data, "password1": "a different horse", "password2": "a different horse"})
    assert User.objects.get(name="New").email == "new@example.org"
    answer = staff.post(url(User, "add"), {**data, "password1": "a different horse", "password2": "a different horse"})
    assert "email" in answer.context["adminform"].form.errors or answer.context["adminform"].form.non_field_errors()


def test_a_team_keeps_an_owner_here_too(staff):
    team = make_team()
    owner = team.memberships.get()
    rows: dict[str, object] = {
        "memberships-TOTAL_FORMS": 1,
        "memberships-INITIAL_FORMS": 1,
        "memberships-0-id": owner.pk,
    }
    rows |= {"memberships-0-id": owner.pk, "memberships-0-team": str(team.pk), "memberships-0-user": str(owner.user_id)}
    change = url(type(team), "change", team.pk)
    assert staff.post(change, {"name": "New", **rows, "memberships-0-role": "door"}).status_code == 200
    assert Membership.objects.get().role == "owner"
    assert staff.post(change, {"name": "New", **rows, "memberships-0-role": "owner"}).status_code == 302
