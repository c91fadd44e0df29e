"""A promo code, from the event's page to the checkout."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from events import operations
from events.models import PromoCode
from events.operations import TicketTypeInput
from tests.browser.test_accessibility import check
from tests.factories import make_code, make_event, make_team, make_user, owner_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

SEAT = TicketTypeInput("Seat", price=Decimal("20.00"))
BACKSTAGE = TicketTypeInput("Backstage", price=Decimal("50.00"), hidden=True)


def an_event():
    team = make_team()
    by, now = owner_of(team), timezone.now()
    operations.set_tax(team=team, name="VAT", rate=Decimal(23), included=False, by=by, now=now)
    event = make_event(team, title="Late Set", capacity=60, ticket_types=[SEAT, BACKSTAGE], fee_fixed=Decimal("1.50"))
    make_code(event, "CREW", unlocks=True, limit=20, max_per_person=4)
    return event


@pytest.mark.parametrize("javascript", [True, False])
def test_a_guest_applies_a_code_and_sees_it_to_the_end(open_page, javascript):
    event, ada = an_event(), make_user("Ada")
    page = open_page(event.get_absolute_url(), user=ada, javascript=javascript)
    picker = page.locator("#picker")
    picker.locator("summary", has_text="Promo code").click()
    picker.get_by_label("Promo code").fill("crew")
    picker.get_by_role("button", name="Apply").click()
    picker.get_by_text("CREW: 20 % off").wait_for()
    assert picker.get_by_role("heading", name="Backstage").is_visible()
    picker.get_by_role("group", name="Seat").get_by_role("spinbutton").fill("2")
    picker.get_by_role("button", name="Get tickets").click()
    page.get_by_text("With the code CREW").wait_for()
    assert page.get_by_text("incl. 23 % VAT").is_visible()
    assert page.get_by_text("incl. booking fee").is_visible()


def test_a_wrong_code_says_so_beside_its_field(open_page):
    event = an_event()
    page = open_page(f"{reverse('events:with_code', args=[event.slug])}?code=NOBODY", expected=422)
    field = page.get_by_label("Promo code")
    assert field.get_attribute("aria-invalid") == "true"
    assert page.get_by_text("There is no such promo code for this event.").is_visible()


def test_pages_of_codes_and_tax_are_accessible(open_page):
    event = an_event()
    olga = owner_of(event.organizer)
    code = make_code(
        event, "FRIENDS", kind=PromoCode.Kind.AMOUNT, amount=Decimal(5), note="For the friends of the house"
    )
    for path in (
        f"{reverse('events:with_code', args=[event.slug])}?code=CREW",
        event.get_absolute_url(),
        reverse("organise:codes", args=[event.slug]),
        reverse("organise:edit_code", args=[event.slug, code.pk]),
        reverse("organise:many_codes", args=[event.slug]),
        reverse("organise:tax", args=[event.organizer_id]),
        reverse("organise:edit", args=[event.slug]),
    ):
        assert check(open_page(path, user=olga)) == []
