"""Messages as web push."""

from notifications.push.sending import send

__all__ = ["send"]
