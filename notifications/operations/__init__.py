"""Everything that changes what people are told."""

from notifications.operations.changes import call_off, gather_change
from notifications.operations.clock import tell_of_ending_holds, tell_of_ending_offers, tell_of_ending_transfers
from notifications.operations.delivering import deliver, give_up
from notifications.operations.lines import told_of_cancellation
from notifications.operations.mailings import work_off
from notifications.operations.preferences import Quiet, set_preferences, switch_mail
from notifications.operations.private import tell_privately
from notifications.operations.reading import forget_old, forget_person, mark_all_read, mark_read, mark_unread
from notifications.operations.reminders import begin_reminders
from notifications.operations.resending import send_again
from notifications.operations.sold_out import tell_of_sold_out
from notifications.operations.summaries import announce_summaries, summarise
from notifications.operations.telling import News, tell
from notifications.operations.trouble import tell_of_trouble

__all__ = [
    "News",
    "Quiet",
    "announce_summaries",
    "begin_reminders",
    "call_off",
    "deliver",
    "forget_old",
    "forget_person",
    "gather_change",
    "give_up",
    "mark_all_read",
    "mark_read",
    "mark_unread",
    "send_again",
    "set_preferences",
    "summarise",
    "switch_mail",
    "tell",
    "tell_of_ending_holds",
    "tell_of_ending_offers",
    "tell_of_ending_transfers",
    "tell_of_sold_out",
    "tell_of_trouble",
    "told_of_cancellation",
    "tell_privately",
    "work_off",
]
