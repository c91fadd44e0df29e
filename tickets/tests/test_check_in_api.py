"""Letting people in by API."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.core.cache import cache
from django.utils import timezone

from core import limits
from events import operations as events
from events.operations import TicketTypeInput
from tests.api import Api, assert_problem, unknown_id
from tests.factories import make_booking, make_draft, make_event, make_user, owner_of
from tickets.models import Scan
from tickets.operations import issued, undo_check_in
from tickets.tests.doors import make_door, make_door_staff, make_tickets, scan

pytestmark = pytest.mark.django_db
SCAN = "01900000-0000-7000-8000-00000000abcd"


def send(user, code, **more):
    return Api(user).send("POST", "/api/tickets/check-in", {"code": code, **more})


def counts(user, event):
    return Api(user).send("GET", f"/api/events/{event.pk}/door")


def test_a_guest_is_welcome_and_the_answer_says_all_that_the_door_needs():
    soon = timezone.now() + timedelta(hours=1)
    event, rui = make_door(
        starts_at=soon,
        ends_at=soon + timedelta(hours=2),
        ticket_types=[TicketTypeInput("Front row", price=Decimal("12.50"))],
    )
    (ticket, _) = make_tickets(event, 2, make_user("Ada"))

    answer = send(rui, ticket.readable_code, event=str(event.pk), gate="North")

    assert answer.status_code == 200
    ticket.refresh_from_db()
    assert answer.json() == {
        "result": "welcome",
        "message": "Let Ada in.",
        "notes": ["1 of 2 of this booking are in."],
        "guest": {
            "ticket": str(ticket.pk),
            "holder": "Ada",
            "ticket_type": {"id": str(ticket.line.ticket_type_id), "name": "Front row"},
            "reference": ticket.booking.reference,
            "checked_in": {
                "at": ticket.checked_in_at.isoformat().replace("+00:00", "Z"),
                "gate": "North",
                "by": "Rui",
            },
            "party": {"arrived": 1, "of": 2},
            "to_pay": {"amount": "12.50", "currency": "EUR"},
        },
        "again": False,
    }


def test_the_second_scan_says_when_where_and_by_whom_the_first_was():
    event, rui = make_door(timezone="Europe/Lisbon")
    (ticket,) = make_tickets(event)
    send(rui, ticket.code, gate="North")

    answer = send(make_door_staff(event, "Eva"), ticket.code).json()

    assert answer["result"] == "already-in"
    ticket.refresh_from_db()
    at = ticket.checked_in_at.astimezone(event.zone)
    words = f"Came in at {at:%H:%M} {at:%Z} on {at.day} {at:%B}, gate North, checked in by Rui."
    assert answer["message"] == words
    assert answer["guest"]["to_pay"] is None


def test_a_ticket_of_another_event_says_which_but_not_whose():
    event, rui = make_door()
    elsewhere = make_event(title="Quartet")
    (ticket,) = make_tickets(elsewhere, customer=make_user("Ada"))

    answer = send(rui, ticket.code, event=str(event.pk)).json()

    assert (answer["result"], answer["guest"]) == ("wrong-event", None)
    assert answer["message"].startswith("It is for “Quartet”, ")
    assert "Ada" not in str(answer)


@pytest.mark.parametrize("code", ["nothing", "0000-0000-0000", "' OR 1=1 --", "🎫" * 12, "x" * 1000])
def test_what_is_no_ticket_is_not_valid(code):
    event, rui = make_door()
    answer = send(rui, code, event=str(event.pk)).json()
    assert (answer["result"], answer["guest"]) == ("not-valid", None)
    assert Scan.objects.get().said == code[:60]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"code": "x" * 10_000}, "code"),
        ({"code": ""}, "code"),
        ({"code": 5}, "code"),
        ({}, "code"),
        ({"code": "x", "event": "y"}, "event"),
        ({"code": "x", "gate": "g" * 41}, "gate"),
        ({"code": "x", "scan": "1"}, "scan"),
    ],
    ids=["long", "empty", "number", "nothing", "event", "gate", "scan"],
)
def test_what_makes_no_sense_is_refused_by_name(body, field):
    _, rui = make_door()
    assert_problem(Api(rui).send("POST", "/api/tickets/check-in", body), 400, "invalid", field)
    assert not Scan.objects.exists()


def test_a_nul_is_never_read():
    _, rui = make_door()
    assert send(rui, "\x00").status_code == 400
    assert not Scan.objects.exists()


def test_events_of_others_and_drafts_are_not_there():
    _, rui = make_door()
    other, stranger_at_door = make_door()
    draft = make_draft(other.organizer)
    for user, event_id in ((rui, other.pk), (stranger_at_door, draft.pk), (rui, unknown_id())):
        assert_problem(send(user, "x", event=str(event_id)), 404, "not-found")
    assert_problem(counts(rui, other), 404, "not-found")
    assert not Scan.objects.exists()


def test_a_customer_checks_nobody_in_not_even_themselves():
    event, _ = make_door()
    ada = make_user("Ada")
    (ticket,) = make_tickets(event, customer=ada)

    assert_problem(send(ada, ticket.code), 403, "not-allowed")
    assert_problem(send(ada, ticket.code, event=str(event.pk)), 404, "not-found")
    assert_problem(send(None, ticket.code), 401, "not-authenticated")
    ticket.refresh_from_db()
    assert (ticket.checked_in_at, Scan.objects.count()) == (None, 0)


def test_a_scan_sent_again_is_answered_again():
    event, rui = make_door()
    one, other = make_tickets(event, 2)

    first, second = (send(rui, one.code, scan=SCAN).json() for _ in range(2))

    assert (first.pop("again"), second.pop("again")) == (False, True)
    assert first == second
    assert_problem(send(rui, other.code, scan=SCAN), 422, "scan-reused")
    assert Scan.objects.count() == 1


def test_a_scan_that_was_taken_back_since_is_no_welcome_any_more():
    event, rui = make_door()
    (ticket,) = make_tickets(event)
    scan(ticket, rui, key=UUID(SCAN))
    undo_check_in(ticket=ticket, by=owner_of(event.organizer), now=timezone.now())

    answer = send(rui, ticket.code, event=str(event.pk), scan=SCAN).json()

    assert (answer["result"], answer["again"]) == ("undone", True)


def test_a_guest_days_too_early_comes_in_but_the_door_hears_of_it():
    event, rui = make_door()
    (ticket,) = make_tickets(event)
    (note,) = send(rui, ticket.code).json()["notes"]
    assert note.startswith("This event begins on ")


def test_an_event_that_is_called_off_says_so():
    event, rui = make_door()
    (ticket,) = make_tickets(event)
    events.cancel_event(event=event, version=event.version, by=owner_of(event.organizer), now=timezone.now())
    answer = send(rui, ticket.code).json()
    assert (answer["result"], answer["message"]) == ("cancelled", "This event does not take place.")


def test_the_counters_add_up_by_type():
    types = [TicketTypeInput("Seat"), TicketTypeInput("Box")]
    event, rui = make_door(ticket_types=types)
    seat, box = event.ticket_types.order_by("position")
    seats = issued(booking=make_booking(event, items=[(seat.pk, 3)]))
    issued(booking=make_booking(event, items=[(box.pk, 2)]))
    scan(seats[0], rui)

    assert counts(rui, event).json() == {
        "arrived": 1,
        "expected": 5,
        "ticket_types": [
            {"id": str(seat.pk), "name": "Seat", "arrived": 1, "expected": 3},
            {"id": str(box.pk), "name": "Box", "arrived": 0, "expected": 2},
        ],
    }


def test_an_event_without_bookings_expects_nobody():
    event, rui = make_door()
    assert counts(rui, event).json() == {"arrived": 0, "expected": 0, "ticket_types": []}


def test_whoever_scans_too_fast_is_told_when_to_go_on(settings, monkeypatch):
    settings.RATELIMIT_ENABLE = True
    cache.clear()
    monkeypatch.setitem(limits.POLICIES, "scan", limits.Policy("2/m", "person"))
    event, rui = make_door()
    statuses = [send(rui, "x").status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    assert Scan.objects.count() == 2


def test_a_scan_by_api_and_the_counters_take_so_many_statements(django_assert_num_queries):
    event, rui = make_door()
    (ticket,) = make_tickets(event)
    with django_assert_num_queries(12):
        send(rui, ticket.code, event=str(event.pk), scan=SCAN)
    with django_assert_num_queries(4):
        counts(rui, event)
