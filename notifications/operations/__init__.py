"""Everything that changes what people are told."""

from notifications.operations.changes import call_off, gather_change
from notifications.operations.delivering import deliver, give_up
from notifications.operations.mailings import work_off
from notifications.operations.preferences import Quiet, set_preferences
from notifications.operations.reading import forget_old, mark_all_read, mark_read, mark_unread
from notifications.operations.reminders import begin_reminders
from notifications.operations.telling import News, tell

__all__ = [
    "News",
    "Quiet",
    "begin_reminders",
    "call_off",
    "deliver",
    "forget_old",
    "gather_change",
    "give_up",
    "mark_all_read",
    "mark_read",
    "mark_unread",
    "set_preferences",
    "tell",
    "work_off",
]
