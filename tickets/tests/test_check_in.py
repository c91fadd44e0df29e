"""Who is let in, who is not, and what is recorded of it."""

from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import Change
from bookings import operations as bookings
from bookings.errors import TicketUsed
from bookings.models import Booking
from core.errors import NotAllowed
from core.live import marks
from core.live.messages import Marks
from events import operations as events
from outbox.tasks import deliver_due
from tests.factories import make_booking, make_event, make_user, owner_of
from tickets import codes, operations
from tickets.errors import NotCheckedIn, ScanReused
from tickets.live import door_subject
from tickets.models import Scan, Ticket
from tickets.tests.doors import make_door, make_door_staff, make_tickets, scan

pytestmark = pytest.mark.django_db


def scans() -> list[tuple]:
    return list(Scan.objects.order_by("id").values_list("result", "ticket", "said"))


def test_a_good_ticket_is_welcome_once_and_then_already_in():
    event, rui = make_door()
    (ticket,) = make_tickets(event)
    now = timezone.now()

    first = operations.check_in(text=ticket.code, event=event, by=rui, gate="North", now=now)
    second = scan(ticket, make_door_staff(event, "Eva"))

    assert [first.result, second.result] == ["welcome", "already-in"]
    told = second.ticket
    assert (told.checked_in_at, told.gate, told.checked_in_by, told.status) == (now, "North", rui, "used")
    assert scans() == [("welcome", ticket.pk, ""), ("already-in", ticket.pk, "")]


def test_a_ticket_for_something_else_is_recorded_at_the_door_it_came_to():
    event, rui = make_door()
    (elsewhere,) = make_tickets(make_event())

    told = scan(elsewhere, rui, event)

    assert told.result == "wrong-event"
    assert Scan.objects.get().event == event
    assert Ticket.objects.checked_in().count() == 0


def test_tickets_of_a_cancelled_booking_and_single_cancelled_ones_stay_outside():
    event, rui = make_door()
    (gone,) = make_tickets(event)
    kept, dropped = make_tickets(event, 2)
    now = timezone.now()
    bookings.cancel(booking=gone.booking, now=now)
    bookings.cancel_seats(booking=kept.booking, numbers={dropped.line_id: [dropped.number]}, now=now)

    assert [scan(ticket, rui).result for ticket in (gone, dropped, kept)] == ["cancelled", "cancelled", "welcome"]


def test_nobody_enters_an_event_that_is_called_off_even_before_its_bookings_are_cancelled():
    event, rui = make_door()
    (ticket,) = make_tickets(event)
    events.cancel_event(event=event, version=event.version, by=owner_of(event.organizer), now=timezone.now())

    assert operations.verify(text=ticket.code).status == "valid"
    assert scan(ticket, rui).result == "cancelled"


def test_nobody_enters_an_event_that_is_postponed_without_new_dates():
    event, rui = make_door()
    (ticket,) = make_tickets(event)
    events.postpone_event(event=event, version=event.version, by=owner_of(event.organizer), now=timezone.now())

    assert scan(ticket, rui).result == "not-valid"
    assert Ticket.objects.checked_in().count() == 0


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("https://example.org/menu", "https://example.org/menu"),
        ("\x00" * 12, "\ufffd" * 12),
        ("\ud800 half a character", "\ufffd half a character"),
        ("x" * 10_000, "x" * 60),
        ("🎟", "🎟"),
        ("0" * 12, "0" * 12),
    ],
    ids=["address", "nul", "surrogate", "long", "emoji", "guess"],
)
def test_what_is_no_ticket_of_ours_is_recorded_shortened_and_harmless(text, kept):
    event, rui = make_door()

    told = operations.check_in(text=text, event=event, by=rui, now=timezone.now())

    assert (told.result, told.ticket) == ("not-valid", None)
    assert scans() == [("not-valid", None, kept)]


def test_a_forged_code_of_a_real_ticket_lets_nobody_in():
    event, rui = make_door()
    (ticket,) = make_tickets(event)
    forged = codes.sign(ticket)[:-20] + "A" * 20

    assert operations.check_in(text=forged, event=event, by=rui, now=timezone.now()).result == "not-valid"
    assert Ticket.objects.checked_in().count() == 0


def test_only_who_may_check_in_there_can():
    event, rui = make_door()
    (ticket,) = make_tickets(event)
    stranger, other_team = make_user(), make_door()[1]

    for somebody in (stranger, other_team):
        with pytest.raises(NotAllowed):
            scan(ticket, somebody)

    assert scans() == []
    assert Ticket.objects.checked_in().count() == 0


def test_a_scanner_that_does_not_say_its_event_checks_in_where_its_owner_may():
    event, rui = make_door()
    (mine,), (elsewhere,) = make_tickets(event), make_tickets(make_event())
    now = timezone.now()

    told = [operations.check_in(text=one.code, event=None, by=rui, now=now) for one in (mine, elsewhere)]

    assert [one.result for one in told] == ["welcome", "wrong-event"]
    assert list(Scan.objects.order_by("id").values_list("event", "ticket")) == [(event.pk, mine.pk), (None, None)]


def test_the_same_scan_sent_again_gets_the_same_answer():
    event, rui = make_door()
    (ticket,) = make_tickets(event)
    key = uuid4()

    answers = [scan(ticket, rui, key=key) for _ in range(2)]

    assert [(one.result, one.again) for one in answers] == [("welcome", False), ("welcome", True)]
    assert answers[0].scan == answers[1].scan
    assert scan(ticket, rui, key=uuid4()).result == "already-in"
    assert scan(ticket, make_door_staff(event, "Eva"), key=key).result == "already-in"  # ids are one's own


def test_a_scans_id_can_not_be_used_for_another_code():
    event, rui = make_door()
    one, other = make_tickets(event, 2)
    key = uuid4()
    scan(one, rui, key=key)

    with pytest.raises(ScanReused):
        scan(other, rui, key=key)
    with pytest.raises(ScanReused):
        operations.check_in(text="something else", event=event, by=rui, now=timezone.now(), key=key)

    assert Ticket.objects.checked_in().count() == 1


def test_a_refusal_sent_again_is_recorded_once():
    event, rui = make_door()
    key = uuid4()

    for _ in range(2):
        operations.check_in(text="no ticket", event=event, by=rui, now=timezone.now(), key=key)

    assert scans() == [("not-valid", None, "no ticket")]


def test_the_door_hears_how_many_of_a_booking_are_in():
    event, rui = make_door()
    tickets = make_tickets(event, 3)

    told = [scan(ticket, rui) for ticket in tickets[:2]]

    assert [(one.arrived, one.party) for one in told] == [(1, 3), (2, 3)]


def test_a_ticket_found_by_name_is_checked_in_by_hand():
    event, rui = make_door()
    (ticket,) = make_tickets(event)
    found = Ticket.objects.for_door().get()

    assert operations.check_in_ticket(ticket=found, by=rui, now=timezone.now()).result == "welcome"
    assert scan(ticket, rui).result == "already-in"
    assert list(Scan.objects.order_by("id").values_list("by_hand", flat=True)) == [True, False]


def test_a_manager_takes_a_check_in_back_and_the_ticket_is_good_again():
    event, rui = make_door()
    owner = owner_of(event.organizer)
    (ticket,) = make_tickets(event)
    scan(ticket, rui)
    found = Ticket.objects.for_door().get()

    undone = operations.undo_check_in(ticket=found, by=owner, now=timezone.now())

    assert (undone.result, undone.by, undone.ticket) == ("undone", owner, ticket)
    change = Change.objects.get(what="check-in-undone")
    assert (change.by, change.event_id, change.subject_id) == (owner, event.pk, str(ticket.pk))
    assert list(change.old) == ["Came in"]
    found.refresh_from_db()
    assert (found.checked_in_at, found.checked_in_by, found.gate) == (None, None, "")
    assert scan(ticket, rui).result == "welcome"
    assert [one[0] for one in scans()] == ["welcome", "undone", "welcome"]


def test_door_staff_take_nothing_back_and_nothing_is_taken_back_twice():
    event, rui = make_door()
    owner = owner_of(event.organizer)
    (ticket,) = make_tickets(event)
    scan(ticket, rui)
    found = Ticket.objects.for_door().get()

    with pytest.raises(NotAllowed):
        operations.undo_check_in(ticket=found, by=rui, now=timezone.now())
    operations.undo_check_in(ticket=found, by=owner, now=timezone.now())
    with pytest.raises(NotCheckedIn):
        operations.undo_check_in(ticket=found, by=owner, now=timezone.now())

    assert [one[0] for one in scans()] == ["welcome", "undone"]


@pytest.mark.parametrize("even_late", [True, False])
def test_what_was_used_is_not_cancelled_and_nothing_changes(even_late):
    event, rui = make_door()
    used, other = make_tickets(event, 2)
    scan(used, rui)
    booking, now = used.booking, timezone.now()

    with pytest.raises(TicketUsed):
        bookings.cancel(booking=booking, now=now, even_late=even_late)
    with pytest.raises(TicketUsed):
        bookings.cancel_seats(booking=booking, numbers={used.line_id: [1]}, now=now, even_late=even_late)
    with pytest.raises(TicketUsed):
        bookings.cancel_seats(booking=booking, numbers={used.line_id: [1, 2]}, now=now, even_late=even_late)
    booking.refresh_from_db()
    assert (booking.status, booking.quantity) == (Booking.Status.CONFIRMED, 2)

    bookings.cancel_seats(booking=booking, numbers={other.line_id: [other.number]}, now=now, even_late=even_late)
    booking.refresh_from_db()
    assert (booking.status, booking.quantity) == (Booking.Status.CONFIRMED, 1)
    assert bookings.audit_inventory() == []


def test_an_evening_that_breaks_off_is_cancelled_for_those_who_came_too():
    event, rui = make_door()
    (ticket,) = make_tickets(event)
    scan(ticket, rui)

    events.cancel_event(event=event, version=event.version, by=owner_of(event.organizer), now=timezone.now())
    deliver_due()

    assert Booking.objects.get().status == Booking.Status.CANCELLED
    assert operations.verify(text=ticket.code).status == "cancelled"


def test_closing_an_account_keeps_the_booking_of_whoever_is_in():
    event, rui = make_door()
    ada = make_user("Ada")
    (ticket,) = make_tickets(event, customer=ada)
    coming = make_booking(event, ada)
    scan(ticket, rui)

    bookings.forget_customer(customer_id=ada.pk, now=timezone.now())

    ticket.booking.refresh_from_db()
    coming.refresh_from_db()
    assert (ticket.booking.status, coming.status) == (Booking.Status.CONFIRMED, Booking.Status.CANCELLED)


@pytest.mark.django_db(transaction=True)
def test_the_guest_and_the_other_doors_are_told_once_it_is_committed(monkeypatch):
    sent: list[Marks] = []
    event, rui = make_door()
    (ticket,) = make_tickets(event)
    monkeypatch.setattr(marks.Sender, "send", lambda self, some: sent.append(some))

    with transaction.atomic():
        scan(ticket, rui)
        assert sent == []

    (one,) = sent
    assert [(letter.user, letter.topic, letter.about) for letter in one.letters] == [
        (str(ticket.booking.customer_id), "ticket", str(ticket.pk))
    ]
    assert (one.moved, one.changed) == ({str(door_subject(event.pk))}, set())


@pytest.mark.parametrize("quantity", [1, 3])
def test_a_scan_takes_so_many_statements(django_assert_num_queries, quantity):
    event, rui = make_door()
    tickets = make_tickets(event, quantity)

    with django_assert_num_queries(9 if quantity == 1 else 10):
        scan(tickets[0], rui)
