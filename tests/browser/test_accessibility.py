"""axe on every page, in both themes, on a phone and on a desk; nothing scrolls sideways."""

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Page

from accounts import operations as accounts
from accounts.invitation_links import link
from accounts.models import User
from bookings.models import Booking
from bookings.operations import accept, cancel
from events.models import Event
from events.operations import TicketTypeInput
from payments import operations as payments
from payments.tests.paying import PRICE, basket, paid_event, under_way
from tests.browser.conftest import axe_findings
from tests.factories import make_booking, make_event, make_place, make_team, make_user, owner_of
from tickets.models import Ticket
from waitlist.offer_links import offer_url, pass_url
from waitlist.operations import leave, remove

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def sample():
    call_command("load_sample_data", verbosity=0)


def check(page: Page) -> list[str]:
    """What is wrong with an open page in any theme and width."""
    found = []
    for width in (390, 1280):
        for theme in ("light", "dark"):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=theme)
            where = f"{page.url} ({width} px, {theme})"
            found += [f"{where}: {finding}" for finding in axe_findings(page)]
            if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                found.append(f"{where}: scrolls sideways")
    return found


def check_all(open_page, paths: list[str], **how) -> list[str]:
    page = open_page(paths[0], **how)
    found = []
    for path in paths:
        page.goto("/".join(page.url.split("/")[:3]) + path)
        found += check(page)
    return found


def of_status(status: str) -> Event:
    return Event.objects.filter(status=status, ends_at__gt=timezone.now())[0]


def test_pages_for_everyone(open_page, sample):
    public = [of_status(status) for status in ("published", "cancelled", "postponed")]
    paths = ["/", "/?q=jazz&category=workshop", "/?q=nothingisfound"]
    paths += [event.get_absolute_url() for event in public]
    paths += ["/account/login/", "/account/signup/", "/account/password/reset/", "/offline"]
    assert check_all(open_page, paths) == []


def test_a_page_that_does_not_exist(open_page):
    assert check(open_page("/nowhere", expected=404)) == []


def test_pages_of_someone_who_books(open_page, sample):
    attendee = User.objects.get(email="attendee@evently.local")
    mine = Booking.objects.of(attendee).order_by("-created_at")
    basket, coming = mine.held(timezone.now())[0], mine.coming(timezone.now()).reverse()[0]
    ticket = Ticket.objects.of(attendee).filter(booking=coming)[0]
    paths = ["/bookings/", f"/bookings/{coming.pk}", f"/bookings/{coming.pk}/cancel"]
    paths += [f"/bookings/{basket.pk}/checkout", f"/tickets/booking/{coming.pk}", f"/tickets/{ticket.pk}"]
    paths += ["/account/", "/account/delete", "/account/email/", "/account/password/change/", "/account/logout/"]
    assert check_all(open_page, paths, user=attendee) == []


def test_pages_of_someone_who_waits(open_page):
    ada, now = make_user("Ada"), timezone.now()
    offering, waiting, left = (make_event(capacity=1) for _ in range(3))
    booking, *_ = [make_booking(event) for event in (offering, waiting, left)]
    offered, place, over = (make_place(event, ada) for event in (offering, waiting, left))
    cancel(booking=booking, now=now, even_late=True)
    leave(entry=over, now=now)
    paths = [one.get_absolute_url() for one in (offered, place, over, offering, waiting, left)]
    paths += [f"/waitlist/join/{left.slug}", "/bookings/"]
    assert check_all(open_page, paths, user=ada) == []
    assert check_all(open_page, [offer_url(offered.pk), pass_url(offered.pk)]) == []
    accept(entry=offered, now=now)
    assert check(open_page(offer_url(offered.pk))) == []
    assert check(open_page(offer_url(over.pk), expected=410)) == []


def test_pages_of_someone_who_organises(open_page, sample):
    organizer = User.objects.get(email="organizer@evently.local")
    team = organizer.teams.filter(memberships__role="owner")[0]
    mine = Event.objects.filter(organizer=team)
    draft, running = mine.filter(status="draft")[0], mine.filter(status="published", ends_at__gt=timezone.now())[0]
    paths = ["/organise/", "/organise/events/new", "/organise/teams/new", f"/organise/teams/{team.pk}"]
    paths += ["/organise/?show=past", "/organise/?show=drafts", f"/organise/teams/{team.pk}/history"]
    paths += [f"/organise/events/{running.slug}{door}" for door in ("", "/edit", "/cancel", "/postpone", "/history")]
    paths += [f"/organise/events/{running.slug}/why{query}" for query in ("", "?each=on", "?kind=waitlist")]
    paths += [f"/organise/events/{draft.slug}{door}" for door in ("", "/delete", "/line", "/why")]
    assert check_all(open_page, paths, user=organizer) == []


def test_pages_of_an_invitation(open_page):
    team, ada = make_team(make_user("Olga")), make_user("Ada")
    EmailAddress.objects.create(user=ada, email=ada.email, primary=True, verified=True)
    by, now = owner_of(team), timezone.now()
    asked = accounts.invite(team=team, email=ada.email, role="manager", by=by, now=now)
    assert check_all(open_page, [f"/organise/teams/{team.pk}"], user=by) == []
    assert check_all(open_page, [f"/organise/invitations/{asked.pk}", "/organise/"], user=ada) == []
    landing = link(asked).removeprefix(settings.BASE_URL)
    assert check(open_page(landing)) == []
    assert check(open_page(landing, user=make_user("Eve"), expected=403)) == []
    accounts.withdraw(invitation=asked, by=by, now=now)
    assert check(open_page(landing, expected=410)) == []


def test_pages_of_a_line(open_page, sample):
    organizer = User.objects.get(email="organizer@evently.local")
    team = organizer.teams.filter(memberships__role="owner")[0]
    event = make_event(team, capacity=8, ticket_types=[TicketTypeInput("Seat"), TicketTypeInput("Box", capacity=4)])
    seat, box = event.ticket_types.order_by("position")
    make_booking(event, items=[(box.pk, 4)])
    first = make_booking(event, items=[(seat.pk, 3)])
    waits = [make_place(event, quantity=quantity) for quantity in (3, 4, 2, 2)]
    now = timezone.now()
    cancel(booking=first, now=now, even_late=True)
    remove(entry=waits[2], by=organizer, reason="Asked to be taken off by phone", now=now)
    line = f"/organise/events/{event.slug}/line"
    paths = [line, f"{line}?show=offered", f"{line}?show=over", f"/organise/events/{event.slug}"]
    paths += [f"{line}/{waits[1].pk}/invite", f"{line}/{waits[0].pk}/remove", f"{line}/{waits[2].pk}/remove"]
    paths += [f"/organise/events/{event.slug}/why"]
    assert check_all(open_page, paths, user=organizer) == []


def test_a_ledger_asked_for_what_makes_no_sense(open_page, sample):
    organizer = User.objects.get(email="organizer@evently.local")
    event = Event.objects.run_by(organizer)[0]
    path = f"/organise/events/{event.slug}/why?since=nonsense&kind=x"
    assert check(open_page(path, user=organizer, expected=400)) == []


def test_pages_of_an_events_money(open_page):
    event = paid_event("transfer", "door")
    owner = owner_of(event.organizer)
    paid, part = basket(event, 2, make_user("Paula")), basket(event, customer=make_user("Grace"))
    for booking, amount in ((paid, 2 * PRICE), (part, 500)):
        under_way(booking)
        money = {"amount": amount, "reference": f"SEPA {amount}", "note": "By her mother"}
        payments.take_in(booking_id=booking.pk, by=owner, now=timezone.now(), **money)
    reason = "A seat was broken"
    (refund,) = payments.refund_by_hand(booking_id=paid.pk, amount=500, reason=reason, by=owner, now=timezone.now())
    pages = f"/organise/events/{event.slug}"
    mine = f"{pages}/payments/{paid.pk}"
    paths = [f"{pages}/payments?show=paid", f"{pages}/payments?q=nobody", f"{pages}/refunds", mine, f"{mine}/refund"]
    paths += [f"{pages}/payments/{part.pk}/book-in", f"{mine}/tickets", f"{mine}/refunds/{refund.pk}/done"]
    paths += [pages, f"{pages}/cancel", f"/organise/teams/{event.organizer_id}/payments"]
    assert check_all(open_page, paths, user=owner) == []
