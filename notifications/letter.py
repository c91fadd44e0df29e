"""What is said in a message, whatever channel it takes: words and facts, no layout.

A kind's composer makes it from the notice and from what is true at the moment; None where there is nothing to say any
more, because the booking has been cancelled meanwhile, for one. Composers are registered with a loader that fetches
what many notices are about in a fixed number of statements.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from notifications.models import Notice


@dataclass(frozen=True)
class Link:
    """A button: a path of this site (in private mail, a whole address) and the words on it. None without a `url`."""

    label: str
    url: str


@dataclass(frozen=True)
class Change:
    """What was so, and is now otherwise."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Calendar:
    """An .ics to attach: the entry of this booking, or its cancellation."""

    booking_id: UUID
    cancelled: bool = False


@dataclass(frozen=True)
class Letter:
    """`title` is the subject line, and the first line in bell and push; `line` one sentence for there and for the
    preview in a mailbox, and in the mail the first one, unless the first paragraph begins with it. The rest is for
    e-mail. `topic` groups pushes: a newer one replaces an older one."""

    title: str
    line: str
    link: Link
    topic: str
    paragraphs: Sequence[str] = ()
    facts: Sequence[tuple[str, str]] = ()
    changes: Sequence[Change] = ()
    second: Link | None = None
    page: str = ""  # where the bell leads, if elsewhere than the button
    notes: Sequence[str] = ()  # after the button, in small print
    code: str = ""  # to type in somewhere; stands large in place of the button
    by: str = ""  # the organiser's name: mail comes "by via Evently"
    tickets_of: UUID | None = None  # the booking whose tickets come along, as QR codes and as a PDF
    calendar: Calendar | None = None


Load = Callable[[Iterable[UUID]], Mapping[UUID, Any]]
Compose = Callable[[Notice, Any], Letter | None]

_composers: dict[str, tuple[Load, Compose]] = {}


def letter(kind: str, load: Load) -> Callable[[Compose], Compose]:
    """Register how a kind is composed, and how what it is about is fetched, by id."""

    def register(compose: Compose) -> Compose:
        _composers[kind] = (load, compose)
        return compose

    return register


def is_composed(kind: str) -> bool:
    """Whether it can be composed at any time; else what it said is known while it is on its way, and forgotten then."""
    return kind in _composers


def composer(kind: str) -> Compose:
    """What words a kind. KeyError for one whose words come from elsewhere."""
    return _composers[kind][1]


def compose(notices: Iterable[Notice]) -> dict[UUID, Letter]:
    """The letters of these notices by notice; those that have nothing to say any more are missing, and so are those
    whose words nobody has kept."""
    by_loader: dict[Load, list[Notice]] = defaultdict(list)
    for notice in notices:
        if notice.kind in _composers:
            by_loader[_composers[notice.kind][0]].append(notice)
    letters: dict[UUID, Letter] = {}
    for load, some in by_loader.items():
        subjects = load({notice.about for notice in some if notice.about})
        for notice in some:
            subject = subjects.get(notice.about) if notice.about else None
            if subject and (made := _composers[notice.kind][1](notice, subject)):
                letters[notice.pk] = made
    return letters
