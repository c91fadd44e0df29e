"""The bell, the preferences, and what mail links to."""

from notifications.views.bell import bell, notices, open_notice, read, read_all
from notifications.views.preferences import preferences
from notifications.views.unsubscribe import unsubscribe

__all__ = ["bell", "notices", "open_notice", "preferences", "read", "read_all", "unsubscribe"]
