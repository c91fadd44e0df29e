from django.apps import AppConfig


class BookingsConfig(AppConfig):
    """Holds, bookings and cancellations: the hot path."""

    name = "bookings"

    def ready(self) -> None:
        from bookings import freshness, held, metrics, receivers  # noqa: F401  they register what they add and hear
