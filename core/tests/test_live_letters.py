"""What is told to one person, and how listening ends, on a real Redis."""

import asyncio
import json
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from core.live import hub, marks, recent
from core.live.ending import end
from core.live.messages import Letter, Marks, News, Taken, decode, encode, session_digest
from core.live.socket import Close
from core.tests.listening import ONE, OTHER, Source, hubs, look, run_apart, until


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
