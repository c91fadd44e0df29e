"""How much of everything is measured."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Scale:
    """`seconds` of each steady section; people of the two crowds; events booked at once; repetitions."""

    seconds: float
    crowd: int
    large_crowd: int
    events: int
    seats: int  # for the crowd that wants more of them
    buyers: int
    sessions: int
    rounds: int
    steady: int = 64  # connections
    sockets: int = 1000  # live pages of one event
    letters: int = 2000  # to be sent to many
    ticket_letters: int = 150
    mailing: int = 10_000  # beside which single tickets are sent
    single_letters: int = 40
    history: int = 1_000_000  # bookings behind the pages of figures


FULL = Scale(seconds=3, crowd=1000, large_crowd=5000, events=100, seats=200, buyers=20_000, sessions=5000, rounds=3)
QUICK = Scale(
    seconds=1,
    crowd=100,
    large_crowd=200,
    events=10,
    seats=20,
    buyers=1000,
    sessions=300,
    rounds=1,
    sockets=50,
    letters=60,
    ticket_letters=6,
    mailing=600,
    single_letters=3,
    history=2000,
)


@dataclass(frozen=True)
class Asked:
    """What the person at the keyboard wants. `only`: the beginnings of sections' keys; none for all."""

    quick: bool
    growth: bool
    rounds: int | None
    only: tuple[str, ...]
    write: bool
    results: Path

    @property
    def scale(self) -> Scale:
        return QUICK if self.quick else FULL

    @property
    def times(self) -> int:
        return self.rounds or self.scale.rounds

    def wants(self, key: str) -> bool:
        return key.startswith(self.only or ("",))
