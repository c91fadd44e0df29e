from django.apps import AppConfig


class TicketsConfig(AppConfig):
    """Tickets, their signed codes and their PDF."""

    name = "tickets"

    def ready(self) -> None:
        from tickets import receivers  # noqa: F401  registers its handlers
