"""Tickets by API: the PDF, and whether a code is good."""

import io

import pypdfium2
import pytest
import zxingcpp
from django.core.cache import cache
from django.utils import timezone

from accounts.models import Membership
from bookings import operations as bookings
from core import limits
from events.operations import TicketTypeInput
from tests.api import Api, assert_problem, unknown_id
from tests.factories import make_booking, make_event, make_hold, make_user, owner_of
from tickets import codes, operations
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer():
    return make_user("Ada")


@pytest.fixture
def booking(customer):
    event = make_event(title="Jazz", ticket_types=[TicketTypeInput("Front row")])
    return make_booking(event, customer, quantity=2)


def download(user, booking_id, **headers):
    return Api(user).send("GET", f"/api/tickets/{booking_id}/download", **headers)


def verify(code, user=None):
    return Api(user).send("POST", "/api/tickets/verify", {"code": code})


# --- The PDF ----------------------------------------------------------------------------------------


def test_the_pdf_has_a_page_for_each_ticket_whose_code_verifies(customer, booking):
    response = download(customer, booking.pk)

    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    assert response["Content-Disposition"] == f'attachment; filename="evently-{booking.reference}.pdf"'
    assert response["Cache-Control"] == "private, no-store"
    pages = pypdfium2.PdfDocument(io.BytesIO(response.content))
    assert len(pages) == 2
    for page in pages:
        [read] = zxingcpp.read_barcodes(page.render(scale=3).to_pil())
        assert verify(read.text).json()["status"] == "valid"
    assert Ticket.objects.count() == 2


def test_a_client_that_accepts_pdf_alone_gets_pdf_and_readable_refusals(customer, booking):
    assert download(customer, booking.pk, Accept="application/pdf").status_code == 200
    assert_problem(download(customer, unknown_id(), Accept="application/pdf"), 404, "not-found")


@pytest.mark.parametrize("accept", ["application/json", "*/*", "application/pdf, application/json;q=0.5"])
def test_a_pdf_is_a_pdf_whatever_else_is_accepted(customer, booking, accept):
    response = download(customer, f"{booking.pk}", Accept=accept)
    assert (response.status_code, response.content[:5]) == (200, b"%PDF-")
    assert Api(customer).send("GET", f"/api/tickets/{booking.pk}/download?format=json").status_code == 200


def test_downloading_twice_issues_once(customer, booking):
    download(customer, booking.pk)
    download(customer, booking.pk)
    assert Ticket.objects.count() == 2


def test_there_are_no_tickets_for_baskets_and_cancelled_bookings(customer, booking):
    hold = make_hold(customer=customer)
    bookings.cancel(booking=booking, now=timezone.now())

    for one in (hold, booking):
        assert_problem(download(customer, one.pk), 409, "not-confirmed")
    assert Ticket.objects.count() == 0


def test_other_peoples_tickets_are_not_there(booking):
    assert_problem(download(make_user(), booking.pk), 404, "not-found")
    assert_problem(download(make_user(is_staff=True), booking.pk), 404, "not-found")
    assert_problem(download(None, booking.pk), 401, "not-authenticated")
    assert_problem(download(make_user(), "x"), 404, "not-found")


# --- Verify -----------------------------------------------------------------------------------------


@pytest.fixture
def ticket(booking):
    return operations.issued(booking=booking)[0]


def test_anyone_may_ask_and_hears_nothing_personal(ticket):
    event = ticket.booking.event
    for code in (codes.sign(ticket), ticket.code, ticket.readable_code.lower()):
        for user in (None, make_user()):
            response = verify(code, user)
            assert response.json() == {
                "status": "valid",
                "event": {
                    "id": str(event.pk),
                    "title": "Jazz",
                    "starts_at": event.starts_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
                    "ends_at": event.ends_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
                    "timezone": "UTC",
                },
                "ticket_type": {"id": str(ticket.line.ticket_type_id), "name": "Front row"},
                "holder": None,
            }


def test_those_who_check_in_also_hear_who_holds_it(ticket):
    team = ticket.booking.event.organizer
    door = make_user()
    Membership.objects.create(team=team, user=door, role="door")
    for user in (owner_of(team), door, make_user(is_staff=True)):
        assert verify(ticket.code, user).json()["holder"] == "Ada"
    elsewhere = owner_of(make_event().organizer)
    assert verify(ticket.code, elsewhere).json()["holder"] is None


def test_used_and_cancelled_tickets_say_so(ticket):
    Ticket.objects.filter(pk=ticket.pk).update(checked_in_at=timezone.now())
    assert verify(ticket.code).json()["status"] == "used"
    Ticket.objects.filter(pk=ticket.pk).update(checked_in_at=None)
    bookings.cancel(booking=ticket.booking, now=timezone.now())
    assert verify(codes.sign(ticket)).json()["status"] == "cancelled"


@pytest.mark.parametrize("code", ["A", "ABCD-EFGH-JKMN", "x" * 143, "🎫" * 12, "' OR 1=1 --", "٠" * 12, "A" * 1000])
def test_what_is_no_code_of_ours_is_unknown(ticket, code):
    answer = verify(code)
    assert answer.status_code == 200
    assert answer.json() == {"status": "unknown", "event": None, "ticket_type": None, "holder": None}


def test_a_code_with_one_character_changed_is_unknown(ticket):
    code = codes.sign(ticket)
    forged = code[:60] + ("A" if code[60] != "A" else "B") + code[61:]
    assert verify(forged).json()["status"] == "unknown"


@pytest.mark.parametrize("code", ["", "  ", None, 5, ["x"], {"x": 1}, "x" * 1001])
def test_what_is_no_text_is_invalid(code):
    assert_problem(verify(code), 400, "invalid", "code")


def test_a_verdict_costs_one_read(ticket, django_assert_num_queries):
    with django_assert_num_queries(1):
        verify(ticket.code)


# --- Limits -----------------------------------------------------------------------------------------


@pytest.fixture
def two_a_minute(settings, monkeypatch):
    cache.clear()
    settings.RATELIMIT_ENABLE = True
    monkeypatch.setitem(limits.POLICIES, "verify", limits.Policy("2/h", "address"))
    return settings


def test_trying_codes_is_slowed_down(two_a_minute):
    answers = [verify(f"GUESS{number}") for number in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[-1]["Retry-After"]) > 0


def test_a_made_up_forwarding_header_changes_nothing(two_a_minute):
    def ask(number, proxy="9.9.9.9"):
        headers = {"X-Forwarded-For": f"10.0.0.{number}, {proxy}"}
        return Api().send("POST", "/api/tickets/verify", {"code": "X"}, **headers).status_code

    assert [ask(number) for number in range(3)] == [200, 200, 429]
    # Behind one proxy, what that proxy saw is what counts.
    two_a_minute.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert [ask(number) for number in range(3)] == [200, 200, 429]
    assert ask(1, proxy="8.8.8.8") == 200


def test_without_redis_nothing_is_limited(two_a_minute):
    two_a_minute.CACHES = {
        "default": {**two_a_minute.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"},
    }
    assert [verify("X").status_code for _ in range(3)] == [200, 200, 200]
