"""Announce facts, deliver them, try again, give up where staff see it."""

from outbox.operations.announcing import announce, announce_many
from outbox.operations.delivering import deliver, deliver_some
from outbox.operations.erasing import erase
from outbox.operations.keeping import forget_delivered, resend
from outbox.operations.nudging import nudge, nudge_after_commit

__all__ = [
    "announce",
    "announce_many",
    "deliver",
    "deliver_some",
    "erase",
    "forget_delivered",
    "nudge",
    "nudge_after_commit",
    "resend",
]
