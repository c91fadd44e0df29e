from uuid import uuid4

import pypdfium2
import pytest
import zxingcpp
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from accounts.models import User
from bookings import operations as bookings
from bookings.models import Booking
from tests.factories import PASSWORD, make_booking, make_event, make_hold, make_user
from tickets import codes, operations
from tickets.models import Ticket

pytestmark = pytest.mark.django_db

BOOKING_PAGES = ["booking", "pdf", "calendar", "first_qr"]
TICKET_PAGES = ["ticket", "qr"]


@pytest.fixture(scope="module", autouse=True)
def fonts():
    call_command("build_fonts")


@pytest.fixture
def ada(client) -> User:
    user = make_user("Ada")
    client.force_login(user)
    return user


def url(name: str, pk) -> str:
    return reverse(f"tickets:{name}", args=[pk])


def test_a_visitor_books_and_holds_a_pdf_whose_code_verifies(client):
    event, ada = make_event(title="Jazz by the River"), make_user("Ada")
    (ticket_type,) = event.types_for_sale()
    chosen = {f"quantity_{ticket_type.pk}": "2", "key": "k"}

    to_login = client.post(reverse("bookings:start", args=[event.slug]), chosen)
    back = client.post(to_login.url, {"login": ada.email, "password": PASSWORD})
    key = client.get(back.url).context["key"]
    checkout = client.post(back.url, chosen | {"key": key})
    booked = client.post(checkout.url, {"name": "Ada Lovelace", "email": ada.email})
    assert "You’re going!" in client.get(booked.url).content.decode()
    booking = Booking.objects.get()
    assert client.get(url("booking", booking.pk)).status_code == 200
    document = pypdfium2.PdfDocument(client.get(url("pdf", booking.pk)).content)

    read = [zxingcpp.read_barcodes(page.render(scale=2).to_pil())[0].text for page in document]
    found = [operations.verify(text=text) for text in read]
    assert [(ticket.status, ticket.holder_name) for ticket in found] == [("valid", "Ada Lovelace")] * 2
    assert len(set(found)) == 2


def test_tickets_that_no_worker_has_issued_yet_are_issued_by_opening_them(client, ada):
    booking = make_booking(customer=ada, quantity=2)

    page = client.get(url("booking", booking.pk)).content.decode()

    assert [ticket.readable_code in page for ticket in booking.tickets.all()] == [True, True]


def test_a_ticket_page_shows_its_state_and_whom_it_admits(client, ada):
    (ticket,) = operations.issued(booking=make_booking(customer=ada))

    def page() -> str:
        return client.get(url("ticket", ticket.pk)).content.decode()

    assert [words for words in ("Valid", "Ada", "Admission", ticket.readable_code) if words not in page()] == []
    Ticket.objects.update(checked_in_at=timezone.now())
    assert "Used" in page()
    Ticket.objects.update(checked_in_at=None)
    bookings.cancel(booking=ticket.booking, now=timezone.now())
    assert "This ticket no longer admits" in page()


def test_cancelled_tickets_are_not_offered_for_download(client, ada):
    booking = make_booking(customer=ada)
    (ticket,) = operations.issued(booking=booking)
    pages = [url("booking", booking.pk), url("ticket", ticket.pk)]
    downloads = url("pdf", booking.pk)
    assert [downloads in client.get(page).content.decode() for page in pages] == [True, True]
    bookings.cancel(booking=booking, now=timezone.now())
    assert [downloads in client.get(page).content.decode() for page in pages] == [False, False]


def test_the_picture_is_an_svg_that_says_what_it_is(client, ada):
    (ticket,) = operations.issued(booking=make_booking(customer=ada))

    own, first = client.get(url("qr", ticket.pk)), client.get(url("first_qr", ticket.booking_id))

    assert own["Content-Type"] == "image/svg+xml"
    assert own.content == first.content
    assert f'aria-label="QR code of ticket {ticket.readable_code}"'.encode() in own.content


def test_the_calendar_entry_is_the_event_with_the_booking_noted(client, ada):
    booking = make_booking(customer=ada)

    response = client.get(url("calendar", booking.pk))

    (entry,) = Calendar.from_ical(response.content).events
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert (str(entry["summary"]), entry.start) == (booking.event.title, booking.event.starts_at)
    assert booking.reference in entry["description"]


@pytest.mark.parametrize("name", BOOKING_PAGES)
def test_what_was_never_confirmed_has_no_tickets(client, ada, name):
    basket = make_hold(customer=ada)

    assert client.get(url(name, basket.pk)).status_code == (200 if name == "calendar" else 404)


@pytest.mark.parametrize("name", BOOKING_PAGES + TICKET_PAGES)
def test_tickets_are_their_owners_alone(client, ada, name):
    (ticket,) = operations.issued(booking=make_booking())
    theirs = ticket.pk if name in TICKET_PAGES else ticket.booking_id

    assert [client.get(url(name, pk)).status_code for pk in (theirs, uuid4())] == [404, 404]
    client.logout()
    assert client.get(url(name, theirs)).url.startswith(reverse("account_login"))


@pytest.mark.parametrize("name", BOOKING_PAGES + TICKET_PAGES)
def test_no_shared_cache_keeps_a_ticket(client, ada, name):
    (ticket,) = operations.issued(booking=make_booking(customer=ada))

    response = client.get(url(name, ticket.pk if name in TICKET_PAGES else ticket.booking_id))

    assert response.status_code == 200
    assert sorted(response["Cache-Control"].split(", ")) == ["no-cache", "private"]


@pytest.mark.parametrize("name", ["booking", "ticket"])
def test_pages_with_codes_stay_out_of_the_history_cache(client, ada, name):
    (ticket,) = operations.issued(booking=make_booking(customer=ada))

    page = client.get(url(name, ticket.pk if name == "ticket" else ticket.booking_id)).content

    assert b'hx-history="false"' in page
    assert b"style=" not in page


@pytest.mark.parametrize("quantity", [1, 3])
def test_the_tickets_of_a_booking_take_the_same_queries_however_many(client, ada, django_assert_num_queries, quantity):
    booking = make_booking(customer=ada, quantity=quantity)
    operations.issue(booking_id=booking.pk)

    with django_assert_num_queries(6):
        client.get(url("booking", booking.pk))


def test_a_large_group_gets_its_tickets_in_parts(client, ada, monkeypatch):
    monkeypatch.setattr("tickets.views.ON_A_PAGE", 2)
    booking = make_booking(customer=ada, quantity=3)

    page = client.get(url("booking", booking.pk), {"page": 2})
    document = pypdfium2.PdfDocument(client.get(url("pdf", booking.pk), {"page": 2}).content)

    (stub,) = page.context["stubs"]
    (found,) = zxingcpp.read_barcodes(document[0].render(scale=2).to_pil())
    assert codes.read(found.text).ticket_id == stub["ticket"].pk
    assert "3 of 3" in page.content.decode()
