"""The organiser's guests in a real browser: the list, the box office, many at once, names; without JavaScript too."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from bookings.models import Booking
from events.operations import TicketTypeInput
from guests import operations
from guests.models import Job
from guests.operations import Act, Invited, Sale, jobs
from tests.browser.test_accessibility import check_all
from tests.factories import make_booking, make_event, make_team, make_user
from tickets.models import Ticket

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
TYPES = [
    TicketTypeInput(name="Stalls", price=Decimal("12.50")),
    TicketTypeInput(name="Balcony"),
    TicketTypeInput(name="Crew", hidden=True),
]


@pytest.fixture
def olga():
    return make_user("Olga")


@pytest.fixture
def event(olga):
    return make_event(make_team(olga), title="Quartet", capacity=60, ticket_types=TYPES)


def booked(event, name, quantity=1):
    booking = make_booking(event, make_user("Guest"), items=[(event.ticket_types.get(name="Stalls").pk, quantity)])
    Booking.objects.filter(pk=booking.pk).update(name=name, email=f"{name.split()[0].lower()}@example.org")
    return booking


@pytest.mark.parametrize("javascript", [True, False])
def test_a_sale_at_the_box_office_from_the_list_to_names_and_back(open_page, event, olga, javascript):
    page = open_page(f"/organise/events/{event.slug}", user=olga, javascript=javascript, expected=422)
    page.get_by_role("link", name="Guests", exact=True).click()
    page.get_by_role("link", name="Box office").click()
    page.get_by_role("spinbutton", name="Stalls").fill("2")
    if javascript:
        expect(page.locator("#price")).to_contain_text("€25.00")
    else:
        page.get_by_role("button", name="Work out the price").click()
        expect(page.locator("#price")).to_contain_text("€25.00")
    page.get_by_role("button", name="Book", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Guest’s name")
    page.get_by_label("Guest’s name").fill("Wanda Walk-in")
    page.get_by_role("button", name="Book", exact=True).dblclick()
    expect(page.get_by_role("heading", name="Wanda Walk-in")).to_be_visible()
    assert Booking.objects.count() == 1
    page.get_by_role("link", name="Change names").click()
    page.get_by_label("Stalls, no. 2").fill("Rui")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Stalls, no. 2: Wanda Walk-in → Rui")).to_be_visible()
    assert set(Ticket.objects.values_list("holder_name", flat=True)) == {"Wanda Walk-in", "Rui"}


@pytest.mark.parametrize("javascript", [True, False])
def test_guests_are_searched_ticked_and_cancelled_after_a_question(open_page, event, olga, javascript):
    for name in ("Ada One", "Ada Two", "Bob"):
        booked(event, name)
    page = open_page(f"/organise/events/{event.slug}/guests", user=olga, javascript=javascript)
    search = page.get_by_label("Name, e-mail, reference or ticket code")
    search.fill("ada")
    if not javascript:
        search.press("Enter")
    expect(page.locator(".guest-who")).to_have_count(2)
    expect(page.get_by_role("link", name="All 2")).to_be_visible()
    if javascript:
        page.get_by_role("checkbox", name="Tick all on this page").check()
    else:
        for box in page.locator("td.guest-tick input").all():
            box.check()
    page.get_by_role("button", name="Cancel", exact=True).click()
    expect(page.get_by_role("heading", name="Cancel 2 bookings?")).to_be_visible()
    page.get_by_role("button", name="Cancel them").click()
    expect(page.get_by_text("2 bookings cancelled.").first).to_be_visible()
    assert Booking.objects.confirmed().get().name == "Bob"


def test_a_long_job_shows_how_far_it_is_and_can_be_stopped(open_page, event, olga, monkeypatch):
    monkeypatch.setattr(jobs, "DIRECTLY", 0)
    monkeypatch.setattr(jobs, "TOGETHER", 2)
    for number in range(5):
        booked(event, f"G{number}")
    page = open_page(f"/organise/events/{event.slug}/guests", user=olga)
    page.get_by_label("all 5 of this list").check()
    page.get_by_role("button", name="Send tickets again").click()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("0 of 5 done")).to_be_visible()
    operations.work_off(job_id=Job.objects.get().pk, now=timezone.now())
    expect(page.get_by_text("2 of 5 done")).to_be_visible(timeout=20_000)
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("3 left as they were")).to_be_visible()


def test_these_pages_are_accessible_and_fit(open_page, event, olga):
    first = booked(event, "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh von und zu Hohenstein", 3)
    booked(event, "Ada")
    sale = Sale([(event.ticket_types.get(name="Crew").pk, 2)], "Wanda")
    operations.sell(event=event, sale=sale, by=olga, now=timezone.now())
    balcony = event.ticket_types.get(name="Balcony").pk
    operations.give_away(
        event=event, guests=[Invited("Pia", "pia@example.org")], ticket_type=balcony, quantity=1, reason="Press",
        by=olga, now=timezone.now(),
    )  # fmt: skip
    job = operations.begin(
        event=event, act=Act("resend"), bookings=Booking.objects.all(), which="All", by=olga, now=timezone.now()
    )
    base = reverse("guests:list", args=[event.slug])
    paths = [
        base,
        f"{base}?q=nobodyisfound",
        f"{base}/new",
        f"{base}/complimentary",
        f"{base}/jobs",
        f"{base}/jobs/{job.pk}",
    ]
    paths += [f"{base}/{first.pk}", f"{base}/{first.pk}/names"]
    assert check_all(open_page, paths, user=olga) == []
    assert check_all(open_page, [f"/tickets/booking/{first.pk}/names"], user=first.customer) == []
