"""An organiser at work in a real browser, with and without JavaScript; staff in the admin."""

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.invitation_links import link
from accounts.models import Invitation
from events.models import Event
from outbox.tasks import deliver_due
from tests.browser.test_accessibility import check, check_all
from tests.factories import PASSWORD, make_booking, make_draft, make_event, make_team, make_user

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

YEAR = timezone.now().year + 1


@pytest.fixture
def olga():
    return make_user("Olga")


def fill(page: Page) -> None:
    """Everything an event needs, ticket types aside."""
    page.fill("[name=title]", "Jazz on the quay")
    page.select_option("[name=timezone]", "Europe/Lisbon")
    page.fill("[name=starts_at]", f"{YEAR}-06-13T20:00")
    page.fill("[name=ends_at]", f"{YEAR}-06-13T23:00")
    page.check("[name=place][value=online]")
    page.fill("[name=online_url]", "https://example.org/jazz")


def go_to(page: Page, path: str) -> None:
    page.goto("/".join(page.url.split("/")[:3]) + path)


@pytest.mark.parametrize("javascript", [True, False])
def test_from_no_team_to_an_event_on_sale(open_page, olga, javascript):
    page = open_page("/organise/", user=olga, javascript=javascript)
    page.fill("[name=name]", "Jazz Club")
    page.click("main button")
    page.click("text=New event >> nth=0")
    fill(page)
    page.click("text=Add ticket type")
    page.locator(f"[name=types-1-name]{':focus' if javascript else ''}").wait_for()  # htmx focuses when it has settled
    page.fill("[name=types-1-name]", "Patron")
    page.fill("[name=types-1-price]", "25")
    page.click("text=Save as a draft")
    page.click("main button:has-text('Publish')")
    page.get_by_text("Published: people can find it now.").first.wait_for()
    event = Event.objects.get()
    assert (event.status, event.organizer.name) == ("published", "Jazz Club")
    assert [(kind.name, kind.price) for kind in event.types_for_sale()] == [("Admission", 0), ("Patron", 2500)]


def test_a_browser_sends_an_untouched_page_back_as_it_was(open_page, olga):
    event = make_event(make_team(olga))
    page = open_page(reverse("organise:edit", args=[event.slug]), user=olga)
    page.click(".action-bar button >> nth=0")
    page.get_by_text("Saved.").first.wait_for()
    saved = Event.objects.get()
    assert (saved.starts_at, saved.ends_at, saved.version) == (event.starts_at, event.ends_at, event.version + 1)


def test_enter_saves_and_removes_nothing(open_page, olga):
    event = make_draft(make_team(olga))
    page = open_page(reverse("organise:edit", args=[event.slug]), user=olga)
    page.fill("[name=title]", "Jazz")
    page.press("[name=title]", "Enter")
    page.get_by_text("Saved.").first.wait_for()
    saved = Event.objects.get()
    assert (saved.title, saved.types_for_sale().count()) == ("Jazz", 1)


def test_a_form_on_its_way_is_not_sent_again(open_page, olga):
    event = make_event(make_team(olga), title="Jazz")
    page = open_page(reverse("organise:event", args=[event.slug]), user=olga)
    held_back = page.get_by_role("button", name="Duplicate").evaluate(
        """button => {
            const held = [];
            addEventListener("submit", (event) => held.push(event.defaultPrevented));
            button.click();
            button.click();
            return held;
        }"""
    )
    assert held_back == [False, True]
    page.get_by_text("Copied.").first.wait_for()
    assert Event.objects.count() == 2


def test_two_tabs_and_a_deliberate_choice(open_page, olga):
    event = make_draft(make_team(olga), title="Jazz")
    path = reverse("organise:edit", args=[event.slug])
    first, second = (open_page(path, user=olga, expected=409) for _ in range(2))
    first.fill("[name=title]", "First")
    second.fill("[name=title]", "Second")
    first.click(".action-bar button >> nth=0")
    first.get_by_text("Saved.").first.wait_for()
    second.click(".action-bar button >> nth=0")
    second.get_by_text("Saved now: First").wait_for()
    assert check(second) == []
    second.click("text=Overwrite with mine")
    second.get_by_text("Saved.").first.wait_for()
    assert Event.objects.get().title == "Second"


def test_the_way_in_is_for_everyone(open_page, olga):
    assert check_all(open_page, ["/organise/"], user=olga) == []


def test_the_admin_works_under_its_policy(open_page):
    root, event = make_user("Root", is_staff=True, is_superuser=True), make_draft()
    page = open_page("/admin/", user=root, width=1280)
    for path in ("accounts/user/", f"accounts/user/{root.pk}/change/", f"events/event/{event.pk}/change/"):
        go_to(page, f"/admin/{path}")
    go_to(page, "/admin/events/event/")
    page.locator("input.action-select:visible").first.check()
    page.select_option("select[name=action]", "publish")
    page.locator("button:has-text('Run')").first.click()
    page.get_by_text(f"{event.title} is on sale.").wait_for()
    assert Event.objects.get().status == "published"


def test_what_guests_are_told_stands_on_the_events_page(open_page, olga):
    event = make_event(make_team(olga), title="Jazz")
    make_booking(event)
    page = open_page(reverse("organise:edit", args=[event.slug]), user=olga)
    page.fill("[name=title]", "Blues")
    page.click(".action-bar button >> nth=0")
    page.get_by_text("Saved. 1 person hears of the change in a few minutes.").first.wait_for()
    deliver_due()
    page.reload()
    page.get_by_text("Goes out at").wait_for()
    assert check(page) == []


@pytest.mark.parametrize("javascript", [True, False])
def test_somebody_is_invited_makes_an_account_and_is_in_the_team(open_page, olga, javascript):
    team = make_team(olga)
    page = open_page(f"/organise/teams/{team.pk}", user=olga, javascript=javascript)
    page.get_by_label("E-mail").fill("ben@example.org")
    page.get_by_label("Manager").check()
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_text("We are writing to ben@example.org.").first).to_be_visible()

    landing = link(Invitation.objects.get()).removeprefix(settings.BASE_URL)
    page = open_page(landing, javascript=javascript)
    page.get_by_role("link", name="Create an account").click()
    page.get_by_label("Your name").fill("Ben")
    page.get_by_label("E-mail").fill("ben@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    page.get_by_role("button", name="Join the team").click()
    expect(page.get_by_text(f"Welcome to {team.name}. Your role: Manager.").first).to_be_visible()
    assert team.memberships.get(user__name="Ben").role == "manager"
