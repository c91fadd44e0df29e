"""A fact of the tests' own, and eyes on its messages."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils import timezone

from core import facts
from core.facts import Fact, Payload
from outbox.models import Message

WRITTEN = "written_by_handler"


class Happened:
    """A fact, what its handler has been called with, and what it is to raise: `failures` in turn, `bad` for a number.

    The handler writes a row, so that a test can see what was rolled back.
    """

    def __init__(self, fact: Fact) -> None:
        self.fact = fact
        self.calls: list[Payload] = []
        self.failures: list[Exception] = []
        self.bad: dict[int, BaseException] = {}
        self.dead: list[tuple[Payload, str]] = []

    def handle(self, **payload: Any) -> None:
        self.calls.append(payload)
        Message.objects.create(
            fact=WRITTEN, payload=payload, available_at=timezone.now(), created_at=timezone.now(), status="done"
        )
        if self.failures:
            raise self.failures.pop(0)
        if error := self.bad.get(payload.get("number", 0)):
            raise error

    def bury(self, payload: Payload, error: str) -> None:
        self.dead.append((payload, error))

    def message(self, **payload: Any) -> Message:
        """The only one, or the only one with this in its payload."""
        return Message.objects.get(fact=self.fact.name, **{f"payload__{key}": value for key, value in payload.items()})

    def statuses(self) -> list[str]:
        """In the order in which they were announced."""
        mine = Message.objects.filter(fact=self.fact.name).order_by("pk")
        return list(mine.values_list("status", flat=True))

    def written(self) -> list[int]:
        """The numbers that handlers wrote and that were not rolled back."""
        rows = Message.objects.filter(fact=WRITTEN).values_list("payload__number", flat=True)
        return sorted(rows)


@pytest.fixture
def declare() -> Iterator[Callable[..., Happened]]:
    """Declare a fact for one test: `declare("name", lane=…)`."""
    names: list[str] = []

    def one(name: str = "test_happened", **how: Any) -> Happened:
        happened = Happened(facts.fact(name, **how))
        names.append(name)
        facts.on(happened.fact)(happened.handle)
        facts.on_dead(happened.fact)(happened.bury)
        return happened

    yield one
    for name in names:
        del facts._facts[name]


@pytest.fixture
def happened(declare: Callable[..., Happened]) -> Happened:
    return declare()
