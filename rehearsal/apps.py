from django.apps import AppConfig


class RehearsalConfig(AppConfig):
    """Tries a rush on a copy of an event, and says what came of it."""

    name = "rehearsal"
