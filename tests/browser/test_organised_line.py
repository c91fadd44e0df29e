"""The organiser's line and the Why page in a real browser, without JavaScript and with it."""

import pytest
from playwright.sync_api import expect

from tests.factories import make_booking, make_event, make_place, make_team, make_user
from waitlist.models import Entry

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("javascript", [True, False])
def test_an_organiser_invites_and_removes_and_the_ledger_tells(open_page, javascript):
    olga = make_user("Olga")
    event = make_event(make_team(olga), title="Quartet", capacity=6)
    make_booking(event, quantity=3)
    make_place(event, quantity=4, customer=make_user("Rui"))
    make_place(event, quantity=2, customer=make_user("Eva"))
    page = open_page(f"/organise/events/{event.slug}", user=olga, javascript=javascript, expected=422)

    page.get_by_role("link", name="The line 2").click()
    page.get_by_role("link", name="Invite #2 out of order").click()
    page.get_by_role("button", name="Invite out of order").click()
    expect(page.get_by_role("alert")).to_contain_text("Say why: it stays in the record.")
    page.get_by_label("Why?").fill("She lent us the piano")
    page.get_by_role("button", name="Invite out of order").dblclick()
    expect(page.get_by_text("#2: invited out of order")).to_be_visible()

    page.get_by_role("link", name="Remove #1").click()
    page.get_by_label("Why?").fill("Asked by phone")
    page.get_by_role("button", name="Remove from the line").click()
    expect(page.get_by_text("#1: removed")).to_be_visible()
    assert list(Entry.objects.order_by("number").values_list("status", flat=True)) == ["removed", "offered"]

    page.get_by_role("link", name="Why?", exact=True).click()
    expect(page.get_by_text("Of 6 seats 3 are booked, 2 reserved for the waitlist and 1 free.")).to_be_visible()
    expect(page.get_by_text("Invited out of order by Olga: She lent us the piano")).to_be_visible()
    page.get_by_label("What").select_option("The waitlist")
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".story > li")).to_have_count(1)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as CSV").click()
    assert download.value.suggested_filename == "quartet-seats.csv"
    rows = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert len(rows) == 2 and "Offered to the waitlist,2,,2," in rows[1]
