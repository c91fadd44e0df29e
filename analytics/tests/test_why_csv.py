"""The ledger as a file."""

import csv
import io
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from analytics import export
from bookings import operations as bookings
from core import limits
from events.models import Movement
from events.operations import TicketTypeInput
from tests.factories import make_booking, make_event, make_place, owner_of
from waitlist import operations as line

pytestmark = pytest.mark.django_db
HEAD = ["When", "Limit", "Reason", "Change", "Booking", "Number in line", "Note"]


def table(page: Client, event, **query) -> list[list[str]]:
    """The file's rows, without its head."""
    answer = page.get(reverse("why:csv", args=[event.slug]), query)
    assert answer.status_code == 200
    text = answer.getvalue().decode("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(text, newline=""))
    assert head == HEAD
    return rows


def test_every_movement_has_a_row_the_oldest_first(page, team):
    event = make_event(team, capacity=2, timezone="Asia/Kathmandu")
    booking = make_booking(event, quantity=2)
    waits = make_place(event, quantity=2)
    bookings.cancel(booking=booking, now=timezone.now())
    line.remove(entry=waits, by=owner_of(team), reason="Two accounts", now=timezone.now())
    rows = table(page, event)
    assert [row[1:] for row in rows] == [
        ["The whole event", "Capacity changed", "2", "", "", ""],
        ["The whole event", "Booked", "2", booking.reference, "", ""],
        ["The whole event", "Booking cancelled", "-2", booking.reference, "", ""],
        ["The whole event", "Offered to the waitlist", "2", "", "1", ""],
        ["The whole event", "Offer withdrawn", "-2", "", "1", "Removed by Olga: Two accounts"],
    ]
    assert all(row[0].endswith("+05:45") for row in rows)


def test_nothing_is_folded_and_nothing_is_lost_between_pieces(page, team, monkeypatch):
    monkeypatch.setattr(export, "TOGETHER", 7)
    event = make_event(team)
    moment = timezone.now() - timedelta(hours=1)
    Movement.objects.bulk_create(
        Movement(inventory_id=event.inventory_id, reason="booked", change=n, at=moment + timedelta(seconds=n // 4))
        for n in range(1, 29)  # four at the same moment, across the end of a piece
    )
    assert sorted(int(row[3]) for row in table(page, event, kind="bookings")) == list(range(1, 29))


def test_the_file_holds_what_the_filters_ask_for(page, team):
    event = make_event(team, capacity=5, ticket_types=[TicketTypeInput("Seat"), TicketTypeInput("Box", capacity=2)])
    box = event.ticket_types.get(name="Box")
    make_booking(event, items=[(box.pk, 2)])
    assert [row[1:4] for row in table(page, event, limit=str(box.pk), kind="bookings")] == [["Box", "Booked", "2"]]
    assert table(page, event, until="2020-01-01") == []


def test_what_strangers_wrote_is_no_formula(page, team):
    kinds = [TicketTypeInput("=cmd|'/c calc'!A0", capacity=2), TicketTypeInput("@Box", capacity=2)]
    event = make_event(team, ticket_types=kinds)
    first, second = event.ticket_types.order_by("position")
    assert {row[1] for row in table(page, event, limit=str(first.pk))} == {"'=cmd|'/c calc'!A0"}
    assert {row[1] for row in table(page, event, limit=str(second.pk))} == {"'@Box"}


@pytest.mark.parametrize("query", [{"limit": "x"}, {"kind": "x"}, {"since": "x"}, {"after": "x"}])
def test_filters_that_make_no_sense_are_refused(page, team, query):
    answer = page.get(reverse("why:csv", args=[make_event(team).slug]), query)
    assert answer.status_code == 400
    assert "text/html" in answer["Content-Type"]


def test_a_file_takes_three_statements_for_each_piece(page, team, django_assert_max_num_queries, monkeypatch):
    monkeypatch.setattr(export, "TOGETHER", 10)
    event = make_event(team, capacity=50)
    for _ in range(25):
        make_booking(event)
    with django_assert_max_num_queries(6 + 3 * 3):
        assert len(table(page, event)) == 26


def test_files_are_fetched_so_often_at_most(page, team, settings, monkeypatch):
    settings.RATELIMIT_ENABLE = True
    monkeypatch.setitem(limits.POLICIES, "export", limits.Policy("2/h", "person"))
    address = reverse("why:csv", args=[make_event(team).slug])
    assert [page.get(address).status_code for _ in range(3)] == [200, 200, 429]


def test_nobody_asks_for_a_files_head_alone(page, team):
    address = reverse("why:csv", args=[make_event(team).slug])
    assert [page.head(address).status_code, page.post(address).status_code] == [405, 405]
