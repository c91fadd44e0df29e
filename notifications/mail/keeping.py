"""Mail that goes nowhere: on somebody's laptop each message becomes a file, which the page /inbox shows."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage as Parsed
from email.parser import BytesHeaderParser
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from core.ids import new_code

MOST = 500
MOMENT = "%Y%m%dT%H%M%S%f"
NAME = re.compile(r"(\d{8}T\d{12})-[0-9A-Z]{6}", re.ASCII)


@dataclass(frozen=True)
class Kept:
    """One message as the list shows it."""

    name: str
    to: str
    subject: str

    @property
    def at(self) -> datetime:
        """When it was sent."""
        return datetime.strptime(self.name.partition("-")[0], MOMENT).replace(tzinfo=UTC)


class EmailBackend(BaseEmailBackend):
    """Keeps messages, the newest few hundred."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            name = _keep(message.message().as_bytes())
            message.answer = f"Kept as {name}.eml"  # type: ignore[attr-defined]
        _forget_old()
        return len(email_messages)


def names() -> list[str]:
    """Of all that are kept, the newest first."""
    return sorted((path.stem for path in _folder().glob("*.eml") if NAME.fullmatch(path.stem)), reverse=True)


def heads(names: Sequence[str]) -> list[Kept]:
    """What the list shows of these; without those that have gone meanwhile."""
    parser = BytesHeaderParser(policy=policy.default)
    found = []
    for name in names:
        try:
            with _path(name).open("rb") as file:
                head = parser.parse(file)
        except FileNotFoundError:
            continue
        found.append(Kept(name, str(head["To"] or ""), str(head["Subject"] or "")))
    return found


def read(name: str) -> Parsed | None:
    """A whole message; None where there is none of that name."""
    if not NAME.fullmatch(name):
        return None
    try:
        return message_from_bytes(_path(name).read_bytes(), policy=policy.default)
    except FileNotFoundError:
        return None


def _keep(content: bytes) -> str:
    """Under its own name at once, or not at all: nobody reads half a message."""
    name = f"{timezone.now().astimezone(UTC):{MOMENT}}-{new_code(6)}"
    _folder().mkdir(parents=True, exist_ok=True)
    unfinished = _path(name).with_suffix(".unfinished")
    unfinished.write_bytes(content)
    os.replace(unfinished, _path(name))
    return name


def _forget_old() -> None:
    for name in names()[MOST:]:
        _path(name).unlink(missing_ok=True)


def _folder() -> Path:
    return Path(settings.EMAIL_FILE_PATH)


def _path(name: str) -> Path:
    return _folder() / f"{name}.eml"
