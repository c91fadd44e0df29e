from django.apps import AppConfig


class WaitlistConfig(AppConfig):
    """The line in front of what is sold out."""

    name = "waitlist"

    def ready(self) -> None:
        from waitlist import freshness, held, metrics, receivers  # noqa: F401  they register what they add and hear
