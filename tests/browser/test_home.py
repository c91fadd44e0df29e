"""The organiser's home in a real browser: from nothing to a first sale; what needs attention until it is seen to."""

from collections.abc import Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from analytics import operations as analytics
from events.models import Event
from payments.models import Payment
from tests.browser.test_organise import fill, go_to
from tests.factories import make_booking, make_user

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def done(page: Page) -> list[str]:
    """The steps of the checklist that are ticked."""
    return page.locator(".checklist li[data-state=done] strong").all_inner_texts()


def number(page: Page, label: str) -> str:
    return page.locator(f".number-card:has-text('{label}') dd strong").first.inner_text()


def attention(page: Page) -> list[str]:
    return page.locator(".attention li").all_inner_texts()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_new_organiser_goes_from_the_checklist_to_a_first_sale_and_sees_the_numbers_change(open_page, javascript):
    olga = make_user("Olga")
    page = open_page("/organise/", user=olga, javascript=javascript)
    assert done(page) == []
    page.fill("[name=name]", "Jazz Club")
    page.click("main button")
    go_to(page, "/organise/")
    assert done(page) == ["Name your team"]
    page.click(".checklist a:has-text('Describe an event')")
    fill(page)
    page.click("text=Save as a draft")
    go_to(page, "/organise/")
    assert "Describe an event" in done(page) and "Publish it" not in done(page)
    page.click(".checklist a:has-text('Publish it')")
    page.click("main button:has-text('Publish')")
    page.get_by_text("Published: people can find it now.").first.wait_for()
    go_to(page, "/organise/")
    left = page.locator(".checklist strong").all_inner_texts()
    assert "Invite somebody" in left and "Publish it" not in left
    assert (number(page, "Tickets booked"), attention(page)) == ("–", [])

    make_booking(Event.objects.get(), quantity=3)
    analytics.sweep_all()
    page.reload()
    assert number(page, "Tickets booked") == "3"
    expect(page.locator(".paces")).to_contain_text("Jazz on the quay")


def test_what_needs_attention_is_there_until_it_is_seen_to(open_page):
    booking = make_booking()
    payment = Payment.objects.create(
        booking=booking, method="card", provider="stripe", amount=100, currency="EUR", status="paid", received=100
    )
    owner = booking.event.organizer.memberships.get().user
    page = open_page("/organise/", user=owner)
    expect(page.locator(".attention-none")).to_contain_text("Nothing needs you right now")
    Payment.objects.filter(pk=payment.pk).update(note="Asked for 2.00, paid 1.00")
    page.reload()
    page.locator(".attention a:has-text('1 payment to check')").click()
    expect(page.locator("#payments")).to_contain_text(booking.reference)
    Payment.objects.filter(pk=payment.pk).update(note="", checked_at=timezone.now())
    go_to(page, "/organise/")
    expect(page.locator(".attention-none")).to_be_visible()


@pytest.mark.parametrize("width", [390, 1280])
def test_the_home_and_the_guests_are_worked_by_keyboard_alone(open_page, width):
    """Each stop is seen, and they come in the order of the page"""
    booking = make_booking(quantity=2)
    owner = booking.event.organizer.memberships.get().user
    page = open_page("/organise/", user=owner, width=width)
    for path in ("/organise/", f"/organise/events/{booking.event.slug}/guests"):
        go_to(page, path)
        stops = list(once_round(page))
        assert [one["what"] for one in stops if not one["seen"]] == []
        own = [one["place"] for one in stops if one["main"]]
        assert len(own) > 5 and own == sorted(own)


def once_round(page: Page) -> Iterator[dict]:
    """All stops, until the first comes again."""
    seen: set[int] = set()
    while (one := stop(page))["place"] not in seen:
        seen.add(one["place"])
        yield one


def stop(page: Page) -> dict:
    """Where the next press of Tab leads: in the main part or not, whether it is seen, its place in the document."""
    page.keyboard.press("Tab")
    return page.evaluate("""() => {
        const at = document.activeElement, style = getComputedStyle(at), box = at.getBoundingClientRect()
        const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0
        return {
            main: Boolean(at.closest("main")) && at !== document.body,
            seen: at === document.body || ((ring || style.boxShadow !== "none") && box.width > 0 && box.height > 0),
            place: [...document.querySelectorAll("*")].indexOf(at),
            what: at.outerHTML.slice(0, 120),
        }
    }""")
