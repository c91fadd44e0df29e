"""What a push message says: what the service worker gets to show, and what the push service is told of it."""

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from core.owner import NOBODY, owner_of
from notifications.letter import Letter, Link
from notifications.models import Notice

MOST_BYTES = 2900  # before encryption, which adds a hundred: 3 KB go through every push service
BRIEF = 80  # characters of the title, where a service finds even that too much
A_DAY = timedelta(days=1)
LONGEST = timedelta(days=28)  # that services keep a message
# What is no use an hour later wakes a sleeping phone (RFC 8030, 5.3).
URGENT = {"hold_ending", "offer", "offer_ending", "reminder_hours", "event_cancelled", "test"}


@dataclass(frozen=True)
class Message:
    """`topic`: of several that wait for a device, the newest of a topic replaces the others. `ttl` in seconds."""

    content: dict[str, Any]
    topic: str
    ttl: int = int(A_DAY.total_seconds())
    urgent: bool = False

    @property
    def data(self) -> bytes:
        """As JSON, at most `MOST_BYTES`: the second line gives way first."""
        text = _json(self.content)
        for part in ("body", "actions", "title"):
            if len(text) > MOST_BYTES and part in self.content:
                shorter = _cut(self.content[part], len(text) - MOST_BYTES)
                return Message({**self.content, part: shorter}, self.topic).data if shorter else self._without(part)
        return text

    def _without(self, part: str) -> bytes:
        return Message({key: value for key, value in self.content.items() if key != part}, self.topic).data

    def brief(self) -> "Message":
        """The least that is still of use."""
        content = {key: value for key, value in self.content.items() if key in ("id", "owner", "url", "tag")}
        content["title"] = self.content["title"][:BRIEF]
        return Message(content, self.topic, self.ttl, self.urgent)


def message_of(notice: Notice, letter: Letter, *, now: datetime) -> Message:
    """A letter as a message of its notice."""
    content: dict[str, Any] = {
        "id": str(notice.pk),
        "owner": owner_of(notice.recipient) if notice.recipient else NOBODY,
        "kind": notice.kind,
        "title": letter.title,
        "body": letter.line,
        "url": notice.get_absolute_url(),
        "tag": letter.topic,
    }
    if letter.second:
        content["actions"] = [_action(letter.link), _action(letter.second)]
    lasts = min(notice.expires_at - now, LONGEST) if notice.expires_at else A_DAY
    return Message(content, letter.topic, max(0, int(lasts.total_seconds())), notice.kind in URGENT)


def topic_header(topic: str) -> str:
    """A topic's name for push services: at most 32 characters of base64url, which give nothing away (RFC 8030, 5.4)."""
    return base64.urlsafe_b64encode(hashlib.sha256(topic.encode()).digest())[:32].decode()


def _action(link: Link) -> dict[str, str]:
    """A button under the message, which opens a page of this site."""
    return {"title": link.label, "url": link.url.removeprefix(settings.BASE_URL)}


def _json(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _cut(value: Any, surplus: int) -> Any:
    """A text whose JSON is shorter by about so many bytes, or nothing where that is all of it."""
    if not isinstance(value, str):
        return None
    length = len(_json({"": value}))
    kept = value[: max(0, len(value) * (length - surplus - len("…".encode()))) // length]
    return f"{kept}…" if kept.removesuffix("…") else None
