"""Messages as e-mail."""

from notifications.mail.sending import send

__all__ = ["send"]
