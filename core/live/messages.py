"""What web processes and workers say to each other on the one channel: a line of JSON, then a frame if there is one."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from redis.connection import parse_url


@dataclass(frozen=True, slots=True)
class Letter:
    """For the pages of one person: `topic` and `about` (an id) say what changed; `message` is for a toast."""

    user: str
    topic: str
    about: str
    message: str = ""
    tone: str = "info"


@dataclass(slots=True)
class Marks:
    """What commits have changed: subjects to be read anew, lines that moved, letters, sessions that are over."""

    changed: set[str] = field(default_factory=set)
    moved: set[str] = field(default_factory=set)
    letters: list[Letter] = field(default_factory=list)
    ended: set[str] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.changed or self.moved or self.letters or self.ended)

    def add(self, other: "Marks") -> None:
        self.changed |= other.changed
        self.moved |= other.moved
        self.letters += other.letters
        self.ended |= other.ended


@dataclass(frozen=True, slots=True)
class Taken:
    """A process is about to read these subjects: whatever was marked before this need not be read again."""

    by: str
    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class News:
    """The newest state of a subject, for everybody.

    `version` grows with what the database had committed when it was read; of two with the same version the one
    with the later `at` (seconds since 1970) counts, which differs by the clock alone. `digest` is the same as long as
    what is shown is. `frame` is the text that pages get.
    """

    subject: str
    version: int
    at: float
    digest: str
    frame: str

    def is_newer_than(self, other: "News | None") -> bool:
        return other is None or (self.version, self.at) > (other.version, other.at)


Message = Marks | Taken | News


def encode(message: Message) -> bytes:
    if isinstance(message, Marks):
        letters = [[one.user, one.topic, one.about, one.message, one.tone] for one in message.letters]
        marks = [sorted(message.changed), sorted(message.moved), letters, sorted(message.ended)]
        return json.dumps({"marks": marks}).encode()
    if isinstance(message, Taken):
        return json.dumps({"taken": [message.by, list(message.subjects)]}).encode()
    head: dict[str, Any] = asdict(message)
    frame = head.pop("frame")
    return f"{json.dumps({'news': head})}\n{frame}".encode()


def decode(data: bytes) -> Message | None:
    """None for what another version of Evently may have said."""
    line, _, frame = data.decode().partition("\n")
    match json.loads(line):
        case {"marks": [changed, moved, letters, ended]}:
            return Marks(set(changed), set(moved), [Letter(*one) for one in letters], set(ended))
        case {"taken": [by, subjects]}:
            return Taken(by, tuple(subjects))
        case {"news": head}:
            return News(**head, frame=frame)
    return None


def channel(url: str) -> str:
    """The one channel, for Redis at this address: channels are shared by all databases of a server, sites are not."""
    return f"evently:live:{parse_url(url).get('db', 0)}"


def session_digest(key: str) -> str:
    """Names a session without giving it away."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def texts(ids: Iterable[UUID]) -> set[str]:
    return {str(one) for one in ids}
