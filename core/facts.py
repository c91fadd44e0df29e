"""Facts: what happened in one app, told to the apps above it.

An operation announces a fact through the outbox (`outbox.operations.announce`); an app above listens
with `@on(fact)`. Handlers run in a worker, at least once: they are idempotent. docs/architecture.md
lists all facts.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Handler = Callable[..., None]


@dataclass
class Fact:
    """Something that happened. Handlers get the announced ids as keyword arguments.

    Handlers of an ordinary fact run in one transaction with "this fact is delivered", so what they
    write is written exactly once. An `outside` fact has effects beyond the database (mail, push): its
    handlers run with no transaction open, and may run again after a crash. A `private` fact's payload
    is emptied once it is delivered. Where `muted` says so of what was announced, no handler hears of it.
    """

    name: str
    outside: bool = False
    private: bool = False
    muted: Callable[..., bool] | None = None
    handlers: list[Handler] = field(default_factory=list)

    def reach_handlers(self, payload: dict[str, Any]) -> None:
        """Run the handlers with what was announced."""
        if self.muted and self.muted(**payload):
            return
        for handler in self.handlers:
            handler(**payload)


_facts: dict[str, Fact] = {}


def fact(name: str, *, outside: bool = False, private: bool = False, muted: Callable[..., bool] | None = None) -> Fact:
    """Declare a fact; its name is what the ledger stores."""
    if name in _facts:
        raise ValueError(f"The fact {name!r} is declared twice.")
    _facts[name] = Fact(name, outside=outside, private=private, muted=muted)
    return _facts[name]


def find(name: str) -> Fact | None:
    """The fact of that name, or None when no code knows it (any more)."""
    return _facts.get(name)


def on(heard: Fact) -> Callable[[Handler], Handler]:
    """Register a function as a handler of a fact."""

    def register(handler: Handler) -> Handler:
        heard.handlers.append(handler)
        return handler

    return register
