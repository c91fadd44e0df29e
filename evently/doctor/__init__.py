"""What `manage.py doctor` looks at: is everything there that this installation needs, and does it work together?

Each check either says what is well, or raises `Trouble`: what is wrong, and the one thing to do about it. Checks look
and change nothing.
"""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Literal

Verdict = Literal["ok", "note", "wrong"]
Check = Callable[[], str]


class Trouble(Exception):
    """Something is `wrong`, or worth a `note`; and its cure in one sentence."""

    def __init__(self, what: str, cure: str, *, verdict: Verdict = "wrong") -> None:
        super().__init__(what)
        self.what, self.cure, self.verdict = what, cure, verdict


@dataclass(frozen=True)
class Finding:
    """What a check has found. `cure` is empty where all is well."""

    name: str
    verdict: Verdict
    said: str
    cure: str = ""

    def as_dict(self) -> dict[str, str]:
        """For programs."""
        return asdict(self)


_checks: dict[str, tuple[Check, str]] = {}


def check(name: str, *, cure: str) -> Callable[[Check], Check]:
    """Register a check. `cure`: what to do when it fails in a way that it did not foresee."""

    def register(function: Check) -> Check:
        _checks[name] = (function, cure)
        return function

    return register


def names() -> list[str]:
    """Of all checks, in the order in which they are done."""
    return list(_checks)


def examine(only: Iterable[str] = ()) -> Iterable[Finding]:
    """Do the checks, one after the other; with `only` those."""
    wanted = list(only) or names()
    return (look(name) for name in wanted)


def look(name: str) -> Finding:
    """One check's finding; whatever it runs into is a finding too."""
    function, cure = _checks[name]
    try:
        return Finding(name, "ok", function())
    except Trouble as trouble:
        return Finding(name, trouble.verdict, trouble.what, trouble.cure)
    except Exception as error:  # whatever a client raises: it does not work
        return Finding(name, "wrong", f"{type(error).__name__}: {str(error).strip().splitlines()[0][:300]}", cure)
