"""What can go wrong with a provider, on request: tests say what, where and how often."""

import threading
from dataclasses import dataclass, field
from enum import StrEnum


class Fault(StrEnum):
    HANG = "hang"  # says nothing for a while, then does its work
    DOWN = "down"  # 503, and nothing is done
    LOST = "lost"  # does its work, and hangs up without an answer
    HTML = "html"  # does its work, and answers with a page
    EMPTY = "empty"  # … with an object that has no fields
    TYPES = "types"  # … with numbers and lists where texts belong
    CUT = "cut"  # … with half of what it had to say
    BROKEN = "broken"  # … with 500, as often as the same key is used


@dataclass
class Planned:
    """One fault: on requests whose line (`POST /v1/refunds`) begins with `on`, `times` times."""

    fault: Fault
    on: str
    times: int
    seconds: float


@dataclass
class Faults:
    """Those planned, in the order in which they come."""

    planned: list[Planned] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    """The lines of all requests to the API, faulty or not."""

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._over = threading.Event()

    def plan(self, fault: str, *, on: str = "", times: int = 1_000_000, seconds: float = 30) -> None:
        """From now on; `seconds` are those of "hang"."""
        with self._lock:
            self._over.clear()
            self.planned.append(Planned(Fault(fault), on, times, seconds))

    def clear(self) -> None:
        """All is well again, for those too that hang."""
        with self._lock:
            self.planned.clear()
            self._over.set()

    def next(self, line: str) -> Planned | None:
        """What is to go wrong with this request."""
        with self._lock:
            self.seen.append(line)
            for one in self.planned:
                if one.times > 0 and line.startswith(one.on):
                    one.times -= 1
                    return one
        return None

    def hang(self, seconds: float) -> None:
        """Until the time is up, or all is well."""
        self._over.wait(seconds)
