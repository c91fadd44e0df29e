"""Live numbers and letters through real web processes: right, private, and right again after whatever dies."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import ExitStack, contextmanager
from datetime import timedelta

import psutil
import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from websockets.exceptions import InvalidStatus

from accounts.models import User
from bookings import operations
from bookings.models import Booking
from core.limits import SOCKETS
from core.live import marks
from core.live.broadcaster import WINDOW_SECONDS
from local.services import throwaway_valkey
from tests.api import Api
from tests.factories import make_booking, make_draft, make_event, make_hold, make_user
from tests.live import live_page
from tests.serving import environment, serving
from tests.waiting import wait_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

SOON = 2.2  # by a mark: sooner than anything heals by itself, and no measurement
RIGHT_AGAIN = 5.0
SMALL = {"LIVE_PER_ADDRESS": "8", "LOG_LEVEL": "WARNING"}


@pytest.fixture
def valkey():
    with throwaway_valkey() as server:
        yield server


@pytest.fixture
def marked(valkey, monkeypatch):
    """What this process commits is marked on that Redis."""
    sender = marks.Sender(valkey.url)
    monkeypatch.setattr(marks, "_sender", lambda: sender)
    yield
    sender.close()


@pytest.fixture
def web(valkey, marked):
    with serving(environment(**SMALL, REDIS_URL=valkey.url, WEB_CONCURRENCY="2")) as it:
        yield it


@pytest.fixture
def alone(valkey, marked):
    """One web process."""
    with serving(environment(**SMALL, REDIS_URL=valkey.url, WEB_CONCURRENCY="1")) as it:
        yield it


def session_of(user: User) -> str:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client.session.session_key or ""


def book_by_api(address: str, event, user: User, quantity: int = 1) -> None:
    """As a program does, through the door in the event loop."""
    body = json.dumps({"event": str(event.pk), "quantity": quantity})
    token = Api(user).token
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{address}/api/bookings", body.encode(), headers)  # noqa: S310  our own server
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        assert answer.status == 201


def test_a_booking_through_any_door_is_on_every_page_within_a_second(web):
    event, ada, hold = make_event(capacity=50), make_user("Ada"), None
    with ExitStack() as stack:
        pages = [stack.enter_context(live_page(web.address, event.pk)) for _ in range(6)]
        assert [page.free(event.pk) for page in pages] == [50] * 6

        def all_say(free: int) -> None:
            for page in pages:
                page.until_free(event.pk, free, seconds=SOON)

        book_by_api(web.address, event, ada, quantity=3)
        all_say(47)
        booking = make_booking(event, ada, quantity=2)
        all_say(45)
        hold = make_hold(event, ada, quantity=5)
        all_say(40)
        assert pages[0].seats[str(event.pk)]["held"] == 5
        operations.confirm(booking=hold, now=timezone.now())
        pages[0].until(lambda page: page.seats[str(event.pk)]["held"] == 0, seconds=SOON)
        operations.cancel(booking=booking, now=timezone.now())
        all_say(42)
        for page in pages:
            assert page.versions == sorted(page.versions)


def test_all_pages_are_told_the_same_and_no_more_often_than_a_few_times_a_second(web):
    event, ada = make_event(capacity=500), make_user("Ada")
    began = time.monotonic()
    with ExitStack() as stack:
        pages = [stack.enter_context(live_page(web.address, event.pk)) for _ in range(4)]
        for page in pages:
            page.free(event.pk)
        for _ in range(60):
            make_booking(event, ada)
        for page in pages:
            page.until_free(event.pk, 440)
        windows = (time.monotonic() - began) / WINDOW_SECONDS
        for page in pages:
            assert len(page.versions) <= windows + 2
        assert len({json.dumps(page.seats, sort_keys=True) for page in pages}) == 1


def test_nothing_is_told_before_it_is_committed(web):
    event, ada = make_event(capacity=50), make_user("Ada")
    with live_page(web.address, event.pk) as page:
        assert page.free(event.pk) == 50
        with transaction.atomic():
            make_booking(event, ada, quantity=3)
            heard = page.quiet(4)  # longer than it takes until all is read anew
            assert {one["free"] for one in heard if one["type"] == "seats"} <= {50}
        page.until_free(event.pk, 47, seconds=SOON)


def test_drafts_and_unknown_ids_are_nobodys_business(alone):
    event, draft = make_event(), make_draft()
    with live_page(alone.address, draft.pk, make_user().pk, event.pk) as page:
        page.free(event.pk)
        page.quiet(1)
        assert set(page.seats) == {str(event.pk)}


def test_what_is_ones_own_reaches_ones_own_pages_alone(web):
    event, ada, ben = make_event(), make_user("Ada"), make_user("Ben")
    basket = make_hold(event, ada)
    with ExitStack() as stack:
        hers, his, nobodys = (
            stack.enter_context(live_page(web.address, event.pk, session=session))
            for session in (session_of(ada), session_of(ben), "")
        )
        for page in (hers, his, nobodys):
            page.free(event.pk)
        operations.confirm(booking=basket, now=timezone.now())
        hers.until(lambda page: page.letters, seconds=SOON)
        assert [(one["topic"], one["id"]) for one in hers.letters] == [("booking", str(basket.pk))]
        for page in (his, nobodys):
            page.quiet(0.5)
            assert page.letters == []


def test_a_page_of_somebody_elses_is_refused(alone):
    with pytest.raises(InvalidStatus) as refused, live_page(alone.address, origin="https://evil.example"):
        pass
    assert refused.value.response.status_code == 403


def test_a_program_that_does_not_say_where_it_comes_from_is_told_public_numbers_alone(alone):
    ada, event = make_user("Ada"), make_event()
    basket = make_hold(event, ada)
    with live_page(alone.address, event.pk, session=session_of(ada), origin=None) as page:
        page.free(event.pk)
        operations.confirm(booking=basket, now=timezone.now())
        page.quiet(1)
        assert page.letters == []


def test_signing_out_ends_the_connections_of_that_session_alone(alone):
    ada, ben, event = make_user("Ada"), make_user("Ben"), make_event()
    client = Client()
    client.force_login(ada, backend="django.contrib.auth.backends.ModelBackend")
    with (
        live_page(alone.address, event.pk, session=client.session.session_key or "") as hers,
        live_page(alone.address, event.pk, session=session_of(ben)) as his,
    ):
        hers.free(event.pk)
        his.free(event.pk)
        client.post("/account/logout/")
        assert hers.closed_with() == 4401
        make_booking(event)
        his.until_free(event.pk, 9, seconds=SOON)


@pytest.mark.parametrize(
    "said",
    ["", "{", "[]", '{"events": "x"}', '{"events": ["x"]}', '{"events": [], "more": 1}', '{"events": [1]}', "x" * 5000],
)
def test_what_makes_no_sense_ends_the_connection(alone, said):
    with live_page(alone.address) as page:
        page.connection.send(said)
        assert page.closed_with() == 4400


def test_more_than_sixty_events_are_too_many(alone):
    event = make_event()
    with live_page(alone.address) as page:
        page.show(*[event.pk] * 60)
        assert page.free(event.pk) == 10
        page.show(*[event.pk] * 61)
        assert page.closed_with() == 4400


def test_a_page_that_chatters_is_shown_out(alone):
    with live_page(alone.address) as page:
        for _ in range(22):
            page.show()
        assert page.closed_with() == 4429


def test_one_address_has_so_many_connections_and_gets_room_again(alone, valkey):
    """Whatever it says of itself, and without Redis too: each process counts for itself."""
    event = make_event()
    with ExitStack() as stack:
        for n in range(8):
            stack.enter_context(live_page(alone.address, event.pk, forwarded=f"203.0.113.{n}")).free(event.pk)
        with live_page(alone.address, forwarded="203.0.113.99") as one_more:
            assert one_more.closed_with() == 4429
        valkey.kill()
        with live_page(alone.address) as one_more:
            assert one_more.closed_with() == 4429
    wait_for(lambda: _is_let_in(alone.address, event.pk), seconds=5)


def test_one_person_has_so_many_connections_wherever_they_come_from(valkey, marked):
    """Seen through one proxy, which appends to what a client says of itself."""
    session = session_of(make_user("Ada"))
    proxied = environment(**SMALL, REDIS_URL=valkey.url, WEB_CONCURRENCY="1", TRUSTED_PROXY_COUNT="1")
    with serving(proxied) as web, ExitStack() as stack:
        event = make_event()
        for n in range(SOCKETS.per_person):
            told = live_page(web.address, event.pk, session=session, forwarded=f"1.1.1.1, 203.0.113.{n}")
            stack.enter_context(told).free(event.pk)
        with live_page(web.address, session=session, forwarded="1.1.1.1, 203.0.113.99") as one_more:
            assert one_more.closed_with() == 4429
        with live_page(web.address, event.pk, forwarded="1.1.1.1, 203.0.113.99") as nobody:
            assert nobody.free(event.pk) == 10


def _is_let_in(address: str, event) -> bool:
    with live_page(address) as page:
        try:
            page.show(event)
            return page.free(event, seconds=1) == 10
        except Exception:
            return False


def test_a_killed_web_process_and_a_restart(web):
    event = make_event(capacity=50)
    with live_page(web.address, event.pk) as page:
        assert page.free(event.pk) == 50
        web.kill()
        assert page.closed_with() in (1005, 1006)
    make_booking(event, quantity=4)
    web.start()
    began = time.monotonic()
    with live_page(web.address, event.pk) as page:
        assert page.free(event.pk) == 46
        assert time.monotonic() - began < RIGHT_AGAIN


def test_when_one_of_two_web_processes_is_killed_the_other_pages_go_on(web):
    event, ada = make_event(capacity=50), make_user("Ada")
    with ExitStack() as stack:
        pages = [stack.enter_context(live_page(web.address, event.pk)) for _ in range(8)]
        for page in pages:
            page.free(event.pk)
        served = {_server_of(web, page): [] for page in pages}
        for page in pages:
            served[_server_of(web, page)].append(page)
        victim = next(iter(served))
        os.kill(victim, signal.SIGKILL)
        make_booking(event, ada, quantity=5)
        for pid, left in served.items():
            for page in left if pid != victim else []:
                page.until_free(event.pk, 45, seconds=RIGHT_AGAIN)
        wait_for(lambda: _is_right(web.address, event.pk, 45), seconds=RIGHT_AGAIN)


def _server_of(web, page) -> int:
    """The process at the other end of a page's connection."""
    own = page.connection.socket.getsockname()
    for process in psutil.Process(web.process.pid).children(recursive=True):
        if any(one.raddr and one.raddr[:2] == own[:2] for one in process.net_connections("tcp")):
            return process.pid
    raise AssertionError("nobody serves it")


def _is_right(address: str, event, free: int) -> bool:
    try:
        with live_page(address, event) as page:
            return page.free(event, seconds=1) == free
    except (OSError, AssertionError, InvalidStatus):
        return False


def test_redis_goes_and_comes_back(web, valkey):
    event, ada = make_event(capacity=50), make_user("Ada")
    with ExitStack() as stack:
        pages = [stack.enter_context(live_page(web.address, event.pk)) for _ in range(4)]
        for page in pages:
            page.free(event.pk)
        valkey.kill()
        book_by_api(web.address, event, ada, quantity=5)
        for page in pages:  # each process reads for itself meanwhile
            page.until_free(event.pk, 45, seconds=RIGHT_AGAIN)
        valkey.start()
        make_booking(event, ada, quantity=5)
        for page in pages:
            page.until_free(event.pk, 40, seconds=RIGHT_AGAIN)
        time.sleep(2.5)  # everybody has found it again
        make_booking(event, ada, quantity=5)
        for page in pages:
            page.until_free(event.pk, 35, seconds=SOON)


def test_a_commit_nobody_spoke_of_is_found(web, monkeypatch):
    """As if its process had died between the commit and its word."""
    event = make_event(capacity=50)
    with live_page(web.address, event.pk) as page:
        page.free(event.pk)
        monkeypatch.setattr(marks.Sender, "send", lambda self, marks: None)
        make_booking(event, quantity=5)
        page.until_free(event.pk, 45, seconds=RIGHT_AGAIN)


def test_nothing_of_it_needs_the_worker_but_what_the_worker_does_is_told_too(alone, valkey, tmp_path):
    event, ada = make_event(capacity=50), make_user("Ada")
    basket = make_hold(event, ada, quantity=5)
    with live_page(alone.address, event.pk, session=session_of(ada)) as page:
        assert page.free(event.pk) == 45
        with _worker(valkey, tmp_path) as process:
            Booking.objects.filter(pk=basket.pk).update(hold_expires_at=timezone.now() - timedelta(seconds=1))
            page.until_free(event.pk, 50, seconds=20)
            assert page.letters[-1]["message"].startswith("The time for your basket was up")
            os.killpg(process.pid, signal.SIGKILL)
        book_by_api(alone.address, event, ada, quantity=2)
        page.until_free(event.pk, 48, seconds=SOON)


@contextmanager
def _worker(valkey, tmp_path):
    command = [sys.executable, "-m", "celery", "-A", "evently", "worker", "-B", "--concurrency", "1", "-l", "warning"]
    command += ["-s", str(tmp_path / "beat")]
    process = subprocess.Popen(command, env=environment(REDIS_URL=valkey.url), start_new_session=True)
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=10)
