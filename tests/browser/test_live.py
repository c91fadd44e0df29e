"""Numbers that move on the page while somebody else books."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from bookings import operations
from events.operations import TicketTypeInput
from outbox.tasks import deliver_due
from tests.browser.conftest import axe_findings
from tests.factories import make_booking, make_event, make_hold, make_user
from tests.waiting import wait_for
from waitlist import operations as line

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SOON = 2200  # ms: by a mark, sooner than anything heals by itself
STAND_STILL = "window.notReloaded = true"


def connected(page: Page) -> Page:
    """Once the page has its connection and has heard something; and whoever reloads it will be found out."""
    page.wait_for_selector("html[data-live-said]", state="attached")
    page.evaluate(STAND_STILL)
    return page


def not_reloaded(page: Page) -> bool:
    return bool(page.evaluate("window.notReloaded === true"))


def test_one_books_and_the_other_sees_it_within_a_second_on_page_and_list(open_page):
    ada, event = make_user("Ada"), make_event(title="Jazz", capacity=50)
    hers = open_page(event.get_absolute_url(), user=ada)
    his = connected(open_page(event.get_absolute_url()))
    seen_in_list = open_page("/")
    expect(seen_in_list.locator(".availability-words")).to_have_text("50 left")
    seen_in_list.wait_for_timeout(500)
    hers.get_by_role("button", name="Add one ticket").click()
    hers.locator("#picker form button:not([type=button])").click()
    hers.wait_for_url(re.compile("/bookings/"))
    expect(his.locator(".picker .availability-words")).to_have_text("48 left", timeout=SOON)
    expect(his.locator("#picker")).to_contain_text("48 free, 2 in baskets")
    expect(seen_in_list.locator(".availability-words")).to_have_text("48 left", timeout=SOON)
    hers.get_by_role("button", name=re.compile("Book|Confirm")).first.click()
    expect(hers.get_by_text("You’re going!")).to_be_visible()
    expect(his.locator("#picker [data-live$=seats]")).to_be_hidden(timeout=SOON)
    assert not_reloaded(his)


def test_selling_out_leaves_what_was_typed_and_the_focus_where_they_are(open_page):
    event = make_event(capacity=3, ticket_types=[TicketTypeInput("Hall"), TicketTypeInput("Box", capacity=2)])
    page = connected(open_page(event.get_absolute_url()))
    quantity = page.get_by_role("spinbutton").first
    quantity.fill("2")
    quantity.focus()
    hold = make_hold(make_event())  # of another event: nothing moves here
    operations.give_back(booking=hold, now=timezone.now())
    hall = event.types_for_sale().get(name="Hall")
    basket = make_booking(event, make_user(), items=[(hall.pk, 3)])
    note = page.locator(".live-turn")
    expect(note).to_contain_text("Sold out just now", timeout=SOON)
    expect(note.get_by_role("link", name="Join the waitlist")).to_be_visible()
    expect(quantity).to_have_value("2")
    expect(quantity).to_be_focused()
    assert axe_findings(page) == []
    operations.cancel(booking=basket, now=timezone.now())
    expect(note).to_be_hidden(timeout=SOON)
    expect(quantity).to_be_focused()
    assert not_reloaded(page)


def test_a_page_that_was_sold_out_says_when_tickets_come_back(open_page):
    event = make_event(capacity=1)
    booking = make_booking(event)
    page = connected(open_page(event.get_absolute_url(), width=1280))
    expect(page.locator("#picker")).to_contain_text("Sold out")
    operations.cancel(booking=booking, now=timezone.now())
    expect(page.locator(".live-turn")).to_contain_text("Tickets are available again", timeout=SOON)
    expect(page.locator("#live-said")).to_have_text("Tickets are available again.", timeout=5 * SOON)
    page.locator(".live-turn").get_by_role("link", name="Show tickets").click()
    expect(page.get_by_role("spinbutton")).to_be_visible()


def test_only_few_numbers_are_spoken(open_page):
    event = make_event(capacity=12)
    page = connected(open_page(event.get_absolute_url()))
    make_booking(event)
    expect(page.locator(".picker .availability-words")).to_have_text("11 left", timeout=SOON)
    page.wait_for_timeout(2500)
    assert page.locator("#live-said").count() == 0
    make_booking(event)
    expect(page.locator("#live-said")).to_have_text("Only 10 left", timeout=5 * SOON)


def test_limits_of_ticket_types_follow(open_page):
    event = make_event(capacity=50, ticket_types=[TicketTypeInput("Hall"), TicketTypeInput("Box", capacity=20)])
    box = event.types_for_sale().get(name="Box")
    page = connected(open_page(event.get_absolute_url()))
    row = page.locator("#picker li", has_text="Box")
    expect(row).to_contain_text("20 left")
    make_booking(event, items=[(box.pk, 12)] if box.max_per_booking >= 12 else [(box.pk, 10)])
    expect(row.locator("[data-live$=left]")).to_have_text(re.compile("left"))
    expect(row).to_have_attribute("data-state", "few", timeout=SOON)


def test_without_a_connection_it_says_so_and_asks_instead(open_page, site):
    event = make_event(capacity=50)
    page = open_page("/style")
    page.route_web_socket(re.compile("/live$"), lambda socket: socket.close(code=1011))
    page.goto(site + event.get_absolute_url())
    expect(page.locator(".picker .availability-words")).to_have_text("50 left")
    make_booking(event)
    expect(page.locator(".picker .availability-words")).to_have_text("49 left", timeout=10 * SOON)
    make_booking(event)
    expect(page.locator(".picker .availability-words")).to_have_text("48 left", timeout=8 * SOON)
    assert page.evaluate("document.documentElement.dataset.live") is None


def test_while_nobody_answers_no_old_number_is_shown(open_page, site):
    event = make_event(capacity=50)
    page = open_page("/style", expected=503)
    page.route_web_socket(re.compile("/live$"), lambda socket: socket.close(code=1011))
    page.route(re.compile("/live/events"), lambda route: route.fulfill(status=503))
    page.goto(site + event.get_absolute_url())
    meter = page.locator(".picker .availability")
    expect(meter.locator(".availability-words")).to_be_hidden(timeout=6 * SOON)
    assert "Reconnecting" in meter.evaluate("one => getComputedStyle(one, '::before').content")
    page.unroute_all()
    expect(meter.locator(".availability-words")).to_be_visible(timeout=10 * SOON)


def test_pages_without_live_numbers_open_no_connection(open_page):
    opened = []
    page = open_page("/account/login/")
    page.on("websocket", lambda socket: opened.append(socket))
    page.reload()
    page.wait_for_timeout(500)
    assert opened == []


def test_one_connection_for_a_whole_list_and_a_new_one_after_going_back(open_page, site):
    events = [make_event(title=f"Evening {number}", capacity=30) for number in range(3)]
    page = open_page("/account/login/")
    opened = []
    page.on("websocket", lambda socket: opened.append(socket))
    page.goto(site + "/")
    page.wait_for_timeout(700)
    assert len(opened) == 1
    page.goto(site + events[0].get_absolute_url())
    connected(page)
    page.go_back()
    expect(page.locator(".event-card").first).to_be_visible()
    page.wait_for_timeout(700)
    make_booking(events[1])
    expect(page.locator(f'[data-live="{events[1].pk} availability"]')).to_contain_text("29 left", timeout=SOON)


def test_without_javascript_the_numbers_are_true_when_it_loads(open_page):
    event = make_event(capacity=50)
    make_hold(event, quantity=2)
    page = open_page(event.get_absolute_url(), javascript=False)
    expect(page.locator(".picker .availability-words")).to_have_text("48 left")
    expect(page.locator("#picker")).to_contain_text("48 free, 2 in baskets")
    expect(page.locator(".live-turn")).to_be_hidden()


def test_ones_own_things_follow_in_every_tab(open_page):
    ada, event = make_user("Ada"), make_event(title="Jazz", capacity=50)
    booking, basket = make_booking(event, ada), make_hold(event, ada)
    opened = []
    tabs = [open_page(path, user=ada) for path in (booking.get_absolute_url(), "/bookings/", event.get_absolute_url())]
    for tab in tabs:
        opened.append(tab.evaluate(STAND_STILL))
        tab.wait_for_timeout(400)
    detail, mine, page = tabs
    expect(mine.get_by_text("Finish booking")).to_be_visible()
    operations.give_back(booking=basket, now=timezone.now())
    expect(mine.get_by_text("Finish booking")).to_have_count(0, timeout=3 * SOON)
    operations.cancel(booking=booking, now=timezone.now())
    expect(detail.locator("#booking")).to_contain_text("Cancelled", timeout=3 * SOON)
    expect(page.locator("#mine")).to_have_count(0, timeout=3 * SOON)
    assert all(not_reloaded(tab) for tab in tabs)


def test_what_changes_while_a_part_is_being_fetched_is_not_lost(open_page):
    ada, event = make_user("Ada"), make_event(capacity=50)
    booking, basket = make_booking(event, ada), make_hold(event, ada)
    page, on_its_way = open_page(booking.get_absolute_url(), user=ada), []
    page.wait_for_timeout(400)
    page.route("**" + booking.get_absolute_url(), lambda route: on_its_way.append((route, route.fetch())), times=1)
    operations.give_back(booking=basket, now=timezone.now())
    wait_for(lambda: page.wait_for_timeout(50) or on_its_way)
    operations.cancel(booking=booking, now=timezone.now())
    page.wait_for_timeout(1000)  # the page hears of it
    [(route, old)] = on_its_way
    route.fulfill(response=old)
    expect(page.locator("#booking")).to_contain_text("Cancelled", timeout=3 * SOON)


def test_a_place_in_line_moves_up_and_its_offer_comes_by_itself(open_page):
    ada, event = make_user("Ada"), make_event(capacity=1)
    booking = make_booking(event)
    now = timezone.now()
    first = line.join(event_id=event.pk, customer_id=make_user().pk, quantity=1, now=now)
    place = line.join(event_id=event.pk, customer_id=ada.pk, quantity=1, now=now)
    page = open_page(place.get_absolute_url(), user=ada)
    expect(page.locator("#place-title")).to_contain_text("#2")
    page.wait_for_timeout(400)
    page.evaluate(STAND_STILL)
    line.leave(entry=first, now=now)
    expect(page.locator("#place-title")).to_contain_text("#1", timeout=4 * SOON)
    operations.cancel(booking=booking, now=timezone.now())
    expect(page.get_by_text("1 seat for you")).to_be_visible(timeout=4 * SOON)
    deliver_due()
    expect(page.locator(".toast", has_text="1 seat reserved for you")).to_have_count(1, timeout=4 * SOON)
    assert not_reloaded(page)
