"""Facts: what happened in one app, told to the apps above it.

An operation announces a fact through the outbox (`outbox.operations.announce`); an app above listens
with `@on(fact)`. Handlers run in a worker, at least once: they are idempotent. docs/architecture.md
lists all facts.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import TextChoices

Payload = dict[str, Any]
Handler = Callable[..., None]
HandlerOfAll = Callable[[list[Payload]], None]
HandlerOfDead = Callable[[Payload, str], None]


class Lane(TextChoices):
    """What stands in one lane never waits for what stands in another: each has workers of its own."""

    FACTS = "facts", "Facts"  # work in the database
    POST = "post", "Post"  # for one person, at once, through a server that may be slow or away
    BULK = "bulk", "Bulk"  # for thousands, when there is time


@dataclass
class Fact:
    """Something that happened. Handlers get the announced ids as keyword arguments.

    Handlers of an ordinary fact run in one transaction with "this fact is delivered", so what they
    write is written exactly once. An `outside` fact has effects beyond the database (mail, push): its
    handlers run with no transaction open, and may run again after a crash. What was announced of a
    fact that goes `together` is delivered by the dozens in one transaction. A `private` fact's payload
    is emptied once it is delivered. `muted` gets a list of payloads and says of each whether no handler
    is to hear of it.

    A handler that fails is tried again later; `outbox.errors.GiveUp` and `Later` say otherwise.
    """

    name: str
    lane: Lane = Lane.FACTS
    outside: bool = False
    private: bool = False
    together: bool = False
    muted: Callable[[list[Payload]], list[bool]] | None = None
    handlers: list[Handler] = field(default_factory=list)
    handlers_of_all: list[HandlerOfAll] = field(default_factory=list)
    handlers_of_dead: list[HandlerOfDead] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.outside and self.lane == Lane.FACTS:
            raise ValueError(f"{self.name!r} reaches outside: work in the database must not wait for it.")
        if self.outside and self.together:
            raise ValueError(f"{self.name!r} reaches outside: what has been sent can't be rolled back with the rest.")

    def reach_handlers(self, payloads: list[Payload]) -> None:
        """Run the handlers with what was announced: those of all once, the others for each."""
        if self.muted:
            mute = self.muted(payloads)
            payloads = [payload for payload, muted in zip(payloads, mute, strict=True) if not muted]
        if not payloads:
            return
        for handler_of_all in self.handlers_of_all:
            handler_of_all(payloads)
        for payload in payloads:
            for handler in self.handlers:
                handler(**payload)

    def reach_handlers_of_dead(self, payload: Payload, error: str) -> None:
        """Run the handlers for what was given up."""
        for handler in self.handlers_of_dead:
            handler(payload, error)


_facts: dict[str, Fact] = {}


def fact(
    name: str,
    *,
    lane: Lane = Lane.FACTS,
    outside: bool = False,
    private: bool = False,
    together: bool = False,
    muted: Callable[[list[Payload]], list[bool]] | None = None,
) -> Fact:
    """Declare a fact; its name is what the ledger stores."""
    if name in _facts:
        raise ValueError(f"The fact {name!r} is declared twice.")
    _facts[name] = Fact(name, Lane(lane), outside, private, together, muted)
    return _facts[name]


def find(name: str) -> Fact | None:
    """The fact of that name, or None when no code knows it (any more)."""
    return _facts.get(name)


def names() -> list[str]:
    """Of all facts that the code knows."""
    return sorted(_facts)


def on(heard: Fact) -> Callable[[Handler], Handler]:
    """Register a function as a handler of a fact."""

    def register(handler: Handler) -> Handler:
        heard.handlers.append(handler)
        return handler

    return register


def on_all(heard: Fact) -> Callable[[HandlerOfAll], HandlerOfAll]:
    """Register a function that gets all payloads that are delivered together, as one list."""

    def register(handler: HandlerOfAll) -> HandlerOfAll:
        heard.handlers_of_all.append(handler)
        return handler

    return register


def on_dead(heard: Fact) -> Callable[[HandlerOfDead], HandlerOfDead]:
    """Register a function that gets the payload of what was given up, and why: in the transaction that marks it so."""

    def register(handler: HandlerOfDead) -> HandlerOfDead:
        heard.handlers_of_dead.append(handler)
        return handler

    return register
