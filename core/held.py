"""What is held about a person: each app says what its own tables hold, and the archive that people take along asks all.

An app registers a function from a person's id to rows, in a module that its AppConfig.ready imports:

    @holds("bookings", "What you have booked")
    def bookings(user_id): ...
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

Row = Mapping[str, Any]
Rows = Callable[[UUID], Iterable[Row]]


@dataclass(frozen=True)
class Holding:
    """One table of the archive: `name` is that of its files, `title` says what it is; rows are flat, their columns
    named alike."""

    name: str
    title: str
    rows: Rows


_holdings: dict[str, Holding] = {}


def holds(name: str, title: str) -> Callable[[Rows], Rows]:
    """Register a function that finds what is held about a person."""

    def register(rows: Rows) -> Rows:
        if name in _holdings:
            raise ValueError(f"Two tables of the archive are called {name!r}.")
        _holdings[name] = Holding(name, title, rows)
        return rows

    return register


def holdings() -> list[Holding]:
    """All of them, in the order of their apps."""
    return list(_holdings.values())
