from django.apps import AppConfig


class TicketsConfig(AppConfig):
    """Tickets, their signed codes and their PDF."""

    name = "tickets"

    def ready(self) -> None:
        from tickets import codes, held, receivers  # noqa: F401  they register what they hold and hear

        codes.check_keys()  # a bad key stops the start, rather than the first visitor at the door
