"""Guests as files."""

import csv
import io
import tempfile
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import Change, Membership
from bookings import operations as bookings
from bookings.models import Booking
from core.workbook import workbook
from events.operations import TicketTypeInput
from guests import export
from guests.listing import Asked
from tests.factories import make_booking, make_event, make_hold, make_user, owner_of
from tickets import operations as tickets
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
TYPES = [TicketTypeInput(name="Stalls", price=Decimal("12.50")), TicketTypeInput(name="=Crew")]
EVIL = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "<b>&\"'"]


@pytest.fixture
def event():
    return make_event(ticket_types=TYPES, capacity=500, timezone="Europe/Lisbon")


@pytest.fixture
def page(event) -> Client:
    client = Client()
    client.force_login(owner_of(event.organizer))
    return client


def booked(event, name="Ada", quantity=2, ticket_type="Stalls"):
    booking = make_booking(event, make_user("A"), items=[(event.ticket_types.get(name=ticket_type).pk, quantity)])
    Booking.objects.filter(pk=booking.pk).update(name=name, email="ada@example.org")
    return booking


def read_csv(answer) -> list[dict]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def read_xlsx(answer) -> list[dict]:
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content)), read_only=True)["Guests"]
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def url(event, kind: str) -> str:
    return reverse(f"guests:{kind}", args=[event.slug])


@pytest.mark.parametrize(("kind", "read"), [("csv", read_csv), ("xlsx", read_xlsx)])
def test_there_is_a_row_for_each_ticket_with_its_state(page, event, kind, read):
    booking = booked(event, quantity=3)
    first, *_ = tickets.issued(booking=booking)
    now = timezone.now()
    Ticket.objects.filter(pk=first.pk).update(checked_in_at=now, gate="North", holder_name="Grace")
    bookings.cancel_seats(booking=booking, numbers={first.line_id: [3]}, now=now, even_late=True)
    rows = read(page.get(url(event, kind)))
    assert [(str(row["Ticket no."]), row["Name on the ticket"], row["Ticket state"]) for row in rows] == [
        ("1", "Grace", "Used"), ("2", "Ada", "Valid"), ("3", "Ada", "Cancelled"),
    ]  # fmt: skip
    one = rows[0]
    assert (one["Booking"], one["Guest"], one["E-mail"]) == (booking.reference, "Ada", "ada@example.org")
    assert (one["Price"], one["Currency"], one["Paid by"]) == ("12.50", "EUR", "To be paid at the door")
    assert (one["Gate"], one["Checked in"]) == ("North", now.astimezone(event.zone).isoformat(timespec="seconds"))
    assert (one["Booked by way of"], one["Ticket type"]) == ("Online", "Stalls")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_no_code_that_lets_people_in_is_in_it(page, event, kind):
    booking = booked(event)
    codes = [ticket.code for ticket in tickets.issued(booking=booking)]
    content = b"".join(page.get(url(event, kind)).streaming_content)
    if kind == "xlsx":
        cells = [cell for row in load_workbook(io.BytesIO(content))["Guests"].values for cell in row]
        content = str(cells).encode()
    assert not [code for code in codes if code.encode() in content]


@pytest.mark.parametrize("name", EVIL)
def test_what_begins_like_a_formula_stays_text_in_both(page, event, name):
    booked(event, name, ticket_type="=Crew")
    (row, _) = read_csv(page.get(url(event, "csv")))
    assert row["Guest"] == (name if name.startswith("<") else f"'{name}") and row["Ticket type"] == "'=Crew"
    content = b"".join(page.get(url(event, "xlsx")).streaming_content)
    cell = load_workbook(io.BytesIO(content))["Guests"]["C2"]
    assert (cell.value, cell.data_type) == (name, "s")


def read_sheet(pieces):
    return load_workbook(io.BytesIO(b"".join(pieces))).active


def test_cells_keep_their_kind_and_what_xml_cannot_hold_is_written_as_excel_writes_it():
    cells = ["a\x00b\x0bc\ud7ff", 7, None, "", "12.50", "https://example.org/", "{=1}", " a\nb\t", "😀", "_x0041_"]
    sheet = read_sheet(workbook("A & B", ["Head"], [[cell] for cell in cells]))
    assert (sheet.title, [row[0].value for row in sheet.rows]) == (
        "A & B",
        ["Head", "a_x0000_b_x000B_c\ud7ff", 7, None, None, *cells[4:9], "_x005F_x0041_"],
    )
    assert [row[0].data_type for row in sheet.rows] == list("ssnnnssssss")
    assert [row[0].hyperlink for row in sheet.rows] == [None] * 11
    assert sheet.freeze_panes == "A2" and sheet["A1"].font.b


def test_what_is_too_long_for_a_cell_is_cut_off():
    sheet = read_sheet(workbook("Long", ["Head"], [["x" * 40_000], ["next"]]))
    assert [len(row[0]) for row in sheet.values] == [4, 32_767, 4]


def test_a_workbook_leaves_no_file_behind_even_when_it_breaks_or_nobody_listens(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def broken():
        yield ["one"]
        assert list(tmp_path.iterdir())
        raise KeyError

    with pytest.raises(KeyError):
        list(workbook("Broken", ["Head"], broken()))
    unheard = workbook("Unheard", ["Head"], [["one"]])
    assert next(unheard)[:2] == b"PK"
    unheard.close()
    list(workbook("Whole", ["Head"], [["one"]]))
    assert list(tmp_path.iterdir()) == []


def test_filters_and_order_of_the_page_apply(page, event):
    booked(event, "Bob")
    booked(event, "Ada")
    booked(event, "Cleo", ticket_type="=Crew")
    crew = event.ticket_types.get(name="=Crew").pk
    asked = [{"sort": "name"}, {"q": "bob"}, {"type": str(crew)}, {"show": "cancelled"}]
    names = [[row["Guest"] for row in read_csv(page.get(url(event, "csv"), one))] for one in asked]
    assert names == [["Ada", "Ada", "Bob", "Bob", "Cleo", "Cleo"], ["Bob", "Bob"], ["Cleo", "Cleo"], []]


def test_a_basket_has_rows_without_tickets(page, event):
    single = make_event(event.organizer)
    make_hold(single)
    (row,) = read_csv(page.get(url(single, "csv")))
    assert (row["State"], row["Ticket state"], row["Name on the ticket"]) == ("In basket", "", "")


def test_many_guests_are_read_some_at_a_time(page, event, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(export, "TOGETHER", 2)
    for number in range(5):
        booked(event, f"G{number}", 1)
    with django_assert_num_queries(1 + 3 * 3):
        rows = list(export.rows(event, Asked()))
    assert [row[2] for row in rows] == ["G4", "G3", "G2", "G1", "G0"]


def test_taking_guests_along_is_written_down_with_which(page, event):
    booked(event)
    page.get(url(event, "csv"), {"show": "confirmed", "q": "ada"})
    change = Change.objects.get(what="guests-exported")
    assert (change.by, change.new) == (owner_of(event.organizer), {"Guests": "Confirmed, found by a search"})


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_files_are_for_those_who_edit_the_event(event, kind):
    door, stranger, client = make_user("Dora"), make_user("Sam"), Client()
    Membership.objects.create(team=event.organizer, user=door, role=Membership.Role.DOOR)
    assert client.get(url(event, kind)).status_code == 302
    client.force_login(stranger)
    assert client.get(url(event, kind)).status_code == 404
    client.force_login(door)
    assert client.get(url(event, kind)).status_code == 403
    assert not Change.objects.filter(what="guests-exported").exists()


def test_filters_that_make_no_sense_make_no_file(page, event):
    assert page.get(url(event, "csv"), {"type": "7"}).status_code == 400
    assert page.head(url(event, "csv")).status_code == 405


def test_more_tickets_than_a_sheet_holds_are_for_the_csv_file(page, event):
    booking = booked(event)
    Booking.objects.filter(pk=booking.pk).update(quantity=2_000_000)
    answer = page.get(url(event, "xlsx"))
    assert answer.status_code == 400
    assert "take the CSV file" in answer.content.decode()
