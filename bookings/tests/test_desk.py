"""The desk: batches, queue and lanes, over real connections. What holds a batch up is a real lock."""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

import pytest
from django.db import connection, transaction
from django.utils import timezone

from bookings import operations
from bookings.models import Booking
from events.models import Inventory
from events.operations import TicketTypeInput
from outbox.models import Message
from tests.api import access_token
from tests.factories import make_booking, make_event, make_user
from tests.native import NativeClient, native_doors
from tests.racing import closing, wait_until_blocked

pytestmark = pytest.mark.django_db(transaction=True)

# Not those of the test run beside this one.
OURS_THAT_WAIT = """FROM pg_locks WHERE NOT granted AND pid IN (SELECT pid FROM pg_locks
    WHERE database = (SELECT oid FROM pg_database WHERE datname = current_database()))"""


@pytest.fixture
def native():
    with native_doors() as client:
        yield client


def asks(user, event, quantity=1, key=None, token=None):
    """One request as NativeClient takes it."""
    headers = {"Authorization": f"Bearer {token or access_token(user)}", "Content-Type": "application/json"}
    if key:
        headers["Idempotency-Key"] = key
    return "POST", "/api/bookings", json.dumps({"event": str(event.pk), "quantity": quantity}).encode(), headers


def people(count):
    return [make_user() for _ in range(count)]


@contextmanager
def held_up(*events_):
    """Nobody can book these events for the length of the block."""
    with transaction.atomic():
        list(Inventory.objects.filter(event__in=events_).order_by("id").select_for_update())
        yield


def break_connections() -> None:
    """Those of whoever waits for a lock."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_terminate_backend(pid, 5000) {OURS_THAT_WAIT}")


def behind_a_lock(native: NativeClient, event, calls):
    """The replies to calls that all arrive while a first one is being decided."""
    make_user_booked = asks(make_user(), event, 1)
    with ThreadPoolExecutor() as pool:
        with held_up(event):
            first = pool.submit(native.send_all, [make_user_booked])
            wait_until_blocked()
            rest = pool.submit(native.send_all, calls)
            native.settle()
        return first.result(30), rest.result(30)


def test_parties_are_taken_whole_or_refused_in_the_order_of_their_arrival(native):
    event = make_event(capacity=8)
    sizes = [3, 3, 3, 1, 1]  # with the one that holds them up, the second party of three is the last that fits
    _, replies = behind_a_lock(native, event, [asks(make_user(), event, size) for size in sizes])
    assert [reply.status for reply in replies] == [201, 201, 409, 201, 409]
    assert replies[2].json()["available"] == 1
    assert replies[4].json()["available"] == 0
    assert operations.audit_inventory() == []


def test_what_waits_together_is_decided_by_one_statement(native):
    event = make_event(capacity=100)
    behind_a_lock(native, event, [asks(one, event) for one in people(30)])
    # One transaction wrote them: their rows bear its number.
    with connection.cursor() as cursor:
        cursor.execute("SELECT xmin::text, count(*) FROM bookings_booking GROUP BY 1")
        assert sorted(count for _, count in cursor.fetchall()) == [1, 30]
    assert Message.objects.filter(fact="booking_confirmed").count() == 31


def test_a_person_who_asks_twice_is_answered_one_after_the_other(native):
    event, ada = make_event(capacity=100, max_per_person=2), make_user()
    _, replies = behind_a_lock(native, event, [asks(ada, event) for _ in range(4)])
    assert sorted(reply.status for reply in replies) == [201, 201, 409, 409]
    assert {reply.json()["code"] for reply in replies if reply.status == 409} == {"over-personal-limit"}


def test_one_key_sent_many_times_at_once_is_one_booking(native):
    event, ada = make_event(), make_user()
    _, replies = behind_a_lock(native, event, [asks(ada, event, key="k") for _ in range(6)])
    assert [reply.status for reply in replies] == [201] * 6
    assert len({reply.json()["id"] for reply in replies}) == 1
    assert Counter("idempotency-replayed" in reply.headers for reply in replies) == {True: 5, False: 1}


def test_one_key_for_two_events_at_once_is_one_booking_and_one_refusal(native):
    events_, ada = [make_event(), make_event()], make_user()
    replies = native.send_all([asks(ada, event, key="k") for event in events_])
    assert sorted(reply.status for reply in replies) == [201, 422]
    assert Booking.objects.count() == 1


def test_a_customer_who_is_gone_does_not_hurt_the_others(native):
    event, gone = make_event(capacity=100), make_user()
    token = access_token(gone)
    gone.delete()
    calls = [asks(one, event) for one in people(9)]
    _, replies = behind_a_lock(native, event, [*calls[:4], asks(None, event, token=token), *calls[4:]])
    assert [reply.status for reply in replies] == [201] * 4 + [401] + [201] * 5
    assert operations.audit_inventory() == []


def test_an_event_that_is_held_up_does_not_hold_up_another(native):
    slow, quick = make_event(), make_event()
    for_slow, for_quick = asks(make_user(), slow), asks(make_user(), quick)
    with ThreadPoolExecutor() as pool:
        with held_up(slow):
            waiting = pool.submit(native.send_all, [for_slow])
            wait_until_blocked()
            assert native.send_all([for_quick])[0].status == 201
        assert waiting.result(30)[0].status == 201


def test_a_full_queue_says_so_at_once(settings):
    settings.BOOKINGS_WAITING = 5
    event = make_event(capacity=100)
    with native_doors() as native:
        _, replies = behind_a_lock(native, event, [asks(one, event) for one in people(12)])
    assert Counter(reply.status for reply in replies) == {201: 5, 503: 7}
    busy = replies[-1]
    assert (busy.json()["code"], busy.headers["retry-after"]) == ("busy", "2")
    assert Booking.objects.count() == 6


def test_a_lock_held_for_too_long_is_a_503_and_books_nothing(native):
    event = make_event()
    with connection.cursor() as cursor:
        cursor.execute("ALTER FUNCTION evently_decide SET lock_timeout = '200ms'")
    try:
        with held_up(event):
            reply = native.send_all([asks(make_user(), event)])[0]
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER FUNCTION evently_decide SET lock_timeout = '5s'")
    assert (reply.status, reply.json()["code"]) == (503, "busy")
    assert not Booking.objects.exists()


def test_a_connection_that_breaks_in_the_middle_loses_nothing_and_books_nothing_twice(native):
    event = make_event(capacity=100)
    with ThreadPoolExecutor() as pool:
        with held_up(event):
            replies = pool.submit(native.send_all, [asks(one, event) for one in people(20)])
            wait_until_blocked()
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT pg_terminate_backend(pid) {OURS_THAT_WAIT}")
        assert [reply.status for reply in replies.result(30)] == [201] * 20
    assert Booking.objects.count() == 20
    assert operations.audit_inventory() == []


def test_when_the_connection_breaks_twice_nobody_is_told_what_nobody_knows(native):
    event, ada = make_event(), make_user()
    with ThreadPoolExecutor() as pool:
        with held_up(event):
            replies = pool.submit(native.send_all, [asks(ada, event, key="k")])
            for _ in range(2):
                wait_until_blocked()
                break_connections()
        [told] = replies.result(30)
    assert (told.status, told.json()["code"], told.headers["retry-after"]) == (503, "undecided", "5")
    assert native.send_all([asks(ada, event, key="k")])[0].status == 201
    assert Booking.objects.count() == 1


def test_an_order_that_was_committed_unheard_is_found_again():
    event, ada = make_event(), make_user()
    request = operations.Request(event.pk, quantity=2)
    order = operations.order_for(request, ada.pk, timezone.now())
    assert operations.decide([order])[0].outcome == "booked"
    order.again = True
    [answer] = operations.decide([order])
    assert (answer.outcome, answer.booking_id) == ("repeated", order.pk)
    assert Booking.objects.count() == 1


def test_closing_lets_everybody_in_who_waits():
    event = make_event(capacity=100)
    with ThreadPoolExecutor() as pool, native_doors() as native:
        with held_up(event):
            replies = pool.submit(native.send_all, [asks(one, event) for one in people(10)])
            wait_until_blocked()
            closing_ = pool.submit(native.close)
            native.settle()
        closing_.result(30)
        assert [reply.status for reply in replies.result(30)] == [201] * 10


def test_two_processes_and_the_slow_door_share_the_last_seats():
    event = make_event(capacity=40, ticket_types=[TicketTypeInput("Seat", capacity=40)])
    make_booking(event)
    buyers = people(8)
    calls = [asks(buyers[number % 8], event, 1 + number % 3) for number in range(120)]
    request = operations.Request(event.pk, quantity=1)
    with native_doors() as one, native_doors() as another, ThreadPoolExecutor(8) as pool:
        by_one, by_another = pool.submit(one.send_all, calls[:60]), pool.submit(another.send_all, calls[60:])
        book = partial(operations.book, request=request, customer_id=buyers[0].pk, now=timezone.now())
        slow = [pool.submit(closing(book)) for _ in range(20)]
        statuses = Counter(reply.status for reply in [*by_one.result(60), *by_another.result(60)])
        for booking in slow:
            booking.exception(60)
    assert set(statuses) == {201, 409}
    assert Inventory.objects.get(event=event).claimed == Booking.objects.confirmed().seats() == 40
    assert operations.audit_inventory() == []
