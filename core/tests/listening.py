"""A hub on a real Redis, what it reads, and pages that listen to it."""

import asyncio
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from django.conf import settings

from core.live import hub
from core.live.hub import Hub
from core.live.messages import Marks, News
from core.live.socket import Socket

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
