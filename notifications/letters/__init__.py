"""What is said: one function a kind, which composes a letter from what is true now."""

from notifications.letters import bookings, events  # noqa: F401  registers its letters
