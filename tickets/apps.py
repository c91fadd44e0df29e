from django.apps import AppConfig


class TicketsConfig(AppConfig):
    """Tickets, their signed codes and their PDF."""

    name = "tickets"

    def ready(self) -> None:
        from tickets import codes, receivers  # noqa: F401  registers its handlers

        codes.check_keys()  # a bad key stops the start, rather than the first visitor at the door
