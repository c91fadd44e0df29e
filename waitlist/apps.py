from django.apps import AppConfig


class WaitlistConfig(AppConfig):
    """The line in front of a sold-out inventory."""

    name = "waitlist"
