"""What is told of each booking arrives, and once, through real workers, real servers for mail and push, and whatever
fails between them."""

import threading
import time
from collections import Counter

import pytest
from django.utils import timezone

from bookings.models import Booking
from local.services import throwaway_valkey
from notifications.kinds import Channel
from notifications.models import Choice, Delivery, Device, Notice
from outbox.models import Message
from tests.factories import make_booking, make_event, make_user
from tests.post_office import TAKEN, post_office, take
from tests.push_service import PRIVATE_KEY, PushService, push_service
from tests.waiting import wait_for
from tests.working import working

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

BOOKINGS = 6


@pytest.fixture
def valkey():
    with throwaway_valkey() as server:
        yield server


@pytest.fixture
def office():
    with post_office() as office:
        yield office


@pytest.fixture
def at_work(valkey, office, pushed_to, tmp_path):
    """`at_work()` is a worker that runs until the end of its block."""
    servers = {"REDIS_URL": valkey.url, "EMAIL_URL": office.url}
    keys = {"VAPID_PRIVATE_KEY": PRIVATE_KEY, "PUSH_PRIVATE_ENDPOINTS": "yes"}
    return lambda **more: working(tmp_path, **servers, **keys, **more)


@pytest.fixture
def pushed_to():
    with push_service() as service:
        yield service


def book(count: int = BOOKINGS, *, pushed_to: PushService | None = None) -> list[Booking]:
    """So many guests book; with a push service, each of them hears of it on a device too."""
    event = make_event(capacity=100)
    guests = [make_user(f"Guest{number}") for number in range(count)]
    for guest in guests if pushed_to else []:
        Device.objects.create(user=guest, **pushed_to.subscribe())
        Choice.objects.create(user=guest, kind="booking_confirmed", channel=Channel.PUSH, wanted=True)
    return [make_booking(event, guest) for guest in guests]


def all_sent(count: int = BOOKINGS) -> bool:
    return Delivery.objects.filter(status=Delivery.Status.SENT).count() == count


def assert_each_once(office, booked) -> None:
    """One message for each booking, to its customer; nothing more is on its way."""
    assert Counter(message["To"] for message in office.received) == {one.customer.email: 1 for one in booked}
    assert set(office.ids().values()) == {1}
    assert not Message.objects.filter(status=Message.Status.PENDING).exists()


def assert_each_pushed_once(service: PushService, booked) -> None:
    """One push for each booking, encrypted for its customer's device, from us."""
    assert Counter(pushed.path for pushed in service.pushed) == dict.fromkeys(service.browsers, 1)
    assert len(service.browsers) == len(booked)
    assert {pushed.claims["aud"] for pushed in service.pushed} == {service.origin}
    notices = Notice.objects.filter(about__in=[one.pk for one in booked])
    assert {pushed.content["id"] for pushed in service.pushed} == {str(notice.pk) for notice in notices}


def test_a_broker_that_is_down_at_the_commit_costs_nothing_but_a_moment(valkey, office, pushed_to, at_work):
    valkey.kill()
    booked = book(pushed_to=pushed_to)
    valkey.start()
    with at_work():
        wait_for(lambda: all_sent(2 * BOOKINGS))
        time.sleep(3)  # another sweep of each lane must not send anything again
    assert_each_once(office, booked)
    assert_each_pushed_once(pushed_to, booked)


def test_a_broker_that_is_wiped_after_the_commit_loses_nothing(valkey, office, pushed_to, at_work):
    booked = book(pushed_to=pushed_to)
    valkey.ask("FLUSHALL")
    with at_work():
        wait_for(lambda: office.received)
        valkey.ask("FLUSHALL")
        wait_for(lambda: all_sent(2 * BOOKINGS))
        time.sleep(3)
    assert_each_once(office, booked)
    assert_each_pushed_once(pushed_to, booked)


def test_a_push_service_that_fails_and_one_that_asks_to_wait_get_each_message_once(office, pushed_to, at_work):
    pushed_to.answers = [(500, {}, b"sorry"), (429, {"Retry-After": "1"}, b"slow down"), (503, {}, b"")]
    booked = book(2, pushed_to=pushed_to)
    with at_work():
        wait_for(lambda: all_sent(4), seconds=60)
        time.sleep(3)
    assert pushed_to.asked == 5
    assert_each_pushed_once(pushed_to, booked)
    assert_each_once(office, booked)


def test_a_push_service_that_hangs_holds_up_one_message_and_loses_none(office, pushed_to, at_work):
    let_go = threading.Event()
    pushed_to.answers = [lambda connection: let_go.wait(60)]
    booked = book(3, pushed_to=pushed_to)
    with at_work():
        wait_for(lambda: all_sent(6), seconds=60)
        let_go.set()
    assert_each_pushed_once(pushed_to, booked)
    assert_each_once(office, booked)


def test_a_device_that_is_gone_is_forgotten_and_its_mail_goes_out(office, pushed_to, at_work):
    pushed_to.answers = [(410, {}, b"gone")]
    booked = book(2, pushed_to=pushed_to)
    with at_work():
        wait_for(lambda: all_sent(3))
        wait_for(lambda: not Message.objects.filter(status=Message.Status.PENDING).exists())
    assert Device.objects.count() == len(pushed_to.pushed) == 1
    assert_each_once(office, booked)


def test_a_worker_that_dies_after_a_push_repeats_that_one_under_the_same_topic(office, pushed_to, at_work):
    booked, killed_at = book(pushed_to=pushed_to), []
    with at_work(threads=1) as worker:

        def kill_once(path):
            pushed_to.before_saying_so = lambda path: None
            killed_at.append(path)
            worker.kill()

        pushed_to.before_saying_so = kill_once
        wait_for(lambda: worker.is_dead)
        worker.start()
        wait_for(lambda: all_sent(2 * BOOKINGS))
        time.sleep(3)
    by_device = Counter(pushed.path for pushed in pushed_to.pushed)
    assert by_device == {**dict.fromkeys(pushed_to.browsers, 1), killed_at[0]: 2}
    assert len({pushed.headers["topic"] for pushed in pushed_to.pushed if pushed.path == killed_at[0]}) == 1
    assert {message["To"] for message in office.received} == {one.customer.email for one in booked}


def test_a_mail_server_that_is_busy_twice_is_asked_until_it_takes_the_message(valkey, office, at_work):
    office.answer = lambda message, attempt: "451 4.3.0 Try again later" if attempt <= 2 else TAKEN
    booked = book(2)
    with at_work():
        wait_for(lambda: all_sent(2), seconds=60)
    assert set(office.brought.values()) == {3}
    assert_each_once(office, booked)
    assert set(Delivery.objects.values_list("attempts", flat=True)) == {3}


def test_a_final_refusal_is_not_repeated_and_holds_nobody_up(valkey, office, at_work):
    booked = book(3)
    refused = booked[1].customer.email
    office.answer = lambda message, attempt: "550 5.1.1 No such user here" if message["To"] == refused else TAKEN
    with at_work():
        wait_for(lambda: all_sent(2))
        wait_for(lambda: Delivery.objects.filter(status=Delivery.Status.FAILED).count() == 1)
        time.sleep(3)
    assert_each_once(office, [booked[0], booked[2]])
    failed = Delivery.objects.get(status=Delivery.Status.FAILED)
    assert (failed.address, failed.attempts) == (refused, 1)
    assert "No such user here" in failed.answer


def test_a_mail_server_that_hangs_holds_up_one_message_and_loses_none(valkey, office, at_work):
    booked = book(4)
    slow = booked[0].customer.email
    office.answer = lambda message, attempt: "hang" if message["To"] == slow and attempt == 1 else TAKEN
    with at_work(EMAIL_TIMEOUT="2"):
        wait_for(lambda: all_sent(4), seconds=60)
        time.sleep(3)
    assert_each_once(office, booked)


def test_a_worker_that_dies_before_the_server_has_the_message_sends_it_once_in_the_end(valkey, office, at_work):
    booked = book()
    with at_work(threads=1) as worker:

        def die_once(message, attempt):
            office.answer = take
            worker.kill()
            return "451 4.3.0 Lost the connection"

        office.answer = die_once
        wait_for(lambda: worker.is_dead)
        worker.start()
        wait_for(all_sent)
        time.sleep(3)
    assert_each_once(office, booked)


def test_a_worker_that_dies_between_sending_and_marking_repeats_that_one_message_under_the_same_id(office, at_work):
    """The one window in which a message can come twice: docs/decisions/messages.md."""
    booked = book()
    with at_work(threads=1) as worker:

        def kill_once():
            office.before_saying_so = lambda: None
            worker.kill()

        office.before_saying_so = kill_once
        wait_for(lambda: worker.is_dead)
        worker.start()
        wait_for(all_sent)
        time.sleep(3)
    assert {message["To"] for message in office.received} == {one.customer.email for one in booked}
    assert len(office.ids()) == BOOKINGS
    assert sorted(office.ids().values()) == [1] * (BOOKINGS - 1) + [2]
    assert not Message.objects.filter(status=Message.Status.PENDING).exists()


def test_a_booking_that_is_cancelled_before_its_mail_goes_out_is_not_sent_tickets(valkey, office, at_work):
    from bookings import operations

    booked = book(2)
    operations.cancel(booking=booked[0], now=timezone.now())
    with at_work():
        wait_for(lambda: not Message.objects.filter(status=Message.Status.PENDING).exists())
    tickets = [message for message in office.received if message["Subject"].startswith("Your tickets")]
    assert [message["To"] for message in tickets] == [booked[1].customer.email]
