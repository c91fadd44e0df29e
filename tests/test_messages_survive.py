"""Each booking's mail arrives, and once, through real workers, a real mail server, and whatever fails between them."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager

import pytest
from django.utils import timezone

from bookings.models import Booking
from local.services import throwaway_valkey
from notifications.models import Delivery
from outbox.models import Message
from tests.factories import make_booking, make_event, make_user
from tests.post_office import TAKEN, post_office, take
from tests.serving import environment
from tests.waiting import wait_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

BOOKINGS = 6
LEASES = {"OUTBOX_LEASE_SECONDS": "2", "OUTBOX_POST_LEASE_SECONDS": "4"}


@pytest.fixture
def valkey():
    with throwaway_valkey() as server:
        yield server


@pytest.fixture
def office():
    with post_office() as office:
        yield office


class Worker:
    """A worker for all lanes, with beat, which can be killed like any process."""

    def __init__(self, valkey, office, tmp_path, **more: str) -> None:
        self._environ = environment(REDIS_URL=valkey.url, EMAIL_URL=office.url, **LEASES, **more)
        self._beat = str(tmp_path / "beat")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "celery", "-A", "evently", "worker", "-B", "-Q", "celery,post,bulk"]
        command += ["-s", self._beat, "--pool", "threads", "--concurrency", "3", "-l", "warning"]
        self.process = subprocess.Popen(command, env=self._environ, start_new_session=True)

    def kill(self) -> None:
        """SIGKILL: no farewell."""
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(timeout=10)


@contextmanager
def working(*args, **kwargs):
    worker = Worker(*args, **kwargs)
    worker.start()
    try:
        yield worker
    finally:
        worker.kill()


def book(count: int = BOOKINGS) -> list[Booking]:
    event = make_event(capacity=100)
    return [make_booking(event, make_user(f"Guest{number}")) for number in range(count)]


def all_sent(count: int = BOOKINGS) -> bool:
    return Delivery.objects.filter(status=Delivery.Status.SENT).count() == count


def assert_each_once(office, booked) -> None:
    """One message for each booking, to its customer; nothing more is on its way."""
    assert Counter(message["To"] for message in office.received) == {one.customer.email: 1 for one in booked}
    assert set(office.ids().values()) == {1}
    assert not Message.objects.filter(status=Message.Status.PENDING).exists()


def test_a_broker_that_is_down_at_the_commit_costs_nothing_but_a_moment(valkey, office, tmp_path):
    valkey.kill()
    booked = book()
    valkey.start()
    with working(valkey, office, tmp_path):
        wait_for(all_sent)
        time.sleep(3)  # another sweep of each lane must not send anything again
    assert_each_once(office, booked)


def test_a_broker_that_is_wiped_after_the_commit_loses_nothing(valkey, office, tmp_path):
    booked = book()
    valkey.ask("FLUSHALL")
    with working(valkey, office, tmp_path):
        wait_for(lambda: office.received)
        valkey.ask("FLUSHALL")
        wait_for(all_sent)
        time.sleep(3)
    assert_each_once(office, booked)


def test_a_mail_server_that_is_busy_twice_is_asked_until_it_takes_the_message(valkey, office, tmp_path):
    office.answer = lambda message, attempt: "451 4.3.0 Try again later" if attempt <= 2 else TAKEN
    booked = book(2)
    with working(valkey, office, tmp_path):
        wait_for(lambda: all_sent(2), seconds=60)
    assert set(office.brought.values()) == {3}
    assert_each_once(office, booked)
    assert set(Delivery.objects.values_list("attempts", flat=True)) == {3}


def test_a_final_refusal_is_not_repeated_and_holds_nobody_up(valkey, office, tmp_path):
    booked = book(3)
    refused = booked[1].customer.email
    office.answer = lambda message, attempt: "550 5.1.1 No such user here" if message["To"] == refused else TAKEN
    with working(valkey, office, tmp_path):
        wait_for(lambda: all_sent(2))
        wait_for(lambda: Delivery.objects.filter(status=Delivery.Status.FAILED).count() == 1)
        time.sleep(3)
    assert_each_once(office, [booked[0], booked[2]])
    failed = Delivery.objects.get(status=Delivery.Status.FAILED)
    assert (failed.address, failed.attempts) == (refused, 1)
    assert "No such user here" in failed.answer


def test_a_mail_server_that_hangs_holds_up_one_message_and_loses_none(valkey, office, tmp_path):
    booked = book(4)
    slow = booked[0].customer.email
    office.answer = lambda message, attempt: "hang" if message["To"] == slow and attempt == 1 else TAKEN
    with working(valkey, office, tmp_path, EMAIL_TIMEOUT="2"):
        wait_for(lambda: all_sent(4), seconds=60)
        time.sleep(3)
    assert_each_once(office, booked)


def test_a_worker_that_dies_before_the_server_has_the_message_sends_it_once_in_the_end(valkey, office, tmp_path):
    booked = book()
    with working(valkey, office, tmp_path) as worker:

        def die_once(message, attempt):
            office.answer = take
            worker.kill()
            return "451 4.3.0 Lost the connection"

        office.answer = die_once
        wait_for(lambda: worker.process.poll() is not None)
        worker.start()
        wait_for(all_sent)
        time.sleep(3)
    assert_each_once(office, booked)


def test_a_worker_that_dies_between_sending_and_marking_repeats_that_one_message_under_the_same_id(
    valkey, office, tmp_path
):
    """The one window in which a message can come twice: docs/decisions/messages.md."""
    booked = book()
    with working(valkey, office, tmp_path) as worker:

        def kill_once():
            office.before_saying_so = lambda: None
            worker.kill()

        office.before_saying_so = kill_once
        wait_for(lambda: worker.process.poll() is not None)
        worker.start()
        wait_for(all_sent)
        time.sleep(3)
    assert {message["To"] for message in office.received} == {one.customer.email for one in booked}
    assert len(office.ids()) == BOOKINGS
    assert sorted(office.ids().values()) == [1] * (BOOKINGS - 1) + [2]
    assert not Message.objects.filter(status=Message.Status.PENDING).exists()


def test_a_booking_that_is_cancelled_before_its_mail_goes_out_is_not_sent_tickets(valkey, office, tmp_path):
    from bookings import operations

    booked = book(2)
    operations.cancel(booking=booked[0], now=timezone.now())
    with working(valkey, office, tmp_path):
        wait_for(lambda: not Message.objects.filter(status=Message.Status.PENDING).exists())
    tickets = [message for message in office.received if message["Subject"].startswith("Your tickets")]
    assert [message["To"] for message in tickets] == [booked[1].customer.email]
