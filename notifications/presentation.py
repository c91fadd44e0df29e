"""The table of preferences as its page shows it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby

from notifications.kinds import Channel, Group, Kind

WHY = {
    Group.BOOKINGS: "it is your ticket, or says that you have none any more",
    Group.EVENTS: "you might stand before closed doors",
    Group.WAITLIST: "the offer would lapse unseen",
    Group.ACCOUNT: "your account hangs on it",
    Group.ORGANISING: "your guests rely on it",
}
BY = {Channel.EMAIL: "by e-mail", Channel.PUSH: "by push", Channel.BELL: "in Evently"}


@dataclass(frozen=True)
class Cell:
    """A box to tick, or one that is ticked for good, or none. `name` is what the form sends for it."""

    name: str
    channel: Channel
    there: bool
    fixed: bool
    on: bool


@dataclass(frozen=True)
class Row:
    kind: Kind
    cells: list[Cell]

    @property
    def why_fixed(self) -> str:
        """Why something of it can't be switched off; empty where all can."""
        if not self.kind.always:
            return ""
        return f"Always {' and '.join(BY[one] for one in self.kind.always)}: {WHY[self.kind.group]}."


def table(kinds: Iterable[Kind], hears: Callable[[Kind, Channel], bool]) -> list[tuple[Group, list[Row]]]:
    """The rows by their groups; `kinds` stand in the order of their groups."""
    rows = [Row(kind, [_cell(kind, channel, hears) for channel in Channel]) for kind in kinds]
    return [(group, list(some)) for group, some in groupby(rows, key=lambda row: row.kind.group)]


def box(kind: Kind, channel: Channel) -> str:
    return f"{kind.name}.{channel}"


def _cell(kind: Kind, channel: Channel, hears: Callable[[Kind, Channel], bool]) -> Cell:
    fixed = channel in kind.always
    return Cell(box(kind, channel), channel, channel in kind.channels, fixed, fixed or hears(kind, channel))
