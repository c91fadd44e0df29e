"""The hub, its coalescing and its order, on a real Redis; what it reads is a number in memory."""

import asyncio
import json
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.db import transaction

from core.live import broadcaster, hub, marks, recent, socket
from core.live.ending import end
from core.live.hub import Hub
from core.live.messages import Letter, Marks, News, Taken, decode, encode, session_digest
from core.live.socket import Close, Socket

ONE = "0196f0a0-0000-7000-8000-000000000001"
OTHER = "0196f0a0-0000-7000-8000-000000000002"


def run_apart(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Run it in a thread of its own: in this one Playwright may keep a loop running, for browser tests."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result(timeout=60)


class Source:
    """What is to be shown: a number for each subject. `slow`: how long a read takes after it has looked."""

    def __init__(self) -> None:
        self.numbers = {ONE: 0, OTHER: 0}
        self.version = 0
        self.reads = 0
        self.slow = 0.0
        self.people: dict[str, UUID] = {}
        self.broken = False

    async def read(self, subjects: Sequence[str]) -> list[News]:
        self.reads += 1
        if self.broken:
            raise OSError("the database is away")
        self.version += 1
        found = [
            News(one, self.version, 0.0, str(self.numbers[one]), str(self.numbers[one]))
            for one in subjects
            if one in self.numbers
        ]
        await asyncio.sleep(self.slow)
        return found

    async def find_people(self, sessions: Any) -> dict[str, UUID]:
        return {key: user for key, user in self.people.items() if key in sessions}


class Page:
    """A page's end of a connection, as good as its network."""

    def __init__(self, user_id: UUID | None = None, session: str = "") -> None:
        self.all: list[str] = []
        self.flows = asyncio.Event()
        self.flows.set()
        self.socket = Socket(self._send, user_id=user_id, session=session)
        self.writing = asyncio.create_task(self.socket.write())

    async def _send(self, text: str) -> None:
        await self.flows.wait()
        self.all.append(text)

    @property
    def heard(self) -> list[str]:
        return [text for text in self.all if text not in (hub.HERE, hub.BEAT)]


@asynccontextmanager
async def hubs(source: Source, number: int = 1):
    """So many web processes, as far as Redis can tell."""
    made = [Hub(settings.REDIS_URL, read=source.read, find_people=source.find_people) for _ in range(number)]
    for one in made:
        one.start()
    await until(lambda: all(one.bus.is_connected for one in made))
    yield made
    for one in made:
        await one.close()


async def until(condition, seconds: float = 5) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


def look(one: Hub, *subjects: str, **whose: Any) -> Page:
    page = Page(**whose)
    one.join(page.socket)
    one.watch(page.socket, subjects or (ONE,))
    return page


async def change(source: Source, one: Hub, number: int, subject: str = ONE) -> None:
    source.numbers[subject] = number
    await one.bus.publish(Marks(changed={subject}))


def test_all_pages_are_given_the_same_text_and_those_that_left_none():
    async def scene() -> None:
        source = Source()
        async with hubs(source) as [one]:
            pages = [look(one) for _ in range(5)]
            elsewhere, gone = look(one, OTHER), look(one)
            await until(lambda: all(page.heard == ["0"] for page in [*pages, elsewhere, gone]))
            one.leave(gone.socket)
            await change(source, one, 1)
            await until(lambda: all(page.heard == ["0", "1"] for page in pages))
            assert len({id(page.heard[-1]) for page in pages}) == 1
            assert elsewhere.heard == gone.heard == ["0"]

    run_apart(scene())


def test_who_comes_later_is_told_at_once_how_things_are():
    async def scene() -> None:
        source = Source()
        async with hubs(source) as [one]:
            first = look(one)
            await until(lambda: first.heard)
            reads = source.reads
            second = look(one)
            await until(lambda: second.heard == ["0"], seconds=0.1)
            assert source.reads == reads

    run_apart(scene())


def test_a_page_that_does_not_take_what_it_is_sent_is_let_go_and_keeps_nobody_waiting(monkeypatch):
    monkeypatch.setattr(socket, "SLOW_SECONDS", 0.5)

    async def scene() -> None:
        source = Source()
        async with hubs(source) as [one]:
            slow, quick = look(one), look(one)
            slow.flows.clear()
            for number in (1, 2):
                await change(source, one, number)
                await until(lambda: quick.heard[-1:] == [str(number)])  # noqa: B023  asked at once
            assert await asyncio.wait_for(slow.socket.ended, 2) == Close.SLOW
            assert slow.heard == []

    run_apart(scene())


def test_a_page_that_is_a_little_slow_is_sent_the_newest_alone():
    async def scene() -> None:
        source = Source()
        async with hubs(source) as [one]:
            slow, quick = look(one), look(one)
            await until(lambda: slow.heard == quick.heard == ["0"])
            slow.flows.clear()
            for number in range(1, 5):
                await change(source, one, number)
                await until(lambda: quick.heard[-1] == str(number))  # noqa: B023  asked at once
            slow.flows.set()
            await until(lambda: slow.heard[-1] == "4")
            assert slow.heard == ["0", "1", "4"]  # the first one was on its way

    run_apart(scene())


def test_letters_nobody_reads_are_bounded():
    async def scene() -> None:
        page = Page()
        page.flows.clear()
        for number in range(socket.MOST_LETTERS + 2):
            page.socket.post(str(number))
        assert page.socket.ended.result() == Close.SLOW

    run_apart(scene())


def test_many_commits_are_a_few_reads_and_the_last_one_is_told():
    async def scene() -> None:
        source = Source()
        async with hubs(source) as [one]:
            page = look(one)
            await until(lambda: page.heard)
            reads = source.reads
            for number in range(1, 201):
                await change(source, one, number)
                await asyncio.sleep(0.005)
            await until(lambda: page.heard[-1] == "200")
            assert source.reads - reads <= 2 + 200 * 0.012 / broadcaster.WINDOW_SECONDS
            assert [int(text) for text in page.heard] == sorted(int(text) for text in page.heard)

    run_apart(scene())


def test_a_commit_right_after_the_read_is_told_as_well(monkeypatch):
    """Marked while the read that missed it is still under way."""
    monkeypatch.setattr(broadcaster, "HEAL_SECONDS", 1000.0)

    async def scene() -> None:
        source = Source()
        async with hubs(source) as [one]:
            page = look(one)
            await until(lambda: page.heard)
            await asyncio.sleep(0.3)
            source.slow = 0.2
            reads = source.reads
            await change(source, one, 1)
            await until(lambda: source.reads > reads)  # it has looked, and has not told yet
            await change(source, one, 2)
            await until(lambda: page.heard == ["0", "1", "2"], seconds=2)

    run_apart(scene())


def test_of_several_processes_one_reads_for_all(monkeypatch):
    monkeypatch.setattr(broadcaster, "HEAL_SECONDS", 1000.0)

    async def scene() -> None:
        source = Source()
        async with hubs(source, 4) as several:
            pages = [look(one) for one in several]
            await until(lambda: all(page.heard for page in pages))
            await asyncio.sleep(1)
            reads = source.reads
            for number in range(1, 21):
                await change(source, several[number % 4], number)
                await asyncio.sleep(0.05)
            await until(lambda: all(page.heard[-1] == "20" for page in pages))
            assert source.reads - reads <= 3 + 20 * 0.06 / broadcaster.WINDOW_SECONDS

    run_apart(scene())


def test_when_the_reader_dies_after_taking_its_turn_another_reads(monkeypatch):
    monkeypatch.setattr(broadcaster, "HEAL_SECONDS", 1000.0)

    async def scene() -> None:
        source = Source()
        async with hubs(source) as [one]:
            page = look(one)
            await until(lambda: page.heard)
            await asyncio.sleep(0.3)
            await one.bus.redis.set(f"{one.bus.channel}:turn:{ONE}", "somebody", px=150)
            await change(source, one, 7)
            await one.bus.publish(Taken("somebody", (ONE,)))
            await until(lambda: page.heard[-1] == "7", seconds=broadcaster.LOST_SECONDS + 1)

    run_apart(scene())


def test_what_nobody_spoke_of_is_found(monkeypatch):
    monkeypatch.setattr(broadcaster, "HEAL_SECONDS", 0.5)

    async def scene() -> None:
        source = Source()
        async with hubs(source) as [one]:
            page = look(one)
            await until(lambda: page.heard)
            source.numbers[ONE] = 9
            await until(lambda: page.heard[-1] == "9", seconds=2)

    run_apart(scene())


def test_what_is_older_comes_too_late():
    async def scene() -> None:
        source = Source()
        async with hubs(source) as [one]:
            page = look(one)
            await until(lambda: page.heard)
            for version, text in [(100, "b"), (99, "a"), (100, "b again"), (101, "c")]:
                one.hear(News(ONE, version, 0.0, text, text))
            one.hear(News(ONE, 101, 1.0, "c later", "c later"))
            one.hear(News(ONE, 102, 2.0, "c later", "looks the same"))
            await until(lambda: page.heard[-1] == "c later")
            assert page.heard == ["0", "c later"]

    run_apart(scene())


def test_while_nothing_can_be_read_pages_are_told_so():
    async def scene() -> None:
        source = Source()
        async with hubs(source) as [one]:
            page = look(one)
            await until(lambda: page.heard)
            source.broken = True
            await change(source, one, 1)
            await until(lambda: page.all[-1] == hub.AWAY)
            newcomer = look(one)
            await until(lambda: hub.AWAY in newcomer.all)
            source.broken = False
            await until(lambda: page.heard[-1] == "1" and hub.HERE in page.all[-2:])

    run_apart(scene())


def test_letters_reach_their_person_alone():
    async def scene() -> None:
        ada, ben = uuid4(), uuid4()
        async with hubs(Source(), 2) as [one, other]:
            hers, hers_too = look(one, user_id=ada), look(other, user_id=ada)
            his, nobodys = look(one, user_id=ben), look(one)
            await one.bus.publish(Marks(letters=[Letter(str(ada), "booking", ONE)]))
            await until(lambda: all(len(page.heard) == 2 for page in (hers, hers_too)))
            letter = {"type": "mine", "topic": "booking", "id": ONE, "message": "", "tone": "info"}
            assert letter in [json.loads(text) for text in hers.heard]
            await asyncio.sleep(0.2)
            assert his.heard == nobodys.heard == ["0"]

    run_apart(scene())


def test_a_page_that_was_being_loaded_hears_what_a_worker_told_meanwhile(monkeypatch):
    async def scene() -> None:
        ada = uuid4()
        async with hubs(Source()) as [one]:
            before = look(one, user_id=ada)
            letters = [Letter(str(ada), "notice", OTHER, "Good news.", "success"), Letter(str(ada), "booking", ONE)]
            await one.bus.publish(Marks(letters=letters))
            await until(lambda: len(before.heard) == 3)
            hers, his = look(one, user_id=ada), look(one, user_id=uuid4())
            await until(lambda: len(hers.heard) == 2)
            again = {"type": "mine", "topic": "notice", "id": OTHER, "message": "", "tone": "success"}
            assert again in [json.loads(text) for text in hers.heard]  # the toast is not shown twice
            monkeypatch.setattr(recent, "SECONDS", -1.0)
            later = look(one, user_id=ada)
            await asyncio.sleep(0.2)
            assert his.heard == later.heard == ["0"]

    run_apart(scene())


def test_what_was_told_is_not_kept_for_long(monkeypatch):
    told = recent.Recent()
    for number in range(100):
        told.add("ada", str(number))
    assert len(told.of("ada")) == recent.MOST
    told.prune()
    assert told.of("ada")
    monkeypatch.setattr(recent, "SECONDS", -1.0)
    told.prune()
    monkeypatch.undo()
    assert told.of("ada") == []


def test_a_line_that_moves_on_and_on_is_told_twice_a_second():
    async def scene() -> None:
        async with hubs(Source()) as [one]:
            page = look(one)
            await until(lambda: page.heard)
            for _ in range(30):
                await one.bus.publish(Marks(moved={ONE}))
                await asyncio.sleep(0.02)
            await asyncio.sleep(2 * hub.LINE_SECONDS)
            moved = [text for text in page.heard if "line" in text]
            assert 2 <= len(moved) <= 4

    run_apart(scene())


def test_who_is_not_signed_in_any_more_is_shown_out():
    async def scene() -> None:
        source, ada = Source(), uuid4()
        source.people = {"adas": ada, "others": ada}
        async with hubs(source) as [one]:
            hers = look(one, user_id=ada, session="adas")
            again = look(one, user_id=ada, session="others")
            nobodys = look(one)
            await one.check_sessions()
            assert not hers.socket.ended.done()
            del source.people["adas"]
            await one.check_sessions()
            assert hers.socket.ended.result() == Close.SESSION_ENDED
            await one.bus.publish(Marks(ended={session_digest("others")}))
            await until(again.socket.ended.done)
            assert not nobodys.socket.ended.done()

    run_apart(scene())


def test_messages_survive_the_channel():
    for message in (
        Marks({ONE}, {OTHER}, [Letter("u", "place", ONE, "Seats\nfor you", "success")], {"x"}),
        Taken("me", (ONE, OTHER)),
        News(ONE, 2**52, 1.5, "abc", '{"html":"two\\nlines\n"}'),
    ):
        assert decode(encode(message)) == message
    assert decode(b'{"later": 1}') is None


@pytest.mark.django_db(transaction=True)
def test_a_transaction_speaks_once_after_its_commit_and_not_of_what_was_rolled_back(monkeypatch):
    sent: list[Marks] = []
    monkeypatch.setattr(marks.Sender, "send", lambda self, said: sent.append(said))
    with transaction.atomic():
        marks.changed(UUID(ONE))
        marks.changed(UUID(ONE), UUID(OTHER))
        marks.tell(UUID(OTHER), "booking", UUID(ONE))
        assert sent == []
    assert sent == [Marks({ONE, OTHER}, letters=[Letter(OTHER, "booking", ONE)])]
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        marks.changed(UUID(ONE))
        raise ZeroDivisionError
    assert len(sent) == 1


def test_without_redis_nobody_waits_for_it(monkeypatch):
    sender = marks.Sender("redis://127.0.0.1:1/0")
    sender.send(Marks(changed={ONE}))
    sender.send(Marks(changed={ONE}))
    sender.close()


def test_what_takes_a_cancellation_for_a_timeout_ends_all_the_same():
    async def scene() -> None:
        async def stubborn() -> None:
            for _ in range(2):
                try:
                    await asyncio.sleep(60)
                except asyncio.CancelledError:
                    continue
            await asyncio.sleep(60)

        task = asyncio.create_task(stubborn())
        await asyncio.sleep(0)
        await asyncio.wait_for(end([task]), 5)
        assert task.cancelled()

    run_apart(scene())
