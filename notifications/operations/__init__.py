"""Everything that changes what people are told."""

from notifications.operations.delivering import deliver, give_up
from notifications.operations.telling import News, tell

__all__ = ["News", "deliver", "give_up", "tell"]
