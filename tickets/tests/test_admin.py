import pypdfium2
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import make_booking, make_user
from tickets import codes, operations
from tickets.models import Ticket

pytestmark = pytest.mark.django_db

LIST = reverse("admin:tickets_ticket_changelist")


@pytest.fixture
def staff(client):
    client.force_login(make_user("Sam", is_staff=True, is_superuser=True))
    return client


def issue(quantity: int = 1) -> list[Ticket]:
    return operations.issued(booking=make_booking(quantity=quantity))


def found(client, **query) -> list[Ticket]:
    return list(client.get(LIST, query).context["cl"].result_list)


def test_staff_find_a_ticket_by_what_was_typed_or_scanned(staff):
    (ticket,) = issue()
    issue()

    for words in (ticket.code, ticket.readable_code.lower(), codes.sign(ticket), ticket.booking.reference):
        assert found(staff, q=words) == [ticket]


def test_a_booking_links_to_its_tickets(staff):
    ticket, _other = issue(2)
    issue()
    booking_page = reverse("admin:bookings_booking_change", args=[ticket.booking_id])

    assert f"{LIST}?booking__id__exact={ticket.booking_id}" in staff.get(booking_page).content.decode()
    assert len(found(staff, booking__id__exact=ticket.booking_id)) == 2


def test_the_chosen_tickets_come_as_one_pdf(staff):
    chosen = [ticket.pk for ticket in issue(3)[:2]]

    response = staff.post(LIST, {"action": "print_tickets", "_selected_action": chosen})

    assert response["Content-Type"] == "application/pdf"
    assert len(pypdfium2.PdfDocument(response.content)) == 2


def test_too_many_tickets_for_one_pdf_are_refused_in_words(staff, monkeypatch):
    monkeypatch.setattr("tickets.admin.MOST_PAGES", 1)
    chosen = [ticket.pk for ticket in issue(2)]

    response = staff.post(LIST, {"action": "print_tickets", "_selected_action": chosen}, follow=True)

    assert "Choose at most 1 tickets for one PDF." in response.content.decode()


def test_nothing_about_a_ticket_can_be_edited(staff):
    (ticket,) = issue()
    url = reverse("admin:tickets_ticket_change", args=[ticket.pk])

    assert staff.get(url).status_code == 200
    assert staff.post(url, {"holder_name": "Eve"}).status_code == 403


def test_the_list_takes_the_same_queries_however_many(staff):
    counts = []
    for number in (1, 3):
        issue(number)
        with CaptureQueriesContext(connection) as queries:
            staff.get(LIST)
        counts.append(len(queries))

    assert counts[0] == counts[1]
