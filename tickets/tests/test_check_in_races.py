"""Many phones, and others who change what they scan, over real connections. Each fails without its guard."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone

from bookings import operations as bookings
from bookings.errors import TicketUsed
from bookings.models import Booking
from tests.factories import owner_of
from tests.racing import closing, race, wait_until_blocked
from tickets import codes, operations
from tickets.models import Scan, Ticket
from tickets.operations import Admission
from tickets.tests.doors import make_door, make_door_staff, make_tickets, scan, scanner

pytestmark = pytest.mark.django_db(transaction=True)


def kinds(outcomes) -> Counter:
    return Counter(str(one.result) if isinstance(one, Admission) else type(one).__name__ for one in outcomes)


def test_fifty_phones_scanning_the_same_tickets_admit_each_of_them_once():
    event, rui = make_door(capacity=20, max_per_person=None)
    tickets = make_tickets(event, 4) + [one for _ in range(6) for one in make_tickets(event)]

    outcomes = race([scanner(ticket, rui) for _ in range(50) for ticket in tickets], threads=50)

    assert kinds(outcomes) == {"welcome": 10, "already-in": 490}
    welcomed = Scan.objects.filter(result="welcome").values_list("ticket", flat=True)
    assert sorted(welcomed) == sorted(ticket.pk for ticket in tickets)
    assert Scan.objects.count() == 500
    assert Ticket.objects.checked_in().count() == 10


def test_one_scan_sent_many_times_at_once_is_decided_once():
    event, rui = make_door()
    (ticket,) = make_tickets(event)
    key = uuid4()

    good = race([partial(scanner(ticket, rui), key=key)] * 12, threads=12)
    bad = partial(operations.check_in, text="no ticket", event=event, by=rui, now=timezone.now(), key=uuid4())
    refused = race([bad] * 12, threads=12)

    assert kinds(good) == {"welcome": 12}
    assert kinds(refused) == {"not-valid": 12}
    assert Scan.objects.count() == 2


def test_one_scans_id_sent_with_two_codes_at_once_lets_one_of_them_in():
    event, rui = make_door()
    one, other = make_tickets(event)[0], make_tickets(event)[0]
    key = uuid4()

    outcomes = race([partial(scanner(ticket, rui), key=key) for ticket in (one, other)] * 4, threads=8)

    assert kinds(outcomes) == {"welcome": 4, "ScanReused": 4}
    assert Ticket.objects.checked_in().count() == Scan.objects.count() == 1


def test_a_ticket_is_either_let_in_or_cancelled_however_the_two_meet():
    event, rui = make_door(capacity=60, max_per_person=None)
    whole = [make_tickets(event)[0] for _ in range(12)]
    pairs = [make_tickets(event, 2)[1] for _ in range(12)]
    now = timezone.now()
    runners = []
    for alone, second in zip(whole, pairs, strict=True):
        runners += [scanner(alone, rui), partial(bookings.cancel, booking=alone.booking, now=now)]
        numbers = {second.line_id: [second.number]}
        single = partial(bookings.cancel_seats, booking=second.booking, numbers=numbers, now=now, even_late=True)
        runners += [single, scanner(second, rui)]

    outcomes = race(runners, threads=16)

    assert set(kinds(outcomes)) <= {"welcome", "cancelled", "Booking", TicketUsed.__name__}
    for ticket in Ticket.objects.with_all().filter(pk__in=[one.pk for one in whole + pairs]):
        assert ticket.status in ("used", "cancelled")
        assert (ticket.status == "used") == (ticket.checked_in_at is not None)
    assert bookings.audit_inventory() == []


def test_a_check_in_that_waits_for_a_cancellation_is_refused():
    event, rui = make_door()
    (ticket,) = make_tickets(event)
    with ThreadPoolExecutor() as pool:
        with transaction.atomic():
            bookings.cancel(booking=ticket.booking, now=timezone.now())
            scanning = pool.submit(closing(scanner(ticket, rui)))
            wait_until_blocked()
        assert scanning.result(timeout=10).result == "cancelled"
    assert Ticket.objects.checked_in().count() == 0


def test_a_cancellation_that_waits_for_a_check_in_is_refused():
    event, rui = make_door()
    (ticket,) = make_tickets(event)
    with ThreadPoolExecutor() as pool:
        with transaction.atomic():
            scan(ticket, rui)
            cancelling = pool.submit(closing(bookings.cancel), booking=ticket.booking, now=timezone.now())
            wait_until_blocked()
        with pytest.raises(TicketUsed):
            cancelling.result(timeout=10)
    assert Booking.objects.get().status == Booking.Status.CONFIRMED


def test_closing_an_account_while_its_owner_comes_in_ends_one_way_or_the_other():
    event, rui = make_door()
    (ticket,) = make_tickets(event)
    customer_id = ticket.booking.customer_id
    with ThreadPoolExecutor() as pool:
        with transaction.atomic():
            scan(ticket, rui)
            closing_it = pool.submit(closing(bookings.forget_customer), customer_id=customer_id, now=timezone.now())
            wait_until_blocked()
        closing_it.result(timeout=10)
    assert Booking.objects.get().status == Booking.Status.CONFIRMED


def test_check_ins_and_undos_at_once_leave_a_history_that_adds_up():
    event, rui = make_door()
    owner = owner_of(event.organizer)
    (ticket,) = make_tickets(event)
    found = Ticket.objects.for_door().get()
    undo = partial(operations.undo_check_in, ticket=found, by=owner, now=timezone.now())

    race([scanner(ticket, rui), undo] * 20, threads=10)

    done = Counter(Scan.objects.values_list("result", flat=True))
    assert done["welcome"] - done["undone"] == Ticket.objects.checked_in().count()


def test_a_holders_new_name_and_a_check_in_both_stay():
    event, rui = make_door(capacity=20, max_per_person=None)
    tickets = [make_tickets(event)[0] for _ in range(10)]
    renames = [partial(Ticket.objects.filter(pk=one.pk).update, holder_name="Grace") for one in tickets]

    race(
        [runner for one, rename in zip(tickets, renames, strict=True) for runner in (scanner(one, rui), rename)],
        threads=8,
    )

    assert Ticket.objects.checked_in().filter(holder_name="Grace").count() == 10


def test_a_family_at_two_gates_is_counted_right_for_each():
    event, rui = make_door(max_per_person=None)
    tickets = make_tickets(event, 8)
    eva = make_door_staff(event, "Eva")

    outcomes = race([scanner(one, by) for one, by in zip(tickets, [rui, eva] * 4, strict=True)], threads=8)

    assert sorted(one.arrived for one in outcomes) == list(range(1, 9))


def test_codes_are_read_by_what_they_say_not_by_who_asks_first():
    event, rui = make_door(max_per_person=None)
    tickets = make_tickets(event, 6)
    texts = [codes.sign(one) if number % 2 else one.code for number, one in enumerate(tickets)]

    outcomes = race(
        [partial(operations.check_in, text=text, event=event, by=rui, now=timezone.now()) for text in texts], threads=6
    )

    assert {one.ticket.pk for one in outcomes} == {one.pk for one in tickets}
