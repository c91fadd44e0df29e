"""Everything that changes what people are told."""

from notifications.operations.changes import call_off, gather_change
from notifications.operations.delivering import deliver, give_up
from notifications.operations.mailings import work_off
from notifications.operations.reminders import begin_reminders
from notifications.operations.telling import News, tell

__all__ = [
    "News",
    "begin_reminders",
    "call_off",
    "deliver",
    "gather_change",
    "give_up",
    "tell",
    "work_off",
]
