"""The hub, its coalescing and its order, on a real Redis; what it reads is a number in memory."""

import asyncio

from core.live import broadcaster, hub, socket
from core.live.messages import News, Taken
from core.live.socket import Close
from core.tests.listening import ONE, OTHER, Page, Source, change, hubs, look, run_apart, until


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
