"""Who looks at what in this process, and what they are told: the same text to each of them."""

import asyncio
import secrets
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterable
from contextlib import suppress
from uuid import UUID

import structlog

from core.live.broadcaster import LOST_SECONDS, WINDOW_SECONDS, Broadcaster, Read
from core.live.bus import Bus
from core.live.ending import end
from core.live.messages import Letter, Marks, Message, News, Taken, session_digest
from core.live.recent import Recent
from core.live.socket import Close, Socket, frame
from core.live.turns import Turns

log = structlog.get_logger(__name__)

BEAT_SECONDS = 20.0  # a page that hears nothing for twice as long connects anew
SESSION_SECONDS = 60.0  # between two looks at whether sessions go on
LINE_SECONDS = 0.5  # between two words about one line
BY_WORKERS = ("notice",)  # topics that do not wait for the page on which their cause is shown

People = dict[str, UUID]  # by session key
FindPeople = Callable[[Collection[str]], Awaitable[People]]

BEAT = frame(type="beat")
HERE = frame(type="here")
AWAY = frame(type="away")  # what pages show may be out of date: the database does not answer


class Hub:
    """For one event loop: one subscription to Redis, and all the pages that are connected here.

    `read` reads subjects for everybody; `find_people` says who is behind sessions, without those that are over.
    """

    def __init__(self, url: str, *, read: Read, find_people: FindPeople) -> None:
        self.name = secrets.token_hex(8)
        self.bus = Bus(url, self)
        self.broadcaster = Broadcaster(
            read,
            Turns(self.bus.redis, self.bus.channel, self.name, seconds=WINDOW_SECONDS, lost=LOST_SECONDS),
            self._publish,
            alone=lambda: not self.bus.is_connected,
            blind=self._blind,
        )
        self.sockets: set[Socket] = set()
        self.find_people = find_people
        self._newest: dict[str, News] = {}
        self._watchers: dict[str, set[Socket]] = defaultdict(set)
        self._pages: dict[str, set[Socket]] = defaultdict(set)  # by user
        self._recent = Recent()
        self._sight = HERE
        self._lines_moving: set[str] = set()
        self._lines_resting: set[str] = set()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        work = (self.bus.run, self.broadcaster.run, self._beat, self._check_sessions, self._let_slow_ones_go)
        self._tasks = [asyncio.create_task(_surely(one)) for one in work]

    async def close(self) -> None:
        """Say good-bye to all, and let go of Redis."""
        for socket in self.sockets:
            socket.end(Close.GOING_AWAY)
        await end(self._tasks)
        await self.bus.close()

    def join(self, socket: Socket) -> None:
        self.sockets.add(socket)
        if socket.user_id:
            self._pages[str(socket.user_id)].add(socket)
            for text in self._recent.of(str(socket.user_id)):
                socket.post(text)

    def leave(self, socket: Socket) -> None:
        self._unwatch(socket, socket.subjects)
        self.sockets.discard(socket)
        if socket.user_id:
            _drop(self._pages, str(socket.user_id), socket)

    def watch(self, socket: Socket, subjects: Iterable[str]) -> None:
        """From now on it is sent news of exactly these, beginning with how they are."""
        wanted = frozenset(subjects)
        socket.offer("sight", self._sight)
        self._unwatch(socket, socket.subjects - wanted)
        for subject in wanted - socket.subjects:
            first = subject not in self._watchers
            self._watchers[subject].add(socket)
            if first:
                self.broadcaster.watch(subject)
            elif newest := self._newest.get(subject):
                socket.offer(subject, newest.frame)
        socket.subjects = wanted

    def _unwatch(self, socket: Socket, subjects: Iterable[str]) -> None:
        for subject in subjects:
            if _drop(self._watchers, subject, socket):
                self._newest.pop(subject, None)  # not kept up to date from here on
                self.broadcaster.forget(subject)

    # What the bus tells.

    def connected(self) -> None:
        self.broadcaster.mark_all()

    def lost(self) -> None:
        self.broadcaster.mark_all()

    def hear(self, message: Message) -> None:
        if isinstance(message, News):
            self._accept(message)
        elif isinstance(message, Taken):
            if message.by != self.name:
                self.broadcaster.taken(message.subjects)
        else:
            self._hear_marks(message)

    def _hear_marks(self, marks: Marks) -> None:
        for subject in marks.changed:
            self.broadcaster.mark(subject)
        for subject in marks.moved & self._watchers.keys():
            self._line_moved(subject)
        for letter in marks.letters:
            self._deliver(letter)
        if marks.ended:
            for socket in self.sockets:
                if socket.session and session_digest(socket.session) in marks.ended:
                    socket.end(Close.SESSION_ENDED)

    def _accept(self, news: News) -> None:
        """Pass on what is newer than what was passed on before, unless it looks the same."""
        known = self._newest.get(news.subject)
        if news.subject not in self._watchers or not news.is_newer_than(known):
            return
        self._newest[news.subject] = news
        self.broadcaster.told(news.subject)
        if known is None or known.digest != news.digest:
            for socket in self._watchers[news.subject]:
                socket.offer(news.subject, news.frame)

    async def _publish(self, news: News) -> None:
        """To our own pages at once; the other processes hear it on the channel."""
        self._accept(news)
        if self.bus.is_connected:
            await self.bus.publish(news)

    def _blind(self, is_blind: bool) -> None:
        self._sight = AWAY if is_blind else HERE
        for socket in self.sockets:
            socket.offer("sight", self._sight)

    def _deliver(self, letter: Letter) -> None:
        about = {"topic": letter.topic, "id": letter.about, "tone": letter.tone}
        if letter.topic in BY_WORKERS:
            # Without its toast: another page of theirs may have shown that.
            self._recent.add(letter.user, frame(type="mine", message="", **about))
        pages = self._pages.get(letter.user)
        if pages:
            text = frame(type="mine", message=letter.message, **about)
            for socket in list(pages):
                socket.post(text)

    def _line_moved(self, subject: str) -> None:
        """Tell it at once, and then at most every LINE_SECONDS: each word makes many pages ask for their places."""
        if subject in self._lines_resting:
            self._lines_moving.add(subject)
            return
        self._lines_resting.add(subject)
        asyncio.get_running_loop().call_later(LINE_SECONDS, self._line_rested, subject)
        text = frame(type="line", event=subject)
        for socket in self._watchers.get(subject, ()):
            socket.offer(f"line {subject}", text)

    def _line_rested(self, subject: str) -> None:
        self._lines_resting.discard(subject)
        if subject in self._lines_moving:
            self._lines_moving.discard(subject)
            self._line_moved(subject)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            for socket in self.sockets:
                socket.offer("beat", BEAT)
            self._recent.prune()

    async def _let_slow_ones_go(self) -> None:
        while True:
            await asyncio.sleep(1)
            for socket in self.sockets:
                socket.check_pace()

    async def _check_sessions(self) -> None:
        while True:
            await asyncio.sleep(SESSION_SECONDS)
            await self.check_sessions()

    async def check_sessions(self) -> None:
        """Close the connections of those who are not signed in any more, or as somebody else."""
        sockets = [socket for socket in self.sockets if socket.session]
        if not sockets:
            return
        people = await self.find_people({socket.session for socket in sockets})
        for socket in sockets:
            if people.get(socket.session) != socket.user_id:
                socket.end(Close.SESSION_ENDED)


def _drop(sets: dict[str, set[Socket]], key: str, socket: Socket) -> bool:
    """Take it out. True when nobody is left there."""
    with suppress(KeyError):
        sets[key].discard(socket)
        if not sets[key]:
            del sets[key]
            return True
    return False


async def _surely(work: Callable[[], Awaitable[None]]) -> None:
    """Whatever happens in it, it goes on: pages must not fall silent because of one error."""
    while True:
        try:
            await work()
        except Exception:
            log.exception("live_failed")
            await asyncio.sleep(1)
