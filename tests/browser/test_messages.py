"""The pages of those who work on Evently's mail: the inbox of local mode, and the previews."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from notifications import operations
from notifications.models import Delivery
from notifications.operations import News
from notifications.previews import LENGTHS, preview
from tests.browser.conftest import axe_findings
from tests.factories import make_booking, make_event, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def kept(settings, tmp_path):
    settings.KEEPS_MAIL = True
    settings.EMAIL_BACKEND = "notifications.mail.keeping.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)


def check(page: Page) -> list[str]:
    """What is wrong in any theme and width."""
    found = []
    for width in (390, 1280):
        for theme in ("light", "dark"):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=theme)
            found += [f"{width} {theme}: {finding}" for finding in axe_findings(page)]
            if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                found.append(f"{width} {theme}: scrolls sideways")
    return found


def test_a_mail_is_found_in_the_inbox_and_its_button_leads_on(open_page, kept):
    ada = make_user("Ada")
    booking = make_booking(make_event(title="Rooftop Jazz"), ada)
    operations.tell([News("booking_confirmed", ada.pk, "test", about=booking.pk)], now=timezone.now())
    operations.deliver(delivery_id=Delivery.objects.get().pk)

    page = open_page("/", user=ada)
    page.get_by_role("contentinfo").get_by_role("link", name="Inbox").click()
    assert check(page) == []
    page.get_by_role("link", name="Your tickets for Rooftop Jazz").click()
    assert check(page) == []
    mail = page.frame_locator("iframe")
    expect(mail.get_by_role("heading", level=1)).to_have_text("Your tickets for Rooftop Jazz")
    picture = mail.get_by_role("img", name="QR code of ticket")
    assert picture.evaluate("picture => picture.naturalWidth") > 300
    with page.expect_download() as download:
        page.get_by_role("link", name=f"Evently-{booking.reference}.pdf").click()
    assert download.value.suggested_filename == f"Evently-{booking.reference}.pdf"


PREVIEWS = ["/style/messages", "/style/messages/booking_confirmed", "/style/messages/event_changed"]


@pytest.mark.parametrize("path", PREVIEWS)
def test_previews_fit_and_pass_axe(open_page, path):
    assert check(open_page(path)) == []


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("kind", ["booking_confirmed", "event_changed", "security", "offer", "daily_summary"])
def test_a_mail_passes_axe_and_fits_the_narrowest_phone(chromium, kind, length):
    page = chromium.new_page(viewport={"width": 320, "height": 700})
    page.set_content(preview(kind, length).framed)
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        assert axe_findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.close()
