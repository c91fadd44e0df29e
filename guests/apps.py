from django.apps import AppConfig


class GuestsConfig(AppConfig):
    """An event's guests as its team sees them: the list, what is done to many at once, the box office."""

    name = "guests"

    def ready(self) -> None:
        from guests import receivers  # noqa: F401  registers its handlers
