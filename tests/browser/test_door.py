"""The door in a real browser: typed, by a scanner that is a keyboard, and by a camera that shows a ticket's code."""

import re
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from accounts.models import User
from bookings.models import Booking
from events.models import Event
from local.native import find_chromium
from tests.browser.conftest import FLAGS
from tests.browser.test_accessibility import check
from tests.browser.test_journey import choose
from tests.browser.test_organise import fill
from tests.factories import make_event, make_team, make_user, owner_of
from tickets import codes, qr
from tickets.models import Scan, Ticket
from tickets.tests.doors import make_door, make_door_staff, make_tickets, scan

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
FAKE_CAMERA = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
# A detector where the browser has none: it reads what the page put there.
DETECTOR = """
window.BarcodeDetector = class {
  static async getSupportedFormats() { return ["qr_code"]; }
  async detect() { return window.inSight ? [{ rawValue: window.inSight }] : []; }
};
"""


def film(path: Path, ticket: Ticket) -> Path:
    """A motion picture (MJPEG) that shows a ticket's code in somebody's hand."""
    picture = Image.new("RGB", (640, 480), "#776655")
    picture.paste(Image.open(BytesIO(qr.png(codes.sign(ticket)))).resize((380, 380)), (130, 50))
    out = BytesIO()
    picture.save(out, "JPEG", quality=90)
    path.write_bytes(out.getvalue() * 4)
    return path


@pytest.fixture
def camera(chromium: Browser) -> Iterator[Callable[[Path], Browser]]:
    """A browser before whose camera a film runs."""
    browsers: list[Browser] = []

    def before(shown: Path) -> Browser:
        args = [*FLAGS, *FAKE_CAMERA, f"--use-file-for-fake-video-capture={shown}"]
        browsers.append(chromium.browser_type.launch(executable_path=find_chromium(), args=args))
        return browsers[-1]

    yield before
    for browser in browsers:
        browser.close()


def door_of(event) -> str:
    return f"/organise/events/{event.slug}/door"


def verdict(page: Page):
    return page.locator(".verdict")


def test_a_code_is_typed_and_the_answer_is_there_without_javascript_too(open_page):
    event, rui = make_door(title="Quartet")
    (ticket,) = make_tickets(event, customer=make_user("Ada"))
    for javascript in (False, True):
        page = open_page(door_of(event), user=rui, javascript=javascript)
        page.get_by_label("Gate").fill("North")
        page.get_by_label("Code").fill(ticket.readable_code)
        page.get_by_role("button", name="Check in").click()
        expect(verdict(page)).to_contain_text("Already in" if javascript else "Welcome")
        expect(verdict(page)).to_contain_text("Ada")
    assert list(Scan.objects.order_by("id").values_list("result", "gate")) == [
        ("welcome", "North"),
        ("already-in", "North"),
    ]


def test_an_event_from_its_first_line_to_its_first_guest_before_the_camera(open_page, camera, tmp_path):
    olga, ada = make_user("Olga"), make_user("Ada")
    make_team(olga)
    event = published_on_the_pages(open_page, olga)
    ticket = sold_on_the_pages(open_page, event, ada)
    rui = make_door_staff(event)

    page = open_page("/door", user=rui, browser=camera(film(tmp_path / "code.mjpeg", ticket)))
    page.get_by_role("link", name=event.title).click()
    expect(page.locator("#door-count")).to_contain_text("0 of 1 in")
    page.get_by_role("button", name="Start the camera").click()
    expect(verdict(page)).to_contain_text("Welcome", timeout=20_000)
    expect(verdict(page)).to_contain_text("Ada")
    expect(page.locator("#door-count")).to_contain_text("1 of 1 in")
    expect(page.locator(".scanner-verdict")).to_have_attribute("data-past", "", timeout=10_000)
    assert Scan.objects.count() == 1  # it stays before the camera, and is not scanned again

    page.reload()
    page.get_by_role("button", name="Start the camera").click()
    expect(verdict(page)).to_contain_text("Already in", timeout=20_000)
    expect(verdict(page)).to_contain_text("checked in by Rui")
    assert list(Scan.objects.order_by("id").values_list("result", flat=True)) == ["welcome", "already-in"]


def published_on_the_pages(open_page, olga: User) -> Event:
    page = open_page("/organise/events/new", user=olga)
    fill(page)
    page.click("text=Save as a draft")
    page.click("main button:has-text('Publish')")
    page.get_by_text("Published: people can find it now.").first.wait_for()
    return Event.objects.get()


def sold_on_the_pages(open_page, event: Event, ada: User) -> Ticket:
    """A ticket that was booked as customers do, and shown to them."""
    page = open_page("/", user=ada)
    choose(page, event.title, tickets=1)
    page.get_by_role("button", name=re.compile("Book|Confirm")).click()
    page.wait_for_url("**/bookings/**")
    booking = Booking.objects.confirmed().get()
    page.goto("/".join(page.url.split("/")[:3]) + f"/tickets/booking/{booking.pk}")
    expect(page.get_by_role("main").get_by_text("Ada").first).to_be_visible()
    return booking.tickets.with_all().get()


def test_a_browser_that_reads_codes_itself_asks_the_server_for_no_picture(open_page, camera, tmp_path):
    event, rui = make_door()
    one, other = make_tickets(event, 2, make_user("Ada"))
    shown = camera(film(tmp_path / "code.mjpeg", one))
    asked: list[str] = []

    def prepare(context: BrowserContext) -> None:
        context.add_init_script(DETECTOR)
        context.on("request", lambda request: asked.append(request.url))

    page = open_page(door_of(event), user=rui, browser=shown, prepare=prepare)
    page.get_by_role("button", name="Start the camera").click()
    for arrived, ticket in enumerate((one, other), start=1):
        page.evaluate("text => { window.inSight = text; }", codes.sign(ticket))
        expect(page.locator("#door-count")).to_contain_text(f"{arrived} of 2 in")
        expect(verdict(page)).to_contain_text("Welcome")
        expect(page.locator(".scanner-verdict")).to_have_attribute("data-past", "", timeout=10_000)
    assert [url for url in asked if url.endswith("/frame")] == []
    assert list(Scan.objects.values_list("result", flat=True)) == ["welcome", "welcome"]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("NotAllowedError", "The camera was refused."),
        ("NotFoundError", "No camera was found."),
        ("NotReadableError", "The camera is in use."),
        ("SomethingElse", "The camera can’t be used here."),
    ],
)
def test_without_a_camera_a_sentence_says_what_to_do_and_one_types(open_page, error, words):
    event, rui = make_door()
    (ticket,) = make_tickets(event)
    refuse = f"navigator.mediaDevices.getUserMedia = async () => {{ throw new DOMException('no', '{error}'); }};"
    page = open_page(door_of(event), user=rui, prepare=lambda context: context.add_init_script(refuse))
    page.get_by_role("button", name="Start the camera").click()
    expect(page.locator(".scanner-words")).to_contain_text(words)
    page.get_by_label("Code").fill(ticket.code)
    page.get_by_role("button", name="Check in").click()
    expect(verdict(page)).to_contain_text("Welcome")


def test_a_scanner_that_is_a_keyboard_is_heard_wherever_the_focus_is(open_page):
    event, rui = make_door()
    (ticket,) = make_tickets(event)
    page = open_page(door_of(event), user=rui)
    page.get_by_role("link", name="Last scans").focus()
    # As fast as such a scanner types.
    page.evaluate(
        """text => [...text, "Enter"].forEach((key) => document.activeElement.dispatchEvent(
            new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })))""",
        codes.sign(ticket),
    )
    expect(verdict(page)).to_contain_text("Welcome")
    assert Scan.objects.count() == 1


def test_a_scan_whose_answer_was_lost_is_sent_again_and_still_welcome(open_page):
    event, rui = make_door()
    (ticket,) = make_tickets(event)
    page = open_page(door_of(event), user=rui, expected=502)
    lost = []

    def lose_the_first_answer(route: Route) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(route.fetch().status)  # it arrived, and was decided
            route.fulfill(status=502)

    page.route("**/door/scan", lose_the_first_answer)
    page.get_by_label("Code").fill(ticket.code)
    page.get_by_role("button", name="Check in").click()
    expect(page.locator(".scanner-state")).to_contain_text("is kept and sent again")
    page.get_by_role("button", name="Send it now").click()
    expect(verdict(page)).to_contain_text("Welcome")
    expect(page.get_by_role("button", name="Send it now")).to_be_hidden()
    assert lost == [200]
    assert list(Scan.objects.values_list("result", flat=True)) == ["welcome"]


def test_whoever_was_signed_out_meanwhile_hears_it_and_nobody_is_let_in(open_page):
    event, rui = make_door()
    (ticket,) = make_tickets(event)
    page = open_page(door_of(event), user=rui)
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page.get_by_label("Code").fill(ticket.code)
    page.get_by_role("button", name="Check in").click()
    expect(page.locator(".scanner-state")).to_contain_text("You are signed out")
    assert not Scan.objects.exists()


def test_another_gate_and_the_guests_own_page_follow(open_page):
    event, rui = make_door()
    ada = make_user("Ada")
    (ticket,) = make_tickets(event, customer=ada)
    hers, gate = open_page(ticket.get_absolute_url(), user=ada), open_page(door_of(event), user=rui)
    expect(hers.locator("#ticket-state")).to_contain_text("Valid")
    gate.wait_for_function("() => document.documentElement.dataset.live !== 'away'")

    scan(ticket, make_door_staff(event, "Eva"))

    expect(gate.locator("#door-count")).to_contain_text("1 of 1 in", timeout=15_000)
    expect(hers.locator("#ticket-state")).to_contain_text("Used", timeout=15_000)


def test_a_guest_is_found_by_name_and_a_manager_takes_it_back(open_page):
    event, _ = make_door()
    make_tickets(event, 2, make_user("José Ångström"))
    page = open_page(f"{door_of(event)}/guests", user=owner_of(event.organizer))
    page.get_by_role("searchbox", name="Guest").fill("angst")
    page.get_by_role("button", name=re.compile("Check in ?: José Ångström")).first.click()
    expect(verdict(page)).to_contain_text("Welcome")
    expect(verdict(page)).to_contain_text("1 of 2 of this booking are in")
    page.get_by_role("link", name="Last scans").click()
    page.get_by_role("button", name=re.compile("Take it back")).first.click()
    expect(page.get_by_text("The ticket is good again").first).to_be_visible()
    assert Ticket.objects.checked_in().count() == 0


def test_the_sound_and_the_gate_are_remembered(open_page):
    event, rui = make_door()
    page = open_page(door_of(event), user=rui)
    page.get_by_label("Gate").fill("North")
    page.get_by_label("Gate").blur()
    page.get_by_role("button", name="Sound is on").click()
    page.reload()
    expect(page.get_by_label("Gate")).to_have_value("North")
    expect(page.get_by_role("button", name="Sound is off")).to_have_attribute("aria-pressed", "false")


def test_the_pages_of_a_door_suit_everybody(open_page):
    event, rui = make_door(title="Quartet")
    ada = make_user("Ada")
    one, other, _ = make_tickets(event, 3, ada)
    (elsewhere,) = make_tickets(make_event())
    scan(one, rui)
    scan(elsewhere, rui, event)
    owner = owner_of(event.organizer)
    page = open_page("/door", user=owner)
    site = "/".join(page.url.split("/")[:3])
    found = check(page)
    for path in ("", "/guests", "/guests?q=ada", "/scans"):
        page.goto(site + door_of(event) + path)
        found += check(page)
    for ticket in (other, one, elsewhere):  # welcome, already in, wrong event
        page.goto(site + door_of(event))
        page.get_by_label("Code").fill(ticket.code)
        page.get_by_role("button", name="Check in").click()
        verdict(page).wait_for()
        found += check(page)
    assert found == []
