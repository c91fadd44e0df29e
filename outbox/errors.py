"""What a handler raises to say how its failure ends. Anything else it raises is tried again, later and later."""

from datetime import timedelta


class GiveUp(Exception):
    """Trying again would not help: a permanent refusal."""


class Later(Exception):
    """Try again after exactly so long, as a server has asked for. It counts as an attempt."""

    def __init__(self, after: timedelta, reason: str) -> None:
        super().__init__(reason)
        self.after = after


class LeaseLost(Exception):
    """The delivery took so long that the message has become another worker's."""
