"""What is said: one function a kind, which composes a letter from what is true now."""

from notifications.letters import account, bookings, events, organisers, payments, waitlist  # noqa: F401  they register theirs
