from django.apps import AppConfig


class BookingsConfig(AppConfig):
    """Holds, bookings and cancellations: the hot path."""

    name = "bookings"

    def ready(self) -> None:
        from bookings import receivers  # noqa: F401  registers its handlers
