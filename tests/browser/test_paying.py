"""Paying, as a person does it: on the provider's page and back, by transfer, too late; and having it back."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from bookings import operations as bookings
from bookings.models import Booking
from events.models import Event
from payments import operations
from payments.models import Payment, Refund
from payments.tests.carding import work_off
from payments.tests.paying import PRICE, basket, paid_event, under_way
from tests.browser.test_accessibility import check
from tests.factories import make_hold, make_user

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shop(site, settings, cards) -> str:
    """A site to which the provider's page leads back."""
    settings.BASE_URL = site
    return site


@pytest.fixture
def ada() -> User:
    return make_user("Ada")


def concert(*methods: str, **changes) -> Event:
    return paid_event(*(methods or ("card", "transfer", "door")), title="Night of the Cellos", **changes)


def at_the_checkout(open_page, ada, event: Event, quantity: int = 1, **how) -> tuple[Page, Booking]:
    booking = basket(event, quantity, ada)
    return open_page(f"/bookings/{booking.pk}/checkout", user=ada, **how), booking


def button(page: Page, name: str, *, exact: bool = True) -> None:
    page.get_by_role("button", name=name, exact=exact).click()


@pytest.mark.parametrize("javascript", [True, False])
def test_who_pays_by_card_gets_the_ticket(open_page, shop, ada, cards, javascript):
    page = open_page(concert().get_absolute_url(), user=ada, javascript=javascript)
    page.locator("#picker input[type=number]").fill("2")
    page.locator("#picker form button:not([type=button])").last.click()
    expect(page.get_by_role("radio", name=re.compile("Card"))).to_be_checked()
    button(page, "Pay €25.00")
    expect(page).to_have_url(re.compile(re.escape(cards.url)))
    button(page, "Pay")
    booking = Booking.objects.get()
    expect(page).to_have_url(f"{shop}/bookings/{booking.pk}")
    expect(page.get_by_text("You’re going!")).to_be_visible()
    expect(page.get_by_text("€25.00 paid on")).to_be_visible()
    page.get_by_role("link", name="Show tickets").first.click()
    expect(page.get_by_text("Paid").first).to_be_visible()
    booking.refresh_from_db()
    assert (booking.status, booking.paid_by) == ("confirmed", "money")


def test_a_card_that_is_declined_can_be_tried_again_and_asks_the_bank(open_page, shop, ada, cards):
    page, booking = at_the_checkout(open_page, ada, concert("card"))
    button(page, "Pay €12.50")
    button(page, "Have it declined")
    expect(page.get_by_role("alert")).to_contain_text("Nothing was charged")
    button(page, "Pay with 3-D Secure")
    button(page, "Yes, it is me")
    expect(page).to_have_url(f"{shop}/bookings/{booking.pk}")
    expect(page.get_by_text("You’re going!")).to_be_visible()


def test_who_goes_back_without_paying_is_told_so_and_loses_the_seats_in_the_end(open_page, shop, ada, cards):
    event = concert("card", capacity=3)
    page, booking = at_the_checkout(open_page, ada, event, 3, expected=410)
    button(page, "Pay €37.50")
    button(page, "Go back without paying")
    expect(page).to_have_url(f"{shop}/bookings/{booking.pk}/checkout")
    expect(page.get_by_text("No money has reached us yet")).to_be_visible()
    bookings.expire(booking=booking, now=timezone.now() + timedelta(days=1))
    operations.look_at_the_clock(now=timezone.now())
    work_off()
    event.inventory.refresh_from_db()
    assert (event.inventory.free, Payment.objects.get().status) == (3, "ended")
    assert cards.session(Payment.objects.get().provider_id)["status"] == "expired"


def test_two_tabs_pay_one_booking_once(open_page, shop, ada, cards):
    page, booking = at_the_checkout(open_page, ada, concert())
    other = page.context.new_page()
    other.goto(page.url)
    for tab in (page, other):
        button(tab, "Pay €12.50")
    assert page.url == other.url
    button(page, "Pay")
    expect(page.get_by_text("You’re going!")).to_be_visible()
    other.reload()
    expect(other.get_by_role("heading", name="This is paid")).to_be_visible()
    other.goto(f"{shop}/bookings/{booking.pk}/checkout")
    expect(other).to_have_url(f"{shop}/bookings/{booking.pk}")
    assert (Payment.objects.count(), len(cards.all("charge"))) == (1, 1)


def test_what_is_cancelled_in_time_comes_back(open_page, shop, ada, cards):
    page, booking = at_the_checkout(open_page, ada, concert("card"), 2)
    button(page, "Pay €25.00")
    button(page, "Pay")
    expect(page.get_by_text("All of the €25.00 that you paid comes back to you").first).to_be_visible()
    page.get_by_role("main").get_by_role("button", name="Cancel booking").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel booking").click()
    expect(page.get_by_text(re.compile("This booking was cancelled"))).to_be_visible()
    work_off()
    page.reload()
    expect(page.get_by_text(re.compile("€25.00 was paid back|€25.00 is on its way"))).to_be_visible()
    assert Refund.objects.get().amount == 2 * PRICE
    assert len(cards.all("refund")) == 1


def test_the_button_says_what_the_chosen_way_does(open_page, shop, ada):
    page, _ = at_the_checkout(open_page, ada, concert())
    for way, words in (("Bank transfer", "Book and transfer €12.50"), ("At the door", "Book, pay €12.50 at the door")):
        page.get_by_role("radio", name=re.compile(way)).check()
        expect(page.get_by_role("button", name=words, exact=True)).to_be_visible()
    button(page, "Book, pay €12.50 at the door")
    expect(page.get_by_text("You’re going!")).to_be_visible()
    expect(page.get_by_text("To pay at the door")).to_be_visible()


def test_a_transfer_s_page_follows_by_itself_when_the_money_comes(open_page, shop, ada):
    page, booking = at_the_checkout(open_page, ada, concert("transfer"))
    button(page, "Book and transfer €12.50")
    expect(page).to_have_url(f"{shop}/bookings/{booking.pk}/transfer")
    expect(page.get_by_text(booking.reference).first).to_be_visible()
    payment = Payment.objects.get()
    operations.book_in(payment_id=payment.pk, amount=500, reference="1", by=None, now=timezone.now())
    expect(page.get_by_text("€5.00 of €12.50 arrived")).to_be_visible(timeout=30_000)


def test_pages_of_payment_are_for_everybody(open_page, shop, ada):
    found = []
    event = concert()
    page, booking = at_the_checkout(open_page, ada, event)
    found += check(page)
    under_way(booking, "card")
    for path in ("checkout", "paid"):
        page.goto(f"{shop}/bookings/{booking.pk}/{path}")
        found += check(page)
    under_way(awaited := basket(event, 2, ada))
    page.goto(f"{shop}/bookings/{awaited.pk}/transfer")
    found += check(page)
    late = came_late(ada)
    page.goto(f"{shop}/bookings/{late.pk}/late")
    found += check(page)
    page.goto(f"{shop}/bookings/")
    found += check(page)
    operations.wait_in_line(booking=late, now=timezone.now())
    page.goto(f"{shop}/bookings/{late.pk}/late")
    found += check(page)
    operations.take_money_back(booking_id=late.pk, now=timezone.now())
    page.goto(f"{shop}/bookings/{late.pk}/late")
    found += check(page)
    paid = basket(event, 2, ada)
    payment = under_way(paid)
    operations.book_in(payment_id=payment.pk, amount=2500, reference="2", by=None, now=timezone.now())
    for path in ("", "/cancel", "/cancel?some=1"):
        page.goto(f"{shop}/bookings/{paid.pk}{path}")
        found += check(page)
    assert found == []


def came_late(ada: User) -> Booking:
    booking = basket(paid_event(capacity=1, title="Jazz"), customer=ada)
    payment = under_way(booking)
    bookings.expire(booking=booking, now=timezone.now() + timedelta(days=60))
    make_hold(booking.event)
    operations.book_in(payment_id=payment.pk, amount=PRICE, reference="late", by=None, now=timezone.now())
    return booking
