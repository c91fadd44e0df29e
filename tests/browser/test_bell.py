"""The bell in a real browser: it rings in every tab, and what it says can be read by keyboard and ear."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from notifications import operations
from notifications.models import Choice, Notice
from notifications.operations import News
from notifications.tests.notices import make_notice
from notifications.unsubscribing import token
from tests.browser.conftest import axe_findings
from tests.factories import make_booking, make_place, make_team, make_user
from waitlist.operations import leave

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SOON = 6000  # ms


def tell(user, kind: str = "booking_confirmed") -> Notice:
    """As a worker does it when something has happened."""
    booking = make_booking(customer=user)
    news = News(kind, to=user.pk, key=f"{kind}:{booking.pk}:bell", about=booking.pk)
    [notice] = operations.tell([news], now=timezone.now())
    return notice


def bell(page: Page):
    return page.get_by_role("banner").get_by_role("link", name=re.compile("^Notifications"))


def connected(page: Page) -> Page:
    """Once it hears, and whoever reloads it will be found out."""
    page.wait_for_timeout(700)
    page.evaluate("window.notReloaded = true")
    return page


def test_it_rings_in_every_tab_and_falls_silent_in_all_when_one_has_read(open_page):
    ada = make_user("Ada")
    tabs = [connected(open_page(path, user=ada)) for path in ("/", "/bookings/", "/account/")]
    for tab in tabs:
        expect(bell(tab)).to_have_accessible_name("Notifications")
    notice = tell(ada)
    for tab in tabs:
        expect(bell(tab)).to_have_accessible_name("Notifications, 1 unread", timeout=SOON)
        expect(tab.locator(".bell-badge")).to_have_text("1")
    assert all(tab.evaluate("window.notReloaded") for tab in tabs)
    reader = tabs[0]
    bell(reader).click()
    expect(reader.get_by_role("heading", level=1)).to_have_text("Notifications")
    reader.get_by_role("link", name=notice.title).click()
    reader.wait_for_url(re.compile(notice.url))
    for tab in tabs:
        expect(bell(tab)).to_have_accessible_name("Notifications", timeout=SOON)


def test_the_focus_stays_on_the_bell_while_its_number_changes(open_page):
    ada = make_user("Ada")
    page = connected(open_page("/", user=ada))
    bell(page).focus()
    tell(ada)
    expect(bell(page)).to_have_accessible_name("Notifications, 1 unread", timeout=SOON)
    expect(bell(page)).to_be_focused()


def test_news_to_somebody_is_a_toast_that_leads_to_it(open_page, monkeypatch):
    ada = make_user("Ada")
    page = connected(open_page("/", user=ada))
    notice = make_notice(ada, "offer", title="2 seats are reserved for you", url="/bookings/")
    operations.telling._show(notice)
    toast = page.locator(".toast", has_text="2 seats are reserved for you")
    expect(toast).to_be_visible(timeout=SOON)
    toast.get_by_role("link").click()
    page.wait_for_url(re.compile("/bookings/"))
    notice.refresh_from_db()
    assert notice.read_at


def test_what_was_told_while_a_page_was_away_is_counted_when_it_is_back(open_page, site):
    ada = make_user("Ada")
    page = connected(open_page("/account/", user=ada))
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    make_notice(ada)  # says nothing to pages
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    expect(bell(page)).to_have_accessible_name("Notifications, 1 unread", timeout=SOON)
    assert page.evaluate("window.notReloaded")


def test_who_signs_out_in_another_tab_is_shown_nothing_of_it(open_page, site):
    ada = make_user("Ada")
    make_notice(ada, title="Private")
    page = connected(open_page("/notifications/", user=ada))
    other = page.context.new_page()
    other.goto(site + "/")
    other.locator(".menu summary").click()
    other.get_by_role("button", name="Sign out").click()
    expect(other.locator(".menu summary")).to_contain_text("Menu")
    page.wait_for_url(re.compile("/account/login/"), timeout=3 * SOON)
    assert "Private" not in page.inner_text("body")


def test_new_ones_are_announced_on_the_list_and_nothing_moves(open_page):
    ada = make_user("Ada")
    old = make_notice(ada, title="An old one", at=timezone.now() - timedelta(hours=1))
    page = connected(open_page("/notifications/", user=ada))
    link = page.get_by_role("link", name="An old one")
    link.focus()
    tell(ada)
    expect(page.get_by_role("status").get_by_role("link", name="1 new: show it")).to_be_visible(timeout=SOON)
    expect(page.locator(".notice")).to_have_count(1)
    expect(link).to_be_focused()
    operations.mark_read(notice=old, now=timezone.now())  # in another tab
    expect(page.get_by_role("button", name="Mark as unread: An old one")).to_be_visible(timeout=SOON)
    expect(link).to_be_focused()
    page.get_by_role("link", name="1 new: show it").click()
    expect(page.locator(".notice")).to_have_count(2)


def test_the_first_one_takes_the_place_of_the_words_about_nothing(open_page):
    ada = make_user("Ada")
    page = connected(open_page("/notifications/", user=ada))
    expect(page.get_by_role("heading", name="Nothing yet")).to_be_visible()
    notice = tell(ada)
    expect(page.get_by_role("link", name=notice.title)).to_be_visible(timeout=SOON)


def test_mail_is_switched_off_and_on_again_by_the_link_in_it(open_page):
    path = f"/notifications/unsubscribe/{token(make_user('Ada').pk, 'reminder_day')}"
    page = open_page(path, javascript=False)
    page.get_by_role("button", name="Stop these e-mails").click()
    expect(page.get_by_role("status").get_by_text("no more e-mails")).to_be_visible()
    assert Choice.objects.get().wanted is False
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Switched on again")
    assert not Choice.objects.exists()


def test_one_is_marked_by_keyboard_and_the_focus_stays(open_page):
    ada = make_user("Ada")
    make_notice(ada, title="Read me")
    page = connected(open_page("/notifications/", user=ada))
    page.get_by_role("button", name="Mark as read: Read me").focus()
    page.keyboard.press("Enter")
    back = page.get_by_role("button", name="Mark as unread: Read me")
    expect(back).to_be_visible()
    expect(bell(page)).to_have_accessible_name("Notifications", timeout=SOON)
    page.wait_for_timeout(800)
    expect(back).to_be_focused()
    page.keyboard.press("Enter")
    expect(bell(page)).to_have_accessible_name("Notifications, 1 unread", timeout=SOON)


def test_everything_works_without_javascript(open_page):
    ada = make_user("Ada")
    for number in range(3):
        make_notice(ada, title=f"Number {number}", at=timezone.now() - timedelta(minutes=number))
    page = open_page("/notifications/", user=ada, javascript=False)
    page.get_by_role("button", name="Mark as read: Number 1").click()
    expect(page.get_by_role("button", name="Mark as unread: Number 1")).to_be_visible()
    expect(bell(page)).to_have_accessible_name("Notifications, 2 unread")
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.get_by_text("All marked as read.")).to_be_visible()
    expect(bell(page)).to_have_accessible_name("Notifications")


def test_preferences_are_ticked_saved_and_still_there(open_page):
    ada = make_user("Ada")
    page = open_page("/account/", user=ada)
    page.locator("main").get_by_role("link", name="Notifications").click()
    page.get_by_role("checkbox", name="A reminder the day before E-mail").uncheck()
    always = page.get_by_role("checkbox", name="Your tickets E-mail")
    expect(always).to_be_checked()
    expect(always).to_be_disabled()
    expect(always).to_have_accessible_description(re.compile("^Always by e-mail"))
    page.get_by_role("checkbox", name="Keep my devices silent").check()
    page.get_by_label("From").fill("23:15")
    expect(page.get_by_label("Time zone")).to_have_value(
        page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone")
    )
    page.get_by_role("button", name="Save preferences").click()
    expect(page.locator(".toast", has_text="Your preferences are saved.")).to_be_visible()
    expect(page.get_by_role("checkbox", name="A reminder the day before E-mail")).not_to_be_checked()
    expect(page.get_by_label("From")).to_have_value("23:15")
    assert Choice.objects.get().wanted is False


@pytest.mark.slow
def test_the_pages_pass_axe_in_both_themes_on_phone_and_desk(open_page, site):
    ada = make_user("Ada")
    make_team(ada)
    paths = ["/notifications/?show=unread"]
    page = open_page("/notifications/", user=ada)
    found = _check(page)
    leave(entry=make_place(customer=ada), now=timezone.now())
    for number in range(25):
        make_notice(ada, title=f"Number {number} " + "with a long title " * (number % 5))
    make_notice(ada, "offer", read_at=timezone.now(), title="2 seats for Rooftop Jazz are reserved for you")
    paths += ["/notifications/", "/notifications/preferences", "/account/"]
    paths += [f"/notifications/unsubscribe/{token(ada.pk, kind)}" for kind in ("reminder_day", "offer")]
    for path in paths:
        page.goto(site + path)
        found += _check(page)
    assert found == []


def _check(page: Page) -> list[str]:
    found = []
    for width in (320, 390, 1280):
        for theme in ("light", "dark"):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=theme)
            found += [f"{page.url} ({width} px, {theme}): {finding}" for finding in axe_findings(page)]
            if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                found.append(f"{page.url} ({width} px): scrolls sideways")
    return found
